#include "server/gateway/gateway.h"

#include "core/text.h"
#include "server/db/db.h"
#include "server/gateway/provider.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOOK_MS = 250, /* between two looks at the queue */
    STAND_MS = 5000,
    STEPS_MOST = 4,   /* of one task; a lease of a minute holds for as many time-outs */
    PAGES_MS = 30000, /* so long a list is looked through, within the lease */
    KEY_MOST = 512,
};

struct gateway {
    const struct gateway_plan *plan;
    struct loop *loop;
    struct db *db;
    struct provider *provider;
    struct terms terms;
    struct loop_timer *looks, *stands;
    char holder[80];
    int in_work;
    int64_t shown[2]; /* gauges as they stand */
    bool taking, draining, is_ready, is_known;
};

/* One task in work. */
struct work {
    struct gateway *gateway;
    struct arena *arena;
    struct db_batch *batch;
    struct task task;
    enum step step;
    int steps;
    int64_t begun;
    struct answer answer;
};

static void look(void *arg);

/* ---- the end of a task ----------------------------------------------------------------------- */

static const struct {
    enum metric metric;
    enum log_level level;
} ends[OUTCOME_COUNT] = {
#define OUTCOME(name, level) [OUTCOME_##name] = {METRIC_gateway_##name, LOG_##level##_},
#include "server/gateway/outcome.def"
#undef OUTCOME
};

static void stop_when_idle(struct gateway *g)
{
    if (g->draining && g->in_work == 0 && !g->taking)
        loop_stop(g->loop);
}

static void log_end(const struct work *w, const char *now)
{
    char ms[24];
    snprintf(ms, sizeof ms, "%lld", (long long)(loop_now(w->gateway->loop) - w->begun));
    log_event(w->answer.loud ? LOG_ERROR_ : ends[w->answer.outcome].level, "gateway_asked", "task",
              w->task.id, "act", w->task.act, "order", *w->task.number ? w->task.number : NULL,
              "step", step_name(w->step), "outcome", outcome_name(w->answer.outcome), "code",
              *w->answer.code ? w->answer.code : NULL, "payment", now, "ms", ms, NULL);
}

static void told(void *arg)
{
    struct work *w = arg;
    struct gateway *g = w->gateway;
    bool ok = db_status(w->batch) == STATUS_OK;
    const char *now = ok && db_rows(w->batch, 0) ? db_value(w->batch, 0, 0, 0) : NULL;
    metric_add(ends[w->answer.outcome].metric, 1);
    log_end(w, now);
    /* It is asked again when the lease is over, under the same key, and answered the same. */
    if (!now)
        log_event(LOG_WARN_, "gateway_result_lost", "task", w->task.id, "why",
                  ok ? "the task is somebody else's by now" : "the database did not take it", NULL);
    arena_free(w->arena);
    g->in_work--;
    stop_when_idle(g);
    look(g);
}

static void tell(struct work *w)
{
    const struct answer *a = &w->answer;
    const char *detail = NULL;
    if (a->detail) {
        char *text = json_dumps(a->detail, JSON_COMPACT);
        if (!text)
            abort();
        detail = arena_strdup(w->arena, text);
        free(text);
    }
    w->batch = db_batch_new(w->arena, DB_COMMIT);
    DB_ADD(w->batch, Q_gateway_result, w->task.id, w->gateway->holder, outcome_name(a->outcome),
           a->ref && *a->ref ? a->ref : NULL, detail);
    db_send(w->gateway->db, w->batch, told, w);
}

/* ---- its questions --------------------------------------------------------------------------- */

static void ask(struct work *w);

static void heard(void *arg, const struct heard *heard)
{
    struct work *w = arg;
    step_answer(w->arena, w->step, &w->task, heard, &w->answer);
    if (w->answer.next == STEP_NONE) {
        tell(w);
    } else if (w->answer.next == w->step ? loop_now(w->gateway->loop) - w->begun > PAGES_MS
                                         : ++w->steps == STEPS_MOST) {
        w->answer.outcome = OUTCOME_later;
        tell(w);
    } else {
        w->step = w->answer.next;
        ask(w);
    }
}

static void ask(struct work *w)
{
    struct question question;
    step_question(w->arena, w->step, &w->task, &w->gateway->terms, &question);
    provider_ask(w->gateway->provider, w->arena, &question, heard, w);
}

static void begin(struct work *w)
{
    w->step = step_first(w->arena, &w->task, &w->answer);
    if (w->step == STEP_NONE)
        tell(w);
    else
        ask(w);
}

/* ---- taking ---------------------------------------------------------------------------------- */

static const char *column(const struct work *taken, size_t row, const char *name)
{
    const char *text = db_value(taken->batch, 0, row, db_column(taken->batch, 0, name));
    return text ? text : "";
}

static int64_t number(const struct work *taken, size_t row, const char *name)
{
    return strtoll(column(taken, row, name), NULL, 10);
}

static void task_read(struct work *w, const struct work *taken, size_t row)
{
    const struct {
        const char *name;
        const char **into;
    } texts[] = {
        {"task", &w->task.id},
        {"act", &w->task.act},
        {"key", &w->task.key},
        {"currency", &w->task.currency},
        {"order_number", &w->task.number},
        {"payment", &w->task.payment},
        {"refund", &w->task.refund},
        {"setup", &w->task.setup},
        {"provider_ref", &w->task.provider_ref},
        {"session_ref", &w->task.session_ref},
        {"refund_ref", &w->task.refund_ref},
        {"customer", &w->task.customer},
        {"method", &w->task.method},
        {"email", &w->task.email},
        {"language", &w->task.language},
        {"channel", &w->task.channel},
        {"payment_state", &w->task.payment_state},
        {"code", &w->task.code},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i].into = arena_strdup(w->arena, column(taken, row, texts[i].name));
    w->task.amount = number(taken, row, "amount");
    w->task.keyed_at = number(taken, row, "keyed_at");
    w->task.now = number(taken, row, "now_at");
    w->task.tries = number(taken, row, "tries");
}

static void begin_row(struct gateway *g, const struct work *taken, size_t row)
{
    struct arena *arena = arena_new();
    struct work *w = ARENA_NEW(arena, struct work);
    *w = (struct work){.gateway = g, .arena = arena, .begun = loop_now(g->loop)};
    task_read(w, taken, row);
    g->in_work++;
    begin(w);
}

static void took(void *arg)
{
    struct work *taken = arg;
    struct gateway *g = taken->gateway;
    size_t n = db_status(taken->batch) == STATUS_OK ? db_rows(taken->batch, 0) : 0;
    g->taking = false;
    for (size_t i = 0; i < n; i++)
        begin_row(g, taken, i);
    arena_free(taken->arena);
    stop_when_idle(g);
}

static void begun(void *arg)
{
    struct work *w = arg;
    w->gateway->is_known = db_status(w->batch) == STATUS_OK;
    arena_free(w->arena);
}

/* Until it has begun once, which does nothing the second time. */
static void begin_looking(struct gateway *g)
{
    struct arena *arena = arena_new();
    struct work *w = ARENA_NEW(arena, struct work);
    *w = (struct work){.gateway = g, .arena = arena, .batch = db_batch_new(arena, DB_COMMIT)};
    db_batch_add(w->batch, Q_gateway_begins, 0, NULL);
    db_send(g->db, w->batch, begun, w);
}

static void look(void *arg)
{
    struct gateway *g = arg;
    int room = g->plan->at_once - g->in_work;
    if (g->taking || g->draining || room <= 0 || !db_is_ready(g->db))
        return;
    if (!g->is_ready) {
        g->is_ready = true;
        process_ready();
    }
    if (!g->is_known)
        begin_looking(g);
    struct arena *arena = arena_new();
    struct work *taken = ARENA_NEW(arena, struct work);
    *taken = (struct work){.gateway = g, .arena = arena, .batch = db_batch_new(arena, DB_COMMIT)};
    DB_ADD(taken->batch, Q_gateway_take, g->holder, db_text_int(arena, room));
    g->taking = true;
    db_send(g->db, taken->batch, took, taken);
}

/* ---- how the queue stands -------------------------------------------------------------------- */

static void stood(void *arg)
{
    static const enum metric gauges[] = {METRIC_gateway_waiting, METRIC_gateway_oldest_seconds};
    struct work *w = arg;
    struct gateway *g = w->gateway;
    for (int i = 0; i < 2 && db_status(w->batch) == STATUS_OK; i++) {
        int64_t now = db_int(w->batch, 0, 0, i);
        metric_add(gauges[i], now - g->shown[i]);
        g->shown[i] = now;
    }
    arena_free(w->arena);
}

static void stand(void *arg)
{
    struct gateway *g = arg;
    if (!db_is_ready(g->db))
        return;
    struct arena *arena = arena_new();
    struct work *w = ARENA_NEW(arena, struct work);
    *w = (struct work){.gateway = g, .arena = arena, .batch = db_batch_new(arena, DB_READ)};
    db_batch_add(w->batch, Q_gateway_stand, 0, NULL);
    db_send(g->db, w->batch, stood, w);
}

/* ---- the process ----------------------------------------------------------------------------- */

static void drain(void *arg, int what)
{
    (void)what;
    struct gateway *g = arg;
    g->draining = true;
    stop_when_idle(g);
}

/* The first line of the file. */
static bool read_key(const char *path, char out[KEY_MOST])
{
    FILE *file = fopen(path, "re");
    bool ok = file && fgets(out, KEY_MOST, file);
    if (file)
        fclose(file);
    if (ok)
        out[strcspn(out, "\r\n")] = '\0';
    ok = ok && *out &&
         strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                     "0123456789_-") == strlen(out);
    if (!ok)
        log_event(LOG_ERROR_, "gateway_key", "file", path, "why",
                  file ? "its first line is no key" : strerror(errno), NULL);
    return ok;
}

static void wire_up(struct gateway *g, const char *key)
{
    const struct gateway_plan *plan = g->plan;
    g->loop = loop_new();
    g->db = db_new(g->loop, &(struct db_config){.conninfo = plan->conninfo,
                                                .role = "partyline_gateway",
                                                .connections = {[DB_READ] = 1, [DB_COMMIT] = 2}});
    g->provider = provider_new(g->loop, &(struct provider_config){.url = plan->url,
                                                                  .key = key,
                                                                  .ca_file = plan->ca_file,
                                                                  .timeout_ms = plan->timeout_ms,
                                                                  .at_once = plan->at_once});
    g->looks = loop_timer_new(g->loop, LOOK_MS, true, look, g);
    g->stands = loop_timer_new(g->loop, STAND_MS, true, stand, g);
}

int gateway_run(const struct gateway_plan *plan)
{
    struct gateway g = {.plan = plan,
                        .terms = {.public_url = plan->public_url,
                                  .link_minutes = plan->link_minutes,
                                  .moto = plan->moto}};
    char key[KEY_MOST], host[40] = "";
    if (!read_key(plan->key_file, key))
        return 1;
    gethostname(host, sizeof host - 1);
    snprintf(g.holder, sizeof g.holder, "%s:%d", host, (int)getpid());
    wire_up(&g, key);
    struct loop_watch *term = loop_signal_new(g.loop, SIGTERM, drain, &g);
    loop_run(g.loop);
    loop_timer_free(g.looks);
    loop_timer_free(g.stands);
    provider_free(g.provider);
    db_free(g.db);
    loop_watch_free(term);
    loop_free(g.loop);
    explicit_bzero(key, sizeof key);
    return 0;
}
