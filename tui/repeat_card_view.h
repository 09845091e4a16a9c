/* A repeat order on its screen, and as lines of text. */
#pragma once

#include "tui/frame.h"
#include "tui/repeat_card.h"
#include "tui/speech.h"

void repeat_card_draw(struct repeat_card *card, const struct frame *frame);
void repeat_card_speak(const struct repeat_card *card, struct speech *speech);
