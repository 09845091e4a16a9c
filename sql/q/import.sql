-- For partylinectl import. $1: the rows as a JSON array, each with its line in the file; $2: the file's
-- name. The queries _faults answer (line, field, what); the others do it and count.

-- name: import_begin
BEGIN;

-- name: import_commit
COMMIT;

-- name: import_markets
SELECT code, exponent FROM market ORDER BY code;

-- name: import_rollback
ROLLBACK;

-- name: import_twice   $1: sheet, $2: rows   Lines that stand there twice.
SELECT line, key FROM (
    SELECT (r->>'line')::int AS line, replace(sheet_key($1, r), '/', ' ') AS key,
           row_number() OVER (PARTITION BY sheet_key($1, r) ORDER BY (r->>'line')::int) AS time
      FROM jsonb_array_elements($2::jsonb) AS r) t
 WHERE time > 1
 ORDER BY line;

-- name: import_sheet   $1: sheet, $2: rows, $3: ulid, $4: file, $5: login that it is of, or NULL, $6: market that this one is bound to, or NULL
-- Prices bring the lists with them that do not exist yet. What became of each row, with its line.
WITH made AS (
    SELECT changeset_make($3, (SELECT id FROM login WHERE login = upper($5)), left($4, 80), NULL)
), r AS (
    SELECT value AS r, (value->>'line')::int AS line FROM jsonb_array_elements($2::jsonb), made
), list AS (
    SELECT DISTINCT ON (sheet_key('lists', r)) r, line FROM r
     WHERE $1 = 'prices' AND r->>'valid_from' IS NOT NULL AND sheet_cells('lists', sheet_key('lists', r)) IS NULL
     ORDER BY sheet_key('lists', r), line
), every AS (
    SELECT 0 AS part, line, jsonb_build_object('sheet', 'lists', 'line', line, 'cells', jsonb_strip_nulls(jsonb_build_object(
               'market', r->'market', 'audience', r->'audience', 'list', r->'list', 'name', r->'list_name',
               'tax_included', r->'tax_included', 'valid_from', r->'valid_from', 'valid_to', r->'valid_to'))) AS row
      FROM list
    UNION ALL
    SELECT 1, line, jsonb_build_object('sheet', $1, 'line', line, 'cells', r - CASE $1
               WHEN 'prices' THEN '{line,list_name,valid_from,valid_to,tax_included,legacy}'::text[] ELSE '{line}' END) FROM r
), given AS (
    SELECT coalesce(jsonb_agg(row ORDER BY part, line), '[]') AS rows, array_agg(line ORDER BY part, line) AS lines FROM every
)
SELECT p.result, p.row_key, g.lines[p.at_row + 1], p.who
  FROM given g, changeset_put($3, (SELECT id FROM login WHERE login = upper($5)), $6, g.rows) p
 ORDER BY p.at_row;

-- name: import_counts   $1: sheet, $2: rows, $3: ulid   An item counts once, in however many languages it has names.
WITH k AS (
    SELECT CASE $1 WHEN 'items' THEN split_part(key, '/', 1) ELSE key END AS key, bool_or(old IS NULL) AS is_new
      FROM changeset_row WHERE changeset = $3 AND sheet = $1 GROUP BY 1
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
       (SELECT count(DISTINCT CASE $1 WHEN 'items' THEN r->>'sku' ELSE sheet_key($1, r) END)
          FROM jsonb_array_elements($2::jsonb) AS r) - count(*)
  FROM k;

-- name: import_distributors_faults
WITH RECURSIVE r AS (
    SELECT * FROM jsonb_to_recordset($1) AS r(line int, number text, market text, joined date, sponsor text, rank text,
           line1 text, city text, country text)
), rooted AS (
    SELECT number FROM r WHERE sponsor IS NULL OR sponsor NOT IN (SELECT number FROM r)
    UNION
    SELECT r.number FROM r JOIN rooted ON r.sponsor = rooted.number
)
SELECT line, 'number' AS field, number || ' exists already' AS what FROM r
 WHERE EXISTS (SELECT FROM distributor d WHERE d.number = r.number)
UNION ALL
SELECT line, 'number', number || ' has not ' || distributor_length || ' digits' FROM r, company
 WHERE length(number) <> distributor_length
UNION ALL
SELECT line, 'number', number || ' stands there twice' FROM
    (SELECT line, number, row_number() OVER (PARTITION BY number ORDER BY line) AS time FROM r) t
 WHERE time > 1
UNION ALL
SELECT line, 'sponsor', 'there is no distributor ' || sponsor FROM r
 WHERE sponsor NOT IN (SELECT number FROM r) AND NOT EXISTS (SELECT FROM distributor d WHERE d.number = r.sponsor)
UNION ALL
SELECT line, 'sponsor', 'the sponsors go round in a circle' FROM r WHERE number NOT IN (SELECT number FROM rooted)
UNION ALL
SELECT line, 'rank', 'there is no rank ' || rank FROM r
 WHERE rank IS NOT NULL AND NOT EXISTS (SELECT FROM rank k WHERE k.code = r.rank)
UNION ALL
SELECT line, 'joined', 'is in the future' FROM r WHERE joined > business_date(market)
UNION ALL
SELECT line, 'city', 'an address needs line1 and city' FROM r WHERE (line1 IS NULL) <> (city IS NULL)
UNION ALL
SELECT line, 'country', country || ' is no code of two letters' FROM r WHERE country !~ '^[A-Z]{2}$';

-- name: import_distributors
WITH r AS (
    SELECT r.*, nextval(pg_get_serial_sequence('person', 'id')) AS id FROM jsonb_to_recordset($1) AS r(line int, number text,
           market text, given_name text, family_name text, name text, joined date, sponsor text, status text, rank text,
           email text, phone text, language text, line1 text, line2 text, city text, postcode text, region text, country text)
), ready AS (
    SELECT r.*, coalesce(s.id, d.id) AS sponsor_id, coalesce(k.id, (SELECT min(id) FROM rank)) AS rank_id,
           coalesce(r.status, 'active') AS now_status
      FROM r
      LEFT JOIN r s ON s.number = r.sponsor
      LEFT JOIN distributor d ON d.number = r.sponsor
      LEFT JOIN rank k ON k.code = r.rank
), people AS (
    INSERT INTO person (id, given_name, family_name, name, email, phone, language) OVERRIDING SYSTEM VALUE
    SELECT r.id, coalesce(r.given_name, ''), r.family_name,
           coalesce(r.name, upper(r.family_name) || coalesce(', ' || r.given_name, '')), coalesce(r.email, ''),
           coalesce(r.phone, ''), coalesce(r.language, m.language)
      FROM ready r JOIN market m ON m.code = r.market
), homes AS (
    INSERT INTO address (person_id, position, line1, line2, city, postcode, region, country)
    SELECT id, 1, line1, coalesce(line2, ''), city, coalesce(postcode, ''), coalesce(region, ''), coalesce(country, market)
      FROM ready WHERE line1 IS NOT NULL
), made AS (
    INSERT INTO distributor (id, number, market, status, rank, sponsor_id, joined)
    SELECT id, number, market, now_status, rank_id, sponsor_id, joined FROM ready ORDER BY id
    RETURNING id
), links AS (
    INSERT INTO sponsorship (distributor_id, sponsor_id, valid, reason)
    SELECT id, sponsor_id, daterange(joined, NULL), 'import' FROM ready WHERE sponsor_id IS NOT NULL
), history AS (
    INSERT INTO distributor_status (distributor_id, status, rank, valid, reason)
    SELECT id, now_status, rank_id, daterange(joined, NULL), 'import' FROM ready
), told AS (
    INSERT INTO change_log (kind, ref) SELECT 'person', id::text FROM ready
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'import.distributors', 'file ' || $2, jsonb_build_object('rows', jsonb_array_length($1))
)
SELECT count(*) AS added, 0 AS changed, 0 AS unchanged FROM made;

-- name: import_stock_faults   What is counted at a location, lot by lot; it must cover what is reserved.
WITH r AS (
    SELECT r.*, s.id AS site_id, i.id AS item_id, i.kind, coalesce(r.location, '') AS place, coalesce(r.lot, '') AS batch
      FROM jsonb_to_recordset($1) AS r(line int, site text, sku text, qty bigint, location text, lot text)
      LEFT JOIN site s ON s.code = r.site
      LEFT JOIN item i ON i.sku = r.sku
), moved AS (
    SELECT site_id, item_id, location, lot, sum(qty) AS qty FROM movement
     WHERE item_id IN (SELECT item_id FROM r) GROUP BY site_id, item_id, location, lot
), after AS (
    SELECT r.site_id, r.item_id, min(r.line) AS line, coalesce(max(k.on_hand), 0) + sum(r.qty - coalesce(m.qty, 0)) AS on_hand,
           coalesce(max(k.reserved), 0) AS reserved
      FROM r
      LEFT JOIN moved m ON m.site_id = r.site_id AND m.item_id = r.item_id AND m.location = r.place AND m.lot = r.batch
      LEFT JOIN stock k ON k.site_id = r.site_id AND k.item_id = r.item_id
     WHERE r.site_id IS NOT NULL AND r.item_id IS NOT NULL
     GROUP BY r.site_id, r.item_id
)
SELECT line, 'site' AS field, 'there is no site ' || site AS what FROM r WHERE site_id IS NULL
UNION ALL
SELECT line, 'sku', 'there is no item ' || sku FROM r WHERE item_id IS NULL
UNION ALL
SELECT line, 'sku', sku || ' is a ' || kind || ' and has no stock' FROM r WHERE kind IN ('kit', 'certificate', 'fee')
UNION ALL
SELECT line, 'sku', sku || ' stands there twice for this site, location and lot' FROM
    (SELECT line, sku, row_number() OVER (PARTITION BY site, sku, place, batch ORDER BY line) AS time FROM r) t
 WHERE time > 1
UNION ALL
SELECT line, 'qty', reserved || ' are reserved, but only ' || on_hand || ' would be there' FROM after WHERE on_hand < reserved;

-- name: import_stock   What differs becomes a movement.
WITH r AS (
    SELECT s.id AS site_id, i.id AS item_id, r.qty, coalesce(r.location, '') AS place, coalesce(r.lot, '') AS batch, r.expires, r.line
      FROM jsonb_to_recordset($1) AS r(line int, site text, sku text, qty bigint, location text, lot text, expires date)
      JOIN site s ON s.code = r.site
      JOIN item i ON i.sku = r.sku
), moved AS (
    SELECT site_id, item_id, location, lot, sum(qty) AS qty, max(expires) AS expires FROM movement
     WHERE item_id IN (SELECT item_id FROM r) GROUP BY site_id, item_id, location, lot
), wanted AS (
    SELECT r.*, m.site_id IS NULL AS opens, (r.qty - coalesce(m.qty, 0))::bigint AS difference,
           coalesce(r.expires, m.expires) AS until
      FROM r LEFT JOIN moved m ON m.site_id = r.site_id AND m.item_id = r.item_id AND m.location = r.place AND m.lot = r.batch
), done AS MATERIALIZED (
    -- What is added first, so that a correction between two lots never passes below what is reserved.
    SELECT opens, site_id, item_id, difference, stock_move(site_id, item_id, difference, CASE WHEN opens THEN 'opening' ELSE 'count' END, $2, NULL, place,
                             batch, until) AS on_hand
      FROM (SELECT * FROM wanted WHERE difference <> 0 ORDER BY item_id, difference DESC, line) w
), given AS MATERIALIZED (
    -- Then what is more goes to those who wait for it.
    SELECT count(stock_freed(site_id, items, NULL, $2)) AS sites
      FROM (SELECT site_id, array_agg(DISTINCT item_id) AS items FROM done WHERE difference > 0 AND on_hand IS NOT NULL
             GROUP BY site_id ORDER BY site_id) m
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'import.stock', 'file ' || $2, jsonb_build_object('rows', jsonb_array_length($1))
)
SELECT count(on_hand) FILTER (WHERE opens) AS added, count(on_hand) FILTER (WHERE NOT opens) AS changed,
       jsonb_array_length($1) - count(on_hand) AS unchanged
  FROM done, given WHERE sites >= 0;
