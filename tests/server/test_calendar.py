#!/usr/bin/python3
"""Edges of the calendar on a running server: lists that change at midnight in the market's zone, days
of 23 and 25 hours, 29 February, an order begun before a change and placed after it. The company's
clock is moved; everything else is as on any day."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_calendar")
ZONES = {"GB": "Europe/London", "US": "America/New_York", "CN": "Asia/Shanghai"}


def clock(s, local, zone):
    """The company's clock shows that time in that zone now."""
    s.psql(f"UPDATE company SET clock_offset = timestamp '{local}' AT TIME ZONE '{zone}' - now()")


def buyer(s, market):
    return s.psql(f"""SELECT d.number FROM distributor d WHERE d.market = '{market}' AND d.status = 'active' AND d.rank = 1
        ORDER BY d.number LIMIT 1""")


def sku_of(s, market):
    """In stock, and at another price in spring than in autumn."""
    return s.psql(f"""SELECT i.sku FROM item i JOIN site w ON w.market = '{market}' AND w.ships
        JOIN stock k ON k.item_id = i.id AND k.site_id = w.id AND k.on_hand - k.reserved > 50
        JOIN price a ON a.item_id = i.id JOIN price_list la ON la.id = a.list_id AND la.market = '{market}'
         AND la.audience = 'retail' AND la.code = 'AUTUMN-2'
        JOIN price b ON b.item_id = i.id JOIN price_list lb ON lb.id = b.list_id AND lb.market = '{market}'
         AND lb.audience = 'retail' AND lb.code = 'SPRING-2'
        WHERE a.amount <> b.amount AND i.kind = 'product' AND i.max_per_order = 0 AND i.age_limit = 0 AND i.on_sale = '(,)'
        ORDER BY i.sku LIMIT 1""")


def draft(d, market, **changes):
    return dict(d.draft([line(sku_of(d.s, market), 1)], market=market, distributor=buyer(d.s, market)), **changes)


def quote(d, market, **changes):
    status, _, got = d.call("POST", "/quotes", draft(d, market, **changes), login="SV-01")
    assert status == 200, got
    return got


def place(d, body, total):
    return d.call("POST", "/orders", dict(body, expect_total=total, tenders=[], accept=["duplicate"]), {"Idempotency-Key": ulid()},
                  login="SV-01")


def midnight(d, market):
    """SPRING-2 is valid from 1 February on: in the market, wherever the server stands."""
    clock(d.s, "2026-01-31 23:59:30", ZONES[market])
    before = quote(d, market)
    assert (before["list"], before["date"]) == ("AUTUMN-2", "2026-01-31"), before["list"]
    clock(d.s, "2026-02-01 00:00:05", ZONES[market])
    after = quote(d, market)
    assert (after["list"], after["date"]) == ("SPRING-2", "2026-02-01"), after["list"]
    assert after["lines"][0]["unit"] != before["lines"][0]["unit"]


def begun_before(d, market):
    """409 with the new quote; nothing is stored. A list that was chosen stays, and stands on the order."""
    body = draft(d, market)
    clock(d.s, "2026-01-31 23:59:30", ZONES[market])
    before = quote(d, market)
    clock(d.s, "2026-02-01 00:00:05", ZONES[market])
    orders = d.s.psql("SELECT count(*) FROM orders")
    status, _, refused = place(d, body, before["total"])
    assert status == 409 and refused["type"].endswith("total-changed"), refused
    assert refused["quote"]["list"] == "SPRING-2" and refused["quote"]["total"] != before["total"]
    assert d.s.psql("SELECT count(*) FROM orders") == orders
    chosen = dict(body, price_list="AUTUMN-2")
    status, _, placed = place(d, chosen, before["total"])
    assert status == 201, placed
    order = d.call("GET", f"/orders/{placed['number']}", login="SV-01")[2]
    assert (order["price_list"], order["date"], order["total"]) == ("AUTUMN-2", "2026-02-01", before["total"]), order
    status, _, placed = place(d, body, refused["quote"]["total"])
    assert status == 201, placed
    order = d.call("GET", f"/orders/{placed['number']}", login="SV-01")[2]
    assert (order["price_list"], order["date"]) == ("SPRING-2", "2026-02-01")


# Local times around the change of the clock, and the business day of each: 23 hours, then 25.
CHANGES = [
    ("GB", "2026-03-28 23:59:59", "2026-03-28"), ("GB", "2026-03-29 00:00:01", "2026-03-29"), ("GB", "2026-03-29 03:00:00", "2026-03-29"),
    ("GB", "2026-03-29 23:59:59", "2026-03-29"), ("GB", "2026-03-30 00:00:01", "2026-03-30"), ("GB", "2026-10-24 23:59:59", "2026-10-24"),
    ("GB", "2026-10-25 00:00:01", "2026-10-25"), ("GB", "2026-10-25 01:30:00", "2026-10-25"), ("GB", "2026-10-25 23:59:59", "2026-10-25"),
    ("GB", "2026-10-26 00:00:01", "2026-10-26"), ("US", "2026-03-08 00:00:01", "2026-03-08"), ("US", "2026-03-08 23:59:59", "2026-03-08"),
    ("US", "2026-03-09 00:00:01", "2026-03-09"), ("US", "2025-11-02 23:59:59", "2025-11-02"), ("US", "2025-11-03 00:00:01", "2025-11-03"),
    ("CN", "2026-03-29 00:00:01", "2026-03-29"),
]


def changed_clocks(d):
    s = d.s
    for market, local, day in CHANGES:
        clock(s, local, ZONES[market])
        assert s.psql(f"SELECT business_date('{market}')") == day, (market, local)
    # A list from the day on which the clock goes forward is valid from the first second of that day, and
    # one day is between any two days.
    s.psql("""UPDATE price_list SET valid = daterange(lower(valid), '2026-03-29') WHERE market = 'GB' AND code = 'SPRING-2';
              INSERT INTO price_list (market, code, name, audience, tax_included, valid)
              VALUES ('GB', 'EASTER', 'Easter 2026', 'retail', true, '[2026-03-29,2026-03-30)')""")
    s.psql("""INSERT INTO price (list_id, item_id, amount) SELECT e.id, p.item_id, 777 FROM price_list e, price p JOIN price_list l
              ON l.id = p.list_id WHERE e.code = 'EASTER' AND l.market = 'GB' AND l.audience = 'retail' AND l.code = 'SPRING-2'""")
    for local, code in (("2026-03-28 23:59:30", "SPRING-2"), ("2026-03-29 00:00:05", "EASTER"), ("2026-03-29 23:59:30", "EASTER")):
        clock(s, local, ZONES["GB"])
        wait_for(lambda: quote(d, "GB")["list"], code)


def wait_for(value, wanted):
    """The server's copy of the catalogue is renewed beside it."""
    end = time.monotonic() + 30
    while (got := value()) != wanted:
        assert time.monotonic() < end, (got, wanted)
        time.sleep(0.05)


def leap_day(d):
    s = d.s
    for local, day, month in (("2028-02-28 23:59:59", "2028-02-28", "2028-02"), ("2028-02-29 00:00:01", "2028-02-29", "2028-02"),
                              ("2028-02-29 23:59:59", "2028-02-29", "2028-02"), ("2028-03-01 00:00:01", "2028-03-01", "2028-03")):
        clock(s, local, ZONES["GB"])
        assert s.psql("SELECT business_date('GB') || ' ' || to_char(business_date('GB'), 'YYYY-MM')") == f"{day} {month}"
    s.psql("""INSERT INTO price_list (market, code, name, audience, tax_included, valid)
              VALUES ('GB', 'LEAP', 'Leap day', 'retail', true, '[2028-02-29,2028-03-01)')""")
    s.psql("""INSERT INTO price (list_id, item_id, amount) SELECT e.id, p.item_id, 229 FROM price_list e, price p JOIN price_list l
              ON l.id = p.list_id WHERE e.code = 'LEAP' AND l.market = 'GB' AND l.audience = 'retail' AND l.code = 'SPRING-2'""")
    clock(s, "2028-02-29 12:00:00", ZONES["GB"])
    wait_for(lambda: quote(d, "GB")["list"], "LEAP")
    got = quote(d, "GB")
    assert (got["date"], got["lines"][0]["unit"]) == ("2028-02-29", 229)
    status, _, placed = place(d, draft(d, "GB"), got["total"])
    assert status == 201, placed
    assert s.psql(f"SELECT business_date || ' ' || month FROM orders WHERE number = '{placed['number']}'") == "2028-02-29 2028-02-01"
    # By date alone, on any day: the 29th is a day of 2028 and none of 2027.
    assert quote(d, "GB", date="2028-02-29")["list"] == "LEAP"
    assert d.call("POST", "/quotes", draft(d, "GB", date="2027-02-29"), login="SV-01")[0] == 400
    clock(s, "2028-03-01 00:00:05", ZONES["GB"])
    assert "no_list" in [p["code"] for p in quote(d, "GB")["problems"]]
    assert d.s.ctl("check", check=False).returncode == 0


def main():
    with demo_server("--workers", "1") as server:
        d = Desk(server)
        for market in ZONES:
            cases.run(f"{market}: a list changes at midnight there", midnight, d, market)
            cases.run(f"{market}: begun before a change, placed after it", begun_before, d, market)
        cases.run("days of 23 and 25 hours are days", changed_clocks, d)
        cases.run("29 February", leap_day, d)
    cases.end()


main()
