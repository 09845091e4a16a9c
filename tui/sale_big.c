/* Large figures of three rows, in ASCII: the change is read from where the customer stands. */
#include "tui/sale_view.h"

#include <string.h>

static const struct {
    char c;
    int width;
    const char *rows[BIG_ROWS];
} figures[] = {
    {'0', 4, {" _", "| |", "|_|"}}, {'1', 4, {"", "  |", "  |"}},   {'2', 4, {" _", " _|", "|_"}},
    {'3', 4, {" _", " _|", " _|"}}, {'4', 4, {"", "|_|", "  |"}},   {'5', 4, {" _", "|_", " _|"}},
    {'6', 4, {" _", "|_", "|_|"}},  {'7', 4, {" _", "  |", "  |"}}, {'8', 4, {" _", "|_|", "|_|"}},
    {'9', 4, {" _", "|_|", " _|"}}, {'.', 2, {"", "", "."}},        {'-', 4, {"", " _", ""}},
};

int big_width(const char *amount)
{
    int width = 0;
    for (; *amount; amount++)
        for (size_t i = 0; i < ARRAY_LEN(figures); i++)
            width += figures[i].c == *amount ? figures[i].width : 0;
    return width;
}

void big_draw(const struct frame *frame, int row, int x, enum role role, const char *amount)
{
    for (; *amount; amount++)
        for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
            if (figures[i].c != *amount)
                continue;
            for (int r = 0; r < BIG_ROWS && row + r < frame->rows; r++)
                terminal_put(frame->top + row + r, frame->left + x, figures[i].width, role,
                             figures[i].rows[r]);
            x += figures[i].width;
        }
}
