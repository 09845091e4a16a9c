/* What the templates (PAGE.html; server/gen/templates.py tells their language) are made of: each
 * value is escaped for the place where it stands. A page is plain data in and HTML out; whoever
 * shows one fills its struct, of PAGE.h. */
#pragma once

#include "core/text.h"
#include "core/tr.h"
#include "server/net/embedded.h"

/* style.css, of every page. */
extern const struct embedded_file web_files[];
#define web_style web_files[0]

/* The Content-Security-Policy of a page: no scripts, styles from here only. Its forms may lead to
 * `form_action`, a list of sources: "'none'". */
const char *web_policy(struct arena *arena, const char *form_action);

/* Between tags, or in an attribute's quotes; NULL is nothing. Any other type is refused by the
 * compiler. */
#define web_text(out, value)                                                                       \
    _Generic((value),                                                                              \
        char *: web_add_text,                                                                      \
        const char *: web_add_text,                                                                \
        int: web_add_number,                                                                       \
        int64_t: web_add_number)((out), (value))
void web_add_text(struct text *out, const char *text);
void web_add_number(struct text *out, int64_t number);
/* The whole address of a link, form or picture: http, https or one of our own paths ("/p/X", "#X");
 * of anything else ("javascript:") comes "#". */
void web_url(struct text *out, const char *url);
/* A piece of an address, behind "/p/" or "?q=": what has a meaning there is written as %XX. */
void web_piece(struct text *out, const char *piece);
