/* F1: the keys of the screen below and what its entry line takes, from keys.def and entry.def. */
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/tongue.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

struct help {
    int first; /* row shown at the top */
    int rows;  /* there are, as drawn last */
};

void open_help(struct app *app)
{
    if (!app->help && !(app->help = calloc(1, sizeof *app->help)))
        abort();
    if (app_screen(app) == &screen_help) {
        app_back(app);
        return;
    }
    app->help->first = 0;
    app_show(app, &screen_help);
}

enum { LEFT_ENTRY = 32, LEFT_KEY = 6, LEFT_NARROW = 12, HANDHELD = 40 };

/* Where the next row goes. */
static int row(const struct frame *frame, int at, int left, const char *key, const char *help)
{
    int hidden = at > 0 ? at : frame->rows; /* scrolled away: measured only */
    if (frame->cols < HANDHELD) {
        int above = frame_wrap(frame, hidden, 0, 2, ROLE_STRONG, key);
        hidden = at + above > 0 ? at + above : frame->rows;
        return at + above + frame_wrap(frame, hidden, 2, 4, ROLE_PLAIN, help);
    }
    if (frame->cols < 60 && left > LEFT_NARROW)
        left = LEFT_NARROW;
    if (at > 0 && at < frame->rows)
        terminal_printf(frame->top + at, 0, left, ROLE_STRONG, " %s", key);
    int used = frame_wrap(frame, hidden, left, 2, ROLE_PLAIN, help);
    return at + (used ? used : 1);
}

static int draw_entries(const struct screen *below, const struct frame *frame, int at)
{
    for (enum entry_kind kind = 0; kind < ENTRY_KINDS && !below->has_own_fields; kind++)
        if (*entry_info(kind)->form && app_takes(below, kind))
            at = row(frame, at, LEFT_ENTRY, entry_info(kind)->form, _(entry_info(kind)->help));
    return at;
}

static int draw_keys(const struct screen *below, const struct frame *frame, int at)
{
    char name[16] = "F";
    for (enum action action = 0; action < ACTIONS; action++) {
        const struct key_info *info = key_info(action);
        if (!(info->screens & UINT64_C(1) << below->id))
            continue;
        name[1] = info->number > 9 ? '1' : (char)('0' + info->number);
        name[2] = info->number > 9 ? (char)('0' + info->number - 10) : '\0';
        name[3] = '\0';
        at = row(frame, at, LEFT_KEY, name, _(info->help));
    }
    return at;
}

static void draw(struct app *app, struct frame *frame)
{
    const struct screen *below = app_screen_below(app);
    int at = 1 - app->help->first;
    if (!below)
        return;
    at = draw_entries(below, frame, at);
    at = draw_keys(below, frame, at + 1);
    at = row(frame, at + 1, LEFT_ENTRY, _("Esc 9   Alt+9   /9 Enter"),
             _("all are F9; Esc 0 is F10, Esc Esc F12"));
    at = row(frame, at, LEFT_ENTRY, _("Up   Down"), _("what was typed before"));
    app->help->rows = at + app->help->first;
    if (frame->cols < HANDHELD) {
        frame_text(frame, 0, ROLE_HEAD, _(" HELP   PgDn PgUp"));
        return;
    }
    terminal_printf(frame->top, 0, frame->cols, ROLE_HEAD,
                    app->help->rows >= frame->rows
                        ? _(" HELP for: %s   PgDn PgUp   letters search all there is")
                        : _(" HELP for: %s   letters search all there is"),
                    _(screen_title(below->id)));
}

static void say(struct app *app, struct speech *speech)
{
    const struct screen *below = app_screen_below(app);
    if (!below)
        return;
    speech_say(speech, "title", _("HELP for: %s"), _(screen_title(below->id)));
    for (enum entry_kind kind = 0; kind < ENTRY_KINDS && !below->has_own_fields; kind++)
        if (*entry_info(kind)->form && app_takes(below, kind))
            speech_say(speech, entry_info(kind)->form, "%s: %s", entry_info(kind)->form,
                       _(entry_info(kind)->help));
    for (enum action action = 0; action < ACTIONS; action++)
        if (key_info(action)->screens & UINT64_C(1) << below->id)
            speech_say(speech, key_info(action)->name, _("/%d, which is F%d: %s"),
                       key_info(action)->number, key_info(action)->number,
                       _(key_info(action)->help));
}

/* Letters look for a key or an entry among all there are. */
static bool search(struct app *app, const struct input *input)
{
    open_palette(app);
    if (app_screen(app) == &screen_palette)
        app_input(app, input);
    return true;
}

static bool key(struct app *app, const struct input *input)
{
    struct help *help = app->help;
    enum { PAGE = 10 };
    if (input->code == INPUT_PAGE_DOWN && help->first + PAGE < help->rows)
        help->first += PAGE;
    else if (input->code == INPUT_PAGE_UP)
        help->first = help->first > PAGE ? help->first - PAGE : 0;
    else if (input->code == INPUT_CHAR && app->line.len == 0 && iswalpha((wint_t)input->ch) &&
             !app->options->is_linear) /* where there is F2 for that */
        return search(app, input);
    else
        return false;
    return true;
}

const struct screen screen_help = {
    .id = SCREEN_help,
    .adapts = true,
    .grammar = AT_HOME,
    .draw = draw,
    .say = say,
    .key = key,
};
