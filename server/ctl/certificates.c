/* partylinectl export certificates FILE.csv|FILE.xlsx: what is owed to whoever holds one, each with
 * who sold and who bought it. Numbers are money: of them the last digits only. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "server/book/book.h"
#include "server/ctl/ctl.h"

enum { EXPONENT = 4, FIRST_AMOUNT, LAST_AMOUNT = FIRST_AMOUNT + 2, COLUMNS = 13 };

static void write_head(struct book_writer *writer)
{
    static const char *const names[] = {"market", "certificate", "state",       "currency",
                                        "sold",   "spent",       "left",        "issued",
                                        "order",  "seller",      "seller_name", "customer"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        book_write_cell(writer, names[i], false);
    book_write_row(writer);
}

static void write_row(struct book_writer *writer, const PGresult *rows, int row)
{
    char amount[MONEY_TEXT];
    int exponent = atoi(PQgetvalue(rows, row, EXPONENT));
    for (int i = 0; i < COLUMNS; i++) {
        const char *text = PQgetvalue(rows, row, i);
        bool is_amount = i >= FIRST_AMOUNT && i <= LAST_AMOUNT;
        if (is_amount)
            text = money_format(amount, money_of(strtoll(text, NULL, 10)), exponent, false);
        if (i != EXPONENT)
            book_write_cell(writer, text, is_amount);
    }
    book_write_row(writer);
}

int ctl_export_certificates(struct ctl *ctl, const char *path)
{
    struct book_writer writer;
    PGresult *rows = ctl_ask(ctl, Q_certificate_export, NULL);
    if (!rows)
        return 1;
    if (!book_write_begin(&writer, ctl->arena, book_is_xlsx(path)))
        return ctl_fail(1, "no room for a spreadsheet: %s", strerror(errno));
    write_head(&writer);
    for (int i = 0; i < PQntuples(rows); i++)
        write_row(&writer, rows, i);
    return ctl_save_book(ctl, &writer, path, "certificates", PQntuples(rows));
}
