#include "core/wire/record.h"

#include "core/wire/wire.h"

#include <string.h>

static const char *const kinds[RECORD_KINDS] = {"edit", "placing", "stored",
                                                "done", "typed",   "copy"};

static bool has_draft(const struct record *record)
{
    return record->kind == RECORD_EDIT || record->kind == RECORD_PLACING;
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text && *text)
        json_object_set_new(object, name, json_string(text));
}

const char *record_write(struct arena *arena, const struct record *record, size_t *len)
{
    json_t *object = json_object();
    set_text(object, "is", kinds[record->kind]);
    set_text(object, "ulid", record->ulid);
    set_text(object, "rev", record->rev);
    set_text(object, "typed", record->typed);
    set_text(object, "to", record->to);
    if (has_draft(record)) {
        json_object_set_new(object, "keep", json_integer((json_int_t)record->keep));
        json_object_set_new(object, "draft", wire_draft_write(&record->draft));
    }
    if (record->kind == RECORD_PLACING) {
        json_object_set_new(object, "total", json_integer(record->expect_total));
        json_object_set_new(object, "tenders",
                            wire_tenders_write(record->tenders, record->ntenders));
        json_object_set_new(object, "duplicate", json_boolean(record->accept_duplicate));
        json_object_set_new(object, "age", json_boolean(record->accept_age));
        set_text(object, "shift", record->shift);
    }
    return wire_dump(arena, object, len);
}

static enum record_kind kind_of(const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "is"));
    for (int i = 0; name && i < RECORD_KINDS; i++)
        if (strcmp(name, kinds[i]) == 0)
            return (enum record_kind)i;
    return RECORD_KINDS;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

bool record_read(struct arena *arena, const char *text, size_t len, struct record *out)
{
    const char *why;
    json_t *object = wire_parse(arena, text, len, &why);
    *out = (struct record){.kind = kind_of(object)};
    if (out->kind == RECORD_KINDS)
        return false;
    out->ulid = text_of(object, "ulid");
    out->rev = text_of(object, "rev");
    out->typed = text_of(object, "typed");
    out->to = text_of(object, "to");
    struct problems problems;
    problems_init(&problems, arena);
    struct wire_reader reader = {.arena = arena, .problems = &problems, .strict = false};
    json_t *draft = json_object_get(object, "draft");
    if (has_draft(out) && !json_is_object(draft))
        return false;
    if (has_draft(out)) {
        json_int_t keep = json_integer_value(json_object_get(object, "keep"));
        out->keep = keep > 0 ? (size_t)keep : 0;
        wire_draft_read(&reader, draft, NULL, &out->draft);
    }
    out->expect_total = json_integer_value(json_object_get(object, "total"));
    out->ntenders = wire_tenders_read(&reader, object, &out->tenders);
    out->accept_duplicate = json_is_true(json_object_get(object, "duplicate"));
    out->accept_age = json_is_true(json_object_get(object, "age"));
    out->shift = text_of(object, "shift");
    return true;
}
