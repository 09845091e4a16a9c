-- name: distributor_search   $1: words or digits, $2: market or NULL, $3: most
-- Numbers, phones, e-mail, postcode by their beginnings; names by words in any order.
-- What is compared stands in scalar subqueries, since only so the indexes are used; the longest word
-- is looked for first, the others are a filter.
WITH words AS (
    SELECT array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                     ORDER BY length(w) DESC) AS likes
      FROM regexp_split_to_table(lower(trim($1)), '[\s,]+') AS w
), key AS (
    SELECT lower(trim($1)) AS text, regexp_replace($1, '[^0-9]', '', 'g') AS digits,
           upper(replace(trim($1), ' ', '')) AS code
), hit AS (
    SELECT p.id FROM person p
     WHERE (SELECT length(likes[1]) >= 5 FROM words)
       AND lower(p.name) LIKE (SELECT likes[1] FROM words)
       AND lower(p.name) LIKE ALL ((SELECT likes FROM words)::text[])
    UNION -- no word has the three letters that the index needs inside a name: it begins a word of it
    SELECT p.id FROM person p
     WHERE (SELECT length(likes[1]) < 5 FROM words)
       AND (lower(p.name) LIKE (SELECT substr(likes[1], 2) FROM words)
            OR lower(p.name) LIKE (SELECT '% ' || substr(likes[1], 2) FROM words))
       AND lower(p.name) LIKE ALL ((SELECT likes FROM words)::text[])
    UNION
    SELECT d.id FROM distributor d
     WHERE (SELECT length(digits) >= 3 FROM key)
       AND d.number >= (SELECT digits FROM key) AND d.number <= (SELECT digits || '999999999' FROM key)
    UNION
    SELECT p.id FROM person p
     WHERE (SELECT length(digits) >= 5 FROM key)
       AND regexp_replace(p.phone, '[^0-9]', '', 'g') LIKE (SELECT '%' || digits || '%' FROM key)
    UNION
    SELECT p.id FROM person p
     WHERE (SELECT position('@' IN text) > 0 FROM key) AND lower(p.email) = (SELECT text FROM key)
    UNION
    SELECT a.person_id FROM address a
     WHERE (SELECT length(code) >= 3 AND code ~ '[0-9]' FROM key)
       AND upper(replace(a.postcode, ' ', '')) ~>=~ (SELECT code FROM key)
       AND upper(replace(a.postcode, ' ', '')) ~<~ (SELECT code || chr(1114111) FROM key)
)
SELECT d.number, p.name, coalesce(a.city, ''), coalesce(a.postcode, ''), d.rank, r.name, d.status,
       to_char(d.last_active, 'YYYY-MM'), p.phone, count(*) OVER ()
  FROM hit h
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
           AND o.month = month_now(d.market) AND o.state <> 'cancelled'),
       (SELECT coalesce(sum(o.cv), 0) FROM orders o WHERE o.distributor_id = d.id
           AND o.month = month_now(d.market) AND o.state <> 'cancelled'), k.credit, k.pending, k.usable_on
  FROM distributor d
  JOIN person p ON p.id = d.id
  JOIN rank r ON r.id = d.rank
  JOIN market m ON m.code = d.market
  LEFT JOIN distributor s ON s.id = d.sponsor_id
  LEFT JOIN account w ON w.owner_id = d.id AND w.kind = 'wallet' AND w.currency = m.currency
 CROSS JOIN LATERAL person_credit(d.id, m.currency) k
 WHERE d.number = $1 AND ($2::text IS NULL OR d.market = $2);

-- name: distributor_addresses   $1: number
SELECT a.label, a.name, a.line1, a.line2, a.city, a.postcode, a.region, a.country
  FROM distributor d JOIN address a ON a.person_id = d.id WHERE d.number = $1 ORDER BY a.position;

-- name: customer_addresses   $1: id
SELECT a.label, a.name, a.line1, a.line2, a.city, a.postcode, a.region, a.country
  FROM address a WHERE a.person_id = $1::bigint ORDER BY a.position;

-- name: customer_search   $1: words or NULL, $2: distributor or NULL, $3: market or NULL, $4: most
WITH words AS (
    SELECT array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                     ORDER BY length(w) DESC) AS likes
      FROM regexp_split_to_table(lower(trim($1)), '[\s,]+') AS w
), key AS (
    SELECT regexp_replace($1, '[^0-9]', '', 'g') AS digits
), hit AS (
    SELECT p.id FROM person p
     WHERE (SELECT length(likes[1]) >= 5 FROM words)
       AND lower(p.name) LIKE (SELECT likes[1] FROM words)
       AND lower(p.name) LIKE ALL ((SELECT likes FROM words)::text[])
    UNION -- no word has the three letters that the index needs inside a name: it begins a word of it
    SELECT p.id FROM person p
     WHERE (SELECT length(likes[1]) < 5 FROM words)
       AND (lower(p.name) LIKE (SELECT substr(likes[1], 2) FROM words)
            OR lower(p.name) LIKE (SELECT '% ' || substr(likes[1], 2) FROM words))
       AND lower(p.name) LIKE ALL ((SELECT likes FROM words)::text[])
    UNION
    SELECT p.id FROM person p
     WHERE (SELECT length(digits) >= 5 FROM key)
       AND regexp_replace(p.phone, '[^0-9]', '', 'g') LIKE (SELECT '%' || digits || '%' FROM key)
), one_of AS (
    SELECT h.id FROM hit h WHERE $1::text IS NOT NULL
    UNION ALL
    SELECT c.id FROM customer c WHERE $1::text IS NULL
       AND c.distributor_id = (SELECT d.id FROM distributor d WHERE d.number = $2)
    UNION ALL
    SELECT c.id FROM customer c WHERE $1::text IS NULL AND $2::text IS NULL
)
SELECT c.id, p.name, coalesce(a.city, ''), coalesce(a.postcode, ''), p.phone, d.number
  FROM one_of o
  JOIN customer c ON c.id = o.id
  JOIN person p ON p.id = c.id
  JOIN distributor d ON d.id = c.distributor_id
  LEFT JOIN address a ON a.person_id = c.id AND a.position = 1
 WHERE ($2::text IS NULL OR d.number = $2)
   AND ($3::text IS NULL OR c.market = $3)
 ORDER BY p.name, c.id
 LIMIT $4::int;

-- name: customer_get   $1: id, $2: market or NULL
SELECT c.id, p.name, p.given_name, p.family_name, c.market, d.number, p.phone, p.email, p.language, p.version,
       k.credit, k.pending, k.usable_on, m.currency, m.exponent
  FROM customer c JOIN person p ON p.id = c.id JOIN distributor d ON d.id = c.distributor_id JOIN market m ON m.code = c.market
 CROSS JOIN LATERAL person_credit(c.id, m.currency) k
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
       a.line1, a.line2, a.city, a.postcode, a.region, a.country, c.market
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

-- name: pricing_facts   $1: number, $2: market or NULL. What buyer_facts brings to a quote, and more.
SELECT d.number, p.name, d.status, d.status = 'active', d.market, d.rank, r.name, d.version, p.version,
       NOT EXISTS (SELECT FROM orders o WHERE o.distributor_id = d.id AND o.state <> 'cancelled'),
       coalesce(w.balance, 0), m.currency, m.exponent, to_char(business_date(d.market), 'YYYY-MM-DD')
  FROM distributor d
  JOIN person p ON p.id = d.id
  JOIN rank r ON r.id = d.rank
  JOIN market m ON m.code = d.market
  LEFT JOIN account w ON w.owner_id = d.id AND w.kind = 'wallet' AND w.currency = m.currency
 WHERE d.number = $1 AND ($2::text IS NULL OR d.market = $2);

-- name: buyer_promotions   What promotions look at across orders. $1: market (NULL: the distributor's), $2: distributor,
-- $3: customer or NULL, $4: coupons as given; arrays of promotions: $5: ids, limits (0: none) $6: uses, $7: per buyer,
-- $8: budget, $9: what a new customer must buy for (0: not asked), $10: within how many days, $11, $12: between which days; $13: an
-- order that is being changed, whose own uses can be had again, or NULL.
-- Rows of four kinds: orders (the buyer has some), group, coupon (and its promotion; how many uses are left), promotion
-- (which of the arrays; what is left in all, for the buyer and of the budget, -1: no limit; new customers).
WITH buyer AS (
    SELECT d.id AS distributor, c.id AS customer, coalesce(c.id, d.id) AS id, coalesce($1, d.market) AS market,
           (SELECT o.id FROM orders o WHERE o.number = $13) AS changed
      FROM (SELECT) one
      LEFT JOIN distributor d ON d.number = $2
      LEFT JOIN customer c ON c.id = CASE WHEN $3 ~ '^[0-9]{1,18}$' THEN $3::bigint END
           AND c.market = coalesce($1, d.market)
), own AS (
    SELECT u.* FROM buyer b JOIN promotion_use u ON u.order_id = b.changed AND u.given_back_at IS NULL
)
SELECT 'orders' AS kind, NULL AS code, NULL AS promotion, NULL::bigint AS uses, NULL::bigint AS person,
       NULL::bigint AS budget, NULL::bigint AS recruits
  FROM buyer b
 WHERE CASE WHEN b.customer IS NULL
            THEN EXISTS (SELECT FROM orders o WHERE o.distributor_id = b.distributor AND o.customer_id IS NULL
                            AND o.state <> 'cancelled' AND o.id IS DISTINCT FROM b.changed)
            ELSE EXISTS (SELECT FROM orders o WHERE o.customer_id = b.customer AND o.state <> 'cancelled'
                            AND o.id IS DISTINCT FROM b.changed) OR is_walk_in(b.customer) END
UNION ALL
SELECT 'group', g.code, NULL, NULL, NULL, NULL, NULL
  FROM buyer b JOIN person_group_member m ON m.person_id = b.id JOIN person_group g ON g.id = m.group_id
UNION ALL
SELECT 'coupon', given, p.code,
       CASE WHEN c.limit_uses > 0
            THEN c.limit_uses - c.uses + (SELECT count(*) FROM own w WHERE w.coupon = c.code) ELSE -1 END, NULL, NULL, NULL
  FROM buyer b CROSS JOIN unnest($4::text[]) AS given
  JOIN coupon c ON c.code = upper(given)
  JOIN promotion p ON p.id = c.promotion_id AND p.market = b.market
UNION ALL
SELECT 'promotion', NULL, a.nr::text,
       CASE WHEN a.uses > 0 THEN greatest(a.uses - coalesce(k.uses, 0) + (w.version IS NOT NULL)::int, 0) ELSE -1 END,
       CASE WHEN a.person > 0 THEN greatest(a.person - coalesce(u.uses, 0) + (w.version IS NOT NULL)::int, 0) ELSE -1 END,
       CASE WHEN a.budget > 0
            THEN greatest(a.budget - coalesce(k.spent, 0) + coalesce(w.amount + w.delivery + w.credit, 0), 0) ELSE -1 END,
       CASE WHEN a.reach > 0 THEN coalesce(w.recruits, 0) + (SELECT count(*) FROM promotion_recruits(a.id, b.distributor,
            a.reach, a.days, daterange(DATE '1970-01-01' + a.first, DATE '1970-01-01' + a.last))) ELSE 0 END
  FROM buyer b
 CROSS JOIN unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::int[], $11::int[], $12::int[])
       WITH ORDINALITY AS a(id, uses, person, budget, reach, days, first, last, nr)
  LEFT JOIN promotion_counter k ON k.promotion_id = a.id
  LEFT JOIN promotion_buyer u ON u.promotion_id = a.id AND u.person_id = b.id
  LEFT JOIN own w ON w.promotion_id = a.id;
