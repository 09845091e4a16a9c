#include "server/sandbox/list.h"

#include <string.h>

enum { LIMIT = 10, DEPTH = 4 };

static bool within(const struct call *call, const json_t *object)
{
    int64_t created = get_int(object, "created");
    return created > call_int(call, "created[gt]", INT64_MIN) &&
           created >= call_int(call, "created[gte]", INT64_MIN) &&
           created < call_int(call, "created[lt]", INT64_MAX) &&
           created <= call_int(call, "created[lte]", INT64_MAX) &&
           created == call_int(call, "created", created);
}

static bool fits(const struct call *call, const json_t *object, const char *const *by)
{
    for (; *by; by++) {
        const char *wanted = call_text(call, *by);
        if (wanted && strcmp(get_text(object, *by), wanted) != 0)
            return false;
    }
    return within(call, object) && !get_bool(object, "deleted");
}

static void answer(struct call *call, const char *url, json_t *data, bool has_more)
{
    json_t *list = json_pack("{s:s, s:o, s:b, s:s}", "object", "list", "data", data, "has_more",
                             (int)has_more, "url", url);
    call_answer(call, list);
    json_decref(list);
}

void list_answer(struct call *call, const char *kind, const char *url, const char *const *by)
{
    struct store *store = call->sandbox->store;
    const char *after = call_text(call, "starting_after"), *from = call_text(call, "ending_before");
    size_t limit = (size_t)call_int(call, "limit", LIMIT), n = store_count(store, kind);
    json_t *data = json_array();
    bool more = false, begun = !after;
    if (after && !call_find(call, kind, after, "starting_after"))
        n = 0;
    if (from && !call_find(call, kind, from, "ending_before"))
        n = 0;
    for (size_t i = n; i-- > 0;) {
        const char *id = store_id(store, kind, i);
        const json_t *object = store_get(store, id);
        if (from && strcmp(id, from) == 0)
            break;
        if (begun && fits(call, object, by)) {
            json_array_append_new(data, object_public(object));
            more = json_array_size(data) > limit;
            if (more && !from)
                break;
            if (more) /* the page that ends before it: those nearest to it */
                json_array_remove(data, 0);
        }
        begun |= after && strcmp(id, after) == 0;
    }
    if (more && !from)
        json_array_remove(data, limit);
    answer(call, url, data, more);
}

void list_ready(struct call *call, const char *url, json_t *objects)
{
    answer(call, url, objects, false);
}

/* ---- expansion ------------------------------------------------------------------------------- */

static bool expand(struct call *call, json_t *object, const char *path, int depth);

static bool expand_member(struct call *call, json_t *object, const char *name, const char *rest,
                          int depth)
{
    json_t *value = json_object_get(object, name);
    if (json_is_string(value)) {
        const json_t *other = change_get(&call->change, json_string_value(value));
        if (!other || json_string_value(value) == get_text(object, "id"))
            return false;
        value = object_public(other);
        json_object_set_new(object, name, value);
    }
    if (json_is_null(value) || (value && !rest))
        return !json_is_integer(value) && !json_is_boolean(value);
    if (!value)
        return false;
    json_t *own = json_deep_copy(value); /* what is shown shares its parts with the store */
    json_object_set_new(object, name, own);
    return expand(call, own, rest, depth + 1);
}

static bool expand(struct call *call, json_t *object, const char *path, int depth)
{
    size_t len = strcspn(path, ".");
    const char *rest = path[len] ? path + len + 1 : NULL;
    const char *name = arena_strndup(call->arena, path, len);
    bool good = depth < DEPTH && len;
    if (good && json_is_array(object)) { /* each of a list's data */
        for (size_t i = 0; i < json_array_size(object) && good; i++)
            good = expand(call, json_array_get(object, i), path, depth);
        return good;
    }
    return good && json_is_object(object) && expand_member(call, object, name, rest, depth);
}

void expand_apply(struct call *call)
{
    for (size_t i = 0; i < call->form.n && !call_failed(call); i++) {
        const struct form_pair *pair = &call->form.pairs[i];
        if (form_name_fits(pair->name, "expand[#]") && !expand(call, call->body, pair->value, 0)) {
            call_refuse(call, ERROR_no_expansion, "expand", pair->value);
        }
    }
}
