"""Orders while everything dies: clients that retry by key, kills at random moments, and a checker that
knows only the database and what the clients were told."""
import json
import os
import random
import signal
import subprocess
import sys
import time

import shop
from service import alive, children, command_line, kill_all, service, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = 16
RECOVER_S = 60


class Plan:
    """How many orders, and how often who is killed."""

    def __init__(self, orders, workers=0, all_workers=0, parents=0, databases=0, backends=0):
        self.orders = orders
        self.kills = {"worker": workers, "all workers": all_workers, "parent": parents, "database": databases,
                      "backend": backends}

    def schedule(self, rng):
        """(orders acknowledged before it, who), in order: random moments over the whole run."""
        names = [name for name, n in self.kills.items() for _ in range(n)]
        rng.shuffle(names)
        return sorted(zip((rng.randrange(1, int(self.orders * 0.97)) for _ in names), names, strict=True))


def kill_worker(s, rng):
    kill_all([rng.choice(wait_for("a worker", RECOVER_S, s.workers))])


def kill_workers(s, _rng):
    kill_all(wait_for("a worker", RECOVER_S, s.workers))


def kill_parent(s, rng):
    """Alone, or with its workers; workers left over finish what they have and end by themselves. The
    next parent adopts PostgreSQL."""
    workers = s.workers()
    s.kill_parent()
    if rng.random() < 0.5:
        kill_all(workers)
    # One that it had just begun to start is not among them: the port tells.
    wait_for("the workers of a killed parent to end", RECOVER_S, s.port_is_free)
    s.start()


def kill_database(s, rng):
    """The postmaster and all its children, as nearly at once as can be. Its background writer of the log
    is held up a moment before, as by a busy disk: it must not be what commits depend on."""
    postmaster = wait_for("PostgreSQL", RECOVER_S, s.postmaster)
    for pid in children(postmaster):
        if "walwriter" in command_line(pid):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(rng.random() * 0.05)
    kill_all([postmaster, *children(postmaster)])


def kill_backend(s, rng):
    kill_all([rng.choice(wait_for("a backend", RECOVER_S, s.backends))])


KILLS = {"worker": kill_worker, "all workers": kill_workers, "parent": kill_parent, "database": kill_database,
         "backend": kill_backend}


class AckFile:
    """How many acknowledgements the clients have written so far."""

    def __init__(self, path):
        self.path, self.at, self.lines = path, 0, 0

    def count(self):
        try:
            with open(self.path, "rb") as file:
                file.seek(self.at)
                text = file.read()
        except OSError:
            return 0
        self.at += len(text)
        self.lines += text.count(b"\n")
        return self.lines


def drive(s, plan, rng, clients, acks):
    """Kills by the plan while `clients` works; the seconds it took."""
    begun, file = time.monotonic(), AckFile(acks)
    for at, who in plan.schedule(rng):
        wait_for(f"order {at}", 300, lambda at=at: file.count() >= at or clients.poll() is not None, 0.002)
        if clients.poll() is not None:
            break
        time.sleep(rng.random() * 0.03)  # so that the moment has nothing to do with an acknowledgement
        KILLS[who](s, rng)
    clients.wait(600)
    return time.monotonic() - begun


def check(s, acks, since):
    done = subprocess.run([sys.executable, os.path.join(HERE, "checker"), s.conninfo(), acks, "--since", str(since)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    if not done.stdout:
        raise RuntimeError("the checker failed: " + done.stderr)
    return json.loads(done.stdout)


def settle(s):
    """Everything that was killed is back, and nothing is left of what was killed."""
    wait_for("PostgreSQL", RECOVER_S, s.postmaster)
    wait_for("the server to be ready again", RECOVER_S, s.ready, 0.05)


def newest_order(s):
    return s.query("SELECT coalesce(max(id), 0) FROM orders")[0][0]


def run(plan, seed, prepare=None):
    """One run on a new server; (what the checker found, the clients' figures, the rest)."""
    rng = random.Random(seed)
    with service() as s:
        items = shop.plain_skus(s, 60)
        shop.fill_up(s, items)
        bodies = shop.write_lines(os.path.join(s.home, "bodies"), shop.order_bodies(s, rng, items, 1500))
        if prepare:
            prepare(s)
        acks, since = os.path.join(s.home, "acks"), newest_order(s)
        clients = subprocess.Popen(
            s.load_command("orders", "--connections", CLIENTS, "--count", plan.orders, "--input", bodies,
                           "--acks", acks, "--seed", seed),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            seconds = drive(s, plan, rng, clients, acks)
        except BaseException:
            clients.kill()
            raise
        finally:
            said, complaints = clients.communicate()
        figures = json.loads(said)
        settle(s)
        found = check(s, acks, since)
        orphans = [pid for pid in children(1, "partylined") if alive(pid) and data_of(pid) == s.folder]
        ctl = s.ctl("check", check=False)
        stopped = s.stop()
        return found, figures, {"seconds": seconds, "starts": s.starts, "orphans": orphans, "stopped": stopped,
                                "complaints": complaints, "ctl": (ctl.returncode, (ctl.stdout + ctl.stderr).strip())}


def data_of(pid):
    words = command_line(pid).split("\0")
    return words[words.index("--embedded") + 1] if "--embedded" in words else None


# ---- what must make the test fail ---------------------------------------------------------------

def without_key_check(s):
    """The server's look before pricing, the check in order_place and the unique key: all gone."""
    body = s.query("SELECT pg_get_functiondef('order_place'::regproc)")[0][0]
    mutant = body.replace("x.key = a_key", "x.key = a_key AND false").replace("ON CONFLICT (key) DO NOTHING", "")
    assert mutant.count("AND false") >= 2 and "(key)" not in mutant, "order_place does not look as expected"
    s.query(mutant)
    name, = s.query("""SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'u'
                        AND pg_get_constraintdef(oid) = 'UNIQUE (key)'""")[0]
    s.query(f'ALTER TABLE orders DROP CONSTRAINT "{name}"')
    # Row security hides all orders from the server's role, not from order_place, which is the owner's.
    s.query("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")


def without_flush(s):
    """Commits are answered before they are on the disk; the server's check of its connections, which
    looks at the setting before the first transaction, does not see it."""
    s.query("""CREATE FUNCTION answer_too_early() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN PERFORM set_config('synchronous_commit', 'off', true); RETURN NEW; END $$""")
    s.query("CREATE TRIGGER answer_too_early BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION answer_too_early()")
    s.query("ALTER SYSTEM SET wal_writer_delay = '10s'")
    s.query("ALTER SYSTEM SET wal_writer_flush_after = 0")
    s.query("SELECT pg_reload_conf()")
