/* The form of a promotion: every change goes to the server as a draft, one request after another,
 * and is read on this side, so that sentence and mistakes are there at once. */
#include "core/text.h"
#include "tui/open.h"
#include "tui/promodesk.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading it on this side ----------------------------------------------------------------- */

struct catalogue_held *promo_catalogue(const struct promodesk *desk)
{
    const struct app *app = desk->app;
    if (strcmp(desk->market, app->session.market.market) == 0)
        return catalogue_feed_now(app->prices->feed);
    return desk->feed ? catalogue_feed_now(desk->feed) : NULL;
}

const char *promo_form_text(const struct promodesk *desk, struct arena *arena)
{
    return promotion_form_write(&desk->form, arena);
}

static void check(struct promodesk *desk)
{
    struct promo_check *c = &desk->check;
    struct promotion promotion;
    arena_free(c->arena);
    *c = (struct promo_check){.arena = arena_new(), .with = promo_catalogue(desk), .sentence = ""};
    if (!c->with)
        return;
    c->with->refs++;
    arena_defer(c->arena, catalogue_release, c->with);
    const struct catalogue *catalogue = &c->with->wire.catalogue;
    const char *text = promo_form_text(desk, c->arena);
    if (promotion_read(c->arena, catalogue, text, strlen(text), &promotion, c->mistakes, &c->n)) {
        c->sentence = promotion_say(c->arena, tongue_language(), catalogue, &promotion);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        c->fields[i] = promotion_form_field_at(&desk->form, &c->mistakes[i]);
}

void promo_form_look(struct promodesk *desk)
{
    if (!desk->loading && desk->check.with != promo_catalogue(desk))
        check(desk);
}

const struct promotion_mistake *promo_form_mistake(const struct promodesk *desk, size_t field)
{
    for (size_t i = 0; i < desk->check.n; i++)
        if (desk->check.fields[i] == field)
            return &desk->check.mistakes[i];
    return NULL;
}

void promo_tick(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    if (!desk || !app->signed_in)
        return;
    if (strcmp(desk->market, app->session.market.market) != 0) {
        if (!desk->feed)
            desk->feed = catalogue_feed_new(app->client, app->options->server);
        catalogue_feed_tick(desk->feed, desk->market, app->now);
    }
    if (app_screen(app)->id == SCREEN_promoform)
        promo_form_look(desk);
}

/* ---- storing --------------------------------------------------------------------------------- */

static void send(struct promodesk *desk);

static void not_stored(struct promodesk *desk, const struct answer *answer)
{
    desk->lost = true;
    if (answer->arrived && answer->http == 412 && desk->stored)
        app_say(desk->app, ROLE_STOP,
                "somebody else has changed %s: F5 shows theirs, and what is here goes.",
                desk->code);
    else if (answer->arrived && answer->http == 412)
        app_say(desk->app, ROLE_STOP, "there is a promotion %s already, maybe of another market.",
                desk->code);
    else
        app_say_answer(desk->app, answer);
}

static void stored(void *owner, const struct answer *answer)
{
    struct promodesk *desk = owner;
    struct arena *arena = arena_new();
    struct reply_promotion_done done;
    desk->sending = false;
    if (!answer_is_ok(answer)) {
        desk->dirty = true;
        not_stored(desk, answer);
    } else if (reply_promotion_done_read(arena, answer->body, answer->len, &done)) {
        snprintf(desk->rev, sizeof desk->rev, "%s", done.rev);
        if (!desk->stored)
            snprintf(desk->now, sizeof desk->now, "draft");
        desk->stored = desk->has_draft = true;
        if (desk->dirty)
            send(desk);
    }
    arena_free(arena);
}

/* One at a time; what is typed meanwhile goes with the next. */
static void send(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    struct request request = {.method = "PUT", .before_reads = true, .done = stored, .owner = desk};
    request.path = arena_printf(arena, "/promotions/%s", query_escape(arena, desk->code));
    request.header = desk->stored ? NULL : "If-None-Match: *";
    request.version = desk->stored ? desk->rev : NULL;
    request.body =
        request_promotion_write(arena, desk->market, promo_form_text(desk, arena), 0, &request.len);
    desk->sending = true;
    desk->dirty = false;
    client_send(desk->app->client, &request);
    arena_free(arena);
}

static void changed(struct promodesk *desk)
{
    desk->armed = PROMO_NOTHING;
    desk->dirty = true;
    check(desk);
    if (!desk->sending && !desk->lost)
        send(desk);
}

bool promo_is_unsaved(const struct app *app)
{
    const struct promodesk *desk = app->promodesk;
    return desk && (desk->sending || (desk->dirty && !desk->lost));
}

/* ---- undo ------------------------------------------------------------------------------------ */

static void undo_keep(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    if (desk->nundo == desk->cap) {
        desk->cap = desk->cap ? desk->cap * 2 : 32;
        desk->undo = realloc(desk->undo, desk->cap * sizeof *desk->undo);
    }
    char *text = strdup(promo_form_text(desk, arena));
    if (!desk->undo || !text)
        abort();
    desk->undo[desk->nundo++] = (struct promo_undo){text, desk->field};
    arena_free(arena);
}

static void undo_forget(struct promodesk *desk)
{
    while (desk->nundo)
        free(desk->undo[--desk->nundo].text);
}

static void fill(struct promodesk *desk, const char *text)
{
    arena_free(desk->arena);
    desk->arena = arena_new();
    promotion_form_read(&desk->form, desk->arena, text);
    if (desk->field >= desk->form.n)
        desk->field = desk->form.n - 1;
}

void promo_form_undo(struct promodesk *desk)
{
    if (desk->nundo == 0) {
        app_say(desk->app, ROLE_WARN, "there is nothing to undo.");
        return;
    }
    struct promo_undo *undo = &desk->undo[--desk->nundo];
    fill(desk, undo->text);
    desk->field = undo->field < desk->form.n ? undo->field : 0;
    free(undo->text);
    changed(desk);
}

/* ---- typing ---------------------------------------------------------------------------------- */

void promo_form_type(struct promodesk *desk, const char *text)
{
    const struct promotion_field *field = &desk->form.fields[desk->field];
    if (field->kind == FIELD_CODE) {
        app_say(desk->app, ROLE_STOP, "its code stays; another one begins in the list.");
        return;
    }
    undo_keep(desk);
    promotion_form_set(&desk->form, desk->field, strcmp(text, "-") == 0 ? "" : text);
    changed(desk);
}

void promo_form_more(struct promodesk *desk)
{
    const struct promotion_field *field = &desk->form.fields[desk->field];
    struct promotion_field_info info = promotion_field_info(field->kind);
    if (!info.is_many)
        app_say(desk->app, ROLE_WARN, "%s is said once.", info.label);
    else if (*field->value)
        desk->field = promotion_form_more(&desk->form, desk->field);
}

void promo_form_paste(struct promodesk *desk, const char *line)
{
    struct promotion_form one;
    struct arena *arena = arena_new();
    promotion_form_read(&one, arena, line);
    if (!desk->pasted)
        undo_keep(desk);
    desk->pasted = true;
    if (*one.fields[FIELD_CODE].value)
        fill(desk, arena_printf(arena, "promotion %s", desk->code));
    else if (*line)
        desk->field = promotion_form_line(&desk->form, line);
    arena_free(arena);
    changed(desk);
}

/* The code stays: it is the one of the form. */
bool promo_form_whole(struct promodesk *desk, const char *text)
{
    struct promotion_form whole;
    struct arena *arena = arena_new();
    bool good = true;
    for (const char *at = text; good && *at;) {
        size_t line = strcspn(at, "\n\t\r");
        good = utf8_is_printable(at, line);
        at += line + (at[line] != '\0');
    }
    promotion_form_read(&whole, arena, text);
    good = good && *whole.fields[FIELD_CODE].value;
    if (good) {
        undo_keep(desk);
        promotion_form_set(&whole, FIELD_CODE, desk->code);
        fill(desk, promotion_form_write(&whole, arena));
        changed(desk);
    }
    arena_free(arena);
    return good;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void begin(struct promodesk *desk, const char *text)
{
    desk->loading = desk->dirty = desk->lost = false;
    desk->armed = PROMO_NOTHING;
    undo_forget(desk);
    fill(desk, text);
    check(desk);
}

/* Has an owner of its own: giving it up loses nothing that is being stored. */
static void loaded(void *owner, const struct answer *answer)
{
    struct promodesk *desk = (struct promodesk *)((char *)owner - offsetof(struct promodesk, form));
    struct arena *arena = arena_new();
    struct reply_promotion_one one;
    if (answer_is_ok(answer) && reply_promotion_one_read(arena, answer->body, answer->len, &one)) {
        snprintf(desk->rev, sizeof desk->rev, "%s", one.rev);
        snprintf(desk->now, sizeof desk->now, "%s", one.state);
        snprintf(desk->code, sizeof desk->code, "%s", one.code);
        snprintf(desk->market, sizeof desk->market, "%s", one.market);
        desk->version = one.version;
        desk->uses = one.uses;
        desk->has_draft = one.has_draft;
        desk->stored = true;
        begin(desk, one.text);
    } else if (answer->arrived && answer->http == 404) {
        desk->stored = desk->has_draft = false;
        desk->version = desk->uses = 0;
        snprintf(desk->now, sizeof desk->now, "new");
        begin(desk, arena_printf(arena, "promotion %s", desk->code));
        app_say(desk->app, ROLE_PLAIN, "a new promotion: what is typed is kept at every Enter.");
    } else {
        desk->loading = false;
        app_say_answer(desk->app, answer);
    }
    arena_free(arena);
    app_ahead_replay(desk->app);
}

void promo_form_ask(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    desk->loading = true;
    client_send(desk->app->client,
                &(struct request){
                    .method = "GET",
                    .path = arena_printf(arena, "/promotions/%s", query_escape(arena, desk->code)),
                    .tries = 3,
                    .done = loaded,
                    .owner = &desk->form});
    arena_free(arena);
}

bool promo_is_loading(const struct app *app)
{
    return app->promodesk && app->promodesk->loading;
}

bool promo_not(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    client_forget(app->client, &desk->form);
    desk->loading = false;
    app_back_to(app, &screen_promotions);
    return true;
}

void open_promo_form(struct app *app, const char *code)
{
    struct promodesk *desk = app->promodesk;
    if (desk->sending) {
        app_say(app, ROLE_WARN, "%s is still being saved; try again in a moment.", desk->code);
        return;
    }
    snprintf(desk->code, sizeof desk->code, "%s", code);
    desk->field = 1;
    desk->first = 0;
    fill(desk, "");
    promo_form_ask(desk);
    app_show(app, &screen_promoform);
}
