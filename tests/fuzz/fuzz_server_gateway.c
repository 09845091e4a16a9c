/* What comes from the payment provider: the header of a signature (the first line) must not be
 * taken for one of ours, and whatever an answer holds has a meaning. The second byte chooses the
 * request, the first the code. */
#include "server/auth/signature.h"
#include "server/gateway/step.h"
#include "tests/fuzz/require.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sign(struct arena *arena, const char *line, size_t len, const char *body, size_t size)
{
    struct signature_secrets secrets = {.secret = {"whsec_nobody_knows_this"}, .n = 1};
    REQUIRE(!signature_ok(arena_strndup(arena, line, len), body, size, &secrets, 1700000000));
}

static void answer(struct arena *arena, int code, enum step step, const char *body, size_t size)
{
    static const char *const acts[] = {"authorise", "session", "look",       "capture", "cancel",
                                       "refund",    "setup",   "setup_look", "adopt",   "detach"};
    struct task task = {.id = "1",
                        .act = acts[(size_t)code % ARRAY_LEN(acts)],
                        .key = "a-1",
                        .currency = "GBP",
                        .number = "1",
                        .payment = "1",
                        .refund = "1",
                        .setup = "1",
                        .provider_ref = "pi_1",
                        .session_ref = "cs_1",
                        .refund_ref = "",
                        .customer = "",
                        .method = "pm_1",
                        .email = "",
                        .language = "",
                        .channel = "",
                        .payment_state = "",
                        .code = ""};
    struct heard heard = {.code = code, .sent = true, .replayed = size % 2 == 0};
    struct answer said;
    struct question question;
    struct terms terms = {.public_url = ""};
    heard.body = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    step_answer(arena, step, &task, &heard, &said);
    REQUIRE(said.next < STEP_COUNT && said.outcome < OUTCOME_COUNT && said.code);
    /* What was learned goes into the next question. */
    step_question(arena, said.next ? said.next : step, &task, &terms, &question);
    REQUIRE(strpbrk(question.path, " \r\n\t\"<>") == NULL);
    json_decref(heard.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {0, 200, 201, 302, 400, 401, 402, 404, 409, 429, 500, 503};
    if (size < 2)
        return 0;
    struct arena *arena = arena_new();
    const char *text = (const char *)data + 2;
    size_t left = size - 2, line = 0;
    while (line < left && text[line] != '\n')
        line++;
    size_t skip = line < left ? line + 1 : line;
    sign(arena, text, line, text + skip, left - skip);
    answer(arena, codes[data[0] % ARRAY_LEN(codes)], (enum step)(1 + data[1] % (STEP_COUNT - 1)),
           text + skip, left - skip);
    arena_free(arena);
    return 0;
}
