/* The list of drafts on the home screen: what the server has and what it does not have yet, with
 * who has each open and since when. */
#pragma once

#include "core/wire/reply.h"
#include "tui/screen.h"

struct order;

/* The held orders that the server does not list come first; texts are the arena's or `stored`'s. */
void home_drafts_make(struct arena *arena, const struct reply_drafts *stored,
                      const struct order *held, struct reply_drafts *out);
void home_drafts_title(const struct frame *frame, int row, bool everybody, bool picking);
/* Without its digit, 0, while the list may change: a digit chooses what stands beside it. */
void home_drafts_row(const struct frame *frame, int row, size_t n,
                     const struct reply_session *session, const struct reply_draft_row *draft);
/* The same as lines of text. */
void home_drafts_say(struct speech *speech, const struct reply_session *session,
                     const struct reply_drafts *drafts, bool everybody);
