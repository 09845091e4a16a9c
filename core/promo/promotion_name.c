#include "core/promo/promotion.h"

#include <string.h>

static const char *const lane_names[LANES] = {"pre", "default", "post"};
static const char *const channel_names[CHANNELS] = {"call",  "showroom", "web",     "sms",
                                                    "voice", "paper",    "autosave"};
static const char *const condition_names[CONDITION_KINDS] = {"spend",       "quantity", "order",
                                                             "first_order", "party",    "recruits"};
static const char *const benefit_names[BENEFIT_KINDS] = {"percent", "amount",   "pick", "cheapest",
                                                         "set",     "delivery", "gift", "credit"};

static size_t name_index(const char *const *names, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    return i;
}

const char *lane_name(enum lane lane)
{
    return lane_names[lane];
}

enum lane lane_by_name(const char *name)
{
    return (enum lane)name_index(lane_names, LANES, name);
}

const char *channel_name(enum channel channel)
{
    return channel_names[channel];
}

enum channel channel_by_name(const char *name)
{
    return (enum channel)name_index(channel_names, CHANNELS, name);
}

const char *condition_kind_name(enum condition_kind kind)
{
    return condition_names[kind];
}

const char *benefit_kind_name(enum benefit_kind kind)
{
    return benefit_names[kind];
}

const char *promotion_name(const struct promotion *promotion, enum language language)
{
    for (size_t i = 0; i < promotion->nnames; i++)
        if (promotion->names[i].language == language)
            return promotion->names[i].text;
    return promotion->nnames ? promotion->names[0].text : promotion->code;
}
