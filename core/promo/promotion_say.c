#include "core/promo/promotion_part.h"
#include "core/promo/promotion_voice.h"

static const struct promotion_voice *const voices[LANGUAGES] = {
#define LANGUAGE(name, tag, rule, title) &promotion_##name,
#include "core/language.def"
#undef LANGUAGE
};

/* ---- what is asked and given -------------------------------------------------------------------
 */

static enum phrase condition_phrase(const struct condition *c)
{
    static const enum phrase phrases[CONDITION_KINDS] = {
        [CONDITION_spend] = PHRASE_spend, [CONDITION_quantity] = PHRASE_quantity,
        [CONDITION_order] = PHRASE_order, [CONDITION_first_order] = PHRASE_first_order,
        [CONDITION_party] = PHRASE_party, [CONDITION_recruits] = PHRASE_recruits,
    };
    if (c->kind == CONDITION_spend && item_set_is_all(&c->of))
        return PHRASE_spend_all;
    if (c->kind == CONDITION_recruits && c->count == 1)
        return PHRASE_recruit;
    return phrases[c->kind];
}

static void condition_say(struct saying *s, const struct condition *c)
{
    phrase_say(s, condition_phrase(c),
               &(struct values){.amount = amount_text(s, c->amount),
                                .set = set_text(s, &c->of),
                                .pieces = pieces_text(s, c->count, &c->of),
                                .n = c->count,
                                .days = c->days});
}

static enum phrase benefit_phrase(const struct benefit *b)
{
    static const enum phrase phrases[BENEFIT_KINDS][2] = {
        [BENEFIT_percent] = {PHRASE_percent, PHRASE_percent_all},
        [BENEFIT_amount] = {PHRASE_amount, PHRASE_amount_all},
        [BENEFIT_pick] = {PHRASE_pick_rate, PHRASE_pick_free},
        [BENEFIT_cheapest] = {PHRASE_cheapest_n_rate, PHRASE_cheapest_n_free},
        [BENEFIT_set] = {PHRASE_set, PHRASE_set},
        [BENEFIT_delivery] = {PHRASE_delivery, PHRASE_delivery},
        [BENEFIT_gift] = {PHRASE_gifts, PHRASE_gifts},
        [BENEFIT_credit] = {PHRASE_credit, PHRASE_credit},
    };
    bool is_free = b->rate.ppm == 1000000;
    if (b->kind == BENEFIT_percent || b->kind == BENEFIT_amount)
        return phrases[b->kind][item_set_is_all(&b->of)];
    if (b->kind == BENEFIT_pick && b->at_price)
        return PHRASE_pick_price;
    if (b->kind == BENEFIT_cheapest && item_set_is_one(&b->of))
        return is_free ? PHRASE_same_free : PHRASE_same_rate;
    if (b->kind == BENEFIT_cheapest && b->get == 1)
        return is_free ? PHRASE_cheapest_free : PHRASE_cheapest_rate;
    if (b->kind == BENEFIT_gift && b->get == 1)
        return PHRASE_gift;
    return phrases[b->kind][is_free];
}

static const char *parts_text(struct saying *s, const struct benefit *b)
{
    struct text out;
    text_init(&out, s->text.arena);
    for (size_t i = 0; i < b->nparts; i++)
        text_printf(&out, "%s%s", list_between(s, i, b->nparts),
                    pieces_text(s, b->parts[i].count, &b->parts[i].of));
    return out.data;
}

static void benefit_say(struct saying *s, const struct benefit *b)
{
    int64_t pieces = b->kind == BENEFIT_cheapest ? b->buy + b->get : b->get;
    phrase_say(s, benefit_phrase(b),
               &(struct values){.amount = amount_text(s, b->amount),
                                .rate = rate_text(s->text.arena, b->rate),
                                .set = set_text(s, &b->of),
                                .pieces = pieces_text(s, pieces, &b->of),
                                .parts = parts_text(s, b),
                                .item = b->sku ? item_name(s->catalogue, b->sku) : "",
                                .n = b->get,
                                .get = b->get,
                                .all = pieces});
}

static void requirements_say(struct saying *s, const struct promotion *p)
{
    for (size_t i = 0; i < p->nrequires; i++) {
        if (i)
            word_say(s, PHRASE_also);
        for (size_t k = 0; k < p->requires[i].nany; k++) {
            if (k)
                word_say(s, PHRASE_or);
            condition_say(s, &p->requires[i].any[k]);
        }
    }
    bool single = p->nrequires == 1 && p->requires[0].nany == 1;
    if (p->nrequires)
        word_say(s, single ? PHRASE_then : PHRASE_then_all);
}

static void benefits_say(struct saying *s, const struct promotion *p)
{
    for (size_t i = 0; i < p->nbenefits; i++) {
        if (i)
            word_say(s, PHRASE_and_get);
        benefit_say(s, &p->benefits[i]);
    }
}

/* ---- for whom, when and how often --------------------------------------------------------------
 */

static const char *bits_text(struct saying *s, unsigned bits, const char *const *names, size_t n)
{
    struct text out;
    size_t count = 0, all = 0;
    text_init(&out, s->text.arena);
    for (size_t i = 0; i < n; i++)
        all += bits >> i & 1;
    for (size_t i = 0; i < n; i++)
        if (bits >> i & 1)
            text_printf(&out, "%s%s", list_between(s, count++, all), names[i]);
    return out.data;
}

static const char *types_text(struct saying *s, unsigned bits)
{
    const char *names[ORDER_TYPES];
    for (size_t i = 0; i < ORDER_TYPES; i++)
        names[i] = s->voice->types[i] ? s->voice->types[i]
                                      : tr(s->language, order_type_info((enum order_type)i)->title);
    return bits_text(s, bits, names, ORDER_TYPES);
}

static const char *date_text(struct saying *s, int32_t days)
{
    struct text out;
    int year, month, day;
    text_init(&out, s->text.arena);
    date_split((struct date){days}, &year, &month, &day);
    phrase_add(s, &out, PHRASE_date,
               &(struct values){.day = day, .month = s->voice->months[month - 1], .year = year});
    return out.data;
}

/* One of the parts of the second sentence: "once per customer". */
static void part_say(struct saying *s, bool *any, enum phrase phrase, const struct values *values)
{
    if (*any)
        word_say(s, PHRASE_part);
    *any = true;
    phrase_say(s, phrase, values);
}

static void dates_say(struct saying *s, const struct promotion *p, bool *any)
{
    bool has_from = p->from.days != DATE_MIN.days, has_to = p->to.days != DATE_MAX.days;
    struct values values = {.from = has_from ? date_text(s, p->from.days) : "",
                            .to = has_to ? date_text(s, p->to.days - 1) : ""};
    if (has_from || has_to)
        part_say(s, any,
                 !has_to    ? PHRASE_dates_from
                 : has_from ? PHRASE_dates
                            : PHRASE_dates_to,
                 &values);
}

static bool whom_say(struct saying *s, const struct promotion *p)
{
    bool any = false;
    if (p->types)
        part_say(s, &any, PHRASE_types, &(struct values){.list = types_text(s, p->types)});
    if (p->channels)
        part_say(s, &any, PHRASE_channels,
                 &(struct values){.list = bits_text(s, p->channels, s->voice->channels, CHANNELS)});
    if (p->ranks)
        part_say(s, &any, PHRASE_ranks,
                 &(struct values){.list = ranks_text(s->text.arena, p->ranks)});
    if (p->npeople)
        part_say(s, &any, PHRASE_people,
                 &(struct values){.list = codes_text(s, p->people, p->npeople)});
    if (p->needs_coupon)
        part_say(s, &any, PHRASE_coupon, &(struct values){0});
    dates_say(s, p, &any);
    if (p->limit_person)
        part_say(s, &any, p->limit_person == 1 ? PHRASE_once : PHRASE_per_person,
                 &(struct values){.n = p->limit_person});
    if (p->limit_uses)
        part_say(s, &any, PHRASE_first_orders, &(struct values){.n = p->limit_uses});
    if (p->limit_budget.minor)
        part_say(s, &any, PHRASE_budget,
                 &(struct values){.amount = amount_text(s, p->limit_budget)});
    return any;
}

/* ---- sentences ---------------------------------------------------------------------------------
 */

static size_t sentence_begin(struct saying *s)
{
    if (s->text.len)
        word_say(s, PHRASE_gap);
    return s->text.len;
}

static void capital(struct saying *s, size_t at)
{
    char *c = s->text.data + at;
    if (s->voice->has_capitals && at < s->text.len && *c >= 'a' && *c <= 'z')
        *c = (char)(*c - 'a' + 'A');
}

static void sentence_say(struct saying *s, bool said, enum phrase phrase,
                         const struct values *values)
{
    if (!said)
        return;
    sentence_begin(s);
    phrase_say(s, phrase, values);
}

static void standing_say(struct saying *s, const struct promotion *p)
{
    const struct values none = {0};
    sentence_say(s, p->times == 0, PHRASE_each, &none);
    sentence_say(s, p->times > 1, PHRASE_up_to, &(struct values){.n = p->times});
    sentence_say(s, p->on_reduced, PHRASE_on_reduced, &none);
    sentence_say(s, p->keeps_volumes, PHRASE_keeps_volumes, &none);
    sentence_say(s, p->lane == LANE_pre, PHRASE_pre, &none);
    sentence_say(s, p->lane == LANE_post, PHRASE_post, &none);
    sentence_say(s, p->exclusive, PHRASE_exclusive, &none);
    sentence_say(s, p->ntags > 0, PHRASE_tags,
                 &(struct values){.list = codes_text(s, p->tags, p->ntags)});
}

const char *promotion_say(struct arena *arena, enum language language,
                          const struct catalogue *catalogue, const struct promotion *promotion)
{
    struct saying s = {.voice = voices[language], .catalogue = catalogue, .language = language};
    text_init(&s.text, arena);
    requirements_say(&s, promotion);
    benefits_say(&s, promotion);
    capital(&s, 0);
    word_say(&s, PHRASE_end);
    size_t before = s.text.len, at = sentence_begin(&s);
    if (whom_say(&s, promotion)) {
        capital(&s, at);
        word_say(&s, PHRASE_end);
    } else {
        s.text.len = before;
        s.text.data[before] = '\0';
    }
    standing_say(&s, promotion);
    return s.text.data;
}
