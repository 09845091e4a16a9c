#include "core/nearest.h"
#include "core/promo/promotion_part.h"
#include "core/text.h"

#include <string.h>

/* ---- the words of a line -----------------------------------------------------------------------
 */

/* What an input method for Chinese gives for a blank, a comma and a colon does as well. */
static uint32_t plain(uint32_t ch)
{
    static const struct {
        uint32_t wide, plain;
    } marks[] = {{0x3000, ' '}, {'\t', ' '},   {0xA0, ' '},
                 {0xFF0C, ','}, {0x3001, ','}, {0xFF1A, ':'}};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (marks[i].wide == ch)
            return marks[i].plain;
    return ch;
}

static bool ends_word(uint32_t ch)
{
    return ch == ' ' || ch == ',' || ch == ':';
}

enum { AHEAD = 3 }; /* empty words behind the last: so far is looked ahead */

void reader_line(struct reader *r, const char *at, const char *end)
{
    const char *hash = memchr(at, '#', (size_t)(end - at));
    struct word *words = ARENA_ARRAY(r->arena, struct word, (size_t)(end - at) + AHEAD);
    size_t n = 0;
    int column = 1;
    bool joined = false;
    end = hash ? hash : end;
    r->end = at;
    while (at < end) {
        const char *from = at, *behind;
        int at_column = column;
        uint32_t ch = plain(utf8_next(&at, end));
        column++;
        if (ch == ' ') {
            joined = false;
            continue;
        }
        for (behind = at; !ends_word(ch) && behind < end; at = behind, column++)
            if (ends_word(plain(utf8_next(&behind, end))))
                break;
        const char *text = ends_word(ch) ? (ch == ',' ? "," : ":")
                                         : arena_strndup(r->arena, from, (size_t)(at - from));
        words[n++] = (struct word){text, from, at_column, joined};
        joined = true;
        r->end = at;
    }
    for (size_t i = 0; i < AHEAD; i++)
        words[n + i] = (struct word){"", end, n ? column : 1, false};
    r->words = r->word = words;
}

/* ---- mistakes ----------------------------------------------------------------------------------
 */

enum { SHOWN = 40 }; /* bytes of a word: what is longer is no code with a slip in it */

static const char *word_shown(struct reader *r, const struct word *word)
{
    size_t len = strlen(word->text);
    if (len <= SHOWN)
        return word->text;
    len = SHOWN;
    while (((unsigned char)word->text[len] & 0xC0) == 0x80)
        len--;
    return arena_printf(r->arena, "%.*s...", (int)len, word->text);
}

bool reader_mistake_instead(struct reader *r, const struct word *word, const char *say,
                            const char *instead)
{
    if (r->nmistakes < PROMOTION_MISTAKES)
        r->mistakes[r->nmistakes++] =
            (struct promotion_mistake){r->line, word->column, say, word_shown(r, word), instead};
    return false;
}

bool reader_mistake(struct reader *r, const struct word *word, const char *say)
{
    return reader_mistake_instead(r, word, say, "");
}

bool reader_mistake_near(struct reader *r, const struct word *word, const char *const *names,
                         size_t n, const char *nearest, const char *say, const char *instead)
{
    struct nearest best;
    bool looked_for = r->nmistakes < PROMOTION_MISTAKES && strlen(word->text) <= SHOWN;
    if (looked_for && nearest_codes(r->arena, word->text, names, n, NULL, 1, &best) &&
        best.distance * 2 < strlen(word->text))
        return reader_mistake_instead(r, word, nearest, best.code);
    return reader_mistake_instead(r, word, say, instead);
}

/* ---- keywords ----------------------------------------------------------------------------------
 */

bool word_is(const struct word *word, const char *keyword)
{
    size_t i = 0;
    for (; keyword[i]; i++) {
        char c = word->text[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != keyword[i])
            return false;
    }
    return !word->text[i];
}

bool word_taken(struct reader *r, const char *keyword)
{
    if (!word_is(r->word, keyword))
        return false;
    r->word++;
    return true;
}

bool reader_form(struct reader *r, const char *form)
{
    return reader_mistake_instead(r, r->word, N_("Write it like this: {instead}."), form);
}

bool word_wanted(struct reader *r, const char *keyword, const char *form)
{
    return word_taken(r, keyword) || reader_form(r, form);
}

bool line_ends(struct reader *r)
{
    if (!*r->word->text)
        return true;
    return reader_mistake(r, r->word,
                          N_("\"{word}\" does not belong here. A list has commas between its "
                             "parts; each statement has a line of its own."));
}

/* ---- numbers, amounts, codes -------------------------------------------------------------------
 */

/* "1,000": a comma within a number would end it. */
static bool has_thousands(const struct word *word)
{
    return strcmp(word[1].text, ",") == 0 && word[1].joined && word[2].joined &&
           word[2].text[0] >= '0' && word[2].text[0] <= '9';
}

static bool without_thousands(struct reader *r)
{
    return !has_thousands(r->word) ||
           reader_mistake(r, r->word,
                          N_("Numbers have no comma: 1000 and not 1,000, 12.50 and not 12,50."));
}

bool number_read(struct reader *r, int64_t min, int64_t max, int64_t *out)
{
    const char *text = r->word->text;
    bool negative = text[0] == '-' && min < 0;
    struct money value;
    if (!without_thousands(r))
        return false;
    bool whole =
        money_parse(text + negative, strlen(text + negative), 0, &value) && !strchr(text, '.');
    int64_t number = !whole ? 0 : negative ? -value.minor : value.minor;
    if (!whole || number < min || number > max)
        return reader_mistake_instead(
            r, r->word, N_("A whole number belongs here: {instead}."),
            arena_printf(r->arena, "%lld ... %lld", (long long)min, (long long)max));
    *out = number;
    r->word++;
    return true;
}

bool amount_read(struct reader *r, struct money *out)
{
    int exponent = r->catalogue->exponent;
    char example[MONEY_TEXT];
    struct money value;
    if (!money_parse(r->word->text, strlen(r->word->text), exponent, &value)) {
        struct money hundred = money_of(100);
        for (int i = 0; i < exponent; i++)
            hundred.minor *= 10;
        return reader_mistake_instead(
            r, r->word, N_("An amount belongs here, like {instead}."),
            arena_strdup(r->arena, money_format(example, hundred, exponent, false)));
    }
    if (!without_thousands(r))
        return false;
    if (value.minor <= 0)
        return reader_mistake(r, r->word, N_("An amount must be more than 0."));
    if (value.minor > PROMOTION_AMOUNT_MAX)
        return reader_mistake_instead(
            r, r->word, N_("An amount is at most {instead}."),
            arena_strdup(r->arena,
                         money_format(example, money_of(PROMOTION_AMOUNT_MAX), exponent, false)));
    *out = value;
    r->word++;
    return true;
}

bool word_is_percent(const struct word *word)
{
    size_t len = strlen(word->text);
    return len && (word->text[len - 1] == '%' || strcmp(word[1].text, "%") == 0);
}

bool percent_read(struct reader *r, struct rate *out)
{
    const struct word *word = r->word;
    size_t len = strlen(word->text);
    bool apart = len && word->text[len - 1] != '%' && strcmp(word[1].text, "%") == 0;
    struct money value;
    len -= len && word->text[len - 1] == '%';
    if (!word_is_percent(word) || !money_parse(word->text, len, 4, &value) || value.minor < 1 ||
        value.minor > 1000000)
        return reader_mistake_instead(r, word, N_("A percentage belongs here: {instead}."),
                                      "0.0001% ... 100%");
    out->ppm = value.minor;
    r->word += apart ? 2 : 1;
    return true;
}

static bool is_code(const char *text)
{
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    return n && !text[n] && n <= PROMOTION_CODE_MAX && !strchr("-_.", text[0]);
}

bool code_read(struct reader *r, const char **out)
{
    if (!is_code(r->word->text))
        return reader_mistake(r, r->word,
                              N_("A code belongs here, like SPRING-2: letters, digits, - _ and . , "
                                 "at most 24 of them, with a letter or digit first."));
    *out = r->word++->text;
    return true;
}

bool code_list_read(struct reader *r, const char *const **out, size_t *n)
{
    size_t most = 1;
    for (const struct word *w = r->word; *w->text; w++)
        most++;
    const char **codes = ARENA_ARRAY(r->arena, const char *, most);
    *n = 0;
    do {
        const struct word *word = r->word;
        if (!code_read(r, &codes[*n]))
            return false;
        for (size_t i = 0; i < *n; i++)
            if (strcmp(codes[i], codes[*n]) == 0)
                return reader_mistake(r, word, N_("\"{word}\" stands here twice."));
        ++*n;
    } while (word_taken(r, ","));
    *out = codes;
    return true;
}
