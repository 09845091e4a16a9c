/* Every promotion that was looked at for the open order: what it gave, to which other it was lost,
 * or what it lacks; below them what the chosen one asks and gives. */
#include "core/promo/promotion.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_offers.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 9 };

struct promos {
    size_t page;
    char chosen[PROMOTION_CODE_MAX + 1]; /* its code */
};

void open_promos(struct app *app)
{
    if (!app->promos && !(app->promos = calloc(1, sizeof *app->promos)))
        abort();
    *app->promos = (struct promos){0};
    app_show(app, &screen_promos);
}

/* ---- which ----------------------------------------------------------------------------------- */

static const char *const states[] = {"applied", "failed", "lost"};

/* Those that gave something, those that lack something, those that were lost. */
static size_t all_of(const struct app *app, struct arena *arena,
                     const struct reply_promotion ***out)
{
    const struct reply_quote *quote = app->order ? &app->order->quote : NULL;
    size_t n = quote ? quote->npromotions : 0, found = 0;
    *out = ARENA_ARRAY(arena, const struct reply_promotion *, n);
    for (size_t state = 0; state < ARRAY_LEN(states); state++)
        for (size_t i = 0; i < n; i++)
            if (strcmp(quote->promotions[i].state, states[state]) == 0)
                (*out)[found++] = &quote->promotions[i];
    return found;
}

/* Of those on the page the one that was chosen, or the first. */
static const struct reply_promotion *chosen_of(const struct app *app,
                                               const struct reply_promotion **all, size_t n)
{
    size_t first = app->promos->page * PAGE;
    for (size_t i = first; i < n && i < first + PAGE; i++)
        if (strcmp(all[i]->id, app->promos->chosen) == 0)
            return all[i];
    return first < n ? all[first] : NULL;
}

static size_t on_page(const struct app *app, size_t n)
{
    size_t first = app->promos->page * PAGE;
    return first >= n ? 0 : n - first < PAGE ? n - first : PAGE;
}

/* ---- drawing --------------------------------------------------------------------------------- */

enum { CODE_X = 3, SAY_X = 16 };

static void draw_row(const struct app *app, const struct frame *frame, int row, size_t number,
                     const struct reply_promotion *told, bool is_chosen)
{
    char amount[MONEY_TEXT];
    int64_t gave = told->amount + told->delivery;
    int y = frame->top + row, least = 10;
    int say = SAY_X + (text_cells(told->id) > SAY_X - CODE_X - 1 ? text_cells(told->id) - 12 : 0);
    bool is_applied = strcmp(told->state, "applied") == 0;
    enum role role = is_chosen ? ROLE_STRONG : ROLE_PLAIN;
    if (row >= frame->rows)
        return;
    terminal_printf(y, 0, CODE_X, role, "%s%zu", is_chosen ? ">" : " ", number);
    terminal_put(y, CODE_X, say - CODE_X, role, told->id);
    terminal_put(y, say, frame->cols - say - least, role, told->say);
    if (is_applied && gave)
        terminal_put_right(y, frame->cols - least, least - 1, role, app_amount(app, amount, -gave));
}

/* Its sentence as it was published, as far as this side has it. */
static const char *sentence_of(const struct app *app, struct arena *arena,
                               const struct reply_promotion *told)
{
    const struct promotion *p = offers_promotion(app, told->id);
    const struct catalogue_held *held = catalogue_feed_now(app->prices->feed);
    return p && held ? promotion_say(arena, tongue_language(), &held->wire.catalogue, p) : "";
}

static void draw(struct app *app, struct frame *frame)
{
    const struct reply_promotion **all;
    struct arena *arena = arena_new();
    size_t n = all_of(app, arena, &all), first = app->promos->page * PAGE;
    const struct reply_promotion *chosen = chosen_of(app, all, n);
    if (n == 0)
        frame_text(frame, 0, ROLE_WARN, _(" no promotion is for this order"));
    else if (n > PAGE)
        frame_printf(frame, 0, ROLE_STRONG, " promotions for this order: %zu to %zu of %zu",
                     first + 1, first + on_page(app, n), n);
    else
        frame_printf(frame, 0, ROLE_STRONG, " promotions for this order: %zu", n);
    int row = 2;
    for (size_t i = first; i < first + on_page(app, n); i++)
        draw_row(app, frame, row++, i - first + 1, all[i], all[i] == chosen);
    if (chosen) {
        const char *name = *chosen->name ? chosen->name : chosen->id;
        row += 1 + frame_wrap(frame, row + 1, 1, 1, ROLE_HEAD, name);
        row += frame_wrap(frame, row, 1, 5, ROLE_PLAIN, sentence_of(app, arena, chosen));
        frame_text(frame, row + 1, ROLE_DIM,
                   n > PAGE ? _(" 1-9 and Enter shows one; PgDn PgUp the others; F12 goes back")
                            : _(" 1-9 and Enter shows one; F12 goes back"));
    }
    arena_free(arena);
}

static void say(struct app *app, struct speech *speech)
{
    const struct reply_promotion **all;
    struct arena *arena = arena_new();
    size_t n = all_of(app, arena, &all);
    const struct reply_promotion *chosen = chosen_of(app, all, n);
    speech_say(speech, "title", _("PROMOTIONS: %zu"), n);
    size_t first = app->promos->page * PAGE;
    for (size_t i = first; i < first + on_page(app, n); i++)
        speech_say(speech, arena_printf(arena, "promotion %zu", i), "%zu: %s, %s", i - first + 1,
                   all[i]->id, all[i]->say);
    if (chosen)
        speech_say(speech, "chosen", "%s: %s", chosen->id, sentence_of(app, arena, chosen));
    arena_free(arena);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static size_t count(const struct app *app)
{
    const struct reply_promotion **all;
    struct arena *arena = arena_new();
    size_t n = all_of(app, arena, &all);
    arena_free(arena);
    return n;
}

static bool key(struct app *app, const struct input *input)
{
    struct promos *promos = app->promos;
    if (input->code != INPUT_PAGE_DOWN && input->code != INPUT_PAGE_UP)
        return false;
    if (input->code == INPUT_PAGE_UP && promos->page)
        promos->page--;
    else if (input->code == INPUT_PAGE_DOWN && (promos->page + 1) * PAGE < count(app))
        promos->page++;
    return true;
}

static int candidates(const struct app *app)
{
    return (int)on_page(app, count(app));
}

static void pick(struct app *app, const struct entry_command *command)
{
    const struct reply_promotion **all;
    struct arena *arena = arena_new();
    size_t n = all_of(app, arena, &all), i = app->promos->page * PAGE + (size_t)command->number - 1;
    if (i < n)
        snprintf(app->promos->chosen, sizeof app->promos->chosen, "%s", all[i]->id);
    arena_free(arena);
}

const struct screen screen_promos = {
    .id = SCREEN_promos,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
};
