-- name: stock_free   $1: market, $2: items. At the site that ships; an item without a row has none.
SELECT u.item, coalesce(s.on_hand - s.reserved, 0)
  FROM unnest($2::bigint[]) WITH ORDINALITY AS u(item, nr)
  LEFT JOIN site w ON w.market = $1 AND w.ships
  LEFT JOIN stock s ON s.site_id = w.id AND s.item_id = u.item
 ORDER BY u.nr;

-- name: item_free   $1: market, $2: item. At the site that ships; of a kit what its parts allow.
SELECT item_free(w.id, $2::bigint) FROM site w WHERE w.market = $1 AND w.ships;

-- name: stock_sites   $1: item, $2: market
SELECT w.code, w.name, s.on_hand, s.reserved, s.on_hand - s.reserved, s.back_ordered, w.ships
  FROM stock s JOIN site w ON w.id = s.site_id
 WHERE s.item_id = $1::bigint AND w.market = $2 ORDER BY w.ships DESC, w.code;

-- name: stock_due   $1: item, $2: market
SELECT w.code, to_char(d.due, 'YYYY-MM-DD'), d.qty, d.document, d.firm
  FROM stock_due d JOIN site w ON w.id = d.site_id
 WHERE d.item_id = $1::bigint AND w.market = $2 ORDER BY d.due LIMIT 20;

-- name: business_day   $1: market; days since 1970-01-01
SELECT business_date($1) - DATE '1970-01-01';
