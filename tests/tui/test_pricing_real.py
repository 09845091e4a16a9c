#!/usr/bin/python3
"""Prices made in the client against the real server: for every kind of order the one and the other
come to the same, so that no row ever says that its price was another one."""
import os
import random
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_pricing_real")
SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
rng = random.Random(SEED)


def items(s, kind, n):
    found = s.psql(f"SELECT sku FROM item WHERE kind = '{kind}' ORDER BY sku").split("\n")
    return rng.sample(found, min(n, len(found)))


def keyed(client, lines):
    """The lines that they make: a part of what is keyed may be what a promotion gives to choose."""
    number = 0
    for text in lines:
        client.line(text)
        screen = client.wait(re.compile(r"pending \d+ of (%s)$" % "|".join(str(number + more) for more in (1, 2)), re.M))
        number = int(re.search(r"pending \d+ of (\d+)$", screen, re.M).group(1))
    return number


def agrees(client, lines, title):
    """Every row was priced here and confirmed with the same amounts."""
    screen = client.wait("pending 0 of %d" % lines, "TOTAL ", absent=["TOTAL .."])
    cases.check("%s: both come to the same" % title, "was" not in screen, screen)


def five_lines(client, s, world):
    client.line(world["manager"])
    client.wait("JONES", "Balance")
    keyed(client, world["skus"])
    agrees(client, 5, "five lines")
    client.press("F6")
    client.wait("HOME")


def own_order(client, s, world):
    client.line(world["manager"])
    client.wait("Balance")
    lines = ["%d*%s" % (rng.randrange(1, 30), sku) for sku in items(s, "product", 8) + items(s, "kit", 3)]
    n = keyed(client, lines)
    agrees(client, n, "an own order")
    client.line("a 2")
    agrees(client, n, "to another address")
    client.line("t aid")
    agrees(client, n, "as sales aids")
    client.line("t own")
    agrees(client, n, "own again")
    client.line("pl SUMMER-1")
    agrees(client, n, "by an older list")
    client.line("pl")
    screen = client.wait("price by which list?", "SUMMER-1", "past", "now")
    client.line(re.search(r" (\d) \S+ .* now ", screen).group(1))
    client.wait("price list of the day")
    agrees(client, n, "by the list of the day")
    client.press("F6")
    client.wait("HOME")


def customer_order(client, s, world):
    number = s.call("POST", "/api/v1/customers", {
        "distributor": world["manager"], "name": "TAYLOR, Mary",
        "address": {"line1": "3 High Street", "city": "Leeds", "postcode": "LS1 4AP", "country": "GB"}},
        s.token(), {"Idempotency-Key": ulid()})[2]["id"]
    client.line(world["manager"])
    client.wait("Balance")
    client.line("c " + number)
    client.wait("TAYLOR, Mary", "3 High Street")
    lines = ["%d*%s" % (rng.randrange(1, 9), sku) for sku in items(s, "product", 4)]
    n = keyed(client, lines)
    agrees(client, n, "a customer's order")
    client.press("F6")
    client.wait("HOME")


def sales_aids(client, s, world):
    client.line(world["recruit"])
    client.wait("Balance")
    client.line("t aid")
    lines = items(s, "sales_aid", 4)
    n = keyed(client, lines)
    agrees(client, n, "sales aids")
    client.press("F6")
    client.wait("HOME")


def of_group(s, group, n):
    """The dearest items of a group or of those below it."""
    found = s.psql(f"""WITH RECURSIVE below AS (SELECT id FROM item_group WHERE code = '{group}' UNION ALL
        SELECT g.id FROM item_group g JOIN below b ON g.parent_id = b.id)
        SELECT i.sku FROM item i JOIN price p ON p.item_id = i.id JOIN stock s ON s.item_id = i.id
        WHERE i.group_id IN (SELECT id FROM below) AND i.kind = 'product' GROUP BY i.sku HAVING max(s.on_hand) > 40
        ORDER BY max(p.amount) DESC, i.sku LIMIT {n}""")
    return found.split("\n")


def founding_promotions(client, s, world):
    """The four of the beginning, keyed: near, applied, why, and each price the same here and there."""
    pan, knife, candle, balm, towel = (of_group(s, group, 1)[0] for group in ("KITCHENWARE", "COOKS-KNIVES", "CANDLES", "BEAUTY", "TEXTILES"))
    client.line(world["manager"])
    client.wait("Balance")
    lines = 1
    client.line(pan)
    screen = client.wait("pending 0 of 1")
    client.line("y" if "KNIVES-2" in screen and "NEAR" in screen else ".1*40")
    client.wait("CHOOSE 2 free of", "pending 0 of 1")
    client.line("2*" + knife)
    screen = client.wait("free KNIVES-2", "KNIVES-2 -", "pending 0 of 2", absent=["CHOOSE"])
    cases.check("the knives are free", re.search(r" 2 %s .* 0\.00 " % knife, screen), screen)
    for text, expected in (("2*" + candle, "CANDLES-BOGO -"), ("20*" + balm, None), ("2*" + towel, "BEAUTY-40 -")):
        lines += 1
        client.line(text)
        client.wait("pending 0 of %d" % (lines + 1), *([expected] if expected else []))
    agrees(client, lines + 1, "an order with promotions")
    client.line(".5?")
    client.wait("Promotion BEAUTY-40: -")
    client.line("pr")
    screen = client.wait("PROMOTIONS", "PENCIL", "new customers", "CANDLES-BOGO")
    cases.check("promotions are explained", "Applied" in screen, screen)
    client.press("F12")
    client.press("F9")
    client.wait("READ BACK", " free", "You save ")
    client.press("F9")
    client.wait("F9 again: old enough")  # of the knives
    client.press("F9")
    client.wait("placed ")
    client.press("F12")
    client.wait("HOME")


def refused_people(client, s, world):
    """Who may not order is known here as the server knows it."""
    client.line(world["skus"][0])
    client.wait("who orders?")
    client.line(world["terminated"])
    client.wait("terminated", "!!")
    agrees(client, 1, "somebody who may not order")
    client.line("-")
    client.line(world["manager"])
    client.wait("active")
    client.press("F6")
    client.wait("HOME")


def changed_price(client, s, world):
    """A price changed on the server: the row says so once, and then the new one is known here."""
    sku = world["skus"][0]
    client.line(world["manager"])
    client.wait("Balance")
    client.line(sku)
    client.wait("pending 0 of 1")
    s.psql(f"UPDATE price SET amount = amount + 100 WHERE item_id = (SELECT id FROM item WHERE sku = '{sku}')")
    deadline = time.monotonic() + 60
    number = 1
    while "was" not in client.screen():
        assert time.monotonic() < deadline, "never told"
        number += 1
        client.line(sku)
        client.wait("pending 0 of %d" % number)
    while True:
        assert time.monotonic() < deadline, "the catalogue is never renewed"
        number += 1
        client.line(sku)
        if "was" not in client.wait("pending 0 of %d" % number):
            break
        time.sleep(0.3)
    cases.check("a changed price is told, then known", True)
    client.press("F6")
    client.wait("HOME")


def main():
    folder = tempfile.mkdtemp(prefix="pl-", dir="/tmp")
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            client = Client(world, ["--user", "CC-07"], cols=100, rows=40, env={"XDG_CACHE_HOME": folder})
            client.sign_on(world)
            until(lambda: os.path.isdir(folder + "/partyline") and os.listdir(folder + "/partyline"), "no catalogue came")
            for case in (five_lines, own_order, customer_order, sales_aids, founding_promotions, refused_people, changed_price):
                cases.run(case.__name__.replace("_", " "), case, client, s, world)
            client.close()
    finally:
        driver.end()
        shutil.rmtree(folder, ignore_errors=True)
    if cases.failed:
        print("TEST_SEED=%d" % SEED)
    cases.end()


main()
