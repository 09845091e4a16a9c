#include "tui/cancel.h"

#include "core/arena.h"
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

void cancel_placed(struct app *app, const char *number, const char *say)
{
    struct cancel *cancel = &app->cancel;
    snprintf(cancel->placed, sizeof cancel->placed, "%s", number);
    snprintf(cancel->placed_say, sizeof cancel->placed_say, "%s", say);
}

static void taken_back(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct cancel *cancel = &app->cancel;
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
        return;
    }
    app->said.text[0] = '\0';
    app_news(app, ROLE_WARN, "cancelled %s; nothing is shipped or charged", cancel->number);
    if (strcmp(cancel->placed, cancel->number) == 0)
        cancel->placed[0] = '\0';
    void (*refresh)(struct app *) = app_screen(app)->actions[ACTION_REFRESH];
    if (refresh)
        refresh(app);
}

static void send(struct app *app, const char *number)
{
    struct cancel *cancel = &app->cancel;
    if (strcmp(cancel->number, number) != 0) {
        snprintf(cancel->number, sizeof cancel->number, "%s", number);
        order_ulid(cancel->key);
    }
    struct arena *arena = arena_new();
    client_send(app->client,
                &(struct request){.method = "POST",
                                  .path = arena_printf(arena, "/orders/%s/cancel", number),
                                  .header = arena_printf(arena, "Idempotency-Key: %s", cancel->key),
                                  .body = "{}",
                                  .len = 2,
                                  .before_reads = true,
                                  .done = taken_back,
                                  .owner = app});
    arena_free(arena);
    app_say(app, ROLE_PLAIN, "cancelling %s ..", number);
}

void cancel_ask(struct app *app, const char *number, const char *say)
{
    struct cancel *cancel = &app->cancel;
    if (!number) {
        number = cancel->placed;
        say = cancel->placed_say;
    }
    if (!*number) {
        app_say(app, ROLE_WARN, "nothing to undo. An order's number shows it, and u cancels it.");
        return;
    }
    bool again = strcmp(cancel->wanted, number) == 0 && cancel->asked_at + 1 == app->entries;
    cancel->asked_at = app->entries;
    snprintf(cancel->wanted, sizeof cancel->wanted, "%s", again ? "" : number);
    if (again)
        send(app, number);
    else
        app_say(app, ROLE_WARN, "u again cancels order %s (%s); anything else keeps it.", number,
                say);
}
