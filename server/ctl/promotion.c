/* partylinectl promotion: the texts of promotions as files, MARKET.CODE.promo. What is imported is
 * a draft: the back office publishes it. */
#include "core/promo/promotion_fill.h"
#include "core/wire/wire_simulation.h"
#include "server/ctl/ctl.h"
#include "server/db/catalogue_load.h"
#include "server/db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

static PGresult *all(struct ctl *ctl)
{
    return ctl_ask(ctl, Q_promotion_list, (const char *const[]){NULL, NULL, NULL, MOST});
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
    PGresult *now = ctl_ask(ctl, Q_promotion_get, (const char *const[]){code, NULL});
    if (!now)
        return false;
    const char *rev = PQntuples(now) ? PQgetvalue(now, 0, COL_REV) : NULL;
    if (rev && strcmp(PQgetvalue(now, 0, COL_MARKET), market) != 0)
        return ctl_fail(1, "%s: %s belongs to another market", path, code) == 0;
    PGresult *saved =
        ctl_ask(ctl, Q_promotion_save,
                (const char *const[]){code, market, text, rev, NULL, NULL, "partylinectl"});
    const char *result = saved ? PQgetvalue(saved, 0, 0) : "";
    if (strcmp(result, "created") == 0 || strcmp(result, "saved") == 0)
        return true;
    return saved &&
           ctl_fail(1, "%s: somebody else changes it now, or its code is taken", path) == 0;
}

/* A text with its market, that of the beginning of a file's name or the one it is stored in. */
struct given {
    const char *path, *text;
    const struct market_snapshot *market;
    struct promotion promotion;
};

/* FILE:LINE:COLUMN: what */
static bool read_given(struct ctl *ctl, struct given *given)
{
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n = 0;
    if (promotion_read(ctl->arena, &given->market->catalogue, given->text, strlen(given->text),
                       &given->promotion, mistakes, &n))
        return true;
    for (size_t i = 0; i < n; i++)
        ctl_say(stderr, "%s:%d:%d: %s", given->path, mistakes[i].line, mistakes[i].column,
                promotion_mistake_say(ctl->arena, LANGUAGE_en, &mistakes[i]));
    return false;
}

static bool read_given_file(struct ctl *ctl, const struct catalogue_snapshot *s, const char *path,
                            struct given *out)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *market = arena_strndup(ctl->arena, name, strlen(name) < 2 ? strlen(name) : 2);
    *out = (struct given){.path = path, .market = catalogue_snapshot_market(s, market)};
    if (!(out->text = file_read(ctl, path)))
        return false;
    if (!out->market || name[2] != '.')
        return ctl_fail(1, "%s: its name begins with no market, like GB.KNIVES-2.promo", path) == 0;
    return read_given(ctl, out);
}

static bool import_one(struct ctl *ctl, const struct catalogue_snapshot *s, const char *path)
{
    struct given given;
    return read_given_file(ctl, s, path, &given) &&
           store(ctl, path, given.market->catalogue.market, given.promotion.code, given.text);
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

/* ---- simulating ------------------------------------------------------------------------------ */

static bool read_stored(struct ctl *ctl, const struct catalogue_snapshot *s, const char *code,
                        struct given *out)
{
    PGresult *rows = ctl_ask(ctl, Q_promotion_text, (const char *const[]){code});
    if (rows && !PQntuples(rows))
        ctl_fail(1, "there is no promotion %s", code);
    if (!rows || !PQntuples(rows))
        return false;
    *out = (struct given){.path = code,
                          .text = PQgetvalue(rows, 0, 1),
                          .market = catalogue_snapshot_market(s, PQgetvalue(rows, 0, 0))};
    return read_given(ctl, out);
}

/* All of the orders, a page at a time. */
static bool simulate_orders(struct ctl *ctl, struct simulation *s, const char *market,
                            const char *most, const PGresult *range)
{
    enum { PAGE = 500 };
    const struct condition *const *asks;
    size_t n = simulation_asks(s, &asks);
    int64_t *amounts = ARENA_ARRAY(ctl->arena, int64_t, n),
            *days = ARENA_ARRAY(ctl->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        amounts[i] = asks[i]->amount.minor;
        days[i] = asks[i]->days;
    }
    for (int64_t done = 0; done < strtoll(PQgetvalue(range, 0, 0), NULL, 10); done += PAGE) {
        PGresult *rows =
            ctl_ask(ctl, Q_simulation_orders,
                    (const char *const[]){
                        market, most, PQgetvalue(range, 0, 1), PQgetvalue(range, 0, 2),
                        db_text_int(ctl->arena, done), db_text_int(ctl->arena, PAGE),
                        db_array_int(ctl->arena, amounts, n), db_array_int(ctl->arena, days, n)});
        for (int i = 0; rows && i < PQntuples(rows); i++) {
            struct simulation_order order;
            if (wire_simulation_order(ctl->arena, PQgetvalue(rows, i, 0), &order))
                simulation_add(s, &order);
        }
        if (!rows)
            return false;
    }
    return true;
}

static int simulate_given(struct ctl *ctl, const struct given *given, const char *most)
{
    const struct catalogue *c = &given->market->catalogue;
    PGresult *range = ctl_ask(ctl, Q_simulation_range, (const char *const[]){c->market, most});
    const char *const *lines;
    if (!range)
        return 1;
    struct date day = {(int32_t)strtol(PQgetvalue(range, 0, 4), NULL, 10)};
    if (given->promotion.from.days > day.days)
        day = given->promotion.from;
    struct simulation *s = simulation_new(ctl->arena, c, &given->promotion, day);
    if (!simulate_orders(ctl, s, c->market, most, range))
        return 1;
    size_t n = simulation_say(ctl->arena, LANGUAGE_en, c, given->promotion.code, simulation_end(s),
                              &lines);
    for (size_t i = 0; i < n; i++)
        ctl_say(stdout, "%s", lines[i]);
    return 0;
}

static int simulate(struct ctl *ctl, const char *what, const char *orders)
{
    char why[256] = "", *end = NULL;
    long most = orders ? strtol(orders, &end, 10) : SIMULATION_ORDERS;
    struct given given;
    if (orders && (*end || most < 1 || most > SIMULATION_ORDERS_MAX))
        return ctl_fail(EXIT_USAGE, "--orders is a number from 1 to %d", SIMULATION_ORDERS_MAX);
    struct catalogue_snapshot *s = catalogue_load(ctl->conn, NULL, why);
    if (!s)
        return ctl_fail(1, "%s", why);
    size_t len = strlen(what);
    bool is_file = strchr(what, '/') || (len > 6 && strcmp(what + len - 6, ".promo") == 0);
    bool good = (is_file ? read_given_file : read_stored)(ctl, s, what, &given);
    int result = good ? simulate_given(ctl, &given, db_text_int(ctl->arena, most)) : 1;
    catalogue_snapshot_release(s);
    return result;
}

int ctl_promotion(struct ctl *ctl, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(ctl);
    if (argc == 3 && strcmp(argv[1], "export") == 0)
        return export(ctl, argv[2]);
    if (argc > 2 && strcmp(argv[1], "import") == 0)
        return import(ctl, argc - 2, argv + 2);
    if (argc == 3 && strcmp(argv[1], "simulate") == 0)
        return simulate(ctl, argv[2], NULL);
    if (argc == 5 && strcmp(argv[1], "simulate") == 0 && strcmp(argv[3], "--orders") == 0)
        return simulate(ctl, argv[2], argv[4]);
    return ctl_usage(argv[0]);
}
