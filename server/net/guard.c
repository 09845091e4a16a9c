#include "server/net/guard.h"

#include <string.h>
#include <strings.h>

enum state {
    METHOD,
    TARGET,
    VERSION,
    LINE_LF,    /* behind the CR of the request line or of a header */
    LINE_START, /* a header's name, or the CR of the empty line */
    NAME,
    VALUE_START, /* blanks before the value */
    VALUE,
    HEAD_LF,
    BODY,
    CHUNK_SIZE,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_CR, /* the CRLF behind a chunk's data */
    CHUNK_LF,
    LAST_CR, /* the empty line behind the chunk of size 0 */
    LAST_LF,
    COMPLETE,
    REFUSED,
};

enum field { FIELD_OTHER, FIELD_LENGTH, FIELD_CODING, FIELD_HOST, FIELD_EXPECT };

enum { TOKEN = 1, VISIBLE = 2, TEXT = 4, HOST = 8 };

/* RFC 9110: what a token (5.6.2), a target, a field value (5.5) and a Host may hold. */
static const unsigned char classes[256] = {
    ['\t'] = TEXT,
    [' '] = TEXT,
    ['!'] = TOKEN | VISIBLE | TEXT,
    ['"'] = VISIBLE | TEXT,
    ['#'] = TOKEN | TEXT, /* a fragment is never sent */
    ['$' ... '\''] = TOKEN | VISIBLE | TEXT,
    ['(' ... ')'] = VISIBLE | TEXT,
    ['*' ... '+'] = TOKEN | VISIBLE | TEXT,
    [','] = VISIBLE | TEXT,
    ['-' ... '.'] = TOKEN | VISIBLE | TEXT | HOST,
    ['/'] = VISIBLE | TEXT,
    ['0' ... '9'] = TOKEN | VISIBLE | TEXT | HOST,
    [':'] = VISIBLE | TEXT | HOST,
    [';' ... '@'] = VISIBLE | TEXT,
    ['A' ... 'Z'] = TOKEN | VISIBLE | TEXT | HOST,
    ['['] = VISIBLE | TEXT | HOST,
    ['\\'] = VISIBLE | TEXT,
    [']'] = VISIBLE | TEXT | HOST,
    ['^'] = TOKEN | VISIBLE | TEXT,
    ['_'] = TOKEN | VISIBLE | TEXT | HOST,
    ['`'] = TOKEN | VISIBLE | TEXT,
    ['a' ... 'z'] = TOKEN | VISIBLE | TEXT | HOST,
    ['{'] = VISIBLE | TEXT,
    ['|'] = TOKEN | VISIBLE | TEXT,
    ['}'] = VISIBLE | TEXT,
    ['~'] = TOKEN | VISIBLE | TEXT,
};

static bool is(char c, unsigned char class)
{
    return classes[(unsigned char)c] & class;
}

void guard_begin(struct guard *guard, size_t header_bytes, size_t body_bytes)
{
    /* The word's bytes are read only as far as word_len says. */
    memset(guard, 0, offsetof(struct guard, word));
    guard->header_bytes = header_bytes;
    guard->body_bytes = body_bytes;
}

static enum state refuse(struct guard *g, enum status why)
{
    g->refusal = why;
    return REFUSED;
}

static enum state malformed(struct guard *g)
{
    return refuse(g, STATUS_MALFORMED);
}

static void word_add(struct guard *g, char c)
{
    if (g->word_len < sizeof g->word)
        g->word[g->word_len++] = c;
}

static bool word_is(const struct guard *g, const char *text)
{
    return g->word_len == strlen(text) && memcmp(g->word, text, g->word_len) == 0;
}

static bool word_is_nocase(const struct guard *g, const char *text)
{
    return g->word_len == strlen(text) && strncasecmp(g->word, text, g->word_len) == 0;
}

static enum state method_done(struct guard *g)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
    g->head_request = word_is(g, "HEAD");
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (word_is(g, known[i])) {
            g->word_len = 0;
            return TARGET;
        }
    return g->word_len ? refuse(g, STATUS_METHOD) : malformed(g);
}

static enum state version_done(struct guard *g)
{
    g->old_version = word_is(g, "HTTP/1.0");
    return g->old_version || word_is(g, "HTTP/1.1") ? LINE_LF : malformed(g);
}

static enum state name_done(struct guard *g)
{
    g->field = FIELD_OTHER;
    if (word_is_nocase(g, "Content-Length"))
        g->field = FIELD_LENGTH;
    else if (word_is_nocase(g, "Transfer-Encoding"))
        g->field = FIELD_CODING;
    else if (word_is_nocase(g, "Host"))
        g->field = FIELD_HOST;
    else if (word_is_nocase(g, "Expect"))
        g->field = FIELD_EXPECT;
    g->word_len = 0;
    return VALUE_START;
}

/* 18 digits at most, which cannot overflow. */
static bool length_read(struct guard *g)
{
    if (!g->word_len || g->word_len > 18)
        return false;
    for (size_t i = 0; i < g->word_len; i++) {
        if (g->word[i] < '0' || g->word[i] > '9')
            return false;
        g->left = g->left * 10 + (uint64_t)(g->word[i] - '0');
    }
    return true;
}

static bool host_is_valid(const struct guard *g)
{
    if (!g->word_len || g->word_len == sizeof g->word)
        return false;
    for (size_t i = 0; i < g->word_len; i++)
        if (!is(g->word[i], HOST))
            return false;
    return true;
}

static enum state value_done(struct guard *g)
{
    while (g->word_len && (g->word[g->word_len - 1] == ' ' || g->word[g->word_len - 1] == '\t'))
        g->word_len--;
    bool fine = true;
    switch ((enum field)g->field) {
    case FIELD_OTHER:
        break;
    case FIELD_LENGTH:
        fine = ++g->lengths == 1 && length_read(g);
        break;
    case FIELD_CODING:
        fine = ++g->codings == 1 && word_is_nocase(g, "chunked");
        break;
    case FIELD_HOST:
        fine = ++g->hosts == 1 && host_is_valid(g);
        break;
    case FIELD_EXPECT:
        fine = word_is_nocase(g, "100-continue");
        break;
    }
    return fine ? LINE_LF : malformed(g);
}

static enum state head_done(struct guard *g)
{
    if (!g->old_version && g->hosts != 1)
        return malformed(g);
    if (g->codings && (g->lengths || g->old_version))
        return malformed(g);
    /* evhttp takes a HEAD's body for the next request. */
    if (g->head_request && (g->codings || g->left))
        return malformed(g);
    if (g->left > g->body_bytes)
        return refuse(g, STATUS_TOO_LARGE);
    g->word_len = 0;
    return g->codings ? CHUNK_SIZE : g->left ? BODY : COMPLETE;
}

static enum state chunk_size_done(struct guard *g)
{
    if (!g->word_len || g->word_len > 8)
        return malformed(g);
    g->left = 0;
    for (size_t i = 0; i < g->word_len; i++) {
        char c = g->word[i];
        g->left = g->left * 16 + (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    g->word_len = 0;
    g->body += g->left;
    return g->body > g->body_bytes ? refuse(g, STATUS_TOO_LARGE) : CHUNK_SIZE_LF;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* One byte of the request line. */
static enum state line_byte(struct guard *g, char c)
{
    switch (g->state) {
    case METHOD:
        if (c == ' ')
            return method_done(g);
        word_add(g, c);
        return is(c, TOKEN) ? METHOD : malformed(g);
    case TARGET:
        if (c == ' ' && g->word_len) {
            g->word_len = 0;
            return VERSION;
        }
        /* "//host" would be an authority to evhttp. */
        if (!is(c, VISIBLE) || (g->word_len < 2 && (c == '/') != (g->word_len == 0)))
            return malformed(g);
        word_add(g, c);
        return TARGET;
    default:
        if (c == '\r')
            return version_done(g);
        word_add(g, c);
        return is(c, VISIBLE) ? VERSION : malformed(g);
    }
}

/* One byte of a header, or of the line ends around it. */
static enum state header_byte(struct guard *g, char c)
{
    switch (g->state) {
    case LINE_LF:
        g->word_len = 0;
        return c == '\n' ? LINE_START : malformed(g);
    case LINE_START:
        if (c == '\r')
            return HEAD_LF;
        word_add(g, c);
        return is(c, TOKEN) ? NAME : malformed(g);
    case NAME:
        if (c == ':')
            return name_done(g);
        word_add(g, c);
        return is(c, TOKEN) ? NAME : malformed(g);
    case HEAD_LF:
        return c == '\n' ? head_done(g) : malformed(g);
    default: /* VALUE_START, VALUE */
        if (c == '\r')
            return value_done(g);
        /* evhttp skips blanks but no tabs, so that a tab is part of the value. */
        if (c == ' ' && g->state == VALUE_START)
            return VALUE_START;
        if (g->field != FIELD_OTHER)
            word_add(g, c);
        return is(c, TEXT) ? VALUE : malformed(g);
    }
}

/* One byte of a chunked body's framing. */
static enum state chunk_byte(struct guard *g, char c)
{
    switch (g->state) {
    case CHUNK_SIZE:
        if (c == '\r')
            return chunk_size_done(g);
        word_add(g, c);
        return is_hex(c) ? CHUNK_SIZE : malformed(g);
    case CHUNK_SIZE_LF:
        return c != '\n' ? malformed(g) : g->left ? CHUNK_DATA : LAST_CR;
    case CHUNK_CR:
        return c == '\r' ? CHUNK_LF : malformed(g);
    case CHUNK_LF:
        return c == '\n' ? CHUNK_SIZE : malformed(g);
    case LAST_CR:
        return c == '\r' ? LAST_LF : malformed(g);
    default:
        return c == '\n' ? COMPLETE : malformed(g);
    }
}

static size_t head_feed(struct guard *g, const char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && g->state <= HEAD_LF) {
        char c = bytes[at++];
        if (++g->headers > g->header_bytes)
            g->state = (unsigned char)refuse(g, STATUS_TOO_LARGE);
        else
            g->state = (unsigned char)(g->state <= VERSION ? line_byte(g, c) : header_byte(g, c));
    }
    return at;
}

/* Skips the bytes of the body or of a chunk. */
static size_t data_feed(struct guard *g, size_t len)
{
    size_t take = len < g->left ? len : (size_t)g->left;
    g->left -= take;
    if (!g->left)
        g->state = g->state == BODY ? COMPLETE : CHUNK_CR;
    return take;
}

enum guard_step guard_feed(struct guard *guard, const char *bytes, size_t len, size_t *used)
{
    size_t at = 0;
    while (at < len && guard->state < COMPLETE) {
        if (guard->state <= HEAD_LF)
            at += head_feed(guard, bytes + at, len - at);
        else if (guard->state == BODY || guard->state == CHUNK_DATA)
            at += data_feed(guard, len - at);
        else
            guard->state = (unsigned char)chunk_byte(guard, bytes[at++]);
    }
    *used = at;
    return guard->state == COMPLETE  ? GUARD_COMPLETE
           : guard->state == REFUSED ? GUARD_REFUSE
                                     : GUARD_MORE;
}
