#!/usr/bin/python3
"""The pay link of a placed order at the terminal: its picture is read from the screen by a decoder that is not
ours, in every theme; that it is paid shows by itself, whatever screen is open; its letter goes once more."""
import re
import sys

import each
from driver import Client, golden, until
from pyzbar.pyzbar import ZBarSymbol, decode
from test_pay import on_review
from test_screens import check

URL = "https://orders.example.com/p/ABCDEFGHJKMN"
LINK = {"id": "7", "kind": "link", "amount": 2000, "state": "authorising", "url": "https://pay.example/" + "x" * 300, "short_url": URL, "letter": "sent"}
REST = {"id": "8", "kind": "credit", "amount": 845, "state": "captured"}
HALVES = {" ": (0, 0), "\u2584": (0, 1), "\u2580": (1, 0), "\u2588": (1, 1)}


def modules(screen):
    """Rows of 0 and 1 (ink) of what stands on the screen; where letters stand there is none."""
    rows = []
    odd = min((line.find("##") for line in screen.split("\n") if "##" in line), default=0) % 2
    for line in screen.split("\n"):
        if "##" in line:
            rows.append([int(line[i:i + 2] == "##") for i in range(odd, len(line) - 1, 2)])
        elif any(c in line for c in "\u2584\u2580\u2588"):
            both = [HALVES.get(c, (0, 0)) for c in line]
            rows += [[b[0] for b in both], [b[1] for b in both]]
    width = max(map(len, rows), default=0)
    return [row + [0] * (width - len(row)) for row in rows]


def read(screen, ink_is_dark):
    """What a decoder sees in it, on a margin of the paper's colour."""
    scale, margin = 4, 8
    rows = modules(screen)
    if not rows:
        return None
    blank = [0] * margin
    rows = [blank + row + blank for row in rows]
    rows = [[0] * len(rows[0])] * margin + rows + [[0] * len(rows[0])] * margin
    dark, light = (0, 255) if ink_is_dark else (255, 0)
    pixels = b"".join(bytes(dark if cell else light for cell in row for _ in range(scale)) * scale for row in rows)
    found = decode((pixels, len(rows[0]) * scale, len(rows) * scale), symbols=[ZBarSymbol.QRCODE])
    return found[0].data.decode() if found else None


def placed(world, args=(), **how):
    """The card of an order with an open link."""
    world["fake"].payments = [dict(LINK), dict(REST)]
    client = Client(world, ["--user", world["operator"], *args], **how).sign_on(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK", "TOTAL 28.45")
    client.line("link")
    client.wait("pay link 28.45")
    client.press("F9")
    client.wait("PLACED", URL)
    return client


def seen(client, ink_is_dark=True):
    until(lambda: read(client.screen(), ink_is_dark) == URL, lambda: "the picture cannot be read\n" + client.screen())


def test_picture(world):
    """At 80x24, dark on light in colours; any key goes back."""
    client = placed(world)
    client.line("q")
    client.wait("PAY LINK", "20.00 GBP", "any key goes back")
    seen(client)
    golden(client, world, "pay-qr")
    paper = client.screen_escaped()
    check(re.search(r"\x1b\[[0-9;]*30[;m]", paper) and re.search(r"\x1b\[[0-9;]*(47|107|48;5;15)[;m]", paper), "black on white")
    client.press("Space")
    client.wait("PLACED", "e-mail: sent", absent=["any key goes back"])
    client.close()


def test_mono(world):
    """Without colours the pen is light; r turns it round, for terminals with dark letters."""
    client = placed(world, ["--theme", "mono"])
    client.line("q")
    client.wait("r turns dark and light round")
    seen(client, ink_is_dark=False)
    client.type("r")
    seen(client, ink_is_dark=True)
    client.press("F12")
    client.wait("PLACED", "e-mail: sent")
    client.close()


def test_letters_only(world):
    """Not UTF-8: by ## where the terminal is big enough; else the address alone, and why."""
    ascii_ = {"LANG": "C", "LC_ALL": "C"}
    client = placed(world, ["--charset", "ascii"], cols=120, rows=50, env=ascii_)
    client.line("q")
    client.wait("PAY LINK", "##", "any key goes back")
    seen(client)
    client.press("Enter")
    client.wait("PLACED", URL)
    client.close()
    world["fake"].orders.clear()
    client = placed(world, ["--charset", "ascii"], env=ascii_)
    client.line("q")
    client.wait("There is no room here for the picture", URL, absent=["##"])
    client.close()


def test_small(world):
    """On a handheld the address, whole; when the window grows, the picture."""
    client = placed(world)
    client.line("q")
    seen(client)
    client.resize(40, 14)
    client.wait("no room here", re.compile("ABCDEFGHJK\\n *MN"), absent=["\u2588"])
    client.resize(60, 40)
    seen(client)
    client.close()


def test_paid_by_itself(world):
    """Nothing is pressed: the card, the picture and the next order tell that it was paid."""
    fake = world["fake"]
    client = placed(world)
    fake.payments[0].update(state="authorised", short_url=None, url=None)
    client.wait("pay link   authorised", "paid: 20.00 GBP of order", "PAID 8.45", absent=[URL])
    client.close()
    fake.orders.clear()
    client = placed(world)
    client.line("q")
    seen(client)
    fake.payments[0].update(state="authorised", short_url=None, url=None)
    client.wait("paid: 20.00 GBP of order")
    client.close()
    fake.orders.clear()
    client = placed(world)
    client.line(world["manager"])
    client.line(world["skus"][1])
    client.wait("pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK")
    client.type("cr")  # half an entry stays as it is
    client.line("")
    client.press("Escape")
    client.wait("REVIEW")
    fake.payments[0].update(state="declined", failure="expired", short_url=None, url=None)
    client.wait("the link of order", "is over: 20.00 GBP is due again", "READ BACK")
    client.close()


def test_review(world):
    """In the review q shows the link of the order before; this one has none yet."""
    client = on_review(world)
    client.line("q")
    client.wait("a pay link is made when the order is placed")
    client.close()
    world["fake"].orders.clear()
    client = placed(world)
    client.line(world["manager"])
    client.line(world["skus"][1])
    client.wait("pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK")
    client.line("q")
    seen(client)
    client.press("Enter")
    client.wait("READ BACK")
    client.close()


def test_letter(world):
    fake = world["fake"]
    client = placed(world)
    client.line("mail")
    client.wait("the link goes to sarah@example.org")
    check([p for m, p, _ in fake.log if m == "POST" and p.endswith("/letter")] ==
          ["/orders/%s/payments/7/letter" % next(iter(fake.orders.values()))["number"]], fake.log[-3:])
    for letter, words in (("waiting", "waits to be sent"), ("dead", "could not be sent"), ("no_address", "no address")):
        fake.payments[0]["letter"] = letter
        client.wait("e-mail: " + words)
    fake.payments[0].update(state="captured", short_url=None, url=None)
    client.wait("pay link   paid")
    client.line("mail")
    client.wait("there is no open pay link on this order.")
    client.line("q")
    client.wait("there is no open pay link on this order.")
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_pay_links", dict(globals()), tmux=True))
