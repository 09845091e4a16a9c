#!/usr/bin/python3
"""Back-orders get what arrives, who waits longest first, by site and component; the waiting list is
told; against a small model of the queue. What is given back goes to who waits, too."""
import concurrent.futures
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_back_order")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))


def item_of(d, where="true"):
    """A plain item that may be back-ordered, with its id."""
    row = d.s.psql(f"""SELECT i.sku || ' ' || i.id FROM item i JOIN stock s ON s.item_id = i.id AND s.site_id = 1
        JOIN price p ON p.item_id = i.id
        JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail' AND l.valid @> business_date('GB')
        WHERE i.back_order AND i.kind = 'product' AND i.max_per_order = 0 AND i.on_sale @> business_date('GB')
          AND s.on_hand - s.reserved BETWEEN 1 AND 90000 AND s.back_ordered = 0 AND {where} ORDER BY i.id LIMIT 1""")
    sku, ident = row.split()
    return sku, int(ident)


def take_all(d, sku):
    """So that nothing is free."""
    free = d.free(sku)
    return d.place([line(sku, free)], note=ulid()) if free else None


def receive(d, item, qty, site=1):
    d.s.psql(f"SELECT stock_receive({site}, {item}, {qty}, 'PO {ulid()}', NULL)")


def states(d, orders):
    return [[(x["state"], x["back_ordered"]) for x in d.read(o["number"])["lines"]] for o in orders]


def oldest_first(d):
    sku, item = item_of(d)
    take_all(d, sku)
    waits = [d.place([line(sku, qty, backorder=True)], note=ulid()) for qty in (3, 2, 4)]
    assert states(d, waits) == [[("back_ordered", q)] for q in (3, 2, 4)]
    receive(d, item, 4)
    assert states(d, waits) == [[("reserved", 0)], [("back_ordered", 1)], [("back_ordered", 4)]]
    d.clean()
    # A file of counted stock does the same.
    path = os.path.join(d.s.folder, "..", "count.csv")
    place, lot, held = d.s.psql(f"SELECT location || '|' || lot || '|' || sum(qty) FROM movement WHERE item_id = {item} AND site_id = 1 "
                                f"GROUP BY location, lot ORDER BY 1 LIMIT 1").split("|")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"site,sku,qty,location,lot\nLEEDS,{sku},{int(held) + 3},{place},{lot}\n")
    run = d.s.ctl("import", "stock", path, check=False)
    assert run.returncode == 0, run.stderr
    assert states(d, waits) == [[("reserved", 0)], [("reserved", 0)], [("back_ordered", 2)]]
    history = [e for e in d.read(waits[1]["number"])["history"] if e["machine"] == "line"]
    assert [(e["from"], e["to"]) for e in history] == [("back_ordered", "reserved")], history
    d.clean()
    status, _, day = d.call("GET", "/day")
    told = [n["ref"] for n in day["notices"] if n["kind"] == "back_order" and n["sku"] == sku]
    assert told == [waits[0]["number"], waits[1]["number"]], day["notices"]
    seen = next(n["id"] for n in day["notices"] if n["ref"] == told[0])
    assert d.call("DELETE", f"/notices/{seen}", login="CC-08")[0] == 404, "it is somebody else's"
    assert d.call("DELETE", f"/notices/{seen}")[0] == 204
    assert seen not in [n["id"] for n in d.call("GET", "/day")[2]["notices"]]
    # Nobody gets what arrives elsewhere.
    receive(d, item, 5, site=4)
    assert states(d, waits)[2] == [("back_ordered", 2)]
    d.clean()


def given_back(d):
    """What a cancelled or a changed order no longer holds goes to who waits."""
    sku, item = item_of(d)
    first = take_all(d, sku)
    held = first["lines"][0]["qty"]
    waits = [d.place([line(sku, 2, backorder=True)], note=ulid()) for _ in range(2)]
    status, got = d.change(first, lines=[line(sku, held - 3)])
    assert status == 200, got
    assert states(d, waits) == [[("reserved", 0)], [("back_ordered", 1)]] and d.free(sku) == 0
    d.clean()
    assert d.call("POST", f"/orders/{first['number']}/cancel", {}, {"Idempotency-Key": ulid()})[0] == 200
    assert states(d, waits)[1] == [("reserved", 0)] and d.free(sku) == held - 4
    d.clean()


def places_in_the_queue(d):
    """Who wants more waits anew; who wants less, or another address, keeps the place."""
    sku, item = item_of(d)
    take_all(d, sku)
    waits = [d.place([line(sku, 2, backorder=True)], note=ulid()) for _ in range(3)]
    assert d.change(waits[0], lines=[line(sku, 5, backorder=True)])[0] == 200
    assert d.change(waits[1], note="ring")[0] == 200
    receive(d, item, 3)
    assert states(d, waits) == [[("back_ordered", 5)], [("reserved", 0)], [("back_ordered", 1)]]
    d.clean()


def kits(d):
    kit, ident = d.s.psql("""SELECT i.sku || ' ' || i.id FROM item i JOIN price p ON p.item_id = i.id
        JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail' AND l.valid @> business_date('GB')
        WHERE i.kind = 'kit' AND i.max_per_order = 0 AND i.on_sale @> business_date('GB')
          AND (SELECT count(*) FROM kit_component k WHERE k.kit_id = i.id) > 1 ORDER BY i.id LIMIT 1""").split()
    d.s.psql(f"UPDATE item SET back_order = true WHERE id = {ident}")
    parts = [tuple(map(int, row.split("|"))) for row in d.s.psql(
        f"SELECT item_id, qty FROM kit_component WHERE kit_id = {ident} ORDER BY item_id").split()]
    for part, _ in parts: # nothing is left of any part
        d.s.psql(f"SELECT stock_move(1, {part}, -(on_hand - reserved), 'count', 'test', NULL) FROM stock "
                 f"WHERE site_id = 1 AND item_id = {part} AND on_hand > reserved")

    def knows():  # the catalogue is read again
        status, _, quote = d.call("POST", "/quotes", d.draft([line(kit, 2, backorder=True)]))
        return status == 200 and not any(p["severity"] == "stop" for p in quote["problems"])
    for _ in range(200):
        if knows():
            break
    order = d.place([line(kit, 2, backorder=True)], note=ulid())
    assert [(x["state"], x["back_ordered"]) for x in order["lines"]] == [("back_ordered", 2)]
    (first, per), rest = parts[0], parts[1:]
    receive(d, first, 2 * per)
    assert states(d, [order]) == [[("back_ordered", 2)]], "one part does not make a kit"
    for part, qty in rest:
        receive(d, part, 2 * qty - 1)
    assert states(d, [order]) == [[("back_ordered", 1)]]
    # The last pieces of all parts come at the same time.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda p: receive(d, p[0], 1), rest))
    assert states(d, [order]) == [[("reserved", 0)]]
    d.clean()


def waiting_list(d):
    sku, item = item_of(d)
    first = take_all(d, sku)
    path, key = f"/items/{sku}/waiting", ulid()
    one = {"distributor": d.s.ids["manager"], "qty": 2, "note": "for her show"}
    status, _, made = d.call("POST", path, one, {"Idempotency-Key": key})
    assert status == 201, made
    assert d.call("POST", path, one, {"Idempotency-Key": key})[::2] == (200, made)
    assert d.call("POST", path, dict(one, qty=3), {"Idempotency-Key": key})[0] == 422
    status, _, big = d.call("POST", path, {"distributor": d.s.ids["recruit"], "qty": 50}, {"Idempotency-Key": ulid()})
    status, _, small = d.call("POST", path, {"distributor": d.s.ids["recruit"], "qty": 1}, {"Idempotency-Key": ulid()})
    for body, status, code in (({"distributor": "1", "qty": 1}, 422, "unknown_distributor"), ({"qty": 1}, 400, "required"),
                               (dict(one, qty=0), 400, "bad_quantity"), (dict(one, customer="1"), 422, "unknown_customer"),
                               (dict(one, who="x"), 400, "unknown_member")):
        got = d.call("POST", path, body, {"Idempotency-Key": ulid()})
        assert got[0] == status and code in codes(got[2]), (body, got)
    assert d.call("GET", "/items/99999/waiting")[0] == 404
    status, _, waits = d.call("GET", path)
    assert [(w["id"], w["qty"], w["by"], w["arrived_at"]) for w in waits["items"]] == [
        (made["id"], 2, "CC-07", None), (big["id"], 50, "CC-07", None), (small["id"], 1, "CC-07", None)], waits

    def arrived():
        return [w["id"] for w in d.call("GET", "/day")[2]["arrived"]]
    assert arrived() == []
    order = d.place([line(sku, 1, backorder=True)], note=ulid())
    receive(d, item, 1)  # goes to the order
    assert arrived() == [] and states(d, [order]) == [[("reserved", 0)]]
    receive(d, item, 3)  # two for the first, one for the third; fifty are not there
    assert arrived() == [made["id"], small["id"]]
    assert d.call("DELETE", f"{path}/{made['id']}")[0] == 204
    assert d.call("DELETE", f"{path}/{made['id']}")[0] == 404
    assert arrived() == [small["id"]]
    assert [w["id"] for w in d.call("GET", path)[2]["items"]] == [big["id"], small["id"]]
    assert d.call("GET", "/day", login="CC-08")[2]["arrived"] == []
    d.call("POST", f"/orders/{first['number']}/cancel", {}, {"Idempotency-Key": ulid()})  # now fifty are
    if first["lines"][0]["qty"] >= 47:
        assert arrived() == [small["id"], big["id"]]
    d.clean()


def random_arrivals(d):
    """The queue of one item as a model has it: orders, changes, cancellations, receipts in any order."""
    rng = random.Random(SEED)
    sku, item = item_of(d)
    take_all(d, sku)
    queue, free = [], 0  # [number, wants, has]

    def give():
        nonlocal free
        for entry in queue:
            got = min(free, entry[1] - entry[2])
            entry[2] += got
            free -= got
    for _ in range(60):
        act = rng.random()
        if act < 0.4 or not queue:
            wants = rng.randrange(1, 6)
            order = d.place([line(sku, wants, backorder=True)], note=ulid())
            queue.append([order["number"], wants, 0])
        elif act < 0.75:
            qty = rng.randrange(1, 5)
            receive(d, item, qty)
            free += qty
        else:
            entry = queue.pop(rng.randrange(len(queue)))
            assert d.call("POST", f"/orders/{entry[0]}/cancel", {}, {"Idempotency-Key": ulid()})[0] == 200
            free += entry[2]
        give()
        lines = [d.read(number)["lines"][0] for number, _, _ in queue]
        assert [(x["back_ordered"], x["state"]) for x in lines] == [
            (wants - has, "back_ordered" if has < wants else "reserved") for _, wants, has in queue], queue
        assert d.free(sku) == free
    d.clean()


def together(d):
    """Receipts, orders, changes and cancellations of the same items at once: nothing is given twice, none hangs."""
    rng = random.Random(SEED)
    pair = [item_of(d), item_of(d, "i.id > (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM item)")]
    for sku, _ in pair:
        take_all(d, sku)
    orders = [d.place([line(sku, 1 + n % 3, backorder=True) for sku, _ in rng.sample(pair, 2)], note=ulid()) for n in range(10)]

    def act(n):
        order = orders[n % len(orders)]
        if n % 3 == 0:
            receive(d, pair[n % 2][1], 1 + n % 4)
            return 200
        if n % 3 == 1:
            return d.change(d.read(order["number"]), lines=[line(sku, 1 + n % 5, backorder=True) for sku, _ in pair])[0]
        return d.call("POST", f"/orders/{order['number']}/{'hold' if n % 2 else 'unhold'}", {}, {"Idempotency-Key": ulid()})[0]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(act, range(60)))
    assert set(got) <= {200, 409, 412}, got
    d.clean()


print(f"seed {SEED}")
with demo_server("--workers", "2") as server:
    desk = Desk(server)
    for name, function in (("what arrives goes to who waits longest", oldest_first),
                           ("what is given back goes to who waits", given_back),
                           ("a change that wants more waits anew", places_in_the_queue),
                           ("a kit is complete when the last part is there", kits),
                           ("the waiting list is told, and forgets who was told", waiting_list),
                           ("random arrivals leave the queue as it should be", random_arrivals),
                           ("all of it at once", together)):
        cases.run(name, function, desk)
cases.end()
