/* Tenders on their way into the database, and what it finds wrong with them: what placing an order
 * and paying one share. */
#pragma once

#include "core/tender.h"
#include "server/api/call.h"

/* A tender's reference as it is kept: the number of a certificate without GC and blanks; of cash
 * what was given. */
const char *order_tender_ref(struct arena *arena, const struct draft_tender *tender);
/* As array parameters in the order in which order_tenders takes them. */
struct order_tenders {
    const char *kind, *amount, *ref;
};
void order_tenders_fill(struct arena *arena, const struct draft_tender *tenders, size_t n,
                        struct order_tenders *out);
/* The kinds that the one who asks may use on an order that a distributor pays, or a customer; cash
 * at a till only. */
unsigned order_tender_kinds(const struct call *c, bool distributor_pays, bool at_till);
/* Whether a certificate is among them: whoever names one is counted (certificate_place,
 * certificate_pay), and after too many wrong ones has to wait: their 'wait' ({"wait": seconds}). */
bool order_tries_certificate(const struct draft_tender *tenders, size_t n);
void order_refuse_tries(struct call *c, const char *detail);
/* Which tender the database could not take, and why: the detail of its "tender". */
void order_add_tender_problem(struct problems *problems, const char *detail,
                              const struct draft_tender *tenders, size_t n, int exponent);
