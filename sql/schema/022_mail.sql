-- Outgoing mail: letters of the outbox (016) are sent one after the other by whoever has the lease, tried
-- again for some days, and dead when they cannot be delivered. Times are those of the real clock.

ALTER TABLE outbox
    ADD tries int NOT NULL DEFAULT 0,
    ADD not_before timestamptz NOT NULL DEFAULT now(),
    ADD last_error text NOT NULL DEFAULT '',
    ADD dead_at timestamptz,
    ADD dropped_at timestamptz, -- somebody has seen that it is dead, and wants no more of it
    ADD CONSTRAINT outbox_one_end CHECK (num_nonnulls(sent_at, dead_at) <= 1 AND (dropped_at IS NULL OR dead_at IS NOT NULL));
DROP INDEX outbox_unsent;
CREATE INDEX outbox_waiting ON outbox (not_before, id) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead_at IS NOT NULL AND dropped_at IS NULL;

-- Whether a letter waits, is sent, dead or dropped.
CREATE FUNCTION outbox_state(x outbox) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN x.sent_at IS NOT NULL THEN 'sent' WHEN x.dropped_at IS NOT NULL THEN 'dropped'
                WHEN x.dead_at IS NOT NULL THEN 'dead' ELSE 'waiting' END
$$;

CREATE FUNCTION money_say(a_amount bigint, a_market market) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT a_market.currency || ' ' || CASE a_market.exponent WHEN 0 THEN a_amount::text ELSE
           (a_amount / (10 ^ a_market.exponent)::bigint) || '.' || lpad((a_amount % (10 ^ a_market.exponent)::bigint)::text, a_market.exponent, '0') END
$$;

-- What the text of a letter says: member and value, all of them texts. A certificate's number is put in
-- here, at the last moment: it stands in no queue.
CREATE FUNCTION outbox_facts(x outbox) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
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
    END IF;
    RETURN v_facts;
END $$;

-- The next letter that may be tried: nothing (NULLs), or `id` of one, counted as tried and put off before
-- it is sent, so that what breaks the sender is not met again at once. `held`: another server sends.
CREATE FUNCTION outbox_next(a_holder text, OUT held boolean, OUT id bigint, OUT kind text, OUT name text, OUT email text, OUT language text,
                            OUT company text, OUT message_id text, OUT facts jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE x outbox%ROWTYPE;
BEGIN
    held := NOT job_take('mail', a_holder, 90);
    IF held THEN
        RETURN;
    END IF;
    -- 30 seconds, 1, 2, 4 minutes ... 6 hours, and up to half of it more, so that not all come at once.
    UPDATE outbox o SET tries = o.tries + 1,
           not_before = now() + least(interval '6 hours', interval '30 seconds' * power(2, least(o.tries, 12))) * (1 + random() / 2)
     WHERE o.id = (SELECT y.id FROM outbox y WHERE y.sent_at IS NULL AND y.dead_at IS NULL AND y.not_before <= now()
                    ORDER BY y.not_before, y.id LIMIT 1)
    RETURNING * INTO x;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT p.name, p.email, p.language INTO name, email, language FROM person p WHERE p.id = x.person_id;
    SELECT c.name, 'outbox.' || x.id || '.' || c.gateway_id INTO company, message_id FROM company c;
    id := x.id;
    kind := x.kind;
    BEGIN
        facts := outbox_facts(x);
    EXCEPTION WHEN data_exception OR invalid_text_representation THEN -- of a letter that is none: the others go on
        facts := NULL;
    END;
END $$;

-- What became of a try: '' it is sent; else why not, for good or for now. Who has tried for days gives up.
CREATE FUNCTION outbox_tried(a_id bigint, a_holder text, a_error text, a_for_good boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE x outbox%ROWTYPE;
BEGIN
    UPDATE outbox o SET last_error = a_error, sent_at = CASE WHEN a_error = '' THEN now() END,
           dead_at = CASE WHEN a_error <> '' AND (a_for_good OR o.tries >= 24) THEN now() END
     WHERE o.id = a_id AND o.sent_at IS NULL AND o.dead_at IS NULL
       AND EXISTS (SELECT FROM job_lease l WHERE l.job = 'mail' AND l.holder = a_holder)
    RETURNING * INTO x;
    RETURN outbox_state(x);
END $$;

-- A dead letter is tried once more (`a_drop`: is put away). NULL id: all of them. How many.
CREATE FUNCTION outbox_again(a_id bigint, a_drop boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_n int;
BEGIN
    UPDATE outbox SET dropped_at = CASE WHEN a_drop THEN now() END, dead_at = CASE WHEN a_drop THEN dead_at END,
           tries = CASE WHEN a_drop THEN tries ELSE 0 END, not_before = now()
     WHERE dead_at IS NOT NULL AND dropped_at IS NULL AND (a_id IS NULL OR id = a_id);
    GET DIAGNOSTICS v_n = ROW_COUNT;
    IF v_n > 0 THEN
        INSERT INTO audit (action, object, detail) VALUES (CASE WHEN a_drop THEN 'mail.drop' ELSE 'mail.retry' END,
            coalesce('letter ' || a_id, 'letters'), jsonb_build_object('letters', v_n));
    END IF;
    RETURN v_n;
END $$;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{outbox_state,money_say,outbox_facts,outbox_next,outbox_tried,outbox_again}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{outbox_state,outbox_next,outbox_tried}'));
END $$;
