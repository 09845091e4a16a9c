#!/usr/bin/python3
"""The whole catalogue of a market: complete, the same packed and plain, told apart by its ETag, and
enough to price an order as the server does."""
import gzip
import http.client
import json
import os
import sys
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_catalogue")
A = "/api/v1/catalogue"


def fetch(s, query="", token=None, link=None, method="GET", **headers):
    """(status, headers, bytes), on a connection of its own or a kept one."""
    send = {name.replace("_", "-"): value for name, value in headers.items()}
    send["Authorization"] = "Bearer " + (token or s.token("SV-01"))
    own = link or http.client.HTTPSConnection("localhost", s.port, context=s.context, timeout=60)
    try:
        own.request(method, A + query, None, send)
        reply = own.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        if not link:
            own.close()


def catalogue(s, query=""):
    status, headers, body = fetch(s, query)
    assert status == 200, (query, status, body[:300])
    return json.loads(body), headers


def columns_are_complete(s):
    got, _ = catalogue(s, "?market=GB")
    for table in ("groups", "items", "components", "names", "discounts", "delivery", "taxes", "order_types", "promotions"):
        for column, values in got[table].items():
            assert column == "count" or len(values) == got[table]["count"], (table, column)
    skus = got["items"]["sku"]
    assert skus == sorted(skus) and len(skus) == int(s.psql("SELECT count(*) FROM item"))
    assert got["names"]["count"] == len(skus) and got["market"] == "GB" and got["currency"] == "GBP"
    for one in got["lists"]:
        assert all(len(one[column]) == len(skus) for column in ("price", "cv", "pv")), one["code"]
    assert all(0 <= tax < len(got["tax_classes"]) for tax in got["items"]["tax_class"])
    assert all(0 <= group < got["groups"]["count"] for group in got["items"]["group"])
    assert all(-1 <= parent < at for at, parent in enumerate(got["groups"]["parent"]))
    tops = dict(zip(got["groups"]["code"], got["groups"]["parent"]))
    assert tops["KITCHENWARE"] == -1 and got["groups"]["code"][tops["PANS"]] == "KITCHENWARE"
    parts = got["components"]
    assert parts["kit"] == sorted(parts["kit"]) and parts["count"] > 0
    kit = skus.index(s.ids["kit"])
    assert got["items"]["kind"][kit] == "kit" and kit in parts["kit"]


def prices_are_the_items_prices(s):
    got, _ = catalogue(s, "?market=GB")
    today = s.psql("SELECT business_date('GB')")
    retail = [one for one in got["lists"] if one["audience"] == "retail" and (one["from"] or "") <= today < (one["to"] or "9")]
    assert len(retail) == 1
    for sku in [*s.ids["skus"], s.ids["kit"]]:
        item = s.call("GET", "/api/v1/items/" + sku, token=s.token())[2]
        at = got["items"]["sku"].index(sku)
        assert retail[0]["code"] == item["list"]
        assert [retail[0][c][at] for c in ("price", "cv", "pv")] == [item["price"], item["cv"], item["pv"]]
        assert got["names"]["name"][at] == item["name"] and got["names"]["spoken"][at] == item["spoken"]
        assert got["items"]["barcode"][at] == item["barcode"]
        assert got["groups"]["name"][got["items"]["group"][at]] == item["group"]


def quotes_name_its_version(s):
    got, _ = catalogue(s, "?market=GB")
    body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"],
            "lines": [{"id": "a", "sku": s.ids["skus"][0], "qty": 2}]}
    quote = s.call("POST", "/api/v1/quotes", body, s.token())[2]
    assert quote["catalogue_version"] == got["version"]


def packed_is_the_same(s):
    for query in ("?market=GB", "?market=US", "?market=GB&lang=zh", "?market=GB&list=NONE"):
        status, headers, packed = fetch(s, query, Accept_Encoding="br, gzip;q=0.8")
        assert status == 200 and headers["Content-Encoding"] == "gzip", (query, status, headers.items())
        assert headers["Vary"] == "Accept-Encoding"
        one = zlib.decompressobj(31)  # of exactly one member, with the right sum
        plain = one.decompress(packed)
        assert one.eof and not one.unused_data and gzip.decompress(packed) == plain
        for refused in ("identity", "gzip;q=0", "gzip;q=0.000, br"):
            status, headers, body = fetch(s, query, Accept_Encoding=refused)
            assert status == 200 and not headers["Content-Encoding"] and body == plain, (query, refused)
        assert len(packed) * 3 < len(plain) or "NONE" in query


def not_modified(s):
    _, headers, body = fetch(s, "?market=GB")
    tag = headers["ETag"]
    for header in (tag, '"other", ' + tag, tag.removeprefix("W/"), "*"):
        status, headers, empty = fetch(s, "?market=GB", If_None_Match=header)
        assert (status, headers["ETag"], empty) == (304, tag, b""), (header, status)
    for header in ('"other"', tag[:-3] + '"', '""', ","):
        status, _, again = fetch(s, "?market=GB", If_None_Match=header)
        assert status == 200 and again == body, header


def tags_tell_apart(s):
    tags = {}
    for query in ("?market=GB", "?market=US", "?market=GB&lang=zh", "?market=GB&audience=retail", "?market=GB&date=2020-01-01"):
        status, headers, _ = fetch(s, query)
        tag = headers["ETag"]
        assert status == 200 and tag not in tags, (query, status)
        tags[tag] = query
    assert fetch(s, "")[1]["ETag"] in tags, "the default is GB"


def lists_are_chosen(s):
    codes = [(one["code"], one["audience"]) for one in catalogue(s)[0]["lists"]]
    first = codes[0]
    got = catalogue(s, "?list=" + first[0])[0]["lists"]
    assert [(one["code"], one["audience"]) for one in got] == [c for c in codes if c[0] == first[0]]
    got = catalogue(s, "?audience=retail")[0]["lists"]
    assert got and [(one["code"], one["audience"]) for one in got] == [c for c in codes if c[1] == "retail"]
    assert catalogue(s, "?list=NO-SUCH")[0]["lists"] == []
    s.psql("""INSERT INTO price_list (market, code, name, audience, tax_included, valid)
              VALUES ('GB', 'OVER', 'Over', 'host', true, daterange(business_date('GB') - 200, business_date('GB') - 100)),
                     ('GB', 'JUST', 'Just over', 'host', true, daterange(business_date('GB') - 100, business_date('GB') - 10)),
                     ('GB', 'SOON', 'To come', 'host', true, daterange(business_date('GB') + 400, NULL))""")
    wait_for_change(s)
    codes = [one["code"] for one in catalogue(s)[0]["lists"]]
    assert "JUST" in codes and "SOON" in codes and "OVER" not in codes, codes
    day = s.psql("SELECT business_date('GB') - 150")
    assert [one["code"] for one in catalogue(s, f"?audience=host&date={day}")[0]["lists"]] == ["OVER"]
    over = catalogue(s, "?list=OVER")[0]["lists"][0]
    assert over["from"] == s.psql("SELECT business_date('GB') - 200") and set(over["price"]) == {None}


def wait_for_change(s):
    version = int(s.psql("SELECT version FROM catalogue_version"))
    limit = time.monotonic() + 30
    body = {"market": "GB", "type": "personal", "lines": []}
    while s.call("POST", "/api/v1/quotes", body, s.token())[2]["catalogue_version"] != version:
        assert time.monotonic() < limit, "the worker has not seen the change"
        time.sleep(0.05)


def a_change_is_a_new_tag(s):
    sku, tag = s.ids["skus"][0], fetch(s, "?market=GB")[1]["ETag"]
    s.psql(f"""UPDATE price SET amount = amount + 1 WHERE item_id = (SELECT id FROM item WHERE sku = '{sku}')""")
    s.psql(f"""UPDATE item_name SET name = E'Rose "\\\\" \u540d' WHERE language = 'en'
               AND item_id = (SELECT id FROM item WHERE sku = '{sku}')""")
    wait_for_change(s)
    status, headers, body = fetch(s, "?market=GB", If_None_Match=tag)
    assert status == 200 and headers["ETag"] != tag
    got = json.loads(body)
    assert got["names"]["name"][got["items"]["sku"].index(sku)] == 'Rose "\\" \u540d'


def names_have_languages(s):
    english, chinese = (catalogue(s, "?market=GB&lang=" + lang)[0] for lang in ("en", "zh"))
    assert (english["language"], chinese["language"]) == ("en", "zh") and english["items"] == chinese["items"]
    assert english["names"] != chinese["names"]
    assert catalogue(s, "?market=GB&lang=zh-CN")[0]["language"] == "zh"
    assert catalogue(s, "?market=GB&lang=tlh")[0]["language"] == "en"


def refusals(s):
    for query, status in (("?market=ZZ", 404), ("?audience=nobody", 400), ("?date=never", 400), ("?date=2025-02-30", 400)):
        assert fetch(s, query)[0] == status, query
    assert s.call("GET", A)[0] == 401
    s.psql("UPDATE login SET market = 'US' WHERE login = 'B-03'")
    token = s.token("B-03")
    assert json.loads(fetch(s, "", token)[2])["market"] == "US"
    assert fetch(s, "?market=GB", token)[0] == 404
    assert json.loads(fetch(s, "", s.token(s.ids["manager"]))[2])["market"] == "GB", "a distributor may, too"


def connections_live_on(s):
    link = http.client.HTTPSConnection("localhost", s.port, context=s.context, timeout=60)
    sizes = []
    for encoding in ("gzip", "identity", "gzip", "identity"):
        status, headers, body = fetch(s, "?market=GB", link=link, Accept_Encoding=encoding)
        assert status == 200 and int(headers["Content-Length"]) == len(body)
        sizes.append(len(body))
        status, headers, body = fetch(s, "?market=GB", link=link, method="HEAD", Accept_Encoding=encoding)
        assert status == 200 and not body and int(headers["Content-Length"]) == sizes[-1]
    assert sizes[:2] == sizes[2:]
    link.close()
    for _ in range(5):  # who leaves in the middle of it leaves nothing behind
        link = http.client.HTTPSConnection("localhost", s.port, context=s.context, timeout=60)
        link.request("GET", A, None, {"Authorization": "Bearer " + s.token(), "Accept-Encoding": "identity"})
        link.sock.recv(100)
        link.close()
    assert fetch(s, "?market=GB")[0] == 200


def facts_price_an_order(s):
    got = s.call("GET", f"/api/v1/distributors/{s.ids['manager']}/pricing-facts", token=s.token())[2]
    person = s.call("GET", f"/api/v1/distributors/{s.ids['manager']}", token=s.token())[2]
    assert got["may_order"] and got["addresses"] == person["addresses"] and got["balance"] == person["balance"]
    assert got["today"] == s.psql("SELECT business_date('GB')") and got["currency"] == "GBP" and got["exponent"] == 2
    got = s.call("GET", f"/api/v1/distributors/{s.ids['terminated']}/pricing-facts", token=s.token())[2]
    assert not got["may_order"] and got["status"] == "terminated"


ALL = [columns_are_complete, prices_are_the_items_prices, quotes_name_its_version, packed_is_the_same, not_modified,
       tags_tell_apart, lists_are_chosen, a_change_is_a_new_tag, names_have_languages, refusals, connections_live_on,
       facts_price_an_order]

with demo_server("--workers", "1") as server:  # each worker sees a change in its own time
    server.psql("UPDATE login SET market = NULL WHERE login = 'SV-01'")
    for case in ALL:
        if len(sys.argv) < 2 or sys.argv[1] in case.__name__:
            cases.run(case.__name__.replace("_", " "), case, server)
cases.end()
