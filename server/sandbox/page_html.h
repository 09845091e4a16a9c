/* What stands on the pages: sessions and forms as the structs of server/web/sandbox.html. */
#pragma once

#include "core/text.h"
#include "core/tr.h"
#include "server/sandbox/call.h"

/* The fields of the pay page. */
enum field { FIELD_EMAIL, FIELD_NUMBER, FIELD_EXPIRY, FIELD_CVC, FIELD_NAME, FIELDS };

struct page_form {
    const char *value[FIELDS];   /* what to show again; NULL: nothing */
    const char *problem[FIELDS]; /* English, marked with N_; NULL: none */
    const char *refused;         /* why the last try did not go through; NULL: none */
};

/* The name of a field in the form. */
const char *page_field_name(enum field field);
const char *page_pay(struct call *call, enum language language, const json_t *session,
                     const struct page_form *form);
/* 3-D Secure: `intent` is a PaymentIntent or a SetupIntent. */
const char *page_ask(struct call *call, enum language language, const json_t *intent);
/* A heading and a sentence, both English and marked with N_; and a link, if `back` is one. */
const char *page_message(struct arena *arena, enum language language, const char *heading,
                         const char *sentence, const char *back);
