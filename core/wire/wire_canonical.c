#include "core/wire/json_out.h"
#include "core/wire/wire.h"

#include <stdlib.h>
#include <string.h>

struct member {
    const char *key;
    json_t *value;
};

static int compare_members(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void value_add(struct json_out *out, const char *name, json_t *value);

static void object_add(struct json_out *out, const char *name, json_t *object)
{
    size_t n = json_object_size(object), i = 0;
    struct member *members = ARENA_ARRAY(out->text->arena, struct member, n);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        members[i++] = (struct member){json_object_iter_key(at), json_object_iter_value(at)};
    if (n)
        qsort(members, n, sizeof *members, compare_members);
    json_out_open(out, name, '{');
    for (i = 0; i < n; i++)
        value_add(out, members[i].key, members[i].value);
    json_out_close(out, '}');
}

static void array_add(struct json_out *out, const char *name, json_t *array)
{
    json_out_open(out, name, '[');
    for (size_t i = 0; i < json_array_size(array); i++)
        value_add(out, NULL, json_array_get(array, i));
    json_out_close(out, ']');
}

static void value_add(struct json_out *out, const char *name, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        object_add(out, name, value);
        return;
    case JSON_ARRAY:
        array_add(out, name, value);
        return;
    case JSON_INTEGER:
        json_out_int(out, name, json_integer_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        json_out_bool(out, name, json_is_true(value));
        return;
    case JSON_STRING: /* without a NUL: wire_parse lets none in, nor numbers that are not whole */
    case JSON_REAL:
    case JSON_NULL:
        break;
    }
    json_out_string(out, name, json_string_value(value));
}

void wire_canonical(struct text *text, json_t *value)
{
    value_add(&(struct json_out){text, false}, NULL, value);
}
