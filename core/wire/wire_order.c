/* Straight down in the order of the members' names, which is that of the canonical form. The first
 * thing that is not as expected ends it: the flag stays, and nothing that was read counts. */
#include "core/wire/wire_order.h"

#include "core/catalogue.h"

#include <string.h>

enum {
    TEXT_SHORT = 64,
    TEXT_LONG = 500,
    ID_MAX = 32,
    CODE_MAX = 32,
    REV_MAX = 18,
    CARD_LEAST = 13, /* digits: what has so many may be a card number */
    NUMBER_MOST = 9, /* digits */
    LINES_MOST = 64,
    TENDERS_MOST = 20
};

struct plain {
    struct arena *arena;
    const char *at, *end;
    bool failed, follows; /* a member or an element came before */
};

static void fail(struct plain *p)
{
    p->failed = true;
    p->at = p->end;
}

static bool comes(const struct plain *p, char c)
{
    return p->at != p->end && *p->at == c;
}

static bool takes(struct plain *p, const char *word, size_t len)
{
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, word, len) != 0)
        return false;
    p->at += len;
    return true;
}

static void expect(struct plain *p, char c)
{
    if (comes(p, c))
        p->at++;
    else
        fail(p);
}

static void open_with(struct plain *p, char bracket)
{
    expect(p, bracket);
    p->follows = false;
}

static void close_with(struct plain *p, char bracket)
{
    expect(p, bracket);
    p->follows = true;
}

/* Reads the member's name if it is the next. */
static bool member(struct plain *p, const char *quoted, size_t len)
{
    const char *from = p->at;
    if ((p->follows && !takes(p, ",", 1)) || !takes(p, quoted, len)) {
        p->at = from;
        return false;
    }
    p->follows = true;
    return true;
}
#define MEMBER(p, name) member((p), "\"" name "\":", sizeof name + 2)

/* Another element of an array. */
static bool element(struct plain *p)
{
    if (comes(p, ']') || p->failed)
        return false;
    if (p->follows)
        expect(p, ',');
    return !p->failed;
}

static bool null(struct plain *p)
{
    return takes(p, "null", 4);
}

/* Of ASCII without escapes. */
static const char *text(struct plain *p, size_t most)
{
    size_t digits = 0, len = 0;
    expect(p, '"');
    const char *from = p->at;
    for (; from + len != p->end && from[len] != '"'; len++) {
        unsigned char c = (unsigned char)from[len];
        if (c < 0x20 || c >= 0x7F || c == '\\') {
            fail(p);
            return "";
        }
        digits += c >= '0' && c <= '9';
    }
    p->at = from + len;
    expect(p, '"');
    if (len > most || digits >= CARD_LEAST)
        fail(p);
    return p->failed ? "" : arena_strndup(p->arena, from, len);
}

static const char *text_or_null(struct plain *p, size_t most)
{
    return null(p) ? NULL : text(p, most);
}

static const char *code(struct plain *p)
{
    const char *read = text_or_null(p, CODE_MAX);
    if (read && !read[0])
        fail(p);
    return read;
}

static int64_t number(struct plain *p)
{
    int64_t value = 0;
    const char *from = p->at;
    while (p->at != p->end && *p->at >= '0' && *p->at <= '9' && p->at - from <= NUMBER_MOST)
        value = value * 10 + (*p->at++ - '0');
    ptrdiff_t digits = p->at - from;
    if (digits < 1 || digits > NUMBER_MOST || (*from == '0' && digits > 1))
        fail(p);
    return value;
}

static bool boolean(struct plain *p)
{
    bool is_true = takes(p, "true", 4);
    if (!is_true && !takes(p, "false", 5))
        fail(p);
    return is_true;
}

/* What is not there may be written as null or as nothing of it. */
static void nothing(struct plain *p)
{
    if (!null(p) && !takes(p, "[]", 2))
        fail(p);
}

/* ---- the parts of an order ---- */

static void read_accept(struct plain *p, struct wire_order *out)
{
    for (open_with(p, '['); element(p); p->follows = true) {
        if (takes(p, "\"duplicate\"", 11))
            out->accept_duplicate = true;
        else if (takes(p, "\"age\"", 5))
            out->accept_age = true;
        else
            fail(p);
    }
    close_with(p, ']');
}

static void read_line(struct plain *p, struct draft_line *out)
{
    *out = (struct draft_line){.id = "", .sku = ""};
    open_with(p, '{');
    if (MEMBER(p, "backorder"))
        out->back_order = boolean(p);
    if (MEMBER(p, "choices"))
        nothing(p);
    if (!MEMBER(p, "id"))
        fail(p);
    out->id = text(p, ID_MAX);
    if (MEMBER(p, "picks"))
        out->picks = code(p);
    if (!MEMBER(p, "qty"))
        fail(p);
    out->qty = number(p);
    if (!MEMBER(p, "sku"))
        fail(p);
    out->sku = text(p, TEXT_SHORT);
    close_with(p, '}');
}

static bool is_new(const struct order_draft *draft, const char *id)
{
    for (size_t i = 0; i < draft->nlines; i++)
        if (strcmp(draft->lines[i].id, id) == 0)
            return false;
    return id[0];
}

/* Room for another line: twice as much when it is full. */
static struct draft_line *line_add(struct plain *p, struct order_draft *out)
{
    enum { ROOM_FIRST = 8 };
    size_t n = out->nlines;
    if (n == LINES_MOST) {
        fail(p);
        return out->lines;
    }
    if (n == 0 || (n >= ROOM_FIRST && (n & (n - 1)) == 0)) {
        struct draft_line *more = ARENA_ARRAY(p->arena, struct draft_line, n ? n * 2 : ROOM_FIRST);
        if (n)
            memcpy(more, out->lines, n * sizeof *more);
        out->lines = more;
    }
    return &out->lines[n];
}

static void read_lines(struct plain *p, struct order_draft *out)
{
    for (open_with(p, '['); element(p); p->follows = true) {
        struct draft_line *line = line_add(p, out);
        read_line(p, line);
        if (!is_new(out, line->id))
            fail(p);
        out->nlines++;
    }
    close_with(p, ']');
}

/* Whether it said where to. */
static bool read_ship_to(struct plain *p, struct order_draft *out)
{
    if (null(p))
        return false;
    open_with(p, '{');
    if (MEMBER(p, "address") && !null(p))
        fail(p);
    if (MEMBER(p, "choice") && !null(p))
        out->address_choice = number(p);
    if (!MEMBER(p, "kind"))
        fail(p);
    out->destination = destination_by_name(text(p, TEXT_SHORT));
    if (MEMBER(p, "method"))
        out->method = code(p);
    if (out->address_choice > 99 || out->destination == DESTINATIONS)
        fail(p);
    close_with(p, '}');
    return true;
}

static void read_tenders(struct plain *p, struct wire_order *out)
{
    struct draft_tender tenders[TENDERS_MOST];
    size_t n = 0;
    if (null(p))
        return;
    for (open_with(p, '['); element(p); p->follows = true) {
        struct draft_tender tender = {.kind = ""};
        open_with(p, '{');
        if (!MEMBER(p, "amount"))
            fail(p);
        tender.amount = number(p);
        if (!MEMBER(p, "kind"))
            fail(p);
        tender.kind = text(p, TEXT_SHORT);
        if (MEMBER(p, "ref"))
            tender.ref = text_or_null(p, TEXT_SHORT);
        close_with(p, '}');
        if (n == TENDERS_MOST)
            fail(p);
        else
            tenders[n++] = tender;
    }
    close_with(p, ']');
    out->tenders = ARENA_ARRAY(p->arena, struct draft_tender, n);
    memcpy(out->tenders, tenders, n * sizeof *tenders);
    out->ntenders = n;
}

static const char *read_rev(struct plain *p)
{
    const char *rev = text_or_null(p, REV_MAX);
    if (rev && (!rev[0] || rev[strspn(rev, "0123456789")]))
        fail(p);
    return rev;
}

static void read_type(struct plain *p, bool has_destination, struct order_draft *out)
{
    out->type = order_type_by_name(text(p, TEXT_SHORT));
    if (out->type == ORDER_TYPES) {
        fail(p);
        out->type = ORDER_personal;
    }
    if (!has_destination)
        out->destination = order_type_info(out->type)->ship_to;
}

static void read_first_half(struct plain *p, struct wire_order *out)
{
    struct order_draft *draft = &out->draft;
    if (MEMBER(p, "accept") && !null(p))
        read_accept(p, out);
    if (MEMBER(p, "coupons"))
        nothing(p);
    if (MEMBER(p, "customer"))
        draft->customer = text_or_null(p, TEXT_SHORT);
    if (MEMBER(p, "date") && !null(p))
        fail(p);
    if (MEMBER(p, "distributor"))
        draft->distributor = text_or_null(p, TEXT_SHORT);
    if (!MEMBER(p, "expect_total"))
        fail(p);
    out->expect_total = number(p);
    if (!MEMBER(p, "lines"))
        fail(p);
    read_lines(p, draft);
}

static void read_second_half(struct plain *p, struct wire_order *out)
{
    struct order_draft *draft = &out->draft;
    bool has_destination = false;
    if (!MEMBER(p, "market"))
        fail(p);
    draft->market = text(p, 2);
    if (MEMBER(p, "note"))
        draft->note = text_or_null(p, TEXT_LONG);
    if (MEMBER(p, "party"))
        nothing(p);
    if (MEMBER(p, "price_list"))
        draft->price_list = text_or_null(p, TEXT_SHORT);
    if (MEMBER(p, "rev"))
        out->rev = read_rev(p);
    if (MEMBER(p, "ship_to"))
        has_destination = read_ship_to(p, draft);
    if (MEMBER(p, "tenders"))
        read_tenders(p, out);
    if (!MEMBER(p, "type"))
        fail(p);
    read_type(p, has_destination, draft);
    if (MEMBER(p, "typed") && !null(p))
        fail(p);
}

bool wire_order_read(struct arena *arena, const char *body, size_t len, struct wire_order *out)
{
    struct plain p = {.arena = arena, .at = body, .end = body + len};
    *out = (struct wire_order){.draft = {.market = "", .date = DATE_MIN}};
    open_with(&p, '{');
    read_first_half(&p, out);
    read_second_half(&p, out);
    close_with(&p, '}');
    return !p.failed && p.at == p.end;
}
