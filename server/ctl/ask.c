#include "server/ctl/ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { LINE = 1024 };

static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
    caught = signal;
}

static void wipe(void *line)
{
    explicit_bzero(line, LINE);
}

/* Byte by byte: a buffer of stdio would keep a copy. NULL at the end of input or on a signal. */
static const char *read_line(struct ctl *ctl)
{
    char *line = arena_alloc(ctl->arena, LINE);
    arena_defer(ctl->arena, wipe, line);
    for (size_t len = 0; len < LINE - 1; len++) {
        ssize_t n = read(STDIN_FILENO, line + len, 1);
        if (n < 0 || (n == 0 && len == 0))
            return NULL;
        if (n == 0 || line[len] == '\n') {
            line[len] = '\0';
            return line;
        }
    }
    return NULL;
}

static const char *prompt(struct ctl *ctl, const char *question)
{
    fputs(question, stderr);
    const char *line = read_line(ctl);
    fputc('\n', stderr);
    return line;
}

static const char *ask_twice(struct ctl *ctl)
{
    const char *first = prompt(ctl, "Password: ");
    const char *again = first ? prompt(ctl, "Again: ") : NULL;
    if (first && again && strcmp(first, again) != 0) {
        ctl_fail(1, "the two are not the same");
        return NULL;
    }
    if (!again && !caught)
        ctl_fail(1, "no password was given");
    return again;
}

/* Whatever ends this, Ctrl-C too, the terminal shows again what is typed. */
static const char *ask_hidden(struct ctl *ctl)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction before[ARRAY_LEN(ends)], action = {.sa_handler = on_signal};
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        ctl_fail(EXIT_USAGE, "standard input is no terminal: use --password-stdin");
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        sigaction(ends[i], &action, &before[i]);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    const char *password = ask_twice(ctl);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        sigaction(ends[i], &before[i], NULL);
    if (caught)
        raise(caught);
    return password;
}

const char *ctl_ask_password(struct ctl *ctl, bool from_stdin)
{
    if (!from_stdin)
        return ask_hidden(ctl);
    const char *password = read_line(ctl);
    if (!password)
        ctl_fail(1, "there is no password on standard input");
    return password;
}
