/* The whole catalogue of a market, for clients that price by themselves. */
#include "core/wire/wire_catalogue.h"
#include "server/api/catalogue_body.h"
#include "server/api/routes.h"
#include "server/auth/digest.h"

#include <stdlib.h>
#include <string.h>

/* A list that ended is sent a while longer: there are drafts of then, and clients whose clock or
 * market is behind. */
enum { PAST_DAYS = 92, FIXED_PIECES = 5 };

struct catalogue_view {
    const struct market_snapshot *market;
    const struct market_bodies *bodies;
    const struct names_body *names;
    const char *list;
    enum audience audience; /* AUDIENCES: all */
    struct date date;       /* DATE_MIN: all that matter today */
    size_t today;
    /* what is sent */
    const struct body_piece **pieces;
    size_t npieces;
    char tag[DIGEST_HEX + 4];
};

/* ---- what is asked for ---- */

/* "zh" answers "zh-CN", too. */
static bool is_language(const char *ours, const char *wanted)
{
    size_t base = strcspn(wanted, "-_");
    return strcmp(ours, wanted) == 0 || (strlen(ours) == base && strncmp(ours, wanted, base) == 0);
}

static const struct names_body *names_in(const struct catalogue_bodies *bodies,
                                         const char *language)
{
    for (size_t i = 0; language && i < bodies->nnames; i++)
        if (is_language(bodies->names[i].language, language))
            return &bodies->names[i];
    return NULL;
}

static bool read_view(struct call *c, struct catalogue_view *v)
{
    const char *audience = http_query(c->request, "audience"),
               *date = http_query(c->request, "date");
    v->market = call_market(c, http_query(c->request, "market"));
    v->list = http_query(c->request, "list");
    v->audience = audience ? audience_by_name(audience) : AUDIENCES;
    v->date = DATE_MIN;
    if (!v->market)
        return false;
    if ((audience && v->audience == AUDIENCES) || (date && !date_parse(date, &v->date))) {
        call_fail(c, STATUS_MALFORMED, "audience or date cannot be read");
        return false;
    }
    const struct catalogue_bodies *bodies = c->snapshot->bodies;
    v->bodies = &bodies->markets[v->market - c->snapshot->markets];
    v->names = names_in(bodies, http_query(c->request, "lang"));
    if (!v->names)
        v->names = names_in(bodies, v->market->language);
    return true;
}

static struct date today(const struct call *c, const struct catalogue_view *v)
{
    return (struct date){(int32_t)db_int(c->batch, v->today, 0, 0)};
}

static bool is_wanted(const struct call *c, const struct catalogue_view *v,
                      const struct price_list *list)
{
    if (v->audience != AUDIENCES && v->audience != list->audience)
        return false;
    if (v->list)
        return strcmp(v->list, list->code) == 0;
    if (v->date.days != DATE_MIN.days)
        return date_within(v->date, list->from, list->to);
    return list->to.days > today(c, v).days - PAST_DAYS;
}

/* ---- what is sent ---- */

static void add(struct catalogue_view *v, const struct body_piece *piece)
{
    v->pieces[v->npieces++] = piece;
}

/* The pieces, and the tag of exactly them: the same on every server of the company. */
static void join(struct call *c, struct catalogue_view *v)
{
    const struct catalogue *catalogue = &v->market->catalogue;
    const struct catalogue_bodies *bodies = c->snapshot->bodies;
    struct text what;
    text_init(&what, c->arena);
    text_printf(&what, "%d %lld %s %s", WIRE_CATALOGUE_FORMAT, (long long)catalogue->version,
                catalogue->market, v->names->language);
    v->pieces =
        ARENA_ARRAY(c->arena, const struct body_piece *, FIXED_PIECES + 2 * catalogue->nlists);
    add(v, &v->bodies->market);
    add(v, &bodies->items);
    add(v, &v->names->names);
    for (size_t i = 0, n = 0; i < catalogue->nlists; i++) {
        if (!is_wanted(c, v, &catalogue->lists[i]))
            continue;
        if (n++)
            add(v, &bodies->comma);
        add(v, &v->bodies->lists[i]);
        text_printf(&what, " %lld", (long long)catalogue->lists[i].id);
    }
    add(v, &bodies->end);
    strcpy(v->tag, "W/\"");
    digest_hex(what.data, what.len, v->tag + 3);
    strcpy(v->tag + 3 + 32, "\""); /* half of it is plenty */
}

/* One of the tags of a list, or any; weak ones are compared without their W/ (RFC 9110, 13.1.2). */
static bool is_known(const char *header, const char *tag)
{
    const char *opaque = tag + 2;
    size_t len = strlen(opaque);
    for (const char *at = header; at && *at;) {
        at += strspn(at, " \t,");
        if (*at == '*')
            return true;
        at += strncmp(at, "W/", 2) == 0 ? 2 : 0;
        size_t n = strcspn(at, ", \t");
        if (n == len && strncmp(at, opaque, len) == 0)
            return true;
        at += n;
    }
    return false;
}

/* "gzip", "gzip;q=0.5", "*"; not "gzip;q=0". */
static bool takes_gzip(const char *header)
{
    for (const char *at = header; at && *at;) {
        at += strspn(at, " \t,");
        size_t name = strcspn(at, " \t,;"), len = strcspn(at, ",");
        bool named = (name == 4 && strncasecmp(at, "gzip", 4) == 0) || (name == 1 && *at == '*');
        const char *q = memmem(at, len, "q=", 2);
        if (named)
            return !q || strcspn(q, "123456789") < len - (size_t)(q - at);
        at += len;
    }
    return false;
}

/* What must stay until the network is done: the pieces are the snapshot's. */
struct sending {
    struct catalogue_snapshot *snapshot;
    char end[GZIP_END];
};

static void sent(void *what)
{
    struct sending *sending = what;
    catalogue_snapshot_release(sending->snapshot);
    free(sending);
}

static void send(struct call *c, struct catalogue_view *v, bool packed)
{
    struct http_piece *out = ARENA_ARRAY(c->arena, struct http_piece, v->npieces + 2);
    struct sending *sending = calloc(1, sizeof *sending);
    size_t n = 0;
    if (!sending)
        abort();
    sending->snapshot = c->snapshot;
    c->snapshot->refs++;
    if (packed)
        out[n++] = (struct http_piece){gzip_head, GZIP_HEAD};
    for (size_t i = 0; i < v->npieces; i++)
        out[n++] = packed ? (struct http_piece){v->pieces[i]->packed, v->pieces[i]->packed_len}
                          : (struct http_piece){v->pieces[i]->plain, v->pieces[i]->plain_len};
    if (packed) {
        gzip_end_write(v->pieces, v->npieces, sending->end);
        out[n++] = (struct http_piece){sending->end, GZIP_END};
        call_header(c, "Content-Encoding", "gzip");
    }
    call_reply_pieces(c, STATUS_OK, "application/json", out, n, sent, sending);
}

static void reply(struct call *c)
{
    struct catalogue_view *v = c->state;
    char day[DATE_TEXT];
    join(c, v);
    call_header(c, "Business-Day", date_format(day, today(c, v)));
    call_header(c, "ETag", v->tag);
    call_header(c, "Vary", "Accept-Encoding");
    call_header(c, "Cache-Control", "private, no-cache");
    if (is_known(http_header(c->exchange, "If-None-Match"), v->tag))
        call_reply(c, STATUS_NOT_MODIFIED, NULL);
    else
        send(c, v, takes_gzip(http_header(c->exchange, "Accept-Encoding")));
}

static void load(struct call *c)
{
    struct catalogue_view *v = c->state = ARENA_NEW(c->arena, struct catalogue_view);
    if (!read_view(c, v))
        return;
    v->today = DB_ADD(call_read(c), Q_business_day, v->market->catalogue.market);
    call_then(c, reply);
}

/* The market may be the actor's: the session comes first. */
void catalogue_get(struct call *c)
{
    call_read(c);
    call_then(c, load);
}
