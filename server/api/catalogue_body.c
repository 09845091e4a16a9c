#include "server/api/catalogue_body.h"

#include "core/wire/wire_catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LEVEL = 6, WINDOW_BITS = 15, MEMORY = 8, UNIX = 3 };

const char gzip_head[GZIP_HEAD] = {0x1f, (char)0x8b, Z_DEFLATED, 0, 0, 0, 0, 0, 0, UNIX};

static struct body_piece piece_of(struct arena *arena, const char *plain, size_t len)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, -WINDOW_BITS, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();                                   /* out of memory */
    size_t room = deflateBound(&stream, len) + 16; /* and the flush */
    char *packed = malloc(room);
    if (!packed)
        abort();
    stream.next_in = (Bytef *)(uintptr_t)plain;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)packed;
    stream.avail_out = (uInt)room;
    /* ends at a byte, refers to nothing before it, and is not the last */
    if (deflate(&stream, Z_FULL_FLUSH) != Z_OK || stream.avail_in || !stream.avail_out)
        abort();
    size_t packed_len = room - stream.avail_out;
    deflateEnd(&stream);
    struct body_piece piece = {
        .plain = arena_strndup(arena, plain, len),
        .packed = arena_strndup(arena, packed, packed_len),
        .plain_len = len,
        .packed_len = packed_len,
        .sum = (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)plain, (uInt)len),
    };
    free(packed);
    return piece;
}

/* The text of one piece while it is written: gone when it is packed. */
static struct text draft_begin(void)
{
    struct text text;
    text_init(&text, arena_new());
    return text;
}

static struct body_piece draft_end(struct arena *arena, struct text *text)
{
    struct body_piece piece = piece_of(arena, text->data, text->len);
    arena_free(text->arena);
    return piece;
}

static struct market_bodies market_make(struct arena *arena, const struct catalogue *catalogue)
{
    struct market_bodies out = {.lists = ARENA_ARRAY(arena, struct body_piece, catalogue->nlists)};
    struct text text = draft_begin();
    wire_catalogue_write_market(&text, catalogue);
    out.market = draft_end(arena, &text);
    for (size_t i = 0; i < catalogue->nlists; i++) {
        text = draft_begin();
        wire_catalogue_write_list(&text, catalogue, &catalogue->lists[i]);
        out.lists[i] = draft_end(arena, &text);
    }
    return out;
}

/* The items are the same in every market. */
static struct body_piece items_make(struct arena *arena, const struct market_snapshot *m)
{
    struct text text = draft_begin();
    wire_catalogue_write_items(&text, &m->catalogue, m->barcodes);
    return draft_end(arena, &text);
}

static struct names_body names_make(struct arena *arena, const struct catalogue_names *names,
                                    const struct catalogue *catalogue)
{
    struct text text = draft_begin();
    wire_catalogue_write_names(&text, names->language, names->names, names->spoken,
                               catalogue->nitems, names->slots, catalogue->nslots);
    return (struct names_body){arena_strdup(arena, names->language), draft_end(arena, &text)};
}

void catalogue_bodies_make(struct catalogue_snapshot *s, const struct catalogue_names *names,
                           size_t n)
{
    struct catalogue_bodies *bodies = ARENA_NEW(s->arena, struct catalogue_bodies);
    *bodies = (struct catalogue_bodies){
        .comma = piece_of(s->arena, WIRE_CATALOGUE_COMMA, strlen(WIRE_CATALOGUE_COMMA)),
        .end = piece_of(s->arena, WIRE_CATALOGUE_END, strlen(WIRE_CATALOGUE_END)),
        .markets = ARENA_ARRAY(s->arena, struct market_bodies, s->nmarkets),
        .names = ARENA_ARRAY(s->arena, struct names_body, n),
        .nnames = n,
    };
    s->bodies = bodies;
    for (size_t i = 0; i < s->nmarkets; i++)
        bodies->markets[i] = market_make(s->arena, &s->markets[i].catalogue);
    if (!s->nmarkets)
        return;
    bodies->items = items_make(s->arena, &s->markets[0]);
    for (size_t i = 0; i < n; i++)
        bodies->names[i] = names_make(s->arena, &names[i], &s->markets[0].catalogue);
}

static char *little_endian(char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++, value >>= 8)
        *out++ = (char)(value & 0xff);
    return out;
}

void gzip_end_write(const struct body_piece *const *pieces, size_t n, char out[GZIP_END])
{
    uLong sum = crc32(0, NULL, 0);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        sum = crc32_combine(sum, pieces[i]->sum, (z_off_t)pieces[i]->plain_len);
        len += pieces[i]->plain_len;
    }
    *out++ = 3; /* a last block, empty */
    *out++ = 0;
    little_endian(little_endian(out, (uint32_t)sum), (uint32_t)len);
}
