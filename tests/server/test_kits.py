#!/usr/bin/python3
"""Kits with choices on a running server: what is asked, what is taken from stock and kept, shares for
returns, changes; and goods for grown-ups, asked about once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import API, Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_kits")


def kit_of(d):
    """A kit of the demonstration with its slots: [[SKU of each option]]."""
    item = d.call("GET", f"/items/{d.s.ids['kit_of_choices']}?market=GB")[2]
    return item["sku"], item["components"], item["slots"]


def first_choices(slots, option=0):
    return [slot["options"][min(option, len(slot["options"]) - 1)]["sku"] for slot in slots for _ in range(slot["choose"])]


def asked(d):
    sku, _, slots = kit_of(d)
    assert slots and all(s["options"] and s["choose"] for s in slots), slots
    _, _, quote = d.call("POST", "/quotes", d.draft([line(sku, 1)]))
    problem = [p for p in quote["problems"] if p["code"] == "choice_needed"][0]
    assert problem["field"] == "/lines/0/choices" and problem["params"]["slot"] == slots[0]["name"]
    assert [c["sku"] for c in problem["candidates"]] == [o["sku"] for o in slots[0]["options"]]
    price = quote["lines"][0]["unit"]
    wrong = d.call("POST", "/quotes", d.draft([line(sku, 1, choices=[d.s.ids["skus"][0] if d.s.ids["skus"][0] not in
                                                                     first_choices(slots) else "99999"])]))[2]
    assert "choice_not_offered" in codes(wrong), wrong["problems"]
    good = d.call("POST", "/quotes", d.draft([line(sku, 1, choices=first_choices(slots))]))[2]
    assert not codes(good), good["problems"]
    assert good["lines"][0]["unit"] == price, "the kit's price is its own"
    digits = d.call("POST", "/quotes", d.draft([line(sku, 1, choices=["1"] * len(first_choices(slots)))]))[2]
    assert [c["sku"] for c in digits["lines"][0]["choices"]] == first_choices(slots)
    status, _, refused = d.call("POST", "/orders", dict(d.draft([line(sku, 1)]), expect_total=quote["total"], tenders=[]),
                                {"Idempotency-Key": ulid()})
    assert status == 422 and codes(refused) == ["choice_needed"], refused
    status, _, _ = d.call("POST", "/quotes", d.draft([line(sku, 1, choices=["x"])]))
    assert status == 400


def kept(d):
    sku, fixed, slots = kit_of(d)
    choices = first_choices(slots, 1)
    parts = [(c["sku"], c["qty"]) for c in fixed] + [(c, 1) for c in choices]
    free = {part: d.free(part) for part, _ in parts}
    order = d.place([line(sku, 3, choices=choices)])
    got = order["lines"][0]
    assert [(c["sku"], c["qty"]) for c in got["components"]] == [(s, q * 3) for s, q in parts], got
    assert [c["sku"] for c in got["components"] if c["chosen"]] == choices
    assert sum(c["share"] for c in got["components"]) == got["amount"] and all(c["name"] for c in got["components"])
    for part in free:
        assert d.free(part) == free[part] - 3 * sum(q for s, q in parts if s == part), part
    d.clean()
    # What was chosen stays with a change of something else, and is changed with the line.
    status, _ = d.change(order, note="ring")
    order = d.read(order["number"])
    assert status == 200 and [c["sku"] for c in order["lines"][0]["components"] if c["chosen"]] == choices
    other = first_choices(slots, 0)
    status, said = d.change(order, lines=[line(sku, 2, choices=other)])
    assert status == 200, said
    order = d.read(order["number"])
    assert [c["sku"] for c in order["lines"][0]["components"] if c["chosen"]] == other
    assert sum(c["share"] for c in order["lines"][0]["components"]) == order["lines"][0]["amount"]
    d.clean()
    assert d.call("POST", f"/orders/{order['number']}/cancel", {}, {"Idempotency-Key": ulid()})[0] == 200
    assert {part: d.free(part) for part in free} == free
    d.clean()


def same_key(d):
    sku, _, slots = kit_of(d)
    body = d.draft([line(sku, 1, choices=first_choices(slots))], note=ulid())
    total = d.call("POST", "/quotes", body)[2]["total"]
    key = {"Idempotency-Key": ulid()}
    send = dict(body, expect_total=total, tenders=[], accept=["duplicate"])
    assert [d.call("POST", "/orders", send, key)[0] for _ in range(2)] == [201, 200]
    other = dict(send, lines=[line(sku, 1, choices=first_choices(slots, 1))])
    assert d.call("POST", "/orders", other, key)[0] == 422, "other choices are another order"


def check_tells(d):
    """partylinectl check finds shares that do not add up."""
    sku, _, slots = kit_of(d)
    order = d.place([line(sku, 1, choices=first_choices(slots))], note=ulid())
    where = f"order_id = (SELECT id FROM orders WHERE number = '{order['number']}') AND position = 1"
    d.s.psql(f"UPDATE order_component SET share = share + 1 WHERE {where}")
    run = d.s.ctl("check", check=False)
    assert run.returncode == 1 and f"order {order['number']} line 1" in run.stdout and "its parts" in run.stdout, run.stdout
    d.s.psql(f"UPDATE order_component SET share = share - 1 WHERE {where}")
    d.clean()


def past_orders(d):
    """Kits of the past have their parts, too."""
    row = d.s.psql("""SELECT count(*), count(*) FILTER (WHERE c.share IS DISTINCT FROM l.amount) FROM order_line l
        JOIN item i ON i.id = l.item_id AND i.kind = 'kit'
        LEFT JOIN (SELECT order_id, line, sum(share) AS share FROM order_component GROUP BY order_id, line) c
               ON c.order_id = l.order_id AND c.line = l.line""").split("|")
    assert int(row[0]) > 0 and row[1] == "0", row


def names(d):
    """The catalogue has the slots, with names in the language that is asked for."""
    for lang, name in (("en", "Scent"), ("zh", "香型")):
        got = d.call("GET", f"/catalogue?market=GB&lang={lang}")[2]
        kit = got["items"]["sku"].index(d.s.ids["kit_of_choices"])
        mine = [i for i, k in enumerate(got["slots"]["kit"]) if k == kit]
        assert name in [got["slot_names"]["name"][i] for i in mine], got["slot_names"]
        assert got["options"]["count"] == sum(got["slots"]["options"]) > 0


def age(d):
    sku = d.s.psql("""SELECT i.sku FROM item i JOIN stock s ON s.item_id = i.id AND s.site_id = 1 AND s.on_hand - s.reserved > 9
        JOIN price p ON p.item_id = i.id
        JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail' AND l.valid @> business_date('GB')
        WHERE i.age_limit = 18 AND i.kind = 'product' AND i.max_per_order = 0 AND i.on_sale @> business_date('GB') ORDER BY 1 LIMIT 1""")
    body = d.draft([line(sku, 1)], note=ulid())
    _, _, quote = d.call("POST", "/quotes", body)
    problem = [p for p in quote["problems"] if p["code"] == "age_check"][0]
    assert problem["severity"] == "warning" and problem["line"] == f"l{sku}" and problem["params"]["age"] == 18
    key = {"Idempotency-Key": ulid()}
    send = dict(body, expect_total=quote["total"], tenders=[])
    status, _, refused = d.call("POST", "/orders", send, key)
    assert status == 422 and codes(refused) == ["age_check"], refused
    status, _, refused = d.call("POST", "/orders", dict(send, accept=["duplicate"]), key)
    assert status == 422, "a duplicate that is accepted says nothing of age"
    status, _, placed = d.call("POST", "/orders", dict(send, accept=["age"]), key)
    assert status == 201, placed
    order = d.read(placed["number"])
    assert [(c["what"], c["by"]) for c in order["confirmed"]] == [("age", "CC-07")], order["confirmed"]
    # The same once more: two questions, both are recorded.
    again = dict(send, accept=["age"])
    status, _, refused = d.call("POST", "/orders", again, {"Idempotency-Key": ulid()}, login="CC-08")
    assert status == 422 and codes(refused) == ["age_check", "duplicate"], refused
    status, _, placed = d.call("POST", "/orders", dict(again, accept=["age", "duplicate"]), {"Idempotency-Key": ulid()}, login="CC-08")
    assert status == 201
    assert [(c["what"], c["by"]) for c in d.read(placed["number"])["confirmed"]] == [("age", "CC-08"), ("duplicate", "CC-08")]
    # A change of an order for which it was confirmed does not ask again; one that brings it does.
    assert d.change(order, note="x")[0] == 200
    plain = d.place([line(d.s.ids["skus"][0], 1)], note=ulid())
    assert plain["confirmed"] == []
    lines = [line(d.s.ids["skus"][0], 1), line(sku, 1)]
    status, said = d.change(plain, lines=lines)
    assert status == 422 and codes(said) == ["age_check"], said
    assert d.change(plain, lines=lines, accept=["age"])[0] == 200
    assert [c["what"] for c in d.read(plain["number"])["confirmed"]] == ["age"]
    d.clean()


def waiting(d):
    """What can be had of a kit follows its options."""
    sku, fixed, slots = kit_of(d)
    item = d.call("GET", f"/items/{sku}?market=GB")[2]
    least = [d.free(c["sku"]) // c["qty"] for c in fixed]
    least += [sum(d.free(o["sku"]) for o in s["options"]) // s["choose"] for s in slots]
    assert item["stock"]["free"] == min(least), (item["stock"]["free"], least)
    option = d.call("GET", f"/items/{slots[0]['options'][0]['sku']}?market=GB")[2]
    assert sku in option["kits"], option["kits"]
    quote = d.call("POST", "/quotes", d.draft([line(sku, 1)]))[2]
    assert quote["lines"][0]["free_stock"] == min(least)


def limits(d):
    """A kit has at most 18 choices, and nothing else has any."""
    kit, plain = (d.s.psql(f"SELECT id FROM item WHERE sku = '{sku}'") for sku in (d.s.ids["kit"], d.s.ids["skus"][0]))
    for item, statement in ((plain, "(1, 1)"), (kit, "(1, 9), (2, 9), (3, 1)")):
        try:
            d.s.psql(f"INSERT INTO kit_slot (kit_id, slot, choose) SELECT {item}, * FROM (VALUES {statement}) v")
        except RuntimeError:
            continue
        raise AssertionError(f"{statement} was taken")


def main():
    with demo_server() as server:
        d = Desk(server)
        for sentence, function in (("a kit is sold with exactly its choices", asked),
                                   ("what is chosen is reserved, kept, changed and given back", kept),
                                   ("choices are part of what a key stands for", same_key),
                                   ("shares that do not add up are found", check_tells),
                                   ("kits on past orders have shares", past_orders),
                                   ("slots have names in the languages", names),
                                   ("a kit has what its options allow", waiting),
                                   ("limits of choices", limits),
                                   ("age is asked once, and who confirmed it is kept", age)):
            cases.run(sentence, function, d)
    cases.end()


if __name__ == "__main__":
    assert API
    main()
