#include "tui/speech.h"

#include "tui/charset.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void speech_init(struct speech *speech)
{
    *speech = (struct speech){.arena = arena_new()};
}

void speech_release(struct speech *speech)
{
    arena_free(speech->arena);
    *speech = (struct speech){0};
}

static struct fact *fact_add(struct speech *speech, const char *key)
{
    if (speech->n == speech->cap) {
        size_t cap = speech->cap ? 2 * speech->cap : 32;
        struct fact *facts = ARENA_ARRAY(speech->arena, struct fact, cap);
        if (speech->n)
            memcpy(facts, speech->facts, speech->n * sizeof *facts);
        speech->facts = facts;
        speech->cap = cap;
    }
    struct fact *fact = &speech->facts[speech->n++];
    *fact =
        (struct fact){.key = arena_strdup(speech->arena, key), .lead = "", .text = "", .tail = ""};
    return fact;
}

static const char *text_made(struct speech *speech, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t size = len < 0 ? 1 : (size_t)len + 1;
    char *text = ARENA_ARRAY(speech->arena, char, size);
    if (len >= 0)
        vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void speech_say(struct speech *speech, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fact_add(speech, key)->text = text_made(speech, format, args);
    va_end(args);
}

void speech_warn(struct speech *speech, const char *key, bool stops, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct fact *fact = fact_add(speech, key);
    fact->lead = stops ? "!! " : "! ";
    fact->text = text_made(speech, format, args);
    va_end(args);
}

void speech_answer(struct speech *speech, const char *key, const char *lead, const char *text,
                   const char *tail)
{
    struct fact *fact = fact_add(speech, key);
    fact->lead = arena_strdup(speech->arena, lead);
    fact->text = arena_strdup(speech->arena, text);
    fact->tail = arena_strdup(speech->arena, tail);
    fact->is_answer = true;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* Facts mostly stay where they were: the search begins at the same place. */
static bool was_said(const struct speech *before, size_t place, const struct fact *fact)
{
    for (size_t i = 0; i < before->n; i++) {
        const struct fact *said = &before->facts[(place + i) % before->n];
        if (strcmp(said->key, fact->key) == 0 && strcmp(said->text, fact->text) == 0)
            return true;
    }
    return false;
}

bool speech_answers(const struct speech *speech, const struct speech *before)
{
    for (size_t i = 0; i < speech->n; i++)
        if (speech->facts[i].is_answer && !was_said(before, i, &speech->facts[i]))
            return true;
    return false;
}

size_t speech_tell(const struct speech *speech, const struct speech *before, bool with_title)
{
    size_t told = 0;
    for (size_t i = 0; i < speech->n; i++) {
        const struct fact *fact = &speech->facts[i];
        if (was_said(before, i, fact) && !(i == 0 && with_title))
            continue;
        speech_print(fact->lead, fact->text, fact->tail);
        told++;
    }
    return told;
}

void speech_print(const char *lead, const char *text, const char *tail)
{
    charset_put(stdout, lead);
    charset_put(stdout, text);
    charset_put(stdout, tail);
    putchar('\n');
}
