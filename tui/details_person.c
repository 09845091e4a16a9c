#include "tui/details_person.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

void details_person_read(char out[FIELDS][FIELD_TEXT], const struct reply_person_card *person)
{
    static const struct address none = {"", "", "", "", "", "", ""};
    const struct address *a = person->naddresses ? &person->addresses[0] : &none;
    const char *const values[FIELDS] = {
        [FIELD_FAMILY] = "",           [FIELD_GIVEN] = "",           [FIELD_PHONE] = person->phone,
        [FIELD_EMAIL] = person->email, [FIELD_TO] = a->name,         [FIELD_LINE1] = a->line1,
        [FIELD_LINE2] = a->line2,      [FIELD_CITY] = a->city,       [FIELD_POSTCODE] = a->postcode,
        [FIELD_REGION] = a->region,    [FIELD_COUNTRY] = a->country,
    };
    for (int i = 0; i < FIELDS; i++)
        snprintf(out[i], FIELD_TEXT, "%s", values[i]);
}

/* A name that was typed without capitals gets its first one. */
static void capitalize(char text[FIELD_TEXT])
{
    wchar_t wide[FIELD_TEXT];
    size_t n = mbstowcs(wide, text, ARRAY_LEN(wide) - 1);
    if (n == (size_t)-1 || n == 0)
        return;
    wide[n] = L'\0';
    for (size_t i = 0; i < n; i++)
        if (iswupper((wint_t)wide[i]))
            return;
    wide[0] = (wchar_t)towupper((wint_t)wide[0]);
    wcstombs(text, wide, FIELD_TEXT - 1);
}

void details_name_read(char out[FIELDS][FIELD_TEXT], const char *name)
{
    size_t family = strcspn(name, ",");
    if (!name[family])
        family = strcspn(name, " ");
    snprintf(out[FIELD_FAMILY], FIELD_TEXT, "%.*s", (int)family, name);
    snprintf(out[FIELD_GIVEN], FIELD_TEXT, "%s", name + family + strspn(name + family, ", "));
    capitalize(out[FIELD_FAMILY]);
    capitalize(out[FIELD_GIVEN]);
}

const char *details_name_shown(struct arena *arena, const char *family, const char *given)
{
    wchar_t wide[FIELD_TEXT];
    char upper[FIELD_TEXT * 2];
    size_t n = mbstowcs(wide, family, ARRAY_LEN(wide) - 1);
    bool has_cases = false;
    if (n == (size_t)-1)
        return arena_printf(arena, "%s %s", family, given);
    wide[n] = L'\0';
    for (size_t i = 0; i < n; i++) {
        has_cases |= towupper((wint_t)wide[i]) != towlower((wint_t)wide[i]);
        wide[i] = (wchar_t)towupper((wint_t)wide[i]);
    }
    if (wcstombs(upper, wide, sizeof upper) >= sizeof upper)
        return arena_printf(arena, "%s %s", family, given);
    if (!*given)
        return arena_strdup(arena, upper);
    return arena_printf(arena, has_cases ? "%s, %s" : "%s %s", upper, given);
}
