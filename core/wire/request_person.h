/* The bodies that make or change a person. */
#pragma once

#include "core/draft.h"

struct request_person {
    const char *distributor; /* whose customer; NULL when an existing person is changed */
    const char *name, *given_name, *family_name; /* of a new one; NULL when changed */
    const char *phone, *email;                   /* NULL leaves it alone, "" clears it */
    const struct address *address;               /* NULL leaves it alone */
    bool clear_address;
};

const char *request_person_write(struct arena *arena, const struct request_person *person,
                                 size_t *len);
