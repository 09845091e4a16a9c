/* The tables of kits: what is always in them, and what is chosen. */
#include "core/kit.h"
#include "core/wire/wire_columns.h"

struct part_row {
    int kit, qty;
    struct component part;
};

/* Kits come ascending, each with its components side by side. */
void columns_components(struct columns_reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    struct catalogue *c = &r->out->catalogue;
    const int64_t last = r->has_items ? (int64_t)r->nitems - 1 : -1;
    const struct column columns[] = {
        {"kit", INT, offsetof(struct part_row, kit), 0, last, NULL},
        {"item", INT, offsetof(struct part_row, part.item), 0, last, NULL},
        {"qty", INT, offsetof(struct part_row, qty), 1, INT32_MAX, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct part_row *rows;
    r->arena = scratch;
    size_t n = columns_table(r, columns, &rows, sizeof *rows);
    r->arena = own;
    c->components = ARENA_ARRAY(own, struct component, n);
    for (size_t i = 0; i < n; i++) {
        struct item *kit = &c->items[rows[i].kit];
        if (i && rows[i].kit < rows[i - 1].kit)
            pull_fail(r->pull);
        if (kit->components++ == 0)
            kit->first_component = (uint32_t)i;
        c->components[i] = (struct component){rows[i].part.item, rows[i].qty};
    }
    arena_free(scratch);
}

/* Kits come ascending, each with its slots side by side; a slot's options follow those of the one
 * before. */
struct slot_row {
    int kit, choose, options;
};

void columns_slots(struct columns_reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    struct catalogue *c = &r->out->catalogue;
    const struct column columns[] = {
        {"kit", INT, offsetof(struct slot_row, kit), 0, r->has_items ? (int64_t)r->nitems - 1 : -1,
         NULL},
        {"choose", INT, offsetof(struct slot_row, choose), 1, KIT_OPTIONS, NULL},
        {"options", INT, offsetof(struct slot_row, options), 1, KIT_OPTIONS, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct slot_row *rows;
    uint32_t first = 0;
    int wanted = 0;
    r->arena = scratch;
    size_t n = columns_table(r, columns, &rows, sizeof *rows);
    r->arena = own;
    c->slots = ARENA_ARRAY(own, struct kit_slot, n);
    c->nslots = n;
    for (size_t i = 0; i < n; i++) {
        struct item *kit = &c->items[rows[i].kit];
        c->slots[i] = (struct kit_slot){"", rows[i].choose, first, (uint32_t)rows[i].options};
        first += (uint32_t)rows[i].options;
        wanted = i && rows[i].kit == rows[i - 1].kit ? wanted + rows[i].choose : rows[i].choose;
        if ((i && rows[i].kit < rows[i - 1].kit) || wanted > KIT_CHOICES)
            pull_fail(r->pull);
        if (kit->slots++ == 0)
            kit->first_slot = (uint32_t)i;
    }
    r->options = first;
    arena_free(scratch);
}

void columns_options(struct columns_reading *r)
{
    struct catalogue *c = &r->out->catalogue;
    const struct column columns[] = {
        {"item", INT, offsetof(struct component, item), 0,
         r->has_items ? (int64_t)r->nitems - 1 : -1, NULL},
        {"qty", INT, offsetof(struct component, qty), 1, INT32_MAX, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    c->noptions = columns_table(r, columns, &c->options, sizeof *c->options);
    if (c->noptions != r->options)
        pull_fail(r->pull);
}

void columns_slot_names(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"name", TEXT, offsetof(struct kit_slot, name), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    size_t n = columns_count(r);
    if (n != r->out->catalogue.nslots)
        pull_fail(r->pull);
    else
        columns_read(r, columns, r->out->catalogue.slots, sizeof(struct kit_slot), n);
}
