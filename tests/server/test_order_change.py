#!/usr/bin/python3
"""An order that changes after it was placed: what it was stays readable, the journal reverses it and
books what it is, stock and money follow, nothing happens twice. A walk of random changes is held
against a small model of the wallet and the stock; partylinectl check is the judge at the end."""
import concurrent.futures
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import API, Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_order_change")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))


def what_was_stays(d, skus):
    order = d.place([line(skus[0], 2), line(skus[1], 1)])
    before = d.s.psql("SELECT count(*) FROM journal"), d.free(skus[0]), d.free(skus[2])
    new = [line(skus[0], 5), line(skus[2], 3)]
    seen = d.preview(order["number"], lines=new)
    assert seen["was"]["total"] == order["total"] and seen["version"] == order["version"]
    assert seen["difference"] == seen["quote"]["total"] - order["total"] and seen["paid"] == 0
    assert seen["due"] == seen["quote"]["total"] and seen["refunded"] == 0, seen
    assert (d.s.psql("SELECT count(*) FROM journal"), d.free(skus[0]), d.free(skus[2])) == before, "a preview stores nothing"

    status, done = d.change(order, lines=new, reason="she wants more")
    assert status == 200 and done["total"] == seen["quote"]["total"] and done["due"] == done["total"], (status, done)
    assert done["difference"] == seen["difference"] and done["refunded"] == 0 and done["revision"] == 2
    now = d.read(order["number"])
    assert [(x["sku"], x["qty"], x["state"]) for x in now["lines"]] == [(skus[0], 5, "reserved"), (skus[2], 3, "reserved")]
    assert now["revision"] == 2 and now["version"] != order["version"] and now["date"] == order["date"]
    (was,) = now["revisions"]
    assert was["revision"] == 1 and was["total"] == order["total"] and was["by"] == "CC-07" and was["reason"] == "she wants more"
    assert was["lines"] == order["lines"] and was["ship_to"] == order["ship_to"]
    assert {"revision": "changed"} == {e["machine"]: e["to"] for e in now["history"] if e["machine"] == "revision"}
    assert [e["to"] for e in now["history"] if e["machine"] == "line"] == ["cancelled"], now["history"]
    kinds = d.s.psql(f"SELECT string_agg(kind, ' ' ORDER BY id) FROM journal WHERE ref LIKE '{order['number']}%'")
    assert kinds == "order order_reversal order_change", kinds
    assert (d.free(skus[0]), d.free(skus[2])) == (before[1] - 3, before[2] - 3)
    assert d.s.psql(f"SELECT count(*) FROM audit WHERE object = 'order {order['number']}' AND action = 'order.change'") == "1"
    d.clean()


def once(d, skus):
    order = d.place([line(skus[0], 1)])
    key, new = ulid(), [line(skus[0], 2)]
    status, first = d.change(order, key, lines=new)
    assert status == 200
    total = first["total"]
    for _ in range(2):
        status, again = d.change(order, key, total, lines=new)
        assert (status, again) == (200, first), (status, again)
    status, other = d.change(order, key, total, lines=[line(skus[0], 3)])
    assert status == 422 and other["type"].endswith("/key-reused"), other
    status, got = d.change(order, None, total, lines=new)
    assert status == 412, got
    now = d.read(order["number"])
    assert now["revision"] == 2
    for headers, expected in (({"If-Match": None}, 428), ({"Idempotency-Key": None}, 428), ({"If-Match": "12"}, 400),
                              ({"Idempotency-Key": "x"}, 400)):
        assert d.change(now, None, total, headers=headers, lines=new)[0] == expected, headers
    status, got = d.change(now, None, total + 1, lines=new)
    assert status == 409 and got["type"].endswith("/total-changed") and got["quote"]["total"] == total, got
    assert d.read(order["number"])["revision"] == 2


def wrong_requests(d, skus):
    order = d.place([line(skus[0], 1)])
    path = f"/orders/{order['number']}/change"
    for body, code in (({}, "change_nothing"), ({"lines": "x"}, "bad_value"), ({"note": "n", "sku": 1}, "unknown_member"),
                       ({"lines": [{"id": "a", "sku": skus[0]}]}, "required"), ({"note": "4111 1111 1111 1111"}, "card_number")):
        status, _, got = d.call("POST", path + "?preview=true", body)
        assert status == 400 and code in codes(got), (body, status, got)
    assert d.call("POST", path + "?preview=perhaps", {"note": "x"})[0] == 400
    assert d.call("POST", "/orders/999999999/change?preview=true", {"note": "x"})[0] == 404
    status, got = d.change(order, None, 1, lines=[line("99999", 1), line(skus[0], 0)])
    assert status == 422 and codes(got) == ["bad_quantity", "check_digit"], got
    status, got = d.change(order, None, 0, lines=[])
    assert status == 422 and "no_lines" in codes(got), got
    assert d.read(order["number"]) == order, "nothing has changed"
    other = d.s.psql("SELECT number FROM orders WHERE market = 'US' AND state = 'placed' LIMIT 1")
    if other: # CC-07 works in GB only
        assert d.call("POST", f"/orders/{other}/change?preview=true", {"note": "x"})[0] == 404
        assert d.call("POST", f"/orders/{other}/hold", {}, {"Idempotency-Key": ulid()})[0] == 404


def money_follows(d, skus):
    d.fund(200000)
    start = d.balance()
    order = d.place([line(skus[0], 3)], balance=True)
    assert d.balance() == start - order["total"]
    status, less = d.change(order, lines=[line(skus[0], 1)])
    assert status == 200 and less["payment"] == "captured" and less["due"] == 0, less
    assert less["refunded"] == order["total"] - less["total"] > 0 and d.balance() == start - less["total"]
    order = d.read(order["number"])
    assert [(p["amount"], p["refunded"], p["state"]) for p in order["payments"]] == [
        (order["total"] + less["refunded"], less["refunded"], "captured")], order["payments"]
    new = [line(skus[0], 2), line(skus[1], 1)]
    seen = d.preview(order["number"], lines=new)
    part = seen["due"] - 100
    status, got = d.change(order, lines=new, tenders=[{"kind": "balance", "amount": seen["due"] + 1}])
    assert status == 422 and codes(got) == ["tenders_exceed"], got
    status, more = d.change(order, lines=new, tenders=[{"kind": "balance", "amount": part}])
    assert status == 200 and more["due"] == 100 and more["payment"] == "due", more
    assert d.balance() == start - more["total"] + 100
    # Less than was paid: the due goes, then the last payment, then the one before.
    order = d.read(order["number"])
    status, least = d.change(order, lines=[line(skus[1], 1)])
    assert status == 200 and least["due"] == 0 and d.balance() == start - least["total"], least
    order = d.read(order["number"])
    first, last, due = order["payments"]
    assert (due["kind"], due["state"], due["refunded"]) == ("later", "void", 0), order["payments"]
    assert last["refunded"] == min(last["amount"], least["refunded"]), order["payments"]
    assert first["refunded"] == less["refunded"] + least["refunded"] - last["refunded"], order["payments"]
    d.clean()
    status, _, _ = d.call("POST", f"/orders/{order['number']}/cancel", {}, {"Idempotency-Key": ulid()})
    assert status == 200 and d.balance() == start
    d.clean()
    status, got = d.change(order, None, 1, lines=[line(skus[0], 1)])
    assert status == 409 and got["type"].endswith("/state") and codes(got) == ["change_late"], got


def balance_is_not_overdrawn(d, skus):
    order = d.place([line(skus[0], 1)])
    new = [line(sku, 100) for sku in skus]
    seen, held = d.preview(order["number"], lines=new), d.balance()
    assert seen["due"] > held, "the wallet holds too much for this case"
    status, got = d.change(order, lines=new, tenders=[{"kind": "balance", "amount": held + 1}])
    assert status == 422 and codes(got) == ["balance_short"] and d.balance() == held, got
    # It is spent elsewhere between the look and the commit: four changes want three quarters of it each.
    orders = [d.place([line(skus[n], 1)], note=f"balance {n}") for n in range(4)]
    totals = [d.preview(o["number"], lines=new)["quote"]["total"] for o in orders]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda n: d.change(orders[n], None, totals[n], [{"kind": "balance", "amount": held * 3 // 4}], lines=new)[0],
                            range(4)))
    assert sorted(got) == [200, 422, 422, 422], got
    assert d.balance() == held - held * 3 // 4
    d.clean()


def paid_from_outside(d, skus):
    """What was paid by transfer becomes credit when it is given back, for it cannot be sent."""
    number = d.s.psql("""SELECT o.number FROM orders o JOIN payment p ON p.order_id = o.id
        WHERE o.state IN ('placed', 'on_hold') AND p.kind = 'later' AND p.state = 'captured' AND o.market = 'GB'
          AND o.type = 'personal' AND o.distributor_id <> (SELECT id FROM distributor WHERE number = '%s')
          AND EXISTS (SELECT FROM distributor d WHERE d.id = o.distributor_id AND d.status = 'active')
          AND (SELECT count(*) FROM order_line l WHERE l.order_id = o.id AND l.state = 'reserved') > 1 ORDER BY o.id LIMIT 1""" % d.s.ids["manager"])
    assert number, "the demonstration company has no such order"
    order = d.read(number)
    credit = (f"SELECT coalesce((SELECT balance FROM account WHERE kind = 'credit' AND owner_id = "
              f"(SELECT coalesce(customer_id, distributor_id) FROM orders WHERE number = '{number}')), 0)")
    start = int(d.s.psql(credit))
    keep = [dict(id=x["id"], sku=x["sku"], qty=x["qty"], backorder=x["back_ordered"] > 0) for x in order["lines"][1:]]
    status, got = d.change(order, lines=keep)
    assert status == 200 and got["refunded"] == order["total"] - got["total"] > 0, (status, got)
    assert int(d.s.psql(credit)) == start + got["refunded"]
    d.clean()
    status, _, gone = d.call("POST", f"/orders/{number}/cancel", {}, {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, gone
    assert int(d.s.psql(credit)) == start + order["total"]
    d.clean()


def address_and_note(d, skus):
    order = d.place([line(skus[0], 2)])
    place = {"name": "", "line1": "9 Quay", "line2": "", "city": "Hull", "postcode": "HU1 1AA", "region": "", "country": "GB"}
    status, got = d.change(order, ship_to={"kind": "address", "address": place}, note="leave at the door")
    assert status == 200, got
    now = d.read(order["number"])
    assert now["ship_to"] == {"kind": "address", "address": place} and now["note"] == "leave at the door"
    assert now["lines"] == order["lines"] and now["revisions"][0]["ship_to"] == order["ship_to"]
    status, got = d.change(now, note="ring twice")
    assert status == 200 and d.read(order["number"])["ship_to"]["address"] == place
    status, got = d.change(d.read(order["number"]), ship_to={"kind": "pickup"})
    now = d.read(order["number"])
    assert status == 200 and now["ship_to"]["kind"] == "pickup" and now["note"] == "ring twice" and now["revision"] == 4
    assert [r["revision"] for r in now["revisions"]] == [1, 2, 3]


def holding(d, skus):
    order = d.place([line(skus[0], 1)])
    path, key = f"/orders/{order['number']}", ulid()
    for _ in range(2):
        status, _, got = d.call("POST", path + "/hold", {"reason": "address?"}, {"Idempotency-Key": key})
        assert (status, got) == (200, {"number": order["number"], "state": "on_hold"}), got
    assert d.call("POST", path + "/hold", {"reason": "more"}, {"Idempotency-Key": key})[0] == 422
    status, _, got = d.call("POST", path + "/hold", {}, {"Idempotency-Key": ulid()})
    assert status == 409 and codes(got) == ["hold_state"], got
    held = d.read(order["number"])
    assert held["state"] == "on_hold" and [e["reason"] for e in held["history"] if e["to"] == "on_hold"] == ["address?"]
    assert d.change(order, lines=[line(skus[0], 2)])[0] == 412, "holding is a change that the caller has not seen"
    assert d.change(held, lines=[line(skus[0], 2)])[0] == 200
    status, _, got = d.call("POST", path + "/unhold", {}, {"Idempotency-Key": ulid()})
    assert (status, got["state"]) == (200, "placed")
    status, _, got = d.call("POST", path + "/unhold", {}, {"Idempotency-Key": ulid()})
    assert status == 409 and codes(got) == ["unhold_state"], got
    assert d.call("POST", path + "/hold", {}, {})[0] == 428
    d.s.psql(f"SELECT machine_step('order', (SELECT id FROM orders WHERE number = '{order['number']}'), 0, 'placed', 'released', NULL, '')")
    now = d.read(order["number"])
    for status, got in (d.change(now, None, 1, lines=[line(skus[0], 1)]),
                        d.call("POST", path + "/hold", {}, {"Idempotency-Key": ulid()})[::2]):
        assert status == 409 and got["state"] == "released", got
    d.clean()


def own_stock_counts_as_free(d, ids):
    sku = ids["last_one"]
    free = d.free(sku)
    order = d.place([line(sku, free)])
    assert d.free(sku) == 0
    status, got = d.change(order, lines=[line(sku, free), line(ids["skus"][0], 1)])
    assert status == 200, got
    order = d.read(order["number"])
    status, got = d.change(order, None, 1, lines=[line(sku, free + 1), line(ids["out_of_stock"], 2)])
    short = {p["params"]["sku"]: p["params"]["free"] for p in got["problems"]}
    assert status == 409 and got["type"].endswith("/stock-short") and short == {sku: free, ids["out_of_stock"]: 0}, got
    status, got = d.change(order, lines=[line(ids["skus"][0], 1)])
    assert status == 200 and d.free(sku) == free
    d.clean()


def back_orders(d, ids):
    sku = d.s.psql(f"SELECT i.sku FROM item i JOIN stock s ON s.item_id = i.id AND s.site_id = 1 JOIN price p ON p.item_id = i.id "
                   f"JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.valid @> business_date('GB') "
                   f"WHERE i.back_order AND i.kind = 'product' AND s.on_hand - s.reserved BETWEEN 1 AND 2000 AND i.max_per_order = 0 ORDER BY i.id LIMIT 1")
    free = d.free(sku)
    order = d.place([line(sku, free)])
    number = order["lines"][0]
    status, got = d.change(order, lines=[line(sku, free + 4, backorder=True)])
    assert status == 200, got
    order = d.read(order["number"])
    assert (order["lines"][0]["state"], order["lines"][0]["back_ordered"]) == ("back_ordered", 4), order["lines"]
    assert order["lines"][0]["id"] == number["id"]
    d.clean()
    status, got = d.change(order, lines=[line(sku, free)])
    order = d.read(order["number"])
    assert status == 200 and order["lines"][0]["state"] == "reserved", got
    assert [(e["from"], e["to"]) for e in order["history"] if e["machine"] == "line"] == [
        ("reserved", "back_ordered"), ("back_ordered", "reserved")]
    d.clean()


def prices_of_its_day(d, ids):
    """Prices move on; a change of an older order is at the prices that the order was placed with."""
    sku = ids["skus"][3]
    lists = d.s.psql("SELECT code FROM price_list WHERE market = 'GB' AND audience = 'retail' ORDER BY lower(valid)").split()
    order = d.place([line(sku, 1)], price_list=lists[0])
    assert order["price_list"] == lists[0]
    status, got = d.change(order, lines=[line(sku, 4)])
    now = d.read(order["number"])
    assert status == 200 and now["price_list"] == lists[0] and now["date"] == order["date"], got
    assert now["lines"][0]["unit"] == order["lines"][0]["unit"]
    assert now["lines"][0]["amount"] + now["lines"][0]["discount"] == 4 * order["lines"][0]["unit"]


def races(d, ids):
    order = d.place([line(ids["skus"][0], 1)])
    total = {q: d.preview(order["number"], lines=[line(ids["skus"][0], q)])["quote"]["total"] for q in range(2, 10)}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda q: d.change(order, None, total[q], lines=[line(ids["skus"][0], q)]), total))
    assert sorted(status for status, _ in got) == [200] + [412] * 7, got
    # One key, many senders: one change, one answer.
    order = d.read(order["number"])
    key, new = ulid(), [line(ids["skus"][1], 1)]
    want = d.preview(order["number"], lines=new)["quote"]["total"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: d.change(order, key, want, lines=new), range(8)))
    assert all(one == got[0] for one in got) and got[0][0] == 200, got
    assert d.read(order["number"])["revision"] == order["revision"] + 1
    # The last pieces: eight orders want them, each as a change; they go out exactly.
    sku = ids["last_one"]
    free = d.free(sku)
    waiting = [d.place([line(ids["skus"][n % 5], 1)], note=f"race {n}") for n in range(8)]
    wants = [[line(o["lines"][0]["sku"], 1), line(sku, free)] for o in waiting]
    totals = [d.preview(o["number"], lines=w)["quote"]["total"] for o, w in zip(waiting, wants)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: d.change(waiting[n], None, totals[n], lines=wants[n])[0], range(8)))
    assert sorted(got) == [200] + [409] * 7 and d.free(sku) == 0, got
    d.clean()


def random_walk(d, skus):
    """Wallet and stock as a model has them, whatever the changes."""
    rng = random.Random(SEED)
    d.fund(500000)
    wallet, free = d.balance(), {sku: d.free(sku) for sku in skus}
    orders = {}
    for _ in range(120):
        wanted = {sku: rng.randrange(1, 6) for sku in rng.sample(skus, rng.randrange(1, 5))}
        lines = [line(sku, qty) for sku, qty in wanted.items()]
        if len(orders) < 6:
            pays = rng.random() < 0.6
            order = d.place(lines, balance=pays)
            orders[order["number"]] = [wanted, order["total"] if pays else 0]
            wallet -= order["total"] if pays else 0
        else:
            number = rng.choice(list(orders))
            had, paid = orders[number]
            if rng.random() < 0.1:
                status, _, _ = d.call("POST", f"/orders/{number}/cancel", {}, {"Idempotency-Key": ulid()}, "B-02")
                assert status == 200
                wallet += paid
                wanted = {}
                del orders[number]
            else:
                total = d.preview(number, lines=lines)["quote"]["total"]
                extra = rng.choice((0, max(total - paid, 0), max(total - paid, 0) // 2))
                status, got = d.change(d.read(number), None, total, [{"kind": "balance", "amount": extra}] if extra else [],
                                       lines=lines)
                now = min(paid, total) + extra
                assert status == 200 and got["due"] == total - now and got["refunded"] == max(paid - total, 0), got
                wallet += paid - now
                orders[number] = [wanted, now]
            for sku, qty in had.items():
                free[sku] += qty
        for sku, qty in wanted.items():
            free[sku] -= qty
        assert d.balance() == wallet, "the wallet"
    assert {sku: d.free(sku) for sku in skus} == free
    d.clean()


def the_method_is_kept(d, skus):
    """What goes by express goes so after a change, for the same charge, unless the change says otherwise."""
    d.s.psql("""INSERT INTO delivery_charge (market, destination, method, charge, tax_class)
                SELECT market, destination, 'express', 1275, tax_class FROM delivery_charge
                 WHERE market = 'GB' AND destination = 'distributor' AND method = 'standard' ORDER BY min_goods LIMIT 1""")
    express = {"kind": "distributor", "method": "express"}
    version = int(d.s.psql("SELECT version FROM catalogue_version"))
    limit = time.monotonic() + 30
    while any(d.call("POST", "/quotes", d.draft([]))[2]["catalogue_version"] < version for _ in range(8)):  # each worker has it
        assert time.monotonic() < limit, "the charge is not known"
    order = d.place([line(skus[0], 1)], ship_to=express)
    assert order["delivery"] == 1275 and order["ship_to"]["method"] == "express" and "method" not in order["ship_to"]["address"], order
    status, got = d.change(order, lines=[line(skus[0], 2)])
    changed = d.read(order["number"])
    assert status == 200 and changed["delivery"] == 1275 and changed["ship_to"] == order["ship_to"], (got, changed)
    assert changed["revisions"][0]["ship_to"] == order["ship_to"]
    status, got = d.change(changed, ship_to={"kind": "distributor"})
    plain = d.read(order["number"])
    assert status == 200 and plain["delivery"] != 1275 and "method" not in plain["ship_to"], (got, plain)
    d.clean()


print(f"seed {SEED}")
with demo_server("--workers", "2") as server:
    desk, ids = Desk(server), server.ids
    for name, function, argument in (
            ("what an order was stays, what it is is booked", what_was_stays, ids["skus"]),
            ("a change happens once, to what was seen, for what was said", once, ids["skus"]),
            ("a wrong request is told where and changes nothing", wrong_requests, ids["skus"]),
            ("money follows, to the tenders in reverse order", money_follows, ids["skus"]),
            ("the balance is not overdrawn by a change", balance_is_not_overdrawn, ids["skus"]),
            ("what was paid from outside becomes credit", paid_from_outside, ids["skus"]),
            ("address and note change alone", address_and_note, ids["skus"]),
            ("the method of delivery is kept", the_method_is_kept, ids["skus"]),
            ("held, changed, let go, released: then it is too late", holding, ids["skus"]),
            ("what the order holds counts as free for it; all shortages are told", own_stock_counts_as_free, ids),
            ("a change may back-order, and take it back", back_orders, ids),
            ("a change is priced on the order's own day and list", prices_of_its_day, ids),
            ("changes race for an order and for the last pieces", races, ids),
            ("a walk of random changes leaves wallet and stock as they should be", random_walk, ids["skus"])):
        cases.run(name, function, desk, argument)
cases.end()
