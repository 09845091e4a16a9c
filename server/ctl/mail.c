/* partylinectl mail list [STATE] | retry ID|all | drop ID|all: letters that wait, were sent, or
 * could not be delivered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queries.h"
#include "server/ctl/ctl.h"

enum { LIST_MOST = 200 };
enum { ID, STATE, KIND, MARKET, NAME, EMAIL, AT, TRIES, SENT_AT, NEXT_TRY, LAST_ERROR };

/* What somebody has put into a name does not move the administrator's cursor. */
static void print_plain(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text);
}

static void print_letter(const PGresult *rows, int i)
{
    printf("%s  %s  %s  %s  ", PQgetvalue(rows, i, ID), PQgetvalue(rows, i, STATE),
           PQgetvalue(rows, i, AT), PQgetvalue(rows, i, KIND));
    print_plain(PQgetvalue(rows, i, NAME));
    printf(" <");
    print_plain(PQgetvalue(rows, i, EMAIL));
    printf(">  %s tries", PQgetvalue(rows, i, TRIES));
    if (*PQgetvalue(rows, i, LAST_ERROR)) {
        printf("  ");
        print_plain(PQgetvalue(rows, i, LAST_ERROR));
    }
    putchar('\n');
}

static int list(struct ctl *ctl, const char *state)
{
    const char *params[] = {state, NULL, NULL, arena_printf(ctl->arena, "%d", LIST_MOST)};
    PGresult *rows = PQexecParams(ctl->conn, query_table[Q_mail_list].sql, (int)ARRAY_LEN(params),
                                  NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    for (int i = PQntuples(rows) - 1; good && i >= 0; i--)
        print_letter(rows, i);
    PQclear(rows);
    return good ? 0 : ctl_fail(1, "cannot read the letters: %s", PQerrorMessage(ctl->conn));
}

static int again(struct ctl *ctl, const char *id, bool drop)
{
    const char *params[] = {strcmp(id, "all") == 0 ? NULL : id, drop ? "true" : "false"};
    if (params[0] && (strlen(id) > 18 || id[strspn(id, "0123456789")] || !*id))
        return ctl_fail(64, "%s is no number of a letter: see partylinectl mail list dead", id);
    PGresult *row = PQexecParams(ctl->conn, query_table[Q_mail_again].sql, (int)ARRAY_LEN(params),
                                 NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(row) == PGRES_TUPLES_OK;
    long n = good ? strtol(PQgetvalue(row, 0, 0), NULL, 10) : 0;
    PQclear(row);
    if (!good)
        return ctl_fail(1, "nothing was changed: %s", PQerrorMessage(ctl->conn));
    if (n == 0 && params[0])
        return ctl_fail(1, "letter %s is not dead", id);
    printf("mail: %ld letters %s\n", n, drop ? "put away" : "wait to be sent again");
    return 0;
}

int ctl_mail(struct ctl *ctl, int argc, char **argv)
{
    static const char *const states[] = {"waiting", "sent", "dead", "dropped"};
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(ctl, NULL);
    for (size_t i = 0; argc == 3 && i < ARRAY_LEN(states); i++)
        if (strcmp(argv[1], "list") == 0 && strcmp(argv[2], states[i]) == 0)
            return list(ctl, states[i]);
    if (argc == 3 && strcmp(argv[1], "retry") == 0)
        return again(ctl, argv[2], false);
    if (argc == 3 && strcmp(argv[1], "drop") == 0)
        return again(ctl, argv[2], true);
    return ctl_usage(argv[0]);
}
