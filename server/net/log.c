#include "server/net/log.h"

#include "core/pan.h"
#include "core/text.h"

/* Without the source line of our one call of sd_journal_sendv in every entry. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

/* One line of text on the stack: no allocation, no lock, and one write(2), so that the lines of
 * threads and processes don't mix (PIPE_BUF is 4,096). What doesn't fit ends in "...". */
enum { LINE_MAX_ = 4096, VALUE_MAX = 1024, PAIRS_MAX = 24, ROOM = 8 };

struct line {
    char data[LINE_MAX_];
    size_t len;
    bool full;
};

struct pair {
    const char *key;
    char value[VALUE_MAX];
    size_t len;
};

static const struct {
    const char *name;
    char priority; /* of syslog */
} levels[] = {{"debug", '7'}, {"info", '6'}, {"warn", '4'}, {"error", '3'}};

static const char *program_name = "partyline";
static enum log_level least_level = LOG_INFO_;
static bool to_journal;

/* systemd names the journal's socket in JOURNAL_STREAM; a redirected stderr is another file. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long dev, inode;
    struct stat st;
    return stream && sscanf(stream, "%llu:%llu", &dev, &inode) == 2 &&
           fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == inode;
}

void log_init(const char *program, enum log_level least)
{
    program_name = program;
    least_level = least;
    to_journal = stderr_is_journal();
}

static void line_add(struct line *line, const char *text, size_t len)
{
    if (line->full)
        return;
    if (line->len + len > sizeof line->data - ROOM) {
        line->full = true;
        text = "...";
        len = 3;
    }
    memcpy(line->data + line->len, text, len);
    line->len += len;
}

static void line_puts(struct line *line, const char *text)
{
    line_add(line, text, strlen(text));
}

static bool is_plain(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = value[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("._:/+-@,*%?&[]", c));
        if (!plain)
            return false;
    }
    return len > 0;
}

/* C0, DEL, C1 and the line separators of Unicode could make a line of their own, or move a
 * terminal's cursor; 0xFFFD stands for bytes that are not UTF-8. */
static bool needs_escape(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFFFD;
}

static void line_escaped(struct line *line, const char *value, size_t len)
{
    const char *end = value + len;
    line_puts(line, "\"");
    for (const char *at = value, *next = value; at < end; at = next) {
        uint32_t c = utf8_next(&next, end);
        char hex[8];
        if (c == '"' || c == '\\')
            line_add(line, "\\", 1);
        if (!needs_escape(c)) {
            line_add(line, at, (size_t)(next - at));
            continue;
        }
        for (; at < next; at++) {
            snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*at);
            line_puts(line, hex);
        }
    }
    line_puts(line, "\"");
}

static void line_pair(struct line *line, const struct pair *pair)
{
    line_puts(line, " ");
    line_puts(line, pair->key);
    line_puts(line, "=");
    if (is_plain(pair->value, pair->len))
        line_add(line, pair->value, pair->len);
    else
        line_escaped(line, pair->value, pair->len);
}

static void line_time(struct line *line)
{
    static _Thread_local char second[32]; /* as it was last written, of the time `written` */
    static _Thread_local time_t written;
    struct timespec now;
    char millisecond[8];
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != written) {
        struct tm tm;
        gmtime_r(&now.tv_sec, &tm);
        strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &tm);
        written = now.tv_sec;
    }
    snprintf(millisecond, sizeof millisecond, ".%03dZ ", (int)(now.tv_nsec / 1000000) % 1000);
    line_puts(line, second);
    line_puts(line, millisecond);
}

static void write_line(struct line *line)
{
    line->data[line->len++] = '\n';
    ssize_t n;
    do
        n = write(STDERR_FILENO, line->data, line->len);
    while (n < 0 && errno == EINTR);
}

/* KEY=value for the journal, whose names are upper-case letters, digits and underscores. */
static size_t journal_field(const struct pair *pair, char *out)
{
    size_t n = 0;
    for (const char *k = pair->key; *k && n < 60; k++) {
        bool lower = *k >= 'a' && *k <= 'z';
        bool kept = (*k >= 'A' && *k <= 'Z') || (n && *k >= '0' && *k <= '9');
        if (lower || kept || n)
            out[n++] = lower ? (char)(*k - 'a' + 'A') : kept ? *k : '_';
    }
    out[n++] = '=';
    memcpy(out + n, pair->value, pair->len);
    return n + pair->len;
}

static bool write_journal(enum log_level level, const char *event, const struct line *line,
                          const struct pair *pairs, size_t count)
{
    static _Thread_local char fields[PAIRS_MAX][VALUE_MAX + 64];
    char message[LINE_MAX_ + 16], priority[] = "PRIORITY=?", name[80], what[80];
    struct iovec iov[PAIRS_MAX + 4];
    int n = 0;
    priority[sizeof priority - 2] = levels[level].priority;
    snprintf(message, sizeof message, "MESSAGE=%.*s", (int)line->len, line->data);
    snprintf(name, sizeof name, "SYSLOG_IDENTIFIER=%s", program_name);
    snprintf(what, sizeof what, "EVENT=%s", event);
    char *const fixed[] = {message, priority, name, what};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        iov[n++] = (struct iovec){fixed[i], strlen(fixed[i])};
    for (size_t i = 0; i < count; i++)
        iov[n++] = (struct iovec){fields[i], journal_field(&pairs[i], fields[i])};
    return sd_journal_sendv(iov, n) >= 0;
}

static void pair_fill(struct pair *pair, const char *key, const char *value)
{
    if (!value)
        value = "-";
    pair->key = key;
    pair->len = strnlen(value, sizeof pair->value);
    memcpy(pair->value, value, pair->len);
    pan_scrub(pair->value, pair->len);
}

void log_event(enum log_level level, const char *event, ...)
{
    if (level < least_level)
        return;
    /* Not on the stack: 25 KB would be much for a helper thread. */
    static _Thread_local struct pair pairs[PAIRS_MAX];
    size_t count = 0;
    va_list args;
    va_start(args, event);
    for (const char *key; count < PAIRS_MAX && (key = va_arg(args, const char *));)
        pair_fill(&pairs[count++], key, va_arg(args, const char *));
    va_end(args);

    struct line line;
    line.len = 0;
    line.full = false;
    if (!to_journal) {
        line_time(&line);
        line_puts(&line, levels[level].name);
        line_puts(&line, " ");
    }
    line_puts(&line, event);
    for (size_t i = 0; i < count; i++)
        line_pair(&line, &pairs[i]);
    if (!to_journal || !write_journal(level, event, &line, pairs, count))
        write_line(&line);
}

void die(int code, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "%s: %s\n", program_name, text);
    exit(code);
}
