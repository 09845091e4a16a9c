#include "core/letter.h"

#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static const char *written(struct letter letter)
{
    size_t len;
    letter.from_name = "Shop";
    letter.from = "shop@example.org";
    letter.id = "7";
    if (!letter.to)
        letter.to = "ann@example.org";
    return letter_write(arena, &letter, &len);
}

static void has(const char *message, const char *part)
{
    if (!strstr(message, part))
        printf("   %s\n   is not in\n%s\n", part, message);
    CU_ASSERT_PTR_NOT_NULL(strstr(message, part));
}

static void the_head_has_all_that_a_letter_needs(void)
{
    /* 2024-02-29 was a Thursday. */
    const char *m = written(
        (struct letter){.to_name = "Ann", .subject = "Hello", .text = "x\n", .time = 1709251199});
    has(m, "Date: Thu, 29 Feb 2024 23:59:59 +0000\r\n");
    has(m, "From: \"Shop\" <shop@example.org>\r\nTo: \"Ann\" <ann@example.org>\r\n");
    has(m, "Message-ID: <7@example.org>\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n");
    has(m, "\r\n\r\nx\r\n");
}

static void nothing_becomes_a_header_of_its_own(void)
{
    const char *m = written((struct letter){.to_name = "A\r\nBcc: x@y\n\"b\\",
                                            .subject = "Hi\r\nBcc: x@y",
                                            .text = "\r\nBcc: x@y\n.\n"});
    has(m, "To: \"A  Bcc: x@y \\\"b\\\\\" <ann@example.org>\r\n");
    has(m, "Subject: Hi  Bcc: x@y\r\n");
    has(m, "\r\n\r\n=0D\r\nBcc: x@y\r\n.\r\n");
}

static void other_scripts_are_encoded_in_whole_characters(void)
{
    has(written((struct letter){.to_name = "", .subject = "Grün", .text = ""}),
        "To: <ann@example.org>\r\n");
    has(written((struct letter){.to_name = "", .subject = "Grün", .text = ""}),
        "Subject: =?UTF-8?B?R3LDvG4=?=\r\n");
    has(written(
            (struct letter){.to_name = "", .subject = "礼礼礼礼礼礼礼礼礼礼礼礼礼礼", .text = ""}),
        "?=\r\n =?UTF-8?B?56S8?=\r\n"); /* thirteen and one */
    has(written((struct letter){.to_name = "", .subject = "=?x?q?y?=", .text = ""}),
        "Subject: =?UTF-8?B?");
}

static void the_text_is_quoted_and_its_lines_are_short(void)
{
    char line[200];
    memset(line, 'a', sizeof line - 2);
    strcpy(line + sizeof line - 2, "\n");
    const char *m = written((struct letter){.to_name = "", .subject = "", .text = line});
    has(m, "aaaaa=\r\naaaa");
    has(written((struct letter){.to_name = "", .subject = "", .text = "1=2 \nü\tx"}),
        "\r\n\r\n1=3D2=20\r\n=C3=BC\tx\r\n");
}

static void addresses_are_plain_ones(void)
{
    static const char *const good[] = {"a@b", "ann.lee+x@mail.example.org", "o'neil@example.org"};
    static const char *const bad[] = {"",      "a",           "@b",    "a@",      "a@b@c",
                                      "a b@c", "a@b\r\nX: y", "<a@b>", "a@b,c@d", "\"a\"@b",
                                      "ä@b",   "a@b;",        "-a@b",  "a@.b",    "a@-b"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        CU_ASSERT(letter_address_ok(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CU_ASSERT(!letter_address_ok(bad[i]));
    const char *name, *address;
    CU_ASSERT(letter_sender(arena, "Velvet & Vale <orders@example.org>", &name, &address));
    CU_ASSERT_STRING_EQUAL(name, "Velvet & Vale");
    CU_ASSERT_STRING_EQUAL(address, "orders@example.org");
    CU_ASSERT(letter_sender(arena, "a@b", &name, &address) && !*name);
    CU_ASSERT(!letter_sender(arena, "A <a@b> c", &name, &address));
    CU_ASSERT(!letter_sender(arena, "A <a@b", &name, &address));
}

static void facts_stand_where_they_are_named(void)
{
    const struct letter_fact facts[] = {
        {"name", "{due}"}, {"due", "2025-12-01"}, {"company", "Shop"}};
    const char *subject, *text;
    CU_ASSERT(letter_compose(arena, LANGUAGE_en, "autosave.told", facts, 3, &subject, &text));
    CU_ASSERT_STRING_EQUAL(subject, "Your repeat order of 2025-12-01");
    has(text, "Dear {due},\n"); /* what is filled in is not looked at again */
    has(text, "it costs -.");
    CU_ASSERT(!letter_compose(arena, LANGUAGE_en, "x", facts, 3, &subject, &text));
}

static const struct test_case cases[] = {
    {"the head has all that a letter needs", the_head_has_all_that_a_letter_needs},
    {"nothing becomes a header of its own", nothing_becomes_a_header_of_its_own},
    {"other scripts are encoded in whole characters",
     other_scripts_are_encoded_in_whole_characters},
    {"the text is quoted, and its lines are short", the_text_is_quoted_and_its_lines_are_short},
    {"addresses are plain ones", addresses_are_plain_ones},
    {"facts stand where they are named", facts_stand_where_they_are_named},
};

int main(void)
{
    arena = arena_new();
    int result = report_run("letter", cases, ARRAY_LEN(cases));
    arena_free(arena);
    return result;
}
