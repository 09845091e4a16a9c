#!/usr/bin/python3
"""An order that was placed is changed at the terminal: keyed like a new one, kept as a draft, sent
by F9 F9 with what it comes to; and never merged with what somebody else made of the order.
  test_change.py NAME...   only the tests whose names hold one of these"""
import re
import sys

import fake_server
import test_drafts
from driver import Client, golden, until
from test_drafts import check, die
from test_linear import script
from test_screens import confirmed


def an_order(desk, client, *entries):
    """Placed here; its number and what the server has of it."""
    before = set(desk.fake.orders)
    client.line(desk.world["manager"])
    for entry in entries or desk.world["skus"][:2]:
        client.line(entry)
    confirmed(client, len(entries or desk.world["skus"][:2]))
    client.press("F9")
    client.wait(re.compile(r"READ BACK  \w"))
    client.press("F9")
    key = until(lambda: set(desk.fake.orders) - before, "it was not placed").pop()
    client.wait("placed " + desk.fake.orders[key]["number"], "who orders?")
    return desk.fake.orders[key]["number"], desk.fake.orders[key]


def opened(client, number):
    client.line(number)
    client.wait("PLACED", number + "   ", "c changes it")
    client.line("c")
    client.wait("CHANGE OF " + number, "CHANGE nothing yet", "as before")


def begun(desk):
    """A change under way: two more of another item; the client, the order's number and the order."""
    client, item = desk.signed_on(), desk.world["skus"][2]
    number, order = an_order(desk, client)
    opened(client, number)
    client.line("2*" + item)
    client.wait("CHANGE +2*" + item, "pending 0 of 3")
    return client, number, order


def sent(desk):
    return desk.requests("POST", r"/orders/[^/]+/change")


def skus(order):
    return [(line["sku"], line["qty"]) for line in order["lines"]]


def reviewed(client):
    client.press("F9")
    client.wait("REVIEW ", re.compile(r"READ BACK  \w"), "CHANGE ")


def test_lines_are_changed(desk):
    """The difference stands on the screen all the time; nothing is sent before the second F9."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    was = order["total"]
    client.line(number)
    client.wait("c changes it")
    client.line("c")
    client.wait("CHANGE OF " + number, "CHANGE nothing yet")
    client.line(".1*3")
    client.line("-")
    client.line(c)
    client.wait("CHANGE %s 1>3  -1*%s  +1*%s" % (a, b, c), "pending 0 of 2", "was %.2f, " % (was / 100))
    golden(client, desk.world, "change")
    reviewed(client)
    golden(client, desk.world, "change_review")
    check(not [body for body in sent(desk) if "expect_total" in body], "it was sent before F9 F9")
    check(skus(order) == [(a, 1), (b, 1)], "the order is another already")
    client.press("F9")
    client.wait("PLACED", "changed %s  now " % number)
    until(lambda: skus(order) == [(a, 3), (c, 1)], lambda: skus(order))
    client.wait("Changed ", "%.2f -> %.2f" % (was / 100, order["total"] / 100))
    golden(client, desk.world, "change_card")
    until(lambda: not desk.fake.drafts, "the draft of the change is still there")
    client.close()


def test_what_is_not_keyed_stays(desk):
    """The value of a gift certificate and what is chosen in a kit go along with their lines."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    order["lines"][0] = dict(order["lines"][0], value=2500)
    order["lines"][1] = dict(order["lines"][1], choices=[{"sku": c, "name": "Silk"}])
    opened(client, number)
    client.line("n ring twice")
    client.wait("CHANGE note")
    until(lambda: sent(desk)[-1]["note"] == "ring twice", "the change is not priced")
    was = [{k: line[k] for k in ("sku", "value", "choices") if k in line} for line in sent(desk)[-1]["lines"]]
    check(was == [{"sku": a, "value": 2500}, {"sku": b, "choices": [c]}], was)
    client.close()


def test_everything_back(desk):
    """F8 takes all of it back in one step, u brings it again; nothing changed is nothing to send or keep."""
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    number, _ = an_order(desk, client)
    opened(client, number)
    client.press("F9")
    client.wait("nothing is changed yet.")
    client.line("5*" + c)
    client.line(".1*0")
    client.wait("CHANGE -1*%s  +5*%s" % (a, c))
    client.press("F8")
    client.wait("ok  as the order is", "CHANGE nothing yet")
    client.line("u")
    client.wait("CHANGE -1*%s  +5*%s" % (a, c))
    client.press("F8")
    client.wait("CHANGE nothing yet")
    client.press("F12")
    client.wait("HOME", absent=["held, not"])
    until(lambda: not desk.fake.drafts, "a draft with nothing in it is kept")
    check([b for b in sent(desk) if "expect_total" in b] == [], "something was sent")
    client.close()


def test_kept_as_a_draft(desk):
    """F6 puts a change aside as what it is; it is brought back, goes on and is sent."""
    client, number, order = begun(desk)
    a, b, c = desk.world["skus"][:3]
    client.press("F6")
    client.wait("HOME", "held, not sent: the change of order %s" % number, "change " + number)
    desk.released()
    client.close()
    client = desk.signed_on()
    client.wait("change " + number)
    client.line("1")
    client.wait("CHANGE OF " + number, "CHANGE +2*" + c, "more, due")
    reviewed(client)
    client.press("F9")
    client.wait("changed " + number)
    check(skus(order) == [(a, 1), (b, 1), (c, 2)], skus(order))
    check(len(desk.fake.orders) == 1, "it was placed as a new order")
    client.close()


def test_somebody_else_was_quicker(desk):
    """Their change is not overwritten unseen: the difference to what it is now is told, and F9 asked again."""
    client, number, order = begun(desk)
    a, b, c = desk.world["skus"][:3]
    fake_server.revise(order, [dict(order["lines"][0], qty=4)], 9000, 9000, "CC-08")
    reviewed(client)
    client.press("F9")
    client.wait("order %s has been changed by CC-08 meanwhile, it is 90.00 now." % number,
                "CHANGE %s 4>1  +1*%s  +2*%s" % (a, b, c), "was 90.00")
    golden(client, desk.world, "change_moved")
    check(skus(order) == [(a, 4)], "theirs was overwritten unseen")
    client.press("F9")
    client.wait("changed " + number)
    check(skus(order) == [(a, 1), (b, 1), (c, 2)], skus(order))
    client.close()


def test_theirs_is_taken(desk):
    """F8 drops one's own change; F9s that were typed ahead are not used on what was not seen."""
    client, number, order = begun(desk)
    a, b, c = desk.world["skus"][:3]
    reviewed(client)
    fake_server.revise(order, [dict(order["lines"][0], qty=4)], 9000, 9000, "CC-08")
    desk.fake.delay["POST /orders/.*/change"] = 0.3
    desk.fake.delay["GET /orders/"] = 0.3
    client.press("F9", "F9", "F9")
    client.wait("changed by CC-08 meanwhile")
    check(skus(order) == [(a, 4)], "F9 ahead was used on what was not seen")
    desk.fake.delay.clear()
    client.press("F8")
    client.wait("ok  as the order is", "CHANGE nothing yet")
    client.press("F12")
    client.press("F12")
    client.wait("HOME")
    check(skus(order) == [(a, 4)], skus(order))
    until(lambda: not desk.fake.drafts, "a draft with nothing in it is kept")
    client.close()


def test_moved_while_it_lay_as_a_draft(desk):
    client, number, order = begun(desk)
    a, b, c = desk.world["skus"][:3]
    client.press("F6")
    client.wait("HOME", "change " + number)
    desk.released()
    fake_server.revise(order, [dict(order["lines"][0], qty=4)], 9000, 9000, "CC-08")
    client.line("1")
    client.wait("changed by CC-08 meanwhile", "CHANGE %s 4>1  +1*%s  +2*%s" % (a, b, c))
    client.close()


def test_too_late(desk):
    """An order that is released cannot be changed: said at once, and when it happens meanwhile."""
    client, number, order = begun(desk)
    order["state"] = "released"
    client.press("F5")
    client.wait("not changed: Order %s is released: it can no longer be changed." % number)
    reviewed(client)
    client.press("F9")
    client.wait("!! Order %s is released" % number, "not changed: Order %s is released" % number)
    client.press("F12")
    client.wait("CHANGE OF " + number, absent=["READ BACK"])
    client.press("F12")
    client.wait("HOME", "change " + number)
    client.line(number)
    client.wait(number + "   released", absent=["c changes it"])
    client.line("c")
    client.wait("order %s is released: it cannot be changed any more." % number, "PLACED")
    client.close()


def test_the_total_is_another(desk):
    client, number, order = begun(desk)
    reviewed(client)
    version = order["version"]
    desk.fake.total_shift = 100
    client.press("F9")
    client.wait("not changed: the total is no longer the one shown", re.compile("total was .* -> now "))
    check(order["version"] == version, "it was changed for another total")
    client.press("F9")
    client.wait("changed " + number)
    client.close()


def test_less_than_was_paid(desk):
    """What was paid too much goes back; nothing more is asked for."""
    client, (a, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    order["due"] = 0
    opened(client, number)
    client.line("-")
    client.wait("less, ", "goes back")
    reviewed(client)
    client.wait("goes back to what it was paid with", absent=["bal pays"])
    client.press("F9")
    client.wait("changed %s  now " % number, "goes back")
    check(skus(order) == [(a, 1)], skus(order))
    client.close()


def test_only_the_difference_is_paid(desk):
    """The balance of 12.50 can pay what it costs more, and no more than that."""
    client, (a, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    order["due"] = 0
    opened(client, number)
    client.line("n ring twice")
    client.line(".2*2")
    client.wait("CHANGE ", "note", "more, due 8.95")
    reviewed(client)
    client.line("bal 9.00")
    client.wait("the balance can pay 8.95 of this order.")
    client.line("bal")
    client.wait("ok  8.95 from the balance")
    client.press("F9")
    client.wait("changed %s  now " % number, "due 0.00")
    check(sent(desk)[-1]["tenders"] == [{"kind": "balance", "amount": 895}], sent(desk)[-1])
    check(sent(desk)[-1]["note"] == "ring twice", sent(desk)[-1])
    client.close()


def test_who_and_how_stay(desk):
    """Another number is the next caller: the change is put aside; type, customer and list cannot be another."""
    client, (_, _, c, *_) = desk.signed_on(), desk.world["skus"]
    number, _ = an_order(desk, client)
    opened(client, number)
    for entry in ("t aid", "pl AUTUMN-1", "c jones", "nc brown, ana"):
        client.line(entry)
        client.wait("that stays as it was placed.", "CHANGE nothing yet")
        client.line(".9*9")
        client.wait("The line cannot be 9.", absent=["that stays"])
    client.line("-")
    client.line("-")
    client.wait("CHANGE -1*")
    client.line("1020185")
    client.wait("ORDER", "1020185 JONES, Sara-Jane", "held, not sent: the change of order " + number, absent=["CHANGE"])
    until(lambda: [d["draft"]["distributor"] for d in desk.fake.drafts.values() if d["draft"].get("changes")] == [desk.world["manager"]],
          lambda: desk.fake.drafts)
    client.close()


def test_killed_while_keying(desk):
    """kill -9: the next sign-on brings the change back as a change."""
    client, (_, _, c, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    opened(client, number)
    desk.fake.delay["PUT /drafts"] = 5
    client.line("2*" + c)
    client.wait("CHANGE +2*" + c)
    die(client)
    desk.fake.delay.clear()
    client = desk.signed_on()
    client.wait("brought back from the last session: 1 draft", "change " + number)
    client.line("1")
    client.wait("CHANGE OF " + number, "CHANGE +2*" + c, "more, due")
    check(len(order["lines"]) == 2, "it was sent")
    client.close()


def test_killed_while_sending(desk):
    """The answer never came: the next sign-on sends the same again under its key, which changes it once."""
    client, number, order = begun(desk)
    a, b, c = desk.world["skus"][:3]
    until(lambda: desk.fake.drafts, "the change is not stored")
    reviewed(client)
    desk.fake.drop.append("after-changing")
    desk.fake.delay["POST /orders/.*/change"] = 1
    client.press("F9")
    client.wait("SENDING THE CHANGE.. (safe to wait)")
    until(lambda: order["version"] == "2", "it has not arrived")
    die(client)
    desk.fake.delay.clear()
    client = desk.signed_on()
    client.wait("changed %s, now" % number, "it was being sent when the last session ended")
    check(order["version"] == "2" and skus(order) == [(a, 1), (b, 1), (c, 2)], order)
    until(lambda: not desk.fake.drafts, "the draft of the change is still there")
    client.close()


def test_held_with_a_reason(desk):
    client = desk.signed_on()
    number, order = an_order(desk, client)
    client.line(number)
    client.wait(number + "   placed")
    client.line("h the address is asked for")
    client.wait("the order is on hold; F6 lets it go on", number + "   on hold")
    check(order["held_for"] == "the address is asked for", order)
    client.line("c")
    client.wait("CHANGE OF " + number)
    client.close()


def test_small_terminals(desk):
    first, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    number, _ = an_order(desk, first)
    first.close()
    for cols, rows in ((60, 20), (20, 16), (132, 43)):
        client = Client(desk.world, ["--user", "CC-07"], cols=cols, rows=rows, env={"XDG_STATE_HOME": desk.state})
        client.wait("Password")
        client.type(desk.world["password"])
        client.press("Enter")
        client.wait(re.compile("HOME|My drafts"))
        client.line(number)
        client.wait(number)
        client.wait(re.compile(r"\d payment|payment due"))
        client.line("c")
        client.line(".1*3")
        client.line("2*" + c)
        client.wait("1>3", "TOTAL", re.compile(r"\+2\*" + c), absent=[".."])
        golden(client, desk.world, "change_%dx%d" % (cols, rows))
        client.press("F8")
        client.wait(re.compile("as the order\\s+is"))
        client.press("F3")
        client.wait("ended 0")
        client.close()


def test_without_a_screen(desk):
    client, (a, b, c, *_) = desk.signed_on(), desk.world["skus"]
    number, order = an_order(desk, client)
    client.close()
    said, status, _ = script(desk.world, [number, "c", ".1*3", "2*" + c, "/9", "/9"])
    for text in ("changed %s  now " % number, "change of %s: %s 1>3" % (number, a), "difference: was ", "c changes it"):
        check(text in said, "no %r in\n%s" % (text, said))
    check(status == 0, said)
    check(skus(order) == [(a, 3), (b, 1), (c, 2)], skus(order))


if __name__ == "__main__":
    sys.exit(test_drafts.main("test_change", globals()))
