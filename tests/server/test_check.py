#!/usr/bin/python3
"""partylinectl check: clean on the demonstration company, and every planted violation is found, each
by the invariant that it breaks."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctl_demo  # noqa: E402

CLAIMS = {
    "currency": "a transfer has the currency of both its accounts",
    "journal": "no journal is without a transfer",
    "balance": "a kept balance is the sum of its transfers",
    "floor": "no account was ever below its floor",
    "order_journal": "every order has its journal, every such journal its order",
    "cancelled": "cancelled orders, and no others, are reversed once",
    "revisions": "what an order was before a change is kept, and reversed once",
    "reversal": "a reversal mirrors what it reverses",
    "receivable": "what an order owes is its total less what is paid",
    "books": "the books say what the order says",
    "order_lines": "totals and volumes of an order are those of its lines",
    "payments": "payments fit the order and its payment state",
    "payment_journal": "what was paid stands in the books",
    "refunds": "what was given back stands in the books, and was paid before",
    "clearing": "what is to be paid back is what was asked for",
    "disputes": "what is disputed stands in the books until it is decided",
    "certificates": "what is left of a certificate is what nobody has spent",
    "issued": "certificates are issued when they are paid, and not before",
    "tasks": "the provider is asked about every payment that waits for it",
    "bankings": "what went to the bank left the safe",
    "drawers": "what is in a drawer is what was moved in its shifts",
    "shifts": "Z reports have no gap and say what was done",
    "counter": "what a till sells leaves its site and is paid there",
    "stock": "stock is the sum of its movements",
    "reserved": "reserved stock is what orders hold",
    "reservations": "orders in work hold what they need, others nothing",
    "allotted": "no piece is free while an order waits for it",
    "waiting": "a line waits exactly when it lacks stock",
    "events": "every history is a chain from birth to the present state",
    "numbers": "numbers have their lengths and check digits",
    "dates": "orders stand on the day and in the month of their placing",
    "months": "a closed month is what it was when it was closed",
    "drafts": "a draft is placed when its order exists, and only then",
    "shares": "what promotions take off a line is the sum of their shares",
    "uses": "what a promotion gave an order is what its lines have of it",
    "counters": "uses, budgets and coupons are what the orders have used",
    "credits": "credit of promotions stands in the books as promised",
    "recruits": "new customers are rewarded as often as is said",
    "returns": "nothing comes back that was not sent",
    "return_worth": "a return gives back exactly its part of what was paid",
    "return_books": "what returns give back stands in the books",
    "return_volumes": "volumes go back with the goods",
    "return_states": "what came back is where its return says",
    "components": "the parts of a kit cost what its line does",
    "readable": "every published promotion can be read",
    "people": "sponsor, status and rank are those of the history",
}
# October is closed first; the transfers, orders and volumes that are spoiled then are of October.
CLOSED = "SELECT month_keep((detail ->> 'event')::bigint) FROM month_turn('GB', '2025-10-01', 'close', 'B-02', ''); "
OCTOBER = "(SELECT max(id) FROM orders WHERE market = 'GB' AND month = '2025-10-01' AND cv > 0 AND state <> 'cancelled')"
LIVE = "(SELECT min(order_id) FROM reservation)"
SHIPPED = "(SELECT id FROM orders WHERE state = 'received' AND payment_state = 'captured' ORDER BY id LIMIT 1)"
CANCELLED = "(SELECT id FROM orders WHERE state = 'cancelled' ORDER BY id LIMIT 1)"
PROMOTION = "WITH p AS (INSERT INTO promotion (code, market, state) VALUES ('X', 'GB', 'ended') RETURNING id)"


def promotion_use(**more):
    """An order that has had a promotion, with what is said of it."""
    row = {"version": 1, "amount": 0, "delivery": 0, "credit": 0, "times": 1, "recruits": 0, **more}
    return (f"{PROMOTION} INSERT INTO promotion_use (order_id, promotion_id, buyer_id, {', '.join(row)}) "
            f"SELECT o.id, p.id, o.distributor_id, {', '.join(map(str, row.values()))} FROM p, orders o WHERE o.id = {SHIPPED}")


# What is done to the data, as a superuser with all triggers off; which claims must be reported broken.
PLANTED = (
    ("a transfer in another currency", ("currency",), f"UPDATE transfer SET currency = 'EUR' WHERE id = (SELECT min(id) FROM transfer)"),
    ("a journal without transfers", ("journal",), "INSERT INTO journal (kind, ref, at) VALUES ('wallet_funding', 'X', now())"),
    ("a wallet richer than its transfers", ("balance",), "UPDATE account SET balance = balance + 1 WHERE id = (SELECT min(id) FROM account WHERE kind = 'wallet')"),
    ("a wallet that was overdrawn for a moment", ("floor",),
     """WITH w AS (SELECT id, currency, market FROM account WHERE kind = 'wallet' ORDER BY balance DESC LIMIT 1),
             f AS (SELECT a.id FROM account a JOIN w ON w.market = a.market WHERE a.kind = 'wallet_funding'),
             j AS (INSERT INTO journal (kind, ref, at) VALUES ('wallet_funding', 'DIP', now()) RETURNING id)
        INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount)
        SELECT j.id, CASE n WHEN 1 THEN w.id ELSE f.id END, CASE n WHEN 1 THEN f.id ELSE w.id END, w.currency, 9000000000
          FROM w, f, j, generate_series(1, 2) n ORDER BY n"""),
    ("an order without its journal", ("order_journal",), f"UPDATE journal SET kind = 'old' WHERE kind = 'order' AND ref = (SELECT number FROM orders WHERE id = {SHIPPED})"),
    ("a journal without its order", ("order_journal",), "UPDATE journal SET kind = 'order', ref = '999999999' WHERE id = (SELECT min(id) FROM journal WHERE kind = 'wallet_funding')"),
    ("a cancelled order that is not reversed", ("cancelled",), f"UPDATE journal SET kind = 'old' WHERE kind = 'order_cancel' AND ref = (SELECT number FROM orders WHERE id = {CANCELLED})"),
    ("a reversal of another amount", ("reversal",), f"UPDATE transfer SET amount = amount + 1 WHERE id = (SELECT max(id) FROM transfer WHERE order_id = {CANCELLED})"),
    ("an order paid twice in the books", ("receivable",),
     f"INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id) SELECT journal_id, debit_id, credit_id, currency, amount, order_id FROM transfer WHERE id = (SELECT max(id) FROM transfer WHERE order_id = {SHIPPED})"),
    ("sales booked for another amount", ("books", "receivable"),
     f"UPDATE transfer SET amount = amount + 1 WHERE id = (SELECT min(id) FROM transfer WHERE order_id = {SHIPPED})"),
    ("a line with more volume", ("order_lines",), f"UPDATE order_line SET cv = cv + 1 WHERE order_id = {SHIPPED} AND line = 1"),
    ("a line with another quantity", ("order_lines",), f"UPDATE order_line SET qty = qty + 1 WHERE order_id = {SHIPPED} AND line = 1"),
    ("a line that is gone", ("order_lines",), f"DELETE FROM order_line WHERE order_id = {SHIPPED} AND line = 1"),
    ("a payment above the total", ("payments",), f"INSERT INTO payment (order_id, kind, amount, state) VALUES ({SHIPPED}, 'later', 100, 'due')"),
    ("an order that says it is unpaid", ("payments",), f"UPDATE orders SET payment_state = 'due' WHERE id = {SHIPPED}"),
    ("a payment without its journal", ("payment_journal",), "UPDATE journal SET kind = 'old' WHERE id = (SELECT min(id) FROM journal WHERE kind = 'payment')"),
    ("a payment from the balance without its journal", ("payment_journal",), "UPDATE journal SET kind = 'old' WHERE kind = 'payment' AND ref = (SELECT min(id)::text FROM payment WHERE kind = 'balance')"),
    ("a refund of another amount", ("refunds",), "UPDATE refund SET amount = amount + 1 WHERE id = (SELECT min(id) FROM refund)"),
    ("a refund that is asked for and not owed", ("clearing", "tasks"), "UPDATE refund SET state = 'asked' WHERE id = (SELECT min(id) FROM refund)"),
    ("a certificate with more than it was sold for", ("certificates", "balance"), "UPDATE account SET balance = balance + 1 WHERE id = (SELECT min(id) FROM account WHERE kind = 'certificate')"),
    ("a certificate that is dead, and did not come back", ("issued",), "WITH c AS (SELECT min(id) AS id FROM certificate), dead AS (UPDATE certificate SET state = 'dead' WHERE id = (SELECT id FROM c)) SELECT transfer_make(journal_open('certificate_dead', c.id::text, NULL), a.id, account_of(a.market, 'certificates_sold'), a.balance, x.order_id) FROM c JOIN account a ON a.certificate_id = c.id JOIN certificate x ON x.id = c.id"),
    ("a dead certificate with money", ("certificates", "issued"), "UPDATE certificate SET state = 'dead' WHERE id = (SELECT min(id) FROM certificate)"),
    ("a certificate issued for another amount", ("certificates",), "UPDATE certificate SET amount = amount + 1 WHERE id = (SELECT min(id) FROM certificate)"),
    ("a certificate without its journal", ("certificates",), "UPDATE journal SET kind = 'old' WHERE kind = 'certificate' AND ref = (SELECT min(id)::text FROM certificate)"),
    ("a paid certificate that was not issued", ("issued",), "UPDATE order_line SET qty = 2 WHERE order_id = (SELECT min(order_id) FROM certificate)"),
    ("a cancelled sale whose certificate can be spent", ("issued",), "UPDATE orders SET state = 'cancelled' WHERE id = (SELECT min(order_id) FROM certificate)"),
    ("certificates sold and booked as goods", ("books", "issued"), "UPDATE transfer SET credit_id = (SELECT id FROM account WHERE kind = 'sales' AND market = 'GB') WHERE order_id = (SELECT min(order_id) FROM certificate) AND credit_id = (SELECT id FROM account WHERE kind = 'certificates_sold' AND market = 'GB')"),
    ("a dispute that the books do not have", ("disputes", "tasks", "events"),
     f"INSERT INTO dispute (payment_id, provider_ref, state, reason, amount, taken, opened_at) SELECT min(id), 'dp_x', 'open', 'fraudulent', 5, 5, now() FROM payment WHERE order_id = {SHIPPED}"),
    ("a lost dispute that is still in dispute", ("disputes", "events"),
     f"INSERT INTO dispute (payment_id, provider_ref, state, reason, amount, taken, fee, opened_at, ended_at) SELECT min(id), 'dp_x', 'lost', 'fraudulent', 5, 0, 7, now(), now() FROM payment WHERE order_id = {SHIPPED}"),
    ("a refund that no dispute has paid", ("disputes",), "UPDATE refund SET covered = 1 WHERE id = (SELECT min(id) FROM refund WHERE amount > 1)"),
    ("a payment that nobody asks about", ("tasks", "payments"), f"UPDATE payment SET state = 'authorising' WHERE order_id = {SHIPPED}"),
    ("a drawer with more than was put into it", ("drawers", "balance"), "UPDATE account SET balance = balance + 1 WHERE id = (SELECT account_id FROM payment WHERE kind = 'cash')"),
    ("a bag that says more than was booked", ("bankings",), "ALTER TABLE banking DISABLE TRIGGER ALL; UPDATE banking SET amount = amount + 1"),
    ("a booking to the bank that nobody made", ("bankings",), "ALTER TABLE banking DISABLE TRIGGER ALL; DELETE FROM banking"),
    ("a till without a drawer", ("drawers",), "DELETE FROM account WHERE till_id = (SELECT max(id) FROM till)"),
    ("cash that moved and no shift knows", ("drawers", "counter", "shifts"), "DELETE FROM drawer_move WHERE kind = 'sale'"),
    ("a shift that moved cash and the books do not know", ("drawers",), "UPDATE drawer_move SET amount = amount - 1 WHERE kind = 'pay_out'"),
    ("a closed shift with money left", ("drawers", "shifts"), "UPDATE drawer_move SET amount = amount + 1 WHERE kind = 'drop'"),
    ("cash without what was given", ("counter",), "UPDATE payment SET given = NULL WHERE kind = 'cash'"),
    ("cash taken in another shift than its drawer says", ("counter",), "UPDATE payment SET shift_id = shift_id + 1 WHERE kind = 'cash'"),
    ("a Z report that is missing", ("shifts",), "UPDATE shift SET z = 2 WHERE z = 1"),
    ("a till that counts another number of Z reports", ("shifts",), "UPDATE till SET zs = zs + 1"),
    ("a difference that was not booked", ("shifts",), "UPDATE shift SET counted = counted + 1 WHERE z = 1"),
    ("a Z report that says something else", ("shifts",), "UPDATE shift SET figures = jsonb_set(figures, '{cash_taken}', '1') WHERE z = 1"),
    ("two open shifts at a till", ("shifts",), "ALTER TABLE shift DISABLE TRIGGER ALL; DROP INDEX shift_open_till; INSERT INTO shift (till_id, login_id, opened_at, change_fund) SELECT till_id, 2, opened_at, 0 FROM shift WHERE closed_at IS NULL"),
    ("two open shifts of one login", ("shifts",), "DROP INDEX shift_open_login; INSERT INTO shift (till_id, login_id, opened_at, change_fund) SELECT till_id + 1, login_id, opened_at, 0 FROM shift WHERE closed_at IS NULL"),
    ("goods given out at another site", ("counter",), "UPDATE orders SET site_id = 4 WHERE id = (SELECT order_id FROM counter_act)"),
    ("a void of what was not sold there", ("counter",), "INSERT INTO counter_act (shift_id, act, order_id, amount, login_id, at) SELECT shift_id, 'void', order_id, amount, login_id, at FROM counter_act"),
    ("stock from nowhere", ("stock",), "UPDATE stock SET on_hand = on_hand + 1 WHERE (site_id, item_id) = (SELECT site_id, item_id FROM stock ORDER BY 1, 2 LIMIT 1)"),
    ("a movement that stock does not know", ("stock",), "INSERT INTO movement (site_id, item_id, qty, reason, document, at) SELECT 3, min(item_id), 5, 'count', 'X', now() FROM stock WHERE site_id = 3"),
    ("reserved stock that no order holds", ("reserved",), "UPDATE stock SET reserved = reserved + 1 WHERE (site_id, item_id) = (SELECT site_id, item_id FROM stock WHERE on_hand > reserved ORDER BY 1, 2 LIMIT 1)"),
    ("a back-order that no order has", ("reserved",), "UPDATE stock SET back_ordered = back_ordered + 1 WHERE (site_id, item_id) = (SELECT site_id, item_id FROM stock ORDER BY 1, 2 LIMIT 1)"),
    ("a shipped order that holds stock", ("reservations", "reserved"), f"INSERT INTO reservation SELECT order_id, line, 1, item_id, 1, 0 FROM order_line WHERE order_id = {SHIPPED} AND line = 1"),
    ("an order in work that holds nothing", ("reservations", "reserved"), f"DELETE FROM reservation WHERE order_id = {LIVE}"),
    ("a change of which nothing is kept", ("revisions", "order_journal"), f"UPDATE orders SET revision = 2 WHERE id = {SHIPPED}"),
    ("a revision that no change made", ("revisions", "events"),
     f"INSERT INTO order_revision SELECT id, 1, now(), NULL, '', to_jsonb(o), '[]', '[]', '{{}}', 1 FROM orders o WHERE id = {SHIPPED}"),
    ("a refund that no journal tells of", ("refunds", "payments"),
     "UPDATE payment SET refunded = 1 WHERE id = (SELECT min(id) FROM payment WHERE kind = 'later' AND state = 'captured')"),
    ("goods that nobody gets though somebody waits", ("allotted",), "UPDATE stock SET back_ordered = back_ordered + 1 WHERE (site_id, item_id) = (SELECT site_id, item_id FROM stock WHERE on_hand > reserved ORDER BY 1, 2 LIMIT 1)"),
    ("a line that waits for nothing", ("waiting",), f"UPDATE order_line SET state = 'back_ordered', back_ordered = 1 WHERE order_id = {LIVE} AND line = (SELECT min(line) FROM reservation WHERE order_id = {LIVE} AND back_ordered = 0)"),
    ("more came back than was sold", ("returns", "return_states"), "UPDATE goods_return_line SET qty = qty + 100, taken = taken + 100"),
    ("a return of what was never sent", ("returns",), "UPDATE orders SET state = 'placed' WHERE id = (SELECT order_id FROM goods_return)"),
    ("a return that gave a cent more", ("return_worth", "return_books"), "UPDATE goods_return_line SET amount = amount + 1"),
    ("a return that the order does not know", ("return_books", "receivable"), "UPDATE orders SET returned = returned - 1 WHERE returned > 0"),
    ("a return that no journal tells of", ("return_books",), "UPDATE journal SET kind = 'old' WHERE kind = 'return'"),
    ("volumes that stayed", ("return_volumes",), "DELETE FROM volume_entry"),
    ("a return that is closed and not here", ("return_states",), "UPDATE goods_return_line SET stock = 0, taken = 0"),
    ("parts of a kit that cost more than it", ("components",), f"INSERT INTO order_component SELECT order_id, line, 1, item_id, 0, qty, amount + 1 FROM order_line WHERE order_id = {SHIPPED} AND line = 1"),
    ("a state without its event", ("events",), f"UPDATE orders SET state = 'shipped' WHERE id = {SHIPPED}"),
    ("an event that is missing", ("events",), f"DELETE FROM order_event WHERE order_id = {SHIPPED} AND to_state = 'picked'"),
    ("a move that is not allowed", ("events",), f"UPDATE order_event SET from_state = 'placed', to_state = 'shipped' WHERE order_id = {SHIPPED} AND machine = 'line' AND ref = 1"),
    ("a birth that is missing", ("events",), f"DELETE FROM order_event WHERE order_id = {SHIPPED} AND from_state = ''"),
    ("an order on another day", ("dates",), f"UPDATE orders SET business_date = business_date - 1 WHERE id = {SHIPPED}"),
    ("a transfer of a closed month that was altered", ("months",),
     CLOSED + f"UPDATE transfer SET amount = amount + 1 WHERE id = (SELECT min(id) FROM transfer WHERE order_id = {OCTOBER})"),
    ("a booking that was put into a closed month", ("months",),
     CLOSED + "WITH j AS (INSERT INTO journal (kind, ref, at) VALUES ('wallet_funding', 'LATE', '2025-10-15') RETURNING id) "
     "INSERT INTO transfer (id, journal_id, debit_id, credit_id, currency, amount) OVERRIDING SYSTEM VALUE SELECT -1, j.id, f.id, w.id, 'GBP', 100 "
     "FROM j, account f, account w WHERE f.kind = 'wallet_funding' AND f.market = 'GB' AND w.id = (SELECT min(id) FROM account WHERE kind = 'wallet' AND market = 'GB')"),
    ("volumes of a closed month that changed", ("months", "order_lines"), CLOSED + f"UPDATE orders SET cv = cv + 1 WHERE id = {OCTOBER}"),
    ("an order that was moved into a closed month", ("months", "dates"),
     CLOSED + "UPDATE orders SET month = '2025-10-01' WHERE id = (SELECT max(id) FROM orders WHERE market = 'GB' AND month = '2025-11-01' AND cv > 0 AND state <> 'cancelled')"),
    ("a closed month of which nothing was written down", ("months",), "SELECT month_turn('GB', '2025-10-01', 'close', 'B-02', '')"),
    ("a balance of a closed month that was altered", ("months",), CLOSED + "UPDATE month_balance SET credits = credits + 1 WHERE kind = 'sales'"),
    ("a month that is closed and nobody has closed", ("months",), "UPDATE market SET closed_through = '2025-10-01' WHERE code = 'GB'"),
    ("a draft that became an order and does not know", ("drafts",), f"INSERT INTO draft (ulid, owner_id, market, body) SELECT key, placed_by, market, '{{}}' FROM orders WHERE id = {SHIPPED}"),
    ("a placed draft without an order", ("drafts",), "INSERT INTO draft (ulid, owner_id, market, body, state) SELECT '01ARZ3NDEKTSV4RRFFQ69G5FAV', id, 'GB', '{}', 'placed' FROM login WHERE login = 'CC-07'"),
    ("a line that promotions reduce without a share", ("shares",),
     "UPDATE order_line SET promoted = 1 WHERE (order_id, line) = (SELECT order_id, line FROM order_line WHERE discount > 0 ORDER BY 1, 2 LIMIT 1)"),
    ("a promotion that gave what no line has", ("uses",), promotion_use(amount=500)),
    ("a use that nobody had", ("counters",), PROMOTION + " INSERT INTO promotion_counter (promotion_id, uses) SELECT id, 1 FROM p"),
    ("a coupon that nobody gave", ("counters",), PROMOTION + " INSERT INTO coupon (code, promotion_id, uses) SELECT 'ABC', id, 1 FROM p"),
    ("a buyer who has had nothing", ("counters",),
     PROMOTION + ", c AS (INSERT INTO promotion_counter (promotion_id) SELECT id FROM p) INSERT INTO promotion_buyer SELECT id, 40, 1 FROM p"),
    ("a credit that is not booked", ("credits",), promotion_use(credit=500)),
    ("a credit that is usable and was never made so", ("credits",), promotion_use(credit=500, usable_at="now()")),
    ("a new customer whom nobody names", ("recruits",), promotion_use(recruits=1)),
    ("a promotion of an item that is gone", ("readable",),
     PROMOTION + r" INSERT INTO promotion_version (promotion_id, version, text, valid) SELECT id, 1, E'promotion X\n  give 5% off 99999\n', '(,)' FROM p"),
    ("a sponsor that the history does not know", ("people",), "UPDATE distributor SET sponsor_id = CASE sponsor_id WHEN 2 THEN 1 ELSE 2 END WHERE id = 40"),
    ("a status that the history does not know", ("people",), "UPDATE distributor SET status = 'suspended' WHERE id = (SELECT max(id) FROM distributor WHERE status = 'active')"),
    ("a distributor number of another length", ("numbers",), "UPDATE company SET distributor_length = 8"),
)


def returned(company):
    """One of a line comes back, for the restock fee."""
    number, line, amount, qty = company.rows("""SELECT o.number, l.line, l.amount, l.qty FROM orders o JOIN order_line l ON l.order_id = o.id
        JOIN item i ON i.id = l.item_id AND i.kind = 'product' WHERE o.state = 'received' AND o.market = 'GB' AND o.tax_included AND l.qty > 1
        AND l.amount / l.qty > 300 AND l.cv > l.qty ORDER BY o.id LIMIT 1""")[0]
    none = ", ".join(["'{}'"] * 21)
    made = company.value("SELECT reply ->> 'number' FROM return_ask(%s, NULL, 'k1', 'h', 1, NULL, '', 'return', '', '', current_date, 200, "
                         f"900000, %s, 0, '{{}}', ARRAY[%s], '{{0}}', '{{1}}', '{{changed_mind}}', '{{0}}', NULL, {none})",
                         number, amount // qty - 200, line)
    result = company.value("SELECT result FROM return_receive(%s, NULL, 'k2', 'h', 1, '', '{1}', '{1}', '{0}', '{0}', false, '')", made)
    if result != "done":
        raise RuntimeError(result)


def counted(company):
    """A shift with a pick-up paid in cash and money paid out, counted a bit short; and one that is open."""
    number, due = company.rows("""SELECT o.number, o.total FROM orders o WHERE o.state = 'placed' AND o.payment_state = 'due' AND o.market = 'GB'
        AND o.site_id = 1 AND NOT EXISTS (SELECT FROM reservation r WHERE r.order_id = o.id AND r.back_ordered > 0)
        AND (SELECT sum(p.amount) FROM payment p WHERE p.order_id = o.id AND p.state = 'due') = o.total ORDER BY o.id LIMIT 1""")[0]
    company.rows("UPDATE orders SET destination = 'pickup' WHERE number = %s", number)
    steps = (("shift_open('LEEDS-1', NULL, 'c1', 'h', 1, '', 10000)", "opened"),
             ("counter_hand_over(%s, NULL, 'c2', 'h', 1, NULL, '', 1, '{cash}', ARRAY[%s], ARRAY[''])", "given"),
             ("shift_move(1, NULL, 'c3', 'h', 1, '', 'pay_out', 500, 'milk')", "moved"),
             ("shift_close(1, NULL, 'c4', 'h', 1, '', false, 9000, '[]', '')", "closed"),
             ("banking_add('GB', NULL, 'c6', 'h', 1, '', 'withdrawal', 5000, 'B-1', NULL, '')", "banked"),
             ("shift_open('LEEDS-1', NULL, 'c5', 'h', 1, '', 10000)", "opened"))
    for step, expected in steps:
        result = company.value(f"SELECT result FROM {step}", *((number, due) if "%s" in step else ()))
        if result != expected:
            raise RuntimeError((step, result))


def plant(company, sql):
    company.rows("BEGIN")
    company.rows("SET LOCAL session_replication_role = replica")
    company.rows(sql)
    company.rows("COMMIT")


def main():
    report = ctl_demo.Report("check")
    with ctl_demo.demo_company() as company:
        code, out, err = company.ctl("check")
        report.check("the demonstration company is clean", code == 0 and out == f"check: {len(CLAIMS)} invariants, all hold\n",
                     (code, out, err))
        returned(company)
        code, out, err = company.ctl("check")
        report.check("and with a return", code == 0, (code, out, err))
        counted(company)
        code, out, err = company.ctl("check")
        report.check("and with a shift that was counted, and one that is open", code == 0, (code, out, err))
        report.check("it has an argument too many", company.ctl("check", "me")[0] == 64)
        for what, claims, sql in PLANTED:
            with company.copy() as copy:
                plant(copy, sql)
                code, out, err = copy.ctl("check")
                broken = {name for name, claim in CLAIMS.items() if f"broken: {claim}\n" in out}
                report.check(what, code == 1 and set(claims) <= broken and not err, (code, out, err))
        tried = {claim for _, claims, _ in PLANTED for claim in claims}
        report.check("every invariant was broken once", tried == set(CLAIMS), set(CLAIMS) - tried)
    report.close()


main()
