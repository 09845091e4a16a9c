-- Business months that close.

-- name: month_turn   $1: market, $2: first day of the month, $3: close or reopen, $4: login, $5: reason
SELECT t.result, t.detail ->> 'event', t.detail ->> 'month' FROM month_turn($1, $2::date, $3, $4, $5) t;

-- name: month_keep   $1: event
SELECT month_keep($1::bigint);

-- name: month_unsettled   $1: market, $2: first day of a month
-- What is not settled of the orders of that month and before: what, how many, how much, since when.
WITH o AS (
    SELECT id, business_date FROM orders WHERE market = $1 AND month <= $2::date AND state <> 'cancelled'
)
SELECT x.what, count(*), sum(x.amount), min(x.day)
  FROM (SELECT 1 AS nr, 'orders are due' AS what, p.amount, o.business_date AS day FROM o JOIN payment p ON p.order_id = o.id AND p.state = 'due'
        UNION ALL
        SELECT 2, 'payments are with the provider', p.amount, o.business_date FROM o JOIN payment p ON p.order_id = o.id
          AND p.state IN ('authorising', 'unknown', 'authorised')
        UNION ALL
        SELECT 3, 'refunds are with the provider', r.amount, o.business_date FROM o JOIN payment p ON p.order_id = o.id
          JOIN refund r ON r.payment_id = p.id AND r.state = 'asked'
        UNION ALL
        SELECT 4, 'returns are on their way', g.expected, o.business_date FROM o JOIN goods_return g ON g.order_id = o.id
          AND g.state IN ('asked', 'received')) x
 GROUP BY x.nr, x.what ORDER BY x.nr;

-- name: month_market   $1: market
SELECT exponent FROM market WHERE code = $1;

-- name: month_list   $1: market or NULL
SELECT e.market, to_char(e.month, 'YYYY-MM'), e.act, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.login, e.reason,
       CASE WHEN s.event_id IS NOT NULL THEN s.transfers END, s.cv, s.pv
  FROM month_event e JOIN login l ON l.id = e.by_login LEFT JOIN month_seal s ON s.event_id = e.id
 WHERE e.market = coalesce($1, e.market) ORDER BY e.market, e.id;

-- name: month_show   $1: market, $2: first day of the month. Its trial balance when it was closed.
SELECT k.title, b.opening, b.debits, b.credits, b.opening + b.credits - b.debits, m.exponent, m.currency
  FROM month_closed e
  JOIN month_balance b ON b.event_id = e.id
  JOIN account_kind k ON k.kind = b.kind
  JOIN market m ON m.code = e.market
 WHERE e.market = $1 AND e.month = $2::date
 ORDER BY array_position('{assets,liabilities,income,expenses,equity}', k.class), k.title;
