#include "core/promo/simulation.h"

#include "core/promo/tally.h"

#include <stdlib.h>
#include <string.h>

/* The promotions of one of the two pricings, and what the orders have used of them so far. */
struct world {
    struct catalogue catalogue;
    struct promotion *promotions;
    size_t *asks; /* by promotion: index of its question about new customers */
    int64_t *uses, *spent;
    struct tally used; /* by (promotion, person); of new customers by the negative of theirs */
};

/* The dearest choice that it offers from a list. */
struct dearest {
    const struct price_list *list;
    int64_t value;
};

enum { BEFORE, AFTER, WORLDS };

struct simulation {
    struct arena *arena;
    const char *code;
    struct world worlds[WORLDS];
    const struct condition **asks;
    size_t nasks;
    struct simulation_report report;
    struct simulation_rival *lost_to, *displaced;
    int64_t *given;
    struct dearest *dearest;
    size_t ndearest;
};

/* ---- beginning ------------------------------------------------------------------------------- */

static int compare_promotions(const void *a, const void *b)
{
    const struct promotion *x = a, *y = b;
    return strcmp(x->code, y->code);
}

static bool is_limited(const struct promotion *p)
{
    return p->limit_uses || p->limit_person || p->limit_budget.minor ||
           promotion_recruits_condition(p);
}

static size_t ask(struct simulation *s, const struct promotion *promotion)
{
    const struct condition *condition = promotion_recruits_condition(promotion);
    for (size_t i = 0; condition && i < s->nasks; i++)
        if (s->asks[i] == condition)
            return i;
    if (condition)
        s->asks[s->nasks++] = condition;
    return s->nasks ? s->nasks - 1 : 0;
}

/* Orders of other days are priced as if it were in force on theirs. */
static void world_init(struct simulation *s, struct world *world, const struct catalogue *catalogue,
                       const struct promotion *added, const char *left_out, struct date day)
{
    size_t n = 0;
    world->promotions = ARENA_ARRAY(s->arena, struct promotion, catalogue->npromotions + 1);
    for (size_t i = 0; i < catalogue->npromotions; i++) {
        const struct promotion *p = &catalogue->promotions[i];
        if (date_within(day, p->from, p->to) && (!left_out || strcmp(p->code, left_out) != 0))
            world->promotions[n++] = *p;
    }
    if (added)
        world->promotions[n++] = *added;
    if (n)
        qsort(world->promotions, n, sizeof *world->promotions, compare_promotions);
    world->asks = ARENA_ARRAY(s->arena, size_t, n);
    world->uses = ARENA_ARRAY(s->arena, int64_t, n);
    world->spent = ARENA_ARRAY(s->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        world->promotions[i].from = DATE_MIN;
        world->promotions[i].to = DATE_MAX;
        world->asks[i] = ask(s, &world->promotions[i]);
        world->uses[i] = world->spent[i] = 0;
    }
    world->used = (struct tally){.arena = s->arena};
    world->catalogue = *catalogue;
    world->catalogue.promotions = world->promotions;
    world->catalogue.npromotions = n;
}

struct simulation *simulation_new(struct arena *arena, const struct catalogue *catalogue,
                                  const struct promotion *promotion, struct date day)
{
    struct simulation *s = ARENA_NEW(arena, struct simulation);
    struct promotion added = *promotion;
    size_t n = catalogue->npromotions + 1;
    *s = (struct simulation){.arena = arena, .code = promotion->code};
    added.needs_coupon = false;
    s->asks = ARENA_ARRAY(arena, const struct condition *, n);
    s->lost_to = ARENA_ARRAY(arena, struct simulation_rival, n);
    s->displaced = ARENA_ARRAY(arena, struct simulation_rival, n);
    s->dearest = ARENA_ARRAY(arena, struct dearest, catalogue->nlists);
    world_init(s, &s->worlds[BEFORE], catalogue, NULL, NULL, day);
    world_init(s, &s->worlds[AFTER], catalogue, &added, added.code, day);
    return s;
}

size_t simulation_asks(const struct simulation *simulation, const struct condition *const **out)
{
    *out = simulation->asks;
    return simulation->nasks;
}

/* ---- one order in one of the worlds ---------------------------------------------------------- */

static int64_t left_of(int64_t limit, int64_t used)
{
    return limit == 0 ? -1 : limit > used ? limit - used : 0;
}

static size_t facts_of(const struct world *world, const struct simulation_order *order,
                       struct promotion_fact *out)
{
    size_t n = 0;
    for (size_t i = 0; i < world->catalogue.npromotions; i++) {
        const struct promotion *p = &world->promotions[i];
        if (!is_limited(p))
            continue;
        int64_t recruits = 0;
        if (promotion_recruits_condition(p) && world->asks[i] < order->nrecruits)
            recruits =
                order->recruits[world->asks[i]] - tally_of(&world->used, i, -order->recruiter);
        out[n++] = (struct promotion_fact){
            .promotion = p->code,
            .uses_left = left_of(p->limit_uses, world->uses[i]),
            .person_left = left_of(p->limit_person, tally_of(&world->used, i, order->person)),
            .budget_left = money_of(left_of(p->limit_budget.minor, world->spent[i])),
            .recruits = recruits > 0 ? recruits : 0,
        };
    }
    return n;
}

static void count_uses(struct world *world, const struct simulation_order *order,
                       const struct quote *quote)
{
    for (size_t i = 0; i < quote->npromotions; i++) {
        const struct quote_promotion *told = &quote->promotions[i];
        size_t at = (size_t)(told->promotion - world->promotions);
        if (told->state != PROMOTION_applied)
            continue;
        world->uses[at]++;
        world->spent[at] += told->amount.minor + told->delivery.minor + told->credit.minor;
        if (told->promotion->limit_person)
            tally_add(&world->used, at, order->person, 1);
        tally_add(&world->used, at, -order->recruiter, told->recruits);
    }
}

static void price(struct arena *arena, struct world *world, const struct simulation_order *order,
                  struct quote *out)
{
    struct buyer_facts buyer = order->buyer;
    struct promotion_fact *facts =
        ARENA_ARRAY(arena, struct promotion_fact, world->catalogue.npromotions);
    buyer.npromotions = facts_of(world, order, facts);
    buyer.promotions = facts;
    quote_price(arena, &world->catalogue, &buyer, &order->draft, NULL, 0, out);
    count_uses(world, order, out);
}

/* ---- what became of it ----------------------------------------------------------------------- */

static void sum_add(struct simulation_sum *sum, const struct quote *quote)
{
    sum->goods += quote->goods.minor;
    sum->discount += quote->discount.minor;
    sum->delivery += quote->delivery.minor;
    sum->tax += quote->tax.minor;
    sum->total += quote->total.minor;
    sum->cv += quote->cv.hundredths;
    sum->pv += quote->pv.hundredths;
}

static const struct quote_promotion *told_of(const struct quote *quote, const char *code)
{
    for (size_t i = 0; i < quote->npromotions; i++)
        if (strcmp(quote->promotions[i].promotion->code, code) == 0)
            return &quote->promotions[i];
    return NULL;
}

/* Ascending by code. */
static void rival_add(struct simulation_rival *rivals, size_t *n, const char *code)
{
    size_t at = 0;
    while (at < *n && strcmp(rivals[at].code, code) < 0)
        at++;
    if (at == *n || strcmp(rivals[at].code, code) != 0) {
        memmove(rivals + at + 1, rivals + at, (*n - at) * sizeof *rivals);
        rivals[at] = (struct simulation_rival){code, 0};
        ++*n;
    }
    rivals[at].orders++;
}

static void displaced_add(struct simulation *s, const struct quote *before,
                          const struct quote *after)
{
    for (size_t i = 0; i < before->npromotions; i++) {
        const struct quote_promotion *had = &before->promotions[i],
                                     *has = told_of(after, had->promotion->code);
        if (had->state == PROMOTION_applied && strcmp(had->promotion->code, s->code) != 0 &&
            (!has || has->state != PROMOTION_applied))
            rival_add(s->displaced, &s->report.ndisplaced, had->promotion->code);
    }
}

static void given_add(struct simulation *s, const struct quote *after)
{
    const struct catalogue *c = after->catalogue;
    for (size_t i = 0; i < after->nlines; i++) {
        const struct quote_line *line = &after->lines[i];
        bool gift = line->gift_of && strcmp(line->gift_of->code, s->code) == 0;
        bool pick = line->draft->picks && strcmp(line->draft->picks, s->code) == 0;
        if (!line->item || (!gift && !pick))
            continue;
        if (!s->given) {
            s->given = ARENA_ARRAY(s->arena, int64_t, c->nitems);
            memset(s->given, 0, c->nitems * sizeof *s->given);
        }
        s->given[line->item - c->items] += line->draft->qty;
    }
}

/* ---- choices that nobody has made ------------------------------------------------------------ */

static int64_t saved_by(const struct benefit *benefit, int64_t unit)
{
    if (!benefit->at_price)
        return money_at_rate(money_of(unit), benefit->rate).minor;
    return unit > benefit->amount.minor ? unit - benefit->amount.minor : 0;
}

static int64_t dearest_in(const struct quote *quote, const struct promotion *promotion)
{
    const struct catalogue *c = quote->catalogue;
    int64_t most = 0;
    for (size_t b = 0; b < promotion->nbenefits; b++)
        for (uint32_t i = 0; promotion->benefits[b].kind == BENEFIT_pick && i < c->nitems; i++) {
            const struct price *price = &quote->list->prices[i];
            if (price->amount.minor < 0 || !item_set_has(&promotion->benefits[b].of, i))
                continue;
            int64_t saved = saved_by(&promotion->benefits[b], price->amount.minor);
            most = saved > most ? saved : most;
        }
    return most;
}

static int64_t dearest_of(struct simulation *s, const struct quote *quote,
                          const struct promotion *promotion)
{
    size_t i = 0;
    if (!quote->list)
        return 0;
    while (i < s->ndearest && s->dearest[i].list != quote->list)
        i++;
    if (i == s->ndearest)
        s->dearest[s->ndearest++] = (struct dearest){quote->list, dearest_in(quote, promotion)};
    return s->dearest[i].value;
}

static void choices_add(struct simulation *s, const struct quote *after,
                        const struct quote_promotion *told)
{
    int64_t open = told->picks - told->picked;
    bool earned = told->state == PROMOTION_applied ||
                  (told->state == PROMOTION_failed && told->need == NEED_goods);
    if (open <= 0 || !earned)
        return;
    s->report.choosers++;
    s->report.choices += open;
    s->report.choices_worth += open * dearest_of(s, after, told->promotion);
}

/* ---- examples -------------------------------------------------------------------------------- */

static int64_t change_of(const struct simulation_example *example)
{
    return example->after - example->before;
}

static bool stands_before(const struct simulation_example *a, const struct simulation_example *b,
                          int sign)
{
    int64_t change = sign * (change_of(a) - change_of(b));
    if (change != 0)
        return change < 0;
    int order = strcmp(a->number, b->number);
    return sign > 0 ? order < 0 : order > 0;
}

/* Keeps the SIMULATION_EXAMPLES with the least `sign` x change; those that tie by number, from the
 * other end where the sign is the other, so that both ends are not the same orders. */
static void example_keep(struct simulation_example *kept, size_t *n, int sign,
                         const struct simulation_example *fresh)
{
    size_t at = 0;
    while (at < *n && stands_before(&kept[at], fresh, sign))
        at++;
    if (at == SIMULATION_EXAMPLES)
        return;
    size_t last = *n < SIMULATION_EXAMPLES ? (*n)++ : SIMULATION_EXAMPLES - 1;
    memmove(kept + at + 1, kept + at, (last - at) * sizeof *kept);
    kept[at] = *fresh;
}

static void example_add(struct simulation *s, const struct simulation_order *order,
                        const struct quote *before, const struct quote *after)
{
    struct simulation_report *r = &s->report;
    struct simulation_example fresh = {.before = before->total.minor, .after = after->total.minor};
    if (fresh.before == fresh.after)
        return;
    strncpy(fresh.number, order->number, sizeof fresh.number - 1);
    example_keep(r->best, &r->nbest, 1, &fresh);
    example_keep(r->worst, &r->nworst, -1, &fresh);
}

static bool has_example(const struct simulation_example *kept, size_t n, const char *number)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(kept[i].number, number) == 0)
            return true;
    return false;
}

/* ---- the simulation -------------------------------------------------------------------------- */

static void tell(struct simulation *s, const struct quote *after)
{
    struct simulation_report *r = &s->report;
    const struct quote_promotion *told = told_of(after, s->code);
    if (!told)
        return;
    r->applied += told->state == PROMOTION_applied;
    r->lost += told->state == PROMOTION_lost;
    r->failed += told->state == PROMOTION_failed;
    if (told->state == PROMOTION_lost && told->lost_to)
        rival_add(s->lost_to, &r->nlost_to, told->lost_to->code);
    choices_add(s, after, told);
    if (told->state != PROMOTION_applied)
        return;
    r->discount += told->amount.minor;
    r->delivery += told->delivery.minor;
    r->credit += told->credit.minor;
    given_add(s, after);
}

static bool is_priced(const struct quote *quote)
{
    for (size_t i = 0; i < quote->nlines; i++)
        if (!quote->lines[i].priced)
            return false;
    return quote->nlines > 0;
}

void simulation_add(struct simulation *s, const struct simulation_order *order)
{
    struct simulation_report *r = &s->report;
    struct arena *arena = arena_new();
    struct quote before, after;
    r->orders++;
    price(arena, &s->worlds[BEFORE], order, &before);
    price(arena, &s->worlds[AFTER], order, &after);
    if (is_priced(&before) && is_priced(&after)) {
        sum_add(&r->before, &before);
        sum_add(&r->after, &after);
        tell(s, &after);
        displaced_add(s, &before, &after);
        example_add(s, order, &before, &after);
    } else {
        r->unpriced++;
    }
    arena_free(arena);
}

const struct simulation_report *simulation_end(struct simulation *s)
{
    struct simulation_report *r = &s->report;
    size_t n = 0;
    for (size_t i = 0; i < r->nworst; i++)
        if (!has_example(r->best, r->nbest, r->worst[i].number))
            r->worst[n++] = r->worst[i];
    r->nworst = n;
    r->lost_to = s->lost_to;
    r->displaced = s->displaced;
    r->given = s->given;
    return r;
}
