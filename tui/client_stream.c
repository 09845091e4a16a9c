#include "tui/client_private.h"

#include <stdlib.h>
#include <string.h>

struct stream {
    CURL *easy;
    struct curl_slist *headers;
    struct listen listen; /* without its texts */
};

static void stream_free(struct stream *stream)
{
    curl_easy_cleanup(stream->easy);
    curl_slist_free_all(stream->headers);
    free(stream);
}

static size_t on_data(char *data, size_t size, size_t count, void *user)
{
    struct stream *stream = user;
    long http = 0;
    curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &http);
    if (http == 200 && !stream->listen.data(stream->listen.owner, data, size * count))
        return 0;
    return size * count;
}

static void header_add(struct stream *stream, const char *header)
{
    struct curl_slist *longer = header ? curl_slist_append(stream->headers, header) : NULL;
    if (longer)
        stream->headers = longer;
    else if (header)
        abort();
}

void client_listen(struct client *client, const struct listen *listen)
{
    struct arena *arena = arena_new();
    client_unlisten(client);
    struct stream *stream = client->stream = calloc(1, sizeof *stream);
    if (!stream || !(stream->easy = curl_easy_init()))
        abort();
    stream->listen = *listen;
    stream->listen.path = stream->listen.header = NULL;
    header_add(stream, "Accept: text/event-stream");
    header_add(stream, client->authorization);
    header_add(stream, listen->header);
    client_set_up(client, stream->easy, arena_printf(arena, "%s%s", client->base, listen->path));
    curl_easy_setopt(stream->easy, CURLOPT_HTTPHEADER, stream->headers);
    curl_easy_setopt(stream->easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(stream->easy, CURLOPT_WRITEDATA, stream);
    curl_multi_add_handle(client->multi, stream->easy);
    arena_free(arena);
}

void client_unlisten(struct client *client)
{
    if (!client->stream)
        return;
    curl_multi_remove_handle(client->multi, client->stream->easy);
    stream_free(client->stream);
    client->stream = NULL;
}

bool client_stream_ended(struct client *client, const CURL *easy, CURLcode code)
{
    struct stream *stream = client->stream;
    long http = 0;
    if (!stream || stream->easy != easy)
        return false;
    curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &http);
    client->stream = NULL;
    curl_multi_remove_handle(client->multi, stream->easy);
    stream->listen.ended(stream->listen.owner, code == CURLE_OK || http != 200 ? (int)http : 0);
    stream_free(stream);
    return true;
}
