#include "tui/order_pane.h"

#include "tui/buyer_orders.h"
#include "tui/review_read.h"
#include "tui/tongue.h"
#include "tui/when.h"

static int sum(const struct frame *pane, int row, const char *title, const char *amount)
{
    enum { AMOUNT = 14 };
    frame_text(pane, row, ROLE_PLAIN, title);
    if (row >= 0 && row < pane->rows)
        terminal_put_right(pane->top + row, pane->left + pane->cols - AMOUNT, AMOUNT, ROLE_PLAIN,
                           amount);
    return row + 1;
}

static int draw_sums(const struct app *app, const struct frame *pane, int row)
{
    const struct reply_quote *quote = &app->order->quote;
    char text[MONEY_TEXT];
    row = sum(pane, row, _("Goods"), app_amount(app, text, quote->goods));
    row = sum(pane, row, _("Discount"), app_amount(app, text, quote->discount));
    row = sum(pane, row, _("Delivery"), app_amount(app, text, quote->delivery));
    row = sum(pane, row, quote->tax_included ? _("Tax included") : _("Tax added"),
              app_amount(app, text, reply_quote_tax(quote)));
    row = sum(pane, row, "CV", money_format(text, money_of(quote->cv), 2, true));
    return sum(pane, row, "PV", money_format(text, money_of(quote->pv), 2, true));
}

static int draw_read_back(const struct app *app, const struct frame *pane)
{
    enum { SUMS = 6 };
    const struct order *order = app->order;
    frame_text(pane, 0, ROLE_HEAD, _("READ BACK, as it stands"));
    if (!order_confirmed(order) || order_lines(order) == 0) {
        frame_text(pane, 1, ROLE_DIM, order_lines(order) ? ".." : "-");
        return 2;
    }
    struct arena *arena = arena_new();
    int used = frame_wrap(pane, 1, 0, pane->rows - SUMS - 2, ROLE_PLAIN,
                          review_read_text(app, arena, order->quote.total));
    int row = draw_sums(app, pane, used + 2);
    arena_free(arena);
    return row;
}

/* ---- what the buyer had before --------------------------------------------------------------- */

static int draw_last(const struct frame *pane, int row, const struct buyer_orders *had)
{
    char day[WHEN_TEXT], total[MONEY_TEXT];
    if (row + 1 >= pane->rows)
        return row;
    frame_text(pane, row++, ROLE_HEAD, _("LAST ORDERS"));
    if (had->norders == 0)
        frame_text(pane, row++, ROLE_DIM, had->waiting ? ".." : _("none"));
    for (size_t i = 0; i < had->norders; i++) {
        const struct reply_order_row *order = &had->orders[i];
        frame_printf(pane, row++, ROLE_PLAIN, "%6s %10s %3lld ln  %s",
                     when_short(day, order->placed_at),
                     money_format(total, money_of(order->total), order->exponent, true),
                     (long long)order->lines, tongue_word("order", order->state));
    }
    return row;
}

/* "40216 Velvet Rose eau de parfum    4": to be keyed, so that each row begins with the number. */
static int draw_usual(const struct app *app, const struct frame *pane, int row,
                      const struct buyer_orders *had)
{
    enum { OF = 8 };
    int sku = app->session.lengths.length[CODE_SKU] + 1;
    if (had->nusual == 0 || row + 1 >= pane->rows)
        return row;
    frame_text(pane, row++, ROLE_HEAD, _("USUAL"));
    for (size_t i = 0; i < had->nusual && row < pane->rows; i++, row++) {
        const struct buyer_usual *usual = &had->usual[i];
        int y = pane->top + row;
        terminal_put(y, pane->left, sku, ROLE_PLAIN, usual->sku);
        terminal_put(y, pane->left + sku, pane->cols - sku - OF - 1, ROLE_PLAIN, usual->name);
        terminal_printf(y, pane->left + pane->cols - OF, OF, ROLE_DIM, _("%d of %zu"),
                        usual->orders, had->norders);
    }
    return row;
}

void order_pane_draw(struct app *app, const struct frame *pane)
{
    struct buyer_orders had;
    for (int row = 0; row < pane->rows; row++)
        terminal_put(pane->top + row, pane->left - 2, 1, ROLE_DIM, "|");
    int row = draw_read_back(app, pane);
    if (!buyer_orders(app, &had))
        return;
    row = draw_last(pane, row + 1, &had);
    draw_usual(app, pane, row + 1, &had);
}
