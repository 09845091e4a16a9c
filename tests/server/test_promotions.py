#!/usr/bin/python3
"""Promotions through the server: what quotes tell of them, the facts of the buyer, coupons and limits."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from promo_shop import A, draft, end, publish, quote, told  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_promotions")


def applied_with_amounts_by_line(s):
    first, second = s.ids["skus"][:2]
    publish(s, f"promotion TENTH\n  name Ten off\n  name zh 九折\n  when quantity 2 of {first}\n  give 10% off {first}, {second}\n")
    got = quote(s, draft(s, [(first, 2), (second, 1), (s.ids["skus"][2], 1)]))
    one = told(got, "TENTH")
    assert one["state"] == "applied" and one["name"] == "Ten off" and one["times"] == 1 and one["needs"] is None
    shares = {line["id"]: line["shares"] for line in got["lines"]}
    assert shares["l2"] == [] and shares["l0"][0]["promotion"] == "TENTH"
    assert one["amount"] == shares["l0"][0]["amount"] + shares["l1"][0]["amount"] > 0
    assert one["lines"] == [{"line": name, "amount": shares[name][0]["amount"]} for name in ("l0", "l1")]
    assert [w["code"] for w in got["lines"][0]["why"]].count("promotion") == 1
    got = quote(s, draft(s, [(first, 1)]))
    one = told(got, "TENTH")
    assert one["state"] == "failed" and one["amount"] == 0 and one["lines"] == []
    assert one["needs"] == {"kind": "quantity", "actual": 1, "needed": 2,
                            "of": {"groups": [], "skus": [first], "except_groups": [], "except_skus": []}}
    assert got["hint"] is None or got["hint"]["promotion"] == "TENTH"
    end(s, "TENTH")
    assert told(quote(s, draft(s, [(first, 2)])), "TENTH") is None


def the_hint_is_one_step_away(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion BOGO\n  give cheapest: buy 1 get 1 free of {first}\n")
    got = quote(s, draft(s, [(first, 1)]))
    hint = got["hint"]
    assert (hint["promotion"], hint["sku"], hint["qty"], hint["picks"]) == ("BOGO", first, 1, False), hint
    taken = quote(s, draft(s, [(first, 2)]))
    assert hint["saves"] == 2 * got["total"] - got["delivery"] * 2 - taken["total"] + taken["delivery"], (hint, got, taken)
    assert told(taken, "BOGO")["state"] == "applied" and taken["hint"] is None
    end(s, "BOGO")


def choices_and_gifts(s):
    first, second = s.ids["skus"][:2]
    publish(s, f"promotion CHOOSE\n  when quantity 2 of {first}\n  give 1 free from {second}\n  give gift {s.ids['skus'][2]}\n")
    lines = [(first, 2), (second, 1, {"picks": "CHOOSE"})]
    got = quote(s, draft(s, lines))
    one = told(got, "CHOOSE")
    assert (one["state"], one["picks"], one["picked"]) == ("applied", 1, 1), one
    assert got["lines"][1]["picks"] == "CHOOSE" and got["lines"][1]["amount"] == 0 == got["lines"][1]["cv"]
    gift = got["lines"][2]
    assert (gift["id"], gift["gift_of"], gift["sku"], gift["amount"]) == ("+CHOOSE", "CHOOSE", s.ids["skus"][2], 0), gift
    got = quote(s, draft(s, [(first, 1), lines[1]]))
    assert "pick_not_earned" in [p["code"] for p in got["problems"]]
    end(s, "CHOOSE")


def coupons_open_promotions(s):
    first = s.ids["skus"][0]
    made = publish(s, f"promotion CODED\n  for coupon\n  give 5.00 off {first}\n")
    s.psql(f"INSERT INTO coupon (code, promotion_id, limit_uses, uses) VALUES ('AUTUMN5', {made}, 0, 0), ('ONCE', {made}, 3, 3)")
    assert told(quote(s, draft(s, [(first, 1)])), "CODED") is None, "without its code nobody hears of it"
    for code in ("AUTUMN5", "autumn5", "Autumn5"):
        got = quote(s, draft(s, [(first, 1)], coupons=[code]))
        assert told(got, "CODED")["state"] == "applied" and not got["problems"], got["problems"]
    for code, problem in (("NO-SUCH", "unknown_coupon"), ("once", "coupon_used_up")):
        got = quote(s, draft(s, [(first, 1)], coupons=[code]))
        assert [(p["code"], p["field"], p["params"]["coupon"]) for p in got["problems"]] == [(problem, "/coupons/0", code)]
        assert told(got, "CODED") is None
    got = quote(s, draft(s, [(s.ids["skus"][1], 1)], coupons=["AUTUMN5"]))
    assert [(p["code"], p["severity"]) for p in got["problems"]] == [("coupon_no_effect", "warning")]
    end(s, "CODED")


def people_channel_and_first_order(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion PEOPLE\n  for people TEST-VIP\n  give 10% off {first}\n")
    publish(s, f"promotion DESK\n  for channels showroom\n  give 10% off {first}\n")
    publish(s, f"promotion FIRST\n  when first order\n  give 10% off {first}\n")
    body = draft(s, [(first, 1)])
    got = quote(s, body)
    assert told(got, "PEOPLE") is None and told(got, "DESK") is None
    s.psql(f"""WITH g AS (INSERT INTO person_group (code, name) VALUES ('TEST-VIP', 'Very important') RETURNING id)
               INSERT INTO person_group_member SELECT g.id, d.id FROM g, distributor d WHERE d.number = '{s.ids['manager']}'""")
    assert told(quote(s, body), "PEOPLE") is not None
    status, _, session = s.call("POST", A + "/sessions", {"login": "S-04", "password": "partyline-demo", "desk": "showroom"})
    assert status == 201
    got = s.call("POST", A + "/quotes", body, session["token"])[2]
    assert told(got, "DESK") is not None
    assert told(quote(s, body), "FIRST")["needs"]["kind"] == "first_order", "the manager has ordered before"
    new = s.psql("""SELECT d.number FROM distributor d WHERE d.market = 'GB' AND d.status = 'active' AND NOT EXISTS
                    (SELECT FROM orders o WHERE o.distributor_id = d.id AND o.customer_id IS NULL) ORDER BY d.id LIMIT 1""")
    assert told(quote(s, draft(s, [(first, 1)], distributor=new)), "FIRST")["state"] in ("applied", "lost")
    for code in ("PEOPLE", "DESK", "FIRST"):
        end(s, code)


def limits_are_facts(s):
    first = s.ids["skus"][0]
    made = publish(s, f"promotion FEW\n  limit 2 orders\n  give 1.00 off {first}\n", uses=2)
    body = draft(s, [(first, 1)])
    assert told(quote(s, body), "FEW")["state"] == "applied"
    s.psql(f"UPDATE promotion_counter SET uses = 2 WHERE promotion_id = {made}")
    one = told(quote(s, body), "FEW")
    assert (one["state"], one["needs"]["kind"]) == ("failed", "limit_uses"), one
    facts = s.call("GET", f"{A}/distributors/{s.ids['manager']}/pricing-facts", token=s.token())[2]
    assert [p for p in facts["promotions"] if p["promotion"] == "FEW"] == [
        {"promotion": "FEW", "uses_left": 0, "person_left": None, "budget_left": None, "recruits": 0}]
    assert facts["channel"] == "call" and facts["first_order"] is False
    end(s, "FEW")


def facts_look_coupons_up(s):
    made = publish(s, f"promotion LOOKED\n  for coupon\n  give 1.00 off {s.ids['skus'][0]}\n")
    s.psql(f"INSERT INTO coupon (code, promotion_id) VALUES ('LOOK-1', {made})")
    path = f"{A}/distributors/{s.ids['manager']}/pricing-facts?coupons=look-1,NO-SUCH,,"
    assert s.call("GET", path, token=s.token())[2]["coupons"] == [{"code": "look-1", "promotion": "LOOKED"}]
    end(s, "LOOKED")


def what_reads_no_more_is_left_out(s):
    first = s.ids["skus"][0]
    publish(s, f"promotion GONE\n  give 10% off 99999\n")
    publish(s, f"promotion STAYS\n  give 10% off {first}\n")
    got = quote(s, draft(s, [(first, 1)]))
    assert told(got, "GONE") is None and told(got, "STAYS")["state"] == "applied"
    run = s.ctl("check", check=False)
    assert run.returncode == 1 and "promotion GONE, version 1: line 2: " in run.stdout, run.stdout
    for code in ("GONE", "STAYS"):
        end(s, code)
    assert "promotion GONE" not in s.ctl("check", check=False).stdout


def versions_follow_by_date(s):
    first = s.ids["skus"][0]
    day = s.psql("SELECT business_date('GB')")
    publish(s, f"promotion TURN\n  give 10% off {first}\n", valid=f"(,{day})")
    publish(s, f"promotion TURN\n  give 20% off {first}\n", valid=f"[{day},)")
    now = quote(s, draft(s, [(first, 1)]))
    before = quote(s, draft(s, [(first, 1)], date=s.psql("SELECT business_date('GB') - 1")))
    assert told(now, "TURN")["version"] == 2 and told(before, "TURN")["version"] == 1
    refused = False
    try:
        s.psql("UPDATE promotion_version SET text = text || '#' WHERE version = 2")
    except RuntimeError:
        refused = True
    assert refused, "a version is never overwritten"
    end(s, "TURN")


ALL = [applied_with_amounts_by_line, the_hint_is_one_step_away, choices_and_gifts, coupons_open_promotions,
       people_channel_and_first_order, limits_are_facts, facts_look_coupons_up, what_reads_no_more_is_left_out,
       versions_follow_by_date]

with demo_server("--workers", "1") as server:  # each worker sees a change in its own time
    server.psql("UPDATE promotion_version SET valid = 'empty'")  # only those of the cases count
    for case in ALL:
        if len(sys.argv) < 2 or sys.argv[1] in case.__name__:
            cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
