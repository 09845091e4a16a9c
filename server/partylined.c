/* partylined: the server. Options and configuration, then the database, then the workers. */
#include "server/auth/password.h"
#include "server/config.h"
#include "server/db/cluster.h"
#include "server/db/demo.h"
#include "server/db/migrate.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/pki.h"
#include "server/net/process.h"
#include "server/net/tls.h"
#include "server/payments.h"
#include "server/worker.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct options {
    const char *file;
    bool demo, check_config;
    int demo_scale;
};

struct program {
    struct options options;
    struct config config;
    struct cluster_place place;
    struct cluster *cluster;
    char certificate[700], key[700], actual[128];
    struct worker_plan plan;
    struct payments payments;
};

static const char usage[] =
    "usage: partylined [-f FILE] [--embedded DIR | --database CONNINFO] [--demo]\n"
    "                  [--listen HOST:PORT] [--workers N] [--check-config] [--version]\n"
    "\n"
    "  -f FILE               configuration (default " CONFIG_DEFAULT_FILE ", if it is there)\n"
    "  --embedded DIR        run a private PostgreSQL in DIR; made on first use\n"
    "  --database CONNINFO   use this PostgreSQL (libpq connection string)\n"
    "  --demo                fill an empty database with the demonstration company\n"
    "  --demo-scale N        its size: 1 is 20,000 distributors; 0 is a small one\n"
    "  --listen HOST:PORT    default 127.0.0.1:8443\n"
    "  --workers N           default: one per processor\n"
    "  --check-config        read the configuration, say whether it is good, and exit\n"
    "  --version, --help\n";

/* The long options that only set a key of the configuration. */
static void set_key(struct config *config, const char *key, const char *value)
{
    char why[CONFIG_WHY];
    if (!config_set(config, key, value, why))
        die(EXIT_USAGE, "%s", why);
}

static int number(const char *text, int most)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || value > most)
        die(EXIT_USAGE, "%s is no number from 0 to %d", text, most);
    return (int)value;
}

/* Options override the file: the file is looked for first, the options are set after it is read. */
static void read_options(int argc, char **argv, struct program *p)
{
    enum { DEMO = 1000, DEMO_SCALE, CHECK, VERSION, HELP, KEY };
    static const struct option longs[] = {{"embedded", required_argument, NULL, KEY},
                                          {"database", required_argument, NULL, KEY},
                                          {"listen", required_argument, NULL, KEY},
                                          {"workers", required_argument, NULL, KEY},
                                          {"demo", no_argument, NULL, DEMO},
                                          {"demo-scale", required_argument, NULL, DEMO_SCALE},
                                          {"check-config", no_argument, NULL, CHECK},
                                          {"version", no_argument, NULL, VERSION},
                                          {"help", no_argument, NULL, HELP},
                                          {NULL, 0, NULL, 0}};
    const char *keys[16], *values[16];
    size_t n = 0;
    int which = 0;
    for (int c; (c = getopt_long(argc, argv, "f:h", longs, &which)) != -1;) {
        if (c == 'f') {
            p->options.file = optarg;
        } else if (c == KEY && n < ARRAY_LEN(keys)) {
            keys[n] = longs[which].name;
            values[n++] = optarg;
        } else if (c == DEMO) {
            p->options.demo = true;
        } else if (c == DEMO_SCALE) {
            p->options.demo_scale = number(optarg, 100);
        } else if (c == CHECK) {
            p->options.check_config = true;
        } else if (c == VERSION) {
            puts("partylined " PARTYLINE_VERSION);
            exit(0);
        } else if (c == HELP || c == 'h') {
            fputs(usage, stdout);
            exit(0);
        } else {
            fputs("partylined --help shows the options\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argc)
        die(EXIT_USAGE, "%s is not an option", argv[optind]);
    char why[CONFIG_WHY];
    if (!config_load(p->options.file, &p->config, why))
        die(EXIT_CONFIG, "%s", why);
    for (size_t i = 0; i < n; i++)
        set_key(&p->config, keys[i], values[i]);
    if (!config_check(&p->config, why))
        die(EXIT_CONFIG, "%s", why);
}

static enum log_level level_of(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0)
            return (enum log_level)i;
    die(EXIT_CONFIG, "log_level is debug, info, warn or error, not %s", name);
}

/* No core may be written: it could hold what must never be stored. */
static void forbid_cores(void)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        die(1, "cannot forbid core files: %s", strerror(errno));
}

/* ---- the database ---- */

/* Until process_run looks after signals: whoever stops us while the database is made or filled must
 * not leave it running. Only calls that a signal handler may make. */
static volatile sig_atomic_t started_postmaster;

static void stop_early(int signal_number)
{
    if (started_postmaster)
        kill(started_postmaster, SIGINT); /* its fast shutdown: what is half loaded is undone */
    _exit(128 + signal_number);
}

static void heed_signals(void (*handler)(int))
{
    const int heard[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < ARRAY_LEN(heard); i++)
        signal(heard[i], handler);
}

static void start_embedded(struct program *p)
{
    char why[CLUSTER_WHY];
    if (!cluster_prepare(p->config.embedded, &p->place, why))
        die(1, "%s", why);
    printf("data %s\n", p->place.dir);
    fflush(stdout);
    p->cluster = cluster_start(&p->place, why);
    if (!p->cluster)
        die(1, "%s", why);
    started_postmaster = cluster_postmaster_pid(&p->place);
    p->plan.conninfo = p->place.conninfo;
}

static NORETURN void stop_and_die(struct program *p, const char *why)
{
    if (p->cluster)
        cluster_stop(p->cluster);
    die(1, "%s", why);
}

/* Embedded: migrations are applied. External: only partylinectl migrate may, so say what is
 * missing. */
static void check_schema(struct program *p)
{
    struct migrate_report report;
    migrate_inspect(p->plan.conninfo, &report);
    bool mine = p->cluster || (p->options.demo && report.state == MIGRATE_EMPTY);
    if (mine && (report.state == MIGRATE_EMPTY || report.state == MIGRATE_BEHIND))
        migrate_apply(p->plan.conninfo, &report);
    if (report.state != MIGRATE_CURRENT)
        stop_and_die(p, report.why);
}

static void load_demo(struct program *p)
{
    char why[512], hash[PASSWORD_HASH];
    if (!demo_is_empty(p->plan.conninfo))
        return;
    log_event(LOG_INFO_, "demo_loading", NULL);
    if (!password_hash(DEMO_PASSWORD, hash))
        stop_and_die(p, "not enough memory to hash a password");
    if (!demo_load(p->plan.conninfo, p->options.demo_scale, hash, why))
        stop_and_die(p, why);
    log_event(LOG_INFO_, "demo_loaded", NULL);
}

/* ---- the certificate ---- */

static void take_certificate(struct program *p)
{
    char why[256], host[256] = "localhost";
    if (p->config.certificate) {
        p->plan.certificate = p->config.certificate;
        p->plan.key = p->config.key;
        return;
    }
    if (!p->cluster)
        die(EXIT_CONFIG, "certificate and key are needed with an external database");
    gethostname(host, sizeof host - 1);
    const char *names[] = {"localhost", "127.0.0.1", "::1", host, NULL};
    if (!pki_ensure(p->place.dir, names, why))
        stop_and_die(p, why);
    snprintf(p->certificate, sizeof p->certificate, "%s/server.pem", p->place.dir);
    snprintf(p->key, sizeof p->key, "%s/server.key", p->place.dir);
    p->plan.certificate = p->certificate;
    p->plan.key = p->key;
}

/* ---- what the parent does while the workers work ---- */

static int run_worker(int slot, void *arg)
{
    struct program *p = arg;
    return worker_run(slot, &p->plan);
}

/* Nobody can call it: the socket is the workers'. */
static int run_gateway(void *arg)
{
    struct program *p = arg;
    close(p->plan.listener);
    return payments_run_gateway(&p->payments);
}

static int run_sandbox(void *arg)
{
    return payments_run_sandbox(&((const struct program *)arg)->payments);
}

static const struct process_aside gateway_process = {"gateway", run_gateway};
static const struct process_aside sandbox_process = {"sandbox", run_sandbox};

/* The payment provider, and what is to be known of it by both gateway and workers. */
static bool take_payments(struct program *p, char *why)
{
    return payments_prepare(&p->payments, &p->config, p->cluster ? p->place.dir : NULL,
                            p->plan.conninfo, p->actual, why);
}

static void announce(void *arg)
{
    struct program *p = arg;
    printf("ready https://%s\n", p->actual);
    fflush(stdout);
}

static void supervise(void *arg)
{
    struct program *p = arg;
    if (p->cluster)
        cluster_supervise(p->cluster);
}

static bool reload(void *arg)
{
    struct program *p = arg;
    struct config fresh;
    char why[CONFIG_WHY];
    if (!config_load(p->options.file, &fresh, why) || !config_check_gateway(&fresh, why)) {
        log_event(LOG_ERROR_, "reload_refused", "why", why, NULL);
        config_release(&fresh);
        return false;
    }
    /* What would keep new workers from living is refused while the old ones still work. */
    bool own = !p->config.embedded || fresh.certificate || fresh.key;
    SSL_CTX *tls = NULL;
    if (own && (!fresh.certificate || !fresh.key))
        snprintf(why, sizeof why, "certificate and key are needed together");
    else if (own)
        tls = tls_server_new(fresh.certificate, fresh.key, why);
    SSL_CTX_free(tls);
    if (own && !tls) {
        log_event(LOG_ERROR_, "reload_refused", "why", why, NULL);
        config_release(&fresh);
        return false;
    }
    /* What the command line has set stays; where to listen and which database cannot change here.
     */
    char *keep[] = {p->config.listen, p->config.embedded, p->config.database};
    free(fresh.listen);
    free(fresh.embedded);
    free(fresh.database);
    fresh.listen = keep[0];
    fresh.embedded = keep[1];
    fresh.database = keep[2];
    fresh.workers = p->config.workers;
    p->config.listen = p->config.embedded = p->config.database = NULL;
    config_release(&p->config);
    p->config = fresh;
    take_certificate(p);
    if (!take_payments(p, why))
        log_event(LOG_ERROR_, "payments_not_ready", "why", why, NULL);
    return true;
}

static void close_listener(void *arg)
{
    struct program *p = arg;
    close(p->plan.listener);
}

int main(int argc, char **argv)
{
    static struct program p = {.options = {.demo_scale = 1}};
    char why[256];
    read_options(argc, argv, &p);
    log_init("partylined", level_of(p.config.log_level));
    if (p.options.check_config) {
        puts("configuration is good");
        return 0;
    }
    forbid_cores();
    if (p.config.workers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        p.config.workers = cores < 1                     ? 1
                           : cores > PROCESS_WORKERS_MAX ? PROCESS_WORKERS_MAX
                                                         : (int)cores;
    }
    p.plan = (struct worker_plan){
        .config = &p.config, .conninfo = p.config.database, .public_url = p.payments.public_url};
    /* The socket first: a port that is taken is told before anything is started. */
    p.plan.listener = listener_open(p.config.listen, p.actual, why);
    if (p.plan.listener < 0)
        die(1, "%s", why);
    heed_signals(stop_early);
    if (p.config.embedded)
        start_embedded(&p);
    check_schema(&p);
    if (p.options.demo)
        load_demo(&p);
    take_certificate(&p);
    if (!take_payments(&p, why))
        stop_and_die(&p, why);
    payments_demo_cards(&p.payments, p.plan.conninfo);
    heed_signals(SIG_DFL);
    metrics_init();
    struct process_plan plan = {
        .workers = p.config.workers,
        .worker = run_worker,
        .ready = announce,
        .tick = supervise,
        .tick_ms = 200,
        .reload = reload,
        .stopping = close_listener,
        .stop_ms = p.config.stop_ms,
        .arg = &p,
    };
    int asides = 0;
    if (payments_has_gateway(&p.payments))
        plan.aside[asides++] = &gateway_process;
    if (p.payments.bundled)
        plan.aside[asides++] = &sandbox_process;
    int code = process_run(&plan);
    if (p.cluster)
        cluster_stop(p.cluster);
    return code;
}
