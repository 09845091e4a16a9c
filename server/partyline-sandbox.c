/* partyline-sandbox: the payment provider for demonstration and tests. */
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/process.h"
#include "server/sandbox/fault.h"
#include "server/sandbox/files.h"
#include "server/sandbox/later.h"
#include "server/sandbox/sandbox.h"
#include "server/sandbox/webhook.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 200, LINGER_MS = 500, BODY_MAX = 256 * 1024, WHY = 256 };

struct options {
    const char *listen, *dir, *key_file, *public_url, *certificate, *key;
    const char *webhook, *webhook_secret_file, *webhook_ca, *webhook_retry_ms;
};

struct program {
    struct options options;
    struct sandbox sandbox;
    struct http_server *http;
    struct webhook_config webhooks;
    char key[SECRET_MAX], secrets[WEBHOOK_SECRETS][SECRET_MAX];
    struct loop_watch *term, *interrupt;
};

static const char usage[] =
    "usage: partyline-sandbox --dir DIR [--listen HOST:PORT] [--key-file FILE]\n"
    "                         [--webhook URL --webhook-secret-file FILE] [--version]\n"
    "\n"
    "  --dir DIR                   keeps what happened there; made on first use\n"
    "  --listen HOST:PORT          default 127.0.0.1:0, any free port\n"
    "  --key-file FILE             the secret key of the API; default DIR/key, made on first use\n"
    "  --public-url URL            how payers reach it, when that is not where it listens\n"
    "  --certificate FILE --tls-key FILE   HTTPS; needed to listen on other than loopback\n"
    "  --webhook URL               sends every event there\n"
    "  --webhook-secret-file FILE  what it is signed with: a secret a line, at most four\n"
    "  --webhook-ca FILE           who signs the certificate of an https address\n"
    "  --webhook-retry-ms N        wait before the second try (1000); doubles each time\n"
    "  --version, --help\n";

static void read_options(int argc, char **argv, struct options *options)
{
    enum { VERSION = 1000, HELP, VALUE };
    const struct {
        const char *name, **value;
    } values[] = {{"listen", &options->listen},
                  {"dir", &options->dir},
                  {"key-file", &options->key_file},
                  {"public-url", &options->public_url},
                  {"certificate", &options->certificate},
                  {"tls-key", &options->key},
                  {"webhook", &options->webhook},
                  {"webhook-secret-file", &options->webhook_secret_file},
                  {"webhook-ca", &options->webhook_ca},
                  {"webhook-retry-ms", &options->webhook_retry_ms}};
    struct option longs[ARRAY_LEN(values) + 3] = {{"version", no_argument, NULL, VERSION},
                                                  {"help", no_argument, NULL, HELP}};
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        longs[2 + i] = (struct option){values[i].name, required_argument, NULL, VALUE + (int)i};
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (c >= VALUE) {
            *values[c - VALUE].value = optarg;
        } else if (c == VERSION) {
            puts("partyline-sandbox " PARTYLINE_VERSION);
            exit(0);
        } else if (c == HELP || c == 'h') {
            fputs(usage, stdout);
            exit(0);
        } else {
            fputs("partyline-sandbox --help shows the options\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argc)
        die(EXIT_USAGE, "%s is not an option", argv[optind]);
    if (!options->dir)
        die(EXIT_USAGE, "--dir is missing: where shall it keep what happened?");
    if (!options->certificate != !options->key)
        die(EXIT_USAGE, "--certificate and --tls-key go together");
    if (!options->webhook != !options->webhook_secret_file)
        die(EXIT_USAGE, "--webhook and --webhook-secret-file go together");
}

/* ---- secrets --------------------------------------------------------------------------------- */

/* The lines of a file, each without blanks around it; how many. */
static size_t read_lines(const char *path, char (*lines)[SECRET_MAX], size_t most)
{
    FILE *file = fopen(path, "re");
    char line[SECRET_MAX];
    size_t n = 0;
    if (!file)
        die(EXIT_CONFIG, "cannot read %s: %s", path, strerror(errno));
    while (n < most && fgets(line, sizeof line, file)) {
        line[strcspn(line, " \t\r\n")] = '\0';
        if (line[0])
            memcpy(lines[n++], line, sizeof line);
    }
    fclose(file);
    if (!n)
        die(EXIT_CONFIG, "%s is empty: write a secret into it", path);
    return n;
}

/* DIR/key is made when nobody names another file. */
static void make_key(struct program *p, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return;
    sandbox_new_id("sk_test_", p->key, sizeof p->key);
    bool good = fd >= 0 && dprintf(fd, "%s\n", p->key) > 0 && fsync(fd) == 0;
    if (!good)
        die(EXIT_CONFIG, "cannot write %s: %s", path, strerror(errno));
    close(fd);
}

static void read_secrets(struct program *p)
{
    const struct options *o = &p->options;
    char path[600];
    snprintf(path, sizeof path, "%.580s/key", o->dir);
    if (!o->key_file)
        make_key(p, path);
    read_lines(o->key_file ? o->key_file : path, &p->key, 1);
    if (strncmp(p->key, "sk_", 3) != 0)
        die(EXIT_CONFIG, "the key in %s does not begin with sk_", o->key_file ? o->key_file : path);
    p->sandbox.key = p->key;
    p->webhooks.url = o->webhook;
    p->webhooks.ca_file = o->webhook_ca;
    p->webhooks.retry_ms = o->webhook_retry_ms ? strtoll(o->webhook_retry_ms, NULL, 10) : 1000;
    if (p->webhooks.retry_ms < 1 || p->webhooks.retry_ms > 3600000)
        die(EXIT_USAGE, "--webhook-retry-ms is from 1 to 3600000");
    size_t n = o->webhook ? read_lines(o->webhook_secret_file, p->secrets, WEBHOOK_SECRETS) : 0;
    for (size_t i = 0; i < n; i++)
        p->webhooks.secrets[i] = p->secrets[i];
}

/* ---- where it listens ------------------------------------------------------------------------ */

static bool is_loopback(int fd)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;
    memset(&ss, 0, sizeof ss);
    getsockname(fd, (struct sockaddr *)&ss, &len);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&ss;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&ss;
    return ss.ss_family == AF_INET    ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
           : ss.ss_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)
                                      : true;
}

static void open_door(struct program *p)
{
    const struct options *o = &p->options;
    char actual[128], why[WHY];
    int listener = listener_open(o->listen ? o->listen : "127.0.0.1:0", actual, why);
    if (listener < 0)
        die(EXIT_CONFIG, "%s", why);
    if (!o->certificate && !is_loopback(listener))
        die(EXIT_CONFIG,
            "%s is not loopback: without --certificate and --tls-key only this machine may ask",
            actual);
    struct http_config http = {.listener = listener,
                               .certificate = o->certificate,
                               .key = o->key,
                               .limits = {.body_bytes = BODY_MAX},
                               .handle = serve,
                               .arg = &p->sandbox};
    p->http = http_server_new(p->sandbox.loop, &http, why);
    if (!p->http)
        die(EXIT_CONFIG, "%s", why);
    const char *scheme = o->certificate ? "https" : "http";
    snprintf(p->sandbox.base, sizeof p->sandbox.base, "%s://%s", scheme, actual);
    printf("ready %s\n", p->sandbox.base);
    fflush(stdout);
    if (o->public_url)
        snprintf(p->sandbox.base, sizeof p->sandbox.base, "%s", o->public_url);
}

/* ---- its life -------------------------------------------------------------------------------- */

static void drained(void *arg)
{
    loop_stop(((struct program *)arg)->sandbox.loop);
}

static void stop(void *arg, int signal_number)
{
    (void)signal_number;
    struct program *p = arg;
    serve_let_go(&p->sandbox);
    http_server_drain(p->http, LINGER_MS, drained, p);
}

static void forbid_cores(void)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        die(1, "cannot forbid core files: %s", strerror(errno));
}

static json_t *read_shapes(void)
{
    json_error_t error;
    json_t *shapes = json_loadb((const char *)sandbox_objects.data, sandbox_objects.size,
                                JSON_REJECT_DUPLICATES, &error);
    if (!shapes)
        die(1, "objects.json, line %d: %s", error.line, error.text);
    return shapes;
}

int main(int argc, char **argv)
{
    struct program p = {0};
    struct faults faults = {0};
    char why[WHY];
    log_init("partyline-sandbox", LOG_WARN_);
    read_options(argc, argv, &p.options);
    forbid_cores();
    metrics_init();
    p.sandbox.loop = loop_new();
    p.sandbox.faults = &faults;
    p.sandbox.shapes = read_shapes();
    p.sandbox.in_flight = json_object();
    p.sandbox.store = store_open(p.sandbox.loop, p.options.dir, why);
    if (!p.sandbox.store)
        die(EXIT_CONFIG, "%s", why);
    read_secrets(&p);
    p.sandbox.webhooks = webhook_start(&p.sandbox, &p.webhooks);
    p.sandbox.laters = laters_start(&p.sandbox);
    p.term = loop_signal_new(p.sandbox.loop, SIGTERM, stop, &p);
    p.interrupt = loop_signal_new(p.sandbox.loop, SIGINT, stop, &p);
    open_door(&p);
    loop_run(p.sandbox.loop);
    loop_watch_free(p.term);
    loop_watch_free(p.interrupt);
    laters_free(p.sandbox.laters);
    webhook_free(p.sandbox.webhooks);
    http_server_free(p.http);
    store_free(p.sandbox.store);
    json_decref(p.sandbox.shapes);
    json_decref(p.sandbox.in_flight);
    loop_free(p.sandbox.loop);
    return 0;
}
