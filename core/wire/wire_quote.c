/* Quotes and problems, as the server sends them. */
#include "core/wire/wire.h"

#include <string.h>

static void set_int(json_t *object, const char *name, int64_t value)
{
    json_object_set_new(object, name, json_integer(value));
}

static void set_text(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, value ? json_string(value) : json_null());
}

json_t *wire_problem_write(struct arena *arena, enum language language, const struct problem *p)
{
    json_t *object = json_object(), *params = json_object();
    set_text(object, "field", p->field);
    if (p->line)
        set_text(object, "line", p->line);
    set_text(object, "code", problem_name(p->code));
    set_text(object, "severity",
             problem_severity(p->code) == SEVERITY_warning ? "warning" : "stop");
    set_text(object, "say", problem_say(arena, language, p));
    for (size_t i = 0; i < p->nparams; i++) {
        if (p->params[i].text)
            set_text(params, p->params[i].name, p->params[i].text);
        else
            set_int(params, p->params[i].name, p->params[i].number);
    }
    json_object_set_new(object, "params", params);
    return object;
}

json_t *wire_problems_write(struct arena *arena, enum language language,
                            const struct problems *problems)
{
    json_t *array = json_array();
    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(array, wire_problem_write(arena, language, &problems->items[i]));
    return array;
}

static json_t *chosen_write(const struct catalogue *c, const struct quote_line *line)
{
    json_t *array = json_array();
    for (size_t i = 0; i < line->nchosen; i++) {
        const struct item *item = &c->items[line->chosen[i].item];
        json_array_append_new(array,
                              json_pack("{s:s,s:s,s:s,s:i}", "sku", item->sku, "name", item->name,
                                        "spoken", item->spoken, "qty", line->chosen[i].qty));
    }
    return array;
}

static json_t *line_write(struct arena *arena, enum language language, const struct quote *quote,
                          const struct quote_line *line)
{
    json_t *object = json_object(), *why = json_array();
    set_text(object, "id", line->draft->id);
    set_text(object, "sku", line->draft->sku);
    set_text(object, "name", line->item ? line->item->name : NULL);
    set_text(object, "spoken", line->item ? line->item->spoken : NULL);
    set_int(object, "qty", line->draft->qty);
    json_object_set_new(object, "priced", json_boolean(line->priced));
    set_int(object, "unit", line->unit.minor);
    set_int(object, "discount", line->discount.minor);
    set_int(object, "amount", line->amount.minor);
    set_int(object, "tax", line->tax.minor);
    set_int(object, "cv", line->cv.hundredths);
    set_int(object, "pv", line->pv.hundredths);
    json_object_set_new(object, "free_stock",
                        line->free_stock < 0 ? json_null() : json_integer(line->free_stock));
    set_int(object, "back_ordered", line->back_ordered);
    if (line->item)
        json_object_set_new(object, "can_back_order", json_boolean(line->item->back_order));
    if (line->gift_of)
        set_text(object, "gift_of", line->gift_of->code);
    if (line->draft->picks)
        set_text(object, "picks", line->draft->picks);
    if (line->draft->value)
        set_int(object, "value", line->draft->value);
    if (line->nchosen)
        json_object_set_new(object, "choices", chosen_write(quote->catalogue, line));
    json_object_set_new(object, "shares", wire_shares_write(line));
    for (size_t i = 0; i < line->nwhy; i++) {
        const struct why *w = &line->why[i];
        json_array_append_new(why, json_pack("{s:s,s:I,s:s}", "code", why_name(w->code), "amount",
                                             (json_int_t)w->amount.minor, "say",
                                             why_say(arena, language, quote, line, w)));
    }
    json_object_set_new(object, "why", why);
    return object;
}

json_t *wire_quote_write(struct arena *arena, enum language language, const struct quote *quote)
{
    char date[DATE_TEXT];
    json_t *object = json_object(), *lines = json_array();
    for (size_t i = 0; i < quote->nlines; i++)
        json_array_append_new(lines, line_write(arena, language, quote, &quote->lines[i]));
    json_object_set_new(object, "lines", lines);
    json_object_set_new(object, "promotions", wire_promotions_write(arena, language, quote));
    set_int(object, "credit", quote->credit.minor);
    set_text(object, "search", quote->search_bounded ? "bounded" : "full");
    set_text(object, "market", quote->catalogue->market);
    set_int(object, "catalogue_version", quote->catalogue->version);
    set_text(object, "list", quote->list ? quote->list->code : NULL);
    set_text(object, "date", date_format(date, quote->date));
    set_text(object, "region", quote->region);
    set_text(object, "currency", quote->catalogue->currency);
    set_int(object, "exponent", quote->catalogue->exponent);
    json_object_set_new(object, "tax_included", json_boolean(quote->tax_included));
    set_int(object, "goods", quote->goods.minor);
    set_int(object, "discount", quote->discount.minor);
    set_int(object, "delivery", quote->delivery.minor);
    set_int(object, "delivery_tax", quote->delivery_tax.minor);
    set_int(object, "tax", quote->tax.minor);
    set_int(object, "tax_added", quote->tax_added.minor);
    set_int(object, "total", quote->total.minor);
    set_int(object, "cv", quote->cv.hundredths);
    set_int(object, "pv", quote->pv.hundredths);
    json_object_set_new(object, "problems", wire_problems_write(arena, language, &quote->problems));
    return object;
}
