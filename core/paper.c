#include "core/paper.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum paper_kind { ROW_TEXT, ROW_QR, ROW_QR_ONLY };
struct paper_row {
    enum paper_kind kind;
    enum paper_look look;
    const char *text;
};

enum { ROWS_FIRST = 64 };

/* ---- width ------------------------------------------------------------------------------------
 */

/* Of Unicode 15: East_Asian_Width W and F, and what has no width of its own. */
static const struct {
    uint32_t first, last;
    size_t width;
} widths[] = {
    {0x0300, 0x036F, 0},   {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},
    {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},   {0x2060, 0x2064, 0},   {0x20D0, 0x20FF, 0},
    {0x231A, 0x231B, 2},   {0x2329, 0x232A, 2},   {0x23E9, 0x23EC, 2},   {0x25FD, 0x25FE, 2},
    {0x2614, 0x2615, 2},   {0x2648, 0x2653, 2},   {0x26AA, 0x26AB, 2},   {0x26BD, 0x26BE, 2},
    {0x2705, 0x2705, 2},   {0x2728, 0x2728, 2},   {0x2753, 0x2755, 2},   {0x2795, 0x2797, 2},
    {0x2B1B, 0x2B1C, 2},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},   {0xA960, 0xA97C, 2},
    {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE10, 0xFE19, 2},
    {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFEFF, 0xFEFF, 0},   {0xFF00, 0xFF60, 2},
    {0xFFE0, 0xFFE6, 2},   {0x16FE0, 0x18CFF, 2}, {0x1AFF0, 0x1B2FF, 2}, {0x1F300, 0x1F64F, 2},
    {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2}, {0xE0100, 0xE01EF, 0},
};

static size_t width_of(uint32_t ch)
{
    for (size_t i = 0; i < ARRAY_LEN(widths) && widths[i].first <= ch; i++)
        if (ch <= widths[i].last)
            return widths[i].width;
    return 1;
}

size_t paper_width(const char *text)
{
    size_t width = 0;
    for (const char *at = text, *end = text + strlen(text); at < end;)
        width += width_of(utf8_next(&at, end));
    return width;
}

/* Bytes of `text` that fit into `columns`. */
static size_t fitting(const char *text, size_t columns)
{
    const char *at = text, *end = text + strlen(text);
    size_t width = 0;
    while (at < end) {
        const char *next = at;
        width += width_of(utf8_next(&next, end));
        if (width > columns)
            break;
        at = next;
    }
    return (size_t)(at - text);
}

/* ---- laying out -------------------------------------------------------------------------------
 */

void paper_init(struct paper *paper, struct arena *arena)
{
    *paper = (struct paper){.arena = arena};
}

static void row_add(struct paper *paper, enum paper_kind kind, enum paper_look look,
                    const char *text)
{
    if (paper->n == paper->room) {
        paper->room = paper->room ? paper->room * 2 : ROWS_FIRST;
        struct paper_row *more = ARENA_ARRAY(paper->arena, struct paper_row, paper->room);
        if (paper->n)
            memcpy(more, paper->rows, paper->n * sizeof *more);
        paper->rows = more;
    }
    paper->rows[paper->n++] = (struct paper_row){kind, look, text};
}

/* What stands in a row has no line of its own and no codes of the printer's. */
static const char *one_line(struct arena *arena, const char *text)
{
    struct text out;
    text_init(&out, arena);
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        char bytes[4];
        uint32_t ch = utf8_next(&at, end);
        text_addn(&out, bytes,
                  utf8_write(bytes, ch < 0x20 || (ch >= 0x7F && ch < 0xA0) ? ' ' : ch));
    }
    return out.data;
}

/* The next row's part of a text; *text goes on behind it and its blanks. */
static const char *next_part(struct arena *arena, const char **text)
{
    size_t len = fitting(*text, PAPER_COLUMNS), cut = len;
    if ((*text)[len]) {
        while (cut && (*text)[cut] != ' ')
            cut--;
        if (!cut)
            cut = len;
    }
    const char *part = arena_strndup(arena, *text, cut);
    *text += cut;
    *text += strspn(*text, " ");
    return part;
}

void paper_left(struct paper *paper, enum paper_look look, const char *text)
{
    text = one_line(paper->arena, text);
    do
        row_add(paper, ROW_TEXT, look, next_part(paper->arena, &text));
    while (*text);
}

void paper_centre(struct paper *paper, enum paper_look look, const char *text)
{
    text = one_line(paper->arena, text);
    do {
        const char *part = next_part(paper->arena, &text);
        int blanks = (int)((PAPER_COLUMNS - paper_width(part)) / 2);
        row_add(paper, ROW_TEXT, look, arena_printf(paper->arena, "%*s%s", blanks, "", part));
    } while (*text);
}

void paper_pair(struct paper *paper, enum paper_look look, const char *left, const char *right)
{
    left = one_line(paper->arena, left);
    right = one_line(paper->arena, right);
    size_t right_width = paper_width(right);
    size_t room = right_width + 1 < PAPER_COLUMNS ? PAPER_COLUMNS - right_width - 1 : 0;
    const char *shown = arena_strndup(paper->arena, left, fitting(left, room));
    int blanks = (int)(PAPER_COLUMNS - paper_width(shown)) - (int)right_width;
    row_add(paper, ROW_TEXT, look,
            arena_printf(paper->arena, "%s%*s%s", shown, blanks > 0 ? blanks : 0, "", right));
}

void paper_pairf(struct paper *paper, enum paper_look look, const char *right, const char *format,
                 ...)
{
    va_list more;
    va_start(more, format);
    va_list again;
    va_copy(again, more);
    int len = vsnprintf(NULL, 0, format, more);
    va_end(more);
    char *left = arena_alloc(paper->arena, (size_t)len + 1);
    vsnprintf(left, (size_t)len + 1, format, again);
    va_end(again);
    paper_pair(paper, look, left, right);
}

void paper_rule(struct paper *paper)
{
    char dashes[PAPER_COLUMNS + 1];
    memset(dashes, '-', PAPER_COLUMNS);
    dashes[PAPER_COLUMNS] = '\0';
    row_add(paper, ROW_TEXT, PAPER_PLAIN, arena_strdup(paper->arena, dashes));
}

void paper_qr(struct paper *paper, const char *what, bool in_text)
{
    row_add(paper, in_text ? ROW_QR : ROW_QR_ONLY, PAPER_PLAIN, one_line(paper->arena, what));
}

/* ---- as text ----------------------------------------------------------------------------------
 */

/* What is to be scanned may be longer than a row. */
static void add_row(struct text *out, const char *row)
{
    do {
        size_t len = fitting(row, PAPER_COLUMNS), shown = len;
        while (shown && row[shown - 1] == ' ')
            shown--;
        text_addn(out, row, shown);
        text_addc(out, '\n');
        row += len;
    } while (*row);
}

const char *paper_text(const struct paper *paper)
{
    struct text out;
    text_init(&out, paper->arena);
    for (size_t i = 0; i < paper->n; i++) {
        const struct paper_row *row = &paper->rows[i];
        if (row->kind != ROW_QR_ONLY)
            add_row(&out, row->text);
    }
    return out.data;
}

/* ---- as bytes ---------------------------------------------------------------------------------
 */

/* Windows-1252 from 0x80 on, where it is not Latin-1; 0: nothing. */
static const uint16_t cp1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* The byte of a character, 0 when there is none. */
static unsigned char byte_of(uint32_t ch)
{
    if (ch < 0x80 || (ch >= 0xA0 && ch <= 0xFF))
        return (unsigned char)ch;
    for (size_t i = 0; i < ARRAY_LEN(cp1252); i++)
        if (cp1252[i] == ch)
            return (unsigned char)(0x80 + i);
    return 0;
}

static bool fits_1252(const struct paper *paper)
{
    for (size_t i = 0; i < paper->n; i++)
        for (const char *at = paper->rows[i].text, *end = at + strlen(at); at < end;)
            if (!byte_of(utf8_next(&at, end)))
                return false;
    return true;
}

static void add_bytes(struct text *out, const char *text, bool utf8)
{
    if (utf8) {
        text_add(out, text);
        return;
    }
    for (const char *at = text, *end = text + strlen(text); at < end;)
        text_addc(out, (char)byte_of(utf8_next(&at, end)));
}

#define ADD(out, bytes) text_addn((out), (bytes), sizeof(bytes) - 1)

/* ESC E and GS ! of each look. */
static const char look_on[][6] = {
    [PAPER_PLAIN] = {0x1B, 'E', 0, 0x1D, '!', 0x00},
    [PAPER_BOLD] = {0x1B, 'E', 1, 0x1D, '!', 0x00},
    [PAPER_TALL] = {0x1B, 'E', 1, 0x1D, '!', 0x01},
};

static void add_qr(struct text *out, const char *what)
{
    size_t n = strlen(what) + 3;
    ADD(out, "\x1B"
             "a\x01");
    ADD(out, "\x1D(k\x04\0001A2\0");  /* model 2 */
    ADD(out, "\x1D(k\x03\0001C\x06"); /* six dots to a module */
    ADD(out, "\x1D(k\x03\0001E1");    /* M: 15 % may be lost */
    ADD(out, "\x1D(k");
    text_addc(out, (char)(n & 0xFF));
    text_addc(out, (char)(n >> 8));
    ADD(out, "1P0");
    text_add(out, what);
    ADD(out, "\x1D(k\x03\0001Q0");
    ADD(out, "\n\x1B"
             "a\0");
}

const char *paper_escpos(const struct paper *paper, size_t *len)
{
    struct text out;
    bool utf8 = !fits_1252(paper);
    enum paper_look look = PAPER_PLAIN;
    text_init(&out, paper->arena);
    ADD(&out, "\x1B@");
    if (utf8)
        ADD(&out, "\x1C(C\x02\0"
                  "02");
    else
        ADD(&out, "\x1Bt\x10");
    if (paper->kick)
        ADD(&out, "\x1Bp\0\x19\xFA");
    for (size_t i = 0; i < paper->n; i++) {
        const struct paper_row *row = &paper->rows[i];
        if (row->kind != ROW_TEXT) {
            add_qr(&out, row->text);
            continue;
        }
        if (row->look != look)
            text_addn(&out, look_on[row->look], sizeof look_on[row->look]);
        look = row->look;
        add_bytes(&out, row->text, utf8);
        text_addc(&out, '\n');
    }
    if (look != PAPER_PLAIN)
        text_addn(&out, look_on[PAPER_PLAIN], sizeof look_on[PAPER_PLAIN]);
    ADD(&out, "\x1D"
              "VB\x03");
    *len = out.len;
    return out.data;
}
