/* What an order has of promotions, as promotions_take wants it (sql/schema/013_promotions.sql). */
#include "server/api/order_store.h"

#include "core/wire/json_out.h"

#include <string.h>

static int64_t promotion_id(const struct pricing *p, const struct promotion *promotion)
{
    return pricing_promotion_id(p->market, promotion);
}

/* Open ends are null. */
static void date_out(struct json_out *out, const char *name, struct date date)
{
    char text[DATE_TEXT];
    bool open = date.days == DATE_MIN.days || date.days == DATE_MAX.days;
    json_out_string(out, name, open ? NULL : date_format(text, date));
}

static void use_out(struct json_out *out, const struct pricing *p, const struct quote_promotion *q)
{
    const struct promotion *promotion = q->promotion;
    const struct condition *recruits = promotion_recruits_condition(promotion);
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"promotion", promotion_id(p, promotion)},
        {"version", promotion->version},
        {"amount", q->amount.minor},
        {"delivery", q->delivery.minor},
        {"credit", q->credit.minor},
        {"times", q->times > 0 ? q->times : 1},
        {"uses", promotion->limit_uses},
        {"person", promotion->limit_person},
        {"budget", promotion->limit_budget.minor},
        {"recruits", q->recruits},
        {"reach", recruits ? recruits->amount.minor : 0},
        {"days", recruits ? recruits->days : 0},
    };
    json_out_open(out, NULL, '{');
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        json_out_int(out, numbers[i].name, numbers[i].value);
    json_out_bool(out, "coupon", promotion->needs_coupon);
    date_out(out, "from", promotion->from);
    date_out(out, "to", promotion->to);
    json_out_close(out, '}');
}

static const struct promotion *picked_of(const struct pricing *p, const char *code)
{
    for (size_t i = 0; code && i < p->quote.npromotions; i++)
        if (strcmp(p->quote.promotions[i].promotion->code, code) == 0)
            return p->quote.promotions[i].promotion;
    return NULL;
}

static void id_out(struct json_out *out, const struct pricing *p, const char *name,
                   const struct promotion *promotion)
{
    if (promotion)
        json_out_int(out, name, promotion_id(p, promotion));
}

/* Of the lines that promotions have to do with. */
static void lines_out(struct json_out *out, const struct pricing *p)
{
    json_out_open(out, "lines", '[');
    for (size_t i = 0; i < p->quote.nlines; i++) {
        const struct quote_line *line = &p->quote.lines[i];
        const struct promotion *picks = picked_of(p, line->draft->picks);
        int64_t promoted = 0;
        for (size_t k = 0; k < line->nshares; k++)
            promoted += line->shares[k].amount.minor;
        if (!promoted && !picks && !line->gift_of)
            continue;
        json_out_open(out, NULL, '{');
        json_out_int(out, "line", (int64_t)i + 1);
        json_out_int(out, "promoted", promoted);
        id_out(out, p, "gift_of", line->gift_of);
        id_out(out, p, "picks", picks);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void shares_out(struct json_out *out, const struct pricing *p)
{
    json_out_open(out, "shares", '[');
    for (size_t i = 0; i < p->quote.nlines; i++) {
        const struct quote_line *line = &p->quote.lines[i];
        for (size_t k = 0; k < line->nshares; k++) {
            const struct line_share *share = &line->shares[k];
            if (!share->amount.minor)
                continue;
            json_out_open(out, NULL, '{');
            json_out_int(out, "line", (int64_t)i + 1);
            json_out_int(out, "promotion", promotion_id(p, share->promotion));
            json_out_int(out, "version", share->promotion->version);
            json_out_int(out, "amount", share->amount.minor);
            json_out_close(out, '}');
        }
    }
    json_out_close(out, ']');
}

const char *order_promotions(struct arena *arena, const struct pricing *p)
{
    struct text text;
    struct json_out out = {&text, false};
    size_t applied = 0;
    for (size_t i = 0; i < p->quote.npromotions; i++)
        applied += p->quote.promotions[i].state == PROMOTION_applied;
    if (!applied && !p->draft.ncoupons)
        return NULL;
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_open(&out, "coupons", '[');
    for (size_t i = 0; i < p->draft.ncoupons; i++)
        json_out_string(&out, NULL, p->draft.coupons[i]);
    json_out_close(&out, ']');
    json_out_open(&out, "uses", '[');
    for (size_t i = 0; i < p->quote.npromotions; i++)
        if (p->quote.promotions[i].state == PROMOTION_applied)
            use_out(&out, p, &p->quote.promotions[i]);
    json_out_close(&out, ']');
    lines_out(&out, p);
    shares_out(&out, p);
    json_out_close(&out, '}');
    return text.data;
}
