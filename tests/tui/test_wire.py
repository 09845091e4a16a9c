#!/usr/bin/python3
"""What goes down the wire to the terminal: a phoned order of five lines, from the first key of the
distributor's number to `placed`; a key in a byte; nothing at all when nothing happens."""
import sys
import time

import each
import fake_promotions
import fake_server
from driver import Failed
from rawpty import Pane

ORDER_BYTES = 2048       # one behind the other, as the day goes
FROM_HOME_BYTES = 2400   # the first of the day, whose table has to be drawn, too
KEY = 0.02
SAUCEPAN = fake_promotions.add_shop(fake_server.ITEMS, fake_server.code)["4310"]


def check(condition, say):
    if not condition:
        raise Failed(say)


def keyed(pane, text):
    for key in text + "\r":
        pane.write(key)
        pane.pause(KEY)


def order(pane, world):
    """The bytes of each step."""
    a, b, c, d, e = world["skus"]
    parts, before = [], len(pane.sent)
    for i, text in enumerate((world["manager"], a, b, "2*" + c, d, "3*" + e)):
        keyed(pane, text)
        pane.wait("Balance 12.50" if i == 0 else "pending 0 of %d" % i)
        pane.quiet(0.1)
        parts.append(len(pane.sent) - before - sum(parts))
    for shown in ("READ BACK  One", "who orders?"):
        pane.write("\x1b[20~")
        pane.wait(shown)
        pane.quiet(0.1)
        parts.append(len(pane.sent) - before - sum(parts))
    check(any("placed " in row for row in pane.rows()), "not placed:\n%s" % "\n".join(pane.rows()))
    return parts


def test_order(world):
    world["fake"].catalogue = 1
    for term in ("xterm-256color", "tmux-256color", "screen"):
        pane = Pane(world, ["--user", world["operator"]], term=term).sign_on(world)
        pane.quiet(0.5)
        for where, most in (("home", FROM_HOME_BYTES), ("an empty order", ORDER_BYTES)):
            parts = order(pane, world)
            print("bytes on %s from %s: %d, at most %d: %r" % (term, where, sum(parts), most, parts))
            check(sum(parts) <= most, "%d bytes on %s from %s: %r" % (sum(parts), term, where, parts))
        pane.close()


def test_order_on_a_slow_link(world):
    """Keyed without waiting for anything: what comes late is drawn late, not twice."""
    fake = world["fake"]
    fake.catalogue = 1
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    order(pane, world)  # the table stands, the person is known
    fake.delay = {"/quotes": 0.3, "/drafts": 0.3}
    a, b, c, d, e = world["skus"]
    before = len(pane.sent)
    for text in (world["manager"], a, b, "2*" + c, d, "3*" + e):
        keyed(pane, text)
    for shown in ("READ BACK  One", "who orders?"):
        pane.write("\x1b[20~")
        pane.wait(shown)
    drawn = len(pane.sent) - before
    print("bytes on a slow link: %d, at most %d" % (drawn, ORDER_BYTES))
    check(drawn <= ORDER_BYTES, "%d bytes" % drawn)
    fake.delay = {}
    pane.close()


def test_pending_rests(world):
    """While lines are keyed one behind the other their rows say what is not confirmed; who pauses reads the
    number, and it never says less than is so."""
    fake = world["fake"]
    fake.catalogue = 1
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.line(world["manager"]).wait("Balance 12.50")
    for _ in range(5):  # a slow machine pauses itself
        fake.delay = {"/quotes": 2}
        before = len(pane.sent)
        keyed(pane, world["skus"][0])
        keyed(pane, world["skus"][1])
        pane.wait("pending 2 of 2", "ok  1*" + world["skus"][1])
        drawn = pane.sent[before:]
        fake.delay = {}
        pane.wait("pending 0 of 2")
        if b"pending 1" not in drawn:
            break
        pane.line("u").line("u").line("u").wait("nothing to undo")
    else:
        raise Failed("a number was drawn that nobody had the time to read")
    fake.delay = {"/quotes": 2}
    pane.line(".1*3").wait("pending 1 of 2")
    fake.delay = {}
    pane.wait("pending 0 of 2")
    pane.close()


def test_sentences_wait(world):
    """What is to be said to the caller is drawn once the operator pauses, not behind each line."""
    world["fake"].catalogue = 1
    world["fake"].promotions = ["KNIVES-2"]
    pane = Pane(world, ["--user", world["operator"]]).sign_on(world)
    pane.quiet(0.5)
    pane.line(world["manager"]).wait("Balance 12.50")

    def keyed_on():
        """Whether a line was keyed behind the first before its sentence was there: a slow machine pauses itself."""
        before = len(pane.sent)
        pane.line(SAUCEPAN).wait("2 more %s" % SAUCEPAN)
        pane.line(SAUCEPAN).wait("1 more %s" % SAUCEPAN, "One more", "Shall I")
        return b"Two more" not in pane.sent[before:]

    for _ in range(5):
        if keyed_on():
            break
        pane.line("u").line("u").line("u").wait("nothing to undo", absent=["NEAR"])
    else:
        raise Failed("a sentence was drawn that nobody had the time to read")
    world["fake"].promotions = []
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
