#include "server/web/web.h"

#include <string.h>

const char *web_policy(struct arena *arena, const char *form_action)
{
    return arena_printf(arena,
                        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action %s; "
                        "frame-ancestors 'none'",
                        form_action);
}

void web_add_text(struct text *out, const char *text)
{
    if (text)
        text_add_html(out, text);
}

void web_add_number(struct text *out, int64_t number)
{
    text_add_int(out, number);
}

/* "//host" leads away without naming a scheme, and browsers take "/\host" for the same. */
static bool is_own(const char *url)
{
    return *url == '#' || (*url == '/' && url[1] != '/' && url[1] != '\\');
}

void web_url(struct text *out, const char *url)
{
    bool good =
        url && (is_own(url) || strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
    /* Browsers leave tabs and line ends out, so what they would take for it is not what we saw. */
    for (const char *at = good ? url : ""; *at; at++)
        good &= (unsigned char)*at > ' ';
    text_add_html(out, good ? url : "#");
}

void web_piece(struct text *out, const char *piece)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; piece && *piece; piece++) {
        if (strchr(plain, *piece))
            text_addc(out, *piece);
        else
            text_printf(out, "%%%02X", (unsigned char)*piece);
    }
}
