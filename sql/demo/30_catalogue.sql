-- The goods, their prices, discounts, delivery and tax.
INSERT INTO tax_class (id, code) VALUES (1, 'standard'), (2, 'zero'); -- zero: books and teas

INSERT INTO tax_rate (market, region, tax_class, ppm) VALUES
    ('GB', 'GB', 1, 200000), ('GB', 'GB', 2, 0), ('CN', 'CN', 1, 130000), ('CN', 'CN', 2, 90000);
INSERT INTO tax_rate (market, region, tax_class, ppm)
SELECT 'US', s.state, c.id, CASE c.id WHEN 1 THEN s.ppm ELSE 0 END
  FROM tax_class c, (VALUES
    ('AL', 40000), ('AK', 0), ('AZ', 56000), ('AR', 65000), ('CA', 72500), ('CO', 29000), ('CT', 63500), ('DC', 60000),
    ('DE', 0), ('FL', 60000), ('GA', 40000), ('HI', 40000), ('ID', 60000), ('IL', 62500), ('IN', 70000), ('IA', 60000),
    ('KS', 65000), ('KY', 60000), ('LA', 50000), ('ME', 55000), ('MD', 60000), ('MA', 62500), ('MI', 60000),
    ('MN', 68750), ('MS', 70000), ('MO', 42250), ('MT', 0), ('NE', 55000), ('NV', 68500), ('NH', 0), ('NJ', 66250),
    ('NM', 48750), ('NY', 40000), ('NC', 47500), ('ND', 50000), ('OH', 57500), ('OK', 45000), ('OR', 0), ('PA', 60000),
    ('RI', 70000), ('SC', 60000), ('SD', 42000), ('TN', 70000), ('TX', 62500), ('UT', 61000), ('VT', 60000),
    ('VA', 53000), ('WA', 65000), ('WV', 60000), ('WI', 50000), ('WY', 40000)) AS s(state, ppm);

INSERT INTO delivery_charge (market, destination, min_goods, charge, tax_class)
SELECT d.market, t.destination, c.min_goods, c.charge, 1
  FROM (VALUES ('GB', 395, 495, 25000), ('US', 695, 795, 35000), ('CN', 1000, 1200, 29900))
           AS d(market, own, others, free_from)
 CROSS JOIN (VALUES ('distributor'), ('host'), ('customer'), ('address'), ('party'), ('pickup')) AS t(destination)
 CROSS JOIN LATERAL (VALUES
    (0::bigint, CASE WHEN t.destination IN ('party', 'pickup') THEN 0
                     WHEN t.destination IN ('distributor', 'host') THEN d.own ELSE d.others END),
    (d.free_from::bigint, 0)) AS c(min_goods, charge)
 WHERE c.min_goods = 0 OR t.destination NOT IN ('party', 'pickup');

-- Higher ranks buy cheaper. China has a distributors' price list instead.
INSERT INTO rank_discount (market, rank, order_type, ppm)
SELECT m.market, r.rank, 'personal', r.ppm
  FROM (VALUES ('GB'), ('US')) AS m(market),
       (VALUES (1, 200000), (2, 225000), (3, 250000), (4, 250000), (5, 275000), (6, 300000), (7, 300000), (8, 325000))
           AS r(rank, ppm);

-- Every product in every range and size, the first ranges first, as many as are wanted.
CREATE TEMP TABLE demo_item ON COMMIT DROP AS
WITH sized AS (
    SELECT p.grp, p.position, p.name, p.spoken, p.zh, nullif(s.part[1], '-') AS size, s.part[2]::int AS amount,
           s.number, count(*) OVER (PARTITION BY p.grp, p.position) AS sizes,
           -- Larger sizes weigh more, about as much as they cost more.
           (p.weight::bigint * s.part[2]::int / first_value(s.part[2]::int)
               OVER (PARTITION BY p.grp, p.position ORDER BY s.number))::int AS weight
      FROM demo_product p,
           regexp_matches(p.sizes, '([^:]+):([0-9]+) ?', 'g') WITH ORDINALITY AS s(part, number)
), named AS (
    SELECT 'product'::text AS kind, g.code AS grp, g.id AS group_id, g.department, g.months, g.tax_class, g.age,
           r.name AS range, r.position AS range_position, p.position, p.number,
           CASE WHEN g.after THEN p.name || coalesce(' ' || p.size, '') || ', ' || r.name
                ELSE r.name || ' ' || p.name || coalesce(CASE WHEN p.size ~ 'pack|bags|size|king|double'
                                                              THEN ', ' ELSE ' ' END || p.size, '') END AS name,
           r.spoken || ' ' || p.spoken
               || CASE WHEN p.sizes = 1 THEN '' ELSE ' ' || coalesce(z.spoken, p.size) END AS spoken,
           CASE WHEN g.after THEN p.zh ELSE r.zh || p.zh END
               || coalesce(' ' || CASE p.size WHEN 'double' THEN '双人' WHEN 'king' THEN '大号' ELSE
                      regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                      regexp_replace(regexp_replace(p.size, '([0-9])ml$', '\1毫升'), '([0-9])cm$', '\1厘米'),
                      '([0-9])g$', '\1克'), '([0-9])l$', '\1升'), '([0-9])m$', '\1米'), ' pack$', '件装'),
                      ' bags$', '袋'), '^size (.)$', '\1号') END, '')
               || CASE WHEN g.after THEN ' ' || r.zh ELSE '' END AS zh,
           p.amount, p.weight
      FROM sized p
      JOIN demo_group g ON g.code = p.grp
      JOIN demo_range r ON r.ranges = g.ranges
      LEFT JOIN demo_size z ON z.size = p.size
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY grp ORDER BY range_position > 1,
                                 pg_temp.roll(hashtext(name), 1, 1000000), name) AS wanted
      FROM named
)
SELECT * FROM ranked ORDER BY wanted, group_id LIMIT (SELECT products FROM demo);

INSERT INTO demo_item (kind, grp, group_id, department, months, tax_class, age, range, range_position, position,
                       number, name, spoken, zh, amount, weight)
SELECT s.kind, s.grp, g.id, g.department, 0, 1, 0, '', 99, s.position, 1, s.name, s.spoken, s.zh, s.amount, s.weight
  FROM demo_single s JOIN demo_group g ON g.code = s.grp;

-- The parts of a kit: one of each group of its kind, then seconds, all of the same range.
CREATE TEMP TABLE demo_kit ON COMMIT DROP AS
WITH candidates AS (
    SELECT k.position AS kit_kind, r.position AS range_position, r.name AS range, i.name AS part, i.amount, i.weight,
           row_number() OVER (PARTITION BY k.position, r.position, i.grp
                              ORDER BY pg_temp.roll(hashtext(i.name), k.position, 1000000)) AS turn, i.grp
      FROM demo_kit_kind k
      JOIN demo_range r ON r.ranges = k.ranges AND r.position <= k.most
      JOIN demo_item i ON i.range = r.name AND i.grp = ANY (k.groups)
     WHERE i.name NOT LIKE '%2026%'
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY kit_kind, range_position ORDER BY turn, grp) AS part_number
      FROM candidates
)
SELECT n.kit_kind, n.range_position, n.part, n.amount, n.weight,
       format(k.name, r.name) AS name, format(k.spoken, r.spoken) AS spoken, format(k.zh, r.zh) AS zh, k.keep,
       count(*) OVER (PARTITION BY n.kit_kind, n.range_position) AS parts
  FROM numbered n
  JOIN demo_kit_kind k ON k.position = n.kit_kind AND n.part_number <= k.parts
  JOIN demo_range r ON r.ranges = k.ranges AND r.position = n.range_position;

INSERT INTO demo_item (kind, grp, group_id, department, months, tax_class, age, range, range_position, position,
                       number, name, spoken, zh, amount, weight)
SELECT 'kit', 'GIFT-SETS', 57, 'GIFTS', 0, 1, CASE WHEN k.name LIKE '%knife%' THEN 18 ELSE 0 END, '', k.range_position,
       k.kit_kind, 1, k.name, k.spoken, k.zh, (sum(k.amount) * max(k.keep) / 100 / 50 * 50)::int, sum(k.weight)
  FROM demo_kit k WHERE k.parts >= 3 GROUP BY k.kit_kind, k.range_position, k.name, k.spoken, k.zh;

-- Numbers: departments begin at round ones, with gaps as an old catalogue has them.
ALTER TABLE demo_item ADD COLUMN id bigint, ADD COLUMN sku text, ADD COLUMN popularity int;
UPDATE demo_item i SET sku = n.digits || damm_digit(n.digits)
  FROM (SELECT name, (base + 3 * (place - 1) + pg_temp.roll(hashtext(name), 2, 3))::text AS digits
          FROM (SELECT i.name, d.numbers AS base,
                       row_number() OVER (PARTITION BY d.id ORDER BY i.group_id, i.range_position, i.position, i.number,
                                          i.name) AS place
                  FROM demo_item i JOIN demo_department d ON d.code = i.department) placed) n
 WHERE n.name = i.name;
UPDATE demo_item i SET id = n.id, popularity = n.popularity
  FROM (SELECT sku, row_number() OVER (ORDER BY sku) AS id,
               row_number() OVER (ORDER BY pg_temp.roll(hashtext(sku), 3, 1000)
                                  - CASE WHEN range_position <= 2 THEN 400 ELSE 0 END, sku) AS popularity
          FROM demo_item) n
 WHERE n.sku = i.sku;

INSERT INTO item (id, sku, kind, group_id, tax_class, barcode, weight_g, max_per_order, age_limit, on_sale, back_order)
SELECT id, sku, kind, group_id, tax_class,
       CASE WHEN pg_temp.roll(id, 4, 100) < 92 THEN pg_temp.ean13('5012345' || sku) END,
       weight,
       CASE WHEN name = 'Winter gift set' THEN 3
            WHEN kind = 'product' AND pg_temp.roll(id, 5, 100) < 4
            THEN (ARRAY[2, 3, 6, 12])[1 + pg_temp.roll(id, 6, 4)] ELSE 0 END,
       age,
       CASE WHEN name LIKE '%2026%' THEN '[2025-09-01,2026-02-01)'
            WHEN kind <> 'product' OR range_position <= 2 THEN '(,)'
            WHEN pg_temp.roll(id, 7, 100) < 2 THEN '(,2025-09-01)'
            WHEN pg_temp.roll(id, 7, 100) < 3 THEN '[2026-02-01,)'
            ELSE '(,)' END::daterange,
       kind <> 'gift' AND pg_temp.roll(id, 8, 100) < 15
  FROM demo_item ORDER BY id;
SELECT setval(pg_get_serial_sequence('item', 'id'), max(id)) FROM item;

INSERT INTO item_name (item_id, language, name, spoken)
SELECT id, 'en', name, spoken FROM demo_item
UNION ALL
SELECT id, 'zh', zh, regexp_replace(zh, ' .*', '') FROM demo_item;

INSERT INTO kit_component (kit_id, item_id, qty)
SELECT kit.id, part.id, 1
  FROM demo_kit k JOIN demo_item kit ON kit.name = k.name JOIN demo_item part ON part.name = k.part;

-- Seasons: the prices of one in per cent of today's.
CREATE TEMP TABLE demo_season (code text, name text, starts date, ends date, percent int) ON COMMIT DROP;
INSERT INTO demo_season VALUES
    ('AUTUMN-23', 'Autumn and winter 2023', '2023-09-01', '2024-03-01', 92),
    ('SPRING-24', 'Spring and summer 2024', '2024-03-01', '2024-09-01', 94),
    ('AUTUMN-24', 'Autumn and winter 2024', '2024-09-01', '2025-02-01', 96),
    ('SPRING-1', 'Spring 2025', '2025-02-01', '2025-06-01', 97),
    ('SUMMER-1', 'Summer 2025', '2025-06-01', '2025-09-01', 98),
    ('AUTUMN-1', 'Autumn 2025', '2025-09-01', '2025-10-20', 99),
    ('AUTUMN-2', 'Autumn 2025, second edition', '2025-10-20', '2026-02-01', 100),
    ('SPRING-2', 'Spring 2026', '2026-02-01', '2026-08-01', 103);

INSERT INTO price_list (market, code, name, audience, tax_included, valid)
SELECT m.code, s.code, s.name || a.suffix, a.audience, m.code <> 'US', daterange(s.starts, s.ends)
  FROM demo_season s CROSS JOIN market m
 CROSS JOIN (VALUES (1, 'retail', ''), (2, 'distributor', ', distributors'), (3, 'sales_aid', ', sales aids'))
      AS a(position, audience, suffix)
 WHERE a.audience <> 'distributor' OR m.code = 'CN'
 ORDER BY m.code, a.position, s.starts;

-- What 1.00 in the United Kingdom costs elsewhere, and where prices end: 24.50, $30.99, 221.00 yuan.
-- Half of the goods kept their price in the second autumn edition.
INSERT INTO price (list_id, item_id, amount, cv, pv)
SELECT list_id, item_id, amount, CASE WHEN counts THEN share_half / 10 * 10 ELSE 0 END,
       CASE WHEN counts THEN share_gb / 10 * 10 ELSE 0 END
  FROM (SELECT p.*, pg_temp.share_half_up(CASE market WHEN 'GB' THEN amount * 1000000 / (1000000 + gb_ppm)
                                           WHEN 'CN' THEN amount * 1000000 / (1000000 + 130000)
                                           ELSE amount END, 2, 3) AS share_half,
               pg_temp.share_half_up(base * 1000000 / (1000000 + gb_ppm), 2, 3) AS share_gb
          FROM (SELECT l.id AS list_id, l.market, i.id AS item_id, i.kind NOT IN ('gift', 'sales_aid') AS counts, b.base,
                       CASE i.tax_class WHEN 1 THEN 200000 ELSE 0 END AS gb_ppm,
                       CASE l.market WHEN 'GB' THEN b.base
                            WHEN 'US' THEN (b.base * 125 / 100 + 49) / 50 * 50 - 1
                            ELSE greatest(b.base * 9 * CASE l.audience WHEN 'distributor' THEN 75 ELSE 100 END / 10000, 1)
                                 * 100 END AS amount
                  FROM price_list l
                  JOIN demo_season s ON s.code = l.code
                  JOIN demo_item i ON (i.kind = 'sales_aid') = (l.audience = 'sales_aid')
                 CROSS JOIN LATERAL (SELECT CASE
                       WHEN s.percent = 100 OR s.percent = 99 AND pg_temp.roll(i.id, 9, 2) = 0 THEN i.amount::bigint
                       ELSE (i.amount::bigint * s.percent / 100 + 4) / 5 * 5 END AS base) b
                 -- A few goods are not for every market.
                 WHERE i.kind <> 'product' OR i.range_position <= 2
                    OR pg_temp.roll(i.id, ascii(l.market), 100) >= 2) p) q
 ORDER BY list_id, item_id;
