/* Lists of objects, newest first, by pages; and objects shown within others. */
#pragma once

#include "server/sandbox/call.h"

/* Answers with a page of the objects of a kind for which every pair of `by` (names of members that
 * are also parameters, ended by NULL) is as the request says. */
void list_answer(struct call *call, const char *kind, const char *url, const char *const *by);
/* The same, from ready objects; takes the array. */
void list_ready(struct call *call, const char *url, json_t *objects);
/* Puts objects in the place of their ids, where expand[] asks for it. */
void expand_apply(struct call *call);
