/* Promotions: written as text, published by date, ended; their coupons. What is written is kept
 * with its mistakes, so that nothing is lost; publishing takes a text without. */
#include "core/promo/promotion.h"
#include "server/api/promotion_text.h"
#include "server/api/routes.h"

#include <string.h>

enum { PROMOTIONS_USUAL = 50, PROMOTIONS_MOST = 200, CODES_MOST = 1000, CODE_MOST = 32 };
enum {
    COL_CODE,
    COL_MARKET,
    COL_STATE,
    COL_REV,
    COL_DRAFT,
    COL_USES,
    COL_SPENT,
    COL_CHANGED_AT,
    COL_CHANGED_BY,
    COL_COUPONS,
    COL_CURRENCY,
    COL_EXPONENT,
    COL_TODAY
};
enum { LIST_NAME = 11 };
enum { KEY_DONE = 1 }; /* the statement behind promotion_get */

static const char *const list_names[] = {"code",   "market",     "state",      "rev",
                                         "?draft", "#version",   "from",       "to",
                                         "#uses",  "changed_at", "changed_by", NULL};
static const char *const head_names[] = {
    "code",       "market",     "state",    "rev",      "draft",     "#uses", "#spent",
    "changed_at", "changed_by", "#coupons", "currency", "#exponent", NULL};
static const char *const version_names[] = {"#version",     "text",         "from",  "to",
                                            "published_at", "published_by", "?over", NULL};

/* Adds the name, the lane and the sentence of what is written; null when it does not read. */
static void told(struct call *c, json_t *o, const char *market, const char *text)
{
    struct problems problems;
    struct promotion p;
    problems_init(&problems, c->arena);
    bool reads = text && promotion_text_read(c, market, text, &p, &problems);
    const struct market_snapshot *m = reads ? catalogue_snapshot_market(c->snapshot, market) : NULL;
    json_object_set_new(o, "name", m ? json_string(promotion_name(&p, c->language)) : json_null());
    json_object_set_new(o, "lane", m ? json_string(lane_name(p.lane)) : json_null());
    json_object_set_new(o, "say",
                        m ? json_string(promotion_say(c->arena, c->language, &m->catalogue, &p))
                          : json_null());
}

static bool refused(struct call *c, const char *result, const char *rev)
{
    if (strcmp(result, "unknown") == 0)
        call_fail(c, STATUS_NOT_FOUND, "there is no such promotion");
    else if (strcmp(result, "stale") == 0 || strcmp(result, "exists") == 0)
        call_problems(c, STATUS_STALE, NULL, rev ? "rev" : NULL, rev ? json_string(rev) : NULL);
    else if (strcmp(result, "nothing") == 0)
        call_fail(c, STATUS_STATE, "there is nothing to publish or to end");
    else if (strcmp(result, "reused") == 0)
        call_fail(c, STATUS_KEY_REUSED, NULL);
    else
        return false;
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void list_reply(struct call *c)
{
    int64_t most = *(int64_t *)c->state;
    json_t *items = call_rows(c->batch, 0, list_names);
    size_t n = json_array_size(items);
    for (size_t i = 0; i < n; i++)
        told(c, json_array_get(items, i), db_value(c->batch, 0, i, COL_MARKET),
             db_value(c->batch, 0, i, LIST_NAME));
    json_t *next =
        (int64_t)n == most ? json_string(db_value(c->batch, 0, n - 1, COL_CODE)) : json_null();
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static void list_load(struct call *c)
{
    int64_t *most = c->state = ARENA_NEW(c->arena, int64_t);
    const char *market = http_query(c->request, "market");
    if (!(*most = call_limit(c, PROMOTIONS_USUAL, PROMOTIONS_MOST)))
        return;
    DB_ADD(call_read(c), Q_promotion_list, c->actor.market ? c->actor.market : market,
           http_query(c->request, "state"), http_query(c->request, "cursor"),
           db_text_int(c->arena, *most));
    call_then(c, list_reply);
}

void promotion_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

static bool found(struct call *c)
{
    if (db_rows(c->batch, 0))
        return true;
    call_fail(c, STATUS_NOT_FOUND, "there is no such promotion");
    return false;
}

static void get_reply(struct call *c)
{
    const struct db_batch *b = c->batch;
    if (!found(c))
        return;
    json_t *o = call_row(b, 0, 0, head_names), *versions = call_rows(b, 1, version_names);
    const char *draft = db_value(b, 0, 0, COL_DRAFT);
    const char *text = draft ? draft : db_rows(b, 1) ? db_value(b, 1, 0, 1) : "";
    json_object_set_new(o, "text", json_string(text));
    told(c, o, db_value(b, 0, 0, COL_MARKET), text);
    json_object_set_new(o, "versions", versions);
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", db_value(b, 0, 0, COL_REV)));
    call_reply(c, STATUS_OK, o);
}

static void get_load(struct call *c)
{
    DB_ADD(call_read(c), Q_promotion_get, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_promotion_versions, c->params[0]);
    call_then(c, get_reply);
}

void promotion_get(struct call *c)
{
    call_read(c);
    call_then(c, get_load);
}

/* ---- writing --------------------------------------------------------------------------------- */

struct writing {
    const char *text, *market, *rev, *from, *key, *hash;
    const char *const *codes;
    size_t ncodes;
    int64_t limit;
    struct problems mistakes;
};

static void saved(struct call *c)
{
    struct writing *w = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *rev = db_value(c->batch, 0, 0, 1);
    if (refused(c, result, rev))
        return;
    json_t *o = json_pack("{s:s,s:s,s:o}", "code", c->params[0], "rev", rev, "problems",
                          wire_problems_write(c->arena, c->language, &w->mistakes));
    told(c, o, w->market, w->text);
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", rev));
    call_reply(c, strcmp(result, "created") == 0 ? STATUS_CREATED : STATUS_OK, o);
}

static void save(struct call *c)
{
    struct writing *w = c->state;
    struct promotion promotion;
    problems_init(&w->mistakes, c->arena);
    promotion_text_own(c, w->market, w->text, &promotion, &w->mistakes);
    DB_ADD(call_write(c), Q_promotion_save, c->params[0], w->market, w->text, w->rev,
           c->actor.login_id, c->actor.market, c->request->id);
    call_then(c, saved);
}

void promotion_put(struct call *c)
{
    static const char *const names[] = {"market", "text", NULL};
    struct writing *w = c->state = ARENA_NEW(c->arena, struct writing);
    const char *none = http_header(c->exchange, "If-None-Match");
    *w = (struct writing){.market = ""};
    if (!promotion_code_ok(c) || (!none && !(w->rev = call_if_match(c))) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "market", 2, true, &w->market);
    w->text = promotion_text_take(c);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c) || !call_market(c, w->market))
        return;
    call_read(c);
    call_then(c, save);
}

/* ---- publishing and ending ------------------------------------------------------------------- */

static void published(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *rev = db_value(c->batch, 0, 0, 2);
    if (refused(c, result, rev))
        return;
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", rev));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:I,s:s}", "code", c->params[0], "state", "published", "version",
                         (json_int_t)db_int(c->batch, 0, 0, 1), "rev", rev));
}

static const char *day_text(struct call *c, struct date date)
{
    char text[DATE_TEXT];
    bool open = date.days == DATE_MIN.days || date.days == DATE_MAX.days;
    return open ? NULL : arena_strdup(c->arena, date_format(text, date));
}

/* From the day that is asked for, or today: what was bought before is not priced anew. */
static bool first_day(struct call *c, const struct writing *w, struct date *out)
{
    *out = (struct date){(int32_t)db_int(c->batch, 0, 0, COL_TODAY)};
    if (!w->from || date_parse(w->from, out))
        return true;
    call_fail(c, STATUS_MALFORMED, "from is a day of the calendar, like 2026-01-31");
    return false;
}

static void publish_store(struct call *c, struct date from, const struct promotion *p)
{
    struct writing *w = c->state;
    DB_ADD(call_write(c), Q_promotion_publish, c->params[0], c->actor.market, w->rev,
           day_text(c, from), day_text(c, p->to), db_text_int(c->arena, p->limit_uses),
           db_text_int(c->arena, p->limit_person), db_text_int(c->arena, p->limit_budget.minor),
           w->key, w->hash, c->actor.login_id, c->request->id);
    call_then(c, published);
}

/* What the key has done already is told by the database, whatever the promotion has become. */
static bool is_done(const struct call *c)
{
    return db_rows(c->batch, KEY_DONE) > 0;
}

static void publish(struct call *c)
{
    struct writing *w = c->state;
    struct promotion p = {.to = DATE_MAX};
    struct date from;
    if (!found(c) || !first_day(c, w, &from))
        return;
    const char *text = db_value(c->batch, 0, 0, COL_DRAFT),
               *rev = db_value(c->batch, 0, 0, COL_REV);
    if (!is_done(c)) {
        if (strcmp(rev, w->rev) != 0) {
            refused(c, "stale", rev);
            return;
        }
        if (!text) {
            refused(c, "nothing", NULL);
            return;
        }
        c->problems.count = 0;
        if (promotion_text_own(c, db_value(c->batch, 0, 0, COL_MARKET), text, &p, &c->problems)) {
            if (p.from.days > from.days)
                from = p.from;
            if (from.days >= p.to.days)
                problems_add(&c->problems, PROBLEM_promotion_over, "/from", NULL);
        }
        if (c->problems.count) {
            call_problems(c, STATUS_PROBLEMS, &c->problems, NULL, NULL);
            return;
        }
    }
    publish_store(c, from, &p);
}

static void ended(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *rev = db_value(c->batch, 0, 0, 1);
    if (refused(c, result, rev))
        return;
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", rev));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:s}", "code", c->params[0], "state", "ended", "rev", rev));
}

static void end(struct call *c)
{
    struct writing *w = c->state;
    struct date from;
    if (!found(c) || !first_day(c, w, &from))
        return;
    DB_ADD(call_write(c), Q_promotion_end, c->params[0], c->actor.market, w->rev, day_text(c, from),
           w->key, w->hash, c->actor.login_id, c->request->id);
    call_then(c, ended);
}

static void look(struct call *c, call_step *next)
{
    const struct writing *w = c->state;
    DB_ADD(call_read(c), Q_promotion_get, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_key_done, w->key);
    call_then(c, next);
}

static void publish_look(struct call *c)
{
    look(c, publish);
}

static void end_look(struct call *c)
{
    look(c, end);
}

/* A request of its own by its key, the promotion's code and what it says. */
static struct writing *keyed(struct call *c)
{
    struct writing *w = c->state = ARENA_NEW(c->arena, struct writing);
    *w = (struct writing){.market = ""};
    return promotion_code_ok(c) && (w->key = call_key(c)) ? w : NULL;
}

static void dated(struct call *c, const char *what, call_step *next)
{
    static const char *const names[] = {"from", NULL};
    struct writing *w = keyed(c);
    if (!w || !(w->rev = call_if_match(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "from", 10, false, &w->from);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    w->hash = arena_printf(c->arena, "%s %s %s", what, c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, next);
}

void promotion_publish(struct call *c)
{
    dated(c, "publish", publish_look);
}

void promotion_end(struct call *c)
{
    dated(c, "end", end_look);
}

/* ---- coupons --------------------------------------------------------------------------------- */

static void coupons_made(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0);
    if (refused(c, result, NULL))
        return;
    if (strcmp(result, "taken") == 0)
        call_problems(c, STATUS_STATE, NULL, "taken",
                      json_loads(db_value(c->batch, 0, 0, 1), 0, NULL));
    else
        call_reply(c, STATUS_CREATED,
                   json_pack("{s:s,s:I}", "code", c->params[0], "made",
                             (json_int_t)db_int(c->batch, 0, 0, 2)));
}

static void coupons_store(struct call *c)
{
    struct writing *w = c->state;
    DB_ADD(call_write(c), Q_promotion_coupons, c->params[0], c->actor.market,
           db_array_text(c->arena, w->codes, w->ncodes), db_text_int(c->arena, w->limit), w->key,
           w->hash, c->actor.login_id, c->request->id);
    call_then(c, coupons_made);
}

void promotion_coupons(struct call *c)
{
    static const char *const names[] = {"codes", "limit", NULL};
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    struct writing *w = keyed(c);
    if (!w || !call_body(c))
        return;
    w->ncodes = wire_strings(&c->reader, c->body, "", "codes", CODES_MOST, CODE_MOST, &w->codes);
    if (!w->ncodes)
        wire_bad_value(&c->reader, "", "codes", "empty");
    for (size_t i = 0; i < w->ncodes; i++)
        if (strlen(w->codes[i]) < 3 || w->codes[i][0] == '-' ||
            strspn(w->codes[i], letters) != strlen(w->codes[i]))
            wire_bad_value(&c->reader, "/codes", arena_printf(c->arena, "%zu", i), w->codes[i]);
    if (wire_integer(&c->reader, c->body, "", "limit", false, &w->limit) && w->limit < 0)
        wire_bad_value(&c->reader, "", "limit", "below 0");
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    w->hash = arena_printf(c->arena, "coupons %s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, coupons_store);
}
