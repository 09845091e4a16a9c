#include "server/api/promotion_text.h"

#include "core/pan.h"
#include "core/text.h"

#include <string.h>

bool promotion_code_ok(struct call *c)
{
    const char *code = c->params[0];
    size_t len = strlen(code);
    bool ok =
        len > 0 && len <= PROMOTION_CODE_MAX && strspn(code, "-_.") == 0 &&
        strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == len;
    if (!ok)
        call_fail(c, STATUS_NOT_FOUND, "a promotion's code has letters, digits, - _ and .");
    return ok;
}

/* No string of JSON has lines, so it is looked at here. */
const char *promotion_text_take(struct call *c)
{
    json_t *value = json_object_get(c->body, "text");
    const char *text = json_string_value(value);
    size_t len = text ? json_string_length(value) : 0;
    bool good = text && strlen(text) == len && len <= PROMOTION_TEXT_MAX;
    for (const char *at = text; good && *at;) {
        size_t line = strcspn(at, "\n\t\r");
        good = utf8_is_printable(at, line);
        at += line + (at[line] != '\0');
    }
    if (!good) {
        wire_bad_value(&c->reader, "", "text",
                       text ? "more than 8000 bytes, or unprintable" : "left out");
    } else if (pan_found(text, len)) { /* commas stand between SKUs: they look like none */
        problem_set_text(problems_add(&c->problems, PROBLEM_card_number, "/text", NULL), "what",
                         "text");
        good = false;
    }
    return good ? arena_strndup(c->arena, text, len) : NULL;
}

bool promotion_text_read(struct call *c, const char *market, const char *text,
                         struct promotion *out, struct problems *problems)
{
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    const struct market_snapshot *m = catalogue_snapshot_market(c->snapshot, market);
    size_t n = 0;
    if (m && promotion_read(c->arena, &m->catalogue, text, strlen(text), out, mistakes, &n))
        return true;
    for (size_t i = 0; i < n; i++) {
        struct problem *p = problems_add(problems, PROBLEM_promotion_text, "/text", NULL);
        problem_set_number(p, "line", mistakes[i].line);
        problem_set_number(p, "column", mistakes[i].column);
        problem_set_text(p, "say", promotion_mistake_say(c->arena, c->language, &mistakes[i]));
    }
    return false;
}

bool promotion_text_own(struct call *c, const char *market, const char *text, struct promotion *out,
                        struct problems *problems)
{
    if (!promotion_text_read(c, market, text, out, problems))
        return false;
    if (strcmp(out->code, c->params[0]) != 0)
        problem_set_text(problems_add(problems, PROBLEM_promotion_code, "/text", NULL), "code",
                         c->params[0]);
    return true;
}
