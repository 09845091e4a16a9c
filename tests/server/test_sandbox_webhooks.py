#!/usr/bin/python3
"""Events and their webhooks: signed, repeated, late, in any order, and there after a kill."""
import hashlib
import hmac
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from sandbox import Receiver, sandbox, until  # noqa: E402

import signal  # noqa: E402
import tempfile  # noqa: E402

t = Cases("test_sandbox_webhooks")


def signatures(headers):
    """(t, [v1, ...]) of a Stripe-Signature header, read as Stripe describes it."""
    parts = [part.split("=", 1) for part in headers["Stripe-Signature"].split(",")]
    return [value for name, value in parts if name == "t"][0], [value for name, value in parts if name == "v1"]


def is_signed(headers, body, secret):
    stamp, macs = signatures(headers)
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return expected in macs and abs(time.time() - int(stamp)) < 60


def of(receiver, intent):
    """What was received of an intent: the types of its events."""
    return [event["type"] for event in receiver.events()
            if intent in (event["data"]["object"]["id"], event["data"]["object"].get("payment_intent"))]


def endpoints(s):
    hook, other = Receiver(), Receiver()
    made = s.post("/v1/webhook_endpoints", url=hook.url, enabled_events=["*"])[1]
    few = s.post("/v1/webhook_endpoints", url=other.url, enabled_events=["charge.refunded"])[1]
    t.check("the secret is told when the endpoint is made", made["secret"].startswith("whsec_"))
    t.check("and never again", "secret" not in s.get(f"/v1/webhook_endpoints/{made['id']}")[1])
    paid = s.pay(amount=900)[1]
    wanted = {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}
    t.check("a payment's events arrive", until(lambda: set(of(hook, paid["id"])) == wanted), hook.types())
    t.check("each signed with the endpoint's secret",
            all(is_signed(headers, body, made["secret"]) for headers, body in hook.got))
    t.check("and not with the other's", not any(is_signed(headers, body, few["secret"]) for headers, body in hook.got))
    headers, body = hook.got[0]
    t.check("a body that was changed is not what was signed",
            not is_signed(headers, body.replace(b"900", b"901"), made["secret"]))
    event = json.loads(body)
    stored = s.get(f"/v1/events/{event['id']}")[1]
    t.equal("what arrives is what the events tell", {**stored, "pending_webhooks": 0}, {**event, "pending_webhooks": 0})
    t.check("nothing is pending in the end",
            until(lambda: s.get(f"/v1/events/{event['id']}")[1]["pending_webhooks"] == 0))
    t.equal("the event names its request's key",
            until(lambda: [e for e in s.get("/v1/events", type="charge.succeeded")[1]["data"]
                           if e["data"]["object"]["payment_intent"] == s.pay(key="key-7")[1]["id"]])[0]["request"][
                "idempotency_key"], "key-7")
    s.post("/v1/refunds", payment_intent=paid["id"])
    t.check("an endpoint gets what it wants", until(lambda: other.types() == ["charge.refunded"]), other.types())
    s.delete(f"/v1/webhook_endpoints/{few['id']}")
    n = len(hook.got)
    s.post("/v1/refunds", payment_intent=s.pay()[1]["id"])
    t.check("the others go on", until(lambda: len(hook.got) >= n + 5))
    t.equal("one that is gone gets nothing more", other.types(), ["charge.refunded"])
    s.delete(f"/v1/webhook_endpoints/{made['id']}")
    hook.close()
    other.close()


def failing(s, hook):
    hook.answers[:] = [500, 302, 400]
    paid = s.pay()[1]["id"]
    t.check("what is not taken comes again", until(lambda: len(of(hook, paid)) == 6), hook.types())
    t.equal("until each is taken", sorted(set(of(hook, paid))),
            ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"])
    t.check("and then no more is pending", until(lambda: not pending(s)))


def pending(s):
    return [one for one in s.all("/sandbox/deliveries") if one["state"] == "pending"]


def controlled(s, hook):
    s.webhooks(duplicate=2)
    paid = s.pay()[1]["id"]
    t.check("duplicates come", until(lambda: sorted(of(hook, paid)) == 3 * ["charge.succeeded"] +
                                     3 * ["payment_intent.created"] + 3 * ["payment_intent.succeeded"]), hook.types())
    ids = [event["id"] for event in hook.events() if event["data"]["object"]["id"] == paid]
    t.equal("under the ids of the first", len(set(ids)), 2)
    s.webhooks(duplicate=0, reorder=3)
    paid = s.pay()[1]["id"]
    t.check("the order can be turned round", until(lambda: of(hook, paid) == [
        "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]), of(hook, paid))
    s.webhooks(drop=3)
    lost = s.pay()[1]["id"]
    s.webhooks(drop=0)
    paid = s.pay()[1]["id"]
    t.check("what comes behind dropped ones arrives", until(lambda: len(of(hook, paid)) == 3))
    t.equal("dropped ones do not", of(hook, lost), [])
    t.equal("as the deliveries tell", [one["state"] for one in s.all("/sandbox/deliveries")].count("dropped"), 3)


def killed(s, hook):
    hook.answers[:] = [500] * 1000
    paid = s.pay()[1]["id"]
    until(lambda: len(of(hook, paid)) >= 3)
    s.stop(signal.SIGKILL)
    hook.answers[:] = []
    before = len(of(hook, paid))
    s.start()
    t.check("what was not taken comes after a kill", until(lambda: len(of(hook, paid)) >= before + 3))
    t.check("and is then taken", until(lambda: not pending(s)))


def rotation(folder, hook):
    path = os.path.join(folder, "secrets")
    with open(path, "w", encoding="ascii") as file:
        file.write("whsec_old\nwhsec_new\n")
    with sandbox("--webhook", hook.url, "--webhook-secret-file", path, "--webhook-retry-ms", "50") as s:
        s.pay()
        until(lambda: len(hook.got) >= 3)
        headers, body = hook.got[0]
        t.equal("while a secret is replaced there are two signatures", len(signatures(headers)[1]), 2)
        t.check("one for each", is_signed(headers, body, "whsec_old") and is_signed(headers, body, "whsec_new"))
        hook.got.clear()
        for one in (failing, controlled, killed):
            t.run(one.__name__, one, s, hook)


with sandbox() as running:
    t.run("endpoints", endpoints, running)
with tempfile.TemporaryDirectory(prefix="plw-") as there:
    receiver = Receiver()
    t.run("rotation", rotation, there, receiver)
    receiver.close()
t.end()
