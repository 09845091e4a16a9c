#include "core/promo/promotion_fill.h"

#include <string.h>

static struct date later(struct date a, struct date b)
{
    return a.days > b.days ? a : b;
}

static struct date earlier(struct date a, struct date b)
{
    return a.days < b.days ? a : b;
}

size_t promotions_fill(struct arena *arena, struct catalogue *catalogue,
                       struct promotion_unread **unread)
{
    size_t n = catalogue->nsources, left_out = 0, read = 0;
    struct promotion *promotions = ARENA_ARRAY(arena, struct promotion, n);
    *unread = ARENA_ARRAY(arena, struct promotion_unread, n);
    for (size_t i = 0; i < n; i++) {
        const struct promotion_source *source = &catalogue->sources[i];
        struct promotion_mistake mistakes[PROMOTION_MISTAKES];
        struct promotion *promotion = &promotions[read];
        size_t nmistakes;
        if (!promotion_read(arena, catalogue, source->text, strlen(source->text), promotion,
                            mistakes, &nmistakes)) {
            (*unread)[left_out++] = (struct promotion_unread){source, mistakes[0]};
            continue;
        }
        promotion->code = source->code;
        promotion->version = source->version;
        promotion->from = later(promotion->from, source->from);
        promotion->to = earlier(promotion->to, source->to);
        read++;
    }
    catalogue->promotions = promotions;
    catalogue->npromotions = read;
    return left_out;
}
