#include "tui/ship.h"

#include "core/text.h"
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/order_view.h"
#include "tui/query.h"
#include "tui/speech.h"

#include <stdlib.h>
#include <string.h>

struct ship {
    char path[64]; /* whose: "/customers/17" */
    struct query query;
    bool has_person;
    struct reply_person_card person;
};

/* ---- the addresses --------------------------------------------------------------------------- */

/* NULL while there is no buyer. */
static const char *buyer_path(const struct app *app, struct arena *arena)
{
    const struct order_draft *draft = app->order ? order_draft(app->order) : NULL;
    if (draft && order_type_info(draft->type)->ship_to == SHIP_customer)
        return draft->customer ? arena_printf(arena, "/customers/%s", draft->customer) : NULL;
    return draft && draft->distributor ? arena_printf(arena, "/distributors/%s", draft->distributor)
                                       : NULL;
}

static void take(void *owner, const struct answer *answer)
{
    struct ship *ship = owner;
    if (!query_answer(&ship->query, answer))
        return;
    ship->has_person =
        reply_person_card_read(ship->query.arena, answer->body, answer->len, &ship->person);
}

void ship_ask(struct app *app)
{
    if (!app->ship && !(app->ship = calloc(1, sizeof *app->ship)))
        abort();
    struct ship *ship = app->ship;
    struct arena *arena = arena_new();
    const char *path = buyer_path(app, arena);
    bool is_known = path && strcmp(ship->path, path) == 0 && !*ship->query.error;
    if (path && !is_known && strlen(path) < sizeof ship->path) {
        strcpy(ship->path, path);
        ship->has_person = false;
        query_ask(&ship->query, app, path, take, ship);
    }
    arena_free(arena);
}

/* The buyer of the open order, once known. */
static const struct reply_person_card *buyer(const struct app *app)
{
    struct arena *arena = arena_new();
    const char *path = buyer_path(app, arena);
    bool is_known =
        app->ship && app->ship->has_person && path && strcmp(app->ship->path, path) == 0;
    arena_free(arena);
    return is_known ? &app->ship->person : NULL;
}

int ship_count(const struct app *app)
{
    return buyer(app) ? (int)buyer(app)->naddresses : -1;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static char *trimmed(struct arena *arena, const char *text, size_t len)
{
    while (len && *text == ' ')
        text++, len--;
    while (len && text[len - 1] == ' ')
        len--;
    return arena_strndup(arena, text, len);
}

/* In a market with tax by state the last part is "TX 78701". */
static void split_region(struct arena *arena, struct address *address)
{
    const char *code = address->postcode;
    bool has_region = code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z' &&
                      code[2] == ' ' && code[3];
    if (!has_region || strcmp(address->country, "US") != 0)
        return;
    address->region = arena_strndup(arena, code, 2);
    address->postcode = code + 3;
}

/* "street, town", "street, town, postcode" or "street, more, town, postcode". */
static bool address_read(struct arena *arena, const char *text, const char *country,
                         struct address *out)
{
    char *parts[4];
    size_t n = 0;
    for (const char *at = text; at && n < ARRAY_LEN(parts); n++) {
        const char *comma = strchr(at, ',');
        parts[n] = trimmed(arena, at, comma ? (size_t)(comma - at) : strlen(at));
        if (!*parts[n])
            return false;
        at = comma ? comma + 1 : NULL;
        if (at && n + 1 == ARRAY_LEN(parts))
            return false;
    }
    if (n < 2)
        return false;
    *out = (struct address){.name = "",
                            .line1 = parts[0],
                            .line2 = n == 4 ? parts[1] : "",
                            .city = parts[n == 4 ? 2 : 1],
                            .postcode = n > 2 ? parts[n - 1] : "",
                            .region = "",
                            .country = country};
    split_region(arena, out);
    return true;
}

static void choose_full(struct app *app, const char *text)
{
    struct arena *arena = arena_new();
    struct address address;
    if (address_read(arena, text, order_draft(app_order(app))->market, &address)) {
        order_set_ship(app->order, SHIP_address, &address);
        app_say(app, ROLE_OK, "ok  to %s, %s %s", address.line1, address.city, address.postcode);
    } else {
        app_say(app, ROLE_STOP, "an address is: a street, town, postcode.");
    }
    arena_free(arena);
}

void ship_choose(struct app *app, const struct entry_command *command)
{
    int count = ship_count(app);
    if (strcmp(command->text, "p") == 0) {
        order_set_ship(app_order(app), SHIP_pickup, NULL);
        app_say(app, ROLE_OK, "ok  %s", _("picked up by the buyer"));
    } else if (*command->text) {
        choose_full(app, command->text);
    } else if (command->number == 0) {
        app_say(app, ROLE_PLAIN, "F9 lists the addresses; a and a digit chooses one.");
    } else if (count >= 0 && command->number > count) {
        app_say(app, ROLE_STOP, "address %d does not exist.", command->number);
    } else {
        order_set_address(app_order(app), command->number);
        app_say(app, ROLE_OK, "ok  to address %d", command->number);
    }
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void put_row(struct text *text, const char *key, bool is_chosen, const char *label)
{
    text_printf(text, "%s%s %s ", key, is_chosen ? "*" : "", label);
}

/* Which of the buyer's it is and which there are, by their names, and what else this order may do;
 * where the parcel goes stands in full in the order's head. */
int ship_draw(const struct app *app, const struct frame *frame, int row, int room)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_person_card *person = buyer(app);
    bool is_pickup = draft->destination == SHIP_pickup, is_own = !draft->has_address && !is_pickup;
    size_t chosen = !is_own ? 0 : draft->address_choice ? (size_t)draft->address_choice : 1;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    int x = frame_label(frame, row, _(" Ship"));
    for (size_t i = 0; person && i < person->naddresses; i++) {
        put_row(&text, arena_printf(arena, "a %zu", i + 1), chosen == i + 1, person->labels[i]);
        text_printf(&text, "%s  ", chosen == i + 1 ? "" : person->addresses[i].city);
    }
    put_row(&text, "a p", is_pickup, _("picked up"));
    text_addc(&text, ' ');
    put_row(&text, "a", draft->has_address, _("street, town, postcode"));
    int used = frame_wrap(frame, row, x, room > 1 ? room : 1, ROLE_PLAIN, text.data);
    arena_free(arena);
    return row + (used ? used : 1);
}

void ship_say(const struct app *app, struct speech *speech)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_person_card *person = buyer(app);
    bool own = !draft->has_address && draft->destination != SHIP_pickup;
    size_t n = person ? person->naddresses : 0,
           chosen = draft->address_choice ? (size_t)draft->address_choice : 1;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    if (draft->destination == SHIP_pickup)
        text_add(&text, _("picked up by the buyer"));
    else if (draft->has_address)
        order_view_address(&text, &draft->address);
    else if (n == 0 && app->order->quote_arena)
        order_view_address(&text, &app->order->quote.ship_to);
    if (n == 0 || !own)
        speech_say(speech, "ship", _("ship to %s"), text.len ? text.data : "-");
    for (size_t i = 0; i < n; i++) {
        text_clear(&text);
        order_view_address(&text, &person->addresses[i]);
        speech_say(speech, arena_printf(arena, "address %zu", i),
                   own && i + 1 == chosen ? _("address %zu, chosen: %s") : _("address %zu: %s"),
                   i + 1, text.data);
    }
    arena_free(arena);
}
