/* The catalogue's reader against any bytes, in steps of as many as the first byte says. Whatever it
 * takes, core can price with, and it is written as it was read. */
#include "core/quote.h"
#include "core/wire/wire_catalogue.h"
#include "tests/fuzz/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cut {
    const char *at;
    size_t left, step;
};

static size_t cut_more(void *arg, const char **data)
{
    struct cut *cut = arg;
    size_t n = cut->left < cut->step ? cut->left : cut->step;
    *data = cut->at;
    cut->at += n;
    cut->left -= n;
    return n;
}

/* One of everything, for each type of order. */
static void price(struct arena *arena, const struct catalogue *c)
{
    size_t n = c->nitems < 50 ? c->nitems : 50;
    struct draft_line *lines = ARENA_ARRAY(arena, struct draft_line, n + 1);
    for (size_t i = 0; i <= n; i++)
        lines[i] = (struct draft_line){
            .id = "l", .sku = i < n ? c->items[i].sku : "0", .qty = 99999, .back_order = true};
    struct buyer_facts buyer = {.distributor = "1",
                                .name = "",
                                .status = "",
                                .market = c->market,
                                .may_order = true,
                                .customer = "1",
                                .today = date_of(2026, 1, 1)};
    struct order_draft draft = {
        .market = c->market, .distributor = "1", .lines = lines, .nlines = n + 1, .date = DATE_MIN};
    for (int type = 0; type < ORDER_TYPES; type++) {
        struct quote quote;
        draft.type = (enum order_type)type;
        quote_price(arena, c, &buyer, &draft, NULL, 0, &quote);
        REQUIRE(quote.nlines == n + 1 && quote.problems.count > 0);
        REQUIRE(quote.total.minor <= MONEY_MAX);
    }
}

static const char *write(struct arena *arena, const struct wire_catalogue *w)
{
    const struct catalogue *c = &w->catalogue;
    struct text out;
    const char **names = ARENA_ARRAY(arena, const char *, c->nitems),
               **spoken = ARENA_ARRAY(arena, const char *, c->nitems),
               **slots = ARENA_ARRAY(arena, const char *, c->nslots);
    for (size_t i = 0; i < c->nslots; i++)
        slots[i] = c->slots[i].name;
    for (size_t i = 0; i < c->nitems; i++) {
        names[i] = c->items[i].name;
        spoken[i] = c->items[i].spoken;
    }
    text_init(&out, arena);
    wire_catalogue_write_market(&out, c);
    wire_catalogue_write_items(&out, c, w->barcodes);
    wire_catalogue_write_names(&out, w->language, names, spoken, c->nitems, slots, c->nslots);
    for (size_t i = 0; i < c->nlists; i++) {
        text_add(&out, i ? WIRE_CATALOGUE_COMMA : "");
        wire_catalogue_write_list(&out, c, &c->lists[i]);
    }
    text_add(&out, WIRE_CATALOGUE_END);
    return out.data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *arena = arena_new();
    struct cut cut = {(const char *)data + 1, size - 1, data[0] ? data[0] : 1};
    struct wire_catalogue first, second;
    if (wire_catalogue_read(arena, cut_more, &cut, &first)) {
        price(arena, &first.catalogue);
        const char *text = write(arena, &first);
        cut = (struct cut){text, strlen(text), 4096};
        REQUIRE(wire_catalogue_read(arena, cut_more, &cut, &second));
        REQUIRE(strcmp(text, write(arena, &second)) == 0);
    }
    arena_free(arena);
    return 0;
}
