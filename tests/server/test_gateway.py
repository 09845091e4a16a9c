#!/usr/bin/python3
"""The life of a payment through the whole server: the gateway's process asks the bundled provider, which is
told to fail in every way there is; each order is charged exactly once or not at all, and the books say so."""
import os
import re
import signal
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from card_shop import Shop, until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_gateway")
TIMEOUT_MS = 1500


# ---- a life -----------------------------------------------------------------------------------------------

def whole_life(d):
    """Held, captured at release, refunded when it is cancelled after all."""
    order = d.by_card()
    d.comes_to(order["number"], "authorised")
    d.once(order)
    d.act(order["number"], "release")
    d.comes_to(order["number"], "captured")
    assert d.once(order, "succeeded")["amount_received"] == order["total"]
    d.act(order["number"], "cancel")
    d.settled()
    intent = d.once(order, "succeeded")
    refunds = d.provider.call("GET", "/v1/refunds?payment_intent=" + intent["id"])["data"]
    assert [r["amount"] for r in refunds] == [order["total"]], refunds
    assert d.state(order["number"]) == "refunded"
    assert d.s.psql("SELECT state FROM refund ORDER BY id DESC LIMIT 1") == "done"
    d.ends()


def less_is_captured(d):
    order = d.by_card(4)
    d.comes_to(order["number"], "authorised")
    order = d.read(order["number"])
    keep = order["lines"][0]
    status, got = d.change(order, lines=[{"id": keep["id"], "sku": keep["sku"], "qty": 1}])
    assert status == 200, got
    d.act(order["number"], "release")
    d.comes_to(order["number"], "captured")
    intent = d.once(order, "succeeded")
    assert intent["amount_received"] == got["total"] < order["total"], intent
    d.ends()


def called_off(d):
    order = d.by_card()
    d.comes_to(order["number"], "authorised")
    d.act(order["number"], "cancel")
    d.settled()
    d.once(order, "canceled")
    d.ends()


def declined(d):
    """The reason is the provider's; the order is due, and who placed it is told."""
    order = d.by_card(ref=d.fails)
    d.comes_to(order["number"], "declined")
    now = d.read(order["number"])
    assert now["due"] == order["total"], now
    assert [p["failure"] for p in now["payments"] if p["kind"] == "token"] == ["Your card was declined."], now["payments"]
    day = d.call("GET", "/day", login="B-02")[2]
    assert any(n["kind"] == "declined" and n["ref"] == order["number"] for n in day["notices"]), day["notices"]
    secure = d.by_card(ref=d.secure)
    d.comes_to(secure["number"], "declined")
    assert d.provider.intents(order["number"]) == [] and d.provider.intents(secure["number"]) == []
    d.pay(order["number"], order["total"], ref=d.visa)
    d.comes_to(order["number"], "authorised")
    d.ends()


# ---- what can go wrong --------------------------------------------------------------------------------------

def trouble(kind, path, between=None):
    """Something goes wrong with the question at `path`, once it has been asked for by the order's life."""
    def run(d):
        d.provider.calm()
        if path == "/v1/payment_intents":
            d.provider.fault(kind, path)
            order = d.by_card()
            if between:
                d.comes_to(order["number"], between)
            d.comes_to(order["number"], "authorised")
            d.once(order)
        else:
            order = d.by_card()
            d.comes_to(order["number"], "authorised")
            intent = d.once(order)
            d.provider.fault(kind, path if path == "/v1/refunds" else f"/v1/payment_intents/{intent['id']}/{path}")
            if path == "cancel":
                d.act(order["number"], "cancel")
                d.settled()
                d.once(order, "canceled")
            else:
                d.act(order["number"], "release")
                d.comes_to(order["number"], "captured")
                d.once(order, "succeeded")
            if path == "/v1/refunds":
                d.act(order["number"], "cancel")
                d.settled()
                refunds = d.provider.call("GET", "/v1/refunds?payment_intent=" + intent["id"])["data"]
                assert [r["amount"] for r in refunds] == [order["total"]], refunds
        assert d.provider.has_failed()
        d.ends()
    return run


def forgotten(d):
    """The provider said yes and stored nothing: the capture finds out, and the order is due."""
    d.provider.calm()
    d.provider.fault("forget", "/v1/payment_intents")
    order = d.by_card()
    d.comes_to(order["number"], "authorised")
    assert d.provider.intents(order["number"]) == []
    d.act(order["number"], "release")
    d.comes_to(order["number"], "declined")
    d.ends()


def called_off_unknown(d):
    """Called off while nobody knows whether the card was charged: in the end it was not."""
    d.provider.calm()
    d.provider.fault("charged_silent", "/v1/payment_intents")
    order = d.by_card()
    d.comes_to(order["number"], "unknown")
    d.act(order["number"], "cancel")
    d.settled()
    d.once(order, "canceled")
    assert d.state(order["number"]) == "void"
    d.ends()


def killed(d):
    """The gateway is killed while the provider is charging: the next one asks under the same key."""
    d.provider.calm()
    for kind in ("charged_silent", "silent", "charged_silent"):
        d.provider.fault(kind, "/v1/payment_intents")
        order = d.by_card()
        until(lambda: d.s.psql("SELECT 1 FROM gateway_task WHERE act = 'authorise' AND state = 'busy'"), "asked")
        holder = d.s.psql("SELECT holder FROM gateway_task WHERE act = 'authorise' AND state = 'busy'")
        os.kill(int(holder.rpartition(":")[2]), signal.SIGKILL)
        # Its lease is a minute; here it is over at once.
        d.s.psql("UPDATE gateway_task SET until = now() WHERE state = 'busy'")
        d.comes_to(order["number"], "authorised")
        d.once(order)
    d.ends()


def provider_away(d):
    """The sandbox dies: questions wait, and are answered when it is back."""
    d.provider.calm()
    pid = d.s.psql("SELECT 1") and int(os.popen(f"pgrep -f -- '--dir {d.provider.folder} '").read().split()[0])
    os.kill(pid, signal.SIGKILL)
    order = d.by_card()
    d.comes_to(order["number"], "authorised")
    d.once(order)
    d.ends()


# ---- links, cards ---------------------------------------------------------------------------------------------

def by_link(d):
    """Paid on the provider's page, and seen within seconds: the event makes the gateway look."""
    order = d.order()
    d.pay(order["number"], order["total"], "link")
    url = d.link(order["number"])
    status, headers, page = d.provider.pay(url, "4000000000000002")
    assert "done" not in headers.get("Location", "") and d.state(order["number"]) == "authorising", (status, page)
    status, headers, page = d.provider.pay(url)
    assert status in (302, 303) and headers["Location"].endswith("?done=1"), (status, page)
    begun = time.monotonic()
    until(lambda: d.state(order["number"]) == "authorised", "seen")
    assert time.monotonic() - begun < 10
    d.s.call("GET", urllib.parse.urlsplit(headers["Location"]).path)
    d.act(order["number"], "release")
    d.comes_to(order["number"], "captured")
    d.once(order, "succeeded")
    # One that is called off can be paid no more.
    other = d.order()
    d.pay(other["number"], other["total"], "link")
    url = d.link(other["number"])
    d.act(other["number"], "cancel")
    d.settled()
    status, _, page = d.provider.send("GET", urllib.parse.urlsplit(url).path, signed_in=False)
    assert "expired" in page and d.provider.intents(other["number"]) == [] and d.state(other["number"]) == "void"
    d.ends()


def cards(d):
    """A card is left behind a link, can be charged, and is let go here and at the provider."""
    assert d.first == "4242", "the one that works is taken when nothing is said"
    who = f"/distributors/{d.s.ids['manager']}/cards"
    key = ulid()
    status, _, made = d.call("POST", who, None, {"Idempotency-Key": key})
    assert status == 201, made
    assert d.call("POST", who, None, {"Idempotency-Key": key})[::2] == (200, made)
    other = f"/distributors/{d.s.ids['recruit']}/cards"
    assert d.call("POST", other, None, {"Idempotency-Key": key})[0] == 422
    assert d.call("POST", "/distributors/9999999/cards", None, {"Idempotency-Key": ulid()})[0] == 404
    link = until(lambda: next(k for k in d.call("GET", who)[2]["links"] if k["id"] == made["id"])["url"], "a link")
    status, headers, page = d.provider.pay(link, "5555555555554444")
    assert status in (302, 303), page
    found = until(lambda: [c for c in d.call("GET", who)[2]["items"] if c["last4"] == "4444"], "the card")[0]
    assert (found["brand"], found["expires"], found["default"], found["expired"]) == ("mastercard", "2034-12", False, False), found
    assert next(k for k in d.call("GET", who)[2]["links"] if k["id"] == made["id"])["card"] == found["id"]
    order = d.by_card(ref=found["id"])
    method = d.s.psql(f"SELECT provider_method FROM payment_token WHERE id = {found['id']}")
    # Let go while it is being asked: first the question, then the card.
    assert d.call("DELETE", f"{who}/{found['id']}")[0] == 204
    assert d.call("DELETE", f"{who}/{found['id']}")[0] == 404
    assert d.call("DELETE", f"{other}/{d.visa}")[0] == 404, "not by another's address"
    d.comes_to(order["number"], "authorised")
    d.settled()
    assert d.provider.call("GET", "/v1/payment_methods/" + method)["customer"] is None
    assert found["id"] not in [c["id"] for c in d.call("GET", who)[2]["items"]]
    # A customer's.
    customer = d.s.psql("SELECT person_id FROM payment_token WHERE person_id IN (SELECT id FROM customer) AND market = 'GB' LIMIT 1")
    got = d.call("GET", f"/customers/{customer}/cards")[2]
    assert len(got["items"]) == 1 and got["links"] == [], got
    assert d.call("GET", "/customers/999999999/cards")[0] == 404 and d.call("GET", "/customers/x/cards")[0] == 404
    d.ends()


def figure(d, name):
    return re.search(rf"^partyline_gateway_{name} (\d+)$", d.s.call("GET", "/metrics")[2], re.M)[1]


def counted(d):
    """The queue can be seen."""
    before = int(figure(d, "authorised_total"))
    order = d.by_card()
    d.comes_to(order["number"], "authorised")
    # The gateway counts once the database has told it that the answer is kept.
    until(lambda: int(figure(d, "authorised_total")) == before + 1, "counted once")
    d.settled()
    until(lambda: figure(d, "waiting") == figure(d, "oldest_seconds") == "0", "the gauges")
    said = d.s.ctl("status").stdout
    assert re.search(r"^payments +nothing waits", said, re.M), said


def main():
    with demo_server(settings=f"gateway_timeout_ms = {TIMEOUT_MS}\n") as s:
        log = os.path.join(os.path.dirname(s.folder), "stderr")
        d = Shop(s)
        steps = [("held, captured, refunded", whole_life), ("a change captures less", less_is_captured),
                 ("called off: nothing is held any more", called_off), ("declined: due again, and told", declined)]
        for kind, between in (("429", None), ("500", None), ("charged_500", "unknown"), ("charged_cut", "unknown"),
                              ("charged_silent", "unknown"), ("silent", "unknown")):
            steps += [(f"{kind} when a card is asked", trouble(kind, "/v1/payment_intents", between))]
        for kind in ("429", "charged_500", "charged_cut", "silent"):
            for path in ("capture", "cancel", "/v1/refunds"):
                steps += [(f"{kind} at {path}", trouble(kind, path))]
        steps += [("forgotten by the provider", forgotten), ("called off while it was unknown", called_off_unknown),
                  ("the gateway is killed", killed), ("the provider dies", provider_away), ("a link", by_link),
                  ("cards that are kept", cards), ("counted", counted)]
        for sentence, step in steps:
            if len(sys.argv) < 2 or sys.argv[1] in sentence:
                cases.run(sentence, step, d)
        with open(log, encoding="utf-8") as file:
            text = file.read()
        cases.check("no secret is logged", d.provider.key not in text and "whsec_" not in text)
        with open(os.path.join(d.provider.folder, "key"), encoding="ascii") as file:
            cases.equal("the key is nobody else's", os.stat(file.fileno()).st_mode & 0o777, 0o600)
    cases.end()


main()
