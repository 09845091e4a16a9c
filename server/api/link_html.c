#include "server/api/link_html.h"

#include "core/money.h"
#include "server/web/pay.h"

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
    {"open", N_("Pay your order"),
     N_("You pay by card on our payment provider's page, and come back here for your receipt."),
     false},
    {"back", N_("One moment, please"),
     N_("We are waiting for word from the payment provider. Please look again in a moment."),
     false},
    {"making", N_("One moment, please"),
     N_("The page to pay at is being made. Please look again in a moment."), false},
    {"paid", N_("Paid: thank you"),
     N_("There is nothing more to do. This is your receipt: print it or keep it."), true},
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

/* ---- what was ordered ------------------------------------------------------------------------ */

static void add_sum(struct arena *arena, struct items *items, const json_t *page, const char *name,
                    int64_t minor)
{
    items->sums[items->sum_count++] = (struct sum){name, amount(arena, page, minor)};
}

static const struct items *items_of(struct arena *arena, enum language language, const json_t *page)
{
    enum { SUMS = 4 };
    const json_t *lines = json_object_get(page, "lines");
    struct items *items = ARENA_NEW(arena, struct items);
    struct item *item = ARENA_ARRAY(arena, struct item, json_array_size(lines));
    *items = (struct items){.caption = tr(language, "What was ordered"),
                            .items = item,
                            .n = json_array_size(lines),
                            .sums = ARENA_ARRAY(arena, struct sum, SUMS)};
    for (size_t i = 0; i < items->n; i++) {
        const json_t *line = json_array_get(lines, i);
        item[i] = (struct item){.name = text_of(line, "name"),
                                .quantity = number_of(line, "qty"),
                                .amount = amount(arena, page, number_of(line, "amount"))};
    }
    if (number_of(page, "delivery"))
        add_sum(arena, items, page, tr(language, "Delivery"), number_of(page, "delivery"));
    if (number_of(page, "tax_added"))
        add_sum(arena, items, page, tr(language, "Tax"), number_of(page, "tax_added"));
    add_sum(arena, items, page, tr(language, "Total"), number_of(page, "total"));
    if (number_of(page, "amount") != number_of(page, "total"))
        add_sum(arena, items, page, tr(language, "Of this, by this link"),
                number_of(page, "amount"));
    return items;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static struct frame frame_of(const char *title)
{
    return (struct frame){.title = title, .style = "/pay/style.css"};
}

bool link_html_waits(const json_t *page, bool is_back)
{
    const struct state *state = state_of(page, is_back);
    return is_state(state, "back") || is_state(state, "making");
}

const char *link_html(struct arena *arena, enum language language, const char *code,
                      const json_t *page, bool is_back)
{
    const struct state *state = state_of(page, is_back);
    struct pay pay = {.frame = frame_of(tr(language, state->heading)),
                      .company = text_of(page, "company"),
                      .order = text_of(page, "order"),
                      .date = text_of(page, "date"),
                      .amount = amount(arena, page, number_of(page, "amount")),
                      .code = code,
                      .heading = tr(language, state->heading),
                      .sentence = tr(language, state->sentence),
                      .is_open = is_state(state, "open"),
                      .is_back = is_state(state, "back"),
                      .is_making = is_state(state, "making"),
                      .is_good = state->is_good,
                      .is_paid = is_state(state, "paid")};
    if (pay.is_good || pay.is_open || pay.is_back || pay.is_making)
        pay.items = items_of(arena, language, page);
    struct text out;
    text_init(&out, arena);
    pay_page(&out, language, &pay);
    return out.data;
}

const char *link_html_say(struct arena *arena, enum language language, const char *heading,
                          const char *sentence)
{
    const struct pay_say say = {frame_of(tr(language, heading)), tr(language, sentence)};
    struct text out;
    text_init(&out, arena);
    pay_say(&out, language, &say);
    return out.data;
}
