#include "tui/order_link.h"

#include "tui/kit_ask.h"
#include "tui/order_change.h"
#include "tui/tongue.h"

#include "core/wire/request.h"

#include <string.h>

enum { LEASE_MS = 25 * 1000 }; /* it lasts 90 seconds */

static void place_if_ready(struct order *order);
static bool left(struct order *order);

static void send(struct order *order, struct request *request)
{
    request->owner = order;
    client_send(order->client, request);
}

static void tell(struct order *order, enum order_event event)
{
    if (!order->leaving)
        order->event(order->user, order, event);
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static void outcome_clear(struct order *order)
{
    arena_free(order->outcome_arena);
    order->outcome_arena = arena_new();
    order->error = "";
    order->trouble = (struct reply_trouble){.status = STATUS_OK, .title = "", .detail = ""};
}

static void outcome_trouble(struct order *order, const struct answer *answer)
{
    outcome_clear(order);
    if (answer->arrived)
        reply_trouble_read(order->outcome_arena, answer->http, answer->body, answer->len,
                           &order->trouble);
    else
        order->error = arena_strdup(order->outcome_arena, answer->error);
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static bool quote_take(struct order *order, const struct answer *answer)
{
    struct arena *arena = arena_new();
    struct reply_quote quote;
    if (!(order->change ? order_change_priced(order, arena, answer, &quote)
                        : reply_quote_read(arena, answer->body, answer->len, &quote))) {
        arena_free(arena);
        return false;
    }
    order_price_served(order, arena, &quote, answer->context);
    return true;
}

static void quote_done(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    order->quoting = 0;
    if (answer_is_ok(answer) && quote_take(order, answer)) {
        order_link_send(order);
        tell(order, ORDER_PRICED);
        place_if_ready(order);
        return;
    }
    if (answer->context != order->edits) {
        order_link_send(order); /* it has been edited since: that may be the cure */
        return;
    }
    if (order->placing == PLACING_SENT)
        return; /* what becomes of the order, its own answer tells */
    order->placing = PLACING_NO;
    outcome_trouble(order, answer);
    order_change_refused(order, order->trouble.status);
    tell(order, ORDER_REFUSED);
}

static void quote_send(struct order *order)
{
    struct arena *arena = arena_new();
    struct request request = {
        .method = "POST", .path = "/quotes", .done = quote_done, .context = order->edits};
    if (order->change)
        order_change_preview(order, arena, &request);
    else
        request.body = request_quote_write(arena, order_draft(order), order->shift, &request.len);
    order->quoting = order->edits;
    send(order, &request);
    arena_free(arena);
}

void order_reprice(struct order *order)
{
    if (!order->quoting)
        quote_send(order);
}

/* ---- the stored draft ------------------------------------------------------------------------ */

static const char *draft_path(struct order *order, struct arena *arena, const char *verb)
{
    return arena_printf(arena, "/drafts/%s%s", order->ulid, verb);
}

/* What was keyed here goes on under a name of its own. */
static void copy_name(struct order *order, const char *ulid, const char *rev)
{
    order_keep_done(order);
    strcpy(order->copied_from, order->ulid);
    strncpy(order->ulid, ulid, sizeof order->ulid - 1);
    strncpy(order->rev, rev, sizeof order->rev - 1);
}

/* Somebody else has the draft. There is a copy as soon as there is anything to be kept in it. */
static void copy_begin(struct order *order, bool unsaved)
{
    char ulid[ULID_TEXT];
    order_ulid(ulid);
    copy_name(order, ulid, "");
    if (unsaved) {
        order->saved = 0;
        order_keep_edit(order);
    }
    tell(order, ORDER_COPIED);
    order_link_send(order);
}

/* What a save has come to. The server makes the copy itself when the lease is somebody else's. */
static void stored_take(struct order *order, const struct answer *answer)
{
    struct arena *arena = arena_new();
    struct reply_draft stored;
    bool read = reply_draft_read(arena, answer->body, answer->len, &stored) &&
                strlen(stored.rev) < sizeof order->rev;
    bool copied = read && ulid_valid(stored.ulid) && strcmp(stored.ulid, order->ulid) != 0;
    if (copied)
        copy_name(order, stored.ulid, stored.rev);
    else if (read)
        strcpy(order->rev, stored.rev);
    arena_free(arena);
    if (!copied)
        return;
    order_keep_edit(order);
    tell(order, ORDER_COPIED);
}

/* Whether it is what was keyed here, now or some edits ago. */
static bool is_ours(const struct order *order, const struct order_draft *draft)
{
    for (size_t i = order->nversions; i > 0; i--)
        if (draft_equal(&order->versions[i - 1].draft, draft))
            return true;
    return false;
}

/* After a 412 to a repeated request: was it our own first attempt that got through? */
static void rev_asked(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    struct arena *arena = arena_new();
    struct reply_draft stored;
    order->saving = 0;
    bool ours = answer_is_ok(answer) &&
                reply_draft_read(arena, answer->body, answer->len, &stored) && stored.has_draft &&
                strcmp(stored.state, "open") == 0 && is_ours(order, &stored.draft) &&
                strlen(stored.rev) < sizeof order->rev;
    if (ours)
        strcpy(order->rev, stored.rev);
    arena_free(arena);
    if (ours)
        order_link_send(order);
    else
        copy_begin(order, true);
}

static void rev_ask(struct order *order)
{
    struct arena *arena = arena_new();
    struct request request = {
        .method = "GET", .path = draft_path(order, arena, ""), .done = rev_asked};
    order->saving = order->edits;
    send(order, &request);
    arena_free(arena);
}

/* The draft is not ours any more, for good. */
static bool is_lost(const struct reply_trouble *trouble)
{
    return trouble->status == STATUS_STALE || trouble->status == STATUS_LOCKED ||
           trouble->status == STATUS_STATE || trouble->status == STATUS_NOT_FOUND;
}

static void save_refused(struct order *order, const struct answer *answer)
{
    struct reply_trouble trouble;
    struct arena *arena = arena_new();
    reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    bool lost = is_lost(&trouble);
    arena_free(arena);
    if (trouble.status == STATUS_STALE && answer->repeated) {
        rev_ask(order);
    } else if (lost && *order->rev) {
        copy_begin(order, true);
    } else {
        order->saved = answer->context; /* it will not be stored; the next edit tries again */
        order->refused = true;
        outcome_trouble(order, answer);
        order->event(order->user, order, ORDER_UNSAVED); /* also when it is left */
    }
}

static void save_took(struct order *order, const struct answer *answer)
{
    stored_take(order, answer);
    order->saved = answer->context;
    order->refused = false;
    if (order->saved == order->edits)
        order_keep_stored(order);
}

static void save_done(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    order->saving = 0;
    if (answer_is_ok(answer))
        save_took(order, answer);
    else if (answer->arrived)
        save_refused(order, answer);
    order_link_send(order);
    if (!left(order))
        place_if_ready(order);
}

/* A copy says what it is one of. */
static const char *save_path(struct order *order, struct arena *arena)
{
    bool is_new_copy = *order->copied_from && !*order->rev;
    return draft_path(order, arena,
                      is_new_copy ? arena_printf(arena, "?recovered_from=%s", order->copied_from)
                                  : "");
}

static void save_send(struct order *order)
{
    struct arena *arena = arena_new();
    struct order_draft draft = *order_draft(order);
    struct draft_tender paying[PAY_PICKS];
    struct request request = {.method = "PUT",
                              .path = save_path(order, arena),
                              .header = "If-None-Match: *",
                              .before_reads = true,
                              .done = save_done,
                              .context = order->edits};
    if (*order->rev)
        request.header = arena_printf(arena, "If-Match: \"%s\"", order->rev);
    draft.typed = *order->typed ? order->typed : NULL;
    draft.npaying = order_pay_kept(order, paying);
    draft.paying = paying;
    request.body = request_draft_write(arena, &draft, &request.len);
    order->saving = order->edits;
    order->typed_saved = order->typings;
    order->payings_saved = order->payings;
    send(order, &request);
    arena_free(arena);
}

/* What is only typed is mirrored with a draft that is there already; how it is paid matters to it
 * only when the order is put aside. */
static bool is_unsaved(const struct order *order)
{
    bool typed = order->typed_saved != order->typings && *order->rev && !order->refused;
    bool paying = order->payings_saved != order->payings && *order->rev && !order->refused;
    return order->saved != order->edits || (typed && order->placing == PLACING_NO) ||
           (paying && order->leaving);
}

void order_link_send(struct order *order)
{
    if (order->placing == PLACING_SENT)
        return;
    if (!order->saving && is_unsaved(order))
        save_send(order);
    if (!order->quoting && order->quoted != order->edits && !order->leaving)
        quote_send(order);
}

/* A request whose answer nobody needs: the order may be gone by then. */
static void send_off(struct order *order, const char *method, const char *verb)
{
    struct arena *arena = arena_new();
    struct request request = {.method = method, .path = draft_path(order, arena, verb), .tries = 3};
    request.before_reads = order->leaving; /* the list of drafts is without it */
    client_send(order->client, &request);
    arena_free(arena);
}

static bool is_worth_keeping(const struct order *order)
{
    return order->change ? order_change_any(order) : order_lines(order) > 0;
}

/* Once everything is stored, an order that was left has nothing more to do. */
static bool left(struct order *order)
{
    if (!order->leaving || order->placing == PLACING_SENT || order->saving || is_unsaved(order))
        return false;
    if (order->told_nobody)
        order->rev[0] = '\0'; /* it is no draft any more */
    if (*order->rev && !is_worth_keeping(order))
        send_off(order, "DELETE", "");
    else if (*order->rev)
        send_off(order, "POST", "/release");
    if (!order->refused && !order->told_nobody)
        order_keep_done(order);
    order->event(order->user, order, ORDER_LEFT);
    order_free(order);
    return true;
}

void order_leave(struct order *order)
{
    order->leaving = true;
    if (order->placing == PLACING_WANTED)
        order->placing = PLACING_NO;
    order_link_send(order);
    left(order);
}

void order_return(struct order *order)
{
    order->leaving = false;
    order_link_send(order);
}

/* ---- the lease ------------------------------------------------------------------------------- */

static void lease_done(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    struct reply_trouble trouble;
    struct arena *arena = arena_new();
    if (answer->arrived && !answer_is_ok(answer) && !order->saving &&
        order->placing != PLACING_SENT && strcmp(order->rev, "") != 0) {
        reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
        strncpy(order->taken_by, trouble.locked_by, sizeof order->taken_by - 1);
        if (is_lost(&trouble))
            copy_begin(order, order->saved != order->edits);
    }
    arena_free(arena);
}

int order_tick(struct order *order, int64_t now)
{
    if (order->touched == 0)
        order->touched = now;
    if (now - order->touched >= LEASE_MS && *order->rev && order->placing != PLACING_SENT) {
        struct arena *arena = arena_new();
        order->touched = now;
        send(order, &(struct request){.method = "POST",
                                      .path = draft_path(order, arena, "/lock"),
                                      .tries = 1,
                                      .done = lease_done});
        arena_free(arena);
    }
    int64_t wait = order->touched + LEASE_MS - now;
    return wait > 0 ? (int)wait : LEASE_MS;
}

/* ---- placing --------------------------------------------------------------------------------- */

static void placed_take(struct order *order, const struct answer *answer)
{
    outcome_clear(order);
    if (reply_order_read(order->outcome_arena, answer->body, answer->len, &order->placed)) {
        order->told_nobody = order->leaving;
        if (order->change && *order->rev)
            send_off(order, "DELETE", ""); /* what it was keyed for is done */
        if (!left(order)) {
            order_keep_done(order);
            tell(order, ORDER_PLACED);
        }
        return;
    }
    order->error = _("the server's answer cannot be read; F9 asks again and cannot place it twice");
    tell(order, ORDER_NOT_PLACED);
}

/* The quote that came with total-changed is the one to show. */
static void adopt_quote(struct order *order)
{
    order_price_served(order, order->outcome_arena, &order->trouble.quote, order->edits);
    order->outcome_arena = NULL;
    order->trouble.title = _("the total is no longer the one shown"); /* the arena may go first */
    order->trouble.detail = "";
    order->trouble.problems = NULL;
    order->trouble.nproblems = 0;
}

static void place_done(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    order->placing = PLACING_NO;
    if (answer_is_ok(answer)) {
        placed_take(order, answer);
        return;
    }
    outcome_trouble(order, answer);
    if (answer->arrived && answer->http < 500 && !order->refused)
        order_keep_stored(order);
    if (order->trouble.has_quote)
        adopt_quote(order);
    order->frozen = -1;
    if (order_change_refused(order, order->trouble.status)) {
        left(order);
        return; /* what it is now is told when it is known */
    }
    tell(order, ORDER_NOT_PLACED);
    enum status status = order->trouble.status;
    if ((status == STATUS_STALE || status == STATUS_LOCKED) && *order->rev)
        copy_begin(order,
                   true); /* not placed as somebody else has left it: what is shown here is ours */
    left(order);
}

static void place_send(struct order *order)
{
    struct arena *arena = arena_new();
    struct draft_tender tenders[PAY_PICKS + 1];
    struct request_order body = {.draft = order_draft(order),
                                 .rev = *order->rev ? order->rev : NULL,
                                 .expect_total = order->frozen,
                                 .tenders = tenders,
                                 .accept_duplicate = order->accept_duplicate,
                                 .accept_age = order->accept_age,
                                 .shift = order->shift};
    body.ntenders = order_pay_plan(order, tenders);
    struct request request = {
        .method = "POST",
        .path = "/orders",
        .header = arena_printf(arena, "Idempotency-Key: %s", order->ulid),
        .done = place_done,
    };
    if (order->change)
        order_change_send(order, arena, &body, &request);
    else
        request.body = request_order_write(arena, &body, &request.len);
    order_keep_placing(order, &body);
    order->placing = PLACING_SENT;
    send(order, &request);
    arena_free(arena);
}

static bool must_ask(const struct order *order)
{
    return order_stops(order) > 0 || kit_must_ask(order) || order_sale_waits(order);
}

static void place_if_ready(struct order *order)
{
    bool is_known = !order->change || order_change_is_known(order);
    if (order->placing != PLACING_WANTED || !order_confirmed(order) || order->saving ||
        order->saved != order->edits || !is_known || !order_pay_is_ready(order))
        return;
    order_review(order);
    if (must_ask(order)) {
        order->placing = PLACING_NO;
        outcome_clear(order);
        tell(order, ORDER_NOT_PLACED);
        return;
    }
    place_send(order);
}

void order_place(struct order *order)
{
    if (order->placing != PLACING_NO)
        return;
    order->placing = PLACING_WANTED;
    order_link_send(order);
    place_if_ready(order);
}

bool order_place_not(struct order *order)
{
    if (order->placing == PLACING_SENT)
        return false;
    order->placing = PLACING_NO;
    return true;
}

void order_link_ready(struct order *order)
{
    if (!order->leaving)
        place_if_ready(order);
}
