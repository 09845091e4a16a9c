#!/usr/bin/python3
"""openapi.json tells the truth: every route is asked, in ways that succeed and that fail, and each
request and reply is held against the document: status, content type, headers, every member."""
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from schema import Schemas  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_openapi_replies")
A = "/api/v1"


class Client:
    """Calls a route by its pattern, and compares."""

    def __init__(self, server, document):
        self.server, self.document, self.schemas = server, document, Schemas(document)
        self.token, self.seen = None, set()

    def __call__(self, method, pattern, body=None, query="", key=None, file=None, **more):
        """Of `more`, what the pattern names goes there; the rest are headers. (status, headers, body)."""
        path = pattern
        headers = {"Idempotency-Key": key} if key else {}
        for name, value in more.items():
            if "{" + name + "}" in path:
                path = path.replace("{" + name + "}", value)
            else:
                headers[name.replace("_", "-")] = value
        status, got, reply = self.request(method, path + query, body, headers, file)
        self.compare(method, pattern, body, status, got, reply)
        return status, got, reply

    def request(self, method, path, body, headers, file=None):
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        link = http.client.HTTPSConnection("localhost", self.server.port, context=self.server.context, timeout=60)
        with contextlib.closing(link):
            link.request(method, path, file if body is None else json.dumps(body), headers)
            reply = link.getresponse()
            text = reply.read().decode(errors="replace")
        is_json = text and "json" in reply.headers.get("Content-Type", "")
        return reply.status, reply.headers, json.loads(text) if is_json else text

    def compare(self, method, pattern, body, status, headers, reply):
        operation = self.document["paths"][pattern][method.lower()]
        where = f"{method} {pattern} {status}"
        self.seen.add((pattern, method.lower(), str(status)))
        if not cases.check(f"{where} is described", str(status) in operation["responses"], reply):
            return
        described = self.schemas.resolve(operation["responses"][str(status)])
        for name in described.get("headers", {}):
            cases.check(f"{where} has {name}", headers.get(name))
        kind = headers.get("Content-Type", "").split(";")[0]
        if "content" not in described:
            cases.check(f"{where} has no body", not reply, reply)
        elif cases.check(f"{where} is of its type", kind in described["content"], kind):
            self.hold(where, described["content"][kind]["schema"], reply)
        if body is not None and status < 300:
            schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
            self.hold(f"{where}, the request", schema, body)

    def hold(self, where, schema, value):
        faults = [*self.schemas.faults(schema, value), *self.schemas.unknown(schema, value)]
        cases.check(f"{where} is as described", not faults, "; ".join(faults[:5]))

    def sign_in(self, login):
        self.token = None
        self.token = self("POST", A + "/sessions", {"login": login, "password": "partyline-demo"})[2]["token"]
        return self.token


def about_and_sessions(call):
    for path in ("/healthz", "/readyz", "/metrics", A, A + "/openapi.json"):
        call("GET", path)
    call("POST", A + "/sessions", {"login": "CC-07", "password": "wrong"})
    call("POST", A + "/sessions", {"login": "CC-07", "secret": 1})
    call("GET", A + "/sessions/current")
    call.sign_in("CC-08")
    call("GET", A + "/sessions/current")
    call("DELETE", A + "/sessions/current")
    call.sign_in("CC-07")


def items(call, ids):
    for query in ("?q=a&audience=distributor&limit=3", "?q=" + ids["skus"][0], "?limit=999", "?market=ZZ"):
        call("GET", A + "/items", query=query)
    for sku in (ids["skus"][0], ids["kit"], ids["out_of_stock"], "99999"):
        call("GET", A + "/items/{sku}", sku=sku)
    call("GET", A + "/items/{sku}", sku=ids["kit"], query="?date=never")
    tag = call("GET", A + "/catalogue", query="?market=GB&lang=zh")[1]["ETag"]
    call("GET", A + "/catalogue", query="?market=GB&lang=zh", If_None_Match=tag)
    for query in ("?market=ZZ", "?audience=nobody"):
        call("GET", A + "/catalogue", query=query)


def people(call, ids):
    one, change = ids["manager"], {"email": "a@b.example"}
    call("GET", A + "/distributors", query="?q=a&limit=5")
    call("GET", A + "/distributors")
    call("GET", A + "/distributors/{id}", id="999")
    call("GET", A + "/distributors/{id}/pricing-facts", id=one)
    call("GET", A + "/distributors/{id}/pricing-facts", id="999")
    tag = call("GET", A + "/distributors/{id}", id=one)[1]["ETag"]
    for match in (tag, tag):
        call("PATCH", A + "/distributors/{id}", change, id=one, If_Match=match)
    call("PATCH", A + "/distributors/{id}", {"email": None}, id=one, If_Match=call("GET", A + "/distributors/{id}", id=one)[1]["ETag"])
    call("PATCH", A + "/distributors/{id}", change, id=one)
    call("PATCH", A + "/distributors/{id}", {"address": {"line1": "x"}, "foo": 1}, id=one, If_Match=tag)
    new, key = {"distributor": one, "name": "JONES, Sarah", "address":
                {"name": "", "line1": "1 Road", "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}}, ulid()
    made = call("POST", A + "/customers", new, key=key)[2]["id"]
    call("POST", A + "/customers", new, key=key)
    call("POST", A + "/customers", dict(new, name="JONES, Tom"), key=key)
    call("POST", A + "/customers", dict(new, distributor="1"), key=ulid())
    call("POST", A + "/customers", new)
    call("POST", A + "/customers", {}, key=ulid())
    call("GET", A + "/customers", query="?q=jones&distributor=" + one)
    call("GET", A + "/customers", query="?limit=0")
    call("GET", A + "/customers/{id}", id="x")
    tag = call("GET", A + "/customers/{id}", id=made)[1]["ETag"]
    for headers in ({"If_Match": tag}, {"If_Match": tag}, {"If_Match": "1"}, {}):
        call("PATCH", A + "/customers/{id}", {"phone": "1"}, id=made, **headers)
    return made


def quotes(call, ids, draft, customer):
    for change in ({}, {"lines": []}, {"ship_to": {"kind": "pickup"}}, {"foo": 1}, {"market": "ZZ"},
                   {"type": "customer", "customer": customer}, {"type": "sales_aids"}, {"type": "customer"},
                   {"distributor": "1", "lines": [{"id": str(i), "sku": sku, "qty": qty, "backorder": True} for i, (sku, qty)
                                                  in enumerate([("99999", 1), (ids["out_of_stock"], 3), (ids["kit"], 0)])]}):
        call("POST", A + "/quotes", {**draft, **change})


def drafts(call, draft):
    name = ulid()
    one = {"pattern": A + "/drafts/{ulid}", "ulid": name}
    call("PUT", body={**draft, "typed": "40"}, If_None_Match="*", **one)
    for headers in ({"If_Match": '"1"'}, {"If_Match": '"7"'}, {"If_Match": "x"}, {}):
        call("PUT", body=draft, **one, **headers)
    call("PUT", A + "/drafts/{ulid}", draft, ulid=ulid(), If_Match='"1"')
    call("GET", A + "/drafts")
    call("GET", A + "/drafts", query="?owner=any&limit=1")
    call("GET", A + "/drafts", query="?limit=x")
    call("GET", **one)
    for method, verb in (("GET", ""), ("DELETE", ""), ("POST", "/lock"), ("POST", "/take-over"), ("POST", "/release")):
        call(method, A + "/drafts/{ulid}" + verb, ulid=ulid())
    mine = call.token
    call.sign_in("CC-08")
    for method, verb in (("POST", "/lock"), ("GET", ""), ("DELETE", ""), ("POST", "/release"), ("POST", "/take-over"), ("POST", "/lock")):
        call(method, A + "/drafts/{ulid}" + verb, ulid=name)
    theirs, call.token = call.token, mine
    copy = call("PUT", body=draft, If_Match='"2"', **one)[2]["ulid"]
    call("DELETE", A + "/drafts/{ulid}", ulid=copy)
    call("POST", A + "/orders", {**draft, "expect_total": 1, "rev": "2"}, key=name)
    call.token = theirs
    call("POST", A + "/drafts/{ulid}/release", ulid=name)
    call.token = mine
    return name


def orders(call, ids, draft, name):
    total = call("POST", A + "/quotes", draft)[2]["total"]
    order = {**draft, "expect_total": total, "tenders": [], "rev": "2"}
    fresh = {**draft, "expect_total": total}
    for wrong in ({"expect_total": 1}, {"rev": "9"}, {"foo": 1}, {"market": "ZZ"}):
        call("POST", A + "/orders", {**order, **wrong}, key=name)
    call("POST", A + "/orders", order)
    number = call("POST", A + "/orders", order, key=name)[2]["number"]
    call("POST", A + "/orders", order, key=name)
    call("POST", A + "/orders", {**order, "note": "x"}, key=name)
    call("POST", A + "/orders", fresh, key=ulid())
    call("POST", A + "/orders", {**fresh, "lines": [{"id": "a", "sku": ids["out_of_stock"], "qty": 3}]}, key=ulid())
    call("POST", A + "/orders", {**fresh, "accept": ["duplicate"], "tenders": [{"kind": "balance", "amount": 1}]}, key=ulid())
    for method, verb in (("PUT", ""), ("POST", "/lock"), ("POST", "/take-over"), ("POST", "/release"), ("DELETE", "")):
        call(method, A + "/drafts/{ulid}" + verb, draft if method == "PUT" else None, ulid=name,
             **({"If_Match": '"2"'} if method == "PUT" else {}))
    call("GET", A + "/orders", query="?limit=2&state=placed&distributor=" + ids["manager"])
    call("GET", A + "/orders", query="?customer=x")
    call("GET", A + "/day")
    for watch in ("weather", "orders:100000018"):
        call("GET", A + "/events", query="?watch=" + watch)
    status, headers, _ = call.request("HEAD", A + "/events?watch=notices", None, {})
    call.compare("GET", A + "/events", None, status, headers, "")
    call("GET", A + "/orders/{number}", number="100000000")
    changes(call, number, draft["lines"])
    payments(call, ids, number, lambda: call("POST", A + "/orders", {**fresh, "accept": ["duplicate"]}, key=ulid())[2]["number"])
    key, one = ulid(), {"pattern": A + "/orders/{number}/cancel", "number": number}
    call("POST", body={"reason": "x"}, **one)
    call("POST", body={"why": "x"}, key=key, **one)
    for body, key in (({"reason": "x"}, key), ({"reason": "x"}, key), ({"reason": "y"}, key), ({}, ulid())):
        call("POST", body=body, key=key, **one)
    call("POST", A + "/orders/{number}/cancel", {}, key=ulid(), number="100000000")
    call("GET", A + "/orders/{number}", number=number)


def payments(call, ids, number, order):
    one, key = {"pattern": A + "/orders/{number}/payments", "number": number}, ulid()
    link = {"tenders": [{"kind": "link", "amount": 100}]}
    for body, key in ((link, key), (link, key), ({"tenders": []}, ulid()), ({"tenders": [{"kind": "token", "amount": 1, "ref": "7"}]}, ulid()),
                      ({**link, "tenders": [{"kind": "link", "amount": 10**9}]}, ulid()), ({"tenders": [{"kind": "link", "amount": 101}]}, key),
                      (link, None)):
        call("POST", body=body, key=key, **one)
    call("POST", A + "/orders/{number}/payments", link, key=ulid(), number="100000000")
    paid = call("GET", A + "/orders/{number}", number=number)[2]["payments"]
    letter = A + "/orders/{number}/payments/{payment}/letter"
    payment, code = call.server.psql("SELECT id, code FROM payment WHERE kind = 'link' ORDER BY id DESC LIMIT 1").split("|")
    assert payment in [p["id"] for p in paid]
    for address, keys in (("", [ulid()]), ("ann@buyer.example", [key := ulid(), key, *(ulid() for _ in range(6)), None])):
        call.server.psql(f"UPDATE person SET email = '{address}' WHERE id IN (SELECT coalesce(customer_id, distributor_id) FROM orders WHERE number = '{number}')")
        for one_key in keys:
            call("POST", letter, {}, key=one_key, number=number, payment=payment)
    call("POST", letter, {}, key=ulid(), number=number, payment="999999999")
    for page in ("/p/{code}", "/p/{code}/pay"):
        for one_code in (code, "ABCDEFGHJKMN"):
            call("GET", page, code=one_code)
    call("GET", "/pay/style.css")
    mine = call.token
    call.sign_in("B-02")
    for of in (number, "100000000"):
        call("POST", A + "/orders/{number}/release", {}, key=ulid(), number=of)
    other = order()
    call("POST", A + "/orders/{number}/payments", {"tenders": [{"kind": "transfer", "amount": 10**7, "ref": "BACS"}]}, key=ulid(), number=other)
    for _ in range(2):
        call("POST", A + "/orders/{number}/release", {}, key=ulid(), number=other)
    call("POST", A + "/orders/{number}/release", {"x": 1}, key=ulid(), number=number)
    call.token = mine
    call("POST", A + "/orders/{number}/release", {}, key=ulid(), number=number)
    for query in ("?distributor=" + ids["manager"], "?distributor=1", "", "?distributor=" + ids["manager"] + "&customer=x"):
        call("GET", A + "/means", query=query)


def changes(call, number, lines):
    one = {"pattern": A + "/orders/{number}/change", "number": number}
    more = {"lines": [{**lines[0], "qty": 3}, *lines[1:]]}
    seen = call("POST", body=more, query="?preview=true", **one)[2]
    more["expect_total"], key, match = seen["quote"]["total"], ulid(), f'"{seen["version"]}"'
    for body, headers in ((more, {}), ({}, {"key": key, "If_Match": match}), ({**more, "expect_total": 1}, {"key": key, "If_Match": match}),
                          (more, {"key": key, "If_Match": '"77"'}), (more, {"key": key, "If_Match": match}),
                          (more, {"key": key, "If_Match": match}), ({**more, "note": "x"}, {"key": key, "If_Match": match}),
                          ({**more, "lines": []}, {"key": ulid(), "If_Match": '"2"'})):
        call("POST", body=body, **headers, **one)
    for verb in ("/hold", "/unhold"):
        one = {"pattern": A + "/orders/{number}" + verb, "number": number}
        key = ulid()
        for body, key in (({"reason": "x"}, key), ({"reason": "x"}, key), ({"reason": "y"}, key), ({}, ulid()), ({"why": 1}, ulid()), ({}, None)):
            call("POST", body=body, key=key, **one)
        call("POST", A + "/orders/{number}" + verb, {}, key=ulid(), number="100000000")


def certificates(call, ids):
    number, customer = ids["certificate"], ids["certificate_customer"]
    for asked in (number, number[2:], number[:-1], "1" * 16):
        call("GET", A + "/certificates/{number}", number=asked)
    for query in ("", f"?customer={customer}", f"?customer={customer}&last={number[-6:]}", f"?customer={customer}&last=000000", "?last=1", "?state=x", "?limit=1"):
        call("GET", A + "/certificates", query=query)
    call("GET", A + "/certificates/liability")
    call("GET", A + "/outbox")
    mine = call.token
    call.sign_in("B-02")
    call("GET", A + "/certificates/liability")
    for query in ("", "?state=dead", "?state=x", "?limit=1"):
        call("GET", A + "/outbox", query=query)
    for query in ("", "?state=open", "?state=x", "?limit=0", "?cursor=x"):
        call("GET", A + "/disputes", query=query)
    call.token = mine
    call("GET", A + "/disputes")


def office(call, ids):
    mine = call.token
    call.sign_in("B-02")
    key, sku = ulid(), ids["skus"][0]
    one = {"id": key}
    for query in ("?q=" + sku, "?limit=2", "?market=ZZ", "?limit=x"):
        for sheet in ("items", "prices", "lists", "discounts", "delivery", "tax", "kits", "choices"):
            call("GET", A + "/sheets/{sheet}", sheet=sheet, query=query)
    call("GET", A + "/sheets/{sheet}", sheet="shoes")
    call("POST", A + "/changesets", {"title": "One"}, key=key)
    call("POST", A + "/changesets", {"effective": "never"}, key=ulid())
    call("POST", A + "/changesets", {})
    row = {"sheet": "prices", "key": f"GB/retail/AUTUMN-2/{sku}", "cells": {"cv": 5}}
    new = {"sheet": "prices", "cells": {"market": "GB", "list": "AUTUMN-2", "sku": sku, "amount": 1}, "fresh": True}
    call("PUT", A + "/changesets/{id}/rows", {"rows": [row, new, {**row, "base": "0"}]}, **one)
    call("PUT", A + "/changesets/{id}/rows", {"rows": [{**row, "cells": {"cv": -1}}]}, **one)
    call("PUT", A + "/changesets/{id}/rows", {"rows": [row]}, id=ulid())
    call("GET", A + "/changesets/{id}/rows", **one)
    call("GET", A + "/changesets/{id}/rows", query="?cursor=x", **one)
    call("GET", A + "/sheets/{sheet}", sheet="prices", query=f"?q={sku}&changeset={key}")
    for query in ("", "?format=xlsx", "?format=pdf", "?market=ZZ"):
        call("GET", A + "/sheets/{sheet}/file", sheet="prices", query=query)
    for query in ("?sheet=prices", "?sheet=shoes"):
        call("PUT", A + "/changesets/{id}/file", query=query, file=f"market,list,sku,amount\nGB,AUTUMN-2,{sku},x\n", **one)
    call("PUT", A + "/changesets/{id}/file", query="?sheet=prices", file="", **one)
    call("PUT", A + "/changesets/{id}/file", query="?sheet=items", file="sku\n\"x", **one)
    call("GET", A + "/changesets", query="?state=draft&owner=me&limit=1")
    call("GET", A + "/changesets", query="?limit=0")
    call("GET", A + "/changesets/{id}", id=ulid())
    tag = call("GET", A + "/changesets/{id}", **one)[1]["ETag"]
    for headers in ({"If_Match": tag}, {"If_Match": tag}, {}):
        call("PATCH", A + "/changesets/{id}", {"title": "Two", "effective": None}, **headers, **one)
    call("POST", A + "/changesets/{id}/validate", **one)
    call("POST", A + "/changesets/{id}/validate", id=ulid())
    call("POST", A + "/changesets/{id}/publish", {}, **one)
    other = ulid()
    call("POST", A + "/changesets", {}, key=other)
    call("PUT", A + "/changesets/{id}/rows", {"rows": [{**row, "cells": {"cv": 6}}]}, id=other)
    for body in ({"accept": ["price_missing"]}, {}):
        call("POST", A + "/changesets/{id}/publish", body, key=ulid(), **one)
    call("POST", A + "/changesets/{id}/publish", {}, key=ulid(), id=other)
    call.token = mine


def promotions(call, ids):
    mine = call.token
    call.sign_in("B-02")
    one = {"code": "HALF"}
    text = f"promotion HALF\n  name Half of it\n  for coupon\n  give 50% off {ids['skus'][0]}\n"
    put = {"method": "PUT", "pattern": A + "/promotions/{code}", **one}
    body = {"market": "GB", "text": text}
    rev = call(body=body, If_None_Match="*", **put)[2]["rev"]
    for what, headers in ((body, {"If_None_Match": "*"}), (body, {"If_Match": '"77"'}), ({"market": "GB", "text": 1}, {"If_Match": '"1"'}), (body, {})):
        call(body=what, **headers, **put)
    rev = call(body={**body, "text": text + "  give 1 free\n"}, If_Match=f'"{rev}"', **put)[2]["rev"]
    call("POST", A + "/promotions/{code}/publish", {}, key=ulid(), If_Match=f'"{rev}"', **one)
    rev = call(body=body, If_Match=f'"{rev}"', **put)[2]["rev"]
    call("GET", A + "/promotions/{code}", **one)
    call("GET", A + "/promotions/{code}", code="NONE")
    for query in ("", "?state=draft", "?state=x", "?limit=1", "?market=ZZ"):
        call("GET", A + "/promotions", query=query)
    for what, headers in (({"from": "never"}, {"If_Match": f'"{rev}"'}), ({}, {}), ({}, {"If_Match": '"77"'}), ({}, {"If_Match": f'"{rev}"'})):
        got = call("POST", A + "/promotions/{code}/publish", what, key=ulid(), **headers, **one)[2]
    for what in ({"codes": ["AB-1"], "limit": 1}, {"codes": ["ab-1"]}):
        call("POST", A + "/promotions/{code}/coupons", what, key=ulid(), **one)
    for headers in ({}, {"If_Match": '"77"'}, {"If_Match": f'"{got["rev"]}"'}):
        call("POST", A + "/promotions/{code}/end", {}, key=ulid(), **headers, **one)
    call("POST", A + "/promotions/{code}/end", {}, **one)
    for what in ({}, {"text": text, "orders": 20}, {"text": "promotion HALF\n give 1 free\n"}, {"orders": 0}, {"market": "US"}):
        call("POST", A + "/promotions/{code}/simulate", what, **one)
    call("POST", A + "/promotions/{code}/simulate", {}, code="NONE")
    call.token = mine


def waiting(call, ids):
    one, body = {"pattern": A + "/items/{sku}/waiting", "sku": ids["out_of_stock"]}, {"distributor": ids["manager"], "qty": 2}
    key = ulid()
    for what, key in ((body, key), (body, key), ({**body, "qty": 1}, key), ({**body, "distributor": "1"}, ulid()), ({"qty": 0}, ulid()), (body, None)):
        call("POST", body=what, key=key, **one)
    item = "(SELECT id FROM item WHERE sku = '%s')" % ids["out_of_stock"]
    call.server.psql(f"SELECT stock_receive(1, {item}, (SELECT back_ordered + 5 FROM stock WHERE site_id = 1 AND item_id = {item}), 'PO 1', NULL)")
    call.server.psql("INSERT INTO notice (login_id, market, kind, ref, at) SELECT id, 'GB', 'back_order', '1', now() FROM login WHERE login = 'CC-07'")
    day = call("GET", A + "/day")[2]
    call("DELETE", A + "/notices/{id}", id=day["notices"][0]["id"])
    call("DELETE", A + "/notices/{id}", id="99999999")
    name = call("GET", **one)[2]["items"][0]["id"]
    for _ in range(2):
        call("DELETE", A + "/items/{sku}/waiting/{id}", sku=ids["out_of_stock"], id=name)
    call("GET", A + "/items/{sku}/waiting", sku="99999")


def autosaves(call, draft):
    one = {**{k: draft[k] for k in ("market", "type", "distributor", "lines")}, "every": 1, "unit": "month", "day": 31, "pays": "later"}
    key = ulid()
    for body, key in ((one, key), (one, key), ({**one, "day": 3}, key), ({**one, "unit": "year"}, ulid()), ({**one, "lines": []}, ulid()),
                      ({**one, "market": "ZZ"}, ulid()), (one, None)):
        call("POST", A + "/autosaves", body, key=key)
    number = call("GET", A + "/autosaves", query="?state=active&limit=1&distributor=" + draft["distributor"])[2]["items"][0]["id"]
    call("GET", A + "/autosaves", query="?state=lost")
    tag = call("GET", A + "/autosaves/{id}", id=number)[1]["ETag"]
    for change, headers in (({"every": 2, "unit": "week", "day": 3}, {"If_Match": tag}), ({"day": 4}, {"If_Match": tag}), ({"day": 9}, {"If_Match": '"2"'}),
                            ({"lines": []}, {"If_Match": '"2"'}), ({"day": 3}, {})):
        call("PATCH", A + "/autosaves/{id}", change, id=number, **headers)
    call("PATCH", A + "/autosaves/{id}", {"day": 3}, id="999", If_Match=tag)
    for verb in ("skip", "pause", "pause", "resume", "resume", "stop", "stop", "skip"):
        key = ulid()
        for key in (key, key, None):
            call("POST", A + "/autosaves/{id}/" + verb, id=number, key=key)
        call("POST", A + "/autosaves/{id}/" + verb, id="999", key=ulid())
        call("POST", A + "/autosaves/{id}/" + verb, id=number, key=key or ulid())
    call("GET", A + "/autosaves/{id}", id=number)
    call("GET", A + "/autosaves/{id}", id="999")


def cards_and_events(call, ids):
    customer = call.server.psql("SELECT max(id) FROM customer WHERE market = 'GB'")
    for who, name in (("distributors", ids["manager"]), ("customers", customer)):
        path = A + f"/{who}/{{id}}/cards"
        person = call.server.psql(f"SELECT id FROM distributor WHERE number = '{name}'") if who == "distributors" else name
        card = call.server.psql(f"""INSERT INTO payment_token (person_id, market, provider_customer, provider_method, brand, last4, expires)
            VALUES ({person}, 'GB', 'cus_1', 'pm_{who}', 'visa', '4242', '2034-12-31') RETURNING id""")
        key = ulid()
        for ident, one in ((name, key), (name, key), ("999999999", ulid()), (name, None), (name, "x")):
            call("POST", path, key=one, id=ident)
        call("POST", A + "/distributors/{id}/cards", key=key, id=ids["recruit"])
        call("GET", path, id=name)
        call("GET", path, id="999999999")
        for _ in range(2):
            call("DELETE", path + "/{card}", id=name, card=card)
    body = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}
    seconds, text = int(time.time()), json.dumps(body)
    mac = hmac.new(b"whsec_test", f"{seconds}.{text}".encode(), hashlib.sha256).hexdigest()
    for signature in (f"t={seconds},v1={mac}", f"t={seconds},v1={mac}", "t=1,v1=00"):
        call("POST", "/hooks/stripe", body, Stripe_Signature=signature)
    call("GET", "/pay/done")
    call("GET", "/pay/later")
def returns(call, server):
    """A return that is asked for, looked at, received; one that is refused, one that is taken back."""
    order = server.psql("""SELECT o.number FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = 1 AND l.qty >= 3 AND l.amount > 300
        JOIN item i ON i.id = l.item_id AND i.kind = 'product' WHERE o.market = 'GB' AND o.state IN ('shipped', 'received')
        AND o.placed_at > company_now() - interval '20 days' ORDER BY o.id DESC LIMIT 1""")
    line = {"line": call("GET", A + "/orders/{number}", number=order)[2]["lines"][0]["id"], "qty": 1, "reason": "changed_mind"}
    other = dict(line, component=None, exchange={"sku": server.ids["skus"][0]})
    for lines in ([], [line], [other], [dict(line, exchange=server.ids["skus"][1])]):
        call("POST", A + "/returns", {"order": order, "kind": "return", "lines": lines}, query="?preview=true")
    call("POST", A + "/returns", {"order": order, "lines": []}, query="?preview=maybe")
    call("POST", A + "/returns", {"order": "100000010", "lines": []}, query="?preview=true")

    def ask(*lines, key=None, **more):
        look = call("POST", A + "/returns", {"order": order, "lines": list(lines)}, query="?preview=true")[2]
        return call("POST", A + "/returns", {"order": order, "lines": list(lines), "note": "", "expect_refund": look["refund"],
                                             "expect_due": look["due"], **more}, key=key or ulid())[2]
    key = ulid()
    made = ask(line, key=key)
    ask(line, key=key)
    ask(dict(line, qty=2), key=key)
    ask(line, expect_refund=1)
    ask(dict(line, qty=99))
    ask(dict(other, exchange={"sku": server.ids["out_of_stock"]}))
    call("POST", A + "/returns", {"order": order, "lines": [line], "expect_refund": 1})
    out = ask(other)
    call("GET", A + "/returns", query="?order=" + order)
    call("GET", A + "/returns", query="?state=lost")
    for number in (made["number"], out["number"], "R-99999990", "x"):
        call("GET", A + "/returns/{number}", number=number)
        call("GET", A + "/returns/{number}/instructions", number=number)
    mine, call.token = call.token, server.token("B-02")
    for number, body in ((made["number"], {"lines": [{"position": 1, "stock": 9}]}), (made["number"], {"lines": [{"position": 1, "scrap": 1}]}),
                         (made["number"], {"lines": []}), ("R-99999990", {"lines": []}), (made["number"], {"lines": 1})):
        call("POST", A + "/returns/{number}/receive", body, number=number, key=ulid())
    call("GET", A + "/returns/{number}", number=made["number"])
    key = ulid()
    for number, body in ((out["number"], {"reason": "no"}), (out["number"], {"reason": "no"}), (out["number"], {"reason": "so"}), ("R-99999990", {"reason": "x"})):
        call("POST", A + "/returns/{number}/refuse", body, number=number, key=key if number == out["number"] else ulid())
    call("POST", A + "/returns/{number}/refuse", {"reason": "no"}, number=out["number"], key=ulid())
    call("POST", A + "/returns/{number}/refuse", {}, number=out["number"], key=ulid())
    gone = ask(line)
    for _ in range(2):
        call("POST", A + "/returns/{number}/cancel", {}, number=gone["number"], key=ulid())
    call("POST", A + "/returns/{number}/cancel", {}, number="R-99999990", key=ulid())
    call("POST", A + "/returns/{number}/cancel", {}, number=gone["number"])
    call.token = mine


def counter(call, server):
    """A shift with all that can be done in it, and what cannot."""
    mine, ids = call.token, server.ids
    call.token = server.token("S-04")
    call("GET", A + "/shifts/current")
    key = ulid()
    begin = {"till": ids["till"], "float": 10000}
    for body, key in ((begin, key), (begin, key), ({**begin, "float": 1}, key), (begin, ulid()), ({**begin, "till": ids["till2"]}, ulid()),
                      ({**begin, "till": "NONE"}, ulid()), ({"till": 1}, ulid()), (begin, None)):
        call("POST", A + "/shifts", body, key=key)
    shift = call("GET", A + "/shifts/current")[2]["id"]
    call("GET", A + "/tills")
    for query in ("", "?till=X", "?from=2025-01-01&limit=1", "?from=never", "?limit=x"):
        call("GET", A + "/shifts", query=query)
    for one in (shift, "999", "x"):
        call("GET", A + "/shifts/{id}", id=one)
        call("GET", A + "/shifts/{id}/report", id=one)
    seller, call.token = call.token, server.token("SV-01")
    fetched, key = {"market": "GB", "kind": "withdrawal", "amount": 1, "bag": "F-1"}, ulid()
    for body, key in ((fetched, key), (fetched, key), ({**fetched, "amount": 2}, key), (fetched, ulid()), ({**fetched, "kind": "x"}, ulid()), (fetched, None),
                      ({**fetched, "kind": "deposit", "amount": 10**12, "bag": "F-2"}, ulid())):
        call("POST", A + "/bankings", body, key=key)
    for query in ("", "?limit=1", "?cursor=x"):
        call("GET", A + "/bankings", query=query)
    call.token = seller
    move, key = {"kind": "pay_in", "amount": 500, "reason": "change"}, ulid()
    for body, key in ((move, key), (move, key), ({**move, "amount": 1}, key), ({**move, "kind": "pay_out", "amount": 10**9}, ulid()), ({"kind": "x"}, ulid()), (move, None)):
        call("POST", A + "/shifts/{id}/moves", body, id=shift, key=key)
    call("POST", A + "/shifts/{id}/moves", move, id="999", key=ulid())
    draft = {"market": "GB", "type": "customer", "distributor": ids["walk_in_distributor"], "customer": ids["walk_in"], "shift": shift,
             "lines": [{"id": "a", "sku": ids["skus"][0], "qty": 1}]}
    total = call("POST", A + "/quotes", draft)[2]["total"]
    call("POST", A + "/quotes", {**draft, "shift": "x"})

    def sell(tenders=None, key=None, **more):
        return call("POST", A + "/orders", {**draft, "expect_total": total, "tenders": tenders or [{"kind": "cash", "amount": total, "given": 5000}], **more}, key=key or ulid())[2]
    key = ulid()
    sold = sell(key=key)["number"]
    sell(key=key)
    sell([{"kind": "cash", "amount": total, "given": 1}])
    sell(shift="999")
    wrong = sell()["number"]
    link = sell([{"kind": "link", "amount": total}])["number"]
    for query in ("", "?copy=true", "?copy=maybe"):
        call("GET", A + "/orders/{number}/receipt", number=sold, query=query)
    call("GET", A + "/orders/{number}/receipt", number="100000000")
    phoned = {**draft, "ship_to": {"kind": "pickup"}, "expect_total": total}
    phoned.pop("shift")
    due = call("POST", A + "/orders", {**phoned, "accept": ["duplicate"], "tenders": []}, key=ulid())[2]["number"]
    for till in (ids["till"], "NONE"):
        call("GET", A + "/tills/{code}/pickups", code=till)
    pay, key = {"shift": shift, "tenders": [{"kind": "cash", "amount": 100}]}, ulid()
    call("POST", A + "/orders/{number}/payments", pay, number=due, key=ulid())
    rest = {"shift": shift, "tenders": [{"kind": "cash", "amount": total - 100}]}
    for number, body, key in ((link, {"shift": shift}, ulid()), (due, {"shift": shift}, ulid()), (due, {**rest, "tenders": [{"kind": "cash", "amount": 10**6}]}, ulid()),
                              (due, rest, key), (due, rest, key), (due, pay, key), (due, {}, ulid()), ("100000000", rest, ulid()), (due, rest, None)):
        call("POST", A + "/orders/{number}/hand-over", body, number=number, key=key)
    void, key = {"shift": shift, "reason": "rung up twice"}, ulid()
    for number, body, key in ((wrong, void, key), (wrong, void, key), (wrong, {**void, "reason": "x"}, key), (wrong, void, ulid()), (due, void, ulid()), ("100000000", void, ulid()),
                              (wrong, {"shift": shift}, ulid()), (wrong, void, None)):
        call("POST", A + "/orders/{number}/void", body, number=number, key=key)
    back = {"order": sold, "shift": shift, "lines": [{"line": "a", "qty": 1, "reason": "d", "to": "stock"}]}
    look = call("POST", A + "/returns", back, query="?preview=true")[2]
    for body in ({**back, "expect_refund": look["refund"]}, {**back, "lines": [{"line": "a", "qty": 1, "reason": "d"}], "expect_refund": 0}):
        call("POST", A + "/returns", body, key=ulid())
    call("GET", A + "/shifts/{id}/report", id=shift)
    call.token = server.token("SV-01")
    call("GET", A + "/shifts/{id}/report", id=shift)
    call("POST", A + "/shifts/{id}/moves", {**move, "kind": "pay_out", "amount": 10**9}, id=shift, key=ulid())
    call.token = server.token("S-04")
    end, key = {"counted": 12000, "pieces": [{"value": 2000, "count": 6}], "note": "as it was"}, ulid()
    for body, key in (({"counted": -1}, ulid()), (end, key), (end, key), ({"counted": 1}, key), (end, ulid()), (end, None)):
        call("POST", A + "/shifts/{id}/close", body, id=shift, key=key)
    call("POST", A + "/shifts/{id}/close", end, id="999", key=ulid())
    sell()
    call("POST", A + "/orders/{number}/payments", pay, number=link, key=ulid())
    call.token = mine


def strangers(call):
    """Without a session every route says 401; the warehouse may not do what is for others."""
    for path, operations in call.document["paths"].items():
        for method, operation in operations.items():
            values = {name["name"]: "1" for name in map(call.schemas.resolve, operation.get("parameters", []))
                      if name["in"] == "path"}
            for call.token in ([None] if "401" in operation["responses"] and path != A + "/sessions" else []) + (
                    [call.warehouse] if operation["x-roles"] and "warehouse" not in operation["x-roles"] else []):
                body = {} if "requestBody" in operation else None
                call(method.upper(), path, body, **values)


def main():
    with contextlib.ExitStack() as stack:
        secret = stack.enter_context(tempfile.NamedTemporaryFile("w", prefix="secret-", dir="/tmp"))
        secret.write("whsec_test\n")
        secret.flush()
        os.chmod(secret.name, 0o644)  # the server gives up root
        server = stack.enter_context(demo_server(settings=f'gateway_url = "none"\nwebhook_secret_file = "{secret.name}"\n'))
        document = server.call("GET", A + "/openapi.json")[2]
        call = Client(server, document)
        call.warehouse = server.token("W-12")
        draft = {"market": "GB", "type": "personal", "distributor": server.ids["manager"],
                 "lines": [{"id": "a", "sku": server.ids["skus"][0], "qty": 2}]}
        cases.run("about and sessions", about_and_sessions, call)
        cases.run("waiting lists", waiting, call, server.ids)
        cases.run("items", items, call, server.ids)
        customer = people(call, server.ids)
        cases.run("quotes", quotes, call, server.ids, draft, customer)
        name = drafts(call, draft)
        cases.run("orders", orders, call, server.ids, draft, name)
        cases.run("the back office", office, call, server.ids)
        cases.run("gift certificates and mail", certificates, call, server.ids)
        cases.run("promotions", promotions, call, server.ids)
        cases.run("repeat orders", autosaves, call, draft)
        cases.run("cards and events", cards_and_events, call, server.ids)
        cases.run("returns", returns, call, server)
        cases.run("the counter", counter, call, server)
        cases.run("strangers", strangers, call)
        success = [(path, method, code) for path, item in document["paths"].items() for method, operation in item.items()
                   for code in operation["responses"] if code < "300"]
        cases.equal("every success that is described was seen", [one for one in success if one not in call.seen], [])
        if os.environ.get("VERBOSE"):
            print("not seen:", *sorted((path, method, code) for path, item in document["paths"].items() for method, operation
                                       in item.items() for code in operation["responses"] if (path, method, code) not in call.seen), sep="\n  ")
    cases.end()


main()
