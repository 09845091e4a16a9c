#!/usr/bin/python3
"""Hostile text in every field that reaches the screen, from the server and from the keyboard: columns stay
aligned, and nothing of it reaches the terminal as a command. On the real server what is stored comes back
as it was, or is refused with a sentence."""
import copy
import csv
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
from driver import Failed, until  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from rawpty import Pane  # noqa: E402
from served import PASSWORD, demo_server  # noqa: E402

MARK = "QQ"  # begins each of them, so that it can be waited for


def check(condition, say):
    if not condition:
        raise Failed(say)


# what curses itself sends, which goes a row down by \v: nothing else may begin with an Escape
ALLOWED = re.compile(rb"\x1b\[(?:[0-9;]*[ABCDGHJKLMPSTX@bdfmr]|\?(?:1|7|12|25|1049|2004)[hl]|4l|2[23];0;0t)|\x1b[()][B0]|\x1b[=>78M]|\x0f")


def nothing_executed(pane):
    """All that was sent is text and the few commands that curses draws with."""
    rest = ALLOWED.sub(b"", pane.sent)
    found = re.search(rb"[\x00-\x06\x0c\x0e-\x1f\x7f]", rest)
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



# ---- names in the real server's database -----------------------------------------------------------

def spreadsheet(server, kind, columns, rows):
    """Brings rows in by `partylinectl import`; which kinds of text were refused, by their line."""
    path = os.path.join(server.folder, "..", kind + ".csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    os.chmod(path, 0o644)
    done = server.ctl("import", kind, path, check=False)
    check(done.returncode == 0, done.stdout + done.stderr)


def named(server):
    """A distributor and an item for each kind of text that may be in a name: [(kind, text, number, SKU)]; and a
    plain item of the same price."""
    kinds = [(name, MARK + text) for name, text in HOSTILE.items() if name == "long" or all(c >= " " and not "\x7f" <= c <= "\x9f" for c in text)]
    kinds = [(name, text.encode()[:120].decode(errors="ignore")) for name, text in kinds]
    known = set(server.psql("SELECT sku FROM item UNION SELECT number FROM distributor").split("\n"))
    skus = [sku for sku in map(fake_server.code, map(str, range(1000, 2000))) if sku not in known]
    people = [number for number in map(fake_server.code, map(str, range(700000, 701000))) if number not in known]
    plain, site = skus.pop(), server.psql("SELECT code FROM site ORDER BY id LIMIT 1")
    group = server.psql("SELECT code FROM item_group ORDER BY 1 LIMIT 1")
    rows = list(zip(kinds, people, skus))
    spreadsheet(server, "distributors", ["number", "market", "family_name", "name", "joined", "phone", "line1", "city", "postcode", "country"],
                [(number, "GB", text, text, "2025-01-01", "01632 960%03d" % i, text, text, text[:20], "GB")
                 for i, ((_, text), number, _) in enumerate(rows)])
    items = [(sku, text, text) for (_, text), _, sku in rows] + [(plain, "Plain thing", "plain thing")]
    spreadsheet(server, "items", ["sku", "name", "spoken", "group"], [(*item, group) for item in items])
    spreadsheet(server, "prices", ["market", "list", "sku", "amount"], [("GB", "AUTUMN-2", sku, "4.50") for sku, *_ in items])
    spreadsheet(server, "stock", ["site", "sku", "qty"], [(site, sku, "100") for sku, *_ in items])
    return [(kind, text, number, sku) for (kind, text), number, sku in rows], plain


def same_column(pane, pattern, what, least=2):
    """The last of what the pattern finds stands in one column of all rows that have it."""
    columns = {}
    for y, row in enumerate(pane.rows()):
        found = re.findall(pattern, row)
        if found and re.match(r" *\d", row):  # of a list, not a message
            columns[row] = column(pane, y, found[-1])
    check(len(columns) >= least and len(set(columns.values())) == 1, "%s: columns %s" % (what, columns))


def in_an_order(pane, server, token, before, kind, text, number, sku, plain):
    """Head, lines, card, review and the placed order of one kind; all is stored as it came. The order's number."""
    pane.line(number).wait(number + " " + MARK, "Balance")
    pane.line(plain).line(sku).wait("pending 0 of 2", re.compile(r"(?m)^ *2 %s +%s" % (sku, MARK)))
    same_column(pane, r"4\.50", kind + ": amounts")
    pane.line("i").wait("PERSON", number + " " + MARK, "01632 960", re.compile(r"(?m)^ %s .* active" % number))
    pane.write("\x1b[24~")
    pane.wait("Ln SKU")
    pane.write("\x1b[20~")
    pane.wait(re.compile(r"READ BACK  One plain thing, one\s+" + MARK), "a 1* HOME", re.compile(r"(?m)^ %s .* Balance " % number))
    pane.write("\x1b[20~")
    new = re.compile(r"placed (?!%s)(\d{9})" % (before or "-"))
    placed = new.search("\n".join(pane.wait("who orders?", new).rows())).group(1)
    pane.write("\x1b[24~")
    pane.wait("My drafts")
    pane.line(placed).wait(placed + "   placed", sku, "History")
    pane.write("\x1b[24~")
    pane.wait("My drafts")
    _, order = api(server, "GET", "/orders/" + placed, None, token)
    have = order["distributor"]["name"], order["lines"][1]["name"], order["ship_to"]["address"]["line1"]
    check(have == (text, text, text), "%s: the order has %r" % (kind, have))
    _, person = api(server, "GET", "/distributors/" + number, None, token)
    _, item = api(server, "GET", "/items/" + sku, None, token)
    check((person["name"], person["addresses"][0]["city"], item["name"], item["spoken"]) == (text,) * 4, "%s: %r %r" % (kind, person, item))
    return placed


def test_names_of_the_real_server(world):
    """From the spreadsheet to the screen: people found, an order's head and lines, the person's card, what is
    read to the caller, the order placed, the lists; columns stand, nothing is executed, the text stays what it was."""
    with demo_server("--workers", "1") as server:
        rows, plain = named(server)
        _, session = api(server, "POST", "/sessions", {"login": "CC-08", "password": PASSWORD})
        draft = {"market": "GB", "type": "personal", "distributor": rows[0][2], "lines": [{"id": "a", "sku": plain, "qty": 1}]}
        until(lambda: api(server, "POST", "/quotes", draft, session["token"])[1]["lines"][0]["priced"], "the items are never known", 60)
        real = dict(world, server="https://localhost:%d" % server.port, ca=os.path.join(server.folder, "ca.pem"))
        pane = Pane(real, ["--user", world["operator"]], term="linux").sign_on(world)
        pane.line(MARK.lower()).wait("people: " + MARK.lower(), re.compile(r"(?m)^ *5 70.*01632 960"))
        same_column(pane, r"01632 960\d+", "people", least=5)
        pane.write("\x1b[24~")
        pane.wait("My drafts")
        placed = None
        for row in rows:
            placed = in_an_order(pane, server, session["token"], placed, *row, plain)
            nothing_executed(pane)
        pane.line("o").wait("orders: taken by you", re.compile(r"(?m)^ *5 1\d{8}"))
        same_column(pane, r"\b\d+\.\d\d\b", "orders", least=5)
        for _, _, number, sku in rows[:5]:
            pane.line(number).wait(number + " " + MARK)
            pane.line(sku).wait("pending 0 of 1")
            pane.write("\x1b[17~")
            pane.wait("My drafts", "1 ln")
        pane.until(lambda: sum("1 ln" in row for row in pane.rows()) >= 5, "all of them")  # the list comes behind the screen
        same_column(pane, r"1 ln", "drafts", least=3)
        nothing_executed(pane)
        pane.close()


if __name__ == "__main__":
    sys.exit(each.run("test_hostile", dict(globals())))
