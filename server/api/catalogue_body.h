/* A snapshot as clients get it: written and packed once, by the builder's thread, in the pieces of
 * which every catalogue that is asked for is joined (wire_catalogue.h), so that answering copies
 * and packs nothing. A packed body can be joined as well: each piece ends at a byte and refers to
 * nothing before it, and the sum over all is made from the sums of each. */
#pragma once

#include "core/text.h"
#include "server/db/catalogue_store.h"

struct body_piece {
    const char *plain, *packed; /* packed: deflate without head and end */
    size_t plain_len, packed_len;
    uint32_t sum; /* CRC-32 of plain */
};

struct market_bodies {
    struct body_piece market, *lists; /* one per list of the market */
};

struct names_body {
    const char *language;
    struct body_piece names;
};

struct catalogue_bodies {
    struct body_piece items, comma, end;
    struct market_bodies *markets; /* in the order of the snapshot's */
    struct names_body *names;
    size_t nnames;
};

/* For catalogue_store_new. */
catalogue_finish_fn catalogue_bodies_make;

enum { GZIP_HEAD = 10, GZIP_END = 10 };
extern const char gzip_head[GZIP_HEAD];
/* What stands behind packed pieces. */
void gzip_end_write(const struct body_piece *const *pieces, size_t n, char out[GZIP_END]);
