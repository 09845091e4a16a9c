#!/usr/bin/python3
"""Returns and exchanges on a running server: what comes back gives back exactly what it cost, to the
tenders it was paid with; what goes out in its place; what is kept, and what is due again."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, codes, line  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_returns")


class Returns(Desk):
    def sent(self, lines, **changes):
        """An order of the manager's that was paid from the balance, released and shipped."""
        self.fund(1000000)
        order = self.place(lines, balance=True, **changes)
        return self.ship(order["number"])

    def ship(self, number):
        status, _, got = self.call("POST", f"/orders/{number}/release", {}, {"Idempotency-Key": ulid()}, "B-02")
        assert status == 200, got
        got = self.s.psql(f"SELECT result FROM order_ship('{number}', NULL, '{ulid()}', 'h', 1, 'test')")
        assert got == "shipped", got
        return self.read(number)

    def look(self, order, *lines, login="CC-07", **more):
        status, _, got = self.call("POST", "/returns?preview=true", dict({"order": order["number"], "lines": list(lines)}, **more), login=login)
        assert status == 200, got
        return got

    def ask(self, order, *lines, login="CC-07", key=None, expect=None, **more):
        quote = self.look(order, *lines, login=login, **more)
        body = dict({"order": order["number"], "lines": list(lines), "expect_refund": quote["refund"], "expect_due": quote["due"]}, **more)
        body.update(expect or {})
        status, _, got = self.call("POST", "/returns", body, {"Idempotency-Key": key or ulid()}, login)
        return status, got

    def made(self, order, *lines, **more):
        status, got = self.ask(order, *lines, **more)
        assert status == 201, got
        return got

    def back(self, number):
        status, _, got = self.call("GET", f"/returns/{number}")
        assert status == 200, got
        return got

    def receive(self, number, *lines, close=False, login="S-04", key=None, status=200):
        pieces = [dict({"position": position}, **where) for position, where in lines]
        got = self.call("POST", f"/returns/{number}/receive", {"lines": pieces, "close": close}, {"Idempotency-Key": key or ulid()}, login)
        assert got[0] == status, got
        return got[2]

    def end(self, number, act, status=200, login="B-02", **body):
        got = self.call("POST", f"/returns/{number}/{act}", body, {"Idempotency-Key": ulid()}, login)
        assert got[0] == status, got
        return got[2]


def piece(order, n, qty, reason="damaged", **more):
    return dict({"line": order["lines"][n - 1]["id"], "qty": qty, "reason": reason}, **more)


def whole_life(d):
    a, b = d.s.ids["skus"][:2]
    order = d.sent([line(a, 3), line(b, 2)])
    free, balance = d.free(a), d.balance()
    got = d.made(order, piece(order, 1, 2, "changed_mind"))
    assert got["number"].startswith("R-") and got["state"] == "asked" and got["order"] == order["number"], got
    worth = order["lines"][0]["amount"] * 2 // 3
    assert (got["worth"], got["fee"], got["refund"]) == (worth, 200, worth - 200), got
    assert d.balance() == balance and d.free(a) == free, "nothing has come yet"
    done = d.receive(got["number"], (1, {"stock": 1, "scrap": 1}))
    assert done["state"] == "closed", done
    assert d.balance() == balance + worth - 200 and d.free(a) == free + 1
    now = d.read(order["number"])
    assert now["payments"][0]["refunded"] == worth - 200, now["payments"]
    assert d.s.psql(f"SELECT sum(v.cv) FROM volume_entry v JOIN orders o ON o.id = v.order_id WHERE o.number = '{order['number']}'") == str(
        -(order["lines"][0]["cv"] * 2 // 3))
    d.clean()


def main():
    with demo_server() as server:
        d = Returns(server)
        for sentence, function in (("a return from the first word to the money", whole_life),):
            cases.run(sentence, function, d)
    cases.end()


if __name__ == "__main__":
    assert threading and codes
    main()
