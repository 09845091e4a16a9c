#include "core/tender.h"

#include "core/code.h"

#include <stdio.h>
#include <string.h>

enum { TENDER_FIELD = 64 };

static const struct tender_info infos[] = {
#define TENDER(name, how, ref) {#name, TENDER_##how, TENDER_##ref},
#include "core/tender.def"
#undef TENDER
};

const struct tender_info *tender_info(enum tender_kind kind)
{
    return &infos[kind];
}

enum tender_kind tender_by_name(const char *name)
{
    enum tender_kind kind = 0;
    while (kind < TENDER_KINDS && strcmp(infos[kind].name, name) != 0)
        kind++;
    return kind;
}

unsigned tender_kinds(bool distributor_pays, bool receives)
{
    unsigned kinds = 0;
    for (enum tender_kind kind = 0; kind < TENDER_KINDS; kind++)
        if (infos[kind].how != TENDER_DRAWER && (infos[kind].how != TENDER_RECEIVED || receives))
            kinds |= 1u << kind;
    return distributor_pays ? kinds : kinds & ~TENDER_BIT(balance);
}

bool certificate_number(const char *keyed, char out[CERTIFICATE_DIGITS + 1])
{
    size_t n = 0;
    if (!keyed)
        return false;
    if ((keyed[0] | 0x20) == 'g' && (keyed[1] | 0x20) == 'c')
        keyed += 2;
    for (; *keyed; keyed++) {
        if (*keyed == ' ')
            continue;
        if (*keyed < '0' || *keyed > '9' || n == CERTIFICATE_DIGITS)
            return false;
        out[n++] = *keyed;
    }
    out[n] = '\0';
    return n == CERTIFICATE_LAST || (n == CERTIFICATE_DIGITS && damm_valid(out, n));
}

/* What is fixed or a balance, then cash, then what takes the rest. */
static int turn_of(const struct tender_pick *pick)
{
    enum tender_how how = infos[pick->kind].how;
    if (how == TENDER_DRAWER)
        return 1;
    return pick->amount || how == TENDER_ACCOUNT ? 0 : 2;
}

/* One pick takes what it can of what is left. */
static int64_t plan_one(const struct tender_pick *pick, int64_t to_pay, struct draft_tender *out)
{
    int64_t amount = pick->amount ? pick->amount : pick->most;
    if (amount < 0 || amount > to_pay)
        amount = to_pay;
    *out = (struct draft_tender){infos[pick->kind].name, amount, pick->ref, 0};
    if (infos[pick->kind].how == TENDER_DRAWER)
        out->given = pick->amount;
    return amount;
}

size_t tender_plan(const struct tender_pick *picks, size_t n, int64_t to_pay,
                   struct draft_tender *out)
{
    enum { TURNS = 3 };
    size_t count = 0;
    for (int turn = 0; turn < TURNS; turn++)
        for (size_t i = 0; i < n && to_pay > 0; i++)
            if (turn_of(&picks[i]) == turn) {
                int64_t pays = plan_one(&picks[i], to_pay, &out[count]);
                to_pay -= pays;
                count += pays != 0;
            }
    return count;
}

int64_t tender_given(const struct draft_tender *plan, size_t n)
{
    int64_t given = 0;
    for (size_t i = 0; i < n; i++)
        given += plan[i].given;
    return given;
}

int64_t tender_change(const struct draft_tender *plan, size_t n)
{
    int64_t change = 0;
    for (size_t i = 0; i < n; i++)
        change += plan[i].given ? plan[i].given - plan[i].amount : 0;
    return change;
}

/* ---- what they pay ------------------------------------------------------------------------- */

static struct problem *tender_problem(struct problems *problems, size_t i, enum problem_code code,
                                      const char *member)
{
    char field[TENDER_FIELD];
    snprintf(field, sizeof field, "/tenders/%zu/%s", i, member);
    return problems_add(problems, code, field, NULL);
}

/* What is wrong with its reference; nothing may be lost without a word. */
static bool ref_fits(struct problems *problems, size_t i, const struct draft_tender *tender,
                     enum tender_kind kind)
{
    char digits[CERTIFICATE_DIGITS + 1];
    bool given = tender->ref && *tender->ref;
    struct problem *p;
    if (tender_info(kind)->ref == TENDER_WITH_REF && !given) {
        p = tender_problem(problems, i, PROBLEM_tender_ref, "ref");
        problem_set_name(p, "kind", "tender", tender->kind);
    } else if (tender_info(kind)->ref == TENDER_NO_REF && given) {
        p = tender_problem(problems, i, PROBLEM_bad_value, "ref");
        problem_set_text(p, "what", "ref");
        problem_set_text(p, "value", "given here");
    } else if (kind == TENDER_certificate && !certificate_number(tender->ref, digits)) {
        p = tender_problem(problems, i, PROBLEM_certificate_number, "ref");
        problem_set_text(p, "number", tender->ref);
    } else {
        return true;
    }
    return false;
}

/* What is handed over in cash is at least what it pays; of other kinds nothing is handed over. */
static bool given_fits(struct problems *problems, size_t i, const struct draft_tender *tender,
                       enum tender_kind kind, int exponent)
{
    struct problem *p;
    if (!tender->given)
        return true;
    if (tender_info(kind)->how != TENDER_DRAWER || tender->given < 0 || tender->given > MONEY_MAX) {
        p = tender_problem(problems, i, PROBLEM_bad_value, "given");
        problem_set_text(p, "what", "given");
        problem_set_text(p, "value", "given here");
        return false;
    }
    if (tender->given >= tender->amount)
        return true;
    p = tender_problem(problems, i, PROBLEM_tender_given, "given");
    problem_set_money(p, "given", tender->given, exponent);
    problem_set_money(p, "amount", tender->amount, exponent);
    return false;
}

/* A tender by itself; TENDER_KINDS, with a problem, when it cannot be. */
static enum tender_kind tender_read(struct problems *problems, size_t i,
                                    const struct draft_tender *tender, unsigned kinds, int exponent)
{
    enum tender_kind kind = tender_by_name(tender->kind);
    if (kind == TENDER_KINDS || !(kinds & 1u << kind)) {
        struct problem *p = tender_problem(problems, i, PROBLEM_tender_kind, "kind");
        problem_set_name(p, "kind", "tender", tender->kind);
        return TENDER_KINDS;
    }
    if (tender->amount < 1 || tender->amount > MONEY_MAX) {
        struct problem *p = tender_problem(problems, i, PROBLEM_tender_amount, "amount");
        problem_set_number(p, "max", MONEY_MAX);
        problem_set_number(p, "amount", tender->amount);
        return TENDER_KINDS;
    }
    return given_fits(problems, i, tender, kind, exponent) && ref_fits(problems, i, tender, kind)
               ? kind
               : TENDER_KINDS;
}

/* What it takes of `left`: all of it, unless more may be received than is due. */
static int64_t tender_takes(enum tender_kind kind, int64_t amount, int64_t left)
{
    if (amount <= left)
        return amount;
    return tender_info(kind)->how == TENDER_RECEIVED && left > 0 ? left : -1;
}

void tenders_take(struct problems *problems, struct money total, int exponent, unsigned kinds,
                  const struct draft_tender *tenders, size_t n, struct tender_sums *sums)
{
    struct money sum = money_of(0);
    int64_t left = total.minor;
    bool exceeds = false;
    *sums = (struct tender_sums){.due = total};
    for (size_t i = 0; i < n; i++) {
        enum tender_kind kind = tender_read(problems, i, &tenders[i], kinds, exponent);
        if (kind == TENDER_KINDS)
            continue;
        int64_t amount = tenders[i].amount, takes = tender_takes(kind, amount, left);
        sum.minor = sum.minor > MONEY_MAX - amount ? MONEY_MAX : sum.minor + amount;
        if (takes < 0) {
            exceeds = true;
            continue;
        }
        left -= takes;
        if (kind == TENDER_later)
            continue;
        sums->paid.minor += takes;
        sums->over.minor += amount - takes;
        if (kind == TENDER_balance)
            sums->from_balance.minor += takes;
    }
    sums->due.minor -= sums->paid.minor;
    if (!exceeds)
        return;
    struct problem *p = problems_add(problems, PROBLEM_tenders_exceed, "/tenders", NULL);
    problem_set_money(p, "sum", sum.minor, exponent);
    problem_set_money(p, "total", total.minor, exponent);
}
