#include "core/promo/promotion_part.h"

#include <string.h>

/* Groups and SKUs as they are collected: at most `most` of each. */
struct list {
    const char **groups, **skus;
    size_t ngroups, nskus, most;
};

static struct list list_new(struct reader *r)
{
    struct list list = {.most = 1};
    for (const struct word *w = r->word; *w->text; w++)
        list.most++;
    list.groups = ARENA_ARRAY(r->arena, const char *, list.most);
    list.skus = ARENA_ARRAY(r->arena, const char *, list.most);
    return list;
}

static bool list_add(struct reader *r, const struct word *word, const char **list, size_t *n,
                     const char *code)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i], code) == 0)
            return reader_mistake(r, word, N_("\"{word}\" stands here twice."));
    list[(*n)++] = code;
    return true;
}

/* ---- what the catalogue has --------------------------------------------------------------------
 */

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static bool is_same(const char *a, const char *b)
{
    while (*a && upper(*a) == upper(*b))
        a++, b++;
    return upper(*a) == upper(*b);
}

/* The catalogue's own spelling; NULL when there is no such group. */
static const char *group_code(const struct catalogue *catalogue, const char *typed)
{
    const char *found = NULL;
    for (size_t i = 0; i < catalogue->ngroups; i++) {
        const char *code = catalogue->groups[i].code;
        if (strcmp(code, typed) == 0)
            return code;
        if (!found && is_same(code, typed))
            found = code;
    }
    return found;
}

/* The list goes on or ends here, although nothing stands before it. */
static bool is_missing(const struct word *word)
{
    static const char *const others[] = {"", ",", "except", "or", "for"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (word_is(word, others[i]))
            return true;
    return false;
}

/* Nothing is looked for that will not be told: a catalogue may be large. */
static bool is_told(const struct reader *r)
{
    return r->nmistakes < PROMOTION_MISTAKES;
}

static bool group_unknown(struct reader *r)
{
    const struct catalogue *catalogue = r->catalogue;
    if (is_missing(r->word))
        return reader_mistake(r, r->word,
                              N_("The code of a group is missing here, like KITCHENWARE."));
    if (!is_told(r))
        return false;
    const char **codes = ARENA_ARRAY(r->arena, const char *, catalogue->ngroups);
    for (size_t i = 0; i < catalogue->ngroups; i++)
        codes[i] = catalogue->groups[i].code;
    return reader_mistake_near(r, r->word, codes, catalogue->ngroups,
                               N_("There is no group \"{word}\". Was {instead} meant?"),
                               N_("There is no group \"{word}\"."), "");
}

static bool sku_unknown(struct reader *r)
{
    const struct catalogue *catalogue = r->catalogue;
    const char *group = group_code(catalogue, r->word->text);
    if (is_missing(r->word))
        return reader_mistake_instead(r, r->word, N_("Items belong here: {instead}."),
                                      "group CODE, 41109, everything");
    if (group)
        return reader_mistake_instead(r, r->word,
                                      N_("\"{word}\" is a group: write group {instead}."), group);
    if (!is_told(r))
        return false;
    const char **codes = ARENA_ARRAY(r->arena, const char *, catalogue->nitems);
    for (size_t i = 0; i < catalogue->nitems; i++)
        codes[i] = catalogue->items[i].sku;
    return reader_mistake_near(r, r->word, codes, catalogue->nitems,
                               N_("There is no item \"{word}\". Was {instead} meant?"),
                               N_("There is no item \"{word}\"."), "");
}

bool item_read(struct reader *r, const char **sku, uint32_t *item)
{
    const struct item *found = catalogue_item(r->catalogue, r->word->text);
    if (!found) {
        sku_unknown(r);
        return false;
    }
    *sku = found->sku;
    *item = (uint32_t)(found - r->catalogue->items);
    r->word++;
    return true;
}

/* ---- sets --------------------------------------------------------------------------------------
 */

/* One of a list; what the catalogue has not is told, and read over. */
static bool element_read(struct reader *r, struct list *list)
{
    const struct word *word = r->word;
    const char *code;
    uint32_t item;
    bool known;
    if (word_taken(r, "group")) {
        code = group_code(r->catalogue, r->word->text);
        known = code ? list_add(r, r->word, list->groups, &list->ngroups, code) : group_unknown(r);
    } else {
        known = item_read(r, &code, &item) && list_add(r, word, list->skus, &list->nskus, code);
        r->word = word;
    }
    r->word += !is_missing(r->word);
    return known;
}

/* "2 of" behind a comma begins the next part of a set. */
static bool goes_on(struct reader *r)
{
    if (strcmp(r->word->text, ",") != 0)
        return false;
    bool is_part = *r->word[1].text && word_is(&r->word[2], "of");
    r->word += !is_part;
    return !is_part;
}

/* `everything`: NULL where it may not stand. */
static bool list_read(struct reader *r, struct list *list, bool *everything)
{
    bool known = true;
    do {
        bool all = word_is(r->word, "everything");
        if (all && !everything)
            return reader_mistake(r, r->word, N_("After \"except\" come groups and SKUs."));
        if (all) {
            *everything = true;
            r->word++;
        } else {
            known = element_read(r, list) && known;
        }
    } while (goes_on(r));
    return known;
}

bool item_set_read(struct reader *r, struct item_set *out)
{
    struct list in = list_new(r), except = {0};
    bool everything = false;
    bool known = list_read(r, &in, &everything);
    if (word_taken(r, "except")) {
        except = list_new(r);
        known = list_read(r, &except, NULL) && known;
    }
    if (everything)
        in.ngroups = in.nskus = 0;
    *out = (struct item_set){.groups = in.groups,
                             .ngroups = in.ngroups,
                             .skus = in.skus,
                             .nskus = in.nskus,
                             .except_groups = except.groups,
                             .nexcept_groups = except.ngroups,
                             .except_skus = except.skus,
                             .nexcept_skus = except.nskus};
    item_set_resolve(r->arena, r->catalogue, out);
    return known;
}
