-- name: promotion_list   $1: market or NULL, $2: state or NULL, $3: cursor (a code) or NULL, $4: most
SELECT p.code, p.market, p.state, p.rev, p.draft IS NOT NULL, v.version, lower(v.valid), upper(v.valid) - 1,
       (SELECT count(*) FROM promotion_use u WHERE u.promotion_id = p.id AND u.given_back_at IS NULL),
       to_char(p.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, coalesce(p.draft, v.text)
  FROM promotion p
  LEFT JOIN LATERAL (SELECT * FROM promotion_version x WHERE x.promotion_id = p.id ORDER BY x.version DESC LIMIT 1) v ON true
  LEFT JOIN login l ON l.id = p.changed_by
 WHERE ($1::text IS NULL OR p.market = $1) AND ($2::text IS NULL OR p.state = $2)
   AND ($3::text IS NULL OR p.code > $3 COLLATE "C")
 ORDER BY p.code COLLATE "C" LIMIT $4::int;

-- name: promotion_get   $1: code, $2: market or NULL
SELECT p.code, p.market, p.state, p.rev, p.draft,
       (SELECT count(*) FROM promotion_use u WHERE u.promotion_id = p.id AND u.given_back_at IS NULL),
       (SELECT coalesce(sum(u.amount + u.delivery + u.credit), 0)::bigint FROM promotion_use u
         WHERE u.promotion_id = p.id AND u.given_back_at IS NULL),
       to_char(p.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login,
       (SELECT count(*) FROM coupon c WHERE c.promotion_id = p.id), m.currency, m.exponent,
       business_date(p.market) - DATE '1970-01-01'
  FROM promotion p JOIN market m ON m.code = p.market LEFT JOIN login l ON l.id = p.changed_by
 WHERE p.code = $1 AND ($2::text IS NULL OR p.market = $2);

-- name: promotion_versions   $1: code
SELECT v.version, v.text, lower(v.valid), upper(v.valid) - 1,
       to_char(v.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, isempty(v.valid)
  FROM promotion p JOIN promotion_version v ON v.promotion_id = p.id LEFT JOIN login l ON l.id = v.published_by
 WHERE p.code = $1 ORDER BY v.version DESC;

-- name: promotion_save
SELECT result, rev FROM promotion_save($1, $2, $3, $4::int, $5::bigint, $6, $7);

-- name: promotion_publish   $3, $4: pricing dates, from and to (the day behind the last), NULL: open
SELECT result, version, rev
  FROM promotion_publish($1, $2::int, daterange($3::date, $4::date), $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9);

-- name: promotion_end
SELECT result, rev FROM promotion_end($1, $2::int, $3::date, $4::bigint, $5);

-- name: promotion_coupons
SELECT result, array_to_json(taken)::text FROM promotion_coupons($1, $2::text[], $3::bigint, $4::bigint, $5);
