#include "tests/report.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned passed, failed;

static void on_test_complete(const CU_pTest test, const CU_pSuite suite,
                             const CU_pFailureRecord failure)
{
    (void)suite;
    if (!failure) {
        passed++;
        return;
    }
    failed++;
    printf("FAILED: %s\n", test->pName);
    for (CU_pFailureRecord f = failure; f; f = f->pNext)
        printf("   %s:%u: %s\n", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
               f->strCondition ? f->strCondition : "?");
}

int report_run(const char *name, const struct test_case *cases, size_t count)
{
    CU_pSuite suite;
    if (CU_initialize_registry() != CUE_SUCCESS || !(suite = CU_add_suite(name, NULL, NULL)))
        return 2;
    for (size_t i = 0; i < count; i++)
        if (!CU_add_test(suite, cases[i].name, cases[i].run))
            return 2;
    CU_set_test_complete_handler(on_test_complete);
    CU_run_all_tests();
    CU_cleanup_registry();
    printf("%s: %u passed, %u failed\n", name, passed, failed);
    return failed ? 1 : 0;
}

unsigned long long report_seed(void)
{
    const char *text = getenv("TEST_SEED");
    unsigned long long seed = text ? strtoull(text, NULL, 10) : 20251122ULL;
    printf("seed %llu (TEST_SEED=%llu repeats it)\n", seed, seed);
    return seed;
}
