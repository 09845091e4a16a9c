"""Operators at work: streams of keys as people make them, with their slips and corrections, and the
model of what they must come to (operator_model.py). A stream yields steps:

    Keys(data, count)                     typed whatever the client is doing just then
    Look(data, shows, what, again, count) typed, and then the operator reads the screen until `shows`

and is sent back the screen behind a Look. Nothing in a stream depends on time."""
import collections
import re

import operator_model

Keys = collections.namedtuple("Keys", "data count")
Look = collections.namedtuple("Look", "data shows what again count")

REDRAW = b"\x0c"
# The same key as several terminals send it, and as it is typed where there is none.
FUNCTION = {
    1: [b"\033OP", b"\033[11~", b"\033[[A", b"\0331", b"/1\r"],
    6: [b"\033[17~", b"\033OU", b"\0336", b"/6\r"],
    7: [b"\033[18~", b"\033OV", b"\0337"],
    9: [b"\033[20~", b"\033OX", b"\0339", b"/9\r"],
    12: [b"\033[24~", b"\033O[", b"\033\033"],
}
ENTER = [b"\r", b"\r", b"\r", b"\n", b"\033OM"]
KEYPAD = {**{str(d): b"\033O" + bytes([ord("p") + d]) for d in range(10)},
          "*": b"\033Oj", "+": b"\033Ok", "-": b"\033Om", ".": b"\033On"}
NOTES = ["ring twice", "leave at no 5", "gift, please wrap", "\u8bf7\u653e\u95e8\u53e3", "caf\u00e9 next door", "side door"]


class Shop:
    """What there is to be ordered, and by whom: `items` {sku: name} with plenty of stock, `buyers`
    {number: name}, `missing`: numbers of no item."""

    def __init__(self, items, buyers, missing):
        self.items, self.buyers, self.missing = items, buyers, missing
        self.skus, self.numbers = sorted(items), sorted(buyers)


def bumped(digit, by):
    return str((int(digit) + by) % 10)


class Stream:
    def __init__(self, rng, shop):
        self.rng, self.shop = rng, shop
        self.model, self.seen = operator_model.Operator(), set()
        self.last = None  # what Up brings back
        self.typed = collections.deque(maxlen=60)  # for a report

    # ---- keys

    def chance(self, p):
        return self.rng.random() < p

    def keys(self, data, count):
        self.typed.append(data)
        if self.model.order:
            self.model.order.history.append(data)
        return Keys(data, count)

    def look(self, data, count, shows, what, again=REDRAW):
        self.typed.append(b"<look: %s>" % what.encode() + data)
        return Look(data, shows, what, again, count)

    def f(self, number):
        data = self.rng.choice(FUNCTION[number])
        if data.startswith(b"/"):
            self.last = None
        return self.keys(data, len(data) if data.startswith(b"/") else 1)

    def text(self, text):
        """The characters, at times mistyped and mended, or from the number pad: (bytes, keys)."""
        data, count, pad = [], 0, self.chance(0.1) and text[0] not in "/"
        for character in text:
            if self.chance(0.01):
                slip = [b"7\x7f", b"x\x08", b"12\x7f\x7f", b"9\033[D\033[3~"][self.rng.randrange(4)]
                data.append(slip)
                count += 2 if len(slip) == 2 else 4
            data.append(KEYPAD.get(character, character.encode()) if pad else character.encode())
            count += 1
        if self.chance(0.01):  # all wrong: away with it, and again
            data, count = data + [b"\x15", text.encode()], count + 1 + len(text)
        return b"".join(data), count

    def line(self, text):
        data, count = self.text(text)
        self.last = text
        return self.keys(data + self.rng.choice(ENTER), count + 1)

    # ---- reading the screen

    def sync(self):
        """Until everything typed so far has been taken: the redrawing key is taken in its turn."""
        yield self.look(REDRAW, 1, lambda rows: "PLACING" not in rows[20], "all keys taken")

    # ---- lines

    def quantity(self):
        return 1 if self.chance(0.6) else self.rng.randint(2, 40)

    def item(self, sku, qty):
        """The forms of `qty` pieces of an item."""
        forms = [f"{qty}*{sku}", f"{sku} {qty}"] + [sku, sku] * (qty == 1)
        return self.rng.choice(forms)

    def add(self):
        sku, qty = self.rng.choice(self.shop.skus), self.quantity()
        self.model.open().add((sku, qty))
        yield self.line(self.item(sku, qty))

    def again(self):
        """Up and Enter: the same item once more."""
        if self.last and re.fullmatch(r"\d{5}", self.last) and self.last in self.shop.items:
            self.model.open().add((self.last, 1))
            yield self.keys(b"\033[A\r", 2)

    def paste(self):
        """Lines out of a message: one step of undo."""
        lines = [(self.rng.choice(self.shop.skus), self.quantity()) for _ in range(self.rng.randint(2, 12))]
        self.model.open().add(*lines)
        texts = [self.item(*line) for line in lines]
        self.last = texts[-1]
        end = self.rng.choice(["\n", ""])
        yield self.keys(b"\033[200~" + ("\n".join(texts) + end).encode() + b"\033[201~", sum(len(t) + 1 for t in texts))

    def change(self):
        """Of a line that is there."""
        order = self.model.order
        number = self.rng.randint(1, len(order.lines))
        qty, more = order.lines[number - 1][1], self.rng.randint(1, 5)
        last = len(order.lines)
        kind = self.rng.randrange(6)
        if kind == 0:
            order.set(last, order.lines[-1][1] + 1)
            yield self.line("+")
        elif kind == 1:
            order.set(last, order.lines[-1][1] + more)
            yield self.line(f"+{more}")
        elif kind == 2:
            order.set(number, qty + more)
            yield self.line(f".{number}+{more}")
        elif kind == 3:
            order.set(number, 41 + more)
            yield self.line(f".{number}*{41 + more}")
        elif kind == 4 and last > 1:
            order.set(last, 0)
            yield self.line("-")
        elif last > 1:
            order.set(number, 0)
            yield self.line(f".{number}*0")

    def back_and_forth(self):
        """u and r, never farther back than what was keyed on the order since it was opened."""
        order = self.model.order
        back = self.rng.randint(1, 4)
        for _ in range(back):
            if order.at <= 1:
                return
            order.undo()
            yield self.line("u")
        for _ in range(self.rng.randint(0, back)):
            if order.at + 1 < len(order.steps):
                order.redo()
                yield self.line("r")

    def note(self):
        words = f"{self.rng.choice(NOTES)} {self.rng.randrange(1000)}"
        self.model.open().step(note=words)
        yield self.line(f"n {words}")

    def slip(self):
        """A number of no item: its row is seen, and taken away again in one of the ways there are."""
        order, sku = self.model.open(), self.rng.choice(self.shop.missing)
        order.add((sku, 1))
        yield self.line(sku)
        kind = self.rng.randrange(4)
        if kind == 0:
            order.undo()
            yield self.line("u")
        elif kind == 1:
            order.set(len(order.lines), 0)
            yield self.line("-")
        elif kind == 2:
            number = len(order.lines)
            yield from self.add()
            order.set(number, 0)
            yield self.line(f".{number}*0")
        else:
            yield from self.mend(sku)

    def mend(self, sku):
        """One of the candidates is taken by its digit."""
        order = self.model.order
        found = re.compile(r"(?<!\d)([1-9]) (\d{5})(?!\d)")

        def candidates(rows):
            at = next((i for i, row in enumerate(rows[:20]) if "!!" in row and sku in row), None)
            below = rows[at:at + 6] if at is not None else []
            return {int(n): other for row in below for n, other in found.findall(row) if other != sku}
        rows = yield self.look(REDRAW, 1, lambda rows: "ORDER" in rows[0] and candidates(rows), f"candidates for {sku}")
        number, right = self.rng.choice(sorted(candidates(rows).items()))
        order.replace(len(order.lines), right)
        yield self.line(str(number))
        if right not in self.shop.items:  # the catalogue has items that are not for every order
            order.undo()
            yield self.line("u")
            order.set(len(order.lines), 0)
            yield self.line("-")

    def refused(self):
        """What cannot be meant changes nothing."""
        buyer, sku = self.rng.choice(self.shop.numbers), self.rng.choice(self.shop.skus)
        wrong = buyer[:-1] + bumped(buyer[-1], self.rng.randint(1, 9))
        yield self.line(self.rng.choice([wrong, f"0*{sku}", f"99999*{sku}", f"{sku[:4]}", ".77*2", "t nonsense", f"1,5*{sku}"]))

    def glance(self):
        """At the stock of an item, at the help, at the review; and back."""
        kind = self.rng.randrange(4)
        if kind == 0:
            yield self.line("s" + self.rng.choice(self.shop.skus))
        elif kind == 1:
            yield self.line("s " + self.rng.choice(self.shop.skus))
        elif kind == 2:
            yield self.f(1)
        else:
            yield self.f(9)
        yield self.f(12)

    def from_stock(self):
        sku = self.rng.choice(self.shop.skus)
        data, count = self.text("s" + sku)
        yield self.look(REDRAW + data + b"\r", count + 2,
                        lambda rows: "STOCK" in rows[0] and sku in rows[1] and "Free" in rows[3], f"stock of {sku}")
        self.last = "+"
        self.model.open().add((sku, 1))
        yield self.keys(b"+\r", 2)

    def search(self):
        """Words, then the digit beside what was meant."""
        wanted = self.rng.choice(self.shop.skus)
        words = [word for word in re.findall(r"[A-Za-z]{3,}", self.shop.items[wanted])][:2]
        if not words:
            return
        text = " ".join(words).lower()
        row = re.compile(r"^ ?([1-9]) +(\d{5}) ")

        def found(rows):
            return [match.groups() for match in map(row.match, rows[3:18]) if match]
        rows = yield self.look(REDRAW + text.encode() + b"\r", len(text) + 2,
                               lambda rows: "FIND" in rows[0] and ".." not in rows[1] and
                               (found(rows) or "no items" in rows[1]), f"items {text}")
        self.last = None
        good = [(n, sku) for n, sku in found(rows) if sku in self.shop.items]
        if not good:
            yield self.f(12)
            return
        number, sku = self.rng.choice(good)
        self.model.open().add((sku, 1))
        yield self.line(number)

    def kind(self):
        """Sales aids and back; what was said last counts."""
        order = self.model.open()
        order.step(type="sales_aids", customer=None)
        yield self.line("t aid")
        if self.chance(0.5):
            order.undo()
            yield self.line("u")
        else:
            order.step(type="personal", customer=None)
            yield self.line("t own")

    # ---- orders

    def begin(self):
        number = self.rng.choice(self.shop.numbers)
        if self.chance(0.1):
            number = yield from self.by_name(number)
            return number
        self.model.distributor(number)
        yield self.line(number)
        return number

    def by_name(self, number):
        """A search for people is one only where it is not known yet who orders."""
        if self.model.order:
            self.model.hold()
            yield self.f(6)
        name = self.shop.buyers[number].split(",")[0].lower()
        row = re.compile(r"^ ?([1-9]) +(\d{7}) ")

        def found(rows):
            return [match.groups() for match in map(row.match, rows[3:18]) if match]
        rows = yield self.look(REDRAW + name.encode() + b"\r", len(name) + 2,
                               lambda rows: "FIND" in rows[0] and ".." not in rows[1] and
                               (found(rows) or "no people" in rows[1]), f"people {name}")
        self.last = None
        good = [pair for pair in found(rows) if pair[1] in self.shop.buyers]
        if not good:
            yield self.f(12)
            self.model.distributor(number)
            yield self.line(number)
            return number
        digit, number = self.rng.choice(good)
        self.model.distributor(number)
        yield self.line(digit)
        return number

    def recall(self):
        """One of the held ones whose row in the list is like no other."""
        rows_of = collections.Counter((o.now.distributor, len(o.lines)) for o in self.model.held)
        fit = [o for o in self.model.held if rows_of[o.now.distributor, len(o.lines)] == 1]
        order, model = self.model.order, self.model
        if order and order.lines and (order.now.distributor, len(order.lines)) in rows_of:
            return False
        if not fit or len(model.held) > 8:
            return False
        wanted = self.rng.choice(fit)
        row = re.compile(rf"^ *([1-9]) {wanted.now.distributor} .* {len(wanted.lines)} ln ")

        def there(rows):
            return "which one" in "".join(rows[1:6]) and [m for m in map(row.match, rows[2:16]) if m]
        rows = yield self.look(REDRAW + self.rng.choice(FUNCTION[7]), 2, there,
                               f"draft of {wanted.now.distributor}, {len(wanted.lines)} lines", b"")
        model.recall(wanted)
        wanted.history.append(b"<recalled>")
        yield self.keys(there(rows)[0][1].encode(), 1)
        return True

    def fingerprint(self):
        now = self.model.order.now
        return now.distributor, tuple(sorted(now.lines))

    def unlike(self):
        """So that nobody is asked whether a like order is meant."""
        while not self.model.order.lines or self.fingerprint() in self.seen:
            yield from self.add()
        self.seen.add(self.fingerprint())

    def tidy(self):
        """Undo may have brought back what cannot be placed."""
        order = self.model.order
        if order.now.type != "personal":
            order.step(type="personal", customer=None)
            yield self.line("t own")
        for number in range(len(order.lines), 0, -1):
            if order.lines[number - 1][0] not in self.shop.items:
                order.set(number, 0)
                yield self.line(f".{number}*0")

    def place(self):
        yield from self.tidy()
        yield from self.unlike()
        self.model.place()
        yield self.f(9)
        yield self.f(9)

    def place_in_vain(self):
        """A line that is no item stops it; what was typed ahead for the next caller is not used."""
        order = self.model.order
        yield from self.tidy()
        yield from self.unlike()
        sku = self.rng.choice(self.shop.missing)
        order.add((sku, 1))
        yield self.line(sku)
        yield self.keys(b"\033[20~\033[20~" + self.rng.choice(self.shop.skus).encode() + b"\r", 8)
        yield self.look(b"", 0, lambda rows: "REVIEW" in rows[0] and "not placed" in rows[20] + rows[21], "not placed")
        self.last, number = None, len(order.lines)
        yield self.f(12)
        order.set(number, 0)
        yield self.line(f".{number}*0")
        yield from self.unlike()

    def edit(self):
        """Keys of one order, after it was begun."""
        for _ in range(self.rng.randint(1, 9)):
            yield from self.rng.choices(
                [self.add, self.again, self.paste, self.change, self.back_and_forth, self.note, self.slip, self.refused,
                 self.glance, self.from_stock, self.search, self.kind],
                [50, 4, 4, 14, 6, 3, 5, 5, 4, 0.7, 0.7, 2])[0]() if self.model.order and self.model.order.lines \
                else self.add()

    def order(self):
        """One call, from who it is to its end."""
        recalled = False
        if self.model.held and self.chance(0.12 if len(self.model.held) < 6 else 0.8):
            recalled = yield from self.recall()
        if not recalled:
            yield from self.begin()
        yield from self.edit()
        if self.chance(0.03):
            yield from self.place_in_vain()
        if self.chance(0.75) or len(self.model.held) >= 7:
            yield from self.place()
        elif self.chance(0.6):
            self.model.hold()
            yield self.f(6)
        # else the next caller's number holds it, or it is still open at the end

    def work(self, keys):
        """Orders until about so many keys were typed."""
        since, total = 0, 0
        while total < keys:
            steps = self.order()
            back = None
            while True:
                try:
                    step = steps.send(back)
                except StopIteration:
                    break
                total += step.count
                back = yield step
            since += 1
            if since % 8 == 0:
                yield from self.sync()
        yield from self.sync()
