#include "tui/scan.h"

#include "core/code.h"
#include "tui/app.h"

#include <string.h>

enum { EAN_13 = 13 };

static void lay_aside(struct scan *scan, struct entry_line *line)
{
    memcpy(scan->text, line->text, line->len + 1);
    scan->at = line->at;
    entry_line_set(line, "");
}

static void give_back(const struct scan *scan, struct entry_line *line)
{
    entry_line_set(line, scan->text);
    line->at = scan->at;
}

static void begin(struct app *app)
{
    struct entry_line *line = &app->line;
    bool is_quantity = line->len && line->text[line->len - 1] == '*';
    app->scan.on = true;
    app->scan.text[0] = '\0';
    app->scan.at = 0;
    if (!is_quantity)
        lay_aside(&app->scan, line);
    line->at = line->len;
}

static void end(struct app *app)
{
    app->scan.on = false;
    if (!app_screen(app)->has_own_fields)
        app_submit(app);
    give_back(&app->scan, &app->line);
    if (app->said.role != ROLE_STOP || !*app->said.text)
        terminal_bell(); /* a refusal has rung it */
}

/* Whether the line would be an entry if it had been typed as a whole. */
static bool is_one_entry(struct app *app)
{
    struct arena *arena = arena_new();
    struct entry_command command;
    app_parse(app, arena, app->line.text, &command);
    bool is_words =
        command.kind == ENTRY_WORDS || command.kind == ENTRY_NOTE ||
        command.kind == ENTRY_CUSTOMER ||
        (command.kind == ENTRY_STOCK && !code_is_digits(command.text, strlen(command.text)));
    arena_free(arena);
    return command.kind != ENTRY_BAD && !is_words;
}

/* A scanner without a prefix: a barcode came faster than by hand into the midst of something that
 * it does not belong to. */
static bool is_bare_scan(struct app *app, size_t burst)
{
    const struct entry_line *line = &app->line;
    const char *code = line->text + line->at - EAN_13;
    return burst >= EAN_13 && line->at >= EAN_13 && line->len > EAN_13 &&
           code_is_digits(code, EAN_13) && ean13_valid(code, EAN_13) && !is_one_entry(app);
}

static void bare_scan(struct app *app)
{
    struct entry_line *line = &app->line;
    char code[EAN_13 + 1] = "";
    size_t from = line->at - EAN_13;
    memcpy(code, line->text + from, EAN_13);
    memmove(line->text + from, line->text + line->at, line->len - line->at + 1);
    line->len -= EAN_13;
    line->at = from;
    lay_aside(&app->scan, line);
    entry_line_set(line, code);
    end(app);
}

bool scan_input(struct app *app, const struct input *input)
{
    bool has_line = !app_screen(app)->has_own_fields;
    if (input->code == INPUT_SCAN_BEGIN)
        begin(app);
    else if (input->code == INPUT_SCAN_END)
        end(app);
    else if (app->scan.on && has_line)
        entry_line_key(&app->line, input);
    else if (input->code == INPUT_ENTER && has_line && is_bare_scan(app, input->ch))
        bare_scan(app);
    else
        return app->scan.on;
    return true;
}
