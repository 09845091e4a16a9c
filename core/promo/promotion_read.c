#include "core/promo/promotion_part.h"
#include "core/text.h"

#include <string.h>

enum { PRIORITY_MAX = 1000 };

bool reader_once(struct reader *r, enum slot slot, const struct word *word)
{
    bool said = r->said[slot];
    r->said[slot] = slot != SLOT_many;
    return !said || reader_mistake(r, word,
                                   slot == SLOT_code
                                       ? N_("A text holds one promotion: take this line out.")
                                       : N_("This is said for the second time: keep one of them."));
}

/* ---- how it stands to others, and how often ----------------------------------------------------
 */

static bool lane(struct reader *r)
{
    const char *const names[] = {lane_name(LANE_pre), lane_name(LANE_default),
                                 lane_name(LANE_post)};
    for (size_t i = 0; i < LANES; i++)
        if (word_taken(r, names[i])) {
            r->out->lane = (enum lane)i;
            return line_ends(r);
        }
    return reader_mistake_instead(r, r->word, N_("A lane belongs here: {instead}."),
                                  "pre, default, post");
}

static bool priority(struct reader *r)
{
    int64_t n;
    if (!number_read(r, -PRIORITY_MAX, PRIORITY_MAX, &n))
        return false;
    r->out->priority = (int)n;
    return line_ends(r);
}

static bool exclusive(struct reader *r)
{
    r->out->exclusive = true;
    return line_ends(r);
}

static bool tags(struct reader *r)
{
    return code_list_read(r, &r->out->tags, &r->out->ntags) && line_ends(r);
}

static bool budget(struct reader *r)
{
    return amount_read(r, &r->out->limit_budget) && line_ends(r);
}

/* "500 orders", "1 per customer" */
static bool limit(struct reader *r)
{
    static const char form[] = "limit 500 orders, limit 1 per customer, limit budget 1000.00";
    const struct word *word = r->word;
    int64_t n;
    if (!*word->text || !word[1].text[0])
        return reader_form(r, form);
    if (!number_read(r, 1, PROMOTION_ORDERS_MAX, &n))
        return false;
    if (word_taken(r, "per")) {
        r->out->limit_person = n;
        return reader_once(r, SLOT_person, word) &&
               word_wanted(r, "customer", "limit 1 per customer") && line_ends(r);
    }
    r->out->limit_uses = n;
    return reader_once(r, SLOT_uses, word) &&
           (word_taken(r, "order") || word_wanted(r, "orders", form)) && line_ends(r);
}

static bool on_reduced(struct reader *r)
{
    r->out->on_reduced = true;
    return line_ends(r);
}

static bool volumes_kept(struct reader *r)
{
    r->out->keeps_volumes = true;
    return line_ends(r);
}

static bool each(struct reader *r)
{
    r->out->times = 0;
    return line_ends(r);
}

static bool up_to(struct reader *r)
{
    return number_read(r, 1, PROMOTION_COUNT_MAX, &r->out->times) &&
           (word_taken(r, "time") || word_wanted(r, "times", "up to 3 times")) && line_ends(r);
}

/* ---- what it asks and gives --------------------------------------------------------------------
 */

/* Twice the room when the array is full: at 0, 1, 2, 4 ... members. */
static void *grown(struct reader *r, const void *array, size_t n, size_t size)
{
    if (n & (n - 1))
        return NULL;
    void *more = arena_array(r->arena, n ? n * 2 : 1, size);
    if (n)
        memcpy(more, array, n * size);
    return more;
}

static bool when(struct reader *r)
{
    struct promotion *out = r->out;
    void *more = grown(r, r->requires, out->nrequires, sizeof *r->requires);
    if (more)
    out->requires = r->requires = more;
    return requirement_read(r, &r->requires[out->nrequires++]);
}

static bool give(struct reader *r)
{
    struct promotion *out = r->out;
    void *more = grown(r, r->benefits, out->nbenefits, sizeof *r->benefits);
    if (more)
        out->benefits = r->benefits = more;
    return benefit_read(r, &r->benefits[out->nbenefits++]);
}

/* ---- statements --------------------------------------------------------------------------------
 */

static const struct statement {
    const char *first, *second; /* the words it begins with; or one alone */
    enum slot slot;
    bool (*read)(struct reader *r);
} statements[] = {
    {"promotion", NULL, SLOT_code, statement_code},
    {"name", NULL, SLOT_many, statement_name},
    {"from", NULL, SLOT_from, statement_from},
    {"to", NULL, SLOT_to, statement_to},
    {"for", "types", SLOT_types, statement_types},
    {"for", "channels", SLOT_channels, statement_channels},
    {"for", "ranks", SLOT_ranks, statement_ranks},
    {"for", "people", SLOT_people, statement_people},
    {"for", "coupon", SLOT_coupon, statement_coupon},
    {"lane", NULL, SLOT_lane, lane},
    {"priority", NULL, SLOT_priority, priority},
    {"exclusive", NULL, SLOT_exclusive, exclusive},
    {"not", "with", SLOT_tags, tags},
    {"limit", "budget", SLOT_budget, budget},
    {"limit", NULL, SLOT_many, limit},
    {"on", "reduced", SLOT_reduced, on_reduced},
    {"volumes", "kept", SLOT_volumes, volumes_kept},
    {"each", NULL, SLOT_times, each},
    {"up", "to", SLOT_times, up_to},
    {"when", NULL, SLOT_many, when},
    {"give", NULL, SLOT_many, give},
};

/* How it goes on, where a statement begins with two words. */
static const char *second_wanted(const struct word *first)
{
    static const struct {
        const char *first, *form;
    } rows[] = {
        {"for", "for types, for channels, for ranks, for people, for coupon"},
        {"not", "not with SPRING"},
        {"on", "on reduced"},
        {"volumes", "volumes kept"},
        {"up", "up to 3 times"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (word_is(first, rows[i].first))
            return rows[i].form;
    return NULL;
}

static bool statement_unknown(struct reader *r)
{
    const char *names[ARRAY_LEN(statements)];
    const char *form = second_wanted(r->word);
    if (form) {
        r->word++;
        return reader_form(r, form);
    }
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        names[i] = statements[i].first;
    return reader_mistake_near(
        r, r->word, names, ARRAY_LEN(names),
        N_("No statement begins with \"{word}\". Was {instead} meant?"),
        N_("No statement begins with \"{word}\". They begin with: {instead}."),
        "promotion, name, from, to, for, lane, priority, exclusive, not with, limit, on reduced, "
        "volumes kept, each, up to, when, give");
}

static void code_missing(struct reader *r, const struct word *word)
{
    reader_mistake_instead(r, word, N_("A promotion begins with its code: {instead}."),
                           "promotion KNIVES-2");
}

static bool statement_read(struct reader *r)
{
    const struct word *word = r->word;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        const struct statement *statement = &statements[i];
        if (!word_is(word, statement->first) ||
            (statement->second && !word_is(&word[1], statement->second)))
            continue;
        r->word += statement->second ? 2 : 1;
        if (!r->begun && statement->slot != SLOT_code)
            code_missing(r, word);
        r->begun = true;
        return reader_once(r, statement->slot, word) && statement->read(r);
    }
    r->begun = r->unknown = true;
    return statement_unknown(r);
}

/* ---- the whole text ----------------------------------------------------------------------------
 */

/* UTF-8 without control characters, but for tabs. */
static bool line_is_text(struct reader *r, const char *at, const char *end)
{
    struct word word = {.text = "", .column = 1};
    if (!utf8_valid(at, (size_t)(end - at)))
        return reader_mistake(r, &word, N_("This line is not UTF-8: save the text as UTF-8."));
    for (; at < end; word.column++) {
        const char *from = at;
        utf8_next(&at, end);
        if (*from != '\t' && !utf8_is_printable(from, (size_t)(at - from)))
            return reader_mistake(r, &word,
                                  N_("A character that cannot be seen stands here: take it out."));
    }
    return true;
}

static void line_read(struct reader *r, const char *at, const char *end)
{
    end -= end > at && end[-1] == '\r';
    if (!line_is_text(r, at, end)) {
        r->begun = r->unknown = true;
        return;
    }
    reader_line(r, at, end);
    if (!*r->word->text)
        return;
    r->last_line = r->line;
    statement_read(r);
}

/* What is only seen when everything is read. */
static void whole_check(struct reader *r)
{
    struct word nowhere = {.text = "", .column = 1};
    r->line = r->last_line;
    if (!r->begun)
        code_missing(r, &nowhere);
    if (!r->out->nbenefits && !r->unknown)
        reader_mistake_instead(r, &nowhere, N_("Nothing is given yet: add a line, like {instead}."),
                               "give 10% off everything");
    if (r->out->from.days >= r->out->to.days) {
        r->line = r->to_line;
        reader_mistake(r, &r->to_word, N_("The last day is before the first."));
    }
}

/* By place; there are few. */
static void mistakes_sort(struct promotion_mistake *mistakes, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct promotion_mistake one = mistakes[i];
        size_t k = i;
        for (; k > 0 && (mistakes[k - 1].line > one.line ||
                         (mistakes[k - 1].line == one.line && mistakes[k - 1].column > one.column));
             k--)
            mistakes[k] = mistakes[k - 1];
        mistakes[k] = one;
    }
}

/* Longer than may be kept, or would be in its regular form. */
static bool is_too_long(struct reader *r, size_t len)
{
    if (len <= PROMOTION_TEXT_MAX / 2 || r->nmistakes)
        return false;
    return len > PROMOTION_TEXT_MAX ||
           strlen(promotion_write(r->arena, r->catalogue, r->out)) > PROMOTION_TEXT_MAX;
}

static void lines_read(struct reader *r, const char *text, size_t len)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* some editors begin UTF-8 with it */
    const char *at = text, *end = text + len;
    if (len >= 3 && memcmp(text, mark, 3) == 0)
        at += 3;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;
        r->line++;
        line_read(r, at, line_end);
        at = newline ? newline + 1 : end;
    }
    whole_check(r);
}

bool promotion_read(struct arena *arena, const struct catalogue *catalogue, const char *text,
                    size_t len, struct promotion *out, struct promotion_mistake *mistakes,
                    size_t *nmistakes)
{
    struct reader *r = ARENA_NEW(arena, struct reader);
    struct word nowhere = {.text = "", .column = 1};
    *out = (struct promotion){
        .version = 1, .from = DATE_MIN, .to = DATE_MAX, .lane = LANE_default, .times = 1};
    out->names = r->names;
    *r = (struct reader){
        .arena = arena, .catalogue = catalogue, .out = out, .last_line = 1, .mistakes = mistakes};
    if (len <= PROMOTION_TEXT_MAX)
        lines_read(r, text, len);
    if (is_too_long(r, len)) {
        r->line = 1;
        reader_mistake(r, &nowhere,
                       N_("The text is too long: a promotion has at most 8000 bytes."));
    }

    mistakes_sort(mistakes, r->nmistakes);
    *nmistakes = r->nmistakes;
    if (r->nmistakes)
        *out = (struct promotion){0};
    return !r->nmistakes;
}

const char *promotion_mistake_say(struct arena *arena, enum language language,
                                  const struct promotion_mistake *mistake)
{
    struct text out;
    text_init(&out, arena);
    for (const char *s = tr(language, mistake->say); *s;) {
        if (strncmp(s, "{word}", 6) == 0) {
            text_add(&out, mistake->word);
            s += 6;
        } else if (strncmp(s, "{instead}", 9) == 0) {
            text_add(&out, mistake->instead);
            s += 9;
        } else {
            text_addc(&out, *s++);
        }
    }
    return out.data;
}
