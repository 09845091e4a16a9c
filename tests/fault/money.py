"""Operators who take money while everything dies: orders on stored cards, balances, store credit and gift
certificates, split among them; certificates sold and spent; orders let go, cancelled, sent, returned, paid again.
Each request is sent under its key until it is answered. What was answered is kept: it must be true at the end."""
import contextlib
import http.client
import json
import random
import socket
import threading
import time

import psycopg2
import shop
from damm import damm
from served import ulid

API = "/api/v1"
PATIENCE = 120   # seconds in which a request must be answered, whatever dies
ANSWER = 20      # seconds in which one try must be
OPEN_MOST = 12   # orders that an operator has in mind
TRIES_MOST = 40  # of one thing with an order that is not ready for it
OPERATOR, OFFICE, STORE = "CC-07", "B-02", "S-04"
VALUE_SKU = damm("7902")  # a certificate of any value


class Wire:
    """Requests over one connection, each tried until there is an answer that decides."""

    def __init__(self, s, tokens, counts):
        self.s, self.tokens, self.counts, self.link = s, tokens, counts, None

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def _once(self, method, path, body, headers):
        if not self.link:
            self.link = http.client.HTTPSConnection("localhost", self.s.port, context=self.s.context, timeout=ANSWER)
        self.link.request(method, API + path, body, headers)
        reply = self.link.getresponse()
        text = reply.read()
        if reply.will_close:
            self.close()
        return reply.status, json.loads(text) if text else {}

    def call(self, method, path, body=None, key=None, login=OPERATOR):
        """(status, reply, how often it had been lost before)."""
        headers = {"Authorization": "Bearer " + self.tokens[login], "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body)
        end, pause, lost = time.monotonic() + PATIENCE, 0.01, 0
        while time.monotonic() < end:
            try:
                status, reply = self._once(method, path, data, headers)
                if status not in (429, 503):
                    self.counts.add("answered")
                    return status, reply, lost
                lost += status == 503
                self.counts.add("unsure")
            except (OSError, http.client.HTTPException, socket.timeout, ValueError):
                self.close()
                lost += 1
                self.counts.add("lost")
            time.sleep(pause * (0.5 + random.random()))
            pause = min(pause * 2, 0.4)
        raise RuntimeError(f"{method} {path} was not answered within {PATIENCE} s")


class Counts:
    def __init__(self):
        self.lock, self.of = threading.Lock(), {}

    def add(self, name, n=1):
        with self.lock:
            self.of[name] = self.of.get(name, 0) + n

    def __getitem__(self, name):
        return self.of.get(name, 0)


class Shop:
    """What the operators share: buyers with their cards, goods, certificates, and what they were told."""

    def __init__(self, s, nbuyers=12):
        self.s, self.counts, self.complaints = s, Counts(), []
        self.items = shop.plain_skus(s, 40)
        shop.fill_up(s, self.items)
        self.buyers = shop.buyers(s, nbuyers)
        self.cards = shop.cards(s, self.buyers)
        self.bad = shop.cards(s, self.buyers[:3], "pm_card_chargeCustomerFail")
        for number in self.buyers:
            s.query("SELECT wallet_fund(id, 100000000, %s, NULL) FROM distributor WHERE number = %s", "money " + ulid(), number)
        self.tokens = {login: s.token(login) for login in (OPERATOR, OFFICE, STORE)}
        self.told = {}          # key -> what an order's placing was answered
        self.cancelled = set()  # numbers
        self.lock, self.certificates, self.looked = threading.Lock(), [], 0.0

    def tell(self, what):
        with self.lock:
            self.complaints.append(what)

    def certificate(self, rng):
        """The number of one that may have something left."""
        with self.lock:
            if time.monotonic() - self.looked > 1:
                with contextlib.suppress(psycopg2.Error):
                    self.certificates = [row[0] for row in self.s.query("""
                        SELECT c.number FROM certificate c JOIN account a ON a.certificate_id = c.id
                         WHERE c.market = 'GB' AND c.state = 'active' AND a.balance > 0 ORDER BY c.id DESC LIMIT 6""")]
                self.looked = time.monotonic()
            return rng.choice(self.certificates) if self.certificates else None


class Operator(threading.Thread):
    def __init__(self, house, seed):
        super().__init__(daemon=True)
        self.house, self.rng, self.ends = house, random.Random(seed), threading.Event()
        self.wire = Wire(house.s, house.tokens, house.counts)
        self.open = []  # [number, steps that are left, tries of the next]

    def run(self):
        try:
            while not self.ends.is_set():
                if len(self.open) < OPEN_MOST and self.rng.random() < 0.35:
                    self.place()
                elif self.open:
                    self.go_on(self.rng.choice(self.open))
                else:
                    self.place()
        except Exception as error:  # an operator that gave up is a finding
            self.house.tell(f"{type(error).__name__}: {error}")
        self.wire.close()

    # ---- a new order ----
    def tenders(self, buyer, total):
        """Some way to pay it; how much there is of credit and certificates is a guess."""
        rng, card = self.rng, {"kind": "token", "ref": self.house.cards[buyer]}
        part = rng.randint(1, max(total - 1, 1))
        how = rng.choice(("card", "card", "cards", "split", "balance", "certificate", "certificate", "credit", "later", "fails"))
        number = self.house.certificate(rng) if how == "certificate" else None
        if how == "cards" and total > 1:
            return [{**card, "amount": part}, {**card, "amount": total - part}]
        if how == "split" and total > 1:
            return [{"kind": "balance", "amount": part}, {**card, "amount": total - part}]
        if how == "balance":
            return [{"kind": "balance", "amount": total}]
        if number:
            some = min(rng.choice((500, 1000, 3000)), total)
            return [{"kind": "certificate", "amount": some, "ref": number}] + (
                [{**card, "amount": total - some}] if total > some else [])
        if how == "credit":
            held = self.wire.call("GET", f"/means?distributor={buyer}")[1].get("credit", 0)
            some = min(held, total)
            return ([{"kind": "credit", "amount": some}] if some else []) + (
                [{**card, "amount": total - some}] if total > some else [])
        if how == "later":
            return []
        if how == "fails" and buyer in self.house.bad:
            return [{"kind": "token", "ref": self.house.bad[buyer], "amount": total}]
        return [{**card, "amount": total}]

    def steps(self, sells):
        """What becomes of it, as far as it comes to that."""
        return list(self.rng.choice(((), ("cancel",), ("pay",), ("release",), ("release",)) if sells else
                                    ((), ("cancel",), ("release",), ("release", "cancel"), ("pay", "release", "cancel"),
                                     ("pay", "release", "ship", "return"), ("release", "ship", "return"),
                                     ("release", "ship", "return", "return"))))

    def place(self):
        rng, house = self.rng, self.house
        buyer, sells = rng.choice(house.buyers), rng.random() < 0.15
        body = shop.draft(buyer, [(sku, rng.randint(1, 3)) for _, sku in rng.sample(house.items, rng.randint(1, 3))])
        if sells:
            body["lines"] = [{"id": "gc", "sku": VALUE_SKU, "qty": rng.randint(1, 2), "value": rng.choice((2000, 5000, 10000))}]
        status, quote, _ = self.wire.call("POST", "/quotes", body)
        if status != 200:
            house.tell(f"a quote was answered {status}: {quote}")
            return
        tenders = self.tenders(buyer, quote["total"])
        key = ulid()
        status, reply, lost = self.wire.call("POST", "/orders", {**body, "expect_total": quote["total"], "tenders": tenders,
                                                                 "accept": ["duplicate", "age"]}, key)
        if status in (200, 201):
            house.counts.add("orders")
            house.counts.add("met", status == 200 and lost > 0)
            house.told[key] = (reply["number"], reply["total"], tenders)
            steps = self.steps(sells)
            if steps:
                self.open.append([reply["number"], steps, 0])
        elif status == 422:  # somebody was quicker at the certificate, or at the credit
            house.counts.add("refused")
        else:
            house.tell(f"an order was answered {status}: {reply}")

    # ---- what becomes of it ----
    def go_on(self, order):
        number, steps, _ = order
        done = getattr(self, "do_" + steps[0])(number)
        order[2] = 0 if done else order[2] + 1
        if done:
            self.house.counts.add(steps[0])
            steps.pop(0)
        if not steps or order[2] > TRIES_MOST:
            self.open.remove(order)

    def act(self, path, body, login=OFFICE, good=(200, 201), later=(409, 422)):
        """One request under a key of its own: its reply; None when it may not be (now)."""
        status, reply, _ = self.wire.call("POST", path, body, ulid(), login)
        if status not in good + later:
            self.house.tell(f"{path} was answered {status}: {reply}")
        return reply if status in good else None

    def do_release(self, number):
        return self.act(f"/orders/{number}/release", {}) is not None

    def do_cancel(self, number):
        done = self.act(f"/orders/{number}/cancel", {"reason": "test"}) is not None
        if done:
            self.house.cancelled.add(number)
        return done

    def do_pay(self, number):
        """What is due by then: the card was declined, or nothing was promised."""
        status, now, _ = self.wire.call("GET", f"/orders/{number}")
        if status != 200 or now["state"] == "cancelled" or now["due"] == 0:
            return status == 200 and now["payment"] not in ("authorising", "unknown")
        buyer = now["distributor"]["id"]
        kind = self.rng.choice(("token", "balance", "transfer"))
        tender = {"kind": kind, "amount": now["due"] + (kind == "transfer") * self.rng.choice((0, 0, 500))}
        if kind != "balance":
            tender["ref"] = self.house.cards[buyer] if kind == "token" else "bank"
        return self.act(f"/orders/{number}/payments", {"tenders": [tender]}) is not None

    def do_ship(self, number):
        key = ulid()
        for _ in range(200):
            with contextlib.suppress(psycopg2.Error):
                return self.house.s.query("SELECT result FROM order_ship(%s, NULL, %s, 'h', 1, 'test')", number, key)[0][0] in (
                    "shipped", "again")
            time.sleep(0.1)
        return False

    def do_return(self, number):
        status, now, _ = self.wire.call("GET", f"/orders/{number}")
        if status != 200:
            return False
        one = self.rng.choice(now["lines"])
        body = {"order": number, "lines": [{"line": one["id"], "qty": 1, "reason": "damaged"}]}
        status, quote, _ = self.wire.call("POST", "/returns?preview=true", body)
        if status != 200:
            return False
        made = self.act("/returns", {**body, "expect_refund": quote["refund"], "expect_due": quote["due"]}, OPERATOR)
        return made is not None and self.act(f"/returns/{made['number']}/receive", {
            "lines": [{"position": 1, "stock": 1}], "close": False}, STORE) is not None
