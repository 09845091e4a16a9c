/* How orders are paid: the kinds of tender, and what a list of them pays of an order. */
#pragma once

#include "core/draft.h"

enum tender_how { TENDER_ACCOUNT, TENDER_GATEWAY, TENDER_DRAWER, TENDER_RECEIVED, TENDER_NOTHING };
enum tender_ref { TENDER_NO_REF, TENDER_WITH_REF };

enum tender_kind {
#define TENDER(name, how, ref) TENDER_##name,
#include "core/tender.def"
#undef TENDER
    TENDER_KINDS
};

struct tender_info {
    const char *name; /* "balance" */
    enum tender_how how;
    enum tender_ref ref;
};
const struct tender_info *tender_info(enum tender_kind kind);
/* TENDER_KINDS when there is none of that name. */
enum tender_kind tender_by_name(const char *name);

/* The kinds that may pay an order, as bits: the account balance is the distributor's, so it pays
 * what the distributor buys; what is received, only those may say who have it (`receives`). Cash is
 * not among them: who has a drawer adds it. */
#define TENDER_BIT(kind) (1u << TENDER_##kind)
unsigned tender_kinds(bool distributor_pays, bool receives);

enum { CERTIFICATE_DIGITS = 16 };
/* The digits of a certificate's number as keyed ("GC 8441 1027 ...", "gc84411027..."): 16 of them
 * with their check digit, or the last six of one that the buyer has bought; false for anything
 * else. */
bool certificate_number(const char *keyed, char out[CERTIFICATE_DIGITS + 1]);

/* A tender that was chosen, before it is known what there is to pay. */
struct tender_pick {
    enum tender_kind kind;
    int64_t amount; /* 0: as much as it can */
    int64_t most;   /* that it holds; -1: not known */
    const char *ref;
};
/* What each of them pays of `to_pay`: what is fixed or an account goes first, then cash, and what
 * takes the rest is last, each kind in the order chosen; those for which nothing is left are left
 * out. The amount of cash is what is handed over: what it does not pay is change. `out` has room
 * for `n`. */
size_t tender_plan(const struct tender_pick *picks, size_t n, int64_t to_pay,
                   struct draft_tender *out);

/* The cash of a plan that was handed over, and what of it goes back. */
int64_t tender_given(const struct draft_tender *plan, size_t n);
int64_t tender_change(const struct draft_tender *plan, size_t n);

/* What tenders do to what is to be paid. */
struct tender_sums {
    struct money from_balance; /* the distributor's */
    struct money paid;         /* by all of them, at most what is to be paid */
    struct money over;         /* received beyond it */
    struct money due;          /* what they leave */
};
/* What the tenders pay of `total`, one after the other; only what is received may be more than is
 * left. Problems are added for those that cannot be or are not among `kinds`, under /tenders. */
void tenders_take(struct problems *problems, struct money total, int exponent, unsigned kinds,
                  const struct draft_tender *tenders, size_t n, struct tender_sums *sums);
