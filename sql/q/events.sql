-- name: events_sessions   $1: hashes of tokens. Whether each still holds, and for whom, in their order.
SELECT s.expires_at > now() AND s.last_seen + s.idle > now() AND NOT l.disabled, array_to_string(l.roles, ','), l.market
  FROM unnest($1::bytea[]) WITH ORDINALITY AS u(hash, nr)
  LEFT JOIN session s ON s.token_hash = u.hash
  LEFT JOIN login l ON l.id = s.login_id
 ORDER BY u.nr;

-- name: events_orders   $1: numbers, $2: the market of who asks, or NULL, of each. How they stand, in their order.
SELECT o.number, o.state, o.payment_state,
       (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due'),
       o.currency, o.exponent, o.version,
       (SELECT coalesce(json_agg(json_build_object('id', p.id::text, 'kind', p.kind, 'state', p.state, 'amount', p.amount,
                 'refunded', p.refunded, 'letter', CASE p.kind WHEN 'link' THEN link_letter(p) END, 'url', p.state = 'authorising' AND p.url IS NOT NULL)
                 ORDER BY p.id), '[]')::text FROM payment p WHERE p.order_id = o.id)
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(number, market, nr)
  LEFT JOIN orders o ON o.number = u.number AND (u.market IS NULL OR o.market = u.market)
 ORDER BY u.nr;

-- name: events_stock   $1: markets, $2: items. What of each is free at the site that ships, in their order.
SELECT CASE WHEN i.kind = 'kit' THEN item_free(w.id, i.id) ELSE coalesce(s.on_hand - s.reserved, 0) END
  FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS u(market, item, nr)
  LEFT JOIN item i ON i.id = u.item
  LEFT JOIN site w ON w.market = u.market AND w.ships
  LEFT JOIN stock s ON s.site_id = w.id AND s.item_id = u.item
 ORDER BY u.nr;

-- name: events_desks   $1: logins. Open drafts, and what is to be told, of each, in their order.
SELECT d.open, to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), d.leased, d.revs,
       n.unseen, n.newest, w.arrived, w.newest
  FROM unnest($1::bigint[]) WITH ORDINALITY AS u(login, nr)
 CROSS JOIN LATERAL (SELECT count(*) AS open, max(x.updated_at) AS at, count(*) FILTER (WHERE x.lease_until > now()) AS leased,
                            sum(x.rev) AS revs
                       FROM draft x WHERE x.owner_id = u.login AND x.state = 'open') d
 CROSS JOIN LATERAL (SELECT count(*) AS unseen, max(x.id) AS newest FROM notice x WHERE x.login_id = u.login AND x.seen_at IS NULL) n
 CROSS JOIN LATERAL (SELECT count(*) AS arrived, max(x.arrived_at) AS newest FROM waiting x
                      WHERE x.login_id = u.login AND x.arrived_at IS NOT NULL) w
 ORDER BY u.nr;
