/* Kits in which something is chosen. */
#include "server/db/catalogue_rows.h"
#include "server/db/catalogue_store.h"

enum { SLOT_KIT, SLOT_CHOOSE, SLOT_NAME, SLOT_OPTIONS };

static struct kit_slot *slots_of(struct loading *r, struct market_snapshot *m,
                                 const struct id_index *ids)
{
    struct catalogue *c = &m->catalogue;
    PGresult *res = load_rows(r, Q_kit_slots, m->language);
    size_t n = c->nslots = load_count(res);
    struct kit_slot *slots = ARENA_ARRAY(r->arena, struct kit_slot, n);
    uint32_t options = 0;
    for (size_t i = 0; i < n; i++) {
        struct item *kit = &c->items[load_index_of(ids, c->nitems, load_integer(res, i, SLOT_KIT))];
        if (kit->slots++ == 0)
            kit->first_slot = (uint32_t)i;
        slots[i] = (struct kit_slot){.name = load_text(r, res, i, SLOT_NAME),
                                     .choose = load_small(res, i, SLOT_CHOOSE),
                                     .first_option = options,
                                     .options = (uint32_t)load_integer(res, i, SLOT_OPTIONS)};
        options += slots[i].options;
    }
    return slots;
}

void load_choices(struct loading *r, struct market_snapshot *m, const struct id_index *ids)
{
    struct catalogue *c = &m->catalogue;
    c->slots = slots_of(r, m, ids);
    PGresult *res = load_rows(r, Q_kit_options, NULL);
    c->noptions = load_count(res);
    c->options = ARENA_ARRAY(r->arena, struct component, c->noptions);
    for (size_t i = 0; i < c->noptions; i++)
        c->options[i] =
            (struct component){(uint32_t)load_index_of(ids, c->nitems, load_integer(res, i, 0)),
                               load_small(res, i, 1)};
}

const char *const *load_slot_names(struct loading *r, const char *language)
{
    PGresult *res = load_rows(r, Q_kit_slots, language);
    const char **names = ARENA_ARRAY(r->results, const char *, load_count(res));
    for (size_t i = 0; i < load_count(res); i++)
        names[i] = PQgetvalue(res, (int)i, SLOT_NAME);
    return names;
}
