/* core/promo: what promotions make of an order. Each row is an order, the promotions of the day and
 * what the quote says of both: written from the rules, in the words of partyline-promotion(5). */
#include "tests/core/promo_shop.h"
#include "tests/report.h"

struct row {
    const char *promotions[4], *order, *expected;
    void (*with)(struct promo_shop *shop);
};

static struct promo_shop shop;

static void check_row(const struct row *row)
{
    struct arena *arena = arena_new();
    promo_shop_init(&shop, arena);
    for (size_t i = 0; i < ARRAY_LEN(row->promotions) && row->promotions[i]; i++)
        promo_add(&shop, row->promotions[i]);
    promo_order(&shop, row->order);
    if (row->with)
        row->with(&shop);
    promo_price(&shop);
    const char *found = promo_summary(&shop);
    CU_ASSERT_STRING_EQUAL(found, row->expected);
    if (strcmp(found, row->expected) != 0)
        printf("   %s, order %s\n   wanted: %s\n   found:  %s\n", row->promotions[0], row->order,
               row->expected, found);
    arena_free(arena);
}

#define CHECK_ROWS(rows)                                                                           \
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)                                                   \
    check_row(&(rows)[i])

/* ---- who it is for ---- */

static void a_customer_less(struct promo_shop *s)
{
    s->draft.type = ORDER_personal;
    s->draft.customer = s->buyer.customer = NULL;
    s->draft.destination = SHIP_distributor;
}
static void by_web(struct promo_shop *s)
{
    s->buyer.channel = CHANNEL_web;
}
static void of_rank_5(struct promo_shop *s)
{
    s->buyer.rank = 5;
}
static void of_rank_64(struct promo_shop *s)
{
    s->buyer.rank = 64;
}
static void of_staff(struct promo_shop *s)
{
    static const char *const groups[] = {"PRESS", "STAFF"};
    s->buyer.people = groups;
    s->buyer.npeople = 2;
}
static void on_31_march(struct promo_shop *s)
{
    s->draft.date = date_of(2026, 3, 31);
}
static void with_coupon(struct promo_shop *s)
{
    promo_coupon(s, "SAVE10", "A");
}
static void with_coupon_of_other(struct promo_shop *s)
{
    promo_coupon(s, "SAVE10", "OTHER");
}
static void with_unknown_coupon(struct promo_shop *s)
{
    promo_coupon(s, "SAVE11", NULL);
}

static void who_it_is_for(void)
{
    static const struct row rows[] = {
        {{"A\n give 10% off everything"}, "1*50318", "A applied 100 | 900", NULL},
        {{"A\n for types customer\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         NULL},
        {{"A\n for types personal\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n for types personal\n give 10% off everything"},
         "1*50318",
         "A applied 75 | 675",
         a_customer_less},
        {{"A\n for channels web, sms\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n for channels web, sms\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         by_web},
        {{"A\n for ranks 4-8\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n for ranks 4-8\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         of_rank_5},
        {{"A\n for ranks 0\n give 10% off everything"}, "1*50318", " | 1000", of_rank_64},
        {{"A\n for people VIP, STAFF\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n for people VIP, STAFF\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         of_staff},
        /* both days are included */
        {{"A\n from 2026-03-15 to 2026-03-30\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         NULL},
        {{"A\n from 2026-03-16\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n to 2026-03-15\n give 10% off everything"}, "1*50318", "A applied 100 | 900", NULL},
        {{"A\n to 2026-03-14\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n from 2026-03-15 to 2026-03-30\n give 10% off everything"},
         "1*50318",
         " | 1000",
         on_31_march},
        {{"A\n from 2026-03-15 to 2026-03-31\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         on_31_march},
        /* coupons */
        {{"A\n for coupon\n give 10% off everything"}, "1*50318", " | 1000", NULL},
        {{"A\n for coupon\n give 10% off everything"},
         "1*50318",
         "A applied 100 | 900",
         with_coupon},
        {{"A\n for coupon\n give 10% off everything"},
         "1*50318",
         " | 1000 | coupon_no_effect",
         with_coupon_of_other},
        {{"A\n for coupon\n give 10% off everything"},
         "1*50318",
         " | 1000 | unknown_coupon",
         with_unknown_coupon},
        {{"A\n for coupon\n when order 20.00\n give 10% off everything"},
         "1*50318",
         "A failed order 1000/2000 | 1000 | coupon_no_effect",
         with_coupon},
    };
    CHECK_ROWS(rows);
    struct row no_promotion = {{NULL}, "1*50318", " | 1000 | unknown_coupon", with_unknown_coupon};
    check_row(&no_promotion);
}

/* ---- conditions ---- */

static void first_order(struct promo_shop *s)
{
    s->buyer.first_order = true;
}
static void at_party(struct promo_shop *s)
{
    s->buyer.has_party = true;
    s->buyer.party_total = money_of(20000);
}
static void with_recruits(struct promo_shop *s)
{
    promo_fact(s, "A")->recruits = 3;
    promo_fact(s, "B")->recruits = 9;
}

static void conditions(void)
{
    static const struct row rows[] = {
        /* spend: by the list, on what is meant */
        {{"A\n when spend 40.00 on group KITCHENWARE\n give 1.00 off everything"},
         "1*40216",
         "A applied 100 | 3900",
         NULL},
        {{"A\n when spend 40.01 on group KITCHENWARE\n give 1.00 off everything"},
         "1*40216",
         "A failed spend 4000/4001 | 4000",
         NULL},
        {{"A\n when spend 52.00 on group KITCHENWARE\n give 1.00 off group KNIVES"},
         "1*40216 1*40227",
         "A applied 100 | 4000 1100",
         NULL}, /* a group has those below it */
        {{"A\n when spend 52.00 on group KITCHENWARE except group KNIVES\n give 1.00 off "
          "everything"},
         "1*40216 1*40227",
         "A failed spend 4000/5200 | 4000 1200",
         NULL},
        {{"A\n when spend 52.00 on group KITCHENWARE except 40227\n give 1.00 off everything"},
         "1*40216 1*40227 1*40238",
         "A failed spend 4500/5200 | 4000 1200 500",
         NULL},
        {{"A\n when spend 18.00 on everything\n give 1.00 off 41109"},
         "1*41109 1*50318",
         "A applied 100 | 700 1000",
         NULL},
        {{"A\n when spend 18.00 on 41109, group BEAUTY\n give 1.00 off 41109"},
         "1*41109 1*50318 1*40216",
         "A applied 100 | 700 1000 4000",
         NULL},
        /* by the list also where the rank lowers it, unless it says so */
        {{"A\n when spend 40.00 on 40216\n give 1.00 off everything"},
         "1*40216",
         "A applied 100 | 2900",
         a_customer_less},
        {{"A\n on reduced\n when spend 40.00 on 40216\n give 1.00 off everything"},
         "1*40216",
         "A failed spend 3000/4000 | 3000",
         a_customer_less},
        {{"A\n on reduced\n when spend 30.00 on 40216\n give 1.00 off everything"},
         "1*40216",
         "A applied 100 | 2900",
         a_customer_less},
        /* quantity: pieces of all lines */
        {{"A\n when quantity 3 of 41109, 41123\n give 1.00 off everything"},
         "2*41109 1*41123",
         "A applied 100 | 1568 3265",
         NULL},
        {{"A\n when quantity 3 of 41109, 41123\n give 1.00 off everything"},
         "2*41109 4*40216",
         "A failed quantity 2/3 | 1600 16000",
         NULL},
        /* order: what counts as goods */
        {{"A\n when order 48.00\n give 1.00 off 41109"},
         "1*40216 1*41109",
         "A applied 100 | 4000 700",
         NULL},
        {{"A\n when order 48.01\n give 1.00 off 41109"},
         "1*40216 1*41109",
         "A failed order 4800/4801 | 4000 800",
         NULL},
        {{"A\n when order 20.00\n give 1.00 off everything"},
         "1*70011",
         "A failed order 0/2000 | 2000",
         NULL}, /* certificates are money */
        {{"A\n when order 3.00\n give 1.00 off everything"},
         "1*70022 1*60422",
         "A failed order 150/300 | 300 150 | wrong_kind",
         NULL},
        /* the first order, a party, recruits */
        {{"A\n when first order\n give 1.00 off everything"},
         "1*41109",
         "A failed first_order 0/1 | 800",
         NULL},
        {{"A\n when first order\n give 1.00 off everything"},
         "1*41109",
         "A applied 100 | 700",
         first_order},
        {{"A\n when party 208.00\n give 1.00 off everything"},
         "1*41109",
         "A applied 100 | 700",
         at_party},
        {{"A\n when party 208.01\n give 1.00 off everything"},
         "1*41109",
         "A failed party 20800/20801 | 800",
         at_party},
        {{"A\n when party 1.00\n give 1.00 off everything"},
         "1*41109",
         "A failed party 0/100 | 800",
         NULL},
        {{"A\n when recruits 3 with 100.00 in 30 days\n give 1.00 off everything"},
         "1*41109",
         "A applied 100 | 700",
         with_recruits},
        {{"A\n when recruits 4 with 100.00 in 30 days\n give 1.00 off everything"},
         "1*41109",
         "A failed recruits 3/4 | 800",
         with_recruits},
        {{"A\n when recruits 1 with 100.00 in 30 days\n give 1.00 off everything"},
         "1*41109",
         "A failed recruits 0/1 | 800",
         NULL},
        /* or: one of them; and: all of them */
        {{"A\n when quantity 3 of 41109 or order 20.00\n give 1.00 off everything"},
         "3*41109",
         "A applied 100 | 2300",
         NULL},
        {{"A\n when quantity 3 of 41109 or order 20.00\n give 1.00 off everything"},
         "1*40216",
         "A applied 100 | 3900",
         NULL},
        {{"A\n when quantity 3 of 41109 or order 20.00\n give 1.00 off everything"},
         "2*41109",
         "A failed order 1600/2000 | 1600",
         NULL}, /* the nearer: 80 % of it, not 2 of 3 */
        {{"A\n when quantity 3 of 41109 or order 40.00\n give 1.00 off everything"},
         "2*41109",
         "A failed quantity 2/3 | 1600",
         NULL},
        {{"A\n when quantity 1 of 41109\n when order 20.00\n give 1.00 off everything"},
         "1*41109",
         "A failed order 800/2000 | 800",
         NULL},
        {{"A\n when quantity 1 of 41109\n when order 20.00\n give 1.00 off everything"},
         "1*40216",
         "A failed quantity 0/1 | 4000",
         NULL},
        {{"A\n when quantity 1 of 41109\n when order 20.00\n give 1.00 off everything"},
         "1*41109 1*40216",
         "A applied 100 | 783 3917",
         NULL},
    };
    CHECK_ROWS(rows);
}

static void multiples(void)
{
    static const struct row rows[] = {
        {{"A\n when spend 10.00 on everything\n give 1.00 off everything"},
         "1*40216",
         "A applied 100 | 3900",
         NULL}, /* once */
        {{"A\n each\n when spend 10.00 on everything\n give 1.00 off everything"},
         "1*40216",
         "A applied 400 x4 | 3600",
         NULL},
        {{"A\n up to 3 times\n when spend 10.00 on everything\n give 1.00 off everything"},
         "1*40216",
         "A applied 300 x3 | 3700",
         NULL},
        {{"A\n up to 9 times\n when spend 10.00 on everything\n give 1.00 off everything"},
         "1*40216",
         "A applied 400 x4 | 3600",
         NULL},
        /* the least of the requirements, the most of the conditions of one */
        {{"A\n each\n when spend 10.00 on everything\n when quantity 2 of 41109\n give 1.00 off "
          "everything"},
         "5*41109",
         "A applied 200 x2 | 3800",
         NULL},
        {{"A\n each\n when spend 10.00 on everything or quantity 1 of 41109\n give 1.00 off "
          "everything"},
         "5*41109",
         "A applied 500 x5 | 3500",
         NULL},
        /* without a bound: once */
        {{"A\n each\n give 1.00 off everything"}, "5*41109", "A applied 100 | 3900", NULL},
        {{"A\n each\n when first order\n give 1.00 off everything"},
         "5*41109",
         "A applied 100 | 3900",
         first_order},
        {{"A\n each\n when first order\n when quantity 2 of 41109\n give 1.00 off everything"},
         "5*41109",
         "A applied 200 x2 | 3800",
         first_order},
        {{"A\n each\n when recruits 1 with 100.00 in 30 days\n give gift 2 of 60422"},
         "1*41109",
         "A applied 900 x3 | 800 6*60422+A=0",
         with_recruits},
        {{"A\n each\n when spend 10.00 on everything\n give credit 0.50"},
         "1*40216",
         "A applied x4 credit 200 | 4000",
         NULL},
    };
    CHECK_ROWS(rows);
}

/* ---- benefits ---- */

static void benefits(void)
{
    static const struct row rows[] = {
        /* percent: half up of the sum, by the largest remainder */
        {{"A\n give 25% off group TEXTILES"},
         "1*41109 1*41123 1*40216",
         "A applied 1033 | 600 2500 4000",
         NULL}, /* 41.33 x 25 % = 10.3325: 2.00 and 8.33 */
        {{"A\n give 12.5% off 60422"}, "1*60422", "A applied 19 | 131", NULL},
        {{"A\n give 0.1% off 60422"}, "1*60422", "A failed goods | 150", NULL},
        {{"A\n give 100% off group BEAUTY"}, "3*50318", "A applied 3000 | 0", NULL},
        {{"A\n give 25% off group TEXTILES"}, "1*40216", "A failed goods | 4000", NULL},
        {{"A\n give 10% off everything"},
         "1*60422 1*60422 1*60422",
         "A applied 45 | 135 135 135",
         NULL},
        {{"A\n give 10% off everything"},
         "1*70011 1*70022 1*40216",
         "A applied 400 | 2000 300 3600 | wrong_kind",
         NULL},
        /* ties go to the earlier SKU */
        {{"A\n give 0.02 off 50318, 50326"},
         "1*50326 1*50318 1*50318",
         "A applied 2 | 400 999 999",
         NULL},
        {{"A\n give 0.01 off 50318"}, "1*50318 1*50318", "A applied 1 | 999 1000", NULL},
        /* amount: no more than there is */
        {{"A\n give 10.00 off group BEAUTY"},
         "1*50318 1*50326",
         "A applied 1000 | 286 114",
         NULL}, /* 7.142857.. and 2.857.. */
        {{"A\n give 50.00 off group BEAUTY"}, "1*50318 1*50326", "A applied 1400 | 0 0", NULL},
        /* delivery, credit, several at once */
        {{"A\n give free delivery"}, "1*50318", "A applied delivery 495 | 1000", NULL},
        {{"A\n give credit 5.00"}, "1*50318", "A applied credit 500 | 1000", NULL},
        {{"A\n give 10% off 50318\n give free delivery\n give credit 5.00\n give 1.00 off "
          "everything"},
         "1*50318",
         "A applied 200 delivery 495 credit 500 | 800",
         NULL},
        {{"A\n give 70% off 50318\n give 70% off everything"},
         "1*50318 1*50326",
         "A applied 1280 | 0 120",
         NULL}, /* never below nothing */
        /* gifts */
        {{"A\n give gift 60422"}, "1*50318", "A applied 150 | 1000 1*60422+A=0", NULL},
        {{"A\n give gift 60433"}, "1*50318", "A applied | 1000 1*60433+A=0", NULL},
        {{"A\n give gift 2 of 60422\n give gift 60433"},
         "1*50318",
         "A applied 300 | 1000 2*60422+A=0 1*60433+A+2=0",
         NULL},
        {{"A\n when quantity 1 of 60422\n give gift 60422"},
         "1*50318",
         "A failed quantity 0/1 | 1000",
         NULL},
    };
    CHECK_ROWS(rows);
}

static void cheapest_pieces(void)
{
    static const struct row rows[] = {
        {{"A\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "1*50318 1*50334",
         "A applied 1000 | 0 2450",
         NULL},
        {{"A\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "1*50318",
         "A failed pieces 1/2 | 1000",
         NULL},
        {{"A\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "1*40216",
         "A failed pieces 0/2 | 4000",
         NULL},
        /* once: of the dearest; each: of every two */
        {{"A\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "4*50326 2*50318",
         "A applied 1000 | 1600 1000",
         NULL},
        {{"A\n each\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "4*50326 2*50318",
         "A applied 1800 x3 | 800 1000",
         NULL},
        {{"A\n up to 2 times\n give cheapest: buy 1 get 1 free of group BEAUTY"},
         "4*50326 2*50318",
         "A applied 1400 x2 | 1200 1000",
         NULL},
        {{"A\n each\n give cheapest: buy 2 get 1 free of group BEAUTY"},
         "3*50326 2*50318 1*50334",
         "A applied 1400 x2 | 800 1000 2450",
         NULL}, /* 24.50 10.00 10.00 | 4.00 4.00 4.00 */
        {{"A\n each\n give cheapest: buy 2 get 1 free of group BEAUTY"},
         "4*50318",
         "A applied 1000 | 3000",
         NULL},
        {{"A\n each\n give cheapest: buy 2 get 2 free of group BEAUTY"},
         "7*50318",
         "A applied 3000 x2 | 4000",
         NULL}, /* of the last three one */
        {{"A\n each\n give cheapest: buy 2 get 1 at 50% off of group BEAUTY"},
         "3*60422 3*50318",
         "A applied 500 | 450 2500",
         NULL},
        {{"A\n give cheapest: buy 1 get 1 at 50% off of 60422"},
         "1*60422 1*60422",
         "A applied 75 | 150 75",
         NULL}, /* of equal lines the later */
        {{"A\n each\n give cheapest: buy 1 get 1 free of everything"},
         "99999*60422",
         "A applied 7499850 x49999 | 7500000",
         NULL},
        /* value of a piece, rounded down */
        {{"B\n lane pre\n give 0.01 off 50318", "A\n give cheapest: buy 1 get 1 free of 50318"},
         "2*50318",
         "B applied 1; A applied 999 | 1000",
         NULL},
        {{"A\n when order 20.00\n each\n give cheapest: buy 1 get 1 free of 50326"},
         "2*50326",
         "A failed order 800/2000 | 800",
         NULL},
        {{"A\n when order 20.00\n each\n give cheapest: buy 1 get 1 free of 50326"},
         "4*50326 1*50318",
         "A applied 800 x2 | 800 1000",
         NULL}, /* times from the batches */
    };
    CHECK_ROWS(rows);
}

static void sets(void)
{
    static const struct row rows[] = {
        {{"A\n give set 2 of group BEAUTY, 1 of 41109 for 20.00"},
         "2*50318 1*41109",
         "A applied 800 | 1429 571",
         NULL}, /* 28.00: 5.714.. and 2.285.. off */
        {{"A\n give set 2 of group BEAUTY, 1 of 41109 for 20.00"},
         "1*50318 1*41109",
         "A failed pieces 1/2 | 1000 800",
         NULL},
        {{"A\n give set 2 of group BEAUTY, 1 of 41109 for 20.00"},
         "2*50318",
         "A failed pieces 0/1 | 2000",
         NULL},
        {{"A\n give set 2 of group BEAUTY, 1 of 41109 for 28.00"},
         "2*50318 1*41109",
         "A failed goods | 2000 800",
         NULL}, /* no dearer than before */
        /* the dearest pieces; those of a part are gone for the next */
        {{"A\n give set 1 of group BEAUTY, 1 of 50318 for 11.00"},
         "1*50318 1*50326",
         "A failed pieces 0/1 | 1000 400",
         NULL},
        {{"A\n give set 1 of 50318, 1 of group BEAUTY for 11.00"},
         "1*50318 1*50326",
         "A applied 300 | 786 314",
         NULL},
        {{"A\n give set 2 of group BEAUTY for 11.00"},
         "1*50318 2*50326",
         "A applied 300 | 786 714",
         NULL},
        /* once, each, up to */
        {{"A\n give set 2 of 50326 for 5.00"}, "5*50326", "A applied 300 | 1700", NULL},
        {{"A\n each\n give set 2 of 50326 for 5.00"}, "5*50326", "A applied 600 x2 | 1400", NULL},
        {{"A\n up to 3 times\n give set 2 of 50326 for 5.00"},
         "99*50326",
         "A applied 900 x3 | 38700",
         NULL},
        {{"A\n each\n give set 2 of 50326 for 5.00"},
         "99999*50326",
         "A applied 14999700 x49999 | 24999900",
         NULL},
        /* each: as long as it is cheaper */
        {{"A\n each\n give set 2 of group BEAUTY for 10.00"},
         "2*50318 4*50326",
         "A applied 1000 | 1000 1600",
         NULL},
        {{"A\n each\n give set 1 of 50318, 2 of group BEAUTY for 15.00"},
         "3*50318 3*50326",
         "A applied 1500 | 1500 1200",
         NULL}, /* the dearest of the group are the creams: none is left */
        /* a piece is in one set of a promotion; one that does not come about leaves its pieces */
        {{"A\n give set 1 of group BEAUTY for 6.00\n give set 1 of group BEAUTY for 3.00"},
         "1*50318 1*50326",
         "A applied 500 | 600 300",
         NULL},
        {{"A\n give set 1 of 50318, 1 of 41109 for 5.00\n give set 1 of 50318 for 7.00"},
         "1*50318",
         "A applied 300 | 700",
         NULL},
        {{"A\n give set 1 of 50318 for 11.00\n give set 1 of 50318 for 7.00"},
         "1*50318",
         "A applied 300 | 700",
         NULL},
    };
    CHECK_ROWS(rows);
}

static void choices(void)
{
    static const char knives[] = "A\n when spend 40.00 on 40216\n give 2 free from group KNIVES";
    static const struct row rows[] = {
        {{knives}, "1*40216 2*40227@A", "A applied 2400 picks 2/2 | 4000 0", NULL},
        {{knives}, "1*40216 1*40227@A", "A applied 1200 picks 1/2 | 4000 0", NULL},
        {{"A\n give 1 free from everything"},
         "1*40216 1*70011@A",
         "A failed goods picks 0/1 | 4000 2000 | pick_not_offered",
         NULL}, /* certificates are money: there is none to choose */
        {{knives}, "1*40216 1*40227@A 1*40238@A", "A applied 1700 picks 2/2 | 4000 0 0", NULL},
        {{knives}, "1*40216", "A failed goods picks 0/2 | 4000", NULL},
        {{knives}, "1*40216 1*40227", "A failed goods picks 0/2 | 4000 1200", NULL}, /* bought */
        {{knives}, "1*40216 3*40227@A", "A applied picks 3/2 | 4000 3600 | pick_too_many", NULL},
        {{knives},
         "1*40216 2*40238@A 2*40227@A",
         "A applied 2400 picks 4/2 | 4000 1000 0 | pick_too_many",
         NULL},
        {{knives},
         "1*40216 1*41109@A",
         "A failed goods picks 0/2 | 4000 800 | pick_not_offered",
         NULL},
        {{knives}, "1*41109 1*40227@A", "A failed spend 0/4000 | 800 1200 | pick_not_earned", NULL},
        {{knives},
         "1*40216 1*40227@B",
         "A failed goods picks 0/2 | 4000 1200 | pick_not_earned",
         NULL},
        /* what is chosen counts for nothing */
        {{"A\n when quantity 2 of group KITCHENWARE\n give 1 free from group KNIVES"},
         "1*40216 1*40227@A",
         "A failed quantity 1/2 | 4000 1200 | pick_not_earned",
         NULL},
        {{"A\n give 1 free from group KNIVES", "B\n give 50% off everything"},
         "1*40216 1*40227@A",
         "A applied 1200 picks 1/1; B applied 2000 | 2000 0",
         NULL},
        /* reduced, at a price, more of them for a multiple */
        {{"A\n give 1 at 50% off from group KNIVES"},
         "1*40216 1*40227@A",
         "A applied 600 picks 1/1 | 4000 600",
         NULL},
        {{"A\n give 2 for 5.00 each from group KNIVES"},
         "1*40216 1*40227@A 1*40238@A",
         "A applied 700 picks 2/2 | 4000 500 500",
         NULL},
        {{"A\n each\n when spend 40.00 on 40216\n give 2 free from group KNIVES"},
         "3*40216 5*40238@A",
         "A applied 2500 x3 picks 5/6 | 12000 0",
         NULL},
        {{"A\n give 1 free from 40227\n give 1 at 50% off from group KNIVES"},
         "1*40227@A 1*40238@A",
         "A applied 1450 picks 2/2 | 0 250",
         NULL},
    };
    CHECK_ROWS(rows);
}

/* ---- several ---- */

static void stacking(void)
{
    static const struct row rows[] = {
        /* combinable: together, at most what there is */
        {{"A\n give 10% off everything", "B\n give 2.00 off 50318"},
         "1*50318",
         "A applied 100; B applied 200 | 700",
         NULL},
        {{"A\n give 60% off everything", "B\n give 60% off everything"},
         "1*50318",
         "A applied 600; B applied 400 | 0",
         NULL},
        {{"A\n give 60% off everything", "B\n priority 1\n give 60% off everything"},
         "1*50318",
         "B applied 600; A applied 400 | 0",
         NULL},
        {{"A\n give 100% off everything", "B\n give 100% off everything"},
         "1*50318",
         "A applied 1000; B failed goods | 0",
         NULL}, /* nothing was left */
        {{"A\n give 100% off everything", "B\n not with T\n give 100% off 50318",
          "C\n not with T\n give 5.00 off 50318"},
         "1*50318",
         "A applied 1000; B failed goods; C failed goods | 0",
         NULL}, /* what was left nothing wins over nobody */
        /* exclusive */
        {{"A\n give 10% off everything", "B\n exclusive\n give 2.00 off 50318"},
         "1*50318",
         "A lost to B; B applied 200 | 800",
         NULL},
        {{"A\n give 30% off everything", "B\n exclusive\n give 2.00 off 50318"},
         "1*50318",
         "A applied 300; B lost to A | 700",
         NULL},
        {{"A\n give 10% off everything", "C\n give 15% off everything",
          "B\n exclusive\n give 2.00 off 50318"},
         "1*50318",
         "A applied 100; B lost to A; C applied 150 | 750",
         NULL}, /* the two together beat it */
        {{"A\n exclusive\n give 10% off everything", "B\n exclusive\n give 2.00 off 50318"},
         "1*50318",
         "A lost to B; B applied 200 | 800",
         NULL},
        /* no two of one tag */
        {{"A\n not with T\n give 10% off everything", "B\n not with T\n give 2.00 off 50318",
          "C\n give 0.50 off everything"},
         "1*50318",
         "A lost to B; B applied 200; C applied 50 | 750",
         NULL},
        {{"A\n not with T\n give 1.00 off everything", "B\n not with T, U\n give 1.50 off 50318",
          "C\n not with U\n give 1.00 off everything"},
         "1*50318",
         "A applied 100; B lost to A; C applied 100 | 800",
         NULL}, /* A and C beat B */
        {{"A\n not with T\n give 1.00 off everything", "B\n not with T, U\n give 2.50 off 50318",
          "C\n not with U\n give 1.00 off everything"},
         "1*50318",
         "A lost to B; B applied 250; C lost to B | 750",
         NULL},
        {{"A\n not with T\n give 10% off everything", "B\n not with U\n give 2.00 off 50318"},
         "1*50318",
         "A applied 100; B applied 200 | 700",
         NULL},
        /* ties: gifts and credit, then priority, then the code */
        {{"A\n not with T\n give 1.00 off everything", "B\n not with T\n give 1.00 off 50318"},
         "1*50318",
         "A applied 100; B lost to A | 900",
         NULL},
        {{"A\n not with T\n give 1.00 off everything",
          "B\n not with T\n priority 1\n give 1.00 off 50318"},
         "1*50318",
         "B applied 100; A lost to B | 900",
         NULL},
        {{"A\n not with T\n give credit 1.00", "B\n not with T\n give credit 2.00"},
         "1*50318",
         "A lost to B; B applied credit 200 | 1000",
         NULL},
        {{"A\n not with T\n give credit 1.40", "B\n not with T\n give gift 60422"},
         "1*50318",
         "A lost to B; B applied 150 | 1000 1*60422+B=0",
         NULL},
        {{"A\n not with T\n give credit 1.50", "B\n not with T\n give gift 60422"},
         "1*50318",
         "A applied credit 150; B lost to A | 1000",
         NULL},
        {{"A\n not with T\n give credit 50.00", "B\n not with T\n give 0.01 off everything"},
         "1*50318",
         "A lost to B; B applied 1 | 999",
         NULL}, /* what is to pay goes first */
        /* delivery counts as what it saves */
        {{"A\n not with T\n give free delivery", "B\n not with T\n give 4.94 off everything"},
         "1*50318",
         "A applied delivery 495; B lost to A | 1000",
         NULL},
        {{"A\n not with T\n give free delivery", "B\n not with T\n give 4.96 off everything"},
         "1*50318",
         "A lost to B; B applied 496 | 504",
         NULL},
        {{"A\n give free delivery", "B\n give free delivery"},
         "1*50318",
         "A applied delivery 495; B failed goods | 1000",
         NULL},
        /* of what fails nothing is in the way */
        {{"A\n exclusive\n when order 20.00\n give 90% off everything",
          "B\n give 10% off everything"},
         "1*50318",
         "A failed order 1000/2000; B applied 100 | 900",
         NULL},
    };
    CHECK_ROWS(rows);
}

static void lanes(void)
{
    static const struct row rows[] = {
        /* each lane from what the one before has left */
        {{"A\n lane pre\n give 50% off everything", "B\n give 10% off everything",
          "C\n lane post\n give 10% off everything"},
         "1*50318",
         "A applied 500; B applied 50; C applied 45 | 405",
         NULL},
        {{"Z\n lane pre\n give 5.00 off everything", "A\n give 10% off everything"},
         "1*50318",
         "Z applied 500; A applied 50 | 450",
         NULL},
        /* exclusive and tags within their lane only */
        {{"A\n lane pre\n exclusive\n give 50% off everything",
          "B\n exclusive\n give 10% off everything"},
         "1*50318",
         "A applied 500; B applied 50 | 450",
         NULL},
        {{"A\n lane pre\n not with T\n give 50% off everything",
          "B\n not with T\n give 10% off everything"},
         "1*50318",
         "A applied 500; B applied 50 | 450",
         NULL},
        /* conditions by the list, or by what is left */
        {{"A\n lane pre\n give 50% off everything", "B\n when order 10.00\n give 1.00 off 50318"},
         "1*50318",
         "A applied 500; B applied 100 | 400",
         NULL},
        {{"A\n lane pre\n give 50% off everything",
          "B\n on reduced\n when order 10.00\n give 1.00 off 50318"},
         "1*50318",
         "A applied 500; B failed order 500/1000 | 500",
         NULL},
        /* in the same lane nobody sees what the others take */
        {{"A\n priority 5\n give 50% off everything",
          "B\n on reduced\n when order 10.00\n give 1.00 off 50318"},
         "1*50318",
         "A applied 500; B applied 100 | 400",
         NULL},
        {{"A\n lane pre\n give free delivery", "B\n give free delivery"},
         "1*50318",
         "A applied delivery 495; B failed goods | 1000",
         NULL},
    };
    CHECK_ROWS(rows);
}

/* ---- limits ---- */

static void used_up(struct promo_shop *s)
{
    promo_fact(s, "A")->uses_left = 0;
}
static void one_left(struct promo_shop *s)
{
    promo_fact(s, "A")->uses_left = 1;
}
static void person_had_it(struct promo_shop *s)
{
    struct promotion_fact *f = promo_fact(s, "A");
    f->uses_left = 499;
    f->person_left = 0;
}
static void budget_199(struct promo_shop *s)
{
    promo_fact(s, "A")->budget_left = money_of(199);
}
static void budget_200(struct promo_shop *s)
{
    promo_fact(s, "A")->budget_left = money_of(200);
}
static void budget_695(struct promo_shop *s)
{
    promo_fact(s, "A")->budget_left = money_of(695);
}

static void limits(void)
{
    static const char two[] = "A\n limit 500 orders\n limit 1 per customer\n limit budget 10.00\n "
                              "give 2.00 off everything";
    static const struct row rows[] = {
        {{two}, "1*50318", "A applied 200 | 800", NULL},
        {{two}, "1*50318", "A applied 200 | 800", one_left},
        {{two}, "1*50318", "A failed limit_uses 0/1 | 1000", used_up},
        {{two}, "1*50318", "A failed limit_person 0/1 | 1000", person_had_it},
        {{two}, "1*50318", "A failed limit_budget 199/200 | 1000", budget_199},
        {{two}, "1*50318", "A applied 200 | 800", budget_200},
        {{"A\n give 2.00 off everything"}, "1*50318", "A applied 200 | 800", used_up},
        {{"A\n limit budget 1.99\n give 2.00 off everything"},
         "1*50318",
         "A failed limit_budget 199/200 | 1000",
         NULL}, /* nothing was used yet */
        {{"A\n limit budget 99.00\n give 2.00 off everything\n give free delivery"},
         "1*50318",
         "A applied 200 delivery 495 | 800",
         budget_695},
        {{"A\n limit budget 99.00\n give 2.01 off everything\n give free delivery"},
         "1*50318",
         "A failed limit_budget 695/696 | 1000",
         budget_695},
        {{"A\n limit budget 99.00\n give credit 2.00"},
         "1*50318",
         "A failed limit_budget 199/200 | 1000",
         budget_199},
        /* what cannot be had is in nobody's way */
        {{two, "B\n exclusive\n give 1.00 off everything"},
         "1*50318",
         "A failed limit_uses 0/1; B applied 100 | 900",
         used_up},
    };
    CHECK_ROWS(rows);
}

static const struct test_case cases[] = {
    {"who it is for, from when to when, and coupons", who_it_is_for},
    {"conditions, with or and with and", conditions},
    {"multiples of what is required", multiples},
    {"percent, amount, delivery, credit, gifts", benefits},
    {"buy n, get the cheapest m", cheapest_pieces},
    {"sets at a price", sets},
    {"what the buyer chooses", choices},
    {"several in a lane", stacking},
    {"lanes in sequence", lanes},
    {"limits of uses, for a person, of the budget", limits},
};

REPORT_MAIN("test_promo", cases)
