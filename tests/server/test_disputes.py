#!/usr/bin/python3
"""Charge-backs, end to end: the bundled provider's dispute cards, its signed events, our books, orders and refunds.
Whatever comes, in whatever order: money goes out once, and the books say where it is."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from card_shop import Shop, until  # noqa: E402
from cases import Cases  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_disputes")
CHARGED_BACK, NEVER_CAME, INQUIRY = "4000000000000259", "4000000000002685", "4000000000001976"
FEE = 1500


class Bank(Shop):
    """A shop whose customers take their payments back."""

    def held(self, kind):
        return int(self.s.psql(f"""SELECT coalesce(sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END), 0) FROM account a
            JOIN transfer t ON a.id IN (t.debit_id, t.credit_id) WHERE a.kind = '{kind}' AND a.market = 'GB'"""))

    def books(self):
        """In dispute, fees, lost, to pay back, and what the buyer has of credit."""
        credit = int(self.s.psql("SELECT coalesce(sum(balance), 0) FROM account WHERE kind = 'credit' AND market = 'GB'"))
        return self.held("disputed"), self.held("dispute_fees"), self.held("chargebacks"), -self.held("refunds"), credit

    def moved(self, before, **parts):
        names = ("disputed", "fees", "lost", "refunds", "credit")
        now = dict(zip(names, (a - b for a, b in zip(self.books(), before))))
        assert now == {**dict.fromkeys(names, 0), **parts}, now

    def intent(self, number):
        return self.provider.intents(number)[0]["id"]

    def charged(self, card, qty=2):
        """An order that is paid with that card at its link, and released: the money is taken."""
        order = self.order(qty)
        number = order["number"]
        self.pay(number, order["total"], "link")
        self.provider.pay(self.link(number), card)
        self.comes_to(number, "authorised")
        self.act(number, "release")
        self.comes_to(number, "captured")
        return order

    def disputed(self, card=CHARGED_BACK, qty=2, state="open"):
        order = self.charged(card, qty)
        self.dispute_is(order["number"], state)
        return order

    def dispute_of(self, number):
        found = self.read(number)["disputes"]
        return found[0] if found else None

    def dispute_is(self, number, state):
        return until(lambda: (d := self.dispute_of(number)) and d["state"] == state and d, f"{state}: {self.dispute_of(number)}")

    def ref(self, number):
        return self.provider.call("GET", "/v1/disputes?payment_intent=" + self.intent(number))["data"][0]["id"]

    def evidence(self, number, text):
        self.provider.call("POST", "/v1/disputes/" + self.ref(number), {"evidence[uncategorized_text]": text, "submit": "true"})

    def decided(self, number, state):
        self.evidence(number, {"won": "winning_evidence", "lost": "losing_evidence"}[state])
        got = self.dispute_is(number, state)
        until(lambda: self.dispute_of(number)["ended_at"], "ended")
        return got

    def refunded(self, number):
        """What the provider has paid back of an order."""
        return [r["amount"] for r in self.provider.call("GET", "/v1/refunds?payment_intent=" + self.intent(number))["data"]
                if r["status"] == "succeeded"]

    def notices(self, number):
        return sorted(n["kind"] for n in self.call("GET", "/day", login="B-02")[2]["notices"] if n["ref"] == number)

    def cancel(self, number):
        self.act(number, "cancel")

    def waits(self, number, amount):
        until(lambda: self.dispute_of(number)["waits"] == amount, f"{amount} waits: {self.dispute_of(number)}")


def opened(d):
    """Withdrawn with its fee; the order does not leave the house; whoever judges is told."""
    before = d.books()
    order = d.disputed()
    number = order["number"]
    got = d.dispute_of(number)
    assert (got["reason"], got["amount"], got["fee"], got["lost"], got["waits"]) == ("fraudulent", order["total"], FEE, 0, 0), got
    assert got["due_by"] > got["opened_at"] and got["ended_at"] is None, got
    d.moved(before, disputed=order["total"], fees=FEE)
    now = d.read(number)
    assert (now["state"], now["payment"]) == ("on_hold", "captured"), now
    assert [(h["from"], h["to"], h["reason"]) for h in now["history"] if h["machine"] == "order"][-1] == \
        ("released", "on_hold", "payment disputed"), now["history"]
    assert [(h["from"], h["to"]) for h in now["history"] if h["machine"] == "dispute"] == [("", "open")], now["history"]
    assert d.notices(number) == ["dispute"]
    listed = d.call("GET", "/disputes?state=open", login="B-02")[2]["items"]
    assert listed[0]["order"] == number and listed[0]["order_state"] == "on_hold" and listed[0]["amount"] == order["total"], listed
    d.clean()


def won(d):
    """Amount and fee come back; the order waits for somebody to let it go on, and then it does."""
    before = d.books()
    order = d.disputed(NEVER_CAME)
    number = order["number"]
    assert d.dispute_of(number)["reason"] == "product_not_received"
    d.decided(number, "won")
    d.moved(before)
    assert d.notices(number) == ["dispute", "dispute_won"] and d.read(number)["state"] == "on_hold"
    d.act(number, "unhold")
    d.act(number, "release")
    # It is not held again by what is over.
    d.s.psql(f"SELECT dispute_ask(p.id) FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.number = '{number}' AND p.kind = 'link'")
    until(lambda: not d.s.psql("SELECT 1 FROM gateway_task WHERE act = 'dispute' AND state IN ('waiting', 'busy') AND not_before <= now()"), "looked")
    assert d.read(number)["state"] == "released" and d.s.psql(
        f"SELECT count(*) FROM gateway_task g JOIN payment p ON p.id = g.payment_id JOIN orders o ON o.id = p.order_id "
        f"WHERE o.number = '{number}' AND act = 'capture'") == "1", "captured once"
    d.clean()


def lost(d):
    """Written off; nothing is left in dispute. Who gives in has lost at once."""
    before = d.books()
    order = d.disputed()
    d.decided(order["number"], "lost")
    d.moved(before, fees=FEE, lost=order["total"])
    assert d.dispute_of(order["number"])["lost"] == order["total"] and d.notices(order["number"]) == ["dispute", "dispute_lost"]
    other = d.disputed()
    d.provider.call("POST", f"/v1/disputes/{d.ref(other['number'])}/close")
    d.dispute_is(other["number"], "lost")
    d.moved(before, fees=2 * FEE, lost=order["total"] + other["total"])
    d.clean()


def refund_then_won(d):
    """Cancelled while it is disputed: the refund waits, and is paid once the dispute is won; no credit comes of it."""
    before = d.books()
    order = d.disputed()
    number, total = order["number"], order["total"]
    d.cancel(number)
    d.waits(number, total)
    d.moved(before, disputed=total, fees=FEE, refunds=total)
    assert d.refunded(number) == []
    d.clean()
    d.decided(number, "won")
    until(lambda: d.refunded(number) == [total], "refunded")
    d.settled()
    d.moved(before)
    assert d.dispute_of(number)["waits"] == 0
    d.clean()


def refund_then_lost(d):
    """Lost: the bank has paid it, and nobody pays it again."""
    before = d.books()
    order = d.disputed()
    number, total = order["number"], order["total"]
    d.cancel(number)
    d.waits(number, total)
    d.decided(number, "lost")
    d.waits(number, 0)
    d.settled()
    d.moved(before, fees=FEE)
    assert d.refunded(number) == [] and d.s.psql("SELECT state, covered = amount FROM refund ORDER BY id DESC LIMIT 1") == "done|t"
    d.clean()


def lost_then_refund(d):
    """What is given back after a dispute was lost is settled by that, part by part."""
    before = d.books()
    order = d.disputed(qty=4)
    number, total = order["number"], order["total"]
    d.decided(number, "lost")
    now = d.read(number)
    keep = now["lines"][0]
    status, got = d.change(now, lines=[{"id": keep["id"], "sku": keep["sku"], "qty": 1}])
    assert status == 200, got
    d.settled()
    d.moved(before, fees=FEE, lost=got["total"])
    d.clean()
    d.cancel(number)
    d.settled()
    d.moved(before, fees=FEE)
    assert d.refunded(number) == []
    d.clean()


def inquiry(d):
    """The bank asks first: nothing is withdrawn, the order waits; what becomes a charge-back is withdrawn then."""
    before = d.books()
    order = d.disputed(INQUIRY, state="inquiry")
    number = order["number"]
    d.moved(before)
    assert d.read(number)["state"] == "on_hold" and d.notices(number) == ["dispute_inquiry"]
    d.evidence(number, "escalate_inquiry_evidence")
    d.dispute_is(number, "open")
    d.moved(before, disputed=order["total"], fees=FEE)
    assert d.notices(number) == ["dispute", "dispute_inquiry"]
    d.decided(number, "won")
    d.moved(before)
    # One that comes to nothing; and a refund meanwhile does not wait.
    other = d.disputed(INQUIRY, state="inquiry")
    d.cancel(other["number"])
    until(lambda: d.refunded(other["number"]) == [other["total"]], "refunded")
    d.evidence(other["number"], "winning_evidence")
    d.dispute_is(other["number"], "closed")
    d.settled()
    d.moved(before)
    d.clean()


def events(d):
    """Events come twice and in another order: what is booked is what the provider says now."""
    before = d.books()
    d.provider.call("POST", "/sandbox/control", {"webhooks[duplicate]": "2", "webhooks[reorder]": "3"})
    order = d.disputed()
    d.decided(order["number"], "won")
    other = d.disputed()
    d.decided(other["number"], "lost")
    d.provider.calm()
    d.moved(before, fees=FEE, lost=other["total"])
    assert d.s.psql("SELECT count(*) FROM dispute GROUP BY payment_id HAVING count(*) > 1") == ""
    d.clean()


def unheard(d):
    """No event comes: the quarter of an hour's look finds it, and later looks see what came of it. A refund that is
    refused is a sign, too."""
    before = d.books()
    d.provider.call("POST", "/sandbox/control", {"webhooks[drop]": "1000000"})
    order = d.charged(CHARGED_BACK)
    number = order["number"]
    until(lambda: d.provider.call("GET", "/v1/disputes?payment_intent=" + d.intent(number))["data"], "disputed")
    assert d.dispute_of(number) is None
    d.s.psql("UPDATE gateway_task SET not_before = now() WHERE act = 'disputes'")
    d.dispute_is(number, "open")
    d.provider.call("POST", f"/v1/disputes/{d.ref(number)}/close")
    assert d.s.psql("SELECT not_before BETWEEN now() + interval '5 hours' AND now() + interval '6 hours' FROM gateway_task "
                    "WHERE act = 'dispute' AND state = 'waiting' ORDER BY id DESC LIMIT 1") == "t"
    d.s.psql("UPDATE gateway_task SET not_before = now() WHERE act = 'dispute' AND state = 'waiting'")
    d.dispute_is(number, "lost")
    other = d.charged(CHARGED_BACK)
    until(lambda: d.provider.call("GET", "/v1/disputes?payment_intent=" + d.intent(other["number"]))["data"], "disputed")
    d.cancel(other["number"])
    d.dispute_is(other["number"], "open")
    d.waits(other["number"], other["total"])
    d.provider.calm()
    d.moved(before, disputed=other["total"], fees=2 * FEE, lost=order["total"], refunds=other["total"])
    d.decided(other["number"], "lost")
    d.settled()
    d.moved(before, fees=2 * FEE, lost=order["total"])
    d.clean()


def figure(d, name):
    return int(re.search(rf"^partyline_{name} (\d+)$", d.s.call("GET", "/metrics")[2], re.M)[1])


def stranger(d):
    """About a payment that is not ours: counted and logged, and nothing else."""
    before, seen = d.books(), figure(d, "webhooks_strange_disputes_total")
    rows = d.s.psql("SELECT count(*) FROM dispute")
    d.provider.call("POST", "/v1/payment_intents", {"amount": 777, "currency": "gbp", "payment_method": "pm_card_createDispute", "confirm": "true"})
    until(lambda: figure(d, "webhooks_strange_disputes_total") >= seen + 2, "counted: created, funds_withdrawn")
    d.moved(before)
    assert d.s.psql("SELECT count(*) FROM dispute") == rows
    d.clean()


def many(d):
    """The list, page by page, and what it does not take."""
    every = d.call("GET", "/disputes", login="B-02")[2]["items"]
    seen, cursor = [], ""
    while True:
        page = d.call("GET", "/disputes?limit=3" + cursor, login="B-02")[2]
        seen += page["items"]
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    assert seen == every and len(every) > 3
    assert {x["state"] for x in d.call("GET", "/disputes?state=lost", login="B-02")[2]["items"]} == {"lost"}
    assert d.call("GET", "/disputes?state=never", login="B-02")[0] == 400
    assert d.call("GET", "/disputes", login="CC-07")[0] == 403
    said = d.s.ctl("disputes", "lost").stdout
    assert all(x["order"] in said for x in every if x["state"] == "lost") and " won " not in said, said
    assert d.s.ctl("disputes", "never", check=False).returncode == 64


def main():
    with demo_server(settings="") as s:
        d = Bank(s)
        for sentence, step in (("a charge-back is opened", opened), ("won", won), ("lost", lost), ("refund, then won", refund_then_won),
                               ("refund, then lost", refund_then_lost), ("lost, then refund", lost_then_refund), ("inquiry", inquiry),
                               ("events twice, in any order", events), ("events that never come", unheard), ("a stranger's", stranger),
                               ("many", many)):
            if len(sys.argv) < 2 or sys.argv[1] in sentence:
                cases.run(sentence, step, d)
    cases.end()


main()
