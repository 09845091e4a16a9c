#include "tui/home_notices.h"

#include "tui/app.h"
#include "tui/home_day.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <string.h>

size_t home_notices(const struct reply_day *day)
{
    return day->narrived + day->nnotices;
}

static void put_arrived(struct text *text, const struct reply_day_arrived *arrived)
{
    text_printf(text, _("%lld*%s %s is there for %s %s"), (long long)arrived->qty, arrived->sku,
                arrived->item, arrived->name, arrived->phone);
}

/* What became of a disputed payment; false for another notice. */
static bool put_dispute(struct text *text, const struct reply_day_notice *notice)
{
    if (strcmp(notice->kind, "dispute") == 0)
        text_printf(text, _("order %s: its payment is charged back"), notice->ref);
    else if (strcmp(notice->kind, "dispute_inquiry") == 0)
        text_printf(text, _("order %s: the bank asks about its payment"), notice->ref);
    else if (strcmp(notice->kind, "dispute_won") == 0)
        text_printf(text, _("order %s: the dispute is won"), notice->ref);
    else if (strcmp(notice->kind, "dispute_lost") == 0)
        text_printf(text, _("order %s: the dispute is lost"), notice->ref);
    else if (strcmp(notice->kind, "dispute_closed") == 0)
        text_printf(text, _("order %s: the dispute came to nothing"), notice->ref);
    else
        return false;
    return true;
}

void home_notice_put(struct text *text, const struct reply_day *day, size_t i)
{
    if (i < day->narrived) {
        put_arrived(text, &day->arrived[i]);
        return;
    }
    const struct reply_day_notice *notice = &day->notices[i - day->narrived];
    if (put_dispute(text, notice))
        return;
    if (strcmp(notice->kind, "back_order") == 0)
        text_printf(text, _("order %s is complete: %s has arrived"), notice->ref, notice->item);
    else if (strcmp(notice->kind, "return_due") == 0)
        text_printf(text, _("order %s is due again: what was to come back did not"), notice->ref);
    else if (strcmp(notice->kind, "declined") == 0)
        text_printf(text, _("order %s: the payment was declined, call back"), notice->ref);
    else if (strcmp(notice->kind, "autosave_balance") == 0)
        text_printf(text, _("repeat order %s: the account held too little"), notice->ref);
    else if (strcmp(notice->kind, "autosave_card") == 0)
        text_printf(text, _("repeat order %s: there was no card to charge"), notice->ref);
    else if (strcmp(notice->kind, "autosave_suspended") == 0)
        text_printf(text, _("repeat order %s is paused: the card was declined"), notice->ref);
    else if (strcmp(notice->kind, "autosave_empty") == 0)
        text_printf(text, _("repeat order %s: nothing of it could be had"), notice->ref);
    else if (strcmp(notice->kind, "autosave_left_out") == 0)
        text_printf(text, _("repeat order %s: a line was left out"), notice->ref);
    else if (strcmp(notice->kind, "autosave_price") == 0)
        text_printf(text, _("repeat order %s: the price had changed"), notice->ref);
    else
        text_printf(text, _("repeat order %s could not be placed"), notice->ref);
}

static void gone(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    if (!answer_is_ok(answer))
        app_say_answer(app, answer);
    home_day_ask(app);
}

static void take_off(struct app *app, const char *path)
{
    client_send(
        app->client,
        &(struct request){
            .method = "DELETE", .path = path, .before_reads = true, .done = gone, .owner = app});
}

/* They are told: off the waiting list, and the stock is shown beside the call. */
static void tell(struct app *app, struct arena *arena, const struct reply_day_arrived *arrived)
{
    take_off(app, arena_printf(arena, "/items/%s/waiting/%s", arrived->sku, arrived->id));
    open_stock(app, arrived->sku);
    app_say(app, ROLE_OK, "ok  off the waiting list: %s %s, %lld*%s", arrived->name, arrived->phone,
            (long long)arrived->qty, arrived->sku);
}

void home_notice_open(struct app *app, const struct reply_day *day, size_t i)
{
    struct arena *arena = arena_new();
    if (i < day->narrived) {
        tell(app, arena, &day->arrived[i]);
    } else {
        const struct reply_day_notice *notice = &day->notices[i - day->narrived];
        take_off(app, arena_printf(arena, "/notices/%s", notice->id));
        if (strncmp(notice->kind, "autosave", strlen("autosave")) == 0)
            open_repeat(app, notice->ref);
        else if (*notice->ref)
            open_placed(app, notice->ref);
        else
            app_say(app, ROLE_OK, "ok  seen.");
    }
    arena_free(arena);
}
