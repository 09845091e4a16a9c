/* What promotions make of an order that is priced from its list. Pure and exact, and the same
 * whatever the order of lines or promotions in memory: lines are looked at by (SKU, quantity, id),
 * promotions by (priority descending, code).
 *
 * Lanes follow one another: pre, default, post. In a lane each promotion is worked out alone, from
 * the amounts that the lane began with: whether its requirements and limits hold, and what it takes
 * off each line. Those that give something are its candidates. Two of them do not go together when
 * one is exclusive or both have a tag in common. A *combination* is a set of candidates that go
 * together and to which none can be added. In it each promotion, by priority and code, takes from a
 * line what it would, at most what is left. The combination that leaves the least to pay (with
 * delivery, and with tax where it is added) is taken; of those, the one with the greatest value of
 * gifts and credit; of those, the one whose members come first by priority and code.
 *
 * Combinations are built by adding one candidate after the other to all that there are so far; this
 * never makes fewer, so that more than PROMOTION_SEARCH in a lane are noticed at once. Then the
 * lane is not searched: candidates are added by the benefit of each alone, descending, then by
 * priority and code, wherever they still go with those taken before. The quote says so
 * (search_bounded).
 *
 * Time: lines x promotions for what they look at, PROMOTION_SEARCH x lines at most for the choice.
 * Pieces are counted as runs, so that quantities cost nothing. */
#pragma once

#include "core/quote.h"

enum { PROMOTION_SEARCH = 256 };

/* Lines must be priced, tax rates and the delivery charge known. Lowers the lines' amounts and
 * volumes, waives the charge, adds lines for gifts behind those of the draft, tells what became of
 * every promotion, and what is wrong with coupons and choices. Tax and sums are the caller's. */
void promo_apply(struct arena *arena, struct quote *quote, const struct buyer_facts *buyer,
                 const struct order_draft *draft, const struct stock_fact *stock, size_t nstock);
