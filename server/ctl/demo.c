/* partylinectl demo: loads the demonstration company into an empty database, or prints ready
 * examples of what is in it. */
#include "server/db/demo.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queries.h"
#include "server/auth/password.h"
#include "server/ctl/ctl.h"

/* One row's columns by their names; numbers and arrays as such. */
static void add_row(json_t *examples, const PGresult *row)
{
    for (int i = 0; PQntuples(row) == 1 && i < PQnfields(row); i++) {
        const char *text = PQgetvalue(row, 0, i);
        json_t *value = PQgetisnull(row, 0, i) ? json_null()
                        : PQftype(row, i) == 20 || text[0] == '['
                            ? json_loads(text, JSON_DECODE_ANY, NULL)
                            : json_string(text);
        json_object_set_new(examples, PQfname(row, i), value);
    }
}

static bool add_examples(struct ctl *ctl, json_t *examples, enum query query)
{
    const char *market = "GB";
    PGresult *row =
        PQexecParams(ctl->conn, query_table[query].sql, 1, NULL, &market, NULL, NULL, 0);
    bool good = PQresultStatus(row) == PGRES_TUPLES_OK;
    if (good)
        add_row(examples, row);
    PQclear(row);
    return good;
}

/* A draft to which one piece more brings a promotion: of two candles one is free. */
static json_t *near_draft(const json_t *examples)
{
    return json_pack("{s:s,s:s,s:O,s:[{s:s,s:O,s:i}]}", "market", "GB", "type", "personal",
                     "distributor", json_object_get(examples, "manager"), "lines", "id", "a", "sku",
                     json_object_get(examples, "bogo"), "qty", 1);
}

static int print_examples(struct ctl *ctl)
{
    json_t *examples = json_pack("{s:s}", "password", DEMO_PASSWORD);
    bool good =
        add_examples(ctl, examples, Q_demo_people) && add_examples(ctl, examples, Q_demo_items) &&
        add_examples(ctl, examples, Q_demo_certificate) && add_examples(ctl, examples, Q_demo_till);
    if (good) {
        json_object_set_new(examples, "near", near_draft(examples));
        json_dumpf(examples, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(examples);
    return good ? 0 : ctl_fail(1, "cannot read the examples: %s", PQerrorMessage(ctl->conn));
}

static int load(struct ctl *ctl, int scale)
{
    char why[512], hash[PASSWORD_HASH];
    if (!demo_is_empty(ctl->conninfo))
        return ctl_fail(1, "there is a company in this database already");
    if (!password_hash(DEMO_PASSWORD, hash))
        return ctl_fail(1, "not enough memory to hash a password");
    if (!demo_load(ctl->conninfo, scale, hash, why))
        return ctl_fail(1, "%s", why);
    puts("the demonstration company is loaded; everybody signs in with " DEMO_PASSWORD);
    return 0;
}

int ctl_demo(struct ctl *ctl, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--json") == 0)
        return print_examples(ctl);
    if (argc == 1)
        return load(ctl, 1);
    if (argc != 3 || strcmp(argv[1], "--scale") != 0)
        return ctl_usage(argv[0]);
    char *end;
    long scale = strtol(argv[2], &end, 10);
    if (*argv[2] < '0' || *argv[2] > '9' || *end || scale > 100)
        return ctl_usage(argv[0]);
    return load(ctl, (int)scale);
}
