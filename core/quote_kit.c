/* What is chosen in a kit, and what each of its parts costs. */
#include "core/kit.h"
#include "core/quote_part.h"

static struct problem *choice_problem(struct quote *quote, size_t i, enum problem_code code)
{
    struct problem *p = quote_line_problem(quote, i, code, "choices");
    quote_item_params(p, quote->lines[i].item);
    return p;
}

static void slot_params(struct quote *quote, size_t i, struct problem *p,
                        const struct kit_slot *slot)
{
    const struct item *kit = quote->lines[i].item;
    problem_set_number(p, "position", slot - &quote->catalogue->slots[kit->first_slot] + 1);
    problem_set_text(p, "slot", slot->name);
    problem_set_text(p, "options", kit_options_say(quote->problems.arena, quote->catalogue, slot));
}

static void still_to_choose(struct quote *quote, size_t i, size_t chosen)
{
    size_t left;
    const struct kit_slot *slot =
        kit_slot_of(quote->catalogue, quote->lines[i].item, chosen, &left);
    if (!slot)
        return;
    struct problem *p = choice_problem(quote, i, PROBLEM_choice_needed);
    problem_set_number(p, "left", (int64_t)left);
    slot_params(quote, i, p, slot);
}

void quote_choose(struct quote *quote, size_t i)
{
    struct quote_line *line = &quote->lines[i];
    const struct catalogue *c = quote->catalogue;
    const char *at = line->draft->choices;
    size_t len = kit_choice_next(&at), nth = 0, left;
    if (!len && !line->item->slots)
        return;
    struct component *chosen = ARENA_ARRAY(quote->problems.arena, struct component, KIT_CHOICES);
    line->chosen = chosen;
    for (; len; at += len, len = kit_choice_next(&at), nth++) {
        const char *choice = arena_strndup(quote->problems.arena, at, len);
        const struct kit_slot *slot = kit_slot_of(c, line->item, nth, &left);
        const struct component *option = slot ? kit_option(c, slot, at, len) : NULL;
        if (option && line->nchosen < KIT_CHOICES) {
            chosen[line->nchosen++] = *option;
            continue;
        }
        struct problem *p =
            choice_problem(quote, i, slot ? PROBLEM_choice_not_offered : PROBLEM_choice_too_many);
        problem_set_text(p, "choice", choice);
        if (slot)
            slot_params(quote, i, p, slot);
        return;
    }
    still_to_choose(quote, i, nth);
}

/* ---- shares ---------------------------------------------------------------------------------- */

static struct line_part *parts_of(struct arena *arena, const struct quote_line *line,
                                  const struct catalogue *c, size_t *n)
{
    const struct item *item = line->item;
    size_t left, k = 0;
    struct line_part *parts =
        ARENA_ARRAY(arena, struct line_part, item->components + line->nchosen);
    for (uint32_t i = 0; i < item->components; i++) {
        const struct component *part = &c->components[item->first_component + i];
        parts[k++] = (struct line_part){part->item, 0, part->qty * line->draft->qty, {0}};
    }
    for (size_t i = 0; i < line->nchosen; i++) {
        const struct kit_slot *slot = kit_slot_of(c, item, i, &left);
        parts[k++] = (struct line_part){line->chosen[i].item,
                                        (int)(slot - &c->slots[item->first_slot]) + 1,
                                        line->chosen[i].qty * line->draft->qty,
                                        {0}};
    }
    *n = k;
    return parts;
}

/* What all of a part would cost; 0 where it is in no list. */
static int64_t weight_of(const struct quote *quote, const struct line_part *part)
{
    const struct price *price =
        catalogue_price(quote->catalogue, quote->list, &quote->catalogue->items[part->item]);
    struct money goods;
    if (!price)
        return 0;
    return money_times(price->amount, part->qty, &goods) ? goods.minor : MONEY_MAX;
}

size_t quote_line_parts(struct arena *arena, const struct quote *quote,
                        const struct quote_line *line, struct line_part **out)
{
    size_t n;
    if (!line->priced || line->item->kind != ITEM_KIT)
        return 0;
    struct line_part *parts = *out = parts_of(arena, line, quote->catalogue, &n);
    int64_t *weights = ARENA_ARRAY(arena, int64_t, n), any = 0;
    struct money *shares = ARENA_ARRAY(arena, struct money, n);
    for (size_t i = 0; i < n; i++)
        any |= weights[i] = weight_of(quote, &parts[i]);
    for (size_t i = 0; i < n && !any; i++) /* none of them is sold alone */
        weights[i] = parts[i].qty;
    if (n)
        money_allocate(line->amount, weights, n, shares);
    for (size_t i = 0; i < n; i++)
        parts[i].share = shares[i];
    return n;
}
