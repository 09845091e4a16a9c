#include "server/sandbox/page_html.h"

#include "server/web/sandbox.h"

#include <string.h>

static const struct {
    const char *name, *label, *autocomplete, *inputmode, *example;
    int most;
} fields[FIELDS] = {
    [FIELD_EMAIL] = {"email", N_("E-mail"), "email", "email", NULL, 200},
    [FIELD_NUMBER] = {"card_number", N_("Card number"), "cc-number", "numeric",
                      "4242 4242 4242 4242", 200},
    [FIELD_EXPIRY] = {"expiry", N_("Expiry date (MM/YY)"), "cc-exp", "numeric", "12/34", 9},
    [FIELD_CVC] = {"cvc", N_("Security code (CVC)"), "cc-csc", "numeric", "123", 4},
    [FIELD_NAME] = {"name", N_("Name on the card"), "cc-name", "text", NULL, 200},
};

const char *page_field_name(enum field field)
{
    return fields[field].name;
}

/* ---- small things ---------------------------------------------------------------------------- */

static int exponent_of(const char *currency)
{
    static const char none[] = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf";
    static const char three[] = "bhd jod kwd omr tnd";
    return strstr(none, currency) ? 0 : strstr(three, currency) ? 3 : 2;
}

/* "17.81 GBP". */
static const char *amount_text(struct arena *arena, int64_t amount, const char *currency)
{
    struct text out;
    int exponent = exponent_of(currency);
    int64_t unit = exponent == 3 ? 1000 : exponent == 2 ? 100 : 1;
    text_init(&out, arena);
    text_printf(&out, "%lld", (long long)(amount / unit));
    if (exponent)
        text_printf(&out, ".%0*lld", exponent, (long long)(amount % unit));
    text_addc(&out, ' ');
    for (; *currency; currency++)
        text_addc(&out, (char)(*currency - 'a' + 'A'));
    return out.data;
}

static struct frame frame_of(const char *title, bool is_wrong)
{
    return (struct frame){.title = title, .style = "/style.css", .is_wrong = is_wrong};
}

/* ---- the pay page ---------------------------------------------------------------------------- */

static const char *total_of(struct call *call, const json_t *session)
{
    return amount_text(call->arena, get_int(session, "amount_total"),
                       get_text(session, "currency"));
}

static const struct items *items_of(struct call *call, enum language language,
                                    const json_t *session)
{
    const json_t *list = json_object_get(session, "_items");
    struct items *items = ARENA_NEW(call->arena, struct items);
    struct item *item = ARENA_ARRAY(call->arena, struct item, json_array_size(list));
    struct sum *total = ARENA_NEW(call->arena, struct sum);
    *total = (struct sum){tr(language, "Total"), total_of(call, session)};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        item[i] = (struct item){.name = get_text(one, "description"),
                                .note = get_text(one, "_note"),
                                .quantity = get_int(one, "quantity"),
                                .amount = amount_text(call->arena, get_int(one, "amount_total"),
                                                      get_text(one, "currency"))};
    }
    *items =
        (struct items){tr(language, "What you pay for"), item, json_array_size(list), total, 1};
    return items;
}

/* The e-mail is asked for unless whoever made the session knows it. */
static bool is_asked(const json_t *session, enum field field)
{
    return field != FIELD_EMAIL ||
           (!*get_text(session, "customer_email") && !*get_text(session, "customer"));
}

static bool is_wrong(const struct page_form *form)
{
    bool wrong = form->refused;
    for (size_t i = 0; i < FIELDS; i++)
        wrong |= form->problem[i] != NULL;
    return wrong;
}

const char *page_pay(struct call *call, enum language language, const json_t *session,
                     const struct page_form *form)
{
    bool is_setup = strcmp(get_text(session, "mode"), "setup") == 0;
    struct sandbox_field shown[FIELDS];
    struct sandbox_pay page = {
        .frame = frame_of(is_setup ? tr(language, "Save your card") : tr(language, "Pay by card"),
                          is_wrong(form)),
        .items = is_setup ? NULL : items_of(call, language, session),
        .amount = total_of(call, session),
        .id = get_text(session, "id"),
        .cancel_url = get_text(session, "cancel_url"),
        .refused = form->refused,
        .fields = shown};
    for (size_t i = 0; i < FIELDS; i++)
        if (is_asked(session, (enum field)i))
            shown[page.n++] = (struct sandbox_field){
                fields[i].name,    fields[i].label, fields[i].autocomplete, fields[i].inputmode,
                fields[i].example, fields[i].most,  form->value[i],         form->problem[i]};
    struct text out;
    text_init(&out, call->arena);
    sandbox_pay_page(&out, language, &page);
    return out.data;
}

/* ---- others ---------------------------------------------------------------------------------- */

const char *page_ask(struct call *call, enum language language, const json_t *intent)
{
    bool is_setup = strcmp(get_text(intent, "object"), "setup_intent") == 0;
    const struct sandbox_ask page = {.frame = frame_of(tr(language, "Is it you?"), false),
                                     .amount = is_setup ? NULL
                                                        : amount_text(call->arena,
                                                                      get_int(intent, "amount"),
                                                                      get_text(intent, "currency")),
                                     .secret = get_text(intent, "client_secret")};
    struct text out;
    text_init(&out, call->arena);
    sandbox_ask_page(&out, language, &page);
    return out.data;
}

const char *page_message(struct arena *arena, enum language language, const char *heading,
                         const char *sentence, const char *back)
{
    const struct sandbox_say page = {frame_of(tr(language, heading), false), tr(language, sentence),
                                     back};
    struct text out;
    text_init(&out, arena);
    sandbox_say_page(&out, language, &page);
    return out.data;
}
