/* What is to be paid, what was handed over, what goes back: of a sale, and of goods that are picked
 * up. */
#include "tui/sale_view.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

enum { BIG_LEAST_COLS = 60, BIG_LEAST_ROWS = 12, RIGHT = 36, ITEMS = 12, SUMS_BIG = 5 };

void sale_view_paid(struct text *text, const struct draft_tender *plan, size_t n, int exponent)
{
    char amount[MONEY_TEXT];
    for (size_t i = 0; i < n; i++) {
        enum tender_kind kind = tender_by_name(plan[i].kind);
        bool has_slip = kind == TENDER_card_present || kind == TENDER_cheque;
        int64_t given = plan[i].given ? plan[i].given : plan[i].amount;
        text_printf(text, "%s%s%s%s %s", i ? ", " : "", tongue_word("tender", plan[i].kind),
                    has_slip ? " " : "", has_slip && plan[i].ref ? plan[i].ref : "",
                    money_format(amount, money_of(given), exponent, true));
    }
}

int sale_sums_rows(const struct frame *frame)
{
    bool is_big = frame->cols >= BIG_LEAST_COLS && frame->rows >= BIG_LEAST_ROWS;
    return is_big ? SUMS_BIG : frame->rows >= 4 ? 2 : 1;
}

/* The amount that matters now, and what it is. */
static int64_t main_amount(const struct sale_sums *sums, const char **label)
{
    if (sums->due || sums->awaited) {
        *label = sums->due ? _("TO PAY") : _("AWAITED");
        return sums->due ? sums->due : sums->awaited;
    }
    *label = sums->given ? _("GIVE BACK") : _("PAID");
    return sums->given ? sums->change : sums->total;
}

static void draw_small(const struct frame *frame, const struct sale_sums *sums, int rows)
{
    const char *label;
    char total[MONEY_TEXT], amount[MONEY_TEXT];
    int64_t minor = main_amount(sums, &label);
    int row = frame->rows - rows;
    if (sums->total < 0) {
        frame_text(frame, frame->rows - 1, ROLE_STRONG, _(" TOTAL .."));
        return;
    }
    money_format(total, money_of(sums->total), sums->exponent, true);
    money_format(amount, money_of(minor), sums->exponent, true);
    if (rows > 1)
        frame_printf(frame, row, ROLE_STRONG, " TOTAL %s %s", total, sums->currency);
    terminal_printf(frame->top + frame->rows - 1, frame->left, frame->cols, ROLE_STRONG, " %s %s",
                    label, amount);
}

/* Small figures to the right: a word and an amount. */
static void put_figure(const struct frame *frame, int row, enum role role, const char *label,
                       const char *amount, const char *behind)
{
    int x = frame->left + frame->cols - RIGHT;
    terminal_put(frame->top + row, x, 12, role, label);
    terminal_put_right(frame->top + row, x + 12, 14, role, amount);
    terminal_printf(frame->top + row, x + 26, RIGHT - 26, role, " %s", behind);
}

/* One below the other, as far as there is room. */
static void draw_paid(const struct frame *left, int row, const char *paid)
{
    struct arena *arena = arena_new();
    for (int last = left->rows; *paid && row < last; row++) {
        const char *end = strstr(paid, ", ");
        size_t len = end ? (size_t)(end - paid) : strlen(paid);
        frame_text(
            left, row, ROLE_PLAIN,
            arena_printf(arena, " %.*s", row + 1 < last ? (int)len : (int)strlen(paid), paid));
        paid += len + (end ? 2 : 0);
    }
    arena_free(arena);
}

static void draw_big(const struct frame *frame, const struct sale_sums *sums)
{
    const char *label;
    char total[MONEY_TEXT], amount[MONEY_TEXT], items[32] = "";
    int64_t minor = main_amount(sums, &label);
    int row = frame->rows - SUMS_BIG, x = frame->cols - RIGHT;
    struct frame left = *frame;
    left.cols = x - ITEMS;
    draw_paid(&left, row, sums->paid);
    if (sums->total < 0) {
        put_figure(frame, row, ROLE_STRONG, _("TOTAL"), "..", "");
        return;
    }
    money_format(total, money_of(sums->total), sums->exponent, true);
    if (sums->items)
        snprintf(items, sizeof items, tongue_n("%zu item", "%zu items", (size_t)sums->items),
                 (size_t)sums->items);
    put_figure(frame, row, ROLE_STRONG, _("TOTAL"), total, sums->currency);
    if (*items)
        terminal_put_right(frame->top + row, frame->left + x - ITEMS, ITEMS - 1, ROLE_PLAIN, items);
    if (sums->given)
        put_figure(frame, row + 1, ROLE_PLAIN, _("CASH"),
                   money_format(amount, money_of(sums->given), sums->exponent, true), "");
    money_format(amount, money_of(minor), sums->exponent, false);
    terminal_put(frame->top + row + 3, frame->left + x, 12, ROLE_STRONG, label);
    int width = big_width(amount);
    if (width <= RIGHT - 10)
        big_draw(frame, row + 2, x + 26 - width > x + 10 ? x + 26 - width : x + 10, ROLE_STRONG,
                 amount);
    else
        terminal_put_right(frame->top + row + 3, frame->left + x + 12, 14, ROLE_STRONG, amount);
}

void sale_sums_draw(const struct frame *frame, const struct sale_sums *sums)
{
    int rows = sale_sums_rows(frame);
    if (rows == SUMS_BIG)
        draw_big(frame, sums);
    else
        draw_small(frame, sums, rows);
}

void sale_sums_say(struct speech *speech, const struct sale_sums *sums, const char *key)
{
    char total[MONEY_TEXT], due[MONEY_TEXT], given[MONEY_TEXT], change[MONEY_TEXT];
    char about[64];
    if (sums->total < 0)
        return;
    snprintf(about, sizeof about, "sums %.40s", key);
    money_format(total, money_of(sums->total), sums->exponent, true);
    money_format(due, money_of(sums->due), sums->exponent, true);
    money_format(given, money_of(sums->given), sums->exponent, true);
    money_format(change, money_of(sums->change), sums->exponent, true);
    if (sums->due)
        speech_say(speech, about, _("to pay %s %s"), due, sums->currency);
    else if (sums->awaited)
        speech_say(speech, about, _("not paid yet, %s %s is awaited"),
                   money_format(due, money_of(sums->awaited), sums->exponent, true),
                   sums->currency);
    else if (sums->given)
        speech_answer(
            speech, about, "",
            arena_printf(speech->arena, _("cash %s, change %s %s"), given, change, sums->currency),
            "");
    else
        speech_say(speech, about, _("paid, %s"), sums->paid);
}
