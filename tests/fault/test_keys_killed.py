#!/usr/bin/python3
"""Operators key orders, and something is killed in the middle: the client, a worker of the server, the
whole of PostgreSQL, the link, or first the link and then the client. Each session is stopped behind another byte of its keys (every
KEYS_EVERY-th), KEYS_POINTS of them in all; then it goes on, or its client is started again. No line
whose Enter the screen had answered is missing, and no order is placed twice.

KEYS_POINTS (64), KEYS_EVERY (7), KEYS_SESSIONS (8), KEYS_VICTIMS; TEST_SEED repeats a run.
KEYS_JOURNAL=no takes the clients' journals away: then the test must see lost lines (make fault)."""
import contextlib
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "../tui")]
sys.dont_write_bytecode = True
import kills  # noqa: E402
import shop  # noqa: E402
from cases import Cases  # noqa: E402
from rawpty import Pane  # noqa: E402
from served import free_port, program  # noqa: E402
from service import service, wait_for  # noqa: E402

POINTS = int(os.environ.get("KEYS_POINTS", "64"))
EVERY = int(os.environ.get("KEYS_EVERY", "7"))
SESSIONS = int(os.environ.get("KEYS_SESSIONS", "8"))
VICTIMS = os.environ.get("KEYS_VICTIMS", "client,worker,database,link,both").split(",")
SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
JOURNAL = os.environ.get("KEYS_JOURNAL") != "no"
PASSWORD = "a long enough password"
F9 = b"\033[20~"
PATIENCE = 60
cases = Cases("test_keys_killed")


class Recording:
    """Keys of one order, and what the order is after each Enter: [(sku, quantity), ...]."""

    def __init__(self, rng, buyer, skus):
        self.keys, self.states, lines = b"", [[]], []
        self.enter(buyer, lines)
        for sku in rng.sample(skus, rng.randint(2, 4)):
            qty = rng.randint(1, 9)
            lines = [*lines, (sku, qty)]
            self.enter(sku if qty == 1 else f"{qty}*{sku}", lines)
        which, qty = rng.randrange(len(lines)), rng.randint(10, 99)
        lines = [(sku, qty if i == which else had) for i, (sku, had) in enumerate(lines)]
        self.enter(f".{which + 1}*{qty}", lines)
        self.keys += F9 + F9

    def enter(self, text, lines):
        self.keys += text.encode() + b"\r"
        self.states.append(lines)


class Session:
    """One operator: a login, a machine with its journal, and the client of the moment."""

    def __init__(self, login, url, ca):
        self.login, self.world = login, {"server": url, "ca": ca, "password": PASSWORD}
        self.state = tempfile.mkdtemp(prefix="pl-keys-", dir="/tmp")
        self.pane, self.again, self.before = None, 0, None
        self.start()

    def start(self):
        self.pane = Pane(self.world, ["--user", self.login], env={"XDG_STATE_HOME": self.state if JOURNAL else ""},
                         program=program("partyline"))

    def sign_on(self):
        self.pane.sign_on(self.world)

    def die_recovering(self, rng):
        """Killed once more, while it brings back what the one before has left."""
        self.pane.wait("Password")
        self.pane.write(PASSWORD + "\r")
        self.pane.pause(0.05 + rng.random() * 0.2)
        self.kill()
        self.start()

    def begin(self, recording, offset):
        self.before = self.placed() or self.before
        self.recording, self.offset, self.sent = recording, offset, 0

    def type(self, rng, upto):
        """A few keys more, as fingers or a paste do; True when there are none left up to there."""
        more = max(min(rng.choice((1, 1, 2, 5, 13)), upto - self.sent), 0)
        self.pane.write(self.recording.keys[self.sent:self.sent + more])
        self.sent += more
        self.pane.pump(0)
        return self.sent >= upto

    def kill(self):
        os.kill(self.pane.pid, signal.SIGKILL)
        while self.pane.pump(5):
            pass
        os.waitpid(self.pane.pid, 0)
        os.close(self.pane.fd)

    def placed(self):
        """The number that the client tells, unless it is that of the order before."""
        found = re.search(r"placed (\d+)", "\n".join(self.pane.rows()))
        return found[1] if found and found[1] != self.before else None

    def accepted(self):
        """The last state that the screen had shown, and the number of the order that it said is placed."""
        rows = self.pane.rows()
        states = self.recording.states
        if self.placed():
            return len(states) - 1, self.placed()
        if " REVIEW " in rows[0]:
            return len(states) - 1, None
        shown = shown_lines(rows) if " ORDER " in rows[0] else []
        found = [i for i, lines in enumerate(states) if lines == shown]
        if not found:  # drawn in part: the rows that are there
            skus = [sku for sku, _ in shown]
            found = [i for i, lines in enumerate(states) if [sku for sku, _ in lines] == skus[:len(lines)]]
        return max(found, default=0), None

    def journals(self):
        return glob.glob(os.path.join(self.state, "partyline/*/*/*.journal"))

    def recovered(self):
        """Nothing of a dead client is left to be brought back; a new one has no journal before it is used."""
        self.pane.pump(0)
        return not self.journals()

    def finish(self):
        """Until the order is placed; F9 once more when it is asked for."""
        end = time.monotonic() + PATIENCE
        while True:
            self.pane.pump(0.05)
            rows = "\n".join(self.pane.rows())
            if self.placed():
                return
            if re.search(r"F9 again|F9 asks again|not placed", rows) and " REVIEW " in rows:
                self.pane.write(F9)
                self.again += 1
                self.pane.pause(0.2)
            if time.monotonic() > end:
                raise RuntimeError(f"{self.login} waits for `placed` on\n{rows}")

    def close(self):
        with contextlib.suppress(Exception):
            self.kill()
        shutil.rmtree(self.state, ignore_errors=True)


def shown_lines(rows):
    """[(sku, quantity)] of the order screen."""
    head = next((row for row in rows if row.startswith(" Ln SKU")), "")
    end = head.find("Qty") + 3
    found = [re.match(r" *\d+ (\d{5}) .* (\d+)$", row[:end]) for row in rows if end > 3]
    return [(one[1], int(one[2])) for one in found if one]


class Link:
    """What the clients connect to; kill() ends all connections at once."""

    def __init__(self, to):
        self.to, self.port = to, free_port()
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "link.py"), str(self.port), str(self.to)],
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def kill_link(_s, rng, link):
    link.kill()
    time.sleep(rng.random() * 0.3)
    link.start()


KILLS = {"worker": lambda s, rng, link: kills.kill_worker(s, rng),
         "database": lambda s, rng, link: kills.kill_database(s, rng), "link": kill_link}


class Books:
    """What the server has, looked up in its database."""

    def __init__(self, s):
        self.s, self.since = s, kills.newest_order(s)

    def tidy(self):
        self.s.query("UPDATE draft SET state = 'dropped' WHERE state = 'open'")
        self.since = kills.newest_order(self.s)

    def drafts(self, login):
        rows = self.s.query("""SELECT d.body->'lines' FROM draft d JOIN login l ON l.id = d.owner_id
                                WHERE l.login = %s AND d.state = 'open'""", login)
        return [[(line["sku"], line["qty"]) for line in lines] for lines, in rows]

    def orders(self, login):
        rows = self.s.query("""SELECT o.number, (SELECT json_agg(json_build_array(x.sku, x.qty) ORDER BY x.line)
                                                   FROM order_line x WHERE x.order_id = o.id)
                                 FROM orders o JOIN login l ON l.id = o.placed_by
                                WHERE l.login = %s AND o.id > %s""", login, self.since)
        return [(number, [(sku, qty) for sku, qty in lines]) for number, lines in rows]


class Figures:
    def __init__(self):
        self.points, self.seconds = dict.fromkeys(VICTIMS, 0), dict.fromkeys(VICTIMS, 0.0)
        self.offsets, self.lost, self.doubled, self.wrong, self.copies = set(), [], [], [], 0
        self.placed = self.drafts = 0

    def judge(self, victim, one, books, accepted, number):
        """One point: what had been accepted against what the server has."""
        self.points[victim] += 1
        states, where = one.recording.states, f"{victim} behind byte {one.offset} of {one.recording.keys!r}"
        orders, drafts = books.orders(one.login), [d for d in books.drafts(one.login) if d]
        if len(orders) > 1:
            self.doubled.append((where, orders))
        if number and number not in [have for have, _ in orders]:
            self.lost.append((where, f"order {number}", orders))
        if orders:
            self.placed += 1
            if orders[0][1] != states[-1]:
                self.wrong.append((where, orders, states[-1]))
            return
        self.drafts += bool(drafts)
        self.copies += max(len(drafts) - 1, 0)
        at_least = states[accepted:]
        if at_least[0] and not any(draft in at_least for draft in drafts):
            self.lost.append((where, at_least[0], drafts, "\n".join(one.last_rows)))


def type_all(sessions, rng, part=1.0):
    """All of them key at the same time, each up to its offset, or to a part of that."""
    busy = list(sessions)
    while busy:
        one = rng.choice(busy)
        if one.type(rng, int(one.offset * part)):
            busy.remove(one)
        if rng.random() < 0.3:
            time.sleep(rng.random() * 0.004)


def round_of_clients(victim, sessions, rng, books, figures, between=None):
    for one in sessions:
        time.sleep(rng.random() * 0.02)
        one.kill()
        one.last_rows = one.pane.rows()
    told = [one.accepted() for one in sessions]
    if between:
        between()
    for one in sessions:
        one.start()
        if rng.random() < 0.3:
            one.die_recovering(rng)
    for one in sessions:
        one.sign_on()
    for one in sessions:
        wait_for("what was lost to be brought back", PATIENCE, one.recovered)
    for one, (accepted, number) in zip(sessions, told, strict=True):
        figures.judge(victim, one, books, accepted, number)


def round_of(victim, s, link, sessions, rng, books, figures):
    time.sleep(rng.random() * 0.02)
    KILLS[victim](s, rng, link)
    for one in sessions:
        one.last_rows = one.pane.rows()
        while not one.type(rng, len(one.recording.keys)):
            pass
    for one in sessions:
        one.finish()
    wait_for("the server to be ready again", PATIENCE, s.ready, 0.05)
    for one in sessions:
        figures.judge(victim, one, books, len(one.recording.states) - 1, one.placed())


def run(s, link, sessions, rng, figures):
    skus = [sku for _, sku in shop.plain_skus(s, 200)]
    buyers, books, point = shop.buyers(s, 1000), Books(s), 0
    while point < POINTS:
        victim = VICTIMS[(point // SESSIONS) % len(VICTIMS)]
        books.tidy()
        for one in sessions:
            recording = Recording(rng, buyers[point % len(buyers)], skus)
            one.begin(recording, point * EVERY % (len(recording.keys) + 1))
            figures.offsets.add(one.offset)
            point += 1
        begun = time.monotonic()
        if victim == "both":
            type_all(sessions, rng, rng.random())
            link.kill()
        type_all(sessions, rng)
        if victim == "both":
            round_of_clients(victim, sessions, rng, books, figures, link.start)
        elif victim == "client":
            round_of_clients(victim, sessions, rng, books, figures)
        else:
            round_of(victim, s, link, sessions, rng, books, figures)
        figures.seconds[victim] += time.monotonic() - begun


def make_logins(s):
    logins = [f"K-{i + 1:02}" for i in range(SESSIONS)]
    for login in logins:
        subprocess.run([program("partylinectl"), "--embedded", s.folder, "user", "add", login, "--name", login,
                        "--role", "operator", "--market", "GB", "--password-stdin"], input=PASSWORD + "\n", text=True,
                       check=True, capture_output=True)
    return logins


def main():
    print(f"seed {SEED}", flush=True)
    rng, figures, begun = random.Random(SEED), Figures(), time.monotonic()
    with service("--workers", "2", conf="sign_in_per_address = 100000\n") as s:
        link, sessions = Link(s.port), []
        try:
            shop.fill_up(s, shop.plain_skus(s, 200))
            ca = os.path.join(s.folder, "ca.pem")
            sessions = [Session(login, f"https://localhost:{link.port}", ca) for login in make_logins(s)]
            for one in sessions:
                one.sign_on()
            started = time.monotonic()
            run(s, link, sessions, rng, figures)
            seconds = time.monotonic() - started
        finally:
            for one in sessions:
                one.close()
            link.kill()
        total = sum(figures.points.values())
        print(f"{total} points in {seconds:.0f} s ({seconds / total:.2f} s each; {started - begun:.0f} s to begin): " +
              ", ".join(f"{who} {n} in {figures.seconds[who]:.0f} s" for who, n in figures.points.items()) +
              f"; {len(figures.offsets)} different offsets; placed {figures.placed}, drafts {figures.drafts}, "
              f"recovered copies {figures.copies}, F9 once more {sum(one.again for one in sessions)}")
        if JOURNAL:
            cases.equal("no line that was accepted is missing", figures.lost[:3], [])
        else:
            print(f"without the journals: {len(figures.lost)} times something was lost")
            cases.check("without the journals lines are lost, and the test sees it", figures.lost)
        cases.equal("no order is placed twice", figures.doubled[:3], [])
        cases.equal("every order holds what was keyed", figures.wrong[:3], [])
        cases.check("every point was tried", total >= POINTS, total)
        cases.equal("books, stock and reservations agree", s.ctl("check", check=False).returncode, 0)
    cases.end()


main()
