#include "server/api/order_tenders.h"

#include <stdio.h>
#include <string.h>

const char *order_tender_ref(struct arena *arena, const struct draft_tender *tender)
{
    char digits[CERTIFICATE_DIGITS + 1];
    if (tender->given)
        return arena_printf(arena, "%lld", (long long)tender->given);
    if (!tender->ref)
        return "";
    if (tender_by_name(tender->kind) == TENDER_certificate &&
        certificate_number(tender->ref, digits))
        return arena_strdup(arena, digits);
    return tender->ref;
}

void order_tenders_fill(struct arena *arena, const struct draft_tender *tenders, size_t n,
                        struct order_tenders *out)
{
    const char **kinds = ARENA_ARRAY(arena, const char *, n);
    const char **refs = ARENA_ARRAY(arena, const char *, n);
    int64_t *amounts = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        kinds[i] = tenders[i].kind;
        refs[i] = order_tender_ref(arena, &tenders[i]);
        amounts[i] = tenders[i].amount;
    }
    *out = (struct order_tenders){db_array_text(arena, kinds, n), db_array_int(arena, amounts, n),
                                  db_array_text(arena, refs, n)};
}

bool order_tries_certificate(const struct draft_tender *tenders, size_t n)
{
    size_t i = 0;
    while (i < n && tender_by_name(tenders[i].kind) != TENDER_certificate)
        i++;
    return i < n;
}

void order_refuse_tries(struct call *c, const char *detail)
{
    json_t *found = json_loads(detail, 0, NULL);
    call_wait(c, json_integer_value(json_object_get(found, "wait")));
    json_decref(found);
}

unsigned order_tender_kinds(const struct call *c, bool distributor_pays, bool at_till)
{
    unsigned receivers = ROLE_BIT(counter) | ROLE_BIT(office) | ROLE_BIT(supervisor);
    return tender_kinds(distributor_pays, c->actor.roles & receivers) |
           (at_till ? TENDER_BIT(cash) : 0);
}

void order_add_tender_problem(struct problems *problems, const char *detail,
                              const struct draft_tender *tenders, size_t n, int exponent)
{
    json_t *found = json_loads(detail, 0, NULL);
    size_t i = (size_t)json_integer_value(json_object_get(found, "tender"));
    const char *why = json_string_value(json_object_get(found, "why"));
    char field[32];
    snprintf(field, sizeof field, "/tenders/%zu", i);
    const struct draft_tender none = {.kind = ""}, *tender = i < n ? &tenders[i] : &none;
    struct problem *p;
    if (why && strcmp(why, "short") == 0 && strcmp(tender->kind, "balance") == 0) {
        p = problems_add(problems, PROBLEM_balance_short, "/tenders", NULL);
        problem_set_money(p, "balance", json_integer_value(json_object_get(found, "held")),
                          exponent);
        problem_set_money(p, "amount", tender->amount, exponent);
    } else if (why && strcmp(why, "short") == 0) {
        p = problems_add(problems, PROBLEM_tender_short, field, NULL);
        problem_set_name(p, "kind", "tender", tender->kind);
        problem_set_money(p, "held", json_integer_value(json_object_get(found, "held")), exponent);
        problem_set_money(p, "amount", tender->amount, exponent);
    } else if (why && strcmp(why, "exceeds") == 0) {
        p = problems_add(problems, PROBLEM_tenders_exceed, "/tenders", NULL);
        problem_set_money(p, "sum", tender->amount, exponent);
        problem_set_money(p, "total", json_integer_value(json_object_get(found, "due")), exponent);
    } else {
        p = problems_add(problems, PROBLEM_tender_unknown, field, NULL);
        problem_set_text(p, "ref", tender->ref && *tender->ref ? tender->ref : tender->kind);
    }
    json_decref(found);
}
