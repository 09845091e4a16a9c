#!/usr/bin/python3
"""What is looked up and put right around an order: who may cancel until when, lists of orders by every
filter, the operator's day, a person's details changed and cleared, short names found."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_around")
A = "/api/v1"


def place(s, login="CC-07", distributor=None, **changes):
    """The number of a new order."""
    body = {"market": "GB", "type": "personal", "distributor": distributor or s.ids["manager"],
            "lines": [{"id": "a", "sku": s.ids["skus"][0], "qty": 1}], **changes}
    total = s.call("POST", A + "/quotes", body, s.token(login))[2]["total"]
    status, _, got = s.call("POST", A + "/orders", {**body, "expect_total": total, "accept": ["duplicate"]},
                            s.token(login), {"Idempotency-Key": ulid()})
    assert status == 201, got
    return got["number"]


def cancel(s, number, login, key=None):
    status, _, got = s.call("POST", f"{A}/orders/{number}/cancel", {}, s.token(login), {"Idempotency-Key": key or ulid()})
    return status, [p["code"] for p in got.get("problems", [])], got


def age(s, number, minutes):
    s.psql(f"UPDATE orders SET placed_at = placed_at - make_interval(mins => {minutes}) WHERE number = '{number}'")


def may(s, number, login):
    return s.call("GET", f"{A}/orders/{number}", token=s.token(login))[2]["cancel"]["may"]


# ---- cancelling ---------------------------------------------------------------------------------

def only_the_taker_cancels_in_time(s):
    number = place(s)
    assert may(s, number, "CC-07") and not may(s, number, "CC-08")
    status, codes, got = cancel(s, number, "CC-08")
    assert (status, codes) == (422, ["cancel_of_other"]) and "CC-07" in got["problems"][0]["say"], got
    assert cancel(s, number, "CC-07")[0] == 200
    assert s.psql(f"SELECT state FROM orders WHERE number = '{number}'") == "cancelled"


def the_time_is_the_markets(s):
    s.psql("UPDATE market SET cancel_minutes = 10 WHERE code = 'GB'")
    try:
        number = place(s)
        age(s, number, 9)
        assert may(s, number, "CC-07")
        age(s, number, 2)
        assert not may(s, number, "CC-07")
        status, codes, got = cancel(s, number, "CC-07")
        assert (status, codes) == (422, ["cancel_late"]) and "supervisor" in got["problems"][0]["say"], got
        assert s.psql(f"SELECT state FROM orders WHERE number = '{number}'") == "placed"
        for login, other in (("B-02", None), ("SV-01", place(s))):
            number = other or number
            age(s, number, 600)
            assert may(s, number, login) and cancel(s, number, login)[0] == 200, login
    finally:
        s.psql("UPDATE market SET cancel_minutes = 60 WHERE code = 'GB'")


def nobody_cancels_what_is_picked(s):
    number = place(s)
    order = s.psql(f"SELECT id FROM orders WHERE number = '{number}'")
    s.psql(f"SELECT machine_step('order', {order}, 0, 'placed', 'released', NULL, '')")
    assert may(s, number, "CC-07"), "nothing is picked yet"
    s.psql(f"SELECT machine_step('order', {order}, 0, 'released', 'picked', NULL, '')")
    for login in ("CC-07", "SV-01"):
        status, codes, got = cancel(s, number, login)
        assert (status, codes, got["state"]) == (409, ["cancel_picked"], "picked"), (login, got)


def the_same_key_hears_the_same_after_the_time(s):
    number, key = place(s), ulid()
    assert cancel(s, number, "CC-07", key)[0] == 200
    age(s, number, 600)
    assert cancel(s, number, "CC-07", key)[0] == 200
    status, codes, _ = cancel(s, number, "CC-07")
    assert (status, codes) == (409, ["cancelled_already"])


# ---- lists --------------------------------------------------------------------------------------

def numbers(s, query, login="CC-07"):
    status, _, got = s.call("GET", A + "/orders?" + query, token=s.token(login))
    assert status == 200, (query, got)
    return [o["number"] for o in got["items"]]


def orders_are_found_by_each_filter(s):
    mine = place(s, distributor=s.ids["recruit"])
    name = s.psql(f"SELECT split_part(p.name, ',', 1) FROM distributor d JOIN person p ON p.id = d.id WHERE d.number = '{s.ids['recruit']}'")
    day = s.psql(f"SELECT business_date FROM orders WHERE number = '{mine}'")
    assert numbers(s, "limit=1") == [mine]
    for query in (f"distributor={s.ids['recruit']}", f"q={name.lower()}", "taker=me", f"from={day}&to={day}", "state=placed"):
        assert numbers(s, query + "&limit=1") == [mine], query
    assert mine not in numbers(s, "state=cancelled&limit=100")
    assert mine not in numbers(s, "taker=me&limit=100", "CC-08")
    assert numbers(s, f"distributor={s.ids['recruit']}&to=2001-01-01") == []
    assert numbers(s, f"distributor={s.ids['recruit']}&q=nobodyhasthisname") == []
    want = s.psql(f"SELECT string_agg(o.number, ' ' ORDER BY o.placed_at DESC, o.id DESC) FROM orders o JOIN distributor d ON d.id = o.distributor_id "
                  f"WHERE d.number = '{s.ids['manager']}'").split()
    assert numbers(s, f"distributor={s.ids['manager']}&limit=100") == want


def a_customers_name_finds_what_was_ordered_for_her(s):
    made = s.call("POST", A + "/customers", {"distributor": s.ids["manager"], "name": "QUIXOTE, Dulcinea",
                  "address": {"line1": "1 Mill", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}},
                  s.token(), {"Idempotency-Key": ulid()})[2]["id"]
    number = place(s, type="customer", customer=made, ship_to={"kind": "customer"})
    assert numbers(s, "q=dulc+quix") == [number] and numbers(s, f"customer={made}") == [number]
    got = s.call("GET", A + "/orders?q=quixote", token=s.token())[2]["items"][0]
    assert got["customer_name"] == "QUIXOTE, Dulcinea" and got["lines"] == 1


def pages_follow_each_other(s):
    for query in (f"distributor={s.ids['manager']}&", ""):
        whole = numbers(s, query + "limit=6")
        first = s.call("GET", f"{A}/orders?{query}limit=3", token=s.token())[2]
        assert whole == [o["number"] for o in first["items"]] + numbers(s, f"{query}limit=3&cursor={first['next']}"), query


def wrong_filters_are_told(s):
    for query, field in (("state=plced", "/state"), ("distributor=jones", "/distributor"), ("customer=x", "/customer"),
                         ("from=yesterday", "/from"), ("to=2025-02-30", "/to"), ("cursor=x", "/cursor"),
                         ("cursor=999999999", "/cursor"), ("taker=CC-08", "/taker"), ("q=", "/q")):
        status, _, got = s.call("GET", A + "/orders?" + query, token=s.token())
        assert status == 400 and [p["field"] for p in got["problems"]] == [field], (query, status, got)


# ---- the day ------------------------------------------------------------------------------------

def the_day_is_the_operators_own(s):
    def day(login="B-03"):
        status, _, got = s.call("GET", A + "/day", token=s.token(login))
        assert status == 200, got
        return got
    before = day()
    assert before["orders"] == 0 and before["totals"] == [] and before["duplicates"] == [], before  # nobody has used it yet
    one, two = place(s, "B-03", note="one"), place(s, "B-03", note="two")
    after = day()
    total = int(s.psql(f"SELECT sum(total) FROM orders WHERE number IN ('{one}', '{two}')"))
    assert after["orders"] == 2 and len(after["totals"]) == 1, after
    assert after["totals"][0] == {"currency": "GBP", "exponent": 2, "orders": 2, "total": total, "due": total, "due_orders": 2,
                                  "cv": int(s.psql(f"SELECT sum(cv) FROM orders WHERE number IN ('{one}', '{two}')"))}
    assert after["duplicates"][0]["order"] == two and after["duplicates"][0]["earlier"] == one, after
    assert after["duplicates"][0]["by"] == "B-03" and after["experience"] == 2
    assert after["month"]["ends"][:7] == after["date"][:7] and after["month"]["days_left"] >= 0
    assert cancel(s, two, "B-03")[0] == 200
    gone = day()
    assert (gone["orders"], gone["cancelled"], gone["totals"][0]["orders"]) == (1, before["cancelled"] + 1, 1) and two not in json.dumps(gone["duplicates"])
    age(s, one, 3 * 24 * 60)
    s.psql(f"UPDATE orders SET business_date = business_date - 3 WHERE number = '{one}'")
    assert day()["orders"] == 0, "yesterday is another day"


def seconds_are_counted_from_the_first_save(s):
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"],
            "lines": [{"id": "a", "sku": s.ids["skus"][1], "qty": 3}]}
    key, token = ulid(), s.token("S-04")
    assert s.call("PUT", f"{A}/drafts/{key}", body, token, {"If-None-Match": "*"})[0] in (200, 201)
    s.psql(f"UPDATE draft SET created_at = created_at - interval '70 seconds' WHERE ulid = '{key}'")
    total = s.call("POST", A + "/quotes", body, token)[2]["total"]
    got = s.call("POST", A + "/orders", {**body, "expect_total": total, "rev": "1", "accept": ["duplicate"]}, token, {"Idempotency-Key": key})
    assert got[0] == 201, got
    seconds = s.call("GET", A + "/day", token=token)[2]["seconds_per_order"]
    assert 70 <= seconds <= 100, seconds


# ---- people -------------------------------------------------------------------------------------

def null_clears_a_field(s):
    for path in (f"/distributors/{s.ids['recruit']}", None):
        if path is None:
            made = s.call("POST", A + "/customers", {"distributor": s.ids["manager"], "name": "OSEI, Kofi", "phone": "07700 900123",
                          "address": {"line1": "1 Mill", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}},
                          s.token(), {"Idempotency-Key": ulid()})[2]["id"]
            path = f"/customers/{made}"
        change(s, path, {"email": "kofi@example.org", "phone": "07700 900123"})
        change(s, path, {"email": None})
        got = s.call("GET", A + path, token=s.token())[2]
        assert (got["email"], got["phone"]) == ("", "07700 900123"), got
        before = len(got["addresses"])
        change(s, path, {"phone": None, "address": None})
        got = s.call("GET", A + path, token=s.token())[2]
        assert got["phone"] == "" and len(got["addresses"]) == before - 1, got
        change(s, path, {"address": {"line1": "2 Mill", "city": "York", "country": "GB"}})
        assert s.call("GET", A + path, token=s.token())[2]["addresses"][0]["line1"] == "2 Mill"


def change(s, path, body, want=200):
    tag = s.call("GET", A + path, token=s.token())[1]["ETag"]
    status, _, got = s.call("PATCH", A + path, body, s.token(), {"If-Match": tag})
    assert status == want, got
    return got


def the_addresses_behind_move_up(s):
    person = s.psql(f"SELECT id FROM distributor WHERE number = '{s.ids['recruit']}'")
    s.psql(f"DELETE FROM address WHERE person_id = {person}")
    s.psql(f"INSERT INTO address (person_id, position, line1, city, country) VALUES ({person}, 1, 'A', 'X', 'GB'), "
           f"({person}, 2, 'B', 'X', 'GB'), ({person}, 3, 'C', 'X', 'GB')")
    change(s, f"/distributors/{s.ids['recruit']}", {"address": None})
    assert s.psql(f"SELECT string_agg(position || line1, ' ' ORDER BY position) FROM address WHERE person_id = {person}") == "1B 2C"


def a_language_cannot_be_cleared(s):
    got = change(s, f"/distributors/{s.ids['recruit']}", {"language": None}, 400)
    assert [p["field"] for p in got["problems"]] == ["/language"], got


def every_change_is_kept(s):
    change(s, f"/distributors/{s.ids['recruit']}", {"email": "a@example.org"})
    change(s, f"/distributors/{s.ids['recruit']}", {"email": None})
    assert s.psql("SELECT old || '>' || new FROM person_change WHERE field = 'email' ORDER BY id DESC LIMIT 1") == "a@example.org>"


def a_missing_address_is_named(s):
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"],
            "lines": [{"id": "a", "sku": s.ids["skus"][0], "qty": 1}], "ship_to": {"kind": "distributor", "choice": 9}}
    got = s.call("POST", A + "/quotes", body, s.token())[2]
    assert ("address_missing", "Address 9 does not exist.") in [(p["code"], p["say"]) for p in got["problems"]], got


def one_or_two_letters_begin_a_word_of_the_name(s):
    person = s.psql(f"SELECT id FROM distributor WHERE number = '{s.ids['manager']}'")
    s.psql(f"UPDATE person SET name = 'ZZYZX, Qo' WHERE id = {person}")
    for words in ("zz", "qo", "z q", "zz qo", "zzyzx q"):
        got = s.call("GET", A + "/distributors?q=" + words.replace(" ", "+"), token=s.token())[2]["items"]
        assert [p["id"] for p in got] == [s.ids["manager"]], (words, got)
    got = s.call("GET", A + "/distributors?q=zx", token=s.token())[2]["items"]
    assert s.ids["manager"] not in [p["id"] for p in got], "in the middle of a word"


CASES = [only_the_taker_cancels_in_time, the_time_is_the_markets, nobody_cancels_what_is_picked,
         the_same_key_hears_the_same_after_the_time, orders_are_found_by_each_filter,
         a_customers_name_finds_what_was_ordered_for_her, pages_follow_each_other, wrong_filters_are_told,
         the_day_is_the_operators_own, seconds_are_counted_from_the_first_save, null_clears_a_field,
         the_addresses_behind_move_up, a_language_cannot_be_cleared, every_change_is_kept, a_missing_address_is_named,
         one_or_two_letters_begin_a_word_of_the_name]


def main():
    with demo_server() as s:
        for case in CASES:
            cases.run(case.__name__.replace("_", " "), case, s)
        cases.check("the books and the stock add up", s.ctl("check", check=False).returncode == 0)
    cases.end()


main()
