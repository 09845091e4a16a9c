#include "tui/recover.h"

#include "core/text.h"
#include "core/wire/request.h"
#include "tui/app.h"
#include "tui/recover_read.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recover {
    struct app *app;
    struct leftover *leftover; /* the one that is being gone through */
    struct arena *arena;       /* of its orders */
    struct lost *orders;
    size_t n, at;
    bool refused; /* something of it could not be stored */
    size_t files; /* gone through */
    size_t back, copies;
};

static void next_order(struct recover *recover);

static struct lost *current(struct recover *recover)
{
    return &recover->orders[recover->at];
}

static void order_settled(struct recover *recover)
{
    recover->at++;
    next_order(recover);
}

static void ask(struct recover *recover, struct request *request)
{
    request->owner = recover;
    client_send(recover->app->client, request);
}

/* ---- storing it ------------------------------------------------------------------------------ */

static void save(struct recover *recover, const char *rev);

static void copy(struct recover *recover)
{
    struct lost *lost = current(recover);
    if (!*lost->to) {
        char ulid[ULID_TEXT];
        order_ulid(ulid);
        lost->to = arena_strdup(recover->arena, ulid);
        leftover_add(recover->leftover,
                     &(struct record){.kind = RECORD_COPY, .ulid = lost->ulid, .to = lost->to});
    }
    save(recover, "");
}

static void ended(struct recover *recover);

/* A fault of the server's is no refusal: the journal stays for the next sign-on. */
static void give_up(struct recover *recover, const struct answer *answer)
{
    app_say_answer(recover->app, answer);
    app_news(recover->app, ROLE_STOP,
             "the last session's work could not be brought back; the next sign-on tries again");
    leftover_free(recover->leftover, false);
    arena_free(recover->arena);
    ended(recover);
}

static bool is_fault(const struct answer *answer)
{
    return !answer->arrived || answer->http >= 500 || answer_is_ok(answer);
}

static void refused(struct recover *recover, const struct answer *answer)
{
    if (is_fault(answer)) {
        give_up(recover, answer);
        return;
    }
    recover->refused = true;
    app_say_answer(recover->app, answer);
    order_settled(recover);
}

static void saved(void *owner, const struct answer *answer)
{
    struct recover *recover = owner;
    struct lost *lost = current(recover);
    struct arena *arena = arena_new();
    struct reply_draft stored;
    bool is_copy = *lost->to != '\0';
    bool lost_it = answer->http == 404 || answer->http == 409 || answer->http == 412;
    if (answer_is_ok(answer) && reply_draft_read(arena, answer->body, answer->len, &stored)) {
        is_copy |= strcmp(stored.ulid, lost->ulid) != 0;
        recover->copies += is_copy;
        recover->back += !is_copy;
        client_send(
            recover->app->client,
            &(struct request){.method = "POST",
                              .path = arena_printf(arena, "/drafts/%s/release", stored.ulid),
                              .tries = 3});
        order_settled(recover);
    } else if (lost_it && is_copy) {
        order_settled(recover); /* it was made when this was tried before */
    } else if (lost_it) {
        copy(recover);
    } else {
        refused(recover, answer);
    }
    arena_free(arena);
}

/* `rev` "": as a new draft. */
static void save(struct recover *recover, const char *rev)
{
    const struct lost *lost = current(recover);
    struct order_draft draft = *lost_draft(lost);
    struct arena *arena = arena_new();
    draft.typed = *lost->typed ? lost->typed : NULL;
    struct request request = {
        .method = "PUT", .header = "If-None-Match: *", .before_reads = true, .done = saved};
    request.path = *lost->to
                       ? arena_printf(arena, "/drafts/%s?recovered_from=%s", lost->to, lost->ulid)
                       : arena_printf(arena, "/drafts/%s", lost->ulid);
    if (*rev)
        request.header = arena_printf(arena, "If-Match: \"%s\"", rev);
    request.body = request_draft_write(arena, &draft, &request.len);
    ask(recover, &request);
    arena_free(arena);
}

/* ---- what the server has --------------------------------------------------------------------- */

static void compared(struct recover *recover, const struct reply_draft *stored)
{
    const struct lost *lost = current(recover);
    bool same = draft_equal(&stored->draft, lost_draft(lost));
    bool typed =
        *lost->typed && strcmp(stored->draft.typed ? stored->draft.typed : "", lost->typed) != 0;
    bool open = strcmp(stored->state, "open") == 0;
    typed |= !draft_paid_alike(&stored->draft, lost_draft(lost));
    if (same && (!typed || !open))
        order_settled(recover); /* it arrived, only the answer did not */
    else if (open && (strcmp(stored->rev, lost->rev) == 0 || lost_wrote(lost, &stored->draft)))
        save(recover, stored->rev);
    else
        copy(recover);
}

static void looked(void *owner, const struct answer *answer)
{
    struct recover *recover = owner;
    struct arena *arena = arena_new();
    struct reply_draft stored;
    if (answer_is_ok(answer) && reply_draft_read(arena, answer->body, answer->len, &stored) &&
        stored.has_draft)
        compared(recover, &stored);
    else if (answer->http == 404 && *current(recover)->rev)
        copy(recover); /* it is gone: dropped by somebody */
    else if (answer->http == 404)
        save(recover, "");
    else
        refused(recover, answer);
    arena_free(arena);
}

static void look(struct recover *recover)
{
    struct lost *lost = current(recover);
    if (*lost->to) {
        copy(recover);
        return;
    }
    struct arena *arena = arena_new();
    ask(recover, &(struct request){.method = "GET",
                                   .path = arena_printf(arena, "/drafts/%s", lost->ulid),
                                   .done = looked});
    arena_free(arena);
}

/* ---- what was being placed ------------------------------------------------------------------- */

static void tell_placed(struct app *app, const struct reply_order *placed, bool is_change)
{
    char total[MONEY_TEXT];
    if (is_change)
        app_news(
            app, ROLE_OK, "changed %s, now %s %s: it was being sent when the last session ended",
            placed->number, money_format(total, money_of(placed->total), placed->exponent, true),
            placed->currency);
    else
        app_news(app, ROLE_OK, "placed %s  %s %s: it was being placed when the last session ended",
                 placed->number,
                 money_format(total, money_of(placed->total), placed->exponent, true),
                 placed->currency);
}

static void tell_not_placed(struct app *app, const struct lost *lost, const struct answer *answer)
{
    struct arena *arena = arena_new();
    struct reply_trouble trouble;
    reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    const char *person = lost_draft(lost)->distributor;
    app_news(app, ROLE_STOP, "not placed, back among the drafts: %s  (%s%s%s)",
             person ? person : "", trouble.title, trouble.nproblems ? ": " : "",
             trouble.nproblems ? trouble.problems[0].say : "");
    arena_free(arena);
}

/* What the draft was keyed for is done; placing a new order ends its draft by itself. */
static void change_done(struct recover *recover, struct arena *arena)
{
    client_send(recover->app->client,
                &(struct request){.method = "DELETE",
                                  .path = arena_printf(arena, "/drafts/%s", current(recover)->ulid),
                                  .before_reads = true,
                                  .tries = 3});
}

static void placed(void *owner, const struct answer *answer)
{
    struct recover *recover = owner;
    struct arena *arena = arena_new();
    struct reply_order order;
    bool is_change = lost_draft(current(recover))->changes.order != NULL;
    if (answer_is_ok(answer) && reply_order_read(arena, answer->body, answer->len, &order)) {
        leftover_add(recover->leftover,
                     &(struct record){.kind = RECORD_DONE, .ulid = current(recover)->ulid});
        tell_placed(recover->app, &order, is_change);
        if (is_change && *current(recover)->rev)
            change_done(recover, arena);
        order_settled(recover);
    } else if (is_fault(answer)) {
        give_up(recover, answer);
    } else {
        tell_not_placed(recover->app, current(recover), answer);
        look(recover);
    }
    arena_free(arena);
}

static void as_change(struct arena *arena, const struct request_order *body,
                      struct request *request)
{
    struct request_change change = {.draft = body->draft,
                                    .expect_total = body->expect_total,
                                    .tenders = body->tenders,
                                    .ntenders = body->ntenders,
                                    .accept_age = body->accept_age};
    request->path = arena_printf(arena, "/orders/%s/change", body->draft->changes.order);
    request->version = body->draft->changes.version;
    request->body = request_change_write(arena, &change, &request->len);
}

static void place(struct recover *recover)
{
    const struct lost *lost = current(recover);
    struct arena *arena = arena_new();
    struct request_order body = {.draft = lost_draft(lost),
                                 .rev = *lost->rev ? lost->rev : NULL,
                                 .expect_total = lost->placing->expect_total,
                                 .tenders = lost->placing->tenders,
                                 .ntenders = lost->placing->ntenders,
                                 .accept_duplicate = lost->placing->accept_duplicate,
                                 .accept_age = lost->placing->accept_age,
                                 .shift = lost->placing->shift};
    struct request request = {.method = "POST",
                              .path = "/orders",
                              .header = arena_printf(arena, "Idempotency-Key: %s", lost->ulid),
                              .before_reads = true,
                              .done = placed};
    request.body = request_order_write(arena, &body, &request.len);
    if (body.draft->changes.order)
        as_change(arena, &body, &request);
    ask(recover, &request);
    arena_free(arena);
}

/* ---- one after the other --------------------------------------------------------------------- */

static void tell_back(struct recover *recover)
{
    struct app *app = recover->app;
    if (recover->copies)
        app_say(app, ROLE_WARN,
                "brought back from the last session: %zu as they were, %zu as copies, because the "
                "draft has been changed or taken since",
                recover->back, recover->copies);
    else if (recover->back)
        app_say(app, ROLE_OK,
                tongue_n("brought back from the last session: %zu draft, to the last Enter",
                         "brought back from the last session: %zu drafts, to the last Enter",
                         recover->back),
                recover->back);
}

static void leftover_done(struct recover *recover)
{
    char aside[PATH_MAX];
    if (recover->refused) {
        leftover_set_aside(recover->leftover, aside);
        app_news(recover->app, ROLE_STOP,
                 "something of the last session was refused; it is kept in %s", aside);
    }
    leftover_free(recover->leftover, !recover->refused);
    arena_free(recover->arena);
    recover->leftover = NULL;
    recover->arena = NULL;
    recover->refused = false;
}

static bool next_leftover(struct recover *recover)
{
    enum { FILES_MOST = 500 }; /* one that cannot be removed would be found for ever */
    if (recover->files++ < FILES_MOST)
        recover->leftover = leftover_next(recover->app->journal);
    if (!recover->leftover)
        return false;
    const char *typed;
    recover->arena = arena_new();
    recover->orders = lost_read(recover->arena, recover->leftover, &recover->n, &typed);
    recover->at = 0;
    if (*typed) {
        entry_line_remember(&recover->app->line, typed);
        app_say(recover->app, ROLE_PLAIN, "Up brings back what was typed in the last session.");
    }
    return true;
}

static void ended(struct recover *recover)
{
    struct app *app = recover->app;
    app->leaving--;
    tell_back(recover);
    app->recover = NULL;
    free(recover);
    bool lists = app_screen(app)->id == SCREEN_home || app_screen(app)->id == SCREEN_counter;
    if (lists)
        app_screen(app)->actions[ACTION_REFRESH](app);
}

static void next_order(struct recover *recover)
{
    for (;;) {
        while (recover->at < recover->n && !lost_needs(current(recover)))
            recover->at++;
        if (recover->at < recover->n)
            break;
        leftover_done(recover);
        if (!next_leftover(recover)) {
            ended(recover);
            return;
        }
    }
    if (current(recover)->placing)
        place(recover);
    else
        look(recover);
}

void recover_begin(struct app *app)
{
    struct recover *recover = calloc(1, sizeof *recover);
    if (!recover)
        abort();
    recover->app = app;
    if (!next_leftover(recover)) {
        free(recover);
        return;
    }
    app->recover = recover;
    app->leaving++;
    next_order(recover);
}

void recover_release(struct app *app)
{
    struct recover *recover = app->recover;
    if (!recover)
        return;
    client_forget(app->client, recover);
    leftover_free(recover->leftover, false);
    arena_free(recover->arena);
    free(recover);
    app->recover = NULL;
}
