-- Examples for demonstrations and tests, computed from the data: partylinectl demo --json.

-- name: demo_people   $1: market. The manager with about four hundred people, her newest recruit, somebody who left.
WITH RECURSIVE manager AS (
    SELECT d.id, d.number FROM distributor d JOIN person p ON p.id = d.id JOIN account a ON a.owner_id = d.id
     WHERE d.market = $1 AND d.rank = 4 AND d.status = 'active'
     ORDER BY p.name <> 'JONES, Sarah', a.balance DESC, d.id LIMIT 1
), downline AS (
    SELECT d.id, d.number, d.joined, d.status FROM distributor d JOIN manager m ON d.sponsor_id = m.id
    UNION ALL
    SELECT d.id, d.number, d.joined, d.status FROM downline u JOIN distributor d ON d.sponsor_id = u.id
)
SELECT 'CC-07' AS operator, (SELECT number FROM manager) AS manager,
       (SELECT count(*) FROM downline) AS manager_downline,
       (SELECT number FROM downline WHERE status = 'active' ORDER BY joined DESC, number LIMIT 1) AS recruit,
       (SELECT number FROM distributor WHERE market = $1 AND status = 'terminated' ORDER BY number LIMIT 1) AS terminated;

-- name: demo_items   $1: market. What can be sold today without any condition, by how much there is.
WITH RECURSIVE today AS (
    SELECT business_date($1) AS day
), department AS (
    SELECT id, code FROM item_group WHERE parent_id IS NULL
    UNION ALL
    SELECT g.id, d.code FROM item_group g JOIN department d ON g.parent_id = d.id
), listed AS (
    SELECT i.id, i.sku, i.kind, i.max_per_order, i.age_limit, i.back_order, d.code AS department, g.code AS grp
      FROM today
      JOIN price_list l ON l.market = $1 AND l.audience = 'retail' AND l.valid @> today.day
      JOIN price p ON p.list_id = l.id
      JOIN item i ON i.id = p.item_id AND i.on_sale @> today.day
      JOIN department d ON d.id = i.group_id
      JOIN item_group g ON g.id = i.group_id
), available AS (
    SELECT l.*, coalesce(min((s.on_hand - s.reserved) / need.qty), 0) AS free
      FROM listed l
      JOIN site ON site.market = $1 AND site.ships
     CROSS JOIN LATERAL (SELECT c.item_id, c.qty FROM kit_component c WHERE c.kit_id = l.id
                         UNION ALL SELECT l.id, 1 WHERE l.kind <> 'kit') need
      LEFT JOIN stock s ON s.site_id = site.id AND s.item_id = need.item_id
     GROUP BY l.id, l.sku, l.kind, l.max_per_order, l.age_limit, l.back_order, l.department, l.grp
), plenty AS (
    SELECT * FROM available WHERE free >= 500 AND max_per_order = 0
)
SELECT (SELECT array_to_json(array_agg(sku)) FROM (SELECT sku FROM plenty WHERE kind = 'product' AND age_limit = 0
           -- no promotion names these
           AND department IN ('FRAGRANCE', 'BODY', 'MAKEUP', 'JEWELLERY') AND grp <> 'CANDLES'
          ORDER BY free DESC, sku LIMIT 5) five) AS skus,
       (SELECT sku FROM plenty WHERE kind = 'kit' AND age_limit = 0 AND NOT EXISTS (SELECT FROM kit_slot s WHERE s.kit_id = id)
         ORDER BY free DESC, sku LIMIT 1) AS kit,
       (SELECT i.sku FROM kit_slot s JOIN item i ON i.id = s.kit_id ORDER BY i.sku LIMIT 1) AS kit_of_choices,
       (SELECT sku FROM available WHERE kind = 'product' AND free = 0 AND max_per_order = 0 AND NOT back_order
         ORDER BY sku LIMIT 1) AS out_of_stock,
       (SELECT sku FROM available WHERE kind = 'product' AND free BETWEEN 1 AND 5 AND max_per_order = 0 AND NOT back_order
         ORDER BY free, sku LIMIT 1) AS last_one,
       (SELECT sku FROM plenty WHERE kind = 'product' AND department = 'KITCHENWARE' ORDER BY free DESC, sku LIMIT 1) AS kitchenware,
       (SELECT sku FROM plenty WHERE kind = 'product' AND grp IN ('COOKS-KNIVES', 'TABLE-KNIVES') ORDER BY free DESC, sku LIMIT 1) AS knife,
       (SELECT sku FROM plenty WHERE kind = 'product' AND department = 'BEAUTY' ORDER BY free DESC, sku LIMIT 1) AS beauty,
       (SELECT sku FROM plenty WHERE kind = 'product' AND department = 'TEXTILES' ORDER BY free DESC, sku LIMIT 1) AS textile,
       (SELECT sku FROM plenty WHERE kind = 'product' AND grp = 'CANDLES' ORDER BY free DESC, sku LIMIT 1) AS bogo;

-- name: demo_certificate   $1: market. One with something left on it, and whose it is.
SELECT 'GC' || c.number AS certificate, c.customer_id::text AS certificate_customer FROM certificate c JOIN account a ON a.certificate_id = c.id
 WHERE c.market = $1 AND c.state = 'active' AND a.balance > 0 ORDER BY c.amount DESC, c.id LIMIT 1;

-- name: demo_till   $1: market. Two tills beside each other, where everything that is sold by telephone is in stock, and the showroom's own.
SELECT 'S-04' AS counter, 'SV-01' AS supervisor, min(t.code) AS till, max(t.code) AS till2,
       (SELECT min(x.code) FROM till x JOIN site w ON w.id = x.site_id WHERE w.market = $1 AND NOT w.ships) AS showroom_till,
       min(t.walk_in_id)::text AS walk_in, min(d.number) AS walk_in_distributor
  FROM till t JOIN site s ON s.id = t.site_id AND s.ships LEFT JOIN customer c ON c.id = t.walk_in_id
  LEFT JOIN distributor d ON d.id = c.distributor_id
 WHERE s.market = $1;
