"""Operators side by side, each with a login, a client on a pseudo terminal and a stream of keys of
their own (operator_keys.py), over a bad link; and what has become of their keys in the end."""
import collections
import contextlib
import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../tui"), os.path.join(HERE, "..")]
import operator_keys  # noqa: E402
import pyte  # noqa: E402
import shop as demo  # noqa: E402
from delay_proxy import delay_proxy  # noqa: E402
from operator_model import Content  # noqa: E402
from pty_client import Gone, PtyClient, Reader  # noqa: E402
from served import program  # noqa: E402

PASSWORD = "a long enough password"
CLEARED = b"\033[H\033[2J"  # the screen is drawn anew from here
LOOK_S = float(os.environ.get("OPERATOR_PATIENCE", "120"))  # with retries over a bad link, on a busy machine
LOOK_AGAIN_S = 1.5
LEAVE_S = 60


class Stuck(Exception):
    """The screen never showed what an operator waits for."""

    def __init__(self, session, what):
        super().__init__(f"{session.login} waited for {what}")
        self.session = session


# ---- one operator -------------------------------------------------------------------------------

class Session:
    def __init__(self, server, port, login, stream, keys, rate):
        self.home = tempfile.mkdtemp(prefix="plo-", dir="/tmp")
        self.login, self.stream, self.rate, self.typed = login, stream, rate, 0
        self.where = (f"https://localhost:{port}", os.path.join(server.folder, "ca.pem"))
        self.steps, self.step, self.out, self.seen, self.screen = stream.work(keys), None, b"", b"", None
        self.due, self.deadline, self.again, self.done = 0.0, 0.0, 0.0, False
        self.client = None

    def sign_on(self):
        self.client = PtyClient(*self.where, self.login, pyte.Screen(80, 24), HOME=self.home)
        for _ in range(10):  # signing on is not tried again by itself
            with contextlib.suppress(TimeoutError):
                self.client.sign_on(PASSWORD, 10)
                break
        else:
            raise Stuck(self, "the home screen")
        self.client.screen = self.client.stream = None

    def advance(self, back):
        """The next step of the stream, or the end."""
        now = time.monotonic()
        try:
            self.step = self.steps.send(back)
        except StopIteration:
            self.done, self.step = True, None
            return
        self.typed += self.step.count
        self.due = max(self.due, now - 1) + self.step.count / self.rate
        self.out += self.step.data
        self.seen, self.screen = b"", None
        if self.looks():
            self.deadline, self.again = now + LOOK_S, now + LOOK_AGAIN_S

    def looks(self):
        return isinstance(self.step, operator_keys.Look)

    def write(self):
        try:
            self.out = self.out[os.write(self.client.fd, self.out):]
        except BlockingIOError:
            pass

    def read(self):
        data, _ = self.client.read(0)
        if self.looks():
            self.follow(data)

    def follow(self, data):
        """What is drawn, from the last time on that the screen was drawn anew."""
        self.seen += data
        at = self.seen.rfind(CLEARED)
        if at >= 0:
            self.screen = pyte.Screen(80, 24)
            self.reader = Reader(self.screen)
            data, self.seen = self.seen[at:], self.seen[at + len(CLEARED):][-8:]
        elif self.screen:
            self.seen = self.seen[-8:]
        if self.screen:
            self.reader.feed(data)

    def turn(self, now):
        """What is to be done without being told by the terminal."""
        if self.done or self.out:
            return
        if not self.looks():
            if now >= self.due:
                self.advance(None)
        elif self.screen and self.step.shows(self.screen.display):
            self.advance(self.screen.display)
        elif now > self.deadline:
            raise Stuck(self, self.step.what)
        elif now > self.again and self.step.again:
            self.out, self.again = self.step.again, now + LOOK_AGAIN_S

    def pictures(self):
        """The screen as the operator saw it, and as it is when drawn anew."""
        yield "\n".join(self.screen.display) if self.screen else "(nothing was drawn anew)"
        self.seen, self.screen = b"", None
        self.client.send(b"\x0c")
        end = time.monotonic() + 10
        while time.monotonic() < end and not (self.screen and "F1 Help" in self.screen.display[23]):
            self.follow(self.client.read(0.2)[0])
        yield "\n".join(self.screen.display) if self.screen else "(nothing is drawn)"

    def leave(self):
        """F3, twice where it is asked; the exit code."""
        self.client.send(b"\033[13~")
        end = time.monotonic() + LEAVE_S
        try:
            while time.monotonic() < end:
                self.client.read(0.2)
        except Gone:
            pass
        return self.client.close()

    def remove(self):
        if self.client and self.client.pid:
            self.client.close()
        shutil.rmtree(self.home, ignore_errors=True)


# ---- all of them --------------------------------------------------------------------------------

def work(sessions):
    """Until every stream is at its end; the seconds it took."""
    begun, poll = time.monotonic(), selectors.DefaultSelector()
    for session in sessions:
        poll.register(session.client.fd, selectors.EVENT_READ, session)
        session.advance(None)
    while any(not session.done for session in sessions):
        for session in sessions:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if session.out else 0)
            if poll.get_key(session.client.fd).events != wanted:
                poll.modify(session.client.fd, wanted, session)
        for key, events in poll.select(0.01):
            if events & selectors.EVENT_READ:
                key.data.read()
            if events & selectors.EVENT_WRITE:
                key.data.write()
        now = time.monotonic()
        for session in sessions:
            session.turn(now)
    poll.close()
    return time.monotonic() - begun


def catalogue(server):
    """What is sold, to whom, and numbers that are no item's."""
    items = demo.plain_skus(server, 200)
    demo.fill_up(server, items)
    names = dict(server.query("""SELECT i.sku, n.name FROM item i JOIN item_name n ON n.item_id = i.id
                                  WHERE n.language = 'en' AND i.id = ANY(%s)""", [item for item, _ in items]))
    buyers = demo.buyers(server, 400)
    people = dict(server.query("""SELECT d.number, p.name FROM distributor d JOIN person p ON p.id = d.id
                                   WHERE d.number = ANY(%s)""", buyers))
    every = {sku for sku, in server.query("SELECT sku FROM item")}
    missing = sorted({sku[:4] + operator_keys.bumped(sku[4], by) for sku in names for by in range(1, 10)} - every)
    return names, people, missing


def shops(server, n):
    """One for each operator; nobody buys from two, so that no two orders are alike by chance."""
    names, people, missing = catalogue(server)
    numbers = sorted(people)
    return [operator_keys.Shop(names, {number: people[number] for number in numbers[i::n]}, missing) for i in range(n)]


def add_logins(server, n):
    logins = [f"OP-{i:02}" for i in range(1, n + 1)]
    for login in logins:
        subprocess.run([program("partylinectl"), "--embedded", server.folder, "user", "add", login, "--name", login,
                        "--role", "operator", "--market", "GB", "--password-stdin"], input=PASSWORD + "\n",
                       stdout=subprocess.DEVNULL, text=True, check=True)
    return logins


# ---- what has become of it ----------------------------------------------------------------------

def stored_orders(server, login):
    rows = server.query("""
        SELECT o.type, d.number, o.customer_id, o.note, array_agg(l.sku ORDER BY l.line),
               array_agg(l.qty ORDER BY l.line)
          FROM orders o JOIN distributor d ON d.id = o.distributor_id JOIN order_line l ON l.order_id = o.id
          JOIN login w ON w.id = o.placed_by WHERE w.login = %s GROUP BY o.id, d.number""", login)
    return collections.Counter(Content(kind, number, customer, note, None, tuple(zip(skus, map(int, amounts))))
                               for kind, number, customer, note, skus, amounts in rows)


def stored_drafts(server, login):
    rows = server.query("""SELECT b.body FROM draft b JOIN login w ON w.id = b.owner_id
                            WHERE b.state = 'open' AND w.login = %s""", login)
    bodies = [body if isinstance(body, dict) else json.loads(body) for body, in rows]
    return collections.Counter(
        Content(body["type"], body.get("distributor"), body.get("customer"), body.get("note") or "", None,
                tuple((line["sku"], line["qty"]) for line in body["lines"])) for body in bodies)


def differences(what, login, wanted, got, orders):
    """Sentences: what is missing, what is there that nobody keyed."""
    said = []
    for content, n in (wanted - got).items():
        history = next((b" ".join(o.history) for o in orders if o.now == content), b"")
        said.append(f"{login}: {n} {what} missing: {content}\n      keyed {history[-1500:]!r}")
    said += [f"{login}: {n} {what} that nobody keyed: {content}" for content, n in (got - wanted).items()]
    return said


def compare(server, sessions):
    """(orders, drafts, sentences about those that differ)"""
    orders = drafts = 0
    said = []
    for session in sessions:
        model = session.stream.model
        model.hold()
        placed = collections.Counter(order.now for order in model.placed)
        held = collections.Counter(order.now for order in model.held)
        orders, drafts = orders + sum(placed.values()), drafts + sum(held.values())
        said += differences("order", session.login, placed, stored_orders(server, session.login), model.placed)
        said += differences("draft", session.login, held, stored_drafts(server, session.login), model.held)
    return orders, drafts, said


Result = collections.namedtuple("Result", "keys seconds orders drafts differences link exits")


def run(server, count, keys, seed, rate=60, **link):
    """`count` operators who type `keys` keys altogether."""
    logins = add_logins(server, count)
    sessions = []
    with delay_proxy(server.port, seed=seed, **link) as proxy:
        try:
            for i, (login, shop) in enumerate(zip(logins, shops(server, count))):
                stream = operator_keys.Stream(random.Random(seed * 1000 + i), shop)
                sessions.append(Session(server, proxy.port, login, stream, keys // count, rate))
                sessions[-1].sign_on()
            try:
                seconds = work(sessions)
            except Stuck as error:
                print(error, *error.session.pictures(), "last keys: %s" % list(error.session.stream.typed), sep="\n")
                raise
            exits = [session.leave() for session in sessions]
            orders, drafts, said = compare(server, sessions)
        finally:
            for session in sessions:
                session.remove()
    return Result(sum(session.typed for session in sessions), seconds, orders, drafts, said, proxy.figures, exits)
