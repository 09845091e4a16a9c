#include "core/wire/repeat.h"

#include "core/wire/reply_part.h"

/* ---- reading --------------------------------------------------------------------------------- */

static const char *skus_of(struct arena *arena, const json_t *detail, const char *name)
{
    const json_t *array = json_object_get(detail, name);
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < json_array_size(array); i++)
        text_printf(&text, "%s%s", i ? ", " : "", get_text(json_array_get(array, i), "sku"));
    return text.data;
}

static void run_read(struct arena *arena, json_t *object, void *out)
{
    const json_t *detail = json_object_get(object, "detail");
    *(struct reply_repeat_run *)out = (struct reply_repeat_run){
        .due = get_text(object, "due"),
        .result = get_text(object, "result"),
        .order = get_text(object, "order"),
        .why = get_text(detail, "why"),
        .out = skus_of(arena, detail, "out"),
        .later = skus_of(arena, detail, "later"),
        .total = get_number_or(object, "total", -1),
    };
}

static void row_read(struct arena *arena, json_t *object, void *out)
{
    const json_t *distributor = json_object_get(object, "distributor"),
                 *customer = json_object_get(object, "customer");
    enum repeat_unit unit = repeat_unit_by_name(get_text(object, "unit"));
    (void)arena;
    *(struct reply_repeat *)out = (struct reply_repeat){
        .id = get_text(object, "id"),
        .state = get_text(object, "state"),
        .distributor = get_text(distributor, "id"),
        .name = get_text(distributor, "name"),
        .customer = get_text(customer, "id"),
        .customer_name = get_text(customer, "name"),
        .pays = get_text(object, "pays"),
        .due = get_text(object, "due"),
        .retry = get_text(object, "retry"),
        .plan = {.every = (int)get_number(object, "every"),
                 .unit = unit == REPEAT_UNITS ? REPEAT_DAYS : unit,
                 .day = (int)get_number(object, "day"),
                 .from = DATE_MIN},
        .nlines = get_number(object, "lines"),
    };
}

bool reply_repeats_read(struct arena *arena, const char *body, size_t len,
                        struct reply_repeats *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, row_read, &out->n);
    out->next = get_text(object, "next");
    return object != NULL;
}

/* What comes, as a draft: people stand elsewhere in the reply. */
static void draft_read(struct arena *arena, json_t *object, struct reply_repeat *out)
{
    struct problems problems; /* of what another version of the server stored */
    problems_init(&problems, arena);
    struct wire_reader reader = {.arena = arena, .problems = &problems, .strict = false};
    wire_draft_read(&reader, object, NULL, &out->draft);
    out->draft.distributor = out->distributor;
    out->draft.customer = *out->customer ? out->customer : NULL;
    out->draft.date = DATE_MIN;
}

bool reply_repeat_read(struct arena *arena, const char *body, size_t len, struct reply_repeat *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *then = json_object_get(object, "then");
    row_read(arena, object, out);
    out->version = get_text(object, "version");
    out->created_at = get_text(object, "created_at");
    out->created_by = get_text(object, "created_by");
    out->currency = get_text(object, "currency");
    out->exponent = get_exponent(object);
    out->told_total = get_number_or(object, "told_total", -1);
    for (size_t i = 0; i < ARRAY_LEN(out->then); i++) {
        const char *day = json_string_value(json_array_get(then, i));
        out->then[i] = day ? day : "";
    }
    draft_read(arena, object, out);
    const json_t *charge = json_object_get(object, "charge");
    out->charge_state = get_text(charge, "state");
    out->charge_order = get_text(charge, "order");
    out->charge_next = get_text(charge, "next");
    out->charge_why = get_text(charge, "why");
    out->runs = get_array(arena, object, "runs", sizeof *out->runs, run_read, &out->nruns);
    return *out->id != '\0';
}

/* ---- writing --------------------------------------------------------------------------------- */

static void set_plan(json_t *object, const struct repeat_plan *plan)
{
    char from[DATE_TEXT];
    json_object_set_new(object, "every", json_integer(plan->every));
    json_object_set_new(object, "unit", json_string(repeat_unit_name(plan->unit)));
    json_object_set_new(object, "day", plan->day ? json_integer(plan->day) : json_null());
    if (plan->from.days != DATE_MIN.days)
        json_object_set_new(object, "from", json_string(date_format(from, plan->from)));
}

const char *request_repeat_write(struct arena *arena, const struct request_repeat *repeat,
                                 size_t *len)
{
    json_t *object = json_object(), *draft = NULL;
    if (repeat->draft)
        draft = wire_draft_write(repeat->draft);
    if (repeat->is_new)
        json_object_update(object, draft);
    else if (draft)
        json_object_set(object, "lines", json_object_get(draft, "lines"));
    json_decref(draft);
    if (repeat->plan)
        set_plan(object, repeat->plan);
    if (repeat->pays)
        json_object_set_new(object, "pays", json_string(repeat->pays));
    return wire_dump(arena, object, len);
}
