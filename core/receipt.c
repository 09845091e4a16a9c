#include "core/receipt_part.h"

#include "core/word.h"

#include <string.h>

enum { PPM_PER_CENT = 10000 };

const char *receipt_money(struct arena *arena, struct money amount, int exponent)
{
    char text[MONEY_TEXT];
    return arena_strdup(arena, money_format(text, amount, exponent, true));
}

/* "20", "7.7": hundreds of a rate, as far as they are there. */
static const char *percent(struct arena *arena, int64_t ppm)
{
    char *text = arena_printf(arena, "%lld.%04lld", (long long)(ppm / PPM_PER_CENT),
                              (long long)(ppm % PPM_PER_CENT));
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        len--;
    text[text[len - 1] == '.' ? len - 1 : len] = '\0';
    return text;
}

void receipt_taxes(struct paper *paper, enum language language, const struct receipt_tax *taxes,
                   size_t n, int exponent)
{
    for (size_t i = 0; i < n; i++)
        paper_pairf(paper, PAPER_PLAIN, receipt_money(paper->arena, taxes[i].tax, exponent),
                    tr(language, N_("Tax %s%% of %s")), percent(paper->arena, taxes[i].ppm),
                    receipt_money(paper->arena, taxes[i].goods, exponent));
}

const char *receipt_tender_title(enum language language, const char *kind)
{
    const char *word = word_find("tender", kind);
    return word ? tr(language, word) : kind;
}

static void head_write(struct paper *paper, enum language language, const struct receipt *r)
{
    paper_centre(paper, PAPER_TALL, r->company);
    paper_centre(paper, PAPER_PLAIN, r->site);
    if (r->is_void)
        paper_centre(paper, PAPER_TALL, tr(language, N_("VOID")));
    if (r->is_copy)
        paper_centre(paper, PAPER_TALL, tr(language, N_("COPY")));
    paper_left(paper, PAPER_PLAIN, "");
    paper_pairf(paper, PAPER_PLAIN, r->at, tr(language, N_("Order %s")), r->number);
    if (r->till)
        paper_pair(paper, PAPER_PLAIN, r->till, r->seller);
    if (r->buyer)
        paper_left(paper, PAPER_PLAIN, r->buyer);
    paper_rule(paper);
}

static void line_write(struct paper *paper, enum language language, const struct receipt *r,
                       const struct receipt_line *line)
{
    struct arena *arena = paper->arena;
    struct money goods = money_of(line->amount.minor + line->discount.minor);
    const char *sum = receipt_money(arena, goods, r->exponent);
    if (line->qty == 1) {
        paper_pairf(paper, PAPER_PLAIN, sum, "%s %s", line->sku, line->name);
    } else {
        paper_pairf(paper, PAPER_PLAIN, "", "%s %s", line->sku, line->name);
        paper_pairf(paper, PAPER_PLAIN, sum, "  %lld x %s", (long long)line->qty,
                    receipt_money(arena, line->unit, r->exponent));
    }
    if (line->discount.minor)
        paper_pairf(paper, PAPER_PLAIN,
                    receipt_money(arena, money_of(-line->discount.minor), r->exponent), "  %s",
                    tr(language, N_("Discount")));
}

static void sums_write(struct paper *paper, enum language language, const struct receipt *r)
{
    const struct {
        const char *title;
        struct money amount;
    } sums[] = {{N_("Delivery"), r->delivery}, {N_("Tax"), r->tax_added}};
    paper_rule(paper);
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        if (sums[i].amount.minor)
            paper_pair(paper, PAPER_PLAIN, tr(language, sums[i].title),
                       receipt_money(paper->arena, sums[i].amount, r->exponent));
    paper_pairf(paper, PAPER_TALL, receipt_money(paper->arena, r->total, r->exponent),
                tr(language, N_("TOTAL %s")), r->currency);
}

static void tender_write(struct paper *paper, enum language language, const struct receipt *r,
                         const struct receipt_tender *t)
{
    struct arena *arena = paper->arena;
    bool has_change = t->given.minor > t->amount.minor;
    paper_pair(paper, PAPER_PLAIN, receipt_tender_title(language, t->kind),
               receipt_money(arena, has_change ? t->given : t->amount, r->exponent));
    if (has_change)
        paper_pair(paper, PAPER_BOLD, tr(language, N_("Change")),
                   receipt_money(arena, money_of(t->given.minor - t->amount.minor), r->exponent));
    if (t->refunded.minor)
        paper_pairf(paper, PAPER_PLAIN,
                    receipt_money(arena, money_of(-t->refunded.minor), r->exponent), "  %s",
                    tr(language, N_("given back")));
}

static void exchange_write(struct paper *paper, enum language language, const struct receipt *r)
{
    const struct receipt_exchange *x = r->exchange;
    struct arena *arena = paper->arena;
    paper_rule(paper);
    paper_pairf(paper, PAPER_BOLD, x->number, tr(language, N_("Back of order %s")), x->of);
    for (size_t i = 0; i < x->nlines; i++)
        paper_pairf(paper, PAPER_PLAIN,
                    receipt_money(arena, money_of(-x->lines[i].amount.minor), r->exponent),
                    "%lld x %s %s", (long long)x->lines[i].qty, x->lines[i].sku, x->lines[i].name);
    for (size_t i = 0; i < x->ngiven; i++) {
        paper_pairf(paper, PAPER_BOLD, receipt_money(arena, x->given[i].amount, r->exponent),
                    tr(language, N_("Given back, %s")),
                    receipt_tender_title(language, x->given[i].kind));
        paper->kick |= !r->is_copy && strcmp(x->given[i].kind, "cash") == 0;
    }
}

void receipt_write(struct paper *paper, enum language language, const struct receipt *r)
{
    head_write(paper, language, r);
    for (size_t i = 0; i < r->nlines; i++)
        line_write(paper, language, r, &r->lines[i]);
    sums_write(paper, language, r);
    for (size_t i = 0; i < r->ntenders; i++) {
        tender_write(paper, language, r, &r->tenders[i]);
        paper->kick |= !r->is_copy && strcmp(r->tenders[i].kind, "cash") == 0;
    }
    if (r->exchange)
        exchange_write(paper, language, r);
    if (r->due.minor && !r->is_void)
        paper_pair(paper, PAPER_BOLD, tr(language, N_("Still to pay")),
                   receipt_money(paper->arena, r->due, r->exponent));
    paper_left(paper, PAPER_PLAIN, "");
    receipt_taxes(paper, language, r->taxes, r->ntaxes, r->exponent);
    if (r->link) {
        paper_left(paper, PAPER_PLAIN, tr(language, N_("Pay the rest here:")));
        paper_qr(paper, r->link, true);
    } else {
        paper_qr(paper, r->number, false);
    }
    paper_centre(paper, PAPER_PLAIN, tr(language, N_("Thank you for your visit.")));
}
