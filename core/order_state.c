#include "core/order_state.h"

#include <string.h>

bool order_state_known(const char *state)
{
    static const struct {
        const char *machine, *state;
    } states[] = {
#define MACHINE_STATE(machine, state) {#machine, #state},
#define MACHINE_MOVE(machine, from, to)
#include "core/order.def"
#undef MACHINE_STATE
#undef MACHINE_MOVE
    };
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].machine, "order") == 0 && strcmp(states[i].state, state) == 0)
            return true;
    return false;
}

bool order_state_may_go(const char *from, const char *to)
{
    static const struct {
        const char *machine, *from, *to;
    } moves[] = {
#define MACHINE_STATE(machine, state)
#define MACHINE_MOVE(machine, from, to) {#machine, #from, #to},
#include "core/order.def"
#undef MACHINE_STATE
#undef MACHINE_MOVE
    };
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (strcmp(moves[i].machine, "order") == 0 && strcmp(moves[i].from, from) == 0 &&
            strcmp(moves[i].to, to) == 0)
            return true;
    return false;
}

static enum problem_code cancel_problem(const struct order_cancel *cancel)
{
    if (strcmp(cancel->state, "cancelled") == 0)
        return PROBLEM_cancelled_already;
    if (!order_state_may_go(cancel->state, "cancelled"))
        return PROBLEM_cancel_picked;
    if (cancel->is_office)
        return PROBLEM_COUNT;
    if (!cancel->is_taker)
        return PROBLEM_cancel_of_other;
    return cancel->in_time ? PROBLEM_COUNT : PROBLEM_cancel_late;
}

bool order_cancel_may(const struct order_cancel *cancel, struct problems *problems)
{
    enum problem_code code = cancel_problem(cancel);
    if (code == PROBLEM_COUNT)
        return true;
    struct problem *problem = problems_add(problems, code, "", NULL);
    problem_set_text(problem, "order", cancel->order);
    problem_set_name(problem, "state", "order", cancel->state);
    problem_set_text(problem, "by", cancel->taker);
    problem_set_text(problem, "until", cancel->until);
    return false;
}

static bool is_open(const char *state)
{
    return strcmp(state, "placed") == 0 || strcmp(state, "on_hold") == 0;
}

static bool too_late(struct problems *problems, enum problem_code code, const char *order,
                     const char *state)
{
    struct problem *problem = problems_add(problems, code, "", NULL);
    problem_set_text(problem, "order", order);
    problem_set_name(problem, "state", "order", state);
    return false;
}

bool order_change_may(const char *order, const char *state, struct problems *problems)
{
    return is_open(state) || too_late(problems, PROBLEM_change_late, order, state);
}

bool order_hold_may(const char *order, const char *state, bool hold, struct problems *problems)
{
    if (is_open(state) && strcmp(state, hold ? "placed" : "on_hold") == 0)
        return true;
    return too_late(problems, hold ? PROBLEM_hold_state : PROBLEM_unhold_state, order, state);
}
