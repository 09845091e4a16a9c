-- Three kits in which the buyer chooses, and what the parts of kits on all those orders cost. They are
-- new: no order has them yet.
CREATE TEMP TABLE demo_choice_kit (number int, digits text, name text, spoken text, zh text, fixed text) ON COMMIT DROP;
INSERT INTO demo_choice_kit VALUES
    (1, '6960', 'Scent and care box, your choice', 'scent and care box', '自选香氛礼盒', 'HANDS'),
    (2, '6963', 'Tea chest, three of your choice', 'tea chest of your choice', '自选茶礼盒', NULL),
    (3, '6966', 'Bathroom set in your colour', 'bathroom set', '自选浴室套装', 'BATH');
CREATE TEMP TABLE demo_choice_slot (number int, slot int, choose int, grp text, most int, name text, zh text) ON COMMIT DROP;
INSERT INTO demo_choice_slot VALUES
    (1, 1, 1, 'PERFUME', 4, 'Scent', '香型'),
    (1, 2, 1, 'LOTIONS', 3, 'Body lotion', '身体乳'),
    (2, 1, 3, 'TEAS', 6, 'Teas', '茶'),
    (3, 1, 1, 'TOWELS', 5, 'Towel', '毛巾'),
    (3, 2, 1, 'CANDLES', 3, 'Candle', '蜡烛');

-- The best sellers of each group that everybody may buy, at any time and as many as they like.
CREATE TEMP TABLE demo_choice ON COMMIT DROP AS
SELECT d.grp, d.id, row_number() OVER (PARTITION BY d.grp ORDER BY d.popularity, d.id) AS place
  FROM demo_item d JOIN item i ON i.id = d.id
 WHERE d.kind = 'product' AND i.max_per_order = 0 AND i.age_limit = 0 AND i.on_sale = '(,)' AND d.range_position <= 2;

INSERT INTO item (sku, kind, group_id, tax_class, weight_g)
SELECT k.digits || damm_digit(k.digits), 'kit', 57, 1, 900 FROM demo_choice_kit k ORDER BY k.number;
CREATE TEMP TABLE demo_choice_id ON COMMIT DROP AS
SELECT k.number, i.id FROM demo_choice_kit k JOIN item i ON i.sku = k.digits || damm_digit(k.digits);
INSERT INTO item_name (item_id, language, name, spoken)
SELECT i.id, 'en', k.name, k.spoken FROM demo_choice_kit k JOIN demo_choice_id i USING (number)
UNION ALL
SELECT i.id, 'zh', k.zh, k.zh FROM demo_choice_kit k JOIN demo_choice_id i USING (number);
INSERT INTO kit_component (kit_id, item_id, qty)
SELECT i.id, c.id, 1 FROM demo_choice_kit k JOIN demo_choice_id i USING (number) JOIN demo_choice c ON c.grp = k.fixed AND c.place = 1;
INSERT INTO kit_slot (kit_id, slot, choose)
SELECT i.id, s.slot, s.choose FROM demo_choice_slot s JOIN demo_choice_id i USING (number);
INSERT INTO kit_slot_name (kit_id, slot, language, name)
SELECT i.id, s.slot, n.language, n.name FROM demo_choice_slot s JOIN demo_choice_id i USING (number)
 CROSS JOIN LATERAL (VALUES ('en', s.name), ('zh', s.zh)) AS n(language, name);
INSERT INTO kit_option (kit_id, slot, position, item_id, qty)
SELECT i.id, s.slot, c.place, c.id, 1
  FROM demo_choice_slot s JOIN demo_choice_id i USING (number) JOIN demo_choice c ON c.grp = s.grp AND c.place <= s.most;

-- A kit costs 85 per cent of what its parts cost one by one.
INSERT INTO price (list_id, item_id, amount, cv, pv)
SELECT t.list_id, t.kit_id, t.amount * 85 / 100 / 50 * 50, t.cv * 85 / 1000 * 10, t.pv * 85 / 1000 * 10
  FROM (SELECT u.list_id, u.kit_id, sum(u.amount * u.qty)::bigint AS amount, sum(u.cv * u.qty)::bigint AS cv,
               sum(u.pv * u.qty)::bigint AS pv
          FROM (SELECT p.list_id, c.kit_id, p.amount, p.cv, p.pv, c.qty
                  FROM kit_component c JOIN demo_choice_id i ON i.id = c.kit_id JOIN price p ON p.item_id = c.item_id
                UNION ALL
                SELECT p.list_id, s.kit_id, avg(p.amount)::bigint, avg(p.cv)::bigint, avg(p.pv)::bigint, s.choose
                  FROM kit_slot s
                  JOIN kit_option o ON o.kit_id = s.kit_id AND o.slot = s.slot
                  JOIN price p ON p.item_id = o.item_id
                 GROUP BY p.list_id, s.kit_id, s.slot, s.choose) u
         GROUP BY u.list_id, u.kit_id) t;

SELECT order_components_fill();
