#!/usr/bin/python3
"""The keystroke card: what each task takes, counted from the keys that were really pressed, against
what was promised. A change that adds a key fails."""
import re
import sys

from driver import Failed
from test_screens import check, confirmed, five_lines, run_all, signed_on


def taken(client, most, task):
    check(client.keys <= most, "%s took %d keys, at most %d were promised" % (task, client.keys, most))
    client.keys = 0


def begun(world, lines=3):
    """An order with a few lines, all confirmed."""
    client = signed_on(world)
    client.line(world["manager"])
    for sku in world["skus"][:lines]:
        client.line(sku)
    confirmed(client, lines)
    client.keys = 0
    return client


def place(client):
    client.press("F9")
    client.press("F9")
    return re.search(r"placed (\d+)", client.wait(re.compile(r"placed \d+"))).group(1)


def phoned_order(world):
    client = signed_on(world)
    client.keys = 0
    five_lines(client, world)
    place(client)
    taken(client, 44, "a phoned order of five lines")
    client.close()


def found_by_name(world):
    client = signed_on(world)
    client.keys = 0
    client.line("jones sar")
    client.wait("people: jones sar", "1020185")
    client.line("1")
    a, b, c, d, e = world["skus"]
    for text in (a, b, "2*" + c, d, "3*" + e):
        client.line(text)
    place(client)
    taken(client, 48, "the same, found by name")
    client.close()


def one_slip(world):
    client = signed_on(world)
    client.keys = 0
    a, b, c, d, e = world["skus"]
    for text in (world["manager"], a, a, "-", b, "2*" + c, d, "3*" + e):
        client.line(text)
    place(client)
    taken(client, 54, "the same with one slip voided")
    lines = next(iter(world["fake"].orders.values()))["lines"]
    check([(line["sku"], line["qty"]) for line in lines] == [(a, 1), (b, 1), (c, 2), (d, 1), (e, 3)], "the slip stayed: %s" % lines)
    client.close()


def last_order_again(world):
    client = begun(world)
    place(client)
    client.keys = 0
    client.line(world["manager"])
    client.press("F8")
    client.press("F9")
    client.press("F9")
    client.wait(re.compile(r"placed (?!%s)\d+" % next(iter(world["fake"].orders.values()))["number"]))
    taken(client, 11, "the last order once more")
    client.close()


def change_of_quantity(world):
    client = begun(world)
    client.line(".2*5")
    taken(client, 5, "another quantity for line 2")
    client.wait("ok  5*" + world["skus"][1])
    client.close()


def stock_and_back(world):
    client = begun(world)
    client.line("s" + world["skus"][1])
    client.wait("STOCK", "Free 512")
    client.press("F12")
    client.wait("ORDER", "Ln SKU")
    taken(client, 8, "stock in the middle of an order, and back")
    client.close()


def hold_and_recall(world):
    client = begun(world)
    client.press("F6")
    client.wait("My drafts", "JONES, Sarah")
    client.press("F7")
    client.type("1")
    client.wait("ORDER", "Ln SKU")
    taken(client, 3, "hold and recall")
    client.close()


def status_of_an_order(world):
    client = begun(world)
    number = place(client)
    client.keys = 0
    client.line(number)
    client.wait("PLACED", number + "   placed", "History")
    taken(client, len(number) + 1, "the status of an order")
    client.close()


def another_address(world):
    client = begun(world)
    client.press("F9")
    client.wait("READ BACK", "a 2 WORK")
    client.keys = 0
    client.line("a2")
    client.wait("a 2* WORK")
    taken(client, 3, "another address")
    client.close()


def pay_from_the_balance(world):
    client = begun(world)
    client.press("F9")
    client.wait("Balance 12.50")
    client.keys = 0
    client.line("bal")
    client.wait("12.50 from the balance")
    taken(client, 4, "paying from the balance, the rest later")
    client.close()


def read_back(world):
    client = begun(world)
    client.press("F9")
    client.wait("READ BACK  One")
    client.keys = 0
    for n in (1, 2, 3):
        client.press("Enter")
        client.wait("line %d: " % n)
    taken(client, 3, "reading three items back, one by one")
    client.close()


def take_back_what_was_just_placed(world):
    client = begun(world)
    number = place(client)
    client.keys = 0
    client.line("u")
    client.line("u")
    client.wait("cancelled " + number)
    taken(client, 4, "taking back the order just placed")
    client.close()


def person_and_back(world):
    client = begun(world)
    client.line("i")
    client.wait("PERSON", "JONES, Sarah", "Last orders")
    client.press("F12")
    client.wait("ORDER", "Ln SKU")
    taken(client, 3, "the caller's card, and back")
    client.close()


def scanned(world):
    """A quantity and a barcode, as a keypad has them."""
    client = begun(world)
    for key, keys in (("+", 2), ("-", 2), ("2*" + world["skus"][3], 8)):
        client.line(key)
        taken(client, keys, key)
    client.close()


TASKS = [phoned_order, found_by_name, one_slip, last_order_again, change_of_quantity, stock_and_back, hold_and_recall, status_of_an_order,
         another_address, pay_from_the_balance, read_back, take_back_what_was_just_placed, person_and_back, scanned]

if __name__ == "__main__":
    try:
        sys.exit(run_all("test_keystrokes", TASKS))
    except Failed as failed:
        print(failed)
        sys.exit(1)
