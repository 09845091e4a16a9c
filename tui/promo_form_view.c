/* The form on the screen: fields, below them what the field at the cursor takes or what is wrong in
 * it, and the promotion as a sentence. */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/promodesk.h"
#include "tui/speech.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

enum { HEADS = 1, NOTE = 2, SENTENCE = 4, FEET = NOTE + SENTENCE + 1, VALUE_X = 25 };

static const char *state_of(const struct promodesk *desk)
{
    if (desk->loading)
        return "..";
    if (desk->lost)
        return _("not on the server");
    if (desk->sending || desk->dirty)
        return _("being saved ..");
    if (!desk->stored)
        return _("new");
    if (desk->has_draft)
        return _("saved, not published");
    return _(desk->now);
}

static void draw_title(const struct promodesk *desk, const struct frame *frame)
{
    const char *state = state_of(desk);
    int width = text_cells(state) + 1;
    if (desk->version)
        frame_printf(frame, 0, ROLE_STRONG, " %s  %s  version %lld, on %lld orders", desk->code,
                     desk->market, (long long)desk->version, (long long)desk->uses);
    else
        frame_printf(frame, 0, ROLE_STRONG, " %s  %s", desk->code, desk->market);
    terminal_put_right(frame->top, frame->cols - width, width - 1,
                       desk->lost ? ROLE_STOP : ROLE_WARN, state);
}

static void draw_field(const struct promodesk *desk, const struct frame *frame, size_t i)
{
    const struct promotion_field *field = &desk->form.fields[i];
    int y = frame->top + HEADS + (int)(i - desk->first), room = frame->cols - VALUE_X - 1;
    bool here = i == desk->field;
    terminal_put(y, 0, 2, ROLE_STOP, promo_form_mistake(desk, i) ? "!!" : "  ");
    terminal_put(y, 3, VALUE_X - 4, here ? ROLE_STRONG : ROLE_DIM,
                 promotion_field_info(field->kind).label);
    terminal_put(y, VALUE_X - 1, 1, ROLE_STRONG, here ? ">" : " ");
    terminal_put(y, VALUE_X, room, here ? ROLE_STATUS : ROLE_PLAIN, field->value);
    terminal_put(y, VALUE_X + room, 1, ROLE_STRONG, here ? "<" : " ");
}

/* What is wrong with the field, all of it where it is too long for its row, or how it is said. */
static void draw_note(const struct promodesk *desk, struct arena *arena, const struct frame *frame)
{
    const struct promotion_mistake *mistake = promo_form_mistake(desk, desk->field);
    const struct promotion_field *field = &desk->form.fields[desk->field];
    int row = frame->rows - FEET;
    if (mistake)
        frame_wrap(
            frame, row, 1, NOTE, ROLE_STOP,
            arena_printf(arena, "!! %s", promotion_mistake_say(arena, tongue_language(), mistake)));
    else if (text_cells(field->value) > frame->cols - VALUE_X - 1)
        frame_wrap(frame, row, 1, NOTE, ROLE_PLAIN, field->value);
    else
        frame_printf(frame, row, ROLE_DIM, " like: %s", promotion_field_info(field->kind).example);
}

/* How many, and the first of them, unless the cursor is there. */
static void draw_mistakes(const struct promodesk *desk, struct arena *arena,
                          const struct frame *frame, int row)
{
    const struct promo_check *check = &desk->check;
    size_t field = check->fields[0];
    frame_printf(frame, row, ROLE_WARN,
                 tongue_n(" %zu mistake, marked !!: it cannot be published yet",
                          " %zu mistakes, marked !!: it cannot be published yet", check->n),
                 check->n);
    if (field != desk->field)
        frame_wrap(
            frame, row + 1, 1, SENTENCE - 1, ROLE_STOP,
            arena_printf(arena, "!! %s: %s",
                         promotion_field_info(desk->form.fields[field].kind).label,
                         promotion_mistake_say(arena, tongue_language(), &check->mistakes[0])));
}

static void draw_sentence(const struct promodesk *desk, struct arena *arena,
                          const struct frame *frame)
{
    const struct promo_check *check = &desk->check;
    int row = frame->rows - 1 - SENTENCE;
    if (!check->with)
        frame_text(frame, row, ROLE_DIM, _(" the catalogue is on its way .."));
    else if (check->n)
        draw_mistakes(desk, arena, frame, row);
    else
        frame_wrap(frame, row, 1, SENTENCE, ROLE_STRONG, check->sentence);
}

void promo_form_draw(struct promodesk *desk, struct frame *frame)
{
    struct arena *arena = arena_new();
    size_t room = frame->rows > HEADS + FEET ? (size_t)(frame->rows - HEADS - FEET) : 1;
    if (desk->field < desk->first)
        desk->first = desk->field;
    if (desk->field >= desk->first + room)
        desk->first = desk->field + 1 - room;
    draw_title(desk, frame);
    if (!desk->loading) {
        for (size_t i = desk->first; i < desk->form.n && i < desk->first + room; i++)
            draw_field(desk, frame, i);
        draw_note(desk, arena, frame);
        draw_sentence(desk, arena, frame);
    }
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" Enter takes what is typed   - empties   + one more   u undo"));
    arena_free(arena);
}

/* ---- without a screen ------------------------------------------------------------------------ */

void promo_form_say(struct promodesk *desk, struct speech *speech)
{
    struct arena *arena = arena_new();
    const struct promotion_field *field = &desk->form.fields[desk->field];
    const struct promo_check *check = &desk->check;
    speech_say(speech, "title", _("PROMOTION %s of %s"), desk->code, desk->market);
    if (!desk->loading) {
        speech_say(speech, "state", "%s", state_of(desk));
        speech_say(speech, "field", "%s: %s", promotion_field_info(field->kind).label,
                   field->value);
        for (size_t i = 0; i < check->n; i++)
            speech_warn(speech, arena_printf(arena, "mistake %zu", i), true, "%s: %s",
                        promotion_field_info(desk->form.fields[check->fields[i]].kind).label,
                        promotion_mistake_say(arena, tongue_language(), &check->mistakes[i]));
        if (*desk->check.sentence)
            speech_say(speech, "sentence", "%s", desk->check.sentence);
    }
    arena_free(arena);
}
