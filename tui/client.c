#include "tui/client_private.h"

#include "core/text.h"
#include "tui/tongue.h"

#include <stdlib.h>
#include <string.h>

enum {
    AT_ONCE = 3,       /* requests under way together */
    ANSWER_MS = 20000, /* to answer */
    BULK_MS = 300000,  /* to answer with megabytes over a bad line */
    BACK_OFF_MS = 250, /* after the first failure; doubles */
    BACK_OFF_MOST_MS = 5000,
    FAULTS_MOST = 5,       /* answers of 500 that are retried */
    RETRY_AFTER_MOST = 30, /* seconds */
    BODY_MOST = 32 << 20,
    RTT_STEP_MS = 10,
};

enum job_state { JOB_WAITING, JOB_UNDER_WAY, JOB_PARKED };

/* One request until its answer has been given back. */
struct job {
    struct job *next;
    struct arena *arena;
    struct request request;
    enum job_state state;
    int64_t not_before;
    int attempts, faults;
    uint64_t token_age; /* of the token it was last sent with */
    CURL *easy;
    struct curl_slist *headers;
    struct text body;
    char error[CURL_ERROR_SIZE];
    const char *etag, *day;
};

static char *copy(const char *text)
{
    char *made = text ? strdup(text) : NULL;
    if (text && !made)
        abort();
    return made;
}

/* ---- one client ------------------------------------------------------------------------------ */

static bool host_is_here(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
           strcmp(host, "localhost") == 0;
}

/* NULL when the URL will do. */
static const char *url_complaint(const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL;
    const char *why = NULL;
    if (!parts || curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        why = N_("the server's address is no URL like https://host:8443");
    else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
        why = N_("the server's address may not hold a user or password");
    else if (strcmp(scheme, "https") != 0 && !(strcmp(scheme, "http") == 0 && host_is_here(host)))
        why = N_("the server's address must begin with https://");
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(parts);
    return why;
}

struct client *client_new(const char *url, const char *ca, const char **why)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    *why = url_complaint(url);
    if (*why)
        return NULL;
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        abort();
    size_t len = strlen(url);
    while (len && url[len - 1] == '/')
        len--;
    client->base = calloc(1, len + sizeof "/api/v1");
    if (!client->base)
        abort();
    memcpy(client->base, url, len);
    memcpy(client->base + len, "/api/v1", sizeof "/api/v1");
    client->ca = copy(ca);
    client->rtt = -1;
    client->multi = curl_multi_init();
    if (!client->multi)
        abort();
    return client;
}

static void job_free(struct job *job)
{
    curl_slist_free_all(job->headers);
    if (job->easy)
        curl_easy_cleanup(job->easy);
    if (job->request.anonymous && job->request.body) /* a password */
        explicit_bzero((char *)(uintptr_t)job->request.body, job->request.len);
    arena_free(job->arena);
    free(job);
}

void client_free(struct client *client)
{
    if (!client)
        return;
    client_unlisten(client);
    while (client->jobs) {
        struct job *job = client->jobs;
        client->jobs = job->next;
        if (job->easy)
            curl_multi_remove_handle(client->multi, job->easy);
        job_free(job);
    }
    curl_multi_cleanup(client->multi);
    if (client->authorization)
        explicit_bzero(client->authorization, strlen(client->authorization));
    free(client->authorization);
    free(client->base);
    free(client->ca);
    free(client);
}

void client_set_token(struct client *client, const char *token)
{
    free(client->authorization);
    client->authorization = NULL;
    client->expired = false;
    client->token_age++;
    if (token) {
        size_t size = strlen(token) + sizeof "Authorization: Bearer ";
        client->authorization = malloc(size);
        if (!client->authorization)
            abort();
        strcpy(client->authorization, "Authorization: Bearer ");
        strcat(client->authorization, token);
    }
    for (struct job *job = client->jobs; job; job = job->next)
        if (job->state == JOB_PARKED)
            job->state = JOB_WAITING;
}

bool client_is_expired(const struct client *client)
{
    return client->expired;
}

bool client_is_idle(const struct client *client)
{
    return client->jobs == NULL;
}

bool client_is_busy(const struct client *client)
{
    const struct job *job = client->jobs;
    while (job && job->state == JOB_PARKED)
        job = job->next;
    return job != NULL;
}

enum link_state client_link(const struct client *client)
{
    return client->link;
}

int client_rtt(const struct client *client)
{
    return client->rtt;
}

/* ---- requests -------------------------------------------------------------------------------- */

void client_send(struct client *client, const struct request *request)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    job->arena = arena_new();
    job->request = *request;
    job->request.method = arena_strdup(job->arena, request->method);
    job->request.path = arena_strdup(job->arena, request->path);
    if (request->body)
        job->request.body = arena_strndup(job->arena, request->body, request->len);
    if (request->header)
        job->request.header = arena_strdup(job->arena, request->header);
    if (request->version)
        job->request.version = arena_strdup(job->arena, request->version);
    struct job **end = &client->jobs;
    while (*end)
        end = &(*end)->next;
    *end = job;
}

static void job_unlink(struct client *client, struct job *job)
{
    struct job **at = &client->jobs;
    while (*at && *at != job)
        at = &(*at)->next;
    if (*at)
        *at = job->next;
}

static void job_drop(struct client *client, struct job *job)
{
    job_unlink(client, job);
    job_free(job);
}

void client_forget(struct client *client, const void *owner)
{
    for (struct job *job = client->jobs, *next; job; job = next) {
        next = job->next;
        if (job->request.owner != owner)
            continue;
        job->request.done = NULL;
        if (job->state != JOB_UNDER_WAY)
            job_drop(client, job);
    }
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct job *job = user;
    if (job->body.len + size * count > BODY_MOST)
        return 0;
    text_addn(&job->body, data, size * count);
    return size * count;
}

static void header_add(struct job *job, const char *header)
{
    struct curl_slist *longer = header ? curl_slist_append(job->headers, header) : job->headers;
    if (!longer && header)
        abort();
    job->headers = longer;
}

void client_set_up(const struct client *client, CURL *easy, const char *url)
{
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* none, whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    if (client->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca);
}

static void job_set_up(struct client *client, struct job *job, CURL *easy)
{
    const struct request *request = &job->request;
    client_set_up(client, easy, arena_printf(job->arena, "%s%s", client->base, request->path));
    if (!request->bulk)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(request->bulk ? BULK_MS : ANSWER_MS));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body || strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(request->body ? request->len : 0));
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, job->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, job);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
}

/* "" sends no such header. */
static const char *body_type(const struct request *request)
{
    return request->type ? request->type : request->body ? "application/json" : "";
}

static void job_start(struct client *client, struct job *job)
{
    text_init(&job->body, job->arena);
    job->error[0] = '\0';
    header_add(job, arena_printf(job->arena, "Content-Type: %s", body_type(&job->request)));
    header_add(job, "Expect:");
    header_add(job, job->request.header);
    if (job->request.version)
        header_add(job, arena_printf(job->arena, "If-Match: \"%s\"", job->request.version));
    header_add(job, arena_printf(job->arena, "Accept-Language: %s",
                                 language_info(tongue_language())->tag));
    header_add(job, job->request.bulk ? "Accept-Encoding: gzip" : NULL);
    if (!job->request.anonymous)
        header_add(job, client->authorization);
    job->token_age = client->token_age;
    job->easy = curl_easy_init();
    if (!job->easy)
        abort();
    job_set_up(client, job, job->easy);
    job->state = JOB_UNDER_WAY;
    job->attempts++;
    client->under_way += !job->request.bulk;
    curl_multi_add_handle(client->multi, job->easy);
}

/* Whoever asks for a list after a change sees the change. */
static bool is_held_up(const struct client *client, const struct job *job)
{
    if (strcmp(job->request.method, "GET") != 0 || job->request.waits_for_none)
        return false;
    for (const struct job *earlier = client->jobs; earlier != job; earlier = earlier->next)
        if (earlier->request.before_reads)
            return true;
    return false;
}

static bool may_start(const struct client *client, const struct job *job)
{
    return job->state == JOB_WAITING && !is_held_up(client, job);
}

static void jobs_start(struct client *client, int64_t now)
{
    for (struct job *job = client->jobs; job && client->under_way < AT_ONCE; job = job->next)
        if (may_start(client, job) && job->not_before <= now)
            job_start(client, job);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void job_retry(struct job *job, int64_t now, int64_t wait)
{
    job->state = JOB_WAITING;
    job->not_before = now + wait;
}

static int64_t back_off(const struct job *job)
{
    int64_t wait = BACK_OFF_MS;
    for (int i = 1; i < job->attempts && wait < BACK_OFF_MOST_MS; i++)
        wait *= 2;
    return wait < BACK_OFF_MOST_MS ? wait : BACK_OFF_MOST_MS;
}

static bool may_retry(const struct job *job)
{
    return job->request.done && (job->request.tries == 0 || job->attempts < job->request.tries);
}

static void job_answer(struct client *client, struct job *job, struct answer *answer)
{
    answer->body = job->body.data;
    answer->len = job->body.len;
    answer->context = job->request.context;
    answer->etag = job->etag;
    answer->day = job->day;
    answer->repeated = job->attempts > 1;
    job_unlink(client, job); /* the callback may send and forget as it likes */
    if (job->request.done)
        job->request.done(job->request.owner, answer);
    job_free(job);
}

/* Why there was no answer, in words that say what may be done; else as libcurl has it. */
static const char *failure(const struct job *job, CURLcode code)
{
    static const struct {
        CURLcode code;
        const char *text;
    } table[] = {
        {CURLE_COULDNT_RESOLVE_HOST, N_("the server's name is not known")},
        {CURLE_COULDNT_CONNECT, N_("the server cannot be reached")},
        {CURLE_OPERATION_TIMEDOUT, N_("the server did not answer in time")},
        {CURLE_GOT_NOTHING, N_("the connection broke off")},
        {CURLE_SEND_ERROR, N_("the connection broke off")},
        {CURLE_RECV_ERROR, N_("the connection broke off")},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].code == code)
            return _(table[i].text);
    return job->error[0] ? job->error : curl_easy_strerror(code);
}

static void job_failed(struct client *client, struct job *job, CURLcode code, int64_t now)
{
    client->link = LINK_LOST;
    if (may_retry(job)) {
        job_retry(job, now, back_off(job));
        return;
    }
    job->etag = job->day = "";
    struct answer answer = {.error = failure(job, code)};
    job_answer(client, job, &answer);
}

static void job_answered(struct client *client, struct job *job, int http, int retry_after,
                         int64_t now)
{
    client->link = LINK_OK;
    if (http == 401 && !job->request.anonymous && job->request.done) {
        bool is_old = job->token_age != client->token_age;
        job->state = is_old ? JOB_WAITING : JOB_PARKED;
        client->expired |= !is_old;
        return;
    }
    if (retry_after > RETRY_AFTER_MOST)
        retry_after = RETRY_AFTER_MOST;
    bool busy = http == 503, fault = http >= 500 && http != 503;
    job->faults += fault;
    if ((busy || (fault && job->faults < FAULTS_MOST)) && may_retry(job)) {
        int64_t wait = back_off(job);
        job_retry(job, now, retry_after * 1000 > wait ? retry_after * 1000 : wait);
        return;
    }
    struct answer answer = {.arrived = true, .error = "", .http = http, .retry_after = retry_after};
    job_answer(client, job, &answer);
}

static const char *header_of(struct job *job, const char *name)
{
    struct curl_header *header;
    bool found = curl_easy_header(job->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    return found ? arena_strdup(job->arena, header->value) : "";
}

/* What hardly differs is not worth drawing. */
static void rtt_take(struct client *client, int rtt)
{
    int step = client->rtt / 4 > RTT_STEP_MS ? client->rtt / 4 : RTT_STEP_MS;
    if (client->rtt < 0 || rtt > client->rtt + step || rtt < client->rtt - step)
        client->rtt = rtt;
}

static void job_ended(struct client *client, struct job *job, CURLcode code, int64_t now)
{
    long http = 0;
    curl_off_t sent = 0, first = 0, retry_after = 0;
    curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(job->easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
    curl_easy_getinfo(job->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
    curl_easy_getinfo(job->easy, CURLINFO_RETRY_AFTER, &retry_after);
    job->etag = header_of(job, "ETag");
    job->day = header_of(job, "Business-Day");
    curl_multi_remove_handle(client->multi, job->easy);
    curl_easy_cleanup(job->easy);
    curl_slist_free_all(job->headers);
    job->easy = NULL;
    job->headers = NULL;
    client->under_way -= !job->request.bulk;
    if (code != CURLE_OK || http == 0) {
        job_failed(client, job, code, now);
        return;
    }
    rtt_take(client, (int)((first - sent + 500) / 1000));
    job_answered(client, job, (int)http, (int)retry_after, now);
}

/* True when there was any, so that something may have to be drawn. */
static bool answers_take(struct client *client, int64_t now)
{
    int left;
    bool any = false;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *private = NULL;
        CURLcode code = message->data.result;
        if (client_stream_ended(client, message->easy_handle, code))
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        job_ended(client, (struct job *)private, code, now);
        any = true;
    }
    return any;
}

/* Milliseconds until the next retry is due; `timeout` when none is sooner. */
static int until_retry(const struct client *client, int64_t now, int timeout)
{
    if (client->under_way >= AT_ONCE)
        return timeout;
    for (const struct job *job = client->jobs; job; job = job->next)
        if (may_start(client, job) && job->not_before - now < timeout)
            timeout = job->not_before > now ? (int)(job->not_before - now) : 0;
    return timeout;
}

void client_wake(struct client *client)
{
    curl_multi_wakeup(client->multi);
}

void client_wait(struct client *client, int64_t now, int timeout, const int *fds, size_t nfds)
{
    enum { FDS_MOST = 8 };
    struct curl_waitfd extra[FDS_MOST] = {0};
    for (size_t i = 0; i < nfds && i < FDS_MOST; i++)
        extra[i] = (struct curl_waitfd){.fd = fds[i], .events = CURL_WAIT_POLLIN};
    int running;
    jobs_start(client, now);
    curl_multi_perform(client->multi, &running);
    if (answers_take(client, now))
        return; /* to be shown before there is any waiting */
    curl_multi_poll(client->multi, extra, (unsigned)nfds, until_retry(client, now, timeout), NULL);
    curl_multi_perform(client->multi, &running);
    answers_take(client, now);
}
