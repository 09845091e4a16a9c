#include "server/api/pricing_facts.h"

#include <string.h>

enum { COL_KIND, COL_CODE, COL_PROMOTION, COL_USES, COL_PERSON, COL_BUDGET, COL_RECRUITS };

/* A desk has the name of its channel, or it answers the telephone. */
enum channel call_channel(const struct call *c)
{
    enum channel channel = channel_by_name(c->actor.desk);
    if (channel != CHANNELS)
        return channel;
    return strcmp(c->actor.kind, "distributor") == 0 ? CHANNEL_web : CHANNEL_call;
}

/* ---- asking ---- */

static size_t asked_of(const struct market_snapshot *market, struct promotion_asked *out)
{
    const struct catalogue *c = &market->catalogue;
    size_t n = 0;
    for (size_t i = 0; i < c->npromotions; i++) {
        const struct promotion *p = &c->promotions[i];
        if (p->limit_uses || p->limit_person || p->limit_budget.minor ||
            promotion_recruits_condition(p))
            out[n++] = (struct promotion_asked){market, p};
    }
    return n;
}

int64_t pricing_promotion_id(const struct market_snapshot *market,
                             const struct promotion *promotion)
{
    for (size_t i = 0; i < market->catalogue.nsources; i++)
        if (strcmp(market->catalogue.sources[i].code, promotion->code) == 0)
            return market->promotion_ids[i];
    return 0;
}

int64_t pricing_day(struct date date)
{
    const int32_t first = date_of(1900, 1, 1).days, last = date_of(2999, 12, 31).days;
    return date.days < first ? first : date.days > last ? last : date.days;
}

static void add_statement(struct call *c, struct pricing_facts *f)
{
    enum { IDS, USES, PERSON, BUDGET, REACH, DAYS, FIRST, LAST, ARRAYS };
    int64_t *values[ARRAYS];
    for (int k = 0; k < ARRAYS; k++)
        values[k] = ARENA_ARRAY(c->arena, int64_t, f->nasked);
    for (size_t i = 0; i < f->nasked; i++) {
        const struct promotion *p = f->asked[i].promotion;
        const struct condition *recruits = promotion_recruits_condition(p);
        values[IDS][i] = pricing_promotion_id(f->asked[i].market, p);
        values[USES][i] = p->limit_uses;
        values[PERSON][i] = p->limit_person;
        values[BUDGET][i] = p->limit_budget.minor;
        values[REACH][i] = recruits ? recruits->amount.minor : 0;
        values[DAYS][i] = recruits ? recruits->days : 0;
        values[FIRST][i] = pricing_day(p->from);
        values[LAST][i] = pricing_day(p->to);
    }
    const char *arrays[ARRAYS];
    for (int k = 0; k < ARRAYS; k++)
        arrays[k] = db_array_int(c->arena, values[k], f->nasked);
    f->statement =
        DB_ADD(call_read(c), Q_buyer_promotions, f->market ? f->market->catalogue.market : NULL,
               f->distributor, f->customer, db_array_text(c->arena, f->coupons, f->ncoupons),
               arrays[IDS], arrays[USES], arrays[PERSON], arrays[BUDGET], arrays[REACH],
               arrays[DAYS], arrays[FIRST], arrays[LAST], f->order);
}

void pricing_facts_ask(struct call *c, struct pricing_facts *f)
{
    const struct market_snapshot *markets = f->market ? f->market : c->snapshot->markets;
    size_t nmarkets = f->market ? 1 : c->snapshot->nmarkets, most = 0;
    for (size_t i = 0; i < nmarkets; i++)
        most += markets[i].catalogue.npromotions;
    struct promotion_asked *asked = ARENA_ARRAY(c->arena, struct promotion_asked, most);
    for (size_t i = 0; i < nmarkets; i++)
        f->nasked += asked_of(&markets[i], asked + f->nasked);
    f->asked = asked;
    add_statement(c, f);
}

/* ---- reading ---- */

struct reading {
    struct pricing_facts *facts;
    const char *market;
    struct date date;
    struct buyer_facts *buyer;
    const char **people, **used_up;
    struct coupon_fact *coupons;
    struct promotion_fact *promotions;
};

static void read_coupon(struct reading *r, const struct db_batch *b, size_t s, size_t row)
{
    const char *code = db_value(b, s, row, COL_CODE);
    if (db_int(b, s, row, COL_USES) == 0)
        r->used_up[r->facts->nused_up++] = code;
    else
        r->coupons[r->buyer->ncoupons++] =
            (struct coupon_fact){code, db_value(b, s, row, COL_PROMOTION)};
}

static void read_promotion(struct reading *r, const struct db_batch *b, size_t s, size_t row)
{
    const struct promotion_asked *asked = &r->facts->asked[db_int(b, s, row, COL_PROMOTION) - 1];
    const struct promotion *p = asked->promotion;
    if (strcmp(asked->market->catalogue.market, r->market) != 0 ||
        !date_within(r->date, p->from, p->to))
        return;
    r->promotions[r->buyer->npromotions++] = (struct promotion_fact){
        .promotion = p->code,
        .uses_left = db_int(b, s, row, COL_USES),
        .person_left = db_int(b, s, row, COL_PERSON),
        .budget_left = money_of(db_int(b, s, row, COL_BUDGET)),
        .recruits = db_int(b, s, row, COL_RECRUITS),
    };
}

void pricing_facts_read(struct call *c, struct pricing_facts *facts, const char *market,
                        struct date date, struct buyer_facts *buyer)
{
    const struct db_batch *b = c->batch;
    size_t s = facts->statement, n = db_rows(b, s);
    struct reading r = {facts,
                        market,
                        date,
                        buyer,
                        ARENA_ARRAY(c->arena, const char *, n),
                        ARENA_ARRAY(c->arena, const char *, n),
                        ARENA_ARRAY(c->arena, struct coupon_fact, n),
                        ARENA_ARRAY(c->arena, struct promotion_fact, n)};
    buyer->channel = call_channel(c);
    buyer->first_order = buyer->distributor || buyer->customer;
    for (size_t i = 0; i < n; i++) {
        const char *kind = db_value(b, s, i, COL_KIND);
        if (strcmp(kind, "orders") == 0)
            buyer->first_order = false;
        else if (strcmp(kind, "group") == 0)
            r.people[buyer->npeople++] = db_value(b, s, i, COL_CODE);
        else if (strcmp(kind, "coupon") == 0)
            read_coupon(&r, b, s, i);
        else
            read_promotion(&r, b, s, i);
    }
    buyer->people = r.people;
    buyer->coupons = r.coupons;
    buyer->promotions = r.promotions;
    facts->used_up = r.used_up;
}

size_t pricing_facts_recruits(struct call *c, const struct pricing_facts *facts, const char **out)
{
    const struct db_batch *b = c->batch;
    size_t s = facts->statement, n = 0;
    for (size_t i = 0; i < facts->nasked; i++) {
        if (!promotion_recruits_condition(facts->asked[i].promotion))
            continue;
        for (size_t row = 0; row < db_rows(b, s); row++)
            if (strcmp(db_value(b, s, row, COL_KIND), "promotion") == 0 &&
                db_int(b, s, row, COL_PROMOTION) == (int64_t)i + 1)
                out[n++] = db_value(b, s, row, COL_RECRUITS);
    }
    return n;
}

/* ---- writing ---- */

static json_t *left(int64_t n)
{
    return n < 0 ? json_null() : json_integer(n);
}

json_t *pricing_facts_write(const struct buyer_facts *buyer)
{
    json_t *people = json_array(), *coupons = json_array(), *promotions = json_array();
    for (size_t i = 0; i < buyer->npeople; i++)
        json_array_append_new(people, json_string(buyer->people[i]));
    for (size_t i = 0; i < buyer->ncoupons; i++)
        json_array_append_new(coupons, json_pack("{s:s,s:s}", "code", buyer->coupons[i].code,
                                                 "promotion", buyer->coupons[i].promotion));
    for (size_t i = 0; i < buyer->npromotions; i++) {
        const struct promotion_fact *f = &buyer->promotions[i];
        json_array_append_new(promotions, json_pack("{s:s,s:o,s:o,s:o,s:I}", "promotion",
                                                    f->promotion, "uses_left", left(f->uses_left),
                                                    "person_left", left(f->person_left),
                                                    "budget_left", left(f->budget_left.minor),
                                                    "recruits", (json_int_t)f->recruits));
    }
    return json_pack("{s:s,s:b,s:o,s:o,s:o}", "channel", channel_name(buyer->channel),
                     "first_order", buyer->first_order, "people", people, "coupons", coupons,
                     "promotions", promotions);
}
