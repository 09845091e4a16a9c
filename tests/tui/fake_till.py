"""The tills of the fake server: shifts with a drawer, sales over the counter, receipts. Money is counted here once
more, independently of what the client says; the texts of receipts and reports are short."""
import base64

TILLS = [("LEEDS-1", "Showroom Leeds, till 1"), ("LEEDS-2", "Showroom Leeds, till 2")]
AT = "2025-11-22T12:00:00Z"
DONE = "received"
WALK_IN, WALK_IN_OF = "C7", "1000007"


class Counter:
    """What the tests may set and read."""

    def __init__(self):
        self.shifts = []
        self.numbers = {}     # till: Z reports so far
        self.pickups = []     # numbers of phoned orders that wait
        self.printed = []     # (number, copy) of receipts that were asked for
        self.sales = {}       # number: {"shift", "cash", "total"}
        self.supervisor = False


def of(fake):
    if not hasattr(fake, "counter"):
        fake.counter = Counter()
    return fake.counter


def shown(fake, shift, drawer=None):
    told = drawer if of(fake).supervisor or shift["state"] == "closed" else None
    return {"id": shift["id"], "till": shift["till"], "till_name": dict(TILLS)[shift["till"]], "market": "GB", "currency": "GBP",
            "exponent": 2, "login": "S-04", "name": "TOLU", "state": shift["state"], "opened_at": AT,
            "closed_at": None if shift["state"] == "open" else AT, "float": shift["float"], "sales": len(sold(fake, shift)),
            "drawer": told, "blind": True, "walk_in": {"distributor": WALK_IN_OF, "customer": WALK_IN}}


def sold(fake, shift):
    return [s for s in of(fake).sales.values() if s["shift"] == shift["id"] and not s["void"]]


def drawer(fake, shift):
    return shift["float"] + sum(m for m in shift["moves"]) + sum(s["cash"] for s in sold(fake, shift))


def current(fake):
    return next((s for s in of(fake).shifts if s["state"] == "open"), None)


def find(fake, number):
    return next((s for s in of(fake).shifts if s["id"] == number), None)


def escpos(text, kick=False):
    return base64.b64encode(b"\x1b@" + (b"\x1bp\x00\x19\xfa" if kick else b"") + text.encode() + b"\x1dV\x00").decode()


def tills(handler, fake, body):
    rows = []
    for code, name in TILLS:
        shift = next((s for s in of(fake).shifts if s["till"] == code and s["state"] == "open"), None)
        rows.append({"code": code, "name": name, "market": "GB", "currency": "GBP", "exponent": 2, "site": "LEEDS",
                     "shift": shift and {"id": shift["id"], "login": shift["who"], "name": shift["who"], "opened_at": AT}})
    return handler.answer(200, {"items": rows, "next": None})


def opened(handler, fake, body):
    key = handler.headers["Idempotency-Key"]
    have = next((s for s in of(fake).shifts if s["key"] == key), None)
    if not have:
        if next((s for s in of(fake).shifts if s["till"] == body["till"] and s["state"] == "open"), None):
            return handler.trouble(409, kind="till-busy", detail="S-09 since 09:00")
        have = {"id": str(len(of(fake).shifts) + 1), "till": body["till"], "float": body["float"], "moves": [], "state": "open",
                "key": key, "who": "TOLU", "keys": {}}
        of(fake).shifts.append(have)
    return handler.answer(201, shown(fake, have))


def mine(handler, fake, body):
    shift = current(fake)
    return handler.answer(200, shown(fake, shift, drawer(fake, shift))) if shift else handler.trouble(404)


def one(handler, fake, body, number):
    shift = find(fake, number)
    return handler.answer(200, shown(fake, shift, drawer(fake, shift))) if shift else handler.trouble(404)


def move(handler, fake, body, number):
    shift, key = find(fake, number), handler.headers["Idempotency-Key"]
    if key not in shift["keys"]:
        amount = body["amount"] if body["kind"] == "pay_in" else -body["amount"]
        if drawer(fake, shift) + amount < 0:
            return handler.trouble(422, kind="drawer-short")
        shift["keys"][key] = body
        shift["moves"].append(amount)
    return handler.answer(201, shown(fake, shift, drawer(fake, shift)))


def figures(fake, shift, kind):
    sales = sold(fake, shift)
    voids = [s for s in of(fake).sales.values() if s["shift"] == shift["id"] and s["void"]]
    told = kind == "z" or of(fake).supervisor
    text = "%s REPORT  %s\nSales %3d %20.2f\n" % (kind.upper(), shift["till"], len(sales), sum(s["total"] for s in sales) / 100)
    if kind == "z":
        text += "Counted %24.2f\nDifference %21.2f\n" % (shift["counted"] / 100, (shift["counted"] - drawer(fake, shift)) / 100)
    return {"kind": kind, "number": shift.get("z"), "shift": shown(fake, shift), "float": shift["float"],
            "pay_in": sum(m for m in shift["moves"] if m > 0), "pay_out": -sum(m for m in shift["moves"] if m < 0),
            "expected": drawer(fake, shift) if told else None, "counted": shift.get("counted"),
            "difference": shift["counted"] - drawer(fake, shift) if kind == "z" else None,
            "sales": {"count": len(sales), "total": sum(s["total"] for s in sales) if told else None}, "returns": {"count": 0, "total": 0},
            "voids": {"count": len(voids), "total": sum(s["total"] for s in voids)}, "tenders": [], "taxes": [], "moves": [],
            "text": text, "escpos": escpos(text)}


def report(handler, fake, body, number):
    shift = find(fake, number)
    return handler.answer(200, figures(fake, shift, "x" if shift["state"] == "open" else "z"))


def close(handler, fake, body, number):
    shift = find(fake, number)
    if shift["state"] == "open":
        pieces = body.get("pieces")
        if pieces and sum(p["value"] * p["count"] for p in pieces) != body["counted"]:
            return handler.trouble(422, detail="the pieces are another sum")
        numbers = of(fake).numbers
        numbers[shift["till"]] = numbers.get(shift["till"], 0) + 1
        shift.update(state="closed", counted=body["counted"], z=numbers[shift["till"]], pieces=pieces)
    return handler.answer(200, figures(fake, shift, "z"))


# ---- sales

def quoted(fake, body, quote):
    """No delivery, and nobody has to say who they are."""
    if body.get("customer") == WALK_IN:
        quote["problems"] = [p for p in quote["problems"] if p["field"] != "/distributor"]
    for name in ("delivery", "delivery_tax"):
        quote["total"] -= quote[name] if name == "delivery" else 0
        quote[name] = 0
    return quote


def refused(handler, fake, body, total):
    """True when that was answered: what is wrong with how it is paid."""
    shift = find(fake, body["shift"])
    if not shift or shift["state"] != "open":
        handler.trouble(409, kind="shift-closed")
        return True
    if sum(t["amount"] for t in body.get("tenders", [])) != total:
        handler.trouble(409, kind="not-paid")
        return True
    for t in body["tenders"]:
        if t.get("given", t["amount"]) < t["amount"] or ("given" in t and t["kind"] != "cash"):
            handler.trouble(422, problems=[{"field": "/tenders", "code": "tender_given", "severity": "stop", "say": "given is less"}])
            return True
    return False


def change_of(tenders):
    return sum(t.get("given", t["amount"]) - t["amount"] for t in tenders)


def cash_of(tenders):
    return sum(t["amount"] for t in tenders if t["kind"] == "cash")


def payments(tenders):
    return [{"kind": t["kind"], "amount": t["amount"], "state": "authorising" if t["kind"] == "link" else "captured",
             "url": "https://pay.example/checkout/4Yq7" if t["kind"] == "link" else None,
             "short_url": "https://pay.example/4Yq7-Zt1b" if t["kind"] == "link" else None} for t in tenders]


def keep(fake, body, order):
    waits = any(t["kind"] == "link" for t in body["tenders"])
    order.update(state="placed" if waits else DONE, payment="authorising" if waits else "captured", due=0,
                 change=change_of(body["tenders"]), payments=payments(body["tenders"]))
    of(fake).sales[order["number"]] = {"shift": body["shift"], "cash": cash_of(body["tenders"]), "total": order["total"], "void": False}


def paid(fake, number):
    """The customer has paid the link."""
    order = next(o for o in fake.orders.values() if o["number"] == number)
    order["payment"] = "captured"
    for payment in order["payments"]:
        payment.update(state="captured", url=None, short_url=None)


def hand_over(handler, fake, body, number):
    order = next(o for o in fake.orders.values() if o["number"] == number)
    tenders = body.get("tenders", [])
    if order["state"] in (DONE, "cancelled"):
        return handler.trouble(409, kind="state")
    if sum(t["amount"] for t in tenders) != order["due"] or any(p["state"] == "authorising" for p in order.get("payments", [])):
        return handler.trouble(409, kind="not-paid", due=order["due"])
    order.update(state=DONE, due=0, payment="captured", payments=order.get("payments", []) + payments(tenders))
    of(fake).pickups = [n for n in of(fake).pickups if n != number]
    have = of(fake).sales.setdefault(number, {"shift": body["shift"], "cash": 0, "total": order["total"], "void": False})
    have["cash"] += cash_of(tenders)
    return handler.answer(200, {"number": number, "state": DONE, "change": change_of(tenders)})


def void(handler, fake, body, number):
    sale = of(fake).sales.get(number)
    if not sale or sale["shift"] != body["shift"]:
        return handler.trouble(409, kind="not-this-shift", title="it was not sold in this shift; make a return")
    sale["void"] = True
    next(o for o in fake.orders.values() if o["number"] == number)["state"] = "cancelled"
    return handler.answer(200, {"number": number, "state": "cancelled", "payment": "refunded", "cash": sale["cash"]})


def receipt(handler, fake, body, number):
    order = next((o for o in fake.orders.values() if o["number"] == number), None)
    if not order:
        return handler.trouble(404)
    copy = handler.query.get("copy") == "true"
    of(fake).printed.append((number, copy))
    text = "%s\nReceipt %s%s\n" % (fake.company, number, "\nCOPY" if copy else "")
    for line in order["lines"]:
        text += "%3d %-28.28s %8.2f\n" % (line["qty"], line["name"], line["amount"] / 100)
    text += "TOTAL %27.2f\n" % (order["total"] / 100)
    kick = not copy and of(fake).sales.get(number, {"cash": 0})["cash"] > 0
    return handler.answer(200, {"text": text, "escpos": escpos(text, kick), "copy": copy})


def pickups(handler, fake, body, till):
    rows = [o for n in of(fake).pickups for o in fake.orders.values() if o["number"] == n]
    return handler.answer(200, {"items": [
        {"number": o["number"], "name": o["distributor"]["name"], "customer_name": None, "state": o["state"], "placed_at": o["placed_at"],
         "currency": "GBP", "exponent": 2, "total": o["total"], "due": o["due"], "lines": len(o["lines"])} for o in rows], "next": None})


ROUTES = [
    ("GET", "/tills", tills),
    ("POST", "/shifts", opened),
    ("GET", "/shifts/current", mine),
    ("GET", "/shifts/([^/]+)", one),
    ("POST", "/shifts/([^/]+)/moves", move),
    ("GET", "/shifts/([^/]+)/report", report),
    ("POST", "/shifts/([^/]+)/close", close),
    ("POST", "/orders/([^/]+)/hand-over", hand_over),
    ("POST", "/orders/([^/]+)/void", void),
    ("GET", "/orders/([^/]+)/receipt", receipt),
    ("GET", "/tills/([^/]+)/pickups", pickups),
]
