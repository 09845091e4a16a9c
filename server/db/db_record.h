/* A composite value of PostgreSQL as one parameter: a statement with dozens of columns and arrays
 * is read by both sides in one piece. Fields in the order of the type's; each is written straight
 * into the text. */
#pragma once

#include "core/text.h"

struct db_record {
    struct text text;
    bool follows, element; /* a field, an element of the array that is open */
};

void db_record_begin(struct db_record *record, struct arena *arena, size_t room);
/* NULL is SQL's NULL. */
void db_record_text(struct db_record *record, const char *value);
/* Letters, digits and signs that mean nothing in a record: a number, a date, a hash. Not empty. */
void db_record_word(struct db_record *record, const char *word);
void db_record_int(struct db_record *record, int64_t value);
void db_record_bool(struct db_record *record, bool value);
/* Fields that were written before: the text of another record. */
void db_record_fields(struct db_record *record, const char *fields);

/* An array: open, its elements, close. */
void db_record_open(struct db_record *record);
void db_record_add_int(struct db_record *record, int64_t value);
void db_record_add_bool(struct db_record *record, bool value);
void db_record_add_text(struct db_record *record, const char *value);
void db_record_close(struct db_record *record);
#define DB_RECORD_INTS(record, n, expression)                                                      \
    do {                                                                                           \
        db_record_open(record);                                                                    \
        for (size_t i = 0; i < (n); i++)                                                           \
            db_record_add_int((record), (expression));                                             \
        db_record_close(record);                                                                   \
    } while (0)
#define DB_RECORD_TEXTS(record, n, expression)                                                     \
    do {                                                                                           \
        db_record_open(record);                                                                    \
        for (size_t i = 0; i < (n); i++)                                                           \
            db_record_add_text((record), (expression));                                            \
        db_record_close(record);                                                                   \
    } while (0)

/* The whole: for a parameter. */
const char *db_record_end(struct db_record *record);
/* What was written, for db_record_fields of another. */
const char *db_record_part(const struct db_record *record);
