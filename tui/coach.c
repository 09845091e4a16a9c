#include "tui/coach.h"

#include "tui/app.h"
#include "tui/home_day.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NOVICE = 20 }; /* orders */

/* ---- when a tip fits ------------------------------------------------------------------------- */

static bool has_nobody(const struct app *app)
{
    return !app->order || !order_draft(app->order)->distributor;
}

static bool has_no_lines(const struct app *app)
{
    return order_lines(app->order) == 0;
}

static bool has_candidates(const struct app *app)
{
    const struct reply_problem *problem;
    return order_line_to_mend(app->order, &problem) > 0;
}

static bool has_stops(const struct app *app)
{
    return app->order && order_confirmed(app->order) && order_stops(app->order) > 0;
}

static bool has_just_placed(const struct app *app)
{
    return *app->cancel.placed;
}

static bool always(const struct app *app)
{
    (void)app;
    return true;
}

/* The first that fits is shown. */
static const struct {
    enum screen_id screen;
    bool (*fits)(const struct app *app);
    const char *say;
} tips[] = {
    {SCREEN_home, has_just_placed,
     N_("u takes the order just placed back; the next number or name begins another")},
    {SCREEN_home, always,
     N_("a distributor's number, name or phone begins an order; F2 lists all there is")},
    {SCREEN_order, has_nobody, N_("who orders? their number, name, postcode or telephone")},
    {SCREEN_order, has_no_lines,
     N_("an item's number adds one, 3*number three; words search; F2 lists all")},
    {SCREEN_order, has_candidates, N_("a digit takes an item that is offered; - voids the line")},
    {SCREEN_order, always,
     N_("+ one more, - voids the last, .2*5 sets line 2, u undoes; F9 when complete")},
    {SCREEN_review, has_stops, N_("each !! says what mends it; F12 goes back to the lines")},
    {SCREEN_review, always,
     N_("read it out: Enter goes item by item, .2*5 mends; F9 places for this total")},
    {SCREEN_find, always, N_("a digit and Enter chooses; more letters search again")},
    {SCREEN_stock, always, N_("+ adds one to the order, +3 three; F12 goes back to it")},
    {SCREEN_placed, always,
     N_("another number shows another order; o lists orders; F12 goes back")},
    {SCREEN_orders, always, N_("o and a number, a name or a day lists others, as o 2025-11-22")},
    {SCREEN_person, always, N_("the person's number begins an order; F12 goes back")},
};

static bool is_wanted(const struct app *app)
{
    int64_t experience = home_experience(app);
    if (app->coach != COACH_AUTO)
        return app->coach == COACH_ON;
    return experience >= 0 && experience < NOVICE;
}

const char *coach_line(const struct app *app)
{
    if (!app->signed_in || !is_wanted(app))
        return "";
    for (size_t i = 0; i < ARRAY_LEN(tips); i++)
        if (tips[i].screen == app_screen(app)->id && tips[i].fits(app))
            return _(tips[i].say);
    return "";
}

/* ---- what the operator said ------------------------------------------------------------------ */

/* Beside the configuration file, a file for each login; false when there is no such place. */
static bool wish_path(const struct app *app, char out[PATH_MAX], bool make)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const char *login = app->session.actor_id;
    bool own = config && *config == '/';
    if (!own && (!home || *home != '/'))
        return false;
    for (const char *at = login; *at; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", *at))
            return false;
    int n = snprintf(out, PATH_MAX, "%s%s", own ? config : home, own ? "" : "/.config");
    if (n < 0 || n >= PATH_MAX - 64 || strlen(login) > 32)
        return false;
    if (make)
        (void)mkdir(out, 0700);
    strcat(out, "/partyline");
    if (make)
        (void)mkdir(out, 0700);
    strcat(out, "/tips-");
    strcat(out, login);
    return true;
}

void coach_begin(struct app *app)
{
    char path[PATH_MAX], word[8] = "";
    FILE *file = wish_path(app, path, false) ? fopen(path, "re") : NULL;
    app->coach = COACH_AUTO;
    if (!file)
        return;
    if (fgets(word, sizeof word, file))
        app->coach = strncmp(word, "on", 2) == 0    ? COACH_ON
                     : strncmp(word, "off", 3) == 0 ? COACH_OFF
                                                    : COACH_AUTO;
    fclose(file);
}

void coach_toggle(struct app *app)
{
    char path[PATH_MAX];
    app->coach = is_wanted(app) ? COACH_OFF : COACH_ON;
    FILE *file = wish_path(app, path, true) ? fopen(path, "we") : NULL;
    bool kept = file && fputs(app->coach == COACH_ON ? "on\n" : "off\n", file) >= 0;
    if (file && fclose(file) != 0)
        kept = false;
    if (app->coach == COACH_ON)
        app_say(app, ROLE_OK, "%s",
                kept ? _("tips are on; tips again turns them off")
                     : _("tips are on, until you leave"));
    else
        app_say(app, ROLE_OK, "%s",
                kept ? _("tips are off; tips again turns them on")
                     : _("tips are off, until you leave"));
}
