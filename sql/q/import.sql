-- For partylinectl import. $1: the rows as a JSON array, each with its line in the file; $2: the file's
-- name. The queries _faults answer (line, field, what); the others do it and count.

-- name: import_begin
BEGIN;

-- name: import_commit
COMMIT;

-- name: import_markets
SELECT code, exponent FROM market ORDER BY code;

-- name: import_items_faults
WITH r AS (
    SELECT r.*, i.id AS known FROM jsonb_to_recordset($1) AS r(line int, sku text, language text, "group" text,
           tax_class text, barcode text, sale_from date, sale_to date, legacy boolean)
      LEFT JOIN item i ON i.sku = r.sku
), own AS (
    SELECT DISTINCT ON (sku) * FROM r ORDER BY sku, line
)
SELECT line, 'group' AS field, CASE WHEN "group" IS NULL THEN 'a new item needs one' ELSE 'there is no group ' || "group" END AS what
  FROM own WHERE CASE WHEN "group" IS NULL THEN known IS NULL
                      ELSE NOT EXISTS (SELECT FROM item_group g WHERE g.code = "group") END
UNION ALL
SELECT line, 'tax_class', 'there is no tax class ' || tax_class FROM own
 WHERE NOT EXISTS (SELECT FROM tax_class t WHERE t.code = own.tax_class) AND tax_class IS NOT NULL
UNION ALL
SELECT line, 'sku', sku || ' has not ' || sku_length || ' digits' FROM own, company
 WHERE known IS NULL AND legacy IS NOT TRUE AND length(sku) <> sku_length
UNION ALL
SELECT line, 'sku', sku || ' stands there twice in this language' FROM
    (SELECT line, sku, row_number() OVER (PARTITION BY sku, coalesce(language, 'en') ORDER BY line) AS time FROM r) t
 WHERE time > 1
UNION ALL
SELECT own.line, 'barcode', own.barcode || ' is item ' || i.sku || '''s' FROM own JOIN item i ON i.barcode = own.barcode AND i.sku <> own.sku
UNION ALL
SELECT line, 'barcode', barcode || ' stands there twice' FROM
    (SELECT line, barcode, row_number() OVER (PARTITION BY barcode ORDER BY line) AS time FROM own WHERE barcode IS NOT NULL) t
 WHERE time > 1
UNION ALL
SELECT line, 'sale_to', 'is not after sale_from' FROM own WHERE sale_to <= sale_from;

-- name: import_items   The first line of an item says what it is; further ones name it in other languages.
WITH r AS (
    SELECT * FROM jsonb_to_recordset($1) AS r(line int, sku text, name text, spoken text, language text, kind text,
           "group" text, tax_class text, barcode text, weight_g int, max_per_order int, age_limit int,
           sale_from date, sale_to date, back_order boolean, legacy boolean)
), own AS (
    SELECT DISTINCT ON (sku) * FROM r ORDER BY sku, line
), wanted AS (
    SELECT o.sku, coalesce(o.kind, i.kind, 'product') AS kind, coalesce(g.id, i.group_id) AS group_id,
           coalesce(t.id, i.tax_class, (SELECT min(id) FROM tax_class)) AS tax_class, coalesce(o.barcode, i.barcode) AS barcode,
           coalesce(o.weight_g, i.weight_g, 0) AS weight_g, coalesce(o.max_per_order, i.max_per_order, 0) AS max_per_order,
           coalesce(o.age_limit, i.age_limit, 0) AS age_limit,
           daterange(coalesce(o.sale_from, lower(i.on_sale)), coalesce(o.sale_to, upper(i.on_sale))) AS on_sale,
           coalesce(o.back_order, i.back_order, false) AS back_order, coalesce(o.legacy, i.legacy, false) AS legacy
      FROM own o
      LEFT JOIN item i ON i.sku = o.sku
      LEFT JOIN item_group g ON g.code = o."group"
      LEFT JOIN tax_class t ON t.code = o.tax_class
), saved AS (
    INSERT INTO item AS i (sku, kind, group_id, tax_class, barcode, weight_g, max_per_order, age_limit, on_sale, back_order, legacy)
    SELECT * FROM wanted ORDER BY sku
        ON CONFLICT (sku) DO UPDATE SET kind = excluded.kind, group_id = excluded.group_id, tax_class = excluded.tax_class,
            barcode = excluded.barcode, weight_g = excluded.weight_g, max_per_order = excluded.max_per_order,
            age_limit = excluded.age_limit, on_sale = excluded.on_sale, back_order = excluded.back_order, legacy = excluded.legacy
        WHERE (i.kind, i.group_id, i.tax_class, i.barcode, i.weight_g, i.max_per_order, i.age_limit, i.on_sale, i.back_order, i.legacy)
              IS DISTINCT FROM (excluded.kind, excluded.group_id, excluded.tax_class, excluded.barcode, excluded.weight_g,
                                excluded.max_per_order, excluded.age_limit, excluded.on_sale, excluded.back_order, excluded.legacy)
    RETURNING id, sku, xmax = 0 AS added
), named AS (
    INSERT INTO item_name AS n (item_id, language, name, spoken)
    SELECT coalesce(s.id, i.id), coalesce(r.language, 'en'), r.name, coalesce(r.spoken, o.spoken, r.name)
      FROM r
      LEFT JOIN saved s ON s.sku = r.sku
      LEFT JOIN item i ON i.sku = r.sku
      LEFT JOIN item_name o ON o.item_id = i.id AND o.language = coalesce(r.language, 'en') AND o.name = r.name
        ON CONFLICT (item_id, language) DO UPDATE SET name = excluded.name, spoken = excluded.spoken
        WHERE (n.name, n.spoken) IS DISTINCT FROM (excluded.name, excluded.spoken)
    RETURNING item_id
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'import.items', 'file ' || $2, jsonb_build_object('rows', jsonb_array_length($1))
), count AS (
    SELECT (SELECT count(*) FROM saved WHERE added) AS added,
           (SELECT count(*) FROM (SELECT id FROM saved WHERE NOT added
                                  UNION SELECT item_id FROM named WHERE item_id NOT IN (SELECT id FROM saved WHERE added)) c) AS changed,
           (SELECT count(*) FROM own) AS total
)
SELECT added, changed, total - added - changed AS unchanged FROM count;

-- name: import_prices_faults   A list that does not exist is made, where a line says from when it is valid.
WITH r AS (
    SELECT r.*, coalesce(r.audience, 'retail') AS for_whom FROM jsonb_to_recordset($1) AS r(line int, market text, list text,
           audience text, sku text, valid_from date, valid_to date)
), new_list AS (
    SELECT r.market, r.list, r.for_whom, min(r.line) AS line, min(valid_from) AS valid_from, min(valid_to) AS valid_to
      FROM r LEFT JOIN price_list l ON l.market = r.market AND l.code = r.list AND l.audience = r.for_whom
     WHERE l.id IS NULL GROUP BY r.market, r.list, r.for_whom
)
SELECT line, 'sku' AS field, 'there is no item ' || sku AS what FROM r WHERE NOT EXISTS (SELECT FROM item i WHERE i.sku = r.sku)
UNION ALL
SELECT line, 'sku', sku || ' stands there twice in this list' FROM
    (SELECT line, sku, row_number() OVER (PARTITION BY market, list, for_whom, sku ORDER BY line) AS time FROM r) t
 WHERE time > 1
UNION ALL
SELECT line, 'list', 'there is no ' || for_whom || ' list ' || list || ' in ' || market || '; a new one needs valid_from'
  FROM new_list WHERE valid_from IS NULL
UNION ALL
SELECT line, 'valid_to', 'is not after valid_from' FROM new_list WHERE valid_to <= valid_from
UNION ALL
SELECT n.line, 'valid_from', 'list ' || l.code || ' is valid at that time' FROM new_list n
  JOIN price_list l ON l.market = n.market AND l.audience = n.for_whom AND n.valid_from IS NOT NULL
       AND (n.valid_to IS NULL OR n.valid_to > n.valid_from) AND l.valid && daterange(n.valid_from, n.valid_to);

-- name: import_prices
WITH r AS (
    SELECT r.*, coalesce(r.audience, 'retail') AS for_whom FROM jsonb_to_recordset($1) AS r(line int, market text, list text,
           audience text, sku text, amount bigint, cv bigint, pv bigint, list_name text, valid_from date, valid_to date,
           tax_included boolean)
), made AS (
    INSERT INTO price_list (market, code, name, audience, tax_included, valid)
    SELECT r.market, r.list, coalesce(min(r.list_name), r.list), r.for_whom, coalesce(bool_and(r.tax_included), true),
           daterange(min(r.valid_from), min(r.valid_to))
      FROM r LEFT JOIN price_list l ON l.market = r.market AND l.code = r.list AND l.audience = r.for_whom
     WHERE l.id IS NULL
     GROUP BY r.market, r.list, r.for_whom
    RETURNING id, market, code, audience
), list AS (
    SELECT id, market, code, audience FROM made UNION ALL SELECT id, market, code, audience FROM price_list
), saved AS (
    INSERT INTO price AS p (list_id, item_id, amount, cv, pv)
    SELECT l.id, i.id, r.amount, coalesce(r.cv, o.cv, 0), coalesce(r.pv, o.pv, 0)
      FROM r
      JOIN list l ON l.market = r.market AND l.code = r.list AND l.audience = r.for_whom
      JOIN item i ON i.sku = r.sku
      LEFT JOIN price o ON o.list_id = l.id AND o.item_id = i.id
        ON CONFLICT (list_id, item_id) DO UPDATE SET amount = excluded.amount, cv = excluded.cv, pv = excluded.pv
        WHERE (p.amount, p.cv, p.pv) IS DISTINCT FROM (excluded.amount, excluded.cv, excluded.pv)
    RETURNING xmax = 0 AS added
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'import.prices', 'file ' || $2, jsonb_build_object('rows', jsonb_array_length($1))
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed,
       jsonb_array_length($1) - count(*) AS unchanged
  FROM saved;

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
