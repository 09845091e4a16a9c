/* The sandbox's form-encoded bodies against any bytes: what is let through has names of one shape,
 * values in UTF-8, no name twice, and means the same when it is written again. */
#include "core/text.h"
#include "server/sandbox/form.h"
#include "tests/fuzz/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
    int depth = 0;
    REQUIRE(name[0] && name[0] != '[' && name[0] != ']');
    for (const char *at = name; *at; at++) {
        REQUIRE(*at != '[' || (depth == 0 && at[1] != ']'));
        REQUIRE(*at != ']' || (depth == 1 && (at[1] == '[' || !at[1])));
        depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
    }
    REQUIRE(depth == 0);
    REQUIRE(form_name_fits(name, name) || strpbrk(name, "#*"));
}

static void add_encoded(struct text *out, const char *text)
{
    for (; *text; text++)
        text_printf(out, "%%%02X", (unsigned char)*text);
}

/* The same pairs, last first and with every byte escaped, are the same form. */
static void check_again(struct arena *arena, const struct form *form)
{
    struct text text;
    struct form again;
    const char *why;
    size_t len, len_again;
    text_init(&text, arena);
    for (size_t i = form->n; i-- > 0;) {
        add_encoded(&text, form->pairs[i].name);
        text_addc(&text, '=');
        add_encoded(&text, form->pairs[i].value);
        text_addc(&text, '&');
    }
    form_init(&again, arena);
    REQUIRE(form_add(&again, text.data, text.len, &why));
    const char *one = form_canonical(form, &len), *two = form_canonical(&again, &len_again);
    REQUIRE(len == len_again && memcmp(one, two, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct form form;
    const char *why = NULL;
    form_init(&form, arena);
    if (form_add(&form, (const char *)data, size, &why)) {
        REQUIRE(!why && form.n <= FORM_PAIRS);
        for (size_t i = 0; i < form.n; i++) {
            check_name(form.pairs[i].name);
            REQUIRE(utf8_valid(form.pairs[i].value, strlen(form.pairs[i].value)));
            REQUIRE(form_get(&form, form.pairs[i].name) == form.pairs[i].value);
        }
        check_again(arena, &form);
    } else {
        REQUIRE(why && why[0]);
    }
    arena_free(arena);
    return 0;
}
