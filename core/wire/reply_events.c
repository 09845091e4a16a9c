#include "core/wire/reply_events.h"

#include "core/wire/reply_part.h"

#include <stdlib.h>
#include <string.h>

enum { UNREAD_MOST = 256 * 1024 };

bool event_reader_add(struct event_reader *reader, const char *data, size_t len)
{
    if (reader->len + len > UNREAD_MOST)
        return false;
    if (reader->len + len + 1 > reader->size) {
        reader->size = (reader->len + len + 1) * 2;
        reader->text = realloc(reader->text, reader->size);
        if (!reader->text)
            abort();
    }
    memcpy(reader->text + reader->len, data, len);
    reader->len += len;
    reader->text[reader->len] = '\0';
    return true;
}

static void free_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_free *)out =
        (struct reply_free){get_text(object, "sku"), get_number(object, "free")};
}

static bool data_read(struct arena *arena, const char *data, struct reply_happened *out)
{
    json_t *object = body_object(arena, data, strlen(data));
    const char *version = get_text(object, "version");
    out->order = get_text(object, "number");
    out->version = strtoll(version, NULL, 10);
    out->stock = get_array(arena, object, "items", sizeof *out->stock, free_read, &out->nstock);
    return object != NULL;
}

/* Lines "name: value" up to the empty one. */
static bool block_read(struct event_reader *reader, struct arena *arena, char *block,
                       struct reply_happened *out)
{
    const char *data = "";
    *out = (struct reply_happened){.event = ""};
    for (char *line = block, *rest; line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        if (strncmp(line, "id: ", 4) == 0 && strlen(line + 4) < EVENT_ID)
            strcpy(reader->id, line + 4);
        else if (strncmp(line, "event: ", 7) == 0)
            out->event = line + 7;
        else if (strncmp(line, "data: ", 6) == 0)
            data = line + 6;
    }
    return *out->event && data_read(arena, data, out);
}

bool event_reader_next(struct event_reader *reader, struct arena *arena, struct reply_happened *out)
{
    for (char *end; reader->len && (end = strstr(reader->text, "\n\n"));) {
        size_t len = (size_t)(end - reader->text);
        char *block = arena_strndup(arena, reader->text, len);
        reader->len -= len + 2;
        memmove(reader->text, end + 2, reader->len + 1);
        if (block_read(reader, arena, block, out))
            return true;
    }
    return false;
}

void event_reader_restart(struct event_reader *reader)
{
    reader->len = 0;
    if (reader->text)
        reader->text[0] = '\0';
}

void event_reader_release(struct event_reader *reader)
{
    free(reader->text);
    *reader = (struct event_reader){0};
}
