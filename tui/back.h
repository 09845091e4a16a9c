/* A return that is being keyed: what comes back of an order, why, and what goes out for it. The
 * server says what it gives; nothing is stored before it is issued. */
#pragma once

#include "core/wire/reply_returns.h"
#include "tui/query.h"
#include "tui/till_pay.h"

enum { BACK_LINES = 200, BACK_TEXT = 201 };

struct back_line {
    int line, part; /* as they stand on the screen, from 1; part 0: the line itself */
    int64_t qty;
    char reason[32], exchange[32], choices[32];
    char to[16]; /* at a till: "scrap"; "": where its reason sends it */
};

struct back {
    char order[32];
    char shift[32]; /* of the till where it is taken in at once, or "" */
    char kind[16];  /* "return" */
    char note[BACK_TEXT], override[BACK_TEXT];
    struct back_line lines[BACK_LINES];
    size_t n;
    struct till_pay pay; /* at a till: what pays the rest of what goes out */
    struct query query;  /* the preview of what is keyed */
    bool has_quote;
    struct reply_return_quote quote;
    bool confirmed;  /* F9 was pressed once since the last change */
    bool issue_then; /* and twice, before the preview was there */
    bool issuing;
    char key[ULID_TEXT];      /* of the issue, until something changes */
    struct arena *made_arena; /* NULL: not issued */
    struct reply_return_made made;
    const char *say; /* what the buyer is told */
};

/* Begins with the order; NULL lines. */
void back_begin(struct app *app, const char *order);
/* Asks anew what it gives: something was changed. */
void back_ask(struct app *app);
/* The line keyed last for that line and part; a quantity of 0 takes it out. */
bool back_set(struct back *back, const struct back_line *line);
/* Where pieces of that line and part go from now on; false when it is not keyed. */
bool back_send_to(struct back *back, int line, int part, const char *place);
/* What is issued next is something else than was shown to be issued. */
void back_changed(struct back *back);
/* Where a keyed line goes: at a till. NULL: there is no such line, or it is not keyed. */
const char *back_goes_to(const struct back *back, size_t line, size_t part);
/* What is still to be paid of what goes out. */
int64_t back_still_due(const struct back *back);
/* Stores it, for exactly the amounts that are shown. */
void back_issue(struct app *app);
/* The keyed line that is about a line of the order (part 0) or its part; NULL when none is. */
const struct reply_return_back *back_of(const struct back *back, size_t line, size_t part);
/* The first thing that stands in the way; NULL when nothing does. */
const struct reply_problem *back_stop(const struct back *back);
