#include "core/draft.h"

#include "core/pan.h"
#include "core/text.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool draft_line_equal(const struct draft_line *a, const struct draft_line *b)
{
    return same(a->id, b->id) && same(a->sku, b->sku) && a->qty == b->qty &&
           a->back_order == b->back_order && same(a->picks, b->picks) &&
           same(a->choices, b->choices) && a->value == b->value;
}

static bool address_equal(const struct address *a, const struct address *b)
{
    return same(a->name, b->name) && same(a->line1, b->line1) && same(a->line2, b->line2) &&
           same(a->city, b->city) && same(a->postcode, b->postcode) && same(a->region, b->region) &&
           same(a->country, b->country);
}

static bool lines_equal(const struct order_draft *a, const struct order_draft *b)
{
    for (size_t i = 0; i < a->nlines && i < b->nlines; i++)
        if (!draft_line_equal(&a->lines[i], &b->lines[i]))
            return false;
    return a->nlines == b->nlines;
}

static bool coupons_equal(const struct order_draft *a, const struct order_draft *b)
{
    for (size_t i = 0; i < a->ncoupons && i < b->ncoupons; i++)
        if (!same(a->coupons[i], b->coupons[i]))
            return false;
    return a->ncoupons == b->ncoupons;
}

bool draft_ships_as(const struct order_draft *a, const struct order_draft *b)
{
    return a->destination == b->destination && same(a->method, b->method) &&
           a->has_address == b->has_address &&
           (!a->has_address || address_equal(&a->address, &b->address)) &&
           a->address_choice == b->address_choice;
}

static bool changes_equal(const struct draft_changes *a, const struct draft_changes *b)
{
    return same(a->order, b->order) && same(a->version, b->version);
}

bool draft_equal(const struct order_draft *a, const struct order_draft *b)
{
    return same(a->market, b->market) && a->type == b->type &&
           same(a->distributor, b->distributor) && same(a->customer, b->customer) &&
           lines_equal(a, b) && coupons_equal(a, b) && draft_ships_as(a, b) &&
           same(a->price_list, b->price_list) && a->date.days == b->date.days &&
           same(a->note, b->note) && changes_equal(&a->changes, &b->changes);
}

bool draft_paid_alike(const struct order_draft *a, const struct order_draft *b)
{
    for (size_t i = 0; i < a->npaying && i < b->npaying; i++)
        if (!same(a->paying[i].kind, b->paying[i].kind) ||
            !same(a->paying[i].ref, b->paying[i].ref) || a->paying[i].amount != b->paying[i].amount)
            return false;
    return a->npaying == b->npaying;
}

size_t draft_typed_safe(const char *typed)
{
    enum { RUN = 8 };
    const char *at = typed, *end = typed + strlen(typed), *run = typed;
    size_t digits = 0, safe = 0;
    while (at < end && (size_t)(at - typed) <= DRAFT_TYPED_MAX) {
        const char *begin = at;
        uint32_t c = utf8_next(&at, end);
        if (pan_digit_value(c) >= 0) {
            run = digits ? run : begin;
            if (++digits == RUN)
                return (size_t)(run - typed);
        } else if (!pan_is_separator(c)) {
            digits = 0;
        }
        if ((size_t)(at - typed) <= DRAFT_TYPED_MAX)
            safe = (size_t)(at - typed);
    }
    return safe;
}
