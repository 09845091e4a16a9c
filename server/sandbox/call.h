/* One request of the API on its way through a handler: what it says, what it changes, what is
 * answered. A handler checks first and changes then; the first call_refuse stands. */
#pragma once

#include "server/sandbox/form.h"
#include "server/sandbox/sandbox.h"

enum error {
#define ERROR(name, http, type, code, message) ERROR_##name,
#include "server/sandbox/error.def"
#undef ERROR
    ERRORS
};

/* What becomes of the answer; most rows of a fault and some cards. */
enum fate {
    FATE_ANSWER,
    FATE_SLOW,   /* three seconds later */
    FATE_CUT,    /* ends in the middle of its body */
    FATE_SILENT, /* never */
};

struct call {
    struct sandbox *sandbox;
    struct arena *arena;
    struct change change;
    struct form form;
    const char *id; /* the path's; NULL when it has none */
    const char *request_id, *key, *api_version;
    int64_t now;
    int status;   /* 0: not answered yet */
    json_t *body; /* of the answer */
    enum fate fate;
    bool stands;   /* what has changed is stored though the call failed: a decline is a fact too */
    bool undone;   /* nothing of it may be stored */
    bool replayed; /* an idempotency key's kept answer */
};

/* Also starts the change. */
void call_init(struct call *call, struct sandbox *sandbox, struct arena *arena);

/* A parameter's value; NULL when it is absent or empty. */
const char *call_text(const struct call *call, const char *name);
int64_t call_int(const struct call *call, const char *name, int64_t otherwise);
bool call_bool(const struct call *call, const char *name);
/* Whether there is any under `prefix`: "payment_method_data[". */
bool call_has(const struct call *call, const char *prefix);

/* 200 with what the API shows of the object. */
void call_answer(struct call *call, const json_t *object);
/* `param` may be NULL; behind it the texts for the message's places. */
void call_refuse(struct call *call, enum error error, const char *param, ...);
/* A card_error, for which the object and its charge go into the error. */
void call_refuse_with(struct call *call, int status, json_t *error);
static inline bool call_failed(const struct call *call)
{
    return call->status >= 400;
}

/* A new object after its shape, with id, created and, where it has one, client_secret. */
json_t *call_new(struct call *call, const char *kind, const char *prefix);
/* A part of an object that has no life of its own. */
json_t *call_shape(struct call *call, const char *kind);
/* To be read; fails with 404, or with 400 when a parameter names it. NULL: failed, or `id` is NULL,
 * which is no failure. */
json_t *call_find(struct call *call, const char *kind, const char *id, const char *param);

/* Members. The value is copied; NULL text is null. */
void set_text(json_t *object, const char *name, const char *value);
void set_int(json_t *object, const char *name, int64_t value);
void set_bool(json_t *object, const char *name, bool value);
/* "" when absent or null. */
const char *get_text(const json_t *object, const char *name);
int64_t get_int(const json_t *object, const char *name);
bool get_bool(const json_t *object, const char *name);
/* Sets `name` from the parameter when it is there; an empty one makes it null. */
void set_param(json_t *object, const char *name, const struct call *call, const char *param);
/* metadata[key]=value pairs below `param` into the object's map `name`; an empty value takes the
 * key away, an empty map all. */
void set_map(json_t *object, const char *name, const struct call *call, const char *param);
/* An address of the form below `param`; null when there is none. */
void set_address(json_t *object, const char *name, const struct call *call, const char *param);

/* Without the sandbox's own members. A new reference. */
json_t *object_public(const json_t *object);
