#include "core/tr.h"

#include <string.h>

static const struct language_info infos[LANGUAGES] = {
#define LANGUAGE(name, tag, rule, title) {#name, tag, title},
#include "core/language.def"
#undef LANGUAGE
};

const struct language_info *language_info(enum language language)
{
    return &infos[language];
}

/* ---- which language -------------------------------------------------------------------------- */

/* Letters of the first part: 2 of "de_AT.UTF-8". */
static size_t base_length(const char *name)
{
    return strcspn(name, "_-.@,; \t");
}

static bool is_base(const char *ours, const char *name)
{
    size_t len = base_length(ours), i = 0;
    while (i < len && ours[i] == (name[i] | 0x20))
        i++;
    return i == len && base_length(name) == len;
}

enum language language_by_name(const char *name)
{
    enum language language = 0;
    while (language < LANGUAGES && !is_base(infos[language].name, name))
        language++;
    return language;
}

/* Thousandths of a weight like ";q=0.8"; 1000 when none is said. */
static int weight(const char *part, size_t len)
{
    const char *at = memchr(part, '=', len), *end = part + len;
    int thousandths = 0, unit = 1000;
    if (!at)
        return 1000;
    for (; at < end && unit; at++)
        if (*at >= '0' && *at <= '9') {
            thousandths += (*at - '0') * unit;
            unit /= 10;
        }
    return thousandths < 1000 ? thousandths : 1000;
}

enum language language_accepted(const char *header)
{
    enum language best = LANGUAGE_en;
    int best_weight = 0;
    for (const char *at = header ? header : ""; *at; at += *at == ',') {
        at += strspn(at, " \t");
        size_t len = strcspn(at, ",");
        enum language language = language_by_name(at);
        int w = weight(at, len);
        if (language != LANGUAGES && w > best_weight)
            best = language, best_weight = w;
        at += len;
    }
    return best;
}

/* ---- looking up ------------------------------------------------------------------------------ */

static const struct tr_entry *entry_find(enum language language, const char *english)
{
    const struct tr_table *table = &tr_tables[language];
    size_t from = 0, to = table->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(english, table->entries[middle].english);
        if (order == 0)
            return &table->entries[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const char *tr(enum language language, const char *english)
{
    const struct tr_entry *entry = entry_find(language, english);
    return entry ? entry->forms[0] : english;
}

static size_t one_many(int64_t n)
{
    return n != 1;
}

static size_t no_plural(int64_t n)
{
    (void)n;
    return 0;
}

static size_t (*const plural_rules[LANGUAGES])(int64_t n) = {
#define LANGUAGE(name, tag, rule, title) rule,
#include "core/language.def"
#undef LANGUAGE
};

const char *tr_n(enum language language, const char *one, const char *many, int64_t n)
{
    const struct tr_entry *entry = entry_find(language, one);
    if (!entry)
        return n == 1 ? one : many;
    return entry->forms[plural_rules[language](n)];
}
