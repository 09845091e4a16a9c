#include "core/quote_part.h"

#include <string.h>

static void check_customer(struct quote *quote, const struct buyer_facts *buyer,
                           const struct order_draft *draft, const struct order_type_info *type)
{
    struct problem *p;
    if (type->needs_customer && !draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_needed, "/customer", NULL);
        problem_set_name(p, "type", "type", type->name);
    } else if (!type->needs_customer && draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_not_allowed, "/customer", NULL);
        problem_set_name(p, "type", "type", type->name);
    } else if (draft->customer && !buyer->customer) {
        p = problems_add(&quote->problems, PROBLEM_unknown_customer, "/customer", NULL);
        problem_set_text(p, "customer", draft->customer);
    } else if (draft->customer && buyer->distributor && buyer->customer_of &&
               strcmp(buyer->customer_of, buyer->distributor) != 0) {
        p = problems_add(&quote->problems, PROBLEM_customer_of_other, "/customer", NULL);
        problem_set_text(p, "customer", draft->customer);
    }
}

static void check_distributor(struct quote *quote, const struct buyer_facts *buyer,
                              const struct order_draft *draft)
{
    const struct order_type_info *type = order_type_info(draft->type);
    struct problem *p;
    if (!draft->distributor) {
        p = problems_add(&quote->problems, PROBLEM_required, "/distributor", NULL);
        problem_set_words(p, "what", N_("The distributor"));
    } else if (!buyer->distributor) {
        p = problems_add(&quote->problems, PROBLEM_unknown_distributor, "/distributor", NULL);
        problem_set_text(p, "distributor", draft->distributor);
    } else if (strcmp(buyer->market, quote->catalogue->market) != 0) {
        p = problems_add(&quote->problems, PROBLEM_wrong_market, "/distributor", NULL);
        problem_set_text(p, "what", draft->distributor);
        problem_set_text(p, "market", buyer->market);
    } else if (!buyer->may_order) {
        p = problems_add(&quote->problems, PROBLEM_distributor_status, "/distributor", NULL);
        problem_set_text(p, "distributor", buyer->distributor);
        problem_set_text(p, "name", buyer->name);
        problem_set_name(p, "status", "person", buyer->status);
    }
    check_customer(quote, buyer, draft, type);
}

static void check_ship_to(struct quote *quote, const struct buyer_facts *buyer,
                          const struct order_draft *draft)
{
    if (draft->destination == SHIP_pickup)
        return;
    bool is_known = draft->destination == SHIP_customer ? buyer->customer : buyer->distributor;
    if (!buyer->has_ship_to && is_known && draft->address_choice > 1) {
        problem_set_number(
            problems_add(&quote->problems, PROBLEM_address_missing, "/ship_to/choice", NULL),
            "number", draft->address_choice);
        return;
    }
    if (!buyer->has_ship_to) {
        problems_add(&quote->problems, PROBLEM_address_needed, "/ship_to", NULL);
        return;
    }
    const struct {
        const char *value, *member, *part;
    } parts[] = {{buyer->ship_to.line1, "/ship_to/address/line1", "street"},
                 {buyer->ship_to.city, "/ship_to/address/city", "city"},
                 {buyer->ship_to.country, "/ship_to/address/country", "country"}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!parts[i].value || !parts[i].value[0])
            problem_set_name(
                problems_add(&quote->problems, PROBLEM_address_incomplete, parts[i].member, NULL),
                "part", "part", parts[i].part);
}

void quote_check_buyer(struct quote *quote, const struct buyer_facts *buyer,
                       const struct order_draft *draft)
{
    check_distributor(quote, buyer, draft);
    check_ship_to(quote, buyer, draft);
}

/* A list for the audience replaces retail list and rank discount; without one it is retail. */
void quote_choose_list(struct quote *quote, const struct order_draft *draft)
{
    enum audience audience = order_type_info(draft->type)->audience;
    const struct catalogue *c = quote->catalogue;
    bool else_retail = audience == AUDIENCE_distributor;
    struct problem *p;
    if (draft->price_list) {
        quote->list = catalogue_list(c, draft->price_list, audience);
        if (!quote->list && else_retail)
            quote->list = catalogue_list(c, draft->price_list, AUDIENCE_retail);
        if (!quote->list) {
            p = problems_add(&quote->problems, PROBLEM_unknown_list, "/price_list", NULL);
            problem_set_text(p, "list", draft->price_list);
        }
        return;
    }
    quote->list = catalogue_list_on(c, audience, quote->date);
    if (!quote->list && else_retail)
        quote->list = catalogue_list_on(c, AUDIENCE_retail, quote->date);
    if (!quote->list) {
        char text[DATE_TEXT];
        p = problems_add(&quote->problems, PROBLEM_no_list, "/date", NULL);
        problem_set_text(p, "date",
                         arena_strdup(quote->problems.arena, date_format(text, quote->date)));
    }
}

/* The address's region where rates are set for it (a US state); the market's otherwise, and for
 * what is picked up there, whatever address was sent along. */
const char *quote_choose_region(const struct catalogue *c, const struct buyer_facts *buyer,
                                enum destination destination)
{
    if (destination != SHIP_pickup && buyer->has_ship_to && buyer->ship_to.region)
        for (size_t i = 0; i < c->ntaxes; i++)
            if (strcmp(c->taxes[i].region, buyer->ship_to.region) == 0)
                return c->taxes[i].region;
    return c->default_region;
}
