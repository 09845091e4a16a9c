/* What every page has around it, and the table of what is bought. */
#pragma once

#include "server/web/web.h"

struct frame {
    const char *title; /* in the reader's language */
    const char *style; /* where style.css is */
    bool is_wrong;     /* something is to be looked at again: the title says so first */
};

struct item {
    const char *name, *note, *amount; /* note: NULL or "" for none */
    int64_t quantity;
};

struct sum {
    const char *name, *amount;
};

struct items {
    const char *caption;
    const struct item *items;
    size_t n;
    struct sum *sums;
    size_t sum_count;
};

void frame_begin(struct text *out, enum language language, const struct frame *it);
void frame_end(struct text *out, enum language language, const void *it); /* `it` is NULL */
void items_table(struct text *out, enum language language, const struct items *it);
