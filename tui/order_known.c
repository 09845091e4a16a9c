/* What is known of the order that is open: its lines in the quote that is shown, and what is wrong
 * with them. */
#include "tui/order.h"

#include "tui/id_map.h"
#include "tui/kit_choose.h"
#include "tui/tongue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- the index ------------------------------------------------------------------------------- */

static bool is_of_now(const struct order *order)
{
    const struct order_price *price = &order->price;
    return order->quote_arena &&
           (order->quote_arena == price->served_arena ? order->quoted == order->edits
                                                      : price->here_of == order->edits);
}

static bool is_here(const struct order *order)
{
    return order->quote_arena && order->quote_arena == order->price.here_arena;
}

/* The server has priced the line as it stands, and what is shown is that. */
static bool is_confirmed(const struct order *order, const struct reply_line *shown,
                         const struct reply_line *served, const struct draft_line *line)
{
    return served && served->qty == line->qty && strcmp(served->sku, line->sku) == 0 &&
           (order->quoted == order->edits || kit_is_chosen(served, line->choices)) &&
           served->amount == shown->amount && served->unit == shown->unit &&
           served->priced == shown->priced;
}

static enum line_known known_of(const struct order *order, const struct reply_line *shown,
                                const struct reply_line *served, const struct draft_line *line)
{
    if (!shown)
        return LINE_NOTHING;
    if (is_confirmed(order, shown, served, line))
        return LINE_CONFIRMED;
    bool full = is_here(order) && order->price.here.kind == LOCAL_FULL;
    return full && shown->qty == line->qty ? LINE_HERE : LINE_LIST;
}

static void index_lines(const struct order *order, struct order_index *index)
{
    const struct order_draft *draft = order_draft(order);
    const struct order_price *price = &order->price;
    struct id_map shown, served;
    index->lines = ARENA_ARRAY(index->arena, const struct reply_line *, index->nlines);
    index->known = ARENA_ARRAY(index->arena, enum line_known, index->nlines);
    id_map_of_quote(index->arena, &order->quote, &shown);
    id_map_of_quote(index->arena, &price->served, &served);
    for (size_t i = 0; i < index->nlines; i++) {
        const struct draft_line *line = &draft->lines[i];
        const struct reply_line *found = id_map_line(&shown, &order->quote, line->id);
        if (found && strcmp(found->sku, line->sku) == 0)
            index->lines[i] = found;
        index->known[i] =
            known_of(order, index->lines[i], id_map_line(&served, &price->served, line->id), line);
        index->pending += index->known[i] != LINE_CONFIRMED;
    }
}

/* "/lines/2/sku" is of the third line when no id was given; 0: of no line. Beyond the last one for
 * a line that is no more. */
static size_t number_of(const struct reply_problem *problem, const struct id_map *map)
{
    if (*problem->line) {
        size_t number = id_map_find(map, problem->line);
        return number ? number : SIZE_MAX;
    }
    bool has_line = strncmp(problem->field, "/lines/", 7) == 0;
    return has_line ? strtoul(problem->field + 7, NULL, 10) + 1 : 0;
}

/* Problems by their lines, in the order in which they came. */
static void index_problems(const struct order *order, struct order_index *index)
{
    const struct order_draft *draft = order_draft(order);
    const struct reply_quote *quote = &order->quote;
    struct id_map map;
    size_t n = quote->nproblems, *numbers = ARENA_ARRAY(index->arena, size_t, n);
    id_map_make(index->arena, draft->lines, sizeof *draft->lines, draft->nlines, &map);
    index->first = ARENA_ARRAY(index->arena, uint32_t, index->nlines + 2);
    index->problems = ARENA_ARRAY(index->arena, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = number_of(&quote->problems[i], &map);
        if (numbers[i] <= index->nlines)
            index->first[numbers[i] + 1]++;
    }
    for (size_t number = 0; number <= index->nlines; number++)
        index->first[number + 1] += index->first[number];
    uint32_t *at = ARENA_ARRAY(index->arena, uint32_t, index->nlines + 2);
    memcpy(at, index->first, (index->nlines + 2) * sizeof *at);
    for (size_t i = 0; i < n; i++)
        if (numbers[i] <= index->nlines)
            index->problems[at[numbers[i]]++] = (uint32_t)i;
}

/* The last line with candidates. */
static size_t find_to_mend(const struct order *order, const struct order_index *index)
{
    for (size_t number = index->nlines; number > 0; number--)
        for (uint32_t i = index->first[number]; i < index->first[number + 1]; i++)
            if (order->quote.problems[index->problems[i]].ncandidates &&
                order_line_is_judged(order, number))
                return number;
    return 0;
}

void order_index_make(struct order *order)
{
    struct order_index *index = &order->price.index;
    arena_free(index->arena);
    *index = (struct order_index){.arena = arena_new(), .nlines = order_lines(order)};
    index_lines(order, index);
    index_problems(order, index);
    index->to_mend = find_to_mend(order, index);
}

/* ---- lines and what is known of them --------------------------------------------------------- */

const struct draft_line *order_line(const struct order *order, size_t number)
{
    assert(number >= 1 && number <= order_lines(order));
    return &order_draft(order)->lines[number - 1];
}

const struct reply_line *order_line_quoted(const struct order *order, size_t number)
{
    assert(number >= 1 && number <= order->price.index.nlines);
    return order->price.index.lines[number - 1];
}

enum line_known order_line_known(const struct order *order, size_t number)
{
    assert(number >= 1 && number <= order->price.index.nlines);
    return order->price.index.known[number - 1];
}

bool order_line_confirmed(const struct order *order, size_t number)
{
    return order_line_known(order, number) == LINE_CONFIRMED;
}

bool order_line_is_judged(const struct order *order, size_t number)
{
    return is_of_now(order) || order_line_confirmed(order, number);
}

bool order_line_was(const struct order *order, size_t number, int64_t *amount)
{
    const struct order_price *price = &order->price;
    const char *id = order_line(order, number)->id;
    for (size_t i = 0; i < price->nwas; i++)
        if (strcmp(price->was[i].line, id) == 0) {
            *amount = price->was[i].amount;
            return true;
        }
    return false;
}

size_t order_pending(const struct order *order)
{
    return order->price.index.pending;
}

void order_pending_look(struct order *order)
{
    struct order_pending_said *said = &order->pending_said;
    size_t n = order_pending(order), lines = order_lines(order);
    bool is_more = lines <= said->lines && n > said->n; /* less is confirmed than is said */
    if (n == 0 || is_more || order->rested == order->edits)
        *said = (struct order_pending_said){n, lines};
}

bool order_confirmed(const struct order *order)
{
    return order->price.served_arena && order->quoted == order->edits;
}

bool order_priced(const struct order *order)
{
    return order_confirmed(order) ||
           (is_of_now(order) && is_here(order) && order->price.here.kind == LOCAL_FULL);
}

bool order_has_sums(const struct order *order)
{
    return order->quote_arena && (order_priced(order) || !is_here(order));
}

const struct reply_problem *order_problem(const struct order *order, size_t number, size_t nth)
{
    const struct order_index *index = &order->price.index;
    size_t at = number <= index->nlines ? index->first[number] + nth : 0;
    if (number > index->nlines || at >= index->first[number + 1])
        return NULL;
    return &order->quote.problems[index->problems[at]];
}

bool order_problem_follows(const struct order *order, const struct reply_problem *problem)
{
    static const struct {
        const char *code, *from;
    } table[] = {
        {"not_in_list", "wrong_kind"},
        {"address_needed", "customer_needed"},
        {"address_needed", "required"},
        {"address_needed", "unknown_distributor"},
    };
    const struct reply_quote *quote = &order->quote;
    for (size_t row = 0; row < ARRAY_LEN(table); row++)
        for (size_t i = 0; strcmp(problem->code, table[row].code) == 0 && i < quote->nproblems; i++)
            if (strcmp(quote->problems[i].code, table[row].from) == 0 &&
                strcmp(quote->problems[i].line, problem->line) == 0)
                return true;
    return false;
}

/* The quote that is shown is of the people who are on the draft now. */
static bool is_of_these_people(const struct order *order)
{
    const struct order_price *price = &order->price;
    bool is_served = order->quote_arena == price->served_arena;
    return (is_served ? order->quoted : price->here_of) >= price->head_since;
}

bool order_person_refused(const struct order *order)
{
    const struct reply_problem *problem;
    if (!is_of_these_people(order))
        return false; /* not known yet: what was said of somebody else does not count */
    for (size_t nth = 0; (problem = order_problem(order, 0, nth)); nth++)
        if (strcmp(problem->field, "/distributor") == 0 && !problem->warning)
            return true;
    return false;
}

const struct reply_problem *order_duplicate(const struct order *order)
{
    const struct reply_problem *found =
        reply_problem_find(order->trouble.problems, order->trouble.nproblems, "duplicate");
    return found ? found
                 : reply_problem_find(order->quote.problems, order->quote.nproblems, "duplicate");
}

size_t order_stops(const struct order *order)
{
    size_t stops = 0;
    for (size_t i = 0; i < order->quote.nproblems; i++)
        stops += !order->quote.problems[i].warning;
    return stops;
}

size_t order_line_to_mend(const struct order *order, const struct reply_problem **problem)
{
    size_t number = order->price.index.to_mend;
    for (size_t nth = 0; number && (*problem = order_problem(order, number, nth)); nth++)
        if ((*problem)->ncandidates)
            return number;
    return 0;
}

const char **order_line_why(const struct order *order, size_t number, struct arena *arena,
                            size_t *count)
{
    const struct reply_line *line = order_line_quoted(order, number);
    *count = line ? line->nwhy : 0;
    if (!line || !is_here(order) || !is_of_now(order))
        return line ? line->why : NULL;
    const struct quote *quote = &order->price.here.quote;
    const struct quote_line *priced = &quote->lines[line - order->quote.lines];
    const char **why = ARENA_ARRAY(arena, const char *, priced->nwhy);
    for (size_t i = 0; i < priced->nwhy; i++)
        why[i] = why_say(arena, tongue_language(), quote, priced, &priced->why[i]);
    *count = priced->nwhy;
    return why;
}
