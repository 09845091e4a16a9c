/* A pay link as a picture that the customer's camera reads, with its address for those who type.
 * Any key goes back; r turns dark and light round where the terminal has no colours. */
#include "core/money.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/qr.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qr {
    char number[64], url[400], sum[MONEY_TEXT + 16];
    bool turned;
};

void open_qr(struct app *app, const char *number, const char *url, const char *sum)
{
    if (!app->qr && !(app->qr = calloc(1, sizeof *app->qr)))
        abort();
    snprintf(app->qr->number, sizeof app->qr->number, "%s", number);
    snprintf(app->qr->url, sizeof app->qr->url, "%s", url);
    snprintf(app->qr->sum, sizeof app->qr->sum, "%s", sum);
    app_show(app, &screen_qr);
}

/* What stands beside the picture, or alone; the rows it took. */
static int draw_words(const struct qr *qr, struct frame *frame, int x, bool has_picture)
{
    struct frame part = *frame;
    char text[160];
    int row = 0;
    part.left += x;
    part.cols -= x;
    snprintf(text, sizeof text, _("Order %s: pay %s"), qr->number, qr->sum);
    row += frame_wrap(&part, row, 1, 3, ROLE_STRONG, text) + 1;
    row += frame_wrap(&part, row, 1, 4, ROLE_PLAIN,
                      has_picture ? _("The customer's camera reads it, or the address is typed:")
                                  : _("There is no room here for the picture; the address does "
                                      "the same:"));
    frame->cursor_y = part.top + (row < part.rows ? row : part.rows - 1);
    frame->cursor_x = part.left + 1;
    row += frame_wrap(&part, row, 1, 8, ROLE_STRONG, qr->url) + 1;
    row += frame_wrap(&part, row, 1, 3, ROLE_DIM, _("It says here when it is paid."));
    return row + frame_wrap(&part, row, 1, 4, ROLE_DIM,
                            has_picture && !terminal_has_paper()
                                ? _("r turns dark and light round; any other key goes back")
                                : _("any key goes back"));
}

static void draw(struct app *app, struct frame *frame)
{
    enum { WORDS = 26 }; /* columns that the words need beside the picture */
    const struct qr *qr = app->qr;
    int room = frame->cols - WORDS;
    int cols = qr_draw(frame->top, 1, frame->rows, room - 1, qr->url, qr->turned);
    if (cols) {
        draw_words(qr, frame, 1 + cols, true);
        return;
    }
    /* Narrow and high: the words stand above it. */
    int row = draw_words(qr, frame, 0, true) + 1;
    if (!qr_draw(frame->top + row, 1, frame->rows - row, frame->cols - 1, qr->url, qr->turned)) {
        for (int i = 0; i < frame->rows; i++)
            frame_text(frame, i, ROLE_PLAIN, "");
        draw_words(qr, frame, 0, false);
    }
}

static bool key(struct app *app, const struct input *input)
{
    if (input->code == INPUT_REDRAW)
        return false;
    if (input->code == INPUT_CHAR && (input->ch == 'r' || input->ch == 'R'))
        app->qr->turned = !app->qr->turned;
    else
        app_back(app);
    return true;
}

static void say(struct app *app, struct speech *speech)
{
    const struct qr *qr = app->qr;
    speech_say(speech, "title", _("PAY LINK of order %s, %s"), qr->number, qr->sum);
    speech_say(speech, "url", "%s", qr->url);
}

const struct screen screen_qr = {
    .id = SCREEN_qr,
    .grammar = AT_CARD,
    .has_own_fields = true,
    .adapts = true,
    .draw = draw,
    .say = say,
    .key = key,
};
