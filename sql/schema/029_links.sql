-- Pay links that can be typed, shown as a picture and sent by letter: each has a short code, behind which
-- our own page says what is paid and leads on to the provider's.

-- ---- codes -------------------------------------------------------------------------------------------
-- Twelve of 31 letters and digits that nobody takes for others: 59 bits of the system's randomness.
CREATE FUNCTION link_code_next() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    -- Of a random UUID the first and the last twelve hexadecimal digits are random.
    v_hex text := replace(gen_random_uuid()::text, '-', '');
    v_left bigint := ('x' || left(v_hex, 12) || right(v_hex, 3))::bit(60)::bigint;
    v_code text := '';
BEGIN
    FOR i IN 1 .. 12 LOOP
        v_code := v_code || substr('23456789ABCDEFGHJKMNPQRSTUVWXYZ', (v_left % 31)::int + 1, 1);
        v_left := v_left / 31;
    END LOOP;
    RETURN v_code;
END $$;
ALTER TABLE payment ADD code text UNIQUE CHECK (code ~ '^[2-9A-HJKMNP-Z]{12}$');
UPDATE payment SET code = link_code_next() WHERE kind = 'link';
ALTER TABLE payment ADD CONSTRAINT payment_link_code CHECK ((kind = 'link') = (code IS NOT NULL));

CREATE FUNCTION payment_link_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.code := link_code_next();
    RETURN NEW;
END $$;
CREATE TRIGGER payment_link_begins BEFORE INSERT ON payment FOR EACH ROW WHEN (NEW.kind = 'link')
    EXECUTE FUNCTION payment_link_begins();

-- ---- letters -----------------------------------------------------------------------------------------
CREATE INDEX outbox_link ON outbox (ref, id) WHERE kind = 'link.pay';

-- The link goes to whoever buys, if there is an address to send it to.
CREATE FUNCTION link_write(p payment) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox (person_id, market, kind, ref, at)
        SELECT b.id, o.market, 'link.pay', p.id::text, company_now()
          FROM orders o JOIN person b ON b.id = coalesce(o.customer_id, o.distributor_id)
         WHERE o.id = p.order_id AND b.email <> '';
$$;
CREATE FUNCTION payment_link_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM link_write(NEW);
    RETURN NULL;
END $$;
CREATE TRIGGER payment_link_written AFTER INSERT ON payment FOR EACH ROW WHEN (NEW.kind = 'link')
    EXECUTE FUNCTION payment_link_written();

-- What became of a link's last letter (outbox_state); 'no_address' where nobody can be written to; NULL: it
-- is no link.
CREATE FUNCTION link_letter(p payment) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.kind = 'link' THEN
           coalesce((SELECT outbox_state(x) FROM outbox x WHERE x.kind = 'link.pay' AND x.ref = p.id::text ORDER BY x.id DESC LIMIT 1),
                    (SELECT CASE b.email WHEN '' THEN 'no_address' ELSE 'none' END
                       FROM orders o JOIN person b ON b.id = coalesce(o.customer_id, o.distributor_id) WHERE o.id = p.order_id)) END
$$;

-- As 022 has it, with links: one that is not open any more is not sent.
CREATE OR REPLACE FUNCTION outbox_facts(x outbox) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    m market%ROWTYPE;
    v_facts jsonb;
BEGIN
    SELECT * INTO m FROM market WHERE code = x.market;
    v_facts := jsonb_strip_nulls(jsonb_build_object('ref', x.ref, 'due', x.detail ->> 'due', 'order', x.detail ->> 'order',
        'deadline', x.detail ->> 'deadline', 'total', money_say((x.detail ->> 'total')::bigint, m), 'was', money_say((x.detail ->> 'was')::bigint, m),
        'items', (SELECT string_agg(format('  %s x %s', i ->> 'qty', i ->> 'sku'), E'\n') FROM jsonb_array_elements(
                   CASE jsonb_typeof(x.detail -> 'out') WHEN 'array' THEN x.detail -> 'out' ELSE '[]' END) AS i)));
    IF x.kind = 'certificate.issued' THEN
        RETURN v_facts || (SELECT jsonb_build_object('number', 'GC ' || regexp_replace(c.number, '(....)(?=.)', '\1 ', 'g'),
                                  'amount', money_say(c.amount, m), 'order', o.number, 'state', c.state)
                             FROM certificate c JOIN orders o ON o.id = c.order_id WHERE c.id = x.ref::bigint);
    ELSIF x.kind = 'return.instructions' THEN
        RETURN v_facts || jsonb_build_object('address', (SELECT s.return_address FROM site s WHERE s.market = m.code AND s.ships));
    ELSIF x.kind = 'link.pay' THEN
        RETURN v_facts || (SELECT jsonb_build_object('code', p.code, 'amount', money_say(p.amount, m), 'order', o.number,
                                  'state', CASE p.state WHEN 'authorising' THEN 'active' ELSE 'dead' END)
                             FROM payment p JOIN orders o ON o.id = p.order_id WHERE p.id = x.ref::bigint);
    END IF;
    RETURN v_facts;
END $$;

-- The letter once more, for who has lost it or has an address by now. Results: written ({"letter", "to"}),
-- again, reused, unknown (order or payment), state ({"state"}: of the payment), address (there is none), wait
-- ({"wait_seconds"}).
CREATE FUNCTION payment_letter(a_number text, a_market text, a_payment text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                               a_request text, OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    p payment%ROWTYPE;
    v_to text;
    v_wait int;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT * INTO p FROM payment
     WHERE order_id = o.id AND kind = 'link' AND id = CASE WHEN a_payment ~ '^[0-9]{1,18}$' THEN a_payment::bigint END;
    SELECT b.email INTO v_to FROM person b WHERE b.id = coalesce(o.customer_id, o.distributor_id);
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF p.id IS NULL OR o.market <> coalesce(a_market, o.market) THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF p.state <> 'authorising' THEN
        result := 'state';
        reply := jsonb_build_object('state', p.state);
        RETURN;
    ELSIF v_to = '' THEN
        result := 'address';
        RETURN;
    END IF;
    v_wait := guard_try('letter:' || p.id, 5, interval '1 hour', interval '10 minutes');
    IF v_wait > 0 THEN
        result := 'wait';
        reply := jsonb_build_object('wait_seconds', v_wait);
        RETURN;
    END IF;
    -- One that waits is tried at once instead.
    UPDATE outbox SET not_before = now() WHERE kind = 'link.pay' AND ref = p.id::text AND sent_at IS NULL AND dead_at IS NULL;
    IF NOT FOUND THEN
        PERFORM link_write(p);
    END IF;
    reply := jsonb_build_object('letter', 'waiting', 'to', v_to);
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'link.letter', 'order ' || o.number, jsonb_build_object('payment', p.id), a_request);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, reply);
    result := 'written';
END $$;

-- ---- the page ----------------------------------------------------------------------------------------
-- What the page behind a code says: `wait` seconds when too many were tried from there, `page` NULL when
-- there is no such link. Its state:
--   open         it can be paid at `url`
--   making       the provider has not said yet where
--   paid         what it asks for is paid, or promised by the card's bank
--   returned     paid, and given back
--   called_off   nobody wants it any more
--   over         its time has run out, or the provider will not have it
CREATE FUNCTION link_page(a_code text, a_peer text, OUT wait int, OUT page jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    wait := guard_try('link-peer:' || a_peer, 600, interval '10 minutes', interval '10 minutes');
    IF wait > 0 THEN
        RETURN;
    END IF;
    SELECT jsonb_build_object('company', c.name, 'order', o.number, 'currency', o.currency, 'exponent', o.exponent,
               'amount', p.amount, 'total', o.total, 'delivery', o.delivery, 'tax_added', o.tax_added, 'url', p.url,
               'date', to_char(o.placed_at AT TIME ZONE m.zone, 'YYYY-MM-DD'),
               'state', CASE p.state WHEN 'authorising' THEN CASE WHEN p.url IS NULL THEN 'making' ELSE 'open' END
                                     WHEN 'authorised' THEN 'paid' WHEN 'captured' THEN 'paid' WHEN 'refunded' THEN 'returned'
                                     WHEN 'unknown' THEN 'making' WHEN 'declined' THEN 'over' ELSE 'called_off' END,
               'lines', (SELECT jsonb_agg(jsonb_build_object('name', l.name, 'qty', l.qty, 'amount', l.amount) ORDER BY l.line)
                           FROM order_line l WHERE l.order_id = o.id AND l.state <> 'cancelled'))
      INTO page
      FROM payment p JOIN orders o ON o.id = p.order_id JOIN market m ON m.code = o.market CROSS JOIN company c
     WHERE p.code = upper(a_code);
END $$;

-- As 026 has it, and `code`: where a link's page leads back to.
DROP FUNCTION gateway_take(text, int);
CREATE FUNCTION gateway_take(a_holder text, a_most int)
RETURNS TABLE (task bigint, act text, key text, amount bigint, currency text, exponent int, order_number text, payment bigint,
               provider_ref text, session_ref text, customer text, method text, tries int, email text, language text,
               refund bigint, refund_ref text, setup bigint, channel text, keyed_at bigint, payment_state text, now_at bigint,
               code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH taken AS (
        UPDATE gateway_task g SET state = 'busy', holder = a_holder, until = now() + interval '1 minute', tries = g.tries + 1,
               serial = g.serial + (g.act IN ('session', 'setup') AND g.keyed_at < now() - interval '10 minutes')::int,
               keyed_at = CASE WHEN g.act IN ('session', 'setup') AND g.keyed_at < now() - interval '10 minutes'
                               THEN now() ELSE g.keyed_at END
         WHERE g.id IN (SELECT x.id FROM gateway_task x
                         WHERE ((x.state = 'waiting' AND x.not_before <= now()) OR (x.state = 'busy' AND x.until < now()))
                           AND (x.act <> 'detach' OR NOT EXISTS (
                                SELECT FROM payment y JOIN gateway_task z ON z.payment_id = y.id AND z.state IN ('waiting', 'busy')
                                 WHERE y.token_id = x.token_id))
                         ORDER BY x.not_before, x.id LIMIT a_most FOR UPDATE SKIP LOCKED)
        RETURNING g.*)
    SELECT t.id, t.act, c.gateway_id || '-' || t.id || CASE WHEN t.serial > 0 THEN '-' || t.serial ELSE '' END,
           t.amount, o.currency, o.exponent, o.number, p.id, p.provider_ref,
           coalesce(p.session_ref, s.session_ref), coalesce(k.provider_customer, h.provider_customer),
           coalesce(k.provider_method, s.method), t.tries, b.email, b.language, r.id, r.provider_ref, s.id, o.channel,
           extract(epoch FROM t.keyed_at)::bigint, p.state, extract(epoch FROM now())::bigint, p.code
      FROM taken t
     CROSS JOIN company c
      LEFT JOIN payment p ON p.id = t.payment_id
      LEFT JOIN orders o ON o.id = p.order_id
      LEFT JOIN refund r ON r.id = t.refund_id
      LEFT JOIN card_setup s ON s.id = t.setup_id
      LEFT JOIN payment_token k ON k.id = coalesce(p.token_id, t.token_id)
      LEFT JOIN LATERAL (SELECT q.provider_customer FROM payment_token q WHERE q.person_id = s.person_id AND q.market = s.market
                          ORDER BY q.id DESC LIMIT 1) h ON true
      LEFT JOIN person b ON b.id = coalesce(s.person_id, o.customer_id, o.distributor_id, k.person_id)
     ORDER BY t.id;
END $$;

-- ---- who may what ------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{link_code_next,payment_link_begins,link_write,payment_link_written,link_letter,payment_letter,
                        link_page,gateway_take}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{link_letter,payment_letter,link_page}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_gateway'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{gateway_take}'));
END $$;
