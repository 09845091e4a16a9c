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

bool demo_is_loaded(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *found = PQexec(conn, query_table[Q_company].sql);
    bool loaded = PQresultStatus(found) == PGRES_TUPLES_OK && PQntuples(found) == 1 &&
                  *PQgetvalue(found, 0, PQfnumber(found, "demo")) == 't';
    PQclear(found);
    PQfinish(conn);
    return loaded;
}

static bool is_promotion(const struct embedded_file *file)
{
    size_t len = strlen(file->name);
    return len > 6 && strcmp(file->name + len - 6, ".promo") == 0;
}

/* The promotions as one text: the market's letters, a blank, what it says; a record separator. */
static const char *promotions(struct arena *arena)
{
    struct text all;
    text_init(&all, arena);
    for (const struct embedded_file *file = demo_files; file->name; file++)
        if (is_promotion(file)) {
            text_addn(&all, file->name, 2);
            text_addc(&all, ' ');
            text_addn(&all, (const char *)file->data, file->size);
            text_addc(&all, '\x1e');
        }
    return all.data;
}

/* All files as one script: a load that is interrupted leaves nothing. */
bool demo_load(const char *conninfo, int scale, const char *password_hash, char *why)
{
    char scale_text[16];
    struct arena *arena = arena_new();
    struct text script;
    snprintf(scale_text, sizeof scale_text, "%d", scale);
    const char *settings[] = {"demo.scale",  scale_text,        "demo.password_hash",
                              password_hash, "demo.promotions", promotions(arena),
                              NULL};
    text_init(&script, arena);
    for (const struct embedded_file *file = demo_files; file->name; file++)
        if (!is_promotion(file))
            text_addn(&script, (const char *)file->data, file->size);
    bool good = migrate_run_script(conninfo, "demo", (const unsigned char *)script.data, script.len,
                                   settings, why);
    arena_free(arena);
    return good;
}

/* Two statements: who the manager is, and then the cards of her and of others. */
void demo_cards(const char *conninfo)
{
    const char *market = "GB";
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *people =
        PQexecParams(conn, query_table[Q_demo_people].sql, 1, NULL, &market, NULL, NULL, 0);
    if (PQresultStatus(people) == PGRES_TUPLES_OK && PQntuples(people) == 1) {
        const char *manager = PQgetvalue(people, 0, PQfnumber(people, "manager"));
        PQclear(
            PQexecParams(conn, query_table[Q_gateway_demo].sql, 1, NULL, &manager, NULL, NULL, 0));
    }
    PQclear(people);
    PQfinish(conn);
}
