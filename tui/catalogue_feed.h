/* The market's catalogue on this side, for prices in the moment of the key: at the sign-on the one
 * of the last time from disk, then the server's, asked for again now and then by its ETag. Reading
 * one takes longer than a frame, so a thread does that; the screen goes on meanwhile, and a new
 * catalogue takes the place of the old one as a whole. */
#pragma once

#include "core/wire/wire_catalogue.h"
#include "tui/client.h"

/* One catalogue, read only. Whoever keeps it holds a reference; all of them on the loop. */
struct catalogue_held {
    struct arena *arena;
    int refs;
    char *tag;
    struct wire_catalogue wire;
};
/* For arena_defer, too. */
void catalogue_release(void *held);

struct catalogue_feed;

struct catalogue_feed *catalogue_feed_new(struct client *client, const char *server);
void catalogue_feed_free(struct catalogue_feed *feed);
/* Once per turn of the loop after the sign-on. True when there is a new catalogue or day. */
bool catalogue_feed_tick(struct catalogue_feed *feed, const char *market, int64_t now);
/* NULL while there is none; no reference is taken. */
struct catalogue_held *catalogue_feed_now(const struct catalogue_feed *feed);
/* The business day in the market, as the server has told last; DATE_MIN before. */
struct date catalogue_feed_day(const struct catalogue_feed *feed);
void catalogue_feed_set_day(struct catalogue_feed *feed, const char *day);
/* An order is open: what is published meanwhile is for it, too, so that one looks every few
 * seconds. In how many milliseconds. */
int catalogue_feed_hurry(struct catalogue_feed *feed);
/* The server has published that version: it is asked for at once if it is another one. */
void catalogue_feed_told(struct catalogue_feed *feed, int64_t version);
/* The server has priced with that version: if it is another one, ours is soon replaced. */
void catalogue_feed_heard(struct catalogue_feed *feed, int64_t version);
