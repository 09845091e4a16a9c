/* What the build puts into the program: objects.json and style.css. */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name;
    const unsigned char *data;
    size_t size;
};
extern const struct embedded_file sandbox_files[]; /* objects.json, style.css */
#define sandbox_objects sandbox_files[0]
#define sandbox_style sandbox_files[1]
