#include "core/promo/simulation.h"

/* Numbers stand in columns before the words, so that no language has to be padded. */

struct saying {
    struct arena *arena;
    enum language language;
    const struct catalogue *catalogue;
    const char **lines;
    size_t n, room;
};

static void add(struct saying *s, const char *line)
{
    enum { AT_ONCE = 32 };
    if (s->n == s->room) {
        const char **more = ARENA_ARRAY(s->arena, const char *, s->room + AT_ONCE);
        for (size_t i = 0; i < s->n; i++)
            more[i] = s->lines[i];
        s->lines = more;
        s->room += AT_ONCE;
    }
    s->lines[s->n++] = line;
}

static const char *amount(struct saying *s, int64_t minor)
{
    char text[MONEY_TEXT];
    return arena_strdup(s->arena,
                        money_format(text, money_of(minor), s->catalogue->exponent, true));
}

static const char *change(struct saying *s, int64_t minor)
{
    return minor > 0 ? arena_printf(s->arena, "+%s", amount(s, minor)) : amount(s, minor);
}

/* ---- the parts ------------------------------------------------------------------------------- */

static void say_head(struct saying *s, const char *code, const struct simulation_report *r)
{
    add(s, arena_printf(s->arena,
                        tr_n(s->language, "%lld order, priced again as if %s were in force:",
                             "%lld orders, priced again as if %s were in force:", r->orders),
                        (long long)r->orders, code));
    add(s, arena_printf(s->arena,
                        tr(s->language, "it applies to %lld, is lost to others in %lld, and lacks "
                                        "something in %lld."),
                        (long long)r->applied, (long long)r->lost, (long long)r->failed));
    add(s, arena_printf(s->arena, tr(s->language, "It gives: discount %s, delivery %s, credit %s."),
                        amount(s, r->discount), amount(s, r->delivery), amount(s, r->credit)));
    if (r->unpriced)
        add(s, arena_printf(s->arena,
                            tr_n(s->language, "%lld order has goods without a price: left out.",
                                 "%lld orders have goods without a price: left out.", r->unpriced),
                            (long long)r->unpriced));
}

static void say_choices(struct saying *s, const struct simulation_report *r)
{
    if (r->choices)
        add(s, arena_printf(
                   s->arena,
                   tr_n(s->language, "%lld order may choose %lld pieces, worth up to %s.",
                        "%lld orders may choose %lld pieces, worth up to %s.", r->choosers),
                   (long long)r->choosers, (long long)r->choices, amount(s, r->choices_worth)));
}

static void say_rivals(struct saying *s, const struct simulation_report *r)
{
    for (size_t i = 0; i < r->nlost_to; i++)
        add(s, arena_printf(s->arena,
                            tr_n(s->language, "%lld order keeps %s instead.",
                                 "%lld orders keep %s instead.", r->lost_to[i].orders),
                            (long long)r->lost_to[i].orders, r->lost_to[i].code));
    for (size_t i = 0; i < r->ndisplaced; i++)
        add(s, arena_printf(s->arena,
                            tr_n(s->language, "%lld order no longer has %s.",
                                 "%lld orders no longer have %s.", r->displaced[i].orders),
                            (long long)r->displaced[i].orders, r->displaced[i].code));
}

static void say_given(struct saying *s, const struct simulation_report *r)
{
    for (size_t i = 0; r->given && i < s->catalogue->nitems; i++)
        if (r->given[i])
            add(s, arena_printf(s->arena, tr(s->language, "It gives away %lld x %s."),
                                (long long)r->given[i], s->catalogue->items[i].sku));
}

static void say_sums(struct saying *s, const struct simulation_report *r)
{
    const struct {
        const char *name;
        int64_t before, after;
    } rows[] = {
        {N_("goods"), r->before.goods, r->after.goods},
        {N_("discount"), r->before.discount, r->after.discount},
        {N_("delivery"), r->before.delivery, r->after.delivery},
        {N_("to pay"), r->before.total, r->after.total},
    };
    const int64_t volumes[][2] = {{r->before.cv, r->after.cv}, {r->before.pv, r->after.pv}};
    static const char *const volume_names[] = {"CV", "PV"};
    add(s, tr(s->language, "Before, with it, and the difference:"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        add(s, arena_printf(s->arena, "%15s %15s %14s  %s", amount(s, rows[i].before),
                            amount(s, rows[i].after), change(s, rows[i].after - rows[i].before),
                            tr(s->language, rows[i].name)));
    for (size_t i = 0; i < ARRAY_LEN(volumes); i++) {
        char before[MONEY_TEXT], after[MONEY_TEXT], by[MONEY_TEXT];
        int64_t difference = volumes[i][1] - volumes[i][0];
        add(s, arena_printf(s->arena, "%15s %15s %14s  %s",
                            money_format(before, money_of(volumes[i][0]), 2, true),
                            money_format(after, money_of(volumes[i][1]), 2, true),
                            arena_printf(s->arena, "%s%s", difference > 0 ? "+" : "",
                                         money_format(by, money_of(difference), 2, true)),
                            volume_names[i]));
    }
}

static void say_examples(struct saying *s, const char *title,
                         const struct simulation_example *examples, size_t n)
{
    if (n)
        add(s, title);
    for (size_t i = 0; i < n; i++)
        add(s, arena_printf(s->arena, "%15s %15s %14s  %s", amount(s, examples[i].before),
                            amount(s, examples[i].after),
                            change(s, examples[i].after - examples[i].before), examples[i].number));
}

size_t simulation_say(struct arena *arena, enum language language,
                      const struct catalogue *catalogue, const char *code,
                      const struct simulation_report *report, const char *const **out)
{
    struct saying s = {.arena = arena, .language = language, .catalogue = catalogue};
    say_head(&s, code, report);
    say_choices(&s, report);
    say_rivals(&s, report);
    say_sums(&s, report);
    say_given(&s, report);
    say_examples(&s, tr(language, "The buyers who gain most:"), report->best, report->nbest);
    say_examples(&s, tr(language, "The buyers who gain least, or lose:"), report->worst,
                 report->nworst);
    *out = s.lines;
    return s.n;
}
