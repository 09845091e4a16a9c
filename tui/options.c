#include "tui/options.h"

#include "tui/charset.h"
#include "tui/terminal.h"
#include "tui/tongue.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_WRONG_USE = 64, EXIT_WRONG_CONFIG = 78, EXIT_NONE = -1 };

static const char default_server[] = "https://127.0.0.1:8443";

/* One text per option, so that a new one leaves the translations of the others as they are. */
static const char *const help[] = {
    "usage: partyline [--server URL] [--ca FILE] [--user LOGIN] [--desk call|showroom]\n"
    "                 [--theme default|mono|contrast] [--lang en|de|zh_CN]\n"
    "                 [--charset utf-8|ascii|locale] [--linear] [--password-file FILE]\n"
    "                 [--files DIR] [--version]\n",
    N_("Takes orders at the terminal.\n"),
    N_("  --server URL    where partylined is; https://127.0.0.1:8443\n"),
    N_("  --ca FILE       authority that signed the server's certificate (PEM)\n"),
    N_("  --user LOGIN    fills in the operator at sign-on\n"),
    N_("  --desk NAME     the desk: call, showroom\n"),
    N_("  --theme NAME    colours: default, mono, contrast\n"),
    N_("  --lang NAME     language: en, de, zh_CN\n"),
    N_("  --charset NAME  the terminal shows: utf-8, ascii, locale (what that says)\n"),
    N_("  --linear        lines instead of a screen: braille, screen readers, scripts\n"),
    N_("  --password-file FILE  with --linear: its first line is the password\n"),
    N_("  --files DIR     the back office writes and reads its files there: sheets, promotions\n"),
    N_("  --till CODE     showroom: the till that this terminal is at\n"),
    N_("  --receipt-printer FILE  showroom: the device or file that takes receipts\n"),
    N_("PARTYLINE_SERVER and PARTYLINE_CA say the same, and so does\n"
       "~/.config/partyline/partyline.conf (lines such as: server = https://host:8443).\n"
       "F1 helps inside. See partyline(1).\n"),
};

static int help_print(void)
{
    for (size_t i = 0; i < ARRAY_LEN(help); i++)
        charset_printf(stdout, "%s", _(help[i]));
    return ferror(stdout) != 0;
}

/* The options that take a word, and where it goes. */
static const struct setting {
    const char *name;
    size_t offset;
} settings[] = {
    {"server", offsetof(struct options, server)},
    {"ca", offsetof(struct options, ca)},
    {"user", offsetof(struct options, user)},
    {"desk", offsetof(struct options, desk)},
    {"theme", offsetof(struct options, theme)},
    {"lang", offsetof(struct options, lang)},
    {"charset", offsetof(struct options, charset)},
    {"linear", offsetof(struct options, linear)},
    {"password-file", offsetof(struct options, password_file)},
    {"files", offsetof(struct options, files)},
    {"till", offsetof(struct options, till)},
    {"receipt_printer", offsetof(struct options, receipt_printer)},
};

static const char **setting_of(struct options *options, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(settings); i++)
        if (strcmp(settings[i].name, name) == 0)
            return (const char **)((char *)options + settings[i].offset);
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n\"", text[len - 1]))
        text[--len] = '\0';
    return *text == '"' ? text + 1 : text;
}

/* One line of the file: `name = value`, comments from `#`. */
static const char *config_line(struct options *options, char *line)
{
    char *text = trim(line);
    if (!*text || *text == '#')
        return NULL;
    char *equals = strchr(text, '=');
    if (!equals)
        return N_("there is no `=`");
    *equals = '\0';
    const char **slot = setting_of(options, trim(text));
    if (!slot)
        return N_("there is no such setting; partyline(1) has them");
    if (!*slot)
        *slot = strdup(trim(equals + 1));
    return NULL;
}

static int config_read(struct options *options)
{
    char path[4096], line[4096];
    const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME"), *why = NULL;
    if (config && *config)
        snprintf(path, sizeof path, "%s/partyline/partyline.conf", config);
    else
        snprintf(path, sizeof path, "%s/.config/partyline/partyline.conf", home ? home : "");
    FILE *file = fopen(path, "re");
    if (!file)
        return EXIT_NONE;
    int number = 0;
    while (!why && fgets(line, sizeof line, file)) {
        number++;
        why = config_line(options, line);
    }
    fclose(file);
    if (why)
        charset_printf(stderr, "partyline: %s:%d: %s\n", path, number, _(why));
    return why ? EXIT_WRONG_CONFIG : EXIT_NONE;
}

static void environment_read(struct options *options)
{
    const char *server = getenv("PARTYLINE_SERVER"), *ca = getenv("PARTYLINE_CA");
    if (!options->server && server && *server)
        options->server = server;
    if (!options->ca && ca && *ca)
        options->ca = ca;
}

/* A terminal that can do no more than lines gets lines. */
static int linear_check(struct options *options)
{
    const char *term = getenv("TERM"), *word = options->linear;
    if (!word && term && strcmp(term, "dumb") == 0)
        word = "yes";
    if (word && strcmp(word, "yes") != 0 && strcmp(word, "no") != 0) {
        charset_printf(stderr, _("partyline: linear is yes or no, not %s\n"), word);
        return EXIT_WRONG_USE;
    }
    options->is_linear = word && strcmp(word, "yes") == 0;
    if (!options->password_file || options->is_linear)
        return EXIT_NONE;
    charset_printf(stderr, "%s", _("partyline: --password-file is for --linear only\n"));
    return EXIT_WRONG_USE;
}

static int check(const struct options *options)
{
    if (options->theme && !terminal_theme_known(options->theme)) {
        charset_printf(stderr, _("partyline: no theme %s: default, mono, contrast\n"),
                       options->theme);
        return EXIT_WRONG_USE;
    }
    if (options->lang && language_by_name(options->lang) == LANGUAGES) {
        charset_printf(stderr, _("partyline: no language %s: en, de, zh_CN\n"), options->lang);
        return EXIT_WRONG_USE;
    }
    if (options->charset && !charset_known(options->charset)) {
        charset_printf(stderr, _("partyline: no character set %s: utf-8, ascii, locale\n"),
                       options->charset);
        return EXIT_WRONG_USE;
    }
    if (options->desk && strcmp(options->desk, "call") != 0 &&
        strcmp(options->desk, "showroom") != 0) {
        charset_printf(stderr, _("partyline: no desk %s: call, showroom\n"), options->desk);
        return EXIT_WRONG_USE;
    }
    return EXIT_NONE;
}

static int arguments_read(struct options *options, int argc, char **argv)
{
    static const struct option longs[] = {
        {"server", required_argument, NULL, 's'},
        {"ca", required_argument, NULL, 's'},
        {"user", required_argument, NULL, 's'},
        {"desk", required_argument, NULL, 's'},
        {"theme", required_argument, NULL, 's'},
        {"lang", required_argument, NULL, 's'},
        {"charset", required_argument, NULL, 's'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {"linear", no_argument, NULL, 'l'},
        {"password-file", required_argument, NULL, 's'},
        {"files", required_argument, NULL, 's'},
        {"till", required_argument, NULL, 's'},
        {"receipt-printer", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    int which = 0;
    for (int c; (c = getopt_long(argc, argv, "h", longs, &which)) != -1;) {
        if (c == 'v')
            return puts("partyline " PARTYLINE_VERSION) == EOF;
        if (c == 'h')
            return help_print();
        if (c == 'l')
            options->linear = "yes";
        else if (c == 'p')
            options->receipt_printer = optarg;
        else if (c != 's')
            return EXIT_WRONG_USE;
        else
            *setting_of(options, longs[which].name) = optarg;
    }
    if (optind == argc)
        return EXIT_NONE;
    charset_printf(stderr, _("partyline: what is `%s`? See partyline --help.\n"), argv[optind]);
    return EXIT_WRONG_USE;
}

int options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){0};
    tongue_set(tongue_of_environment()); /* for what is said of the options */
    int end = arguments_read(options, argc, argv);
    if (end != EXIT_NONE)
        return end;
    environment_read(options);
    end = config_read(options);
    if (end != EXIT_NONE)
        return end;
    if (!options->server)
        options->server = default_server;
    end = linear_check(options);
    if (end == EXIT_NONE)
        end = check(options);
    if (end == EXIT_NONE)
        tongue_set(options->lang ? language_by_name(options->lang) : tongue_language());
    return end;
}
