/* Shifts as they are read and told. */
#pragma once

#include "server/api/call.h"

/* Adds the statement that reads one; what it found is told by shift_found (else answered) and
 * shift_write. */
size_t shift_ask(struct call *c, const char *id);
bool shift_found(struct call *c, size_t statement);
json_t *shift_write(const struct call *c, size_t statement, size_t row);
/* Who counts must not know what should be there. */
bool shift_is_hidden(const struct call *c, size_t statement, size_t row);
bool shift_may_see(const struct call *c, size_t statement);
/* The walk-in of its till, from two columns; or null. */
json_t *shift_walk_in(const struct db_batch *b, size_t statement, size_t row, int column);
/* The {id} of the address; answers 404 when it is none. */
bool shift_id_ok(struct call *c);
/* Answers with the report of the shift {id}. */
void shift_report_answer(struct call *c);
