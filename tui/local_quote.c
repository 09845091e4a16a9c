#include "tui/local_quote.h"

#include "core/text.h"
#include "tui/kit_choose.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <string.h>

/* ---- who buys -------------------------------------------------------------------------------- */

struct people {
    const struct person_facts *distributor, *customer; /* NULL: none on the draft */
};

/* What the order adds to whom it is asked about: "" for most. */
static const char *facts_query(struct arena *arena, const struct order_draft *draft)
{
    struct text query;
    text_init(&query, arena);
    if (draft->customer)
        text_printf(&query, "?customer=%s", query_escape(arena, draft->customer));
    for (size_t i = 0; i < draft->ncoupons; i++)
        text_printf(&query, "%s%s",
                    i           ? ","
                    : query.len ? "&coupons="
                                : "?coupons=",
                    query_escape(arena, draft->coupons[i]));
    return query.data;
}

static struct people people_of(struct arena *arena, struct prices *prices,
                               const struct order_draft *draft)
{
    struct people people = {NULL, NULL};
    if (draft->distributor)
        people.distributor = people_facts_of(prices->people, PERSON_DISTRIBUTOR, draft->distributor,
                                             facts_query(arena, draft), prices->now);
    if (draft->customer)
        people.customer =
            people_facts_of(prices->people, PERSON_CUSTOMER, draft->customer, "", prices->now);
    return people;
}

static bool is_open(const struct person_facts *facts)
{
    return facts && facts->state == FACTS_ASKED;
}

static const struct reply_person *known(const struct person_facts *facts)
{
    return facts && facts->state == FACTS_KNOWN ? &facts->person : NULL;
}

/* Copies: the facts may be replaced before the quote is. */
static const char *kept(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : "";
}

static struct address address_kept(struct arena *arena, const struct address *from,
                                   const char *else_name)
{
    bool is_named = from->name && *from->name;
    return (struct address){
        .name = kept(arena, is_named ? from->name : else_name),
        .line1 = kept(arena, from->line1),
        .line2 = kept(arena, from->line2),
        .city = kept(arena, from->city),
        .postcode = kept(arena, from->postcode),
        .region = kept(arena, from->region),
        .country = kept(arena, from->country),
    };
}

static void ship_to(struct arena *arena, const struct order_draft *draft,
                    const struct reply_person *person, struct buyer_facts *buyer)
{
    size_t at = draft->address_choice > 1 ? (size_t)draft->address_choice - 1 : 0;
    if (!person || at >= person->naddresses)
        return;
    buyer->has_ship_to = true;
    buyer->ship_to = address_kept(arena, &person->addresses[at], person->name);
}

static void put_promotion_facts(struct arena *arena, const struct reply_person *person,
                                struct buyer_facts *buyer)
{
    const char **people = ARENA_ARRAY(arena, const char *, person->npeople);
    struct coupon_fact *coupons = ARENA_ARRAY(arena, struct coupon_fact, person->ncoupons);
    struct promotion_fact *promotions =
        ARENA_ARRAY(arena, struct promotion_fact, person->npromotions);
    enum channel channel = channel_by_name(person->channel);
    buyer->channel = channel == CHANNELS ? CHANNEL_call : channel;
    buyer->first_order = person->first_order;
    for (size_t i = 0; i < person->npeople; i++)
        people[buyer->npeople++] = arena_strdup(arena, person->people[i]);
    for (size_t i = 0; i < person->ncoupons; i++)
        coupons[buyer->ncoupons++] =
            (struct coupon_fact){arena_strdup(arena, person->coupons[i].code),
                                 arena_strdup(arena, person->coupons[i].promotion)};
    for (size_t i = 0; i < person->npromotions; i++) {
        promotions[i] = person->promotions[i];
        promotions[i].promotion = arena_strdup(arena, person->promotions[i].promotion);
    }
    buyer->people = people;
    buyer->coupons = coupons;
    buyer->promotions = promotions;
    buyer->npromotions = person->npromotions;
}

static struct buyer_facts buyer_of(struct arena *arena, const struct order_draft *draft,
                                   const struct people *people, struct date today)
{
    const struct reply_person *distributor = known(people->distributor),
                              *customer = known(people->customer);
    struct buyer_facts buyer = {.today = today};
    if (distributor) {
        buyer.distributor = arena_strdup(arena, distributor->id);
        buyer.name = arena_strdup(arena, distributor->name);
        buyer.status = arena_strdup(arena, distributor->status);
        buyer.market = arena_strdup(arena, distributor->market);
        buyer.rank = distributor->rank;
        buyer.may_order = distributor->may_order;
        buyer.balance = money_of(distributor->balance);
        put_promotion_facts(arena, distributor, &buyer);
    }
    if (customer) {
        buyer.customer = arena_strdup(arena, customer->id);
        buyer.customer_of = arena_strdup(arena, customer->distributor);
    }
    if (draft->has_address) {
        buyer.has_ship_to = true;
        buyer.ship_to = address_kept(arena, &draft->address, "");
    } else if (draft->destination == SHIP_distributor || draft->destination == SHIP_customer) {
        ship_to(arena, draft, draft->destination == SHIP_customer ? customer : distributor, &buyer);
    }
    return buyer;
}

/* While the facts are on their way nobody is at fault, and only the list's prices are looked at. */
static struct buyer_facts anybody(const struct catalogue *catalogue, const char *id,
                                  struct date today)
{
    return (struct buyer_facts){.distributor = id,
                                .name = "",
                                .status = "",
                                .market = catalogue->market,
                                .may_order = true,
                                .today = today};
}

/* ---- from core's shape to the server's ------------------------------------------------------- */

static struct reply_line line_of(struct arena *arena, const struct quote_line *line)
{
    struct reply_share *shares = ARENA_ARRAY(arena, struct reply_share, line->nshares);
    for (size_t i = 0; i < line->nshares; i++)
        shares[i] =
            (struct reply_share){line->shares[i].promotion->code, line->shares[i].amount.minor};
    return (struct reply_line){
        .id = line->draft->id,
        .sku = line->draft->sku,
        .name = line->item ? line->item->name : "",
        .spoken = line->item ? line->item->spoken : "",
        .qty = line->draft->qty,
        .unit = line->unit.minor,
        .discount = line->discount.minor,
        .amount = line->amount.minor,
        .tax = line->tax.minor,
        .cv = line->cv.hundredths,
        .pv = line->pv.hundredths,
        .free_stock = line->free_stock,
        .back_ordered = line->back_ordered,
        .priced = line->priced,
        .gift_of = line->gift_of ? line->gift_of->code : "",
        .picks = line->draft->picks ? line->draft->picks : "",
        .shares = shares,
        .nshares = line->nshares,
    };
}

static struct reply_promotion promotion_of(struct arena *arena, const struct quote *quote,
                                           const struct quote_promotion *p)
{
    return (struct reply_promotion){
        .id = p->promotion->code,
        .name = promotion_name(p->promotion, tongue_language()),
        .state = promotion_state_name(p->state),
        .say = quote_promotion_say(arena, tongue_language(), quote, p),
        .lost_to = p->lost_to ? p->lost_to->code : "",
        .need = p->need == NEED_none ? "" : need_name(p->need),
        .actual = p->actual,
        .needed = p->needed,
        .amount = p->amount.minor,
        .delivery = p->delivery.minor,
        .credit = p->credit.minor,
        .times = p->times,
        .picks = p->picks,
        .picked = p->picked,
    };
}

static struct reply_hint hint_of(const struct quote_hint *hint)
{
    return (struct reply_hint){
        .promotion = hint->promotion->code,
        .sku = hint->item->sku,
        .name = hint->item->name,
        .say = "",
        .qty = hint->qty,
        .saves = hint->saves.minor,
        .picks = hint->picks,
    };
}

static void put_promotions(struct arena *arena, const struct quote *quote, struct reply_quote *out)
{
    out->promotions = ARENA_ARRAY(arena, struct reply_promotion, quote->npromotions);
    out->npromotions = quote->npromotions;
    for (size_t i = 0; i < quote->npromotions; i++)
        out->promotions[i] = promotion_of(arena, quote, &quote->promotions[i]);
}

/* Longer orders wait for the server's: eight more quotes would be felt. */
enum { HINT_LINES = 200 };

static void put_hints(struct arena *arena, const struct buyer_facts *buyer,
                      const struct order_draft *draft, struct local_quote *out)
{
    struct quote_hint hints[QUOTE_HINTS];
    out->reply.hint = (struct reply_hint){.promotion = "", .sku = "", .name = "", .say = ""};
    if (draft->nlines > HINT_LINES)
        return;
    out->nhints = quote_hints_find(arena, &out->quote, buyer, draft, NULL, 0, hints);
    for (size_t i = 0; i < out->nhints; i++)
        out->hints[i] = hint_of(&hints[i]);
    if (out->nhints)
        out->reply.hint = out->hints[0];
}

static struct reply_problem problem_of(struct arena *arena, const struct catalogue *catalogue,
                                       const struct problem *problem)
{
    struct reply_problem out = {
        .field = problem->field,
        .line = problem->line ? problem->line : "",
        .code = problem_name(problem->code),
        .say = problem_say(arena, tongue_language(), problem),
        .warning = problem_severity(problem->code) == SEVERITY_warning,
    };
    kit_candidates(catalogue, problem, &out);
    return out;
}

/* Of what is wrong, with `lines_only` nothing about people, address or the whole. */
static void put_problems(struct arena *arena, const struct catalogue *catalogue,
                         const struct problems *problems, bool lines_only, struct reply_quote *out)
{
    out->problems = ARENA_ARRAY(arena, struct reply_problem, problems->count);
    for (size_t i = 0; i < problems->count; i++)
        if (!lines_only || problems->items[i].line)
            out->problems[out->nproblems++] = problem_of(arena, catalogue, &problems->items[i]);
}

static void put_people(struct arena *arena, const struct people *people, struct reply_quote *out)
{
    const struct reply_person *distributor = known(people->distributor),
                              *customer = known(people->customer);
    if (distributor) {
        out->distributor = arena_strdup(arena, distributor->id);
        out->distributor_name = arena_strdup(arena, distributor->name);
        out->rank_name = arena_strdup(arena, distributor->rank_name);
        out->status = arena_strdup(arena, distributor->status);
        out->balance = distributor->balance;
    }
    if (customer) {
        out->customer = arena_strdup(arena, customer->id);
        out->customer_name = arena_strdup(arena, customer->name);
    }
}

static void reply_of(struct arena *arena, const struct quote *quote, struct reply_quote *out)
{
    const struct catalogue *catalogue = quote->catalogue;
    char date[DATE_TEXT];
    *out = (struct reply_quote){
        .currency = catalogue->currency,
        .list = quote->list->code,
        .date = arena_strdup(arena, date_format(date, quote->date)),
        .catalogue_version = catalogue->version,
        .exponent = catalogue->exponent,
        .tax_included = quote->tax_included,
        .goods = quote->goods.minor,
        .discount = quote->discount.minor,
        .delivery = quote->delivery.minor,
        .delivery_tax = quote->delivery_tax.minor,
        .tax = quote->tax.minor,
        .tax_added = quote->tax_added.minor,
        .total = quote->total.minor,
        .cv = quote->cv.hundredths,
        .pv = quote->pv.hundredths,
        .credit = quote->credit.minor,
        .search_bounded = quote->search_bounded,
        .ship_to = {"", "", "", "", "", "", ""},
        .distributor = "",
        .distributor_name = "",
        .rank_name = "",
        .status = "",
        .customer = "",
        .customer_name = "",
        .lines = ARENA_ARRAY(arena, struct reply_line, quote->nlines),
        .nlines = quote->nlines,
    };
    for (size_t i = 0; i < quote->nlines; i++) {
        out->lines[i] = line_of(arena, &quote->lines[i]);
        kit_chosen(arena, catalogue, &quote->lines[i], &out->lines[i]);
    }
    put_promotions(arena, quote, out);
}

/* ---- the quote ------------------------------------------------------------------------------- */

static bool can_price(const struct catalogue_held *held, const struct order_draft *draft,
                      struct date today)
{
    return held && strcmp(held->wire.catalogue.market, draft->market) == 0 &&
           (today.days != DATE_MIN.days || draft->date.days != DATE_MIN.days);
}

/* Copies of the lines: the version of the draft may go before the quote does. */
static struct order_draft draft_kept(struct arena *arena, const struct order_draft *draft)
{
    struct order_draft own = *draft;
    own.lines = ARENA_ARRAY(arena, struct draft_line, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++) {
        own.lines[i] = draft->lines[i];
        own.lines[i].id = arena_strdup(arena, draft->lines[i].id);
        own.lines[i].sku = arena_strdup(arena, draft->lines[i].sku);
        if (draft->lines[i].picks)
            own.lines[i].picks = arena_strdup(arena, draft->lines[i].picks);
        own.lines[i].choices =
            draft->lines[i].choices ? arena_strdup(arena, draft->lines[i].choices) : NULL;
    }
    return own;
}

void local_quote_make(struct arena *arena, struct prices *prices, const struct order_draft *draft,
                      struct local_quote *out)
{
    struct people people = people_of(arena, prices, draft); /* asked for in any case */
    struct catalogue_held *held = catalogue_feed_now(prices->feed);
    struct date today = catalogue_feed_day(prices->feed);
    *out = (struct local_quote){.kind = LOCAL_NONE};
    if (!can_price(held, draft, today))
        return;
    const struct catalogue *catalogue = &held->wire.catalogue;
    bool waits = is_open(people.distributor) || is_open(people.customer);
    struct buyer_facts buyer = waits ? anybody(catalogue, draft->distributor, today)
                                     : buyer_of(arena, draft, &people, today);
    struct order_draft own = draft_kept(arena, draft);
    quote_price(arena, catalogue, &buyer, &own, NULL, 0, &out->quote);
    if (!out->quote.list)
        return; /* the server may know it: old ones are not all here */
    if (draft->nlines == 0)
        problems_add(&out->quote.problems, PROBLEM_no_lines, "/lines", NULL);
    held->refs++;
    arena_defer(arena, catalogue_release, held);
    out->kind = waits ? LOCAL_LIST : LOCAL_FULL;
    reply_of(arena, &out->quote, &out->reply);
    put_hints(arena, &buyer, &own, out);
    put_problems(arena, catalogue, &out->quote.problems, waits, &out->reply);
    put_people(arena, &people, &out->reply);
    if (buyer.has_ship_to)
        out->reply.ship_to = buyer.ship_to;
}
