#include "server/sandbox/page_html.h"

#include <string.h>

static const struct {
    const char *name, *label, *autocomplete, *inputmode, *example;
} fields[FIELDS] = {
    [FIELD_EMAIL] = {"email", N_("E-mail"), "email", "email", NULL},
    [FIELD_NUMBER] = {"card_number", N_("Card number"), "cc-number", "numeric",
                      "4242 4242 4242 4242"},
    [FIELD_EXPIRY] = {"expiry", N_("Expiry date (MM/YY)"), "cc-exp", "numeric", "12/34"},
    [FIELD_CVC] = {"cvc", N_("Security code (CVC)"), "cc-csc", "numeric", "123"},
    [FIELD_NAME] = {"name", N_("Name on the card"), "cc-name", "text", NULL},
};

const char *page_field_name(enum field field)
{
    return fields[field].name;
}

/* ---- small things ---------------------------------------------------------------------------- */

/* Three strings: markup, a text to be escaped, markup. */
static void add(struct text *out, const char *before, const char *text, const char *after)
{
    text_add(out, before);
    text_add_html(out, text);
    text_add(out, after);
}

static int exponent_of(const char *currency)
{
    static const char none[] = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf";
    static const char three[] = "bhd jod kwd omr tnd";
    return strstr(none, currency) ? 0 : strstr(three, currency) ? 3 : 2;
}

const char *page_amount(struct arena *arena, int64_t amount, const char *currency)
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

static void begin(struct text *out, enum language language, const char *title, bool wrong)
{
    text_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                language_info(language)->tag);
    text_add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    text_add(out, "<link rel=\"stylesheet\" href=\"/style.css\">\n<title>");
    if (wrong)
        add(out, "", tr(language, "Please look again"), " - ");
    add(out, "", title, "</title>\n</head>\n<body>\n<main>\n");
    add(out, "<p class=\"demo\">",
        tr(language, "This is a demonstration: no money is taken. Use a test card, such as 4242 "
                     "4242 4242 4242."),
        "</p>\n");
    add(out, "<h1>", title, "</h1>\n");
}

static const char *end(struct text *out)
{
    text_add(out, "</main>\n</body>\n</html>\n");
    return out->data;
}

/* ---- the pay page ---------------------------------------------------------------------------- */

static void add_item(struct text *out, struct call *call, const json_t *item)
{
    const char *currency = get_text(item, "currency"), *note = get_text(item, "_note");
    add(out, "<tr><th scope=\"row\">", get_text(item, "description"), "");
    if (*note)
        add(out, "<br><small>", note, "</small>");
    text_printf(out, "</th><td>%lld</td>", (long long)get_int(item, "quantity"));
    add(out, "<td>", page_amount(call->arena, get_int(item, "amount_total"), currency),
        "</td></tr>\n");
}

static void add_items(struct text *out, struct call *call, enum language language,
                      const json_t *session)
{
    const json_t *items = json_object_get(session, "_items");
    const char *currency = get_text(session, "currency");
    add(out, "<table>\n<caption>", tr(language, "What you pay for"), "</caption>\n<thead><tr>");
    add(out, "<th scope=\"col\">", tr(language, "Item"), "</th>");
    add(out, "<th scope=\"col\">", tr(language, "Quantity"), "</th>");
    add(out, "<th scope=\"col\">", tr(language, "Amount"), "</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < json_array_size(items); i++)
        add_item(out, call, json_array_get(items, i));
    add(out, "</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"2\">", tr(language, "Total"),
        "</th>");
    add(out, "<td>", page_amount(call->arena, get_int(session, "amount_total"), currency),
        "</td></tr></tfoot>\n</table>\n");
}

/* What is wrong, before the form, each with a link to its field. */
static void add_problems(struct text *out, enum language language, const struct page_form *form)
{
    bool any = form->refused != NULL;
    for (size_t i = 0; i < FIELDS; i++)
        any |= form->problem[i] != NULL;
    if (!any)
        return;
    text_add(out, "<div class=\"wrong\" role=\"alert\">\n");
    if (form->refused)
        add(out, "<p>", tr(language, form->refused), "</p>\n");
    for (size_t i = 0; i < FIELDS; i++) {
        if (!form->problem[i])
            continue;
        add(out, "<p><a href=\"#", fields[i].name, "\">");
        add(out, "", tr(language, form->problem[i]), "</a></p>\n");
    }
    text_add(out, "</div>\n");
}

static void add_field(struct text *out, enum language language, const struct page_form *form,
                      enum field field)
{
    const char *name = fields[field].name;
    add(out, "<p><label for=\"", name, "\">");
    add(out, "", tr(language, fields[field].label), "</label>\n");
    text_printf(out,
                "<input id=\"%s\" name=\"%s\" type=\"text\" inputmode=\"%s\" autocomplete=\"%s\" "
                "required maxlength=\"%d\"",
                name, name, fields[field].inputmode, fields[field].autocomplete,
                field == FIELD_CVC      ? 4
                : field == FIELD_EXPIRY ? 9
                                        : 200);
    if (fields[field].example)
        add(out, " placeholder=\"", fields[field].example, "\"");
    if (form->value[field])
        add(out, " value=\"", form->value[field], "\"");
    if (form->problem[field])
        text_printf(out, " aria-invalid=\"true\" aria-describedby=\"%s-wrong\"", name);
    text_add(out, ">");
    if (form->problem[field]) {
        text_printf(out, "\n<span class=\"problem\" id=\"%s-wrong\">", name);
        add(out, "", tr(language, form->problem[field]), "</span>");
    }
    text_add(out, "</p>\n");
}

/* The e-mail is asked for unless whoever made the session knows it. */
static bool is_asked(const json_t *session, enum field field)
{
    return field != FIELD_EMAIL ||
           (!*get_text(session, "customer_email") && !*get_text(session, "customer"));
}

const char *page_pay(struct call *call, enum language language, const json_t *session,
                     const struct page_form *form)
{
    bool is_setup = strcmp(get_text(session, "mode"), "setup") == 0;
    const char *amount =
        page_amount(call->arena, get_int(session, "amount_total"), get_text(session, "currency"));
    bool wrong = form->refused;
    struct text out;
    text_init(&out, call->arena);
    for (size_t i = 0; i < FIELDS; i++)
        wrong |= form->problem[i] != NULL;
    begin(&out, language, is_setup ? tr(language, "Save your card") : tr(language, "Pay by card"),
          wrong);
    if (!is_setup)
        add_items(&out, call, language, session);
    add_problems(&out, language, form);
    add(&out, "<form method=\"post\" action=\"/pay/", get_text(session, "id"), "\">\n");
    for (size_t i = 0; i < FIELDS; i++)
        if (is_asked(session, (enum field)i))
            add_field(&out, language, form, (enum field)i);
    add(&out, "<p><button type=\"submit\">",
        is_setup ? tr(language, "Save the card")
                 : arena_printf(call->arena, tr(language, "Pay %s"), amount),
        "</button></p>\n</form>\n");
    if (*get_text(session, "cancel_url")) {
        add(&out, "<p><a href=\"", get_text(session, "cancel_url"), "\">");
        add(&out, "",
            is_setup ? tr(language, "Go back without saving it")
                     : tr(language, "Go back without paying"),
            "</a></p>\n");
    }
    return end(&out);
}

/* ---- others ---------------------------------------------------------------------------------- */

const char *page_ask(struct call *call, enum language language, const json_t *intent)
{
    bool is_setup = strcmp(get_text(intent, "object"), "setup_intent") == 0;
    const char *amount =
        page_amount(call->arena, get_int(intent, "amount"), get_text(intent, "currency"));
    struct text out;
    text_init(&out, call->arena);
    begin(&out, language, tr(language, "Is it you?"), false);
    add(&out, "<p>",
        is_setup
            ? tr(language, "Your bank asks whether it is you who saves this card.")
            : arena_printf(call->arena,
                           tr(language, "Your bank asks whether it is you who pays %s."), amount),
        "</p>\n");
    add(&out, "<form method=\"post\" action=\"/3ds/", get_text(intent, "client_secret"), "\">\n");
    add(&out, "<p><button type=\"submit\" name=\"answer\" value=\"yes\">",
        tr(language, "Yes, it is me"), "</button></p>\n");
    add(&out, "<p><button type=\"submit\" name=\"answer\" value=\"no\" class=\"quiet\">",
        tr(language, "No, refuse it"), "</button></p>\n</form>\n");
    return end(&out);
}

const char *page_message(struct arena *arena, enum language language, const char *heading,
                         const char *sentence, const char *back)
{
    struct text out;
    text_init(&out, arena);
    begin(&out, language, tr(language, heading), false);
    add(&out, "<p>", tr(language, sentence), "</p>\n");
    if (back && *back) {
        add(&out, "<p><a href=\"", back, "\">");
        add(&out, "", tr(language, "Go back"), "</a></p>\n");
    }
    return end(&out);
}
