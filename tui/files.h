/* Files of the operator's machine, in the one folder that the setting `files` names: who sets up
 * the terminal decides whether there is one. A name is a plain one, so that nothing outside of the
 * folder is read or written, and nothing is written but by the whole file. */
#pragma once

#include "tui/app.h"

bool files_is_plain(const char *name);
bool files_is_there(const struct app *app, const char *name);
/* All of it under that name, or nothing: false and errno, EEXIST when there is one already that is
 * not to be replaced. Nobody else can read it (0600). */
bool files_write(const struct app *app, const char *name, const char *bytes, size_t len,
                 bool replaces);
/* Up to `most` bytes into the arena, with a NUL behind them; NULL and errno, EFBIG when it is
 * larger. */
char *files_read(const struct app *app, struct arena *arena, const char *name, size_t most,
                 size_t *len);
