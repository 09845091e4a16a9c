/* Signing in and out. The try is counted before the password is looked at; an unknown login, a
 * wrong password and a disabled login answer alike and after the same work. */
#include "server/api/routes.h"
#include "server/auth/hasher.h"
#include "server/auth/token.h"
#include "server/auth/totp.h"
#include "server/config.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

#include <string.h>

struct sign_in {
    const char *login, *password, *otp, *desk;
    const char *new_hash; /* of parameters of today */
    const char *totp_step;
    char token[TOKEN_TEXT], token_hash[TOKEN_HASH_HEX];
    bool right;
    size_t begin;
    const struct db_batch *found;
};

enum {
    COL_WAIT,
    COL_ID,
    COL_KIND,
    COL_NAME,
    COL_ROLES,
    COL_MARKET,
    COL_HASH,
    COL_TOTP,
    COL_TOTP_LAST,
    COL_DISABLED,
    COL_NOW
};

static json_t *company_write(const struct catalogue_snapshot *s)
{
    json_t *markets = json_array();
    for (size_t i = 0; i < s->nmarkets; i++) {
        const struct catalogue *m = &s->markets[i].catalogue;
        json_array_append_new(markets, json_pack("{s:s,s:s,s:s,s:i}", "market", m->market, "name",
                                                 s->markets[i].name, "currency", m->currency,
                                                 "exponent", m->exponent));
    }
    return json_pack("{s:s,s:b,s:s,s:o,s:{s:i,s:i,s:i,s:i}}", "name", s->company, "demo", s->demo,
                     "market", s->default_market, "markets", markets, "code_lengths", "sku",
                     s->lengths.length[CODE_SKU], "distributor",
                     s->lengths.length[CODE_DISTRIBUTOR], "order", s->lengths.length[CODE_ORDER],
                     "certificate", s->lengths.length[CODE_CERTIFICATE]);
}

static json_t *roles_write(const char *text)
{
    json_t *roles = json_array();
    while (*text) {
        size_t len = strcspn(text, ",");
        json_array_append_new(roles, json_stringn(text, len));
        text += len + (text[len] == ',');
    }
    return roles;
}

static void refused_reply(struct call *c)
{
    metric_add(METRIC_sign_ins_refused, 1);
    call_fail(c, STATUS_UNAUTHENTICATED, "sign-in and password do not match");
}

/* One answer for all reasons; the reason itself is for the audit. */
static void refuse(struct call *c, const char *why)
{
    struct sign_in *s = c->state;
    c->problems.count = 0;
    DB_ADD(call_write(c), Q_sign_in_refused, db_value(s->found, s->begin, 0, COL_ID), s->login,
           c->request->peer, why, c->request->id);
    log_event(LOG_WARN_, "sign_in_refused", "request", c->request->id, "peer", c->request->peer,
              "why", why, NULL);
    call_then(c, refused_reply);
}

static void signed_in_reply(struct call *c)
{
    struct sign_in *s = c->state;
    const struct db_batch *b = s->found;
    const char *market = db_value(b, s->begin, 0, COL_MARKET);
    if (!db_bool(c->batch, 0, 0, 0)) {
        refuse(c, "code used before");
        return;
    }
    metric_add(METRIC_sign_ins, 1);
    json_t *actor = json_pack("{s:s,s:s,s:s,s:s?,s:o}", "kind", db_value(b, s->begin, 0, COL_KIND),
                              "id", s->login, "name", db_value(b, s->begin, 0, COL_NAME), "market",
                              market, "roles", roles_write(db_value(b, s->begin, 0, COL_ROLES)));
    json_t *body =
        json_pack("{s:s,s:s,s:o,s:o}", "token", s->token, "expires_at", db_value(c->batch, 0, 0, 1),
                  "actor", actor, "company", company_write(c->snapshot));
    call_reply(c, STATUS_CREATED, body);
    secret_wipe(s->token);
}

/* False when the code is wrong; asks for one where it is needed and missing. */
static bool second_factor(struct call *c, bool *missing)
{
    struct sign_in *s = c->state;
    const struct db_batch *b = s->found;
    const char *hex = db_value(b, s->begin, 0, COL_TOTP);
    *missing = false;
    if (!hex || !hex[0])
        return true;
    if (!s->otp) {
        *missing = true;
        return false;
    }
    int64_t step = totp_match_hex(hex, s->otp, db_int(b, s->begin, 0, COL_NOW),
                                  db_int(b, s->begin, 0, COL_TOTP_LAST));
    if (step >= 0)
        s->totp_step = db_text_int(c->arena, step);
    return step >= 0;
}

static void ask_for_code(struct call *c)
{
    problem_set_words(problems_add(&c->problems, PROBLEM_required, "/otp", NULL), "what",
                      N_("The code of your authenticator"));
    call_fail(c, STATUS_UNAUTHENTICATED, "a code is needed");
}

static void decide(struct call *c)
{
    struct sign_in *s = c->state;
    const struct db_batch *b = s->found;
    bool missing;
    if (!s->right || db_bool(b, s->begin, 0, COL_DISABLED)) {
        refuse(c, "password");
        return;
    }
    if (!second_factor(c, &missing)) {
        if (missing)
            ask_for_code(c);
        else
            refuse(c, "code");
        return;
    }
    token_new(s->token);
    token_hash_hex(s->token, s->token_hash);
    DB_ADD(call_write(c), Q_sign_in_finish, db_value(b, s->begin, 0, COL_ID), c->request->peer,
           s->token_hash, s->desk, db_text_int(c->arena, c->server->config->session_idle_minutes),
           db_text_int(c->arena, c->server->config->session_hours), s->totp_step, s->new_hash,
           c->request->id);
    call_then(c, signed_in_reply);
}

static void hashed(void *arg, bool ok, const char *new_hash)
{
    struct call *c = arg;
    struct sign_in *s = c->state;
    s->right = ok;
    s->new_hash = new_hash ? arena_strdup(c->arena, new_hash) : NULL;
    decide(c);
}

static void check(struct call *c)
{
    struct sign_in *s = c->state;
    s->found = c->batch;
    int64_t wait = db_int(c->batch, s->begin, 0, COL_WAIT);
    if (wait > 0) {
        metric_add(METRIC_sign_ins_refused, 1);
        call_wait(c, wait);
        return;
    }
    if (!hasher_verify(c->server->hasher, db_value(c->batch, s->begin, 0, COL_HASH), s->password,
                       hashed, c))
        call_fail(c, STATUS_TOO_MANY, "too many sign-ins at this moment");
    secret_wipe((char *)(uintptr_t)s->password);
}

void session_create(struct call *c)
{
    static const char *const names[] = {"login", "password", "otp", "desk", NULL};
    struct sign_in *s = ARENA_NEW(c->arena, struct sign_in);
    c->state = s;
    s->desk = "";
    if (!c->snapshot) {
        call_fail(c, STATUS_UNAVAILABLE, "the catalogue is being read");
        return;
    }
    if (!call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "login", 64, true, &s->login);
    wire_string(&c->reader, c->body, "", "password", 256, true, &s->password);
    wire_string(&c->reader, c->body, "", "otp", 12, false, &s->otp);
    wire_string(&c->reader, c->body, "", "desk", 32, false, &s->desk);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    const struct config *config = c->server->config;
    s->begin = DB_ADD(call_write(c), Q_sign_in_begin, s->login, c->request->peer,
                      db_text_int(c->arena, config->sign_in_tries),
                      db_text_int(c->arena, config->sign_in_lock_minutes),
                      db_text_int(c->arena, config->sign_in_per_address));
    call_then(c, check);
}

static void current_reply(struct call *c)
{
    const struct actor *a = &c->actor;
    json_t *actor = json_pack("{s:s,s:s,s:s,s:s?,s:o}", "kind", a->kind, "id", a->login, "name",
                              a->name, "market", a->market, "roles", roles_write(a->roles_text));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:o,s:o}", "expires_at", a->expires_at, "actor", actor, "company",
                         company_write(c->snapshot)));
}

void session_current(struct call *c)
{
    call_read(c);
    call_then(c, current_reply);
}

static void deleted_reply(struct call *c)
{
    call_reply(c, STATUS_NO_CONTENT, NULL);
}

static void close_session(struct call *c)
{
    DB_ADD(call_write(c), Q_session_close, c->actor.token_hash, c->request->id);
    call_then(c, deleted_reply);
}

void session_delete(struct call *c)
{
    call_read(c);
    call_then(c, close_session);
}
