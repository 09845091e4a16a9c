-- name: waiting_list   $1: SKU, $2: market or NULL. Who waits for an item, the longest first.
SELECT w.id, d.number, dp.name, c.id, cp.name, coalesce(nullif(cp.phone, ''), dp.phone), w.qty, w.note,
       to_char(w.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login,
       to_char(w.arrived_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM item i
  JOIN waiting w ON w.item_id = i.id
  JOIN distributor d ON d.id = w.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN customer c ON c.id = w.customer_id
  LEFT JOIN person cp ON cp.id = c.id
  JOIN login l ON l.id = w.login_id
 WHERE i.sku = $1 AND ($2::text IS NULL OR w.market = $2)
 ORDER BY w.since, w.id LIMIT 500;

-- name: waiting_item   $1: SKU
SELECT id FROM item WHERE sku = $1;

-- name: waiting_person   $1: distributor, $2: customer or NULL, $3: market or NULL
SELECT d.id, d.market, c.id
  FROM distributor d
  LEFT JOIN customer c ON c.distributor_id = d.id AND c.id = CASE WHEN $2 ~ '^[0-9]{1,18}$' THEN $2::bigint END
 WHERE d.number = $1 AND ($3::text IS NULL OR d.market = $3);

-- name: waiting_add
SELECT result, id FROM waiting_add($1, $2, $3::bigint, $4, $5::bigint, $6, $7::bigint, $8::bigint, $9::bigint, $10);

-- name: waiting_drop   $1: id, $2: item, $3: market or NULL, $4: login, $5: request
SELECT waiting_drop($1::bigint, $2::bigint, $3, $4::bigint, $5);

-- name: waiting_arrived   $1: login. Whom the login is to tell that something is there.
SELECT w.id, i.sku, n.name, w.qty, d.number, coalesce(cp.name, dp.name), coalesce(nullif(cp.phone, ''), dp.phone),
       to_char(w.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM waiting w
  JOIN item i ON i.id = w.item_id
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = 'en'
  JOIN distributor d ON d.id = w.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = w.customer_id
 WHERE w.login_id = $1::bigint AND w.arrived_at IS NOT NULL
 ORDER BY w.arrived_at, w.id LIMIT 20;

-- name: notice_list   $1: login. What the login is to know, oldest first.
SELECT n.id, n.kind, n.ref, coalesce(n.detail ->> 'sku', ''), coalesce(n.detail ->> 'name', ''),
       to_char(n.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM notice n WHERE n.login_id = $1::bigint AND n.seen_at IS NULL ORDER BY n.at, n.id LIMIT 20;

-- name: notice_seen   $1: id, $2: login
SELECT notice_seen($1::bigint, $2::bigint);
