/* partylinectl month close|reopen|show MONTH, list: business months that close, one after the
 * other, each market by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "server/ctl/ctl.h"

struct month {
    struct ctl *ctl;
    const char *act, *name; /* "close", "2025-11" */
    const char *day;        /* its first: "2025-11-01" */
    const char *market, *login, *reason;
};

static const char *money_text(struct ctl *ctl, const char *minor, int exponent)
{
    char text[MONEY_TEXT];
    return arena_strdup(ctl->arena,
                        money_format(text, money_of(strtoll(minor, NULL, 10)), exponent, true));
}

/* ---- closing and opening again --------------------------------------------------------------- */

/* Why it was not done; `other` is the month that has to be first. */
static int refuse(const struct month *m, const char *result, const char *other)
{
    static const char *const reasons[][2] = {
        {"market", "there is no such market"},
        {"right", "--by names who does it: staff of the office"},
        {"reason", "say why a month is opened again: --reason TEXT"},
        {"later", "that month has not begun"},
    };
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
        if (strcmp(result, reasons[i][0]) == 0)
            return ctl_fail(1, "%s of %s: %s", m->name, m->market, reasons[i][1]);
    if (strcmp(result, "before") == 0)
        return ctl_fail(1, "%s: months of %s close and open one by one; %s is next", m->name,
                        m->market, other);
    return ctl_fail(1, "%s of %s is %s", m->name, m->market,
                    strcmp(m->act, "close") == 0 ? "closed already" : "open");
}

/* What is not settled does not keep a month open: it is booked where it comes to an end. */
static void tell_unsettled(const struct month *m)
{
    const char *params[] = {m->market, m->day};
    PGresult *rows = ctl_ask(m->ctl, Q_month_unsettled, params);
    PGresult *facts = ctl_ask(m->ctl, Q_month_market, (const char *const[]){m->market});
    int exponent = facts && PQntuples(facts) ? (int)strtol(PQgetvalue(facts, 0, 0), NULL, 10) : 0;
    for (int i = 0; rows && i < PQntuples(rows); i++)
        ctl_say(stdout, "  %s %s, %s, the oldest of %s", PQgetvalue(rows, i, 1),
                PQgetvalue(rows, i, 0), money_text(m->ctl, PQgetvalue(rows, i, 2), exponent),
                PQgetvalue(rows, i, 3));
}

static int keep(const struct month *m, const char *event)
{
    return ctl_ask(m->ctl, Q_month_keep, (const char *const[]){event}) ? 0 : 1;
}

static int turn(const struct month *m)
{
    const char *params[] = {m->market, m->day, m->act, m->login, m->reason};
    PGresult *row = ctl_ask(m->ctl, Q_month_turn, params);
    if (!row)
        return 1;
    const char *result = PQgetvalue(row, 0, 0), *event = PQgetvalue(row, 0, 1);
    bool closes = strcmp(m->act, "close") == 0;
    /* Closed by somebody who then was interrupted: its books are still to be kept. */
    bool resumed = strcmp(result, "state") == 0 && *event;
    if (strcmp(result, "done") != 0 && !resumed)
        return refuse(m, result, PQgetvalue(row, 0, 2));
    if (closes && keep(m, event) != 0)
        return 1;
    ctl_say(stdout, "month: %s of %s is %s", m->name, m->market, closes ? "closed" : "open again");
    if (closes)
        tell_unsettled(m);
    return 0;
}

/* ---- looking --------------------------------------------------------------------------------- */

static int list(struct ctl *ctl, const char *market)
{
    PGresult *rows = ctl_ask(ctl, Q_month_list, (const char *const[]){market});
    for (int i = 0; rows && i < PQntuples(rows); i++) {
        bool kept = !PQgetisnull(rows, i, 6);
        const char *what =
            kept ? arena_printf(ctl->arena, "%s transfers, CV %s, PV %s", PQgetvalue(rows, i, 6),
                                money_text(ctl, PQgetvalue(rows, i, 7), 2),
                                money_text(ctl, PQgetvalue(rows, i, 8), 2))
                 : "";
        ctl_say(stdout, "%s %s  %-6s  %s  %-10s  %s%s%s", PQgetvalue(rows, i, 0),
                PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3),
                PQgetvalue(rows, i, 4), what, kept && *PQgetvalue(rows, i, 5) ? "  " : "",
                PQgetvalue(rows, i, 5));
    }
    return rows ? 0 : 1;
}

static int show(const struct month *m)
{
    PGresult *rows = ctl_ask(m->ctl, Q_month_show, (const char *const[]){m->market, m->day});
    if (!rows)
        return 1;
    if (!PQntuples(rows))
        return ctl_fail(1, "%s of %s is not closed", m->name, m->market);
    int exponent = (int)strtol(PQgetvalue(rows, 0, 5), NULL, 10);
    ctl_say(stdout, "%-32s %16s %16s %16s %16s", PQgetvalue(rows, 0, 6), "before", "debits",
            "credits", "balance");
    for (int i = 0; i < PQntuples(rows); i++)
        ctl_say(stdout, "%-32s %16s %16s %16s %16s", PQgetvalue(rows, i, 0),
                money_text(m->ctl, PQgetvalue(rows, i, 1), exponent),
                money_text(m->ctl, PQgetvalue(rows, i, 2), exponent),
                money_text(m->ctl, PQgetvalue(rows, i, 3), exponent),
                money_text(m->ctl, PQgetvalue(rows, i, 4), exponent));
    return 0;
}

/* ---- the command line ------------------------------------------------------------------------ */

/* --market M, --by LOGIN, --reason TEXT, in any order; false: something else. */
static bool read_options(struct month *m, int argc, char **argv)
{
    const struct {
        const char *name, **out;
    } options[] = {{"--market", &m->market}, {"--by", &m->login}, {"--reason", &m->reason}};
    for (int i = 0; i < argc; i += 2) {
        size_t k = 0;
        while (k < ARRAY_LEN(options) && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k == ARRAY_LEN(options) || i + 1 == argc)
            return false;
        *options[k].out = argv[i + 1];
    }
    return true;
}

int ctl_month(struct ctl *ctl, int argc, char **argv)
{
    struct month m = {.ctl = ctl, .reason = ""};
    struct date first;
    const char *word = argc > 1 ? argv[1] : "";
    bool turns = strcmp(word, "close") == 0 || strcmp(word, "reopen") == 0;
    if (strcmp(word, "list") == 0 && read_options(&m, argc - 2, argv + 2) && !m.login && !*m.reason)
        return list(ctl, m.market);
    if ((!turns && strcmp(word, "show") != 0) || argc < 3 ||
        !read_options(&m, argc - 3, argv + 3) || !m.market)
        return ctl_usage(argv[0]);
    m.act = word;
    m.name = argv[2];
    m.day = arena_printf(ctl->arena, "%s-01", m.name);
    if (!date_parse(m.day, &first))
        return ctl_fail(64, "%s is no month: write 2025-11", m.name);
    if (!turns)
        return show(&m);
    return m.login ? turn(&m) : ctl_fail(64, "say who does it: --by LOGIN");
}
