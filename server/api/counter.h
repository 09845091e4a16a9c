/* What is done at a till: the shift that a request names, and what the functions of
 * sql/schema/027_counter.sql say when they refuse. */
#pragma once

#include "server/api/call.h"

/* The member `shift` of the body; left alone when absent. */
void counter_read_shift(struct call *c, bool required, const char **out);
/* Answers that the shift cannot be acted in: the detail of "shift". */
void counter_refuse(struct call *c, const char *detail);
/* Answers what those functions can say beside what others say; false: none of that. */
bool counter_answer(struct call *c, const char *result, const char *reply);
/* Whether the one who asks sees what is in drawers and the shifts of others. */
bool counter_oversees(const struct call *c);
/* A paper as its two members: `text`, and `escpos` in base64. */
struct paper;
void counter_put_paper(struct call *c, json_t *object, const struct paper *paper);
