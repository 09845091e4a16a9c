#include "tui/order_change.h"

#include "tui/kit_choose.h"
#include "tui/order_link.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the order as a draft -------------------------------------------------------------------- */

static void lines_fill(struct arena *arena, const struct reply_order_card *card,
                       struct order_draft *draft)
{
    draft->lines = ARENA_ARRAY(arena, struct draft_line, card->nlines);
    for (size_t i = 0; i < card->nlines; i++) {
        const struct reply_line *line = &card->lines[i];
        if (*line->gift_of)
            continue; /* it comes by itself */
        draft->lines[draft->nlines++] = (struct draft_line){
            .id = line->id,
            .sku = line->sku,
            .qty = line->qty,
            .back_order = true,
            .picks = *line->picks ? line->picks : NULL,
            .choices = kit_choices_of(arena, line),
            .value = line->value,
        };
    }
}

void order_card_draft(struct arena *arena, const struct reply_order_card *card,
                      struct order_draft *draft)
{
    *draft = (struct order_draft){
        .market = card->market,
        .type = order_type_by_name(card->type),
        .distributor = card->distributor,
        .customer = *card->customer ? card->customer : NULL,
        .destination = destination_by_name(card->ship_kind),
        .method = *card->ship_method ? card->ship_method : NULL,
        .has_address = *card->ship_to.line1 != '\0',
        .address = card->ship_to,
        .price_list = card->list,
        .date = DATE_MIN,
        .coupons = card->coupons,
        .ncoupons = card->ncoupons,
        .note = *card->note ? card->note : NULL,
        .changes = {.order = card->number, .version = card->version},
    };
    if (!date_parse(card->date, &draft->date))
        draft->date = DATE_MIN;
    if (draft->type == ORDER_TYPES)
        draft->type = ORDER_personal;
    if (draft->destination == DESTINATIONS)
        draft->destination = SHIP_distributor;
    lines_fill(arena, card, draft);
}

/* ---- what it was ----------------------------------------------------------------------------- */

static bool change_take(struct order_change *change, const char *body, size_t len)
{
    struct arena *arena = arena_new();
    struct reply_order_card card;
    if (!reply_order_card_read(arena, body, len, &card)) {
        arena_free(arena);
        return false;
    }
    arena_free(change->arena);
    change->arena = arena;
    change->was = card;
    order_card_draft(arena, &change->was, &change->before);
    snprintf(change->number, sizeof change->number, "%s", card.number);
    snprintf(change->version, sizeof change->version, "%s", card.version);
    change->is_over = strcmp(card.state, "placed") != 0 && strcmp(card.state, "on_hold") != 0;
    return true;
}

static struct order_change *change_make(void)
{
    struct order_change *change = calloc(1, sizeof *change);
    if (!change)
        abort();
    return change;
}

struct order *order_change_new(struct client *client, const char *body, size_t len,
                               order_event_fn *event, void *user)
{
    struct order_change *change = change_make();
    if (!change_take(change, body, len)) {
        free(change);
        return NULL;
    }
    struct order *order = order_of(client, &change->before, event, user);
    order->change = change;
    return order;
}

void order_change_release(struct order *order)
{
    if (!order->change)
        return;
    arena_free(order->change->arena);
    free(order->change);
    order->change = NULL;
}

/* The draft, and every version of it that undo may bring back, is of that version of the order now;
 * a total that was confirmed is one no more. */
static void rebase(struct order *order)
{
    for (size_t i = 0; i < order->nversions; i++) {
        struct order_version *version = &order->versions[i];
        version->draft.changes.version = arena_strdup(version->arena, order->change->version);
    }
    bool is_stored = order->saved != order->edits || *order->rev;
    order->edits++;
    order->frozen = -1;
    order_price_edited(order);
    if (is_stored)
        order_keep_edit(order);
    else
        order->saved = order->edits;
    order_link_send(order);
}

static void asked(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    struct order_change *change = order->change;
    char before[sizeof change->version];
    strcpy(before, change->version);
    change->asking = false;
    if (!answer_is_ok(answer) || !change_take(change, answer->body, answer->len))
        return;
    bool moved = strcmp(before, change->version) != 0, must_tell = moved || change->is_refused;
    change->is_refused = false;
    if (must_tell)
        order_place_not(order);
    if (moved)
        rebase(order);
    if (!order->leaving)
        order->event(order->user, order, must_tell ? ORDER_MOVED : ORDER_PRICED);
    order_link_ready(order);
}

static void ask(struct order *order)
{
    struct order_change *change = order->change;
    if (change->asking)
        return;
    change->asking = true;
    struct arena *arena = arena_new();
    client_send(order->client,
                &(struct request){.method = "GET",
                                  .path = arena_printf(arena, "/orders/%s", change->number),
                                  .done = asked,
                                  .owner = order});
    arena_free(arena);
}

void order_change_attach(struct order *order)
{
    const struct draft_changes *changes = &order_draft(order)->changes;
    if (!changes->order)
        return;
    order->change = change_make();
    snprintf(order->change->number, sizeof order->change->number, "%s", changes->order);
    snprintf(order->change->version, sizeof order->change->version, "%s",
             changes->version ? changes->version : "");
    ask(order);
}

/* ---- the difference -------------------------------------------------------------------------- */

bool order_change_is_known(const struct order *order)
{
    return order->change && order->change->arena;
}

bool order_change_any(const struct order *order)
{
    return !order_change_is_known(order) ||
           !draft_equal(&order->change->before, order_draft(order));
}

int64_t order_change_paid(const struct order *order)
{
    return order_change_is_known(order) ? order->change->was.total - order->change->was.due : 0;
}

static const struct draft_line *line_of(const struct order_draft *draft, const char *id)
{
    for (size_t i = 0; i < draft->nlines; i++)
        if (strcmp(draft->lines[i].id, id) == 0)
            return &draft->lines[i];
    return NULL;
}

static void tell_line(struct text *text, const struct draft_line *was, const struct draft_line *is)
{
    const char *between = text->len ? "  " : "";
    if (!was && !is)
        return;
    if (!is)
        text_printf(text, "%s-%lld*%s", between, (long long)was->qty, was->sku);
    else if (!was)
        text_printf(text, "%s+%lld*%s", between, (long long)is->qty, is->sku);
    else if (strcmp(was->sku, is->sku) != 0)
        text_printf(text, "%s-%lld*%s  +%lld*%s", between, (long long)was->qty, was->sku,
                    (long long)is->qty, is->sku);
    else if (was->qty != is->qty)
        text_printf(text, "%s%s %lld>%lld", between, is->sku, (long long)was->qty,
                    (long long)is->qty);
    else if (!draft_line_equal(was, is)) /* another choice in a kit */
        text_printf(text, "%s%s *", between, is->sku);
}

/* What is not in the lines, by name. */
static void tell_rest(struct text *text, const struct order_draft *was,
                      const struct order_draft *is)
{
    struct order_draft as_was = *is;
    const char *names[3];
    size_t n = 0;
    if (!draft_ships_as(was, is))
        names[n++] = _("address");
    if (strcmp(was->note ? was->note : "", is->note ? is->note : "") != 0)
        names[n++] = _("note");
    as_was.lines = was->lines, as_was.nlines = was->nlines, as_was.note = was->note;
    as_was.destination = was->destination, as_was.method = was->method;
    as_was.has_address = was->has_address, as_was.address = was->address;
    as_was.address_choice = was->address_choice;
    if (!draft_equal(was, &as_was))
        names[n++] = _("coupons");
    for (size_t i = 0; i < n; i++)
        text_printf(text, "%s%s", text->len ? "  " : "", names[i]);
}

void order_change_tell(const struct order *order, struct text *text)
{
    if (!order_change_is_known(order))
        return;
    const struct order_draft *was = &order->change->before, *is = order_draft(order);
    for (size_t i = 0; i < was->nlines; i++)
        tell_line(text, &was->lines[i], line_of(is, was->lines[i].id));
    for (size_t i = 0; i < is->nlines; i++)
        if (!line_of(was, is->lines[i].id))
            tell_line(text, NULL, &is->lines[i]);
    tell_rest(text, was, is);
}

void order_change_undo_all(struct order *order)
{
    if (order_change_is_known(order) && order_change_any(order))
        order_replace(order, &order->change->before);
}

/* ---- the traffic ----------------------------------------------------------------------------- */

void order_change_preview(struct order *order, struct arena *arena, struct request *request)
{
    struct request_change body = {.draft = order_draft(order), .preview = true};
    request->path = arena_printf(arena, "/orders/%s/change?preview=true", order->change->number);
    request->body = request_change_write(arena, &body, &request->len);
}

void order_change_send(struct order *order, struct arena *arena, const struct request_order *what,
                       struct request *request)
{
    struct order_change *change = order->change;
    struct request_change body = {.draft = what->draft,
                                  .expect_total = what->expect_total,
                                  .tenders = what->tenders,
                                  .ntenders = what->ntenders,
                                  .accept_age = what->accept_age};
    request->path = arena_printf(arena, "/orders/%s/change", change->number);
    if (*change->key)
        request->header = arena_printf(arena, "Idempotency-Key: %s", change->key);
    request->version = change->version;
    request->body = request_change_write(arena, &body, &request->len);
}

bool order_change_priced(struct order *order, struct arena *arena, const struct answer *answer,
                         struct reply_quote *out)
{
    struct reply_changed priced;
    if (!reply_changed_read(arena, answer->body, answer->len, &priced))
        return false;
    *out = priced.quote;
    if (strcmp(priced.version, order->change->version) != 0)
        ask(order); /* it is another order now */
    return true;
}

bool order_change_refused(struct order *order, enum status status)
{
    struct order_change *change = order->change;
    if (!change)
        return false;
    change->is_over = status == STATUS_STATE;
    if (status == STATUS_KEY_REUSED) /* an earlier attempt has arrived after all */
        order_ulid(change->key);
    if (status != STATUS_STALE && status != STATUS_KEY_REUSED)
        return false;
    change->is_refused = true;
    ask(order);
    return true;
}
