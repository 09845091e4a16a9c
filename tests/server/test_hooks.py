#!/usr/bin/python3
"""Events of the payment provider: only what one of our secrets has signed, lately and byte for byte, has an
effect; each has it once, in whatever order they come; and the effect is that somebody looks."""
import concurrent.futures
import hashlib
import hmac
import json
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_hooks")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
OLD, NEW = "whsec_old_" + "a" * 30, "whsec_new_" + "b" * 30


def mac(secret, seconds, body):
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def header(body, *secrets, age=0, scheme="v1"):
    seconds = int(time.time()) - age
    return ",".join([f"t={seconds}", *(f"{scheme}={mac(s, seconds, body)}" for s in secrets)])


def event(ident, refs, kind="payment_intent.amount_capturable_updated", **more):
    return json.dumps({"id": ident, "object": "event", "type": kind, "data": {"object": refs}, **more}).encode()


class Ear(Desk):
    def send(self, body, signature):
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if signature is not None:
            headers["Stripe-Signature"] = signature
        return self.s.call("POST", "/hooks/stripe", raw=body, headers=headers)[0]

    def heard(self, ident):
        return int(self.s.psql(f"SELECT count(*) FROM provider_event WHERE id = '{ident}'"))

    def looks(self, order, state="waiting"):
        return int(self.s.psql(f"""SELECT count(*) FROM gateway_task g JOIN payment p ON p.id = g.payment_id JOIN orders o ON o.id = p.order_id
            WHERE o.number = '{order}' AND g.act = 'look' AND g.state = '{state}'"""))

    def asked(self, ref, session=None):
        """An order with a payment that the provider knows."""
        order = self.place([line(self.s.ids["skus"][0], 1)], note=ulid())
        status, _, got = self.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "link", "amount": order["total"]}]},
                                   {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        self.s.psql(f"UPDATE gateway_task SET state = 'done' WHERE state = 'waiting'; UPDATE payment SET provider_ref = '{ref}', session_ref = "
                    f"{repr(session) if session else 'NULL'} WHERE kind = 'link' AND order_id = (SELECT id FROM orders WHERE number = '{order['number']}')")
        return order["number"]


def signed(d):
    body = event("evt_ok", {"id": "pi_none"})
    assert d.send(body, header(body, NEW)) == 200 and d.heard("evt_ok") == 1
    body = event("evt_old_secret", {"id": "pi_none"})
    assert d.send(body, header(body, OLD)) == 200, "while the secret is replaced"
    body = event("evt_both", {"id": "pi_none"})
    assert d.send(body, header(body, "whsec_other", NEW)) == 200, "two v1, of which one is ours"
    body = event("evt_299", {"id": "pi_none"})
    assert d.send(body, header(body, NEW, age=295)) == 200
    body = event("evt_blanks", {"id": "pi_none", "amount": 1.5, "text": "é 漢\\u0000"})
    assert d.send(body, header(body, NEW) + ",v0=00") == 200, "what is in it does not matter"


def refused(d):
    body = event("evt_bad", {"id": "pi_none"})
    good = header(body, NEW)
    seconds = good.partition(",")[0][2:]
    changed = bytearray(body)
    changed[random.randrange(len(body))] ^= 1
    for why, what, signature in (
            ("no signature", body, None), ("an empty one", body, ""), ("nonsense", body, "t=,v1=,,=,"), ("another secret", body, header(body, "whsec_x")),
            ("301 seconds old", body, header(body, NEW, age=301)), ("from tomorrow", body, header(body, NEW, age=-86400)),
            ("one bit changed", bytes(changed), good), ("one byte more", body + b" ", good), ("one byte less", body[:-1], good),
            ("another time", body, good.replace("t=" + seconds, f"t={int(seconds) + 1}")), ("two times", body, f"t=1,{good}"),
            ("v0 only", body, header(body, NEW, scheme="v0")), ("a time with letters", body, good.replace("t=", "t=0x")),
            ("a long time", body, good.replace("t=", "t=" + "0" * 30)), ("half a signature", body, good[:-1]),
            ("a signature and a half", body, good + "00"), ("signed without the time", body, f"t={seconds},v1=" + hmac.new(NEW.encode(), body, hashlib.sha256).hexdigest()),
            ("signed with nothing", body, header(body, "")), ("many", body, "t=1" + ",v1=" + "0" * 64 + (",v1=" + "0" * 64) * 100)):
        assert d.send(what, signature) == 400, why
    for what in (b"", b"null", b"[]", b"{", b'{"id":"evt_x"}', b'{"id":"a b","type":"x"}', event("evt_" + "x" * 300, {})):
        assert d.send(what, header(what, NEW)) == 400, what
    assert d.heard("evt_bad") == 0 and d.s.call("GET", "/hooks/stripe")[0] == 405


def once(d):
    """A hundred times the same event, at once: it is looked once."""
    order = d.asked("pi_hundred")
    body = event("evt_hundred", {"id": "pi_hundred"})
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: d.send(body, header(body, NEW)), range(100)))
    assert set(answers) == {200} and d.heard("evt_hundred") == 1 and d.looks(order) == 1, d.looks(order)


def any_order(d):
    """What happened first may come last; each makes somebody look who has not looked since."""
    order = d.asked("pi_order", "cs_order")
    bodies = [event("evt_c", {"id": "cs_order", "payment_intent": "pi_order"}, "checkout.session.completed"),
              event("evt_a", {"id": "pi_order"}, "payment_intent.created"),
              event("evt_b", {"id": "ch_1", "payment_intent": {"id": "pi_order"}}, "charge.succeeded")]
    random.shuffle(bodies)
    for body in bodies:
        assert d.send(body, header(body, OLD)) == 200
    assert d.looks(order) == 1
    # Who looks at this moment may have seen what was before: another look follows.
    d.s.psql("UPDATE gateway_task SET state = 'busy', holder = 'x', until = now() + interval '1 minute' WHERE act = 'look' AND state = 'waiting'")
    body = event("evt_d", {"id": "pi_order"})
    assert d.send(body, header(body, OLD)) == 200 and (d.looks(order), d.looks(order, "busy")) == (1, 1)


def believed_nothing(d):
    """An event that says that all is paid pays nothing."""
    order = d.asked("pi_lie")
    body = event("evt_lie", {"id": "pi_lie", "object": "payment_intent", "status": "succeeded", "amount_received": 10**9}, "payment_intent.succeeded")
    assert d.send(body, header(body, NEW)) == 200
    assert d.read(order)["payment"] == "authorising" and d.looks(order) == 1


def kept_for_a_while(d):
    """For 90 days, long after the provider has stopped repeating it."""
    for ident, days in (("evt_old", 91), ("evt_young", 89)):
        d.s.psql(f"INSERT INTO provider_event (id, type, object, received_at) VALUES ('{ident}', 'x', '', now() - interval '{days} days')")
    d.s.psql("SELECT housekeep()")
    assert (d.heard("evt_old"), d.heard("evt_young")) == (0, 1)


def main():
    print(f"seed {SEED}")
    random.seed(SEED)
    with tempfile.NamedTemporaryFile("w", prefix="secrets-", dir="/tmp") as secrets:
        secrets.write(f"{NEW}\n{OLD}\n")
        secrets.flush()
        os.chmod(secrets.name, 0o644)
        with demo_server(settings=f'gateway_url = "none"\nwebhook_secret_file = "{secrets.name}"\n') as s:
            d = Ear(s)
            for sentence, step in (("signed by one of the secrets", signed), ("refused", refused), ("the same a hundred times", once),
                                   ("in any order", any_order), ("an event is not believed", believed_nothing),
                                   ("events are kept for 90 days", kept_for_a_while)):
                cases.run(sentence, step, d)
            with open(os.path.join(os.path.dirname(s.folder), "stderr"), encoding="utf-8") as log:
                cases.check("no secret is logged", "whsec_" not in log.read())
    with demo_server() as s:
        body = event("evt_1", {})
        cases.equal("without a secret nobody listens", Ear(s).send(body, header(body, "")), 404)
    cases.end()


main()
