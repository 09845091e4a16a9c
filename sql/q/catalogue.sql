-- What a server keeps in memory: read whole by the builder thread of each worker.

-- name: catalogue_version
SELECT version FROM catalogue_version;

-- name: company
SELECT name, demo, default_market, sku_length, distributor_length, order_length, certificate_length
  FROM company;

-- name: markets
SELECT code, name, currency, exponent, rounding, default_region, language FROM market ORDER BY code;

-- name: tax_classes
SELECT id, code FROM tax_class ORDER BY id;

-- name: groups   From the top down: a group stands behind the one that it belongs to.
WITH RECURSIVE tree AS (
    SELECT id, 0 AS depth FROM item_group WHERE parent_id IS NULL
    UNION ALL
    SELECT g.id, t.depth + 1 FROM tree t JOIN item_group g ON g.parent_id = t.id
)
SELECT g.id, g.code, g.name, CASE WHEN t.depth > 0 THEN g.parent_id END
  FROM item_group g LEFT JOIN tree t ON t.id = g.id ORDER BY t.depth, g.id;

-- name: promotions   $1: market. What is published and has not ended long ago: there are drafts of then.
SELECT p.id, p.code, v.version, v.text, lower(v.valid) - DATE '1970-01-01', upper(v.valid) - DATE '1970-01-01'
  FROM promotion p
  JOIN promotion_version v ON v.promotion_id = p.id
 WHERE p.market = $1 AND NOT isempty(v.valid)
   AND (upper_inf(v.valid) OR upper(v.valid) > business_date(p.market) - 92)
 ORDER BY p.code COLLATE "C", lower(v.valid) NULLS FIRST;

-- name: items   $1: language; English where there is no name in it
SELECT i.id, i.sku, i.kind, i.group_id, i.tax_class, i.weight_g, i.max_per_order, i.age_limit,
       lower(i.on_sale) - DATE '1970-01-01', upper(i.on_sale) - DATE '1970-01-01', i.back_order,
       coalesce(n.name, e.name, i.sku), coalesce(n.spoken, e.spoken, i.sku), coalesce(i.barcode, '')
  FROM item i
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = $1
  LEFT JOIN item_name e ON e.item_id = i.id AND e.language = 'en'
 ORDER BY i.sku COLLATE "C";

-- name: item_values   $1: market. Certificates of any value, and what it may be.
SELECT v.item_id, v.least, v.most FROM item_value v WHERE v.market = $1 ORDER BY v.item_id;

-- name: item_languages
SELECT language FROM item_name UNION SELECT language FROM market ORDER BY language;

-- name: item_names   $1: language; English where there is no name in it; in the order of the items
SELECT coalesce(n.name, e.name, i.sku), coalesce(n.spoken, e.spoken, i.sku)
  FROM item i
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = $1
  LEFT JOIN item_name e ON e.item_id = i.id AND e.language = 'en'
 ORDER BY i.sku COLLATE "C";

-- name: components
SELECT k.kit_id, k.item_id, k.qty FROM kit_component k ORDER BY k.kit_id, k.item_id;

-- name: kit_slots   $1: language; English where there is no name in it. A slot without options chooses nothing.
SELECT s.kit_id, s.choose, coalesce(n.name, e.name, s.slot::text),
       (SELECT count(*) FROM kit_option o WHERE o.kit_id = s.kit_id AND o.slot = s.slot)
  FROM kit_slot s
  LEFT JOIN kit_slot_name n ON n.kit_id = s.kit_id AND n.slot = s.slot AND n.language = $1
  LEFT JOIN kit_slot_name e ON e.kit_id = s.kit_id AND e.slot = s.slot AND e.language = 'en'
 WHERE EXISTS (SELECT FROM kit_option o WHERE o.kit_id = s.kit_id AND o.slot = s.slot)
 ORDER BY (SELECT sku FROM item WHERE id = s.kit_id) COLLATE "C", s.slot;

-- name: kit_options   In the order of the slots.
SELECT o.item_id, o.qty FROM kit_option o
 ORDER BY (SELECT sku FROM item WHERE id = o.kit_id) COLLATE "C", o.slot, o.position;

-- name: price_lists   $1: market
SELECT id, code, name, audience, tax_included,
       lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01'
  FROM price_list WHERE market = $1 ORDER BY audience, lower(valid) NULLS FIRST;

-- name: prices   $1: market
SELECT p.list_id, p.item_id, p.amount, p.cv, p.pv
  FROM price p JOIN price_list l ON l.id = p.list_id WHERE l.market = $1;

-- name: rank_discounts   $1: market
SELECT rank, order_type, ppm, lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01'
  FROM rank_discount WHERE market = $1;

-- name: delivery_charges   $1: market
SELECT destination, method, zone, min_goods, charge, tax_class,
       lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01', min_weight_g
  FROM delivery_charge WHERE market = $1;

-- name: tax_rates   $1: market
SELECT region, tax_class, ppm, lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01'
  FROM tax_rate WHERE market = $1;
