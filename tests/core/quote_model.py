"""Pricing once more, in Python with decimal, from the business rules (the pages on catalogue, orders
and money) and not from core/quote.c: what test_quote_model.py compares core with.

price(catalogue, draft, buyer, stock) gives the quote and its problems, tenders(...) what is paid and
what is due; both in the shapes that tests/core/quote_dump.c prints.
"""
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60

MILLION = Decimal(1_000_000)
LARGEST = 2**53 - 1
QTY_MAX = 99999

# Who buys, at whose prices, what may be sold, whether volumes count, whose discount applies.
TYPES = {
    "personal": dict(audience="distributor", kinds={"product", "kit", "gift", "certificate"}, customer=False, volumes=True, discount=True),
    "customer": dict(audience="retail", kinds={"product", "kit", "gift", "certificate"}, customer=True, volumes=True, discount=False),
    "sales_aids": dict(audience="sales_aid", kinds={"sales_aid"}, customer=False, volumes=False, discount=False),
}
DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]


def half_up(value):
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def within(day, start, end):
    return start <= day < end


def damm_fits(digits):
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim == 0


def tax_of(amount, ppm, included):
    rate = Decimal(ppm) / MILLION
    if not included:
        return half_up(Decimal(amount) * rate)
    # rate / (1 + rate) by whole numbers: 1 + rate rarely divides exactly
    return half_up(Decimal(amount) * ppm / (MILLION + ppm))


def share_out(total, weights):
    """Largest remainder; ties to the earlier."""
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    shares = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[:total - sum(shares)]:
        shares[i] += 1
    return shares


class Quote:
    def __init__(self, catalogue, draft, buyer, stock):
        self.c, self.d, self.b, self.stock = catalogue, draft, buyer, stock
        self.type = TYPES[draft["type"]]
        self.date = buyer["today"] if draft["date"] is None else draft["date"]
        self.problems, self.untaxed = [], set()
        self.lines = []
        self.sums = dict.fromkeys(("goods", "discount", "delivery", "delivery_tax", "tax", "tax_added", "total", "cv", "pv"), 0)

    def problem(self, code, field):
        self.problems.append([code, field])

    # ---- people, places ----

    def check_people(self):
        b, d = self.b, self.d
        if not d["distributor"]:
            self.problem("required", "/distributor")
        elif not b["distributor"]:
            self.problem("unknown_distributor", "/distributor")
        elif b["market"] != self.c["market"]:
            self.problem("wrong_market", "/distributor")
        elif not b["may_order"]:
            self.problem("distributor_status", "/distributor")
        if self.type["customer"] and not d["customer"]:
            self.problem("customer_needed", "/customer")
        elif d["customer"] and not self.type["customer"]:
            self.problem("customer_not_allowed", "/customer")
        elif d["customer"] and not b["customer"]:
            self.problem("unknown_customer", "/customer")
        elif d["customer"] and b["distributor"] and b["customer_of"] != b["distributor"]:
            self.problem("customer_of_other", "/customer")

    def check_address(self):
        if self.d["destination"] == "pickup":
            return
        if not self.b["has_ship_to"]:
            self.problem("address_needed", "/ship_to")
            return
        for part in ("line1", "city", "country"):
            if not self.b[part]:
                self.problem("address_incomplete", "/ship_to/address/" + part)

    def choose_region(self):
        """Goods are taxed where they go, when the market has rates for that place."""
        region = self.b["region"] if self.b["has_ship_to"] and self.d["destination"] != "pickup" else None
        known = {row[0] for row in self.c["taxes"]}
        self.region = region if region in known else self.c["region"]

    def choose_list(self):
        """The list of the audience; for distributors else retail, less the rank's discount."""
        audiences = [self.type["audience"]] + (["retail"] if self.type["audience"] == "distributor" else [])
        named = self.d["price_list"]
        self.list = None
        for audience in audiences:
            for row in self.c["lists"]:
                fits = row["code"] == named if named else within(self.date, row["from"], row["to"])
                if self.list is None and row["audience"] == audience and fits:
                    self.list = row
        if self.list is None:
            self.problem(*(("unknown_list", "/price_list") if named else ("no_list", "/date")))
        self.included = bool(self.list and self.list["tax_included"])

    def discount_ppm(self):
        if not (self.type["discount"] and self.list["audience"] == "retail" and self.b["distributor"]):
            return 0
        for rank, order_type, ppm, start, end in self.c["discounts"]:
            if rank == self.b["rank"] and order_type == self.d["type"] and within(self.date, start, end):
                return ppm
        return 0

    def tax_ppm(self, tax_class):
        for region, of, ppm, start, end in self.c["taxes"]:
            if region == self.region and of == tax_class and within(self.date, start, end):
                return ppm
        if tax_class not in self.untaxed:  # one problem, however many lines it concerns
            self.untaxed.add(tax_class)
            self.problem("no_tax_rate", "/ship_to")
        return 0

    # ---- lines ----

    def find(self, sku, at):
        for index, item in enumerate(self.c["items"]):
            if item["sku"] == sku:
                return index
        is_code = sku.isascii() and sku.isdigit() and len(sku) == 5
        self.problem("check_digit" if is_code and not damm_fits(sku) else "unknown_sku", at + "/sku")
        return None

    def check_item(self, i, item, at):
        if item["kind"] not in self.type["kinds"]:
            self.problem("wrong_kind", at + "/sku")
        if not within(self.date, item["from"], item["to"]):
            self.problem("not_on_sale", at + "/sku")
        so_far = sum(max(qty, 0) for sku, qty, *_ in self.d["lines"][:i + 1] if sku == item["sku"])
        if item["max"] and so_far > item["max"]:
            self.problem("max_per_order", at + "/qty")

    def is_certificate(self, line):
        """A promise of money: not taxed, delivered, reduced, counted or in stock."""
        return self.c["items"][line["index"]]["kind"] == "certificate"

    def valued(self, item, price, value, at):
        """The price of a piece: a certificate's may be said with the line, within its bounds."""
        if item["kind"] == "certificate":
            price = [price[0], 0, 0]
        least, most = item["value"]
        if most and least <= value <= most:
            return [value] + price[1:]
        if not most and not value:
            return price
        self.problem("value_needed" if most else "value_fixed", at + "/value")
        return None

    def add_line(self, i, sku, qty, value):
        at = f"/lines/{i}"
        line = dict(known=False, priced=False, unit=0, goods=0, discount=0, amount=0, tax=0, ppm=0, cv=0, pv=0, free=-1, back=0)
        self.lines.append(line)
        index = self.find(sku, at)
        line["index"] = index
        good = 1 <= qty <= QTY_MAX
        if not good:
            self.problem("bad_quantity", at + "/qty")
        if index is None:
            return
        line["known"] = True
        self.check_item(i, self.c["items"][index], at)
        if not self.list or not good:
            return
        price = self.list["prices"][index]
        if price is None:
            self.problem("not_in_list", at + "/sku")
            return
        price = self.valued(self.c["items"][index], price, value, at)
        if price is None:
            return
        goods, cv, pv = (one * qty for one in price)
        if max(goods, cv, pv) > LARGEST:
            self.problem("amount_too_large", at + "/qty")
            return
        discount = 0 if self.is_certificate(line) else half_up(Decimal(goods) * self.discount_ppm() / MILLION)
        if not self.type["volumes"]:
            cv = pv = 0
        line.update(priced=True, unit=price[0], goods=goods, discount=discount, amount=goods - discount, cv=cv, pv=pv)

    # ---- tax, delivery, sums ----

    def tax_lines(self):
        priced = [line for line in self.lines if line["priced"]]
        for line in priced:
            if self.is_certificate(line):
                continue
            line["ppm"] = self.tax_ppm(self.c["items"][line["index"]]["tax_class"])
            line["tax"] = tax_of(line["amount"], line["ppm"], self.included)
        if self.c["rounding"] == "line":
            return
        for ppm in {line["ppm"] for line in priced}:
            same = [line for line in priced if line["ppm"] == ppm]
            amounts = [line["amount"] for line in same]
            for line, tax in zip(same, share_out(tax_of(sum(amounts), ppm, self.included), amounts)):
                line["tax"] = tax

    def charge_delivery(self):
        """By value, less the rank's discount, and weight of the goods: the row of the very zone (the
        region) before that of every zone, then the greatest weight that is reached, then value."""
        delivered = [(line, keyed[1]) for line, keyed in zip(self.lines, self.d["lines"])
                     if line["priced"] and not self.is_certificate(line)]
        goods = sum(line["amount"] for line, _ in delivered)
        weight = sum(self.c["items"][line["index"]]["weight"] * qty for line, qty in delivered)
        for zone in (self.region, ""):
            rows = [row for row in self.c["delivery"]
                    if row[0] == self.d["destination"] and row[1] == zone and row[2] <= goods
                    and row[7] <= weight and within(self.date, row[5], row[6])]
            if rows:
                row = max(rows, key=lambda row: (row[7], row[2]))
                self.sums["delivery"] = row[3]
                if row[3]:
                    self.sums["delivery_tax"] = tax_of(row[3], self.tax_ppm(row[4]), self.included)
                return
        self.problem("no_delivery", "/ship_to")

    def add_up(self):
        s = self.sums
        for name in ("goods", "discount", "tax", "cv", "pv"):
            s[name] = sum(line[name] for line in self.lines)
        fits = max(s.values()) <= LARGEST
        net = s["goods"] - s["discount"]
        if fits and any(line["priced"] and not self.is_certificate(line) for line in self.lines):
            self.charge_delivery()
        s["tax_added"] = 0 if self.included else s["tax"] + s["delivery_tax"]
        s["total"] = net + s["delivery"] + s["tax_added"]
        if max(s.values()) <= LARGEST:
            return
        self.problem("amount_too_large", "/lines")  # nothing counts, so that the sums hold
        for name in s:
            s[name] = 0
        for line in self.lines:
            line.update(priced=False, unit=0, goods=0, discount=0, amount=0, tax=0, ppm=0, cv=0, pv=0)

    # ---- stock ----

    def parts(self, index):
        item = self.c["items"][index]
        return item["components"] if item["kind"] == "kit" else [[index, 1]]

    def may_wait(self, i):
        return self.d["lines"][i][2] and self.c["items"][self.lines[i]["index"]]["back_order"]

    def check_stock(self):
        self.needs = []
        left = list(self.stock or [])
        for i, line in enumerate(self.lines):
            if not line["known"] or self.is_certificate(line):
                continue
            parts, qty = self.parts(line["index"]), self.d["lines"][i][1]
            if line["priced"]:
                self.needs += [[part, i, qty * per, per, self.may_wait(i)] for part, per in parts]
            if self.stock is None:
                continue
            line["free"] = min(self.stock[part] // per for part, per in parts)
            if not line["priced"]:
                continue
            # earlier lines take theirs first
            free = min(max(left[part], 0) // per for part, per in parts)
            if free < qty:
                self.problem("back_ordered" if self.may_wait(i) else "stock_short", f"/lines/{i}/qty")
                line["back"] = qty - free if self.may_wait(i) else 0
            for part, per in parts:
                left[part] -= per * qty
        self.needs.sort(key=lambda need: need[:2])

    def price(self):
        self.check_people()
        self.check_address()
        self.choose_list()
        self.choose_region()
        for i, (sku, qty, _, value) in enumerate(self.d["lines"]):
            self.add_line(i, sku, qty, value)
        self.tax_lines()
        self.add_up()
        self.check_stock()
        for line in self.lines:
            line.pop("index", None)
        return dict(list=self.list and self.list["code"], region=self.region, tax_included=self.included,
                    date=self.date, lines=self.lines, needs=self.needs, **self.sums)


def price(catalogue, draft, buyer, stock):
    quote = Quote(catalogue, draft, buyer, stock)
    return quote.price(), quote.problems


WITH_REF = ("certificate", "token", "card_present", "cheque", "transfer")
WITHOUT_REF = ("balance", "credit", "link", "later")
RECEIVED = ("card_present", "cheque", "transfer")


def tenders(draft, buyer, total):
    """What comes from the balance, what is left as due, what is over, and the problems. Each pays what
    those before have left; only what is received may be more, when something was left."""
    problems, left, paid, from_balance, over, exceeds = [], total, 0, 0, 0, False
    own = not TYPES[draft["type"]]["customer"] and buyer["distributor"]
    for i, (kind, amount, ref) in enumerate(draft["tenders"]):
        if kind not in WITH_REF + WITHOUT_REF or (kind == "balance" and not own):
            problems.append(["tender_kind", f"/tenders/{i}/kind"])
        elif not 1 <= amount <= LARGEST:
            problems.append(["tender_amount", f"/tenders/{i}/amount"])
        elif kind in WITH_REF and not ref:
            problems.append(["tender_ref", f"/tenders/{i}/ref"])
        elif kind in WITHOUT_REF and ref:
            problems.append(["bad_value", f"/tenders/{i}/ref"])
        elif amount > left and not (kind in RECEIVED and left):
            exceeds = True
        else:
            part = min(amount, left)
            left -= part
            paid += part if kind != "later" else 0
            from_balance += part if kind == "balance" else 0
            over += amount - part
    if exceeds:
        problems.append(["tenders_exceed", "/tenders"])
    elif from_balance > max(buyer["balance"], 0):
        problems.append(["balance_short", "/tenders"])
    return from_balance, total - paid, over, problems
