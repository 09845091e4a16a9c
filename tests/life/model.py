"""The money of orders once more, from the rules of the trade and not from the program: whole numbers, no database.

Nothing is booked here. What an account holds follows from what has become of the orders: of each order, what it
costs, what came back of it, what was paid and given back. An account that the program has booked something on for
any other reason, or twice, or not at all, is found by that.
"""
from collections import Counter

OPEN = ("authorising", "unknown", "authorised")  # promised by the provider's customer, not yet ours
ACCOUNTS = ("balance", "credit", "certificate")  # kinds of tender that a kept account pays
GATEWAY = ("token", "link")
RECEIVED = {"card_present": "card_clearing", "cheque": "cheque_clearing", "transfer": "bank"}
REASONS = {"damaged": (False, True), "wrong_item": (False, True), "allergy": (False, False),  # fee, delivery is given back
           "changed_mind": (True, False), "other": (True, False)}
MILLION = 1000000


class Refused(Exception):
    """The rules do not allow it; nothing has changed."""


def half_up(number, whole):
    return (2 * number + whole) // (2 * whole)


class Market:
    """The facts of a market; `prices` by audience and SKU, `rates` by region and class of tax."""

    def __init__(self, code, included, region, prices, classes, rates, delivery, discounts, fee):
        self.code, self.included, self.region, self.fee = code, included, region, fee
        self.prices, self.classes, self.rates, self.delivery, self.discounts = prices, classes, rates, delivery, discounts

    def tax(self, amount, ppm):
        return half_up(amount * ppm, MILLION + ppm) if self.included else half_up(amount * ppm, MILLION)


class Person:
    def __init__(self, ident, number, rank, region):
        self.ident, self.number, self.rank, self.region = ident, number, rank, region  # number: None of customers
        self.wallet = self.credit = 0
        self.cards = []


class Line:
    def __init__(self, name, sku, qty, unit=0):
        self.name, self.sku, self.qty, self.unit = name, sku, qty, unit
        self.goods = self.amount = self.tax = self.ppm = 0
        self.certificate = False
        self.back = self.taken = 0  # pieces that are given back, that returns have taken

    def part(self, what, pieces):
        """What so many pieces of it cost: together they always make the whole."""
        return getattr(self, what) * pieces // self.qty


class Certificate:
    def __init__(self, order, line, piece, amount):
        self.order, self.line, self.piece, self.amount, self.left, self.dead = order, line, piece, amount, amount, False
        self.number = None


class Payment:
    def __init__(self, kind, amount, purse=None, over=0, origin=None):
        self.kind, self.amount, self.purse, self.over = kind, amount, purse, over
        self.origin = origin or self  # of money that moved here from another order: where it was paid
        self.state = "authorising" if kind in GATEWAY else "captured"
        self.refunds = []             # [amount, what has become of it]
        self.declined = 0             # when, of those that were

    @property
    def back(self):
        return sum(amount for amount, _ in self.refunds)


class Return:
    def __init__(self, order, number, fee_most):
        self.order, self.number, self.fee_most, self.state, self.exchange = order, number, fee_most, "asked", None
        self.lines, self.fee = [], 0


class ReturnLine:
    def __init__(self, line, qty, reason, exchange):
        self.line, self.qty, self.reason, self.exchange = line, qty, reason, exchange
        self.taken, self.came, self.booked, self.worth = qty, 0, 0, 0


class Order:
    def __init__(self, books, market, kind, distributor, customer, destination):
        self.books, self.market, self.kind, self.destination = books, market, kind, destination
        self.distributor, self.customer, self.buyer = distributor, customer, customer or distributor
        self.number, self.state, self.revision, self.lines, self.payments = None, "placed", 1, [], []
        self.delivery = self.delivery_tax = 0
        self.delivery_back = False
        self.certificates, self.returns = [], []

    # ---- what it costs -----------------------------------------------------------------------------------
    def region(self):
        region = {"distributor": self.distributor, "customer": self.customer}.get(self.destination)
        return region.region if region and (region.region, 1) in self.market.rates else self.market.region

    def price(self):
        m, audience = self.market, "distributor" if self.kind == "personal" and "distributor" in self.market.prices else "retail"
        discount = m.discounts.get(self.distributor.rank, 0) if self.kind == "personal" and audience == "retail" else 0
        for line in self.lines:
            if not line.certificate:
                line.unit = m.prices[audience][line.sku]
                line.ppm = m.rates[self.region(), m.classes[line.sku]]
            line.goods = line.unit * line.qty
            line.amount = line.goods - (0 if line.certificate else half_up(line.goods * discount, MILLION))
            line.tax = m.tax(line.amount, line.ppm)
        worth = [line.amount for line in self.lines if not line.certificate]
        rows = [row for row in m.delivery if worth and row[0] == self.destination and row[1] <= sum(worth)]
        _, _, self.delivery, tax_class = max(rows, key=lambda row: row[1]) if rows else (0, 0, 0, 1)
        self.delivery_tax = m.tax(self.delivery, m.rates[self.region(), tax_class])

    def on_top(self, tax):
        return 0 if self.market.included else tax

    @property
    def total(self):
        return sum(line.amount + self.on_top(line.tax) for line in self.lines) + self.delivery + self.on_top(self.delivery_tax)

    @property
    def returned(self):
        goods = sum(line.part("amount", line.back) + self.on_top(line.part("tax", line.back)) for line in self.lines)
        return goods + self.delivery_back * (self.delivery + self.on_top(self.delivery_tax)) - sum(r.fee for r in self.returns)

    # ---- what pays it ------------------------------------------------------------------------------------
    def paid(self):
        return sum(p.amount - p.back for p in self.payments if p.state in ("captured", "refunded"))

    def promised(self):
        return self.paid() + sum(p.amount for p in self.payments if p.state in OPEN)

    def owed(self):
        return 0 if self.state == "cancelled" else self.total - self.returned

    def due(self):
        return self.owed() - self.promised()

    def payment_state(self):
        states = [p.state for p in self.payments]
        if self.state == "cancelled" or self.owed() == 0 < self.total and not self.due() and not set(states) & set(OPEN):
            return "refunded" if any(p.refunds for p in self.payments) else "void"
        for state in ("unknown", "authorising"):
            if state in states:
                return state
        if self.due() > 0:
            newest = max((i for i, state in enumerate(states) if state in ("authorised", "captured")), default=-1)
            declined = max((i for i, state in enumerate(states) if state == "declined"), default=-1)
            return "declined" if declined > newest else "due"
        return "authorised" if "authorised" in states else "captured"

    def check_tenders(self, tenders, due):
        """What each of them takes: [(kind, amount, purse, over)]; or none of them."""
        held, taken = {}, []
        for kind, amount, purse in tenders:
            over = max(amount - due, 0)
            if over and (kind not in RECEIVED or due == 0):
                raise Refused("more than is due")
            if kind in ACCOUNTS:
                left = purse.wallet if kind == "balance" else purse.credit if kind == "credit" else purse.left
                held[kind, id(purse)] = held.get((kind, id(purse)), left) - amount
                if held[kind, id(purse)] < 0 or kind == "certificate" and purse.dead:
                    raise Refused("the account holds less")
            taken.append((kind, amount - over, purse, over))
            due -= amount - over
        return taken

    def take_tenders(self, taken):
        for kind, amount, purse, over in taken:
            self.payments.append(Payment(kind, amount, purse, over))
            self.books.spend(kind, purse, amount)
            self.buyer.credit += over

    def refund(self, p, part):
        """Back to where it was paid from: at once where we keep it, else the provider is asked; what was in hand becomes credit."""
        source = p.origin
        p.refunds.append([part, "asked" if source.kind in GATEWAY else "done"])
        if source.kind in RECEIVED:
            self.buyer.credit += part
        self.books.spend(source.kind, source.purse, -part)
        if p.back == p.amount:
            p.state = "refunded"

    def give_back(self):
        """What is promised or paid beyond what is owed: promises first, and the last first."""
        over = self.promised() - self.owed()
        for p in [p for p in reversed(self.payments) if p.state in OPEN] + [p for p in reversed(self.payments) if p.state == "captured"]:
            if over <= 0:
                break
            part = min(over, p.amount - p.back)
            over -= part
            if p.state == "captured":
                self.refund(p, part)
            elif part == p.amount:
                p.state = "void"
            else:
                p.amount -= part

    def issue(self):
        """Paid in full: whoever bought certificates has them."""
        if self.payment_state() != "captured" or self.paid() < self.owed():
            return
        have = {(c.line.name, c.piece) for c in self.certificates}
        for line in self.lines:
            for piece in range(1, line.qty + 1) if line.certificate else ():
                if (line.name, piece) not in have:
                    self.certificates.append(Certificate(self, line, piece, line.unit))

    # ---- what it means for the books -----------------------------------------------------------------------
    def worth(self):
        """What every account holds because of this order: credits less debits."""
        b, m = Counter(), self.market
        if self.state != "cancelled":
            self.worth_of_goods(b, m)
        for p in self.payments:
            if p.state in ("captured", "refunded"):
                self.worth_of_payment(b, p)
        return b

    def worth_of_goods(self, b, m):
        for line in self.lines:
            goods, amount, tax = (getattr(line, what) - line.part(what, line.back) for what in ("goods", "amount", "tax"))
            b["certificates_sold" if line.certificate else "sales"] += goods - (tax if m.included else 0)
            b["discounts"] -= goods - amount
            b["tax"] += tax
        for c in self.certificates:
            if c.dead:  # it came back: issued and ended, and nothing of it was spent
                continue
            b["certificates_sold"] -= c.amount
            b["certificate"] += c.amount
        if not self.delivery_back:
            b["delivery"] += self.delivery - (self.delivery_tax if m.included else 0)
            b["tax"] += self.delivery_tax
        b["fees"] += sum(r.fee for r in self.returns)
        b["receivable"] -= self.owed()

    def worth_of_payment(self, b, p):
        source = {"balance": "wallet", "credit": "credit", "certificate": "certificate", "token": "card_clearing",
                  "link": "card_clearing", **RECEIVED}
        if p.kind != "exchange":
            b[source[p.kind]] -= p.amount + p.over
            b["credit"] += p.over
        else:
            b["exchanges"] -= p.amount
        b["receivable"] += p.amount - p.back
        for amount, state in p.refunds:
            if state == "moved":
                b["exchanges"] += amount
            elif p.origin.kind in GATEWAY:
                b[{"asked": "refunds", "done": "card_clearing", "failed": "credit"}[state]] += amount
            else:
                b["credit" if p.origin.kind in RECEIVED else source[p.origin.kind]] += amount


class Books:
    """All of a market: what its accounts hold, kept up by the orders that something happens to."""

    def __init__(self, market):
        self.market, self.totals = market, Counter()
        self.seen = {}

    def fund(self, person, amount):
        person.wallet += amount
        self.totals["wallet"] += amount
        self.totals["wallet_funding"] -= amount

    def spend(self, kind, purse, amount):
        if kind == "balance":
            purse.wallet -= amount
        elif kind == "credit":
            purse.credit -= amount
        elif kind == "certificate":
            purse.left -= amount

    def happened(self, *orders):
        for order in orders:
            order.issue()
            now, was = order.worth(), self.seen.get(id(order), (None, Counter()))[1]
            assert sum(now.values()) == 0, (order.number, now)
            for account in now.keys() | was.keys():
                self.totals[account] += now[account] - was[account]
            self.seen[id(order)] = order, now
