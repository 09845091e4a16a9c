#include "core/sheet.h"

#include "core/catalogue.h"
#include "core/code.h"
#include "core/date.h"
#include "core/money.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MOST = 200,
    CODE_MOST = 40,
    AGE_MOST = 99,
    DIGIT_MOST = 9,
    PIECES_MOST = 9999,
    COUNT_MOST = 1000000000
};
enum { VOLUME_EXPONENT = 2, RATE_EXPONENT = 4, RATE_MOST = 1000000 };

/* ---- the tables ------------------------------------------------------------------------------ */

#define KEY COLUMN_KEY
#define NEEDED COLUMN_NEEDED
#define FIXED COLUMN_FIXED

/* All columns one after another; a sheet's begin where those of the one before end. */
static const struct sheet_column columns[] = {
#define SHEET(name, title)
#define COLUMN(sheet, name, title, type, flags, width) {#name, title, CELL_##type, flags, width},
#include "core/sheet.def"
#undef SHEET
#undef COLUMN
};

/* The count of columns before each sheet. */
enum {
#define SHEET(name, title) BEGIN_##name, BACK_##name = BEGIN_##name - 1,
#define COLUMN(sheet, name, title, type, flags, width) INDEX_##sheet##_##name,
#include "core/sheet.def"
#undef SHEET
#undef COLUMN
    COLUMNS
};

static const struct {
    const char *name, *title;
    size_t begin;
} sheets[SHEETS + 1] = {
#define SHEET(name, title) {#name, title, BEGIN_##name},
#define COLUMN(sheet, name, title, type, flags, width)
#include "core/sheet.def"
#undef SHEET
#undef COLUMN
    {NULL, NULL, COLUMNS},
};

struct sheet_info sheet_info(enum sheet sheet)
{
    return (struct sheet_info){sheets[sheet].name, sheets[sheet].title,
                               &columns[sheets[sheet].begin],
                               sheets[sheet + 1].begin - sheets[sheet].begin};
}

enum sheet sheet_by_name(const char *name)
{
    enum sheet sheet = 0;
    while (sheet < SHEETS && strcmp(sheets[sheet].name, name) != 0)
        sheet++;
    return sheet;
}

const struct sheet_column *sheet_column(enum sheet sheet, const char *name)
{
    for (size_t i = sheets[sheet].begin; i < sheets[sheet + 1].begin; i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

/* ---- what is wrong --------------------------------------------------------------------------- */

/* One cell on its way in. */
struct input {
    const struct sheet_column *column;
    const char *text;
    size_t len;
    int exponent;
    struct problems *problems;
    const char *field;
};

/* What was typed, as far as a sentence has room for it. */
static const char *shown(const struct input *in)
{
    enum { SHOWN_MOST = 60 };
    const char *at = in->text, *end = in->text + in->len;
    for (int i = 0; at < end && i < SHOWN_MOST; i++)
        utf8_next(&at, end);
    return arena_printf(in->problems->arena, "%.*s%s", (int)(at - in->text), in->text,
                        at < end ? ".." : "");
}

static struct problem *refuse(const struct input *in, enum problem_code code)
{
    struct problem *problem = problems_add(in->problems, code, in->field, NULL);
    problem_set_words(problem, "what", in->column->title);
    problem_set_text(problem, "value", shown(in));
    return problem;
}

static bool refused(const struct input *in, enum problem_code code)
{
    refuse(in, code);
    return false;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static bool is_code(const struct input *in)
{
    for (size_t i = 0; i < in->len; i++)
        if (in->text[i] == ' ' || in->text[i] == '/')
            return refused(in, PROBLEM_bad_word);
    return true;
}

static bool is_digits(const struct input *in, size_t least, size_t most)
{
    if (in->len >= least && in->len <= most && code_is_digits(in->text, in->len))
        return true;
    struct problem *problem = refuse(in, PROBLEM_bad_digits);
    problem_set_number(problem, "least", (int64_t)least);
    problem_set_number(problem, "most", (int64_t)most);
    return false;
}

static bool is_number(const struct input *in)
{
    if (!is_digits(in, 7, 9))
        return false;
    if (damm_valid(in->text, in->len))
        return true;
    struct problem *problem = problems_add(in->problems, PROBLEM_check_digit, in->field, NULL);
    problem_set_text(problem, "sku", arena_strndup(in->problems->arena, in->text, in->len));
    return false;
}

static bool is_status(const char *text)
{
    static const char *const statuses[] = {"applicant", "active", "suspended", "terminated"};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        if (strcmp(statuses[i], text) == 0)
            return true;
    return false;
}

static bool is_date(const char *text)
{
    struct date date;
    return date_parse(text, &date);
}

static bool is_word(const struct input *in, const char *text)
{
    switch ((int)in->column->type) {
    case CELL_KIND:
        return item_kind_by_name(text) != ITEM_KINDS;
    case CELL_AUDIENCE:
        return audience_by_name(text) != AUDIENCES;
    case CELL_TYPE:
        return order_type_by_name(text) != ORDER_TYPES;
    case CELL_DESTINATION:
        return destination_by_name(text) != DESTINATIONS;
    default:
        return is_status(text);
    }
}

static bool text_ok(const struct input *in)
{
    size_t most = in->column->type == CELL_TEXT ? TEXT_MOST : CODE_MOST;
    if (in->len > most) {
        problem_set_number(refuse(in, PROBLEM_too_long), "max", (int64_t)most);
        return false;
    }
    if (!utf8_valid(in->text, in->len) || !utf8_is_printable(in->text, in->len))
        return refused(in, PROBLEM_bad_text);
    const char *text = arena_strndup(in->problems->arena, in->text, in->len);
    switch ((int)in->column->type) {
    case CELL_TEXT:
        return true;
    case CELL_CODE:
        return is_code(in);
    case CELL_SKU:
        return is_digits(in, 5, 8);
    case CELL_NUMBER:
        return is_number(in);
    case CELL_BARCODE:
        return ean13_valid(in->text, in->len) || refused(in, PROBLEM_bad_barcode);
    case CELL_DATE:
        return is_date(text) || refused(in, PROBLEM_bad_date);
    default:
        return is_word(in, text) || refused(in, PROBLEM_unknown_name);
    }
}

bool cell_text_ok(const struct sheet_column *column, const char *text, size_t len,
                  struct problems *problems, const char *field)
{
    return text_ok(&(struct input){column, text, len, 0, problems, field});
}

/* ---- numbers --------------------------------------------------------------------------------- */

bool cell_range(enum cell_type type, int64_t *least, int64_t *most)
{
    *least = 0;
    switch ((int)type) {
    case CELL_COUNT:
        *most = COUNT_MOST;
        return true;
    case CELL_AGE:
        *most = AGE_MOST;
        return true;
    case CELL_SLOT:
        *most = DIGIT_MOST;
        return true;
    case CELL_DIGIT:
    case CELL_PIECES:
        *least = 1;
        *most = type == CELL_DIGIT ? DIGIT_MOST : PIECES_MOST;
        return true;
    case CELL_AMOUNT:
    case CELL_VOLUME:
        *most = MONEY_MAX;
        return true;
    case CELL_RATE:
        *most = RATE_MOST;
        return true;
    default:
        return false;
    }
}

bool cell_is_text_type(enum cell_type type)
{
    int64_t least, most;
    return type != CELL_YES && !cell_range(type, &least, &most);
}

static int exponent_of(enum cell_type type, int exponent)
{
    return type == CELL_AMOUNT   ? exponent
           : type == CELL_VOLUME ? VOLUME_EXPONENT
           : type == CELL_RATE   ? RATE_EXPONENT
                                 : 0;
}

static bool number_read(const struct input *in, struct cell *out)
{
    enum cell_type type = in->column->type;
    int exponent = exponent_of(type, in->exponent);
    struct money value = money_of(-1);
    int64_t least, most;
    bool is_whole = type == CELL_COUNT || type == CELL_AGE || type == CELL_SLOT ||
                    type == CELL_DIGIT || type == CELL_PIECES;
    cell_range(type, &least, &most);
    bool good = (!is_whole || code_is_digits(in->text, in->len)) &&
                money_parse(in->text, in->len, exponent, &value) && value.minor >= least &&
                value.minor <= most;
    *out = (struct cell){CELL_IS_NUMBER, NULL, value.minor};
    if (good)
        return true;
    struct problem *problem = refuse(in, type == CELL_RATE ? PROBLEM_bad_percent
                                         : is_whole        ? PROBLEM_bad_count
                                                           : PROBLEM_bad_amount);
    if (is_whole) {
        problem_set_number(problem, "least", least);
        problem_set_number(problem, "most", most);
    } else {
        problem_set_number(problem, "decimals", exponent);
    }
    return false;
}

static bool yes_read(const struct input *in, struct cell *out)
{
    bool is_yes = in->len == 3 && memcmp(in->text, "yes", 3) == 0;
    bool is_no = in->len == 2 && memcmp(in->text, "no", 2) == 0;
    *out = (struct cell){CELL_IS_BOOL, NULL, is_yes};
    return is_yes || is_no || refused(in, PROBLEM_bad_yes);
}

bool cell_read(struct arena *arena, const struct sheet_column *column, const char *text, size_t len,
               int exponent, struct problems *problems, const char *field, struct cell *out)
{
    struct input in = {column, text, len, exponent, problems, field};
    *out = (struct cell){.kind = CELL_EMPTY};
    if (len == 0) {
        if (!(column->flags & COLUMN_NEEDED))
            return true;
        problem_set_words(problems_add(problems, PROBLEM_required, field, NULL), "what",
                          column->title);
        return false;
    }
    if (column->type == CELL_YES)
        return yes_read(&in, out);
    if (!cell_is_text_type(column->type))
        return number_read(&in, out);
    *out = (struct cell){CELL_IS_TEXT, arena_strndup(arena, text, len), 0};
    return text_ok(&in);
}

/* ---- the way back ---------------------------------------------------------------------------- */

/* "12.5000" -> "12.5", "20.0000" -> "20". */
static char *trimmed(char *text)
{
    size_t len = strlen(text);
    while (strchr(text, '.') && len && (text[len - 1] == '0' || text[len - 1] == '.')) {
        bool is_point = text[len - 1] == '.';
        text[--len] = '\0';
        if (is_point)
            break;
    }
    return text;
}

const char *cell_format(struct arena *arena, enum cell_type type, const struct cell *cell,
                        int exponent)
{
    char text[MONEY_TEXT];
    if (cell->kind == CELL_EMPTY)
        return "";
    if (cell->kind == CELL_IS_TEXT)
        return cell->text;
    if (cell->kind == CELL_IS_BOOL)
        return cell->number ? "yes" : "no";
    money_format(text, money_of(cell->number), exponent_of(type, exponent), false);
    return arena_strdup(arena, type == CELL_RATE ? trimmed(text) : text);
}

bool cell_equal(const struct cell *a, const struct cell *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == CELL_IS_TEXT ? strcmp(a->text, b->text) == 0 : a->number == b->number;
}
