/* A screen is a struct of functions in a file of its own. It draws what is known, takes commands of
 * the entry line and keys of keys.def, and never waits. */
#pragma once

#include "core/entry.h"
#include "tui/keyboard.h"
#include "tui/speech.h"
#include "tui/terminal.h"

struct app;

enum screen_id {
#define SCREEN(name, title) SCREEN_##name,
#include "tui/screens.def"
#undef SCREEN
    SCREENS
};

enum action {
#define KEY(name, number, screens, hint, help) ACTION_##name,
#include "tui/keys.def"
#undef KEY
    ACTIONS
};

/* The rows and columns a screen may use, and where it wants the cursor. */
struct frame {
    int top, rows, cols;       /* content: rows from `top` on */
    int left;                  /* and columns from here on: a pane beside another */
    int cursor_y, cursor_x;    /* preset to the entry line */
    int entry_y, entry_x;      /* then: where the entry line wants it */
    int small_top, small_rows; /* of the screen, when the content is drawn on a sheet; or 0 */
};

struct screen {
    enum screen_id id;
    enum entry_screen grammar;
    bool is_apart; /* it shows another order than the one that is keyed: the verbs of that one's
                    * lines mean nothing here */
    bool has_own_fields; /* no entry line: keys go to `key` */
    bool adapts;         /* draws itself in every size; others flow from a sheet of 80 columns */
    /* Shown, also again after another screen; may be NULL. */
    void (*enter)(struct app *app);
    void (*draw)(struct app *app, struct frame *frame);
    /* The same without a screen: every fact that is shown, as a line of text. */
    void (*say)(struct app *app, struct speech *speech);
    bool say_once; /* what it has said is not said again when one comes back to it */
    /* Before the entry line sees a key: true when it was used. May be NULL. */
    bool (*key)(struct app *app, const struct input *input);
    /* Numbered things that a digit picks now; may be NULL: none. */
    int (*candidates)(const struct app *app);
    /* How many lines its entries are about; NULL: those of the open order. */
    int (*lines)(const struct app *app);
    /* What is not here is looked up in the table of all screens (commands.c). */
    void (*commands[ENTRY_KINDS])(struct app *app, const struct entry_command *command);
    void (*actions[ACTIONS])(struct app *app);
};

#define SCREEN(name, title) extern const struct screen screen_##name;
#include "tui/screens.def"
#undef SCREEN

struct key_info {
    const char *name, *hint, *help;
    int number;
    uint64_t screens; /* 1 << SCREEN_... */
};
const struct key_info *key_info(enum action action);
/* ACTIONS when the key means nothing there. */
enum action key_action(enum screen_id screen, int number);
const char *screen_title(enum screen_id screen);
