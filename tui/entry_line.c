#include "tui/entry_line.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/terminal.h"

#include <string.h>

static size_t char_before(const struct entry_line *line)
{
    size_t at = line->at;
    if (at == 0)
        return 0;
    do
        at--;
    while (at > 0 && ((unsigned char)line->text[at] & 0xC0) == 0x80);
    return at;
}

static size_t char_after(const struct entry_line *line)
{
    const char *at = line->text + line->at, *end = line->text + line->len;
    if (at < end)
        utf8_next(&at, end);
    return (size_t)(at - line->text);
}

static void insert(struct entry_line *line, uint32_t ch)
{
    char bytes[4];
    size_t n = utf8_write(bytes, ch);
    if (line->len + n >= ENTRY_TEXT)
        return;
    memmove(line->text + line->at + n, line->text + line->at, line->len - line->at + 1);
    memcpy(line->text + line->at, bytes, n);
    line->at += n;
    line->len += n;
}

static void erase_span(struct entry_line *line, size_t from, size_t to)
{
    memmove(line->text + from, line->text + to, line->len - to + 1);
    line->len -= to - from;
    line->at = from;
}

static size_t word_before(const struct entry_line *line)
{
    size_t at = line->at;
    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

void entry_line_set(struct entry_line *line, const char *text)
{
    size_t len = strlen(text);
    line->len = len < ENTRY_TEXT ? len : ENTRY_TEXT - 1;
    memmove(line->text, text, line->len);
    line->text[line->len] = '\0';
    line->at = line->len;
    line->offered = false;
}

void entry_line_offer(struct entry_line *line, const char *text)
{
    entry_line_set(line, text);
    line->offered = true;
}

/* The first key decides. */
static void offer_end(struct entry_line *line, bool anew)
{
    if (line->offered && anew) {
        entry_line_remember(line, line->text);
        erase_span(line, 0, line->len);
    }
    line->offered = false;
}

static void history_move(struct entry_line *line, int step)
{
    size_t kept = line->remembered < ENTRY_HISTORY ? line->remembered : ENTRY_HISTORY;
    if (step > 0 ? line->back >= kept : line->back == 0)
        return;
    if (line->back == 0)
        memcpy(line->typing, line->text, line->len + 1);
    line->back = step > 0 ? line->back + 1 : line->back - 1;
    entry_line_set(line, line->back == 0
                             ? line->typing
                             : line->history[(line->remembered - line->back) % ENTRY_HISTORY]);
}

void entry_line_remember(struct entry_line *line, const char *text)
{
    size_t newest = (line->remembered + ENTRY_HISTORY - 1) % ENTRY_HISTORY;
    if (line->remembered && strcmp(line->history[newest], text) == 0)
        return;
    char *slot = line->history[line->remembered++ % ENTRY_HISTORY];
    size_t len = strnlen(text, ENTRY_TEXT - 1);
    memcpy(slot, text, len);
    slot[len] = '\0';
}

bool entry_line_take(struct entry_line *line, char out[ENTRY_TEXT])
{
    memcpy(out, line->text, line->len + 1);
    line->len = line->at = line->back = 0;
    line->offered = false;
    line->text[0] = '\0';
    if (out[strspn(out, " ")] == '\0')
        return false;
    entry_line_remember(line, out);
    return true;
}

bool entry_line_key(struct entry_line *line, const struct input *input)
{
    if (input->code == INPUT_CHAR ||
        (input->code >= INPUT_BACKSPACE && input->code <= INPUT_DOWN) ||
        input->code == INPUT_KILL || input->code == INPUT_KILL_WORD)
        offer_end(line, input->code == INPUT_CHAR);
    switch ((int)input->code) {
    case INPUT_CHAR:
        insert(line, input->ch);
        return true;
    case INPUT_BACKSPACE:
        erase_span(line, char_before(line), line->at);
        return true;
    case INPUT_DELETE:
        erase_span(line, line->at, char_after(line));
        return true;
    case INPUT_KILL_WORD:
        erase_span(line, word_before(line), line->at);
        return true;
    case INPUT_KILL:
        erase_span(line, 0, line->len);
        return true;
    case INPUT_LEFT:
        line->at = char_before(line);
        return true;
    case INPUT_RIGHT:
        line->at = char_after(line);
        return true;
    case INPUT_HOME:
        line->at = 0;
        return true;
    case INPUT_END:
        line->at = line->len;
        return true;
    case INPUT_UP:
        history_move(line, 1);
        return true;
    case INPUT_DOWN:
        history_move(line, -1);
        return true;
    default:
        return false;
    }
}

int entry_line_draw(const struct entry_line *line, int y, int width)
{
    terminal_put(y, 0, 2, ROLE_STRONG, "> ");
    int room = width - 3; /* and a cell for the cursor behind the text */
    if (room < 1)
        return 0;
    int before = 0;
    const char *from = line->text, *cursor = line->text + line->at;
    for (const char *at = line->text; at < cursor;)
        before += charset_cells(utf8_next(&at, cursor));
    while (before > room)
        before -= charset_cells(utf8_next(&from, cursor));
    terminal_put(y, 2, width - 2, ROLE_PLAIN, from);
    return 2 + before;
}
