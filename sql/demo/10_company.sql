-- The demonstration company "Velvet & Vale": deterministic, from a fixed date. All files of this
-- folder run in one transaction, in order. Settings: demo.scale (0: a tiny company for tests, 1: the
-- usual one, N: N times the people and orders), demo.password_hash (the same for every sign-in).
--
-- Nothing is random: what looks so is a hash of a stable key (pg_temp.roll). Working tables are
-- temporary and called demo_*.
SELECT set_config('jit', 'off', true), set_config('work_mem', '192MB', true),
       set_config('maintenance_work_mem', '192MB', true), set_config('client_min_messages', 'warning', true),
       set_config('temp_buffers', '64MB', true),
       -- The planner knows nothing of tables made a moment ago; joining them row by row is never right.
       set_config('enable_nestloop', 'off', true), set_config('default_statistics_target', '20', true);

DO $$ BEGIN
    IF EXISTS (SELECT FROM company) OR EXISTS (SELECT FROM market) OR EXISTS (SELECT FROM person) THEN
        RAISE EXCEPTION 'there is a company in this database already';
    END IF;
END $$;

-- 0 to sides - 1; `salt` tells the throws for one key apart.
CREATE FUNCTION pg_temp.roll(key bigint, salt int, sides bigint) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(key, salt) & 9223372036854775807) % sides)::int $$;
-- The same, small results being likelier: what sells best, what people are called.
CREATE FUNCTION pg_temp.roll_low(key bigint, salt int, sides bigint) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT least(pg_temp.roll(key, salt, sides), pg_temp.roll(key, salt + 1000, sides)) $$;
CREATE FUNCTION pg_temp.share_half_up(amount bigint, part bigint, whole bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT (2 * amount * part + whole) / (2 * whole) $$;
-- Twelve digits and the check digit of EAN-13.
CREATE FUNCTION pg_temp.ean13(digits text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT digits || (1000 - sum(substr(digits, i, 1)::int * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END)) % 10
     FROM generate_series(1, 12) AS i $$;

CREATE TEMP TABLE demo ON COMMIT DROP AS
SELECT scale, timestamptz '2025-11-22 12:00+00' AS anchor, date '2025-11-22' AS today,
       CASE WHEN scale = 0 THEN 148 ELSE 1898 END AS products, -- beside 60 kits and 42 singles
       CASE WHEN scale = 0 THEN 500 ELSE 20000 * scale END AS distributors,
       CASE WHEN scale = 0 THEN 750 ELSE 30000 * scale END AS customers,
       CASE WHEN scale = 0 THEN 600 ELSE 60000 * scale END AS orders,
       -- The season before Christmas: so many per cent of the orders are of the last few days.
       CASE WHEN scale = 0 THEN 10 ELSE 2 END AS late_percent, CASE WHEN scale = 0 THEN 3 ELSE 8 END AS late_days,
       coalesce(nullif(current_setting('demo.password_hash', true), ''), '!') AS password_hash
  FROM (SELECT coalesce(nullif(current_setting('demo.scale', true), ''), '1')::int AS scale) s;

-- Foreign keys and indexes of the big tables are put aside and made again at the end (99_finish.sql),
-- which checks all rows at once instead of one by one.
CREATE TEMP TABLE demo_aside ON COMMIT DROP AS
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname) AS away,
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
           || pg_get_constraintdef(c.oid) AS back, 2 AS step
  FROM pg_constraint c
 WHERE c.contype = 'f' AND c.conrelid = ANY ('{market,person,address,distributor,sponsorship,distributor_status,customer,
           login,movement,orders,order_line,reservation,payment,order_event,journal,transfer,price}'::regclass[])
UNION ALL
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
           || pg_get_constraintdef(c.oid), 1
  FROM pg_constraint c
 WHERE c.contype = 'p' AND c.conrelid = ANY ('{address,movement,order_event,transfer,price}'::regclass[])
    OR c.contype = 'u' AND c.conrelid = ANY ('{journal,orders,login}'::regclass[])
UNION ALL
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), 1
  FROM pg_index i
 WHERE i.indrelid = ANY ('{person,address,distributor,customer,movement,orders,order_line,reservation,payment,
           order_event,journal,transfer}'::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);
DO $$
DECLARE aside record;
BEGIN
    FOR aside IN SELECT away FROM demo_aside LOOP
        EXECUTE aside.away;
    END LOOP;
END $$;

INSERT INTO company (name, demo, default_market, sku_length, distributor_length, order_length,
                     certificate_length, clock_offset)
SELECT 'Velvet & Vale', true, 'GB', 5, 7, 9, 16, anchor - now() FROM demo;

INSERT INTO market (code, name, currency, exponent, zone, language, default_region, rounding,
                    cancel_minutes, return_days) VALUES
    ('GB', 'United Kingdom', 'GBP', 2, 'Europe/London', 'en', 'GB', 'line', 60, 30),
    ('US', 'United States', 'USD', 2, 'America/New_York', 'en', 'NJ', 'line', 60, 30),
    ('CN', '中国', 'CNY', 2, 'Asia/Shanghai', 'zh', 'CN', 'line', 30, 14);

INSERT INTO site (id, code, name, market, ships) VALUES
    (1, 'LEEDS', 'Leeds main', 'GB', true),
    (2, 'NEWARK', 'Newark', 'US', true),
    (3, 'SHANGHAI', '上海', 'CN', true),
    (4, 'HULL', 'Hull showroom', 'GB', false);
-- Where parcels come back to.
UPDATE site SET return_address = jsonb_build_object('name', a.name, 'line1', a.line1, 'line2', '', 'city', a.city,
                                                    'postcode', a.postcode, 'region', a.region, 'country', site.market)
  FROM (VALUES (1, 'Velvet & Vale Returns', '14 Aire Valley Road', 'Leeds', 'LS9 0PS', ''),
               (2, 'Velvet & Vale Returns', '200 Doremus Avenue', 'Newark', '07105', 'NJ'),
               (3, '天鹅绒退货部', '浦东新区张杨路500号', '上海', '200122', '')) AS a(id, name, line1, city, postcode, region)
 WHERE site.id = a.id;

INSERT INTO rank (id, code, name) VALUES
    (1, 'CON', 'Consultant'), (2, 'SEN', 'Senior'), (3, 'TLD', 'Team Leader'), (4, 'MGR', 'Manager'),
    (5, 'SMG', 'Senior Manager'), (6, 'DIR', 'Director'), (7, 'NDR', 'National Director'),
    (8, 'PRE', 'President');

INSERT INTO login (login, kind, name, market, roles, password_hash, created_at)
SELECT s.login, 'staff', s.name, s.market, s.roles, demo.password_hash, s.since
  FROM demo, (VALUES
    ('CC-07', 'MARIA', 'GB', '{operator}'::text[], timestamptz '2021-04-12 08:00+00'),
    ('CC-08', 'DANIEL', NULL, '{operator}', '2023-09-04 08:00+00'),
    ('S-04', 'TOLU', 'GB', '{counter}', '2022-02-01 08:00+00'),
    ('W-12', 'EWA', 'GB', '{warehouse}', '2019-06-17 06:00+00'),
    ('B-02', 'HELEN', NULL, '{office}', '2014-01-06 09:00+00'),
    ('B-03', 'PRIYA', NULL, '{office}', '2020-10-19 09:00+00'),
    ('SV-01', 'GRACE', NULL, '{supervisor,operator}', '2016-05-03 08:00+00')
  ) AS s(login, name, market, roles, since);
