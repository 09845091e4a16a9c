/* A promotion as a form: the arrows and Tab go from field to field, what is typed goes into the
 * field with Enter; a text that is pasted goes line by line into its fields. */
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/promodesk.h"

#include <stdlib.h>
#include <string.h>

/* ---- from field to field --------------------------------------------------------------------- */

static void step(struct promodesk *desk, int by)
{
    if (by > 0 ? desk->field + 1 < desk->form.n : desk->field > 0)
        desk->field += by > 0 ? 1 : (size_t)-1;
}

static void step_page(struct promodesk *desk, int by)
{
    enum { ROWS = 8 };
    for (int i = 0; i < ROWS; i++)
        step(desk, by);
}

/* ---- what is typed --------------------------------------------------------------------------- */

static void undo(struct promodesk *desk)
{
    promo_form_undo(desk);
}

/* False when it did not go into the field. */
static bool take_text(struct promodesk *desk, const char *text)
{
    static const struct {
        const char *text;
        void (*run)(struct promodesk *desk);
    } commands[] = {{"u", undo}, {"+", promo_form_more}};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].text, text) == 0) {
            commands[i].run(desk);
            return false;
        }
    if (text[0] == '/' && text[1] >= '0' && text[1] <= '9') {
        app_function(desk->app, atoi(text + 1));
        return false;
    }
    promo_form_type(desk, text);
    return promo_form_mistake(desk, desk->field) == NULL;
}

/* What stands in the entry line goes into its field; a mistake stays in sight. */
static bool take_line(struct promodesk *desk)
{
    char text[ENTRY_TEXT];
    desk->app->said.text[0] = '\0';
    return !entry_line_take(&desk->app->line, text) || take_text(desk, text);
}

static void enter_key(struct promodesk *desk)
{
    if (desk->app->line.offered)
        desk->app->line.offered = false;
    if (take_line(desk))
        step(desk, 1);
}

static void edit(struct app *app)
{
    const struct promodesk *desk = app->promodesk;
    const struct promotion_field *field = &desk->form.fields[desk->field];
    if (!app->line.len && field->kind != FIELD_CODE)
        entry_line_set(&app->line, field->value);
}

/* ---- pasting --------------------------------------------------------------------------------- */

static void paste(struct promodesk *desk, bool begins)
{
    char text[ENTRY_TEXT];
    desk->app->in_paste = begins;
    if (begins)
        desk->pasted = false;
    else if (desk->pasted && entry_line_take(&desk->app->line, text))
        promo_form_paste(desk, text); /* the last line may have no end */
}

static void paste_line(struct promodesk *desk)
{
    char text[ENTRY_TEXT];
    if (entry_line_take(&desk->app->line, text))
        promo_form_paste(desk, text);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct promodesk *desk = app->promodesk;
    static const struct {
        enum input_code code;
        void (*step)(struct promodesk *desk, int by);
        int by;
    } steps[] = {
        {INPUT_DOWN, step, 1},
        {INPUT_UP, step, -1},
        {INPUT_TAB, step, 1},
        {INPUT_BACK_TAB, step, -1},
        {INPUT_PAGE_DOWN, step_page, 1},
        {INPUT_PAGE_UP, step_page, -1},
    };
    if (input->code == INPUT_PASTE_BEGIN || input->code == INPUT_PASTE_END) {
        paste(desk, input->code == INPUT_PASTE_BEGIN);
        return true;
    }
    if (input->code == INPUT_ENTER) {
        app->entries++;
        (app->in_paste ? paste_line : enter_key)(desk);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (steps[i].code != input->code)
            continue;
        desk->armed = PROMO_NOTHING;
        if (take_line(desk))
            steps[i].step(desk, steps[i].by);
        return true;
    }
    return false;
}

static void simulate(struct app *app)
{
    open_simulation(app);
}

static void publish(struct app *app)
{
    promo_act(app->promodesk, PROMO_PUBLISH);
}

static void end(struct app *app)
{
    promo_act(app->promodesk, PROMO_END);
}

static void file(struct app *app)
{
    promo_file(app->promodesk);
}

static void refresh(struct app *app)
{
    promo_form_ask(app->promodesk);
}

static void back(struct app *app)
{
    if (promo_is_unsaved(app))
        app_say(app, ROLE_WARN, "it is still being saved; again in a moment.");
    else
        app_back(app);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void draw(struct app *app, struct frame *frame)
{
    promo_form_draw(app->promodesk, frame);
}

static void say(struct app *app, struct speech *speech)
{
    promo_form_say(app->promodesk, speech);
}

const struct screen screen_promoform = {
    .id = SCREEN_promoform,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_REFRESH] = refresh,
                [ACTION_PROMO_FILE] = file,
                [ACTION_SIMULATE] = simulate,
                [ACTION_PROMO_END] = end,
                [ACTION_FIELD_EDIT] = edit,
                [ACTION_PROMO_PUBLISH] = publish,
                [ACTION_BACK] = back},
};
