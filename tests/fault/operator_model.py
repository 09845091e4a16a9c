"""What an operator's keys must come to, one after the other: written from partyline(1), not from the
client. Knows of no screen and no network; an order is whatever the keys said, nothing else."""
import collections

UNDO = 200

Content = collections.namedtuple("Content", "type distributor customer note list lines")  # lines: ((sku, qty), ...)
NOTHING = Content("personal", None, None, "", None, ())


class Order:
    """An order that is open or held, with its steps for undo."""

    def __init__(self, content=NOTHING):
        self.steps, self.at = [content], 0
        self.history = []  # what was keyed, for whoever has to find out what went wrong

    @property
    def now(self):
        return self.steps[self.at]

    @property
    def lines(self):
        return self.now.lines

    def step(self, **changes):
        """One change: what had been undone cannot be done again."""
        del self.steps[self.at + 1:]
        self.steps.append(self.now._replace(**changes))
        if len(self.steps) > UNDO + 1:
            del self.steps[0]
        self.at = len(self.steps) - 1

    def add(self, *lines):
        self.step(lines=self.lines + tuple(lines))

    def set(self, number, qty):
        """Line `number`, from 1; 0 takes it away."""
        lines = list(self.lines)
        if qty:
            lines[number - 1] = (lines[number - 1][0], qty)
        else:
            del lines[number - 1]
        self.step(lines=tuple(lines))

    def replace(self, number, sku):
        lines = list(self.lines)
        lines[number - 1] = (sku, lines[number - 1][1])
        self.step(lines=tuple(lines))

    def undo(self):
        assert self.at > 0
        self.at -= 1

    def redo(self):
        assert self.at + 1 < len(self.steps)
        self.at += 1


class Operator:
    """One login: the order that is open, those that are held, those that were placed."""

    def __init__(self):
        self.order, self.held, self.placed = None, [], []

    def open(self):
        if not self.order:
            self.order = Order()
        return self.order

    def distributor(self, number):
        """Begins an order, or says whose it is; another one's number holds the open order."""
        before = self.order.now.distributor if self.order else None
        if before == number:
            return
        if before and self.order.lines:
            self.hold()
        self.open().step(distributor=number)

    def hold(self):
        """Put aside; an order without lines is none."""
        if self.order and self.order.lines:
            self.held.append(Order(self.order.now))
            self.held[-1].history = self.order.history
        self.order = None

    def recall(self, order):
        self.hold()
        self.held.remove(order)
        self.order = order

    def place(self):
        self.placed.append(self.order)
        self.order = None
