"""A shop whose orders are paid by card, with the bundled payment provider beside it: what tests of the gateway do."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Desk, line  # noqa: E402
from provider import Provider  # noqa: E402
from served import ulid  # noqa: E402

PATIENCE = 60


def until(what, why=""):
    """The first true answer of `what`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("never: " + why)


class Shop(Desk):
    def __init__(self, s):
        super().__init__(s)
        self.provider = Provider(s.folder)
        until(lambda: int(s.psql("SELECT count(*) FROM payment_token")) >= 3 and not self.open_tasks("adopt"), "demonstration cards")
        cards = self.call("GET", f"/distributors/{s.ids['manager']}/cards")[2]["items"]
        self.visa, self.fails, self.secure = (next(c["id"] for c in cards if c["last4"] == last4) for last4 in ("4242", "0341", "3184"))
        self.first = cards[0]["last4"]

    def open_tasks(self, act=""):
        return self.s.psql(f"SELECT id, act, state, tries FROM gateway_task WHERE state IN ('waiting', 'busy') AND act LIKE '{act}%'")

    def order(self, qty=2):
        return self.place([line(self.s.ids["skus"][0], qty)], note=ulid())

    def pay(self, number, amount, kind="token", ref=""):
        tender = {"kind": kind, "amount": amount, **({"ref": ref} if kind == "token" else {})}
        status, _, got = self.call("POST", f"/orders/{number}/payments", {"tenders": [tender]}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, (status, got)

    def act(self, number, verb):
        status, _, got = self.call("POST", f"/orders/{number}/{verb}", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, (status, got)

    def by_card(self, qty=2, ref=None):
        order = self.order(qty)
        self.pay(order["number"], order["total"], ref=ref or self.visa)
        return order

    def link(self, number):
        return until(lambda: next((p["url"] for p in self.read(number)["payments"] if p["url"]), None), "a link")

    def state(self, number):
        return self.s.psql(f"SELECT payment_state FROM orders WHERE number = '{number}'")

    def comes_to(self, number, state):
        def there():
            self.hurry()
            return self.state(number) == state
        until(there, f"{number} is {self.state(number)}, not {state}: {self.open_tasks()}")

    def hurry(self):
        """What waits to be asked again is asked now."""
        self.s.psql("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting' AND not_before > now() + interval '1 second' AND act NOT IN ('dispute', 'disputes')")

    def settled(self):
        def there():
            self.hurry()
            return not self.s.psql("SELECT 1 FROM gateway_task WHERE state IN ('waiting', 'busy') AND act NOT IN ('look', 'setup_look', 'dispute', 'disputes')")
        until(there, "settled: " + self.open_tasks())

    def once(self, order, status="requires_capture"):
        """The provider has exactly one payment of the order."""
        found = self.provider.intents(order["number"])
        assert [(i["status"], i["amount"]) for i in found] == [(status, order["total"])], found
        return found[0]

    def ends(self):
        self.settled()
        self.clean()
