#!/usr/bin/python3
"""The server answers in the language that Accept-Language asks for: titles, details, sentences of problems and of
prices. Codes, types and parameters are the same in all of them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_languages_api")
A = "/api/v1"


def asked(server, language, method, path, body=None, **headers):
    """(status, body) of a request in that language; None: without the header."""
    if language:
        headers["Accept-Language"] = language
    status, _, reply = server.call(method, A + path, body, token=server.token(), headers=headers)
    return status, reply


def without_words(value):
    """What a program reads: everything but the sentences, and what promotions are called."""
    if isinstance(value, dict):
        words = ("say", "title", "detail", "request", *(["name"] if "lost_to" in value else []))
        return {k: without_words(v) for k, v in value.items() if k not in words}
    return [without_words(v) for v in value] if isinstance(value, list) else value


def problems(server):
    draft = {"market": "GB", "type": "sales_aids", "distributor": server.ids["terminated"],
             "lines": [{"id": "a", "sku": "99999", "qty": 1}, {"id": "b", "sku": server.ids["skus"][0], "qty": 1}]}
    replies = {tag: asked(server, tag, "POST", "/quotes", draft)[1] for tag in (None, "en", "de", "zh-CN")}
    says = {tag: {p["code"]: p["say"] for p in reply["problems"]} for tag, reply in replies.items()}
    cases.equal("no header is English", says[None], says["en"])
    cases.check("a state is said in words, German", "gekündigt" in says["de"]["distributor_status"], says["de"])
    cases.check("a state is said in words, Chinese", "已终止" in says["zh-CN"]["distributor_status"], says["zh-CN"])
    for tag, title in (("en", "Sales aids"), ("de", "Verkaufshilfen"), ("zh-CN", "辅销品")):
        cases.check(f"an order's type is said by its title, {tag}", title in says[tag]["wrong_kind"], says[tag])
    types = {p["params"]["type"] for reply in replies.values() for p in reply["problems"] if "type" in p["params"]}
    cases.equal("parameters stay names of the API", types, {"sales_aids"})
    for tag in ("de", "zh-CN"):
        cases.equal(f"everything but the sentences is the same in {tag}", without_words(replies[tag]),
                    without_words(replies["en"]))


def prices(server):
    draft = {"market": "GB", "type": "personal", "distributor": server.ids["manager"],
             "lines": [{"id": "a", "sku": server.ids["skus"][0], "qty": 2}]}
    whys = {tag: [w["say"] for w in asked(server, tag, "POST", "/quotes", draft)[1]["lines"][0]["why"]]
            for tag in ("en", "de", "zh-CN")}
    for tag, word in (("en", "List "), ("de", "Liste "), ("zh-CN", "价目表")):
        cases.check(f"why a price, in {tag}", whys[tag][0].startswith(word), whys[tag])


def titles(server):
    for tag, title, detail in ((None, "there is no such thing", "there is no such draft"),
                               ("de-AT, en;q=0.5", "gibt es nicht", "diesen Entwurf gibt es nicht"),
                               ("fr, zh-CN;q=0.8, de;q=0.2", "不存在", "没有这份草稿"),
                               ("fr", "there is no such thing", "there is no such draft")):
        status, reply = asked(server, tag, "GET", "/drafts/" + ulid())
        cases.equal(f"title and detail with Accept-Language {tag}", (status, reply["title"], reply["detail"]),
                    (404, title, detail))
    status, _, reply = server.call("POST", A + "/sessions", {"login": "CC-07", "password": "wrong"},
                                   headers={"Accept-Language": "de"})
    cases.equal("a wrong password, in German", (status, reply["detail"]),
                (401, "Kennung und Passwort passen nicht zusammen"))
    for nonsense in ("", ",;q=", "de;q=x", "zh" * 2000):
        status, reply = asked(server, nonsense, "GET", "/drafts/" + ulid())
        cases.check(f"nonsense is no fault: {nonsense[:10]!r}", status == 404, reply)


with demo_server() as running:
    problems(running)
    prices(running)
    titles(running)
cases.end()
