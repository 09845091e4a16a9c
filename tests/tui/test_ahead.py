#!/usr/bin/python3
"""Keys that are typed before the program is ready for them: none is lost, none reaches what it was not
meant for; and what has to be on the screen for that. Against the fake server, which answers late."""
import os
import re
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
import driver  # noqa: E402
import fake_server  # noqa: E402
from driver import Client, Failed, until  # noqa: E402

NEXT = "1020185"


def check(condition, say):
    if not condition:
        raise Failed(say)


def stored(fake, person, lines):
    """Waits until the server has one draft for that person, with these lines."""
    def there():
        return [kept for ulid, kept in fake.stored().items() if fake.drafts[ulid]["draft"]["distributor"] == person] == [lines]
    until(there, lambda: "drafts: %r" % fake.drafts)


def signed_on(world):
    return Client(world, ["--user", world["operator"]]).sign_on(world)


def many_keys_ahead(world):
    """A whole order of 60 lines is typed while another one is being placed: 480 keys wait for it."""
    fake, client = world["fake"], signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    fake.delay = {"/orders": 3}
    client.press("F9", "F9")
    client.wait("PLACING")
    client.line(NEXT)
    client.bytes(b"".join(b"%d*%s\r" % (n % 7 + 1, world["skus"][n % 5].encode()) for n in range(60)))
    client.wait("PLACING")
    fake.delay = {}
    client.wait("placed ", "JONES, Sara-Jane", "pending 0 of 60")
    stored(fake, NEXT, [(world["skus"][n % 5], n % 7 + 1) for n in range(60)])
    client.close()


def a_price_that_fails_meanwhile(world):
    """F5 and at once F9 F9: that the price cannot be had again says nothing about the order under way,
    and what is typed behind it waits for it."""
    fake, client = world["fake"], signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    stored(fake, world["manager"], [(world["skus"][0], 1)])
    fake.delay = {"/quotes": 1, "/orders": 3}
    fake.problem_once = [("/quotes", 422, {"title": "No price now", "status": 422, "problems": []})]
    client.press("F5", "F9", "F9")
    client.line(NEXT)
    client.line(world["skus"][1])
    client.wait("PLACING")
    client.wait("placed ", "JONES, Sara-Jane", "pending 0 of 1")
    check(len(fake.orders) == 1, "other orders: %r" % fake.orders)
    stored(fake, NEXT, [(world["skus"][1], 1)])
    client.close()


def the_next_person_before_the_price(world):
    """Lines without anybody, a number for them, and the next caller's before any answer: the lines are the
    first one's, what was wrong while there was nobody is none of their business."""
    fake, client = world["fake"], signed_on(world)
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    fake.delay = {"/quotes": 2}
    client.line(world["manager"])
    client.line(NEXT)
    client.wait("held, not placed: " + world["manager"])
    fake.delay = {}
    client.wait("JONES, Sara-Jane")
    stored(fake, world["manager"], [(world["skus"][0], 1)])
    client.close()


def numbers_of_lines(world):
    """The number of a line is what is typed to change it, and is shown whole."""
    client = signed_on(world)
    client.line(world["manager"])
    client.bytes(b"\033[200~" + b"\n".join([world["skus"][0].encode()] * 112) + b"\n\033[201~")
    client.wait(re.compile(r"^ *112 %s " % world["skus"][0], re.M), "pending 0 of 112")
    client.close()


def digits_of_drafts(world):
    """The list of drafts has its digits only while they count: not while it is asked for again."""
    fake, client = world["fake"], signed_on(world)
    digit = re.compile(r"^  1 " + world["manager"], re.M)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.press("F6")
    client.wait(digit)
    client.line(NEXT)
    client.line(world["skus"][1])
    client.wait("pending 0 of 1")
    fake.delay = {"/drafts$": 1.5}
    client.press("F6")
    client.wait("My drafts", re.compile(r"^    %s " % world["manager"], re.M))
    client.wait(re.compile(r"^  1 %s .*\n  2 %s " % (NEXT, world["manager"]), re.M))
    client.close()


def main():
    failed = passed = 0
    driver.begin()
    for test in (many_keys_ahead, a_price_that_fails_meanwhile,
                 the_next_person_before_the_price, digits_of_drafts, numbers_of_lines):
        server, where = fake_server.start()
        try:
            test({**fake_server.world(where), "fake": server.fake})
            passed += 1
        except Exception:
            failed += 1
            print("FAILED: " + test.__name__)
            traceback.print_exc(file=sys.stdout)
        server.shutdown()
    driver.end()
    print("test_ahead: %d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
