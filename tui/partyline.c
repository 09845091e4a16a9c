/* partyline: the terminal client. */
#include "tui/charset.h"
#include "tui/linear.h"
#include "tui/loop.h"
#include "tui/options.h"
#include "tui/surroundings.h"
#include "tui/tongue.h"

#include <stdio.h>

static int fail(int code, const char *why)
{
    charset_printf(stderr, "partyline: %s\n", _(why));
    return code;
}

int main(int argc, char **argv)
{
    static struct app app;
    static struct options options;
    const char *why = NULL;
    surroundings_clear();
    charset_apply(NULL);
    int end = options_read(&options, argc, argv);
    if (end >= 0)
        return end;
    struct client *client = client_new(options.server, options.ca, &why);
    if (!client)
        return fail(64, why);
    if (options.ca) {
        FILE *ca = fopen(options.ca, "re");
        if (!ca)
            return fail(78, N_("the file of --ca or PARTYLINE_CA cannot be read"));
        fclose(ca);
    }
    bool is_open = options.is_linear ? terminal_open_nowhere(options.charset, &why)
                                     : terminal_open(options.theme, options.charset, &why);
    if (!is_open) {
        client_free(client);
        return fail(1, why);
    }
    app_init(&app, &options, client);
    int code = options.is_linear ? linear_run(&app) : loop_run(&app);
    app_release(&app);
    client_free(client);
    return code;
}
