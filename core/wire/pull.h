/* Reads JSON piece by piece, for what is too big for a tree: a catalogue of 50,000 items is ten
 * megabytes of text and would be sixty as jansson's values. The caller asks for what it expects;
 * the first thing that is otherwise, or no JSON at all, makes it fail, and from then on every
 * question has an empty answer, so that readers read straight down and look once at the end.
 *
 *     for (pull_open(p, '{'); pull_member(p, name);)
 *         if (strcmp(name, "version") == 0)
 *             version = pull_integer(p);
 *         else
 *             pull_skip(p);
 */
#pragma once

#include "core/text.h"

/* The next bytes of the text into *data, valid until the next call; 0 at its end. */
typedef size_t pull_source(void *arg, const char **data);

enum { PULL_NAME = 32, PULL_DEPTH_MAX = 64, PULL_STRING_MAX = 8192 };

struct pull {
    pull_source *more;
    void *arg;
    const char *at, *end;
    bool failed;
    bool first; /* nothing of the array or object that is open has been read yet */
    char string[PULL_STRING_MAX]; /* the one being read */
    size_t len;
};

void pull_init(struct pull *p, pull_source *more, void *arg);
/* All of the text is there already; it must stay. */
void pull_init_text(struct pull *p, const char *text, size_t len);
/* The next character behind blanks; '\0' at the end. */
char pull_peek(struct pull *p);
/* `{` or `[` comes. */
void pull_open(struct pull *p, char bracket);
/* The name of the next member, cut at PULL_NAME; false behind the last one, whose `}` is read. */
bool pull_member(struct pull *p, char name[PULL_NAME]);
/* There is another element; false behind the last one, whose `]` is read. */
bool pull_element(struct pull *p);
/* A whole number that an int64_t holds; 0 when it fails. */
int64_t pull_integer(struct pull *p);
bool pull_boolean(struct pull *p);
/* Well-formed UTF-8 without control characters, in p->string until the next call. */
const char *pull_string(struct pull *p);
/* The same, of several lines: with ends of lines and tabs. */
const char *pull_lines(struct pull *p);
/* Reads a null when one comes. */
bool pull_null(struct pull *p);
/* Whatever comes. */
void pull_skip(struct pull *p);
/* Nothing but blanks may be left; false when it failed here or before. */
bool pull_end(struct pull *p);
void pull_fail(struct pull *p);
