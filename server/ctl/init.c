/* partylinectl init: an embedded data folder with its cluster and schema, or the schema in an empty
 * external database. Running it again changes nothing. */
#include <stdio.h>

#include "server/ctl/ctl.h"

int ctl_init(struct ctl *ctl, int argc, char **argv)
{
    struct migrate_report report;
    if (argc != 1)
        return ctl_usage(argv[0]);
    int code = ctl_reach(ctl, CTL_DATABASE);
    if (code != 0)
        return code;
    migrate_inspect(ctl->conninfo, &report);
    if (report.state == MIGRATE_EMPTY || (report.state == MIGRATE_BEHIND && ctl->embedded))
        migrate_apply(ctl->conninfo, &report);
    if (report.state != MIGRATE_CURRENT)
        return ctl_fail(1, "%s", report.why);
    if (ctl->embedded)
        printf("data in %s\n", ctl->place.dir);
    printf("%s\n", report.why);
    return 0;
}
