-- The gateway's side of payments: questions that are about no payment (cards that are kept), keys that
-- a provider has used up, links that are called off, refunds that come back.

-- The gateway signs in as itself, so that not even its own connection could take more rights back. It
-- has no password: a unix socket, a certificate or an administrator's ALTER ROLE lets it in. (Another
-- database of the same cluster may be doing this at the same moment.)
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partyline_gateway' AND rolcanlogin) THEN
        ALTER ROLE partyline_gateway LOGIN;
    END IF;
EXCEPTION WHEN internal_error OR insufficient_privilege THEN
    NULL;
END $$;

-- A link at which a person leaves a card with the provider, for us to charge later.
CREATE TABLE card_setup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    market text NOT NULL REFERENCES market,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'open', 'done', 'over', 'failed')),
    method text,            -- the provider has it already: nobody needs to key it
    session_ref text UNIQUE,
    url text,
    failure text NOT NULL DEFAULT '', -- the provider's reason, for people
    token_id bigint REFERENCES payment_token,
    login_id bigint REFERENCES login,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX card_setup_person ON card_setup (person_id, id DESC);

ALTER TABLE gateway_task
    ALTER payment_id DROP NOT NULL,
    DROP CONSTRAINT gateway_task_act_check,
    DROP CONSTRAINT gateway_task_amount_check,
    ADD setup_id bigint REFERENCES card_setup,
    ADD token_id bigint REFERENCES payment_token,
    ADD serial int NOT NULL DEFAULT 0,                  -- so many keys before this one are of no use any more
    ADD keyed_at timestamptz NOT NULL DEFAULT now(),    -- since when the present key is sent
    ADD CONSTRAINT gateway_task_act_known CHECK (act IN ('authorise', 'session', 'expire', 'capture', 'cancel', 'refund', 'look',
                                                         'setup', 'setup_look', 'adopt', 'detach')),
    ADD CONSTRAINT gateway_task_about CHECK (CASE WHEN act IN ('setup', 'setup_look', 'adopt') THEN setup_id IS NOT NULL
                                                  WHEN act = 'detach' THEN token_id IS NOT NULL
                                                  ELSE payment_id IS NOT NULL AND amount > 0 END),
    ADD CONSTRAINT gateway_task_one CHECK (num_nonnulls(payment_id, setup_id, token_id) = 1);
CREATE INDEX gateway_task_failed ON gateway_task (id) WHERE state = 'failed';

-- ---- what the gateway takes --------------------------------------------------------------------------
-- As 020 has it, with what questions about cards need. A link that could not be made for ten minutes gets a
-- new key: its question says when the link ends, and the provider takes no other under the old one.
-- A card is let go when nothing is asked of it any more.
DROP FUNCTION gateway_take(text, int);
CREATE FUNCTION gateway_take(a_holder text, a_most int)
RETURNS TABLE (task bigint, act text, key text, amount bigint, currency text, exponent int, order_number text, payment bigint,
               provider_ref text, session_ref text, customer text, method text, tries int, email text, language text,
               refund bigint, refund_ref text, setup bigint, channel text, keyed_at bigint, payment_state text, now_at bigint)
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
           extract(epoch FROM t.keyed_at)::bigint, p.state, extract(epoch FROM now())::bigint
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

-- Again after a while: 1, 2, 4 ... 30 seconds, and up to half of it more, so that not all come at once.
-- Who waits for a person to pay (the provider tells us as well) comes less often after a while.
CREATE OR REPLACE FUNCTION gateway_again(a_task bigint, a_tries int, a_why jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE gateway_task SET state = 'waiting', holder = NULL, until = NULL, outcome = a_why,
           not_before = now() + CASE WHEN act IN ('look', 'setup_look') AND a_tries > 60 THEN 300
                                     ELSE least(30, power(2, least(a_tries, 10) - 1)) END
                                * (1 + random() / 2) * interval '1 second'
     WHERE id = a_task;
$$;

-- ---- what it says ------------------------------------------------------------------------------------
-- As 020 has it, and:
--   burnt            the provider says the same under this key for ever, and nothing has happened: another key
--   saved            a card is kept: {"customer", "method", "brand", "last4", "expires", "funding", "country"}
--   removed          it is not, any more
CREATE OR REPLACE FUNCTION gateway_result(a_task bigint, a_holder text, a_outcome text, a_ref text, a_detail jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    g gateway_task%ROWTYPE;
    p payment%ROWTYPE;
    o orders%ROWTYPE;
    v_order bigint;
    v_again boolean := a_outcome IN ('pending', 'unknown', 'later', 'burnt');
BEGIN
    -- Locks in one order everywhere: the order first.
    SELECT x.order_id INTO v_order FROM gateway_task t JOIN payment x ON x.id = t.payment_id WHERE t.id = a_task;
    SELECT * INTO o FROM orders WHERE id = v_order FOR NO KEY UPDATE;
    SELECT * INTO g FROM gateway_task WHERE id = a_task FOR UPDATE;
    IF g.id IS NULL OR g.state <> 'busy' OR g.holder <> a_holder THEN
        RETURN NULL;
    END IF;
    SELECT * INTO p FROM payment WHERE id = g.payment_id FOR UPDATE;
    -- A link that is not wanted any more is not waited for.
    IF a_outcome = 'pending' AND g.act = 'look' AND p.state NOT IN ('authorising', 'unknown', 'authorised') THEN
        v_again := false;
    END IF;
    IF v_again THEN
        PERFORM gateway_again(g.id, g.tries, coalesce(a_detail, '{}') || jsonb_build_object('outcome', a_outcome));
        IF a_outcome = 'burnt' THEN
            UPDATE gateway_task SET serial = serial + 1, keyed_at = now() WHERE id = g.id;
        END IF;
    ELSE
        UPDATE gateway_task SET state = CASE a_outcome WHEN 'refused' THEN 'failed' ELSE 'done' END, holder = NULL, until = NULL,
               outcome = coalesce(a_detail, '{}') || jsonb_build_object('outcome', a_outcome) WHERE id = g.id;
    END IF;
    IF g.payment_id IS NULL THEN
        PERFORM card_answered(g, a_outcome, a_detail);
        RETURN a_outcome;
    ELSIF g.act = 'refund' THEN
        PERFORM refund_answered(o, g.refund_id, a_outcome, a_ref);
    ELSIF g.act NOT IN ('cancel', 'expire') OR a_outcome = 'captured' THEN -- captured before it could be called off
        PERFORM payment_answered(o, p, g.act, a_outcome, a_ref, a_detail);
    END IF;
    RETURN (SELECT state FROM payment WHERE id = p.id);
END $$;

-- What an answer makes of a payment: as 020 has it; a link that was called off while it was made is ended.
CREATE OR REPLACE FUNCTION payment_answered(o orders, p payment, a_act text, a_outcome text, a_ref text, a_detail jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_to text := CASE WHEN a_outcome IN ('authorised', 'captured', 'declined') THEN a_outcome
                      WHEN a_outcome = 'refused' THEN 'declined'
                      WHEN a_outcome = 'unknown' AND a_act = 'authorise' THEN 'unknown' END;
BEGIN
    UPDATE payment SET provider_ref = coalesce(a_ref, provider_ref), url = coalesce(a_detail ->> 'url', url),
           session_ref = coalesce(a_detail ->> 'session', session_ref),
           failure = CASE WHEN v_to = 'declined' THEN coalesce(a_detail ->> 'why', '') ELSE failure END
     WHERE id = p.id RETURNING * INTO p;
    IF a_outcome = 'session' AND p.state = 'void' THEN
        PERFORM gateway_ask('cancel', p.id, p.amount);
        RETURN;
    ELSIF a_outcome = 'session' THEN -- until the customer has paid, or the time for it is over
        INSERT INTO gateway_task (act, payment_id, amount, not_before) VALUES ('look', p.id, p.amount, now() + interval '5 seconds');
        INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    END IF;
    IF v_to IS NULL OR v_to = p.state THEN
        RETURN;
    ELSIF p.state = 'void' AND v_to = 'authorised' THEN -- called off while it was asked
        PERFORM gateway_ask('cancel', p.id, p.amount);
        RETURN;
    ELSIF p.state IN ('void', 'refunded', 'captured') AND v_to <> 'captured' OR p.state IN ('captured', 'refunded') THEN
        RETURN;
    END IF;
    IF p.state = 'declined' THEN -- the customer has tried another card behind the same link
        RETURN;
    END IF;
    PERFORM machine_step('payment', o.id, p.id, p.state, v_to, NULL, coalesce(a_detail ->> 'why', ''));
    IF v_to = 'authorised' THEN
        UPDATE payment SET authorised = coalesce(authorised, amount) WHERE id = p.id;
        IF o.state NOT IN ('placed', 'on_hold') THEN -- released before it was authorised
            PERFORM gateway_ask('capture', p.id, p.amount);
        END IF;
    ELSIF v_to = 'captured' THEN
        PERFORM payment_book(o, p, NULL);
        IF p.state = 'void' THEN
            PERFORM payment_refund(o, p.id, p.amount, 'order ' || o.number, NULL, 'called off');
        END IF;
    ELSIF v_to = 'declined' AND o.state <> 'cancelled' THEN
        PERFORM order_due_set(o.id, p.amount + (SELECT coalesce(sum(x.amount), 0)::bigint FROM payment x
                                                 WHERE x.order_id = o.id AND x.state = 'due'), NULL, 'declined');
        INSERT INTO notice (login_id, market, kind, ref, detail, at)
            VALUES (coalesce(p.login_id, o.placed_by), o.market, 'declined', o.number,
                    jsonb_build_object('kind', p.kind, 'amount', p.amount, 'why', p.failure), company_now());
    END IF;
    PERFORM order_payments_changed(o.id);
END $$;

-- The provider has paid a refund, or will not: then the money becomes store credit. One that was paid may
-- come back days later (the card's account was closed).
CREATE OR REPLACE FUNCTION refund_answered(o orders, a_refund bigint, a_outcome text, a_ref text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r refund%ROWTYPE;
    v_before text;
BEGIN
    SELECT * INTO r FROM refund WHERE id = a_refund FOR UPDATE;
    v_before := r.state;
    UPDATE refund SET provider_ref = coalesce(a_ref, provider_ref),
           state = CASE WHEN v_before = 'asked' AND a_outcome = 'refunded' THEN 'done'
                        WHEN v_before IN ('asked', 'done') AND a_outcome IN ('refused', 'declined') THEN 'failed' ELSE state END
     WHERE id = a_refund RETURNING * INTO r;
    IF r.state = v_before THEN
        RETURN;
    END IF;
    PERFORM transfer_make(journal_open('refund_' || r.state, r.id::text, NULL),
        account_of(o.market, CASE v_before WHEN 'done' THEN 'card_clearing' ELSE 'refunds' END),
        CASE r.state WHEN 'done' THEN account_of(o.market, 'card_clearing')
                     ELSE account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)) END, r.amount, NULL);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
END $$;

-- ---- cards that are kept -------------------------------------------------------------------------------
-- What an answer makes of a link for a card, or of a card.
CREATE FUNCTION card_answered(g gateway_task, a_outcome text, a_detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s card_setup%ROWTYPE;
    v_token bigint;
BEGIN
    SELECT * INTO s FROM card_setup WHERE id = g.setup_id FOR UPDATE;
    IF s.id IS NULL OR s.state NOT IN ('asked', 'open') THEN
        RETURN;
    ELSIF a_outcome = 'session' THEN
        UPDATE card_setup SET state = 'open', url = a_detail ->> 'url', session_ref = a_detail ->> 'session' WHERE id = s.id;
        INSERT INTO gateway_task (act, setup_id, amount, not_before) VALUES ('setup_look', s.id, 0, now() + interval '5 seconds');
    ELSIF a_outcome = 'saved' THEN
        INSERT INTO payment_token (person_id, market, provider_customer, provider_method, brand, last4, expires, funding, country, is_default)
            VALUES (s.person_id, s.market, a_detail ->> 'customer', a_detail ->> 'method', a_detail ->> 'brand', a_detail ->> 'last4',
                    (a_detail ->> 'expires')::date, coalesce(a_detail ->> 'funding', ''), coalesce(a_detail ->> 'country', ''),
                    NOT EXISTS (SELECT FROM payment_token k WHERE k.person_id = s.person_id AND k.market = s.market
                                   AND k.is_default AND k.removed_at IS NULL))
            ON CONFLICT (provider_method) DO NOTHING RETURNING id INTO v_token;
        UPDATE card_setup SET state = 'done', url = NULL, token_id = v_token WHERE id = s.id;
        INSERT INTO audit (login_id, action, object, detail)
            VALUES (s.login_id, 'card.saved', 'person ' || s.person_id, jsonb_build_object('card', v_token, 'last4', a_detail ->> 'last4'));
    ELSIF a_outcome IN ('declined', 'refused') THEN
        UPDATE card_setup SET state = CASE WHEN a_detail ->> 'code' = 'expired' THEN 'over' ELSE 'failed' END, url = NULL,
               failure = coalesce(a_detail ->> 'why', '') WHERE id = s.id;
    END IF;
END $$;

-- A link for a person's card. Results: added, again, reused.
CREATE FUNCTION card_setup_add(a_key text, a_hash text, a_person bigint, a_market text, a_login bigint, a_request text,
                               OUT result text, OUT id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT e.outcome, (e.reply ->> 'card_setup')::bigint INTO result, id FROM key_earlier(a_key, a_hash) e;
    IF result IS NOT NULL THEN
        RETURN;
    END IF;
    INSERT INTO card_setup (person_id, market, login_id) VALUES (a_person, a_market, a_login) RETURNING card_setup.id INTO card_setup_add.id;
    INSERT INTO gateway_task (act, setup_id, amount) VALUES ('setup', id, 0);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, jsonb_build_object('card_setup', id));
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'card.link', 'person ' || a_person, jsonb_build_object('link', id), a_request);
    result := 'added';
END $$;

-- A card is not kept any more, here and at the provider. False: the person has no such card in the market
-- (NULL: in any).
CREATE FUNCTION card_remove(a_card bigint, a_person bigint, a_market text, a_login bigint, a_request text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE k payment_token%ROWTYPE;
BEGIN
    UPDATE payment_token SET removed_at = now(), is_default = false
     WHERE id = a_card AND person_id = a_person AND (a_market IS NULL OR market = a_market) AND removed_at IS NULL
     RETURNING * INTO k;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The newest of the others is taken instead.
    UPDATE payment_token SET is_default = true
     WHERE id = (SELECT max(x.id) FROM payment_token x WHERE x.person_id = k.person_id AND x.market = k.market AND x.removed_at IS NULL)
       AND NOT EXISTS (SELECT FROM payment_token x WHERE x.person_id = k.person_id AND x.market = k.market
                          AND x.is_default AND x.removed_at IS NULL);
    INSERT INTO gateway_task (act, token_id, amount) VALUES ('detach', k.id, 0);
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'card.remove', 'person ' || a_person, jsonb_build_object('card', k.id, 'last4', k.last4), a_request);
    RETURN true;
END $$;

-- ---- what the provider says unasked --------------------------------------------------------------------
-- The provider says that something has happened to an object: it is looked at. False: it has said so before.
CREATE OR REPLACE FUNCTION gateway_event(a_id text, a_type text, a_object text, a_refs text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO provider_event (id, type, object) VALUES (a_id, a_type, a_object) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- Who looks already looks now; else somebody does.
    UPDATE gateway_task g SET not_before = now() FROM payment p
     WHERE p.id = g.payment_id AND (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs))
       AND g.act = 'look' AND g.state = 'waiting';
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, payment_id, amount)
            SELECT 'look', p.id, p.amount FROM payment p
             WHERE (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs)) AND p.state IN ('authorising', 'unknown', 'authorised');
    END IF;
    UPDATE gateway_task g SET not_before = now() FROM card_setup s
     WHERE s.id = g.setup_id AND s.session_ref = ANY (a_refs) AND g.act = 'setup_look' AND g.state = 'waiting';
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, setup_id, amount)
            SELECT 'setup_look', s.id, 0 FROM card_setup s WHERE s.session_ref = ANY (a_refs) AND s.state = 'open';
    END IF;
    -- A refund's own name only: an event of its payment says nothing of it.
    UPDATE gateway_task g SET not_before = now() FROM refund r
     WHERE r.id = g.refund_id AND r.provider_ref = ANY (a_refs) AND g.state = 'waiting';
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, payment_id, refund_id, amount)
            SELECT 'refund', r.payment_id, r.id, r.amount FROM refund r WHERE r.provider_ref = ANY (a_refs) AND r.state = 'done';
    END IF;
    RETURN true;
END $$;

-- How the queue stands: what waits (not what waits for a person to pay), for how long, what was refused.
CREATE FUNCTION gateway_stand(OUT waiting bigint, OUT oldest_seconds bigint, OUT refused bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT count(*), coalesce(extract(epoch FROM now() - min(g.created_at)), 0)::bigint INTO waiting, oldest_seconds
      FROM gateway_task g
     WHERE g.state IN ('waiting', 'busy') AND g.act NOT IN ('look', 'setup_look');
    SELECT count(*) INTO refused FROM gateway_task g WHERE g.state = 'failed' AND g.created_at > now() - interval '1 day';
END $$;

-- ---- who may what --------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{gateway_take,card_answered,card_setup_add,card_remove,gateway_stand}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{card_setup_add,card_remove,gateway_stand}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_gateway'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{gateway_take,gateway_stand}'));
END $$;
