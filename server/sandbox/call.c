#include "server/sandbox/call.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int http;
    const char *type, *code, *message;
} errors[] = {
#define ERROR(name, http, type, code, message) {http, type, code, message},
#include "server/sandbox/error.def"
#undef ERROR
};

static void let_go(void *what)
{
    json_decref(what);
}

void call_init(struct call *call, struct sandbox *sandbox, struct arena *arena)
{
    *call = (struct call){.sandbox = sandbox, .arena = arena, .now = sandbox_now(sandbox)};
    form_init(&call->form, arena);
    change_init(&call->change, sandbox->store, arena);
}

/* ---- parameters ------------------------------------------------------------------------------ */

const char *call_text(const struct call *call, const char *name)
{
    const char *value = form_get(&call->form, name);
    return value && *value ? value : NULL;
}

int64_t call_int(const struct call *call, const char *name, int64_t otherwise)
{
    const char *value = call_text(call, name);
    return value ? strtoll(value, NULL, 10) : otherwise;
}

bool call_bool(const struct call *call, const char *name)
{
    const char *value = call_text(call, name);
    return value && strcmp(value, "true") == 0;
}

bool call_has(const struct call *call, const char *prefix)
{
    for (size_t i = 0; i < call->form.n; i++)
        if (strncmp(call->form.pairs[i].name, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void answer(struct call *call, int status, json_t *body)
{
    arena_defer(call->arena, let_go, body);
    call->status = status;
    call->body = body;
}

void call_answer(struct call *call, const json_t *object)
{
    if (!call_failed(call))
        answer(call, 200, object_public(object));
}

void call_refuse_with(struct call *call, int status, json_t *error)
{
    json_t *body = json_pack("{s:o}", "error", error);
    if (call_failed(call))
        json_decref(body);
    else
        answer(call, status, body);
}

void call_refuse(struct call *call, enum error error, const char *param, ...)
{
    struct text message;
    va_list args;
    text_init(&message, call->arena);
    va_start(args, param);
    for (const char *at = errors[error].message; *at; at++) {
        bool place = at[0] == '%' && at[1] == 's';
        if (place)
            text_add(&message, va_arg(args, const char *));
        else
            text_addc(&message, *at);
        at += place;
    }
    va_end(args);
    json_t *object = json_object();
    set_text(object, "type", errors[error].type);
    set_text(object, "message", message.data);
    if (errors[error].code)
        set_text(object, "code", errors[error].code);
    if (param)
        set_text(object, "param", param);
    call_refuse_with(call, errors[error].http, object);
}

/* ---- objects --------------------------------------------------------------------------------- */

json_t *call_shape(struct call *call, const char *kind)
{
    return json_deep_copy(json_object_get(call->sandbox->shapes, kind));
}

json_t *call_new(struct call *call, const char *kind, const char *prefix)
{
    char id[64], secret[160];
    json_t *object = call_shape(call, kind);
    sandbox_new_id(prefix, id, sizeof id);
    set_text(object, "id", id);
    set_int(object, "created", call->now);
    if (strcmp(prefix, "pi_") == 0 || strcmp(prefix, "seti_") == 0) {
        strcpy(secret, id);
        sandbox_new_id("_secret_", secret + strlen(id), 64);
        set_text(object, "client_secret", secret);
    }
    return change_add(&call->change, object);
}

json_t *call_find(struct call *call, const char *kind, const char *id, const char *param)
{
    if (!id)
        return NULL;
    json_t *object = change_get(&call->change, id);
    if (object && strcmp(get_text(object, "object"), kind) == 0 && !get_bool(object, "deleted"))
        return object;
    bool in_path = id == call->id;
    call_refuse(call, in_path ? ERROR_no_object : ERROR_no_object_param, param, kind, id);
    return NULL;
}

json_t *object_public(const json_t *object)
{
    json_t *out = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)object, name, value) if (name[0] != '_')
        json_object_set(out, name, value);
    return out;
}

void set_text(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, value ? json_string(value) : json_null());
}

void set_int(json_t *object, const char *name, int64_t value)
{
    json_object_set_new(object, name, json_integer(value));
}

void set_bool(json_t *object, const char *name, bool value)
{
    json_object_set_new(object, name, json_boolean(value));
}

const char *get_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

int64_t get_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool get_bool(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

void set_param(json_t *object, const char *name, const struct call *call, const char *param)
{
    if (form_get(&call->form, param))
        set_text(object, name, call_text(call, param));
}

void set_map(json_t *object, const char *name, const struct call *call, const char *param)
{
    json_t *map = json_object_get(object, name);
    size_t len = strlen(param);
    if (form_get(&call->form, param))
        json_object_clear(map);
    for (size_t i = 0; i < call->form.n; i++) {
        const struct form_pair *pair = &call->form.pairs[i];
        if (strncmp(pair->name, param, len) != 0 || pair->name[len] != '[')
            continue;
        const char *key =
            arena_strndup(call->arena, pair->name + len + 1, strlen(pair->name) - len - 2);
        if (*pair->value)
            set_text(map, key, pair->value);
        else
            json_object_del(map, key);
    }
}

void set_address(json_t *object, const char *name, const struct call *call, const char *param)
{
    static const char *const parts[] = {"city",  "country",     "line1",
                                        "line2", "postal_code", "state"};
    if (!call_has(call, arena_printf(call->arena, "%s[", param)))
        return;
    json_t *address = json_object();
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        set_text(address, parts[i],
                 call_text(call, arena_printf(call->arena, "%s[%s]", param, parts[i])));
    json_object_set_new(object, name, address);
}
