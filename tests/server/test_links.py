#!/usr/bin/python3
"""Pay links as those who pay meet them: the letter that brings one, our page behind its short code in a browser,
the provider's page, the receipt; what is over or unknown says so; nobody finds one by trying."""
import concurrent.futures
import html
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from chromium import chromium  # noqa: E402
from desk import Desk, line  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from provider import Provider  # noqa: E402
from sandbox import until  # noqa: E402
from served import demo_server, ulid  # noqa: E402
from test_mail import Box, mail_server  # noqa: E402

cases = Cases("test_links")
CODE = r"[2-9A-HJKMNP-Z]{12}"
CARD = {"email": "ann@payer.example", "card_number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ann Payer"}


def wait(what, why):
    assert until(what), "never: " + why


class Till(Desk):
    """Orders paid by links; the buyer has the address that a test gives."""

    def __init__(self, s, box, browser):
        super().__init__(s)
        self.box, self.browser, self.provider = box, browser, Provider(s.folder)

    def buyer(self, email, language="en"):
        self.s.psql(f"UPDATE person SET email = '{email}', language = '{language}' WHERE id = "
                    f"(SELECT id FROM distributor WHERE number = '{self.s.ids['manager']}')")

    def order(self, amount=None, qty=2):
        order = self.place([line(self.s.ids["skus"][0], qty)], note=ulid())
        self.link(order, amount or order["total"])
        return self.read(order["number"])

    def link(self, order, amount):
        status, _, got = self.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "link", "amount": amount}]},
                                   {"Idempotency-Key": ulid()})
        assert status == 200, got

    def payment(self, order):
        (found,) = [p for p in self.read(order["number"])["payments"] if p["kind"] == "link"][-1:]
        return found

    def open(self, order):
        wait(lambda: self.payment(order)["url"], "the provider's page")
        return self.payment(order)

    def code(self, payment):
        return re.fullmatch(rf"https://[^/]+/p/({CODE})", payment["short_url"])[1]

    def get(self, path, **headers):
        return self.s.call("GET", path, headers=headers)

    def letter(self, order, payment=None, key=None, login="CC-07"):
        return self.call("POST", f"/orders/{order['number']}/payments/{(payment or self.payment(order))['id']}/letter", {},
                         {"Idempotency-Key": key or ulid()}, login)

    def letters(self, address, order):
        return [got for got in self.box.to(address) if order["number"] in got["Subject"]]

    def state(self, order):
        return self.read(order["number"])["payment"]

    def comes_to(self, order, state):
        wait(lambda: self.state(order) == state, f"{order['number']} is {state}")

    def becomes(self, order, letter):
        wait(lambda: self.payment(order)["letter"] == letter, f"the letter is {letter}, not {self.payment(order)['letter']}")


# ---- the page ------------------------------------------------------------------------------------------------

def page_paid(d):
    """What it is for, the way on, the receipt; the address from the provider's page leads back to it."""
    order = d.order(amount=500)
    payment = d.open(order)
    code = d.code(payment)
    status, headers, text = d.get("/p/" + code)
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8", status
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script" not in policy and "frame-ancestors 'none'" in policy, policy
    assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store", headers
    for word in (order["number"], html.escape(order["lines"][0]["name"]), "Pay 5.00 GBP", "Velvet &amp; Vale", "Of this, by this link"):
        assert word in text, (word, text)
    assert "<script" not in text and " style=" not in text and "refresh" not in text
    assert order["distributor"]["name"] not in text, "who has the link need not know whose order it is"
    status, headers, _ = d.get("/p/" + code + "/pay")
    assert (status, headers["Location"]) == (303, payment["url"])
    assert d.get("/p/" + code.lower())[0] == 200, "also as people type it"
    status, headers, page = d.provider.pay(payment["url"])
    assert (status, headers["Location"]) == (303, payment["short_url"] + "?done=1"), (status, page)
    d.comes_to(order, "due" if order["total"] > 500 else "authorised")
    wait(lambda: d.payment(order)["state"] == "authorised", "authorised")
    status, _, text = d.get("/p/" + code + "?done=1")
    assert "Paid: thank you" in text and "Paid by card: 5.00 GBP" in text and "refresh" not in text and "/pay\"" not in text, text
    status, headers, _ = d.get("/p/" + code + "/pay")
    assert (status, headers["Location"]) == (303, "/p/" + code), "it is not paid twice"
    assert (d.payment(order)["short_url"], d.payment(order)["url"]) == (None, None)


def page_before_word(d):
    """Back from the provider's page, and nobody has told us yet: the answer waits for word, and then says so; without a script, and
    without a page that moves by itself."""
    order = d.order()
    code = d.code(d.open(order))
    _, _, text = d.get("/p/" + code + "?done=1")
    assert "waiting for word" in text and f'href="/p/{code}?done=1"' in text and f'href="/p/{code}"' in text, text
    assert "refresh" not in text and "/pay\"" not in text, text
    d.s.psql(f"UPDATE payment SET url = NULL WHERE code = '{code}'")
    _, _, text = d.get("/p/" + code)
    assert "is being made" in text and f'href="/p/{code}"' in text and "refresh" not in text and "/pay\"" not in text, text


def page_waits_for_word(d):
    """What comes while the answer is held is in it."""
    code = d.code(d.open(d.order()))
    d.s.psql("DELETE FROM guard WHERE key = 'link-peer:127.0.0.1'")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(d.get, f"/p/{code}?done=1")
        wait(lambda: d.s.psql("SELECT tries FROM guard WHERE key = 'link-peer:127.0.0.1'") != "", "it has looked")
        assert not asked.done()
        by_force = "SET session_replication_role = replica; UPDATE payment SET state = '{}' WHERE code = '{}'"
        d.s.psql(by_force.format("authorised", code))
        status, _, text = asked.result()
        d.s.psql(by_force.format("authorising", code))
    assert status == 200 and "Paid: thank you" in text, text


def page_over(d):
    order = d.order()
    code = d.code(d.open(order))
    status, _, got = d.call("POST", f"/orders/{order['number']}/cancel", {"reason": "test"}, {"Idempotency-Key": ulid()})
    assert status == 200, got
    assert "There is nothing to pay" in d.get("/p/" + code)[2]
    assert d.get("/p/" + code + "/pay")[:1] == (303,) and d.get("/p/" + code + "/pay")[1]["Location"] == "/p/" + code
    late = d.order()
    payment = d.open(late)
    session = d.s.psql(f"SELECT session_ref FROM payment WHERE id = {payment['id']}")
    d.provider.call("POST", f"/v1/checkout/sessions/{session}/expire", {})
    wait(lambda: d.payment(late)["state"] == "declined", "it has run out")
    assert "This link is over" in d.get("/p/" + d.code(payment))[2]


def page_unknown(d):
    for path in ("/p/ABCDEFGHJKMN", "/p/x", "/p/" + "A" * 5000, "/p/%3Cscript%3E", "/p/ABCDEFGHJKMN/pay", "/p/' OR 1=1 --"):
        status, headers, text = d.get(path.replace(" ", "%20"))
        assert status == 404 and "This link is not known" in text and headers["Content-Type"].startswith("text/html"), (path, status, text)
    assert d.get("/p/")[0] == 404
    assert d.s.call("POST", "/p/ABCDEFGHJKMN", {})[0] == 405
    status, headers, css = d.get("/pay/style.css")
    assert status == 200 and headers["Content-Type"].startswith("text/css") and "main" in css


def page_faults(d):
    """What goes wrong is said as a page to who looks with a browser."""
    code = d.code(d.open(d.order()))
    d.s.psql("ALTER FUNCTION link_page(text, text) RENAME TO link_page_not")
    for path in ("/p/" + code, "/p/" + code + "/pay"):
        status, headers, text = d.get(path)
        assert status >= 500 and headers["Content-Type"].startswith("text/html"), (path, status, text)
        assert "default-src 'none'" in headers["Content-Security-Policy"] and "try again in a minute" in text, (headers, text)
    d.s.psql("ALTER FUNCTION link_page_not(text, text) RENAME TO link_page")
    assert d.get("/p/" + code)[0] == 200
    status, headers, text = d.get("/paying", Accept="text/html,*/*;q=0.8")
    assert status == 404 and headers["Content-Type"].startswith("text/html") and "There is nothing here" in text, text
    status, headers, text = d.get("/paying")
    assert status == 404 and headers["Content-Type"].startswith("application/problem+json"), "programs are told as ever"


def page_languages(d):
    code = d.code(d.open(d.order()))
    for asked, tag, word in (("de-AT,en;q=0.5", "de", "Bezahlen Sie"), ("zh-CN", "zh-CN", "支付"), ("fr", "en", "Pay your order")):
        text = d.get("/p/" + code, **{"Accept-Language": asked})[2]
        assert f'<html lang="{tag}">' in text and word in text, (asked, text[:400])


def page_hostile(d):
    """Names of items are text, whatever stands in them."""
    order = d.order()
    code = d.code(d.open(order))
    for kind, text in [*HOSTILE.items(), ("markup", "\"><script>alert(1)</script>'&<b onclick=x>")]:
        if "\0" in text:
            continue
        name = "".join(c for c in text[:200] if c.isprintable()) or "x"
        quoted = name.replace("'", "''")
        d.s.psql("SET session_replication_role = replica; "
                 f"UPDATE order_line SET name = '{quoted}' WHERE order_id = (SELECT order_id FROM payment WHERE code = '{code}')")
        page = d.get("/p/" + code)[2]
        assert name in html.unescape(page), (kind, name)
        assert "<script" not in page and "<b " not in page, kind


def guessed(d):
    """Who tries many has to wait; what is whole and known then waits too."""
    code = d.code(d.open(d.order()))
    d.s.psql("INSERT INTO guard (key, tries, since) VALUES ('link-peer:127.0.0.1', 600, now()) ON CONFLICT (key) DO UPDATE SET tries = 600, since = now()")
    for path in ("/p/ABCDEFGHJKMN", "/p/" + code, "/p/" + code + "/pay"):
        status, headers, text = d.get(path)
        assert status == 429 and int(headers["Retry-After"]) > 500 and "One moment, please" in text, (path, status)
    d.s.psql("DELETE FROM guard WHERE key = 'link-peer:127.0.0.1'")
    assert d.get("/p/" + code)[0] == 200
    codes = d.s.psql("SELECT string_agg(code, ' ') FROM (SELECT link_code_next() AS code FROM generate_series(1, 2000)) x").split()
    assert len(set(codes)) == 2000 and all(re.fullmatch(CODE, one) for one in codes)
    # Every letter comes in every place: what a die with 31 sides throws.
    for place in range(12):
        assert len({one[place] for one in codes}) == 31, place


# ---- letters ---------------------------------------------------------------------------------------------------

def letter_sent(d):
    """With the link, at once, in the buyer's language."""
    for language, subject, word in (("en", "please pay", "You can pay"), ("de", "bitte bezahlen", "bezahlen"), ("zh_CN", "请支付", "支付")):
        address = f"{language.lower()}@buyer.example"
        d.buyer(address, language)
        order = d.order()
        d.becomes(order, "sent")
        (got,) = d.letters(address, order)
        text = got.get_content()
        assert subject in got["Subject"] and order["number"] in got["Subject"], got["Subject"]
        assert d.payment(order)["short_url"] in text and word in text and order["number"] in text, text
        assert "/pay/cs_" not in text, "not the provider's long one"
    d.buyer("en@buyer.example")


def letter_again(d):
    d.buyer("again@buyer.example")
    order = d.order()
    d.becomes(order, "sent")
    key = ulid()
    status, _, got = d.letter(order, key=key)
    assert (status, got) == (200, {"letter": "waiting", "to": "again@buyer.example"}), got
    wait(lambda: len(d.letters("again@buyer.example", order)) == 2, "two letters")
    assert d.letter(order, key=key)[::2] == (200, got)
    d.becomes(order, "sent")
    assert len(d.letters("again@buyer.example", order)) == 2, "the same key sends nothing more"
    other = d.order()
    assert d.letter(other, key=key)[0] == 422
    for _ in range(4):
        assert d.letter(order)[0] == 200
    status, headers, got = d.letter(order)
    assert (status, headers["Retry-After"]) == (429, str(got["wait_seconds"])), got
    assert d.letter(order, {"id": "999999999"})[0] == 404 and d.letter(order, {"id": "x"})[0] == 404
    assert d.letter(order, d.payment(other))[0] == 404, "of another order"
    assert d.letter(order, login="W-12")[0] == 403


def letter_not(d):
    """No address: the order says so, and asking says so; with one by then, it goes."""
    d.buyer("")
    order = d.order()
    assert d.payment(order)["letter"] == "no_address"
    status, _, got = d.letter(order)
    assert status == 422 and got["problems"][0]["code"] == "no_email", got
    d.buyer("late@buyer.example")
    assert d.payment(order)["letter"] == "none"
    assert d.letter(order)[0] == 200
    d.becomes(order, "sent")
    assert len(d.letters("late@buyer.example", order)) == 1
    d.buyer("refused@buyer.example")
    d.box.rcpt_answers["refused@buyer.example"] = ["550 no such user"] * 3
    order = d.order()
    d.becomes(order, "dead")


def letter_late(d):
    """A link that is paid or called off before its letter goes is not sent any more."""
    d.buyer("gone@buyer.example")
    d.s.psql("INSERT INTO job_lease VALUES ('mail', 'test', now() + interval '1 hour') ON CONFLICT (job) DO UPDATE SET holder = 'test', until = excluded.until")
    order = d.order()
    status, _, got = d.call("POST", f"/orders/{order['number']}/cancel", {"reason": "test"}, {"Idempotency-Key": ulid()})
    assert status == 200, got
    assert d.letter(order)[0] == 409 and d.letter(order)[2]["state"] == "void"
    d.s.psql("DELETE FROM job_lease WHERE job = 'mail'")
    d.becomes(order, "dead")
    assert d.letters("gone@buyer.example", order) == []
    assert "not open any more" in d.s.psql(f"SELECT last_error FROM outbox WHERE kind = 'link.pay' AND ref = '{d.payment(order)['id']}'")
    d.buyer("en@buyer.example")


# ---- a browser ---------------------------------------------------------------------------------------------------

def by_hand(d):
    """From the letter to the receipt, in a real browser that heeds the pages' policies."""
    page = d.browser
    d.buyer("hand@buyer.example")
    order = d.order()
    d.open(order)
    d.becomes(order, "sent")
    url = re.search(r"https://\S+", d.letters("hand@buyer.example", order)[0].get_content())[0]
    page.go(url)
    page.shows("Pay your order", order["number"], order["lines"][0]["name"])
    assert page.run("getComputedStyle(document.querySelector('a.button')).backgroundColor") == "rgb(11, 92, 46)", "the style sheet is taken"
    pictures = os.environ.get("PICTURES")
    if pictures:
        page.picture(os.path.join(pictures, "link-open.png"))
    page.click("a.button")
    page.shows("Pay by card")
    for name, value in CARD.items():
        if page.run(f"document.getElementsByName('{name}').length"):
            page.fill(name, value)
    page.click("button")
    page.shows("Paid: thank you", order["number"])
    assert page.address() == d.s.psql(f"SELECT '{url}?done=1'")
    if pictures:
        page.picture(os.path.join(pictures, "link-paid.png"))
    assert not [said for said in page.said if "Content Security Policy" in str(said)], page.said
    d.comes_to(order, "authorised")
    d.clean()


def main():
    box = Box()
    with tempfile.TemporaryDirectory() as folder, mail_server(box) as port:
        os.chmod(folder, 0o755)
        settings = f'smtp_url = "smtp://127.0.0.1:{port}"\nmail_from = "Velvet & Vale <orders@example.org>"\nmail_seconds = 1\n'
        with demo_server(settings=settings) as s, chromium() as browser:
            d = Till(s, box, browser)
            parts = [page_paid, page_before_word, page_waits_for_word, page_faults, page_over, page_unknown, page_languages, page_hostile, guessed, letter_sent, letter_again,
                     letter_not, letter_late]
            if browser:
                parts.append(by_hand)
            else:
                print("test_links: no browser here: the pages were read, not looked at")
            for part in parts:
                if len(sys.argv) < 2 or sys.argv[1] in part.__name__:
                    cases.run(part.__name__.replace("_", " "), part, d)
    cases.end()


if __name__ == "__main__":
    main()
