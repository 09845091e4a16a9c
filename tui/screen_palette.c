/* F2: every key and every entry of all screens, found by typing; a digit runs the one or says how
 * it is keyed, and what to press next time. The rows come from keys.def and entry.def. */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/speech.h"
#include "tui/where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PALETTE_MOST = 9, PALETTE_ROWS = (int)ACTIONS + (int)ENTRY_KINDS };

/* One row: a key, or an entry. */
struct row {
    bool is_key;
    enum action action;
    enum entry_kind kind;
};

struct palette {
    struct row rows[PALETTE_MOST]; /* shown now, as drawn for the text typed */
    size_t n, found;
};

/* Where it was opened: what works there goes first. */
static const struct screen *from(const struct app *app)
{
    const struct screen *below = app_screen_below(app);
    return below ? below : app->counter ? &screen_counter : &screen_home;
}

static bool works_here(const struct app *app, const struct row *row)
{
    const struct screen *screen = from(app);
    if (row->is_key)
        return key_info(row->action)->screens & UINT64_C(1) << screen->id;
    return app_takes(screen, row->kind);
}

/* ---- finding --------------------------------------------------------------------------------- */

static void row_name(const struct row *row, char out[8])
{
    out[0] = '\0';
    if (row->is_key)
        where_key(out, key_info(row->action)->number);
}

/* What is searched: "F8 Dup repeats the last order", "s s40227 stock of an item". */
static const char *row_text(struct arena *arena, const struct row *row)
{
    char name[8];
    row_name(row, name);
    if (row->is_key)
        return arena_printf(arena, "%s %s %s", name, _(key_info(row->action)->hint),
                            _(key_info(row->action)->help));
    return arena_printf(arena, "%s %s", entry_info(row->kind)->form,
                        _(entry_info(row->kind)->help));
}

/* Every word stands somewhere in it. */
static bool matches(const char *text, const char *words)
{
    char word[64];
    while (*words) {
        size_t len = strcspn(words, " ");
        size_t n = len < sizeof word - 1 ? len : sizeof word - 1;
        memcpy(word, words, n);
        word[n] = '\0';
        if (n && !strcasestr(text, word))
            return false;
        words += len;
        words += strspn(words, " ");
    }
    return true;
}

static bool row_exists(const struct row *row)
{
    return row->is_key ? *key_info(row->action)->help : where_entry_exists(row->kind);
}

static struct row row_at(int i)
{
    bool is_key = i < (int)ACTIONS;
    return (struct row){.is_key = is_key,
                        .action = is_key ? (enum action)i : ACTIONS,
                        .kind = is_key ? ENTRY_KINDS : (enum entry_kind)(i - (int)ACTIONS)};
}

/* Those that work here, then the others. */
static void find(struct app *app, const char *words)
{
    struct palette *palette = app->palette;
    struct arena *arena = arena_new();
    palette->n = palette->found = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < PALETTE_ROWS; i++) {
            struct row row = row_at(i);
            if (!row_exists(&row) || works_here(app, &row) != (pass == 0) ||
                !matches(row_text(arena, &row), words))
                continue;
            if (palette->n < PALETTE_MOST)
                palette->rows[palette->n++] = row;
            palette->found++;
        }
    arena_free(arena);
}

/* ---- opening and drawing --------------------------------------------------------------------- */

void open_palette(struct app *app)
{
    if (client_is_expired(app->client)) {
        app_sign_in_again(app);
        return;
    }
    if (!app->palette && !(app->palette = calloc(1, sizeof *app->palette)))
        abort();
    if (app_screen(app) == &screen_palette)
        app_back(app);
    else if (app_screen(app) == &screen_help)
        app_back(app), app_show(app, &screen_palette);
    else
        app_show(app, &screen_palette);
}

static size_t count_all(void)
{
    size_t n = 0;
    for (int i = 0; i < PALETTE_ROWS; i++) {
        struct row row = row_at(i);
        n += row_exists(&row);
    }
    return n;
}

enum { KEY_WIDE = 6, FORM_WIDE = 25, FORM_NARROW = 12 };

static void draw_row(struct app *app, const struct frame *frame, int y, size_t i)
{
    const struct row *row = &app->palette->rows[i];
    enum role role = works_here(app, row) ? ROLE_PLAIN : ROLE_DIM;
    int form = frame->cols < 60 ? FORM_NARROW : FORM_WIDE;
    int wide = row->is_key ? KEY_WIDE : form;
    char name[8];
    row_name(row, name);
    if (y >= frame->rows)
        return;
    terminal_printf(frame->top + y, 0, 4, ROLE_STRONG, "%2zu", i + 1);
    terminal_put(frame->top + y, 4, wide - 1, role,
                 row->is_key ? name : entry_info(row->kind)->form);
    terminal_put(frame->top + y, 4 + wide, frame->cols - 4 - wide, role,
                 _(row->is_key ? key_info(row->action)->help : entry_info(row->kind)->help));
}

static void draw(struct app *app, struct frame *frame)
{
    struct palette *palette = app->palette;
    find(app, app->line.text);
    frame_printf(frame, 0, ROLE_HEAD, " All %zu keys and entries: type to search", count_all());
    for (size_t i = 0; i < palette->n; i++)
        draw_row(app, frame, 2 + (int)i, i);
    if (palette->n == 0)
        frame_text(frame, 2, ROLE_WARN, _("   nothing of that; Enter enters what is typed"));
    else if (palette->found > palette->n)
        frame_printf(frame, 3 + (int)palette->n, ROLE_DIM, "   %zu more: go on typing",
                     palette->found - palette->n);
    frame_text(frame, 5 + (int)palette->n, ROLE_DIM,
               _("   its digit runs one, or shows how it is keyed; F12 goes back"));
}

static void say(struct app *app, struct speech *speech)
{
    struct palette *palette = app->palette;
    char key[32], name[8];
    find(app, app->line.text);
    speech_say(speech, "title", _("MENU: %zu keys and entries; words search, a digit runs one"),
               count_all());
    for (size_t i = 0; i < palette->n; i++) {
        const struct row *row = &palette->rows[i];
        row_name(row, name);
        snprintf(key, sizeof key, "row %zu", i);
        speech_say(speech, key, "%zu: %s: %s", i + 1,
                   row->is_key ? name : entry_info(row->kind)->form,
                   _(row->is_key ? key_info(row->action)->help : entry_info(row->kind)->help));
    }
}

/* ---- choosing -------------------------------------------------------------------------------- */

static void run_key(struct app *app, const struct row *row, bool here)
{
    const struct key_info *info = key_info(row->action);
    char where[WHERE_TEXT], name[8];
    where_key(name, info->number);
    app_back(app);
    if (!here) {
        app_say(app, ROLE_WARN, "%s works on: %s.", name, where_screens(where, info->screens));
        return;
    }
    app_function(app, info->number);
    app_news(app, ROLE_PLAIN, "next time: %s", name);
}

/* An entry that begins with a verb is begun; the others are shown. */
static void run_entry(struct app *app, const struct row *row, bool here)
{
    const struct entry_info *info = entry_info(row->kind);
    char where[WHERE_TEXT], begun[32];
    app_back(app);
    if (!here) {
        app_say(app, ROLE_WARN, "%s works on: %s.", info->form,
                where_grammars(where, info->screens));
        return;
    }
    app_say(app, ROLE_PLAIN, "%s: %s", info->form, _(info->help));
    if (*info->verb && app->line.len == 0) {
        snprintf(begun, sizeof begun, "%s ", info->verb);
        entry_line_set(&app->line, begun);
    }
}

static void run(struct app *app, size_t i)
{
    const struct row row = app->palette->rows[i];
    bool here = works_here(app, &row);
    entry_line_set(&app->line, "");
    if (row.is_key)
        run_key(app, &row, here);
    else
        run_entry(app, &row, here);
}

/* Behind letters a digit chooses at once; a line that begins with a digit is a number to enter. */
static bool key(struct app *app, const struct input *input)
{
    bool is_digit = input->code == INPUT_CHAR && input->ch >= '1' && input->ch <= '9';
    const char *text = app->line.text;
    bool has_letters = *text && !(text[0] >= '0' && text[0] <= '9');
    if (!is_digit || !has_letters)
        return false;
    find(app, text);
    if (input->ch - '1' < app->palette->n)
        run(app, input->ch - '1');
    else
        terminal_bell();
    return true;
}

static int candidates(const struct app *app)
{
    return (int)app->palette->n;
}

static void pick(struct app *app, const struct entry_command *command)
{
    run(app, (size_t)command->number - 1);
}

/* The text as an entry on the screen below. */
static void enter_below(struct app *app, const char *text)
{
    struct entry_command command;
    struct arena *arena = arena_new();
    app_back(app);
    app_parse(app, arena, text, &command);
    app_command(app, &command);
    arena_free(arena);
}

/* "n ring twice" is an entry, although the words of its example are found here, too; a verb alone
 * may be what is searched for. */
static bool is_entry_below(struct app *app, const char *text)
{
    struct entry_command command;
    struct arena *arena = arena_new();
    size_t depth = app->depth--;
    app_parse(app, arena, text, &command);
    app->depth = depth;
    bool means = command.kind != ENTRY_WORDS && command.kind != ENTRY_BAD;
    arena_free(arena);
    return means && strpbrk(text, " 0123456789");
}

/* Enter after words runs the only one; among several it asks for the digit. */
static void words(struct app *app, const struct entry_command *command)
{
    find(app, command->text);
    if (app->palette->n == 0 || is_entry_below(app, command->text)) {
        enter_below(app, command->text);
    } else if (app->palette->n == 1) {
        run(app, 0);
    } else {
        entry_line_set(&app->line, command->text);
        app_say(app, ROLE_PLAIN, "which one? its digit.");
    }
}

const struct screen screen_palette = {
    .id = SCREEN_palette,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick, [ENTRY_WORDS] = words},
};
