/* The text of a promotion against any bytes. The first byte chooses the decimals of the currency.
 * What is understood is written, and means the same when it is read again; what is not is told. */
#include "core/text.h"
#include "tests/core/promotion_shop.h"
#include "tests/fuzz/require.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_understood(struct arena *arena, const struct catalogue *catalogue,
                           const struct promotion *first)
{
    struct promotion second;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n;
    const char *regular = promotion_write(arena, catalogue, first);
    REQUIRE(utf8_valid(regular, strlen(regular)) && strlen(regular) <= PROMOTION_TEXT_MAX);
    REQUIRE(promotion_read(arena, catalogue, regular, strlen(regular), &second, mistakes, &n));
    REQUIRE(promotions_equal(catalogue, first, &second));
    REQUIRE(strcmp(regular, promotion_write(arena, catalogue, &second)) == 0);
    REQUIRE(first->nbenefits && first->from.days < first->to.days);
    for (int i = 0; i < LANGUAGES; i++) {
        const char *said = promotion_say(arena, (enum language)i, catalogue, first);
        REQUIRE(*said && utf8_valid(said, strlen(said)) && utf8_is_printable(said, strlen(said)));
        REQUIRE(*promotion_name(first, (enum language)i));
    }
}

static void try_mistakes(struct arena *arena, const struct promotion_mistake *mistakes, size_t n)
{
    REQUIRE(n && n <= PROMOTION_MISTAKES);
    for (size_t i = 0; i < n; i++) {
        const struct promotion_mistake *mistake = &mistakes[i];
        REQUIRE(mistake->line >= 1 && mistake->column >= 1 && mistake->word && mistake->instead);
        for (int k = 0; k < LANGUAGES; k++) {
            const char *said = promotion_mistake_say(arena, (enum language)k, mistake);
            REQUIRE(*said && utf8_valid(said, strlen(said)));
            REQUIRE(utf8_is_printable(said, strlen(said)));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, data[0] % 5);
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n;
    char *text = malloc(size - 1 ? size - 1 : 1); /* what is read beyond it is seen */
    memcpy(text, data + 1, size - 1);
    if (promotion_read(arena, catalogue, text, size - 1, &promotion, mistakes, &n))
        try_understood(arena, catalogue, &promotion);
    else
        try_mistakes(arena, mistakes, n);
    free(text);
    arena_free(arena);
    return 0;
}
