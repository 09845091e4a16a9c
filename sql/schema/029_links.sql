-- Pay links that can be typed, shown as a picture and sent by letter: each has a short code, behind which
-- our own page says what is paid and leads on to the provider's. Repeat orders paid by a stored card.

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

-- ---- repeat orders paid by a stored card -------------------------------------------------------------
-- A run is placed with the card as its tender. Declined, the card is asked again some days later, and at
-- last the schedule is paused; the order stays due meanwhile, and no other run is placed.
ALTER TABLE autosave DROP CONSTRAINT autosave_pays_check,
    ADD CONSTRAINT autosave_pays_known CHECK (pays IN ('balance', 'card', 'later'));
ALTER TABLE autosave_run DROP CONSTRAINT autosave_run_result_check,
    ADD CONSTRAINT autosave_run_result_known
        CHECK (result IN ('placed', 'skipped', 'missed', 'balance', 'card', 'empty', 'refused', 'told'));
-- Days from one decline to the next try; how many there are is how often it is tried again.
ALTER TABLE market ADD autosave_card_days int[] NOT NULL DEFAULT '{1,3,5}'
    CHECK (cardinality(autosave_card_days) <= 10 AND 0 < ALL (autosave_card_days) AND 60 >= ALL (autosave_card_days));

CREATE TABLE autosave_charge (
    order_id bigint PRIMARY KEY REFERENCES orders,
    autosave_id bigint NOT NULL REFERENCES autosave,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'given_up')),
    declines int NOT NULL,
    next date,              -- when it is tried again; NULL: it is being asked, or never
    why text NOT NULL,      -- of the last decline, for people
    CHECK (state = 'open' OR next IS NULL)
);
CREATE INDEX autosave_charge_of ON autosave_charge (autosave_id, order_id DESC);
CREATE INDEX autosave_charge_open ON autosave_charge (next) WHERE state = 'open';

-- The card that pays for a schedule: the one that is taken when nothing is said; NULL: none.
CREATE FUNCTION autosave_card(a autosave) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.id FROM payment_token k
     WHERE k.person_id = coalesce(a.customer_id, a.distributor_id) AND k.market = a.market AND k.removed_at IS NULL
       AND k.expires >= business_date(a.market)
     ORDER BY k.is_default DESC, k.id DESC LIMIT 1
$$;

-- The schedule that has placed an order. Its run may not be noted yet: then by the key that it was placed under.
CREATE FUNCTION autosave_of(o orders) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.autosave_id FROM autosave_run r WHERE r.order_id = o.id),
                    (SELECT a.id FROM autosave a WHERE a.distributor_id = o.distributor_id AND autosave_key(a.id, a.due) = o.key))
$$;

-- A decline: tried again on a later day, or the schedule is paused. Whoever gets the goods is told by letter.
CREATE FUNCTION autosave_declined(o orders, a_autosave bigint, a_why text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a autosave%ROWTYPE;
    c autosave_charge%ROWTYPE;
    v_days int[];
    v_again date;
    v_detail jsonb;
BEGIN
    SELECT * INTO a FROM autosave WHERE id = a_autosave FOR UPDATE;
    INSERT INTO autosave_charge AS x (order_id, autosave_id, declines, why) VALUES (o.id, a.id, 1, a_why)
        ON CONFLICT (order_id) DO UPDATE SET declines = x.declines + 1, why = excluded.why WHERE x.state = 'open'
        RETURNING * INTO c;
    IF NOT FOUND THEN -- it was given up; somebody else tries
        RETURN;
    END IF;
    SELECT autosave_card_days INTO v_days FROM market WHERE code = a.market;
    IF c.declines <= cardinality(v_days) THEN
        v_again := business_date(a.market) + v_days[c.declines];
    END IF;
    UPDATE autosave_charge SET next = v_again, state = CASE WHEN v_again IS NULL THEN 'given_up' ELSE 'open' END WHERE order_id = o.id;
    v_detail := jsonb_build_object('order', o.number, 'total', o.total, 'deadline', v_again, 'why', a_why);
    IF v_again IS NOT NULL THEN
        INSERT INTO outbox (person_id, market, kind, ref, detail, at)
            VALUES (coalesce(a.customer_id, a.distributor_id), a.market, 'autosave.declined', a.id::text, v_detail, company_now());
        RETURN;
    END IF;
    PERFORM autosave_tell(a, 'suspended', v_detail);
    UPDATE autosave SET state = 'paused', version = version + 1 WHERE id = a.id AND state = 'active';
    INSERT INTO audit (action, object, detail)
        VALUES ('autosave.suspended', 'autosave ' || a.id, jsonb_build_object('order', o.number, 'declines', c.declines, 'why', a_why));
END $$;

CREATE FUNCTION payment_autosave() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    o orders%ROWTYPE;
    v_autosave bigint;
BEGIN
    SELECT * INTO o FROM orders WHERE id = NEW.order_id;
    IF o.channel <> 'autosave' THEN
        RETURN NULL;
    ELSIF NEW.state <> 'declined' THEN
        UPDATE autosave_charge SET state = 'paid', next = NULL WHERE order_id = o.id AND state = 'open';
        RETURN NULL;
    END IF;
    v_autosave := autosave_of(o);
    IF v_autosave IS NOT NULL THEN
        PERFORM autosave_declined(o, v_autosave, NEW.failure);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payment_autosave AFTER UPDATE OF state ON payment FOR EACH ROW
    WHEN (NEW.kind = 'token' AND NEW.state IN ('declined', 'authorised', 'captured') AND OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION payment_autosave();

-- Asks the cards again whose day has come. What was paid or called off meanwhile is done.
CREATE FUNCTION autosave_charges() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    o orders%ROWTYPE;
    a autosave%ROWTYPE;
    v_due bigint;
    v_card bigint;
BEGIN
    FOR v_id IN SELECT c.order_id FROM autosave_charge c JOIN autosave s ON s.id = c.autosave_id
                 WHERE c.state = 'open' AND c.next <= business_date(s.market) ORDER BY c.next, c.order_id LOOP
        SELECT * INTO o FROM orders WHERE id = v_id FOR NO KEY UPDATE;
        SELECT s.* INTO a FROM autosave_charge c JOIN autosave s ON s.id = c.autosave_id
         WHERE c.order_id = v_id AND c.state = 'open' AND c.next IS NOT NULL;
        CONTINUE WHEN NOT FOUND;
        SELECT coalesce(sum(p.amount), 0) INTO v_due FROM payment p WHERE p.order_id = o.id AND p.state = 'due';
        IF o.state = 'cancelled' OR v_due = 0 THEN
            UPDATE autosave_charge SET state = 'paid', next = NULL WHERE order_id = o.id;
            CONTINUE;
        END IF;
        v_card := autosave_card(a);
        IF v_card IS NULL THEN
            PERFORM autosave_declined(o, a.id, 'no card');
            CONTINUE;
        END IF;
        UPDATE autosave_charge SET next = NULL WHERE order_id = o.id;
        PERFORM order_tenders(o, v_due, ARRAY['token'], ARRAY[v_due], ARRAY[v_card::text], o.placed_by);
    END LOOP;
END $$;

-- As 016 has it; cards are asked again first, and a schedule whose order is not paid waits.
CREATE OR REPLACE FUNCTION autosave_next(a_holder text, OUT act text, OUT id bigint, OUT due date, OUT key text, OUT draft jsonb,
                              OUT pays text, OUT attempt int, OUT told_total bigint, OUT market text, OUT may_wait boolean,
                              OUT version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a autosave%ROWTYPE;
BEGIN
    IF NOT job_take('autosave', a_holder, 15) THEN
        act := 'held'; -- another server is at it
        RETURN;
    END IF;
    PERFORM autosave_charges();
    FOR a IN SELECT x.* FROM autosave x
              WHERE x.state = 'active' AND autosave_after(x.due, x.every, x.unit, x.day) <= business_date(x.market)
              ORDER BY x.id LOOP
        INSERT INTO autosave_run (autosave_id, due, at, result) VALUES (a.id, a.due, company_now(), 'missed');
        PERFORM autosave_advance(a.id);
    END LOOP;
    SELECT x.* INTO a FROM autosave x
      JOIN (SELECT m.code, business_date(m.code) AS today, m.autosave_notice_days FROM market m) m ON m.code = x.market
     WHERE x.state = 'active'
       AND NOT EXISTS (SELECT FROM autosave_charge c WHERE c.autosave_id = x.id AND c.state = 'open')
       AND (coalesce(x.retry, x.due) <= m.today
            OR x.told IS DISTINCT FROM x.due AND x.due - m.autosave_notice_days <= m.today AND m.autosave_notice_days > 0)
     ORDER BY coalesce(x.retry, x.due), x.id LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    act := CASE WHEN coalesce(a.retry, a.due) <= business_date(a.market) THEN 'place' ELSE 'tell' END;
    id := a.id;
    due := a.due;
    key := autosave_key(a.id, a.due);
    draft := a.draft;
    pays := a.pays;
    attempt := a.attempts + 1;
    told_total := CASE WHEN a.told = a.due THEN a.told_total END;
    market := a.market;
    version := a.version;
    SELECT m.autosave_back_order INTO may_wait FROM market m WHERE m.code = a.market;
END $$;

-- ---- what is kept for a while only -------------------------------------------------------------------
-- As 008 has it; and events of the provider's, which repeats one for three days at most.
CREATE OR REPLACE FUNCTION housekeep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM guard WHERE since < now() - interval '1 day' AND coalesce(locked_until, since) < now();
    DELETE FROM session WHERE expires_at < now() OR last_seen + idle < now() - interval '1 day';
    DELETE FROM idempotency WHERE at < now() - interval '30 days';
    DELETE FROM draft WHERE state = 'dropped' AND updated_at < now() - interval '30 days';
    DELETE FROM provider_event WHERE received_at < now() - interval '90 days';
END $$;
CREATE INDEX provider_event_old ON provider_event (received_at);

-- ---- who may what ------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{link_code_next,payment_link_begins,link_write,payment_link_written,link_letter,payment_letter,
                        link_page,gateway_take,autosave_card,autosave_of,autosave_declined,payment_autosave,autosave_charges}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{link_letter,payment_letter,link_page,autosave_card}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_gateway'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{gateway_take}'));
END $$;
