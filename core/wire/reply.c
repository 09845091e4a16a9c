#include "core/wire/reply.h"

#include "core/wire/reply_part.h"

#include <string.h>

/* ---- parts ----------------------------------------------------------------------------------- */

void reply_address_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct address *)out = (struct address){
        .name = get_text(object, "name"),
        .line1 = get_text(object, "line1"),
        .line2 = get_text(object, "line2"),
        .city = get_text(object, "city"),
        .postcode = get_text(object, "postcode"),
        .region = get_text(object, "region"),
        .country = get_text(object, "country"),
    };
}

static void problem_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    struct reply_problem *p = out;
    *p = (struct reply_problem){
        .field = get_text(object, "field"),
        .line = get_text(object, "line"),
        .code = get_text(object, "code"),
        .say = get_text(object, "say"),
        .warning = strcmp(get_text(object, "severity"), "warning") == 0,
    };
    if (!*p->say)
        p->say = p->code;
    p->order = get_text(json_object_get(object, "params"), "order");
    const json_t *candidates = json_object_get(object, "candidates");
    for (size_t i = 0; i < json_array_size(candidates) && p->ncandidates < REPLY_CANDIDATES; i++) {
        const json_t *one = json_array_get(candidates, i);
        p->candidates[p->ncandidates] = get_text(one, "sku");
        p->candidate_names[p->ncandidates++] = get_text(one, "name");
    }
}

static void component_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_component *)out = (struct reply_component){
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .spoken = get_text(object, "spoken"),
        .qty = get_number(object, "qty"),
    };
}

void reply_line_read(struct arena *arena, json_t *object, void *out)
{
    struct reply_line *line = out;
    *line = (struct reply_line){
        .id = get_text(object, "id"),
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .spoken = get_text(object, "spoken"),
        .qty = get_number(object, "qty"),
        .unit = get_number(object, "unit"),
        .discount = get_number(object, "discount"),
        .amount = get_number(object, "amount"),
        .tax = get_number(object, "tax"),
        .cv = get_number(object, "cv"),
        .pv = get_number(object, "pv"),
        .free_stock = get_number_or(object, "free_stock", -1),
        .back_ordered = get_number(object, "back_ordered"),
        .value = get_number(object, "value"),
        .state = get_text(object, "state"),
        .priced = !json_is_false(json_object_get(object, "priced")),
    };
    line->why = get_says(arena, object, "why", &line->nwhy);
    line->choices =
        get_array(arena, object, "choices", sizeof *line->choices, component_read, &line->nchoices);
    reply_shares_read(arena, object, line);
}

size_t wire_problems_read(struct arena *arena, json_t *object, struct reply_problem **out)
{
    size_t count;
    *out = get_array(arena, object, "problems", sizeof **out, problem_read, &count);
    return count;
}

bool wire_quote_read(struct arena *arena, json_t *object, struct reply_quote *out)
{
    if (!json_is_integer(json_object_get(object, "total")) ||
        !json_is_array(json_object_get(object, "lines")))
        return false;
    const json_t *distributor = json_object_get(object, "distributor");
    const json_t *customer = json_object_get(object, "customer");
    *out = (struct reply_quote){
        .currency = get_text(object, "currency"),
        .list = get_text(object, "list"),
        .date = get_text(object, "date"),
        .catalogue_version = get_number(object, "catalogue_version"),
        .exponent = get_exponent(object),
        .tax_included = get_true(object, "tax_included"),
        .goods = get_number(object, "goods"),
        .discount = get_number(object, "discount"),
        .delivery = get_number(object, "delivery"),
        .delivery_tax = get_number(object, "delivery_tax"),
        .tax = get_number(object, "tax"),
        .tax_added = get_number(object, "tax_added"),
        .total = get_number(object, "total"),
        .cv = get_number(object, "cv"),
        .pv = get_number(object, "pv"),
        .balance = get_number_or(object, "balance", get_number(distributor, "balance")),
        .distributor = get_text(distributor, "id"),
        .distributor_name = get_text(distributor, "name"),
        .rank_name = get_text(distributor, "rank_name"),
        .status = get_text(distributor, "status"),
        .customer = get_text(customer, "id"),
        .customer_name = get_text(customer, "name"),
    };
    out->lines =
        get_array(arena, object, "lines", sizeof *out->lines, reply_line_read, &out->nlines);
    out->nproblems = wire_problems_read(arena, object, &out->problems);
    reply_promotions_read(arena, object, out);
    reply_address_read(arena, json_object_get(object, "ship_to"), &out->ship_to);
    return true;
}

/* ---- whole replies --------------------------------------------------------------------------- */

static void market_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_market *)out = (struct reply_market){
        .market = get_text(object, "market"),
        .currency = get_text(object, "currency"),
        .exponent = get_exponent(object),
    };
}

static void lengths_read(const json_t *object, struct code_lengths *out)
{
    static const char *const names[CODE_KINDS] = {
        [CODE_SKU] = "sku",         [CODE_DISTRIBUTOR] = "distributor",
        [CODE_ORDER] = "order",     [CODE_CERTIFICATE] = "certificate",
        [CODE_BARCODE] = "barcode",
    };
    *out = (struct code_lengths){{5, 7, 9, 16, 13}};
    for (size_t kind = 0; kind < CODE_KINDS; kind++) {
        int64_t length = get_number(object, names[kind]);
        if (length > 0 && length <= 32)
            out->length[kind] = (uint8_t)length;
    }
}

const char *reply_welcome_read(struct arena *arena, const char *body, size_t len)
{
    return json_string_value(json_object_get(body_object(arena, body, len), "welcome"));
}

bool reply_session_read(struct arena *arena, const char *body, size_t len,
                        struct reply_session *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *actor = json_object_get(object, "actor");
    const json_t *company = json_object_get(object, "company");
    *out = (struct reply_session){
        .token = get_text(object, "token"),
        .expires_at = get_text(object, "expires_at"),
        .actor_kind = get_text(actor, "kind"),
        .actor_id = get_text(actor, "id"),
        .actor_name = get_text(actor, "name"),
        .company = get_text(company, "name"),
        .demo = get_true(company, "demo"),
    };
    out->roles = get_texts(arena, actor, "roles", &out->nroles);
    lengths_read(json_object_get(company, "code_lengths"), &out->lengths);
    out->markets =
        get_array(arena, company, "markets", sizeof *out->markets, market_read, &out->nmarkets);
    const char *own = get_text(company, "market");
    out->market = (struct reply_market){own, "", 2};
    for (size_t i = 0; i < out->nmarkets; i++)
        if (strcmp(out->markets[i].market, own) == 0)
            out->market = out->markets[i];
    return *out->token != '\0';
}

bool reply_quote_read(struct arena *arena, const char *body, size_t len, struct reply_quote *out)
{
    json_t *object = body_object(arena, body, len);
    return object && wire_quote_read(arena, object, out);
}

static void person_read(struct arena *arena, json_t *object, void *out)
{
    struct reply_person *person = out;
    *person = (struct reply_person){
        .id = get_text(object, "id"),
        .name = get_text(object, "name"),
        .city = get_text(object, "city"),
        .postcode = get_text(object, "postcode"),
        .phone = get_text(object, "phone"),
        .rank_name = get_text(object, "rank_name"),
        .status = get_text(object, "status"),
        .last_active = get_text(object, "last_active"),
        .distributor = get_text(object, "distributor"),
        .market = get_text(object, "market"),
        .today = get_text(object, "today"),
        .may_order = get_true(object, "may_order"),
        .rank = (int)get_number(object, "rank"),
        .balance = get_number(object, "balance"),
    };
    person->addresses = get_array(arena, object, "addresses", sizeof *person->addresses,
                                  reply_address_read, &person->naddresses);
    reply_buyer_read(arena, object, person);
}

bool reply_people_read(struct arena *arena, const char *body, size_t len, struct reply_people *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, person_read, &out->n);
    out->total = get_number_or(object, "total", -1);
    return object != NULL;
}

bool reply_person_read(struct arena *arena, const char *body, size_t len, struct reply_person *out)
{
    json_t *object = body_object(arena, body, len);
    if (!object)
        return false;
    person_read(arena, object, out);
    return *out->id != '\0';
}

static void site_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_site *)out = (struct reply_site){
        .site = get_text(object, "site"),
        .name = get_text(object, "name"),
        .on_hand = get_number(object, "on_hand"),
        .reserved = get_number(object, "reserved"),
        .free = get_number(object, "free"),
    };
}

static void due_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_due *)out = (struct reply_due){
        .site = get_text(object, "site"),
        .date = get_text(object, "date"),
        .qty = get_number(object, "qty"),
        .firm = get_true(object, "firm"),
    };
}

static void item_read(struct arena *arena, json_t *object, void *out)
{
    struct reply_item *item = out;
    const json_t *stock = json_object_get(object, "stock");
    *item = (struct reply_item){
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .spoken = get_text(object, "spoken"),
        .group = get_text(object, "group"),
        .kind = get_text(object, "kind"),
        .currency = get_text(object, "currency"),
        .list = get_text(object, "list"),
        .barcode = get_text(object, "barcode"),
        .exponent = get_exponent(object),
        .price = get_number_or(object, "price", -1),
        .cv = get_number(object, "cv"),
        .pv = get_number(object, "pv"),
        .free = get_number_or(object, "free", get_number_or(stock, "free", -1)),
        .on_hand = get_number(stock, "on_hand"),
        .reserved = get_number(stock, "reserved"),
        .max_per_order = get_number(object, "max_per_order"),
        .back_order = get_true(object, "back_order"),
    };
    const json_t *next = json_object_get(object, "next");
    item->next_list = get_text(next, "list");
    item->next_from = get_text(next, "from");
    item->next_price = get_number(next, "price");
    item->dues = get_array(arena, stock, "due", sizeof *item->dues, due_read, &item->ndues);
    item->sites = get_array(arena, stock, "sites", sizeof *item->sites, site_read, &item->nsites);
    item->kits = get_texts(arena, object, "kits", &item->nkits);
    item->components = get_array(arena, object, "components", sizeof *item->components,
                                 component_read, &item->ncomponents);
}

bool reply_items_read(struct arena *arena, const char *body, size_t len, struct reply_items *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, item_read, &out->n);
    return object != NULL;
}

bool reply_item_read(struct arena *arena, const char *body, size_t len, struct reply_item *out)
{
    json_t *object = body_object(arena, body, len);
    if (!object)
        return false;
    item_read(arena, object, out);
    return *out->sku != '\0';
}

static void draft_row_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_draft_row *)out = (struct reply_draft_row){
        .ulid = get_text(object, "ulid"),
        .rev = get_text(object, "rev"),
        .distributor = get_text(object, "distributor"),
        .name = get_text(object, "name"),
        .currency = get_text(object, "currency"),
        .updated_at = get_text(object, "updated_at"),
        .locked_by = get_text(object, "locked_by"),
        .locked_login = get_text(object, "locked_login"),
        .locked_since = get_text(object, "locked_since"),
        .recovered_from = get_text(object, "recovered_from"),
        .owner = get_text(object, "owner"),
        .changes = get_text(object, "changes"),
        .exponent = get_exponent(object),
        .lines = get_number(object, "lines"),
        .total = get_number(object, "total"),
    };
}

bool reply_drafts_read(struct arena *arena, const char *body, size_t len, struct reply_drafts *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, draft_row_read, &out->n);
    return object != NULL;
}

bool reply_draft_read(struct arena *arena, const char *body, size_t len, struct reply_draft *out)
{
    json_t *object = body_object(arena, body, len);
    if (!object)
        return false;
    *out = (struct reply_draft){
        .ulid = get_text(object, "ulid"),
        .rev = get_text(object, "rev"),
        .state = get_text(object, "state"),
    };
    json_t *draft = json_object_get(object, "draft");
    if (json_is_object(draft)) {
        struct problems problems; /* of a draft that another version of the server stored */
        problems_init(&problems, arena);
        struct wire_reader reader = {.arena = arena, .problems = &problems, .strict = false};
        wire_draft_read(&reader, draft, NULL, &out->draft);
        out->has_draft = true;
    }
    return *out->rev != '\0';
}

const char *reply_last_read(struct arena *arena, const char *body, size_t len)
{
    const json_t *items = json_object_get(body_object(arena, body, len), "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *order = json_array_get(items, i);
        if (strcmp(get_text(order, "state"), "cancelled") != 0)
            return get_text(order, "number");
    }
    return "";
}

bool reply_order_read(struct arena *arena, const char *body, size_t len, struct reply_order *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *distributor = json_object_get(object, "distributor");
    *out = (struct reply_order){
        .number = get_text(object, "number"),
        .state = get_text(object, "state"),
        .payment = get_text(object, "payment"),
        .type = get_text(object, "type"),
        .currency = get_text(object, "currency"),
        .distributor = get_text(distributor, "id"),
        .distributor_name = get_text(distributor, "name"),
        .customer_name = get_text(json_object_get(object, "customer"), "name"),
        .placed_at = get_text(object, "placed_at"),
        .placed_by = get_text(object, "placed_by"),
        .exponent = get_exponent(object),
        .total = get_number(object, "total"),
        .due = get_number(object, "due"),
        .change = get_number(object, "change"),
    };
    out->lines =
        get_array(arena, object, "lines", sizeof *out->lines, reply_line_read, &out->nlines);
    return *out->number != '\0';
}

/* The status that a bare HTTP code stands for: the first of the table with that code. */
static enum status status_of_http(int http)
{
    for (int status = 0; status < STATUS_COUNT; status++)
        if (status_info((enum status)status)->http == http)
            return (enum status)status;
    return http >= 500 ? STATUS_UNAVAILABLE : STATUS_MALFORMED;
}

static enum status status_of_problem(const json_t *object, int http)
{
    const char *type = get_text(object, "type");
    const char *slash = strrchr(type, '/');
    enum status status = status_by_type(slash ? slash + 1 : type);
    return status == STATUS_COUNT ? status_of_http(http) : status;
}

void reply_trouble_read(struct arena *arena, int http, const char *body, size_t len,
                        struct reply_trouble *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_trouble){.status = status_of_problem(object, http)};
    out->title = get_text(object, "title");
    if (!*out->title)
        out->title = status_info(out->status)->title;
    out->detail = get_text(object, "detail");
    out->locked_by = get_text(object, "locked_by");
    out->locked_since = get_text(object, "locked_since");
    out->nproblems = wire_problems_read(arena, object, &out->problems);
    json_t *quote = json_object_get(object, "quote");
    out->has_quote = quote && wire_quote_read(arena, quote, &out->quote);
}

const struct reply_problem *reply_problem_find(const struct reply_problem *problems, size_t n,
                                               const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(problems[i].code, code) == 0)
            return &problems[i];
    return NULL;
}
