/* A person's details in fields, which are libform's in a window that is never shown. Of somebody
 * who is there, telephone, e-mail and first address can be changed, from the revision that was
 * read: when somebody else was quicker, theirs is shown beside ours and nothing is lost. */
#include "core/text.h"
#include "core/wire/request_person.h"
#include "tui/details.h"
#include "tui/details_fields.h"
#include "tui/details_person.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 15, WIDEST = 40 };

struct details {
    struct app *app;
    struct details_fields fields;
    bool is_new, is_customer;
    char id[32], name[160], distributor[32];
    char key[ULID_TEXT]; /* of a new customer's request */
    int64_t version;
    char base[FIELDS][FIELD_TEXT];   /* as it was read */
    char theirs[FIELDS][FIELD_TEXT]; /* somebody else's, after a conflict */
    bool has_theirs, waiting, leave_asked;
};

/* ---- fields ---------------------------------------------------------------------------------- */

static struct details *details_of(struct app *app)
{
    if (app->details)
        return app->details;
    struct details *details = app->details = calloc(1, sizeof *details);
    if (!details)
        abort();
    details->app = app;
    details_fields_make(&details->fields, !app->options->is_linear);
    return details;
}

static bool is_used(const struct details *details, int field)
{
    return details->is_new || field > FIELD_GIVEN;
}

static int current(const struct details *details)
{
    return details_fields_at(&details->fields);
}

static void go(struct details *details, int field)
{
    details_fields_go(&details->fields, field);
}

static void step(struct details *details, int by)
{
    int field = current(details);
    do
        field = (field + by + FIELDS) % FIELDS;
    while (!is_used(details, field));
    go(details, field);
}

static const char *value(struct details *details, struct arena *arena, int field)
{
    return details_field_get(&details->fields, arena, field);
}

static void begin(struct details *details)
{
    for (int i = 0; i < FIELDS; i++)
        details_field_set(&details->fields, i, details->base[i]);
    details->has_theirs = details->waiting = details->leave_asked = false;
    go(details, details->is_new ? FIELD_FAMILY : FIELD_PHONE);
}

static bool is_changed(struct details *details)
{
    struct arena *arena = arena_new();
    bool changed = false;
    for (int i = 0; i < FIELDS; i++)
        changed |= strcmp(value(details, arena, i), details->base[i]) != 0;
    arena_free(arena);
    return changed;
}

/* ---- opening --------------------------------------------------------------------------------- */

void open_details(struct app *app, const struct reply_person_card *person, bool is_customer)
{
    struct details *details = details_of(app);
    details->is_new = false;
    details->is_customer = is_customer;
    details->version = person->version;
    snprintf(details->id, sizeof details->id, "%s", person->id);
    snprintf(details->name, sizeof details->name, "%s", person->name);
    details_person_read(details->base, person);
    begin(details);
    app_show(app, &screen_details);
}

void open_new_customer(struct app *app, const char *distributor, const char *name)
{
    struct details *details = details_of(app);
    details->is_new = details->is_customer = true;
    details->name[0] = '\0';
    snprintf(details->distributor, sizeof details->distributor, "%s", distributor);
    order_ulid(details->key);
    memset(details->base, 0, sizeof details->base);
    details_name_read(details->base, name);
    snprintf(details->base[FIELD_COUNTRY], FIELD_TEXT, "%s", app->session.market.market);
    begin(details);
    app_show(app, &screen_details);
}

/* ---- saving ---------------------------------------------------------------------------------- */

/* What was not changed here becomes theirs; what was, stays, with theirs shown beside it. */
static void take_theirs(struct details *details, const struct reply_person_card *person)
{
    struct arena *arena = arena_new();
    details_person_read(details->theirs, person);
    for (int i = FIELD_PHONE; i < FIELDS; i++) {
        if (strcmp(value(details, arena, i), details->base[i]) == 0)
            details_field_set(&details->fields, i, details->theirs[i]);
        memcpy(details->base[i], details->theirs[i], sizeof details->base[i]);
    }
    details->has_theirs = true;
    details->version = person->version;
    arena_free(arena);
}

static void conflict_take(void *owner, const struct answer *answer)
{
    struct details *details = owner;
    struct arena *arena = arena_new();
    struct reply_person_card person;
    details->waiting = false;
    if (answer_is_ok(answer) && reply_person_card_read(arena, answer->body, answer->len, &person)) {
        take_theirs(details, &person);
        app_say(details->app, ROLE_WARN,
                "somebody else changed it meanwhile: see `now`. F9 saves yours, F12 keeps theirs.");
    } else {
        app_say_answer(details->app, answer);
    }
    arena_free(arena);
}

static const char *path_of(const struct details *details, struct arena *arena)
{
    if (details->is_new)
        return "/customers";
    return arena_printf(arena, "/%s/%s", details->is_customer ? "customers" : "distributors",
                        details->id);
}

static void conflict_ask(struct details *details)
{
    struct arena *arena = arena_new();
    details->waiting = true;
    client_send(details->app->client, &(struct request){.method = "GET",
                                                        .path = path_of(details, arena),
                                                        .tries = 3,
                                                        .done = conflict_take,
                                                        .owner = details});
    arena_free(arena);
}

/* The cursor goes to what is wrong, if it is one of the fields. */
static void show_trouble(struct details *details, const struct reply_trouble *trouble)
{
    const char *field = trouble->nproblems ? trouble->problems[0].field : "";
    const char *last = strrchr(field, '/');
    for (int i = 0; last && i < FIELDS; i++)
        if (strcmp(details_field_info((enum details_field)i)->member, last + 1) == 0 &&
            is_used(details, i))
            go(details, i);
}

static void refused(struct details *details, const struct answer *answer)
{
    struct reply_trouble trouble = {.status = STATUS_OK};
    struct arena *arena = arena_new();
    if (answer->arrived)
        reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    if (trouble.status == STATUS_STALE) {
        conflict_ask(details);
    } else {
        app_say_answer(details->app, answer);
        show_trouble(details, &trouble);
    }
    arena_free(arena);
}

static void made(struct details *details, const struct answer *answer)
{
    struct app *app = details->app;
    struct arena *arena = arena_new();
    const char *id = reply_made_read(arena, answer->body, answer->len);
    bool same = app->order && order_draft(app->order)->distributor &&
                strcmp(order_draft(app->order)->distributor, details->distributor) == 0;
    if (id && same) {
        order_set_customer(app->order, id);
        app_news(app, ROLE_OK, "new customer %s stands on the order", details->name);
    } else {
        app_news(app, ROLE_OK, "new customer %s is saved", details->name);
    }
    arena_free(arena);
    if (app_screen(app) == &screen_details)
        app_back_to(app, app_order_screen(app));
}

static void saved(void *owner, const struct answer *answer)
{
    struct details *details = owner;
    struct app *app = details->app;
    details->waiting = false;
    if (!answer_is_ok(answer)) {
        refused(details, answer);
        return;
    }
    app->said.text[0] = '\0';
    if (details->is_new) {
        made(details, answer);
        return;
    }
    app_news(app, ROLE_OK, "saved: %s", details->name);
    if (app_screen(app) == &screen_details)
        app_back(app);
}

/* NULL when nothing of the address was touched. */
static const struct address *address_of(struct details *details, struct arena *arena, bool *clear)
{
    struct address *a = ARENA_NEW(arena, struct address);
    bool touched = details->is_new, empty = true;
    for (int i = FIELD_TO; i < FIELDS; i++) {
        const char *text = value(details, arena, i);
        touched |= strcmp(text, details->base[i]) != 0;
        empty &= i == FIELD_COUNTRY || !*text;
    }
    *a = (struct address){
        .name = value(details, arena, FIELD_TO),
        .line1 = value(details, arena, FIELD_LINE1),
        .line2 = value(details, arena, FIELD_LINE2),
        .city = value(details, arena, FIELD_CITY),
        .postcode = value(details, arena, FIELD_POSTCODE),
        .region = value(details, arena, FIELD_REGION),
        .country = value(details, arena, FIELD_COUNTRY),
    };
    *clear = touched && empty && !details->is_new;
    return touched && !empty ? a : NULL;
}

/* Only what was changed is sent. */
static const char *changed(struct details *details, struct arena *arena, int field)
{
    const char *text = value(details, arena, field);
    return details->is_new || strcmp(text, details->base[field]) != 0 ? text : NULL;
}

static void body_write(struct details *details, struct arena *arena, struct request *request)
{
    struct request_person body = {.phone = changed(details, arena, FIELD_PHONE),
                                  .email = changed(details, arena, FIELD_EMAIL)};
    body.address = address_of(details, arena, &body.clear_address);
    if (details->is_new) {
        body.distributor = details->distributor;
        body.family_name = value(details, arena, FIELD_FAMILY);
        body.given_name = value(details, arena, FIELD_GIVEN);
        body.name = details_name_shown(arena, body.family_name, body.given_name);
        snprintf(details->name, sizeof details->name, "%s", body.name);
    }
    request->body = request_person_write(arena, &body, &request->len);
}

static void save(struct app *app)
{
    struct details *details = app->details;
    struct arena *arena = arena_new();
    if (details->waiting) {
        app_say(app, ROLE_PLAIN, "saving .. (safe to wait)");
    } else if (details->is_new && !*value(details, arena, FIELD_FAMILY)) {
        app_say(app, ROLE_STOP, "a customer has a name.");
        go(details, FIELD_FAMILY);
    } else if (!details->is_new && !details->has_theirs && !is_changed(details)) {
        app_back(app);
    } else {
        struct request request = {.method = details->is_new ? "POST" : "PATCH",
                                  .path = path_of(details, arena),
                                  .before_reads = true,
                                  .done = saved,
                                  .owner = details};
        request.header = details->is_new ? arena_printf(arena, "Idempotency-Key: %s", details->key)
                                         : arena_printf(arena, "If-Match: \"%lld\"",
                                                        (long long)details->version);
        body_write(details, arena, &request);
        details->waiting = true;
        app_say(app, ROLE_PLAIN, "saving .. (safe to wait)");
        client_send(app->client, &request);
    }
    arena_free(arena);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_field(struct details *details, struct arena *arena, struct frame *frame, int row,
                       int field)
{
    const char *text = value(details, arena, field);
    int room = frame->cols - LABEL - 1 < WIDEST ? frame->cols - LABEL - 1 : WIDEST;
    int width = details_field_info((enum details_field)field)->width < room
                    ? details_field_info((enum details_field)field)->width
                    : room;
    int y = frame->top + row, cells = text_cells(text),
        at = details_fields_column(&details->fields);
    if (row >= frame->rows || width < 1)
        return;
    terminal_printf(y, 0, LABEL, ROLE_HEAD, " %s",
                    _(details_field_info((enum details_field)field)->label));
    terminal_put(y, LABEL, width, ROLE_PLAIN, "________________________________________");
    terminal_put(y, LABEL, cells < width ? cells : width, ROLE_STRONG, text);
    if (details->has_theirs && strcmp(details->theirs[field], text) != 0)
        terminal_printf(y, LABEL + width + 1, frame->cols, ROLE_WARN, _("now: %s"),
                        *details->theirs[field] ? details->theirs[field] : "-");
    if (current(details) == field) {
        frame->cursor_y = y;
        frame->cursor_x = LABEL + (at < width ? at : width);
    }
}

static void draw(struct app *app, struct frame *frame)
{
    struct details *details = app->details;
    struct arena *arena = arena_new();
    int row = 2;
    if (details->is_new)
        frame_printf(frame, 0, ROLE_STRONG, " A new customer of %s", details->distributor);
    else
        frame_printf(frame, 0, ROLE_STRONG, " %s %s", details->is_customer ? "" : details->id,
                     details->name);
    for (int i = 0; i < FIELDS; i++)
        if (is_used(details, i))
            draw_field(details, arena, frame, row++, i);
    frame_text(frame, row + 1, ROLE_DIM,
               details->is_new
                   ? _(" Enter goes on; F9 saves and puts the customer on the order; F12 does not")
                   : _(" Enter goes on; F9 saves; F12 leaves it as it was. An empty field is "
                       "cleared."));
    arena_free(arena);
}

/* Without a screen: every field, and which one is asked for. */
static void say(struct app *app, struct speech *speech)
{
    struct details *details = app->details;
    struct arena *arena = arena_new();
    speech_say(speech, "title", _("DETAILS: %s"),
               details->is_new ? details->distributor : details->name);
    for (int i = 0; i < FIELDS; i++)
        if (is_used(details, i))
            speech_say(speech, details_field_info((enum details_field)i)->member, "%s: %s",
                       _(details_field_info((enum details_field)i)->label),
                       value(details, arena, i));
    speech_say(speech, "asked", _("%s? Enter keeps it, /9 saves, /12 leaves it as it was"),
               _(details_field_info((enum details_field)current(details))->label));
    arena_free(arena);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void enter_key(struct details *details)
{
    if (current(details) == FIELD_COUNTRY)
        save(details->app);
    else
        step(details, 1);
}

static bool key(struct app *app, const struct input *input)
{
    struct details *details = app->details;
    if (input->code == INPUT_FUNCTION || input->code == INPUT_REDRAW)
        return false;
    if (details->waiting)
        return true;
    details->leave_asked = false;
    if (input->code == INPUT_ENTER)
        enter_key(details);
    else if (input->code == INPUT_TAB || input->code == INPUT_DOWN)
        step(details, 1);
    else if (input->code == INPUT_BACK_TAB || input->code == INPUT_UP)
        step(details, -1);
    else
        details_fields_key(&details->fields, input);
    return true;
}

void details_line(struct app *app, const char *text)
{
    struct details *details = app->details;
    int function = *text == '/' ? atoi(text + 1) : 0;
    if (function > 0) {
        app_function(app, function);
        return;
    }
    if (*text && !details->waiting)
        details_field_set(&details->fields, current(details), text);
    key(app, &(struct input){INPUT_ENTER, 0});
}

/* What was typed is not thrown away by one key. */
static void back(struct app *app)
{
    struct details *details = app->details;
    if (!details->leave_asked && !details->has_theirs && is_changed(details)) {
        details->leave_asked = true;
        app_say(app, ROLE_WARN, "not saved. F9 saves; F12 again leaves it as it was.");
        return;
    }
    app_back(app);
}

const struct screen screen_details = {
    .id = SCREEN_details,
    .grammar = AT_FIND,
    .has_own_fields = true,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_SAVE] = save, [ACTION_BACK] = back},
};
