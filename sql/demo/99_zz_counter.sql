-- Tills: two in each showroom, and at the sites that ship, which sell over the counter as well. Who buys without saying
-- who it is, is the walk-in of the market, a customer of the house account.
CREATE TEMP TABLE demo_walk_in ON COMMIT DROP AS
SELECT m.code AS market, w.name, m.language, nextval(pg_get_serial_sequence('person', 'id')) AS id,
       (SELECT min(d.id) FROM distributor d WHERE d.market = m.code) AS house
  FROM market m JOIN (VALUES ('GB', 'Walk-in customer'), ('US', 'Walk-in customer'), ('CN', '散客')) AS w(market, name) ON w.market = m.code
 ORDER BY m.code;
INSERT INTO person (id, family_name, name, language) OVERRIDING SYSTEM VALUE
    SELECT id, name, name, language FROM demo_walk_in ORDER BY id;
INSERT INTO customer (id, distributor_id, market) SELECT id, house, market FROM demo_walk_in ORDER BY id;

INSERT INTO till (code, name, site_id, walk_in_id)
SELECT t.code, t.name, s.id, w.id
  FROM (VALUES ('LEEDS-1', 'Showroom Leeds, till 1', 'LEEDS'), ('LEEDS-2', 'Showroom Leeds, till 2', 'LEEDS'),
               ('HULL-1', 'Showroom Hull, till 1', 'HULL'), ('HULL-2', 'Showroom Hull, till 2', 'HULL'),
               ('NEWARK-1', 'Newark counter, till 1', 'NEWARK'), ('NEWARK-2', 'Newark counter, till 2', 'NEWARK'),
               ('SHANGHAI-1', '上海展厅 1号收银台', 'SHANGHAI'), ('SHANGHAI-2', '上海展厅 2号收银台', 'SHANGHAI')) AS t(code, name, site)
  JOIN site s ON s.code = t.site
  JOIN demo_walk_in w ON w.market = s.market
 ORDER BY t.code;
