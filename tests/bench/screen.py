"""What an operator feels: from a key to its character, from Enter to the price, over links of several
delays, in a pseudo terminal with the real client and server; and the bytes that an order draws."""
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../fault"), os.path.join(HERE, "../tui")]
import shop  # noqa: E402
from delay_proxy import delay_proxy  # noqa: E402
from pty_client import F9, PtyClient  # noqa: E402
from served import PASSWORD  # noqa: E402

ROUND_TRIPS = (0, 200, 500)  # ms
ECHO_MS, PRICED_MS, ORDER_BYTES = 5, 16, 2048
KEY_PAUSE = 0.015  # between keys, as at more than 60 a second
ENTRY_ROW = 22
PRICED_WITHIN = 3.0  # seconds; one that takes longer is counted with them


def spread(seconds):
    """Milliseconds: p50, p95, p99, the longest."""
    order = sorted(seconds)
    return [order[min(len(order) * q // 100, len(order) - 1)] * 1000 for q in (50, 95, 99, 100)]


def spread_of(numbers):
    """The median and the most."""
    order = sorted(numbers)
    return order[len(order) // 2], order[-1]


def report(say, title, seconds, limit):
    p50, p95, p99, most = spread(seconds)
    say(f"    {title:22} {p50:8.2f} {p95:8.2f} {p99:8.2f} {most:8.2f} ms of {len(seconds):4}   "
        f"at most {limit} ms at p99: {'yes' if p99 <= limit else 'NO'}")


def processor_seconds(pid):
    with open(f"/proc/{pid}/schedstat", encoding="utf-8") as file:
        return int(file.read().split()[0]) / 1e9


class Keys:
    """Keys a line and times it."""

    def __init__(self, client):
        self.client, self.echoes, self.priced, self.first, self.worked = client, [], [], [], []

    def key(self, character, shown):
        """One key; until the entry line begins with what was typed up to it."""
        client, worked = self.client, processor_seconds(self.client.pid)
        begun = time.perf_counter()
        client.send(character.encode())
        at = client.wait(lambda screen: screen.display[ENTRY_ROW].startswith("> " + shown))
        self.echoes.append(at - begun)
        self.worked.append(processor_seconds(client.pid) - worked)
        end = time.perf_counter() + KEY_PAUSE
        while (left := end - time.perf_counter()) > 0:
            client.read(left)

    def line(self, text, shown=None, took=None):
        """A line and Enter; until a row fits the pattern, and into `took` how long that was."""
        for typed, character in enumerate(text, 1):
            self.key(character, text[:typed])
        begun = time.perf_counter()
        self.client.send(b"\r")
        if not shown:
            self.client.wait(lambda screen: screen.display[ENTRY_ROW].startswith(">  "))
            return
        try:
            at = self.client.wait(lambda screen: any(map(shown.search, screen.display)), PRICED_WITHIN)
        except TimeoutError:
            at = begun + PRICED_WITHIN
        took.append(at - begun)


def five_lines(keys, buyer, skus, quantities, greets):
    """Who greets the caller by name has the person's rank by then, which the prices depend on; who does
    not, waits for it with the first line, if the person is new on this client."""
    keys.line(buyer)
    if greets:
        keys.client.wait(lambda screen: "Balance" in screen.display[1])
    for number, (sku, quantity) in enumerate(zip(skus, quantities), 1):
        text = sku if quantity == 1 else f"{quantity}*{sku}"
        keys.line(text, re.compile(rf"^ *{number} {sku} .* {quantity} +\d[\d,]*\.\d\d +\d[\d,]*\.\d\d "),
                  keys.first if number == 1 and not greets else keys.priced)


def place(client):
    """Until the number is shown, which the last order's is not; the first F9 F9 may be asked whether a like
    order is meant."""
    def placed(screen):
        return [found[1] for row in screen.display if (found := re.search(r"placed (\d+)", row))]

    last = placed(client.screen)
    client.send(F9)
    client.wait(lambda screen: any(re.search("READ BACK  [A-Z]", row) for row in screen.display))
    client.send(F9)
    client.wait(lambda screen: placed(screen) not in ([], last) or any("F9 again" in row for row in screen.display))
    if placed(client.screen) in ([], last):
        client.send(F9)
        client.wait(lambda screen: placed(screen) not in ([], last))


def goods(s, promoted):
    """SKUs of kitchenware, where a promotion has something to say with each line, or of goods that none names."""
    departments = ["KITCHENWARE"] if promoted else ["FRAGRANCE", "BODY", "MAKEUP", "JEWELLERY"]
    named = {item for item, in s.query("""SELECT i.id FROM item i JOIN item_group g ON g.id = i.group_id
        JOIN item_group d ON d.id = coalesce(g.parent_id, g.id) WHERE d.code = ANY (%s) AND g.code <> 'CANDLES'""", departments)}
    items = [(item, sku) for item, sku in shop.plain_skus(s, 2000) if item in named][:60]
    shop.fill_up(s, items, 5000)
    return [sku for _, sku in items]


def at_delay(say, s, rtt, orders, rng, items, limit=ORDER_BYTES):
    import pyte
    who = shop.buyers(s, 40)
    with delay_proxy(s.port, rtt=rtt / 1000) as link:
        client = PtyClient(f"https://localhost:{link.port}", os.path.join(s.folder, "ca.pem"), "CC-07",
                           pyte.Screen(80, 24))
        client.sign_on(PASSWORD)
        client.settle(2 + 4 * rtt / 1000)  # the catalogue comes behind the screens
        keys, drawn = Keys(client), []
        for number in range(orders):
            before = client.received
            five_lines(keys, rng.choice(who), rng.sample(items, 5), [1, 1, 2, 1, 3], number % 2 == 0)
            place(client)
            drawn.append(client.received - before)
            client.settle(0.1)
        client.close()
    say(f"  round trip {rtt} ms            p50      p95      p99     most")
    report(say, "key to its character", keys.echoes, ECHO_MS)
    report(say, "  its processor time", keys.worked, ECHO_MS)  # what a busy machine does not add to
    report(say, "Enter to the price", keys.priced, PRICED_MS)
    if keys.first:
        say(f"      of a first line at once behind a new number: {spread(keys.first)[0]:.0f} ms, "
            f"at most {spread(keys.first)[3]:.0f} ms")
    first, median, most = drawn[0], *spread_of(drawn[1:])
    say(f"    bytes drawn per order of 5 lines: median {median}, max {most}"
        + (f"   reach {limit}: {'yes' if most <= limit else 'NO'}" if limit else "")
        + f"; the first, which draws the table, too: {first}")


def run(say, s, orders, rng):
    say("screen: a client in a terminal of 80x24, keys one by one")
    for rtt in ROUND_TRIPS:
        at_delay(say, s, rtt, orders, rng, goods(s, False))
    say("  with a promotion's word on each line:")
    at_delay(say, s, 0, orders, rng, goods(s, True), None)
