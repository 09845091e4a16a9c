#include "server/sandbox/poster.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { TIMEOUT_MS = 10000, AT_ONCE = 32 };

struct post {
    LIST_ENTRY(post) list;
    struct poster *poster;
    CURL *easy;
    struct curl_slist *headers;
    void (*done)(void *arg, int status);
    void *arg;
};

struct poster {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer *timer;
    char *ca_file;
    LIST_HEAD(, post) posts;
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

static void post_free(struct post *post)
{
    LIST_REMOVE(post, list);
    curl_multi_remove_handle(post->poster->multi, post->easy);
    curl_easy_cleanup(post->easy);
    curl_slist_free_all(post->headers);
    free(post);
}

static void collect(struct poster *poster)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(poster->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct post *post;
        long status = 0;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&post);
        if (message->data.result == CURLE_OK)
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        void (*done)(void *, int) = post->done;
        void *arg = post->arg;
        post_free(post);
        done(arg, (int)status);
    }
}

static void act(struct poster *poster, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(poster->multi, fd, what, &running);
    collect(poster);
}

static void due(void *arg)
{
    struct poster *poster = arg;
    struct loop_timer *timer = poster->timer;
    poster->timer = NULL;
    loop_timer_free(timer);
    act(poster, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct poster *poster = arg;
    loop_timer_free(poster->timer);
    poster->timer = ms < 0 ? NULL : loop_timer_new(poster->loop, ms, false, due, poster);
    return 0;
}

/* One socket of curl's, as long as it wants to know of it. */
struct watched {
    struct poster *poster;
    struct loop_watch *watch;
    curl_socket_t fd;
};

static void socket_ready(void *arg, int what)
{
    struct watched *watched = arg;
    int flags =
        (what & LOOP_READ ? CURL_CSELECT_IN : 0) | (what & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    act(watched->poster, watched->fd, flags);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)easy;
    struct poster *poster = arg;
    struct watched *watched = known;
    int wanted = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
    if (what == CURL_POLL_REMOVE) {
        if (watched)
            loop_watch_free(watched->watch);
        free(watched);
        curl_multi_assign(poster->multi, fd, NULL);
    } else if (watched) {
        loop_watch_change(watched->watch, wanted);
    } else {
        watched = memory_or_abort(malloc(sizeof *watched));
        *watched = (struct watched){poster, NULL, fd};
        watched->watch = loop_watch_new(poster->loop, fd, wanted, socket_ready, watched);
        curl_multi_assign(poster->multi, fd, watched);
    }
    return 0;
}

struct poster *poster_new(struct loop *loop, const char *ca_file)
{
    struct poster *poster = memory_or_abort(calloc(1, sizeof *poster));
    poster->loop = loop;
    poster->ca_file = ca_file ? memory_or_abort(strdup(ca_file)) : NULL;
    LIST_INIT(&poster->posts);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        abort();
    poster->multi = memory_or_abort(curl_multi_init());
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)AT_ONCE);
    return poster;
}

void poster_free(struct poster *poster)
{
    if (!poster)
        return;
    struct post *post, *next;
    for (post = LIST_FIRST(&poster->posts); post; post = next) {
        next = LIST_NEXT(post, list);
        post_free(post);
    }
    curl_multi_cleanup(poster->multi);
    loop_timer_free(poster->timer);
    curl_global_cleanup();
    free(poster->ca_file);
    free(poster);
}

static size_t swallow(char *data, size_t size, size_t n, void *arg)
{
    (void)data;
    (void)arg;
    return size * n;
}

void poster_send(struct poster *poster, const char *url, const char *signature, const char *body,
                 void (*done)(void *arg, int status), void *arg)
{
    struct post *post = memory_or_abort(calloc(1, sizeof *post));
    post->poster = poster;
    post->done = done;
    post->arg = arg;
    post->easy = memory_or_abort(curl_easy_init());
    post->headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    post->headers = curl_slist_append(post->headers, signature);
    post->headers = memory_or_abort(curl_slist_append(post->headers, "Expect:"));
    curl_easy_setopt(post->easy, CURLOPT_URL, url);
    curl_easy_setopt(post->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(post->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(post->easy, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(post->easy, CURLOPT_USERAGENT, "Partyline-Sandbox/1.0");
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(post->easy, CURLOPT_COPYPOSTFIELDS, body);
    curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(post->easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(post->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(post->easy, CURLOPT_PRIVATE, post);
    if (poster->ca_file)
        curl_easy_setopt(post->easy, CURLOPT_CAINFO, poster->ca_file);
    LIST_INSERT_HEAD(&poster->posts, post, list);
    curl_multi_add_handle(poster->multi, post->easy);
}
