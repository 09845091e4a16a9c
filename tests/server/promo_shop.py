"""Promotions for tests of the server: published by SQL, seen by quotes when the worker has them."""
import time

from served import ulid

A = "/api/v1"


def publish(s, text, market="GB", uses=0, person=0, budget=0, valid="(,)"):
    """The promotion of the text, in force; its limits as the text says them. The id."""
    code = next(line.split()[1] for line in text.splitlines() if line.startswith("promotion "))
    made = s.psql(f"""
        WITH p AS (INSERT INTO promotion (code, market, state) VALUES ('{code}', '{market}', 'published')
                   ON CONFLICT (code) DO UPDATE SET state = 'published' RETURNING id)
        INSERT INTO promotion_version (promotion_id, version, text, valid, limit_uses, limit_person, limit_budget)
        SELECT id, 1 + (SELECT count(*) FROM promotion_version v WHERE v.promotion_id = p.id), $promo${text}$promo$,
               '{valid}', {uses}, {person}, {budget} FROM p RETURNING promotion_id""")
    seen(s)
    return made


def end(s, code):
    """Takes it out of all quotes; its versions stay."""
    s.psql(f"""UPDATE promotion_version SET valid = 'empty' WHERE promotion_id = (SELECT id FROM promotion WHERE code = '{code}');
               UPDATE promotion SET state = 'ended' WHERE code = '{code}'""")
    seen(s)


def seen(s):
    version = int(s.psql("SELECT version FROM catalogue_version"))
    limit = time.monotonic() + 30
    while quote(s, draft(s, []))["catalogue_version"] != version:
        assert time.monotonic() < limit, "the worker has not seen the change"
        time.sleep(0.02)


def draft(s, lines, **more):
    """`lines`: (sku, qty), or (sku, qty, {more members})."""
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"],
            "lines": [{"id": f"l{i}", "sku": line[0], "qty": line[1], **(line[2] if len(line) > 2 else {})}
                      for i, line in enumerate(lines)]}
    body.update(more)
    return body


def quote(s, body, login="CC-07"):
    status, _, got = s.call("POST", A + "/quotes", body, s.token(login))
    assert status == 200, (status, got)
    assert got["goods"] - got["discount"] + got["delivery"] + got["tax_added"] == got["total"]
    return got


def told(got, code):
    """What the quote tells of a promotion; None when it does not mention it."""
    return next((p for p in got["promotions"] if p["id"] == code), None)


def place(s, body, login="CC-07", key=None, **more):
    """Places it for the total of its quote: (status, reply)."""
    send = {**body, "expect_total": quote(s, body, login)["total"], "tenders": [], "accept": ["duplicate", "age"], **more}
    status, _, got = s.call("POST", A + "/orders", send, s.token(login), {"Idempotency-Key": key or ulid()})
    return status, got


def order(s, number):
    return s.call("GET", f"{A}/orders/{number}", token=s.token("SV-01"))[2]


def cancel(s, number):
    status, _, got = s.call("POST", f"{A}/orders/{number}/cancel", {"reason": "test"}, s.token("SV-01"), {"Idempotency-Key": ulid()})
    assert status == 200, got


def checked(s):
    run = s.ctl("check", check=False)
    assert run.returncode == 0, run.stdout + run.stderr
