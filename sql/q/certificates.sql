-- Gift certificates: looked up by number, listed by who sold or bought them, added up.

-- name: certificate_look   $1: digits, $2: who bought it or NULL, $3: market or NULL, $4: login, $5: address, $6: request
SELECT l.wait, l.id, l.number FROM certificate_look($1, $2, $3, $4::bigint, $5, $6) l;

-- name: certificate_place   $1: key, $2: the order, $3: shift or NULL, $4: address. As order_place and counter_place, where certificates pay.
SELECT result, order_number, payment_state, order_total, detail::text, state, change FROM certificate_place($1, $2::priced_order, $3::bigint, $4);

-- name: certificate_pay   As order_pay; $11: address, $12: shift or NULL, $13: it is given out, too.
SELECT result, reply::text
  FROM certificate_pay($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8::text[], $9::bigint[], $10::text[], $11, $12::bigint, $13::boolean);

-- name: certificate_card   $1: id
SELECT c.id, c.last, c.market, c.currency, c.exponent, c.amount, c.balance, c.state,
       to_char(c.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), c.sold_by,
       c.seller, c.seller_name, c.customer_id, c.customer_name
  FROM certificate_card c WHERE c.id = $1::bigint;

-- name: certificate_history   $1: id. The first first.
SELECT to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.act, e.amount, e.order_number
  FROM certificate_event e WHERE e.certificate_id = $1::bigint ORDER BY e.seq;

-- name: certificate_list   $1: seller's number or NULL, $2: customer's id or NULL, $3: state or NULL, $4: market or NULL, $5: behind this id or NULL, $6: how many, $7: number of who bought it for herself or NULL. The newest first.
SELECT c.id, c.last, c.market, c.currency, c.exponent, c.amount, c.balance, c.state,
       to_char(c.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), c.sold_by,
       c.seller, c.seller_name, c.customer_id, c.customer_name
  FROM certificate_card c
 WHERE ($1::text IS NULL OR c.seller_id = (SELECT d.id FROM distributor d WHERE d.number = $1))
   AND ($7::text IS NULL OR c.customer_id IS NULL AND c.seller_id = (SELECT d.id FROM distributor d WHERE d.number = $7))
   AND ($2::bigint IS NULL OR c.customer_id = $2) AND ($3::text IS NULL OR c.state = $3)
   AND ($4::text IS NULL OR c.market = $4) AND ($5::bigint IS NULL OR c.id < $5)
 ORDER BY c.id DESC LIMIT $6::int;

-- name: certificate_liability   $1: market or NULL. What is owed to holders, by certificates and in the books: the same.
SELECT m.code, m.currency, m.exponent, coalesce(s.open, 0), coalesce(s.dead, 0), coalesce(s.sold, 0), coalesce(s.open_amount, 0),
       coalesce(b.balance, 0)
  FROM market m
  LEFT JOIN (SELECT market, count(*) FILTER (WHERE state = 'active' AND balance > 0) AS open,
                    count(*) FILTER (WHERE state = 'dead') AS dead, sum(amount) AS sold, sum(balance) AS open_amount
               FROM certificate_card GROUP BY market) s ON s.market = m.code
  LEFT JOIN (SELECT a.market, sum(CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END) AS balance
               FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id)
              WHERE a.kind = 'certificate' GROUP BY a.market) b ON b.market = m.code
 WHERE $1::text IS NULL OR m.code = $1
 ORDER BY m.code;

-- name: certificate_export   All that were ever issued, by their last digits.
SELECT c.market, '...' || c.last, c.state, c.currency, c.exponent, c.amount, CASE c.state WHEN 'dead' THEN 0 ELSE c.amount - c.balance END, c.balance, (c.issued_at AT TIME ZONE m.zone)::date, c.sold_by,
       c.seller, c.seller_name, coalesce(c.customer_name, '')
  FROM certificate_card c JOIN market m ON m.code = c.market ORDER BY c.market, c.id;
