/* Repeat orders at the desk: schedules are made, read, changed, skipped, paused and stopped. What
 * is to come is priced here as an order of today would be, so that a schedule that could never run
 * is not made. The runs are server/jobs/autosave.h's. */
#include "core/date.h"
#include "server/api/candidates.h"
#include "server/api/people.h"
#include "server/api/pricing.h"
#include "server/api/routes.h"

#include <string.h>

enum { LIST_USUAL = 20, LIST_MOST = 100 };
enum { COL_DRAFT = 20, COL_AFTER, COL_AFTER_THAT, COL_NOTICE_DAYS, COL_CHARGE };
enum { COL_DISTRIBUTOR = 3, COL_NAME, COL_CUSTOMER, COL_CUSTOMER_NAME };

static const char *const list_names[] = {"id",   "state", "market", "",       "",
                                         "",     "",      "#every", "unit",   "#day",
                                         "pays", "due",   "retry",  "#lines", NULL};
static const char *const head_names[] = {
    "id",          "state",    "market",    "",        "",           "",           "",
    "#every",      "unit",     "#day",      "pays",    "due",        "retry",      "#attempts",
    "#told_total", "currency", "#exponent", "version", "created_at", "created_by", NULL};
static const char *const run_names[] = {"due",   "at",     "result", "#attempt",
                                        "order", "#total", "",       NULL};
enum { RUN_DETAIL = 6 };

struct schedule {
    struct pricing pricing;
    const char *key, *hash, *version, *id;
    int64_t every, day;
    const char *unit, *pays, *from;
    bool has_day;
    json_t *draft;
    size_t head, runs;
};

static void no_schedule(struct call *c)
{
    call_fail(c, STATUS_NOT_FOUND, "there is no such repeat order");
}

static json_t *person(const struct db_batch *b, size_t s, size_t row, int id)
{
    const char *value = db_value(b, s, row, id);
    return value ? json_pack("{s:s,s:s}", "id", value, "name", db_value(b, s, row, id + 1))
                 : json_null();
}

static void add_people(json_t *object, const struct db_batch *b, size_t s, size_t row)
{
    json_object_set_new(object, "distributor", person(b, s, row, COL_DISTRIBUTOR));
    json_object_set_new(object, "customer", person(b, s, row, COL_CUSTOMER));
}

/* ---- reading --------------------------------------------------------------------------------- */

static void get_reply(struct call *c)
{
    struct schedule *p = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, p->head)) {
        no_schedule(c);
        return;
    }
    json_t *o = call_row(b, p->head, 0, head_names), *runs = json_array();
    add_people(o, b, p->head, 0);
    json_t *draft = json_loads(db_value(b, p->head, 0, COL_DRAFT), 0, NULL);
    static const char *const of_draft[] = {"type", "lines", "ship_to", "note"};
    for (size_t i = 0; i < ARRAY_LEN(of_draft); i++) {
        json_t *member = json_object_get(draft, of_draft[i]);
        json_object_set_new(o, of_draft[i], member ? json_incref(member) : json_null());
    }
    json_decref(draft);
    json_object_set_new(o, "then",
                        json_pack("[s,s]", db_value(b, p->head, 0, COL_AFTER),
                                  db_value(b, p->head, 0, COL_AFTER_THAT)));
    for (size_t i = 0; i < db_rows(b, p->runs); i++) {
        json_t *run = call_row(b, p->runs, i, run_names);
        json_object_set_new(run, "detail",
                            json_loads(db_value(b, p->runs, i, RUN_DETAIL), 0, NULL));
        json_array_append_new(runs, run);
    }
    json_object_set_new(o, "runs", runs);
    const char *charge = db_value(b, p->head, 0, COL_CHARGE);
    json_object_set_new(o, "charge", charge ? json_loads(charge, 0, NULL) : json_null());
    call_header(c, "ETag",
                arena_printf(c->arena, "\"%s\"", json_string_value(json_object_get(o, "version"))));
    call_reply(c, STATUS_OK, o);
}

static void get_load(struct call *c)
{
    struct schedule *p = c->state;
    p->head = DB_ADD(call_read(c), Q_autosave_get, c->params[0], c->actor.market);
    p->runs = DB_ADD(call_read(c), Q_autosave_runs, c->params[0]);
    call_then(c, get_reply);
}

void autosave_get(struct call *c)
{
    c->state = ARENA_NEW(c->arena, struct schedule);
    if (!people_id_ok(c->params[0])) {
        no_schedule(c);
        return;
    }
    call_read(c);
    call_then(c, get_load);
}

static void list_reply(struct call *c)
{
    const int64_t *most = c->state;
    json_t *items = call_rows(c->batch, 0, list_names);
    size_t n = json_array_size(items);
    for (size_t i = 0; i < n; i++)
        add_people(json_array_get(items, i), c->batch, 0, i);
    json_t *next = (int64_t)n == *most ? json_string(db_value(c->batch, 0, n - 1, 0)) : json_null();
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static bool is_state(const char *text)
{
    return strcmp(text, "active") == 0 || strcmp(text, "paused") == 0 ||
           strcmp(text, "stopped") == 0;
}

static void list_load(struct call *c)
{
    const int64_t *most = c->state;
    const struct {
        const char *name;
        bool (*fits)(const char *text);
    } filters[] = {{"distributor", people_id_ok},
                   {"customer", people_id_ok},
                   {"state", is_state},
                   {"cursor", people_id_ok}};
    const char *value[ARRAY_LEN(filters)];
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        value[i] = http_query(c->request, filters[i].name);
        if (value[i] && !filters[i].fits(value[i]))
            wire_bad_value(&c->reader, "", filters[i].name, value[i]);
    }
    if (!call_body_ok(c))
        return;
    DB_ADD(call_read(c), Q_autosave_list, c->actor.market, value[0], value[1], value[2],
           db_text_int(c->arena, *most), value[3]);
    call_then(c, list_reply);
}

void autosave_list(struct call *c)
{
    int64_t *most = c->state = ARENA_NEW(c->arena, int64_t);
    if ((*most = call_limit(c, LIST_USUAL, LIST_MOST))) {
        call_read(c);
        call_then(c, list_load);
    }
}

/* ---- what a schedule says -------------------------------------------------------------------- */

static bool one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static void check_day(struct call *c, const struct schedule *p)
{
    int64_t most = strcmp(p->unit, "week") == 0 ? 7 : 31;
    bool needed = strcmp(p->unit, "day") != 0;
    if (needed && !p->has_day)
        problem_set_text(problems_add(&c->problems, PROBLEM_required, "/day", NULL), "what", "day");
    else if (!needed && p->has_day)
        wire_bad_value(&c->reader, "", "day", "given with the unit day");
    else if (needed && (p->day < 1 || p->day > most))
        wire_bad_value(&c->reader, "", "day", arena_printf(c->arena, "%lld", (long long)p->day));
}

static void read_schedule(struct call *c, struct schedule *p)
{
    static const char *const units[] = {"day", "week", "month", NULL}, *const pays[] = {
                                                                           "balance", "card",
                                                                           "later", NULL};
    struct wire_reader *r = &c->reader;
    struct date from;
    json_t *o = c->body;
    if (wire_integer(r, o, "", "every", true, &p->every) && (p->every < 1 || p->every > 99))
        wire_bad_value(r, "", "every", arena_printf(c->arena, "%lld", (long long)p->every));
    if (wire_string(r, o, "", "unit", 8, true, &p->unit) && !one_of(p->unit, units))
        wire_bad_value(r, "", "unit", p->unit);
    if (json_is_null(json_object_get(o, "day")))
        json_object_del(o, "day");
    p->has_day = wire_integer(r, o, "", "day", false, &p->day);
    if (p->unit && one_of(p->unit, units))
        check_day(c, p);
    if (wire_string(r, o, "", "pays", 8, true, &p->pays) && !one_of(p->pays, pays))
        wire_bad_value(r, "", "pays", p->pays);
    if (json_is_null(json_object_get(o, "from")))
        json_object_del(o, "from");
    if (wire_string(r, o, "", "from", 10, false, &p->from) && !date_parse(p->from, &from))
        wire_bad_value(r, "", "from", p->from);
}

static void stored(struct call *c)
{
    struct schedule *p = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *id = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "unknown") == 0) {
        no_schedule(c);
    } else if (strcmp(result, "stale") == 0) {
        call_fail(c, STATUS_STALE, NULL);
    } else if (strcmp(result, "state") == 0) {
        call_problems(c, STATUS_STATE, NULL, "state", json_string("stopped"));
    } else {
        bool made = strcmp(result, "made") == 0;
        call_header(c, "Location", arena_printf(c->arena, "/api/v1/autosaves/%s", id));
        (void)p;
        call_reply(c, made ? STATUS_CREATED : STATUS_OK, json_pack("{s:s}", "id", id));
    }
}

/* What an order of today could not have a later one could not either; but stock comes and goes. */
static bool could_run(const struct quote *q)
{
    size_t stops = problems_stops(&q->problems);
    for (size_t i = 0; i < q->problems.count; i++)
        stops -= q->problems.items[i].code == PROBLEM_stock_short;
    return stops == 0;
}

static void decide(struct call *c)
{
    struct schedule *p = c->state;
    struct pricing *pr = &p->pricing;
    pricing_decide(c, pr);
    bool for_customer = order_type_info(pr->draft.type)->needs_customer;
    if (could_run(&pr->quote) && for_customer && strcmp(p->pays, "balance") == 0)
        problem_set_name(problems_add(&pr->quote.problems, PROBLEM_tender_kind, "/pays", NULL),
                         "kind", "tender", "balance");
    if (!could_run(&pr->quote)) {
        call_problems(c, STATUS_PROBLEMS, NULL, "problems",
                      candidates_problems(c->arena, c->language, pr->market, &pr->quote.problems));
        return;
    }
    pr->draft.typed = NULL;
    DB_ADD(call_write(c), Q_autosave_save, p->key, p->hash, c->actor.login_id, c->actor.acting_for,
           c->request->id, p->id, p->version, pr->market->catalogue.market, pr->distributor_id,
           pr->buyer.customer, wire_dump(c->arena, wire_draft_write(&pr->draft), NULL),
           db_text_int(c->arena, p->every), p->unit,
           p->has_day ? db_text_int(c->arena, p->day) : NULL, p->from, p->pays);
    call_then(c, stored);
}

static const char *const of_schedule[] = {"every", "unit", "day", "from", "pays", NULL};

/* Prices and days are those of the run: neither list nor date is said. */
static void no_day_of_its_own(struct call *c)
{
    static const char *const names[] = {"date", "price_list", "typed"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_t *value = json_object_get(c->body, names[i]);
        if (value && !json_is_null(value))
            wire_bad_value(&c->reader, "", names[i], "given here");
    }
}

void autosave_post(struct call *c)
{
    struct schedule *p = c->state = ARENA_NEW(c->arena, struct schedule);
    *p = (struct schedule){0};
    if (!(p->key = call_key(c)) || !call_body(c))
        return;
    read_schedule(c, p);
    no_day_of_its_own(c);
    if (!pricing_load(c, of_schedule, &p->pricing))
        return;
    p->hash = arena_printf(c->arena, "autosave %s", call_body_hash(c));
    call_then(c, decide);
}

/* ---- changing: what is not said stays -------------------------------------------------------- */

/* The body becomes the whole schedule, as POST takes it. */
static void fill_in(struct call *c, const struct db_batch *b, size_t s)
{
    enum { EVERY = 7, UNIT, DAY, PAYS };
    json_t *whole = json_loads(db_value(b, s, 0, COL_DRAFT), 0, NULL);
    bool same_unit = !json_object_get(c->body, "unit");
    json_object_set_new(whole, "every", json_integer(db_int(b, s, 0, EVERY)));
    json_object_set_new(whole, "unit", json_string(db_value(b, s, 0, UNIT)));
    json_object_set_new(whole, "pays", json_string(db_value(b, s, 0, PAYS)));
    if (same_unit && db_value(b, s, 0, DAY))
        json_object_set_new(whole, "day", json_integer(db_int(b, s, 0, DAY)));
    json_object_update_missing(c->body, whole);
    json_decref(whole);
}

static void patch_price(struct call *c)
{
    struct schedule *p = c->state;
    if (!db_rows(c->batch, p->head)) {
        no_schedule(c);
        return;
    }
    fill_in(c, c->batch, p->head);
    read_schedule(c, p);
    if (pricing_load(c, of_schedule, &p->pricing))
        call_then(c, decide);
}

static void patch_look(struct call *c)
{
    struct schedule *p = c->state;
    p->head = DB_ADD(call_read(c), Q_autosave_get, p->id, c->actor.market);
    call_then(c, patch_price);
}

void autosave_patch(struct call *c)
{
    static const char *const names[] = {"lines", "ship_to", "note", "every", "unit",
                                        "day",   "from",    "pays", NULL};
    struct schedule *p = c->state = ARENA_NEW(c->arena, struct schedule);
    *p = (struct schedule){.id = c->params[0]};
    if (!people_id_ok(p->id)) {
        no_schedule(c);
        return;
    }
    if (!(p->version = call_if_match(c)) || !call_body(c))
        return;
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    call_read(c);
    call_then(c, patch_look);
}

/* ---- skip, pause, resume, stop --------------------------------------------------------------- */

struct act {
    const char *key, *hash, *act;
};

static void acted(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *state = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "unknown") == 0)
        no_schedule(c);
    else if (strcmp(result, "reused") == 0)
        call_fail(c, STATUS_KEY_REUSED, NULL);
    else if (strcmp(result, "state") == 0)
        call_problems(c, STATUS_STATE, NULL, "state", json_string(state));
    else
        call_reply(c, STATUS_OK,
                   json_pack("{s:s,s:s,s:s}", "id", c->params[0], "state", state, "due",
                             db_value(c->batch, 0, 0, 2)));
}

static void act_store(struct call *c)
{
    const struct act *a = c->state;
    DB_ADD(call_write(c), Q_autosave_act, c->params[0], c->actor.market, a->act, a->key, a->hash,
           c->actor.login_id, c->actor.acting_for, c->request->id);
    call_then(c, acted);
}

static void act_load(struct call *c, const char *act)
{
    struct act *a = c->state = ARENA_NEW(c->arena, struct act);
    if (!people_id_ok(c->params[0])) {
        no_schedule(c);
        return;
    }
    if (!(a->key = call_key(c)))
        return;
    a->act = act;
    a->hash = arena_printf(c->arena, "%s autosave %s", act, c->params[0]);
    call_read(c);
    call_then(c, act_store);
}

void autosave_skip(struct call *c)
{
    act_load(c, "skip");
}

void autosave_pause(struct call *c)
{
    act_load(c, "pause");
}

void autosave_resume(struct call *c)
{
    act_load(c, "resume");
}

void autosave_stop(struct call *c)
{
    act_load(c, "stop");
}
