/* partylinectl credit list | run: the credit that promotions gave, which the server makes usable by
 * and by when the time for returns is over. */
#include "server/ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

static int list(struct ctl *ctl)
{
    PGresult *rows = ctl_ask(ctl, Q_credits_pending, NULL);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        ctl_say(stdout, "%s  %s  %-10s  %10s %s  %-9s  %-11s  %s", PQgetvalue(rows, i, 0),
                PQgetvalue(rows, i, 1), *PQgetvalue(rows, i, 2) ? PQgetvalue(rows, i, 2) : "-",
                PQgetvalue(rows, i, 5), PQgetvalue(rows, i, 6), PQgetvalue(rows, i, 3),
                PQgetvalue(rows, i, 4), PQgetvalue(rows, i, 7));
    return rows ? 0 : 1;
}

static int run(struct ctl *ctl)
{
    long all = 0, some = 1;
    while (some > 0) {
        PGresult *row = ctl_ask(ctl, Q_credits_due, (const char *const[]){"200"});
        if (!row)
            return 1;
        some = strtol(PQgetvalue(row, 0, 0), NULL, 10);
        all += some;
    }
    ctl_say(stdout, "credit: of %ld orders usable now", all);
    return 0;
}

int ctl_credit(struct ctl *ctl, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(ctl);
    if (argc == 2 && strcmp(argv[1], "run") == 0)
        return run(ctl);
    return ctl_usage(argv[0]);
}
