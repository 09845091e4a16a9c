#include "server/api/watch.h"

#include "core/tr.h"

#include <string.h>

#define ID_VERSION "1."

enum { MARK_DIGITS = 6, MARK_BITS = 6 * MARK_DIGITS };

static const struct {
    const char *name;
    size_t most; /* 0: it has no list */
} kinds[WATCH_KINDS] = {
    [WATCH_orders] = {"orders", WATCH_ORDERS},
    [WATCH_stock] = {"stock", WATCH_ITEMS},
    [WATCH_drafts] = {"drafts", 0},
    [WATCH_notices] = {"notices", 0},
    [WATCH_catalogue] = {"catalogue", 0},
};

const char *watch_kind_name(enum watch_kind kind)
{
    return kinds[kind].name;
}

/* ---- what is watched ------------------------------------------------------------------------- */

static bool is_watched(const struct watch *watch, enum watch_kind kind, const char *key)
{
    for (size_t i = 0; i < watch->n; i++)
        if (watch->things[i].kind == kind && (!key || strcmp(watch->things[i].key, key) == 0))
            return true;
    return false;
}

static void add(struct watch *watch, enum watch_kind kind, const char *key)
{
    watch->things[watch->n++] = (struct watch_thing){.kind = kind, .key = key};
}

/* "40216,41109" */
static const char *read_keys(struct arena *arena, enum watch_kind kind, const char *at, size_t len,
                             struct watch *out)
{
    size_t n = 0;
    for (const char *end = at + len;; at++) {
        size_t key = strcspn(at, ",;");
        if (key == 0 || key >= WATCH_KEY)
            return N_("watch has an order or SKU that is empty or too long");
        const char *text = arena_strndup(arena, at, key);
        if (is_watched(out, kind, text))
            return N_("watch names the same order or SKU twice");
        if (n++ == kinds[kind].most)
            return kind == WATCH_orders ? N_("a stream watches at most 16 orders")
                                        : N_("a stream watches the stock of at most 64 items");
        add(out, kind, text);
        at += key;
        if (at == end)
            return NULL;
    }
}

/* "stock:40216,41109" or "drafts" */
static const char *read_topic(struct arena *arena, const char *at, size_t len, struct watch *out)
{
    size_t name = strcspn(at, ":;");
    for (enum watch_kind kind = 0; kind < WATCH_KINDS; kind++) {
        if (strlen(kinds[kind].name) != name || memcmp(kinds[kind].name, at, name) != 0)
            continue;
        if (is_watched(out, kind, NULL))
            return N_("watch names the same topic twice");
        if (!kinds[kind].most && name != len)
            return N_("drafts, notices and catalogue have nothing behind them in watch");
        if (!kinds[kind].most)
            add(out, kind, "");
        else if (name == len)
            return N_("watch says whose: orders:NUMBER,NUMBER or stock:SKU,SKU");
        return kinds[kind].most ? read_keys(arena, kind, at + name + 1, len - name - 1, out) : NULL;
    }
    return N_("watch is a list of orders:NUMBER,..., stock:SKU,..., drafts, notices, catalogue, "
              "with ; between them");
}

const char *watch_read(struct arena *arena, const char *text, struct watch *out)
{
    out->n = 0;
    for (;; text++) {
        size_t len = strcspn(text, ";");
        const char *wrong = read_topic(arena, text, len, out);
        text += len;
        if (wrong || !*text)
            return wrong;
    }
}

/* ---- marks ----------------------------------------------------------------------------------- */

/* FNV-1a; the end of each text counts, too. */
static uint64_t add_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    while (*text++);
    return hash;
}

uint64_t watch_mark(const char *scope, const struct watch_thing *thing, const char *state)
{
    uint64_t z = add_text(UINT64_C(0xCBF29CE484222325), kinds[thing->kind].name);
    z = add_text(add_text(add_text(z, scope), thing->key), state);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z = (z ^ (z >> 31)) & ((UINT64_C(1) << MARK_BITS) - 1);
    return z ? z : 1;
}

size_t watch_differs(const struct watch *watch, const uint64_t *now, size_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < watch->n; i++)
        if (watch->things[i].told != now[i])
            out[n++] = i;
    return n;
}

/* ---- ids ------------------------------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void watch_id_write(const struct watch *watch, struct text *out)
{
    text_add(out, ID_VERSION);
    for (size_t i = 0; i < watch->n; i++)
        for (int shift = MARK_BITS - 6; watch->things[i].told && shift >= 0; shift -= 6)
            text_addc(out, digits[watch->things[i].told >> shift & 63]);
}

static uint64_t mark_read(const char *at)
{
    uint64_t mark = 0;
    for (int i = 0; i < MARK_DIGITS; i++)
        mark = mark << 6 | (uint64_t)(strchr(digits, at[i]) - digits);
    return mark;
}

bool watch_id_read(struct watch *watch, const char *id, const uint64_t *now)
{
    size_t version = strlen(ID_VERSION), len = strlen(id);
    for (size_t i = 0; i < watch->n; i++)
        watch->things[i].told = 0;
    if (len > WATCH_ID || strncmp(id, ID_VERSION, version) != 0 ||
        (len - version) % MARK_DIGITS != 0 || strspn(id + version, digits) != len - version)
        return false;
    for (const char *at = id + version; *at; at += MARK_DIGITS) {
        uint64_t mark = mark_read(at);
        for (size_t i = 0; i < watch->n; i++)
            if (now[i] == mark)
                watch->things[i].told = mark;
    }
    return true;
}
