#!/usr/bin/python3
"""Gift certificates at the desk: sold with a value of their own, looked up by their number or by the last six
digits and whose they are, listed for who sold them; numbers stand in full where one was asked for, only."""
import sys

import each
from driver import Client, golden, until
from test_screens import check

NUMBER = "7841102744192837"


def at_home(world, **certificates):
    world["fake"].certificates.update({"7841102744192837": 7000, **certificates})
    client = Client(world, ["--user", world["operator"]]).sign_on(world)
    client.wait("HOME")
    return client


def test_by_number(world):
    client = at_home(world)
    for typed in (f"gc{NUMBER}", "GC 7841 1027 4419 2837"):
        client.line(typed)
        client.wait("CERTIFICATE", "GC 7841 1027 4419 2837   can be spent", "Left 70.00 of 100.00 GBP", "order 100884214", "JONES, Sarah",
                    "issued", "spent", "-30.00")
    golden(client, world, "certificate")
    check([p for m, p, b in world["fake"].log if "/certificates" in p] == [f"/certificates/{NUMBER}"] * 2, world["fake"].log)
    client.line("2")
    client.wait("100884223")
    client.press("F12")
    client.wait("CERTIFICATE")
    client.press("F12")
    client.wait("HOME")
    client.close()


def test_mistyped_and_unknown(world):
    client = at_home(world)
    client.line("gc7841102744192838")
    client.wait("is mistyped: its check digit does not fit.")
    client.line("gc411027")
    client.wait("whose is it? The last six digits are enough once an order or a person is open.")
    check(not [p for m, p, b in world["fake"].log if "/certificates" in p], "nothing is asked")
    client.line("gc1103938475610297")
    client.wait("CERTIFICATE", "...610297")
    client.close()


def test_of_a_person(world):
    """Who sold them, without their numbers; the last six digits find one."""
    client = at_home(world, **{"192837": 7000})
    client.line(f"i{world['manager']}")
    client.wait("PERSON", "JONES, Sarah")
    client.press("F6")
    client.wait("CERTIFICATE", f"Gift certificates of {world['manager']}", "...2837", "100.00", "70.00", "can be spent")
    golden(client, world, "certificates")
    check("7841" not in "".join(client.screen()), "no number in full")
    client.press("F12")
    client.wait("PERSON")
    client.line("gc192837")
    client.wait("CERTIFICATE", "Left 70.00 of 100.00 GBP")
    client.close()


def test_sold_with_a_value(world):
    client = at_home(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.line(f"2*{world['skus'][0]}=25")
    client.wait("ok  2*")
    until(lambda: [line for d in world["fake"].drafts.values() for line in d["draft"]["lines"] if line.get("value") == 2500 and line["qty"] == 2], lambda: world["fake"].drafts)
    client.line(f"{world['skus'][0]}=x")
    client.wait("A tender is more than 0")
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_certificates", dict(globals()), tmux=True))
