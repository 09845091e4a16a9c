#!/usr/bin/python3
"""The counter of a showroom: a whole day from the float to the Z report, told beforehand by sums of this test's own; what is
refused; the same key again; two tills that want the last piece; drawers that are never below zero; a server that dies."""
import concurrent.futures
import http.client
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from counter_desk import Counter, hire  # noqa: E402
from damm import damm  # noqa: E402
from desk import codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_counter")


def kind(reply):
    return reply.get("type", "").rsplit("/", 1)[-1]


def cash(amount, given=None):
    return {"kind": "cash", "amount": amount, **({"given": given} if given else {})}


def authorise(c, number):
    """The customer pays the link: the provider is played by the two functions that the gateway has."""
    rows = json.loads(c.s.psql("SET ROLE partyline_gateway; SELECT json_agg(t) FROM gateway_take('test', 100) t"))
    for task in (t for t in rows if t["order_number"] == number):
        c.s.psql(f"SET ROLE partyline_gateway; SELECT gateway_result({task['task']}, 'test', 'authorised', 'pi_{task['payment']}', '{{}}')")


def sum_of(report, name):
    return report[name]["count"], report[name]["total"]


def nobody_knows_the_walk_in(s):
    """Whoever comes in is nobody's first order; a customer who says who it is may have one."""
    c = Counter(s)
    c.open(0)
    coupon = s.psql("SELECT min(c.code) FROM coupon c JOIN promotion p ON p.id = c.promotion_id WHERE p.code = 'WELCOME'")
    assert s.psql(f"SELECT count(*) FROM orders WHERE customer_id = {s.ids['walk_in']}") == "0" and coupon
    plain = c.quote(c.goods((s.ids["skus"][0], 1)))
    with_it = c.quote(c.goods((s.ids["skus"][0], 1), coupons=[coupon]))
    assert (with_it["discount"], with_it["total"]) == (0, plain["total"]), with_it
    known = c.good("POST", "/customers", {"distributor": s.ids["walk_in_distributor"], "name": "FIRST, Frieda", "address":
                   {"name": "", "line1": "1 Road", "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}})["id"]
    assert c.quote(c.goods((s.ids["skus"][0], 1), coupons=[coupon], customer=known))["discount"] > 0, "the coupon is a good one"
    c.close(0)


# ---- a day ----------------------------------------------------------------------------------------------------------

def a_day(s):
    ids = s.ids
    c = Counter(s)
    one, two = ids["skus"][0], ids["skus"][1]
    before = c.on_hand(one)
    shift = c.open(15000)
    assert (shift["state"], shift["float"], shift["sales"], shift["drawer"], shift["blind"]) == ("open", 15000, 0, None, True), shift
    assert c.good("GET", "/shifts/current")["id"] == shift["id"] and c.held() == 15000
    price = c.quote(c.goods((one, 1)))["total"]
    assert c.quote(c.goods((one, 1)))["delivery"] == 0

    # Cash with change: received, in one commit.
    sold = c.sell((one, 2), tenders=[cash(2 * price, 10000)])
    assert (sold["state"], sold["payment"], sold["due"], sold["change"]) == ("received", "captured", 0, 10000 - 2 * price), sold
    assert c.on_hand(one) == before - 2 and c.held() == 15000 + 2 * price
    order = c.read(sold["number"])
    assert order["channel"] == "showroom" and order["ship_to"]["kind"] == "pickup" and not order["delivery"], order
    assert [l["state"] for l in order["lines"]] == ["shipped"]

    # Split: a certificate, a card at the terminal, the rest in cash.
    body = c.goods((two, 3))
    total = c.quote(body)["total"]
    split = [{"kind": "certificate", "amount": 500, "ref": ids["certificate"]}, {"kind": "card_present", "amount": 700, "ref": "slip 17"},
             cash(total - 1200, total)]
    got = c.sell((two, 3), tenders=split)
    assert (got["state"], got["change"]) == ("received", 1200), got
    in_cash = 2 * price + total - 1200

    # A distributor pays her own price.
    own = c.goods((one, 1), type="personal", distributor=ids["manager"], customer=None)
    own_price = c.quote(own)["total"]
    assert own_price < price, "the rank discount"
    status, got_own = c.sale(own)
    assert status == 201
    in_cash += own_price

    # By link: it waits, is not given out before it is paid, and is then.
    status, link = c.sale(c.goods((one, 1)), [{"kind": "link", "amount": price}])
    assert (status, link["state"], link["payment"]) == (201, "placed", "authorising"), link
    assert sum_of(c.report("SV-01"), "waiting") == (1, price)
    status, refused = c.hand_over(link["number"])
    assert (status, kind(refused), refused["due"], refused["payment"]) == (409, "not-paid", 0, "authorising"), refused
    authorise(c, link["number"])
    status, given = c.hand_over(link["number"])
    assert (status, given["state"], given["change"]) == (200, "received", 0), given

    # A phoned order is picked up; what is due of it is paid here.
    phoned = c.place([line(one, 1)], ship_to={"kind": "pickup"}, note=ulid())
    status, refused = c.hand_over(phoned["number"])
    assert (status, kind(refused), refused["due"]) == (409, "not-paid", phoned["total"]), refused
    status, given = c.hand_over(phoned["number"], tenders=[cash(phoned["total"], phoned["total"] + 5)])
    assert (status, given["state"], given["payment"], given["change"]) == (200, "received", "captured", 5), given
    in_cash += phoned["total"]

    # Void, and a return of another sale: cash out of the drawer, goods where they belong.
    wrong = c.sell((one, 1))
    in_cash += price
    status, gone = c.void(wrong["number"])
    assert (status, gone["state"], gone["payment"], gone["cash"]) == (200, "cancelled", "refunded", price), gone
    stock = c.on_hand(one)
    status, back = c.take_back(sold["number"], 1)
    assert (status, back["state"], back["refund"], back["cash"]) == (201, "closed", price, price), back
    assert c.on_hand(one) == stock + 1
    status, _ = c.move("pay_in", 2000)
    assert status == 201
    status, _ = c.move("pay_out", 350, "milk for the coffee")
    assert status == 201

    expected = 15000 + in_cash - 2 * price + 2000 - 350
    assert c.held() == expected
    x = c.report("SV-01")
    sales = 3 * price + total + own_price + price
    assert (x["kind"], x["number"], x["expected"], x["cash_taken"], x["cash_given_back"]) == ("x", None, expected, in_cash, 2 * price), x
    assert sum_of(x, "sales") == (5, sales) and sum_of(x, "voids") == (1, price) and sum_of(x, "returns") == (1, price), x
    assert sum_of(x, "pickups") == (1, phoned["total"]) and sum_of(x, "waiting") == (0, 0), x
    tenders = {t["kind"]: (t["count"], t["amount"], t["given_back"]) for t in x["tenders"]}
    assert tenders == {"cash": (5, in_cash, 2 * price), "certificate": (1, 500, 0), "card_present": (1, 700, 0), "link": (1, price, 0)}, tenders
    assert [(m["kind"], m["amount"], m["reason"]) for m in x["moves"]] == [("pay_in", 2000, "change from the bank"),
                                                                          ("pay_out", 350, "milk for the coffee")]
    assert sum(t["goods"] for t in x["taxes"]) == sales - 2 * price, "taxes are of what stayed sold"

    status, z = c.close(expected - 5, pieces=[{"value": 5, "count": (expected - 5) // 5}, {"value": 1, "count": (expected - 5) % 5}], note="recounted")
    assert (status, z["kind"], z["number"], z["expected"], z["counted"], z["difference"]) == (200, "z", 2, expected, expected - 5, -5), z
    assert "SHORT" in z["text"] and "Z REPORT 2" in z["text"] and max(map(len, z["text"].splitlines())) <= 42
    assert c.held() == 0 and c.report()["text"] == z["text"], "the same for ever"
    safe = s.psql("SELECT sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END) FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id) WHERE a.kind = 'safe'")
    assert int(safe) == expected - 5 - 15000
    c.clean()


def the_drawer_is_blind(s):
    """Who counts is told nothing that gives the drawer away; supervisors are."""
    c = Counter(s)
    c.open(10000)
    price = c.sell((s.ids["skus"][0], 1))["total"]
    x = c.report()
    hidden = (x["expected"], x["cash_taken"], x["cash_given_back"], x["sales"]["total"], x["shift"]["drawer"], x["taxes"])
    assert hidden == (None, None, None, None, None, []) and x["sales"]["count"] == 1, x
    assert [(t["kind"], t["amount"]) for t in x["tenders"]] == [("cash", None)]
    assert f"{price / 100:.2f}" not in x["text"] and c.good("GET", "/shifts/current")["drawer"] is None
    assert "held" not in c.move("pay_out", 10**9)[1]
    seen = c.report("SV-01")
    assert seen["expected"] == 10000 + price == seen["shift"]["drawer"] and f"{price / 100:.2f}" in seen["text"]
    s.psql("UPDATE market SET blind_count = false WHERE code = 'GB'")
    assert c.report()["expected"] == 10000 + price and c.good("GET", "/shifts/current")["blind"] is False
    s.psql("UPDATE market SET blind_count = true WHERE code = 'GB'")
    assert c.close(10000 + price)[1]["difference"] == 0
    c.clean()


# ---- what is refused ------------------------------------------------------------------------------------------------

def one_shift_each(s):
    c, other = Counter(s), Counter(s, hire(s, "S-05"))
    first = c.open()
    status, got = other.say("POST", "/shifts", {"till": c.till, "float": 0})
    assert (status, kind(got), got["login"], got["since"]) == (409, "till-busy", "S-04", first["opened_at"]), got
    status, got = c.say("POST", "/shifts", {"till": s.ids["till2"], "float": 0})
    assert (status, kind(got), got["till"], got["shift"]) == (409, "shift-open", c.till, c.shift), got
    busy = {t["code"]: t["shift"] for t in c.good("GET", "/tills")["items"]}
    assert busy[c.till]["login"] == "S-04" and busy[s.ids["till2"]] is None and s.ids["showroom_till"] in busy
    other.till = s.ids["till2"]
    other.open(0)
    # A shift acts for its own login only, and others do not look into it.
    taken = c.shift
    other.shift = taken
    for status, got in (other.move("pay_in", 100), other.sale(c.goods((s.ids["skus"][0], 1)), total=c.quote(c.goods((s.ids["skus"][0], 1)))["total"]),
                        other.say("GET", f"/shifts/{taken}"), other.say("GET", f"/shifts/{taken}/report"), other.close(0)):
        assert status == 403, (status, got)
    assert [x["login"] for x in other.good("GET", "/shifts")["items"]] == ["S-05"]
    assert {"S-04", "S-05"} <= {x["login"] for x in other.good("GET", "/shifts", login="SV-01")["items"]}
    other.shift = other.good("GET", "/shifts/current")["id"]
    # A supervisor closes what others have left open.
    for one in (c, other):
        status, z = one.close(int(one.good("GET", f"/shifts/{one.shift}", login="SV-01")["drawer"]), login="SV-01")
        assert status == 200 and z["shift"]["closed_by"] == "SV-01" and z["difference"] == 0, z
    assert c.say("GET", "/shifts/current")[0] == 404
    c.clean()


def a_closed_shift_refuses(s):
    c = Counter(s)
    sku = s.ids["skus"][0]
    c.open()
    sold = c.sell((sku, 1))
    waiting = c.sale(c.goods((sku, 1)), [{"kind": "link", "amount": sold["total"]}])[1]
    body = c.goods((sku, 1))
    c.close(0)
    due = c.place([line(sku, 1)], ship_to={"kind": "pickup"}, note=ulid())
    tried = {"sale": c.sale(body, total=sold["total"]), "move": c.move("pay_in", 1), "close": c.close(0), "void": c.void(sold["number"]),
             "hand over": c.hand_over(waiting["number"]), "return": c.take_back(sold["number"]),
             "pay": c.say("POST", f"/orders/{due['number']}/payments", {"tenders": [cash(due["total"])], "shift": c.shift})}
    wrong = {what: got for what, (status, got) in tried.items() if (status, kind(got)) != (409, "shift-closed")}
    assert not wrong, wrong
    assert c.held() == 0 and s.psql(f"SELECT count(*) FROM drawer_move WHERE shift_id = {c.shift} AND kind = 'pay_in'") == "0"
    for change in ("SET note = 'x'", "SET counted = counted"):
        try:
            s.psql(f"UPDATE shift {change} WHERE id = {c.shift}")
            raise AssertionError("a closed shift was changed")
        except RuntimeError as refused:
            assert "does not change" in str(refused)
    # Sold in another shift it is not void any more, but comes back; the cash is the new drawer's.
    c.open(20000)
    status, got = c.void(sold["number"])
    assert (status, kind(got)) == (409, "not-this-shift"), got
    status, got = c.take_back(sold["number"])
    assert (status, got["cash"]) == (201, sold["total"]) and c.held() == 20000 - sold["total"], got
    c.close(c.held())
    c.clean()


def cash_is_counted(s):
    """What the drawer does not hold does not leave it, and what cash cannot pay is refused."""
    c = Counter(s)
    sku = s.ids["skus"][0]
    c.open(0)
    body = c.goods((sku, 1))
    total = c.quote(body)["total"]
    for tenders, code in (([cash(total, total - 1)], "tender_given"), ([cash(total + 1)], "tenders_exceed"),
                          ([{"kind": "link", "amount": total, "given": total}], "bad_value"), ([cash(total - 1), cash(2)], "tenders_exceed"),
                          ([{"kind": "credit", "amount": total}], "tender_unknown"),
                          ([{"kind": "cheque", "amount": total + 1, "ref": "17"}], "tenders_exceed")):
        status, got = c.sale(body, tenders, total)
        assert status == 422 and code in codes(got), (tenders, status, got)
    plain = dict(c.draft([line(sku, 1)], note=ulid()), tenders=[cash(total)], accept=["duplicate"])
    plain["expect_total"] = c.good("POST", "/quotes", c.draft([line(sku, 1)]))["total"]
    plain["tenders"][0]["amount"] = plain["expect_total"]
    status, got = c.say("POST", "/orders", plain, login="B-02")
    assert status == 422 and codes(got) == ["tender_kind"], got
    sold = c.sell((sku, 1))
    status, got = c.move("pay_out", sold["total"] + 1)
    assert (status, kind(got)) == (422, "drawer-short"), got
    assert c.move("pay_out", sold["total"], "to the bank")[0] == 201 and c.held() == 0
    for status, got in (c.void(sold["number"]), c.take_back(sold["number"])):
        assert (status, kind(got)) == (422, "drawer-short"), got
    assert c.read(sold["number"])["state"] == "received" and s.psql(f"SELECT count(*) FROM goods_return r JOIN orders o ON o.id = r.order_id WHERE o.number = '{sold['number']}'") == "0"
    assert c.close(0)[1]["difference"] == 0
    c.clean()


# ---- exchanges ------------------------------------------------------------------------------------------------------

def exchange_of(c, number, sku, qty=1, to="stock", reason="w", **more):
    """(body, what it would be) of one line of a sale against another item."""
    wish = {"line": c.read(number)["lines"][0]["id"], "qty": qty, "reason": reason, "to": to, "exchange": sku}
    body = {"order": number, "lines": [wish], "shift": c.shift, **more}
    return body, c.good("POST", "/returns?preview=true", body)


def exchanged(c, number, sku, tenders=None, key=None, **more):
    body, would = exchange_of(c, number, sku, **more)
    tenders = tenders if tenders is not None else [cash(would["due"])] if would["due"] else []
    return would, *c.say("POST", "/returns", dict(body, expect_refund=would["refund"], expect_due=would["due"], tenders=tenders), key=key)


def by_price(c):
    """A cheap item and a dear one, with what each costs at the till."""
    prices = sorted((c.quote(c.goods((sku, 1)))["total"], sku) for sku in c.s.ids["skus"])
    assert prices[0][0] < prices[-1][0], prices
    return prices[0], prices[-1]


def an_exchange(s):
    """Pieces come back and others go out in one act: the difference is paid or given back, and nothing is kept for it."""
    c = Counter(s)
    c.open(20000)
    (cheap, one), (dear, two) = by_price(c)
    stock = c.on_hand(one), c.on_hand(two)
    sold = c.sell((one, 1))["number"]
    assert c.held() == 20000 + cheap
    reasons = c.good("POST", "/returns?preview=true", {"order": sold, "lines": [], "shift": c.shift})["reasons"]
    fee = next(r["letter"] for r in reasons if r["fee"])
    plain = c.good("POST", "/returns?preview=true", {"order": sold, "shift": c.shift, "lines": [
        {"line": c.read(sold)["lines"][0]["id"], "qty": 1, "reason": fee, "to": "stock"}]})
    assert plain["fee"] > 0, "the reason costs a fee, but for an exchange"

    # Dearer: the customer pays the difference, in cash, with change.
    key = ulid()
    body, would = exchange_of(c, sold, two, reason=fee)
    assert (would["fee"], would["refund"], would["due"], would["exchange_total"]) == (0, 0, dear - cheap, dear), would
    asked = dict(body, expect_refund=0, expect_due=would["due"], tenders=[cash(would["due"], would["due"] + 700)])
    status, got = c.say("POST", "/returns", asked, key=key)
    assert (status, got["cash"], got["change"], got["state"]) == (201, 0, 700, "closed"), got
    out = c.read(got["exchange"])
    assert (out["type"], out["state"], out["payment"], out["channel"], out["total"]) == ("exchange", "received", "captured", "showroom", dear), out
    assert out["ship_to"]["kind"] == "pickup" and [l["state"] for l in out["lines"]] == ["shipped"], out
    assert c.held() == 20000 + dear and (c.on_hand(one), c.on_hand(two)) == (stock[0], stock[1] - 1)
    assert s.psql("SELECT count(*) FROM outbox WHERE kind = 'return.instructions' AND ref = '%s'" % got["number"]) == "0"
    status, again = c.say("POST", "/returns", asked, key=key)
    assert status == 200 and again == got and c.held() == 20000 + dear, again
    text, bytes_ = c.receipt(got["exchange"])
    for part in (out["number"], sold, got["number"], one, two, "%d.%02d" % divmod(dear, 100), "-%d.%02d" % divmod(cheap, 100)):
        assert part in text, (part, text)
    assert b"\x1bp" in bytes_

    # Cheaper: the difference comes out of the drawer; the first payment paid it, so it goes back as cash.
    would, status, less = exchanged(c, out["number"], one)
    assert (status, would["due"], would["refund"], less["cash"], less["change"]) == (201, 0, dear - cheap, dear - cheap, 0), (would, less)
    assert c.held() == 20000 + cheap and (c.on_hand(one), c.on_hand(two)) == (stock[0] - 1, stock[1])
    text, bytes_ = c.receipt(less["exchange"])
    assert "%d.%02d" % divmod(dear - cheap, 100) in text and b"\x1bp" in bytes_, text

    # Even: nobody pays, and what came back is looked at first.
    would, status, even = exchanged(c, less["exchange"], one, to="quarantine", reason="d")
    assert (status, would["due"], would["refund"], even["cash"]) == (201, 0, 0, 0), (would, even)
    assert c.on_hand(one) == stock[0] - 2 and c.held() == 20000 + cheap

    report = c.report("SV-01")
    assert sum_of(report, "sales") == (4, cheap + dear + cheap + cheap), report
    assert sum_of(report, "returns") == (3, cheap + dear + cheap), report
    tenders = {t["kind"]: (t["amount"], t["given_back"]) for t in report["tenders"]}
    assert tenders == {"cash": (dear, dear - cheap), "exchange": (cheap + cheap + cheap, 0)}, tenders
    assert sum(t["goods"] for t in report["taxes"]) == cheap, report["taxes"]
    assert report["expected"] == 20000 + cheap

    # A void takes back what went out; what it was paid with goes back, as money.
    status, gone = c.void(even["exchange"])
    assert (status, gone["state"], gone["cash"]) == (200, "cancelled", cheap), gone
    assert c.held() == 20000 and c.on_hand(one) == stock[0] - 1
    status, z = c.close(20000)
    assert (status, z["difference"]) == (200, 0), z
    c.clean()


def an_exchange_that_cannot_be(s):
    """Not paid, paid too much, not here: then nothing came back either."""
    c = Counter(s)
    c.open(500)
    (cheap, one), (dear, two) = by_price(c)
    sold = c.sell((one, 1))["number"]
    body, would = exchange_of(c, sold, two)
    due = would["due"]
    ask = dict(body, expect_refund=0, expect_due=due)
    for tenders in ([], [cash(due - 1)], [{"kind": "link", "amount": due}]):
        status, got = c.say("POST", "/returns", dict(ask, tenders=tenders))
        assert (status, kind(got)) == (409, "not-paid"), (tenders, got)
    for tenders, code in (([cash(due + 1)], "tenders_exceed"), ([{"kind": "certificate", "amount": due, "ref": "7000000000000002"}], None),
                          ([{"kind": "credit", "amount": due}], "tender_unknown")):
        status, got = c.say("POST", "/returns", dict(ask, tenders=tenders))
        assert status == 422 and (not code or code in codes(got)), (tenders, got)
    status, got = c.say("POST", "/returns", dict(ask, expect_due=due + 1, tenders=[cash(due + 1)]))
    assert (status, kind(got)) == (409, "total-changed"), got
    rest = {name: value for name, value in ask.items() if name != "shift"}
    for wish in rest["lines"]:
        del wish["to"]
    status, got = c.say("POST", "/returns", dict(rest, tenders=[cash(due)]))
    assert status == 400 and [p["field"] for p in got["problems"]] == ["/tenders"], got
    gone, would = exchange_of(c, sold, s.ids["out_of_stock"])
    assert "stock_short" in codes(would), would["problems"]
    status, got = c.say("POST", "/returns", dict(gone, expect_refund=would["refund"], expect_due=would["due"], tenders=[]))
    assert "stock_short" in codes(got), got
    assert s.psql(f"SELECT count(*) FROM goods_return r JOIN orders o ON o.id = r.order_id WHERE o.number = '{sold}'") == "0"
    assert c.held() == 500 + cheap
    c.close(500 + cheap)
    c.clean()


# ---- the bank -------------------------------------------------------------------------------------------------------

def to_the_bank(s):
    """What was counted lies in the safe; a bag takes it to the bank, once, and never more than is there."""
    c = Counter(s)

    def safe():
        rows = c.good("GET", "/bankings", login="SV-01")["safes"]
        return next(row["held"] for row in rows if row["market"] == "GB")

    def bank(amount, bag, key=None, login="SV-01", **more):
        return c.say("POST", "/bankings", {"market": "GB", "amount": amount, "bag": bag, **more}, key=key, login=login)

    was = safe()
    c.open(1000)
    assert safe() == was - 1000
    total = c.quote(c.goods((s.ids["skus"][0], 1)))["total"]
    c.sell((s.ids["skus"][0], 1))
    assert c.close(1000 + total)[0] == 200 and safe() == was + total
    if safe() < total:  # floats that were never fetched
        assert bank(total - safe(), "fetched", kind="withdrawal")[0] == 201
    held, key = safe(), ulid()
    status, got = bank(held + 1, "B-1")
    assert status == 422 and codes(got) == ["safe_short"], got
    status, first = bank(held - 1, "B-1", key=key, note="by Tolu")
    assert (status, first["amount"], first["bag"], first["kind"], first["login"], first["note"]) == (201, held - 1, "B-1", "deposit", "SV-01", "by Tolu"), first
    assert bank(held - 1, "B-1", key=key, note="by Tolu") == (200, first) and safe() == 1
    assert codes(bank(1, "B-1")[1]) == ["bag_taken"] and kind(bank(1, "B-9", key=key)[1]) == "key-reused"
    assert codes(bank(1, "B-2", day="2999-01-01")[1]) == ["day_to_come"]
    for login in ("S-04", "CC-07"):
        assert bank(1, "B-3", login=login)[0] == 403 and c.say("GET", "/bankings", login=login)[0] == 403
    for wrong in ({"amount": 0}, {"bag": ""}, {"kind": "gift"}, {"day": "soon"}, {"market": "XX"}, {"more": 1}):
        assert c.say("POST", "/bankings", {"market": "GB", "amount": 1, "bag": "B-4", **wrong}, login="SV-01")[0] in (400, 404), wrong
    listed = c.good("GET", "/bankings?limit=1", login="SV-01")
    assert listed["items"] == [first] and listed["next"] == first["id"], listed
    c.clean()


def what_the_counter_cannot_do(s):
    c = Counter(s)
    sku = s.ids["skus"][0]
    c.open()
    sold = c.sell((sku, 1))
    sent = c.place([line(sku, 1)], note=ulid())
    status, got = c.hand_over(sent["number"], tenders=[cash(sent["total"])])
    assert (status, kind(got), got["site"]) == (409, "not-here", None), got
    assert c.hand_over(sold["number"])[1]["state"] == "received" and kind(c.hand_over(sold["number"])[1]) == "state"
    status, got = c.void(sent["number"])
    assert (status, kind(got)) == (409, "not-this-shift"), got
    assert c.void(sold["number"])[0] == 200 and kind(c.void(sold["number"])[1]) == "state"
    order = c.read(c.sell((sku, 2))["number"])
    exchange = {"order": order["number"], "shift": c.shift, "expect_refund": 0}
    for lines in ([{"line": "x", "qty": 1, "reason": "d"}], [{"line": "x", "qty": 1, "reason": "d", "to": "bin"}]):
        assert c.say("POST", "/returns", dict(exchange, lines=lines))[0] == 400
    # A void of what came back in part would give it back twice.
    assert c.take_back(order["number"], to="scrap")[0] == 201
    assert kind(c.void(order["number"])[1]) == "state"
    # Not in stock here is not sold here, although more of it may come.
    status, got = c.sale(c.goods((s.ids["out_of_stock"], 1)), total=0)
    assert status in (409, 422) and "stock_short" in codes(got), got
    for path, body in (("/shifts", {"till": "NOWHERE-1", "float": 1}), ("/shifts/999999/moves", {"kind": "pay_in", "amount": 1, "reason": "x"}),
                       ("/shifts/999999/close", {"counted": 0}), ("/orders/100000014/void", {"shift": "999999", "reason": "x"})):
        assert c.say("POST", path, body)[0] in (404, 409), path
    for body in ({"till": c.till}, {"till": c.till, "float": -1}, {"till": c.till, "float": 1, "more": 1}):
        assert c.say("POST", "/shifts", body)[0] == 400
    for body in ({"counted": 5, "pieces": [{"value": 2, "count": 2}]}, {"counted": -1}, {}):
        assert c.say("POST", f"/shifts/{c.shift}/close", body)[0] == 400, body
    card = "4000 0566 5566 5556"
    for status, got in (c.move("pay_in", 1, card), c.void(order["number"], card), c.close(1, note=card)):
        assert status == 400 and codes(got) == ["card_number"], got
    # What was priced at the till is not taken for what is phoned in to the same hands.
    phoned = dict(c.draft([line(sku, 1)]), accept=["duplicate"])
    for _ in range(4):
        c.quote(c.goods((sku, 1), type="personal", distributor=s.ids["manager"], customer=None))
        status, got = c.say("POST", "/orders", dict(phoned, expect_total=c.good("POST", "/quotes", c.draft([line(sku, 1)]))["total"]))
        assert status == 201 and c.read(got["number"])["channel"] == "call", got
    # Of another market nothing is to be seen.
    far = Counter(s, hire(s, "S-06", "US"), "NEWARK-1")
    far.open(0)
    assert c.say("POST", "/shifts", {"till": "NEWARK-2", "float": 0})[0] == 404
    assert far.say("GET", f"/shifts/{c.shift}", login="S-04")[0] == 200 and far.say("GET", f"/shifts/{c.shift}")[0] == 404
    assert {t["market"] for t in far.good("GET", "/tills")["items"]} == {"US"}
    assert far.say("GET", f"/orders/{sold['number']}/receipt")[0] == 404
    assert far.close(0)[0] == 200 and c.close(c.held())[0] == 200
    c.clean()


def cash_elsewhere_becomes_credit(s):
    """Who cancels by telephone has no drawer: the cash of a sale that waits becomes store credit."""
    c = Counter(s)
    c.open(1000)
    body = c.goods((s.ids["skus"][0], 1), type="personal", distributor=s.ids["manager"], customer=None)
    total = c.quote(body)["total"]
    status, got = c.sale(body, [cash(300), {"kind": "link", "amount": total - 300}], total)
    assert (status, got["state"]) == (201, "placed") and c.held() == 1300
    held = int(s.psql(f"SELECT coalesce((SELECT balance FROM account a JOIN distributor d ON d.id = a.owner_id WHERE a.kind = 'credit' AND d.number = '{s.ids['manager']}'), 0)") or 0)
    status, _ = c.say("POST", f"/orders/{got['number']}/cancel", {}, login="B-02")
    assert status == 200
    now = int(s.psql(f"SELECT balance FROM account a JOIN distributor d ON d.id = a.owner_id WHERE a.kind = 'credit' AND d.number = '{s.ids['manager']}'"))
    assert now == held + 300 and c.held() == 1300
    # At the till it goes back as it came, also where it waits.
    status, got = c.sale(body, [cash(300), {"kind": "link", "amount": total - 300}], total)
    status, gone = c.void(got["number"])
    assert (status, gone["cash"]) == (200, 300) and c.held() == 1300, gone
    # A card terminal's goes back to it.
    card = c.sell((s.ids["skus"][0], 1), tenders=[{"kind": "card_present", "amount": c.quote(c.goods((s.ids["skus"][0], 1)))["total"], "ref": "slip"}])
    status, back = c.take_back(card["number"])
    assert (status, back["cash"], back["refund"]) == (201, 0, card["total"]), back
    cheque = c.sell((s.ids["skus"][0], 1), tenders=[{"kind": "cheque", "amount": card["total"], "ref": "17"}])
    status, back = c.take_back(cheque["number"])
    assert (status, back["cash"]) == (201, card["total"]), "the walk-in has no account"
    c.close(c.held())
    c.clean()


def kits_promotions_certificates(s):
    """What is more than goods: all of it goes with a void, and a certificate that is spent stands in its way."""
    c = Counter(s)
    c.open(0)
    parts = s.psql(f"SELECT string_agg(i.sku, ' ' ORDER BY i.sku) FROM kit_component k JOIN item i ON i.id = k.item_id WHERE k.kit_id = (SELECT id FROM item WHERE sku = '{s.ids['kit']}')").split()
    stock = [c.on_hand(sku) for sku in parts]
    kit = c.sell((s.ids["kit"], 2))
    assert all(now < then for now, then in zip([c.on_hand(sku) for sku in parts], stock)), "the parts have left"
    order = c.read(kit["number"])
    half = c.take_back(kit["number"], 1, to="quarantine")
    assert half[0] == 201 and half[1]["cash"] == order["total"] // 2, half
    again = c.sell((s.ids["kit"], 2))
    assert c.void(again["number"])[1]["cash"] == again["total"] and order["lines"][0]["state"] == "shipped"
    c.clean()

    dear = c.sell((s.ids["textile"], 1))
    assert [p["id"] for p in c.read(dear["number"])["promotions"]] == ["SHOWROOM-5"], "the showroom's own promotion"
    assert c.void(dear["number"])[0] == 200 and all(p["given_back"] for p in c.read(dear["number"])["promotions"])
    c.clean()

    value = s.psql("SELECT sku FROM item i WHERE kind = 'certificate' AND NOT EXISTS (SELECT FROM item_value v WHERE v.item_id = i.id) ORDER BY sku LIMIT 1")
    for spent in (False, True):
        sold = c.sell((value, 1))
        number = s.psql(f"SELECT x.number FROM certificate x JOIN orders o ON o.id = x.order_id WHERE o.number = '{sold['number']}'")
        assert sold["state"] == "received" and number, "it is issued at once"
        if spent:
            total = c.quote(c.goods((s.ids["skus"][0], 1)))["total"]
            c.sell((s.ids["skus"][0], 1), tenders=[{"kind": "certificate", "amount": total, "ref": number}])
        held = c.held()
        status, got = c.void(sold["number"])
        if spent:
            assert (status, codes(got)) == (422, ["certificates_spent"]) and c.held() == held, got
        else:
            assert (status, got["cash"]) == (200, sold["total"]) and c.held() == held - sold["total"], got
    c.close(c.held())
    c.clean()


def certificates_come_back(s):
    """Sold here and taken back here, alone and with goods: the cash is given back once, nothing goes to a shelf."""
    c, (any_value, goods) = Counter(s), (damm("7902"), s.ids["skus"][0])
    c.open()
    start, free = c.held(), c.on_hand(goods)
    body = c.goods((goods, 1))
    body["lines"].append({"id": "gift", "sku": any_value, "qty": 2, "value": 3000})
    status, sold = c.sale(body)
    assert status == 201 and c.held() == start + sold["total"], sold
    status, got = c.take_back(sold["number"], line_id="gift", reason="c")
    assert (status, got["state"], got["cash"]) == (201, "closed", 3000), got
    order = c.read(sold["number"])
    both = [{"line": x["id"], "qty": 1, "reason": "c", "to": "stock"} for x in order["lines"]]
    ask = {"order": sold["number"], "lines": both, "shift": c.shift}
    seen = c.good("POST", "/returns?preview=true", ask)
    assert seen["fee"] == 200 and seen["refund"] == sold["total"] - 3000 - 200, seen
    got = c.good("POST", "/returns", dict(ask, expect_refund=seen["refund"]))
    assert (got["state"], got["cash"]) == ("closed", seen["refund"]), got
    assert c.held() == start + 200 and c.on_hand(goods) == free
    assert c.close(c.held())[0] in (200, 201)
    c.clean()


# ---- the same again -------------------------------------------------------------------------------------------------

def the_same_key(s):
    c = Counter(s)
    sku = s.ids["skus"][0]
    key = ulid()
    c.open(5000, key)
    status, again = c.say("POST", "/shifts", {"till": c.till, "float": 5000}, key)
    assert (status, again["id"]) == (200, c.shift) and c.held() == 5000
    assert kind(c.say("POST", "/shifts", {"till": c.till, "float": 5001}, key)[1]) == "key-reused"
    body, total = c.goods((sku, 1)), c.quote(c.goods((sku, 1)))["total"]

    def twice(act, held):
        mine = ulid()
        first, second = act(mine), act(mine)
        assert first[0] in (200, 201) and second[0] == 200, (first, second)
        assert {k: v for k, v in first[1].items() if k != "state"} == {k: v for k, v in second[1].items() if k != "state"}, (first, second)
        assert c.held() == held, (c.held(), held)
        return first[1]

    sold = twice(lambda k: c.sale(body, [cash(total, 10000)], total, k), 5000 + total)
    twice(lambda k: c.move("pay_in", 100, key=k), 5100 + total)
    twice(lambda k: c.take_back(sold["number"], refund=total, key=k), 5100)
    wrong = c.sell((sku, 1))
    twice(lambda k: c.void(wrong["number"], key=k), 5100)
    due = c.place([line(sku, 1)], ship_to={"kind": "pickup"}, note=ulid())
    twice(lambda k: c.say("POST", f"/orders/{due['number']}/payments", {"tenders": [cash(100)], "shift": c.shift}, k), 5200)
    twice(lambda k: c.hand_over(due["number"], tenders=[cash(due["total"] - 100)], key=k), 5100 + due["total"])
    twice(lambda k: c.close(5100 + due["total"], key=k), 0)
    # Asked again when the shift is over, the answer is the same.
    key = ulid()
    c.open(0)
    first = c.sale(c.goods((sku, 1)), total=total, key=key)[1]
    sold_in, body = c.shift, dict(c.goods((sku, 1)))
    c.close(total)
    status, second = c.sale(body, total=total, key=key)
    assert (status, second["number"], second["change"]) == (200, first["number"], 0) and sold_in == c.shift
    assert kind(c.sale(dict(body, note="x"), total=total, key=key)[1]) == "key-reused"
    c.clean()


# ---- papers ---------------------------------------------------------------------------------------------------------

def papers(s):
    c = Counter(s)
    c.open(0)
    sku = s.ids["skus"][0]
    total = c.quote(c.goods((sku, 2)))["total"]
    sold = c.sell((sku, 2), tenders=[cash(total, 5000)])
    text, code = c.receipt(sold["number"])
    assert sold["number"] in text and f"{total / 100:.2f}" in text and f"{(5000 - total) / 100:.2f}" in text and "COPY" not in text, text
    assert code.startswith(b"\x1b@") and b"\x1bp\x00" in code and code.endswith(b"\x1dVB\x03") and b"\x1d(k" in code
    text, code = c.receipt(sold["number"], copy=True)
    assert "COPY" in text and b"\x1bp\x00" not in code
    text, code = c.receipt(sold["number"], copy=True, **{"Accept-Language": "de"})
    assert "KOPIE" in text and "Rückgeld" in text and "Rückgeld".encode("cp1252") in code
    text, code = c.receipt(sold["number"], **{"Accept-Language": "zh-CN"})
    assert "找零" in text and "找零".encode() in code and code.startswith(b"\x1b@\x1c(C")
    c.void(sold["number"])
    assert "VOID" in c.receipt(sold["number"])[0]
    link = c.sale(c.goods((sku, 1)), [{"kind": "link", "amount": total // 2}], total // 2)[1]
    rows = json.loads(s.psql("SET ROLE partyline_gateway; SELECT json_agg(t) FROM gateway_take('p', 100) t"))
    task = next(t for t in rows if t["order_number"] == link["number"])
    s.psql(f"SET ROLE partyline_gateway; SELECT gateway_result({task['task']}, 'p', 'session', NULL, '{{\"url\": \"https://pay.example/1\", \"session\": \"cs_{ulid()}\"}}')")
    text, code = c.receipt(link["number"])
    assert "https://pay.example/1" in text and b"https://pay.example/1" in code and b"\x1bp\x00" not in code, text
    c.void(link["number"])
    assert c.close(0)[0] == 200
    c.clean()


# ---- many at once ---------------------------------------------------------------------------------------------------

def the_last_piece(s):
    """64 sales at two tills want one piece: one has it, and its cash is in that drawer."""
    one, two = Counter(s, till="HULL-1"), Counter(s, "S-05", "HULL-2")
    one.open(0)
    two.open(0)
    sku = s.ids["last_one"]
    for _ in range(3):
        s.psql(f"""SELECT stock_move(4, i.id, 1 - coalesce((SELECT on_hand FROM stock WHERE site_id = 4 AND item_id = i.id), 0), 'count', 'TEST', NULL)
                     FROM item i WHERE sku = '{sku}' AND coalesce((SELECT on_hand FROM stock WHERE site_id = 4 AND item_id = i.id), 0) <> 1""")
        total = one.quote(one.goods((sku, 1)))["total"]
        held = one.held() + two.held()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            got = list(pool.map(lambda i: (one, two)[i % 2].sale((one, two)[i % 2].goods((sku, 1)), total=total), range(64)))
        won = [reply for status, reply in got if status == 201]
        assert len(won) == 1 and won[0]["state"] == "received", got
        assert {(status, kind(reply)) for status, reply in got if status != 201} == {(409, "stock-short")}, got
        assert one.on_hand(sku, "HULL") == 0 and one.held() + two.held() == held + total
    one.close(one.held())
    two.close(two.held())
    one.clean()


def one_key_many_times(s):
    c = Counter(s)
    c.open(0)
    body = c.goods((s.ids["skus"][0], 1))
    total, key = c.quote(body)["total"], ulid()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: c.sale(body, total=total, key=key), range(64)))
    assert sorted({status for status, _ in got}) in ([200, 201], [201]) and len({reply["number"] for _, reply in got}) == 1, got
    assert sum(status == 201 for status, _ in got) == 1 and c.held() == total
    c.close(total)
    c.clean()


def never_below_zero(s):
    """40 pay-outs of 7.00 from a drawer of 100.00, beside sales and returns: 14 of them, and never more than there was."""
    c = Counter(s)
    c.open(10000)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda i: c.move("pay_out", 700, f"number {i}"), range(40)))
    assert sum(status == 201 for status, _ in got) == 14 and c.held() == 10000 - 14 * 700, got
    assert {kind(reply) for status, reply in got if status != 201} == {"drawer-short"}
    total = c.quote(c.goods((s.ids["skus"][0], 1)))["total"]

    def any_act(i):
        return c.move("pay_out", total) if i % 2 else c.sale(c.goods((s.ids["skus"][0], 1)), total=total)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        got = list(pool.map(any_act, range(32)))
    sold, out = (sum(status == 201 for status, _ in got[k::2]) for k in (0, 1))
    assert sold == 16 and c.held() == 200 + (sold - out) * total >= 0, (sold, out, c.held())
    c.close(c.held())
    c.clean()


def closing_while_selling(s):
    """Of sales that come while the shift ends, each is in the Z report or refused; two that close make one Z."""
    c = Counter(s)
    for _ in range(3):
        c.open(0)
        total = c.quote(c.goods((s.ids["skus"][0], 1)))["total"]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            sales = [pool.submit(c.sale, c.goods((s.ids["skus"][0], 1)), None, total) for _ in range(24)]
            ends = [pool.submit(c.close, 0) for _ in range(2)]
            sold = [f.result() for f in sales]
            ended = [f.result() for f in ends]
        good = sum(status == 201 for status, _ in sold)
        assert all(status == 201 or kind(reply) == "shift-closed" for status, reply in sold), sold
        z = [reply for status, reply in ended if status == 200]
        assert len(z) == 1 and (z[0]["sales"]["count"], z[0]["expected"]) == (good, good * total), (good, z)
    numbers = s.psql(f"SELECT string_agg(x.z::text, ' ' ORDER BY x.id) FROM shift x JOIN till t ON t.id = x.till_id WHERE t.code = '{c.till}' AND x.z IS NOT NULL")
    assert numbers.split() == [str(n + 1) for n in range(len(numbers.split()))], numbers
    c.clean()


def two_open_one_till(s):
    logins = [hire(s, f"S-1{i}") for i in range(8)]
    desks = [Counter(s, login, s.ids["till2"]) for login in logins]
    for d in desks:
        s.token(d.login)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda d: d.say("POST", "/shifts", {"till": d.till, "float": 100}), desks))
    assert sorted(status for status, _ in got) == [201] + [409] * 7, got
    winner = next(d for d, (status, _) in zip(desks, got) if status == 201)
    winner.shift = next(reply["id"] for status, reply in got if status == 201)
    tills = ["LEEDS-1", "HULL-1", "HULL-2"]
    one = desks[0] if winner is not desks[0] else desks[1]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda i: one.say("POST", "/shifts", {"till": tills[i % 3], "float": 0}), range(9)))
    assert sorted(status for status, _ in got) == [201] + [409] * 8, got
    one.shift = next(reply["id"] for status, reply in got if status == 201)
    assert one.close(0)[0] == 200 and winner.close(100)[0] == 200
    one.clean()


# ---- a server that dies ---------------------------------------------------------------------------------------------

def workers(s):
    """The processes that answer requests."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            with open(f"/proc/{pid}/cmdline", "rb") as line_:
                name = line_.read()
        except OSError:
            continue
        if int(fields[1]) == s.process.pid and b"partylined" in name:
            found.append(int(pid))
    return found


def asked_again(c, body, total, key):
    """Asks until somebody answers."""
    for _ in range(200):
        try:
            status, got = c.sale(body, total=total, key=key)
        except (OSError, http.client.HTTPException):
            continue
        if status < 500:
            return status, got
    raise AssertionError("nobody answers")


def killed(s):
    """A sale is sent, the server is killed, the same is asked again: one sale, one payment, in the drawer once."""
    c = Counter(s)
    c.open(0)
    body = c.goods((s.ids["skus"][0], 1))
    total = c.quote(body)["total"]
    for i in range(6):
        key = ulid()
        sent = json.dumps(dict(body, expect_total=total, tenders=[cash(total)], accept=["age"]))
        link = http.client.HTTPSConnection("localhost", s.port, context=s.context, timeout=60)
        link.request("POST", "/api/v1/orders", sent, {"Authorization": "Bearer " + s.token(c.login), "Idempotency-Key": key, "Content-Type": "application/json"})
        for _ in range(i * 20000):
            pass
        for pid in workers(s):
            os.kill(pid, signal.SIGKILL)
        link.close()
        status, got = asked_again(c, body, total, key)
        assert status in (200, 201) and got["state"] == "received", (status, got)
        assert c.held() == (i + 1) * total, "no sale is silent, none is double"
    assert c.close(6 * total)[1]["sales"] == {"count": 6, "total": 6 * total}
    c.clean()


def main():
    with demo_server() as s:
        for what, case in (("nobody knows the walk-in", nobody_knows_the_walk_in),
                           ("a whole day, from the float to the Z report", a_day), ("the drawer is blind", the_drawer_is_blind),
                           ("one shift to a till and to a login", one_shift_each), ("a closed shift refuses, and never changes", a_closed_shift_refuses),
                           ("cash is counted", cash_is_counted), ("an exchange", an_exchange), ("to the bank", to_the_bank), ("an exchange that cannot be", an_exchange_that_cannot_be), ("what the counter cannot do", what_the_counter_cannot_do),
                           ("cash elsewhere becomes credit, other money goes back to where it was", cash_elsewhere_becomes_credit),
                           ("kits, promotions, certificates", kits_promotions_certificates),
                           ("certificates that come back", certificates_come_back), ("the same key again", the_same_key), ("receipts", papers), ("the last piece at two tills", the_last_piece),
                           ("one key 64 times", one_key_many_times), ("drawers are never below zero", never_below_zero),
                           ("closing while selling", closing_while_selling), ("many who want one till", two_open_one_till),
                           ("killed and asked again", killed)):
            if len(sys.argv) < 2 or sys.argv[1] in what:
                cases.run(what, case, s)
            for open_ in json.loads(s.psql("SELECT coalesce(json_agg(id::text), '[]') FROM shift WHERE closed_at IS NULL")):
                s.call("POST", f"/api/v1/shifts/{open_}/close", {"counted": 0}, s.token("SV-01"), {"Idempotency-Key": ulid()})
    cases.end()


main()
