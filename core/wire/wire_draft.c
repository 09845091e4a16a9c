/* Drafts and tenders on the wire. */
#include "core/wire/wire.h"

#include "core/kit.h"
#include "core/tender.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_SHORT = 64,
    TEXT_LONG = 500,
    ID_MAX = 32,
    TENDERS_MAX = 20,
    COUPONS_MAX = 20,
    CODE_MAX = 32,
    CHOICE_MAX = 8 /* the longest SKU */
};

void wire_address_read(struct wire_reader *r, json_t *object, const char *at, struct address *out)
{
    static const char *const names[] = {"name",     "line1",  "line2",   "city",
                                        "postcode", "region", "country", NULL};
    const char **const into[] = {&out->name,     &out->line1,  &out->line2,  &out->city,
                                 &out->postcode, &out->region, &out->country};
    for (size_t i = 0; i < ARRAY_LEN(into); i++) {
        *into[i] = "";
        wire_string(r, object, at, names[i], 120, false, into[i]);
    }
    wire_only(r, object, at, names, NULL);
}

json_t *wire_address_write(const struct address *a)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "name", a->name ? a->name : "", "line1",
                     a->line1 ? a->line1 : "", "line2", a->line2 ? a->line2 : "", "city",
                     a->city ? a->city : "", "postcode", a->postcode ? a->postcode : "", "region",
                     a->region ? a->region : "", "country", a->country ? a->country : "");
}

/* SKUs, or the digits of options: nothing with a blank in it. */
static const char *choices_read(struct wire_reader *r, json_t *line, const char *at)
{
    const char *const *choices;
    struct text joined;
    size_t n = wire_strings(r, line, at, "choices", KIT_CHOICES, CHOICE_MAX, &choices);
    text_init(&joined, r->arena);
    for (size_t i = 0; i < n; i++) {
        if (choices[i][strspn(choices[i], "0123456789")])
            wire_bad_value(r, arena_printf(r->arena, "%s/choices", at),
                           arena_printf(r->arena, "%zu", i), choices[i]);
        else if (choices[i][0])
            text_printf(&joined, "%s%s", joined.len ? " " : "", choices[i]);
    }
    return joined.len ? joined.data : NULL;
}

json_t *wire_choices_write(const char *choices)
{
    json_t *array = json_array();
    const char *at = choices;
    for (size_t len = kit_choice_next(&at); len; at += len, len = kit_choice_next(&at))
        json_array_append_new(array, json_stringn(at, len));
    return array;
}

static void read_line(struct wire_reader *r, json_t *value, size_t i, struct draft_line *out)
{
    static const char *const names[] = {"id",    "sku",     "qty",   "backorder",
                                        "picks", "choices", "value", NULL};
    struct text pointer;
    text_init(&pointer, r->arena);
    text_add(&pointer, "/lines/");
    text_add_int(&pointer, (int64_t)i);
    const char *at = pointer.data;
    *out = (struct draft_line){.id = "", .sku = ""};
    if (!json_is_object(value)) {
        wire_bad_value(r, "/lines", arena_printf(r->arena, "%zu", i), "anything but an object");
        return;
    }
    if (wire_string(r, value, at, "id", ID_MAX, true, &out->id) && r->strict && !out->id[0])
        wire_bad_value(r, at, "id", "empty"); /* "" is how problems say that they have no line */
    wire_string(r, value, at, "sku", TEXT_SHORT, true, &out->sku);
    wire_integer(r, value, at, "qty", true, &out->qty);
    wire_boolean(r, value, at, "backorder", &out->back_order);
    if (wire_string(r, value, at, "picks", CODE_MAX, false, &out->picks) && r->strict &&
        !out->picks[0])
        wire_bad_value(r, at, "picks", "empty");
    out->choices = choices_read(r, value, at);
    if (wire_integer(r, value, at, "value", false, &out->value) && r->strict && out->value < 1)
        wire_bad_value(r, at, "value", "less than 1");
    wire_only(r, value, at, names, NULL);
}

struct named {
    const char *id;
    size_t line;
};

static int compare_ids(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* An id names one line. */
static void check_ids(struct wire_reader *r, const struct order_draft *draft)
{
    struct named *by_id = ARENA_ARRAY(r->arena, struct named, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++)
        by_id[i] = (struct named){draft->lines[i].id, i};
    if (draft->nlines)
        qsort(by_id, draft->nlines, sizeof *by_id, compare_ids);
    for (size_t i = 1; i < draft->nlines; i++)
        if (by_id[i].id[0] && strcmp(by_id[i].id, by_id[i - 1].id) == 0)
            wire_bad_value(r, arena_printf(r->arena, "/lines/%zu", by_id[i].line), "id",
                           "used twice");
}

static void read_lines(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    json_t *lines = wire_array(r, object, "", "lines", r->strict);
    size_t n = lines ? json_array_size(lines) : 0;
    if (n > DRAFT_LINES_MAX) {
        problem_set_number(problems_add(r->problems, PROBLEM_too_many_lines, "/lines", NULL), "max",
                           DRAFT_LINES_MAX);
        return;
    }
    out->lines = ARENA_ARRAY(r->arena, struct draft_line, n);
    out->nlines = n;
    for (size_t i = 0; i < n; i++)
        read_line(r, json_array_get(lines, i), i, &out->lines[i]);
    check_ids(r, out);
}

static void read_ship_to(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    static const char *const names[] = {"kind", "method", "address", "choice", NULL};
    json_t *ship = wire_object(r, object, "", "ship_to", false);
    if (!ship)
        return;
    const char *kind = NULL;
    if (wire_string(r, ship, "/ship_to", "kind", TEXT_SHORT, true, &kind)) {
        out->destination = destination_by_name(kind);
        if (out->destination == DESTINATIONS) {
            wire_bad_value(r, "/ship_to", "kind", kind);
            out->destination = SHIP_distributor;
        }
    }
    if (wire_string(r, ship, "/ship_to", "method", CODE_MAX, false, &out->method) && r->strict &&
        !out->method[0])
        wire_bad_value(r, "/ship_to", "method", "empty");
    if (wire_integer(r, ship, "/ship_to", "choice", false, &out->address_choice) &&
        (out->address_choice < 0 || out->address_choice > 99))
        wire_bad_value(r, "/ship_to", "choice", "outside 0 to 99");
    json_t *address = wire_object(r, ship, "/ship_to", "address", false);
    if (address) {
        out->has_address = true;
        wire_address_read(r, address, "/ship_to/address", &out->address);
    }
    wire_only(r, ship, "/ship_to", names, NULL);
}

static void read_type(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    const char *type = NULL;
    if (wire_string(r, object, "", "type", TEXT_SHORT, r->strict, &type)) {
        out->type = order_type_by_name(type);
        if (out->type == ORDER_TYPES) {
            out->type = ORDER_personal;
            problem_set_text(problems_add(r->problems, PROBLEM_type_not_yet, "/type", NULL), "type",
                             type);
        }
    }
    out->destination = order_type_info(out->type)->ship_to;
}

static void read_date(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    const char *date = NULL;
    out->date = DATE_MIN;
    if (wire_string(r, object, "", "date", TEXT_SHORT, false, &date) &&
        !date_parse(date, &out->date))
        wire_bad_value(r, "", "date", date);
}

/* Members of contract drafts that have no use yet must be empty, so that nothing is silently lost.
 */
static void read_unused(struct wire_reader *r, json_t *object)
{
    static const char *const unused[] = {"party", NULL};
    for (size_t i = 0; unused[i]; i++) {
        json_t *value = json_object_get(object, unused[i]);
        if (value && !json_is_null(value) && !(json_is_array(value) && !json_array_size(value)))
            wire_bad_value(r, "", unused[i], "given here");
    }
}

/* Text that is not entered yet may be half a card number: long runs of digits are never mirrored.
 */
static void guard_typed(struct wire_reader *r, const char *typed)
{
    if (typed && typed[draft_typed_safe(typed)])
        wire_bad_value(r, "", "typed", "a run of 8 or more digits");
}

/* Only a stored draft may be a change: what has no use for it refuses the member. */
static void read_changes(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    static const char *const names[] = {"order", "version", NULL};
    json_t *changes = wire_object(r, object, "", "changes", false);
    if (!changes)
        return;
    wire_string(r, changes, "/changes", "order", TEXT_SHORT, true, &out->changes.order);
    wire_string(r, changes, "/changes", "version", TEXT_SHORT, true, &out->changes.version);
    wire_only(r, changes, "/changes", names, NULL);
}

static size_t tenders_read(struct wire_reader *r, json_t *object, const char *member,
                           struct draft_tender **out);

/* As with changes, only a stored draft has a use for it. */
static void read_paying(struct wire_reader *r, json_t *object, struct order_draft *out)
{
    struct draft_tender *tenders;
    out->npaying = tenders_read(r, object, "paying", &tenders);
    out->paying = tenders;
    for (size_t i = 0; i < out->npaying; i++) {
        const char *at = arena_printf(r->arena, "/paying/%zu", i);
        if (tender_by_name(tenders[i].kind) == TENDER_KINDS)
            wire_bad_value(r, at, "kind", tenders[i].kind);
        if (tenders[i].amount < 0 || tenders[i].amount > MONEY_MAX)
            wire_bad_value(r, at, "amount", "outside the range of amounts");
    }
}

void wire_draft_read(struct wire_reader *r, json_t *object, const char *const *also,
                     struct order_draft *out)
{
    static const char *const names[] = {"market", "type",    "distributor", "customer", "party",
                                        "lines",  "ship_to", "price_list",  "coupons",  "note",
                                        "date",   "typed",   NULL};
    *out = (struct order_draft){.market = ""};
    wire_string(r, object, "", "market", 2, r->strict, &out->market);
    read_type(r, object, out);
    wire_string(r, object, "", "distributor", TEXT_SHORT, false, &out->distributor);
    wire_string(r, object, "", "customer", TEXT_SHORT, false, &out->customer);
    read_lines(r, object, out);
    read_ship_to(r, object, out);
    wire_string(r, object, "", "price_list", TEXT_SHORT, false, &out->price_list);
    wire_string(r, object, "", "note", TEXT_LONG, false, &out->note);
    wire_string(r, object, "", "typed", TEXT_LONG, false, &out->typed);
    guard_typed(r, out->typed);
    read_date(r, object, out);
    out->ncoupons = wire_strings(r, object, "", "coupons", COUPONS_MAX, CODE_MAX, &out->coupons);
    read_unused(r, object);
    read_changes(r, object, out);
    read_paying(r, object, out);
    wire_only(r, object, "", names, also);
}

static void set_text(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, value ? json_string(value) : json_null());
}

json_t *wire_draft_write(const struct order_draft *draft)
{
    char date[DATE_TEXT];
    json_t *object = json_object(), *lines = json_array();
    set_text(object, "market", draft->market);
    set_text(object, "type", order_type_info(draft->type)->name);
    set_text(object, "distributor", draft->distributor);
    set_text(object, "customer", draft->customer);
    for (size_t i = 0; i < draft->nlines; i++) {
        const struct draft_line *l = &draft->lines[i];
        json_t *line =
            json_pack("{s:s,s:s,s:I}", "id", l->id, "sku", l->sku, "qty", (json_int_t)l->qty);
        if (l->back_order)
            json_object_set_new(line, "backorder", json_true());
        if (l->picks)
            json_object_set_new(line, "picks", json_string(l->picks));
        if (l->choices)
            json_object_set_new(line, "choices", wire_choices_write(l->choices));
        if (l->value)
            json_object_set_new(line, "value", json_integer(l->value));
        json_array_append_new(lines, line);
    }
    json_object_set_new(object, "lines", lines);
    json_t *ship = json_pack("{s:s}", "kind", destination_name(draft->destination));
    if (draft->method)
        json_object_set_new(ship, "method", json_string(draft->method));
    if (draft->address_choice)
        json_object_set_new(ship, "choice", json_integer(draft->address_choice));
    if (draft->has_address)
        json_object_set_new(ship, "address", wire_address_write(&draft->address));
    json_object_set_new(object, "ship_to", ship);
    set_text(object, "price_list", draft->price_list);
    if (draft->ncoupons) {
        json_t *coupons = json_array();
        for (size_t i = 0; i < draft->ncoupons; i++)
            json_array_append_new(coupons, json_string(draft->coupons[i]));
        json_object_set_new(object, "coupons", coupons);
    }
    set_text(object, "note", draft->note);
    set_text(object, "date",
             draft->date.days == DATE_MIN.days ? NULL : date_format(date, draft->date));
    if (draft->typed)
        set_text(object, "typed", draft->typed);
    if (draft->npaying)
        json_object_set_new(object, "paying", wire_tenders_write(draft->paying, draft->npaying));
    if (draft->changes.order)
        json_object_set_new(object, "changes",
                            json_pack("{s:s,s:s?}", "order", draft->changes.order, "version",
                                      draft->changes.version));
    return object;
}

static size_t tenders_read(struct wire_reader *r, json_t *object, const char *member,
                           struct draft_tender **out)
{
    static const char *const names[] = {"kind", "amount", "ref", "given", NULL};
    json_t *tenders = wire_array(r, object, "", member, false);
    size_t n = tenders ? json_array_size(tenders) : 0;
    if (n > TENDERS_MAX) {
        wire_bad_value(r, "", member, "more than 20");
        n = 0;
    }
    *out = ARENA_ARRAY(r->arena, struct draft_tender, n);
    for (size_t i = 0; i < n; i++) {
        json_t *value = json_array_get(tenders, i);
        const char *at = arena_printf(r->arena, "/%s/%zu", member, i);
        (*out)[i] = (struct draft_tender){.kind = ""};
        if (!json_is_object(value)) {
            wire_bad_value(r, arena_printf(r->arena, "/%s", member),
                           arena_printf(r->arena, "%zu", i), "anything but an object");
            continue;
        }
        wire_string(r, value, at, "kind", TEXT_SHORT, true, &(*out)[i].kind);
        wire_integer(r, value, at, "amount", true, &(*out)[i].amount);
        wire_string(r, value, at, "ref", TEXT_SHORT, false, &(*out)[i].ref);
        wire_integer(r, value, at, "given", false, &(*out)[i].given);
        wire_only(r, value, at, names, NULL);
    }
    return n;
}

size_t wire_tenders_read(struct wire_reader *r, json_t *object, struct draft_tender **out)
{
    return tenders_read(r, object, "tenders", out);
}

json_t *wire_tenders_write(const struct draft_tender *tenders, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct draft_tender *tender = &tenders[i];
        json_t *one =
            json_pack("{s:s, s:I}", "kind", tender->kind, "amount", (json_int_t)tender->amount);
        if (tender->ref)
            json_object_set_new(one, "ref", json_string(tender->ref));
        if (tender->given)
            json_object_set_new(one, "given", json_integer(tender->given));
        json_array_append_new(array, one);
    }
    return array;
}
