/* Home of the showroom: which till, the shift, what it has come to, and what waits. */
#include "core/text.h"
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/handover.h"
#include "tui/home_drafts.h"
#include "tui/open.h"
#include "tui/receipts.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

static void enter(struct app *app)
{
    screen_home.enter(app); /* what is parked */
    counter_ask(app);
}

static const char *amount(const struct app *app, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), app->session.market.exponent, true);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static int draw_tills(const struct app *app, const struct frame *frame, int row)
{
    const struct counter *counter = app->counter;
    char since[WHEN_TEXT];
    frame_text(frame, row++, ROLE_HEAD, _(" Tills   which one is this? its digit"));
    if (!counter->has_tills)
        frame_text(frame, row++, ROLE_DIM,
                   counter->tills_query.waiting ? "  .." : counter->tills_query.error);
    for (size_t i = 0; counter->has_tills && i < counter->tills.n; i++, row++) {
        const struct reply_till *till = &counter->tills.items[i];
        bool is_chosen = strcmp(till->code, counter->till) == 0;
        if (till->is_open)
            frame_printf(frame, row, ROLE_DIM, "  %zu %-12s %s   open: %s since %s", i + 1,
                         till->code, till->name, till->who, when_short(since, till->opened_at));
        else
            frame_printf(frame, row, is_chosen ? ROLE_STRONG : ROLE_PLAIN, "  %zu %-12s %s%s",
                         i + 1, till->code, till->name, is_chosen ? _("   this one") : "");
    }
    if (counter->has_tills && counter->tills.n == 0)
        frame_text(frame, row++, ROLE_WARN, _("  there is no till in this market"));
    frame_text(frame, row + 1, ROLE_PLAIN,
               _(" Then the float that lies in the drawer, as 150 or 150.00, and F9."));
    return row + 2;
}

static int draw_shift(const struct app *app, const struct frame *frame, int row)
{
    const struct counter *counter = app->counter;
    const struct reply_shift *shift = &counter->shift;
    const struct reply_till_report *report = &counter->report;
    char since[WHEN_TEXT], opening[MONEY_TEXT], drawer[MONEY_TEXT], sold[MONEY_TEXT];
    frame_printf(frame, row++, ROLE_STRONG, " %s  %s   open since %s, float %s", shift->till,
                 shift->till_name, when_short(since, shift->opened_at),
                 amount(app, opening, shift->opening));
    if (counter->has_report && report->sales.total >= 0)
        frame_printf(
            frame, row, ROLE_PLAIN, " Shift   sales %lld, %s %s   returns %lld   voids %lld",
            (long long)report->sales.count, amount(app, sold, report->sales.total), shift->currency,
            (long long)report->returns.count, (long long)report->voids.count);
    else if (counter->has_report)
        frame_printf(frame, row, ROLE_PLAIN, " Shift   sales %lld   returns %lld   voids %lld",
                     (long long)report->sales.count, (long long)report->returns.count,
                     (long long)report->voids.count);
    else
        frame_printf(frame, row, ROLE_PLAIN, " Shift   sales %lld", (long long)shift->sales);
    row++;
    if (shift->drawer >= 0)
        frame_printf(frame, row, ROLE_PLAIN, " Drawer  %s", amount(app, drawer, shift->drawer));
    else
        frame_text(frame, row, ROLE_DIM, _(" Drawer  is counted blind"));
    row++;
    if (!app->options->receipt_printer)
        frame_text(frame, row++, ROLE_WARN,
                   _(" Printer none: receipt_printer in partyline.conf; F8 shows receipts"));
    return row;
}

static int draw_pickups(const struct app *app, const struct frame *frame, int row)
{
    const struct counter *counter = app->counter;
    char total[MONEY_TEXT], due[MONEY_TEXT];
    frame_text(frame, row++, ROLE_HEAD, _(" To be picked up   its digit, or the order's number"));
    if (!counter->has_pickups || counter->pickups.n == 0)
        frame_text(frame, row++, ROLE_DIM, counter->pickups_query.waiting ? "  .." : _("  none"));
    for (size_t i = 0; counter->has_pickups && i < counter->pickups.n; i++) {
        const struct reply_pickup *one = &counter->pickups.items[i];
        money_format(total, money_of(one->total), one->exponent, true);
        money_format(due, money_of(one->due), one->exponent, true);
        if (one->due)
            frame_printf(frame, row++, ROLE_PLAIN, "  %zu %s %-26.26s %10s   to pay %s", i + 1,
                         one->number, one->name, total, due);
        else
            frame_printf(frame, row++, ROLE_PLAIN, "  %zu %s %-26.26s %10s   paid", i + 1,
                         one->number, one->name, total);
    }
    return row;
}

static int draw_parked(const struct app *app, const struct frame *frame, int row)
{
    bool picking, settled;
    const struct reply_drafts *parked = home_list(app, &picking, &settled);
    frame_text(frame, row++, ROLE_HEAD,
               picking ? _(" Parked   which one? press its digit") : _(" Parked   F7 and a digit"));
    if (parked->n == 0)
        frame_text(frame, row++, ROLE_DIM, _("  none"));
    for (size_t i = 0; i < parked->n; i++)
        home_drafts_row(frame, row++, settled ? i + 1 : 0, &app->session, &parked->items[i]);
    return row;
}

static void draw_types(const struct frame *frame, int row)
{
    frame_text(frame, row, ROLE_HEAD, _(" Type"));
    frame_text(frame, row + 1, ROLE_PLAIN,
               _("   a scan, q*SKU, a distributor's number: a sale   an order's: handed over"));
    frame_text(frame, row + 2, ROLE_PLAIN,
               _("   x report   in 20 change   out 3.60 stamps   z 183.85 or z 20x3 5x4 closes"));
}

static void draw(struct app *app, struct frame *frame)
{
    const struct counter *counter = app->counter;
    struct arena *arena = arena_new();
    const char *armed = counter_armed_text(app, arena);
    int row = 1;
    frame_printf(frame, 0, ROLE_STRONG, " %s", app->session.company);
    if (!counter->is_known)
        frame_text(frame, row++, ROLE_DIM,
                   counter->shift_query.waiting ? "  .." : counter->shift_query.error);
    else if (counter->has_shift)
        row = draw_shift(app, frame, row);
    else
        row = draw_tills(app, frame, row);
    if (*armed)
        frame_printf(frame, row + 1, ROLE_STRONG, " %s", armed);
    row += 1 + 2 * (*armed != '\0');
    if (counter->has_shift) {
        row = draw_pickups(app, frame, row) + 1;
        row = draw_parked(app, frame, row);
        if (row + 3 <= frame->rows)
            draw_types(frame, frame->rows - 3);
    }
    arena_free(arena);
}

/* ---- without a screen ------------------------------------------------------------------------ */

static void say_tills(const struct app *app, struct speech *speech)
{
    const struct counter *counter = app->counter;
    char key[32];
    for (size_t i = 0; counter->has_tills && i < counter->tills.n; i++) {
        const struct reply_till *till = &counter->tills.items[i];
        snprintf(key, sizeof key, "till %zu", i);
        if (till->is_open)
            speech_say(speech, key, _("till %zu: %s %s, open: %s"), i + 1, till->code, till->name,
                       till->who);
        else
            speech_say(speech, key, _("till %zu: %s %s%s"), i + 1, till->code, till->name,
                       strcmp(till->code, counter->till) == 0 ? _(", this one") : "");
    }
    speech_say(speech, "float", _("the till's number, then its float, then /9"));
}

static void say_shift(const struct app *app, struct speech *speech)
{
    const struct counter *counter = app->counter;
    const struct reply_shift *shift = &counter->shift;
    char sum[MONEY_TEXT], due[MONEY_TEXT], key[32];
    speech_say(speech, "shift", _("%s %s, float %s, sales %lld"), shift->till, shift->till_name,
               amount(app, sum, shift->opening), (long long)shift->sales);
    if (!app->options->receipt_printer)
        speech_warn(speech, "printer", false, "%s",
                    _("no printer: receipt_printer in partyline.conf; /8 says receipts"));
    if (shift->drawer >= 0)
        speech_say(speech, "drawer", _("drawer %s"), amount(app, sum, shift->drawer));
    for (size_t i = 0; counter->has_pickups && i < counter->pickups.n; i++) {
        const struct reply_pickup *one = &counter->pickups.items[i];
        snprintf(key, sizeof key, "pickup %zu", i);
        speech_say(speech, key, _("to be picked up %zu: %s %s, %s, to pay %s"), i + 1, one->number,
                   one->name, money_format(sum, money_of(one->total), one->exponent, true),
                   money_format(due, money_of(one->due), one->exponent, true));
    }
}

static void say(struct app *app, struct speech *speech)
{
    const struct counter *counter = app->counter;
    bool picking, settled;
    struct arena *arena = arena_new();
    const char *armed = counter_armed_text(app, arena);
    speech_say(speech, "title", app->session.demo ? _("SHOWROOM: %s, TRAINING") : _("SHOWROOM: %s"),
               app->session.company);
    if (counter->has_shift)
        say_shift(app, speech);
    else if (counter->is_known)
        say_tills(app, speech);
    home_drafts_say(speech, &app->session, home_list(app, &picking, &settled), false);
    if (*armed)
        speech_answer(speech, "armed", "", armed, "");
    arena_free(arena);
}

/* ---- entries --------------------------------------------------------------------------------- */

static int candidates(const struct app *app)
{
    enum { MOST = 9 };
    const struct counter *counter = app->counter;
    size_t n = counter->has_shift ? (counter->has_pickups ? counter->pickups.n : 0)
               : counter->is_known && counter->has_tills && !*counter->till ? counter->tills.n
                                                                            : 0;
    return (int)(n < MOST ? n : MOST);
}

static void pick(struct app *app, const struct entry_command *command)
{
    struct counter *counter = app->counter;
    size_t i = (size_t)command->number - 1;
    if (counter->has_shift) {
        open_handover(app, counter->pickups.items[i].number);
        return;
    }
    const struct reply_till *till = &counter->tills.items[i];
    if (till->is_open) {
        app_say(app, ROLE_STOP, "%s is open: %s is at it.", till->code, till->who);
        return;
    }
    snprintf(counter->till, sizeof counter->till, "%s", till->code);
    app_say(app, ROLE_OK, "ok  %s %s; now its float", till->code, till->name);
}

static void arm(struct app *app, const struct entry_command *command)
{
    static const struct {
        enum entry_kind entry;
        enum counter_act act;
    } acts[] = {{ENTRY_CASH, COUNTER_OPEN},
                {ENTRY_PAY_IN, COUNTER_PAY_IN},
                {ENTRY_PAY_OUT, COUNTER_PAY_OUT},
                {ENTRY_COUNT, COUNTER_CLOSE}};
    for (size_t i = 0; i < ARRAY_LEN(acts); i++)
        if (acts[i].entry == command->kind)
            counter_arm(app, acts[i].act, command);
}

/* Another till than the one that was chosen, or what was keyed is dropped. */
static void undo(struct app *app, const struct entry_command *command)
{
    struct counter *counter = app->counter;
    (void)command;
    bool is_till = !counter->armed.act && !counter->has_shift && *counter->till;
    if (is_till) {
        counter->till[0] = '\0';
        app_say(app, ROLE_OK, "no till is chosen.");
    } else {
        counter_disarm(app);
    }
}

static void report(struct app *app, const struct entry_command *command)
{
    (void)command;
    counter_x_report(app);
}

static void order_number(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_handover(app, command->text);
}

static void nothing(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (counter_is_open(app))
        app_show(app, &screen_sale);
}

/* Also when a sale that was parked is stored: the digit after F7 still chooses. */
static void refresh(struct app *app)
{
    screen_home.actions[ACTION_REFRESH](app);
    counter_ask(app);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    return screen_home.key(app, input);
}

static void recall(struct app *app)
{
    screen_home.actions[ACTION_RECALL](app);
}

static void take_over(struct app *app)
{
    screen_home.actions[ACTION_TAKE_OVER](app);
}

const struct screen screen_counter = {
    .id = SCREEN_counter,
    .grammar = AT_COUNTER,
    .enter = enter,
    .draw = draw,
    .say = say,
    .say_once = true,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick,
                 [ENTRY_CASH] = arm,
                 [ENTRY_PAY_IN] = arm,
                 [ENTRY_PAY_OUT] = arm,
                 [ENTRY_COUNT] = arm,
                 [ENTRY_UNDO] = undo,
                 [ENTRY_X_REPORT] = report,
                 [ENTRY_ORDER] = order_number,
                 [ENTRY_RETURN] = open_counter_return,
                 [ENTRY_EMPTY] = nothing},
    .actions = {[ACTION_COUNTER_DO] = counter_do,
                [ACTION_REFRESH] = refresh,
                [ACTION_RECALL] = recall,
                [ACTION_TAKE_OVER] = take_over},
};
