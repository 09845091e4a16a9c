/* A repeat order while it is looked at: as it is stored, and what is keyed to change it or to begin
 * it, which is sent by F9. What it would cost today is asked for after each edit. */
#pragma once

#include "core/wire/repeat.h"
#include "tui/query.h"

struct repeat_card {
    struct app *app;
    char id[24]; /* "": it is not begun yet */
    struct query query;
    bool has_stored;
    struct reply_repeat stored;

    struct arena *arena;      /* of what is shown; NULL: nothing is */
    struct order_draft draft; /* with these lines ... */
    struct repeat_plan plan;
    const char *pays; /* "balance", "card" or "later" */
    bool lines_keyed, plan_keyed, pays_keyed;

    struct arena *quote_arena; /* NULL: no price is known */
    struct reply_quote quote;  /* of today */
    uint64_t quote_asked;

    char key[ULID_TEXT]; /* under which a new one is begun */
    bool sending;
    unsigned stop_asked_at, back_asked_at; /* count entries; 0: it was not asked */
    int first, rows;                       /* of lines and runs, that are shown from there on */
};

static inline bool repeat_card_is_new(const struct repeat_card *card)
{
    return !*card->id;
}
static inline bool repeat_card_is_shown(const struct repeat_card *card)
{
    return card->has_stored || repeat_card_is_new(card);
}
/* Something keyed is not sent yet. */
bool repeat_card_is_keyed(const struct repeat_card *card);
/* Asks for it; what is keyed stays. */
void repeat_card_ask(struct repeat_card *card);
/* From a draft; begun by F9. */
void repeat_card_begin(struct repeat_card *card, const struct order_draft *draft,
                       const struct repeat_plan *plan);
/* As it is stored. */
void repeat_card_undo(struct repeat_card *card);
/* Line `number` counts from 1; 0 pieces take it off. */
void repeat_card_set_qty(struct repeat_card *card, size_t number, int64_t qty);
/* `choices` and `value` as a line of a draft has them: NULL and 0 for none. */
bool repeat_card_add(struct repeat_card *card, const char *sku, int64_t qty, const char *choices,
                     int64_t value);
void repeat_card_plan(struct repeat_card *card, const struct repeat_plan *plan);
void repeat_card_pay(struct repeat_card *card, const char *pays);
/* F9. */
void repeat_card_save(struct repeat_card *card);
/* "skip", "pause", "resume", "stop". */
void repeat_card_act(struct repeat_card *card, const char *verb);
/* What today's price says of a line, or NULL. */
const struct reply_line *repeat_card_line(const struct repeat_card *card, const char *id);

/* "every 2 weeks on Wed" is added. */
void repeat_plan_say(struct text *text, const struct repeat_plan *plan);
