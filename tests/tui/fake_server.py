"""A small fake of the API for tests of the client's screens: fixed prices, a few people, drafts with
revisions, orders by idempotency key. Tests drive it through the members of Fake; it never sleeps
unless told (Fake.delay), and every request is kept in Fake.log.
FAKE_LATE='/drafts/.*=0.5 /quotes=0.2' in the environment makes such answers late in every test, which shows
the tests that look at something right after a text that does not say that it is there."""
import gzip
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import fake_promotions
import fake_repeats
import fake_till

DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]


def damm(digits):
    state = 0
    for c in digits:
        state = int(DAMM[state][int(c)])
    return str(state)


def code(stem):
    return stem + damm(stem)


# stem: name, spoken, price, cv, free, kind
ITEMS = {code(stem): dict(zip(("name", "spoken", "price", "cv", "free", "kind"), rest)) for stem, *rest in [
    ("4021", "Velvet Rose eau de parfum 50ml", "rose perfume fifty mil", 2450, 1633, 247, "product"),
    ("4022", "Velvet Rose hand cream 75ml", "hand cream", 895, 590, 512, "product"),
    ("4110", "Silk day cream SPF15 50ml", "Silk day cream", 1900, 1265, 770, "product"),
    ("5031", "Host gift box, small", "small gift box", 1420, 0, 617, "product"),
    ("6042", "Winter gift set (kit of 4)", "winter set", 2950, 1967, 502, "kit"),
    ("4023", "Velvet Rose hand cream 100ml", "big hand cream", 1095, 700, 2, "product"),
    ("4024", "Velvet Rose soap 名前 bar", "rose soap", 450, 300, 1, "product"),
]}
FIVE = [code(s) for s in ("4021", "4022", "4110", "5031", "6042")]
FEW = code("4023")
LAST = code("4024")
PEOPLE = {code(stem): dict(zip(("name", "city", "postcode", "rank_name", "status", "phone"), rest)) for stem, *rest in [
    ("104729", "JONES, Sarah", "Leeds", "LS6 2QT", "Manager", "active", "07700 900123"),
    ("102018", "JONES, Sara-Jane", "Hull", "HU5 1AB", "Consultant", "active", "07700 900555"),
    ("108843", "JONESON, Sarah", "York", "YO1 7HH", "Consultant", "terminated", "01904 960001"),
    ("102113", "陳 美玲", "Manchester", "M1 4BT", "Consultant", "active", "07700 900321"),
]}
HOUSE = dict(zip(("name", "city", "postcode", "rank_name", "status", "phone"),
                 ("Velvet & Vine showroom", "Leeds", "LS9 8AA", "Consultant", "active", "")))  # whose the walk-ins are
MANAGER = code("104729")
TERMINATED = code("108843")


RANKS = {"Manager": 3, "Consultant": 1}


LATE = [(pattern, float(seconds)) for pattern, _, seconds in (one.rpartition("=") for one in os.environ.get("FAKE_LATE", "").split())]


class Fake:
    """What the tests may set and read."""

    def __init__(self):
        self.lock = threading.RLock()
        self.tokens = set()
        self.drafts = {}      # ulid: {"rev": int, "draft": {...}, "locked_by": str}
        self.orders = {}      # key: reply
        self.repeats = []     # as fake_repeats has them
        self.changes = {}     # key: (body, reply)
        self.log = []         # (method, path, body)
        self.names = {}       # language: {sku: (name, spoken)}, in the catalogue
        self.languages = []   # Accept-Language of each request
        self.delay = {}       # regex of a path, or of a method and a path: seconds before the answer
        self.drop = []        # such regexes: the next such request gets no answer, once each
        self.under_way = 0    # requests that are being answered
        self.duplicate = None  # say so: the next orders are duplicates
        self.otp = None
        self.total_shift = 0  # added to every total
        self.catalogue = None  # its version; None: a server of before, that has none
        self.tags = []        # the If-None-Match of every request for it
        self.promotions = []  # codes of fake_promotions.TEXTS that are published
        self.recruits = 0     # new customers who were brought in and not rewarded yet
        self.discount = 0     # percent, of ranks in RANKS
        self.dearer = {}      # SKU: what quotes ask more than the catalogue says
        self.problem_once = []  # (path regex, http, problem): answered once
        self.next_order = 10088421
        self.events = None          # a list of (event, data): streams are there and tell them; None: a server of before
        self.watched = []           # (watch, Last-Event-ID) of each stream that was asked for
        self.down = False     # no request is answered, connections end
        self.cancel_problem = None  # why an order cannot be cancelled
        self.means = {"balance": 1250, "credit": 0, "cards": []}
        self.payments = []          # of every order card; none: what is due
        self.certificates = {}      # digits, or the last six: what is left
        self.guarded = False        # nobody looks up certificates just now: 429
        self.waiting = []           # (SKU, distributor, quantity) of waiting lists
        self.arrived, self.notices = [], []  # as /day tells them
        self.experience = 100       # orders the operator ever took
        self.people = {}            # number or id: details that were changed or made
        self.person_version = {}
        self.company = SESSION["company"]["name"]

    @staticmethod
    def name_of(number):
        return PEOPLE[number]["name"]

    def stored(self):
        """The lines of every draft, as the server has them: {ulid: [(sku, qty), ...]}."""
        with self.lock:
            return {ulid: [(line["sku"], line["qty"]) for line in d["draft"]["lines"]] for ulid, d in self.drafts.items()}

    def expire(self):
        with self.lock:
            self.tokens.clear()


def near(sku):
    return sorted(ITEMS, key=lambda have: (sum(a != b for a, b in zip(have, sku)), have))[:3]


def discounted(fake, person, sku, qty):
    """What a line costs: the discount is of the line, rounded half up."""
    goods = (ITEMS[sku]["price"] + fake.dearer.get(sku, 0)) * qty
    percent = fake.discount if person and person["rank_name"] == "Manager" else 0
    return goods, (goods * percent * 2 + 100) // 200


def catalogue(fake, language="en"):
    """As the real server writes it; the members stand in its order."""
    skus = sorted(ITEMS)
    items = [ITEMS[s] for s in skus]
    n = len(skus)

    def table(count, **columns):
        return {"count": count, **columns}
    return {
        "version": fake.catalogue, "exponent": 2, "rounding": "line", "market": "GB", "currency": "GBP", "default_region": "GB",
        "tax_classes": ["standard"],
        "discounts": table(1, rank=[RANKS["Manager"]], type=["personal"], ppm=[fake.discount * 10000], **{"from": [None], "to": [None]}),
        "delivery": table(2, destination=["distributor"] * 2, method=["standard"] * 2, zone=[""] * 2, min_goods=[0, 17500],
                          charge=[395, 0], tax_class=[0] * 2, min_weight_g=[0] * 2, **{"from": [None] * 2, "to": [None] * 2}),
        "taxes": table(1, region=["GB"], tax_class=[0], ppm=[200000], **{"from": [None], "to": [None]}),
        "promotions": table(len(fake.promotions), code=fake.promotions, version=[1] * len(fake.promotions),
                            text=[fake_promotions.TEXTS[code] for code in fake.promotions],
                            **{"from": [None] * len(fake.promotions), "to": [None] * len(fake.promotions)}),
        "groups": table(len(GROUPS), code=[g[0] for g in GROUPS], name=[g[1] for g in GROUPS], parent=[g[2] for g in GROUPS]),
        "items": table(n, sku=skus, barcode=[ITEMS[s].get("barcode", "") for s in skus], kind=["product"] * n,
                       group=[[g[0] for g in GROUPS].index(i.get("group", "SKIN")) for i in items],
                       tax_class=[0] * n, weight_g=[0] * n, max_per_order=[0] * n, age_limit=[0] * n, sale_from=[None] * n,
                       sale_to=[None] * n, back_order=[s != LAST for s in skus]),
        "values": table(0, item=[], least=[], most=[]),
        "components": table(0, kit=[], item=[], qty=[]), "slots": table(0, kit=[], choose=[], options=[]),
        "options": table(0, item=[], qty=[]), "language": language if language in fake.names else "en",
        "names": table(n, **dict(zip(("name", "spoken"), zip(*(
            fake.names.get(language, {}).get(s, (ITEMS[s]["name"], ITEMS[s]["spoken"])) for s in skus))))),
        "slot_names": table(0, name=[]),
        "lists": [{"code": "AUTUMN-2", "name": "Autumn", "audience": "retail", "tax_included": True, "from": "2025-09-01",
                   "to": None, "price": [i["price"] for i in items], "cv": [i["cv"] for i in items], "pv": [i["cv"] for i in items]}]}


GROUPS = fake_promotions.GROUPS


def address(person):
    return {"name": person["name"], "line1": "14 Mill Lane", "line2": "", "city": person["city"],
            "postcode": person["postcode"], "region": "", "country": "GB"}


def quote(fake, draft):
    problems, lines = [], []
    person = PEOPLE.get(draft.get("distributor") or "")
    if draft.get("distributor") and not person:
        problems.append({"field": "/distributor", "code": "unknown_distributor", "severity": "stop",
                         "say": "No distributor %s." % draft["distributor"]})
    elif not person:
        problems.append({"field": "/distributor", "code": "required", "severity": "stop",
                         "say": "The distributor is missing."})
    elif person["status"] == "terminated":
        problems.append({"field": "/distributor", "code": "distributor_status", "severity": "stop",
                         "say": "%s %s is terminated and cannot order." % (draft["distributor"], person["name"])})
    if not draft["lines"]:
        problems.append({"field": "/lines", "code": "no_lines", "severity": "stop",
                         "say": "There is nothing on the order yet."})
    for i, line in enumerate(draft["lines"]):
        item = ITEMS.get(line["sku"])
        out = {"id": line["id"], "sku": line["sku"], "qty": line["qty"], "priced": bool(item),
               "name": "", "spoken": "", "unit": 0, "discount": 0, "amount": 0, "tax": 0, "cv": 0,
               "pv": 0, "free_stock": -1, "back_ordered": 0, "shares": [], "why": []}
        if line.get("picks"):
            out["picks"] = line["picks"]
        if item:
            short = max(0, line["qty"] - item["free"])
            goods, off = discounted(fake, person, line["sku"], line["qty"])
            out.update(name=item["name"], spoken=item["spoken"], unit=goods // line["qty"], discount=off,
                       amount=goods - off, cv=item["cv"] * line["qty"],
                       pv=item["cv"] * line["qty"], free_stock=item["free"], back_ordered=short,
                       tax=item["price"] * line["qty"] // 6,
                       why=["List AUTUMN-2: %.2f each" % (item["price"] / 100)])
            if short:
                stop = line["sku"] == LAST
                problems.append({"field": "/lines/%d/qty" % i, "line": line["id"],
                                 "code": "stock_short" if stop else "back_ordered",
                                 "severity": "stop" if stop else "warning",
                                 "say": "%s %s: %d in stock, %d wanted." % (line["sku"], item["name"], item["free"], line["qty"])
                                 if stop else "%s %s: %d now, %d back-ordered." % (line["sku"], item["name"], item["free"], short)})
        else:
            bad = damm(line["sku"]) != "0"
            problems.append({"field": "/lines/%d/sku" % i, "line": line["id"],
                             "code": "check_digit" if bad else "unknown_sku", "severity": "stop",
                             "say": "%s is mistyped: its check digit does not fit." % line["sku"] if bad
                             else "No item %s." % line["sku"],
                             "candidates": [{"sku": s, "name": ITEMS[s]["name"]} for s in near(line["sku"])]})
        lines.append(out)
    goods = sum(line["amount"] for line in lines)
    off = sum(line["discount"] for line in lines)
    delivery = 395 if lines and goods < 17500 else 0
    run = fake_promotions.Run(fake, draft, lines, ITEMS).all()
    problems += fake_promotions.pick_problems(run)
    problems += [{"field": "/coupons/%d" % i, "code": "unknown_coupon", "severity": "stop", "say": "There is no coupon %s." % c}
                 for i, c in enumerate(draft.get("coupons") or []) if c not in fake_promotions.COUPONS]
    lines += run.gifts
    off = sum(line["discount"] for line in lines)
    goods = sum(line["amount"] for line in lines)
    return {"list": "AUTUMN-2", "date": "2025-11-22", "catalogue_version": fake.catalogue or 0, "currency": "GBP", "exponent": 2,
            "tax_included": True, "lines": lines, "goods": goods + off, "discount": off, "delivery": delivery,
            "delivery_tax": delivery // 6, "tax": (goods + delivery) // 6 - delivery // 6, "tax_added": 0,
            "total": goods + delivery + fake.total_shift, "cv": sum(line["cv"] for line in lines),
            "pv": sum(line["pv"] for line in lines), "balance": 1250,
            "ship_to": address(person) if person else {},
            "distributor": {"id": draft["distributor"], "name": person["name"], "rank_name": person["rank_name"],
                            "status": person["status"], "balance": 1250} if person else None,
            "customer": None, "problems": problems, "promotions": run.told, "hint": None, "credit": 0, "search": "full"}


def revise(order, lines, total, due, by, reason=""):
    """The order becomes another; what it was is kept."""
    order["revisions"].append({"revision": len(order["revisions"]) + 1, "until": "2025-11-22T12:1%d:00Z" % len(order["revisions"]),
                               "by": by, "reason": reason, "total": order["total"], "lines": order["lines"]})
    order.update(lines=lines, total=total, due=due, version=str(int(order["version"]) + 1))


SESSION = {"expires_at": "2030-01-01T00:00:00Z",
           "actor": {"kind": "staff", "id": "CC-07", "name": "MARIA", "roles": ["operator"]},
           "company": {"name": "Velvet & Vine Ltd", "demo": True, "market": "GB",
                       "code_lengths": {"sku": 5, "distributor": 7, "order": 9, "certificate": 16},
                       "markets": [{"market": "GB", "currency": "GBP", "exponent": 2}]}}

ACTORS = {"S-04": {"kind": "staff", "id": "S-04", "name": "TOLU", "roles": ["counter"]},
          "SV-01": {"kind": "staff", "id": "SV-01", "name": "HELEN", "roles": ["operator", "supervisor"]}}

LOCKED_SINCE = "2025-11-22T11:58:00Z"
STATUS = {401: "unauthenticated", 404: "not-found", 409: "locked", 412: "stale-revision", 422: "problems"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def answer(self, http, body=None, **headers):
        self.answer_raw(http, json.dumps(body).encode() if body is not None else b"", **headers)

    def answer_raw(self, http, data, **headers):
        self.send_response(http)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def trouble(self, http, detail="", kind=None, **more):
        self.answer(http, dict(type="https://partyline.invalid/problems/" + (kind or STATUS[http]), status=http,
                               title=(kind or STATUS[http]).replace("-", " "), detail=detail, **more))

    def handle_any(self):
        fake = self.server.fake
        if self.path.startswith("/api/v1/events?"):
            return self.events(fake)
        with fake.lock:
            fake.under_way += 1
        try:
            self.handle_one_more()
        finally:
            with fake.lock:
                fake.under_way -= 1

    def events(self, fake):
        """A stream: what Fake.events has beyond the last id, and what comes to it; ended by giving another list."""
        events = fake.events
        if events is None or fake.down:
            return self.trouble(404)
        if self.headers.get("Authorization", "")[7:] not in fake.tokens:
            return self.trouble(401)
        last = self.headers.get("Last-Event-ID")
        with fake.lock:
            fake.watched.append((parse_qs(urlsplit(self.path).query)["watch"][0], last))
        told = int(last or 0)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while fake.events is events and not fake.down:
            for event, data in events[told:]:
                told += 1
                self.wfile.write(f"id: {told}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.02)

    def handle_one_more(self):
        fake = self.server.fake
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        body = json.loads(raw) if raw else None
        parts = urlsplit(self.path)
        path = parts.path[len("/api/v1"):]
        self.query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if fake.down:
            self.close_connection = True
            return
        with fake.lock:
            fake.log.append((self.command, path, body))
            fake.languages.append(self.headers.get("Accept-Language"))
            if path == "/catalogue":
                fake.tags.append(self.headers.get("If-None-Match"))
            if os.environ.get("FAKE_VERBOSE"):
                print("%.3f" % time.time(), self.command, self.path, flush=True)
            delay = next((s for pattern, s in [*fake.delay.items(), *LATE] if self.is_one(pattern, path)), 0)
            dropped = next((d for d in fake.drop if self.is_one(d, path)), None)
            if dropped:
                fake.drop.remove(dropped)
        if delay:
            time.sleep(delay)
        if dropped:
            self.close_connection = True
            return
        with fake.lock:
            once = next((p for p in fake.problem_once if re.match(p[0], path)), None)
            if once:
                fake.problem_once.remove(once)
                return self.answer(once[1], once[2])
            if path == "":
                return self.answer(200, {"name": "Partyline", "welcome": None})
            if path != "/sessions" and self.headers.get("Authorization", "")[7:] not in fake.tokens:
                return self.trouble(401)
            for method, pattern, run in ROUTES:
                found = re.fullmatch(pattern, path)
                if method == self.command and found:
                    return run(self, fake, body, *map(unquote, found.groups()))
        return self.trouble(404)

    def is_one(self, pattern, path):
        return re.match(pattern, path) or re.match(pattern, self.command + " " + path)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    # ---- sessions
    def session_post(self, fake, body):
        if body["password"] != "partyline-demo":
            return self.trouble(401)
        if fake.otp and body.get("otp") != fake.otp:
            return self.trouble(401, problems=[{"field": "/otp", "code": "required", "say": "The code is missing."}])
        token = "token-%d" % len(fake.log)
        fake.tokens.add(token)
        return self.answer(201, dict(SESSION, token=token, actor=ACTORS.get(body["login"].upper(), SESSION["actor"])))

    # ---- people and items
    def people(self, fake, body):
        words = self.query["q"].lower().split()
        found = [dict(p, id=i) for i, p in PEOPLE.items()
                 if all(w in (i + " " + " ".join(p.values())).lower() for w in words)]
        self.answer(200, {"items": found[:9], "next": None, "total": len(found)})

    def person(self, fake, body, number):
        p = PEOPLE.get(number)
        if not p:
            return self.trouble(404)
        second = dict(address(p), line1="Unit 3, Dock Road", postcode="LS9 8AA", label="WORK")
        first = dict(address(p), label="HOME")
        out = dict(p, id=number, addresses=[first, second], balance=1250, currency="GBP", exponent=2, market="GB",
                   email="", sponsor="1000704", joined="2019-03-11", last_active="2025-11", pv=41200, cv=41200,
                   language="en", version=fake.person_version.get(number, 1))
        out.update(fake.people.get(number, {}))
        self.answer(200, out)

    def person_patch(self, fake, body, number):
        version = fake.person_version.get(number, 1)
        if self.headers.get("If-Match") != '"%d"' % version:
            return self.trouble(412)
        change = {k: "" if v is None else v for k, v in body.items() if k != "address"}
        if "address" in body:
            change["addresses"] = [dict(body["address"], label="HOME")] if body["address"] else []
        fake.people.setdefault(number, {}).update(change)
        fake.person_version[number] = version + 1
        return self.answer(200, {"id": number, "version": version + 1})

    def customer_post(self, fake, body):
        fake.people["C9"] = dict(body, id="C9", version=1, addresses=[dict(body["address"], label="HOME")] if body.get("address") else [])
        return self.answer(201, {"id": "C9", "name": body["name"], "distributor": body["distributor"]})

    def customer(self, fake, body, number):
        if number == fake_till.WALK_IN:
            return self.answer(200, {"id": number, "name": "Walk-in", "distributor": fake_till.WALK_IN_OF, "market": "GB", "addresses": []})
        return self.answer(200, fake.people[number]) if number in fake.people else self.trouble(404)

    def facts(self, fake, body, number):
        p = HOUSE if number == fake_till.WALK_IN_OF else PEOPLE.get(number)
        if not p or fake.catalogue is None:
            return self.trouble(404)
        known = [{"code": c, "promotion": fake_promotions.COUPONS[c]} for c in self.query.get("coupons", "").split(",")
                 if c in fake_promotions.COUPONS]
        earned = [{"promotion": "PENCIL", "uses_left": None, "person_left": None, "budget_left": None, "recruits": fake.recruits}]
        self.answer(200, dict(p, id=number, channel="call", people=[], coupons=known, promotions=earned, market="GB", rank=RANKS[p["rank_name"]], may_order=p["status"] == "active", version=1,
                              person_version=1, first_order=False, balance=1250, currency="GBP", exponent=2, today="2025-11-22",
                              addresses=[address(p), dict(address(p), line1="Unit 3, Dock Road", postcode="LS9 8AA")]))

    def catalogue(self, fake, body):
        if fake.catalogue is None:
            return self.trouble(404)
        tag = 'W/"%d%s"' % (fake.catalogue, "" if self.query.get("lang") not in fake.names else self.query["lang"])
        headers = {"ETag": tag, "Business-Day": "2025-11-22"}
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, **headers)
        packed = gzip.compress(json.dumps(catalogue(fake, self.query.get("lang"))).encode())
        return self.answer_raw(200, packed, Content_Encoding="gzip", **headers)

    def item_out(self, sku):
        i = ITEMS[sku]
        return dict(i, sku=sku, group="Skin care", pv=i["cv"], currency="GBP", exponent=2)

    def items(self, fake, body):
        words = self.query["q"].lower().split()
        found = [self.item_out(s) for s, i in ITEMS.items() if all(w in (s + " " + i["name"]).lower() for w in words)]
        self.answer(200, {"items": found[:9], "next": None})

    def item(self, fake, body, sku):
        if sku not in ITEMS:
            return self.trouble(404, problems=[{"field": "/sku", "code": "unknown_sku", "say": "No item %s." % sku,
                                                "candidates": [{"sku": s, "name": ITEMS[s]["name"]} for s in near(sku)]}])
        free = ITEMS[sku]["free"]
        out = self.item_out(sku)
        out.update(list="AUTUMN-2", barcode="5012345402277", max_per_order=12, back_order=True, kits=[FIVE[4]],
                   components=[], next={"list": "WINTER-1", "from": "2025-12-01", "price": ITEMS[sku]["price"] + 50, "cv": 0, "pv": 0}, stock={"on_hand": free + 20, "reserved": 20, "free": free, "due": [{"site": "LEEDS", "date": "2025-11-24", "qty": 600, "document": "PO 7781", "firm": True},
                                                                                              {"site": "LEEDS", "date": "2025-12-02", "qty": 1200, "document": "PO 7790", "firm": False}],
                                         "sites": [{"site": "LEEDS", "name": "Leeds main", "on_hand": free + 16, "reserved": 20, "free": free - 4},
                                                   {"site": "HULL", "name": "Hull showroom", "on_hand": 4, "reserved": 0, "free": 4}]})
        self.answer(200, out)

    def customers(self, fake, body):
        self.answer(200, {"items": [{"id": "C1", "name": "Ana Brown", "city": "Leeds", "postcode": "LS1 1AA",
                                     "phone": "07700 900777", "distributor": self.query["distributor"]}], "total": 1})

    # ---- drafts
    def drafts(self, fake, body):
        rows = []
        for ulid, d in sorted(fake.drafts.items(), key=lambda kv: -kv[1]["at"]):
            q = quote(fake, d["draft"])
            rows.append({"ulid": ulid, "rev": str(d["rev"]), "distributor": d["draft"].get("distributor") or "",
                         "name": (q["distributor"] or {}).get("name", ""), "lines": len(q["lines"]), "total": q["total"],
                         "currency": "GBP", "exponent": 2, "updated_at": "2025-11-22T12:00:00Z",
                         "locked_by": d["locked_by"], "locked_since": d["locked_by"] and LOCKED_SINCE,
                         "owner": "CC-07", "recovered_from": d.get("from"),
                         "changes": (d["draft"].get("changes") or {}).get("order")})
        self.answer(200, {"items": rows[:9], "next": None})

    def draft_get(self, fake, body, ulid):
        d = fake.drafts.get(ulid)
        if not d:
            return self.trouble(404)
        self.answer(200, {"ulid": ulid, "rev": str(d["rev"]), "state": "open", "draft": d["draft"]})

    def draft_put(self, fake, body, ulid):
        have = fake.drafts.get(ulid)
        if have and have["locked_by"] not in ("", "CC-07"):
            return self.trouble(409, "%s has it open" % have["locked_by"])
        want = self.headers.get("If-Match", "").strip('"')
        if (have is None) != (self.headers.get("If-None-Match") == "*") or (have and want != str(have["rev"])):
            return self.trouble(412)
        rev = have["rev"] + 1 if have else 1
        fake.drafts[ulid] = {"rev": rev, "draft": body, "locked_by": "CC-07", "at": len(fake.log),
                             "from": have.get("from") if have else self.query.get("recovered_from")}
        self.answer(200 if have else 201, {"ulid": ulid, "rev": str(rev)})

    def draft_act(self, fake, body, ulid, verb):
        d = fake.drafts.get(ulid)
        if not d:
            return self.trouble(404)
        if verb == "lock" and d["locked_by"] not in ("", "CC-07"):
            return self.trouble(409, locked_by=d["locked_by"], locked_since=LOCKED_SINCE)
        d["locked_by"] = "" if verb == "release" else "CC-07"
        self.answer(200, {"ulid": ulid, "rev": str(d["rev"]), "lease_until": "2030-01-01T00:00:00Z"})

    def draft_delete(self, fake, body, ulid):
        fake.drafts.pop(ulid, None)
        self.answer(204)

    # ---- paying
    def means(self, fake, body):
        self.answer(200, dict(fake.means, market="GB", currency="GBP", exponent=2))

    def certificate(self, fake, body, number):
        if fake.guarded:
            return self.trouble(429, kind="too-many", wait_seconds=60)
        if number not in fake.certificates:
            return self.trouble(404)
        self.answer(200, dict(self.certificate_row(number, fake.certificates[number]), number="GC" + number, history=[
            {"at": "2025-11-20T10:00:00Z", "act": "issued", "amount": 10000, "order": "100884214"},
            {"at": "2025-11-21T11:30:00Z", "act": "spent", "amount": fake.certificates[number] - 10000, "order": "100884223"}]))

    @staticmethod
    def certificate_row(digits, left):
        return {"id": "1", "last": digits[-4:], "market": "GB", "currency": "GBP", "exponent": 2, "amount": 10000, "balance": left, "state": "active",
                "issued_at": "2025-11-20T10:00:00Z", "order": "100884214", "seller": {"id": MANAGER, "name": "JONES, Sarah"}, "customer": None}

    def certificates(self, fake, body):
        if "last" not in self.query:
            return self.answer(200, {"items": [self.certificate_row(n, left) for n, left in fake.certificates.items() if len(n) == 16], "next": None})
        if fake.guarded:
            return self.trouble(429, kind="too-many", wait_seconds=60)
        last = self.query["last"]
        self.answer(200, {"items": [self.certificate_row(last, fake.certificates[last])] if last in fake.certificates else [],
                          "next": None})

    # ---- orders
    def quotes(self, fake, body):
        q = quote(fake, body)
        self.answer(200, fake_till.quoted(fake, body, q) if body.get("shift") else q)

    def order_post(self, fake, body):
        key = self.headers["Idempotency-Key"]
        if key in fake.orders:
            return self.answer(200, fake.orders[key])
        have = fake.drafts.get(key)
        if body.get("rev") and (not have or str(have["rev"]) != body["rev"]):
            return self.trouble(412)
        q = quote(fake, body)
        if body.get("shift"):
            q = fake_till.quoted(fake, body, q)
        if body["expect_total"] != q["total"]:
            return self.trouble(409, kind="total-changed", quote=q)
        stops = [p for p in q["problems"] if p["severity"] == "stop"]
        if stops:
            return self.trouble(422, problems=stops)
        if body.get("shift") and fake_till.refused(self, fake, body, q["total"]):
            return None
        if fake.duplicate and "duplicate" not in body.get("accept", []):
            return self.trouble(422, problems=[{"field": "", "code": "duplicate", "severity": "warning", "say": fake.duplicate,
                                                 "params": {"order": next((o["number"] for o in fake.orders.values()), "")}}])
        fake.next_order += 1
        number = code(str(fake.next_order))
        paid = sum(t["amount"] for t in body["tenders"])
        fake.orders[key] = {"number": number, "state": "placed", "payment": "due", "total": q["total"], "currency": "GBP",
                            "exponent": 2, "due": q["total"] - paid, "type": body["type"], "lines": q["lines"],
                            "distributor": q["distributor"], "customer": None, "placed_at": "2025-11-22T12:05:11Z",
                            "placed_by": "CC-07", "version": "1", "revisions": [], "coupons": body.get("coupons") or []}
        if body.get("shift"):
            fake_till.keep(fake, body, fake.orders[key])
        fake.drafts.pop(key, None)
        if [p for p in fake.drop if p == "after-placing"]:
            fake.drop.remove("after-placing")
            self.close_connection = True
            return None
        return self.answer(201, fake.orders[key])

    def order_get(self, fake, body, number):
        found = next((o for o in fake.orders.values() if o["number"] == number), None)
        if not found:
            return self.trouble(404)
        gone = found["state"] == "cancelled"
        history = [{"at": "2025-11-22T12:05:11Z", "machine": "order", "from": "", "to": "placed", "by": "CC-07", "reason": ""}]
        say = fake.cancel_problem or ("Order %s is cancelled already." % number if gone else None)
        return self.answer(200, dict(
            found, market="GB", price_list="AUTUMN-2", date="2025-11-22", tax_included=True, goods=found["total"] - 395,
            discount=0, delivery=395, delivery_tax=65, tax=found["total"] // 6 - 65, tax_added=0, cv=10654, pv=10654, note="",
            ship_to={"kind": "distributor", "address": address(PEOPLE[MANAGER])},
            lines=[dict(line, state="cancelled" if gone else "reserved") for line in found["lines"]],
            payments=fake.payments or found.get("payments") or ([{"kind": "later", "amount": found["due"], "state": "void" if gone else "due"}] if found["due"] or gone else []),
            disputes=found.get("disputes", []),
            history=history + [dict(history[0], **{"from": "placed", "to": "cancelled"})] if gone else history,
            cancel={"may": say is None, "until": "2025-11-22T13:05:11Z", "say": say}))

    def order_change(self, fake, body, number):
        """Like the real one, without stock and age: what is left out stays."""
        found = next((o for o in fake.orders.values() if o["number"] == number), None)
        if not found:
            return self.trouble(404)
        key, preview = self.headers.get("Idempotency-Key"), self.query.get("preview") == "true"
        if not preview and key in fake.changes:
            same = fake.changes[key][0] == body
            return self.answer(200, fake.changes[key][1]) if same else self.trouble(422, kind="key-reused")
        if found["state"] not in ("placed", "on_hold"):
            return self.trouble(409, kind="state", state=found["state"], problems=[
                {"field": "", "code": "change_late", "severity": "stop",
                 "say": "Order %s is %s: it can no longer be changed." % (number, found["state"])}])
        if not preview and self.headers.get("If-Match") != '"%s"' % found["version"]:
            return self.trouble(412)
        q = quote(fake, {"distributor": found["distributor"]["id"], "lines": body["lines"], "coupons": body.get("coupons")})
        paid = found["total"] - found["due"]
        reply = {"number": number, "state": found["state"], "payment": found["payment"], "total": q["total"], "due": max(0, q["total"] - paid),
                 "difference": q["total"] - found["total"], "refunded": max(0, paid - q["total"]), "currency": "GBP", "exponent": 2,
                 "version": found["version"]}
        if preview:
            was = {k: found.get(k, 0) for k in ("total", "due", "cv", "pv")}
            return self.answer(200, dict(reply, quote=q, was=was, paid=paid))
        if body["expect_total"] != q["total"]:
            return self.trouble(409, kind="total-changed", quote=q)
        stops = [p for p in q["problems"] if p["severity"] == "stop"]
        if stops:
            return self.trouble(422, problems=stops)
        reply["due"] -= sum(t["amount"] for t in body["tenders"])
        revise(found, q["lines"], q["total"], reply["due"], "CC-07")
        reply.update(version=found["version"], revision=len(found["revisions"]) + 1)
        fake.changes[key] = (body, reply)
        if "after-changing" in fake.drop:
            fake.drop.remove("after-changing")
            self.close_connection = True
            return None
        return self.answer(200, reply)

    def order_list(self, fake, body):
        q, rows = self.query, list(reversed(fake.orders.values()))
        rows = [dict({k: o[k] for k in ("number", "state", "payment", "type", "total", "currency", "exponent", "placed_at", "placed_by")},
                     distributor=o["distributor"]["id"], name=o["distributor"]["name"], customer_name=None, lines=len(o["lines"]))
                for o in rows]
        rows = [r for r in rows if q.get("distributor", r["distributor"]) == r["distributor"] and
                all(w in r["name"].lower() for w in q.get("q", "").lower().split()) and
                q.get("from", "2025-11-22") <= "2025-11-22" <= q.get("to", "2025-11-22") and "customer" not in q]
        at = next((i + 1 for i, r in enumerate(rows) if r["number"] == q.get("cursor")), 0)
        most = int(q["limit"])
        page = rows[at:at + most]
        self.answer(200, {"items": page, "next": page[-1]["number"] if len(rows) > at + most else None})

    def order_cancel(self, fake, body, number):
        found = next((o for o in fake.orders.values() if o["number"] == number), None)
        if not found:
            return self.trouble(404)
        if fake.cancel_problem:
            return self.trouble(422, problems=[{"field": "", "code": "cancel_late", "severity": "stop", "say": fake.cancel_problem}])
        found.update(state="cancelled", payment="void", due=0)
        return self.answer(200, {"number": number, "state": "cancelled"})

    def day(self, fake, body):
        taken = [o for o in fake.orders.values() if o["state"] != "cancelled"]
        due = [o for o in taken if o["due"]]
        totals = [{"currency": "GBP", "exponent": 2, "orders": len(taken), "total": sum(o["total"] for o in taken), "cv": 10654 * len(taken),
                   "due_orders": len(due), "due": sum(o["due"] for o in due)}] if taken else []
        self.answer(200, {"date": "2025-11-22", "orders": len(taken), "cancelled": len(fake.orders) - len(taken), "totals": totals,
                          "seconds_per_order": 71 if taken else None, "experience": fake.experience,
                          "month": {"ends": "2025-11-30", "days_left": 8}, "duplicates": [], "arrived": fake.arrived,
                          "notices": fake.notices})

    def order_hold(self, fake, body, number, verb):
        found = next(o for o in fake.orders.values() if o["number"] == number)
        found["state"] = "on_hold" if verb == "hold" else "placed"
        found["held_for"] = body.get("reason", "")
        return self.answer(200, {"number": number, "state": found["state"]})

    def letter_post(self, fake, body, number, payment):
        return self.answer(200, {"letter": "waiting", "to": "sarah@example.org"})

    def waiting_post(self, fake, body, sku):
        fake.waiting.append((sku, body["distributor"], body["qty"]))
        return self.answer(201, {"id": "7"})

    def waiting_delete(self, fake, body, sku, number):
        fake.arrived = [a for a in fake.arrived if a["id"] != number]
        return self.answer(204)

    def notice_delete(self, fake, body, number):
        fake.notices = [n for n in fake.notices if n["id"] != number]
        return self.answer(204)


ROUTES = [
    ("POST", "/sessions", Handler.session_post),
    ("POST", "/orders/([^/]+)/(hold|unhold)", Handler.order_hold),
    ("POST", "/items/([^/]+)/waiting", Handler.waiting_post),
    ("DELETE", "/items/([^/]+)/waiting/([^/]+)", Handler.waiting_delete),
    ("DELETE", "/notices/([^/]+)", Handler.notice_delete),
    ("GET", "/distributors", Handler.people),
    ("GET", "/distributors/([^/]+)", Handler.person),
    ("GET", "/distributors/([^/]+)/pricing-facts", Handler.facts),
    ("GET", "/catalogue", Handler.catalogue),
    ("PATCH", "/distributors/([^/]+)", Handler.person_patch),
    ("GET", "/customers", Handler.customers),
    ("POST", "/customers", Handler.customer_post),
    ("GET", "/customers/([^/]+)", Handler.customer),
    ("GET", "/day", Handler.day),
    ("GET", "/items", Handler.items),
    ("GET", "/items/([^/]+)", Handler.item),
    ("GET", "/drafts", Handler.drafts),
    ("GET", "/drafts/([^/]+)", Handler.draft_get),
    ("PUT", "/drafts/([^/]+)", Handler.draft_put),
    ("POST", "/drafts/([^/]+)/(lock|release|take-over)", Handler.draft_act),
    ("DELETE", "/drafts/([^/]+)", Handler.draft_delete),
    ("GET", "/means", Handler.means),
    ("GET", "/certificates", Handler.certificates),
    ("GET", "/certificates/([^/]+)", Handler.certificate),
    ("POST", "/quotes", Handler.quotes),
    ("POST", "/orders", Handler.order_post),
    ("GET", "/orders", Handler.order_list),
    ("POST", "/orders/([^/]+)/change", Handler.order_change),
    ("POST", "/orders/([^/]+)/cancel", Handler.order_cancel),
    ("POST", "/orders/([^/]+)/payments/([^/]+)/letter", Handler.letter_post),
    ("GET", "/orders/([^/]+)", Handler.order_get),
    *fake_repeats.ROUTES,
    *fake_till.ROUTES,
]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that die in the middle are what some tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def start(port=0):
    server = Server(("127.0.0.1", port), Handler)
    server.fake = Fake()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, "http://127.0.0.1:%d" % server.server_address[1]


def world(url):
    """What a test needs to know of a server: the same for the fake and the real one."""
    return {"server": url, "ca": None, "operator": "CC-07", "password": "partyline-demo",
            "manager": MANAGER, "terminated": TERMINATED, "skus": FIVE, "name": "jones sar"}


if __name__ == "__main__":
    _, where = start(int(sys.argv[1]) if len(sys.argv) > 1 else 8444)
    print("ready", where, "manager", MANAGER, "skus", *FIVE, flush=True)
    threading.Event().wait()
