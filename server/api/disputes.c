/* Payments that a card's owner has taken back at the bank: all of them, for who judges what is
 * done. */
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

enum { LIST_USUAL = 50, LIST_MOST = 200 };

static const char *const names[] = {"id",          "state",  "reason",   "#amount",   "#fee",
                                    "#lost",       "#waits", "due_by",   "opened_at", "ended_at",
                                    "order",       "market", "currency", "#exponent", "name",
                                    "order_state", NULL};

struct listing {
    const char *state, *cursor;
    int64_t limit;
};

static void list_reply(struct call *c)
{
    const struct listing *l = c->state;
    size_t rows = db_rows(c->batch, 0), n = rows > (size_t)l->limit ? (size_t)l->limit : rows;
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(items, call_row(c->batch, 0, i, names));
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:s?}", "items", items, "next",
                         rows > n ? db_value(c->batch, 0, n - 1, 0) : NULL));
}

static void list_load(struct call *c)
{
    const struct listing *l = c->state;
    DB_ADD(call_read(c), Q_dispute_list, l->state, c->actor.market, l->cursor,
           db_text_int(c->arena, l->limit + 1));
    call_then(c, list_reply);
}

static bool state_ok(const char *state)
{
    static const char *const states[] = {"inquiry", "open", "review", "won", "lost", "closed"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(state, states[i]) == 0)
            return true;
    return false;
}

void dispute_list(struct call *c)
{
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    if (!(l->limit = call_limit(c, LIST_USUAL, LIST_MOST)))
        return;
    if ((l->state = http_query(c->request, "state")) && !state_ok(l->state))
        wire_bad_value(&c->reader, "", "state", l->state);
    if ((l->cursor = http_query(c->request, "cursor")) && !people_id_ok(l->cursor))
        wire_bad_value(&c->reader, "", "cursor", l->cursor);
    if (c->problems.count) {
        call_fail(c, STATUS_MALFORMED, NULL);
        return;
    }
    call_read(c);
    call_then(c, list_load);
}
