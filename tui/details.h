/* The form for a person's details: of one who is there, and of a new customer. */
#pragma once

#include "core/wire/reply_around.h"

struct app;

/* Without a screen: one line is the field that is asked for, "" leaves it, /9 saves. */
void details_line(struct app *app, const char *text);
void open_details(struct app *app, const struct reply_person_card *person, bool is_customer);
/* A customer of that distributor, who then stands on the open order; `name`: as far as it was
 * typed. */
void open_new_customer(struct app *app, const char *distributor, const char *name);
