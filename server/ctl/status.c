/* partylinectl status: what an administrator wants to know first. Exit code 1 when something is
 * wrong; a server that does not run is told, but is not wrong by itself. */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "queries.h"
#include "server/ctl/ctl.h"

static void line(const char *name, const char *value)
{
    printf("%-14s %s\n", name, value);
}

static void print_server(const struct ctl *ctl, int server, int postmaster)
{
    char text[64] = "not running";
    line("data folder", ctl->place.dir);
    if (server)
        snprintf(text, sizeof text, "running, process %d", server);
    line("server", text);
    snprintf(text, sizeof text, "not running");
    if (postmaster)
        snprintf(text, sizeof text, "running, process %d", postmaster);
    line("PostgreSQL", text);
}

static void print_last_backup(const struct ctl *ctl)
{
    char pattern[600], text[700] = "none";
    struct stat st;
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/backup/partyline-*.dump", ctl->place.dir);
    /* glob sorts by name, and the names are times. */
    if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0) {
        const char *newest = found.gl_pathv[found.gl_pathc - 1];
        struct tm when;
        if (stat(newest, &st) == 0 && gmtime_r(&st.st_mtime, &when)) {
            size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &when);
            snprintf(text + n, sizeof text - n, "%s", newest);
        }
    }
    globfree(&found);
    line("last backup", text);
}

/* Mail that cannot be delivered, or waits because there is no server for it, wants somebody. */
static void print_mail(struct ctl *ctl)
{
    PGresult *row = PQexec(ctl->conn, query_table[Q_mail_stand].sql);
    if (PQresultStatus(row) == PGRES_TUPLES_OK) {
        const char *dead = PQgetvalue(row, 0, 1);
        line("mail",
             arena_printf(ctl->arena, "%s waiting, %s dead%s%s", PQgetvalue(row, 0, 0), dead,
                          strcmp(dead, "0") == 0 ? "" : " (partylinectl mail list dead)",
                          ctl->config.smtp_url ? "" : "; no smtp_url is set: it waits"));
    }
    PQclear(row);
}

static void print_contents(struct ctl *ctl)
{
    PGresult *row = PQexec(ctl->conn, query_table[Q_status_server].sql);
    if (PQresultStatus(row) == PGRES_TUPLES_OK) {
        line("database", arena_printf(ctl->arena, "PostgreSQL %s", PQgetvalue(row, 0, 0)));
        line("size", PQgetvalue(row, 0, 1));
        const char *people = *PQgetvalue(row, 0, 2) == 't'
                                 ? ctl_value(ctl, query_table[Q_status_distributors].sql)
                                 : NULL;
        const char *orders =
            *PQgetvalue(row, 0, 3) == 't' ? ctl_value(ctl, query_table[Q_status_orders].sql) : NULL;
        if (people)
            line("distributors", people);
        if (orders)
            line("orders", orders);
        if (*PQgetvalue(row, 0, 4) == 't')
            print_mail(ctl);
    }
    PQclear(row);
}

/* What waits for the payment provider. */
static void print_payments(struct ctl *ctl)
{
    char text[160] = "nothing waits for the payment provider";
    PGresult *row = PQexec(ctl->conn, query_table[Q_gateway_stand].sql);
    if (PQresultStatus(row) == PGRES_TUPLES_OK && strcmp(PQgetvalue(row, 0, 0), "0") != 0)
        snprintf(text, sizeof text, "%s questions wait for the provider, the oldest for %s seconds",
                 PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1));
    if (PQresultStatus(row) == PGRES_TUPLES_OK) {
        line("payments", text);
        if (strcmp(PQgetvalue(row, 0, 2), "0") != 0)
            line("", arena_printf(ctl->arena, "%s refused by it within a day: see the log",
                                  PQgetvalue(row, 0, 2)));
    }
    PQclear(row);
}

int ctl_status(struct ctl *ctl, int argc, char **argv)
{
    struct migrate_report report;
    if (argc != 1)
        return ctl_usage(argv[0]);
    line("program", PARTYLINE_VERSION);
    if (ctl->embedded) {
        /* Before anything is started for this command itself. */
        print_server(ctl, cluster_server_pid(&ctl->place), cluster_postmaster_pid(&ctl->place));
        print_last_backup(ctl);
        struct stat st;
        if (stat(ctl->place.pgdata, &st) != 0)
            return ctl_fail(1, "there is no data in %s yet: partylinectl init", ctl->place.dir);
    }
    int code = ctl_reach(ctl, CTL_DATABASE);
    if (code != 0)
        return code;
    print_contents(ctl);
    migrate_inspect(ctl->conninfo, &report);
    if (report.state == MIGRATE_CURRENT)
        print_payments(ctl);
    line("schema", report.why);
    return report.state == MIGRATE_CURRENT ? 0 : 1;
}
