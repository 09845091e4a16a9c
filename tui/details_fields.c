#include "tui/details_fields.h"

#include "core/tr.h"
#include "tui/charset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct details_field_info layout[FIELDS] = {
    [FIELD_FAMILY] = {N_("Family name"), "family_name", 40},
    [FIELD_GIVEN] = {N_("Given name"), "given_name", 40},
    [FIELD_PHONE] = {N_("Phone"), "phone", 32},
    [FIELD_EMAIL] = {N_("E-mail"), "email", 64},
    [FIELD_TO] = {N_("Parcels to"), "name", 60},
    [FIELD_LINE1] = {N_("Street"), "line1", 60},
    [FIELD_LINE2] = {N_(" more"), "line2", 60},
    [FIELD_CITY] = {N_("Town"), "city", 40},
    [FIELD_POSTCODE] = {N_("Postcode"), "postcode", 12},
    [FIELD_REGION] = {N_("Region"), "region", 20},
    [FIELD_COUNTRY] = {N_("Country"), "country", 2},
};

const struct details_field_info *details_field_info(enum details_field field)
{
    return &layout[field];
}

void details_fields_make(struct details_fields *fields, bool has_screen)
{
    if (!has_screen)
        return;
    fields->window = newpad(FIELDS + 2, 80);
    for (int i = 0; i < FIELDS; i++) {
        fields->fields[i] = new_field(1, layout[i].width, i, 0, 0, 0);
        if (!fields->fields[i])
            abort();
        field_opts_off(fields->fields[i], O_AUTOSKIP | O_BLANK);
    }
    fields->form = new_form(fields->fields);
    if (!fields->window || !fields->form)
        abort();
    set_form_win(fields->form, fields->window);
    set_form_sub(fields->form, fields->window);
    post_form(fields->form);
}

const char *details_field_get(struct details_fields *fields, struct arena *arena, int field)
{
    if (fields->form)
        form_driver(fields->form, REQ_VALIDATION);
    char *text = arena_strdup(arena, fields->form ? field_buffer(fields->fields[field], 0)
                                                  : fields->plain[field]);
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        text[--len] = '\0';
    return text + strspn(text, " ");
}

void details_field_set(struct details_fields *fields, int field, const char *text)
{
    if (fields->form)
        set_field_buffer(fields->fields[field], 0, text);
    else
        snprintf(fields->plain[field], FIELD_TEXT, "%s", text);
}

int details_fields_at(const struct details_fields *fields)
{
    return fields->form ? field_index(current_field(fields->form)) : fields->at;
}

int details_fields_column(const struct details_fields *fields)
{
    return fields->form ? fields->form->curcol : 0;
}

void details_fields_go(struct details_fields *fields, int field)
{
    fields->at = field;
    if (!fields->form)
        return;
    form_driver(fields->form, REQ_VALIDATION);
    set_current_field(fields->form, fields->fields[field]);
    form_driver(fields->form, REQ_END_FIELD);
}

void details_fields_key(struct details_fields *fields, const struct input *input)
{
    static const struct {
        enum input_code input;
        int request;
    } edits[] = {
        {INPUT_BACKSPACE, REQ_DEL_PREV}, {INPUT_DELETE, REQ_DEL_CHAR},
        {INPUT_LEFT, REQ_PREV_CHAR},     {INPUT_RIGHT, REQ_NEXT_CHAR},
        {INPUT_HOME, REQ_BEG_FIELD},     {INPUT_END, REQ_END_FIELD},
        {INPUT_KILL, REQ_CLR_FIELD},     {INPUT_KILL_WORD, REQ_DEL_WORD},
    };
    if (!fields->form)
        return;
    if (input->code == INPUT_CHAR && charset_cells(input->ch) > 0)
        form_driver_w(fields->form, OK, (wchar_t)input->ch);
    for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
        bool leaves = edits[i].request == REQ_DEL_PREV && fields->form->curcol == 0;
        if (edits[i].input == input->code && !leaves) /* libform would go to the field before */
            form_driver(fields->form, edits[i].request);
    }
}
