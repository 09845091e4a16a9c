#!/usr/bin/python3
"""Returns and exchanges on a running server: what comes back gives back exactly what it cost, to the
tenders it was paid with; what goes out in its place; what is kept, and what is due again."""
import json
import os
import random
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from desk import Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_returns")


class Returns(Desk):
    def sent(self, lines, **changes):
        """An order of the manager's that was paid from the balance, released and shipped."""
        self.fund(1000000)
        order = self.place(lines, balance=True, **changes)
        return self.ship(order["number"])

    def ship(self, number):
        status, _, got = self.call("POST", f"/orders/{number}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        got = self.s.psql(f"SELECT result FROM order_ship('{number}', NULL, '{ulid()}', 'h', 1, 'test')")
        assert got == "shipped", got
        return self.read(number)

    def look(self, order, *lines, login="CC-07", **more):
        status, _, got = self.call("POST", "/returns?preview=true", dict({"order": order["number"], "lines": list(lines)}, **more), login=login)
        assert status == 200, got
        return got

    def ask(self, order, *lines, login="CC-07", key=None, expect=None, **more):
        quote = self.look(order, *lines, login=login, **more)
        body = dict({"order": order["number"], "lines": list(lines), "expect_refund": quote["refund"], "expect_due": quote["due"]}, **more)
        body.update(expect or {})
        status, _, got = self.call("POST", "/returns", body, {"Idempotency-Key": key or ulid()}, login)
        return status, got

    def made(self, order, *lines, **more):
        status, got = self.ask(order, *lines, **more)
        assert status == 201, got
        return got

    def back(self, number):
        status, _, got = self.call("GET", f"/returns/{number}")
        assert status == 200, got
        return got

    def receive(self, number, *lines, close=False, login="S-04", key=None, status=200):
        pieces = [dict({"position": position}, **where) for position, where in lines]
        got = self.call("POST", f"/returns/{number}/receive", {"lines": pieces, "close": close}, {"Idempotency-Key": key or ulid()}, login)
        assert got[0] == status, got
        return got[2]

    def end(self, number, act, status=200, login="B-02", **body):
        got = self.call("POST", f"/returns/{number}/{act}", body, {"Idempotency-Key": ulid()}, login)
        assert got[0] == status, got
        return got[2]


def piece(order, n, qty, reason="damaged", **more):
    return dict({"line": order["lines"][n - 1]["id"], "qty": qty, "reason": reason}, **more)


def whole_life(d):
    a, b = d.s.ids["skus"][:2]
    order = d.sent([line(a, 3), line(b, 2)])
    free, balance = d.free(a), d.balance()
    got = d.made(order, piece(order, 1, 2, "changed_mind"))
    assert got["number"].startswith("R-") and got["state"] == "asked" and got["order"] == order["number"], got
    worth = order["lines"][0]["amount"] * 2 // 3
    assert (got["worth"], got["fee"], got["refund"]) == (worth, 200, worth - 200), got
    assert d.balance() == balance and d.free(a) == free, "nothing has come yet"
    done = d.receive(got["number"], (1, {"stock": 1, "scrap": 1}))
    assert done["state"] == "closed", done
    assert d.balance() == balance + worth - 200 and d.free(a) == free + 1
    now = d.read(order["number"])
    assert now["payments"][0]["refunded"] == worth - 200, now["payments"]
    assert d.s.psql(f"SELECT sum(v.cv) FROM volume_entry v JOIN orders o ON o.id = v.order_id WHERE o.number = '{order['number']}'") == str(
        -(order["lines"][0]["cv"] * 2 // 3))
    d.clean()


class Model:
    """What has come back of an order, and what that must have given: by the rule alone."""

    def __init__(self, order):
        self.lines, self.back = order["lines"], {}

    def given(self, n):
        one = self.lines[n - 1]
        if one.get("components"):
            return sum(c["share"] * self.back.get((n, c["sku"]), 0) // c["qty"] for c in one["components"])
        return one["amount"] * self.back.get((n, None), 0) // one["qty"]

    def take(self, n, sku, pieces):
        before = self.given(n)
        self.back[n, sku] = self.back.get((n, sku), 0) + pieces
        return self.given(n) - before


def exact(d):
    """Whatever comes back in whatever order, all together is exactly what was paid: kits and their parts as well."""
    seed = int(os.environ.get("TEST_SEED", random.randrange(1 << 30)))
    rng = random.Random(seed)
    print("seed", seed)
    skus, kit = d.s.ids["skus"], d.s.ids["kit"]
    for _ in range(3):
        order = d.sent([line(skus[0], rng.randint(2, 7)), line(kit, 2), line(skus[1], rng.randint(1, 3)), line(d.s.ids["bogo"], 4)])
        left = []
        for i, one in enumerate(order["lines"]):
            for part in one.get("components", []):
                left.append([i + 1, part["sku"], part["qty"]])
            if not one.get("components"):
                left.append([i + 1, None, one["qty"]])
        given, model = [], Model(order)
        while left:
            some = rng.choice(left)
            n = rng.randint(1, some[2])
            some[2] -= n
            if not some[2]:
                left.remove(some)
            got = d.made(order, piece(order, some[0], n, "allergy", component=some[1]))
            assert (got["fee"], got["worth"]) == (0, model.take(some[0], some[1], n)), (got, model.back)
            split = rng.randint(0, n)
            d.receive(got["number"], (1, {"stock": split, "quarantine": n - split}))
            assert d.back(got["number"])["refund"] == got["refund"], "told one thing, paid another"
            given.append(got["refund"])
        assert sum(given) == order["goods"] - order["discount"] + order["tax_added"], (given, order)
        now = d.read(order["number"])
        assert all(one["state"] == "returned" for one in now["lines"]), now["lines"]
        volumes = d.s.psql("SELECT sum(v.cv), sum(v.pv) FROM volume_entry v JOIN orders o ON o.id = v.order_id "
                           f"WHERE o.number = '{order['number']}'")
        assert volumes == f"{-order['cv']}|{-order['pv']}", (volumes, order["cv"], order["pv"])
        assert d.ask(order, piece(order, 1, 1))[0] == 422
    d.clean()


def parts_of_a_line(d):
    """Three for 10.00: 3.33, 3.33 and 3.34; the model is the rule itself."""
    sku = d.s.ids["skus"][2]
    order = d.sent([line(sku, 7)])
    paid, before = order["lines"][0]["amount"], 0
    for k in (1, 3, 6, 7):
        got = d.made(order, piece(order, 1, k - (before and [0, 1, 3, 6][[1, 3, 6, 7].index(k)])))
        worth = paid * k // 7 - before
        assert got["worth"] == worth, (k, got, paid)
        before += worth
    assert before == paid
    d.clean()


def fees(d):
    order = d.sent([line(d.s.ids["skus"][0], 2), line(d.s.ids["skus"][1], 1)])
    one = order["lines"][1]["amount"]
    look = d.look(order, piece(order, 2, 1, "c"))
    assert (look["fee"], look["refund"]) == (min(200, one), one - min(200, one)), look
    assert d.look(order, piece(order, 2, 1, "damaged"))["fee"] == 0
    both = d.look(order, piece(order, 1, 1, "d"), piece(order, 2, 1, "o"))
    assert both["fee"] == min(200, one), "once a return"
    d.s.psql("UPDATE market SET restock_fee = 1000000 WHERE code = 'GB'")
    try:
        got = d.made(order, piece(order, 2, 1, "changed_mind"))
        assert (got["fee"], got["refund"]) == (one, 0), "never more than the goods gave"
        d.receive(got["number"], (1, {"stock": 1}))
        d.clean()
    finally:
        d.s.psql("UPDATE market SET restock_fee = 200 WHERE code = 'GB'")


def whole_order(d):
    """The delivery is paid back when all of it comes for reasons that say so."""
    def all_back(order, reason):
        return d.look(order, *(piece(order, i + 1, one["qty"], reason) for i, one in enumerate(order["lines"])))
    order = d.sent([line(d.s.ids["skus"][0], 1), line(d.s.ids["skus"][1], 1)])
    assert order["delivery"] > 0, "the case needs a delivery charge"
    assert all_back(order, "changed_mind")["delivery"] == 0
    assert all_back(order, "wrong_item")["delivery"] == order["delivery"]
    first = d.made(order, piece(order, 1, 1, "damaged"))
    assert first["delivery"] == 0
    second = d.made(order, piece(order, 2, 1, "damaged"))
    assert second["delivery"] == order["delivery"], second
    d.receive(second["number"], (1, {"scrap": 1}))
    d.receive(first["number"], (1, {"quarantine": 1}))
    now = d.read(order["number"])
    assert now["payment"] == "refunded" and now["payments"][0]["refunded"] == order["total"], now
    d.clean()


def same_price(d, sku, dearer=0):
    return d.s.psql(f"""SELECT b.sku FROM item a JOIN price p ON p.item_id = a.id JOIN price_list l ON l.id = p.list_id AND l.market = 'GB'
            AND l.audience = 'retail' AND l.valid @> business_date('GB')
        JOIN price q ON q.list_id = l.id AND (CASE {dearer} WHEN 0 THEN q.amount = p.amount WHEN 1 THEN q.amount > p.amount + 500
            ELSE q.amount < p.amount - 300 END)
        JOIN item b ON b.id = q.item_id AND b.id <> a.id AND b.kind = 'product' AND b.max_per_order = 0 AND b.age_limit = 0
        JOIN stock s ON s.item_id = b.id AND s.site_id = 1 AND s.on_hand - s.reserved > 50
        WHERE a.sku = '{sku}' AND b.on_sale @> business_date('GB') ORDER BY b.sku LIMIT 1""")


def exchanged(d):
    """At the same price nothing is paid; what goes out is an order of its own, free of delivery, that holds stock at once."""
    sku = next(s for s in d.s.ids["skus"] if same_price(d, s))
    other = same_price(d, sku)
    order, balance, free = d.sent([line(sku, 3)]), d.balance(), d.free(other)
    got = d.made(order, piece(order, 1, 1, "changed_mind", exchange=other))
    assert (got["kind"], got["fee"], got["refund"], got["due"], got["cv"], got["pv"]) == ("exchange", 0, 0, 0, 0, 0), got
    out = d.read(got["exchange"])
    assert (out["type"], out["state"], out["payment"], out["delivery"]) == ("exchange", "placed", "captured", 0), out
    assert out["total"] == got["worth"] and out["lines"][0]["sku"] == other and out["payments"][0]["kind"] == "exchange", out
    assert d.balance() == balance and d.free(other) == free - 1
    assert d.s.psql(f"SELECT returned FROM orders WHERE number = '{order['number']}'") == str(got["worth"])
    d.clean()
    d.receive(got["number"], (1, {"stock": 1}))
    assert d.balance() == balance
    d.ship(out["number"])
    back = d.made(d.read(out["number"]), piece(out, 1, 1, "damaged"))  # a return of what was exchanged: the money is the first order's
    d.receive(back["number"], (1, {"scrap": 1}))
    assert d.balance() == balance + got["worth"]
    d.clean()


def differences(d):
    """A dearer one costs the difference, a cheaper one gives it back; the buyer's own discount holds for it."""
    sku = d.s.ids["skus"][0]
    order, balance = d.sent([line(sku, 2)]), d.balance()
    up = d.made(order, piece(order, 1, 1, "d", exchange=same_price(d, sku, 1)))
    assert up["due"] > 0 and up["refund"] == 0 and up["exchange_total"] == up["worth"] + up["due"], up
    out = d.read(up["exchange"])
    assert out["payment"] == "due" and out["due"] == up["due"], out
    rate = order["lines"][0]["amount"] / order["lines"][0]["unit"] / 2
    assert abs(up["due"] - (out["lines"][0]["unit"] - order["lines"][0]["unit"]) * rate) <= 1, (up, out["lines"])
    status, _, paid = d.call("POST", f"/orders/{out['number']}/payments", {"tenders": [{"kind": "balance", "amount": up["due"]}]},
                             {"Idempotency-Key": ulid()})
    assert status == 200 and paid["payment"] == "captured", ("her own order: her balance pays it", status, paid)
    balance -= up["due"]
    down = d.made(order, piece(order, 1, 1, "d", exchange=same_price(d, sku, 2)))
    assert down["due"] == 0 and down["refund"] == down["worth"] - down["exchange_total"] > 0, down
    assert d.balance() == balance + down["refund"], "the difference goes back at once, with what goes out"
    d.clean()


def exchange_called_off(d):
    """Nothing comes back: what goes out is stopped while it can be, and the first order is as it was."""
    sku = d.s.ids["skus"][0]
    for dearer in (1, 2):
        order, balance = d.sent([line(sku, 2)]), d.balance()
        got = d.made(order, piece(order, 1, 1, "d", exchange=same_price(d, sku, dearer)))
        d.end(got["number"], "cancel", login="CC-07")
        out, now = d.read(got["exchange"]), d.read(order["number"])
        assert out["state"] == "cancelled" and now["lines"][0]["state"] == "shipped", (out["state"], now["lines"])
        assert d.balance() == balance + got["refund"], "what pays the exchange never was money"
        assert now["due"] == got["refund"], "what was paid out is due again, nothing else"
        assert d.look(order)["lines"][0]["left"] == 2
    order = d.sent([line(sku, 1)])
    got = d.made(order, piece(order, 1, 1, "d", exchange=same_price(d, sku, 2)))
    d.ship(got["exchange"])
    d.end(got["number"], "refuse", reason="another shop's goods")
    now = d.read(order["number"])
    assert now["due"] == got["worth"] and now["payment"] == "due", "it is gone: what it was for is due"
    assert d.end(got["number"], "refuse", 409, reason="again")["state"] == "refused"
    d.clean()


def exchange_order_cancelled(d):
    """Who cancels what goes out has the money back where it was paid from."""
    sku = next(s for s in d.s.ids["skus"] if same_price(d, s))
    order, balance = d.sent([line(sku, 1)]), d.balance()
    got = d.made(order, piece(order, 1, 1, "d", exchange=same_price(d, sku)))
    status, _, reply = d.call("POST", f"/orders/{got['exchange']}/cancel", {}, {"Idempotency-Key": ulid()})
    assert status == 200, reply
    assert d.balance() == balance + got["worth"]
    d.receive(got["number"], (1, {"stock": 1}))
    assert d.balance() == balance + got["worth"]
    d.clean()


def other_tenders(d):
    """To the tenders in reverse order; a cheque becomes store credit."""
    sku = d.s.ids["skus"][0]
    d.fund(1000000)
    quote = d.call("POST", "/quotes", d.draft([line(sku, 4)]))[2]
    part = quote["total"] // 4
    status, _, placed = d.call("POST", "/orders", dict(d.draft([line(sku, 4)]), expect_total=quote["total"], accept=["duplicate"], tenders=[
        {"kind": "balance", "amount": quote["total"] - part}]), {"Idempotency-Key": ulid()})
    assert status == 201, placed
    status, _, paid = d.call("POST", f"/orders/{placed['number']}/payments", {"tenders": [{"kind": "cheque", "amount": part, "ref": "1001"}]},
                             {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, paid
    order = d.ship(placed["number"])
    credit = d.s.psql("SELECT coalesce(sum(balance), 0) FROM account WHERE kind = 'credit'")
    balance = d.balance()
    got = d.made(order, piece(order, 1, 4, "allergy"))
    d.receive(got["number"], (1, {"stock": 4}))
    assert d.s.psql("SELECT coalesce(sum(balance), 0) FROM account WHERE kind = 'credit'") == str(int(credit) + part)
    assert d.balance() == balance + got["refund"] - part
    d.clean()


def by_certificate(d):
    """What a certificate has paid is spent until the exchange that it went on to gives it back."""
    sku = next(s for s in d.s.ids["skus"] if same_price(d, s))
    d.fund(1000000)
    sold = d.place([line(damm("7902"), 1, value=50000)], balance=True)
    number = d.s.psql(f"SELECT c.number FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{sold['number']}'")
    placed = d.place([line(sku, 2)], note=ulid())
    status, _, paid = d.call("POST", f"/orders/{placed['number']}/payments", {"tenders": [
        {"kind": "certificate", "amount": placed["total"], "ref": number}]}, {"Idempotency-Key": ulid()})
    assert status == 200 and paid["payment"] == "captured", paid
    order = d.ship(placed["number"])
    left = lambda: int(d.s.psql(f"SELECT a.balance FROM account a JOIN certificate c ON c.id = a.certificate_id WHERE c.number = '{number}'"))  # noqa: E731
    held = left()
    got = d.made(order, piece(order, 1, 1, "damaged", exchange=same_price(d, sku)))
    assert left() == held, "it pays what goes out"
    d.clean()
    d.receive(got["number"], (1, {"scrap": 1}))
    out = d.ship(got["exchange"])
    back = d.made(out, piece(out, 1, 1, "damaged"))
    d.receive(back["number"], (1, {"stock": 1}))
    assert left() == held + back["refund"]
    d.clean()


def provider(d, outcome):
    """Whatever the payment provider is asked now gets this answer; (act, reference, amount) of each."""
    rows = json.loads(d.s.psql("SET ROLE partyline_gateway; SELECT coalesce(json_agg(t), '[]') FROM gateway_take('test', 100) t"))
    for t in rows:
        d.s.psql(f"SET ROLE partyline_gateway; SELECT gateway_result({t['task']}, 'test', '{outcome}', "
                 f"'{'re' if t['act'] == 'refund' else 'pi'}_{t['task']}', '{{}}')")
    return [(t["act"], t["provider_ref"], t["amount"]) for t in rows]


def by_card(d):
    """What a card has paid goes back to that very card, also by the way of an exchange; never more than it paid."""
    sku = next(s for s in d.s.ids["skus"] if same_price(d, s))
    card = d.s.psql(f"""INSERT INTO payment_token (person_id, market, provider_customer, provider_method, brand, last4, expires)
        SELECT id, 'GB', 'cus_1', 'pm_{ulid()}', 'visa', '4242', '2027-08-31' FROM distributor WHERE number = '{d.s.ids['manager']}' RETURNING id""")
    placed = d.place([line(sku, 3)], note=ulid())
    status, _, paid = d.call("POST", f"/orders/{placed['number']}/payments", {"tenders": [
        {"kind": "token", "amount": placed["total"], "ref": card}]}, {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, paid
    (act, _, amount), = provider(d, "authorised")
    assert (act, amount) == ("authorise", placed["total"])
    status, _, got = d.call("POST", f"/orders/{placed['number']}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, got
    (act, charge, amount), = provider(d, "captured")
    assert (act, amount) == ("capture", placed["total"])
    assert d.s.psql(f"SELECT result FROM order_ship('{placed['number']}', NULL, '{ulid()}', 'h', 1, 'test')") == "shipped"
    order = d.read(placed["number"])
    charge = d.s.psql(f"SELECT provider_ref FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.number = '{order['number']}' AND p.kind = 'token'")
    one = d.made(order, piece(order, 1, 1, "damaged"))
    d.receive(one["number"], (1, {"scrap": 1}))
    d.clean()
    assert provider(d, "refunded") == [("refund", charge, one["refund"])]
    out = d.made(order, piece(order, 1, 1, "damaged", exchange=same_price(d, sku)))
    assert provider(d, "refunded") == [], "no money moves for an exchange at the same price"
    d.receive(out["number"], (1, {"scrap": 1}))
    d.ship(out["exchange"])
    again = d.made(d.read(out["exchange"]), piece(d.read(out["exchange"]), 1, 1, "damaged"))
    d.receive(again["number"], (1, {"stock": 1}))
    d.clean()
    assert provider(d, "refunded") == [("refund", charge, again["refund"])], "what was exchanged was paid by that card"
    last = d.made(order, piece(order, 1, 1, "allergy"))
    d.receive(last["number"], (1, {"stock": 1}))
    assert provider(d, "refused") == [("refund", charge, last["refund"])]
    credit = d.s.psql("SELECT sum(balance) FROM account WHERE kind = 'credit'")
    assert int(credit) >= last["refund"], "what the provider does not pay back becomes store credit"
    assert one["refund"] + again["refund"] + last["refund"] <= placed["total"]
    d.clean()


def unpaid(d):
    """An order that is still due: what comes back is not due any more."""
    sku = d.s.ids["skus"][0]
    d.s.psql("UPDATE market SET release_when = 'due' WHERE code = 'GB'")
    try:
        order = d.ship(d.place([line(sku, 2)])["number"])
        got = d.made(order, piece(order, 1, 1))
        d.receive(got["number"], (1, {"stock": 1}))
        assert d.read(order["number"])["due"] == order["total"] - got["refund"]
        d.clean()
    finally:
        d.s.psql("UPDATE market SET release_when = 'authorised' WHERE code = 'GB'")


def late(d):
    order = d.sent([line(d.s.ids["skus"][0], 2)])
    d.s.psql("UPDATE market SET return_days = -1 WHERE code = 'GB'")
    try:
        look = d.look(order, piece(order, 1, 1))
        assert look["late"] and codes(look) == ["return_late"], look
        assert codes(d.ask(order, piece(order, 1, 1))[1]) == ["return_late"]
        assert codes(d.ask(order, piece(order, 1, 1), override="promised")[1]) == ["return_late", "return_override"]
        got = d.made(order, piece(order, 1, 1), override="promised by Helen", login="SV-01")
        assert d.back(got["number"])["override"] == "promised by Helen"
        assert d.ask(order, piece(order, 1, 1), login="SV-01")[0] == 422, "it takes a reason"
    finally:
        d.s.psql("UPDATE market SET return_days = 30 WHERE code = 'GB'")


def kinds(d):
    order = d.sent([line(d.s.ids["skus"][0], 2)])
    worth = order["lines"][0]["amount"] // 2
    assert codes(d.look(order, piece(order, 1, 1), kind="withdrawal")) == ["withdrawal_not_web"]
    bought = d.made(order, piece(order, 1, 1, "other"), kind="buy_back", login="B-02")
    assert bought["refund"] == (worth * 9 + 5) // 10 and bought["fee"] == worth - bought["refund"], bought
    assert codes(d.look(order, piece(order, 1, 1, exchange=d.s.ids["skus"][1]), kind="buy_back")) == ["return_no_exchange"]
    d.receive(bought["number"], (1, {"stock": 1}))
    d.s.psql(f"UPDATE orders SET channel = 'web' WHERE number = '{order['number']}'")
    left = d.made(order, piece(order, 1, 1, "changed_mind"), kind="withdrawal")
    assert left["fee"] == 0, left
    d.receive(left["number"], (1, {"stock": 1}))
    d.clean()


def asked_money(d):
    """A market that pays when it is asked: what does not come is due again."""
    d.s.psql("UPDATE market SET refund_when = 'asked' WHERE code = 'GB'")
    try:
        order, balance = d.sent([line(d.s.ids["skus"][0], 3)]), d.balance()
        got = d.made(order, piece(order, 1, 2, "changed_mind"))
        assert d.balance() == balance + got["refund"]
        d.clean()
        d.receive(got["number"], (1, {"stock": 1}), close=True)
        one = order["lines"][0]["amount"] // 3
        assert d.read(order["number"])["due"] == got["refund"] - (one - 200), (d.read(order["number"])["due"], got, one)
        d.clean()
        gone = d.made(order, piece(order, 1, 1, "d"))
        d.end(gone["number"], "refuse", reason="the parcel was empty")
        d.clean()
        last = d.made(order, piece(order, 1, 1, "d"))
        d.s.psql(f"UPDATE goods_return SET deadline = '2020-01-01' WHERE number = '{last['number']}'")
        assert d.s.psql("SELECT returns_expire(5)") == "1"
        assert d.back(last["number"])["state"] == "expired"
        assert d.s.psql(f"SELECT count(*) FROM notice WHERE kind = 'return_due' AND ref = '{order['number']}'") == "2"
        d.clean()
    finally:
        d.s.psql("UPDATE market SET refund_when = 'received' WHERE code = 'GB'")


def in_parts(d):
    """Parcels in parts: each pays what came; closing says that the rest does not."""
    order, balance = d.sent([line(d.s.ids["skus"][0], 4), line(d.s.ids["skus"][1], 1)]), d.balance()
    got = d.made(order, piece(order, 1, 4, "changed_mind"), piece(order, 2, 1, "damaged"))
    one = d.receive(got["number"], (1, {"stock": 1}))
    assert one["state"] == "received"
    paid = order["lines"][0]["amount"]
    assert d.balance() == balance + paid // 4 - min(200, paid // 4)
    assert codes(d.receive(got["number"], (1, {"stock": 2, "scrap": 2}), status=422)) == ["return_more"]
    assert codes(d.receive(got["number"], (7, {"stock": 1}), status=422)) == ["return_more"]
    assert d.end(got["number"], "cancel", 409)["problems"][0]["code"] == "return_came"
    d.receive(got["number"], (1, {"quarantine": 1, "scrap": 1}), close=True)
    assert d.balance() == balance + paid * 3 // 4 - min(200, paid * 3 // 4)
    assert d.look(order)["lines"][0]["left"] == 1 and d.look(order)["lines"][1]["left"] == 1
    assert d.receive(got["number"], (1, {"stock": 1}), status=409)["state"] == "closed"
    d.clean()


def quarantined(d):
    """What is quarantined is not sold."""
    sku = d.s.ids["skus"][3]
    order, free = d.sent([line(sku, 2)]), d.free(sku)
    got = d.made(order, piece(order, 1, 2))
    d.receive(got["number"], (1, {"quarantine": 2}))
    assert d.free(sku) == free
    item = d.call("GET", f"/items/{sku}?market=GB")[2]
    assert item["stock"]["free"] == free, item["stock"]


def keys(d):
    order = d.sent([line(d.s.ids["skus"][0], 3)])
    key = ulid()
    status, first = d.ask(order, piece(order, 1, 1), key=key)
    again, second = d.ask(order, piece(order, 1, 1), key=key)
    assert (status, again, second) == (201, 200, first), (status, again, second)
    assert d.ask(order, piece(order, 1, 2), key=key)[0] == 422
    status, changed = d.ask(order, piece(order, 1, 1), expect={"expect_refund": 1})
    assert status == 409 and changed["return"]["refund"] == d.look(order, piece(order, 1, 1))["refund"], changed
    got = ulid()
    d.receive(first["number"], (1, {"stock": 1}), key=got)
    d.receive(first["number"], (1, {"stock": 1}), key=got)
    assert d.back(first["number"])["lines"][0]["stock"] == 1, "received once"
    assert d.s.psql(f"SELECT count(*) FROM outbox WHERE kind = 'return.instructions' AND ref = '{first['number']}'") == "1"


def refused(d):
    placed = d.place([line(d.s.ids["skus"][0], 1)])
    status, got = d.ask(placed, piece(placed, 1, 1))
    assert status == 409 and codes(got) == ["return_not_sent"], got
    assert d.call("POST", "/returns?preview=true", {"order": "100000010", "lines": []})[0] == 404
    order = d.sent([line(d.s.ids["skus"][0], 1)])
    for wish, code in (({"line": "nine", "qty": 1, "reason": "d"}, "return_line"), (piece(order, 1, 2), "return_pieces"),
                       (piece(order, 1, 1, "z"), "return_reason"), (piece(order, 1, 1, component="10008"), "return_part"),
                       (piece(order, 1, 1, exchange="99913"), "unknown_sku"),
                       (piece(order, 1, 1, exchange=d.s.ids["out_of_stock"]), "stock_short")):
        status, got = d.ask(order, wish)
        assert status in (409, 422) and code in codes(got), (wish, status, got)
    assert codes(d.look(order)) == ["return_nothing"]
    for login, path in (("CC-07", "receive"), ("CC-07", "refuse")):
        assert d.call("POST", f"/returns/R-10000012/{path}", {"lines": []}, {"Idempotency-Key": ulid()}, login)[0] == 403
    assert d.call("GET", "/returns/R-99999999")[0] == 404 and d.call("GET", "/returns/nonsense")[0] == 404


def told(d):
    order = d.sent([line(d.s.ids["skus"][0], 1)])
    got = d.made(order, piece(order, 1, 1))
    status, headers, text = d.call("GET", f"/returns/{got['number']}/instructions")
    assert status == 200 and headers["Content-Type"].startswith("text/plain"), text
    assert got["number"] in text and "14 Aire Valley Road" in text and "LS9 0PS" in text and got["deadline"] in text, text
    d.s.psql(f"UPDATE person SET language = 'de' WHERE id = (SELECT id FROM distributor WHERE number = '{d.s.ids['manager']}')")
    try:
        assert "Rücksendung" in d.call("GET", f"/returns/{got['number']}/instructions")[2]
    finally:
        d.s.psql(f"UPDATE person SET language = 'en' WHERE id = (SELECT id FROM distributor WHERE number = '{d.s.ids['manager']}')")
    listed = d.call("GET", f"/returns?order={order['number']}")[2]["items"]
    assert [one["number"] for one in listed] == [got["number"]], listed
    page = d.call("GET", "/returns?state=closed&limit=2")[2]
    assert len(page["items"]) == 2 and page["next"], page
    more = d.call("GET", f"/returns?state=closed&limit=2&cursor={page['next']}")[2]["items"]
    assert more and not {one["number"] for one in more} & {one["number"] for one in page["items"]}


def at_once(d):
    """The last piece is taken once; and whatever races, no more goes back than was paid."""
    def race(*acts):
        barrier, out = threading.Barrier(len(acts)), [None] * len(acts)
        def run(i):
            barrier.wait()
            out[i] = acts[i]()
        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(acts))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return out
    sku = d.s.ids["skus"][0]
    order = d.sent([line(sku, 1)])
    expect = d.look(order, piece(order, 1, 1))["refund"]
    for login in ("CC-07", "CC-08", "B-02", "S-04"):
        d.s.token(login)
    asks = [lambda login=login: d.call("POST", "/returns", {"order": order["number"], "lines": [piece(order, 1, 1)], "expect_refund": expect},
                                       {"Idempotency-Key": ulid()}, login)[0] for login in ("CC-07", "CC-08", "B-02", "S-04")]
    assert sorted(race(*asks)) == [201, 422, 422, 422]
    for _ in range(5):
        order = d.sent([line(sku, 4)])
        a, b = d.made(order, piece(order, 1, 2)), d.made(order, piece(order, 1, 2, exchange=same_price(d, sku, 2)))
        race(lambda: d.call("POST", f"/returns/{a['number']}/receive", {"lines": [{"position": 1, "stock": 2}]}, {"Idempotency-Key": ulid()}, "S-04"),
             lambda: d.call("POST", f"/returns/{a['number']}/cancel", {}, {"Idempotency-Key": ulid()}, "CC-07"),
             lambda: d.call("POST", f"/returns/{b['number']}/refuse", {"reason": "x"}, {"Idempotency-Key": ulid()}, "B-02"),
             lambda: d.call("POST", f"/orders/{b['exchange']}/cancel", {}, {"Idempotency-Key": ulid()}, "B-02"),
             lambda: d.call("POST", f"/returns/{b['number']}/receive", {"lines": [{"position": 1, "scrap": 2}]}, {"Idempotency-Key": ulid()}, "S-04"))
        assert d.s.psql("SELECT count(*) FROM payment WHERE refunded > amount") == "0"
        d.clean()


def main():
    with demo_server() as server:
        d = Returns(server)
        for sentence, function in (("a return from the first word to the money", whole_life),
                                   ("any sequence of returns gives back exactly what was paid", exact),
                                   ("parts of a line by the rule", parts_of_a_line),
                                   ("the restock fee", fees),
                                   ("the delivery of a whole order", whole_order),
                                   ("an exchange at the same price", exchanged),
                                   ("exchanges at other prices", differences),
                                   ("an exchange of which nothing comes back", exchange_called_off),
                                   ("what goes out is cancelled", exchange_order_cancelled),
                                   ("several tenders", other_tenders),
                                   ("paid by certificate", by_certificate),
                                   ("paid by card", by_card),
                                   ("an order that is due", unpaid),
                                   ("late, and by whose leave", late),
                                   ("buy-back and withdrawal", kinds),
                                   ("money when it is asked for", asked_money),
                                   ("a parcel in parts", in_parts),
                                   ("quarantine", quarantined),
                                   ("keys, and totals as they were told", keys),
                                   ("what is refused, and why", refused),
                                   ("what the buyer is told, and lists", told),
                                   ("at the same time", at_once)):
            cases.run(sentence, function, d)
    cases.end()


if __name__ == "__main__":
    main()
