/* A body to jansson's values. Nearly every body is plain: the pull reader takes it for a third of
 * the work. Whatever it does not take is jansson's to judge, and to say where it is wrong. */
#include "core/pan.h"
#include "core/text.h"
#include "core/wire/pull.h"
#include "core/wire/wire.h"

#include <string.h>

/* ---- plain ----------------------------------------------------------------------------------- */

static json_t *plain_value(struct pull *p, int depth);

static json_t *plain_object(struct pull *p, int depth)
{
    json_t *object = json_object();
    char name[PULL_NAME];
    size_t members = 0;
    for (pull_open(p, '{'); pull_member(p, name);) {
        size_t len = strlen(name);
        json_object_setn_new_nocheck(object, name, len, plain_value(p, depth));
        bool is_new = json_object_size(object) == ++members, is_whole = len < PULL_NAME - 1;
        if (!is_new || !is_whole)
            pull_fail(p);
    }
    return object;
}

static json_t *plain_array(struct pull *p, int depth)
{
    json_t *array = json_array();
    for (pull_open(p, '['); pull_element(p);)
        json_array_append_new(array, plain_value(p, depth));
    return array;
}

/* When the reader has failed it is any value. */
static json_t *plain_value(struct pull *p, int depth)
{
    char c = pull_peek(p);
    if ((c == '{' || c == '[') && depth == WIRE_DEPTH_MAX) {
        pull_fail(p);
        return json_null();
    }
    switch (c) {
    case '{':
        return plain_object(p, depth + 1);
    case '[':
        return plain_array(p, depth + 1);
    case '"':
        pull_string(p);
        return json_stringn_nocheck(p->string, p->len);
    case 't':
    case 'f':
        return json_boolean(pull_boolean(p));
    case 'n':
        pull_null(p);
        return json_null();
    default:
        return json_integer(pull_integer(p));
    }
}

/* NULL when it is not plain, which is no fault yet. */
static json_t *plain_parse(const char *text, size_t len)
{
    struct pull p;
    pull_init_text(&p, text, len);
    if (pull_peek(&p) != '{')
        return NULL;
    json_t *root = plain_value(&p, 0);
    if (pull_end(&p))
        return root;
    json_decref(root);
    return NULL;
}

/* ---- all else -------------------------------------------------------------------------------- */

/* What a body that is well-formed JSON may not hold here, with its place: another value than an
 * object, numbers that are not whole, more depth. NULL when there is nothing of that. */
static const char *shape_fault(struct arena *arena, const char *body, size_t len)
{
    int line = 1, column = 0, depth = 0;
    bool quoted = false;
    const char *fault = NULL;
    for (size_t i = 0; i < len && !fault; i++) {
        char c = body[i];
        column += ((unsigned char)c & 0xC0) != 0x80;
        if (c == '\n') {
            line++;
            column = 0;
        } else if (quoted) {
            quoted = c != '"';
            if (c == '\\' && ++i)
                column++;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (depth == 0 && c == '[')
                fault = "a JSON object is expected";
            else if (++depth > WIRE_DEPTH_MAX)
                fault = "nested too deeply";
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == '.' || ((c == 'e' || c == 'E') && i && strchr("0123456789", body[i - 1]))) {
            fault = "a number with a fraction or an exponent; all numbers here are whole";
        }
    }
    return fault ? arena_printf(arena, "line %d, column %d: %s", line, column, fault) : NULL;
}

/* jansson's words; what it quotes of the body is a stranger's. */
static const char *syntax_fault(struct arena *arena, const json_error_t *error)
{
    char *text =
        arena_printf(arena, "line %d, column %d: %s", error->line, error->column, error->text);
    char *quoted = strstr(text, " near ");
    pan_scrub(text, strlen(text));
    if (quoted && (!utf8_valid(text, strlen(text)) || !utf8_is_printable(text, strlen(text))))
        *quoted = '\0';
    return text;
}

static json_t *any_parse(struct arena *arena, const char *body, size_t len, const char **why)
{
    json_error_t error;
    json_t *root = json_loadb(body, len, JSON_REJECT_DUPLICATES, &error);
    *why = root ? shape_fault(arena, body, len) : syntax_fault(arena, &error);
    if (!*why)
        return root;
    json_decref(root);
    return NULL;
}

static void release_json(void *value)
{
    json_decref(value);
}

json_t *wire_parse(struct arena *arena, const char *body, size_t len, const char **why)
{
    json_t *root = plain_parse(body, len);
    *why = NULL;
    if (!root)
        root = any_parse(arena, body, len, why);
    if (root)
        arena_defer(arena, release_json, root);
    return root;
}
