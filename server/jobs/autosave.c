#include "server/jobs/autosave.h"

#include "server/net/log.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 8, FIRST_LOOK_MS = 2000 };

/* One schedule in work. */
struct run {
    struct autosave *job;
    struct arena *arena;
    struct db_batch *batch;
    const char *act, *id, *due, *key, *pays, *login, *card;
    bool may_wait, is_place;
    json_t *draft; /* changed as lines turn out not to be had */
    json_t *out;   /* those that are left out: sku, why */
    json_t *later; /* those that come later: sku */
    int64_t total;
    const char *result, *number; /* to be recorded */
    int tries;
};

struct autosave {
    struct autosave_config config;
    struct loop_timer *timer;
    char holder[80];
    bool busy, held;
};

static void next(struct autosave *job);

/* ---- the end of a round ---------------------------------------------------------------------- */

static void arena_done(void *arg)
{
    arena_free(arg);
}

/* Lets go of the lease, so that nobody needs to wait for its end. */
static void leave(struct autosave *job)
{
    struct arena *arena = arena_new();
    struct db_batch *batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(batch, Q_job_leave, "autosave", arena_strdup(arena, job->holder));
    db_send(job->config.db, batch, arena_done, arena);
}

static void rest(struct autosave *job, bool done)
{
    job->busy = false;
    if (!job->held)
        leave(job);
    if (job->config.every_ms == 0)
        job->config.finished(job->config.arg, done);
}

static void run_free(struct run *run)
{
    json_decref(run->draft);
    json_decref(run->out);
    json_decref(run->later);
    arena_free(run->arena);
}

/* Not now: the schedule stays as it is, and is looked at again. */
static void give_up(struct run *run, const char *why)
{
    struct autosave *job = run->job;
    log_event(LOG_WARN_, "autosave_put_off", "autosave", run->id ? run->id : "", "why", why, NULL);
    run_free(run);
    rest(job, false);
}

/* ---- recording ------------------------------------------------------------------------------- */

static void recorded(void *arg)
{
    struct run *run = arg;
    struct autosave *job = run->job;
    if (db_status(run->batch) != STATUS_OK) {
        give_up(run, "it could not be recorded");
        return;
    }
    log_event(LOG_INFO_, "autosave", "autosave", run->id, "due", run->due, "result", run->result,
              "number", run->number ? run->number : "", NULL);
    if (job->config.said)
        job->config.said(job->config.arg, run->id, run->due, run->result,
                         run->number ? run->number : "");
    run_free(run);
    next(job);
}

static void record(struct run *run, const char *result, const char *why)
{
    json_t *detail = json_pack("{s:O,s:O}", "out", run->out, "later", run->later);
    if (why)
        json_object_set_new(detail, "why", json_string(why));
    char *text = json_dumps(detail, JSON_COMPACT);
    run->result = run->is_place ? result : "told";
    run->batch = db_batch_new(run->arena, DB_COMMIT);
    DB_ADD(run->batch, Q_autosave_record, run->id, run->due, run->result, run->number,
           run->total >= 0 ? db_text_int(run->arena, run->total) : NULL,
           arena_strdup(run->arena, text));
    free(text);
    json_decref(detail);
    db_send(run->job->config.db, run->batch, recorded, run);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void ask(struct run *run, const char *path, const char *key, json_t *body,
                void (*done)(void *arg, enum status status, const char *text, size_t len))
{
    char *text = json_dumps(body, JSON_COMPACT);
    run->job->config.ask(
        run->job->config.server,
        &(struct autosave_ask){.path = path,
                               .key = key,
                               .body = arena_strdup(run->arena, text),
                               .login_id = run->login,
                               .id = arena_printf(run->arena, "autosave-%s", run->id),
                               .done = done,
                               .arg = run});
    free(text);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* ---- what cannot be had ---------------------------------------------------------------------- */

static size_t line_find(const json_t *lines, const char *id)
{
    size_t i = 0;
    while (i < json_array_size(lines) && strcmp(text_of(json_array_get(lines, i), "id"), id) != 0)
        i++;
    return i;
}

/* A line that is short comes later, where its item and the company allow it, else it is left out;
 * so is what cannot be sold any more. True when something was changed. */
static bool adapt_line(struct run *run, const json_t *problem)
{
    json_t *lines = json_object_get(run->draft, "lines");
    size_t i = line_find(lines, text_of(problem, "line"));
    json_t *line = json_array_get(lines, i);
    bool short_of = strcmp(text_of(problem, "code"), "stock_short") == 0;
    bool can_wait =
        json_is_true(json_object_get(json_object_get(problem, "params"), "can_back_order")) ||
        json_integer_value(json_object_get(json_object_get(problem, "params"), "can_back_order"));
    if (!line)
        return false;
    if (short_of && can_wait && run->may_wait &&
        !json_is_true(json_object_get(line, "backorder"))) {
        json_object_set_new(line, "backorder", json_true());
        json_array_append_new(run->later, json_pack("{s:s}", "sku", text_of(line, "sku")));
        return true;
    }
    json_array_append_new(run->out, json_pack("{s:s,s:I,s:s}", "sku", text_of(line, "sku"), "qty",
                                              json_integer_value(json_object_get(line, "qty")),
                                              "why", text_of(problem, "code")));
    json_array_remove(lines, i);
    return true;
}

/* The first stop that is no line's; NULL without one. `*changed`: lines were. */
static const char *adapt(struct run *run, const json_t *problems, bool *changed)
{
    const char *stop = NULL;
    *changed = false;
    for (size_t i = 0; i < json_array_size(problems); i++) {
        const json_t *problem = json_array_get(problems, i);
        if (strcmp(text_of(problem, "severity"), "stop") != 0)
            continue;
        if (adapt_line(run, problem))
            *changed = true;
        else if (!stop && strcmp(text_of(problem, "line"), "") == 0)
            stop = arena_strdup(run->arena, text_of(problem, "code"));
    }
    return *changed ? NULL : stop;
}

/* ---- pricing and placing --------------------------------------------------------------------- */

static void quote(struct run *run);

static void placed(void *arg, enum status status, const char *text, size_t len)
{
    struct run *run = arg;
    json_t *reply = json_loadb(text, len, 0, NULL);
    const json_t *problems = json_object_get(reply, "problems");
    bool changed = false;
    const char *stop = NULL;
    if (status == STATUS_OK || status == STATUS_CREATED) {
        run->number = arena_strdup(run->arena, text_of(reply, "number"));
        run->total = json_integer_value(json_object_get(reply, "total"));
        record(run, "placed", NULL);
    } else if (status == STATUS_KEY_REUSED && *text_of(reply, "order")) {
        /* Before an interruption it was placed as things stood then. */
        run->number = arena_strdup(run->arena, text_of(reply, "order"));
        record(run, "placed", NULL);
    } else if (status == STATUS_TOTAL_CHANGED || status == STATUS_STOCK_SHORT) {
        adapt(run, problems, &changed);
        quote(run);
    } else if (status == STATUS_PROBLEMS) {
        stop = adapt(run, problems, &changed);
        if (changed)
            quote(run);
        else
            record(run, stop && strcmp(stop, "balance_short") == 0 ? "balance" : "refused", stop);
    } else {
        give_up(run, status_info(status)->type);
    }
    json_decref(reply);
}

static void place(struct run *run)
{
    bool by_card = strcmp(run->pays, "card") == 0;
    if (by_card && !run->card) {
        record(run, "card", NULL);
        return;
    }
    json_t *order = json_deep_copy(run->draft), *tenders = json_array();
    if (strcmp(run->pays, "balance") == 0 && run->total > 0)
        json_array_append_new(
            tenders, json_pack("{s:s,s:I}", "kind", "balance", "amount", (json_int_t)run->total));
    if (by_card && run->total > 0)
        json_array_append_new(tenders, json_pack("{s:s,s:I,s:s}", "kind", "token", "amount",
                                                 (json_int_t)run->total, "ref", run->card));
    json_object_set_new(order, "expect_total", json_integer(run->total));
    json_object_set_new(order, "tenders", tenders);
    json_object_set_new(order, "accept", json_pack("[s]", "duplicate"));
    ask(run, "/api/v1/orders", run->key, order, placed);
    json_decref(order);
}

static void quoted(void *arg, enum status status, const char *text, size_t len)
{
    struct run *run = arg;
    json_t *reply = json_loadb(text, len, 0, NULL);
    bool changed = false;
    const char *stop = NULL;
    if (status == STATUS_OK)
        stop = adapt(run, json_object_get(reply, "problems"), &changed);
    if (status == STATUS_UNAVAILABLE || status == STATUS_INTERNAL) {
        give_up(run, status_info(status)->type);
    } else if (status != STATUS_OK) {
        record(run, "refused", status_info(status)->type);
    } else if (json_array_size(json_object_get(run->draft, "lines")) == 0) {
        record(run, "empty", NULL);
    } else if (changed) {
        quote(run);
    } else if (stop) {
        record(run, "refused", stop);
    } else {
        run->total = json_integer_value(json_object_get(reply, "total"));
        if (run->is_place)
            place(run);
        else
            record(run, "told", NULL);
    }
    json_decref(reply);
}

/* Each turn takes a line away or makes it wait; else prices or stock are moving under us. */
static void quote(struct run *run)
{
    size_t lines = json_array_size(json_object_get(run->draft, "lines"));
    if (lines == 0)
        record(run, "empty", NULL);
    else if (run->tries++ > TRIES + 2 * (int)lines)
        give_up(run, "prices or stock change too fast");
    else
        ask(run, "/api/v1/quotes", NULL, run->draft, quoted);
}

/* ---- the round ------------------------------------------------------------------------------- */

static void began(void *arg)
{
    enum { ACT, ID, DUE, KEY, DRAFT, PAYS, MAY_WAIT, LOGIN, CARD };
    struct run *run = arg;
    struct autosave *job = run->job;
    const struct db_batch *b = run->batch;
    if (db_status(b) != STATUS_OK) {
        give_up(run, "the database does not answer");
        return;
    }
    run->act = db_value(b, 0, 0, ACT);
    job->held = run->act && strcmp(run->act, "held") == 0;
    if (!run->act || job->held) {
        run_free(run);
        rest(job, !job->held);
        return;
    }
    run->id = db_value(b, 0, 0, ID);
    run->due = db_value(b, 0, 0, DUE);
    run->key = db_value(b, 0, 0, KEY);
    run->pays = db_value(b, 0, 0, PAYS);
    run->may_wait = db_bool(b, 0, 0, MAY_WAIT);
    run->login = db_value(b, 0, 0, LOGIN);
    run->card = db_value(b, 0, 0, CARD);
    run->is_place = strcmp(run->act, "place") == 0;
    run->draft = json_loads(db_value(b, 0, 0, DRAFT), 0, NULL);
    quote(run);
}

static void next(struct autosave *job)
{
    struct arena *arena = arena_new();
    struct run *run = ARENA_NEW(arena, struct run);
    *run = (struct run){
        .job = job, .arena = arena, .out = json_array(), .later = json_array(), .total = -1};
    run->batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(run->batch, Q_autosave_next, job->holder);
    job->busy = true;
    db_send(job->config.db, run->batch, began, run);
}

static void look(void *arg)
{
    struct autosave *job = arg;
    if (!job->busy && db_is_ready(job->config.db))
        next(job);
}

static void begin(void *arg)
{
    struct autosave *job = arg;
    loop_timer_free(job->timer);
    job->timer = NULL;
    if (job->config.every_ms)
        job->timer = loop_timer_new(job->config.loop, job->config.every_ms, true, look, job);
    look(job);
}

struct autosave *autosave_new(const struct autosave_config *config)
{
    struct autosave *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    char host[40] = "";
    gethostname(host, sizeof host - 1);
    job->config = *config;
    snprintf(job->holder, sizeof job->holder, "%s:%d", host, (int)getpid());
    job->timer =
        loop_timer_new(config->loop, config->every_ms ? FIRST_LOOK_MS : 1, false, begin, job);
    return job;
}

void autosave_free(struct autosave *job)
{
    if (!job)
        return;
    if (job->timer)
        loop_timer_free(job->timer);
    free(job);
}
