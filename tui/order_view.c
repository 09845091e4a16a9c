#include "tui/order_view.h"

#include "tui/frame.h"

void order_view_address(struct text *text, const struct address *address)
{
    const char *const parts[] = {address->line1, address->line2, address->city, address->postcode};
    const char *between = "";
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (parts[i] && *parts[i]) {
            text_printf(text, "%s%s", between, parts[i]);
            between = ", ";
        }
}

void order_view_totals(const struct app *app, const struct frame *frame)
{
    const struct order *order = app->order;
    const struct reply_quote *q = &order->quote;
    char goods[MONEY_TEXT], disc[MONEY_TEXT], ship[MONEY_TEXT], tax[MONEY_TEXT], cv[MONEY_TEXT],
        pv[MONEY_TEXT], total[MONEY_TEXT];
    int row = frame->rows - ORDER_VIEW_TOTALS;
    if (!order->quote_arena) {
        frame_text(frame, row + 1, ROLE_DIM, " TOTAL ..");
        return;
    }
    bool confirmed = order_confirmed(order);
    frame_printf(frame, row, confirmed ? ROLE_PLAIN : ROLE_DIM,
                 " Goods %s   Disc %s   Ship %s   Tax %s %s   CV %s   PV %s",
                 app_amount(app, goods, q->goods), app_amount(app, disc, q->discount),
                 app_amount(app, ship, q->delivery), q->tax_included ? "incl" : "added",
                 app_amount(app, tax, q->tax), money_format(cv, money_of(q->cv), 2, true),
                 money_format(pv, money_of(q->pv), 2, true));
    if (confirmed)
        frame_printf(frame, row + 1, ROLE_STRONG, " TOTAL %s %s   %zu lines",
                     app_amount(app, total, q->total), q->currency, order_lines(order));
    else
        frame_printf(frame, row + 1, ROLE_DIM, " TOTAL ..   was %s",
                     app_amount(app, total, q->total));
}
