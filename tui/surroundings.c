#include "tui/surroundings.h"

#include "core/base.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names, and beginnings of names, that are kept. */
static const char *const names[] = {
    "TERM", "TERMINFO", "TERMINFO_DIRS", "ESCDELAY", "NO_COLOR", "LINES", "COLUMNS",
    "LANG", "LANGUAGE", "LOCPATH",       "TZ",       "HOME",     "USER",  "LOGNAME",
};
static const char *const beginnings[] = {"LC_", "XDG_", "PARTYLINE_"};

static bool is_kept(const char *variable)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t len = strlen(names[i]);
        if (strncmp(variable, names[i], len) == 0 && variable[len] == '=')
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
        if (strncmp(variable, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

void surroundings_clear(void)
{
    char **to = environ;
    for (char **from = environ; from && *from; from++)
        if (is_kept(*from))
            *to++ = *from;
    if (to)
        *to = NULL;
}
