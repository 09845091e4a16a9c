/* What this server is and speaks. */
#include "server/api/routes.h"
#include "server/db/demo.h"
#include "server/db/embedded.h"

#define LEAST_CLIENT "0.1.0"

/* Only what anybody may know: that this is the demonstration company, and how to look around. */
static const char *welcome(const struct call *c)
{
    return c->snapshot && c->snapshot->demo
               ? "Demonstration company: sign on as CC-07 with " DEMO_PASSWORD
               : NULL;
}

void about_features(struct call *c)
{
    json_t *features = json_array();
    static const char *const names[] = {"sessions",     "catalogue", "items",
                                        "distributors", "customers", "quotes",
                                        "drafts",       "orders",    "events"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        json_array_append_new(features, json_string(names[i]));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:s,s:o,s:s?}", "name", "Partyline", "version",
                         PARTYLINE_VERSION, "least_client", LEAST_CLIENT, "features", features,
                         "welcome", welcome(c)));
}

void about_openapi(struct call *c)
{
    call_header(c, "Cache-Control", "public, max-age=300");
    call_reply_text(c, STATUS_OK, "application/json", (const char *)openapi_files[0].data,
                    openapi_files[0].size);
}
