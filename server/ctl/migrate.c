/* partylinectl migrate: the only way in which an external database's schema changes. */
#include <stdio.h>

#include "server/ctl/ctl.h"

int ctl_migrate(struct ctl *ctl, int argc, char **argv)
{
    struct migrate_report report;
    if (argc != 1)
        return ctl_usage(argv[0]);
    migrate_inspect(ctl->conninfo, &report);
    int had = report.have;
    if (report.state == MIGRATE_EMPTY || report.state == MIGRATE_BEHIND)
        migrate_apply(ctl->conninfo, &report);
    if (report.state != MIGRATE_CURRENT)
        return ctl_fail(1, "%s", report.why);
    if (had != report.have)
        printf("migrated from version %d to %d\n", had, report.have);
    else
        printf("%s\n", report.why);
    return 0;
}
