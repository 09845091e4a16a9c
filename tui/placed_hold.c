#include "tui/placed_hold.h"

#include "core/arena.h"
#include "core/wire/request.h"
#include "tui/app.h"

static void refresh(struct app *app)
{
    void (*again)(struct app *) = app_screen(app)->actions[ACTION_REFRESH];
    if (again)
        again(app);
}

static void held(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    if (answer_is_ok(answer))
        app_news(app, ROLE_WARN, "the order is on hold; F6 lets it go on");
    else
        app_say_answer(app, answer);
    refresh(app);
}

static void let_go(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    if (answer_is_ok(answer))
        app_news(app, ROLE_OK, "the order goes on");
    else
        app_say_answer(app, answer);
    refresh(app);
}

void placed_hold(struct app *app, const char *number, bool hold, const char *reason)
{
    char key[ULID_TEXT];
    struct arena *arena = arena_new();
    size_t len;
    const char *body = request_reason_write(arena, reason, &len);
    order_ulid(key);
    client_send(app->client,
                &(struct request){
                    .method = "POST",
                    .path = arena_printf(arena, "/orders/%s/%s", number, hold ? "hold" : "unhold"),
                    .header = arena_printf(arena, "Idempotency-Key: %s", key),
                    .body = body,
                    .len = len,
                    .before_reads = true,
                    .done = hold ? held : let_go,
                    .owner = app});
    arena_free(arena);
}
