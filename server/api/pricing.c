#include "server/api/pricing.h"

#include "core/text.h"
#include "server/api/candidates.h"
#include "server/api/people.h"
#include "server/auth/digest.h"

#include <stdlib.h>
#include <string.h>

enum {
    COL_TODAY,
    COL_ID,
    COL_NUMBER,
    COL_NAME,
    COL_STATUS,
    COL_MARKET,
    COL_RANK,
    COL_RANK_NAME,
    COL_VERSION,
    COL_BALANCE,
    COL_CUSTOMER,
    COL_CUSTOMER_NAME,
    COL_CUSTOMER_OF,
    COL_HAS_ADDRESS,
    COL_ADDRESS_NAME,
    COL_LINE1,
    COL_LINE2,
    COL_CITY,
    COL_POSTCODE,
    COL_REGION,
    COL_COUNTRY,
    COL_CUSTOMER_MARKET
};

const char *pricing_address_owner(const struct order_draft *draft)
{
    static const char *const owners[DESTINATIONS] = {
        [SHIP_distributor] = "distributor", [SHIP_customer] = "customer"};
    const char *owner = draft->has_address ? NULL : owners[draft->destination];
    return owner ? owner : "none";
}

static int compare_lines(const void *a, const void *b)
{
    const struct draft_line *x = a, *y = b;
    int order = strcmp(x->sku, y->sku);
    return order ? order : (x->qty > y->qty) - (x->qty < y->qty);
}

/* Buyer, SKUs and quantities, whatever the order of the lines. */
static const char *fingerprint(struct arena *arena, const struct order_draft *draft)
{
    struct text text;
    struct draft_line *lines = ARENA_ARRAY(arena, struct draft_line, draft->nlines);
    text_init(&text, arena);
    text_add(&text, draft->distributor ? draft->distributor : "");
    text_addc(&text, '|');
    text_add(&text, draft->customer ? draft->customer : "");
    text_addc(&text, '|');
    if (draft->nlines)
        memcpy(lines, draft->lines, draft->nlines * sizeof *lines);
    qsort(lines, draft->nlines, sizeof *lines, compare_lines);
    for (size_t i = 0; i < draft->nlines; i++) {
        text_add(&text, lines[i].sku);
        text_addc(&text, '*');
        text_add_int(&text, lines[i].qty);
        text_addc(&text, '|');
    }
    char *hex = arena_alloc(arena, DIGEST_HEX);
    digest_hex(text.data, text.len, hex);
    return hex;
}

bool pricing_begin(struct call *c, struct pricing *p)
{
    p->market = call_market(c, p->draft.market);
    if (p->market)
        p->fingerprint = fingerprint(c->arena, &p->draft);
    return p->market != NULL;
}

bool pricing_load(struct call *c, const char *const *also, struct pricing *p)
{
    if (!pricing_read(c, also, p) || !pricing_begin(c, p))
        return false;
    pricing_ask(c, p);
    return true;
}

bool pricing_read(struct call *c, const char *const *also, struct pricing *p)
{
    *p = (struct pricing){0};
    wire_draft_read(&c->reader, c->body, also, &p->draft);
    return call_body_ok(c);
}

void pricing_read_shift(struct call *c, struct pricing *p)
{
    struct order_draft *draft = &p->draft;
    if (!wire_string(&c->reader, c->body, "", "shift", 18, false, &p->shift))
        return;
    if (!people_id_ok(p->shift))
        wire_bad_value(&c->reader, "", "shift", p->shift);
    p->channel = channel_name(CHANNEL_showroom);
    draft->at_counter = true;
    draft->destination = SHIP_pickup;
    draft->has_address = false;
    draft->method = NULL;
    for (size_t i = 0; i < draft->nlines; i++)
        draft->lines[i].back_order = false;
}

bool pricing_want(struct call *c, struct pricing *p)
{
    if (!pricing_begin(c, p))
        return false;
    pricing_ask(c, p);
    return true;
}

void pricing_ask(struct call *c, struct pricing *p)
{
    const struct order_draft *d = &p->draft;
    const char *market = p->market->catalogue.market;
    p->facts = DB_ADD(call_read(c), Q_buyer_facts, market, d->distributor, d->customer,
                      pricing_address_owner(d), db_text_int(c->arena, d->address_choice));
    p->promotions = (struct pricing_facts){.market = p->market,
                                           .distributor = d->distributor,
                                           .customer = d->customer,
                                           .order = p->order,
                                           .coupons = d->coupons,
                                           .ncoupons = d->ncoupons};
    pricing_facts_ask(c, &p->promotions);
    p->nstock = quote_stock_items(c->arena, &p->market->catalogue, d, &p->stock_items);
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, p->nstock);
    for (size_t i = 0; i < p->nstock; i++)
        ids[i] = p->market->catalogue.items[p->stock_items[i]].id;
    const char *items = db_array_int(c->arena, ids, p->nstock);
    p->stock = p->shift ? DB_ADD(call_read(c), Q_shift_stock_free, p->shift, items, market)
                        : DB_ADD(call_read(c), Q_stock_free, market, items);
    p->duplicates = DB_ADD(call_read(c), Q_order_duplicates, p->fingerprint);
}

size_t pricing_facts_columns(struct call *c, const struct pricing *p, const char **out)
{
    static const int columns[] = {
        COL_TODAY,        COL_ID,      COL_NUMBER,         COL_NAME,     COL_STATUS,
        COL_MARKET,       COL_RANK,    COL_VERSION,        COL_CUSTOMER, COL_CUSTOMER_OF,
        COL_ADDRESS_NAME, COL_LINE1,   COL_LINE2,          COL_CITY,     COL_POSTCODE,
        COL_REGION,       COL_COUNTRY, COL_CUSTOMER_MARKET};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        out[i] = db_value(c->batch, p->facts, 0, columns[i]);
    return ARRAY_LEN(columns);
}

static struct address address_of(const struct db_batch *b, size_t statement)
{
    return (struct address){
        .name = db_value(b, statement, 0, COL_ADDRESS_NAME),
        .line1 = db_value(b, statement, 0, COL_LINE1),
        .line2 = db_value(b, statement, 0, COL_LINE2),
        .city = db_value(b, statement, 0, COL_CITY),
        .postcode = db_value(b, statement, 0, COL_POSTCODE),
        .region = db_value(b, statement, 0, COL_REGION),
        .country = db_value(b, statement, 0, COL_COUNTRY),
    };
}

static bool is_hidden(const struct call *c, const char *market)
{
    return c->actor.market && market && strcmp(market, c->actor.market) != 0;
}

/* Who is bound to one market learns nothing of the people of another, neither name nor address. */
static void hide_others(const struct call *c, struct pricing *p)
{
    const char *customer_market = db_value(c->batch, p->facts, 0, COL_CUSTOMER_MARKET);
    bool hide_distributor = is_hidden(c, p->buyer.market),
         hide_customer = is_hidden(c, customer_market);
    if (hide_distributor || hide_customer) {
        p->buyer.npeople = p->buyer.npromotions = 0;
        p->buyer.first_order = false;
    }
    if (hide_distributor) {
        p->buyer.distributor = NULL;
        p->buyer.may_order = false;
        p->buyer.balance = money_of(0);
    }
    if (hide_customer)
        p->buyer.customer = p->buyer.customer_of = NULL;
    if ((hide_distributor || hide_customer) && !p->draft.has_address)
        p->buyer.has_ship_to = false;
}

static void read_facts(struct call *c, struct pricing *p)
{
    const struct db_batch *b = c->batch;
    size_t s = p->facts;
    const char *status = db_value(b, s, 0, COL_STATUS);
    p->buyer = (struct buyer_facts){
        .today = {(int32_t)db_int(b, s, 0, COL_TODAY)},
        .distributor = db_value(b, s, 0, COL_NUMBER),
        .name = db_value(b, s, 0, COL_NAME),
        .status = status,
        .market = db_value(b, s, 0, COL_MARKET),
        .may_order = status && strcmp(status, "active") == 0,
        .customer = db_value(b, s, 0, COL_CUSTOMER),
        .customer_of = db_value(b, s, 0, COL_CUSTOMER_OF),
        .balance = money_of(db_int(b, s, 0, COL_BALANCE)),
    };
    if (p->buyer.distributor)
        p->buyer.rank = (int)db_int(b, s, 0, COL_RANK);
    p->distributor_id = db_value(b, s, 0, COL_ID);
    p->distributor_version = db_value(b, s, 0, COL_VERSION);
    p->rank_name = db_value(b, s, 0, COL_RANK_NAME);
    p->customer_name = db_value(b, s, 0, COL_CUSTOMER_NAME);
    if (p->draft.has_address) {
        p->buyer.has_ship_to = true;
        p->buyer.ship_to = p->draft.address;
    } else if (db_bool(b, s, 0, COL_HAS_ADDRESS)) {
        p->buyer.has_ship_to = true;
        p->buyer.ship_to = address_of(b, s);
    }
    bool today = p->draft.date.days == DATE_MIN.days;
    pricing_facts_read(c, &p->promotions, p->market->catalogue.market,
                       today ? p->buyer.today : p->draft.date, &p->buyer);
    if (p->channel && channel_by_name(p->channel) != CHANNELS)
        p->buyer.channel = channel_by_name(p->channel);
    hide_others(c, p);
}

static int64_t held_of(const struct pricing *p, int64_t item)
{
    for (size_t i = 0; i < p->nheld; i++)
        if (p->held[i].item == item)
            return p->held[i].qty;
    return 0;
}

/* To core a coupon that cannot be used any more is no coupon. */
static void tell_used_up(struct pricing *p)
{
    for (size_t i = 0; i < p->quote.problems.count; i++) {
        struct problem *problem = &p->quote.problems.items[i];
        for (size_t k = 0; k < p->promotions.nused_up; k++)
            if (problem->code == PROBLEM_unknown_coupon &&
                strcmp(problem->params[0].text, p->promotions.used_up[k]) == 0)
                problem->code = PROBLEM_coupon_used_up;
    }
}

void pricing_decide(struct call *c, struct pricing *p)
{
    struct stock_fact *stock = p->stock_facts = ARENA_ARRAY(c->arena, struct stock_fact, p->nstock);
    read_facts(c, p);
    for (size_t i = 0; i < p->nstock; i++)
        stock[i] = (struct stock_fact){p->stock_items[i],
                                       db_int(c->batch, p->stock, i, 1) +
                                           held_of(p, db_int(c->batch, p->stock, i, 0))};
    quote_price(c->arena, &p->market->catalogue, &p->buyer, &p->draft, stock, p->nstock, &p->quote);
    tell_used_up(p);
    if (p->draft.nlines == 0)
        problems_add(&p->quote.problems, PROBLEM_no_lines, "/lines", NULL);
}

bool pricing_check_duplicate(struct call *c, struct pricing *p)
{
    /* At a till the buyer stands there, and many have no name. */
    if (p->draft.nlines == 0 || p->shift || !db_rows(c->batch, p->duplicates))
        return false;
    struct problem *problem = problems_add(&p->quote.problems, PROBLEM_duplicate, "/lines", NULL);
    problem_set_text(problem, "order", db_value(c->batch, p->duplicates, 0, 0));
    problem_set_text(problem, "time", db_value(c->batch, p->duplicates, 0, 1));
    problem_set_text(problem, "by", db_value(c->batch, p->duplicates, 0, 2));
    return true;
}

json_t *pricing_write(struct call *c, struct pricing *p)
{
    json_t *object = wire_quote_write(c->arena, c->language, &p->quote);
    const struct buyer_facts *b = &p->buyer;
    struct quote_hint hint;
    quote_hint_find(c->arena, &p->quote, b, &p->draft, p->stock_facts, p->nstock, &hint);
    json_object_set_new(object, "hint", wire_hint_write(c->arena, c->language, &p->quote, &hint));
    json_object_set_new(object, "problems",
                        candidates_problems(c->arena, c->language, p->market, &p->quote.problems));
    json_object_set_new(object, "distributor",
                        b->distributor
                            ? json_pack("{s:s,s:s,s:s,s:i,s:s,s:I}", "id", b->distributor, "name",
                                        b->name, "status", b->status, "rank", b->rank, "rank_name",
                                        p->rank_name, "balance", (json_int_t)b->balance.minor)
                            : json_null());
    json_object_set_new(object, "balance", json_integer(b->balance.minor));
    json_object_set_new(object, "customer",
                        b->customer
                            ? json_pack("{s:s,s:s}", "id", b->customer, "name", p->customer_name)
                            : json_null());
    json_object_set_new(object, "ship_to",
                        b->has_ship_to ? wire_address_write(&b->ship_to) : json_null());
    return object;
}
