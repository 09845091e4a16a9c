#!/usr/bin/python3
"""The sandbox's pay page as a payer's browser sees it: forms, declines, 3-D Secure, the way back; no script, no number kept."""
import html.parser
import os
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from sandbox import sandbox, until  # noqa: E402

t = Cases("test_sandbox_page")
CARD = {"email": "ann@example.org", "card_number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123",
        "name": "Ann Smith"}
SHOP = "http://shop.example"


class Page(html.parser.HTMLParser):
    """What a payer and a program that reads pages aloud have: title, headings, fields with labels, links, words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fields, self.labels, self.forms, self.links = [], {}, {}, [], []
        self.words, self.inside, self.lang, self.alert = "", [], None, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        self.tags.append((tag, a))
        if tag == "html":
            self.lang = a.get("lang")
        if tag == "input":
            self.fields[a["name"]] = a
        if tag == "label":
            self.labels[a["for"]] = ""
        if tag == "form":
            self.forms.append(a)
        if tag == "a":
            self.links.append(a["href"])
        if tag not in ("input", "meta", "link", "br"):
            self.inside.append((tag, a))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.words += data
        for tag, a in self.inside:
            if tag == "label":
                self.labels[a["for"]] += data
            if a.get("role") == "alert":
                self.alert += data


class Browser:
    def __init__(self, s, language="en"):
        self.s, self.language = s, language
        self.status = self.headers = self.page = self.at = None

    def go(self, url, form=None):
        """Follows redirects within the sandbox, as a browser does; stops at the shop's."""
        path = url.replace(f"http://127.0.0.1:{self.s.port}", "")
        self.at = url
        if not path.startswith("/"):
            return self
        body = urllib.parse.urlencode(form) if form is not None else None
        headers = {"Accept-Language": self.language}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.status, self.headers, text = self.s.request("GET" if body is None else "POST", path, body, headers)
        if self.status == 303:
            return self.go(self.headers["Location"])
        self.page = Page(text.decode())
        return self

    def send(self, **values):
        return self.go(self.page.forms[0]["action"], values)

    def pay(self, **other):
        return self.send(**{**CARD, **other})


def session(s, **more):
    form = {"mode": "payment", "success_url": SHOP + "/thanks?s={CHECKOUT_SESSION_ID}", "cancel_url": SHOP + "/cart",
            "line_items": [{"price_data": {"currency": "gbp", "unit_amount": 1781, "product_data": {"name": "Pan"}},
                            "quantity": 2},
                           {"price_data": {"currency": "gbp", "unit_amount": 495,
                                           "product_data": {"name": "Delivery"}}}], **more}
    status, made = s.post("/v1/checkout/sessions", **form)
    assert status == 200, made
    return made


def read(s, made):
    return s.get(f"/v1/checkout/sessions/{made['id']}")[1]


def pays(s):
    made = session(s, payment_intent_data={"capture_method": "manual", "metadata": {"order": "100723"}},
                   client_reference_id="ref-1", metadata={"a": "b"})
    t.equal("a session is open and knows its sum",
            (made["status"], made["payment_status"], made["amount_total"], made["currency"], made["payment_intent"],
             made["client_reference_id"]), ("open", "unpaid", 4057, "gbp", None, "ref-1"))
    items = s.get(f"/v1/checkout/sessions/{made['id']}/line_items")[1]["data"]
    t.equal("and its items", [(one["description"], one["quantity"], one["amount_total"]) for one in items],
            [("Pan", 2, 3562), ("Delivery", 1, 495)])
    b = Browser(s).go(made["url"])
    for word in ("Pan", "35.62 GBP", "40.57 GBP", "demonstration"):
        t.check(f"the page tells {word}", word in b.page.words)
    t.equal("every field has a label", set(b.page.labels), set(b.page.fields))
    t.check("and says what it is for", all(f.get("autocomplete") for f in b.page.fields.values()))
    t.check("there is a way back to the shop", SHOP + "/cart" in b.page.links)
    t.check("there are no scripts and no styles of its own", not any(
        tag in ("script", "style", "iframe") or "style" in a or any(k.startswith("on") for k in a) for tag, a in b.page.tags))
    policy = b.headers["Content-Security-Policy"]
    t.check("and the policy allows none", "default-src 'none'" in policy and "script-src" not in policy and
            f"form-action 'self' {SHOP};" in policy and "frame-ancestors 'none'" in policy, policy)
    b.pay()
    t.equal("a good card leads back to the shop", b.at, f"{SHOP}/thanks?s={made['id']}")
    done = read(s, made)
    t.equal("the session is complete", (done["status"], done["url"], done["customer_details"]["email"]),
            ("complete", None, "ann@example.org"))
    intent = s.get(f"/v1/payment_intents/{done['payment_intent']}")[1]
    t.equal("the intent waits for its capture, with the order's number",
            (intent["status"], intent["amount"], intent["metadata"]), ("requires_capture", 4057, {"order": "100723"}))
    b.go(made["url"])
    t.check("the page says that it is done", "done" in b.page.words and not b.page.forms)
    n = len(s.all("/sandbox/charges"))
    b.go(made["url"], CARD)
    t.equal("and is not paid twice", len(s.all("/sandbox/charges")), n)
    made = session(s)
    Browser(s).go(made["url"]).pay()
    t.equal("without manual capture it is paid", read(s, made)["payment_status"], "paid")
    late = session(s)
    Browser(s).go(late["url"]).pay(card_number="4000000000080046")
    t.equal("what is processing is complete and unpaid", read(s, late)["payment_status"], "unpaid")
    t.check("until it succeeds", until(lambda: read(s, late)["payment_status"] == "paid"))


def declines(s):
    made = session(s)
    b = Browser(s).go(made["url"]).pay(card_number="4000 0000 0000 0002")
    t.check("a decline is told on the page", "Your card was declined." in b.page.alert, b.page.alert)
    t.check("beside a form for another try", b.page.forms)
    t.equal("and leaves the session open", read(s, made)["status"], "open")
    b.pay(card_number="4000000000009995")
    t.check("each time why", "insufficient funds" in b.page.alert, b.page.alert)
    b.pay()
    t.equal("another card pays it", (b.at, read(s, made)["status"]), (f"{SHOP}/thanks?s={made['id']}", "complete"))
    t.equal("with the same intent", len({c["payment_intent"] for c in s.all("/sandbox/charges")
                                         if c["billing_details"]["name"] == "Ann Smith" and
                                         c["payment_intent"] == read(s, made)["payment_intent"]}), 1)


def asks(s):
    made = session(s)
    b = Browser(s).go(made["url"]).pay(card_number="4000002500003155")
    t.check("3-D Secure asks the payer", "40.57 GBP" in b.page.words and "/3ds/" in b.at)
    where = b.at
    b.send(answer="no")
    t.check("a refusal leads back to the form", "unable to authenticate" in b.page.alert, b.page.alert)
    b.pay(card_number="4000002500003155").send(answer="yes")
    t.equal("consent to the shop", (b.at, read(s, made)["payment_status"]), (f"{SHOP}/thanks?s={made['id']}", "paid"))
    b.go(where, {"answer": "yes"})
    t.check("an answer that comes twice does nothing", "noted" in b.page.words)
    t.equal("a wrong secret shows nothing", Browser(s).go(where[:-1] + "!").status, 404)
    intent = s.pay("pm_card_authenticationRequired", return_url=SHOP + "/back?x=1")[1]
    b.go(intent["next_action"]["redirect_to_url"]["url"]).send(answer="yes")
    t.equal("an intent of the API leads to its return_url", b.at, f"{SHOP}/back?x=1&payment_intent={intent['id']}")
    t.equal("and is paid", s.get(f"/v1/payment_intents/{intent['id']}")[1]["status"], "succeeded")


def wrong(s):
    made = session(s)
    for values, about in (({"card_number": "4111 1111 1111 1111"}, "card_number"), ({"card_number": "12"}, "card_number"),
                          ({"card_number": ""}, "card_number"), ({"expiry": "13/34"}, "expiry"), ({"expiry": "1/20"}, "expiry"),
                          ({"expiry": "x"}, "expiry"), ({"expiry": "12/3456789"}, "expiry"), ({"cvc": "12"}, "cvc"),
                          ({"cvc": "abc"}, "cvc"), ({"name": ""}, "name"), ({"email": "ann"}, "email"),
                          ({"email": ""}, "email"), ({"name": "4242 4242 4242 4242"}, "name")):
        b = Browser(s).go(made["url"]).pay(**values)
        wrong_fields = [name for name, a in b.page.fields.items() if a.get("aria-invalid")]
        t.equal(f"{values} is told at its field", (b.status, wrong_fields), (422, [about]))
        t.check("and before the form, with a link there", b.page.alert.strip() and f"#{about}" in b.page.links)
        t.check("nothing else that was keyed is lost", all(
            b.page.fields[name].get("value") == CARD[name] for name in ("email", "expiry", "name") if name != about))
        t.check("the number and the code are not shown again", all(
            "value" not in b.page.fields[name] for name in ("card_number", "cvc")))
    t.equal("and nothing was charged", read(s, made)["payment_intent"], None)
    for written in ("1234", "12 / 34", "12-2034", "12.34"):
        other = session(s)
        Browser(s).go(other["url"]).pay(expiry=written)
        t.equal(f"an expiry can be written {written}", read(s, other)["status"], "complete")
    t.equal("a link that is none shows so", Browser(s).go("/pay/cs_test_none").status, 404)
    t.equal("also one of another kind", Browser(s).go("/pay/" + s.pay()[1]["id"]).status, 404)


def ends(s):
    made = session(s)
    b = Browser(s).go(made["url"]).pay(card_number="4000000000000002")
    gone = s.post(f"/v1/checkout/sessions/{made['id']}/expire")[1]
    t.equal("a session can be ended", (gone["status"], gone["url"]), ("expired", None))
    t.equal("what had begun is cancelled", s.get(f"/v1/payment_intents/{gone['payment_intent']}")[1]["status"], "canceled")
    t.equal("once", s.post(f"/v1/checkout/sessions/{made['id']}/expire")[0], 400)
    b.go(made["url"])
    t.equal("its page says so", (b.status, b.page.forms), (410, []))
    b.go(made["url"], CARD)
    t.equal("and takes nothing", (b.status, s.get(f"/v1/payment_intents/{gone['payment_intent']}")[1]["status"]),
            (410, "canceled"))
    made = session(s)
    s.post("/sandbox/control", clock={"advance": 24 * 3600 + 10})
    t.equal("after a day it ends by itself", Browser(s).go(made["url"], CARD).status, 410)
    t.check("and its event tells", s.get("/v1/events", type="checkout.session.expired")[1]["data"][0]["data"]["object"][
        "id"] == made["id"])
    s.reset()


def setups(s):
    made = s.post("/v1/checkout/sessions", mode="setup", currency="gbp", success_url=SHOP + "/ok", customer_email="b@c.d",
                  customer_creation="always", setup_intent_data={"metadata": {"x": "y"}})[1]
    b = Browser(s).go(made["url"])
    t.check("an e-mail address that is known is not asked for", "email" not in b.page.fields)
    b.send(card_number="4242424242424242", expiry="12/34", cvc="123", name="Ann")
    done = read(s, made)
    t.equal("a set-up is complete without payment", (b.at, done["status"], done["payment_status"]),
            (SHOP + "/ok", "complete", "no_payment_required"))
    intent = s.get(f"/v1/setup_intents/{done['setup_intent']}")[1]
    method = s.get(f"/v1/payment_methods/{intent['payment_method']}")[1]
    t.equal("its card belongs to a customer", (intent["status"], method["customer"], intent["metadata"]),
            ("succeeded", done["customer"], {"x": "y"}))
    t.equal("and pays later", s.pay(method["id"], customer=done["customer"], off_session=True)[1]["status"], "succeeded")
    made = s.post("/v1/checkout/sessions", mode="setup", success_url=SHOP + "/ok")[1]
    Browser(s).go(made["url"]).pay()
    done = read(s, made)
    method = s.get(f"/v1/setup_intents/{done['setup_intent']}")[1]["payment_method"]
    t.equal("without a wish for a customer it has none", (done["status"], done["customer"]), ("complete", None))
    ann = s.post("/v1/customers", payment_method=method)[1]
    t.equal("until one adopts the card", s.get(f"/v1/payment_methods/{method}")[1]["customer"], ann["id"])
    made = session(s, payment_intent_data={"setup_future_usage": "off_session"})
    Browser(s).go(made["url"]).pay()
    intent = s.get(f"/v1/payment_intents/{read(s, made)['payment_intent']}")[1]
    t.equal("a payment may keep its card too",
            s.pay(intent["payment_method"], customer=intent["customer"], off_session=True)[1]["status"], "succeeded")


def texts(s):
    for kind, text in HOSTILE.items():
        name = text[:200]
        made = s.post("/v1/checkout/sessions", mode="payment", success_url=SHOP + "/ok", line_items=[
            {"price_data": {"currency": "gbp", "unit_amount": 100, "product_data": {"name": name}}}])
        if made[0] != 200:
            continue
        b = Browser(s).go(made[1]["url"])
        t.check(f"{kind} stands in the page as it is",
                name.replace("\r\n", "\n").strip() in b.page.words.replace("\r\n", "\n"), repr(name))
    markup = session(s, line_items=[{"price_data": {"currency": "gbp", "unit_amount": 1, "product_data": {
        "name": "\"><script>alert(1)</script>", "description": "'\"&<b onclick=x>"}}}])
    b = Browser(s).go(markup["url"])
    t.check("markup is text", "\"><script>alert(1)</script>" in b.page.words and not any(
        tag in ("script", "b") for tag, _ in b.page.tags))
    made = session(s)
    t.equal("the browser's language is taken", Browser(s, "de-AT,en;q=0.5").go(made["url"]).page.lang, "de")
    t.check("and spoken", "Kartennummer" in Browser(s, "de").go(made["url"]).page.words)
    t.equal("unless the session says another", Browser(s, "de").go(session(s, locale="zh")["url"]).page.lang, "zh-CN")
    asked = Browser(s, "de").go(session(s, locale="zh")["url"]).pay(card_number="4000002500003155")
    t.equal("also where the bank asks", (asked.page.lang, "/3ds/" in asked.at), ("zh-CN", True))
    yen = session(s, line_items=[{"price_data": {"currency": "jpy", "unit_amount": 500, "product_data": {"name": "Pan"}}}])
    t.check("whole currencies have no cents", "500 JPY" in Browser(s).go(yen["url"]).page.words)


def no_numbers(s):
    with open(os.path.join(s.folder, "journal"), "rb") as file:
        journal = file.read()
    log = open(s.folder + ".log", "rb").read()
    numbers = [card["number"].encode() for card in s.get("/sandbox/cards")[1]["data"]]
    t.check("there is a journal, with receipts' digits", b'"last4":"4242"' in journal)
    t.equal("but no number of any card", [n for n in numbers + [b"4111111111111111", b"4111 1111", b"4242 4242"]
                                         if n in journal or n in log], [])


with sandbox() as running:
    for part in (pays, declines, asks, wrong, ends, setups, texts, no_numbers):
        t.run(part.__name__, part, running)
t.end()
