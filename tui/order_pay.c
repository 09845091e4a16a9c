#include "tui/order_pay.h"

#include "core/text.h"
#include "tui/order.h"
#include "tui/order_change.h"
#include "tui/order_link.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* ---- what there is to pay with --------------------------------------------------------------- */

void order_means_release(struct order_means *means)
{
    arena_free(means->arena);
    *means = (struct order_means){0};
}

static void whose(const struct order *order, char out[PAY_WHOSE])
{
    const struct order_draft *draft = order_draft(order);
    const char *customer = order_type_info(draft->type)->needs_customer ? draft->customer : NULL;
    snprintf(out, PAY_WHOSE, "/means?distributor=%s%s%s",
             draft->distributor ? draft->distributor : "", customer ? "&customer=" : "",
             customer ? customer : "");
}

/* An answer about somebody else than the order's buyer now is dropped: another is on its way. */
static void means_take(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    struct order_means *means = &order->means;
    struct arena *arena = arena_new();
    means->waiting = false;
    arena_free(means->arena);
    means->arena = NULL;
    if (answer_is_ok(answer) && reply_means_read(arena, answer->body, answer->len, &means->reply))
        means->arena = arena;
    else
        arena_free(arena);
    order_link_ready(order);
    order->event(order->user, order, ORDER_PAY_TOLD);
}

void order_means_ask(struct order *order)
{
    struct order_means *means = &order->means;
    char path[PAY_WHOSE];
    whose(order, path);
    if (!order_draft(order)->distributor || order->change || means->waiting ||
        (means->arena && strcmp(path, means->whose) == 0))
        return;
    struct request request = {.method = "GET", .path = path, .owner = order, .done = means_take};
    strcpy(means->whose, path);
    means->waiting = true;
    client_send(order->client, &request);
}

bool order_pay_is_ready(const struct order *order)
{
    return !order->means.waiting && !order->means.nlooks;
}

int64_t order_holds(const struct order *order, enum tender_kind kind)
{
    int64_t held = kind == TENDER_balance ? order->quote.balance
                   : order->means.arena   ? order->means.reply.credit
                                          : 0;
    return held > 0 ? held : 0;
}

const struct reply_card *order_card(const struct order *order, const char *id)
{
    const struct reply_means *means = &order->means.reply;
    for (size_t i = 0; order->means.arena && i < means->ncards; i++)
        if (id ? strcmp(means->cards[i].id, id) == 0 : means->cards[i].is_default)
            return &means->cards[i];
    return NULL;
}

const struct reply_card *order_card_number(const struct order *order, int number)
{
    const struct reply_means *means = &order->means.reply;
    bool has = order->means.arena && number >= 1 && (size_t)number <= means->ncards;
    return has ? &means->cards[number - 1] : NULL;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static bool pick(struct order *order, enum tender_kind kind, int64_t amount, int64_t most,
                 const char *ref)
{
    struct order_paying *paying = order_paying_edit(order);
    size_t i = 0;
    while (i < paying->n &&
           (paying->picks[i].kind != kind || strcmp(paying->picks[i].ref, ref) != 0))
        i++;
    if (i == PAY_PICKS)
        return false;
    if (i == paying->n)
        paying->n++;
    paying->picks[i] = (struct pay_pick){.kind = kind, .amount = amount, .most = most};
    snprintf(paying->picks[i].ref, PAY_REF, "%s", ref);
    order_paying_edited(order);
    return true;
}

bool order_pay_with(struct order *order, enum tender_kind kind, int64_t amount, const char *ref)
{
    bool kept = tender_info(kind)->how == TENDER_ACCOUNT;
    if (kept && order->frozen >= 0 && order_holds(order, kind) == 0)
        return false;
    return pick(order, kind, amount, -1, ref ? ref : "");
}

bool order_only_balance(const struct order *order)
{
    return order->change != NULL;
}

void order_pay_later(struct order *order)
{
    *order_paying_edit(order) = (struct order_paying){.later = true};
    order_paying_edited(order);
}

/* ---- certificates ---------------------------------------------------------------------------- */

static void certificate_ask(struct order *order);

/* One that was chosen before the order was parked. Not told: the server judges when it is placed.
 */
static enum order_event kept_take(struct order *order, const struct pay_pick *look, bool is_told,
                                  int64_t left)
{
    struct order_paying *paying = &order->versions[order->at].paying;
    for (size_t i = 0; is_told && i < paying->n; i++)
        if (paying->picks[i].kind == look->kind && strcmp(paying->picks[i].ref, look->ref) == 0) {
            paying->picks[i].most = left;
            paying->picks[i].gone = left == 0;
        }
    return is_told && left == 0 ? ORDER_PAY_GONE : ORDER_PAY_TOLD;
}

static void certificate_take(void *owner, const struct answer *answer)
{
    struct order *order = owner;
    struct order_means *means = &order->means;
    struct pay_pick look = means->looks[0];
    struct arena *arena = arena_new();
    struct reply_certificate found = {0};
    bool is_there = answer_is_ok(answer) &&
                    reply_certificate_read(arena, answer->body, answer->len, &found) &&
                    found.balance > 0;
    bool is_told = answer_is_ok(answer) || (answer->arrived && answer->http == 404);
    enum order_event event = is_there  ? ORDER_PAY_FOUND
                             : is_told ? ORDER_PAY_NOTHING
                                       : ORDER_PAY_UNTOLD;
    memmove(means->looks, means->looks + 1, --means->nlooks * sizeof look);
    if (look.kept)
        event = kept_take(order, &look, is_told, is_there ? found.balance : 0);
    else if (is_there)
        pick(order, TENDER_certificate, look.amount, found.balance, look.ref);
    arena_free(arena);
    if (means->nlooks)
        certificate_ask(order);
    order->event(order->user, order, event);
    order_link_ready(order);
}

/* By its number, or by its last six digits and whose it is. */
static void certificate_ask(struct order *order)
{
    const struct order_draft *draft = order_draft(order);
    const char *digits = order->means.looks[0].ref;
    const char *customer = draft->customer, *distributor = draft->distributor;
    struct arena *arena = arena_new();
    struct request request = {.method = "GET", .owner = order, .done = certificate_take};
    if (strlen(digits) == CERTIFICATE_DIGITS)
        request.path = arena_printf(arena, "/certificates/%s", digits);
    else
        request.path = arena_printf(arena, "/certificates?last=%s&%s=%s", digits,
                                    customer ? "customer" : "distributor",
                                    customer      ? customer
                                    : distributor ? distributor
                                                  : "");
    client_send(order->client, &request);
    arena_free(arena);
}

static bool look_up(struct order *order, const struct pay_pick *look)
{
    struct order_means *means = &order->means;
    if (means->nlooks == PAY_PICKS)
        return false;
    means->looks[means->nlooks++] = *look;
    if (means->nlooks == 1)
        certificate_ask(order);
    return true;
}

bool order_pay_certificate(struct order *order, const char *digits, int64_t amount)
{
    struct pay_pick look = {.kind = TENDER_certificate, .amount = amount};
    snprintf(look.ref, sizeof look.ref, "%s", digits);
    return look_up(order, &look);
}

/* ---- parked and recalled --------------------------------------------------------------------- */

bool order_pay_same(const struct order_paying *a, const struct order_paying *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (a->picks[i].kind != b->picks[i].kind || a->picks[i].amount != b->picks[i].amount ||
            strcmp(a->picks[i].ref, b->picks[i].ref) != 0)
            return false;
    return a->n == b->n && a->later == b->later;
}

size_t order_pay_kept(const struct order *order, struct draft_tender out[PAY_PICKS])
{
    const struct order_paying *paying = &order->versions[order->at].paying;
    if (paying->later && !paying->n) {
        out[0] = (struct draft_tender){.kind = tender_info(TENDER_later)->name};
        return 1;
    }
    for (size_t i = 0; i < paying->n; i++)
        out[i] = (struct draft_tender){.kind = tender_info(paying->picks[i].kind)->name,
                                       .amount = paying->picks[i].amount,
                                       .ref = *paying->picks[i].ref ? paying->picks[i].ref : NULL};
    return paying->n;
}

void order_pay_recall(struct order *order, const struct order_draft *stored)
{
    struct order_paying *paying = &order->versions[order->at].paying;
    for (size_t i = 0; i < stored->npaying && paying->n < PAY_PICKS; i++) {
        const struct draft_tender *tender = &stored->paying[i];
        enum tender_kind kind = tender_by_name(tender->kind);
        if (kind == TENDER_later)
            paying->later = true;
        if (kind == TENDER_KINDS || kind == TENDER_later ||
            (tender_info(kind)->how == TENDER_DRAWER && !*order->shift))
            continue;
        struct pay_pick *kept = &paying->picks[paying->n++];
        *kept = (struct pay_pick){
            .kind = kind, .amount = tender->amount > 0 ? tender->amount : 0, .most = -1};
        snprintf(kept->ref, PAY_REF, "%s", tender->ref ? tender->ref : "");
        kept->kept = kind == TENDER_certificate;
        if (kept->kept)
            look_up(order, kept);
    }
}

/* An account that is known to hold nothing. */
static bool is_empty(const struct order *order, enum tender_kind kind)
{
    bool is_known = kind == TENDER_balance  ? order->quote_arena != NULL
                    : kind == TENDER_credit ? order->means.arena != NULL
                                            : false;
    return is_known && order_holds(order, kind) == 0;
}

size_t order_pay_gone(const struct order *order, struct text *text)
{
    const struct order_paying *paying = &order->versions[order->at].paying;
    size_t n = 0;
    for (size_t i = 0; i < paying->n; i++) {
        const struct pay_pick *chosen = &paying->picks[i];
        size_t len = strlen(chosen->ref);
        if (!chosen->gone && !is_empty(order, chosen->kind))
            continue;
        n++;
        if (!text)
            continue;
        text_add(text, text->len ? ", " : "");
        if (chosen->gone)
            text_printf(text, _("GC ..%s is worth nothing now"),
                        chosen->ref + (len > 4 ? len - 4 : 0));
        else
            text_printf(text, _("%s: nothing is left"),
                        tongue_word("tender", tender_info(chosen->kind)->name));
    }
    return n;
}

/* ---- what comes of it ------------------------------------------------------------------------ */

/* Nothing is charged at a till that was not chosen there. */
static bool has_default_card(const struct order *order)
{
    return !order->versions[order->at].paying.later && !order->change && !*order->shift;
}

size_t order_pay_plan_of(const struct order *order, int64_t to_pay,
                         struct draft_tender out[PAY_PICKS + 1])
{
    const struct order_paying *paying = &order->versions[order->at].paying;
    const struct reply_card *card = order_card(order, NULL);
    struct tender_pick picks[PAY_PICKS + 1];
    size_t n = 0;
    for (; n < paying->n; n++) {
        const struct pay_pick *chosen = &paying->picks[n];
        bool kept = chosen->kind == TENDER_balance || chosen->kind == TENDER_credit;
        int64_t most = kept ? order_holds(order, chosen->kind) : chosen->most;
        bool more = most >= 0 && chosen->amount > most;
        picks[n] = (struct tender_pick){chosen->kind, more ? 0 : chosen->amount, most,
                                        *chosen->ref ? chosen->ref : NULL};
    }
    if (card && has_default_card(order))
        picks[n++] = (struct tender_pick){TENDER_token, 0, -1, card->id};
    return tender_plan(picks, n, to_pay, out);
}

size_t order_pay_plan(const struct order *order, struct draft_tender out[PAY_PICKS + 1])
{
    return order->frozen >= 0 ? order_pay_plan_of(order, order_to_pay(order), out) : 0;
}

int64_t order_pays(const struct order *order)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = order_pay_plan(order, plan);
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += plan[i].amount;
    return sum;
}

bool order_sale_waits(const struct order *order)
{
    if (!*order->shift || order->frozen < 0)
        return false;
    return order_pays(order) != order->frozen || (order->told >= 0 && order->told != order->frozen);
}
