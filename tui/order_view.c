#include "tui/order_view.h"

#include "tui/frame.h"
#include "tui/order_change_view.h"
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
        {"unknown_list", N_("pl lists those there are")},
        {"unknown_coupon", N_("cp alone takes it off")},
        {"coupon_used_up", N_("cp alone takes it off")},
        {"coupon_no_effect", N_("pr says why")},
        {"pick_too_many", N_(".n*q, or .nf buys it")},
        {"pick_not_offered", N_(".nf buys it, .n*0 voids it")},
        {"pick_not_earned", N_(".nf buys it, .n*0 voids it")},
        {"balance_short", N_("bal and less, or later")},
        {"tender_kind", N_("later")},
        {"tenders_exceed", N_("bal and less, or later")},
        {"choice_needed", N_("F12, then choose by digit")},
        {"choice_not_offered", N_("F12, then choose by digit")},
        {"choice_too_many", N_(".n*0 voids it")},
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

/* What changes with each line stands in columns: what has not changed stays where it is. */
static const char *column(char amount[MONEY_TEXT], int width)
{
    size_t n = strlen(amount);
    for (; n < (size_t)width && n + 1 < MONEY_TEXT; n++)
        amount[n] = ' ';
    amount[n] = '\0';
    return amount;
}

/* What the order counts for; where both volumes are the same, once. */
static const char *volumes(const struct reply_quote *q, char *out, size_t size)
{
    enum { VOLUME = 6 };
    char cv[MONEY_TEXT], pv[MONEY_TEXT];
    money_format(cv, money_of(q->cv), 2, true), money_format(pv, money_of(q->pv), 2, true);
    if (q->cv == q->pv)
        snprintf(out, size, _("CV=PV %s"), column(cv, VOLUME));
    else
        snprintf(out, size, _("CV %s PV %s"), column(cv, VOLUME), column(pv, VOLUME));
    return out;
}

/* What the total is made of, what changes with each line first: side by side, so that few bytes
 * tell of it. */
static void draw_sums(const struct app *app, const struct frame *frame, int row)
{
    enum { SUM = 6, PART = 5 };
    const struct reply_quote *q = &app->order->quote;
    char goods[MONEY_TEXT], tax[MONEY_TEXT], ship[MONEY_TEXT], disc[MONEY_TEXT], counts[96],
        text[256];
    app_amount(app, goods, q->goods), app_amount(app, tax, reply_quote_tax(q));
    app_amount(app, ship, q->delivery), app_amount(app, disc, q->discount);
    volumes(q, counts, sizeof counts);
    int n = snprintf(text, sizeof text,
                     q->tax_included ? _(" Goods %s %s Tax %s incl  Ship %s")
                                     : _(" Goods %s %s Tax %s added  Ship %s"),
                     column(goods, SUM), counts, column(tax, SUM), column(ship, PART));
    if (q->discount)
        snprintf(text + n, sizeof text - (size_t)n, _("  Disc %s"), disc);
    if (text_cells(text) > frame->cols)
        text[n] = '\0'; /* rather none than the word alone */
    frame_text(frame, row, ROLE_PLAIN, text);
}

/* The mark of what is not confirmed stands behind it: nothing moves when it goes. Where there is
 * room for `pending 1 of 5`, that counts the lines, and says it of those that are not confirmed. */
static void draw_total(const struct app *app, const struct frame *frame, int row, const char *total)
{
    enum { TOTAL = 8 };
    const struct reply_quote *q = &app->order->quote;
    size_t lines = order_lines(app->order);
    bool is_wide = order_view_totals_rows(frame) > 1;
    bool is_marked = !order_confirmed(app->order) && !(is_wide && order_pending(app->order));
    char strong[128], rest[128] = "";
    snprintf(strong, sizeof strong, is_wide ? _(" TOTAL %s") : _(" TOTAL %s %s"), total,
             q->currency);
    if (!is_wide)
        snprintf(rest, sizeof rest, tongue_n("   %zu line", "   %zu lines", lines), lines);
    if (is_wide)
        order_change_money(app, rest, sizeof rest);
    int short_of = is_wide ? TOTAL - (int)strlen(total) : 0;
    int x = text_cells(strong) + (short_of > 0 ? short_of : 0);
    frame_text(frame, row, ROLE_STRONG, strong);
    if (row < 0 || row >= frame->rows || x >= frame->cols)
        return;
    terminal_put(frame->top + row, frame->left + x, frame->cols - x, ROLE_PLAIN, rest);
    x += text_cells(rest) + 1;
    if (is_marked && x < frame->cols)
        terminal_put(frame->top + row, frame->left + x, frame->cols - x, ROLE_PLAIN, "..");
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
    char total[MONEY_TEXT], was[MONEY_TEXT];
    int row = frame->rows - ORDER_VIEW_TOTALS;
    size_t lines = order_lines(order);
    if (lines == 0)
        return; /* there is nothing to sum up */
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
        frame_printf(frame, row + 1, ROLE_STRONG, " TOTAL %s %s, was %s", total, q->currency,
                     app_amount(app, was, order->price.total_was));
    else
        draw_total(app, frame, row + 1, total);
}
