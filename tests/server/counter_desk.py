"""Somebody at a till of a test server: shifts, sales, what goes back."""
import base64

from desk import Desk, line
from served import ulid


class Counter(Desk):
    """`login` sells; `till` is where. The walk-in buys, at retail prices."""

    def __init__(self, s, login="S-04", till=None):
        super().__init__(s)
        self.login, self.till, self.shift = login, till or s.ids["till"], None

    def say(self, method, path, body=None, key=None, login=None, **headers):
        """(status, reply); each POST has a key."""
        if method == "POST":
            headers["Idempotency-Key"] = key or ulid()
        status, _, got = self.call(method, path, body, headers, login or self.login)
        return status, got

    def good(self, method, path, body=None, **more):
        status, got = self.say(method, path, body, **more)
        assert status in (200, 201), (method, path, status, got)
        return got

    # ---- shifts ----
    def open(self, change=15000, key=None):
        shift = self.good("POST", "/shifts", {"till": self.till, "float": change}, key=key)
        self.shift = shift["id"]
        return shift

    def report(self, login=None, shift=None):
        return self.good("GET", f"/shifts/{shift or self.shift}/report", login=login)

    def move(self, kind, amount, reason="change from the bank", **more):
        return self.say("POST", f"/shifts/{self.shift}/moves", {"kind": kind, "amount": amount, "reason": reason}, **more)

    def close(self, counted, login=None, key=None, **more):
        return self.say("POST", f"/shifts/{self.shift}/close", dict(counted=counted, **more), login=login, key=key)

    def held(self):
        """What the drawer holds, by the books."""
        return int(self.s.psql(f"SELECT a.balance FROM account a JOIN till t ON t.id = a.till_id WHERE t.code = '{self.till}'"))

    # ---- sales ----
    def goods(self, *lines, **more):
        """A sale to the walk-in, as a draft; lines are (sku, qty)."""
        body = {"market": "GB", "type": "customer", "distributor": self.s.ids["walk_in_distributor"],
                "customer": self.s.ids["walk_in"], "lines": [line(sku, qty) for sku, qty in lines], "shift": self.shift}
        return dict(body, **more)

    def quote(self, body):
        got = self.good("POST", "/quotes", body)
        assert not [p for p in got["problems"] if p["severity"] == "stop"], got["problems"]
        return got

    def sale(self, body, tenders=None, total=None, key=None):
        """(status, reply); paid in cash, exactly, when nothing else is said."""
        total = total if total is not None else self.quote(body)["total"]
        tenders = tenders if tenders is not None else [{"kind": "cash", "amount": total}]
        return self.say("POST", "/orders", dict(body, expect_total=total, tenders=tenders, accept=["age"]), key=key)

    def sell(self, *lines, tenders=None, key=None, **more):
        status, got = self.sale(self.goods(*lines, **more), tenders, key=key)
        assert status in (200, 201), (status, got)
        return got

    def act(self, number, act, key=None, login=None, **body):
        return self.say("POST", f"/orders/{number}/{act}", dict(body, shift=self.shift), key=key, login=login)

    def void(self, number, reason="rung up twice", **more):
        return self.act(number, "void", reason=reason, **more)

    def hand_over(self, number, **more):
        return self.act(number, "hand-over", **more)

    def take_back(self, number, qty=1, to="stock", reason="d", line_id=None, key=None, shift=None, refund=None, **more):
        order = self.read(number)
        lines = [{"line": line_id or order["lines"][0]["id"], "qty": qty, "reason": reason, "to": to}]
        body = dict({"order": number, "lines": lines, "shift": shift or self.shift}, **more)
        if refund is None:
            refund = self.good("POST", "/returns?preview=true", body)["refund"]
        return self.say("POST", "/returns", dict(body, expect_refund=refund), key=key)

    def receipt(self, number, copy=False, **headers):
        got = self.good("GET", f"/orders/{number}/receipt" + ("?copy=true" if copy else ""), **headers)
        return got["text"], base64.b64decode(got["escpos"])

    def on_hand(self, sku, site="LEEDS"):
        return int(self.s.psql(f"""SELECT coalesce((SELECT s.on_hand FROM stock s JOIN site w ON w.id = s.site_id JOIN item i ON i.id = s.item_id
                                    WHERE w.code = '{site}' AND i.sku = '{sku}'), 0)"""))


def hire(s, login, market="GB"):
    """Another one who sells, with the same password as all."""
    s.psql(f"""INSERT INTO login (login, kind, name, market, roles, password_hash)
               SELECT '{login}', 'staff', '{login}', '{market}', '{{counter}}', password_hash FROM login WHERE login = 'S-04'""")
    return login
