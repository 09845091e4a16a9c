/* Who a promotion is for, from when to when, and what it is called. */
#include "core/promo/promotion_part.h"
#include "core/text.h"

#include <string.h>

enum { RANK_MAX = 63 };

/* ---- the code, names and dates -----------------------------------------------------------------
 */

bool statement_code(struct reader *r)
{
    return code_read(r, &r->out->code) && line_ends(r);
}

enum language name_language(const char *word, size_t len)
{
    for (int i = 0; i < LANGUAGES; i++) {
        const struct language_info *info = language_info((enum language)i);
        const char *const forms[] = {info->name, info->tag};
        if (len == strcspn(info->name, "_") && memcmp(word, info->name, len) == 0)
            return (enum language)i;
        for (size_t f = 0; f < ARRAY_LEN(forms); f++)
            if (len == strlen(forms[f]) && memcmp(word, forms[f], len) == 0)
                return (enum language)i;
    }
    return LANGUAGES;
}

static size_t characters(const char *at, const char *end)
{
    size_t n = 0;
    for (; at < end; n++)
        utf8_next(&at, end);
    return n;
}

bool statement_name(struct reader *r)
{
    struct promotion *out = r->out;
    enum language language = name_language(r->word->text, strlen(r->word->text));
    const struct word *word = r->word;
    r->word += language != LANGUAGES;
    if (language == LANGUAGES)
        language = LANGUAGE_en;
    const char *at = r->word->at;
    if (!*r->word->text)
        return reader_mistake(r, r->word, N_("The name is missing here."));
    if (characters(at, r->end) > PROMOTION_NAME_MAX)
        return reader_mistake(r, r->word, N_("A name has at most 80 characters."));
    for (size_t i = 0; i < out->nnames; i++)
        if (r->names[i].language == language)
            return reader_mistake(r, word,
                                  N_("There is a name in this language already: keep one."));
    char *text = arena_strndup(r->arena, at, (size_t)(r->end - at));
    for (char *c = text; *c; c++)
        *c = *c == '\t' ? ' ' : *c;
    r->names[out->nnames++] = (struct promotion_text){language, text};
    return true;
}

static bool date_read(struct reader *r, struct date *out)
{
    if (!date_parse(r->word->text, out))
        return reader_mistake(r, r->word,
                              N_("A day of the calendar belongs here, like 2026-01-31."));
    r->word++;
    return true;
}

bool statement_to(struct reader *r)
{
    struct date day;
    r->to_line = r->line;
    r->to_word = *r->word;
    if (!date_read(r, &day) || !line_ends(r))
        return false;
    r->out->to.days = day.days + 1; /* the last day is included */
    return true;
}

bool statement_from(struct reader *r)
{
    if (!date_read(r, &r->out->from))
        return false;
    const struct word *word = r->word;
    if (!*word->text)
        return true;
    return word_wanted(r, "to", "from 2025-09-01 to 2026-01-31") && reader_once(r, SLOT_to, word) &&
           statement_to(r);
}

/* ---- for whom ----------------------------------------------------------------------------------
 */

static bool types_read(struct reader *r, unsigned *out, size_t n, const char *(*name_of)(size_t),
                       const char *say)
{
    struct text all;
    text_init(&all, r->arena);
    for (size_t i = 0; i < n; i++)
        text_printf(&all, i ? ", %s" : "%s", name_of(i));
    do {
        size_t i = 0;
        while (i < n && !word_is(r->word, name_of(i)))
            i++;
        if (i == n)
            return reader_mistake_instead(r, r->word, say, all.data);
        if (*out & 1U << i)
            return reader_mistake(r, r->word, N_("\"{word}\" stands here twice."));
        *out |= 1U << i;
        r->word++;
    } while (word_taken(r, ","));
    return line_ends(r);
}

/* An exchange is born from a return, and has no promotions. */
static const char *type_name(size_t i)
{
    return order_type_info((enum order_type)i)->name;
}

bool statement_types(struct reader *r)
{
    return types_read(r, &r->out->types, ORDER_exchange, type_name,
                      N_("A type of order belongs here: {instead}."));
}

static const char *name_of_channel(size_t i)
{
    return channel_name((enum channel)i);
}

bool statement_channels(struct reader *r)
{
    return types_read(r, &r->out->channels, CHANNELS, name_of_channel,
                      N_("A channel belongs here: {instead}."));
}

/* "3" or "3-5" */
static bool rank_range(const char *text, int64_t *low, int64_t *high)
{
    size_t len = strlen(text), first = strcspn(text, "-.");
    struct money a, b;
    if (!money_parse(text, first, 0, &a))
        return false;
    b = a;
    if (first < len && (text[first] != '-' || strchr(text, '.') ||
                        !money_parse(text + first + 1, len - first - 1, 0, &b)))
        return false;
    *low = a.minor;
    *high = b.minor;
    return *low <= *high && *high <= RANK_MAX;
}

bool statement_ranks(struct reader *r)
{
    do {
        int64_t low, high;
        if (!rank_range(r->word->text, &low, &high))
            return reader_mistake(r, r->word,
                                  N_("Ranks belong here, like 3-5 or 8: from 0 to 63."));
        for (int64_t rank = low; rank <= high; rank++) {
            if (r->out->ranks >> rank & 1)
                return reader_mistake(r, r->word, N_("\"{word}\" stands here twice."));
            r->out->ranks |= (uint64_t)1 << rank;
        }
        r->word++;
    } while (word_taken(r, ","));
    return line_ends(r);
}

bool statement_people(struct reader *r)
{
    struct promotion *out = r->out;
    return code_list_read(r, &out->people, &out->npeople) && line_ends(r);
}

bool statement_coupon(struct reader *r)
{
    r->out->needs_coupon = true;
    return line_ends(r);
}
