#include "tui/order_keep.h"

#include "core/wire/request.h"
#include "tui/order.h"

#include <stdlib.h>
#include <string.h>

/* A quiet journal is emptied when it is larger: then the next record is of the whole order. */
enum { KEEP_MOST = 64 << 10 };

static uint64_t mix(uint64_t sum, const char *text)
{
    do
        sum = (sum ^ (unsigned char)*text) * 0x100000001B3;
    while (*text++);
    return sum;
}

static uint64_t line_print(const struct draft_line *line)
{
    uint64_t sum = mix(mix(0xCBF29CE484222325, line->id), line->sku);
    sum = mix(sum, line->picks ? line->picks : "");
    return (sum ^ (uint64_t)line->qty * 2 ^ line->back_order) * 0x9E3779B97F4A7C15;
}

/* How many leading lines the last record has already; afterwards it is this one. */
static size_t lines_kept(struct order *order)
{
    struct order_keep *keep = &order->keep;
    const struct order_draft *draft = order_draft(order);
    bool fresh = !keep->known || keep->age != journal_age(order->journal);
    size_t same = 0, before = fresh ? 0 : keep->nlines;
    if (draft->nlines > keep->cap) {
        keep->cap = draft->nlines * 2;
        keep->lines = realloc(keep->lines, keep->cap * sizeof *keep->lines);
        if (!keep->lines)
            abort();
    }
    for (size_t i = 0; i < draft->nlines; i++) {
        uint64_t print = line_print(&draft->lines[i]);
        same += same == i && i < before && keep->lines[i] == print;
        keep->lines[i] = print;
    }
    keep->nlines = draft->nlines;
    keep->age = journal_age(order->journal);
    keep->known = true;
    return same;
}

static void need(struct order *order, bool needed)
{
    if (order->keep.needed != needed)
        journal_need(order->journal, needed);
    order->keep.needed = needed;
}

/* The draft goes in with the lines that are not known yet. */
static void draft_add(struct order *order, struct record record)
{
    struct draft_tender paying[PAY_PICKS];
    if (!order->journal)
        return;
    record.ulid = order->ulid;
    record.rev = order->rev;
    record.keep = lines_kept(order);
    record.draft = *order_draft(order);
    record.draft.lines += record.keep;
    record.draft.nlines -= record.keep;
    record.draft.npaying = order_pay_kept(order, paying);
    record.draft.paying = paying;
    need(order, true);
    journal_add(order->journal, &record);
}

void order_keep_edit(struct order *order)
{
    draft_add(order, (struct record){.kind = RECORD_EDIT});
}

void order_keep_placing(struct order *order, const struct request_order *body)
{
    draft_add(order, (struct record){.kind = RECORD_PLACING,
                                     .expect_total = body->expect_total,
                                     .tenders = (struct draft_tender *)(uintptr_t)body->tenders,
                                     .ntenders = body->ntenders,
                                     .accept_duplicate = body->accept_duplicate,
                                     .accept_age = body->accept_age,
                                     .shift = body->shift});
}

void order_keep_stored(struct order *order)
{
    if (!order->journal || !order->keep.known)
        return;
    journal_add(order->journal,
                &(struct record){.kind = RECORD_STORED, .ulid = order->ulid, .rev = order->rev});
    need(order, false);
    journal_trim(order->journal, KEEP_MOST);
}

void order_keep_done(struct order *order)
{
    if (!order->journal || !order->keep.known)
        return;
    journal_add(order->journal, &(struct record){.kind = RECORD_DONE, .ulid = order->ulid});
    order->keep.known = false;
    need(order, false);
    journal_trim(order->journal, 0);
}

void order_keep_release(struct order *order)
{
    need(order, false);
    free(order->keep.lines);
}
