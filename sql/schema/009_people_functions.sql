-- Changing people: every field that changes is kept with its date and author.

-- A new customer with one address. Results: created, again (same key, same body), reused, unknown
-- (no such distributor).
CREATE FUNCTION customer_create(a_key text, a_hash text, a_login bigint, a_request text,
                                a_distributor text, a_given text, a_family text, a_name text, a_email text,
                                a_phone text, a_language text, a_address jsonb,
                                OUT result text, OUT customer bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old idempotency%ROWTYPE;
    d distributor%ROWTYPE;
BEGIN
    -- Two at once with one key: the second waits here, then finds what the first has done.
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT * INTO old FROM idempotency WHERE key = a_key;
    IF FOUND THEN
        result := CASE WHEN old.hash = a_hash AND old.login_id = a_login THEN 'again' ELSE 'reused' END;
        customer := CASE WHEN result = 'again' THEN (old.result ->> 'customer')::bigint END;
        RETURN;
    END IF;
    SELECT * INTO d FROM distributor WHERE number = a_distributor;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    END IF;
    INSERT INTO person (given_name, family_name, name, email, phone, language)
        VALUES (a_given, a_family, a_name, a_email, a_phone, a_language) RETURNING id INTO customer;
    INSERT INTO customer (id, distributor_id, market) VALUES (customer, d.id, d.market);
    INSERT INTO address (person_id, position, name, line1, line2, city, postcode, region, country)
        SELECT customer, 1, coalesce(a.name, ''), a.line1, coalesce(a.line2, ''), a.city,
               coalesce(a.postcode, ''), coalesce(a.region, ''), a.country
          FROM jsonb_to_record(a_address) AS a(name text, line1 text, line2 text, city text,
                                               postcode text, region text, country text)
         WHERE a_address IS NOT NULL;
    INSERT INTO idempotency (key, login_id, hash, result)
        VALUES (a_key, a_login, a_hash, jsonb_build_object('customer', customer));
    INSERT INTO audit (login_id, action, object, request)
        VALUES (a_login, 'customer.create', 'customer ' || customer, a_request);
    INSERT INTO change_log (kind, ref) VALUES ('person', customer::text);
    result := 'created';
END $$;

-- Merge-patch of a person (NULL leaves a field alone) and of the first address. Results: saved,
-- stale, unknown.
CREATE FUNCTION person_change(a_person bigint, a_version int, a_login bigint, a_request text,
                              a_email text, a_phone text, a_language text, a_address jsonb,
                              OUT result text, OUT version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p person%ROWTYPE;
    old_address text;
    new_address text;
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
        INSERT INTO address AS old (person_id, position, name, line1, line2, city, postcode, region, country)
            SELECT a_person, 1, coalesce(a.name, ''), a.line1, coalesce(a.line2, ''), a.city,
                   coalesce(a.postcode, ''), coalesce(a.region, ''), a.country
              FROM jsonb_to_record(a_address) AS a(name text, line1 text, line2 text, city text,
                                                   postcode text, region text, country text)
            ON CONFLICT (person_id, position) DO UPDATE SET name = excluded.name, line1 = excluded.line1,
                line2 = excluded.line2, city = excluded.city, postcode = excluded.postcode,
                region = excluded.region, country = excluded.country;
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
