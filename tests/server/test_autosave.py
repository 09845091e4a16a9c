#!/usr/bin/python3
"""Repeat orders: a year by the company's clock, with skips, pauses, too little money, prices that change
and things that are sold out, against a small model of the rules; and a job that is killed in the middle
of its work, again and again, which doubles nothing."""
import calendar
import datetime
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, codes, line  # noqa: E402
from served import demo_server, program, ulid  # noqa: E402

cases = Cases("test_autosave")
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
DAY = datetime.timedelta(days=1)
START = datetime.date(2025, 11, 24)
NOTICE, ATTEMPTS, RETRY = 3, 3, 2


def set_clock(d, day, hour="12:00"):
    d.s.psql(f"UPDATE company SET clock_offset = timestamptz '{day} {hour}+00' - now()")


def run(d, check=True):
    done = d.s.ctl("autosave", "run", check=False)
    assert done.returncode == 0 or not check, (done.stdout, done.stderr)
    return done.stdout


def make(d, lines, every, unit, day=None, pays="later", **more):
    body = {"market": "GB", "type": "personal", "distributor": d.s.ids["manager"], "lines": lines,
            "ship_to": {"kind": "distributor"}, "every": every, "unit": unit, "day": day, "pays": pays, **more}
    status, _, made = d.call("POST", "/autosaves", body, {"Idempotency-Key": ulid()})
    assert status == 201, (status, made)
    return int(made["id"])


def act(d, ident, verb, key=None):
    return d.call("POST", f"/autosaves/{ident}/{verb}", None, {"Idempotency-Key": key or ulid()})


def runs(d, ident):
    rows = d.s.psql(f"SELECT due || ' ' || result || ' ' || attempt FROM autosave_run WHERE autosave_id = {ident} ORDER BY id").splitlines()
    return [(datetime.date.fromisoformat(due), result, int(attempt)) for due, result, attempt in (row.split() for row in rows)]


# ---- the model ------------------------------------------------------------------------------------------

def in_month(year, month, day):
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def after(due, every, unit, day):
    if unit == "day":
        return due + every * DAY
    if unit == "week":
        return due + 7 * every * DAY
    months = due.year * 12 + due.month - 1 + every
    return in_month(months // 12, months % 12 + 1, day)


def first(start, unit, day):
    if unit == "day":
        return start
    while not (start.isoweekday() == day if unit == "week" else start == in_month(start.year, start.month, day)):
        start += DAY
    return start


class Model:
    """One schedule as the rules have it."""

    def __init__(self, ident, lines, every, unit, day, pays, start):
        self.ident, self.lines, self.every, self.unit, self.day, self.pays = ident, lines, every, unit, day, pays
        self.due, self.state = first(start, unit, day), "active"
        self.attempts, self.retry, self.told, self.log = 0, None, None, []

    def after(self, due=None):
        return after(due or self.due, self.every, self.unit, self.day)

    def advance(self, today):
        self.due = self.after()
        while self.after() <= today:
            self.log.append((self.due, "missed", 0))
            self.due = self.after()
        self.attempts, self.retry = 0, None

    def wants(self, today):
        if self.state != "active":
            return None
        if (self.retry or self.due) <= today:
            return "place"
        return "told" if self.told != self.due and self.due - NOTICE * DAY <= today else None

    def step(self, today, world):
        if self.wants(today) == "told":
            self.told = self.due
            self.log.append((self.due, "told", 0))
            return
        result = world.place(self)
        self.attempts += 1
        self.log.append((self.due, result, self.attempts))
        if result == "placed" or self.attempts >= ATTEMPTS or today + RETRY * DAY >= self.after():
            self.advance(today)
        else:
            self.retry = today + RETRY * DAY


class World:
    """Wallet and stock, asked of the server before each day's runs and then reckoned by the rules."""

    def __init__(self, d, waits, scarce):
        self.d, self.waits, self.scarce = d, waits, scarce
        self.wallet, self.orders = d.balance(), 0

    def total(self, lines):
        body = self.d.draft([dict(x, backorder=True) for x in lines])
        status, _, quote = self.d.call("POST", "/quotes", body)
        assert status == 200, quote
        return quote["total"]

    def place(self, schedule):
        lines = [x for x in schedule.lines if x["sku"] != self.scarce or self.d.free(x["sku"]) >= x["qty"]]
        if not lines:
            return "empty"
        total = self.total(lines)
        if schedule.pays == "balance":
            if self.wallet < total:
                return "balance"
            self.wallet -= total
        self.orders += 1
        return "placed"


def day_of(models, today, world):
    """What the job does on a day, in the order in which it must."""
    for m in models:
        if m.state == "active":
            while m.after() <= today:
                m.log.append((m.due, "missed", 0))
                m.advance(today)
    while True:
        ready = sorted((m.retry or m.due, m.ident, m) for m in models if m.wants(today))
        if not ready:
            return
        ready[0][2].step(today, world)


# ---- a year -----------------------------------------------------------------------------------------------

def lists(d):
    """What is valid for ever, from the last of the demonstration company's lists on a dearer one."""
    d.s.psql("""
        WITH made AS (
            INSERT INTO price_list (market, code, name, audience, tax_included, valid)
            SELECT market, 'NEXT', 'Next', audience, tax_included, daterange('2026-08-01', NULL) FROM price_list
             WHERE market = 'GB' AND valid @> date '2026-07-31' RETURNING id, audience)
        INSERT INTO price (list_id, item_id, amount, cv, pv)
        SELECT made.id, p.item_id, p.amount * 11 / 10, p.cv, p.pv
          FROM made JOIN price_list l ON l.market = 'GB' AND l.audience = made.audience AND l.valid @> date '2026-07-31'
          JOIN price p ON p.list_id = l.id""")
    d.s.psql("UPDATE rank_discount SET valid = daterange(lower(valid), NULL) WHERE upper(valid) > date '2025-11-24';"
             "UPDATE delivery_charge SET valid = daterange(lower(valid), NULL) WHERE upper(valid) > date '2025-11-24';"
             "UPDATE tax_rate SET valid = daterange(lower(valid), NULL) WHERE upper(valid) > date '2025-11-24';"
             "UPDATE item SET on_sale = '(,)'")

    def seen():
        body = d.draft([line(d.s.ids["skus"][0], 1)], date="2027-03-01")
        status, _, quote = d.call("POST", "/quotes", body)
        return status == 200 and not quote["problems"]
    for _ in range(600):
        if seen():
            return
    raise AssertionError("the catalogue was not read again")


def prepare(d):
    """Price lists for the year to come; one item that may wait, one that may not."""
    lists(d)
    waits, scarce = d.s.ids["skus"][3], d.s.ids["skus"][4]
    d.s.psql(f"UPDATE item SET back_order = (sku = '{waits}') WHERE sku IN ('{waits}', '{scarce}')")

    def seen():
        body = d.draft([line(waits, 90000, backorder=True)], date="2026-06-01")
        status, _, quote = d.call("POST", "/quotes", body)
        return status == 200 and [p["code"] for p in quote["problems"]] == ["back_ordered"]
    for _ in range(600):
        if seen():
            return waits, scarce
    raise AssertionError("the catalogue was not read again")


def take_stock(d, sku):
    d.s.psql(f"SELECT stock_move(1, item_id, -(on_hand - reserved), 'count', 'test', NULL) FROM stock WHERE site_id = 1 "
             f"AND on_hand > reserved AND item_id = (SELECT id FROM item WHERE sku = '{sku}')")


def give_stock(d, sku, qty):
    d.s.psql(f"SELECT stock_receive(1, (SELECT id FROM item WHERE sku = '{sku}'), {qty}, 'PO {ulid()}', NULL)")


def a_year(d):
    rng = random.Random(SEED)
    set_clock(d, START)
    waits, scarce = prepare(d)
    plain = d.s.ids["skus"][:3]
    d.fund(60000)
    plans = [([line(plain[0], 2), line(scarce, 1)], 1, "month", 31, "balance"), ([line(plain[1], 1)], 2, "week", 3, "later"),
             ([line(scarce, 2)], 1, "month", 15, "later"), ([line(plain[2], 3), line(waits, 4)], 10, "day", None, "balance"),
             ([line(plain[0], 1), line(waits, 1)], 3, "month", 29, "later"), ([line(plain[1], 400)], 1, "month", 5, "balance")]
    models = [Model(make(d, *plan), *plan, START) for plan in plans]
    world = World(d, waits, scarce)
    today, stopped = START, None
    events = {START + n * DAY: None for n in rng.sample(range(20, 360), 6)}
    while today < START + 366 * DAY:
        look = any(m.wants(today) for m in models) or today in events or rng.random() < 0.01
        if look and not (datetime.date(2026, 8, 1) <= today < datetime.date(2026, 9, 20)):  # nobody at home in August
            set_clock(d, today)
            if today in events:
                m = rng.choice(models)
                verb = rng.choice(["skip", "pause", "resume", "skip"])
                status, _, got = act(d, m.ident, verb)
                want = 409 if m.state in ("stopped", {"pause": "paused", "resume": "active"}.get(verb)) else 200
                assert status == want, (verb, m.state, got)
                if status == 200 and verb == "skip":
                    m.log.append((m.due, "skipped", 0))
                    m.advance(today)
                elif status == 200:
                    m.state = {"pause": "paused", "resume": "active"}[verb]
                    while verb == "resume" and m.due < today:
                        m.due = m.after()
                    if verb == "resume":
                        m.attempts, m.retry = 0, None
            # Spring and autumn have months in which nothing of it can be had: so much is certain of every year.
            turn = 0.1 if today.month in (3, 10) else rng.random()
            if turn < 0.15:
                take_stock(d, scarce)
            elif turn < 0.3:
                give_stock(d, scarce, 50)
            elif turn < 0.4:
                take_stock(d, waits)
            elif turn < 0.5:
                give_stock(d, waits, 300)
            if rng.random() < 0.12:
                d.fund(25000)
                world.wallet += 25000
            for m in models[5:]:  # one is stopped in the summer
                if stopped is None and today >= datetime.date(2026, 7, 1):
                    assert act(d, m.ident, "stop")[0] == 200
                    m.state = stopped = "stopped"
            day_of(models, today, world)
            run(d)
            for m in models:
                assert runs(d, m.ident) == m.log, (today, m.ident, runs(d, m.ident)[-4:], m.log[-4:])
            assert d.balance() == world.wallet, today
        today += DAY
    results = [result for m in models for _, result, _ in m.log]
    print({what: results.count(what) for what in sorted(set(results))})
    assert {"placed", "told", "balance", "empty", "missed", "skipped"} <= set(results), "the year was too quiet for a test"
    assert int(d.s.psql("SELECT count(*) FROM orders WHERE channel = 'autosave'")) == world.orders == results.count("placed")
    # Each order is at the prices of its own day, and none is of a day on which there was none to be.
    assert d.s.psql("""SELECT count(*) FROM orders o JOIN order_line l ON l.order_id = o.id JOIN price_list p ON p.id = o.list_id
        JOIN price c ON c.list_id = p.id AND c.item_id = l.item_id
        WHERE o.channel = 'autosave' AND (NOT p.valid @> o.business_date OR l.unit <> c.amount OR o.pricing_date <> o.business_date)""") == "0"
    assert int(d.s.psql("SELECT count(*) FROM orders WHERE channel = 'autosave' AND pricing_date >= '2026-08-01'")) > 0
    left_out = int(d.s.psql("SELECT count(*) FROM autosave_run WHERE result = 'placed' AND detail -> 'out' <> '[]'"))
    assert left_out == int(d.s.psql("SELECT count(*) FROM outbox WHERE kind = 'autosave.left_out'")) > 0
    assert int(d.s.psql("SELECT count(*) FROM outbox WHERE kind = 'autosave.told'")) == results.count("told")
    told = "SELECT count(*) FROM outbox WHERE kind = 'autosave.price'"
    dearer = """SELECT count(*) FROM autosave_run r JOIN autosave_run t ON t.autosave_id = r.autosave_id AND t.due = r.due AND t.result = 'told'
                WHERE r.result = 'placed' AND r.total <> t.total"""
    assert d.s.psql(told) == d.s.psql(dearer) != "0", (d.s.psql(told), d.s.psql(dearer))
    d.clean()


def days(d):
    """Days of the month, also where there is none, by the market's own midnight."""
    for start, every, day, want in (("2026-01-31", 1, 31, "2026-02-28 2026-03-31 2026-04-30"), ("2026-11-30", 1, 30, "2026-12-30 2027-01-30 2027-02-28"),
                                    ("2028-01-29", 1, 29, "2028-02-29 2028-03-29 2028-04-29"), ("2026-10-05", 3, 5, "2027-01-05 2027-04-05 2027-07-05")):
        got, due = [], start
        for _ in range(3):
            due = d.s.psql(f"SELECT autosave_after('{due}', {every}, 'month', {day})")
            got.append(due)
        assert " ".join(got) == want, (start, got)
    set_clock(d, "2026-07-09", "12:00")
    ident = make(d, [line(d.s.ids["skus"][0], 1)], 1, "month", 10)
    run(d)
    set_clock(d, "2026-07-09", "22:30")  # half past eleven in London
    run(d)
    assert [r for _, r, _ in runs(d, ident)] == ["told"]
    set_clock(d, "2026-07-09", "23:30")  # half past midnight
    run(d)
    assert [r for _, r, _ in runs(d, ident)] == ["told", "placed"]
    act(d, ident, "stop")


# ---- the desk -----------------------------------------------------------------------------------------------

def at_the_desk(d):
    sku, other = d.s.ids["skus"][:2]
    good = {"market": "GB", "type": "personal", "distributor": d.s.ids["manager"], "lines": [line(sku, 2)],
            "ship_to": {"kind": "distributor"}, "every": 1, "unit": "month", "day": 15, "pays": "balance"}
    for change, status, code in (({"every": 0}, 400, "bad_value"), ({"unit": "year"}, 400, "bad_value"), ({"day": None}, 400, "required"),
                                 ({"day": 32}, 400, "bad_value"), ({"unit": "week", "day": 8}, 400, "bad_value"),
                                 ({"unit": "day", "day": 3}, 400, "bad_value"), ({"pays": "cash"}, 400, "bad_value"),
                                 ({"from": "soon"}, 400, "bad_value"), ({"date": "2026-01-01"}, 400, "bad_value"),
                                 ({"lines": []}, 422, "no_lines"), ({"distributor": "1"}, 422, "unknown_distributor"),
                                 ({"lines": [line("99999", 1)]}, 422, "check_digit"), ({"often": 1}, 400, "unknown_member")):
        got = d.call("POST", "/autosaves", {**good, **change}, {"Idempotency-Key": ulid()})
        assert got[0] == status and code in codes(got[2]), (change, got)
    key = ulid()
    status, headers, made = d.call("POST", "/autosaves", good, {"Idempotency-Key": key})
    assert status == 201 and headers["Location"].endswith("/autosaves/" + made["id"])
    assert d.call("POST", "/autosaves", good, {"Idempotency-Key": key})[::2] == (200, made)
    assert d.call("POST", "/autosaves", {**good, "day": 3}, {"Idempotency-Key": key})[0] == 422
    path = "/autosaves/" + made["id"]
    status, headers, one = d.call("GET", path)
    assert status == 200 and (one["every"], one["unit"], one["day"], one["state"], one["pays"]) == (1, "month", 15, "active", "balance")
    assert one["lines"] == good["lines"] and one["due"].endswith("-15") and len(one["then"]) == 2 and one["runs"] == []
    status, _, listed = d.call("GET", f"/autosaves?distributor={d.s.ids['manager']}&state=active&limit=1")
    assert [x["id"] for x in listed["items"]] == [made["id"]] and listed["next"] == made["id"]
    status, _, got = d.call("PATCH", path, {"lines": [line(other, 1)], "pays": "later"}, {"If-Match": headers["ETag"]})
    assert status == 200, got
    status, headers, two = d.call("GET", path)
    assert two["lines"] == [line(other, 1)] and two["pays"] == "later" and two["due"] == one["due"]
    for change, match, status in (({"day": 40}, headers["ETag"], 400), ({"day": 3}, '"1"', 412), ({"day": 3}, None, 428), ({"x": 1}, headers["ETag"], 400)):
        assert d.call("PATCH", path, change, {"If-Match": match} if match else {})[0] == status, change
    assert d.call("PATCH", path, {"unit": "week", "day": 2}, {"If-Match": headers["ETag"]})[0] == 200
    weekly = d.call("GET", path)[2]
    assert datetime.date.fromisoformat(weekly["due"]).isoweekday() == 2
    key = ulid()
    for _ in range(2):
        status, _, got = act(d, made["id"], "skip", key)
        assert (status, datetime.date.fromisoformat(got["due"])) == (200, datetime.date.fromisoformat(weekly["due"]) + 7 * DAY), got
    assert act(d, made["id"], "resume")[0] == 409 and act(d, made["id"], "pause")[2]["state"] == "paused"
    assert act(d, made["id"], "pause")[0] == 409 and act(d, made["id"], "resume")[2]["state"] == "active"
    assert act(d, made["id"], "stop")[2]["state"] == "stopped" and act(d, made["id"], "resume")[0] == 409
    assert d.call("PATCH", path, {"day": 3}, {"If-Match": d.call("GET", path)[1]["ETag"]})[0] == 409
    assert d.call("GET", path)[2]["runs"][0]["result"] == "skipped"
    assert d.call("GET", "/autosaves/999999")[0] == 404 and act(d, 999999, "skip")[0] == 404 and act(d, "x", "skip")[0] == 404


def a_refusal_is_told(d):
    set_clock(d, "2026-10-01")
    recruit = d.s.ids["recruit"]
    ident = make(d, [line(d.s.ids["skus"][0], 1)], 1, "month", 3, distributor=recruit)
    d.s.psql(f"UPDATE distributor SET status = 'suspended', version = version + 1 WHERE number = '{recruit}';"
             f"UPDATE distributor_status SET status = 'suspended' WHERE upper_inf(valid) AND distributor_id = (SELECT id FROM distributor WHERE number = '{recruit}')")
    for day in ("02", "03", "04", "05", "06", "07", "08"):
        set_clock(d, f"2026-10-{day}")
        run(d)
    d.s.psql("DELETE FROM notice WHERE kind <> 'autosave_refused'")  # of the year before: the day lists the oldest twenty
    third = datetime.date(2026, 10, 3)
    assert runs(d, ident) == [(third, "told", 0), (third, "refused", 1), (third, "refused", 2), (third, "refused", 3)], runs(d, ident)
    status, _, day = d.call("GET", "/day")
    assert [n["ref"] for n in day["notices"] if n["kind"] == "autosave_refused"] == [str(ident)], day["notices"]
    assert d.call("GET", f"/autosaves/{ident}")[2]["due"] == "2026-11-03"
    act(d, ident, "stop")


# ---- interruptions ----------------------------------------------------------------------------------------------

def many(d, n, day):
    idents = [make(d, [line(d.s.ids["skus"][k % 3], 1 + k % 4)], 1, "month", int(day[-2:]), ["balance", "later"][k % 2]) for k in range(n)]
    d.fund(400000)
    return idents


def each_once(d, idents, day):
    got = d.s.psql(f"SELECT count(*) || ' ' || count(DISTINCT autosave_id) || ' ' || count(DISTINCT order_id) FROM autosave_run "
                   f"WHERE due = '{day}' AND result = 'placed' AND autosave_id IN ({','.join(map(str, idents))})")
    n = len(idents)
    assert got == f"{n} {n} {n}", got
    placed = int(d.s.psql(f"SELECT count(*) FROM orders WHERE channel = 'autosave' AND business_date = '{day}'"))
    assert placed == n, placed
    d.clean()


def killed_by_the_operator(d):
    rng = random.Random(SEED)
    day = "2026-11-12"
    set_clock(d, "2026-11-10")
    idents = many(d, 24, day)
    set_clock(d, day)
    deaths = 0
    for _ in range(60):
        job = subprocess.Popen([program("partylinectl"), "--embedded", d.s.folder, "autosave", "run"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = rng.randrange(1, 5)
        while lines and job.stdout.readline():  # dies somewhere behind its n-th line
            lines -= 1
        if job.poll() is None and not lines:
            time.sleep(rng.random() / 100)
            job.send_signal(signal.SIGKILL)
        job.stdout.close()
        if job.wait() == 0:
            break
        deaths += 1
        d.s.psql("UPDATE job_lease SET until = now()")  # nobody waits for the dead
    assert deaths >= 5, deaths
    run(d)
    each_once(d, idents, day)
    for ident in idents:
        act(d, ident, "stop")


def killed_in_the_server(d):
    """The worker that does it is killed; the one that takes its place goes on."""
    day = "2026-12-12"
    lists(d)
    set_clock(d, "2026-12-10")
    idents = many(d, 24, day)

    def done():
        return int(d.s.psql(f"SELECT count(*) FROM autosave_run WHERE due = '{day}' AND result = 'placed'"))
    set_clock(d, day)
    last, kills, deadline = 0, 0, time.monotonic() + 120
    while done() < len(idents) and time.monotonic() < deadline:
        if kills < 4 and done() > last:
            last = done()
            workers = subprocess.run(["pgrep", "-P", str(d.s.process.pid), "partylined"], capture_output=True, text=True, check=False)
            for pid in workers.stdout.split():
                os.kill(int(pid), signal.SIGKILL)
            kills += 1
            d.s.psql("UPDATE job_lease SET until = now()")
    assert kills == 4 and done() == len(idents), (kills, done())
    each_once(d, idents, day)


def with_seconds(seconds, *run_cases):
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as conf:
        conf.write(f"autosave_seconds = {seconds}\n")
    os.chmod(conf.name, 0o644)
    try:
        with demo_server("-f", conf.name, "--workers", "2") as server:
            for name, function in run_cases:
                cases.run(name, function, Desk(server))
    finally:
        os.unlink(conf.name)


print(f"seed {SEED}")
with_seconds(0, ("schedules are made, changed, skipped, paused and stopped", at_the_desk),
             ("a year of runs is what the rules make of it", a_year),
             ("days are the market's, and the 31st is the last of a short month", days),
             ("what is refused is tried again, then told", a_refusal_is_told),
             ("a run that is killed doubles nothing", killed_by_the_operator))
with_seconds(1, ("a server that is killed in the middle of it doubles nothing", killed_in_the_server))
cases.end()
