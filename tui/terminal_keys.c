/* The terminal's other direction: bytes become code points here and inputs in keyboard.c. Curses
 * has no part in it: it would wait behind an Escape, and know each TERM's keys only. */
#include "core/text.h"
#include "tui/terminal.h"

#include <curses.h>
#include <poll.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

static struct keyboard keyboard;
static struct {
    char bytes[4096];
    size_t n, at;
} unread;

/* What other makes of terminals send, from their description. The number pad stays one of digits:
 * in application mode PuTTY's `*` would be F3. */
void terminal_keys_open(void)
{
    static const struct {
        const char *capability;
        struct input means;
    } table[] = {
        {"kf1", {INPUT_FUNCTION, 1}},   {"kf2", {INPUT_FUNCTION, 2}},
        {"kf3", {INPUT_FUNCTION, 3}},   {"kf4", {INPUT_FUNCTION, 4}},
        {"kf5", {INPUT_FUNCTION, 5}},   {"kf6", {INPUT_FUNCTION, 6}},
        {"kf7", {INPUT_FUNCTION, 7}},   {"kf8", {INPUT_FUNCTION, 8}},
        {"kf9", {INPUT_FUNCTION, 9}},   {"kf10", {INPUT_FUNCTION, 10}},
        {"kf11", {INPUT_FUNCTION, 11}}, {"kf12", {INPUT_FUNCTION, 12}},
        {"kcuu1", {INPUT_UP, 0}},       {"kcud1", {INPUT_DOWN, 0}},
        {"kcuf1", {INPUT_RIGHT, 0}},    {"kcub1", {INPUT_LEFT, 0}},
        {"khome", {INPUT_HOME, 0}},     {"kend", {INPUT_END, 0}},
        {"kpp", {INPUT_PAGE_UP, 0}},    {"knp", {INPUT_PAGE_DOWN, 0}},
        {"kdch1", {INPUT_DELETE, 0}},   {"kcbt", {INPUT_BACK_TAB, 0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *bytes = tigetstr((char *)(uintptr_t)table[i].capability);
        if (bytes && bytes != (const char *)-1)
            keyboard_learn(&keyboard, bytes, table[i].means);
    }
    if (keypad_local)
        putp(keypad_local);
}

/* Reads what is there, behind what is left; false when there is nothing new. */
static bool fill(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    memmove(unread.bytes, unread.bytes + unread.at, unread.n - unread.at);
    unread.n -= unread.at;
    unread.at = 0;
    if (poll(&in, 1, 0) <= 0 || !(in.revents & POLLIN))
        return false;
    ssize_t got = read(STDIN_FILENO, unread.bytes + unread.n, sizeof unread.bytes - unread.n);
    if (got > 0)
        unread.n += (size_t)got;
    return got > 0;
}

/* The next code point; false when it has not arrived as a whole. What is not of the terminal's
 * encoding is an 8-bit control character, or U+FFFD. */
static bool next(uint32_t *out)
{
    for (;;) {
        mbstate_t state = {0};
        wchar_t wide = 0;
        size_t left = unread.n - unread.at;
        size_t used = left ? mbrtowc(&wide, unread.bytes + unread.at, left, &state) : (size_t)-2;
        if (used == (size_t)-2) {
            if (!fill())
                return false;
        } else if (used == (size_t)-1) {
            uint8_t byte = (uint8_t)unread.bytes[unread.at++];
            *out = byte >= 0x80 && byte < 0xA0 ? byte : 0xFFFD;
            return true;
        } else {
            unread.at += used ? used : 1; /* NUL is a character, too */
            *out = (uint32_t)wide;
            return true;
        }
    }
}

bool terminal_read(int64_t now, struct input *out)
{
    uint32_t ch;
    keyboard_tick(&keyboard, now);
    while (!keyboard_next(&keyboard, out)) {
        if (!next(&ch))
            return false;
        keyboard_take(&keyboard, now, ch);
    }
    return true;
}

int terminal_due(int64_t now)
{
    return keyboard_due(&keyboard, now);
}

bool terminal_in_escape(int64_t now)
{
    return keyboard_waits(&keyboard, now);
}
