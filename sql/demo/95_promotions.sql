-- Promotions, from the *.promo files beside this one: XX.CODE.promo is market XX's. Before a comment
-- that is an item's name stands its number in the usual company; a smaller one has others.
INSERT INTO person_group (id, code, name) VALUES (1, 'VIP', 'Friends of the house'), (2, 'STAFF', 'Our own people');
SELECT setval(pg_get_serial_sequence('person_group', 'id'), 2);
INSERT INTO person_group_member (group_id, person_id)
SELECT 1, id FROM customer WHERE pg_temp.roll(id, 130, 100) < 3 ORDER BY id;

CREATE TEMP TABLE demo_promo ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY f.nr) AS id, f.market, substring(f.text FROM '(?:^|\n)promotion (\S+)') AS code, f.text
  FROM (SELECT p.nr, left(p.part, 2) AS market,
               string_agg(CASE WHEN i.sku IS NULL THEN l.line ELSE regexp_replace(l.line, '[0-9]+( +# )', i.sku || '\1') END,
                          E'\n' ORDER BY l.nr) AS text
          FROM regexp_split_to_table(current_setting('demo.promotions'), '\x1e') WITH ORDINALITY AS p(part, nr)
         CROSS JOIN regexp_split_to_table(substr(p.part, 4), '\n') WITH ORDINALITY AS l(line, nr)
          LEFT JOIN demo_item i ON i.name = substring(l.line FROM '[0-9] +# (.*)$')
         WHERE p.part <> ''
         GROUP BY p.nr, p.part) f;

INSERT INTO promotion (id, code, market, state, changed_at, changed_by)
SELECT p.id, p.code, p.market, 'published', demo.anchor - interval '90 days', l.id
  FROM demo, demo_promo p JOIN login l ON l.login = 'B-02' ORDER BY p.id;
SELECT setval(pg_get_serial_sequence('promotion', 'id'), max(id)) FROM promotion;
INSERT INTO promotion_version (promotion_id, version, text, valid, limit_uses, limit_person, limit_budget, published_at, published_by)
SELECT p.id, 1, p.text,
       daterange(substring(p.text FROM '\n +from ([0-9-]+)')::date, substring(p.text FROM '\n +from [0-9-]+ to ([0-9-]+)')::date, '[]'),
       coalesce(substring(p.text FROM '\n +limit ([0-9]+) orders')::bigint, 0),
       coalesce(substring(p.text FROM '\n +limit ([0-9]+) per customer')::bigint, 0),
       coalesce(replace(substring(p.text FROM '\n +limit budget ([0-9.]+)'), '.', '')::bigint, 0),
       demo.anchor - interval '90 days', l.id
  FROM demo, demo_promo p JOIN login l ON l.login = 'B-02' ORDER BY p.id;

INSERT INTO coupon (code, promotion_id, limit_uses, made_at, made_by)
SELECT c.code, p.id, c.uses, demo.anchor - interval '90 days', l.id
  FROM demo
 CROSS JOIN (VALUES ('WELCOME10', 'WELCOME', 0), ('POSTFREE', 'POST-FREE', 0), ('BIGTEN', 'BIG-TEN', 0), ('ONLY-ONE', 'BIG-TEN', 1))
       AS c(code, promotion, uses)
  JOIN demo_promo p ON p.code = c.promotion
  JOIN login l ON l.login = 'B-02';
