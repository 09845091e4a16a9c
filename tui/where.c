#include "tui/where.h"

#include "tui/app.h"

#include <stdio.h>
#include <string.h>

static const struct screen *const screens[SCREENS] = {
#define SCREEN(name, title) &screen_##name,
#include "tui/screens.def"
#undef SCREEN
};

const char *where_screens(char out[WHERE_TEXT], uint64_t mask)
{
    size_t at = 0;
    out[0] = '\0';
    for (enum screen_id id = 0; id < SCREENS && at + 32 < WHERE_TEXT; id++)
        if (mask & UINT64_C(1) << id)
            at += (size_t)snprintf(out + at, WHERE_TEXT - at, "%s%.28s", at ? ", " : "",
                                   _(screen_title(id)));
    return out;
}

const char *where_grammars(char out[WHERE_TEXT], unsigned grammars)
{
    static const enum screen_id of[] = {
        [AT_HOME] = SCREEN_home,      [AT_ORDER] = SCREEN_order,   [AT_REVIEW] = SCREEN_review,
        [AT_FIND] = SCREEN_find,      [AT_STOCK] = SCREEN_stock,   [AT_CARD] = SCREEN_placed,
        [AT_RETURN] = SCREEN_return,  [AT_REPEAT] = SCREEN_repeat, [AT_SALE] = SCREEN_sale,
        [AT_COUNTER] = SCREEN_counter};
    uint64_t mask = 0;
    for (size_t i = 0; i < ARRAY_LEN(of); i++)
        if (grammars & 1U << i)
            mask |= UINT64_C(1) << of[i];
    return where_screens(out, mask);
}

uint64_t where_entry(enum entry_kind kind)
{
    uint64_t mask = 0;
    for (enum screen_id id = 0; id < SCREENS; id++)
        if (!screens[id]->has_own_fields && app_takes(screens[id], kind))
            mask |= UINT64_C(1) << id;
    return mask;
}

bool where_entry_exists(enum entry_kind kind)
{
    return *entry_info(kind)->form && where_entry(kind);
}

void where_key(char out[8], int number)
{
    snprintf(out, 8, "F%d", number % 100);
}
