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

-- name: promotion_publish   $4, $5: pricing dates, from and to (the day behind the last), NULL: open
SELECT result, version, rev
  FROM promotion_publish($1, $2, $3::int, daterange($4::date, $5::date), $6::bigint, $7::bigint, $8::bigint, $9, $10, $11::bigint, $12);

-- name: promotion_end
SELECT result, rev FROM promotion_end($1, $2, $3::int, $4::date, $5, $6, $7::bigint, $8);

-- name: promotion_coupons
SELECT result, array_to_json(taken)::text, made
  FROM promotion_coupons($1, $2, $3::text[], $4::bigint, $5, $6, $7::bigint, $8);

-- name: credits_due   $1: most. Makes credit usable whose orders nobody may return any more; of how many orders.
SELECT credits_due($1::int);

-- name: credits_pending   What is pending, and the day on which it becomes usable, as far as that is known; the first to come first.
SELECT o.number, o.market, to_char(order_credit_on(o.id), 'YYYY-MM-DD'), o.state, o.payment_state,
       trim(to_char(sum(u.credit - u.taken_back) / power(10::numeric, o.exponent), '999999999990.' || repeat('0', o.exponent)), ' .'), o.currency,
       coalesce(d.number, 'customer ' || u.buyer_id)
  FROM promotion_use u JOIN orders o ON o.id = u.order_id LEFT JOIN distributor d ON d.id = u.buyer_id
 WHERE u.credit > 0 AND u.given_back_at IS NULL AND u.usable_at IS NULL
 GROUP BY o.id, u.buyer_id, d.number ORDER BY order_credit_on(o.id) NULLS LAST, o.id;

-- name: promotion_text   $1: code. What is being written of it, else its last version; and its market.
SELECT p.market, coalesce(p.draft, (SELECT v.text FROM promotion_version v WHERE v.promotion_id = p.id ORDER BY v.version DESC LIMIT 1))
  FROM promotion p WHERE p.code = $1;

-- name: simulation_range   $1: market, $2: most. The last orders: how many, the greatest id, the first and last day; today.
SELECT count(*), coalesce(max(x.id), 0), min(x.business_date), max(x.business_date), business_date($1) - DATE '1970-01-01'
  FROM (SELECT o.id, o.business_date FROM orders o WHERE o.market = $1 AND o.state <> 'cancelled'
         ORDER BY o.placed_at DESC, o.id DESC LIMIT $2::int) x;

-- name: simulation_orders   A page of them, the oldest first, each as core/wire/wire_simulation.h reads it. $1: market,
-- $2: how many in all, $3: the greatest id, $4: their first day, $5: so many are done, $6: most of the page; of each question
-- about new customers $7: what they bought for, $8: within how many days.
WITH looked AS (
    SELECT x.* FROM (SELECT o.* FROM orders o WHERE o.market = $1 AND o.state <> 'cancelled' AND o.id <= $3::bigint
                      ORDER BY o.placed_at DESC, o.id DESC LIMIT $2::int) x
     ORDER BY x.placed_at, x.id LIMIT $6::int OFFSET $5::int
)
SELECT jsonb_strip_nulls(jsonb_build_object(
           'number', o.number, 'person', coalesce(o.customer_id, o.distributor_id), 'recruiter', o.distributor_id,
           'rank', d.rank, 'channel', o.channel, 'today', o.business_date,
           'first_order', CASE WHEN o.customer_id IS NULL
               THEN NOT EXISTS (SELECT FROM orders e WHERE e.distributor_id = o.distributor_id AND e.customer_id IS NULL
                                   AND e.state <> 'cancelled' AND (e.placed_at, e.id) < (o.placed_at, o.id))
               ELSE NOT EXISTS (SELECT FROM orders e WHERE e.customer_id = o.customer_id
                                   AND e.state <> 'cancelled' AND (e.placed_at, e.id) < (o.placed_at, o.id)) END,
           'people', (SELECT jsonb_agg(g.code ORDER BY g.code) FROM person_group_member m JOIN person_group g ON g.id = m.group_id
                       WHERE m.person_id = coalesce(o.customer_id, o.distributor_id)),
           'coupons', (SELECT jsonb_agg(jsonb_build_object('code', given, 'promotion', p.code))
                         FROM unnest(o.coupons) AS given JOIN coupon c ON c.code = upper(given) JOIN promotion p ON p.id = c.promotion_id),
           'recruits', (SELECT jsonb_agg((
                   SELECT count(*) FROM customer c
                    CROSS JOIN LATERAL (SELECT min(f.business_date) AS day FROM orders f
                                         WHERE f.customer_id = c.id AND f.state <> 'cancelled') first
                    WHERE c.distributor_id = o.distributor_id AND c.market = o.market AND first.day >= $4::date
                      AND (SELECT sum(b.goods - b.discount) FROM orders b
                            WHERE b.customer_id = c.id AND b.state <> 'cancelled' AND b.placed_at < o.placed_at
                              AND b.business_date < first.day + asked.days) >= asked.amount) ORDER BY asked.nr)
               FROM unnest($7::bigint[], $8::int[]) WITH ORDINALITY AS asked(amount, days, nr)),
           'draft', jsonb_build_object(
               'market', o.market, 'type', o.type, 'distributor', d.number, 'customer', o.customer_id::text,
               'price_list', l.code, 'date', o.pricing_date, 'coupons', to_jsonb(o.coupons),
               'ship_to', jsonb_build_object('kind', o.destination, 'method', o.ship_to ->> 'method',
                                             'address', nullif(o.ship_to - 'method', '{}'::jsonb)),
               'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.client_id, 'sku', n.sku, 'qty', n.qty, 'picks', k.code,
                                'value', (SELECT n.unit FROM item_value v WHERE v.item_id = n.item_id AND v.market = o.market),
                                'choices', (SELECT jsonb_agg(i.sku ORDER BY c.position) FROM order_component c JOIN item i ON i.id = c.item_id
                                             WHERE c.order_id = n.order_id AND c.line = n.line AND c.slot > 0)) ORDER BY n.line), '[]')
                           FROM order_line n LEFT JOIN promotion k ON k.id = n.picks
                          WHERE n.order_id = o.id AND n.gift_of IS NULL))))::text
  FROM looked o
  JOIN distributor d ON d.id = o.distributor_id
  JOIN price_list l ON l.id = o.list_id
 ORDER BY o.placed_at, o.id;
