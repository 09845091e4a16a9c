#!/usr/bin/python3
"""Orders that have promotions: what is stored with them, limits, coupons, credit, new customers; and all of it
given back when they are cancelled or changed. partylinectl check holds after each."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from promo_shop import A, cancel, checked, draft, end, order, place, publish, quote, told  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_promotions_placed")


def what_is_stored(s):
    first, second, third = s.ids["skus"][:3]
    publish(s, f"promotion MIX\n  when quantity 2 of {first}\n  give 1 free from {second}\n  give gift {third}\n  give 10% off {first}\n")
    body = draft(s, [(first, 2), (second, 1, {"picks": "MIX"})])
    priced = quote(s, body)
    status, made = place(s, body)
    assert status == 201 and made["total"] == priced["total"], made
    got = order(s, made["number"])
    for key in ("goods", "discount", "delivery", "total"):
        assert got[key] == priced[key], key
    assert [line["shares"] for line in got["lines"]] == [line["shares"] for line in priced["lines"]]
    assert got["lines"][1]["picks"] == "MIX" and got["lines"][2]["gift_of"] == "MIX" and got["lines"][2]["amount"] == 0
    use = got["promotions"][0]
    assert (use["id"], use["version"], use["amount"]) == ("MIX", 1, told(priced, "MIX")["amount"]) and not use["given_back"]
    checked(s)
    cancel(s, made["number"])
    assert order(s, made["number"])["promotions"][0]["given_back"]
    checked(s)
    end(s, "MIX")


def limits_count(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion TWO\n  limit 2 orders\n  limit 1 per customer\n  limit budget 9.00\n  give 5.00 off {first}\n", uses=2, person=1, budget=900)
    others = s.psql("SELECT string_agg(number, ' ') FROM (SELECT number FROM distributor WHERE market = 'GB' AND status = 'active' AND id > 3 ORDER BY id LIMIT 3) d").split()
    body = draft(s, [(first, 1)], distributor=others[0])
    status, made = place(s, body)
    assert status == 201
    assert told(quote(s, body), "TWO")["needs"]["kind"] == "limit_person"
    second = draft(s, [(first, 1)], distributor=others[1])
    assert told(quote(s, second), "TWO")["needs"] == {"kind": "limit_budget", "actual": 400, "needed": 500, "of": None}
    cancel(s, made["number"])
    assert told(quote(s, second), "TWO")["state"] == "applied" and told(quote(s, body), "TWO")["state"] == "applied"
    checked(s)
    end(s, "TWO")


def a_lost_last_use_tells_the_new_total(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion LAST\n  limit 1 order\n  give 5.00 off {first}\n", uses=1)
    body = draft(s, [(first, 1)])
    shown = quote(s, body)["total"]
    assert place(s, body)[0] == 201
    send = {**body, "expect_total": shown, "tenders": [], "accept": ["duplicate", "age"]}
    status, _, got = s.call("POST", A + "/orders", send, s.token(), {"Idempotency-Key": ulid()})
    assert status == 409 and got["type"].endswith("/total-changed"), got
    assert got["quote"]["total"] == shown + 500 - 0 or got["quote"]["total"] > shown
    assert told(got["quote"], "LAST")["needs"]["kind"] == "limit_uses"
    end(s, "LAST")


def coupons_are_used_up(s):
    first = s.ids["skus"][0]
    made = publish(s, f"promotion COUPONED\n  for coupon\n  give 5.00 off {first}\n")
    s.psql(f"INSERT INTO coupon (code, promotion_id, limit_uses) VALUES ('ONE-USE', {made}, 1)")
    body = draft(s, [(first, 1)], coupons=["one-use"])
    status, placed = place(s, body)
    assert status == 201
    got = order(s, placed["number"])
    assert got["coupons"] == ["one-use"] and got["promotions"][0]["coupon"] == "ONE-USE"
    assert "coupon_used_up" in [p["code"] for p in quote(s, body)["problems"]]
    checked(s)
    cancel(s, placed["number"])
    assert told(quote(s, body), "COUPONED")["state"] == "applied"
    end(s, "COUPONED")


def credit_is_booked(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion CREDIT\n  when quantity 1 of {first}\n  give credit 5.00\n")
    status, placed = place(s, draft(s, [(first, 1)]))
    assert status == 201
    balance = "SELECT balance FROM account a JOIN distributor d ON d.id = a.owner_id WHERE d.number = '%s' AND a.kind = 'pending_credit'" % s.ids["manager"]
    assert s.psql(balance) == "500" and order(s, placed["number"])["promotions"][0]["credit"] == 500
    checked(s)
    cancel(s, placed["number"])
    assert s.psql(balance) == "0"
    checked(s)
    end(s, "CREDIT")


def credit_goes_back_with_the_goods(s):
    """In the proportion in which they are given back in money; all of it with the last piece; what is exchanged keeps it."""
    first, second = s.ids["skus"][:2]
    publish(s, f"promotion GONE\n  when quantity 3 of {first}\n  give credit 5.00\n")
    status, placed = place(s, draft(s, [(first, 7), (second, 2)]))
    assert status == 201
    number = placed["number"]
    s.psql(f"SELECT order_pay('{number}', NULL, '{ulid()}', 'h', 1, NULL, '', '{{transfer}}', ARRAY[{placed['total']}], '{{x}}')")
    s.psql(f"SELECT order_release('{number}', NULL, '{ulid()}', 'h', 1, '')")
    assert s.psql(f"SELECT result FROM order_ship('{number}', NULL, '{ulid()}', 'h', 1, '')") == "shipped"
    pending = "SELECT balance FROM account a JOIN distributor d ON d.id = a.owner_id WHERE d.number = '%s' AND a.kind = 'pending_credit'" % s.ids["manager"]
    sold = order(s, number)
    goods, back = sum(one["amount"] for one in sold["lines"]), 0

    def ask(*wishes):
        body = {"order": number, "lines": [{"line": sold["lines"][i]["id"], "qty": qty, "reason": "damaged", **more} for i, qty, more in wishes]}
        seen = s.call("POST", A + "/returns?preview=true", body, s.token())[2]
        status, _, made = s.call("POST", A + "/returns", dict(body, expect_refund=seen["refund"], expect_due=seen["due"]), s.token(), {"Idempotency-Key": ulid()})
        assert status == 201, made
        return made, seen["worth"]

    def come(made, *pieces):
        status, _, got = s.call("POST", A + f"/returns/{made['number']}/receive", {"lines": [{"position": i + 1, "stock": n} for i, n in enumerate(pieces)]},
                                s.token("S-04"), {"Idempotency-Key": ulid()})
        assert status == 200, got
        checked(s)

    made, worth = ask((0, 2, {}))
    assert s.psql(pending) == "500", "nothing has come"
    come(made, 2)
    back += worth
    assert s.psql(pending) == str(500 - 500 * back // goods), (back, goods)
    status, _, got = s.call("POST", A + f"/returns/{ask((0, 1, {'exchange': first}))[0]['number']}/cancel", {}, s.token(), {"Idempotency-Key": ulid()})
    assert status == 200 and s.psql(pending) == str(500 - 500 * back // goods), got
    made, worth = ask((0, 5, {}), (1, 2, {}))
    come(made, 5, 2)
    assert back + worth == goods and s.psql(pending) == "0", s.psql(pending)
    end(s, "GONE")


def new_customers_are_rewarded_once(s):
    first, gift = s.ids["skus"][:2]
    s.psql("UPDATE stock SET on_hand = on_hand WHERE false")
    publish(s, f"promotion BRING\n  from 2025-11-01 to 2025-12-31\n  when recruits 1 with 40.00 in 30 days\n  give gift {gift}\n")
    own = draft(s, [(first, 1)])
    one = told(quote(s, own), "BRING")
    before = one["needs"]["actual"] if one["needs"] else None
    assert before == 0, one
    status, _, person = s.call("POST", A + "/customers", {"distributor": s.ids["manager"], "name": "NEW, Nora", "address": {
        "line1": "1 Mill Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}, s.token(), {"Idempotency-Key": ulid()})
    assert status == 201, person
    price = quote(s, draft(s, [(first, 1)]))["lines"][0]["unit"]
    bought = draft(s, [(first, -(-4000 // price))], type="customer", customer=person["id"])
    del bought["lines"][0]["id"]
    bought["lines"][0]["id"] = "a"
    status, theirs = place(s, bought)
    assert status == 201, theirs
    assert told(quote(s, own), "BRING")["state"] == "applied"
    status, rewarded = place(s, own)
    assert status == 201 and order(s, rewarded["number"])["promotions"][0]["recruits"] == 1
    assert told(quote(s, own), "BRING")["needs"]["kind"] == "recruits", "each counts once"
    checked(s)
    cancel(s, rewarded["number"])
    assert told(quote(s, own), "BRING")["state"] == "applied"
    cancel(s, theirs["number"])
    assert told(quote(s, own), "BRING")["needs"]["kind"] == "recruits", "what was cancelled does not count"
    checked(s)
    end(s, "BRING")


def a_change_keeps_what_the_order_has(s):
    first, second = s.ids["skus"][:2]
    publish(s, f"promotion KEPT\n  limit 1 order\n  give 10% off {first}\n", uses=1)
    status, placed = place(s, draft(s, [(first, 2)]))
    assert status == 201
    version = order(s, placed["number"])["version"]
    lines = [{"id": "l0", "sku": first, "qty": 3}, {"id": "l1", "sku": second, "qty": 1}]
    path = f"{A}/orders/{placed['number']}/change"
    status, _, seen = s.call("POST", path + "?preview=true", {"lines": lines}, s.token("SV-01"))
    assert status == 200 and told(seen["quote"], "KEPT")["state"] == "applied", "its own use is its own"
    status, _, got = s.call("POST", path, {"lines": lines, "expect_total": seen["quote"]["total"]}, s.token("SV-01"),
                            {"Idempotency-Key": ulid(), "If-Match": f'"{version}"'})
    assert status == 200, got
    now = order(s, placed["number"])
    assert [p["id"] for p in now["promotions"]] == ["KEPT"] and now["lines"][0]["shares"] == seen["quote"]["lines"][0]["shares"]
    checked(s)
    cancel(s, placed["number"])
    checked(s)
    end(s, "KEPT")


ALL = [what_is_stored, limits_count, a_lost_last_use_tells_the_new_total, coupons_are_used_up, credit_is_booked, credit_goes_back_with_the_goods,
       new_customers_are_rewarded_once, a_change_keeps_what_the_order_has]

with demo_server("--workers", "1") as server:  # each worker sees a change in its own time
    server.psql("UPDATE login SET market = NULL WHERE login = 'SV-01'")
    server.psql("UPDATE promotion_version SET valid = 'empty'")  # only those of the cases count
    for case in ALL:
        if len(sys.argv) < 2 or sys.argv[1] in case.__name__:
            cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
