#include "tui/mirror.h"

#include "tui/app.h"

#include <string.h>

enum { MIRROR_MS = 2000, NEVER = 60 * 60 * 1000 };

static bool is_mirrored(const struct app *app, const char *ulid, size_t len)
{
    const struct mirror *mirror = &app->mirror;
    bool written = len == 0 || mirror->age == journal_age(app->journal);
    return written && strlen(mirror->text) == len &&
           strncmp(mirror->text, app->line.text, len) == 0 && strcmp(mirror->ulid, ulid) == 0;
}

static void write_down(struct app *app, const char *ulid, size_t len)
{
    struct mirror *mirror = &app->mirror;
    bool is_new = *mirror->text || len;
    memcpy(mirror->text, app->line.text, len);
    mirror->text[len] = '\0';
    strncpy(mirror->ulid, ulid, sizeof mirror->ulid - 1);
    if (is_new)
        journal_add(
            app->journal,
            &(struct record){.kind = RECORD_TYPED, .ulid = mirror->ulid, .typed = mirror->text});
    mirror->age = journal_age(app->journal);
    if (len == 0)
        journal_trim(app->journal, 0);
}

static const char *order_name(const struct app *app)
{
    return app->order ? app->order->ulid : "";
}

void mirror_now(struct app *app)
{
    size_t len = app->signed_in ? draft_typed_safe(app->line.text) : 0;
    app->mirror.since = 0;
    if (app->order)
        order_typed(app->order, app->line.text);
    if (!is_mirrored(app, order_name(app), len))
        write_down(app, order_name(app), len);
}

static bool is_stored(const struct app *app, size_t len)
{
    const char *typed = app->order ? app->order->typed : NULL;
    return !typed || (strlen(typed) == len && strncmp(typed, app->line.text, len) == 0);
}

/* Two seconds after the text began to differ: a line that is keyed at once costs nothing. */
int mirror_tick(struct app *app)
{
    struct mirror *mirror = &app->mirror;
    size_t len = app->signed_in ? draft_typed_safe(app->line.text) : 0;
    if (is_stored(app, len) && is_mirrored(app, order_name(app), len)) {
        mirror->since = 0;
        return NEVER;
    }
    if (mirror->since == 0)
        mirror->since = app->now;
    int64_t left = mirror->since + MIRROR_MS - app->now;
    if (left > 0)
        return (int)left;
    mirror_now(app);
    return NEVER;
}

void mirror_clear(struct app *app)
{
    if (app->order)
        order_typed(app->order, "");
    write_down(app, "", 0);
}
