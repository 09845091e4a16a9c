/* How screens open each other: one function per thing that can be looked at. */
#pragma once

#include "core/base.h"

struct app;
struct arena;
struct order;
struct reply_draft;
struct order_draft;
struct repeat_plan;

enum find_what { FIND_PEOPLE, FIND_ITEMS, FIND_CUSTOMERS };
enum find_for { FIND_FOR_ORDER, FIND_FOR_STOCK, FIND_FOR_CARD, FIND_TO_CHOOSE };

/* An order for that distributor: the open one while it has no lines or when its own person cannot
 * order; else that one is held and another begun. */
void open_order_for(struct app *app, const char *distributor);
/* A change of the placed order whose card that reply is. */
void open_change(struct app *app, const char *body, size_t len);
void open_draft(struct app *app, const struct reply_draft *stored);
void open_review(struct app *app);
void open_find(struct app *app, enum find_what what, enum find_for purpose, const char *text);
/* What words mean when nothing else is said. */
void open_search(struct app *app, const char *text);
/* What may be chosen free, of the first choice that is open. */
void open_choices(struct app *app);
void open_promos(struct app *app);
/* Card payments that were taken back at the bank. */
void open_disputes(struct app *app);
/* Asks for the newest of them; whether one of these is not decided, as far as is known. */
void disputes_ask(struct app *app);
bool disputes_any_open(const struct app *app);
void open_lists(struct app *app);
/* A gift certificate by its 16 digits, or by the last six and who bought it: a customer, else a
 * distributor. Those that somebody has sold; or, a customer, bought. */
void open_certificate(struct app *app, const char *digits, const char *customer,
                      const char *distributor);
void open_certificates(struct app *app, const char *id, bool is_customer);
void open_stock(struct app *app, const char *sku);
void open_placed(struct app *app, const char *number);
/* A pay link of an order as a picture; `sum` with its currency. */
void open_qr(struct app *app, const char *number, const char *url, const char *sum);
/* What comes back of an order; a return that was asked for. */
void open_return(struct app *app, const char *order);
void open_receive(struct app *app, const char *number);
/* Repeat orders: of a "distributor" or "customer"; `of` "": everybody's. */
void open_repeats(struct app *app, const char *what, const char *of);
void open_repeat(struct app *app, const char *id);
/* One that is begun by F9, with what is on that draft. */
void open_repeat_new(struct app *app, const struct order_draft *draft,
                     const struct repeat_plan *plan);
struct entry_command;
/* What went to the bank; with an amount it is what F9 does there. */
void open_bankings(struct app *app, const struct entry_command *command);
void open_help(struct app *app);
/* "": the operator's own; a distributor's number, a date, or words of a name. */
void open_orders(struct app *app, const char *text);
void open_person(struct app *app, const char *distributor);
void open_customer(struct app *app, const char *id);
/* F2; signs in again when the session has expired. */
void open_palette(struct app *app);

/* Whom the card on the screen is about; NULL when that is not known. */
const char *placed_distributor(const struct app *app);
/* The order on the screen. */
const char *placed_number(const struct app *app);
/* Asks for it again; what is shown stays until the answer is there. */
void placed_refresh(struct app *app);
const char *person_distributor(const struct app *app);
/* The customer whose card is on the screen; NULL for none. */
const char *person_customer(const struct app *app);
/* The order on the screen as a draft, of the card's texts; false while it is not known. */
bool placed_draft(const struct app *app, struct arena *arena, struct order_draft *out);

/* Signing on without a screen: the question that stands, and its answer. */
const char *signon_question(const struct app *app, bool *secret);
void signon_reply(struct app *app, const char *text);

/* The drafts as the home screen lists them, also for that of another desk, which calls
 * screen_home's functions; whether a digit chooses one now, and whether the list will stay as it
 * is. */
const struct reply_drafts *home_list(const struct app *app, bool *picking, bool *settled);
/* The draft that was asked for is not wanted any more. */
bool home_recall_not(struct app *app);
/* Drafts or notices have changed elsewhere: who looks at them sees it. */
void home_heard(struct app *app);

/* What the order tells the screens about it. */
void order_event_take(void *user, struct order *order, int event);
/* Words typed on any screen: whom or what they are searched among. */
enum find_what find_what_for(const struct app *app, const char *text);
