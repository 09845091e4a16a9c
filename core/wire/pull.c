#include "core/wire/pull.h"

#include <string.h>

void pull_init(struct pull *p, pull_source *more, void *arg)
{
    p->more = more;
    p->arg = arg;
    p->at = p->end = NULL;
    p->failed = p->first = false;
    p->len = 0;
    p->string[0] = '\0';
}

static size_t no_more(void *arg, const char **data)
{
    (void)arg, (void)data;
    return 0;
}

void pull_init_text(struct pull *p, const char *text, size_t len)
{
    pull_init(p, no_more, NULL);
    p->at = text;
    p->end = text + len;
}

void pull_fail(struct pull *p)
{
    p->failed = true;
    p->at = p->end = NULL;
    p->len = 0;
    p->string[0] = '\0';
}

/* ---- characters ------------------------------------------------------------------------------ */

/* '\0' at the end and after a failure; one that comes in the text is never what is expected. */
static char peek(struct pull *p)
{
    if (p->at != p->end)
        return *p->at;
    if (p->failed)
        return '\0';
    size_t n = p->more(p->arg, &p->at);
    if (n == 0)
        p->at = NULL;
    p->end = n ? p->at + n : NULL;
    return n ? *p->at : '\0';
}

static char take(struct pull *p)
{
    char c = peek(p);
    if (p->at != p->end)
        p->at++;
    return c;
}

char pull_peek(struct pull *p)
{
    char c;
    while ((c = peek(p)) == ' ' || c == '\n' || c == '\t' || c == '\r')
        p->at++;
    return c;
}

static void expect(struct pull *p, char wanted)
{
    if (pull_peek(p) == wanted)
        p->at++;
    else
        pull_fail(p);
}

static void expect_word(struct pull *p, const char *word)
{
    for (; *word; word++)
        if (take(p) != *word) {
            pull_fail(p);
            return;
        }
}

/* ---- arrays and objects ---------------------------------------------------------------------- */

void pull_open(struct pull *p, char bracket)
{
    expect(p, bracket);
    p->first = true;
}

static bool another(struct pull *p, char close)
{
    bool first = p->first;
    p->first = false;
    if (pull_peek(p) == close) {
        p->at++;
        return false;
    }
    if (!first)
        expect(p, ',');
    return !p->failed;
}

bool pull_element(struct pull *p)
{
    return another(p, ']') && pull_peek(p) != '\0';
}

bool pull_member(struct pull *p, char name[PULL_NAME])
{
    name[0] = '\0';
    if (!another(p, '}'))
        return false;
    strncpy(name, pull_string(p), PULL_NAME - 1);
    name[PULL_NAME - 1] = '\0';
    expect(p, ':');
    return !p->failed;
}

/* ---- values ---------------------------------------------------------------------------------- */

int64_t pull_integer(struct pull *p)
{
    bool negative = pull_peek(p) == '-';
    if (negative)
        p->at++;
    char c = peek(p);
    bool zero = c == '0';
    int64_t value = 0;
    int digits = 0;
    for (; c >= '0' && c <= '9'; c = peek(p), digits++) {
        p->at++;
        int digit = c - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value)) {
            pull_fail(p);
            return 0;
        }
    }
    if (digits == 0 || (zero && digits > 1) || c == '.' || c == 'e' || c == 'E')
        pull_fail(p);
    return p->failed ? 0 : value;
}

bool pull_boolean(struct pull *p)
{
    bool is_true = pull_peek(p) == 't';
    expect_word(p, is_true ? "true" : "false");
    return is_true && !p->failed;
}

bool pull_null(struct pull *p)
{
    if (pull_peek(p) != 'n')
        return false;
    expect_word(p, "null");
    return true;
}

static void string_add(struct pull *p, const char *bytes, size_t n)
{
    if (p->len + n >= PULL_STRING_MAX) {
        pull_fail(p);
        return;
    }
    memcpy(p->string + p->len, bytes, n);
    p->len += n;
}

static uint32_t hex4(struct pull *p)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = take(p);
        uint32_t digit = 16;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (uint32_t)((c | 32) - 'a') + 10;
        if (digit == 16)
            pull_fail(p);
        value = value << 4 | digit;
    }
    return value;
}

/* Behind `\u`: one half of a surrogate pair alone fails with the check of the whole string. */
static void string_add_code(struct pull *p)
{
    uint32_t code = hex4(p);
    if (code >= 0xD800 && code < 0xDC00 && peek(p) == '\\') {
        expect_word(p, "\\u");
        uint32_t low = hex4(p);
        if (low < 0xDC00 || low > 0xDFFF)
            pull_fail(p);
        code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF);
    }
    unsigned char out[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (unsigned char)(0x80 | (code & 0x3F));
    out[0] = (unsigned char)(lead[n] | code);
    string_add(p, (const char *)out, n);
}

static void string_add_escaped(struct pull *p)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = take(p);
    const char *found = c ? strchr(from, c) : NULL;
    if (c == 'u')
        string_add_code(p);
    else if (found)
        string_add(p, &to[found - from], 1);
    else
        pull_fail(p);
}

static void string_read(struct pull *p)
{
    expect(p, '"');
    p->len = 0;
    for (char c; (c = peek(p)) != '"' && c;) {
        const char *from = p->at;
        while (p->at != p->end && *p->at != '"' && *p->at != '\\')
            p->at++;
        string_add(p, from, (size_t)(p->at - from));
        if (p->at != p->end && *p->at == '\\') {
            p->at++;
            string_add_escaped(p);
        }
    }
    if (take(p) != '"' || !utf8_valid(p->string, p->len))
        pull_fail(p);
    p->string[p->len] = '\0';
}

const char *pull_string(struct pull *p)
{
    string_read(p);
    if (!utf8_is_printable(p->string, p->len))
        pull_fail(p);
    return p->string;
}

const char *pull_lines(struct pull *p)
{
    string_read(p);
    for (const char *at = p->string, *end = at + p->len; at < end; at++) {
        const char *from = at;
        while (at < end && *at != '\n' && *at != '\t')
            at++;
        if (!utf8_is_printable(from, (size_t)(at - from)))
            pull_fail(p);
    }
    return p->string;
}

/* A string of any length and any characters: nobody will see it. */
static void skip_string(struct pull *p)
{
    expect(p, '"');
    for (char c; (c = take(p)) != '"';) {
        if (c == '\\')
            take(p);
        if (c == '\0') {
            pull_fail(p);
            return;
        }
    }
}

static void skip_scalar(struct pull *p, char c)
{
    if (c == '"')
        skip_string(p);
    else if (c == 't' || c == 'f')
        pull_boolean(p);
    else if (!pull_null(p))
        pull_integer(p);
}

void pull_skip(struct pull *p)
{
    char open[PULL_DEPTH_MAX];
    int depth = 0;
    do {
        char c = pull_peek(p);
        if (c == '{' || c == '[') {
            if (depth == PULL_DEPTH_MAX) {
                pull_fail(p);
                return;
            }
            open[depth++] = c;
            pull_open(p, c);
        } else {
            skip_scalar(p, c);
        }
        char name[PULL_NAME];
        while (depth && !(open[depth - 1] == '{' ? pull_member(p, name) : pull_element(p)))
            depth--;
    } while (depth && !p->failed);
}

bool pull_end(struct pull *p)
{
    if (!p->failed && (pull_peek(p) != '\0' || p->at != p->end))
        pull_fail(p);
    return !p->failed;
}
