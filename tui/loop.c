#include "tui/loop.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    LAST_WORDS_MS = 2500, /* for what was keyed to reach the server at the end */
};

int64_t loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static sigset_t signals_heard(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGWINCH);
    return set;
}

int loop_signals_open(void)
{
    sigset_t set = signals_heard();
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* What is still pending has been heard: ignored before it is unblocked, it cannot cut the end off.
 */
void loop_signals_close(int fd)
{
    sigset_t set = signals_heard();
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    close(fd);
}

void loop_signals_take(struct app *app, int fd)
{
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGWINCH)
            terminal_resize();
        else
            app_stop(app);
    }
}

/* The other end of the terminal is gone. */
static bool terminal_is_gone(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0 && (in.revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* Until the next full minute, which the clock shows. */
static int until_minute(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int)((60 - now.tv_sec % 60) * 1000 - now.tv_nsec / 1000000 + 1);
}

void loop_last_words(struct app *app)
{
    for (int64_t end = loop_now() + LAST_WORDS_MS, now; (now = loop_now()) < end &&
                                                        !client_is_idle(app->client) &&
                                                        !client_is_expired(app->client);)
        client_wait(app->client, now, (int)(end - now), NULL, 0);
}

int loop_run(struct app *app)
{
    int fds[] = {STDIN_FILENO, loop_signals_open()}, until_tick = 0;
    while (!app->quit) {
        app->now = loop_now();
        app_draw(app);
        int timeout = until_minute(), due = terminal_due(app->now);
        if (due >= 0 && due < timeout)
            timeout = due;
        if (until_tick < timeout)
            timeout = until_tick;
        client_wait(app->client, app->now, timeout, fds, ARRAY_LEN(fds));
        app->now = loop_now();
        loop_signals_take(app, fds[1]);
        for (struct input input; !app->quit && terminal_read(app->now, &input);)
            app_input(app, &input);
        if (terminal_is_gone())
            app_stop(app);
        until_tick = app_tick(app);
    }
    terminal_close();
    loop_last_words(app);
    loop_signals_close(fds[1]);
    return 0;
}
