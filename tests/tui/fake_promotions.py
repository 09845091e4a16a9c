"""Promotions of the fake server: the four of the beginning and one with a coupon, their texts for the
catalogue and a small model of what they take off, written from partyline-promotion(5)."""
from collections import defaultdict

GROUPS = [("SKIN", "Skin care", -1), ("KITCHENWARE", "Kitchenware", -1), ("KNIVES", "Knives", -1), ("BEAUTY", "Beauty", -1),
          ("TEXTILES", "Textiles", -1), ("OFFICE", "Office", -1)]
# stem: name, spoken, price, cv, free, kind, group
SHOP = [("4310", "Saucepan 20 cm", "saucepan", 4000, 3000, 80, "product", "KITCHENWARE"),
        ("4320", "Wok 32 cm", "wok", 6000, 4500, 40, "product", "KITCHENWARE"),
        ("4410", "Paring knife 9 cm", "paring knife", 1200, 900, 200, "product", "KNIVES"),
        ("4420", "Bread knife 20 cm", "bread knife", 1700, 1200, 120, "product", "KNIVES"),
        ("4510", "Rose lip balm", "lip balm", 1000, 700, 300, "product", "BEAUTY"),
        ("4520", "Rose face oil 30 ml", "face oil", 1900, 1265, 90, "product", "BEAUTY"),
        ("4610", "Tea towel, linen", "tea towel", 800, 500, 60, "product", "TEXTILES"),
        ("4710", "Pencil, red", "red pencil", 150, 0, 999, "product", "OFFICE")]
TEXTS = {
    "BEAUTY-40": "promotion BEAUTY-40\n  name A quarter off textiles\n  name de Ein Viertel auf Textilien\n  name zh 纺织品七五折\n"
                 "  when spend 40.00 on group BEAUTY\n  give 25% off group TEXTILES\n",
    "BOGO": "promotion BOGO\n  name Buy one, get one free\n  name de Zwei zum Preis von einem\n  name zh 买一送一\n"
            "  each\n  give cheapest: buy 1 get 1 free of group BEAUTY\n",
    "KNIVES-2": "promotion KNIVES-2\n  name Two knives with your kitchenware\n  name de Zwei Messer zum Kochgeschirr\n"
                "  name zh 购厨具送刀两把\n  when spend 100.00 on group KITCHENWARE\n  give 2 free from group KNIVES\n",
    "PENCIL": "promotion PENCIL\n  name A pencil for a new customer\n  name de Ein Stift für eine neue Kundin\n  name zh 介绍新客户送铅笔\n"
              "  each\n  when recruits 1 with 100.00 in 30 days\n  give gift %s\n",
    "ROSE": "promotion ROSE\n  name Ten percent off beauty\n  for coupon\n  lane post\n  give 10% off group BEAUTY\n",
}
COUPONS = {"ROSE-10": "ROSE"}


def add_shop(items, code):
    """Puts the shop's items among the server's; the numbers by their stems."""
    numbers = {}
    for stem, *rest in SHOP:
        numbers[stem] = code(stem)
        items[code(stem)] = dict(zip(("name", "spoken", "price", "cv", "free", "kind", "group"), rest))
    TEXTS["PENCIL"] = TEXTS["PENCIL"].replace("%s", numbers["4710"])
    return numbers


def half_up(amount, percent):
    return (amount * percent * 2 + 100) // 200


class Run:
    """One quote: `lines` as they are answered, each with the group of its item."""

    def __init__(self, fake, draft, lines, items):
        self.fake, self.draft, self.items = fake, draft, items
        self.lines = [line for line in lines if line["priced"]]
        self.picks = {line["id"]: line["picks"] for line in draft["lines"] if line.get("picks")}
        self.told, self.gifts = [], []

    def of(self, group):
        found = [line for line in self.lines if line["id"] not in self.picks and self.items[line["sku"]].get("group") == group]
        return sorted(found, key=lambda line: (line["sku"], line["qty"], line["id"]))

    def spent(self, group):
        return sum(line["unit"] * line["qty"] for line in self.of(group))

    def tell(self, code, state, **more):
        name = TEXTS[code].split("name ")[1].split("\n")[0]
        self.told.append(dict({"id": code, "version": 1, "name": name, "state": state, "amount": 0, "delivery": 0, "credit": 0, "times": 0,
                               "lines": [], "lost_to": None, "needs": None, "picks": 0, "picked": 0, "say": ""}, **more))

    def cut(self, code, cuts):
        """{line id: amount}"""
        for line in self.lines:
            amount = cuts.get(line["id"], 0)
            if amount:
                before = line["amount"]
                line["discount"] += amount
                line["amount"] -= amount
                line["shares"].append({"promotion": code, "amount": amount})
                line["why"].append("Promotion %s: -%.2f" % (code, amount / 100))
                line["cv"] = (line["cv"] * 2 * line["amount"] + before) // (2 * before)
        return sum(cuts.values())

    def percent(self, code, group, percent):
        lines = self.of(group)
        total, whole = half_up(sum(line["amount"] for line in lines), percent), sum(line["amount"] for line in lines)
        shares = {line["id"]: total * line["amount"] // whole for line in lines} if whole else {}
        rest = sorted(lines, key=lambda line: -(total * line["amount"] % whole) if whole else 0)
        for line in rest[:total - sum(shares.values())]:
            shares[line["id"]] += 1
        return self.cut(code, shares)

    def beauty_40(self):
        spent = self.spent("BEAUTY")
        amount = self.percent("BEAUTY-40", "TEXTILES", 25) if spent >= 4000 else 0
        if amount:
            self.tell("BEAUTY-40", "applied", amount=amount, times=1, say="Applied: %.2f off" % (amount / 100))
        elif spent >= 4000:
            self.tell("BEAUTY-40", "failed", needs={"kind": "goods"}, say="Nothing on the order that it could reduce")
        else:
            self.tell("BEAUTY-40", "failed", needs={"kind": "spend", "actual": spent, "needed": 4000},
                      say="%.2f of 40.00 spent on it" % (spent / 100))

    def bogo(self):
        units = sorted((-line["amount"] // line["qty"], i, line["id"]) for i, line in enumerate(self.of("BEAUTY")) for _ in range(line["qty"]))
        cuts = defaultdict(int)
        for value, _, line in units[1::2]:
            cuts[line] += -value
        amount = self.cut("BOGO", cuts)
        if amount:
            self.tell("BOGO", "applied", amount=amount, times=len(units) // 2, say="Applied: %.2f off" % (amount / 100))
        else:
            self.tell("BOGO", "failed", needs={"kind": "pieces", "actual": len(units), "needed": 2}, say="%d of 2 pieces" % len(units))

    def knives_2(self):
        spent = self.spent("KITCHENWARE")
        picked = [line for line in self.lines if self.picks.get(line["id"]) == "KNIVES-2"]
        n = sum(line["qty"] for line in picked)
        if spent < 10000:
            self.tell("KNIVES-2", "failed", needs={"kind": "spend", "actual": spent, "needed": 10000},
                      say="%.2f of 100.00 spent on it" % (spent / 100))
        elif n == 0:
            self.tell("KNIVES-2", "failed", needs={"kind": "goods"}, picks=2, say="Choose up to 2 pieces")
        else:
            amount = self.cut("KNIVES-2", {line["id"]: line["amount"] for line in picked})
            self.tell("KNIVES-2", "applied", amount=amount, times=1, picks=2, picked=n,
                      say="Applied: %.2f off" % (amount / 100) if n == 2 else "Applied: %d of 2 pieces chosen" % n)

    def pencil(self):
        if not self.fake.recruits:
            self.tell("PENCIL", "failed", needs={"kind": "recruits", "actual": 0, "needed": 1}, say="0 of 1 new customers")
            return
        sku = next(sku for sku, item in self.items.items() if item.get("group") == "OFFICE")
        item, n = self.items[sku], self.fake.recruits
        self.gifts.append({"id": "+PENCIL", "sku": sku, "qty": n, "priced": True, "name": item["name"], "spoken": item["spoken"],
                           "unit": item["price"], "discount": item["price"] * n, "amount": 0, "tax": 0, "cv": 0, "pv": 0,
                           "free_stock": item["free"], "back_ordered": 0, "gift_of": "PENCIL", "shares": [], "why": []})
        self.tell("PENCIL", "applied", amount=item["price"] * n, times=n, say="Applied: %.2f off" % (item["price"] * n / 100))

    def rose(self):
        if "ROSE" in [COUPONS.get(code) for code in self.draft.get("coupons") or []]:
            amount = self.percent("ROSE", "BEAUTY", 10)
            self.tell("ROSE", "applied" if amount else "failed", amount=amount, times=1, say="Applied: %.2f off" % (amount / 100)
                      if amount else "Nothing on the order that it could reduce")

    def all(self):
        for code in self.fake.promotions:
            {"BEAUTY-40": self.beauty_40, "BOGO": self.bogo, "KNIVES-2": self.knives_2, "PENCIL": self.pencil, "ROSE": self.rose}[code]()
        return self


def pick_problems(run):
    """Choices that nothing gives."""
    state = {told["id"]: told["state"] for told in run.told}
    return [{"field": "/lines/%d/picks" % i, "line": line["id"], "code": "pick_not_earned", "severity": "stop",
             "say": "%s %s: promotion %s does not apply to this order, so nothing can be chosen with it." % (
                 line["sku"], run.items[line["sku"]]["name"], line["picks"])}
            for i, line in enumerate(run.draft["lines"]) if line.get("picks") and state.get(line["picks"]) != "applied"]
