/* Promotions as a company has them, any number, over whatever catalogue there is: most are of one
 * group or a few items, some need a value, a number of pieces or a coupon, a third do not go with
 * others. The same number gives the same promotions. */
#pragma once

#include "core/promo/promotion.h"
#include "core/text.h"
#include "tests/core/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct promotion_maker {
    struct arena *arena;
    const struct catalogue *catalogue;
    uint64_t state;
    struct text text;
};

static inline unsigned maker_below(struct promotion_maker *m, unsigned n)
{
    return (unsigned)random_below(&m->state, n);
}

static inline const char *maker_sku(struct promotion_maker *m)
{
    for (;;) {
        const struct item *item =
            &m->catalogue->items[maker_below(m, (unsigned)m->catalogue->nitems)];
        if (item->kind == ITEM_PRODUCT)
            return item->sku;
    }
}

/* Three of them, each once: a list with the same one twice is a mistake. */
static inline const char *maker_three(struct promotion_maker *m)
{
    const char *a = maker_sku(m), *b, *c;
    do
        b = maker_sku(m);
    while (strcmp(a, b) == 0);
    do
        c = maker_sku(m);
    while (strcmp(a, c) == 0 || strcmp(b, c) == 0);
    return arena_printf(m->arena, "%s, %s, %s", a, b, c);
}

/* A group, or up to three items. */
static inline const char *maker_set(struct promotion_maker *m)
{
    const struct catalogue *c = m->catalogue;
    if (c->ngroups && maker_below(m, 3))
        return arena_printf(m->arena, "group %s",
                            c->groups[maker_below(m, (unsigned)c->ngroups)].code);
    return maker_below(m, 2) ? maker_sku(m) : maker_three(m);
}

static inline void maker_when(struct promotion_maker *m)
{
    switch (maker_below(m, 8)) {
    case 0:
    case 1:
        text_printf(&m->text, "when spend %u.00 on %s\n", 20 + 10 * maker_below(m, 9),
                    maker_set(m));
        break;
    case 2:
    case 3:
        text_printf(&m->text, "when quantity %u of %s\n", 2 + maker_below(m, 4), maker_set(m));
        break;
    case 4:
        text_printf(&m->text, "when order %u.00\n", 50 * (1 + maker_below(m, 6)));
        break;
    case 5:
        text_printf(&m->text, "when first order or recruits 1 with 100.00 in 30 days\n");
        break;
    default: /* nothing is asked */
        break;
    }
}

static inline void maker_give(struct promotion_maker *m)
{
    const char *set = maker_set(m);
    switch (maker_below(m, 10)) {
    case 0:
    case 1:
    case 2:
        text_printf(&m->text, "give %u%% off %s\n", 5 * (1 + maker_below(m, 8)), set);
        break;
    case 3:
        text_printf(&m->text, "give %u.00 off %s\n", 1 + maker_below(m, 9), set);
        break;
    case 4:
        text_printf(&m->text, "each\ngive cheapest: buy %u get 1 free of %s\n",
                    1 + maker_below(m, 3), set);
        break;
    case 5:
        text_printf(&m->text, "each\ngive set 2 of %s, 1 of %s for %u.00\n", set, maker_set(m),
                    10 + maker_below(m, 30));
        break;
    case 6:
        text_printf(&m->text, "give %u free from %s\n", 1 + maker_below(m, 2), set);
        break;
    case 7:
        text_printf(&m->text, "give gift %s\n", maker_sku(m));
        break;
    case 8:
        text_printf(&m->text, "give free delivery\n");
        break;
    default:
        text_printf(&m->text, "give credit %u.00\n", 1 + maker_below(m, 9));
        break;
    }
}

static inline struct promotion maker_next(struct promotion_maker *m, unsigned number)
{
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n;
    text_clear(&m->text);
    text_printf(&m->text, "promotion P%04u\n", number);
    if (maker_below(m, 3) == 0)
        text_printf(&m->text, "not with T%u\n", maker_below(m, 12));
    else if (maker_below(m, 30) == 0)
        text_printf(&m->text, "exclusive\n");
    if (maker_below(m, 10) == 0)
        text_printf(&m->text, "for coupon\n");
    if (maker_below(m, 8) == 0)
        text_printf(&m->text, "lane %s\n", maker_below(m, 2) ? "pre" : "post");
    if (maker_below(m, 4) == 0)
        text_printf(&m->text, "priority %u\nlimit 1 per customer\n", maker_below(m, 20));
    maker_when(m);
    maker_give(m);
    if (!promotion_read(m->arena, m->catalogue, m->text.data, m->text.len, &promotion, mistakes,
                        &n)) {
        fprintf(stderr, "%s%d: %s\n", m->text.data, mistakes[0].line,
                promotion_mistake_say(m->arena, LANGUAGE_en, &mistakes[0]));
        exit(1);
    }
    return promotion;
}

static inline struct promotion *promotions_make(struct arena *arena,
                                                const struct catalogue *catalogue, size_t n)
{
    struct promotion_maker m = {.arena = arena, .catalogue = catalogue, .state = 7};
    struct promotion *all = ARENA_ARRAY(arena, struct promotion, n);
    text_init(&m.text, arena);
    for (size_t i = 0; i < n; i++)
        all[i] = maker_next(&m, (unsigned)i);
    return all;
}
