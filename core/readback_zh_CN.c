/* Chinese. The quantity stands behind the name with 件, which counts goods of every kind. */
#include "core/readback_part.h"

static const char *const digits[10] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* 1 to 9999. `inside`: more stands before it, so that 10 is 一十 and 2000 is 二千. */
static void below_myriad(struct text *text, int n, bool inside)
{
    static const struct {
        int unit;
        const char *name;
    } places[] = {{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}};
    bool begun = false, gap = false;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        int digit = n / places[i].unit % 10;
        if (digit == 0) {
            gap = begun;
            continue;
        }
        if (gap)
            text_add(text, digits[0]);
        bool is_bare_ten = !inside && !begun && i == 2 && digit == 1;
        bool is_pair = !inside && i == 0 && digit == 2; /* 两千 */
        text_add(text, is_bare_ten ? "" : is_pair ? "两" : digits[digit]);
        text_add(text, places[i].name);
        begun = true;
        gap = false;
    }
}

static void number(struct text *text, int64_t n)
{
    static const struct {
        int64_t unit;
        const char *name;
    } scales[] = {{100000000, "亿"}, {10000, "万"}, {1, ""}};
    bool begun = false, gap = false;
    if (n == 0)
        text_add(text, digits[0]);
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        int part = (int)(n / scales[i].unit);
        n %= scales[i].unit;
        if (!part) {
            gap = begun;
            continue;
        }
        if (gap || (begun && part < 1000))
            text_add(text, digits[0]);
        if (!begun && part == 2 && scales[i].unit > 1)
            text_add(text, "两");
        else
            below_myriad(text, part, begun);
        text_add(text, scales[i].name);
        begun = true;
        gap = false;
    }
}

/* Before what is counted, two is 两. */
static void counted(struct text *text, int64_t n, const char *what)
{
    if (n == 2)
        text_add(text, "两");
    else
        number(text, n);
    text_add(text, what);
}

/* 元, 角 (a tenth), 分 */
static void yuan(struct text *text, int64_t whole, int part)
{
    if (whole || !part)
        counted(text, whole, "元");
    if (part >= 10)
        counted(text, part / 10, "角");
    else if (part && whole)
        text_add(text, digits[0]);
    if (part % 10)
        counted(text, part % 10, "分");
}

static bool amount(struct text *text, const char *currency, int64_t hundredths)
{
    static const struct readback_unit units[] = {
        {"CNY", "元", "元", "分", "分"},
        {"GBP", "英镑", "英镑", "便士", "便士"},
        {"USD", "美元", "美元", "美分", "美分"},
        {"EUR", "欧元", "欧元", "欧分", "欧分"},
    };
    const struct readback_unit *unit = readback_unit_find(units, ARRAY_LEN(units), currency);
    int64_t whole = hundredths / 100;
    int part = (int)(hundredths % 100);
    if (!unit)
        return false;
    if (unit == &units[0]) {
        yuan(text, whole, part);
        return true;
    }
    if (whole || !part)
        counted(text, whole, unit->one);
    if (part)
        counted(text, part, unit->part);
    return true;
}

static void item(struct text *text, const struct readback_item *item)
{
    text_add(text, item->spoken);
    counted(text, item->qty, "件");
    if (item->later <= 0)
        return;
    text_add(text, "（");
    if (item->later < item->qty) {
        counted(text, item->qty - item->later, "件现货，");
        counted(text, item->later, "件");
    } else if (item->qty > 1) {
        text_add(text, "全部");
    }
    text_add(text, "后补）");
}

static void more(struct text *text, int64_t qty, const char *spoken, const char *saves)
{
    text_printf(text, "再加%s", spoken);
    counted(text, qty, "件");
    text_printf(text, "，可省%s。要加上吗？", saves);
}

static void choose(struct text *text, int64_t qty, const char *of, bool free)
{
    text_add(text, free ? "可免费选" : "可优惠选");
    counted(text, qty, "件");
    text_printf(text, "：%s。您要哪些？", of);
}

const struct readback_voice readback_zh_CN = {
    .number = number,
    .amount = amount,
    .item = item,
    .more = more,
    .choose = choose,
    .between = "，",
    .place = "送至",
    .total = "合计",
    .end = "。",
    .gap = "",
    .free = "（免费）",
    .saved = "共省",
};
