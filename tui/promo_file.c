/* Texts of promotions as files of the operator's machine. */
#include "tui/files.h"
#include "tui/promodesk.h"

#include <errno.h>
#include <string.h>

static void write_file(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    const char *text = promo_form_text(desk, arena);
    const char *name = arena_printf(arena, "%s.%s.promo", desk->market, desk->code);
    if (files_write(desk->app, name, text, strlen(text), true))
        app_say(desk->app, ROLE_OK, "written: %s", name);
    else
        app_say(desk->app, ROLE_STOP, "%s cannot be written: %s", name, strerror(errno));
    arena_free(arena);
}

static void read_file(struct promodesk *desk, const char *name)
{
    struct arena *arena = arena_new();
    size_t len = 0;
    bool is_plain = files_is_plain(name);
    const char *text =
        is_plain ? files_read(desk->app, arena, name, PROMOTION_TEXT_MAX, &len) : NULL;
    if (!is_plain)
        app_say(desk->app, ROLE_STOP, "%s is no plain name of a file, like GB.KNIVES-2.promo.",
                name);
    else if (!text && errno != EFBIG)
        app_say(desk->app, ROLE_STOP, "%s cannot be read: %s", name, strerror(errno));
    else if (!text || strlen(text) != len || !promo_form_whole(desk, text))
        app_say(desk->app, ROLE_STOP, "%s is no text of a promotion: at most 8000 bytes.", name);
    else
        app_say(desk->app, ROLE_OK, "read: %s; u brings back what was there.", name);
    arena_free(arena);
}

void promo_file(struct promodesk *desk)
{
    char name[ENTRY_TEXT];
    if (!desk->app->options->files)
        app_say(desk->app, ROLE_WARN,
                "this terminal has no folder for files; a text can be pasted.");
    else if (entry_line_take(&desk->app->line, name))
        read_file(desk, name);
    else
        write_file(desk);
}
