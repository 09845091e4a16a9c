/* Random edits of an order, without any server: undo takes each back exactly, redo brings it again.
 */
#include "tests/core/random.h"
#include "tests/report.h"
#include "tui/order.h"

#include <stdio.h>
#include <string.h>

static uint64_t seed;
static struct client *client;

static void ignore(void *user, struct order *order, enum order_event event)
{
    (void)user;
    (void)order;
    (void)event;
}

/* Everything that the operator can change, as it stands. */
struct state {
    struct arena *arena;
    struct order_draft draft;
    struct order_paying paying;
};

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static struct state state_of(const struct order *order)
{
    const struct order_version *version = &order->versions[order->at];
    struct state state = {arena_new(), version->draft, version->paying};
    struct order_draft *draft = &state.draft;
    draft->distributor = copy(state.arena, draft->distributor);
    draft->customer = copy(state.arena, draft->customer);
    draft->price_list = copy(state.arena, draft->price_list);
    draft->note = copy(state.arena, draft->note);
    draft->lines = ARENA_ARRAY(state.arena, struct draft_line, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++) {
        draft->lines[i] = version->draft.lines[i];
        draft->lines[i].id = copy(state.arena, version->draft.lines[i].id);
        draft->lines[i].sku = copy(state.arena, version->draft.lines[i].sku);
    }
    return state;
}

static bool paid_alike(const struct order_paying *a, const struct order_paying *b)
{
    bool alike = a->n == b->n && a->later == b->later;
    for (size_t i = 0; alike && i < a->n; i++)
        alike = a->picks[i].kind == b->picks[i].kind && a->picks[i].amount == b->picks[i].amount &&
                strcmp(a->picks[i].ref, b->picks[i].ref) == 0;
    return alike;
}

static bool state_is(const struct state *state, const struct order *order)
{
    const struct order_version *version = &order->versions[order->at];
    return draft_equal(&state->draft, &version->draft) &&
           paid_alike(&state->paying, &version->paying);
}

static const char *number(char out[16], uint64_t below)
{
    snprintf(out, 16, "%05u", (unsigned)random_below(&seed, below));
    return out;
}

static void add_many(struct order *order, char text[16])
{
    struct reply_line lines[3] = {{.qty = 1}, {.qty = 2}, {.qty = 3}};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        lines[i].sku = text;
        lines[i].gift_of = lines[i].picks = "";
    }
    order_add_all(order, lines, ARRAY_LEN(lines));
}

static void paste(struct order *order, char text[16])
{
    order_paste(order, true);
    for (uint64_t n = 1 + random_below(&seed, 20); n > 0; n--)
        order_add(order, number(text, 99999), 1);
    order_paste(order, false);
}

/* One step, whatever it is. */
static void edit(struct order *order)
{
    char text[16];
    size_t lines = order_lines(order);
    size_t line = lines ? 1 + random_below(&seed, lines) : 0;
    switch (random_below(&seed, lines ? 12 : 9)) {
    case 0:
        order_set_distributor(order, number(text, 99));
        break;
    case 1:
        order_set_customer(order, number(text, 99));
        break;
    case 2:
        order_set_type(order, (enum order_type)random_below(&seed, ORDER_TYPES));
        break;
    case 3:
        order_set_address(order, (int)random_below(&seed, 9));
        break;
    case 4:
        order_set_price_list(order, random_below(&seed, 2) ? "AUTUMN-1" : "");
        break;
    case 5:
        order_set_note(order, random_below(&seed, 3) ? number(text, 99) : "");
        break;
    case 6:
        if (random_below(&seed, 3))
            order_pay_with(order, random_below(&seed, 2) ? TENDER_link : TENDER_credit,
                           (int64_t)random_below(&seed, 500), NULL);
        else
            order_pay_later(order);
        break;
    case 7:
        paste(order, text);
        break;
    case 8:
        add_many(order, (char *)(uintptr_t)number(text, 99999));
        break;
    case 9:
        order_set_qty(order, line, (int64_t)random_below(&seed, 4));
        break;
    case 10:
        order_set_sku(order, line, number(text, 99999));
        break;
    default:
        order_add(order, number(text, 99999), 1 + (int64_t)random_below(&seed, 9));
    }
}

static void there_and_back(size_t steps)
{
    enum { MOST = 400 };
    static struct state states[MOST + 1];
    struct order *order = order_new(client, "GB", ignore, NULL);
    size_t back = steps < ORDER_UNDO ? steps : ORDER_UNDO;
    states[0] = state_of(order);
    for (size_t i = 1; i <= steps; i++) {
        edit(order);
        states[i] = state_of(order);
    }
    for (size_t i = 1; i <= back; i++) {
        CU_ASSERT_TRUE_FATAL(order_undo(order));
        CU_ASSERT_TRUE(state_is(&states[steps - i], order));
    }
    CU_ASSERT_FALSE(order_undo(order));
    for (size_t i = back; i > 0; i--) {
        CU_ASSERT_TRUE_FATAL(order_redo(order));
        CU_ASSERT_TRUE(state_is(&states[steps - i + 1], order));
    }
    CU_ASSERT_FALSE(order_redo(order));
    for (size_t i = 0; i <= steps; i++)
        arena_free(states[i].arena);
    order_free(order);
}

static void few_and_many(void)
{
    for (int i = 0; i < 20; i++)
        there_and_back(random_below(&seed, 40));
    there_and_back(200);
    there_and_back(201);
    there_and_back(400);
}

/* Undo, redo and edits in any order, against a list that forgets its oldest. */
static void any_order(void)
{
    enum { STEPS = 600 };
    static struct state kept[STEPS + 1];
    struct order *order = order_new(client, "GB", ignore, NULL);
    size_t n = 1, at = 0;
    kept[0] = state_of(order);
    for (int step = 0; step < STEPS; step++) {
        uint64_t what = random_below(&seed, 3);
        if (what == 0) {
            CU_ASSERT_EQUAL(order_undo(order), at > 0);
            at -= at > 0;
        } else if (what == 1) {
            CU_ASSERT_EQUAL(order_redo(order), at + 1 < n);
            at += at + 1 < n;
        } else {
            while (n > at + 1)
                arena_free(kept[--n].arena);
            edit(order);
            kept[n] = state_of(order);
            at = n++;
            CU_ASSERT_FATAL(n <= ORDER_UNDO);
        }
        CU_ASSERT_TRUE(state_is(&kept[at], order));
    }
    while (n > 0)
        arena_free(kept[--n].arena);
    order_free(order);
}

/* What pays is no part of the draft: taking it back asks for no new price and no new revision. */
static void paying_keeps_the_total(void)
{
    struct order *order = order_new(client, "GB", ignore, NULL);
    order_add(order, "40216", 1);
    uint64_t edits = order->edits;
    order->frozen = 2450;
    CU_ASSERT_TRUE(order_pay_with(order, TENDER_link, 500, NULL));
    CU_ASSERT_TRUE(order_undo(order));
    CU_ASSERT_EQUAL(order->versions[order->at].paying.n, 0);
    CU_ASSERT_EQUAL(order->edits, edits);
    CU_ASSERT_EQUAL(order->frozen, 2450);
    CU_ASSERT_TRUE(order_undo(order));
    CU_ASSERT_EQUAL(order->frozen, -1);
    order_free(order);
}

static const struct test_case cases[] = {
    {"random edits: undo 200 deep takes each back, redo brings each again", few_and_many},
    {"random edits, undos and redos agree with a list", any_order},
    {"undoing how it is paid leaves total and revision alone", paying_keeps_the_total},
};

int main(void)
{
    const char *why;
    seed = report_seed();
    client = client_new("http://127.0.0.1:9", NULL, &why);
    int code = report_run("test_undo", cases, ARRAY_LEN(cases));
    client_free(client);
    return code;
}
