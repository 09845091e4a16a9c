/* What the files of the reader of promotions share (promotion_read.c). Not for others.
 * Functions that answer bool read on and say false after they have told a mistake; the rest of the
 * line is left alone then, so that a mistake is told once. */
#pragma once

#include "core/promo/promotion.h"

/* A word of a line: up to a blank, a comma or a colon, which are words of their own. */
struct word {
    const char *text; /* "" behind the last one */
    const char *at;   /* where it stands in the text that is read */
    int column;
    bool joined; /* no blank before it */
};

/* What may be said once. */
enum slot {
    SLOT_many,
    SLOT_code,
    SLOT_from,
    SLOT_to,
    SLOT_types,
    SLOT_channels,
    SLOT_ranks,
    SLOT_people,
    SLOT_coupon,
    SLOT_lane,
    SLOT_priority,
    SLOT_exclusive,
    SLOT_tags,
    SLOT_uses,
    SLOT_person,
    SLOT_budget,
    SLOT_reduced,
    SLOT_volumes,
    SLOT_times,
    SLOTS
};

struct reader {
    struct arena *arena;
    const struct catalogue *catalogue;
    struct promotion *out;
    int line;
    const struct word *words, *word; /* of the line; the next one to be read */
    const char *end;                 /* of the line, without its comment and the blanks before it */
    struct promotion_mistake *mistakes;
    size_t nmistakes;
    bool said[SLOTS];
    bool begun, unknown; /* a statement was read; one, or a line, was not understood */
    int last_line;       /* with a statement */
    int to_line;         /* of the last day: that it is before the first is only seen at the end */
    struct word to_word;
    struct promotion_text names[LANGUAGES];
    struct requirement *requires;
    struct benefit *benefits;
};

/* False, with a mistake, when it has been said before (promotion_read.c). */
bool reader_once(struct reader *r, enum slot slot, const struct word *word);

/* ---- words (promotion_words.c) ----------------------------------------------------------------
 */
/* Makes the words of the line between `at` and `end`. */
void reader_line(struct reader *r, const char *at, const char *end);
/* False, always. */
bool reader_mistake(struct reader *r, const struct word *word, const char *say);
bool reader_mistake_instead(struct reader *r, const struct word *word, const char *say,
                            const char *instead);
/* The same, with the one of `names` that is nearest to the word as {instead} of `nearest`; where
 * none is near, `say`. */
bool reader_mistake_near(struct reader *r, const struct word *word, const char *const *names,
                         size_t n, const char *nearest, const char *say, const char *instead);

bool word_is(const struct word *word, const char *keyword); /* in upper or lower case */
/* Reads the next word if it is this keyword. */
bool word_taken(struct reader *r, const char *keyword);
/* False, with the form of what belongs here, as it is written. */
bool reader_form(struct reader *r, const char *form);
bool word_wanted(struct reader *r, const char *keyword, const char *form) MUST_CHECK;
bool line_ends(struct reader *r) MUST_CHECK;
/* A whole number of at least `min`, at most `max`. */
bool number_read(struct reader *r, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
bool amount_read(struct reader *r, struct money *out) MUST_CHECK;
bool word_is_percent(const struct word *word); /* "25%", or "25" before "%" */
bool percent_read(struct reader *r, struct rate *out) MUST_CHECK;
/* Codes that stand for nothing in the catalogue: one or more, with commas between. */
bool code_read(struct reader *r, const char **out) MUST_CHECK;
bool code_list_read(struct reader *r, const char *const **out, size_t *n) MUST_CHECK;

/* The language that a name is said to be in: "zh", "zh_CN", "zh-CN", in small letters, so that a
 * name may begin with such a word. LANGUAGES when it is none. Of the writer as well. */
enum language name_language(const char *word, size_t len);

/* ---- items (promotion_items.c) -----------------------------------------------------------------
 */
/* "group KITCHENWARE, 41109 except group KNIVES". Every item that is not known is told. */
bool item_set_read(struct reader *r, struct item_set *out) MUST_CHECK;
bool item_read(struct reader *r, const char **sku, uint32_t *item) MUST_CHECK;

/* ---- statements, behind their first words (promotion_head.c) -----------------------------------
 */
bool statement_code(struct reader *r);
bool statement_name(struct reader *r);
bool statement_from(struct reader *r);
bool statement_to(struct reader *r);
bool statement_types(struct reader *r);
bool statement_channels(struct reader *r);
bool statement_ranks(struct reader *r);
bool statement_people(struct reader *r);
bool statement_coupon(struct reader *r);

/* ---- behind "when" and "give" (promotion_when.c, promotion_give.c) -----------------------------
 */
bool requirement_read(struct reader *r, struct requirement *out) MUST_CHECK;
bool benefit_read(struct reader *r, struct benefit *out) MUST_CHECK;

/* ---- of the writer, for what is said as well (promotion_write.c) -------------------------------
 */
const char *rate_text(struct arena *arena, struct rate rate); /* "12.5%" */
const char *ranks_text(struct arena *arena, uint64_t ranks);  /* "3-5, 8" */
