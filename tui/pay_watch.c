#include "tui/pay_watch.h"

#include "core/text.h"
#include "tui/app.h"
#include "tui/listening.h"
#include "tui/open.h"

#include <stdio.h>
#include <string.h>

/* Where the server does not tell by itself: often while the customer may have it before their eyes,
 * then now and then; after half an hour who wants to know looks at the order. */
enum { OFTEN_MS = 2000, OFTEN = 150, SELDOM_MS = 20000, LOOKS = 225, IDLE_MS = 60000 };

const struct reply_payment *pay_link_open(const struct reply_order_card *order)
{
    for (size_t i = order->npayments; i-- > 0;)
        if (*order->payments[i].short_url)
            return &order->payments[i];
    return NULL;
}

static struct pay_watch *find(struct app *app, const char *number)
{
    struct pay_watches *watches = &app->pay_watches;
    for (size_t i = 0; i < PAY_WATCHES; i++)
        if (*number && strcmp(watches->all[i].number, number) == 0)
            return &watches->all[i];
    return NULL;
}

void pay_watch(struct app *app, const char *number)
{
    struct pay_watches *watches = &app->pay_watches;
    if (strcmp(watches->newest, number) != 0)
        watches->url[0] = '\0';
    snprintf(watches->newest, sizeof watches->newest, "%s", number);
    if (find(app, number))
        return;
    memmove(watches->all + 1, watches->all, (PAY_WATCHES - 1) * sizeof *watches->all);
    watches->all[0] = (struct pay_watch){.due = app->now + OFTEN_MS};
    snprintf(watches->all[0].number, sizeof watches->all[0].number, "%s", number);
}

void pay_link_sum(const struct reply_order_card *order, const struct reply_payment *link, char *out)
{
    char amount[MONEY_TEXT];
    snprintf(out, MONEY_TEXT + 16, "%s %.8s",
             money_format(amount, money_of(link->amount), order->exponent, true), order->currency);
}

/* How the payments of an order stand, as something to be compared. */
static void stands(const struct reply_order_card *order, char out[PAY_STANDS])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < order->npayments && used < PAY_STANDS - 1; i++) {
        const struct reply_payment *p = &order->payments[i];
        used += (size_t)snprintf(out + used, PAY_STANDS - used, "%s%s%s;", p->state, p->letter,
                                 *p->short_url ? "+" : "");
    }
}

void pay_watch_seen(struct app *app, const struct reply_order_card *order)
{
    struct pay_watches *watches = &app->pay_watches;
    const struct reply_payment *link = pay_link_open(order);
    if (link)
        pay_watch(app, order->number);
    struct pay_watch *watch = find(app, order->number);
    if (watch) /* what is compared with is what is shown */
        stands(order, watch->stands);
    if (strcmp(watches->newest, order->number) != 0)
        return;
    snprintf(watches->url, sizeof watches->url, "%s", link ? link->short_url : "");
    if (link)
        pay_link_sum(order, link, watches->sum);
}

/* ---- what has come of it --------------------------------------------------------------------- */

/* The newest link, open or not. */
static const struct reply_payment *newest_link(const struct reply_order_card *order)
{
    for (size_t i = order->npayments; i-- > 0;)
        if (strcmp(order->payments[i].kind, "link") == 0)
            return &order->payments[i];
    return NULL;
}

static void tell(struct app *app, const struct reply_order_card *order)
{
    const struct reply_payment *link = newest_link(order);
    char amount[MONEY_TEXT];
    if (!link)
        return;
    money_format(amount, money_of(link->amount), order->exponent, true);
    if (strcmp(link->state, "authorised") == 0 || strcmp(link->state, "captured") == 0)
        app_news(app, ROLE_OK, "paid: %s %s of order %s, by its link", amount, order->currency,
                 order->number);
    else if (strcmp(link->state, "declined") == 0)
        app_news(app, ROLE_WARN, "the link of order %s is over: %s %s is due again", order->number,
                 amount, order->currency);
}

/* Who looks at the order sees what is new. */
static void refresh(struct app *app, const char *number)
{
    const char *shown = placed_number(app);
    if (shown && strcmp(shown, number) == 0)
        placed_refresh(app);
}

static void take(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct arena *arena = arena_new();
    struct reply_order_card order;
    struct pay_watch *watch = NULL;
    char now[PAY_STANDS];
    if (answer_is_ok(answer) && reply_order_card_read(arena, answer->body, answer->len, &order) &&
        (watch = find(app, order.number))) {
        stands(&order, now);
        if (*watch->stands && strcmp(now, watch->stands) != 0)
            refresh(app, order.number);
        if (strcmp(app->pay_watches.newest, order.number) == 0)
            pay_watch_seen(app, &order);
        strcpy(watch->stands, now);
        if (!pay_link_open(&order)) {
            tell(app, &order);
            refresh(app, order.number);
            *watch = (struct pay_watch){0};
        }
    }
    arena_free(arena);
}

static void ask(struct app *app, struct pay_watch *watch)
{
    struct arena *arena = arena_new();
    bool is_often = watch->looks < OFTEN && !listening_is_live(app);
    watch->due = app->now + (is_often ? OFTEN_MS : SELDOM_MS);
    if (++watch->looks == LOOKS)
        watch->number[0] = '\0';
    else
        client_send(app->client,
                    &(struct request){.method = "GET",
                                      .path = arena_printf(arena, "/orders/%s", watch->number),
                                      .done = take,
                                      .owner = app});
    arena_free(arena);
}

void pay_watch_heard(struct app *app, const char *number)
{
    struct pay_watch *watch = find(app, number);
    if (watch)
        watch->due = app->now;
}

int pay_watch_tick(struct app *app)
{
    int64_t next = app->now + IDLE_MS;
    bool can_ask =
        app->signed_in && client_link(app->client) == LINK_OK && !client_is_expired(app->client);
    for (size_t i = 0; i < PAY_WATCHES; i++) {
        struct pay_watch *watch = &app->pay_watches.all[i];
        if (!*watch->number)
            continue;
        if (watch->due <= app->now && can_ask)
            ask(app, watch);
        if (*watch->number && watch->due < next)
            next = watch->due > app->now ? watch->due : app->now + OFTEN_MS;
    }
    return (int)(next - app->now);
}
