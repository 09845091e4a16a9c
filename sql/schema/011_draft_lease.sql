-- Since when somebody has a draft open, and what a copy is a copy of also when the client made it.

ALTER TABLE draft ADD COLUMN lease_since timestamptz;

-- Looked up when what was recovered is sent again.
CREATE INDEX draft_recovered ON draft (recovered_from) WHERE recovered_from IS NOT NULL;

-- As before; a new draft may say what it goes on from (a_from).
DROP FUNCTION draft_save(text, text, bigint, bytea, bigint, text, jsonb, text, int, bigint, text, text);
CREATE FUNCTION draft_save(a_ulid text, a_spare text, a_login bigint, a_session bytea, a_rev bigint,
                           a_market text, a_body jsonb, a_distributor text, a_lines int,
                           a_total bigint, a_channel text, a_bound text,
                           a_from text,
                           OUT result text, OUT ulid text, OUT rev bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d draft%ROWTYPE; v_copy text;
BEGIN
    ulid := a_ulid;
    IF a_rev IS NULL THEN
        INSERT INTO draft (ulid, owner_id, market, body, distributor, lines, total, channel,
                           lease_login, lease_session, lease_until, lease_since, recovered_from)
            VALUES (a_ulid, a_login, a_market, a_body, a_distributor, a_lines, a_total, a_channel,
                    a_login, a_session, now() + interval '90 seconds', now(), a_from)
            ON CONFLICT ON CONSTRAINT draft_pkey DO NOTHING;
        IF FOUND THEN
            result := 'created';
            rev := 1;
            RETURN;
        END IF;
    END IF;
    SELECT * INTO d FROM draft WHERE draft.ulid = a_ulid FOR UPDATE;
    rev := d.rev;
    IF NOT FOUND OR d.market <> a_bound THEN
        result := 'unknown';
    ELSIF d.state = 'placed' THEN
        result := 'placed';
    ELSIF a_rev IS NULL THEN
        -- The answer to the first save was lost, and it is sent again: the same body is no news.
        result := CASE WHEN d.owner_id = a_login AND d.rev = 1 AND d.body = a_body THEN 'created' ELSE 'exists' END;
    ELSIF d.lease_login <> a_login AND d.lease_until > now() THEN
        -- The answer was lost, and it is sent again: there is one copy of it, not two.
        SELECT c.ulid INTO v_copy FROM draft c
         WHERE c.recovered_from = a_ulid AND c.owner_id = a_login AND c.state = 'open' AND c.rev = 1
           AND c.body = a_body LIMIT 1;
        IF v_copy IS NULL THEN
            v_copy := a_spare;
            INSERT INTO draft (ulid, owner_id, market, body, distributor, lines, total, channel,
                               lease_login, lease_session, lease_until, lease_since, recovered_from)
                VALUES (a_spare, a_login, a_market, a_body, a_distributor, a_lines, a_total, a_channel,
                        a_login, a_session, now() + interval '90 seconds', now(), a_ulid);
        END IF;
        result := 'recovered';
        ulid := v_copy;
        rev := 1;
    ELSIF d.rev <> a_rev OR d.state <> 'open' THEN
        result := CASE WHEN d.rev = a_rev + 1 AND d.body = a_body AND d.lease_login = a_login
                       THEN 'saved' ELSE 'stale' END;
    ELSE
        UPDATE draft SET rev = draft.rev + 1, body = a_body, distributor = a_distributor,
               lines = a_lines, total = coalesce(a_total, total), market = a_market, updated_at = now(),
               lease_since = CASE WHEN lease_login = a_login AND lease_until > now() THEN lease_since ELSE now() END,
               lease_login = a_login, lease_session = a_session, lease_until = now() + interval '90 seconds'
         WHERE draft.ulid = a_ulid RETURNING draft.rev INTO rev;
        result := 'saved';
    END IF;
END $$;

-- As before; `locked` says since when, too.
DROP FUNCTION draft_lock(text, bigint, bytea, boolean, text);
CREATE FUNCTION draft_lock(a_ulid text, a_login bigint, a_session bytea, a_force boolean, a_request text,
                           OUT result text, OUT rev bigint, OUT holder text, OUT lease_until timestamptz,
                           OUT locked_since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d draft%ROWTYPE;
BEGIN
    SELECT * INTO d FROM draft WHERE ulid = a_ulid FOR UPDATE;
    rev := d.rev;
    IF NOT FOUND OR d.state = 'dropped' THEN
        result := 'unknown';
        RETURN;
    ELSIF d.state = 'placed' THEN
        result := 'placed';
        RETURN;
    END IF;
    IF d.lease_login <> a_login AND d.lease_until > now() THEN
        IF NOT a_force THEN
            result := 'locked';
            lease_until := d.lease_until;
            locked_since := d.lease_since;
            SELECT l.name INTO holder FROM login l WHERE l.id = d.lease_login;
            RETURN;
        END IF;
        INSERT INTO audit (login_id, action, object, detail, request)
            VALUES (a_login, 'draft.take_over', 'draft ' || a_ulid,
                    jsonb_build_object('from', d.lease_login), a_request);
    END IF;
    UPDATE draft SET lease_since = CASE WHEN d.lease_login = a_login AND d.lease_until > now() THEN d.lease_since ELSE now() END,
           lease_login = a_login, lease_session = a_session,
           lease_until = now() + interval '90 seconds'
     WHERE ulid = a_ulid RETURNING draft.lease_until INTO draft_lock.lease_until;
    result := 'ok';
END $$;

REVOKE EXECUTE ON FUNCTION draft_save(text, text, bigint, bytea, bigint, text, jsonb, text, int, bigint, text, text, text),
    draft_lock(text, bigint, bytea, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draft_save(text, text, bigint, bytea, bigint, text, jsonb, text, int, bigint, text, text, text),
    draft_lock(text, bigint, bytea, boolean, text) TO partyline_app;
