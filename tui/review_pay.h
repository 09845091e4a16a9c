/* The tender line of the review: what pays, what else could, and the verbs that choose. */
#pragma once

#include "core/text.h"
#include "tui/app.h"

/* "Due later 178.10, nothing charged yet   bal 12.50  gc  link"; nothing while the total is not
 * confirmed. */
void review_pay_text(const struct app *app, struct text *text);

/* "ok  12.50 from the store credit": what it pays now. */
void review_pay_said(struct app *app, enum tender_kind kind);

/* bal, cr; card; link; gc; later */
void review_pay_account(struct app *app, const struct entry_command *command);
void review_pay_card(struct app *app, const struct entry_command *command);
void review_pay_link(struct app *app, const struct entry_command *command);
void review_pay_certificate(struct app *app, const struct entry_command *command);
void review_pay_later(struct app *app, const struct entry_command *command);
