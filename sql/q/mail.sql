-- Outgoing mail.

-- name: mail_next   $1: holder
SELECT n.held, n.id, n.kind, n.name, n.email, n.language, n.company, n.message_id, n.facts::text FROM outbox_next($1) n;

-- name: mail_tried   $1: id, $2: holder, $3: why not, or '', $4: for good
SELECT outbox_tried($1::bigint, $2, $3, $4::boolean);

-- name: mail_stand   How many wait, and are dead.
SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL),
       (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL AND dropped_at IS NULL);

-- name: mail_list   $1: state or NULL, $2: market or NULL, $3: before this id or NULL, $4: how many. The newest first.
SELECT x.id, outbox_state(x), x.kind, x.market, p.name, p.email, to_char(x.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), x.tries,
       to_char(x.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       CASE WHEN outbox_state(x) = 'waiting' THEN to_char(x.not_before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END, x.last_error
  FROM outbox x JOIN person p ON p.id = x.person_id
 WHERE CASE $1::text WHEN 'waiting' THEN x.sent_at IS NULL AND x.dead_at IS NULL WHEN 'dead' THEN x.dead_at IS NOT NULL AND x.dropped_at IS NULL
            WHEN 'sent' THEN x.sent_at IS NOT NULL WHEN 'dropped' THEN x.dropped_at IS NOT NULL ELSE true END
   AND ($2::text IS NULL OR x.market = $2) AND ($3::bigint IS NULL OR x.id < $3::bigint)
 ORDER BY x.id DESC LIMIT $4::int;

-- name: mail_again   $1: id or NULL for all, $2: drop
SELECT outbox_again($1::bigint, $2::boolean);
