/* What the build puts into the server. */
#pragma once

#include "server/net/embedded.h"

extern const struct embedded_file schema_files[];  /* sql/schema, in order */
extern const struct embedded_file demo_files[];    /* sql/demo */
extern const struct embedded_file openapi_files[]; /* server/api/openapi.json */
