-- Gift certificates: one of 25.00, one of any value, and some that were sold a while ago.
-- Their numbers are the first two from 7901 on that are free.
INSERT INTO item (sku, kind, group_id, tax_class, max_per_order)
SELECT s.sku, 'certificate', 58, 2, 50
  FROM (SELECT n || damm_digit(n::text)::text AS sku FROM generate_series(7901, 9999) AS n) s
 WHERE NOT EXISTS (SELECT FROM item i WHERE i.sku = s.sku) ORDER BY s.sku LIMIT 2;
CREATE TEMP TABLE demo_certificate_item ON COMMIT DROP AS
SELECT id, sku, row_number() OVER (ORDER BY sku) = 2 AS any_value FROM item WHERE kind = 'certificate';
INSERT INTO item_name (item_id, language, name, spoken)
SELECT i.id, n.language, n.name, n.name
  FROM demo_certificate_item i
  JOIN (VALUES (false, 'en', 'Gift certificate'), (false, 'de', 'Geschenkgutschein'), (false, 'zh', '礼品券'),
               (true, 'en', 'Gift certificate, any value'), (true, 'de', 'Geschenkgutschein, freier Wert'),
               (true, 'zh', '礼品券（任意金额）')) AS n(any_value, language, name) ON n.any_value = i.any_value;
INSERT INTO item_value (item_id, market, least, most)
SELECT i.id, m.code, CASE m.code WHEN 'CN' THEN 5000 ELSE 500 END, CASE m.code WHEN 'CN' THEN 500000 ELSE 50000 END
  FROM demo_certificate_item i CROSS JOIN market m WHERE i.any_value;
INSERT INTO price (list_id, item_id, amount)
SELECT l.id, i.id, CASE l.market WHEN 'CN' THEN 20000 ELSE 2500 END
  FROM price_list l CROSS JOIN demo_certificate_item i WHERE l.audience IN ('retail', 'distributor');

-- Six customers in Britain have bought one each, ten weeks ago and later, and paid by transfer.
CREATE TEMP TABLE demo_sale ON COMMIT DROP AS
SELECT c.n, c.customer_id, c.distributor_id, order_number_next() AS number, a.value, s.id AS item_id, s.sku,
       (business_date('GB') - 70 + 9 * c.n::int) AS day, a.digits || damm_digit(a.digits) AS certificate
  FROM (SELECT row_number() OVER (ORDER BY c.id DESC) AS n, c.id AS customer_id, c.distributor_id
          FROM customer c JOIN distributor d ON d.id = c.distributor_id AND d.market = 'GB' AND d.status = 'active'
                     JOIN person p ON p.id = c.id AND p.email <> ''
         WHERE EXISTS (SELECT FROM address x WHERE x.person_id = c.id)
         ORDER BY c.id DESC LIMIT 6) c
  JOIN (VALUES (1, 10000, '784110274419283'), (2, 2500, '110393847561029'), (3, 5000, '902748163529041'), (4, 2500, '839201746538201'),
               (5, 7500, '119284756301928'), (6, 2500, '764509182736455')) AS a(n, value, digits) ON a.n = c.n
  JOIN demo_certificate_item s ON s.any_value = (a.value <> 2500);
INSERT INTO orders (number, key, body_hash, market, type, state, payment_state, channel, distributor_id, customer_id,
        list_id, pricing_date, currency, exponent, tax_included, region, goods, discount, delivery, delivery_tax, tax,
        tax_added, total, cv, pv, destination, ship_to, site_id, fingerprint, placed_at, business_date, month, placed_by)
SELECT s.number, '01' || substr(upper(md5('key ' || s.number)), 1, 24), md5('body ' || s.number), 'GB', 'customer', 'received', 'due',
       'call', s.distributor_id, s.customer_id, l.id, s.day, 'GBP', 2, l.tax_included, 'GB', s.value, 0, 0, 0, 0, 0, s.value, 0, 0,
       'customer', (SELECT jsonb_build_object('name', p.name, 'line1', a.line1, 'line2', a.line2, 'city', a.city,
                           'postcode', a.postcode, 'region', a.region, 'country', a.country)
                      FROM address a JOIN person p ON p.id = a.person_id WHERE a.person_id = s.customer_id ORDER BY a.position LIMIT 1),
       (SELECT id FROM site WHERE market = 'GB' AND ships), md5('fingerprint ' || s.number),
       (s.day + time '11:30') AT TIME ZONE 'Europe/London', s.day, date_trunc('month', s.day)::date,
       (SELECT id FROM login WHERE login = 'CC-08')
  FROM demo_sale s JOIN price_list l ON l.market = 'GB' AND l.audience = 'retail' AND l.valid @> s.day
 ORDER BY s.n;
INSERT INTO order_line (order_id, line, client_id, item_id, sku, name, qty, unit, goods, discount, amount, tax, tax_ppm, cv, pv, state)
SELECT o.id, 1, 'l1', s.item_id, s.sku, n.name, 1, s.value, s.value, 0, s.value, 0, 0, 0, 0, 'shipped'
  FROM demo_sale s JOIN orders o ON o.number = s.number JOIN item_name n ON n.item_id = s.item_id AND n.language = 'en'
 ORDER BY o.id;
INSERT INTO order_event (order_id, at, machine, ref, from_state, to_state, by_login)
SELECT o.id, o.placed_at + e.step * interval '20 minutes', e.machine, CASE e.machine WHEN 'line' THEN 1 ELSE 0 END,
       e.from_state, e.to_state, o.placed_by
  FROM demo_sale s JOIN orders o ON o.number = s.number
 CROSS JOIN (VALUES (0, 'order', '', 'placed'), (1, 'order', 'placed', 'released'), (2, 'order', 'released', 'picked'),
                    (3, 'order', 'picked', 'packed'), (4, 'order', 'packed', 'shipped'), (5, 'line', 'reserved', 'shipped'),
                    (6, 'order', 'shipped', 'received')) AS e(step, machine, from_state, to_state)
 ORDER BY o.id, e.step;
SELECT order_book(o.id, 'order', o.number, o.placed_at, o.placed_by, NULL, 0) FROM demo_sale s JOIN orders o ON o.number = s.number ORDER BY o.id;
INSERT INTO payment (order_id, kind, amount, state, login_id, at)
SELECT o.id, 'later', o.total, 'due', o.placed_by, o.placed_at FROM demo_sale s JOIN orders o ON o.number = s.number ORDER BY o.id;
SELECT order_tenders(o, o.total, '{transfer}', ARRAY[o.total], ARRAY['BACS'], o.placed_by)
  FROM demo_sale s JOIN orders o ON o.number = s.number ORDER BY o.id;

-- Always the same numbers, so that examples can be written down; they were told of theirs long ago.
UPDATE certificate c SET number = s.certificate, issued_at = o.placed_at + interval '1 hour'
  FROM demo_sale s JOIN orders o ON o.number = s.number WHERE c.order_id = o.id;
UPDATE outbox SET sent_at = at WHERE kind = 'certificate.issued';
