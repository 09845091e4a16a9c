/* What a command of partylinectl gets, and the little they share. A command is one file
 * server/ctl/NAME.c with `int ctl_NAME(struct ctl *, int argc, char **argv)` and one row of
 * commands.def; argv[0] is its name, its result the exit code. Commands talk to PostgreSQL in plain
 * blocking calls on ctl->conn: nothing else waits for this process. */
#pragma once

#include <libpq-fe.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/arena.h"
#include "queries.h"
#include "server/config.h"
#include "server/db/cluster.h"
#include "server/db/migrate.h"
#include "server/net/log.h" /* EXIT_USAGE, EXIT_CONFIG */

/* How much is made ready before a command is called. */
enum ctl_need {
    CTL_PLACE,    /* configuration read; embedded: `place` known, privileges dropped */
    CTL_DATABASE, /* and connected; embedded: PostgreSQL found or started */
    CTL_SCHEMA,   /* and the schema is exactly this program's */
};

struct ctl {
    struct config config;
    struct arena *arena; /* lives as long as the process */
    bool embedded;
    struct cluster_place place; /* embedded only */
    struct cluster *cluster;    /* embedded and connected, else NULL */
    const char *conninfo;
    PGconn *conn; /* NULL until connected */
};

struct ctl_command {
    const char *name;
    int (*run)(struct ctl *ctl, int argc, char **argv);
    enum ctl_need need;
    const char *arguments, *help;
};

/* Prints one line. What is told may come from anywhere, a file or the database: what could command
 * a terminal, end the line or turn it around stands there as `?`, and so do bytes that are no
 * UTF-8. */
void ctl_say(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* Says "partylinectl: ..." on standard error; returns `code`. */
int ctl_fail(int code, const char *format, ...) PRINTF_LIKE(2, 3);
/* Wrong arguments: names the command's usage; returns EXIT_USAGE. */
int ctl_usage(const char *command);
/* Makes `need` true; 0, or an exit code with its line already printed. */
int ctl_reach(struct ctl *ctl, enum ctl_need need);

/* Opens a file named on the command line for reading (close-on-exec): works for files only root can
 * reach as well, because those are opened before the privileges are dropped. -1 and errno. */
int ctl_open_input(const char *path);
/* A new file (0600) that gets its name PATH only when ctl_output_end says so: until then it is
 * PATH.new. The same for files that only root can write. -1 and errno. */
int ctl_output_begin(const char *path);
/* On the disk and named when `good`, removed when not; closes `fd`. False and errno. */
bool ctl_output_end(const char *path, int fd, bool good);

/* Runs a program of PostgreSQL's ("pg_dump") and waits. `argv` ends with NULL, argv[0] is the name;
 * `in` and `out` replace standard input and output unless -1. The conninfo's password, if any,
 * travels in the environment, never in the arguments; "%" as an argument becomes the rest of the
 * conninfo. The exit code, or -1 when it cannot run; its own messages go to standard error. */
int ctl_run(struct ctl *ctl, const char *const *argv, int in, int out);
/* The two halves of ctl_run. */
pid_t ctl_spawn(struct ctl *ctl, const char *const *argv, int in, int out);
int ctl_wait(pid_t child);

/* The one value of a query without parameters as text in ctl->arena; NULL on failure or SQL's NULL.
 */
const char *ctl_value(struct ctl *ctl, const char *sql);

/* The rows of a query of sql/q, which go with ctl->arena; NULL with its line printed. */
PGresult *ctl_ask(struct ctl *ctl, enum query query, const char *const *params);

/* `export ledger ...`, its arguments as ctl_export got them. */
int ctl_export_ledger(struct ctl *ctl, int argc, char **argv);
/* `export certificates FILE`. */
int ctl_export_certificates(struct ctl *ctl, const char *path);
/* Ends a spreadsheet of so many rows of `what`, puts it on the disk and says so; an exit code. */
struct book_writer;
int ctl_save_book(struct ctl *ctl, struct book_writer *writer, const char *path, const char *what,
                  long long rows);

#define COMMAND(name, function, need, arguments, help)                                             \
    int function(struct ctl *ctl, int argc, char **argv);
#include "server/ctl/commands.def"
#undef COMMAND
