/* Payment methods: cards as the API knows them. */
#pragma once

#include "server/sandbox/call.h"
#include "server/sandbox/card.h"

/* A new one, of this card; `month` 0: a date that is well ahead. */
json_t *method_new(struct call *call, const struct card *card, int64_t month, int64_t year);
/* Of the fields [number], [exp_month], [exp_year], [cvc] or [token] below `param`: NULL: failed. */
json_t *method_from_card(struct call *call, const char *param);
/* What payment_method or payment_method_data name; a test id makes a new one. NULL: failed, or
 * there is neither. */
json_t *method_from_params(struct call *call);
/* The same, of an id; `param` names it in errors. */
json_t *method_find(struct call *call, const char *id, const char *param);
/* Whether a card of this date is good at the time `now`; two-digit years become four. */
enum method_date { METHOD_DATE_GOOD, METHOD_DATE_MONTH, METHOD_DATE_YEAR };
enum method_date method_date(int64_t now, int64_t month, int64_t *year);
const struct card *method_card(const json_t *method);
/* Fails the call when it may not pay for this customer (NULL or "": for nobody we know). */
bool method_check(struct call *call, const json_t *method, const char *customer);
/* Ties it to the customer; where the card declines that, the call fails with 402. */
bool method_attach(struct call *call, json_t *method, const char *customer);
/* {"type":"card_error",...} of a card that declines. A new reference. */
json_t *method_decline(const char *code, const char *decline_code, const char *say);
