/* The standard input as lines, for --linear: from a terminal that does no more than lines, or from
 * a pipe. Secrets are not shown while they are typed and do not stay in the buffer. */
#pragma once

#include "tui/entry_line.h"

enum line_kind {
    LINE_READY,      /* `text` holds it, as UTF-8 */
    LINE_WAIT,       /* more has to be read first */
    LINE_END,        /* there is no more */
    LINE_TOO_LONG,   /* nothing of it is taken */
    LINE_UNREADABLE, /* not in the locale's characters */
    LINE_KEYS,       /* holds control characters: what function keys send */
};

struct lines {
    char bytes[8192];
    size_t n;
    bool ended, skipping;
};

/* There is something to read, or the end of it. */
bool lines_is_ready(void);
/* Reads once, which may block: only when there is something to read. */
void lines_read(struct lines *lines);
enum line_kind lines_take(struct lines *lines, char text[ENTRY_TEXT]);
void lines_release(struct lines *lines);

/* Whether what is typed is shown, as the terminal had it before; nothing happens when there is
 * none. */
void lines_echo(bool on);
/* The first line of a file that nobody else can read, or of a pipe; NULL when it is there, else
 * why not. */
const char *lines_secret(const char *path, char text[ENTRY_TEXT]);
