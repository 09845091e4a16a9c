#include "tui/lines.h"

#include "core/text.h"
#include "tui/tongue.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

bool lines_is_ready(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0;
}

void lines_read(struct lines *lines)
{
    ssize_t got = read(STDIN_FILENO, lines->bytes + lines->n, sizeof lines->bytes - lines->n);
    if (got > 0)
        lines->n += (size_t)got;
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        lines->ended = true;
}

/* What scanners put around a code, and the rest of a line's end. */
static bool is_framing(wchar_t wide)
{
    return wide == 0x02 || wide == 0x03 || wide == '\r' || wide == 0xFEFF;
}

static enum line_kind decode(const char *bytes, size_t n, char text[ENTRY_TEXT])
{
    mbstate_t state = {0};
    size_t len = 0;
    for (size_t at = 0, used; at < n; at += used) {
        wchar_t wide;
        used = mbrtowc(&wide, bytes + at, n - at, &state);
        if (used == (size_t)-1 || used == (size_t)-2)
            return LINE_UNREADABLE;
        if (wide == '\t')
            wide = ' ';
        if (is_framing(wide))
            continue;
        if (wide < 0x20 || (wide >= 0x7F && wide < 0xA0))
            return LINE_KEYS;
        if (len + 4 >= ENTRY_TEXT)
            return LINE_TOO_LONG;
        len += utf8_write(text + len, (uint32_t)wide);
    }
    text[len] = '\0';
    return LINE_READY;
}

static void drop(struct lines *lines, size_t n)
{
    memmove(lines->bytes, lines->bytes + n, lines->n - n);
    lines->n -= n;
    explicit_bzero(lines->bytes + lines->n, n);
}

enum line_kind lines_take(struct lines *lines, char text[ENTRY_TEXT])
{
    char *end = memchr(lines->bytes, '\n', lines->n);
    if (!end && lines->n == sizeof lines->bytes) {
        lines->skipping = true;
        drop(lines, lines->n);
    }
    if (!end && !lines->ended)
        return LINE_WAIT;
    if (!end && lines->n == 0 && !lines->skipping)
        return LINE_END;
    size_t n = end ? (size_t)(end - lines->bytes) : lines->n;
    enum line_kind kind = lines->skipping ? LINE_TOO_LONG : decode(lines->bytes, n, text);
    lines->skipping = false;
    drop(lines, end ? n + 1 : n);
    return kind;
}

void lines_release(struct lines *lines)
{
    explicit_bzero(lines, sizeof *lines);
}

void lines_echo(bool on)
{
    static struct termios before;
    static bool hidden;
    if (on != hidden || !isatty(STDIN_FILENO) || (!on && tcgetattr(STDIN_FILENO, &before) != 0))
        return;
    struct termios now = before;
    if (!on) {
        now.c_lflag &= ~(tcflag_t)ECHO;
        now.c_lflag |= (tcflag_t)ECHONL; /* the line ends on the screen, too */
    }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
    hidden = !on;
}

/* A pipe is as good as a file: the shell's <(...) is one. */
static const char *secret_complaint(int fd)
{
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return _("the password file cannot be read");
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        return _("the password file is no file");
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return _("the password file belongs to somebody else");
    if (info.st_mode & 077)
        return _("the password file can be read by others: chmod 600 makes it yours");
    return NULL;
}

const char *lines_secret(const char *path, char text[ENTRY_TEXT])
{
    char bytes[ENTRY_TEXT] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const char *why = secret_complaint(fd);
    size_t n = 0;
    for (ssize_t got = 1; !why && got > 0 && n < sizeof bytes; n += (size_t)got)
        if ((got = read(fd, bytes + n, sizeof bytes - n)) < 0)
            why = _("the password file cannot be read"), got = 0;
    if (fd >= 0)
        close(fd);
    const char *end = memchr(bytes, '\n', n);
    if (!why && decode(bytes, end ? (size_t)(end - bytes) : n, text) != LINE_READY)
        why = _("the password file's first line is no password");
    explicit_bzero(bytes, sizeof bytes);
    return why;
}
