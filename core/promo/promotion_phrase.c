#include "core/promo/promotion_voice.h"

#include <string.h>

enum { NAMED = 6 }; /* names of a list that are said; of more than one beyond, how many they are */

/* ---- phrases -----------------------------------------------------------------------------------
 */

static bool value_add(struct text *text, const struct values *values, const char *name, size_t len)
{
    const struct {
        const char *name, *text;
        int64_t number;
    } rows[] = {
        {"amount", values->amount, 0}, {"rate", values->rate, 0},    {"set", values->set, 0},
        {"pieces", values->pieces, 0}, {"parts", values->parts, 0},  {"item", values->item, 0},
        {"list", values->list, 0},     {"from", values->from, 0},    {"to", values->to, 0},
        {"month", values->month, 0},   {"n", NULL, values->n},       {"get", NULL, values->get},
        {"all", NULL, values->all},    {"days", NULL, values->days}, {"day", NULL, values->day},
        {"year", NULL, values->year},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strlen(rows[i].name) != len || memcmp(rows[i].name, name, len) != 0)
            continue;
        if (rows[i].text)
            text_add(text, rows[i].text);
        else
            text_add_int(text, rows[i].number);
        return true;
    }
    return false;
}

void phrase_add(struct saying *s, struct text *out, enum phrase phrase, const struct values *values)
{
    for (const char *c = s->voice->phrases[phrase]; *c;) {
        const char *close = *c == '{' ? strchr(c, '}') : NULL;
        if (close && value_add(out, values, c + 1, (size_t)(close - c - 1)))
            c = close + 1;
        else
            text_addc(out, *c++);
    }
}

void phrase_say(struct saying *s, enum phrase phrase, const struct values *values)
{
    phrase_add(s, &s->text, phrase, values);
}

void word_say(struct saying *s, enum phrase phrase)
{
    text_add(&s->text, s->voice->phrases[phrase]);
}

const char *amount_text(struct saying *s, struct money amount)
{
    char digits[MONEY_TEXT];
    return arena_strdup(s->text.arena, money_format(digits, amount, s->catalogue->exponent, true));
}

/* ---- lists -------------------------------------------------------------------------------------
 */

/* What separates the name at `i` from the one before it. */
const char *list_between(const struct saying *s, size_t i, size_t n)
{
    return i == 0 ? "" : s->voice->phrases[i + 1 == n ? PHRASE_and : PHRASE_comma];
}

const char *codes_text(struct saying *s, const char *const *codes, size_t n)
{
    struct text out;
    text_init(&out, s->text.arena);
    for (size_t i = 0; i < n; i++)
        text_printf(&out, "%s%s", list_between(s, i, n), codes[i]);
    return out.data;
}

static const char *group_name(const struct catalogue *catalogue, const char *code)
{
    for (size_t i = 0; i < catalogue->ngroups; i++)
        if (strcmp(catalogue->groups[i].code, code) == 0)
            return catalogue->groups[i].name;
    return code;
}

const char *item_name(const struct catalogue *catalogue, const char *sku)
{
    const struct item *item = catalogue_item(catalogue, sku);
    return item ? item->name : sku;
}

/* "Kitchenware, Saucepan and 14 more" */
static void names_add(struct saying *s, struct text *out, const char *const *groups, size_t ngroups,
                      const char *const *skus, size_t nskus)
{
    size_t n = ngroups + nskus, named = n > NAMED + 1 ? NAMED : n;
    for (size_t i = 0; i < named; i++) {
        text_add(out, i && named < n ? s->voice->phrases[PHRASE_comma] : list_between(s, i, n));
        text_add(out, i < ngroups ? group_name(s->catalogue, groups[i])
                                  : item_name(s->catalogue, skus[i - ngroups]));
    }
    if (named < n)
        phrase_add(s, out, PHRASE_and_more, &(struct values){.n = (int64_t)(n - named)});
}

static void except_add(struct saying *s, struct text *out, const struct item_set *set)
{
    if (!set->nexcept_groups && !set->nexcept_skus)
        return;
    struct text list;
    text_init(&list, s->text.arena);
    names_add(s, &list, set->except_groups, set->nexcept_groups, set->except_skus,
              set->nexcept_skus);
    phrase_add(s, out, PHRASE_except, &(struct values){.list = list.data});
}

static bool is_everything(const struct item_set *set)
{
    return !set->ngroups && !set->nskus;
}

bool item_set_is_all(const struct item_set *set)
{
    return is_everything(set) && !set->nexcept_groups && !set->nexcept_skus;
}

bool item_set_is_one(const struct item_set *set)
{
    return !set->ngroups && set->nskus == 1;
}

const char *set_text(struct saying *s, const struct item_set *set)
{
    struct text out;
    text_init(&out, s->text.arena);
    if (is_everything(set))
        text_add(&out, s->voice->phrases[PHRASE_everything]);
    names_add(s, &out, set->groups, set->ngroups, set->skus, set->nskus);
    except_add(s, &out, set);
    return out.data;
}

/* "any 2 of Knives", "2 x Tea towel" */
const char *pieces_text(struct saying *s, int64_t n, const struct item_set *set)
{
    struct text out;
    struct values values = {.n = n};
    text_init(&out, s->text.arena);
    if (is_everything(set)) {
        phrase_add(s, &out, n == 1 ? PHRASE_any_one : PHRASE_any_item, &values);
        except_add(s, &out, set);
    } else if (item_set_is_one(set)) {
        values.item = item_name(s->catalogue, set->skus[0]);
        phrase_add(s, &out, PHRASE_of_item, &values);
    } else {
        values.set = set_text(s, set);
        phrase_add(s, &out, PHRASE_any, &values);
    }
    return out.data;
}
