/* Test programs of CUnit with a reporter of our own: a line per failure, and a plain closing line
 * "NAME: N passed, N failed" that the runner adds up. */
#pragma once

#include <CUnit/CUnit.h>

struct test_case {
    const char *name; /* a sentence: "a refund of all units is exactly what was paid" */
    void (*run)(void);
};

/* Runs the cases, prints failures and the closing line; the exit code of the program. */
int report_run(const char *name, const struct test_case *cases, size_t count);
/* The seed of a randomised test: TEST_SEED from the environment, else a fixed one; printed. */
unsigned long long report_seed(void);

#define REPORT_MAIN(name, cases)                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        return report_run(name, cases, sizeof(cases) / sizeof((cases)[0]));                        \
    }
