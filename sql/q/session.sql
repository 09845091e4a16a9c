-- name: session_get   $1: hash of the token. Who asks, and whether the idle clock needs a touch.
SELECT l.id, l.login, l.kind, l.name, array_to_string(l.roles, ','), l.market, s.acting_for,
       s.last_seen < now() - interval '1 minute', coalesce(d.number, ''),
       to_char(s.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), s.desk
  FROM session s
  JOIN login l ON l.id = s.login_id
  LEFT JOIN distributor d ON d.id = l.person_id AND l.kind = 'distributor'
 WHERE s.token_hash = $1::bytea AND NOT l.disabled
   AND s.expires_at > now() AND s.last_seen + s.idle > now();

-- name: session_touch
SELECT session_touch($1::bytea);

-- name: session_close
SELECT session_close($1::bytea, $2);

-- name: sign_in_begin
SELECT wait, login_id, kind, name, array_to_string(roles, ','), market, password_hash,
       encode(totp_secret, 'hex'), totp_last, disabled, extract(epoch FROM now())::bigint
  FROM sign_in_begin($1, $2, $3::int, make_interval(mins => $4::int), make_interval(mins => $4::int), $5::int);

-- name: sign_in_finish
SELECT sign_in_finish($1::bigint, $2, $3::bytea, $4, make_interval(mins => $5::int),
                      make_interval(hours => $6::int), $7::bigint, NULL, $8, $9),
       to_char((now() + make_interval(hours => $6::int)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- name: sign_in_refused
SELECT sign_in_refused($1::bigint, $2, $3, $4, $5);

-- name: housekeep
SELECT housekeep();
