/* partylinectl [-f FILE | --embedded DIR | --database CONNINFO] COMMAND: looks after a Partyline
 * installation. The commands are the rows of server/ctl/commands.def. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/ctl/ctl.h"
#include "server/ctl/reach.h"

static const struct ctl_command commands[] = {
#define COMMAND(name, function, need, arguments, help)                                             \
    {#name, function, CTL_##need, arguments, help},
#include "server/ctl/commands.def"
#undef COMMAND
};

static const struct ctl_command *command_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int ctl_usage(const char *name)
{
    const struct ctl_command *command = command_find(name);
    return ctl_fail(EXIT_USAGE, "usage: partylinectl [OPTIONS] %s%s%s", name,
                    command && *command->arguments ? " " : "", command ? command->arguments : "");
}

static int print_help(void)
{
    puts(
        "usage: partylinectl [-f FILE | --embedded DIR | --database CONNINFO] COMMAND [ARGUMENTS]\n"
        "\n"
        "Looks after a Partyline installation; works beside a running server.\n"
        "\n"
        "  -f, --file FILE          configuration, default " CONFIG_DEFAULT_FILE "\n"
        "      --embedded DIR       data folder of an embedded server\n"
        "      --database CONNINFO  libpq connection string of an external PostgreSQL\n"
        "      --help, --version\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        char call[64];
        snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].arguments);
        printf("  %-24s %s\n", call, commands[i].help);
    }
    return 0;
}

static int print_version(void)
{
    puts("partylinectl " PARTYLINE_VERSION);
    return 0;
}

struct options {
    const char *file, *embedded, *database;
};

/* -1: go on; else the exit code. Stops at the command, whose own options are its own. */
static int read_options(int argc, char **argv, struct options *out)
{
    static const struct option table[] = {
        {"file", required_argument, NULL, 'f'},     {"embedded", required_argument, NULL, 'e'},
        {"database", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "+:f:h", table, NULL)) != -1;) {
        switch (c) {
        case 'f':
            out->file = optarg;
            break;
        case 'e':
            out->embedded = optarg;
            break;
        case 'd':
            out->database = optarg;
            break;
        case 'h':
            return print_help();
        case 'V':
            return print_version();
        default:
            return ctl_fail(EXIT_USAGE, c == ':' ? "%s needs a value" : "there is no option %s",
                            argv[optind - 1]);
        }
    }
    if (out->embedded && out->database)
        return ctl_fail(EXIT_USAGE, "--embedded and --database exclude each other");
    return -1;
}

static int configure(const struct options *options, struct config *config)
{
    char why[CONFIG_WHY];
    if (!config_load(options->file, config, why))
        return ctl_fail(EXIT_CONFIG, "%s", why);
    /* An option replaces whichever of the two the file names. */
    if (options->embedded || options->database) {
        free(config->embedded);
        free(config->database);
        config->embedded = config->database = NULL;
    }
    if ((options->embedded && !config_set(config, "embedded", options->embedded, why)) ||
        (options->database && !config_set(config, "database", options->database, why)))
        return ctl_fail(EXIT_CONFIG, "%s", why);
    if (!config_check(config, why))
        return ctl_fail(options->file ? EXIT_CONFIG : EXIT_USAGE, "%s", why);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int code = read_options(argc, argv, &options);
    if (code >= 0)
        return code;
    if (optind == argc)
        return ctl_fail(EXIT_USAGE, "which command? (--help lists them)");
    const struct ctl_command *command = command_find(argv[optind]);
    if (!command)
        return ctl_fail(EXIT_USAGE, "there is no command %s (--help lists them)", argv[optind]);
    log_init("partylinectl", LOG_WARN_);

    struct ctl ctl = {.arena = arena_new()};
    code = configure(&options, &ctl.config);
    if (code == 0) {
        int first = command->run == ctl_export ? 2 : 1; /* the file it writes */
        if (argc - optind > first)
            ctl_keep_files(argc - optind - first, argv + optind + first,
                           command->run == ctl_backup || command->run == ctl_export);
        code = ctl_reach(&ctl, command->need);
    }
    if (code == 0)
        code = command->run(&ctl, argc - optind, argv + optind);
    ctl_release(&ctl);
    return code;
}
