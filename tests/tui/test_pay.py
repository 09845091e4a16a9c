#!/usr/bin/python3
"""How an order is paid in the review: what the buyer has is shown and chosen by short verbs, the rest goes to
the stored card when there is a default one; what is looked up holds placing back, and what is not found stops
it. Seen at 80x24, and in what is sent."""
import sys

import each
from driver import Client, golden
from test_screens import check

ENTRY_LINE = 23
VISA = {"id": "17", "brand": "visa", "last4": "4242", "expires": "2027-08", "default": True}
AMEX = {"id": "18", "brand": "amex", "last4": "0005", "expires": "2026-12", "default": False}


def on_review(world, **means):
    fake = world["fake"]
    fake.means = dict(fake.means, **means)
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.line(world["skus"][0])
    client.wait("pending 0 of 1", "ORDER draft")
    client.press("F9")
    client.wait("READ BACK", "TOTAL 28.45")
    return client


def placed_with(client, world, expected):
    client.press("F9")
    client.wait("placed ")
    (body,) = [b for m, p, b in world["fake"].log if (m, p.split("?")[0]) == ("POST", "/orders")]
    check([(t["kind"], t["amount"], t.get("ref")) for t in body["tenders"]] == expected, body["tenders"])
    client.close()


def test_nothing_chosen(world):
    client = on_review(world, credit=500)
    client.wait("Due later 28.45, nothing charged yet   bal 12.50  cr 5.00  gc  link")
    placed_with(client, world, [])


def test_default_card(world):
    """Without a word the stored card pays; it is named before F9."""
    client = on_review(world, credit=500, cards=[VISA, AMEX])
    client.wait("visa ..4242 08/27 28.45", "later")
    golden(client, world, "pay-card")
    client.cursor_at(ENTRY_LINE, 3)
    placed_with(client, world, [("token", 2845, "17")])


def test_split(world):
    """Credit, a gift certificate, the rest on the card."""
    world["fake"].certificates["411027"] = 1000
    client = on_review(world, credit=500, cards=[VISA])
    client.wait("visa ..4242")
    client.line("cr")
    client.wait("ok  5.00 from the store credit", "store credit 5.00, visa ..4242 08/27 23.45")
    client.line("gc411027")
    client.wait("gift certificate 10.00, visa ..4242 08/27 13.45", "ok  10.00 from the gift certificate")
    golden(client, world, "pay-split")
    placed_with(client, world, [("credit", 500, None), ("certificate", 1000, "411027"), ("token", 1345, "17")])


def test_parts(world):
    world["fake"].certificates["8441102700000008"] = 1000
    client = on_review(world, credit=500, cards=[VISA, AMEX])
    client.wait("visa ..4242")
    client.line("bal 2.00")
    client.line("gc 8441 1027 0000 0008 3.00")
    client.wait("gift certificate 3.00")
    client.line("card 2 5.00")
    client.wait("amex ..0005 12/26 5.00")
    client.line("link 1.00")
    client.wait("link 1.00, visa ..4242 08/27 17.45")
    placed_with(client, world, [("balance", 200, None), ("certificate", 300, "8441102700000008"), ("token", 500, "18"),
                                ("link", 100, None), ("token", 1745, "17")])


def test_later(world):
    """Not the card: all of it is due."""
    client = on_review(world, cards=[VISA])
    client.wait("visa ..4242")
    client.line("later")
    client.wait("Due later 28.45, nothing charged yet")
    placed_with(client, world, [])


def test_link(world):
    client = on_review(world)
    client.line("link")
    client.wait("the customer gets a link", "pay link 28.45")
    placed_with(client, world, [("link", 2845, None)])


def test_card_of_a_link(world):
    """The placed order says where the link is paid, and that nothing has come in yet; why a card was declined."""
    url, short = "https://pay.example/" + "0123456789" * 10, "https://shop.example/p/ABCDEFGHJKMN"
    world["fake"].payments = [
        {"kind": "token", "amount": 845, "state": "declined", "failure": "insufficient funds", "brand": "visa", "last4": "4242"},
        {"kind": "link", "amount": 2000, "state": "authorising", "url": url, "short_url": short, "letter": "sent"},
        {"kind": "transfer", "amount": 845, "state": "captured"}]
    client = on_review(world)
    client.line("link")
    client.wait("pay link 28.45")
    client.press("F9")
    client.wait("placed ")
    # It stands there by itself: the customer wants to know where to pay.
    client.wait("PAID 8.45", "   " + short, "e-mail: sent", "stored card ..4242   declined: insufficient funds")
    golden(client, world, "pay-placed")
    client.close()


def test_typed_ahead(world):
    """A certificate that is still looked up holds F9 back; it is placed with it, not without."""
    fake = world["fake"]
    fake.certificates["411027"] = 1000
    fake.delay["/certificates"] = 0.7
    client = on_review(world)
    client.type("gc411027")
    client.press("Enter", "F9")
    client.wait("placed ")
    (body,) = [b for m, p, b in fake.log if (m, p) == ("POST", "/orders")]
    check([t["kind"] for t in body["tenders"]] == ["certificate"], body["tenders"])
    client.close()


def test_no_certificate(world):
    """One that is not there stops what was typed ahead: nothing is placed."""
    fake = world["fake"]
    fake.delay["/certificates"] = 0.7
    client = on_review(world)
    client.type("gc411027")
    client.press("Enter", "F9")
    client.wait("no such gift certificate")
    check(not fake.orders, fake.orders)
    client.wait("Due later 28.45")
    client.close()


def test_certificates_guarded(world):
    """Who is not told what a certificate is worth is not told that there is none; one that was chosen stays."""
    fake = world["fake"]
    fake.certificates["411027"] = 1000
    fake.guarded = True
    client = on_review(world)
    client.line("gc411027")
    client.wait("does not look up gift certificates now", "Due later 28.45")
    fake.guarded = False
    client.line("gc411027")
    client.wait("gift certificate 10.00")
    client.close()


def test_nothing_there(world):
    client = on_review(world)
    client.line("cr")
    client.wait("the store credit can pay 0.00 of this order.")
    client.line("card")
    client.wait("there is no such stored card")
    client.line("card 0")
    client.wait("The card")
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_pay", dict(globals()), tmux=True))
