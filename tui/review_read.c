#include "tui/review_read.h"

#include "core/readback.h"
#include "core/text.h"
#include "tui/frame.h"
#include "tui/kit_choose.h"
#include "tui/order_promo.h"
#include "tui/order_view.h"

#include <string.h>

static const char *spoken_of(const struct reply_line *line)
{
    return *line->spoken ? line->spoken : *line->name ? line->name : line->sku;
}

/* The items as they are said, and the number of each one's line; 0: a gift. */
static size_t items_of(const struct order *order, struct arena *arena, struct readback_item **out,
                       size_t **numbers)
{
    size_t lines = order_lines(order), most = lines + order->quote.nlines, n = 0;
    *out = ARENA_ARRAY(arena, struct readback_item, most);
    *numbers = ARENA_ARRAY(arena, size_t, most);
    for (size_t number = 1; number <= lines; number++) {
        const struct reply_line *quoted = order_line_quoted(order, number);
        const struct draft_line *line = order_line(order, number);
        if (!quoted)
            continue;
        bool is_free = quoted->priced && quoted->unit && quoted->amount == 0;
        (*numbers)[n] = number;
        (*out)[n++] = (struct readback_item){line->qty, quoted->back_ordered,
                                             kit_spoken(arena, quoted, spoken_of(quoted)), is_free};
    }
    for (size_t i = 0; i < order->quote.nlines; i++) {
        const struct reply_line *gift = &order->quote.lines[i];
        if (*gift->gift_of)
            (*out)[n++] = (struct readback_item){gift->qty, gift->back_ordered, spoken_of(gift),
                                                 true}; /* its number stays 0 */
    }
    return n;
}

/* The sentence with only the first `n` items in it. */
static const char *sentence(const struct order *order, struct arena *arena,
                            const struct readback_item *items, size_t n, int64_t total)
{
    struct text text, place;
    text_init(&text, arena);
    text_init(&place, arena);
    order_view_address(&place, &order->quote.ship_to);
    readback_say(&text, &(struct readback){.language = tongue_language(),
                                           .items = items,
                                           .nitems = n,
                                           .place = place.data,
                                           .currency = order->quote.currency,
                                           .exponent = order->quote.exponent,
                                           .total = money_of(total),
                                           .saved = money_of(order_promo_saved(order))});
    return text.data;
}

static size_t common(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    while (n && ((unsigned char)a[n] & 0xC0) == 0x80)
        n--; /* never in the middle of a character */
    return n;
}

/* Where item `item` stands in `whole`: what the sentence of one item less and that of as many have
 * in common with it is said before the item begins, and before it ends. */
static void item_span(const struct order *order, struct arena *arena, const char *whole,
                      const struct readback_item *items, size_t item, size_t *from, size_t *to)
{
    static const char *const between[] = {",", " ", "、", "，"};
    *from = item > 1 ? common(sentence(order, arena, items, item - 1, order->frozen), whole) : 0;
    *to = common(sentence(order, arena, items, item, order->frozen), whole);
    for (size_t i = 0; *from && i < ARRAY_LEN(between); i++)
        if (strncmp(whole + *from, between[i], strlen(between[i])) == 0) {
            *from += strlen(between[i]);
            i = (size_t)-1; /* there may be several */
        }
    if (*to < *from)
        *to = *from;
}

/* What of the span stands on this row is drawn over it. */
static void draw_span(struct frame *frame, int row, int column, const char *line, size_t len,
                      size_t from, size_t to, struct arena *arena, bool *placed)
{
    if (from >= len || to == 0)
        return;
    if (to > len)
        to = len;
    int x = column + text_cells(arena_strndup(arena, line, from));
    const char *part = arena_strndup(arena, line + from, to - from);
    terminal_put(frame->top + row, x, text_cells(part), ROLE_STATUS, part);
    if (*placed)
        return;
    *placed = true;
    frame->cursor_y = frame->top + row;
    frame->cursor_x = x;
}

int review_read_draw(const struct app *app, struct frame *frame, int row, int room, size_t item)
{
    struct arena *arena = arena_new();
    struct readback_item *items;
    size_t *numbers, n = items_of(app->order, arena, &items, &numbers), from = 0, to = 0;
    bool placed = app->line.len > 0; /* who types is in the entry line */
    int x = frame_label(frame, row, _(" READ BACK"));
    const char *whole =
        app->order->frozen >= 0 ? sentence(app->order, arena, items, n, app->order->frozen) : "";
    if (item && item <= n)
        item_span(app->order, arena, whole, items, item, &from, &to);
    int width = frame->cols - x, used = 0;
    for (const char *at = whole; *at && used < room && width > 1; used++) {
        size_t len = frame_wrap_len(at, width), start = (size_t)(at - whole);
        if (len == 0)
            break;
        if (row + used < frame->rows) {
            terminal_put(frame->top + row + used, x, width, item ? ROLE_PLAIN : ROLE_STRONG,
                         arena_strndup(arena, at, len));
            if (to > start)
                draw_span(frame, row + used, x, at, len, from > start ? from - start : 0,
                          to - start, arena, &placed);
        }
        at += len;
        at += strspn(at, " ");
    }
    arena_free(arena);
    return row + (used ? used : 1);
}

const char *review_read_text(const struct app *app, struct arena *arena, int64_t total)
{
    struct readback_item *items;
    size_t *numbers, n = items_of(app->order, arena, &items, &numbers);
    return sentence(app->order, arena, items, n, total);
}

size_t review_read_items(const struct app *app)
{
    struct arena *arena = arena_new();
    struct readback_item *items;
    size_t *numbers, n = items_of(app->order, arena, &items, &numbers);
    arena_free(arena);
    return n;
}

void review_read_say(struct app *app, size_t item)
{
    struct arena *arena = arena_new();
    struct readback_item *items;
    size_t *numbers, n = items_of(app->order, arena, &items, &numbers);
    if (item >= 1 && item <= n && !numbers[item - 1])
        app_say(app, ROLE_PLAIN, "a gift: %lld*%s", (long long)items[item - 1].qty,
                items[item - 1].spoken);
    else if (item >= 1 && item <= n) {
        size_t number = numbers[item - 1];
        const struct draft_line *line = order_line(app->order, number);
        const struct reply_line *quoted = order_line_quoted(app->order, number);
        char amount[MONEY_TEXT];
        app_say(app, ROLE_PLAIN, "line %zu: %lld*%s %s  %s   .%zu*q changes it", number,
                (long long)line->qty, line->sku, quoted->name,
                app_amount(app, amount, quoted->amount), number);
    }
    arena_free(arena);
}
