/* The fields of a person's details: libform's, in a window that is never shown; without a screen,
 * where there is no libform either, plain texts. */
#pragma once

#include "core/arena.h"
#include "tui/keyboard.h"

#include <form.h>

enum details_field {
    FIELD_FAMILY,
    FIELD_GIVEN,
    FIELD_PHONE,
    FIELD_EMAIL,
    FIELD_TO,
    FIELD_LINE1,
    FIELD_LINE2,
    FIELD_CITY,
    FIELD_POSTCODE,
    FIELD_REGION,
    FIELD_COUNTRY,
    FIELDS
};
enum { FIELD_TEXT = 256 };

struct details_fields {
    WINDOW *window;
    FORM *form; /* NULL without a screen */
    FIELD *fields[FIELDS + 1];
    char plain[FIELDS][FIELD_TEXT];
    int at; /* the current one, without a screen */
};

struct details_field_info {
    const char *label, *member; /* member: the last part of a problem's pointer */
    int width;
};
const struct details_field_info *details_field_info(enum details_field field);

void details_fields_make(struct details_fields *fields, bool has_screen);
/* A field's text without the blanks around it; the arena's. */
const char *details_field_get(struct details_fields *fields, struct arena *arena, int field);
void details_field_set(struct details_fields *fields, int field, const char *text);
int details_fields_at(const struct details_fields *fields);
/* Cells in front of the cursor in the current field. */
int details_fields_column(const struct details_fields *fields);
void details_fields_go(struct details_fields *fields, int field);
/* A key that edits the current field; others do nothing. */
void details_fields_key(struct details_fields *fields, const struct input *input);
