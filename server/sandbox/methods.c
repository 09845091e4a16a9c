#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { YEARS_AHEAD = 4, YEARS_MOST = 50 };

static void year_and_month(int64_t now, int64_t *year, int64_t *month)
{
    time_t seconds = (time_t)now;
    struct tm tm;
    gmtime_r(&seconds, &tm);
    *year = tm.tm_year + 1900;
    *month = tm.tm_mon + 1;
}

/* The same card has the same fingerprint: of its row, not of its number. */
static void set_fingerprint(json_t *card_object, const struct card *card)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char hex[17];
    SHA256((const unsigned char *)card->name, strlen(card->name), digest);
    for (int i = 0; i < 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    set_text(card_object, "fingerprint", hex);
}

json_t *method_new(struct call *call, const struct card *card, int64_t month, int64_t year)
{
    json_t *method = call_new(call, "payment_method", "pm_");
    json_t *shown = json_object_get(method, "card");
    int64_t this_year, this_month;
    year_and_month(call->now, &this_year, &this_month);
    set_text(method, "_card", card->name);
    set_text(shown, "brand", card->brand);
    set_text(shown, "display_brand", card->brand);
    set_text(shown, "funding", card->funding);
    set_text(shown, "country", card->country);
    set_text(shown, "last4", card_last4(card));
    set_int(shown, "exp_month", month ? month : this_month);
    set_int(shown, "exp_year", month ? year : this_year + YEARS_AHEAD);
    set_fingerprint(shown, card);
    json_array_append_new(json_object_get(json_object_get(shown, "networks"), "available"),
                          json_string(card->brand));
    return method;
}

const struct card *method_card(const json_t *method)
{
    return card_by_name(get_text(method, "_card"));
}

enum method_date method_date(int64_t now, int64_t month, int64_t *year)
{
    int64_t this_year, this_month;
    year_and_month(now, &this_year, &this_month);
    if (*year < 100)
        *year += 2000;
    bool past = *year < this_year || (*year == this_year && month < this_month);
    return month < 1 || month > 12                  ? METHOD_DATE_MONTH
           : past || *year > this_year + YEARS_MOST ? METHOD_DATE_YEAR
                                                    : METHOD_DATE_GOOD;
}

static void check_date(struct call *call, int64_t month, int64_t *year)
{
    enum method_date date = method_date(call->now, month, year);
    if (date == METHOD_DATE_MONTH)
        call_refuse(call, ERROR_wrong_month, "exp_month");
    else if (date == METHOD_DATE_YEAR)
        call_refuse(call, ERROR_wrong_year, "exp_year");
}

json_t *method_from_card(struct call *call, const char *param)
{
#define FIELD(name) arena_printf(call->arena, "%s[" name "]", param)
    const char *token = call_text(call, FIELD("token")), *cvc = call_text(call, FIELD("cvc"));
    const char *number = call_text(call, FIELD("number"));
    int64_t month = call_int(call, FIELD("exp_month"), 0);
    int64_t year = call_int(call, FIELD("exp_year"), 0);
    size_t cvc_len = cvc ? strlen(cvc) : 3;
    if (token) {
        const struct card *card = card_by_test_id(token);
        if (card)
            return method_new(call, card, 0, 0);
        call_refuse(call, ERROR_no_object_param, FIELD("token"), "token", token);
        return NULL;
    }
    if (!number)
        call_refuse(call, ERROR_missing, FIELD("number"), FIELD("number"));
    else if (cvc_len < 3 || cvc_len > 4 || (cvc && strspn(cvc, "0123456789") != cvc_len))
        call_refuse(call, ERROR_wrong_cvc, "cvc");
    check_date(call, month, &year);
    if (call_failed(call))
        return NULL;
    json_t *method = method_new(call, card_by_number(number), month, year);
    if (cvc)
        set_text(json_object_get(json_object_get(method, "card"), "checks"), "cvc_check",
                 "unchecked");
    return method;
#undef FIELD
}

json_t *method_find(struct call *call, const char *id, const char *param)
{
    const struct card *card = id ? card_by_test_id(id) : NULL;
    if (card)
        return method_new(call, card, 0, 0);
    return call_find(call, "payment_method", id, param) ? change_edit(&call->change, id) : NULL;
}

json_t *method_from_params(struct call *call)
{
    bool has_data = call_has(call, "payment_method_data[");
    const char *id = call_text(call, "payment_method");
    if (has_data && id)
        call_refuse(call, ERROR_one_of_two, "payment_method", "payment_method",
                    "payment_method_data");
    else if (has_data)
        return method_from_card(call, "payment_method_data[card]");
    return call_failed(call) ? NULL : method_find(call, id, "payment_method");
}

bool method_check(struct call *call, const json_t *method, const char *customer)
{
    const char *owner = get_text(method, "customer"), *id = get_text(method, "id");
    bool known = customer && *customer;
    if (get_bool(method, "_used"))
        call_refuse(call, ERROR_method_used, "payment_method");
    else if (*owner && !known)
        call_refuse(call, ERROR_method_needs_customer, "payment_method", id);
    else if (*owner && strcmp(owner, customer) != 0)
        call_refuse(call, ERROR_method_of_other, "payment_method", id);
    return !call_failed(call);
}

json_t *method_decline(const char *code, const char *decline_code, const char *say)
{
    json_t *error = json_object();
    set_text(error, "type", "card_error");
    set_text(error, "code", code);
    if (decline_code)
        set_text(error, "decline_code", decline_code);
    set_text(error, "message", say);
    return error;
}

bool method_attach(struct call *call, json_t *method, const char *customer)
{
    const struct card *card = method_card(method);
    const char *owner = get_text(method, "customer");
    if (strcmp(owner, customer) == 0)
        return true;
    if (*owner)
        call_refuse(call, ERROR_method_attached, "payment_method");
    else if (get_bool(method, "_used"))
        call_refuse(call, ERROR_method_used, "payment_method");
    else if (card->does == CARD_DECLINES)
        call_refuse_with(call, 402, method_decline(card->code, card->decline_code, card->say));
    if (call_failed(call))
        return false;
    set_text(method, "customer", customer);
    event_happened(call, "payment_method.attached", method);
    return true;
}

/* ---- the API --------------------------------------------------------------------------------- */

void api_payment_methods_create(struct call *call)
{
    json_t *method = method_from_card(call, "card");
    if (!method)
        return;
    json_t *billing = json_object_get(method, "billing_details");
    set_param(billing, "name", call, "billing_details[name]");
    set_param(billing, "email", call, "billing_details[email]");
    set_param(billing, "phone", call, "billing_details[phone]");
    set_address(billing, "address", call, "billing_details[address]");
    set_map(method, "metadata", call, "metadata");
    call_answer(call, method);
}

void api_payment_methods_get(struct call *call)
{
    const json_t *method = method_find(call, call->id, "payment_method");
    if (method)
        call_answer(call, method);
}

void api_payment_methods_attach(struct call *call)
{
    const char *customer = call_text(call, "customer");
    if (!call_find(call, "customer", customer, "customer"))
        return;
    json_t *method = method_find(call, call->id, "payment_method");
    if (method && *get_text(method, "customer"))
        call_refuse(call, ERROR_method_attached, NULL);
    else if (method && method_attach(call, method, customer))
        call_answer(call, method);
}

void api_payment_methods_detach(struct call *call)
{
    if (!call_find(call, "payment_method", call->id, "payment_method"))
        return;
    json_t *method = change_edit(&call->change, call->id);
    if (!*get_text(method, "customer")) {
        call_refuse(call, ERROR_method_not_attached, NULL);
        return;
    }
    set_text(method, "customer", NULL);
    set_bool(method, "_used", true);
    event_happened(call, "payment_method.detached", method);
    call_answer(call, method);
}

void api_payment_methods_list(struct call *call)
{
    static const char *const by[] = {"customer", "type", NULL};
    list_answer(call, "payment_method", "/v1/payment_methods", by);
}
