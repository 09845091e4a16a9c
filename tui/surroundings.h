/* The environment comes from wherever the client was started: over SSH, perhaps, from somebody who
 * should get at nothing but the client. What it doesn't go by is taken out of it at the very
 * beginning, before the libraries look: proxies, other authorities, files for the keys of a
 * connection, modules to be loaded. */
#pragma once

void surroundings_clear(void);
