/* The operator's language: every text that a person reads goes through here. Formats given to
 * app_say, app_news, frame_printf and terminal_printf are translated by those functions; other
 * texts are wrapped in `_()` where they are used, and in `N_()` in tables, to be translated later. */
#pragma once

/* The text in the operator's language; the English text itself is its name. */
const char *tongue(const char *english);

#define _(english) tongue(english)
#define N_(english) english
