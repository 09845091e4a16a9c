"""What can happen to an order, as the rules have it: each act changes the model, or is refused and changes nothing."""
import copy

from model import OPEN, REASONS, Line, Order, Payment, Refused, Return, half_up


def place(order, tenders):
    order.price()
    taken = order.check_tenders(tenders, order.total)
    order.take_tenders(taken)
    order.books.happened(order)


def pay(order, tenders):
    if order.state == "cancelled":
        raise Refused("cancelled")
    order.take_tenders(order.check_tenders(tenders, order.due()))
    order.books.happened(order)


def priced_anew(order, lines, destination):
    """The order as it would be."""
    new = copy.copy(order)
    new.lines, new.destination = lines, destination
    new.price()
    return new


def change(order, lines, destination, balance):
    """Other lines; `balance` says how much of what it costs more the wallet pays."""
    if order.state not in ("placed", "on_hold"):
        raise Refused("too late")
    new = priced_anew(order, lines, destination)
    for c in order.certificates:
        if not any(line.name == c.line.name and line.sku == c.line.sku and (line.qty, line.unit) == (c.line.qty, c.line.unit) for line in lines):
            raise Refused("certificates are out")
    due = max(new.total - order.promised(), 0)
    taken = order.check_tenders([("balance", balance, order.distributor)], due) if balance else []
    order.lines, order.destination, order.delivery, order.delivery_tax = lines, destination, new.delivery, new.delivery_tax
    order.revision += 1
    order.give_back()
    order.take_tenders(taken)
    order.books.happened(order)


def cancel(order):
    if order.state not in ("placed", "on_hold", "released"):
        raise Refused("too late")
    back = sum(p.amount - p.back for p in order.payments for c in order.certificates if p.origin.purse is c and p.state == "captured")
    if sum(c.left for c in order.certificates) + back < sum(c.amount for c in order.certificates):
        raise Refused("certificates are spent")
    order.state = "cancelled"
    order.give_back()
    for c in order.certificates:
        c.left, c.dead = 0, True
    order.books.happened(order)


def release(order):
    if order.state != "placed" or order.payment_state() not in ("authorised", "captured"):
        raise Refused("not paid")
    order.state = "released"


def ship(order):
    if order.state != "released":
        raise Refused("not released")
    order.state = "shipped"


def hold(order, to):
    if order.state != {"on_hold": "placed", "placed": "on_hold"}[to]:
        raise Refused("too late")
    order.state = to


# ---- the provider ---------------------------------------------------------------------------------------------
def answered(order, p, act, outcome):
    """What the provider says of a payment."""
    to = {"authorised": "authorised", "captured": "captured", "declined": "declined", "refused": "declined",
          "unknown": "unknown" if act == "authorise" else None}.get(outcome)
    if to == "captured" and p.state in ("void", "authorised", "authorising", "unknown"):
        was, p.state = p.state, "captured"
        if was == "void":  # too late to call it off: all of it goes back
            order.refund(p, p.amount)
    elif to and p.state in OPEN and to != p.state:
        p.state = to
    order.books.happened(order)


def refund_answered(order, p, at, outcome):
    refund = p.refunds[at]
    if refund[1] == "asked" and outcome == "refunded":
        refund[1] = "done"
    elif refund[1] in ("asked", "done") and outcome in ("refused", "declined"):
        refund[1] = "failed"
        order.buyer.credit += refund[0]
    order.books.happened(order)


# ---- what comes back --------------------------------------------------------------------------------------------
def told(order, wishes):
    """What is told before it is asked for: (worth of each, fee, delivery); pieces that other returns have taken are gone."""
    taken = {line.name: line.taken for line in order.lines}
    whole = {line.name: sum(c.left == c.amount and not c.dead for c in order.certificates if c.line.name == line.name) for line in order.lines}
    worths = []
    for w in wishes:
        before, after = taken[w.line.name], taken[w.line.name] + w.qty
        if after > w.line.qty or w.line.certificate and (w.qty > whole[w.line.name] or w.exchange):
            raise Refused("not so many")
        whole[w.line.name] -= w.qty
        taken[w.line.name] = after
        parts = [w.line.part(what, after) - w.line.part(what, before) for what in ("goods", "amount", "tax")]
        worths.append((*parts, parts[1] + order.on_top(parts[2])))
    fee = min(order.market.fee, sum(x[3] for x, w in zip(worths, wishes) if REASONS[w.reason][0] and not w.exchange and not w.line.certificate))
    others = [x for r in order.returns for x in r.lines if x.taken]
    all_back = all(taken[line.name] == line.qty for line in order.lines) and all(
        REASONS[x.reason][1] and not x.exchange for x in others + list(wishes))
    return worths, fee, all_back * (order.delivery + order.on_top(order.delivery_tax))


def exchange_line(order, w, worth, name):
    """At the same price it costs what came back, a cheaper one its part of that, a dearer one the difference as the buyer pays it."""
    goods, amount, tax, _ = worth
    audience = "distributor" if not order.customer and "distributor" in order.market.prices else "retail"
    line = Line(name, w.exchange, w.qty, order.market.prices[audience][w.exchange])
    line.goods, line.ppm = line.unit * line.qty, order.market.rates[order.region(), order.market.classes[w.exchange]]
    if line.goods == goods:
        line.amount = amount
    elif line.goods > goods:
        line.amount = amount + half_up((line.goods - goods) * w.line.amount, w.line.goods)
    else:
        line.amount = amount * line.goods // goods
    line.tax = tax if line.goods == goods and line.ppm == w.line.ppm else order.market.tax(line.amount, line.ppm)
    return line


def offer(order, wishes):
    """(what the buyer gets, what is due, the order that goes out or None, worths)."""
    worths, fee, delivery = told(order, wishes)
    out = None
    for i, (w, worth) in enumerate(zip(wishes, worths)):
        if w.exchange:
            out = out or Order(order.books, order.market, "exchange", order.distributor, order.customer, order.destination)
            out.lines.append(exchange_line(order, w, worth, f"x{i + 1}"))
    for_exchange, cost = sum(x[3] for x, w in zip(worths, wishes) if w.exchange), out.total if out else 0
    return sum(x[3] for x in worths) - fee + delivery - min(cost, for_exchange), max(cost - for_exchange, 0), out


def ask(order, wishes, number):
    """[ReturnLine]; what is exchanged goes out at once and is booked at once, the rest when it comes."""
    if order.state != "shipped":
        raise Refused("not sent")
    _, _, out = offer(order, wishes)
    r = Return(order, number, order.market.fee)
    order.returns.append(r)
    for w in wishes:
        w.line.taken += w.qty
        r.lines.append(w)
    if out:
        r.exchange = out
        book(r, [(w, w.qty) for w in wishes if w.exchange])
        # Of what was paid beyond the rest, as much as goes for what goes out.
        worth = sum(w.worth for w in wishes if w.exchange)
        move(order, out, min(worth, out.total, order.promised() - order.owed()))
        order.give_back()
    for w in wishes:
        if w.line.certificate:
            end_certificates(order, w)
    if any(w.came for w in wishes):  # there is no parcel for these: they have come
        r.state = "closed" if all(w.came == w.qty for w in wishes) else "received"
        true(r)
    order.books.happened(order, *([out] if out else []))
    return r


def end_certificates(order, w):
    """Those of which nothing is spent, the last first."""
    whole = [c for c in order.certificates if c.line.name == w.line.name and c.left == c.amount and not c.dead]
    for c in sorted(whole, key=lambda c: -c.piece)[:w.qty]:
        c.left, c.dead = 0, True
    w.came = w.qty


def move(source, target, amount):
    """What was paid for one order pays another: what came from there first, then the last payment."""
    paid = [p for p in reversed(source.payments) if p.state == "captured"]
    for p in [p for p in paid if p.kind == "exchange" and p.purse is target] + [p for p in paid if p.kind != "exchange" or p.purse is not target]:
        part = min(amount, p.amount - p.back)
        if part <= 0:
            break
        amount -= part
        p.refunds.append([part, "moved"])
        if p.back == p.amount:
            p.state = "refunded"
        target.payments.append(Payment("exchange", part, source, origin=p.origin))


def book(r, pieces):
    """So many more pieces of lines are given back, or fewer."""
    order = r.order
    for w, more in pieces:
        before = w.line.part("amount", w.line.back) + order.on_top(w.line.part("tax", w.line.back))
        w.line.back += more
        w.booked += more
        w.worth += w.line.part("amount", w.line.back) + order.on_top(w.line.part("tax", w.line.back)) - before
    lines = [x for one in order.returns for x in one.lines if x.booked]
    order.delivery_back = all(line.back == line.qty for line in order.lines) and all(REASONS[x.reason][1] and not x.exchange for x in lines)
    r.fee = min(r.fee_most, sum(w.worth for w in r.lines if REASONS[w.reason][0] and not w.exchange and not w.line.certificate))


def true(r):
    """Books what came; of one that has ended, takes back what did not."""
    pieces = [(w, (max(w.came, w.booked) if r.state in ("asked", "received") else w.came) - w.booked) for w in r.lines]
    book(r, [(w, more) for w, more in pieces if more])
    r.order.give_back()
    if r.state not in ("asked", "received"):
        for w in r.lines:
            w.line.taken -= w.taken - w.came
            w.taken = w.came
    r.order.books.happened(r.order)


def receive(r, came, close):
    """`came`: pieces by position."""
    if r.state not in ("asked", "received"):
        raise Refused("ended")
    if any(n > w.qty - w.came for w, n in zip(r.lines, came)):
        raise Refused("more than was asked for")
    for w, n in zip(r.lines, came):
        w.came += n
    r.state = "closed" if close or all(w.came == w.qty for w in r.lines) else "received"
    true(r)


def end(r, to):
    """Nothing comes: what goes out in its place is stopped while it can be."""
    if r.state != "asked":
        raise Refused("something came")
    r.state, out = to, r.exchange
    stop = out and out.state in ("placed", "on_hold", "released")
    if stop:
        move(out, r.order, sum(p.amount - p.back for p in out.payments if p.kind == "exchange" and p.state == "captured"))
    true(r)
    if stop:
        cancel(out)

