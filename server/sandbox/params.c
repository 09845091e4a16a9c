#include "server/sandbox/params.h"

#include "core/pan.h"
#include "core/text.h"
#include "server/sandbox/card.h"

#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_TEXT,
    KIND_INT,
    KIND_BOOL,
    KIND_CHOICE,
    KIND_CURRENCY,
    KIND_URL,
    KIND_EMAIL,
    KIND_CARD,
    KINDS
};
enum need { OPTIONAL, REQUIRED, UNSET };

struct param {
    enum route route;
    const char *pattern;
    enum kind kind;
    enum need need;
    const char *bound;
};

static const struct param params[] = {
#define PARAM(route, pattern, kind, need, bound) {ROUTE_##route, pattern, KIND_##kind, need, bound},
#include "server/sandbox/params.def"
#undef PARAM
};
static const struct param expand = {ROUTES, "expand[#]", KIND_TEXT, OPTIONAL, "200"};

enum { DIGITS_MAX = 15 };

/* ---- one value ------------------------------------------------------------------------------- */

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void check_text(struct call *call, const struct param *p, const struct form_pair *pair)
{
    if (characters(pair->value) > strtoull(p->bound, NULL, 10))
        call_refuse(call, ERROR_too_long, pair->name, pair->name, p->bound);
}

static void check_int(struct call *call, const struct param *p, const struct form_pair *pair)
{
    const char *digits = pair->value, *dots = strstr(p->bound, "..");
    size_t len = strspn(digits, "0123456789");
    bool negative = digits[0] == '-' && digits[1] && !digits[1 + strspn(digits + 1, "0123456789")];
    if ((digits[len] || !len) && !negative) {
        call_refuse(call, ERROR_no_integer, pair->name, pair->value);
        return;
    }
    int64_t value = len <= DIGITS_MAX ? strtoll(digits, NULL, 10) : INT64_MAX;
    if (negative || value < strtoll(p->bound, NULL, 10) || value > strtoll(dots + 2, NULL, 10))
        call_refuse(call, ERROR_out_of_range, pair->name, pair->name,
                    arena_strndup(call->arena, p->bound, (size_t)(dots - p->bound)), dots + 2);
}

static void check_bool(struct call *call, const struct param *p, const struct form_pair *pair)
{
    (void)p;
    if (strcmp(pair->value, "true") != 0 && strcmp(pair->value, "false") != 0)
        call_refuse(call, ERROR_no_boolean, pair->name, pair->value);
}

static void check_choice(struct call *call, const struct param *p, const struct form_pair *pair)
{
    size_t len = strlen(pair->value);
    for (const char *at = p->bound; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, pair->value, len) == 0 && (!at[len] || at[len] == '|'))
            return;
    }
    call_refuse(call, ERROR_no_choice, pair->name, pair->name, p->bound);
}

static void check_currency(struct call *call, const struct param *p, const struct form_pair *pair)
{
    (void)p;
    if (strlen(pair->value) != 3 || strspn(pair->value, "abcdefghijklmnopqrstuvwxyz") != 3)
        call_refuse(call, ERROR_no_currency, pair->name, pair->value);
}

bool params_is_url(const char *value)
{
    size_t scheme = strncmp(value, "https://", 8) == 0  ? 8
                    : strncmp(value, "http://", 7) == 0 ? 7
                                                        : 0;
    size_t host = strcspn(value + scheme, "/?#");
    for (const char *at = value; *at; at++) {
        bool in_host = (size_t)(at - value) < scheme + host;
        if (*at <= ' ' || *at >= 0x7F || strchr("\"'<>\\", *at) || (in_host && strchr("@;,*", *at)))
            return false;
    }
    return scheme && host && host < 256;
}

static void check_url(struct call *call, const struct param *p, const struct form_pair *pair)
{
    if (!params_is_url(pair->value) || strlen(pair->value) > strtoull(p->bound, NULL, 10))
        call_refuse(call, ERROR_no_url, pair->name);
}

static void check_email(struct call *call, const struct param *p, const struct form_pair *pair)
{
    const char *at = strchr(pair->value, '@');
    bool good = at && at > pair->value && at[1] && !strchr(at + 1, '@') &&
                utf8_is_printable(pair->value, strlen(pair->value)) && !strchr(pair->value, ' ');
    if (!good)
        call_refuse(call, ERROR_no_email, pair->name, pair->value);
    else
        check_text(call, p, pair);
}

/* The one place where a number may stand; the message never repeats it. */
static void check_card(struct call *call, const struct param *p, const struct form_pair *pair)
{
    (void)p;
    if (!card_number_is_plausible(pair->value))
        call_refuse(call, ERROR_wrong_number, "number");
    else if (!card_by_number(pair->value))
        call_refuse(call, ERROR_no_test_card, "number");
}

static void (*const checks[KINDS])(struct call *, const struct param *,
                                   const struct form_pair *) = {
    [KIND_TEXT] = check_text,         [KIND_INT] = check_int,   [KIND_BOOL] = check_bool,
    [KIND_CHOICE] = check_choice,     [KIND_URL] = check_url,   [KIND_EMAIL] = check_email,
    [KIND_CURRENCY] = check_currency, [KIND_CARD] = check_card,
};

/* ---- all of a request ------------------------------------------------------------------------ */

static const struct param *find(enum route route, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(params); i++)
        if (params[i].route == route && form_name_fits(name, params[i].pattern))
            return &params[i];
    return form_name_fits(name, expand.pattern) ? &expand : NULL;
}

static void check_pair(struct call *call, enum route route, const struct form_pair *pair)
{
    const struct param *p = find(route, pair->name);
    /* First of all: nothing that is said of such a request may repeat it. */
    if (pan_found(pair->name, strlen(pair->name)))
        call_refuse(call, ERROR_card_number, NULL, "A parameter's name");
    else if ((!p || p->kind != KIND_CARD) && pan_found(pair->value, strlen(pair->value)))
        call_refuse(call, ERROR_card_number, pair->name, pair->name);
    else if (!p)
        call_refuse(call, ERROR_unknown, pair->name, pair->name);
    else if (!*pair->value && p->need != UNSET)
        call_refuse(call, ERROR_empty, pair->name, pair->name);
    else if (*pair->value)
        checks[p->kind](call, p, pair);
}

static bool is_there(const struct form *form, const char *pattern)
{
    for (size_t i = 0; i < form->n; i++)
        if (form_name_fits(form->pairs[i].name, pattern))
            return true;
    return false;
}

void params_check(struct call *call, enum route route)
{
    for (size_t i = 0; i < call->form.n && !call_failed(call); i++)
        check_pair(call, route, &call->form.pairs[i]);
    for (size_t i = 0; i < ARRAY_LEN(params) && !call_failed(call); i++)
        if (params[i].route == route && params[i].need == REQUIRED &&
            !is_there(&call->form, params[i].pattern))
            call_refuse(
                call, ERROR_missing,
                arena_strndup(call->arena, params[i].pattern, strcspn(params[i].pattern, "[")),
                arena_strndup(call->arena, params[i].pattern, strcspn(params[i].pattern, "[")));
}
