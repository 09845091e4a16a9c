/* Prints every question that the gateway can ask, for the SDK's types to be held against: its step,
 * method, path, and the body or query as it is sent. */
#include "server/gateway/step.h"

#include <stdio.h>
#include <string.h>

static void print(enum step step, const struct task *task, const struct terms *terms)
{
    struct arena *arena = arena_new();
    struct question question;
    step_question(arena, step, task, terms, &question);
    const char *query = strchr(question.path, '?');
    printf("%s %s %.*s %s\n", step_name(step), question.post ? "POST" : "GET",
           (int)strcspn(question.path, "?"), question.path,
           question.post ? question.body
           : query       ? query + 1
                         : "");
    arena_free(arena);
}

int main(void)
{
    struct task task = {.id = "7",
                        .act = "look",
                        .key = "0123456789abcdef0123456789abcdef-7",
                        .amount = 2599,
                        .currency = "GBP",
                        .number = "100000014",
                        .payment = "31",
                        .refund = "5",
                        .setup = "9",
                        .provider_ref = "pi_1",
                        .session_ref = "cs_1",
                        .refund_ref = "re_1",
                        .customer = "cus_1",
                        .method = "pm_1",
                        .email = "ann@payer.example",
                        .language = "en",
                        .channel = "call",
                        .payment_state = "authorising",
                        .code = "ABCDEFGHJKMN",
                        .keyed_at = 1700000000,
                        .now = 1700000060,
                        .tries = 1};
    struct terms terms = {.public_url = "https://shop.example", .link_minutes = 60};
    for (enum step step = STEP_NONE + 1; step < STEP_COUNT; step++)
        print(step, &task, &terms);
    terms.moto = true;
    print(STEP_authorise, &task, &terms);
    task.customer = "";
    print(STEP_setup, &task, &terms);
    return 0;
}
