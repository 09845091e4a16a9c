-- What the process asks that talks to the payment provider, and what is asked about it.

-- name: gateway_begins   What is looked for again and again while there is a gateway.
SELECT gateway_begins();

-- name: gateway_take   $1: who takes, $2: at most
SELECT * FROM gateway_take($1, $2::int);

-- name: gateway_result   $1: task, $2: who took it, $3: outcome, $4: the provider's name or NULL, $5: detail or NULL
SELECT gateway_result($1::bigint, $2, $3, $4, $5::jsonb);

-- name: gateway_stand   How many tasks wait, the oldest's age in seconds, how many were refused within a day.
SELECT waiting, oldest_seconds, refused FROM gateway_stand();

-- name: gateway_event   $1: the event's id, $2: its type, $3: its object's id, $4: names of all that it is about. False: it came before.
SELECT gateway_event($1, $2, $3, $4::text[]);

-- name: gateway_knows   $1: names that the provider has. Whether a payment here has one of them.
SELECT EXISTS (SELECT FROM payment WHERE provider_ref = ANY ($1::text[]));

-- name: card_person   $1: distributor's number or NULL, $2: customer's id or NULL, $3: market or NULL. Whose cards are asked for.
SELECT d.id, d.market FROM distributor d WHERE $1::text IS NOT NULL AND d.number = $1 AND ($3::text IS NULL OR d.market = $3)
UNION ALL
SELECT c.id, c.market FROM customer c
 WHERE $1::text IS NULL AND c.id = $2::bigint AND ($3::text IS NULL OR c.market = $3);

-- name: card_list   $1: person, $2: market or NULL. Cards that can be charged, the one that is taken when nothing is said first.
SELECT k.id, k.brand, k.last4, to_char(k.expires, 'YYYY-MM'), k.funding, k.is_default,
       k.expires < (company_now() AT TIME ZONE m.zone)::date
  FROM payment_token k JOIN market m ON m.code = k.market
 WHERE k.person_id = $1::bigint AND ($2::text IS NULL OR k.market = $2) AND k.removed_at IS NULL
 ORDER BY k.is_default DESC, k.id DESC;

-- name: card_links   $1: person, $2: market or NULL. Links for cards of the last day, the newest first.
SELECT s.id, s.state, s.url, nullif(s.failure, ''), s.token_id, to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM card_setup s
 WHERE s.person_id = $1::bigint AND ($2::text IS NULL OR s.market = $2) AND s.method IS NULL AND s.at > now() - interval '1 day'
 ORDER BY s.id DESC LIMIT 20;

-- name: card_setup_add   $1: key, $2: hash, $3: person, $4: market, $5: login, $6: request
SELECT result, id FROM card_setup_add($1, $2, $3::bigint, $4, $5::bigint, $6);

-- name: card_remove   $1: card, $2: person, $3: market or NULL, $4: login, $5: request
SELECT card_remove($1::bigint, $2::bigint, $3, $4::bigint, $5);

-- name: gateway_demo   $1: the manager's number. Cards at the bundled provider for some people of the demonstration company.
WITH wanted AS (
    SELECT d.id, d.market, m.method, m.place
      FROM distributor d
      JOIN (VALUES ('pm_card_visa', 1), ('pm_card_chargeCustomerFail', 2), ('pm_card_authenticationRequired', 3)) m (method, place)
        ON d.number = $1
    UNION ALL
    SELECT q.id, q.market, 'pm_card_mastercard', 1
      FROM (SELECT d.id, d.market FROM distributor d JOIN orders o ON o.distributor_id = d.id AND o.customer_id IS NULL
             WHERE d.status = 'active' AND d.number <> $1 GROUP BY d.id, d.market ORDER BY max(o.id) DESC LIMIT 8) q
    UNION ALL
    SELECT q.id, q.market, 'pm_card_visa_debit', 1
      FROM (SELECT c.id, c.market FROM customer c JOIN orders o ON o.customer_id = c.id
             GROUP BY c.id, c.market ORDER BY max(o.id) DESC LIMIT 8) q
), made AS (
    INSERT INTO card_setup (person_id, market, method)
        SELECT w.id, w.market, w.method FROM wanted w
         WHERE EXISTS (SELECT FROM company WHERE demo) AND NOT EXISTS (SELECT FROM card_setup)
         ORDER BY w.place, w.id
        RETURNING id, method
) -- the first one is the one that is taken when nothing is said
INSERT INTO gateway_task (act, setup_id, amount, not_before)
    SELECT 'adopt', made.id, 0,
           now() + CASE method WHEN 'pm_card_chargeCustomerFail' THEN 3 WHEN 'pm_card_authenticationRequired' THEN 6 ELSE 0 END
                 * interval '1 second'
      FROM made;
