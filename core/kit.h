/* Kits in which something is chosen, and what the parts of a kit cost. Choices are given to the
 * slots in their order: the first so many belong to the first slot, and so on. */
#pragma once

#include "core/draft.h"

/* As a digit on a keypad chooses them; a draft's choices are at most KIT_CHOICES. */
enum { KIT_SLOTS = 9, KIT_OPTIONS = 9, KIT_CHOICES = 18 };

/* How many choices the kit wants in all. */
size_t kit_choices_wanted(const struct catalogue *catalogue, const struct item *kit);
/* The slot that choice number `nth`, counted from 0, belongs to, and in `left` how many it wants
 * from this one on; NULL when nothing is left to choose. */
const struct kit_slot *kit_slot_of(const struct catalogue *catalogue, const struct item *kit,
                                   size_t nth, size_t *left);
/* The option that a choice of `len` bytes means: a SKU, or the option's number ("3"); NULL when
 * the slot does not offer it. */
const struct component *kit_option(const struct catalogue *catalogue, const struct kit_slot *slot,
                                   const char *choice, size_t len);
/* "1 Rose, 2 Lily" */
const char *kit_options_say(struct arena *arena, const struct catalogue *catalogue,
                            const struct kit_slot *slot);

/* The slot that a problem choice_needed or choice_not_offered is about; NULL for any other. */
const struct kit_slot *kit_problem_slot(const struct catalogue *catalogue,
                                        const struct problem *problem);

/* The next of a draft line's choices, `*at` moving behind it; its length, 0 when there is none. */
size_t kit_choice_next(const char **at);
/* "13", as keyed behind the number of a kit, as choices: "1 3". */
const char *kit_choices_keyed(struct arena *arena, const char *digits);
