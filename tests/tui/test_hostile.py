#!/usr/bin/python3
"""Hostile text in every field that reaches the screen, from the server and from the keyboard: columns stay
aligned, and nothing of it reaches the terminal as a command. On the real server what is stored comes back
as it was, or is refused with a sentence."""
import copy
import json
import os
import re
import ssl
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import each  # noqa: E402
import fake_server  # noqa: E402
from driver import Failed  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from rawpty import Pane  # noqa: E402

MARK = "QQ"  # begins each of them, so that it can be waited for


def check(condition, say):
    if not condition:
        raise Failed(say)


# what curses itself sends: nothing else may begin with an Escape
ALLOWED = re.compile(rb"\x1b\[(?:[0-9;]*[ABCDGHJKLMPSTX@bdfmr]|\?(?:1|7|12|25|1049|2004)[hl]|4l|2[23];0;0t)|\x1b[()][B0]|\x1b[=>78M]|\x0f")


def nothing_executed(pane):
    """All that was sent is text and the few commands that curses draws with."""
    rest = ALLOWED.sub(b"", pane.sent)
    found = re.search(rb"[\x00-\x06\x0b\x0c\x0e-\x1f\x7f]", rest)
    check(not found, "a control character was sent: %r" % rest[max(0, found.start() - 20):found.start() + 20] if found else "")
    text = rest.decode("utf-8")  # and it is UTF-8
    bad = re.search("[\x80-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufe0f]", text)
    check(not bad, "%r was sent" % (bad.group() if bad else ""))


def column(pane, row, text):
    """The column in which a text stands, on a row that wide letters are on."""
    line = pane.screen.buffer[row]
    return "".join(line[x].data[:1] or "\0" for x in range(pane.screen.columns)).rfind(text)


def with_names(text):
    """The fake's people and items, with the text in every field."""
    items, people = copy.deepcopy(fake_server.ITEMS), copy.deepcopy(fake_server.PEOPLE)
    fake_server.ITEMS[fake_server.LAST].update(name=MARK + text, spoken=text)
    fake_server.PEOPLE[fake_server.MANAGER].update(name=MARK + text, city=text, postcode=text[:20], rank_name=text, phone=text)
    return items, people


def amounts_aligned(pane, name):
    """The amounts of a plain line and of the hostile one end in the same column."""
    rows = pane.rows()
    plain = next((i for i, r in enumerate(rows) if "40216" in r and "24.50" in r), None)
    hostile = next((i for i, r in enumerate(rows) if "40242" in r), None)
    check(plain is not None and hostile is not None, "%s: a line is not there\n%s" % (name, "\n".join(rows)))
    a, b = column(pane, plain, "24.50"), column(pane, hostile, "4.50")
    check(a + 5 == b + 4, "%s: amounts end at %d and %d\n%s" % (name, a + 5, b + 4, "\n".join(rows)))


def test_from_the_server(world):
    """Names, places, ranks, notes, problems: on home, find, order, review, stock and placed."""
    for name, text in HOSTILE.items():
        saved = with_names(text)
        server, url = fake_server.start()
        try:
            world = dict(fake_server.world(url), fake=server.fake)
            pane = Pane(world, ["--user", world["operator"]], term="linux").sign_on(world)
            pane.line(fake_server.MANAGER).wait(fake_server.MANAGER)
            pane.line(world["skus"][0]).line(fake_server.LAST).wait("pending 0 of 2")
            amounts_aligned(pane, name)
            pane.line("s" + fake_server.LAST).wait("STOCK", fake_server.LAST)
            pane.write("\x1b[24~")
            pane.wait("Ln SKU")
            pane.write("\x1b[20~")
            pane.wait("READ BACK", "TOTAL 32.95")
            pane.write("\x1b[20~")
            pane.wait("placed ")
            server.fake.problem_once.append(("/orders/", 404, {"type": "about:blank", "title": text, "detail": text, "status": 404}))
            pane.line("100884211").wait(re.compile("PLACED|ORDER"))
            pane.write("\x1b[24~\x1b[24~")
            pane.quiet(0.05)
            nothing_executed(pane)
            pane.close()
        finally:
            fake_server.ITEMS.clear()
            fake_server.ITEMS.update(saved[0])
            fake_server.PEOPLE.clear()
            fake_server.PEOPLE.update(saved[1])
            server.shutdown()
            server.server_close()


def test_from_the_keyboard(world):
    """Typed and pasted: text, or nothing; the entry line stays one, with the cursor behind it."""
    pane = Pane(world, ["--user", world["operator"]], term="linux").sign_on(world)
    pane.line(world["manager"]).wait("Balance 12.50")
    for name, text in HOSTILE.items():
        for data in (text.encode("utf-8", "replace"), b"\x1b[200~" + text.replace("\r", "").replace("\n", "").encode() + b"\x1b[201~"):
            pane.write(b"\x15")
            clean = re.sub(rb"[\r\n\x01\x03\x05\x0b\x0c\x10\x17\x15\x02]", b"", data)
            pane.write(clean)
            pane.pause(0.35 if b"\x1b" in clean else 0.05)
            pane.wait(re.compile(r"^> ?", re.M))
            row, col = pane.cursor()
            check(row == 23 and 3 <= col <= 80, "%s: the cursor is at %d %d" % (name, row, col))
            while not any(r.startswith(" Ln SKU") for r in pane.rows()):
                pane.write("\x1b[24~")
                pane.pause(0.1)
                pane.write("\x15" + world["manager"] + "\r")
                pane.pause(0.2)
    pane.write(b"\x15n 40\xff\xc3(\xe9 ok\r")  # not UTF-8
    pane.quiet(0.3)
    nothing_executed(pane)
    pane.close()


def api(server, method, path, body=None, token=None, **headers):
    context = ssl.create_default_context(cafile=os.path.join(server.folder, "ca.pem"))
    request = urllib.request.Request("https://localhost:%d/api/v1%s" % (server.port, path), method=method,
                                     data=json.dumps(body).encode() if body is not None else None,
                                     headers={"Content-Type": "application/json", **headers,
                                              **({"Authorization": "Bearer " + token} if token else {})})
    try:
        with urllib.request.urlopen(request, context=context) as reply:
            return reply.status, json.loads(reply.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def test_round_trip(world):
    """Through the real server and its database: intact, or 4xx with a sentence."""
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    from served import PASSWORD, demo_server
    with demo_server() as server:
        _, session = api(server, "POST", "/sessions", {"login": "CC-07", "password": PASSWORD})
        token, kept = session["token"], 0
        for i, (name, text) in enumerate(HOSTILE.items()):
            ulid = "01HZZZZZZZZZZZZZZZZZZZ%04d" % i
            draft = {"market": "GB", "type": "personal", "lines": [], "note": text}
            http, reply = api(server, "PUT", "/drafts/" + ulid, draft, token, **{"If-None-Match": "*"})
            if http >= 400:
                check(http in (400, 413, 422) and (reply.get("problems") or reply.get("detail")),
                      "%s: %d without a sentence: %r" % (name, http, reply))
                continue
            kept += 1
            _, back = api(server, "GET", "/drafts/" + ulid, None, token)
            check(back["draft"]["note"] == text, "%s: %r came back for %r" % (name, back["draft"]["note"], text))
        check(kept >= 10, "only %d of %d kept; %r" % (kept, len(HOSTILE), reply))


if __name__ == "__main__":
    sys.exit(each.run("test_hostile", dict(globals())))
