-- Kits as sheets. `kits` has what is in them: slot 0 is always in, the others are what is chosen from,
-- in the order of their places; `choices` has the slots, how many are chosen of each, and their names.
-- They change at once, as items do: orders keep the parts that they were placed with.
ALTER TABLE changeset_row DROP CONSTRAINT changeset_row_sheet_check;
ALTER TABLE changeset_row ADD CONSTRAINT changeset_row_sheet_check
    CHECK (sheet IN ('items', 'prices', 'lists', 'discounts', 'delivery', 'tax', 'kits', 'choices'));

-- A change set is looked at once all of it is there.
DROP TRIGGER kit_slot_fits ON kit_slot;
CREATE CONSTRAINT TRIGGER kit_slot_fits AFTER INSERT OR UPDATE ON kit_slot DEFERRABLE
    FOR EACH ROW EXECUTE FUNCTION kit_slot_fits();

-- ---- the sheets as they are -------------------------------------------------------------------

CREATE VIEW kit_part AS
SELECT kit_id, 0 AS slot, NULL::int AS place, item_id, qty FROM kit_component
UNION ALL
SELECT kit_id, slot, position, item_id, qty FROM kit_option;

CREATE VIEW sheet_kits AS
SELECT k.sku AS kit, coalesce(n.name, i.sku) AS name, concat_ws('/', k.sku, p.slot, i.sku) AS key,
       jsonb_build_object('kit', k.sku, 'slot', p.slot, 'sku', i.sku, 'qty', p.qty, 'place', p.place) AS cells
  FROM kit_part p
  JOIN item k ON k.id = p.kit_id
  JOIN item i ON i.id = p.item_id
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = 'en';

CREATE FUNCTION sheet_choices(a_language text)
RETURNS TABLE (kit text, name text, key text, cells jsonb) LANGUAGE sql STABLE AS $$
    SELECT k.sku, n.name, concat_ws('/', k.sku, s.slot, a_language),
           jsonb_build_object('kit', k.sku, 'slot', s.slot, 'language', a_language, 'name', n.name, 'choose', s.choose)
      FROM kit_slot s
      JOIN item k ON k.id = s.kit_id
      LEFT JOIN kit_slot_name n ON n.kit_id = s.kit_id AND n.slot = s.slot AND n.language = a_language
$$;
GRANT SELECT ON sheet_kits TO partyline_app;

-- What 015 has for the other sheets goes on under other names, and is asked for them.
ALTER FUNCTION sheet_key(text, jsonb) RENAME TO sheet_key_other;
CREATE FUNCTION sheet_key(a_sheet text, a jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_sheet
        WHEN 'kits' THEN concat_ws('/', a->>'kit', coalesce(a->>'slot', '0'), a->>'sku')
        WHEN 'choices' THEN concat_ws('/', a->>'kit', a->>'slot', coalesce(a->>'language', 'en'))
        ELSE sheet_key_other(a_sheet, a) END
$$;
ALTER FUNCTION sheet_key_columns(text) RENAME TO sheet_key_columns_other;
CREATE FUNCTION sheet_key_columns(a_sheet text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_sheet WHEN 'kits' THEN '{kit,slot,sku,name}'::text[] WHEN 'choices' THEN '{kit,slot,language}'
                        ELSE sheet_key_columns_other(a_sheet) END
$$;
ALTER FUNCTION sheet_cells(text, text) RENAME TO sheet_cells_other;
CREATE FUNCTION sheet_cells(a_sheet text, a_key text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE a_sheet
        WHEN 'kits' THEN
            RETURN (SELECT s.cells FROM sheet_kits s WHERE s.kit = split_part(a_key, '/', 1) AND s.key = a_key);
        WHEN 'choices' THEN
            RETURN (SELECT s.cells FROM sheet_choices(split_part(a_key, '/', 3)) s
                     WHERE s.kit = split_part(a_key, '/', 1) AND s.key = a_key);
        ELSE
            RETURN sheet_cells_other(a_sheet, a_key);
    END CASE;
END $$;
ALTER FUNCTION sheet_page(text, text, text, text, text, text, text, int) RENAME TO sheet_page_other;
CREATE FUNCTION sheet_page(a_sheet text, a_market text, a_audience text, a_list text, a_language text, a_words text,
                           a_after text, a_most int)
RETURNS TABLE (key text, name text, cells jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE likes text := '%' || replace(replace(replace(lower(a_words), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
    CASE a_sheet
        WHEN 'kits' THEN
            RETURN QUERY SELECT s.key, s.name, s.cells FROM sheet_kits s WHERE s.key COLLATE "C" > a_after
                AND (a_words IS NULL OR s.key LIKE likes OR lower(s.name) LIKE likes) ORDER BY s.key COLLATE "C" LIMIT a_most;
        WHEN 'choices' THEN
            RETURN QUERY SELECT s.key, coalesce(s.name, ''), s.cells FROM sheet_choices(a_language) s WHERE s.key COLLATE "C" > a_after
                AND (a_words IS NULL OR s.key LIKE likes OR lower(s.name) LIKE likes) ORDER BY s.key COLLATE "C" LIMIT a_most;
        ELSE
            RETURN QUERY SELECT * FROM sheet_page_other(a_sheet, a_market, a_audience, a_list, a_language, a_words, a_after, a_most);
    END CASE;
END $$;

-- ---- validating -------------------------------------------------------------------------------

ALTER FUNCTION changeset_faults(text) RENAME TO changeset_faults_other;
CREATE FUNCTION changeset_faults(a_ulid text)
RETURNS TABLE (sheet text, key text, col text, code text, params jsonb) LANGUAGE sql STABLE AS $$
WITH item_there AS (
    SELECT sku FROM item
    UNION
    SELECT split_part(r.key, '/', 1) FROM changeset_rows(a_ulid, 'items') r WHERE r.old IS NULL
), mine AS (
    SELECT 'kits' AS sheet, r.*, split_part(r.key, '/', 1) AS kit, split_part(r.key, '/', 2)::int AS slot FROM changeset_rows(a_ulid, 'kits') r
    UNION ALL
    SELECT 'choices', r.*, split_part(r.key, '/', 1), split_part(r.key, '/', 2)::int FROM changeset_rows(a_ulid, 'choices') r
), slot_there AS (
    SELECT i.sku AS kit, s.slot FROM kit_slot s JOIN item i ON i.id = s.kit_id
    UNION
    SELECT kit, slot FROM mine WHERE sheet = 'choices'
    EXCEPT
    SELECT kit, slot FROM mine WHERE sheet = 'choices' AND gone
)
SELECT * FROM changeset_faults_other(a_ulid)
UNION ALL
SELECT sheet, key, 'kit', 'cell_unknown', jsonb_build_object('column', 'kit', 'value', kit) FROM mine
 WHERE kit NOT IN (SELECT sku FROM item_there)
UNION ALL
SELECT sheet, key, 'sku', 'cell_unknown', jsonb_build_object('column', 'sku', 'value', split_part(key, '/', 3)) FROM mine
 WHERE sheet = 'kits' AND split_part(key, '/', 3) NOT IN (SELECT sku FROM item_there)
UNION ALL
SELECT sheet, key, 'sku', 'kit_in_kit', '{}' FROM mine WHERE sheet = 'kits' AND split_part(key, '/', 3) = kit
UNION ALL
SELECT r.sheet, r.key, 'slot', 'cell_unknown', jsonb_build_object('column', 'slot', 'value', r.slot) FROM mine r
 WHERE r.sheet = 'kits' AND NOT r.gone AND r.slot > 0
   AND NOT EXISTS (SELECT FROM slot_there s WHERE s.kit = r.kit AND s.slot = r.slot)
UNION ALL
SELECT sheet, key, 'qty', 'cell_needed', '{"column": "qty"}' FROM mine WHERE sheet = 'kits' AND NOT gone AND cells->>'qty' IS NULL
UNION ALL
SELECT sheet, key, 'name', 'cell_needed', '{"column": "name"}' FROM mine
 WHERE sheet = 'choices' AND NOT gone AND coalesce(cells->>'name', '') = ''
UNION ALL
SELECT sheet, min(key), 'slot', 'options_many', '{}' FROM mine r
 WHERE sheet = 'kits' AND slot > 0 GROUP BY sheet, kit, slot
HAVING count(*) FILTER (WHERE old IS NULL AND NOT gone) - count(*) FILTER (WHERE old IS NOT NULL AND gone)
       + (SELECT count(*) FROM kit_option o JOIN item i ON i.id = o.kit_id WHERE i.sku = r.kit AND o.slot = r.slot) > 9
UNION ALL
SELECT r.sheet, r.key, '', 'no_date_here', '{}' FROM mine r, changeset c
 WHERE c.ulid = a_ulid AND c.effective > (SELECT max(business_date(m.code)) FROM market m)
$$;

ALTER FUNCTION sheet_faults(date) RENAME TO sheet_faults_other;
CREATE FUNCTION sheet_faults(a_effective date)
RETURNS TABLE (sheet text, key text, col text, code text, params jsonb) LANGUAGE sql STABLE AS $$
WITH day AS (
    SELECT min(greatest(a_effective, business_date(m.code))) AS day FROM market m
), kit AS (
    SELECT k.id, k.sku, k.kind, k.on_sale, greatest(day, lower(k.on_sale)) AS first
      FROM item k, day WHERE coalesce(upper(k.on_sale), 'infinity') > day
), part AS (
    SELECT k.sku AS kit, k.kind, k.first, k.id AS kit_id, i.id, i.sku, i.kind AS part_kind, i.on_sale,
           concat_ws('/', k.sku, p.slot, i.sku) AS key
      FROM kit_part p JOIN kit k ON k.id = p.kit_id JOIN item i ON i.id = p.item_id
)
SELECT * FROM sheet_faults_other(a_effective)
UNION ALL
SELECT 'items', k.sku || '/en', 'kind', 'kit_empty', '{}' FROM kit k
 WHERE k.kind = 'kit' AND NOT EXISTS (SELECT FROM kit_part p WHERE p.kit_id = k.id)
UNION ALL
SELECT 'choices', concat_ws('/', k.sku, s.slot, 'en'), 'slot', 'slot_empty', '{}'
  FROM kit_slot s JOIN item k ON k.id = s.kit_id
 WHERE NOT EXISTS (SELECT FROM kit_option o WHERE o.kit_id = s.kit_id AND o.slot = s.slot)
UNION ALL
SELECT 'kits', p.key, 'kit', 'kit_kind', jsonb_build_object('value', p.kit) FROM part p WHERE p.kind <> 'kit'
UNION ALL
SELECT 'choices', concat_ws('/', k.sku, s.slot, 'en'), 'kit', 'kit_kind', jsonb_build_object('value', k.sku)
  FROM kit_slot s JOIN item k ON k.id = s.kit_id WHERE k.kind <> 'kit'
UNION ALL
SELECT 'choices', concat_ws('/', k.sku, min(s.slot), 'en'), 'choose', 'choices_many', '{}'
  FROM kit_slot s JOIN item k ON k.id = s.kit_id GROUP BY k.sku HAVING sum(s.choose) > 18
UNION ALL
SELECT 'kits', p.key, 'sku', 'kit_in_kit', '{}' FROM part p WHERE p.part_kind = 'kit'
UNION ALL
SELECT 'kits', p.key, 'sku', 'part_off_sale', jsonb_build_object('value', p.sku, 'date', p.first)
  FROM part p WHERE NOT p.on_sale @> p.first
UNION ALL -- where it is sold by itself its price is missed there
SELECT 'kits', p.key, 'sku', 'price_missing', jsonb_build_object('list', l.code)
  FROM part p
  JOIN price q ON q.item_id = p.kit_id
  JOIN price_list l ON l.id = q.list_id AND coalesce(upper(l.valid), 'infinity') > p.first
 WHERE p.part_kind NOT IN ('gift', 'kit') AND NOT EXISTS (SELECT FROM price o WHERE o.list_id = l.id AND o.item_id = p.id)
   AND NOT EXISTS (SELECT FROM price o JOIN price_list ol ON ol.id = o.list_id
                    WHERE o.item_id = p.id AND ol.market = l.market AND ol.audience = l.audience)
$$;

-- The same as in 015; of a part its own name is told, not the kit's.
CREATE OR REPLACE FUNCTION changeset_tell(a_ulid text, a_faults jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'line', r.line, 'sheet', f.sheet, 'key', f.key, 'column', f.col, 'code', f.code,
               'params', f.params || jsonb_build_object('row', coalesce(nullif(concat_ws(' ', VARIADIC array_remove(string_to_array(f.key, '/'), '')), ''), f.sheet))
                   || CASE WHEN f.code = 'price_missing' THEN jsonb_build_object('name', coalesce(n.name, '')) ELSE '{}' END)
               ORDER BY r.line, r.id, f.col, f.key), '[]')
      FROM (SELECT * FROM jsonb_to_recordset(a_faults) AS f(sheet text, key text, col text, code text, params jsonb)
             LIMIT 500) f
      LEFT JOIN changeset_row r ON r.changeset = a_ulid AND r.sheet = f.sheet AND r.key = f.key
      LEFT JOIN item i ON f.code = 'price_missing'
           AND i.sku = split_part(f.key, '/', CASE f.sheet WHEN 'prices' THEN 4 WHEN 'kits' THEN 3 ELSE 1 END)
      LEFT JOIN item_name n ON n.item_id = i.id AND n.language = 'en'
$$;

-- ---- publishing -------------------------------------------------------------------------------

-- A slot that is taken away goes with its options and in every language.
CREATE FUNCTION changeset_apply_choices(a_ulid text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM kit_slot s USING changeset_rows(a_ulid, 'choices') r, item k
     WHERE r.gone AND k.sku = split_part(r.key, '/', 1) AND s.kit_id = k.id AND s.slot = split_part(r.key, '/', 2)::int;
    INSERT INTO kit_slot AS s (kit_id, slot, choose)
        SELECT k.id, split_part(r.key, '/', 2)::int, (array_agg(coalesce((r.new->>'choose')::int, (r.old->>'choose')::int, 1)
                                                                ORDER BY r.new ? 'choose' DESC, r.id DESC))[1]
          FROM changeset_rows(a_ulid, 'choices') r JOIN item k ON k.sku = split_part(r.key, '/', 1)
         WHERE NOT r.gone GROUP BY 1, 2
        ON CONFLICT (kit_id, slot) DO UPDATE SET choose = excluded.choose;
    INSERT INTO kit_slot_name AS n (kit_id, slot, language, name)
        SELECT k.id, split_part(r.key, '/', 2)::int, split_part(r.key, '/', 3), r.cells->>'name'
          FROM changeset_rows(a_ulid, 'choices') r JOIN item k ON k.sku = split_part(r.key, '/', 1)
         WHERE NOT r.gone AND r.cells->>'name' <> ''
        ON CONFLICT (kit_id, slot, language) DO UPDATE SET name = excluded.name;
$$;

-- The options of a slot that changes are numbered anew: a new place goes before what stood there.
CREATE FUNCTION changeset_apply_kits(a_ulid text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found jsonb;
BEGIN
    DELETE FROM kit_component c USING changeset_rows(a_ulid, 'kits') r, item k, item i
     WHERE r.gone AND split_part(r.key, '/', 2) = '0' AND k.sku = split_part(r.key, '/', 1)
       AND i.sku = split_part(r.key, '/', 3) AND c.kit_id = k.id AND c.item_id = i.id;
    INSERT INTO kit_component AS c (kit_id, item_id, qty)
        SELECT k.id, i.id, (r.cells->>'qty')::int
          FROM changeset_rows(a_ulid, 'kits') r
          JOIN item k ON k.sku = split_part(r.key, '/', 1)
          JOIN item i ON i.sku = split_part(r.key, '/', 3)
         WHERE NOT r.gone AND split_part(r.key, '/', 2) = '0'
        ON CONFLICT (kit_id, item_id) DO UPDATE SET qty = excluded.qty;
    WITH own AS (
        SELECT k.id AS kit_id, split_part(r.key, '/', 2)::int AS slot, i.id AS item_id, (r.cells->>'qty')::int AS qty,
               (r.cells->>'place')::int AS place, r.gone, r.new ? 'place' AS placed
          FROM changeset_rows(a_ulid, 'kits') r
          JOIN item k ON k.sku = split_part(r.key, '/', 1)
          JOIN item i ON i.sku = split_part(r.key, '/', 3)
         WHERE split_part(r.key, '/', 2) <> '0'
    ), every AS (
        SELECT kit_id, slot, item_id, qty, place, placed FROM own WHERE NOT gone
        UNION ALL
        SELECT o.kit_id, o.slot, o.item_id, o.qty, o.position, false FROM kit_option o
         WHERE EXISTS (SELECT FROM own w WHERE w.kit_id = o.kit_id AND w.slot = o.slot)
           AND NOT EXISTS (SELECT FROM own w WHERE w.kit_id = o.kit_id AND w.slot = o.slot AND w.item_id = o.item_id)
    )
    SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') INTO found FROM (
        SELECT kit_id, slot, item_id, qty, row_number() OVER (PARTITION BY kit_id, slot ORDER BY place NULLS LAST, placed DESC, item_id) AS place
          FROM every) e;
    DELETE FROM kit_option o USING changeset_rows(a_ulid, 'kits') r, item k
     WHERE k.sku = split_part(r.key, '/', 1) AND o.kit_id = k.id AND o.slot = split_part(r.key, '/', 2)::int;
    INSERT INTO kit_option (kit_id, slot, position, item_id, qty)
        SELECT kit_id, slot, place, item_id, qty
          FROM jsonb_to_recordset(found) AS f(kit_id bigint, slot int, place int, item_id bigint, qty int);
END $$;

-- The same as in 015, and kits once their items are there.
CREATE OR REPLACE FUNCTION changeset_apply(a_ulid text, a_effective date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM changeset_split_lists(a_ulid, a_effective);
    PERFORM changeset_apply_lists(a_ulid);
    PERFORM changeset_apply_items(a_ulid);
    PERFORM changeset_apply_choices(a_ulid);
    PERFORM changeset_apply_kits(a_ulid);
    PERFORM changeset_apply_prices(a_ulid, a_effective);
    PERFORM changeset_apply_discounts(a_ulid, a_effective);
    PERFORM changeset_apply_delivery(a_ulid, a_effective);
    PERFORM changeset_apply_tax(a_ulid, a_effective);
END $$;

REVOKE EXECUTE ON FUNCTION changeset_apply_choices(text), changeset_apply_kits(text) FROM PUBLIC;
