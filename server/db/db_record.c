#include "server/db/db_record.h"

#include <string.h>

void db_record_begin(struct db_record *record, struct arena *arena, size_t room)
{
    text_init_room(&record->text, arena, room);
    record->follows = record->element = false;
    text_addc(&record->text, '(');
}

static void field(struct db_record *record)
{
    if (record->follows)
        text_addc(&record->text, ',');
    record->follows = true;
}

/* With every quote and backslash behind `escape`. */
static void escaped(struct text *text, const char *value, const char *const escapes[2])
{
    for (const char *at = value;;) {
        size_t plain = 0;
        while (at[plain] && at[plain] != '"' && at[plain] != '\\')
            plain++;
        text_addn(text, at, plain);
        at += plain;
        if (!*at)
            return;
        text_add(text, escapes[*at++ == '\\']);
    }
}

void db_record_text(struct db_record *record, const char *value)
{
    static const char *const escapes[] = {"\\\"", "\\\\"};
    field(record);
    if (!value)
        return;
    text_addc(&record->text, '"');
    escaped(&record->text, value, escapes);
    text_addc(&record->text, '"');
}

void db_record_word(struct db_record *record, const char *word)
{
    field(record);
    if (word)
        text_add(&record->text, word);
}

void db_record_int(struct db_record *record, int64_t value)
{
    field(record);
    text_add_int(&record->text, value);
}

void db_record_bool(struct db_record *record, bool value)
{
    field(record);
    text_addc(&record->text, value ? 't' : 'f');
}

void db_record_fields(struct db_record *record, const char *fields)
{
    field(record);
    text_add(&record->text, fields);
}

/* ---- arrays, in quotes as a field ---- */

void db_record_open(struct db_record *record)
{
    field(record);
    text_addn(&record->text, "\"{", 2);
    record->element = false;
}

static void element(struct db_record *record)
{
    if (record->element)
        text_addc(&record->text, ',');
    record->element = true;
}

void db_record_add_int(struct db_record *record, int64_t value)
{
    element(record);
    text_add_int(&record->text, value);
}

void db_record_add_bool(struct db_record *record, bool value)
{
    element(record);
    text_addc(&record->text, value ? 't' : 'f');
}

void db_record_add_text(struct db_record *record, const char *value)
{
    /* Once for the array, and what that gives once for the record. */
    static const char *const escapes[] = {"\\\\\\\"", "\\\\\\\\"};
    element(record);
    if (!value) {
        text_addn(&record->text, "NULL", 4);
        return;
    }
    text_addn(&record->text, "\\\"", 2);
    escaped(&record->text, value, escapes);
    text_addn(&record->text, "\\\"", 2);
}

void db_record_close(struct db_record *record)
{
    text_addn(&record->text, "}\"", 2);
}

const char *db_record_end(struct db_record *record)
{
    text_addc(&record->text, ')');
    return record->text.data;
}

const char *db_record_part(const struct db_record *record)
{
    return record->text.data + 1; /* without the bracket */
}
