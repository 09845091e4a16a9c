/* The demonstration company (sql/demo), loaded into an empty schema in one transaction. */
#pragma once

#include "core/base.h"

/* No company yet. False as well when the database cannot be reached. */
bool demo_is_empty(const char *conninfo);
/* `scale` 1 is 20,000 distributors, 0 a small company for tests; everybody signs in with the
 * password of `password_hash`. False and `why` (512 bytes). */
bool demo_load(const char *conninfo, int scale, const char *password_hash, char *why);

#define DEMO_PASSWORD "partyline-demo"
/* The demonstration company is what there is: no money of anybody's is in it. */
bool demo_is_loaded(const char *conninfo);
/* Asks for cards at the bundled provider for some people of the demonstration company; nothing when
 * that was done, or it is another company. */
void demo_cards(const char *conninfo);
