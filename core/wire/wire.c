#include "core/wire/wire.h"

#include "core/code.h"
#include "core/pan.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static struct problem *member_problem(struct wire_reader *r, enum problem_code code, const char *at,
                                      const char *name)
{
    return problems_add(r->problems, code, arena_printf(r->arena, "%s/%s", at, name), NULL);
}

/* NULL when absent or null; a problem when it is needed. */
static json_t *member(struct wire_reader *r, json_t *object, const char *at, const char *name,
                      bool required)
{
    json_t *value = json_object_get(object, name);
    if (value && !json_is_null(value))
        return value;
    if (required)
        problem_set_text(member_problem(r, PROBLEM_required, at, name), "what", name);
    return NULL;
}

void wire_bad_value(struct wire_reader *r, const char *at, const char *name, const char *value)
{
    struct problem *p = member_problem(r, PROBLEM_bad_value, at, name);
    char *copy = arena_strdup(r->arena, value);
    pan_scrub(copy, strlen(copy)); /* what is refused is not repeated either */
    problem_set_text(p, "what", name);
    problem_set_text(p, "value", copy);
}

static const char *type_word(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        return "null";
    }
    return "that";
}

static size_t characters(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

/* A scanned barcode has 13 digits as well; no card has had so few for decades. */
static bool is_card_number(const char *text, size_t len)
{
    return pan_found(text, len) && !(len == 13 && ean13_valid(text, len));
}

static bool is_card_integer(struct arena *arena, int64_t value)
{
    enum { TOO_FEW_DIGITS = 1000000000 }; /* for a card; nearly always */
    if (value > -TOO_FEW_DIGITS && value < TOO_FEW_DIGITS)
        return false;
    struct text digits;
    text_init(&digits, arena);
    text_add_int(&digits, value);
    return pan_found(digits.data, digits.len);
}

static bool string_of(struct wire_reader *r, const json_t *value, const char *at, const char *name,
                      size_t max, const char **out)
{
    if (!json_is_string(value)) {
        wire_bad_value(r, at, name, type_word(value));
        return false;
    }
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    struct problem *p = NULL;
    if (characters(text, len) > max)
        problem_set_number(p = member_problem(r, PROBLEM_too_long, at, name), "max", (int64_t)max);
    else if (!utf8_is_printable(text, len))
        p = member_problem(r, PROBLEM_bad_text, at, name);
    else if (r->strict && is_card_number(text, len))
        p = member_problem(r, PROBLEM_card_number, at, name);
    if (p) {
        problem_set_text(p, "what", name);
        return false;
    }
    *out = arena_strndup(r->arena, text, len);
    return true;
}

bool wire_string(struct wire_reader *r, json_t *object, const char *at, const char *name,
                 size_t max, bool required, const char **out)
{
    const json_t *value = member(r, object, at, name, required);
    return value && string_of(r, value, at, name, max, out);
}

size_t wire_strings(struct wire_reader *r, json_t *object, const char *at, const char *name,
                    size_t most, size_t max, const char *const **out)
{
    json_t *array = wire_array(r, object, at, name, false);
    size_t n = array ? json_array_size(array) : 0, read = 0;
    if (n > most) {
        wire_bad_value(r, at, name, arena_printf(r->arena, "more than %zu", most));
        n = 0;
    }
    *out = NULL;
    if (!n)
        return 0;
    const char **texts = ARENA_ARRAY(r->arena, const char *, n), *empty = "";
    const char *inside = arena_printf(r->arena, "%s/%s", at, name);
    for (size_t i = 0; i < n; i++) {
        const char *index = arena_printf(r->arena, "%zu", i);
        texts[read] = empty;
        if (!string_of(r, json_array_get(array, i), inside, index, max, &texts[read]))
            continue;
        if (r->strict && !texts[read][0])
            wire_bad_value(r, inside, index, "empty");
        read++;
    }
    *out = texts;
    return read;
}

bool wire_integer(struct wire_reader *r, json_t *object, const char *at, const char *name,
                  bool required, int64_t *out)
{
    json_t *value = member(r, object, at, name, required);
    if (!value)
        return false;
    if (!json_is_integer(value)) {
        wire_bad_value(r, at, name, type_word(value));
        return false;
    }
    if (r->strict && is_card_integer(r->arena, json_integer_value(value))) {
        problem_set_text(member_problem(r, PROBLEM_card_number, at, name), "what", name);
        return false;
    }
    *out = json_integer_value(value);
    return true;
}

bool wire_boolean(struct wire_reader *r, json_t *object, const char *at, const char *name,
                  bool *out)
{
    json_t *value = member(r, object, at, name, false);
    if (!value)
        return false;
    if (!json_is_boolean(value)) {
        wire_bad_value(r, at, name, type_word(value));
        return false;
    }
    *out = json_is_true(value);
    return true;
}

json_t *wire_object(struct wire_reader *r, json_t *object, const char *at, const char *name,
                    bool required)
{
    json_t *value = member(r, object, at, name, required);
    if (value && !json_is_object(value)) {
        wire_bad_value(r, at, name, type_word(value));
        return NULL;
    }
    return value;
}

json_t *wire_array(struct wire_reader *r, json_t *object, const char *at, const char *name,
                   bool required)
{
    json_t *value = member(r, object, at, name, required);
    if (value && !json_is_array(value)) {
        wire_bad_value(r, at, name, type_word(value));
        return NULL;
    }
    return value;
}

static bool listed(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* A member's name as a part of a pointer (RFC 6901). */
static const char *pointer_part(struct arena *arena, const char *name)
{
    struct text text;
    text_init(&text, arena);
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            text_add(&text, *name == '~' ? "~0" : "~1");
        else
            text_addc(&text, *name);
    }
    return text.data;
}

void wire_only(struct wire_reader *r, json_t *object, const char *at, const char *const *names,
               const char *const *also)
{
    if (!r->strict)
        return;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (listed(names, key) || listed(also, key))
            continue;
        if (r->problems->count >= WIRE_PROBLEMS_MAX)
            return;
        char *copy = arena_strdup(r->arena, key);
        pan_scrub(copy, strlen(copy));
        problem_set_text(
            member_problem(r, PROBLEM_unknown_member, at, pointer_part(r->arena, copy)), "what",
            copy);
    }
}

struct dump {
    struct text text;
};

static int dump_more(const char *data, size_t size, void *arg)
{
    text_addn(&((struct dump *)arg)->text, data, size);
    return 0;
}

const char *wire_dump(struct arena *arena, json_t *value, size_t *len)
{
    struct dump out;
    text_init(&out.text, arena);
    if (!value || json_dump_callback(value, dump_more, &out, JSON_COMPACT) != 0)
        abort(); /* only out of memory can do this: every string was checked when it came in */
    json_decref(value);
    if (len)
        *len = out.text.len;
    return out.text.data;
}
