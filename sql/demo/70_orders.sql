-- Two years of orders, priced by the lists, discounts, charges and rates of their days.

-- How many had joined in each market by each day.
CREATE TEMP TABLE demo_joined ON COMMIT DROP AS
SELECT m.code AS market, day::date AS day,
       sum(coalesce(j.n, 0)) OVER (PARTITION BY m.code ORDER BY day)::bigint AS people
  FROM demo, market m CROSS JOIN LATERAL generate_series(date '2009-03-02', demo.today, '1 day') AS day
  LEFT JOIN (SELECT market, joined, count(*) AS n FROM demo_distributor GROUP BY market, joined) j
         ON j.market = m.code AND j.joined = day::date;
ANALYZE demo_joined;
ANALYZE demo_distributor;
ANALYZE demo_customer;

-- When and where: more of them lately, between 8 and 20 o'clock.
CREATE TEMP TABLE demo_call ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, g) AS id, market, at AS placed_at, (at AT TIME ZONE zone)::date AS day
  FROM (SELECT g, m.code AS market, m.zone,
               CASE WHEN t.at < demo.anchor THEN t.at ELSE t.at - interval '1 day' END AS at
          FROM demo
         CROSS JOIN LATERAL generate_series(1, demo.orders::bigint) AS g
          JOIN market m ON m.code = CASE WHEN pg_temp.roll(g, 50, 100) < 55 THEN 'GB'
                                         WHEN pg_temp.roll(g, 50, 100) < 83 THEN 'US' ELSE 'CN' END
         CROSS JOIN LATERAL (SELECT (demo.today - 729 + interval '8 hours'
                   + CASE WHEN pg_temp.roll(g, 51, 100) < demo.late_percent
                          THEN 729 - pg_temp.roll(g, 52, demo.late_days)
                          WHEN pg_temp.roll(g, 51, 100) < 40
                          THEN greatest(pg_temp.roll(g, 52, 730), pg_temp.roll(g, 53, 730))
                          ELSE pg_temp.roll(g, 52, 730) END * interval '1 day'
                   + pg_temp.roll(g, 54, 43200) * interval '1 second') AT TIME ZONE m.zone AS at) t) c;

-- Who: somebody who had joined by then; whoever had left or was suspended, her sponsor instead, and
-- the house account when all else fails. Those who recruit well also order well.
CREATE TEMP TABLE demo_buyer ON COMMIT DROP AS
SELECT c.id, c.market, c.placed_at, c.day,
       CASE WHEN d.status <> 'applicant' AND (d.changed IS NULL OR d.changed > c.day) THEN d.id
            WHEN s.status = 'active' THEN s.id ELSE m.house_distributor END AS distributor_id
  FROM (SELECT c.*, pg_temp.roll(c.id, 55, j.people) AS place, pg_temp.roll(c.id, 56, 10) AS skill
          FROM demo_call c JOIN demo_joined j ON j.market = c.market AND j.day = c.day) c
  JOIN demo_distributor d ON d.market = c.market
       AND d.place = 1 + CASE WHEN c.skill < 4 THEN c.place WHEN c.skill < 8 THEN c.place / 6 * 6
                              ELSE c.place / 36 * 36 END
  LEFT JOIN demo_distributor s ON s.id = d.sponsor_id
  JOIN market m ON m.code = c.market;
ANALYZE demo_buyer;

-- What kind of order, from which price list, by which channel.
CREATE TEMP TABLE demo_kind ON COMMIT DROP AS
SELECT b.*, t.type, cu.id AS customer_id, l.id AS list_id, l.tax_included, d.rank, w.channel,
       CASE WHEN w.channel = 'showroom' THEN 'pickup' WHEN t.type = 'customer' THEN 'customer'
            ELSE 'distributor' END AS destination,
       pg_temp.roll(b.id, 60, 100) < CASE t.type WHEN 'personal' THEN 35 WHEN 'customer' THEN 5 ELSE 20 END AS from_balance
  FROM demo_buyer b
  JOIN demo_distributor d ON d.id = b.distributor_id
  LEFT JOIN (SELECT DISTINCT distributor_id, places FROM demo_customer) n ON n.distributor_id = b.distributor_id
 CROSS JOIN LATERAL (SELECT CASE WHEN pg_temp.roll(b.id, 61, 100) >= 95 THEN 'sales_aids'
                                 WHEN pg_temp.roll(b.id, 61, 100) >= 42 AND n.places > 0 THEN 'customer'
                                 ELSE 'personal' END AS type) t
  LEFT JOIN demo_customer cu ON t.type = 'customer' AND cu.distributor_id = b.distributor_id
        AND cu.place = 1 + pg_temp.roll(b.id, 62, n.places)
  JOIN price_list l ON l.market = b.market AND l.valid @> b.day
       AND l.audience = CASE WHEN t.type = 'sales_aids' THEN 'sales_aid'
                             WHEN t.type = 'personal' AND b.market = 'CN' THEN 'distributor' ELSE 'retail' END
 CROSS JOIN LATERAL (SELECT CASE WHEN pg_temp.roll(b.id, 63, 100) < 60 THEN 'call'
                                 WHEN pg_temp.roll(b.id, 63, 100) < 66 AND b.market = 'GB' THEN 'showroom'
                                 WHEN d.status = 'active' THEN 'web' ELSE 'call' END AS channel) w;
ANALYZE demo_kind;

-- How it went on. Times still to come have not happened: they are NULL.
CREATE TEMP TABLE demo_course ON COMMIT DROP AS
SELECT k.id, c.at AS cancelled_at, h.at AS held_at,
       CASE WHEN paid.at <= demo.anchor AND (from_balance OR c.at IS NULL) THEN paid.at END AS paid_at,
       CASE WHEN go AND released.at <= demo.anchor THEN released.at END AS released_at,
       CASE WHEN go AND picked.at <= demo.anchor THEN picked.at END AS picked_at,
       CASE WHEN go AND packed.at <= demo.anchor THEN packed.at END AS packed_at,
       CASE WHEN go AND shipped.at <= demo.anchor THEN shipped.at END AS shipped_at,
       CASE WHEN go AND received.at <= demo.anchor THEN received.at END AS received_at
  FROM demo, demo_kind k
 CROSS JOIN LATERAL (SELECT CASE WHEN pg_temp.roll(id, 64, 1000) < 20 AND placed_at < demo.anchor - interval '1 hour'
       THEN placed_at + (5 + pg_temp.roll(id, 65, 50)) * interval '1 minute' END AS at) c
 -- Of those that could go out today some wait on hold.
 CROSS JOIN LATERAL (SELECT CASE WHEN c.at IS NULL AND pg_temp.roll(id, 66, 10) = 0
                                  AND placed_at BETWEEN demo.anchor - interval '20 hours' AND demo.anchor - interval '1 hour'
       THEN placed_at + interval '30 minutes' END AS at) h
 CROSS JOIN LATERAL (SELECT c.at IS NULL AND h.at IS NULL AS go) g
 CROSS JOIN LATERAL (SELECT CASE WHEN from_balance THEN placed_at
       ELSE placed_at + CASE WHEN pg_temp.roll(id, 67, 100) < 70 THEN 120 + pg_temp.roll(id, 68, 480)
                             ELSE 3600 + pg_temp.roll_low(id, 68, 200000) END * interval '1 second' END AS at) paid
 CROSS JOIN LATERAL (SELECT paid.at + (1800 + pg_temp.roll(id, 69, 36000)) * interval '1 second' AS at) released
 CROSS JOIN LATERAL (SELECT released.at + (1800 + pg_temp.roll(id, 70, 28000)) * interval '1 second' AS at) picked
 CROSS JOIN LATERAL (SELECT picked.at + (600 + pg_temp.roll(id, 71, 3600)) * interval '1 second' AS at) packed
 CROSS JOIN LATERAL (SELECT packed.at + (1800 + pg_temp.roll(id, 72, 20000)) * interval '1 second' AS at) shipped
 CROSS JOIN LATERAL (SELECT shipped.at + (150000 + pg_temp.roll(id, 73, 300000)) * interval '1 second' AS at) received;
ANALYZE demo_course;

-- What can be bought from a list, the best sellers first.
CREATE TEMP TABLE demo_good ON COMMIT DROP AS
SELECT p.list_id, row_number() OVER (PARTITION BY p.list_id ORDER BY i.popularity)::int AS place,
       p.item_id, i.sku, CASE l.market WHEN 'CN' THEN i.zh ELSE i.name END AS name, i.kind, i.tax_class,
       x.max_per_order, p.amount, p.cv, p.pv
  FROM price p
  JOIN price_list l ON l.id = p.list_id
  JOIN demo_item i ON i.id = p.item_id
  JOIN item x ON x.id = p.item_id
 WHERE x.on_sale = '(,)' AND i.kind <> 'gift';
ANALYZE demo_good;

CREATE TEMP TABLE demo_line ON COMMIT DROP AS
WITH wanted AS (
    SELECT o.id, o.list_id, o.type, min(t.n) AS n, 1 + pg_temp.roll_low(o.id * 64 + t.n, 80, goods.n) AS place
      FROM demo_kind o
      JOIN (SELECT list_id, count(*) AS n FROM demo_good GROUP BY list_id) goods ON goods.list_id = o.list_id
     CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.roll_low(o.id, 81, 6)
           + CASE WHEN pg_temp.roll(o.id, 82, 10) = 0 THEN pg_temp.roll(o.id, 83, 8) ELSE 0 END) AS t(n)
     GROUP BY o.id, o.list_id, o.type, place
), placed AS (
    SELECT w.id, (row_number() OVER (PARTITION BY w.id ORDER BY w.n))::int AS line, w.list_id, w.place,
           CASE WHEN w.type = 'sales_aids' THEN 1 + pg_temp.roll_low(w.id * 64 + w.n, 84, 10)
                WHEN dice < 72 THEN 1 WHEN dice < 90 THEN 2 WHEN dice < 96 THEN 3 ELSE dice - 92 END AS qty
      FROM wanted w CROSS JOIN LATERAL (SELECT pg_temp.roll(w.id * 64 + w.n, 85, 100) AS dice) d
)
SELECT p.id, p.line, g.item_id, g.sku, g.name, g.kind, g.tax_class, g.amount AS unit, g.cv, g.pv,
       CASE WHEN g.max_per_order > 0 THEN least(p.qty, g.max_per_order) ELSE p.qty END::bigint AS qty
  FROM placed p JOIN demo_good g ON g.list_id = p.list_id AND g.place = p.place;

CREATE TEMP TABLE demo_address ON COMMIT DROP AS
SELECT a.person_id, a.region, jsonb_build_object('name', p.name, 'line1', a.line1, 'line2', a.line2, 'city', a.city,
           'postcode', a.postcode, 'region', a.region, 'country', a.country) AS ship_to
  FROM address a JOIN person p ON p.id = a.person_id;
ANALYZE demo_address;

-- The region of the tax is where the goods go.
CREATE TEMP TABLE demo_where ON COMMIT DROP AS
SELECT k.id, k.market, k.tax_included, a.ship_to, r.region, coalesce(x.ppm, 0) AS discount_ppm
  FROM demo_kind k
  JOIN demo_address a ON a.person_id = coalesce(k.customer_id, k.distributor_id)
  JOIN market m ON m.code = k.market
 CROSS JOIN LATERAL (SELECT CASE k.market WHEN 'US' THEN a.region ELSE m.default_region END AS region) r
  LEFT JOIN rank_discount x ON x.market = k.market AND x.rank = k.rank AND x.order_type = k.type;
ANALYZE demo_line;
ANALYZE demo_where;

-- Half-up everywhere, as core/order does it.
CREATE TEMP TABLE demo_priced ON COMMIT DROP AS
SELECT l.id, l.line, l.item_id, l.sku, l.name, l.kind, l.qty, l.unit, l.unit * l.qty AS goods, d.discount,
       l.unit * l.qty - d.discount AS amount, t.ppm AS tax_ppm,
       pg_temp.share_half_up(l.unit * l.qty - d.discount, t.ppm,
                             CASE WHEN w.tax_included THEN 1000000 + t.ppm ELSE 1000000 END) AS tax,
       l.cv * l.qty AS cv, l.pv * l.qty AS pv
  FROM demo_line l
  JOIN demo_where w ON w.id = l.id
  JOIN tax_rate t ON t.market = w.market AND t.region = w.region AND t.tax_class = l.tax_class
 CROSS JOIN LATERAL (SELECT pg_temp.share_half_up(l.unit * l.qty, w.discount_ppm, 1000000) AS discount) d;

CREATE TEMP TABLE demo_sum ON COMMIT DROP AS
SELECT id, sum(goods)::bigint AS goods, sum(discount)::bigint AS discount, sum(tax)::bigint AS tax,
       sum(cv)::bigint AS cv, sum(pv)::bigint AS pv
  FROM demo_priced GROUP BY id;
ANALYZE demo_priced;
ANALYZE demo_sum;
ANALYZE login;

CREATE TEMP TABLE demo_order ON COMMIT DROP AS
SELECT k.*, c.cancelled_at, c.held_at, c.paid_at, c.released_at, c.picked_at, c.packed_at, c.shipped_at, c.received_at,
       s.goods, s.discount, s.tax, s.cv, s.pv, w.region, ch.charge AS delivery, dt.tax AS delivery_tax,
       CASE WHEN k.tax_included THEN 0 ELSE s.tax + dt.tax END AS tax_added,
       s.goods - s.discount + ch.charge + CASE WHEN k.tax_included THEN 0 ELSE s.tax + dt.tax END AS total,
       (10000000 + k.id)::text || damm_digit((10000000 + k.id)::text) AS number,
       CASE WHEN c.cancelled_at IS NOT NULL THEN 'cancelled' WHEN c.received_at IS NOT NULL THEN 'received'
            WHEN c.shipped_at IS NOT NULL THEN 'shipped' WHEN c.packed_at IS NOT NULL THEN 'packed'
            WHEN c.picked_at IS NOT NULL THEN 'picked' WHEN c.released_at IS NOT NULL THEN 'released'
            WHEN c.held_at IS NOT NULL THEN 'on_hold' ELSE 'placed' END AS state,
       CASE WHEN c.cancelled_at IS NULL THEN CASE WHEN c.paid_at IS NULL THEN 'due' ELSE 'captured' END
            WHEN k.from_balance THEN 'refunded' ELSE 'void' END AS payment_state,
       CASE WHEN k.channel = 'web' THEN own.id
            WHEN k.channel = 'showroom' THEN (SELECT id FROM login WHERE login = 'S-04')
            WHEN pg_temp.roll(k.id, 90, 3) = 0 THEN (SELECT id FROM login WHERE login = 'CC-08')
            ELSE (SELECT id FROM login WHERE login = 'CC-07') END AS placed_by
  FROM demo_kind k
  JOIN demo_course c ON c.id = k.id
  JOIN demo_where w ON w.id = k.id
  JOIN demo_sum s ON s.id = k.id
  JOIN delivery_charge base ON base.market = k.market AND base.destination = k.destination AND base.min_goods = 0
  LEFT JOIN delivery_charge free ON free.market = k.market AND free.destination = k.destination AND free.min_goods > 0
  JOIN tax_rate t ON t.market = k.market AND t.region = w.region AND t.tax_class = base.tax_class
 CROSS JOIN LATERAL (SELECT CASE WHEN s.goods - s.discount >= free.min_goods THEN free.charge ELSE base.charge END AS charge) ch
 CROSS JOIN LATERAL (SELECT pg_temp.share_half_up(ch.charge, t.ppm, CASE WHEN k.tax_included THEN 1000000 + t.ppm
                                                                        ELSE 1000000 END) AS tax) dt
  LEFT JOIN login own ON own.person_id = k.distributor_id
 WHERE s.goods > 0;
ANALYZE demo_order;

INSERT INTO orders (id, number, key, body_hash, market, type, state, payment_state, channel, distributor_id, customer_id,
        list_id, pricing_date, currency, exponent, tax_included, region, goods, discount, delivery, delivery_tax, tax,
        tax_added, total, cv, pv, destination, ship_to, site_id, fingerprint, placed_at, business_date, month, placed_by)
    OVERRIDING SYSTEM VALUE
SELECT o.id, o.number, '01' || substr(upper(md5('key ' || o.number)), 1, 24), md5('body ' || o.number), o.market, o.type,
       o.state, o.payment_state, o.channel, o.distributor_id, o.customer_id, o.list_id, o.day, m.currency, m.exponent,
       o.tax_included, o.region, o.goods, o.discount, o.delivery, o.delivery_tax, o.tax, o.tax_added, o.total, o.cv, o.pv,
       o.destination, w.ship_to, s.id, md5('fingerprint ' || o.number), o.placed_at, o.day,
       date_trunc('month', o.day)::date, o.placed_by
  FROM demo_order o
  JOIN demo_where w ON w.id = o.id
  JOIN market m ON m.code = o.market
  JOIN site s ON s.market = o.market AND s.ships
 ORDER BY o.id;
SELECT setval(pg_get_serial_sequence('orders', 'id'), max(id)), setval('order_number_seq', max(id)) FROM orders;

-- Distributors are written here, for only now it is known when they were active.
INSERT INTO distributor (id, number, market, status, rank, sponsor_id, joined, last_active)
SELECT d.id, d.number, d.market, d.status, d.rank, d.sponsor_id, d.joined, o.day
  FROM demo_distributor d
  LEFT JOIN (SELECT distributor_id, max(day) AS day FROM demo_order GROUP BY distributor_id) o ON o.distributor_id = d.id
 ORDER BY d.id;
