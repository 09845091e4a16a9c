#!/usr/bin/python3
"""Returns at the terminal, against the real server: the keystroke card's return with an exchange, one
with a fee, a kit's part, a late one, and the parcel's arrival at the counter."""
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, compare, masked  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_returns_real")
SENT = """SELECT {what} FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = {line} JOIN item i ON i.id = l.item_id
    WHERE o.market = 'GB' AND o.state IN ('shipped', 'received') AND o.type = 'personal' AND i.kind = '{kind}' AND l.amount > 1000
      AND NOT EXISTS (SELECT FROM goods_return r WHERE r.order_id = o.id)
      AND (SELECT max(e.at) FROM order_event e WHERE e.order_id = o.id AND e.to_state = 'shipped') {when} company_now() - interval '25 days'
    ORDER BY o.id DESC LIMIT 1"""
# As dear as the one that comes back, and in stock.
SAME_PRICE = """SELECT i.sku FROM orders o JOIN order_line l ON l.order_id = o.id AND l.line = 2
    JOIN price p ON p.list_id = o.list_id AND p.amount = l.unit AND p.item_id <> l.item_id JOIN item i ON i.id = p.item_id AND i.kind = 'product'
    JOIN stock s ON s.item_id = i.id AND s.site_id = 1 AND s.on_hand - s.reserved > 5
    WHERE o.number = '{order}' AND i.max_per_order = 0 AND i.age_limit = 0 AND i.on_sale @> business_date('GB') ORDER BY i.sku LIMIT 1"""


def sent(s, line=2, kind="product", when=">"):
    return s.psql(SENT.format(what="o.number", line=line, kind=kind, when=when))


def golden(client, world, name):
    """Numbers of orders that are made on the way differ."""
    compare(lambda: re.sub(r"(?<=order )\d{9}(?= goes)", "#########", masked(client.screen(), world)) + "cursor %d %d\n" % client.cursor(), name)


def issued(client):
    return re.search(r"issued (R-\d+)", client.wait(re.compile(r"issued R-\d+"))).group(1)


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


def main():
    driver.begin()
    run = tempfile.mkdtemp(prefix="pl-returns-", dir="/tmp")
    try:
        with demo_server() as server:
            world = dict(server.ids, server=f"https://localhost:{server.port}", ca=os.path.join(server.folder, "ca.pem"))
            client = Client(world, ["--user", world["operator"]])
            client.sign_on(world)
            for sentence, function in (("one of line 2, damaged, exchanged: the card's keys", exchange),):
                cases.run(sentence, function, client, server, world)
            client.close()
    finally:
        driver.end()
        shutil.rmtree(run, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    assert shutil
    main()
