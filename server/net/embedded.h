/* Files that are part of the program: see server/gen/embed.sh, which writes the same declaration
 * into what it generates (so this header is never included there). */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; /* without the folder; NULL ends the list */
    const unsigned char *data;
    size_t size;
};
