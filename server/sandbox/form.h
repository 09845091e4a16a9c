/* Form-encoded bodies and queries with nested names, as Stripe's API takes them:
 *   amount=2599&payment_method_options[card][moto]=true&expand[]=latest_charge
 * A form is a flat list of pairs under their full names; `[]` at the end of a name counts up from
 * [0], so that lists have one spelling. */
#pragma once

#include "core/arena.h"

enum { FORM_PAIRS = 1000, FORM_NAME = 200, FORM_DEPTH = 8 };

struct form_pair {
    const char *name, *value; /* decoded; valid UTF-8 without NUL */
};

struct form {
    struct arena *arena;
    struct form_pair *pairs;
    size_t n, cap;
};

void form_init(struct form *form, struct arena *arena);
/* Adds what `text` holds. False, and the reason for a reader in `*why`, when it is not well formed:
 * a broken escape, no UTF-8, a name that is no name, the same name twice, too much of it. */
bool form_add(struct form *form, const char *text, size_t len, const char **why);
/* NULL when there is none of this name. */
const char *form_get(const struct form *form, const char *name);
/* The pairs in one order, each length before its text, so that two forms have the same text only
 * when they say the same: what an idempotency key is compared by. */
const char *form_canonical(const struct form *form, size_t *len);
/* `pattern` is a name in which `#` stands for a number and `*` for any one key:
 * "line_items[#][quantity]", "metadata[*]". */
bool form_name_fits(const char *name, const char *pattern);
