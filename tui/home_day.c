#include "tui/home_day.h"

#include "core/text.h"
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/home_notices.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct day {
    struct query query;
    bool has_day;
    struct reply_day day;
};

static void take(void *owner, const struct answer *answer)
{
    struct day *day = owner;
    if (!query_answer(&day->query, answer)) {
        day->has_day = false;
        return;
    }
    day->has_day = reply_day_read(day->query.arena, answer->body, answer->len, &day->day);
}

void home_day_ask(struct app *app)
{
    if (!app->day && !(app->day = calloc(1, sizeof *app->day)))
        abort();
    query_ask(&app->day->query, app, "/day", take, app->day);
}

static const struct reply_day *known(const struct app *app)
{
    return app->day && app->day->has_day ? &app->day->day : NULL;
}

int64_t home_experience(const struct app *app)
{
    return known(app) ? known(app)->experience : -1;
}

/* ---- figures --------------------------------------------------------------------------------- */

static void put_totals(struct text *text, const struct reply_day *day)
{
    char amount[MONEY_TEXT];
    int64_t cv = 0;
    for (size_t i = 0; i < day->ntotals; i++) {
        const struct reply_day_total *total = &day->totals[i];
        text_printf(text, "   %s %s",
                    money_format(amount, money_of(total->total), total->exponent, true),
                    total->currency);
        cv += total->cv;
    }
    if (cv)
        text_printf(text, "   CV %s", money_format(amount, money_of(cv), 2, true));
}

static void put_pace(struct text *text, const struct app *app, const struct reply_day *day)
{
    int64_t tail = tail_median(&app->tail);
    if (day->seconds_per_order >= 0)
        text_printf(text, _("   %lld s/order"), (long long)day->seconds_per_order);
    if (tail >= 0)
        text_printf(text, _("   tail %lld.%lld s"), (long long)(tail / 1000),
                    (long long)(tail % 1000 / 100));
    if (day->cancelled)
        text_printf(text, _("   cancelled %lld"), (long long)day->cancelled);
}

void home_day_draw(const struct app *app, const struct frame *frame, int row)
{
    const struct reply_day *day = known(app);
    char ends[WHEN_TEXT];
    if (!day)
        return;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    text_printf(&text, tongue_n(" Today  %lld order", " Today  %lld orders", (size_t)day->orders),
                (long long)day->orders);
    put_totals(&text, day);
    put_pace(&text, app, day);
    frame_text(frame, row, ROLE_PLAIN, text.data);
    frame_printf(frame, row + 1, ROLE_PLAIN,
                 tongue_n(" Month  closes %s (%lld day)", " Month  closes %s (%lld days)",
                          (size_t)day->days_left),
                 when_day(ends, day->month_ends), (long long)day->days_left);
    arena_free(arena);
}

/* ---- what needs attention -------------------------------------------------------------------- */

static size_t due_orders(const struct reply_day *day)
{
    int64_t orders = 0;
    for (size_t i = 0; i < day->ntotals; i++)
        orders += day->totals[i].due_orders;
    return (size_t)orders;
}

static void put_due(struct text *text, const struct reply_day *day)
{
    char amount[MONEY_TEXT];
    size_t orders = due_orders(day);
    text_printf(text,
                tongue_n("%zu order of today is not paid yet:",
                         "%zu orders of today are not paid yet:", orders),
                orders);
    for (size_t i = 0; i < day->ntotals; i++)
        if (day->totals[i].due)
            text_printf(
                text, " %s %s",
                money_format(amount, money_of(day->totals[i].due), day->totals[i].exponent, true),
                day->totals[i].currency);
}

static void put_duplicate(struct text *text, const struct reply_day_duplicate *duplicate)
{
    char at[WHEN_TEXT];
    text_printf(text, _("%s may repeat %s of %s, taken by %s  %s"), duplicate->order,
                duplicate->earlier, when_hour(at, duplicate->at), duplicate->by, duplicate->name);
}

/* Possible duplicates, each with a letter, then what happened meanwhile, then what is due. */
static size_t count(const struct reply_day *day)
{
    enum { LETTERS = 26 };
    size_t n = day->nduplicates + home_notices(day) + (due_orders(day) > 0);
    return n < LETTERS ? n : LETTERS;
}

/* True when it wants somebody soon. */
static bool put_attention(struct text *text, const struct reply_day *day, size_t i)
{
    if (i < day->nduplicates)
        put_duplicate(text, &day->duplicates[i]);
    else if (i - day->nduplicates < home_notices(day))
        home_notice_put(text, day, i - day->nduplicates);
    else
        put_due(text, day);
    return i < day->nduplicates + home_notices(day);
}

int home_attention_draw(const struct app *app, const struct frame *frame, int row, int room)
{
    const struct reply_day *day = known(app);
    size_t n = day ? count(day) : 0;
    if (n == 0 || room < 2)
        return 0;
    struct arena *arena = arena_new();
    frame_text(frame, row, ROLE_HEAD, _(" Needs attention (its letter shows it)"));
    int used = 1;
    for (size_t i = 0; i < n && used < room; i++, used++) {
        struct text text;
        text_init(&text, arena);
        text_printf(&text, "  %c ", (char)('a' + i));
        bool is_urgent = put_attention(&text, day, i);
        frame_text(frame, row + used, is_urgent ? ROLE_WARN : ROLE_PLAIN, text.data);
    }
    arena_free(arena);
    return used;
}

void home_day_say(const struct app *app, struct speech *speech)
{
    const struct reply_day *day = known(app);
    if (!day)
        return;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    text_printf(&text, tongue_n("today %lld order", "today %lld orders", (size_t)day->orders),
                (long long)day->orders);
    put_totals(&text, day);
    put_pace(&text, app, day);
    speech_say(speech, "today", "%s", text.data);
    for (size_t i = 0; i < count(day); i++) {
        text_clear(&text);
        put_attention(&text, day, i);
        speech_say(speech, arena_printf(arena, "attention %zu", i), _("%c shows: %s"),
                   (char)('a' + i), text.data);
    }
    arena_free(arena);
}

bool home_attention_open(struct app *app, const char *text)
{
    const struct reply_day *day = known(app);
    size_t i = (size_t)((text[0] | 0x20) - 'a');
    if (!day || !text[0] || text[1] || i >= count(day))
        return false;
    if (i < day->nduplicates)
        open_placed(app, day->duplicates[i].order);
    else if (i - day->nduplicates < home_notices(day))
        home_notice_open(app, day, i - day->nduplicates);
    else
        open_orders(app, "");
    return true;
}
