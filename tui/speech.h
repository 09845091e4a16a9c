/* What a screen has to say to somebody who doesn't see it: facts, one per line, for --linear. A
 * screen gives all of its facts every time; only those that are new, or read otherwise than when
 * they were said last, are printed, so that nothing is ever repeated. */
#pragma once

#include "core/arena.h"

struct fact {
    const char *key;  /* what it is about: unique in its screen */
    const char *lead; /* in front of the text; alone it is no news, and neither is the tail */
    const char *text;
    const char *tail;
    bool is_answer; /* it answers the entry that brought it about */
};

struct speech {
    struct arena *arena;
    struct fact *facts;
    size_t n, cap;
};

void speech_init(struct speech *speech);
void speech_release(struct speech *speech);

/* The first fact of a screen is its title, which is also said whenever the screen is opened. */
void speech_say(struct speech *speech, const char *key, const char *format, ...) PRINTF_LIKE(3, 4);
/* A fact that begins with "!! " or "! ": what stands in the way, or might. */
void speech_warn(struct speech *speech, const char *key, bool stops, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* What has become of what was keyed: no other answer to the entry is needed. */
void speech_answer(struct speech *speech, const char *key, const char *lead, const char *text,
                   const char *tail);

/* Whether there is an answer among what would be printed. */
bool speech_answers(const struct speech *speech, const struct speech *before);
/* Prints what is new since `before`, and the title in any case `with_title`; the lines printed. */
size_t speech_tell(const struct speech *speech, const struct speech *before, bool with_title);

/* One line on the standard output, in the locale's characters and without a single control
 * character, whatever the texts are made of. */
void speech_print(const char *lead, const char *text, const char *tail);
