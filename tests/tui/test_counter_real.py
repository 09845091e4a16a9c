#!/usr/bin/python3
"""A counter day at the terminal, against the real server: from the float to the Z report, with cash, a split, a
distributor's price, parking, a phoned order that is picked up, a sale taken back and goods taken back; the receipt
is shown and printed, the keys are counted, and the drawer is counted right to the cent."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_counter_real")


class Day:
    def __init__(self, s):
        self.s, self.keys = s, {}
        self.till = s.ids["till"]
        self.paper = os.path.join(tempfile.mkdtemp(prefix="pl-till-", dir="/tmp"), "paper")
        with open(self.paper, "wb"):
            pass
        world = {"server": "https://localhost:%d" % s.port, "ca": os.path.join(s.folder, "ca.pem")}
        self.client = Client(world, ["--user", "S-04", "--till", self.till, "--receipt-printer", self.paper])
        self.skus = s.psql("""SELECT i.sku FROM item i JOIN stock k ON k.item_id = i.id JOIN site w ON w.id = k.site_id AND w.code = 'LEEDS'
            JOIN price p ON p.item_id = i.id JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail'
             AND l.valid @> business_date('GB')
            WHERE i.kind = 'product' AND k.on_hand - k.reserved > 50 AND i.age_limit = 0 AND i.max_per_order = 0
              AND i.on_sale @> business_date('GB') AND i.barcode IS NOT NULL ORDER BY i.sku LIMIT 3""").split("\n")
        self.barcodes = [s.psql("SELECT barcode FROM item WHERE sku = '%s'" % sku) for sku in self.skus]

    def seen(self, pattern):
        """Waits for it on the screen; its first group."""
        return until(lambda: re.search(pattern, self.client.screen()), lambda: "no %s on\n%s" % (pattern, self.client.screen())).group(1)

    def counted(self, what, plus=0):
        self.keys[what] = self.client.keys + plus
        self.client.keys = 0

    def scan(self, *barcodes):
        for code in barcodes:
            self.client.bytes(b"\x02" + code.encode() + b"\r")

    def cents(self, pattern):
        return round(float(self.seen(pattern).replace(",", "")) * 100)

    def drawer(self):
        return int(self.s.psql("SELECT a.balance FROM account a JOIN till t ON t.id = a.till_id WHERE t.code = '%s'" % self.till))


def opened(day):
    c = day.client
    c.wait("S-04")
    c.type("partyline-demo")
    c.press("Enter")
    c.wait(day.till, "this one")
    c.keys = 0
    c.line("150")
    c.wait("OPEN %s with a float of 150.00" % day.till)
    c.press("F9")
    c.wait("is open with 150.00", "Drawer  is counted blind")
    day.counted("float")
    assert day.drawer() == 15000, day.drawer()


def cash(day):
    c = day.client
    day.scan(*day.barcodes)
    c.wait("pending 0 of 3", "TO PAY", "Retail price")
    total = day.cents(r"TOTAL +([\d,.]+) GBP")
    c.keys = 0
    c.line("500")
    c.wait("ok  cash 500.00, change")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    day.counted("cash after scans")
    c.wait("GIVE BACK")
    assert day.drawer() == 15000 + total, (day.drawer(), total)
    paper = until(lambda: open(day.paper, "rb").read(), "nothing was printed")
    assert number.encode() in paper and b"\x1bp" in paper, paper
    c.press("F8")
    c.wait("COPY", number[:3], re.compile("(?i)change"))
    day.counted("receipt again")
    print("   the receipt as it is shown:\n" + "\n".join("   |" + row for row in c.screen().split("\n")[1:20]))
    c.press("F12")
    c.wait("SOLD " + number)
    return number


def split(day):
    """A card slip for a part, the rest in cash."""
    c = day.client
    before = day.drawer()
    day.scan(day.barcodes[0], day.barcodes[1])
    c.wait("pending 0 of 2", "TO PAY")
    total = day.cents(r"TOTAL +([\d,.]+) GBP")
    c.keys = 0
    c.line("v0423 5")
    c.wait("card terminal 0423 5.00")
    c.line("200")
    c.wait("cash 200.00", "GIVE BACK")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    day.counted("split: slip and cash")
    assert day.drawer() == before + total - 500, (before, day.drawer(), total)
    assert day.s.psql("SELECT string_agg(p.kind || p.amount, ' ' ORDER BY p.kind) FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.number = '%s'" % number) == "card_present500 cash%d" % (total - 500)
    return number


def distributor(day):
    """Whose number is keyed pays the distributor's price."""
    c = day.client
    day.scan(day.barcodes[0])
    c.wait("pending 0 of 1", "TO PAY", "Retail price")
    retail = day.cents(r"TOTAL +([\d,.]+) GBP")
    manager = day.s.ids["manager"]
    c.line(manager)
    c.wait("distributor price", manager)
    until(lambda: day.cents(r"TOTAL +([\d,.]+) GBP") < retail, "it is not cheaper")
    c.line("500")
    c.wait("ok  cash 500.00, change")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    day.client.keys = 0
    assert day.s.psql("SELECT type || ' ' || d.number FROM orders o JOIN distributor d ON d.id = o.distributor_id WHERE o.number = '%s'" % number) == "personal " + manager
    return number


def parked(day):
    c = day.client
    day.scan(day.barcodes[2])
    c.wait("pending 0 of 1", "TO PAY")
    c.keys = 0
    c.press("F6")
    c.wait("parked, not sold", absent=["TO PAY"])
    c.press("F7")
    c.wait("Parked", re.compile(r"^  1 .* 1 ln", re.MULTILINE))
    c.type("1")
    c.wait("TO PAY")
    day.counted("park and recall")
    c.line("v0711 3")
    c.wait("card terminal 0711 3.00")
    c.press("F6")
    c.wait("parked, not sold", absent=["TO PAY"])
    c.press("F7")
    c.wait("Parked", re.compile(r"^  1 .* 1 ln", re.MULTILINE))
    before = day.drawer()
    c.type("1")
    c.wait("card terminal 0711 3.00", "TO PAY")
    assert day.drawer() == before
    c.line("500")
    c.wait("ok  cash 500.00, change")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    assert day.s.psql("SELECT p.amount FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.number = '%s' AND p.kind = 'card_present'" % number) == "300"


def taken_back(day):
    """The sale just made, whole: its cash leaves the drawer again."""
    c = day.client
    before = day.drawer()
    day.scan(day.barcodes[0])
    c.wait("pending 0 of 1", "TO PAY")
    c.line("500")
    c.wait("ok  cash 500.00, change")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    until(lambda: day.drawer() > before, "nothing was taken")
    c.keys = 0
    c.line("void x")
    c.wait("TAKE BACK, x: F9 does it", number)
    c.press("F9")
    c.wait("taken back: " + number)
    day.counted("void")
    assert day.drawer() == before, (before, day.drawer())
    c.press("F12")
    c.wait("SALE")


def phoned(day):
    """Taken on the telephone to be picked up here: due, paid, given out."""
    c, s = day.client, day.s
    token = s.token("CC-07")
    draft = {"market": "GB", "type": "personal", "distributor": s.ids["manager"], "ship_to": {"kind": "pickup"},
             "lines": [{"id": "l1", "sku": day.skus[1], "qty": 1}]}
    status, _, quote = s.call("POST", "/api/v1/quotes", draft, token)
    assert status == 200, quote
    status, _, order = s.call("POST", "/api/v1/orders", dict(draft, expect_total=quote["total"], tenders=[], accept=["duplicate"]), token,
                              {"Idempotency-Key": ulid()})
    assert status == 201, order
    before = day.drawer()
    c.press("F12")
    c.wait("To be picked up")
    c.press("F5")
    c.wait(order["number"], "to pay")
    digit = day.seen(r"  (\d) " + order["number"])
    c.keys = 0
    c.line(digit)
    c.wait(order["number"], "TO PAY")
    c.line("500")
    c.wait("GIVE BACK", "F9 hands it over")
    c.press("F9")
    c.wait("HANDED OVER " + order["number"])
    day.counted("pick-up, paid in cash")
    assert day.drawer() == before + quote["total"], (before, day.drawer(), quote["total"])
    assert s.psql("SELECT state || payment_state FROM orders WHERE number = '%s'" % order["number"]) == "receivedcaptured"


def returned(day, number):
    """Goods come back over the counter: cash out of the drawer, at once."""
    c = day.client
    before = day.drawer()
    c.keys = 0
    c.line("r" + number)
    c.wait("RETURN of order " + number, "Reasons")
    c.line(".1*1 w")
    c.wait(re.compile(r"REFUND [1-9]"))
    c.press("F9")
    c.wait("F9 again")
    c.press("F9")
    back = day.cents(r"Give ([\d,.]+) GBP back in cash")
    day.counted("return of one piece")
    assert day.drawer() == before - back, (before, day.drawer(), back)
    c.press("F12")


def exchanged(day):
    """A piece comes back and a dearer one goes out, paid in cash; then a cheaper one for that: cash comes out of the drawer."""
    c, s = day.client, day.s
    prices = sorted((int(s.psql("SELECT p.amount FROM price p JOIN price_list l ON l.id = p.list_id AND l.market = 'GB' AND l.audience = 'retail' AND l.valid @> business_date('GB') JOIN item i ON i.id = p.item_id WHERE i.sku = '%s'" % sku)), sku, code)
                    for sku, code in zip(day.skus, day.barcodes))
    (cheap, one, code), (dear, two, _) = prices[0], prices[-1]
    assert cheap < dear, prices
    day.scan(code)
    c.wait("pending 0 of 1", "TO PAY")
    c.line("500")
    c.wait("ok  cash 500.00, change")
    c.press("F9")
    number = day.seen(r"SOLD (\d{9})")
    before = day.drawer()
    c.keys = 0
    c.line("r" + number)
    c.wait("RETURN of order " + number, "Reasons")
    c.line(".1*1 w x" + two)
    c.wait("goes out", "stock, wrong item", "Fee 0.00", re.compile(r"TO PAY [1-9]"))
    c.press("F9")
    c.press("F9")
    c.wait("is to be paid yet")
    c.line("v0815 1")
    c.wait("card terminal 0815")
    c.line("300")
    c.wait("cash 300.00", "GIVE BACK")
    c.line("u")
    c.wait("undone", absent=["cash 300.00"])
    c.line("500")
    c.wait("cash 500.00", "GIVE BACK")
    c.line("to q")
    c.wait("quarantine, wrong i")
    print("   an exchange before F9:\n" + "\n".join("   |" + row for row in c.screen().split("\n")))
    c.press("F9")
    c.wait("F9 again")
    c.press("F9")
    change = day.cents(r"Give ([\d,.]+) GBP change")
    day.counted("exchange with a difference")
    out = s.psql("SELECT e.number FROM goods_return r JOIN orders e ON e.id = r.exchange_id JOIN orders o ON o.id = r.order_id WHERE o.number = '%s'" % number)
    assert day.drawer() == before + dear - cheap - 100 and change == 50000 - (dear - cheap - 100), (before, day.drawer(), dear, cheap, change)
    assert s.psql("SELECT l.quarantine || ' ' || l.stock FROM goods_return_line l JOIN goods_return r ON r.id = l.return_id JOIN orders e ON e.id = r.exchange_id WHERE e.number = '%s'" % out) == "1 0"
    until(lambda: out.encode() in open(day.paper, "rb").read(), "the receipt of both was not printed")
    assert b"Back of order " + number.encode() in open(day.paper, "rb").read()
    c.line("r" + out)
    c.wait("RETURN of order " + out, "Reasons")
    c.line(".1*1 w x" + one)
    c.wait("goes out", re.compile(r"REFUND [1-9]"), "TO PAY 0.00")
    c.press("F9")
    c.wait("F9 again")
    c.press("F9")
    # What was paid last has moved on with the cheaper one; what the first sale took in cash is given back.
    back = day.cents(r"Give ([\d,.]+) GBP back in cash")
    assert day.drawer() == before + dear - cheap - 100 - back and back == dear - cheap, (day.drawer(), back, dear - cheap)
    c.press("F12")


def closed(day):
    c = day.client
    c.press("F12")
    if "To be picked up" not in c.screen():
        c.press("F12")
    c.wait("To be picked up")
    c.keys = 0
    c.line("in 20 change")
    c.wait("PAY IN 20.00")
    c.press("F9")
    c.wait("20.00 paid in")
    day.counted("pay-in", -len("change "))
    c.line("out 3.60 stamps")
    c.wait("PAY OUT 3.60")
    c.press("F9")
    c.wait("3.60 paid out")
    c.keys = 0
    c.line("x")
    c.wait("X REPORT", "Picked up")
    day.counted("X report")
    c.press("F12")
    c.wait("To be picked up")
    expected = day.drawer()
    counted = expected - 5  # five pence are missing
    c.keys = 0
    c.line("z %d.%02d" % divmod(counted, 100))
    c.wait("CLOSE the shift")
    c.press("F9")
    c.wait("Z REPORT 1", "closed, Z 1", "0.05 too little")
    day.counted("Z report", -len("%d.%02d" % divmod(counted, 100)))
    print("   the Z report as it is shown:\n" + "\n".join("   |" + row for row in c.screen().split("\n")[1:21]))
    assert day.s.psql("SELECT counted || ' ' || expected || ' ' || z FROM shift ORDER BY id DESC LIMIT 1") == "%d %d 1" % (counted, expected)
    assert day.drawer() == 0, day.drawer()
    c.press("F12")
    c.wait("which one is this?")


def banked(day):
    """The back office takes what was counted to the bank, by its bag; who sells does not."""
    s = day.s
    day.client.line("bank")
    day.client.wait("the bank is for the back office and supervisors")
    world = {"server": "https://localhost:%d" % s.port, "ca": os.path.join(s.folder, "ca.pem")}
    c = Client(world, ["--user", "B-02"])
    c.wait("B-02")
    c.type("partyline-demo")
    c.press("Enter")
    c.wait("BACK OFFICE")
    c.line("bank")
    held = int(s.psql("SELECT safe_held('GB')"))
    c.wait("In the safe, by the books: %d.%02d GBP" % divmod(held, 100))
    c.line("bank 9999 B-1207")
    c.wait("TAKE 9,999.00 from the safe to the bank, bag B-1207")
    c.press("F9")
    c.wait("cannot go to the bank")
    c.keys = 0
    c.line("bank 20 B-1207")
    c.wait("TAKE 20.00 from the safe to the bank, bag B-1207")
    c.press("F9")
    c.wait("20.00 taken to the bank, bag B-1207", re.compile(r"20\.00 +B-1207"), "by the books: %d.%02d" % divmod(held - 2000, 100))
    day.keys["to the bank"] = c.keys
    c.line("fetch 15 S-31")
    c.wait("FETCH 15.00")
    c.press("F9")
    c.wait("15.00 fetched from the bank", "by the books: %d.%02d" % divmod(held - 500, 100))
    print("   at the bank:\n" + "\n".join("   |" + row for row in c.screen().split("\n")))
    assert s.psql("SELECT string_agg(kind || amount || bag, ' ' ORDER BY id) FROM banking") == "deposit2000B-1207 withdrawal1500S-31"
    c.close()


def a_day(s):
    day = Day(s)
    opened(day)
    number = cash(day)
    split(day)
    distributor(day)
    parked(day)
    taken_back(day)
    phoned(day)
    returned(day, number)
    exchanged(day)
    closed(day)
    banked(day)
    print("   keys:", ", ".join("%s %d" % one for one in day.keys.items()))
    day.client.close()
    most = {"float": 5, "cash after scans": 5, "receipt again": 1, "split: slip and cash": 13, "park and recall": 3, "void": 8,
            "pick-up, paid in cash": 7, "return of one piece": 20, "pay-in": 7, "X report": 2, "Z report": 4}
    assert all(day.keys[what] <= keys for what, keys in most.items()), day.keys
    check = s.ctl("check", check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def main():
    driver.begin()
    try:
        with demo_server() as s:
            cases.run("a counter day", a_day, s)
    finally:
        driver.end()
    cases.end()


if __name__ == "__main__":
    main()
