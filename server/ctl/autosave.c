/* partylinectl autosave run: the repeat orders that are due, now and not when the server looks
 * next. */
#include "server/repeat.h"

#include "server/ctl/ctl.h"

#include <stdio.h>
#include <string.h>

static void said(void *arg, const char *id, const char *due, const char *result, const char *order)
{
    size_t *n = arg;
    (*n)++;
    printf("autosave %s of %s: %s%s%s\n", id, due, result, *order ? " " : "", order);
    fflush(stdout);
}

int ctl_autosave(struct ctl *ctl, int argc, char **argv)
{
    char why[256] = "";
    size_t n = 0;
    if (argc != 2 || strcmp(argv[1], "run") != 0)
        return ctl_usage(argv[0]);
    if (!repeat_once(ctl->conninfo, &ctl->config, said, &n, why))
        return ctl_fail(1, "%s", why);
    printf("autosave: %zu done\n", n);
    return 0;
}
