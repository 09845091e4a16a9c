#include "core/wire/wire_simulation.h"

#include "core/wire/reply_part.h"

/* ---- orders ---------------------------------------------------------------------------------- */

static void coupon_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct coupon_fact *)out =
        (struct coupon_fact){get_text(object, "code"), get_text(object, "promotion")};
}

static const int64_t *numbers_read(struct arena *arena, const json_t *array, size_t *n)
{
    *n = json_array_size(array);
    int64_t *numbers = ARENA_ARRAY(arena, int64_t, *n);
    for (size_t i = 0; i < *n; i++)
        numbers[i] = json_integer_value(json_array_get(array, i));
    return numbers;
}

static void buyer_read(struct arena *arena, const json_t *object, struct simulation_order *out)
{
    struct buyer_facts *b = &out->buyer;
    const struct order_draft *draft = &out->draft;
    *b = (struct buyer_facts){
        .distributor = draft->distributor,
        .name = "",
        .status = "active",
        .market = draft->market,
        .rank = (int)get_number(object, "rank"),
        .may_order = true,
        .customer = draft->customer,
        .customer_of = draft->customer ? draft->distributor : NULL,
        .has_ship_to = draft->has_address,
        .ship_to = draft->address,
        .first_order = get_true(object, "first_order"),
        .channel = channel_by_name(get_text(object, "channel")),
    };
    if (b->channel == CHANNELS)
        b->channel = CHANNEL_call;
    if (!date_parse(get_text(object, "today"), &b->today))
        b->today = draft->date;
    b->people = get_texts(arena, object, "people", &b->npeople);
    b->coupons = get_array(arena, object, "coupons", sizeof *b->coupons, coupon_read, &b->ncoupons);
}

bool wire_simulation_order(struct arena *arena, const char *text, struct simulation_order *out)
{
    json_t *object = body_object(arena, text, strlen(text)),
           *draft = json_object_get(object, "draft");
    struct problems problems;
    problems_init(&problems, arena);
    struct wire_reader reader = {arena, &problems, false};
    *out = (struct simulation_order){.number = get_text(object, "number"),
                                     .person = get_number(object, "person"),
                                     .recruiter = get_number(object, "recruiter")};
    if (!json_is_object(draft))
        return false;
    wire_draft_read(&reader, draft, NULL, &out->draft);
    buyer_read(arena, object, out);
    out->recruits = numbers_read(arena, json_object_get(object, "recruits"), &out->nrecruits);
    return problems.count == 0;
}

/* ---- the report ------------------------------------------------------------------------------ */

static json_t *sum_write(const struct simulation_sum *sum)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "goods", (json_int_t)sum->goods, "discount",
                     (json_int_t)sum->discount, "delivery", (json_int_t)sum->delivery, "tax",
                     (json_int_t)sum->tax, "total", (json_int_t)sum->total, "cv",
                     (json_int_t)sum->cv, "pv", (json_int_t)sum->pv);
}

static json_t *rivals_write(const struct simulation_rival *rivals, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_pack("{s:s,s:I}", "promotion", rivals[i].code, "orders",
                                               (json_int_t)rivals[i].orders));
    return array;
}

static json_t *examples_write(const struct simulation_example *examples, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_pack("{s:s,s:I,s:I}", "order", examples[i].number,
                                               "before", (json_int_t)examples[i].before, "after",
                                               (json_int_t)examples[i].after));
    return array;
}

static json_t *given_write(const struct catalogue *catalogue, const int64_t *given)
{
    json_t *array = json_array();
    for (size_t i = 0; given && i < catalogue->nitems; i++)
        if (given[i])
            json_array_append_new(array,
                                  json_pack("{s:s,s:s,s:I}", "sku", catalogue->items[i].sku, "name",
                                            catalogue->items[i].name, "qty", (json_int_t)given[i]));
    return array;
}

static json_t *says_write(struct arena *arena, enum language language,
                          const struct catalogue *catalogue, const char *code,
                          const struct simulation_report *report)
{
    const char *const *lines;
    size_t n = simulation_say(arena, language, catalogue, code, report, &lines);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_string(lines[i]));
    return array;
}

json_t *wire_simulation_write(struct arena *arena, enum language language,
                              const struct catalogue *c, const char *code,
                              const struct simulation_report *r)
{
    json_t *o =
        json_pack("{s:s,s:s,s:s,s:i,s:I,s:I,s:I,s:I,s:I}", "code", code, "market", c->market,
                  "currency", c->currency, "exponent", c->exponent, "orders", (json_int_t)r->orders,
                  "applied", (json_int_t)r->applied, "lost", (json_int_t)r->lost, "failed",
                  (json_int_t)r->failed, "unpriced", (json_int_t)r->unpriced);
    json_object_set_new(o, "gives",
                        json_pack("{s:I,s:I,s:I}", "discount", (json_int_t)r->discount, "delivery",
                                  (json_int_t)r->delivery, "credit", (json_int_t)r->credit));
    json_object_set_new(o, "choices",
                        json_pack("{s:I,s:I,s:I}", "orders", (json_int_t)r->choosers, "pieces",
                                  (json_int_t)r->choices, "worth", (json_int_t)r->choices_worth));
    json_object_set_new(o, "before", sum_write(&r->before));
    json_object_set_new(o, "after", sum_write(&r->after));
    json_object_set_new(o, "lost_to", rivals_write(r->lost_to, r->nlost_to));
    json_object_set_new(o, "displaced", rivals_write(r->displaced, r->ndisplaced));
    json_object_set_new(o, "items", given_write(c, r->given));
    json_object_set_new(o, "best", examples_write(r->best, r->nbest));
    json_object_set_new(o, "worst", examples_write(r->worst, r->nworst));
    json_object_set_new(o, "say", says_write(arena, language, c, code, r));
    return o;
}
