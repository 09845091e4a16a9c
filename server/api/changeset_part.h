/* What the files of change sets share. */
#pragma once

#include "server/api/call.h"

/* Whether the address names one; answers 404 when not. */
bool changeset_id_ok(struct call *call);
/* Answers when the database says that the change set cannot be worked on. */
bool changeset_refused(struct call *call, const char *result);
/* What became of a row that was not taken, added to `problems`; NULL when it was. */
const struct problem *changeset_row_problem(struct problems *problems, const char *result,
                                            const char *key, const char *who);
