/* From the bytes of a catalogue, packed or not, to one that core prices with. */
#pragma once

#include "tui/catalogue_feed.h"

/* With one reference; NULL when it cannot be read. May run in a thread of its own. */
struct catalogue_held *catalogue_read(const char *body, size_t len, const char *tag);
