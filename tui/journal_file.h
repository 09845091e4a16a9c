/* The journal's folder and the lines of its files; only journal.c has business here. A line is the
 * FNV-1a checksum of its text in sixteen digits, a blank, the text, a line feed. */
#pragma once

#include "core/arena.h"

#include <limits.h>

/* Makes the folder of that server and login, for its owner only. */
bool journal_folder(char out[PATH_MAX], const char *server, const char *login, const char **why);
/* A new file, locked before anybody can see it under its name; -1 with errno. */
int journal_file_make(const char *folder, const char *path);
/* A file whose process is no more, locked for us; -1 when it is alive, gone, or nobody's business
 * of ours. */
int journal_file_take(const char *path);
/* Adds one line at `*size`; what could be written in part only is taken back. */
bool journal_file_add(int fd, size_t *size, const char *text, size_t len);
char *journal_file_read(struct arena *arena, int fd, size_t *len);
/* The text of the line at `*at`, which moves behind its line feed; NULL at the end and from the
 * first damaged line on. */
const char *journal_file_line(const char *text, size_t len, size_t *at);
