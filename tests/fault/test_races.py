#!/usr/bin/python3
"""Races for the last unit, for a key and for the locks; and errors that must, or must not, be tried
again. RACE_ROUNDS (default 20; `make fault` takes 200) says how often the last unit, the last use of a
promotion and the last of a gift certificate are fought for."""
import collections
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
import kills  # noqa: E402
import shop  # noqa: E402
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from served import ulid  # noqa: E402
from service import service  # noqa: E402
from volley import Volley  # noqa: E402

CLIENTS = 64
ROUNDS = int(os.environ.get("RACE_ROUNDS", "20"))
SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
cases = Cases("test_races")
rng = random.Random(SEED)


def last_unit(s, volley, items):
    """64 clients want the last piece: one has it, the others hear that none is left."""
    item, sku = items[0]
    quoter = shop.Quoter(s)
    bodies = [quoter.order(shop.draft(buyer, [(sku, 1)])) for buyer in shop.buyers(s, CLIENTS)]
    quoter.close()
    wrong = collections.Counter()
    for _ in range(ROUNDS):
        shop.set_free(s, item, 1)
        answers = volley.fire([(ulid(), rng.choice(bodies)) for _ in range(CLIENTS)])
        placed = [a for a in answers if a[0] == 201]
        told = [a for a in answers if a[0] == 409 and a[1]["type"].endswith("/stock-short") and
                [p["params"]["free"] for p in a[1]["problems"] if p["code"] == "stock_short"] == [0]]
        if len(placed) != 1 or len(told) != CLIENTS - 1:
            wrong[str(sorted(collections.Counter(a[0] for a in answers).items()))] += 1
        free = s.query("SELECT on_hand - reserved FROM stock WHERE site_id = %s AND item_id = %s",
                       shop.shipping_site(s), item)[0][0]
        if free != 0:
            wrong[f"{free} free"] += 1
    cases.check(f"of {CLIENTS} clients exactly one gets the last unit, {ROUNDS} times", not wrong, dict(wrong))
    shop.fill_up(s, items[:1])


LAST_USE = (("FEW", "  limit 1 order\n", 1, 0), ("CODES", "", 0, 1))  # the promotion's last use, and its coupon's


def publish_last_uses(s, sku):
    """Behind coupons, so that no other order hears of them."""
    for code, limit, uses, coupon_uses in LAST_USE:
        text = f"promotion {code}\n  for coupon\n{limit}  give 10% off {sku}\n"
        s.query("""WITH p AS (INSERT INTO promotion (code, market, state) VALUES (%s, 'GB', 'published') RETURNING id),
                        v AS (INSERT INTO promotion_version (promotion_id, version, text, valid, limit_uses)
                              SELECT id, 1, %s, '(,)', %s FROM p)
                   INSERT INTO coupon (code, promotion_id, limit_uses) SELECT %s, id, %s FROM p""",
                code, text, uses, code + "-CODE", coupon_uses)


def last_use(s, volley, items):
    """64 clients want the last use of a promotion, or of its coupon: one has it, the others hear what it costs
    without. The one is cancelled, which gives the use back for the next round."""
    wrong, sku = collections.Counter(), items[0][1]
    quoter = shop.Quoter(s)
    bodies = {code: [quoter.order({**shop.draft(buyer, [(sku, 1)]), "coupons": [code + "-CODE"]})
                     for buyer in shop.buyers(s, CLIENTS)] for code, *_ in LAST_USE}
    quoter.close()
    for turn in range(ROUNDS):
        code = LAST_USE[turn % len(LAST_USE)][0]
        keys = [ulid() for _ in range(CLIENTS)]
        answers = volley.fire([(key, rng.choice(bodies[code])) for key in keys])
        placed = [a[1]["number"] for a in answers if a[0] == 201]
        # A coupon that is used up is refused as such; without a promotion's use the price is another.
        told = [a for a in answers if (a[0], a[1].get("type", "").rsplit("/", 1)[-1]) in
                ((409, "total-changed"), (422, "problems"))]
        uses = s.query("""SELECT count(*) FROM promotion_use u JOIN promotion p ON p.id = u.promotion_id
                           WHERE p.code = %s AND u.given_back_at IS NULL""", code)[0][0]
        if len(placed) != 1 or len(told) != CLIENTS - 1 or uses != 1:
            wrong[str((code, uses, sorted(collections.Counter((a[0], a[1].get("type", "")) for a in answers).items())))] += 1
        for number in placed:
            status, _, reply = s.call("POST", f"/api/v1/orders/{number}/cancel", {"reason": "the next round"}, s.token(),
                                      {"Idempotency-Key": ulid()})
            if status != 200:
                wrong[f"cancel {status} {reply}"] += 1
    cases.check(f"of {CLIENTS} clients exactly one gets the last use of a promotion, {ROUNDS} times", not wrong, dict(wrong))


VALUE, SHOT = 10000, 3000  # what a certificate is worth, and what each wants of it


def certificate(s, quoter, buyer):
    """The number of a new one."""
    body = shop.draft(buyer, [(damm("7902"), 1)])
    body["lines"][0]["value"] = VALUE
    raw = quoter.order(body, lambda total: [{"kind": "balance", "amount": total}])
    status, _, sold = s.call("POST", "/api/v1/orders", raw=raw.encode(), token=s.token(), headers={"Idempotency-Key": ulid()})
    assert status == 201, sold
    return s.query("SELECT c.number FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = %s", sold["number"])[0][0]


def last_of_a_certificate(s, volley, items):
    """64 clients want 30.00 of 100.00 for orders of their own: three have it, the others hear what is left."""
    quoter, wrong, buyers = shop.Quoter(s), collections.Counter(), shop.buyers(s, CLIENTS)
    s.query("SELECT wallet_fund(id, %s, %s, NULL) FROM distributor WHERE number = %s", VALUE * ROUNDS, "race " + ulid(), buyers[0])
    bodies = [json.loads(quoter.order(shop.draft(buyer, [(items[0][1], 50)]))) for buyer in buyers]
    assert min(body["expect_total"] for body in bodies) >= SHOT
    for _ in range(ROUNDS):
        number = certificate(s, quoter, buyers[0])
        shots = [{**rng.choice(bodies), "tenders": [{"kind": "certificate", "amount": SHOT, "ref": number}]} for _ in range(CLIENTS)]
        answers = volley.fire([(ulid(), shop.canonical(body)) for body in shots])
        told = [a for a in answers if a[0] == 422 and
                [p["params"]["held"] for p in a[1]["problems"] if p["code"] == "tender_short"] == [VALUE % SHOT]]
        left = s.query("SELECT a.balance FROM certificate c JOIN account a ON a.certificate_id = c.id WHERE c.number = %s", number)[0][0]
        if sum(a[0] == 201 for a in answers) != VALUE // SHOT or len(told) != CLIENTS - VALUE // SHOT or left != VALUE % SHOT:
            wrong[str((left, sorted(collections.Counter(a[0] for a in answers).items())))] += 1
    quoter.close()
    cases.check(f"of {CLIENTS} clients exactly {VALUE // SHOT} get 30.00 of a certificate of 100.00, {ROUNDS} times", not wrong, dict(wrong))


def one_key(s, volley, bodies):
    """The same request 64 times at once, and another request with the same key among them."""
    wrong, mixed_wrong = [], []
    for _ in range(max(ROUNDS // 4, 3)):
        key, body = ulid(), rng.choice(bodies)
        answers = volley.fire([(key, body)] * CLIENTS)
        if (sorted(a[0] for a in answers) != [200] * (CLIENTS - 1) + [201]
                or len({a[1]["number"] for a in answers}) != 1
                or s.query("SELECT count(*) FROM orders WHERE key = %s", key)[0][0] != 1):
            wrong.append(collections.Counter(a[0] for a in answers))
        other = rng.choice([b for b in bodies if b != body])
        status, _, reply = s.call("POST", "/api/v1/orders", raw=other.encode(), token=s.token(),
                                  headers={"Idempotency-Key": key})
        if status != 422 or reply.get("order") != answers[0][1].get("number"):
            wrong.append((status, reply))
        key = ulid()
        answers = volley.fire([(key, (body, other)[i % 2]) for i in range(CLIENTS)])
        placed = [i for i, a in enumerate(answers) if a[0] == 201]
        if (len(placed) != 1 or any(a[0] != (200 if i % 2 == placed[0] % 2 else 422)
                                    for i, a in enumerate(answers) if i != placed[0])):
            mixed_wrong.append(sorted(collections.Counter(a[0] for a in answers).items()))
    cases.check("the same key from 64 connections at once places one order, and all hear its number", not wrong, wrong)
    cases.check("of two requests with one key one is placed, the other is told 422", not mixed_wrong, mixed_wrong)


def last_unit_by_one_key(s, volley, items):
    """The others wait behind the winner for the piece that it takes: they must hear of the order, not
    of the shortage that it has made."""
    item, sku = items[1]
    quoter, wrong = shop.Quoter(s), []
    body = quoter.order(shop.draft(shop.buyers(s, 1)[0], [(sku, 1)]))
    quoter.close()
    for _ in range(max(ROUNDS // 4, 3)):
        shop.set_free(s, item, 1)
        shots = [(ulid(), body)] + [(ulid(), body)] * (CLIENTS - 1)
        answers = sorted(a[0] for a in volley.fire(shots))
        # Two keys for one piece: whichever key wins, every client of the other hears of the shortage.
        if answers not in ([200] * (CLIENTS - 2) + [201, 409], [201] + [409] * (CLIENTS - 1)):
            wrong.append(collections.Counter(answers))
    cases.check("the last unit, wanted by two keys, is never told short to the one that got it", not wrong, wrong)
    shop.fill_up(s, items[1:2])


def crossing_bodies(s, items):
    """The same five items in every order of lines, some through kits, some paid from one wallet."""
    quoter, buyer = shop.Quoter(s), shop.buyers(s, 2)
    person = s.query("SELECT id FROM distributor WHERE number = %s", buyer[0])[0][0]
    s.query("SELECT wallet_fund(%s, 1000000000, %s, NULL)", person, "race " + ulid())
    skus, bodies = [sku for _, sku in items[2:7]], []
    kits = s.query("""SELECT DISTINCT i.sku FROM item i JOIN kit_component k ON k.kit_id = i.id
                        JOIN price p ON p.item_id = i.id JOIN price_list l ON l.id = p.list_id
                       WHERE l.market = %s AND l.audience = 'retail' AND l.valid @> business_date(%s)
                         AND i.on_sale @> business_date(%s) AND i.max_per_order = 0 AND i.age_limit = 0
                       ORDER BY 1 LIMIT 3""", shop.MARKET, shop.MARKET, shop.MARKET)
    shop.fill_up(s, s.query("""SELECT DISTINCT k.item_id, '' FROM kit_component k JOIN item i ON i.id = k.kit_id
                                WHERE i.sku = ANY (%s)""", [sku for sku, in kits]))
    parts = s.query("""SELECT DISTINCT c.sku FROM kit_component k JOIN item i ON i.id = k.kit_id
                         JOIN item c ON c.id = k.item_id JOIN price p ON p.item_id = c.id
                         JOIN price_list l ON l.id = p.list_id
                        WHERE i.sku = ANY (%s) AND l.market = %s AND l.audience = 'retail'
                          AND l.valid @> business_date(%s) AND c.kind = 'product' AND c.max_per_order = 0""",
                    [sku for sku, in kits], shop.MARKET, shop.MARKET)
    pool = skus + [sku for sku, in kits + parts][:7]
    for i in range(80):
        lines = rng.sample(pool if i % 2 else skus, 5)
        body = shop.draft(rng.choice(buyer), [(sku, rng.randint(1, 2)) for sku in lines])
        tenders = [{"kind": "balance", "amount": 1}] if body["distributor"] == buyer[0] and i % 3 else []
        bodies.append(quoter.order(body, tenders=tenders))
    quoter.close()
    return bodies


def crossing(s, items, since):
    acks = os.path.join(s.home, "acks")
    path = shop.write_lines(os.path.join(s.home, "bodies"), crossing_bodies(s, items))
    before = s.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'partyline'")[0][0]
    figures = s.load("orders", "--connections", 16, "--count", 40 * ROUNDS, "--input", path, "--acks", acks,
                     "--seed", SEED)
    after = s.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'partyline'")[0][0]
    trouble = {k: figures[k] for k in ("refused", "unsure", "lost", "timeouts") if figures[k]}
    cases.check("orders with the same items in different order: no deadlock reaches a client", not trouble, trouble)
    cases.equal("and PostgreSQL meets none", after - before, 0)
    found = kills.check(s, acks, since)
    cases.check("each of them is stored once, and whole", found["ok"], found)
    return figures


def failing(s, state, times):
    """The first `times` orders from now on are refused by PostgreSQL with SQLSTATE `state`."""
    s.query("DROP SEQUENCE IF EXISTS tries CASCADE")
    s.query("CREATE SEQUENCE tries")
    s.query("GRANT USAGE ON SEQUENCE tries TO partyline_app")
    s.query(f"""CREATE OR REPLACE FUNCTION fail_at_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    IF nextval('tries') <= {times} THEN
                        RAISE EXCEPTION 'for the test' USING ERRCODE = '{state}';
                    END IF;
                    RETURN NEW;
                END $$""")
    s.query("CREATE OR REPLACE TRIGGER fail_at_first BEFORE INSERT ON orders FOR EACH ROW "
            "EXECUTE FUNCTION fail_at_first()")


def errors(s, bodies):
    for state, times, expected, tries in [("40001", 2, 201, 3), ("40P01", 1, 201, 2), ("23514", 99, 500, 1),
                                          ("22003", 99, 500, 1), ("42501", 99, 500, 1), ("P0001", 99, 500, 1)]:
        failing(s, state, times)
        status, _, _ = s.call("POST", "/api/v1/orders", raw=rng.choice(bodies).encode(), token=s.token(),
                              headers={"Idempotency-Key": ulid()})
        cases.equal(f"an order that meets {state} {times} times is answered", status, expected)
        cases.equal(f"and was tried ({state})", s.query("SELECT last_value FROM tries")[0][0], tries)
    s.query("DROP TRIGGER fail_at_first ON orders")


def main():
    print(f"seed {SEED}")
    with service() as s:
        items = shop.plain_skus(s, 12)
        shop.fill_up(s, items)
        publish_last_uses(s, items[0][1])
        bodies, since = shop.order_bodies(s, rng, items, 16), kills.newest_order(s)
        with Volley(s, CLIENTS) as volley:
            cases.run("the last unit", last_unit, s, volley, items)
            cases.run("the last use", last_use, s, volley, items)
            cases.run("the last of a certificate", last_of_a_certificate, s, volley, items)
            cases.run("one key", one_key, s, volley, bodies)
            cases.run("the last unit and one key", last_unit_by_one_key, s, volley, items)
        cases.run("crossing orders", crossing, s, items, kills.newest_order(s))
        cases.run("errors", errors, s, bodies)
        ctl = s.ctl("check", check=False)
        cases.equal("partylinectl check is clean", (ctl.returncode, ctl.stderr), (0, ""))
        cases.check("there is something to check", kills.newest_order(s) > since)
        cases.check("the server stops in good order", s.stop())
    cases.end()


main()
