#include "core/wire/json_out.h"

#include <string.h>

static void escaped(struct text *text, char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt",
                      hex[] = "0123456789ABCDEF";
    const char *known = strchr(plain, c);
    text_addc(text, '\\');
    if (known) {
        text_addc(text, letter[known - plain]);
        return;
    }
    text_add(text, "u00");
    text_addc(text, hex[(unsigned char)c >> 4]);
    text_addc(text, hex[c & 15]);
}

static void quoted(struct text *text, const char *value)
{
    text_addc(text, '"');
    for (const char *at = value;;) {
        size_t plain = 0;
        while ((unsigned char)at[plain] >= 0x20 && at[plain] != '"' && at[plain] != '\\')
            plain++;
        text_addn(text, at, plain);
        at += plain;
        if (!*at)
            break;
        escaped(text, *at++);
    }
    text_addc(text, '"');
}

static void name_add(struct json_out *out, const char *name)
{
    if (out->follows)
        text_addc(out->text, ',');
    out->follows = true;
    if (!name)
        return;
    quoted(out->text, name);
    text_addc(out->text, ':');
}

void json_out_open(struct json_out *out, const char *name, char bracket)
{
    name_add(out, name);
    text_addc(out->text, bracket);
    out->follows = false;
}

void json_out_close(struct json_out *out, char bracket)
{
    text_addc(out->text, bracket);
    out->follows = true;
}

void json_out_string(struct json_out *out, const char *name, const char *value)
{
    name_add(out, name);
    if (value)
        quoted(out->text, value);
    else
        text_add(out->text, "null");
}

void json_out_int(struct json_out *out, const char *name, int64_t value)
{
    name_add(out, name);
    text_add_int(out->text, value);
}

void json_out_bool(struct json_out *out, const char *name, bool value)
{
    name_add(out, name);
    text_add(out->text, value ? "true" : "false");
}
