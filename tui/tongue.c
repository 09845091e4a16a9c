#include "tui/tongue.h"

const char *tongue(const char *english)
{
    return english;
}
