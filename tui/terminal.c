#include "tui/terminal.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/terminal_window.h"
#include "tui/tongue.h"

#include <curses.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
/* What a crash writes: cursor, attributes, paste, keypad, the other screen. */
static const char crash_restore[] = "\033[?25h\033[0m\033[?2004l\033[?1l\033>\033[?1049l\r\n";

static SCREEN *screen;
static WINDOW *target; /* stdscr or a sheet */
static bool is_open;
static FILE *nowhere; /* what a screen that nobody sees is on */
static struct termios before;

struct look {
    attr_t attributes;
    short foreground;
};

static const struct theme {
    const char *name;
    bool colours, black; /* on black, whatever the terminal's own ground is */
    struct look looks[ROLES];
} themes[] = {
    {"default",
     true,
     false,
     {
         [ROLE_STATUS] = {A_REVERSE, -1},
         [ROLE_HEAD] = {A_NORMAL, COLOR_CYAN},
         [ROLE_STRONG] = {A_BOLD, -1},
         [ROLE_DIM] = {A_DIM, -1},
         [ROLE_OK] = {A_NORMAL, -1}, /* what goes well is said, and needs no colour */
         [ROLE_WARN] = {A_BOLD, COLOR_YELLOW},
         [ROLE_STOP] = {A_BOLD, COLOR_RED},
         [ROLE_PLAIN] = {A_NORMAL, -1},
         [ROLE_PAPER] = {A_NORMAL, COLOR_BLACK},
         [ROLE_INK] = {A_NORMAL, COLOR_BLACK},
     }},
    {"mono",
     false,
     false,
     {
         [ROLE_STATUS] = {A_REVERSE, -1},
         [ROLE_STRONG] = {A_BOLD, -1},
         [ROLE_OK] = {A_NORMAL, -1},
         [ROLE_WARN] = {A_BOLD, -1},
         [ROLE_STOP] = {A_REVERSE, -1},
         [ROLE_INK] = {A_REVERSE, -1},
     }},
    {"contrast",
     true,
     true,
     {
         [ROLE_STATUS] = {A_REVERSE | A_BOLD, COLOR_WHITE},
         [ROLE_HEAD] = {A_BOLD, COLOR_WHITE},
         [ROLE_STRONG] = {A_BOLD, COLOR_WHITE},
         [ROLE_DIM] = {A_NORMAL, COLOR_WHITE},
         [ROLE_OK] = {A_BOLD, COLOR_WHITE},
         [ROLE_WARN] = {A_BOLD, COLOR_YELLOW},
         [ROLE_STOP] = {A_BOLD | A_REVERSE, COLOR_YELLOW},
         [ROLE_PLAIN] = {A_NORMAL, COLOR_WHITE},
         [ROLE_PAPER] = {A_NORMAL, COLOR_BLACK},
         [ROLE_INK] = {A_NORMAL, COLOR_BLACK},
     }},
};
static const struct theme *theme = &themes[0];

static const struct theme *theme_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(themes); i++)
        if (strcmp(themes[i].name, name) == 0)
            return &themes[i];
    return NULL;
}

bool terminal_theme_known(const char *name)
{
    return theme_find(name) != NULL;
}

/* Paper is white in every theme: as white as there is. */
static short ground_of(enum role role)
{
    enum { BRIGHT_WHITE = 15 };
    if (role == ROLE_PAPER)
        return COLORS > BRIGHT_WHITE ? BRIGHT_WHITE : COLOR_WHITE;
    return theme->black || role == ROLE_INK ? COLOR_BLACK : -1;
}

bool terminal_has_paper(void)
{
    return theme->colours && has_colors();
}

static void theme_apply(const char *name)
{
    const char *no_color = getenv("NO_COLOR");
    const struct theme *wanted = name ? theme_find(name) : NULL;
    theme = wanted ? wanted : &themes[no_color && *no_color ? 1 : 0];
    bkgdset(' ');
    if (!theme->colours || !has_colors())
        return;
    start_color();
    use_default_colors();
    for (int role = 0; role < ROLES; role++)
        init_pair((short)(role + 1), theme->looks[role].foreground, ground_of((enum role)role));
    if (theme->black)
        bkgdset(' ' | (chtype)COLOR_PAIR(ROLE_PLAIN + 1));
}

const char *terminal_theme_next(void)
{
    size_t at = (size_t)(theme - themes);
    theme_apply(themes[(at + 1) % ARRAY_LEN(themes)].name);
    terminal_redraw();
    return theme->name;
}

/* The terminal as it was, without curses, which may be what has crashed. */
static void on_crash(int signal_number)
{
    ssize_t ignored = write(STDOUT_FILENO, crash_restore, sizeof crash_restore - 1);
    (void)ignored;
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    raise(signal_number); /* SA_RESETHAND: now with its usual end */
}

static void crash_handlers(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaction(signals[i], &action, NULL);
}

/* What curses sends can be said in fewer bytes. The descriptions of xterm and tmux choose the
 * character set with each change of attributes, which nothing here ever changes: that is done once,
 * `first`. A parameter that is left out is 0. */
static void attributes_shorten(void)
{
    static const struct {
        const char *capability, *part, *instead, *first;
    } table[] = {
        {"sgr0", "\033(B", "", "\033(B"},   {"sgr", "%?%p9%t\033(0%e\033(B%;", "", "\033(B"},
        {"sgr0", "\017", "", "\017"},       {"sgr", "%?%p9%t\016%e\017%;", "", "\017"},
        {"sgr", "\033[0%?", "\033[%?", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char *text = tigetstr((char *)(uintptr_t)table[i].capability);
        char *part = text && text != (char *)-1 ? strstr(text, table[i].part) : NULL;
        if (!part)
            continue;
        size_t n = strlen(table[i].part), kept = strlen(table[i].instead);
        memcpy(part, table[i].instead, kept);
        memmove(part + kept, part + n, strlen(part + n) + 1);
        fputs(table[i].first, stdout);
    }
}

/* A row down in one byte: curses does not trust a line feed, which lines may be ended with. */
static void rows_shorten(void)
{
    char *down = tigetstr((char *)(uintptr_t) "cud1");
    if (down && down != (char *)-1 && strcmp(down, "\n") == 0)
        *down = '\v'; /* the same to every terminal that has such a description */
}

static SCREEN *screen_new(FILE *out, FILE *in, bool is_real)
{
    static const char *const fallbacks[] = {NULL, "xterm-256color", "xterm", "vt100"};
    SCREEN *made = NULL;
    for (size_t i = is_real ? 0 : 1; i < ARRAY_LEN(fallbacks) && !made; i++)
        made = newterm(fallbacks[i], out, in);
    return made;
}

static const char no_description[] =
    N_("no description of this terminal was found, nor of xterm or vt100 (package ncurses-base)");

bool terminal_open_nowhere(const char *charset, const char **why)
{
    charset_apply(charset);
    nowhere = fopen("/dev/null", "r+e");
    screen = nowhere ? screen_new(nowhere, nowhere, false) : NULL;
    signal(SIGTSTP, SIG_DFL); /* curses would write to the terminal that it takes this for */
    *why = no_description;
    return screen != NULL;
}

bool terminal_open(const char *theme_name, const char *charset, const char **why)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        *why = N_("this is not a terminal; partyline needs one for input and output, or --linear");
        return false;
    }
    tcgetattr(STDIN_FILENO, &before);
    charset_apply(charset);
    screen = screen_new(stdout, stdin, true);
    if (!screen) {
        *why = no_description;
        return false;
    }
    set_term(screen);
    raw();
    noecho();
    nonl();
    attributes_shorten();
    rows_shorten();
    typeahead(-1); /* a screen is shown as a whole */
    terminal_keys_open();
    theme_apply(theme_name);
    crash_handlers();
    fputs(paste_on, stdout);
    fflush(stdout);
    is_open = true;
    return true;
}

void terminal_close(void)
{
    if (nowhere) {
        delscreen(screen);
        fclose(nowhere);
        nowhere = NULL;
    }
    if (!is_open)
        return;
    is_open = false;
    fputs(paste_off, stdout);
    fflush(stdout);
    endwin();
    delscreen(screen);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

int terminal_rows(void)
{
    return LINES;
}

int terminal_cols(void)
{
    return COLS;
}

void terminal_redraw(void)
{
    clearok(curscr, TRUE);
}

void terminal_resize(void)
{
    struct winsize size;
    if (!is_open || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
        size.ws_col == 0)
        return;
    resize_term(size.ws_row, size.ws_col);
    terminal_redraw(); /* what a terminal does with its rows by itself, nobody knows */
}

void terminal_put_on(WINDOW *window)
{
    target = window;
}

void terminal_clear(void)
{
    terminal_put_on(stdscr);
    erase();
}

/* ---- text in cells --------------------------------------------------------------------------- */

int text_cells(const char *text)
{
    int cells = 0;
    const char *end = text + strlen(text);
    while (text < end)
        cells += charset_cells(utf8_next(&text, end));
    return cells;
}

/* The terminal's own colour needs no pair, after which curses would switch everything off again:
 * eight bytes behind each key. */
static void role_on(enum role role)
{
    attr_t attributes = theme->looks[role].attributes;
    if (theme->colours && has_colors() && theme->looks[role].foreground >= 0)
        attributes |= (attr_t)COLOR_PAIR(role + 1);
    wattrset(target, (int)attributes);
}

void terminal_put(int y, int x, int width, enum role role, const char *text)
{
    int rows = getmaxy(target), cols = getmaxx(target);
    if (y < 0 || y >= rows || x < 0 || x >= cols)
        return;
    if (width > cols - x)
        width = cols - x;
    role_on(role);
    wmove(target, y, x);
    int used = 0;
    const char *end = text + strlen(text);
    while (text < end) {
        wchar_t glyphs[CHARSET_GLYPHS];
        uint32_t ch = utf8_next(&text, end);
        int n = charset_glyphs(ch, glyphs), cells = charset_cells(ch);
        if (used + cells > width)
            break;
        if (cells || used) /* a mark without a letter would go onto the cell before */
            waddnwstr(target, glyphs, n);
        used += cells;
    }
    for (; used < width; used++)
        waddch(target, ' ');
    wattrset(target, A_NORMAL);
}

void terminal_put_right(int y, int x, int width, enum role role, const char *text)
{
    int cells = text_cells(text);
    int pad = cells < width ? width - cells : 0;
    if (pad)
        terminal_put(y, x, pad, role, "");
    terminal_put(y, x + pad, width - pad, role, text);
}

void terminal_printf(int y, int x, int width, enum role role, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, tongue(format), args);
    va_end(args);
    terminal_put(y, x, width, role, text);
}

void terminal_show(int y, int x)
{
    int row = y < LINES ? y : LINES - 1, col = x < COLS ? x : COLS - 1;
    move(row < 0 ? 0 : row, col < 0 ? 0 : col);
    refresh();
}

void terminal_bell(void)
{
    if (is_open)
        beep();
}
