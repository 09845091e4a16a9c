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

-- name: groups
SELECT id, name FROM item_group ORDER BY id;

-- name: items   $1: language; English where there is no name in it
SELECT i.id, i.sku, i.kind, i.group_id, i.tax_class, i.weight_g, i.max_per_order, i.age_limit,
       lower(i.on_sale) - DATE '1970-01-01', upper(i.on_sale) - DATE '1970-01-01', i.back_order,
       coalesce(n.name, e.name, i.sku), coalesce(n.spoken, e.spoken, i.sku), coalesce(i.barcode, '')
  FROM item i
  LEFT JOIN item_name n ON n.item_id = i.id AND n.language = $1
  LEFT JOIN item_name e ON e.item_id = i.id AND e.language = 'en'
 ORDER BY i.sku COLLATE "C";

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
       lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01'
  FROM delivery_charge WHERE market = $1;

-- name: tax_rates   $1: market
SELECT region, tax_class, ppm, lower(valid) - DATE '1970-01-01', upper(valid) - DATE '1970-01-01'
  FROM tax_rate WHERE market = $1;
