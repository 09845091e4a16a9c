#include "server/db/demo.h"

#include "core/text.h"
#include "server/db/embedded.h"
#include "server/db/migrate.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "queries.h"

bool demo_is_empty(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *found = PQexec(conn, query_table[Q_company].sql);
    bool empty = PQresultStatus(found) == PGRES_TUPLES_OK && PQntuples(found) == 0;
    PQclear(found);
    PQfinish(conn);
    return empty;
}

/* All files as one script: a load that is interrupted leaves nothing. */
bool demo_load(const char *conninfo, int scale, const char *password_hash, char *why)
{
    char scale_text[16];
    struct arena *arena = arena_new();
    struct text script;
    snprintf(scale_text, sizeof scale_text, "%d", scale);
    const char *settings[] = {"demo.scale", scale_text, "demo.password_hash", password_hash, NULL};
    text_init(&script, arena);
    for (const struct embedded_file *file = demo_files; file->name; file++)
        text_addn(&script, (const char *)file->data, file->size);
    bool good = migrate_run_script(conninfo, "demo", (const unsigned char *)script.data, script.len,
                                   settings, why);
    arena_free(arena);
    return good;
}
