#!/usr/bin/python3
"""Pictures of the states that screens can be in, at 80x24: empty, waiting, refused, long, many, without a
session, without a link, being placed. In each the cursor stands where one types.
  UPDATE_GOLDEN=1 takes the new pictures; test_states.py NAME... runs only these"""
import sys

import each
import fake_server
from driver import Client, golden

ENTRY_LINE = 23


def picture(client, world, name, typed=""):
    client.cursor_at(ENTRY_LINE, 3 + len(typed))
    golden(client, world, "state-" + name)


def on_order(world, *lines):
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    for text in lines:
        client.line(text)
    if lines:
        client.wait("pending 0 of %d" % len(lines), "ORDER draft")
    return client


def test_order_empty(world):
    client = on_order(world)
    client.wait("ORDER draft")
    picture(client, world, "order-empty")
    client.close()


def test_candidates(world):
    client = on_order(world, world["skus"][0], "40235")
    client.wait("1 40234")
    picture(client, world, "order-candidates")
    client.close()


def test_stock_short(world):
    """Back-ordered is a warning, nothing left a stop; both say it at the line."""
    client = on_order(world, "3*" + fake_server.FEW, "2*" + fake_server.LAST)
    client.wait("back-ordered", "in stock")
    picture(client, world, "order-short")
    client.press("F9")
    client.wait("READ BACK  ", "a 2 WORK", "line 2")
    picture(client, world, "review-short")
    client.close()


def test_many(world):
    client = on_order(world)
    client.bytes(b"\x1b[200~" + ("%s\r" % world["skus"][0] * 40).encode() + b"\x1b[201~")
    client.wait("pending 0 of 40", "more: PgUp")
    picture(client, world, "order-many")
    client.press("PageUp")
    client.wait(" 32 40216")
    picture(client, world, "order-many-up")
    client.close()


def test_long_entry(world):
    """More than fits: its end, with the cursor."""
    client = on_order(world)
    client.type("n " + "abcdefghij" * 12)
    client.wait("abcdefghij" * 7)
    golden(client, world, "state-entry-long")
    client.close()


def test_find(world):
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    world["fake"].delay = {"/distributors": 3}
    client.line("jones")
    client.wait("people: jones ..")
    picture(client, world, "find-waiting")
    client.wait("1047296")
    world["fake"].delay = {}
    client.line("zzz")
    client.wait("no people for: zzz")
    picture(client, world, "find-empty")
    world["fake"].problem_once.append(("/distributors", 422, {"type": "about:blank", "title": "problems", "detail": "That is not to be searched for.", "status": 422}))
    client.line("yyy")
    client.wait("not to be searched for")
    picture(client, world, "find-refused")
    client.close()


def test_stock_unknown(world):
    client = on_order(world)
    client.line("s40228")
    client.wait("No item 40228", "1 40227")
    picture(client, world, "stock-unknown")
    client.close()


def test_session_expired(world):
    client = on_order(world, world["skus"][0])
    world["fake"].expire()
    client.line(world["skus"][1])
    client.wait("session expired: F2")
    picture(client, world, "order-expired")
    client.press("F2")
    client.wait("Your order is kept")
    client.cursor_at(6, 15)
    golden(client, world, "state-signon-again")
    client.close()


def test_link_lost(world):
    client = on_order(world, world["skus"][0])
    world["fake"].drop = [".*"] * 200
    client.line(world["skus"][1])
    client.wait("no link to the server", "LOST")
    picture(client, world, "order-lost")
    client.close()


def test_placing(world):
    client = on_order(world, world["skus"][0])
    client.press("F9")
    client.wait("READ BACK  One", "a 2 WORK")
    world["fake"].delay = {"/orders": 3}
    client.press("F9")
    client.wait("PLACING..")
    picture(client, world, "review-placing")
    client.close()


def test_duplicate(world):
    """A warning that is asked once, and the same F9 answers it."""
    client = on_order(world, world["skus"][0])
    world["fake"].duplicate = "The same order was placed today at 10:41 by CC-03: 100884199."
    client.press("F9")
    client.wait("READ BACK  One", "a 2 WORK")
    client.press("F9")
    client.wait("100884199", "F9 again")
    picture(client, world, "review-duplicate")
    client.press("F9")
    client.wait("placed ")
    client.close()


def test_password_refused(world):
    client = Client(world, ["--user", world["operator"]])
    client.wait("Password")
    client.type("not it")
    client.press("Enter")
    client.wait("operator or password is wrong")
    golden(client, world, "state-signon-refused")
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_states", dict(globals()), tmux=True))
