/* The back office: which sheet. */
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/promodesk.h"
#include "tui/tongue.h"

#include <string.h>

static const enum sheet entries[] = {SHEET_items, SHEET_prices, SHEET_discounts, SHEET_delivery,
                                     SHEET_tax,   SHEET_lists,  SHEET_kits,      SHEET_choices};

void open_office(struct app *app)
{
    if (!office_may(app)) {
        app_say(app, ROLE_WARN, "the sheets are for the back office.");
        return;
    }
    office_of(app);
    app_show(app, &screen_office);
}

enum { PROMOTIONS_AT = ARRAY_LEN(entries) + 1 };

static void enter(struct app *app)
{
    office_set_ask(app->office);
    disputes_ask(app);
}

static void draw(struct app *app, struct frame *frame)
{
    const struct office *office = app->office;
    int row = 2;
    frame_printf(frame, 0, ROLE_STRONG, " %s", app->session.company);
    for (size_t i = 0; i < ARRAY_LEN(entries); i++)
        frame_printf(frame, row++, ROLE_PLAIN, "  %zu  %s", i + 1, _(sheet_info(entries[i]).title));
    frame_printf(frame, row++, ROLE_PLAIN, "  %d  Promotions", PROMOTIONS_AT);
    if (office->has_set)
        frame_printf(frame, row + 1, ROLE_WARN,
                     tongue_n(" %lld row is changed and not published yet: F9 shows what",
                              " %lld rows are changed and not published yet: F9 shows what",
                              (size_t)office->rows),
                     (long long)office->rows);
    else
        frame_text(frame, row + 1, ROLE_DIM,
                   _(" Nothing is changed. Changes are published together, from a day on."));
    if (disputes_any_open(app))
        frame_text(frame, row + 2, ROLE_WARN, _(" A card payment is disputed: F7 shows which"));
    frame_text(frame, row + 3, ROLE_DIM, _(" 1-9 and Enter opens a sheet; F12 goes back"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct office *office = app->office;
    char key[] = "0";
    speech_say(speech, "title", _("BACK OFFICE: %s"), app->session.company);
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        key[0] = (char)('1' + i);
        speech_say(speech, key, "%zu %s", i + 1, _(sheet_info(entries[i]).title));
    }
    speech_say(speech, "promotions", _("%d Promotions"), PROMOTIONS_AT);
    if (office->has_set)
        speech_say(speech, "rows",
                   tongue_n("%lld row is changed and not published yet: /9 shows what",
                            "%lld rows are changed and not published yet: /9 shows what",
                            (size_t)office->rows),
                   (long long)office->rows);
    if (disputes_any_open(app))
        speech_say(speech, "disputes", _("a card payment is disputed: /7 shows which"));
}

static int candidates(const struct app *app)
{
    (void)app;
    return PROMOTIONS_AT;
}

static void pick(struct app *app, const struct entry_command *command)
{
    if (command->number == PROMOTIONS_AT)
        open_promodesk(app);
    else
        open_sheet(app, entries[command->number - 1]);
}

static void check(struct app *app)
{
    if (app->office->has_set)
        open_changes(app);
    else
        app_say(app, ROLE_WARN, "nothing is changed yet.");
}

const struct screen screen_office = {
    .id = SCREEN_office,
    .grammar = AT_FIND,
    .enter = enter,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions =
        {[ACTION_CHECK] = check, [ACTION_REFRESH] = enter, [ACTION_DISPUTES] = open_disputes},
};
