#!/usr/bin/python3
"""What goes wrong with the sandbox: faults that are asked for, kills, torn journals, bad input of all kinds."""
import base64
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from sandbox import BUILD, Sandbox, sandbox, until  # noqa: E402
from served import free_port  # noqa: E402

t = Cases("test_sandbox_faults")
PROGRAM = os.path.join(BUILD, "partyline-sandbox")
INTENTS = "/v1/payment_intents"
BROKEN = (OSError, http.client.HTTPException)


def charged(s, order):
    """The charges of the payment whose metadata names this order."""
    return [one for one in s.all("/sandbox/charges") if one["metadata"].get("order") == order and one["paid"]]


def pay(s, order, **more):
    return s.pay(metadata={"order": order}, **more)


def lost(s, order, **more):
    """True when no whole answer came."""
    try:
        pay(s, order, timeout=1, **more)
    except BROKEN:
        return True
    return False


def faults(s):
    s.fault("429", path=INTENTS)
    reply = pay(s, "f1", key="f1")
    t.equal("429 says to come later", (reply[0], reply[1]["error"]["code"]), (429, "rate_limit"))
    reply = pay(s, "f1", key="f1")
    t.equal("and leaves the key free", (reply[0], len(charged(s, "f1"))), (200, 1))
    s.fault("500")
    first, again = pay(s, "f2", key="f2"), pay(s, "f2", key="f2")
    t.equal("500 is kept with its key", (first[0], again[0], again.headers.get("Idempotent-Replayed")), (500, 500, "true"))
    t.equal("and nothing was charged", charged(s, "f2"), [])
    s.fault("charged_500")
    t.equal("500 may hide a charge", (pay(s, "f3", key="f3")[0], len(charged(s, "f3"))), (500, 1))
    t.equal("which the same key does not repeat", (pay(s, "f3", key="f3")[0], len(charged(s, "f3"))), (500, 1))
    s.fault("forget")
    reply = pay(s, "f4", key="f4")
    t.equal("forgotten: answered as paid", (reply[0], reply[1]["status"]), (200, "succeeded"))
    t.equal("and not there", (s.get(f"{INTENTS}/{reply[1]['id']}")[0], charged(s, "f4")), (404, []))
    t.equal("the same key pays then", (pay(s, "f4", key="f4")[0], len(charged(s, "f4"))), (200, 1))
    s.fault("silent", path=INTENTS, method="POST")
    t.check("silent: no answer", lost(s, "f5", key="f5"))
    t.equal("nothing charged, and the key is free", (charged(s, "f5"), pay(s, "f5", key="f5")[0]), ([], 200))
    for kind in ("charged_silent", "charged_cut"):
        s.fault(kind, path=INTENTS)
        t.check(f"{kind}: no whole answer", lost(s, kind, key=kind))
        t.equal("but charged", len(charged(s, kind)), 1)
        reply = pay(s, kind, key=kind)
        t.equal("as the same key tells, without charging again", (reply[1]["status"], len(charged(s, kind))),
                ("succeeded", 1))
    s.fault("429", count=2, path="/v1/refunds")
    t.equal("a fault of another path does not touch this one", pay(s, "f6")[0], 200)
    t.equal("but its own", [s.post("/v1/refunds")[0] for _ in range(3)], [429, 429, 400])
    s.fault("429", path=INTENTS + "$")
    held = s.pay(capture_method="manual")
    t.equal("a path with $ is meant as a whole", (held[0], s.get(INTENTS)[0]), (429, 200))
    held = s.pay(capture_method="manual")
    s.fault("429", path=INTENTS + "$", method="POST")
    t.equal("and touches nothing behind it", (s.post(f"{INTENTS}/{held[1]['id']}/capture")[0], s.pay()[0]), (200, 429))
    s.fault("500", count=5)
    s.reset()
    t.equal("reset ends them", pay(s, "f7")[0], 200)


def slowness(s):
    """While an answer is late its key is in use; two threads, no clock."""
    s.fault("slow", path=INTENTS)
    late = []
    thread = threading.Thread(target=lambda: late.append(pay(s, "slow", key="slow")))
    thread.start()
    until(lambda: charged(s, "slow"))
    reply = pay(s, "slow", key="slow")
    t.equal("a key in flight is told so", (reply[0], reply[1]["error"]["code"]), (409, "idempotency_key_in_use"))
    thread.join()
    t.equal("the late answer comes", (late[0][0], len(charged(s, "slow"))), (200, 1))
    t.equal("and is then the key's", pay(s, "slow", key="slow")[1]["id"], late[0][1]["id"])
    for name, n in (("silent", 0), ("chargedSilent", 1)):
        t.check(f"a card can do it too: {name}", lost(s, name, method="pm_card_" + name, key=name))
        t.equal("charged or not", len(charged(s, name)), n)


def kills(s):
    """What was acknowledged is there after each kill, once; what was not, at most once, and with its key exactly once."""
    seed = int(os.environ.get("TEST_SEED", random.randrange(1 << 30)))
    print(f"seed {seed}")
    dice = random.Random(seed)
    told, asked, lock, stop = {}, set(), threading.Lock(), threading.Event()

    def customer(number):
        i = 1
        while not stop.is_set():
            i += f"k{number}-{i}" in told  # the next one when this one has its answer
            order = f"k{number}-{i}"
            with lock:
                asked.add(order)
            try:
                reply = pay(s, order, key=order, timeout=5)
                with lock:
                    if reply[0] == 200:
                        told[order] = reply[1]["id"]
            except (*BROKEN, ValueError):
                pass

    s.stop()
    where = f"127.0.0.1:{free_port()}"  # not one that a client's end of a connection may have
    s.start(where)
    threads = [threading.Thread(target=customer, args=(i,)) for i in range(4)]
    try:
        for thread in threads:
            thread.start()
        for _ in range(5):
            wanted = len(told) + dice.randrange(5, 40)
            until(lambda: len(told) >= wanted)
            s.stop(signal.SIGKILL)
            s.start(where)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    found = {}
    for charge in s.all("/sandbox/charges"):
        if charge["metadata"].get("order", "")[:1] == "k":
            found.setdefault(charge["metadata"]["order"], []).append(charge["payment_intent"])
    t.check("there was something to kill", len(told) > 25, len(told))
    t.equal("nothing that was told is lost", [o for o in told if found.get(o) != [told[o]]], [])
    t.equal("nothing is charged twice", [o for o, all_of in found.items() if len(all_of) != 1], [])
    open_ones = sorted(asked - set(told))
    for order in open_ones:
        pay(s, order, key=order)
    t.equal("the same key settles what was open", [o for o in open_ones if len(charged(s, o)) != 1], [])


def journals(folder):
    one = Sandbox(os.path.join(folder, "d")).start()
    paid = one.pay()[1]
    one.stop(signal.SIGKILL)
    path = os.path.join(folder, "d", "journal")
    t.equal("the journal is for its owner only", (os.stat(path).st_mode & 0o777, os.stat(folder + "/d").st_mode & 0o777),
            (0o600, 0o700))
    whole = open(path, "rb").read()
    with open(path, "ab") as file:
        file.write(whole[:100])
    one.start()
    t.equal("a torn end is cut off", one.get(f"{INTENTS}/{paid['id']}")[1], paid)
    t.equal("and what comes after it is kept", one.pay()[0], 200)
    second = subprocess.run([PROGRAM, "--dir", one.folder], capture_output=True, text=True, timeout=20)
    t.check("two do not work in one folder", second.returncode == 78 and "another sandbox" in second.stderr, second.stderr)
    one.stop()
    lines = open(path, "rb").read().split(b"\n")
    t.check("there are several records", len(lines) > 2, len(lines))
    lines[0] = lines[0].replace(b'"gbp"', b'"usd"', 1)
    with open(path, "wb") as file:
        file.write(b"\n".join(lines))
    broken = subprocess.run([PROGRAM, "--dir", one.folder], capture_output=True, text=True, timeout=20)
    t.check("a record that was altered is found", broken.returncode == 78 and "damaged" in broken.stderr, broken.stderr)


def compaction(folder):
    one = Sandbox(os.path.join(folder, "c")).start()
    customer = one.post("/v1/customers", name="x")[1]["id"]
    path = os.path.join(one.folder, "journal")
    while os.path.getsize(path) < 2_500_000:
        one.post(f"/v1/customers/{customer}", description="d" * 1000, **{"metadata": {f"k{i}": "v" * 500 for i in range(40)}})
    paid = one.pay()[1]
    events = len(one.all("/v1/events"))
    one.stop()
    before = os.path.getsize(path)
    one.start()
    t.equal("all is there after the journal was written anew", (len(one.all("/v1/events")),
                                                                 one.get(f"{INTENTS}/{paid['id']}")[1]), (events, paid))
    one.stop()
    one.start()
    t.check("and again", one.get(f"/v1/customers/{customer}")[1]["description"] == "d" * 1000 and
            os.path.getsize(path) <= before)
    one.stop()


def bad_requests(s):
    def error(**form):
        reply = s.post(INTENTS, **form)
        return reply[0], reply[1]["error"].get("code"), reply[1]["error"].get("param")

    good = {"amount": 100, "currency": "gbp"}
    for form, wanted in (
            ({"currency": "gbp"}, (400, "parameter_missing", "amount")),
            ({"amount": 100}, (400, "parameter_missing", "currency")),
            ({**good, "nonsense": 1}, (400, "parameter_unknown", "nonsense")),
            ({**good, "payment_method_options": {"card": {"motto": True}}},
             (400, "parameter_unknown", "payment_method_options[card][motto]")),
            ({**good, "amount": ""}, (400, "parameter_invalid_empty", "amount")),
            ({**good, "confirm": "yes"}, (400, None, "confirm")),
            ({**good, "capture_method": "man"}, (400, None, "capture_method")),
            ({**good, "capture_method": "manual|automatic"}, (400, None, "capture_method")),
            ({**good, "currency": "GBP"}, (400, None, "currency")),
            ({**good, "currency": "gb"}, (400, None, "currency")),
            ({**good, "customer": "cus_none"}, (400, "resource_missing", "customer")),
            ({**good, "payment_method": "pm_card_none"}, (400, "resource_missing", "payment_method")),
            ({**good, "payment_method": "pm_none"}, (400, "resource_missing", "payment_method")),
            ({**good, "receipt_email": "nobody"}, (400, "email_invalid", "receipt_email")),
            ({**good, "off_session": True}, (400, None, "off_session")),
            ({**good, "return_url": "javascript:alert(1)", "confirm": True}, (400, "url_invalid", "return_url")),
            ({**good, "return_url": "https://a\r\nSet-Cookie: b", "confirm": True}, (400, "url_invalid", "return_url")),
            ({**good, "description": "x" * 1001}, (400, None, "description")),
            ({**good, "expand": ["nothing"]}, (400, None, "expand")),
            ({**good, "expand": ["amount"]}, (400, None, "expand"))):
        t.equal(f"{form} is refused", error(**form), wanted)
    for amount in (0, -1, "1e3", " 1", "1 ", "１", "1.5", "0x10", "100000000", "9" * 30, "-", "--1", "+1", "NaN"):
        t.equal(f"amount {amount!r} is refused", error(amount=amount, currency="gbp")[::2], (400, "amount"))
    n = len(s.all(INTENTS))
    t.equal("what is refused for its expand leaves nothing behind",
            (error(**good, expand=["customer.nothing.x", "no"])[0], len(s.all(INTENTS))), (400, n))
    number = "4242424242424242"
    for form in ({"description": "card " + number}, {"metadata": {"n": "4242 4242 4242 4242"}}, {"metadata": {number: "x"}},
                 {number: "1"}, {"customer": number}):
        reply = s.post(INTENTS, **{**good, **form})
        t.check(f"a card number does not stand in {form}", reply[0] == 400 and number not in str(reply[1]), reply)
    for card, wanted in (({"number": "4111111111111111"}, (402, "card_declined")), ({"number": "4242424242424241"},
                                                                                    (402, "incorrect_number")),
                         ({"number": number, "exp_month": 13}, (402, "invalid_expiry_month")),
                         ({"number": number, "exp_year": 2001}, (402, "invalid_expiry_year")),
                         ({"number": number, "cvc": "1"}, (402, "invalid_cvc"))):
        reply = s.post("/v1/payment_methods", type="card", card={"exp_month": 12, "exp_year": 2034, **card})
        t.equal(f"{card} is refused", (reply[0], reply[1]["error"].get("code")), wanted)
        t.check("and not repeated", card["number"] not in str(reply[1]))
    t.equal("a test card's number is taken",
            s.post("/v1/payment_methods", type="card", card={"number": number, "exp_month": 12, "exp_year": 34})[0], 200)
    items = [{"price_data": {"currency": "gbp", "unit_amount": 99999999, "product_data": {"name": "x"}}, "quantity": 999999}]
    base = {"mode": "payment", "success_url": "https://x.example/"}
    for form in ({**base}, {**base, "line_items": items}, {**base, "line_items[1][quantity]": 1},
                 {**base, "line_items": [{"quantity": 1}]}, {**base, "expires_at": 5}):
        t.equal(f"a session of {str(form)[:80]} is refused", s.post("/v1/checkout/sessions", **form)[0], 400)


def bad_frames(s):
    auth = {"Authorization": "Basic " + base64.b64encode(f"{s.key}:".encode()).decode()}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in ("amount", "amount=%", "amount=%zz", "amount=%00", "amount=%ff", "a[b=1", "a]=1", "[a]=1", "a[][b]=1",
                 "amount=1&amount=2", "a" * 300 + "=1", "a[1][2][3][4][5][6][7][8][9]=1", "=1", "a\x00b=1",
                 "&".join(f"metadata[k{i}]=v" for i in range(1001))):
        t.equal(f"body {body[:40]!r} is refused", s.request("POST", INTENTS, body, {**auth, **form})[0], 400)
    t.equal("JSON is no form", s.request("POST", INTENTS, "{}", {**auth, "Content-Type": "application/json"})[0], 400)
    t.equal("a body that is too large", s.request("POST", INTENTS, "a=" + "x" * 300000, {**auth, **form})[0], 413)
    t.equal("no key", s.request("GET", INTENTS)[0], 401)
    for wrong in ("Bearer sk_test_no", "Basic !!!", "Basic " + base64.b64encode(b"sk_test_no:").decode(), "Bearer",
                  auth["Authorization"] + "x", "Bearer " + s.key[:-1]):
        t.equal(f"wrong key {wrong[:20]}", s.request("GET", INTENTS, None, {"Authorization": wrong})[0], 401)
    t.equal("the key as bearer", s.request("GET", INTENTS, None, {"Authorization": "Bearer " + s.key})[0], 200)
    for method, path in (("GET", "/v1/nothing"), ("PUT", INTENTS), ("DELETE", INTENTS), ("GET", "/v1/"),
                         ("GET", INTENTS + "/a/b"), ("GET", INTENTS + "/"), ("POST", "/v1/charges"),
                         ("GET", "/sandbox/../journal")):
        t.equal(f"{method} {path} is not there", s.request(method, path, None, auth)[0], 404)
    for path in ("/", "/journal", "/..%2fjournal", "/pay/", "/3ds/x_secret_y", "/3ds/_secret_"):
        t.equal(f"{path} is no page", s.request("GET", path)[0], 404)
    for one in ("pi_none", "../../x", "%00", "ch_x", s.pay()[1]["latest_charge"]):
        t.check(f"no intent {one[:8]}", s.request("GET", f"{INTENTS}/{one}", None, auth)[0] in (400, 404))
    for query in ("limit=0", "limit=101", "limit=x", "starting_after=no", "created[gt]=x", "nothing=1"):
        t.equal(f"a list does not take {query}", s.request("GET", f"{INTENTS}?{query}", None, auth)[0], 400)
    for version in ("2024-06-20", "a\tb", "x" * 100, "", "\"><"):
        t.equal("any Stripe-Version is answered",
                s.request("GET", INTENTS, None, {**auth, "Stripe-Version": version})[0], 200)
    for key in ("x" * 256, "4242424242424242", "a\tb"):
        t.equal("such an Idempotency-Key is refused", s.pay(key=key)[0], 400)


def texts(s):
    for kind, text in HOSTILE.items():
        reply = s.post("/v1/customers", name=text[:250], metadata={"t": text[:500]})
        if reply[0] == 200:
            got = s.get(f"/v1/customers/{reply[1]['id']}")[1]
            t.equal(f"{kind} comes back as it went", (got["name"], got["metadata"]["t"]), (text[:250], text[:500]))
        else:
            t.check(f"{kind} is refused in words", reply[0] == 400 and reply[1]["error"]["message"], reply)


def lists(s):
    made = [s.post("/v1/customers", name=f"n{i}", email="l@i.st")[1]["id"] for i in range(25)][::-1]
    form = {"email": "l@i.st"}
    first = s.get("/v1/customers", limit=10, **form)[1]
    t.equal("newest first, by pages", ([c["id"] for c in first["data"]], first["has_more"]), (made[:10], True))
    then = s.get("/v1/customers", limit=20, starting_after=made[9], **form)[1]
    t.equal("the rest follows", ([c["id"] for c in then["data"]], then["has_more"]), (made[10:], False))
    back = s.get("/v1/customers", limit=5, ending_before=made[10], **form)[1]
    t.equal("backwards too", ([c["id"] for c in back["data"]], back["has_more"]), (made[5:10], True))
    paid = s.pay(amount=77)[1]
    shown = s.call("GET", f"{INTENTS}/{paid['id']}", {"expand": ["latest_charge.payment_intent", "payment_method"]})[1]
    t.equal("what is expanded stands in its place", (shown["latest_charge"]["amount"], shown["payment_method"]["object"],
                                                     shown["latest_charge"]["payment_intent"]["id"]),
            (77, "payment_method", paid["id"]))
    t.equal("in lists as well",
            s.call("GET", "/v1/charges", {"payment_intent": paid["id"], "expand": ["data.payment_intent"]})[1]["data"][0][
                "payment_intent"]["id"], paid["id"])
    t.equal("and only there", s.get(f"{INTENTS}/{paid['id']}")[1], paid)


def options():
    def run(*words):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=20)
        return done.returncode, (done.stdout + done.stderr).count("\n"), done.stdout + done.stderr

    with tempfile.TemporaryDirectory(prefix="plo-") as folder:
        d = ("--dir", folder + "/d")
        t.equal("an option that is none is refused", run("--nonsense")[0], 64)
        t.check("--version", run("--version")[0] == 0)
        t.check("--help", run("--help")[0] == 0 and "--webhook-secret-file" in run("--help")[2])
        for words, code in (((), 64), ((*d, "more"), 64), ((*d, "--webhook", "http://x"), 64),
                            ((*d, "--certificate", "x"), 64), ((*d, "--webhook-retry-ms", "0"), 64),
                            ((*d, "--listen", "nowhere"), 78), ((*d, "--key-file", folder + "/none"), 78),
                            (("--dir", "/proc/none"), 78), ((*d, "--listen", "0.0.0.0:0"), 78)):
            got = run(*words)
            t.equal(f"{words} is refused in one line", got[:2], (code, 1))
        t.check("other machines are kept out without TLS", "loopback" in run(*d, "--listen", "0.0.0.0:0")[2])
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", folder + "/k", "-out", folder + "/c", "-days", "2", "-subj", "/CN=localhost"],
                       check=True, capture_output=True)
        secure = subprocess.Popen([PROGRAM, *d, "--listen", "0.0.0.0:0", "--certificate", folder + "/c", "--tls-key",
                                   folder + "/k"], stdout=subprocess.PIPE, text=True)
        t.check("and let in with it", secure.stdout.readline().startswith("ready https://127.0.0.1:"))
        secure.send_signal(signal.SIGTERM)
        t.equal("it ends when asked", secure.wait(20), 0)
        secure.stdout.close()


def ending(s):
    """SIGTERM while an exchange is held: its client is let go, the program ends."""
    s.fault("charged_silent", path=INTENTS)
    broke = threading.Event()

    def wait():
        try:
            pay(s, "end", key="end")
        except BROKEN:
            broke.set()

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: charged(s, "end"))
    idle = socket.create_connection(("127.0.0.1", s.port))
    t.equal("asked to end, it ends", s.stop(), 0)
    thread.join()
    t.check("who waits for ever is let go", broke.is_set())
    idle.close()


with sandbox() as running:
    for part in (faults, slowness, bad_requests, bad_frames, texts, lists, kills, ending):
        t.run(part.__name__, part, running)
with tempfile.TemporaryDirectory(prefix="plj-") as there:
    t.run("journals", journals, there)
    t.run("compaction", compaction, there)
t.run("options", options)
t.end()
