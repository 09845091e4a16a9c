"""What must be true of the money when everything that was killed is back: the provider's own journal beside our
books, and both beside what operators were told. Each check returns what is wrong, as a list."""
import collections

CARD_KINDS = ("token", "link")
HOLDS = ("requires_capture", "succeeded", "processing")


def by_mark(objects, mark):
    found = collections.defaultdict(list)
    for one in objects:
        if one["metadata"].get(mark):
            found[one["metadata"][mark]].append(one)
    return found


def paid_once(s, journal, since):
    """Each payment by card: one charge of exactly its amount where it is captured, nothing taken where it is not."""
    wrong, intents = [], by_mark(journal.of("payment_intent"), "payment")
    for payment, number, amount, state in s.query("""
            SELECT p.id, o.number, p.amount, p.state FROM payment p JOIN orders o ON o.id = p.order_id
             WHERE o.id > %s AND p.kind = ANY (%s)""", since, list(CARD_KINDS)):
        live = [i for i in intents.get(str(payment), []) if i["status"] in HOLDS]
        taken = [i["amount_received"] for i in live if i["status"] == "succeeded"]
        if any(i["metadata"]["order"] != number for i in live):
            wrong.append((number, payment, "is another order's"))
        elif state in ("captured", "refunded"):
            if len(live) != 1 or taken != [amount]:
                wrong.append((number, payment, state, amount, "taken", taken, "of", len(live)))
        elif taken or len(live) > (state == "authorised"):
            wrong.append((number, payment, state, amount, "taken", taken, "held", len(live)))
    known = {str(row[0]) for row in s.query("SELECT id FROM payment")}
    wrong += [(mark, "is no payment of ours") for mark in intents if mark not in known]
    return wrong


def held(s, journal, since, forgotten):
    """What is authorised is held there; but for what the provider says it held and has forgotten."""
    intents = by_mark(journal.of("payment_intent"), "payment")
    gone = [(number, payment) for payment, number in s.query("""
        SELECT p.id, o.number FROM payment p JOIN orders o ON o.id = p.order_id
         WHERE o.id > %s AND p.kind = ANY (%s) AND p.state = 'authorised'""", since, list(CARD_KINDS))
        if not any(i["status"] in HOLDS for i in intents.get(str(payment), []))]
    return gone if len(gone) > forgotten else []


def refunded_once(s, journal, since):
    wrong, refunds = [], by_mark(journal.of("refund"), "refund")
    for refund, amount, state, ref in s.query("""
            SELECT r.id, r.amount, r.state, r.provider_ref FROM refund r JOIN payment p ON p.id = r.payment_id
             WHERE p.order_id > %s AND p.kind = ANY (%s)""", since, list(CARD_KINDS)):
        there = [(x["amount"], x["id"]) for x in refunds.get(str(refund), []) if x["status"] in ("succeeded", "pending")]
        if there != ([(amount, ref)] if state == "done" else []):
            wrong.append((refund, amount, state, there))
    return wrong


def clearing(s, journal, since):
    """What the books say the provider owes us is what it took less what it gave back, over everything."""
    books = s.query("""SELECT coalesce(sum(CASE WHEN d.kind = 'card_clearing' THEN t.amount ELSE -t.amount END), 0)::bigint
                         FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
                         JOIN journal j ON j.id = t.journal_id
                        WHERE 'card_clearing' IN (d.kind, c.kind) AND j.id > %s""", since)[0][0]
    there = sum(i["amount_received"] for i in journal.of("payment_intent") if i["status"] == "succeeded") - \
        sum(r["amount"] for r in journal.of("refund") if r["status"] in ("succeeded", "pending"))
    return [] if books == there else [("books", books, "provider", there)]


def over_taken(s, since):
    """No order has taken more than it costs; what was cancelled has kept nothing."""
    return s.query("""SELECT o.number, o.total, o.state, sum(p.amount - p.refunded) FROM orders o JOIN payment p ON p.order_id = o.id
                       WHERE o.id > %s AND p.state = 'captured' GROUP BY o.id
                      HAVING sum(p.amount - p.refunded) > CASE o.state WHEN 'cancelled' THEN 0 ELSE o.total END""", since)


def certificates(s):
    """By the payments alone: spent and not given back is never more than the certificate was worth."""
    return s.query("""SELECT c.id, c.amount, a.balance, sum(p.amount - p.refunded)
                        FROM certificate c JOIN account a ON a.certificate_id = c.id JOIN payment p ON p.account_id = a.id
                       WHERE p.state IN ('captured', 'refunded') GROUP BY c.id, a.balance
                      HAVING sum(p.amount - p.refunded) > c.amount OR a.balance < 0
                          OR c.state = 'active' AND a.balance <> c.amount - sum(p.amount - p.refunded)""")


def kept_promises(s, house, since):
    """What operators were told: one order under each key, with its number, total and tenders; cancelled is cancelled."""
    wrong, stored = [], collections.defaultdict(list)
    for key, number, total, state in s.query("SELECT key, number, total, state FROM orders WHERE id > %s", since):
        stored[key].append((number, total, state))
    paid = collections.defaultdict(collections.Counter)
    for number, kind, amount in s.query("""SELECT o.number, p.kind, p.amount FROM payment p JOIN orders o ON o.id = p.order_id
                                            WHERE o.id > %s AND p.kind IN ('balance', 'credit', 'certificate')""", since):
        paid[number][kind, amount] += 1
    for key, (number, total, tenders) in house.told.items():
        if [x[:2] for x in stored.get(key, [])] != [(number, total)]:
            wrong.append((key, number, total, stored.get(key)))
        of_accounts = collections.Counter((t["kind"], t["amount"]) for t in tenders if t["kind"] != "token")
        if of_accounts - paid[number]:
            wrong.append((number, "told", of_accounts, "paid", paid[number]))
    states = {number: state for orders in stored.values() for number, _, state in orders}
    wrong += [(number, "was cancelled, and is", states.get(number)) for number in house.cancelled if states.get(number) != "cancelled"]
    return wrong + [(key, "nobody was told of", orders) for key, orders in stored.items() if key not in house.told]


def undecided(s, since):
    """What is still being asked of the provider."""
    return s.query("""SELECT g.act, g.state, g.tries, count(*) FROM gateway_task g
                       WHERE g.state IN ('waiting', 'busy') AND g.act <> 'disputes' -- that one never ends
                       GROUP BY 1, 2, 3
                      UNION ALL SELECT 'payment', p.state, 0, count(*) FROM payment p
                       WHERE p.order_id > %s AND p.state IN ('authorising', 'unknown') GROUP BY 2
                      UNION ALL SELECT 'refund', r.state, 0, count(*) FROM refund r JOIN payment p ON p.id = r.payment_id
                       WHERE p.order_id > %s AND r.state = 'asked' GROUP BY 2""", since, since)
