/* Signatures of events. The digests were made by `openssl dgst -sha256 -hmac`. */
#include "server/auth/signature.h"
#include "tests/report.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define BODY "{\"id\":\"evt_1\"}"
#define ONE "401fbbceeb3818dc562ff77127ba1c62e47e24c9c6cde4d7a6eba85e32dbd058"
#define TWO "4fb9aa7e8a9678e685ef5c7eafa19ac1eb7c0564196cbe246ca08c2fd799eaf3"
#define NONE "0000000000000000000000000000000000000000000000000000000000000000"
#define AT "t=1700000000"

enum { NOW = 1700000000 };

static bool ok(const char *header, const char *body, int64_t now)
{
    struct signature_secrets secrets = {.secret = {"whsec_one", "whsec_two"}, .n = 2};
    return signature_ok(header, body, strlen(body), &secrets, now);
}

static void good(void)
{
    static const char *const headers[] = {
        AT ",v1=" ONE,
        AT ",v1=" TWO,
        AT ",v1=" NONE ",v1=" TWO,
        "v1=" ONE "," AT,
        AT ",v0=abc,v1=" ONE ",v2=,",
        AT ",v1=" ONE ",v1=zz",
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        CU_ASSERT(ok(headers[i], BODY, NOW));
    CU_ASSERT(ok(AT ",v1=" ONE, BODY, NOW + 300));
    CU_ASSERT(ok(AT ",v1=" ONE, BODY, NOW - 300));
}

static void bad(void)
{
    static const char *const headers[] = {
        "",
        ",",
        AT,
        "v1=" ONE,
        "t=,v1=" ONE,
        AT ",v1=" NONE,
        AT ",v0=" ONE,
        AT "," AT ",v1=" ONE,
        "t=1700000001,v1=" ONE,
        "t=01700000000,v1=" ONE,
        "t= 1700000000,v1=" ONE,
        "t=1700000000 ,v1=" ONE,
        "t=-1700000000,v1=" ONE,
        AT ", v1=" ONE,
        AT ",v1=" ONE "0",
        AT ",v1=" ONE "00",
        AT ",V1=" ONE,
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        if (ok(headers[i], BODY, NOW))
            CU_FAIL(headers[i]);
    CU_ASSERT_FALSE(ok(NULL, BODY, NOW));
    CU_ASSERT_FALSE(ok(AT ",v1=" ONE, BODY " ", NOW));
    CU_ASSERT_FALSE(ok(AT ",v1=" ONE, "", NOW));
    CU_ASSERT_FALSE(ok(AT ",v1=" ONE, BODY, NOW + 301));
    CU_ASSERT_FALSE(ok(AT ",v1=" ONE, BODY, NOW - 301));
    struct signature_secrets none = {.n = 0};
    CU_ASSERT_FALSE(signature_ok(AT ",v1=" ONE, BODY, strlen(BODY), &none, NOW));
}

static const struct test_case cases[] = {
    {"one of the signatures is of one of the secrets, within five minutes", good},
    {"nothing else is a signature", bad},
};

REPORT_MAIN("signature", cases)
