/* What the provider's words mean, by tables: Stripe's status of each object, and its errors. */
#include "core/date.h"
#include "core/tr.h"
#include "server/gateway/step.h"

#include <string.h>

static const struct {
    const char *name, *method, *object;
} steps[STEP_COUNT] = {
#define STEP(name, method, path, object) [STEP_##name] = {#name, #method, object},
#include "server/gateway/step.def"
#undef STEP
};
static const char *const outcomes[OUTCOME_COUNT] = {
#define OUTCOME(name, level) #name,
#include "server/gateway/outcome.def"
#undef OUTCOME
};

const char *outcome_name(enum outcome outcome)
{
    return outcome < OUTCOME_COUNT ? outcomes[outcome] : "";
}

/* One step's reading. */
struct reading {
    struct arena *arena;
    enum step step;
    struct task *task;
    const struct heard *heard;
    struct answer *out;
};

/* ---- JSON ------------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static bool is(const json_t *object, const char *name, const char *value)
{
    return strcmp(text_of(object, name), value) == 0;
}

/* A name, or the object in its place when it was asked to be there. */
static const char *id_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    return json_is_object(member) ? text_of(member, "id") : text_of(object, name);
}

static void release_json(void *what)
{
    json_decref(what);
}

static json_t *detail(struct reading *r)
{
    if (!r->out->detail) {
        r->out->detail = json_object();
        arena_defer(r->arena, release_json, r->out->detail);
    }
    return r->out->detail;
}

static void detail_text(struct reading *r, const char *name, const char *value)
{
    if (*value)
        json_object_set_new(detail(r), name, json_string(value));
}

/* ---- how a step ends ------------------------------------------------------------------------- */

static void ends(struct reading *r, enum outcome outcome)
{
    r->out->outcome = outcome;
}

static void goes_on(struct reading *r, enum step next)
{
    r->out->next = next;
}

static void why(struct reading *r, const char *code, const char *say)
{
    r->out->code = arena_strdup(r->arena, code);
    detail_text(r, "code", code);
    detail_text(r, "why", say);
}

static bool act_is(const struct reading *r, const char *act)
{
    return strcmp(r->task->act, act) == 0;
}

/* ---- a payment ------------------------------------------------------------------------------- */

/* The first row that fits: of an act (NULL: any), by the payment's status (NULL: any). */
static const struct {
    const char *act, *status;
    enum outcome outcome;
    const char *code, *say; /* where it is declined, and the provider gives no reason */
} intents[] = {
    {"cancel", "canceled", OUTCOME_cancelled, NULL, NULL},
    {"cancel", "succeeded", OUTCOME_captured, NULL, NULL},
    {"cancel", "processing", OUTCOME_pending, NULL, NULL},
    {"cancel", NULL, OUTCOME_burnt, NULL, NULL},
    {"capture", "succeeded", OUTCOME_captured, NULL, NULL},
    {"capture", "processing", OUTCOME_pending, NULL, NULL},
    {"capture", "requires_capture", OUTCOME_burnt, NULL, NULL},
    {"capture", "canceled", OUTCOME_declined, "hold_over", N_("The hold on the card has run out.")},
    {NULL, "requires_capture", OUTCOME_authorised, NULL, NULL},
    {NULL, "succeeded", OUTCOME_captured, NULL, NULL},
    {NULL, "processing", OUTCOME_pending, NULL, NULL},
    {NULL, "requires_action", OUTCOME_declined, "authentication_required",
     N_("The bank wants to ask the card's owner: send a link to pay.")},
    {NULL, "canceled", OUTCOME_declined, "canceled", N_("The payment was called off.")},
    {NULL, "requires_payment_method", OUTCOME_declined, "card_declined",
     N_("The card was declined.")},
    {NULL, "requires_confirmation", OUTCOME_pending, NULL, NULL},
};

/* What it has taken may be less than it was asked for by then, or more. */
static void read_received(struct reading *r, const json_t *intent)
{
    json_t *received = json_object_get(intent, "amount_received");
    if (json_integer_value(received) > 0)
        json_object_set(detail(r), "received", received);
}

static void read_intent(struct reading *r, const json_t *intent)
{
    const json_t *error = json_object_get(intent, "last_payment_error");
    r->out->ref = arena_strdup(r->arena, text_of(intent, "id"));
    for (size_t i = 0; i < ARRAY_LEN(intents); i++) {
        if ((intents[i].act && !act_is(r, intents[i].act)) ||
            (intents[i].status && !is(intent, "status", intents[i].status)))
            continue;
        ends(r, intents[i].outcome);
        if (intents[i].outcome == OUTCOME_captured)
            read_received(r, intent);
        if (intents[i].code) {
            const char *said = text_of(error, "message");
            why(r, *text_of(error, "code") ? text_of(error, "code") : intents[i].code,
                *said ? said : intents[i].say);
        }
        return;
    }
    ends(r, OUTCOME_pending); /* a status that did not exist when this was written */
}

/* ---- a link ---------------------------------------------------------------------------------- */

static void read_made(struct reading *r, const json_t *session)
{
    if (!*text_of(session, "url")) {
        ends(r, OUTCOME_unknown);
        return;
    }
    detail_text(r, "session", text_of(session, "id"));
    detail_text(r, "url", text_of(session, "url"));
    ends(r, OUTCOME_session);
}

static void read_complete(struct reading *r, const json_t *session)
{
    const json_t *intent = json_object_get(session, "payment_intent");
    r->task->provider_ref = arena_strdup(r->arena, id_of(session, "payment_intent"));
    if (act_is(r, "cancel") || act_is(r, "expire"))
        goes_on(r, STEP_cancel);
    else if (json_is_object(intent))
        read_intent(r, intent);
    else
        goes_on(r, STEP_intent);
}

static void read_session(struct reading *r, const json_t *session)
{
    bool off = act_is(r, "cancel") || act_is(r, "expire");
    if (r->step == STEP_session || r->step == STEP_setup) {
        read_made(r, session);
    } else if (is(session, "status", "complete") && *id_of(session, "payment_intent")) {
        read_complete(r, session);
    } else if (is(session, "status", "expired")) {
        ends(r, off ? OUTCOME_cancelled : OUTCOME_declined);
        if (!off)
            why(r, "expired", N_("The link has run out before it was used."));
    } else {
        ends(r, off ? OUTCOME_burnt : OUTCOME_pending);
    }
}

/* ---- a card ---------------------------------------------------------------------------------- */

/* A card is good to the end of its month. */
static const char *last_day(struct arena *arena, const json_t *card)
{
    char out[DATE_TEXT];
    int year = (int)json_integer_value(json_object_get(card, "exp_year"));
    int month = (int)json_integer_value(json_object_get(card, "exp_month"));
    if (year < 1970 || year > 2999 || month < 1 || month > 12)
        return "";
    struct date next = date_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
    return arena_strdup(arena, date_format(out, (struct date){next.days - 1}));
}

static void read_card(struct reading *r, const json_t *method, const char *customer)
{
    const json_t *card = json_object_get(method, "card");
    const char *expires = last_day(r->arena, card);
    if (!*expires || !*customer || !*text_of(method, "id") || strlen(text_of(card, "last4")) != 4) {
        ends(r, OUTCOME_later);
        r->out->code = "no_card";
        return;
    }
    detail_text(r, "customer", customer);
    detail_text(r, "method", text_of(method, "id"));
    detail_text(r, "brand", *text_of(card, "brand") ? text_of(card, "brand") : "card");
    detail_text(r, "last4", text_of(card, "last4"));
    detail_text(r, "expires", expires);
    detail_text(r, "funding", text_of(card, "funding"));
    detail_text(r, "country", text_of(card, "country"));
    ends(r, OUTCOME_saved);
}

static void read_setup(struct reading *r, const json_t *session)
{
    const json_t *intent = json_object_get(session, "setup_intent");
    if (is(session, "status", "complete") && is(intent, "status", "succeeded"))
        read_card(r, json_object_get(intent, "payment_method"), id_of(session, "customer"));
    else
        read_session(r, session);
}

/* ---- a refund -------------------------------------------------------------------------------- */

static void read_refund(struct reading *r, const json_t *refund)
{
    r->out->ref = arena_strdup(r->arena, text_of(refund, "id"));
    if (is(refund, "status", "succeeded")) {
        ends(r, OUTCOME_refunded);
    } else if (is(refund, "status", "failed") || is(refund, "status", "canceled")) {
        ends(r, OUTCOME_refused);
        why(r, *text_of(refund, "failure_reason") ? text_of(refund, "failure_reason") : "failed",
            N_("The card's bank did not take the refund."));
    } else {
        ends(r, OUTCOME_pending);
    }
}

/* ---- disputes -------------------------------------------------------------------------------- */

/* What has been withdrawn for it and not brought back, in its own currency; `fee`: beside that. */
static void read_withdrawn(const json_t *dispute, int64_t *taken, int64_t *fee)
{
    const json_t *moves = json_object_get(dispute, "balance_transactions");
    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        if (!is(move, "currency", text_of(dispute, "currency")))
            continue;
        *taken -= json_integer_value(json_object_get(move, "amount"));
        *fee += json_integer_value(json_object_get(move, "fee"));
    }
}

static json_t *read_dispute(const json_t *dispute)
{
    const json_t *due = json_object_get(json_object_get(dispute, "evidence_details"), "due_by");
    int64_t taken = 0, fee = 0;
    read_withdrawn(dispute, &taken, &fee);
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "dispute", text_of(dispute, "id"), "status",
                  text_of(dispute, "status"), "reason", text_of(dispute, "reason"), "amount",
                  json_integer_value(json_object_get(dispute, "amount")), "taken",
                  (json_int_t)taken, "fee", (json_int_t)fee);
    if (json_integer_value(due) > 0)
        json_object_set_new(out, "due_by", json_integer(json_integer_value(due)));
    return out;
}

static void read_disputes(struct reading *r, const json_t *list)
{
    const json_t *data = json_object_get(list, "data");
    json_t *all = json_array();
    for (size_t i = 0; i < json_array_size(data); i++)
        json_array_append_new(all, read_dispute(json_array_get(data, i)));
    json_object_set_new(detail(r), "disputes", all);
    ends(r, OUTCOME_disputes);
}

/* The newest hundred: there are not as many within a quarter of an hour. */
static void read_disputed(struct reading *r, const json_t *list)
{
    const json_t *data = json_object_get(list, "data");
    json_t *all = json_array();
    for (size_t i = 0; i < json_array_size(data); i++) {
        const char *intent = id_of(json_array_get(data, i), "payment_intent");
        if (*intent)
            json_array_append_new(all, json_string(intent));
    }
    json_object_set_new(detail(r), "payments", all);
    ends(r, OUTCOME_disputes);
}

/* ---- looking for what may have been made ----------------------------------------------------- */

static void read_found(struct reading *r, const json_t *list)
{
    const char *mark = step_mark(r->arena, r->task);
    const json_t *data = json_object_get(list, "data");
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *one = json_array_get(data, i);
        if (!is(json_object_get(one, "metadata"), "question", mark))
            continue;
        if (r->step == STEP_find_intent)
            read_intent(r, one);
        else
            read_refund(r, one);
        return;
    }
    const char *last = text_of(json_array_get(data, json_array_size(data) - 1), "id");
    if (!json_is_true(json_object_get(list, "has_more"))) {
        ends(r, OUTCOME_burnt); /* it was never made */
    } else if (*last) {
        r->task->after = arena_strdup(r->arena, last);
        goes_on(r, r->step);
    } else {
        ends(r, OUTCOME_unknown);
    }
}

static void read_customer(struct reading *r, const json_t *customer)
{
    r->task->customer = arena_strdup(r->arena, text_of(customer, "id"));
    goes_on(r, STEP_methods);
}

static void read_methods(struct reading *r, const json_t *list)
{
    read_card(r, json_array_get(json_object_get(list, "data"), 0), r->task->customer);
}

static void read_detached(struct reading *r, const json_t *method)
{
    (void)method;
    ends(r, OUTCOME_removed);
}

static void (*const readers[STEP_COUNT])(struct reading *r, const json_t *object) = {
    [STEP_authorise] = read_intent,     [STEP_intent] = read_intent,
    [STEP_find_intent] = read_found,    [STEP_capture] = read_intent,
    [STEP_cancel] = read_intent,        [STEP_session] = read_session,
    [STEP_session_look] = read_session, [STEP_expire] = read_session,
    [STEP_refund] = read_refund,        [STEP_refund_look] = read_refund,
    [STEP_find_refund] = read_found,    [STEP_setup] = read_session,
    [STEP_setup_look] = read_setup,     [STEP_adopt] = read_customer,
    [STEP_methods] = read_methods,      [STEP_detach] = read_detached,
    [STEP_dispute] = read_disputes,     [STEP_disputes] = read_disputed,
};

/* ---- errors ---------------------------------------------------------------------------------- */

/* The provider says the same under a key for a day, failures too: whether it has happened is to be
 * found out by another question, and then it is asked under another key. */
static const enum step finders[STEP_COUNT] = {
    [STEP_authorise] = STEP_find_intent, [STEP_capture] = STEP_intent,
    [STEP_cancel] = STEP_intent,         [STEP_refund] = STEP_find_refund,
    [STEP_expire] = STEP_session_look,
};

static void find_out(struct reading *r)
{
    if (finders[r->step])
        goes_on(r, finders[r->step]);
    else
        ends(r, OUTCOME_burnt); /* nobody knows of what may have been made: it costs nothing */
}

static bool is_post(const struct reading *r)
{
    return strcmp(steps[r->step].method, "POST") == 0;
}

/* What has no answer, or one that says nothing: it may have happened if it was to do something. */
static void no_answer(struct reading *r, bool arrived, const char *code)
{
    r->out->code = code;
    ends(r, arrived && is_post(r) ? OUTCOME_unknown : OUTCOME_later);
}

enum treatment { REFUSED, LATER, LOUD, DECLINED, FIND, STATE, GONE, DISPUTED };

/* The first row that fits: code of HTTP (0: any), the error's type and code (NULL: any), the step
 * (STEP_NONE: any). */
static const struct {
    int http;
    const char *type, *code;
    enum step step;
    enum treatment treatment;
} errors[] = {
    {401, NULL, NULL, STEP_NONE, LOUD}, /* the key is wrong: nobody's card is to blame */
    {403, NULL, NULL, STEP_NONE, LOUD},
    {409, NULL, NULL, STEP_NONE, LATER}, /* the same key is in work */
    {429, NULL, NULL, STEP_NONE, LATER},
    {0, "idempotency_error", NULL, STEP_NONE, FIND},
    {0, NULL, "lock_timeout", STEP_NONE, LATER},
    {0, NULL, "rate_limit", STEP_NONE, LATER},
    {0, "card_error", NULL, STEP_authorise, DECLINED},
    {0, "card_error", NULL, STEP_capture, DECLINED},
    {0, NULL, "payment_intent_unexpected_state", STEP_capture, STATE},
    {0, NULL, "payment_intent_unexpected_state", STEP_cancel, STATE},
    {0, NULL, "charge_already_captured", STEP_capture, STATE},
    {0, NULL, "charge_disputed", STEP_refund, DISPUTED},
    {0, NULL, NULL, STEP_detach, GONE},    /* it was not attached any more */
    {400, NULL, NULL, STEP_expire, STATE}, /* only an open one can be ended */
    {0, NULL, NULL, STEP_NONE, REFUSED},
};

static void read_declined(struct reading *r, const json_t *error)
{
    const char *id = id_of(error, "payment_intent");
    if (*id)
        r->out->ref = arena_strdup(r->arena, id);
    ends(r, OUTCOME_declined);
    why(r,
        *text_of(error, "decline_code") ? text_of(error, "decline_code") : text_of(error, "code"),
        *text_of(error, "message") ? text_of(error, "message") : N_("The card was declined."));
}

static void read_error(struct reading *r, const json_t *error)
{
    size_t i = 0;
    while ((errors[i].http && errors[i].http != r->heard->code) ||
           (errors[i].type && !is(error, "type", errors[i].type)) ||
           (errors[i].code && !is(error, "code", errors[i].code)) ||
           (errors[i].step && errors[i].step != r->step))
        i++;
    r->out->code = arena_strdup(r->arena, *text_of(error, "code") ? text_of(error, "code")
                                                                  : text_of(error, "type"));
    switch (errors[i].treatment) {
    case LOUD:
        r->out->code = "key_refused";
        r->out->loud = true;
        ends(r, OUTCOME_later);
        break;
    case LATER:
        ends(r, OUTCOME_later);
        break;
    case DECLINED:
        read_declined(r, error);
        break;
    case FIND:
    case STATE:
        find_out(r);
        break;
    case GONE:
        ends(r, OUTCOME_removed);
        break;
    case DISPUTED:
        ends(r, OUTCOME_disputed);
        break;
    case REFUSED:
        ends(r, OUTCOME_refused);
        why(r, r->out->code, N_("The payment provider refused it."));
        break;
    }
}

void step_answer(struct arena *arena, enum step step, struct task *task, const struct heard *heard,
                 struct answer *out)
{
    struct reading r = {arena, step, task, heard, out};
    const json_t *error = json_object_get(heard->body, "error");
    *out = (struct answer){.code = ""};
    if (heard->code == 0)
        no_answer(&r, heard->sent, "no_answer");
    else if (heard->code >= 500 && heard->replayed)
        find_out(&r);
    else if (heard->code >= 500)
        no_answer(&r, true, "server_error");
    else if (heard->code >= 200 && heard->code < 300 &&
             is(heard->body, "object", steps[step].object))
        readers[step](&r, heard->body);
    else if (heard->code >= 200 && heard->code < 300)
        no_answer(&r, true, "not_understood");
    else if (*text_of(error, "type") || heard->code == 429 || heard->code == 409)
        read_error(&r, error);
    else {
        no_answer(&r, false, "not_the_provider"); /* whatever answers there does not speak for it */
        out->loud = true;
    }
}
