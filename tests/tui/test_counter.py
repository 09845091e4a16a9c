#!/usr/bin/python3
"""The showroom: a shift from its float to its Z report, sales in cash, by card and by link, what is parked and
picked up, taken back and printed. Keys are counted; nothing is sold that cannot be sent."""
import os
import sys
import tempfile

import each
import fake_server
import fake_till
from driver import Client, golden, until
from test_linear import script
from test_screens import check

CONFIG = tempfile.mkdtemp(prefix="pl-till-", dir="/tmp")
ROSE, CREAM = 2450, 895  # of fake_server.ITEMS
PHONED = fake_server.code("10088413")


def posted(world, pattern="/orders"):
    return [b for m, p, b in world["fake"].log if m == "POST" and p == pattern]


def signed_on(world, *args, **more):
    client = Client(world, ["--user", "S-04", *args], **more)
    client.wait("S-04")
    client.type(world["password"])
    client.press("Enter")
    return client


def at_counter(world, *args, **more):
    client = signed_on(world, "--till", "LEEDS-2", *args, **more)
    client.wait("LEEDS-2", "this one")
    client.keys = 0
    client.line("150")
    client.wait("OPEN LEEDS-2 with a float of 150.00")
    client.press("F9")
    client.wait("the shift at LEEDS-2 is open with 150.00", "Drawer")
    return client


def scan(client, *skus):
    for sku in skus:
        client.bytes(b"\x02" + sku.encode() + b"\r")


def on_sale(world, *args, skus=None, **more):
    client = at_counter(world, *args, **more)
    scan(client, *(skus or world["skus"][:2]))
    client.wait("pending 0 of 2", "33.45", "TO PAY")
    client.keys = 0
    return client


# ---- selling

def test_cash(world):
    """Cash after scans: five keys, and the change is there before and after."""
    client = on_sale(world)
    client.line("100")
    client.wait("ok  cash 100.00, change 66.55", "GIVE BACK")
    golden(client, world, "counter-cash")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    check(client.keys <= 5, "%d keys" % client.keys)
    (body,) = posted(world)
    check(body["shift"] == "1" and body["ship_to"]["kind"] == "pickup", body)
    check(body["tenders"] == [{"kind": "cash", "amount": ROSE + CREAM, "given": 10000}], body["tenders"])
    check((body["type"], body["customer"]) == ("customer", fake_till.WALK_IN), body)
    golden(client, world, "counter-sold")
    client.close()


def test_bare_amount_is_no_slip(world):
    """Less than what is to be paid is rather a slip than a part; four digits are a SKU with one left out."""
    client = on_sale(world)
    client.line("20")
    client.wait("20.00 is less than the 33.45 to be paid; ca 20.00 takes it as a part.")
    client.line(world["skus"][0][:4])
    client.wait("no number has the length of")
    client.press("F9")
    client.wait("33.45 is to be paid yet")
    check(not posted(world), "something was sold")
    client.line("ca 20")
    client.wait("ok  cash 20.00, still to pay 13.45")
    client.line("u")
    client.wait("undone", absent=["13.45"])
    client.close()


def test_split(world):
    """A certificate, a card slip for a part, the rest in cash; change is of the cash alone."""
    world["fake"].certificates["8441102700000008"] = 1000
    client = on_sale(world)
    client.line("gc8441102700000008")
    client.wait("gift certificate 10.00")
    client.line("v0423 20.00")
    client.wait("card terminal 0423 20.00")
    client.line("5")
    client.wait("change 1.55")
    golden(client, world, "counter-split")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    print("   split of certificate, slip and cash: %d keys" % client.keys)
    (body,) = posted(world)
    check([(t["kind"], t["amount"], t.get("ref"), t.get("given")) for t in body["tenders"]] ==
          [("certificate", 1000, "8441102700000008", None), ("card_present", 2000, "0423", None), ("cash", 345, None, 500)], body)
    client.close()


def test_cash_and_rest_on_card(world):
    """What takes the rest takes what the cash leaves, in whatever order they are keyed."""
    client = on_sale(world)
    client.line("v0423")
    client.line("ca 10")
    client.wait("card terminal 0423 23.45", "cash 10.00")
    client.press("F9")
    client.wait("SOLD 100884")
    (body,) = posted(world)
    check([(t["kind"], t["amount"]) for t in body["tenders"]] == [("cash", 1000), ("card_present", 2345)], body["tenders"])
    client.close()


def test_distributor(world):
    """Their number, and theirs is the price; the type goes with it."""
    client = on_sale(world)
    client.line(world["manager"])
    client.wait("JONES, Sarah", "distributor price", "Balance 12.50")
    client.line("50")
    client.wait("change 16.55")
    client.press("F9")
    client.wait("SOLD 100884")
    (body,) = posted(world)
    check(body["distributor"] == world["manager"] and body["type"] == "personal" and not body.get("customer") and body["ship_to"]["kind"] == "pickup", body)
    client.close()


def test_lines(world):
    """- voids the last line, .n*q changes one, u brings back."""
    client = on_sale(world)
    client.line("-")
    client.wait("pending 0 of 1", "24.50", absent=["hand cream"])
    client.line(".1*3")
    client.wait("73.50")
    client.line("u")
    client.line("u")
    client.wait("33.45", "hand cream")
    client.close()


def test_total_changed(world):
    """The total that the customer was told is the one that is paid."""
    client = on_sale(world)
    client.line("100")
    client.wait("change 66.55")
    world["fake"].total_shift = 100
    client.press("F9")
    client.wait("not sold", "34.45")
    check(not world["fake"].orders, "it was sold")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    client.close()


def test_typed_ahead(world):
    """A whole sale before the first answer: sold once, for its total."""
    client = at_counter(world)
    client.line(world["skus"][0])
    client.line("100")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    check(len(world["fake"].orders) == 1, world["fake"].orders)
    client.close()


# ---- parking, picking up, taking back

def test_park(world):
    """F6 puts it aside, F7 and its digit bring it back: three keys."""
    client = on_sale(world)
    client.press("F6")
    client.wait("parked, not sold", absent=["TO PAY"])
    until(lambda: [d["locked_by"] for d in world["fake"].drafts.values()] == [""], "it is still locked")
    client.press("F7")
    client.wait("Parked", re_digit())
    golden(client, world, "counter-parked")
    client.type("1")
    client.wait("33.45", "TO PAY")
    check(client.keys == 3, "%d keys" % client.keys)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    check(posted(world)[0]["shift"] == "1", posted(world))
    client.close()


def park_and_recall(client, world):
    client.press("F6")
    client.wait("parked, not sold", absent=["TO PAY"])
    until(lambda: [d["locked_by"] for d in world["fake"].drafts.values()] == [""], "it is still locked")
    client.press("F7")
    client.wait("Parked", re_digit())
    client.type("1")


def test_park_with_tenders(world):
    """What was keyed of the payment is there again, and nothing of it is charged or told to a till before F9."""
    world["fake"].certificates["8441102700000008"] = 1000
    client = on_sale(world)
    client.line("gc8441102700000008")
    client.wait("gift certificate 10.00")
    client.line("v0423 20.00")
    client.wait("card terminal 0423 20.00")
    park_and_recall(client, world)
    client.wait("gift certificate 10.00", "card terminal 0423 20.00", "TO PAY", "3.45")
    check(not posted(world), posted(world))
    client.line("5")
    client.wait("change 1.55")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    (body,) = posted(world)
    check([(t["kind"], t["amount"], t.get("ref"), t.get("given")) for t in body["tenders"]] ==
          [("certificate", 1000, "8441102700000008", None), ("card_present", 2000, "0423", None), ("cash", 345, None, 500)], body)
    check("paying" not in body, body)
    client.close()


def test_parked_cash(world):
    """Cash keyed is what was handed over; undone, it is undone when the sale comes back."""
    client = on_sale(world)
    client.line("50")
    client.wait("change 16.55")
    park_and_recall(client, world)
    client.wait("GIVE BACK", "cash 50.00")
    client.line("v0423 20.00")
    client.wait("card terminal 0423 20.00")
    client.line("u")
    client.wait("undone", absent=["card terminal"])
    park_and_recall(client, world)
    client.wait("GIVE BACK", "cash 50.00", absent=["card terminal"])
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    check([(t["kind"], t["given"]) for t in posted(world)[0]["tenders"]] == [("cash", 5000)], posted(world))
    client.close()


def test_parked_certificate_is_spent(world):
    """Between parking and recalling somebody else has spent it: the row says so, and it pays nothing."""
    world["fake"].certificates["8441102700000008"] = 1000
    client = on_sale(world)
    client.line("gc8441102700000008")
    client.wait("gift certificate 10.00")
    client.press("F6")
    client.wait("parked, not sold")
    until(lambda: [d["locked_by"] for d in world["fake"].drafts.values()] == [""], "it is still locked")
    world["fake"].certificates["8441102700000008"] = 0
    client.press("F7")
    client.wait("Parked", re_digit())
    client.type("1")
    client.wait("GC ..0008 is worth nothing now", "TO PAY", "33.45", "choose another")
    client.press("F9")
    client.wait("33.45 is to be paid yet")
    check(not posted(world), posted(world))
    client.line("50")
    client.wait("change 16.55")
    client.press("F9")
    client.wait("SOLD 100884")
    check([t["kind"] for t in posted(world)[0]["tenders"]] == ["cash"], posted(world))
    client.close()


def test_parked_certificate_has_less(world):
    world["fake"].certificates["8441102700000008"] = 1000
    client = on_sale(world)
    client.line("gc8441102700000008")
    client.wait("gift certificate 10.00")
    world["fake"].certificates["8441102700000008"] = 400
    park_and_recall(client, world)
    client.wait("gift certificate 4.00", "TO PAY")
    client.close()


def test_tenders_outlive_the_terminal(world):
    """A client that dies with half of a payment keyed: the next one has the draft with it."""
    state = tempfile.mkdtemp(prefix="pl-died-", dir="/tmp")
    client = on_sale(world, env={"XDG_STATE_HOME": state})
    client.line("v0423 20.00")
    client.wait("card terminal 0423 20.00")
    os.kill(client.pid(), 9)
    client.close()
    client = signed_on(world, env={"XDG_STATE_HOME": state})
    client.wait("brought back from the last session: 1 draft")
    until(lambda: [d["draft"].get("paying") for d in world["fake"].drafts.values()] == [[{"kind": "card_present", "amount": 2000, "ref": "0423"}]],
          lambda: "not brought back: %s" % world["fake"].drafts)
    check(not posted(world), posted(world))
    client.close()


def re_digit():
    import re
    return re.compile(r"^  1 .* 2 ln", re.MULTILINE)


def phoned(world, due=True):
    """An order that waits at the counter."""
    fake = world["fake"]
    person = {"id": world["manager"], "name": "JONES, Sarah", "rank_name": "Manager", "status": "active", "balance": 1250}
    line = {"id": "l1", "sku": world["skus"][0], "name": "Velvet Rose eau de parfum 50ml", "qty": 1, "amount": ROSE, "unit": ROSE,
            "priced": True, "discount": 0, "tax": 408, "cv": 1633, "pv": 1633, "shares": [], "why": []}
    fake.orders["PHONED"] = {"number": PHONED, "state": "placed", "payment": "due" if due else "captured", "total": ROSE, "currency": "GBP",
                             "exponent": 2, "due": ROSE if due else 0, "type": "personal", "lines": [line], "distributor": person,
                             "customer": None, "placed_at": "2025-11-22T10:00:00Z", "placed_by": "CC-07", "version": "1", "revisions": [],
                             "coupons": []}
    fake_till.of(fake).pickups.append(PHONED)


def test_pick_up(world):
    """A phoned order: its digit, what is due in cash, F9."""
    phoned(world)
    client = at_counter(world)
    client.wait(PHONED + " JONES, Sarah", "to pay 24.50")
    golden(client, world, "counter-home")
    client.keys = 0
    client.line("1")
    client.wait(PHONED, "TO PAY", "it is to be paid first")
    client.press("F9")
    client.wait("it is to be paid first: 100 is cash")
    client.line("30")
    client.wait("GIVE BACK", "F9 hands it over")
    golden(client, world, "counter-pick-up")
    client.press("F9")
    client.wait("HANDED OVER %s" % PHONED, "GIVE BACK")
    print("   pick-up by its digit, paid in cash: %d keys" % (client.keys - 1))
    check(client.keys - 1 <= 6, client.keys)
    check(posted(world, "/orders/%s/hand-over" % PHONED) == [{"shift": "1", "tenders": [{"kind": "cash", "amount": ROSE, "given": 3000}]}],
          posted(world, "/orders/%s/hand-over" % PHONED))
    client.close()


def test_pick_up_paid(world):
    phoned(world, due=False)
    client = at_counter(world)
    client.line(PHONED)
    client.wait("F9 hands it over")
    client.press("F9")
    client.wait("HANDED OVER %s" % PHONED)
    client.line(PHONED)
    client.wait("it was handed over already")
    client.close()


def test_link(world):
    """Paid by a link: its address is shown, the goods stay here until the money is there, and then go by F9."""
    client = on_sale(world)
    client.line("l")
    client.wait("by link: F9 shows it")
    client.press("F9")
    client.wait("the goods stay here until it is paid", "https://pay.example/4Yq7-Zt1b", "the payment is not there yet")
    golden(client, world, "counter-link")
    client.press("F9")
    client.wait("the payment is not there yet: it is looked for")
    number = next(iter(world["fake"].orders.values()))["number"]
    fake_till.paid(world["fake"], number)
    client.wait("F9 hands it over")
    client.press("F9")
    client.wait("HANDED OVER " + number)
    client.close()


def test_void(world):
    """The sale just made is taken back whole: a reason, and F9."""
    client = on_sale(world)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    client.keys = 0
    client.line("void wrong size")
    client.wait("TAKE BACK", "wrong size", "shipped" if fake_till.DONE == "shipped" else fake_till.DONE)
    golden(client, world, "counter-void")
    client.press("F9")
    client.wait("taken back", "cancelled")
    print("   void of the last sale with a reason of two words: %d keys" % client.keys)
    number = next(iter(world["fake"].orders.values()))["number"]
    check(posted(world, "/orders/%s/void" % number) == [{"shift": "1", "reason": "wrong size"}], world["fake"].log[-3:])
    client.close()


def test_void_dropped(world):
    client = on_sale(world)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    client.line("void")
    client.wait("why? void and the reason.")
    client.line("void wrong size")
    client.wait("TAKE BACK")
    client.line("u")
    client.wait("undone", absent=["TAKE BACK"])
    client.close()


# ---- the shift

def test_x_on_the_sale(world):
    """Where there is no hint to be hidden, x is the report, as at home; F12 is back at the sale."""
    client = on_sale(world)
    client.line("x")
    client.wait("X REPORT", absent=["there is no hint"])
    client.press("F12")
    client.wait("33.45", "TO PAY")
    client.close()


def test_pick_up_has_no_lines_to_key(world):
    """On an order that is given out the verbs of a sale's lines are no verbs, and its help does not have them."""
    phoned(world)
    client = at_counter(world)
    client.wait(PHONED + " JONES, Sarah")
    client.line("1")
    client.wait(PHONED, "TO PAY")
    client.line("y")
    client.wait("take the hint. It works on", absent=["there is no hint"])
    client.line("x")
    client.wait("X REPORT")
    client.press("F12")
    client.wait(PHONED, "TO PAY")
    client.press("F1")
    client.wait("HELP for: HAND OVER", "gc411027", absent=["take the hint", "a coupon"])
    client.close()


def test_choosing_the_till(world):
    """Without a setting the till is chosen by its digit; one that is taken says who is at it."""
    fake_till.of(world["fake"]).shifts.append({"id": "9", "till": "LEEDS-1", "float": 0, "moves": [], "state": "other", "key": "x", "who": "BEN", "keys": {}})
    client = signed_on(world)
    client.wait("1 LEEDS-1", "2 LEEDS-2", "which one is this?")
    client.line("150")
    client.wait("first the till: its digit.")
    client.line("2")
    client.wait("ok  LEEDS-2", "this one")
    golden(client, world, "counter-tills")
    client.line(world["skus"][0])
    client.wait("open the shift first")
    client.close()


def test_day(world):
    """From the float to the Z report."""
    client = at_counter(world)
    keys = {"open": client.keys}
    client.keys = 0
    client.line("in 20 change")
    client.wait("PAY IN 20.00, change: F9 does it")
    client.press("F9")
    client.wait("20.00 paid in: change")
    keys["pay in"] = client.keys - len("change ")
    client.line("out 3.60 stamps")
    client.wait("PAY OUT 3.60, stamps: F9 does it")
    client.press("F9")
    client.wait("3.60 paid out: stamps")
    client.line("out 500 all of it")
    client.wait("PAY OUT 500.00")
    client.press("F9")
    client.wait("drawer short")
    client.line(world["skus"][0])
    client.wait("TO PAY")
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    client.press("F12")
    client.wait("sales 1")
    client.keys = 0
    client.line("x")
    client.wait("X REPORT", "LEEDS-2")
    keys["X"] = client.keys
    client.press("F12")
    client.wait("To be picked up")
    client.keys = 0
    client.line("z 20x9 5x2 0.80x1")
    client.wait("CLOSE the shift, 190.80 counted")
    golden(client, world, "counter-close")
    client.press("F9")
    client.wait("Z REPORT", "Difference", "closed, Z 1: 190.80 counted, 0.10 too little")
    keys["Z by pieces"] = client.keys
    golden(client, world, "counter-z")
    shift = fake_till.of(world["fake"]).shifts[0]
    check((shift["counted"], shift["pieces"]) == (19080, [{"value": 2000, "count": 9}, {"value": 500, "count": 2}, {"value": 80, "count": 1}]), shift)
    client.press("F12")
    client.wait("which one is this?")
    print("   keys:", ", ".join("%s %d" % one for one in keys.items()))
    check(keys == {"open": 5, "pay in": 7, "X": 2, "Z by pieces": 19}, keys)
    client.close()


def test_closing_waits_for_the_sale(world):
    client = on_sale(world)
    client.press("F12")
    client.wait("Parked")
    until(lambda: [d["locked_by"] for d in world["fake"].drafts.values()] == [""], "it is still locked")
    client.line("z 150")
    client.wait("CLOSE the shift, 150.00 counted")
    client.line("u")
    client.wait("dropped; nothing was done.")
    client.press("F9")
    client.wait("nothing is keyed that F9 could do.")
    client.close()


# ---- the printer

def printer(world, name="paper"):
    path = os.path.join(CONFIG, name)
    with open(path, "wb"):
        pass
    return path


def test_receipts(world):
    """What the server makes goes to the printer, byte by byte; F8 prints a copy, which opens no drawer."""
    path = printer(world)
    client = on_sale(world, "--receipt-printer", path)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    number = next(iter(world["fake"].orders.values()))["number"]
    first = until(lambda: open(path, "rb").read(), "nothing was printed")
    check(first.startswith(b"\x1b@\x1bp\x00\x19\xfa") and first.endswith(b"\x1dV\x00") and number.encode() in first, first)
    client.press("F8")
    client.wait("COPY", "TOTAL", number)
    golden(client, world, "counter-receipt")
    until(lambda: len(open(path, "rb").read()) > len(first), "no copy was printed")
    copy = open(path, "rb").read()[len(first):]
    check(b"COPY" in copy and b"\x1bp" not in copy, copy)
    check(fake_till.of(world["fake"]).printed == [(number, False), (number, True)], fake_till.of(world["fake"]).printed)
    client.press("F12")
    client.wait("SOLD " + number)
    client.close()


def test_printer_is_missing(world):
    """The sale stands; F8 prints it once the printer is there, as what it was, no copy."""
    path = os.path.join(CONFIG, "not-there-yet")
    client = on_sale(world, "--receipt-printer", path)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884", "NOT PRINTED, F8 tries again: ")
    check(not os.path.exists(path), "it was made")
    printer(world, "not-there-yet")
    client.press("F8")
    client.wait("printing")
    have = until(lambda: open(path, "rb").read(), "nothing was printed")
    check(b"COPY" not in have and have.startswith(b"\x1b@\x1bp"), have)
    os.unlink(path)
    client.close()


def test_no_printer(world):
    client = on_sale(world)
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884", "sold 100884")
    client.press("F12")
    client.wait("Printer none: receipt_printer in partyline.conf")
    client.close()


def test_config_file(world):
    """Till and printer stand in partyline.conf."""
    folder = os.path.join(CONFIG, "conf", "partyline")
    os.makedirs(folder, exist_ok=True)
    path = printer(world, "configured")
    with open(os.path.join(folder, "partyline.conf"), "w") as conf:
        conf.write("till = LEEDS-2\nreceipt_printer = %s\ndesk = showroom\n" % path)
    client = signed_on(world, env={"XDG_CONFIG_HOME": os.path.dirname(folder)})
    client.wait("LEEDS-2", "this one")
    client.line("150")
    client.press("F9")
    client.wait("is open with 150.00")
    client.line(world["skus"][0])
    client.line("50")
    client.press("F9")
    client.wait("SOLD 100884")
    until(lambda: open(path, "rb").read(), "nothing was printed")
    client.close()


# ---- without a link

def test_link_is_lost(world):
    """Keying goes on, F9 says that it is not sold, and sells it once when the link is back."""
    world["fake"].catalogue = 1
    client = on_sale(world)
    world["fake"].down = True
    scan(client, world["skus"][3])
    client.wait("LOST", "47.65")
    client.line("100")
    client.wait("change 52.35")
    client.press("F9")
    client.wait("NOT SOLD YET", "F9 sells it when the link is back")
    golden(client, world, "counter-lost")
    check(not world["fake"].orders, "it was sold")
    world["fake"].down = False
    client.wait(" ok ", "pending 0 of 3", absent=["LOST"])
    check(not world["fake"].orders, "it was sold behind one's back")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    check(len(world["fake"].orders) == 1, world["fake"].orders)
    client.close()


def test_answer_is_lost(world):
    """It was sold, and only the answer got lost: the same key finds it, and nothing is sold twice."""
    client = on_sale(world)
    client.line("50")
    world["fake"].drop.append("after-placing")
    client.press("F9")
    client.wait("SOLD 100884", "GIVE BACK")
    check(len(world["fake"].orders) == 1, world["fake"].orders)
    client.close()


def test_died_while_selling(world):
    """A client that dies between the question and its answer: the next one finds what became of it, as a sale."""
    state = tempfile.mkdtemp(prefix="pl-died-", dir="/tmp")
    client = on_sale(world, env={"XDG_STATE_HOME": state})
    client.line("50")
    client.wait("change 16.55")
    world["fake"].down = True
    client.press("F9")
    client.wait(re_any("NOT SOLD YET", "PLACING"))
    pid = client.pid()
    os.kill(pid, 9)
    client.close()
    world["fake"].down = False
    client = signed_on(world, env={"XDG_STATE_HOME": state})
    client.wait(re_any("placed 100884", "brought back"))
    sales = fake_till.of(world["fake"]).sales
    check(len(world["fake"].orders) == len(sales) <= 1, (world["fake"].orders, sales))
    client.close()


def re_any(*texts):
    import re
    return re.compile("|".join(map(re.escape, texts)))


def test_without_a_screen(world):
    """The same day in lines: float, sale, change, X and Z; every fact is said, and the exit code is good."""
    a, b = world["skus"][:2]
    said, code, errors = script(world, ["150", "/9", a, "2*" + b, "-", b, "20", "100", "/9", "/12", "x", "/12", "z 183.45", "/9"],
                                ("--linear", "--user", "S-04", "--desk", "showroom", "--till", "LEEDS-2"))
    at = 0
    for wanted in ("SHOWROOM: Velvet & Vine Ltd, TRAINING", "till 2: LEEDS-2 Showroom Leeds, till 2, this one",
                   "OPEN LEEDS-2 with a float of 150.00: F9 does it, u drops it", "the shift at LEEDS-2 is open with 150.00",
                   "SALE at LEEDS-2", "ok line 1: 1*%s" % a, "to pay 24.50 GBP", "to pay 33.45 GBP",
                   "!! 20.00 is less than the 33.45 to be paid; ca 20.00 takes it as a part.",
                   "cash 100.00, change 66.55 GBP", "sold 100884222  33.45 GBP  change 66.55", "X REPORT  LEEDS-2",
                   "CLOSE the shift, 183.45 counted: F9 does it, u drops it", "closed, Z 1: 183.45 counted, as it should be"):
        found = said.find(wanted, at)
        check(found >= 0, "no %r behind %r in\n%s%s" % (wanted, said[:at][-60:], said, errors))
        at = found
    check("LEEDS-1" in said and not fake_till.current(world["fake"]), said)


# ---- signing on, sizes, languages

def test_desks(world):
    """2 is the showroom, for those who may; counter staff need not say it."""
    client = Client(world, ["--user", "CC-07", "--desk", "showroom"])
    client.wait("Desk", "2 Showroom")
    client.type(world["password"])
    client.press("Enter")
    client.wait("the showroom is for counter staff: this is the call centre.", "My drafts")
    client.close()
    client = Client(world, ["--user", "SV-01"])
    client.wait("Password")
    client.type(world["password"])
    client.press("Tab")
    client.type("3")
    client.wait("the desks are 1, the call centre, and 2, the showroom.")
    client.type("2")
    golden(client, world, "counter-signon")
    client.press("Enter")
    client.wait("SHOWROOM", "which one is this?")
    client.close()


def test_supervisor_sees_the_drawer(world):
    fake_till.of(world["fake"]).supervisor = True
    client = at_counter(world)
    client.wait("Drawer  150.00")
    client.close()


def test_sizes(world):
    for cols, rows in ((132, 43), (60, 20), (20, 16)):
        client = signed_on(world, "--till", "LEEDS-2", cols=cols, rows=rows) if cols < 80 else at_counter(world, cols=cols, rows=rows)
        if cols < 80:
            client.wait("LEEDS-1")
            client.line("150")
            client.press("F9")
            client.wait("LEEDS-2")
            until(lambda: fake_till.current(world["fake"]), "no shift")
            client.wait("Drawer" if cols > 20 else "LEEDS-2")
        scan(client, *world["skus"][:2])
        client.wait("33.45")
        client.line("50")
        client.wait("16.55")
        golden(client, world, "counter-%dx%d" % (cols, rows))
        client.close()
        fake_till.of(world["fake"]).shifts.clear()
        world["fake"].drafts.clear()


def test_mono(world):
    client = on_sale(world, env={"NO_COLOR": "1"})
    client.line("100")
    client.wait("change 66.55", "GIVE BACK")
    client.close()


def test_languages(world):
    for lang, change in (("de", "RÜCKGELD"), ("zh_CN", "找零")):
        fake_till.of(world["fake"]).shifts.clear()
        world["fake"].drafts.clear()
        client = signed_on(world, "--till", "LEEDS-2", "--lang", lang)
        client.wait("LEEDS-2")
        client.line("150")
        client.press("F9")
        until(lambda: fake_till.current(world["fake"]), "no shift")
        scan(client, *world["skus"][:2])
        client.wait("33.45")
        client.line("100")
        client.wait("66.55", change)
        golden(client, world, "counter_" + lang)
        client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_counter", globals(), tmux=True))
