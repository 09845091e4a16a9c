#include "core/word.h"

#include <string.h>

static const struct {
    const char *group, *name, *words;
} table[] = {
#define WORD(group, name, words) {#group, #name, words},
#include "core/word.def"
#undef WORD
#define TYPE(name, word, audience, customer, kinds, volumes, discount, ship_to, title)             \
    {"type", #name, title},
#include "core/order_type.def"
#undef TYPE
};

const char *word_find(const char *group, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].group, group) == 0 && strcmp(table[i].name, name) == 0)
            return table[i].words;
    return NULL;
}
