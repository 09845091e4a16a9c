/* A batch as its owner sees it: statements in, rows out; and texts of parameters. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server/db/db_private.h"

/* ---- statements in ----------------------------------------------------------------------------
 */

static void batch_clear(void *what)
{
    struct db_batch *batch = what;
    for (size_t i = 0; i < batch->count; i++) {
        PQclear(batch->statements[i].result);
        batch->statements[i].result = NULL;
    }
}

struct db_batch *db_batch_new(struct arena *arena, enum db_pool pool)
{
    struct db_batch *batch = ARENA_NEW(arena, struct db_batch);
    batch->arena = arena;
    batch->pool = pool;
    batch->statements = batch->first;
    batch->room = ARRAY_LEN(batch->first);
    batch->constraint = batch->message = "";
    arena_defer(arena, batch_clear, batch);
    return batch;
}

size_t db_batch_add(struct db_batch *batch, enum query query, int nparams,
                    const char *const *params)
{
    assert(query < QUERY_COUNT && nparams == query_table[query].nparams);
    if (batch->count == batch->room) {
        struct db_statement *more = ARENA_ARRAY(batch->arena, struct db_statement, batch->room * 2);
        memcpy(more, batch->statements, batch->count * sizeof *more);
        batch->statements = more;
        batch->room *= 2;
    }
    batch->statements[batch->count] =
        (struct db_statement){.query = query, .nparams = nparams, .params = params};
    return batch->count++;
}

const char *const *db_params(struct db_batch *batch, size_t n, const char *const *params)
{
    const char **copy = ARENA_ARRAY(batch->arena, const char *, n);
    memcpy(copy, params, n * sizeof *copy);
    return copy;
}

/* ---- its life ---------------------------------------------------------------------------------
 */

void db_list_add(struct db_list *list, struct db_batch *batch)
{
    batch->next = NULL;
    if (list->tail)
        list->tail->next = batch;
    else
        list->head = batch;
    list->tail = batch;
    list->count++;
}

struct db_batch *db_list_take(struct db_list *list)
{
    struct db_batch *batch = list->head;
    if (!batch)
        return NULL;
    list->head = batch->next;
    if (!list->head)
        list->tail = NULL;
    list->count--;
    batch->next = NULL;
    return batch;
}

void db_batch_reset(struct db_batch *batch)
{
    batch_clear(batch);
    batch->at = 0;
    batch->sent = batch->failed = false;
    batch->sqlstate[0] = '\0';
    batch->constraint = batch->message = "";
}

static const char *error_field(struct db_batch *batch, const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? arena_strdup(batch->arena, text) : "";
}

void db_batch_error(struct db_batch *batch, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    /* Without a state it is libpq's own word about the connection, which is about to be lost; FATAL
     * ends the session and leaves open what became of the transaction. */
    if (batch->failed || !sqlstate || !severity || strcmp(severity, "ERROR") != 0)
        return;
    batch->failed = true;
    batch->culprit = batch->at < batch->count ? batch->statements[batch->at].query : QUERY_COUNT;
    strncpy(batch->sqlstate, sqlstate, sizeof batch->sqlstate - 1);
    batch->constraint = error_field(batch, result, PG_DIAG_CONSTRAINT_NAME);
    /* Not the detail: it shows values. */
    batch->message = error_field(batch, result, PG_DIAG_MESSAGE_PRIMARY);
}

void db_batch_finish(struct db_batch *batch, enum status status)
{
    batch->status = status;
    if (status != STATUS_OK)
        batch_clear(batch); /* rows of a transaction that did not happen */
    batch->done(batch->arg);
}

/* ---- rows out ---------------------------------------------------------------------------------
 */

enum status db_status(const struct db_batch *batch)
{
    return batch->status;
}

bool db_is_ambiguous(const struct db_batch *batch)
{
    return batch->ambiguous;
}

const char *db_sqlstate(const struct db_batch *batch)
{
    return batch->sqlstate;
}

const char *db_constraint(const struct db_batch *batch)
{
    return batch->constraint;
}

static const PGresult *result_of(const struct db_batch *batch, size_t statement)
{
    assert(statement < batch->count && batch->statements[statement].result);
    return batch->statements[statement].result;
}

size_t db_rows(const struct db_batch *batch, size_t statement)
{
    return (size_t)PQntuples(result_of(batch, statement));
}

const char *db_value(const struct db_batch *batch, size_t statement, size_t row, int column)
{
    const PGresult *result = result_of(batch, statement);
    assert(row < (size_t)PQntuples(result) && column >= 0 && column < PQnfields(result));
    return PQgetisnull(result, (int)row, column) ? NULL : PQgetvalue(result, (int)row, column);
}

int db_column(const struct db_batch *batch, size_t statement, const char *name)
{
    int column = PQfnumber(result_of(batch, statement), name);
    assert(column >= 0);
    return column;
}

int64_t db_int(const struct db_batch *batch, size_t statement, size_t row, int column)
{
    const char *text = db_value(batch, statement, row, column);
    char *end;
    assert(text);
    int64_t value = strtoll(text, &end, 10);
    assert(end != text && !*end);
    return value;
}

bool db_bool(const struct db_batch *batch, size_t statement, size_t row, int column)
{
    const char *text = db_value(batch, statement, row, column);
    assert(text && (*text == 't' || *text == 'f') && !text[1]);
    return *text == 't';
}

/* ---- parameters -------------------------------------------------------------------------------
 */

const char *db_text_int(struct arena *arena, int64_t value)
{
    struct text out;
    text_init(&out, arena);
    text_add_int(&out, value);
    return out.data;
}

const char *db_array_int(struct arena *arena, const int64_t *values, size_t n)
{
    struct text out;
    text_init(&out, arena);
    text_addc(&out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_addc(&out, ',');
        text_add_int(&out, values[i]);
    }
    text_addc(&out, '}');
    return out.data;
}

const char *db_array_text(struct arena *arena, const char *const *values, size_t n)
{
    struct text out;
    text_init(&out, arena);
    text_addc(&out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_addc(&out, ',');
        if (!values[i]) {
            text_add(&out, "NULL");
            continue;
        }
        text_addc(&out, '"');
        for (const char *c = values[i]; *c;) {
            size_t plain = strcspn(c, "\"\\");
            text_addn(&out, c, plain);
            c += plain;
            if (*c) {
                text_addc(&out, '\\');
                text_addc(&out, *c++);
            }
        }
        text_addc(&out, '"');
    }
    text_addc(&out, '}');
    return out.data;
}
