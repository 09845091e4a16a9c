#!/usr/bin/python3
"""From 132 columns on what the buyer had before stands beside the order: the last orders and the usual
things. Narrower terminals never ask for it.
  test_pane.py NAME...   only the tests whose names hold one of these"""
import re
import sys

import test_drafts
from driver import Client, golden, until
from test_change import an_order
from test_drafts import check


def wide(desk, cols=132, rows=43):
    client = Client(desk.world, ["--user", "CC-07"], cols=cols, rows=rows, env={"XDG_STATE_HOME": desk.state})
    return client.sign_on(desk.world)


def three_before(desk):
    """Two of the three orders have the second item, one of them twice; all have the first."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    for entries in ((a, b), (a,), (a, b, "2*" + b, c)):
        an_order(desk, client, *entries)
    client.close()


def asked(desk):
    return [path for method, path, _ in desk.fake.log if method == "GET" and re.match("/orders", path)]


def test_last_orders_and_usual(desk):
    three_before(desk)
    client, (a, b, c, *_) = wide(desk), desk.world["skus"]
    client.line(desk.world["manager"])
    client.wait("LAST ORDERS", "USUAL", re.compile(r"%s +Velvet .* 3 of 3" % a), re.compile(r"%s +Velvet .* 2 of 3" % b))
    check("%s " % c not in client.screen(), "what was had once is no habit")
    client.line(a)
    client.wait("pending 0 of 1", re.compile(r"\| Goods +24.50"), "LAST ORDERS", "USUAL")
    golden(client, desk.world, "order-pane")
    client.close()


def test_an_order_more(desk):
    """One that was placed is among them for the next one of the same buyer; a cancelled one is not."""
    three_before(desk)
    first = next(iter(desk.fake.orders.values()))
    first["state"] = "cancelled"
    client, (a, *_) = wide(desk), desk.world["skus"]
    client.line(desk.world["manager"])
    client.wait(re.compile(r"%s +Velvet .* 2 of 2" % a), "LAST ORDERS")
    an_order(desk, client)
    client.line(desk.world["manager"])
    client.wait(re.compile(r"%s +Velvet .* 3 of 3" % a))
    client.close()


def test_somebody_else(desk):
    """A late answer never lands beside another person's order."""
    three_before(desk)
    client = wide(desk)
    desk.fake.delay["GET /orders"] = 0.3
    client.line(desk.world["manager"])
    client.line("1020185")
    client.wait("1020185 JONES, Sara-Jane", "LAST ORDERS", re.compile(r"\| none"), absent=["USUAL"])
    until(lambda: desk.fake.under_way == 0, "a request is under way for ever")
    client.wait(re.compile(r"\| none"), absent=["USUAL"])
    client.close()


def test_little_height(desk):
    """What does not fit is left out, whole rows of it; the sums stay."""
    three_before(desk)
    client = wide(desk, 132, 24)
    client.line(desk.world["manager"])
    for sku in desk.world["skus"]:
        client.line(sku)
    client.wait("pending 0 of 5", re.compile(r"\| PV "), "LAST ORDERS")
    golden(client, desk.world, "order-pane-132x24")
    client.close()


def test_narrow_terminals_do_not_ask(desk):
    three_before(desk)
    client = wide(desk, 131, 43)
    before = len(asked(desk))
    client.line(desk.world["manager"])
    client.wait("F8 dup")
    check(len(asked(desk)) - before == 2, asked(desk)[before:])  # the last order, for F8: the list and the one
    client.close()


if __name__ == "__main__":
    sys.exit(test_drafts.main("test_pane", globals()))
