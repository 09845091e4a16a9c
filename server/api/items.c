/* Items: found in the catalogue in memory, with live stock from the database. */
#include "server/api/candidates.h"
#include "server/api/routes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_USUAL = 20, ITEMS_MOST = 100, WORDS_MOST = 100 };

struct item_view {
    const struct market_snapshot *market;
    const struct item *item;
    const struct price_list *list;
    const struct price *price;
    size_t stock, sites, due, today;
    /* of a list */
    const struct item **found;
    size_t nfound;
    enum audience audience;
    const char *list_code;
    struct date date;
};

static const struct item *by_code(const struct market_snapshot *m, const char *code)
{
    const struct item *item = catalogue_item(&m->catalogue, code);
    if (item || strlen(code) != 13)
        return item;
    for (size_t i = 0; i < m->catalogue.nitems; i++)
        if (strcmp(m->barcodes[i], code) == 0)
            return &m->catalogue.items[i];
    return NULL;
}

/* Audience, list and date of the query; false when one of them makes no sense (answered). */
static bool read_view(struct call *c, struct item_view *v)
{
    const char *audience = http_query(c->request, "audience"),
               *date = http_query(c->request, "date");
    v->market = call_market(c, http_query(c->request, "market"));
    v->list_code = http_query(c->request, "list");
    v->audience = audience ? audience_by_name(audience) : AUDIENCE_retail;
    v->date = DATE_MIN;
    if (!v->market)
        return false;
    if (v->audience == AUDIENCES || (date && !date_parse(date, &v->date))) {
        call_fail(c, STATUS_MALFORMED, "audience or date cannot be read");
        return false;
    }
    return true;
}

/* The list asked for; the one of today is known only when the database has told the date. */
static void choose_list(struct call *c, struct item_view *v)
{
    const struct catalogue *catalogue = &v->market->catalogue;
    struct date date = v->date;
    if (date.days == DATE_MIN.days)
        date.days = (int32_t)db_int(c->batch, v->today, 0, 0);
    v->list = v->list_code ? catalogue_list(catalogue, v->list_code, v->audience)
                           : catalogue_list_on(catalogue, v->audience, date);
}

static void put_price(json_t *object, const struct item_view *v, const struct item *item)
{
    const struct price *price =
        v->list ? catalogue_price(&v->market->catalogue, v->list, item) : NULL;
    json_object_set_new(object, "list", v->list ? json_string(v->list->code) : json_null());
    json_object_set_new(object, "price", price ? json_integer(price->amount.minor) : json_null());
    json_object_set_new(object, "cv", price ? json_integer(price->cv.hundredths) : json_null());
    json_object_set_new(object, "pv", price ? json_integer(price->pv.hundredths) : json_null());
}

static json_t *item_write(const struct item_view *v, const struct item *item)
{
    const struct catalogue *c = &v->market->catalogue;
    size_t index = (size_t)(item - c->items);
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:i,s:b}", "sku", item->sku, "name", item->name,
                  "spoken", item->spoken, "group", v->market->catalogue.groups[item->group].name,
                  "kind", item_kind_name(item->kind), "currency", c->currency, "exponent",
                  c->exponent, "barcode", v->market->barcodes[index], "max_per_order",
                  item->max_per_order, "back_order", item->back_order);
    put_price(object, v, item);
    return object;
}

static bool is_among(const struct component *parts, uint32_t n, uint32_t item)
{
    for (uint32_t i = 0; i < n; i++)
        if (parts[i].item == item)
            return true;
    return false;
}

/* Always, or when it is chosen. */
static bool is_in(const struct catalogue *c, const struct item *kit, uint32_t item)
{
    bool found = is_among(&c->components[kit->first_component], kit->components, item);
    for (uint32_t i = 0; i < kit->slots && !found; i++) {
        const struct kit_slot *slot = &c->slots[kit->first_slot + i];
        found = is_among(&c->options[slot->first_option], slot->options, item);
    }
    return found;
}

static json_t *part_write(const struct catalogue *c, const struct component *part)
{
    return json_pack("{s:s,s:s,s:i}", "sku", c->items[part->item].sku, "name",
                     c->items[part->item].name, "qty", part->qty);
}

/* What is chosen in a kit, in the order of the digits that choose it. */
static json_t *slots_write(const struct item_view *v)
{
    const struct catalogue *c = &v->market->catalogue;
    json_t *slots = json_array();
    for (uint32_t i = 0; i < v->item->slots; i++) {
        const struct kit_slot *slot = &c->slots[v->item->first_slot + i];
        json_t *options = json_array();
        for (uint32_t k = 0; k < slot->options; k++)
            json_array_append_new(options, part_write(c, &c->options[slot->first_option + k]));
        json_array_append_new(slots, json_pack("{s:s,s:i,s:o}", "name", slot->name, "choose",
                                               slot->choose, "options", options));
    }
    return slots;
}

/* Components of a kit and, the other way, the kits that an item is in. */
static void put_kits(json_t *object, const struct item_view *v)
{
    const struct catalogue *c = &v->market->catalogue;
    uint32_t self = (uint32_t)(v->item - c->items);
    json_t *parts = json_array(), *kits = json_array();
    for (uint32_t k = 0; k < v->item->components; k++)
        json_array_append_new(parts, part_write(c, &c->components[v->item->first_component + k]));
    for (size_t i = 0; i < c->nitems; i++)
        if (is_in(c, &c->items[i], self))
            json_array_append_new(kits, json_string(c->items[i].sku));
    json_object_set_new(object, "components", parts);
    json_object_set_new(object, "slots", slots_write(v));
    json_object_set_new(object, "kits", kits);
}

static json_t *stock_write(const struct call *c, const struct item_view *v)
{
    static const char *const site[] = {"site",  "name",          "#on_hand", "#reserved",
                                       "#free", "#back_ordered", "?ships",   NULL};
    static const char *const due[] = {"site", "date", "#qty", "document", "?firm", NULL};
    json_t *sites = call_rows(c->batch, v->sites, site);
    json_int_t on_hand = 0, reserved = 0;
    for (size_t i = 0; i < json_array_size(sites); i++) {
        const json_t *row = json_array_get(sites, i);
        if (json_is_true(json_object_get(row, "ships"))) {
            on_hand = json_integer_value(json_object_get(row, "on_hand"));
            reserved = json_integer_value(json_object_get(row, "reserved"));
        }
    }
    return json_pack("{s:I,s:I,s:I,s:o,s:o}", "on_hand", on_hand, "reserved", reserved, "free",
                     (json_int_t)db_int(c->batch, v->stock, 0, 0), "sites", sites, "due",
                     call_rows(c->batch, v->due, due));
}

/* What the same audience pays once the next list is valid; null where none is coming. */
static json_t *next_write(const struct call *c, const struct item_view *v)
{
    const struct catalogue *m = &v->market->catalogue;
    const struct price_list *next = NULL;
    char date[DATE_TEXT];
    int32_t today = (int32_t)db_int(c->batch, v->today, 0, 0);
    for (size_t i = 0; i < m->nlists; i++)
        if (m->lists[i].audience == v->audience && m->lists[i].from.days > today &&
            (!next || m->lists[i].from.days < next->from.days))
            next = &m->lists[i];
    const struct price *price = next ? catalogue_price(m, next, v->item) : NULL;
    if (!price)
        return json_null();
    return json_pack("{s:s,s:s,s:I,s:I,s:I}", "list", next->code, "from",
                     date_format(date, next->from), "price", (json_int_t)price->amount.minor, "cv",
                     (json_int_t)price->cv.hundredths, "pv", (json_int_t)price->pv.hundredths);
}

static void get_reply(struct call *c)
{
    struct item_view *v = c->state;
    choose_list(c, v);
    json_t *object = item_write(v, v->item);
    json_object_set_new(object, "next", next_write(c, v));
    put_kits(object, v);
    json_object_set_new(object, "stock", stock_write(c, v));
    call_reply(c, STATUS_OK, object);
}

static void unknown_reply(struct call *c)
{
    struct item_view *v = c->state;
    struct problem *p = problems_add(&c->problems, PROBLEM_unknown_sku, "", NULL);
    problem_set_text(p, "sku", c->params[0]);
    json_t *body = candidates_problem(c->arena, c->language, v->market, p);
    call_problems(c, STATUS_NOT_FOUND, NULL, "problems", json_pack("[o]", body));
}

static void get_load(struct call *c)
{
    struct item_view *v = c->state = ARENA_NEW(c->arena, struct item_view);
    if (!read_view(c, v))
        return;
    v->item = by_code(v->market, c->params[0]);
    if (!v->item) {
        unknown_reply(c);
        return;
    }
    const char *market = v->market->catalogue.market, *id = db_text_int(c->arena, v->item->id);
    v->stock = DB_ADD(call_read(c), Q_item_free, market, id);
    v->sites = DB_ADD(call_read(c), Q_stock_sites, id, market);
    v->due = DB_ADD(call_read(c), Q_stock_due, id, market);
    v->today = DB_ADD(call_read(c), Q_business_day, market);
    call_then(c, get_reply);
}

/* The market may be the actor's: the session comes first. */
void item_get(struct call *c)
{
    call_read(c);
    call_then(c, get_load);
}

/* ---- finding ---- */

/* Every word stands somewhere in the name, whatever the case of ASCII letters. */
static bool has_words(const char *name, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " \t");
        char word[64];
        size_t n = len < sizeof word - 1 ? len : sizeof word - 1;
        memcpy(word, words, n);
        word[n] = '\0';
        if (n && !strcasestr(name, word))
            return false;
        words += len;
        words += strspn(words, " \t");
    }
    return true;
}

static void find(struct call *c, struct item_view *v, const char *words, size_t most)
{
    const struct catalogue *catalogue = &v->market->catalogue;
    v->found = ARENA_ARRAY(c->arena, const struct item *, most);
    const struct item *exact = by_code(v->market, words);
    v->nfound = 0;
    assert(catalogue->items);
    if (exact)
        v->found[v->nfound++] = exact;
    bool number = words[0] && words[strspn(words, "0123456789")] == '\0';
    for (size_t i = 0; i < catalogue->nitems && v->nfound < most; i++) {
        const struct item *item = &catalogue->items[i];
        bool hit =
            number ? strncmp(item->sku, words, strlen(words)) == 0 : has_words(item->name, words);
        if (hit && item != exact)
            v->found[v->nfound++] = item;
    }
}

static json_t *found_write(const struct call *c, const struct item_view *v, size_t i)
{
    json_t *object = item_write(v, v->found[i]);
    json_object_set_new(object, "free",
                        v->found[i]->kind == ITEM_KIT
                            ? json_null()
                            : json_integer(db_int(c->batch, v->stock, i, 1)));
    return object;
}

static void list_reply(struct call *c)
{
    struct item_view *v = c->state;
    json_t *items = json_array();
    choose_list(c, v);
    for (size_t i = 0; i < v->nfound; i++)
        json_array_append_new(items, found_write(c, v, i));
    call_reply(c, STATUS_OK, json_pack("{s:o,s:n}", "items", items, "next"));
}

static void list_load(struct call *c)
{
    struct item_view *v = ARENA_NEW(c->arena, struct item_view);
    const char *words = http_query(c->request, "q");
    int64_t most = call_limit(c, ITEMS_USUAL, ITEMS_MOST);
    c->state = v;
    if (!most || !read_view(c, v))
        return;
    if (words && strlen(words) > WORDS_MOST) { /* each word is a search of every name */
        call_fail(c, STATUS_MALFORMED, "q says what to look for, in at most 100 bytes");
        return;
    }
    find(c, v, words ? words : "", (size_t)most);
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, v->nfound + 1);
    for (size_t i = 0; i < v->nfound; i++)
        ids[i] = v->found[i]->id;
    v->stock = DB_ADD(call_read(c), Q_stock_free, v->market->catalogue.market,
                      db_array_int(c->arena, ids, v->nfound));
    v->today = DB_ADD(call_read(c), Q_business_day, v->market->catalogue.market);
    call_then(c, list_reply);
}

void item_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}
