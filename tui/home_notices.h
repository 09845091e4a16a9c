/* What has happened meanwhile, on the home screen: goods for people who wait, orders that are
 * complete, repeat orders that could not run. Each is done with when its letter was keyed. */
#pragma once

#include "core/text.h"
#include "core/wire/reply_around.h"

struct app;

size_t home_notices(const struct reply_day *day);
void home_notice_put(struct text *text, const struct reply_day *day, size_t i);
void home_notice_open(struct app *app, const struct reply_day *day, size_t i);
