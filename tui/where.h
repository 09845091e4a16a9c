/* Where a key or an entry works, as people read it: "ORDER, REVIEW". */
#pragma once

#include "core/entry.h"

enum { WHERE_TEXT = 160 };

/* Of a key: a mask of screens. */
const char *where_screens(char out[WHERE_TEXT], uint64_t screens);
/* Of an entry: a mask of grammars. */
const char *where_grammars(char out[WHERE_TEXT], unsigned grammars);
/* Whether any screen does something with it. */
bool where_entry_exists(enum entry_kind kind);
/* The screens that do something with it. */
uint64_t where_entry(enum entry_kind kind);
/* "F9" */
void where_key(char out[8], int number);
