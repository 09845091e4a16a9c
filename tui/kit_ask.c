#include "tui/kit_ask.h"

#include <string.h>

static const struct question {
    const char *code;
    size_t accepted; /* where the order keeps the answer */
    bool is_of_age;
} questions[] = {
    {"age_check", offsetof(struct order, accept_age), true},
    {"duplicate", offsetof(struct order, accept_duplicate), false},
};

static bool *accepted(struct order *order, const struct question *question)
{
    return (bool *)((char *)order + question->accepted);
}

static bool is_accepted(const struct order *order, const struct question *question)
{
    return *(const bool *)((const char *)order + question->accepted);
}

static const struct reply_problem *found(const struct order *order, const char *code)
{
    const struct reply_problem *problem =
        reply_problem_find(order->trouble.problems, order->trouble.nproblems, code);
    return problem ? problem
                   : reply_problem_find(order->quote.problems, order->quote.nproblems, code);
}

bool kit_must_ask(const struct order *order)
{
    for (size_t i = 0; i < ARRAY_LEN(questions); i++)
        if (!is_accepted(order, &questions[i]) &&
            reply_problem_find(order->quote.problems, order->quote.nproblems, questions[i].code))
            return true;
    return false;
}

/* The server has said nothing but what is asked here. */
static bool only_questions(const struct order *order)
{
    for (size_t i = 0; i < order->trouble.nproblems; i++) {
        bool is_question = order->trouble.problems[i].warning;
        for (size_t k = 0; k < ARRAY_LEN(questions); k++)
            is_question |= strcmp(order->trouble.problems[i].code, questions[k].code) == 0;
        if (!is_question)
            return false;
    }
    return order_stops(order) == 0;
}

bool kit_ask(struct app *app, struct order *order)
{
    for (size_t i = 0; i < ARRAY_LEN(questions) && only_questions(order); i++) {
        const struct reply_problem *problem = found(order, questions[i].code);
        if (!problem || is_accepted(order, &questions[i]))
            continue;
        *accepted(order, &questions[i]) = true;
        if (questions[i].is_of_age)
            app_say(app, ROLE_WARN, "%s F9 again: old enough.", problem->say);
        else
            app_say(app, ROLE_WARN, "%s F9 again places it all the same.", problem->say);
        return true;
    }
    return false;
}
