#include "server/api/pages.h"

#include "server/api/link_html.h"
#include "server/api/routes.h"
#include "server/web/web.h"

#include <string.h>

void page_reply(struct call *c, enum status status, const char *html)
{
    call_header(c, "Content-Security-Policy", web_policy(c->arena, "'none'"));
    call_reply_text(c, status, "text/html; charset=utf-8", html, strlen(html));
}

void page_say(struct call *c, enum status status, const char *heading, const char *sentence)
{
    page_reply(c, status, link_html_say(c->arena, c->language, heading, sentence));
}

void page_fail(struct call *c, enum status status)
{
    if (status == STATUS_NOT_FOUND || status == STATUS_METHOD)
        page_say(c, status, N_("There is nothing here"),
                 N_("Please look whether the address is whole. If it is, call us."));
    else
        page_say(c, status, N_("One moment, please"),
                 N_("We cannot look at the moment. Nothing is lost: please try again in a "
                    "minute."));
}

/* ---- where the provider's pages lead back to, when no link's page is --------------------------
 */

void pay_done(struct call *c)
{
    page_say(c, STATUS_OK, N_("Thank you"), N_("That is done. You can close this page."));
}

void pay_later(struct call *c)
{
    page_say(c, STATUS_OK, N_("Nothing was paid"),
             N_("The link you came from still works, for a while."));
}

/* ---- how they look --------------------------------------------------------------------------- */

void page_style(struct call *c)
{
    call_header(c, "Cache-Control", "public, max-age=3600");
    call_reply_text(c, STATUS_OK, "text/css; charset=utf-8", (const char *)web_style.data,
                    web_style.size);
}
