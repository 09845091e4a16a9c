-- Customers: the active distributors share them unevenly; they live where their distributor lives.
CREATE TEMP TABLE demo_seller ON COMMIT DROP AS
SELECT id, market, joined, row_number() OVER (ORDER BY id) AS place
  FROM demo_distributor WHERE status = 'active' AND id > 3;
ANALYZE demo_seller;
CREATE TEMP TABLE demo_customer ON COMMIT DROP AS
SELECT c.id, d.id AS distributor_id, d.market, d.joined, row_number() OVER (PARTITION BY d.id ORDER BY c.id) AS place,
       count(*) OVER (PARTITION BY d.id) AS places
  FROM (SELECT demo.distributors + g AS id, pg_temp.roll(g, 41, n.sellers) AS place, pg_temp.roll(g, 40, 3) AS skill
          FROM demo, (SELECT count(*) AS sellers FROM demo_seller) n,
               LATERAL generate_series(1, demo.customers::bigint) AS g) c
  JOIN demo_seller d ON d.place = 1 + CASE c.skill WHEN 0 THEN c.place WHEN 1 THEN c.place / 5 * 5
                                                   ELSE c.place / 20 * 20 END;

TRUNCATE demo_person;
INSERT INTO demo_person (id, market, town_key, since) SELECT id, market, distributor_id, joined FROM demo_customer;
ANALYZE demo_person;
SELECT pg_temp.demo_people();
INSERT INTO customer (id, distributor_id, market)
SELECT id, distributor_id, market FROM demo_customer ORDER BY id;
SELECT setval(pg_get_serial_sequence('person', 'id'), max(id)) FROM person;
