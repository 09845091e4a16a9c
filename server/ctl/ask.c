#include "server/ctl/ask.h"

#include <poll.h>
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

/* Byte by byte: a buffer of stdio would keep a copy. Signals of `unblock` are taken while it waits,
 * and only then. NULL at the end of input or on a signal. */
static const char *read_line(struct ctl *ctl, const sigset_t *unblock)
{
    char *line = arena_alloc(ctl->arena, LINE);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    arena_defer(ctl->arena, wipe, line);
    for (size_t len = 0; len < LINE - 1; len++) {
        if (ppoll(&input, 1, NULL, unblock) < 0)
            return NULL;
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

static const char *prompt(struct ctl *ctl, const char *question, const sigset_t *unblock)
{
    fputs(question, stderr);
    const char *line = read_line(ctl, unblock);
    fputc('\n', stderr);
    return line;
}

static const char *ask_twice(struct ctl *ctl, const sigset_t *unblock)
{
    const char *first = prompt(ctl, "Password: ", unblock);
    const char *again = first ? prompt(ctl, "Again: ", unblock) : NULL;
    if (first && again && strcmp(first, again) != 0) {
        ctl_fail(1, "the two are not the same");
        return NULL;
    }
    if (!again && !caught)
        ctl_fail(1, "no password was given");
    return again;
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void catch_ends(sigset_t *before)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        sigaction(ends[i], &action, NULL);
        sigaddset(&blocked, ends[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, before);
}

static void release_ends(const sigset_t *before)
{
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        signal(ends[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, before, NULL);
    if (caught)
        raise(caught);
}

/* Whatever ends this, Ctrl-C too, the terminal shows again what is typed. */
static const char *ask_hidden(struct ctl *ctl)
{
    struct termios shown, hidden;
    sigset_t before;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        ctl_fail(EXIT_USAGE, "standard input is no terminal: use --password-stdin");
        return NULL;
    }
    catch_ends(&before);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    const char *password = ask_twice(ctl, &before);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    release_ends(&before);
    return password;
}

const char *ctl_ask_password(struct ctl *ctl, bool from_stdin)
{
    if (!from_stdin)
        return ask_hidden(ctl);
    const char *password = read_line(ctl, NULL);
    if (!password)
        ctl_fail(1, "there is no password on standard input");
    return password;
}
