/* Publishing and ending a promotion: F9 or F7 says what would be done, the same again does it. */
#include "core/date.h"
#include "tui/promodesk.h"

#include <stdio.h>
#include <string.h>

static void done(void *owner, const struct answer *answer)
{
    struct promodesk *desk = owner;
    struct app *app = desk->app;
    struct arena *arena = arena_new();
    struct reply_promotion_done reply;
    app->said.text[0] = '\0';
    desk->acting = false;
    desk->armed = PROMO_NOTHING;
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
    } else if (reply_promotion_done_read(arena, answer->body, answer->len, &reply)) {
        if (strcmp(reply.state, "published") == 0)
            app_news(app, ROLE_OK,
                     "published: %s, version %lld. Every terminal has it within seconds.",
                     desk->code, (long long)reply.version);
        else
            app_news(app, ROLE_OK, "ended: %s. No terminal gives it any more, within seconds.",
                     desk->code);
        promo_form_ask(desk);
    }
    arena_free(arena);
}

static void send(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    struct request request = {.method = "POST", .before_reads = true, .done = done, .owner = desk};
    request.path = arena_printf(arena, "/promotions/%s/%s", query_escape(arena, desk->code),
                                desk->armed == PROMO_PUBLISH ? "publish" : "end");
    request.header = arena_printf(arena, "Idempotency-Key: %s", desk->key);
    request.version = desk->rev;
    request.body = request_from_write(arena, desk->day, &request.len);
    desk->acting = true;
    client_send(desk->app->client, &request);
    if (desk->armed == PROMO_PUBLISH)
        app_say(desk->app, ROLE_PLAIN, "publishing .. (safe to wait)");
    else
        app_say(desk->app, ROLE_PLAIN, "ending .. (safe to wait)");
    arena_free(arena);
}

/* Why it cannot be done now, which is said. */
static bool refuses(struct promodesk *desk, enum promo_armed what)
{
    struct app *app = desk->app;
    if (desk->acting)
        app_say(app, ROLE_PLAIN, "that is being done .. (safe to wait)");
    else if (desk->lost)
        app_say(app, ROLE_STOP, "what is here is not on the server: F5 shows what is.");
    else if (what == PROMO_PUBLISH && desk->check.n)
        app_say(app, ROLE_STOP, "what is marked !! stands in the way.");
    else if (desk->sending || desk->dirty)
        app_say(app, ROLE_WARN, "it is still being saved; again in a moment.");
    else if (what == PROMO_PUBLISH && !desk->has_draft)
        app_say(app, ROLE_WARN, "nothing has been written since it was published.");
    else if (what == PROMO_END && strcmp(desk->now, "published") != 0)
        app_say(app, ROLE_WARN, "it is not in force.");
    else
        return false;
    return true;
}

/* The day that is typed; false when it is none. */
static bool take_day(struct promodesk *desk, bool *given)
{
    char text[ENTRY_TEXT];
    struct date date;
    if (!(*given = entry_line_take(&desk->app->line, text)))
        return true;
    if (!date_parse(text, &date)) {
        app_say(desk->app, ROLE_STOP, "a day is typed 2025-12-01.");
        entry_line_set(&desk->app->line, text);
        return false;
    }
    date_format(desk->day, date);
    return true;
}

static void arm(struct promodesk *desk, enum promo_armed what)
{
    struct app *app = desk->app;
    desk->armed = what;
    order_ulid(desk->key);
    if (what == PROMO_PUBLISH && *desk->day)
        app_say(app, ROLE_WARN, "F9 again publishes %s from %s.", desk->code, desk->day);
    else if (what == PROMO_PUBLISH)
        app_say(app, ROLE_WARN, "F9 again publishes %s from today, or its own first day.",
                desk->code);
    else if (*desk->day)
        app_say(app, ROLE_WARN,
                "F7 again ends %s: it is given for the last time the day before %s.", desk->code,
                desk->day);
    else
        app_say(app, ROLE_WARN, "F7 again ends %s: it is not given any more from today.",
                desk->code);
}

void promo_act(struct promodesk *desk, enum promo_armed what)
{
    bool given;
    if (refuses(desk, what))
        return;
    if (desk->armed != what)
        desk->day[0] = '\0';
    if (!take_day(desk, &given))
        return;
    if (desk->armed == what && !given)
        send(desk);
    else
        arm(desk, what);
}
