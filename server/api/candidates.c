#include "server/api/candidates.h"

#include "core/kit.h"
#include "core/nearest.h"
#include "core/wire/wire.h"

#include <string.h>

enum { MOST = 9 };

static const char *sku_of(const struct problem *problem)
{
    for (size_t i = 0; i < problem->nparams; i++)
        if (strcmp(problem->params[i].name, "sku") == 0)
            return problem->params[i].text;
    return "";
}

json_t *candidates_problem(struct arena *arena, enum language language,
                           const struct market_snapshot *market, const struct problem *problem)
{
    struct nearest found[MOST];
    const struct catalogue *c = &market->catalogue;
    size_t n = nearest_codes(arena, sku_of(problem), market->skus, c->nitems, NULL, MOST, found);
    json_t *object = wire_problem_write(arena, language, problem), *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct item *item = &c->items[found[i].index];
        json_array_append_new(list, json_pack("{s:s,s:s}", "sku", item->sku, "name", item->name));
    }
    json_object_set_new(object, "candidates", list);
    return object;
}

/* What can be chosen in a kit, as the digits of a keypad choose it. */
static json_t *options_problem(struct arena *arena, enum language language,
                               const struct catalogue *c, const struct problem *problem)
{
    json_t *object = wire_problem_write(arena, language, problem), *list = json_array();
    const struct kit_slot *slot = kit_problem_slot(c, problem);
    for (uint32_t i = 0; slot && i < slot->options; i++) {
        const struct item *item = &c->items[c->options[slot->first_option + i].item];
        json_array_append_new(list, json_pack("{s:s,s:s}", "sku", item->sku, "name", item->name));
    }
    if (slot)
        json_object_set(object, "candidates", list);
    json_decref(list);
    return object;
}

json_t *candidates_problems(struct arena *arena, enum language language,
                            const struct market_snapshot *market, const struct problems *problems)
{
    json_t *array = json_array();
    size_t searched = 0;
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *p = &problems->items[i];
        bool unknown = p->code == PROBLEM_unknown_sku || p->code == PROBLEM_check_digit;
        json_array_append_new(array, unknown && searched++ < CANDIDATES_PROBLEMS
                                         ? candidates_problem(arena, language, market, p)
                                         : options_problem(arena, language, &market->catalogue, p));
    }
    return array;
}
