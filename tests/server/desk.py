"""An operator at work on a test server: drafts, quotes, orders, changes."""
from served import ulid

API = "/api/v1"


def line(sku, qty, name=None, **more):
    return dict({"id": name or f"l{sku}", "sku": sku, "qty": qty}, **more)


def codes(reply):
    return sorted(p["code"] for p in reply.get("problems", []))


class Desk:
    """An operator at work: draft, quote, place, change."""

    def __init__(self, s):
        self.s = s

    def call(self, method, path, body=None, headers=None, login="CC-07"):
        return self.s.call(method, API + path, body, self.s.token(login), headers)

    def draft(self, lines, **changes):
        return dict({"market": "GB", "type": "personal", "distributor": self.s.ids["manager"], "customer": None,
                     "lines": lines, "ship_to": {"kind": "distributor"}}, **changes)

    def place(self, lines, balance=False, **changes):
        body = self.draft(lines, **changes)
        status, _, quote = self.call("POST", "/quotes", body)
        assert status == 200, quote
        tenders = [{"kind": "balance", "amount": quote["total"]}] if balance else []
        status, _, placed = self.call("POST", "/orders", dict(body, expect_total=quote["total"], tenders=tenders,
                                                              accept=["duplicate", "age"]), {"Idempotency-Key": ulid()})
        assert status == 201, placed
        return self.read(placed["number"])

    def read(self, number):
        status, headers, order = self.call("GET", f"/orders/{number}")
        assert status == 200 and headers["ETag"] == f'"{order["version"]}"', (status, order)
        return order

    def preview(self, number, **change):
        status, _, got = self.call("POST", f"/orders/{number}/change?preview=true", change)
        assert status == 200, (status, got)
        return got

    def change(self, order, key=None, expect=None, tenders=None, headers=None, login="CC-07", **change):
        if expect is None:
            expect = self.preview(order["number"], **change)["quote"]["total"]
        body = dict(change, expect_total=expect, tenders=tenders or [])
        sent = {"Idempotency-Key": key or ulid(), "If-Match": f'"{order["version"]}"'}
        sent.update(headers or {})
        status, _, got = self.call("POST", f"/orders/{order['number']}/change", body,
                                   {k: v for k, v in sent.items() if v is not None}, login)
        return status, got

    def balance(self):
        return int(self.s.psql(f"SELECT balance FROM account WHERE kind = 'wallet' AND owner_id = "
                               f"(SELECT id FROM distributor WHERE number = '{self.s.ids['manager']}')"))

    def fund(self, amount):
        self.s.psql(f"SELECT wallet_fund((SELECT id FROM distributor WHERE number = '{self.s.ids['manager']}'), {amount}, 'test {ulid()}', NULL)")

    def free(self, sku):
        return int(self.s.psql(f"SELECT on_hand - reserved FROM stock WHERE site_id = 1 AND item_id = (SELECT id FROM item WHERE sku = '{sku}')"))

    def clean(self):
        run = self.s.ctl("check", check=False)
        assert run.returncode == 0, run.stdout
