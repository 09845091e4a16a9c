#include "core/kit.h"

#include "core/text.h"

#include <string.h>

size_t kit_choices_wanted(const struct catalogue *catalogue, const struct item *kit)
{
    size_t wanted = 0;
    for (uint32_t i = 0; i < kit->slots; i++)
        wanted += (size_t)catalogue->slots[kit->first_slot + i].choose;
    return wanted;
}

const struct kit_slot *kit_slot_of(const struct catalogue *catalogue, const struct item *kit,
                                   size_t nth, size_t *left)
{
    for (uint32_t i = 0; i < kit->slots; i++) {
        const struct kit_slot *slot = &catalogue->slots[kit->first_slot + i];
        if (nth < (size_t)slot->choose) {
            *left = (size_t)slot->choose - nth;
            return slot;
        }
        nth -= (size_t)slot->choose;
    }
    *left = 0;
    return NULL;
}

const struct component *kit_option(const struct catalogue *catalogue, const struct kit_slot *slot,
                                   const char *choice, size_t len)
{
    const struct component *options = &catalogue->options[slot->first_option];
    if (len == 1) {
        int number = *choice - '0';
        return number >= 1 && number <= (int)slot->options ? &options[number - 1] : NULL;
    }
    for (uint32_t i = 0; i < slot->options; i++) {
        const char *sku = catalogue->items[options[i].item].sku;
        if (strncmp(sku, choice, len) == 0 && !sku[len])
            return &options[i];
    }
    return NULL;
}

const char *kit_options_say(struct arena *arena, const struct catalogue *catalogue,
                            const struct kit_slot *slot)
{
    struct text text;
    text_init(&text, arena);
    for (uint32_t i = 0; i < slot->options; i++) {
        const struct component *option = &catalogue->options[slot->first_option + i];
        text_printf(&text, "%s%u %s", i ? ", " : "", i + 1, catalogue->items[option->item].spoken);
    }
    return text.data;
}

const struct kit_slot *kit_problem_slot(const struct catalogue *catalogue,
                                        const struct problem *problem)
{
    const struct item *kit = NULL;
    int64_t position = 0;
    if (problem->code != PROBLEM_choice_needed && problem->code != PROBLEM_choice_not_offered)
        return NULL;
    for (size_t i = 0; i < problem->nparams; i++) {
        const struct problem_param *param = &problem->params[i];
        if (strcmp(param->name, "sku") == 0)
            kit = catalogue_item(catalogue, param->text);
        else if (strcmp(param->name, "position") == 0)
            position = param->number;
    }
    return kit && position >= 1 && position <= kit->slots
               ? &catalogue->slots[kit->first_slot + position - 1]
               : NULL;
}

size_t kit_choice_next(const char **at)
{
    if (!*at)
        return 0;
    *at += strspn(*at, " ");
    return strcspn(*at, " ");
}

const char *kit_choices_keyed(struct arena *arena, const char *digits)
{
    struct text text;
    text_init(&text, arena);
    for (const char *at = digits; *at; at++) {
        if (at > digits)
            text_addc(&text, ' ');
        text_addc(&text, *at);
    }
    return text.data;
}
