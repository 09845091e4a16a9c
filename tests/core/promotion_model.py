"""Promotions once more, in Python: read from their text and priced by the rules of
partyline-promotion(5), on top of quote_model.py, and not from core/promo. What
test_promotion_model.py compares core with.

Promoted(catalogue, shop, row).price() gives the quote in the shapes that tests/core/promotion_dump.c
prints: `quote`, `problems` and `promoted`.
"""
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from quote_model import MILLION, QTY_MAX, Quote, half_up, share_out, tax_of, within

SEARCH = 256
LANES = ("pre", "default", "post")
NEVER_REDUCED = ("certificate", "fee")
DAY_0 = date(1970, 1, 1)
ALWAYS = (-2**31, 2**31 - 1)


# ---- the text ----

def coins(word):
    return int(Decimal(word) * 100)


def read_items(words):
    """Words up to the end, a word that is no item ends it: (what is in, what is out again)."""
    names = {False: [], True: []}
    out = False
    while words:
        word = words[0]
        if word in (",", "except"):
            out = out or word == "except"
        elif word == "group":
            words.pop(0)
            names[out].append(("group", words[0].upper()))
        elif word == "everything":
            names[out].append(("everything", ""))
        elif re.fullmatch(r"\d{5}", word) and (not names[out] or before == ","):
            names[out].append(("sku", word))
        else:
            break
        before = words.pop(0)
    if words and before == ",":  # of the list around it
        words.insert(0, ",")
    return names[False], names[True]


def take(words, *expected):
    for word in expected:
        assert words and words[0] == word, (word, words)
        words.pop(0)


def read_condition(words):
    kind = words.pop(0)
    if kind == "spend":
        amount = coins(words.pop(0))
        take(words, "on")
        return dict(kind=kind, needed=amount, of=read_items(words))
    if kind == "quantity":
        count = int(words.pop(0))
        take(words, "of")
        return dict(kind=kind, needed=count, of=read_items(words))
    if kind == "first":
        take(words, "order")
        return dict(kind="first_order", needed=1)
    if kind == "recruits":
        count = int(words.pop(0))
        del words[:5]  # with 100.00 in 30 days: the facts were counted by that
        return dict(kind=kind, needed=count)
    assert kind in ("order", "party"), kind
    return dict(kind=kind, needed=coins(words.pop(0)))


def ppm(word):
    assert word.endswith("%")
    return int(Decimal(word[:-1]) * 10000)


def read_rate(words):
    """free | at 50% off"""
    if words[0] == "free":
        words.pop(0)
        return 1_000_000
    take(words, "at")
    rate = ppm(words.pop(0))
    take(words, "off")
    return rate


def read_set(words):
    parts = []
    while True:
        count = int(words.pop(0))
        take(words, "of")
        parts.append((count, read_items(words)))
        if words[0] != ",":
            break
        words.pop(0)
    take(words, "for")
    return dict(kind="set", parts=parts, amount=coins(words.pop(0)))


def read_benefit(words):
    word = words.pop(0)
    if word == "free":
        take(words, "delivery")
        return dict(kind="delivery")
    if word == "gift":
        count = 1
        if len(words) > 1:
            count = int(words.pop(0))
            take(words, "of")
        return dict(kind="gift", get=count, sku=words.pop(0))
    if word == "credit":
        return dict(kind="credit", amount=coins(words.pop(0)))
    if word == "set":
        return read_set(words)
    if word == "cheapest":
        take(words, ":", "buy")
        buy = int(words.pop(0))
        take(words, "get")
        get = int(words.pop(0))
        rate = read_rate(words)
        take(words, "of")
        return dict(kind="cheapest", buy=buy, get=get, rate=rate, of=read_items(words))
    if words[0] == "off":
        words.pop(0)
        if word.endswith("%"):
            return dict(kind="percent", rate=ppm(word), of=read_items(words))
        return dict(kind="amount", amount=coins(word), of=read_items(words))
    benefit = dict(kind="pick", get=int(word), rate=None)
    if words[0] == "for":
        words.pop(0)
        benefit["amount"] = coins(words.pop(0))
        take(words, "each")
    else:
        benefit["rate"] = read_rate(words)
    take(words, "from")
    benefit["of"] = read_items(words)
    return benefit


def day(word):
    return (date.fromisoformat(word) - DAY_0).days


def read_for(p, words):
    what = words.pop(0)
    if what == "coupon":
        p["coupon"] = True
        return
    values = [word for word in words if word != ","]
    if what == "ranks":
        ranks = set()
        for value in values:
            low, _, high = value.partition("-")
            ranks |= set(range(int(low), int(high or low) + 1))
        values = ranks
    p[what] = set(values)
    words.clear()


def read_statement(p, words):
    word = words.pop(0)
    if word == "promotion":
        p["code"] = words.pop(0)
    elif word == "name":
        words.clear()
    elif word in ("from", "to"):
        while True:
            p[word] = day(words.pop(0)) + (word == "to")
            if not words:
                break
            word = words.pop(0)
    elif word == "for":
        read_for(p, words)
    elif word in ("lane", "priority"):
        value = words.pop(0)
        p[word] = value if word == "lane" else int(value)
    elif word in ("exclusive", "each"):
        p[word] = True
    elif word == "not":
        take(words, "with")
        p["tags"] = {w for w in words if w != ","}
        words.clear()
    elif word == "limit":  # how much is left is among the facts
        if words[0] == "budget":
            p["budget"] = coins(words[1])
        words.clear()
    elif word == "on":
        take(words, "reduced")
        p["on_reduced"] = True
    elif word == "volumes":
        take(words, "kept")
        p["volumes_kept"] = True
    elif word == "up":
        take(words, "to")
        p["up_to"] = int(words.pop(0))
        take(words, "times")
    elif word == "when":
        any_of = [read_condition(words)]
        while words:
            take(words, "or")
            any_of.append(read_condition(words))
        p["when"].append(any_of)
    else:
        assert word == "give", word
        p["give"].append(read_benefit(words))
    assert not words, words


def read(text):
    p = dict(when=[], give=[], lane="default", priority=0, exclusive=False, each=False, up_to=None, tags=set(),
             on_reduced=False, volumes_kept=False, coupon=False, budget=-1, types=None, channels=None, ranks=None, people=None)
    p["from"], p["to"] = ALWAYS
    for line in text.split("\n"):
        words = re.findall(r"[^\s,:]+|[,:]", line.partition("#")[0])
        if words:
            read_statement(p, words)
    return p


# ---- the price ----

class Offer:
    """What one promotion would do, from what its lane began with."""

    def __init__(self, promotion):
        self.p = promotion
        self.key = (-promotion["priority"], promotion["code"])
        self.cuts = {}  # by the line's place
        self.waives = False
        self.credit = self.gift_value = self.times = self.batches = 0
        self.gifts = []
        self.need = None
        self.lost_to = None
        self.taken = False
        self.picks = self.picked = 0
        self.amount = self.delivery = 0  # given in the end

    def fail(self, need, actual=0, needed=0, of=None):
        self.need = (need, actual, needed, of)
        return False

    def conflicts(self, other):
        return self.p["exclusive"] or other.p["exclusive"] or bool(self.p["tags"] & other.p["tags"])


class Promoted(Quote):
    def __init__(self, catalogue, shop, row):
        draft = dict(row["draft"], lines=list(row["draft"]["lines"]))
        super().__init__(catalogue, draft, row["buyer"], row["stock"])
        self.shop, self.f = shop, row["facts"]
        self.promotions = sorted(map(read, row["texts"]),
                                 key=lambda p: (LANES.index(p["lane"]), -p["priority"], p["code"]))
        self.facts = {fact[0]: fact[1:] for fact in self.f["promotions"]}
        self.opens = dict(self.f["known_coupons"])
        self.sets = {}

    # ---- what a promotion looks at ----

    def items_of(self, items):
        key = (tuple(items[0]), tuple(items[1]))
        if key not in self.sets:
            self.sets[key] = {i for i in range(len(self.c["items"]))
                              if self.is_in(i, items[0]) and not self.is_in(i, items[1])}
        return self.sets[key]

    def is_in(self, index, names):
        groups, group = set(), self.shop["item_groups"][index]
        while group >= 0:
            name, group = self.shop["groups"][group]
            groups.add(name)
        return any(kind == "everything" or (kind == "group" and name in groups) or
                   (kind == "sku" and name == self.c["items"][index]["sku"]) for kind, name in names)

    def charge_delivery(self):
        """As ever, for what is bought: what the buyer chooses from a promotion counts no more than a
        gift, so that neither brings a charge."""
        lines, sums = self.lines, dict(self.sums)
        self.lines = [dict(line, priced=line["priced"] and not line["picks"]) for line in lines]
        for name in ("goods", "discount"):
            self.sums[name] = sum(line[name] for line in self.lines if line["priced"])
        super().charge_delivery()
        self.lines = lines
        self.sums.update(goods=sums["goods"], discount=sums["discount"])

    def make_lines(self):
        for at, (line, (sku, qty, *_), told) in enumerate(zip(self.lines, self.d["lines"], self.f["lines"])):
            line.update(at=at, sku=sku, qty=qty, id=told["id"], picks=told["picks"], shares=[],
                        left=line["amount"], reducing=0, gift_of=None)
        self.priced = [line for line in self.lines if line["priced"]]
        canonical = sorted(self.priced, key=lambda line: (line["sku"], line["qty"], line["id"]))
        self.reducible = [line for line in canonical if self.c["items"][line["index"]]["kind"] not in NEVER_REDUCED]
        self.eligible = [line for line in self.reducible if not line["picks"]]

    def within_set(self, items):
        indexes = self.items_of(items)
        return [line for line in self.eligible if line["index"] in indexes]

    def is_considered(self, p):
        if not within(self.date, p["from"], p["to"]):
            return False
        rank = str(self.b["rank"]) if self.b["distributor"] else "nobody's"
        for wanted, have in ((p["types"], self.d["type"]), (p["channels"], self.f["channel"]), (p["ranks"], rank)):
            if wanted is not None and have not in {str(w) for w in wanted}:
                return False
        if p["people"] is not None and not p["people"] & set(self.f["people"]):
            return False
        return not p["coupon"] or any(self.opens.get(code) == p["code"] for code in self.f["coupons"])

    # ---- conditions ----

    def actual(self, p, condition):
        kind = condition["kind"]
        worth = "left" if p["on_reduced"] else "goods"
        order = sum(line[worth] for line in self.eligible)
        if kind == "spend":
            return sum(line[worth] for line in self.within_set(condition["of"]))
        if kind == "quantity":
            return sum(line["qty"] for line in self.within_set(condition["of"]))
        if kind == "order":
            return order
        if kind == "first_order":
            return int(self.f["first_order"])
        if kind == "party":
            return self.f["party_total"] + order if "party_total" in self.f else 0
        return self.facts.get(p["code"], (0, 0, 0, 0))[3]

    def asks(self, offer):
        """How often all holds; or what fails."""
        p, least = offer.p, None
        for any_of in p["when"]:
            best, bound, nearest = None, True, None
            for condition in any_of:
                actual, needed = self.actual(p, condition), condition["needed"]
                if actual < needed:
                    if nearest is None or Fraction(actual, needed) > nearest[0]:
                        nearest = (Fraction(actual, needed), condition, actual)
                elif condition["kind"] == "first_order":
                    best, bound = best or 0, False
                else:
                    best = max(best or 0, actual // needed)
            if best is None:
                _, condition, actual = nearest
                of = sorted(self.items_of(condition["of"])) if "of" in condition else None
                return offer.fail(condition["kind"], actual, condition["needed"], of)
            if bound:
                least = best if least is None else min(least, best)
        most = p["up_to"] or (least if p["each"] else 1)
        offer.times = 1 if least is None else min(least, most)
        return True

    # ---- benefits ----

    def cut(self, offer, line, amount):
        if amount:
            offer.cuts[line["at"]] = offer.cuts.get(line["at"], 0) + amount

    def hand_out(self, offer, total, lines, weights):
        for line, amount in zip(lines, share_out(total, weights) if lines else []):
            self.cut(offer, line, amount)

    def by_value(self, items):
        """The dearest pieces first, ties in canonical order."""
        return sorted(self.within_set(items), key=lambda line: -(line["left"] // line["qty"]))

    def give_percent(self, offer, benefit):
        lines = self.within_set(benefit["of"])
        weights = [line["left"] for line in lines]
        self.hand_out(offer, half_up(Decimal(sum(weights)) * benefit["rate"] / MILLION), lines, weights)

    def give_amount(self, offer, benefit):
        lines = self.within_set(benefit["of"])
        weights = [line["left"] for line in lines]
        self.hand_out(offer, min(benefit["amount"] * offer.times, sum(weights)), lines, weights)

    def most_batches(self, offer):
        return offer.p["up_to"] or (None if offer.p["each"] else 1)

    def give_cheapest(self, offer, benefit):
        buy, size = benefit["buy"], benefit["buy"] + benefit["get"]
        lines = self.by_value(benefit["of"])
        most, start = self.most_batches(offer), 0
        for line in lines:  # pieces start to start + qty, of all
            end = start + line["qty"]
            stop = end if most is None else min(end, most * size)
            cheaper = self.beyond(stop, buy, size) - self.beyond(min(start, stop), buy, size)
            value = line["left"] // line["qty"]
            self.cut(offer, line, half_up(Decimal(cheaper * value) * benefit["rate"] / MILLION))
            start = end
        batches = start // size + (start % size > buy)
        offer.batches = max(offer.batches, batches if most is None else min(batches, most))
        if not batches:
            offer.need = ("pieces", start, buy + 1, sorted(self.items_of(benefit["of"])))

    @staticmethod
    def beyond(pieces, buy, size):
        """How many of the first pieces are the last of their batches."""
        return pieces // size * (size - buy) + max(pieces % size - buy, 0)

    def give_set(self, offer, benefit):
        most = self.most_batches(offer)
        done = total = 0
        used, lacks = {}, None  # value by line
        while most is None or done < most:
            trial, value = dict(offer.used), 0
            now = {}
            for wanted, items in benefit["parts"]:
                count = wanted
                for line in self.by_value(items):
                    pieces = min(count, line["qty"] - trial.get(line["at"], 0))
                    if pieces:
                        trial[line["at"]] = trial.get(line["at"], 0) + pieces
                        worth = pieces * (line["left"] // line["qty"])
                        now[line["at"]] = now.get(line["at"], 0) + worth
                        value += worth
                        count -= pieces
                if count:
                    lacks = ("pieces", wanted - count, wanted, sorted(self.items_of(items)))
                    break
            if lacks or value <= benefit["amount"]:
                break
            offer.used, total, done = trial, total + value - benefit["amount"], done + 1
            for at, worth in now.items():
                used[at] = used.get(at, 0) + worth
        offer.batches = max(offer.batches, done)
        lines = [line for line in self.eligible if line["at"] in used]
        self.hand_out(offer, total, lines, [used[line["at"]] for line in lines])
        if not done:
            offer.need = lacks

    def pick_benefit(self, p, line):
        if self.c["items"][line["index"]]["kind"] in NEVER_REDUCED:
            return None
        for benefit in p["give"]:
            if benefit["kind"] == "pick" and line["index"] in self.items_of(benefit["of"]):
                return benefit
        return None

    def give_pick(self, offer, benefit):
        may = benefit["get"] * offer.times
        offer.picks += may
        for line in self.reducible:
            if line["picks"] != offer.p["code"] or self.pick_benefit(offer.p, line) is not benefit:
                continue
            offer.picked += line["qty"]
            may -= line["qty"]
            if may < 0:
                continue
            if benefit["rate"] is not None:
                self.cut(offer, line, half_up(Decimal(line["left"]) * benefit["rate"] / MILLION))
            else:
                self.cut(offer, line, max(line["left"] - benefit["amount"] * line["qty"], 0))

    def is_there(self, index, qty, gifts):
        """Whether the order's own lines, and gifts before, leave so many pieces of the item."""
        if self.c["items"][index]["kind"] == "certificate":
            return False  # money is not given away
        if self.stock is None or self.c["items"][index]["back_order"]:
            return True
        left = list(self.stock)
        for taken in self.priced + gifts:
            for part, per in self.parts(taken["index"]):
                left[part] -= per * taken["qty"] * (self.c["items"][part]["kind"] != "certificate")
        return all(left[part] >= per * qty for part, per in self.parts(index))

    def lacks_stock(self, chosen):
        """The first, by priority and code, whose gifts those before it have left too few pieces for."""
        gifts = list(self.gifts)
        for offer in sorted(chosen, key=lambda o: o.key):
            for gift in offer.gifts:
                if not self.is_there(gift["index"], gift["qty"], gifts):
                    offer.fail("stock", 0, gift["qty"])
                    return offer
                gifts.append(gift)
        return None

    def give_gift(self, offer, benefit):
        index = [item["sku"] for item in self.c["items"]].index(benefit["sku"])
        qty = min(benefit["get"] * offer.times, QTY_MAX)
        if not self.is_there(index, qty, self.gifts):
            return offer.fail("stock", 0, qty)
        price = self.list and self.list["prices"][index]
        unit = price[0] if price else 0
        offer.gifts.append(dict(index=index, qty=qty, unit=unit, sku=benefit["sku"], code=offer.p["code"]))
        offer.gift_value += unit * qty
        return True

    def gives(self, offer):
        offer.used, needs = {}, []
        for benefit in offer.p["give"]:
            kind, offer.need = benefit["kind"], None
            if kind == "delivery":
                offer.waives = self.sums["delivery"] > 0
            elif kind == "credit":
                offer.credit += benefit["amount"] * offer.times
            elif kind == "gift":
                if not self.give_gift(offer, benefit):
                    return False
            else:
                getattr(self, "give_" + kind)(offer, benefit)
            needs.append(offer.need or ("goods", 0, 0, self.meant(benefit)))
        for at in offer.cuts:
            offer.cuts[at] = min(offer.cuts[at], self.lines[at]["left"])
        offer.discount = sum(offer.cuts.values())
        if offer.discount or offer.waives or offer.credit or offer.gifts or offer.picked:
            offer.need = None
            return True
        offer.need = needs[0]
        return False

    def meant(self, benefit):
        if benefit["kind"] == "set":
            return sorted(self.items_of(benefit["parts"][0][1]))
        return sorted(self.items_of(benefit["of"])) if "of" in benefit else None

    def waived(self):
        return self.sums["delivery"] + (0 if self.included else self.sums["delivery_tax"])

    def holds(self, offer):
        uses, person, budget, _ = self.facts.get(offer.p["code"], (-1, -1, offer.p["budget"], 0))
        if uses == 0:
            return offer.fail("limit_uses", 0, 1)
        if person == 0:
            return offer.fail("limit_person", 0, 1)
        if not self.asks(offer) or not self.gives(offer):
            return False
        gives = offer.discount + offer.gift_value + offer.credit + (self.sums["delivery"] if offer.waives else 0)
        if 0 <= budget < gives:
            offer.picks = offer.picked = 0
            return offer.fail("limit_budget", budget, gives)
        return True

    # ---- which of them ----

    def to_pay(self, offers):
        left = {line["at"]: line["left"] for line in self.priced}
        for offer in sorted(offers, key=lambda o: o.key):
            for at, amount in offer.cuts.items():
                left[at] -= min(amount, left[at])
        waives = any(offer.waives for offer in offers)
        pay = sum(left.values()) + (0 if waives else self.waived())
        if self.included:
            return pay
        if self.c["rounding"] == "line":
            return pay + sum(tax_of(left[line["at"]], line["ppm"], False) for line in self.priced)
        by_rate = {}
        for line in self.priced:
            by_rate[line["ppm"]] = by_rate.get(line["ppm"], 0) + left[line["at"]]
        return pay + sum(tax_of(amount, rate, False) for rate, amount in by_rate.items())

    @staticmethod
    def combinations(offers):
        """All sets that go together and to which none can be added; None when they are too many."""
        sets = [frozenset()]
        for i, offer in enumerate(offers):
            against = frozenset(k for k in range(i) if offers[k].conflicts(offer))
            more = set()
            for members in sets:
                if not members & against:
                    more.add(members | {i})
                    continue
                more.add(members)
                rest = members - against
                if all(any(offers[k].conflicts(offers[m]) for m in rest | {i})
                       for k in range(i) if k not in rest):
                    more.add(rest | {i})
            sets = more
            if len(sets) > SEARCH:
                return None
        return sets

    def choose(self, offers):
        """offers by priority and code."""
        sets = self.combinations(offers)
        if sets is None:
            self.bounded = True
            chosen = []
            worth = lambda o: o.discount + o.credit + o.gift_value + (self.sums["delivery"] if o.waives else 0)
            for offer in sorted(offers, key=lambda o: (-worth(o), o.key)):
                if not any(offer.conflicts(other) for other in chosen):
                    chosen.append(offer)
            return chosen
        def rank(members):
            chosen = [offers[k] for k in sorted(members)]
            return (self.to_pay(chosen), -sum(o.gift_value + o.credit for o in chosen), [o.key for o in chosen])
        return [offers[k] for k in sorted(min(sets, key=rank))]

    def take(self, chosen):
        for offer in sorted(chosen, key=lambda o: o.key):
            offer.taken = True
            for line in sorted(self.priced, key=lambda line: line["at"]):
                amount = min(offer.cuts.get(line["at"], 0), line["left"])
                if amount:
                    line["left"] -= amount
                    line["shares"].append([offer.p["code"], amount])
                    line["reducing"] += 0 if offer.p["volumes_kept"] and not line["picks"] else amount
                    offer.amount += amount
            if offer.waives and self.sums["delivery"]:
                offer.delivery = self.sums["delivery"]
                self.sums["delivery"] = self.sums["delivery_tax"] = 0
            self.gifts += offer.gifts
            offer.amount += offer.gift_value
            if not (offer.amount or offer.delivery or offer.credit or offer.gifts or offer.picked):
                offer.taken, offer.need = False, ("goods", 0, 0, None)

    def run_lane(self, lane):
        offers = [Offer(p) for p in self.promotions if p["lane"] == lane and self.is_considered(p)]
        candidates = [offer for offer in offers if self.holds(offer)]
        chosen = self.choose(candidates)
        while short := self.lacks_stock(chosen):
            candidates.remove(short)
            chosen = self.choose(candidates)
        self.take(chosen)
        for offer in candidates:
            if offer in chosen:
                continue
            to = [other for other in chosen if other.taken and other.conflicts(offer)]
            if to:
                offer.lost_to = min(to, key=lambda o: o.key).p["code"]
            else:  # to one for which nothing was left, either
                offer.need = ("goods", 0, 0, None)
                offer.picks = offer.picked = 0
        self.offers += offers

    # ---- afterwards ----

    def finish_lines(self):
        applied = {offer.p["code"] for offer in self.offers if offer.taken}
        for line in self.priced:
            before = line["goods"] - line["discount"]
            line["discount"] += sum(amount for _, amount in line["shares"])
            line["amount"] = line["left"]
            for volume in ("cv", "pv"):
                if line["picks"] in applied and not line["amount"]:  # chosen and free: carries none
                    line[volume] = 0
                elif before and line["reducing"]:
                    line[volume] = half_up(Decimal(line[volume]) * (before - line["reducing"]) / before)

    def add_gifts(self):
        given = []
        for gift in self.gifts:
            given.append(gift["code"])
            nth = given.count(gift["code"])
            goods = gift["unit"] * gift["qty"]
            self.d["lines"].append([gift["sku"], gift["qty"], True, 0])
            self.lines.append(dict(known=True, priced=True, unit=gift["unit"], goods=goods, discount=goods, amount=0, tax=0,
                                   ppm=0, cv=0, pv=0, free=-1, back=0, index=gift["index"], at=len(self.lines),
                                   id="+" + gift["code"] + (f"+{nth}" if nth > 1 else ""), sku=gift["sku"], qty=gift["qty"], gift_of=gift["code"],
                                   shares=[[gift["code"], goods]] if goods else []))

    def check_coupons(self):
        applied = {offer.p["code"] for offer in self.offers if offer.taken}
        for i, code in enumerate(self.f["coupons"]):
            if code not in self.opens:
                self.problem("unknown_coupon", f"/coupons/{i}")
            elif self.opens[code] not in applied:
                self.problem("coupon_no_effect", f"/coupons/{i}")

    def check_picks(self):
        considered = {offer.p["code"]: offer for offer in self.offers}
        chosen = {}
        for line in self.reducible_picks():
            told = considered.get(line["picks"])
            benefit = told and self.pick_benefit(told.p, line)
            if told and not benefit:
                self.problem("pick_not_offered", f"/lines/{line['at']}/picks")
            elif not told or not told.taken:
                self.problem("pick_not_earned", f"/lines/{line['at']}/picks")
            else:
                so_far = chosen[id(benefit)] = chosen.get(id(benefit), 0) + line["qty"]
                if so_far > benefit["get"] * told.times:
                    self.problem("pick_too_many", f"/lines/{line['at']}/qty")

    def reducible_picks(self):
        return sorted((line for line in self.priced if line["picks"]),
                      key=lambda line: (line["sku"], line["qty"], line["id"]))

    def add_up_promoted(self):
        s = self.sums
        for name in ("goods", "discount", "tax", "cv", "pv"):
            s[name] = sum(line[name] for line in self.lines)
        s["tax_added"] = 0 if self.included else s["tax"] + s["delivery_tax"]
        s["total"] = s["goods"] - s["discount"] + s["delivery"] + s["tax_added"]

    def told(self, offer):
        state = "applied" if offer.taken else "lost" if offer.lost_to else "failed"
        need, actual, needed, of = offer.need or ("none", 0, 0, None)
        by_batch = all(benefit["kind"] in ("cheapest", "set") for benefit in offer.p["give"])
        times = (offer.batches if by_batch else offer.times) if offer.taken else 0
        granted = state != "lost"
        return dict(code=offer.p["code"], state=state, amount=offer.amount, delivery=offer.delivery,
                    credit=offer.credit if offer.taken else 0, times=times, lost_to=offer.lost_to,
                    need=need, actual=actual, needed=needed, of=of,
                    picks=offer.picks if granted else 0, picked=offer.picked if granted else 0)

    def price(self):
        self.check_people()
        self.check_address()
        self.choose_list()
        self.choose_region()
        for i, (sku, qty, _, value) in enumerate(self.d["lines"]):
            self.add_line(i, sku, qty, value)
        self.make_lines()
        self.tax_lines()
        self.add_up()
        self.offers, self.gifts, self.bounded = [], [], False
        for lane in LANES:
            self.run_lane(lane)
        self.check_coupons()
        self.check_picks()
        self.finish_lines()
        self.tax_lines()
        self.add_gifts()
        self.add_up_promoted()
        self.check_stock()
        quote = dict(list=self.list and self.list["code"], region=self.region, tax_included=self.included,
                     date=self.date, needs=self.needs, **self.sums)
        quote["lines"] = [{name: line[name] for name in ("known", "priced", "unit", "goods", "discount", "amount", "tax",
                                                         "ppm", "cv", "pv", "free", "back")} for line in self.lines]
        promoted = dict(credit=sum(o.credit for o in self.offers if o.taken), bounded=self.bounded,
                        promotions=[self.told(offer) for offer in self.offers],
                        lines=[{name: line[name] for name in ("id", "sku", "qty", "gift_of", "shares")} for line in self.lines])
        return quote, promoted, self.problems
