#include "tui/order.h"

#include "tui/kit_choose.h"
#include "tui/order_change.h"
#include "tui/order_link.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* ---- versions of the draft ------------------------------------------------------------------- */

static const char *text_copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static const char *const *texts_copy(struct arena *arena, const char *const *from, size_t n)
{
    const char **texts = ARENA_ARRAY(arena, const char *, n);
    for (size_t i = 0; i < n; i++)
        texts[i] = text_copy(arena, from[i]);
    return texts;
}

static struct draft_line *lines_copy(struct arena *arena, const struct draft_line *from, size_t n)
{
    size_t cap = 8;
    while (cap < n + 1)
        cap *= 2;
    struct draft_line *lines = ARENA_ARRAY(arena, struct draft_line, cap);
    for (size_t i = 0; i < n; i++) {
        lines[i] = from[i];
        lines[i].id = text_copy(arena, from[i].id);
        lines[i].sku = text_copy(arena, from[i].sku);
        lines[i].picks = text_copy(arena, from[i].picks);
        lines[i].choices = text_copy(arena, from[i].choices);
    }
    return lines;
}

static struct address address_copy(struct arena *arena, const struct address *from)
{
    return (struct address){
        .name = text_copy(arena, from->name),
        .line1 = text_copy(arena, from->line1),
        .line2 = text_copy(arena, from->line2),
        .city = text_copy(arena, from->city),
        .postcode = text_copy(arena, from->postcode),
        .region = text_copy(arena, from->region),
        .country = text_copy(arena, from->country),
    };
}

static struct order_draft draft_copy(struct arena *arena, const struct order_draft *from)
{
    struct order_draft to = *from;
    to.market = text_copy(arena, from->market);
    to.distributor = text_copy(arena, from->distributor);
    to.customer = text_copy(arena, from->customer);
    to.lines = lines_copy(arena, from->lines, from->nlines);
    to.address = address_copy(arena, &from->address);
    to.method = text_copy(arena, from->method);
    to.price_list = text_copy(arena, from->price_list);
    to.coupons = texts_copy(arena, from->coupons, from->ncoupons);
    to.note = text_copy(arena, from->note);
    to.typed = NULL;
    to.paying = NULL;
    to.npaying = 0;
    to.changes.order = text_copy(arena, from->changes.order);
    to.changes.version = text_copy(arena, from->changes.version);
    return to;
}

const struct order_draft *order_draft(const struct order *order)
{
    return &order->versions[order->at].draft;
}

static void version_push(struct order *order, const struct order_draft *from)
{
    while (order->nversions > order->at + 1)
        arena_free(order->versions[--order->nversions].arena);
    if (order->nversions == ARRAY_LEN(order->versions)) {
        arena_free(order->versions[0].arena);
        memmove(order->versions, order->versions + 1,
                (order->nversions - 1) * sizeof order->versions[0]);
        order->nversions--;
    }
    struct order_version *version = &order->versions[order->nversions];
    struct arena *arena = arena_new();
    *version = (struct order_version){.arena = arena, .draft = draft_copy(arena, from)};
    if (order->nversions)
        version->paying = order->versions[order->at].paying;
    order->at = order->nversions++;
}

/* A new version to be changed by the caller, who then calls changed(). */
static struct order_version *edit(struct order *order)
{
    if (!order->in_paste || !order->paste_begun) {
        struct order_draft before = *order_draft(order);
        version_push(order, &before);
    }
    order->paste_begun = order->in_paste;
    return &order->versions[order->at];
}

static void changed(struct order *order)
{
    order->edits++;
    order->frozen = -1;
    order->accept_duplicate = order->accept_age = false;
    order->trouble.nproblems = 0; /* they were of the order as it was */
    if (*order->typed) {          /* it has been entered */
        order->typed[0] = '\0';
        order->typings++;
    }
    order_keep_edit(order);
    order_price_edited(order);
    order_link_send(order);
}

void order_typed(struct order *order, const char *text)
{
    size_t len = draft_typed_safe(text);
    if (len == strlen(order->typed) && strncmp(order->typed, text, len) == 0)
        return;
    memcpy(order->typed, text, len);
    order->typed[len] = '\0';
    order->typings++;
    order_link_send(order);
}

void order_paste(struct order *order, bool begins)
{
    order->in_paste = begins;
    order->paste_begun = false;
    order_price_look(order);
}

/* What it is paid with is no part of the draft: its total and its revision stand. */
static bool version_go(struct order *order, size_t at)
{
    const struct order_version *before = &order->versions[order->at];
    order->at = at;
    if (!draft_equal(&before->draft, order_draft(order)))
        changed(order);
    if (!order_pay_same(&before->paying, &order->versions[at].paying))
        order_paying_edited(order);
    return true;
}

bool order_undo(struct order *order)
{
    return order->at > 0 && version_go(order, order->at - 1);
}

bool order_redo(struct order *order)
{
    return order->at + 1 < order->nversions && version_go(order, order->at + 1);
}

/* ---- one order ------------------------------------------------------------------------------- */

void order_ulid(char out[ULID_TEXT])
{
    uint8_t random[ULID_RANDOM];
    struct timespec now;
    size_t have = 0;
    while (have < sizeof random) {
        ssize_t got = getrandom(random + have, sizeof random - have, 0);
        have += got > 0 ? (size_t)got : 0;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    ulid_format(out, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000, random);
}

/* The greatest number among ids like "l12", so that new ones differ. */
static unsigned last_id(const struct order_draft *draft)
{
    unsigned last = 0;
    for (size_t i = 0; i < draft->nlines; i++) {
        const char *id = draft->lines[i].id;
        unsigned long n = id && id[0] == 'l' ? strtoul(id + 1, NULL, 10) : 0;
        if (n > last && n < 1000000)
            last = (unsigned)n;
    }
    return last;
}

static struct order *order_make(struct client *client, const struct order_draft *draft,
                                order_event_fn *event, void *user)
{
    struct order *order = calloc(1, sizeof *order);
    if (!order)
        abort();
    order->client = client;
    order->event = event;
    order->user = user;
    order->frozen = order->told = -1;
    order->error = "";
    order->trouble = (struct reply_trouble){.status = STATUS_OK, .title = "", .detail = ""};
    version_push(order, draft);
    order_price_edited(order);
    return order;
}

struct order *order_of(struct client *client, const struct order_draft *draft,
                       order_event_fn *event, void *user)
{
    struct order *order = order_make(client, draft, event, user);
    order_ulid(order->ulid);
    order->next_line = last_id(draft);
    order->edits = order->saved = 1;
    return order;
}

struct order *order_new(struct client *client, const char *market, order_event_fn *event,
                        void *user)
{
    struct order_draft draft = {.market = market, .date = DATE_MIN};
    struct order *order = order_make(client, &draft, event, user);
    order_ulid(order->ulid);
    return order;
}

static struct order *recalled(struct client *client, const struct reply_draft *stored,
                              order_event_fn *event, void *user)
{
    struct order *order = order_make(client, &stored->draft, event, user);
    strncpy(order->ulid, stored->ulid, sizeof order->ulid - 1);
    strncpy(order->rev, stored->rev, sizeof order->rev - 1);
    order->next_line = last_id(&stored->draft);
    order->edits = order->saved = 1;
    if (stored->draft.typed)
        memcpy(order->typed, stored->draft.typed, draft_typed_safe(stored->draft.typed));
    return order;
}

struct order *order_recall(struct client *client, const struct reply_draft *stored,
                           order_event_fn *event, void *user)
{
    struct order *order = recalled(client, stored, event, user);
    order_change_attach(order);
    order_pay_recall(order, &stored->draft);
    order_link_send(order);
    return order;
}

struct order *order_recall_sale(struct client *client, const struct reply_draft *stored,
                                const struct order_till *till, order_event_fn *event, void *user)
{
    struct order *order = recalled(client, stored, event, user);
    order_sell(order, till);
    order_pay_recall(order, &stored->draft);
    order_link_send(order);
    return order;
}

void order_free(struct order *order)
{
    if (!order)
        return;
    client_forget(order->client, order);
    for (size_t i = 0; i < order->nversions; i++)
        arena_free(order->versions[i].arena);
    order_price_release(order);
    order_means_release(&order->means);
    order_change_release(order);
    arena_free(order->outcome_arena);
    order_keep_release(order);
    free(order);
}

/* Where it goes when nothing is said. */
static enum destination ship_to(const struct order *order, enum order_type type)
{
    return *order->shift ? SHIP_pickup : order_type_info(type)->ship_to;
}

/* ---- edits ----------------------------------------------------------------------------------- */

void order_replace(struct order *order, const struct order_draft *draft)
{
    struct order_version *version = edit(order);
    version->draft = draft_copy(version->arena, draft);
    changed(order);
}

void order_set_distributor(struct order *order, const char *id)
{
    bool was_walk_in = order_is_walk_in(order);
    struct order_version *version = edit(order);
    version->draft.distributor = text_copy(version->arena, id);
    version->draft.address_choice = 0;
    if (was_walk_in) {
        version->draft.customer = NULL;
        version->draft.type = ORDER_personal;
    }
    changed(order);
}

void order_set_customer(struct order *order, const char *id)
{
    struct order_version *version = edit(order);
    version->draft.customer = text_copy(version->arena, id);
    version->draft.type = ORDER_customer;
    version->draft.destination = ship_to(order, ORDER_customer);
    version->draft.address_choice = 0;
    changed(order);
}

void order_set_type(struct order *order, enum order_type type)
{
    struct order_version *version = edit(order);
    const struct order_type_info *info = order_type_info(type);
    version->draft.type = type;
    version->draft.destination = ship_to(order, type);
    version->draft.address_choice = 0;
    if (!info->needs_customer)
        version->draft.customer = NULL;
    changed(order);
}

void order_set_address(struct order *order, int choice)
{
    struct order_version *version = edit(order);
    version->draft.address_choice = choice;
    version->draft.destination = order_type_info(version->draft.type)->ship_to;
    version->draft.has_address = false;
    changed(order);
}

void order_set_ship(struct order *order, enum destination to, const struct address *address)
{
    struct order_version *version = edit(order);
    version->draft.destination = to;
    version->draft.address_choice = 0;
    version->draft.has_address = address != NULL;
    if (address)
        version->draft.address = address_copy(version->arena, address);
    changed(order);
}

void order_set_price_list(struct order *order, const char *code)
{
    struct order_version *version = edit(order);
    version->draft.price_list = *code ? text_copy(version->arena, code) : NULL;
    changed(order);
}

void order_set_note(struct order *order, const char *note)
{
    struct order_version *version = edit(order);
    version->draft.note = *note ? text_copy(version->arena, note) : NULL;
    changed(order);
}

void order_set_coupons(struct order *order, const char *const *codes, size_t n)
{
    struct order_version *version = edit(order);
    version->draft.coupons = texts_copy(version->arena, codes, n);
    version->draft.ncoupons = n;
    changed(order);
}

static void line_add(struct order *order, struct order_version *version, const char *sku,
                     int64_t qty, const char *picks, const char *choices, int64_t value)
{
    struct order_draft *draft = &version->draft;
    if (draft->nlines >= 8 && (draft->nlines & (draft->nlines - 1)) == 0) /* 8, 16, 32: full */
        draft->lines = lines_copy(version->arena, draft->lines, draft->nlines);
    draft->lines[draft->nlines++] = (struct draft_line){
        .id = arena_printf(version->arena, "l%u", ++order->next_line),
        .sku = text_copy(version->arena, sku),
        .qty = qty,
        .back_order = true,
        .picks = text_copy(version->arena, picks),
        .choices = text_copy(version->arena, choices),
        .value = value,
    };
}

bool order_add(struct order *order, const char *sku, int64_t qty)
{
    return order_add_kit(order, sku, qty, NULL);
}

bool order_add_kit(struct order *order, const char *sku, int64_t qty, const char *choices)
{
    if (order_lines(order) >= DRAFT_LINES_MAX)
        return false;
    line_add(order, edit(order), sku, qty, NULL, choices, 0);
    changed(order);
    return true;
}

bool order_add_valued(struct order *order, const char *sku, int64_t qty, int64_t value)
{
    if (order_lines(order) >= DRAFT_LINES_MAX)
        return false;
    line_add(order, edit(order), sku, qty, NULL, NULL, value);
    changed(order);
    return true;
}

bool order_add_chosen(struct order *order, const char *sku, int64_t qty, int64_t chosen,
                      const char *promotion)
{
    if (order_lines(order) + 2 > DRAFT_LINES_MAX)
        return false;
    struct order_version *version = edit(order);
    line_add(order, version, sku, chosen, promotion, NULL, 0);
    if (qty > chosen)
        line_add(order, version, sku, qty - chosen, NULL, NULL, 0);
    changed(order);
    return true;
}

bool order_add_all(struct order *order, const struct reply_line *lines, size_t n)
{
    if (order_lines(order) + n > DRAFT_LINES_MAX)
        return false;
    struct order_version *version = edit(order);
    for (size_t i = 0; i < n; i++)
        if (!*lines[i].gift_of) /* those come by themselves */
            line_add(order, version, lines[i].sku, lines[i].qty,
                     *lines[i].picks ? lines[i].picks : NULL,
                     kit_choices_of(version->arena, &lines[i]), lines[i].value);
    changed(order);
    return true;
}

void order_set_qty(struct order *order, size_t number, int64_t qty)
{
    assert(number >= 1 && number <= order_lines(order));
    struct order_draft *draft = &edit(order)->draft;
    struct draft_line *line = &draft->lines[number - 1];
    if (qty == 0)
        memmove(line, line + 1, (draft->nlines-- - number) * sizeof *line);
    else
        line->qty = qty;
    changed(order);
}

void order_set_sku(struct order *order, size_t number, const char *sku)
{
    assert(number >= 1 && number <= order_lines(order));
    struct order_version *version = edit(order);
    version->draft.lines[number - 1].sku = text_copy(version->arena, sku);
    changed(order);
}

void order_set_picks(struct order *order, size_t number, const char *promotion)
{
    assert(number >= 1 && number <= order_lines(order));
    struct order_version *version = edit(order);
    version->draft.lines[number - 1].picks = text_copy(version->arena, promotion);
    changed(order);
}

void order_set_choices(struct order *order, size_t number, const char *choices)
{
    assert(number >= 1 && number <= order_lines(order));
    struct order_version *version = edit(order);
    version->draft.lines[number - 1].choices = text_copy(version->arena, choices);
    changed(order);
}

/* ---- review and payment ---------------------------------------------------------------------- */

void order_review(struct order *order)
{
    if (order_confirmed(order) && order->frozen < 0)
        order->frozen = order->quote.total;
}

struct order_paying *order_paying_edit(struct order *order)
{
    return &edit(order)->paying;
}

void order_paying_edited(struct order *order)
{
    order->payings++;
    order_keep_edit(order);
}

int64_t order_to_pay(const struct order *order)
{
    int64_t open = order->frozen - order_change_paid(order);
    return open > 0 ? open : 0;
}
