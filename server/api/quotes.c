/* POST /quotes prices a draft and stores nothing. Business mistakes are part of a 200. */
#include "server/api/known.h"
#include "server/api/routes.h"

static void reply(struct call *c)
{
    struct pricing *p = c->state;
    pricing_decide(c, p);
    known_keep(c, p);
    pricing_check_duplicate(c, p);
    call_reply(c, STATUS_OK, pricing_write(c, p));
}

void quote_create(struct call *c)
{
    static const char *const also[] = {"shift", NULL};
    struct pricing *p = ARENA_NEW(c->arena, struct pricing);
    c->state = p;
    if (!call_body(c) || !pricing_read(c, also, p))
        return;
    pricing_read_shift(c, p);
    if (!call_body_ok(c) || !pricing_begin(c, p))
        return;
    pricing_ask(c, p);
    call_then(c, reply);
}
