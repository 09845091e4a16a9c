/* What a file could not give: each row that was not taken, with its line, column and reason. */
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/speech.h"
#include "tui/tongue.h"

#include <stdio.h>

enum { HEADS = 3, FEET = 2 };

static void head_text(const struct office *office, struct arena *arena, struct text *out)
{
    const struct reply_imported *done = &office->imported;
    text_init(out, arena);
    text_printf(out, _("%s, %lld rows: %lld changed, %lld as they were, %lld not taken"),
                office->file, (long long)done->rows, (long long)done->taken, (long long)done->same,
                (long long)done->refused);
}

static void fault_text(struct arena *arena, struct text *out, const struct reply_fault *fault)
{
    text_init(out, arena);
    if (*fault->column)
        text_printf(out, _("line %lld, %s: %s"), (long long)fault->line, fault->column, fault->say);
    else
        text_printf(out, _("line %lld: %s"), (long long)fault->line, fault->say);
}

static void draw(struct app *app, struct frame *frame)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    const struct reply_imported *done = &office->imported;
    struct text text;
    int row = HEADS;
    head_text(office, arena, &text);
    frame_printf(frame, 0, ROLE_STRONG, " %s", text.data);
    if (done->rows == 0)
        frame_text(frame, 1, ROLE_PLAIN,
                   _(" Its first line names the columns: with that put right it can be read."));
    else
        frame_text(
            frame, 1, ROLE_PLAIN,
            _(" The changes of before are still there. Put the file right and read it again."));
    for (size_t i = office->fault_at; i < done->nfaults && row < frame->rows - FEET; i++) {
        fault_text(arena, &text, &done->faults[i]);
        terminal_put(frame->top + row, 0, 3, ROLE_STOP, "!!");
        row += frame_wrap(frame, row, 3, 2, ROLE_PLAIN, text.data);
    }
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" the arrows go through them   F12 goes back to the sheet"));
    arena_free(arena);
}

static void say(struct app *app, struct speech *speech)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    struct text text;
    char key[32];
    head_text(office, arena, &text);
    speech_say(speech, "title", "%s", text.data);
    for (size_t i = 0; i < office->imported.nfaults; i++) {
        fault_text(arena, &text, &office->imported.faults[i]);
        snprintf(key, sizeof key, "fault %zu", i);
        speech_warn(speech, key, true, "%s", text.data);
    }
    arena_free(arena);
}

static bool key(struct app *app, const struct input *input)
{
    struct office *office = app->office;
    size_t n = office->imported.nfaults,
           page = (size_t)(terminal_rows() > 12 ? terminal_rows() - 10 : 3);
    size_t at = office->fault_at;
    if (input->code == INPUT_DOWN || input->code == INPUT_PAGE_DOWN)
        at += input->code == INPUT_DOWN ? 1 : page;
    else if (input->code == INPUT_UP || input->code == INPUT_PAGE_UP)
        at -= input->code == INPUT_UP ? (at > 0) : at < page ? at : page;
    else
        return false;
    office->fault_at = at < n ? at : n ? n - 1 : 0;
    return true;
}

const struct screen screen_imported = {
    .id = SCREEN_imported,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
};
