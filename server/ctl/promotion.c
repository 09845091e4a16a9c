/* partylinectl promotion: the texts of promotions as files, MARKET.CODE.promo. What is imported is
 * a draft: the back office publishes it. */
#include "core/promo/promotion_fill.h"
#include "queries.h"
#include "server/ctl/ctl.h"
#include "server/db/catalogue_load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    COL_CODE,
    COL_MARKET,
    COL_STATE,
    COL_REV,
    COL_DRAFT,
    COL_VERSION,
    COL_FROM,
    COL_TO,
    COL_USES
};
enum { COL_TEXT = 11 };
#define MOST "100000"

static void clear(void *result)
{
    PQclear(result);
}

static PGresult *ask(struct ctl *ctl, enum query query, const char *const *params)
{
    PGresult *rows = PQexecParams(ctl->conn, query_table[query].sql, query_table[query].nparams,
                                  NULL, params, NULL, NULL, 0);
    arena_defer(ctl->arena, clear, rows);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    ctl_fail(1, "%s: %s", query_table[query].name, PQerrorMessage(ctl->conn));
    return NULL;
}

static PGresult *all(struct ctl *ctl)
{
    return ask(ctl, Q_promotion_list, (const char *const[]){NULL, NULL, NULL, MOST});
}

static const char *or_dash(const PGresult *rows, int i, int column)
{
    return PQgetisnull(rows, i, column) ? "-" : PQgetvalue(rows, i, column);
}

static int list(struct ctl *ctl)
{
    PGresult *rows = all(ctl);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        ctl_say(stdout, "%-24s %s %-9s %s %-10s %-10s %s", PQgetvalue(rows, i, COL_CODE),
                PQgetvalue(rows, i, COL_MARKET), PQgetvalue(rows, i, COL_STATE),
                PQgetvalue(rows, i, COL_DRAFT)[0] == 't' ? "*" : " ", or_dash(rows, i, COL_FROM),
                or_dash(rows, i, COL_TO), PQgetvalue(rows, i, COL_USES));
    return rows ? 0 : 1;
}

static bool write_file(const char *path, const char *text)
{
    int fd = ctl_output_begin(path);
    size_t len = strlen(text);
    bool good = fd >= 0 && write(fd, text, len) == (ssize_t)len;
    return fd >= 0 && ctl_output_end(path, fd, good);
}

static int export(struct ctl *ctl, const char *folder)
{
    PGresult *rows = all(ctl);
    for (int i = 0; rows && i < PQntuples(rows); i++) {
        const char *path =
            arena_printf(ctl->arena, "%s/%s.%s.promo", folder, PQgetvalue(rows, i, COL_MARKET),
                         PQgetvalue(rows, i, COL_CODE));
        if (!write_file(path, PQgetvalue(rows, i, COL_TEXT)))
            return ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    }
    if (rows)
        ctl_say(stdout, "%d promotions", PQntuples(rows));
    return rows ? 0 : 1;
}

/* ---- bringing in ----------------------------------------------------------------------------- */

static const char *file_read(struct ctl *ctl, const char *path)
{
    char *text = arena_alloc(ctl->arena, PROMOTION_TEXT_MAX + 2);
    int fd = ctl_open_input(path);
    size_t len = 0;
    for (ssize_t got = 1; fd >= 0 && got > 0 && len <= PROMOTION_TEXT_MAX; len += (size_t)got) {
        got = read(fd, text + len, PROMOTION_TEXT_MAX + 1 - len);
        if (got < 0)
            len = PROMOTION_TEXT_MAX + 1, got = 0;
    }
    if (fd < 0)
        ctl_fail(1, "cannot read %s: %s", path, strerror(errno));
    else if (len > PROMOTION_TEXT_MAX || memchr(text, '\0', len))
        ctl_fail(1, "%s is no text of a promotion: at most 8000 bytes", path);
    if (fd >= 0)
        close(fd);
    text[len <= PROMOTION_TEXT_MAX ? len : 0] = '\0';
    return fd >= 0 && len <= PROMOTION_TEXT_MAX && strlen(text) == len ? text : NULL;
}

static bool store(struct ctl *ctl, const char *path, const char *market, const char *code,
                  const char *text)
{
    PGresult *now = ask(ctl, Q_promotion_get, (const char *const[]){code, NULL});
    if (!now)
        return false;
    const char *rev = PQntuples(now) ? PQgetvalue(now, 0, COL_REV) : NULL;
    if (rev && strcmp(PQgetvalue(now, 0, COL_MARKET), market) != 0)
        return ctl_fail(1, "%s: %s belongs to another market", path, code) == 0;
    PGresult *saved =
        ask(ctl, Q_promotion_save,
            (const char *const[]){code, market, text, rev, NULL, NULL, "partylinectl"});
    const char *result = saved ? PQgetvalue(saved, 0, 0) : "";
    if (strcmp(result, "created") == 0 || strcmp(result, "saved") == 0)
        return true;
    return saved &&
           ctl_fail(1, "%s: somebody else changes it now, or its code is taken", path) == 0;
}

/* FILE:LINE:COLUMN: what; the name of a file begins with its market. */
static bool import_one(struct ctl *ctl, const struct catalogue_snapshot *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *market = arena_strndup(ctl->arena, name, strlen(name) < 2 ? strlen(name) : 2);
    const struct market_snapshot *m = catalogue_snapshot_market(s, market);
    const char *text = file_read(ctl, path);
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    struct promotion promotion;
    size_t n = 0;
    if (!text)
        return false;
    if (!m || name[2] != '.')
        return ctl_fail(1, "%s: its name begins with no market, like GB.KNIVES-2.promo", path) == 0;
    if (promotion_read(ctl->arena, &m->catalogue, text, strlen(text), &promotion, mistakes, &n))
        return store(ctl, path, market, promotion.code, text);
    for (size_t i = 0; i < n; i++)
        ctl_say(stderr, "%s:%d:%d: %s", path, mistakes[i].line, mistakes[i].column,
                promotion_mistake_say(ctl->arena, LANGUAGE_en, &mistakes[i]));
    return false;
}

/* All of them or none. */
static int import(struct ctl *ctl, int n, char **paths)
{
    char why[256] = "";
    struct catalogue_snapshot *s = catalogue_load(ctl->conn, NULL, why);
    int bad = 0;
    if (!s)
        return ctl_fail(1, "%s", why);
    PQclear(PQexec(ctl->conn, "BEGIN"));
    for (int i = 0; i < n; i++)
        bad += !import_one(ctl, s, paths[i]);
    PQclear(PQexec(ctl->conn, bad ? "ROLLBACK" : "COMMIT"));
    catalogue_snapshot_release(s);
    if (bad)
        return ctl_fail(1, "nothing was brought in: %d of %d files have mistakes", bad, n);
    ctl_say(stdout, "%d promotions are drafts now; the back office publishes them", n);
    return 0;
}

int ctl_promotion(struct ctl *ctl, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(ctl);
    if (argc == 3 && strcmp(argv[1], "export") == 0)
        return export(ctl, argv[2]);
    if (argc > 2 && strcmp(argv[1], "import") == 0)
        return import(ctl, argc - 2, argv + 2);
    return ctl_usage(argv[0]);
}
