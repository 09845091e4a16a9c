#include "tui/order_view.h"

#include "tui/frame.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

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

void order_view_type(struct text *text, const struct order *order)
{
    const struct order_draft *draft = order_draft(order);
    const char *customer = order->quote.customer_name;
    const char *title = _(order_type_info(draft->type)->title);
    if (draft->customer)
        text_printf(text, _(" %s for %s"), title, *customer ? customer : "..");
    else
        text_printf(text, " %s", title);
}

const char *order_view_mend(const struct reply_problem *problem)
{
    static const struct {
        const char *code, *with;
    } table[] = {
        {"unknown_sku", N_("F12, then choose by digit, or - voids it")},
        {"check_digit", N_("F12, then choose by digit, or - voids it")},
        {"bad_quantity", N_(".n*q")},
        {"max_per_order", N_(".n*q")},
        {"stock_short", N_(".n*q, or .n*0 voids it")},
        {"not_in_list", N_(".n*0 voids it, pl names another list")},
        {"not_on_sale", N_(".n*0 voids it")},
        {"wrong_kind", N_(".n*0 voids it, t changes the type")},
        {"required", N_("type the distributor's number")},
        {"unknown_distributor", N_("type another number")},
        {"distributor_status", N_("type another number")},
        {"customer_needed", N_("c and words find the customer")},
        {"address_needed", N_("a 1, or a street, town, postcode")},
        {"address_missing", N_("a 1")},
        {"address_incomplete", N_("a street, town, postcode")},
        {"unknown_list", N_("pl alone takes the list of the day")},
        {"balance_short", N_("bal and less, or later")},
        {"tender_kind", N_("later")},
        {"tenders_exceed", N_("bal and less, or later")},
        {"duplicate", N_(".d shows it; F9 again places this one all the same")},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].code, problem->code) == 0)
            return _(table[i].with);
    return "";
}

/* The line that a problem is of; 0: the whole order. */
static size_t line_of(const struct order *order, const struct reply_problem *problem)
{
    for (size_t number = 1; *problem->line && number <= order_lines(order); number++)
        if (strcmp(order_line(order, number)->id, problem->line) == 0)
            return number;
    return 0;
}

void order_view_problem(struct text *text, const struct order *order,
                        const struct reply_problem *problem)
{
    size_t number = line_of(order, problem);
    const char *with = order_view_mend(problem);
    text_add(text, problem->warning ? "! " : "!! ");
    if (number)
        text_printf(text, _("line %zu: "), number);
    text_printf(text, "%s%s", problem->say, *with ? "  > " : "");
    for (; *with; with++)
        if (number && strncmp(with, ".n", 2) == 0)
            text_printf(text, ".%zu", number), with++;
        else
            text_addc(text, *with);
}

const char *order_view_fit(char out[MONEY_TEXT], int width, int64_t minor, int exponent)
{
    if ((int)strlen(money_format(out, money_of(minor), exponent, true)) > width)
        money_format(out, money_of(minor), exponent, false);
    if ((int)strlen(out) <= width)
        return out;
    memset(out, '#', (size_t)width); /* rather nothing than a part of a number */
    out[width] = '\0';
    return out;
}

const char *order_view_fit_volume(char out[MONEY_TEXT], int width, int64_t hundredths)
{
    bool fits = *order_view_fit(out, width, hundredths, 2) != '#';
    return fits ? out : order_view_fit(out, width, hundredths / 100, 0);
}

/* What the total is made of. */
static void draw_sums(const struct app *app, const struct frame *frame, int row)
{
    const struct reply_quote *q = &app->order->quote;
    char goods[MONEY_TEXT], disc[MONEY_TEXT], ship[MONEY_TEXT], tax[MONEY_TEXT], cv[MONEY_TEXT];
    frame_printf(frame, row, ROLE_PLAIN,
                 q->tax_included ? _(" Goods %s  Disc %s  Ship %s  Tax incl %s  CV %s")
                                 : _(" Goods %s  Disc %s  Ship %s  Tax added %s  CV %s"),
                 app_amount(app, goods, q->goods), app_amount(app, disc, q->discount),
                 app_amount(app, ship, q->delivery), app_amount(app, tax, reply_quote_tax(q)),
                 money_format(cv, money_of(q->cv), 2, true));
}

/* The mark of what is not confirmed stands behind it: nothing moves when it goes. */
static void draw_total(const struct app *app, const struct frame *frame, int row, const char *total)
{
    const struct reply_quote *q = &app->order->quote;
    size_t lines = order_lines(app->order);
    char text[256], pv[MONEY_TEXT];
    snprintf(text, sizeof text,
             tongue_n(" TOTAL %s %s   %zu line   PV %s", " TOTAL %s %s   %zu lines   PV %s", lines),
             total, q->currency, lines, money_format(pv, money_of(q->pv), 2, true));
    frame_text(frame, row, ROLE_STRONG, text);
    int x = text_cells(text) + 1;
    if (!order_confirmed(app->order) && row >= 0 && row < frame->rows && x < frame->cols)
        terminal_put(frame->top + row, x, frame->cols - x, ROLE_STRONG, "..");
}

int order_view_totals_rows(const struct frame *frame)
{
    enum { HANDHELD = 40 };
    return frame->cols < HANDHELD ? 1 : ORDER_VIEW_TOTALS;
}

void order_view_totals(const struct app *app, const struct frame *frame)
{
    const struct order *order = app->order;
    const struct reply_quote *q = &order->quote;
    char total[MONEY_TEXT], pv[MONEY_TEXT], was[MONEY_TEXT];
    int row = frame->rows - ORDER_VIEW_TOTALS;
    size_t lines = order_lines(order);
    bool has_sums = order_view_totals_rows(frame) == ORDER_VIEW_TOTALS;
    if (!order->quote_arena) {
        frame_text(frame, row + 1, ROLE_STRONG, _(" TOTAL .."));
        return;
    }
    bool priced = order_priced(order);
    if (!order_has_sums(order)) {
        frame_text(frame, row + 1, ROLE_STRONG, _(" TOTAL .."));
        return;
    }
    if (has_sums)
        draw_sums(app, frame, row);
    app_amount(app, total, q->total);
    if (!priced)
        frame_printf(frame, row + 1, ROLE_STRONG, " TOTAL ..   was %s", total);
    else if (order_confirmed(order) && order->price.total_was >= 0)
        frame_printf(frame, row + 1, ROLE_STRONG,
                     tongue_n(" TOTAL %s %s, was %s   %zu line   PV %s",
                              " TOTAL %s %s, was %s   %zu lines   PV %s", lines),
                     total, q->currency, app_amount(app, was, order->price.total_was), lines,
                     money_format(pv, money_of(q->pv), 2, true));
    else
        draw_total(app, frame, row + 1, total);
}
