/* The receipt printer: a device or a file that takes bytes. It must be there already, so that a
 * mistyped name makes no file that swallows receipts. Nothing here waits: what the printer does not
 * take yet is offered again. */
#pragma once

#include "core/base.h"

struct printer {
    int fd;               /* 0: nothing is being printed */
    unsigned char *bytes; /* kept after a failure, for another try */
    size_t n, at;
    int64_t since; /* when it took the last byte */
};

enum printer_state { PRINTER_IDLE, PRINTER_BUSY, PRINTER_DONE, PRINTER_FAILED };

/* Takes a copy; what was not printed before is given up, what is being printed goes first. */
void printer_put(struct printer *printer, const unsigned char *bytes, size_t n, int64_t now);
/* Goes on as far as it can without waiting. PRINTER_DONE and PRINTER_FAILED (with a sentence in
 * *why) come once. */
enum printer_state printer_go(struct printer *printer, const char *path, int64_t now,
                              const char **why);
/* What failed is tried again; false when there is nothing. */
bool printer_again(struct printer *printer, int64_t now);
void printer_release(struct printer *printer);
