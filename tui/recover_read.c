#include "tui/recover_read.h"

#include <string.h>

static struct lost *find(struct lost *orders, size_t *n, const char *ulid)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(orders[i].ulid, ulid) == 0)
            return &orders[i];
    orders[*n] = (struct lost){.ulid = ulid, .rev = "", .typed = "", .to = ""};
    return &orders[(*n)++];
}

/* The record's draft with the lines that it only counts. */
static void draft_take(struct arena *arena, struct lost *lost, const struct record *record,
                       size_t most)
{
    struct order_draft draft = record->draft;
    const struct order_draft *before = lost->n ? lost_draft(lost) : NULL;
    size_t keep = before && record->keep < before->nlines ? record->keep
                  : before                                ? before->nlines
                                                          : 0;
    if (!lost->drafts)
        lost->drafts = ARENA_ARRAY(arena, struct order_draft, most);
    if (keep) {
        draft.lines = ARENA_ARRAY(arena, struct draft_line, keep + draft.nlines);
        memcpy(draft.lines, before->lines, keep * sizeof *draft.lines);
        if (record->draft.nlines)
            memcpy(draft.lines + keep, record->draft.lines,
                   record->draft.nlines * sizeof *draft.lines);
        draft.nlines += keep;
    }
    lost->drafts[lost->n++] = draft;
    lost->rev = record->rev;
    lost->unsaved = true;
    lost->placing = record->kind == RECORD_PLACING ? record : NULL;
}

static void record_take(struct arena *arena, struct lost *lost, const struct record *record,
                        size_t most)
{
    switch (record->kind) {
    case RECORD_EDIT:
    case RECORD_PLACING:
        draft_take(arena, lost, record, most);
        lost->typed = "";
        break;
    case RECORD_STORED:
        lost->rev = record->rev;
        lost->unsaved = false;
        lost->placing = NULL;
        break;
    case RECORD_DONE:
        *lost = (struct lost){.ulid = lost->ulid, .rev = "", .typed = "", .to = ""};
        break;
    case RECORD_TYPED:
        lost->typed = record->typed;
        break;
    case RECORD_COPY:
        lost->to = record->to;
        break;
    case RECORD_KINDS:
        break;
    }
}

struct lost *lost_read(struct arena *arena, const struct leftover *leftover, size_t *n,
                       const char **typed)
{
    size_t nrecords;
    const struct record *records = leftover_records(leftover, &nrecords);
    struct lost *orders = ARENA_ARRAY(arena, struct lost, nrecords);
    *typed = "";
    *n = 0;
    for (size_t i = 0; i < nrecords; i++) {
        if (records[i].kind == RECORD_TYPED)
            *typed = *records[i].ulid ? "" : records[i].typed;
        if (*records[i].ulid)
            record_take(arena, find(orders, n, records[i].ulid), &records[i], nrecords - i);
    }
    return orders;
}

bool lost_needs(const struct lost *lost)
{
    return lost->n && (lost->unsaved || *lost->typed);
}

const struct order_draft *lost_draft(const struct lost *lost)
{
    return &lost->drafts[lost->n - 1];
}

bool lost_wrote(const struct lost *lost, const struct order_draft *draft)
{
    for (size_t i = lost->n; i > 0; i--)
        if (draft_equal(&lost->drafts[i - 1], draft))
            return true;
    return false;
}
