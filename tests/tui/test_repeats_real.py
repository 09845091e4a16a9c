#!/usr/bin/python3
"""A repeat order is made of an order at the terminal, changed and skipped, on the real server."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_repeats_real")


def stored(s):
    found, = s.call("GET", "/api/v1/autosaves", token=s.token())[2]["items"]
    return s.call("GET", "/api/v1/autosaves/" + found["id"], token=s.token())[2]


def lines(repeat):
    return [(line["sku"], line["qty"]) for line in repeat["lines"]]


def made_of_the_open_order(client, s, world):
    a, b = world["skus"][:2]
    client.line(world["manager"])
    client.wait("Balance")
    client.line("2*" + a)
    client.line(b)
    client.wait("pending 0 of 2", absent=["TOTAL .."])
    client.line("rep m 31")
    client.wait("NEW REPEAT ORDER", "every month on day 31", re.compile(r"TOTAL \d"))
    client.line("bal")
    client.wait("paid from the balance")
    client.press("F9")
    client.wait(re.compile(r"repeat order \d+ is begun"), re.compile(r"REPEAT ORDER \d+   active"), "Next Sun 30 Nov, then Wed 31 Dec, Sat 31 Jan")
    repeat = stored(s)
    assert lines(repeat) == [(a, 2), (b, 1)] and repeat["pays"] == "balance" and repeat["due"] == "2025-11-30", repeat


def changed_and_skipped(client, s, world):
    a, b, c = world["skus"][:3]
    client.line(".2*0")
    client.line("3*" + c)
    client.line("every 2w 3")
    client.wait("*every 2 weeks on Wed, was every month on day 31", "*Ln")
    assert lines(stored(s)) == [(a, 2), (b, 1)]
    client.press("F9")
    client.wait("saved", "Next Wed 26 Nov, then Wed 10 Dec", absent=["*Ln"])
    repeat = stored(s)
    assert lines(repeat) == [(a, 2), (c, 3)] and (repeat["every"], repeat["unit"], repeat["day"]) == (2, "week", 3), repeat
    client.line("skip")
    client.wait("ok  the next one is left out", "Next Wed 10 Dec", "Wed 26 Nov  left out")
    client.line("rep")
    client.wait("repeat orders: ", "every 2 weeks on Wed", "Wed 10 Dec", "active")
    client.line("1")
    client.wait(re.compile(r"REPEAT ORDER \d+   active"))


def placed_by_its_run(client, s, world):
    """The server places the next one; the card says which order it was."""
    s.psql("UPDATE autosave SET due = '2025-11-22', told = NULL, pays = 'later'")
    client.line("every d")
    client.wait("*every day")
    client.press("F9")
    client.wait("saved", "every day", absent=["*every"])
    s.psql("UPDATE autosave SET due = '2025-11-22'")
    s.ctl("autosave", "run", check=False)
    assert s.psql("SELECT count(*) FROM orders WHERE channel = 'autosave'") == "1", s.psql("SELECT * FROM autosave_run")
    client.press("F5")
    number = s.psql("SELECT number FROM orders WHERE channel = 'autosave'")
    client.wait("Sat 22 Nov  placed " + number)


def stopped(client, s, world):
    client.line("stop")
    client.wait("stop again ends it for good")
    assert stored(s)["state"] == "active"
    client.line("stop")
    client.wait("ok  stopped for good", re.compile(r"REPEAT ORDER \d+   stopped"))
    assert stored(s)["state"] == "stopped"


def main():
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            client = Client(world, ["--user", "CC-07"])
            client.sign_on(world)
            for case in (made_of_the_open_order, changed_and_skipped, placed_by_its_run, stopped):
                cases.run(case.__name__.replace("_", " "), case, client, s, world)
            client.close()
    finally:
        driver.end()
    cases.end()


main()
