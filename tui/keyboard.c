#include "tui/keyboard.h"

#include <curses.h>

/* How long after an Escape its second half may come: by hand, and from a slow link. */
enum { ESCAPE_BY_HAND = 2000, ESCAPE_BY_LINK = 1000 };

/* Our codes for curses, above its own and those that it makes up for terminfo's extensions. */
enum { CODE_PASTE_BEGIN = 0x4000, CODE_PASTE_END, CODE_ENTER, CODE_TEXT = 0x4100 };

static const struct {
    const char *bytes;
    int code;
} forms[] = {
    /* xterm, VTE, tmux, mosh; PuTTY set to "Xterm R6"; vt100's PF1 to PF4 */
    {"\033OP", KEY_F(1)},
    {"\033OQ", KEY_F(2)},
    {"\033OR", KEY_F(3)},
    {"\033OS", KEY_F(4)},
    /* PuTTY's default, rxvt, vt220 */
    {"\033[11~", KEY_F(1)},
    {"\033[12~", KEY_F(2)},
    {"\033[13~", KEY_F(3)},
    {"\033[14~", KEY_F(4)},
    /* all of the above */
    {"\033[15~", KEY_F(5)},
    {"\033[17~", KEY_F(6)},
    {"\033[18~", KEY_F(7)},
    {"\033[19~", KEY_F(8)},
    {"\033[20~", KEY_F(9)},
    {"\033[21~", KEY_F(10)},
    {"\033[23~", KEY_F(11)},
    {"\033[24~", KEY_F(12)},
    /* the Linux console */
    {"\033[[A", KEY_F(1)},
    {"\033[[B", KEY_F(2)},
    {"\033[[C", KEY_F(3)},
    {"\033[[D", KEY_F(4)},
    {"\033[[E", KEY_F(5)},
    /* PuTTY set to "VT100+" */
    {"\033OT", KEY_F(5)},
    {"\033OU", KEY_F(6)},
    {"\033OV", KEY_F(7)},
    {"\033OW", KEY_F(8)},
    {"\033OX", KEY_F(9)},
    {"\033OY", KEY_F(10)},
    {"\033OZ", KEY_F(11)},
    {"\033O[", KEY_F(12)},
    /* moving about */
    {"\033OA", KEY_UP},
    {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},
    {"\033OD", KEY_LEFT},
    {"\033[A", KEY_UP},
    {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
    {"\033OH", KEY_HOME},
    {"\033OF", KEY_END},
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
    {"\033[1~", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033[7~", KEY_HOME},
    {"\033[8~", KEY_END},
    {"\033[3~", KEY_DC},
    {"\033[5~", KEY_PPAGE},
    {"\033[6~", KEY_NPAGE},
    {"\033[Z", KEY_BTAB},
    /* the number pad in application mode */
    {"\033OM", CODE_ENTER},
    {"\033Oj", CODE_TEXT + '*'},
    {"\033Ok", CODE_TEXT + '+'},
    {"\033Ol", CODE_TEXT + ','},
    {"\033Om", CODE_TEXT + '-'},
    {"\033On", CODE_TEXT + '.'},
    {"\033Oo", CODE_TEXT + '/'},
    {"\033Op", CODE_TEXT + '0'},
    {"\033Oq", CODE_TEXT + '1'},
    {"\033Or", CODE_TEXT + '2'},
    {"\033Os", CODE_TEXT + '3'},
    {"\033Ot", CODE_TEXT + '4'},
    {"\033Ou", CODE_TEXT + '5'},
    {"\033Ov", CODE_TEXT + '6'},
    {"\033Ow", CODE_TEXT + '7'},
    {"\033Ox", CODE_TEXT + '8'},
    {"\033Oy", CODE_TEXT + '9'},
    /* bracketed paste */
    {"\033[200~", CODE_PASTE_BEGIN},
    {"\033[201~", CODE_PASTE_END},
};

static const struct {
    int code;
    enum input_code input;
} keys[] = {
    {KEY_ENTER, INPUT_ENTER},
    {CODE_ENTER, INPUT_ENTER},
    {KEY_BACKSPACE, INPUT_BACKSPACE},
    {KEY_DC, INPUT_DELETE},
    {KEY_LEFT, INPUT_LEFT},
    {KEY_RIGHT, INPUT_RIGHT},
    {KEY_HOME, INPUT_HOME},
    {KEY_END, INPUT_END},
    {KEY_UP, INPUT_UP},
    {KEY_DOWN, INPUT_DOWN},
    {KEY_PPAGE, INPUT_PAGE_UP},
    {KEY_NPAGE, INPUT_PAGE_DOWN},
    {KEY_BTAB, INPUT_BACK_TAB},
    {KEY_RESIZE, INPUT_RESIZE},
    {CODE_PASTE_BEGIN, INPUT_PASTE_BEGIN},
    {CODE_PASTE_END, INPUT_PASTE_END},
};

static const struct {
    uint32_t ch;
    enum input_code input;
} controls[] = {
    {'\r', INPUT_ENTER},     {'\n', INPUT_ENTER},  {'\t', INPUT_TAB}, {'\b', INPUT_BACKSPACE},
    {0x7F, INPUT_BACKSPACE}, {0x01, INPUT_HOME},   {0x05, INPUT_END}, {0x15, INPUT_KILL},
    {0x17, INPUT_KILL_WORD}, {0x0C, INPUT_REDRAW}, {0x10, INPUT_UP},  {0x0E, INPUT_DOWN},
};

void keyboard_define(void)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        define_key(forms[i].bytes, forms[i].code);
}

static bool give(struct input *out, enum input_code code, uint32_t ch)
{
    *out = (struct input){code, ch};
    return code != INPUT_NONE;
}

static bool give_key(int code, struct input *out)
{
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return give(out, INPUT_FUNCTION, (uint32_t)(code - KEY_F0));
    if (code > CODE_TEXT && code < CODE_TEXT + 128)
        return give(out, INPUT_CHAR, (uint32_t)(code - CODE_TEXT));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].code == code)
            return give(out, keys[i].input, 0);
    return false;
}

static bool give_char(uint32_t ch, struct input *out)
{
    for (size_t i = 0; i < ARRAY_LEN(controls); i++)
        if (controls[i].ch == ch)
            return give(out, controls[i].input, 0);
    if (ch < 0x20 || (ch >= 0x7F && ch < 0xA0))
        return false; /* a scanner's STX, and whatever else is not text */
    return give(out, INPUT_CHAR, ch);
}

/* The end of a sequence whose beginning came alone: looked up in the same table. */
static bool give_form(const char *bytes, struct input *out)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        const char *a = forms[i].bytes, *b = bytes;
        while (*a && *a == *b)
            a++, b++;
        if (*a == *b)
            return give_key(forms[i].code, out);
    }
    return false;
}

static bool enter_state(struct keyboard *keyboard, int state, int64_t now)
{
    keyboard->state = state;
    keyboard->since = now;
    keyboard->number = 0;
    keyboard->second = false;
    return false;
}

static bool after_escape(struct keyboard *keyboard, int64_t now, uint32_t ch, struct input *out)
{
    int64_t waited = now - keyboard->since;
    keyboard->state = KEYBOARD_PLAIN;
    if (waited > ESCAPE_BY_HAND)
        return give_char(ch, out);
    if (ch >= '1' && ch <= '9')
        return give(out, INPUT_FUNCTION, ch - '0');
    if (ch == '0')
        return give(out, INPUT_FUNCTION, 10);
    if (ch == '[' && waited <= ESCAPE_BY_LINK)
        return enter_state(keyboard, KEYBOARD_CSI, now);
    if (ch == 'O' && waited <= ESCAPE_BY_LINK)
        return enter_state(keyboard, KEYBOARD_SS3, now);
    return give_char(ch, out);
}

static bool csi_end(struct keyboard *keyboard, uint32_t ch, struct input *out)
{
    static const char digits[] = "0123456789";
    char bytes[8] = "\033[";
    size_t n = 2;
    keyboard->state = KEYBOARD_PLAIN;
    if (ch == '~') {
        if (keyboard->number >= 100)
            bytes[n++] = digits[keyboard->number / 100 % 10];
        if (keyboard->number >= 10)
            bytes[n++] = digits[keyboard->number / 10 % 10];
        bytes[n++] = digits[keyboard->number % 10];
    } else if (ch >= 'P' && ch <= 'S') {
        bytes[1] = 'O'; /* xterm with a modifier: [1;2P */
    }
    bytes[n++] = (char)ch;
    bytes[n] = '\0';
    return give_form(bytes, out);
}

static bool in_csi(struct keyboard *keyboard, int64_t now, uint32_t ch, struct input *out)
{
    keyboard->since = now; /* it goes on */
    if (ch >= '0' && ch <= '9') {
        if (!keyboard->second && keyboard->number < 100)
            keyboard->number = keyboard->number * 10 + (int)(ch - '0');
        return false;
    }
    if (ch == '[' && keyboard->number == 0)
        return enter_state(keyboard, KEYBOARD_LINUX, now);
    if (ch >= 0x40 && ch <= 0x7E)
        return csi_end(keyboard, ch, out);
    keyboard->second = true; /* `;` and whatever may stand between */
    if (ch >= 0x20 && ch < 0x40)
        return false;
    keyboard->state = KEYBOARD_PLAIN;
    return give_char(ch, out);
}

bool keyboard_read(struct keyboard *keyboard, int64_t now, bool is_key, wint_t wide,
                   struct input *out)
{
    uint32_t ch = (uint32_t)wide;
    *out = (struct input){INPUT_NONE, 0};
    if (is_key) {
        keyboard->state = KEYBOARD_PLAIN;
        return give_key((int)ch, out);
    }
    bool late = now - keyboard->since > ESCAPE_BY_LINK;
    switch (late && keyboard->state != KEYBOARD_ESCAPE ? KEYBOARD_PLAIN : keyboard->state) {
    case KEYBOARD_ESCAPE:
        if (ch != 033)
            return after_escape(keyboard, now, ch, out);
        keyboard->state = KEYBOARD_PLAIN;
        if (now - keyboard->since <= ESCAPE_BY_HAND)
            return give(out, INPUT_FUNCTION, 12);
        break;
    case KEYBOARD_CSI:
        return in_csi(keyboard, now, ch, out);
    case KEYBOARD_LINUX:
        keyboard->state = KEYBOARD_PLAIN;
        return give_form((char[]){033, '[', '[', (char)ch, '\0'}, out);
    case KEYBOARD_SS3:
        keyboard->state = KEYBOARD_PLAIN;
        return give_form((char[]){033, 'O', (char)ch, '\0'}, out);
    case KEYBOARD_PLAIN:
        break;
    }
    keyboard->state = KEYBOARD_PLAIN;
    if (ch == 033)
        return enter_state(keyboard, KEYBOARD_ESCAPE, now);
    return give_char(ch, out);
}
