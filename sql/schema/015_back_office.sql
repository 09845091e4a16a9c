-- The back office: what is sold, for how much, delivered and taxed how is changed by change sets. A
-- change set collects rows with their old and new cells; it is validated, looked at, and published
-- in one transaction: all of it, or nothing and a list of what is wrong.
--
-- What is dated is never rewritten where orders may have used it: a row of discounts, delivery or tax
-- that has begun ends on the day of the change, and a new one begins; a price that changes on a later
-- day ends its list on that day, and a list with the new prices begins. A price that changes at once
-- keeps its list (orders hold their own prices); what it was stands in the audit.

-- Charges by weight stand beside those by value.
ALTER TABLE delivery_charge ADD COLUMN min_weight_g int NOT NULL DEFAULT 0 CHECK (min_weight_g BETWEEN 0 AND 1000000000);
ALTER TABLE delivery_charge DROP CONSTRAINT delivery_charge_market_destination_method_zone_min_goods_v_excl;

-- Moving the border between two ranges passes through states that overlap.
ALTER TABLE price_list DROP CONSTRAINT price_list_market_audience_valid_excl;
ALTER TABLE rank_discount DROP CONSTRAINT rank_discount_market_rank_order_type_valid_excl;
ALTER TABLE tax_rate DROP CONSTRAINT tax_rate_market_region_tax_class_valid_excl;
ALTER TABLE item DROP CONSTRAINT item_barcode_key;
ALTER TABLE price_list ADD CONSTRAINT price_list_dates
    EXCLUDE USING gist (market WITH =, audience WITH =, valid WITH &&) DEFERRABLE;
ALTER TABLE rank_discount ADD CONSTRAINT rank_discount_dates
    EXCLUDE USING gist (market WITH =, rank WITH =, order_type WITH =, valid WITH &&) DEFERRABLE;
ALTER TABLE delivery_charge ADD CONSTRAINT delivery_charge_dates
    EXCLUDE USING gist (market WITH =, destination WITH =, method WITH =, zone WITH =, min_goods WITH =,
                        min_weight_g WITH =, valid WITH &&) DEFERRABLE;
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_dates
    EXCLUDE USING gist (market WITH =, region WITH =, tax_class WITH =, valid WITH &&) DEFERRABLE;
ALTER TABLE item ADD CONSTRAINT item_barcode_key UNIQUE (barcode) DEFERRABLE;

CREATE TABLE changeset (
    ulid text PRIMARY KEY CHECK (ulid ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$'),
    title text NOT NULL DEFAULT '',
    owner_id bigint REFERENCES login, -- NULL: partylinectl
    effective date,                   -- the first day of what it changes; NULL: the day of publishing
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'dropped')),
    rev bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    publish_key text UNIQUE,
    published_by bigint REFERENCES login,
    published_at timestamptz
);
CREATE INDEX changeset_state ON changeset (state, ulid DESC);

CREATE TABLE changeset_row (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changeset text NOT NULL REFERENCES changeset ON DELETE CASCADE,
    sheet text NOT NULL CHECK (sheet IN ('items', 'prices', 'lists', 'discounts', 'delivery', 'tax')),
    key text NOT NULL,               -- the key cells, with slashes between: "GB/retail/AUTUMN-2/40216"
    old jsonb,                       -- the whole row as it was when it was changed first; NULL: a new row
    new jsonb NOT NULL DEFAULT '{}', -- the cells that differ; of a new row all
    gone boolean NOT NULL DEFAULT false,
    line int,                        -- of the file that it came from
    by_login bigint REFERENCES login,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (changeset, sheet, key)
);
CREATE INDEX changeset_row_key ON changeset_row (sheet, key);
GRANT SELECT ON changeset, changeset_row TO partyline_app;

-- ---- the sheets as they are -------------------------------------------------------------------

-- In the language of SQL and without settings of their own, so that the planner looks into them.
CREATE FUNCTION sheet_items(a_language text)
RETURNS TABLE (sku text, name text, barcode text, key text, cells jsonb) LANGUAGE sql STABLE AS $$
    SELECT i.sku, n.name, i.barcode, i.sku || '/' || a_language,
           jsonb_build_object('sku', i.sku, 'language', a_language, 'name', n.name, 'spoken', n.spoken, 'group', g.code,
               'kind', i.kind, 'tax_class', t.code, 'barcode', i.barcode, 'weight_g', i.weight_g,
               'max_per_order', i.max_per_order, 'age_limit', i.age_limit, 'sale_from', lower(i.on_sale),
               'sale_to', upper(i.on_sale), 'back_order', i.back_order, 'legacy', i.legacy)
      FROM item i
      JOIN item_group g ON g.id = i.group_id
      JOIN tax_class t ON t.id = i.tax_class
      LEFT JOIN item_name n ON n.item_id = i.id AND n.language = a_language
$$;

CREATE VIEW sheet_prices AS
SELECT l.market, l.audience, l.code AS list, i.sku, coalesce(n.name, e.name, i.sku) AS name, i.barcode,
       concat_ws('/', l.market, l.audience, l.code, i.sku) AS key,
       jsonb_build_object('market', l.market, 'audience', l.audience, 'list', l.code, 'sku', i.sku,
           'amount', p.amount, 'cv', p.cv, 'pv', p.pv) AS cells
  FROM price_list l
  JOIN market m ON m.code = l.market
  JOIN price p ON p.list_id = l.id
  JOIN item i ON i.id = p.item_id
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = m.language
  LEFT JOIN item_name e ON e.item_id = i.id AND e.language = 'en';

CREATE VIEW sheet_lists AS
SELECT l.market, concat_ws('/', l.market, l.audience, l.code) AS key,
       jsonb_build_object('market', l.market, 'audience', l.audience, 'list', l.code, 'name', l.name,
           'tax_included', l.tax_included, 'valid_from', lower(l.valid), 'valid_to', upper(l.valid), 'copy_of', NULL) AS cells
  FROM price_list l;

CREATE VIEW sheet_discounts AS
SELECT d.market, concat_ws('/', d.market, r.code, d.order_type, coalesce(lower(d.valid)::text, '')) AS key,
       jsonb_build_object('market', d.market, 'rank', r.code, 'order_type', d.order_type,
           'valid_from', lower(d.valid), 'percent', d.ppm, 'valid_to', upper(d.valid)) AS cells
  FROM rank_discount d JOIN rank r ON r.id = d.rank;

CREATE VIEW sheet_delivery AS
SELECT d.market, concat_ws('/', d.market, d.destination, d.method, d.zone, d.min_goods, d.min_weight_g,
                           coalesce(lower(d.valid)::text, '')) AS key,
       jsonb_build_object('market', d.market, 'destination', d.destination, 'method', d.method, 'zone', d.zone,
           'min_goods', d.min_goods, 'min_weight_g', d.min_weight_g, 'valid_from', lower(d.valid), 'charge', d.charge,
           'tax_class', t.code, 'valid_to', upper(d.valid)) AS cells
  FROM delivery_charge d JOIN tax_class t ON t.id = d.tax_class;

CREATE VIEW sheet_tax AS
SELECT x.market, concat_ws('/', x.market, x.region, t.code, coalesce(lower(x.valid)::text, '')) AS key,
       jsonb_build_object('market', x.market, 'region', x.region, 'tax_class', t.code, 'valid_from', lower(x.valid),
           'percent', x.ppm, 'valid_to', upper(x.valid)) AS cells
  FROM tax_rate x JOIN tax_class t ON t.id = x.tax_class;

GRANT SELECT ON sheet_prices, sheet_lists, sheet_discounts, sheet_delivery, sheet_tax TO partyline_app;

-- The key of a row, from its cells; what a file leaves out has its usual value.
CREATE FUNCTION sheet_key(a_sheet text, a jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_sheet
        WHEN 'items' THEN concat_ws('/', a->>'sku', coalesce(a->>'language', 'en'))
        WHEN 'prices' THEN concat_ws('/', a->>'market', coalesce(a->>'audience', 'retail'), a->>'list', a->>'sku')
        WHEN 'lists' THEN concat_ws('/', a->>'market', coalesce(a->>'audience', 'retail'), a->>'list')
        WHEN 'discounts' THEN concat_ws('/', a->>'market', a->>'rank', a->>'order_type', coalesce(a->>'valid_from', ''))
        WHEN 'delivery' THEN concat_ws('/', a->>'market', a->>'destination', coalesce(a->>'method', 'standard'),
            coalesce(a->>'zone', ''), coalesce(a->>'min_goods', '0'), coalesce(a->>'min_weight_g', '0'),
            coalesce(a->>'valid_from', ''))
        WHEN 'tax' THEN concat_ws('/', a->>'market', a->>'region', a->>'tax_class', coalesce(a->>'valid_from', '')) END
$$;

-- The columns of a key, which stay as they are.
CREATE FUNCTION sheet_key_columns(a_sheet text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_sheet
        WHEN 'items' THEN '{sku,language}'
        WHEN 'prices' THEN '{market,audience,list,sku,name}'
        WHEN 'lists' THEN '{market,audience,list}'
        WHEN 'discounts' THEN '{market,rank,order_type,valid_from}'
        WHEN 'delivery' THEN '{market,destination,method,zone,min_goods,min_weight_g,valid_from}'
        ELSE '{market,region,tax_class,valid_from}' END::text[]
$$;

-- A row as it is now; NULL when there is none.
CREATE FUNCTION sheet_cells(a_sheet text, a_key text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE part text[] := string_to_array(a_key, '/');
BEGIN
    CASE a_sheet
        WHEN 'items' THEN
            RETURN (SELECT s.cells FROM sheet_items(part[2]) s WHERE s.sku = part[1]);
        WHEN 'prices' THEN
            RETURN (SELECT s.cells FROM sheet_prices s
                     WHERE s.market = part[1] AND s.audience = part[2] AND s.list = part[3] AND s.sku = part[4]);
        WHEN 'lists' THEN
            RETURN (SELECT s.cells FROM sheet_lists s WHERE s.market = part[1] AND s.key = a_key);
        WHEN 'discounts' THEN
            RETURN (SELECT s.cells FROM sheet_discounts s WHERE s.market = part[1] AND s.key = a_key);
        WHEN 'delivery' THEN
            RETURN (SELECT s.cells FROM sheet_delivery s WHERE s.market = part[1] AND s.key = a_key);
        WHEN 'tax' THEN
            RETURN (SELECT s.cells FROM sheet_tax s WHERE s.market = part[1] AND s.key = a_key);
    END CASE;
END $$;

-- The list that prices are of when nothing is said.
CREATE FUNCTION sheet_list_today(a_market text, a_audience text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT code FROM price_list
             WHERE market = a_market AND audience = a_audience AND valid @> business_date(a_market));
END $$;

-- The rows of a sheet behind a key, in the order of their keys, at most so many. Items are shown in one
-- language, prices of one list; words are looked for in numbers and names.
CREATE FUNCTION sheet_page(a_sheet text, a_market text, a_audience text, a_list text, a_language text, a_words text,
                           a_after text, a_most int)
RETURNS TABLE (key text, name text, cells jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE
    likes text := '%' || replace(replace(replace(lower(a_words), '\', '\\'), '%', '\%'), '_', '\_') || '%';
    after_sku text := split_part(a_after, '/', CASE a_sheet WHEN 'prices' THEN 4 ELSE 1 END);
BEGIN
    CASE a_sheet
        WHEN 'items' THEN
            RETURN QUERY SELECT s.key, s.name, s.cells FROM sheet_items(a_language) s
                WHERE s.sku > after_sku AND (a_words IS NULL OR s.sku LIKE a_words || '%' OR s.barcode = a_words OR lower(s.name) LIKE likes)
                ORDER BY s.sku LIMIT a_most;
        WHEN 'prices' THEN
            RETURN QUERY SELECT s.key, s.name, s.cells FROM sheet_prices s
                WHERE s.market = a_market AND s.audience = a_audience AND s.list = a_list AND s.sku > after_sku
                  AND (a_words IS NULL OR s.sku LIKE a_words || '%' OR s.barcode = a_words OR lower(s.name) LIKE likes)
                ORDER BY s.sku LIMIT a_most;
        WHEN 'lists' THEN
            RETURN QUERY SELECT s.key, '', s.cells FROM sheet_lists s WHERE s.market = a_market AND s.key > a_after
                AND (a_words IS NULL OR lower(s.cells::text) LIKE likes) ORDER BY s.key LIMIT a_most;
        WHEN 'discounts' THEN
            RETURN QUERY SELECT s.key, '', s.cells FROM sheet_discounts s WHERE s.market = a_market AND s.key > a_after
                AND (a_words IS NULL OR lower(s.key) LIKE likes) ORDER BY s.key LIMIT a_most;
        WHEN 'delivery' THEN
            RETURN QUERY SELECT s.key, '', s.cells FROM sheet_delivery s WHERE s.market = a_market AND s.key > a_after
                AND (a_words IS NULL OR lower(s.key) LIKE likes) ORDER BY s.key LIMIT a_most;
        WHEN 'tax' THEN
            RETURN QUERY SELECT s.key, '', s.cells FROM sheet_tax s WHERE s.market = a_market AND s.key > a_after
                AND (a_words IS NULL OR lower(s.key) LIKE likes) ORDER BY s.key LIMIT a_most;
    END CASE;
END $$;

-- ---- collecting -------------------------------------------------------------------------------

-- Whoever published that row last.
CREATE FUNCTION sheet_author(a_sheet text, a_key text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(l.name || ' (' || l.login || ')', 'partylinectl')
      FROM changeset_row r
      JOIN changeset c ON c.ulid = r.changeset AND c.state = 'published'
      LEFT JOIN login l ON l.id = c.published_by
     WHERE r.sheet = a_sheet AND r.key = a_key
     ORDER BY c.published_at DESC LIMIT 1
$$;

-- Takes rows into a draft, which they make when it is not there yet: [{"sheet", "key" or null, "base", "cells", "gone", "drop", "fresh", "line"}].
-- `base` is what the row was when it was seen (md5 of its cells): when somebody has changed it since,
-- nothing is taken. `fresh` wants a new row. A row that comes to what it was leaves the change set.
-- One result per row: saved, same, dropped, changed (who), unknown, exists, foreign (another market's).
CREATE FUNCTION changeset_put(a_ulid text, a_login bigint, a_bound text, a_rows jsonb)
RETURNS TABLE (at_row int, row_key text, row_id bigint, result text, who text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given record;
    kept changeset_row%ROWTYPE;
    now_cells jsonb;
    was jsonb;
    differs jsonb;
BEGIN
    INSERT INTO changeset (ulid, owner_id) VALUES (a_ulid, a_login) ON CONFLICT DO NOTHING;
    PERFORM FROM changeset WHERE ulid = a_ulid AND state = 'draft' FOR UPDATE;
    IF NOT FOUND THEN
        at_row := -1;
        result := 'closed';
        RETURN NEXT;
        RETURN;
    END IF;
    FOR given IN
        SELECT (o.n - 1)::int AS n, r.*, coalesce(r.key, sheet_key(r.sheet, r.cells)) AS the_key
          FROM jsonb_array_elements(a_rows) WITH ORDINALITY AS o(value, n),
               jsonb_to_record(o.value) AS r(sheet text, key text, base text, cells jsonb, gone boolean,
                                             "drop" boolean, fresh boolean, line int)
    LOOP
        at_row := given.n;
        row_key := given.the_key;
        row_id := NULL;
        who := NULL;
        kept := NULL;
        SELECT * INTO kept FROM changeset_row r
         WHERE r.changeset = a_ulid AND r.sheet = given.sheet AND r.key = given.the_key;
        now_cells := sheet_cells(given.sheet, given.the_key);
        IF a_bound IS NOT NULL AND (given.sheet = 'items' OR split_part(given.the_key, '/', 1) <> a_bound) THEN
            result := 'foreign';
        ELSIF given."drop" THEN
            DELETE FROM changeset_row r WHERE r.id = kept.id;
            result := 'dropped';
        ELSIF given.fresh AND (now_cells IS NOT NULL OR kept.id IS NOT NULL) THEN
            result := 'exists';
        ELSIF given.key IS NOT NULL AND now_cells IS NULL AND kept.id IS NULL THEN
            result := 'unknown';
        ELSIF given.base IS NOT NULL AND md5(now_cells::text) IS DISTINCT FROM given.base THEN
            result := 'changed';
            who := sheet_author(given.sheet, given.the_key);
        ELSE
            was := CASE WHEN kept.id IS NULL OR given.base IS NOT NULL THEN now_cells ELSE kept.old END;
            differs := coalesce(kept.new, '{}') || coalesce(given.cells, '{}');
            IF was IS NOT NULL THEN
                differs := coalesce((SELECT jsonb_object_agg(c.key, c.value) FROM jsonb_each(differs) c
                                      WHERE c.value IS DISTINCT FROM was->c.key
                                        AND c.key <> ALL (sheet_key_columns(given.sheet))), '{}');
            END IF;
            IF was IS NOT NULL AND differs = '{}' AND NOT coalesce(given.gone, false) THEN
                DELETE FROM changeset_row r WHERE r.id = kept.id;
                result := 'same';
            ELSE
                INSERT INTO changeset_row AS r (changeset, sheet, key, old, new, gone, line, by_login)
                    VALUES (a_ulid, given.sheet, given.the_key, was, differs, coalesce(given.gone, false), given.line, a_login)
                    ON CONFLICT ON CONSTRAINT changeset_row_changeset_sheet_key_key DO UPDATE
                        SET old = excluded.old, new = excluded.new, gone = excluded.gone, line = excluded.line,
                            by_login = excluded.by_login, at = now()
                    RETURNING r.id INTO row_id;
                result := 'saved';
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
    UPDATE changeset SET rev = rev + 1, updated_at = now() WHERE ulid = a_ulid;
END $$;

-- ---- validating -------------------------------------------------------------------------------

-- The rows of a change set as they would be.
CREATE FUNCTION changeset_rows(a_ulid text, a_sheet text)
RETURNS TABLE (id bigint, key text, old jsonb, new jsonb, gone boolean, cells jsonb) LANGUAGE sql STABLE AS $$
    SELECT r.id, r.key, r.old, r.new, r.gone, coalesce(r.old, '{}') || r.new
      FROM changeset_row r WHERE r.changeset = a_ulid AND r.sheet = a_sheet
$$;

-- What the rows themselves have wrong, and what others have changed meanwhile. `key` says the row.
CREATE FUNCTION changeset_faults(a_ulid text)
RETURNS TABLE (sheet text, key text, col text, code text, params jsonb) LANGUAGE sql STABLE AS $$
WITH now_there AS (
    SELECT r.sheet, r.key, r.old, sheet_cells(r.sheet, r.key) AS cells FROM changeset_row r WHERE r.changeset = a_ulid
), own_item AS (
    SELECT split_part(r.key, '/', 1) AS sku, (array_agg(r.key ORDER BY r.id))[1] AS key, bool_and(r.old IS NULL) AS is_new,
           bool_or(r.cells->>'name' <> '') AS named, (array_agg(r.cells->>'group') FILTER (WHERE r.cells->>'group' <> ''))[1] AS grp,
           coalesce(bool_or((r.cells->>'legacy')::boolean), false) AS legacy
      FROM changeset_rows(a_ulid, 'items') r GROUP BY 1
), own_list AS (
    SELECT r.key FROM changeset_rows(a_ulid, 'lists') r WHERE r.old IS NULL
), list AS (
    SELECT r.*, l.id AS list_id, business_date(r.cells->>'market') AS today, (r.cells->>'valid_to')::date AS ends,
           EXISTS (SELECT FROM orders o WHERE o.list_id = l.id) AS used
      FROM changeset_rows(a_ulid, 'lists') r
      LEFT JOIN price_list l ON l.market = r.cells->>'market' AND l.audience = split_part(r.key, '/', 2) AND l.code = r.cells->>'list'
), dated AS (
    SELECT s.sheet, r.*, business_date(r.cells->>'market') AS today, (r.cells->>'valid_to')::date AS ends,
           (r.old->>'valid_to')::date AS ended, CASE s.sheet WHEN 'delivery' THEN 'charge' ELSE 'percent' END AS value
      FROM unnest('{discounts,delivery,tax}'::text[]) AS s(sheet) CROSS JOIN LATERAL changeset_rows(a_ulid, s.sheet) r
)
-- Somebody else was quicker.
SELECT sheet, key, '', CASE WHEN old IS NULL THEN 'row_exists' WHEN cells IS NULL THEN 'row_unknown' ELSE 'row_changed' END,
       jsonb_build_object('who', coalesce(sheet_author(sheet, key), 'partylinectl'))
  FROM now_there WHERE old IS DISTINCT FROM cells
UNION ALL -- items
SELECT 'items', r.key, c.col, 'cell_unknown', jsonb_build_object('column', c.col, 'value', r.new->>c.col)
  FROM changeset_rows(a_ulid, 'items') r CROSS JOIN (VALUES ('group'), ('tax_class')) AS c(col)
 WHERE r.new->>c.col IS NOT NULL
   AND CASE c.col WHEN 'group' THEN NOT EXISTS (SELECT FROM item_group g WHERE g.code = r.new->>'group')
                  ELSE NOT EXISTS (SELECT FROM tax_class t WHERE t.code = r.new->>'tax_class') END
UNION ALL
SELECT 'items', key, 'group', 'cell_needed', '{"column": "group"}' FROM own_item WHERE is_new AND grp IS NULL
UNION ALL
SELECT 'items', key, 'name', 'cell_needed', '{"column": "name"}' FROM own_item WHERE is_new AND named IS NOT TRUE
UNION ALL
SELECT 'items', r.key, c.key, 'cell_needed', jsonb_build_object('column', c.key)
  FROM changeset_rows(a_ulid, 'items') r, jsonb_each(r.new) c
 WHERE r.old IS NOT NULL AND c.key IN ('name', 'group', 'tax_class', 'kind') AND c.value = 'null'
UNION ALL
SELECT 'items', o.key, 'sku', 'sku_length', jsonb_build_object('value', o.sku, 'digits', company.sku_length)
  FROM own_item o, company WHERE o.is_new AND NOT o.legacy AND length(o.sku) <> company.sku_length
UNION ALL
SELECT 'items', o.key, 'sku', 'sku_check', jsonb_build_object('value', o.sku)
  FROM own_item o WHERE o.is_new AND NOT o.legacy AND damm_digit(o.sku) <> 0
UNION ALL -- a barcode that another item keeps, or that stands in two rows
SELECT 'items', r.key, 'barcode', 'barcode_taken', jsonb_build_object('value', r.new->>'barcode', 'other', i.sku)
  FROM changeset_rows(a_ulid, 'items') r JOIN item i ON i.barcode = r.new->>'barcode' AND i.sku <> split_part(r.key, '/', 1)
 WHERE NOT EXISTS (SELECT FROM changeset_rows(a_ulid, 'items') o WHERE o.key LIKE i.sku || '/%' AND o.new ? 'barcode')
UNION ALL
SELECT 'items', r.key, 'barcode', 'barcode_taken', jsonb_build_object('value', r.barcode, 'other', r.first)
  FROM (SELECT r.key, r.new->>'barcode' AS barcode,
               first_value(split_part(r.key, '/', 1)) OVER (PARTITION BY r.new->>'barcode' ORDER BY r.id) AS first
          FROM changeset_rows(a_ulid, 'items') r WHERE r.new->>'barcode' IS NOT NULL) r
 WHERE r.first <> split_part(r.key, '/', 1)
UNION ALL
SELECT 'items', r.key, 'sale_to', 'dates_reversed', '{"column": "sale_to"}' FROM changeset_rows(a_ulid, 'items') r
 WHERE (r.cells->>'sale_to')::date <= (r.cells->>'sale_from')::date
UNION ALL
SELECT 'items', r.key, '', 'row_stays', '{}' FROM changeset_rows(a_ulid, 'items') r WHERE r.gone
UNION ALL
SELECT 'items', r.key, '', 'no_date_here', '{}' FROM changeset_rows(a_ulid, 'items') r, changeset c
 WHERE c.ulid = a_ulid AND c.effective > (SELECT max(business_date(m.code)) FROM market m)
UNION ALL -- prices
SELECT 'prices', r.key, 'list', 'cell_unknown', jsonb_build_object('column', 'list', 'value', split_part(r.key, '/', 3))
  FROM changeset_rows(a_ulid, 'prices') r
 WHERE NOT EXISTS (SELECT FROM price_list l WHERE l.market = split_part(r.key, '/', 1) AND l.audience = split_part(r.key, '/', 2)
                                              AND l.code = split_part(r.key, '/', 3))
   AND NOT EXISTS (SELECT FROM own_list o WHERE r.key LIKE o.key || '/%')
UNION ALL
SELECT 'prices', r.key, 'list', 'list_over', jsonb_build_object('date', c.effective)
  FROM changeset_rows(a_ulid, 'prices') r
  JOIN changeset c ON c.ulid = a_ulid
  JOIN price_list l ON l.market = split_part(r.key, '/', 1) AND l.audience = split_part(r.key, '/', 2) AND l.code = split_part(r.key, '/', 3)
 WHERE c.effective > business_date(l.market) AND upper(l.valid) <= c.effective
UNION ALL
SELECT 'prices', r.key, 'sku', 'cell_unknown', jsonb_build_object('column', 'sku', 'value', split_part(r.key, '/', 4))
  FROM changeset_rows(a_ulid, 'prices') r
 WHERE NOT EXISTS (SELECT FROM item i WHERE i.sku = split_part(r.key, '/', 4))
   AND NOT EXISTS (SELECT FROM own_item o WHERE o.is_new AND o.sku = split_part(r.key, '/', 4))
UNION ALL
SELECT 'prices', r.key, 'amount', 'cell_needed', '{"column": "amount"}'
  FROM changeset_rows(a_ulid, 'prices') r WHERE NOT r.gone AND r.cells->>'amount' IS NULL
UNION ALL -- price lists
SELECT 'lists', key, 'market', 'cell_unknown', jsonb_build_object('column', 'market', 'value', cells->>'market')
  FROM list WHERE NOT EXISTS (SELECT FROM market m WHERE m.code = cells->>'market')
UNION ALL
SELECT 'lists', key, 'valid_to', 'dates_reversed', '{"column": "valid_to"}' FROM list WHERE ends <= (cells->>'valid_from')::date
UNION ALL
SELECT 'lists', key, 'copy_of', 'cell_unknown', jsonb_build_object('column', 'copy_of', 'value', new->>'copy_of')
  FROM list WHERE new->>'copy_of' IS NOT NULL
   AND NOT EXISTS (SELECT FROM price_list l WHERE l.market = list.cells->>'market' AND l.audience = split_part(list.key, '/', 2) AND l.code = new->>'copy_of')
UNION ALL
SELECT 'lists', l.key, c.key, 'range_used', jsonb_build_object('column', c.key)
  FROM list l, jsonb_each(l.new) c WHERE l.used AND c.key IN ('tax_included', 'valid_from')
UNION ALL
SELECT 'lists', key, 'valid_to', 'dates_past', jsonb_build_object('column', 'valid_to', 'date', today)
  FROM list WHERE used AND new ? 'valid_to' AND (ends < today OR (old->>'valid_to')::date < today)
UNION ALL
SELECT 'lists', key, '', 'row_stays', '{}' FROM list WHERE gone
UNION ALL -- discounts, delivery, tax
SELECT sheet, key, 'market', 'cell_unknown', jsonb_build_object('column', 'market', 'value', cells->>'market')
  FROM dated WHERE NOT EXISTS (SELECT FROM market m WHERE m.code = cells->>'market')
UNION ALL
SELECT sheet, key, 'rank', 'cell_unknown', jsonb_build_object('column', 'rank', 'value', cells->>'rank')
  FROM dated WHERE sheet = 'discounts' AND NOT EXISTS (SELECT FROM rank k WHERE k.code = cells->>'rank')
UNION ALL
SELECT sheet, key, 'tax_class', 'cell_unknown', jsonb_build_object('column', 'tax_class', 'value', cells->>'tax_class')
  FROM dated WHERE cells->>'tax_class' IS NOT NULL AND NOT EXISTS (SELECT FROM tax_class t WHERE t.code = cells->>'tax_class')
UNION ALL
SELECT sheet, key, value, 'cell_needed', jsonb_build_object('column', value) FROM dated WHERE NOT gone AND cells->>value IS NULL
UNION ALL
SELECT sheet, key, 'valid_to', 'dates_reversed', '{"column": "valid_to"}' FROM dated WHERE ends <= (cells->>'valid_from')::date
UNION ALL -- what is over was used, and so was what began
SELECT sheet, key, CASE WHEN new ? value THEN value ELSE 'valid_to' END, 'range_used',
       jsonb_build_object('column', CASE WHEN new ? value THEN value ELSE 'valid_to' END)
  FROM dated WHERE old IS NOT NULL AND ended <= today
UNION ALL
SELECT sheet, key, 'valid_to', 'dates_past', jsonb_build_object('column', 'valid_to', 'date', today)
  FROM dated WHERE old IS NOT NULL AND coalesce(ended, 'infinity') > today AND new ? 'valid_to' AND ends < today
$$;

-- What is wrong with all sheets together, on a day and later: gaps and overlaps of dates, goods without
-- a price, classes without a rate. A change set answers for what it adds to this.
CREATE FUNCTION sheet_faults(a_effective date)
RETURNS TABLE (sheet text, key text, col text, code text, params jsonb) LANGUAGE sql STABLE AS $$
WITH day AS (
    SELECT m.code AS market, greatest(a_effective, business_date(m.code)) AS day, m.default_region FROM market m
), list AS (
    SELECT l.*, concat_ws('/', l.market, l.audience, l.code) AS key, day.day,
           lead(l.code) OVER w AS next_code, lead(lower(l.valid)) OVER w AS next_from
      FROM price_list l JOIN day ON day.market = l.market
    WINDOW w AS (PARTITION BY l.market, l.audience ORDER BY lower(l.valid) NULLS FIRST, l.id)
), ranges AS (
    SELECT 'discounts' AS sheet, d.market, concat_ws('/', d.market, r.code, d.order_type) AS series, d.valid, false AS whole
      FROM rank_discount d JOIN rank r ON r.id = d.rank
    UNION ALL
    SELECT 'delivery', c.market, concat_ws('/', c.market, c.destination, c.method, c.zone, c.min_goods, c.min_weight_g), c.valid,
           c.min_goods = 0 AND c.min_weight_g = 0
      FROM delivery_charge c
    UNION ALL
    SELECT 'tax', x.market, concat_ws('/', x.market, x.region, t.code), x.valid, true
      FROM tax_rate x JOIN tax_class t ON t.id = x.tax_class
), row_of AS (
    SELECT r.*, r.series || '/' || coalesce(lower(r.valid)::text, '') AS key, day.day, lead(lower(r.valid)) OVER w AS next_from,
           count(*) OVER w < count(*) OVER (PARTITION BY r.sheet, r.series) AS has_next
      FROM ranges r JOIN day ON day.market = r.market
    WINDOW w AS (PARTITION BY r.sheet, r.series ORDER BY lower(r.valid) NULLS FIRST
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), sold AS ( -- where an item is sold at all: it has a price in some list of that market and audience
    SELECT DISTINCT l.market, l.audience, p.item_id FROM price p JOIN price_list l ON l.id = p.list_id
), priced AS (
    SELECT i.id, i.sku, i.on_sale FROM item i WHERE i.kind <> 'gift' AND coalesce(upper(i.on_sale), 'infinity') > (SELECT min(day) FROM day)
)
SELECT 'lists', l.key, 'valid_to', 'dates_overlap', jsonb_build_object('other', l.next_code, 'date', l.next_from)
  FROM list l WHERE l.next_code IS NOT NULL AND (upper(l.valid) IS NULL OR upper(l.valid) > coalesce(l.next_from, '-infinity'))
UNION ALL
SELECT 'lists', l.key, 'valid_to', 'dates_gap', jsonb_build_object('date', upper(l.valid), 'until', l.next_from)
  FROM list l WHERE l.next_from > upper(l.valid) AND l.next_from > l.day
UNION ALL
SELECT r.sheet, r.key, 'valid_to', 'dates_overlap', jsonb_build_object('other', replace(r.series, '/', ' ') || ' ' || coalesce(r.next_from::text, ''), 'date', r.next_from)
  FROM row_of r WHERE r.has_next AND (upper(r.valid) IS NULL OR upper(r.valid) > coalesce(r.next_from, '-infinity'))
UNION ALL
SELECT r.sheet, r.key, 'valid_to', 'dates_gap', jsonb_build_object('date', upper(r.valid), 'until', r.next_from)
  FROM row_of r WHERE r.whole AND r.next_from > upper(r.valid) AND r.next_from > r.day
UNION ALL
SELECT r.sheet, r.key, 'valid_to', 'dates_end', jsonb_build_object('date', upper(r.valid))
  FROM row_of r WHERE r.whole AND NOT r.has_next AND upper(r.valid) >= r.day
UNION ALL
SELECT 'items', p.sku || '/en', '', 'price_missing', jsonb_build_object('list', '-')
  FROM priced p WHERE NOT EXISTS (SELECT FROM sold s WHERE s.item_id = p.id)
UNION ALL
SELECT 'prices', l.key || '/' || p.sku, 'amount', 'price_missing', jsonb_build_object('list', l.code)
  FROM sold s
  JOIN priced p ON p.id = s.item_id
  JOIN list l ON l.market = s.market AND l.audience = s.audience AND coalesce(upper(l.valid), 'infinity') > l.day
                 AND l.valid && p.on_sale AND coalesce(upper(p.on_sale), 'infinity') > l.day
  LEFT JOIN price q ON q.list_id = l.id AND q.item_id = p.id
 WHERE q.item_id IS NULL
UNION ALL
SELECT 'tax', concat_ws('/', g.market, g.region, t.code, ''), 'tax_class', 'rate_missing',
       jsonb_build_object('value', t.code, 'region', g.region, 'date', day.day)
  FROM (SELECT x.market, x.region FROM tax_rate x UNION SELECT d.market, d.default_region FROM day d) g
  JOIN day ON day.market = g.market
 CROSS JOIN (SELECT t.id, t.code FROM tax_class t
              WHERE EXISTS (SELECT FROM item i WHERE i.tax_class = t.id)
                 OR EXISTS (SELECT FROM delivery_charge c WHERE c.tax_class = t.id)) t
 WHERE NOT EXISTS (SELECT FROM tax_rate x WHERE x.market = g.market AND x.region = g.region AND x.tax_class = t.id
                      AND x.valid @> day.day)
UNION ALL
SELECT 'items', i.sku || '/en', 'barcode', 'barcode_taken', jsonb_build_object('value', i.barcode, 'other', o.sku)
  FROM item i JOIN item o ON o.barcode = i.barcode AND o.id < i.id
$$;

-- ---- publishing -------------------------------------------------------------------------------

CREATE AGGREGATE jsonb_merge(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');

CREATE FUNCTION changeset_apply_lists(a_ulid text) RETURNS void LANGUAGE sql AS $$
    UPDATE price_list l SET name = coalesce(r.cells->>'name', l.name),
           tax_included = coalesce((r.cells->>'tax_included')::boolean, l.tax_included),
           valid = daterange((r.cells->>'valid_from')::date, (r.cells->>'valid_to')::date)
      FROM changeset_rows(a_ulid, 'lists') r
     WHERE r.old IS NOT NULL AND l.market = r.cells->>'market' AND l.audience = r.cells->>'audience' AND l.code = r.cells->>'list';
    INSERT INTO price_list (market, audience, code, name, tax_included, valid)
        SELECT r.cells->>'market', split_part(r.key, '/', 2), r.cells->>'list', coalesce(r.cells->>'name', r.cells->>'list'),
               coalesce((r.cells->>'tax_included')::boolean, true),
               daterange((r.cells->>'valid_from')::date, (r.cells->>'valid_to')::date)
          FROM changeset_rows(a_ulid, 'lists') r WHERE r.old IS NULL;
    INSERT INTO price (list_id, item_id, amount, cv, pv)
        SELECT l.id, p.item_id, p.amount, p.cv, p.pv
          FROM changeset_rows(a_ulid, 'lists') r
          JOIN price_list l ON l.market = r.cells->>'market' AND l.audience = split_part(r.key, '/', 2) AND l.code = r.cells->>'list'
          JOIN price_list c ON c.market = l.market AND c.audience = l.audience AND c.code = r.cells->>'copy_of'
          JOIN price p ON p.list_id = c.id
         WHERE r.old IS NULL;
$$;

CREATE FUNCTION changeset_apply_items(a_ulid text) RETURNS void LANGUAGE sql AS $$
    WITH own AS (
        SELECT split_part(r.key, '/', 1) AS sku, jsonb_merge(r.new - '{sku,language,name,spoken}'::text[] ORDER BY r.id DESC) AS n
          FROM changeset_rows(a_ulid, 'items') r GROUP BY 1
    )
    INSERT INTO item AS i (sku, kind, group_id, tax_class, barcode, weight_g, max_per_order, age_limit, on_sale, back_order, legacy)
        SELECT o.sku, coalesce(o.n->>'kind', i.kind, 'product'), coalesce(g.id, i.group_id),
               coalesce(t.id, i.tax_class, (SELECT min(id) FROM tax_class)),
               CASE WHEN o.n ? 'barcode' THEN o.n->>'barcode' ELSE i.barcode END,
               CASE WHEN o.n ? 'weight_g' THEN coalesce((o.n->>'weight_g')::int, 0) ELSE coalesce(i.weight_g, 0) END,
               CASE WHEN o.n ? 'max_per_order' THEN coalesce((o.n->>'max_per_order')::int, 0) ELSE coalesce(i.max_per_order, 0) END,
               CASE WHEN o.n ? 'age_limit' THEN coalesce((o.n->>'age_limit')::int, 0) ELSE coalesce(i.age_limit, 0) END,
               daterange(CASE WHEN o.n ? 'sale_from' THEN (o.n->>'sale_from')::date ELSE lower(i.on_sale) END,
                         CASE WHEN o.n ? 'sale_to' THEN (o.n->>'sale_to')::date ELSE upper(i.on_sale) END),
               coalesce((o.n->>'back_order')::boolean, i.back_order, false), coalesce((o.n->>'legacy')::boolean, i.legacy, false)
          FROM own o
          LEFT JOIN item i ON i.sku = o.sku
          LEFT JOIN item_group g ON g.code = o.n->>'group'
          LEFT JOIN tax_class t ON t.code = o.n->>'tax_class'
         ORDER BY o.sku
        ON CONFLICT (sku) DO UPDATE SET kind = excluded.kind, group_id = excluded.group_id, tax_class = excluded.tax_class,
            barcode = excluded.barcode, weight_g = excluded.weight_g, max_per_order = excluded.max_per_order,
            age_limit = excluded.age_limit, on_sale = excluded.on_sale, back_order = excluded.back_order, legacy = excluded.legacy;
    INSERT INTO item_name AS n (item_id, language, name, spoken)
        SELECT i.id, split_part(r.key, '/', 2), r.cells->>'name', coalesce(nullif(r.cells->>'spoken', ''), r.cells->>'name')
          FROM changeset_rows(a_ulid, 'items') r
          JOIN item i ON i.sku = split_part(r.key, '/', 1)
         WHERE r.cells->>'name' <> '' AND r.new ?| '{name,spoken}'
        ON CONFLICT (item_id, language) DO UPDATE SET name = excluded.name, spoken = excluded.spoken;
$$;

-- Prices of a later day end their list on that day; its successor has the code with the day behind it.
CREATE FUNCTION changeset_split_lists(a_ulid text, a_effective date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l record;
    made bigint;
BEGIN
    FOR l IN
        SELECT DISTINCT p.* FROM changeset_rows(a_ulid, 'prices') r
          JOIN price_list p ON p.market = split_part(r.key, '/', 1) AND p.audience = split_part(r.key, '/', 2) AND p.code = split_part(r.key, '/', 3)
         WHERE a_effective > business_date(p.market) AND p.valid @> a_effective AND lower(p.valid) IS DISTINCT FROM a_effective
    LOOP
        UPDATE price_list SET valid = daterange(lower(l.valid), a_effective) WHERE id = l.id;
        INSERT INTO price_list (market, audience, code, name, tax_included, valid)
            VALUES (l.market, l.audience, left(l.code, 30) || to_char(a_effective, '.YYYYMMDD'), l.name, l.tax_included,
                    daterange(a_effective, upper(l.valid)))
            RETURNING id INTO made;
        INSERT INTO price (list_id, item_id, amount, cv, pv) SELECT made, item_id, amount, cv, pv FROM price WHERE list_id = l.id;
    END LOOP;
END $$;

-- The list that a price goes into on that day: its own or, when that one ends there, its successor.
CREATE FUNCTION changeset_apply_prices(a_ulid text, a_effective date) RETURNS void LANGUAGE sql AS $$
    WITH own AS (
        SELECT r.*, i.id AS item_id, coalesce(s.id, l.id) AS list_id
          FROM changeset_rows(a_ulid, 'prices') r
          JOIN item i ON i.sku = split_part(r.key, '/', 4)
          JOIN price_list l ON l.market = split_part(r.key, '/', 1) AND l.audience = split_part(r.key, '/', 2) AND l.code = split_part(r.key, '/', 3)
          LEFT JOIN price_list s ON s.market = l.market AND s.audience = l.audience AND a_effective = upper(l.valid)
               AND s.code = left(l.code, 30) || to_char(a_effective, '.YYYYMMDD')
    ), away AS (
        DELETE FROM price p USING own o WHERE o.gone AND p.list_id = o.list_id AND p.item_id = o.item_id
    )
    INSERT INTO price AS p (list_id, item_id, amount, cv, pv)
        SELECT o.list_id, o.item_id, (o.cells->>'amount')::bigint, coalesce((o.cells->>'cv')::bigint, 0), coalesce((o.cells->>'pv')::bigint, 0)
          FROM own o WHERE NOT o.gone ORDER BY o.list_id, o.item_id
        ON CONFLICT (list_id, item_id) DO UPDATE SET amount = excluded.amount, cv = excluded.cv, pv = excluded.pv
$$;

-- What becomes of a dated row that is changed: `keeps` is how long it goes on as it was (NULL: it does
-- not), `valid` when the changed one is valid (NULL: it is taken away).
CREATE FUNCTION changeset_ranges(a_ulid text, a_sheet text, a_effective date)
RETURNS TABLE (key text, is_new boolean, cells jsonb, keeps daterange, valid daterange) LANGUAGE sql STABLE AS $$
    SELECT r.key, r.old IS NULL, r.cells,
           CASE WHEN r.old IS NOT NULL AND d.splits THEN daterange(d.begins, d.day) END,
           CASE WHEN r.gone THEN NULL
                WHEN r.old IS NOT NULL AND d.splits THEN daterange(d.day, d.ends) ELSE daterange(d.begins, d.ends) END
      FROM changeset_rows(a_ulid, a_sheet) r
     CROSS JOIN LATERAL (SELECT (r.cells->>'valid_from')::date AS begins, (r.cells->>'valid_to')::date AS ends,
                                greatest(a_effective, business_date(r.cells->>'market')) AS day) b
     CROSS JOIN LATERAL (SELECT b.*, coalesce(b.begins, '-infinity') < b.day AND coalesce(b.ends, 'infinity') > b.day
                                AND (r.gone OR r.new ?| '{percent,charge,tax_class}') AS splits) d
$$;

CREATE FUNCTION changeset_apply_discounts(a_ulid text, a_effective date) RETURNS void LANGUAGE sql AS $$
    DELETE FROM rank_discount d USING changeset_ranges(a_ulid, 'discounts', a_effective) r, rank k
     WHERE NOT r.is_new AND k.id = d.rank AND r.cells->>'market' = d.market AND r.cells->>'rank' = k.code
       AND r.cells->>'order_type' = d.order_type AND (r.cells->>'valid_from')::date IS NOT DISTINCT FROM lower(d.valid);
    INSERT INTO rank_discount (market, rank, order_type, ppm, valid)
        SELECT r.cells->>'market', k.id, r.cells->>'order_type', p.ppm, p.valid
          FROM changeset_ranges(a_ulid, 'discounts', a_effective) r
          JOIN rank k ON k.code = r.cells->>'rank'
          LEFT JOIN changeset_row o ON o.changeset = a_ulid AND o.sheet = 'discounts' AND o.key = r.key
         CROSS JOIN LATERAL (VALUES ((o.old->>'percent')::int, r.keeps), ((r.cells->>'percent')::int, r.valid)) AS p(ppm, valid)
         WHERE p.valid IS NOT NULL;
$$;

CREATE FUNCTION changeset_apply_delivery(a_ulid text, a_effective date) RETURNS void LANGUAGE sql AS $$
    DELETE FROM delivery_charge d USING changeset_ranges(a_ulid, 'delivery', a_effective) r
     WHERE NOT r.is_new AND r.cells->>'market' = d.market AND r.cells->>'destination' = d.destination
       AND r.cells->>'method' = d.method AND r.cells->>'zone' = d.zone AND (r.cells->>'min_goods')::bigint = d.min_goods
       AND (r.cells->>'min_weight_g')::int = d.min_weight_g AND (r.cells->>'valid_from')::date IS NOT DISTINCT FROM lower(d.valid);
    INSERT INTO delivery_charge (market, destination, method, zone, min_goods, min_weight_g, charge, tax_class, valid)
        SELECT r.cells->>'market', r.cells->>'destination', coalesce(r.cells->>'method', 'standard'), coalesce(r.cells->>'zone', ''),
               coalesce((r.cells->>'min_goods')::bigint, 0), coalesce((r.cells->>'min_weight_g')::int, 0), p.charge,
               coalesce(t.id, (SELECT min(id) FROM tax_class)), p.valid
          FROM changeset_ranges(a_ulid, 'delivery', a_effective) r
          LEFT JOIN changeset_row o ON o.changeset = a_ulid AND o.sheet = 'delivery' AND o.key = r.key
         CROSS JOIN LATERAL (VALUES ((o.old->>'charge')::bigint, o.old->>'tax_class', r.keeps),
                                    ((r.cells->>'charge')::bigint, r.cells->>'tax_class', r.valid)) AS p(charge, class, valid)
          LEFT JOIN tax_class t ON t.code = p.class
         WHERE p.valid IS NOT NULL;
$$;

CREATE FUNCTION changeset_apply_tax(a_ulid text, a_effective date) RETURNS void LANGUAGE sql AS $$
    DELETE FROM tax_rate x USING changeset_ranges(a_ulid, 'tax', a_effective) r, tax_class t
     WHERE NOT r.is_new AND t.id = x.tax_class AND r.cells->>'market' = x.market AND r.cells->>'region' = x.region
       AND r.cells->>'tax_class' = t.code AND (r.cells->>'valid_from')::date IS NOT DISTINCT FROM lower(x.valid);
    INSERT INTO tax_rate (market, region, tax_class, ppm, valid)
        SELECT r.cells->>'market', r.cells->>'region', t.id, p.ppm, p.valid
          FROM changeset_ranges(a_ulid, 'tax', a_effective) r
          JOIN tax_class t ON t.code = r.cells->>'tax_class'
          LEFT JOIN changeset_row o ON o.changeset = a_ulid AND o.sheet = 'tax' AND o.key = r.key
         CROSS JOIN LATERAL (VALUES ((o.old->>'percent')::int, r.keeps), ((r.cells->>'percent')::int, r.valid)) AS p(ppm, valid)
         WHERE p.valid IS NOT NULL;
$$;

CREATE FUNCTION changeset_apply(a_ulid text, a_effective date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM changeset_split_lists(a_ulid, a_effective);
    PERFORM changeset_apply_lists(a_ulid);
    PERFORM changeset_apply_items(a_ulid);
    PERFORM changeset_apply_prices(a_ulid, a_effective);
    PERFORM changeset_apply_discounts(a_ulid, a_effective);
    PERFORM changeset_apply_delivery(a_ulid, a_effective);
    PERFORM changeset_apply_tax(a_ulid, a_effective);
END $$;

-- The faults with the row of the change set that each belongs to, what it is called, and the name of
-- its item.
CREATE FUNCTION changeset_tell(a_ulid text, a_faults jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'line', r.line, 'sheet', f.sheet, 'key', f.key, 'column', f.col, 'code', f.code,
               'params', f.params || jsonb_build_object('row', coalesce(nullif(concat_ws(' ', VARIADIC array_remove(string_to_array(f.key, '/'), '')), ''), f.sheet))
                   || CASE WHEN f.code = 'price_missing' THEN jsonb_build_object('name', coalesce(n.name, '')) ELSE '{}' END)
               ORDER BY r.line, r.id, f.col, f.key), '[]')
      FROM (SELECT * FROM jsonb_to_recordset(a_faults) AS f(sheet text, key text, col text, code text, params jsonb)
             LIMIT 500) f
      LEFT JOIN changeset_row r ON r.changeset = a_ulid AND r.sheet = f.sheet AND r.key = f.key
      LEFT JOIN item i ON f.code = 'price_missing'
           AND i.sku = split_part(f.key, '/', CASE f.sheet WHEN 'prices' THEN 4 ELSE 1 END)
      LEFT JOIN item_name n ON n.item_id = i.id AND n.language = 'en'
$$;

-- Looks whether a change set can be published, and with a_publish does it: everything is applied, what
-- is wrong then and was not before is found, and unless all is well everything is as it was. Goods
-- without a price are a warning, which `a_accept` takes. Results: good (it could be published),
-- published, again (this key did it before), faults, closed, unknown.
CREATE FUNCTION changeset_publish(a_ulid text, a_login bigint, a_request text, a_key text, a_publish boolean,
                                  a_accept boolean, OUT result text, OUT changed int, OUT nfaults int, OUT faults jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c changeset%ROWTYPE;
    before jsonb;
    found jsonb;
    after jsonb;
BEGIN
    PERFORM FROM catalogue_version FOR UPDATE; -- one after another: what is looked at stays as it is
    SELECT * INTO c FROM changeset WHERE ulid = a_ulid FOR UPDATE;
    SELECT count(*) INTO changed FROM changeset_row WHERE changeset = a_ulid;
    faults := '[]';
    nfaults := 0;
    IF c.ulid IS NULL THEN
        result := 'unknown';
        RETURN;
    ELSIF c.state <> 'draft' THEN
        result := CASE WHEN c.publish_key = a_key THEN 'again' ELSE 'closed' END;
        RETURN;
    END IF;
    SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO found FROM changeset_faults(a_ulid) f;
    result := 'faults';
    IF found = '[]' THEN
        SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO before FROM sheet_faults(c.effective) f;
        BEGIN
            SET CONSTRAINTS ALL DEFERRED;
            IF changed > 0 THEN
                PERFORM changeset_apply(a_ulid, c.effective);
            END IF;
            SELECT coalesce(jsonb_agg(to_jsonb(n)), '[]') INTO after FROM (
                SELECT * FROM sheet_faults(c.effective)
                EXCEPT SELECT * FROM jsonb_to_recordset(before) AS b(sheet text, key text, col text, code text, params jsonb)) n;
            found := after;
            IF NOT a_publish OR EXISTS (SELECT FROM jsonb_array_elements(found) f
                                         WHERE f->>'code' <> 'price_missing' OR NOT a_accept) THEN
                faults := changeset_tell(a_ulid, found); -- the names of what is new are known here only
                RAISE EXCEPTION 'undone' USING ERRCODE = 'PL015';
            END IF;
            SET CONSTRAINTS ALL IMMEDIATE;
            result := 'published';
        EXCEPTION WHEN SQLSTATE 'PL015' THEN
            result := CASE WHEN found = '[]' THEN 'good' ELSE 'faults' END;
        END;
    ELSE
        faults := changeset_tell(a_ulid, found);
    END IF;
    nfaults := jsonb_array_length(found);
    IF result <> 'published' THEN
        RETURN;
    END IF;
    UPDATE changeset SET state = 'published', publish_key = a_key, published_by = a_login, published_at = now(),
           updated_at = now(), rev = rev + 1 WHERE ulid = a_ulid;
    INSERT INTO audit (login_id, action, object, detail, request)
        SELECT a_login, 'sheet.publish', r.sheet || ' ' || r.key,
               jsonb_build_object('changeset', a_ulid, 'effective', c.effective, 'gone', r.gone, 'new', r.new,
                   'old', CASE WHEN r.gone THEN r.old ELSE (SELECT jsonb_object_agg(k, r.old->k) FROM jsonb_object_keys(r.new) k WHERE r.old IS NOT NULL) END),
               a_request
          FROM changeset_row r WHERE r.changeset = a_ulid ORDER BY r.id;
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'changeset.publish', 'changeset ' || a_ulid, jsonb_build_object('title', c.title, 'rows', changed), a_request);
END $$;

-- A new change set; the same key again finds it. Results: created, exists (it is somebody else's).
CREATE FUNCTION changeset_make(a_ulid text, a_login bigint, a_title text, a_effective date, OUT result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO changeset (ulid, owner_id, title, effective) VALUES (a_ulid, a_login, a_title, a_effective)
        ON CONFLICT (ulid) DO NOTHING;
    SELECT CASE WHEN owner_id IS NOT DISTINCT FROM a_login THEN 'created' ELSE 'exists' END INTO result
      FROM changeset WHERE ulid = a_ulid;
END $$;

-- Merge-patch of the head: a_set says which members are given. Results: saved, stale, closed, unknown.
CREATE FUNCTION changeset_patch(a_ulid text, a_login bigint, a_rev bigint, a_set jsonb, OUT result text, OUT rev bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c changeset%ROWTYPE;
BEGIN
    SELECT * INTO c FROM changeset WHERE ulid = a_ulid FOR UPDATE;
    rev := c.rev;
    result := CASE WHEN c.ulid IS NULL THEN 'unknown' WHEN c.state <> 'draft' THEN 'closed'
                   WHEN c.rev <> a_rev THEN 'stale' ELSE 'saved' END;
    IF result <> 'saved' THEN
        RETURN;
    END IF;
    UPDATE changeset x SET title = coalesce(a_set->>'title', x.title),
           effective = CASE WHEN a_set ? 'effective' THEN (a_set->>'effective')::date ELSE x.effective END,
           state = coalesce(a_set->>'state', x.state), rev = x.rev + 1, updated_at = now()
     WHERE x.ulid = a_ulid RETURNING x.rev INTO changeset_patch.rev;
    INSERT INTO audit (login_id, action, object, detail) VALUES (a_login, 'changeset.change', 'changeset ' || a_ulid, a_set);
END $$;
