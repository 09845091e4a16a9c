/* Tokens and ids, from the system's random numbers. A session's token is known to its client only:
 * the database holds its hash, so that a copy of the database signs nobody in. */
#pragma once

#include "core/code.h"

enum { TOKEN_TEXT = 48, TOKEN_HASH = 32, TOKEN_HASH_HEX = 67, REQUEST_ID_TEXT = 17 };

/* 256 bits as 43 characters of base64url (RFC 4648, section 5, without padding). */
void token_new(char out[TOKEN_TEXT]);
/* SHA-256: a token is random enough to need no salt and no slow hash. */
void token_hash(const char *token, uint8_t out[TOKEN_HASH]);
/* The same as PostgreSQL writes a bytea: "\x" and 64 hex digits. */
void token_hash_hex(const char *token, char out[TOKEN_HASH_HEX]);

/* 16 hex digits that name a request in the log, in the audit and in the reply. */
void request_id_new(char out[REQUEST_ID_TEXT]);
/* Of this moment by the real clock, and 80 random bits. */
void ulid_new(char out[ULID_TEXT]);

/* Overwrites a secret that is no longer needed, whatever the optimiser thinks of it. */
void secret_wipe(char *text);
