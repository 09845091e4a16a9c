#!/usr/bin/python3
"""A random life of a company, held against a small model of our own (model.py, acts.py: whole numbers, no database):
sales, changes, cancellations, payments of every kind with a provider that declines, forgets and comes late, gift
certificates, returns in parts, exchanges. No balance may differ by a cent, at any look; TEST_SEED repeats a life,
LIFE_OPERATIONS (1,500) says how long it is. The provider is played through the two functions that the gateway has."""
import concurrent.futures
import os
import random
import sys
import time
from collections import Counter

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import psycopg2  # noqa: E402
import acts  # noqa: E402
from cases import Cases  # noqa: E402
from lane import GATEWAY, Difference, Lane  # noqa: E402
from model import Books, Market, Person  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_life")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
OPERATIONS = int(os.environ.get("LIFE_OPERATIONS", "1500"))
LANES = ("GB", "US", "CN", "GB")
ROUND = 40    # operations of each lane between two looks of the provider
COMPARE = 5   # rounds between two comparisons
PLANTED_LIVES = 40000  # operations in which a planted fault must be seen
ANSWERS = {"authorise": {"authorised": 70, "declined": 14, "unknown": 10, "later": 4, "refused": 2},
           "session": {"session": 90, "later": 6, "refused": 4}, "look": {"authorised": 70, "declined": 12, "pending": 18},
           "capture": {"captured": 90, "declined": 4, "later": 3, "unknown": 3},
           "refund": {"refunded": 88, "refused": 6, "later": 6}, "cancel": {"cancelled": 92, "captured": 4, "later": 4}}
# What a careless hand might do to the program; the dice choose one, at the end of a life, and it must be seen.
FAULTS = {
    "the first tender is refunded first": ("order_give_back", "id DESC", "id"),
    "what is over is kept": ("payment_book", "IF p.over > 0", "IF p.over < 0"),
    "a refund that fails is paid all the same": ("refund_answered", "CASE r.state WHEN 'done'", "CASE WHEN true"),
    "a share is rounded up": ("return_share", "div(a_amount::numeric * a_after, a_whole)", "ceil(a_amount::numeric * a_after / a_whole)::bigint"),
    "a fee that is more than the goods": ("return_fee", "least(r.fee_most, a_base)", "r.fee_most"),
    "a certificate gives a cent more": ("certificate_issue", "v_account, a_amount", "v_account, a_amount + 1"),
    "where money came from is forgotten": ("payment_move", "coalesce(p.moved_from, p.id)", "NULL"),
    "tax is not reversed": ("return_journal", "('tax', CASE WHEN o.tax_included THEN 'sales' ELSE 'receivable' END, a_tax)", "('tax', 'receivable', 0)"),
}


class Life:
    def __init__(self, server):
        self.server = server
        self.sql = self.connect()
        self.prepare()
        self.lanes = []
        for number, code in enumerate(LANES):
            books = Books(self.facts(code))
            self.lanes.append(Lane(server, self.connect, SEED, number, books, self.people(code, number, books), self.skus[code]))
        self.first = self.query("SELECT max(id) FROM transfer")[0][0]
        self.first_certificate = self.query("SELECT coalesce(max(id), 0) FROM certificate")[0][0]
        self.last, self.sums, self.answers, self.closed = self.first, Counter(), Counter(), None

    def connect(self):
        connection = psycopg2.connect(f"host={self.server.folder}/run port=5432 user=partyline dbname=partyline")
        connection.autocommit = True
        return connection

    def query(self, sql, *parameters):
        with self.sql.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []

    # ---- what there is ------------------------------------------------------------------------------------
    def prepare(self):
        """No promotions, nobody who orders by himself, enough of everything."""
        self.query("UPDATE promotion_version SET valid = valid * daterange(NULL, '2001-01-01')")
        self.query("UPDATE autosave SET state = 'stopped'")
        self.query("UPDATE catalogue_version SET version = version + 1")
        self.skus = {}
        for code in set(LANES):
            goods = self.query("""SELECT i.sku, i.id, s.id FROM item i JOIN site s ON s.market = %s AND s.ships
                WHERE i.kind = 'product' AND i.max_per_order = 0 AND i.age_limit = 0 AND i.on_sale @> business_date(%s)
                  AND NOT EXISTS (SELECT FROM price_list l WHERE l.market = %s AND l.valid @> business_date(%s) AND l.audience IN ('retail', 'distributor')
                                     AND NOT EXISTS (SELECT FROM price p WHERE p.list_id = l.id AND p.item_id = i.id AND p.amount > 100))
                ORDER BY i.tax_class DESC, md5(i.sku) LIMIT 12""", code, code, code, code)
            for sku, item, site in goods:
                self.query("SELECT stock_receive(%s, %s, 10000000, %s, NULL)", site, item, "life " + sku)
            value = self.query("SELECT v.least, v.most, i.sku FROM item_value v JOIN item i ON i.id = v.item_id WHERE v.market = %s", code)[0]
            self.skus[code] = {"goods": [row[0] for row in goods], "value": value}

        for code in self.skus:
            self.wait_for(code)

    def wait_for(self, code):
        """Until every worker of the server knows of it."""
        version, seen, until = self.query("SELECT version FROM catalogue_version")[0][0], 0, time.monotonic() + 60
        draft = {"market": code, "type": "personal", "distributor": None, "customer": None, "lines": [], "ship_to": {"kind": "pickup"}}
        while seen < 30:
            status, _, got = self.server.call("POST", "/api/v1/quotes", draft, self.server.token("B-02"))
            seen = seen + 1 if status == 200 and got["catalogue_version"] >= version else 0
            assert time.monotonic() < until, (status, got)

    def facts(self, code):
        (included, region, fee), = self.query("""SELECT l.tax_included, m.default_region, m.restock_fee FROM market m JOIN price_list l
            ON l.market = m.code AND l.audience = 'retail' AND l.valid @> business_date(m.code) WHERE m.code = %s""", code)
        prices = {}
        for audience, sku, amount in self.query("""SELECT l.audience, i.sku, p.amount FROM price p JOIN item i ON i.id = p.item_id
                JOIN price_list l ON l.id = p.list_id WHERE l.market = %s AND l.valid @> business_date(%s)""", code, code):
            prices.setdefault(audience, {})[sku] = amount
        classes = dict(self.query("SELECT sku, tax_class FROM item"))
        rates = {(region, kind): ppm for region, kind, ppm in
                 self.query("SELECT region, tax_class, ppm FROM tax_rate WHERE market = %s AND valid @> business_date(%s)", code, code)}
        delivery = self.query("""SELECT destination, min_goods, charge, tax_class FROM delivery_charge WHERE market = %s AND method = 'standard'
            AND zone = '' AND min_weight_g = 0 AND valid @> business_date(%s)""", code, code)
        discounts = dict(self.query("SELECT rank, ppm FROM rank_discount WHERE market = %s AND order_type = 'personal' AND valid @> business_date(%s)", code, code))
        return Market(code, included, region, prices, classes, rates, delivery, discounts, fee)

    def people(self, code, number, books):
        """Of each lane others: four distributors with customers of theirs, all with cards."""
        distributors = [Person(*row) for row in self.query("""SELECT d.id, d.number, d.rank, a.region FROM distributor d
            JOIN address a ON a.person_id = d.id AND a.position = 1
            WHERE d.market = %s AND d.status = 'active' AND EXISTS (
                SELECT FROM customer c JOIN address x ON x.person_id = c.id WHERE c.distributor_id = d.id AND c.market = d.market)
            ORDER BY d.rank DESC, d.id OFFSET %s LIMIT 4""", code, 4 * LANES[:number].count(code))]
        customers = []
        for d in distributors:
            for ident, region in self.query("""SELECT c.id, a.region FROM customer c JOIN address a ON a.person_id = c.id AND a.position = 1
                    WHERE c.distributor_id = %s ORDER BY c.id LIMIT 2""", d.ident):
                customers.append(Person(ident, None, 0, region))
                customers[-1].of = d
        for p in distributors + customers:
            for kind, balance in self.query("SELECT kind, balance FROM account WHERE owner_id = %s", p.ident):
                setattr(p, kind, balance)
            p.cards = [str(row[0]) for row in self.query("""INSERT INTO payment_token (person_id, market, provider_customer, provider_method, brand,
                last4, expires) SELECT %s, %s, 'cus_' || %s, 'pm_' || %s || '_' || n, 'visa', '4242', '2030-08-31' FROM generate_series(1, 2) n
                RETURNING id""", p.ident, code, p.ident, p.ident)]
        assert len(distributors) == 4 and len(customers) >= 4, (code, len(distributors), len(customers))
        return distributors, customers

    # ---- the provider ---------------------------------------------------------------------------------------
    def provider(self):
        """Everything that it is to be asked now, and what it says; which payment it is about is known by its place in its order."""
        self.query("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting'")
        tasks = self.query("""WITH t AS MATERIALIZED (SELECT * FROM gateway_take('life', 100000))
            SELECT t.task, t.act, o.number, p.id, (SELECT count(*) FROM payment x WHERE x.order_id = o.id AND x.kind <> 'later' AND x.id < p.id),
                   CASE WHEN r.id IS NOT NULL THEN (SELECT count(*) FROM refund y WHERE y.payment_id = r.payment_id AND y.id < r.id) END
              FROM t LEFT JOIN refund r ON r.id = t.refund JOIN payment p ON p.id = coalesce(r.payment_id, t.payment)
              JOIN orders o ON o.id = p.order_id ORDER BY t.task""")
        for task, act, number, payment, at, refund in tasks:
            lane = next(lane for lane in self.lanes if number in lane.by_number)
            order = lane.by_number[number]
            p = order.payments[at]
            p.asked = getattr(p, "asked", 0) + 1
            dice = random.Random(f"{SEED}/{lane.number}/{order.place}/{at}/{p.asked}")
            outcome = dice.choices(list(ANSWERS[act]), ANSWERS[act].values())[0]
            if outcome == "captured" and act == "cancel" and not getattr(p, "held", False):
                outcome = "cancelled"  # nothing was held that could have been taken
            p.held = getattr(p, "held", False) or outcome == "authorised"
            ref = f"re_{task}" if act == "refund" else f"pi_{payment}" if p.kind in GATEWAY else None
            detail = {"session": f'{{"url": "https://pay.example/{task}", "session": "cs_{task}"}}', "declined": '{"why": "life"}'}.get(outcome, "{}")
            self.query("SELECT gateway_result(%s, 'life', %s, %s, %s)", task, outcome, ref if outcome not in ("later", "unknown") else None, detail)
            self.answers[act, outcome] += 1
            if act == "refund":
                if refund >= len(p.refunds):
                    raise Difference(f"{number}: money goes back to payment {at} that nobody gives back")
                acts.refund_answered(order, p, refund, outcome)
                if outcome == "refunded" and dice.random() < 0.05:  # days later it comes back
                    self.query("SELECT gateway_event(%s, 'refund.failed', %s, ARRAY[%s])", f"evt_{task}", ref, ref)
            elif act != "cancel" or outcome == "captured":
                acts.answered(order, p, act, outcome)
            lane.note_certificates(order)

    # ---- comparing -------------------------------------------------------------------------------------------
    def differences(self, whole):
        """What the books hold and the model does not."""
        for market, kind, amount in self.query("""SELECT a.market, a.kind, sum(v.amount)::bigint FROM (
                SELECT credit_id AS account, amount FROM transfer WHERE id > %s UNION ALL SELECT debit_id, -amount FROM transfer WHERE id > %s) v
                JOIN account a ON a.id = v.account GROUP BY 1, 2""", *[self.first if whole else self.last] * 2):
            if whole:
                self.sums[market, kind, "whole"] = amount
            else:
                self.sums[market, kind] += amount
        self.last = self.query("SELECT max(id) FROM transfer")[0][0]
        theirs = {key[:2]: amount for key, amount in self.sums.items() if (len(key) == 3) == whole}
        mine = Counter()
        for lane in self.lanes:
            for kind, amount in lane.books.totals.items():
                mine[lane.market.code, kind] += amount
        for key in theirs.keys() | mine.keys():
            if theirs.get(key, 0) != mine[key]:
                yield key, theirs.get(key, 0), mine[key]
        yield from self.differences_of_people()
        yield from self.differences_of_certificates()
        if whole:
            yield from self.differences_of_orders()

    def differences_of_people(self):
        held = {(owner, kind): balance for owner, kind, balance in
                self.query("SELECT owner_id, kind, balance FROM account WHERE owner_id IS NOT NULL")}
        for lane in self.lanes:
            for p in lane.distributors + lane.customers:
                for kind in ("wallet", "credit"):
                    if held.get((p.ident, kind), 0) != getattr(p, kind):
                        yield (p.ident, kind), held.get((p.ident, kind), 0), getattr(p, kind)

    def differences_of_certificates(self):
        held = {row[:3]: row[3:] for row in self.query("""SELECT o.number, l.client_id, c.piece, a.balance, c.state = 'dead' FROM certificate c
            JOIN account a ON a.certificate_id = c.id JOIN orders o ON o.id = c.order_id
            JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line WHERE c.id > %s""", self.first_certificate)}
        mine = {(o.number, c.line.name, c.piece): (c.left, c.dead) for lane in self.lanes for o in lane.by_number.values() for c in o.certificates}
        for key in held.keys() | mine.keys():
            if held.get(key) != mine.get(key):
                yield ("certificate", *key), held.get(key), mine.get(key)

    def differences_of_orders(self):
        seen = {row[0]: row[1:] for row in self.query("""SELECT o.number, o.state, o.payment_state, o.total, o.returned,
            (SELECT coalesce(sum(p.amount), 0)::bigint FROM payment p WHERE p.order_id = o.id AND p.state = 'due') FROM orders o""")}
        for lane in self.lanes:
            for o in lane.by_number.values():
                mine = o.state, o.payment_state(), o.total, o.returned, o.due()
                if seen.get(o.number) != mine:
                    yield ("order", o.number), seen.get(o.number), mine

    def compare(self, after, whole=False):
        wrong = sorted(map(repr, self.differences(whole)))
        if wrong:
            raise Difference(f"after {after} operations: {len(wrong)} differ (account, theirs, model's): " + "; ".join(wrong[:10]))

    # ---- living ----------------------------------------------------------------------------------------------
    def live(self, operations):
        done, rounds = 0, 0
        with concurrent.futures.ThreadPoolExecutor(len(self.lanes)) as pool:
            while done < operations:
                each = min(ROUND, -(-(operations - done) // len(self.lanes)))
                list(pool.map(lambda lane: [lane.step() for _ in range(each)], self.lanes))
                done, rounds = done + each * len(self.lanes), rounds + 1
                self.provider()
                if done >= OPERATIONS // 2 and not self.closed:
                    self.close()
                if rounds % COMPARE == 0:
                    self.compare(done)
                    if rounds % (COMPARE * 20) == 0:
                        print(f"{done} operations, {time.monotonic() - STARTED:.0f} s", flush=True)
        for _ in range(3):  # what the provider is still asked
            self.provider()
        self.compare(done)
        self.compare(done, whole=True)
        return done

    def close(self):
        """In the middle of all a month ends: what is corrected from now on is another month's, and nothing is lost by that."""
        self.closed = self.query("SELECT to_char(business_date('GB'), 'YYYY-MM')")[0][0]
        self.server.ctl("month", "close", self.closed, "--market", "GB", "--by", "B-02")

    def plant(self):
        fault = os.environ.get("LIFE_FAULT") or random.Random(SEED).choice(sorted(FAULTS))
        function, old, new = FAULTS[fault]
        ((text,),) = self.query("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", function)
        assert old in text, (fault, text)
        self.query(text.replace(old, new))
        lived = 0
        try:
            while lived < PLANTED_LIVES:  # some faults want a rare row of acts: an exchange that is itself given back
                lived += self.live(2000)
        except Difference as seen:
            print(f"planted: {fault}; seen in {lived} + 2000 operations: {str(seen)[:300]}")
            return
        raise AssertionError(f"{fault}: nobody has noticed in {lived} operations")

    def tell(self, done):
        for what in ("done", "refused"):
            counts = Counter()
            for lane in self.lanes:
                counts.update(getattr(lane, what))
            print(f"{what}: {sum(counts.values())}: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))
        print("said twice:", sum(lane.repeated for lane in self.lanes))
        print("provider: " + ", ".join(f"{act} {outcome} {n}" for (act, outcome), n in sorted(self.answers.items())))
        print(f"orders {self.query('SELECT count(*) FROM orders')[0][0]}, transfers {self.last - self.first}, {done} operations in {time.monotonic() - STARTED:.0f} s")


def main():
    print(f"seed {SEED}", flush=True)
    with demo_server() as server:
        life = Life(server)
        live_done = []
        cases.run(f"a life of {OPERATIONS} operations holds against the model", lambda: live_done.append(life.live(OPERATIONS)))
        life.tell(live_done[0] if live_done else 0)
        if live_done:
            clean = server.ctl("check", check=False)
            cases.check("the books are clean", clean.returncode == 0, clean.stdout)
            kinds = Counter()
            for lane in life.lanes:
                kinds.update(lane.done)
            cases.check("every kind of act has happened", all(kinds[name] for name in ("place", "pay", "change", "cancel", "release", "ship", "ask", "receive", "end")), kinds)
            cases.run("a fault that is planted is seen", life.plant)
    cases.end()


STARTED = time.monotonic()
main()
