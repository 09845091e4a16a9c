/* The text of a promotion as a form: one field for each statement, named by the words with which
 * the text says it (partyline-promotion(5)). What fits no field stands in fields of its own, so
 * that nothing that was written is lost. */
#pragma once

#include "core/promo/promotion.h"

enum promotion_field_kind {
    FIELD_CODE,
    FIELD_NAME,
    FIELD_WHEN,
    FIELD_GIVE,
    FIELD_FROM,
    FIELD_TO,
    FIELD_TYPES,
    FIELD_CHANNELS,
    FIELD_RANKS,
    FIELD_PEOPLE,
    FIELD_COUPON,
    FIELD_EACH,
    FIELD_TIMES,
    FIELD_LIMIT_ORDERS,
    FIELD_LIMIT_PERSON,
    FIELD_LIMIT_BUDGET,
    FIELD_LANE,
    FIELD_PRIORITY,
    FIELD_EXCLUSIVE,
    FIELD_TAGS,
    FIELD_REDUCED,
    FIELD_VOLUMES,
    FIELD_OTHER, /* comments, and what is no statement */
    FIELD_KINDS
};

struct promotion_field_info {
    const char *label;   /* "for types", "limit .. per customer" */
    const char *example; /* "personal, customer" */
    bool is_flag;        /* said or not: its value is "yes" or "" */
    bool is_many;
};
struct promotion_field_info promotion_field_info(enum promotion_field_kind kind);

struct promotion_field {
    enum promotion_field_kind kind;
    const char *value; /* what stands behind its words; "" when it is not said */
};

struct promotion_form {
    struct arena *arena;
    struct promotion_field *fields; /* by kind; of each but FIELD_OTHER there is one at least */
    size_t n;
    size_t room;
};

void promotion_form_read(struct promotion_form *form, struct arena *arena, const char *text);
/* A line for each field that is said. */
const char *promotion_form_write(const struct promotion_form *form, struct arena *arena);
/* The value is copied. Of a flag "" or "no" takes it away, anything else says it. */
void promotion_form_set(struct promotion_form *form, size_t field, const char *value);
/* An empty field behind that one, of its kind; the place where it stands. */
size_t promotion_form_more(struct promotion_form *form, size_t field);
/* A line as it stands in a text: into an empty field of its kind, a further one, or the only one.
 * The place where it stands. */
size_t promotion_form_line(struct promotion_form *form, const char *line);
/* The field that a mistake in promotion_form_write's text is about. */
size_t promotion_form_field_at(const struct promotion_form *form,
                               const struct promotion_mistake *mistake);
