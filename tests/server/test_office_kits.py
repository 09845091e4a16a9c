#!/usr/bin/python3
"""Kits as sheets: what is in them and what is chosen, changed in change sets, validated before they are published."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_office_kits")
A = "/api/v1"


def took(s, one, *rows):
    status, _, got = s.call("PUT", f"{A}/changesets/{one}/rows", {"rows": list(rows)}, s.token("B-02"))
    assert status == 200, got
    return [row["result"] for row in got["items"]]


def faults(s, *rows, **head):
    """What stands in the way of these rows; nothing is published."""
    one = ulid()
    if head:
        assert s.call("POST", A + "/changesets", head, s.token("B-02"), {"Idempotency-Key": one})[0] == 201
    took(s, one, *rows)
    status, _, got = s.call("POST", f"{A}/changesets/{one}/validate", {}, s.token("B-02"))
    assert status == 200 and all(p["say"] for p in got["problems"]), got
    return sorted({(p["code"], p["line"]) for p in got["problems"]})


def published(s, *rows):
    one = ulid()
    took(s, one, *rows)
    status, _, got = s.call("POST", f"{A}/changesets/{one}/publish", {}, s.token("B-02"), {"Idempotency-Key": ulid()})
    assert (status, got["state"]) == (200, "published"), got


def kits(row):
    return {"sheet": "kits", **row}


def part(kit, sku, slot=0, qty=1, **more):
    return kits({"cells": {"kit": kit, "slot": slot, "sku": sku, "qty": qty, **more}})


def slot(kit, n, name="Colour", **more):
    return {"sheet": "choices", "cells": {"kit": kit, "slot": n, "name": name, **more}}


def content(s, kit):
    return s.psql(f"SELECT string_agg(concat_ws(' ', p.slot, p.place, i.sku, p.qty), ', ' ORDER BY slot, place, i.sku) FROM kit_part p"
                  f" JOIN item k ON k.id = p.kit_id JOIN item i ON i.id = p.item_id WHERE k.sku = '{kit}'")


def goods(s, n):
    """Products that may be bought at any time and have a price in every list of the shops."""
    return s.psql("SELECT i.sku FROM item i WHERE kind = 'product' AND on_sale = '(,)' AND NOT EXISTS (SELECT FROM price_list l WHERE market = 'GB' AND audience = 'retail' AND NOT EXISTS"
                  f" (SELECT FROM price p WHERE p.list_id = l.id AND p.item_id = i.id)) ORDER BY sku LIMIT {n}").split()


def new_kit(s, digits, *rows):
    """The rows of a new item that is a kit, with a price wherever it is asked for."""
    kit = damm(digits)
    group = s.psql("SELECT min(code) FROM item_group g WHERE EXISTS (SELECT FROM item i WHERE i.group_id = g.id)")
    prices = [{"sheet": "prices", "cells": dict(zip(("market", "audience", "list", "sku", "amount"), (*key.split("/"), kit, 1000)))}
              for key in s.psql("SELECT concat_ws('/', market, audience, code) FROM price_list WHERE market = 'GB' AND audience = 'retail'"
                                " AND coalesce(upper(valid), 'infinity') > business_date('GB')").split()]
    return kit, [{"sheet": "items", "cells": {"sku": kit, "name": "A kit", "group": group, "kind": "kit"}}, *prices, *rows]


def a_kit_is_made_changed_and_taken_apart(s):
    a, b, c, d = goods(s, 4)
    kit, rows = new_kit(s, "9821")
    published(s, *rows, part(kit, a, qty=2), part(kit, b), slot(kit, 1, choose=2), part(kit, c, 1), part(kit, d, 1, qty=3))
    fixed = ", ".join(sorted([f"0 {a} 2", f"0 {b} 1"]))
    assert content(s, kit) == f"{fixed}, 1 1 {c} 1, 1 2 {d} 3", content(s, kit)
    assert s.psql(f"SELECT choose, n.name FROM kit_slot s JOIN item k ON k.id = kit_id JOIN kit_slot_name n USING (kit_id, slot) WHERE sku = '{kit}'") == "2|Colour"
    # another number of pieces, another order, one part less
    published(s, kits({"key": f"{kit}/0/{a}", "cells": {"qty": 5}}), kits({"key": f"{kit}/0/{b}", "gone": True}),
              kits({"key": f"{kit}/1/{d}", "cells": {"place": 1}}), {"sheet": "choices", "key": f"{kit}/1/zh", "cells": {"name": "颜色"}})
    assert content(s, kit) == f"0 {a} 5, 1 1 {d} 3, 1 2 {c} 1", content(s, kit)
    assert s.psql(f"SELECT string_agg(name, ' ' ORDER BY language) FROM kit_slot_name n JOIN item k ON k.id = kit_id WHERE sku = '{kit}'") == "Colour 颜色"
    # a slot goes with its options
    published(s, {"sheet": "choices", "key": f"{kit}/1/en", "gone": True})
    assert content(s, kit) == f"0 {a} 5"
    # it is read as it is now
    status, _, got = s.call("GET", f"{A}/sheets/kits?q={kit}", token=s.token("B-02"))
    assert [(r["key"], r["cells"]["qty"]) for r in got["items"]] == [(f"{kit}/0/{a}", 5)] and got["items"][0]["name"]


def orders_keep_the_parts_that_they_were_placed_with(s):
    before = s.psql("SELECT md5(string_agg(c::text, ',' ORDER BY order_id, line, position)) FROM order_component c")
    kit, sku = s.psql("SELECT k.sku, i.sku FROM kit_component c JOIN item k ON k.id = kit_id JOIN item i ON i.id = item_id"
                      " WHERE EXISTS (SELECT FROM order_line l WHERE l.item_id = k.id) ORDER BY 1, 2 LIMIT 1").split("|")
    published(s, kits({"key": f"{kit}/0/{sku}", "cells": {"qty": 7}}))
    assert f"0 {sku} 7" in content(s, kit)
    assert s.psql("SELECT md5(string_agg(c::text, ',' ORDER BY order_id, line, position)) FROM order_component c") == before


def what_cannot_be_a_kit_is_refused(s):
    a, b, *_ = skus = goods(s, 14)
    other = s.psql("SELECT min(sku) FROM item WHERE kind = 'kit'")
    kit, rows = new_kit(s, "9824")
    good = part(kit, a)
    assert faults(s, *rows, good) == []
    assert faults(s, *rows) == [("kit_empty", kit + "/en")]
    assert faults(s, *rows, part(kit, other)) == [("kit_in_kit", f"{kit}/0/{other}")]
    assert ("kit_in_kit", f"{kit}/0/{kit}") in faults(s, *rows, part(kit, kit))
    assert faults(s, *rows, good, slot(kit, 1)) == [("slot_empty", f"{kit}/1/en")]
    assert faults(s, *rows, good, part(kit, b, 2)) == [("cell_unknown", f"{kit}/2/{b}")]
    assert faults(s, *rows, good, part(kit, damm("9899"))) == [("cell_unknown", f"{kit}/0/{damm('9899')}")]
    assert faults(s, part(a, b)) == [("kit_kind", f"{a}/0/{b}")]
    assert faults(s, slot(a, 1), part(a, b, 1)) == [("kit_kind", f"{a}/1/{b}"), ("kit_kind", f"{a}/1/en")]
    assert faults(s, *rows, slot(kit, 1), *[part(kit, sku, 1) for sku in skus[:9]]) == []
    assert ("options_many", f"{kit}/1/{min(skus[:10])}") in faults(s, *rows, slot(kit, 1), *[part(kit, sku, 1) for sku in skus[:10]])
    assert faults(s, *rows, slot(kit, 1, choose=9), slot(kit, 2, choose=9), slot(kit, 3), part(kit, a, 1), part(kit, a, 2), part(kit, a, 3)) == \
        [("choices_many", f"{kit}/1/en")]
    assert "no_date_here" in [code for code, _ in faults(s, *rows, good, effective="2026-06-01")]
    s.psql(f"UPDATE item SET on_sale = '[2026-03-01,)' WHERE sku = '{b}'")
    try:
        assert faults(s, *rows, part(kit, b)) == [("part_off_sale", f"{kit}/0/{b}")]
    finally:
        s.psql(f"UPDATE item SET on_sale = '(,)' WHERE sku = '{b}'")
    only = damm("9827")
    group = rows[0]["cells"]["group"]
    codes = faults(s, *rows, {"sheet": "items", "cells": {"sku": only, "name": "Alone", "group": group}}, part(kit, only))
    assert ("price_missing", f"{kit}/0/{only}") in codes and {code for code, _ in codes} == {"price_missing"}, codes


def pieces_are_counted_from_one(s):
    a, b = goods(s, 2)
    for cells in ({"qty": 0}, {"qty": -1}, {"qty": 10000}, {"qty": None}, {"slot": 10}, {"slot": -1}, {"place": 0}, {"place": 10}):
        row = part(a, b)
        row["cells"].update(cells)
        status, _, got = s.call("PUT", f"{A}/changesets/{ulid()}/rows", {"rows": [row]}, s.token("B-02"))
        assert status == 422 and [p["field"] for p in got["problems"]] == ["/rows/0/cells/" + list(cells)[0]], (cells, got)
    one = ulid()
    got = s.call("PUT", f"{A}/changesets/{one}/file?sheet=kits", token=s.token("B-02"), raw=f"kit,slot,sku,qty\n{a},0,{b},-2\n{a},x,{b},1\n".encode())[2]
    assert [(p["line"], p["column"]) for p in got["problems"]] == [(2, "qty"), (3, "slot")] and got["taken"] == 0


def main():
    with demo_server("--workers", "1") as s:
        for case in (a_kit_is_made_changed_and_taken_apart, orders_keep_the_parts_that_they_were_placed_with, what_cannot_be_a_kit_is_refused,
                     pieces_are_counted_from_one):
            if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
                cases.run(case.__name__.replace("_", " "), case, s)
    cases.end()


main()
