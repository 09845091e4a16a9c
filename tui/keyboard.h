/* From what a terminal sends to what the operator meant: code points in, inputs out, with no curses
 * between, so that every terminal is read in the same way and nothing waits. Terminals disagree
 * about function keys and links split them anywhere, so the byte forms stand in a table of our own;
 * what has the shape of a key but is none of them is nothing, never text. An Escape that came alone
 * is a harmless prefix: `Esc 9` and Alt+9 are F9, Esc twice is F12, and the rest of a key that
 * arrives late (`[20~`) is still that key.
 *
 * A scanner sends STX, the code and CR; such a scan is kept apart from what is being typed. Within
 * a bracketed paste there is text and nothing else: no key can be pasted. */
#pragma once

#include "core/base.h"

enum input_code {
    INPUT_NONE,
    INPUT_CHAR,     /* ch: the code point */
    INPUT_FUNCTION, /* ch: 1 to 12 */
    INPUT_ENTER,    /* ch: characters right before it that came faster than by hand */
    INPUT_TAB,
    INPUT_BACK_TAB,
    INPUT_BACKSPACE,
    INPUT_DELETE,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_HOME,
    INPUT_END,
    INPUT_UP,
    INPUT_DOWN,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_KILL,      /* ^U: the whole line */
    INPUT_KILL_WORD, /* ^W */
    INPUT_REDRAW,    /* ^L */
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END,
    INPUT_SCAN_BEGIN, /* the scan's characters follow, then its end */
    INPUT_SCAN_END,
};

struct input {
    enum input_code code;
    uint32_t ch;
};

enum {
    KEYBOARD_FORM = 16,    /* bytes of a key and a NUL */
    KEYBOARD_LEARNED = 32, /* keys of the terminal's description */
    KEYBOARD_SCAN = 128,   /* characters of a scan */
    KEYBOARD_QUEUE = KEYBOARD_SCAN + 8,
};

struct key_form {
    char bytes[KEYBOARD_FORM];
    struct input means;
};

struct keyboard {
    enum keyboard_state {
        KEYBOARD_PLAIN,
        KEYBOARD_ESCAPE, /* an Escape */
        KEYBOARD_TWICE,  /* two: F12, or Alt with the key that follows */
        KEYBOARD_CSI,    /* Escape [ */
        KEYBOARD_LINUX,  /* Escape [ [ */
        KEYBOARD_SS3,    /* Escape O */
        KEYBOARD_MOUSE,  /* Escape [ M, three characters follow */
        KEYBOARD_STRING, /* Escape ] or P, what a terminal answers */
        KEYBOARD_SCANS,  /* STX */
    } state;
    int64_t since; /* of its latest character, milliseconds */

    int number, digits;          /* the first parameter of a sequence */
    bool has_second, is_private; /* further ones; one with `?`, `<`, `=` or `>` */
    int rest;                    /* of a mouse report */
    bool in_paste, after_return; /* in a paste: the last was CR, whose LF is no second Enter */
    uint32_t scan[KEYBOARD_SCAN];
    size_t nscan;
    uint32_t burst; /* characters that followed each other faster than by hand */
    int64_t burst_at;

    struct key_form learned[KEYBOARD_LEARNED];
    size_t nlearned;
    struct input queue[KEYBOARD_QUEUE];
    size_t queued, taken;
};

/* A key of the terminal's own description; forms of our table go before it. */
void keyboard_learn(struct keyboard *keyboard, const char *bytes, struct input means);
/* One code point from the terminal, at `now` milliseconds; 8-bit control characters as U+0080 to
 * U+009F. Everything that came of the one before has to be taken. */
void keyboard_take(struct keyboard *keyboard, int64_t now, uint32_t ch);
/* Time has passed: what waited for a continuation goes without it. */
void keyboard_tick(struct keyboard *keyboard, int64_t now);
/* Milliseconds until keyboard_tick() would change something; -1: never. */
int keyboard_due(const struct keyboard *keyboard, int64_t now);
bool keyboard_next(struct keyboard *keyboard, struct input *out);
/* An Escape has stood alone for so long that a hint is due. */
bool keyboard_waits(const struct keyboard *keyboard, int64_t now);
