"""A client with 50,000 items and an order of 1,000 lines: how soon each screen stands, and the memory."""
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

ITEMS, LINES, TIMES = 50_000, 1000, 20
MEMORY_MB, PAUSE_MS = 64, 100
PAGE_UP, PAGE_DOWN, F12 = b"\033[5~", b"\033[6~", b"\033[24~"


def bring_in(s, kind, head, rows):
    path = os.path.join(s.home, kind + ".csv")
    shop.write_lines(path, [head, *rows])
    os.chmod(path, 0o644)
    done = subprocess.run([program("partylinectl"), "--embedded", s.folder, "import", kind, path],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return done.stdout.strip()


def fill(s, rng):
    """Old numbers without check digit: there are not so many of five digits with one."""
    have = {sku for sku, in s.query("SELECT sku FROM item")}
    skus = rng.sample(sorted({str(n) for n in range(10_000, 100_000)} - have), ITEMS - len(have))
    group = s.query("SELECT code FROM item_group ORDER BY id LIMIT 1")[0][0]
    lists = s.query("""SELECT code, audience FROM price_list WHERE market = 'GB' AND valid @> business_date('GB')
                        AND audience IN ('retail', 'distributor')""")
    bring_in(s, "items", "sku,name,spoken,group,legacy,back_order",
             [f"{sku},Article {sku} of the large catalogue,article {sku},{group},yes,yes" for sku in skus])
    bring_in(s, "prices", "market,list,audience,sku,amount,cv,pv,legacy",
             [f"GB,{code},{audience},{sku},{rng.randint(100, 9999) / 100:.2f},1.00,1.00,yes"
              for code, audience in lists for sku in skus])
    wait_for("the catalogue of the server", 60, lambda: all(
        s.call("GET", f"/api/v1/items/{skus[-1]}?market=GB", token=s.token())[2].get("price")
        for _ in range(8)), 0.5)  # of each of its processes
    return skus


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
    screens.title("find", b"article large\r", "FIND")
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
    say(f"size: {ITEMS} items, brought in within {time.monotonic() - begun:.0f} s; {LINES} lines pasted")
    client = PtyClient(f"https://localhost:{s.port}", os.path.join(s.folder, "ca.pem"), "CC-07", pyte.Screen(80, 24),
                       HOME=s.home)
    client.sign_on(PASSWORD)
    client.settle(3)  # the catalogue comes behind the screens
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
