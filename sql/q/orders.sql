-- name: order_by_key   $1: key. What the key has placed before, and whether a draft of that name is open.
SELECT o.number, o.state, o.payment_state, o.total, o.currency, o.exponent, o.body_hash,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       o.market, (SELECT sum(p.given - p.amount) FROM payment p WHERE p.order_id = o.id AND p.given IS NOT NULL)
  FROM orders o WHERE o.key = $1;

-- name: order_duplicates   $1: fingerprint. Placed within a day by the company's clock.
SELECT o.number, to_char(o.placed_at AT TIME ZONE m.zone, 'HH24:MI'), l.login
  FROM orders o JOIN market m ON m.code = o.market JOIN login l ON l.id = o.placed_by
 WHERE o.fingerprint = $1 AND o.state <> 'cancelled' AND o.placed_at > company_now() - interval '24 hours'
 ORDER BY o.placed_at DESC LIMIT 1;

-- name: order_place   $1: key, $2: the order (sql/schema/019_placing.sql)
SELECT result, order_number, payment_state, order_total, detail::text FROM order_place($1, $2::priced_order);

-- name: order_cancel
SELECT c.result, c.state, c.detail::text FROM order_cancel_sold($1, $2, $3, $4::bigint, $5::bigint, $6, $7) c;

-- name: order_change
SELECT p.result, p.reply::text
  FROM order_change($1, $2, $3, $4::bigint, $5::bigint, $6, $7, $8::int, $9::int, $10,
                    $11::bigint, $12::bigint, $13::bigint, $14::bigint, $15::bigint, $16::bigint, $17::bigint,
                    $18::bigint, $19::bigint, $20, $21::jsonb, $22, $23, $24::bigint,
                    $25::text[], $26::bigint[], $27::text[], $28::text[], $29::bigint[], $30::bigint[],
                    $31::bigint[], $32::bigint[], $33::int[], $34::bigint[], $35::bigint[],
                    $36::int[], $37::bigint[], $38::bigint[], $39::bigint[], $40::boolean[], $41::jsonb) p,
       LATERAL order_keep(p.result = 'changed', $1, $4::bigint, $42::text[],
                          $43::text[], $44::bigint[], $45::int[], $46::bigint[], $47::bigint[]);

-- name: order_hold
SELECT result, state FROM order_hold($1, $2, $3, $4::bigint, $5::bigint, $6, $7, $8);

-- name: key_done   $1: key. What it has done before.
SELECT hash, result::text FROM idempotency WHERE key = $1;

-- name: order_keyed_lines   $1: number. What somebody has keyed; gifts come anew with the price.
SELECT l.client_id, l.sku, l.qty, l.back_ordered > 0, p.code,
       (SELECT string_agg(i.sku, ' ' ORDER BY c.position) FROM order_component c JOIN item i ON i.id = c.item_id
         WHERE c.order_id = l.order_id AND c.line = l.line AND c.slot > 0),
       (SELECT l.unit FROM item_value v WHERE v.item_id = l.item_id AND v.market = o.market)
  FROM orders o JOIN order_line l ON l.order_id = o.id LEFT JOIN promotion p ON p.id = l.picks
 WHERE o.number = $1 AND l.gift_of IS NULL ORDER BY l.line;

-- name: order_holds   $1: number. What it has reserved of each item.
SELECT r.item_id, sum(r.reserved)::bigint FROM orders o JOIN reservation r ON r.order_id = o.id
 WHERE o.number = $1 GROUP BY r.item_id ORDER BY r.item_id;

-- name: order_revisions   $1: number. What it was before each change, the first first.
SELECT r.revision, to_char(r.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, r.reason,
       (r.head ->> 'goods')::bigint, (r.head ->> 'discount')::bigint, (r.head ->> 'delivery')::bigint,
       (r.head ->> 'tax')::bigint, (r.head ->> 'tax_added')::bigint, (r.head ->> 'total')::bigint,
       (r.head ->> 'cv')::bigint, (r.head ->> 'pv')::bigint, r.head ->> 'destination',
       (r.head -> 'ship_to')::text, r.head ->> 'note',
       (SELECT jsonb_agg(jsonb_build_object('id', x.client_id, 'sku', x.sku, 'name', x.name, 'qty', x.qty, 'unit', x.unit,
                  'discount', x.discount, 'amount', x.amount, 'tax', x.tax, 'cv', x.cv, 'pv', x.pv,
                  'back_ordered', x.back_ordered, 'state', x.state, 'shares',
                  (SELECT coalesce(jsonb_agg(jsonb_build_object('promotion', p.code, 'amount', h.amount) ORDER BY p.code), '[]')
                     FROM jsonb_to_recordset(CASE jsonb_typeof(r.promotions -> 'shares') WHEN 'array' THEN r.promotions -> 'shares'
                          ELSE '[]' END) AS h(line int, promotion_id bigint, amount bigint)
                     JOIN promotion p ON p.id = h.promotion_id WHERE h.line = x.line)) ORDER BY x.line)::text
          FROM jsonb_to_recordset(r.lines) AS x(line int, client_id text, sku text, name text, qty bigint, unit bigint,
                  discount bigint, amount bigint, tax bigint, cv bigint, pv bigint, back_ordered bigint, state text))
  FROM orders o JOIN order_revision r ON r.order_id = o.id LEFT JOIN login l ON l.id = r.by_login
 WHERE o.number = $1 ORDER BY r.revision;

-- name: order_get   $1: number, $2: market or NULL
SELECT o.id, o.number, o.state, o.payment_state, o.type, o.market, d.number, dp.name, c.id, cp.name,
       pl.code, o.pricing_date, o.currency, o.exponent, o.tax_included, o.goods, o.discount, o.delivery,
       o.delivery_tax, o.tax, o.tax_added, o.total, o.cv, o.pv, o.destination, o.ship_to::text, o.note,
       to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, o.channel,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       o.placed_by, company_now() < o.placed_at + make_interval(mins => m.cancel_minutes), o.version,
       to_char((o.placed_at + make_interval(mins => m.cancel_minutes)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char((o.placed_at + make_interval(mins => m.cancel_minutes)) AT TIME ZONE m.zone, 'HH24:MI'),
       o.revision, to_json(o.coupons)::text
  FROM orders o
  JOIN market m ON m.code = o.market
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN customer c ON c.id = o.customer_id
  LEFT JOIN person cp ON cp.id = c.id
  JOIN price_list pl ON pl.id = o.list_id
  JOIN login l ON l.id = o.placed_by
 WHERE o.number = $1 AND ($2::text IS NULL OR o.market = $2);

-- name: order_lines   $1: number
SELECT l.client_id, l.sku, l.name, l.qty, l.unit, l.discount, l.amount, l.tax, l.cv, l.pv, l.back_ordered, l.state,
       g.code, k.code,
       (SELECT coalesce(json_agg(json_build_object('promotion', p.code, 'amount', s.amount) ORDER BY p.code), '[]')::text
          FROM order_line_share s JOIN promotion p ON p.id = s.promotion_id
         WHERE s.order_id = l.order_id AND s.line = l.line),
       (SELECT l.unit FROM item_value v WHERE v.item_id = l.item_id AND v.market = o.market)
  FROM orders o
  JOIN order_line l ON l.order_id = o.id
  LEFT JOIN promotion g ON g.id = l.gift_of
  LEFT JOIN promotion k ON k.id = l.picks
 WHERE o.number = $1 ORDER BY l.line;

-- name: order_promotions   $1: number. What it has of promotions; given back when it was cancelled.
SELECT p.code, u.version, u.amount, u.delivery, u.credit, u.times, u.recruits, u.coupon, u.given_back_at IS NOT NULL,
       CASE WHEN u.credit > 0 AND u.given_back_at IS NULL
            THEN to_char(coalesce((u.usable_at AT TIME ZONE m.zone)::date, order_credit_on(o.id)), 'YYYY-MM-DD') END,
       CASE WHEN u.given_back_at IS NULL THEN u.taken_back ELSE 0 END, u.usable_at IS NOT NULL
  FROM orders o JOIN market m ON m.code = o.market JOIN promotion_use u ON u.order_id = o.id JOIN promotion p ON p.id = u.promotion_id
 WHERE o.number = $1 ORDER BY p.code;

-- name: order_components   $1: number. The parts of its kits, each beside the id of its line.
SELECT l.client_id, i.sku, coalesce(n.name, i.sku), c.qty, c.share, c.slot > 0
  FROM orders o
  JOIN market m ON m.code = o.market
  JOIN order_component c ON c.order_id = o.id
  JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line
  JOIN item i ON i.id = c.item_id
  LEFT JOIN LATERAL (SELECT x.name FROM item_name x WHERE x.item_id = i.id AND x.language IN (m.language, 'en')
                      ORDER BY x.language = m.language DESC LIMIT 1) n ON true
 WHERE o.number = $1 ORDER BY c.line, c.position;

-- name: order_confirmations   $1: number. What was asked once before it was placed, and who confirmed it.
SELECT c.what, l.login, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM orders o JOIN order_confirmation c ON c.order_id = o.id JOIN login l ON l.id = c.by_login
 WHERE o.number = $1 ORDER BY c.what;

-- name: order_payments   $1: number
SELECT p.id, p.kind, p.amount, p.refunded, p.over, p.state, p.ref, p.failure, CASE WHEN p.state = 'authorising' THEN p.url END,
       t.brand, t.last4, to_char(p.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), link_letter(p),
       CASE WHEN p.state = 'authorising' THEN p.code END
  FROM orders o JOIN payment p ON p.order_id = o.id LEFT JOIN payment_token t ON t.id = p.token_id
 WHERE o.number = $1 ORDER BY p.id;

-- name: order_disputes   $1: number. Of its payments, also of those whose money came from another order.
SELECT v.id, v.state, v.reason, v.amount, v.fee, v.lost, v.waits, v.due_by, v.opened_at, v.ended_at
  FROM dispute_row v
 WHERE v.payment_id IN (SELECT coalesce(p.moved_from, p.id) FROM orders o JOIN payment p ON p.order_id = o.id WHERE o.number = $1)
 ORDER BY v.id;

-- name: dispute_list   $1: state or NULL, $2: market or NULL, $3: cursor (an id) or NULL, $4: most. The newest first.
SELECT v.id, v.state, v.reason, v.amount, v.fee, v.lost, v.waits, v.due_by, v.opened_at, v.ended_at, o.number, o.market, o.currency,
       o.exponent, b.name, o.state
  FROM dispute_row v
  JOIN payment p ON p.id = v.payment_id
  JOIN orders o ON o.id = p.order_id
  JOIN person b ON b.id = coalesce(o.customer_id, o.distributor_id)
 WHERE ($1::text IS NULL OR v.state = $1) AND ($2::text IS NULL OR o.market = $2) AND ($3::bigint IS NULL OR v.id < $3::bigint)
 ORDER BY v.id DESC LIMIT $4::int;

-- name: order_pay
SELECT result, reply::text FROM order_pay($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8::text[], $9::bigint[], $10::text[]);

-- name: payment_letter
SELECT result, reply::text FROM payment_letter($1, $2, $3, $4, $5, $6::bigint, $7::bigint, $8);

-- name: link_page   $1: code, $2: who asks. Seconds to wait, or 0; what the page says, or NULL.
SELECT wait, page::text FROM link_page($1, $2);

-- name: order_release
SELECT result, reply::text FROM order_release($1, $2, $3, $4, $5::bigint, $6);

-- name: buyer_means   $1: distributor, $2: customer or NULL, $3: market or NULL. What the accounts hold.
SELECT m.code, m.currency, m.exponent,
       CASE WHEN $2::text IS NULL THEN coalesce((SELECT a.balance FROM account a WHERE a.owner_id = d.id AND a.kind = 'wallet'
                                            AND a.currency = m.currency), 0) ELSE 0 END,
       k.credit, k.pending, k.usable_on
  FROM distributor d
  LEFT JOIN customer c ON c.id = CASE WHEN $2 ~ '^[0-9]{1,18}$' THEN $2::bigint END AND c.distributor_id = d.id
  JOIN market m ON m.code = d.market
 CROSS JOIN LATERAL person_credit(coalesce(c.id, d.id), m.currency) k
 WHERE d.number = $1 AND ($3::text IS NULL OR m.code = $3) AND ($2::text IS NULL) = (c.id IS NULL);

-- name: buyer_cards   $1: distributor, $2: customer or NULL, $3: market or NULL. Cards that may be charged, the default first.
SELECT t.id, t.brand, t.last4, to_char(t.expires, 'YYYY-MM'), t.is_default
  FROM distributor d
  LEFT JOIN customer c ON c.id = CASE WHEN $2 ~ '^[0-9]{1,18}$' THEN $2::bigint END AND c.distributor_id = d.id
  JOIN payment_token t ON t.person_id = coalesce(c.id, d.id) AND t.market = d.market AND t.removed_at IS NULL
 WHERE d.number = $1 AND ($3::text IS NULL OR d.market = $3) AND ($2::text IS NULL) = (c.id IS NULL)
   AND t.expires >= business_date(d.market)
 ORDER BY t.is_default DESC, t.id;

-- name: order_events   $1: number
SELECT to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.machine, e.ref, e.from_state, e.to_state,
       l.login, e.reason
  FROM orders o JOIN order_event e ON e.order_id = o.id LEFT JOIN login l ON l.id = e.by_login
 WHERE o.number = $1 ORDER BY e.id;

-- name: order_recent   $1: state or NULL, $2: market or NULL, $3: most, $4: cursor (an order's number),
-- $5, $6: first and last business date or NULL, $7: who has taken it, or NULL
SELECT r.number, r.state, r.payment_state, r.type, r.distributor, r.distributor_name, r.customer_name, r.total,
       r.currency, r.exponent, to_char(r.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.login,
       (SELECT count(*) FROM order_line x WHERE x.order_id = r.id)
  FROM order_row r
 WHERE ($1::text IS NULL OR r.state = $1)
   AND ($2::text IS NULL OR r.market = $2)
   AND ($4::text IS NULL OR (r.placed_at, r.id) < (SELECT x.placed_at, x.id FROM orders x WHERE x.number = $4))
   AND r.placed_at >= coalesce($5::date - 1, '-infinity'::timestamptz)
   AND r.placed_at < coalesce($6::date + 2, 'infinity'::timestamptz)
   AND ($5::date IS NULL OR r.business_date >= $5::date)
   AND ($6::date IS NULL OR r.business_date <= $6::date)
   AND ($7::bigint IS NULL OR r.placed_by = $7::bigint)
 ORDER BY r.placed_at DESC, r.id DESC
 LIMIT $3::int;

-- name: order_of_people   The same, of a few people: $8: distributor's number, $9: customer's id, $10: words
-- of the distributor's or the customer's name; one of them is said. The narrowest finds, all of them count.
WITH words AS (
    SELECT array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                     ORDER BY length(w) DESC) AS likes
      FROM regexp_split_to_table(lower(trim($10)), '[\s,]+') AS w
), person_hit AS MATERIALIZED (
    SELECT p.id FROM person p
     WHERE $10::text IS NOT NULL AND $8::text IS NULL AND $9::bigint IS NULL
       AND lower(p.name) LIKE (SELECT likes[1] FROM words)
       AND lower(p.name) LIKE ALL ((SELECT likes FROM words)::text[])
), hit AS MATERIALIZED (
    SELECT o.id FROM orders o WHERE o.customer_id = $9::bigint
    UNION
    SELECT o.id FROM orders o
     WHERE $9::bigint IS NULL AND o.distributor_id = (SELECT d.id FROM distributor d WHERE d.number = $8)
    UNION
    SELECT o.id FROM person_hit p JOIN orders o ON o.distributor_id = p.id
    UNION
    SELECT o.id FROM person_hit p JOIN orders o ON o.customer_id = p.id
)
SELECT r.number, r.state, r.payment_state, r.type, r.distributor, r.distributor_name, r.customer_name, r.total,
       r.currency, r.exponent, to_char(r.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.login,
       (SELECT count(*) FROM order_line x WHERE x.order_id = r.id)
  FROM hit h
  JOIN order_row r ON r.id = h.id
 WHERE ($1::text IS NULL OR r.state = $1)
   AND ($2::text IS NULL OR r.market = $2)
   AND ($4::text IS NULL OR (r.placed_at, r.id) < (SELECT x.placed_at, x.id FROM orders x WHERE x.number = $4))
   AND ($5::date IS NULL OR r.business_date >= $5::date)
   AND ($6::date IS NULL OR r.business_date <= $6::date)
   AND ($7::bigint IS NULL OR r.placed_by = $7::bigint)
   AND ($8::text IS NULL OR r.distributor = $8)
   AND ($10::text IS NULL OR lower(r.distributor_name) LIKE ALL ((SELECT likes FROM words)::text[])
        OR lower(r.customer_name) LIKE ALL ((SELECT likes FROM words)::text[]))
 ORDER BY r.placed_at DESC, r.id DESC
 LIMIT $3::int;

-- name: order_exponent   $1: number
SELECT exponent FROM orders WHERE number = $1;

-- name: order_exists   $1: number
SELECT FROM orders WHERE number = $1;

-- name: day_totals   $1: login, $2: market or NULL. What the login has taken today, without what was cancelled.
WITH today AS MATERIALIZED (
    SELECT m.code, business_date(m.code) AS day FROM market m
)
SELECT o.currency, o.exponent, count(*), sum(o.total)::bigint, sum(o.cv)::bigint,
       count(*) FILTER (WHERE due.amount > 0), coalesce(sum(due.amount), 0)::bigint
  FROM orders o
  JOIN today t ON t.code = o.market AND t.day = o.business_date
  LEFT JOIN LATERAL (SELECT sum(p.amount) AS amount FROM payment p WHERE p.order_id = o.id AND p.state = 'due') due ON true
 WHERE o.placed_by = $1::bigint AND o.placed_at > company_now() - interval '2 days' AND o.state <> 'cancelled'
   AND ($2::text IS NULL OR o.market = $2)
 GROUP BY o.currency, o.exponent ORDER BY 3 DESC, 1;

-- name: day_figures   $1: login, $2: the market whose month it is
-- How many it has cancelled again, and the middle of the seconds from the first line to the number: what
-- was held for a while does not count for more than one. The last: how many it ever took, up to 100.
WITH today AS MATERIALIZED (
    SELECT m.code, business_date(m.code) AS day FROM market m
), mine AS (
    SELECT o.state, extract(epoch FROM d.updated_at - d.created_at) AS seconds
      FROM orders o
      JOIN today t ON t.code = o.market AND t.day = o.business_date
      LEFT JOIN draft d ON d.ulid = o.key
     WHERE o.placed_by = $1::bigint AND o.placed_at > company_now() - interval '2 days'
)
SELECT t.day, (month_now(t.code) + interval '1 month' - interval '1 day')::date,
       (month_now(t.code) + interval '1 month')::date - 1 - t.day,
       (SELECT count(*) FROM mine WHERE state = 'cancelled'),
       (SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))::int FROM mine WHERE state <> 'cancelled'),
       (SELECT count(*) FROM (SELECT FROM orders WHERE placed_by = $1::bigint LIMIT 100) few)
  FROM today t WHERE t.code = $2;

-- name: day_duplicates   $1: login, $2: market or NULL
-- Orders of the login's day that somebody has taken before, within a day: the same buyer, items, quantities.
SELECT o.number, e.number, to_char(e.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, p.name
  FROM orders o
  JOIN market m ON m.code = o.market
  JOIN person p ON p.id = coalesce(o.customer_id, o.distributor_id)
  JOIN LATERAL (SELECT x.number, x.placed_at, x.placed_by FROM orders x
                 WHERE x.fingerprint = o.fingerprint AND x.state <> 'cancelled' AND x.id <> o.id
                   AND (x.placed_at, x.id) < (o.placed_at, o.id) AND x.placed_at > o.placed_at - interval '24 hours'
                 ORDER BY x.placed_at DESC LIMIT 1) e ON true
  JOIN login l ON l.id = e.placed_by
 WHERE o.placed_by = $1::bigint AND o.placed_at > company_now() - interval '2 days'
   AND o.business_date = business_date(o.market) AND o.state <> 'cancelled'
   AND ($2::text IS NULL OR o.market = $2)
 ORDER BY o.placed_at DESC LIMIT 9;
