#include "core/promo/promotion_part.h"
#include "core/text.h"

#include <string.h>

/* ---- small parts -------------------------------------------------------------------------------
 */

static void amount(struct text *text, const struct catalogue *catalogue, struct money money)
{
    char digits[MONEY_TEXT];
    text_add(text, money_format(digits, money, catalogue->exponent, false));
}

static void codes(struct text *text, const char *before, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_printf(text, "%s%s", i ? ", " : before, list[i]);
}

static void items(struct text *text, const char *const *groups, size_t ngroups,
                  const char *const *skus, size_t nskus)
{
    for (size_t i = 0; i < ngroups; i++)
        text_printf(text, "%s group %s", i ? "," : "", groups[i]);
    codes(text, ngroups ? ", " : " ", skus, nskus);
}

/* With a blank before it. */
static void item_set(struct text *text, const struct item_set *set)
{
    if (!set->ngroups && !set->nskus)
        text_add(text, " everything");
    items(text, set->groups, set->ngroups, set->skus, set->nskus);
    if (set->nexcept_groups || set->nexcept_skus)
        text_add(text, " except");
    items(text, set->except_groups, set->nexcept_groups, set->except_skus, set->nexcept_skus);
}

/* ---- shared with what is said ------------------------------------------------------------------
 */

const char *rate_text(struct arena *arena, struct rate rate)
{
    char digits[MONEY_TEXT];
    money_format(digits, money_of(rate.ppm), 4, false);
    size_t len = strlen(digits);
    while (digits[len - 1] == '0')
        len--;
    len -= digits[len - 1] == '.';
    return arena_printf(arena, "%.*s%%", (int)len, digits);
}

const char *ranks_text(struct arena *arena, uint64_t ranks)
{
    struct text out;
    text_init(&out, arena);
    for (int low = 0, high; low < 64; low = high + 1) {
        high = low;
        if (!(ranks >> low & 1))
            continue;
        while (high < 63 && ranks >> (high + 1) & 1)
            high++;
        text_printf(&out, high > low ? "%s%d-%d" : "%s%d", out.len ? ", " : "", low, high);
    }
    return out.data;
}

/* ---- for whom, when, how often -----------------------------------------------------------------
 */

/* English is not said, but where the name would be taken for one in another language. */
static void names(struct text *text, const struct promotion *promotion)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
    for (size_t i = 0; i < promotion->nnames; i++) {
        const struct promotion_text *name = &promotion->names[i];
        const char *language = language_info(name->language)->name;
        bool is_plain = name->language == LANGUAGE_en &&
                        name_language(name->text, strspn(name->text, letters)) == LANGUAGES;
        text_add(text, "  name ");
        if (!is_plain)
            text_printf(text, "%.*s ", (int)strcspn(language, "_"), language);
        text_printf(text, "%s\n", name->text);
    }
}

static void dates(struct text *text, const struct promotion *promotion)
{
    char day[DATE_TEXT];
    bool has_from = promotion->from.days != DATE_MIN.days;
    if (has_from)
        text_printf(text, "  from %s", date_format(day, promotion->from));
    if (promotion->to.days != DATE_MAX.days)
        text_printf(text, "%s %s", has_from ? " to" : "  to",
                    date_format(day, (struct date){promotion->to.days - 1}));
    if (has_from || promotion->to.days != DATE_MAX.days)
        text_addc(text, '\n');
}

static const char *type_name(size_t i)
{
    return order_type_info((enum order_type)i)->name;
}

static const char *name_of_channel(size_t i)
{
    return channel_name((enum channel)i);
}

static void mask(struct text *text, const char *before, unsigned bits, size_t n,
                 const char *(*name_of)(size_t))
{
    for (size_t i = 0; i < n; i++)
        if (bits >> i & 1) {
            text_printf(text, "%s%s", before, name_of(i));
            before = ", ";
        }
    if (bits)
        text_addc(text, '\n');
}

static void audience(struct text *text, const struct promotion *promotion)
{
    mask(text, "  for types ", promotion->types, ORDER_TYPES, type_name);
    mask(text, "  for channels ", promotion->channels, CHANNELS, name_of_channel);
    if (promotion->ranks)
        text_printf(text, "  for ranks %s\n", ranks_text(text->arena, promotion->ranks));
    codes(text, "  for people ", promotion->people, promotion->npeople);
    text_add(text, promotion->npeople ? "\n" : "");
    text_add(text, promotion->needs_coupon ? "  for coupon\n" : "");
}

static void standing(struct text *text, const struct promotion *promotion)
{
    if (promotion->lane != LANE_default)
        text_printf(text, "  lane %s\n", lane_name(promotion->lane));
    if (promotion->priority)
        text_printf(text, "  priority %d\n", promotion->priority);
    text_add(text, promotion->exclusive ? "  exclusive\n" : "");
    codes(text, "  not with ", promotion->tags, promotion->ntags);
    text_add(text, promotion->ntags ? "\n" : "");
}

static void limits(struct text *text, const struct catalogue *catalogue,
                   const struct promotion *promotion)
{
    if (promotion->limit_uses)
        text_printf(text, "  limit %lld orders\n", (long long)promotion->limit_uses);
    if (promotion->limit_person)
        text_printf(text, "  limit %lld per customer\n", (long long)promotion->limit_person);
    if (promotion->limit_budget.minor) {
        text_add(text, "  limit budget ");
        amount(text, catalogue, promotion->limit_budget);
        text_addc(text, '\n');
    }
    text_add(text, promotion->on_reduced ? "  on reduced\n" : "");
    text_add(text, promotion->keeps_volumes ? "  volumes kept\n" : "");
    if (promotion->times == 0)
        text_add(text, "  each\n");
    else if (promotion->times > 1)
        text_printf(text, "  up to %lld times\n", (long long)promotion->times);
}

/* ---- conditions and benefits -------------------------------------------------------------------
 */

static void spend(struct text *text, const struct catalogue *catalogue, const struct condition *c)
{
    text_add(text, "spend ");
    amount(text, catalogue, c->amount);
    text_add(text, " on");
    item_set(text, &c->of);
}

static void quantity(struct text *text, const struct catalogue *catalogue,
                     const struct condition *c)
{
    (void)catalogue;
    text_printf(text, "quantity %lld of", (long long)c->count);
    item_set(text, &c->of);
}

static void order(struct text *text, const struct catalogue *catalogue, const struct condition *c)
{
    text_add(text, "order ");
    amount(text, catalogue, c->amount);
}

static void first_order(struct text *text, const struct catalogue *catalogue,
                        const struct condition *c)
{
    (void)catalogue;
    (void)c;
    text_add(text, "first order");
}

static void party(struct text *text, const struct catalogue *catalogue, const struct condition *c)
{
    text_add(text, "party ");
    amount(text, catalogue, c->amount);
}

static void recruits(struct text *text, const struct catalogue *catalogue,
                     const struct condition *c)
{
    text_printf(text, "recruits %lld with ", (long long)c->count);
    amount(text, catalogue, c->amount);
    text_printf(text, " in %d days", c->days);
}

static void requirement(struct text *text, const struct catalogue *catalogue,
                        const struct requirement *requirement)
{
    static void (*const write[CONDITION_KINDS])(struct text *, const struct catalogue *,
                                                const struct condition *) = {
        [CONDITION_spend] = spend, [CONDITION_quantity] = quantity,
        [CONDITION_order] = order, [CONDITION_first_order] = first_order,
        [CONDITION_party] = party, [CONDITION_recruits] = recruits,
    };
    text_add(text, "  when ");
    for (size_t i = 0; i < requirement->nany; i++) {
        text_add(text, i ? " or " : "");
        write[requirement->any[i].kind](text, catalogue, &requirement->any[i]);
    }
    text_addc(text, '\n');
}

static void rate_off(struct text *text, struct rate rate)
{
    if (rate.ppm == 1000000) {
        text_add(text, "free");
        return;
    }
    text_printf(text, "at %s off", rate_text(text->arena, rate));
}

static void percent_off(struct text *text, const struct catalogue *catalogue,
                        const struct benefit *b)
{
    (void)catalogue;
    text_printf(text, "%s off", rate_text(text->arena, b->rate));
    item_set(text, &b->of);
}

static void amount_off(struct text *text, const struct catalogue *catalogue,
                       const struct benefit *b)
{
    amount(text, catalogue, b->amount);
    text_add(text, " off");
    item_set(text, &b->of);
}

static void pick(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    text_printf(text, "%lld ", (long long)b->get);
    if (b->at_price) {
        text_add(text, "for ");
        amount(text, catalogue, b->amount);
        text_add(text, " each");
    } else {
        rate_off(text, b->rate);
    }
    text_add(text, " from");
    item_set(text, &b->of);
}

static void cheapest(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    (void)catalogue;
    text_printf(text, "cheapest: buy %lld get %lld ", (long long)b->buy, (long long)b->get);
    rate_off(text, b->rate);
    text_add(text, " of");
    item_set(text, &b->of);
}

static void set(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    text_add(text, "set");
    for (size_t i = 0; i < b->nparts; i++) {
        text_printf(text, "%s %lld of", i ? "," : "", (long long)b->parts[i].count);
        item_set(text, &b->parts[i].of);
    }
    text_add(text, " for ");
    amount(text, catalogue, b->amount);
}

static void delivery(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    (void)catalogue;
    (void)b;
    text_add(text, "free delivery");
}

static void gift(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    (void)catalogue;
    text_add(text, "gift ");
    if (b->get != 1)
        text_printf(text, "%lld of ", (long long)b->get);
    text_add(text, b->sku);
}

static void credit(struct text *text, const struct catalogue *catalogue, const struct benefit *b)
{
    text_add(text, "credit ");
    amount(text, catalogue, b->amount);
}

static void benefit(struct text *text, const struct catalogue *catalogue,
                    const struct benefit *benefit)
{
    static void (*const write[BENEFIT_KINDS])(struct text *, const struct catalogue *,
                                              const struct benefit *) = {
        [BENEFIT_percent] = percent_off,
        [BENEFIT_amount] = amount_off,
        [BENEFIT_pick] = pick,
        [BENEFIT_cheapest] = cheapest,
        [BENEFIT_set] = set,
        [BENEFIT_delivery] = delivery,
        [BENEFIT_gift] = gift,
        [BENEFIT_credit] = credit,
    };
    text_add(text, "  give ");
    write[benefit->kind](text, catalogue, benefit);
    text_addc(text, '\n');
}

const char *promotion_write(struct arena *arena, const struct catalogue *catalogue,
                            const struct promotion *promotion)
{
    struct text text;
    text_init(&text, arena);
    text_printf(&text, "promotion %s\n", promotion->code);
    names(&text, promotion);
    dates(&text, promotion);
    audience(&text, promotion);
    standing(&text, promotion);
    limits(&text, catalogue, promotion);
    for (size_t i = 0; i < promotion->nrequires; i++)
        requirement(&text, catalogue, &promotion->requires[i]);
    for (size_t i = 0; i < promotion->nbenefits; i++)
        benefit(&text, catalogue, &promotion->benefits[i]);
    return text.data;
}
