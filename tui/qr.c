#include "tui/qr.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/terminal.h"

#include <qrencode.h>
#include <string.h>

enum { QUIET = 4, QUIET_LEAST = 2 };

/* One code as it is drawn: modules around which `quiet` light ones lie. */
struct picture {
    const QRcode *code;
    int quiet, side; /* side: with the quiet zone */
    bool ink_is_light;
};

/* Whether a module is drawn with the pen. */
static bool has_ink(const struct picture *p, int y, int x)
{
    y -= p->quiet;
    x -= p->quiet;
    bool inside = y >= 0 && x >= 0 && y < p->code->width && x < p->code->width;
    bool dark = inside && (p->code->data[y * p->code->width + x] & 1);
    return dark != p->ink_is_light;
}

/* What lies below the last row of an odd side is nothing: no ink. */
static void draw_halves(const struct picture *p, int y, int x)
{
    static const char *const cells[] = {" ", "\xE2\x96\x84", "\xE2\x96\x80", "\xE2\x96\x88"};
    struct arena *arena = arena_new();
    for (int row = 0; row < p->side; row += 2) {
        struct text line;
        text_init(&line, arena);
        for (int col = 0; col < p->side; col++) {
            bool below = row + 1 < p->side && has_ink(p, row + 1, col);
            text_add(&line, cells[2 * has_ink(p, row, col) + below]);
        }
        terminal_put(y + row / 2, x, p->side, ROLE_PAPER, line.data);
    }
    arena_free(arena);
}

/* Runs of modules, each two letters wide: what has ink is filled. */
static void draw_letters(const struct picture *p, int y, int x)
{
    for (int row = 0; row < p->side; row++)
        for (int col = 0; col < p->side; col++) {
            bool ink = has_ink(p, row, col);
            terminal_put(y + row, x + 2 * col, 2, ink ? ROLE_INK : ROLE_PAPER, ink ? "##" : "");
        }
}

/* The widest quiet zone for which there is room; 0: none. */
static int quiet_of(const QRcode *code, int rows, int cols, bool halves)
{
    for (int quiet = QUIET; quiet >= QUIET_LEAST; quiet--) {
        int side = code->width + 2 * quiet;
        if ((halves ? (side + 1) / 2 : side) <= rows && (halves ? side : 2 * side) <= cols)
            return quiet;
    }
    return 0;
}

static int draw_code(const QRcode *code, int y, int x, int rows, int cols, bool turned)
{
    bool halves = charset_shows("\xE2\x96\x80");
    struct picture p = {.code = code, .quiet = quiet_of(code, rows, cols, halves)};
    if (!p.quiet)
        return 0;
    p.side = code->width + 2 * p.quiet;
    /* Without colours the pen is taken to be light, as on most terminals. */
    p.ink_is_light = !terminal_has_paper() && !turned;
    (halves ? draw_halves : draw_letters)(&p, y, x);
    return halves ? p.side : 2 * p.side;
}

int qr_draw(int y, int x, int rows, int cols, const char *text, bool turned)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_M, QR_ECLEVEL_L};
    int drawn = 0;
    for (size_t i = 0; i < ARRAY_LEN(levels) && !drawn; i++) {
        QRcode *code = QRcode_encodeString8bit(text, 0, levels[i]);
        if (code)
            drawn = draw_code(code, y, x, rows, cols, turned);
        QRcode_free(code);
    }
    return drawn;
}
