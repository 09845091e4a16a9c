/* What became of promotions, as quotes tell it. */
#include "core/wire/wire.h"

static void set_int(json_t *object, const char *name, int64_t value)
{
    json_object_set_new(object, name, json_integer(value));
}

static void set_text(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, value ? json_string(value) : json_null());
}

static json_t *texts(const char *const *from, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_string(from[i]));
    return array;
}

/* Of what more is needed; null: of anything. */
static json_t *items_write(const struct item_set *set)
{
    if (!set || !set->bits)
        return json_null();
    return json_pack("{s:o,s:o,s:o,s:o}", "groups", texts(set->groups, set->ngroups), "skus",
                     texts(set->skus, set->nskus), "except_groups",
                     texts(set->except_groups, set->nexcept_groups), "except_skus",
                     texts(set->except_skus, set->nexcept_skus));
}

static json_t *needs_write(const struct quote_promotion *p)
{
    if (p->need == NEED_none)
        return json_null();
    return json_pack("{s:s,s:I,s:I,s:o}", "kind", need_name(p->need), "actual",
                     (json_int_t)p->actual, "needed", (json_int_t)p->needed, "of",
                     items_write(p->of));
}

json_t *wire_shares_write(const struct quote_line *line)
{
    json_t *array = json_array();
    for (size_t i = 0; i < line->nshares; i++)
        json_array_append_new(array,
                              json_pack("{s:s,s:I}", "promotion", line->shares[i].promotion->code,
                                        "amount", (json_int_t)line->shares[i].amount.minor));
    return array;
}

/* By how much it reduces which lines. */
static json_t *lines_write(const struct quote *quote, const struct promotion *promotion)
{
    json_t *array = json_array();
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct quote_line *line = &quote->lines[i];
        int64_t amount = 0;
        for (size_t k = 0; k < line->nshares; k++)
            if (line->shares[k].promotion == promotion)
                amount += line->shares[k].amount.minor;
        if (amount)
            json_array_append_new(array, json_pack("{s:s,s:I}", "line", line->draft->id, "amount",
                                                   (json_int_t)amount));
    }
    return array;
}

static json_t *promotion_write_one(struct arena *arena, enum language language,
                                   const struct quote *quote, const struct quote_promotion *p)
{
    json_t *object = json_object();
    set_text(object, "id", p->promotion->code);
    set_int(object, "version", p->promotion->version);
    set_text(object, "name", promotion_name(p->promotion, language));
    set_text(object, "state", promotion_state_name(p->state));
    set_int(object, "amount", p->amount.minor);
    set_int(object, "delivery", p->delivery.minor);
    set_int(object, "credit", p->credit.minor);
    set_int(object, "times", p->times);
    json_object_set_new(object, "lines", lines_write(quote, p->promotion));
    set_text(object, "lost_to", p->lost_to ? p->lost_to->code : NULL);
    json_object_set_new(object, "needs", needs_write(p));
    set_int(object, "picks", p->picks);
    set_int(object, "picked", p->picked);
    set_text(object, "say", quote_promotion_say(arena, language, quote, p));
    return object;
}

json_t *wire_promotions_write(struct arena *arena, enum language language,
                              const struct quote *quote)
{
    json_t *array = json_array();
    for (size_t i = 0; i < quote->npromotions; i++)
        json_array_append_new(array,
                              promotion_write_one(arena, language, quote, &quote->promotions[i]));
    return array;
}

json_t *wire_hint_write(struct arena *arena, enum language language, const struct quote *quote,
                        const struct quote_hint *hint)
{
    if (!hint->promotion)
        return json_null();
    return json_pack("{s:s,s:s,s:s,s:I,s:I,s:b,s:s}", "promotion", hint->promotion->code, "sku",
                     hint->item->sku, "name", hint->item->name, "qty", (json_int_t)hint->qty,
                     "saves", (json_int_t)hint->saves.minor, "picks", hint->picks, "say",
                     quote_hint_say(arena, language, quote, hint));
}
