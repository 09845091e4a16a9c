#include "server/gateway/step.h"

#include "core/text.h"
#include "core/tr.h"

#include <string.h>

static const struct {
    const char *name, *method, *path;
} steps[STEP_COUNT] = {
#define STEP(name, method, path, object) [STEP_##name] = {#name, #method, path},
#include "server/gateway/step.def"
#undef STEP
};

/* Providers forget keys after a day: what is older is looked for before it is asked again. */
enum { KEY_SECONDS = 20 * 3600 };

/* The end of a link is part of its question, which may be asked again for ten minutes; the provider
 * wants half an hour's notice, and goes by a clock of its own. */
enum { LINK_SLACK = 660 };

const char *step_name(enum step step)
{
    return step < STEP_COUNT && steps[step].name ? steps[step].name : "none";
}

/* ---- where a task begins --------------------------------------------------------------------- */

static bool key_is_old(const struct task *task)
{
    return task->tries > 1 && task->now - task->keyed_at > KEY_SECONDS;
}

static enum step first_authorise(const struct task *task)
{
    if (*task->provider_ref)
        return STEP_intent;
    return key_is_old(task) ? STEP_find_intent : STEP_authorise;
}

static enum step first_look(const struct task *task)
{
    return *task->provider_ref ? STEP_intent : *task->session_ref ? STEP_session_look : STEP_NONE;
}

static enum step first_cancel(const struct task *task)
{
    return *task->provider_ref ? STEP_cancel : *task->session_ref ? STEP_expire : STEP_NONE;
}

static enum step first_refund(const struct task *task)
{
    if (*task->refund_ref)
        return STEP_refund_look;
    if (!*task->provider_ref)
        return STEP_NONE;
    return key_is_old(task) ? STEP_find_refund : STEP_refund;
}

static enum step first_capture(const struct task *task)
{
    return *task->provider_ref ? STEP_capture : STEP_NONE;
}

static enum step first_session(const struct task *task)
{
    return *task->session_ref ? STEP_session_look : STEP_session;
}

static enum step first_setup(const struct task *task)
{
    return *task->session_ref ? STEP_setup_look : STEP_setup;
}

static enum step first_adopt(const struct task *task)
{
    (void)task;
    return STEP_adopt;
}

static enum step first_detach(const struct task *task)
{
    return *task->method ? STEP_detach : STEP_NONE;
}

static enum step first_dispute(const struct task *task)
{
    return *task->provider_ref ? STEP_dispute : STEP_NONE;
}

static enum step first_disputes(const struct task *task)
{
    (void)task;
    return STEP_disputes;
}

/* `nothing`: the answer where the provider knows nothing that could be asked about. Who is called
 * off without a name was never begun, or tells its name when it comes, and is called off then. */
static const struct {
    const char *act;
    enum step (*first)(const struct task *task);
    enum outcome nothing;
} acts[] = {
    {"authorise", first_authorise, OUTCOME_refused},
    {"session", first_session, OUTCOME_refused},
    {"look", first_look, OUTCOME_later},
    {"capture", first_capture, OUTCOME_refused},
    {"cancel", first_cancel, OUTCOME_cancelled},
    {"expire", first_cancel, OUTCOME_cancelled},
    {"refund", first_refund, OUTCOME_refused},
    {"setup", first_setup, OUTCOME_refused},
    {"setup_look", first_setup, OUTCOME_refused},
    {"adopt", first_adopt, OUTCOME_refused},
    {"detach", first_detach, OUTCOME_removed},
    {"dispute", first_dispute, OUTCOME_later},
    {"disputes", first_disputes, OUTCOME_later},
};

enum step step_first(struct arena *arena, const struct task *task, struct answer *out)
{
    (void)arena;
    *out = (struct answer){.outcome = OUTCOME_refused, .code = "unknown_act"};
    for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
        if (strcmp(acts[i].act, task->act) != 0)
            continue;
        *out = (struct answer){.outcome = acts[i].nothing, .code = "nothing_to_ask"};
        return acts[i].first(task);
    }
    return STEP_NONE;
}

/* ---- the words of a question ----------------------------------------------------------------- */

/* RFC 3986, 2.3: what needs no escape anywhere. */
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~", c) != NULL;
}

static void add_escaped(struct text *text, const char *value)
{
    for (; *value; value++)
        if (is_unreserved(*value))
            text_addc(text, *value);
        else
            text_printf(text, "%%%02X", (unsigned)(unsigned char)*value);
}

static void field(struct text *body, const char *name, const char *value)
{
    if (body->len)
        text_addc(body, '&');
    text_add(body, name);
    text_addc(body, '=');
    add_escaped(body, value);
}

static void field_int(struct text *body, const char *name, int64_t value)
{
    struct text digits;
    text_init(&digits, body->arena);
    text_add_int(&digits, value);
    field(body, name, digits.data);
}

static void field_given(struct text *body, const char *name, const char *value)
{
    if (*value)
        field(body, name, value);
}

/* The key without its serial: by this name a thing is found again whatever key it was made under.
 */
const char *step_mark(struct arena *arena, const struct task *task)
{
    const char *dash = strchr(task->key, '-'), *serial = dash ? strchr(dash + 1, '-') : NULL;
    return serial ? arena_strndup(arena, task->key, (size_t)(serial - task->key)) : task->key;
}

static const char *lower(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text);
    for (char *c = out; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return out;
}

static const char *title(struct arena *arena, const struct task *task)
{
    enum language language = language_by_name(task->language);
    if (language == LANGUAGES)
        language = LANGUAGE_en;
    return arena_printf(arena, tr(language, "Order %s"), task->number);
}

/* `metadata`: as the member is called where these belong. */
static void marks(struct text *body, const struct task *task, const char *metadata)
{
    struct arena *arena = body->arena;
    field(body, arena_printf(arena, "%s[order]", metadata), task->number);
    field(body, arena_printf(arena, "%s[payment]", metadata), task->payment);
    field(body, arena_printf(arena, "%s[question]", metadata), step_mark(arena, task));
}

/* ---- each question's body -------------------------------------------------------------------- */

static void ask_authorise(struct text *body, const struct task *task, const struct terms *terms)
{
    field_int(body, "amount", task->amount);
    field(body, "currency", lower(body->arena, task->currency));
    field(body, "capture_method", "manual");
    field(body, "confirm", "true");
    field(body, "payment_method_types[0]", "card");
    field_given(body, "customer", task->customer);
    field(body, "payment_method", task->method);
    /* Nobody is there to answer the bank's question. */
    if (terms->moto && strcmp(task->channel, "call") == 0)
        field(body, "payment_method_options[card][moto]", "true");
    else
        field(body, "off_session", "true");
    field(body, "description", title(body->arena, task));
    marks(body, task, "metadata");
}

static void session_ends(struct text *body, const struct task *task, const struct terms *terms)
{
    struct arena *arena = body->arena;
    field(body, "payment_method_types[0]", "card");
    /* A link has a page of its own, which tells what became of it. */
    const char *page = arena_printf(arena, "%s/p/%s", terms->public_url, task->code);
    field(body, "success_url",
          *task->code ? arena_printf(arena, "%s?done=1", page)
                      : arena_printf(arena, "%s/pay/done", terms->public_url));
    field(body, "cancel_url",
          *task->code ? page : arena_printf(arena, "%s/pay/later", terms->public_url));
    field_int(body, "expires_at", task->keyed_at + LINK_SLACK + (int64_t)terms->link_minutes * 60);
}

static void ask_session(struct text *body, const struct task *task, const struct terms *terms)
{
    field(body, "mode", "payment");
    session_ends(body, task, terms);
    if (strchr(task->email, '@'))
        field(body, "customer_email", task->email);
    field(body, "client_reference_id", task->number);
    field(body, "line_items[0][quantity]", "1");
    field(body, "line_items[0][price_data][currency]", lower(body->arena, task->currency));
    field_int(body, "line_items[0][price_data][unit_amount]", task->amount);
    field(body, "line_items[0][price_data][product_data][name]", title(body->arena, task));
    field(body, "payment_intent_data[capture_method]", "manual");
    field(body, "payment_intent_data[description]", title(body->arena, task));
    marks(body, task, "payment_intent_data[metadata]");
}

static void ask_setup(struct text *body, const struct task *task, const struct terms *terms)
{
    field(body, "mode", "setup");
    session_ends(body, task, terms);
    if (*task->customer) {
        field(body, "customer", task->customer);
    } else {
        field(body, "customer_creation", "always");
        if (strchr(task->email, '@'))
            field(body, "customer_email", task->email);
    }
    field(body, "client_reference_id", arena_printf(body->arena, "card-%s", task->setup));
    field(body, "setup_intent_data[metadata][card_link]", task->setup);
}

static void ask_capture(struct text *body, const struct task *task, const struct terms *terms)
{
    (void)terms;
    field_int(body, "amount_to_capture", task->amount);
}

static void ask_cancel(struct text *body, const struct task *task, const struct terms *terms)
{
    (void)task;
    (void)terms;
    field(body, "cancellation_reason", "requested_by_customer");
}

static void ask_refund(struct text *body, const struct task *task, const struct terms *terms)
{
    (void)terms;
    field(body, "payment_intent", task->provider_ref);
    field_int(body, "amount", task->amount);
    field(body, "metadata[refund]", task->refund);
    field(body, "metadata[question]", step_mark(body->arena, task));
}

static void ask_adopt(struct text *body, const struct task *task, const struct terms *terms)
{
    (void)terms;
    field(body, "payment_method", task->method);
    if (strchr(task->email, '@'))
        field(body, "email", task->email);
    field(body, "metadata[card_link]", task->setup);
}

static void (*const bodies[STEP_COUNT])(struct text *body, const struct task *task,
                                        const struct terms *terms) = {
    [STEP_authorise] = ask_authorise, [STEP_session] = ask_session, [STEP_setup] = ask_setup,
    [STEP_capture] = ask_capture,     [STEP_cancel] = ask_cancel,   [STEP_refund] = ask_refund,
    [STEP_adopt] = ask_adopt,
};

/* What a letter behind % stands for in a path. */
static const char *part(const struct task *task, char letter)
{
    switch (letter) {
    case 'P':
        return task->provider_ref;
    case 'S':
        return task->session_ref;
    case 'R':
        return task->refund_ref;
    case 'M':
        return task->method;
    default:
        return task->customer;
    }
}

void step_question(struct arena *arena, enum step step, const struct task *task,
                   const struct terms *terms, struct question *out)
{
    struct text path, body;
    text_init(&path, arena);
    text_init(&body, arena);
    for (const char *at = steps[step].path; *at; at++)
        if (*at == '%')
            add_escaped(&path, part(task, *++at));
        else
            text_addc(&path, *at);
    bool finds = step == STEP_find_intent || step == STEP_find_refund || step == STEP_disputes;
    if (finds) /* not older than the question, as clocks go */
        text_printf(&path, "&created[gte]=%lld", (long long)task->keyed_at - 3600);
    if (finds && task->after) {
        text_add(&path, "&starting_after=");
        add_escaped(&path, task->after);
    }
    if (bodies[step])
        bodies[step](&body, task, terms);
    *out = (struct question){.post = strcmp(steps[step].method, "POST") == 0,
                             .path = path.data,
                             .body = body.data,
                             /* A task may ask several things, and no key stands for two. */
                             .key = arena_printf(arena, "%s-%s", task->key, steps[step].name)};
}
