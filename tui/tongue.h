/* The operator's language: every text that a person reads goes through here. Formats given to
 * app_say, app_news, frame_printf and terminal_printf are translated by those functions; other
 * texts are wrapped in `_()` where they are used, and in `N_()` in tables, to be translated later.
 * There is one operator, so there is no handle. */
#pragma once

#include "core/tr.h"

void tongue_set(enum language language);
enum language tongue_language(void);
/* What LC_ALL, LC_MESSAGES or LANG ask for; English when they ask for nothing that is spoken. */
enum language tongue_of_environment(void);

/* The text in the operator's language; the English text itself is its name. */
const char *tongue(const char *english) __attribute__((format_arg(1)));
/* The form that `n` of the thing need. */
const char *tongue_n(const char *one, const char *many, size_t n)
    __attribute__((format_arg(1), format_arg(2)));

/* The words for a name of the API (core/word.h), or the name itself. */
const char *tongue_word(const char *group, const char *name);

#define _(english) tongue(english)
