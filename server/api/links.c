/* Pay links: the page behind a short code, the way on to the provider's, and the letter that brings
 * it. Whoever has the code may look: it cannot be guessed, and who tries many has to wait. */
#include "server/api/link_html.h"
#include "server/api/pages.h"
#include "server/api/routes.h"

#include <string.h>

static void release_json(void *what)
{
    json_decref(what);
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* The link of the first row; NULL when the reader was told why not. */
static json_t *page_of(struct call *c)
{
    int64_t wait = db_int(c->batch, 0, 0, 0);
    const char *text = db_value(c->batch, 0, 0, 1);
    if (wait > 0) {
        call_header(c, "Retry-After", db_text_int(c->arena, wait));
        page_say(c, STATUS_TOO_MANY, N_("One moment, please"),
                 N_("Too many links were asked for from where you are. Try again in a few "
                    "minutes."));
        return NULL;
    }
    json_t *page = text ? json_loads(text, 0, NULL) : NULL;
    if (!page) {
        page_say(c, STATUS_NOT_FOUND, N_("This link is not known"),
                 N_("Please look whether it is whole. If it is, call us: we will send you another "
                    "one."));
        return NULL;
    }
    arena_defer(c->arena, release_json, page);
    return page;
}

/* A code as people may copy it; what is none costs the database nothing. */
static bool is_code(const char *code)
{
    enum { CODE_LETTERS = 12 };
    return strlen(code) == CODE_LETTERS &&
           strspn(code, "23456789ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz") == CODE_LETTERS;
}

static void look(struct call *c, call_step *then)
{
    const char *code = is_code(c->params[0]) ? c->params[0] : "";
    DB_ADD(call_write(c), Q_link_page, code, c->request->peer);
    call_then(c, then);
}

/* Word of the provider's is a second or two behind who comes back from there, so the answer waits
 * for it: a page that looks again by itself is a nuisance to who has it read aloud. */
enum { LOOKS = 6, LOOK_MS = 1000 };
struct looking {
    struct loop_timer *timer;
    int looks;
};

static void page_show(struct call *c);

static void look_again(void *arg)
{
    struct call *c = arg;
    struct looking *looking = c->state;
    loop_timer_free(looking->timer);
    look(c, page_show);
}

static void page_show(struct call *c)
{
    json_t *page = page_of(c);
    struct looking *looking = c->state;
    bool is_back = http_query(c->request, "done") != NULL;
    if (!page)
        return;
    if (link_html_waits(page, is_back) && ++looking->looks < LOOKS && !c->server->draining)
        looking->timer = loop_timer_new(c->server->loop, LOOK_MS, false, look_again, c);
    else
        page_reply(c, STATUS_OK, link_html(c->arena, c->language, c->params[0], page, is_back));
}

/* What cannot be paid any more says so on its own page. */
static void page_leave(struct call *c)
{
    json_t *page = page_of(c);
    if (!page)
        return;
    bool is_open = strcmp(json_string_value(json_object_get(page, "state")), "open") == 0;
    const char *url = json_string_value(json_object_get(page, "url"));
    call_header(c, "Location",
                is_open && url ? url : arena_printf(c->arena, "/p/%s", c->params[0]));
    page_reply(c, STATUS_SEE_OTHER, "");
}

void link_page(struct call *c)
{
    c->state = ARENA_NEW(c->arena, struct looking);
    c->fail_page = page_fail;
    look(c, page_show);
}

void link_pay(struct call *c)
{
    c->fail_page = page_fail;
    look(c, page_leave);
}

/* ---- the letter ------------------------------------------------------------------------------ */

struct writing {
    const char *key, *hash;
};

static void letter_waits(struct call *c, const json_t *reply)
{
    call_wait(c, json_integer_value(json_object_get(reply, "wait_seconds")));
}

static void letter_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *text = db_value(c->batch, 0, 0, 1);
    json_t *reply = text ? json_loads(text, 0, NULL) : NULL;
    arena_defer(c->arena, release_json, reply);
    if (text && (strcmp(result, "written") == 0 || strcmp(result, "again") == 0)) {
        call_reply_text(c, STATUS_OK, "application/json", text, strlen(text));
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "state") == 0) {
        call_problems(c, STATUS_STATE, NULL, "state", json_incref(json_object_get(reply, "state")));
    } else if (strcmp(result, "address") == 0) {
        problems_add(&c->problems, PROBLEM_no_email, "/letter", c->params[0]);
        call_fail(c, STATUS_PROBLEMS, NULL);
    } else if (strcmp(result, "wait") == 0) {
        letter_waits(c, reply);
    } else {
        call_fail(c, STATUS_NOT_FOUND, "there is no such link to pay");
    }
}

static void letter_store(struct call *c)
{
    struct writing *w = c->state;
    DB_ADD(call_write(c), Q_payment_letter, c->params[0], c->actor.market, c->params[1], w->key,
           w->hash, c->actor.login_id, c->actor.acting_for, c->request->id);
    call_then(c, letter_reply);
}

void payment_letter(struct call *c)
{
    static const char *const names[] = {NULL};
    struct writing *w = c->state = ARENA_NEW(c->arena, struct writing);
    if (!(w->key = call_key(c)) || !call_body(c))
        return;
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    w->hash = arena_printf(c->arena, "letter %s %s", c->params[0], c->params[1]);
    call_read(c);
    call_then(c, letter_store);
}
