/* Outgoing mail: the letters of the outbox go to the mail server one after the other, by libcurl on
 * the loop. Whoever has the lease sends. A letter keeps its Message-ID however often it is tried;
 * so where an answer was lost, whoever gets it twice can tell. */
#pragma once

#include "server/db/db.h"

struct mail;

struct mail_config {
    struct loop *loop;
    struct db *db;
    int64_t every_ms;                 /* how often to look */
    const char *url;                  /* "smtp://mail.example.org:587" */
    const char *from;                 /* "Velvet & Vale <orders@example.org>" */
    const char *public_url;           /* of this server: where links lead */
    const char *user, *password_file; /* or NULL */
    const char *ca_file;              /* of the mail server's certificate; NULL: the system's */
    bool with_tls;                    /* never without */
    bool only_count;                  /* no mail server: what waits is counted */
};

struct mail *mail_new(const struct mail_config *config);
/* Only between two turns of the loop; a letter that is under way is tried again. */
void mail_free(struct mail *mail);
