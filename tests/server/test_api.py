#!/usr/bin/python3
"""The API as its clients meet it: one order from the sign-in to the cancellation, and every wrong
turn on the way: each is told where and why, and nothing is lost."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_api")
API = "/api/v1"
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def draft(s, **changes):
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"], "customer": None,
            "lines": [{"id": "a", "sku": s.ids["skus"][0], "qty": 1},
                      {"id": "b", "sku": s.ids["skus"][1], "qty": 2}],
            "ship_to": {"kind": "distributor"}, "price_list": None, "note": None}
    body.update(changes)
    return body


def quote(s, body):
    status, _, got = s.call("POST", API + "/quotes", body, s.token())
    assert status == 200, (status, got)
    return got


def place(s, body, key=None, token=None, **more):
    order = dict(body, **more)
    if "expect_total" not in order:
        order["expect_total"] = quote(s, body)["total"]
    return s.call("POST", API + "/orders", order, token or s.token(), {"Idempotency-Key": key or ulid()})


def codes(reply):
    return sorted(p["code"] for p in reply.get("problems", []))


# ---- an order's life ----------------------------------------------------------------------------

def identities(q):
    assert q["goods"] - q["discount"] + q["delivery"] + q["tax_added"] == q["total"], q
    assert sum(line["amount"] for line in q["lines"]) == q["goods"] - q["discount"], q
    for line in q["lines"]:
        assert sum(w["amount"] for w in line["why"] if not w["code"].startswith("tax")) == line["amount"], line


def quote_adds_up(s):
    q = quote(s, draft(s))
    identities(q)
    assert q["currency"] == "GBP" and q["exponent"] == 2 and q["tax_added"] == 0 and q["tax_included"]
    assert q["distributor"]["id"] == s.ids["manager"] and not q["problems"], q["problems"]
    assert all(line["free_stock"] >= 500 for line in q["lines"])
    assert s.psql("SELECT count(*) FROM draft") == "0"


def order_is_placed_once(s):
    body, key = draft(s), ulid()
    total = quote(s, body)["total"]
    before = s.psql("SELECT count(*) FROM orders")
    status, headers, placed = place(s, body, key, accept=["duplicate"], tenders=[])
    assert status == 201, (status, placed)
    assert re.fullmatch(r"\d{9}", placed["number"]) and placed["total"] == total and placed["due"] == total
    assert placed["payment"] == "due" and headers["Location"].endswith(placed["number"])
    status, _, again = place(s, body, key, accept=["duplicate"], tenders=[])
    assert (status, again) == (200, placed), (status, again)
    status, _, other = place(s, draft(s, note="another"), key, accept=["duplicate"], tenders=[])
    assert status == 422 and other["order"] == placed["number"] and other["type"].endswith("/key-reused")
    assert int(s.psql("SELECT count(*) FROM orders")) == int(before) + 1
    status, _, read = s.call("GET", f"{API}/orders/{placed['number']}", token=s.token())
    assert status == 200 and read["total"] == total and len(read["lines"]) == 2
    assert [e["to"] for e in read["history"] if e["machine"] == "order"] == ["placed"]


def balance_pays(s):
    body = draft(s, lines=[{"id": "a", "sku": s.ids["skus"][2], "qty": 1}])
    person = s.psql(f"SELECT id FROM distributor WHERE number = '{s.ids['manager']}'")
    s.psql(f"SELECT wallet_fund({person}, 100000, 'test {ulid()}', NULL)")
    q = quote(s, body)
    status, _, placed = place(s, body, accept=["duplicate"], tenders=[{"kind": "balance", "amount": q["total"]}])
    assert status == 201 and placed["payment"] == "captured" and placed["due"] == 0, placed
    assert quote(s, body)["balance"] == q["balance"] - q["total"]
    key = ulid()
    path = f"{API}/orders/{placed['number']}/cancel"
    reserved = s.psql("SELECT sum(reserved) FROM stock")
    status, _, gone = s.call("POST", path, {"reason": "changed her mind"}, s.token(), {"Idempotency-Key": key})
    assert (status, gone["state"]) == (200, "cancelled"), gone
    status, _, gone = s.call("POST", path, {"reason": "changed her mind"}, s.token(), {"Idempotency-Key": key})
    assert (status, gone["state"]) == (200, "cancelled"), gone
    status, _, gone = s.call("POST", path, {"reason": "again"}, s.token(), {"Idempotency-Key": ulid()})
    assert status == 409 and gone["type"].endswith("/state") and gone["state"] == "cancelled"
    assert quote(s, body)["balance"] == q["balance"], "the money is back"
    assert int(s.psql("SELECT sum(reserved) FROM stock")) == int(reserved) - 1


def balance_is_not_overdrawn(s):
    body = draft(s)
    q = quote(s, body)
    for tenders, code in [([{"kind": "balance", "amount": 10**12}], "tenders_exceed"),
                          ([{"kind": "balance", "amount": 0}], "tender_amount"),
                          ([{"kind": "balance", "amount": -5}], "tender_amount"),
                          ([{"kind": "cheese", "amount": 5}], "tender_kind")]:
        status, _, got = place(s, body, accept=["duplicate"], tenders=tenders, expect_total=q["total"])
        assert status == 422 and code in codes(got), (tenders, status, got)


def customer_order(s):
    status, _, got = s.call("POST", API + "/customers",
                            {"distributor": s.ids["manager"], "name": "Taylor, Mary", "phone": "07700 900111",
                             "address": {"line1": "3 High Street", "city": "Leeds", "postcode": "LS1 4AP",
                                         "country": "GB"}}, s.token(), {"Idempotency-Key": ulid()})
    assert status == 201, got
    body = draft(s, type="customer", customer=got["id"], ship_to={"kind": "customer"})
    q = quote(s, body)
    assert not q["problems"] and q["ship_to"]["city"] == "Leeds" and q["discount"] == 0, q
    status, _, placed = place(s, body)
    assert status == 201, placed
    status, _, listed = s.call("GET", f"{API}/orders?customer={got['id']}", token=s.token())
    assert [o["number"] for o in listed["items"]] == [placed["number"]]
    other = draft(s, type="customer", customer=got["id"], distributor=s.ids["recruit"], ship_to={"kind": "customer"})
    assert "customer_of_other" in codes(quote(s, other))


def customer_is_changed_with_its_revision(s):
    _, _, made = s.call("POST", API + "/customers", {"distributor": s.ids["manager"], "name": "Osei, Kwame"},
                        s.token(), {"Idempotency-Key": ulid()})
    path = f"{API}/customers/{made['id']}"
    _, headers, _ = s.call("GET", path, token=s.token())
    status, _, _ = s.call("PATCH", path, {"phone": "07700 900222"}, s.token())
    assert status == 428
    status, _, _ = s.call("PATCH", path, {"phone": "07700 900222"}, s.token(), {"If-Match": headers["ETag"]})
    assert status == 200
    for tag, change in (('"9999999999"', {"phone": "1"}), ('"2"', {"address": {"line1": "1 A", "city": "B", "country": "gb"}})):
        assert s.call("PATCH", path, change, s.token(), {"If-Match": tag})[0] == 400, (tag, change)
    status, _, got = s.call("PATCH", path, {"phone": "07700 900333"}, s.token(), {"If-Match": headers["ETag"]})
    assert status == 412 and got["type"].endswith("/stale-revision")
    assert s.psql(f"SELECT new FROM person_change WHERE person_id = {made['id']}") == "07700 900222"


# ---- what can be wrong with an order ------------------------------------------------------------

def bad_lines(s):
    good = s.ids["skus"][0]
    swapped = good[:-1] + str((int(good[-1]) + 1) % 10)
    for line, code, field in [
            ({"sku": swapped, "qty": 1}, "check_digit", "/lines/0/sku"),
            ({"sku": "nonsense", "qty": 1}, "unknown_sku", "/lines/0/sku"),
            ({"sku": good, "qty": 0}, "bad_quantity", "/lines/0/qty"),
            ({"sku": good, "qty": -3}, "bad_quantity", "/lines/0/qty"),
            ({"sku": good, "qty": 2**62}, "bad_quantity", "/lines/0/qty"),
            ({"sku": s.ids["out_of_stock"], "qty": 1}, "stock_short", "/lines/0/qty")]:
        q = quote(s, draft(s, lines=[dict(line, id="x")]))
        found = [p for p in q["problems"] if p["code"] == code]
        assert found and found[0]["field"] == field and found[0]["line"] == "x", (line, q["problems"])
        assert found[0]["say"] and found[0]["severity"] == "stop"
        status, _, got = place(s, draft(s, lines=[dict(line, id="x")]), expect_total=1, accept=["duplicate"])
        assert status in (409, 422) and code in codes(got), got
    q = quote(s, draft(s, lines=[{"id": "x", "sku": swapped, "qty": 1}]))
    assert good in [c["sku"] for c in q["problems"][0]["candidates"]], "the right one is among the candidates"


def people_problems(s):
    assert "distributor_status" in codes(quote(s, draft(s, distributor=s.ids["terminated"])))
    assert "unknown_distributor" in codes(quote(s, draft(s, distributor="9999999")))
    assert "required" in codes(quote(s, draft(s, distributor=None)))
    assert "customer_needed" in codes(quote(s, draft(s, type="customer")))
    assert "unknown_customer" in codes(quote(s, draft(s, type="customer", customer="x1")))
    assert "address_needed" in codes(quote(s, draft(s, ship_to={"kind": "party"})))


def total_must_be_the_one_shown(s):
    body = draft(s)
    q = quote(s, body)
    status, _, got = place(s, body, accept=["duplicate"], expect_total=q["total"] - 1)
    assert status == 409 and got["type"].endswith("/total-changed") and got["quote"]["total"] == q["total"]


def shortages_are_all_told(s):
    body = draft(s, lines=[{"id": "a", "sku": s.ids["out_of_stock"], "qty": 1},
                           {"id": "b", "sku": s.ids["skus"][0], "qty": 1},
                           {"id": "c", "sku": s.ids["last_one"], "qty": 5000}])
    q = quote(s, body)
    status, _, got = place(s, body, expect_total=q["total"], accept=["duplicate"])
    short = {p["line"]: p["params"] for p in got["problems"] if p["code"] == "stock_short"}
    assert status == 409 and got["type"].endswith("/stock-short") and set(short) >= {"a"}, got
    assert short["a"]["free"] == 0


def duplicate_is_asked_once(s):
    body = draft(s, lines=[{"id": "a", "sku": s.ids["skus"][3], "qty": 7}])
    status, _, first = place(s, body)
    assert status == 201, first
    status, _, got = place(s, body)
    assert status == 422 and codes(got) == ["duplicate"] and got["problems"][0]["params"]["order"] == first["number"]
    assert got["problems"][0]["severity"] == "warning"
    status, _, _ = place(s, body, accept=["duplicate"])
    assert status == 201


# ---- drafts -------------------------------------------------------------------------------------

def drafts_have_revisions(s):
    name, body = ulid(), draft(s, typed="2*411")
    path = f"{API}/drafts/{name}"
    status, _, got = s.call("PUT", path, body, s.token())
    assert status == 428, got
    status, headers, got = s.call("PUT", path, body, s.token(), {"If-None-Match": "*"})
    assert (status, got["rev"], headers["ETag"]) == (201, "1", '"1"')
    status, _, got = s.call("PUT", path, body, s.token(), {"If-None-Match": "*"})
    assert (status, got["rev"]) == (201, "1"), "a repeated first save is no news"
    changed = draft(s, note="leave with the neighbour")
    status, _, got = s.call("PUT", path, changed, s.token(), {"If-Match": '"1"'})
    assert (status, got["rev"]) == (200, "2")
    status, _, got = s.call("PUT", path, body, s.token(), {"If-Match": '"1"'})
    assert status == 412 and got["rev"] == "2"
    status, _, got = s.call("GET", path, token=s.token())
    assert got["draft"]["note"] == changed["note"] and got["rev"] == "2"
    status, _, got = s.call("GET", API + "/drafts", token=s.token())
    assert name in [d["ulid"] for d in got["items"]]
    total = quote(s, changed)["total"]
    status, _, got = s.call("POST", API + "/orders",
                            dict(changed, rev="1", expect_total=total, tenders=[], accept=["duplicate"]),
                            s.token(), {"Idempotency-Key": name})
    assert status == 412, got
    status, _, got = s.call("POST", API + "/orders",
                            dict(changed, rev="2", expect_total=total, tenders=[], accept=["duplicate"]),
                            s.token(), {"Idempotency-Key": name})
    assert status == 201, got
    status, _, got = s.call("PUT", path, changed, s.token(), {"If-Match": '"2"'})
    assert status == 409 and got["type"].endswith("/state")


def drafts_are_leased(s):
    name = ulid()
    path = f"{API}/drafts/{name}"
    other = s.token("CC-08")
    s.call("PUT", path, draft(s), s.token(), {"If-None-Match": "*"})
    status, _, got = s.call("POST", path + "/lock", {}, other)
    assert status == 409 and got["type"].endswith("/locked") and got["locked_by"], got
    status, _, got = s.call("POST", path + "/take-over", {}, other)
    assert status == 200 and got["rev"] == "1", got
    status, _, got = s.call("PUT", path, draft(s, note="mine"), s.token(), {"If-Match": '"1"'})
    assert status == 201 and got["recovered_from"] == name and got["ulid"] != name, got
    status, _, copy = s.call("GET", f"{API}/drafts/{got['ulid']}", token=s.token())
    assert copy["draft"]["note"] == "mine"
    status, _, _ = s.call("POST", path + "/release", {}, other)
    assert status == 204
    status, _, got = s.call("POST", path + "/lock", {}, s.token())
    assert status == 200
    assert s.psql(f"SELECT count(*) FROM audit WHERE action = 'draft.take_over' AND object = 'draft {name}'") == "1"


def a_newer_draft_is_not_placed_over(s):
    name, body = ulid(), draft(s)
    path = f"{API}/drafts/{name}"
    s.call("PUT", path, body, s.token(), {"If-None-Match": "*"})
    s.call("PUT", path, draft(s, note="nine pieces"), s.token(), {"If-Match": '"1"'})
    status, _, got = place(s, body, name, accept=["duplicate"], tenders=[])
    assert status == 412 and got["rev"] == "2", (status, got)


def a_key_cancels_one_order(s):
    numbers = [place(s, draft(s), accept=["duplicate"])[2]["number"] for _ in range(2)]
    key = {"Idempotency-Key": ulid()}
    assert s.call("POST", f"{API}/orders/{numbers[0]}/cancel", {}, s.token(), key)[0] == 200
    status, _, got = s.call("POST", f"{API}/orders/{numbers[1]}/cancel", {}, s.token(), key)
    assert status == 422 and got["type"].endswith("/key-reused"), (status, got)
    assert s.call("GET", f"{API}/orders/{numbers[1]}", token=s.token())[2]["state"] == "placed"


def drafts_show_what_they_come_to(s):
    name, body = ulid(), draft(s)
    s.call("PUT", f"{API}/drafts/{name}", body, s.token(), {"If-None-Match": "*"})
    _, _, got = s.call("GET", API + "/drafts?limit=100", token=s.token())
    mine = [d for d in got["items"] if d["ulid"] == name][0]
    assert mine["total"] == quote(s, body)["total"] and mine["lines"] == 2, mine


def a_change_is_kept_and_never_placed(s):
    """A draft may be the change of a placed order: lists say of which, and it cannot be placed as a new one."""
    number = place(s, draft(s), accept=["duplicate"])[2]["number"]
    name, changes = ulid(), {"order": number, "version": "1"}
    path, body = f"{API}/drafts/{name}", dict(draft(s), changes=changes)
    assert s.call("PUT", path, body, s.token(), {"If-None-Match": "*"})[0] == 201
    assert s.call("GET", path, token=s.token())[2]["draft"]["changes"] == changes
    rows = s.call("GET", API + "/drafts?limit=100", token=s.token())[2]["items"]
    assert {r["ulid"]: r["changes"] for r in rows}[name] == number and None in [r["changes"] for r in rows], rows
    for where in ("/quotes", "/orders"):
        status, _, got = s.call("POST", API + where, dict(body, expect_total=quote(s, draft(s))["total"], tenders=[], accept=["duplicate"])
                                if where == "/orders" else body, s.token(), {"Idempotency-Key": name})
        assert status in (400, 422) and got["problems"][0]["field"] == "/changes", (where, status, got)
    status, _, got = s.call("PUT", f"{API}/drafts/{ulid()}", dict(draft(s), changes={"order": number}), s.token(), {"If-None-Match": "*"})
    assert status in (400, 422) and got["problems"][0]["field"] == "/changes/version", (status, got)


# ---- malformed requests -------------------------------------------------------------------------

MALFORMED = [
    (b"", "empty"), (b"[]", "an array"), (b"{", "unclosed"), (b"{} x", "trailing text"), (b"nul", "a bad word"),
    (b'{"market":"GB","market":"US"}', "a member twice"), (b'{"lines":' + b"[" * 5000 + b"]" * 5000 + b"}", "depth"),
    (b'{"note":"\xff\xfe"}', "bad UTF-8"), (b'{"note":"a\\u0000b"}', "NUL"), (b'{"lines":[{"qty":1.0}]}', "a float"),
    (b'{"lines":[{"qty":1e3}]}', "an exponent"), (b'{"lines":[{"qty":99999999999999999999}]}', "a huge number"),
    (b'{"note":"\\ud800"}', "a lone surrogate")]


def malformed_bodies(s):
    for raw, what in MALFORMED:
        status, headers, got = s.call("POST", API + "/quotes", token=s.token(), raw=raw)
        assert status == 400 and "problem+json" in headers["Content-Type"], (what, status, got)
        assert got["type"].endswith("/malformed") and (got.get("detail") or got.get("problems")), (what, got)


def a_draft_keeps_how_it_is_to_be_paid(s):
    """A sale that is parked half paid: what was chosen comes back as it was, and is nothing to any other request."""
    name, paying = ulid(), [{"kind": "card_present", "amount": 2000, "ref": "0423"}, {"kind": "cash", "amount": 5000}, {"kind": "balance", "amount": 0}]
    path, body = f"{API}/drafts/{name}", dict(draft(s), paying=paying)
    assert s.call("PUT", path, body, s.token(), {"If-None-Match": "*"})[0] == 201
    assert s.call("GET", path, token=s.token())[2]["draft"]["paying"] == paying
    assert s.psql("SELECT count(*) FROM payment WHERE ref = '0423'") == "0"
    for where, more in (("/quotes", {}), ("/orders", {"expect_total": quote(s, draft(s))["total"], "tenders": [], "accept": ["duplicate"]})):
        status, _, got = s.call("POST", API + where, {**body, **more}, s.token(), {"Idempotency-Key": name})
        assert status in (400, 422) and got["problems"][0]["field"] == "/paying", (where, status, got)
    for wrong, field in (({"kind": "beads", "amount": 1}, "/paying/0/kind"), ({"kind": "cash", "amount": -1}, "/paying/0/amount"),
                         ({"kind": "cash"}, "/paying/0/amount"), ({"kind": "cheque", "amount": 1, "ref": "4242 4242 4242 4242"}, "/paying/0/ref"),
                         ({"kind": "cash", "amount": 1, "wings": 2}, "/paying/0/wings")):
        status, _, got = s.call("PUT", f"{API}/drafts/{ulid()}", dict(draft(s), paying=[wrong]), s.token(), {"If-None-Match": "*"})
        assert status == 400 and [p["field"] for p in got["problems"]] == [field], (wrong, status, got)


def members_are_checked(s):
    for change, field in [({"lines": "x"}, "/lines"), ({"wings": 2}, "/wings"), ({"date": "2025-02-30"}, "/date"),
                          ({"lines": [{"id": "a", "sku": "40216", "qty": "1"}]}, "/lines/0/qty"),
                          ({"lines": [{"id": "a", "sku": "40216"}]}, "/lines/0/qty"),
                          ({"lines": [{"id": "a", "sku": "1", "qty": 1}, {"id": "a", "sku": "2", "qty": 1}]},
                           "/lines/1/id"),
                          ({"ship_to": {"kind": "moon"}}, "/ship_to/kind"), ({"type": "raffle"}, "/type"),
                          ({"coupons": "X"}, "/coupons"), ({"coupons": ["A", 1]}, "/coupons/1"), ({"coupons": [""]}, "/coupons/0"),
                          ({"coupons": ["X"] * 21}, "/coupons"), ({"coupons": ["4242 4242 4242 4242"]}, "/coupons/0"), ({"note": "card 4242 4242 4242 4242"}, "/note"),
                          ({"note": "a\x1b[2Jb"}, "/note"), ({"typed": "2*4242424242"}, "/typed")]:
        status, _, got = s.call("POST", API + "/quotes", draft(s, **change), s.token())
        assert status == 400 and field in [p["field"] for p in got["problems"]], (change, status, got)
    many = {f"m{i}": 1 for i in range(5000)}
    status, _, got = s.call("POST", API + "/sessions", many)
    assert status == 400 and len(got["problems"]) <= 110, "an answer does not grow with the nonsense"
    status, _, got = s.call("POST", API + "/quotes", token=s.token(), raw=b" " * (2 << 20))
    assert status == 413 and got["type"].endswith("/too-large")
    for headers, status in [({}, 428), ({"Idempotency-Key": "no ulid"}, 400)]:
        assert s.call("POST", API + "/orders", dict(draft(s), expect_total=1), s.token(), headers)[0] == status


# ---- who may ------------------------------------------------------------------------------------

def routes():
    text = open(os.path.join(ROOT, "server/routes.def"), encoding="utf-8").read()
    return re.findall(r'^ROUTE\((\w+), "([^"]+)", \w+, (\w+),', text, re.M)


ROLES = {"operator": "CC-07", "counter": "S-04", "warehouse": "W-12", "office": "B-02", "supervisor": "SV-01",
         "distributor": None}
SETS = {"ANYONE": None, "SIGNED_IN": set(ROLES), "TAKERS": {"operator", "counter", "office", "supervisor"},
        "STAFF": {"operator", "counter", "office", "supervisor", "warehouse"}, "OFFICE": {"office"},
        "TILLS": {"counter", "office", "supervisor"}, "OVERSEERS": {"office", "supervisor"}, "SELLERS": {"counter", "supervisor"},
        "RELEASERS": {"counter", "office", "supervisor", "warehouse"}}


def authorisation(s):
    """Every route with every role: refused exactly where the table says so."""
    logins = dict(ROLES, distributor=s.ids["manager"])
    wrong = []
    for method, pattern, roles in routes():
        path = pattern.replace("{ulid}", ulid())
        path = re.sub(r"\{\w+\}", "1234567", path)
        if (method, pattern) == ("DELETE", API + "/sessions/current"):
            continue  # would end the session of the next round
        allowed = SETS[roles]
        if allowed is not None:
            status = s.call(method, path, {} if method != "GET" else None)[0]
            if status != 401:
                wrong.append((method, path, "nobody", status))
            status = s.call(method, path, {} if method != "GET" else None, token="x" * 43)[0]
            if status != 401:
                wrong.append((method, path, "a wrong token", status))
        for role, login in logins.items():
            status = s.call(method, path, {} if method != "GET" else None, s.token(login))[0]
            expected = allowed is None or role in allowed
            if (status not in (401, 403)) != expected and not (roles == "ANYONE"):
                wrong.append((method, path, role, status))
    assert not wrong, wrong


def unknown_addresses(s):
    for method, path, status in [("GET", "/", 404), ("GET", "/api/v2", 404), ("GET", API + "/orders/", 404),
                                 ("PUT", API + "/orders", 405), ("DELETE", API + "/items", 405),
                                 ("GET", API + "/../../etc/passwd", 404), ("GET", "/api/v1/items/%2e%2e", 404)]:
        got = s.call(method, path, {} if method != "GET" else None, s.token())
        assert got[0] == status and got[2]["status"] == status, (method, path, got[0])


def sessions(s):
    status, _, wrong = s.call("POST", API + "/sessions", {"login": "CC-08", "password": "not this one!"})
    status2, _, unknown = s.call("POST", API + "/sessions", {"login": "NOBODY", "password": "not this one!"})
    assert status == status2 == 401
    wrong.pop("request"), unknown.pop("request")
    assert wrong == unknown, "the same answer, so that logins cannot be guessed"
    _, _, made = s.call("POST", API + "/sessions", {"login": "cc-08", "password": "partyline-demo"})
    token = made["token"]
    assert made["company"]["code_lengths"] == {"sku": 5, "distributor": 7, "order": 9, "certificate": 16}
    assert s.psql(f"SELECT count(*) FROM session WHERE token_hash = '{token}'::text::bytea") == "0"
    assert s.call("GET", API + "/sessions/current", token=token)[2]["actor"]["id"] == "CC-08"
    assert s.call("DELETE", API + "/sessions/current", token=token)[0] == 204
    assert s.call("GET", API + "/sessions/current", token=token)[0] == 401
    for _ in range(9):
        s.call("POST", API + "/sessions", {"login": "W-12", "password": "wrong wrong wrong"})
    s.call("POST", API + "/sessions", {"login": "W-12", "password": "wrong wrong wrong"})
    status, headers, got = s.call("POST", API + "/sessions", {"login": "W-12", "password": "partyline-demo"})
    assert status == 429 and int(headers["Retry-After"]) > 60, (status, got)
    s.psql("DELETE FROM guard")


def expired_session_keeps_the_order(s):
    _, _, made = s.call("POST", API + "/sessions", {"login": "CC-07", "password": "partyline-demo"})
    token, name = made["token"], ulid()
    assert s.call("PUT", f"{API}/drafts/{name}", draft(s), token, {"If-None-Match": "*"})[0] == 201
    s.psql("UPDATE session SET last_seen = now() - interval '1 hour' WHERE token_hash = "
           f"sha256(convert_to('{token}', 'UTF8'))")
    assert s.call("PUT", f"{API}/drafts/{name}", draft(s, note="x"), token, {"If-Match": '"1"'})[0] == 401
    _, _, made = s.call("POST", API + "/sessions", {"login": "CC-07", "password": "partyline-demo"})
    status, _, got = s.call("PUT", f"{API}/drafts/{name}", draft(s, note="x"), made["token"], {"If-Match": '"1"'})
    assert (status, got["rev"]) == (200, "2")


def totp(s):
    secret = subprocess.run([os.path.join(os.environ.get("BUILD", "build/asan"), "partylinectl"), "--embedded",
                             s.folder, "user", "totp", "S-04"], capture_output=True, text=True, check=True,
                            stdin=subprocess.DEVNULL).stdout
    secret = re.search(r"secret=([A-Z2-7]+)", secret).group(1)
    code = subprocess.run(["oathtool", "--totp", "-b", secret], capture_output=True, text=True, check=True).stdout.strip()
    base = {"login": "S-04", "password": "partyline-demo"}
    status, _, got = s.call("POST", API + "/sessions", base)
    assert status == 401 and got["problems"][0]["field"] == "/otp", got
    assert s.call("POST", API + "/sessions", dict(base, otp="000000"))[0] == 401
    assert s.call("POST", API + "/sessions", dict(base, otp=code))[0] == 201
    assert s.call("POST", API + "/sessions", dict(base, otp=code))[0] == 401, "each code once"
    s.psql("DELETE FROM guard")


# ---- looking up ---------------------------------------------------------------------------------

def finding(s):
    sku = s.ids["skus"][0]
    _, _, item = s.call("GET", f"{API}/items/{sku}?market=GB", token=s.token())
    assert item["sku"] == sku and item["price"] > 0 and item["stock"]["free"] >= 500 and item["currency"] == "GBP"
    _, _, kit = s.call("GET", f"{API}/items/{s.ids['kit']}?market=GB", token=s.token())
    assert kit["kind"] == "kit" and kit["components"] and kit["stock"]["free"] > 0
    status, _, got = s.call("GET", f"{API}/items/{sku[:-1]}{(int(sku[-1]) + 1) % 10}", token=s.token())
    assert status == 404 and sku in [c["sku"] for c in got["problems"][0]["candidates"]], got
    words = item["name"].split()[0]
    _, _, got = s.call("GET", f"{API}/items?q={words}&limit=50", token=s.token())
    assert got["items"] and all(words.lower() in i["name"].lower() for i in got["items"])
    _, _, person = s.call("GET", f"{API}/distributors/{s.ids['manager']}", token=s.token())
    assert person["addresses"] and person["status"] == "active"
    family = re.split(r"[ ,]", person["name"])[0]
    _, _, got = s.call("GET", f"{API}/distributors?q={family}&limit=100", token=s.token())
    assert s.ids["manager"] in [p["id"] for p in got["items"]], got
    _, _, got = s.call("GET", f"{API}/distributors?q={s.ids['manager']}", token=s.token())
    assert [p["id"] for p in got["items"]] == [s.ids["manager"]]
    for path in ("/items?q=" + "a+" * 100, "/distributors?q=", "/distributors", "/items?limit=0", "/items?limit=x", "/orders?customer=x"):
        assert s.call("GET", API + path, token=s.token())[0] == 400, path
    for hostile in ("%25", "_", "%5C", "'%3B--", "%F0%9F%92%A5", "%00"):
        assert s.call("GET", f"{API}/distributors?q={hostile}", token=s.token())[0] in (200, 400), hostile


def other_market_is_walled_off(s):
    s.psql("UPDATE login SET market = 'US' WHERE login = 'B-03'")
    token = s.token("B-03")
    number = s.psql("SELECT number FROM orders WHERE market = 'GB' ORDER BY id DESC LIMIT 1")
    assert s.call("GET", f"{API}/orders/{number}", token=token)[0] == 404
    assert s.call("GET", f"{API}/distributors/{s.ids['manager']}", token=token)[0] == 404
    assert s.call("POST", API + "/quotes", draft(s), token)[0] == 403
    q = s.call("POST", API + "/quotes", draft(s, market="US"), token)[2]
    assert "unknown_distributor" in codes(q) and q["distributor"] is None and q["ship_to"] is None, q
    _, _, got = s.call("GET", API + "/orders", token=token)
    assert all(o["currency"] == "USD" for o in got["items"])


def operations(s):
    assert s.call("GET", "/healthz")[0] == 200 and s.call("GET", "/readyz")[0] == 200
    status, _, text = s.call("GET", "/metrics")
    assert status == 200 and re.search(r"^partyline_orders_placed_total [1-9]", text, re.M), text
    status, headers, got = s.call("GET", API)
    assert got["name"] == "Partyline" and headers["Strict-Transport-Security"] and headers["X-Request-Id"]
    assert s.call("GET", API + "/openapi.json")[2]["openapi"].startswith("3.1")


ALL = [quote_adds_up, order_is_placed_once, balance_pays, balance_is_not_overdrawn, customer_order,
       customer_is_changed_with_its_revision, bad_lines, people_problems, total_must_be_the_one_shown,
       shortages_are_all_told, duplicate_is_asked_once, a_key_cancels_one_order, drafts_have_revisions,
       a_newer_draft_is_not_placed_over, a_change_is_kept_and_never_placed, a_draft_keeps_how_it_is_to_be_paid, drafts_show_what_they_come_to, drafts_are_leased, malformed_bodies,
       members_are_checked, finding, other_market_is_walled_off, authorisation, unknown_addresses,
       expired_session_keeps_the_order, totp, sessions, operations]

with demo_server() as server:
    for case in ALL:
        if len(sys.argv) < 2 or sys.argv[1] in case.__name__:
            cases.run(case.__name__.replace("_", " "), case, server)
    check = server.ctl("check", check=False)
    cases.check("the books balance afterwards", check.returncode == 0, check.stdout + check.stderr)
cases.end()
