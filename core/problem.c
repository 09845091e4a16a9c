#include "core/problem.h"

#include "core/money.h"
#include "core/text.h"
#include "core/word.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name, *text;
    enum severity severity;
} table[PROBLEM_COUNT] = {
#define PROBLEM(name, severity, text) {#name, text, SEVERITY_##severity},
#include "core/problem.def"
#undef PROBLEM
};

void problems_init(struct problems *problems, struct arena *arena)
{
    *problems = (struct problems){.arena = arena};
}

struct problem *problems_add(struct problems *problems, enum problem_code code, const char *field,
                             const char *line)
{
    if (problems->count == problems->cap) {
        size_t cap = problems->cap ? problems->cap * 2 : 8;
        struct problem *items = ARENA_ARRAY(problems->arena, struct problem, cap);
        if (problems->count)
            memcpy(items, problems->items, problems->count * sizeof *items);
        problems->items = items;
        problems->cap = cap;
    }
    struct problem *p = &problems->items[problems->count++];
    *p =
        (struct problem){.code = code, .field = arena_strdup(problems->arena, field), .line = line};
    return p;
}

static struct problem_param *param_add(struct problem *problem, const char *name)
{
    assert(problem->nparams < PROBLEM_PARAMS);
    struct problem_param *param = &problem->params[problem->nparams++];
    param->name = name;
    return param;
}

void problem_set_text(struct problem *problem, const char *name, const char *text)
{
    param_add(problem, name)->text = text ? text : "";
}

void problem_set_words(struct problem *problem, const char *name, const char *words)
{
    struct problem_param *param = param_add(problem, name);
    param->text = param->words = words;
}

void problem_set_name(struct problem *problem, const char *name, const char *group,
                      const char *value)
{
    struct problem_param *param = param_add(problem, name);
    param->text = value ? value : "";
    param->words = word_find(group, param->text);
}

void problem_set_number(struct problem *problem, const char *name, int64_t number)
{
    struct problem_param *param = param_add(problem, name);
    param->number = number;
    param->exponent = -1;
}

void problem_set_money(struct problem *problem, const char *name, int64_t minor, int exponent)
{
    struct problem_param *param = param_add(problem, name);
    param->number = minor;
    param->exponent = exponent;
}

const char *problem_name(enum problem_code code)
{
    return table[code].name;
}

enum problem_code problem_by_name(const char *name)
{
    for (int i = 0; i < PROBLEM_COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return (enum problem_code)i;
    return PROBLEM_COUNT;
}

enum severity problem_severity(enum problem_code code)
{
    return table[code].severity;
}

size_t problems_stops(const struct problems *problems)
{
    size_t stops = 0;
    for (size_t i = 0; i < problems->count; i++)
        stops += problem_severity(problems->items[i].code) == SEVERITY_stop;
    return stops;
}

static const struct problem_param *param_find(const struct problem *problem, const char *name,
                                              size_t len)
{
    for (size_t i = 0; i < problem->nparams; i++)
        if (strlen(problem->params[i].name) == len &&
            memcmp(problem->params[i].name, name, len) == 0)
            return &problem->params[i];
    return NULL;
}

static void param_say(struct text *out, enum language language, const struct problem_param *param)
{
    char amount[MONEY_TEXT];
    if (param->words)
        text_add(out, tr(language, param->words));
    else if (param->text)
        text_add(out, param->text);
    else if (param->exponent >= 0)
        text_add(out, money_format(amount, money_of(param->number), param->exponent, true));
    else
        text_add_int(out, param->number);
}

const char *problem_say(struct arena *arena, enum language language, const struct problem *problem)
{
    struct text out;
    text_init(&out, arena);
    for (const char *s = tr(language, table[problem->code].text); *s;) {
        const char *close = *s == '{' ? strchr(s, '}') : NULL;
        if (!close) {
            text_addc(&out, *s++);
            continue;
        }
        const struct problem_param *param = param_find(problem, s + 1, (size_t)(close - s - 1));
        if (param)
            param_say(&out, language, param);
        else
            text_addc(&out, '?');
        s = close + 1;
    }
    return out.data;
}
