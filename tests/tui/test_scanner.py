#!/usr/bin/python3
"""A barcode scanner at the terminal: a scan with its prefix and suffix, or known by its speed, never mixes
with what is being typed, and each is acknowledged once."""
import sys

import each
from driver import Failed
from rawpty import Pane

STX, EAN = "\x02", "5012345402161"
OTHER = "4006381333931"


def check(condition, say):
    if not condition:
        raise Failed(say)


def on_order(world):
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.line(world["manager"]).wait("Balance 12.50")
    return pane


def slowly(pane, text):
    """By hand: each key once the one before it has been seen."""
    for i in range(len(text)):
        pane.write(text[i])
        pane.until(lambda n=i + 1: pane.entry().endswith(text[:n].rstrip()), text[:i + 1])
        pane.pause(0.02)


def stored(pane, *lines):
    """Waits until the one draft that the server has holds them."""
    fake = pane.world["fake"]
    pane.until(lambda: list(fake.stored().values()) == [list(lines)], lambda: "the draft: %r" % fake.stored())


def test_prefix(world):
    """STX, code, CR: an entry of its own, in whatever pieces it comes."""
    pane = on_order(world)
    for i, pieces in enumerate([[STX + EAN + "\r"], [STX, EAN + "\r"], [STX + EAN[:5], EAN[5:] + "\r"], [STX + EAN, "\x03"]]):
        for piece in pieces:
            pane.write(piece)
            pane.pause(0.03)
        pane.wait("ok  1*" + EAN, "pending 0 of %d" % (i + 1))
    stored(pane, *[(EAN, 1)] * 4)
    pane.close()


def test_while_typing(world):
    """What is typed stays as it was, with its cursor; its Enter comes later."""
    pane = on_order(world)
    slowly(pane, "402")
    pane.write("\x1b[D" + STX + EAN + "\r")
    pane.wait("ok  1*" + EAN)
    check(pane.entry() == "402", "the line holds %r" % pane.entry())
    pane.write("1" + "\x1b[F" + "7\r")  # 40127: not 40217
    pane.wait("40127", "pending 0 of 2")
    stored(pane, (EAN, 1), ("40127", 1))
    pane.close()


def test_by_speed(world):
    """A scanner without a prefix: a barcode faster than by hand, in the midst of other text."""
    pane = on_order(world)
    slowly(pane, "40")
    pane.write(EAN + "\r")
    pane.wait("ok  1*" + EAN, "pending 0 of 1")
    check(pane.entry() == "40", "the line holds %r" % pane.entry())
    pane.write("\x15")
    slowly(pane, "jones ")
    pane.write(OTHER + "\r")
    pane.wait("ok  1*" + OTHER, "pending 0 of 2")
    check(pane.entry() == "jones", "the line holds %r" % pane.entry())
    pane.close()


def test_typed_numbers_are_no_scans(world):
    """What makes sense as a whole was typed, however fast it came."""
    pane = on_order(world)
    slowly(pane, "3*")
    pane.write(EAN + "\r")
    pane.wait("ok  3*" + EAN, "pending 0 of 1")
    slowly(pane, "s")
    pane.write(EAN + "\r")
    pane.wait("STOCK", EAN)
    pane.write("\x1b[24~")
    pane.wait("Ln SKU")
    pane.write(EAN + "\r" + EAN + "\r")
    pane.wait("pending 0 of 3")
    stored(pane, (EAN, 3), (EAN, 1), (EAN, 1))
    pane.close()


def test_quantity_then_scan(world):
    pane = on_order(world)
    slowly(pane, "3*")
    pane.write(STX + EAN + "\r")
    pane.wait("ok  3*" + EAN, "pending 0 of 1")
    check(pane.entry() == "", "the line holds %r" % pane.entry())
    pane.close()


def test_one_bell_each(world):
    """One scan, one acknowledgement: also of one that is refused, and none for a key."""
    pane = on_order(world)
    before = len(pane.sent)
    pane.write(STX + EAN + "\r")
    pane.wait("pending 0 of 1")
    check(pane.sent[before:].count(b"\x07") == 1, "bells: %r" % pane.sent[before:])
    before = len(pane.sent)
    pane.write(STX + world["manager"][:-1] + "7\r")
    pane.wait(world["manager"][:-1] + "7 is mistyped")
    check(pane.sent[before:].count(b"\x07") == 1, "bells: %r" % pane.sent[before:])
    before = len(pane.sent)
    pane.line(world["skus"][0]).wait("pending 0 of 2")
    check(b"\x07" not in pane.sent[before:], "a bell for a key")
    pane.close()


def test_not_into_a_password(world):
    pane = Pane(world, ["--user", world["operator"]])
    pane.wait("Password")
    pane.write(STX + EAN + "\r" + world["password"] + "\r")
    pane.wait("My drafts")
    pane.close()


def test_ctrl_b(world):
    """STX without a scan behind it swallows nothing."""
    pane = on_order(world)
    pane.write(STX + "40")
    pane.until(lambda: pane.entry() == "40", "40")
    slowly(pane, "40216"[2:])
    pane.write("\r")
    pane.wait("ok  1*40216", "pending 0 of 1")
    pane.close()


def test_while_placing(world):
    """Scans behind F9 F9 belong to the next order; they are kept, as keys are."""
    fake = world["fake"]
    pane = on_order(world)
    pane.line(world["skus"][0]).wait("pending 0 of 1")
    pane.write("\x1b[20~")
    pane.wait("READ BACK  One")
    fake.delay = {"/orders": 0.5}
    pane.write("\x1b[20~")
    pane.wait("PLACING")
    pane.write("1020185\r" + STX + EAN + "\r")
    pane.wait("placed ", "JONES, Sara-Jane", "1*" + EAN, "pending 0 of 1")
    check([len(o["lines"]) for o in fake.orders.values()] == [1], "orders: %r" % fake.orders)
    pane.close()


def test_f_keys_are_not_pasted(world):
    """Nothing in a paste is a key, in bytes or in words."""
    pane = on_order(world)
    pane.write("\x1b[200~" + world["skus"][0] + "\r\x1b[20~\x1b9/9\r\x1b[201~")
    pane.wait("no people for: 9/9", "pending 0 of 1")
    pane.write("\x1b[200~/9\r\x1b[201~")
    pane.wait("/9 was pasted: function keys have to be pressed", absent=["READ BACK"])
    pane.close()


def test_paste_without_end(world):
    """The link swallowed the end of a paste: the keyboard works again."""
    pane = on_order(world)
    pane.write("\x1b[200~" + world["skus"][0] + "\r")
    pane.wait("ok  1*" + world["skus"][0])
    pane.pause(3.2)
    pane.write("\x1b[20~")
    pane.wait("READ BACK  One")
    pane.close()


if __name__ == "__main__":
    sys.exit(each.run("test_scanner", dict(globals())))
