#include "server/sandbox/form.h"

#include "core/text.h"
#include "server/net/uri.h"

#include <stdlib.h>
#include <string.h>

void form_init(struct form *form, struct arena *arena)
{
    *form = (struct form){.arena = arena};
}

/* word[key][key]...: the word has a length, keys may be anything but brackets, and nothing stands
 * between them. An empty key only at the end. */
static bool name_is_good(const char *name)
{
    size_t len = strcspn(name, "[]"), depth = 0;
    if (!len || strlen(name) > FORM_NAME)
        return false;
    for (const char *at = name + len; *at; depth++) {
        size_t key = *at == '[' ? strcspn(at + 1, "[]") : 0;
        if (*at != '[' || at[key + 1] != ']' || (!key && at[2]) || depth == FORM_DEPTH)
            return false;
        at += key + 2;
    }
    return true;
}

/* "expand[]" -> "expand[2]", when there are two already. */
static const char *name_counted(const struct form *form, const char *name)
{
    size_t len = strlen(name), n = 0;
    if (len < 2 || strcmp(name + len - 2, "[]") != 0)
        return name;
    for (size_t i = 0; i < form->n; i++)
        n += strncmp(form->pairs[i].name, name, len - 1) == 0;
    return arena_printf(form->arena, "%.*s%zu]", (int)len - 1, name, n);
}

static void pair_add(struct form *form, const char *name, const char *value)
{
    if (form->n == form->cap) {
        size_t cap = form->cap ? form->cap * 2 : 16;
        struct form_pair *pairs = ARENA_ARRAY(form->arena, struct form_pair, cap);
        if (form->n)
            memcpy(pairs, form->pairs, form->n * sizeof *pairs);
        form->pairs = pairs;
        form->cap = cap;
    }
    form->pairs[form->n++] = (struct form_pair){name, value};
}

static const char *pair_read(struct form *form, const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;
    const char *name = uri_decode(form->arena, text, name_len, true);
    const char *value = equals ? uri_decode(form->arena, equals + 1, len - name_len - 1, true) : "";
    if (!name || !value)
        return "The request is not form-encoded UTF-8: a % escape is broken, or the text is not "
               "UTF-8.";
    if (!name_is_good(name) || !utf8_is_printable(name, strlen(name)))
        return "A parameter's name is not well formed: write name, name[key] or name[].";
    name = name_counted(form, name);
    if (strlen(name) > FORM_NAME)
        return "A parameter's name is too long.";
    if (form_get(form, name))
        return "A parameter is there twice; send each once.";
    if (form->n == FORM_PAIRS)
        return "The request has too many parameters.";
    pair_add(form, name, value);
    return NULL;
}

bool form_add(struct form *form, const char *text, size_t len, const char **why)
{
    *why = NULL;
    if (memchr(text, '\0', len))
        *why = "The request holds a NUL byte.";
    for (const char *end = text + len; text < end && !*why;) {
        const char *next = memchr(text, '&', (size_t)(end - text));
        size_t piece = next ? (size_t)(next - text) : (size_t)(end - text);
        if (piece)
            *why = pair_read(form, text, piece);
        text += piece + (next != NULL);
    }
    return !*why;
}

const char *form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->pairs[i].name, name) == 0)
            return form->pairs[i].value;
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct form_pair *)a)->name, ((const struct form_pair *)b)->name);
}

const char *form_canonical(const struct form *form, size_t *len)
{
    struct form_pair *sorted = ARENA_ARRAY(form->arena, struct form_pair, form->n + 1);
    struct text out;
    text_init(&out, form->arena);
    if (form->n)
        memcpy(sorted, form->pairs, form->n * sizeof *sorted);
    qsort(sorted, form->n, sizeof *sorted, by_name);
    for (size_t i = 0; i < form->n; i++)
        text_printf(&out, "%zu:%s%zu:%s", strlen(sorted[i].name), sorted[i].name,
                    strlen(sorted[i].value), sorted[i].value);
    *len = out.len;
    return out.data;
}

bool form_name_fits(const char *name, const char *pattern)
{
    while (*name && *pattern) {
        if (*pattern == '#' || *pattern == '*') {
            size_t len = *pattern == '#' ? strspn(name, "0123456789") : strcspn(name, "]");
            if (!len)
                return false;
            name += len;
            pattern++;
        } else if (*name++ != *pattern++) {
            return false;
        }
    }
    return !*name && !*pattern;
}
