/* The load driver: N kept connections on one thread, as many honest clients. It knows nothing of
 * the server but its HTTP interface, and writes down what was acknowledged to it.
 *
 *     load --port N --ca FILE [options] MODE
 *
 * MODE is `orders`, `quotes`, `items`, `sign-in`, or `volley`. The first four take the lines of
 * --input (JSON bodies, or paths for `items`) in random order until --count or --seconds is
 * reached or SIGTERM comes, finish what is in flight, and print one JSON object of figures.
 *
 * orders: each gets a fresh ULID as Idempotency-Key. A lost connection, 503 and 429 are tried again
 * with the same key after a pause that grows; anything else that is no acknowledgement is final.
 * Each acknowledgement is a line of --acks: KEY NUMBER SHA-256-OF-BODY STATUS LOST UNSURE, the last
 * two how often the request had been sent without an answer, or had got a 503, before.
 *
 * volley: reads from standard input "K" and then K lines KEY<TAB>BODY; sends them as POST
 * /api/v1/orders on K connections, each but for its last byte, then all last bytes as close
 * together as it can; prints K lines STATUS<TAB>BODY in the same order. Until the end of input. */
#include "tests/bench/load/figures.h"
#include "tests/bench/load/link.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENTS_MOST = 4096,
    REQUEST_US = 60 * 1000000, /* no answer within this is a lost request */
    PAUSE_LEAST_US = 5000,
    PAUSE_MOST_US = 500000,
    KEY_LEN = 26,
};

struct mode {
    const char *name, *method, *path; /* NULL: the line is the path */
    int good, good_too;
    bool keyed;
};
static const struct mode modes[] = {
    {"orders", "POST", "/api/v1/orders", 201, 200, true},
    {"quotes", "POST", "/api/v1/quotes", 200, 200, false},
    {"items", "GET", NULL, 200, 200, false},
    {"sign-in", "POST", "/api/v1/sessions", 201, 201, false},
    {"volley", "POST", "/api/v1/orders", 201, 200, true},
};

struct line {
    char *text;
    size_t len;
    char hash[65];
};

struct client {
    struct link link;
    bool busy; /* has a request that is not done */
    const struct line *line;
    char key[KEY_LEN + 1];
    char *request;
    size_t request_len;
    unsigned lost, unsure; /* of this request */
    int64_t wanted, due, pause;
};

struct load {
    const struct mode *mode;
    struct link_net net;
    int port, acks;
    const char *ca, *token, *input, *acks_path;
    unsigned connections;
    uint64_t count, seed, random;
    double seconds;
    struct line *lines;
    size_t nlines;
    struct client *clients;
    uint64_t begun, done;
    bool draining;
    int64_t start, stop;
    /* what happened */
    struct figures latency;
    uint64_t created, replayed, met, lost, unsure, busy, refused, turned_away, unconnected,
        timeouts;
};

static volatile sig_atomic_t asked_to_end;

static void end(int signal)
{
    (void)signal;
    asked_to_end = 1;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* splitmix64 */
static uint64_t draw(struct load *load)
{
    uint64_t z = load->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void ulid(struct load *load, char *out)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000, low = draw(load),
             high = draw(load);
    for (int i = 9; i >= 0; i--, ms >>= 5)
        out[i] = digits[ms & 31];
    for (int i = 17; i >= 10; i--, low >>= 5)
        out[i] = digits[low & 31];
    for (int i = 25; i >= 18; i--, high >>= 5)
        out[i] = digits[high & 31];
    out[KEY_LEN] = '\0';
}

/* ---- one request ------------------------------------------------------------------------------
 */

static void write_request(struct load *load, struct client *c)
{
    const struct mode *mode = load->mode;
    const char *path = mode->path ? mode->path : c->line->text;
    size_t body_len = mode->path ? c->line->len : 0, size = c->line->len + 1024;
    c->request = realloc(c->request, size);
    if (!c->request)
        abort();
    int n = snprintf(c->request, size, "%s %s HTTP/1.1\r\nHost: localhost:%d\r\n", mode->method,
                     path, load->port);
    if (load->token)
        n +=
            snprintf(c->request + n, size - (size_t)n, "Authorization: Bearer %s\r\n", load->token);
    if (mode->keyed)
        n += snprintf(c->request + n, size - (size_t)n, "Idempotency-Key: %s\r\n", c->key);
    if (mode->path)
        n += snprintf(c->request + n, size - (size_t)n,
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_len);
    n += snprintf(c->request + n, size - (size_t)n, "\r\n");
    memcpy(c->request + n, c->line->text, body_len);
    c->request_len = (size_t)n + body_len;
}

static bool enough(const struct load *load)
{
    return asked_to_end || (load->count && load->begun >= load->count) ||
           (load->stop && now_us() >= load->stop);
}

static void react(struct load *load, struct client *c, enum link_news news);

static void send_now(struct load *load, struct client *c)
{
    c->due = now_us() + REQUEST_US;
    react(load, c, link_send(&c->link, c->request, c->request_len));
}

static void next_request(struct load *load, struct client *c)
{
    if (enough(load)) {
        c->due = INT64_MAX;
        return;
    }
    load->begun++;
    c->busy = true;
    c->lost = c->unsure = 0;
    c->wanted = now_us();
    c->pause = PAUSE_LEAST_US;
    c->line = &load->lines[draw(load) % load->nlines];
    if (load->mode->keyed)
        ulid(load, c->key);
    write_request(load, c);
    if (c->link.state == LINK_IDLE)
        send_now(load, c);
    else
        c->due = 0; /* connects first; the time it takes counts */
}

/* Again after a pause, which grows and is never quite the same for two. */
static void later(struct load *load, struct client *c)
{
    c->due = now_us() + c->pause / 2 + (int64_t)(draw(load) % (uint64_t)c->pause);
    c->pause = c->pause * 2 > PAUSE_MOST_US ? PAUSE_MOST_US : c->pause * 2;
}

static void acknowledge(struct load *load, struct client *c)
{
    char line[256], number[32] = "";
    const char *at = strstr(c->link.body, "\"number\"");
    at = at ? strchr(at + 8, '"') : NULL;
    if (at)
        snprintf(number, sizeof number, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    int n = snprintf(line, sizeof line, "%s %s %s %d %u %u\n", c->key, number, c->line->hash,
                     c->link.status, c->lost, c->unsure);
    if (load->acks >= 0 && write(load->acks, line, (size_t)n) != n) {
        perror("load: the acknowledgements cannot be written");
        exit(1);
    }
    load->created += c->link.status == 201;
    load->replayed += c->link.status == 200;
    load->met += c->link.status == 200 && c->lost + c->unsure > 0;
}

static void refuse(struct load *load, struct client *c)
{
    if (load->refused++ < 3)
        fprintf(stderr, "load: %s answered %d: %.600s\n", c->key, c->link.status, c->link.body);
}

static void answered(struct load *load, struct client *c)
{
    const struct mode *mode = load->mode;
    int status = c->link.status;
    bool closes = c->link.closes;
    if (status == 503 || status == 429) {
        load->unsure += status == 503;
        load->busy += status == 429;
        c->unsure += status == 503;
        later(load, c);
    } else {
        figures_add(&load->latency, now_us() - c->wanted);
        if (status != mode->good && status != mode->good_too)
            refuse(load, c);
        else if (mode->keyed)
            acknowledge(load, c);
        load->done++;
        c->busy = false;
        c->due = 0;
    }
    if (closes)
        link_close(&c->link);
    if (!c->busy)
        next_request(load, c);
}

static void link_is_lost(struct load *load, struct client *c)
{
    switch (c->link.lost_in) {
    case LINK_WAITING:
    case LINK_SENDING: /* part of it may have been enough */
        load->lost++;
        c->lost++;
        break;
    case LINK_SHAKING:
        load->turned_away++;
        break;
    case LINK_CONNECTING:
        load->unconnected++;
        break;
    case LINK_IDLE:
    case LINK_DOWN:
        break;
    }
    if (c->pause < PAUSE_LEAST_US)
        c->pause = PAUSE_LEAST_US;
    later(load, c);
}

static void react(struct load *load, struct client *c, enum link_news news)
{
    switch (news) {
    case LINK_NOTHING:
        break;
    case LINK_UP:
        if (c->busy)
            send_now(load, c);
        else if (load->start)
            next_request(load, c);
        else
            c->due = INT64_MAX;
        break;
    case LINK_ANSWERED:
        answered(load, c);
        break;
    case LINK_LOST:
        link_is_lost(load, c);
        break;
    }
}

/* A pause is over, or an answer is overdue. */
static void due(struct load *load, struct client *c)
{
    if (c->link.state == LINK_DOWN) {
        c->due = now_us() + REQUEST_US;
        link_open(&c->link, &load->net);
    } else if (c->link.state == LINK_IDLE && c->busy) {
        send_now(load, c);
    } else if (c->link.state == LINK_IDLE) {
        next_request(load, c);
    } else {
        load->timeouts++;
        c->link.lost_in = c->link.state;
        link_close(&c->link);
        link_is_lost(load, c);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------
 */

static int64_t look_at_clocks(struct load *load)
{
    int64_t now = now_us(), next = now + 100000;
    for (unsigned i = 0; i < load->connections; i++) {
        struct client *c = &load->clients[i];
        if (c->due <= now && !(enough(load) && !c->busy && load->start))
            due(load, c);
        if (c->due < next)
            next = c->due;
    }
    return next > now ? next - now : 0;
}

static void turn(struct load *load)
{
    struct epoll_event events[256];
    int64_t wait = look_at_clocks(load);
    int n = epoll_wait(load->net.epoll, events, 256, (int)((wait + 999) / 1000));
    for (int i = 0; i < n; i++) {
        /* The link is the client's first member. */
        struct client *c = events[i].data.ptr;
        if (c->link.state != LINK_DOWN)
            react(load, c, link_step(&c->link));
    }
}

static unsigned in_state(const struct load *load, enum link_state state)
{
    unsigned n = 0;
    for (unsigned i = 0; i < load->connections; i++)
        n += load->clients[i].link.state == state;
    return n;
}

static unsigned at_work(const struct load *load)
{
    unsigned n = 0;
    for (unsigned i = 0; i < load->connections; i++)
        n += load->clients[i].busy;
    return n;
}

/* All are connected before the clock runs. */
static void connect_all(struct load *load)
{
    while (in_state(load, LINK_IDLE) < load->connections)
        turn(load);
}

static void run(struct load *load)
{
    connect_all(load);
    load->start = now_us();
    if (load->seconds > 0)
        load->stop = load->start + (int64_t)(load->seconds * 1e6);
    for (unsigned i = 0; i < load->connections; i++)
        next_request(load, &load->clients[i]);
    while (!enough(load) || at_work(load))
        turn(load);
}

static void print_figures(const struct load *load)
{
    double seconds = (double)(now_us() - load->start) / 1e6;
    const struct figures *f = &load->latency;
    printf("{\"mode\":\"%s\",\"connections\":%u,\"seed\":%" PRIu64
           ",\"seconds\":%.3f,\"done\":%" PRIu64 ",\"rate\":%.1f,\"p50_us\":%" PRId64
           ",\"p99_us\":%" PRId64 ",\"max_us\":%" PRId64,
           load->mode->name, load->connections, load->seed, seconds, load->done,
           (double)load->done / seconds, figures_share(f, 500), figures_share(f, 990), f->most);
    printf(",\"created\":%" PRIu64 ",\"replayed\":%" PRIu64 ",\"met\":%" PRIu64 ",\"lost\":%" PRIu64
           ",\"unsure\":%" PRIu64 ",\"busy\":%" PRIu64 ",\"refused\":%" PRIu64,
           load->created, load->replayed, load->met, load->lost, load->unsure, load->busy,
           load->refused);
    printf(",\"turned_away\":%" PRIu64 ",\"unconnected\":%" PRIu64 ",\"timeouts\":%" PRIu64 "}\n",
           load->turned_away, load->unconnected, load->timeouts);
}

/* ---- volleys ----------------------------------------------------------------------------------
 */

static char *read_line(void)
{
    static char *text;
    static size_t size;
    ssize_t n = getline(&text, &size, stdin);
    if (n <= 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void aim(struct load *load, struct client *c)
{
    char *text = read_line(), *tab = text ? strchr(text, '\t') : NULL;
    if (!tab || tab - text != KEY_LEN) {
        fprintf(stderr, "load: a volley's line is KEY<TAB>BODY\n");
        exit(64);
    }
    memcpy(c->key, text, KEY_LEN);
    static struct line line;
    free(line.text);
    line.text = strdup(tab + 1);
    line.len = strlen(line.text);
    c->line = &line;
    write_request(load, c);
    c->line = NULL;
}

/* All but the last byte, as a record of its own; the loop ends when the socket has taken it. */
static void send_most(struct client *c)
{
    int len = (int)c->request_len - 1;
    c->link.out_len = 0;
    if (SSL_write(c->link.ssl, c->request, len) != len) {
        fprintf(stderr, "load: a volley does not fit into the socket\n");
        exit(1);
    }
}

static void fire(struct load *load, unsigned n)
{
    unsigned left = n;
    int64_t end = now_us() + REQUEST_US;
    for (unsigned i = 0; i < n; i++)
        send_most(&load->clients[i]);
    for (unsigned i = 0; i < n; i++) {
        struct client *c = &load->clients[i];
        c->busy = true;
        if (link_send(&c->link, c->request + c->request_len - 1, 1) == LINK_LOST) {
            c->link.status = 0;
            c->busy = false;
            left--;
        }
    }
    while (left && now_us() < end) {
        struct epoll_event events[256];
        int got = epoll_wait(load->net.epoll, events, 256, 100);
        for (int i = 0; i < got; i++) {
            struct client *c = events[i].data.ptr;
            enum link_news news = c->link.state == LINK_DOWN ? LINK_NOTHING : link_step(&c->link);
            if (!c->busy || (news != LINK_ANSWERED && news != LINK_LOST))
                continue;
            if (news == LINK_LOST)
                c->link.status = 0;
            c->busy = false;
            left--;
        }
    }
}

static void volleys(struct load *load)
{
    for (char *text; (text = read_line());) {
        unsigned n = (unsigned)strtoul(text, NULL, 10);
        if (n < 1 || n > load->connections) {
            fprintf(stderr, "load: a volley has 1 to %u shots\n", load->connections);
            exit(64);
        }
        connect_all(load);
        for (unsigned i = 0; i < n; i++)
            aim(load, &load->clients[i]);
        fire(load, n);
        for (unsigned i = 0; i < n; i++) {
            struct client *c = &load->clients[i];
            printf("%d\t%s\n", c->busy ? 0 : c->link.status,
                   c->busy || !c->link.status ? "" : c->link.body);
            c->busy = false;
            if (c->link.state != LINK_DOWN && c->link.closes)
                link_close(&c->link);
            c->due = c->link.state == LINK_DOWN ? 0 : INT64_MAX;
        }
        fflush(stdout);
    }
}

/* ---- the beginning ----------------------------------------------------------------------------
 */

static void hash_line(struct line *line)
{
    unsigned char digest[32];
    EVP_Digest(line->text, line->len, digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(line->hash + 2 * i, 3, "%02x", digest[i]);
}

static void read_input(struct load *load)
{
    FILE *file = fopen(load->input ? load->input : "", "re");
    char *text = NULL;
    size_t size = 0;
    ssize_t n;
    while (file && (n = getline(&text, &size, file)) > 0) {
        load->lines = realloc(load->lines, (load->nlines + 1) * sizeof *load->lines);
        if (!load->lines)
            abort();
        struct line *line = &load->lines[load->nlines++];
        line->len = strcspn(text, "\n");
        line->text = strndup(text, line->len);
        hash_line(line);
    }
    if (!load->nlines) {
        fprintf(stderr, "load: nothing to send in --input\n");
        exit(64);
    }
    fclose(file);
    free(text);
}

static void usage(void)
{
    fputs(
        "usage: load --port N --ca FILE [--token T] [--connections N] [--count N] [--seconds S]\n"
        "            [--input FILE] [--acks FILE] [--seed N] orders|quotes|items|sign-in|volley\n",
        stderr);
    exit(64);
}

static void read_options(struct load *load, int argc, char **argv)
{
    static const struct option longs[] = {{"port", 1, NULL, 'p'},  {"ca", 1, NULL, 'c'},
                                          {"token", 1, NULL, 't'}, {"connections", 1, NULL, 'n'},
                                          {"count", 1, NULL, 'k'}, {"seconds", 1, NULL, 's'},
                                          {"input", 1, NULL, 'i'}, {"acks", 1, NULL, 'a'},
                                          {"seed", 1, NULL, 'r'},  {NULL, 0, NULL, 0}};
    for (int o; (o = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        switch (o) {
        case 'p':
            load->port = atoi(optarg);
            break;
        case 'c':
            load->ca = optarg;
            break;
        case 't':
            load->token = optarg;
            break;
        case 'n':
            load->connections = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'k':
            load->count = strtoull(optarg, NULL, 10);
            break;
        case 's':
            load->seconds = strtod(optarg, NULL);
            break;
        case 'i':
            load->input = optarg;
            break;
        case 'a':
            load->acks_path = optarg;
            break;
        case 'r':
            load->seed = strtoull(optarg, NULL, 10);
            break;
        default:
            usage();
        }
    }
    for (size_t i = 0; optind < argc && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, argv[optind]) == 0)
            load->mode = &modes[i];
    if (!load->mode || !load->port || !load->ca || load->connections < 1 ||
        load->connections > CLIENTS_MOST)
        usage();
}

int main(int argc, char **argv)
{
    static struct load load = {.connections = 1, .acks = -1, .seed = 1};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, end);
    read_options(&load, argc, argv);
    bool volley = strcmp(load.mode->name, "volley") == 0;
    if (!volley)
        read_input(&load);
    if (!volley && !load.count && load.seconds <= 0)
        usage();
    if (load.acks_path &&
        (load.acks = open(load.acks_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
        perror(load.acks_path);
        return 1;
    }
    load.random = load.seed;
    load.clients = calloc(load.connections, sizeof *load.clients);
    if (!load.clients)
        abort();
    link_net_init(&load.net, load.port, load.ca);
    if (volley) {
        volleys(&load);
        return 0;
    }
    run(&load);
    print_figures(&load);
    return load.refused || load.timeouts ? 1 : 0;
}
