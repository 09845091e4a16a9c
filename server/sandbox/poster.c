#include "server/sandbox/poster.h"

#include "server/net/multi.h"

#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 10000, AT_ONCE = 32 };

struct post {
    struct curl_slist *headers;
    void (*done)(void *arg, int status);
    void *arg;
    struct post *next, **before;
};

struct poster {
    struct multi *multi;
    char *ca_file;
    struct post *posts;
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

struct poster *poster_new(struct loop *loop, const char *ca_file)
{
    struct poster *poster = memory_or_abort(calloc(1, sizeof *poster));
    poster->ca_file = ca_file ? memory_or_abort(strdup(ca_file)) : NULL;
    poster->multi = multi_new(loop, AT_ONCE);
    return poster;
}

static void post_free(struct post *post)
{
    *post->before = post->next;
    if (post->next)
        post->next->before = post->before;
    curl_slist_free_all(post->headers);
    free(post);
}

void poster_free(struct poster *poster)
{
    if (!poster)
        return;
    multi_free(poster->multi);
    for (struct post *post = poster->posts, *next; post; post = next) {
        next = post->next;
        curl_slist_free_all(post->headers);
        free(post);
    }
    free(poster->ca_file);
    free(poster);
}

static void came(void *arg, CURL *easy, CURLcode result)
{
    struct post *post = arg;
    void (*done)(void *, int) = post->done;
    void *whose = post->arg;
    long status = 0;
    if (result == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    post_free(post);
    done(whose, (int)status);
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
    CURL *easy = memory_or_abort(curl_easy_init());
    struct post *post = memory_or_abort(calloc(1, sizeof *post));
    *post = (struct post){.done = done, .arg = arg, .next = poster->posts};
    post->before = &poster->posts;
    if (post->next)
        post->next->before = &post->next;
    poster->posts = post;
    post->headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    post->headers = curl_slist_append(post->headers, signature);
    post->headers = memory_or_abort(curl_slist_append(post->headers, "Expect:"));
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Partyline-Sandbox/1.0");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (poster->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, poster->ca_file);
    multi_add(poster->multi, easy, came, post);
}
