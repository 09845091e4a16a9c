#include "core/returns_say.h"

#include "core/text.h"

static void address_lines(struct text *text, const struct address *a, const char *between)
{
    const char *const parts[] = {a->name,   a->line1,    a->line2,  a->city,
                                 a->region, a->postcode, a->country};
    bool is_first = true;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!parts[i] || !*parts[i])
            continue;
        text_printf(text, "%s%s", is_first ? "" : between, parts[i]);
        is_first = false;
    }
}

const char *return_number_spoken(struct arena *arena, enum language language, const char *number)
{
    struct text text;
    text_init(&text, arena);
    for (; *number; number++)
        if (*number == '-')
            text_printf(&text, " %s", tr(language, N_("dash")));
        else
            text_printf(&text, "%s%c", text.len ? " " : "", *number);
    return text.data;
}

const char *return_instructions_say(struct arena *arena, enum language language,
                                    const struct return_told *told)
{
    struct text text, where;
    text_init(&text, arena);
    text_init(&where, arena);
    address_lines(&where, &told->address, "\n  ");
    text_printf(&text, tr(language, N_("Your return %s of order %s\n\n")), told->number,
                told->order);
    text_printf(
        &text,
        tr(language, N_("1. Pack the goods well, and put a copy of this page into the parcel.\n"
                        "2. Write %s in large letters on the outside.\n"
                        "3. Send the parcel to:\n\n  %s\n\n")),
        told->number, where.data);
    text_printf(&text,
                tr(language, N_("It has to be with us by %s. You pay for the parcel; keep the "
                                "receipt until we have written to you.\n")),
                told->deadline);
    if (told->is_exchange)
        text_add(&text,
                 tr(language, N_("What you get in its place is on its way, free of delivery "
                                 "charges. If nothing comes back in time, it is charged.\n")));
    return text.data;
}

const char *return_say(struct arena *arena, enum language language, const struct return_told *told)
{
    struct text where;
    text_init(&where, arena);
    address_lines(&where, &told->address, ", ");
    return arena_printf(
        arena,
        tr(language, N_("Write %s on the parcel and post it to %s. It has to be there by %s.")),
        return_number_spoken(arena, language, told->number), where.data, told->deadline);
}
