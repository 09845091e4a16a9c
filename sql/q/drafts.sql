-- name: draft_save
SELECT result, ulid, rev FROM draft_save($1, $2, $3::bigint, $4::bytea, $5::bigint, $6, $7::jsonb, $8, $9::int,
                                         $10::bigint, $11, $12, $13);

-- name: draft_list   $1: login, $2: market or NULL, $3: all (supervisors), $4: most, $5: cursor
SELECT d.ulid, d.rev, d.distributor, p.name, d.lines, d.total, m.currency, m.exponent,
       to_char(d.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       CASE WHEN d.lease_until > now() THEN l.name END, o.login, d.recovered_from,
       CASE WHEN d.lease_until > now() THEN l.login END,
       CASE WHEN d.lease_until > now() THEN to_char(d.lease_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END,
       d.body->'changes'->>'order'
  FROM draft d
  JOIN market m ON m.code = d.market
  JOIN login o ON o.id = d.owner_id
  LEFT JOIN login l ON l.id = d.lease_login
  LEFT JOIN distributor n ON n.number = d.distributor
  LEFT JOIN person p ON p.id = n.id
 WHERE d.state = 'open' AND (d.owner_id = $1::bigint OR $3::boolean)
   AND ($2::text IS NULL OR d.market = $2)
   AND ($5::text IS NULL OR d.ulid < $5)
 ORDER BY d.ulid DESC
 LIMIT $4::int;

-- name: draft_get   $1: ulid
SELECT d.ulid, d.rev, d.body::text, d.state, d.owner_id, CASE WHEN d.lease_until > now() THEN l.name END,
       d.lease_login, to_char(d.lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), d.market,
       to_char(d.lease_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM draft d LEFT JOIN login l ON l.id = d.lease_login
 WHERE d.ulid = $1 AND d.state <> 'dropped';

-- name: draft_lock
SELECT result, rev, holder, to_char(lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(locked_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM draft_lock($1, $2::bigint, $3::bytea, $4::boolean, $5);

-- name: draft_release
SELECT result FROM draft_release($1, $2::bigint);

-- name: draft_drop
SELECT result FROM draft_drop($1, $2::bigint, $3);
