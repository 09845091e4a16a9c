#include "core/quote_part.h"

#include <stdio.h>
#include <string.h>

static bool tender_is_taken(const struct draft_tender *tender, const struct buyer_facts *buyer,
                            bool distributor_pays)
{
    if (strcmp(tender->kind, "later") == 0)
        return true;
    return strcmp(tender->kind, "balance") == 0 && distributor_pays && buyer->distributor;
}

static struct problem *tender_problem(struct quote *quote, size_t i, enum problem_code code,
                                      const char *member)
{
    char field[QUOTE_FIELD];
    snprintf(field, sizeof field, "/tenders/%zu/%s", i, member);
    return problems_add(&quote->problems, code, field, NULL);
}

void quote_tenders(struct quote *quote, const struct buyer_facts *buyer, bool distributor_pays,
                   const struct draft_tender *tenders, size_t n, struct money *from_balance,
                   struct money *due)
{
    struct money sum = money_of(0);
    int exponent = quote->catalogue->exponent;
    struct problem *p;
    *from_balance = money_of(0);
    for (size_t i = 0; i < n; i++) {
        if (!tender_is_taken(&tenders[i], buyer, distributor_pays)) {
            p = tender_problem(quote, i, PROBLEM_tender_kind, "kind");
            problem_set_name(p, "kind", "tender", tenders[i].kind);
        } else if (tenders[i].amount < 1 || tenders[i].amount > MONEY_MAX ||
                   !money_add(sum, money_of(tenders[i].amount), &sum)) {
            p = tender_problem(quote, i, PROBLEM_tender_amount, "amount");
            problem_set_number(p, "max", MONEY_MAX);
            problem_set_number(p, "amount", tenders[i].amount);
        } else if (tenders[i].ref && *tenders[i].ref) {
            /* no kind that is taken keeps one: nothing may be lost without a word */
            p = tender_problem(quote, i, PROBLEM_bad_value, "ref");
            problem_set_text(p, "what", "ref");
            problem_set_text(p, "value", "given here");
        } else if (strcmp(tenders[i].kind, "balance") == 0) {
            from_balance->minor += tenders[i].amount;
        }
    }
    if (sum.minor > quote->total.minor) {
        p = problems_add(&quote->problems, PROBLEM_tenders_exceed, "/tenders", NULL);
        problem_set_money(p, "sum", sum.minor, exponent);
        problem_set_money(p, "total", quote->total.minor, exponent);
    } else if (from_balance->minor > 0 && from_balance->minor > buyer->balance.minor) {
        p = problems_add(&quote->problems, PROBLEM_balance_short, "/tenders", NULL);
        problem_set_money(p, "balance", buyer->balance.minor, exponent);
        problem_set_money(p, "amount", from_balance->minor, exponent);
    }
    *due = money_of(quote->total.minor - from_balance->minor);
}
