#include "server/payments.h"

#include "server/auth/token.h"
#include "server/db/demo.h"
#include "server/net/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SANDBOX "partyline-sandbox"

/* ---- the sandbox's folder -------------------------------------------------------------------- */

static bool fail(char *why, const char *what, const char *path)
{
    snprintf(why, PAYMENTS_WHY, "cannot %s %.180s: %s", what, path, strerror(errno));
    return false;
}

/* A secret that is made once, for nobody but this user. */
static bool make_secret(const char *path, const char *prefix, char *why)
{
    char token[TOKEN_TEXT];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST || fail(why, "make", path);
    token_new(token);
    bool good = dprintf(fd, "%s%s\n", prefix, token) > 0 && fsync(fd) == 0;
    close(fd);
    return good || fail(why, "write", path);
}

/* Whether 127.0.0.1:`port` can be listened on; 0 takes a free one. The port, or 0. */
static int try_port(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0)
        return 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool ok = bind(fd, (struct sockaddr *)&at, len) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &len) == 0;
    close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

/* Whether it is free, or will be in a moment: after a kill the sandbox of before is on its way out.
 */
static bool is_free_soon(int port)
{
    static const struct timespec pause = {.tv_nsec = 100000000};
    for (int i = 0; i < 30; i++) {
        if (try_port(port))
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

/* The same one at each start, as long as it is free: links name it. */
static int choose_port(const char *dir)
{
    char path[PAYMENTS_PATH + 8];
    int port = 0;
    snprintf(path, sizeof path, "%s/port", dir);
    FILE *file = fopen(path, "re");
    char line[16] = "";
    if (file && fgets(line, sizeof line, file))
        port = atoi(line);
    if (file)
        fclose(file);
    if (port > 0 && port < 65536 && is_free_soon(port))
        return port;
    port = try_port(0);
    file = fopen(path, "we");
    if (file) {
        fprintf(file, "%d\n", port);
        fclose(file);
    }
    return port;
}

static bool find_program(char out[PAYMENTS_PATH])
{
    char self[PAYMENTS_PATH - sizeof SANDBOX - 1];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = '\0';
    snprintf(out, PAYMENTS_PATH, "%s/" SANDBOX, dirname(self));
    return access(out, X_OK) == 0;
}

/* `port`: where it listens already; 0: nowhere yet. */
static bool prepare_sandbox(struct payments *p, struct config *config, const char *dir,
                            const char *actual, int port, char *why)
{
    char set_why[CONFIG_WHY];
    snprintf(p->dir, sizeof p->dir, "%.600s/sandbox", dir);
    snprintf(p->key_file, sizeof p->key_file, "%.600s/sandbox/key", dir);
    snprintf(p->secret_file, sizeof p->secret_file, "%.600s/sandbox/webhook_secret", dir);
    snprintf(p->ca_file, sizeof p->ca_file, "%.600s/ca.pem", dir);
    if (mkdir(p->dir, 0700) != 0 && errno != EEXIST)
        return fail(why, "make", p->dir);
    if (!make_secret(p->key_file, "sk_test_", why) || !make_secret(p->secret_file, "whsec_", why))
        return false;
    p->port = port ? port : choose_port(p->dir);
    snprintf(p->listen, sizeof p->listen, "127.0.0.1:%d", p->port);
    snprintf(p->url, sizeof p->url, "http://%s", p->listen);
    const char *colon = strrchr(actual, ':');
    snprintf(p->webhook, sizeof p->webhook, "https://localhost%s/hooks/stripe", colon ? colon : "");
    p->gateway.url = p->url;
    p->gateway.key_file = p->key_file;
    p->bundled = true;
    return config_set(config, "webhook_secret_file", p->secret_file, set_why);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void set_public_url(struct payments *p, const struct config *config, const char *actual)
{
    if (config->public_url)
        snprintf(p->public_url, sizeof p->public_url, "%s", config->public_url);
    else
        snprintf(p->public_url, sizeof p->public_url, "https://%s", actual);
    size_t len = strlen(p->public_url);
    if (len && p->public_url[len - 1] == '/')
        p->public_url[len - 1] = '\0';
}

bool payments_prepare(struct payments *p, struct config *config, const char *dir,
                      const char *conninfo, const char *actual, char *why)
{
    int port = p->port; /* of before a reload */
    *p = (struct payments){.gateway = {.url = config->gateway_url,
                                       .key_file = config->gateway_key_file,
                                       .ca_file = config->gateway_ca_file,
                                       .conninfo = config->gateway_database,
                                       .link_minutes = config->link_minutes,
                                       .timeout_ms = config->gateway_timeout_ms,
                                       .at_once = config->gateway_at_once,
                                       .moto = config->gateway_moto != 0}};
    set_public_url(p, config, actual);
    p->gateway.public_url = p->public_url;
    /* In its own cluster it signs in as itself; elsewhere it takes its role, unless it is told how
     * to sign in. */
    snprintf(p->conninfo, sizeof p->conninfo, "%s%s", conninfo,
             dir ? " user=partyline_gateway" : "");
    if (!p->gateway.conninfo)
        p->gateway.conninfo = p->conninfo;
    if (config_has_no_gateway(config))
        p->gateway.url = NULL;
    /* Test cards must never pay a real order. */
    if (!dir || config->gateway_url || !demo_is_loaded(conninfo) || !find_program(p->program))
        return true;
    return prepare_sandbox(p, config, dir, actual, port, why);
}

bool payments_has_gateway(const struct payments *p)
{
    return p->gateway.url != NULL;
}

int payments_run_gateway(const struct payments *p)
{
    if (!p->gateway.url) {
        log_event(LOG_ERROR_, "gateway_not_started", "why", "gateway_url is not set any more",
                  NULL);
        return 1;
    }
    return gateway_run(&p->gateway);
}

int payments_run_sandbox(const struct payments *p)
{
    char *const arguments[] = {(char *)SANDBOX,        (char *)"--dir",
                               (char *)p->dir,         (char *)"--listen",
                               (char *)p->listen,      (char *)"--key-file",
                               (char *)p->key_file,    (char *)"--webhook",
                               (char *)p->webhook,     (char *)"--webhook-secret-file",
                               (char *)p->secret_file, (char *)"--webhook-ca",
                               (char *)p->ca_file,     NULL};
    /* What it prints is for those who start it by themselves; a terminal's Ctrl-C is for us. */
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0)
        dup2(nothing, STDOUT_FILENO);
    setpgid(0, 0);
    execv(p->program, arguments);
    log_event(LOG_ERROR_, "sandbox_not_started", "program", p->program, "why", strerror(errno),
              NULL);
    return 1;
}

void payments_demo_cards(const struct payments *p, const char *conninfo)
{
    if (p->bundled)
        demo_cards(conninfo);
}
