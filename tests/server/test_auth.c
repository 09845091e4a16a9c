/* Passwords, tokens, one-time codes, and the threads that hash. libsodium's functions are watched
 * on their way: that a check of a login that does not exist runs argon2id too is seen here, and not
 * by measuring time. */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "server/auth/hasher.h"
#include "server/auth/password.h"
#include "server/auth/token.h"
#include "server/auth/totp.h"
#include "server/net/metrics.h"
#include "tests/report.h"

#define RIGHT "seventeen blue kettles"

/* ---- libsodium, watched
 * ------------------------------------------------------------------------*/

static struct {
    pthread_mutex_t lock;
    int bare, verified, made; /* argon2id runs, by function */
    unsigned long long ops;   /* of the last bare run */
    size_t memory;
    int alg;
    int wiped;   /* times that RIGHT was wiped from memory, by libsodium itself too */
    sem_t *gate; /* while set, checks wait here */
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

static void count(int *what)
{
    pthread_mutex_lock(&seen.lock);
    (*what)++;
    pthread_mutex_unlock(&seen.lock);
}

int crypto_pwhash(unsigned char *const out, unsigned long long outlen, const char *const passwd,
                  unsigned long long passwdlen, const unsigned char *const salt,
                  unsigned long long opslimit, size_t memlimit, int alg)
{
    int (*function)(unsigned char *, unsigned long long, const char *, unsigned long long,
                    const unsigned char *, unsigned long long, size_t, int) = NULL;
    *(void **)&function = real("crypto_pwhash");
    count(&seen.bare);
    seen.ops = opslimit;
    seen.memory = memlimit;
    seen.alg = alg;
    return function(out, outlen, passwd, passwdlen, salt, opslimit, memlimit, alg);
}

int crypto_pwhash_str_verify(const char str[crypto_pwhash_STRBYTES], const char *const passwd,
                             unsigned long long passwdlen)
{
    int (*function)(const char *, const char *, unsigned long long) = NULL;
    *(void **)&function = real("crypto_pwhash_str_verify");
    if (seen.gate)
        sem_wait(seen.gate);
    count(&seen.verified);
    return function(str, passwd, passwdlen);
}

int crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *const passwd,
                      unsigned long long passwdlen, unsigned long long opslimit, size_t memlimit)
{
    int (*function)(char *, const char *, unsigned long long, unsigned long long, size_t) = NULL;
    *(void **)&function = real("crypto_pwhash_str");
    count(&seen.made);
    return function(out, passwd, passwdlen, opslimit, memlimit);
}

void sodium_memzero(void *const bytes, const size_t len)
{
    void (*function)(void *, size_t) = NULL;
    *(void **)&function = real("sodium_memzero");
    if (memmem(bytes, len, RIGHT, strlen(RIGHT)))
        count(&seen.wiped);
    function(bytes, len);
}

static void forget(void)
{
    seen.bare = seen.verified = seen.made = seen.wiped = 0;
}

/* ---- the hasher
 * --------------------------------------------------------------------------------*/

static struct loop *loop;
static struct hasher *hasher;

struct answer {
    int calls, expected; /* the loop stops at so many */
    bool ok;
    char new_hash[PASSWORD_HASH];
};

static void take(void *arg, bool ok, const char *new_hash)
{
    struct answer *answer = arg;
    answer->ok = ok;
    snprintf(answer->new_hash, sizeof answer->new_hash, "%s", new_hash ? new_hash : "");
    if (++answer->calls >= answer->expected)
        loop_stop(loop);
}

static void begin(int threads, size_t queue)
{
    forget();
    loop = loop_new();
    hasher = hasher_new(loop, threads, queue);
}

static void end(void)
{
    hasher_free(hasher);
    loop_free(loop);
}

static struct answer check(const char *phc, const char *password)
{
    struct answer answer = {.expected = 1};
    CU_ASSERT_TRUE(hasher_verify(hasher, phc, password, take, &answer));
    CU_ASSERT_EQUAL(answer.calls, 0);
    loop_run(loop);
    CU_ASSERT_EQUAL(answer.calls, 1);
    return answer;
}

/* A hash that takes no time, as a test may want many. */
static const char *cheap_hash(void)
{
    static char hash[PASSWORD_HASH];
    if (!*hash && crypto_pwhash_str(hash, RIGHT, strlen(RIGHT), crypto_pwhash_OPSLIMIT_MIN,
                                    crypto_pwhash_MEMLIMIT_MIN) != 0)
        abort();
    return hash;
}

static void right_and_wrong(void)
{
    char hash[PASSWORD_HASH];
    CU_ASSERT_TRUE(password_hash(RIGHT, hash));
    CU_ASSERT_NSTRING_EQUAL(hash, PASSWORD_PREFIX, strlen(PASSWORD_PREFIX));
    begin(1, 64);
    struct answer answer = check(hash, RIGHT);
    CU_ASSERT_TRUE(answer.ok);
    CU_ASSERT_STRING_EQUAL(answer.new_hash, "");
    CU_ASSERT_FALSE(check(hash, "seventeen blue kettle").ok);
    CU_ASSERT_FALSE(check(hash, "").ok);
    CU_ASSERT_FALSE(check("not a hash", RIGHT).ok);
    end();
}

static void nobody_costs_the_same(void)
{
    begin(1, 64);
    CU_ASSERT_FALSE(check(NULL, RIGHT).ok);
    CU_ASSERT_EQUAL(seen.bare, 1);
    CU_ASSERT_EQUAL(seen.ops, PASSWORD_OPS);
    CU_ASSERT_EQUAL(seen.memory, PASSWORD_MEMORY);
    CU_ASSERT_EQUAL(seen.alg, crypto_pwhash_ALG_ARGON2ID13);
    CU_ASSERT_EQUAL(seen.verified + seen.made, 0);
    end();
}

static void cheaper_is_made_anew(void)
{
    const char *old = cheap_hash();
    begin(1, 64);
    struct answer answer = check(old, RIGHT);
    CU_ASSERT_TRUE(answer.ok);
    CU_ASSERT_EQUAL(seen.made, 1);
    CU_ASSERT_NSTRING_EQUAL(answer.new_hash, PASSWORD_PREFIX, strlen(PASSWORD_PREFIX));
    struct answer again = check(answer.new_hash, RIGHT);
    CU_ASSERT_TRUE(again.ok);
    CU_ASSERT_STRING_EQUAL(again.new_hash, "");
    /* A wrong password gets nothing. */
    answer = check(old, "wrong");
    CU_ASSERT_FALSE(answer.ok);
    CU_ASSERT_STRING_EQUAL(answer.new_hash, "");
    CU_ASSERT_EQUAL(seen.made, 1);
    end();
}

static void many_at_once(void)
{
    enum { MANY = 500 };
    const char *old = cheap_hash();
    static struct answer answers[MANY];
    begin(4, MANY);
    int stops = 0;
    memset(answers, 0, sizeof answers);
    for (int i = 0; i < MANY; i++) {
        answers[i].expected = 2; /* never stops the loop */
        CU_ASSERT_TRUE(hasher_verify(hasher, old, "wrong", take, &answers[i]));
    }
    /* The last to be taken may be overtaken by some: run until all are there. */
    while (stops < MANY) {
        struct answer last = {.expected = 1};
        if (hasher_verify(hasher, old, "wrong", take, &last))
            loop_run(loop);
        stops = 0;
        for (int i = 0; i < MANY; i++)
            stops += answers[i].calls;
    }
    for (int i = 0; i < MANY; i++)
        CU_ASSERT_EQUAL(answers[i].calls, 1);
    end();
}

static void full_queue(void)
{
    sem_t gate;
    struct answer answer = {.expected = 3};
    const char *old = cheap_hash();
    sem_init(&gate, 0, 0);
    seen.gate = &gate;
    begin(1, 2);
    CU_ASSERT_TRUE(hasher_verify(hasher, old, "wrong", take, &answer));
    while (hasher_waiting(hasher) > 0)
        sched_yield(); /* the thread has taken it, and stands at the gate */
    CU_ASSERT_TRUE(hasher_verify(hasher, old, "wrong", take, &answer));
    CU_ASSERT_TRUE(hasher_verify(hasher, old, "wrong", take, &answer));
    CU_ASSERT_FALSE(hasher_verify(hasher, old, "wrong", take, &answer));
    CU_ASSERT_EQUAL(hasher_waiting(hasher), 2);
    CU_ASSERT_EQUAL(metric_total(METRIC_hashes_running), 3);
    for (int i = 0; i < 4; i++)
        sem_post(&gate);
    loop_run(loop);
    CU_ASSERT_EQUAL(answer.calls, 3);
    CU_ASSERT_TRUE(hasher_verify(hasher, old, "wrong", take, &answer));
    end();
    seen.gate = NULL;
    sem_destroy(&gate);
}

static void freed_in_the_middle(void)
{
    struct answer answer = {.expected = 1};
    const char *old = cheap_hash();
    begin(2, 64);
    for (int i = 0; i < 40; i++)
        CU_ASSERT_TRUE(hasher_verify(hasher, old, RIGHT, take, &answer));
    hasher_free(hasher);
    CU_ASSERT_TRUE(seen.wiped >= 40);
    CU_ASSERT_EQUAL(metric_total(METRIC_hashes_running), 0);
    struct loop_timer *soon =
        loop_timer_new(loop, 1, false, (void (*)(void *))(void *)loop_stop, loop);
    loop_run(loop);
    CU_ASSERT_EQUAL(answer.calls, 0);
    loop_timer_free(soon);
    loop_free(loop);
}

static void free_it(void *arg, bool ok, const char *new_hash)
{
    take(arg, ok, new_hash);
    hasher_free(hasher);
    hasher = NULL;
}

static void freed_by_done(void)
{
    struct answer answer = {.expected = 1};
    const char *old = cheap_hash();
    begin(2, 64);
    for (int i = 0; i < 10; i++)
        CU_ASSERT_TRUE(hasher_verify(hasher, old, RIGHT, free_it, &answer));
    loop_run(loop);
    CU_ASSERT_EQUAL(answer.calls, 1);
    CU_ASSERT_TRUE(seen.wiped >= 10);
    end();
}

/* ---- which passwords are acceptable
 * ------------------------------------------------------------*/

static bool is_acceptable(const char *password, enum problem_code *why)
{
    static const char *const names[] = {"Partyline Kitchens Ltd", "CC-07", "JONES, Sarah", NULL};
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    bool ok = password_acceptable(password, names, &problems, "/password");
    CU_ASSERT_EQUAL(problems.count, ok ? 0 : 1);
    if (!ok) {
        *why = problems.items[0].code;
        CU_ASSERT_STRING_EQUAL(problems.items[0].field, "/password");
    }
    arena_free(arena);
    return ok;
}

static void good_passwords(void)
{
    static const char *const good[] = {
        "correct horse battery staple",
        "kx8!Vq2pLw9d",
        "alles klar, Herr Kommissar",
        "my monkey ate eleven spoons",
        "\xe9\xbb\x84\xe6\xb2\xb3\xe5\x85\xa5\xe6\xb5\xb7\xe6\xb5\x81\xe6\xac\xb2\xe7\xa9\xb7\xe5"
        "\x8d"
        "\x83\xe9\x87\x8c\xe7\x9b\xae\xe6\x9b\xb4\xe4\xb8\x8a", /* 12 Chinese characters */
        "no capitals no digits",
        "        x7Kq9vTz        wmrb",
    };
    enum problem_code why = PROBLEM_COUNT;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        bool ok = is_acceptable(good[i], &why);
        CU_ASSERT_TRUE(ok);
        if (!ok)
            printf("   refused: %s\n", good[i]);
    }
}

static void weak_passwords(void)
{
    static const char *const weak[] = {
        "",
        "kx8!Vq2pLw9",                                              /* 11 */
        "\xc3\xa9\xc3\xa0\xc3\xbc\xc3\xb6\xc3\xb1\xc3\xa7\xc3\xb8", /* 14 bytes, 7 characters */
        "password1234",
        "P4$$w0rd2024!",
        "passwordpassword",
        "Password-Password",
        "iloveyou2008",
        "aaaaaaaaaaaa",
        "123456789012",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "abcabcabcabc",
        "xk3xk3xk3xk3",
        "Liverpool2024!",
        "Manchester1878",
        "SarahJones1987",
        "jones-sarah-cc07",
        "partyline-kitchens",
        "PartylineKitchens2025!",
        "supervisor-warehouse",
        "Summer2025!!",
        "welcome12345",
        "changeme1234",
    };
    for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
        enum problem_code why = PROBLEM_COUNT;
        bool ok = is_acceptable(weak[i], &why);
        CU_ASSERT_FALSE(ok);
        if (ok)
            printf("   taken: %s\n", weak[i]);
        else
            CU_ASSERT_EQUAL(why, PROBLEM_weak_password);
    }
}

static void length_is_in_characters(void)
{
    /* 128 and 129 code points of two bytes each that do not repeat. */
    char text[260];
    enum problem_code why = PROBLEM_COUNT;
    for (int i = 0; i < 129; i++) {
        int point = 0x100 + i * 7;
        text[2 * i] = (char)(0xC0 | point >> 6);
        text[2 * i + 1] = (char)(0x80 | (point & 0x3F));
    }
    text[258] = '\0';
    CU_ASSERT_FALSE(is_acceptable(text, &why));
    CU_ASSERT_EQUAL(why, PROBLEM_weak_password);
    text[256] = '\0';
    CU_ASSERT_TRUE(is_acceptable(text, &why));
}

static void unprintable_passwords(void)
{
    enum problem_code why = PROBLEM_COUNT;
    CU_ASSERT_FALSE(is_acceptable("kx8!Vq2pLw9d\n", &why));
    CU_ASSERT_EQUAL(why, PROBLEM_bad_text);
    CU_ASSERT_FALSE(is_acceptable("kx8!Vq2pLw9d\xff", &why));
    CU_ASSERT_EQUAL(why, PROBLEM_bad_text);
}

/* Whatever is thrown at it: no overrun (the sanitizers look on), and one problem or none. */
static void random_passwords(void)
{
    unsigned long long state = report_seed() | 1;
    static const char letters[] = "abqwert12340.-_ \xc3\xa9PaSs$0\xe5\x85\xa5";
    for (int round = 0; round < 3000; round++) {
        char text[700];
        enum problem_code why;
        size_t len = 0, most = (state >> 33) % (sizeof text - 1);
        for (; len < most; len++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text[len] = letters[(state >> 33) % (sizeof letters - 1)];
        }
        text[len] = '\0';
        (void)is_acceptable(text, &why);
    }
}

/* ---- tokens
 * ------------------------------------------------------------------------------------*/

static void tokens(void)
{
    char one[TOKEN_TEXT], other[TOKEN_TEXT];
    uint8_t bits[32];
    size_t size = 0;
    token_new(one);
    token_new(other);
    CU_ASSERT_STRING_NOT_EQUAL(one, other);
    CU_ASSERT_EQUAL(strlen(one), 43);
    CU_ASSERT_EQUAL(sodium_base642bin(bits, sizeof bits, one, strlen(one), NULL, &size, NULL,
                                      sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                    0);
    CU_ASSERT_EQUAL(size, 32);
}

static void token_hashes(void)
{
    /* FIPS 180-2, appendix B.1 */
    static const char abc[] = "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    char hex[TOKEN_HASH_HEX];
    uint8_t hash[TOKEN_HASH];
    token_hash_hex("abc", hex);
    CU_ASSERT_STRING_EQUAL(hex, abc);
    token_hash("abc", hash);
    CU_ASSERT_EQUAL(hash[0], 0xba);
    CU_ASSERT_EQUAL(hash[31], 0xad);
}

static void ids(void)
{
    char id[REQUEST_ID_TEXT], ulid[ULID_TEXT], later[ULID_TEXT];
    request_id_new(id);
    CU_ASSERT_EQUAL(strlen(id), 16);
    CU_ASSERT_EQUAL(strspn(id, "0123456789abcdef"), 16);
    ulid_new(ulid);
    ulid_new(later);
    CU_ASSERT_TRUE(ulid_valid(ulid));
    CU_ASSERT_STRING_NOT_EQUAL(ulid, later);
    CU_ASSERT_TRUE(strncmp(ulid, later, 10) <= 0);
}

/* ---- one-time codes
 * ----------------------------------------------------------------------------*/

static const uint8_t rfc_secret[] = "12345678901234567890";

static int64_t match(const char *code, int64_t now, int64_t last)
{
    return totp_match(rfc_secret, 20, code, now, last);
}

static void rfc_6238(void)
{
    static const struct {
        int64_t at;
        const char *code; /* the last six of the RFC's eight digits */
    } vectors[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        int64_t step = vectors[i].at / 30;
        CU_ASSERT_EQUAL(match(vectors[i].code, vectors[i].at, 0), step);
        CU_ASSERT_EQUAL(match(vectors[i].code, vectors[i].at + 30, 0), step);
        CU_ASSERT_EQUAL(match(vectors[i].code, vectors[i].at - 30, 0), step);
        CU_ASSERT_EQUAL(match(vectors[i].code, vectors[i].at + 60, 0), -1);
        CU_ASSERT_EQUAL(match(vectors[i].code, vectors[i].at - 60, 0), -1);
    }
}

static void code_works_once(void)
{
    int64_t now = 1111111111, step = match("050471", now, 0);
    CU_ASSERT_EQUAL(step, 1111111111 / 30);
    CU_ASSERT_EQUAL(match("050471", now, step), -1);
    CU_ASSERT_EQUAL(match("050471", now, step + 1), -1);
    /* Nor does one from before the last that was used. */
    CU_ASSERT_EQUAL(match("081804", now, step), -1);
    CU_ASSERT_EQUAL(match("081804", now, step - 2), step - 1);
}

static void what_is_no_code(void)
{
    static const char *const wrong[] = {"",       "05047",  "0504711", "05047l",
                                        "050472", " 50471", "050471 ", "+50471",
                                        "-50471", "０５",   "14050471"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_EQUAL(match(wrong[i], 1111111111, 0), -1);
    CU_ASSERT_EQUAL(match("755224", 0, -1), 0); /* RFC 4226's first */
    CU_ASSERT_EQUAL(match("755224", -1, -1), -1);
}

/* oathtool shares liboath's arithmetic, but not our steps, secrets and digits. */
static void agrees_with_oathtool(void)
{
    unsigned long long state = report_seed();
    for (int round = 0; round < 20; round++) {
        uint8_t secret[TOTP_SECRET];
        char hex[2 * TOTP_SECRET + 1], command[160], code[16] = "";
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        int64_t now = (int64_t)(state >> 32);
        totp_secret_new(secret);
        sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
        snprintf(command, sizeof command, "oathtool --totp --now='@%lld' %s", (long long)now, hex);
        FILE *tool = popen(command, "r"); // NOLINT(cert-env33-c): a tool of the tests
        CU_ASSERT_PTR_NOT_NULL_FATAL(tool);
        CU_ASSERT_PTR_NOT_NULL(fgets(code, sizeof code, tool));
        pclose(tool);
        code[strcspn(code, "\n")] = '\0';
        CU_ASSERT_EQUAL(totp_match(secret, sizeof secret, code, now, 0), now / 30);
    }
}

static void uri(void)
{
    struct arena *arena = arena_new();
    CU_ASSERT_STRING_EQUAL(
        totp_uri(arena, rfc_secret, 20, "Party & Line: \xc3\xa9", "CC-07"),
        "otpauth://totp/Party%20%26%20Line%3A%20%C3%A9:CC-07"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Party%20%26%20Line%3A%20%C3%A9&algorithm=SHA1&digits=6&period=30");
    /* A length that base32 would pad. */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(totp_uri(arena, rfc_secret, 1, "P", "X"), "?secret=GE&issuer=P&"));
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a right password is right, a wrong one is not", right_and_wrong},
    {"a login that does not exist costs the same argon2id", nobody_costs_the_same},
    {"a hash with cheaper parameters is made anew when the password is right",
     cheaper_is_made_anew},
    {"500 checks on four threads all come back, once each", many_at_once},
    {"a full queue refuses at once", full_queue},
    {"a hasher freed in the middle calls nobody and wipes every password", freed_in_the_middle},
    {"an answer may free the hasher", freed_by_done},
    {"good passwords are taken, whatever their composition", good_passwords},
    {"what everybody would guess is refused", weak_passwords},
    {"a password's length is counted in characters", length_is_in_characters},
    {"control characters and broken UTF-8 are no password", unprintable_passwords},
    {"any text is judged without harm", random_passwords},
    {"a token is 256 bits of base64url, and new each time", tokens},
    {"a token's hash is SHA-256, and bytea's text", token_hashes},
    {"request ids and ULIDs are well formed", ids},
    {"the codes of RFC 6238 fit their step and its neighbours", rfc_6238},
    {"a one-time code works once", code_works_once},
    {"anything but six right digits is no code", what_is_no_code},
    {"oathtool's codes are ours", agrees_with_oathtool},
    {"the otpauth URI is escaped and its secret has no padding", uri},
};

REPORT_MAIN("auth", cases)
