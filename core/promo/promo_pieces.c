/* Benefits that count pieces: "buy 2 get 1 free", "3 for 50.00". The pieces of a line are alike, so
 * they are taken as runs and not one by one. */
#include "core/promo/promo_part.h"

/* How many batches or sets a promotion gives at most. */
static int64_t most_batches(const struct promotion *promotion)
{
    return promotion->times ? promotion->times : INT64_MAX;
}

/* ---- buy n, get the cheapest m ---- */

/* How many of the first `pieces` pieces are among the last `get` of each `buy` + `get`. */
static int64_t given_of(int64_t pieces, int64_t buy, int64_t get)
{
    int64_t rest = pieces % (buy + get) - buy;
    return pieces / (buy + get) * get + (rest > 0 ? rest : 0);
}

bool promo_give_cheapest(struct promo_run *run, const struct benefit *benefit,
                         struct promo_offer *offer)
{
    const uint32_t *by_value = promo_run_by_value(run);
    int64_t buy = benefit->buy, get = benefit->get, pieces = 0, given = 0, cut = 0;
    int64_t end = promo_product(most_batches(offer->promotion), buy + get);
    for (size_t i = 0; i < run->n; i++) {
        const struct promo_line *line = &run->lines[by_value[i]];
        if (!item_set_has(&benefit->of, line->item))
            continue;
        pieces += line->qty;
        int64_t so_far = given_of(pieces < end ? pieces : end, buy, get);
        struct money worth = money_of((so_far - given) * promo_line_value(line));
        int64_t off = money_at_rate(worth, benefit->rate).minor;
        run->cut[by_value[i]] += off;
        cut += off;
        given = so_far;
    }
    if (given == 0)
        promo_need(offer, NEED_pieces, &benefit->of, pieces, buy + 1);
    else if (cut == 0)
        promo_need(offer, NEED_goods, &benefit->of, 0, 0);
    int64_t batches = (given + get - 1) / get;
    offer->batches = batches > offer->batches ? batches : offer->batches;
    return cut > 0;
}

/* ---- a set at a price ---- */

/* The lines that a part of the set may take from, dearest first. */
struct part_lines {
    uint32_t *at;
    size_t n, next;
};

struct set_search {
    const struct benefit *benefit;
    struct part_lines *parts;
    uint32_t *touched; /* lines that the set in hand takes from */
    size_t ntouched;
};

static void set_begin(struct promo_run *run, struct set_search *s)
{
    const uint32_t *by_value = promo_run_by_value(run);
    s->parts = ARENA_ARRAY(run->arena, struct part_lines, s->benefit->nparts);
    s->touched = ARENA_ARRAY(run->arena, uint32_t, run->n);
    for (size_t p = 0; p < s->benefit->nparts; p++) {
        struct part_lines *part = &s->parts[p];
        part->at = ARENA_ARRAY(run->arena, uint32_t, run->n);
        for (size_t i = 0; i < run->n; i++)
            if (item_set_has(&s->benefit->parts[p].of, run->lines[by_value[i]].item))
                part->at[part->n++] = by_value[i];
    }
    for (size_t i = 0; i < run->n; i++)
        run->value[i] = run->use[i] = 0;
}

/* Takes the dearest pieces left for one part; how many were missing. */
static int64_t part_take(struct promo_run *run, struct set_search *s, size_t p)
{
    struct part_lines *part = &s->parts[p];
    int64_t wanted = s->benefit->parts[p].count;
    while (wanted > 0 && part->next < part->n) {
        uint32_t at = part->at[part->next];
        int64_t take = wanted < run->pieces[at] ? wanted : run->pieces[at];
        if (take == 0) {
            part->next++;
            continue;
        }
        if (run->use[at] == 0)
            s->touched[s->ntouched++] = at;
        run->use[at] += take;
        run->pieces[at] -= take;
        wanted -= take;
    }
    return wanted;
}

/* Gives the pieces of the set in hand back: they may be in another set. */
static void set_leave(struct promo_run *run, struct set_search *s)
{
    for (size_t i = 0; i < s->ntouched; i++) {
        run->pieces[s->touched[i]] += run->use[s->touched[i]];
        run->use[s->touched[i]] = 0;
    }
}

/* Takes one set; false, and what is missing told, when there is none. */
static bool set_take(struct promo_run *run, struct set_search *s, struct promo_offer *offer)
{
    int64_t worth = 0;
    s->ntouched = 0;
    for (size_t p = 0; p < s->benefit->nparts; p++) {
        const struct set_part *part = &s->benefit->parts[p];
        int64_t missing = part_take(run, s, p);
        if (missing > 0) {
            promo_need(offer, NEED_pieces, &part->of, part->count - missing, part->count);
            set_leave(run, s);
            return false;
        }
    }
    for (size_t i = 0; i < s->ntouched; i++)
        worth += run->use[s->touched[i]] * promo_line_value(&run->lines[s->touched[i]]);
    if (worth > s->benefit->amount.minor)
        return true;
    promo_need(offer, NEED_goods, &s->benefit->parts[0].of, 0, 0);
    set_leave(run, s);
    return false;
}

/* The set in hand can be taken from the same lines again until one of them runs short. */
static int64_t set_repeat(struct promo_run *run, struct set_search *s, int64_t most)
{
    int64_t times = most;
    for (size_t i = 0; i < s->ntouched; i++) {
        uint32_t at = s->touched[i];
        int64_t fits = 1 + run->pieces[at] / run->use[at];
        times = fits < times ? fits : times;
    }
    for (size_t i = 0; i < s->ntouched; i++) {
        uint32_t at = s->touched[i];
        run->pieces[at] -= run->use[at] * (times - 1);
        run->value[at] += run->use[at] * times * promo_line_value(&run->lines[at]);
        run->use[at] = 0;
    }
    return times;
}

bool promo_give_set(struct promo_run *run, const struct benefit *benefit, struct promo_offer *offer)
{
    struct set_search s = {.benefit = benefit};
    int64_t sets = 0, most = most_batches(offer->promotion), sum = 0;
    size_t n = 0;
    set_begin(run, &s);
    while (sets < most && set_take(run, &s, offer))
        sets += set_repeat(run, &s, most - sets);
    if (sets == 0)
        return false;
    for (uint32_t i = 0; i < run->n; i++) {
        if (run->value[i] == 0)
            continue;
        run->at[n] = i;
        sum += run->weights[n++] = run->value[i];
    }
    promo_hand_out(run, sum - sets * benefit->amount.minor, n);
    offer->batches = sets > offer->batches ? sets : offer->batches;
    return true;
}
