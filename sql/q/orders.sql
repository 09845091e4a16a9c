-- name: order_by_key   $1: key. What the key has placed before, and whether a draft of that name is open.
SELECT o.number, o.state, o.payment_state, o.total, o.currency, o.exponent, o.body_hash,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       o.market
  FROM orders o WHERE o.key = $1;

-- name: order_duplicates   $1: fingerprint. Placed within a day by the company's clock.
SELECT o.number, to_char(o.placed_at AT TIME ZONE m.zone, 'HH24:MI'), l.login
  FROM orders o JOIN market m ON m.code = o.market JOIN login l ON l.id = o.placed_by
 WHERE o.fingerprint = $1 AND o.state <> 'cancelled' AND o.placed_at > company_now() - interval '24 hours'
 ORDER BY o.placed_at DESC LIMIT 1;

-- name: order_place
SELECT result, order_number, payment_state, order_total, detail::text
  FROM order_place($1, $2, $3::bigint, $4::bigint, $5, $6, $7, $8, $9::bigint, $10::int, $11::bigint,
                   $12::bigint, $13::date, $14, $15::int, $16::boolean, $17,
                   $18::bigint, $19::bigint, $20::bigint, $21::bigint, $22::bigint, $23::bigint, $24::bigint,
                   $25::bigint, $26::bigint, $27, $28::jsonb, $29, $30, $31::bigint, $32::bigint,
                   $33::text[], $34::bigint[], $35::text[], $36::text[], $37::bigint[], $38::bigint[],
                   $39::bigint[], $40::bigint[], $41::int[], $42::bigint[], $43::bigint[],
                   $44::int[], $45::bigint[], $46::bigint[], $47::bigint[], $48::boolean[]);

-- name: order_cancel
SELECT result, state FROM order_cancel($1, $2, $3, $4::bigint, $5::bigint, $6, $7);

-- name: order_get   $1: number, $2: market or NULL
SELECT o.id, o.number, o.state, o.payment_state, o.type, o.market, d.number, dp.name, c.id, cp.name,
       pl.code, o.pricing_date, o.currency, o.exponent, o.tax_included, o.goods, o.discount, o.delivery,
       o.delivery_tax, o.tax, o.tax_added, o.total, o.cv, o.pv, o.destination, o.ship_to::text, o.note,
       to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, o.channel,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       o.placed_by, company_now() < o.placed_at + make_interval(mins => m.cancel_minutes), o.version
  FROM orders o
  JOIN market m ON m.code = o.market
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN customer c ON c.id = o.customer_id
  LEFT JOIN person cp ON cp.id = c.id
  JOIN price_list pl ON pl.id = o.list_id
  JOIN login l ON l.id = o.placed_by
 WHERE o.number = $1 AND ($2::text IS NULL OR o.market = $2);

-- name: order_lines   $1: number
SELECT l.client_id, l.sku, l.name, l.qty, l.unit, l.discount, l.amount, l.tax, l.cv, l.pv, l.back_ordered, l.state
  FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.number = $1 ORDER BY l.line;

-- name: order_payments   $1: number
SELECT p.kind, p.amount, p.state FROM orders o JOIN payment p ON p.order_id = o.id
 WHERE o.number = $1 ORDER BY p.id;

-- name: order_events   $1: number
SELECT to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.machine, e.ref, e.from_state, e.to_state,
       l.login, e.reason
  FROM orders o JOIN order_event e ON e.order_id = o.id LEFT JOIN login l ON l.id = e.by_login
 WHERE o.number = $1 ORDER BY e.id;

-- name: order_list   $1: distributor or NULL, $2: customer or NULL, $3: state or NULL, $4: market or NULL,
-- $5: most, $6: cursor (an order's number)
SELECT o.number, o.state, o.payment_state, o.type, d.number, dp.name, o.total, o.currency, o.exponent,
       to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login,
       (SELECT count(*) FROM order_line x WHERE x.order_id = o.id)
  FROM orders o
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  JOIN login l ON l.id = o.placed_by
 WHERE ($1::text IS NULL OR o.distributor_id = (SELECT x.id FROM distributor x WHERE x.number = $1))
   AND ($2::bigint IS NULL OR o.customer_id = $2::bigint)
   AND ($3::text IS NULL OR o.state = $3)
   AND ($4::text IS NULL OR o.market = $4)
   AND ($6::text IS NULL OR (o.placed_at, o.id) < (SELECT x.placed_at, x.id FROM orders x WHERE x.number = $6))
 ORDER BY o.placed_at DESC, o.id DESC
 LIMIT $5::int;
