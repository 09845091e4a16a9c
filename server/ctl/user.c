/* partylinectl user: who may sign in. Each change is in the audit, with the name of who made it. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "queries.h"
#include "server/auth/password.h"
#include "server/auth/totp.h"
#include "server/ctl/ask.h"
#include "server/ctl/ctl.h"

struct user {
    const char *login, *kind, *name, *market;
    const char *roles; /* as PostgreSQL writes an array: "{operator,counter}" */
    bool password_stdin, remove;
};

/* ---- the database
 * ------------------------------------------------------------------------------*/

static void clear(void *result)
{
    PQclear(result);
}

/* The rows, which live as long as the command; NULL with its line printed. */
static PGresult *ask(struct ctl *ctl, enum query query, int n, const char *const *params)
{
    PGresult *rows =
        PQexecParams(ctl->conn, query_table[query].sql, n, NULL, params, NULL, NULL, 0);
    arena_defer(ctl->arena, clear, rows);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    const char *said = PQresultErrorField(rows, PG_DIAG_MESSAGE_PRIMARY);
    ctl_fail(1, "the database says: %s", said ? said : PQerrorMessage(ctl->conn));
    return NULL;
}

/* Who sits at this machine, as well as can be known. */
static const char *administrator(void)
{
    const char *name = getenv("SUDO_USER");
    if (!name)
        name = getlogin();
    if (!name)
        name = getenv("LOGNAME");
    return name && utf8_valid(name, strlen(name)) ? name : "unknown";
}

/* Runs a change of one login: $1 is the login, $2 who does it, $3 what `value` says. The query
 * answers the login when it exists. */
static int change(struct ctl *ctl, const struct user *user, enum query query, const char *value)
{
    const char *params[] = {user->login, administrator(), value};
    PGresult *rows = ask(ctl, query, query_table[query].nparams, params);
    if (!rows)
        return 1;
    return PQntuples(rows) > 0 ? 0 : ctl_fail(1, "there is no login %s", user->login);
}

static const char *company(struct ctl *ctl)
{
    const char *name = ctl_value(ctl, query_table[Q_user_company].sql);
    return name ? name : "Partyline";
}

/* ---- roles
 * -------------------------------------------------------------------------------------*/

static bool is_role(const char *name)
{
    static const char *const roles[] = {
#define ROLE(name, help) #name,
#include "server/roles.def"
#undef ROLE
    };
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        if (strcmp(roles[i], name) == 0)
            return true;
    return false;
}

/* Distributors and services have the one role of their kind, which staff cannot have. */
static bool fits_kind(const char *role, const char *kind)
{
    bool is_staff = strcmp(role, "distributor") != 0 && strcmp(role, "service") != 0;
    return is_staff ? strcmp(kind, "staff") == 0 : strcmp(kind, role) == 0;
}

static int check_roles(struct ctl *ctl, struct user *user, const char *given)
{
    char *list = arena_strdup(ctl->arena, given), *rest = NULL;
    struct text roles;
    text_init(&roles, ctl->arena);
    for (char *role = strtok_r(list, ",", &rest); role; role = strtok_r(NULL, ",", &rest)) {
        if (!is_role(role))
            return ctl_fail(EXIT_USAGE, "there is no role %s", role);
        if (!fits_kind(role, user->kind))
            return ctl_fail(EXIT_USAGE, "role %s does not go with kind %s", role, user->kind);
        text_printf(&roles, "%c%s", roles.len ? ',' : '{', role);
    }
    if (!roles.len)
        return ctl_fail(EXIT_USAGE, "--role names no role");
    text_addc(&roles, '}');
    user->roles = roles.data;
    return 0;
}

/* ---- passwords
 * ---------------------------------------------------------------------------------*/

/* Asks for a password that none of `names` gives away, and hashes it. */
static int hash_new(struct ctl *ctl, const struct user *user, const char *const *names,
                    char out[PASSWORD_HASH])
{
    struct problems problems;
    problems_init(&problems, ctl->arena);
    const char *password = ctl_ask_password(ctl, user->password_stdin);
    if (!password)
        return 1;
    if (!password_acceptable(password, names, &problems, ""))
        return ctl_fail(1, "%s", problem_say(ctl->arena, LANGUAGE_en, &problems.items[0]));
    if (!password_hash(password, out))
        return ctl_fail(1, "there is not enough memory to hash a password");
    return 0;
}

/* ---- the verbs
 * ---------------------------------------------------------------------------------*/

static bool is_login(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t len = strlen(text);
    return len > 0 && len <= 64 && strspn(text, letters) == len;
}

static int insert(struct ctl *ctl, const struct user *user, const char *hash)
{
    const char *params[] = {user->login,  administrator(), user->kind, user->name,
                            user->market, user->roles,     hash};
    PGresult *rows = ask(ctl, Q_user_add, (int)ARRAY_LEN(params), params);
    if (!rows)
        return 1;
    if (PQntuples(rows) == 0)
        return ctl_fail(1, "%s can sign in already, or is no distributor's number", user->login);
    printf("%s can sign in\n", PQgetvalue(rows, 0, 0));
    return 0;
}

static int add(struct ctl *ctl, const struct user *user)
{
    char hash[PASSWORD_HASH];
    const char *const names[] = {company(ctl), user->login, user->name, NULL};
    if (!is_login(user->login))
        return ctl_fail(EXIT_USAGE, "a login has 1 to 64 letters, digits and - _ . only");
    if (!user->name && strcmp(user->kind, "distributor") != 0)
        return ctl_fail(EXIT_USAGE, "whose login is it? --name NAME");
    if (!user->roles)
        return ctl_fail(EXIT_USAGE, "what may %s do? --role ROLE[,ROLE]", user->login);
    int code = hash_new(ctl, user, names, hash);
    return code != 0 ? code : insert(ctl, user, hash);
}

static int passwd(struct ctl *ctl, const struct user *user)
{
    char hash[PASSWORD_HASH];
    PGresult *rows = ask(ctl, Q_user_get, 1, &user->login);
    if (!rows)
        return 1;
    if (PQntuples(rows) == 0)
        return ctl_fail(1, "there is no login %s", user->login);
    const char *const names[] = {company(ctl),           PQgetvalue(rows, 0, 0),
                                 PQgetvalue(rows, 0, 1), PQgetvalue(rows, 0, 2),
                                 PQgetvalue(rows, 0, 3), NULL};
    int code = hash_new(ctl, user, names, hash);
    return code != 0 ? code : change(ctl, user, Q_user_passwd, hash);
}

static int totp(struct ctl *ctl, const struct user *user)
{
    uint8_t secret[TOTP_SECRET];
    char hex[2 * TOTP_SECRET + 1];
    if (user->remove)
        return change(ctl, user, Q_user_totp, NULL);
    totp_secret_new(secret);
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)secret[i]);
    int code = change(ctl, user, Q_user_totp, hex);
    if (code == 0)
        puts(totp_uri(ctl->arena, secret, sizeof secret, company(ctl), user->login));
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(hex, sizeof hex);
    return code;
}

static int disable(struct ctl *ctl, const struct user *user)
{
    return change(ctl, user, Q_user_able, "true");
}

static int enable(struct ctl *ctl, const struct user *user)
{
    return change(ctl, user, Q_user_able, "false");
}

static int unlock(struct ctl *ctl, const struct user *user)
{
    return change(ctl, user, Q_user_unlock, NULL);
}

static int list(struct ctl *ctl, const struct user *user)
{
    (void)user;
    PGresult *rows = ask(ctl, Q_user_list, 0, NULL);
    if (!rows)
        return 1;
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *state = PQgetvalue(rows, i, 5);
        ctl_say(stdout, "%-12s %-11s %-20s %-3s  %s%s%s%s", PQgetvalue(rows, i, 0),
                PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3),
                PQgetvalue(rows, i, 4), *state ? " (" : "", state, *state ? ")" : "");
    }
    return 0;
}

/* ---- the command line
 * --------------------------------------------------------------------------*/

static const struct verb {
    const char *name;
    int (*run)(struct ctl *ctl, const struct user *user);
    const char *options; /* the letters below that it takes */
    bool has_login;
} verbs[] = {
    {"add", add, "knrmp", true},    {"passwd", passwd, "p", true}, {"totp", totp, "x", true},
    {"disable", disable, "", true}, {"enable", enable, "", true},  {"unlock", unlock, "", true},
    {"list", list, "", false},
};

static const struct option options[] = {
    {"kind", required_argument, NULL, 'k'},
    {"name", required_argument, NULL, 'n'},
    {"role", required_argument, NULL, 'r'},
    {"market", required_argument, NULL, 'm'},
    {"password-stdin", no_argument, NULL, 'p'},
    {"remove", no_argument, NULL, 'x'},
    {NULL, 0, NULL, 0},
};

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static bool is_kind(const char *text)
{
    return strcmp(text, "staff") == 0 || strcmp(text, "distributor") == 0 ||
           strcmp(text, "service") == 0;
}

/* 0, or an exit code with its line printed. argv[0] is the verb. */
static int read_arguments(struct ctl *ctl, const struct verb *verb, int argc, char **argv,
                          struct user *out)
{
    const char *roles = NULL;
    *out = (struct user){.kind = "staff"};
    optind = 0; /* from the beginning: main has read options before */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (c == '?' || c == ':' || !strchr(verb->options, c))
            return ctl_usage("user");
        if (c == 'k')
            out->kind = optarg;
        else if (c == 'n')
            out->name = optarg;
        else if (c == 'r')
            roles = optarg;
        else if (c == 'm')
            out->market = optarg;
        out->password_stdin |= c == 'p';
        out->remove |= c == 'x';
    }
    if (argc - optind != verb->has_login)
        return ctl_usage("user");
    out->login = verb->has_login ? argv[optind] : NULL;
    if (!is_kind(out->kind))
        return ctl_fail(EXIT_USAGE, "a kind is staff, distributor or service, not %s", out->kind);
    if (!roles && strcmp(out->kind, "staff") != 0)
        roles = out->kind;
    return roles ? check_roles(ctl, out, roles) : 0;
}

int ctl_user(struct ctl *ctl, int argc, char **argv)
{
    struct user user;
    const struct verb *verb = argc > 1 ? verb_find(argv[1]) : NULL;
    if (!verb)
        return ctl_usage(argv[0]);
    int code = read_arguments(ctl, verb, argc - 1, argv + 1, &user);
    return code != 0 ? code : verb->run(ctl, &user);
}
