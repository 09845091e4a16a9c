#include "tui/order_commands.h"

#include "core/text.h"
#include "tui/app.h"
#include "tui/details.h"
#include "tui/kit_choose.h"
#include "tui/open.h"
#include "tui/order_offers.h"
#include "tui/ship.h"
#include "tui/tongue.h"

#include <string.h>

static bool has_line(struct app *app, int number)
{
    bool has = app->order && number >= 1 && (size_t)number <= order_lines(app->order);
    if (!has)
        app_say(app, ROLE_STOP, "there is no such line.");
    return has;
}

/* "ok  3*40216", before the line is touched. */
static void say_line(struct app *app, int number, int64_t qty)
{
    const struct reply_line *quoted = order_line_quoted(app->order, (size_t)number);
    app_say(app, ROLE_OK, "ok  %lld*%s %s", (long long)qty,
            order_line(app->order, (size_t)number)->sku, quoted ? quoted->name : "");
}

static void more(struct app *app, const struct entry_command *command)
{
    if (!has_line(app, command->number))
        return;
    int64_t qty = order_line(app->order, (size_t)command->number)->qty + command->quantity;
    if (qty > ENTRY_QUANTITY_MAX) {
        app_say(app, ROLE_STOP, "a line holds at most %d.", ENTRY_QUANTITY_MAX);
        return;
    }
    say_line(app, command->number, qty);
    tail_line(&app->tail, app->order->ulid, app->now);
    order_set_qty(app->order, (size_t)command->number, qty);
}

static void set(struct app *app, const struct entry_command *command)
{
    if (!has_line(app, command->number))
        return;
    say_line(app, command->number, command->quantity);
    tail_line(&app->tail, app->order->ulid, app->now);
    order_set_qty(app->order, (size_t)command->number, command->quantity);
}

static void void_line(struct app *app, const struct entry_command *command)
{
    if (!has_line(app, command->number))
        return;
    app_say(app, ROLE_OK, "line %d %s is gone; u brings it back", command->number,
            order_line(app->order, (size_t)command->number)->sku);
    order_set_qty(app->order, (size_t)command->number, 0);
}

static void why(struct app *app, const struct entry_command *command)
{
    if (!has_line(app, command->number))
        return;
    struct arena *arena = arena_new();
    struct text text;
    size_t n;
    const char **why = order_line_why(app->order, (size_t)command->number, arena, &n);
    text_init(&text, arena);
    for (size_t i = 0; i < n; i++)
        text_printf(&text, "%s%s", i ? "; " : "", why[i]);
    if (n == 0)
        app_say(app, ROLE_WARN, "line %d has no price yet.", command->number);
    else
        app_say(app, ROLE_PLAIN, "%d: %s", command->number, text.data);
    arena_free(arena);
}

static void undo(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (app_screen(app)->grammar == AT_HOME || !app->order) {
        cancel_ask(app, NULL, NULL);
        return;
    }
    bool done = app->order && order_undo(app->order);
    app_say(app, done ? ROLE_OK : ROLE_WARN,
            done ? _("undone; r does it again") : _("nothing to undo."));
}

static void redo(struct app *app, const struct entry_command *command)
{
    (void)command;
    bool done = app->order && order_redo(app->order);
    app_say(app, done ? ROLE_OK : ROLE_WARN, done ? _("done again") : _("nothing to do again."));
}

/* Whose it is, of what type and by which prices stays as it was placed. */
static bool is_fixed(struct app *app)
{
    bool is = app->order && app->order->change;
    if (is)
        app_say(
            app, ROLE_STOP,
            "that stays as it was placed. Cancel the order and take a new one to have another.");
    return is;
}

static void type(struct app *app, const struct entry_command *command)
{
    if (is_fixed(app))
        return;
    enum order_type wanted = order_type_by_word(command->text);
    if (wanted == ORDER_TYPES) {
        app_say(app, ROLE_STOP, "the types are: t own (%s), t cust (%s), t aid (%s).",
                _(order_type_info(ORDER_personal)->title),
                _(order_type_info(ORDER_customer)->title),
                _(order_type_info(ORDER_sales_aids)->title));
        return;
    }
    order_set_type(app_order(app), wanted);
    app_say(app, ROLE_OK, "ok  %s", _(order_type_info(wanted)->title));
}

static void price_list(struct app *app, const struct entry_command *command)
{
    if (is_fixed(app))
        return;
    if (!*command->text) {
        open_lists(app);
        return;
    }
    order_set_price_list(app_order(app), command->text);
    app_say(app, ROLE_PLAIN, "price list %s", command->text);
}

enum { COUPONS_MOST = 20, COUPON_MOST = 40 };

/* The coupons without that one; how many are left. */
static size_t coupons_but(const struct order_draft *draft, const char *code,
                          const char *out[COUPONS_MOST + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < draft->ncoupons && n < COUPONS_MOST; i++)
        if (strcmp(draft->coupons[i], code) != 0)
            out[n++] = draft->coupons[i];
    return n;
}

static void coupon_off(struct app *app, const char *code)
{
    const char *codes[COUPONS_MOST + 1];
    const struct order_draft *draft = order_draft(app_order(app));
    size_t n = *code ? coupons_but(draft, code, codes) : 0;
    if (n == draft->ncoupons) {
        app_say(app, ROLE_WARN, "there is no such coupon on the order.");
        return;
    }
    order_set_coupons(app->order, codes, n);
    app_say(app, ROLE_OK,
            *code ? _("ok  coupon %s taken off; u brings it back")
                  : _("ok  no coupon; u brings it back"),
            code);
}

static void coupon(struct app *app, const struct entry_command *command)
{
    const char *codes[COUPONS_MOST + 1], *code = command->text;
    const struct order_draft *draft = order_draft(app_order(app));
    if (!*code || *code == '-') {
        coupon_off(app, *code ? code + 1 + strspn(code + 1, " ") : "");
        return;
    }
    size_t n = coupons_but(draft, code, codes);
    if (n < draft->ncoupons)
        app_say(app, ROLE_WARN, "coupon %s is on the order already; cp -%s takes it off.", code,
                code);
    else if (n == COUPONS_MOST || strlen(code) > COUPON_MOST)
        app_say(app, ROLE_STOP, "that is no coupon, or one too many.");
    else {
        codes[n++] = code;
        order_set_coupons(app->order, codes, n);
        app_say(app, ROLE_OK, "ok  coupon %s", code);
    }
}

static void promotions(struct app *app, const struct entry_command *command)
{
    (void)command;
    app_order(app);
    open_promos(app);
}

enum { NOTE_MOST = 500 }; /* the server takes no more */

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void note(struct app *app, const struct entry_command *command)
{
    if (characters(command->text) > NOTE_MOST) {
        app_say(app, ROLE_STOP, "a note has at most %d characters; Up brings yours back.",
                NOTE_MOST);
        return;
    }
    order_set_note(app_order(app), command->text);
    app_say(app, ROLE_OK, *command->text ? _("ok  noted") : _("ok  no note"));
}

static void customer(struct app *app, const struct entry_command *command)
{
    if (is_fixed(app))
        return;
    if (!app->order || !order_draft(app->order)->distributor) {
        app_say(app, ROLE_STOP, "first the distributor, then the customer.");
        return;
    }
    if (code_is_digits(command->text, strlen(command->text)))
        order_set_customer(app->order, command->text);
    else
        open_find(app, FIND_CUSTOMERS, FIND_FOR_ORDER, command->text);
}

static void new_customer(struct app *app, const struct entry_command *command)
{
    const char *of = app->order ? order_draft(app->order)->distributor : NULL;
    if (is_fixed(app))
        return;
    if (of)
        open_new_customer(app, of, command->text);
    else
        app_say(app, ROLE_STOP, "first the distributor, then the customer.");
}

void (*order_command(enum entry_kind kind))(struct app *app, const struct entry_command *command)
{
    static void (*const commands[ENTRY_KINDS])(struct app *, const struct entry_command *) = {
        [ENTRY_MORE] = more,           [ENTRY_SET] = set,
        [ENTRY_VOID] = void_line,      [ENTRY_WHY] = why,
        [ENTRY_UNDO] = undo,           [ENTRY_REDO] = redo,
        [ENTRY_TYPE] = type,           [ENTRY_ADDRESS] = ship_choose,
        [ENTRY_NOTE] = note,           [ENTRY_PRICE_LIST] = price_list,
        [ENTRY_COUPON] = coupon,       [ENTRY_PROMOTIONS] = promotions,
        [ENTRY_TAKE] = offers_take,    [ENTRY_HIDE] = offers_hide,
        [ENTRY_CHOICES] = offers_list, [ENTRY_FREE] = offers_free,
        [ENTRY_CUSTOMER] = customer,   [ENTRY_NEW_CUSTOMER] = new_customer,
        [ENTRY_CHOOSE] = kit_choose,
    };
    return commands[kind];
}
