/* A receipt or a report as text, and its way to the printer. */
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/printer.h"
#include "tui/receipts.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER = 32, PAGE = 8 };

struct receipts {
    struct app *app;
    struct query query;  /* what is shown */
    char number[NUMBER]; /* of the order; "": a report */
    bool has_text;
    const char *text;
    const unsigned char *raw;
    size_t nraw;
    int first, rows; /* the row that is shown at the top; that there are */
    struct printer printer;
    char printing[NUMBER]; /* what the printer has: an order's number, or "" a report */
    bool failed;
};

static struct receipts *receipts_of(struct app *app)
{
    if (!app->receipts && !(app->receipts = calloc(1, sizeof *app->receipts)))
        abort();
    app->receipts->app = app;
    return app->receipts;
}

/* ---- the printer ----------------------------------------------------------------------------- */

static const char *what_text(const struct receipts *r)
{
    return *r->printing ? r->printing : _("the report");
}

static void print(struct receipts *r, const unsigned char *raw, size_t n, const char *what)
{
    snprintf(r->printing, sizeof r->printing, "%s", what);
    r->failed = false;
    if (!r->app->options->receipt_printer)
        return; /* the home of the desk says so */
    if (!raw || !n)
        app_news(r->app, ROLE_STOP, "the server sent nothing to print of %s; F8 asks again",
                 what_text(r));
    else
        printer_put(&r->printer, raw, n, r->app->now);
}

int receipts_tick(struct app *app)
{
    enum { IDLE_MS = 60 * 1000, BUSY_MS = 20 };
    struct receipts *r = app->receipts;
    const char *why = "";
    if (!r || !app->options->receipt_printer)
        return IDLE_MS;
    enum printer_state state =
        printer_go(&r->printer, app->options->receipt_printer, app->now, &why);
    if (state == PRINTER_FAILED) {
        r->failed = true;
        app_news(app, ROLE_STOP, "NOT PRINTED, F8 tries again: %s: %s",
                 app->options->receipt_printer, why);
    } else if (state == PRINTER_DONE) {
        r->failed = false;
    }
    return state == PRINTER_BUSY ? BUSY_MS : IDLE_MS;
}

void receipts_release(struct app *app)
{
    if (!app->receipts)
        return;
    printer_release(&app->receipts->printer);
    query_release(&app->receipts->query);
    free(app->receipts);
    app->receipts = NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* Of a sale: printed, not shown. */
static void sold_take(void *owner, const struct answer *answer)
{
    struct receipts *r = owner;
    struct arena *arena = arena_new();
    struct reply_receipt receipt;
    if (answer_is_ok(answer) && reply_receipt_read(arena, answer->body, answer->len, &receipt))
        print(r, receipt.raw, receipt.nraw, r->printing);
    else
        app_news(r->app, ROLE_STOP, "no receipt yet of %s: F8 asks for it again", r->printing);
    r->failed |= !answer_is_ok(answer);
    arena_free(arena);
}

void receipt_print(struct app *app, const char *number)
{
    struct receipts *r = receipts_of(app);
    struct arena *arena = arena_new();
    snprintf(r->printing, sizeof r->printing, "%s", number);
    client_send(app->client,
                &(struct request){.method = "GET",
                                  .path = arena_printf(arena, "/orders/%s/receipt", number),
                                  .tries = 3,
                                  .done = sold_take,
                                  .owner = r});
    arena_free(arena);
}

static void copy_take(void *owner, const struct answer *answer)
{
    struct receipts *r = owner;
    struct reply_receipt receipt;
    if (!query_answer(&r->query, answer))
        return;
    r->has_text = reply_receipt_read(r->query.arena, answer->body, answer->len, &receipt);
    if (!r->has_text) {
        query_unreadable(&r->query);
        return;
    }
    r->text = receipt.text;
    r->raw = receipt.raw;
    r->nraw = receipt.nraw;
    print(r, r->raw, r->nraw, r->number);
}

static void show(struct receipts *r, const char *number)
{
    snprintf(r->number, sizeof r->number, "%s", number);
    r->has_text = false;
    r->first = 0;
    app_show(r->app, &screen_receipt);
}

static void copy_show(struct app *app, const char *number)
{
    struct receipts *r = receipts_of(app);
    struct arena *arena = arena_new();
    show(r, number);
    query_ask(&r->query, app, arena_printf(arena, "/orders/%s/receipt?copy=true", number),
              copy_take, r);
    arena_free(arena);
}

static bool is_order(const struct app *app, const char *text)
{
    return code_kinds(&app->session.lengths, text, strlen(text)) & CODE_BIT(CODE_ORDER);
}

void receipt_again(struct app *app, const char *number)
{
    struct receipts *r = receipts_of(app);
    char typed[ENTRY_TEXT];
    bool is_typed = entry_line_take(&app->line, typed);
    if (is_typed && !is_order(app, typed))
        app_say(app, ROLE_STOP, "%s is no number of an order.", typed);
    else if (is_typed)
        copy_show(app, typed);
    else if (r->failed && printer_again(&r->printer, app->now))
        app_say(app, ROLE_OK, "printing %s again ..", what_text(r));
    else if (r->failed && *r->printing)
        receipt_print(app, r->printing);
    else if (*number)
        copy_show(app, number);
    else
        app_say(app, ROLE_WARN,
                "nothing was sold yet; an order's number and F8 prints its receipt.");
}

/* ---- reports --------------------------------------------------------------------------------- */

static void report_read(struct receipts *r, const char *body, size_t len)
{
    struct reply_till_report report;
    r->has_text = reply_till_report_read(r->query.arena, body, len, &report);
    if (!r->has_text) {
        query_unreadable(&r->query);
        return;
    }
    r->text = report.text;
    r->raw = report.raw;
    r->nraw = report.nraw;
}

static void report_take(void *owner, const struct answer *answer)
{
    struct receipts *r = owner;
    if (query_answer(&r->query, answer))
        report_read(r, answer->body, answer->len);
}

void open_report(struct app *app, const char *body, size_t len)
{
    struct receipts *r = receipts_of(app);
    show(r, "");
    query_own(&r->query);
    report_read(r, body, len);
    if (r->has_text)
        print(r, r->raw, r->nraw, "");
}

void open_x_report(struct app *app)
{
    struct receipts *r = receipts_of(app);
    struct arena *arena = arena_new();
    show(r, "");
    query_ask(&r->query, app, arena_printf(arena, "/shifts/%s/report", counter_shift(app)->id),
              report_take, r);
    arena_free(arena);
}

/* ---- the screen ------------------------------------------------------------------------------ */

/* The n-th line of the text; NULL behind the last. The arena's. */
static const char *line_of(struct arena *arena, const char *text, int n)
{
    for (; n > 0; n--) {
        text = strchr(text, '\n');
        if (!text)
            return NULL;
        text++;
    }
    return *text ? arena_strndup(arena, text, strcspn(text, "\n")) : NULL;
}

static int count_lines(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n' || !text[1];
    return n;
}

static void draw(struct app *app, struct frame *frame)
{
    struct receipts *r = app->receipts;
    struct arena *arena = arena_new();
    int room = frame->rows - 1;
    if (!r->has_text)
        frame_printf(frame, 0, r->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", r->number,
                     r->query.waiting ? ".." : r->query.error);
    r->rows = r->has_text ? count_lines(r->text) : 0;
    for (int row = 0; row < room && r->first + row < r->rows; row++) {
        const char *line = line_of(arena, r->text, r->first + row);
        frame_text(frame, row, ROLE_PLAIN, arena_printf(arena, "   %s", line ? line : ""));
    }
    if (r->rows > room)
        frame_printf(frame, frame->rows - 1, ROLE_DIM, " %d-%d of %d: PgUp PgDn", r->first + 1,
                     r->first + room < r->rows ? r->first + room : r->rows, r->rows);
    arena_free(arena);
}

static bool key(struct app *app, const struct input *input)
{
    struct receipts *r = app->receipts;
    if (input->code == INPUT_PAGE_DOWN && r->first + PAGE < r->rows)
        r->first += PAGE;
    else if (input->code == INPUT_PAGE_UP && r->first)
        r->first = r->first > PAGE ? r->first - PAGE : 0;
    else
        return false;
    return true;
}

static void say(struct app *app, struct speech *speech)
{
    const struct receipts *r = app->receipts;
    struct arena *arena = arena_new();
    if (*r->number)
        speech_say(speech, "title", _("RECEIPT of %s"), r->number);
    else
        speech_say(speech, "title", _("REPORT"));
    if (!r->has_text && *r->query.error)
        speech_warn(speech, "error", true, "%s", r->query.error);
    int rows = r->has_text ? count_lines(r->text) : 0;
    for (int row = 0; row < rows; row++) {
        const char *line = line_of(arena, r->text, row);
        if (line && line[strspn(line, " ")])
            speech_say(speech, arena_printf(arena, "row %d", row), "%s", line);
    }
    arena_free(arena);
}

static void print_shown(struct app *app)
{
    struct receipts *r = app->receipts;
    if (r->failed && printer_again(&r->printer, app->now))
        app_say(app, ROLE_OK, "printing %s again ..", what_text(r));
    else if (!r->has_text)
        app_say(app, ROLE_WARN, "there is nothing to print yet.");
    else
        print(r, r->raw, r->nraw, r->number);
}

const struct screen screen_receipt = {
    .id = SCREEN_receipt,
    .grammar = AT_COUNTER,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_REPRINT] = print_shown},
};
