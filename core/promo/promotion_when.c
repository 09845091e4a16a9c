#include "core/promo/promotion_part.h"

#include <string.h>

enum { DAYS_MAX = 3660 };

static bool spend(struct reader *r, struct condition *out)
{
    return amount_read(r, &out->amount) && word_wanted(r, "on", "spend 100.00 on group CODE") &&
           item_set_read(r, &out->of);
}

static bool quantity(struct reader *r, struct condition *out)
{
    return number_read(r, 1, PROMOTION_COUNT_MAX, &out->count) &&
           word_wanted(r, "of", "quantity 3 of group CODE") && item_set_read(r, &out->of);
}

static bool amount(struct reader *r, struct condition *out)
{
    return amount_read(r, &out->amount);
}

static bool first_order(struct reader *r, struct condition *out)
{
    (void)out;
    return word_wanted(r, "order", "first order");
}

static bool recruits(struct reader *r, struct condition *out)
{
    static const char form[] = "recruits 1 with 100.00 in 30 days";
    int64_t days;
    if (!number_read(r, 1, PROMOTION_COUNT_MAX, &out->count) || !word_wanted(r, "with", form) ||
        !amount_read(r, &out->amount) || !word_wanted(r, "in", form) ||
        !number_read(r, 1, DAYS_MAX, &days))
        return false;
    out->days = (int)days;
    return word_taken(r, "day") || word_wanted(r, "days", form);
}

static const struct {
    const char *keyword;
    enum condition_kind kind;
    bool (*read)(struct reader *r, struct condition *out);
} conditions[] = {
    {"spend", CONDITION_spend, spend},  {"quantity", CONDITION_quantity, quantity},
    {"order", CONDITION_order, amount}, {"first", CONDITION_first_order, first_order},
    {"party", CONDITION_party, amount}, {"recruits", CONDITION_recruits, recruits},
};

static bool condition_read(struct reader *r, struct condition *out)
{
    const char *keywords[ARRAY_LEN(conditions)];
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        if (word_taken(r, conditions[i].keyword)) {
            out->kind = conditions[i].kind;
            return conditions[i].read(r, out);
        }
        keywords[i] = conditions[i].keyword;
    }
    return reader_mistake_near(r, r->word, keywords, ARRAY_LEN(keywords),
                               N_("\"{word}\" is no condition. Was {instead} meant?"),
                               N_("A condition belongs here: {instead}."),
                               "spend, quantity, order, first order, party, recruits");
}

bool requirement_read(struct reader *r, struct requirement *out)
{
    size_t most = 1, n = 0;
    for (const struct word *w = r->word; *w->text; w++)
        most += word_is(w, "or");
    struct condition *any = ARENA_ARRAY(r->arena, struct condition, most);
    do {
        if (!condition_read(r, &any[n++]))
            return false;
    } while (word_taken(r, "or"));
    *out = (struct requirement){any, n};
    if (word_is(r->word, "and"))
        return reader_mistake(r, r->word,
                              N_("Conditions that must all hold have lines of their own: begin "
                                 "another line with \"when\"."));
    return line_ends(r);
}
