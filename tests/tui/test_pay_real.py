#!/usr/bin/python3
"""A split tender with the real server, its payment provider and a browser: store credit, a gift certificate, the
rest by a link. The customer scans the picture on the operator's screen, pays on the provider's page, and the
screen says so by itself, while the next order's review is open. Keys are held against the keystroke card."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in (HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "server")):
    sys.path.insert(0, folder)
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from chromium import chromium  # noqa: E402
from desk import Desk, line  # noqa: E402
from driver import Client, until  # noqa: E402
from provider import Provider  # noqa: E402
from served import demo_server, ulid  # noqa: E402
from test_pay_links import read  # noqa: E402

cases = Cases("test_pay_real")
CARD = {"email": "ann@payer.example", "card_number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ann Payer"}
VALUE = 1000


class Shop(Desk):
    def tender(self, number, *tenders):
        status, _, got = self.call("POST", f"/orders/{number}/payments", {"tenders": list(tenders)}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got

    def credit(self, amount):
        """A transfer of more than an order is due becomes the buyer's credit."""
        order = self.place([line(self.s.ids["skus"][0], 1)], note=ulid())
        self.tender(order["number"], {"kind": "transfer", "amount": order["due"] + amount, "ref": "BACS"})

    def certificate(self):
        """The last six digits of one that the manager has bought for herself."""
        sku = self.s.psql("""SELECT i.sku FROM item i JOIN item_value v ON v.item_id = i.id AND v.market = 'GB' WHERE i.kind = 'certificate'
                             ORDER BY i.sku LIMIT 1""")
        order = self.place([line(sku, 1, value=VALUE)], note=ulid())
        self.tender(order["number"], {"kind": "transfer", "amount": order["due"], "ref": "BACS"})
        return self.s.psql(f"SELECT right(c.number, 6) FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{order['number']}'")


def shown_url(client):
    """What a camera sees on the screen."""
    return until(lambda: read(client.screen(), True), lambda: "no picture\n" + client.screen())


def review(client, world, qty, sku):
    client.line(world["manager"])
    client.line(f"{qty}*{world['skus'][sku]}")
    client.wait("pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK", "Pay ")


def pay(d, browser, url):
    """As the customer does it; without a browser by the forms that it would send."""
    if not browser:
        status, headers, _ = d.s.call("GET", url[url.index("/p/"):] + "/pay")
        assert status == 303
        Provider(d.s.folder).pay(headers["Location"])
        return
    browser.go(url)
    browser.shows("Pay your order")
    browser.click("a.button")
    browser.shows("Pay by card")
    for name, value in CARD.items():
        if browser.run(f"document.getElementsByName('{name}').length"):
            browser.fill(name, value)
    browser.click("button")
    browser.shows("Paid: thank you")


def split(client, d, world, browser):
    d.credit(500)
    last = d.certificate()
    review(client, world, 3, 0)
    client.wait("cr 5.00")
    client.keys = 0
    client.line("cr")
    client.wait("ok  5.00 from the store credit")
    client.line("gc" + last)
    client.wait("ok  10.00 from the gift certificate")
    assert client.keys <= 14, f"{client.keys} keys; the card has 14"
    client.line("link")
    client.wait("pay link")
    client.press("F9")
    client.wait("PLACED", "placed ", "store credit   paid", "gift certificate", re.compile(r"https://\S+/p/\S{12}"), "pay link   authorising")
    number = re.search(r"placed (\d{9})", client.screen()).group(1)
    client.line("q")
    url = shown_url(client)
    assert url in d.read(number)["payments"][2]["short_url"], url
    pictures = os.environ.get("PICTURES")
    if pictures:
        with open(os.path.join(pictures, "qr.txt"), "w", encoding="utf-8") as file:
            file.write(client.screen())
    client.press("Enter")
    client.wait("PLACED", number)
    # The next caller; the customer of before pays meanwhile.
    review(client, world, 1, 1)
    client.type("n ring")
    pay(d, browser, url)
    client.wait(f"of order {number}, by its link", "paid: ", "READ BACK", "> n ring")
    for _ in range(6):
        client.press("BSpace")
    client.line(number)
    client.wait("PLACED", "pay link   authorised", "payment authorised", "DUE 0.00")
    order = d.read(number)
    assert [(p["kind"], p["state"]) for p in order["payments"]] == [("credit", "captured"), ("certificate", "captured"), ("link", "authorised")], order
    assert sum(p["amount"] for p in order["payments"]) == order["total"] and order["due"] == 0


def while_the_card_is_open(client, d, world, browser):
    """Nobody presses a key: what is paid stands there."""
    client.press("F12")
    client.wait("READ BACK")
    client.press("F6")
    client.wait("My drafts", "held, not placed")
    review(client, world, 2, 2)
    client.line("link")
    client.wait("pay link")
    client.press("F9")
    client.wait("PLACED", "pay link   authorising", re.compile(r"https://\S+/p/\S{12}"))
    keys = client.keys
    pay(d, browser, re.search(r"https://\S+/p/\S{12}", client.screen()).group(0))
    client.wait("pay link   authorised", "by its link", "payment authorised")
    assert client.keys == keys


def main():
    driver.begin()
    try:
        with demo_server(settings="") as server, chromium() as browser:
            if not browser:
                print("test_pay_real: no browser here: the forms were sent without one")
            world = dict(server.ids, server=f"https://localhost:{server.port}", ca=os.path.join(server.folder, "ca.pem"))
            client = Client(world, ["--user", world["operator"]]).sign_on(world)
            for sentence, step in (("credit, certificate and a link that is paid while the next review is open", split),
                                   ("a link that is paid while its order is on the screen", while_the_card_is_open)):
                cases.run(sentence, step, client, Shop(server), world, browser)
            client.close()
            check = server.ctl("check", check=False)
            cases.check("partylinectl check is clean after all of it", check.returncode == 0, check.stdout)
    finally:
        driver.end()
    cases.end()


if __name__ == "__main__":
    main()
