#include "core/returns.h"

#include <assert.h>
#include <string.h>

static const char *const kinds[RETURN_KINDS] = {
    [RETURN_return] = "return",
    [RETURN_exchange] = "exchange",
    [RETURN_buy_back] = "buy_back",
    [RETURN_withdrawal] = "withdrawal",
};

const char *return_kind_name(enum return_kind kind)
{
    assert(kind < RETURN_KINDS);
    return kinds[kind];
}

enum return_kind return_kind_by_name(const char *name)
{
    enum return_kind kind = 0;
    while (kind < RETURN_KINDS && strcmp(kinds[kind], name) != 0)
        kind++;
    return kind;
}

int64_t return_share(int64_t amount, int64_t before, int64_t after, int64_t whole)
{
    assert(amount >= 0 && before >= 0 && after >= 0 && whole > 0);
    return (int64_t)((__int128)amount * after / whole - (__int128)amount * before / whole);
}

/* ---- how much of a line has come back -------------------------------------------------------- */

/* Pieces of a part that came, alone or with whole kits. */
static int64_t part_pieces(const struct return_line *line, const struct return_part *part)
{
    return part->taken + line->taken * part->qty / line->qty;
}

struct progress {
    int64_t done, whole;
};

static struct progress progress_of(const struct return_line *line)
{
    struct progress p = {0, 0};
    if (line->nparts == 0)
        return (struct progress){line->taken, line->qty};
    for (size_t i = 0; i < line->nparts; i++) {
        const struct return_part *part = &line->parts[i];
        int64_t pieces = part_pieces(line, part);
        p.done +=
            line->amount.minor > 0 ? return_share(part->share.minor, 0, pieces, part->qty) : pieces;
        p.whole += part->qty;
    }
    if (line->amount.minor > 0)
        p.whole = line->amount.minor;
    return p;
}

static bool is_whole(const struct return_certificate *certificate)
{
    return !certificate->goes && certificate->left.minor == certificate->amount.minor;
}

int64_t return_left(const struct return_line *line, const struct return_part *part)
{
    int64_t whole = 0;
    if (!line->comes_back)
        return 0;
    for (size_t i = 0; i < line->ncertificates; i++)
        whole += is_whole(&line->certificates[i]);
    if (line->is_certificate)
        return whole;
    if (part)
        return part->qty - part_pieces(line, part);
    int64_t left = line->qty - line->taken;
    for (size_t i = 0; i < line->nparts; i++) {
        int64_t per = line->parts[i].qty / line->qty;
        int64_t kits = return_left(line, &line->parts[i]) / (per > 0 ? per : 1);
        left = kits < left ? kits : left;
    }
    return left;
}

/* ---- what is wished -------------------------------------------------------------------------- */

static const char *const places[RETURN_PLACES] = {"stock", "quarantine", "scrap"};

const char *return_place_name(enum return_place place)
{
    return places[place];
}

enum return_place return_place_by_name(const char *name)
{
    enum return_place place = 0;
    while (place < RETURN_PLACES && strcmp(places[place], name) != 0)
        place++;
    return place;
}

enum return_place return_place_of(const char *reason)
{
    static const char *const sound[] = {"changed_mind", "wrong_item"};
    for (size_t i = 0; i < ARRAY_LEN(sound); i++)
        if (strcmp(sound[i], reason) == 0)
            return RETURN_TO_stock;
    return RETURN_TO_quarantine;
}

static const struct return_reason *reason_of(const struct return_order *order, const char *text)
{
    for (size_t i = 0; text && i < order->nreasons; i++)
        if (strcmp(order->reasons[i].code, text) == 0 ||
            strcmp(order->reasons[i].letter, text) == 0)
            return &order->reasons[i];
    return NULL;
}

static struct return_line *line_of(struct return_order *order, const char *id)
{
    for (size_t i = 0; i < order->nlines; i++)
        if (strcmp(order->lines[i].id, id) == 0)
            return &order->lines[i];
    return NULL;
}

static struct return_part *part_of_line(struct return_line *line, const char *sku)
{
    for (size_t i = 0; i < line->nparts; i++)
        if (strcmp(line->parts[i].sku, sku) == 0)
            return &line->parts[i];
    return NULL;
}

static const char *at(struct problems *problems, size_t i, const char *member)
{
    return arena_printf(problems->arena, "/lines/%zu/%s", i, member);
}

static bool find_goods(struct return_order *order, struct problems *problems, size_t i,
                       const struct return_wish *wish, struct return_line **line,
                       struct return_part **part)
{
    struct problem *p;
    *part = NULL;
    *line = line_of(order, wish->line);
    if (!*line) {
        p = problems_add(problems, PROBLEM_return_line, at(problems, i, "line"), wish->line);
        problem_set_text(p, "order", order->number);
        problem_set_text(p, "line", wish->line);
        return false;
    }
    if (!wish->part)
        return true;
    *part = part_of_line(*line, wish->part);
    if (!*part) {
        p = problems_add(problems, PROBLEM_return_part, at(problems, i, "component"), wish->line);
        problem_set_text(p, "sku", (*line)->sku);
        problem_set_text(p, "name", (*line)->name);
        problem_set_text(p, "part", wish->part);
    }
    return *part;
}

static bool check_pieces(struct problems *problems, size_t i, const struct return_wish *wish,
                         const struct return_line *line, const struct return_part *part)
{
    struct problem *p;
    int64_t left = return_left(line, part);
    if (wish->qty >= 1 && wish->qty <= left)
        return true;
    if (!line->comes_back)
        p = problems_add(problems, PROBLEM_return_never, at(problems, i, "line"), wish->line);
    else if (line->is_certificate)
        p = problems_add(problems, PROBLEM_return_certificates, at(problems, i, "qty"), wish->line);
    else
        p = problems_add(problems, PROBLEM_return_pieces, at(problems, i, "qty"), wish->line);
    problem_set_text(p, "sku", part ? part->sku : line->sku);
    problem_set_text(p, "name", part ? part->name : line->name);
    problem_set_number(p, "left", left);
    problem_set_number(p, "qty", wish->qty);
    return false;
}

/* A certificate is money: what else may become of goods does not fit it. */
static bool check_money(struct problems *problems, size_t i, enum return_kind kind,
                        const struct return_wish *wish, const struct return_line *line)
{
    if (!line->is_certificate || (!wish->exchange && kind != RETURN_buy_back))
        return true;
    struct problem *p = problems_add(problems, PROBLEM_return_certificate_money,
                                     at(problems, i, "line"), wish->line);
    problem_set_text(p, "sku", line->sku);
    problem_set_text(p, "name", line->name);
    return false;
}

static void certificates_go(struct return_line *line, int64_t pieces)
{
    for (size_t i = 0; i < line->ncertificates && pieces > 0; i++)
        if (is_whole(&line->certificates[i])) {
            line->certificates[i].goes = true;
            pieces--;
        }
}

/* The goods of one wish are taken from their line. */
static void take(struct return_order *order, struct return_line *line, struct return_part *part,
                 struct return_back *out)
{
    struct progress before = progress_of(line);
    *(part ? &part->taken : &line->taken) += out->wish->qty;
    struct progress now = progress_of(line);
    certificates_go(line, out->wish->qty);
    out->goods.minor = return_share(line->goods.minor, before.done, now.done, now.whole);
    out->amount.minor = return_share(line->amount.minor, before.done, now.done, now.whole);
    out->tax.minor = return_share(line->tax.minor, before.done, now.done, now.whole);
    out->cv.hundredths = return_share(line->cv.hundredths, before.done, now.done, now.whole);
    out->pv.hundredths = return_share(line->pv.hundredths, before.done, now.done, now.whole);
    out->worth.minor = out->amount.minor + (order->tax_included ? 0 : out->tax.minor);
}

static void wish_read(struct return_order *order, enum return_kind kind, struct problems *problems,
                      size_t i, struct return_back *out)
{
    const struct return_wish *wish = out->wish;
    struct return_line *line;
    struct return_part *part;
    bool is_found = find_goods(order, problems, i, wish, &line, &part);
    out->line = line;
    out->part = part;
    out->reason = reason_of(order, wish->reason);
    if (!out->reason)
        problem_set_text(
            problems_add(problems, PROBLEM_return_reason, at(problems, i, "reason"), wish->line),
            "reason", wish->reason ? wish->reason : "");
    if (is_found && check_money(problems, i, kind, wish, line) &&
        check_pieces(problems, i, wish, line, part)) {
        take(order, line, part, out);
        line->keeps_delivery |= !out->reason || !out->reason->refunds_delivery;
        line->exchanged |= wish->exchange != NULL;
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static struct date later_of(struct date a, struct date b)
{
    return a.days > b.days ? a : b;
}

/* Until when the kind is taken. */
static struct date last_day_of(const struct return_order *order, enum return_kind kind)
{
    if (kind == RETURN_buy_back)
        return order->buy_back_until;
    return kind == RETURN_withdrawal ? later_of(order->withdraw_until, order->last_day)
                                     : order->last_day;
}

static void check_kind(const struct return_order *order, const struct return_quote *quote,
                       bool late_allowed, struct problems *problems)
{
    if (!order->sent) {
        struct problem *p = problems_add(problems, PROBLEM_return_not_sent, "/order", NULL);
        problem_set_text(p, "order", order->number);
        problem_set_name(p, "state", "order", order->state);
        return;
    }
    if (quote->kind == RETURN_buy_back && !order->of_distributor)
        problem_set_text(problems_add(problems, PROBLEM_buy_back_of_other, "/kind", NULL), "order",
                         order->number);
    if (quote->kind == RETURN_withdrawal && !order->by_web)
        problem_set_text(problems_add(problems, PROBLEM_withdrawal_not_web, "/kind", NULL), "order",
                         order->number);
    if (quote->late && !late_allowed) {
        char text[DATE_TEXT];
        struct problem *p = problems_add(problems, PROBLEM_return_late, "/override", NULL);
        problem_set_text(p, "order", order->number);
        problem_set_text(p, "until",
                         arena_strdup(problems->arena, date_format(text, quote->last_day)));
    }
}

/* Whether what comes back of it is kept in part: a buy-back's all, and what the restock fee is for.
 */
static bool costs_fee(const struct return_quote *q, const struct return_back *b)
{
    if (q->kind == RETURN_buy_back)
        return true;
    return q->kind != RETURN_withdrawal && !b->wish->exchange && b->reason && b->reason->fee &&
           b->line && !b->line->is_certificate;
}

static void add_up(const struct return_order *order, struct return_quote *q)
{
    int64_t base = 0;
    for (size_t i = 0; i < q->nbacks; i++) {
        const struct return_back *b = &q->backs[i];
        q->worth.minor += b->worth.minor;
        q->cv.hundredths += b->cv.hundredths;
        q->pv.hundredths += b->pv.hundredths;
        base += costs_fee(q, b) ? b->worth.minor : 0;
    }
    if (q->kind == RETURN_buy_back)
        q->fee.minor = base - money_at_rate(money_of(base), order->buy_back).minor;
    else
        q->fee.minor = base < order->fee.minor ? base : order->fee.minor;
}

/* The delivery is given back with the last piece, when everything came back in money and for
 * reasons that say so, or the whole order is withdrawn from. */
static void add_delivery(const struct return_order *order, struct return_quote *q)
{
    bool is_all = q->nbacks > 0;
    for (size_t i = 0; i < order->nlines; i++) {
        struct progress p = progress_of(&order->lines[i]);
        is_all &= p.done == p.whole && !order->lines[i].exchanged &&
                  (q->kind == RETURN_withdrawal || !order->lines[i].keeps_delivery);
    }
    if (is_all)
        q->delivery.minor = order->delivery.minor + order->delivery_added.minor;
}

void return_quote_make(struct arena *arena, struct return_order *order, enum return_kind kind,
                       const struct return_wish *wishes, size_t n, bool late_allowed,
                       struct problems *problems, struct return_quote *out)
{
    *out = (struct return_quote){.kind = kind, .nbacks = n};
    out->backs = ARENA_ARRAY(arena, struct return_back, n);
    for (size_t i = 0; i < n; i++)
        if (wishes[i].exchange && kind == RETURN_return)
            out->kind = RETURN_exchange;
    out->last_day = last_day_of(order, out->kind);
    out->late = order->today.days > out->last_day.days;
    out->deadline =
        later_of(out->last_day, (struct date){order->today.days + (int32_t)order->post_days});
    check_kind(order, out, late_allowed, problems);
    if (n == 0)
        problems_add(problems, PROBLEM_return_nothing, "/lines", NULL);
    for (size_t i = 0; i < n; i++) {
        out->backs[i] = (struct return_back){.wish = &wishes[i]};
        wish_read(order, out->kind, problems, i, &out->backs[i]);
        if (wishes[i].exchange && out->kind != RETURN_exchange)
            problem_set_name(problems_add(problems, PROBLEM_return_no_exchange,
                                          at(problems, i, "exchange"), wishes[i].line),
                             "kind", "return_kind", return_kind_name(out->kind));
    }
    add_up(order, out);
    add_delivery(order, out);
    out->refund.minor = out->worth.minor - out->fee.minor + out->delivery.minor;
}

/* ---- what goes out in its place -------------------------------------------------------------- */

/* A dearer one: what came back, and the difference as the buyer pays it, promotions aside. */
static int64_t dearer(const struct return_back *back, int64_t goods)
{
    const struct return_line *old = back->line;
    int64_t own = old->goods.minor - (old->discount.minor - old->promoted.minor);
    int64_t more = goods - back->goods.minor;
    if (old->goods.minor > 0)
        more = share_half_up(more, own, old->goods.minor);
    return back->amount.minor + more;
}

void return_exchange_price(const struct return_back *back, bool tax_included,
                           struct quote_line *line)
{
    int64_t goods = line->goods.minor, was = back->goods.minor;
    bool same = goods == was;
    if (same)
        line->amount = back->amount;
    else if (goods > was)
        line->amount.minor = dearer(back, goods);
    else
        line->amount.minor = return_share(back->amount.minor, 0, goods, was);
    line->discount.minor = goods - line->amount.minor;
    if (same && line->tax_rate.ppm == back->line->tax_rate.ppm)
        line->tax = back->tax;
    else
        line->tax = tax_included ? money_tax_within(line->amount, line->tax_rate)
                                 : money_at_rate(line->amount, line->tax_rate);
    if (same) { /* the volumes move with it */
        line->cv = back->cv;
        line->pv = back->pv;
    }
}
