#include "server/sandbox/page.h"

#include "core/pan.h"
#include "server/sandbox/method.h"
#include "server/sandbox/page_html.h"
#include "server/sandbox/params.h"
#include "server/sandbox/payment.h"
#include "server/sandbox/reply.h"
#include "server/sandbox/session.h"
#include "server/sandbox/setup.h"
#include "server/web/web.h"

#include <stdlib.h>
#include <string.h>

/* A page's request on its way. */
struct page {
    struct call call;
    struct http_exchange *exchange;
    enum language language;
    bool is_post;
};

/* ---- answers --------------------------------------------------------------------------------- */

/* scheme://host of where a form may lead in the end: browsers hold its redirects to it too. */
static const char *origin_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    return host ? arena_strndup(arena, url, (size_t)(host - url) + 3 + strcspn(host + 3, "/?#"))
                : "";
}

static void answer(struct page *page, int status, const char *html, const char *leads_to)
{
    struct call *call = &page->call;
    const char *forms =
        leads_to ? arena_printf(call->arena, "'self' %s", origin_of(call->arena, leads_to))
                 : "'self'";
    http_reply_header(page->exchange, "Content-Security-Policy", web_policy(call->arena, forms));
    call->status = status;
    sandbox_commit(call->sandbox, &call->change);
    reply_when_safe(call, page->exchange, "text/html; charset=utf-8", html);
}

static void redirect(struct page *page, const char *url)
{
    http_reply_header(page->exchange, "Location", url);
    answer(page, 303, "", url);
}

static void message(struct page *page, int status, const char *heading, const char *sentence,
                    const char *back)
{
    answer(page, status, page_message(page->call.arena, page->language, heading, sentence, back),
           NULL);
}

static void not_there(struct page *page)
{
    message(page, 404, N_("There is nothing here"),
            N_("This link is not known. Ask for a new one."), NULL);
}

/* The session's language goes before the browser's. */
static void speak(struct page *page, const json_t *session)
{
    enum language wanted = language_by_name(get_text(session, "locale"));
    if (wanted != LANGUAGES)
        page->language = wanted;
}

/* ---- the pay page ---------------------------------------------------------------------------- */

static void show_form(struct page *page, const json_t *session, int status,
                      const struct page_form *form)
{
    answer(page, status, page_pay(&page->call, page->language, session, form),
           get_text(session, "success_url"));
}

/* Month and year of "12/34", "12 / 2034" or "1234". */
static bool read_expiry(const char *text, int64_t *month, int64_t *year)
{
    char digits[7];
    size_t n = 0;
    for (; *text; text++) {
        bool digit = *text >= '0' && *text <= '9';
        if ((!digit && !strchr("/ -.", *text)) || (digit && n == sizeof digits - 1))
            return false;
        if (n == 1 && !digit) { /* 3/34 */
            digits[1] = digits[0];
            digits[0] = '0';
            n = 2;
        }
        if (digit)
            digits[n++] = *text;
    }
    digits[n] = '\0';
    *year = strtoll(digits + (n > 2 ? 2 : n), NULL, 10);
    digits[n > 2 ? 2 : n] = '\0';
    *month = strtoll(digits, NULL, 10);
    return n == 4 || n == 6;
}

static const char *field(const struct page *page, enum field which)
{
    const char *value = form_get(&page->call.form, page_field_name(which));
    return value ? value + strspn(value, " ") : "";
}

static bool is_cvc(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return !text[n] && (n == 3 || n == 4);
}

static bool is_name(const char *text)
{
    return *text && strlen(text) <= 256 && utf8_is_printable(text, strlen(text));
}

static const char *number_problem(const char *number)
{
    if (card_by_number(number))
        return NULL;
    return *number && card_number_is_plausible(number)
               ? N_("This is a demonstration: use a test card.")
               : N_("This is no card number. Please check it.");
}

/* True when nothing is wrong. The number and the security code are never shown again. */
static bool check(const struct page *page, const json_t *session, struct page_form *form,
                  int64_t *month, int64_t *year)
{
    bool knows_email = *get_text(session, "customer_email") || *get_text(session, "customer");
    const char *email = field(page, FIELD_EMAIL), *at = strchr(email, '@');
    *form = (struct page_form){.value = {[FIELD_EMAIL] = email,
                                         [FIELD_EXPIRY] = field(page, FIELD_EXPIRY),
                                         [FIELD_NAME] = field(page, FIELD_NAME)}};
    form->problem[FIELD_NUMBER] = number_problem(field(page, FIELD_NUMBER));
    if (!read_expiry(form->value[FIELD_EXPIRY], month, year))
        form->problem[FIELD_EXPIRY] = N_("Key the expiry date as month and year: 12/34.");
    else if (method_date(page->call.now, *month, year) != METHOD_DATE_GOOD)
        form->problem[FIELD_EXPIRY] = N_("This date is over, or too far away. Is it the card's?");
    if (!is_cvc(field(page, FIELD_CVC)))
        form->problem[FIELD_CVC] = N_("The security code is the three or four digits on the card.");
    if (!is_name(form->value[FIELD_NAME]))
        form->problem[FIELD_NAME] = N_("Key the name that is on the card.");
    if (!knows_email && (!is_name(email) || !at || at == email || !at[1] || strchr(email, ' ')))
        form->problem[FIELD_EMAIL] = N_("Key your e-mail address.");
    bool good = true;
    for (size_t i = 0; i < FIELDS; i++) {
        good &= !form->problem[i];
        /* A card number in the wrong field is not shown again either. */
        if (form->value[i] && pan_found(form->value[i], strlen(form->value[i]))) {
            form->value[i] = NULL;
            form->problem[i] = N_("Please key the card's number into its own field only.");
            good = false;
        }
    }
    return good;
}

static void pay(struct page *page, const char *id)
{
    struct call *call = &page->call;
    struct page_form form;
    int64_t month = 0, year = 0;
    const json_t *shown = change_get(&call->change, id);
    if (!check(page, shown, &form, &month, &year)) {
        show_form(page, shown, 422, &form);
        return;
    }
    json_t *session = change_edit(&call->change, id);
    const char *email = get_text(session, "customer_email");
    json_t *method = method_new(call, card_by_number(field(page, FIELD_NUMBER)), month, year);
    session_pay(call, session, method, form.value[FIELD_NAME],
                *email                     ? email
                : *form.value[FIELD_EMAIL] ? form.value[FIELD_EMAIL]
                                           : NULL);
    const json_t *intent = session_intent(call, session);
    const char *next = strcmp(get_text(session, "status"), "complete") == 0
                           ? session_success_url(call, session)
                       : intent && payment_is(intent, "requires_action")
                           ? payment_action_url(call, intent)
                           : arena_printf(call->arena, "%s/pay/%s", call->sandbox->base, id);
    if (call->undone) /* a card that leaves nothing behind */
        change_forget(&call->change);
    redirect(page, next);
}

/* What the payer shall know of the last try. */
static const char *last_refusal(struct call *call, const json_t *session)
{
    bool is_setup = strcmp(get_text(session, "mode"), "setup") == 0;
    const char *id = get_text(session, is_setup ? "setup_intent" : "payment_intent");
    const json_t *intent = change_get(&call->change, id);
    const json_t *error =
        json_object_get(intent, is_setup ? "last_setup_error" : "last_payment_error");
    return json_is_object(error) ? get_text(error, "message") : NULL;
}

static void pay_page(struct page *page, const char *id)
{
    struct call *call = &page->call;
    const json_t *session = change_get(&call->change, id);
    speak(page, session);
    if (strcmp(get_text(session, "object"), "checkout.session") != 0) {
        not_there(page);
    } else if (session_is_open(call, id) && page->is_post) {
        pay(page, id);
    } else if (session_is_open(call, id)) {
        struct page_form form = {.refused = last_refusal(call, session)};
        show_form(page, session, 200, &form);
    } else if (strcmp(get_text(session, "status"), "complete") == 0) {
        message(page, 200, N_("This is done"), N_("It went through; nothing more is to do."),
                session_success_url(call, session));
    } else {
        message(page, 410, N_("This link has expired"), N_("Ask for a new one."),
                get_text(session, "cancel_url"));
    }
}

/* ---- 3-D Secure ------------------------------------------------------------------------------ */

/* The session of an intent that a pay page made; NULL for one of the API's. */
static json_t *session_of(struct call *call, const json_t *intent)
{
    const char *id = get_text(intent, "_session");
    return *id ? change_edit(&call->change, id) : NULL;
}

static void answered(struct page *page, json_t *intent)
{
    struct call *call = &page->call;
    const char *given = form_get(&call->form, "answer"), *back = get_text(intent, "_return_url");
    bool yes = given && strcmp(given, "yes") == 0;
    bool is_setup = strcmp(get_text(intent, "object"), "setup_intent") == 0;
    json_t *session = session_of(call, intent);
    if (session) {
        session_authenticated(call, session, yes);
        redirect(page, strcmp(get_text(session, "status"), "complete") == 0
                           ? session_success_url(call, session)
                           : arena_printf(call->arena, "%s/pay/%s", call->sandbox->base,
                                          get_text(session, "id")));
        return;
    }
    (is_setup ? setup_authenticated : payment_authenticated)(call, intent, yes);
    if (*back)
        redirect(page, arena_printf(call->arena, "%s%c%s=%s", back, strchr(back, '?') ? '&' : '?',
                                    is_setup ? "setup_intent" : "payment_intent",
                                    get_text(intent, "id")));
    else
        message(page, 200, N_("Thank you"), N_("Your answer is noted. You can close this page."),
                NULL);
}

static void ask_page(struct page *page, const char *secret)
{
    struct call *call = &page->call;
    const char *id = payment_id_of_secret(call->arena, secret);
    const json_t *intent = change_get(&call->change, id);
    speak(page, change_get(&call->change, get_text(intent, "_session")));
    if (!intent || strcmp(get_text(intent, "client_secret"), secret) != 0) {
        not_there(page);
    } else if (!payment_is(intent, "requires_action")) {
        message(page, 200, N_("Thank you"), N_("Your answer is noted. You can close this page."),
                get_text(intent, "_return_url"));
    } else if (page->is_post) {
        answered(page, change_edit(&call->change, id));
    } else {
        json_t *session = session_of(call, intent);
        answer(page, 200, page_ask(call, page->language, intent),
               session ? get_text(session, "success_url") : get_text(intent, "_return_url"));
    }
}

/* ---- which page ------------------------------------------------------------------------------ */

static void style(struct http_exchange *exchange)
{
    http_reply_header(exchange, "Cache-Control", "max-age=3600");
    http_reply(exchange, 200, "text/css; charset=utf-8", (const char *)web_style.data,
               web_style.size);
}

void page_serve(struct sandbox *sandbox, struct http_exchange *exchange,
                const struct http_request *request)
{
    struct page *page = ARENA_NEW(request->arena, struct page);
    const char *path = request->path, *why;
    call_init(&page->call, sandbox, request->arena);
    page->exchange = exchange;
    page->language = language_accepted(http_header(exchange, "Accept-Language"));
    page->is_post = request->method == HTTP_POST;
    page->call.request_id = arena_printf(request->arena, "req_%s", request->id);
    bool reads = page->is_post || request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (strcmp(path, "/style.css") == 0)
        style(exchange);
    else if (strcmp(path, "/healthz") == 0)
        http_reply(exchange, 200, "text/plain; charset=utf-8", "alive\n", 6);
    else if (!reads)
        message(page, 405, N_("There is nothing here"),
                N_("This link is not known. Ask for a new one."), NULL);
    else if (page->is_post && !form_add(&page->call.form, request->body, request->body_len, &why))
        message(page, 400, N_("This did not arrive well"), N_("Please go back and try again."),
                NULL);
    else if (strncmp(path, "/pay/", 5) == 0)
        pay_page(page, path + 5);
    else if (strncmp(path, "/3ds/", 5) == 0)
        ask_page(page, path + 5);
    else
        not_there(page);
}
