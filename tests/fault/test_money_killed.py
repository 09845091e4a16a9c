#!/usr/bin/python3
"""Money while everything dies: operators who take it (tests/fault/money.py), server, database, gateway and payment
provider killed at random, answers of the provider lost. Afterwards every order is charged at the provider exactly
once or not at all, as our books say; refunds exactly once; no certificate over-spent; all of it decided within two
minutes of the last kill. MONEY_SECONDS (default 12) is how long it lasts, MONEY_REAL=1 waits for leases and pauses
as they are (else what waits is asked at once), MONEY_POWER=1 shows that faults in keys and guards are seen."""
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
import kills  # noqa: E402
import money  # noqa: E402
import money_check  # noqa: E402
import psycopg2  # noqa: E402
from cases import Cases  # noqa: E402
from provider import Journal, Trouble  # noqa: E402
from service import kill_all, service, wait_for  # noqa: E402

SECONDS = float(os.environ.get("MONEY_SECONDS", "12"))
REAL = os.environ.get("MONEY_REAL") == "1"
SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
OPERATORS = 8
DECIDED_S = 120
CONF = "gateway_timeout_ms = 1500\n"
WANTED = ("orders", "release", "cancel", "return", "lost")  # else a run says nothing
cases = Cases("test_money_killed")


def kill_one_of(processes):
    def kill(s, rng):
        found = processes(s)
        if found:
            kill_all([rng.choice(found)])
    return kill


KILLS = {**kills.KILLS, "gateway": kill_one_of(lambda s: s.gateway()), "sandbox": kill_one_of(lambda s: s.sandbox())}
EVERY_S = {"worker": 8, "all workers": 30, "parent": 40, "database": 30, "backend": 8, "gateway": 6, "sandbox": 8}


def schedule(seconds, rng):
    """(second, who): each kind at least once, in the long run as often as EVERY_S says."""
    plan = [(rng.uniform(1, max(seconds - 1, 2)), who) for who, every in EVERY_S.items() for _ in range(max(1, round(seconds / every)))]
    return sorted(plan)


def act(s, house, seconds, rng):
    """Operators at work while kills come; who was killed how often, and when the last one was."""
    operators = [money.Operator(house, rng.randrange(2**32)) for _ in range(OPERATORS)]
    trouble = Trouble(s, random.Random(rng.randrange(2**32)), 0.4)
    begun, killed, last = time.monotonic(), {}, 0.0
    for one in (*operators, trouble):
        one.start()
    try:
        for at, who in schedule(seconds, rng):
            time.sleep(max(begun + at - time.monotonic(), 0))
            KILLS[who](s, rng)
            killed[who] = killed.get(who, 0) + 1
            last = time.monotonic()
        time.sleep(max(begun + seconds - time.monotonic(), 0))
        wait_for("everything to have happened", 60, lambda: all(house.counts[name] for name in WANTED), 0.1)
    except RuntimeError:
        print(f"{who}, behind {killed}: {s.last_words(40)}")
        raise
    finally:
        for one in operators:
            one.ends.set()
        for one in operators:
            one.join(money.PATIENCE + 60)
    kills.settle(s)
    wait_for("the provider to be calm", 30, trouble.calm, 0.1)
    return killed, last, trouble.asked


def hurry(s):
    """What waits is asked at once, what nobody works at any more is free."""
    s.query("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting' AND not_before > now()")
    s.query("""UPDATE gateway_task SET until = now() WHERE state = 'busy' AND until < now() + interval '55 seconds'""")


def decided(s, since, last):
    """Seconds from the last kill until nothing is undecided; what still is."""
    left = [("?",)]
    while left and time.monotonic() < last + DECIDED_S:
        try:
            if not REAL:
                hurry(s)
            left = money_check.undecided(s, since)
        except psycopg2.Error:
            pass
        time.sleep(0.1)
    return time.monotonic() - last, left


def findings(s, house, since, journals, forgotten):
    journal = Journal(s.folder)
    return {"every order is charged exactly once or not at all, as the books say": money_check.paid_once(s, journal, since),
            "what is authorised is held": money_check.held(s, journal, since, forgotten),
            "refunds are given exactly once": money_check.refunded_once(s, journal, since),
            "the clearing account is what the provider took and gave back": money_check.clearing(s, journal, journals),
            "nobody has paid more than an order costs": money_check.over_taken(s, since),
            "no certificate is over-spent": money_check.certificates(s),
            "what operators were told is true": money_check.kept_promises(s, house, since),
            "every request was answered, and none by surprise": house.complaints}


def one_run(seconds, seed, prepare=None):
    """On a new server: (what is wrong by sentence, figures, partylinectl check)."""
    rng = random.Random(seed)
    with service(conf=CONF) as s:
        house = money.Shop(s)
        if prepare:
            prepare(s)
        since, journals = kills.newest_order(s), s.query("SELECT max(id) FROM journal")[0][0]
        killed, last, faults = act(s, house, seconds, rng)
        took, left = decided(s, since, last)
        found = findings(s, house, since, journals, faults * 3)
        found["all is decided within two minutes of the last kill"] = left
        ctl = s.ctl("check", check=False)
        found["partylinectl check is clean"] = (ctl.stdout + ctl.stderr).strip().split("\n") if ctl.returncode else []
        asked = s.query("""SELECT count(*), count(*) FILTER (WHERE tries > 1), coalesce(sum(tries), 0) FROM gateway_task""")[0]
        states = dict(s.query("""SELECT kind || ' ' || state, count(*) FROM payment WHERE order_id > %s GROUP BY 1 ORDER BY 1""", since))
        figures = {"killed": killed, "decided": took, "faults": faults, "asked": asked, "states": states, "counts": dict(house.counts.of),
                   "spent": s.query("SELECT count(DISTINCT account_id) FROM payment WHERE kind = 'certificate' AND order_id > %s", since)[0][0]}
        found["the server stops in good order"] = [] if s.stop() else [s.last_words()]
        return found, figures


def show(title, figures):
    print(f"{title}: {', '.join(f'{name} {n}' for name, n in sorted(figures['counts'].items()))}")
    print("  killed: " + ", ".join(f"{name} {n}" for name, n in figures["killed"].items()) +
          f"; the provider was made to fail {figures['faults']} times")
    print(f"  questions to the provider {figures['asked'][0]}, asked more than once {figures['asked'][1]}, in all {figures['asked'][2]} times; "
          f"all decided {figures['decided']:.1f} s after the last kill")
    print("  payments: " + ", ".join(f"{name} {n}" for name, n in figures["states"].items()) +
          f"; {figures['spent']} certificates spent", flush=True)


def holds():
    found, figures = one_run(SECONDS, SEED)
    show(f"money, {SECONDS:.0f} s", figures)
    for sentence, wrong in found.items():
        cases.check(sentence, not wrong, (len(wrong), wrong[:4]))
    counts = figures["counts"]
    cases.check("it has happened: orders, releases, cancellations, returns, certificates, lost answers",
                all(counts.get(name) for name in WANTED) and figures["spent"], figures)
    cases.check("questions were asked again whose answer was lost; else the run is void", figures["asked"][1] >= 3, figures["asked"])


# ---- what must make it fail ---------------------------------------------------------------------

def replaced(s, function, old, new):
    body = s.query("SELECT pg_get_functiondef(%s::regproc)", function)[0][0]
    assert old in body, f"{function} does not look as expected"
    s.query(body.replace(old, new))


def new_key_at_each_try(s):
    replaced(s, "gateway_take", "'-' || t.id ||", "'-' || t.id || '-' || t.tries ||")


def no_floor(s):
    replaced(s, "account_add", ">= floor", "IS NOT NULL")
    s.query("ALTER TABLE account DROP CONSTRAINT account_floor")


def refunds_asked_twice(s):
    """Under another key, as something new."""
    replaced(s, "gateway_ask", "VALUES (a_act, a_payment, a_refund, a_amount);",
             "SELECT a_act, a_payment, a_refund, greatest(a_amount / 2, 1) FROM generate_series(1, 1 + (a_act = 'refund')::int);")


def power():
    seconds = max(SECONDS / 6, 12)
    for name, prepare, sentence in (("a new key at each try", new_key_at_each_try, "charged exactly once"),
                                    ("accounts without a floor", no_floor, "over-spent"),
                                    ("refunds asked for twice, by half", refunds_asked_twice, "refunds")):
        found, figures = one_run(seconds, SEED, prepare)
        seen = {s: len(wrong) for s, wrong in found.items() if wrong}
        print(f"{name}: seen in {seen}", flush=True)
        cases.check(f"{name}: the test sees it", any(sentence in s for s in seen), (seen, figures))


def main():
    print(f"seed {SEED}")
    cases.run("the run", holds)
    if os.environ.get("MONEY_POWER") == "1":
        cases.run("the power of the run", power)
    cases.end()


main()
