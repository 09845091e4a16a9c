"""A desk of the random life: its own people, orders, connection and dice, so that several work at once and what
they do does not depend on who is quicker. Each act is decided by the model first; the program must do the same,
to the cent, or refuse what the rules refuse."""
import http.client
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import acts  # noqa: E402
from model import GATEWAY, RECEIVED, REASONS, Line, Order, Refused, ReturnLine  # noqa: E402
from served import CROCKFORD  # noqa: E402

API = "/api/v1"
WEIGHTS = {"place": 24, "pay": 20, "change": 12, "cancel": 5, "release": 16, "ship": 14, "hold": 3, "ask": 14, "receive": 16, "end": 3,
           "fund": 4, "look": 4}
RECENT = 300  # orders that something still happens to; older ones rest


class Difference(Exception):
    """The program and the model do not agree."""


class Lane:
    def __init__(self, server, connect, seed, number, books, people, skus):
        self.server, self.books, self.market, self.skus, self.number = server, books, books.market, skus, number
        self.distributors, self.customers = people
        self.dice = random.Random(f"{seed}/{number}")
        self.sql = connect()
        self.link = None
        self.orders, self.returns, self.certificates, self.by_number = [], [], [], {}
        self.done, self.refused, self.repeated = {}, {}, 0

    # ---- talking -----------------------------------------------------------------------------------------
    def key(self):
        return "".join([self.dice.choice("01234567")] + self.dice.choices(CROCKFORD, k=25))

    def call(self, method, path, body=None, headers=None):
        send = {"Authorization": "Bearer " + self.server.token("B-02"), "Content-Type": "application/json", **(headers or {})}
        for last in (False, True):
            if self.link is None:
                self.link = http.client.HTTPSConnection("localhost", self.server.port, context=self.server.context, timeout=60)
            try:
                self.link.request(method, API + path, None if body is None else json.dumps(body), send)
                reply = self.link.getresponse()
                return reply.status, json.loads(reply.read() or "null")
            except (http.client.HTTPException, OSError):
                self.link.close()  # it was kept for too long; every request has a key, so that it can be asked again
                self.link = None
                if last:
                    raise

    def post(self, path, body, expected, **headers):
        """Twice now and then: the second time nothing happens, and the answer is the same."""
        headers = {"Idempotency-Key": self.key(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        status, got = self.call("POST", path, body, headers)
        if (status in (200, 201)) != expected or status not in (200, 201, 409, 422):
            raise Difference(f"POST {path} {json.dumps(body)}: {status} {json.dumps(got)}; the model {'takes' if expected else 'refuses'} it")
        if expected and self.dice.random() < 0.03:
            again, same = self.call("POST", path, body, headers)
            if again not in (200, 201) or same.get("number") != got.get("number"):
                raise Difference(f"POST {path} again: {again} {json.dumps(same)}; before: {json.dumps(got)}")
            self.repeated += 1
        return got

    def query(self, sql, *parameters):
        with self.sql.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def agree(self, what, got, expected):
        if got != expected:
            raise Difference(f"{what}: the program says {got}, the model {expected}")

    # ---- choosing ----------------------------------------------------------------------------------------
    def step(self):
        if self.dice.random() < 0.02:
            self.query("DELETE FROM guard")  # who tries dead certificates all day long has to wait
        name = self.dice.choices(list(WEIGHTS), WEIGHTS.values())[0]
        made = getattr(self, "do_" + name)()
        if made is None:  # there was nothing to do it with
            made, name = self.do_place(), "place"
        counts = self.done if made else self.refused
        counts[name] = counts.get(name, 0) + 1

    def some(self, orders, fits):
        for _ in range(12):
            one = self.dice.choice(orders) if orders else None
            if one is None or fits(one):
                return one
        return one if self.dice.random() < 0.1 else None  # what will be refused

    def settle(self, path, body, act, *arguments, **headers):
        """The model first, then the program; (done or refused, the answer)."""
        try:
            act(*arguments)
            expected = True
        except Refused:
            expected = False
        return expected, self.post(path, body, expected, **headers)

    # ---- buying ------------------------------------------------------------------------------------------
    def new_line(self, name):
        if self.dice.random() < 0.12:
            least, most, sku = self.skus["value"]
            line = Line(name, sku, self.dice.randint(1, 2), self.dice.randint(least, min(most, least * 20)))
            line.certificate = True
            return line
        return Line(name, self.dice.choice(self.skus["goods"]), self.dice.choice((1, 1, 1, 2, 2, 3, 5, 9)))

    def lines_say(self, lines):
        return [{"id": x.name, "sku": x.sku, "qty": x.qty, **({"value": x.unit} if x.certificate else {})} for x in lines]

    def new_tenders(self, order, due):
        """Up to four, that pay all, a part, or too much."""
        tenders, left = [], due if self.dice.random() < 0.75 else self.dice.randint(1, due + due // 5 + 1)
        while left > 0 and len(tenders) < 4:
            amount = left if self.dice.random() < 0.6 else self.dice.randint(1, left)
            kind = self.dice.choice(("balance", "credit", "certificate", "certificate", "token", "link", "transfer", "cheque", "card_present"))
            purse = None
            if kind == "balance":
                purse = order.distributor if not order.customer else None
            elif kind == "credit":
                purse = order.buyer
            elif kind == "certificate":
                purse = self.some_certificate()
            elif kind == "token":
                purse = self.dice.choice(order.buyer.cards)
            if purse is None and kind in ("balance", "credit", "certificate"):
                kind = "transfer"
            held = {"balance": getattr(purse, "wallet", 0), "credit": getattr(purse, "credit", 0), "certificate": getattr(purse, "left", 0)}.get(kind)
            if held is not None and held < amount and self.dice.random() < 0.93:
                amount = held
            if amount <= 0:
                kind, purse, amount = "cheque", None, left
            tenders.append((kind, amount, purse))
            left -= amount
        if tenders and tenders[-1][0] in RECEIVED and self.dice.random() < 0.2:
            kind, amount, purse = tenders[-1]
            tenders[-1] = kind, amount + self.dice.randint(1, 2000), purse
        return tenders

    def some_certificate(self):
        c = self.dice.choice(self.certificates) if self.certificates else None
        if c and (c.dead or c.left == 0) and self.dice.random() < 0.95:
            c = next((x for x in self.dice.sample(self.certificates, min(8, len(self.certificates))) if x.left), None)
        if c and c.number is None:
            ((c.number,),) = self.query("""SELECT c.number FROM certificate c JOIN orders o ON o.id = c.order_id
                JOIN order_line l ON l.order_id = o.id AND l.line = c.line WHERE o.number = %s AND l.client_id = %s AND c.piece = %s""",
                                        c.order.number, c.line.name, c.piece)
        return c

    def tenders_say(self, order, tenders):
        said = []
        for kind, amount, purse in tenders:
            ref = {"certificate": lambda: purse.number, "token": lambda: purse, **{k: lambda: "slip" for k in RECEIVED}}.get(kind)
            said.append({"kind": kind, "amount": amount, **({"ref": ref()} if ref else {})})
        return said

    def note_certificates(self, order):
        self.certificates += order.certificates[getattr(order, "noted", 0):]
        order.noted = len(order.certificates)
        if len(self.certificates) > 200:
            self.certificates = [c for c in self.certificates if c.left and not c.dead][-150:]

    def do_place(self):
        customer = self.dice.choice(self.customers) if self.dice.random() < 0.5 else None
        distributor = customer.of if customer else self.dice.choice(self.distributors)
        destination = self.dice.choice(("customer", "customer", "pickup") if customer else ("distributor", "distributor", "pickup"))
        order = Order(self.books, self.market, "customer" if customer else "personal", distributor, customer, destination)
        order.lines = [self.new_line(f"l{i}") for i in range(self.dice.choice((1, 1, 2, 2, 3, 5)))]
        order.price()
        tenders = self.new_tenders(order, order.total) if self.dice.random() < 0.6 else []
        body = {"market": self.market.code, "type": order.kind, "distributor": distributor.number, "customer": str(customer.ident) if customer else None,
                "lines": self.lines_say(order.lines), "ship_to": {"kind": destination}, "expect_total": order.total,
                "tenders": self.tenders_say(order, tenders), "accept": ["duplicate"]}
        done, got = self.settle("/orders", body, acts.place, order, tenders)
        if done:
            order.number = got["number"]
            self.agree("payment of " + order.number, got["payment"], order.payment_state())
            self.keep(order)
        return done

    def keep(self, order):
        self.orders.append(order)
        order.place = len(self.by_number)  # which of the lane's orders it is
        self.by_number[order.number] = order
        self.note_certificates(order)
        if len(self.orders) > RECENT:
            del self.orders[self.dice.randrange(RECENT // 2)]

    def do_pay(self):
        order = self.some(self.orders, lambda o: o.state != "cancelled" and o.due() > 0)
        if not order:
            return None
        tenders = self.new_tenders(order, max(order.due(), 1))
        done, got = self.settle(f"/orders/{order.number}/payments", {"tenders": self.tenders_say(order, tenders)}, acts.pay, order, tenders)
        if done:
            self.agree("due of " + order.number, (got["due"], got["payment"]), (order.due(), order.payment_state()))
            self.note_certificates(order)
        return done

    def do_change(self):
        order = self.some(self.orders, lambda o: o.state in ("placed", "on_hold") and o.kind != "exchange")
        if not order or order.kind == "exchange":
            return None
        lines = [Line(x.name, x.sku, x.qty, x.unit) for x in order.lines]
        for new, old in zip(lines, order.lines):
            new.certificate = old.certificate
            if not old.certificate and self.dice.random() < 0.5:
                new.qty = self.dice.randint(1, 6)
        if len(lines) > 1 and self.dice.random() < 0.4:
            lines.pop(self.dice.randrange(len(lines)))
        if self.dice.random() < 0.5:
            lines.append(self.new_line(f"r{order.revision}"))
        destination = order.destination if self.dice.random() < 0.8 else self.dice.choice(("pickup", "customer" if order.customer else "distributor"))
        new = acts.priced_anew(order, lines, destination)
        more = max(new.total - order.promised(), 0)
        balance = self.dice.randint(1, more) if more and not order.customer and self.dice.random() < 0.5 else 0
        if balance > order.distributor.wallet and self.dice.random() < 0.9:
            balance = order.distributor.wallet
        body = {"lines": self.lines_say(lines), "ship_to": {"kind": destination}, "expect_total": new.total, "reason": "life",
                "tenders": [{"kind": "balance", "amount": balance}] if balance else []}
        version = self.look(order)["version"]
        done, got = self.settle(f"/orders/{order.number}/change", body, acts.change, order, lines, destination, balance, If_Match=f'"{version}"')
        if done:
            self.agree("change of " + order.number, (got["total"], got["due"], got["payment"]), (order.total, order.due(), order.payment_state()))
            self.note_certificates(order)
        return done

    # ---- on its way --------------------------------------------------------------------------------------
    def do_cancel(self):
        order = self.some(self.orders, lambda o: o.state in ("placed", "on_hold", "released"))
        if not order:
            return None
        was = order.state
        done, _ = self.settle(f"/orders/{order.number}/cancel", {"reason": "life"}, acts.cancel, order)
        if done and was != "cancelled" and order in self.orders:
            self.orders.remove(order)
        return done

    def do_release(self):
        order = self.some(self.orders, lambda o: o.state == "placed" and o.payment_state() in ("authorised", "captured"))
        return order and self.settle(f"/orders/{order.number}/release", {}, acts.release, order)[0]

    def do_ship(self):
        order = self.some(self.orders, lambda o: o.state == "released")
        if not order:
            return None
        try:
            acts.ship(order)
            expected = "shipped"
        except Refused:
            expected = "state"
        ((result,),) = self.query("SELECT result FROM order_ship(%s, NULL, %s, 'h', 1, 'life')", order.number, self.key())
        self.agree("shipping of " + order.number, result, expected)
        return expected == "shipped"

    def do_hold(self):
        order = self.some(self.orders, lambda o: o.state in ("placed", "on_hold"))
        if not order:
            return None
        to = {"placed": "on_hold", "on_hold": "placed"}.get(order.state, "on_hold")
        return self.settle(f"/orders/{order.number}/{'hold' if to == 'on_hold' else 'unhold'}", {}, acts.hold, order, to)[0]

    def do_fund(self):
        person = self.dice.choice(self.distributors)
        amount = self.dice.randint(1, 50000)
        self.query("SELECT wallet_fund(%s, %s, %s, NULL)", person.ident, amount, "life " + self.key())
        self.books.fund(person, amount)
        return True

    # ---- what comes back ---------------------------------------------------------------------------------
    def do_ask(self):
        order = self.some(self.orders, lambda o: o.state == "shipped" and any(x.taken < x.qty for x in o.lines))
        if not order:
            return None
        left = [x for x in order.lines if x.taken < x.qty] or order.lines
        wishes = []
        for line in self.dice.sample(left, self.dice.randint(1, len(left))):
            most = max(line.qty - line.taken, 1) + (self.dice.random() < 0.02)
            qty = most if self.dice.random() < 0.5 else self.dice.randint(1, most)
            exchange = None
            if self.dice.random() < 0.25 and not line.certificate:
                exchange = line.sku if self.dice.random() < 0.3 else self.dice.choice(self.skus["goods"])
            wishes.append(ReturnLine(line, qty, self.dice.choice(list(REASONS)), exchange))
        try:
            refund, due, out = acts.offer(order, wishes)
        except Refused:
            refund, due, out = 0, 0, None
        body = {"order": order.number, "expect_refund": refund, "expect_due": due,
                "lines": [{"line": w.line.name, "qty": w.qty, "reason": w.reason, **({"exchange": w.exchange} if w.exchange else {})} for w in wishes]}
        made = []
        done, got = self.settle("/returns", body, lambda: made.append(acts.ask(order, wishes, None)))
        if done:
            r, = made
            r.number = got["number"]
            self.returns.append(r)
            if r.exchange:
                r.exchange.number = got["exchange"]
                self.keep(r.exchange)
        return done

    def some_return(self):
        self.returns = [r for r in self.returns if r.state in ("asked", "received") or self.dice.random() < 0.5]
        return self.dice.choice(self.returns) if self.returns else None

    def do_receive(self):
        r = self.some_return()
        if not r:
            return None
        came = [self.dice.choice((0, w.qty - w.came, w.qty - w.came, self.dice.randint(0, w.qty))) for w in r.lines]
        came = [min(n, w.qty - w.came) if self.dice.random() < 0.97 else n for n, w in zip(came, r.lines)]
        close = self.dice.random() < 0.2 or not any(came)
        parts = []
        for i, n in enumerate(came):
            stock = self.dice.randint(0, n)
            scrap = self.dice.randint(0, n - stock)
            parts.append({"position": i + 1, "stock": stock, "scrap": scrap, "quarantine": n - stock - scrap})
        parts = [p for p, n in zip(parts, came) if n]
        return self.settle(f"/returns/{r.number}/receive", {"lines": parts, "close": close}, acts.receive, r, came, close)[0]

    def do_end(self):
        r = self.some_return()
        if not r:
            return None
        act = self.dice.choice(("refuse", "cancel"))
        body = {"reason": "life"}
        return self.settle(f"/returns/{r.number}/{act}", body, acts.end, r, {"refuse": "refused", "cancel": "cancelled"}[act])[0]

    # ---- looking -----------------------------------------------------------------------------------------
    def do_look(self):
        """One order as the program tells it."""
        return bool(self.look(self.dice.choice(self.orders))) if self.orders else None

    def look(self, order):
        status, got = self.call("GET", f"/orders/{order.number}")
        self.agree("GET " + order.number, status, 200)
        mine = [(p.kind, p.amount, p.back, p.state) for p in order.payments]
        theirs = [(p["kind"], p["amount"], p["refunded"], p["state"]) for p in got["payments"] if p["kind"] != "later"]
        self.agree("payments of " + order.number, theirs, mine)
        self.agree("order " + order.number, (got["state"], got["payment"], got["total"], got["due"]),
                   (order.state, order.payment_state(), order.total, order.due()))
        self.agree("lines of " + order.number, [(x["id"], x["qty"], x["unit"] * x["qty"], x["amount"], x["tax"]) for x in got["lines"]],
                   [(x.name, x.qty, x.goods, x.amount, x.tax) for x in order.lines])
        return got


__all__ = ["GATEWAY", "Difference", "Lane"]
