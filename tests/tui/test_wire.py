#!/usr/bin/python3
"""What goes down the wire to the terminal: a phoned order of five lines, from the first key of the
distributor's number to `placed`; a key in a byte; nothing at all when nothing happens. The design wants
an order in 2,048 bytes; the limit here is what it takes, and a fifth more."""
import sys
import time

import each
from driver import Failed
from rawpty import Pane

ORDER_BYTES, WANTED = 3750 * 6 // 5, 2048
KEY = 0.02


def check(condition, say):
    if not condition:
        raise Failed(say)


def keyed(pane, text):
    for key in text + "\r":
        pane.write(key)
        pane.pause(KEY)


def test_order(world):
    world["fake"].catalogue = 1
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.quiet(0.5)
    a, b, c, d, e = world["skus"]
    parts, before = [], len(pane.sent)
    for i, text in enumerate((world["manager"], a, b, "2*" + c, d, "3*" + e)):
        keyed(pane, text)
        pane.wait("Balance 12.50" if i == 0 else "pending 0 of %d" % i)
        pane.quiet(0.05)
        parts.append(len(pane.sent) - before - sum(parts))
    for key, shown in (("\x1b[20~", "READ BACK  One"), ("\x1b[20~", "placed ")):
        pane.write(key)
        pane.wait(shown)
        parts.append(len(pane.sent) - before - sum(parts))
    print("bytes: %d of %d wanted: %r" % (sum(parts), WANTED, parts))
    check(sum(parts) <= ORDER_BYTES, "%d bytes: %r" % (sum(parts), parts))
    pane.close()


def test_key(world):
    """A character in the entry line is that character."""
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.line(world["manager"]).wait("Balance 12.50")
    pane.quiet(0.3)
    before = len(pane.sent)
    for key in "1047":
        pane.write(key)
        pane.until(lambda n=len(pane.sent): len(pane.sent) > n, "the key")
    check(pane.sent[before:] == b"1047", "%r" % pane.sent[before:])
    pane.close()


def test_idle(world):
    """Within a minute nothing is sent: no spinner, no seconds, nothing about the link."""
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.line(world["manager"]).line(world["skus"][0]).wait("pending 0 of 1", "ORDER draft")
    pane.quiet(0.5)
    if time.time() % 60 > 54:
        pane.quiet(60 - time.time() % 60 + 0.5)  # the clock's own minute
    sent = pane.quiet(5)
    check(not sent, "%r" % sent)
    pane.close()


if __name__ == "__main__":
    sys.exit(each.run("test_wire", dict(globals())))
