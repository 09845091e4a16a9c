#!/usr/bin/python3
"""An order that was placed is changed at the terminal, on the real server: what is in the books
afterwards, and what becomes of it when another operator is quicker."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_change_real")
API = "/api/v1"


def an_order(client, s, world):
    """A new one by the operator, shown; its number."""
    before = s.psql("SELECT max(number) FROM orders")
    client.press("F12")
    client.line(world["manager"])
    client.wait("Balance")
    for sku in world["skus"][:2]:
        client.line(sku)
    client.wait("pending 0 of 2", absent=["TOTAL .."])
    client.press("F9")
    client.wait(re.compile(r"READ BACK  \w"))
    client.press("F9")
    placed = re.compile(r"placed (?!%s)(\d{9})" % (before or "-"))
    until(lambda: placed.search(client.screen()) or client.press("F9") if "F9 again places it" in client.screen()
          else placed.search(client.screen()), lambda: "no order was placed\n" + client.screen())
    number = placed.search(client.screen()).group(1)
    client.line(number)
    client.wait(number + "   placed", "c changes it")
    return number


def order(s, number):
    return s.call("GET", f"{API}/orders/{number}", token=s.token())[2]


def lines(s, number):
    return [(line["sku"], line["qty"]) for line in order(s, number)["lines"]]


def changed_and_paid(client, s, world):
    """The order becomes what the screen said, for the total it said; what it was is a revision."""
    number = an_order(client, s, world)
    a, b, c = world["skus"][:3]
    was = order(s, number)
    client.line("c")
    client.wait("CHANGE OF " + number, "CHANGE nothing yet")
    client.line(".1*3")
    client.line("-")
    client.line("2*" + c)
    client.wait("CHANGE %s 1>3  -1*%s  +2*%s" % (a, b, c), "pending 0 of 2", "more, due ")
    until(lambda: s.psql("SELECT count(*) FROM draft WHERE state = 'open' AND body->'changes'->>'order' = '%s'" % number) == "1",
          "the change is not stored as a draft")
    assert lines(s, number) == [(a, 1), (b, 1)]
    client.press("F9")
    client.wait("REVIEW ", re.compile(r"READ BACK  \w"))
    client.line("bal 5.00")
    client.wait("ok  5.00 from the balance")
    total = re.search(r"TOTAL +([\d,.]+)", client.screen()).group(1)
    client.press("F9")
    client.wait("changed %s  now %s GBP" % (number, total), "PLACED", "Changed ")
    now = order(s, number)
    assert "%d.%02d" % divmod(now["total"], 100) == total and lines(s, number) == [(a, 3), (c, 2)], now
    assert now["due"] == now["total"] - 500, now
    assert [r["total"] for r in now["revisions"]] == [was["total"]] and now["revision"] == 2, now["revisions"]
    until(lambda: s.psql("SELECT count(*) FROM draft WHERE state = 'open' AND body->'changes'->>'order' = '%s'" % number) == "0",
          "the draft of the change is still open")


def another_operator_was_quicker(client, s, world):
    number = an_order(client, s, world)
    a, b, c = world["skus"][:3]
    client.line("c")
    client.wait("CHANGE OF " + number, "CHANGE nothing yet")
    client.line(c)
    client.wait("CHANGE +1*" + c, "pending 0 of 3")
    other, now = s.token("CC-08"), order(s, number)
    theirs = [dict(id=line["id"], sku=line["sku"], qty=4) for line in now["lines"]]
    path = f"{API}/orders/{number}/change"
    total = s.call("POST", path + "?preview=true", {"lines": theirs}, other)[2]["quote"]["total"]
    status, _, got = s.call("POST", path, {"lines": theirs, "expect_total": total, "tenders": []}, other,
                            {"Idempotency-Key": ulid(), "If-Match": '"%s"' % now["version"]})
    assert status == 200, got
    client.press("F9")
    client.wait("REVIEW ")
    client.press("F9")
    client.wait("order %s has been changed by CC-08 meanwhile" % number, "CHANGE %s 4>1  %s 4>1  +1*%s" % (a, b, c))
    assert lines(s, number) == [(a, 4), (b, 4)]
    client.press("F8")
    client.wait("CHANGE nothing yet")
    client.press("F12", "F12")
    client.wait("HOME")
    assert lines(s, number) == [(a, 4), (b, 4)]


def held_with_its_reason(client, s, world):
    number = an_order(client, s, world)
    client.line("h the address is asked for")
    client.wait("the order is on hold", number + "   on hold", "the address is asked for")
    client.press("F6")
    client.wait("the order goes on", number + "   placed")


def main():
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            client = Client(world, ["--user", "CC-07"])
            client.sign_on(world)
            for case in (changed_and_paid, another_operator_was_quicker, held_with_its_reason):
                cases.run(case.__name__.replace("_", " "), case, client, s, world)
            client.close()
    finally:
        driver.end()
    cases.end()


main()
