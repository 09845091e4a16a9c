/* The program: who is signed in, which screens lie on each other, the entry line, the messages, the
 * open order, and what the operator typed while an order was being placed. */
#pragma once

#include "core/wire/reply.h"
#include "tui/cancel.h"
#include "tui/client.h"
#include "tui/coach.h"
#include "tui/entry_line.h"
#include "tui/mirror.h"
#include "tui/order.h"
#include "tui/pay_watch.h"
#include "tui/scan.h"
#include "tui/screen.h"
#include "tui/tail.h"
#include "tui/tongue.h"

enum { SCREENS_DEEP = 8, MESSAGE_TEXT = 512 };

struct options {
    const char *server, *ca, *user, *desk, *theme, *lang, *charset, *password_file;
    const char *files;           /* the folder for files, or NULL: none */
    const char *receipt_printer; /* a device or file that takes receipts, or NULL: none */
    const char *till;            /* the till that this terminal is at, or NULL: it is chosen */
    const char *linear;          /* "yes" or "no" */
    bool is_linear;
};

/* Each is its screen's own. */
struct signon;
struct home;
struct review;
struct find;
struct stock;
struct certificates;
struct placed;
struct qr;
struct help;
struct last_order;
struct earlier;
struct orders;
struct person;
struct details;
struct palette;
struct day;
struct ship;
struct bankings;
struct office;
struct promos;
struct promodesk;
struct offers_hidden;
struct back;
struct receive;
struct repeats;
struct disputes;
struct repeat_card;
struct counter;
struct receipts;
struct handover;
struct listening;

/* Keys that wait until an order is placed or not: for the next caller, never for this order. As
 * many as there are: one that is left out would change what the others mean. */
struct ahead {
    struct input *keys;
    size_t n, cap;
};

struct app {
    const struct options *options;
    struct client *client;
    int64_t now; /* milliseconds, monotonic: of the present turn of the loop */
    bool quit;
    int rtt;           /* milliseconds, as shown; -1: not known yet */
    int64_t rtt_since; /* when that was taken */

    struct arena *session_arena;
    struct reply_session session;
    bool signed_in;

    const struct screen *screens[SCREENS_DEEP];
    size_t depth;
    struct entry_line line;
    int first_row; /* of a screen that the terminal is too small for */
    bool in_paste;
    struct scan scan;

    struct {
        enum role role;
        char text[MESSAGE_TEXT];
    } said, news;   /* the answer to the last entry; what happened, until it is old */
    bool said_late; /* `said` can wait until the keys rest: what it tells is on the screen anyway */
    int64_t news_at;
    int64_t repriced; /* when the open order was, for a catalogue that is new */
    int64_t keyed_at; /* the last key */
    char list[64];    /* the price list of the order before */
    struct ahead ahead;
    unsigned entries;     /* Enters and function keys so far */
    struct cancel cancel; /* the order that may be taken back */
    struct tail tail;
    enum coach_wish coach;

    struct prices *prices;
    struct order *order;     /* NULL: none is open */
    struct order *held;      /* those that were left and are not stored yet (held.h) */
    int leaving;             /* how many; what is being brought back counts as one */
    struct journal *journal; /* NULL: none */
    struct recover *recover; /* NULL: nothing to be brought back */
    struct mirror mirror;
    bool exit_asked; /* F3 was pressed although not everything is saved */
    bool recalling;  /* a draft is on its way: keys wait for it */
    int scroll;      /* rows of the order that lie below the screen */

    struct signon *signon;
    struct home *home;
    struct review *review;
    struct find *find;
    struct stock *stock;
    struct certificates *certificates;
    struct placed *placed;
    struct qr *qr;
    struct pay_watches pay_watches;
    struct listening *listening; /* NULL before the first turn */
    struct help *help;
    struct last_order *last;
    struct earlier *earlier;
    struct orders *orders;
    struct person *person;
    struct repeats *repeats;
    struct repeat_card *repeat;
    struct details *details;
    struct palette *palette;
    struct day *day;
    struct ship *ship;
    struct bankings *bankings;
    struct office *office;
    struct disputes *disputes;
    struct promos *promos;
    struct back *back;
    struct receive *receive;
    struct promodesk *promodesk;
    struct counter *counter; /* NULL: another desk */
    struct receipts *receipts;
    struct handover *handover;
    struct offers_hidden *hidden; /* hints that are not told again */
};

void app_init(struct app *app, const struct options *options, struct client *client);
void app_release(struct app *app);
void app_input(struct app *app, const struct input *input);
/* Once per turn of the loop, after keys and answers and before anything is drawn: what was accepted
 * is on the disk afterwards. Milliseconds until it wants to be called again. */
int app_tick(struct app *app);
void app_draw(struct app *app);
/* The line is gone or the machine stops: what can be kept is sent. */
void app_stop(struct app *app);

/* ---- for screens ---- */
const struct screen *app_screen(const struct app *app);
/* The screen below the present one; NULL when there is none. */
const struct screen *app_screen_below(const struct app *app);
void app_show(struct app *app, const struct screen *screen);
/* Back to the screen before. */
void app_back(struct app *app);
/* Back until that screen, which is opened when it is not among them. */
void app_back_to(struct app *app, const struct screen *screen);
void app_home(struct app *app);
/* Where orders are keyed at this desk. */
const struct screen *app_order_screen(const struct app *app);

void app_say(struct app *app, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);
void app_news(struct app *app, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);
/* The sentence for an answer that is not a success. */
void app_say_answer(struct app *app, const struct answer *answer);

/* Enter: what stands in the entry line is taken. */
void app_submit(struct app *app);
/* Runs one function key, as if it had been pressed. */
void app_function(struct app *app, int number);
/* What the text would mean here. */
void app_parse(struct app *app, struct arena *arena, const char *text,
               struct entry_command *command);
void app_command(struct app *app, const struct entry_command *command);
/* Whether that kind of entry does anything on that screen. */
bool app_takes(const struct screen *screen, enum entry_kind kind);

/* For whoever has signed in: their journal, and what it holds of an earlier session. */
void app_signed_in(struct app *app);
/* Leaves the open order, if any, as a draft on the server. */
void app_leave_order(struct app *app);
/* The same, and says so. */
void app_hold(struct app *app);
/* The open order, made when there is none. */
struct order *app_order(struct app *app);
/* Signs on in place of an expired session. */
void app_sign_in_again(struct app *app);

/* Everything is said in that language from now on, if the terminal can show it; what is typed
 * stays. */
void app_speak(struct app *app, enum language language);
void app_speak_next(struct app *app);
/* F3: leaves the program. */
void app_exit(struct app *app);
/* F4: searches for the text in the entry line. */
void app_find(struct app *app);
/* The keys kept while an order was being placed: it was, or it was not. */
void app_ahead_replay(struct app *app);
void app_ahead_drop(struct app *app);

/* Amounts in the open order's or the market's currency. */
int app_exponent(const struct app *app);
const char *app_amount(const struct app *app, char out[MONEY_TEXT], int64_t minor);
