#include "core/readback_part.h"

static const struct readback_voice *const voices[LANGUAGES] = {
#define LANGUAGE(name, tag, rule, title) &readback_##name,
#include "core/language.def"
#undef LANGUAGE
};

void readback_number(struct text *text, enum language language, int64_t n)
{
    if (n < 0 || n >= 1000000000000)
        text_add_int(text, n);
    else
        voices[language]->number(text, n);
}

typedef bool amount_fn(struct text *text, const char *currency, int64_t hundredths);

static void amount_by(struct text *text, amount_fn *say, const char *currency, int exponent,
                      struct money amount)
{
    char digits[MONEY_TEXT];
    bool in_words = exponent == 2 && amount.minor >= 0 && amount.minor / 100 < 1000000000000 &&
                    say(text, currency, amount.minor);
    if (!in_words)
        text_printf(text, "%s %s", money_format(digits, amount, exponent, true), currency);
}

void readback_amount(struct text *text, enum language language, const char *currency, int exponent,
                     struct money amount)
{
    amount_by(text, voices[language]->amount, currency, exponent, amount);
}

/* Behind "you save". */
static void say_saved(struct text *text, const struct readback *readback)
{
    const struct readback_voice *voice = voices[readback->language];
    amount_by(text, voice->saving ? voice->saving : voice->amount, readback->currency,
              readback->exponent, readback->saved);
}

/* The sentence from `at` on begins with a capital. */
static void capital(struct text *text, const struct readback_voice *voice, size_t at)
{
    char *c = text->data + at;
    if (voice->has_capitals && at < text->len && *c >= 'a' && *c <= 'z')
        *c = (char)(*c - 'a' + 'A');
}

void readback_say(struct text *text, const struct readback *readback)
{
    const struct readback_voice *voice = voices[readback->language];
    size_t from = text->len;
    for (size_t i = 0; i < readback->nitems; i++) {
        text_add(text, i ? voice->between : "");
        voice->item(text, &readback->items[i]);
        text_add(text, readback->items[i].free ? voice->free : "");
    }
    capital(text, voice, from);
    if (text->len > from)
        text_printf(text, "%s%s", voice->end, voice->gap);
    if (readback->place && *readback->place)
        text_printf(text, "%s%s%s%s", voice->place, readback->place, voice->end, voice->gap);
    text_add(text, voice->total);
    from = text->len;
    readback_amount(text, readback->language, readback->currency, readback->exponent,
                    readback->total);
    capital(text, voice, from);
    text_add(text, voice->end);
    if (readback->saved.minor <= 0)
        return;
    text_printf(text, "%s%s", voice->gap, voice->saved);
    say_saved(text, readback);
    text_add(text, voice->end);
}

void readback_more(struct text *text, const struct readback *prices, int64_t qty,
                   const char *spoken)
{
    struct text saves;
    size_t from = text->len;
    text_init(&saves, text->arena);
    say_saved(&saves, prices);
    voices[prices->language]->more(text, qty, spoken, saves.data);
    capital(text, voices[prices->language], from);
}

void readback_choose(struct text *text, enum language language, int64_t qty, const char *of,
                     bool free)
{
    voices[language]->choose(text, qty, of, free);
}
