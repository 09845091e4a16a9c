#include "tui/buyer_orders.h"

#include "tui/app.h"
#include "tui/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct earlier {
    struct app *app;
    char of[64]; /* "distributor=1047296"; "": nobody's */
    struct query list, one;
    struct reply_order_row orders[BUYER_ORDERS];
    size_t norders;
    struct arena *arena;                         /* of the cards */
    struct reply_order_card cards[BUYER_ORDERS]; /* the first `ncards` of the orders */
    size_t ncards;
    struct buyer_usual usual[BUYER_USUAL];
    size_t nusual;
};

/* ---- what is usual --------------------------------------------------------------------------- */

static bool has_sku(const struct reply_order_card *card, const char *sku)
{
    for (size_t i = 0; i < card->nlines; i++)
        if (!*card->lines[i].gift_of && strcmp(card->lines[i].sku, sku) == 0)
            return true;
    return false;
}

static int count(const struct earlier *earlier, const char *sku)
{
    int n = 0;
    for (size_t i = 0; i < earlier->ncards; i++)
        n += has_sku(&earlier->cards[i], sku);
    return n;
}

/* The commonest first, of as many the one that was had last. */
static void usual_put(struct earlier *earlier, const struct buyer_usual *found)
{
    size_t at = earlier->nusual;
    for (size_t i = 0; i < earlier->nusual; i++)
        if (strcmp(earlier->usual[i].sku, found->sku) == 0)
            return;
    while (at > 0 && earlier->usual[at - 1].orders < found->orders)
        at--;
    if (at == BUYER_USUAL)
        return;
    size_t last = earlier->nusual < BUYER_USUAL ? earlier->nusual++ : BUYER_USUAL - 1;
    memmove(&earlier->usual[at + 1], &earlier->usual[at], (last - at) * sizeof *found);
    earlier->usual[at] = *found;
}

static void usual_make(struct earlier *earlier)
{
    earlier->nusual = 0;
    for (size_t i = 0; i < earlier->ncards; i++)
        for (size_t k = 0; k < earlier->cards[i].nlines; k++) {
            const struct reply_line *line = &earlier->cards[i].lines[k];
            struct buyer_usual found = {line->sku, line->name, count(earlier, line->sku)};
            if (found.orders > 1)
                usual_put(earlier, &found);
        }
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void next(struct earlier *earlier);

static void card_take(void *owner, const struct answer *answer)
{
    struct earlier *earlier = owner;
    if (answer->context != earlier->one.asked)
        return;
    bool ok = query_answer(&earlier->one, answer) &&
              reply_order_card_read(earlier->arena, answer->body, answer->len,
                                    &earlier->cards[earlier->ncards]);
    if (!ok)
        return; /* what is known so far is shown */
    earlier->ncards++;
    usual_make(earlier);
    next(earlier);
}

static void next(struct earlier *earlier)
{
    if (earlier->ncards == earlier->norders)
        return;
    struct arena *arena = arena_new();
    const char *number = earlier->orders[earlier->ncards].number;
    query_ask(&earlier->one, earlier->app,
              arena_printf(arena, "/orders/%s", query_escape(arena, number)), card_take, earlier);
    arena_free(arena);
}

static void list_take(void *owner, const struct answer *answer)
{
    struct earlier *earlier = owner;
    struct reply_orders found;
    if (!query_answer(&earlier->list, answer) ||
        !reply_orders_read(earlier->list.arena, answer->body, answer->len, &found))
        return;
    for (size_t i = 0; i < found.n && earlier->norders < BUYER_ORDERS; i++)
        if (strcmp(found.items[i].state, "cancelled") != 0)
            earlier->orders[earlier->norders++] = found.items[i];
    next(earlier);
}

static void ask(struct earlier *earlier, const char *of)
{
    enum { MORE = 3 }; /* some of them may be cancelled */
    snprintf(earlier->of, sizeof earlier->of, "%s", of);
    arena_free(earlier->arena);
    earlier->arena = arena_new();
    earlier->norders = earlier->ncards = earlier->nusual = 0;
    earlier->one.asked++; /* an answer that is under way is about somebody else */
    earlier->one.waiting = false;
    query_ask(&earlier->list, earlier->app,
              arena_printf(earlier->arena, "/orders?limit=%d&%s", BUYER_ORDERS + MORE, of),
              list_take, earlier);
}

static struct earlier *earlier_of(struct app *app)
{
    if (!app->earlier && !(app->earlier = calloc(1, sizeof *app->earlier)))
        abort();
    app->earlier->app = app;
    return app->earlier;
}

bool buyer_orders(struct app *app, struct buyer_orders *out)
{
    const struct order_draft *draft = app->order ? order_draft(app->order) : NULL;
    const char *who = !draft ? NULL : draft->customer ? draft->customer : draft->distributor;
    char of[64];
    if (!who)
        return false;
    struct arena *arena = arena_new();
    snprintf(of, sizeof of, "%s=%s", draft->customer ? "customer" : "distributor",
             query_escape(arena, who));
    arena_free(arena);
    struct earlier *earlier = earlier_of(app);
    if (strcmp(of, earlier->of) != 0)
        ask(earlier, of);
    *out = (struct buyer_orders){.orders = earlier->orders,
                                 .norders = earlier->norders,
                                 .usual = earlier->usual,
                                 .nusual = earlier->nusual,
                                 .waiting = earlier->list.waiting || earlier->one.waiting};
    return true;
}

void buyer_orders_forget(struct app *app)
{
    if (app->earlier)
        app->earlier->of[0] = '\0';
}
