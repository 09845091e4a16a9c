-- Distributors, 1 to N by the day they joined, and the tree of who sponsored whom.

-- The company is of 2009; 45 % joined within the last two years. 1 to 3 are the house accounts.
CREATE TEMP TABLE demo_distributor ON COMMIT DROP AS
SELECT id, market, joined, row_number() OVER (PARTITION BY market ORDER BY id) AS place
  FROM (SELECT g::bigint AS id,
               CASE WHEN g <= 3 THEN (ARRAY['GB', 'US', 'CN'])[g]
                    WHEN pg_temp.roll(g, 30, 100) < 50 THEN 'GB'
                    WHEN pg_temp.roll(g, 30, 100) < 80 THEN 'US' ELSE 'CN' END AS market,
               CASE WHEN g * 100 < 55 * distributors
                    THEN date '2009-03-02' + (g::bigint * 100 * (today - 730 - date '2009-03-02') / (55 * distributors))::int
                    ELSE today - 730 + ((g * 100 - 55 * distributors) * 730 / (45 * distributors))::int END AS joined
          FROM demo, generate_series(1, distributors::bigint) AS g) d;

-- The sponsor at joining: somebody who joined earlier, now and then rather lately. Some are better at
-- it than others: two throws of three fall on every 6th, 36th or 216th place.
ALTER TABLE demo_distributor ADD COLUMN first_sponsor bigint, ADD COLUMN parent_place bigint;
UPDATE demo_distributor d
   SET parent_place = 1 + CASE WHEN s.skill < 35 THEN s.place WHEN s.skill < 70 THEN s.place / 6 * 6
                               WHEN s.skill < 92 THEN s.place / 36 * 36 ELSE s.place / 216 * 216 END
  FROM (SELECT id, pg_temp.roll(id, 31, 100) AS skill,
               CASE WHEN pg_temp.roll(id, 32, 100) < 20 THEN pg_temp.roll(id, 33, place - 1)
                    ELSE greatest(pg_temp.roll(id, 33, place - 1), pg_temp.roll(id, 34, place - 1)) END AS place
          FROM demo_distributor WHERE place > 1) s
 WHERE s.id = d.id;
UPDATE demo_distributor d SET first_sponsor = s.id
  FROM demo_distributor s WHERE s.market = d.market AND s.place = d.parent_place;
CREATE INDEX ON demo_distributor (first_sponsor);
CREATE UNIQUE INDEX ON demo_distributor (id);
ANALYZE demo_distributor;

-- One in ten has left, within the last two years; newcomers may still be applicants.
ALTER TABLE demo_distributor ADD COLUMN status text, ADD COLUMN changed date;
UPDATE demo_distributor d
   SET status = CASE WHEN s.left_on IS NOT NULL THEN 'terminated' WHEN s.stopped_on IS NOT NULL THEN 'suspended'
                     WHEN s.applies THEN 'applicant' ELSE 'active' END,
       changed = coalesce(s.left_on, s.stopped_on)
  FROM (SELECT id, CASE WHEN id > 40 AND fate < 120 AND joined < today - 60
                        THEN since + pg_temp.roll(id, 36, today - 5 - since) END AS left_on,
               CASE WHEN id > 40 AND fate BETWEEN 120 AND 149 AND joined < today - 90
                    THEN today - 80 + pg_temp.roll(id, 36, 75) END AS stopped_on,
               joined > today - 21 AND fate > 600
                   AND NOT EXISTS (SELECT FROM demo_distributor c WHERE c.first_sponsor = x.id) AS applies
          FROM (SELECT d.id, d.joined, demo.today, greatest(d.joined + 30, demo.today - 728) AS since,
                       pg_temp.roll(d.id, 35, 1000) AS fate
                  FROM demo_distributor d, demo) x) s
 WHERE s.id = d.id;

-- Who sponsored whom when: somebody whose sponsor leaves rolls up to the sponsor's sponsor.
CREATE TEMP TABLE demo_sponsorship ON COMMIT DROP AS
WITH RECURSIVE link AS (
    SELECT d.id, s.id AS sponsor_id, s.first_sponsor AS next_sponsor, d.joined AS starts,
           CASE s.status WHEN 'terminated' THEN s.changed END AS ends
      FROM demo_distributor d JOIN demo_distributor s ON s.id = d.first_sponsor
    UNION ALL
    SELECT l.id, s.id, s.first_sponsor, greatest(l.starts, l.ends),
           CASE s.status WHEN 'terminated' THEN s.changed END
      FROM link l JOIN demo_distributor s ON s.id = l.next_sponsor
     WHERE l.ends IS NOT NULL
)
SELECT id, sponsor_id, starts, ends FROM link WHERE ends IS NULL OR ends > starts;

ALTER TABLE demo_distributor ADD COLUMN sponsor_id bigint, ADD COLUMN downline int DEFAULT 0, ADD COLUMN depth int,
    ADD COLUMN rank int, ADD COLUMN number text;
UPDATE demo_distributor d SET sponsor_id = s.sponsor_id FROM demo_sponsorship s WHERE s.id = d.id AND s.ends IS NULL;

-- Everybody's uplines, for the size of the downlines.
CREATE TEMP TABLE demo_upline ON COMMIT DROP AS
WITH RECURSIVE up AS (
    SELECT id, sponsor_id AS ancestor, 1 AS levels FROM demo_distributor WHERE sponsor_id IS NOT NULL
    UNION ALL
    SELECT u.id, d.sponsor_id, u.levels + 1 FROM up u JOIN demo_distributor d ON d.id = u.ancestor
     WHERE d.sponsor_id IS NOT NULL
)
SELECT * FROM up;
UPDATE demo_distributor d SET downline = s.n
  FROM (SELECT ancestor, count(*) AS n FROM demo_upline GROUP BY ancestor) s WHERE s.ancestor = d.id;
UPDATE demo_distributor d SET depth = s.levels
  FROM (SELECT id, max(levels) AS levels FROM demo_upline GROUP BY id) s WHERE s.id = d.id;
UPDATE demo_distributor
   SET rank = CASE WHEN status = 'applicant' THEN 1 WHEN downline < 4 THEN 1 WHEN downline < 15 THEN 2
                   WHEN downline < 60 THEN 3 WHEN downline < 500 THEN 4 WHEN downline < 1200 THEN 5
                   WHEN downline < 2500 THEN 6 WHEN downline < 5000 THEN 7 ELSE 8 END,
       number = (100000 + id)::text || damm_digit((100000 + id)::text);

-- The manager of the examples: a British one with about four hundred people (in a tiny company the
-- best that there is) and a few sponsored personally.
CREATE TEMP TABLE demo_manager ON COMMIT DROP AS
SELECT d.id
  FROM demo, demo_distributor d
  LEFT JOIN (SELECT sponsor_id, count(*) AS n FROM demo_distributor WHERE status = 'active' GROUP BY sponsor_id) f
         ON f.sponsor_id = d.id
 WHERE d.market = 'GB' AND d.status = 'active' AND d.id > 3
 ORDER BY coalesce(f.n, 0) < 5, abs(d.downline - least(412, demo.distributors / 8)), d.id LIMIT 1;
UPDATE demo_distributor SET rank = 4 WHERE id IN (SELECT id FROM demo_manager);

INSERT INTO demo_person (id, market, town_key, since) SELECT id, market, id, joined FROM demo_distributor;
UPDATE demo_person p SET given = h.given, family = h.family
  FROM (SELECT id, 'Sarah' AS given, 'JONES' AS family FROM demo_manager
        UNION ALL
        SELECT f.id, (ARRAY['Ngozi', 'Tolu', 'Ewa', '美玲'])[f.place], (ARRAY['OKAFOR', 'ADEYEMI', 'KOWALSKA', '陳'])[f.place]
          FROM (SELECT d.id, row_number() OVER (ORDER BY d.downline DESC, d.id) AS place
                  FROM demo_distributor d JOIN demo_manager m ON d.sponsor_id = m.id WHERE d.status = 'active') f
         WHERE f.place <= 4) h
 WHERE h.id = p.id;
ANALYZE demo_person;
SELECT pg_temp.demo_people();
UPDATE person p SET phone = '07700 900123', email = 'sarah.jones@example.com' FROM demo_manager m WHERE m.id = p.id;
UPDATE address a SET line1 = '14 Mill Lane', line2 = '', city = 'Leeds', postcode = 'LS6 2QT'
  FROM demo_manager m WHERE m.id = a.person_id;
UPDATE person SET given_name = '', family_name = '', name = 'VELVET & VALE (house account)', email = 'house@example.com'
 WHERE id <= 2;
UPDATE person SET given_name = '', family_name = '', name = '丝绒谷（公司账户）', email = 'house@example.com' WHERE id = 3;

UPDATE market m SET house_distributor = d.id FROM demo_distributor d WHERE d.id <= 3 AND d.market = m.code;

INSERT INTO sponsorship (distributor_id, sponsor_id, valid, reason, by_login)
SELECT s.id, s.sponsor_id, daterange(s.starts, s.ends),
       CASE WHEN s.starts = d.joined THEN 'joined' ELSE 'roll-up' END,
       CASE WHEN s.starts > d.joined THEN (SELECT id FROM login WHERE login = 'B-02') END
  FROM demo_sponsorship s JOIN demo_distributor d ON d.id = s.id
 ORDER BY s.id, s.starts;

-- Consultant at first, the present rank from halfway on, then what the last change made of it.
INSERT INTO distributor_status (distributor_id, status, rank, valid, reason, by_login)
SELECT h.id, h.status, h.rank, daterange(h.starts, h.ends), h.reason, CASE WHEN h.reason <> 'joined' THEN office.id END
  FROM (SELECT id FROM login WHERE login = 'B-02') office,
  (SELECT d.id, CASE d.status WHEN 'applicant' THEN d.status ELSE 'active' END AS status, 1 AS rank, d.joined AS starts,
          coalesce(m.promoted, d.changed) AS ends, 'joined' AS reason
     FROM demo_distributor d CROSS JOIN LATERAL (SELECT CASE WHEN d.rank > 1
          THEN d.joined + (coalesce(d.changed, (SELECT today FROM demo)) - d.joined) / 2 END AS promoted) m
   UNION ALL
   SELECT d.id, 'active', d.rank, d.joined + (coalesce(d.changed, today) - d.joined) / 2, d.changed, 'promoted'
     FROM demo_distributor d, demo WHERE d.rank > 1
   UNION ALL
   SELECT d.id, d.status, d.rank, d.changed, NULL,
          CASE WHEN d.status = 'suspended' THEN (ARRAY['unpaid orders', 'complaint', 'own request'])[1 + pg_temp.roll(d.id, 37, 3)]
               ELSE (ARRAY['inactive for a year', 'own request', 'moved abroad', 'breach of terms'])
                    [1 + pg_temp.roll_low(d.id, 37, 4)] END
     FROM demo_distributor d WHERE d.changed IS NOT NULL) h
 WHERE h.ends IS NULL OR h.starts < h.ends
 ORDER BY h.id, h.starts;

INSERT INTO login (login, kind, person_id, name, market, roles, password_hash, created_at)
SELECT d.number, 'distributor', d.id, p.name, d.market, '{distributor}', demo.password_hash, d.joined
  FROM demo, demo_distributor d JOIN person p ON p.id = d.id
 WHERE d.status = 'active' ORDER BY d.id;
