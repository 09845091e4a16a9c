/* Text in the entry line that is not entered yet, mirrored every two seconds to the journal and to
 * the open order's draft, so that it survives the terminal. Never what may become a card number. */
#pragma once

#include "core/draft.h"

struct app;

struct mirror {
    char text[DRAFT_TYPED_MAX + 1]; /* as it is in the journal */
    char ulid[32];                  /* of the order it was typed for, "" none */
    unsigned age;                   /* of the journal then */
    int64_t since;                  /* when the entry line began to differ; 0: it does not */
};

/* Milliseconds until it wants to be called again. */
int mirror_tick(struct app *app);
/* At once: before the program ends by itself. */
void mirror_now(struct app *app);
/* The text goes with no order any more; before the program is left on purpose. */
void mirror_clear(struct app *app);
