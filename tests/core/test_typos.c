/* Slips of the finger on codes that exist, through the entry line, the catalogue and the
 * candidates: hardly any becomes another item, and what was meant is nearly always among what is
 * offered. */
#include "core/catalogue.h"
#include "core/entry.h"
#include "core/nearest.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_TEXT = 12, OFFERED = 9, SLIPS = 20000 };

/* ---- shops ----------------------------------------------------------------------------------- */

struct shop {
    struct arena *arena;
    struct code_lengths lengths;
    struct catalogue catalogue;
    const char **skus; /* as the candidates are looked for */
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* `n` different stems of `digits` - 1 digits, the first not 0, each with its check digit. */
static void shop_open(struct shop *shop, uint64_t *seed, size_t n, size_t digits)
{
    uint64_t stems = 9;
    for (size_t i = 2; i < digits; i++)
        stems *= 10;
    struct arena *arena = arena_new();
    bool *taken = ARENA_ARRAY(arena, bool, stems);
    *shop = (struct shop){.arena = arena, .lengths = {{(uint8_t)digits, 8, 10, 16, 13}}};
    shop->skus = ARENA_ARRAY(arena, const char *, n);
    memset(taken, 0, stems * sizeof *taken);
    for (size_t i = 0; i < n;) {
        uint64_t stem = random_below(seed, stems);
        if (taken[stem])
            continue;
        taken[stem] = true;
        char *sku = arena_printf(arena, "%llu?", (unsigned long long)(stem + stems / 9));
        sku[digits - 1] = damm_digit(sku, digits - 1);
        shop->skus[i++] = sku;
    }
    qsort(shop->skus, n, sizeof *shop->skus, by_text);
    shop->catalogue.items = ARENA_ARRAY(arena, struct item, n);
    shop->catalogue.nitems = n;
    for (size_t i = 0; i < n; i++)
        shop->catalogue.items[i] = (struct item){.sku = shop->skus[i]};
}

/* ---- slips ----------------------------------------------------------------------------------- */

/* The keys beside each digit: number pad and top row together. */
static const char *const beside[] = {
    "129", "0245", "013456", "02456", "1235678", "12346789", "2345789", "4568", "4567890", "5680",
};

static char other_digit(uint64_t *seed, char not_this)
{
    return (char)('0' + (not_this - '0' + 1 + (int)random_below(seed, 9)) % 10);
}

static void swap(char *a, char *b)
{
    char c = *a;
    *a = *b;
    *b = c;
}

static void wrong_key(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code));
    const char *keys = beside[code[at] - '0'];
    code[at] = keys[random_below(seed, strlen(keys))];
}

static void wrong_digit(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code));
    code[at] = other_digit(seed, code[at]);
}

static void swapped(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code) - 1);
    swap(&code[at], &code[at + 1]);
}

static void swapped_across(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code) - 2);
    swap(&code[at], &code[at + 2]);
}

/* 4022 for 4011, where two alike stand `apart`. */
static void twins_apart(uint64_t *seed, char *code, size_t apart)
{
    size_t at = random_below(seed, strlen(code) - apart);
    if (code[at] == code[at + apart])
        code[at] = code[at + apart] = other_digit(seed, code[at]);
}

static void twins(uint64_t *seed, char *code)
{
    twins_apart(seed, code, 1);
}

static void twins_across(uint64_t *seed, char *code)
{
    twins_apart(seed, code, 2);
}

/* Thirteen and thirty, which sound alike. */
static void misheard(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code) - 1);
    char *a = &code[at], *b = &code[at + 1];
    if (*a == '1' && *b >= '3')
        *a = *b, *b = '0';
    else if (*a >= '3' && *b == '0')
        *b = *a, *a = '1';
}

static void left_out(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code));
    memmove(code + at, code + at + 1, strlen(code + at));
}

static void doubled(uint64_t *seed, char *code)
{
    size_t at = random_below(seed, strlen(code));
    memmove(code + at + 1, code + at, strlen(code + at) + 1);
}

/* The shares that Verhoeff counted, in hundredths of a per cent; what he calls other errors are
 * digits left out and doubled here. */
static const struct slip {
    const char *name;
    unsigned share;
    void (*make)(uint64_t *seed, char *code);
} slips[] = {
    {"a neighbouring key", 3953, wrong_key},
    {"a wrong digit", 3952, wrong_digit},
    {"neighbours swapped", 1021, swapped},
    {"left out", 430, left_out},
    {"doubled", 429, doubled},
    {"swapped across one", 83, swapped_across},
    {"twins", 54, twins},
    {"misheard", 49, misheard},
    {"twins across one", 29, twins_across},
};

static size_t slip_kind(uint64_t *seed)
{
    unsigned at = (unsigned)random_below(seed, 10000);
    size_t kind = 0;
    while (at >= slips[kind].share)
        at -= slips[kind++].share;
    return kind;
}

/* A code of the shop, and what the finger made of it, which is never the same. */
static const char *slip_make(uint64_t *seed, const struct shop *shop, size_t kind,
                             char typed[CODE_TEXT])
{
    const char *meant;
    do {
        meant = shop->skus[random_below(seed, shop->catalogue.nitems)];
        strcpy(typed, meant);
        slips[kind].make(seed, typed);
    } while (strcmp(typed, meant) == 0);
    return meant;
}

/* ---- what becomes of them -------------------------------------------------------------------- */

struct counts {
    unsigned typed, accepted, offered, asked;
};

static bool offers(struct arena *arena, const struct shop *shop, const char *typed,
                   const char *meant)
{
    struct nearest found[OFFERED];
    size_t n =
        nearest_codes(arena, typed, shop->skus, shop->catalogue.nitems, NULL, OFFERED, found);
    for (size_t i = 0; i < n; i++)
        if (strcmp(found[i].code, meant) == 0)
            return true;
    return false;
}

/* As on the order screen, and whether to look for candidates, too, which takes long: an item that
 * exists goes onto the order, for any other number the nearest are offered; what is taken for
 * something else is neither. */
static void slip_enter(const struct shop *shop, const char *typed, const char *meant, bool looks,
                       struct counts *counts)
{
    struct arena *arena = arena_new();
    struct entry_context context = {.lengths = shop->lengths, .screen = AT_ORDER, .exponent = 2};
    struct entry_command command;
    entry_parse(arena, typed, &context, &command);
    bool is_item = command.kind == ENTRY_SKU;
    bool is_no_code = command.kind == ENTRY_BAD && command.problem == PROBLEM_unknown_sku;
    counts->typed++;
    if (is_item && catalogue_item(&shop->catalogue, command.text)) {
        counts->accepted++;
    } else if (looks) {
        counts->asked++;
        counts->offered += (is_item || is_no_code) && offers(arena, shop, command.text, meant);
    }
    arena_free(arena);
}

/* Candidates are looked for after each `every`-th slip. */
static void slips_try(size_t items, size_t digits, unsigned every)
{
    struct shop shop;
    uint64_t seed = report_seed();
    struct counts all = {0}, each[ARRAY_LEN(slips)] = {{0}};
    shop_open(&shop, &seed, items, digits);
    for (unsigned i = 0; i < SLIPS; i++) {
        char typed[CODE_TEXT];
        size_t kind = slip_kind(&seed);
        const char *meant = slip_make(&seed, &shop, kind, typed);
        slip_enter(&shop, typed, meant, i % every == 0, &each[kind]);
    }
    for (size_t kind = 0; kind < ARRAY_LEN(slips); kind++) {
        struct counts *c = &each[kind];
        printf("  %-18s %5u: %2u another item, %5u offered of %u\n", slips[kind].name, c->typed,
               c->accepted, c->offered, c->asked);
        all.typed += c->typed;
        all.accepted += c->accepted;
        all.asked += c->asked;
        all.offered += c->offered;
    }
    printf(
        "%zu items of %zu digits: %u of %u slips became another item (at most 0.1 %%), the right "
        "one was offered for %u of %u (%u.%u %%)\n",
        items, digits, all.accepted, all.typed, all.offered, all.asked,
        all.offered * 100 / all.asked, all.offered * 1000 / all.asked % 10);
    CU_ASSERT_EQUAL(all.typed, SLIPS);
    CU_ASSERT(all.asked >= SLIPS / every - all.accepted);
    CU_ASSERT(all.accepted * 1000 <= all.typed);
    CU_ASSERT(all.offered * 100 >= all.asked * 95);
    arena_free(shop.arena);
}

static void of_a_small_company(void)
{
    slips_try(2000, 5, 1);
}

static void of_a_large_company(void)
{
    slips_try(20000, 6, 20);
}

/* Where the rule has no exception it is held without one. */
static void one_digit_or_one_swap_is_never_another_item(void)
{
    enum { KINDS = 3 }; /* the first of the table */
    struct shop shop;
    uint64_t seed = report_seed();
    struct counts counts = {0};
    shop_open(&shop, &seed, 2000, 5);
    for (unsigned i = 0; i < 3000; i++) {
        char typed[CODE_TEXT];
        const char *meant = slip_make(&seed, &shop, i % KINDS, typed);
        slip_enter(&shop, typed, meant, true, &counts);
    }
    CU_ASSERT_EQUAL(counts.accepted, 0);
    CU_ASSERT_EQUAL(counts.offered, counts.typed);
    arena_free(shop.arena);
}

static const struct test_case cases[] = {
    {"20,000 slips among 2,000 items", of_a_small_company},
    {"20,000 slips among 20,000 items", of_a_large_company},
    {"one digit or one swap is never another item", one_digit_or_one_swap_is_never_another_item},
};
REPORT_MAIN("typos", cases)
