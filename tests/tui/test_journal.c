#include "tests/report.h"
#include "tui/journal.h"
#include "tui/recover_read.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char home[] = "/tmp/pl-journal-XXXXXX";
static const char server[] = "https://localhost:8443";

static struct journal *open_or_fail(const char *login)
{
    const char *why = "";
    struct journal *journal = journal_open(server, login, &why);
    if (!journal)
        printf("no journal: %s\n", why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    return journal;
}

static void add(struct journal *journal, const char *ulid, size_t keep, const char *sku)
{
    struct draft_line line = {.id = "l1", .sku = sku, .qty = 1};
    journal_add(
        journal,
        &(struct record){.kind = RECORD_EDIT,
                         .ulid = ulid,
                         .keep = keep,
                         .draft = {.market = "GB", .lines = &line, .nlines = 1, .date = DATE_MIN}});
}

/* In a process of its own, which ends without closing it. */
static void left_by_another(void (*keys)(struct journal *))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        const char *why;
        struct journal *journal = journal_open(server, "CC-07", &why);
        keys(journal);
        journal_sync(journal, &why);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void two_orders(struct journal *journal)
{
    add(journal, "A", 0, "1");
    add(journal, "A", 1, "2");
    add(journal, "B", 0, "7");
    add(journal, "A", 1, "3");
    journal_add(journal, &(struct record){.kind = RECORD_STORED, .ulid = "B", .rev = "4"});
    journal_add(journal, &(struct record){.kind = RECORD_TYPED, .ulid = "A", .typed = "3*40"});
}

static void comes_back(void)
{
    struct journal *mine = open_or_fail("CC-07");
    left_by_another(two_orders);
    struct leftover *left = leftover_next(mine);
    CU_ASSERT_PTR_NOT_NULL_FATAL(left);
    struct arena *arena = arena_new();
    size_t n;
    const char *typed;
    struct lost *orders = lost_read(arena, left, &n, &typed);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    const struct order_draft *a = lost_draft(&orders[0]);
    CU_ASSERT_TRUE(lost_needs(&orders[0]));
    CU_ASSERT_EQUAL_FATAL(a->nlines, 2);
    CU_ASSERT_STRING_EQUAL(a->lines[0].sku, "1");
    CU_ASSERT_STRING_EQUAL(a->lines[1].sku, "3");
    CU_ASSERT_STRING_EQUAL(orders[0].typed, "3*40");
    CU_ASSERT_FALSE(lost_needs(&orders[1]));
    CU_ASSERT_STRING_EQUAL(typed, "");
    struct order_draft before = *a;
    before.nlines = 1;
    CU_ASSERT_TRUE(lost_wrote(&orders[0], &before));
    before.market = "US";
    CU_ASSERT_FALSE(lost_wrote(&orders[0], &before));
    leftover_free(left, true);
    CU_ASSERT_PTR_NULL(leftover_next(mine));
    arena_free(arena);
    journal_close(mine);
}

static void of_the_living(void)
{
    struct journal *a = open_or_fail("CC-07"), *b = open_or_fail("CC-07"),
                   *other = open_or_fail("CC-08");
    const char *why;
    add(a, "A", 0, "1");
    add(b, "B", 0, "2");
    CU_ASSERT_TRUE(journal_sync(a, &why));
    CU_ASSERT_PTR_NULL(leftover_next(b)); /* another process would find them locked as well */
    CU_ASSERT_PTR_NULL(leftover_next(other));
    left_by_another(two_orders);
    CU_ASSERT_PTR_NULL(leftover_next(other));
    struct leftover *left = leftover_next(b);
    CU_ASSERT_PTR_NOT_NULL_FATAL(left);
    CU_ASSERT_PTR_NULL(leftover_next(a)); /* one takes it */
    leftover_free(left, true);
    journal_trim(a, 0);
    journal_trim(b, 0);
    journal_close(a);
    journal_close(b);
    journal_close(other);
}

static void trimmed(void)
{
    struct journal *journal = open_or_fail("CC-07");
    unsigned age = journal_age(journal);
    journal_need(journal, true);
    add(journal, "A", 0, "1");
    journal_trim(journal, 0);
    CU_ASSERT_EQUAL(journal_age(journal), age);
    journal_need(journal, false);
    journal_trim(journal, 1 << 20);
    CU_ASSERT_EQUAL(journal_age(journal), age);
    journal_trim(journal, 0);
    CU_ASSERT_EQUAL(journal_age(journal), age + 1);
    journal_close(journal);
    journal = open_or_fail("CC-07");
    CU_ASSERT_PTR_NULL(leftover_next(journal));
    journal_close(journal);
}

static void thousand_lines(struct journal *journal)
{
    char sku[16];
    for (size_t i = 0; i < 1000; i++) {
        snprintf(sku, sizeof sku, "%zu", i);
        add(journal, "A", i, sku);
    }
}

/* Every byte at which the last write may have ended: what is before it comes back. */
static void torn_anywhere(void)
{
    char path[4096] = "", command[8192];
    struct journal *journal = open_or_fail("CC-07");
    left_by_another(two_orders);
    snprintf(command, sizeof command, "ls %s/partyline/*/CC-07/*.journal", home);
    FILE *ls = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(path, sizeof path, ls));
    pclose(ls);
    path[strcspn(path, "\n")] = '\0';
    struct stat info;
    CU_ASSERT_EQUAL_FATAL(stat(path, &info), 0);
    size_t before = 6;
    for (off_t size = info.st_size; size >= 0; size--) {
        size_t n;
        CU_ASSERT_EQUAL(truncate(path, size), 0);
        struct leftover *left = leftover_next(journal);
        CU_ASSERT_PTR_NOT_NULL_FATAL(left);
        leftover_records(left, &n);
        CU_ASSERT(n == before || n + 1 == before);
        before = n;
        leftover_free(left, size == 0);
    }
    CU_ASSERT_EQUAL(before, 0);
    journal_close(journal);
}

static void long_order(void)
{
    struct journal *journal = open_or_fail("CC-07");
    left_by_another(thousand_lines);
    struct leftover *left = leftover_next(journal);
    CU_ASSERT_PTR_NOT_NULL_FATAL(left);
    struct arena *arena = arena_new();
    const char *typed;
    size_t n;
    struct lost *orders = lost_read(arena, left, &n, &typed);
    CU_ASSERT_EQUAL_FATAL(lost_draft(orders)->nlines, 1000);
    CU_ASSERT_STRING_EQUAL(lost_draft(orders)->lines[998].sku, "998");
    arena_free(arena);
    leftover_free(left, true);
    journal_close(journal);
}

static void no_card_numbers(void)
{
    struct journal *journal = open_or_fail("CC-07");
    struct order_draft draft = {.market = "GB", .note = "4111 1111 1111 1111", .date = DATE_MIN};
    draft.address.line1 = "4111111111111111";
    draft.has_address = true;
    journal_add(journal, &(struct record){.kind = RECORD_EDIT, .ulid = "A", .draft = draft});
    journal_add(journal, &(struct record){.kind = RECORD_TYPED, .typed = "4111-1111-1111-1111"});
    char command[8192];
    snprintf(command, sizeof command, "grep -rq 1111 %s", home);
    CU_ASSERT_NOT_EQUAL(system(command), 0);
    snprintf(command, sizeof command, "grep -rq '[*][*][*]' %s", home);
    CU_ASSERT_EQUAL(system(command), 0);
    journal_trim(journal, 0);
    journal_close(journal);
}

/* A link instead of a file, a folder of somebody else's making: not followed, closed to others. */
static void strange_folders(void)
{
    char path[4096], target[8192];
    struct stat info;
    struct journal *journal = open_or_fail("CC-09");
    snprintf(path, sizeof path, "%s/partyline/https%%3A%%2F%%2Flocalhost%%3A8443/CC-09", home);
    CU_ASSERT_EQUAL(chmod(path, 0755), 0);
    journal_close(journal);
    journal = open_or_fail("CC-09");
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777, 0700);
    snprintf(target, sizeof target, "%s/x.journal", path);
    CU_ASSERT_EQUAL(symlink("/etc/passwd", target), 0);
    CU_ASSERT_PTR_NULL(leftover_next(journal));
    journal_close(journal);
    snprintf(target, sizeof target, "%s/partyline/https%%3A%%2F%%2Flocalhost%%3A8443/CC-10", home);
    CU_ASSERT_EQUAL(symlink(path, target), 0);
    const char *why = NULL;
    CU_ASSERT_PTR_NULL(journal_open(server, "CC-10", &why));
    CU_ASSERT_PTR_NOT_NULL(why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal = journal_open(server, "../../etc", &why));
    journal_close(journal);
    snprintf(target, sizeof target,
             "%s/partyline/https%%3A%%2F%%2Flocalhost%%3A8443/%%2E%%2E%%2F%%2E%%2E%%2Fetc", home);
    CU_ASSERT_EQUAL(stat(target, &info), 0);
}

static const struct test_case cases[] = {
    {"what a dead client wrote comes back, order by order", comes_back},
    {"journals of the living are left alone, and of other logins", of_the_living},
    {"it is forgotten when nothing needs it", trimmed},
    {"torn at any byte, it is whole up to the record before", torn_anywhere},
    {"a thousand lines come back from small records", long_order},
    {"card numbers are starred", no_card_numbers},
    {"folders are closed to others, links not followed, names harmless", strange_folders},
};

int main(void)
{
    char command[8192];
    if (!mkdtemp(home))
        return 1;
    setenv("XDG_STATE_HOME", home, 1);
    int code = report_run("test_journal", cases, ARRAY_LEN(cases));
    snprintf(command, sizeof command, "rm -rf %s", home);
    return system(command) == 0 ? code : 1;
}
