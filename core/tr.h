/* Texts in the reader's language. The English text itself is the key; what has no translation stays
 * English. Pure, so that one process speaks all languages at once: the language is a parameter.
 * `make po` collects the texts into core/po/LANGUAGE.po; the build makes tables of those. Never
 * look up names or other data. */
#pragma once

#include "core/base.h"

enum language {
#define LANGUAGE(name, tag, rule, title) LANGUAGE_##name,
#include "core/language.def"
#undef LANGUAGE
    LANGUAGES
};

struct language_info {
    const char *name;  /* "zh_CN" */
    const char *tag;   /* "zh-CN" */
    const char *title; /* in the language itself */
};
const struct language_info *language_info(enum language language);
/* Of a locale's name or a language tag: "de", "de_AT.UTF-8", "zh-Hans". LANGUAGES when it is none
 * of ours. */
enum language language_by_name(const char *name);
/* The best of an Accept-Language header (RFC 9110, 12.5.4); English when there is none. */
enum language language_accepted(const char *header);

/* Marks a text that is looked up later. */
#define N_(english) english

const char *tr(enum language language, const char *english) __attribute__((format_arg(2)));
/* The form that `n` of the thing need. */
const char *tr_n(enum language language, const char *one, const char *many, int64_t n)
    __attribute__((format_arg(2), format_arg(3)));

/* What the build makes of core/po, sorted by strcmp. A text without plural has but one form. */
enum { TR_FORMS = 2 };
struct tr_entry {
    const char *english, *forms[TR_FORMS];
};
extern const struct tr_table {
    const struct tr_entry *entries;
    size_t n;
} tr_tables[LANGUAGES];
