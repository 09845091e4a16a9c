/* partyline-promotion(5): every example of the page is read and priced, and what the page says is
 * paid. An example is a literal display: texts of promotions, then orders with "->". */
#include "core/text.h"
#include "tests/core/promotion_order.h"
#include "tests/report.h"

#include <stdio.h>

static const char page_name[] = "man/partyline-promotion.5";

static const char *page_read(struct arena *arena)
{
    FILE *file = fopen(page_name, "r");
    struct text page;
    char part[4096];
    text_init(&page, arena);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        text_addn(&page, part, n);
    fclose(file);
    return page.data;
}

/* ---- what is on the page -----------------------------------------------------------------------
 */

enum { PROMOTIONS = 8, ORDERS = 8 };

struct example {
    int line; /* of the page, where it begins */
    const char *texts[PROMOTIONS], *orders[ORDERS];
    size_t ntexts, norders;
};

static void example_line(struct arena *arena, struct example *example, const char *line)
{
    bool begins = strncmp(line, "promotion ", 10) == 0;
    if (strstr(line, " -> ")) {
        CU_ASSERT_FATAL(example->norders < ORDERS);
        example->orders[example->norders++] = line;
        return;
    }
    CU_ASSERT_FATAL(example->ntexts < PROMOTIONS && (begins || example->ntexts));
    if (begins)
        example->texts[example->ntexts++] = "";
    const char **text = &example->texts[example->ntexts - 1];
    *text = arena_printf(arena, "%s%s\n", *text, line);
}

/* The next display; false when there is none. */
static bool example_next(struct arena *arena, const char **at, int *line, struct example *out)
{
    static const char begin[] = ".Bd -literal", end[] = ".Ed";
    bool inside = false;
    *out = (struct example){0};
    while (**at) {
        size_t len = strcspn(*at, "\n");
        const char *text = arena_strndup(arena, *at, len);
        *at += len + ((*at)[len] == '\n');
        ++*line;
        if (inside && strcmp(text, end) == 0)
            return true;
        if (inside)
            example_line(arena, out, text);
        if (strncmp(text, begin, sizeof begin - 1) == 0) {
            inside = true;
            out->line = *line;
        }
    }
    CU_ASSERT_FALSE(inside);
    return false;
}

/* ---- examples ----------------------------------------------------------------------------------
 */

/* Which kinds of things were on the page. */
struct seen {
    size_t examples, orders;
    bool conditions[CONDITION_KINDS], benefits[BENEFIT_KINDS], lanes[LANES];
    bool or_, and_, several, picks_at_price, picks_at_rate, cheapest_at_rate, each, up_to, people,
        coupon, types, channels, ranks, dates, priority, exclusive, tags, uses, person, budget,
        reduced, volumes;
};

static void see(struct seen *seen, const struct promotion *p)
{
    for (size_t i = 0; i < p->nrequires; i++)
        for (size_t k = 0; k < p->requires[i].nany; k++) {
            seen->conditions[p->requires[i].any[k].kind] = true;
            seen->or_ |= k > 0;
            seen->and_ |= i > 0;
        }
    for (size_t i = 0; i < p->nbenefits; i++) {
        const struct benefit *b = &p->benefits[i];
        seen->benefits[b->kind] = true;
        seen->several |= i > 0;
        seen->picks_at_price |= b->kind == BENEFIT_pick && b->at_price;
        seen->picks_at_rate |= b->kind == BENEFIT_pick && b->rate.ppm && b->rate.ppm < 1000000;
        seen->cheapest_at_rate |= b->kind == BENEFIT_cheapest && b->rate.ppm < 1000000;
    }
    seen->lanes[p->lane] = true;
    seen->each |= p->times == 0;
    seen->up_to |= p->times > 1;
    seen->people |= p->npeople > 0;
    seen->coupon |= p->needs_coupon;
    seen->types |= p->types != 0;
    seen->channels |= p->channels != 0;
    seen->ranks |= p->ranks != 0;
    seen->dates |= p->from.days != DATE_MIN.days && p->to.days != DATE_MAX.days;
    seen->priority |= p->priority != 0;
    seen->exclusive |= p->exclusive;
    seen->tags |= p->ntags > 0;
    seen->uses |= p->limit_uses > 0;
    seen->person |= p->limit_person > 0;
    seen->budget |= p->limit_budget.minor > 0;
    seen->reduced |= p->on_reduced;
    seen->volumes |= p->keeps_volumes;
}

static size_t promotions_read(struct arena *arena, const struct catalogue *catalogue,
                              const struct example *example, struct promotion *out)
{
    size_t n = 0;
    for (size_t i = 0; i < example->ntexts; i++) {
        struct promotion_mistake mistakes[PROMOTION_MISTAKES];
        size_t nmistakes;
        const char *text = example->texts[i];
        bool ok =
            promotion_read(arena, catalogue, text, strlen(text), &out[n], mistakes, &nmistakes);
        CU_ASSERT(ok);
        if (!ok)
            printf("   %s:%d: %s\n", page_name, example->line + mistakes[0].line,
                   promotion_mistake_say(arena, LANGUAGE_en, mistakes));
        n += ok;
    }
    return n;
}

static void example_try(struct arena *arena, const struct example *example, struct seen *seen)
{
    struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion promotions[PROMOTIONS];
    catalogue->promotions = promotions;
    catalogue->npromotions = promotions_read(arena, catalogue, example, promotions);
    for (size_t i = 0; i < catalogue->npromotions; i++)
        see(seen, &promotions[i]);
    for (size_t i = 0; i < example->norders; i++) {
        const char *wrong = promotion_order_try(arena, catalogue, example->orders[i]);
        CU_ASSERT(!*wrong);
        if (*wrong)
            printf("   %s:%d: %s\n%s", page_name, example->line, example->orders[i], wrong);
    }
    seen->examples++;
    seen->orders += example->norders;
}

static struct seen all_tried(struct arena *arena)
{
    struct seen seen = {0};
    struct example example;
    const char *at = page_read(arena);
    for (int line = 0; example_next(arena, &at, &line, &example);)
        example_try(arena, &example, &seen);
    return seen;
}

static void every_example_costs_what_the_page_says(void)
{
    struct arena *arena = arena_new();
    struct seen seen = all_tried(arena);
    printf("%zu examples, %zu orders\n", seen.examples, seen.orders);
    CU_ASSERT(seen.examples > 50);
    CU_ASSERT(seen.orders > 100);
    arena_free(arena);
}

static void everything_has_an_example(void)
{
    struct arena *arena = arena_new();
    struct seen s = all_tried(arena);
    for (int i = 0; i < CONDITION_KINDS; i++)
        CU_ASSERT(s.conditions[i]);
    for (int i = 0; i < BENEFIT_KINDS; i++)
        CU_ASSERT(s.benefits[i]);
    for (int i = 0; i < LANES; i++)
        CU_ASSERT(s.lanes[i]);
    CU_ASSERT(s.or_ && s.and_ && s.several);
    CU_ASSERT(s.picks_at_price && s.picks_at_rate && s.cheapest_at_rate);
    CU_ASSERT(s.each && s.up_to && s.reduced && s.volumes);
    CU_ASSERT(s.people && s.coupon && s.types && s.channels && s.ranks && s.dates);
    CU_ASSERT(s.priority && s.exclusive && s.tags);
    CU_ASSERT(s.uses && s.person && s.budget);
    arena_free(arena);
}

/* ---- the catalogue of the examples -------------------------------------------------------------
 */

static void the_catalogue_is_the_one_of_the_page(void)
{
    struct arena *arena = arena_new();
    const char *page = page_read(arena);
    for (size_t i = 0; i < ARRAY_LEN(promotion_items); i++) {
        const struct promotion_shop_item *item = &promotion_items[i];
        const struct item_group *group = &promotion_groups[item->group];
        char price[MONEY_TEXT];
        const char *above = group->parent < 0 ? "\\(en" : promotion_groups[group->parent].code;
        const char *row =
            arena_printf(arena, "\n.It %s Ta %s Ta %s Ta %s Ta %s\n", item->sku, item->name,
                         group->code, above, money_format(price, money_of(item->amount), 2, false));
        CU_ASSERT_PTR_NOT_NULL(strstr(page, row));
        if (!strstr(page, row))
            printf("   not on the page: %s", row + 1);
    }
    arena_free(arena);
}

/* The examples are only worth something when a wrong one is seen. */
static void a_wrong_example_is_seen(void)
{
    static const char *const wrong[] = {
        "1 x 40216 -> 54.01",
        "1 x 40216 -> 54.00; applied B",
        "1 x 40216 -> 54.00; A failed: spend",
        "1 x 40216 -> 54.00; A lost to A",
        "1 x 40216 -> 54.00; gift 1 x 60422",
        "1 x 40216 -> 54.00; credit 1.00",
        "1 x 40216 -> 54.00; CV 30.00",
        "1 x 40216 -> 54.00; lines 53.00",
        "1 x 40216 -> 54.00; hint 1 x 41109 saves 1.00",
        "1 x 40216 -> unknown_coupon",
        "1 x 40216, by balloon -> 54.00",
        "1 x 40216, choose 1 x 40227 -> 54.00",
        "1 x 40216 -> 54.00; and more",
    };
    struct arena *arena = arena_new();
    struct seen seen = {0};
    struct example example = {.texts = {"promotion A\ngive 10% off everything"},
                              .ntexts = 1,
                              .orders = {"1 x 40216 -> 54.00; applied A; CV 27.00; lines 54.00"},
                              .norders = 1};
    example_try(arena, &example, &seen);
    struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion promotions[PROMOTIONS];
    catalogue->promotions = promotions;
    catalogue->npromotions = promotions_read(arena, catalogue, &example, promotions);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT(*promotion_order_try(arena, catalogue, wrong[i]));
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"every example costs what the page says", every_example_costs_what_the_page_says},
    {"everything that can be expressed has an example", everything_has_an_example},
    {"the catalogue of the examples is the one of the page", the_catalogue_is_the_one_of_the_page},
    {"a wrong example is seen", a_wrong_example_is_seen},
};
REPORT_MAIN("test_promotion_man", cases)
