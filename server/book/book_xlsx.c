/* XLSX is a ZIP of XML (ECMA-376): the first worksheet of the workbook, its shared texts, and the
 * styles, which alone tell a date from a number. Names of elements are compared without their
 * namespaces' prefixes, as other programs than Excel choose their own. */
#include "server/book/book.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unzip.h>

#include "core/date.h"
#include "core/tr.h"

enum { UNPACKED_MOST = 512 << 20, ROWS_MOST = 1048576, PATH_MOST = 256 };
enum { COLUMNS_MOST = CSV_FIELDS_MAX / 8, FORMATS_MOST = 4096, CELL_FORMATS_MOST = 65536 };
enum { DAYS_BEFORE_1970 = 25569, DAYS_1904 = 1462, DIGITS_MOST = 15 };

const struct book_limits book_any = {UNPACKED_MOST, ROWS_MOST};

struct reader {
    struct arena *arena;
    const struct book_limits *limits;
    size_t unpacked; /* of all parts */
    bool too_large;
    unzFile zip;
    /* the workbook */
    char sheet_id[64], sheet_path[PATH_MOST];
    bool since_1904;
    /* shared texts */
    const char **texts;
    size_t ntexts, texts_cap;
    /* styles: whether each format of cells is a date */
    bool *dates;
    size_t ndates, dates_cap;
    int *custom; /* numbers of formats of one's own that are dates */
    size_t ncustom, custom_cap;
    bool in_formats;
    /* the sheet */
    struct book_row *rows;
    size_t nrows, rows_cap, line;
    size_t column, style;
    char type; /* of the cell: n number, s shared, b truth, t text */
    /* what is being read */
    struct text value;
    bool in_value, in_phonetic;
};

static void *grown(struct arena *arena, void *old, size_t *cap, size_t n, size_t size)
{
    if (n < *cap)
        return old;
    size_t more = *cap ? *cap * 2 : 64;
    char *fresh = arena_array(arena, more, size);
    if (n)
        memcpy(fresh, old, n * size);
    *cap = more;
    return fresh;
}
#define GROW(r, member, n, cap)                                                                    \
    (r)->member = grown((r)->arena, (r)->member, &(r)->cap, (r)->n, sizeof *(r)->member)

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return "";
}

/* ---- parts ----------------------------------------------------------------------------------- */

struct part {
    XML_StartElementHandler begin;
    XML_EndElementHandler end;
};

static void characters(void *user, const char *text, int len)
{
    struct reader *r = user;
    if (r->in_value && !r->in_phonetic)
        text_addn(&r->value, text, (size_t)len);
}

/* A row of nothing counts like any other, and so does a text that no cell has. */
static bool has_room(struct reader *r, int n)
{
    r->unpacked += n > 0 ? (size_t)n : 0;
    r->too_large = r->unpacked > r->limits->bytes || r->nrows > r->limits->rows + 1 ||
                   r->ntexts > (r->limits->rows + 1) * COLUMNS_MOST;
    return !r->too_large;
}

/* False when the part is there and cannot be read; a part that is missing is no fault. */
static bool read_part(struct reader *r, const char *path, const struct part *part)
{
    static char buffer[65536];
    if (unzLocateFile(r->zip, path, 2) != UNZ_OK)
        return true;
    if (unzOpenCurrentFile(r->zip) != UNZ_OK)
        return false;
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, r);
    XML_SetElementHandler(parser, part->begin, part->end);
    XML_SetCharacterDataHandler(parser, characters);
    bool good = true;
    for (int n = 1; n > 0 && good;) {
        n = unzReadCurrentFile(r->zip, buffer, sizeof buffer);
        good = n >= 0 && has_room(r, n) && XML_Parse(parser, buffer, n, n == 0) == XML_STATUS_OK;
    }
    XML_ParserFree(parser);
    unzCloseCurrentFile(r->zip);
    return good;
}

static void nothing_ends(void *user, const char *name)
{
    (void)user, (void)name;
}

/* ---- the workbook, and where its first sheet is ---------------------------------------------- */

static void workbook_begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    if (strcmp(local(name), "sheet") == 0 && !*r->sheet_id)
        for (const char **at = attributes; *at; at += 2)
            if (strchr(at[0], ':') && strcmp(local(at[0]), "id") == 0)
                snprintf(r->sheet_id, sizeof r->sheet_id, "%s", at[1]);
    if (strcmp(local(name), "workbookPr") == 0) {
        const char *since = attribute(attributes, "date1904");
        r->since_1904 = strcmp(since, "1") == 0 || strcmp(since, "true") == 0;
    }
}

static void relation_begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    const char *target = attribute(attributes, "Target");
    if (strcmp(local(name), "Relationship") == 0 &&
        strcmp(attribute(attributes, "Id"), r->sheet_id) == 0)
        snprintf(r->sheet_path, sizeof r->sheet_path, "%s%s", *target == '/' ? "" : "xl/",
                 target + (*target == '/'));
}

/* ---- shared texts ---------------------------------------------------------------------------- */

static void texts_begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    (void)attributes;
    if (strcmp(local(name), "si") == 0)
        text_clear(&r->value);
    r->in_value |= strcmp(local(name), "t") == 0;
    r->in_phonetic |= strcmp(local(name), "rPh") == 0;
}

static void texts_end(void *user, const char *name)
{
    struct reader *r = user;
    if (strcmp(local(name), "t") == 0)
        r->in_value = false;
    if (strcmp(local(name), "rPh") == 0)
        r->in_phonetic = false;
    if (strcmp(local(name), "si") != 0)
        return;
    GROW(r, texts, ntexts, texts_cap);
    r->texts[r->ntexts++] = arena_strdup(r->arena, r->value.data);
}

/* ---- styles ---------------------------------------------------------------------------------- */

/* Days, months or years outside of quotes and brackets. */
static bool is_date_format(const char *code)
{
    char end = '\0';
    for (; *code; code++) {
        if (end)
            end = *code == end ? '\0' : end;
        else if (*code == '"' || *code == '[')
            end = *code == '[' ? ']' : '"';
        else if (strchr("dDyY", *code))
            return true;
    }
    return false;
}

static bool is_date_number(const struct reader *r, int number)
{
    bool found = (number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 36) ||
                 (number >= 50 && number <= 58);
    for (size_t i = 0; i < r->ncustom; i++)
        found |= r->custom[i] == number;
    return found;
}

static void styles_begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    int number = atoi(attribute(attributes, "numFmtId"));
    if (strcmp(local(name), "cellXfs") == 0)
        r->in_formats = true;
    if (strcmp(local(name), "numFmt") == 0 && r->ncustom < FORMATS_MOST &&
        is_date_format(attribute(attributes, "formatCode"))) {
        GROW(r, custom, ncustom, custom_cap);
        r->custom[r->ncustom++] = number;
    }
    if (r->in_formats && strcmp(local(name), "xf") == 0 && r->ndates < CELL_FORMATS_MOST) {
        GROW(r, dates, ndates, dates_cap);
        r->dates[r->ndates++] = is_date_number(r, number);
    }
}

static void styles_end(void *user, const char *name)
{
    if (strcmp(local(name), "cellXfs") == 0)
        ((struct reader *)user)->in_formats = false;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static const char *date_text(struct reader *r, double serial)
{
    char text[DATE_TEXT];
    int32_t days = (int32_t)serial - DAYS_BEFORE_1970 + (r->since_1904 ? DAYS_1904 : 0);
    return arena_strdup(r->arena, date_format(text, (struct date){days}));
}

/* What a spreadsheet keeps as a double: 24.5 may stand there as 24.499999999999996. */
static const char *number_text(struct reader *r, const char *text)
{
    char rounded[64];
    bool is_plain = strspn(text, "0123456789.-") == strlen(text) && strlen(text) <= DIGITS_MOST;
    if (is_plain)
        return arena_strdup(r->arena, text);
    snprintf(rounded, sizeof rounded, "%.15g", strtod(text, NULL));
    if (strchr(rounded, 'e'))
        snprintf(rounded, sizeof rounded, "%.0f", strtod(text, NULL));
    return arena_strdup(r->arena, rounded);
}

static const char *cell_text(struct reader *r)
{
    const char *text = r->value.data;
    size_t index = (size_t)strtoull(text, NULL, 10);
    if (r->type == 's')
        return index < r->ntexts ? r->texts[index] : "";
    if (r->type == 'b')
        return *text == '1' ? "yes" : "no";
    if (r->type != 'n' || !*text)
        return arena_strdup(r->arena, text);
    if (r->style < r->ndates && r->dates[r->style])
        return date_text(r, strtod(text, NULL));
    return number_text(r, text);
}

/* "AB12": the column, counted from 0. */
static size_t column_of(const char *reference, size_t next)
{
    size_t column = 0;
    if (*reference < 'A' || *reference > 'Z')
        return next;
    for (; *reference >= 'A' && *reference <= 'Z' && column < CSV_FIELDS_MAX; reference++)
        column = column * 26 + (size_t)(*reference - 'A') + 1;
    return column - 1;
}

static void row_begin(struct reader *r, const char *number)
{
    size_t line = (size_t)strtoull(number, NULL, 10);
    r->line = line ? line : r->line + 1;
    GROW(r, rows, nrows, rows_cap);
    r->rows[r->nrows++] =
        (struct book_row){ARENA_ARRAY(r->arena, const char *, COLUMNS_MOST),
                          ARENA_ARRAY(r->arena, size_t, COLUMNS_MOST), 0, (int64_t)r->line};
    r->column = (size_t)-1;
}

static void cell_put(struct reader *r)
{
    struct book_row *row = &r->rows[r->nrows - 1];
    const char *text = cell_text(r);
    if (r->column >= COLUMNS_MOST)
        return;
    for (; row->n <= r->column; row->n++) {
        row->fields[row->n] = "";
        row->lengths[row->n] = 0;
    }
    row->fields[r->column] = text;
    row->lengths[r->column] = strlen(text);
}

static void sheet_begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    const char *what = local(name), *type = attribute(attributes, "t");
    if (strcmp(what, "row") == 0) {
        row_begin(r, attribute(attributes, "r"));
    } else if (strcmp(what, "c") == 0 && r->nrows) {
        r->column = column_of(attribute(attributes, "r"), r->column + 1);
        r->style = (size_t)strtoull(attribute(attributes, "s"), NULL, 10);
        r->type = !*type || strcmp(type, "n") == 0 ? 'n'
                  : strcmp(type, "s") == 0         ? 's'
                  : *type == 'b'                   ? 'b'
                                                   : 't';
        text_clear(&r->value);
    }
    r->in_value |= strcmp(what, "v") == 0 || strcmp(what, "t") == 0;
    r->in_phonetic |= strcmp(what, "rPh") == 0;
}

static void sheet_end(void *user, const char *name)
{
    struct reader *r = user;
    const char *what = local(name);
    if (strcmp(what, "v") == 0 || strcmp(what, "t") == 0)
        r->in_value = false;
    else if (strcmp(what, "rPh") == 0)
        r->in_phonetic = false;
    else if (strcmp(what, "c") == 0 && r->nrows)
        cell_put(r);
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool read_parts(struct reader *r)
{
    static const struct part workbook = {workbook_begin, nothing_ends},
                             relations = {relation_begin, nothing_ends},
                             texts = {texts_begin, texts_end}, styles = {styles_begin, styles_end},
                             sheet = {sheet_begin, sheet_end};
    snprintf(r->sheet_path, sizeof r->sheet_path, "xl/worksheets/sheet1.xml");
    return read_part(r, "xl/workbook.xml", &workbook) &&
           read_part(r, "xl/_rels/workbook.xml.rels", &relations) &&
           read_part(r, "xl/sharedStrings.xml", &texts) && read_part(r, "xl/styles.xml", &styles) &&
           read_part(r, r->sheet_path, &sheet);
}

bool book_xlsx_read(struct arena *arena, const char *data, size_t len,
                    const struct book_limits *limits, struct book *out, const char **why)
{
    struct reader r = {.arena = arena, .limits = limits};
    char path[32];
    text_init(&r.value, arena);
    int fd = memfd_create("book", MFD_CLOEXEC);
    bool good = fd >= 0 && write(fd, data, len) == (ssize_t)len;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    r.zip = good ? unzOpen64(path) : NULL;
    good = r.zip && read_parts(&r) && !r.too_large;
    if (r.zip)
        unzClose(r.zip);
    if (fd >= 0)
        close(fd);
    out->rows = r.rows;
    out->nrows = r.nrows;
    if (!good)
        *why = r.too_large ? N_("the spreadsheet is too large: take it in parts")
                           : N_("not a spreadsheet that can be read");
    return good;
}
