"""Orders through the interface beside pgbench with the same statements: as they are, and paid by a stored card."""
import hashlib
import os
import statistics
import time

import shop
import statements
from served import ulid
from service import wait_for
from tools import CLIENTS, CONF, SECONDS, SEED, Cpu, at_most, pgbench, reach, rng, say, split

BUYERS = 40
CLEARED = 4000  # answers of the payment provider that are waited for


def prepare(s):
    """A hundred orders of five lines, as bodies for the API."""
    items = shop.plain_skus(s, 300)
    shop.fill_up(s, items)
    return shop.write_lines(os.path.join(s.home, "orders"), shop.order_bodies(s, rng, items, 100))


def script_of(s, path):
    """What the bodies in `path` make the server ask, as statements for pgbench."""
    numbers = []
    # Each body once through the API, so that its arguments can be read back.
    with open(path, encoding="utf-8") as bodies:
        for body in bodies:
            status, _, placed = s.call("POST", "/api/v1/orders", raw=body.strip().encode(), token=s.token(),
                                       headers={"Idempotency-Key": ulid()})
            assert status == 201, placed
            numbers.append(placed["number"])
    script = path + ".pgbench"
    token_hash = hashlib.sha256(s.token().encode()).hexdigest()
    assert s.query("SELECT count(*) FROM session WHERE token_hash = %s::bytea", "\\x" + token_hash)[0][0] == 1
    with open(script, "w", encoding="utf-8") as file:
        file.write(statements.order_script(s, numbers, token_hash))
    return script


def measure(s, path, title, goal):
    script = script_of(s, path)
    say(f"{title:34} {'API':>9} {'pgbench':>9}  ratio   p50 / p99 ms    CPU/order, user+system: server, PostgreSQL")
    for clients in (1, CLIENTS):
        ours, theirs, cpu, database, placed, figures = [], [], [0, 0], [0, 0], 0, None
        for _ in range(2):  # turn by turn, so that a slow moment of the machine meets both
            rate, least = pgbench(s, script, clients, SECONDS)
            theirs.append(rate)
            server, backends = Cpu(s.workers()), Cpu(s.backends())
            figures = s.load("orders", "--connections", clients, "--seconds", SECONDS, "--input", path, "--seed",
                             rng.randrange(2**31))
            cpu = [a + b for a, b in zip(cpu, server.used(), strict=True)]
            database = [a + b for a, b in zip(database, backends.used(), strict=True)]
            placed += figures["done"]
            ours.append(figures["rate"])
            assert not figures["refused"] and not figures["unsure"], figures
        a, b = statistics.mean(ours), statistics.mean(theirs)
        say(f"{f'a second at {clients} clients':34} {a:9.0f} {b:9.0f}  {a / b:5.2f} "
            f"{figures['p50_us'] / 1000:7.2f} / {figures['p99_us'] / 1000:<7.2f} "
            f"{split(cpu, placed)}, {split(database, placed)}")
        say(f"    {reach(goal, a / b)}; {at_most(150, sum(cpu) / placed, 'us of server CPU')} "
            f"(pgbench itself {split(least, 1)})")


def orders(s):
    measure(s, prepare(s), "5-line orders", 0.7)
    count, wal = s.query("SELECT count(*), pg_size_pretty(pg_database_size('partyline')) FROM orders")[0]
    say(f"    {count} orders in the database of {wal}")


# ---- paid by a stored card ------------------------------------------------------------------------

def served_again(s, more=""):
    """The same company with other settings."""
    assert s.stop(), s.last_words()
    with open(s.conf, "w", encoding="utf-8") as file:
        file.write(CONF + more)
    s.start()


def asked(s):
    return s.query("SELECT count(*) FROM gateway_task WHERE state IN ('waiting', 'busy') AND act = 'authorise'")[0][0]


def authorised(s):
    return s.query("SELECT count(*) FROM payment WHERE state = 'authorised'")[0][0]


def cleared(s):
    """How many of those that have gathered are authorised in a second, while nothing else happens."""
    cpus = {"gateway": Cpu(s.gateway()), "sandbox": Cpu(s.sandbox()), "PostgreSQL": Cpu(s.backends())}
    gathered, begun = asked(s), time.monotonic()
    wait_for("the provider's answers", 600, lambda: asked(s) <= max(gathered - CLEARED, 0), 0.2)
    seconds, done = time.monotonic() - begun, gathered - asked(s)
    say(f"    gateway and sandbox: {done / seconds:.0f} authorisations/s ({done} of {gathered} that had gathered); for each "
        + ", ".join(f"{name} {split(cpu.used(), done)}" for name, cpu in cpus.items()))


def beside(s, path):
    """New orders, and the provider's answers, at the same time."""
    before, gathered = authorised(s), asked(s)
    figures = s.load("orders", "--connections", CLIENTS, "--seconds", SECONDS, "--input", path, "--seed", SEED)
    say(f"    at the same time, while {gathered} wait: {figures['rate']:.0f} orders/s at {CLIENTS} clients, "
        f"{(authorised(s) - before) / figures['seconds']:.0f} authorisations/s")


def tokens(s):
    """The order's COMMIT, with what the provider is to be asked; that it is asked is measured behind it. So the
    gateway does not run while the two are compared."""
    items = shop.plain_skus(s, 300)
    shop.fill_up(s, items)
    cards = shop.cards(s, shop.buyers(s, BUYERS))
    path = shop.write_lines(os.path.join(s.home, "paid"), shop.order_bodies(
        s, rng, items, 100, nbuyers=BUYERS, pay=lambda buyer, total: [{"kind": "token", "amount": total, "ref": cards[buyer]}]))
    served_again(s, 'gateway_url = "none"\n')
    assert not s.gateway() and not s.sandbox()
    measure(s, path, "paid by a stored card, gateway off", 0.6)
    served_again(s)
    cleared(s)
    beside(s, path)
