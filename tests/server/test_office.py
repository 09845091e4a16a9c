#!/usr/bin/python3
"""The back office's sheets and change sets: read by pages, changed in a draft, validated as a whole, published
in one piece by date, and never one over the other."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_office")
A = "/api/v1"
LATER, TODAY = "2025-12-10", "2025-11-22"


def begin(s, login="B-02", **head):
    status, headers, got = s.call("POST", A + "/changesets", head, s.token(login), {"Idempotency-Key": ulid()})
    assert status == 201 and headers["Location"].endswith(got["id"]), got
    return got["id"]


def put(s, one, *rows, login="B-02"):
    status, _, got = s.call("PUT", f"{A}/changesets/{one}/rows", {"rows": list(rows)}, s.token(login))
    return status, got


def took(s, one, *rows, login="B-02"):
    status, got = put(s, one, *rows, login=login)
    assert status == 200, got
    return [row["result"] for row in got["items"]]


def validate(s, one, login="B-02"):
    status, _, got = s.call("POST", f"{A}/changesets/{one}/validate", {}, s.token(login))
    assert status == 200, got
    return [(p["code"], p["line"]) for p in got["problems"]], got


def publish(s, one, login="B-02", key=None, **body):
    return s.call("POST", f"{A}/changesets/{one}/publish", body, s.token(login), {"Idempotency-Key": key or ulid()})


def published(s, *rows, **head):
    one = begin(s, **head)
    assert "saved" in took(s, one, *rows)
    status, _, got = publish(s, one)
    assert (status, got["state"]) == (200, "published"), got
    return one


def page(s, sheet, login="B-02", **query):
    text = "&".join(f"{k}={v}" for k, v in query.items())
    status, _, got = s.call("GET", f"{A}/sheets/{sheet}?{text}", token=s.token(login))
    assert status == 200, got
    return got


def row(s, sheet, key, **query):
    found = [r for r in page(s, sheet, limit=200, **query)["items"] if r["key"] == key]
    assert found, (sheet, key)
    return found[0]


def price_key(s, n=0):
    return f"GB/retail/AUTUMN-2/{s.ids['skus'][n]}"


def price(s, n=0, code="AUTUMN-2"):
    return int(s.psql("SELECT p.amount FROM price p JOIN price_list l ON l.id = p.list_id JOIN item i ON i.id = p.item_id WHERE l.market = 'GB'"
                      f" AND l.audience = 'retail' AND l.code = '{code}' AND i.sku = '{s.ids['skus'][n]}'"))


# ---- reading ------------------------------------------------------------------------------------

def sheets_are_read_by_pages(s):
    for sheet, key in (("items", "sku"), ("prices", "sku"), ("tax", "region"), ("delivery", "destination"), ("discounts", "rank"), ("lists", "list")):
        whole, got, next_ = page(s, sheet, limit=200, market="US"), [], None
        while True:
            part = page(s, sheet, limit=7, market="US", **({"cursor": next_} if next_ else {}))
            got += part["items"]
            next_ = part["next"]
            if not next_:
                break
            assert len(part["items"]) == 7
            if len(got) >= 200:
                break
        assert [r["key"] for r in got][:200] == [r["key"] for r in whole["items"]][:len(got)], sheet
        assert len(set(r["key"] for r in got)) == len(got) > 0
        assert all(r["cells"][key] for r in got) and {c["name"] for c in whole["columns"]} >= set(got[0]["cells"])


def prices_are_of_the_list_of_today_unless_another_is_named(s):
    got = page(s, "prices", q=s.ids["skus"][0])
    assert got["list"] == "AUTUMN-2" and got["items"][0]["cells"]["amount"] == price(s) and got["items"][0]["name"]
    assert page(s, "prices", q=s.ids["skus"][0], list="SUMMER-1")["items"][0]["cells"]["list"] == "SUMMER-1"
    name = s.psql(f"SELECT lower(n.name) FROM item_name n JOIN item i ON i.id = n.item_id WHERE language = 'en' AND sku = '{s.ids['skus'][0]}'")
    assert s.ids["skus"][0] in [r["cells"]["sku"] for r in page(s, "items", q=name.replace(" ", "%20"))["items"]]


def only_the_back_office_sees_them(s):
    for login in ("CC-07", "S-04", "W-12", "SV-01"):
        assert s.call("GET", A + "/sheets/items", token=s.token(login))[0] == 403, login
        assert s.call("POST", A + "/changesets", {}, s.token(login), {"Idempotency-Key": ulid()})[0] == 403
    assert s.call("GET", A + "/sheets/shoes", token=s.token("B-02"))[0] == 404


# ---- a draft ------------------------------------------------------------------------------------

def a_draft_changes_nothing_until_it_is_published(s):
    was, one = price(s), begin(s, title="Winter corrections")
    seen = row(s, "prices", price_key(s), q=s.ids["skus"][0])
    assert took(s, one, {"sheet": "prices", "key": price_key(s), "base": seen["base"], "cells": {"amount": was + 50}}) == ["saved"]
    shown = row(s, "prices", price_key(s), q=s.ids["skus"][0], changeset=one)
    assert shown["change"]["new"] == {"amount": was + 50} and shown["cells"]["amount"] == was == price(s)
    rows = s.call("GET", f"{A}/changesets/{one}/rows", token=s.token("B-03"))[2]["items"]
    assert [(r["key"], r["new"], r["old"]["amount"], r["by"]) for r in rows] == [(price_key(s), {"amount": was + 50}, was, "B-02")]
    assert validate(s, one)[0] == []
    assert price(s) == was, "validating has published it"
    key = ulid()
    for _ in range(2):  # the same key hears the same
        status, _, got = publish(s, one, key=key)
        assert (status, got["state"], got["rows"]) == (200, "published", 1), got
    assert price(s) == was + 50
    assert publish(s, one)[0] == 409, "published twice"
    assert s.psql(f"SELECT l.login, a.detail->'old', a.detail->'new' FROM audit a JOIN login l ON l.id = a.login_id WHERE a.object = 'prices {price_key(s)}'") \
        == 'B-02|{"amount": %d}|{"amount": %d}' % (was, was + 50)
    deadline = time.monotonic() + 10  # the workers read the catalogue anew
    while s.call("GET", f"{A}/items/{s.ids['skus'][0]}", token=s.token())[2]["price"] != was + 50:
        assert time.monotonic() < deadline, "no worker has seen it"
        time.sleep(0.05)


def what_is_typed_back_is_no_change(s):
    was, one = price(s), begin(s)
    assert took(s, one, {"sheet": "prices", "key": price_key(s), "cells": {"amount": 1}}) == ["saved"]
    assert took(s, one, {"sheet": "prices", "key": price_key(s), "cells": {"amount": was}}) == ["same"]
    assert took(s, one, {"sheet": "prices", "key": price_key(s), "cells": {"cv": 7}}) == ["saved"]
    assert took(s, one, {"sheet": "prices", "key": price_key(s), "drop": True}) == ["dropped"]
    assert s.call("GET", f"{A}/changesets/{one}", token=s.token("B-02"))[2]["rows"] == 0


def wrong_cells_are_told_by_row_and_column(s):
    one = begin(s)
    for sheet, key, cells, code in (
            ("prices", price_key(s), {"amount": -1}, "bad_value"), ("prices", price_key(s), {"amount": 2 ** 53}, "bad_value"),
            ("prices", price_key(s), {"amount": "12.50"}, "bad_value"), ("prices", price_key(s), {"amount": None}, "required"),
            ("prices", price_key(s), {"name": "x"}, "fixed_column"), ("items", "1/en", {"barcode": "5012345402162"}, "bad_barcode"),
            ("items", "1/en", {"kind": "shoe"}, "unknown_name"), ("items", "1/en", {"sale_to": "2025-02-30"}, "bad_date"),
            ("items", "1/en", {"group": "two words"}, "bad_word"), ("items", "1/en", {"name": ""}, "bad_value"),
            ("items", "1/en", {"name": "pay to 4111 1111 1111 1111"}, "card_number"), ("items", "1/en", {"age_limit": 100}, "bad_value"),
            ("tax", "x", {"percent": 1000001}, "bad_value"), ("items", "1/en", {"colour": 1}, "unknown_member")):
        status, got = put(s, one, {"sheet": "prices", "key": price_key(s), "cells": {"cv": 1}}, {"sheet": sheet, "key": key, "cells": cells})
        assert status == 422 and [(p["field"], p["code"]) for p in got["problems"]] == [("/rows/1/cells/" + list(cells)[0], code)], (cells, got)
    assert put(s, one, {"sheet": "prices", "cells": {"amount": 5}})[0] == 422, "a row without a key"


# ---- two at once --------------------------------------------------------------------------------

def who_publishes_second_hears_of_the_first(s):
    was, hers, his = price(s), begin(s), begin(s, login="B-03")
    other = price(s, 1)
    took(s, hers, {"sheet": "prices", "key": price_key(s), "cells": {"amount": was + 1}})
    took(s, his, {"sheet": "prices", "key": price_key(s), "cells": {"amount": was + 2}},
         {"sheet": "prices", "key": price_key(s, 1), "cells": {"amount": other + 2}}, login="B-03")
    assert publish(s, hers)[0] == 200
    status, _, got = publish(s, his, "B-03")
    assert (status, [p["code"] for p in got["problems"]]) == (409, ["row_changed"]), got
    say = got["problems"][0]["say"]
    assert "HELEN (B-02)" in say and s.ids["skus"][0] in say, say
    assert (price(s), price(s, 1)) == (was + 1, other), "half of it was published"
    assert s.call("GET", f"{A}/changesets/{his}", token=s.token("B-03"))[2]["rows"] == 2, "something was lost"
    seen = row(s, "prices", price_key(s), q=s.ids["skus"][0])
    assert took(s, his, {"sheet": "prices", "key": price_key(s), "base": seen["base"], "cells": {"amount": was + 2}}, login="B-03") == ["saved"]
    assert publish(s, his, "B-03")[0] == 200 and price(s) == was + 2 and price(s, 1) == other + 2


def a_row_that_was_seen_before_somebody_changed_it_is_not_taken(s):
    seen, one = row(s, "prices", price_key(s), q=s.ids["skus"][0]), begin(s, login="B-03")
    published(s, {"sheet": "prices", "key": price_key(s), "cells": {"amount": price(s) + 3}})
    status, got = put(s, one, {"sheet": "prices", "key": price_key(s), "base": seen["base"], "cells": {"amount": 9}}, login="B-03")
    assert (status, got["items"][0]["result"]) == (200, "changed") and "HELEN" in got["items"][0]["problem"]["say"], got


# ---- validation ---------------------------------------------------------------------------------

def faults(s, *rows, **head):
    one = begin(s, **head)
    took(s, one, *rows)
    codes, got = validate(s, one)
    assert got["faults"] == len(codes) and all(p["say"] for p in got["problems"])
    if any(p["severity"] == "stop" for p in got["problems"]):
        assert publish(s, one)[0] in (409, 422)
    return codes


def lists_leave_no_gap_and_do_not_overlap(s):
    lists = {r["cells"]["list"]: r["cells"] for r in page(s, "lists", market="GB")["items"] if r["cells"]["audience"] == "retail"}
    names = sorted(lists, key=lambda code: lists[code]["valid_from"] or "")
    last, before = names[-1], names[-2]
    key = f"GB/retail/{before}"
    if lists[before]["valid_to"] > TODAY:
        assert ("dates_gap", key) in faults(s, {"sheet": "lists", "key": key, "cells": {"valid_to": "2025-11-25"}})
    assert ("dates_overlap", f"GB/retail/{last}") in faults(s, {"sheet": "lists", "cells": {
        "market": "GB", "audience": "retail", "list": "NEXT-1", "valid_from": lists[last]["valid_from"] if not lists[last]["valid_to"] else "2025-12-01"}}) \
        or ("dates_overlap", "GB/retail/NEXT-1") in faults(s, {"sheet": "lists", "cells": {
            "market": "GB", "audience": "retail", "list": "NEXT-1", "valid_from": "2025-12-01"}})
    assert ("dates_reversed", "GB/retail/NEXT-2") in faults(s, {"sheet": "lists", "cells": {
        "market": "GB", "audience": "retail", "list": "NEXT-2", "valid_from": "2027-12-01", "valid_to": "2027-11-01"}})
    assert ("range_used", "GB/retail/AUTUMN-1") in faults(s, {"sheet": "lists", "key": "GB/retail/AUTUMN-1", "cells": {"tax_included": False}})


def rates_and_charges_leave_no_gap(s):
    assert faults(s, {"sheet": "tax", "key": "GB/GB/standard/", "cells": {"valid_to": "2026-01-01"}}) == [("dates_end", "GB/GB/standard/")]
    assert faults(s, {"sheet": "tax", "key": "GB/GB/standard/", "cells": {"valid_to": "2026-01-01"}},
                  {"sheet": "tax", "cells": {"market": "GB", "region": "GB", "tax_class": "standard", "valid_from": "2026-01-05", "percent": 210000}}) == \
        [("dates_gap", "GB/GB/standard/")]
    assert faults(s, {"sheet": "tax", "key": "GB/GB/standard/", "cells": {"valid_to": "2026-01-05"}},
                  {"sheet": "tax", "cells": {"market": "GB", "region": "GB", "tax_class": "standard", "valid_from": "2026-01-01", "percent": 210000}}) == \
        [("dates_overlap", "GB/GB/standard/")]
    assert faults(s, {"sheet": "tax", "key": "GB/GB/standard/", "cells": {"valid_to": "2026-01-05"}},
                  {"sheet": "tax", "cells": {"market": "GB", "region": "GB", "tax_class": "standard", "valid_from": "2026-01-05", "percent": 210000}}) == []
    assert ("rate_missing", "GB/GB/standard/") in faults(s, {"sheet": "tax", "key": "GB/GB/standard/", "gone": True})
    assert faults(s, {"sheet": "delivery", "key": "GB/customer/standard//0/0/", "cells": {"valid_to": "2026-01-01"}}) == \
        [("dates_end", "GB/customer/standard//0/0/")]
    assert faults(s, {"sheet": "delivery", "key": "GB/customer/standard//25000/0/", "cells": {"valid_to": "2026-01-01"}}) == [], "free from may end"
    assert faults(s, {"sheet": "tax", "cells": {"market": "US", "region": "PR", "tax_class": "standard", "percent": 115000}}) == \
        [("rate_missing", "US/PR/zero/")]
    assert faults(s, {"sheet": "discounts", "cells": {"market": "GB", "rank": "KING", "order_type": "personal", "percent": 1}}) == \
        [("cell_unknown", "GB/KING/personal/")]


def an_item_has_group_check_digit_and_price(s):
    good, bad = damm("9801"), damm("9802")[:4] + str((int(damm("9802")[4]) + 1) % 10)
    taken = s.psql("SELECT min(barcode) FROM item")
    item = {"sku": good, "name": "Cup", "group": "MUGS"}
    group = s.psql("SELECT min(code) FROM item_group g WHERE EXISTS (SELECT FROM item i WHERE i.group_id = g.id)")
    item["group"] = group
    assert faults(s, {"sheet": "items", "cells": {**item, "group": "NOWHERE"}}) == [("cell_unknown", good + "/en")]
    assert faults(s, {"sheet": "items", "cells": {"sku": good, "name": "Cup"}}) == [("cell_needed", good + "/en")]
    assert faults(s, {"sheet": "items", "cells": {**item, "sku": bad}}) == [("sku_check", bad + "/en")]
    assert faults(s, {"sheet": "items", "cells": {**item, "sku": damm("980111")}}) == [("sku_length", damm("980111") + "/en")]
    assert ("barcode_taken", good + "/en") in faults(s, {"sheet": "items", "cells": {**item, "barcode": taken}})
    assert faults(s, {"sheet": "items", "cells": item}) == [("price_missing", good + "/en")]
    one = begin(s)
    took(s, one, {"sheet": "items", "cells": item})
    status, _, got = publish(s, one)
    assert (status, [p["severity"] for p in got["problems"]]) == (422, ["warning"]), "goods without a price are asked about"
    assert publish(s, one, accept=["price_missing"])[0] == 200
    # a price in one list of a market wants one in each that is valid
    codes = faults(s, {"sheet": "prices", "cells": {"market": "GB", "list": "AUTUMN-2", "sku": good, "amount": 500}})
    later = s.psql("SELECT string_agg(code, ' ') FROM price_list WHERE market = 'GB' AND audience = 'retail' AND upper(valid) > date '2025-11-22' AND code <> 'AUTUMN-2'").split()
    assert sorted(codes) == sorted(("price_missing", f"GB/retail/{code}/{good}") for code in later), codes
    assert [c for c, _ in faults(s, {"sheet": "prices", "cells": {"market": "GB", "list": "NEVER", "sku": good, "amount": 5}})] == ["cell_unknown"]
    assert [c for c, _ in faults(s, {"sheet": "prices", "cells": {"market": "GB", "list": "AUTUMN-2", "sku": damm("9999"), "amount": 5}})] == ["cell_unknown"]


def what_was_wrong_before_is_nobodys_fault(s):
    s.psql("DELETE FROM tax_rate WHERE region = 'WY'")
    try:
        assert faults(s, {"sheet": "prices", "key": price_key(s), "cells": {"cv": 12}}) == []
    finally:
        s.psql("INSERT INTO tax_rate (market, region, tax_class, ppm) VALUES ('US', 'WY', 1, 40000), ('US', 'WY', 2, 0)")


def a_whole_item_comes_with_names_and_prices_in_one_set(s):
    sku = damm("9803")
    group = s.psql("SELECT min(code) FROM item_group g WHERE EXISTS (SELECT FROM item i WHERE i.group_id = g.id)")
    lists = s.psql("SELECT string_agg(code, ' ') FROM price_list WHERE market = 'GB' AND audience = 'retail' AND upper(valid) > date '2025-11-22'").split()
    published(s, {"sheet": "items", "cells": {"sku": sku, "name": "Big cup", "group": group, "max_per_order": 4}},
              {"sheet": "items", "cells": {"sku": sku, "language": "de", "name": "Große Tasse", "spoken": "Tasse"}},
              *({"sheet": "prices", "cells": {"market": "GB", "list": code, "sku": sku, "amount": 700, "cv": 400}} for code in lists))
    assert s.psql(f"SELECT string_agg(n.name || '=' || n.spoken, ', ' ORDER BY language) FROM item_name n JOIN item i ON i.id = n.item_id WHERE sku = '{sku}'") \
        == "Große Tasse=Tasse, Big cup=Big cup"
    assert s.psql(f"SELECT kind, max_per_order FROM item WHERE sku = '{sku}'") == "product|4"
    assert page(s, "items", q=sku, lang="de")["items"][0]["cells"]["name"] == "Große Tasse"


# ---- by date ------------------------------------------------------------------------------------

def ranges(s, table, where, value):
    return s.psql(f"SELECT string_agg(valid::text || '=' || {value}, ' ' ORDER BY valid) FROM {table} WHERE {where}")


def a_range_that_orders_have_used_ends_and_a_new_one_begins(s):
    mine = "market = 'US' AND region = 'TX' AND tax_class = 1"
    published(s, {"sheet": "tax", "key": "US/TX/standard/", "cells": {"percent": 70000}})
    assert ranges(s, "tax_rate", mine, "ppm") == f"(,{TODAY})=62500 [{TODAY},)=70000"
    published(s, {"sheet": "tax", "key": f"US/TX/standard/{TODAY}", "cells": {"percent": 71000}}, effective=LATER)
    assert ranges(s, "tax_rate", mine, "ppm") == f"(,{TODAY})=62500 [{TODAY},{LATER})=70000 [{LATER},)=71000"
    published(s, {"sheet": "tax", "key": f"US/TX/standard/{LATER}", "cells": {"percent": 72000}})  # has not begun: in place
    assert ranges(s, "tax_rate", mine, "ppm") == f"(,{TODAY})=62500 [{TODAY},{LATER})=70000 [{LATER},)=72000"
    assert faults(s, {"sheet": "tax", "key": "US/TX/standard/", "cells": {"percent": 1}}) == [("range_used", "US/TX/standard/")]
    assert faults(s, {"sheet": "tax", "key": f"US/TX/standard/{TODAY}", "cells": {"valid_to": "2025-11-01"}})[0][0] in ("dates_past", "dates_reversed")
    mine = "market = 'GB' AND rank = 1 AND order_type = 'personal'"
    published(s, {"sheet": "discounts", "key": "GB/CON/personal/", "cells": {"percent": 210000}}, effective=LATER)
    assert ranges(s, "rank_discount", mine, "ppm") == f"(,{LATER})=200000 [{LATER},)=210000"
    published(s, {"sheet": "discounts", "key": f"GB/CON/personal/{LATER}", "gone": True}, {"sheet": "discounts", "key": "GB/CON/personal/", "cells": {"valid_to": None}})
    assert ranges(s, "rank_discount", mine, "ppm") == "(,)=200000"
    mine = "market = 'GB' AND destination = 'customer'"
    published(s, {"sheet": "delivery", "cells": {"market": "GB", "destination": "customer", "min_weight_g": 10000, "charge": 995}},
              {"sheet": "delivery", "key": "GB/customer/standard//0/0/", "cells": {"charge": 525}}, effective=LATER)
    assert ranges(s, "delivery_charge", mine + " AND min_goods = 0", "min_weight_g || ':' || charge") == f"(,{LATER})=0:495 (,)=10000:995 [{LATER},)=0:525", \
        ranges(s, "delivery_charge", mine + " AND min_goods = 0", "min_weight_g || ':' || charge")


def prices_of_a_later_day_begin_a_list(s):
    was, other = price(s), price(s, 1)
    ends = s.psql("SELECT upper(valid) FROM price_list WHERE market = 'GB' AND audience = 'retail' AND code = 'AUTUMN-2'")
    day = "2025-11-25"
    one = published(s, {"sheet": "prices", "key": price_key(s), "cells": {"amount": was + 100}}, effective=day)
    code = "AUTUMN-2.20251125"
    assert (price(s), price(s, 0, code), price(s, 1, code)) == (was, was + 100, other)
    now = s.psql("SELECT string_agg(code || ' ' || upper(valid)::text, ', ' ORDER BY valid) FROM price_list WHERE market = 'GB' AND audience = 'retail' AND (code = 'AUTUMN-2' OR code LIKE 'AUTUMN-2.%')")
    assert now == f"AUTUMN-2 {day}, {code} {ends}", now
    assert faults(s, {"sheet": "prices", "key": price_key(s), "cells": {"amount": 5}}, effective=LATER) == [("list_over", price_key(s))]
    assert faults(s, {"sheet": "items", "key": s.ids["skus"][0] + "/en", "cells": {"max_per_order": 5}}, effective=LATER) == [("no_date_here", s.ids["skus"][0] + "/en")]
    assert s.call("GET", f"{A}/changesets/{one}", token=s.token("B-02"))[2]["effective"] == day


def heads_are_changed_by_whoever_has_seen_them(s):
    one = begin(s, title="First")
    head = int(s.call("GET", f"{A}/changesets/{one}", token=s.token("B-02"))[2]["rev"])
    patch = lambda body, rev: s.call("PATCH", f"{A}/changesets/{one}", body, s.token("B-02"), {"If-Match": f'"{rev}"'})
    assert patch({"title": "x", "effective": LATER}, head)[2]["effective"] == LATER
    assert patch({"title": "y"}, head)[0] == 412
    assert patch({"effective": None}, head + 1)[2]["effective"] is None
    assert one in [c["id"] for c in s.call("GET", A + "/changesets?state=draft&owner=me", token=s.token("B-02"))[2]["items"]]
    assert patch({"state": "published"}, head + 2)[0] == 400
    assert patch({"state": "dropped"}, head + 2)[2]["state"] == "dropped"
    assert put(s, one, {"sheet": "prices", "key": price_key(s), "cells": {"cv": 1}})[0] == 409 and publish(s, one)[0] == 409


def a_barcode_may_be_passed_on(s):
    """Constraints are looked at when all is done."""
    one, two = s.psql("SELECT string_agg(sku || ' ' || barcode, ' ') FROM (SELECT sku, barcode FROM item WHERE barcode IS NOT NULL ORDER BY sku LIMIT 2) i").split()[0::2]
    codes = s.psql(f"SELECT string_agg(barcode, ' ' ORDER BY sku) FROM item WHERE sku IN ('{one}', '{two}')").split()
    published(s, {"sheet": "items", "key": one + "/en", "cells": {"barcode": codes[1]}}, {"sheet": "items", "key": two + "/en", "cells": {"barcode": codes[0]}})
    assert s.psql(f"SELECT string_agg(barcode, ' ' ORDER BY sku) FROM item WHERE sku IN ('{one}', '{two}')").split() == codes[::-1]


def publishers_at_once_publish_once(s):
    """Thirty sets of the same row, published side by side: one wins, the others hear of it."""
    from concurrent.futures import ThreadPoolExecutor
    was = price(s, 2)
    sets = [begin(s) for _ in range(30)]
    for n, one in enumerate(sets):
        took(s, one, {"sheet": "prices", "key": price_key(s, 2), "cells": {"amount": was + 1 + n}})
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda one: publish(s, one)[0], sets))
    assert sorted(set(said)) == [200, 409] and said.count(200) == 1, said
    assert price(s, 2) == was + 1 + said.index(200)


with demo_server() as server:
    for case in (sheets_are_read_by_pages, prices_are_of_the_list_of_today_unless_another_is_named, only_the_back_office_sees_them,
                 a_draft_changes_nothing_until_it_is_published, what_is_typed_back_is_no_change, wrong_cells_are_told_by_row_and_column,
                 who_publishes_second_hears_of_the_first, a_row_that_was_seen_before_somebody_changed_it_is_not_taken,
                 lists_leave_no_gap_and_do_not_overlap, rates_and_charges_leave_no_gap, an_item_has_group_check_digit_and_price,
                 what_was_wrong_before_is_nobodys_fault, a_whole_item_comes_with_names_and_prices_in_one_set,
                 heads_are_changed_by_whoever_has_seen_them, a_barcode_may_be_passed_on, publishers_at_once_publish_once,
                 a_range_that_orders_have_used_ends_and_a_new_one_begins, prices_of_a_later_day_begin_a_list):
        if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
            cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
