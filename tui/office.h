/* The back office at the terminal: one sheet at a time, a page of it in memory, and the change set
 * that takes every cell as soon as it is typed. Nothing is published but by F9 F9 on the list of
 * changes. */
#pragma once

#include "core/wire/reply_office.h"
#include "tui/query.h"

enum { OFFICE_PAGE = 100, OFFICE_TEXT = 64 };

/* What a cell was before it was typed over; texts are copies. */
struct office_undo {
    char *key, *text;
    size_t column;
    struct cell cell;
};

struct office {
    struct app *app;
    /* the change set */
    char changeset[ULID_TEXT], rev[24], effective[DATE_TEXT];
    bool has_set;
    int64_t rows;  /* that it changes, as far as is known */
    char **outbox; /* rows on their way, the first of them sent */
    size_t noutbox;
    bool ask_again; /* once they are there: the page shows a row that is new or gone */
    /* the sheet and what is shown of it */
    enum sheet sheet;
    char market[8], list[OFFICE_TEXT], audience[16], language[8], words[OFFICE_TEXT];
    struct query query;
    struct reply_sheet page;
    bool loading;   /* another page is on its way: keys wait for it */
    bool to_last;   /* the cursor goes to its last row */
    char **cursors; /* where each page begins; the first is "" */
    size_t page_no, npages;
    size_t row, column, top, left;
    bool adding;              /* the row at the cursor is new and has not been sent yet */
    size_t fresh, fresh_left; /* the new row that was sent: where, and so many answers from now */
    struct office_undo *undo;
    size_t nundo, cap;
    /* price lists of the market, for going from one to the next */
    struct query lists_query;
    struct reply_sheet lists;
    /* files */
    char file[ENTRY_TEXT]; /* the last one that was named */
    bool may_replace;      /* it was said that it is there already */
    bool file_waits;       /* one is on its way */
    struct query file_query;
    struct reply_imported imported;
    size_t fault_at;
    /* the review */
    struct query changes_query, check_query;
    struct reply_changes changes;
    struct reply_checked checked;
    bool has_checked, publishing;
    char publish_key[ULID_TEXT];
};

struct office *office_of(struct app *app);
/* Whether whoever is signed in may use it; and whether that is what they are here for. */
bool office_may(const struct app *app);
void open_office(struct app *app);
void open_sheet(struct app *app, enum sheet sheet);
void open_changes(struct app *app);

/* ---- the page (office.c) ---- */
/* Asks for the page anew, the first one when `from_start`. */
void office_ask(struct office *office, bool from_start);
/* The page behind or before; false when there is none. */
bool office_turn(struct office *office, int by);
/* The wait for a page is given up. */
bool office_not(struct app *app);
struct reply_row *office_row(struct office *office);
const struct sheet_column *office_column(const struct office *office);
/* Columns that are the same in every row stand in the title. */
/* Whether the rows are those of one language; of one market. */
bool office_has_language(const struct office *office);
bool office_has_market(const struct office *office);
bool office_hides(const struct office *office, size_t column);

/* ---- changing (office_change.c) ---- */
/* Takes what was typed into the cell at the cursor; false (and said) when it cannot stand there. */
bool office_type(struct office *office, const char *text);
void office_undo_one(struct office *office);
/* What is published is not typed back. */
void office_undo_forget(struct office *office);
/* A new row like the one at the cursor. */
void office_add(struct office *office);
/* Sends the new row, when there is one; false when it is not complete, which is said. */
bool office_added(struct office *office);
/* Takes the row at the cursor away, or back again. */
void office_remove(struct office *office);
/* The change set of the user that is still open, if any. */
void office_set_ask(struct office *office);
/* From when on: "" at once. */
void office_set_day(struct office *office, const char *day);

/* The change set that rows go into, an open one or a new one. */
void office_set_need(struct office *office);

/* ---- files (office_file.c) ---- */
/* The sheet into the file whose name stands in the entry line; without any a name is offered. */
void office_export(struct app *app);
/* The rows of that file into the change set. */
void office_import(struct app *app);

/* ---- drawing (office_view.c) ---- */
void office_draw(struct office *office, struct frame *frame);
void office_say(struct office *office, struct speech *speech);
/* "40216 Price: 24.50 -> 26.00" */
void office_change_text(struct arena *arena, struct text *out, const struct app *app,
                        const struct reply_change *change);
