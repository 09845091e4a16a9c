#!/usr/bin/python3
"""Orders of buyers whom the worker knows go in one round trip; whatever has changed since it learned of them is
seen all the same: the order is priced again, refused, or asked about as if nothing had been known."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from promo_shop import A, checked, draft, end, order, publish, quote, seen  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_at_once")


def at_once(s):
    return int(re.search(r"^partyline_orders_placed_at_once_total (\d+)", s.call("GET", "/metrics")[2], re.M)[1])


def send(s, body, total, login="CC-07", accept=("duplicate", "age"), key=None, tenders=()):
    """(status, reply, whether it went in one round trip)."""
    before = at_once(s)
    body = {**body, "expect_total": total, "tenders": list(tenders), "accept": list(accept)}
    status, _, got = s.call("POST", A + "/orders", body, s.token(login), {"Idempotency-Key": key or ulid()})
    return status, got, at_once(s) > before


def known(s, body, login="CC-07"):
    """The total of a body whose buyer the worker knows from here on."""
    return quote(s, body, login)["total"]


def buyers(s, n):
    return s.psql(f"""SELECT string_agg(number, ' ') FROM (SELECT d.number FROM distributor d JOIN address a ON a.person_id = d.id
                      AND a.position = 1 WHERE market = 'GB' AND status = 'active' ORDER BY d.id DESC LIMIT {n}) d""").split()


def codes(got):
    return [p["code"] for p in got.get("problems", [])]


def of(s, number, column):
    return s.psql(f"SELECT {column} FROM distributor d JOIN person p ON p.id = d.id WHERE d.number = '{number}'")


def an_order_goes_after_its_quote(s):
    first, second = s.ids["skus"][:2]
    for body in (draft(s, [(first, 2), (second, 1)]), draft(s, [(second, 3, {"id": 'a"\\b {,}'})], note='say "hi\\there", {x,y} (z) \u4f60'),
                 draft(s, [(first, 1)], ship_to={"kind": "distributor", "address": {
                     "name": 'O"Neil\\', "line1": "1, (Lane)", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}})):
        priced = quote(s, body)
        status, got, fast = send(s, body, priced["total"])
        assert status == 201 and fast, got
        stored = order(s, got["number"])
        for key in ("goods", "discount", "delivery", "tax", "total", "cv", "pv"):
            assert stored[key] == priced[key], key
        assert (stored["note"] or "") == body.get("note", "")
        assert {k: v for k, v in stored["ship_to"]["address"].items() if v} == {k: v for k, v in priced["ship_to"].items() if v}
        assert [(x["id"], x["sku"], x["qty"], x["name"]) for x in stored["lines"]] == \
            [(x["id"], x["sku"], x["qty"], x["name"]) for x in priced["lines"]]
        again = send(s, body, priced["total"])
        assert again[0] == 201, "another key is another order"
    checked(s)


def the_same_key_is_one_order(s):
    body, key = draft(s, [(s.ids["skus"][0], 4)]), ulid()
    total = known(s, body)
    first, second = send(s, body, total, key=key), send(s, body, total, key=key)
    assert first[0] == 201 and second[0] == 200 and first[1] == second[1] and first[2] and not second[2]
    other = draft(s, [(s.ids["skus"][0], 5)])
    status, got, fast = send(s, other, known(s, other), key=key)
    assert status == 422 and got["type"].endswith("/key-reused") and got["order"] == first[1]["number"] and not fast, got


def a_duplicate_is_asked_once(s):
    body = draft(s, [(s.ids["skus"][2], 7)])
    total = known(s, body)
    assert send(s, body, total, accept=())[0] == 201
    status, got, fast = send(s, body, total, accept=())
    assert status == 422 and codes(got) == ["duplicate"] and not fast, got
    status, got, fast = send(s, body, total)
    assert status == 201 and fast
    asked = f"SELECT count(*) FROM order_confirmation c JOIN orders o ON o.id = c.order_id WHERE o.number = '{got['number']}' AND what = 'duplicate'"
    assert s.psql(asked) == "1"


def who_may_not_order_any_more_does_not(s):
    number = buyers(s, 1)[0]
    body = draft(s, [(s.ids["skus"][0], 1)], distributor=number)
    total = known(s, body)
    s.psql(f"UPDATE distributor SET status = 'terminated', version = version + 1 WHERE number = '{number}'")
    status, got, fast = send(s, body, total)
    assert status == 422 and codes(got) and not fast, got
    s.psql(f"UPDATE distributor SET status = 'active', version = version + 1 WHERE number = '{number}'")


def another_rank_is_another_price(s):
    body = draft(s, [(s.ids["skus"][0], 2)])
    total = known(s, body)
    rank = of(s, s.ids["manager"], "d.rank")
    s.psql(f"UPDATE distributor SET rank = (SELECT min(id) FROM rank) WHERE number = '{s.ids['manager']}'")
    status, got, fast = send(s, body, total)
    assert status == 409 and got["type"].endswith("/total-changed") and got["quote"]["total"] != total and not fast, got
    assert send(s, body, got["quote"]["total"])[::2] == (201, True), "what was told is known"
    s.psql(f"UPDATE distributor SET rank = {rank} WHERE number = '{s.ids['manager']}'")


def another_address_is_the_one_used(s):
    body = draft(s, [(s.ids["skus"][1], 2)])
    total = known(s, body)
    where = f"WHERE position = 1 AND person_id = (SELECT id FROM distributor WHERE number = '{s.ids['manager']}')"
    line = s.psql(f"SELECT line1 FROM address {where}")
    s.psql(f"UPDATE address SET line1 = '77 Other Road' {where}")
    status, got, fast = send(s, body, total)
    assert status == 201 and not fast and order(s, got["number"])["ship_to"]["address"]["line1"] == "77 Other Road"
    s.psql(f"UPDATE address SET line1 = $a${line}$a$ {where}")


def a_group_that_was_left_counts_no_more(s):
    first = s.ids["skus"][0]
    number = s.ids["manager"]
    s.psql(f"""INSERT INTO person_group (code, name) VALUES ('FRIENDS', 'Friends');
               INSERT INTO person_group_member (group_id, person_id)
               SELECT g.id, d.id FROM person_group g, distributor d WHERE g.code = 'FRIENDS' AND d.number = '{number}'""")
    publish(s, f"promotion FOR-FRIENDS\n  for people FRIENDS\n  give 5.00 off {first}\n")
    body = draft(s, [(first, 1)])
    total = known(s, body)
    assert send(s, body, total)[::2] == (201, True)
    s.psql("DELETE FROM person_group_member WHERE group_id = (SELECT id FROM person_group WHERE code = 'FRIENDS')")
    status, got, fast = send(s, body, total)
    assert status == 409 and got["quote"]["total"] > total and not fast, got
    end(s, "FOR-FRIENDS")


def a_first_order_is_the_first(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion HELLO\n  when first order\n  give 5.00 off {first}\n")
    number = s.psql("""SELECT d.number FROM distributor d JOIN address a ON a.person_id = d.id AND a.position = 1
                       WHERE d.market = 'GB' AND d.status = 'active'
                       AND NOT EXISTS (SELECT FROM orders o WHERE o.distributor_id = d.id) LIMIT 1""")
    if not number:
        number = buyers(s, 2)[1]
        s.psql(f"UPDATE orders SET state = 'cancelled' WHERE distributor_id = (SELECT id FROM distributor WHERE number = '{number}')")
    body = draft(s, [(first, 1)], distributor=number)
    total = known(s, body)
    assert send(s, body, total)[::2] == (201, True)
    status, got, fast = send(s, body, total)
    assert status == 409 and got["quote"]["total"] == total + 500 and not fast, got
    end(s, "HELLO")


def a_last_use_is_used_once(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion LAST-ONE\n  limit 1 order\n  give 5.00 off {first}\n", uses=1)
    body = draft(s, [(first, 1)])
    total = known(s, body)
    assert send(s, body, total)[::2] == (201, True)
    status, got, fast = send(s, body, total)
    assert status == 409 and got["quote"]["total"] == total + 500 and not fast, got
    checked(s)
    end(s, "LAST-ONE")


def new_customers_are_counted_anew(s):
    first, gift = s.ids["skus"][:2]
    status, _, person = s.call("POST", A + "/customers", {"distributor": s.ids["manager"], "name": "NEW, Nina", "address": {
        "line1": "1 Mill Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}, s.token(), {"Idempotency-Key": ulid()})
    assert status == 201, person
    price = quote(s, draft(s, [(first, 1)]))["lines"][0]["unit"]
    theirs = draft(s, [(first, -(-4000 // price))], type="customer", customer=person["id"])
    assert send(s, theirs, known(s, theirs))[::2] == (201, True)
    publish(s, f"promotion BRINGER\n  from 2025-11-01 to 2025-12-31\n  when recruits 1 with 40.00 in 30 days\n  give gift {gift}\n")
    own = draft(s, [(first, 1)])
    total = known(s, own)
    one = send(s, own, total)
    assert one[::2] == (201, True) and [x.get("gift_of") for x in order(s, one[1]["number"])["lines"]] == [None, "BRINGER"]
    two = send(s, own, total)
    assert two[0] == 201 and not two[2] and len(order(s, two[1]["number"])["lines"]) == 1, "rewarded once"
    checked(s)
    end(s, "BRINGER")


def what_is_short_is_told_and_may_wait(s):
    sku = s.ids["skus"][3]
    body = draft(s, [(sku, 2)])
    total = known(s, body)
    stock = f"""site_id = (SELECT id FROM site WHERE market = 'GB' AND ships) AND item_id = (SELECT id FROM item WHERE sku = '{sku}')"""
    held = s.psql(f"SELECT reserved FROM stock WHERE {stock}")
    was = s.psql(f"SELECT on_hand FROM stock WHERE {stock}")
    waits = s.psql(f"SELECT back_order FROM item WHERE sku = '{sku}'")
    site = s.psql("SELECT id FROM site WHERE market = 'GB' AND ships")
    item = s.psql(f"SELECT id FROM item WHERE sku = '{sku}'")
    s.psql(f"SELECT stock_move({site}, {item}, {int(held) + 1 - int(was)}, 'count', 'for the test', NULL)")
    status, got, fast = send(s, body, total)
    assert status == 409 and codes(got) == ["stock_short"] and not fast, got
    s.psql(f"UPDATE item SET back_order = true WHERE sku = '{sku}'")
    later = draft(s, [(sku, 2, {"backorder": True})])
    seen(s)
    status, got, fast = send(s, later, known(s, later))
    assert status == 201 and not fast and order(s, got["number"])["lines"][0]["back_ordered"] == 1, got
    s.psql(f"UPDATE item SET back_order = '{waits}' WHERE sku = '{sku}'")
    seen(s)  # else the next order's first quote has the catalogue of before
    checked(s)


def what_pays_it_goes_along(s):
    """Tenders go in the same round trip: what accounts hold is asked under lock, never remembered."""
    number = s.psql("""SELECT d.number FROM distributor d JOIN address a ON a.person_id = d.id AND a.position = 1 WHERE d.market = 'GB'
                       AND d.status = 'active' AND NOT EXISTS (SELECT FROM account WHERE owner_id = d.id) ORDER BY d.id LIMIT 1""")
    person = s.psql(f"SELECT id FROM distributor WHERE number = '{number}'")
    card = s.psql(f"""INSERT INTO payment_token (person_id, market, provider_customer, provider_method, brand, last4, expires)
                      VALUES ({person}, 'GB', 'cus_1', 'pm_1', 'visa', '4242', '2030-12-31') RETURNING id""")
    seen(s)  # what the cases before have changed of the catalogue
    body = draft(s, [(s.ids["skus"][0], 2)], distributor=number)
    total = known(s, body)
    s.psql(f"SELECT wallet_fund({person}, 1, '{ulid()}', NULL)")

    def goes(tenders):
        """Again, when the worker has heard of the order before only now, and has forgotten the buyer for it."""
        for _ in range(20):
            spent = sum(t["amount"] for t in tenders if t["kind"] == "balance")
            if spent:
                s.psql(f"SELECT wallet_fund({person}, {spent}, '{ulid()}', NULL)")
            known(s, body)
            status, got, fast = send(s, body, total, tenders=tenders)
            if fast or status != 201:
                break
        return status, got, fast

    split = [{"kind": "token", "amount": total - 300, "ref": card}, {"kind": "balance", "amount": 300}]
    for tenders, payment, due in (([{"kind": "balance", "amount": total}], "captured", 0), (split, "authorising", 0),
                                  ([{"kind": "token", "amount": 100, "ref": card}], "authorising", total - 100),
                                  ([{"kind": "later", "amount": total}], "due", total)):
        status, got, fast = goes(tenders)
        assert (status, got["payment"], got["due"], fast) == (201, payment, due, True), (tenders, status, got, fast)
        paid = [(p["kind"], p["amount"]) for p in order(s, got["number"])["payments"] if p["kind"] != "later"]
        assert paid == [(t["kind"], t["amount"]) for t in tenders if t["kind"] != "later"], paid
    # What the worker once read of the balance is of no account, neither when there is less by now ...
    status, got, fast = send(s, body, total, tenders=[{"kind": "balance", "amount": total}])
    assert (status, codes(got), fast) == (422, ["balance_short"], False), got
    assert got["problems"][0]["params"]["balance"] == 1, got
    # ... nor when there is more.
    assert goes([{"kind": "balance", "amount": total}])[::2] == (201, True)
    for tenders, code in (([{"kind": "token", "amount": 100, "ref": "999999"}], "tender_unknown"), ([{"kind": "credit", "amount": total + 1}], "tenders_exceed"),
                          ([{"kind": "cheque", "amount": 100, "ref": "7"}], "tender_kind")):
        status, got, fast = send(s, body, total, tenders=tenders)
        assert (status, [c for c in codes(got) if c != "duplicate"], fast) == (422, [code], False), (tenders, got)
    checked(s)


def who_is_signed_off_orders_nothing(s):
    body = draft(s, [(s.ids["skus"][0], 6)])
    total = known(s, body, "CC-08")
    assert send(s, body, total, "CC-08")[::2] == (201, True)
    count = s.psql("SELECT count(*) FROM orders")
    s.psql("UPDATE login SET disabled = true WHERE login = 'CC-08'")
    assert send(s, body, total, "CC-08")[0] == 401
    s.psql("UPDATE login SET disabled = false, roles = '{warehouse}' WHERE login = 'CC-08'")
    assert send(s, body, total, "CC-08")[0] == 403
    s.psql("UPDATE login SET roles = '{operator}', market = 'US' WHERE login = 'CC-08'")
    assert send(s, body, total, "CC-08")[0] == 403
    s.psql("UPDATE login SET market = NULL WHERE login = 'CC-08'")
    s.psql("DELETE FROM session WHERE login_id = (SELECT id FROM login WHERE login = 'CC-08')")
    assert send(s, body, total, "CC-08")[0] == 401
    assert s.psql("SELECT count(*) FROM orders") == count


ALL = [an_order_goes_after_its_quote, the_same_key_is_one_order, a_duplicate_is_asked_once, who_may_not_order_any_more_does_not,
       another_rank_is_another_price, another_address_is_the_one_used, a_group_that_was_left_counts_no_more,
       a_first_order_is_the_first, a_last_use_is_used_once, new_customers_are_counted_anew, what_is_short_is_told_and_may_wait,
       what_pays_it_goes_along, who_is_signed_off_orders_nothing]

with demo_server("--workers", "1") as server:  # so that the one that knows is the one that is asked
    server.psql("UPDATE login SET market = NULL WHERE login = 'SV-01'")
    server.psql("UPDATE promotion_version SET valid = 'empty'")  # only those of the cases count
    for case in ALL:
        if len(sys.argv) < 2 or sys.argv[1] in case.__name__:
            cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
