/* The strict reader of HTTP/1.1 framing in front of evhttp, which is lenient (bare LF, folded
 * lines, doubled lengths, odd chunk sizes, NUL). The guard sees every byte first and understands a
 * request exactly as evhttp will, or refuses it; so nobody in front of us can be made to see other
 * requests than we do (RFC 9112, sections 2.2, 5, 6 and 7; smuggling, ASVS 4.2). It keeps no copy
 * of the request, does no I/O, and reads bytes as they come, in any pieces.
 *
 * Refused: any line end but CRLF; methods that we don't know; targets that are not an absolute path
 * in printable ASCII; versions but 1.0 and 1.1; header names that are no tokens; values with bytes
 * outside printable ASCII and tab; folded lines; no Host or two (1.1); Content-Length twice, not
 * plain digits, or beside Transfer-Encoding; codings but one `chunked`; HEAD with a body; chunk
 * extensions and trailers; expectations but 100-continue; more header or body than the limits. */
#pragma once

#include "core/status.h"

enum guard_step {
    GUARD_MORE,     /* all bytes read, the request goes on */
    GUARD_COMPLETE, /* the request ends at `*used`; what follows belongs to the next one */
    GUARD_REFUSE,   /* answer `refusal` and close: where the next request begins is unknown */
};

struct guard {
    size_t header_bytes, body_bytes; /* limits */
    enum status refusal;
    unsigned char state, field;
    bool head_request, old_version; /* HEAD; HTTP/1.0 */
    unsigned char lengths, codings, hosts;
    size_t headers; /* bytes of the head so far */
    uint64_t left;  /* bytes of the body or the chunk still to come */
    uint64_t body;  /* bytes of all chunks so far */
    uint16_t word_len;
    char word[256]; /* the token or value being read; what is longer matches nothing */
};

/* Before the first byte of each request. */
void guard_begin(struct guard *guard, size_t header_bytes, size_t body_bytes);
/* `used`: how many of the bytes belong to this request. */
enum guard_step guard_feed(struct guard *guard, const char *bytes, size_t len, size_t *used);
