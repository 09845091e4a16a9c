/* JSON written straight into text, member by member, for replies that are written often: no tree is
 * built and freed. Adding never fails; commas are put where they belong. */
#pragma once

#include "core/text.h"

struct json_out {
    struct text *text;
    bool follows; /* the next member needs a comma before it */
};

/* `name` is NULL within an array and at the top. */
void json_out_open(struct json_out *out, const char *name, char bracket); /* '{' or '[' */
void json_out_close(struct json_out *out, char bracket);
/* A NULL is written as null; the string is UTF-8. */
void json_out_string(struct json_out *out, const char *name, const char *value);
void json_out_int(struct json_out *out, const char *name, int64_t value);
void json_out_bool(struct json_out *out, const char *name, bool value);
