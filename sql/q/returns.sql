-- Returns and exchanges.

-- name: return_order   $1: number, $2: market or NULL. What of an order counts for its return.
WITH o AS (
    SELECT o.*, m.return_days, m.return_post_days, m.withdrawal_days, m.buy_back_months, m.buy_back_ppm, m.restock_fee
      FROM orders o JOIN market m ON m.code = o.market
     WHERE o.number = $1 AND ($2::text IS NULL OR o.market = $2)
), sent AS (
    SELECT o.id, order_sent_on(o.id) AS day FROM o
)
SELECT o.number, o.state, o.market, o.currency, o.exponent, o.tax_included, o.customer_id IS NULL, o.channel IN ('web', 'pws', 'shop'),
       o.delivery, CASE WHEN o.tax_included THEN 0 ELSE o.delivery_tax END, business_date(o.market), s.day, s.day + o.return_days,
       s.day + o.withdrawal_days, (o.business_date + make_interval(months => o.buy_back_months))::date, o.return_post_days,
       o.restock_fee, o.buy_back_ppm, d.number, dp.name, o.customer_id, cp.name,
       CASE WHEN o.type <> 'exchange' THEN o.type WHEN o.customer_id IS NULL THEN 'personal' ELSE 'customer' END,
       l.code, o.pricing_date, o.destination, o.ship_to::text, p.language, w.return_address::text
  FROM o
  JOIN sent s ON s.id = o.id
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = o.customer_id
  JOIN person p ON p.id = coalesce(o.customer_id, o.distributor_id)
  JOIN price_list l ON l.id = o.list_id
  JOIN site w ON w.market = o.market AND w.ships;

-- name: return_order_lines   $1: number. Its lines, with the pieces that returns have taken already.
SELECT l.client_id, l.line, l.sku, l.name, l.qty, coalesce(g.taken, 0), l.unit, l.goods, l.discount, l.promoted, l.amount, l.tax,
       l.tax_ppm, l.cv, l.pv, i.kind <> 'fee', coalesce(g.keeps, false), coalesce(g.exchanged, false), i.kind = 'certificate'
  FROM orders o
  JOIN order_line l ON l.order_id = o.id
  JOIN item i ON i.id = l.item_id
  LEFT JOIN LATERAL (SELECT sum(x.taken) FILTER (WHERE x.component = 0) AS taken,
                            bool_or(x.taken > 0 AND NOT (x.refunds_delivery OR r.kind = 'withdrawal')) AS keeps,
                            bool_or(x.taken > 0 AND x.exchange_line IS NOT NULL) AS exchanged
                       FROM goods_return_line x JOIN goods_return r ON r.id = x.return_id
                      WHERE x.order_id = l.order_id AND x.line = l.line) g ON true
 WHERE o.number = $1 AND l.state <> 'cancelled' ORDER BY l.line;

-- name: return_order_parts   $1: number. The parts of its kits, in the order of its lines.
SELECT l.client_id, c.position, i.sku, coalesce(n.name, i.sku), c.qty,
       (SELECT coalesce(sum(g.taken), 0) FROM goods_return_line g
         WHERE g.order_id = c.order_id AND g.line = c.line AND g.component = c.position), c.share
  FROM orders o
  JOIN market m ON m.code = o.market
  JOIN order_component c ON c.order_id = o.id
  JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line
  JOIN item i ON i.id = c.item_id
  LEFT JOIN LATERAL (SELECT x.name FROM item_name x WHERE x.item_id = i.id AND x.language IN (m.language, 'en')
                      ORDER BY x.language = m.language DESC LIMIT 1) n ON true
 WHERE o.number = $1 AND l.state <> 'cancelled' ORDER BY l.line, c.position;

-- name: return_order_certificates   $1: number. Its certificates that can be spent, in the order of its lines, the last first.
SELECT l.client_id, right(c.number, 4), c.amount, a.balance
  FROM orders o
  JOIN certificate c ON c.order_id = o.id AND c.state = 'active'
  JOIN account a ON a.certificate_id = c.id
  JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line
 WHERE o.number = $1 ORDER BY l.line, c.piece DESC;

-- name: return_reasons   $1: number of an order, $2: language
SELECT r.code, r.letter, coalesce(n.name, e.name, r.code), r.fee, r.refunds_delivery
  FROM orders o
  JOIN return_reason r ON r.market = o.market
  LEFT JOIN return_reason_name n ON n.market = r.market AND n.code = r.code AND n.language = left($2, 2)
  LEFT JOIN return_reason_name e ON e.market = r.market AND e.code = r.code AND e.language = 'en'
 WHERE o.number = $1 ORDER BY r.position;

-- name: return_ask
SELECT result, reply::text
  FROM return_ask($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9, $10, $11::date, $12::bigint, $13::int, $14::bigint, $15::bigint,
                  $16::jsonb, $17::int[], $18::int[], $19::bigint[], $20::text[], $21::int[],
                  $22::jsonb, $23::text[], $24::bigint[], $25::text[], $26::text[], $27::bigint[], $28::bigint[], $29::bigint[],
                  $30::bigint[], $31::int[], $32::bigint[], $33::bigint[], $34::int[], $35::bigint[], $36::bigint[], $37::bigint[],
                  $38::boolean[], $39::text[], $40::bigint[], $41::int[], $42::bigint[], $43::bigint[]);

-- name: return_receive
SELECT result, reply::text FROM return_receive($1, $2, $3, $4, $5::bigint, $6, $7::int[], $8::bigint[], $9::bigint[], $10::bigint[],
                                               $11::boolean, $12);

-- name: return_end
SELECT result, reply::text FROM return_end($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9);

-- name: return_get   $1: number, $2: market or NULL
SELECT r.number, o.number, r.market, r.kind, r.state, r.deadline, e.number, o.currency, o.exponent, r.expected,
       coalesce((SELECT sum(g.amount + CASE WHEN o.tax_included THEN 0 ELSE g.tax END) FROM goods_return_line g WHERE g.return_id = r.id), 0)
       + r.delivery + CASE WHEN o.tax_included THEN 0 ELSE r.delivery_tax END - r.fee,
       r.fee, r.delivery, r.note, r.override, r.reason, to_char(r.asked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.login,
       to_char(r.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), b.login, s.return_address::text, p.language,
       d.number, dp.name, o.customer_id, cp.name
  FROM goods_return r
  JOIN orders o ON o.id = r.order_id
  JOIN site s ON s.id = r.site_id
  JOIN person p ON p.id = coalesce(o.customer_id, o.distributor_id)
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = o.customer_id
  JOIN login a ON a.id = r.asked_by
  LEFT JOIN login b ON b.id = r.ended_by
  LEFT JOIN orders e ON e.id = r.exchange_id
 WHERE r.number = $1 AND ($2::text IS NULL OR r.market = $2);

-- name: return_get_lines   $1: number, $2: language
SELECT g.position, l.client_id, i.sku, coalesce(c.name, l.name), g.component > 0, g.qty, g.reason, coalesce(n.name, e.name, g.reason),
       x.sku, x.name, g.stock, g.quarantine, g.scrap, g.booked, g.amount + CASE WHEN o.tax_included THEN 0 ELSE g.tax END, g.cv, g.pv,
       to_char(g.inspected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), w.login
  FROM goods_return r
  JOIN orders o ON o.id = r.order_id
  JOIN market m ON m.code = r.market
  JOIN goods_return_line g ON g.return_id = r.id
  JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
  JOIN item i ON i.id = g.item_id
  LEFT JOIN LATERAL (SELECT k.name FROM item_name k WHERE g.component > 0 AND k.item_id = i.id AND k.language IN (m.language, 'en')
                      ORDER BY k.language = m.language DESC LIMIT 1) c ON true
  LEFT JOIN return_reason_name n ON n.market = r.market AND n.code = g.reason AND n.language = left($2, 2)
  LEFT JOIN return_reason_name e ON e.market = r.market AND e.code = g.reason AND e.language = 'en'
  LEFT JOIN order_line x ON x.order_id = r.exchange_id AND x.line = g.exchange_line
  LEFT JOIN login w ON w.id = g.inspected_by
 WHERE r.number = $1 ORDER BY g.position;

-- name: return_list   $1: order or NULL, $2: state or NULL, $3: market or NULL, $4: most, $5: cursor (a return's number)
SELECT r.number, o.number, r.market, r.kind, r.state, r.deadline, o.currency, o.exponent, r.expected,
       to_char(r.asked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.login, coalesce(cp.name, dp.name),
       (SELECT sum(g.qty) FROM goods_return_line g WHERE g.return_id = r.id)::bigint
  FROM goods_return r
  JOIN orders o ON o.id = r.order_id
  JOIN person dp ON dp.id = o.distributor_id
  LEFT JOIN person cp ON cp.id = o.customer_id
  JOIN login a ON a.id = r.asked_by
 WHERE ($1::text IS NULL OR o.number = $1) AND ($2::text IS NULL OR r.state = $2) AND ($3::text IS NULL OR r.market = $3)
   AND ($5::text IS NULL OR r.id < (SELECT y.id FROM goods_return y WHERE y.number = $5))
 ORDER BY r.id DESC LIMIT $4::int;

-- name: return_exists   $1: number
SELECT FROM goods_return WHERE number = $1;

-- name: returns_expire   Those whose time is over, a few at a time; who comes later sees to the rest.
SELECT returns_expire(50);
