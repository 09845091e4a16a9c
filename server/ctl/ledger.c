/* partylinectl export ledger --format hledger|beancount [FILE]: the books for programs that we did
 * not write. Each journal is a transaction, each transfer two postings. At the end stands what each
 * kept balance is, so that whoever reads it finds out when a transfer is not what it was. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/date.h"
#include "core/money.h"
#include "core/text.h"
#include "queries.h"
#include "server/ctl/ctl.h"

struct ledger_account {
    int64_t id;
    char *name; /* "liabilities:Wallets:GB:1000761" */
    const char *currency;
    int exponent;
    bool is_kept;
    int64_t balance; /* credits less debits */
};

struct ledger;
struct format {
    const char *name;
    /* The account's name out of its parts; what stands before all. */
    char *(*account)(struct arena *arena, const char *class, const char *title, const char *market,
                     const char *holder);
    void (*begin)(struct ledger *ledger);
    void (*transaction)(struct ledger *ledger, const char *day, const char *kind, const char *ref);
    void (*posting)(struct ledger *ledger, const struct ledger_account *account, int64_t amount);
    /* That the account has that balance, debits less credits, when all is booked. */
    void (*balance)(struct ledger *ledger, const char *last_day,
                    const struct ledger_account *account);
};

struct ledger {
    struct ctl *ctl;
    const struct format *format;
    FILE *out;
    struct ledger_account *accounts; /* by id */
    size_t naccounts;
    int64_t journal;
    char last[16];
    long long journals, transfers;
};

/* ---- hledger ----------------------------------------------------------------------------------*/

static char *hledger_account(struct arena *arena, const char *class, const char *title,
                             const char *market, const char *holder)
{
    return arena_printf(arena, "%s:%s:%s%s%s", class, title, market, *holder ? ":" : "", holder);
}

static void hledger_begin(struct ledger *l)
{
    for (size_t i = 0; i < l->naccounts; i++)
        fprintf(l->out, "account %s\n", l->accounts[i].name);
}

static void hledger_transaction(struct ledger *l, const char *day, const char *kind,
                                const char *ref)
{
    fprintf(l->out, "\n%s * (%s) %s\n", day, ref, kind);
}

static const char *amount_of(char out[MONEY_TEXT], int64_t amount, int exponent)
{
    return money_format(out, money_of(amount), exponent, false);
}

static void hledger_posting(struct ledger *l, const struct ledger_account *a, int64_t amount)
{
    char text[MONEY_TEXT];
    fprintf(l->out, "    %s  %s %s\n", a->name, a->currency, amount_of(text, amount, a->exponent));
}

static void hledger_balance(struct ledger *l, const char *last_day, const struct ledger_account *a)
{
    char text[MONEY_TEXT];
    fprintf(l->out, "\n%s * balance\n    %s  %s 0 = %s %s\n", last_day, a->name, a->currency,
            a->currency, amount_of(text, -a->balance, a->exponent));
}

/* ---- beancount --------------------------------------------------------------------------------*/

/* Parts of names begin with a capital or a digit and have letters, digits and dashes. */
static void add_part(struct text *out, const char *part)
{
    text_addc(out, *part >= 'a' && *part <= 'z' ? (char)(*part - 'a' + 'A') : *part);
    for (part++; *part; part++)
        text_addc(out, *part == ' ' ? '-' : *part);
}

static char *beancount_account(struct arena *arena, const char *class, const char *title,
                               const char *market, const char *holder)
{
    const char *parts[] = {class, title, market, holder};
    struct text out;
    text_init(&out, arena);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!*parts[i])
            continue;
        if (i)
            text_addc(&out, ':');
        add_part(&out, parts[i]);
    }
    return out.data;
}

/* Open from before there was any day to book on. */
static void beancount_begin(struct ledger *l)
{
    for (size_t i = 0; i < l->naccounts; i++)
        fprintf(l->out, "1970-01-01 open %s %s\n", l->accounts[i].name, l->accounts[i].currency);
}

static void beancount_transaction(struct ledger *l, const char *day, const char *kind,
                                  const char *ref)
{
    fprintf(l->out, "\n%s * \"%s\" \"", day, kind);
    for (; *ref; ref++)
        fprintf(l->out, "%s%c", *ref == '"' || *ref == '\\' ? "\\" : "", *ref);
    fputs("\"\n", l->out);
}

static void beancount_posting(struct ledger *l, const struct ledger_account *a, int64_t amount)
{
    char text[MONEY_TEXT];
    fprintf(l->out, "  %s  %s %s\n", a->name, amount_of(text, amount, a->exponent), a->currency);
}

/* A balance holds at the beginning of its day: that after the last. Not even a cent is tolerated.
 */
static void beancount_balance(struct ledger *l, const char *last_day,
                              const struct ledger_account *a)
{
    char text[MONEY_TEXT], day[DATE_TEXT];
    struct date next;
    if (!date_parse(last_day, &next))
        return;
    next.days++;
    fprintf(l->out, "%s balance %s %s ~ 0 %s\n", date_format(day, next), a->name,
            amount_of(text, -a->balance, a->exponent), a->currency);
}

static const struct format formats[] = {
    {"hledger", hledger_account, hledger_begin, hledger_transaction, hledger_posting,
     hledger_balance},
    {"beancount", beancount_account, beancount_begin, beancount_transaction, beancount_posting,
     beancount_balance},
};

/* ---- reading the books ------------------------------------------------------------------------*/

static int64_t number(const PGresult *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static bool failed(struct ledger *l)
{
    ctl_fail(1, "nothing was exported: %s", PQerrorMessage(l->ctl->conn));
    return false;
}

static bool read_accounts(struct ledger *l)
{
    enum { ID, CLASS, TITLE, MARKET, HOLDER, CURRENCY, EXPONENT, BALANCE };
    struct arena *arena = l->ctl->arena;
    PGresult *rows = PQexec(l->ctl->conn, query_table[Q_ledger_accounts].sql);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    l->naccounts = good ? (size_t)PQntuples(rows) : 0;
    l->accounts = ARENA_ARRAY(arena, struct ledger_account, l->naccounts);
    for (size_t i = 0; i < l->naccounts; i++) {
        int row = (int)i;
        l->accounts[i] = (struct ledger_account){
            .id = number(rows, row, ID),
            .name = l->format->account(arena, PQgetvalue(rows, row, CLASS),
                                       PQgetvalue(rows, row, TITLE), PQgetvalue(rows, row, MARKET),
                                       PQgetvalue(rows, row, HOLDER)),
            .currency = arena_strdup(arena, PQgetvalue(rows, row, CURRENCY)),
            .exponent = atoi(PQgetvalue(rows, row, EXPONENT)),
            .is_kept = !PQgetisnull(rows, row, BALANCE),
            .balance = number(rows, row, BALANCE)};
    }
    PQclear(rows);
    return good || failed(l);
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct ledger_account *)a)->id, y = ((const struct ledger_account *)b)->id;
    return (x > y) - (x < y);
}

static const struct ledger_account *account(const struct ledger *l, int64_t id)
{
    return bsearch(&(struct ledger_account){.id = id}, l->accounts, l->naccounts,
                   sizeof *l->accounts, by_id);
}

static void write_transfer(struct ledger *l, const PGresult *row)
{
    enum { JOURNAL, DAY, KIND, REF, DEBIT, CREDIT, AMOUNT };
    int64_t journal = number(row, 0, JOURNAL), amount = number(row, 0, AMOUNT);
    const char *day = PQgetvalue(row, 0, DAY);
    if (journal != l->journal) {
        l->journal = journal;
        l->journals++;
        l->format->transaction(l, day, PQgetvalue(row, 0, KIND), PQgetvalue(row, 0, REF));
        if (strcmp(day, l->last) > 0)
            snprintf(l->last, sizeof l->last, "%s", day);
    }
    l->transfers++;
    l->format->posting(l, account(l, number(row, 0, DEBIT)), amount);
    l->format->posting(l, account(l, number(row, 0, CREDIT)), -amount);
}

/* Row by row: the books may be larger than memory. */
static bool write_transfers(struct ledger *l)
{
    PGconn *conn = l->ctl->conn;
    bool good = PQsendQuery(conn, query_table[Q_ledger_transfers].sql) && PQsetSingleRowMode(conn);
    for (PGresult *row; (row = PQgetResult(conn)) != NULL; PQclear(row))
        if (PQresultStatus(row) == PGRES_SINGLE_TUPLE)
            write_transfer(l, row);
        else
            good = good && PQresultStatus(row) == PGRES_TUPLES_OK;
    return good || failed(l);
}

static bool write_books(struct ledger *l)
{
    PQclear(PQexec(l->ctl->conn, query_table[Q_ledger_snapshot].sql));
    if (!read_accounts(l))
        return false;
    l->format->begin(l);
    if (!write_transfers(l))
        return false;
    fputc('\n', l->out);
    for (size_t i = 0; *l->last && i < l->naccounts; i++)
        if (l->accounts[i].is_kept)
            l->format->balance(l, l->last, &l->accounts[i]);
    PQclear(PQexec(l->ctl->conn, "ROLLBACK"));
    return true;
}

/* ---- the command ------------------------------------------------------------------------------*/

static int to_file(struct ledger *l, const char *path)
{
    int fd = ctl_output_begin(path);
    l->out = fd < 0 ? NULL : fdopen(dup(fd), "w");
    if (!l->out)
        return ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    bool read = write_books(l), written = fclose(l->out) == 0;
    if (!ctl_output_end(path, fd, read && written) || !written)
        return ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    if (read)
        printf("ledger: %lld journals, %lld transfers in %s\n", l->journals, l->transfers, path);
    return read ? 0 : 1;
}

int ctl_export_ledger(struct ctl *ctl, int argc, char **argv)
{
    struct ledger ledger = {.ctl = ctl};
    if (argc < 4 || argc > 5 || strcmp(argv[2], "--format") != 0)
        return ctl_usage(argv[0]);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (strcmp(formats[i].name, argv[3]) == 0)
            ledger.format = &formats[i];
    if (!ledger.format)
        return ctl_usage(argv[0]);
    if (argc == 5)
        return to_file(&ledger, argv[4]);
    ledger.out = stdout;
    if (!write_books(&ledger))
        return 1;
    return fflush(stdout) == 0 ? 0 : ctl_fail(1, "cannot write: %s", strerror(errno));
}
