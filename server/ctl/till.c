/* partylinectl till list | add CODE SITE NAME [--walk-in CUSTOMER]: the tills of showrooms. */
#include <string.h>

#include "server/ctl/ctl.h"

static int list(struct ctl *ctl)
{
    PGresult *rows = ctl_ask(ctl, Q_till_show, NULL);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        ctl_say(stdout, "%-16s  %s  %-12s  %4s Z  %-12s  %s", PQgetvalue(rows, i, 0),
                PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3),
                *PQgetvalue(rows, i, 4) ? PQgetvalue(rows, i, 4) : "-", PQgetvalue(rows, i, 5));
    return rows ? 0 : 1;
}

static int add(struct ctl *ctl, char **argv, const char *walk_in)
{
    static const char *const reasons[][2] = {
        {"code", "its code has capital letters, digits and dashes, 16 at most"},
        {"taken", "there is a till of that code"},
        {"site", "there is no such site"},
        {"name", "it needs a name"},
        {"customer", "the walk-in is no customer of the site's market"},
    };
    PGresult *row =
        ctl_ask(ctl, Q_till_add, (const char *const[]){argv[0], argv[1], argv[2], walk_in});
    if (!row)
        return 1;
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
        if (strcmp(PQgetvalue(row, 0, 0), reasons[i][0]) == 0)
            return ctl_fail(1, "%s: %s", argv[0], reasons[i][1]);
    ctl_say(stdout, "till: %s stands at %s", argv[0], argv[1]);
    return 0;
}

int ctl_till(struct ctl *ctl, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(ctl);
    if (argc == 5 && strcmp(argv[1], "add") == 0)
        return add(ctl, argv + 2, "");
    if (argc == 7 && strcmp(argv[1], "add") == 0 && strcmp(argv[5], "--walk-in") == 0)
        return add(ctl, argv + 2, argv[6]);
    return ctl_usage(argv[0]);
}
