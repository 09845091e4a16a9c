#include "tui/home_drafts.h"

#include "tui/frame.h"
#include "tui/order.h"
#include "tui/terminal.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MARK = 20, MARK_LEAST_COLS = 60, TIME = 7 };

/* ---- the rows -------------------------------------------------------------------------------- */

static bool is_listed(const struct reply_drafts *stored, const char *ulid)
{
    for (size_t i = 0; i < stored->n; i++)
        if (strcmp(stored->items[i].ulid, ulid) == 0)
            return true;
    return false;
}

/* No rev: the server does not have it, or not as it is. */
static struct reply_draft_row row_of(struct arena *arena, const struct order *order)
{
    const struct order_draft *draft = order_draft(order);
    const char *person = draft->distributor ? draft->distributor : "";
    return (struct reply_draft_row){
        .ulid = arena_strdup(arena, order->ulid),
        .rev = "",
        .distributor = arena_strdup(arena, person),
        .name = arena_strdup(arena, order->quote.distributor_name),
        .currency = arena_strdup(arena, order->quote.currency),
        .updated_at = "",
        .locked_by = "",
        .locked_login = "",
        .locked_since = "",
        .recovered_from = "",
        .owner = "",
        .changes = draft->changes.order ? arena_strdup(arena, draft->changes.order) : "",
        .exponent = order->quote.exponent,
        .lines = (int64_t)draft->nlines,
        .total = order_confirmed(order) ? order->quote.total : 0,
    };
}

void home_drafts_make(struct arena *arena, const struct reply_drafts *stored,
                      const struct order *held, struct reply_drafts *out)
{
    size_t n = stored->n;
    for (const struct order *order = held; order; order = order->next_held)
        n++;
    *out = (struct reply_drafts){.items = ARENA_ARRAY(arena, struct reply_draft_row, n)};
    for (const struct order *order = held; order; order = order->next_held)
        if (order_lines(order) && !is_listed(stored, order->ulid))
            out->items[out->n++] = row_of(arena, order);
    for (size_t i = 0; i < stored->n; i++)
        out->items[out->n++] = stored->items[i];
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool draft_is_open(const struct reply_session *session, const struct reply_draft_row *draft)
{
    return *draft->locked_by && strcmp(draft->locked_login, session->actor_id) != 0 &&
           strcmp(draft->locked_by, session->actor_id) != 0 &&
           strcmp(draft->locked_by, session->actor_name) != 0;
}

static void mark(char out[64], const struct reply_session *session,
                 const struct reply_draft_row *draft)
{
    char since[WHEN_TEXT];
    when_short(since, draft->locked_since);
    out[0] = '\0';
    if (draft_is_open(session, draft))
        snprintf(out, 64, _("open: %s %s"), draft->locked_by, since);
    else if (!*draft->rev)
        snprintf(out, 64, "%s", _("not stored yet"));
    else if (*draft->owner && strcmp(draft->owner, session->actor_id) != 0)
        snprintf(out, 64, _("of %s"), draft->owner);
    else if (*draft->changes)
        snprintf(out, 64, _("change %s"), draft->changes);
    else if (*draft->recovered_from)
        snprintf(out, 64, "%s", _("copy"));
}

void home_drafts_title(const struct frame *frame, int row, bool everybody, bool picking)
{
    const char *title;
    if (everybody)
        title = picking ? _(" Everybody's drafts   which one? press its digit")
                        : _(" Everybody's drafts");
    else
        title = picking ? _(" My drafts (saved on every Enter)   which one? press its digit")
                        : _(" My drafts (saved on every Enter)");
    frame_text(frame, row, ROLE_HEAD, title);
}

void home_drafts_row(const struct frame *frame, int row, size_t n,
                     const struct reply_session *session, const struct reply_draft_row *draft)
{
    char total[MONEY_TEXT], since[WHEN_TEXT], text[64];
    bool wide = frame->cols >= MARK_LEAST_COLS;
    int rest = 33 + (wide ? TIME + MARK : 0), y = frame->top + row;
    int name = frame->cols - rest > 30 ? 30 : frame->cols - rest;
    if (row >= frame->rows)
        return;
    if (name < 4)
        name = 4;
    if (n)
        terminal_printf(y, 0, 4, ROLE_STRONG, "  %zu", n);
    terminal_put(y, 4, 10, ROLE_PLAIN, draft->distributor);
    terminal_put(y, 14, name, ROLE_PLAIN, draft->name);
    terminal_printf(y, 14 + name, 8, ROLE_PLAIN, "%4lld ln", (long long)draft->lines);
    terminal_put_right(
        y, 22 + name, 11, ROLE_PLAIN,
        draft->total ? money_format(total, money_of(draft->total), draft->exponent, true) : "");
    when_short(since, draft->updated_at);
    if (wide)
        terminal_put_right(y, 33 + name, TIME, ROLE_PLAIN, since);
    mark(text, session, draft);
    terminal_put(y, 34 + name + (wide ? TIME : 0), frame->cols, ROLE_WARN, text);
}

void home_drafts_say(struct speech *speech, const struct reply_session *session,
                     const struct reply_drafts *drafts, bool everybody)
{
    char key[32], total[MONEY_TEXT], text[64];
    if (everybody && drafts->n)
        speech_say(speech, "everybody", _("everybody's drafts"));
    for (size_t i = 0; i < drafts->n; i++) {
        const struct reply_draft_row *draft = &drafts->items[i];
        snprintf(key, sizeof key, "draft %zu", i + 1);
        mark(text, session, draft);
        speech_say(speech, key, _("draft %zu: %s %s, lines %lld, %s %s%s%s"), i + 1,
                   draft->distributor, draft->name, (long long)draft->lines,
                   money_format(total, money_of(draft->total), draft->exponent, true),
                   draft->currency, *text ? ", " : "", text);
    }
}
