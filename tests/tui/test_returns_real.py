#!/usr/bin/python3
"""Returns at the terminal, against the real server: the keystroke card's return with an exchange, one
with a fee, a kit's part, a late one, and the parcel's arrival at the counter."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, compare, masked, until  # noqa: E402
from damm import damm  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_returns_real")
SENT = """SELECT {what} FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = {line} JOIN item i ON i.id = l.item_id
    WHERE o.market = 'GB' AND o.state IN ('shipped', 'received') AND o.type = 'personal' AND i.kind = '{kind}' AND l.amount > 1000
      AND NOT EXISTS (SELECT FROM goods_return r WHERE r.order_id = o.id)
      AND (SELECT max(e.at) FROM order_event e WHERE e.order_id = o.id AND e.to_state = 'shipped') {when} company_now() - interval '{days} days'
    ORDER BY o.id DESC LIMIT 1"""
# As dear as the one that comes back, and in stock.
SAME_PRICE = """SELECT i.sku FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = 2
    JOIN price p ON p.list_id = o.list_id AND p.amount = l.unit AND p.item_id <> l.item_id JOIN item i ON i.id = p.item_id AND i.kind = 'product'
    JOIN stock s ON s.item_id = i.id AND s.site_id = 1 AND s.on_hand - s.reserved > 5
    WHERE o.number = '{order}' AND i.max_per_order = 0 AND i.age_limit = 0 AND i.on_sale @> business_date('GB') ORDER BY i.sku LIMIT 1"""


def sent(s, line=2, kind="product", when=">"):
    return s.psql(SENT.format(what="o.number", line=line, kind=kind, when=when, days=40 if when == "<" else 25))


def golden(client, world, name):
    """Numbers that are made on the way differ."""
    def look():
        screen = re.sub(r"(?<=order )\d{9}(?= goes)", "#########", masked(client.screen(), world))
        return re.sub(r"(?<=R dash)( \d){8}", " #" * 8, re.sub(r"R-\d{8}", "R-########", screen)) + "cursor %d %d\n" % client.cursor()
    compare(look, name)


def issued(client, seen=set()):  # those before stay on screens
    def found():
        number = re.search(r"issued (R-\d+)", client.screen())
        return number and number.group(1) not in seen and number.group(1)
    number = until(found, lambda: "nothing was issued\n" + client.screen())
    seen.add(number)
    return number


def exchange(client, s, world):
    order = sent(s)
    sku = s.psql(SAME_PRICE.format(order=order))
    client.keys = 0
    client.line("r" + order)
    client.line(".2*1 d x" + sku)
    client.press("F9")
    client.press("F9")
    number = issued(client)
    assert client.keys <= 27, "%d keys; the card has 24 with numbers of 6 digits, and they have 9" % client.keys
    client.wait("SAY", "Write R dash 1 0 0 0", "Leeds", "Fee 0.00", "REFUND 0.00", "CV net 0.00")
    golden(client, world, "return-issued")
    row = s.psql(f"""SELECT r.kind, r.state, e.state, e.payment_state, e.total > 0 FROM goods_return r JOIN orders e ON e.id = r.exchange_id
                     WHERE r.number = '{number}'""")
    assert row == "exchange|asked|placed|captured|t", row
    client.press("F12")


def with_fee(client, s, world):
    """Looked at, changed, taken out, put back; nothing is stored before F9 F9."""
    order = sent(s, line=1)
    client.line(order)
    client.wait("PLACED", order)
    client.line("r")
    client.wait("RETURN of order " + order, "c changed mind (fee)", "not issued")
    client.line(".1")
    client.wait("why? .1*1 and a reason: d damaged")
    client.line(".1*1 z")
    client.wait("!! There is no reason z here.")
    client.line(".1*99 c")
    client.wait("can come back, not 99")
    client.press("F9")
    client.wait("F9 again issues")
    client.press("F9")
    client.wait("can come back, not 99.", "not issued")
    client.line(".1*0")
    client.wait("REFUND 0.00", absent=["!!"])
    client.press("F9")
    client.wait("nothing comes back yet")
    client.line(".9*1 d")
    client.wait("has no line 9: it was left out")
    client.line(".1*1 changed_mind")
    client.wait("Fee 2.00", re.compile(r"REFUND [1-9]"))
    client.line("n the box was opened")
    golden(client, world, "return-fee")
    client.press("F9")
    client.wait("F9 again issues exactly this")
    assert s.psql(f"SELECT count(*) FROM goods_return r JOIN orders o ON o.id = r.order_id WHERE o.number = '{order}'") == "0"
    client.press("F9")
    number = issued(client)
    client.line(".1*1 d")
    client.wait(number + " is issued. The next number or name begins something else.")
    assert s.psql(f"SELECT fee_most, note, state FROM goods_return WHERE number = '{number}'") == "200|the box was opened|asked"
    client.line(number)  # as it stands on the parcel
    client.wait("RECEIVE", number + "   asked   return   of order " + order, "given back 0.00   the box was opened")
    client.line(".1*1 s")
    client.wait("0+1")
    client.press("F9", "F9")
    client.wait("your role may not do this")  # an operator has no parcels
    client.line("u")
    client.wait(number + " is cancelled")


def typed_ahead(client, s, world):
    """All of it before any answer is there: what was keyed is meant, in its order."""
    order = sent(s, line=1)
    client.bytes(b"r%s\r.1*1 d\r.2*1 d\r.2*0\r/9\r/9\r" % order.encode())
    number = issued(client)
    assert s.psql(f"SELECT line, qty FROM goods_return_line g JOIN goods_return r ON r.id = g.return_id WHERE r.number = '{number}'") == "1|1"
    client.line("r" + order)
    client.wait("left")


def part_of_a_kit(client, s, world):
    order = sent(s, line=1, kind="kit", when="IS DISTINCT FROM NULL AND now() >")
    s.psql("UPDATE market SET return_days = 4000 WHERE code = 'GB'")
    client.line("r" + order)
    client.wait("RETURN of order " + order, "  /1 ", "  /2 ")
    client.line(".1/2*1 w")
    client.wait(re.compile(r"/2 \d{5} .* 1 +[\d.]+ +-[\d.]+ wrong item"), "Fee 0.00")
    client.press("F9", "F9")
    number = issued(client)
    assert s.psql(f"SELECT component FROM goods_return_line g JOIN goods_return r ON r.id = g.return_id WHERE r.number = '{number}'") == "2"
    s.psql("UPDATE market SET return_days = 30 WHERE code = 'GB'")


def late(client, s, world):
    order = sent(s, line=1, when="<")
    client.line("r" + order)
    client.wait("too late since")
    client.line(".1*1 d")
    client.wait("!! Returns of order %s were taken until" % order, "supervisor can still take one, and says why.")
    client.line("ov promised by Helen")
    client.wait("!! Only the back office or a supervisor")
    office = Client(world, ["--user", "B-02"])
    office.wait("Operator", "Password")
    office.line(world["password"])
    office.wait("BACK OFFICE")
    office.line("r" + order)
    office.line(".1*1 d")
    office.wait("!! Returns of order")
    office.line("ov promised by Helen")
    office.wait(re.compile(r"REFUND [1-9]"), absent=["!! "])
    office.press("F9", "F9")
    number = issued(office)
    assert s.psql(f"SELECT override FROM goods_return WHERE number = '{number}'") == "promised by Helen"
    office.close()


def certificates(client, s, world):
    """The line of a sale with what is left of each; one of which nothing is spent comes back, at once and without a parcel."""
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"], "customer": None, "ship_to": {"kind": "distributor"},
            "lines": [{"id": "l1", "sku": damm("7902"), "qty": 2, "value": 7000}], "expect_total": 14000,
            "tenders": [{"kind": "transfer", "amount": 14000, "ref": "BACS"}]}
    status, _, got = s.call("POST", "/api/v1/orders", body, s.token("B-02"), {"Idempotency-Key": ulid()})
    assert status == 201, got
    order = got["number"]
    last = s.psql(f"SELECT right(c.number, 4) FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{order}'").split("\n")
    for act in ("order_release", "order_ship"):
        s.psql(f"SELECT result FROM {act}('{order}', NULL, '{ulid()}', 'h', 1, 'test')")
    client.line("r" + order)
    client.wait("RETURN of order " + order, "..." + last[0], "left")
    client.line(".1*3 c")
    client.wait("can come back, not 3")
    client.line(".1*1 c")
    client.wait("Fee 0.00", re.compile(r"REFUND [1-9]"), "ends", absent=["!!"])
    client.press("F9", "F9")
    number = issued(client)
    client.wait("SAY", "good no more", "nothing is to be sent")
    assert s.psql(f"SELECT state FROM goods_return WHERE number = '{number}'") == "closed"
    assert s.psql(f"SELECT count(*) FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{order}' AND c.state = 'dead'") == "1"


def parcel(client, s, world):
    """At the counter: three pieces inspected, one to each place; the return closes itself."""
    order = s.psql(SENT.format(what="o.number", line=1, kind="product", when=">", days=25).replace("AND l.amount", "AND l.qty >= 3 AND l.amount"))
    client.line("r" + order)
    client.line(".1*3 w")
    client.press("F9", "F9")
    number = issued(client)
    counter = Client(world, ["--user", "S-04", "--desk", "call"]).sign_on(world)
    counter.line(number.lower())
    counter.wait("RECEIVE", number, "wrong item")
    counter.line(".1*1 s")
    counter.line(".1*1 q")
    counter.wait("0+1")
    counter.line(".1*2 x")
    counter.wait("3 of line 1 are still to come.")
    counter.line(".1*1 x")
    counter.line(".2*1 s")
    counter.wait("the return has no line 2")
    counter.press("F9")
    counter.wait("F9 again receives what is keyed")
    golden(counter, world, "return-receive")
    counter.press("F9")
    counter.wait(number + " is closed", number + "   closed")
    row = s.psql(f"SELECT stock, quarantine, scrap FROM goods_return_line g JOIN goods_return r ON r.id = g.return_id WHERE r.number = '{number}'")
    assert row == "1|1|1", row
    counter.line(".1*1 s")
    counter.wait(number + " is closed.")
    counter.close()


def refused(client, s, world):
    order = sent(s, line=1)
    client.line("r" + order)
    client.line(".1*1 o")
    client.press("F9", "F9")
    number = issued(client)
    counter = Client(world, ["--user", "S-04", "--desk", "call"]).sign_on(world)
    counter.line("r" + number[2:])
    counter.wait("RECEIVE", number)
    counter.press("F6")
    counter.wait("why? n and the reason first.")
    counter.line("n not our goods")
    counter.press("F6", "F6")
    counter.wait(number + " is refused", "not our goods")
    counter.close()


def without_a_screen(client, s, world):
    """--linear says the same facts."""
    order = sent(s, line=1)
    text = "\n".join([world["password"], "r" + order, ".1*1 c", "/9", "/9", "/3", ""])
    secret = os.path.join(world["run"], "password")
    with open(secret, "w") as file:
        file.write(world["password"] + "\n")
    os.chmod(secret, 0o600)
    run = subprocess.run([driver.PROGRAM, "--server", world["server"], "--ca", world["ca"], "--user", world["operator"], "--linear",
                          "--password-file", secret], input=text.split("\n", 1)[1], capture_output=True, text=True, timeout=120, check=False,
                         env=dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=world["run"], HOME="/nonexistent", TZ="UTC"))
    assert "RETURN of order " + order in run.stdout and "reasons: d damaged" in run.stdout, run.stdout + run.stderr
    assert re.search(r"1 of line 1 back, changed mind, worth [\d.]+", run.stdout), run.stdout
    assert re.search(r"R-\d+: Write R dash", run.stdout), run.stdout


def main():
    driver.begin()
    run = tempfile.mkdtemp(prefix="pl-returns-", dir="/tmp")
    try:
        with demo_server() as server:
            world = dict(server.ids, server=f"https://localhost:{server.port}", ca=os.path.join(server.folder, "ca.pem"))
            client = Client(world, ["--user", world["operator"]])
            client.sign_on(world)
            world["run"] = run
            for sentence, function in (("one of line 2, damaged, exchanged: the card's keys", exchange),
                                       ("with a fee, and slips on the way", with_fee),
                                       ("typed ahead of every answer", typed_ahead),
                                       ("a part of a kit", part_of_a_kit),
                                       ("late, by whose leave", late),
                                       ("gift certificates that nobody has spent", certificates),
                                       ("the parcel at the counter", parcel),
                                       ("a parcel that is refused", refused),
                                       ("without a screen", without_a_screen)):
                cases.run(sentence, function, client, server, world)
            client.close()
            check = server.ctl("check", check=False)
            cases.check("partylinectl check is clean after all of it", check.returncode == 0, check.stdout)
    finally:
        driver.end()
        shutil.rmtree(run, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    main()
