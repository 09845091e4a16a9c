/* The X and Z reports of a shift. */
#include "core/receipt_part.h"

static void head_write(struct paper *paper, enum language language, const struct report *r)
{
    paper_centre(paper, PAPER_TALL, r->company);
    paper_centre(paper, PAPER_PLAIN, r->site);
    paper_centre(
        paper, PAPER_TALL,
        r->z ? arena_printf(paper->arena, tr(language, N_("Z REPORT %lld")), (long long)r->z)
             : tr(language, N_("X REPORT")));
    paper_left(paper, PAPER_PLAIN, "");
    paper_pair(paper, PAPER_PLAIN, r->till, r->seller);
    paper_pair(paper, PAPER_PLAIN, tr(language, N_("Opened")), r->opened);
    paper_pair(paper, PAPER_PLAIN, r->z ? tr(language, N_("Closed")) : tr(language, N_("Now")),
               r->at);
    paper_rule(paper);
}

/* What was done: how often, and for how much. */
static void sums_write(struct paper *paper, enum language language, const struct report *r)
{
    const struct {
        const char *title;
        const struct report_sum *sum;
        bool always, is_hidden, is_out;
    } rows[] = {{N_("Sales"), &r->sales, true, r->is_blind, false},
                {N_("Voids"), &r->voids, true, false, true},
                {N_("Returns"), &r->returns, true, false, true},
                {N_("Picked up"), &r->pickups, false, false, false},
                {N_("Wait for payment"), &r->waiting, false, false, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t total = rows[i].is_out ? -rows[i].sum->total.minor : rows[i].sum->total.minor;
        if (rows[i].always || rows[i].sum->count)
            paper_pairf(
                paper, PAPER_PLAIN,
                rows[i].is_hidden ? "" : receipt_money(paper->arena, money_of(total), r->exponent),
                "%4lld %s", (long long)rows[i].sum->count, tr(language, rows[i].title));
    }
    paper_rule(paper);
}

static void tenders_write(struct paper *paper, enum language language, const struct report *r)
{
    for (size_t i = 0; i < r->ntenders; i++) {
        const struct report_tender *t = &r->tenders[i];
        paper_pairf(paper, PAPER_PLAIN,
                    t->is_hidden ? "" : receipt_money(paper->arena, t->amount, r->exponent),
                    "%4lld %s", (long long)t->count, receipt_tender_title(language, t->kind));
        if (t->given_back.minor && !t->is_hidden)
            paper_pairf(paper, PAPER_PLAIN,
                        receipt_money(paper->arena, money_of(-t->given_back.minor), r->exponent),
                        "     %s", tr(language, N_("given back")));
    }
    receipt_taxes(paper, language, r->taxes, r->ntaxes, r->exponent);
    if (r->ntenders || r->ntaxes)
        paper_rule(paper);
}

static void moves_write(struct paper *paper, const struct report *r)
{
    for (size_t i = 0; i < r->nmoves; i++)
        paper_pairf(paper, PAPER_PLAIN,
                    receipt_money(paper->arena,
                                  money_of(r->moves[i].is_in ? r->moves[i].amount.minor
                                                             : -r->moves[i].amount.minor),
                                  r->exponent),
                    "  %s", r->moves[i].reason);
}

/* From the float to what should be in the drawer. */
static void drawer_write(struct paper *paper, enum language language, const struct report *r)
{
    const struct {
        const char *title;
        int64_t minor;
        bool is_hidden;
    } rows[] = {{N_("Float"), r->change_fund.minor, false},
                {N_("Cash taken"), r->cash_taken.minor, r->is_blind},
                {N_("Cash given back"), -r->cash_given_back.minor, r->is_blind},
                {N_("Paid in"), r->pay_in.minor, false},
                {N_("Paid out"), -r->pay_out.minor, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!rows[i].is_hidden)
            paper_pairf(paper, PAPER_PLAIN,
                        receipt_money(paper->arena, money_of(rows[i].minor), r->exponent), "%s",
                        tr(language, rows[i].title));
    moves_write(paper, r);
    if (!r->is_blind)
        paper_pairf(paper, PAPER_BOLD, receipt_money(paper->arena, r->expected, r->exponent),
                    tr(language, N_("Should be in the drawer %s")), r->currency);
}

static void count_write(struct paper *paper, enum language language, const struct report *r)
{
    const char *difference = r->difference.minor < 0   ? tr(language, N_("SHORT"))
                             : r->difference.minor > 0 ? tr(language, N_("OVER"))
                                                       : tr(language, N_("Difference"));
    paper_pair(paper, PAPER_BOLD, tr(language, N_("Counted")),
               receipt_money(paper->arena, r->counted, r->exponent));
    paper_pair(paper, PAPER_TALL, difference,
               receipt_money(paper->arena, r->difference, r->exponent));
    if (r->note && *r->note)
        paper_left(paper, PAPER_PLAIN, r->note);
}

void report_write(struct paper *paper, enum language language, const struct report *r)
{
    head_write(paper, language, r);
    sums_write(paper, language, r);
    tenders_write(paper, language, r);
    drawer_write(paper, language, r);
    if (r->z)
        count_write(paper, language, r);
    else if (r->is_blind)
        paper_left(
            paper, PAPER_PLAIN,
            tr(language, N_("What should be in the drawer is told when it has been counted.")));
}
