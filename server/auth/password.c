#include "server/auth/password.h"

#include <string.h>

#include "core/code.h"
#include "core/text.h"
#include "server/auth/secret.h"

enum { OWN_LEAST = 8 };                  /* code points that nobody would guess */
enum { BYTES_MOST = PASSWORD_MOST * 4 }; /* of UTF-8 */
enum { RUN_LEAST = 3, NAME_LEAST = 3 };

bool password_hash(const char *password, char out[PASSWORD_HASH])
{
    _Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash needs room");
    secret_ready();
    return crypto_pwhash_str(out, password, strlen(password), PASSWORD_OPS, PASSWORD_MEMORY) == 0;
}

/* A password under the eyes of a guesser, byte by byte. */
struct guess {
    size_t len;
    char lower[BYTES_MOST + 1]; /* "p4$$word2" */
    char plain[BYTES_MOST + 1]; /* and with the usual disguises taken off: "passwordz" */
    bool known[BYTES_MOST + 1]; /* would be guessed */
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char undisguise(char c)
{
    static const char worn[] = "@4381!|05$7+29", meant[] = "aaebiiiossttzg";
    const char *found = c ? strchr(worn, c) : NULL;
    return found ? meant[found - worn] : c;
}

static void guess_init(struct guess *guess, const char *password, size_t len)
{
    memset(guess, 0, sizeof *guess);
    guess->len = len;
    for (size_t i = 0; i < len; i++) {
        guess->lower[i] = lower(password[i]);
        guess->plain[i] = undisguise(guess->lower[i]);
    }
}

static void mark(struct guess *guess, size_t from, size_t len)
{
    memset(guess->known + from, true, len);
}

/* Every place where `word` (lower case) stands, disguised or not. */
static void mark_word(struct guess *guess, const char *word, size_t len)
{
    for (size_t i = 0; i + len <= guess->len; i++)
        if (memcmp(guess->lower + i, word, len) == 0 || memcmp(guess->plain + i, word, len) == 0)
            mark(guess, i, len);
}

static void mark_common(struct guess *guess)
{
    static const char *const words[] = {
#define WORD(text) #text,
#include "server/auth/password.def"
#undef WORD
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        mark_word(guess, words[i], strlen(words[i]));
}

static bool is_break(char c)
{
    return c && strchr(" \t-_.,'&/()", c);
}

/* Each word of a name: "JONES, Sarah" counts as jones and as sarah. */
static void mark_name(struct guess *guess, const char *name)
{
    char word[64];
    size_t len = 0;
    for (;; name++) {
        if (*name && !is_break(*name)) {
            if (len < sizeof word)
                word[len++] = lower(*name);
            continue;
        }
        if (len >= NAME_LEAST)
            mark_word(guess, word, len);
        len = 0;
        if (!*name)
            return;
    }
}

/* Next to each other on a keyboard's row, in either direction. */
static bool is_neighbour(char a, char b)
{
    static const char rows[] = "qwertyuiop asdfghjkl zxcvbnm 1234567890";
    const char *at = a ? strchr(rows, a) : NULL;
    return at && b && b != ' ' && (at[1] == b || (at > rows && at[-1] == b));
}

/* Does the character at `i` follow from the two before it: "aaa", "abc", "321", "qwe"? */
static bool is_run(const char *text, size_t i)
{
    int step = text[i] - text[i - 1], before = text[i - 1] - text[i - 2];
    if (step == before && step >= -1 && step <= 1)
        return true;
    return is_neighbour(text[i - 2], text[i - 1]) && is_neighbour(text[i - 1], text[i]);
}

static void mark_years(struct guess *guess)
{
    for (size_t i = 0; i + 4 <= guess->len; i++) {
        const char *at = guess->lower + i;
        if ((memcmp(at, "19", 2) == 0 || memcmp(at, "20", 2) == 0) && code_is_digits(at, 4))
            mark(guess, i, 4);
    }
}

static void mark_runs(struct guess *guess)
{
    for (size_t i = RUN_LEAST - 1; i < guess->len; i++)
        if (is_run(guess->lower, i))
            mark(guess, i + 1 - RUN_LEAST, RUN_LEAST);
}

/* Three bytes that have come before say nothing new; the first time they count. */
static void mark_repeats(struct guess *guess)
{
    for (size_t i = RUN_LEAST; i + RUN_LEAST <= guess->len; i++)
        for (size_t k = 0; k + RUN_LEAST <= i; k++)
            if (memcmp(guess->lower + i, guess->lower + k, RUN_LEAST) == 0)
                mark(guess, i, RUN_LEAST);
}

static size_t code_points(const char *text, size_t len, const bool *without)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80 && !(without && without[i]);
    return n;
}

static bool is_guessed(const char *password, size_t len, const char *const *names)
{
    struct guess guess;
    guess_init(&guess, password, len);
    mark_common(&guess);
    for (; names && *names; names++)
        mark_name(&guess, *names);
    mark_years(&guess);
    mark_runs(&guess);
    mark_repeats(&guess);
    size_t own = code_points(guess.lower, guess.len, guess.known);
    sodium_memzero(&guess, sizeof guess);
    return own < OWN_LEAST;
}

static bool has_good_length(const char *password, size_t len)
{
    size_t points = code_points(password, len, NULL);
    return points >= PASSWORD_LEAST && points <= PASSWORD_MOST;
}

bool password_acceptable(const char *password, const char *const *names, struct problems *problems,
                         const char *field)
{
    size_t len = strlen(password);
    if (!utf8_valid(password, len) || !utf8_is_printable(password, len)) {
        problem_set_words(problems_add(problems, PROBLEM_bad_text, field, NULL), "what",
                          N_("The password"));
        return false;
    }
    if (has_good_length(password, len) && !is_guessed(password, len, names))
        return true;
    struct problem *weak = problems_add(problems, PROBLEM_weak_password, field, NULL);
    problem_set_number(weak, "min", PASSWORD_LEAST);
    problem_set_number(weak, "max", PASSWORD_MOST);
    return false;
}
