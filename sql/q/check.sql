-- For partylinectl check: each query finds what breaks one invariant, as (what, detail); no rows is
-- good. Each passes once over its tables and reports at most 20 rows.

-- name: check_snapshot   All that follows sees the same moment.
START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: check_currency   A transfer has the currency of both its accounts.
SELECT 'transfer ' || t.id AS what,
       t.currency || ' between ' || d.currency || ' account ' || d.id || ' and ' || c.currency || ' account ' || c.id AS detail
  FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
 WHERE t.currency <> d.currency OR t.currency <> c.currency
 ORDER BY t.id LIMIT 20;

-- name: check_journal   No journal without a transfer.
SELECT 'journal ' || j.id AS what, j.kind || ' ' || j.ref || ' has no transfer' AS detail
  FROM journal j
 WHERE NOT EXISTS (SELECT FROM transfer t WHERE t.journal_id = j.id)
 ORDER BY j.id LIMIT 20;

-- name: check_balance   The balance that an account keeps is its credits less its debits; of a drawer the other way round.
WITH leg AS (
    SELECT credit_id AS account_id, amount FROM transfer
    UNION ALL
    SELECT debit_id, -amount FROM transfer
), total AS (
    SELECT l.account_id, sum(CASE WHEN a.till_id IS NULL THEN l.amount ELSE -l.amount END) AS amount
      FROM leg l JOIN account a ON a.id = l.account_id AND a.balance IS NOT NULL
     GROUP BY l.account_id
)
SELECT a.kind || ' account ' || a.id AS what,
       'has ' || a.balance || ', its transfers make ' || coalesce(t.amount, 0) AS detail
  FROM account a LEFT JOIN total t ON t.account_id = a.id
 WHERE a.balance IS NOT NULL AND a.balance <> coalesce(t.amount, 0)
 ORDER BY a.id LIMIT 20;

-- name: check_floor   No account with a floor was below it after any of its transfers.
WITH leg AS (
    SELECT id, credit_id AS account_id, amount FROM transfer
    UNION ALL
    SELECT id, debit_id, -amount FROM transfer
), running AS (
    SELECT l.id, l.account_id, a.kind, a.floor,
           sum(CASE WHEN a.till_id IS NULL THEN l.amount ELSE -l.amount END) OVER (PARTITION BY l.account_id ORDER BY l.id) AS balance
      FROM leg l JOIN account a ON a.id = l.account_id AND a.floor IS NOT NULL
)
SELECT kind || ' account ' || account_id AS what,
       'was at ' || balance || ' after transfer ' || id || ', its floor is ' || floor AS detail
  FROM running WHERE balance < floor
 ORDER BY id LIMIT 20;

-- name: check_order_journal   Every revision of an order has its journal, and every such journal its revision.
SELECT coalesce('order ' || v.number, 'journal ' || j.id) AS what,
       CASE WHEN j.id IS NULL THEN 'has no journal' ELSE 'is of order ' || j.ref || ', which does not exist' END AS detail
  FROM (SELECT number, journal, CASE revision WHEN 1 THEN 'order' ELSE 'order_change' END AS kind FROM order_version) v
  FULL JOIN (SELECT id, kind, ref FROM journal WHERE kind IN ('order', 'order_change')) j ON j.ref = v.journal AND j.kind = v.kind
 WHERE v.number IS NULL OR j.id IS NULL
 ORDER BY 1 LIMIT 20;

-- name: check_cancelled   A cancelled order, and no other, has one journal that reverses its present revision.
SELECT coalesce('order ' || o.number, 'journal ' || j.id) AS what,
       CASE WHEN j.id IS NULL THEN 'is cancelled but not reversed'
            WHEN o.id IS NULL THEN 'reverses order ' || j.ref || ', which is not cancelled'
            ELSE 'is reversed by a journal that names another' END AS detail
  FROM (SELECT o.id, o.number, v.journal FROM orders o JOIN order_version v ON v.order_id = o.id AND v.is_present
         WHERE o.state = 'cancelled') o
  FULL JOIN (SELECT c.id, c.ref, f.ref AS reversed FROM journal c LEFT JOIN journal f ON f.id = c.reverses
              WHERE c.kind = 'order_cancel') j ON j.ref = o.number
 WHERE o.id IS NULL OR j.id IS NULL OR j.reversed IS DISTINCT FROM o.journal
 ORDER BY 1 LIMIT 20;

-- name: check_revisions   What an order was before a change is kept, each once, and reversed by a journal of its own.
SELECT coalesce('order ' || v.number || ' revision ' || v.revision, 'journal ' || j.id) AS what,
       CASE WHEN j.id IS NULL THEN 'was changed but not reversed'
            WHEN v.number IS NULL THEN 'reverses ' || j.ref || ', which was never changed'
            ELSE 'is reversed by a journal that names another' END AS detail
  FROM (SELECT * FROM order_version WHERE NOT is_present) v
  FULL JOIN (SELECT c.id, c.ref, f.ref AS reversed FROM journal c LEFT JOIN journal f ON f.id = c.reverses
              WHERE c.kind = 'order_reversal') j ON j.ref = v.number || '/' || v.revision
 WHERE v.number IS NULL OR j.id IS NULL OR j.reversed IS DISTINCT FROM v.journal
UNION ALL
SELECT 'order ' || o.number, format('is at revision %s, %s are kept', o.revision, coalesce(r.n, 0))
  FROM orders o LEFT JOIN (SELECT order_id, count(*) AS n, max(revision) AS newest FROM order_revision GROUP BY order_id) r
         ON r.order_id = o.id
 WHERE coalesce(r.n, 0) <> o.revision - 1 OR coalesce(r.newest, 0) <> o.revision - 1
 ORDER BY 1 LIMIT 20;

-- name: check_reversal   The legs of a reversing journal mirror those that it reverses.
WITH leg AS (
    SELECT r.id, t.debit_id, t.credit_id, t.currency, t.amount, t.order_id, 1 AS n
      FROM journal r JOIN transfer t ON t.journal_id = r.id WHERE r.reverses IS NOT NULL
    UNION ALL
    SELECT r.id, t.credit_id, t.debit_id, t.currency, t.amount, t.order_id, -1
      FROM journal r JOIN transfer t ON t.journal_id = r.reverses JOIN account d ON d.id = t.debit_id
     WHERE r.reverses IS NOT NULL AND (d.kind <> 'wallet' OR EXISTS (
           SELECT FROM transfer x WHERE x.journal_id = r.id AND x.credit_id = t.debit_id))
)
SELECT DISTINCT 'journal ' || l.id AS what, j.kind || ' ' || j.ref || ' does not mirror journal ' || j.reverses AS detail
  FROM (SELECT id FROM leg GROUP BY id, debit_id, credit_id, currency, amount, order_id HAVING sum(n) <> 0) l
  JOIN journal j ON j.id = l.id
 ORDER BY 1 LIMIT 20;

-- name: check_receivable   What an order still owes is its total less what is paid; nothing, when cancelled.
WITH owed AS (
    SELECT t.order_id, sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END) AS amount
      FROM transfer t JOIN account a ON a.kind = 'receivable' AND a.id IN (t.debit_id, t.credit_id)
     WHERE t.order_id IS NOT NULL
     GROUP BY t.order_id
), paid AS (
    SELECT order_id, sum(amount - refunded) AS amount FROM payment WHERE state = 'captured' GROUP BY order_id
), due AS (
    SELECT o.id, o.number, CASE WHEN o.state = 'cancelled' THEN 0 ELSE o.total - o.returned END - coalesce(p.amount, 0) AS amount
      FROM orders o LEFT JOIN paid p ON p.order_id = o.id
)
SELECT coalesce('order ' || d.number, 'receivable of order id ' || w.order_id) AS what,
       'owes ' || coalesce(w.amount, 0) || ' in the books, ' || coalesce(d.amount, 0) || ' by its payments' AS detail
  FROM due d FULL JOIN owed w ON w.order_id = d.id
 WHERE d.id IS NULL OR coalesce(w.amount, 0) <> d.amount
 ORDER BY 1 LIMIT 20;

-- name: check_books   Goods, discount, delivery and added tax of each revision of an order stand in its journal.
WITH booked AS (
    SELECT j.ref, sum(t.amount) FILTER (WHERE d.kind = 'receivable' AND c.kind = 'sales') AS goods,
           sum(t.amount) FILTER (WHERE d.kind = 'receivable' AND c.kind = 'certificates_sold') AS certificates,
           sum(t.amount) FILTER (WHERE d.kind = 'discounts' AND c.kind = 'receivable') AS discount,
           sum(t.amount) FILTER (WHERE d.kind = 'receivable' AND c.kind = 'delivery') AS delivery,
           sum(t.amount) FILTER (WHERE c.kind = 'tax') AS tax
      FROM journal j
      JOIN transfer t ON t.journal_id = j.id
      JOIN account d ON d.id = t.debit_id
      JOIN account c ON c.id = t.credit_id
     WHERE j.kind IN ('order', 'order_change')
     GROUP BY j.ref
), said AS MATERIALIZED ( -- all of it: for the first 20 alone the planner would compare every order with every journal
    SELECT o.order_id, o.number, o.revision, o.goods - o.certificates AS goods, o.certificates, o.discount, o.delivery, o.tax + o.delivery_tax AS tax,
           coalesce(b.goods, 0) AS b_goods, coalesce(b.certificates, 0) AS b_certificates, coalesce(b.discount, 0) AS b_discount,
           coalesce(b.delivery, 0) AS b_delivery, coalesce(b.tax, 0) AS b_tax
      FROM order_version o LEFT JOIN booked b ON b.ref = o.journal
)
SELECT 'order ' || number AS what,
       format('goods %s, certificates %s, discount %s, delivery %s, tax %s in the books; %s, %s, %s, %s, %s in the order, revision %s',
              b_goods, b_certificates, b_discount, b_delivery, b_tax, goods, certificates, discount, delivery, tax, revision) AS detail
  FROM said
 WHERE (b_goods, b_certificates, b_discount, b_delivery, b_tax) <> (goods, certificates, discount, delivery, tax)
 ORDER BY order_id LIMIT 20;

-- name: check_order_lines   Goods, discount, tax and volumes of each revision of an order are those of its lines.
WITH line AS (
    SELECT l.order_id, o.revision, l.qty, l.unit, l.goods, l.discount, l.amount, l.tax, l.cv, l.pv
      FROM order_line l JOIN orders o ON o.id = l.order_id
    UNION ALL
    SELECT r.order_id, r.revision, l.qty, l.unit, l.goods, l.discount, l.amount, l.tax, l.cv, l.pv
      FROM order_revision r
     CROSS JOIN LATERAL jsonb_to_recordset(r.lines) AS l(qty bigint, unit bigint, goods bigint, discount bigint, amount bigint,
                                                         tax bigint, cv bigint, pv bigint)
)
SELECT 'order ' || o.number AS what,
       format('goods %s, discount %s, tax %s, CV %s, PV %s in revision %s; its lines make %s, %s, %s, %s, %s', o.goods,
              o.discount, o.tax, o.cv, o.pv, o.revision, coalesce(l.goods, 0), coalesce(l.discount, 0), coalesce(l.tax, 0),
              coalesce(l.cv, 0), coalesce(l.pv, 0)) AS detail
  FROM order_version o
  LEFT JOIN (SELECT order_id, revision, sum(goods) AS goods, sum(discount) AS discount, sum(amount) AS amount,
                    sum(tax) AS tax, sum(cv) AS cv, sum(pv) AS pv, bool_and(unit * qty = goods) AS multiplied
               FROM line GROUP BY order_id, revision) l ON l.order_id = o.order_id AND l.revision = o.revision
 WHERE (o.goods, o.discount, o.goods - o.discount, o.tax, o.cv, o.pv, true)
       IS DISTINCT FROM (l.goods, l.discount, l.amount, l.tax, l.cv, l.pv, l.multiplied)
 ORDER BY o.order_id LIMIT 20;

-- name: check_components   The parts of a kit cost together what its line does; what an order in work holds of a kit are its parts.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       format('costs %s, its parts %s', l.amount, c.share) AS detail
  FROM (SELECT order_id, line, sum(share) AS share FROM order_component GROUP BY order_id, line) c
  JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line
  JOIN orders o ON o.id = l.order_id
 WHERE c.share <> l.amount
UNION ALL
SELECT format('order %s revision %s line %s', o.number, r.revision, l.line), format('cost %s, its parts %s', l.amount, c.share)
  FROM order_revision r
  JOIN orders o ON o.id = r.order_id
 CROSS JOIN LATERAL jsonb_to_recordset(r.lines) AS l(line int, amount bigint)
  JOIN LATERAL (SELECT x.line, sum(x.share) AS share FROM jsonb_to_recordset(r.components) AS x(line int, share bigint)
                 GROUP BY x.line) c ON c.line = l.line
 WHERE c.share <> l.amount
UNION ALL
SELECT 'order ' || o.number || ' line ' || h.line,
       format('holds %s of item %s, its parts are %s', h.held, i.sku, coalesce(c.qty, 0))
  FROM (SELECT r.order_id, r.line, r.item_id, r.reserved + r.back_ordered AS held FROM reservation r) h
  JOIN order_line l ON l.order_id = h.order_id AND l.line = h.line
  JOIN item k ON k.id = l.item_id AND k.kind = 'kit'
  JOIN item i ON i.id = h.item_id
  JOIN orders o ON o.id = h.order_id
  LEFT JOIN (SELECT order_id, line, item_id, sum(qty) AS qty FROM order_component GROUP BY order_id, line, item_id) c
         ON c.order_id = h.order_id AND c.line = h.line AND c.item_id = h.item_id
 WHERE h.held IS DISTINCT FROM c.qty
 ORDER BY 1 LIMIT 20;

-- name: check_payments   What is paid, promised and due makes the order, and its payment state is what they say.
SELECT 'order ' || o.number AS what,
       format('is %s and %s; of %s less %s returned, %s is paid or promised and %s due', o.state, o.payment_state, o.total, o.returned,
              p.paid, p.due) AS detail
  FROM orders o
  LEFT JOIN (SELECT order_id, sum(amount - refunded) FILTER (WHERE state IN ('captured', 'authorised', 'authorising', 'unknown')) AS paid,
                    sum(amount) FILTER (WHERE state = 'due') AS due,
                    bool_or(refunded > 0) AS refunded, bool_or(state = 'unknown') AS unknown,
                    bool_or(state = 'authorising') AS authorising, bool_or(state = 'authorised') AS authorised
               FROM payment GROUP BY order_id) x ON x.order_id = o.id
 CROSS JOIN LATERAL (SELECT coalesce(x.paid, 0) AS paid, coalesce(x.due, 0) AS due) p
 WHERE p.paid + p.due <> CASE o.state WHEN 'cancelled' THEN 0 ELSE o.total - o.returned END
    OR NOT (o.payment_state = ANY (CASE WHEN o.state = 'cancelled' OR (o.returned = o.total AND o.total > 0)
                                        THEN CASE WHEN x.refunded THEN '{refunded}'::text[] ELSE '{void}' END
                                        WHEN x.unknown THEN '{unknown}' WHEN x.authorising THEN '{authorising}'
                                        WHEN p.due > 0 THEN '{due,declined}' WHEN x.authorised THEN '{authorised}'
                                        ELSE '{captured}' END))
 ORDER BY o.id LIMIT 20;

-- name: check_payment_journal   What was captured has its journal, and the journal its payment; the balance paid with the order itself before.
SELECT coalesce('payment ' || p.id, 'journal ' || j.id) AS what,
       CASE WHEN j.id IS NULL THEN 'is captured without a journal' WHEN p.id IS NULL THEN 'is of no captured payment'
            ELSE 'is ' || p.amount || ', in the books ' || j.amount END AS detail
  FROM (SELECT id, order_id, kind, amount + over AS amount FROM payment WHERE state IN ('captured', 'refunded')) p
  FULL JOIN (SELECT j.id, j.ref, sum(t.amount) AS amount FROM journal j LEFT JOIN transfer t ON t.journal_id = j.id
              WHERE j.kind = 'payment' GROUP BY j.id, j.ref) j ON j.ref = p.id::text
 WHERE p.id IS NULL OR j.amount IS DISTINCT FROM p.amount
   AND NOT (j.id IS NULL AND p.kind = 'balance' AND EXISTS (
        SELECT FROM transfer t JOIN journal x ON x.id = t.journal_id JOIN account a ON a.id = t.debit_id
         WHERE t.order_id = p.order_id AND x.kind IN ('order', 'order_change') AND a.kind = 'wallet'))
 ORDER BY 1 LIMIT 20;

-- name: check_refunds   What was given back of a payment has its refunds and their journals, and is not more than was paid.
WITH booked AS (
    SELECT r.payment_id, r.id, r.amount, sum(t.amount) AS booked
      FROM refund r LEFT JOIN journal j ON j.kind = 'payment_refund' AND j.ref = r.id::text
      LEFT JOIN transfer t ON t.journal_id = j.id GROUP BY r.id
), before AS ( -- payments had refunds of their own
    SELECT split_part(j.ref, '/', 1) AS payment, sum(t.amount) AS amount
      FROM journal j JOIN transfer t ON t.journal_id = j.id WHERE j.kind = 'refund' GROUP BY 1
), given AS (
    SELECT p.id, p.kind, p.amount, p.refunded, p.state,
           coalesce((SELECT sum(b.booked) FROM booked b WHERE b.payment_id = p.id), 0)
           + coalesce((SELECT b.amount FROM before b WHERE b.payment = p.id::text), 0) AS booked
      FROM payment p
)
SELECT 'payment ' || id AS what, format('of %s gave back %s, in the books %s, and is %s', amount, refunded, booked, state) AS detail
  FROM given
 WHERE (refunded <> booked AND NOT (kind = 'balance' AND booked = 0))
    OR (refunded > 0 AND state <> CASE WHEN refunded = amount THEN 'refunded' ELSE 'captured' END)
UNION ALL
SELECT 'refund ' || id, format('is %s, in the books %s', amount, coalesce(booked, 0)) FROM booked WHERE amount IS DISTINCT FROM booked
UNION ALL
SELECT 'refund ' || r.id, 'is ' || r.state || ', and the books do not say so'
  FROM refund r
  JOIN payment p ON p.id = r.payment_id
  JOIN payment s ON s.id = coalesce(p.moved_from, p.id)
  JOIN payment_kind k ON k.kind = s.kind AND k.refunds_to = 'refunds'
 WHERE r.state <> 'asked' AND r.moved_to IS NULL AND r.covered < r.amount AND NOT EXISTS (SELECT FROM journal j WHERE j.kind = 'refund_' || r.state AND j.ref = r.id::text)
 ORDER BY 1 LIMIT 20;

-- name: check_clearing   What is to be paid back stands in the books until it is paid.
SELECT 'refunds of ' || a.market AS what, format('%s in the books, %s asked for', a.owed, coalesce(r.amount, 0)) AS detail
  FROM (SELECT x.market, coalesce(sum(CASE WHEN t.credit_id = x.id THEN t.amount ELSE -t.amount END), 0) AS owed
          FROM account x LEFT JOIN transfer t ON x.id IN (t.debit_id, t.credit_id) WHERE x.kind = 'refunds' GROUP BY x.market) a
  LEFT JOIN (SELECT o.market, sum(r.amount - r.covered) AS amount FROM refund r JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = p.order_id
              WHERE r.state = 'asked' GROUP BY o.market) r ON r.market = a.market
 WHERE a.owed <> coalesce(r.amount, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_disputes   What was withdrawn for disputes, what they cost and what is lost stands in the books; one that has ended holds nothing.
WITH leg AS (
    SELECT j.kind, split_part(j.ref, '/', 1) AS first, split_part(j.ref, '/', 2) AS second, d.kind AS debit, c.kind AS credit, t.amount
      FROM journal j
      JOIN transfer t ON t.journal_id = j.id
      JOIN account d ON d.id = t.debit_id
      JOIN account c ON c.id = t.credit_id
     WHERE j.kind IN ('dispute', 'refund_covered')
), booked AS (
    SELECT second AS dispute,
           sum(CASE 'disputed' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS disputed,
           sum(CASE 'dispute_fees' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS fee,
           sum(CASE 'chargebacks' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS lost
      FROM leg WHERE kind = 'dispute' GROUP BY second
)
SELECT coalesce('dispute ' || d.id, 'journals of dispute ' || b.dispute) AS what,
       format('is %s, withdrawn %s, fee %s, lost %s; in the books %s in dispute, %s, %s', d.state, d.taken, d.fee, d.lost, b.disputed, b.fee,
              b.lost) AS detail
  FROM dispute d FULL JOIN booked b ON b.dispute = d.id::text
 WHERE (d.taken - d.lost, d.fee, d.lost) IS DISTINCT FROM (coalesce(b.disputed, 0), coalesce(b.fee, 0), coalesce(b.lost, 0))
    OR (d.ended_at IS NOT NULL AND (d.taken <> d.lost OR d.state NOT IN ('won', 'lost', 'closed')))
UNION ALL
SELECT 'card payments in dispute of ' || a.market, format('%s in the books, %s by the disputes', a.held, coalesce(s.held, 0))
  FROM (SELECT x.market, coalesce(sum(CASE WHEN t.debit_id = x.id THEN t.amount ELSE -t.amount END), 0) AS held
          FROM account x LEFT JOIN transfer t ON x.id IN (t.debit_id, t.credit_id) WHERE x.kind = 'disputed' GROUP BY x.market) a
  LEFT JOIN (SELECT o.market, sum(d.taken - d.lost) AS held FROM dispute d JOIN payment p ON p.id = d.payment_id
               JOIN orders o ON o.id = p.order_id GROUP BY o.market) s ON s.market = a.market
 WHERE a.held <> coalesce(s.held, 0)
UNION ALL
SELECT 'refund ' || r.id, format('%s of it is paid by a lost dispute, in the books %s', r.covered, coalesce(l.amount, 0))
  FROM refund r
  LEFT JOIN (SELECT first, sum(CASE 'refunds' WHEN debit THEN amount ELSE -amount END) AS amount FROM leg
              WHERE kind = 'refund_covered' GROUP BY first) l ON l.first = r.id::text
 WHERE r.covered <> coalesce(l.amount, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_tasks   The provider is asked about every payment that waits for it.
SELECT 'payment ' || p.id AS what, 'is ' || p.state || ', and nobody asks the provider' AS detail
  FROM payment p
 WHERE p.state IN ('authorising', 'unknown')
   AND NOT EXISTS (SELECT FROM gateway_task g WHERE g.payment_id = p.id AND g.state IN ('waiting', 'busy'))
UNION ALL
SELECT 'refund ' || r.id, 'is asked for by nobody'
  FROM refund r WHERE r.state = 'asked'
   AND NOT EXISTS (SELECT FROM gateway_task g WHERE g.refund_id = r.id AND g.state IN ('waiting', 'busy', 'held'))
UNION ALL
SELECT 'payment ' || d.payment_id, 'is disputed or has refunds that wait for it, and nobody looks how that stands'
  FROM (SELECT payment_id FROM dispute WHERE ended_at IS NULL UNION SELECT payment_id FROM gateway_task WHERE state = 'held') d
 WHERE NOT EXISTS (SELECT FROM gateway_task g WHERE g.payment_id = d.payment_id AND g.act = 'dispute' AND g.state IN ('waiting', 'busy'))
 ORDER BY 1 LIMIT 20;

-- name: check_certificates   What is left of a certificate is what it was sold for less what was spent and not given back; nothing, when dead. What went on to another order is not back.
WITH used AS (
    SELECT account_id, sum(amount) AS amount
      FROM (SELECT account_id, amount FROM payment WHERE kind = 'certificate' AND state IN ('captured', 'refunded')
            UNION ALL
            SELECT s.account_id, -r.amount FROM payment s JOIN payment p ON s.id = coalesce(p.moved_from, p.id)
              JOIN refund r ON r.payment_id = p.id AND r.moved_to IS NULL
             WHERE s.kind = 'certificate') spent
     GROUP BY account_id
)
SELECT 'certificate ' || c.id AS what,
       CASE WHEN a.id IS NULL THEN 'has no account'
            WHEN c.state = 'dead' THEN 'is dead and has ' || a.balance
            ELSE format('of %s has %s, %s is spent', c.amount, a.balance, coalesce(u.amount, 0)) END AS detail
  FROM certificate c
  LEFT JOIN account a ON a.certificate_id = c.id
  LEFT JOIN used u ON u.account_id = a.id
 WHERE a.balance IS DISTINCT FROM CASE c.state WHEN 'dead' THEN 0 ELSE c.amount - coalesce(u.amount, 0) END
UNION ALL
SELECT coalesce('certificate ' || c.id, 'journal ' || j.id),
       CASE WHEN j.id IS NULL THEN 'was issued without a journal' WHEN c.id IS NULL THEN 'issues no certificate'
            ELSE 'is ' || c.amount || ', in the books ' || j.amount END
  FROM certificate c
  FULL JOIN (SELECT j.id, j.ref, sum(t.amount) AS amount FROM journal j LEFT JOIN transfer t ON t.journal_id = j.id
              WHERE j.kind = 'certificate' GROUP BY j.id, j.ref) j ON j.ref = c.id::text
 WHERE c.amount IS DISTINCT FROM j.amount
 ORDER BY 1 LIMIT 20;

-- name: check_issued   Each piece of a certificate that is paid for was issued, each that is not owed to anybody was not; dead are those that came back.
WITH sold AS (
    SELECT o.id, o.market, o.number, o.state, sum(l.qty) AS pieces, sum(l.goods) AS goods,
           coalesce((SELECT sum(p.amount - p.refunded) FROM payment p WHERE p.order_id = o.id AND p.state = 'captured'), 0)
           >= o.total - o.returned AS paid
      FROM orders o
      JOIN order_line l ON l.order_id = o.id AND l.state <> 'cancelled'
      JOIN item i ON i.id = l.item_id AND i.kind = 'certificate'
     GROUP BY o.id
), issued AS (
    SELECT order_id, count(*) AS pieces, sum(amount) AS goods, bool_or(state = 'active') AS is_active
      FROM certificate GROUP BY order_id
)
SELECT 'order ' || s.number AS what, format('sold %s certificates and is paid, issued %s', s.pieces, coalesce(i.pieces, 0)) AS detail
  FROM sold s LEFT JOIN issued i ON i.order_id = s.id
 WHERE s.paid AND s.state <> 'cancelled' AND s.pieces <> coalesce(i.pieces, 0)
UNION ALL
SELECT 'order ' || o.number, 'is cancelled, and its certificates can be spent'
  FROM orders o JOIN issued i ON i.order_id = o.id WHERE o.state = 'cancelled' AND i.is_active
UNION ALL
SELECT format('order %s line %s', coalesce(b.order_id, c.order_id), coalesce(b.line, c.line)),
       format('%s of its certificates came back, %s are dead', coalesce(b.pieces, 0), coalesce(c.pieces, 0))
  FROM (SELECT g.order_id, g.line, sum(g.booked) AS pieces FROM goods_return_line g JOIN item i ON i.id = g.item_id AND i.kind = 'certificate'
         GROUP BY g.order_id, g.line) b
  FULL JOIN (SELECT c.order_id, c.line, count(*) AS pieces FROM certificate c JOIN orders o ON o.id = c.order_id AND o.state <> 'cancelled'
              WHERE c.state = 'dead' GROUP BY c.order_id, c.line) c ON c.order_id = b.order_id AND c.line = b.line
 WHERE coalesce(b.pieces, 0) <> coalesce(c.pieces, 0)
UNION ALL
SELECT 'certificates of ' || a.market, format('%s in the books are not issued yet, by the orders %s', a.owed, coalesce(s.owed, 0))
  FROM (SELECT x.market, coalesce(sum(CASE WHEN t.credit_id = x.id THEN t.amount ELSE -t.amount END), 0) AS owed
          FROM account x LEFT JOIN transfer t ON x.id IN (t.debit_id, t.credit_id) WHERE x.kind = 'certificates_sold' GROUP BY x.market) a
  LEFT JOIN (SELECT s.market, sum(s.goods - coalesce(i.goods, 0)) AS owed FROM sold s LEFT JOIN issued i ON i.order_id = s.id
              WHERE s.state <> 'cancelled' GROUP BY s.market) s ON s.market = a.market
 WHERE a.owed <> coalesce(s.owed, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_drawers   What a drawer holds is what was moved in its shifts, nothing when the last is closed; every transfer of cash is such a move.
WITH moved AS (
    SELECT t.id, sum(d.amount) AS amount FROM till t JOIN shift s ON s.till_id = t.id JOIN drawer_move d ON d.shift_id = s.id GROUP BY t.id
), cash AS (
    SELECT t.journal_id, a.till_id, sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END) AS amount
      FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id) WHERE a.till_id IS NOT NULL GROUP BY t.journal_id, a.till_id
)
SELECT 'till ' || t.code AS what,
       CASE WHEN a.id IS NULL THEN 'has no drawer' ELSE format('holds %s, its shifts have moved %s', a.balance, coalesce(m.amount, 0)) END AS detail
  FROM till t LEFT JOIN account a ON a.till_id = t.id LEFT JOIN moved m ON m.id = t.id
 WHERE a.balance IS DISTINCT FROM coalesce(m.amount, 0)
UNION ALL
SELECT 'shift ' || s.id, 'is closed, and ' || sum(d.amount) || ' is still in its drawer'
  FROM shift s JOIN drawer_move d ON d.shift_id = s.id WHERE s.closed_at IS NOT NULL GROUP BY s.id HAVING sum(d.amount) <> 0
UNION ALL
SELECT coalesce('journal ' || c.journal_id, 'drawer move ' || d.id),
       format('moves %s of cash, its shift says %s', coalesce(c.amount, 0), coalesce(d.amount, 0))
  FROM cash c
  FULL JOIN (SELECT d.*, s.till_id FROM drawer_move d JOIN shift s ON s.id = d.shift_id) d ON d.journal_id = c.journal_id AND d.till_id = c.till_id
 WHERE c.amount IS DISTINCT FROM d.amount
 ORDER BY 1 LIMIT 20;

-- name: check_shifts   One open shift to a till and to a login; Z reports are numbered without a gap and say what was done.
SELECT 'till ' || t.code AS what, format('has %s Z reports up to number %s, and counts %s', count(s.z), coalesce(max(s.z), 0), t.zs) AS detail
  FROM till t LEFT JOIN shift s ON s.till_id = t.id
 GROUP BY t.id HAVING count(s.z) <> t.zs OR coalesce(max(s.z), 0) <> t.zs
UNION ALL
SELECT 'till ' || t.code, 'has ' || count(*) || ' open shifts'
  FROM shift s JOIN till t ON t.id = s.till_id WHERE s.closed_at IS NULL GROUP BY t.id HAVING count(*) > 1
UNION ALL
SELECT 'login ' || l.login, 'has ' || count(*) || ' open shifts'
  FROM shift s JOIN login l ON l.id = s.login_id WHERE s.closed_at IS NULL GROUP BY l.id HAVING count(*) > 1
UNION ALL
SELECT 'shift ' || s.id, 'was begun before an earlier one of its till was closed'
  FROM (SELECT id, opened_at, closed_at, lag(id) OVER (PARTITION BY till_id ORDER BY id) AS earlier FROM shift) s
  JOIN shift e ON e.id = s.earlier WHERE e.closed_at IS NULL
UNION ALL
SELECT 'shift ' || s.id, format('expected %s and counted %s; its moves make %s, over or short %s, %s went to the safe', s.expected, s.counted,
                                d.expected, d.difference, d.dropped)
  FROM shift s
 CROSS JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind NOT IN ('over', 'short', 'drop')), 0) AS expected,
                            coalesce(sum(amount) FILTER (WHERE kind IN ('over', 'short')), 0) AS difference,
                            coalesce(-sum(amount) FILTER (WHERE kind = 'drop'), 0) AS dropped
                       FROM drawer_move WHERE shift_id = s.id) d
 WHERE s.closed_at IS NOT NULL AND (s.expected <> d.expected OR s.counted - s.expected <> d.difference OR s.counted <> d.dropped)
UNION ALL
SELECT 'shift ' || s.id, 'reported other figures than were made: ' || string_agg(f.key, ', ' ORDER BY f.key)
  FROM shift s CROSS JOIN LATERAL jsonb_each(shift_figures(s.id)) AS f
 WHERE s.closed_at IS NOT NULL AND f.key NOT IN ('waiting', 'tenders', 'taxes') AND s.figures -> f.key IS DISTINCT FROM f.value
 GROUP BY s.id
 ORDER BY 1 LIMIT 20;

-- name: check_bankings   What went to the bank is booked from the safe to the bank, once, and nothing else is.
SELECT 'banking ' || b.id AS what, 'says ' || b.amount || ', the books ' || coalesce(t.amount::text, 'nothing') AS detail
  FROM banking b LEFT JOIN journal j ON j.id = b.journal_id AND j.kind = 'banking' AND j.ref = b.id::text
  LEFT JOIN transfer t ON t.journal_id = j.id AND t.debit_id = account_of(b.market, CASE b.kind WHEN 'deposit' THEN 'bank' ELSE 'safe' END)
        AND t.credit_id = account_of(b.market, CASE b.kind WHEN 'deposit' THEN 'safe' ELSE 'bank' END)
 WHERE t.amount IS DISTINCT FROM b.amount
UNION ALL
SELECT 'journal ' || j.id, 'is a banking that nobody made'
  FROM journal j LEFT JOIN banking b ON b.journal_id = j.id WHERE j.kind = 'banking' AND b.id IS NULL
 ORDER BY 1 LIMIT 20;

-- name: check_counter   What is sold at a till leaves its site and is paid there; what is void is void in its own shift.
SELECT 'order ' || o.number AS what,
       CASE WHEN o.site_id <> t.site_id THEN 'was given out at a till of another site' ELSE 'says ' || o.total || ', its shift ' || a.amount END AS detail
  FROM counter_act a JOIN orders o ON o.id = a.order_id JOIN shift s ON s.id = a.shift_id JOIN till t ON t.id = s.till_id
 WHERE a.act <> 'return' AND (o.site_id <> t.site_id OR a.act = 'void' AND a.amount <> o.total)
UNION ALL
SELECT 'order ' || o.number, 'is void in shift ' || a.shift_id || ', where it was not sold or is not cancelled'
  FROM counter_act a JOIN orders o ON o.id = a.order_id
 WHERE a.act = 'void' AND (o.state <> 'cancelled' OR NOT EXISTS (
       SELECT FROM counter_act b WHERE b.order_id = o.id AND b.act = 'sale' AND b.shift_id = a.shift_id))
UNION ALL
SELECT 'payment ' || p.id, 'is cash, and in no drawer'
  FROM payment p LEFT JOIN drawer_move d ON d.payment_id = p.id
  LEFT JOIN shift s ON s.id = d.shift_id LEFT JOIN account a ON a.till_id = s.till_id
 WHERE p.kind = 'cash' AND (d.amount IS DISTINCT FROM p.amount OR d.shift_id IS DISTINCT FROM p.shift_id OR a.id IS DISTINCT FROM p.account_id
                            OR p.given IS NULL)
UNION ALL
SELECT 'drawer move ' || d.id, 'is no payment or refund of that amount'
  FROM drawer_move d LEFT JOIN payment p ON p.id = d.payment_id LEFT JOIN refund r ON r.id = d.refund_id
 WHERE d.kind IN ('sale', 'refund')
   AND (coalesce(p.amount, -r.amount) IS DISTINCT FROM d.amount OR coalesce(p.shift_id, r.shift_id) IS DISTINCT FROM d.shift_id)
 ORDER BY 1 LIMIT 20;

-- name: check_stock   What is on hand is the sum of its movements.
SELECT 'item ' || i.sku || ' at ' || s.code AS what,
       'has ' || coalesce(k.on_hand, 0) || ', its movements make ' || coalesce(m.qty, 0) AS detail
  FROM stock k
  FULL JOIN (SELECT site_id, item_id, sum(qty) AS qty FROM movement GROUP BY site_id, item_id) m
         ON m.site_id = k.site_id AND m.item_id = k.item_id
  JOIN item i ON i.id = coalesce(k.item_id, m.item_id)
  JOIN site s ON s.id = coalesce(k.site_id, m.site_id)
 WHERE coalesce(k.on_hand, 0) <> coalesce(m.qty, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_reserved   What is reserved or back-ordered is what the orders in work hold.
SELECT 'item ' || i.sku || ' at ' || s.code AS what,
       format('%s reserved, %s back-ordered; orders hold %s and %s', coalesce(k.reserved, 0), coalesce(k.back_ordered, 0),
              coalesce(r.reserved, 0), coalesce(r.back_ordered, 0)) AS detail
  FROM stock k
  FULL JOIN (SELECT site_id, item_id, sum(reserved) AS reserved, sum(back_ordered) AS back_ordered
               FROM reservation GROUP BY site_id, item_id) r ON r.site_id = k.site_id AND r.item_id = k.item_id
  JOIN item i ON i.id = coalesce(k.item_id, r.item_id)
  JOIN site s ON s.id = coalesce(k.site_id, r.site_id)
 WHERE coalesce(k.reserved, 0) <> coalesce(r.reserved, 0) OR coalesce(k.back_ordered, 0) <> coalesce(r.back_ordered, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_reservations   Orders in work hold what their lines need, at the site that ships; others hold nothing.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       CASE WHEN o.state NOT IN ('placed', 'on_hold', 'released', 'picked', 'packed') THEN 'is ' || o.state || ' and still holds stock'
            WHEN r.order_id IS NULL THEN 'holds no stock'
            WHEN r.elsewhere THEN 'holds stock at another site'
            ELSE 'needs ' || l.qty || ', holds ' || r.qty END AS detail
  FROM orders o
  JOIN order_line l ON l.order_id = o.id
  JOIN item i ON i.id = l.item_id
  LEFT JOIN (SELECT r.order_id, r.line, sum(r.reserved + r.back_ordered) AS qty, bool_or(r.site_id <> x.site_id) AS elsewhere
               FROM reservation r JOIN orders x ON x.id = r.order_id GROUP BY r.order_id, r.line) r
         ON r.order_id = l.order_id AND r.line = l.line
 WHERE CASE WHEN o.state IN ('placed', 'on_hold', 'released', 'picked', 'packed') AND l.state IN ('reserved', 'back_ordered')
            THEN i.kind NOT IN ('certificate', 'fee')
                 AND (r.order_id IS NULL OR r.elsewhere OR i.kind <> 'kit' AND r.qty <> l.qty)
            ELSE r.order_id IS NOT NULL END
 ORDER BY o.id, l.line LIMIT 20;

-- name: check_allotted   No piece is free while an order waits for it.
SELECT 'item ' || i.sku || ' at ' || s.code AS what,
       format('%s are free, orders wait for %s', k.on_hand - k.reserved, k.back_ordered) AS detail
  FROM stock k JOIN item i ON i.id = k.item_id JOIN site s ON s.id = k.site_id
 WHERE k.back_ordered > 0 AND k.on_hand > k.reserved
 ORDER BY 1 LIMIT 20;

-- name: check_waiting   A line waits for pieces exactly when it lacks some, and says for how many of its own.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       format('is %s with %s of %s back-ordered; its stock says %s', l.state, l.back_ordered, l.qty, r.short) AS detail
  FROM order_line l
  JOIN orders o ON o.id = l.order_id
  JOIN (SELECT r.order_id, r.line,
               max((r.back_ordered * x.qty + r.reserved + r.back_ordered - 1) / (r.reserved + r.back_ordered)) AS short
          FROM reservation r JOIN order_line x ON x.order_id = r.order_id AND x.line = r.line
         GROUP BY r.order_id, r.line) r ON r.order_id = l.order_id AND r.line = l.line
 WHERE l.state <> CASE WHEN r.short > 0 THEN 'back_ordered' ELSE 'reserved' END OR l.back_ordered <> r.short
 ORDER BY o.id, l.line LIMIT 20;

-- name: check_events   The history of each order, payment and line is one chain from its birth to its state.
WITH step AS (
    SELECT id, order_id, machine, ref, from_state, to_state,
           lag(to_state) OVER chain AS before, lead(id) OVER chain IS NULL AS is_last
      FROM order_event WINDOW chain AS (PARTITION BY order_id, machine, ref ORDER BY id)
), now AS (
    SELECT id AS order_id, 'order' AS machine, 0::bigint AS ref, state, '{""}'::text[] AS births FROM orders
    UNION ALL
    SELECT p.order_id, 'payment', p.id, p.state,
           ARRAY['', CASE k.how WHEN 'none' THEN 'due' WHEN 'gateway' THEN 'authorising' ELSE 'captured' END]
      FROM payment p JOIN payment_kind k ON k.kind = p.kind
    UNION ALL
    SELECT order_id, 'line', line, state, '{"",reserved,back_ordered}' FROM order_line
    UNION ALL
    -- A line that a change took away ended with it.
    SELECT DISTINCT r.order_id, 'line', l.line, 'cancelled', '{"",reserved,back_ordered}'::text[]
      FROM order_revision r
     CROSS JOIN LATERAL jsonb_to_recordset(r.lines) AS l(line bigint)
     WHERE NOT EXISTS (SELECT FROM order_line k WHERE k.order_id = r.order_id AND k.line = l.line)
    UNION ALL
    SELECT order_id, 'revision', revision + 1, 'changed', '{""}' FROM order_revision
    UNION ALL
    SELECT p.order_id, 'dispute', d.id, d.state, '{""}' FROM dispute d JOIN payment p ON p.id = d.payment_id
)
SELECT format('%s %s of order id %s', coalesce(n.machine, s.machine), coalesce(n.ref, s.ref), coalesce(n.order_id, s.order_id)) AS what,
       CASE WHEN n.order_id IS NULL THEN 'has a history but does not exist'
            WHEN s.id IS NULL THEN 'is ' || n.state || ' without a history'
            WHEN s.before IS NULL AND s.from_state <> ALL (n.births) THEN 'begins with ' || s.from_state
            WHEN s.before <> s.from_state THEN 'goes from ' || s.from_state || ' after it became ' || s.before
            WHEN m.machine IS NULL AND s.from_state <> '' THEN 'went from ' || s.from_state || ' to ' || s.to_state || ', which is no move'
            ELSE 'is ' || n.state || ', its history ends with ' || s.to_state END AS detail
  FROM now n
  FULL JOIN step s ON s.order_id = n.order_id AND s.machine = n.machine AND s.ref = n.ref
  LEFT JOIN machine_move m ON m.machine = s.machine AND m.from_state = s.from_state AND m.to_state = s.to_state
 WHERE n.order_id IS NULL
    OR s.id IS NULL AND (n.state <> ALL (n.births))
    OR s.id IS NOT NULL AND (s.before IS NULL AND s.from_state <> ALL (n.births)
                             OR s.before <> s.from_state
                             OR m.machine IS NULL AND s.from_state <> '' AND s.machine <> 'dispute' -- the bank's moves
                             OR s.is_last AND s.to_state <> n.state)
 ORDER BY 1 LIMIT 20;

-- name: check_numbers   Order and distributor numbers have their lengths, check digits and no leading 0.
SELECT n.what || ' ' || n.number AS what, 'is no number of this company' AS detail
  FROM company,
       (SELECT 'order' AS what, number FROM orders UNION ALL SELECT 'distributor', number FROM distributor) n
 WHERE n.number LIKE '0%' OR damm_digit(n.number) <> 0
    OR length(n.number) <> CASE n.what WHEN 'order' THEN order_length ELSE distributor_length END
 ORDER BY 1 LIMIT 20;

-- name: check_dates   An order stands on the business day and in the month in which it was placed; when that was closed, in the first that was open.
SELECT 'order ' || o.number AS what,
       format('of %s stands on %s in %s', o.placed_at AT TIME ZONE m.zone, o.business_date, o.month) AS detail
  FROM orders o JOIN market m ON m.code = o.market
 WHERE o.business_date <> (o.placed_at AT TIME ZONE m.zone)::date
    OR o.month <> CASE WHEN EXISTS (SELECT FROM month_event e WHERE e.market = o.market)
                       THEN month_of(o.market, m.zone, o.placed_at, (SELECT min(t.id) FROM journal j JOIN transfer t ON t.journal_id = j.id
                                                                       WHERE j.kind = 'order' AND j.ref = o.number))
                       ELSE date_trunc('month', o.business_date)::date END
 ORDER BY o.id LIMIT 20;

-- name: check_months   A month that is closed is what it was when it was closed: every account, every distributor's volumes.
WITH sealed AS (
    SELECT e.id, e.market || ' ' || to_char(e.month, 'YYYY-MM') AS month, s.event_id, s.books = n.books AND s.transfers = n.transfers AS books,
           s.volumes = n.volumes AND (s.cv, s.pv) = (n.cv, n.pv) AS volumes, format('%s transfers, now %s', s.transfers, n.transfers) AS transfers,
           format('CV %s, PV %s, now %s, %s', s.cv, s.pv, n.cv, n.pv) AS moved
      FROM month_closed e LEFT JOIN month_seal s ON s.event_id = e.id LEFT JOIN month_sealed(NULL) n ON n.event_id = e.id
)
SELECT 'month ' || month AS what, CASE WHEN event_id IS NULL THEN 'is closed, and nobody has written down what it was: close it again'
            WHEN NOT books THEN 'has changed its books: ' || transfers ELSE 'has changed its volumes: ' || moved END AS detail
  FROM sealed WHERE (books AND volumes) IS NOT TRUE
UNION ALL
SELECT 'month ' || s.month || ', ' || coalesce(b.kind, n.kind),
       format('%s before, debits %s, credits %s; now %s, %s, %s', b.opening, b.debits, b.credits, n.opening, n.debits, n.credits)
  FROM (SELECT b.* FROM month_balance b JOIN month_closed e ON e.id = b.event_id) b
  FULL JOIN month_balances(NULL) n ON n.event_id = b.event_id AND n.kind = b.kind
  JOIN sealed s ON s.id = coalesce(b.event_id, n.event_id) AND s.event_id IS NOT NULL
 WHERE (b.opening, b.debits, b.credits) IS DISTINCT FROM (n.opening, n.debits, n.credits)
UNION ALL
SELECT 'market ' || m.code, format('is closed through %s, its months say %s', m.closed_through, e.closed_through)
  FROM market m
  LEFT JOIN LATERAL (SELECT x.closed_through FROM month_event x WHERE x.market = m.code ORDER BY x.id DESC LIMIT 1) e ON true
 WHERE m.closed_through IS DISTINCT FROM e.closed_through
 ORDER BY 1 LIMIT 20;

-- name: check_drafts   A draft is placed when there is an order of its key, and only then.
SELECT 'draft ' || d.ulid AS what, CASE WHEN o.key IS NULL THEN 'is placed, but there is no order' ELSE 'is ' || d.state || ', but was placed' END AS detail
  FROM draft d LEFT JOIN orders o ON o.key = d.ulid
 WHERE (d.state = 'placed') <> (o.key IS NOT NULL)
 ORDER BY 1 LIMIT 20;

-- name: check_people   The present sponsor, status and rank are those of the history.
SELECT 'distributor ' || d.number AS what,
       CASE WHEN s.sponsor_id IS DISTINCT FROM d.sponsor_id THEN 'has another sponsor than its history' ELSE 'is ' || d.status
            || ' of rank ' || d.rank || ', its history says ' || coalesce(h.status || ' of rank ' || h.rank, 'nothing') END AS detail
  FROM distributor d
  LEFT JOIN sponsorship s ON s.distributor_id = d.id AND upper_inf(s.valid)
  LEFT JOIN distributor_status h ON h.distributor_id = d.id AND upper_inf(h.valid)
 WHERE s.sponsor_id IS DISTINCT FROM d.sponsor_id OR h.status IS DISTINCT FROM d.status OR h.rank IS DISTINCT FROM d.rank
 ORDER BY d.number LIMIT 20;

-- name: check_returns   Nothing comes back that was not sent, and no more of it than was sold.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       format('was sold %s times; %s come back, %s are booked', l.qty, return_pieces(l.order_id, l.line, 0, true),
              return_pieces(l.order_id, l.line, 0, false)) AS detail
  FROM (SELECT DISTINCT order_id, line FROM goods_return_line) g
  JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
  JOIN orders o ON o.id = l.order_id
 WHERE greatest(return_pieces(l.order_id, l.line, 0, true), return_pieces(l.order_id, l.line, 0, false)) > l.qty
    OR o.state NOT IN ('shipped', 'received') OR l.state NOT IN ('shipped', 'returned')
UNION ALL
SELECT format('order %s line %s part %s', o.number, c.line, c.position),
       format('was sold %s times; %s come back', c.qty, return_pieces(c.order_id, c.line, c.position, true))
  FROM (SELECT DISTINCT order_id, line FROM goods_return_line) g
  JOIN order_component c ON c.order_id = g.order_id AND c.line = g.line
  JOIN orders o ON o.id = c.order_id
 WHERE return_pieces(c.order_id, c.line, c.position, true) > c.qty
 ORDER BY 1 LIMIT 20;

-- name: check_return_worth   What is given back of a line is exactly its part of what it cost, whatever came before.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       format('%s of %s came back; goods %s, amount %s, tax %s, CV %s, PV %s are given back', p.done, p.whole, g.goods, g.amount, g.tax,
              g.cv, g.pv) AS detail
  FROM (SELECT order_id, line, sum(goods) AS goods, sum(amount) AS amount, sum(tax) AS tax, sum(cv) AS cv, sum(pv) AS pv
          FROM goods_return_line GROUP BY order_id, line) g
  JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
  JOIN orders o ON o.id = l.order_id
 CROSS JOIN LATERAL return_progress(l.order_id, l.line, false) p
 WHERE (g.goods, g.amount, g.tax, g.cv, g.pv) IS DISTINCT FROM
       (return_share(l.goods, 0, p.done, p.whole), return_share(l.amount, 0, p.done, p.whole), return_share(l.tax, 0, p.done, p.whole),
        return_share(l.cv, 0, p.done, p.whole), return_share(l.pv, 0, p.done, p.whole))
 ORDER BY 1 LIMIT 20;

-- name: check_return_books   What returns give back stands in the books and on the order, and never is more than was paid.
WITH booked AS (
    SELECT split_part(j.ref, '/', 1) AS number,
           sum(CASE 'sales' WHEN d.kind THEN CASE c.kind WHEN 'receivable' THEN t.amount ELSE 0 END
                            WHEN c.kind THEN CASE d.kind WHEN 'receivable' THEN -t.amount ELSE 0 END ELSE 0 END) AS goods,
           sum(CASE WHEN d.kind = 'certificates_sold' THEN t.amount ELSE 0 END) AS certificates,
           sum(CASE 'discounts' WHEN c.kind THEN t.amount WHEN d.kind THEN -t.amount ELSE 0 END) AS discount,
           sum(CASE 'tax' WHEN d.kind THEN t.amount WHEN c.kind THEN -t.amount ELSE 0 END) AS tax,
           sum(CASE 'fees' WHEN c.kind THEN t.amount WHEN d.kind THEN -t.amount ELSE 0 END) AS fee,
           sum(CASE 'receivable' WHEN c.kind THEN t.amount WHEN d.kind THEN -t.amount ELSE 0 END) AS back
      FROM journal j
      JOIN transfer t ON t.journal_id = j.id
      JOIN account d ON d.id = t.debit_id
      JOIN account c ON c.id = t.credit_id
     WHERE j.kind = 'return' GROUP BY 1
), line AS (
    SELECT g.return_id, coalesce(sum(g.goods) FILTER (WHERE i.kind <> 'certificate'), 0) AS goods,
           coalesce(sum(g.goods) FILTER (WHERE i.kind = 'certificate'), 0) AS certificates, sum(g.goods - g.amount) AS discount, sum(g.tax) AS tax
      FROM goods_return_line g JOIN item i ON i.id = g.item_id GROUP BY g.return_id
), given AS (
    SELECT r.id, r.order_id, r.number, l.goods, l.certificates, l.discount, l.tax + r.delivery_tax AS tax, r.fee,
           l.goods + l.certificates - l.discount + r.delivery - r.fee + CASE WHEN o.tax_included THEN 0 ELSE l.tax + r.delivery_tax END AS back
      FROM goods_return r JOIN line l ON l.return_id = r.id JOIN orders o ON o.id = r.order_id
)
SELECT coalesce('return ' || g.number, 'journal of return ' || b.number) AS what,
       format('gives back %s: goods %s, certificates %s, discount %s, tax %s, fee %s; in the books %s: %s, %s, %s, %s, %s', g.back, g.goods,
              g.certificates, g.discount, g.tax, g.fee, b.back, b.goods, b.certificates, b.discount, b.tax, b.fee) AS detail
  FROM given g FULL JOIN booked b ON b.number = g.number
 WHERE g.number IS NULL
    OR (g.back, g.goods, g.certificates, g.discount, g.tax, g.fee) IS DISTINCT FROM
       (coalesce(b.back, 0), coalesce(b.goods, 0), coalesce(b.certificates, 0), coalesce(b.discount, 0), coalesce(b.tax, 0), coalesce(b.fee, 0))
UNION ALL
SELECT 'order ' || o.number, format('says that %s came back; its returns make %s', o.returned, coalesce(x.back, 0))
  FROM orders o LEFT JOIN (SELECT order_id, sum(back) AS back FROM given GROUP BY order_id) x ON x.order_id = o.id
 WHERE o.returned <> coalesce(x.back, 0)
 ORDER BY 1 LIMIT 20;

-- name: check_return_volumes   Volumes that went back are those of the lines that did.
SELECT 'return ' || r.number AS what, format('took CV %s, PV %s; its lines have %s, %s', -v.cv, -v.pv, l.cv, l.pv) AS detail
  FROM goods_return r
  JOIN (SELECT return_id, sum(cv) AS cv, sum(pv) AS pv FROM goods_return_line GROUP BY return_id) l ON l.return_id = r.id
  LEFT JOIN (SELECT return_id, sum(cv) AS cv, sum(pv) AS pv FROM volume_entry GROUP BY return_id) v ON v.return_id = r.id
 WHERE (coalesce(v.cv, 0), coalesce(v.pv, 0)) <> (-l.cv, -l.pv)
    OR EXISTS (SELECT FROM volume_entry e WHERE e.return_id = r.id AND e.order_id <> r.order_id)
 ORDER BY 1 LIMIT 20;

-- name: check_return_states   What came of a return fits its state, its stock movements and what was promised for it.
WITH moved AS (
    SELECT m.document, m.item_id, sum(m.qty) FILTER (WHERE NOT s.quarantine) AS stock, sum(m.qty) FILTER (WHERE s.quarantine) AS quarantine,
           -sum(m.qty) FILTER (WHERE m.reason = 'scrap') AS scrap
      FROM movement m JOIN site s ON s.id = m.site_id WHERE m.document LIKE 'return R-%' GROUP BY m.document, m.item_id
), came AS (
    SELECT 'return ' || r.number AS document, coalesce(c.item_id, g.item_id) AS item_id,
           sum(g.stock * coalesce(c.qty / l.qty, 1)) AS stock, sum(g.quarantine * coalesce(c.qty / l.qty, 1)) AS quarantine,
           sum(g.scrap * coalesce(c.qty / l.qty, 1)) AS scrap
      FROM goods_return r
      JOIN goods_return_line g ON g.return_id = r.id
      JOIN item i ON i.id = g.item_id AND i.kind <> 'certificate' -- these are dead, and in no stock
      JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
      LEFT JOIN order_component c ON g.component = 0 AND c.order_id = g.order_id AND c.line = g.line
     GROUP BY 1, 2
)
SELECT coalesce(c.document, m.document) AS what,
       format('item %s: %s to stock, %s to quarantine, %s scrapped; moved were %s, %s, %s', coalesce(c.item_id, m.item_id), c.stock,
              c.quarantine, c.scrap, m.stock, m.quarantine, m.scrap) AS detail
  FROM came c FULL JOIN moved m ON m.document = c.document AND m.item_id = c.item_id
 WHERE (coalesce(c.stock, 0), coalesce(c.quarantine, 0), coalesce(c.scrap, 0)) IS DISTINCT FROM
       (coalesce(m.stock, 0), coalesce(m.quarantine, 0), coalesce(m.scrap, 0))
UNION ALL
SELECT 'return ' || r.number, format('is %s; of %s pieces %s came, %s are booked, %s taken', r.state, g.qty, g.came, g.booked, g.taken)
  FROM goods_return r
  JOIN (SELECT return_id, sum(qty) AS qty, sum(stock + quarantine + scrap) AS came, sum(booked) AS booked, sum(taken) AS taken,
               sum(booked) FILTER (WHERE exchange_line IS NULL) AS plain, sum(stock + quarantine + scrap) FILTER (WHERE exchange_line IS NULL) AS plain_came
          FROM goods_return_line GROUP BY return_id) g ON g.return_id = r.id
 WHERE CASE WHEN r.state IN ('asked', 'received')
            THEN g.taken <> g.qty OR g.came >= g.qty OR (r.state = 'asked') <> (g.came = 0)
                 OR (r.refund_when = 'received' AND g.plain <> g.plain_came)
            ELSE g.taken <> g.came OR g.booked <> g.came OR (r.state <> 'closed' AND g.came > 0) END
 ORDER BY 1 LIMIT 20;

-- name: check_shares   What promotions take off a line is the sum of their shares of it, and within its discount.
SELECT 'order ' || o.number || ' line ' || l.line AS what,
       format('is reduced by %s, of which promotions have %s; their shares make %s', l.discount, l.promoted,
              coalesce(s.amount, 0)) AS detail
  FROM order_line l
  JOIN orders o ON o.id = l.order_id
  LEFT JOIN (SELECT order_id, line, sum(amount) AS amount FROM order_line_share GROUP BY order_id, line) s
         ON s.order_id = l.order_id AND s.line = l.line
 WHERE l.promoted <> coalesce(s.amount, 0) OR l.promoted > l.discount
 ORDER BY o.id, l.line LIMIT 20;

-- name: check_uses   What a promotion has given is what it took off the lines, and every share has its use.
SELECT 'order ' || o.number || ' promotion ' || p.code AS what,
       format('gave %s; its shares make %s', u.amount, coalesce(s.amount, 0)) AS detail
  FROM promotion_use u
  JOIN orders o ON o.id = u.order_id
  JOIN promotion p ON p.id = u.promotion_id
  LEFT JOIN (SELECT order_id, promotion_id, version, sum(amount) AS amount FROM order_line_share GROUP BY 1, 2, 3) s
         ON s.order_id = u.order_id AND s.promotion_id = u.promotion_id AND s.version = u.version
 WHERE u.amount <> coalesce(s.amount, 0) OR (u.given_back_at IS NOT NULL) <> (o.state = 'cancelled')
 ORDER BY o.id, p.code LIMIT 20;

-- name: check_counters   What is counted of a promotion and of a coupon is what its orders have used.
WITH used AS (
    SELECT promotion_id, count(*) AS uses, sum(amount + delivery + credit) AS spent
      FROM promotion_use WHERE given_back_at IS NULL GROUP BY promotion_id
), bought AS (
    SELECT promotion_id, buyer_id, count(*) AS uses
      FROM promotion_use WHERE given_back_at IS NULL GROUP BY promotion_id, buyer_id
), redeemed AS (
    SELECT coupon, count(*) AS uses FROM promotion_use WHERE given_back_at IS NULL AND coupon IS NOT NULL GROUP BY coupon
)
SELECT what, detail FROM (
    SELECT 'promotion ' || p.code AS what,
           format('counts %s uses and %s spent; its orders make %s and %s', c.uses, c.spent, coalesce(u.uses, 0),
                  coalesce(u.spent, 0)) AS detail
      FROM promotion_counter c JOIN promotion p ON p.id = c.promotion_id LEFT JOIN used u ON u.promotion_id = c.promotion_id
     WHERE c.uses <> coalesce(u.uses, 0) OR c.spent <> coalesce(u.spent, 0)
    UNION ALL
    SELECT 'promotion ' || p.code || ' buyer ' || coalesce(b.person_id, u.buyer_id),
           format('counts %s uses; the orders make %s', coalesce(b.uses, 0), coalesce(u.uses, 0))
      FROM promotion_counter c
      JOIN promotion p ON p.id = c.promotion_id
      JOIN (promotion_buyer b FULL JOIN bought u ON u.promotion_id = b.promotion_id AND u.buyer_id = b.person_id)
           ON c.promotion_id = coalesce(b.promotion_id, u.promotion_id)
     WHERE coalesce(b.uses, 0) <> coalesce(u.uses, 0)
    UNION ALL
    SELECT 'coupon ' || c.code, format('counts %s uses; its orders make %s', c.uses, coalesce(r.uses, 0))
      FROM coupon c LEFT JOIN redeemed r ON r.coupon = c.code WHERE c.uses <> coalesce(r.uses, 0)
) broken ORDER BY what LIMIT 20;

-- name: check_credits   The credit that an order's promotions promised stands in the books, once, pending or usable; that of a cancelled one, and of goods that came back, does not.
WITH promised AS (
    SELECT order_id, coalesce(sum(credit - credit_gone(order_id, credit)) FILTER (WHERE usable_at IS NULL), 0) AS amount FROM promotion_use
     WHERE given_back_at IS NULL AND credit > 0 GROUP BY order_id
), usable AS (
    SELECT order_id, sum(credit - taken_back) AS amount, bool_or(taken_back > credit_gone(order_id, credit)) AS is_short FROM promotion_use
     WHERE given_back_at IS NULL AND usable_at IS NOT NULL GROUP BY order_id
), made AS (
    SELECT t.order_id, sum(CASE WHEN c.kind = 'credit' THEN t.amount ELSE -t.amount END) AS amount
      FROM journal j
      JOIN transfer t ON t.journal_id = j.id
      JOIN account d ON d.id = t.debit_id
      JOIN account c ON c.id = t.credit_id
     WHERE j.kind IN ('credit_usable', 'credit_return') AND 'credit' IN (d.kind, c.kind)
     GROUP BY t.order_id
), booked AS (
    SELECT t.order_id, sum(CASE WHEN c.kind = 'pending_credit' THEN t.amount ELSE -t.amount END) AS amount
      FROM transfer t
      JOIN account d ON d.id = t.debit_id
      JOIN account c ON c.id = t.credit_id
     WHERE 'pending_credit' IN (d.kind, c.kind)
     GROUP BY t.order_id
)
SELECT 'order ' || o.number AS what,
       format('promised a credit of %s; %s is booked', coalesce(p.amount, 0), coalesce(b.amount, 0)) AS detail
  FROM promised p FULL JOIN booked b ON b.order_id = p.order_id JOIN orders o ON o.id = coalesce(p.order_id, b.order_id)
 WHERE coalesce(p.amount, 0) <> coalesce(b.amount, 0)
UNION ALL
SELECT 'order ' || o.number, format('a credit of %s is usable; %s is booked', coalesce(u.amount, 0), coalesce(m.amount, 0))
  FROM usable u FULL JOIN made m ON m.order_id = u.order_id JOIN orders o ON o.id = coalesce(u.order_id, m.order_id)
 WHERE coalesce(u.amount, 0) <> coalesce(m.amount, 0) OR u.is_short
 ORDER BY 1 LIMIT 20;

-- name: check_recruits   A use that rewarded new customers names as many.
SELECT 'order ' || o.number || ' promotion ' || p.code AS what,
       format('rewarded %s new customers; %s are named', u.recruits, coalesce(r.n, 0)) AS detail
  FROM promotion_use u
  JOIN orders o ON o.id = u.order_id
  JOIN promotion p ON p.id = u.promotion_id
  LEFT JOIN (SELECT order_id, promotion_id, count(*) AS n FROM promotion_recruit GROUP BY order_id, promotion_id) r
         ON r.order_id = u.order_id AND r.promotion_id = u.promotion_id
 WHERE coalesce(r.n, 0) <> CASE WHEN u.given_back_at IS NULL THEN u.recruits ELSE 0 END
 ORDER BY o.id, p.code LIMIT 20;
