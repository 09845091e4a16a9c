#!/usr/bin/python3
"""The back office's sheets against the real server: a price is typed over, looked at, published, and seen at once
at an operator's open order on another terminal."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from driver import Client, golden  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_office")


def office(world, login="B-02", **more):
    client = Client(world, ["--user", login], **more)
    client.wait("Operator", "Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("BACK OFFICE", "1  Items", "Nothing is changed")
    return client


def sheet(client, number, *texts):
    client.line(number)
    client.wait("SHEET", *texts, absent=["  .."])


def money(minor):
    return "%d.%02d" % divmod(minor, 100)


def price(s, sku, market="GB", code="AUTUMN-2"):
    return int(s.psql("SELECT p.amount FROM price p JOIN price_list l ON l.id = p.list_id JOIN item i ON i.id = p.item_id"
                      f" WHERE l.market = '{market}' AND l.audience = 'retail' AND l.code = '{code}' AND i.sku = '{sku}'"))


def until(test, what):
    import time
    deadline = time.monotonic() + driver.WAIT
    while not test():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def publish(client):
    client.press("F9")
    client.wait("CHANGES", "F9 publishes it")
    client.press("F9")
    client.wait("published:", absent=["CHANGES"])


# ---- the whole way ------------------------------------------------------------------------------

def a_price_is_published_and_seen_at_an_open_order(s, world):
    sku = s.ids["skus"][0]
    was = price(s, sku)
    operator = Client(world, ["--user", "CC-07"]).sign_on(world)
    operator.line(s.ids["manager"])
    operator.wait("Balance")
    operator.line(sku)
    operator.wait("pending 0 of 1", money(was))
    client = office(world)
    golden(client, world, "office_menu")
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    client.type(sku)
    client.press("F4")
    client.wait('"%s"' % sku, sku, money(was), absent=["Farmhouse", "  .."])
    client.line(money(was + 111))
    client.wait("* %s" % sku, money(was + 111) + "*", "1 row changed")
    client.wait("was " + money(was))
    golden(client, world, "office_changed")
    client.press("F9")
    client.wait("CHANGES", "all is well", "%s -> %s" % (money(was), money(was + 111)))
    golden(client, world, "office_changes")
    assert price(s, sku) == was
    client.press("F9")
    client.wait("published: 1 row", "SHEET", money(was + 111), absent=["1 row changed"])
    assert price(s, sku) == was + 111
    # the operator prices the open order anew, as with any key that asks
    until(lambda: s.call("GET", f"/api/v1/items/{sku}", token=s.token())[2]["price"] == was + 111, "no worker knows")
    operator.press("F5")
    operator.wait(money(was + 111))
    operator.press("F6")
    operator.wait("held")
    operator.close()
    client.close()


# ---- typing -------------------------------------------------------------------------------------

def what_cannot_stand_in_a_cell_is_said_and_kept(s, world):
    client = office(world)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    client.line("12.345")
    client.wait("12.345 is no amount of at most 2 decimals", "> 12.345")
    client.press("End", "BSpace", "Enter")
    client.wait("12.34*")
    client.line("u")
    client.wait("0 rows changed", absent=["12.34*"])
    client.press("BTab", "BTab")
    client.wait("SKU: 1")
    client.line("40216")
    client.wait("SKU stays as it is")
    client.press("C-u")
    client.close()


def typed_ahead_goes_where_it_was_meant(s, world):
    """Ten prices without looking: each lands in its own row."""
    client = office(world)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    skus = [row.split()[0] for row in client.screen().split("\n")[3:18]]
    assert len(skus) == 15 and all(sku.isdigit() for sku in skus), skus
    driver.tmux("send-keys", "-t", client.name, *sum((["%d.01" % (40 + n), "Enter"] for n in range(12)), []))
    client.wait("12 rows changed")
    publish(client)
    assert [price(s, sku) for sku in skus[:12]] == [4001 + 100 * n for n in range(12)]
    client.close()


def pages_follow_the_cursor(s, world):
    """A page of a hundred rows; the keys that come while the next is on its way wait for it."""
    client = office(world)
    sheet(client, "1", "Items", "Farmhouse")
    skus = s.psql("SELECT string_agg(sku, ' ' ORDER BY sku) FROM item").split()
    driver.tmux("send-keys", "-t", client.name, *["Down"] * 130)
    client.wait(skus[130] + "/en")
    driver.tmux("send-keys", "-t", client.name, *["Up"] * 60)
    client.wait(skus[70] + "/en")
    client.press("PgDn")
    client.press("PgDn")
    client.press("PgDn")
    client.wait(skus[100] + "/en")
    client.close()


def a_new_row_is_filled_in_and_kept_until_it_is_right(s, world):
    client = office(world)
    sheet(client, "4", "Delivery", "pickup")
    client.line("+")
    client.wait("new row", "To: address")
    client.line("moon")
    client.wait("There is no To moon")
    client.press("End", "BSpace", "BSpace", "BSpace", "BSpace")
    client.line("customer")
    client.wait("Method: standard")
    client.press("Tab", "Tab", "Tab")
    client.wait("Grams from: 0")
    client.line("20000")
    client.press("Tab")
    client.wait("Charge: 4.95")
    client.line("14.95")
    client.press("Down")
    client.wait("+ customer", "1 row changed")
    publish(client)
    assert s.psql("SELECT charge FROM delivery_charge WHERE market = 'GB' AND destination = 'customer' AND min_weight_g = 20000") == "1495"
    client.line("+")
    client.wait("new row")
    client.press("Down")
    client.wait("exists already", "new row")
    client.line("u")
    client.wait("the new row is gone", "GB/address/standard//25000", absent=["+ address", "+ customer"])
    client.close()


def a_range_ends_and_a_new_one_begins(s, world):
    client = office(world)
    sheet(client, "5", "Tax", "GB")
    client.wait("Percent: 20")
    client.line("21.5")
    client.wait("21.5*", "1 row changed")
    client.press("F9")
    client.wait("all is well")
    client.line("2026-01-01")
    client.wait("from: 2026-01-01", "all is well")
    golden(client, world, "office_day")
    client.press("F9")
    client.wait("published: 1 row", "2026-01-01", "21.5")
    assert s.psql("SELECT string_agg(valid::text || ppm, ' ' ORDER BY valid) FROM tax_rate WHERE region = 'GB' AND tax_class = 1") \
        == "(,2026-01-01)200000 [2026-01-01,)215000"
    client.close()


def what_stands_in_the_way_is_shown(s, world):
    client = office(world)
    sheet(client, "5", "Tax", "GB")
    client.press("Tab")
    client.wait("until:")
    client.press("Down", "Down")
    client.wait("GB/GB/zero")
    client.line("2026-03-01")
    client.wait("1 row changed")
    client.press("F9")
    client.wait("cannot be published yet", "!!", "nothing is valid from 2026-03-01 on")
    golden(client, world, "office_faults")
    client.press("F9")
    client.wait("stands in the way")
    client.press("F12")
    client.wait("SHEET")
    client.line("u")
    client.wait("0 rows changed")
    client.close()


def two_at_one_row(s, world):
    sku = s.ids["skus"][1]
    was = price(s, sku)
    hers, his = office(world), office(world, "B-03")
    for client, amount in ((hers, was + 10), (his, was + 20)):
        sheet(client, "2", "AUTUMN-2", "Farmhouse")
        client.type(sku)
        client.press("F4")
        client.wait('"%s"' % sku, money(was), absent=["Farmhouse", "  .."])
        client.line(money(amount))
        client.wait("1 row changed")
    publish(hers)
    his.press("F9")
    his.wait("cannot be published yet", "HELEN (B-02) has changed")
    his.press("F12")
    his.wait("SHEET", "! " + sku, "was " + money(was + 10))
    his.line(money(was + 20))  # again: mine is meant
    his.press("F9")
    his.wait("all is well", "%s -> %s" % (money(was + 10), money(was + 20)))
    his.press("F9")
    his.wait("published: 1 row")
    assert price(s, sku) == was + 20
    hers.close()
    his.close()


def an_item_in_chinese(s, world):
    sku = s.psql("SELECT min(i.sku) FROM item i JOIN item_name n ON n.item_id = i.id WHERE n.language = 'zh'")
    client = office(world)
    sheet(client, "1", "Items", sku)
    client.press("F7", "F7")
    client.wait("Items  zh", absent=["  .."])
    client.wait(s.psql(f"SELECT name FROM item_name n JOIN item i ON i.id = n.item_id WHERE sku = '{sku}' AND language = 'zh'"))
    golden(client, world, "office_chinese")
    client.line("新的名字")
    client.wait("新的名字", "1 row changed")
    publish(client)
    assert s.psql(f"SELECT name FROM item_name n JOIN item i ON i.id = n.item_id WHERE sku = '{sku}' AND language = 'zh'") == "新的名字"
    client.close()


def operators_have_no_sheets(s, world):
    client = Client(world, ["--user", "CC-07"]).sign_on(world)
    client.press("F11")
    client.wait("the sheets are for the back office")
    client.close()


def it_is_read_to_those_who_do_not_see_it(s, world):
    import subprocess
    run = subprocess.run([driver.PROGRAM, "--linear", "--server", world["server"], "--ca", world["ca"], "--user", "B-03", "--password-file", "/dev/fd/9"],
                         input="2\n5.01\nu\n/12\n/3\n", capture_output=True, text=True, check=False, timeout=60,
                         env=dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=s.folder + "/..", **driver.sanitizers()),
                         preexec_fn=lambda: os.dup2(password(world), 9), pass_fds=(9,))
    out = run.stdout
    for text in ("BACK OFFICE", "SHEET Prices: GB AUTUMN-2", "Price: "):
        assert text in out, (text, out, run.stderr)


def password(world):
    read, write = os.pipe()
    os.write(write, (world["password"] + "\n").encode())
    os.close(write)
    return read


def disputed_payments_are_seen(s, world):
    """The back office's own screen says that there are some; F7 lists them, a digit opens the order."""
    client = office(world)
    client.wait("F7 Disputes", absent=["is disputed"])
    client.press("F7")
    client.wait("DISPUTES", "no card payment is disputed")
    client.press("F12")
    s.psql("""INSERT INTO dispute (payment_id, provider_ref, state, reason, amount, taken, fee, lost, due_by, opened_at, ended_at)
        SELECT p.id, 'dp_' || p.n, CASE p.n % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'lost' ELSE 'inquiry' END,
               CASE p.n % 2 WHEN 0 THEN 'fraudulent' ELSE 'credit_not_processed' END, 1000 + p.n, 0, 0, 0, '2025-12-24 12:00Z', now(),
               CASE p.n % 3 WHEN 1 THEN now() END
          FROM (SELECT x.id, row_number() OVER (ORDER BY x.id) AS n FROM payment x JOIN orders o ON o.id = x.order_id
                 WHERE o.market = 'GB' AND x.state = 'captured' ORDER BY x.id LIMIT 12) p ORDER BY p.n""")
    numbers = s.psql("SELECT o.number FROM dispute d JOIN payment p ON p.id = d.payment_id JOIN orders o ON o.id = p.order_id ORDER BY d.id DESC").split()
    client.press("F5")
    client.wait("A card payment is disputed: F7 shows which")
    client.press("F7")
    client.wait("DISPUTES", " 1 " + numbers[0], "10.12", "PgDn older ones", absent=["  .."])
    golden(client, world, "office_disputes")
    client.press("PageDown")
    client.wait(" 3 " + numbers[11], "10.01", absent=["10.12"])
    client.line("3")
    client.wait("PLACED", numbers[11], "Dispute  10.01 no refund received, lost, fee 0.00")
    client.press("F12")
    client.wait("DISPUTES", numbers[11])
    client.press("PageUp")
    client.wait(" 1 " + numbers[0])
    s.psql("DELETE FROM dispute")
    client.close()


def main():
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            for case in (a_price_is_published_and_seen_at_an_open_order, what_cannot_stand_in_a_cell_is_said_and_kept,
                         pages_follow_the_cursor, a_new_row_is_filled_in_and_kept_until_it_is_right, a_range_ends_and_a_new_one_begins,
                         what_stands_in_the_way_is_shown, two_at_one_row, an_item_in_chinese, typed_ahead_goes_where_it_was_meant,
                         operators_have_no_sheets, disputed_payments_are_seen):
                if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
                    s.psql("UPDATE changeset SET state = 'dropped' WHERE state = 'draft'")
                    cases.run(case.__name__.replace("_", " "), case, s, world)
    finally:
        driver.end()
    cases.end()


main()
