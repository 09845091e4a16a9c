#!/usr/bin/python3
"""Hostile text in every free-text field that openapi.json tells of, on the real server: what is taken comes
back as it was, byte by byte, and what is not is refused with a problem that names the field. A field that is
new in the document and not looked at here is a failure."""
import copy
import json
import os
import sys
from urllib.parse import quote, urlencode

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from schema import Schemas  # noqa: E402
from served import PASSWORD, demo_server, ulid  # noqa: E402

cases = Cases("test_hostile_fields")
A = "/api/v1"
ADDRESS = ["name", "line1", "line2", "city", "postcode", "region", "country"]
DRAFT = ["/coupons/0", "/ship_to/method", "/lines/0/picks", "/distributor", "/customer", "/lines/0/id", "/lines/0/sku", "/price_list", "/note", "/typed",
         *["/ship_to/address/" + part for part in ADDRESS]]
PERSON = ["/email", "/phone", "/language", *["/address/" + part for part in ADDRESS]]
COVERED = {  # which fields of a request are looked at, by whom
    ("POST", A + "/sessions"): ["/login", "/password", "/desk"],
    ("PATCH", A + "/distributors/{id}"): PERSON,
    ("PATCH", A + "/customers/{id}"): PERSON,
    ("POST", A + "/customers"): ["/distributor", "/name", "/given_name", "/family_name", *PERSON],
    ("POST", A + "/quotes"): DRAFT,
    ("PUT", A + "/drafts/{ulid}"): [*DRAFT, "/changes/order", "/changes/version", "/paying/0/ref"],
    ("POST", A + "/orders"): [*DRAFT, "/rev", "/tenders/0/ref"],
    ("POST", A + "/orders/{number}/cancel"): ["/reason"],
    ("POST", A + "/orders/{number}/payments"): ["/tenders/0/ref"],
    ("POST", A + "/orders/{number}/hold"): ["/reason"],
    ("POST", A + "/orders/{number}/unhold"): ["/reason"],
    ("POST", A + "/orders/{number}/change"): ["/note", "/reason"],
    ("POST", A + "/items/{sku}/waiting"): ["/note", "/customer", "/distributor"],
    ("POST", A + "/autosaves"): ["/note"],
    ("PATCH", A + "/autosaves/{id}"): ["/note"],
    ("POST", A + "/returns"): ["/lines/0/line", "/lines/0/component", "/lines/0/reason", "/lines/0/exchange", "/lines/0/exchange/sku",
                               "/lines/0/exchange/choices/0",
                               "/override", "/note", "/tenders/0/ref"],
    ("POST", A + "/returns/{number}/receive"): ["/note"],
    ("POST", A + "/returns/{number}/refuse"): ["/reason"],
    ("POST", A + "/returns/{number}/cancel"): ["/reason"],
    ("POST", A + "/shifts"): ["/till"],
    ("POST", A + "/shifts/{id}/moves"): ["/reason"],
    ("POST", A + "/shifts/{id}/close"): ["/note"],
    ("POST", A + "/orders/{number}/hand-over"): ["/tenders/0/ref"],
    ("POST", A + "/orders/{number}/void"): ["/reason"],
    ("POST", A + "/bankings"): ["/bag", "/note"],
    ("POST", A + "/changesets"): ["/title"],
    ("PATCH", A + "/changesets/{id}"): ["/title"],
    ("PUT", A + "/changesets/{id}/rows"): ["/rows/0/base", "/rows/0/key"],
    ("PUT", A + "/promotions/{code}"): ["/text"],
    ("POST", A + "/promotions/{code}/simulate"): ["/text"],
    ("POST", A + "/promotions/{code}/coupons"): ["/codes/0"],
}
# Read by the very functions that read drafts, where they are looked at.
AS_DRAFTS = {("POST", A + "/autosaves"), ("PATCH", A + "/autosaves/{id}"), ("POST", A + "/orders/{number}/change")}


# ---- what there is -------------------------------------------------------------------------------

def free_text(schemas, schema, at=""):
    """(pointer, greatest length) of every string that is neither one of a list nor of a pattern."""
    schema = schemas.resolve(schema)
    for part in [*schema.get("allOf", []), *schema.get("anyOf", [])]:
        yield from free_text(schemas, part, at)
    for name, member in schema.get("properties", {}).items():
        yield from free_text(schemas, member, at + "/" + name)
    if "items" in schema:
        yield from free_text(schemas, schema["items"], at + "/0")
    kinds = schema.get("type", [])
    told = any(word in schema for word in ("enum", "const", "pattern")) or schema.get("format") == "date"
    if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not told:
        yield at, schema.get("maxLength")


def fields(document):
    """{(method, address): {pointer: greatest length}} of every request that has a body. (What the payment
    provider signs is test_hooks' business.)"""
    schemas, found = Schemas(document), {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items() if path.startswith(A) else ():
            for kind in operation.get("requestBody", {}).get("content", {}).values():
                found.setdefault((method.upper(), path), {}).update(free_text(schemas, kind["schema"]))
    return found


def texts(most):
    """Each kind whole and as much of it as may be there."""
    for name, text in HOSTILE.items():
        yield name, text
        if most and len(text) > most:
            yield name + ", shortened", text[:most]


# ---- pointers ------------------------------------------------------------------------------------

def keys(pointer):
    return [int(key) if key.isdigit() else key for key in pointer.split("/")[1:]]


def at(value, pointer):
    for key in keys(pointer):
        value = value[key]
    return value


def put(body, pointer, text):
    body = copy.deepcopy(body)
    *way, last = keys(pointer)
    inside = at(body, "".join("/%s" % key for key in way))
    if isinstance(inside, list) and last == len(inside):
        inside.append(text)
    else:
        inside[last] = text
    return body


# ---- one request ---------------------------------------------------------------------------------

def refused(where, http, reply, field):
    """4xx, and a sentence that is of this field, or of the whole of which it is a part."""
    said = [one for one in reply.get("problems", []) if isinstance(reply, dict) and (field + "/").startswith(one["field"] + "/") and one["field"]]
    return cases.check(f"{where} is refused by its name", 400 <= http < 500 and said and all(one["say"] for one in said), (http, reply))


class Fields:
    def __init__(self, server, found):
        self.s, self.found, self.token = server, found, server.token()
        self.taken, self.text = {}, ""

    def call(self, method, path, body=None, **headers):
        http, got, reply = self.s.call(method, A + path, body, self.token,
                                       {name.replace("_", "-"): value for name, value in headers.items()})
        return http, got, reply

    def each(self, method, path, send, back, only=lambda pointer: True):
        """`send(pointer, text)` answers (status, reply); `back(pointer, reply)` reads what is there now."""
        for pointer in filter(only, COVERED[method, A + path]):
            for kind, text in texts(self.found[method, A + path].get(pointer)):
                where = f"{method} {path} {pointer}, {kind},"
                http, reply = send(pointer, text)
                if http >= 300:
                    refused(where, http, reply, pointer)
                    continue
                self.taken.setdefault((method, path, pointer), []).append(kind)
                have = back(pointer, reply)
                cases.check(f"{where} comes back as it was", have == text, f"got {have!r} for {text!r}")

    # ---- people
    def base(self):
        return {"distributor": self.s.ids["manager"], "name": "JONES, Sarah", "given_name": "Sarah", "family_name": "Jones",
                "email": "a@example.org", "phone": "1", "language": "en",
                "address": {"name": "", "line1": "1 Road", "line2": "", "city": "Bath", "postcode": "BA1 1AA", "region": "", "country": "GB"}}

    @staticmethod
    def of_person(pointer, person):
        return at({**person, "address": (person["addresses"] or [None])[0]}, pointer)

    def customers(self):
        def send(pointer, text):
            http, _, reply = self.call("POST", "/customers", put(self.base(), pointer, text), Idempotency_Key=ulid())
            return http, reply
        self.each("POST", "/customers", send, lambda pointer, made: self.of_person(pointer, self.call("GET", "/customers/" + made["id"])[2]))
        made = self.call("POST", "/customers", self.base(), Idempotency_Key=ulid())[2]["id"]
        self.person("/customers", made)

    def person(self, path, number):
        def send(pointer, text):
            tag = self.call("GET", f"{path}/{number}")[1]["ETag"]
            name = pointer.split("/")[1]
            body = {name: put(self.base(), pointer, text)[name]}
            http, _, reply = self.call("PATCH", f"{path}/{number}", body, If_Match=tag)
            return http, reply
        self.each("PATCH", path + "/{id}", send, lambda pointer, _: self.of_person(pointer, self.call("GET", f"{path}/{number}")[2]))

    # ---- orders
    def draft(self):
        return {"market": "GB", "type": "personal", "distributor": self.s.ids["manager"], "customer": None, "price_list": None,
                "coupons": [], "lines": [{"id": "a", "sku": self.s.ids["skus"][0], "qty": 1}], "note": "", "typed": "",
                "ship_to": {"kind": "address", "address": {k: v for k, v in self.base()["address"].items()}}}

    def drafts(self):
        def send(pointer, text):
            self.name = ulid()
            of_change = {"changes": {"order": "100000014", "version": "1"}} if pointer.startswith("/changes") else {}
            paying = {"paying": [{"kind": "cheque", "amount": 1, "ref": ""}]} if pointer.startswith("/paying") else {}
            http, _, reply = self.call("PUT", "/drafts/" + self.name, put({**self.draft(), **of_change, **paying}, pointer, text), If_None_Match="*")
            return http, reply
        self.each("PUT", "/drafts/{ulid}", send, lambda pointer, _: at(self.call("GET", "/drafts/" + self.name)[2]["draft"], pointer))

    def quotes(self):
        """What a quote has of it comes back; the rest is of no consequence for it."""
        def send(pointer, text):
            self.text = text
            http, _, reply = self.call("POST", "/quotes", put(self.draft(), pointer, text))
            return http, reply

        def back(pointer, priced):
            own = {"/ship_to/address/" + part: "/ship_to/" + part for part in ADDRESS}
            own.update({pointer: pointer for pointer in ("/lines/0/id", "/lines/0/sku")})
            return at(priced, own[pointer]) if pointer in own else self.text
        self.each("POST", "/quotes", send, back)

    def ordered(self, body, key=None):
        draft = {name: value for name, value in body.items() if name not in ("rev", "tenders")}
        total = self.call("POST", "/quotes", draft)[2].get("total", 0)
        http, _, reply = self.call("POST", "/orders", {**body, "expect_total": total, "accept": ["duplicate"]}, Idempotency_Key=key or ulid())
        return http, reply

    def orders(self):
        def send(pointer, text):
            self.text = text
            base = {**self.draft(), "tenders": [{"kind": "later", "amount": 1}], "rev": None}
            return self.ordered(put(base, pointer, text))

        def back(pointer, placed):
            order = self.call("GET", "/orders/" + placed["number"])[2]
            if pointer == "/typed":  # what was not entered is not of the order
                return self.text
            return at(order, pointer)
        self.each("POST", "/orders", send, back)

    def cancel(self):
        def send(pointer, text):
            number = self.ordered({**self.draft(), "tenders": []})[1]["number"]
            http, _, reply = self.call("POST", f"/orders/{number}/cancel", {"reason": text}, Idempotency_Key=ulid())
            return http, {**reply, "number": number}
        self.each("POST", "/orders/{number}/cancel", send,
                  lambda _, done: next(h["reason"] for h in self.call("GET", "/orders/" + done["number"])[2]["history"] if h["to"] == "cancelled"))

    def payments(self):
        """What stands on a cheque."""
        number = self.ordered({**self.draft(), "note": "paid", "tenders": []})[1]["number"]

        office = self.s.token("B-02")

        def send(_, text):
            http, _, reply = self.s.call("POST", A + f"/orders/{number}/payments", {"tenders": [{"kind": "cheque", "amount": 1, "ref": text}]},
                                         office, {"Idempotency-Key": ulid()})
            return http, reply
        self.each("POST", "/orders/{number}/payments", send, lambda *_: self.call("GET", "/orders/" + number)[2]["payments"][-2]["ref"])

    def reasons(self):
        """Why an order is held, goes on, or is another one now."""
        number = self.ordered({**self.draft(), "note": "held", "tenders": []})[1]["number"]
        for verb in ("hold", "unhold"):
            other = {"hold": "unhold", "unhold": "hold"}[verb]

            def send(_, text, verb=verb, other=other):
                self.call("POST", f"/orders/{number}/{other}", {"reason": ""}, Idempotency_Key=ulid())
                http, _, reply = self.call("POST", f"/orders/{number}/{verb}", {"reason": text}, Idempotency_Key=ulid())
                return http, reply
            self.each("POST", "/orders/{number}/" + verb, send, lambda *_: self.call("GET", "/orders/" + number)[2]["history"][-1]["reason"])

    def changes(self):
        number = self.ordered({**self.draft(), "note": "changes", "tenders": []})[1]["number"]

        def send(pointer, text):
            got = self.call("GET", "/orders/" + number)[2]
            self.text, body = text, {"note": ulid(), "expect_total": got["total"], "reason": "", pointer[1:]: text}
            http, _, reply = self.call("POST", f"/orders/{number}/change", body, Idempotency_Key=ulid(), If_Match='"%s"' % got["version"])
            return http, reply

        def back(pointer, _):
            got = self.call("GET", "/orders/" + number)[2]
            return got["note"] if pointer == "/note" else self.text  # the reason is the audit's
        self.each("POST", "/orders/{number}/change", send, back)

    # ---- the rest
    def waiting(self):
        base, sku = {"distributor": self.s.ids["manager"], "customer": None, "qty": 1, "note": ""}, self.s.ids["out_of_stock"]

        def send(pointer, text):
            http, _, reply = self.call("POST", f"/items/{sku}/waiting", put(base, pointer, text), Idempotency_Key=ulid())
            return http, reply
        self.each("POST", "/items/{sku}/waiting", send,
                  lambda pointer, made: at(next(w for w in self.call("GET", f"/items/{sku}/waiting")[2]["items"] if w["id"] == made["id"]), pointer))

    def autosaves(self):
        base = {"market": "GB", "type": "personal", "distributor": self.s.ids["manager"], "every": 1, "unit": "month", "day": 3,
                "pays": "later", "lines": self.draft()["lines"], "note": ""}

        def send(pointer, text):
            http, _, reply = self.call("POST", "/autosaves", put(base, pointer, text), Idempotency_Key=ulid())
            return http, reply

        def change(pointer, text):
            tag = self.call("GET", "/autosaves/" + made)[1]["ETag"]
            http, _, reply = self.call("PATCH", "/autosaves/" + made, {pointer[1:]: text}, If_Match=tag)
            return http, reply
        self.each("POST", "/autosaves", send, lambda pointer, reply: at(self.call("GET", "/autosaves/" + reply["id"])[2], pointer))
        made = self.call("POST", "/autosaves", base, Idempotency_Key=ulid())[2]["id"]
        self.each("PATCH", "/autosaves/{id}", change, lambda pointer, _: at(self.call("GET", "/autosaves/" + made)[2], pointer))

    def returns(self):
        """All of a piece that was sent, again and again: each return is taken back."""
        order, piece = self.s.psql("""SELECT o.number || '|' || l.client_id FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = 1
            JOIN item i ON i.id = l.item_id AND i.kind = 'product' WHERE o.market = 'GB' AND o.state = 'received' AND l.amount > 300
            ORDER BY o.id DESC LIMIT 1""").split("|")
        other = {"line": piece, "component": None, "qty": 1, "reason": "damaged", "exchange": {"sku": self.s.ids["skus"][0], "choices": []}}
        office = self.s.token("B-02")
        seen = {}

        def post(path, body):
            http, _, reply = self.s.call("POST", A + path, body, office, {"Idempotency-Key": ulid()})
            return http, reply

        def ask(pointer="", text=""):
            line = dict(other, exchange=None) if "exchange" not in pointer else other
            body = {"order": order, "lines": [line], "override": "late", "note": "", "expect_refund": 0}
            body = put(body, pointer, text) if pointer else body
            _, look = post("/returns?preview=true", {k: v for k, v in body.items() if not k.startswith("expect")})
            return post("/returns", dict(body, expect_refund=look.get("refund", 0), expect_due=look.get("due", 0)))

        def back(pointer, made):
            got = self.call("GET", "/returns/" + made["number"])[2]
            post(f"/returns/{made['number']}/cancel", {"reason": ""})
            if pointer == "/override" and not got["override"]:
                return seen["text"]  # in time: it was not needed
            return at(got, pointer)

        def send(pointer, text):
            seen["text"] = text
            return ask(pointer, text)

        def act(path, name):
            def run(_, text):
                made = ask()[1]
                http, reply = post(f"/returns/{made['number']}/{path}", {"lines": [], "close": True, name: text} if path == "receive" else {name: text})
                if http >= 300:
                    post(f"/returns/{made['number']}/cancel", {"reason": ""})
                return http, reply
            return run
        self.each("POST", "/returns", send, back, lambda pointer: not pointer.startswith("/tenders"))  # those are of a till
        for path, name in (("receive", "note"), ("refuse", "reason"), ("cancel", "reason")):
            self.each("POST", "/returns/{number}/" + path, act(path, name), lambda _, done: self.call("GET", "/returns/" + done["number"])[2]["reason"])

    def counter(self):
        """Tills that do not exist, reasons and notes of a shift, cheques for what is picked up."""
        mine, self.token = self.token, self.s.token("S-04")

        def post(path, body):
            http, _, reply = self.call("POST", path, body, Idempotency_Key=ulid())
            return http, reply

        def till(_, text):
            http, reply = post("/shifts", {"till": text, "float": 0})
            return http, {"problems": [{"field": "/till", "say": reply["title"]}]} if http == 404 else reply
        self.each("POST", "/shifts", till, lambda *_: None)
        shift = post("/shifts", {"till": self.s.ids["till"], "float": 0})[1]["id"]

        def report():
            return self.call("GET", f"/shifts/{shift}/report")[2]
        self.each("POST", "/shifts/{id}/moves", lambda _, text: post(f"/shifts/{shift}/moves", {"kind": "pay_in", "amount": 1, "reason": text}),
                  lambda *_: report()["moves"][-1]["reason"])

        def picked_up(tenders):
            draft = {**self.draft(), "ship_to": {"kind": "pickup"}, "note": ulid()}
            return post("/orders", {**draft, "expect_total": self.call("POST", "/quotes", draft)[2]["total"], "tenders": tenders,
                                    "accept": ["duplicate"]})[1]

        def hand_over(_, text):
            placed = picked_up([])
            http, reply = post(f"/orders/{placed['number']}/hand-over", {"shift": shift, "tenders": [{"kind": "cheque", "amount": placed["total"], "ref": text}]})
            return http, reply
        self.each("POST", "/orders/{number}/hand-over", hand_over,
                  lambda _, done: [p["ref"] for p in self.call("GET", "/orders/" + done["number"])[2]["payments"] if p["kind"] == "cheque"][0])
        sale = {"market": "GB", "type": "customer", "distributor": self.s.ids["walk_in_distributor"], "customer": self.s.ids["walk_in"],
                "lines": [{"id": "a", "sku": self.s.ids["skus"][0], "qty": 1}], "shift": shift}
        total = self.call("POST", "/quotes", sale)[2]["total"]

        def void(_, text):
            sold = post("/orders", {**sale, "expect_total": total, "tenders": [{"kind": "cash", "amount": total}]})[1]["number"]
            http, reply = post(f"/orders/{sold}/void", {"shift": shift, "reason": text})
            return http, reply
        self.each("POST", "/orders/{number}/void", void, lambda _, done: next(
            h["reason"] for h in self.call("GET", "/orders/" + done["number"])[2]["history"] if h["to"] == "cancelled" and h["machine"] == "order"))

        def priced(sku):
            return self.call("POST", "/quotes", {**sale, "lines": [{"id": "a", "sku": sku, "qty": 1}]})[2]["total"]
        cheap, dear = (f(self.s.ids["skus"], key=priced) for f in (min, max))

        def exchange(_, text):
            sold = post("/orders", {**sale, "lines": [{"id": "a", "sku": cheap, "qty": 1}], "expect_total": priced(cheap),
                                    "tenders": [{"kind": "cash", "amount": priced(cheap)}]})[1]["number"]
            body = {"order": sold, "shift": shift, "lines": [{"line": "a", "qty": 1, "reason": "w", "to": "stock", "exchange": dear}]}
            due = post("/returns?preview=true", body)[1]["due"]
            return post("/returns", {**body, "expect_refund": 0, "expect_due": due, "tenders": [{"kind": "cheque", "amount": due, "ref": text}]})
        self.each("POST", "/returns", exchange, lambda _, done: [
            p["ref"] for p in self.call("GET", "/orders/" + done["exchange"])[2]["payments"] if p["kind"] == "cheque"][0],
            lambda pointer: pointer.startswith("/tenders"))

        def close(_, text):
            nonlocal shift
            http, reply = post(f"/shifts/{shift}/close", {"counted": 0, "note": text})
            if http < 300:
                shift = post("/shifts", {"till": self.s.ids["till"], "float": 0})[1]["id"]
            return http, reply
        self.each("POST", "/shifts/{id}/close", close, lambda _, z: z["shift"]["note"])
        post(f"/shifts/{shift}/close", {"counted": 0})
        self.token = self.s.token("SV-01")
        self.each("POST", "/bankings", lambda pointer, text: post("/bankings", {
            "market": "GB", "kind": "withdrawal", "amount": 1, "bag": ulid(), pointer[1:]: text}), lambda pointer, got: at(got, pointer))
        self.token = mine

    def office(self):
        mine, self.token, key = self.token, self.s.token("B-02"), ulid()
        self.call("POST", "/changesets", {"title": "One"}, Idempotency_Key=key)

        def send(_, text):
            self.name = ulid()
            http, _, reply = self.call("POST", "/changesets", {"title": text}, Idempotency_Key=self.name)
            return http, reply

        def change(_, text):
            tag = self.call("GET", "/changesets/" + key)[1]["ETag"]
            http, _, reply = self.call("PATCH", "/changesets/" + key, {"title": text}, If_Match=tag)
            return http, reply
        self.each("POST", "/changesets", send, lambda *_: self.call("GET", "/changesets/" + self.name)[2]["title"])
        self.each("PATCH", "/changesets/{id}", change, lambda *_: self.call("GET", "/changesets/" + key)[2]["title"])
        row = {"sheet": "prices", "key": f"GB/retail/AUTUMN-2/{self.s.ids['skus'][0]}", "cells": {"cv": 5}, "base": ""}
        for pointer in COVERED["PUT", A + "/changesets/{id}/rows"]:
            for kind, text in texts(40):
                http, _, reply = self.call("PUT", f"/changesets/{key}/rows", put({"rows": [row]}, pointer, text))
                said = reply.get("rows", reply.get("items")) or reply.get("problems") or reply.get("detail")
                cases.check(f"PUT rows {pointer}, {kind}, is of no row", http < 500 and said, (http, reply))
        for n, (kind, text) in enumerate(texts(40)):
            http, _, reply = self.call("PUT", f"/promotions/HOSTILE-{n}", {"market": "GB", "text": text}, If_None_Match="*")
            cases.check(f"a promotion of {kind} is told its mistakes", http in (400, 422) or reply.get("problems"), (http, reply))
            http, _, reply = self.call("POST", f"/promotions/HOSTILE-{n}/simulate", {"market": "GB", "text": text})
            cases.check(f"a promotion of {kind} is not simulated", http in (400, 422) and (reply.get("problems") or reply.get("detail")), (http, reply))
            http, _, reply = self.call("POST", "/promotions/WELCOME/coupons", {"codes": [text]}, Idempotency_Key=ulid())
            cases.check(f"a coupon of {kind} is refused", http in (400, 422), (http, reply))
        self.token = mine

    def sessions(self):
        """Who signs in is looked up, and nothing else comes back; the desk is kept for the audit."""
        def send(pointer, text):
            self.s.psql("DELETE FROM guard")
            self.text = text
            http, _, reply = self.call("POST", "/sessions", put({"login": "CC-08", "password": PASSWORD, "desk": ""}, pointer, text))
            if http == 401:  # nobody of that name, or another password: which of them is not told
                return http, {"problems": [{"field": pointer, "say": reply["title"]}]}
            return http, reply
        self.each("POST", "/sessions", send, lambda *_: bytes.fromhex(self.s.psql(
            "SELECT encode(convert_to(desk, 'UTF8'), 'hex') FROM session ORDER BY created_at DESC LIMIT 1")).decode())

    def searches(self):
        """Words that are looked for, and every other word in an address: an answer, or a sentence."""
        for path in ("/distributors", "/customers", "/items", "/orders"):
            for kind, text in texts(30):
                for name in ("q", "cursor", "limit", "market", "distributor"):
                    http, _, reply = self.call("GET", path + "?" + urlencode({name: text}, errors="surrogateescape"))
                    cases.check(f"GET {path}?{name}, {kind}", http == 200 or http < 500 and reply["title"] and reply["status"] == http, (http, reply))
            for kind, text in texts(30):
                http, _, reply = self.call("GET", path + "/" + quote(text, safe=""))
                cases.check(f"GET {path}/.., {kind}", http in (400, 404) and reply["title"], (http, reply))

    def no_text(self):
        """What is no text at all: NUL, halves of characters, bytes that are not UTF-8."""
        for kind, bad in {"NUL": b"a\\u0000b", "half a character": b"\\ud83d", "the other half": b"\\udc00x", "no UTF-8": b"\xff\xfe",
                          "too long a form": b"\xc0\xaf", "a surrogate in UTF-8": b"\xed\xa0\x80", "a raw control": b"a\x1b[2Jb"}.items():
            body = json.dumps({**self.base(), "name": "HERE"}).encode().replace(b"HERE", bad)
            http, _, reply = self.s.call("POST", A + "/customers", None, self.token, {"Idempotency-Key": ulid()}, raw=body)
            cases.check(f"{kind} is refused", http in (400, 422) and (reply.get("detail") or reply.get("problems")), (http, reply))


def look_at_all(server, found):
    """Every field with every text of HOSTILE."""
    one = Fields(server, found)
    for what in (one.customers, lambda: one.person("/distributors", server.ids["manager"]), one.drafts, one.quotes, one.orders, one.cancel, one.payments, one.reasons, one.changes,
                 one.waiting, one.autosaves, one.returns, one.counter, one.office, one.sessions, one.searches, one.no_text):
        cases.run(getattr(what, "__name__", "distributors"), what)
    return one


def main():
    with demo_server() as server:
        found = fields(server.call("GET", A + "/openapi.json")[2])
        cases.equal("every free-text field of openapi.json is looked at, and there are no others",
                    {which: sorted({*each, *(DRAFT + ["/tenders/0/ref"] if which in AS_DRAFTS else [])} & {*found[which]} if which in AS_DRAFTS else each)
                     for which, each in COVERED.items()}, {which: sorted(each) for which, each in found.items() if each})
        one = look_at_all(server, found)
        print("taken: %d texts in %d fields" % (sum(map(len, one.taken.values())), len(one.taken)))
    cases.end()


if __name__ == "__main__":
    main()
