#include "tui/placed_link.h"

#include "core/wire/request.h"
#include "tui/app.h"
#include "tui/open.h"
#include "tui/pay_watch.h"

#include <stdio.h>

void placed_link_text(struct text *out, const struct reply_payment *payment)
{
    text_printf(out, _("   e-mail: %s   q: the link as a picture   mail: send again"),
                tongue_word("letter", payment->letter));
}

/* The link that can be paid; NULL when there is none, and that was said. */
static const struct reply_payment *open_link(struct app *app, const struct reply_order_card *order)
{
    const struct reply_payment *link = pay_link_open(order);
    if (!link)
        app_say(app, ROLE_WARN, "there is no open pay link on this order.");
    return link;
}

void placed_link_qr(struct app *app, const struct reply_order_card *order)
{
    const struct reply_payment *link = open_link(app, order);
    char sum[MONEY_TEXT + 16];
    if (!link)
        return;
    pay_link_sum(order, link, sum);
    open_qr(app, order->number, link->short_url, sum);
}

static void written(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct arena *arena = arena_new();
    const char *to;
    if (answer_is_ok(answer) && reply_letter_read(arena, answer->body, answer->len, &to))
        app_news(app, ROLE_OK, "the link goes to %s", to);
    else
        app_say_answer(app, answer);
    arena_free(arena);
    if (app_screen(app)->id == SCREEN_placed)
        placed_refresh(app);
}

void placed_link_mail(struct app *app, const struct reply_order_card *order)
{
    const struct reply_payment *link = open_link(app, order);
    char key[ULID_TEXT];
    struct arena *arena = arena_new();
    if (link) {
        order_ulid(key);
        pay_watch(app, order->number);
        client_send(app->client,
                    &(struct request){.method = "POST",
                                      .path = arena_printf(arena, "/orders/%s/payments/%s/letter",
                                                           order->number, link->id),
                                      .header = arena_printf(arena, "Idempotency-Key: %s", key),
                                      .body = "{}",
                                      .len = 2,
                                      .before_reads = true,
                                      .done = written,
                                      .owner = app});
    }
    arena_free(arena);
}
