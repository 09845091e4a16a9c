/* The pay link of the order that is shown: what is said of it, its picture, and its letter. */
#pragma once

#include "core/text.h"
#include "core/wire/reply_around.h"

struct app;

/* "e-mail: sent   q: as a picture, mail: send it again". */
void placed_link_text(struct text *out, const struct reply_payment *payment);
void placed_link_qr(struct app *app, const struct reply_order_card *order);
void placed_link_mail(struct app *app, const struct reply_order_card *order);
