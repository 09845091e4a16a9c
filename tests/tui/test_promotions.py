#!/usr/bin/python3
"""Promotions on the order's screen: what was given, what may be chosen, what is nearly reached, and why;
coupons, gifts and price lists. The four promotions of the beginning as pictures.
  UPDATE_GOLDEN=1 takes the new pictures; test_promotions.py NAME... runs only these"""
import re
import sys

import each
import fake_promotions
import fake_server
from driver import Client, Failed, golden, until
from fake_server import MANAGER

N = fake_promotions.add_shop(fake_server.ITEMS, fake_server.code)
SAUCEPAN, PARING, BREAD, BALM, OIL, TOWEL, PENCIL = (N[stem] for stem in ("4310", "4410", "4420", "4510", "4520", "4610", "4710"))
FOUR = ["BEAUTY-40", "BOGO", "KNIVES-2", "PENCIL"]
SETTLED = re.compile(r"pending 0 of \d|offen 0 von \d|待确认0/\d")
NEVER = 600


def check(condition, say):
    if not condition:
        raise Failed(say)


def signed_on(world, *published, args=(), recruits=0, **more):
    world["fake"].catalogue = 1
    world["fake"].promotions = sorted(published)
    world["fake"].recruits = recruits
    client = Client(world, ["--user", world["operator"], *args], **more)
    client.wait(re.compile("Operator|Kennung|操作员"))
    client.type(world["password"])
    client.press("Enter")
    client.wait(re.compile("HOME|START|首页|主页|主屏"))
    until(lambda: any(path == "/catalogue" for _, path, _ in world["fake"].log), "no catalogue was asked for")
    return client


def keyed(client, *lines):
    client.line(MANAGER)
    client.wait("JONES, Sarah", re.compile(r"Balance|Guthaben|余额"))
    for line in lines:
        client.line(line)


def row(screen, text):
    return next((line for line in screen.split("\n") if text in line), "")


def picture(client, world, name):
    client.wait(SETTLED)
    golden(client, world, name)


# ---- the four of the beginning -------------------------------------------------------------------

def test_knives(world):
    """NEAR, then `y`; what may be chosen is taken as it is keyed; why."""
    client = signed_on(world, *FOUR)
    keyed(client, "2*" + SAUCEPAN)
    client.wait("NEAR   1 more %s makes KNIVES-2: saves 24.00" % SAUCEPAN, "SAY")
    picture(client, world, "promo-knives-near")
    client.line("y")
    client.wait("CHOOSE 2 free of Knives", "TOTAL 123.95", absent=["makes KNIVES-2"])
    client.line("?")
    client.wait("which one free?", "1 %s" % BREAD, "2 %s" % PARING)
    client.line("1")
    client.wait("free KNIVES-2  Bread", "APPLIED KNIVES-2 -17.00", "CHOOSE 1 free of Knives")
    client.line("3*" + PARING)
    client.wait("APPLIED KNIVES-2 -29.00", absent=["CHOOSE"])
    screen = client.wait(re.compile(r" 3 %s  free KNIVES-2.* 1 .*0\.00" % PARING), re.compile(r" 4 %s  Paring.* 2 .*24\.00" % PARING))
    check("was" not in screen, screen)
    picture(client, world, "promo-knives-applied")
    client.line(".2?")
    client.wait("2: List AUTUMN-2", "Promotion KNIVES-2: -17.00")
    picture(client, world, "promo-knives-why")
    client.close()


def test_bogo(world):
    client = signed_on(world, *FOUR)
    keyed(client, OIL)
    client.wait("NEAR   1 more %s makes BOGO: saves 19.00" % OIL)
    picture(client, world, "promo-bogo-near")
    client.line(BALM)
    client.wait("APPLIED BOGO -10.00", re.compile(r" 2 %s .* 0\.00 " % BALM))
    picture(client, world, "promo-bogo-applied")
    client.line(".2?")
    client.wait("Promotion BOGO: -10.00")
    picture(client, world, "promo-bogo-why")
    client.close()


def test_beauty(world):
    client = signed_on(world, "BEAUTY-40")
    keyed(client, "2*" + OIL, "4*" + TOWEL)
    client.wait("NEAR   1 more", "makes BEAUTY-40: saves 8.00")
    picture(client, world, "promo-beauty-near")
    client.line(BALM)
    client.wait("APPLIED BEAUTY-40 -8.00", re.compile(r" 2 %s .* 24\.00 " % TOWEL))
    picture(client, world, "promo-beauty-applied")
    client.line(".2?")
    client.wait("Promotion BEAUTY-40: -8.00")
    picture(client, world, "promo-beauty-why")
    client.close()


def test_pencil(world):
    """Nothing on the order brings it nearer; the gift comes behind the lines and has no number."""
    client = signed_on(world, *FOUR)
    keyed(client, SAUCEPAN)
    client.wait("TOTAL 43.95", absent=["PENCIL"])
    client.line("pr")
    client.wait("PENCIL       0 of 1 new customers")
    client.line("4")
    client.wait(">4 PENCIL", "A pencil for a new customer")
    picture(client, world, "promo-pencil-failed")
    client.close()
    client = signed_on(world, *FOUR, recruits=1)
    keyed(client, SAUCEPAN)
    client.wait("gift PENCIL  Pencil, red", "APPLIED PENCIL -1.50", "pending 0 of 1")
    picture(client, world, "promo-pencil-applied")
    client.line("+")
    client.wait("ok  2*%s" % SAUCEPAN, "pending 0 of 1")
    client.line(TOWEL)
    screen = client.wait("pending 0 of 2")
    check(screen.index(TOWEL) < screen.index(PENCIL) and re.search(r" 2 %s " % TOWEL, screen), screen)
    client.line("pr")
    client.wait("PENCIL       Applied: 1.50 off")
    picture(client, world, "promo-pencil-why")
    client.close()


# ---- here, before any answer ---------------------------------------------------------------------

def test_priced_here(world):
    """All of it in the moment of the key, without a quote of the server's."""
    world["fake"].delay = {"/quotes": NEVER}
    client = signed_on(world, *FOUR)
    keyed(client, "3*" + SAUCEPAN, "2*" + PARING, BALM, OIL)
    client.wait("APPLIED BOGO -10.00  KNIVES-2 -24.00", "pending 4 of 4", "free KNIVES-2", "Disc 34.00")
    client.close()


def test_lines_change_each_other(world):
    """A line that the server has priced follows what another one makes of it."""
    client = signed_on(world, *FOUR)
    keyed(client, BALM)
    client.wait("pending 0 of 1", "TOTAL 13.95")
    world["fake"].delay = {"/quotes": NEVER}
    client.line(OIL)
    client.wait(re.compile(r" 1 %s .* 0\.00 " % BALM), "APPLIED BOGO -10.00", "pending 2 of 2")
    client.close()


def test_plain_orders_have_no_rows(world):
    """Where nothing on the order counts for a promotion it is not near."""
    client = signed_on(world, *FOUR)
    keyed(client, world["skus"][0])
    client.wait("pending 0 of 1", "TOTAL 28.45", absent=["PROMO", "CHOOSE", "NEAR", "SAY"])
    client.close()


# ---- verbs ---------------------------------------------------------------------------------------

def test_take_is_one_step(world):
    client = signed_on(world, *FOUR)
    keyed(client, "2*" + SAUCEPAN)
    client.wait("NEAR")
    client.line("y")
    client.wait("CHOOSE 2 free", re.compile(r" 1 %s .* 3 " % SAUCEPAN))
    client.line("u")
    client.wait("NEAR", "80.00", absent=["CHOOSE"])
    client.line("r")
    client.wait("CHOOSE 2 free", absent=["makes KNIVES-2"])
    client.close()


def test_hide(world):
    """For this person, also on the next order; others are told."""
    client = signed_on(world, "KNIVES-2")
    keyed(client, "2*" + SAUCEPAN)
    client.wait("makes KNIVES-2")
    client.line("x")
    client.wait("KNIVES-2 is not told to this person any more", absent=["NEAR", "SAY"])
    client.press("F6")
    client.wait("HOME")
    keyed(client, "2*" + SAUCEPAN)
    client.wait("pending 0 of 1", absent=["NEAR"])
    client.press("F6")
    client.wait("HOME")
    client.line(fake_server.code("102018"))
    client.line("2*" + SAUCEPAN)
    client.wait("makes KNIVES-2")
    client.close()


def test_next_hint(world):
    """Behind the one that is hidden stands the next best."""
    client = signed_on(world, *FOUR)
    keyed(client, "2*" + SAUCEPAN, BALM)
    client.wait("makes KNIVES-2: saves 24.00")
    client.line("x")
    client.wait("makes BOGO: saves 10.00", absent=["makes KNIVES-2"])
    client.close()


def test_no_hint_to_take(world):
    client = signed_on(world, *FOUR)
    keyed(client, world["skus"][0])
    client.wait("pending 0 of 1")
    for verb in ("y", "x"):
        client.line(verb)
        client.wait("there is no hint on this screen.")
        client.line("n %s" % verb)
        client.wait("ok  noted", absent=["there is no hint"])
    client.line("?")
    client.wait("there is nothing to be chosen on this order.")
    client.close()


def test_bought_after_all(world):
    client = signed_on(world, *FOUR)
    keyed(client, "3*" + SAUCEPAN, PARING)
    client.wait("free KNIVES-2", "pending 0 of 2")
    client.line(".2f")
    client.wait("line 2 is bought", "CHOOSE 2 free", "TOTAL 135.95", absent=["free KNIVES-2  "])
    client.line(".2f")
    client.wait("line 2 is chosen: KNIVES-2", "free KNIVES-2  ", "TOTAL 123.95")
    client.line(".1f")
    client.wait("nothing lets the buyer choose %s free." % SAUCEPAN)
    client.line(".1*1")  # the choice is not earned any more
    client.wait("does not apply to this", "!!", "choice KNIVES-2")
    client.line(".2f")
    client.wait("TOTAL 55.95", absent=["does not apply"])
    until(lambda: [line.get("picks") for draft in world["fake"].drafts.values() for line in draft["draft"]["lines"]] == [None, None],
          lambda: "stored %r" % world["fake"].drafts)
    client.close()


def test_coupon(world):
    client = signed_on(world, "ROSE")
    keyed(client, OIL)
    client.wait("TOTAL 22.95", "pending 0 of 1", absent=["ROSE"])
    client.line("cp rose-10")
    client.wait("ok  coupon ROSE-10", "Coupon ROSE-10", "APPLIED ROSE -1.90", "TOTAL 21.05")
    until(lambda: [d["draft"].get("coupons") for d in world["fake"].drafts.values()] == [["ROSE-10"]], "the draft has no coupon")
    client.line("cp rose-10")
    client.wait("is on the order already")
    client.line("u")
    client.wait("TOTAL 22.95", absent=["Coupon ROSE-10"])
    client.line("r")
    client.wait("TOTAL 21.05", "Coupon ROSE-10")
    client.line("cp nope")
    client.wait("There is no coupon NOPE.", "cp alone takes it off")
    client.line("cp -nope")
    client.wait("coupon NOPE taken off", absent=["There is no coupon"])
    client.press("F6")
    client.wait("HOME")
    client.press("F7")
    client.line("1")
    client.wait("Coupon ROSE-10", "TOTAL 21.05")
    client.line("cp")
    client.wait("TOTAL 22.95", absent=["Coupon ROSE-10"])
    client.close()


def test_price_lists(world):
    client = signed_on(world)
    keyed(client, OIL)
    client.line("pl")
    client.wait("price by which list?", ">1 AUTUMN-2", "2025-09-01 - ", "now")
    golden(client, world, "price-lists")
    client.line("1")
    client.wait("price list of the day, AUTUMN-2", "ORDER")
    client.line("pl spring-9")
    client.wait("price list SPRING-9")
    until(lambda: [d["draft"].get("price_list") for d in world["fake"].drafts.values()] == ["SPRING-9"], "the draft has no list")
    client.close()


# ---- review, sizes, languages --------------------------------------------------------------------

def test_review(world):
    """What is free and what was saved is read back; the item without a number, too."""
    client = signed_on(world, *FOUR, recruits=1)
    keyed(client, "3*" + SAUCEPAN, "2*" + PARING)
    client.wait("APPLIED KNIVES-2 -24.00", "pending 0 of 2")
    client.press("F9")
    screen = client.wait("READ BACK", "You save", "F9 PLACE", "TOTAL 123.95")
    text = " ".join(screen.split())
    check("Three of the saucepan, two of the paring knife free, one red pencil free." in text, screen)
    check("You save twenty-five pounds fifty." in text, screen)
    golden(client, world, "promo-review")
    for _ in range(3):
        client.press("Enter")
    client.wait("a gift: 1*red pencil")
    def asked():
        return sum(path.endswith("/pricing-facts") for _, path, _ in world["fake"].log)
    before = asked()
    client.press("F9")
    client.wait("placed ")
    until(lambda: asked() > before, "what promotions look at was not asked again")
    client.close()


def four_at(world, name, **more):
    client = signed_on(world, *FOUR, recruits=1, **more)
    keyed(client, "3*" + SAUCEPAN, PARING, OIL, TOWEL)
    client.wait("KNIVES-2 -12.00", PENCIL, SETTLED)
    picture(client, world, name)
    client.close()


def test_80x24(world):
    four_at(world, "promo-80x24")


def test_132x43(world):
    four_at(world, "promo-132x43", cols=132, rows=43)


def test_60x20(world):
    four_at(world, "promo-60x20", cols=60, rows=20)


def test_german(world):
    four_at(world, "promo-de", args=["--lang", "de"])


def test_chinese(world):
    four_at(world, "promo-zh", args=["--lang", "zh_CN"])


def test_long_orders(world):
    """The newest lines stay in sight, and what is most needed of the promotions with them."""
    client = signed_on(world, *FOUR)
    keyed(client, "2*" + SAUCEPAN, *[world["skus"][0]] * 14)
    client.wait("pending 0 of 15", "makes KNIVES-2", re.compile(r"^ 15 %s " % world["skus"][0], re.M), absent=[" 1 %s" % SAUCEPAN])
    client.close()


if __name__ == "__main__":
    sys.exit(each.run("test_promotions", dict(globals()), tmux=True))
