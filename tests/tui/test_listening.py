#!/usr/bin/python3
"""The terminal listens: what changes elsewhere shows without a key, and without asking; where nobody tells, it asks."""
import sys

import each
from driver import Client, until
from fake_server import code
from test_pay_links import placed
from test_screens import check


def watches(fake, what):
    return until(lambda: next((w for w in reversed(fake.watched) if what in w[0]), None), lambda: f"{what} is not watched: {fake.watched[-3:]}")


def on_order(world):
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.line(world["skus"][0])
    client.wait("pending 0 of 1", "247")
    return client


def test_stock(world):
    """The row shows what is free now; what is being typed stays, and so does the cursor."""
    fake = world["fake"]
    fake.events = []
    client = on_order(world)
    watches(fake, "stock:" + world["skus"][0])
    client.type("4022")
    client.wait("4022")
    before = client.screen()
    fake.events.append(("stock", {"items": [{"sku": world["skus"][0], "free": 31}]}))
    client.wait(" 31", absent=["247"])
    changed = [(a, b) for a, b in zip(before.split("\n"), client.screen().split("\n")) if a != b]
    check(len(changed) == 1, f"one row has changed: {changed}")
    fake.events.append(("stock", {"items": [{"sku": code("4110"), "free": 5}]}))  # of no row
    fake.events.append(("stock", {"items": [{"sku": world["skus"][0], "free": 30}]}))
    client.wait(" 30", "4022")
    client.close()


def test_short(world):
    """Less than the order wants: the server is asked what that means."""
    fake = world["fake"]
    fake.events = []
    client = on_order(world)
    watches(fake, "stock:" + world["skus"][0])
    with fake.lock:
        fake.log.clear()
    fake.events.append(("stock", {"items": [{"sku": world["skus"][0], "free": 0}]}))
    until(lambda: ("POST", "/quotes") in [one[:2] for one in list(fake.log)], "it was not priced again")
    client.close()


def test_home(world):
    """A draft that was saved elsewhere stands in the list."""
    fake = world["fake"]
    fake.events = []
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    watches(fake, "drafts")
    until(lambda: fake.under_way == 0, "it still asks")
    with fake.lock:
        fake.log.clear()
    fake.events.append(("drafts", {"open": 1}))
    until(lambda: ("GET", "/drafts") in [one[:2] for one in list(fake.log)], "the list was not asked for")
    with fake.lock:
        fake.log.clear()
    fake.events.append(("notices", {"unseen": 1}))
    until(lambda: ("GET", "/day") in [one[:2] for one in list(fake.log)], "the day was not asked for")
    client.close()


def test_paid(world):
    """The order whose link is open is watched, and told of."""
    fake = world["fake"]
    fake.events = []
    client = placed(world)
    watch = watches(fake, "orders:")[0]
    number = watch.split("orders:")[1].split(";")[0]
    fake.payments[0].update(state="authorised", short_url=None, url=None)
    fake.events.append(("order", {"number": number, "payment": "authorised"}))
    client.wait("pay link   authorised", "paid: 20.00 GBP of order", "PAID 8.45")
    client.close()


def test_comes_back(world):
    """A stream that breaks off is asked for again, behind the last event."""
    fake = world["fake"]
    fake.events = [("drafts", {"open": 0}), ("notices", {"unseen": 0})]
    client = on_order(world)
    watches(fake, "stock:" + world["skus"][0])
    fake.events.append(("stock", {"items": [{"sku": world["skus"][0], "free": 31}]}))
    client.wait(" 31", absent=["247"])
    fake.watched.clear()
    fake.events = [*fake.events, ("stock", {"items": [{"sku": world["skus"][0], "free": 17}]})]
    client.wait(" 17")
    check(fake.watched[0][1] == "3", f"behind the last: {fake.watched}")
    client.close()


def test_nobody_tells(world):
    """A server of before, and one that stops telling: it is asked, as ever."""
    fake = world["fake"]
    fake.events = None
    client = placed(world)
    fake.payments[0].update(state="authorised", short_url=None, url=None)
    client.wait("paid: 20.00 GBP of order")
    client.close()
    fake.orders.clear()
    fake.events = []
    client = placed(world)
    watches(fake, "orders:")
    fake.events = None
    fake.payments[0].update(state="authorised", short_url=None, url=None)
    client.wait("paid: 20.00 GBP of order")
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_listening", dict(globals()), tmux=True))
