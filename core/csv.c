#include "core/csv.h"

#include <string.h>

#include "core/text.h"
#include "core/tr.h"

void csv_init(struct csv *csv, const char *text, size_t len)
{
    memset(csv, 0, sizeof *csv);
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    csv->end = text + len;
    csv->place = (struct csv_place){text, text, 1};
}

static enum csv_result fail(struct csv *csv, const char *why)
{
    csv->why = why;
    csv->error_line = csv->place.line;
    csv->error_column = csv->place.at - csv->place.line_start + 1;
    csv->place.at = csv->end;
    return CSV_ERROR;
}

static bool at_line_end(const struct csv *csv)
{
    return *csv->place.at == '\n' ||
           (*csv->place.at == '\r' && csv->end - csv->place.at > 1 && csv->place.at[1] == '\n');
}

static void pass_line_end(struct csv *csv)
{
    csv->place.at += *csv->place.at == '\r' ? 2 : 1;
    csv->place.line++;
    csv->place.line_start = csv->place.at;
}

static const char *plain_problem(const struct csv *csv)
{
    if (*csv->place.at == '"')
        return N_("a quote within a field that does not begin with one");
    if (*csv->place.at == '\r')
        return N_("a carriage return without a line feed");
    return NULL;
}

/* Up to a comma or the end of the line. */
static bool read_plain(struct csv *csv, struct text *field)
{
    const char *from = csv->place.at;
    while (csv->place.at < csv->end && *csv->place.at != ',' && !at_line_end(csv)) {
        const char *why = plain_problem(csv);
        if (why) {
            fail(csv, why);
            return false;
        }
        csv->place.at++;
    }
    text_addn(field, from, (size_t)(csv->place.at - from));
    return true;
}

/* From the opening quote to behind the closing one. */
static bool read_quoted(struct csv *csv, struct text *field)
{
    const struct csv_place opening = csv->place;
    csv->place.at++;
    while (csv->place.at < csv->end) {
        if (*csv->place.at == '"' && csv->end - csv->place.at > 1 && csv->place.at[1] == '"') {
            text_addc(field, '"');
            csv->place.at += 2;
        } else if (*csv->place.at == '"') {
            csv->place.at++;
            if (csv->place.at == csv->end || *csv->place.at == ',' || at_line_end(csv))
                return true;
            fail(csv, N_("text after the closing quote"));
            return false;
        } else {
            bool line_end = *csv->place.at == '\n';
            text_addc(field, *csv->place.at++);
            if (line_end) {
                csv->place.line++;
                csv->place.line_start = csv->place.at;
            }
        }
    }
    csv->place = opening;
    fail(csv, N_("this quote is never closed"));
    return false;
}

static const char *field_problem(const struct csv *csv, const struct text *field)
{
    if (csv->nfields == CSV_FIELDS_MAX)
        return N_("more than 256 fields");
    if (field->len > CSV_FIELD_MAX)
        return N_("a field of more than 65,536 bytes");
    if (!utf8_valid(field->data, field->len))
        return N_("not UTF-8");
    return NULL;
}

static bool read_field(struct arena *arena, struct csv *csv)
{
    const struct csv_place begin = csv->place;
    struct text field;
    text_init(&field, arena);
    if (!(csv->place.at < csv->end && *csv->place.at == '"' ? read_quoted(csv, &field)
                                                            : read_plain(csv, &field)))
        return false;
    const char *why = field_problem(csv, &field);
    if (why) {
        csv->place = begin;
        fail(csv, why);
        return false;
    }
    csv->fields[csv->nfields] = field.data;
    csv->lengths[csv->nfields++] = field.len;
    return true;
}

enum csv_result csv_next(struct arena *arena, struct csv *csv)
{
    if (csv->why)
        return CSV_ERROR;
    while (csv->place.at < csv->end && at_line_end(csv))
        pass_line_end(csv);
    if (csv->place.at == csv->end)
        return CSV_END;
    csv->nfields = 0;
    csv->record_line = csv->place.line;
    for (;;) {
        if (!read_field(arena, csv))
            return CSV_ERROR;
        if (csv->place.at == csv->end)
            return CSV_RECORD;
        if (at_line_end(csv)) {
            pass_line_end(csv);
            return CSV_RECORD;
        }
        csv->place.at++; /* the comma */
    }
}
