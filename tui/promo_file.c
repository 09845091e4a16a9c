/* Texts of promotions as files, in the one folder that the setting `files` names: who sets up the
 * terminal decides whether there is one. A name is a plain one, so that nothing outside of the
 * folder is read or written. */
#include "tui/promodesk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_plain(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

/* Opens a file of the folder; -1 and errno. */
static int open_in(const struct app *app, const char *name, int flags)
{
    int folder = open(app->options->files, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    int fd = folder < 0 ? -1 : openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0644);
    int why = errno;
    if (folder >= 0)
        close(folder);
    errno = why;
    return fd;
}

static bool write_all(int fd, const char *text, size_t len)
{
    for (ssize_t put; len; text += put, len -= (size_t)put)
        if ((put = write(fd, text, len)) <= 0)
            return false;
    return true;
}

static void write_file(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    const char *text = promo_form_text(desk, arena);
    const char *name = arena_printf(arena, "%s.%s.promo", desk->market, desk->code);
    int fd = open_in(desk->app, name, O_WRONLY | O_CREAT | O_TRUNC);
    bool good = fd >= 0 && write_all(fd, text, strlen(text));
    if (fd >= 0 && close(fd) != 0)
        good = false;
    if (good)
        app_say(desk->app, ROLE_OK, "written: %s", name);
    else
        app_say(desk->app, ROLE_STOP, "%s cannot be written: %s", name, strerror(errno));
    arena_free(arena);
}

static bool read_text(int fd, char *text, size_t most, size_t *len)
{
    ssize_t got = 1;
    for (*len = 0; got > 0 && *len < most; *len += (size_t)got)
        if ((got = read(fd, text + *len, most - *len)) < 0)
            return false;
    return true;
}

static void read_file(struct promodesk *desk, const char *name)
{
    char text[PROMOTION_TEXT_MAX + 2];
    size_t len = 0;
    int fd = is_plain(name) ? open_in(desk->app, name, O_RDONLY) : -1;
    bool good = fd >= 0 && read_text(fd, text, sizeof text - 1, &len);
    int why = errno;
    if (fd >= 0)
        close(fd);
    text[len] = '\0';
    if (!is_plain(name))
        app_say(desk->app, ROLE_STOP, "%s is no plain name of a file, like GB.KNIVES-2.promo.",
                name);
    else if (!good)
        app_say(desk->app, ROLE_STOP, "%s cannot be read: %s", name, strerror(why));
    else if (len > PROMOTION_TEXT_MAX || strlen(text) != len || !promo_form_whole(desk, text))
        app_say(desk->app, ROLE_STOP, "%s is no text of a promotion: at most 8000 bytes.", name);
    else
        app_say(desk->app, ROLE_OK, "read: %s; u brings back what was there.", name);
}

void promo_file(struct promodesk *desk)
{
    char name[ENTRY_TEXT];
    if (!desk->app->options->files)
        app_say(desk->app, ROLE_WARN,
                "this terminal has no folder for files; a text can be pasted.");
    else if (entry_line_take(&desk->app->line, name))
        read_file(desk, name);
    else
        write_file(desk);
}
