-- Payments, the history of every order, and the books.
-- A payment from the balance is captured at birth, so that its history begins with a refund, if any.
INSERT INTO order_event (order_id, at, machine, ref, from_state, to_state, by_login, reason)
SELECT e.id, e.at, e.machine, e.ref, e.from_state, e.to_state, e.by_login, e.reason
  FROM (SELECT o.id, s.step, s.at, s.machine, s.ref, s.from_state, s.to_state, s.by_login, s.reason
          FROM demo_order o
         CROSS JOIN LATERAL (SELECT CASE o.market WHEN 'GB' THEN (SELECT id FROM login WHERE login = 'W-12') END AS id) ewa
         CROSS JOIN LATERAL (VALUES
            (1, o.placed_at, 'order', 0::bigint, '', 'placed', o.placed_by, ''),
            (2, o.held_at, 'order', 0, 'placed', 'on_hold', o.placed_by, 'address to be confirmed'),
            (3, CASE WHEN NOT o.from_balance THEN o.paid_at END, 'payment', o.id, 'due', 'captured', NULL, ''),
            (4, o.released_at, 'order', 0, 'placed', 'released', NULL, ''),
            (5, o.picked_at, 'order', 0, 'released', 'picked', ewa.id, ''),
            (6, o.packed_at, 'order', 0, 'picked', 'packed', ewa.id, ''),
            (8, o.shipped_at, 'order', 0, 'packed', 'shipped', ewa.id, ''),
            (9, o.received_at, 'order', 0, 'shipped', 'received', NULL, ''),
            (11, o.cancelled_at, 'payment', o.id, CASE WHEN o.from_balance THEN 'captured' ELSE 'due' END,
                 o.payment_state, o.placed_by, 'changed mind'),
            (12, o.cancelled_at, 'order', 0, 'placed', 'cancelled', o.placed_by, 'changed mind')
         ) AS s(step, at, machine, ref, from_state, to_state, by_login, reason)
         WHERE s.at IS NOT NULL
        UNION ALL
        SELECT o.id, CASE l.state WHEN 'shipped' THEN 7 ELSE 10 END, coalesce(o.cancelled_at, o.shipped_at), 'line', l.line,
               'reserved', l.state, CASE l.state WHEN 'cancelled' THEN o.placed_by ELSE ewa.id END,
               CASE l.state WHEN 'cancelled' THEN 'changed mind' ELSE '' END
          FROM demo_order o
          JOIN order_line l ON l.order_id = o.id
         CROSS JOIN LATERAL (SELECT CASE o.market WHEN 'GB' THEN (SELECT id FROM login WHERE login = 'W-12') END AS id) ewa
         WHERE l.state IN ('shipped', 'cancelled')) e
 ORDER BY e.at, e.id, e.step, e.ref;

-- Money into wallets: an opening balance for some; each month what the orders paid from it will take.
CREATE TEMP TABLE demo_funding ON COMMIT DROP AS
SELECT d.id AS distributor_id, d.market, 'OPENING-' || d.number AS ref, greatest(d.joined, date '2023-11-20')::timestamptz AS at,
       CASE WHEN m.id IS NOT NULL THEN 31250
            ELSE (4 + pg_temp.roll_low(d.id, 120, 196)) * 125 * CASE d.market WHEN 'CN' THEN 9 ELSE 1 END END::bigint AS amount
  FROM demo_distributor d LEFT JOIN demo_manager m ON m.id = d.id
 WHERE d.status = 'active' AND d.id > 3 AND (m.id IS NOT NULL OR pg_temp.roll(d.id, 121, 10) < 3)
UNION ALL
SELECT o.distributor_id, o.market, 'BACS-' || to_char(o.day, 'YYYY-MM') || '-' || d.number,
       min(o.placed_at) - interval '1 hour', sum(o.total)::bigint
  FROM demo_order o JOIN demo_distributor d ON d.id = o.distributor_id
 WHERE o.from_balance
 GROUP BY o.distributor_id, o.market, to_char(o.day, 'YYYY-MM'), d.number;

INSERT INTO account (kind, market, currency, owner_id, floor, balance)
SELECT 'wallet', f.market, m.currency, f.distributor_id, 0, 0
  FROM (SELECT DISTINCT distributor_id, market FROM demo_funding) f JOIN market m ON m.code = f.market
 ORDER BY f.distributor_id;
INSERT INTO payment (id, order_id, kind, amount, refunded, state, account_id, login_id, at) OVERRIDING SYSTEM VALUE
SELECT o.id, o.id, CASE WHEN o.from_balance THEN 'balance' ELSE 'later' END, o.total,
       CASE WHEN o.payment_state = 'refunded' THEN o.total ELSE 0 END, o.payment_state, w.id, o.placed_by, o.placed_at
  FROM demo_order o LEFT JOIN account w ON w.owner_id = o.distributor_id AND w.kind = 'wallet' AND o.from_balance
 ORDER BY o.id;
SELECT setval(pg_get_serial_sequence('payment', 'id'), max(id)) FROM payment;
INSERT INTO refund (payment_id, amount, state, document, reason, login_id, at)
SELECT id, total, 'done', 'order ' || number, 'changed mind', placed_by, cancelled_at FROM demo_order
 WHERE payment_state = 'refunded' ORDER BY cancelled_at, id;
CREATE TEMP TABLE demo_account ON COMMIT DROP AS
SELECT market, currency, max(id) FILTER (WHERE kind = 'receivable') AS receivable, max(id) FILTER (WHERE kind = 'sales') AS sales,
       max(id) FILTER (WHERE kind = 'discounts') AS discounts, max(id) FILTER (WHERE kind = 'delivery') AS delivery,
       max(id) FILTER (WHERE kind = 'tax') AS tax, max(id) FILTER (WHERE kind = 'wallet_funding') AS funding
  FROM account WHERE owner_id IS NULL GROUP BY market, currency;

-- Journals in the order of time, so that no wallet is overdrawn at any moment.
CREATE TEMP TABLE demo_journal ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, step, ref) AS id, j.*
  FROM (SELECT 1 AS step, 'wallet_funding' AS kind, ref, at, (SELECT id FROM login WHERE login = 'B-03') AS by_login,
               distributor_id, NULL::bigint AS order_id, market, amount FROM demo_funding
        UNION ALL
        SELECT 2, 'order', number, placed_at, placed_by, distributor_id, id, market, total FROM demo_order
        UNION ALL
        SELECT 3, 'payment', id::text, CASE WHEN from_balance THEN placed_at ELSE paid_at END,
               CASE WHEN from_balance THEN placed_by END, distributor_id, id, market, total FROM demo_order
         WHERE from_balance OR paid_at IS NOT NULL
        UNION ALL
        SELECT 4, 'payment_refund', r.id::text, o.cancelled_at, o.placed_by, o.distributor_id, o.id, o.market, o.total
          FROM demo_order o JOIN refund r ON r.payment_id = o.id
        UNION ALL
        SELECT 5, 'order_cancel', number, cancelled_at, placed_by, distributor_id, id, market, total FROM demo_order
         WHERE cancelled_at IS NOT NULL) j;
ANALYZE demo_journal;

INSERT INTO journal (id, kind, ref, at, by_login, reverses) OVERRIDING SYSTEM VALUE
SELECT j.id, j.kind, j.ref, j.at, j.by_login, o.id
  FROM demo_journal j
  LEFT JOIN demo_journal o ON j.kind = 'order_cancel' AND o.kind = 'order' AND o.order_id = j.order_id
 ORDER BY j.id;
SELECT setval(pg_get_serial_sequence('journal', 'id'), max(id)) FROM journal;

-- The legs of order_place, from (debit) to (credit).
CREATE TEMP TABLE demo_leg ON COMMIT DROP AS
SELECT j.id AS journal_id, l.leg, l.debit, l.credit, a.currency, l.amount, j.order_id
  FROM demo_journal j
  JOIN demo_order o ON o.id = j.order_id
  JOIN demo_account a ON a.market = j.market
 CROSS JOIN LATERAL (VALUES
    (1, a.receivable, a.sales, o.goods), (2, a.discounts, a.receivable, o.discount),
    (3, a.receivable, a.delivery, o.delivery), (4, a.receivable, a.tax, o.tax_added),
    (5, a.sales, a.tax, CASE WHEN o.tax_included THEN o.tax ELSE 0 END),
    (6, a.delivery, a.tax, CASE WHEN o.tax_included THEN o.delivery_tax ELSE 0 END)) AS l(leg, debit, credit, amount)
 WHERE j.kind = 'order' AND l.amount > 0;
INSERT INTO demo_leg
SELECT c.id, l.leg, l.credit, l.debit, l.currency, l.amount, l.order_id
  FROM demo_journal c
  JOIN demo_journal j ON j.kind = 'order' AND j.order_id = c.order_id
  JOIN demo_leg l ON l.journal_id = j.id
 WHERE c.kind = 'order_cancel'
UNION ALL
SELECT j.id, 1, a.funding, w.id, a.currency, j.amount, NULL
  FROM demo_journal j JOIN demo_account a ON a.market = j.market JOIN account w ON w.owner_id = j.distributor_id
 WHERE j.kind = 'wallet_funding'
UNION ALL
-- Paid from the balance, or later, by transfer to the company: from where the wallets' money comes.
SELECT j.id, 1, coalesce(p.account_id, a.funding), a.receivable, a.currency, j.amount, j.order_id
  FROM demo_journal j JOIN demo_account a ON a.market = j.market JOIN payment p ON p.id = j.order_id
 WHERE j.kind = 'payment'
UNION ALL
SELECT j.id, 1, a.receivable, p.account_id, a.currency, j.amount, j.order_id
  FROM demo_journal j JOIN demo_account a ON a.market = j.market JOIN payment p ON p.id = j.order_id
 WHERE j.kind = 'payment_refund';

INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
SELECT journal_id, debit, credit, currency, amount, order_id FROM demo_leg ORDER BY journal_id, leg;

UPDATE account a SET balance = t.balance
  FROM (SELECT owner, sum(amount)::bigint AS balance
          FROM (SELECT credit AS owner, amount FROM demo_leg UNION ALL SELECT debit, -amount FROM demo_leg) legs
         GROUP BY owner) t
 WHERE t.owner = a.id AND a.owner_id IS NOT NULL;
