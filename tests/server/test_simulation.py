#!/usr/bin/python3
"""What a promotion would have done to the last orders: figures against the database's own, nothing stored, the same
answer twice, and other requests served meanwhile."""
import os
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from promo_shop import A, draft, end, place, publish  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_simulation")
P = A + "/promotions"
EXCLUSIVE = "promotion ALONE\n  exclusive\n  priority 100\n  lane pre\n  when order 20.00\n  give 10% off everything\n"

# By the list, of what promotions look at.
GOODS = ("(SELECT coalesce(sum(l.goods), 0) FROM order_line l JOIN item i ON i.id = l.item_id WHERE l.order_id = o.id"
         " AND l.gift_of IS NULL AND l.picks IS NULL AND i.kind NOT IN ('certificate', 'fee'))")


def simulate(s, text=None, code="ALONE", login="B-02", headers=None, **more):
    body = {**({"market": "GB", "text": text} if text else {}), **more}
    status, _, got = s.call("POST", f"{P}/{code}/simulate", body, s.token(login), headers)
    return status, got


def simulated(s, text=EXCLUSIVE, code="ALONE", **more):
    status, got = simulate(s, text, code, **more)
    assert status == 200, (status, got)
    return got


def everything_stored(s):
    return s.psql("SELECT (SELECT count(*) FROM promotion), (SELECT count(*) FROM promotion_version), (SELECT count(*) FROM promotion_use),"
                  " (SELECT count(*) FROM orders), (SELECT count(*) FROM audit), (SELECT sum(reserved) FROM stock), (SELECT version FROM catalogue_version)")


def figures_are_those_of_the_orders(s):
    was = everything_stored(s)
    got = simulated(s)
    n, first, last = s.psql("SELECT count(*), min(business_date), max(business_date) FROM orders WHERE market = 'GB' AND state <> 'cancelled'").split("|")
    assert (got["orders"], got["first"], got["last"]) == (int(n), first, last)
    change = got["after"]["total"] - got["before"]["total"]
    assert change < 0 and got["gives"]["discount"] > 0 and got["after"]["goods"] >= got["before"]["goods"]
    reached = int(s.psql(f"SELECT count(*) FROM orders o WHERE market = 'GB' AND state <> 'cancelled' AND {GOODS} >= 2000"))
    assert got["unpriced"] == 0 and got["applied"] == reached, (got["applied"], reached)
    assert got["applied"] + got["failed"] + got["lost"] == int(n)
    assert got["code"] == "ALONE" and got["say"][0].startswith(f"{int(n)} orders"), got["say"]
    assert everything_stored(s) == was, "something was stored"
    assert simulated(s) == got, "not the same twice"


def the_ends_are_the_greatest_and_least_changes(s):
    got = simulated(s)
    best, worst = ([e["after"] - e["before"] for e in got[name]] for name in ("best", "worst"))
    assert len(best) == len(worst) == 5 and best == sorted(best) and worst == sorted(worst, reverse=True) and best[-1] <= worst[-1]
    assert not {e["order"] for e in got["best"]} & {e["order"] for e in got["worst"]}
    for e in got["best"]:
        assert s.psql(f"SELECT market FROM orders WHERE number = '{e['order']}'") == "GB"


def the_last_orders_and_no_more(s):
    status, made = place(s, draft(s, [(s.ids["skus"][0], 3)]))
    assert status == 201
    got = simulated(s, orders=1)
    assert (got["orders"], got["first"], got["last"]) == (1, got["last"], s.psql("SELECT business_date('GB')"))
    assert [e["order"] for e in got["best"]] == [made["number"]], got
    for bad in ({"orders": 0}, {"orders": 5001}, {"orders": "9"}, {"text": 5}, {"rows": 1}, {"text": "x" * 8001}):
        assert s.call("POST", f"{P}/ALONE/simulate", {"market": "GB", "text": EXCLUSIVE, **bad}, s.token("B-02"))[0] == 400, bad


def what_is_stored_is_simulated_by_its_code(s):
    assert simulate(s, None, "ALONE")[0] == 404
    stored = simulated(s, None, "BEAUTY-40")
    assert stored["before"] == stored["after"], "it is in force already"
    text = s.call("GET", f"{P}/BEAUTY-40", token=s.token())[2]["text"].replace("25%", "50%")
    more = simulated(s, text, "BEAUTY-40")
    assert (more["applied"], more["before"]) == (stored["applied"], stored["before"]) and more["after"]["total"] < stored["after"]["total"]
    assert simulate(s, text, "BEAUTY-40", market="US")[0] == 404


def who_competes_is_told(s):
    rival = "promotion RIVAL\n  exclusive\n  lane pre\n  when order 20.00\n  give 20% off everything\n"
    publish(s, rival)
    try:
        got = simulated(s)
        assert got["applied"] == 0 and got["lost_to"] == [{"promotion": "RIVAL", "orders": got["lost"]}] and got["lost"] > 0
        better = simulated(s, EXCLUSIVE.replace("10%", "30%"))
        assert better["displaced"] == [{"promotion": "RIVAL", "orders": better["applied"]}] and better["applied"] == got["lost"]
    finally:
        end(s, "RIVAL")


def gifts_and_limits(s):
    gift = s.ids["skus"][1]
    got = simulated(s, EXCLUSIVE + f"  limit 3 orders\n  give gift 2 of {gift}\n")
    assert got["applied"] == 3 and [(i["sku"], i["qty"]) for i in got["items"]] == [(gift, 6)], got
    buyers = int(s.psql("SELECT count(DISTINCT coalesce(customer_id, distributor_id)) FROM orders o WHERE market = 'GB' AND state <> 'cancelled'"
                        f" AND {GOODS} > 0"))
    got = simulated(s, "promotion ALONE\n  exclusive\n  lane pre\n  priority 100\n  limit 1 per customer\n  for coupon\n  give 1.00 off everything\n")
    assert got["applied"] == buyers, (got["applied"], buyers)


def mistakes_and_strangers_are_refused(s):
    status, got = simulate(s, "promotion ALONE\n  give 5% off 99999\n")
    assert status == 422 and got["problems"][0]["params"]["line"] == 2, got
    assert [p["code"] for p in simulate(s, EXCLUSIVE, "OTHER")[1]["problems"]] == ["promotion_code"]
    assert simulate(s, EXCLUSIVE, login="CC-07")[0] == 403
    assert simulate(s, EXCLUSIVE, market="ZZ")[0] == 404
    german = simulate(s, EXCLUSIVE, headers={"Accept-Language": "de"})[1]["say"]
    assert "neu berechnet" in german[0], german


def the_command_says_the_same(s):
    want = simulated(s, orders=50)["say"]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "GB.ALONE.promo")
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXCLUSIVE)
        os.chmod(path, 0o644)
        assert s.ctl("promotion", "simulate", path, "--orders", "50").stdout.splitlines() == want
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXCLUSIVE + "  give 1% off 99999\n")
        run = s.ctl("promotion", "simulate", path, check=False)
        assert run.returncode == 1 and f"{path}:7:15: " in run.stderr, run.stderr
    stored = simulated(s, None, "BEAUTY-40")["say"]
    assert s.ctl("promotion", "simulate", "BEAUTY-40").stdout.splitlines() == stored
    assert s.ctl("promotion", "simulate", "NONE-SUCH", check=False).returncode == 1
    for orders in ("0", "x", "5001"):
        assert s.ctl("promotion", "simulate", "BEAUTY-40", "--orders", orders, check=False).returncode == 64


def others_are_served_meanwhile(s):
    """One worker, many simulations: a quote that comes meanwhile is answered before they all are."""
    done = []

    def work():
        simulated(s)
        done.append(time.monotonic())
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    served = 0
    while any(thread.is_alive() for thread in threads):
        assert s.call("GET", A + "/sessions/current", token=s.token())[0] == 200
        served += any(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()
    assert len(done) == 6 and served >= 3, f"{served} requests were answered while six simulations ran"


ALL = [figures_are_those_of_the_orders, the_ends_are_the_greatest_and_least_changes, the_last_orders_and_no_more,
       what_is_stored_is_simulated_by_its_code, who_competes_is_told, gifts_and_limits, mistakes_and_strangers_are_refused,
       the_command_says_the_same, others_are_served_meanwhile]

with demo_server("--workers", "1") as server:
    server.token(), server.token("B-02")
    for case in ALL:
        cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
