#!/usr/bin/python3
"""Credit that a promotion gives: pending until nobody may return the goods any more, then store credit. Random sales,
returns and days by the company's clock against a small model; TEST_SEED repeats it, CREDIT_STEPS is how many."""
import concurrent.futures
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import psycopg2  # noqa: E402
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from promo_shop import publish  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_credit")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
STEPS = int(os.environ.get("CREDIT_STEPS", "150"))
CREDIT, WINDOW = 500, 30


class Shop(Desk):
    def __init__(self, s):
        super().__init__(s)
        self.day = 0
        # A life is longer than what lists are made for.
        s.psql("UPDATE price_list SET valid = daterange(lower(valid), NULL) WHERE market = 'GB' AND upper(valid) = (SELECT max(upper(valid)) FROM price_list WHERE market = 'GB')")
        publish(s, f"promotion KEEP\n  when quantity 3 of {s.ids['skus'][0]}\n  give credit 5.00\n")

    def to(self, day):
        """By the company's clock, at noon."""
        self.s.psql(f"UPDATE company SET clock_offset = clock_offset + interval '{day - self.day} days'")
        self.day = day

    def today(self):
        return self.s.psql("SELECT business_date('GB')")

    def later(self, days):
        return self.s.psql(f"SELECT business_date('GB') + {days}")

    def sold(self, qty=5, paid=True):
        self.fund(1000000)
        return self.place([line(self.s.ids["skus"][0], qty)], balance=paid, note=ulid())

    def sent(self, qty=5):
        order = self.sold(qty)
        self.ship(order)
        return order

    def ship(self, order):
        status, _, got = self.call("POST", f"/orders/{order['number']}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        assert self.s.psql(f"SELECT result FROM order_ship('{order['number']}', NULL, '{ulid()}', 'h', 1, 'test')") == "shipped"

    def ask(self, order, qty, late=False):
        body = {"order": order["number"], "lines": [{"line": order["lines"][0]["id"], "qty": qty, "reason": "damaged"}]}
        if late:
            body["override"] = "promised"
        seen = self.call("POST", "/returns?preview=true", body, login="B-02")[2]
        status, _, got = self.call("POST", "/returns", dict(body, expect_refund=seen["refund"], expect_due=seen["due"]), {"Idempotency-Key": ulid()}, "B-02")
        assert status == 201, got
        return got["number"]

    def come(self, number, qty):
        status, _, got = self.call("POST", f"/returns/{number}/receive", {"lines": [{"position": 1, "stock": qty}]}, {"Idempotency-Key": ulid()}, "S-04")
        assert status == 200, got

    def end(self, number):
        status, _, got = self.call("POST", f"/returns/{number}/cancel", {"reason": "x"}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got

    def run(self, most=200):
        return int(self.s.psql(f"SELECT credits_due({most})"))

    def held(self):
        """(pending, usable) of the manager's, as the API tells it."""
        status, _, got = self.call("GET", f"/means?distributor={self.s.ids['manager']}")
        assert status == 200, got
        return got["pending"], got["credit"]

    def use(self, order):
        return self.read(order["number"])["promotions"][0]


def after_the_window(d):
    before = d.held()
    order = d.sold()
    assert d.held() == (before[0] + CREDIT, before[1]) and d.use(order)["credit_on"] is None, "it is not sent yet"
    d.ship(order)
    usable = d.later(WINDOW + 1)
    assert (d.use(order)["credit_on"], d.use(order)["credit_usable"]) == (usable, False)
    status, _, means = d.call("GET", f"/means?distributor={d.s.ids['manager']}")
    assert status == 200 and means["usable_on"] == usable, means
    card = d.call("GET", f"/distributors/{d.s.ids['manager']}")[2]
    assert {k: card[k] for k in ("credit", "pending", "usable_on")} == {k: means[k] for k in ("credit", "pending", "usable_on")}, card
    assert f"{order['number']}  GB  {usable}" in d.s.ctl("credit", "list").stdout
    d.to(d.day + WINDOW)
    assert d.run() == 0 and d.held() == (before[0] + CREDIT, before[1]), "the last day of returns"
    d.to(d.day + 1)
    assert d.s.ctl("credit", "run").stdout == "credit: of 1 orders usable now\n"
    assert d.held() == (before[0], before[1] + CREDIT) and d.run() == 0
    assert (d.use(order)["credit_on"], d.use(order)["credit_usable"]) == (d.today(), True)
    row = d.s.psql(f"""SELECT a.kind, b.kind, t.amount, o.number FROM journal j JOIN transfer t ON t.journal_id = j.id JOIN account a ON a.id = t.debit_id
        JOIN account b ON b.id = t.credit_id JOIN orders o ON o.id = t.order_id WHERE j.kind = 'credit_usable' AND j.ref = '{order['number']}'""")
    assert row == f"pending_credit|credit|{CREDIT}|{order['number']}", row
    assert order["number"] not in d.s.ctl("credit", "list").stdout
    d.clean()


def not_before_it_is_kept(d):
    """What is not paid, on its way back, or cancelled; and what came back is gone."""
    unpaid, gone, back, waits = d.sold(paid=False), d.sold(), d.sent(), d.sent()
    d.s.psql("UPDATE market SET release_when = 'due' WHERE code = 'GB'")
    d.ship(unpaid)
    d.s.psql("UPDATE market SET release_when = 'authorised' WHERE code = 'GB'")
    assert d.call("POST", f"/orders/{gone['number']}/cancel", {}, {"Idempotency-Key": ulid()})[0] == 200
    d.come(d.ask(back, 2), 2)
    d.to(d.day + WINDOW)
    parcel = d.ask(waits, 5)  # in time; it may take two weeks
    before = d.held()
    part = CREDIT * (back["lines"][0]["amount"] * 2 // 5) // back["lines"][0]["amount"]
    assert before[0] == 3 * CREDIT - part, before
    d.to(d.day + 1)
    assert d.run() == 1 and d.held() == (2 * CREDIT, before[1] + CREDIT - part)
    d.to(d.day + 13)
    assert d.run() == 0, "the parcel may come today"
    d.come(parcel, 5)
    assert d.run() == 1 and d.held() == (CREDIT, before[1] + CREDIT - part), "all of it came back: nothing is left"
    now = d.read(unpaid["number"])
    assert d.s.psql(f"SELECT result FROM order_pay('{unpaid['number']}', NULL, '{ulid()}', 'h', 1, NULL, '', '{{transfer}}', ARRAY[{now['due']}], '{{x}}')") == "paid"
    d.s.psql(f"""INSERT INTO dispute (payment_id, provider_ref, state, reason, amount, opened_at) SELECT max(p.id), 'dp_x', 'open', 'x', 1, now()
                   FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.number = '{unpaid['number']}' AND p.kind = 'transfer'""")
    assert d.run() == 0, "the bank says that it is not paid"
    d.s.psql("DELETE FROM dispute WHERE provider_ref = 'dp_x'")
    assert d.run() == 1 and d.held() == (0, before[1] + 2 * CREDIT - part)
    d.clean()


def late_goods(d):
    """Taken back after all: their credit goes as far as it is not spent."""
    first, second = d.sent(), d.sent()
    d.to(d.day + WINDOW + 1)
    assert d.run() == 2
    held = d.held()[1]
    number = d.ask(first, 5, late=True)
    d.come(number, 5)
    assert d.held() == (0, held - CREDIT), (held, d.held())
    order = d.place([line(d.s.ids["skus"][1], 40)])
    left = d.held()[1] - 100
    status, _, got = d.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "credit", "amount": left}]}, {"Idempotency-Key": ulid()})
    assert status == 200 and d.held() == (0, 100), got
    d.come(d.ask(second, 5, late=True), 5)
    assert d.held() == (0, 0), d.held()
    d.clean()


def at_once(d):
    """Eight workers, some of which die: each credit once."""
    orders = [d.sent() for _ in range(30)]
    before = d.held()
    d.to(d.day + WINDOW + 1)
    socket = os.path.join(d.s.folder, "run")

    def work(i):
        done = 0
        with psycopg2.connect(host=socket, port=5432, user="partyline", dbname="partyline") as link, link.cursor() as cursor:
            for turn in range(20):
                cursor.execute("SELECT credits_due(3)")
                if (turn + i) % 3 == 0:
                    link.rollback()  # as when it is killed
                else:
                    done += cursor.fetchone()[0]
                    link.commit()
        return done

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(work, range(8)))
    assert done + d.run() == len(orders), done
    assert d.held() == (before[0] - CREDIT * len(orders), before[1] + CREDIT * len(orders))
    assert d.s.psql("SELECT count(*), count(DISTINCT ref) FROM journal WHERE kind = 'credit_usable'").split("|")[0] == d.s.psql(
        "SELECT count(DISTINCT ref) FROM journal WHERE kind = 'credit_usable'")
    d.clean()


class Sale:
    """What the rules say of one order's credit."""

    def __init__(self, order, qty):
        self.order, self.qty, self.amount = order, qty, order["lines"][0]["amount"]
        self.sent, self.back, self.open, self.taken, self.usable, self.dead = None, 0, {}, 0, None, False

    def gone(self):
        return CREDIT * (self.amount * self.back // self.qty) // self.amount


def a_life(d):
    dice, sales = random.Random(SEED), []
    pending, usable = d.held()

    def book(sale, more):
        """So many pieces more came back."""
        nonlocal pending, usable
        sale.back += more
        less = sale.gone() - sale.taken
        if sale.usable is None:
            pending -= less
        else:
            less = min(less, usable)
            usable -= less
        sale.taken += less

    for step in range(STEPS):
        act = dice.choice(("sell", "sell", "ship", "ship", "cancel", "ask", "ask", "come", "come", "end", "day", "day", "run", "spend"))
        live = [x for x in sales if not x.dead]
        sale = dice.choice(live[-12:]) if live else None
        if act == "sell":
            qty = dice.randint(3, 7)
            sales.append(Sale(d.sold(qty), qty))
            pending += CREDIT
        elif act == "day":
            d.to(d.day + dice.choice((1, 2, 7, 12)))
        elif act == "spend" and usable:
            order = d.place([line(d.s.ids["skus"][1], 40)], note=ulid())
            amount = min(dice.randint(1, usable), order["total"])
            status, _, got = d.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "credit", "amount": amount}]},
                                    {"Idempotency-Key": ulid()})
            assert status == 200, got
            usable -= amount
        elif act == "run":
            d.run()
            for x in sales:
                if x.sent is not None and not x.open and x.usable is None and d.day > x.sent + WINDOW:
                    x.usable = d.day
                    pending, usable = pending - (CREDIT - x.taken), usable + CREDIT - x.taken
        elif sale is None:
            continue
        elif act == "ship" and sale.sent is None:
            d.ship(sale.order)
            sale.sent = d.day
        elif act == "cancel" and sale.sent is None:
            assert d.call("POST", f"/orders/{sale.order['number']}/cancel", {}, {"Idempotency-Key": ulid()}, "B-02")[0] == 200
            sale.dead = True
            pending -= CREDIT
        elif act == "ask" and sale.sent is not None:
            left = sale.qty - sale.back - sum(sale.open.values())
            if left:
                qty = dice.randint(1, left)
                sale.open[d.ask(sale.order, qty, late=d.day > sale.sent + WINDOW)] = qty
        elif act in ("come", "end") and sale.open:
            number = dice.choice(list(sale.open))
            qty = sale.open.pop(number)
            if act == "come":
                d.come(number, qty)
                book(sale, qty)
            else:
                d.end(number)
        assert d.held() == (pending, usable), (step, act, d.held(), (pending, usable))
    d.clean()


def main():
    print(f"seed {SEED}")
    with demo_server() as s:
        d = Shop(s)
        for sentence, case in (("usable on the day after the last day of returns", after_the_window),
                               ("not before the goods are paid and kept", not_before_it_is_kept),
                               ("goods that come back late take it along", late_goods),
                               ("many at once, some of which die", at_once), ("a life by the clock, against a model", a_life)):
            cases.run(sentence, case, d)
    cases.end()


if __name__ == "__main__":
    main()
