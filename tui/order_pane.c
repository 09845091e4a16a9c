#include "tui/order_pane.h"

#include "tui/review_read.h"
#include "tui/tongue.h"

static int sum(const struct frame *pane, int row, const char *title, const char *amount)
{
    enum { AMOUNT = 14 };
    frame_text(pane, row, ROLE_PLAIN, title);
    if (row >= 0 && row < pane->rows)
        terminal_put_right(pane->top + row, pane->left + pane->cols - AMOUNT, AMOUNT, ROLE_PLAIN,
                           amount);
    return row + 1;
}

static void draw_sums(const struct app *app, const struct frame *pane, int row)
{
    const struct reply_quote *quote = &app->order->quote;
    char text[MONEY_TEXT];
    row = sum(pane, row, _("Goods"), app_amount(app, text, quote->goods));
    row = sum(pane, row, _("Discount"), app_amount(app, text, quote->discount));
    row = sum(pane, row, _("Delivery"), app_amount(app, text, quote->delivery));
    row = sum(pane, row, quote->tax_included ? _("Tax included") : _("Tax added"),
              app_amount(app, text, reply_quote_tax(quote)));
    row = sum(pane, row, "CV", money_format(text, money_of(quote->cv), 2, true));
    sum(pane, row, "PV", money_format(text, money_of(quote->pv), 2, true));
}

void order_pane_draw(const struct app *app, const struct frame *pane)
{
    const struct order *order = app->order;
    for (int row = 0; row < pane->rows; row++)
        terminal_put(pane->top + row, pane->left - 2, 1, ROLE_DIM, "|");
    frame_text(pane, 0, ROLE_HEAD, _("READ BACK, as it stands"));
    if (!order_confirmed(order) || order_lines(order) == 0) {
        frame_text(pane, 1, ROLE_DIM, order_lines(order) ? ".." : "-");
        return;
    }
    struct arena *arena = arena_new();
    int sums = 6, room = pane->rows - sums - 2;
    int used =
        frame_wrap(pane, 1, 0, room, ROLE_PLAIN, review_read_text(app, arena, order->quote.total));
    draw_sums(app, pane, used + 2);
    arena_free(arena);
}
