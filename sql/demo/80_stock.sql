-- Stock, and what two years of orders did to it. Each quarter receives what it sends out; the last two
-- bring what is there today.

-- What each line takes: itself, or the parts of a kit.
CREATE TEMP TABLE demo_need ON COMMIT DROP AS
SELECT id, line, item_id, qty FROM demo_priced WHERE kind <> 'kit'
UNION ALL
SELECT p.id, p.line, k.item_id, p.qty * k.qty FROM demo_priced p JOIN kit_component k ON k.kit_id = p.item_id
 WHERE p.kind = 'kit';
ANALYZE demo_need;

-- Today's free stock where orders are shipped: some nothing, some the last few, the best sellers plenty.
CREATE TEMP TABLE demo_free ON COMMIT DROP AS
SELECT s.id AS site_id, s.market, i.id AS item_id, i.months,
       CASE WHEN i.kind <> 'product' THEN 400 + pg_temp.roll(k.key, 101, 1600)
            WHEN i.popularity <= 60 THEN 20000 + pg_temp.roll(k.key, 101, 30000)
            WHEN dice < 4 THEN 0
            WHEN dice < 8 THEN 1 + pg_temp.roll(k.key, 101, 8)
            WHEN dice < 40 THEN 12 + pg_temp.roll(k.key, 101, 480)
            ELSE 500 + pg_temp.roll(k.key, 101, 2500) END::bigint AS free,
       'M-' || lpad((1 + pg_temp.roll(k.key, 102, 24))::text, 2, '0') || '-'
            || lpad((1 + pg_temp.roll(k.key, 103, 18))::text, 2, '0') AS location
  FROM site s
 CROSS JOIN demo_item i
 CROSS JOIN LATERAL (SELECT s.id * 100000 + i.id AS key) k
 CROSS JOIN LATERAL (SELECT pg_temp.roll(k.key, 100, 100) AS dice) d
 WHERE s.ships AND i.kind <> 'kit';
CREATE UNIQUE INDEX ON demo_free (market, item_id);
ANALYZE demo_free;

-- Orders that are still here hold their goods; what is not in stock waits, where it may.
CREATE TEMP TABLE demo_hold ON COMMIT DROP AS
SELECT n.id, n.line, f.site_id, n.item_id, sum(n.qty)::bigint AS qty,
       o.state IN ('placed', 'on_hold') AND f.free = 0 AND bool_or(i.back_order) AS waits
  FROM demo_order o
  JOIN demo_need n ON n.id = o.id
  JOIN demo_free f ON f.market = o.market AND f.item_id = n.item_id
  JOIN item i ON i.id = n.item_id
 WHERE o.state IN ('placed', 'on_hold', 'released', 'picked', 'packed')
 GROUP BY n.id, n.line, f.site_id, n.item_id, o.state, f.free;

INSERT INTO order_line (order_id, line, client_id, item_id, sku, name, qty, unit, goods, discount, amount, tax, tax_ppm,
                        cv, pv, back_ordered, state)
SELECT p.id, p.line, 'l' || p.line, p.item_id, p.sku, p.name, p.qty, p.unit, p.goods, p.discount, p.amount, p.tax, p.tax_ppm,
       p.cv, p.pv, CASE WHEN w.id IS NULL THEN 0 ELSE p.qty END,
       CASE WHEN o.state = 'cancelled' THEN 'cancelled' WHEN o.shipped_at IS NOT NULL THEN 'shipped'
            WHEN w.id IS NOT NULL THEN 'back_ordered' ELSE 'reserved' END
  FROM demo_priced p
  JOIN demo_order o ON o.id = p.id
  LEFT JOIN (SELECT DISTINCT id, line FROM demo_hold WHERE waits) w ON w.id = p.id AND w.line = p.line
 ORDER BY p.id, p.line;

INSERT INTO reservation (order_id, line, site_id, item_id, reserved, back_ordered)
SELECT id, line, site_id, item_id, CASE WHEN waits THEN 0 ELSE qty END, CASE WHEN waits THEN qty ELSE 0 END
  FROM demo_hold ORDER BY id, line, item_id;

-- Quarters, from November 2023.
CREATE TEMP TABLE demo_quarter ON COMMIT DROP AS
SELECT q AS quarter, (date '2023-11-01' + q * interval '3 months')::date AS starts,
       (date '2023-11-01' + (q + 1) * interval '3 months')::date AS ends,
       'L' || to_char(date '2023-11-01' + q * interval '3 months', 'YYMM') AS lot
  FROM generate_series(0, 8) AS q;

CREATE TEMP TABLE demo_issue ON COMMIT DROP AS
SELECT f.site_id, n.item_id, q.quarter, o.number, o.shipped_at AS at, sum(n.qty)::bigint AS qty
  FROM demo_order o
  JOIN demo_need n ON n.id = o.id
  JOIN demo_free f ON f.market = o.market AND f.item_id = n.item_id
  JOIN demo_quarter q ON o.shipped_at >= q.starts AND o.shipped_at < q.ends
 WHERE o.shipped_at IS NOT NULL
 GROUP BY f.site_id, n.item_id, q.quarter, o.number, o.shipped_at;

CREATE TEMP TABLE demo_movement ON COMMIT DROP AS
SELECT site_id, item_id, quarter, -qty AS qty, 'issue' AS reason, 'order ' || number AS document, at
  FROM demo_issue
UNION ALL
SELECT f.site_id, f.item_id, q.quarter, r.qty, CASE q.quarter WHEN 0 THEN 'opening' ELSE 'receipt' END,
       CASE q.quarter WHEN 0 THEN 'OPENING' ELSE 'PO ' || 7000 + q.quarter * 90 + pg_temp.roll(f.item_id, 104, 90) END,
       q.starts - 1 + (6 + pg_temp.roll(f.item_id, 105, 10)) * interval '1 hour'
  FROM demo_free f
 CROSS JOIN demo_quarter q
  LEFT JOIN (SELECT site_id, item_id, quarter, sum(qty)::bigint AS qty FROM demo_issue GROUP BY site_id, item_id, quarter) i
         ON i.site_id = f.site_id AND i.item_id = f.item_id AND i.quarter = q.quarter
  LEFT JOIN (SELECT site_id, item_id, sum(qty)::bigint AS qty FROM demo_hold WHERE NOT waits GROUP BY site_id, item_id) h
         ON h.site_id = f.site_id AND h.item_id = f.item_id AND q.quarter = 8
 CROSS JOIN LATERAL (SELECT coalesce(i.qty, 0) + coalesce(h.qty, 0)
       + CASE q.quarter WHEN 7 THEN f.free - f.free / 3 WHEN 8 THEN f.free / 3 ELSE 0 END AS qty) r
 WHERE r.qty > 0;

INSERT INTO movement (site_id, item_id, location, lot, expires, qty, reason, document, by_login, at)
SELECT m.site_id, m.item_id, f.location, q.lot,
       CASE WHEN f.months > 0 THEN (q.starts + f.months * interval '1 month')::date END, m.qty, m.reason, m.document,
       CASE m.site_id WHEN 1 THEN (SELECT id FROM login WHERE login = 'W-12') END, m.at
  FROM demo_movement m
  JOIN demo_quarter q ON q.quarter = m.quarter
  JOIN demo_free f ON f.site_id = m.site_id AND f.item_id = m.item_id
 ORDER BY m.at, m.document, m.item_id;

-- The showroom keeps a few of what people like to try.
INSERT INTO movement (site_id, item_id, location, lot, expires, qty, reason, document, at)
SELECT 4, id, 'S-' || lpad((1 + pg_temp.roll(id, 106, 12))::text, 2, '0'), 'L2508',
       CASE WHEN months > 0 THEN (date '2025-08-01' + months * interval '1 month')::date END,
       2 + pg_temp.roll(id, 107, 10), 'opening', 'OPENING', '2025-09-01 07:00+00'
  FROM demo_item WHERE kind = 'product' AND popularity <= 600 ORDER BY id;

INSERT INTO stock (site_id, item_id, on_hand, reserved, back_ordered)
SELECT f.site_id, f.item_id, coalesce(m.on_hand, 0), coalesce(h.reserved, 0), coalesce(h.back_ordered, 0)
  FROM demo_free f
  LEFT JOIN (SELECT site_id, item_id, sum(qty)::bigint AS on_hand FROM movement GROUP BY site_id, item_id) m
         ON m.site_id = f.site_id AND m.item_id = f.item_id
  LEFT JOIN (SELECT site_id, item_id, sum(reserved)::bigint AS reserved, sum(back_ordered)::bigint AS back_ordered
               FROM reservation GROUP BY site_id, item_id) h ON h.site_id = f.site_id AND h.item_id = f.item_id
UNION ALL
SELECT site_id, item_id, sum(qty)::bigint, 0, 0 FROM movement WHERE site_id = 4 GROUP BY site_id, item_id
 ORDER BY 1, 2;

-- On its way: everything that has run out, most of what is nearly gone, some of the rest.
INSERT INTO stock_due (site_id, item_id, due, qty, document, firm)
SELECT f.site_id, f.item_id, demo.today + 2 + d.days + (d.n - 1) * 9, (10 + pg_temp.roll(f.item_id, 111, 90)) * 12,
       'PO ' || 7780 + d.days + d.n, d.n = 1
  FROM demo, demo_free f
 CROSS JOIN LATERAL (SELECT n, pg_temp.roll(f.item_id, 110, 18) AS days FROM generate_series(1, 2) AS n) d
 WHERE CASE WHEN f.free = 0 THEN d.n = 1 OR pg_temp.roll(f.item_id, 112, 2) = 0
            WHEN f.free < 10 THEN d.n = 1 AND pg_temp.roll(f.item_id, 112, 4) > 0
            ELSE d.n = 1 AND pg_temp.roll(f.item_id, 112, 20) = 0 END
 ORDER BY 1, 2, 3;
