#include "tui/query.h"

#include "core/text.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

void query_ask(struct query *query, struct app *app, const char *path, answer_fn *done, void *owner)
{
    query->waiting = true;
    query->sent = app->now;
    query->error[0] = '\0';
    client_send(app->client, &(struct request){.method = "GET",
                                               .path = path,
                                               .tries = 3,
                                               .done = done,
                                               .owner = owner,
                                               .context = ++query->asked});
}

static void fail(struct query *query, const struct answer *answer)
{
    query->has_trouble = answer->arrived;
    if (!answer->arrived) {
        snprintf(query->error, sizeof query->error, _("no answer: %s"), answer->error);
        return;
    }
    reply_trouble_read(query->arena, answer->http, answer->body, answer->len, &query->trouble);
    const struct reply_trouble *trouble = &query->trouble;
    snprintf(query->error, sizeof query->error, "%s",
             trouble->nproblems ? trouble->problems[0].say
             : *trouble->detail ? trouble->detail
                                : trouble->title);
}

bool query_answer(struct query *query, const struct answer *answer)
{
    if (answer->context != query->asked)
        return false;
    query->waiting = false;
    query->has_trouble = false;
    arena_free(query->arena);
    query->arena = arena_new();
    if (answer_is_ok(answer))
        return true;
    fail(query, answer);
    return false;
}

struct arena *query_own(struct query *query)
{
    query->asked++;
    query->waiting = query->has_trouble = false;
    query->error[0] = '\0';
    arena_free(query->arena);
    return query->arena = arena_new();
}

void query_unreadable(struct query *query)
{
    snprintf(query->error, sizeof query->error, "%s", _("the server's answer cannot be read."));
}

void query_release(struct query *query)
{
    arena_free(query->arena);
    query->arena = NULL;
}

const char *query_escape(struct arena *arena, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    struct text out;
    text_init(&out, arena);
    for (; *text; text++)
        if (strchr(plain, *text))
            text_addc(&out, *text);
        else
            text_printf(&out, "%%%02X", (unsigned)(unsigned char)*text);
    return out.data;
}
