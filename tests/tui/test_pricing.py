#!/usr/bin/python3
"""Prices in the moment of the key: made by the client itself from the catalogue and the person's
facts, confirmed by the server behind it, and corrected where it says otherwise. Against the fake
server, whose answers come late, otherwise, or never.
  test_pricing.py NAME...   only the tests whose names hold one of these"""
import glob
import os
import re
import shutil
import stat
import sys
import tempfile
import time
import traceback

import driver
import fake_server
from driver import Client, Failed, until
from fake_server import FEW, FIVE, ITEMS, LAST, MANAGER, TERMINATED

NEVER = 3600
FACTS, CATALOGUE, QUOTES = "/distributors/.*/pricing-facts", "/catalogue", "/quotes"


def check(condition, say):
    if not condition:
        raise Failed(say)


class World:
    """A fake server with a catalogue, and a folder for the client's cache."""

    def __init__(self):
        self.server, url = fake_server.start()
        self.fake = self.server.fake
        self.fake.catalogue = 7
        self.folder = tempfile.mkdtemp(prefix="pl-", dir="/tmp")
        self.world = dict(fake_server.world(url), fake=self.fake)

    def client(self, **more):
        """Signed on, with the catalogue on its way in or there."""
        client = Client(self.world, ["--user", "CC-07"], env={"XDG_CACHE_HOME": self.folder}, **more)
        return client.sign_on(self.world)

    def ready(self, **more):
        """The same when the catalogue is there."""
        client = self.client(**more)
        self.wait_for_file()
        return client

    def wait_for_file(self, least=1):
        until(lambda: len(self.files()) >= least, lambda: "no catalogue in %s" % self.folder)
        return self.files()[0]

    def files(self):
        return glob.glob(self.folder + "/partyline/catalogue-????????????????")

    def asked(self, pattern):
        with self.fake.lock:
            return [body for _, path, body in self.fake.log if re.fullmatch(pattern, path)]

    def end(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)


def row_of(screen, sku):
    return next((row for row in screen.split("\n") if re.match(r" *\d+ %s " % sku, row)), "")


def cells(screen, sku):
    """The figures of a line: price, amount, CV, stock, flag."""
    return row_of(screen, sku)[40:].split()[1:]


def here(total):
    """A total that the server has not confirmed."""
    return re.compile(r"(?s)TOTAL %s\b.*pending [1-9]" % re.escape(total))


# ---- no server is needed ---------------------------------------------------------------------------

def price_without_an_answer(w):
    """No quote is ever answered: every line has its price, and says that it is not confirmed."""
    w.fake.discount = 25
    w.fake.delay = {QUOTES: NEVER}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES, Sarah   Manager   active   Balance 12.50", "Ship 14 Mill Lane")
    for text in (FIVE[0], "2*" + FIVE[2]):
        client.line(text)
    screen = client.wait("pending 2 of 2", here("50.82"), "24.50", "28.50", "Disc 15.63")
    check(cells(screen, FIVE[0]) == ["24.50", "18.37", "16.33", ".."], screen)
    check(cells(screen, FIVE[2]) == ["19.00", "28.50", "25.30", ".."], screen)
    check("ok  2*%s" % FIVE[2] in screen and "Silk day cream" in screen, screen)
    client.line(".2*3")
    client.wait("42.75", "pending 2 of 2", absent=["28.50"])
    client.line("u")
    client.wait("28.50", absent=["42.75"])
    client.line(".1?")
    client.wait("List AUTUMN-2: 1 x 24.50 = 24.50", "Rank discount 25 %: -6.13", "Includes GB tax")
    client.close()


def nothing_is_frozen_without_the_server(w):
    """The review waits for the server's total, whatever stands on the order."""
    w.fake.delay = {QUOTES: NEVER}
    client = w.ready()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait(here("28.45"))
    client.press("F9")
    client.wait("the total is being confirmed ..")
    client.press("F9")
    client.wait("waiting for the confirmed total")
    check(not [1 for method, path, _ in w.fake.log if (method, path) == ("POST", "/orders")], "placed")
    client.close()


def facts_come_late(w):
    """Until the person's facts are there, the list's price, marked, and no amount."""
    w.fake.discount = 25
    w.fake.delay = {QUOTES: NEVER, FACTS: 1.0}
    client = w.ready()
    client.line(MANAGER)
    client.line("2*" + FIVE[0])
    screen = client.wait("24.50", "TOTAL ..")
    check(cells(screen, FIVE[0]) == ["24.50", "..", "..", ".."], screen)
    check("who orders" not in screen and "!!" not in screen, screen)
    screen = client.wait("36.75", here("40.70"), "JONES, Sarah")
    check(cells(screen, FIVE[0])[:2] == ["24.50", "36.75"], screen)
    check(len(w.asked(FACTS)) == 1, "asked more than once")
    client.line(FIVE[1])
    client.press("F6")
    client.wait("held, not placed")
    client.line(MANAGER)
    client.wait("ORDER", "JONES, Sarah   Manager", absent=["40.70", "TOTAL"])
    check(len(w.asked(FACTS)) == 1, "asked again for the same person")
    client.close()


def people_are_judged_here(w):
    w.fake.delay = {QUOTES: NEVER}
    client = w.ready()
    client.line(FIVE[0])
    client.wait("who orders?", "24.50", here("28.45"))
    client.line(TERMINATED)
    client.wait("JONESON", "terminated", "cannot order")
    client.line(fake_server.code("999999"))
    client.wait("No distributor", absent=["JONESON"])
    client.close()


def unknown_items_have_candidates(w):
    """One digit takes the nearest item before any answer, also typed ahead."""
    w.fake.delay = {QUOTES: NEVER}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    slip = FIVE[0][:4] + str((int(FIVE[0][4]) + 1) % 10)
    client.line(slip)
    screen = client.wait("%s is mistyped" % slip)
    check(re.search(r"1 %s Velvet Rose" % FIVE[0], screen), screen)
    client.line("1")
    client.wait("line 1 is " + FIVE[0], "24.50", absent=["mistyped"])
    client.type(slip + "\n1\n" + "2*" + FIVE[1] + "\n")
    screen = client.wait("pending 3 of 3", "17.90")
    check(len(re.findall(FIVE[0], screen)) >= 2 and "mistyped" not in screen, screen)
    client.close()


def offered(screen):
    return re.findall(r"(\d) (\d{5}) ", screen[screen.index("mistyped"):screen.index("Goods")])


def candidates_keep_their_digits(w):
    """What stood under a digit when it was shown is what the digit takes, whatever the server's order."""
    w.fake.delay = {QUOTES: 0.7}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    slip = "4023" + str((int(fake_server.code("4023")[4]) + 1) % 10)
    client.line(slip)
    before = offered(client.wait("mistyped", "pending 1 of 1"))
    after = offered(client.wait("mistyped", "pending 0 of 1"))
    check(before == after and len(before) > 1, "%r became %r" % (before, after))
    check([sku for _, sku in before] != fake_server.near(slip), "the server's order is the same: nothing is tested")
    client.line("2")
    client.wait("line 1 is " + before[1][1])
    client.close()


def scans_are_items(w):
    stem = "50123" + FIVE[1] + "00"
    odd, even = (sum(int(c) for c in stem[i::2]) for i in (0, 1))
    barcode = stem + str(-(odd + 3 * even) % 10)
    ITEMS[FIVE[1]]["barcode"] = barcode
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    client.line(barcode)
    client.wait("ok  1*%s" % FIVE[1], "Velvet Rose hand cream", "8.95", "pending 0 of 1")
    client.close()


# ---- the server has the last word ------------------------------------------------------------------

def confirmation_changes_nothing(w):
    w.fake.discount = 25
    w.fake.delay = {QUOTES: 0.5}
    client = w.ready()
    client.line(MANAGER)
    for text in (FIVE[0], "3*" + FIVE[1], "4*" + FEW, LAST):
        client.line(text)
    first = client.wait("pending 4 of 4", here("78.68"))
    there = client.wait("pending 0 of 4", "TOTAL 78.68", "2 now, 2 back-ordered")
    for sku in (FIVE[0], FIVE[1], FEW, LAST):
        check(cells(first, sku)[:3] == cells(there, sku)[:3], "%s\n%s" % (first, there))
    check(cells(there, FIVE[0])[3:] == ["247"] and "was" not in there, there)
    client.line(FIVE[2])  # what is known of the others' stock stays while the server is asked
    screen = client.wait("pending 1 of 5", "2 now, 2 back-ordered")
    check(cells(screen, FIVE[0])[3:] == ["247"] and cells(screen, FIVE[2])[3:] == [".."], screen)
    client.close()


def a_difference_is_shown(w):
    """The row says what was shown; typing and cursor stay where they are; the next edit clears it."""
    w.fake.dearer = {FIVE[0]: 10}
    w.fake.delay = {QUOTES: 1.0}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    client.line(FIVE[0])
    client.wait("24.50", here("28.45"))
    client.line(FIVE[1])
    client.type("402")
    screen = client.wait("pending 0 of 2", "24.60", "was 24.50  Velvet Rose eau", "TOTAL 37.50 GBP, was 37.40", "> 402")
    client.cursor_at(23, 6)
    check("the price of line 1 has changed: it was 24.50" in screen, screen)
    check("was" not in row_of(screen, FIVE[1]), screen)
    client.press("C-u")
    client.line(".2*2")
    client.wait("17.90", "24.60", "pending 0 of 2", absent=["was 24.50  V"])
    client.wait("TOTAL 46.45", absent=[", was"])
    client.close()


def late_answers_keep_their_rows(w):
    """Ten lines keyed faster than one answer comes: each row has its own price, before and after."""
    w.fake.delay = {QUOTES: 0.4, "/drafts/": 0.3}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    keyed = [FIVE[i % 5] for i in range(10)]
    client.type("".join("%d*%s\n" % (i + 1, sku) for i, sku in enumerate(keyed)))
    for wait in (["pending 1"], ["pending 0 of 10"]):
        screen = client.wait(*wait)
        for i, sku in enumerate(keyed):
            row = next(r for r in screen.split("\n") if re.match(r" *%d %s" % (i + 1, sku), r))
            amount = "%s" % "{:,.2f}".format((i + 1) * ITEMS[sku]["price"] / 100)
            check(amount in row, row)
    check("was" not in screen and len(w.asked(QUOTES)) < 10, screen)
    client.close()


def a_rank_has_changed(w):
    """Facts that turn out old are asked for again."""
    w.fake.discount = 25
    client = w.ready()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait("18.37", "pending 0 of 1")
    people = fake_server.PEOPLE[MANAGER]
    people["rank_name"] = "Consultant"
    try:
        client.line(FIVE[1])
        client.wait("was 18.37", "was 6.71", "24.50", "8.95", "the prices of 2 lines have changed")
        until(lambda: len(w.asked(FACTS)) >= 2, "not asked again")
        client.line("s" + FIVE[0])  # its answer comes behind the facts
        client.wait("STOCK")
        client.press("F12")
        w.fake.delay = {QUOTES: 0.5}
        client.line(FIVE[2])
        client.wait("19.00", "pending 1 of 3", absent=["14.25", "was 18.37"])
        client.wait("19.00", "pending 0 of 3", absent=["was 14.25"])
        check(len(w.asked(FACTS)) == 2, "facts asked %d times" % len(w.asked(FACTS)))
    finally:
        people["rank_name"] = "Manager"
    client.close()


# ---- where the catalogue comes from ----------------------------------------------------------------

def kept_on_disk(w):
    """The second sign-on prices from the disk before the catalogue is answered, and says what it has."""
    w.ready().close()
    path = w.wait_for_file()
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "anybody may read it")
    check(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700, "anybody may look into the folder")
    w.fake.delay = {CATALOGUE: NEVER, QUOTES: NEVER}
    client = w.client()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait("24.50", here("28.45"))
    until(lambda: w.fake.tags == [None, 'W/"7"'], lambda: "asked with %r" % w.fake.tags)
    check(len(glob.glob(w.folder + "/partyline/*")) == 1, "something is left beside it")
    client.close()


def not_modified_is_kept(w):
    w.ready().close()
    w.fake.delay = {QUOTES: NEVER}
    client = w.client()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait("24.50", here("28.45"))
    until(lambda: w.fake.tags == [None, 'W/"7"'], lambda: "asked with %r" % w.fake.tags)
    client.close()


def damaged_file_is_fetched_again(w):
    """Whatever is wrong with the file: prices come all the same, and the file is whole again."""
    w.ready().close()
    path = w.wait_for_file()
    with open(path, "rb") as file:
        good = file.read()
    head = good.index(b"\x1f\x8b")
    for bad in (b"", b"nonsense", good[:head], good[:-9], good[:head + 40] + b"\0\1\2" + good[head + 43:],
                good.replace(b"\nGB\n", b"\nUS\n"), good[:-5] + b"x" + good[-4:]):
        with open(path, "wb") as file:
            file.write(bad)
        w.fake.tags.clear()
        client = w.client()
        client.line(MANAGER)
        client.line(FIVE[0])
        client.wait("24.50", "pending 0 of 1")
        until(lambda: open(path, "rb").read()[:head] == good[:head] and os.path.getsize(path) >= len(good) - 20, "%r stays" % bad[:40])
        check(w.fake.tags == [None], "%r: asked with %r" % (bad[:40], w.fake.tags))
        client.close()


def newer_catalogue_replaces(w):
    """When the server prices with another version, the client fetches it and needs no new start."""
    client = w.ready()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait("24.50", "pending 0 of 1")
    before = ITEMS[FIVE[0]]["price"]
    try:
        ITEMS[FIVE[0]]["price"] = before + 50
        w.fake.catalogue = 8
        client.line(FIVE[1])
        client.wait("was 24.50", "25.00", "pending 0 of 2")
        deadline = time.monotonic() + 30
        while w.fake.tags[-1] != 'W/"7"' or len(w.fake.tags) < 2:
            check(time.monotonic() < deadline, "not asked again: %r" % w.fake.tags)
            client.line(".2*2")  # anything that moves the client
            time.sleep(0.2)
        w.fake.delay = {QUOTES: NEVER}
        client.line(".1*2")
        client.wait("50.00", "pending", absent=["49.00"])
    finally:
        ITEMS[FIVE[0]]["price"] = before
    client.close()


def no_place_for_a_file(w):
    """Without a folder to write to, everything is the same but the next start."""
    shutil.rmtree(w.folder)
    with open(w.folder, "w"):
        pass
    w.fake.delay = {QUOTES: NEVER}
    client = w.client()
    client.line(MANAGER)
    client.line(FIVE[0])
    client.wait("24.50", here("28.45"))
    os.unlink(w.folder)
    client.close()


def long_order(w):
    """A thousand lines pasted: one step, priced, drawn where the screen is, and undone."""
    w.fake.delay = {QUOTES: NEVER, "/drafts/": NEVER}
    client = w.ready()
    client.line(MANAGER)
    client.wait("JONES")
    lines = "".join("%s\n" % FIVE[i % 5] for i in range(1000))
    client.bytes(b"\x1b[200~")
    for at in range(0, len(lines), 600):
        client.type(lines[at:at + 600])
    client.bytes(b"\x1b[201~")
    total = sum(ITEMS[sku]["price"] for sku in FIVE) * 200
    client.wait("pending 1000 of 1000", here("{:,.2f}".format(total / 100)))
    began = time.monotonic()
    client.line(".1000*2")
    client.wait(here("{:,.2f}".format((total + ITEMS[FIVE[4]]["price"]) / 100)))
    print("an edit of a thousand lines: %.0f ms until seen (with sanitizers)" % ((time.monotonic() - began) * 1000))
    client.line("u")
    client.line("u")
    client.wait("undone", absent=["TOTAL", "pending"])
    client.close()


ALL = [price_without_an_answer, nothing_is_frozen_without_the_server, facts_come_late, people_are_judged_here,
       unknown_items_have_candidates, candidates_keep_their_digits, scans_are_items, confirmation_changes_nothing,
       a_difference_is_shown, late_answers_keep_their_rows, a_rank_has_changed, kept_on_disk, not_modified_is_kept,
       damaged_file_is_fetched_again, newer_catalogue_replaces, no_place_for_a_file, long_order]


def run(test):
    world = World()
    try:
        test(world)
        return True
    except Exception as error:  # the next one must run all the same
        print("FAIL %s: %s" % (test.__name__, error if isinstance(error, Failed) else traceback.format_exc()))
        return False
    finally:
        world.end()


def main():
    wanted = sys.argv[1:]
    driver.begin()
    try:
        results = [run(test) for test in ALL if not wanted or any(w in test.__name__ for w in wanted)]
    finally:
        driver.end()
    print("test_pricing: %d passed, %d failed" % (results.count(True), results.count(False)))
    return 1 if results.count(False) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
