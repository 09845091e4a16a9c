/* promotion_dump N [SEED]: prints random catalogues, promotions as their text, drafts and facts,
 * and what quote_price makes of them, one JSON object a line, for the model in promotion_model.py.
 */
#include "tests/core/random_texts.h"

#include "tests/core/quote_dump.h"

#include <stdlib.h>

enum { DRAFTS_PER_CATALOGUE = 20 };

static struct random_texts texts;

static void dump_groups(const struct catalogue *c)
{
    printf("{\"groups\":[");
    for (size_t i = 0; i < c->ngroups; i++)
        printf("%s[\"%s\",%d]", i ? "," : "", c->groups[i].code, c->groups[i].parent);
    printf("],\"item_groups\":[");
    for (size_t i = 0; i < c->nitems; i++)
        printf("%s%d", i ? "," : "", c->items[i].group);
    printf("]}\n");
}

/* Texts hold no quotes, backslashes, or control characters but the end of a line. */
static void dump_texts(void)
{
    printf("\"texts\":[");
    for (size_t i = 0; i < texts.n; i++) {
        printf("%s\"", i ? "," : "");
        for (const char *c = texts.sources[i].text; *c; c++)
            if (*c == '\n')
                printf("\\n");
            else
                putchar(*c);
        printf("\"");
    }
    printf("],");
}

static void dump_facts(void)
{
    const struct buyer_facts *b = &order.buyer;
    const struct order_draft *d = &order.draft;
    printf("\"facts\":{");
    text("channel", channel_name(b->channel));
    truth("first_order", b->first_order);
    if (b->has_party)
        number("party_total", b->party_total.minor);
    printf("\"people\":[");
    for (size_t i = 0; i < b->npeople; i++)
        printf("%s\"%s\"", i ? "," : "", b->people[i]);
    printf("],\"promotions\":[");
    for (size_t i = 0; i < b->npromotions; i++) {
        const struct promotion_fact *f = &b->promotions[i];
        printf("%s[\"%s\",%lld,%lld,%lld,%lld]", i ? "," : "", f->promotion,
               (long long)f->uses_left, (long long)f->person_left, (long long)f->budget_left.minor,
               (long long)f->recruits);
    }
    printf("],\"known_coupons\":[");
    for (size_t i = 0; i < b->ncoupons; i++)
        printf("%s[\"%s\",\"%s\"]", i ? "," : "", b->coupons[i].code, b->coupons[i].promotion);
    printf("],\"coupons\":[");
    for (size_t i = 0; i < d->ncoupons; i++)
        printf("%s\"%s\"", i ? "," : "", d->coupons[i]);
    printf("],\"lines\":[");
    for (size_t i = 0; i < d->nlines; i++) {
        printf("%s{", i ? "," : "");
        text("picks", d->lines[i].picks);
        printf("\"id\":\"%s\"}", d->lines[i].id);
    }
    printf("]},");
}

static void dump_told(const struct quote_promotion *p)
{
    printf("{");
    text("code", p->promotion->code);
    text("state", promotion_state_name(p->state));
    number("amount", p->amount.minor);
    number("delivery", p->delivery.minor);
    number("credit", p->credit.minor);
    number("times", p->times);
    text("lost_to", p->lost_to ? p->lost_to->code : NULL);
    text("need", need_name(p->need));
    number("actual", p->actual);
    number("needed", p->needed);
    number("picks", p->picks);
    number("picked", p->picked);
    printf("\"of\":");
    if (!p->of)
        printf("null}");
    else {
        printf("[");
        for (uint32_t i = 0, said = 0; i < order.catalogue.nitems; i++)
            if (item_set_has(p->of, i))
                printf("%s%u", said++ ? "," : "", i);
        printf("]}");
    }
}

static void dump_promoted(const struct quote *q)
{
    struct quote_hint hint;
    printf("\"promoted\":{\"lines\":[");
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        printf("%s{", i ? "," : "");
        text("id", l->draft->id);
        text("sku", l->draft->sku);
        number("qty", l->draft->qty);
        text("gift_of", l->gift_of ? l->gift_of->code : NULL);
        printf("\"shares\":[");
        for (size_t k = 0; k < l->nshares; k++)
            printf("%s[\"%s\",%lld]", k ? "," : "", l->shares[k].promotion->code,
                   (long long)l->shares[k].amount.minor);
        printf("]}");
    }
    printf("],\"promotions\":[");
    for (size_t i = 0; i < q->npromotions; i++) {
        printf("%s", i ? "," : "");
        dump_told(&q->promotions[i]);
    }
    printf("],");
    number("credit", q->credit.minor);
    truth("bounded", q->search_bounded);
    quote_hint_find(texts.arena, q, &order.buyer, &order.draft, order.known_stock, order.nstock,
                    &hint);
    if (!hint.promotion)
        printf("\"hint\":null},");
    else
        printf("\"hint\":[\"%s\",\"%s\",%lld,%lld,%s]},", hint.promotion->code, hint.item->sku,
               (long long)hint.qty, (long long)hint.saves.minor, hint.picks ? "true" : "false");
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
    uint64_t state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20251122;
    for (long i = 0; i < n; i++) {
        struct quote quote;
        struct promotion_mistake mistake;
        struct arena *arena = arena_new();
        if (i % DRAFTS_PER_CATALOGUE == 0) {
            random_shop(&order, &state);
            dump_catalogue(&order.catalogue);
            dump_groups(&order.catalogue);
        }
        if (!random_promoted(&texts, &order, arena, &state, &mistake)) {
            fprintf(stderr, "draft %ld: %s\n", i,
                    promotion_mistake_say(arena, LANGUAGE_en, &mistake));
            for (size_t k = 0; k < texts.n; k++)
                fprintf(stderr, "%s\n", texts.sources[k].text);
            return 1;
        }
        quote_price(arena, &order.catalogue, &order.buyer, &order.draft, order.known_stock,
                    order.nstock, &quote);
        dump_order();
        dump_texts();
        dump_facts();
        dump_quote(&quote);
        dump_promoted(&quote);
        dump_problems("problems", &quote.problems, 0);
        printf("}\n");
        arena_free(arena);
    }
    return 0;
}
