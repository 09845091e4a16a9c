-- What is looked up around taking orders: lists of orders, an operator's day, a person's details.

-- An order as lists show it.
CREATE VIEW order_row AS
SELECT o.id, o.number, o.state, o.payment_state, o.type, o.market, o.distributor_id, o.customer_id,
       d.number AS distributor, dp.name AS distributor_name, cp.name AS customer_name, o.total, o.currency,
       o.exponent, o.placed_at, o.business_date, o.placed_by, l.login
  FROM orders o
  JOIN distributor d ON d.id = o.distributor_id
  JOIN person dp ON dp.id = d.id
  LEFT JOIN person cp ON cp.id = o.customer_id
  JOIN login l ON l.id = o.placed_by;
GRANT SELECT ON order_row TO partyline_app;

-- What somebody has taken today is read between any two calls.
CREATE INDEX orders_taker ON orders (placed_by, placed_at DESC);

-- Merge-patch of a person (NULL leaves a field alone, '' clears it) and of the first address (JSON's
-- null takes it away, and those behind it move up). Results: saved, stale, unknown.
CREATE OR REPLACE FUNCTION person_change(a_person bigint, a_version int, a_login bigint, a_request text,
                                         a_email text, a_phone text, a_language text, a_address jsonb,
                                         OUT result text, OUT version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p person%ROWTYPE;
    old_address text;
    new_address text;
    behind int;
BEGIN
    SELECT * INTO p FROM person WHERE id = a_person FOR UPDATE;
    version := p.version;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    ELSIF p.version <> a_version THEN
        result := 'stale';
        RETURN;
    END IF;
    INSERT INTO person_change (person_id, by_login, field, old, new)
        SELECT a_person, a_login, c.field, c.old, c.new
          FROM (VALUES ('email', p.email, a_email), ('phone', p.phone, a_phone),
                       ('language', p.language, a_language)) AS c(field, old, new)
         WHERE c.new IS NOT NULL AND c.new <> c.old;
    IF a_address IS NOT NULL THEN
        SELECT to_jsonb(x)::text INTO old_address FROM address x WHERE person_id = a_person AND position = 1;
    END IF;
    IF jsonb_typeof(a_address) = 'null' THEN
        DELETE FROM address WHERE person_id = a_person AND position = 1;
        FOR behind IN SELECT position FROM address WHERE person_id = a_person ORDER BY position LOOP
            UPDATE address SET position = behind - 1 WHERE person_id = a_person AND position = behind;
        END LOOP;
    ELSIF a_address IS NOT NULL THEN
        INSERT INTO address AS old (person_id, position, name, line1, line2, city, postcode, region, country)
            SELECT a_person, 1, coalesce(a.name, ''), a.line1, coalesce(a.line2, ''), a.city,
                   coalesce(a.postcode, ''), coalesce(a.region, ''), a.country
              FROM jsonb_to_record(a_address) AS a(name text, line1 text, line2 text, city text,
                                                   postcode text, region text, country text)
            ON CONFLICT (person_id, position) DO UPDATE SET name = excluded.name, line1 = excluded.line1,
                line2 = excluded.line2, city = excluded.city, postcode = excluded.postcode,
                region = excluded.region, country = excluded.country;
    END IF;
    IF a_address IS NOT NULL THEN
        SELECT to_jsonb(x)::text INTO new_address FROM address x WHERE person_id = a_person AND position = 1;
        INSERT INTO person_change (person_id, by_login, field, old, new)
            SELECT a_person, a_login, 'address', old_address, new_address
             WHERE old_address IS DISTINCT FROM new_address;
    END IF;
    UPDATE person SET email = coalesce(a_email, email), phone = coalesce(a_phone, phone),
           language = coalesce(a_language, language), version = person.version + 1
     WHERE id = a_person RETURNING person.version INTO person_change.version;
    INSERT INTO audit (login_id, action, object, request)
        VALUES (a_login, 'person.change', 'person ' || a_person, a_request);
    INSERT INTO change_log (kind, ref) VALUES ('person', a_person::text);
    result := 'saved';
END $$;
