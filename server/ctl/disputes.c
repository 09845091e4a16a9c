/* partylinectl disputes [STATE]: payments that their cards' owners have taken back at the bank. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "queries.h"
#include "server/ctl/ctl.h"

enum { LIST_MOST = 1000 };
enum {
    ID,
    STATE,
    REASON,
    AMOUNT,
    FEE,
    LOST,
    WAITS,
    DUE_BY,
    OPENED_AT,
    ENDED_AT,
    ORDER,
    MARKET,
    CURRENCY,
    EXPONENT,
    NAME,
    ORDER_STATE
};

static const char *money(const PGresult *rows, int i, int column, char out[MONEY_TEXT])
{
    return money_format(out, money_of(strtoll(PQgetvalue(rows, i, column), NULL, 10)),
                        atoi(PQgetvalue(rows, i, EXPONENT)), false);
}

static void print_one(const PGresult *rows, int i)
{
    char amount[MONEY_TEXT], fee[MONEY_TEXT], waits[MONEY_TEXT];
    ctl_say(stdout, "%s  %s  %s  %s %s  fee %s  %s  order %s %s", PQgetvalue(rows, i, ID),
            PQgetvalue(rows, i, STATE), PQgetvalue(rows, i, REASON), money(rows, i, AMOUNT, amount),
            PQgetvalue(rows, i, CURRENCY), money(rows, i, FEE, fee), PQgetvalue(rows, i, OPENED_AT),
            PQgetvalue(rows, i, ORDER), PQgetvalue(rows, i, ORDER_STATE));
    if (PQgetisnull(rows, i, ENDED_AT) && !PQgetisnull(rows, i, DUE_BY))
        printf("    evidence is taken until %s\n", PQgetvalue(rows, i, DUE_BY));
    if (strcmp(PQgetvalue(rows, i, WAITS), "0") != 0)
        printf("    refunds of %s wait for its end\n", money(rows, i, WAITS, waits));
}

static int list(struct ctl *ctl, const char *state)
{
    const char *params[] = {state, NULL, NULL, arena_printf(ctl->arena, "%d", LIST_MOST)};
    PGresult *rows = PQexecParams(ctl->conn, query_table[Q_dispute_list].sql,
                                  (int)ARRAY_LEN(params), NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    for (int i = PQntuples(rows) - 1; good && i >= 0; i--)
        print_one(rows, i);
    PQclear(rows);
    return good ? 0 : ctl_fail(1, "cannot read the disputes: %s", PQerrorMessage(ctl->conn));
}

int ctl_disputes(struct ctl *ctl, int argc, char **argv)
{
    static const char *const states[] = {"inquiry", "open", "review", "won", "lost", "closed"};
    if (argc == 1)
        return list(ctl, NULL);
    for (size_t i = 0; argc == 2 && i < ARRAY_LEN(states); i++)
        if (strcmp(argv[1], states[i]) == 0)
            return list(ctl, states[i]);
    return ctl_usage(argv[0]);
}
