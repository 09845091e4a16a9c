#include "tui/repeat_card.h"

#include "core/text.h"
#include "core/wire/reply_around.h"
#include "core/wire/request.h"
#include "tui/open.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

bool repeat_card_is_keyed(const struct repeat_card *card)
{
    return card->lines_keyed || card->plan_keyed || card->pays_keyed;
}

/* ---- the price of today ---------------------------------------------------------------------- */

const struct reply_line *repeat_card_line(const struct repeat_card *card, const char *id)
{
    for (size_t i = 0; card->quote_arena && i < card->quote.nlines; i++)
        if (strcmp(card->quote.lines[i].id, id) == 0)
            return &card->quote.lines[i];
    return NULL;
}

static void priced(void *owner, const struct answer *answer)
{
    struct repeat_card *card = owner;
    struct arena *arena = arena_new();
    struct reply_quote quote;
    bool is_latest = answer->context == card->quote_asked;
    if (is_latest && answer_is_ok(answer) &&
        reply_quote_read(arena, answer->body, answer->len, &quote)) {
        arena_free(card->quote_arena);
        card->quote_arena = arena;
        card->quote = quote;
        return;
    }
    arena_free(arena);
}

static void price(struct repeat_card *card)
{
    struct arena *arena = arena_new();
    struct request request = {.method = "POST",
                              .path = "/quotes",
                              .tries = 3,
                              .done = priced,
                              .owner = card,
                              .context = ++card->quote_asked};
    request.body = request_draft_write(arena, &card->draft, &request.len);
    client_send(card->app->client, &request);
    arena_free(arena);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static const char *kept(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static void lines_take(struct repeat_card *card, const struct order_draft *from)
{
    struct arena *arena = arena_new();
    const struct draft_line *lines = from->lines;
    card->draft = *from; /* which may be that very one */
    card->draft.lines = ARENA_ARRAY(arena, struct draft_line, from->nlines + 1);
    for (size_t i = 0; i < card->draft.nlines; i++) {
        struct draft_line *line = &card->draft.lines[i];
        *line = lines[i];
        line->id = arena_strdup(arena, line->id);
        line->sku = arena_strdup(arena, line->sku);
        line->picks = kept(arena, line->picks);
        line->choices = kept(arena, line->choices);
    }
    arena_free(card->arena);
    card->arena = arena;
}

/* What is keyed stays; all else is as it is stored now. */
/* The same word, which stays when the reply is gone. */
static const char *pays_of(const char *name)
{
    static const char *const all[] = {"balance", "card"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (strcmp(all[i], name) == 0)
            return all[i];
    return "later";
}

static void stored_take(struct repeat_card *card)
{
    if (!card->lines_keyed) {
        lines_take(card, &card->stored.draft);
    } else { /* its texts are the reply's, but for the lines */
        struct order_draft keyed = card->draft;
        card->draft = card->stored.draft;
        card->draft.lines = keyed.lines;
        card->draft.nlines = keyed.nlines;
    }
    if (!card->plan_keyed)
        card->plan = card->stored.plan;
    if (!card->pays_keyed)
        card->pays = pays_of(card->stored.pays);
    price(card);
}

static void take(void *owner, const struct answer *answer)
{
    struct repeat_card *card = owner;
    if (answer->context == card->query.asked)
        card->has_stored = false;
    if (!query_answer(&card->query, answer))
        return;
    card->has_stored =
        reply_repeat_read(card->query.arena, answer->body, answer->len, &card->stored);
    if (card->has_stored)
        stored_take(card);
    else
        query_unreadable(&card->query);
}

void repeat_card_ask(struct repeat_card *card)
{
    struct arena *arena = arena_new();
    if (*card->id)
        query_ask(&card->query, card->app,
                  arena_printf(arena, "/autosaves/%s", query_escape(arena, card->id)), take, card);
    else
        price(card);
    arena_free(arena);
}

void repeat_card_begin(struct repeat_card *card, const struct order_draft *draft,
                       const struct repeat_plan *plan)
{
    struct arena *own = query_own(&card->query);
    struct order_draft copy = *draft;
    copy.market = kept(own, draft->market);
    copy.distributor = kept(own, draft->distributor);
    copy.customer = kept(own, draft->customer);
    copy.method = kept(own, draft->method);
    copy.note = kept(own, draft->note);
    const char *const *texts[] = {
        &copy.address.name,     &copy.address.line1,  &copy.address.line2,  &copy.address.city,
        &copy.address.postcode, &copy.address.region, &copy.address.country};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *(const char **)(uintptr_t)texts[i] = kept(own, *texts[i]);
    copy.price_list = copy.typed = NULL; /* those of each run's day */
    copy.date = DATE_MIN;
    copy.coupons = NULL;
    copy.ncoupons = 0;
    copy.changes = (struct draft_changes){0};
    card->id[0] = '\0';
    card->has_stored = false;
    card->plan = *plan;
    card->pays = "later";
    card->lines_keyed = card->plan_keyed = card->pays_keyed = true;
    order_ulid(card->key);
    lines_take(card, &copy);
    price(card);
}

void repeat_card_undo(struct repeat_card *card)
{
    card->lines_keyed = card->plan_keyed = card->pays_keyed = false;
    stored_take(card);
}

/* ---- edits ----------------------------------------------------------------------------------- */

static void lines_changed(struct repeat_card *card)
{
    card->lines_keyed = true;
    price(card);
}

void repeat_card_set_qty(struct repeat_card *card, size_t number, int64_t qty)
{
    struct draft_line *line = &card->draft.lines[number - 1];
    if (qty == 0)
        memmove(line, line + 1, (card->draft.nlines-- - number) * sizeof *line);
    else
        line->qty = qty;
    lines_changed(card);
}

static bool has_id(const struct order_draft *draft, const char *id)
{
    for (size_t i = 0; i < draft->nlines; i++)
        if (strcmp(draft->lines[i].id, id) == 0)
            return true;
    return false;
}

bool repeat_card_add(struct repeat_card *card, const char *sku, int64_t qty, const char *choices,
                     int64_t value)
{
    char id[16];
    size_t n = card->draft.nlines;
    if (n >= DRAFT_LINES_MAX)
        return false;
    do
        snprintf(id, sizeof id, "r%zu", ++n);
    while (has_id(&card->draft, id));
    lines_take(card, &card->draft); /* with room for one more */
    card->draft.lines[card->draft.nlines++] =
        (struct draft_line){.id = arena_strdup(card->arena, id),
                            .sku = arena_strdup(card->arena, sku),
                            .qty = qty,
                            .back_order = true,
                            .choices = kept(card->arena, choices),
                            .value = value};
    lines_changed(card);
    return true;
}

void repeat_card_plan(struct repeat_card *card, const struct repeat_plan *plan)
{
    card->plan = *plan;
    card->plan_keyed = true;
}

void repeat_card_pay(struct repeat_card *card, const char *pays)
{
    card->pays = pays;
    card->pays_keyed = true;
}

/* ---- sending --------------------------------------------------------------------------------- */

static void keyed_no_more(struct repeat_card *card)
{
    card->lines_keyed = card->plan_keyed = card->pays_keyed = false;
}

static void begun(struct repeat_card *card, const struct answer *answer)
{
    struct arena *arena = arena_new();
    const char *id = reply_made_read(arena, answer->body, answer->len);
    keyed_no_more(card);
    snprintf(card->id, sizeof card->id, "%s", id ? id : "");
    app_news(card->app, ROLE_OK, "repeat order %s is begun", card->id);
    arena_free(arena);
}

/* Nothing is merged: theirs is fetched, and what is marked is ours. */
static void stale(struct repeat_card *card)
{
    app_say(card->app, ROLE_STOP,
            "not saved: somebody has changed it meanwhile. What is marked * is yours: F9 saves it, "
            "u takes theirs.");
    repeat_card_ask(card);
}

static void saved(void *owner, const struct answer *answer)
{
    struct repeat_card *card = owner;
    card->sending = false;
    if (answer->http == 412) {
        stale(card);
    } else if (!answer_is_ok(answer)) {
        app_say_answer(card->app, answer);
    } else {
        card->app->said.text[0] = '\0';
        if (*card->id)
            app_news(card->app, ROLE_OK, "saved");
        else
            begun(card, answer);
        keyed_no_more(card);
        repeat_card_ask(card);
    }
}

void repeat_card_save(struct repeat_card *card)
{
    bool is_new = !*card->id;
    if (card->sending)
        return;
    struct arena *arena = arena_new();
    struct request_repeat body = {.is_new = is_new,
                                  .draft = card->lines_keyed ? &card->draft : NULL,
                                  .plan = card->plan_keyed ? &card->plan : NULL,
                                  .pays = card->pays_keyed ? card->pays : NULL};
    struct request request = {.method = is_new ? "POST" : "PATCH",
                              .path = is_new ? "/autosaves"
                                             : arena_printf(arena, "/autosaves/%s", card->id),
                              .before_reads = true,
                              .done = saved,
                              .owner = card};
    if (is_new)
        request.header = arena_printf(arena, "Idempotency-Key: %s", card->key);
    else
        request.version = card->stored.version;
    request.body = request_repeat_write(arena, &body, &request.len);
    card->sending = true;
    client_send(card->app->client, &request);
    arena_free(arena);
    app_say(card->app, ROLE_PLAIN, "saving ..");
}

static const struct {
    const char *verb, *say;
} acts[] = {
    {"skip", N_("ok  the next one is left out")},
    {"pause", N_("ok  paused: none comes until resume")},
    {"resume", N_("ok  it comes again")},
    {"stop", N_("ok  stopped for good")},
};

static size_t act_of(const char *verb)
{
    size_t act = 0;
    while (act + 1 < ARRAY_LEN(acts) && strcmp(acts[act].verb, verb) != 0)
        act++;
    return act;
}

static void acted(void *owner, const struct answer *answer)
{
    struct repeat_card *card = owner;
    card->sending = false;
    if (answer_is_ok(answer))
        app_say(card->app, ROLE_OK, "%s", _(acts[answer->context].say));
    else
        app_say_answer(card->app, answer);
    repeat_card_ask(card);
}

void repeat_card_act(struct repeat_card *card, const char *verb)
{
    char key[ULID_TEXT];
    if (card->sending)
        return;
    struct arena *arena = arena_new();
    order_ulid(key);
    card->sending = true;
    client_send(card->app->client,
                &(struct request){.method = "POST",
                                  .path = arena_printf(arena, "/autosaves/%s/%s", card->id, verb),
                                  .header = arena_printf(arena, "Idempotency-Key: %s", key),
                                  .before_reads = true,
                                  .done = acted,
                                  .owner = card,
                                  .context = act_of(verb)});
    arena_free(arena);
}

/* ---- words ----------------------------------------------------------------------------------- */

void repeat_plan_say(struct text *text, const struct repeat_plan *plan)
{
    int n = plan->every, day = plan->day;
    if (plan->unit == REPEAT_DAYS && n == 1)
        text_add(text, _("every day"));
    else if (plan->unit == REPEAT_DAYS)
        text_printf(text, _("every %d days"), n);
    else if (plan->unit == REPEAT_WEEKS && n == 1)
        text_printf(text, _("every week on %s"), when_weekday(day));
    else if (plan->unit == REPEAT_WEEKS)
        text_printf(text, _("every %d weeks on %s"), n, when_weekday(day));
    else if (n == 1)
        text_printf(text, _("every month on day %d"), day);
    else
        text_printf(text, _("every %d months on day %d"), n, day);
}
