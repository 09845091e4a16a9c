#include "core/promo/promotion_part.h"

#include <string.h>

enum { FREE = 1000000 };

static const char give_forms[] =
    "25% off, 10.00 off, 2 free from, 1 at 50% off from, 1 for 5.00 each "
    "from, cheapest, set, free delivery, gift, credit";

/* "free", or "at 50% off". */
static bool rate_read(struct reader *r, struct rate *out)
{
    if (word_taken(r, "free")) {
        out->ppm = FREE;
        return true;
    }
    return word_wanted(r, "at", "free, at 50% off") && percent_read(r, out) &&
           word_wanted(r, "off", "at 50% off");
}

static bool off(struct reader *r, struct benefit *out)
{
    return word_wanted(r, "off", "25% off group CODE, 10.00 off everything") &&
           item_set_read(r, &out->of);
}

static bool percent(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_percent;
    return percent_read(r, &out->rate) && off(r, out);
}

static bool amount(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_amount;
    if (!amount_read(r, &out->amount))
        return false;
    return word_is(r->word, "off") ? off(r, out) : reader_form(r, give_forms);
}

/* "2 free from", "1 at 50% off from", "1 for 5.00 each from" */
static bool pick(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_pick;
    if (!number_read(r, 1, PROMOTION_COUNT_MAX, &out->get))
        return false;
    if (word_taken(r, "for")) {
        out->at_price = true;
        if (!amount_read(r, &out->amount) ||
            !word_wanted(r, "each", "1 for 5.00 each from group CODE"))
            return false;
    } else if (!rate_read(r, &out->rate)) {
        return false;
    }
    return word_wanted(r, "from", "2 free from group CODE") && item_set_read(r, &out->of);
}

static bool cheapest(struct reader *r, struct benefit *out)
{
    static const char form[] = "cheapest: buy 2 get 1 free of group CODE";
    out->kind = BENEFIT_cheapest;
    word_taken(r, ":");
    return word_wanted(r, "buy", form) && number_read(r, 1, PROMOTION_COUNT_MAX, &out->buy) &&
           word_wanted(r, "get", form) && number_read(r, 1, PROMOTION_COUNT_MAX, &out->get) &&
           rate_read(r, &out->rate) && word_wanted(r, "of", form) && item_set_read(r, &out->of);
}

static bool set(struct reader *r, struct benefit *out)
{
    static const char form[] = "set 2 of group CODE, 1 of 41109 for 50.00";
    size_t most = 1;
    for (const struct word *w = r->word; *w->text; w++)
        most += word_is(w, ",");
    struct set_part *parts = ARENA_ARRAY(r->arena, struct set_part, most);
    out->kind = BENEFIT_set;
    do {
        struct set_part *part = &parts[out->nparts++];
        if (!number_read(r, 1, PROMOTION_COUNT_MAX, &part->count) || !word_wanted(r, "of", form) ||
            !item_set_read(r, &part->of))
            return false;
    } while (word_taken(r, ","));
    out->parts = parts;
    return word_wanted(r, "for", form) && amount_read(r, &out->amount);
}

static bool delivery(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_delivery;
    return word_wanted(r, "delivery", "free delivery, 2 free from group CODE");
}

/* "gift 50326", "gift 2 of 50326" */
static bool gift(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_gift;
    out->get = 1;
    if (word_is(&r->word[*r->word->text != '\0'], "of")) {
        if (!number_read(r, 1, PROMOTION_COUNT_MAX, &out->get))
            return false;
        r->word++;
    }
    if (!*r->word->text || *r->word[1].text)
        return reader_form(r, "gift 50326, gift 2 of 50326");
    return item_read(r, &out->sku, &out->item);
}

static bool credit(struct reader *r, struct benefit *out)
{
    out->kind = BENEFIT_credit;
    return amount_read(r, &out->amount);
}

static const struct {
    const char *keyword;
    bool (*read)(struct reader *r, struct benefit *out);
} benefits[] = {
    {"cheapest", cheapest}, {"set", set}, {"free", delivery}, {"gift", gift}, {"credit", credit},
};

static bool any_read(struct reader *r, struct benefit *out)
{
    const char *keywords[ARRAY_LEN(benefits)];
    for (size_t i = 0; i < ARRAY_LEN(benefits); i++) {
        if (word_taken(r, benefits[i].keyword))
            return benefits[i].read(r, out);
        keywords[i] = benefits[i].keyword;
    }
    if (word_is_percent(r->word))
        return percent(r, out);
    if (!*r->word->text || r->word->text[0] < '0' || r->word->text[0] > '9')
        return reader_mistake_near(r, r->word, keywords, ARRAY_LEN(keywords),
                                   N_("\"{word}\" cannot be given. Was {instead} meant?"),
                                   N_("What is given belongs here: {instead}."), give_forms);
    bool is_pick =
        word_is(&r->word[1], "free") || word_is(&r->word[1], "at") || word_is(&r->word[1], "for");
    return is_pick ? pick(r, out) : amount(r, out);
}

bool benefit_read(struct reader *r, struct benefit *out)
{
    return any_read(r, out) && line_ends(r);
}
