-- The counter of a showroom: tills, shifts, receipts.

-- name: till_list   $1: market or NULL
SELECT t.code, t.name, w.market, m.currency, m.exponent, w.code, d.number, t.walk_in_id::text, s.id::text, l.login, l.name, to_char(s.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM till t
  JOIN site w ON w.id = t.site_id
  JOIN market m ON m.code = w.market
  LEFT JOIN customer c ON c.id = t.walk_in_id
  LEFT JOIN distributor d ON d.id = c.distributor_id
  LEFT JOIN shift s ON s.till_id = t.id AND s.closed_at IS NULL
  LEFT JOIN login l ON l.id = s.login_id
 WHERE $1::text IS NULL OR w.market = $1 ORDER BY t.code;

-- name: till_show   All of them: code, market, site, Z reports, who is at it, name.
SELECT t.code, w.market, w.code, t.zs, coalesce(l.login, ''), t.name
  FROM till t
  JOIN site w ON w.id = t.site_id
  LEFT JOIN shift s ON s.till_id = t.id AND s.closed_at IS NULL
  LEFT JOIN login l ON l.id = s.login_id
 ORDER BY t.code;

-- name: till_add   $1: code, $2: site, $3: name, $4: the walk-in's customer id, or ''. Added, or what is wrong.
WITH w AS (
    SELECT id, market FROM site WHERE code = $2 AND NOT quarantine
), c AS (
    SELECT k.id FROM customer k JOIN w ON w.market = k.market WHERE k.id = CASE WHEN $4 ~ '^[0-9]{1,18}$' THEN $4::bigint END
), verdict AS (
    SELECT CASE WHEN $1 !~ '^[A-Z0-9][A-Z0-9-]{0,15}$' THEN 'code'
                WHEN EXISTS (SELECT FROM till WHERE code = $1) THEN 'taken'
                WHEN NOT EXISTS (SELECT FROM w) THEN 'site'
                WHEN trim($3) = '' THEN 'name'
                WHEN $4 <> '' AND NOT EXISTS (SELECT FROM c) THEN 'customer' ELSE 'added' END AS what
), made AS (
    INSERT INTO till (code, name, site_id, walk_in_id)
        SELECT $1, $3, w.id, (SELECT id FROM c) FROM w, verdict WHERE what = 'added'
)
SELECT what FROM verdict;

-- name: shift_open
SELECT result, reply::text FROM shift_open($1, $2, $3, $4, $5::bigint, $6, $7::bigint);

-- name: shift_move
SELECT result, reply::text FROM shift_move($1::bigint, $2, $3, $4, $5::bigint, $6, $7, $8::bigint, $9);

-- name: shift_close
SELECT result, reply::text FROM shift_close($1::bigint, $2, $3, $4, $5::bigint, $6, $7::boolean, $8::bigint, $9::jsonb, $10);

-- name: shift_list   $1: market or NULL, $2: till or NULL, $3: login or NULL, $4: first business day or NULL, $5: most,
-- $6: cursor (a shift's id), $7: one shift's id, $8: only open ones. Newest first; with what stands in `shift_get`.
SELECT s.id::text, t.code, t.name, w.code, w.market, m.currency, m.exponent, l.login, l.name,
       CASE WHEN s.closed_at IS NULL THEN 'open' ELSE 'closed' END, to_char(s.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(s.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       s.change_fund, (SELECT count(*) FROM counter_act a WHERE a.shift_id = s.id AND a.act = 'sale'),
       CASE WHEN s.closed_at IS NULL THEN a.balance END, s.closed_at IS NULL AND m.blind_count, s.z, s.expected, s.counted,
       s.counted - s.expected, s.note, k.login, d.number, t.walk_in_id::text
  FROM shift s
  JOIN till t ON t.id = s.till_id
  JOIN site w ON w.id = t.site_id
  JOIN market m ON m.code = w.market
  JOIN login l ON l.id = s.login_id
  JOIN account a ON a.till_id = t.id
  LEFT JOIN login k ON k.id = s.closed_by
  LEFT JOIN customer c ON c.id = t.walk_in_id
  LEFT JOIN distributor d ON d.id = c.distributor_id
 WHERE ($1::text IS NULL OR w.market = $1)
   AND ($2::text IS NULL OR t.code = $2)
   AND ($3::bigint IS NULL OR s.login_id = $3::bigint)
   AND ($4::date IS NULL OR (s.opened_at AT TIME ZONE m.zone)::date >= $4::date)
   AND ($6::bigint IS NULL OR s.id < $6::bigint)
   AND ($7::bigint IS NULL OR s.id = $7::bigint)
   AND ($8::boolean IS NOT TRUE OR s.closed_at IS NULL)
 ORDER BY s.id DESC LIMIT $5::int;

-- name: shift_report   $1: shift. Its figures as they were when it was closed, or as they are; its times, and the company's name.
SELECT coalesce(s.figures, shift_figures(s.id))::text, c.name, w.name, to_char(s.opened_at AT TIME ZONE m.zone, 'YYYY-MM-DD HH24:MI'), to_char(coalesce(s.closed_at, company_now()) AT TIME ZONE m.zone, 'YYYY-MM-DD HH24:MI'), s.pieces::text
  FROM shift s
  JOIN till t ON t.id = s.till_id
  JOIN site w ON w.id = t.site_id
  JOIN market m ON m.code = w.market
 CROSS JOIN company c
 WHERE s.id = $1::bigint;

-- name: shift_moves   $1: shift. What was paid in and out beside sales.
SELECT to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), d.kind, abs(d.amount), d.reason, l.name
  FROM drawer_move d JOIN login l ON l.id = d.login_id
 WHERE d.shift_id = $1::bigint AND d.kind IN ('pay_in', 'pay_out') ORDER BY d.id;

-- name: shift_stock_free   $1: shift, $2: items, $3: market. At the site of the till; an item without a row has none.
SELECT u.item, coalesce(s.on_hand - s.reserved, 0)
  FROM unnest($2::bigint[]) WITH ORDINALITY AS u(item, nr)
  LEFT JOIN (SELECT t.site_id FROM shift x JOIN till t ON t.id = x.till_id JOIN site k ON k.id = t.site_id
              WHERE x.id = $1::bigint AND k.market = $3) w ON true
  LEFT JOIN stock s ON s.site_id = w.site_id AND s.item_id = u.item
 ORDER BY u.nr;

-- name: counter_place   $1: key, $2: the order (sql/schema/019_placing.sql), $3: shift
SELECT result, order_number, payment_state, order_total, detail::text, state, change FROM counter_place($1, $2::priced_order, $3::bigint);

-- name: counter_pay
SELECT result, reply::text FROM counter_pay($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8::bigint, $9::text[], $10::bigint[], $11::text[]);

-- name: counter_hand_over
SELECT result, reply::text FROM counter_hand_over($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8::bigint, $9::text[], $10::bigint[], $11::text[]);

-- name: counter_void
SELECT result, reply::text FROM counter_void($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8::bigint, $9);

-- name: counter_return
SELECT result, reply::text
  FROM counter_return($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9, $10, $11::date, $12::bigint, $13::int, $14::bigint, $15::bigint,
                      $16::jsonb, $17::int[], $18::int[], $19::bigint[], $20::text[], $21::int[], $22::jsonb, $23::text[], $24::bigint[],
                      $25::text[], $26::text[], $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[], $31::int[], $32::bigint[],
                      $33::bigint[], $34::int[], $35::bigint[], $36::bigint[], $37::bigint[], $38::boolean[], $39::text[], $40::bigint[],
                      $41::int[], $42::bigint[], $43::bigint[], $44::bigint, $45::text[], $46::text[], $47::bigint[], $48::text[]);

-- name: receipt_head   $1: order, $2: market or NULL. Of a sale at a counter with its till and who sold.
SELECT o.number, o.state, o.currency, o.exponent, o.tax_included, o.goods, o.discount, o.delivery, o.delivery_tax, o.tax, o.tax_added, o.total,
       to_char(o.placed_at AT TIME ZONE m.zone, 'YYYY-MM-DD HH24:MI'), c.name, w.name, t.name, l.name, d.number, dp.name, cp.name,
       o.customer_id IS NOT NULL AND is_walk_in(o.customer_id),
       (SELECT p.url FROM payment p WHERE p.order_id = o.id AND p.kind = 'link' AND p.state = 'authorising' ORDER BY p.id DESC LIMIT 1),
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state IN ('due', 'authorising', 'unknown')), s.id::text
  FROM orders o
  JOIN market m ON m.code = o.market
 CROSS JOIN company c
  JOIN site w ON w.id = o.site_id
  JOIN login l ON l.id = o.placed_by
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = o.customer_id
  LEFT JOIN counter_act a ON a.order_id = o.id AND a.act = 'sale'
  LEFT JOIN shift s ON s.id = a.shift_id
  LEFT JOIN till t ON t.id = s.till_id
 WHERE o.number = $1 AND ($2::text IS NULL OR o.market = $2);

-- name: receipt_lines   $1: order
SELECT l.sku, l.name, l.qty, l.unit, l.discount, l.amount
  FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.number = $1 ORDER BY l.line;

-- name: receipt_taxes   $1: order
SELECT l.tax_ppm, sum(l.amount)::bigint, sum(l.tax)::bigint
  FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.number = $1 GROUP BY l.tax_ppm HAVING sum(l.tax) > 0 ORDER BY l.tax_ppm;

-- name: receipt_backs   $1: order. What came back for it: of which order, under which number.
SELECT r.number, o.number, CASE g.component WHEN 0 THEN l.sku ELSE i.sku END, l.name, g.booked,
       g.amount + CASE WHEN o.tax_included THEN 0 ELSE g.tax END
  FROM orders e
  JOIN goods_return r ON r.exchange_id = e.id
  JOIN orders o ON o.id = r.order_id
  JOIN goods_return_line g ON g.return_id = r.id
  JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
  JOIN item i ON i.id = g.item_id
 WHERE e.number = $1 ORDER BY g.position;

-- name: receipt_given_back   $1: order. The money that went back with it, by what it had been paid with.
SELECT s.kind, sum(f.amount)::bigint
  FROM orders e
  JOIN goods_return r ON r.exchange_id = e.id
  JOIN refund f ON f.document = 'return ' || r.number
  JOIN payment p ON p.id = f.payment_id
  JOIN payment s ON s.id = coalesce(p.moved_from, p.id)
 WHERE e.number = $1 GROUP BY s.kind ORDER BY s.kind;

-- name: receipt_payments   $1: order. What has paid it, and what went back of it.
SELECT p.kind, p.amount, coalesce(p.given, 0), p.refunded
  FROM orders o JOIN payment p ON p.order_id = o.id
 WHERE o.number = $1 AND p.state IN ('captured', 'authorised', 'refunded') ORDER BY p.id;

-- name: banking_list   $1: market or NULL, $2: one banking's id or NULL, $3: most, $4: cursor (an id). Newest first.
SELECT b.id::text, b.market, m.currency, m.exponent, b.kind, b.amount, b.bag, b.day::text, b.note, l.login, l.name,
       to_char(b.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM banking b JOIN market m ON m.code = b.market JOIN login l ON l.id = b.login_id
 WHERE ($1::text IS NULL OR b.market = $1) AND ($2::bigint IS NULL OR b.id = $2::bigint) AND ($4::bigint IS NULL OR b.id < $4::bigint)
 ORDER BY b.id DESC LIMIT $3::int;

-- name: safe_list   $1: market or NULL. What the safes hold, by the books.
SELECT m.code, m.currency, m.exponent, safe_held(m.code) FROM market m WHERE $1::text IS NULL OR m.code = $1 ORDER BY m.code;

-- name: banking_add   $1: market, $2: the caller's market or NULL, $3: key, $4: hash, $5: login, $6: request, $7: kind, $8: amount, $9: bag, $10: day or NULL, $11: note
SELECT result, reply::text FROM banking_add($1, $2, $3, $4, $5::bigint, $6, $7, $8::bigint, $9, $10::date, $11);
