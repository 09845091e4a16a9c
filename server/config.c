#include "server/config.h"

#include "core/letter.h"

#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { KIND_TEXT, KIND_NUMBER, KIND_LIST };

struct key {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct config */
    const char *text;
    int number, least, greatest;
};

static const struct key keys[] = {
#define TEXT(name, value, help) {#name, KIND_TEXT, offsetof(struct config, name), value, 0, 0, 0},
#define NUMBER(name, value, least, greatest, help)                                                 \
    {#name, KIND_NUMBER, offsetof(struct config, name), NULL, value, least, greatest},
#define LIST(name, help) {#name, KIND_LIST, offsetof(struct config, name), NULL, 0, 0, 0},
#include "server/config.def"
#undef TEXT
#undef NUMBER
#undef LIST
};

static void *memory(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        abort();
    return p;
}

static char *copy(const char *text)
{
    char *out = text ? strdup(text) : NULL;
    if (text && !out)
        abort();
    return out;
}

static char **text_of(struct config *config, const struct key *key)
{
    return (char **)(void *)((char *)config + key->offset);
}

static int *number_of(struct config *config, const struct key *key)
{
    return (int *)(void *)((char *)config + key->offset);
}

static char ***list_of(struct config *config, const struct key *key)
{
    return (char ***)(void *)((char *)config + key->offset);
}

static void list_free(char **list)
{
    for (char **one = list; one && *one; one++)
        free(*one);
    free(list);
}

static void set_defaults(struct config *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].kind == KIND_TEXT)
            *text_of(out, &keys[i]) = copy(keys[i].text);
        else if (keys[i].kind == KIND_NUMBER)
            *number_of(out, &keys[i]) = keys[i].number;
        else
            *list_of(out, &keys[i]) = memory(1, sizeof(char *));
}

static bool set_number(struct config *config, const struct key *key, long value, char *why)
{
    if (value < key->least || value > key->greatest) {
        snprintf(why, CONFIG_WHY, "%s must be from %d to %d", key->name, key->least, key->greatest);
        return false;
    }
    *number_of(config, key) = (int)value;
    return true;
}

static bool set_text(struct config *config, const struct key *key, const char *value, char *why)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    if (strcmp(key->name, "log_level") == 0) {
        size_t i = 0;
        while (i < ARRAY_LEN(levels) && strcmp(levels[i], value) != 0)
            i++;
        if (i == ARRAY_LEN(levels)) {
            snprintf(why, CONFIG_WHY, "log_level must be debug, info, warn or error");
            return false;
        }
    }
    free(*text_of(config, key));
    *text_of(config, key) = copy(value);
    return true;
}

static void set_list(struct config *config, const struct key *key, cfg_t *file)
{
    unsigned n = cfg_size(file, key->name);
    char **list = memory((size_t)n + 1, sizeof(char *));
    for (unsigned i = 0; i < n; i++)
        list[i] = copy(cfg_getnstr(file, key->name, i));
    list_free(*list_of(config, key));
    *list_of(config, key) = list;
}

bool config_set(struct config *config, const char *name, const char *value, char *why)
{
    const struct key *key = NULL;
    for (size_t i = 0; i < ARRAY_LEN(keys) && !key; i++)
        if (strcmp(keys[i].name, name) == 0)
            key = &keys[i];
    if (!key) {
        snprintf(why, CONFIG_WHY, "there is no setting %s", name);
        return false;
    }
    if (key->kind == KIND_TEXT)
        return set_text(config, key, value, why);
    if (key->kind == KIND_LIST) {
        list_free(*list_of(config, key));
        *list_of(config, key) = memory(2, sizeof(char *));
        (*list_of(config, key))[0] = copy(value);
        return true;
    }
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end) {
        snprintf(why, CONFIG_WHY, "%s must be a number, not '%s'", name, value);
        return false;
    }
    return set_number(config, key, number, why);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

/* libconfuse's error call-back takes no argument of ours; configuration is read by one thread. */
static char *parse_why;

static void on_parse_error(cfg_t *file, const char *format, va_list args)
{
    if (!parse_why || *parse_why)
        return; /* the first error is the cause */
    int n = snprintf(parse_why, CONFIG_WHY, "%s:%d: ", file->filename ? file->filename : "?",
                     file->line);
    if (n > 0 && n < CONFIG_WHY)
        vsnprintf(parse_why + n, (size_t)(CONFIG_WHY - n), format, args);
}

/* Called for each key while it is parsed, so that an error knows its line. */
static int validate(cfg_t *file, cfg_opt_t *opt)
{
    struct config scratch;
    char why[CONFIG_WHY] = "";
    set_defaults(&scratch);
    bool ok = true;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (strcmp(keys[i].name, opt->name) == 0) {
            if (keys[i].kind == KIND_NUMBER)
                ok = set_number(&scratch, &keys[i], cfg_opt_getnint(opt, 0), why);
            else if (keys[i].kind == KIND_TEXT)
                ok = set_text(&scratch, &keys[i], cfg_opt_getnstr(opt, 0), why);
        }
    if (!ok)
        cfg_error(file, "%s", why);
    config_release(&scratch);
    return ok ? 0 : -1;
}

static cfg_t *file_new(cfg_opt_t *options)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].kind == KIND_TEXT)
            options[i] = (cfg_opt_t)CFG_STR(keys[i].name, NULL, CFGF_NODEFAULT);
        else if (keys[i].kind == KIND_NUMBER)
            options[i] = (cfg_opt_t)CFG_INT(keys[i].name, 0, CFGF_NODEFAULT);
        else
            options[i] = (cfg_opt_t)CFG_STR_LIST(keys[i].name, NULL, CFGF_NODEFAULT);
    options[ARRAY_LEN(keys)] = (cfg_opt_t)CFG_END();
    cfg_t *file = cfg_init(options, CFGF_NONE);
    if (!file)
        abort();
    cfg_set_error_function(file, on_parse_error);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        cfg_set_validate_func(file, keys[i].name, validate);
    return file;
}

static bool take_values(cfg_t *file, struct config *out, char *why)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct key *key = &keys[i];
        if (cfg_size(file, key->name) == 0)
            continue;
        if (key->kind == KIND_LIST)
            set_list(out, key, file);
        else if (key->kind == KIND_NUMBER &&
                 !set_number(out, key, cfg_getint(file, key->name), why))
            return false;
        else if (key->kind == KIND_TEXT && !set_text(out, key, cfg_getstr(file, key->name), why))
            return false;
    }
    return true;
}

bool config_load(const char *path, struct config *out, char *why)
{
    cfg_opt_t options[ARRAY_LEN(keys) + 1];
    set_defaults(out);
    *why = '\0';
    if (!path && access(CONFIG_DEFAULT_FILE, F_OK) != 0)
        return true;
    if (!path)
        path = CONFIG_DEFAULT_FILE;
    cfg_t *file = file_new(options);
    parse_why = why;
    int result = cfg_parse(file, path);
    parse_why = NULL;
    bool ok = result == CFG_SUCCESS && take_values(file, out, why);
    if (result == CFG_FILE_ERROR)
        snprintf(why, CONFIG_WHY, "cannot read %s: %s", path, strerror(errno));
    else if (!ok && !*why)
        snprintf(why, CONFIG_WHY, "%s cannot be understood", path);
    cfg_free(file);
    return ok;
}

/* The secret key goes there: only over TLS, or to this machine. */
static bool is_safe_url(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    if (strpbrk(url, "@ \t?#\\"))
        return false;
    if (strncmp(url, "https://", 8) == 0)
        return url[8] != '\0';
    for (size_t i = 0; i < ARRAY_LEN(here); i++) {
        size_t len = strlen(here[i]);
        if (strncmp(url, here[i], len) == 0 && strchr(":/", url[len]))
            return true;
    }
    return false;
}

bool config_has_no_gateway(const struct config *config)
{
    return config->gateway_url && strcmp(config->gateway_url, "none") == 0;
}

bool config_check_gateway(const struct config *config, char *why)
{
    const char *wrong = NULL;
    if (config_has_no_gateway(config))
        return true;
    if (!config->gateway_url != !config->gateway_key_file)
        wrong = "gateway_url and gateway_key_file belong together";
    else if (config->gateway_url && !is_safe_url(config->gateway_url))
        wrong = "gateway_url must begin with https:// (http:// only for 127.0.0.1, [::1] and "
                "localhost) and hold no name or query";
    if (wrong)
        snprintf(why, CONFIG_WHY, "%s", wrong);
    return !wrong;
}

static bool check_mail(const struct config *config, char *why)
{
    const char *wrong = NULL, *name, *address;
    struct arena *arena = arena_new();
    if (config->smtp_url && strncmp(config->smtp_url, "smtp://", 7) != 0 &&
        strncmp(config->smtp_url, "smtps://", 8) != 0)
        wrong = "smtp_url must begin with smtp:// or smtps://";
    else if (config->smtp_url && !config->mail_from)
        wrong = "smtp_url needs mail_from, the sender of the mail";
    else if (config->mail_from && !letter_sender(arena, config->mail_from, &name, &address))
        wrong = "mail_from must be an address, or Name <address>";
    else if (!config->smtp_user != !config->smtp_password_file)
        wrong = "smtp_user and smtp_password_file belong together";
    else if (strcmp(config->smtp_tls, "try") != 0 && strcmp(config->smtp_tls, "need") != 0)
        wrong = "smtp_tls must be try or need";
    if (wrong)
        snprintf(why, CONFIG_WHY, "%s", wrong);
    arena_free(arena);
    return !wrong;
}

bool config_check(const struct config *config, char *why)
{
    const char *wrong = NULL;
    if (config->embedded && config->database)
        wrong = "embedded and database exclude each other";
    else if (!config->embedded && !config->database)
        wrong = "name the data: --embedded DIR or --database CONNINFO (or one of them "
                "in " CONFIG_DEFAULT_FILE ")";
    else if (!config->certificate != !config->key)
        wrong = "certificate and key belong together";
    if (wrong)
        snprintf(why, CONFIG_WHY, "%s", wrong);
    return !wrong && check_mail(config, why) && config_check_gateway(config, why);
}

void config_release(struct config *config)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].kind == KIND_TEXT)
            free(*text_of(config, &keys[i]));
        else if (keys[i].kind == KIND_LIST)
            list_free(*list_of(config, &keys[i]));
    memset(config, 0, sizeof *config);
}
