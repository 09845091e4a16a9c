/* Disputes: what becomes of a payment that the card's owner has taken back at the bank. */
#pragma once

#include "server/sandbox/call.h"

/* As the charge's card has it: a charge-back, whose amount and fee are withdrawn at once, or an
 * inquiry first, which costs nothing. */
void dispute_opens(struct call *call, json_t *charge);
/* How the bank has decided: the money comes back, or stays where it is. */
void dispute_won(struct call *call, json_t *dispute);
void dispute_lost(struct call *call, json_t *dispute);
/* An inquiry becomes a charge-back. */
void dispute_escalates(struct call *call, json_t *dispute);
