#include "tui/catalogue_read.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STEP = 64 * 1024, GZIP_ONLY = 31 };

/* Unpacks step by step: the whole would be ten times as much. */
struct unpacking {
    z_stream stream;
    bool ended;
    char out[STEP];
};

static size_t unpack_more(void *arg, const char **data)
{
    struct unpacking *u = arg;
    u->stream.next_out = (Bytef *)u->out;
    u->stream.avail_out = STEP;
    while (!u->ended && u->stream.avail_out == STEP) {
        int code = inflate(&u->stream, Z_NO_FLUSH);
        if (code == Z_STREAM_END)
            u->ended = true; /* length and sum fit */
        else if (code != Z_OK)
            break;
    }
    *data = u->out;
    return STEP - u->stream.avail_out;
}

static bool read_packed(struct arena *arena, const char *body, size_t len,
                        struct wire_catalogue *out)
{
    struct unpacking *u = calloc(1, sizeof *u);
    if (!u || inflateInit2(&u->stream, GZIP_ONLY) != Z_OK)
        abort();
    u->stream.next_in = (Bytef *)(uintptr_t)body;
    u->stream.avail_in = (uInt)len;
    bool read = wire_catalogue_read(arena, unpack_more, u, out);
    bool whole = u->ended;
    inflateEnd(&u->stream);
    free(u);
    return read && whole;
}

struct plain {
    const char *body;
    size_t len;
};

static size_t plain_more(void *arg, const char **data)
{
    struct plain *plain = arg;
    size_t len = plain->len;
    *data = plain->body;
    plain->len = 0;
    return len;
}

struct catalogue_held *catalogue_read(const char *body, size_t len, const char *tag)
{
    struct arena *arena = arena_new();
    struct catalogue_held *held = ARENA_NEW(arena, struct catalogue_held);
    *held = (struct catalogue_held){
        .arena = arena, .refs = 1, .tag = arena_strdup(arena, tag ? tag : "")};
    struct plain plain = {body, len};
    bool packed = len > 2 && memcmp(body, "\x1f\x8b", 2) == 0;
    bool read = packed ? read_packed(arena, body, len, &held->wire)
                       : wire_catalogue_read(arena, plain_more, &plain, &held->wire);
    if (read)
        return held;
    arena_free(arena);
    return NULL;
}
