#!/usr/bin/python3
"""The client's screens, in a terminal of 80x24, with the real program against a fake server, or
against a real one: SCREEN_WORLD names what `partylinectl demo --json` prints, SCREEN_SERVER is the
URL and SCREEN_CA the authority's file; then only what needs no fake is tested.
  BUILD=build/asan   where the program is         UPDATE_GOLDEN=1   takes the new pictures
  test_screens.py NAME...   only the tests whose names hold one of these"""
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

import driver
import fake_server
from driver import Client, Failed, golden, until

ENTER_LINE = 23


def check(condition, say):
    if not condition:
        raise Failed(say)


def signed_on(world, **more):
    client = Client(world, ["--user", world["operator"]], **more)
    return client.sign_on(world)


def five_lines(client, world):
    a, b, c, d, e = world["skus"]
    for text in (world["manager"], a, b, "2*" + c, d, "3*" + e):
        client.line(text)


def stored(fake, wanted):
    """Waits until the server has drafts of these people with so many lines."""
    def there():
        lines = fake.stored()
        return sorted((fake.drafts[ulid]["draft"]["distributor"], len(lines[ulid])) for ulid in lines) == wanted
    until(there, lambda: "drafts: %r" % fake.drafts)


def released(fake):
    """Waits until the server has one draft, and nobody has it open; its name."""
    until(lambda: [d["locked_by"] for d in fake.drafts.values()] == [""], lambda: "drafts: %r" % fake.drafts)
    return next(iter(fake.drafts))


def confirmed(client, lines):
    return client.wait("pending 0 of %d" % lines, "TOTAL", absent=["TOTAL .."])


# ---- everywhere, also on the real server ----------------------------------------------------------

def test_44_keys(world):
    """A phoned order of five lines takes 44 keys from the home screen to `placed`."""
    client = signed_on(world)
    client.keys = 0
    five_lines(client, world)
    client.press("F9")
    client.press("F9")
    check(client.keys == 44, "%d keys" % client.keys)
    if "F9 again" in client.wait(re.compile(r"placed \d+|F9 again")):
        client.press("F9")  # the test ran before on this server: the duplicate is asked for once
    client.wait(re.compile(r"placed \d+"))
    client.cursor_at(ENTER_LINE, 3)
    client.close()


def test_find_person_by_name(world):
    """A name finds people; a digit and Enter takes one."""
    client = signed_on(world)
    client.line(world["name"])
    client.wait(" people: " + world["name"], " 1 ")
    client.line("1")
    client.wait("ORDER", "Balance")
    client.close()


def test_wrong_password(world):
    client = Client(world, ["--user", world["operator"]])
    client.wait("Password")
    client.type("not it")
    client.press("Enter")
    client.wait("operator or password is wrong")
    client.sign_on(world)
    client.close()


def test_mistyped_number(world):
    """A distributor's number with a wrong check digit is refused here, at once."""
    client = signed_on(world)
    number = world["manager"]
    client.line(number[:-1] + str((int(number[-1]) + 1) % 10))
    client.wait("check digit does not fit")
    client.wait("My drafts")
    client.close()


# ---- with the fake --------------------------------------------------------------------------------

def fake_golden_pictures(world):
    """Sign-on, order, find, review and placed look as they did, with the cursor where one types."""
    client = Client(world, ["--user", world["operator"]])
    client.wait("Password")
    client.wait(re.compile(r"ok +\d+ms"))
    golden(client, world, "signon")
    client.sign_on(world)
    golden(client, world, "home")
    client.line("jones sar")
    client.wait("people: jones sar", "1020185")
    golden(client, world, "find")
    client.press("F12")
    five_lines(client, world)
    confirmed(client, 5)
    golden(client, world, "order")
    client.press("F9")
    client.wait("READ BACK  One", "a 2 WORK")
    golden(client, world, "review")
    client.press("F9")
    client.wait("placed ", "who orders?")
    golden(client, world, "order-next")
    client.press("F12")
    client.wait("My drafts", "none")
    golden(client, world, "placed")
    client.press("F1")
    client.wait("HELP for")
    golden(client, world, "help")
    client.close()


def fake_forms_of_f9(world):
    """F9 in every form that a terminal or an operator without F-keys sends."""
    forms = [b"\x1b[20~", b"\x1b9", b"/9\r", b"\x1bOX", (b"\x1b", b"9"), (b"\x1b", b"[20~"), (b"\x1b", b"[2", b"0~")]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    for form in forms:
        confirmed(client, 1)
        for part in form if isinstance(form, tuple) else (form,):
            client.bytes(part)
            if part == b"\x1b":
                client.wait("Esc: digit")
        client.wait("READ BACK  One")
        check(client.row(ENTER_LINE).strip() == ">", "text in the entry line after %r" % (form,))
        client.press("F12")
        client.wait("Ln SKU")
    client.bytes(b"\x1b[[A")  # the Linux console's F1
    client.wait("HELP for")
    client.bytes(b"\x1b\x1b")
    client.wait("Ln SKU")
    client.close()


def fake_typed_key_on_help(world):
    """/12 typed on the help is F12 there: it leads back to the order, not out of it."""
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    for typed in ("/12", "/1"):
        client.press("F1")
        client.wait("HELP for")
        client.line(typed)
        client.wait("Ln SKU")
    client.close()


def fake_unknown_keys_are_not_text(world):
    client = signed_on(world)
    client.bytes(b"\x1b[1;5C\x1b[99~\x1b[57399u\x02")
    client.line("s" + world["skus"][1])
    client.wait("STOCK", "hand cream")
    client.close()


def fake_bad_sku(world):
    """A mistyped item keeps its row; a digit takes a candidate; later rows go on."""
    client = signed_on(world)
    client.line(world["manager"])
    client.line("40235")
    client.line(world["skus"][0])
    client.wait("!! 40235 is mistyped", "1 40234", "Velvet Rose eau")
    client.line("1")
    client.wait("ok  line 1 is 40234", "pending 0 of 2", absent=["!! "])
    client.press("F9")
    client.wait("no duplicate")
    client.close()


def fake_lines_and_undo(world):
    client = signed_on(world)
    a, b, *_ = world["skus"]
    for text in (world["manager"], a, b, "+2", ".1*5", "-"):
        client.line(text)
    client.wait("line 2 %s is gone" % b, "pending 0 of 1", "122.50")
    client.line("u")
    client.wait("undone", "pending 0 of 2", re.compile(b + r".* 3 "))
    client.line("u")
    client.line("u")
    client.line("r")
    client.wait("done again", "pending 0 of 2", re.compile(a + r".* 1 .*\n.*" + b + r".* 3 "))
    client.line(".2?")
    client.wait("2: List AUTUMN-2")
    client.close()


def fake_type_ahead(world):
    """Everything at once on a slow link, and the next caller's order too: each key lands where it was meant."""
    fake = world["fake"]
    client = signed_on(world)
    fake.delay = {"/quotes": 0.3, "/drafts": 0.2, "/orders": 0.5}
    five_lines(client, world)
    client.press("F9", "F9")
    client.line("1020185")
    client.line(world["skus"][0])
    client.wait("placed ", "JONES, Sara-Jane", "pending 0 of 1", "28.45")
    fake.delay = {}
    orders = list(fake.orders.values())
    check(len(orders) == 1 and len(orders[0]["lines"]) == 5 and orders[0]["total"] == 17810, "orders: %r" % orders)
    check(orders[0]["distributor"]["id"] == world["manager"], "another person's order")
    client.close()


def fake_next_caller(world):
    """Another distributor's number holds the open order; nothing is added to the wrong one."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.line("1020185")
    client.line(world["skus"][1])
    client.wait("held, not placed: " + world["manager"], "JONES, Sara-Jane", "pending 0 of 1", "12.90")
    stored(fake, [("1020185", 1), (world["manager"], 1)])
    client.close()


def fake_lost_answer(world):
    """The answer to the placing is lost after the server has placed it: one order, its number."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    fake.drop = ["after-placing"]
    client.press("F9", "F9")
    client.wait("placed ")
    check(len(fake.orders) == 1, "%d orders" % len(fake.orders))
    client.close()


def fake_typed_ahead_for_nothing(world):
    """What was typed for the next order never reaches one that was not placed."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(fake_server.LAST)
    fake.delay = {"/quotes": 0.4}
    client.line("+3")
    client.press("F9", "F9")
    client.line("50318")
    client.wait("not placed: see Check", "Up brings it back", "ok: person")
    client.press("Up")
    client.wait("> 50318")
    client.close()


def fake_total_changed(world):
    """The server finds another total: nothing is placed, the new one is shown, F9 takes it."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9")
    client.wait("READ BACK", "TOTAL 28.45")
    fake.total_shift = 100
    client.press("F9")
    client.wait("not placed: the total is no longer", "total was 28.45 -> now 29.45")
    check(not fake.orders, "placed all the same")
    client.press("F9")
    client.wait("placed ", "29.45")
    client.close()


def fake_duplicate_asked_once(world):
    fake = world["fake"]
    fake.duplicate = "The same items were ordered on 100884211 at 10:41 by CC-03."
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9", "F9")
    client.wait("100884211 at 10:41", "F9 again places it")
    check(not fake.orders, "placed without asking")
    client.press("F9")
    client.wait("placed ")
    client.close()


def fake_expired_session(world):
    """The session ends in mid-order: keying goes on, F2 asks for the password, all is sent again."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    fake.expire()
    client.line(world["skus"][1])
    client.wait("session expired: F2", "SIGN IN")
    client.line(world["skus"][3])
    client.type("2*411")
    client.press("F2")
    client.wait("Your order is kept", "CC-07", absent=["F2"])
    client.press("F12")
    client.wait("ORDER", "session expired: F2")
    client.press("F2")
    client.wait("Your order is kept", "CC-07")
    client.type(world["password"])
    client.press("Enter")
    client.wait("ORDER", "pending 0 of 3", "> 2*411")
    client.line("09")
    client.wait("pending 0 of 4")
    client.press("F9", "F9")
    client.wait("placed ")
    client.close()


def fake_expired_while_placing(world):
    """The session ends just before F9 F9: the placing waits for the password, and places once."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9")
    client.wait("READ BACK", "TOTAL 28.45", "a 2 WORK")
    stored(fake, [(world["manager"], 1)])
    fake.expire()
    client.press("F9")
    client.wait("PLACING", "session expired: F2")
    client.press("F2")
    client.wait("Your order is kept")
    client.type(world["password"])
    client.press("Enter")
    client.wait("placed ")
    check(len(fake.orders) == 1, "%d orders" % len(fake.orders))
    client.close()


def fake_lost_link(world):
    """The server goes away in mid-order: keying goes on, F3 warns, and all is sent when it is back."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    fake.drop = [".*"] * 12
    client.line(world["skus"][1])
    client.wait("no link to the server", "LOST")
    client.line(world["skus"][3])
    client.press("F3")
    client.wait("F3 leaves all the same")
    client.wait("pending 0 of 3", "ok", absent=["no link"])
    client.press("F9", "F9")
    client.wait("placed ")
    client.close()


def fake_otp(world):
    world["fake"].otp = "123456"
    client = Client(world, ["--user", world["operator"]])
    client.wait("Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("Code", "the code of the moment")
    client.type("123456")
    client.press("Enter")
    client.wait("My drafts")
    client.close()


def fake_hold_and_recall(world):
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.press("F6")
    client.wait("held, not placed: " + world["manager"], "1 ln")
    released(world["fake"])
    client.line("1020185")
    client.line(world["skus"][1])
    confirmed(client, 1)
    client.press("F7")
    client.wait("which one?", "2 " + world["manager"])
    client.type("2")
    client.wait("JONES, Sarah ", "pending 0 of 1", "24.50", absent=["JONES, Sarah .."])
    client.line("+")
    client.wait("pending 0 of 1", "49.00")
    client.close()


def fake_empty_draft(world):
    """An order on which nothing was keyed leaves nothing behind, not even in the list."""
    fake = world["fake"]
    client = signed_on(world)
    fake.delay = {"/drafts/": 0.2}
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.press("F12")
    client.wait("My drafts", "none", absent=["0 ln"])
    client.close()


def fake_locked_draft(world):
    """A draft that somebody has open is named, and taken over when chosen again."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F12")
    client.wait("My drafts", "1 ln")
    fake.drafts[released(fake)]["locked_by"] = "CC-08"
    client.press("F5")
    client.wait("open: CC-08")
    client.line("1")
    client.wait("CC-08 has it open since", "F8 takes it over")
    client.line("1")
    client.wait("ORDER draft", "pending 0 of 1")
    client.close()


def fake_taken_over(world):
    """Another takes the draft away: keying goes on in a copy."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    stored(fake, [(world["manager"], 1)])
    first = list(fake.drafts)
    fake.drafts[first[0]]["locked_by"] = "CC-08"
    client.line(world["skus"][1])
    client.wait("a copy of your own", "pending 0 of 2")
    client.press("F9", "F9")
    client.wait("placed ")
    check(first[0] in fake.drafts and first[0] not in fake.orders, "the other's draft was touched")
    client.close()


def fake_paste(world):
    """A paste of many lines is one step of undo."""
    client = signed_on(world)
    client.line(world["manager"])
    a, b, c, *_ = world["skus"]
    client.bytes(b"\x1b[200~" + ("%s\r%s\n2*%s" % (a, b, c)).encode() + b"\x1b[201~")
    client.wait("pending 0 of 3")
    client.line("u")
    client.wait("undone", absent=[a + "  "])
    client.bytes(b"\x1b[200~" + ("%s\r" % a * 40).encode() + b"\x1b[201~")
    client.wait("pending 0 of 40")
    for _ in range(3):
        client.press("PageUp")
    screen = client.wait(re.compile(r"\n +9 " + a))
    check(len(re.findall(r"\n +\d+ +%s " % a, screen)) >= 13, "lines are damaged")
    client.close()


def fake_stock(world):
    client = signed_on(world)
    client.line(world["manager"])
    client.line("s" + world["skus"][1])
    client.wait("STOCK", "Leeds main", "In kits")
    golden(client, world, "stock")
    client.press("F12")
    client.wait("ORDER", "Balance 12.50")
    client.line("s40228")
    client.wait("No item 40228", "1 40227")
    client.line("1")
    client.wait("Leeds main")
    client.line("+3")
    client.wait("ORDER", "pending 0 of 1", "26.85")
    client.close()


def fake_find_items(world):
    client = signed_on(world)
    client.line(world["manager"])
    client.line("hand cream")
    client.wait("items: hand cream", "40234")
    client.press("F4")
    client.wait("no people for: hand cream")
    client.press("F4")
    client.wait("items: hand cream", "40234")
    client.line("1")
    client.wait("ORDER", "pending 0 of 1")
    client.close()


def fake_customer_order(world):
    """A customer's order, held and recalled on a slow link: the names come later than the draft."""
    fake = world["fake"]
    client = signed_on(world)
    for text in (world["manager"], "t cust", world["skus"][0], "c"):
        client.line(text)
    client.wait("customers ", "Ana Brown")
    client.line("c brown")
    client.wait(re.compile("customers: brown +1"))
    client.line("1")
    client.wait("Customer order for", "pending 0 of 1")
    client.press("F6")
    client.wait("1 ln")
    fake.delay = {"/quotes": 3}
    client.press("F7", "1", "F9")
    client.wait("total is being confirmed", absent=["READ BACK"])  # a shorter wait needs no word
    client.press("F12")
    client.wait("Customer order for", "pending 0 of 1")
    client.close()


def fake_terminated(world):
    client = signed_on(world)
    client.line(world["terminated"])
    client.line(world["skus"][0])
    client.wait("is terminated and cannot order")
    client.press("F9", "F9")
    client.wait("not placed: see Check", "another number")
    client.close()


def fake_balance(world):
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9")
    client.wait("READ BACK", "TOTAL 28.45")
    client.line("bal 12.51")
    client.wait("can pay 12.50 of this order", "Due later 28.45")
    client.line("bal")
    client.wait("12.50 from the balance", "due later 15.95")
    client.press("F9")
    client.wait("placed ", "due 15.95")
    client.close()


def fake_hostile_text(world):
    """Control characters from the server never reach the terminal; wide names keep the columns."""
    saved = fake_server.ITEMS[fake_server.LAST]["name"]
    fake_server.ITEMS[fake_server.LAST]["name"] = "ab\x1b]0;title\x07\x9b2J\u202e名前cd"
    try:
        client = signed_on(world)
        client.line("102113" + fake_server.damm("102113"))
        client.line(fake_server.LAST)
        client.wait("ab?]0;title??2J", "名前cd", "陳 美玲", re.compile(r"4\.50 +4\.50"))
        client.close()
    finally:
        fake_server.ITEMS[fake_server.LAST]["name"] = saved


def fake_sizes(world):
    """Smaller and larger terminals degrade; what was typed stays."""
    client = signed_on(world)
    five_lines(client, world)
    confirmed(client, 5)
    client.type("3*402")
    for cols, rows in ((20, 16), (40, 12), (79, 23), (132, 43), (10, 3), (1, 1), (80, 24)):
        client.resize(cols, rows)
        if cols >= 20:
            client.wait("> 3*402")
    client.press("F9")
    client.wait("READ BACK")
    for cols, rows in ((20, 16), (40, 12), (5, 5), (132, 43), (80, 24)):
        client.resize(cols, rows)
    client.wait("READ BACK", "> 3*402")
    client.close()


def fake_hang_up(world):
    """The line is gone: the last Enter is on the server, and the program has ended."""
    fake = world["fake"]
    client = signed_on(world)
    fake.delay = {"/drafts": 0.2}
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.line(world["skus"][1])
    client.wait("pending 0 of 2")
    os.kill(client.pid(), signal.SIGHUP)
    client.wait("ended 0")
    drafts = list(fake.drafts.values())
    check(len(drafts) == 1 and len(drafts[0]["draft"]["lines"]) == 2, "kept: %r" % drafts)
    client.close()


def fake_terminals(world):
    """An unknown TERM is no reason to give up."""
    for term in ("no-such-terminal", "vt100", "linux", "screen-256color"):
        client = signed_on(world, term=term)
        client.line(world["manager"])
        client.wait("JONES, Sarah")
        client.close()


def fake_themes(world):
    for theme in ("default", "mono", "contrast"):
        client = Client(world, ["--user", "CC-07", "--theme", theme])
        client.sign_on(world)
        client.close()
    client = Client(world, ["--user", "CC-07"], env={"NO_COLOR": "1"})
    client.sign_on(world)
    client.line(world["terminated"])
    client.wait("terminated")
    escapes = driver.tmux("capture-pane", "-e", "-p", "-t", client.name)
    check(not re.search(r"\x1b\[[0-9;]*3[0-7]m", escapes), "colours in spite of NO_COLOR")
    client.close()


def fake_refusals(world):
    """Wrong uses end with one clear line."""
    cases = [(["--server", "http://example.org"], 64, "must begin with https://"),
             (["--server", "nonsense"], 64, ""), (["--theme", "pink"], 64, "no theme pink"),
             (["--desk", "moon"], 64, "no desk moon"), (["extra"], 64, "what is `extra`"),
             (["--ca", "/no/such/file"], 78, "cannot be read"), ([], 1, "not a terminal"),
             (["--version"], 0, "partyline"), (["--help"], 0, "usage")]
    for args, code, say in cases:
        done = subprocess.run([driver.PROGRAM, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={"HOME": "/nonexistent", "ASAN_OPTIONS": "detect_leaks=0"})
        check(done.returncode == code and say in done.stdout + done.stderr,
              "%r ended %d: %s" % (args, done.returncode, done.stdout + done.stderr))


def fake_no_server(world):
    """No server: said so, and tried again by Enter."""
    client = Client(dict(world, server="http://127.0.0.1:9"), ["--user", "CC-07"])
    client.wait("Password")
    client.type("x")
    client.press("Enter")
    client.wait("no answer: ", "LOST")
    client.close()


def run(test, world):
    server = None
    try:
        if not world:
            server, url = fake_server.start()
            world = dict(fake_server.world(url), fake=server.fake)
        began = time.monotonic()
        test(world)
        if os.environ.get("VERBOSE"):
            print("%6.2f s  %s" % (time.monotonic() - began, test.__name__), flush=True)
        return True
    except Exception as error:
        print("FAIL %s: %s" % (test.__name__, error if isinstance(error, Failed) else traceback.format_exc()))
        return False
    finally:
        if server:
            server.shutdown()
            server.server_close()


def run_all(title, tests, world=None):
    """Those whose names hold one of the arguments; the exit code."""
    wanted = sys.argv[1:]
    tests = [test for test in tests if not wanted or any(w in test.__name__ for w in wanted)]
    driver.begin()
    try:
        results = [run(test, world) for test in tests]
    finally:
        driver.end()
    print("%s: %d passed, %d failed" % (title, results.count(True), results.count(False)))
    return 1 if results.count(False) or not results else 0


def main():
    world = None
    if os.environ.get("SCREEN_WORLD"):
        with open(os.environ["SCREEN_WORLD"]) as file:
            world = {"server": os.environ.get("SCREEN_SERVER"), "ca": os.environ.get("SCREEN_CA"), "name": "jones",
                     **json.load(file)}
    kinds = ("test_",) if world else ("test_", "fake_")
    names = [n for n in globals() if n.startswith(kinds) and n != "fake_server"]
    return run_all("test_screens", [globals()[n] for n in names], world)


if __name__ == "__main__":
    sys.exit(main())
