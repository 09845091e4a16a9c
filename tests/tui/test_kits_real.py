#!/usr/bin/python3
"""Kits with choices, goods for grown-ups, and prices that change while an order is open: at the
terminal, against the real server."""
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, until  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_kits_real")


def begin(client, world):
    client.line(world["manager"])
    client.wait("Balance")


def away(client):
    client.press("F6")
    client.wait("HOME")


def placed(client, seen=[""]):  # the number of the last one stays on the screen
    def found():
        number = re.search(r"placed (\d{9})", client.screen())
        return number and number.group(1) != seen[0] and number.group(1)
    seen[0] = until(found, "no order was placed")
    return seen[0]


def chosen(s, number):
    return s.psql(f"""SELECT string_agg(i.sku, ' ' ORDER BY c.line, c.position) FROM order_component c JOIN item i ON i.id = c.item_id
        JOIN orders o ON o.id = c.order_id WHERE o.number = '{number}' AND c.slot > 0""")


def options(s, kit):
    rows = s.psql(f"""SELECT o.slot, i.sku, n.name, n.spoken FROM kit_option o JOIN item i ON i.id = o.item_id
        JOIN item_name n ON n.item_id = i.id AND n.language = 'en'
        WHERE o.kit_id = (SELECT id FROM item WHERE sku = '{kit}') ORDER BY o.slot, o.position""").split("\n")
    slots = {}
    for row in rows:
        slot, *rest = row.split("|")
        slots.setdefault(int(slot), []).append(rest)
    return slots


def keyed_at_once(client, s, world):
    kit = world["kit_of_choices"]
    slots = options(s, kit)
    begin(client, world)
    client.line("2*%s/12" % kit)
    screen = client.wait("pending 0 of 1", slots[1][0][1][:12], slots[2][1][1][:12])
    assert "choose" not in screen, screen
    client.press("F9")
    client.wait("READ BACK", " with " + slots[1][0][2].split()[0], "Due later")
    client.press("F9")
    assert chosen(s, placed(client)) == slots[1][0][0] + " " + slots[2][1][0]


def asked_by_the_row(client, s, world):
    kit = world["kit_of_choices"]
    slots = options(s, kit)
    begin(client, world)
    client.line(kit)
    client.wait("choose 1 of Scent", "1 " + slots[1][0][0], "2 " + slots[1][1][0])
    client.line(world["skus"][0])  # later rows go on
    client.wait("pending 0 of 2", "choose 1 of Scent")
    client.line("2")
    client.wait("choose 1 of Body lotion", "1 " + slots[2][0][0])
    client.line("1")
    client.wait("pending 0 of 2", absent=["choose 1 of"])
    client.line("u")  # one step back: asked again
    client.wait("choose 1 of Body lotion")
    client.line("1")
    client.wait("pending 0 of 2", absent=["choose 1 of"])
    client.line(".1/12")
    client.wait("ok  %s/12" % kit, "pending 0 of 2", slots[1][0][1][:12])
    client.press("F9")
    client.wait("READ BACK", "Due later")
    client.press("F9")
    assert chosen(s, placed(client)) == slots[1][0][0] + " " + slots[2][1][0]


def wrong_choice(client, s, world):
    kit = world["kit_of_choices"]
    begin(client, world)
    client.line(kit + "/91")
    client.wait("9 is not among Scent", "pending 0 of 1")
    client.line("1")
    client.wait("choose 1 of Body lotion")
    client.line("1")
    client.wait("pending 0 of 1", absent=["choose 1 of"])
    client.line(world["skus"][0] + "/1")
    client.wait("there is nothing to choose 1 for")
    client.line("-")
    client.wait("pending 0 of 1")
    client.line(kit + "/10")
    client.wait("each from 1 to 9, not 10")
    away(client)
    assert s


def grown_ups(client, s, world):
    sku = s.psql("""SELECT i.sku FROM item i JOIN stock k ON k.item_id = i.id AND k.site_id = 1 AND k.on_hand - k.reserved > 9
        JOIN price p ON p.item_id = i.id
        JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail' AND l.valid @> business_date('GB')
        WHERE i.age_limit = 18 AND i.kind = 'product' AND i.max_per_order = 0 AND i.on_sale @> business_date('GB') ORDER BY 1 LIMIT 1""")
    begin(client, world)
    client.line("3*" + sku)
    client.wait("18 or over. Ask for the date of birth.", "pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK", "Due later", "18 or over")
    client.press("F9")
    client.wait("F9 again: old enough")
    client.press("F9")
    number = placed(client)
    assert s.psql(f"""SELECT c.what || ' ' || l.login FROM order_confirmation c JOIN orders o ON o.id = c.order_id
        JOIN login l ON l.id = c.by_login WHERE o.number = '{number}'""") == "age CC-07"
    begin(client, world)  # the same again: both are asked, one after the other
    client.line("3*" + sku)
    client.wait("pending 0 of 1")
    client.press("F9")
    client.wait("READ BACK", "Due later")
    client.press("F9")
    client.wait("F9 again: old enough")
    client.press("F9")
    client.wait("F9 again places it all the same")
    client.press("F9")
    placed(client)


def price_changed_meanwhile(client, s, world):
    """Begun before a change, placed after it: nothing is placed, and both totals are shown."""
    sku = world["skus"][1]
    begin(client, world)
    client.line(sku)
    client.wait("pending 0 of 1")
    client.press("F9")
    screen = client.wait("READ BACK", "Due later")
    before = re.search(r"TOTAL +([0-9.,]+)", screen).group(1)
    orders = s.psql("SELECT count(*) FROM orders")
    s.psql(f"UPDATE price SET amount = amount + 1000 WHERE item_id = (SELECT id FROM item WHERE sku = '{sku}')")
    until(lambda: total_of(s, world, sku) != before, "the server never knew of the new price")
    client.press("F9")
    screen = client.wait(re.compile(r"total was %s -> now [0-9.,]+ GBP" % re.escape(before)))
    assert s.psql("SELECT count(*) FROM orders") == orders
    now = re.search(r"now ([0-9.,]+) GBP", screen).group(1)
    assert now != before
    client.press("F9")
    number = placed(client)
    assert s.psql(f"SELECT total FROM orders WHERE number = '{number}'") == now.replace(".", "").replace(",", "")


def total_of(s, world, sku):
    body = {"market": "GB", "type": "personal", "distributor": world["manager"], "customer": None,
            "lines": [{"id": "a", "sku": sku, "qty": 1}], "ship_to": {"kind": "distributor"}}
    total = s.call("POST", "/api/v1/quotes", body, s.token())[2]["total"]
    return "%d.%02d" % divmod(total, 100)


def main():
    folder = tempfile.mkdtemp(prefix="pl-", dir="/tmp")
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            client = Client(world, ["--user", "CC-07"], cols=100, rows=40, env={"XDG_CACHE_HOME": folder})
            client.sign_on(world)
            until(lambda: os.path.isdir(folder + "/partyline") and os.listdir(folder + "/partyline"), "no catalogue came")
            for case in (keyed_at_once, asked_by_the_row, wrong_choice, grown_ups, price_changed_meanwhile):
                cases.run(case.__name__.replace("_", " "), case, client, s, world)
            client.close()
    finally:
        driver.end()
        shutil.rmtree(folder, ignore_errors=True)
    cases.end()


main()
