/* What promotions offer on the open order: what may be chosen, and what is nearly reached. What a
 * caller does not want is not offered again, to this person by this operator, while the client
 * runs. */
#pragma once

#include "core/entry.h"
#include "core/wire/reply.h"

struct app;
struct offers_hidden;

/* Pieces that may be chosen still, of one benefit. */
struct offer_choice {
    const struct reply_promotion *told;
    const struct promotion *promotion;
    const struct benefit *benefit;
    int64_t left;
};

/* The promotion of that code as the order's day has it; NULL when this side does not know it. */
const struct promotion *offers_promotion(const struct app *app, const char *code);
/* The first choice that is open; with `sku`, of which that item may be taken. */
bool offers_choice(const struct app *app, const char *sku, struct offer_choice *out);
/* "Knives", "41109, 41123": the items of a benefit, as they are called. */
const char *offers_items(const struct app *app, struct arena *arena, const struct item_set *set);
/* What is to be told now; NULL when there is nothing, or it is hidden. */
const struct reply_hint *offers_hint(const struct app *app);

/* Adds the item: what is offered of it is chosen, what goes beyond that is bought. */
bool offers_add(struct app *app, const char *sku, int64_t qty);

/* The verbs `y`, `x`, `?` and `.nf`. */
void offers_take(struct app *app, const struct entry_command *command);
void offers_hide(struct app *app, const struct entry_command *command);
void offers_list(struct app *app, const struct entry_command *command);
void offers_free(struct app *app, const struct entry_command *command);
/* Somebody else signs on. */
void offers_forget(struct app *app);
