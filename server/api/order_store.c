#include "server/api/order_store.h"

#include "core/wire/json_out.h"

#include <string.h>

/* The columns of the order's lines and of its needs, as array parameters. */
struct columns {
    struct arena *arena;
    int64_t *numbers;
    const char **texts;
};

#define COLUMN(columns, n, expression)                                                             \
    __extension__({                                                                                \
        for (size_t i = 0; i < (n); i++)                                                           \
            (columns).numbers[i] = (expression);                                                   \
        db_array_int((columns).arena, (columns).numbers, (n));                                     \
    })
#define TEXT_COLUMN(columns, n, expression)                                                        \
    __extension__({                                                                                \
        for (size_t i = 0; i < (n); i++)                                                           \
            (columns).texts[i] = (expression);                                                     \
        db_array_text((columns).arena, (columns).texts, (n));                                      \
    })

/* ---- parts of kits
 * -------------------------------------------------------------------------------
 */

/* Those of all lines; with `out` NULL they are only counted. */
static size_t parts_of(struct arena *arena, const struct quote *q, struct order_part *out)
{
    size_t n = 0;
    for (size_t i = 0; i < q->nlines; i++) {
        struct line_part *parts;
        size_t more = quote_line_parts(arena, q, &q->lines[i], &parts);
        for (size_t k = 0; out && k < more; k++)
            out[n + k] = (struct order_part){q->lines[i].draft->id, parts[k]};
        n += more;
    }
    return n;
}

size_t order_parts(struct arena *arena, const struct quote *q, struct order_part **out)
{
    size_t n = parts_of(arena, q, NULL);
    *out = ARENA_ARRAY(arena, struct order_part, n);
    return parts_of(arena, q, *out);
}

static void parts_fill(struct arena *arena, const struct quote *q, struct order_columns *out)
{
    struct order_part *parts;
    size_t n = order_parts(arena, q, &parts);
    struct columns col = {arena, ARENA_ARRAY(arena, int64_t, n),
                          ARENA_ARRAY(arena, const char *, n)};
    out->part_client = TEXT_COLUMN(col, n, parts[i].client);
    out->part_item = COLUMN(col, n, q->catalogue->items[parts[i].part.item].id);
    out->part_slot = COLUMN(col, n, parts[i].part.slot);
    out->part_qty = COLUMN(col, n, parts[i].part.qty);
    out->part_share = COLUMN(col, n, parts[i].part.share.minor);
}

const char *order_confirmed_text(struct arena *arena, bool duplicate, bool age)
{
    const char *what[2];
    size_t n = 0;
    if (duplicate)
        what[n++] = "duplicate";
    if (age)
        what[n++] = "age";
    return db_array_text(arena, what, n);
}

void order_read_accept(struct call *c, bool *duplicate, bool *age)
{
    json_t *accept = wire_array(&c->reader, c->body, "", "accept", false);
    const struct {
        const char *word;
        bool *into;
    } words[] = {{"duplicate", duplicate}, {"age", age}};
    for (size_t i = 0; i < json_array_size(accept) && c->problems.count < WIRE_PROBLEMS_MAX; i++) {
        const char *word = json_string_value(json_array_get(accept, i));
        bool known = false;
        for (size_t k = 0; word && k < ARRAY_LEN(words); k++)
            if (strcmp(words[k].word, word) == 0)
                known = *words[k].into = true;
        if (!known)
            wire_bad_value(&c->reader, "/accept", arena_printf(c->arena, "%zu", i),
                           word ? word : "anything but a text");
    }
}

bool order_asks_age(const struct quote *q)
{
    for (size_t i = 0; i < q->problems.count; i++)
        if (q->problems.items[i].code == PROBLEM_age_check)
            return true;
    return false;
}

void order_columns_fill(struct arena *arena, const struct quote *q, struct order_columns *out)
{
    size_t n = q->nlines, m = q->nneeds, most = n > m ? n : m;
    struct columns col = {arena, ARENA_ARRAY(arena, int64_t, most),
                          ARENA_ARRAY(arena, const char *, most)};
    const struct item *items = q->catalogue->items;
    *out = (struct order_columns){
        .client = TEXT_COLUMN(col, n, q->lines[i].draft->id),
        .item = COLUMN(col, n, q->lines[i].item->id),
        .sku = TEXT_COLUMN(col, n, q->lines[i].item->sku),
        .name = TEXT_COLUMN(col, n, q->lines[i].item->name),
        .qty = COLUMN(col, n, q->lines[i].draft->qty),
        .unit = COLUMN(col, n, q->lines[i].unit.minor),
        .discount = COLUMN(col, n, q->lines[i].discount.minor),
        .tax = COLUMN(col, n, q->lines[i].tax.minor),
        .ppm = COLUMN(col, n, q->lines[i].tax_rate.ppm),
        .cv = COLUMN(col, n, q->lines[i].cv.hundredths),
        .pv = COLUMN(col, n, q->lines[i].pv.hundredths),
        .need_line = COLUMN(col, m, q->needs[i].line + 1),
        .need_item = COLUMN(col, m, items[q->needs[i].item].id),
        .need_qty = COLUMN(col, m, q->needs[i].qty),
        .need_per = COLUMN(col, m, q->needs[i].per),
        .need_back = TEXT_COLUMN(col, m, q->needs[i].back_order ? "t" : "f"),
    };
    parts_fill(arena, q, out);
}

const char *order_minor(struct arena *arena, struct money amount)
{
    return db_text_int(arena, amount.minor);
}

const char *order_ship_to(struct arena *arena, const struct buyer_facts *buyer, const char *method)
{
    const struct address *a = &buyer->ship_to;
    struct text text;
    struct json_out out = {&text, false};
    const struct {
        const char *name, *value;
    } parts[] = {{"name", a->name},      {"line1", a->line1},       {"line2", a->line2},
                 {"city", a->city},      {"postcode", a->postcode}, {"region", a->region},
                 {"country", a->country}};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    for (size_t i = 0; buyer->has_ship_to && i < ARRAY_LEN(parts); i++)
        json_out_string(&out, parts[i].name, parts[i].value ? parts[i].value : "");
    if (method)
        json_out_string(&out, "method", method);
    json_out_close(&out, '}');
    return text.data;
}

json_t *order_ship_to_read(const char *kind, const char *kept)
{
    json_t *address = json_loads(kept, 0, NULL), *ship = json_pack("{s:s}", "kind", kind);
    json_t *method = json_object_get(address, "method");
    if (method)
        json_object_set(ship, "method", method);
    json_object_del(address, "method");
    if (json_object_size(address))
        json_object_set(ship, "address", address);
    else
        json_object_set_new(ship, "address", json_null());
    json_decref(address);
    return ship;
}

/* ---- what the database found --------------------------------------------------------------------
 */

static void add_shortage(struct quote *q, const struct stock_need *need, int64_t free_now)
{
    const struct quote_line *line = &q->lines[need->line];
    struct problem *problem =
        problems_add(&q->problems, PROBLEM_stock_short,
                     arena_printf(q->problems.arena, "/lines/%u/qty", need->line), line->draft->id);
    problem_set_text(problem, "sku", line->item->sku);
    problem_set_text(problem, "name", line->item->name);
    problem_set_number(problem, "free", free_now / need->per);
    problem_set_number(problem, "qty", line->draft->qty);
    problem_set_number(problem, "can_back_order", line->item->back_order);
}

void order_add_shortages(struct quote *q, const char *detail)
{
    json_t *items = json_loads(detail, 0, NULL);
    const json_t *list = json_object_get(items, "items");
    for (size_t i = 0; i < q->nneeds; i++)
        for (size_t k = 0; k < json_array_size(list); k++) {
            const json_t *row = json_array_get(list, k);
            if (json_integer_value(json_object_get(row, "item")) ==
                q->catalogue->items[q->needs[i].item].id)
                add_shortage(q, &q->needs[i], json_integer_value(json_object_get(row, "free")));
        }
    json_decref(items);
}

void order_add_balance_short(struct quote *q, const char *detail, struct money wanted)
{
    json_t *held = json_loads(detail, 0, NULL);
    struct problem *problem = problems_add(&q->problems, PROBLEM_balance_short, "/tenders", NULL);
    problem_set_money(problem, "balance", json_integer_value(json_object_get(held, "balance")),
                      q->catalogue->exponent);
    problem_set_money(problem, "amount", wanted.minor, q->catalogue->exponent);
    json_decref(held);
}
