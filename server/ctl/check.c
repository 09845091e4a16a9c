/* partylinectl check: the books balance, stock equals its movements, orders equal their lines. Each
 * invariant is one query of sql/q/check.sql that finds what breaks it. */
#include <stdio.h>

#include "queries.h"
#include "server/ctl/ctl.h"
#include "server/db/catalogue_load.h"

struct invariant {
    enum query query;
    const char *claim;
};

static const struct invariant invariants[] = {
    {Q_check_currency, "a transfer has the currency of both its accounts"},
    {Q_check_journal, "no journal is without a transfer"},
    {Q_check_balance, "a kept balance is the sum of its transfers"},
    {Q_check_floor, "no account was ever below its floor"},
    {Q_check_order_journal, "every order has its journal, every such journal its order"},
    {Q_check_cancelled, "cancelled orders, and no others, are reversed once"},
    {Q_check_revisions, "what an order was before a change is kept, and reversed once"},
    {Q_check_reversal, "a reversal mirrors what it reverses"},
    {Q_check_receivable, "what an order owes is its total less what is paid"},
    {Q_check_books, "the books say what the order says"},
    {Q_check_order_lines, "totals and volumes of an order are those of its lines"},
    {Q_check_components, "the parts of a kit cost what its line does"},
    {Q_check_payments, "payments fit the order and its payment state"},
    {Q_check_payment_journal, "what was paid stands in the books"},
    {Q_check_refunds, "what was given back stands in the books, and was paid before"},
    {Q_check_clearing, "what is to be paid back is what was asked for"},
    {Q_check_disputes, "what is disputed stands in the books until it is decided"},
    {Q_check_tasks, "the provider is asked about every payment that waits for it"},
    {Q_check_certificates, "what is left of a certificate is what nobody has spent"},
    {Q_check_issued, "certificates are issued when they are paid, and not before"},
    {Q_check_drawers, "what is in a drawer is what was moved in its shifts"},
    {Q_check_shifts, "Z reports have no gap and say what was done"},
    {Q_check_bankings, "what went to the bank left the safe"},
    {Q_check_counter, "what a till sells leaves its site and is paid there"},
    {Q_check_stock, "stock is the sum of its movements"},
    {Q_check_reserved, "reserved stock is what orders hold"},
    {Q_check_reservations, "orders in work hold what they need, others nothing"},
    {Q_check_allotted, "no piece is free while an order waits for it"},
    {Q_check_waiting, "a line waits exactly when it lacks stock"},
    {Q_check_events, "every history is a chain from birth to the present state"},
    {Q_check_numbers, "numbers have their lengths and check digits"},
    {Q_check_dates, "orders stand on the day and in the month of their placing"},
    {Q_check_months, "a closed month is what it was when it was closed"},
    {Q_check_drafts, "a draft is placed when its order exists, and only then"},
    {Q_check_returns, "nothing comes back that was not sent"},
    {Q_check_return_worth, "a return gives back exactly its part of what was paid"},
    {Q_check_return_books, "what returns give back stands in the books"},
    {Q_check_return_volumes, "volumes go back with the goods"},
    {Q_check_return_states, "what came back is where its return says"},
    {Q_check_shares, "what promotions take off a line is the sum of their shares"},
    {Q_check_uses, "what a promotion gave an order is what its lines have of it"},
    {Q_check_counters, "uses, budgets and coupons are what the orders have used"},
    {Q_check_credits, "credit of promotions stands in the books as promised"},
    {Q_check_recruits, "new customers are rewarded as often as is said"},
    {Q_check_people, "sponsor, status and rank are those of the history"},
};

static void clear(void *rows)
{
    PQclear(rows);
}

/* How many rows break it; they are printed. -1 when the query fails. */
static int violations(struct ctl *ctl, const struct invariant *invariant)
{
    PGresult *rows = PQexec(ctl->conn, query_table[invariant->query].sql);
    arena_defer(ctl->arena, clear, rows);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        ctl_fail(1, "%s: %s", query_table[invariant->query].name, PQerrorMessage(ctl->conn));
        return -1;
    }
    if (PQntuples(rows) > 0)
        printf("broken: %s\n", invariant->claim);
    for (int i = 0; i < PQntuples(rows); i++)
        ctl_say(stdout, "  %s: %s", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1));
    return PQntuples(rows);
}

/* What only core can tell: how many published promotions do not read; -1 when it cannot be seen. */
static int unread(struct ctl *ctl)
{
    char why[256] = "";
    int found = 0;
    PQclear(PQexec(ctl->conn, "COMMIT"));
    struct catalogue_snapshot *s = catalogue_load(ctl->conn, NULL, why);
    for (size_t i = 0; s && i < s->nmarkets; i++)
        for (size_t k = 0; k < s->markets[i].nunread; k++) {
            const struct promotion_unread *one = &s->markets[i].unread[k];
            if (found++ == 0)
                puts("broken: every published promotion can be read");
            printf("  promotion %s, version %lld: line %d: %s\n", one->source->code,
                   (long long)one->source->version, one->mistake.line,
                   promotion_mistake_say(ctl->arena, LANGUAGE_en, &one->mistake));
        }
    if (!s)
        ctl_fail(1, "%s", why);
    bool loaded = s;
    catalogue_snapshot_release(s);
    return loaded ? found : -1;
}

static int check_all(struct ctl *ctl)
{
    const size_t all = ARRAY_LEN(invariants) + 1;
    int broken = 0;
    for (size_t i = 0; i < ARRAY_LEN(invariants); i++) {
        int found = violations(ctl, &invariants[i]);
        if (found < 0)
            return 1;
        broken += found > 0;
    }
    int left_out = unread(ctl);
    if (left_out < 0)
        return 1;
    broken += left_out > 0;
    if (broken > 0) {
        printf("check: %d of %zu invariants are broken\n", broken, all);
        return 1;
    }
    printf("check: %zu invariants, all hold\n", all);
    return 0;
}

/* All of it sees one moment, also beside a running server. */
int ctl_check(struct ctl *ctl, int argc, char **argv)
{
    if (argc != 1)
        return ctl_usage(argv[0]);
    PQclear(PQexec(ctl->conn, query_table[Q_check_snapshot].sql));
    return check_all(ctl);
}
