#include "core/letter.h"

#include "core/date.h"
#include "core/text.h"

#include <string.h>

enum {
    LINE_MOST = 76,  /* of quoted-printable, with the soft break's = */
    WORD_BYTES = 39, /* of text in an encoded word: with its frame and the name of a header a line
                        stays below 76 */
    HEADER_PLAIN = 60,
    NAME_SHORT = 24, /* leaves room for an address behind it */
    ADDRESS_MOST = 254,
    DAY = 86400
};

/* ---- headers --------------------------------------------------------------------------------- */

/* RFC 2047: words of whole characters, folded between them. */
static void add_encoded(struct text *out, const char *text)
{
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        const char *stop = at;
        while (stop < end) {
            const char *next = stop;
            utf8_next(&next, end);
            if (next - at > WORD_BYTES)
                break;
            stop = next;
        }
        text_add(out, at == text ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        text_add_base64(out, at, (size_t)(stop - at));
        text_add(out, "?=");
        at = stop;
    }
}

/* What stands in a header has one line: control characters become blanks, bad bytes U+FFFD. */
static const char *one_line(struct arena *arena, const char *text)
{
    struct text out;
    text_init(&out, arena);
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        char bytes[4];
        uint32_t ch = utf8_next(&at, end);
        bool control = ch < 0x20 || (ch >= 0x7F && ch < 0xA0) || ch == 0x2028 || ch == 0x2029;
        size_t n = utf8_write(bytes, control ? ' ' : ch);
        text_addn(&out, bytes, n);
    }
    return out.data;
}

static bool is_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at >= 0x7F)
            return false;
    return strlen(text) <= HEADER_PLAIN && !strstr(text, "=?");
}

static void add_subject(struct text *out, struct arena *arena, const char *subject)
{
    const char *line = one_line(arena, subject);
    text_add(out, "Subject: ");
    if (is_plain(line))
        text_add(out, line);
    else
        add_encoded(out, line);
    text_add(out, "\r\n");
}

static void add_mailbox(struct text *out, struct arena *arena, const char *header, const char *name,
                        const char *address)
{
    const char *line = one_line(arena, name);
    text_printf(out, "%s: ", header);
    if (!is_plain(line)) {
        add_encoded(out, line);
        text_add(out, "\r\n");
    } else if (*line) {
        text_addc(out, '"');
        for (; *line; line++) {
            if (*line == '"' || *line == '\\')
                text_addc(out, '\\');
            text_addc(out, *line);
        }
        text_add(out, strlen(name) > NAME_SHORT ? "\"\r\n" : "\"");
    }
    text_printf(out, "%s<%s>\r\n", *name ? " " : "", address);
}

static void add_date(struct text *out, int64_t time)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct date date = {.days = (int32_t)(time / DAY)};
    int second = (int)(time % DAY);
    char iso[DATE_TEXT];
    date_format(iso, date);
    int month = (iso[5] - '0') * 10 + iso[6] - '0';
    text_printf(out, "Date: %s, %d %s %.4s %02d:%02d:%02d +0000\r\n", days[time / DAY % 7],
                (iso[8] - '0') * 10 + iso[9] - '0', months[month - 1], iso, second / 3600,
                second / 60 % 60, second % 60);
}

/* ---- the text -------------------------------------------------------------------------------- */

/* A line of quoted-printable: a blank at its end is written as a code, and so is what is not ASCII.
 */
static void add_quoted(struct text *out, const char *line, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t width = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];
        bool is_last = i + 1 == len;
        bool plain = (c >= 0x21 && c <= 0x7E && c != '=') || ((c == ' ' || c == '\t') && !is_last);
        size_t needs = plain ? 1 : 3;
        if (width + needs > LINE_MOST - 1) {
            text_add(out, "=\r\n");
            width = 0;
        }
        width += needs;
        if (plain) {
            text_addc(out, (char)c);
        } else {
            text_addc(out, '=');
            text_addc(out, hex[c >> 4]);
            text_addc(out, hex[c & 15]);
        }
    }
    text_add(out, "\r\n");
}

static void add_text(struct text *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        add_quoted(out, text, len);
        text += len + (text[len] == '\n');
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

bool letter_address_ok(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || !at[1] || strchr(at + 1, '@') || strlen(address) > ADDRESS_MOST)
        return false;
    for (const char *c = address; *c; c++)
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F || strchr("<>()[]\\,;:\"", *c))
            return false;
    return address[0] != '-' && at[1] != '.' && at[1] != '-';
}

bool letter_sender(struct arena *arena, const char *from, const char **name, const char **address)
{
    const char *open = strrchr(from, '<');
    size_t len = open ? (size_t)(open - from) : 0;
    while (len && from[len - 1] == ' ')
        len--;
    *name = arena_strndup(arena, from, len);
    *address = arena_strdup(arena, open ? open + 1 : from);
    char *close = strchr((char *)(uintptr_t)*address, '>');
    if (open && (!close || close[1]))
        return false;
    if (close)
        *close = '\0';
    return letter_address_ok(*address);
}

const char *letter_write(struct arena *arena, const struct letter *letter, size_t *len)
{
    struct text out;
    text_init(&out, arena);
    add_date(&out, letter->time);
    add_mailbox(&out, arena, "From", letter->from_name, letter->from);
    add_mailbox(&out, arena, "To", letter->to_name, letter->to);
    text_printf(&out, "Message-ID: <%s@%s>\r\n", letter->id, strchr(letter->from, '@') + 1);
    add_subject(&out, arena, letter->subject);
    text_add(&out, "MIME-Version: 1.0\r\n"
                   "Content-Type: text/plain; charset=UTF-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n"
                   "Auto-Submitted: auto-generated\r\n"
                   "\r\n");
    add_text(&out, letter->text);
    *len = out.len;
    return out.data;
}

/* ---- what it says ---------------------------------------------------------------------------- */

static const struct {
    const char *kind, *subject, *text;
} letters[] = {
#define LETTER(kind, subject, text) {kind, subject, text},
#include "core/letter.def"
#undef LETTER
};

static const char *fact_of(const struct letter_fact *facts, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(facts[i].name) == len && memcmp(facts[i].name, name, len) == 0)
            return facts[i].value;
    return "-";
}

static const char *filled(struct arena *arena, const char *text, const struct letter_fact *facts,
                          size_t n)
{
    struct text out;
    text_init(&out, arena);
    while (*text) {
        const char *close = *text == '{' ? strchr(text, '}') : NULL;
        if (close) {
            text_add(&out, fact_of(facts, n, text + 1, (size_t)(close - text - 1)));
            text = close + 1;
        } else {
            text_addc(&out, *text++);
        }
    }
    return out.data;
}

bool letter_compose(struct arena *arena, enum language language, const char *kind,
                    const struct letter_fact *facts, size_t n, const char **subject,
                    const char **text)
{
    for (size_t i = 0; i < ARRAY_LEN(letters); i++)
        if (strcmp(letters[i].kind, kind) == 0) {
            *subject = filled(arena, tr(language, letters[i].subject), facts, n);
            *text = filled(arena, tr(language, letters[i].text), facts, n);
            return true;
        }
    return false;
}
