/* The promotions of the back office: the list of a market, one of them as a form, and what it would
 * have done to the last orders. What is typed into a field goes to the server at once, as a draft
 * that changes no price; only F9 F9 publishes it. */
#pragma once

#include "core/promo/promotion_form.h"
#include "core/wire/reply_promotion_desk.h"
#include "tui/query.h"

enum { PROMO_PAGES = 64, PROMO_PAGE = 100 };

enum promo_armed { PROMO_NOTHING, PROMO_PUBLISH, PROMO_END };

/* The form as it was before a change. */
struct promo_undo {
    char *text;
    size_t field;
};

/* What the text in the form says, or where it is wrong; worked out on this side at every change. */
struct promo_check {
    struct arena *arena;
    struct catalogue_held *with; /* the catalogue it was read with; NULL: not known yet */
    const char *sentence;        /* "" while there are mistakes */
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t fields[PROMOTION_MISTAKES]; /* that they are about */
    size_t n;
};

struct promodesk {
    struct app *app;
    char market[8];
    struct catalogue_feed *feed; /* of a market that is not the operator's own; NULL: none */
    /* the list */
    struct query query;
    struct reply_promotion_rows list;
    size_t state; /* which are shown: all, drafts, published, ended */
    size_t row, top, page;
    char cursors[PROMO_PAGES][PROMOTION_CODE_MAX + 1];
    /* the form */
    struct arena *arena; /* of the form */
    struct promotion_form form;
    char code[PROMOTION_CODE_MAX + 1], rev[24], now[16]; /* now: its state */
    int64_t version, uses;
    bool loading, stored, has_draft;
    size_t field, first;       /* where the cursor is; the first that is shown */
    bool dirty, sending, lost; /* not on the server yet; under way; somebody else has changed it */
    bool pasted;               /* lines of a paste have come */
    struct promo_check check;
    struct promo_undo *undo;
    size_t nundo, cap;
    enum promo_armed armed; /* F9 or F7 was pressed once */
    bool acting;            /* and twice: under way */
    char day[DATE_TEXT], key[ULID_TEXT];
    /* the simulation */
    struct query tried;
    struct reply_simulated report;
    size_t line;    /* the first that is shown */
    int64_t orders; /* that are looked at */
};

void open_promodesk(struct app *app);
/* The form of that promotion, which is a new one when the server has none of that code. */
void open_promo_form(struct app *app, const char *code);
void open_simulation(struct app *app);

/* ---- the form (promo_form.c) ---- */
/* Asks the server for it anew; what stands in the form goes. */
void promo_form_ask(struct promodesk *desk);
/* What was typed into the field at the cursor. */
void promo_form_type(struct promodesk *desk, const char *text);
/* A line of a text that is pasted; the first one of a whole text empties the form. */
void promo_form_paste(struct promodesk *desk, const char *line);
void promo_form_more(struct promodesk *desk);
void promo_form_undo(struct promodesk *desk);
/* Looks at it again when there is another catalogue. */
void promo_form_look(struct promodesk *desk);
/* The mistake at a field, or NULL. */
const struct promotion_mistake *promo_form_mistake(const struct promodesk *desk, size_t field);
const char *promo_form_text(const struct promodesk *desk, struct arena *arena);
/* The catalogue of the form's market; NULL while it is not there. */
struct catalogue_held *promo_catalogue(const struct promodesk *desk);
/* The wait for a promotion is given up. */
bool promo_not(struct app *app);
bool promo_is_loading(const struct app *app);
/* Something of the form is not on the server yet. */
bool promo_is_unsaved(const struct app *app);
/* Once per turn of the loop. */
void promo_tick(struct app *app);

/* A whole text instead of all that was there; false when that is none that can be shown. */
bool promo_form_whole(struct promodesk *desk, const char *text);

/* ---- files (promo_file.c) ---- */
/* F4: writes the text, or reads the file whose name is typed. */
void promo_file(struct promodesk *desk);

/* ---- publishing and ending (promo_publish.c) ---- */
/* F9 or F7; the second time it is done. */
void promo_act(struct promodesk *desk, enum promo_armed what);

/* ---- drawing (promo_form_view.c) ---- */
void promo_form_draw(struct promodesk *desk, struct frame *frame);
void promo_form_say(struct promodesk *desk, struct speech *speech);
