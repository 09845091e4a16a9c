/* A sheet as a file of the operator's machine, and its rows back into the change set. The server
 * makes and reads the files. */
#include "tui/files.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/tongue.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FILE_MOST = 1 << 20 }; /* that a server takes */

static bool ends(const char *name, const char *ending)
{
    size_t len = strlen(name), n = strlen(ending);
    return len > n && strcasecmp(name + len - n, ending) == 0;
}

/* Takes the name out of the entry line; false, and what to do is said, when it is none. */
static bool name_taken(struct office *office, char name[ENTRY_TEXT])
{
    struct app *app = office->app;
    entry_line_take(&app->line, name);
    if (files_is_plain(name) && (ends(name, ".csv") || ends(name, ".xlsx")))
        return true;
    app_say(app, ROLE_STOP, "%s is no plain name that ends with .csv or .xlsx.", name);
    entry_line_offer(&app->line, name);
    return false;
}

/* Whether files can be worked with now. */
static bool ready(struct office *office)
{
    struct app *app = office->app;
    if (!app->options->files)
        app_say(app, ROLE_WARN,
                "this terminal has no folder for files: it is started with --files.");
    else if (office->file_waits)
        app_say(app, ROLE_WARN, "%s is still on its way.", office->file);
    else
        return office_added(office);
    return false;
}

static void name_offer(struct office *office)
{
    struct arena *arena = arena_new();
    const char *sheet = sheet_info(office->sheet).name;
    const char *name =
        office_has_language(office) ? arena_printf(arena, "%s.%s.csv", sheet, office->language)
        : office->sheet == SHEET_prices
            ? arena_printf(arena, "%s.%s.%s.csv", sheet, office->market, office->list)
        : office_has_market(office) ? arena_printf(arena, "%s.%s.csv", sheet, office->market)
                                    : arena_printf(arena, "%s.csv", sheet);
    entry_line_offer(&office->app->line, name);
    arena_free(arena);
}

/* ---- out ------------------------------------------------------------------------------------- */

static void written(void *owner, const struct answer *answer)
{
    struct office *office = (struct office *)((char *)owner - offsetof(struct office, file_query));
    struct app *app = office->app;
    office->file_waits = false;
    if (!answer_is_ok(answer))
        app_say_answer(app, answer);
    else if (files_write(app, office->file, answer->body, answer->len, office->may_replace))
        app_news(app, ROLE_OK, "written: %s", office->file);
    else
        app_news(app, ROLE_STOP, "%s cannot be written: %s", office->file, strerror(errno));
    office->may_replace = false;
}

static void file_ask(struct office *office)
{
    struct arena *arena = arena_new();
    struct text path;
    const char *pairs[][2] = {
        {"format", ends(office->file, ".xlsx") ? "xlsx" : "csv"},
        {"market", office->market},
        {"audience", office->sheet == SHEET_prices ? office->audience : ""},
        {"list", office->sheet == SHEET_prices ? office->list : ""},
        {"lang", office_has_language(office) ? office->language : ""},
        {"changeset", office->has_set ? office->changeset : ""},
    };
    text_init(&path, arena);
    text_printf(&path, "/sheets/%s/file?", sheet_info(office->sheet).name);
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        if (*pairs[i][1])
            text_printf(&path, "%s%s=%s", i ? "&" : "", pairs[i][0],
                        query_escape(arena, pairs[i][1]));
    office->file_waits = true;
    client_send(office->app->client, &(struct request){.method = "GET",
                                                       .path = path.data,
                                                       .tries = 3,
                                                       .done = written,
                                                       .owner = &office->file_query});
    arena_free(arena);
}

void office_export(struct app *app)
{
    struct office *office = app->office;
    char name[ENTRY_TEXT];
    if (!ready(office))
        return;
    if (app->line.len == 0) {
        name_offer(office);
        app_say(app, ROLE_PLAIN, "F8 again writes it under this name; or type another one first.");
        return;
    }
    if (!name_taken(office, name))
        return;
    bool is_same = strcmp(name, office->file) == 0 && office->may_replace;
    snprintf(office->file, sizeof office->file, "%s", name);
    office->may_replace = is_same;
    if (!is_same && files_is_there(app, name)) {
        office->may_replace = true;
        entry_line_offer(&app->line, name);
        app_say(app, ROLE_WARN, "%s is there already: F8 again replaces it.", name);
        return;
    }
    app_say(app, ROLE_PLAIN, "%s is being written ..", name);
    file_ask(office);
}

/* ---- in -------------------------------------------------------------------------------------- */

static void said(struct office *office)
{
    const struct reply_imported *done = &office->imported;
    if (done->nfaults == 0)
        app_news(office->app, ROLE_OK,
                 tongue_n("%s: %lld row is changed by it. F9 looks at it.",
                          "%s: %lld rows are changed by it. F9 looks at them.",
                          (size_t)done->taken),
                 office->file, (long long)done->taken);
    else
        app_news(office->app, ROLE_STOP,
                 "%s: not everything could be taken; F12 goes back to the sheet.", office->file);
}

static void taken(void *owner, const struct answer *answer)
{
    struct office *office = (struct office *)((char *)owner - offsetof(struct office, file_query));
    office->file_waits = false;
    if (!answer_is_ok(answer)) {
        app_say_answer(office->app, answer);
        entry_line_remember(&office->app->line, office->file);
        return;
    }
    struct arena *arena = query_own(&office->file_query);
    if (!reply_imported_read(arena, answer->body, answer->len, &office->imported))
        return;
    office->fault_at = 0;
    said(office);
    office_set_ask(office);
    if (app_screen(office->app)->id != SCREEN_sheet)
        return;
    office_ask(office, false);
    if (office->imported.nfaults)
        app_show(office->app, &screen_imported);
}

static void file_send(struct office *office, const char *bytes, size_t len)
{
    struct arena *arena = arena_new();
    office_set_need(office);
    office->file_waits = true;
    client_send(
        office->app->client,
        &(struct request){
            .method = "PUT",
            .path = arena_printf(arena, "/changesets/%s/file?sheet=%s", office->changeset,
                                 sheet_info(office->sheet).name),
            .body = bytes,
            .len = len,
            .type = ends(office->file, ".xlsx")
                        ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                        : "text/csv",
            .before_reads = true,
            .done = taken,
            .owner = &office->file_query});
    arena_free(arena);
}

void office_import(struct app *app)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    char name[ENTRY_TEXT];
    size_t len = 0;
    const char *bytes = NULL;
    if (!ready(office)) {
        arena_free(arena);
        return;
    }
    if (app->line.len == 0) {
        if (*office->file)
            entry_line_offer(&app->line, office->file);
        else
            name_offer(office);
        app_say(app, ROLE_PLAIN,
                "F11 again reads the file of this name; or type another one first.");
    } else if (name_taken(office, name)) {
        bytes = files_read(app, arena, name, FILE_MOST, &len);
        snprintf(office->file, sizeof office->file, "%s", name);
        office->may_replace = false;
        if (bytes)
            app_say(app, ROLE_PLAIN, "%s is being read ..", name);
        else if (errno == EFBIG)
            app_say(app, ROLE_STOP, "%s is larger than 1 MiB: take it in parts.", name);
        else
            app_say(app, ROLE_STOP, "%s cannot be read: %s", name, strerror(errno));
        if (!bytes)
            entry_line_offer(&app->line, name);
    }
    if (bytes)
        file_send(office, bytes, len);
    arena_free(arena);
}
