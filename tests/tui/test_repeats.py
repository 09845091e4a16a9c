#!/usr/bin/python3
"""Repeat orders at the terminal: made of an order, listed, read, changed, skipped, paused, stopped.
  test_repeats.py NAME...   only the tests whose names hold one of these"""
import re
import sys

import test_drafts
from driver import Client, golden, until
from test_change import an_order
from test_drafts import check
from test_linear import script


def made(desk, client):
    """One of an order just placed; its id."""
    number, _ = an_order(desk, client)
    client.line(number)
    client.wait("PLACED", number + "   placed")
    client.line("rep m 15")
    client.wait("NEW REPEAT ORDER", "every month on day 15", "due each time", re.compile(r"TOTAL \d"))
    client.press("F9")
    client.wait("repeat order 1 is begun", "REPEAT ORDER 1   active", "Next Mon 15 Dec, then Thu 15 Jan")
    return number


def repeat(desk):
    found, = desk.fake.repeats
    return found


def lines(desk):
    return [(line["sku"], line["qty"]) for line in repeat(desk)["lines"]]


def test_made_of_an_order(desk):
    """Nothing is begun before F9; what comes is what the order has, priced as one of today."""
    client, (a, b, *_) = desk.signed_on(), desk.world["skus"]
    number, _ = an_order(desk, client)
    client.line(number)
    client.wait("PLACED", number + "   placed")
    client.line("rep m 15")
    client.wait("NEW REPEAT ORDER", "every month on day 15", re.compile(r"TOTAL \d"))
    golden(client, desk.world, "repeat_new")
    check(desk.fake.repeats == [], "it was begun before F9")
    client.line("every 2w 3")
    client.wait("every 2 weeks on Wed")
    client.line("bal")
    client.wait("paid from the balance")
    client.line(".1*3")
    client.line("-")
    client.wait(re.compile(r"1 %s .* 3 " % a), absent=[b])
    client.press("F9")
    client.wait("repeat order 1 is begun", "REPEAT ORDER 1   active")
    check({k: repeat(desk)[k] for k in ("every", "unit", "day", "pays", "type", "distributor", "price_list", "date")} ==
          {"every": 2, "unit": "week", "day": 3, "pays": "balance", "type": "personal", "distributor": desk.world["manager"],
           "price_list": None, "date": None}, repeat(desk))
    check(lines(desk) == [(a, 3)], lines(desk))
    client.close()


def test_made_of_a_draft(desk):
    """The order that is open stays open beside it."""
    client, (a, *_) = desk.signed_on(), desk.world["skus"]
    client.line(desk.world["manager"])
    client.line("2*" + a)
    client.wait("pending 0 of 1")
    client.line("rep 30d 2026-01-01")
    client.wait("NEW REPEAT ORDER", "every 30 days", re.compile(r"TOTAL \d"))
    client.press("F9")
    client.wait("repeat order 1 is begun")
    check((repeat(desk)["unit"], repeat(desk)["day"], repeat(desk)["from"]) == ("day", None, "2026-01-01"), repeat(desk))
    client.press("F12")
    client.wait("ORDER draft", a)
    client.close()


def test_dropped(desk):
    """F12 asks once before what is keyed is dropped."""
    client = desk.signed_on()
    number, _ = an_order(desk, client)
    client.line(number)
    client.wait("PLACED", number)
    client.line("rep m 15")
    client.wait("NEW REPEAT ORDER")
    client.press("F12")
    client.wait("not saved: F9 saves it, F12 again drops what was keyed.", "NEW REPEAT ORDER")
    client.press("F12")
    client.wait("PLACED", number)
    check(desk.fake.repeats == [], "it was begun")
    client.close()


def test_what_is_no_schedule(desk):
    client = desk.signed_on()
    client.line("rep m 15")
    client.wait("of which order? It is made on the order that is open or shown.")
    client.line("rep every now and then")
    client.wait("rep and how often: rep m 15")
    number, _ = an_order(desk, client)
    client.line(number)
    client.wait("PLACED", number)
    client.line("rep m 15")
    client.wait("NEW REPEAT ORDER")
    client.line("every m 40")
    client.wait("how often? every m 15", "every month on day 15")
    client.close()


def test_listed_and_changed(desk):
    """By the person's number, from the person's card, and from home; every edit waits for F9."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    made(desk, client)
    repeat(desk)["runs"] = [
        {"due": "2025-11-15", "at": "2025-11-17T02:00:00Z", "result": "balance", "attempt": 2, "order": None, "total": None,
         "detail": {"out": [], "later": [], "why": "balance_short"}},
        {"due": "2025-10-15", "at": "2025-10-15T02:00:00Z", "result": "placed", "attempt": 1, "order": "100883999", "total": 3740,
         "detail": {"out": [{"sku": b, "qty": 1, "why": "stock_short"}], "later": [{"sku": a}]}}]
    client.press("F12", "F12")
    client.line("rep")
    client.wait("REPEATS", "repeat orders: everybody's", "every month on day 15", "JONES")
    client.line("i" + desk.world["manager"])
    client.wait("PERSON", "rep repeat orders")
    client.line("rep")
    client.wait("repeat orders: JONES, Sarah", "Mon 15 Dec", "2 ln", "due later", "active")
    golden(client, desk.world, "repeats")
    client.line("1")
    client.wait("REPEAT ORDER 1", re.compile("Sat 15 Nov  the account held too little *\n"), "Wed 15 Oct  placed 100883999  37.40  left out: %s  later: %s" % (b, a))
    client.line("2*" + c)
    client.wait("ok  2*%s: F9 saves it" % c, "*Ln")
    client.line("every 2w 3")
    client.wait("*every 2 weeks on Wed, was every month on day 15")
    golden(client, desk.world, "repeat")
    check(lines(desk) == [(a, 1), (b, 1)] and repeat(desk)["unit"] == "month", "it was changed before F9")
    client.press("F9")
    client.wait("saved", absent=["*every", "*Ln"])
    check(lines(desk) == [(a, 1), (b, 1), (c, 2)] and (repeat(desk)["every"], repeat(desk)["unit"], repeat(desk)["day"]) == (2, "week", 3), repeat(desk))
    sent = desk.requests("PATCH", "/autosaves/1")[-1]
    check(sorted(sent) == ["day", "every", "lines", "unit"], sent)
    client.line("later")
    client.wait("*due each time")
    client.line("u")
    client.wait("ok  as it is stored", absent=["*due"])
    client.close()


def test_a_kit_with_its_choices(desk):
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    made(desk, client)
    client.line("2*%s/13" % c)
    client.wait("ok  2*" + c)
    client.press("F9")
    client.wait("saved")
    check([line.get("choices") for line in repeat(desk)["lines"]] == [None, None, ["1", "3"]], repeat(desk)["lines"])
    client.close()


def test_skipped_paused_stopped(desk):
    """Each is said and seen; stopping is asked once, as it is for good."""
    client = desk.signed_on()
    made(desk, client)
    client.line("skip")
    client.wait("ok  the next one is left out", "Next Thu 15 Jan", "Mon 15 Dec  left out")
    client.line("pause")
    client.wait("ok  paused: none comes until resume", "REPEAT ORDER 1   paused", absent=["Next"])
    client.line("resume")
    client.wait("ok  it comes again", "REPEAT ORDER 1   active")
    client.line("stop")
    client.wait("stop again ends it for good; anything else keeps it.")
    client.line("every m 1")
    client.wait("*every month on day 1,")
    client.line("stop")
    client.wait("stop again ends it for good")
    check(repeat(desk)["state"] == "active", "it was stopped by one word")
    client.line("stop")
    client.wait("ok  stopped for good", "REPEAT ORDER 1   stopped")
    client.line("skip")
    client.wait("it is stopped for good. F8 orders the same once more.")
    client.press("F8")
    client.wait("ORDER", "ok  an order of today with the lines of repeat order 1", "pending 0 of 2")
    client.close()


def test_by_the_stored_card(desk):
    """It is chosen by its verb; what became of a card that was declined stands there, until it is paid."""
    client = desk.signed_on()
    made(desk, client)
    client.line("card")
    client.wait("*paid by the stored card")
    client.press("F9")
    client.wait("saved", " paid by the stored card", absent=["*paid"])
    check(repeat(desk)["pays"] == "card", repeat(desk))
    charge = {"order": "100884222", "state": "open", "declines": 1, "next": "2025-12-16", "why": "Your card was declined."}
    for change, words in (({}, "Order 100884222: the card was declined, asked again on Tue 16 Dec"),
                          ({"next": None}, "Order 100884222: the card is being asked again"),
                          ({"next": None, "state": "paid"}, "Next Mon 15 Dec, then Thu 15 Jan")):
        repeat(desk)["charge"] = dict(charge, **change)
        client.press("F5")
        client.wait(words)
    repeat(desk).update(charge=dict(charge, state="given_up", next=None), state="paused")
    client.press("F5")
    client.wait("Paused: the card for order 100884222 was declined too often", "paused")
    client.press("F12")
    client.close()


def test_somebody_else_was_quicker(desk):
    """412: theirs is shown, what is marked is ours, and F9 is asked again."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    made(desk, client)
    client.line("every 2w 3")
    client.wait("*every 2 weeks on Wed")
    theirs = repeat(desk)
    theirs.update(version=theirs["version"] + 1, pays="balance", day=20)
    client.press("F9")
    client.wait("not saved: somebody has changed it meanwhile.", "*every 2 weeks on Wed, was every month on day 20", "paid from the balance")
    check(theirs["day"] == 20, "theirs was overwritten unseen")
    client.press("F9")
    client.wait("saved", absent=["*every"])
    check((theirs["unit"], theirs["day"], theirs["pays"]) == ("week", 3, "balance"), theirs)
    client.close()


def test_a_refusal_keeps_what_is_keyed(desk):
    client = desk.signed_on()
    made(desk, client)
    desk.fake.problem_once.append(("/autosaves/1", 422, {"type": "https://partyline.invalid/problems/problems", "status": 422, "title": "problems",
                                                         "problems": [{"field": "/pays", "code": "tender_kind", "severity": "stop", "say": "That cannot pay it."}]}))
    client.line("every 2w 3")
    client.wait("*every 2 weeks on Wed")
    client.press("F9")
    client.wait("That cannot pay it.", "*every 2 weeks on Wed")
    client.close()


def test_home_leads_to_it(desk):
    client = desk.signed_on()
    made(desk, client)
    desk.fake.notices = [{"id": "9", "kind": "autosave_balance", "ref": "1", "sku": "", "name": "", "at": "2025-11-22T10:00:00Z"}]
    client.press("F12", "F12", "F12")
    client.wait("HOME")
    client.press("F5")
    client.wait("a repeat order 1: the account held too little")
    client.line("a")
    client.wait("REPEAT ORDER 1   active")
    until(lambda: not desk.fake.notices, "the notice is still there")
    client.close()


def test_small_terminals(desk):
    client = desk.signed_on()
    made(desk, client)
    client.close()
    for cols, rows in ((60, 20), (20, 16), (132, 43)):
        client = Client(desk.world, ["--user", "CC-07"], cols=cols, rows=rows, env={"XDG_STATE_HOME": desk.state})
        client.wait("Password")
        client.type(desk.world["password"])
        client.press("Enter")
        client.wait(re.compile("HOME|My drafts"))
        client.line("rep")
        client.wait(re.compile("repeat\\s+orders"), re.compile("JON|every"))
        client.line("1")
        client.wait(re.compile("REPEAT ORDER\\s+1"))
        client.wait("every month", absent=[".."])
        golden(client, desk.world, "repeat_%dx%d" % (cols, rows))
        client.close()


def test_without_a_screen(desk):
    client = desk.signed_on()
    made(desk, client)
    client.close()
    said, _, _ = script(desk.world, ["rep", "1", "skip", "every 2w 3", "/9"])
    for text in ("REPEAT ORDERS: everybody's", "1: next Mon 15 Dec, every month on day 15, JONES, Sarah, lines 2, active",
                 "REPEAT ORDER 1: active", "run of Mon 15 Dec: left out", "every 2 weeks on Wed, due each time", "saved"):
        check(text in said, "no %r in\n%s" % (text, said))


if __name__ == "__main__":
    sys.exit(test_drafts.main("test_repeats", globals()))
