#include "tui/charset.h"

#include "core/text.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

static bool is_utf8;

/* ---- which one ------------------------------------------------------------------------------- */

/* The locale that the environment asks for, whether this machine has it or not. */
static const char *locale_name(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names) && !(value && *value); i++)
        value = getenv(names[i]);
    return value ? value : "";
}

/* A pipe or a file is taken for UTF-8. */
static bool line_is_utf8(void)
{
    struct termios line;
    return tcgetattr(STDIN_FILENO, &line) != 0 || (line.c_iflag & IUTF8);
}

static bool names_utf8(const char *codeset)
{
    return strncasecmp(codeset, ".utf-8", 6) == 0 || strncasecmp(codeset, ".utf8", 5) == 0;
}

static bool wants_utf8(const char *name, const char *codeset)
{
    if (name)
        return strcmp(name, "utf-8") == 0;
    return codeset ? names_utf8(codeset) : line_is_utf8();
}

bool charset_known(const char *name)
{
    return strcmp(name, "utf-8") == 0 || strcmp(name, "ascii") == 0 || strcmp(name, "locale") == 0;
}

void charset_apply(const char *name)
{
    const char *codeset = strchr(locale_name(), '.');
    bool is_ascii = name && strcmp(name, "ascii") == 0;
    setlocale(LC_ALL, ""); /* one that is not installed is "C" */
    if (is_ascii)
        setlocale(LC_CTYPE, "C");
    else if (wants_utf8(name, codeset) && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* ---- other letters --------------------------------------------------------------------------- */

/* U+00A0 to U+017F in ASCII that reads like it. */
static const char *const latin[] = {
    " ", "!",  "c",  "GBP", "*",  "Y", "|",  "S", "\"", "(c)", "a", "<<", "-",   "-",   "(r)", "-",
    "o", "+-", "2",  "3",   "'",  "u", "P",  ".", ",",  "1",   "o", ">>", "1/4", "1/2", "3/4", "?",
    "A", "A",  "A",  "A",   "Ae", "A", "AE", "C", "E",  "E",   "E", "E",  "I",   "I",   "I",   "I",
    "D", "N",  "O",  "O",   "O",  "O", "Oe", "x", "O",  "U",   "U", "U",  "Ue",  "Y",   "Th",  "ss",
    "a", "a",  "a",  "a",   "ae", "a", "ae", "c", "e",  "e",   "e", "e",  "i",   "i",   "i",   "i",
    "d", "n",  "o",  "o",   "o",  "o", "oe", "/", "o",  "u",   "u", "u",  "ue",  "y",   "th",  "y",
    "A", "a",  "A",  "a",   "A",  "a", "C",  "c", "C",  "c",   "C", "c",  "C",   "c",   "D",   "d",
    "D", "d",  "E",  "e",   "E",  "e", "E",  "e", "E",  "e",   "E", "e",  "G",   "g",   "G",   "g",
    "G", "g",  "G",  "g",   "H",  "h", "H",  "h", "I",  "i",   "I", "i",  "I",   "i",   "I",   "i",
    "I", "i",  "IJ", "ij",  "J",  "j", "K",  "k", "q",  "L",   "l", "L",  "l",   "L",   "l",   "L",
    "l", "L",  "l",  "N",   "n",  "N", "n",  "N", "n",  "'n",  "N", "n",  "O",   "o",   "O",   "o",
    "O", "o",  "OE", "oe",  "R",  "r", "R",  "r", "R",  "r",   "S", "s",  "S",   "s",   "S",   "s",
    "S", "s",  "T",  "t",   "T",  "t", "T",  "t", "U",  "u",   "U", "u",  "U",   "u",   "U",   "u",
    "U", "u",  "U",  "u",   "W",  "w", "Y",  "y", "Y",  "Z",   "z", "Z",  "z",   "Z",   "z",   "s",
};

static const struct {
    uint32_t ch;
    const char *ascii;
} others[] = {
    {0x2010, "-"}, {0x2011, "-"},   {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},  {0x2015, "-"},
    {0x2018, "'"}, {0x2019, "'"},   {0x201A, ","},  {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""},
    {0x2022, "*"}, {0x2026, "..."}, {0x202F, " "},  {0x2032, "'"},  {0x2033, "\""}, {0x2039, "<"},
    {0x203A, ">"}, {0x20AC, "EUR"}, {0x2116, "No"}, {0x2122, "tm"}, {0x2212, "-"},  {0x3000, " "},
    {0x3001, ","}, {0x3002, "."},
};

static const char *likeness(uint32_t ch)
{
    if (ch >= 0xA0 && ch - 0xA0 < ARRAY_LEN(latin))
        return latin[ch - 0xA0];
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (others[i].ch == ch)
            return others[i].ascii;
    return "?";
}

/* ---- what is sent ---------------------------------------------------------------------------- */

/* What has no cells of its own and is not drawn: marks that change the direction of what follows,
 * joiners, fillers, byte-order marks, tags; and variants, at which terminals change the width. */
static bool is_invisible(uint32_t ch)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},   {0x180B, 0x180F}, {0x200B, 0x200F},
        {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        if (ch >= ranges[i].first && ch <= ranges[i].last)
            return true;
    return false;
}

/* Accents that stand over the letter before: without them it can be read. */
static bool is_accent(uint32_t ch)
{
    return (ch >= 0x0300 && ch <= 0x036F) || (ch >= 0x1AB0 && ch <= 0x1AFF) ||
           (ch >= 0x1DC0 && ch <= 0x1DFF) || (ch >= 0x20D0 && ch <= 0x20FF) ||
           (ch >= 0xFE00 && ch <= 0xFE2F);
}

static bool is_control(uint32_t ch)
{
    bool ends_line = ch == 0x2028 || ch == 0x2029;
    return ch < 0x20 || (ch >= 0x7F && ch < 0xA0) || ends_line || ch > 0x10FFFF;
}

static bool shows(uint32_t ch)
{
    return !is_control(ch) && wcwidth((wchar_t)ch) >= 0;
}

int charset_glyphs(uint32_t ch, wchar_t out[CHARSET_GLYPHS])
{
    if (is_invisible(ch))
        return 0;
    if (ch == 0xAD) { /* a hyphen to some, nothing to others */
        out[0] = L'-';
        return 1;
    }
    if (shows(ch)) {
        out[0] = (wchar_t)ch;
        return 1;
    }
    if (is_utf8 || is_control(ch)) {
        out[0] = L'?';
        return 1;
    }
    if (is_accent(ch))
        return 0;
    if (ch > 0xFF00 && ch < 0xFF5F) /* wide forms of ASCII */
        ch -= 0xFEE0;
    if (ch < 0x7F) {
        out[0] = (wchar_t)ch;
        return 1;
    }
    int n = 0;
    for (const char *like = likeness(ch); *like; like++)
        out[n++] = (wchar_t)*like;
    return n;
}

int charset_cells(uint32_t ch)
{
    wchar_t glyphs[CHARSET_GLYPHS];
    int n = charset_glyphs(ch, glyphs), cells = 0;
    for (int i = 0; i < n; i++)
        cells += wcwidth(glyphs[i]);
    return cells;
}

bool charset_shows(const char *text)
{
    bool all = true;
    for (const char *end = text + strlen(text); text < end;)
        all &= shows(utf8_next(&text, end));
    return all;
}

static void put(FILE *to, wchar_t glyph)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t n = wcrtomb(bytes, glyph, &state);
    if (n != (size_t)-1)
        fwrite(bytes, 1, n, to);
}

static void put_text(FILE *to, const char *text, bool has_lines)
{
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        wchar_t glyphs[CHARSET_GLYPHS] = {L'\n'};
        uint32_t ch = utf8_next(&at, end);
        int n = ch == '\n' && has_lines ? 1 : charset_glyphs(ch, glyphs);
        for (int i = 0; i < n; i++)
            put(to, glyphs[i]);
    }
}

void charset_put(FILE *to, const char *text)
{
    put_text(to, text, false);
}

void charset_printf(FILE *to, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_text(to, text, true);
}
