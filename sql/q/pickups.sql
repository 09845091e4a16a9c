-- What waits at a counter for its buyer.

-- name: till_exists   $1: till's code, $2: market or NULL
SELECT 1 FROM till t JOIN site w ON w.id = t.site_id WHERE t.code = $1 AND ($2::text IS NULL OR w.market = $2);

-- name: pickup_list   $1: till's code, $2: market or NULL, $3: most, $4: cursor (an order's number). Orders that are handed
-- over at the till's site, the oldest first; `due` is what nobody has promised to pay.
SELECT o.number, o.state, o.payment_state, d.number, dp.name, cp.name, o.total, o.currency, m.exponent,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (SELECT count(*) FROM order_line x WHERE x.order_id = o.id)
  FROM till t
  JOIN site w ON w.id = t.site_id
  JOIN market m ON m.code = w.market
  JOIN orders o ON o.site_id = t.site_id AND o.destination = 'pickup' AND o.state IN ('placed', 'released', 'picked', 'packed')
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = o.customer_id
 WHERE t.code = $1 AND ($2::text IS NULL OR w.market = $2)
   AND ($4::text IS NULL OR (o.placed_at, o.id) > (SELECT x.placed_at, x.id FROM orders x WHERE x.number = $4))
 ORDER BY o.placed_at, o.id LIMIT $3::int;
