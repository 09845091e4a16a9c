#!/usr/bin/python3
"""Business months that close: what is booked before stands in them, for ever, to the cent; what comes later stands
in the next, whatever the calendar says and whoever races; only the last can be opened again, and it is written down."""
import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_months")
THIS, NEXT = "2025-11", "2025-12"


class Office(Desk):
    def month(self, *arguments, market="GB", by="B-02"):
        run = self.s.ctl("month", *arguments, "--market", market, *(("--by", by) if by else ()), check=False)
        return run.returncode, run.stdout + run.stderr

    def month_of(self, order):
        return self.s.psql(f"SELECT to_char(month, 'YYYY-MM') FROM orders WHERE number = '{order['number']}'")

    def volumes(self, order):
        """[(month, cv)] besides the order's own."""
        rows = self.s.psql("SELECT to_char(v.month, 'YYYY-MM'), v.cv FROM volume_entry v JOIN orders o ON o.id = v.order_id "
                           f"WHERE o.number = '{order['number']}' ORDER BY v.id")
        return [(row.split("|")[0], int(row.split("|")[1])) for row in rows.split("\n") if row]

    def shown(self, month=THIS):
        code, text = self.month("show", month, by=None)
        assert code == 0, text
        return text

    def sent(self, lines):
        self.fund(1000000)
        order = self.place(lines, balance=True)
        status, _, got = self.call("POST", f"/orders/{order['number']}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        assert self.s.psql(f"SELECT result FROM order_ship('{order['number']}', NULL, '{ulid()}', 'h', 1, 'test')") == "shipped"
        return self.read(order["number"])

    def cancel(self, order):
        status, _, got = self.call("POST", f"/orders/{order['number']}/cancel", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got

    def last_transfer(self):
        return int(self.s.psql("SELECT max(id) FROM transfer"))


def who_may_and_when(d):
    assert d.month("close", "2025-10", by="CC-07")[0] == 1, "an operator"
    assert d.month("close", "2025-10", by="NOBODY")[0] == 1
    assert d.month("close", "2025-10", by=None)[0] == 64
    assert d.month("close", "2025-10", market="XX")[0] == 1
    assert d.month("close", "2025-12")[0] == 1, "it has not begun"
    for name in ("2025-13", "2025-1", "2025-11-01", "november", ""):
        assert d.month("close", name)[0] == 64, name
    assert d.month("reopen", "2025-10", "--reason", "x")[0] == 1, "nothing is closed"
    assert d.s.psql("SELECT count(*) FROM month_event") == "0"
    code, text = d.month("close", "2025-10")
    assert (code, text) == (0, "month: 2025-10 of GB is closed\n"), text
    assert d.month("close", "2025-10")[0] == 1, "once"
    assert d.month("close", "2025-09")[0] == 1
    assert d.s.psql("SELECT count(*) FROM audit WHERE action = 'month.close'") == "1"
    d.clean()


def what_was_stays(d):
    """The books of the month as this test adds them up, from the transfers until then."""
    early, back, changes, lost = d.place([line(d.s.ids["skus"][0], 1)]), d.sent([line(d.s.ids["skus"][0], 3)]), \
        d.place([line(d.s.ids["skus"][1], 2)], balance=True), d.place([line(d.s.ids["skus"][2], 2)], balance=True)
    code, text = d.month("close", THIS)
    assert code == 0 and f"month: {THIS} of GB is closed" in text and "orders are due" in text, text
    last, shown = d.last_transfer(), d.shown()
    mine = {}
    for row in d.s.psql(f"""SELECT k.kind, x.month, sum(x.debit), sum(x.credit) FROM (
            SELECT t.debit_id AS account, t.amount AS debit, 0 AS credit, to_char(j.at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month
              FROM transfer t JOIN journal j ON j.id = t.journal_id WHERE t.id <= {last}
            UNION ALL SELECT t.credit_id, 0, t.amount, to_char(j.at AT TIME ZONE 'Europe/London', 'YYYY-MM')
              FROM transfer t JOIN journal j ON j.id = t.journal_id WHERE t.id <= {last}) x
            JOIN account k ON k.id = x.account WHERE k.market = 'GB' GROUP BY 1, 2""").split("\n"):
        kind, month, debit, credit = row.split("|")
        one = mine.setdefault(kind, [0, 0, 0])
        if month < THIS:
            one[0] += int(credit) - int(debit)
        else:
            one[1:] = int(debit), int(credit)
    kept = d.s.psql("SELECT b.kind, b.opening, b.debits, b.credits FROM month_balance b JOIN month_closed e ON e.id = b.event_id "
                    f"WHERE e.market = 'GB' AND e.month = '{THIS}-01'")
    kept = {row.split("|")[0]: [int(x) for x in row.split("|")[1:]] for row in kept.split("\n")}
    assert kept == mine, (kept, mine)
    d.clean()

    # From now on everything stands in the next month, also what is about an order of this one.
    late = d.place([line(d.s.ids["skus"][0], 2)])
    assert (d.month_of(early), d.month_of(late), late["date"][:7]) == (THIS, NEXT, THIS)
    d.cancel(lost)
    assert d.volumes(lost) == [(NEXT, -lost["cv"])] and lost["cv"] > 0
    status, got = d.change(changes, lines=[line(d.s.ids["skus"][1], 5, changes["lines"][0]["id"])])
    assert status == 200, got
    now = d.read(changes["number"])
    assert d.volumes(changes) == [(NEXT, now["cv"] - changes["cv"])] and d.month_of(changes) == THIS
    wish = {"order": back["number"], "lines": [{"line": back["lines"][0]["id"], "qty": 1, "reason": "damaged"}]}
    quote = d.call("POST", "/returns?preview=true", wish)[2]
    status, _, made = d.call("POST", "/returns", dict(wish, expect_refund=quote["refund"]), {"Idempotency-Key": ulid()})
    assert status == 201, made
    status, _, got = d.call("POST", f"/returns/{made['number']}/receive", {"lines": [{"position": 1, "stock": 1}]}, {"Idempotency-Key": ulid()}, "S-04")
    assert status == 200, got
    assert d.volumes(back) == [(NEXT, -(back["lines"][0]["cv"] // 3))], d.volumes(back)
    assert d.shown() == shown
    tied = d.s.psql(f"SELECT count(DISTINCT j.kind) FROM transfer t JOIN journal j ON j.id = t.journal_id JOIN orders o ON o.id = t.order_id "
                    f"WHERE o.number = '{back['number']}' AND t.id > {last}")
    assert tied == "2", "the return and its refund name the order"
    figures = d.call("GET", f"/distributors/{d.s.ids['manager']}")[2]
    sums = d.s.psql("SELECT coalesce(sum(cv), 0) FROM orders WHERE state <> 'cancelled' AND month = '2025-12-01' AND distributor_id = "
                    f"(SELECT id FROM distributor WHERE number = '{d.s.ids['manager']}')")
    assert str(figures["cv"]) == sums, (figures, sums)
    assert d.call("GET", "/day")[2]["month"]["ends"] == "2025-12-31"
    d.clean()


def nobody_books_into_it(d):
    """Also who says that it was then, and who has all rights."""
    shown = d.shown()
    d.s.psql("""WITH j AS (INSERT INTO journal (kind, ref, at) VALUES ('wallet_funding', 'LATE', '2025-10-15') RETURNING id)
        INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount)
        SELECT j.id, f.id, s.id, 'GBP', 100 FROM j, account f, account s WHERE f.kind = 'wallet_funding' AND f.market = 'GB' AND s.kind = 'sales' AND s.market = 'GB'""")
    d.clean()
    assert d.month("close", NEXT)[0] == 1, "December has not begun"
    assert d.shown() == shown
    for sql in ("UPDATE month_event SET month = '2025-01-01'", "DELETE FROM month_seal", "UPDATE month_balance SET credits = 0", "TRUNCATE month_balance"):
        try:
            d.s.psql(sql)
        except RuntimeError:
            continue
        raise AssertionError(sql)


def opened_again(d):
    assert d.month("reopen", "2025-10", "--reason", "x")[0] == 1, "only the last"
    assert d.month("reopen", THIS)[0] == 1, "a reason is needed"
    assert d.month("reopen", THIS, "--reason", "paper forms came late", by="CC-07")[0] == 1
    before = d.shown()
    code, text = d.month("reopen", THIS, "--reason", "paper forms came late")
    assert (code, text) == (0, f"month: {THIS} of GB is open again\n"), text
    assert d.month("show", THIS, by=None)[0] == 1
    late = d.place([line(d.s.ids["skus"][0], 4)])
    assert d.month_of(late) == THIS
    d.clean()
    assert d.month("close", THIS)[0] == 0 and d.shown() != before
    code, text = d.month("list", by=None)
    acts = [row.split()[1:3] for row in text.strip().split("\n")]
    assert acts == [["2025-10", "close"], [THIS, "close"], [THIS, "reopen"], [THIS, "close"]], text
    assert "paper forms came late" in text and "B-02" in text
    assert d.s.psql("SELECT string_agg(action || (detail ->> 'reason'), ',' ORDER BY id) FROM audit WHERE action LIKE 'month.%'") == \
        "month.close,month.close,month.reopenpaper forms came late,month.close"
    d.clean()


def each_market_by_itself(d):
    assert d.s.psql("SELECT count(closed_through) FROM market") == "1"
    assert d.month("close", "2025-09", market="US")[0] == 0 and d.month("close", THIS, market="US")[0] == 1, "one by one"
    assert d.month("close", "2025-10", market="US")[0] == 0
    d.clean()


def interrupted(d):
    """Closed, and killed before its books were written down: told by the check, and by closing it again done."""
    d.s.psql(f"SELECT month_turn('CN', '{THIS}-01', 'close', 'B-02', '')")
    run = d.s.ctl("check", check=False)
    assert run.returncode == 1 and "month CN 2025-11: is closed, and nobody has written down what it was" in run.stdout, run.stdout
    assert d.month("close", THIS, market="CN")[0] == 0
    d.clean()


def raced(d):
    """Sixty-four place while the month closes and opens again: all are placed, each in the month whose it is."""
    sku = d.s.ids["skus"][3]
    for _ in range(3):
        assert d.month("reopen", THIS, "--reason", "again")[0] == 0
        body = d.draft([line(sku, 1)])
        total = d.call("POST", "/quotes", body)[2]["total"]

        def place(n, body=body, total=total):
            return d.call("POST", "/orders", dict(body, note=f"race {n}", expect_total=total, tenders=[], accept=["duplicate"]), {"Idempotency-Key": ulid()})

        with concurrent.futures.ThreadPoolExecutor(65) as pool:
            placed = [pool.submit(place, n) for n in range(32)]
            closed = pool.submit(d.month, "close", THIS)
            placed += [pool.submit(place, n) for n in range(32, 64)]
            # The last come when it is closed for sure.
            assert closed.result()[0] == 0, closed.result()
            answers = [one.result() for one in placed] + [place(64)]
        assert {status for status, _, _ in answers} == {201}, [a for a in answers if a[0] != 201][:2]
        numbers = ",".join(f"'{got['number']}'" for _, _, got in answers)
        wrong = d.s.psql(f"""SELECT o.number, o.month, count(*), min(t.id), max(t.id), e.after FROM orders o JOIN transfer t ON t.order_id = o.id
            CROSS JOIN (SELECT max(after) AS after FROM month_closed WHERE market = 'GB' AND month = '{THIS}-01') e
            WHERE o.number IN ({numbers}) GROUP BY o.number, o.month, e.after
            HAVING CASE o.month WHEN '{THIS}-01' THEN max(t.id) > e.after WHEN '{NEXT}-01' THEN min(t.id) <= e.after ELSE true END""")
        assert wrong == "", wrong
        assert d.month_of(answers[-1][2]) == NEXT
        d.clean()


def main():
    with demo_server() as server:
        d = Office(server)
        for sentence, function in (("who may close which", who_may_and_when), ("what a month was stays", what_was_stays),
                                   ("nobody books into a closed month", nobody_books_into_it), ("the last one is opened again", opened_again),
                                   ("each market by itself", each_market_by_itself), ("a close that was interrupted", interrupted),
                                   ("at the same time as sixty-four orders", raced)):
            cases.run(sentence, function, d)
    cases.end()


main()
