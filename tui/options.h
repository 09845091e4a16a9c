/* What the command line, the environment and ~/.config/partyline/partyline.conf say; in that order,
 * the first that says something counts. */
#pragma once

#include "tui/app.h"

/* The exit code when the program is not to go on (0 after --help, 64 for a wrong use, 78 for a
 * wrong configuration file), else -1. Texts live as long as the program. */
int options_read(struct options *options, int argc, char **argv);
