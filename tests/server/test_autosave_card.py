#!/usr/bin/python3
"""Repeat orders paid by a stored card, with the whole server and its payment provider: the card is charged when
nobody is there; declined, it is asked again after 1, 3 and 5 days, the buyer is told each time, no other order is
placed meanwhile, and at last the schedule is paused and who made it is told. By the company's clock."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from provider import Provider  # noqa: E402
from sandbox import until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_autosave_card")
DAY = datetime.timedelta(days=1)


class Repeats(Desk):
    def __init__(self, s):
        super().__init__(s)
        self.provider = Provider(s.folder)
        assert until(lambda: int(s.psql("SELECT count(*) FROM payment_token WHERE person_id = " + self.buyer())) == 3), "demonstration cards"
        self.day = datetime.date.fromisoformat(s.psql("SELECT business_date('GB')"))

    def buyer(self):
        return f"(SELECT id FROM distributor WHERE number = '{self.s.ids['manager']}')"

    def card(self, last4):
        """That one is taken when nothing is said."""
        self.s.psql(f"UPDATE payment_token SET is_default = false WHERE person_id = {self.buyer()}")
        self.s.psql(f"UPDATE payment_token SET is_default = true WHERE person_id = {self.buyer()} AND last4 = '{last4}'")

    def go(self, days):
        """So many days on, and what is to be done then is done."""
        self.day += days * DAY
        self.s.psql(f"UPDATE company SET clock_offset = timestamptz '{self.day} 12:00+00' - now()")
        return self.run()

    def run(self):
        done = self.s.ctl("autosave", "run")
        assert until(lambda: not self.s.psql("SELECT 1 FROM gateway_task WHERE act = 'authorise' AND state IN ('waiting', 'busy')")), "the cards were asked"
        return done.stdout

    def make(self, every=7, **more):
        body = {"market": "GB", "type": "personal", "distributor": self.s.ids["manager"], "lines": [line(self.s.ids["skus"][0], 1)],
                "ship_to": {"kind": "distributor"}, "every": every, "unit": "day", "day": None, "pays": "card", "note": ulid(), **more}
        status, _, made = self.call("POST", "/autosaves", body, {"Idempotency-Key": ulid()})
        assert status == 201, (status, made)
        return made["id"]

    def get(self, ident):
        status, _, got = self.call("GET", f"/autosaves/{ident}")
        assert status == 200, got
        return got

    def placed(self, ident):
        return [r["order"] for r in self.get(ident)["runs"] if r["result"] == "placed"]

    def letters(self, ident):
        return [row for row in self.s.psql(f"SELECT replace(kind, 'autosave.', '') FROM outbox WHERE ref = '{ident}' AND kind LIKE 'autosave.%' "
                                           "AND kind <> 'autosave.told' ORDER BY id").split("\n") if row]

    def stop(self, ident):
        status, _, got = self.call("POST", f"/autosaves/{ident}/stop", None, {"Idempotency-Key": ulid()})
        assert status == 200, got


def charged(d):
    """Nobody is there: the card pays, and the order goes on as any other."""
    d.card("4242")
    ident = d.make()
    d.run()
    (number,) = d.placed(ident)
    order = d.read(number)
    assert [(p["kind"], p["state"], p["last4"]) for p in order["payments"]] == [("token", "authorised", "4242")], order["payments"]
    (intent,) = d.provider.intents(number)
    assert (intent["status"], intent["amount"]) == ("requires_capture", order["total"]), intent
    assert d.get(ident)["charge"] is None and d.get(ident)["pays"] == "card" and d.letters(ident) == []
    d.stop(ident)


def declined_for_good(d):
    """After 1, 3 and 5 days; then it is over, and they are told."""
    d.card("0341")
    ident = d.make(every=2)
    d.run()
    (number,) = d.placed(ident)
    declines = 1
    for days in (1, 3, 5):
        charge = d.get(ident)["charge"]
        assert charge == {"order": number, "state": "open", "declines": declines, "next": str(d.day + days * DAY), "why": charge["why"]} and charge["why"], charge
        assert d.letters(ident) == ["declined"] * declines
        for _ in range(days - 1):
            d.go(1)
            assert d.get(ident)["charge"]["declines"] == declines, "not before its day"
        d.go(1)
        declines += 1
    charge = d.get(ident)["charge"]
    assert (charge["state"], charge["declines"], charge["next"]) == ("given_up", 4, None), charge
    assert d.placed(ident) == [number], "no other order was placed meanwhile"
    assert d.get(ident)["state"] == "paused" and d.letters(ident) == ["declined"] * 3 + ["suspended"]
    assert d.s.psql(f"SELECT l.login FROM notice n JOIN login l ON l.id = n.login_id WHERE n.kind = 'autosave_suspended' AND n.ref = '{ident}'") == "CC-07"
    assert (d.read(number)["payment"], d.provider.intents(number)) == ("declined", [])
    d.go(10)
    assert d.get(ident)["charge"]["declines"] == 4 and d.placed(ident) == [number]
    d.stop(ident)


def another_card(d):
    """A card that pays by then: the schedule goes on."""
    d.card("0341")
    ident = d.make(every=2)
    d.run()
    d.card("4242")
    (number,) = d.placed(ident)
    d.go(1)
    charge = d.get(ident)["charge"]
    assert (charge["state"], charge["declines"], charge["next"]) == ("paid", 1, None), charge
    order = d.read(number)
    assert (order["payment"], order["due"]) == ("authorised", 0) and len(d.provider.intents(number)) == 1, order["payments"]
    d.go(1)
    assert len(d.placed(ident)) == 2 and d.letters(ident) == ["declined"]
    d.stop(ident)


def paid_otherwise(d):
    """Paid at the desk, or called off: the card is asked no more."""
    d.card("0341")
    for act in ("pay", "cancel"):
        ident = d.make(every=30)
        d.run()
        (number,) = d.placed(ident)
        if act == "pay":
            order = d.read(number)
            status, _, got = d.call("POST", f"/orders/{number}/payments", {"tenders": [{"kind": "transfer", "amount": order["due"], "ref": "BACS"}]},
                                    {"Idempotency-Key": ulid()}, "B-02")
        else:
            status, _, got = d.call("POST", f"/orders/{number}/cancel", {"reason": "test"}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        d.go(1)
        charge = d.get(ident)["charge"]
        assert (charge["state"], charge["declines"]) == ("paid", 1), (act, charge)
        d.stop(ident)


def no_card(d):
    """There is none any more: not placed, tried again as its market says, and told at last."""
    d.s.psql(f"UPDATE payment_token SET removed_at = now(), is_default = false WHERE person_id = {d.buyer()}")
    ident = d.make(every=30)
    d.run()
    for _ in range(4):
        d.go(2)
    assert d.placed(ident) == [] and [r["result"] for r in d.get(ident)["runs"] if r["result"] != "told"] == ["card"] * 3, d.get(ident)["runs"]
    assert d.letters(ident) == ["card"], d.letters(ident)
    d.stop(ident)


def wrong(d):
    body = {"market": "GB", "type": "personal", "distributor": d.s.ids["manager"], "lines": [line(d.s.ids["skus"][0], 1)],
            "ship_to": {"kind": "distributor"}, "every": 7, "unit": "day", "day": None, "pays": "cash"}
    assert d.call("POST", "/autosaves", body, {"Idempotency-Key": ulid()})[0] == 400


def main():
    with demo_server(settings="autosave_seconds = 0\n") as s:
        d = Repeats(s)
        for part in (charged, declined_for_good, another_card, paid_otherwise, no_card, wrong):
            if len(sys.argv) > 1 and sys.argv[1] not in part.__name__:
                continue
            cases.run(part.__name__.replace("_", " "), part, d)
        check = s.ctl("check", check=False)
        cases.check("partylinectl check is clean", check.returncode == 0, check.stdout)
    cases.end()


if __name__ == "__main__":
    main()
