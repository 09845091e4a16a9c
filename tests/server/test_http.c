/* The parts of server/net that need no wire: the guard, percent-decoding, log lines, counters. What
 * they do together is tested by test_net.py. */
#include "tests/report.h"

#include "core/text.h"
#include "server/net/guard.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/uri.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADERS = 200, BODY_MOST = 20 };

/* Feeds `bytes` in pieces of `step`; `*used` is where the request ended. */
static enum guard_step feed(struct guard *guard, const char *bytes, size_t len, size_t step,
                            size_t *used)
{
    enum guard_step result = GUARD_MORE;
    guard_begin(guard, HEADERS, BODY_MOST);
    *used = 0;
    while (result == GUARD_MORE && *used < len) {
        size_t n = len - *used < step ? len - *used : step, took;
        result = guard_feed(guard, bytes + *used, n, &took);
        *used += took;
    }
    return result;
}

#define HEAD "POST /a HTTP/1.1\r\nHost: x\r\n"

static void a_request_ends_where_it_ends_in_any_pieces(void)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "DELETE /a?b=c HTTP/1.1\r\nhOST:[::1]:80 \t\r\n\r\n",
        HEAD "Content-Length: 20\r\n\r\n01234567890123456789",
        HEAD "Content-Length: 0\r\n\r\n",
        HEAD "Content-Length:00003\t\r\nA:\r\nB: \x7e\r\n\r\nGET",
        HEAD "Transfer-Encoding:  CHUNKED\r\n\r\n3\r\n\r\n0\r\n00A\r\n0123456789\r\n0\r\n\r\n",
        HEAD "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n\n",
        "HEAD / HTTP/1.1\r\nHost: a.b-c_d:8443\r\nContent-Length: 0\r\n\r\n",
    };
    struct guard guard;
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        char bytes[400];
        size_t len = strlen(requests[i]), used;
        snprintf(bytes, sizeof bytes, "%sGET / HTTP", requests[i]);
        for (size_t step = 1; step <= len + 10; step++) {
            CU_ASSERT_EQUAL(feed(&guard, bytes, len + 10, step, &used), GUARD_COMPLETE);
            CU_ASSERT_EQUAL(used, len);
        }
        for (size_t cut = 0; cut < len; cut++)
            CU_ASSERT_EQUAL(feed(&guard, bytes, cut, 1, &used), GUARD_MORE);
    }
}

static void limits_are_exact(void)
{
    struct guard guard;
    char head[HEADERS + 10];
    size_t used;
    int n = snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
    memset(head + n, 'a', sizeof head - (size_t)n);
    memcpy(head + HEADERS - 4, "\r\n\r\n", 4);
    CU_ASSERT_EQUAL(feed(&guard, head, HEADERS, 1000, &used), GUARD_COMPLETE);
    memcpy(head + HEADERS - 4, "a\r\n\r\n", 5);
    CU_ASSERT_EQUAL(feed(&guard, head, HEADERS + 1, 1000, &used), GUARD_REFUSE);
    CU_ASSERT_EQUAL(guard.refusal, STATUS_TOO_LARGE);

    static const char *const large[] = {
        HEAD "Content-Length: 21\r\n\r\n",
        HEAD "Content-Length: 999999999999999999\r\n\r\n",
        HEAD "Transfer-Encoding: chunked\r\n\r\n15\r\n",
        HEAD "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\nB\r\n",
        HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(large); i++) {
        CU_ASSERT_EQUAL(feed(&guard, large[i], strlen(large[i]), 1000, &used), GUARD_REFUSE);
        CU_ASSERT_EQUAL(guard.refusal, STATUS_TOO_LARGE);
    }
}

/* Every byte at every place of a head: only what the grammar has may be taken. */
static void no_stray_byte_is_taken_anywhere(void)
{
    static const char request[] = "GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
    struct guard guard;
    for (size_t at = 0; at < sizeof request - 1; at++)
        for (int byte = 0; byte < 256; byte++) {
            char bytes[sizeof request];
            size_t used;
            memcpy(bytes, request, sizeof request);
            bytes[at] = (char)byte;
            enum guard_step step = feed(&guard, bytes, sizeof request - 1, 1000, &used);
            bool control =
                (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte >= 0x7F;
            bool line_end = request[at] == '\r' || request[at] == '\n';
            if (control || (line_end && byte != request[at]))
                CU_ASSERT_NOT_EQUAL(step, GUARD_COMPLETE);
        }
}

static void escapes_are_decoded_once(void)
{
    struct arena *arena = arena_new();
    static const struct {
        const char *text;
        bool plus;
        const char *decoded;
    } cases[] = {
        {"", false, ""},           {"/a%20b+c", false, "/a b+c"}, {"a+b%2Bc", true, "a b+c"},
        {"%2541", false, "%41"},   {"%c3%A9", false, "\xc3\xa9"}, {"%", false, NULL},
        {"a%4", false, NULL},      {"%4g", false, NULL},          {"%g4", false, NULL},
        {"a%00b", false, NULL},    {"%ff", false, NULL},          {"%c0%af", false, NULL},
        {"%ed%a0%80", true, NULL}, {"%41", false, "A"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *got = uri_decode(arena, cases[i].text, strlen(cases[i].text), cases[i].plus);
        if (cases[i].decoded && got)
            CU_ASSERT_STRING_EQUAL(got, cases[i].decoded);
        CU_ASSERT_EQUAL(got == NULL, cases[i].decoded == NULL);
    }
    arena_free(arena);
}

/* What log_event(..., "key", value) writes, without the time; in a buffer of 8,192. */
static void logged(const char *value, char *out)
{
    char name[] = "/tmp/test_http.XXXXXX";
    int file = mkstemp(name), saved = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    log_event(LOG_WARN_, "event", "key", value, "end", "e", NULL);
    dup2(saved, STDERR_FILENO);
    char line[8192] = "";
    ssize_t n = pread(file, line, sizeof line - 1, 0);
    line[n > 0 ? n : 0] = '\0';
    const char *blank = strchr(line, ' ');
    strcpy(out, blank ? blank + 1 : "");
    close(file);
    close(saved);
    unlink(name);
}

static void a_log_line_stays_one_line(void)
{
    static const char *const cases[][2] = {
        {"plain/a.b:1", "plain/a.b:1"},
        {NULL, "-"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"x\\y\"", "\"say \\\"x\\\\y\\\"\""},
        {"a\nb\r\tc\x1b[31m", "\"a\\x0ab\\x0d\\x09c\\x1b[31m\""},
        {"\x7f\xc2\x85\xe2\x80\xa8", "\"\\x7f\\xc2\\x85\\xe2\\x80\\xa8\""},
        {"\xff\xc3", "\"\\xff\\xc3\""},
        {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
        {"card 4111 1111 1111 1111", "\"card **** **** **** ****\""},
        {"4111111111111111", "****************"},
        {"4111\n111111111111", "\"4111\\x0a111111111111\""},
    };
    char got[8192], want[8192];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        logged(cases[i][0], got);
        snprintf(want, sizeof want, "warn event key=%s end=e\n", cases[i][1]);
        CU_ASSERT_STRING_EQUAL(got, want);
    }
    char *huge = calloc(1, 100001);
    memset(huge, '\n', 100000);
    logged(huge, got);
    CU_ASSERT(strlen(got) < 4096 + 64);
    CU_ASSERT_PTR_EQUAL(strchr(got, '\n'), got + strlen(got) - 1);
    free(huge);
}

/* Whether a line comes out at standard error when JOURNAL_STREAM says `stream`. */
static bool is_on_stderr(const char *stream)
{
    char got[8192];
    setenv("JOURNAL_STREAM", stream, 1);
    log_init("test_http", LOG_WARN_);
    logged("one line", got);
    unsetenv("JOURNAL_STREAM");
    log_init("test_http", LOG_WARN_);
    return got[0] != '\0';
}

/* The variable is inherited by processes whose standard error went elsewhere since. */
static void the_journal_is_known_by_its_stream(void)
{
    struct stat st;
    char stream[64];
    fstat(STDERR_FILENO, &st);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    CU_ASSERT(!is_on_stderr(stream));
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino + 1);
    CU_ASSERT(is_on_stderr(stream));
    CU_ASSERT(is_on_stderr("nonsense"));
}

static void counters_of_all_processes_add_up(void)
{
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    metrics_init();
    metric_add(METRIC_requests, 2);
    metrics_attach(1);
    metric_add(METRIC_requests, 3);
    metric_add(METRIC_connections, 4);
    metrics_attach(2);
    metric_add(METRIC_connections, 1);
    metrics_clear_gauges(1);
    CU_ASSERT_EQUAL(metric_total(METRIC_requests), 5);
    CU_ASSERT_EQUAL(metric_total(METRIC_connections), 1);
    metrics_print(&text);
    CU_ASSERT(strstr(text.data, "# TYPE partyline_requests_total counter\n"
                                "partyline_requests_total 5\n") != NULL);
    CU_ASSERT(strstr(text.data, "# TYPE partyline_connections gauge\n"
                                "partyline_connections 1\n") != NULL);
    CU_ASSERT(strstr(text.data, "_total_total") == NULL);
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a request ends where it ends, in any pieces", a_request_ends_where_it_ends_in_any_pieces},
    {"limits are exact", limits_are_exact},
    {"no stray byte is taken anywhere", no_stray_byte_is_taken_anywhere},
    {"escapes are decoded once", escapes_are_decoded_once},
    {"a log line stays one line", a_log_line_stays_one_line},
    {"the journal is known by its stream", the_journal_is_known_by_its_stream},
    {"counters of all processes add up", counters_of_all_processes_add_up},
};

REPORT_MAIN("test_http", cases)
