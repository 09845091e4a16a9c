#include "tui/kit_choose.h"

#include "core/kit.h"
#include "core/quote.h"
#include "core/text.h"
#include "tui/catalogue_feed.h"
#include "tui/tongue.h"

#include <string.h>

static const struct catalogue *catalogue_of(const struct app *app)
{
    const struct catalogue_held *held = catalogue_feed_now(app->prices->feed);
    return held ? &held->wire.catalogue : NULL;
}

/* A digit that cannot be looked up, or means nothing, stays as it is: the price tells. */
static void add_choice(struct text *out, const struct catalogue *c, const struct item *kit,
                       size_t nth, char digit)
{
    size_t left;
    const struct kit_slot *slot = kit ? kit_slot_of(c, kit, nth, &left) : NULL;
    const struct component *option = slot ? kit_option(c, slot, &digit, 1) : NULL;
    if (out->len)
        text_addc(out, ' ');
    if (option)
        text_add(out, c->items[option->item].sku);
    else
        text_addc(out, digit);
}

const char *kit_keyed(const struct app *app, struct arena *arena, const char *sku,
                      const char *digits)
{
    const struct catalogue *c = catalogue_of(app);
    const struct item *kit = c ? catalogue_item(c, sku) : NULL;
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; digits[i]; i++)
        add_choice(&text, c, kit, i, digits[i]);
    return text.len ? text.data : NULL;
}

const char *kit_choices_of(struct arena *arena, const struct reply_line *line)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < line->nchoices; i++)
        text_printf(&text, "%s%s", i ? " " : "", line->choices[i].sku);
    return text.len ? text.data : NULL;
}

void kit_pick(struct app *app, size_t number, const struct reply_problem *problem, size_t option)
{
    const struct reply_line *line = order_line_quoted(app->order, number);
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; line && i < line->nchoices; i++)
        text_printf(&text, "%s ", line->choices[i].sku);
    text_add(&text, problem->candidates[option]);
    app_say(app, ROLE_OK, "ok  line %zu has %s %s", number, problem->candidates[option],
            problem->candidate_names[option]);
    order_set_choices(app->order, number, text.data);
    arena_free(arena);
}

void kit_choose(struct app *app, const struct entry_command *command)
{
    struct arena *arena = arena_new();
    size_t number = (size_t)command->number;
    if (!app->order || number < 1 || number > order_lines(app->order)) {
        app_say(app, ROLE_STOP, "there is no such line.");
    } else {
        const char *sku = order_line(app->order, number)->sku;
        app_say(app, ROLE_OK, "ok  %s/%s", sku, command->choices);
        order_set_choices(app->order, number, kit_keyed(app, arena, sku, command->choices));
    }
    arena_free(arena);
}

void kit_candidates(const struct catalogue *catalogue, const struct problem *problem,
                    struct reply_problem *out)
{
    const struct kit_slot *slot = kit_problem_slot(catalogue, problem);
    for (uint32_t i = 0; slot && i < slot->options && i < REPLY_CANDIDATES; i++) {
        const struct item *item =
            &catalogue->items[catalogue->options[slot->first_option + i].item];
        out->candidates[i] = item->sku;
        out->candidate_names[i] = item->name;
        out->ncandidates = i + 1;
    }
}

void kit_chosen(struct arena *arena, const struct catalogue *catalogue,
                const struct quote_line *line, struct reply_line *out)
{
    out->choices = ARENA_ARRAY(arena, struct reply_component, line->nchosen);
    for (size_t i = 0; i < line->nchosen; i++) {
        const struct item *item = &catalogue->items[line->chosen[i].item];
        out->choices[out->nchoices++] =
            (struct reply_component){item->sku, item->name, item->spoken, line->chosen[i].qty};
    }
}

bool kit_is_chosen(const struct reply_line *priced, const char *choices)
{
    const char *at = choices;
    size_t n = 0;
    for (size_t len = kit_choice_next(&at); len; at += len, len = kit_choice_next(&at), n++) {
        const char *sku = n < priced->nchoices ? priced->choices[n].sku : "";
        bool is_number = len == 1;
        if (!*sku || (!is_number && (strncmp(sku, at, len) != 0 || sku[len])))
            return false;
    }
    return n == priced->nchoices;
}

bool kit_is_same(const struct reply_line *a, const struct reply_line *b)
{
    for (size_t i = 0; i < a->nchoices && i < b->nchoices; i++)
        if (strcmp(a->choices[i].sku, b->choices[i].sku) != 0)
            return false;
    return a->nchoices == b->nchoices;
}

bool kit_is_choice(const struct reply_problem *problem)
{
    return strcmp(problem->code, "choice_needed") == 0 ||
           strcmp(problem->code, "choice_not_offered") == 0;
}

const char *kit_names(struct arena *arena, const struct reply_line *line)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < line->nchoices; i++)
        text_printf(&text, "%s%s", i ? ", " : "", line->choices[i].name);
    return text.data;
}

const char *kit_spoken(struct arena *arena, const struct reply_line *line, const char *spoken)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < line->nchoices; i++) {
        const struct reply_component *choice = &line->choices[i];
        text_printf(&text, "%s%s", i ? " + " : "", *choice->spoken ? choice->spoken : choice->name);
    }
    return text.len ? arena_printf(arena, _("%s with %s"), spoken, text.data) : spoken;
}
