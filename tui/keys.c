#include "tui/screen.h"

_Static_assert(SCREENS <= 64, "screens"); /* a set of them is a word of 64 bits */
#define ON(name) (UINT64_C(1) << SCREEN_##name)
#define ANYWHERE (~ON(signon))

static const struct key_info table[ACTIONS] = {
#define KEY(name, number, screens, hint, help) {#name, hint, help, number, screens},
#include "tui/keys.def"
#undef KEY
};

static const char *const titles[SCREENS] = {
#define SCREEN(name, title) title,
#include "tui/screens.def"
#undef SCREEN
};

const struct key_info *key_info(enum action action)
{
    return &table[action];
}

enum action key_action(enum screen_id screen, int number)
{
    enum action action = 0;
    while (action < ACTIONS &&
           !(table[action].number == number && (table[action].screens & UINT64_C(1) << screen)))
        action++;
    return action;
}

const char *screen_title(enum screen_id screen)
{
    return titles[screen];
}
