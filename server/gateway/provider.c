#include "server/gateway/provider.h"

#include "core/text.h"
#include "server/net/multi.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 5000, ANSWER_MOST = 4 << 20 };

/* What answers look like is bound to a version of the interface, whatever the account's is. */
#define API_VERSION "2024-06-20"

struct provider {
    struct multi *multi;
    struct provider_config config;
    char *authorization;
};

struct asking {
    struct arena *arena;
    struct text answer;
    struct curl_slist *headers;
    void (*done)(void *arg, const struct heard *heard);
    void *arg;
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

struct provider *provider_new(struct loop *loop, const struct provider_config *config)
{
    static const char scheme[] = "Authorization: Bearer ";
    struct provider *provider = memory_or_abort(calloc(1, sizeof *provider));
    size_t size = sizeof scheme + strlen(config->key);
    provider->config = *config;
    provider->multi = multi_new(loop, config->at_once);
    provider->authorization = memory_or_abort(malloc(size));
    memcpy(provider->authorization, scheme, sizeof scheme);
    strcat(provider->authorization, config->key);
    return provider;
}

void provider_free(struct provider *provider)
{
    if (!provider)
        return;
    multi_free(provider->multi);
    free(provider->authorization);
    free(provider);
}

static size_t take(char *data, size_t size, size_t n, void *arg)
{
    struct asking *asking = arg;
    if (asking->answer.len + size * n > ANSWER_MOST)
        return 0;
    text_addn(&asking->answer, data, size * n);
    return size * n;
}

static void release_json(void *what)
{
    json_decref(what);
}

static void release_headers(void *what)
{
    curl_slist_free_all(what);
}

/* The question was not on its way yet: it surely has no effect. */
static bool was_sent(CURL *easy, CURLcode result)
{
    curl_off_t begun = 0;
    if (result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST ||
        result == CURLE_SSL_CONNECT_ERROR || result == CURLE_PEER_FAILED_VERIFICATION)
        return false;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &begun);
    return begun > 0;
}

static bool was_replayed(CURL *easy)
{
    struct curl_header *header;
    return curl_easy_header(easy, "Idempotent-Replayed", 0, CURLH_HEADER, -1, &header) ==
               CURLHE_OK &&
           strcmp(header->value, "true") == 0;
}

static void came(void *arg, CURL *easy, CURLcode result)
{
    struct asking *asking = arg;
    struct heard heard = {0};
    if (result == CURLE_OK) {
        long code = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
        heard.code = (int)code;
        heard.sent = true;
        heard.replayed = was_replayed(easy);
        heard.body =
            json_loadb(asking->answer.data, asking->answer.len, JSON_REJECT_DUPLICATES, NULL);
        if (heard.body)
            arena_defer(asking->arena, release_json, heard.body);
    } else {
        heard.sent = was_sent(easy, result);
    }
    asking->done(asking->arg, &heard);
}

static void set_body(CURL *easy, const struct question *question)
{
    if (!question->post)
        return;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(question->body));
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, question->body);
}

static void set_manners(CURL *easy, const struct provider_config *config)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)config->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Partyline");
    if (config->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
}

void provider_ask(struct provider *provider, struct arena *arena, const struct question *question,
                  void (*done)(void *arg, const struct heard *heard), void *arg)
{
    struct asking *asking = ARENA_NEW(arena, struct asking);
    CURL *easy = memory_or_abort(curl_easy_init());
    *asking = (struct asking){.arena = arena, .done = done, .arg = arg};
    text_init(&asking->answer, arena);
    struct curl_slist *headers = curl_slist_append(NULL, provider->authorization);
    headers = curl_slist_append(headers, "Stripe-Version: " API_VERSION);
    if (question->post)
        headers =
            curl_slist_append(headers, arena_printf(arena, "Idempotency-Key: %s", question->key));
    headers = memory_or_abort(curl_slist_append(headers, "Expect:"));
    arena_defer(arena, release_headers, headers);
    curl_easy_setopt(easy, CURLOPT_URL,
                     arena_printf(arena, "%s%s", provider->config.url, question->path));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, asking);
    set_body(easy, question);
    set_manners(easy, &provider->config);
    multi_add(provider->multi, easy, came, asking);
}
