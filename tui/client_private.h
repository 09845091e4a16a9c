/* The parts of the client, among themselves: client.c (requests and answers), client_stream.c (the
 * one reply without an end). */
#pragma once

#include "tui/client.h"

#include <curl/curl.h>

enum { CONNECT_MS = 5000 /* to connect */ };

struct stream;

struct client {
    CURLM *multi;
    char *base, *ca; /* base: https://host:port/api/v1 */
    char *authorization;
    uint64_t token_age;
    bool expired;
    enum link_state link;
    int rtt;
    struct job *jobs; /* in the order they were asked for */
    size_t under_way;
    struct stream *stream; /* NULL: nothing is listened to */
};

/* What every request needs; libcurl copies the URL. */
void client_set_up(const struct client *client, CURL *easy, const char *url);
/* False when that handle is not the stream's. */
bool client_stream_ended(struct client *client, const CURL *easy, CURLcode code);
