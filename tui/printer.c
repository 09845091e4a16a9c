#include "tui/printer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STALLED_MS = 10 * 1000, CLOSED = 0, WANTED = -1 };

void printer_put(struct printer *printer, const unsigned char *bytes, size_t n, int64_t now)
{
    bool is_busy = printer->fd != CLOSED;
    size_t have = is_busy ? printer->n : 0;
    printer->bytes = realloc(printer->bytes, have + n + 1);
    if (!printer->bytes)
        abort();
    memcpy(printer->bytes + have, bytes, n);
    printer->n = have + n;
    if (is_busy)
        return;
    printer->at = 0;
    printer->fd = WANTED;
    printer->since = now;
}

bool printer_again(struct printer *printer, int64_t now)
{
    if (printer->fd != CLOSED || !printer->n)
        return false;
    printer->at = 0;
    printer->fd = WANTED;
    printer->since = now;
    return true;
}

static void done(struct printer *printer)
{
    if (printer->fd > 0)
        close(printer->fd);
    printer->fd = CLOSED;
}

static enum printer_state failed(struct printer *printer, const char *why, const char **out)
{
    done(printer);
    *out = why;
    return PRINTER_FAILED;
}

enum printer_state printer_go(struct printer *printer, const char *path, int64_t now,
                              const char **why)
{
    if (printer->fd == CLOSED)
        return PRINTER_IDLE;
    if (printer->fd == WANTED) {
        int fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            return failed(printer, strerror(errno), why);
        printer->fd = fd;
    }
    while (printer->at < printer->n) {
        ssize_t took = write(printer->fd, printer->bytes + printer->at, printer->n - printer->at);
        if (took < 0 && errno != EAGAIN && errno != EINTR)
            return failed(printer, strerror(errno), why);
        if (took <= 0 && now - printer->since > STALLED_MS)
            return failed(printer, strerror(ETIMEDOUT), why);
        if (took <= 0)
            return PRINTER_BUSY;
        printer->at += (size_t)took;
        printer->since = now;
    }
    done(printer);
    printer->n = 0;
    return PRINTER_DONE;
}

void printer_release(struct printer *printer)
{
    done(printer);
    free(printer->bytes);
    *printer = (struct printer){0};
}
