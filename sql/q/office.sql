-- The back office: sheets and change sets.

-- name: sheet_page   $1: sheet, $2: market, $3: audience, $4: list, $5: language, $6: words or NULL, $7: behind this key, $8: most, $9: change set or NULL
-- The rows as they are, each with what the change set makes of it; its new rows among them.
WITH page AS (
    SELECT key, name, cells FROM sheet_page($1, $2, $3, coalesce($4, sheet_list_today($2, $3)), $5, $6, coalesce($7, ''), $8::int)
), every AS (
    SELECT key, name, cells FROM page
    UNION ALL
    SELECT r.key, '', NULL FROM changeset_row r
     WHERE r.changeset = $9 AND r.sheet = $1 AND r.old IS NULL AND r.key > coalesce($7, '') AND $6::text IS NULL
       AND CASE $1 WHEN 'items' THEN split_part(r.key, '/', 2) = $5 WHEN 'kits' THEN true WHEN 'choices' THEN split_part(r.key, '/', 3) = $5
                   WHEN 'prices' THEN r.key LIKE concat_ws('/', $2, $3, coalesce($4, sheet_list_today($2, $3)), '%') ELSE split_part(r.key, '/', 1) = $2 END
       AND NOT EXISTS (SELECT FROM page p WHERE p.key = r.key)
)
SELECT e.key, e.name, e.cells::text, md5(e.cells::text), r.id, r.new::text, r.gone, r.old::text
  FROM every e
  LEFT JOIN changeset_row r ON r.changeset = $9 AND r.sheet = $1 AND r.key = e.key
 ORDER BY e.key COLLATE "C"
 LIMIT $8::int;

-- name: sheet_list   $1: market, $2: audience, $3: code or NULL   Which price list is meant: the one of today.
SELECT coalesce($3, sheet_list_today($1, $2));

-- name: sheet_all   $1: sheet, $2: language, $3: market or NULL, $4: audience or NULL, $5: its list or NULL: of today, $6: change set or NULL, $7: most or NULL
-- For files: every row, as the change set makes it, in the order of keys.
WITH s AS (
    SELECT key, cells, NULL AS market, NULL AS audience, NULL AS list FROM sheet_items($2) WHERE $1 = 'items' AND name IS NOT NULL
    UNION ALL
    SELECT key, cells || jsonb_build_object('name', name), market, audience, list FROM sheet_prices WHERE $1 = 'prices'
    UNION ALL
    SELECT key, cells, market, NULL, NULL FROM sheet_lists WHERE $1 = 'lists'
    UNION ALL
    SELECT key, cells, market, NULL, NULL FROM sheet_discounts WHERE $1 = 'discounts'
    UNION ALL
    SELECT key, cells, market, NULL, NULL FROM sheet_delivery WHERE $1 = 'delivery'
    UNION ALL
    SELECT key, cells, market, NULL, NULL FROM sheet_tax WHERE $1 = 'tax'
    UNION ALL
    SELECT key, cells || jsonb_build_object('name', name), NULL, NULL, NULL FROM sheet_kits WHERE $1 = 'kits'
    UNION ALL
    SELECT key, cells, NULL, NULL, NULL FROM sheet_choices($2) WHERE $1 = 'choices' AND name IS NOT NULL
), wanted AS (
    SELECT coalesce($5, sheet_list_today($3, $4)) AS list WHERE $4 IS NOT NULL
), here AS (
    SELECT key, cells FROM s
     WHERE ($3::text IS NULL OR market IS NULL OR market = $3)
       AND ($1 <> 'prices' OR $4::text IS NULL OR (audience = $4 AND list = (SELECT list FROM wanted)))
), own AS (
    SELECT key, old, new, gone FROM changeset_row r
     WHERE r.changeset = $6 AND r.sheet = $1
       AND CASE $1 WHEN 'items' THEN split_part(key, '/', 2) = $2 WHEN 'kits' THEN true WHEN 'choices' THEN split_part(key, '/', 3) = $2
                   WHEN 'prices' THEN starts_with(key, concat_ws('/', $3, $4, (SELECT list FROM wanted), ''))
                   ELSE $3 IS NULL OR split_part(key, '/', 1) = $3 END
)
SELECT (coalesce(h.cells, o.old, '{}') || coalesce(o.new, '{}'))::text, coalesce(m.exponent, 0)
  FROM here h FULL JOIN own o ON o.key = h.key
  LEFT JOIN market m ON m.code = split_part(coalesce(h.key, o.key), '/', 1)
 WHERE NOT coalesce(o.gone, false)
 ORDER BY coalesce(h.key, o.key) COLLATE "C" LIMIT $7::int;

-- name: sheet_languages   Which languages items have names in, English first.
SELECT language FROM item_name GROUP BY language ORDER BY language <> 'en', language;

-- name: sheet_key   $1: sheet, $2: cells
SELECT sheet_key($1, $2::jsonb);

-- name: changeset_make
SELECT result FROM changeset_make($1, $2::bigint, $3, $4::date);

-- name: changeset_get   $1: ulid
SELECT c.ulid, c.title, c.state, c.rev, c.effective, l.login, p.login,
       to_char(c.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(c.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (SELECT count(*) FROM changeset_row r WHERE r.changeset = c.ulid)
  FROM changeset c LEFT JOIN login l ON l.id = c.owner_id LEFT JOIN login p ON p.id = c.published_by
 WHERE c.ulid = $1;

-- name: changeset_list   $1: state or NULL, $2: owner or NULL, $3: most, $4: cursor or NULL
SELECT c.ulid, c.title, c.state, c.rev, c.effective, l.login, p.login,
       to_char(c.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(c.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (SELECT count(*) FROM changeset_row r WHERE r.changeset = c.ulid)
  FROM changeset c LEFT JOIN login l ON l.id = c.owner_id LEFT JOIN login p ON p.id = c.published_by
 WHERE ($1::text IS NULL OR c.state = $1) AND ($2::bigint IS NULL OR c.owner_id = $2::bigint) AND ($4::text IS NULL OR c.ulid < $4)
 ORDER BY c.ulid DESC LIMIT $3::int;

-- name: changeset_rows   $1: ulid, $2: behind this id, $3: most
SELECT r.id, r.sheet, r.key, r.old::text, r.new::text, r.gone, l.login
  FROM changeset_row r LEFT JOIN login l ON l.id = r.by_login
 WHERE r.changeset = $1 AND r.id > $2::bigint
 ORDER BY r.id LIMIT $3::int;

-- name: changeset_put   $1: ulid, $2: login, $3: market it is bound to or NULL, $4: rows
SELECT at_row, row_key, row_id, result, who FROM changeset_put($1, $2::bigint, $3, $4::jsonb) ORDER BY at_row;

-- name: changeset_patch   $1: ulid, $2: login, $3: rev, $4: members
SELECT result, rev FROM changeset_patch($1, $2::bigint, $3::bigint, $4::jsonb);

-- name: changeset_publish   $1: ulid, $2: login, $3: request, $4: key, $5: publish, $6: accept goods without price
SELECT result, changed, nfaults, faults::text FROM changeset_publish($1, $2::bigint, $3, $4, $5::boolean, $6::boolean);
