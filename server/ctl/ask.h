/* Asking for a password: never on the command line, where everybody on the machine could read it.
 */
#pragma once

#include "server/ctl/ctl.h"

/* One line of standard input, or what is typed twice at the terminal without being shown. NULL,
 * with its line printed, when there is none. Wiped when the command ends. */
const char *ctl_ask_password(struct ctl *ctl, bool from_stdin);
