#include "tui/review_say.h"

#include "tui/order_change_view.h"
#include "tui/order_speech.h"
#include "tui/review_pay.h"
#include "tui/review_read.h"
#include "tui/ship.h"
#include "tui/tongue.h"

static void say_pay(const struct app *app, struct arena *arena, struct speech *speech)
{
    struct text text;
    text_init(&text, arena);
    review_pay_text(app, &text);
    if (text.len)
        speech_say(speech, "pay", _("pay: %s"), text.data);
}

static void say_total(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    char total[MONEY_TEXT], old[MONEY_TEXT];
    int64_t before = review_total_before(app);
    if (order->frozen < 0) {
        speech_say(speech, "total", _("the total is being confirmed .."));
        return;
    }
    app_amount(app, total, order->frozen);
    if (before >= 0)
        speech_say(speech, "total", _("total %s %s, was %s; nothing charged yet"), total,
                   order->quote.currency, app_amount(app, old, before));
    else
        speech_say(speech, "total", _("total %s %s, nothing charged yet"), total,
                   order->quote.currency);
}

void review_say(struct app *app, struct speech *speech)
{
    struct order *order = app->order;
    struct arena *arena = arena_new();
    const struct order_draft *draft = order_draft(order);
    ship_ask(app);
    speech_say(speech, "title", _("REVIEW: %s %s"), draft->distributor ? draft->distributor : "-",
               order->quote.distributor_name);
    order_say_type(app, speech);
    if (order->frozen >= 0)
        speech_say(speech, "readback", _("read back: %s"),
                   review_read_text(app, arena, app->order->frozen));
    ship_say(app, speech);
    order_say_sums(app, speech);
    order_change_say(app, speech);
    say_pay(app, arena, speech);
    size_t told =
        order_say_problems(app, speech, order->trouble.problems, order->trouble.nproblems);
    if (order_confirmed(order))
        told += order_say_problems(app, speech, order->quote.problems, order->quote.nproblems);
    if (order_confirmed(order) && told == 0)
        speech_say(speech, "check", _("ok: nothing stands in the way"));
    say_total(app, speech);
    arena_free(arena);
}
