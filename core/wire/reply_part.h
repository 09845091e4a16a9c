/* Reading members of a reply, leniently: the wrong type is the same as absent. For the readers of
 * replies only. */
#pragma once

#include "core/wire/wire.h"

#include <string.h>

static inline const char *get_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static inline int64_t get_number_or(const json_t *object, const char *name, int64_t absent)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : absent;
}

static inline int64_t get_number(const json_t *object, const char *name)
{
    return get_number_or(object, name, 0);
}

static inline int get_exponent(const json_t *object)
{
    int64_t exponent = get_number_or(object, "exponent", 2);
    return exponent >= 0 && exponent <= 4 ? (int)exponent : 2;
}

static inline bool get_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static inline const char **get_texts(struct arena *arena, const json_t *object, const char *name,
                                     size_t *count)
{
    const json_t *array = json_object_get(object, name);
    const char **texts = ARENA_ARRAY(arena, const char *, json_array_size(array));
    *count = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text)
            texts[(*count)++] = text;
    }
    return texts;
}

/* The sentences of an array of steps, each an object that says its own, or the sentence itself. */
static inline const char **get_says(struct arena *arena, const json_t *object, const char *name,
                                    size_t *count)
{
    const json_t *array = json_object_get(object, name);
    const char **texts = ARENA_ARRAY(arena, const char *, json_array_size(array));
    *count = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *one = json_array_get(array, i);
        const char *text =
            json_string_value(json_is_object(one) ? json_object_get(one, "say") : one);
        if (text)
            texts[(*count)++] = text;
    }
    return texts;
}

/* Reads each object of an array member into one element of a new array. */
typedef void read_one(struct arena *arena, json_t *object, void *out);

static inline void *get_array(struct arena *arena, const json_t *object, const char *name,
                              size_t size, read_one *read, size_t *count)
{
    const json_t *array = json_object_get(object, name);
    char *items = arena_array(arena, json_array_size(array), size);
    *count = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *one = json_array_get(array, i);
        if (json_is_object(one))
            read(arena, one, items + size * (*count)++);
    }
    return items;
}

static inline json_t *body_object(struct arena *arena, const char *body, size_t len)
{
    const char *why = NULL;
    return len ? wire_parse(arena, body, len, &why) : NULL;
}

/* Elements of arrays: a struct address, a struct reply_line. */
void reply_address_read(struct arena *arena, json_t *object, void *out);
void reply_line_read(struct arena *arena, json_t *object, void *out);
/* The members that promotions add. */
void reply_shares_read(struct arena *arena, json_t *object, struct reply_line *line);
void reply_buyer_read(struct arena *arena, json_t *object, struct reply_person *person);
void reply_promotions_read(struct arena *arena, json_t *object, struct reply_quote *out);
