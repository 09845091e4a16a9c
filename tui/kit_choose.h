/* What is chosen in a kit: keyed behind its number, or asked for by its row, a digit for each. */
#pragma once

#include "core/wire/wire_catalogue.h"
#include "tui/app.h"

struct problem;

/* What was keyed ("13") as choices of a draft line: SKUs where the catalogue is here, so that the
 * draft keeps its meaning; NULL for nothing. */
const char *kit_keyed(const struct app *app, struct arena *arena, const char *sku,
                      const char *digits);
/* The row takes an option that is offered. */
void kit_pick(struct app *app, size_t number, const struct reply_problem *problem, size_t option);
/* `.2/13` */
void kit_choose(struct app *app, const struct entry_command *command);
/* The options as candidates of a problem about a choice; nothing for any other. */
void kit_candidates(const struct catalogue *catalogue, const struct problem *problem,
                    struct reply_problem *out);
/* The choices of a priced line, in the arena. */
void kit_chosen(struct arena *arena, const struct catalogue *catalogue,
                const struct quote_line *line, struct reply_line *out);
/* What the server has priced is what stands on the draft's line; of two priced lines. */
bool kit_is_chosen(const struct reply_line *priced, const char *choices);
bool kit_is_same(const struct reply_line *a, const struct reply_line *b);
bool kit_is_choice(const struct reply_problem *problem);
/* What was chosen once more; NULL for nothing. */
const char *kit_choices_of(struct arena *arena, const struct reply_line *line);
/* "Rose, Lily", "" for none; "scent box with Rose, Lily", as it is said. */
const char *kit_names(struct arena *arena, const struct reply_line *line);
const char *kit_spoken(struct arena *arena, const struct reply_line *line, const char *spoken);
