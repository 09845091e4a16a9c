#include "tui/order_head.h"

#include "tui/last_order.h"
#include "tui/order_change.h"
#include "tui/order_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

enum { HANDHELD = 40 };

/* On one row, on two of a handheld. */
static void person_row(const struct frame *frame, enum role role, const char *text)
{
    if (frame->cols < HANDHELD)
        frame_wrap(frame, 0, 0, ORDER_HEAD, role, text + strspn(text, " "));
    else
        frame_text(frame, 0, role, text);
}

static const char *person_facts(const struct app *app, struct arena *arena, const char *name)
{
    const struct reply_quote *quote = &app->order->quote;
    char balance[MONEY_TEXT];
    return arena_printf(arena, _(" %s %s   %s   %s   Balance %s"),
                        order_draft(app->order)->distributor, name, quote->rank_name,
                        tongue_word("person", quote->status),
                        app_amount(app, balance, quote->balance));
}

/* Of a long name only what leaves room for the rest: it tells whether this person may order. */
static const char *person_fitted(const struct app *app, struct arena *arena, int cols)
{
    const char *name = app->order->quote.distributor_name;
    const char *row = person_facts(app, arena, name);
    int others = text_cells(row) - text_cells(name);
    return person_facts(app, arena, frame_name(arena, name, cols - others));
}

static void draw_person(const struct app *app, const struct frame *frame, struct arena *arena)
{
    const struct order_draft *draft = app->order ? order_draft(app->order) : NULL;
    if (!draft || !draft->distributor) {
        person_row(frame, draft && order_lines(app->order) ? ROLE_WARN : ROLE_PLAIN,
                   _(" who orders? number, name or telephone"));
        return;
    }
    const struct reply_quote *quote = &app->order->quote;
    bool known = app->order->quote_arena && strcmp(quote->distributor, draft->distributor) == 0;
    if (known)
        person_row(frame, order_person_refused(app->order) ? ROLE_STOP : ROLE_STRONG,
                   frame->cols < HANDHELD ? person_facts(app, arena, quote->distributor_name)
                                          : person_fitted(app, arena, frame->cols));
    else if (order_priced(app->order))
        person_row(frame, ROLE_STOP, arena_printf(arena, " %s ?", draft->distributor));
    else
        person_row(frame, ROLE_STRONG, arena_printf(arena, " %s ..", draft->distributor));
}

/* At the end of the row, over the address if need be; not on narrow screens. */
static void draw_last(const struct app *app, const struct frame *frame)
{
    enum { LEAST_COLS = 72 };
    const struct reply_order *last = last_order(app);
    char day[WHEN_TEXT], total[MONEY_TEXT], text[64];
    if (!last || frame->cols < LEAST_COLS || app->order->change)
        return;
    when_short(day, last->placed_at);
    snprintf(text, sizeof text, _("  Last %s %s (F8 dup)"), day,
             money_format(total, money_of(last->total), last->exponent, true));
    int width = (int)text_cells(text);
    terminal_put(frame->top + 1, frame->cols - width, width, ROLE_PLAIN, text);
}

static void draw_ship(const struct app *app, const struct frame *frame, struct arena *arena)
{
    if (frame->cols < HANDHELD)
        return; /* the person has both rows; the review shows where it goes */
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_quote *quote = &app->order->quote;
    struct text ship, head;
    text_init(&ship, arena);
    text_init(&head, arena);
    if (app->order->quote_arena)
        order_view_address(&ship, &quote->ship_to);
    if (app->order->change)
        text_printf(&head, _(" CHANGE OF %s  "), app->order->change->number);
    order_view_type(&head, app->order);
    text_printf(&head, _("   Ship %s"), ship.len ? ship.data : "-");
    for (size_t i = 0; i < draft->ncoupons; i++)
        text_printf(&head, i ? ", %s" : _("   Coupon %s"), draft->coupons[i]);
    if (draft->note)
        text_printf(&head, _("   Note %s"), draft->note);
    frame_text(frame, 1, ROLE_PLAIN, head.data);
    draw_last(app, frame);
}

void order_head_draw(const struct app *app, const struct frame *frame)
{
    struct arena *arena = arena_new();
    draw_person(app, frame, arena);
    if (app->order)
        draw_ship(app, frame, arena);
    arena_free(arena);
}
