#!/usr/bin/python3
"""Gift certificates: sold at what they are worth, issued when they are paid, spent by anybody who has the
number and never beyond what is left, dead with their sale. CERTIFICATE_ROUNDS (default 20; `make fault`
takes 200) says how often 64 clients fight for one."""
import concurrent.futures
import json
import os
import random
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import psycopg2  # noqa: E402
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from desk import API, Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_certificates")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
ROUNDS = int(os.environ.get("CERTIFICATE_ROUNDS", "20"))
CLIENTS, VALUE, SHOT = 64, 10000, 3000
FIXED, ANY = damm("7901"), damm("7902")  # 25.00; 5.00 to 500.00


def luhn(digits):
    return sum(d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(int(c) for c in reversed(digits))) % 10 == 0


def looks_like_a_card(digits):
    """As trust.md has it: issuers' first digits, Luhn."""
    first4 = int(digits[:4])
    return luhn(digits) and (digits[0] in "456" or digits[:2] in ("30", "34", "35", "36", "37", "38", "39") or 2221 <= first4 <= 2720)


class Shop(Desk):
    def quote(self, lines, **changes):
        status, _, got = self.call("POST", "/quotes", self.draft(lines, **changes))
        assert status == 200, got
        return got

    def pay(self, number, *tenders):
        """What POST /orders/{number}/payments does, at the database: [(kind, amount, ref)]."""
        kinds, amounts, refs = ("ARRAY[" + ",".join(str(x) if i == 1 else f"'{x}'" for x in column) + "]" for i, column in enumerate(zip(*tenders)))
        return json.loads(self.s.psql(f"""SELECT json_build_object('result', result, 'reply', reply) FROM order_pay('{number}', NULL, '{ulid()}', 'h',
            (SELECT id FROM login WHERE login = 'CC-07'), NULL, 'test', {kinds}::text[], {amounts}::bigint[], {refs}::text[])"""))

    def pay_all(self, number):
        got = self.pay(number, ("transfer", self.read(number)["due"], "bank"))
        assert got["result"] == "paid", got

    def sell(self, value=VALUE, qty=1, paid=True, **changes):
        order = self.place([line(ANY, qty, value=value)], **changes)
        if paid:
            self.pay_all(order["number"])
        return order

    def certificates(self, number):
        rows = self.s.psql(f"""SELECT c.number, a.balance, c.state, c.amount FROM certificate c JOIN account a ON a.certificate_id = c.id
                                 JOIN orders o ON o.id = c.order_id WHERE o.number = '{number}' ORDER BY c.id""")
        return [tuple(row.split("|")) for row in rows.split("\n") if row]

    def bought(self, **changes):
        """The number of a new certificate."""
        return self.certificates(self.sell(**changes)["number"])[0][0]

    def customer(self):
        return self.s.ids["certificate_customer"]

    def customer_order(self, lines, **changes):
        number = self.s.psql(f"SELECT d.number FROM customer c JOIN distributor d ON d.id = c.distributor_id WHERE c.id = {self.customer()}")
        return dict({"type": "customer", "distributor": number, "customer": self.customer(), "ship_to": {"kind": "customer"}}, **changes)

    def cancel(self, number):
        status, _, got = self.call("POST", f"/orders/{number}/cancel", {"reason": "test"}, {"Idempotency-Key": ulid()})
        return status, got

    def left(self, certificate):
        return int(self.s.psql(f"SELECT a.balance FROM certificate c JOIN account a ON a.certificate_id = c.id WHERE c.number = '{certificate}'"))


def sold_at_what_it_is_worth(d, skus):
    """No tax, no discount, no volumes, no delivery, no stock; beside goods these stay as they were."""
    got = d.quote([line(ANY, 2, value=12345), line(FIXED, 1)])
    assert not codes(got) and got["total"] == got["goods"] == 2 * 12345 + 2500, got
    assert (got["discount"], got["tax"], got["delivery"], got["cv"], got["pv"]) == (0, 0, 0, 0, 0), got
    assert [x["free_stock"] for x in got["lines"]] == [None, None] and got["lines"][0]["value"] == 12345
    goods, both = d.quote([line(skus[0], 1)]), d.quote([line(skus[0], 1), line(FIXED, 4)])
    assert goods["delivery"] > 0 and both["total"] == goods["total"] + 4 * 2500, (goods["total"], both["total"])
    for name in ("discount", "delivery", "tax", "cv", "pv"):
        assert both[name] == goods[name], name
    got = d.quote([line(FIXED, 1)], **d.customer_order([]))
    assert not codes(got) and got["total"] == 2500, got


def values_are_checked(d, skus):
    for value, code in ((None, "value_needed"), (499, "value_needed"), (50001, "value_needed"), (500, None), (50000, None)):
        more = {} if value is None else {"value": value}
        got = d.quote([line(ANY, 1, **more)])
        assert codes(got) == ([code] if code else []), (value, got)
    (problem,) = d.quote([line(ANY, 1)])["problems"]
    assert problem["params"]["least"] == 500 and problem["params"]["most"] == 50000 and problem["field"] == "/lines/0/value"
    assert codes(d.quote([line(FIXED, 1, value=2500)])) == ["value_fixed"]
    assert codes(d.quote([line(skus[0], 1, value=100)])) == ["value_fixed"]
    for value in (0, -5, 2**63, "25.00", 25.5, True):
        status, _, got = d.call("POST", "/quotes", d.draft([line(ANY, 1, value=value)]))
        assert status == 400, (value, got)
    assert codes(d.quote([line(FIXED, 1)], type="sales_aids")) != [], "not among sales aids"


def issued_when_paid(d, skus):
    order = d.sell(value=VALUE, qty=3, paid=False)
    assert order["payment"] == "due" and d.certificates(order["number"]) == []
    d.clean()
    part = d.pay(order["number"], ("transfer", 2 * VALUE, ""))
    assert part["result"] == "paid" and d.certificates(order["number"]) == [], "paid in part"
    d.pay_all(order["number"])
    rows = d.certificates(order["number"])
    assert [row[1:] for row in rows] == [(str(VALUE), "active", str(VALUE))] * 3, rows
    for number, *_ in rows:
        assert re.fullmatch("[1789][0-9]{15}", number) and damm(number[:-1]) == number and not looks_like_a_card(number), number
    assert len({row[0] for row in rows}) == 3
    ids = d.s.psql(f"SELECT string_agg(c.id::text, ',') FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{order['number']}'")
    assert d.s.psql(f"SELECT count(*) FROM journal WHERE kind = 'certificate' AND ref::bigint IN ({ids})") == "3"
    mail = d.s.psql(f"SELECT count(*), count(DISTINCT ref), max(detail::text) FROM outbox WHERE kind = 'certificate.issued' AND ref::bigint IN ({ids})")
    assert mail == "3|3|{}", mail
    d.clean()


def numbers_look_like_nothing_else(d, skus):
    rows = d.s.psql("SELECT certificate_number_next() FROM generate_series(1, 20000)").split("\n")
    assert len(set(rows)) == 20000 and not [n for n in rows if looks_like_a_card(n) or damm(n[:-1]) != n]
    firsts = {n[0] for n in rows}
    assert firsts == set("1789"), firsts
    for place in range(1, 15):  # each digit about as often as any other
        counts = [sum(n[place] == str(x) for n in rows) for x in range(10)]
        assert min(counts) > 1700 and max(counts) < 2300, (place, counts)


def spent_over_orders(d, skus):
    number = d.bought()
    for amount, ref in ((3000, number), (2500, "GC" + number), (500, f"gc {number[:4]} {number[4:8]} {number[8:12]} {number[12:]}")):
        order = d.place([line(skus[0], 9)])
        assert order["total"] > amount
        got = d.pay(order["number"], ("certificate", amount, ref))
        assert got["result"] == "paid" and got["reply"]["due"] == order["total"] - amount, got
    assert d.left(number) == 4000
    order = d.place([line(skus[0], 9)])
    got = d.pay(order["number"], ("certificate", 4001, number))
    assert got["result"] == "tender" and (got["reply"]["tender"], got["reply"]["why"], got["reply"]["held"]) == (0, "short", 4000), got
    for ref in ("7" * 16, "GC1", "", "x" * 64, number[:-1], "000000", number[::-1]):
        got = d.pay(order["number"], ("certificate", 100, ref))
        assert got == {"result": "tender", "reply": {"tender": 0, "why": "unknown"}}, (ref, got)
    got = d.pay(order["number"], ("certificate", 1000, number), ("certificate", 3001, number))
    assert (got["reply"]["tender"], got["reply"]["held"]) == (1, 3000) and d.left(number) == 4000, got
    d.clean()


def last_six_of_the_buyer_only(d, skus):
    mine = d.bought(**d.customer_order([]))
    other = d.bought()
    order = d.place([line(skus[0], 3)], **d.customer_order([]))
    assert d.pay(order["number"], ("certificate", 700, mine[-6:]))["result"] == "paid" and d.left(mine) == VALUE - 700
    assert d.pay(order["number"], ("certificate", 700, other[-6:]))["reply"]["why"] == "unknown"
    own = d.place([line(skus[0], 3)])
    assert d.pay(own["number"], ("certificate", 700, other[-6:]))["result"] == "paid", "who bought it for herself"
    assert d.pay(own["number"], ("certificate", 700, mine[-6:]))["reply"]["why"] == "unknown"
    d.clean()


def a_refund_restores(d, skus):
    number = d.bought()
    order = d.place([line(skus[0], 2)])
    assert d.pay(order["number"], ("certificate", 1500, number))["result"] == "paid"
    d.pay_all(order["number"])
    assert d.left(number) == VALUE - 1500
    assert d.cancel(order["number"])[0] == 200
    assert d.left(number) == VALUE
    acts = d.s.psql(f"SELECT string_agg(e.act || e.amount, ' ' ORDER BY seq) FROM certificate_event e JOIN certificate c ON c.id = e.certificate_id WHERE c.number = '{number}'")
    assert acts == f"issued{VALUE} spent-1500 refunded1500", acts
    d.clean()


def dead_with_its_sale(d, skus):
    sale = d.sell(qty=2)
    (first, *_), (second, *_) = d.certificates(sale["number"])
    order = d.place([line(skus[0], 9)])
    assert d.pay(order["number"], ("certificate", SHOT, first))["result"] == "paid"
    status, got = d.cancel(sale["number"])
    assert status == 409 and codes(got) == ["certificates_spent"], got
    assert f"...{first[-4:]} 70.00/100.00" in got["problems"][0]["say"] and second[-4:] not in got["problems"][0]["say"], got
    assert d.read(sale["number"])["state"] == "placed" and d.left(first) == VALUE - SHOT and d.left(second) == VALUE
    d.clean()
    assert d.cancel(order["number"])[0] == 200 and d.cancel(sale["number"])[0] == 200
    assert [row[1:3] for row in d.certificates(sale["number"])] == [("0", "dead")] * 2
    assert d.read(sale["number"])["payment"] == "refunded"
    order = d.place([line(skus[0], 3)])
    assert d.pay(order["number"], ("certificate", 100, first))["reply"]["why"] == "unknown"
    d.clean()
    unpaid = d.sell(paid=False)
    assert d.cancel(unpaid["number"])[0] == 200 and d.certificates(unpaid["number"]) == []
    d.clean()


class Counter:
    """Asking for returns of an order that was sent."""

    def __init__(self, d):
        self.d = d

    def sent(self, lines, tenders=(), **changes):
        number = self.d.place(lines, **changes)["number"]
        if tenders:
            assert self.d.pay(number, *tenders)["result"] == "paid"
        self.d.pay_all(number)
        status, _, got = self.d.call("POST", f"/orders/{number}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        assert self.d.s.psql(f"SELECT result FROM order_ship('{number}', NULL, '{ulid()}', 'h', 1, 'test')") == "shipped"
        return self.d.read(number)

    def look(self, order, *wishes, **more):
        lines = [dict({"line": order["lines"][n]["id"], "qty": qty, "reason": "changed_mind"}, **also) for n, qty, also in wishes]
        body = dict({"order": order["number"], "lines": lines}, **more)
        status, _, got = self.d.call("POST", "/returns?preview=true", body)
        assert status == 200, got
        return body, got

    def ask(self, order, *wishes, **more):
        body, seen = self.look(order, *wishes, **more)
        return self.d.call("POST", "/returns", dict(body, expect_refund=seen["refund"], expect_due=seen["due"]),
                           {"Idempotency-Key": ulid()})[::2]


def unspent_ones_come_back(d, skus):
    """As long as goods may, in full and at once: no parcel, no fee; dead in the same commit."""
    c = Counter(d)
    order = c.sent([line(ANY, 3, value=VALUE), line(skus[0], 2)])
    numbers = [n for n, *_ in d.certificates(order["number"])]
    letters = d.s.psql("SELECT count(*) FROM outbox WHERE kind = 'return.instructions'")
    _, seen = c.look(order, (0, 1, {}))
    assert (seen["refund"], seen["fee"], seen["problems"]) == (VALUE, 0, []), seen
    assert seen["lines"][0]["certificates"] == [
        {"last": n[-4:], "amount": VALUE, "left": VALUE, "goes": n == numbers[2]} for n in reversed(numbers)], seen["lines"]
    status, got = c.ask(order, (0, 1, {}))
    assert (status, got["state"], got["refund"]) == (201, "closed", VALUE), got
    assert d.s.psql("SELECT count(*) FROM outbox WHERE kind = 'return.instructions'") == letters, "nothing is to be sent"
    assert [row[1:3] for row in d.certificates(order["number"])] == [(str(VALUE), "active")] * 2 + [("0", "dead")]
    assert sum(p["refunded"] for p in d.read(order["number"])["payments"]) == VALUE
    buys = d.place([line(skus[1], 40)])["number"]
    assert d.pay(buys, ("certificate", 1, numbers[2]))["reply"]["why"] == "unknown", "dead"
    d.clean()
    # Something of one is spent: the other comes back, this one does not, and what is left of it stays good.
    assert d.pay(buys, ("certificate", 1, numbers[1]))["result"] == "paid"
    _, seen = c.look(order, (0, 2, {}))
    (problem,) = seen["problems"]
    assert problem["code"] == "return_certificates" and (problem["params"]["left"], problem["params"]["qty"]) == (1, 2), problem
    assert seen["lines"][0]["left"] == 1
    assert c.ask(order, (0, 2, {}))[0] == 422
    # With goods: the certificate's money now, the goods' when they come.
    status, got = c.ask(order, (0, 1, {}), (1, 1, {}))
    assert (status, got["state"], got["fee"]) == (201, "received", 200), got
    assert d.left(numbers[0]) == 0 and d.left(numbers[1]) == VALUE - 1
    assert sum(p["refunded"] for p in d.read(order["number"])["payments"]) == 2 * VALUE
    status, _, end = d.call("POST", f"/returns/{got['number']}/cancel", {"reason": "x"}, {"Idempotency-Key": ulid()}, "B-02")
    assert status == 409 and codes(end) == ["return_came"], end
    status, _, end = d.call("POST", f"/returns/{got['number']}/receive", {"lines": [{"position": 2, "stock": 1}], "close": False},
                            {"Idempotency-Key": ulid()}, "S-04")
    assert (status, end["state"]) == (200, "closed"), end
    assert sum(p["refunded"] for p in d.read(order["number"])["payments"]) == 2 * VALUE + order["lines"][1]["amount"] // 2 - 200
    assert c.look(order, (0, 1, {}))[1]["lines"][0]["left"] == 0
    d.cancel(buys)
    assert d.left(numbers[1]) == VALUE and c.look(order, (0, 1, {}))[1]["problems"] == [], "given back what it had paid: it is whole again"
    d.clean()


def money_only(d, skus):
    """A certificate is given back in money: not exchanged, not bought back at less, not before it is issued."""
    c = Counter(d)
    order = c.sent([line(FIXED, 2)])
    for wish, more in (({"exchange": skus[0]}, {}), ({}, {"kind": "buy_back"})):
        _, seen = c.look(order, (0, 1, wish), **more)
        assert "return_certificate_money" in codes(seen) and seen["worth"] == 0, seen
        assert c.ask(order, (0, 1, wish), **more)[0] == 422
    assert [row[2] for row in d.certificates(order["number"])] == ["active"] * 2
    status, got = c.ask(order, (0, 2, {}))
    assert (status, got["refund"], got["state"]) == (201, 5000, "closed")
    now = d.read(order["number"])
    assert now["lines"][0]["state"] == "returned" and now["payment"] == "refunded", now
    unpaid = d.sell(paid=False)["number"]
    d.s.psql("UPDATE market SET release_when = 'due' WHERE code = 'GB'")
    status, _, got = d.call("POST", f"/orders/{unpaid}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
    d.s.psql("UPDATE market SET release_when = 'authorised' WHERE code = 'GB'")
    assert status == 200, got
    assert d.s.psql(f"SELECT result FROM order_ship('{unpaid}', NULL, '{ulid()}', 'h', 1, 'test')") == "shipped"
    assert codes(c.look(d.read(unpaid), (0, 1, {}))[1]) == ["return_certificates"], "there is none yet"
    d.clean()


def back_or_spent(d, skus):
    """It is given back and spent at the same moment: one of the two happens, and its money is there once."""
    c, wrong = Counter(d), []
    seen = {"back": 0, "spent": 0}
    buys = [d.place([line(skus[i % 5], 9)])["number"] for i in range(CLIENTS // 2)]
    for _ in range(max(ROUNDS // 4, 3)):
        order = c.sent([line(ANY, 1, value=VALUE)])
        ((number, *_),) = d.certificates(order["number"])
        body, quote = c.look(order, (0, 1, {}))
        body.update(expect_refund=quote["refund"], expect_due=0)
        token, barrier = d.s.token("CC-07"), threading.Barrier(CLIENTS)

        def back():
            barrier.wait()
            return d.s.call("POST", API + "/returns", body, token, {"Idempotency-Key": ulid()})[0]

        def spend(buy):
            barrier.wait()
            status, _, got = d.s.call("POST", f"{API}/orders/{buy}/payments", {"tenders": [{"kind": "certificate", "amount": VALUE // 10, "ref": number}]},
                                      token, {"Idempotency-Key": ulid()})
            return status

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            done = [pool.submit(*do) for buy in buys for do in ((back,), (spend, buy))]
            back, spent = (sum(x.result() == status for x in done) for status in (201, 200))
        seen["back" if back else "spent"] += 1
        if (back, spent, d.left(number)) not in ((1, 0, 0), (0, 10, 0)):
            wrong.append((back, spent, d.left(number)))
        d.s.psql("DELETE FROM guard")
        d.s.psql(f"""SELECT payment_refund(o, p.id, p.amount, 'race', 1, 'race'), order_due_set(o.id, o.total, 1, ''), order_payments_changed(o.id)
                       FROM payment p JOIN orders o ON o.id = p.order_id JOIN account a ON a.id = p.account_id
                       JOIN certificate c ON c.id = a.certificate_id WHERE c.number = '{number}' AND p.state = 'captured'""")
    print("given back, spent:", seen)
    assert not wrong, wrong
    d.clean()


def a_change_leaves_issued_lines(d, skus):
    order = d.place([line(ANY, 1, value=VALUE), line(skus[0], 1)])
    status, got = d.change(order, lines=[line(ANY, 2, value=VALUE), line(skus[0], 1)])
    assert status == 200 and got["total"] == order["total"] + VALUE, got
    d.pay_all(order["number"])
    assert len(d.certificates(order["number"])) == 2
    for lines in ([line(ANY, 1, value=VALUE), line(skus[0], 1)], [line(skus[0], 1)]):
        status, got = d.change(d.read(order["number"]), lines=lines)
        assert status == 422 and codes(got) == ["certificates_issued"], (status, got)
    status, got = d.change(d.read(order["number"]), lines=[line(ANY, 2, value=VALUE), line(skus[0], 3)])
    assert status == 200 and got["due"] > 0, got
    d.clean()
    status, got = d.change(d.read(order["number"]), note="ring twice")
    assert status == 200, "the value comes from the order as it was"
    d.pay_all(order["number"])
    assert len(d.certificates(order["number"])) == 2, "each once"
    d.clean()


def seen_by_staff(d, skus):
    sale = d.sell(**d.customer_order([]))
    number = d.certificates(sale["number"])[0][0]
    order = d.place([line(skus[0], 9)])
    assert d.pay(order["number"], ("certificate", SHOT, number))["result"] == "paid"
    for asked in (number, "GC" + number, "gc" + number, f"GC%20{number[:4]}%20{number[4:8]}%20{number[8:12]}%20{number[12:]}"):
        status, _, got = d.call("GET", f"/certificates/{asked}")
        assert status == 200 and got["number"] == "GC" + number and got["last"] == number[-4:], (asked, got)
    assert (got["amount"], got["balance"], got["state"], got["order"]) == (VALUE, VALUE - SHOT, "active", sale["number"]), got
    assert [(e["act"], e["amount"], e["order"]) for e in got["history"]] == [("issued", VALUE, sale["number"]), ("spent", -SHOT, order["number"])]
    assert got["seller"]["id"] == sale["distributor"]["id"] and got["customer"]["id"] == d.customer()
    status, _, found = d.call("GET", f"/certificates?customer={d.customer()}&last={number[-6:]}")
    assert status == 200 and found["items"][0] == got and len(found["items"]) == 1, found
    assert d.call("GET", f"/certificates?distributor={d.s.ids['manager']}&last={number[-6:]}")[0] == 404, "not hers"
    own = d.bought()
    status, _, hers = d.call("GET", f"/certificates?distributor={d.s.ids['manager']}&last={own[-6:]}")
    assert status == 200 and hers["items"][0]["number"] == "GC" + own and hers["items"][0]["customer"] is None
    status, _, hers = d.call("GET", f"/certificates?distributor={d.s.ids['manager']}")
    assert hers["items"][0]["last"] == own[-4:] and all(x["customer"] is None for x in hers["items"])
    status, _, mine = d.call("GET", f"/certificates?seller={got['seller']['id']}")
    assert status == 200 and mine["items"][0]["id"] == got["id"] and "number" not in mine["items"][0] and number not in str(mine)
    assert [x["id"] for x in mine["items"]] == sorted((x["id"] for x in mine["items"]), key=lambda x: -int(x))
    status, _, page = d.call("GET", f"/certificates?seller={d.s.ids['manager']}&limit=2")
    status, _, rest = d.call("GET", f"/certificates?seller={d.s.ids['manager']}&limit=200&cursor={page['next']}")
    assert len(page["items"]) == 2 and page["items"][-1]["id"] > rest["items"][0]["id"] and rest["next"] is None
    for asked in ("1" * 16, number[:-1], "x", "GC", number + "0", "%27", number[-6:]):
        assert d.call("GET", f"/certificates/{asked}")[0] == 404, asked
    for query in ("last=123456", "seller=1&last=123456", "distributor=x", "customer=1&last=12345", "customer=1&last=12345x", "seller=x", "state=x", "limit=0", "customer=%27"):
        assert d.call("GET", f"/certificates?{query}")[0] == 400, query
    assert d.call("GET", f"/certificates?customer={d.customer()}&last=000000")[0] == 404
    for login in ("W-12", "S-04", "SV-01", "B-02"):
        assert d.call("GET", f"/certificates/{number}", login=login)[0] == 200, login
    assert d.call("GET", f"/certificates/{number}", login=d.s.ids["manager"])[0] == 403
    status, _, owed = d.call("GET", "/certificates/liability", login="B-02")
    gb = next(row for row in owed["items"] if row["market"] == "GB")
    total = d.s.psql("SELECT sum(balance) FROM account WHERE kind = 'certificate' AND market = 'GB'")
    assert status == 200 and gb["liability"] == gb["books"] == int(total), (gb, total)
    assert d.call("GET", "/certificates/liability")[0] == 403
    d.s.psql("DELETE FROM guard")


def not_found_by_trying(d, skus):
    """Whoever tries too many has to wait, with the right number as well."""
    number = d.bought()
    for i in range(60):
        status, _, got = d.call("GET", f"/certificates/{damm('7' + str(10**13 + i))}", login="CC-08")
        assert status == 404, (i, status, got)
    status, headers, got = d.call("GET", f"/certificates/{number}", login="CC-08")
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 600 and got["wait_seconds"] > 0, got
    assert d.call("GET", f"/certificates?customer={d.customer()}&last=123456", login="CC-08")[0] == 429
    assert d.call("GET", f"/certificates/{number}")[0] == 200, "others go on"
    assert d.s.psql("SELECT count(*) FROM audit WHERE action = 'certificate.look' AND object = 'certificate' AND detail->>'found' = 'false'") >= "60"
    d.s.psql("DELETE FROM guard")


def not_found_by_paying(d, skus):
    """A wrong number counts whatever way it is tried: with a new order, a payment, the last digits of a known buyer, at a
    look-up; a right one does not. Then nothing is tried until the time is over."""
    number, spent = d.bought(**d.customer_order([])), d.bought()
    order = d.place([line(skus[0], 3)], **d.customer_order([]))
    d.pay(d.place([line(skus[1], 40)])["number"], ("certificate", VALUE, spent))
    wrong = (damm("7" + str(10**13 + i)) for i in range(200))

    def place(ref, key=None):
        body = d.draft([line(skus[2], 1)], note=ulid(), **d.customer_order([]))
        body["expect_total"] = d.quote(body["lines"], **{k: v for k, v in body.items() if k != "lines"})["total"]
        return d.call("POST", "/orders", dict(body, tenders=[{"kind": "certificate", "amount": 100, "ref": ref}], accept=["duplicate", "age"]),
                      {"Idempotency-Key": key or ulid()}, "CC-08")

    def pay(ref, key=None):
        body = {"tenders": [{"kind": "certificate", "amount": 100, "ref": ref}]}
        return d.call("POST", f"/orders/{order['number']}/payments", body, {"Idempotency-Key": key or ulid()}, "CC-08")

    def tries():
        return sorted(int(n) for n in d.s.psql("SELECT tries FROM guard WHERE key LIKE 'certificate%'").split())

    key = ulid()
    d.s.psql("DELETE FROM guard")
    for way, ref in ((place, number), (pay, number), (pay, number[-6:]), (place, number[-6:]), (place, "GC" + number)):
        status, _, got = way(ref, key if way == pay and ref == number else None)
        assert status in (200, 201), (status, got)
    status, _, got = pay(spent)
    assert (status, codes(got)) == (422, ["tender_short"]), got
    assert tries() == [0, 0], f"right ones are no tries: {tries()}"
    for i in range(60):
        way, ref = (place, pay)[i % 2], next(wrong) if i % 3 else f"{i:06}"
        status, _, got = way(ref)
        assert status == 422 and "tender_unknown" in codes(got), (i, status, got)
        assert tries() == [i + 1] * 2, (i, tries())
    before = d.read(order["number"])
    for status, headers, got in (place(number), pay(number), pay(number[-6:]), d.call("GET", f"/certificates/{number}", login="CC-08")):
        assert status == 429 and 0 < int(headers["Retry-After"]) <= 600 and got["wait_seconds"] > 0, (status, got)
    assert d.read(order["number"]) == before
    assert pay(number, key)[0] == 200, "what was paid before is answered again"
    status, _, got = d.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "transfer", "amount": 1, "ref": "x"}]},
                            {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, "what needs no number goes on"
    assert d.s.psql("SELECT count(*) FROM audit JOIN login l ON l.id = login_id WHERE l.login = 'CC-08' "
                    "AND action = 'certificate.tender' AND detail->>'found' = 'false'") == "60"
    d.s.psql("DELETE FROM guard")


def guessed_at_once(d, skus):
    """64 at the same time are counted one after the other: 60 hear that there is none, the others have to wait."""
    d.s.psql("DELETE FROM guard")
    order = d.place([line(skus[0], 3)])["number"]
    token = d.s.token("CC-08")

    def shoot(i):
        body = {"tenders": [{"kind": "certificate", "amount": 1, "ref": damm("1" + str(10**13 + i))}]}
        return d.s.call("POST", f"{API}/orders/{order}/payments", body, token, {"Idempotency-Key": ulid()})[0]

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        got = sorted(pool.map(shoot, range(CLIENTS)))
    assert got == [422] * 60 + [429] * (CLIENTS - 60), got
    d.s.psql("DELETE FROM guard")


def numbers_stay_inside(d, skus):
    """In full they are in the table of certificates and nowhere else: not in other tables, not in the log."""
    number = d.bought(**d.customer_order([]))
    order = d.place([line(skus[0], 3)])
    d.pay(order["number"], ("certificate", 100, "GC" + number))
    d.call("GET", f"/certificates/{number}")
    d.call("GET", f"/orders/{order['number']}")
    dump = d.s.psql("SELECT string_agg(format('SELECT %L FROM %I t WHERE t::text LIKE %L', relname, relname, '%" + number + "%'), ' UNION ') "
                    "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    assert d.s.psql(dump) == "certificate", d.s.psql(dump)
    with open(os.path.join(os.path.dirname(d.s.folder), "stderr"), encoding="utf-8") as log:
        assert number not in log.read()


def race(d, skus):
    """64 clients want 30.00 of 100.00: three have it."""
    wrong = []
    orders = [d.place([line(skus[i % 5], 9)])["number"] for i in range(CLIENTS)]
    socket = os.path.join(d.s.folder, "run")
    links = [psycopg2.connect(host=socket, port=5432, user="partyline", dbname="partyline") for _ in range(16)]

    def shoot(link, mine, number):
        results = []
        for order in mine:
            with link, link.cursor() as cursor:
                cursor.execute("SELECT result FROM order_pay(%s, NULL, %s, 'h', 1, NULL, 'race', '{certificate}', ARRAY[%s]::bigint[], ARRAY[%s])",
                               (order, ulid(), SHOT, number))
                results.append(cursor.fetchone()[0])
        return results

    with concurrent.futures.ThreadPoolExecutor(len(links)) as pool:
        for _ in range(ROUNDS):
            number = d.bought()
            runs = [pool.submit(shoot, link, orders[i::len(links)], number) for i, link in enumerate(links)]
            results = sorted(x for run in runs for x in run.result())
            if results != ["paid"] * 3 + ["tender"] * (CLIENTS - 3) or d.left(number) != VALUE - 3 * SHOT:
                wrong.append((results.count("paid"), d.left(number)))
            # what was paid goes back, so that the orders are due again
            d.s.psql(f"""SELECT payment_refund(o, p.id, p.amount, 'race', 1, 'race'), order_due_set(o.id, o.total, 1, ''), order_payments_changed(o.id)
                           FROM payment p JOIN orders o ON o.id = p.order_id JOIN account a ON a.id = p.account_id
                           JOIN certificate c ON c.id = a.certificate_id WHERE c.number = '{number}' AND p.state = 'captured'""")
    for link in links:
        link.close()
    assert not wrong, wrong
    d.clean()


def main():
    with demo_server() as s:
        d = Shop(s)
        skus = s.ids["skus"]
        assert re.fullmatch("GC[0-9]{16}", s.ids["certificate"])
        d.clean()
        for test in (sold_at_what_it_is_worth, values_are_checked, issued_when_paid, numbers_look_like_nothing_else, spent_over_orders,
                     last_six_of_the_buyer_only, a_refund_restores, dead_with_its_sale, unspent_ones_come_back, money_only, back_or_spent, a_change_leaves_issued_lines,
                     seen_by_staff, not_found_by_trying, not_found_by_paying, guessed_at_once, numbers_stay_inside, race):
            cases.run(f"{test.__name__.replace('_', ' ')} (seed {SEED})", test, d, skus)
    cases.end()


if __name__ == "__main__":
    random.seed(SEED)
    main()
