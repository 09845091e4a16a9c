-- name: distributor_search   $1: words or digits, $2: market or NULL, $3: most
-- Numbers, phones, e-mail, postcode by their beginnings; names by words in any order.
WITH words AS (
    SELECT array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%') AS likes
      FROM regexp_split_to_table(lower(trim($1)), '[\s,]+') AS w
), key AS (
    SELECT lower(trim($1)) AS text, regexp_replace($1, '[^0-9]', '', 'g') AS digits,
           upper(replace(trim($1), ' ', '')) AS code
), hit AS (
    SELECT p.id, p.name FROM person p, words WHERE lower(p.name) LIKE ALL (words.likes)
    UNION
    SELECT d.id, NULL FROM distributor d, key WHERE length(key.digits) >= 3 AND d.number LIKE key.digits || '%'
    UNION
    SELECT p.id, NULL FROM person p, key WHERE length(key.digits) >= 5
       AND regexp_replace(p.phone, '[^0-9]', '', 'g') LIKE '%' || key.digits || '%'
    UNION
    SELECT p.id, NULL FROM person p, key WHERE position('@' IN key.text) > 0 AND lower(p.email) = key.text
    UNION
    SELECT a.person_id, NULL FROM address a, key WHERE length(key.code) >= 3 AND key.code ~ '[0-9]'
       AND upper(replace(a.postcode, ' ', '')) LIKE key.code || '%'
)
SELECT d.number, p.name, coalesce(a.city, ''), coalesce(a.postcode, ''), d.rank, r.name, d.status,
       to_char(d.last_active, 'YYYY-MM'), p.phone, count(*) OVER ()
  FROM (SELECT DISTINCT id FROM hit) h
  JOIN distributor d ON d.id = h.id
  JOIN person p ON p.id = d.id
  JOIN rank r ON r.id = d.rank
  LEFT JOIN address a ON a.person_id = d.id AND a.position = 1
 WHERE $2::text IS NULL OR d.market = $2
 ORDER BY d.status = 'active' DESC, d.last_active DESC NULLS LAST, p.name, d.number
 LIMIT $3::int;

-- name: distributor_get   $1: number, $2: market or NULL
SELECT d.number, p.name, d.market, d.status, d.rank, r.name, s.number, d.joined,
       to_char(d.last_active, 'YYYY-MM'), p.phone, p.email, p.language, p.version,
       coalesce(w.balance, 0), m.currency, m.exponent, d.id,
       (SELECT coalesce(sum(o.pv), 0) FROM orders o WHERE o.distributor_id = d.id
           AND o.month = date_trunc('month', business_date(d.market))::date AND o.state <> 'cancelled'),
       (SELECT coalesce(sum(o.cv), 0) FROM orders o WHERE o.distributor_id = d.id
           AND o.month = date_trunc('month', business_date(d.market))::date AND o.state <> 'cancelled')
  FROM distributor d
  JOIN person p ON p.id = d.id
  JOIN rank r ON r.id = d.rank
  JOIN market m ON m.code = d.market
  LEFT JOIN distributor s ON s.id = d.sponsor_id
  LEFT JOIN account w ON w.owner_id = d.id AND w.kind = 'wallet' AND w.currency = m.currency
 WHERE d.number = $1 AND ($2::text IS NULL OR d.market = $2);

-- name: distributor_addresses   $1: number
SELECT a.label, a.name, a.line1, a.line2, a.city, a.postcode, a.region, a.country
  FROM distributor d JOIN address a ON a.person_id = d.id WHERE d.number = $1 ORDER BY a.position;

-- name: customer_addresses   $1: id
SELECT a.label, a.name, a.line1, a.line2, a.city, a.postcode, a.region, a.country
  FROM address a WHERE a.person_id = $1::bigint ORDER BY a.position;

-- name: customer_search   $1: words or NULL, $2: distributor or NULL, $3: market or NULL, $4: most
SELECT c.id, p.name, coalesce(a.city, ''), coalesce(a.postcode, ''), p.phone, d.number
  FROM customer c
  JOIN person p ON p.id = c.id
  JOIN distributor d ON d.id = c.distributor_id
  LEFT JOIN address a ON a.person_id = c.id AND a.position = 1
 WHERE ($2::text IS NULL OR d.number = $2)
   AND ($3::text IS NULL OR c.market = $3)
   AND ($1::text IS NULL OR lower(p.name) LIKE ALL (SELECT '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                                FROM regexp_split_to_table(lower(trim($1)), '[\s,]+') AS w)
        OR (length(regexp_replace($1, '[^0-9]', '', 'g')) >= 5
            AND regexp_replace(p.phone, '[^0-9]', '', 'g') LIKE '%' || regexp_replace($1, '[^0-9]', '', 'g') || '%'))
 ORDER BY p.name, c.id
 LIMIT $4::int;

-- name: customer_get   $1: id, $2: market or NULL
SELECT c.id, p.name, p.given_name, p.family_name, c.market, d.number, p.phone, p.email, p.language, p.version
  FROM customer c JOIN person p ON p.id = c.id JOIN distributor d ON d.id = c.distributor_id
 WHERE c.id = $1::bigint AND ($2::text IS NULL OR c.market = $2);

-- name: customer_create
SELECT result, customer FROM customer_create($1, $2, $3::bigint, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb);

-- name: person_change
SELECT result, version FROM person_change($1::bigint, $2::int, $3::bigint, $4, $5, $6, $7, $8::jsonb);

-- name: buyer_facts   $1: market, $2: distributor, $3: customer or NULL, $4: whose address
-- (distributor, customer, none), $5: which, 0 the first
SELECT business_date($1) - DATE '1970-01-01', d.id, d.number, p.name, d.status, d.market, d.rank, r.name,
       d.version, coalesce(w.balance, 0), c.id, cp.name, cd.number,
       a.line1 IS NOT NULL, coalesce(nullif(a.name, ''), CASE $4 WHEN 'customer' THEN cp.name ELSE p.name END),
       a.line1, a.line2, a.city, a.postcode, a.region, a.country
  FROM market m
  LEFT JOIN distributor d ON d.number = $2
  LEFT JOIN person p ON p.id = d.id
  LEFT JOIN rank r ON r.id = d.rank
  LEFT JOIN account w ON w.owner_id = d.id AND w.kind = 'wallet' AND w.currency = m.currency
  LEFT JOIN customer c ON c.id = CASE WHEN $3 ~ '^[0-9]{1,18}$' THEN $3::bigint END
  LEFT JOIN person cp ON cp.id = c.id
  LEFT JOIN distributor cd ON cd.id = c.distributor_id
  LEFT JOIN address a ON a.person_id = CASE $4 WHEN 'customer' THEN c.id WHEN 'distributor' THEN d.id END
       AND a.position = greatest($5::int, 1)
 WHERE m.code = $1;

-- name: pricing_facts   $1: number
SELECT d.number, p.name, d.status, d.market, d.rank, r.name, d.version,
       NOT EXISTS (SELECT FROM orders o WHERE o.distributor_id = d.id AND o.state <> 'cancelled')
  FROM distributor d JOIN person p ON p.id = d.id JOIN rank r ON r.id = d.rank
 WHERE d.number = $1 AND ($2::text IS NULL OR d.market = $2);
