#include "server/api/link_html.h"

#include "core/money.h"
#include "core/text.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* Markup, a text, markup. */
static void add(struct text *out, const char *before, const char *text, const char *after)
{
    text_add(out, before);
    text_add_html(out, text);
    text_add(out, after);
}

static const char *amount(struct arena *arena, const json_t *page, int64_t minor)
{
    char out[MONEY_TEXT];
    int exponent = (int)number_of(page, "exponent");
    return arena_printf(arena, "%s %s", money_format(out, money_of(minor), exponent, true),
                        text_of(page, "currency"));
}

/* ---- what a link's state means --------------------------------------------------------------- */

static const struct state {
    const char *name, *heading, *sentence;
    bool is_good;
} states[] = {
    {"open", N_("Pay your order"), N_("You pay by card, on our payment provider's page."), false},
    {"back", N_("One moment, please"),
     N_("We are waiting for word from the payment provider. This page looks again by itself."),
     false},
    {"making", N_("One moment, please"),
     N_("The page to pay at is being made. This page looks again by itself."), false},
    {"paid", N_("Paid: thank you"), N_("This is your receipt: print it or keep it."), true},
    {"returned", N_("Given back"), N_("What was paid here has been given back to the card."), true},
    {"called_off", N_("There is nothing to pay"),
     N_("This link is not needed any more. Nothing was taken."), false},
    {"over", N_("This link is over"),
     N_("Nothing was taken. Call us, and we will send you another link."), false},
};

static const struct state *state_of(const json_t *page, bool is_back)
{
    const char *name = text_of(page, "state");
    if (is_back && strcmp(name, "open") == 0)
        name = "back";
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(states) && strcmp(states[i].name, name) != 0)
        i++;
    return &states[i];
}

static bool is_state(const struct state *state, const char *name)
{
    return strcmp(state->name, name) == 0;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* `refresh`: seconds until the browser asks again by itself; 0: never. */
static void begin(struct text *out, enum language language, const char *title, int refresh)
{
    text_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                language_info(language)->tag);
    text_add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"robots\" content=\"noindex\">\n");
    if (refresh)
        text_printf(out, "<meta http-equiv=\"refresh\" content=\"%d\">\n", refresh);
    text_add(out, "<link rel=\"stylesheet\" href=\"/pay/style.css\">\n");
    add(out, "<title>", title, "</title>\n</head>\n<body>\n<main>\n");
}

static const char *end(struct text *out)
{
    text_add(out, "</main>\n</body>\n</html>\n");
    return out->data;
}

static void add_sum(struct text *out, const json_t *page, const char *name, int64_t minor)
{
    add(out, "<tr><th scope=\"row\" colspan=\"2\">", name, "</th>");
    add(out, "<td>", amount(out->arena, page, minor), "</td></tr>\n");
}

static void add_lines(struct text *out, enum language language, const json_t *page)
{
    const json_t *lines = json_object_get(page, "lines");
    add(out, "<table>\n<caption>", tr(language, "What was ordered"), "</caption>\n<thead><tr>");
    add(out, "<th scope=\"col\">", tr(language, "Item"), "</th>");
    add(out, "<th scope=\"col\">", tr(language, "Quantity"), "</th>");
    add(out, "<th scope=\"col\">", tr(language, "Amount"), "</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        add(out, "<tr><th scope=\"row\">", text_of(line, "name"), "</th>");
        text_printf(out, "<td>%lld</td>", (long long)number_of(line, "qty"));
        add(out, "<td>", amount(out->arena, page, number_of(line, "amount")), "</td></tr>\n");
    }
    text_add(out, "</tbody>\n<tfoot>\n");
    if (number_of(page, "delivery"))
        add_sum(out, page, tr(language, "Delivery"), number_of(page, "delivery"));
    if (number_of(page, "tax_added"))
        add_sum(out, page, tr(language, "Tax"), number_of(page, "tax_added"));
    add_sum(out, page, tr(language, "Total"), number_of(page, "total"));
    if (number_of(page, "amount") != number_of(page, "total"))
        add_sum(out, page, tr(language, "Of this, by this link"), number_of(page, "amount"));
    text_add(out, "</tfoot>\n</table>\n");
}

static void add_button(struct text *out, enum language language, const char *code,
                       const json_t *page)
{
    const char *sum = amount(out->arena, page, number_of(page, "amount"));
    add(out, "<p><a class=\"button\" href=\"/p/", code, "/pay\">");
    add(out, "", arena_printf(out->arena, tr(language, "Pay %s"), sum), "</a></p>\n");
}

/* ---- pages ----------------------------------------------------------------------------------- */

const char *link_html(struct arena *arena, enum language language, const char *code,
                      const json_t *page, bool is_back)
{
    enum { LOOK_AGAIN = 3 };
    const struct state *state = state_of(page, is_back);
    const char *heading = tr(language, state->heading);
    bool waits = is_state(state, "back") || is_state(state, "making");
    struct text out;
    text_init(&out, arena);
    begin(&out, language, heading, waits ? LOOK_AGAIN : 0);
    add(&out, "<p class=\"from\">", text_of(page, "company"), "</p>\n");
    add(&out, "<h1>", heading, "</h1>\n");
    add(&out, "<p>",
        arena_printf(arena, tr(language, "Order %s of %s"), text_of(page, "order"),
                     text_of(page, "date")),
        "</p>\n");
    text_printf(&out, "<p%s>", state->is_good ? " class=\"good\"" : "");
    add(&out, "", tr(language, state->sentence), "</p>\n");
    if (is_state(state, "open"))
        add_button(&out, language, code, page);
    if (state->is_good || waits || is_state(state, "open"))
        add_lines(&out, language, page);
    if (is_state(state, "paid"))
        add(&out, "<p>",
            arena_printf(arena, tr(language, "Paid by card: %s"),
                         amount(arena, page, number_of(page, "amount"))),
            "</p>\n");
    if (is_state(state, "back")) {
        add(&out, "<p><a href=\"/p/", code, "\">");
        add(&out, "", tr(language, "You have not paid yet? Back to the link"), "</a></p>\n");
    }
    return end(&out);
}

const char *link_html_say(struct arena *arena, enum language language, const char *heading,
                          const char *sentence)
{
    struct text out;
    text_init(&out, arena);
    begin(&out, language, tr(language, heading), 0);
    add(&out, "<h1>", tr(language, heading), "</h1>\n");
    add(&out, "<p>", tr(language, sentence), "</p>\n");
    return end(&out);
}
