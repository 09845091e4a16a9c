#include "tui/stock_wait.h"

#include "core/arena.h"
#include "tui/app.h"
#include "tui/query.h"

#include <string.h>

static void entered(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    if (answer_is_ok(answer))
        app_news(app, ROLE_OK, "ok  on the waiting list; home tells when it is there");
    else
        app_say_answer(app, answer);
}

void stock_wait(struct app *app, const char *sku, int64_t qty)
{
    const struct order_draft *draft = app->order ? order_draft(app->order) : NULL;
    if (!draft || !draft->distributor) {
        app_say(app, ROLE_WARN, "who waits? begin an order with the distributor first.");
        return;
    }
    char key[ULID_TEXT];
    struct arena *arena = arena_new();
    order_ulid(key);
    const char *customer =
        draft->customer ? arena_printf(arena, ",\"customer\":\"%s\"", draft->customer) : "";
    const char *body = arena_printf(arena, "{\"distributor\":\"%s\"%s,\"qty\":%lld}",
                                    draft->distributor, customer, (long long)qty);
    client_send(app->client,
                &(struct request){
                    .method = "POST",
                    .path = arena_printf(arena, "/items/%s/waiting", query_escape(arena, sku)),
                    .header = arena_printf(arena, "Idempotency-Key: %s", key),
                    .body = body,
                    .len = strlen(body),
                    .before_reads = true,
                    .done = entered,
                    .owner = app});
    arena_free(arena);
}
