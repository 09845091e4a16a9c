/* What an entry means where a screen has no meaning of its own for it. */
#include "tui/app.h"
#include "tui/counter.h"
#include "tui/kit_choose.h"
#include "tui/open.h"
#include "tui/order_commands.h"
#include "tui/order_offers.h"
#include "tui/repeat_card.h"
#include "tui/tongue.h"
#include "tui/where.h"

#include <string.h>
#include <strings.h>

/* ---- searching ------------------------------------------------------------------------------- */

enum find_what find_what_for(const struct app *app, const char *text)
{
    bool has_person = app->order && order_draft(app->order)->distributor;
    bool is_number = (text[0] >= '0' && text[0] <= '9') || text[0] == '+';
    return has_person && !is_number ? FIND_ITEMS : FIND_PEOPLE;
}

/* A verb of another screen is searched for here, as all words are; then that is said. */
static void tell_verb(struct app *app, const char *text)
{
    char where[WHERE_TEXT];
    for (enum entry_kind kind = 0; kind < ENTRY_KINDS; kind++)
        if (*entry_info(kind)->verb && strcasecmp(entry_info(kind)->verb, text) == 0 &&
            where_entry(kind))
            app_say(app, ROLE_WARN, "%s works on: %s. Here it was searched for.", text,
                    where_screens(where, where_entry(kind)));
}

void open_search(struct app *app, const char *text)
{
    tell_verb(app, text);
    open_find(app, find_what_for(app, text), FIND_FOR_ORDER, text);
}

static void words(struct app *app, const struct entry_command *command)
{
    open_search(app, command->text);
}

void app_find(struct app *app)
{
    char text[ENTRY_TEXT];
    if (!entry_line_take(&app->line, text))
        text[0] = '\0';
    open_find(app, find_what_for(app, text), FIND_FOR_ORDER, text);
}

/* ---- people, items, orders ------------------------------------------------------------------- */

static void distributor(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_order_for(app, command->text);
}

void open_order_for(struct app *app, const char *id)
{
    if (!counter_is_open(app))
        return;
    struct order *order = app_order(app);
    const char *before = order_is_walk_in(order) ? NULL : order_draft(order)->distributor;
    bool is_same = before && strcmp(before, id) == 0;
    bool is_taken = order->change || (order_lines(order) > 0 && !order_person_refused(order));
    if (before && !is_same && is_taken) {
        app_hold(app); /* the next caller, typed ahead perhaps: never onto this one's order */
        order = app_order(app);
    }
    if (!is_same)
        order_set_distributor(order, id);
    app_back_to(app, app_order_screen(app));
}

static void item(struct app *app, const struct entry_command *command)
{
    if (!counter_is_open(app))
        return;
    struct order *order = app_order(app);
    if (app_screen(app) != app_order_screen(app) && app_screen(app)->id != SCREEN_review)
        app_back_to(app, app_order_screen(app));
    const char *sku = prices_sku(app->prices, command->text);
    bool added;
    if (*command->choices) {
        struct arena *arena = arena_new();
        added = order_add_kit(order, sku, command->quantity,
                              kit_keyed(app, arena, sku, command->choices));
        arena_free(arena);
    } else if (command->has_amount) {
        added = order_add_valued(order, sku, command->quantity, command->amount.minor);
    } else {
        added = offers_add(app, sku, command->quantity);
    }
    if (!added) {
        app_say(app, ROLE_STOP, "an order has at most %d lines.", DRAFT_LINES_MAX);
        return;
    }
    tail_line(&app->tail, order->ulid, app->now);
    /* its row has the name; old items have no check digit: whether it is mistyped, the price says
     */
    if (command->check_fails)
        app_say(app, ROLE_PLAIN, "%lld*%s", (long long)command->quantity, sku);
    else
        app_say(app, ROLE_OK, "ok  %lld*%s", (long long)command->quantity, sku);
    app->said_late = !command->check_fails;
}

static void placed_order(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_placed(app, command->text);
}

/* `r` and the number of an order or of a return; alone: of the order that is shown. */
static void returns(struct app *app, const struct entry_command *command)
{
    const char *text = command->text;
    bool is_shown = !*text && app_screen(app)->id == SCREEN_placed;
    unsigned kinds = code_kinds(&app->session.lengths, text, strlen(text));
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", text);
    else if (is_shown)
        open_return(app, placed_number(app));
    else if (kinds & CODE_BIT(CODE_ORDER))
        open_return(app, text);
    else if (*text)
        open_receive(app, text);
    else
        app_say(app, ROLE_WARN,
                "which order? r and its number; r and a return's number shows that.");
}

/* The last six digits are about whom the screen or the order is about. */
static void certificate(struct app *app, const struct entry_command *command)
{
    const struct order_draft *draft = app->order ? order_draft(app->order) : NULL;
    bool on_person = app_screen(app)->id == SCREEN_person;
    const char *customer = person_customer(app), *distributor = NULL;
    if (on_person && !customer)
        distributor = person_distributor(app);
    else if (!on_person && draft) {
        customer = draft->customer;
        distributor = draft->distributor;
    }
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else if (strlen(command->text) == CERTIFICATE_LAST && !customer && !distributor)
        app_say(app, ROLE_STOP,
                "whose is it? The last six digits are enough once an order or a person is open.");
    else
        open_certificate(app, command->text, customer, distributor);
}

static bool is_code(const char *text)
{
    return code_is_digits(text, strlen(text));
}

static void stock(struct app *app, const struct entry_command *command)
{
    size_t lines = app->order ? order_lines(app->order) : 0;
    if (*command->text && !is_code(command->text))
        open_find(app, FIND_ITEMS, FIND_FOR_STOCK, command->text);
    else if (*command->text)
        open_stock(app, command->text);
    else if (lines)
        open_stock(app, order_line(app->order, lines)->sku);
    else
        app_say(app, ROLE_WARN, "stock of which item? s and its number, or s and words.");
}

/* ---- people and their orders ------------------------------------------------------------------
 */

/* Whom the screen or the open order is about. */
static const char *present_person(const struct app *app)
{
    enum screen_id id = app_screen(app)->id;
    if (id == SCREEN_placed)
        return placed_distributor(app);
    if (id == SCREEN_person)
        return person_distributor(app);
    return app->order ? order_draft(app->order)->distributor : NULL;
}

/* A customer's order is for the customer: `i` alone shows her. */
static const char *present_customer(const struct app *app)
{
    bool on_order = app_screen(app)->grammar == AT_ORDER || app_screen(app)->grammar == AT_REVIEW;
    return on_order && app->order ? order_draft(app->order)->customer : NULL;
}

static void person(struct app *app, const struct entry_command *command)
{
    const char *text = command->text, *id = *text ? text : present_person(app);
    if (!*text && present_customer(app))
        open_customer(app, present_customer(app));
    else if (!id)
        app_say(app, ROLE_WARN, "whom? i and the number, a name or a telephone.");
    else if (is_code(id))
        open_person(app, id);
    else
        open_find(app, FIND_PEOPLE, FIND_FOR_CARD, id);
}

static void orders(struct app *app, const struct entry_command *command)
{
    if (code_kinds(&app->session.lengths, command->text, strlen(command->text)) &
        CODE_BIT(CODE_ORDER))
        open_placed(app, command->text);
    else
        open_orders(app, command->text);
}

/* The draft that the screen is about; false when there is none. */
static bool present_draft(const struct app *app, struct arena *arena, struct order_draft *out)
{
    if (app_screen(app)->id == SCREEN_placed)
        return placed_draft(app, arena, out);
    bool on_order = app_screen(app)->grammar == AT_ORDER || app_screen(app)->grammar == AT_REVIEW;
    if (!on_order || !app->order || !order_lines(app->order))
        return false;
    *out = *order_draft(app->order);
    return true;
}

static void repeat_new(struct app *app, const struct repeat_plan *plan)
{
    struct arena *arena = arena_new();
    struct order_draft draft;
    if (present_draft(app, arena, &draft))
        open_repeat_new(app, &draft, plan);
    else
        app_say(app, ROLE_WARN, "of which order? It is made on the order that is open or shown.");
    arena_free(arena);
}

static void repeats(struct app *app, const struct entry_command *command)
{
    const char *text = command->text, *id = *text ? text : present_person(app);
    const struct repeat_card *shown = app->repeat;
    struct repeat_plan plan;
    if (!*text && app_screen(app)->id == SCREEN_repeat && shown->draft.distributor)
        open_repeats(app, "distributor", shown->draft.distributor);
    else if (!*text && (present_customer(app) || person_customer(app)))
        open_repeats(app, "customer",
                     present_customer(app) ? present_customer(app) : person_customer(app));
    else if (!*text || (is_code(text) && strlen(text) > 3))
        open_repeats(app, "distributor", id ? id : "");
    else if (repeat_parse(text, &plan))
        repeat_new(app, &plan);
    else
        app_say(app, ROLE_STOP,
                "rep and how often: rep m 15 (each month, on day 15), rep 2w 3 (each second week, "
                "on day 3, Wednesday), rep 30d; or a distributor's number.");
}

static void tips(struct app *app, const struct entry_command *command)
{
    (void)command;
    coach_toggle(app);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void function_key(struct app *app, const struct entry_command *command)
{
    app_function(app, command->number);
}

static void language(struct app *app, const struct entry_command *command)
{
    if (*command->text)
        app_speak(app, language_by_name(command->text));
    else
        app_speak_next(app);
}

/* What is about lines needs a screen that shows them. */
static bool is_of_lines(const struct entry_command *command)
{
    char first = command->whole[0];
    return (first == '.' || first == '+' || first == '-') &&
           command->problem == PROBLEM_bad_value && strcmp(command->text, command->whole) == 0;
}

static void bad(struct app *app, const struct entry_command *command)
{
    char where[WHERE_TEXT];
    if (is_of_lines(command)) {
        app_say(app, ROLE_STOP, "%s is about the lines of an order: it works on %s.", command->text,
                where_screens(where, where_entry(ENTRY_SET)));
        return;
    }
    bool is_number = is_code(command->text) && strcmp(command->whole, command->text) == 0;
    if (command->problem == PROBLEM_unknown_sku && is_number) {
        app_say(app, ROLE_STOP, "no number has the length of %s. Up and F4 search for it.",
                command->text);
        return;
    }
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    entry_explain(command, &problems);
    const char *say = problems.count ? problem_say(arena, tongue_language(), &problems.items[0])
                                     : _("that means nothing");
    app_say(app, ROLE_STOP, "%s", say);
    arena_free(arena);
}

static void ambiguous(struct app *app, const struct entry_command *command)
{
    app_say(app, ROLE_STOP, "%s fits two kinds of number; 1*%s is the item.", command->text,
            command->text);
}

static void nothing(struct app *app, const struct entry_command *command)
{
    (void)app;
    (void)command;
}

static void not_here(struct app *app, const struct entry_command *command)
{
    const struct entry_info *info = entry_info(command->kind);
    char where[WHERE_TEXT];
    if (where_entry(command->kind))
        app_say(app, ROLE_STOP, "%s: %s. It works on %s.", info->verb, _(info->help),
                where_screens(where, where_entry(command->kind)));
    else
        app_say(app, ROLE_STOP, "%s: %s. This version does not have it.",
                *info->verb ? info->verb : command->text, _(info->help));
}

static void (*const common[ENTRY_KINDS])(struct app *, const struct entry_command *) = {
    [ENTRY_EMPTY] = nothing,
    [ENTRY_SKU] = item,
    [ENTRY_BARCODE] = item,
    [ENTRY_DISTRIBUTOR] = distributor,
    [ENTRY_ORDER] = placed_order,
    [ENTRY_AMBIGUOUS] = ambiguous,
    [ENTRY_WORDS] = words,
    [ENTRY_STOCK] = stock,
    [ENTRY_PERSON] = person,
    [ENTRY_ORDERS] = orders,
    [ENTRY_TIPS] = tips,
    [ENTRY_FUNCTION_KEY] = function_key,
    [ENTRY_LANGUAGE] = language,
    [ENTRY_BAD] = bad,
    [ENTRY_CERTIFICATE] = certificate,
    [ENTRY_RETURN] = returns,
    [ENTRY_REPEATS] = repeats,
    [ENTRY_BANK] = open_bankings,
    [ENTRY_FETCH] = open_bankings,
};

void app_parse(struct app *app, struct arena *arena, const char *text,
               struct entry_command *command)
{
    const struct screen *screen = app_screen(app);
    if (screen->id == SCREEN_help && app_screen_below(app))
        screen = app_screen_below(app);
    struct entry_context context = {
        .lengths = app->session.lengths,
        .screen = screen->grammar,
        .last_line = screen->lines ? screen->lines(app)
                     : app->order  ? (int)order_lines(app->order)
                                   : 0,
        .candidates = screen->candidates ? screen->candidates(app) : 0,
        .exponent = app_exponent(app),
    };
    entry_parse(arena, text, &context, command);
}

typedef void command_fn(struct app *app, const struct entry_command *command);

/* The screen's own meaning goes first, then the order's verbs, then what all screens share. */
static command_fn *find(const struct screen *screen, enum entry_kind kind)
{
    command_fn *run = screen->commands[kind];
    bool is_of_lines = !(entry_info(kind)->screens & 1U << AT_HOME);
    if (!run && !(screen->is_apart && is_of_lines))
        run = order_command(kind);
    return run ? run : common[kind];
}

bool app_takes(const struct screen *screen, enum entry_kind kind)
{
    bool here = entry_info(kind)->screens & 1U << screen->grammar;
    return here && find(screen, kind) && (kind != ENTRY_PICK || screen->candidates);
}

void app_command(struct app *app, const struct entry_command *command)
{
    bool is_search =
        command->kind == ENTRY_WORDS || command->kind == ENTRY_PICK || command->kind == ENTRY_EMPTY;
    enum screen_id id = app_screen(app)->id;
    bool is_own_key = command->kind == ENTRY_FUNCTION_KEY &&
                      key_action(id, command->number) != ACTIONS; /* as when it is pressed */
    if (!is_own_key && (id == SCREEN_help || (id == SCREEN_palette && !is_search)))
        app_back(app);
    command_fn *run = find(app_screen(app), command->kind);
    if (!run)
        run = not_here;
    run(app, command);
}
