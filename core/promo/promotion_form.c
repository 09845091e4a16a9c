#include "core/promo/promotion_form.h"

#include "core/text.h"

#include <string.h>

/* What stands around the value; a flag is nothing but the words before it. */
static const struct {
    const char *before, *behind;
    struct promotion_field_info info;
} kinds[FIELD_KINDS] = {
    [FIELD_CODE] = {"promotion", "", {"promotion", "KNIVES-2", false, false}},
    [FIELD_NAME] = {"name",
                    "",
                    {"name", "Two knives with your kitchenware; zh, de before those", false, true}},
    [FIELD_WHEN] = {"when",
                    "",
                    {"when", "spend 100.00 on group KITCHENWARE or quantity 3 of 41109", false,
                     true}},
    [FIELD_GIVE] = {"give",
                    "",
                    {"give", "25% off group TEXTILES; 2 free from group KNIVES; gift 50326", false,
                     true}},
    [FIELD_FROM] = {"from", "", {"from", "2025-12-01", false, false}},
    [FIELD_TO] = {"to", "", {"to", "2026-01-31, the last day", false, false}},
    [FIELD_TYPES] = {"for types", "", {"for types", "personal, customer", false, false}},
    [FIELD_CHANNELS] = {"for channels", "", {"for channels", "call, web", false, false}},
    [FIELD_RANKS] = {"for ranks", "", {"for ranks", "3-5, 8", false, false}},
    [FIELD_PEOPLE] = {"for people", "", {"for people", "VIP, STAFF", false, false}},
    [FIELD_COUPON] = {"for coupon", "", {"for coupon", "yes", true, false}},
    [FIELD_EACH] = {"each", "", {"each", "yes", true, false}},
    [FIELD_TIMES] = {"up to", "times", {"up to .. times", "3", false, false}},
    [FIELD_LIMIT_ORDERS] = {"limit", "orders", {"limit .. orders", "500", false, false}},
    [FIELD_LIMIT_PERSON] = {"limit", "per customer", {"limit .. per customer", "1", false, false}},
    [FIELD_LIMIT_BUDGET] = {"limit budget", "", {"limit budget", "1000.00", false, false}},
    [FIELD_LANE] = {"lane", "", {"lane", "pre, default, post", false, false}},
    [FIELD_PRIORITY] = {"priority", "", {"priority", "10", false, false}},
    [FIELD_EXCLUSIVE] = {"exclusive", "", {"exclusive", "yes", true, false}},
    [FIELD_TAGS] = {"not with", "", {"not with", "SPRING, CLEARANCE", false, false}},
    [FIELD_REDUCED] = {"on reduced", "", {"on reduced", "yes", true, false}},
    [FIELD_VOLUMES] = {"volumes kept", "", {"volumes kept", "yes", true, false}},
    [FIELD_OTHER] = {"", "", {"#", "# a note", false, true}},
};

struct promotion_field_info promotion_field_info(enum promotion_field_kind kind)
{
    return kinds[kind].info;
}

/* ---- pieces of text -------------------------------------------------------------------------- */

struct span {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct span trimmed(struct span span)
{
    while (span.at < span.end && is_blank(*span.at))
        span.at++;
    while (span.end > span.at && is_blank(span.end[-1]))
        span.end--;
    return span;
}

static bool same_letter(char a, char b)
{
    char lower = a >= 'A' && a <= 'Z' ? (char)(a - 'A' + 'a') : a;
    return lower == b;
}

/* Takes the words off the beginning, whatever blanks are between them; false when others stand
 * there. */
static bool take_words(struct span *span, const char *words)
{
    const char *at = span->at;
    for (; *words; words++) {
        if (*words == ' ') {
            if (at == span->end || !is_blank(*at))
                return false;
            while (at < span->end && is_blank(*at))
                at++;
        } else if (at < span->end && same_letter(*at, *words)) {
            at++;
        } else {
            return false;
        }
    }
    if (at < span->end && !is_blank(*at))
        return false;
    *span = trimmed((struct span){at, span->end});
    return true;
}

/* The same at the end; "order" is as good as "orders". */
static bool take_end(struct span *span, const char *words)
{
    size_t len = strlen(words), have = (size_t)(span->end - span->at);
    for (size_t one = 0; one < 2; one++, len--) {
        if (have <= len || !is_blank(span->end[-(long)len - 1]))
            continue;
        struct span tail = {span->end - len, span->end};
        char wanted[16];
        memcpy(wanted, words, len);
        wanted[len] = '\0';
        if (take_words(&tail, wanted)) {
            *span = trimmed((struct span){span->at, span->end - len});
            return true;
        }
    }
    return false;
}

static bool has(struct span span, char c)
{
    return memchr(span.at, c, (size_t)(span.end - span.at)) != NULL;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static const char *copy(struct promotion_form *form, struct span span)
{
    return arena_strndup(form->arena, span.at, (size_t)(span.end - span.at));
}

static size_t insert(struct promotion_form *form, size_t at, enum promotion_field_kind kind)
{
    if (form->n == form->room) {
        form->room = form->room ? form->room * 2 : 64;
        struct promotion_field *more = ARENA_ARRAY(form->arena, struct promotion_field, form->room);
        if (form->n)
            memcpy(more, form->fields, form->n * sizeof *more);
        form->fields = more;
    }
    memmove(form->fields + at + 1, form->fields + at, (form->n - at) * sizeof *form->fields);
    form->fields[at] = (struct promotion_field){kind, ""};
    form->n++;
    return at;
}

static size_t first_of(const struct promotion_form *form, enum promotion_field_kind kind)
{
    size_t i = 0;
    while (i < form->n && form->fields[i].kind < kind)
        i++;
    return i;
}

/* Where a value of that kind goes; form->n when the only field is taken. */
static size_t place_for(struct promotion_form *form, enum promotion_field_kind kind)
{
    size_t i = first_of(form, kind);
    for (; i < form->n && form->fields[i].kind == kind; i++)
        if (!*form->fields[i].value)
            return i;
    return kinds[kind].info.is_many ? insert(form, i, kind) : form->n;
}

static size_t put(struct promotion_form *form, enum promotion_field_kind kind, struct span value)
{
    size_t at = place_for(form, kind);
    if (at < form->n)
        form->fields[at].value = kinds[kind].info.is_flag ? "yes" : copy(form, value);
    return at;
}

/* ---- a line ---------------------------------------------------------------------------------- */

/* FIELD_OTHER when it is none of the others; `value` is what stands behind and between its words.
 */
static enum promotion_field_kind kind_of(struct span line, struct span *value)
{
    for (enum promotion_field_kind kind = 0; kind < FIELD_OTHER; kind++) {
        struct span rest = line;
        if (!take_words(&rest, kinds[kind].before) ||
            (*kinds[kind].behind && !take_end(&rest, kinds[kind].behind)))
            continue;
        bool empty = rest.at == rest.end;
        if (kinds[kind].info.is_flag ? !empty : empty)
            continue;
        if (kind == FIELD_LIMIT_ORDERS && take_words(&rest, "budget"))
            continue;
        *value = rest;
        return kind;
    }
    *value = line;
    return FIELD_OTHER;
}

/* "from 2025-09-01 to 2026-01-31" fills two. */
static size_t put_from(struct promotion_form *form, struct span line, struct span value)
{
    struct span from = value, to = value;
    while (to.at < to.end && !is_blank(*to.at))
        to.at++;
    from.end = to.at;
    to = trimmed(to);
    size_t a = place_for(form, FIELD_FROM), b = place_for(form, FIELD_TO);
    if (to.at == to.end || has(value, '#'))
        return put(form, FIELD_FROM, value);
    if (!take_words(&to, "to") || a == form->n || b == form->n)
        return put(form, FIELD_OTHER, line);
    form->fields[b].value = copy(form, to);
    form->fields[a].value = copy(form, from);
    return a;
}

static size_t line_put(struct promotion_form *form, struct span line)
{
    struct span value;
    enum promotion_field_kind kind = kind_of(line, &value);
    size_t at = kind == FIELD_FROM ? put_from(form, line, value) : put(form, kind, value);
    return at < form->n ? at : put(form, FIELD_OTHER, line);
}

size_t promotion_form_line(struct promotion_form *form, const char *line)
{
    struct span value, span = trimmed((struct span){line, line + strlen(line)});
    enum promotion_field_kind kind = kind_of(span, &value);
    if (!kinds[kind].info.is_many) /* said anew */
        form->fields[first_of(form, kind)].value = "";
    return line_put(form, span);
}

/* ---- the whole form -------------------------------------------------------------------------- */

void promotion_form_read(struct promotion_form *form, struct arena *arena, const char *text)
{
    *form = (struct promotion_form){.arena = arena};
    for (enum promotion_field_kind kind = 0; kind < FIELD_OTHER; kind++)
        insert(form, form->n, kind);
    for (const char *at = text, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "\n");
        struct span line = trimmed((struct span){at, end});
        if (line.at < line.end)
            line_put(form, line);
    }
}

const char *promotion_form_write(const struct promotion_form *form, struct arena *arena)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < form->n; i++) {
        const struct promotion_field *field = &form->fields[i];
        enum promotion_field_kind kind = field->kind;
        if (!*field->value)
            continue;
        text_add(&text, kind == FIELD_CODE ? "" : "  ");
        text_add(&text, kinds[kind].before);
        if (!kinds[kind].info.is_flag)
            text_printf(&text, "%s%s", *kinds[kind].before ? " " : "", field->value);
        text_printf(&text, "%s%s\n", *kinds[kind].behind ? " " : "", kinds[kind].behind);
    }
    return text.len ? text.data : "";
}

void promotion_form_set(struct promotion_form *form, size_t field, const char *value)
{
    struct promotion_field *f = &form->fields[field];
    struct span span = trimmed((struct span){value, value + strlen(value)});
    if (kinds[f->kind].info.is_flag)
        f->value = span.at == span.end || take_words(&span, "no") ? "" : "yes";
    else
        f->value = copy(form, span);
}

size_t promotion_form_more(struct promotion_form *form, size_t field)
{
    return insert(form, field + 1, form->fields[field].kind);
}

size_t promotion_form_field_at(const struct promotion_form *form,
                               const struct promotion_mistake *mistake)
{
    int line = 0, lines = 0;
    bool gives = false;
    for (size_t i = 0; i < form->n; i++) {
        lines += *form->fields[i].value != '\0';
        gives |= form->fields[i].kind == FIELD_GIVE && *form->fields[i].value;
    }
    if (!gives && mistake->line == lines && mistake->column == 1)
        return first_of(form, FIELD_GIVE); /* it is told at the end that nothing is given */
    for (size_t i = 0; i < form->n; i++)
        if (*form->fields[i].value && ++line == mistake->line)
            return i;
    return 0;
}
