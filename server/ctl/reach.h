/* From the configuration to a connection: for partylinectl's main only. */
#pragma once

#include "server/ctl/ctl.h"

/* Takes hold of the files named among the arguments while the process is root, before it drops its
 * privileges: all that exist for reading, and with `writes` the first one for writing. */
void ctl_keep_files(int argc, char **argv, bool writes);
/* Disconnects, and stops a PostgreSQL that was started for this command. */
void ctl_release(struct ctl *ctl);
