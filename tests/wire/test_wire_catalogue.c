/* A catalogue goes to the client and comes back the same, however the network cuts it into pieces;
 * what core could not price with is refused. */
#include "core/wire/wire.h"
#include "core/wire/wire_catalogue.h"
#include "tests/core/shop.h"
#include "tests/report.h"

static struct arena *arena;
static struct shop shop;
static const char *barcodes[SHOP_ITEMS], *names[SHOP_ITEMS], *spoken[SHOP_ITEMS];

/* A text in steps of `step` bytes. */
struct cut {
    const char *at;
    size_t left, step;
};

static size_t cut_more(void *arg, const char **data)
{
    struct cut *cut = arg;
    size_t n = cut->left < cut->step ? cut->left : cut->step;
    *data = cut->at;
    cut->at += n;
    cut->left -= n;
    return n;
}

static bool read_text(const char *text, size_t step, struct wire_catalogue *out)
{
    struct cut cut = {text, strlen(text), step};
    return wire_catalogue_read(arena, cut_more, &cut, out);
}

static const char *const slot_names[] = {"Dish \"own\"", "茶"};

/* What is chosen in a KIT. */
static void shop_choices(void)
{
    static struct kit_slot slots[] = {{"Dish \"own\"", 1, 0, 2}, {"茶", 2, 2, 3}};
    static struct component options[] = {
        {LATER, 1}, {LIMITED, 3}, {TEA, 1}, {TUMBLER, 1}, {SEASON, 2}};
    shop.catalogue.slots = slots;
    shop.catalogue.nslots = ARRAY_LEN(slots);
    shop.catalogue.options = options;
    shop.catalogue.noptions = ARRAY_LEN(options);
    shop.items[KIT].slots = ARRAY_LEN(slots);
}

static void shop_open(void)
{
    static const struct item_group groups[] = {
        {"TABLE", "Table \"top\"", -1}, {"CUPS", "Cups", 0}, {"TEAS", "Teas", -1}};
    static const struct promotion_source sources[] = {
        {"TEA-WEEK",
         "promotion TEA-WEEK\n  name \"茶\" \\ week\n  give 10% off group TEAS\n",
         2,
         DATE_MIN,
         {20500}},
        {"TEA-WEEK", "promotion TEA-WEEK\n\tgive 5% off group TEAS # less\n", 3, {20500}, DATE_MAX},
    };
    shop_init(&shop, arena);
    shop.catalogue.groups = groups;
    shop.catalogue.ngroups = ARRAY_LEN(groups);
    shop.catalogue.sources = sources;
    shop.catalogue.nsources = ARRAY_LEN(sources);
    shop.items[TUMBLER].group = 1;
    shop.items[TEA].group = 2;
    for (size_t i = 0; i < SHOP_ITEMS; i++) {
        barcodes[i] = i % 2 ? "5012345402277" : "";
        names[i] = shop.items[i].name;
        spoken[i] = shop.items[i].spoken;
    }
    shop.items[TEA].name = names[TEA] = "Tea \\ 茶 \"best\"";
    shop.items[TEA].weight_g = 250;
    shop.items[TEA].age_limit = 18;
    shop.discounts[1].from = date_of(2026, 1, 1);
    shop.delivery[0].zone = "HIGHLANDS";
    shop.delivery[1].min_weight_g = 5000;
    shop.taxes[1].to = date_of(2027, 1, 1);
    shop_choices();
}

static const char *written(void)
{
    const struct catalogue *c = &shop.catalogue;
    struct text text;
    text_init(&text, arena);
    wire_catalogue_write_market(&text, c);
    wire_catalogue_write_items(&text, c, barcodes);
    wire_catalogue_write_names(&text, "en", names, spoken, c->nitems, slot_names, c->nslots);
    for (size_t i = 0; i < c->nlists; i++) {
        text_add(&text, i ? WIRE_CATALOGUE_COMMA : "");
        wire_catalogue_write_list(&text, c, &c->lists[i]);
    }
    text_add(&text, WIRE_CATALOGUE_END);
    return text.data;
}

static void compare_choices(const struct catalogue *a, const struct catalogue *b)
{
    CU_ASSERT_EQUAL_FATAL(a->nslots, b->nslots);
    CU_ASSERT_EQUAL_FATAL(a->noptions, b->noptions);
    for (size_t i = 0; i < a->nitems; i++)
        CU_ASSERT(a->items[i].slots == b->items[i].slots &&
                  a->items[i].first_slot == b->items[i].first_slot);
    for (size_t i = 0; i < a->nslots; i++) {
        const struct kit_slot *x = &a->slots[i], *y = &b->slots[i];
        CU_ASSERT_STRING_EQUAL(x->name, y->name);
        CU_ASSERT(x->choose == y->choose && x->first_option == y->first_option &&
                  x->options == y->options);
    }
    for (size_t i = 0; i < a->noptions; i++)
        CU_ASSERT(a->options[i].item == b->options[i].item &&
                  a->options[i].qty == b->options[i].qty);
}

static void compare_items(const struct wire_catalogue *got)
{
    const struct catalogue *a = &shop.catalogue, *b = &got->catalogue;
    CU_ASSERT_EQUAL_FATAL(b->nitems, a->nitems);
    compare_choices(a, b);
    for (size_t i = 0; i < a->nitems; i++) {
        const struct item *x = &a->items[i], *y = &b->items[i];
        CU_ASSERT_STRING_EQUAL(x->sku, y->sku);
        CU_ASSERT_STRING_EQUAL(x->name, y->name);
        CU_ASSERT_STRING_EQUAL(x->spoken, y->spoken);
        CU_ASSERT_STRING_EQUAL(got->skus[i], x->sku);
        CU_ASSERT_STRING_EQUAL(got->barcodes[i], barcodes[i]);
        CU_ASSERT(x->kind == y->kind && x->tax_class == y->tax_class && x->weight_g == y->weight_g);
        CU_ASSERT(x->max_per_order == y->max_per_order && x->age_limit == y->age_limit);
        CU_ASSERT_EQUAL(x->group, y->group);
        CU_ASSERT(x->sale_from.days == y->sale_from.days && x->sale_to.days == y->sale_to.days);
        CU_ASSERT(x->back_order == y->back_order && x->components == y->components);
        for (uint32_t k = 0; k < x->components; k++) {
            CU_ASSERT_EQUAL(a->components[x->first_component + k].item,
                            b->components[y->first_component + k].item);
            CU_ASSERT_EQUAL(a->components[x->first_component + k].qty,
                            b->components[y->first_component + k].qty);
        }
    }
}

static void compare_lists(const struct catalogue *a, const struct catalogue *b)
{
    CU_ASSERT_EQUAL_FATAL(b->nlists, a->nlists);
    for (size_t i = 0; i < a->nlists; i++) {
        const struct price_list *x = &a->lists[i], *y = &b->lists[i];
        CU_ASSERT_STRING_EQUAL(x->code, y->code);
        CU_ASSERT(x->audience == y->audience && x->tax_included == y->tax_included);
        CU_ASSERT(x->from.days == y->from.days && x->to.days == y->to.days);
        for (size_t k = 0; k < a->nitems; k++) {
            CU_ASSERT_EQUAL(x->prices[k].amount.minor, y->prices[k].amount.minor);
            CU_ASSERT_EQUAL(x->prices[k].cv.hundredths, y->prices[k].cv.hundredths);
            CU_ASSERT_EQUAL(x->prices[k].pv.hundredths, y->prices[k].pv.hundredths);
        }
    }
}

static void compare_rules(const struct catalogue *a, const struct catalogue *b)
{
    CU_ASSERT_EQUAL_FATAL(b->ndiscounts, a->ndiscounts);
    for (size_t i = 0; i < a->ndiscounts; i++) {
        const struct rank_discount *x = &a->discounts[i], *y = &b->discounts[i];
        CU_ASSERT(x->rank == y->rank && x->type == y->type && x->rate.ppm == y->rate.ppm);
        CU_ASSERT(x->from.days == y->from.days && x->to.days == y->to.days);
    }
    CU_ASSERT_EQUAL_FATAL(b->ndelivery, a->ndelivery);
    for (size_t i = 0; i < a->ndelivery; i++) {
        const struct delivery_charge *x = &a->delivery[i], *y = &b->delivery[i];
        CU_ASSERT(x->destination == y->destination && x->tax_class == y->tax_class);
        CU_ASSERT_STRING_EQUAL(x->method, y->method);
        CU_ASSERT_STRING_EQUAL(x->zone, y->zone);
        CU_ASSERT(x->min_goods.minor == y->min_goods.minor && x->charge.minor == y->charge.minor);
        CU_ASSERT_EQUAL(x->min_weight_g, y->min_weight_g);
        CU_ASSERT(x->from.days == y->from.days && x->to.days == y->to.days);
    }
    CU_ASSERT_EQUAL_FATAL(b->ntaxes, a->ntaxes);
    for (size_t i = 0; i < a->ntaxes; i++) {
        const struct tax_rate *x = &a->taxes[i], *y = &b->taxes[i];
        CU_ASSERT_STRING_EQUAL(x->region, y->region);
        CU_ASSERT(x->tax_class == y->tax_class && x->rate.ppm == y->rate.ppm);
        CU_ASSERT(x->from.days == y->from.days && x->to.days == y->to.days);
    }
}

static void compare_promotions(const struct catalogue *a, const struct catalogue *b)
{
    CU_ASSERT_EQUAL_FATAL(b->ngroups, a->ngroups);
    for (size_t i = 0; i < a->ngroups; i++) {
        CU_ASSERT_STRING_EQUAL(a->groups[i].code, b->groups[i].code);
        CU_ASSERT_STRING_EQUAL(a->groups[i].name, b->groups[i].name);
        CU_ASSERT_EQUAL(a->groups[i].parent, b->groups[i].parent);
    }
    CU_ASSERT_EQUAL_FATAL(b->nsources, a->nsources);
    for (size_t i = 0; i < a->nsources; i++) {
        const struct promotion_source *x = &a->sources[i], *y = &b->sources[i];
        CU_ASSERT_STRING_EQUAL(x->code, y->code);
        CU_ASSERT_STRING_EQUAL(x->text, y->text);
        CU_ASSERT_EQUAL(x->version, y->version);
        CU_ASSERT(x->from.days == y->from.days && x->to.days == y->to.days);
    }
}

/* The texts are read once all that they name is there. */
static void promotions_are_ready(void)
{
    struct wire_catalogue got;
    shop_open();
    CU_ASSERT_TRUE_FATAL(read_text(written(), 64, &got));
    CU_ASSERT_EQUAL(got.nunread, 0);
    CU_ASSERT_EQUAL_FATAL(got.catalogue.npromotions, 2);
    const struct promotion *p = got.catalogue.promotions;
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_STRING_EQUAL(p[i].code, "TEA-WEEK");
        CU_ASSERT_EQUAL(p[i].version, (int64_t)i + 2);
        CU_ASSERT_EQUAL_FATAL(p[i].nbenefits, 1);
        CU_ASSERT_TRUE(item_set_has(&p[i].benefits[0].of, TEA));
        CU_ASSERT_FALSE(item_set_has(&p[i].benefits[0].of, TUMBLER));
    }
    CU_ASSERT(p[0].to.days == 20500 && p[1].from.days == 20500); /* the version's, not the text's */
    /* a later server's, which this program does not understand, is left out and counted */
    static const struct promotion_source later[] = {
        {"A", "promotion A\n give moon\n", 1, DATE_MIN, DATE_MAX},
        {"B",
         "promotion B\n from 2026-01-01 to 2026-12-31\n give 5% off everything\n",
         1,
         DATE_MIN,
         {20600}},
        {"C", "promotion C\n give gift 99999\n", 1, DATE_MIN, DATE_MAX}};
    shop.catalogue.sources = later;
    shop.catalogue.nsources = 3;
    CU_ASSERT_TRUE_FATAL(read_text(written(), 64, &got));
    CU_ASSERT_EQUAL(got.nunread, 2);
    CU_ASSERT_EQUAL_FATAL(got.catalogue.npromotions, 1);
    p = got.catalogue.promotions;
    CU_ASSERT_STRING_EQUAL(p->code, "B");
    CU_ASSERT_EQUAL(p->from.days, date_of(2026, 1, 1).days);
    CU_ASSERT_EQUAL(p->to.days, 20600);
}

static void compare_head(const struct catalogue *a, const struct catalogue *b)
{
    CU_ASSERT_STRING_EQUAL(a->market, b->market);
    CU_ASSERT_STRING_EQUAL(a->currency, b->currency);
    CU_ASSERT_STRING_EQUAL(a->default_region, b->default_region);
    CU_ASSERT(a->version == b->version && a->exponent == b->exponent && a->rounding == b->rounding);
    CU_ASSERT_EQUAL_FATAL(a->ntax_classes, b->ntax_classes);
    for (size_t i = 0; i < a->ntax_classes; i++)
        CU_ASSERT_STRING_EQUAL(a->tax_classes[i], b->tax_classes[i]);
}

/* Every kind of item in every number, priced with the one catalogue and with the other. Of the one
 * there are only the promotions' texts. */
static void compare_quotes(const struct catalogue *shops, const struct catalogue *b)
{
    struct catalogue with_promotions = *shops, *a = &with_promotions;
    a->promotions = b->promotions;
    a->npromotions = b->npromotions;
    for (int type = 0; type < ORDER_TYPES; type++)
        for (int64_t qty = 1; qty < 5; qty++) {
            struct draft_line lines[SHOP_ITEMS];
            struct quote x, y;
            for (size_t i = 0; i < SHOP_ITEMS; i++)
                lines[i] = (struct draft_line){
                    .id = "l", .sku = shop_sku[i], .qty = qty, .back_order = true};
            shop.draft.lines = lines;
            shop.draft.nlines = SHOP_ITEMS;
            shop.draft.type = (enum order_type)type;
            quote_price(arena, a, &shop.buyer, &shop.draft, NULL, 0, &x);
            quote_price(arena, b, &shop.buyer, &shop.draft, NULL, 0, &y);
            CU_ASSERT_STRING_EQUAL(
                wire_dump(arena, wire_quote_write(arena, LANGUAGE_en, &x), NULL),
                wire_dump(arena, wire_quote_write(arena, LANGUAGE_en, &y), NULL));
        }
}

static void round_trip(void)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 1000, 1000000};
    shop_open();
    const char *text = written();
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct wire_catalogue got;
        CU_ASSERT_TRUE_FATAL(read_text(text, steps[i], &got));
        CU_ASSERT_STRING_EQUAL(got.language, "en");
        compare_head(&shop.catalogue, &got.catalogue);
        compare_items(&got);
        compare_lists(&shop.catalogue, &got.catalogue);
        compare_rules(&shop.catalogue, &got.catalogue);
        compare_promotions(&shop.catalogue, &got.catalogue);
        compare_quotes(&shop.catalogue, &got.catalogue);
    }
}

static void is_json(void)
{
    shop_open();
    const char *text = written(), *why = NULL;
    CU_ASSERT_PTR_NOT_NULL(wire_parse(arena, text, strlen(text), &why));
    CU_ASSERT_PTR_NULL(why);
}

static void without_rows(void)
{
    struct wire_catalogue got;
    shop_open();
    struct catalogue *c = &shop.catalogue;
    c->nslots = c->noptions = c->nitems = c->nlists = c->ndiscounts = c->ndelivery = c->ntaxes = 0;
    CU_ASSERT_TRUE(read_text(written(), 5, &got));
    CU_ASSERT_EQUAL(got.catalogue.nitems, 0);
    CU_ASSERT_PTR_NULL(catalogue_item(&got.catalogue, "40010"));
}

static void cut_anywhere(void)
{
    shop_open();
    struct wire_catalogue got;
    const char *text = written();
    for (size_t len = 0; len < strlen(text); len++) {
        struct cut cut = {text, len, 4096};
        CU_ASSERT_FALSE(wire_catalogue_read(arena, cut_more, &cut, &got));
    }
}

/* `from` replaced once. */
static const char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void refused(void)
{
    static const char *const changes[][2] = {
        {"\"40010\",\"40029\"", "\"40029\",\"40010\""}, /* not ascending */
        {"\"40010\",\"40029\"", "\"40029\",\"40029\""},
        {"\"40010\",\"40029\"", "\"40029\""}, /* a column too short */
        {"\"40010\",\"40029\"", "\"40010\",\"40011\",\"40029\""},
        {"\"40010\"", "40010"},
        {"\"choose\":[1,2]", "\"choose\":[9,10]"},
        {"\"choose\":[1,2]", "\"choose\":[0,2]"},
        {"\"choose\":[1,2],\"options\":[2,3]", "\"choose\":[9,9],\"options\":[9,9]"},
        {"\"options\":[2,3]", "\"options\":[2,2]"}, /* there are more than the slots have */
        {"\"slots\":{\"count\":2,\"kit\":[2,2]", "\"slots\":{\"count\":2,\"kit\":[3,2]"},
        {"\"slots\":{\"count\":2,\"kit\":[2,2]", "\"slots\":{\"count\":2,\"kit\":[2,14]"},
        {"\"slot_names\":{\"count\":2", "\"slot_names\":{\"count\":1"},
        {"\"count\":14", "\"count\":13"},
        {"\"count\":14", "\"count\":-1"},
        {"\"count\":14", "\"count\":99999999999"},
        {"\"product\"", "\"produce\""},
        {"\"tax_class\":[0", "\"tax_class\":[3"},
        {"\"tax_class\":[0", "\"tax_class\":[-1"},
        {"\"group\":[1", "\"group\":[3"},
        {"\"group\":[1", "\"group\":[-1"},
        {"\"parent\":[-1,0", "\"parent\":[-1,1"}, /* its own */
        {"\"parent\":[-1,0", "\"parent\":[1,0"},
        {"\"parent\":[-1,0", "\"parent\":[-2,0"},
        {"\"version\":[2", "\"version\":[0"},
        {"promotion TEA-WEEK", "promotion\\u001b TEA-WEEK"},
        {"promotion TEA-WEEK", "promotion\\r TEA-WEEK"},
        {"\"TEA-WEEK\"", "\"TEA\\nWEEK\""},
        {"\"item\":[0", "\"item\":[14"},
        {"\"kit\":[2,2,11,11]", "\"kit\":[11,11,2,2]"},
        {"\"qty\":[2", "\"qty\":[0"},
        {"\"price\":[2450", "\"price\":[9007199254740992"},
        {"\"price\":[2450", "\"price\":[-5"},
        {"\"price\":[2450", "\"price\":[24.50"},
        {"\"price\":[2450", "\"price\":[02450"},
        {"\"price\":[2450", "\"price\":[2e3"},
        {"\"price\":[2450", "\"price\":[99999999999999999999"},
        {"\"ppm\":[250000", "\"ppm\":[1000001"},
        {"\"from\":[null,\"2026-01-01\"", "\"from\":[null,\"2026-02-30\""},
        {"\"audience\":\"retail\"", "\"audience\":\"nobody\""},
        {"\"code\":\"SPRING\"", "\"code\":\"\""},
        {"\"exponent\":2", "\"exponent\":5"},
        {"\"market\":\"GB\",", ""},
        {"\"back_order\":[", "\"back_orders\":["},
        {"\"Tumbler\"", "\"Tum\x1b[31mbler\""},
        {"\"Tumbler\"", "\"Tum\\u001bbler\""},
        {"\"Tumbler\"", "\"Tum\xC0\x80\""},
        {"\"Tumbler\"", "\"Tum\\ud800\""},
        {"\"Tumbler\"", "\"Tum\\x\""},
        {"\"Tumbler\"", "\"Tum\\u12g4\""},
        {"\"names\":", "\"name\":"},
        {"\"version\":7", "\"version\":7,\"version\":7"},
        {"{\"version\"", "[\"version\""},
        {"\"tax_included\":true", "\"tax_included\":truth"},
        {"\"tax_included\":true", "\"tax_included\":true,"},
        {"]}", "]}}"},
    };
    shop_open();
    const char *text = written();
    struct wire_catalogue got;
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        bool ok = read_text(changed(text, changes[i][0], changes[i][1]), 17, &got);
        if (ok)
            CU_FAIL(changes[i][1]);
        CU_ASSERT_FALSE(ok);
    }
}

static void longest_text(void)
{
    struct wire_catalogue got;
    shop_open();
    char *text = arena_alloc(arena, PROMOTION_TEXT_MAX + 1);
    memset(text, 'x', PROMOTION_TEXT_MAX);
    text[PROMOTION_TEXT_MAX] = '\0';
    struct promotion_source source = {"LONG", text, 1, DATE_MIN, DATE_MAX};
    shop.catalogue.sources = &source;
    shop.catalogue.nsources = 1;
    CU_ASSERT_TRUE_FATAL(read_text(written(), 4096, &got));
    CU_ASSERT_STRING_EQUAL(got.catalogue.sources[0].text, text);
}

static void unknown_members(void)
{
    static const char *const more[] = {
        "\"x\":1,",
        "\"x\":null,",
        "\"x\":\"a\\\"]}\",",
        "\"x\":[],",
        "\"x\":{},",
        "\"x\":[[1,{\"y\":[true,false]}],-5,\"\"],",
        "\"a_name_longer_than_any_that_is_kept\":{},",
    };
    shop_open();
    const char *text = written();
    struct wire_catalogue got;
    for (size_t i = 0; i < ARRAY_LEN(more); i++) {
        const char *to = arena_printf(arena, "{%s\"version\"", more[i]);
        CU_ASSERT_TRUE(read_text(changed(text, "{\"version\"", to), 1, &got));
        compare_items(&got);
        to = arena_printf(arena, "%s\"code\":\"SPRING\"", more[i]);
        CU_ASSERT_TRUE(read_text(changed(text, "\"code\":\"SPRING\"", to), 3, &got));
    }
    CU_ASSERT_TRUE(
        read_text(changed(text, "\"Tumbler\"", "\"\\u8336\\ud83c\\udf75\\/\""), 1, &got));
    CU_ASSERT_STRING_EQUAL(got.catalogue.items[TUMBLER].name, "茶🍵/");
    CU_ASSERT_TRUE(read_text(changed(text, ",\"name\":[", " ,\n\t\"name\" :\r [ "), 2, &got));
}

static void with_arena(void (*run)(void))
{
    arena = arena_new();
    run();
    arena_free(arena);
}
#define CASE(name)                                                                                 \
    static void name##_case(void)                                                                  \
    {                                                                                              \
        with_arena(name);                                                                          \
    }
CASE(round_trip)
CASE(is_json)
CASE(without_rows)
CASE(cut_anywhere)
CASE(refused)
CASE(unknown_members)
CASE(longest_text)
CASE(promotions_are_ready)

static const struct test_case cases[] = {
    {"a catalogue comes back the same, however it is cut, and prices the same", round_trip_case},
    {"what is written is JSON to another reader", is_json_case},
    {"a company without items has a catalogue", without_rows_case},
    {"a catalogue that ends too early is refused", cut_anywhere_case},
    {"what core could not price with is refused", refused_case},
    {"promotions are read once what they name is there", promotions_are_ready_case},
    {"the longest promotion that is stored is read", longest_text_case},
    {"members of a later server are skipped, blanks and escapes are read", unknown_members_case},
};
REPORT_MAIN("test_wire_catalogue", cases)
