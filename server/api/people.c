#include "server/api/people.h"

#include <string.h>

static const char *const address_names[] = {"label",    "name",   "line1",   "line2", "city",
                                            "postcode", "region", "country", NULL};

bool people_id_ok(const char *id)
{
    size_t len = strlen(id);
    return len > 0 && len <= 18 && strspn(id, "0123456789") == len;
}

int64_t people_search(struct call *c, bool needed, const char **q)
{
    int64_t most = call_limit(c, PEOPLE_USUAL, PEOPLE_MOST);
    const char *words = http_query(c->request, "q");
    bool empty = !words || words[strspn(words, " ,")] == '\0';
    if (most && ((needed && empty) || (words && strlen(words) > 100))) {
        call_fail(c, STATUS_MALFORMED, "q says what to look for, in at most 100 bytes");
        return 0;
    }
    *q = empty ? NULL : words;
    return most;
}

void people_list_reply(struct call *c, const struct people_kind *kind)
{
    json_t *items = call_rows(c->batch, 0, kind->found_names);
    size_t n = json_array_size(items);
    int columns = 0;
    while (kind->found_names[columns])
        columns++;
    json_int_t total = kind->has_total && n ? db_int(c->batch, 0, 0, columns) : (json_int_t)n;
    call_reply(c, STATUS_OK, json_pack("{s:o,s:I,s:n}", "items", items, "total", total, "next"));
}

bool people_found(struct call *c, const struct people_kind *kind)
{
    if (!db_rows(c->batch, 0))
        call_fail(c, STATUS_NOT_FOUND, kind->missing);
    return db_rows(c->batch, 0) > 0;
}

void people_put_addresses(struct call *c, json_t *object, size_t statement)
{
    json_object_set_new(object, "addresses", call_rows(c->batch, statement, address_names));
}

void people_get_reply(struct call *c, const struct people_kind *kind)
{
    if (!people_found(c, kind))
        return;
    json_t *object = call_row(c->batch, 0, 0, kind->head_names);
    people_put_addresses(c, object, 1);
    call_header(c, "ETag",
                arena_printf(c->arena, "\"%s\"", db_value(c->batch, 0, 0, kind->version)));
    call_reply(c, STATUS_OK, object);
}

/* A merge-patch's null: takes the member out of the body and says what stands for nothing. */
static bool clears(struct call *c, const char *name, const char **out, const char *cleared)
{
    if (!json_is_null(json_object_get(c->body, name)))
        return false;
    json_object_del(c->body, name);
    *out = cleared;
    return true;
}

void people_address_read(struct call *c, const char **out)
{
    json_t *object = wire_object(&c->reader, c->body, "", "address", false);
    if (!object)
        return;
    struct address address;
    wire_address_read(&c->reader, object, "/address", &address);
    const char *needed[][2] = {
        {address.line1, "line1"}, {address.city, "city"}, {address.country, "country"}};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (!needed[i][0][0])
            problem_set_name(
                problems_add(&c->problems, PROBLEM_address_incomplete, "/address", NULL), "part",
                "part", needed[i][1]);
    const char *country = address.country;
    if (country[0] && (strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2 || country[2]))
        wire_bad_value(&c->reader, "/address", "country", country);
    *out = wire_dump(c->arena, wire_address_write(&address), NULL);
}

bool person_patch_read(struct call *c, struct person_patch *out)
{
    static const char *const names[] = {"email", "phone", "language", "address", NULL};
    struct wire_reader *r = &c->reader;
    *out = (struct person_patch){.version = call_if_match(c)};
    if (!out->version || !call_body(c))
        return false;
    clears(c, "email", &out->email, "");
    clears(c, "phone", &out->phone, "");
    if (json_is_null(json_object_get(c->body, "language")))
        wire_bad_value(r, "", "language", "null");
    wire_string(r, c->body, "", "email", 254, false, &out->email);
    wire_string(r, c->body, "", "phone", 40, false, &out->phone);
    wire_string(r, c->body, "", "language", 8, false, &out->language);
    wire_only(r, c->body, "", names, NULL);
    if (!clears(c, "address", &out->address, "null"))
        people_address_read(c, &out->address);
    return call_body_ok(c);
}

static void patch_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *version = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "saved") != 0) {
        call_fail(c, strcmp(result, "stale") == 0 ? STATUS_STALE : STATUS_NOT_FOUND, NULL);
        return;
    }
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", version));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:I}", "id", c->params[0], "version",
                         (json_int_t)db_int(c->batch, 0, 0, 1)));
}

void person_patch_store(struct call *c, const struct people_kind *kind,
                        const struct person_patch *patch)
{
    if (!people_found(c, kind))
        return;
    const char *id = db_value(c->batch, 0, 0, kind->person);
    DB_ADD(call_write(c), Q_person_change, id, patch->version, c->actor.login_id, c->request->id,
           patch->email, patch->phone, patch->language, patch->address);
    call_then(c, patch_reply);
}
