/* What comes out of a receipt printer: rows of 42 columns, a QR code, a cut, and the kick that
 * opens the drawer. Laid out once, it is written as plain text or as ESC/POS bytes. Chinese
 * characters take two columns, marks that combine none. */
#pragma once

#include "core/text.h"

enum { PAPER_COLUMNS = 42 };

/* How a row is printed; what a printer of text cannot show is left out there. */
enum paper_look { PAPER_PLAIN, PAPER_BOLD, PAPER_TALL /* bold and of double height */ };

struct paper_row;
struct paper {
    struct arena *arena;
    struct paper_row *rows;
    size_t n, room;
    bool kick; /* open the drawer */
};

void paper_init(struct paper *paper, struct arena *arena);
/* One row in the middle; what is longer goes on in the next one. "" is an empty row. */
void paper_centre(struct paper *paper, enum paper_look look, const char *text);
/* From the left margin, wrapped at blanks. */
void paper_left(struct paper *paper, enum paper_look look, const char *text);
/* Two texts at both margins; the left one is cut off where it would meet the other. */
void paper_pair(struct paper *paper, enum paper_look look, const char *left, const char *right);
void paper_rule(struct paper *paper);
/* A code to scan, in the middle; in text the words themselves, if they are to stand there. */
void paper_qr(struct paper *paper, const char *what, bool in_text);
/* printf formats; translated by the caller. */
void paper_pairf(struct paper *paper, enum paper_look look, const char *right, const char *format,
                 ...) PRINTF_LIKE(4, 5);

/* Rows that end with \n, without blanks at their ends. */
const char *paper_text(const struct paper *paper);
/* ESC @, the rows, QR codes (GS ( k), feed and cut (GS V), and the kick (ESC p). Papers whose
 * letters are all in Windows-1252 are sent in that code (ESC t 16), which every such printer has;
 * others in UTF-8 (FS ( C), which those for Asia and the newer ones read. */
const char *paper_escpos(const struct paper *paper, size_t *len);

/* Columns that a text takes. */
size_t paper_width(const char *text);
