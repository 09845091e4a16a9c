"""A client with 50,000 items, 200 promotions and an order of 1,000 lines: how much comes to it and how soon it
prices, how soon each screen stands, and the memory."""
import glob
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../fault"), os.path.join(HERE, "../tui")]
import shop  # noqa: E402
from pty_client import F9, PtyClient  # noqa: E402
from served import PASSWORD, program  # noqa: E402
from service import wait_for  # noqa: E402

ITEMS, PROMOTIONS, LINES, TIMES = 50_000, 200, 1000, 20
MEMORY_MB, PAUSE_MS, SNAPSHOT_MB, USABLE_MS = 64, 100, 1.5, 1000
PAGE_UP, PAGE_DOWN, F12 = b"\033[5~", b"\033[6~", b"\033[24~"


def bring_in(s, kind, head, rows):
    path = os.path.join(s.home, kind + ".csv")
    shop.write_lines(path, [head, *rows])
    os.chmod(path, 0o644)
    done = subprocess.run([program("partylinectl"), "--embedded", s.folder, "import", kind, path],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return done.stdout.strip()


# What names are made of: few are alike, so that the catalogue does not pack better than a real one.
KINDS = "velvet amber satin linen cedar copper marble meadow winter garden orchid harbour silver cotton willow ember".split()
SCENTS = "rose lemon musk vanilla ginger jasmine sandal fig mint pepper cherry lavender honey coconut iris neroli".split()
GOODS = "cream serum balm candle towel knife bowl soap mask lotion brush scarf kettle apron perfume shampoo".split()


def names(rng):
    while True:
        yield (f"{rng.choice(KINDS).title()} {rng.choice(SCENTS)} {rng.choice(GOODS)} {rng.randint(1, 99) * 5} "
               f"{rng.choice(['ml', 'g', 'cm', 'set'])} no. {rng.randint(1, 999)}")


def fill(s, rng):
    """Old numbers without check digit: there are not so many of five digits with one."""
    have = {sku for sku, in s.query("SELECT sku FROM item")}
    skus = rng.sample(sorted({str(n) for n in range(10_000, 100_000)} - have), ITEMS - len(have))
    group = s.query("SELECT code FROM item_group ORDER BY id LIMIT 1")[0][0]
    lists = s.query("""SELECT code, audience FROM price_list WHERE market = 'GB' AND valid @> business_date('GB')
                        AND audience IN ('retail', 'distributor')""")
    bring_in(s, "items", "sku,name,spoken,group,legacy,back_order",
             [f"{sku},{name},{name.lower()},{group},yes,yes" for sku, name in zip(skus, names(rng))])
    bring_in(s, "prices", "market,list,audience,sku,amount,cv,pv,legacy",
             [f"GB,{code},{audience},{sku},{rng.randint(100, 9999) / 100:.2f},1.00,1.00,yes"
              for code, audience in lists for sku in skus])
    wait_for("the catalogue of the server", 60, lambda: all(
        s.call("GET", f"/api/v1/items/{skus[-1]}?market=GB", token=s.token())[2].get("price")
        for _ in range(8)), 0.5)  # of each of its processes
    return skus


def promote(s, rng, skus):
    """Published promotions as a company has them: of a group or of a few items, a third not with others."""
    groups = [code for code, in s.query("SELECT code FROM item_group ORDER BY id")]

    def goods():
        return f"group {rng.choice(groups)}" if rng.random() < 0.6 else ", ".join(rng.sample(skus, 3))

    def text(code):
        when = rng.choice(["when order 50.00\n", f"when spend {rng.randint(2, 10) * 10}.00 on {goods()}\n",
                           f"when quantity {rng.randint(2, 5)} of {goods()}\n"])
        give = rng.choice([f"give {rng.randint(1, 8) * 5}% off {goods()}", f"each\ngive cheapest: buy 2 get 1 free of {goods()}",
                           f"give gift {rng.choice(skus)}", f"give {rng.randint(1, 9)}.00 off {goods()}"])
        beside = f"not with T{rng.randrange(12)}\n" if rng.random() < 0.33 else ""
        return f"promotion {code}\n{beside}{when}{give}\n"

    for code in (f"SIZE{n:03}" for n in range(PROMOTIONS)):
        s.query(f"""WITH p AS (INSERT INTO promotion (code, market, state) VALUES ('{code}', 'GB', 'published') RETURNING id)
            INSERT INTO promotion_version (promotion_id, version, text, valid, limit_uses, limit_person, limit_budget)
            SELECT id, 1, '{text(code)}', '(,)', 0, 0, 0 FROM p RETURNING promotion_id""")
    version = s.query("SELECT version FROM catalogue_version")[0][0]
    nothing = shop.draft(shop.buyers(s, 1)[0], [])
    wait_for("the promotions at the server", 120, lambda: all(  # of each of its processes
        int(s.call("POST", "/api/v1/quotes", nothing, token=s.token())[2]["catalogue_version"]) >= version for _ in range(8)), 0.5)


def arrives(say, s, client, begun):
    """What came of the catalogue, and when it was read; `begun`: the Enter behind the password."""
    pattern = os.path.join(s.home, ".cache/partyline/catalogue-????????????????")
    wait_for("the catalogue at the client", 30, lambda: [client.settle(0.01), glob.glob(pattern)][1], 0.01)
    file = os.stat(glob.glob(pattern)[0])
    megabytes, took = file.st_size / 1e6, (file.st_mtime - begun) * 1000
    say(f"    catalogue, packed      {megabytes:8.2f} MB   at most {SNAPSHOT_MB}: {'yes' if megabytes <= SNAPSHOT_MB else 'NO'}")
    say(f"    Enter of the sign-on to prices of one's own, the first time {took:.0f} ms   "
        f"at most {USABLE_MS}: {'yes' if took <= USABLE_MS else 'NO'}")


class Screens:
    """Times one key after the other."""

    def __init__(self, client):
        self.client, self.took = client, {}

    def time(self, what, data, shows, seconds=60):
        begun = time.perf_counter()
        self.client.send(data)
        at = self.client.wait(shows, seconds)
        self.took.setdefault(what, []).append((at - begun) * 1000)
        self.client.settle(0.05)

    def title(self, what, data, title):
        self.time(what, data, lambda screen: title in screen.display[0])

    def turns(self, what, data):
        before = list(self.client.screen.display)
        self.time(what, data, lambda screen: screen.display[4:20] != before[4:20])


def keys(screens, skus):
    last = f".{LINES}*"
    screens.turns("a page up", PAGE_UP)
    screens.turns("a page down", PAGE_DOWN)
    for quantity in ("7", "8"):
        screens.client.send((last + quantity).encode())
        screens.client.settle(0.05)
        screens.time("a quantity", b"\r", lambda screen, q=quantity: any(
            row.split()[:1] == [str(LINES)] and f" {q} " in row for row in screen.display))
    screens.title("review", F9, "REVIEW")
    screens.title("back to the order", F12, "ORDER")
    screens.title("stock", b"s" + skus[0].encode() + b"\r", "STOCK")
    screens.title("back to the order", F12, "ORDER")
    screens.title("find", b"velvet cream\r", "FIND")
    screens.title("back to the order", F12, "ORDER")


def report(say, took, megabytes):
    say("                             median     most")
    for what, times in took.items():
        times.sort()
        middle = times[len(times) // 2]
        verdict = "" if "paste" in what else f"   at most {PAUSE_MS}: {'yes' if middle <= PAUSE_MS else 'NO'}"
        say(f"    {what:22} {middle:8.1f} {times[-1]:8.1f} ms of {len(times):3}{verdict}")
    say(f"    memory of the client at most {MEMORY_MB} MB: {megabytes:.1f} {'yes' if megabytes <= MEMORY_MB else 'NO'}")


def run(say, s, rng):
    """Says the figures; the client's greatest memory in megabytes."""
    import pyte
    begun = time.monotonic()
    skus = fill(s, rng)
    promote(s, rng, skus)
    say(f"size: {ITEMS} items, {PROMOTIONS} promotions, brought in within {time.monotonic() - begun:.0f} s; {LINES} lines pasted")
    client = PtyClient(f"https://localhost:{s.port}", os.path.join(s.folder, "ca.pem"), "CC-07", pyte.Screen(80, 24),
                       HOME=s.home)
    client.wait("Password")
    begun = time.time()
    client.sign_on(PASSWORD)
    arrives(say, s, client, begun)
    client.send(shop.buyers(s, 1)[0].encode() + b"\r")
    client.wait("Balance")
    screens = Screens(client)
    paste = "\n".join(f"{rng.randint(1, 9)}*{sku}" for sku in rng.sample(skus, LINES))
    screens.time("the paste, priced", b"\033[200~" + paste.encode() + b"\n\033[201~",
                 lambda screen: any(row.startswith(f" {LINES} ") for row in screen.display) and
                 any(row.startswith(" TOTAL ") and ".." not in row for row in screen.display))
    screens.time("the paste, confirmed", b"", lambda screen: f"pending 0 of {LINES}" in screen.display[22])
    for _ in range(TIMES):
        keys(screens, skus)
    megabytes = client.high_water_kb() / 1024
    report(say, screens.took, megabytes)
    client.close()
    return megabytes
