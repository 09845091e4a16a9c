#include "tui/tongue.h"

#include "core/word.h"

#include <stdlib.h>

static enum language current;

void tongue_set(enum language language)
{
    current = language;
}

enum language tongue_language(void)
{
    return current;
}

enum language tongue_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names) && !(value && *value); i++)
        value = getenv(names[i]);
    enum language language = value ? language_by_name(value) : LANGUAGES;
    return language == LANGUAGES ? LANGUAGE_en : language;
}

const char *tongue(const char *english)
{
    return tr(current, english);
}

const char *tongue_n(const char *one, const char *many, size_t n)
{
    return tr_n(current, one, many, (int64_t)n);
}

const char *tongue_word(const char *group, const char *name)
{
    const char *words = word_find(group, name);
    return words ? tongue(words) : name;
}
