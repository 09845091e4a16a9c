#!/usr/bin/python3
"""Event streams: what is watched is told when it changes, nothing is missed or told twice behind a Last-Event-ID,
nobody watches what they may not read, streams are bounded, keep no session alive and hold no stop up."""
import contextlib
import json
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from listener import Listener  # noqa: E402
from provider import Provider  # noqa: E402
from sandbox import until  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_events")


def listen(s, watch, **more):
    listener = Listener(s, watch, **more)
    assert listener.status == 200, (listener.status, listener.headers, listener.text)
    return contextlib.closing(listener)


def stock(s, sku, by):
    s.psql(f"SELECT stock_move((SELECT id FROM site WHERE market = 'GB' AND ships), (SELECT id FROM item WHERE sku = '{sku}'), {by}, 'count', 'test', NULL)")


def free(s, sku):
    return s.call("GET", "/api/v1/items/" + sku, token=s.token())[2]["stock"]["free"]


# ---- what is told --------------------------------------------------------------------------------------------

def first_of_all(d):
    """Whoever comes without an id is told how everything stands."""
    s, skus = d.s, d.s.ids["skus"]
    with listen(s, f"stock:{skus[0]},{skus[1]},{s.ids['kit']};drafts;notices;catalogue") as l:
        assert l.headers["content-type"] == "text/event-stream" and l.headers["cache-control"] == "no-store", l.headers
        assert "content-encoding" not in l.headers and "content-length" not in l.headers, l.headers
        got = {event: data for event, data, _ in l.all(4)}
    want = [{"sku": sku, "free": free(s, sku)} for sku in (skus[0], skus[1], s.ids["kit"])]
    assert got["stock"]["items"] == want, (got["stock"], want)
    assert set(got) == {"stock", "drafts", "notices", "catalogue"}, got


def stock_changes(d):
    s, skus = d.s, d.s.ids["skus"]
    with listen(s, f"stock:{skus[0]},{skus[1]}") as l:
        l.next()
        stock(s, skus[1], -3)
        event, data, _ = l.next()
        assert (event, data) == ("stock", {"items": [{"sku": skus[1], "free": free(s, skus[1])}]}), "only what has changed"
        d.place([line(skus[0], 2)], note=ulid())
        assert l.next()[1] == {"items": [{"sku": skus[0], "free": free(s, skus[0])}]}, "an order takes from the stock"


def draft_saved(d):
    s = d.s
    with listen(s, "drafts") as l:
        before = l.next()[1]["open"]
        body = {"market": "GB", "type": "personal", "distributor": s.ids["manager"], "customer": None, "party": None,
                "lines": [line(s.ids["skus"][0], 1)], "ship_to": {"kind": "distributor"}}
        status, _, got = d.call("PUT", "/drafts/" + ulid(), body, {"If-None-Match": "*"})
        assert status == 201, got
        l.until(lambda event, data: event == "drafts" and data["open"] == before + 1)


def notice_comes(d):
    s = d.s
    with listen(s, "notices") as l:
        before = l.next()[1]["unseen"]
        s.psql("INSERT INTO notice (login_id, market, kind, ref, at) SELECT id, 'GB', 'back_order', '100000017', now() FROM login WHERE login = 'CC-08'")
        s.psql("INSERT INTO notice (login_id, market, kind, ref, at) SELECT id, 'GB', 'back_order', '100000018', now() FROM login WHERE login = 'CC-07'")
        assert l.next()[1]["unseen"] == before + 1, "one's own, not another's"


def catalogue_published(d):
    s = d.s
    with listen(s, "catalogue") as l:
        before = l.next()[1]["version"]
        s.psql("UPDATE item_name SET name = name || 'x' WHERE item_id = (SELECT min(item_id) FROM item_name) AND language = 'en'")
        event, data, _ = l.next()
        assert event == "catalogue" and int(data["version"]) > int(before), (data, before)


def link_paid(d, provider):
    """From the payer's page to the one who waits, without asking."""
    order = d.place([line(d.s.ids["skus"][0], 2)], note=ulid())
    number = order["number"]
    status, _, got = d.call("POST", f"/orders/{number}/payments", {"tenders": [{"kind": "link", "amount": order["total"]}]}, {"Idempotency-Key": ulid()})
    assert status == 200, got
    with listen(d.s, "orders:" + number) as l:
        l.until(lambda event, data: any(p["kind"] == "link" and p["url"] for p in data["payments"]))
        provider.pay(next(p["url"] for p in d.read(number)["payments"] if p["kind"] == "link" and p["url"]))
        event, data, _ = l.until(lambda event, data: data["payment"] == "authorised")
        assert (event, data["number"], data["due"], data["currency"]) == ("order", number, 0, "GBP"), data
        assert [p["state"] for p in data["payments"] if p["kind"] == "link"] == ["authorised"], data


# ---- who may watch what --------------------------------------------------------------------------------------

def refused(d):
    s, t = d.s, d.s.token()
    number = d.place([line(s.ids["skus"][0], 1)], note=ulid())["number"]

    def asked(watch, token=t, query=""):
        return s.call("GET", f"/api/v1/events?watch={watch}{query}", token=token)[::2]
    many = ",".join(str(100000000 + i) for i in range(17))
    for watch in ("", "weather", "orders", "orders:", "orders:,", "drafts:1", "drafts;drafts", "drafts;", ";drafts", "stock:1,1", "orders:" + many,
                  "stock:" + ",".join(str(i) for i in range(65)), "stock:" + "1" * 64, "drafts,notices"):
        status, body = asked(watch)
        assert status == 400 and body["detail"], (watch, status, body)
    assert s.call("GET", "/api/v1/events", token=t)[0] == 400
    assert asked("orders:100000018")[0] == 404 and asked("stock:nothing")[0] == 404 and asked("stock:1", query="&market=ZZ")[0] == 404
    assert asked("drafts", token="x" * 43)[0] == 401
    assert s.call("GET", "/api/v1/events?watch=drafts")[0] == 401
    keeper, seller = s.token("W-12"), s.token(s.ids["manager"])
    assert asked("drafts", keeper)[0] == 403 and asked("notices", keeper)[0] == 403, "the warehouse has no drafts"
    assert asked("orders:" + number, seller)[0] == 403, "distributors read no orders here"
    s.psql("UPDATE login SET market = 'US' WHERE login = 'CC-08'")
    other = s.token("CC-08")
    assert asked("orders:" + number, other)[0] == 404, "an order of another market is none"
    assert asked("stock:" + s.ids["skus"][0], other, "&market=GB")[0] == 404
    s.psql("UPDATE login SET market = NULL WHERE login = 'CC-08'")


# ---- behind an id --------------------------------------------------------------------------------------------

def goes_on(d):
    """What was told is not told again, what has changed meanwhile is, also to a list that is a little different."""
    s, skus = d.s, d.s.ids["skus"]
    with listen(s, f"stock:{skus[0]},{skus[1]};notices") as l:
        l.all(2)
        last = l.id
    stock(s, skus[0], 4)
    with listen(s, f"stock:{skus[0]},{skus[1]};notices", last=last) as l:
        assert l.next()[:2] == ("stock", {"items": [{"sku": skus[0], "free": free(s, skus[0])}]})
        stock(s, skus[1], 4)
        assert l.next()[1] == {"items": [{"sku": skus[1], "free": free(s, skus[1])}]}, "and nothing between"
        last = l.id
    with listen(s, f"notices;stock:{skus[2]},{skus[0]}", last=last) as l:
        assert l.next()[1] == {"items": [{"sku": skus[2], "free": free(s, skus[2])}]}, "what is new in the list"


def begins_anew(d):
    s = d.s
    for last in ("rubbish", "1.abc", "2.AAAAAA", "1." + "A" * 3000, "1.AAAAA!", "99"):
        with listen(s, "notices", last=last) as l:
            assert [event for event, _, _ in l.all(2)] == ["reset", "notices"], last
    with listen(s, "notices", last="1.AAAAAA") as l:
        assert l.next()[0] == "notices", "an id of other things says nothing of these"


def cut_between_events(d):
    """An id in the middle of several events tells of those before it only."""
    s, sku = d.s, d.s.ids["skus"][0]
    with listen(s, f"stock:{sku};notices;catalogue") as l:
        first = l.next()
        assert first[0] == "stock"
    with listen(s, f"stock:{sku};notices;catalogue", last=first[2]) as l:
        assert [event for event, _, _ in l.all(2)] == ["notices", "catalogue"]


def another_worker(d):
    """The worker is killed; whoever comes back to another one misses nothing."""
    s, sku = d.s, d.s.ids["skus"][3]
    held = []
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            held.append(stack.enter_context(listen(s, f"stock:{sku};catalogue")))
            held[-1].all(2)
        last = held[0].id
        assert all(l.id == last for l in held), "every worker says the same"
        children = [int(p) for p in os.popen(f"ps -o pid= --ppid {s.process.pid}").read().split()]
        mine = held[0].link.getsockname()[1]
        worker, = [p for p in children if any(is_connected(p, s.port, mine))]
        os.kill(worker, signal.SIGKILL)
        assert held[0].next() is None, "it was at that worker"
        stock(s, sku, 2)
        with listen(s, f"stock:{sku};catalogue", last=last) as l:
            assert l.next()[:2] == ("stock", {"items": [{"sku": sku, "free": free(s, sku)}]})


def is_connected(pid, port, peer):
    """Of the sockets of a process: which is the connection of that peer to that port."""
    wanted = {entry.split()[9] for entry in open(f"/proc/{pid}/net/tcp", encoding="ascii").read().split("\n")[1:]
              if entry and entry.split()[1].endswith(f":{port:04X}") and entry.split()[2].endswith(f":{peer:04X}")}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            yield target[8:-1] in wanted if target.startswith("socket:[") else False


# ---- sessions ------------------------------------------------------------------------------------------------

def fresh_token(s, login="CC-08"):
    status, _, body = s.call("POST", "/api/v1/sessions", {"login": login, "password": "partyline-demo"})
    assert status == 201, body
    return body["token"]


def ends_with_session(d):
    s = d.s
    token = fresh_token(s)
    with listen(s, "notices", token=token) as l:
        l.next()
        assert s.call("DELETE", "/api/v1/sessions/current", token=token)[0] == 204
        assert l.next()[:2] == ("end", {"why": "session"})
        assert l.next() is None
    assert s.call("GET", "/api/v1/events?watch=notices", token=token)[0] == 401


def keeps_nothing_alive(d):
    """Neither an open stream nor coming back to it is activity; and the session's idle end is the stream's."""
    s = d.s
    token = fresh_token(s)
    mine = "login_id = (SELECT id FROM login WHERE login = 'CC-08')"
    s.psql(f"UPDATE session SET last_seen = now() - interval '5 minutes' WHERE {mine}")
    seen = s.psql(f"SELECT max(last_seen) FROM session WHERE {mine}")
    with listen(s, "notices", token=token) as l:
        l.next()
    with listen(s, "notices", token=token, last=l.id) as l:
        assert s.psql(f"SELECT max(last_seen) FROM session WHERE {mine}") == seen
        s.psql(f"UPDATE session SET last_seen = now() - idle WHERE {mine}")
        assert l.next()[0] == "end"


def loses_rights(d):
    """Who may less than when the stream was opened is asked to come again."""
    s = d.s
    token = fresh_token(s)
    with listen(s, "notices", token=token) as l:
        l.next()
        s.psql("UPDATE login SET roles = '{warehouse}' WHERE login = 'CC-08'")
        try:
            assert l.next()[0] == "end"
            assert s.call("GET", "/api/v1/events?watch=notices", token=token)[0] == 403
        finally:
            s.psql("UPDATE login SET roles = '{operator}' WHERE login = 'CC-08'")


def few_each(s):
    """One worker: four of a session, and as many as it is told to over all."""
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(listen(s, "notices")).next()
        status, headers, body = s.call("GET", "/api/v1/events?watch=notices", token=s.token())
        assert status == 429 and headers["Retry-After"] and "4 event streams" in body["detail"], (status, body)
        stack.enter_context(listen(s, "notices", token=s.token("CC-08"))).next()
        status, headers, body = s.call("GET", "/api/v1/events?watch=notices", token=s.token("CC-08"))
        assert status == 503 and headers["Retry-After"], (status, body)
    assert until(lambda: s.call("GET", "/api/v1/events?watch=weather", token=s.token())[0] == 400)

    def again():
        l = Listener(s, "notices")
        l.close()
        return l.status == 200
    assert until(again), "who has gone makes room"


def slow_reader(s):
    """Who does not read is cut off, comes back with the last id, and has lost nothing; others are told all the while."""
    skus = [i["sku"] for i in s.call("GET", "/api/v1/items?q=a&limit=60", token=s.token())[2]["items"]]
    watch = "stock:" + ",".join(skus)
    listed = ",".join(f"'{sku}'" for sku in skus)
    with listen(s, watch, buffer=2048) as slow, listen(s, "notices", token=s.token("CC-08")) as quick:
        slow.next()
        quick.next()
        streams = lambda: int(next(row.split()[-1] for row in s.call("GET", "/metrics")[2].split("\n") if row.startswith("partyline_event_streams ")))  # noqa: E731
        assert streams() == 2

        def cut():
            s.psql(f"UPDATE stock SET on_hand = on_hand + 1 WHERE item_id IN (SELECT id FROM item WHERE sku IN ({listed}))")
            return streams() == 1
        assert until(cut, 120), "it was never cut off"
        s.psql("INSERT INTO notice (login_id, market, kind, ref, at) SELECT id, 'GB', 'back_order', '100000017', now() FROM login WHERE login = 'CC-08'")
        assert quick.next()[0] == "notices"
        last = slow.id
    with listen(s, watch, last=last) as l:
        now = {item["sku"]: item["free"] for item in l.next()[1]["items"]}
        assert all(now[sku] == free(s, sku) for sku in skus[:5]), now


def stops_promptly(s):
    """Fifty open streams hold up neither a reload nor the end: all are over long before the workers' patience is."""
    tokens = [fresh_token(s) for _ in range(13)]
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(listen(s, "notices;catalogue", token=tokens[i // 4])) for i in range(50)]
        for l in held:
            l.all(2)
        s.process.send_signal(signal.SIGHUP)
        assert all(l.next() is None for l in held), "a reload ends them"
        back = [stack.enter_context(listen(s, "notices;catalogue", token=tokens[i // 4], last=l.id)) for i, l in enumerate(held)]
        s.process.send_signal(signal.SIGTERM)
        assert all(l.next() is None for l in back), "and a stop"
    assert s.process.wait(60) == 0
    with open(os.path.join(os.path.dirname(s.folder), "stderr"), encoding="utf-8") as log:
        assert "killed" not in log.read(), "no worker had to be killed"


def main():
    with demo_server("--workers", "2", settings="") as s:
        desk, provider = Desk(s), Provider(s.folder)
        cases.run("who comes without an id is told how everything stands", first_of_all, desk)
        cases.run("stock that changes is told, and only that", stock_changes, desk)
        cases.run("a draft that was saved is told", draft_saved, desk)
        cases.run("a notice is told to the one whose it is", notice_comes, desk)
        cases.run("a catalogue that was published is told", catalogue_published, desk)
        cases.run("a link that was paid is told", link_paid, desk, provider)
        cases.run("nobody watches what they may not read, and a list that makes no sense is refused", refused, desk)
        cases.run("behind its last id a stream goes on, without loss and without repeating", goes_on, desk)
        cases.run("an id that is none begins anew", begins_anew, desk)
        cases.run("an id tells of the events before it only", cut_between_events, desk)
        cases.run("a worker that dies loses nobody anything", another_worker, desk)
        cases.run("a stream ends with its session", ends_with_session, desk)
        cases.run("a stream keeps no session alive", keeps_nothing_alive, desk)
        cases.run("a stream ends when rights are taken", loses_rights, desk)
    with demo_server("--workers", "1", settings='gateway_url = "none"\nevent_streams = 5\n') as s:
        cases.run("streams are few", few_each, s)
        cases.run("who does not read is cut off", slow_reader, s)
    with demo_server("--workers", "2") as s:
        cases.run("fifty streams hold nothing up", stops_promptly, s)
    cases.end()


if __name__ == "__main__":
    main()
