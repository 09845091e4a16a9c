#!/usr/bin/python3
"""Around the orders: home with the day, lists, the card of an order and of a person, details changed,
a new customer, review item by item, taking an order back, the menu and the tips."""
import os
import re
import shutil
import sys
import tempfile

from driver import golden, until
from test_linear import script
from test_screens import check, confirmed, five_lines, run_all, signed_on

ENTRY = 23


def placed(client, world):
    """The number of the order that is open now."""
    before = {o["number"] for o in world["fake"].orders.values()}
    client.press("F9")
    client.wait(re.compile(r"READ BACK  \w"))
    client.press("F9")
    client.wait("ORDER", re.compile(r"placed (?!%s)\d+" % ("|".join(before) or "-")), "who orders?")
    client.press("F12")
    client.wait("HOME", "My drafts")
    return next(o["number"] for o in world["fake"].orders.values() if o["number"] not in before)


def small_order(client, world, sku=0):
    client.line(world["manager"])
    client.line(world["skus"][sku])
    confirmed(client, 1)
    return placed(client, world)


# ---- home ---------------------------------------------------------------------------------------

def home_tells_the_day(world):
    """Orders, money, volume, pace, the tail as it was here, the month; what is due, by its letter."""
    client = signed_on(world)
    client.wait("Today  0 orders", "Month  closes Sun 30 Nov (8 days)", absent=["tail", "Needs attention"])
    five_lines(client, world)
    confirmed(client, 5)
    placed(client, world)
    client.wait("Today  1 order   178.10 GBP   CV 106.54   71 s/order   tail ", "1 order of today is not paid yet: 178.10 GBP")
    client.line("a")
    client.wait("ORDERS", "taken by you", "JONES, Sarah")
    client.press("F12")
    client.wait("Today")
    client.line("b")  # no such letter: a search, as ever
    client.wait("people: b")
    client.close()


def home_tells_what_happened(world):
    """Goods for who waits, orders that are complete, repeat orders that failed: each by its letter, once."""
    fake = world["fake"]
    client = signed_on(world)
    number = small_order(client, world)
    fake.arrived = [{"id": "5", "sku": world["skus"][0], "item": "Velvet Rose", "qty": 2, "distributor": world["manager"],
                     "name": "JONES, Sarah", "phone": "07700 900123", "since": "2025-11-20T10:00:00Z"}]
    fake.notices = [{"id": "8", "kind": "back_order", "ref": number, "sku": world["skus"][0], "name": "Velvet Rose", "at": "2025-11-22T10:00:00Z"},
                    {"id": "9", "kind": "autosave_balance", "ref": "3", "sku": "", "name": "", "at": "2025-11-22T10:00:00Z"}]
    client.press("F5")
    client.wait("a 2*%s Velvet Rose is there for JONES, Sarah 07700 900123" % world["skus"][0],
                "b order %s is complete: Velvet Rose has arrived" % number, "c repeat order 3: the account held too little",
                "d 1 order of today is not paid yet")
    client.line("a")
    client.wait("STOCK", "off the waiting list: JONES, Sarah 07700 900123")
    until(lambda: not fake.arrived, "they are still on the list")
    client.press("F12")
    client.press("F5")
    client.wait("a order %s is complete" % number, absent=["is there for"])
    client.line("a")
    client.wait("PLACED", "payment due", number)
    until(lambda: [n["id"] for n in fake.notices] == ["9"], lambda: fake.notices)
    client.close()


def a_disputed_order(world):
    """What was taken back at the bank stands on the order, with what waits for it; home tells of it."""
    fake, client = world["fake"], signed_on(world)
    number = small_order(client, world)
    found = next(o for o in fake.orders.values() if o["number"] == number)
    dispute = {"id": "1", "state": "open", "reason": "product_not_received", "amount": 2845, "fee": 1500, "lost": 0, "waits": 1000,
               "due_by": "2025-11-29T12:05:11Z", "opened_at": "2025-11-22T12:05:11Z", "ended_at": None}
    found["disputes"] = [dispute]
    fake.notices = [{"id": "8", "kind": "dispute", "ref": number, "sku": "", "name": "", "at": "2025-11-22T10:00:00Z"}]
    client.press("F5")
    client.wait("a order %s: its payment is charged back" % number)
    client.line("a")
    client.wait("PLACED", "Dispute  28.45 nothing received, charged back: evidence until 29 Nov 12:05", "a refund of 10.00 waits until the bank has decided")
    golden(client, world, "placed_disputed")
    until(lambda: not fake.notices, "the notice is still there")
    found["disputes"] = [dict(dispute, state="lost", waits=0, ended_at="2025-11-30T12:05:11Z")]
    client.press("F5")
    client.wait("Dispute  28.45 nothing received, lost, fee 15.00", absent=["waits until"])
    for kind, say in (("dispute_inquiry", "the bank asks about its payment"), ("dispute_won", "the dispute is won"),
                      ("dispute_lost", "the dispute is lost"), ("dispute_closed", "the dispute came to nothing")):
        fake.notices = [{"id": "8", "kind": kind, "ref": number, "sku": "", "name": "", "at": "2025-11-22T10:00:00Z"}]
        client.press("F12")
        client.press("F5")
        client.wait("a order %s: %s" % (number, say))
        client.line("a")
        client.wait("PLACED", "Dispute  28.45")
        until(lambda: not fake.notices, "the notice is still there")
    client.close()


def an_order_is_held(world):
    client = signed_on(world)
    number = small_order(client, world)
    client.line(number)
    client.wait(number + "   placed")
    client.press("F6")
    client.wait("the order is on hold; F6 lets it go on", number + "   on hold")
    client.press("F6")
    client.wait("the order goes on", number + "   placed")
    client.close()


def stock_is_waited_for(world):
    """For the person of the order that is open; without one it is asked who waits."""
    fake, client, sku = world["fake"], signed_on(world), world["skus"][0]
    client.line("s" + sku)
    client.wait("STOCK", sku, ".w 2 puts on the waiting list")
    client.line(".w 2")
    client.wait("who waits? begin an order with the distributor first.")
    client.line(world["manager"])
    client.wait("ORDER", "JONES")
    client.line("s" + sku)
    client.wait("STOCK", ".w 2 puts")
    client.line(".w 3")
    client.wait("on the waiting list; home tells when it is there")
    check(fake.waiting == [(sku, world["manager"], 3)], fake.waiting)
    client.close()


# ---- taking back --------------------------------------------------------------------------------

def u_behind_a_placed_order(world):
    """Where placing ends, too: u is about the order that was placed while no other is begun."""
    fake, client = world["fake"], signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9")
    client.wait(re.compile(r"READ BACK  \w"))
    client.press("F9")
    client.wait("ORDER", "placed ", "who orders?")
    number = next(iter(fake.orders.values()))["number"]
    for key in ("F5", "F8", "F9"):
        client.press(key)
    client.wait("there is nothing on the order yet")
    client.line("u")
    client.wait("u again cancels order " + number)
    client.line("u")
    client.wait("cancelled " + number)
    check(not fake.drafts, "a draft was made: %s" % fake.drafts)
    client.close()


def u_asks_once(world):
    fake, client = world["fake"], signed_on(world)
    client.line("u")
    client.wait("nothing to undo")
    number = small_order(client, world)
    client.line("u")
    client.wait("u again cancels order %s (28.45 GBP)" % number)
    client.line("jones")  # anything else keeps it
    client.wait("people: jones")
    client.press("F12")
    client.line("u")
    client.wait("u again cancels")
    check(not [r for r in fake.log if r[1].endswith("/cancel")], "cancelled without having been asked twice")
    client.line("u")
    client.wait("cancelled " + number, "cancelled 1")
    client.line("u")
    client.wait("nothing to undo")
    client.close()


def too_late_says_who_can(world):
    fake, client = world["fake"], signed_on(world)
    number = small_order(client, world)
    fake.cancel_problem = "Order %s could be cancelled until 13:05. Now the back office or a supervisor can do it." % number
    client.line("u")
    client.line("u")
    client.wait("until 13:05")
    client.line(number)
    client.wait("PLACED", "DUE 28.45")
    client.line("u")
    client.wait("could be cancelled until 13:05", absent=["u cancels it"])
    check(len([r for r in fake.log if r[1].endswith("/cancel")]) == 1, "asked although the card says no")
    client.close()


# ---- orders -------------------------------------------------------------------------------------

def orders_are_listed_and_opened(world):
    fake, client = world["fake"], signed_on(world)
    numbers = [small_order(client, world, n % 3) for n in range(2)]
    client.line("o")
    client.wait("orders: taken by you", *numbers)
    golden(client, dict(world, numbers=numbers), "orders")
    client.line("1")
    client.wait("PLACED", numbers[1] + "   placed", "Payment", "History")
    golden(client, world, "order_card")
    client.press("F12")
    for text, has in ((world["manager"], True), ("jones", True), ("okafor", False), ("2025-11-22", True), ("2025-11-21", False)):
        client.line("o " + text)
        client.wait(("orders: " if has else "no orders: ") + text, *(numbers if has else []))
    client.line("o" + numbers[0])
    client.wait("PLACED", numbers[0] + "   placed")
    client.line("u")
    client.wait("u again cancels order " + numbers[0])
    client.line("u")
    client.wait(numbers[0] + "   cancelled", "PAID 0.00")
    check([o["state"] for o in fake.orders.values()] == ["cancelled", "placed"], "the wrong one went")
    client.close()


def pages_of_orders(world):
    fake, client = world["fake"], signed_on(world)
    small_order(client, world)
    one = next(iter(fake.orders.values()))
    for n in range(11):
        fake.orders["more%d" % n] = dict(one, number="%09d" % (200000000 + n), placed_at="2025-11-22T1%d:00:00Z" % (n % 10))
    client.line("o")
    client.wait("200000010", "200000002", "PgDn", absent=["200000001"])
    client.press("PageDown")
    client.wait("200000001", one["number"], absent=["200000002"])
    client.press("PageDown")
    client.wait("there are no earlier ones")
    client.press("PageUp")
    client.wait("200000010")
    client.close()


# ---- people -------------------------------------------------------------------------------------

def person_card(world):
    client = signed_on(world)
    number = small_order(client, world)
    client.line("i" + world["manager"])
    client.wait("PERSON", "07700 900123", "1 HOME", "2 WORK", number)
    golden(client, world, "person")
    client.line("1")
    client.wait("PLACED", number, "History")
    client.line("i")
    client.wait("PERSON", "sponsor 1000704")
    client.line("o")
    client.wait("orders: " + world["manager"])
    client.press("F12")
    client.line("i jones")
    client.wait("people: jones")
    client.line("2")
    client.wait("PERSON", "JONES, Sara-Jane")
    client.close()


def edited(client):
    client.press("F9")
    client.wait("DETAILS", "Phone")


def details_are_changed(world):
    """One field saved, another cleared, nothing else sent; the card shows it."""
    fake, client = world["fake"], signed_on(world)
    client.line("i" + world["manager"])
    client.wait("PERSON", "07700 900123")
    edited(client)
    golden(client, world, "details")
    client.press("C-u")
    client.press("Tab")
    client.type("sarah@example.org")
    client.press("F9")
    client.wait("saved: JONES, Sarah", "E-mail     sarah@example.org", "Phone      -")
    sent = [r[2] for r in fake.log if r[0] == "PATCH"]
    check(sent == [{"phone": None, "email": "sarah@example.org"}], "sent %s" % sent)
    edited(client)
    client.press("Down", "Down", "Down")
    client.press("C-u")
    client.type("1 陳 Street")
    client.press("F9")
    client.wait("1 HOME  JONES, Sarah, 1 陳 Street, Leeds, LS6 2QT")
    edited(client)
    client.type("9")
    client.press("F12")
    client.wait("not saved")
    client.press("F12")
    client.wait("PERSON", "Last orders")
    check(len([r for r in fake.log if r[0] == "PATCH"]) == 2, "saved although it was left")
    client.close()


def details_without_a_screen(world):
    """--linear asks for one field after the other; what is not said stays."""
    fake = world["fake"]
    out, code, _ = script(world, ["i" + world["manager"], "/9", "0113 496 0000", "", "/9", "/12", world["manager"], "nc brown, ana",
                                  "", "", "07700 900999", "/9", "o", "/2", "balance", "/12"])
    check("PERSON: JONES, Sarah" in out and "Phone? Enter keeps it" in out and "saved: JONES, Sarah" in out, out)
    sent = [r[2] for r in fake.log if r[0] == "PATCH"]
    check(sent == [{"phone": "0113 496 0000"}], "sent %s" % sent)
    check("new customer BROWN, Ana stands on the order" in out, out)
    check("ORDERS: taken by you" in out and "MENU: " in out, out)
    check(code in (0, 1), "ended %d" % code)


def somebody_was_quicker(world):
    fake, client = world["fake"], signed_on(world)
    client.line("i" + world["manager"])
    client.wait("PERSON", "07700 900123")
    edited(client)
    fake.people[world["manager"]] = {"phone": "0113 496 0000", "email": "theirs@example.org"}
    fake.person_version[world["manager"]] = 2
    client.press("C-u")
    client.type("0113 496 0001")
    client.press("F9")
    client.wait("somebody else changed it", "now: 0113 496 0000", "0113 496 0001", "theirs@example.org")
    client.press("F9")
    client.wait("PERSON", "Phone      0113 496 0001", "E-mail     theirs@example.org")
    sent = [r[2] for r in fake.log if r[0] == "PATCH"]
    check(sent == [{"phone": "0113 496 0001"}] * 2, "sent %s" % sent)
    client.close()


def new_customer_on_the_telephone(world):
    fake, client = world["fake"], signed_on(world)
    client.line("nc brown")
    client.wait("no people for: nc brown")
    client.press("F12")
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.line("nc brown, ana")
    client.wait("A new customer of " + world["manager"], "Brown", "Ana")
    client.press("Tab", "Tab")
    client.type("07700 900999")
    client.press("Tab", "Tab", "Tab")
    client.type("1 High St")
    client.press("Tab", "Tab")
    client.type("Leeds")
    client.press("F9")
    client.wait("ORDER", "new customer BROWN, Ana stands on the order", "Customer order")
    made = next(r[2] for r in fake.log if r[1] == "/customers" and r[0] == "POST")
    made = dict(made, address={k: v for k, v in made["address"].items() if v})
    check(made == {"distributor": world["manager"], "name": "BROWN, Ana", "family_name": "Brown", "given_name": "Ana",
                   "phone": "07700 900999",
                   "address": {"line1": "1 High St", "city": "Leeds", "country": "GB"}}, "sent %s" % made)
    until(lambda: [(d["draft"]["customer"], d["draft"]["type"]) for d in fake.drafts.values()] == [("C9", "customer")],
          lambda: "the order is not hers: %r" % fake.drafts)
    client.close()


# ---- review -------------------------------------------------------------------------------------

def at_cursor(client):
    y, x = client.cursor()
    return client.row(y)[x - 1:]


def read_out_item_by_item(world):
    """The cursor stands on the item that is read; a quantity is mended there; typing is in its line."""
    client = signed_on(world)
    five_lines(client, world)
    confirmed(client, 5)
    client.press("F9")
    client.wait("READ BACK  One rose perfume fifty mil, one hand cream, two")
    for n, words in enumerate(("One rose", "one hand cream", "two of the Silk", "one", "three of the winter"), 1):
        client.press("Enter")
        client.wait("line %d: " % n)
        until(lambda said=words: at_cursor(client).startswith(said), lambda no=n: "item %d: the cursor is at %r" % (no, at_cursor(client)))
    client.type(".")
    client.wait("> .")
    client.cursor_at(ENTRY, 4)
    client.line("2*5")
    client.wait("five of the hand cream", "total was 178.10 -> now 209.95")
    client.close()


def addresses_in_review(world):
    fake, client = world["fake"], signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.press("F9")
    client.wait("a 1* HOME", "a 2 WORK")
    def where():
        return [d["draft"]["ship_to"] for d in fake.drafts.values()]
    home = {"kind": "distributor", "choice": 1}
    for text, say, stored in (
            ("a 9", "address 9 does not exist", None), ("a 2", "a 2* WORK", dict(home, choice=2)), ("a p", "a p* picked up", {"kind": "pickup"}),
            ("a 5 Dock Road, Hull, HU1 1AA", "ok  to 5 Dock Road, Hull HU1 1AA", "Hull"), ("a 1", "a 1* HOME", home), ("a Hull", "cannot be Hull", home)):
        client.line(text)
        client.wait(say)
        until(lambda to=stored: to is None or where() == [to] or where()[0].get("address", {}).get("city") == to,
              lambda for_text=text: "%s: %r" % (for_text, where()))
    client.close()


def the_other_order_is_shown(world):
    fake, client = world["fake"], signed_on(world)
    number = small_order(client, world)
    fake.duplicate = "The same items were ordered on %s at 12:05 by CC-07." % number
    client.line(world["manager"])
    client.line(world["skus"][0])
    confirmed(client, 1)
    client.press("F9")
    client.wait("READ BACK  One")
    client.press("F9")
    client.wait("F9 again places it")
    client.line(".d")
    client.wait("PLACED", number + "   placed")
    client.press("F12")
    client.wait("REVIEW", "The same items were ordered on " + number)
    client.press("F9")
    client.wait(re.compile(r"placed \d+"))
    client.close()


# ---- stock, duplicates ---------------------------------------------------------------------------

def stock_tells_what_is_coming(world):
    client = signed_on(world)
    client.line(world["manager"])
    client.line("s" + world["skus"][1])
    client.wait("Due Mon 24 Nov", "600  to LEEDS  firm", "1200  to LEEDS  planned", "From Mon 1 Dec 9.45 GBP WINTER-1",
                "In kits: " + world["skus"][4])
    golden(client, world, "stock_dues")
    client.line("+2")
    client.wait("ORDER", "ok  2*" + world["skus"][1])
    client.close()


def the_card_is_repeated(world):
    fake, client = world["fake"], signed_on(world)
    client.line(world["manager"])
    client.line("2*" + world["skus"][0])
    client.line(world["skus"][1])
    confirmed(client, 2)
    number = placed(client, world)
    client.line(number)
    client.wait("PLACED", "History")
    client.press("F8")
    client.wait("ORDER", "ok  2 lines of order " + number)
    confirmed(client, 2)
    placed(client, world)
    first, second = ([(line["sku"], line["qty"]) for line in o["lines"]] for o in fake.orders.values())
    check(first == second, "not the same: %s" % second)
    client.close()


# ---- menu, help, tips ---------------------------------------------------------------------------

def menu_finds_keys_and_entries(world):
    client = signed_on(world)
    client.press("F2")
    client.wait("MENU", "keys and entries: type to search")
    golden(client, world, "menu")
    client.type("ask the ser")
    client.wait("1  F5", absent=["2  F"])
    client.press("Enter")
    client.wait("My drafts", "next time: F5")
    client.press("F2")
    client.type("stock")
    client.wait("s40227")
    client.type("1")
    client.wait("HOME", "> s")
    client.press("C-u")
    client.press("F2")
    client.type("again")  # works elsewhere: it is told where
    client.wait("price the order")
    client.press("C-u")
    client.line(world["manager"])  # an entry is an entry, also here
    client.wait("ORDER", "JONES, Sarah")
    client.press("F1")
    client.wait("HELP for: ORDER")
    client.line("n ring twice")
    client.wait("ORDER", "Note ring twice")
    client.press("F1")
    client.wait("HELP for: ORDER")
    client.type("balance")
    client.wait("MENU", "bal")
    client.press("Enter")
    client.wait("bal 12.50 works on: REVIEW")
    client.close()


def f2_signs_in_when_expired(world):
    client = signed_on(world)
    world["fake"].expire()
    client.press("F5")
    client.wait("session expired", "F2 SIGN IN")
    client.press("F2")
    client.wait("Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("My drafts", absent=["F2 SIGN IN"])
    client.close()


def tips_for_the_new(world):
    """Shown to who has taken few orders; `tips` turns them off, and that is remembered."""
    home = tempfile.mkdtemp(prefix="pl-home-", dir="/tmp")
    world["fake"].experience = 3
    client = signed_on(world, env={"HOME": home})
    client.wait("begins an order; F2 lists all there is")
    client.line(world["manager"])
    client.wait("an item's number adds one")
    client.line("tips")
    client.wait("tips are off", absent=["an item's number adds one"])
    client.close()
    client = signed_on(world, env={"HOME": home})
    client.wait("Today", absent=["begins an order; F2"])
    client.line("tips")
    client.wait("tips are on", "begins an order; F2")
    client.close()
    until(lambda: os.listdir(home + "/.config/partyline") == ["tips-CC-07"], lambda: "kept elsewhere: %s" % os.listdir(home + "/.config/partyline"))
    shutil.rmtree(home)
    world["fake"].experience = 100
    client = signed_on(world)
    client.wait("Today", absent=["begins an order; F2"])
    client.close()


def where_an_entry_works(world):
    client = signed_on(world)
    for text, say in ((".2*5", "it works on ORDER, REVIEW"), ("bal", "bal works on: REVIEW, SALE, REPEAT. Here it was searched for."),
                      ("gc411027", "whose is it?")):
        client.line(text)
        client.wait(say)
    client.line(world["manager"])
    client.line("t party")
    client.wait("t own (Own order), t cust (Customer order), t aid (Sales aids)")
    client.close()


TESTS = [home_tells_the_day, home_tells_what_happened, a_disputed_order, an_order_is_held, stock_is_waited_for, u_asks_once, u_behind_a_placed_order, too_late_says_who_can, orders_are_listed_and_opened, pages_of_orders, person_card,
         details_are_changed, details_without_a_screen, somebody_was_quicker, new_customer_on_the_telephone, read_out_item_by_item, addresses_in_review,
         the_other_order_is_shown, stock_tells_what_is_coming, the_card_is_repeated, menu_finds_keys_and_entries, f2_signs_in_when_expired, tips_for_the_new, where_an_entry_works]

if __name__ == "__main__":
    sys.exit(run_all("test_around", TESTS))
