/* partylinectl backup [FILE]: pg_dump's own consistent snapshot, beside a running server. The file
 * has its name only when it is whole, read back and on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

/* DIR/backup/partyline-20251122T120000Z.dump; without an embedded folder, in this one. */
static const char *default_name(struct ctl *ctl)
{
    char when[32];
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", gmtime(&now));
    if (!ctl->embedded)
        return arena_printf(ctl->arena, "partyline-%s.dump", when);
    const char *folder = arena_printf(ctl->arena, "%s/backup", ctl->place.dir);
    mkdir(folder, 0700); /* a failure shows when the file is opened */
    return arena_printf(ctl->arena, "%s/partyline-%s.dump", folder, when);
}

/* All of it can be unpacked, not only its table of contents. */
static bool is_readable(struct ctl *ctl, int dump)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    lseek(dump, 0, SEEK_SET);
    int code = ctl_run(ctl, (const char *[]){"pg_restore", "--file=-", NULL}, dump, nothing);
    close(nothing);
    return code == 0;
}

static int dump_into(struct ctl *ctl, int fd, const char *path)
{
    struct stat st;
    if (ctl_run(ctl,
                (const char *[]){"pg_dump", "--format=custom", "--no-owner", "--dbname", "%", NULL},
                -1, fd) != 0)
        return ctl_fail(1, "the backup failed, %s was not written", path);
    if (fstat(fd, &st) != 0 || st.st_size == 0 || !is_readable(ctl, fd))
        return ctl_fail(1, "the backup cannot be read back, %s was not written", path);
    return 0;
}

int ctl_backup(struct ctl *ctl, int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
        return ctl_usage(argv[0]);
    const char *path = argc == 2 ? argv[1] : default_name(ctl);
    int fd = ctl_output_begin(path);
    if (fd < 0)
        return ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    int code = dump_into(ctl, fd, path);
    if (!ctl_output_end(path, fd, code == 0) && code == 0)
        code = ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    if (code == 0)
        printf("%s\n", path);
    return code;
}
