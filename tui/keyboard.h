/* From what a terminal sends to what the operator meant. Terminals disagree about function keys and
 * links split them in the middle, so the byte forms stand in a table of our own, and an Escape that
 * came alone is a harmless prefix: `Esc 9` and Alt+9 are F9, Esc twice is F12, and the rest of a
 * key that arrives late (`[20~`) is still read as that key, never as text. */
#pragma once

#include "core/base.h"

#include <wchar.h>

enum input_code {
    INPUT_NONE,
    INPUT_CHAR,     /* ch: the code point */
    INPUT_FUNCTION, /* ch: 1 to 12 */
    INPUT_ENTER,
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
    INPUT_RESIZE,
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END,
};

struct input {
    enum input_code code;
    uint32_t ch;
};

struct keyboard {
    enum { KEYBOARD_PLAIN, KEYBOARD_ESCAPE, KEYBOARD_CSI, KEYBOARD_LINUX, KEYBOARD_SS3 } state;
    int64_t since; /* of the state, milliseconds */
    int number;    /* the first parameter of a CSI */
    bool second;   /* behind its `;` */
};

/* Teaches curses the byte forms; after newterm(), before the first key. */
void keyboard_define(void);
/* One result of get_wch(): `is_key` when it said KEY_CODE_YES. False when it was only a part. */
bool keyboard_read(struct keyboard *keyboard, int64_t now, bool is_key, wint_t ch,
                   struct input *out);
