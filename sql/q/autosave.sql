-- name: autosave_next   $1: holder of the lease. What is to be done next; act is NULL when there is nothing.
SELECT n.act, n.id, n.due, n.key, n.draft::text, n.pays, n.may_wait,
       (SELECT l.id FROM login l WHERE l.login = 'AUTOSAVE'),
       (SELECT autosave_card(a) FROM autosave a WHERE a.id = n.id)
  FROM autosave_next($1) n;

-- name: autosave_record   $1: id, $2: due, $3: result, $4: order's number or NULL, $5: total or NULL, $6: detail
SELECT autosave_record($1::bigint, $2::date, $3, $4, $5::bigint, $6::jsonb);

-- name: job_leave   $1: job, $2: holder
SELECT job_leave($1, $2);

-- name: autosave_save
SELECT result, id FROM autosave_save($1, $2, $3::bigint, $4::bigint, $5, $6::bigint, $7::int, $8, $9::bigint,
                                     $10::bigint, $11::jsonb, $12::int, $13, $14::int, $15::date, $16);

-- name: autosave_act
SELECT result, state, due FROM autosave_act($1::bigint, $2, $3, $4, $5, $6::bigint, $7::bigint, $8);

-- name: autosave_get   $1: id, $2: market or NULL
SELECT a.id, a.state, a.market, d.number, dp.name, c.id, cp.name, a.every, a.unit, a.day, a.pays, a.due, a.retry, a.attempts,
       CASE WHEN a.told = a.due THEN a.told_total END, m.currency, m.exponent, a.version,
       to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, a.draft::text,
       autosave_after(a.due, a.every, a.unit, a.day),
       autosave_after(autosave_after(a.due, a.every, a.unit, a.day), a.every, a.unit, a.day), m.autosave_notice_days,
       (SELECT jsonb_build_object('order', o.number, 'state', g.state, 'declines', g.declines, 'next', g.next, 'why', g.why)::text
          FROM autosave_charge g JOIN orders o ON o.id = g.order_id WHERE g.autosave_id = a.id ORDER BY g.order_id DESC LIMIT 1)
  FROM autosave a
  JOIN market m ON m.code = a.market
  JOIN distributor d ON d.id = a.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN customer c ON c.id = a.customer_id
  LEFT JOIN person cp ON cp.id = c.id
  JOIN login l ON l.id = a.created_by
 WHERE a.id = $1::bigint AND ($2::text IS NULL OR a.market = $2);

-- name: autosave_runs   $1: id. The newest first.
SELECT r.due, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.result, r.attempt, o.number, r.total, r.detail::text
  FROM autosave_run r LEFT JOIN orders o ON o.id = r.order_id
 WHERE r.autosave_id = $1::bigint ORDER BY r.id DESC LIMIT 100;

-- name: autosave_list   $1: market or NULL, $2: distributor or NULL, $3: customer or NULL, $4: state or NULL, $5: most, $6: cursor
SELECT a.id, a.state, a.market, d.number, dp.name, c.id, cp.name, a.every, a.unit, a.day, a.pays, a.due, a.retry,
       jsonb_array_length(a.draft -> 'lines')
  FROM autosave a
  JOIN distributor d ON d.id = a.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN customer c ON c.id = a.customer_id
  LEFT JOIN person cp ON cp.id = c.id
 WHERE ($1::text IS NULL OR a.market = $1) AND ($2::text IS NULL OR d.number = $2)
   AND ($3::bigint IS NULL OR a.customer_id = $3::bigint) AND ($4::text IS NULL OR a.state = $4)
   AND ($6::bigint IS NULL OR a.id < $6::bigint)
 ORDER BY a.id DESC LIMIT $5::int;
