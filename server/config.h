/* partyline.conf, read with libconfuse by both server programs; the keys are the rows of
 * config.def. Unknown keys and values out of range are refused with file and line. Options of the
 * command line are set after the file with config_set and so override it. */
#pragma once

#include "core/base.h"

#define CONFIG_DEFAULT_FILE "/etc/partyline/partyline.conf"
enum { CONFIG_WHY = 512 };

struct config {
#define TEXT(name, value, help) char *name;
#define NUMBER(name, value, least, greatest, help) int name;
#define LIST(name, help) char **name; /* NULL-ended, never NULL */
#include "server/config.def"
#undef TEXT
#undef NUMBER
#undef LIST
};

/* Sets the defaults, then reads `path`; NULL reads CONFIG_DEFAULT_FILE if there is one. False and
 * one clear line in `why` (CONFIG_WHY bytes); `out` may be released in any case. */
bool config_load(const char *path, struct config *out, char *why);
/* Sets one key from text, as an option does; a list becomes that one value. */
bool config_set(struct config *config, const char *key, const char *value, char *why);
/* What no single key can tell: exactly one database is named, certificate and key come together. */
bool config_check(const struct config *config, char *why);
/* The part of it that a reload may change. */
bool config_check_gateway(const struct config *config, char *why);
/* Nobody asks a payment provider: gateway_url is "none". */
bool config_has_no_gateway(const struct config *config);
void config_release(struct config *config);
