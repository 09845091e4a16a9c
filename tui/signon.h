/* Sign-on's fields, between what happens in them (screen_signon.c) and how they look
 * (signon_view.c). */
#pragma once

#include "tui/app.h"

#include <form.h>

enum { FIELD_LOGIN, FIELD_PASSWORD, FIELD_DESK, FIELD_CODE, FIELDS };
enum { LOGIN_WIDTH = 24, PASSWORD_WIDTH = 128, DESK_WIDTH = 1, CODE_WIDTH = 8 };

struct signon {
    struct app *app;
    WINDOW *window; /* never shown */
    FORM *form;
    FIELD *fields[FIELDS + 1];
    bool again;     /* the session has expired */
    bool asks_code; /* the account has one-time codes */
    bool waiting, greeted;
    bool seen_f4, seen_f9; /* the check of the keys that an order needs */
    char welcome[128];     /* what the server says to anybody */
};

/* A session that goes on keeps its desk, and a handheld has no room for it; a code is asked for
 * only where there is one. */
bool signon_has(const struct signon *signon, int field);
/* The field in which the cursor is. */
int signon_current(const struct signon *signon);
/* A field's text without the blanks that libform pads with; the arena's. */
char *signon_text(struct signon *signon, struct arena *arena, int field);

void signon_draw(struct app *app, struct frame *frame);
