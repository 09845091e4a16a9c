#include "tui/keyboard.h"

#include <string.h>

/* Milliseconds within which the next part has to come. */
enum {
    ESCAPE_BY_HAND = 2000, /* a digit behind an Escape */
    ESCAPE_BY_LINK = 1000, /* the rest of a key */
    ESCAPE_HINT = 250,     /* an Escape that is still alone was pressed by hand */
    TWICE = 250,           /* behind two Escapes: the key that Alt was held with */
    REPLY = 60,            /* a terminal's answer and a mouse's report come at once */
    SCAN = 300,            /* a scanner never pauses */
    PASTE = 3000,          /* a paste that has lost its end */
    BY_HAND = 15,          /* faster is a scanner, or a link that has held keys back */
};

#define FUNCTION(n)                                                                                \
    {                                                                                              \
        INPUT_FUNCTION, n                                                                          \
    }
#define KEY(name)                                                                                  \
    {                                                                                              \
        INPUT_##name, 0                                                                            \
    }
#define TEXT(ch)                                                                                   \
    {                                                                                              \
        INPUT_CHAR, ch                                                                             \
    }

/* Without their modifiers: a number pad in application mode, cursor keys in both modes. */
static const struct key_form forms[] = {
    /* xterm, VTE, tmux, mosh; PuTTY set to "Xterm R6"; vt100's PF1 to PF4 */
    {"\033OP", FUNCTION(1)},
    {"\033OQ", FUNCTION(2)},
    {"\033OR", FUNCTION(3)},
    {"\033OS", FUNCTION(4)},
    /* PuTTY's default, rxvt, vt220 */
    {"\033[11~", FUNCTION(1)},
    {"\033[12~", FUNCTION(2)},
    {"\033[13~", FUNCTION(3)},
    {"\033[14~", FUNCTION(4)},
    /* all of the above */
    {"\033[15~", FUNCTION(5)},
    {"\033[17~", FUNCTION(6)},
    {"\033[18~", FUNCTION(7)},
    {"\033[19~", FUNCTION(8)},
    {"\033[20~", FUNCTION(9)},
    {"\033[21~", FUNCTION(10)},
    {"\033[23~", FUNCTION(11)},
    {"\033[24~", FUNCTION(12)},
    /* the Linux console */
    {"\033[[A", FUNCTION(1)},
    {"\033[[B", FUNCTION(2)},
    {"\033[[C", FUNCTION(3)},
    {"\033[[D", FUNCTION(4)},
    {"\033[[E", FUNCTION(5)},
    /* PuTTY set to "VT100+" */
    {"\033OT", FUNCTION(5)},
    {"\033OU", FUNCTION(6)},
    {"\033OV", FUNCTION(7)},
    {"\033OW", FUNCTION(8)},
    {"\033OX", FUNCTION(9)},
    {"\033OY", FUNCTION(10)},
    {"\033OZ", FUNCTION(11)},
    {"\033O[", FUNCTION(12)},
    /* moving about; the small letters are rxvt's, with Shift and Ctrl */
    {"\033OA", KEY(UP)},
    {"\033OB", KEY(DOWN)},
    {"\033OC", KEY(RIGHT)},
    {"\033OD", KEY(LEFT)},
    {"\033Oa", KEY(UP)},
    {"\033Ob", KEY(DOWN)},
    {"\033Oc", KEY(RIGHT)},
    {"\033Od", KEY(LEFT)},
    {"\033[A", KEY(UP)},
    {"\033[B", KEY(DOWN)},
    {"\033[C", KEY(RIGHT)},
    {"\033[D", KEY(LEFT)},
    {"\033[a", KEY(UP)},
    {"\033[b", KEY(DOWN)},
    {"\033[c", KEY(RIGHT)},
    {"\033[d", KEY(LEFT)},
    {"\033OH", KEY(HOME)},
    {"\033OF", KEY(END)},
    {"\033[H", KEY(HOME)},
    {"\033[F", KEY(END)},
    {"\033[1~", KEY(HOME)},
    {"\033[4~", KEY(END)},
    {"\033[7~", KEY(HOME)},
    {"\033[8~", KEY(END)},
    {"\033[3~", KEY(DELETE)},
    {"\033[5~", KEY(PAGE_UP)},
    {"\033[6~", KEY(PAGE_DOWN)},
    {"\033[Z", KEY(BACK_TAB)},
    /* the number pad in application mode */
    {"\033OM", KEY(ENTER)},
    {"\033Oj", TEXT('*')},
    {"\033Ok", TEXT('+')},
    {"\033Ol", TEXT(',')},
    {"\033Om", TEXT('-')},
    {"\033On", TEXT('.')},
    {"\033Oo", TEXT('/')},
    {"\033Op", TEXT('0')},
    {"\033Oq", TEXT('1')},
    {"\033Or", TEXT('2')},
    {"\033Os", TEXT('3')},
    {"\033Ot", TEXT('4')},
    {"\033Ou", TEXT('5')},
    {"\033Ov", TEXT('6')},
    {"\033Ow", TEXT('7')},
    {"\033Ox", TEXT('8')},
    {"\033Oy", TEXT('9')},
    /* bracketed paste */
    {"\033[200~", KEY(PASTE_BEGIN)},
    {"\033[201~", KEY(PASTE_END)},
};

static const struct {
    uint32_t ch;
    enum input_code input;
} controls[] = {
    {'\r', INPUT_ENTER},     {'\n', INPUT_ENTER},  {'\t', INPUT_TAB}, {'\b', INPUT_BACKSPACE},
    {0x7F, INPUT_BACKSPACE}, {0x01, INPUT_HOME},   {0x05, INPUT_END}, {0x15, INPUT_KILL},
    {0x17, INPUT_KILL_WORD}, {0x0C, INPUT_REDRAW}, {0x10, INPUT_UP},  {0x0E, INPUT_DOWN},
};

enum { STX = 0x02, ETX = 0x03, BEL = 0x07, ESCAPE = 0x1B, SS3 = 0x8F, CSI = 0x9B };

static bool is_control(uint32_t ch)
{
    return ch < 0x20 || (ch >= 0x7F && ch < 0xA0);
}

/* ---- what is given ----------------------------------------------------------------------------
 */

static void give(struct keyboard *keyboard, enum input_code code, uint32_t ch)
{
    if (keyboard->queued < KEYBOARD_QUEUE)
        keyboard->queue[keyboard->queued++] = (struct input){code, ch};
}

bool keyboard_next(struct keyboard *keyboard, struct input *out)
{
    if (keyboard->taken == keyboard->queued) {
        keyboard->taken = keyboard->queued = 0;
        return false;
    }
    *out = keyboard->queue[keyboard->taken++];
    return true;
}

static void enter_state(struct keyboard *keyboard, enum keyboard_state state)
{
    keyboard->state = state;
    keyboard->number = keyboard->digits = 0;
    keyboard->has_second = keyboard->is_private = false;
    keyboard->nscan = 0;
    if (state == KEYBOARD_MOUSE)
        keyboard->rest = 3;
}

/* How many characters have come faster than by hand, with this one. */
static void give_text(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    bool is_fast = keyboard->burst && now - keyboard->burst_at < BY_HAND;
    keyboard->burst = is_fast ? keyboard->burst + 1 : 1;
    keyboard->burst_at = now;
    give(keyboard, INPUT_CHAR, ch);
}

static void give_enter(struct keyboard *keyboard, int64_t now)
{
    bool is_fast = keyboard->burst && now - keyboard->burst_at < BY_HAND;
    give(keyboard, INPUT_ENTER, is_fast ? keyboard->burst : 0);
    keyboard->burst = 0;
}

/* In a paste: lines of text. */
static void give_pasted(struct keyboard *keyboard, uint32_t ch)
{
    bool is_second = ch == '\n' && keyboard->after_return;
    keyboard->after_return = ch == '\r';
    if ((ch == '\r' || ch == '\n') && !is_second)
        give(keyboard, INPUT_ENTER, 0);
    else if (ch == '\t')
        give(keyboard, INPUT_CHAR, ' ');
    else if (!is_control(ch))
        give(keyboard, INPUT_CHAR, ch);
}

static void give_plain(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    if (keyboard->in_paste) {
        give_pasted(keyboard, ch);
    } else if (ch == STX) {
        enter_state(keyboard, KEYBOARD_SCANS);
    } else if (ch == '\r' || ch == '\n') {
        give_enter(keyboard, now);
    } else if (!is_control(ch)) {
        give_text(keyboard, now, ch);
    } else {
        keyboard->burst = 0;
        for (size_t i = 0; i < ARRAY_LEN(controls); i++)
            if (controls[i].ch == ch)
                give(keyboard, controls[i].input, 0);
    }
}

/* A key; within a paste there is none but its end. */
static void give_key(struct keyboard *keyboard, int64_t now, struct input means)
{
    bool ends = means.code == INPUT_PASTE_END;
    if (keyboard->in_paste != ends)
        return;
    if (means.code == INPUT_PASTE_BEGIN || ends) {
        keyboard->in_paste = !ends;
        keyboard->after_return = false;
    }
    keyboard->burst = means.code == INPUT_CHAR ? keyboard->burst : 0;
    if (means.code == INPUT_CHAR)
        give_text(keyboard, now, means.ch);
    else
        give(keyboard, means.code, means.ch);
}

/* ---- forms ------------------------------------------------------------------------------------
 */

void keyboard_learn(struct keyboard *keyboard, const char *bytes, struct input means)
{
    size_t len = strlen(bytes);
    if (len < 2 || len >= KEYBOARD_FORM || bytes[0] != ESCAPE ||
        keyboard->nlearned == KEYBOARD_LEARNED)
        return;
    struct key_form *form = &keyboard->learned[keyboard->nlearned++];
    memcpy(form->bytes, bytes, len + 1);
    form->means = means;
}

static const struct key_form *form_in(const struct key_form *table, size_t n, const char *bytes)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].bytes, bytes) == 0)
            return &table[i];
    return NULL;
}

static bool give_form(struct keyboard *keyboard, int64_t now, const char *bytes)
{
    const struct key_form *form = form_in(forms, ARRAY_LEN(forms), bytes);
    if (!form)
        form = form_in(keyboard->learned, keyboard->nlearned, bytes);
    if (form)
        give_key(keyboard, now, form->means);
    return form != NULL;
}

/* Behind its intro: the number, if it is wanted, and the end. */
static bool give_numbered(struct keyboard *keyboard, int64_t now, char intro, bool numbered,
                          char end)
{
    char bytes[KEYBOARD_FORM] = {ESCAPE, intro};
    size_t n = 2;
    for (int unit = 100; numbered && unit; unit /= 10)
        if (keyboard->number >= unit || unit == 1)
            bytes[n++] = (char)('0' + keyboard->number / unit % 10);
    bytes[n] = end;
    return give_form(keyboard, now, bytes);
}

/* `[20~`, and with a modifier, which does not count: `[20;5~`, `[23$`, `[1;2P`, `[1;5A`, `O5P`. */
static void give_sequence(struct keyboard *keyboard, int64_t now, char intro, char end)
{
    bool numbered = keyboard->digits > 0;
    if (keyboard->is_private)
        return;
    if (end == '~')
        give_numbered(keyboard, now, intro, numbered, end);
    else if (numbered && (end == '$' || end == '^' || end == '@'))
        give_numbered(keyboard, now, intro, true, '~');
    else if (numbered && end >= 'P' && end <= 'S' && keyboard->has_second && keyboard->number == 1)
        give_numbered(keyboard, now, 'O', false, end);
    else if (!numbered || !give_numbered(keyboard, now, intro, true, end))
        give_numbered(keyboard, now, intro, false, end);
}

/* ---- states: each is given the next character --------------------------------------------------
 */

static void from_plain(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    enter_state(keyboard, KEYBOARD_PLAIN);
    if (ch == ESCAPE)
        enter_state(keyboard, KEYBOARD_ESCAPE);
    else if (ch == CSI)
        enter_state(keyboard, KEYBOARD_CSI);
    else if (ch == SS3)
        enter_state(keyboard, KEYBOARD_SS3);
    else
        give_plain(keyboard, now, ch);
}

/* True when `ch` begins the rest of a key that an Escape was the first part of. */
static bool begins_rest(struct keyboard *keyboard, int64_t waited, uint32_t ch)
{
    static const struct {
        uint32_t ch;
        enum keyboard_state state;
        int within;
    } starts[] = {{'[', KEYBOARD_CSI, ESCAPE_BY_LINK},
                  {'O', KEYBOARD_SS3, ESCAPE_BY_LINK},
                  {']', KEYBOARD_STRING, REPLY},
                  {'P', KEYBOARD_STRING, REPLY},
                  {'_', KEYBOARD_STRING, REPLY}};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++)
        if (starts[i].ch == ch && waited <= starts[i].within) {
            enter_state(keyboard, starts[i].state);
            return true;
        }
    return false;
}

static void from_escape(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    int64_t waited = now - keyboard->since;
    if (waited > ESCAPE_BY_HAND) {
        from_plain(keyboard, now, ch);
        return;
    }
    if (ch == ESCAPE) {
        enter_state(keyboard, KEYBOARD_TWICE);
        return;
    }
    if (begins_rest(keyboard, waited, ch))
        return;
    bool is_digit = ch >= '0' && ch <= '9' && !keyboard->in_paste;
    char bytes[] = {ESCAPE, ch < 0x80 ? (char)ch : '\0', '\0'};
    if (is_digit)
        give(keyboard, INPUT_FUNCTION, ch == '0' ? 10 : ch - '0');
    if (is_digit || give_form(keyboard, now, bytes))
        enter_state(keyboard, KEYBOARD_PLAIN);
    else
        from_plain(keyboard, now, ch);
}

static void give_twice(struct keyboard *keyboard)
{
    enter_state(keyboard, KEYBOARD_PLAIN);
    if (!keyboard->in_paste)
        give(keyboard, INPUT_FUNCTION, 12);
}

static void from_twice(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    if ((ch == '[' || ch == 'O') && begins_rest(keyboard, 0, ch))
        return; /* rxvt and PuTTY: Alt with a key */
    give_twice(keyboard);
    from_plain(keyboard, now, ch);
}

static bool is_learned_mouse(const struct keyboard *keyboard)
{
    return form_in(keyboard->learned, keyboard->nlearned, "\033[M") != NULL;
}

static void from_csi(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    bool is_first = !keyboard->digits && !keyboard->has_second && !keyboard->is_private;
    bool is_rxvt = ch == '$' && keyboard->digits && !keyboard->is_private;
    if (ch >= '0' && ch <= '9') {
        if (!keyboard->has_second && keyboard->number < 100)
            keyboard->number = keyboard->number * 10 + (int)(ch - '0'), keyboard->digits++;
    } else if (ch == '[' && is_first) {
        enter_state(keyboard, KEYBOARD_LINUX);
    } else if (ch == 'M' && is_first && !is_learned_mouse(keyboard)) {
        enter_state(keyboard, KEYBOARD_MOUSE);
    } else if ((ch >= 0x40 && ch < 0x7F) || is_rxvt) {
        keyboard->state = KEYBOARD_PLAIN;
        give_sequence(keyboard, now, '[', (char)ch);
    } else if (ch >= '<' && ch <= '?') {
        keyboard->is_private = true;
    } else if (ch >= 0x20 && ch < 0x40) {
        keyboard->has_second = true; /* `;` and whatever may stand between */
    } else {
        from_plain(keyboard, now, ch);
    }
}

static void from_ss3(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    if (ch >= '0' && ch <= ';') {
        keyboard->has_second = true; /* `O5P`: with Ctrl */
    } else if (ch >= 0x40 && ch < 0x7F) {
        keyboard->state = KEYBOARD_PLAIN;
        give_sequence(keyboard, now, 'O', (char)ch);
    } else {
        from_plain(keyboard, now, ch);
    }
}

static void from_linux(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    keyboard->state = KEYBOARD_PLAIN;
    if (is_control(ch))
        from_plain(keyboard, now, ch);
    else if (ch < 0x80)
        give_form(keyboard, now, (char[]){ESCAPE, '[', '[', (char)ch, '\0'});
}

static void from_mouse(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    if (is_control(ch))
        from_plain(keyboard, now, ch);
    else if (--keyboard->rest == 0)
        keyboard->state = KEYBOARD_PLAIN;
}

/* Ends with BEL, or with Escape and `\`, which then is no text either. */
static void from_string(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    if (ch == BEL)
        keyboard->state = KEYBOARD_PLAIN;
    else if (ch == ESCAPE)
        enter_state(keyboard, KEYBOARD_MOUSE), keyboard->rest = 1;
    else if (is_control(ch))
        from_plain(keyboard, now, ch);
}

/* No scan after all: what came is text. */
static void scan_release(struct keyboard *keyboard)
{
    keyboard->state = KEYBOARD_PLAIN;
    for (size_t i = 0; i < keyboard->nscan; i++)
        give(keyboard, INPUT_CHAR, keyboard->scan[i]);
    keyboard->nscan = 0;
}

static void from_scan(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    bool ends = ch == '\r' || ch == '\n' || ch == '\t' || ch == ETX;
    if (ends && keyboard->nscan) {
        give(keyboard, INPUT_SCAN_BEGIN, 0);
        scan_release(keyboard);
        give(keyboard, INPUT_SCAN_END, 0);
    } else if (is_control(ch) || keyboard->nscan == KEYBOARD_SCAN) {
        scan_release(keyboard);
        from_plain(keyboard, now, ch);
    } else {
        keyboard->scan[keyboard->nscan++] = ch;
    }
}

/* What each state does with a character, how long it waits for one, and whether it is over by then
 * or only when the next one comes. */
static const struct {
    void (*take)(struct keyboard *keyboard, int64_t now, uint32_t ch);
    int wait;
    void (*give_up)(struct keyboard *keyboard);
} states[] = {
    [KEYBOARD_PLAIN] = {from_plain, 0, NULL},
    [KEYBOARD_ESCAPE] = {from_escape, ESCAPE_BY_HAND, NULL},
    [KEYBOARD_TWICE] = {from_twice, TWICE, give_twice},
    [KEYBOARD_CSI] = {from_csi, ESCAPE_BY_LINK, NULL},
    [KEYBOARD_LINUX] = {from_linux, ESCAPE_BY_LINK, NULL},
    [KEYBOARD_SS3] = {from_ss3, ESCAPE_BY_LINK, NULL},
    [KEYBOARD_MOUSE] = {from_mouse, REPLY, NULL},
    [KEYBOARD_STRING] = {from_string, REPLY, NULL},
    [KEYBOARD_SCANS] = {from_scan, SCAN, scan_release},
};

void keyboard_tick(struct keyboard *keyboard, int64_t now)
{
    int64_t waited = now - keyboard->since;
    if (keyboard->state != KEYBOARD_PLAIN && waited > states[keyboard->state].wait) {
        if (states[keyboard->state].give_up)
            states[keyboard->state].give_up(keyboard);
        keyboard->state = KEYBOARD_PLAIN;
    }
    if (keyboard->in_paste && waited > PASTE) {
        keyboard->in_paste = false;
        give(keyboard, INPUT_PASTE_END, 0);
    }
}

void keyboard_take(struct keyboard *keyboard, int64_t now, uint32_t ch)
{
    keyboard_tick(keyboard, now);
    states[keyboard->state].take(keyboard, now, ch);
    keyboard->since = now;
}

int keyboard_due(const struct keyboard *keyboard, int64_t now)
{
    int64_t waited = now - keyboard->since;
    int wait = states[keyboard->state].wait;
    if (keyboard->state == KEYBOARD_ESCAPE && waited < ESCAPE_HINT)
        wait = ESCAPE_HINT;
    else if (keyboard->state == KEYBOARD_PLAIN && keyboard->in_paste)
        wait = PASTE;
    else if (keyboard->state == KEYBOARD_PLAIN)
        return -1;
    return waited > wait ? 0 : (int)(wait - waited) + 1;
}

bool keyboard_waits(const struct keyboard *keyboard, int64_t now)
{
    return keyboard->state == KEYBOARD_ESCAPE && now - keyboard->since >= ESCAPE_HINT;
}
