#include "server/api/known.h"

#include "server/api/order_store.h"
#include "server/db/db_record.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 512,
    PLENTY = 1 << 30,
    PROOF_MOST = 256, /* fields; who has more groups is asked anew each time */
    SESSION = 0,      /* the first statement of a batch that reads */
    TOUCH_MS = 60000,
};

struct known_store {
    struct known *slots[SLOTS];
};

struct known_store *known_store_new(void)
{
    struct known_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    return store;
}

static void release(void *what)
{
    struct known *known = what;
    if (known && --known->refs == 0)
        arena_free(known->arena);
}

void known_store_free(struct known_store *store)
{
    for (size_t i = 0; store && i < SLOTS; i++)
        release(store->slots[i]);
    free(store);
}

/* ---- whom it is about ---- */

static uint64_t mix(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return hash;
}

static struct known **slot_of(const struct call *c, const struct order_draft *d)
{
    uint64_t hash = mix(UINT64_C(0xCBF29CE484222325), c->actor.token_hash + 48);
    hash = mix(mix(hash, d->distributor), d->customer) + (uint64_t)d->address_choice;
    return &c->server->known->slots[(hash ^ hash >> 32) % SLOTS];
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_about(const struct known *k, const struct call *c, const struct pricing *p)
{
    const struct order_draft *d = &p->draft;
    return k->catalogue == c->snapshot->version && same(k->distributor, d->distributor) &&
           same(k->customer, d->customer) && same(k->market, p->market->catalogue.market) &&
           same(k->address_of, pricing_address_owner(d)) &&
           k->address_choice == d->address_choice &&
           strcmp(k->actor.token_hash, c->actor.token_hash) == 0;
}

struct known *known_find(struct call *c, const struct pricing *p)
{
    if (!c->server->known || c->inside || p->draft.ncoupons)
        return NULL;
    struct known *known = *slot_of(c, &p->draft);
    if (!known || !is_about(known, c, p))
        return NULL;
    known->refs++;
    arena_defer(c->arena, release, known);
    return known;
}

/* ---- keeping ---- */

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static void copy_actor(struct known *k, const struct actor *a)
{
    struct arena *arena = k->arena;
    k->actor = *a;
    const char **const texts[] = {&k->actor.login_id, &k->actor.acting_for, &k->actor.login,
                                  &k->actor.kind,     &k->actor.name,       &k->actor.number,
                                  &k->actor.market,   &k->actor.roles_text, &k->actor.expires_at,
                                  &k->actor.desk};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = copy(arena, *texts[i]);
}

static void copy_buyer(struct known *k, const struct buyer_facts *b)
{
    struct arena *arena = k->arena;
    struct buyer_facts *own = &k->buyer;
    *own = *b;
    const char **const texts[] = {
        &own->distributor,     &own->name,         &own->status,         &own->market,
        &own->customer,        &own->customer_of,  &own->ship_to.name,   &own->ship_to.line1,
        &own->ship_to.line2,   &own->ship_to.city, &own->ship_to.region, &own->ship_to.country,
        &own->ship_to.postcode};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = copy(arena, *texts[i]);
    const char **people = ARENA_ARRAY(arena, const char *, b->npeople);
    for (size_t i = 0; i < b->npeople; i++)
        people[i] = copy(arena, b->people[i]);
    own->people = people;
    own->promotions = NULL;
    own->npromotions = own->ncoupons = 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same as order_known finds, in its order; 0 when it is too much. */
static size_t proof_of(struct call *c, const struct pricing *p, const char *values[PROOF_MOST])
{
    static const int session[] = {0, 1, 2, 3, 4, 5, 6, 8, 10};
    size_t n = 0, people;
    for (size_t i = 0; i < ARRAY_LEN(session); i++)
        values[n++] = db_value(c->batch, SESSION, 0, session[i]);
    n += pricing_facts_columns(c, p, values + n);
    values[n++] = p->buyer.first_order ? "false" : "true";
    if (n + p->buyer.npeople + p->promotions.nasked > PROOF_MOST)
        return 0;
    people = n;
    for (size_t i = 0; i < p->buyer.npeople; i++)
        values[n++] = p->buyer.people[i];
    if (p->buyer.npeople)
        qsort(values + people, p->buyer.npeople, sizeof *values, compare_texts);
    return n + pricing_facts_recruits(c, &p->promotions, values + n);
}

/* Arguments of promotion_recruits for each promotion that asks for them. */
static void add_asking(struct db_record *r, const struct market_snapshot *market)
{
    const struct catalogue *cat = &market->catalogue;
    struct arena *arena = r->text.arena;
    const struct promotion **asking =
        ARENA_ARRAY(arena, const struct promotion *, cat->npromotions);
    const struct condition **how = ARENA_ARRAY(arena, const struct condition *, cat->npromotions);
    size_t n = 0;
    for (size_t i = 0; i < cat->npromotions; i++) {
        const struct condition *condition = promotion_recruits_condition(&cat->promotions[i]);
        asking[n] = &cat->promotions[i];
        how[n] = condition;
        n += condition != NULL;
    }
    DB_RECORD_INTS(r, n, pricing_promotion_id(market, asking[i]));
    DB_RECORD_INTS(r, n, how[i]->amount.minor);
    DB_RECORD_INTS(r, n, how[i]->days);
    DB_RECORD_INTS(r, n, pricing_day(asking[i]->from));
    DB_RECORD_INTS(r, n, pricing_day(asking[i]->to));
}

/* The end of the record of an order, which is the same for all orders; NULL when it is too much. */
static const char *fields_of(struct call *c, const struct pricing *p, struct arena *arena)
{
    const char *proof[PROOF_MOST];
    size_t n = proof_of(c, p, proof);
    struct db_record r;
    if (!n)
        return NULL;
    db_record_begin(&r, arena, 1500);
    db_record_text(&r, c->actor.token_hash);
    db_record_text(&r, pricing_address_owner(&p->draft));
    db_record_int(&r, p->draft.address_choice);
    add_asking(&r, p->market);
    DB_RECORD_TEXTS(&r, n, proof[i]);
    return db_record_part(&r);
}

static const char *ship_to_of(const struct buyer_facts *buyer, struct arena *arena)
{
    struct db_record r;
    db_record_begin(&r, arena, 500);
    db_record_text(&r, order_ship_to(arena, buyer, NULL));
    return db_record_part(&r);
}

static const int64_t *recruits_of(struct call *c, const struct pricing *p, struct arena *arena)
{
    const char *counts[PROOF_MOST];
    size_t n = pricing_facts_recruits(c, &p->promotions, counts);
    int64_t *out = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        out[i] = strtoll(counts[i], NULL, 10);
    return out;
}

/* Of those who may order, and nothing is hidden of; at a till the channel is not the session's. */
static bool is_worth(const struct call *c, const struct pricing *p)
{
    return c->server->known && !c->inside && !p->order && !p->shift && p->buyer.may_order &&
           !p->draft.customer == !p->buyer.customer && p->promotions.nasked < PROOF_MOST / 2;
}

void known_keep(struct call *c, const struct pricing *p)
{
    if (!is_worth(c, p))
        return;
    struct arena *arena = arena_new();
    struct known *k = ARENA_NEW(arena, struct known), **slot = slot_of(c, &p->draft);
    const char *fields = fields_of(c, p, arena);
    if (!fields) {
        arena_free(arena);
        return;
    }
    *k = (struct known){.refs = 1,
                        .arena = arena,
                        .market = copy(arena, p->market->catalogue.market),
                        .distributor = copy(arena, p->draft.distributor),
                        .customer = copy(arena, p->draft.customer),
                        .address_of = pricing_address_owner(&p->draft),
                        .address_choice = p->draft.address_choice,
                        .catalogue = c->snapshot->version,
                        .distributor_id = copy(arena, p->distributor_id),
                        .distributor_version = copy(arena, p->distributor_version),
                        .recruits = recruits_of(c, p, arena),
                        .touched = loop_now(c->server->loop),
                        .ship_to = ship_to_of(&p->buyer, arena),
                        .fields = fields};
    copy_actor(k, &c->actor);
    copy_buyer(k, &p->buyer);
    release(*slot);
    *slot = k;
}

/* ---- pricing without asking ---- */

/* As if there were no limits: placing takes what there is of them. */
static void promotions_without_limits(struct call *c, struct pricing *p, const struct known *k)
{
    const struct catalogue *cat = &p->market->catalogue;
    struct promotion_fact *facts = ARENA_ARRAY(c->arena, struct promotion_fact, cat->npromotions);
    struct date date = p->draft.date.days == DATE_MIN.days ? p->buyer.today : p->draft.date;
    size_t asking = 0;
    for (size_t i = 0; i < cat->npromotions; i++) {
        const struct promotion *promotion = &cat->promotions[i];
        bool asks = promotion_recruits_condition(promotion) != NULL;
        int64_t recruits = asks ? k->recruits[asking++] : 0;
        if (asks && date_within(date, promotion->from, promotion->to))
            facts[p->buyer.npromotions++] =
                (struct promotion_fact){promotion->code, -1, -1, {-1}, recruits};
    }
    p->buyer.promotions = facts;
}

void known_decide(struct call *c, struct pricing *p, const struct known *k)
{
    p->buyer = k->buyer;
    p->distributor_id = k->distributor_id;
    p->distributor_version = k->distributor_version;
    p->buyer.channel = call_channel(c);
    p->buyer.balance = money_of(MONEY_MAX); /* as much as placing finds */
    if (p->draft.has_address) {
        p->buyer.has_ship_to = true;
        p->buyer.ship_to = p->draft.address;
    }
    promotions_without_limits(c, p, k);
    p->nstock = quote_stock_items(c->arena, &p->market->catalogue, &p->draft, &p->stock_items);
    p->stock_facts = ARENA_ARRAY(c->arena, struct stock_fact, p->nstock);
    for (size_t i = 0; i < p->nstock; i++)
        p->stock_facts[i] = (struct stock_fact){p->stock_items[i], PLENTY};
    quote_price(c->arena, &p->market->catalogue, &p->buyer, &p->draft, p->stock_facts, p->nstock,
                &p->quote);
}

void known_used(struct call *c, struct known *k)
{
    int64_t now = loop_now(c->server->loop);
    if (now - k->touched < TOUCH_MS)
        return;
    k->touched = now;
    call_touch(c);
}
