#!/usr/bin/python3
"""Promotions are written, published by date and ended through the API, by the back office; coupons are made."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from promo_shop import A, draft, quote, seen, told  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_promotions_api")
P = A + "/promotions"


def text_of(s, percent=10, code="HALF"):
    return f"promotion {code}\n  name Some of it\n  when quantity 2 of {s.ids['skus'][0]}\n  give {percent}% off everything\n"


def put(s, code, text, rev=None, market="GB", login="B-02"):
    headers = {"If-Match": f'"{rev}"'} if rev else {"If-None-Match": "*"}
    return s.call("PUT", f"{P}/{code}", {"market": market, "text": text}, s.token(login), headers)


def post(s, code, what, rev=None, body=None, login="B-02", key=None):
    headers = {"Idempotency-Key": key or ulid(), **({"If-Match": f'"{rev}"'} if rev else {})}
    return s.call("POST", f"{P}/{code}/{what}", body or {}, s.token(login), headers)


def written_published_changed_and_ended(s):
    two = draft(s, [(s.ids["skus"][0], 2)])
    status, headers, got = put(s, "HALF", text_of(s))
    assert status == 201 and got["problems"] == [] and got["name"] == "Some of it" and got["say"], got
    assert headers["ETag"] == f'"{got["rev"]}"'
    assert told(quote(s, two), "HALF") is None, "what is written changes no price"
    status, _, done = post(s, "HALF", "publish", got["rev"])
    assert status == 200 and (done["state"], done["version"]) == ("published", 1), done
    seen(s)
    assert told(quote(s, two), "HALF")["state"] == "applied"
    status, _, again = post(s, "HALF", "publish", got["rev"])
    assert status == 412 and again["rev"] == done["rev"], (status, again, done)
    assert post(s, "HALF", "publish", done["rev"])[0] == 409, "nothing new was written"
    tomorrow = s.psql("SELECT business_date('GB') + 1")
    rev = put(s, "HALF", text_of(s, 20), done["rev"])[2]["rev"]
    status, _, done = post(s, "HALF", "publish", rev, {"from": tomorrow})
    assert status == 200 and done["version"] == 2
    seen(s)
    assert told(quote(s, two), "HALF")["version"] == 1 and told(quote(s, {**two, "date": tomorrow}), "HALF")["version"] == 2
    got = s.call("GET", f"{P}/HALF", token=s.token())[2]
    assert [(v["version"], v["from"]) for v in got["versions"]][0] == (2, tomorrow) and got["versions"][1]["text"] == text_of(s)
    status, _, done = post(s, "HALF", "end", done["rev"])
    assert status == 200 and done["state"] == "ended"
    seen(s)
    assert told(quote(s, two), "HALF") is None and told(quote(s, {**two, "date": tomorrow}), "HALF") is None
    assert s.psql("SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE object = 'promotion HALF'") == \
        "promotion.save promotion.publish promotion.save promotion.publish promotion.end"


def mistakes_are_told_with_their_place(s):
    text = "promotion WRONG\n  when spend 10.00 on group NOWHERE\n  give 5% off 99999\n"
    status, _, got = put(s, "WRONG", text)
    places = [(p["params"]["line"], p["params"]["column"]) for p in got["problems"]]
    assert status == 201 and got["say"] is None and [line for line, _ in places] == [2, 3], got
    assert all(p["code"] == "promotion_text" and p["field"] == "/text" and p["params"]["say"] in p["say"] for p in got["problems"])
    assert s.call("GET", f"{P}/WRONG", token=s.token())[2]["draft"] == text, "nothing is lost"
    status, _, refused = post(s, "WRONG", "publish", got["rev"])
    assert status == 422 and [p["code"] for p in refused["problems"]] == ["promotion_text"] * 2
    status, _, got = put(s, "WRONG", text_of(s), got["rev"])
    assert [p["code"] for p in got["problems"]] == ["promotion_code"]
    assert post(s, "WRONG", "publish", got["rev"])[0] == 422
    status, _, got = put(s, "WRONG", "promotion WRONG\n  from 2020-01-01 to 2020-12-31\n  give free delivery\n", got["rev"])
    assert [p["code"] for p in post(s, "WRONG", "publish", got["rev"])[2]["problems"]] == ["promotion_over"]


def revisions_and_refusals(s):
    assert put(s, "half", text_of(s))[0] == 412, "the code is another's but for its case"
    assert put(s, "NONE-SUCH", text_of(s), 1)[0] == 404 and post(s, "NONE-SUCH", "publish", 1)[0] == 404
    assert put(s, "WRONG", "x", 1)[0] == 412
    assert s.call("PUT", f"{P}/WRONG", {"market": "GB", "text": "x"}, s.token("B-02"))[0] == 428
    for bad in ({"market": "GB"}, {"market": "GB", "text": "a\x1b[2J"}, {"market": "GB", "text": "x" * 8001}, {"market": "GB", "text": 5}):
        assert s.call("PUT", f"{P}/WRONG", bad, s.token("B-02"), {"If-Match": '"1"'})[0] == 400, bad
    assert put(s, "MINE", text_of(s), login="CC-07")[0] == 403
    assert s.call("GET", P, token=s.token("CC-07"))[0] == 200


def lists_and_sentences(s):
    got = s.call("GET", P + "?market=GB&limit=5", token=s.token())[2]
    assert len(got["items"]) == 5 and got["next"] == got["items"][-1]["code"]
    everything = s.call("GET", P + "?market=GB", token=s.token())[2]["items"]
    codes = [item["code"] for item in everything]
    assert codes == sorted(codes) and {"KNIVES-2", "CANDLES-BOGO", "BEAUTY-40", "PENCIL"} <= set(codes)
    assert all(item["say"] for item in everything if item["state"] == "published")
    chinese = s.call("GET", P + "/KNIVES-2", token=s.token(), headers={"Accept-Language": "zh-CN"})[2]
    english = s.call("GET", P + "/KNIVES-2", token=s.token())[2]
    assert chinese["name"] == "购厨具满百送刀两把" and chinese["say"] != english["say"]
    assert [item["code"] for item in s.call("GET", P + "?state=ended", token=s.token())[2]["items"]] == ["HALF"]


def coupons_are_made_once(s):
    status, _, got = post(s, "WELCOME", "coupons", body={"codes": ["spring-1", "SPRING-2"], "limit": 1})
    assert status == 201 and got["made"] == 2
    assert s.psql("SELECT string_agg(code || limit_uses, ' ' ORDER BY code) FROM coupon WHERE code LIKE 'SPRING%'") == "SPRING-11 SPRING-21"
    status, _, got = post(s, "WELCOME", "coupons", body={"codes": ["NEW-1", "Spring-1"]})
    assert status == 409 and got["taken"] == ["SPRING-1"] and s.psql("SELECT count(*) FROM coupon WHERE code = 'NEW-1'") == "0"
    status, _, got = post(s, "WELCOME", "coupons", body={"codes": ["TWICE-1", "twice-1", "TWICE-2"]})
    assert (status, got["made"]) == (201, 2), got
    for bad in ({"codes": []}, {}, {"codes": ["a b c"]}, {"codes": ["AB"]}, {"codes": ["ABC"], "limit": -1}):
        assert post(s, "WELCOME", "coupons", body=bad)[0] == 400, bad


def what_was_done_under_a_key_is_not_done_again(s):
    rev = put(s, "KEYED", text_of(s, code="KEYED"))[2]["rev"]
    publishing, ending, making = ulid(), ulid(), ulid()
    first = post(s, "KEYED", "publish", rev, key=publishing)[2]
    again = post(s, "KEYED", "publish", rev, key=publishing)
    assert (again[0], again[2]) == (200, first) and first["version"] == 1, again
    assert post(s, "KEYED", "publish", rev, {"from": "2030-01-01"}, key=publishing)[0] == 422, "another request"
    assert post(s, "KEYED", "end", first["rev"], key=publishing)[0] == 422
    assert post(s, "WELCOME", "publish", 1, key=publishing)[0] == 422, "of another promotion"
    assert s.psql("SELECT max(version) FROM promotion_version v JOIN promotion p ON p.id = v.promotion_id WHERE code = 'KEYED'") == "1"
    made = {"codes": ["KEY-1", "key-1"]}
    assert [post(s, "KEYED", "coupons", body=made, key=making)[::2] for _ in range(2)] == [(201, {"code": "KEYED", "made": 1})] * 2
    last = post(s, "KEYED", "end", first["rev"], key=ending)[2]
    assert post(s, "KEYED", "end", first["rev"], key=ending)[::2] == (200, last) and last["state"] == "ended"
    assert post(s, "KEYED", "publish", rev, key=publishing)[2] == first, "whatever became of it since"
    for what in ("publish", "end", "coupons"):
        assert s.call("POST", f"{P}/KEYED/{what}", {}, s.token("B-02"), {"If-Match": '"1"'})[0] == 428, what


def nobody_reaches_into_another_market(s):
    """The database refuses it, too, not only the look-up before."""
    rev = put(s, "BRITISH", text_of(s, code="BRITISH"))[2]["rev"]
    for sql in (f"promotion_publish('BRITISH', 'US', {rev}, '(,)', 0, 0, 0, '{ulid()}', 'h', NULL, 'r')",
                f"promotion_end('BRITISH', 'US', {rev}, '2025-01-01', '{ulid()}', 'h', NULL, 'r')",
                f"promotion_coupons('BRITISH', 'US', '{{AAA}}', 0, '{ulid()}', 'h', NULL, 'r')"):
        assert s.psql(f"SELECT result FROM {sql}") == "unknown", sql


def files_go_out_and_come_back(s):
    """partylinectl promotion list, export and import: all files or none, each mistake with its place."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        assert "KNIVES-2" in s.ctl("promotion", "list").stdout
        s.ctl("promotion", "export", folder)
        knives, bad = os.path.join(folder, "GB.KNIVES-2.promo"), os.path.join(folder, "GB.BAD.promo")
        with open(knives, encoding="utf-8") as file:
            text = file.read()
        assert text == s.call("GET", P + "/KNIVES-2", token=s.token())[2]["text"]
        for path, words in ((knives, text.replace("100.00", "90.00")), (bad, "promotion BAD\n  give 5% off 99999\n")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(words)
            os.chmod(path, 0o644)
        run = s.ctl("promotion", "import", knives, bad, check=False)
        assert run.returncode == 1 and f"{bad}:2:15: " in run.stderr, run.stderr
        assert s.call("GET", P + "/KNIVES-2", token=s.token())[2]["draft"] is None, "all or none"
        s.ctl("promotion", "import", knives)
        assert "90.00" in s.call("GET", P + "/KNIVES-2", token=s.token())[2]["draft"]


ALL = [written_published_changed_and_ended, mistakes_are_told_with_their_place, revisions_and_refusals, lists_and_sentences,
       coupons_are_made_once, what_was_done_under_a_key_is_not_done_again, nobody_reaches_into_another_market, files_go_out_and_come_back]

with demo_server("--workers", "1") as server:  # each worker sees a change in its own time
    for case in ALL:
        cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
