/* Gift certificates, in the middle of a call: one by its number, with what became of it, or those
 * that a person has sold or bought. Lists tell the last four digits only. */
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MOST = 50, NUMBER_TEXT = 32, PICKS_MOST = 9 };

struct certificates {
    char path[96], about[64]; /* what is asked, and how it is called */
    bool is_list, has_any;
    struct query query;
    struct reply_certificate_card card;
    struct reply_certificates list;
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct certificates *c = owner;
    if (answer->context == c->query.asked)
        c->has_any = false;
    if (!query_answer(&c->query, answer))
        return;
    c->has_any =
        c->is_list
            ? reply_certificates_read(c->query.arena, answer->body, answer->len, &c->list)
            : reply_certificate_card_read(c->query.arena, answer->body, answer->len, &c->card);
    if (!c->has_any)
        query_unreadable(&c->query);
}

static void ask(struct app *app)
{
    query_ask(&app->certificates->query, app, app->certificates->path, take, app->certificates);
}

static struct certificates *begin(struct app *app, bool is_list)
{
    if (!app->certificates && !(app->certificates = calloc(1, sizeof *app->certificates)))
        abort();
    app->certificates->is_list = is_list;
    app->certificates->has_any = false;
    return app->certificates;
}

static void show(struct app *app)
{
    ask(app);
    app_show(app, &screen_certificate);
}

void open_certificate(struct app *app, const char *digits, const char *customer,
                      const char *distributor)
{
    struct certificates *c = begin(app, false);
    snprintf(c->about, sizeof c->about, "...%s", digits + strlen(digits) - CERTIFICATE_LAST);
    if (strlen(digits) > CERTIFICATE_LAST)
        snprintf(c->path, sizeof c->path, "/certificates/%s", digits);
    else
        snprintf(c->path, sizeof c->path, "/certificates?last=%s&%s=%.20s", digits,
                 customer ? "customer" : "distributor", customer ? customer : distributor);
    show(app);
}

void open_certificates(struct app *app, const char *id, bool is_customer)
{
    struct certificates *c = begin(app, true);
    snprintf(c->about, sizeof c->about, "%s", id);
    snprintf(c->path, sizeof c->path, "/certificates?%s=%.20s&limit=%d",
             is_customer ? "customer" : "seller", id, LIST_MOST);
    show(app);
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* "GC 7841 1027 4419 2830": as it is read out; "...2830" where no more is told. */
static const char *number_text(char out[NUMBER_TEXT], const struct reply_certificate_card *card)
{
    const char *digits = card->number;
    if (strlen(digits) == 18)
        snprintf(out, NUMBER_TEXT, "GC %.4s %.4s %.4s %.4s", digits + 2, digits + 6, digits + 10,
                 digits + 14);
    else
        snprintf(out, NUMBER_TEXT, "...%.4s", card->last);
    return out;
}

static enum role role_of(const struct reply_certificate_card *card)
{
    return strcmp(card->state, "active") == 0 ? ROLE_STRONG : ROLE_STOP;
}

static void draw_card(const struct reply_certificate_card *card, const struct frame *frame)
{
    char number[NUMBER_TEXT], amount[MONEY_TEXT], left[MONEY_TEXT], when[WHEN_TEXT];
    const char *buyer = *card->customer_name ? card->customer_name : card->seller_name;
    frame_printf(frame, 0, role_of(card), " %s   %s", number_text(number, card),
                 tongue_word("certificate", card->state));
    frame_printf(frame, 1, card->balance ? ROLE_OK : ROLE_WARN, " Left %s of %s %s",
                 money_format(left, money_of(card->balance), card->exponent, true),
                 money_format(amount, money_of(card->amount), card->exponent, true),
                 card->currency);
    frame_printf(frame, 2, ROLE_PLAIN, " Issued %s, order %s", when_text(when, card->issued_at),
                 card->order);
    frame_printf(frame, 3, ROLE_PLAIN, " Sold by %s %s", card->seller, card->seller_name);
    frame_printf(frame, 4, ROLE_PLAIN, " Bought by %s", buyer);
    frame_text(frame, 6, ROLE_HEAD, _(" What became of it"));
    int row = 7;
    for (size_t i = 0; i < card->nhistory && row < frame->rows - 2; i++, row++) {
        const struct reply_certificate_event *e = &card->history[i];
        frame_printf(frame, row, ROLE_PLAIN, " %2zu %-12s  %-10s %12s  %s", i + 1,
                     when_text(when, e->at), tongue_word("certificate", e->act),
                     money_format(amount, money_of(e->amount), card->exponent, true), e->order);
    }
    frame_text(frame, row + 1, ROLE_DIM, _(" 1-9 opens the order; F12 goes back"));
}

static void draw_list(const struct certificates *c, const struct frame *frame)
{
    char when[WHEN_TEXT], amount[MONEY_TEXT], left[MONEY_TEXT];
    frame_printf(frame, 0, ROLE_STRONG, " Gift certificates of %s", c->about);
    frame_text(frame, 1, ROLE_HEAD, _(" Issued        Number         Value         Left  State"));
    for (size_t i = 0; i < c->list.n && 2 + (int)i < frame->rows - 1; i++) {
        const struct reply_certificate_card *card = &c->list.items[i];
        const char *buyer = *card->customer_name ? card->customer_name : card->seller_name;
        frame_printf(frame, 2 + (int)i, ROLE_PLAIN, " %-12s  ...%s %12s %12s  %s  %s",
                     when_text(when, card->issued_at), card->last,
                     money_format(amount, money_of(card->amount), card->exponent, true),
                     money_format(left, money_of(card->balance), card->exponent, true),
                     tongue_word("certificate", card->state), buyer);
    }
    if (c->list.n == 0)
        frame_text(frame, 2, ROLE_DIM, _("   none"));
    else if (*c->list.next || 2 + (int)c->list.n >= frame->rows - 1)
        frame_text(frame, frame->rows - 1, ROLE_DIM, _("   older ones are not shown"));
}

static void draw(struct app *app, struct frame *frame)
{
    const struct certificates *c = app->certificates;
    if (!c->has_any)
        frame_printf(frame, 0, c->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", c->about,
                     c->query.waiting ? ".." : c->query.error);
    else if (c->is_list)
        draw_list(c, frame);
    else
        draw_card(&c->card, frame);
}

/* ---- saying ---------------------------------------------------------------------------------- */

static void say_card(const struct reply_certificate_card *card, struct speech *speech)
{
    char number[NUMBER_TEXT], amount[MONEY_TEXT], left[MONEY_TEXT], when[WHEN_TEXT], key[32];
    speech_say(speech, "title", _("GIFT CERTIFICATE: %s, %s"), number_text(number, card),
               tongue_word("certificate", card->state));
    speech_say(speech, "left", _("left %s of %s %s"),
               money_format(left, money_of(card->balance), card->exponent, true),
               money_format(amount, money_of(card->amount), card->exponent, true), card->currency);
    speech_say(speech, "sold", _("issued %s, order %s"), when_text(when, card->issued_at),
               card->order);
    speech_say(speech, "seller", _("sold by %s %s"), card->seller, card->seller_name);
    speech_say(speech, "buyer", _("bought by %s"),
               *card->customer_name ? card->customer_name : card->seller_name);
    for (size_t i = 0; i < card->nhistory; i++) {
        const struct reply_certificate_event *e = &card->history[i];
        snprintf(key, sizeof key, "event %zu", i);
        speech_say(speech, key, _("%zu: %s, %s %s, order %s"), i + 1, when_text(when, e->at),
                   tongue_word("certificate", e->act),
                   money_format(amount, money_of(e->amount), card->exponent, true), e->order);
    }
}

static void say_list(const struct certificates *c, struct speech *speech)
{
    char when[WHEN_TEXT], amount[MONEY_TEXT], left[MONEY_TEXT], key[40];
    speech_say(speech, "title", _("GIFT CERTIFICATES of %s"), c->about);
    for (size_t i = 0; i < c->list.n; i++) {
        const struct reply_certificate_card *card = &c->list.items[i];
        snprintf(key, sizeof key, "certificate %zu", i);
        speech_say(speech, key, _("...%s, %s, left %s of %s %s, %s"), card->last,
                   when_text(when, card->issued_at),
                   money_format(left, money_of(card->balance), card->exponent, true),
                   money_format(amount, money_of(card->amount), card->exponent, true),
                   card->currency, tongue_word("certificate", card->state));
    }
    if (c->list.n == 0)
        speech_say(speech, "none", _("none"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct certificates *c = app->certificates;
    if (!c->has_any && c->query.waiting)
        speech_say(speech, "title", _("GIFT CERTIFICATE: %s, no answer yet"), c->about);
    else if (!c->has_any)
        speech_warn(speech, "title", true, "%s: %s", c->about, c->query.error);
    else if (c->is_list)
        say_list(c, speech);
    else
        say_card(&c->card, speech);
}

/* ---- commands -------------------------------------------------------------------------------- */

static int candidates(const struct app *app)
{
    const struct certificates *c = app->certificates;
    size_t n = c->has_any && !c->is_list && !c->query.waiting ? c->card.nhistory : 0;
    return (int)(n < PICKS_MOST ? n : PICKS_MOST);
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_placed(app, app->certificates->card.history[command->number - 1].order);
}

const struct screen screen_certificate = {
    .id = SCREEN_certificate,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_REFRESH] = ask},
};
