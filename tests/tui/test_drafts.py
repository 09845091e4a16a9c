#!/usr/bin/python3
"""No draft is lost, none is merged: the client's journal, drafts that are held, recalled, locked,
taken over and brought back, the last order repeated; the real program against the fake server.
  test_drafts.py NAME...   only the tests whose names hold one of these"""
import contextlib
import glob
import os
import re
import signal
import stat
import sys
import tempfile
import time
import traceback

import driver
import fake_server
from driver import Client, Failed, until


def check(condition, say):
    if not condition:
        raise Failed(say)


class Desk:
    """One operator's machine, whose journal outlives its clients; and the fake server."""

    def __init__(self):
        self.state = tempfile.mkdtemp(prefix="pl-desk-", dir="/tmp")
        self.start(0)

    def start(self, port, fake=None):
        self.server, url = fake_server.start(port)
        if fake:
            self.server.fake = fake
        self.world = fake_server.world(url)
        self.fake = self.server.fake

    def stop(self):
        self.fake.down = True
        self.server.shutdown()
        self.server.server_close()

    def restart(self):
        """The same server again, on the same port."""
        self.start(self.server.server_address[1], self.fake)
        self.fake.down = False

    def client(self, **env):
        return Client(self.world, ["--user", "CC-07"], env=dict({"XDG_STATE_HOME": self.state}, **env))

    def signed_on(self, **env):
        return self.client(**env).sign_on(self.world)

    def journals(self):
        return glob.glob(os.path.join(self.state, "partyline/*/*/*.journal"))

    def journal(self):
        text = b""
        for path in self.journals():
            with open(path, "rb") as file:
                text += file.read()
        return text.decode()

    def drafts(self):
        """{ulid: [sku, ...]} as the server has them."""
        return {ulid: [sku for sku, _ in lines] for ulid, lines in self.fake.stored().items()}

    def released(self):
        """Waits until the server has one draft, and nobody has it open; its name."""
        until(lambda: [d["locked_by"] for d in self.fake.drafts.values()] == [""], lambda: "drafts: %r" % self.fake.drafts)
        name, = self.drafts()
        return name

    def requests(self, method, pattern):
        return [body for m, path, body in list(self.fake.log) if m == method and re.fullmatch(pattern, path)]


def die(client):
    pid = client.pid()
    os.kill(pid, signal.SIGKILL)
    client.wait("ended 137")
    client.close()


def keyed(desk, n, client=None):
    client = client or desk.signed_on()
    client.line(desk.world["manager"])
    for sku in desk.world["skus"][:n]:
        client.line(sku)
    client.wait(re.compile(r"pending \d of %d" % n))
    return client


def confirmed(client, lines):
    return client.wait("pending 0 of %d" % lines, "TOTAL", absent=["TOTAL .."])


def one_line_stored(desk):
    client = keyed(desk, 1)
    confirmed(client, 1)
    until(lambda: list(desk.drafts().values()) == [desk.world["skus"][:1]], "not stored")
    return client, list(desk.drafts())[0]


# ---- the journal -----------------------------------------------------------------------------------

def test_killed_on_a_dead_link(desk):
    """What was entered while the server was away survives kill -9, under the draft's own name."""
    client, name = one_line_stored(desk)
    desk.stop()
    for sku in desk.world["skus"][1:4]:
        client.line(sku)
    client.wait(re.compile(r"pending \d of 4"), "LOST")
    die(client)
    desk.restart()
    client = desk.signed_on()
    client.wait("brought back from the last session: 1 draft", "4 ln")
    check(desk.drafts() == {name: desk.world["skus"][:4]}, desk.drafts())
    until(lambda: not desk.journals(), "the old journal is still there")
    client.line("1")
    confirmed(client, 4)
    client.close()


def test_never_stored(desk):
    """An order begun and killed while the server was away is there at the next sign-on, once."""
    client = desk.signed_on()
    desk.stop()
    client = keyed(desk, 2, client)
    die(client)
    desk.restart()
    client = desk.signed_on()
    client.wait("brought back", "2 ln")
    check(list(desk.drafts().values()) == [desk.world["skus"][:2]], desk.drafts())
    die(client)
    client = desk.signed_on()
    client.wait("My drafts", "2 ln", absent=["brought back"])
    check(len(desk.drafts()) == 1, desk.drafts())
    client.close()


def test_stored_needs_nothing(desk):
    """What the server has is not brought back again, and a quiet exit leaves no journal."""
    client = keyed(desk, 2)
    confirmed(client, 2)
    until(lambda: list(desk.drafts().values()) == [desk.world["skus"][:2]], "not stored")
    before = len(desk.requests("PUT", "/drafts/.*"))
    die(client)
    client = desk.signed_on()
    client.wait("2 ln", absent=["brought back"])
    check(len(desk.requests("PUT", "/drafts/.*")) == before, "it was stored again")
    client.line("1")
    confirmed(client, 2)
    client.line(desk.world["skus"][2])
    confirmed(client, 3)
    client.press("F3")
    client.wait("ended 0")
    check(not desk.journals(), desk.journals())
    client.close()


def test_left_on_a_dead_link(desk):
    """F3 on a dead link says that something is not stored; left all the same, it is there next time."""
    client, _ = one_line_stored(desk)
    desk.stop()
    client.line(desk.world["skus"][1])
    client.wait("LOST")
    client.press("F3")
    client.wait("does not have the latest lines yet", "kept here for your next sign-on")
    client.press("F3")
    client.wait("ended 0")
    client.close()
    desk.restart()
    client = desk.signed_on()
    client.wait("brought back", "2 ln")
    client.close()


def test_refused_for_good(desk):
    """What the server will not take is put aside with a word, and not tried for ever."""
    client, _ = one_line_stored(desk)
    desk.stop()
    client.line(desk.world["skus"][1])
    client.wait("LOST")
    die(client)
    desk.restart()
    desk.fake.problem_once.append(("/drafts/0.*", 200, {"ulid": "x", "rev": "", "draft": {}}))  # unreadable: a fault
    client = desk.signed_on()
    client.wait("the next sign-on tries again", "1 ln")
    die(client)
    name, = desk.drafts()
    desk.fake.delay["/drafts/" + name] = 0.1
    gone = {"type": "https://partyline.invalid/problems/forbidden", "title": "forbidden", "status": 403}
    desk.fake.problem_once.append(("/drafts/" + name, 403, gone))
    client = desk.signed_on()
    client.wait("was refused; it is kept in")
    until(lambda: not desk.journals() and glob.glob(os.path.join(desk.state, "partyline/*/*/*.refused")), "not put aside")
    client.press("F5")
    client.wait("1 ln")
    client.close()


def test_long_note(desk):
    """A note that the server would not take is refused here; it can be had back and made shorter."""
    client, _ = one_line_stored(desk)
    client.line("n " + "x" * 501)
    client.wait("at most 500 characters")
    client.line("n " + "x" * 500)
    client.wait("noted")
    until(lambda: any(len(b.get("note") or "") == 500 for b in desk.requests("PUT", "/drafts/.*")), "not stored")
    client.close()


def test_changed_meanwhile(desk):
    """When somebody has changed the draft since, what was lost comes back as a copy of its own."""
    client, name = one_line_stored(desk)
    desk.stop()
    client.line(desk.world["skus"][1])
    client.wait(re.compile(r"pending \d of 2"), "LOST")
    die(client)
    with desk.fake.lock:
        desk.fake.drafts[name]["rev"] += 1
        desk.fake.drafts[name]["draft"]["lines"][0]["qty"] = 7
    desk.restart()
    client = desk.signed_on()
    client.wait("1 as copies", "copy")
    found = desk.drafts()
    check(sorted(map(len, found.values())) == [1, 2] and len(found[name]) == 1, found)
    check(desk.fake.drafts[name]["draft"]["lines"][0]["qty"] == 7, "the other's change is gone")
    copy, = set(found) - {name}
    check(desk.fake.drafts[copy]["from"] == name, "the copy does not say what it is one of")
    die(client)
    client = desk.signed_on()
    client.wait("2 ln", absent=["brought back"])
    check(len(desk.drafts()) == 2, "a second copy was made")
    client.close()


def test_answer_lost(desk):
    """The server has it and the answer was lost: nothing is doubled."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    until(lambda: len(desk.drafts()) == 1, "not stored")
    desk.fake.delay["/drafts/"] = 3
    client.line(desk.world["skus"][1])
    client.wait("pending 0 of 2")
    until(lambda: any(len(b["lines"]) == 2 for b in desk.requests("PUT", "/drafts/.*")), "not sent")
    die(client)
    until(lambda: [len(v) for v in desk.drafts().values()] == [2], "not stored")
    desk.fake.delay.clear()
    client = desk.signed_on()
    client.wait("2 ln")
    until(lambda: not desk.journals(), "the journal is still there")
    check(len(desk.drafts()) == 1, desk.drafts())
    client.close()


def placing(desk, when):
    """A client that dies while its order is being placed; `when` says what the server does with it."""
    client = keyed(desk, 2)
    confirmed(client, 2)
    client.press("F9")
    client.wait("READ BACK  One")
    desk.fake.drop += when
    desk.fake.delay["POST /orders"] = 3
    client.press("F9")
    until(lambda: desk.requests("POST", "/orders"), "not sent")
    die(client)
    until(lambda: not desk.fake.under_way, "the request that is under way does not come to its end")
    desk.fake.delay.clear()


def test_killed_while_placing(desk):
    """The order was placed and nobody heard: the next sign-on tells its number, and places no other."""
    placing(desk, ["after-placing"])
    check(len(desk.fake.orders) == 1, "not placed")
    client = desk.signed_on()
    number = list(desk.fake.orders.values())[0]["number"]
    client.wait("placed " + number, "it was being placed", "none")
    check(len(desk.fake.orders) == 1 and not desk.drafts(), desk.drafts())
    until(lambda: not desk.journals(), "the journal is still there")
    client.close()


def test_killed_before_placing(desk):
    """It had not arrived: it was asked for, so it is placed now, for the same total, once."""
    placing(desk, ["POST /orders"])
    check(not desk.fake.orders, "placed already")
    client = desk.signed_on()
    client.wait(re.compile(r"placed \d+"), "none")
    check(len(desk.fake.orders) == 1, desk.fake.orders)
    client.close()


def test_not_placed_after_all(desk):
    """The total has changed meanwhile: it is not placed, and is there as a draft."""
    placing(desk, ["POST /orders"])
    desk.fake.total_shift = 100
    client = desk.signed_on()
    client.wait("not placed, back among the drafts", "2 ln")
    check(not desk.fake.orders and list(desk.drafts().values()) == [desk.world["skus"][:2]], desk.drafts())
    client.close()


def test_torn_end(desk):
    """A journal whose last record is torn or damaged is read up to there."""
    for damage in (b"x", b"0123456789abcdef {\"is\":\"edit\"", None):
        client = desk.signed_on()
        desk.stop()
        client = keyed(desk, 3, client)
        die(client)
        path, = desk.journals()
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data[:-7] if damage is None else data + damage)
        desk.restart()
        client = desk.signed_on()
        client.wait("brought back", "%d ln" % (2 if damage is None else 3))
        desk.fake.drafts.clear()
        client.press("F3")
        client.wait("ended 0")
        client.close()


def test_for_its_owner_only(desk):
    """Folders 0700, files 0600, whatever the umask; one folder per server and login."""
    old = os.umask(0)
    try:
        client = keyed(desk, 1)
    finally:
        os.umask(old)
    path, = desk.journals()
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "mode of the file")
    check(os.path.basename(os.path.dirname(path)) == "CC-07", path)
    while path != desk.state:
        path = os.path.dirname(path)
        if path != desk.state:
            check(stat.S_IMODE(os.stat(path).st_mode) == 0o700, "mode of " + path)
    client.close()


def test_no_place_for_a_journal(desk):
    """Without a home the client says so, and works."""
    client = desk.signed_on(XDG_STATE_HOME="")
    client.wait("no journal on this machine")
    keyed(desk, 1, client)
    confirmed(client, 1)
    client.close()


def test_two_clients_of_one_login(desk):
    """Two at once have a journal each; a third one leaves those of the living alone."""
    a, b = desk.signed_on(), desk.signed_on()
    desk.stop()
    keyed(desk, 1, a)
    keyed(desk, 2, b)
    until(lambda: len(desk.journals()) == 2, "no two journals")
    die(b)
    desk.restart()
    until(lambda: len(desk.drafts()) == 1, "the one that lives has not stored its own")
    b = desk.signed_on()
    b.wait("brought back", "2 ln", "1 ln")
    check(sorted(map(len, desk.drafts().values())) == [1, 2], desk.drafts())
    a.wait("pending 0 of 1", " ok ")
    a.line(desk.world["skus"][1])
    confirmed(a, 2)
    a.close()
    b.close()


def test_card_numbers_stay_out(desk):
    """Neither entered nor half typed does a card number reach journal or server."""
    client = keyed(desk, 1)
    client.line("n card 4111 1111 1111 1111")
    client.type("n card 4111 1111 11")
    until(lambda: any("n card" in (b.get("typed") or "") for b in desk.requests("PUT", "/drafts/.*")), "not mirrored")
    for text in (desk.journal(), str(desk.fake.log)):
        check(not re.search(r"4111\D{0,3}11", text), "a card number in " + text[:3000])  # not 4111 of a checksum
    until(lambda: '"typed":"n card "' in desk.journal(), desk.journal)
    client.close()


# ---- typed, not entered ----------------------------------------------------------------------------

def recalled_with(desk, text, client):
    client.press("F7")  # and a digit: waits until everything is brought back
    client.type("1")
    client.wait("ORDER draft", "> " + text, "End goes on with what was typed")


def test_typed_comes_back(desk):
    """Half an entry is in the entry line again when the draft is recalled; a key that edits goes on with
    it, a character begins anew, Up has it still."""
    client = keyed(desk, 1)
    client.type("3*402")
    until(lambda: any(b.get("typed") == "3*402" for b in desk.requests("PUT", "/drafts/.*")), "not mirrored")
    die(client)
    client = desk.signed_on()
    recalled_with(desk, "3*402", client)
    client.press("End")
    client.line("16")
    confirmed(client, 2)
    client.type("2*50")
    until(lambda: any(b.get("typed") == "2*50" for b in desk.requests("PUT", "/drafts/.*")), "not mirrored")
    die(client)
    client = desk.signed_on()
    recalled_with(desk, "2*50", client)
    client.line(desk.world["skus"][2])
    confirmed(client, 3)
    client.press("Up", "Up")
    client.wait("> 2*50")
    client.close()


def test_typed_on_a_dead_link(desk):
    """Half an entry that only the journal has."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    desk.stop()
    client.type("n ring tw")
    until(lambda: '"typed":"n ring tw"' in desk.journal(), "not in the journal")
    die(client)
    desk.restart()
    client = desk.signed_on()
    recalled_with(desk, "n ring tw", client)
    client.close()


def test_hang_up(desk):
    """SIGHUP, SIGTERM and the end of the terminal store what was keyed and typed, and end the program."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        client = keyed(desk, 2)
        client.type("3*40")
        os.kill(client.pid(), number)
        client.wait("ended 0")
        client.close()
        (ulid, lines), = desk.drafts().items()
        check(lines == desk.world["skus"][:2] and desk.fake.drafts[ulid]["draft"].get("typed") == "3*40", desk.fake.drafts)
        check(not desk.fake.drafts[ulid]["locked_by"], "still locked")
        desk.fake.drafts.clear()
    client = keyed(desk, 2)
    pid = client.pid()
    client.close()
    until(lambda: not os.path.exists("/proc/%d" % pid), "it goes on without a terminal")
    check([len(v) for v in desk.drafts().values()] == [2], desk.drafts())


def test_hang_up_while_placing(desk):
    """Nobody is there any more to be told: the next sign-on tells, whether the answer came or not."""
    for late in (0.5, 4):
        client = keyed(desk, 2)
        confirmed(client, 2)
        client.press("F9")
        client.wait("READ BACK  One")
        desk.fake.delay["/orders"] = late
        desk.fake.orders.clear()
        desk.fake.log.clear()
        client.press("F9")
        until(lambda: desk.requests("POST", "/orders"), "not sent")
        os.kill(client.pid(), signal.SIGHUP)
        client.wait("ended 0")
        client.close()
        until(lambda: desk.fake.orders, "not placed")
        desk.fake.delay.clear()
        client = desk.signed_on()
        number = list(desk.fake.orders.values())[0]["number"]
        client.wait("placed " + number, "it was being placed")
        check(len(desk.fake.orders) == 1 and not desk.drafts(), (desk.fake.orders, desk.drafts()))
        client.press("F3")
        client.wait("ended 0")
        client.close()


# ---- held, recalled, taken over --------------------------------------------------------------------

def test_hold_and_recall_in_3_keys(desk):
    """F6, F7 and a digit: three keys, and the order is as it was."""
    client = keyed(desk, 2)
    client.keys = 0
    client.press("F6")
    client.wait("My drafts")
    client.press("F7")
    client.type("1")
    confirmed(client, 2)
    check(client.keys == 3, client.keys)
    client.close()


def test_a_digit_before_the_list_is_there(desk):
    """A number and Enter on home chooses a draft of the list that is still on its way; what is typed
    behind it is for that draft."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    desk.fake.delay["/drafts$"] = 1.5
    client.press("F6")
    client.wait("My drafts")
    client.line("1")
    client.line(desk.world["skus"][1])
    confirmed(client, 2)
    desk.fake.delay.clear()
    client.close()


def test_held_on_a_dead_link(desk):
    """Several orders held while the server is away are listed, can be recalled, and are stored once it
    is back."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    client.press("F6")
    client.wait("My drafts", "1 ln")
    desk.stop()
    client.line(desk.world["manager"])
    for sku in desk.world["skus"][:3]:
        client.line(sku)
    client.wait(re.compile(r"pending \d of 3"))
    client.press("F6")
    client.wait("My drafts", "3 ln", "not stored yet")
    client.press("F7")
    client.type("1")
    client.wait(re.compile(r"pending \d of 3"))
    client.line(desk.world["skus"][3])
    client.wait(re.compile(r"pending \d of 4"))
    client.press("F6")
    client.wait("4 ln", "not stored yet")
    desk.restart()
    client.wait("4 ln", "1 ln", absent=["not stored yet"])
    check(sorted(map(len, desk.drafts().values())) == [1, 4], desk.drafts())
    client.close()


def test_take_over(desk):
    """Who has it and since when; one key takes it over; a number typed instead is a number."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    client.press("F6")
    client.wait("1 ln")
    desk.fake.drafts[desk.released()]["locked_by"] = "TOM"
    client.press("F5")
    client.wait("open: TOM")
    client.line("1")
    client.wait("TOM has it open since", "F8 takes it over")
    check(not desk.requests("POST", "/drafts/.*/take-over"), "taken without asking")
    client.press("F8")
    client.wait("ORDER draft", "taken over", "pending 0 of 1")
    check(len(desk.requests("POST", "/drafts/.*/take-over")) == 1, "not taken over")
    client.press("F6")
    client.wait("My drafts")
    client.press("F8")
    client.wait("choose a draft first")
    client.close()


def test_taken_while_placing(desk):
    """Taken over between the two F9: nothing is placed before it is asked for again."""
    client, name = one_line_stored(desk)
    client.press("F9")
    client.wait("READ BACK  One")
    desk.fake.delay["/drafts/"] = 0.3
    client.line("n ring twice")
    client.press("F9")
    desk.fake.drafts[name]["locked_by"] = "TOM"
    client.wait("not placed: somebody else has this order")
    check(not desk.fake.orders, "placed")
    desk.fake.delay.clear()
    client.press("F9")
    client.wait(re.compile(r"placed \d+"))
    check(name not in desk.fake.orders and len(desk.fake.orders) == 1, "the other's was placed")
    client.close()


def test_changed_before_placing(desk):
    """Somebody has changed the draft since it was stored, and nothing is keyed here: it is not placed;
    F9 then places what is shown here, as a copy, and leaves theirs alone."""
    client, name = one_line_stored(desk)
    with desk.fake.lock:
        desk.fake.drafts[name]["rev"] += 1
        desk.fake.drafts[name]["draft"]["lines"][0]["qty"] = 7
    client.press("F9", "F9")
    client.wait("not placed", "a copy of your own")
    check(not desk.fake.orders, "placed")
    client.press("F9")
    client.wait(re.compile(r"placed \d+"))
    (key, order), = desk.fake.orders.items()
    check(key != name and order["lines"][0]["qty"] == 1, order)
    check(desk.fake.drafts[name]["draft"]["lines"][0]["qty"] == 7, "theirs was touched")
    client.close()


def test_expired_in_mid_order(desk):
    """The session ends in mid-order: keyed and typed things are there after signing on in place, and the
    order stays with who began it."""
    client = keyed(desk, 1)
    confirmed(client, 1)
    desk.fake.expire()
    client.line(desk.world["skus"][1])
    client.wait("F2")
    client.type("2*411")
    client.press("F2")
    client.wait("Your order is kept")
    client.press("BTab")
    for _ in range(6):
        client.press("BSpace")
    client.type("CC-08")
    client.press("Tab")
    client.type("partyline-demo")
    client.press("Enter")
    client.wait("the open order is CC-07's")
    client.press("BTab")
    for _ in range(6):
        client.press("BSpace")
    client.type("cc-07")
    client.press("Tab")
    client.type("partyline-demo")
    client.press("Enter")
    client.wait("ORDER draft", "> 2*411")
    client.line("09")
    confirmed(client, 3)
    until(lambda: [len(v) for v in desk.drafts().values()] == [3], desk.drafts)
    client.close()


# ---- the last order --------------------------------------------------------------------------------

def placed_before(desk, client):
    client.line(desk.world["manager"])
    for text in (desk.world["skus"][0], "2*" + desk.world["skus"][1]):
        client.line(text)
    client.press("F9", "F9")
    client.wait(re.compile(r"placed \d+"), "who orders?")


def test_last_order_in_11_keys(desk):
    """The distributor, F8, F9, F9: 11 keys, typed ahead of every answer."""
    client = desk.signed_on()
    placed_before(desk, client)
    desk.fake.delay["/orders"] = 0.2
    client.keys = 0
    client.line(desk.world["manager"])
    client.press("F8", "F9", "F9")
    check(client.keys == 11, client.keys)
    until(lambda: len(desk.fake.orders) == 2, lambda: "not placed: " + client.screen())
    first, second = desk.fake.orders.values()
    check([(l["sku"], l["qty"]) for l in first["lines"]] == [(l["sku"], l["qty"]) for l in second["lines"]], "other lines")
    client.close()


def test_last_order_is_shown(desk):
    """It stands in the head; F8 adds its lines in one step of undo; nobody else's is taken."""
    client = desk.signed_on()
    client.line(desk.world["manager"])
    client.press("F8")
    client.wait("has no earlier order")
    client.press("F12")
    placed_before(desk, client)
    client.line(desk.world["manager"])
    client.wait("Last 22 Nov 46.35 (F8 dup)")
    client.line(desk.world["skus"][4])
    client.press("F8")
    confirmed(client, 3)
    client.wait("2 lines of order")
    client.line("u")
    confirmed(client, 1)
    client.line("r")
    confirmed(client, 3)
    client.press("F6")
    client.wait("My drafts")
    client.line("jones sar")
    client.wait("1020185")
    client.line("2")
    client.wait("JONES, Sara-Jane", absent=["F8 dup"])
    client.close()


def test_last_order_has_a_dead_item(desk):
    """An item that is not sold any more comes along with its line, which says so; nothing is left out."""
    client = desk.signed_on()
    placed_before(desk, client)
    order, = desk.fake.orders.values()
    order["lines"][1] = dict(order["lines"][1], sku="70001")
    client.line(desk.world["manager"])
    client.press("F8")
    client.wait(re.compile(r"2 70001 .*\?"), re.compile("!! 70001 is mistyped|!! No item 70001"))
    client.press("F9", "F9")
    client.wait("not placed: see Check.", "!! line 2: ")
    client.close()


def run(test):
    desk = Desk()
    try:
        began = time.monotonic()
        test(desk)
        if os.environ.get("VERBOSE"):
            print("%6.2f s  %s" % (time.monotonic() - began, test.__name__), flush=True)
        return True
    except Exception as error:
        print("FAIL %s: %s" % (test.__name__, error if isinstance(error, Failed) else traceback.format_exc()))
        return False
    finally:
        with contextlib.suppress(OSError):
            desk.stop()
        driver.states.append(desk.state)  # removed once its clients have ended


def main(title="test_drafts", names=None):
    """Runs the functions test_... among those names; other files of tests at a desk call it for theirs."""
    wanted = sys.argv[1:]
    tests = [run_it for name, run_it in list((names or globals()).items())
             if name.startswith("test_") and callable(run_it) and (not wanted or any(w in name for w in wanted))]
    driver.begin()
    try:
        results = [run(test) for test in tests]
    finally:
        driver.end()
    print("%s: %d passed, %d failed" % (title, results.count(True), results.count(False)))
    return 1 if results.count(False) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
