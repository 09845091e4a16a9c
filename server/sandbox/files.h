/* What the build puts into the program: objects.json. */
#pragma once

#include "server/net/embedded.h"

extern const struct embedded_file sandbox_files[];
#define sandbox_objects sandbox_files[0]
