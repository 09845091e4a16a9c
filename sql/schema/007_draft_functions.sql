-- Drafts: saved as keyed, held by a lease, never merged.

-- Saves a draft. `a_rev` NULL makes a new one; otherwise it must be the revision seen last.
-- Results: created, saved, exists (NULL rev but there is one: its rev), stale (rev is newer),
-- recovered (somebody else has taken it over: what was sent is kept as a copy under a_spare),
-- placed (it has become an order), unknown (also to a sign-in that is bound to another market).
CREATE FUNCTION draft_save(a_ulid text, a_spare text, a_login bigint, a_session bytea, a_rev bigint,
                           a_market text, a_body jsonb, a_distributor text, a_lines int,
                           a_total bigint, a_channel text, a_bound text,
                           OUT result text, OUT ulid text, OUT rev bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d draft%ROWTYPE;
BEGIN
    ulid := a_ulid;
    IF a_rev IS NULL THEN
        INSERT INTO draft (ulid, owner_id, market, body, distributor, lines, total, channel,
                           lease_login, lease_session, lease_until)
            VALUES (a_ulid, a_login, a_market, a_body, a_distributor, a_lines, a_total, a_channel,
                    a_login, a_session, now() + interval '90 seconds')
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
        INSERT INTO draft (ulid, owner_id, market, body, distributor, lines, total, channel, recovered_from)
            VALUES (a_spare, a_login, a_market, a_body, a_distributor, a_lines, a_total, a_channel, a_ulid);
        result := 'recovered';
        ulid := a_spare;
        rev := 1;
    ELSIF d.rev <> a_rev OR d.state <> 'open' THEN
        result := CASE WHEN d.rev = a_rev + 1 AND d.body = a_body AND d.lease_login = a_login
                       THEN 'saved' ELSE 'stale' END;
    ELSE
        UPDATE draft SET rev = draft.rev + 1, body = a_body, distributor = a_distributor,
               lines = a_lines, total = coalesce(a_total, total), market = a_market, updated_at = now(),
               lease_login = a_login, lease_session = a_session, lease_until = now() + interval '90 seconds'
         WHERE draft.ulid = a_ulid RETURNING draft.rev INTO rev;
        result := 'saved';
    END IF;
END $$;

-- Takes, keeps (heartbeat) or, with a_force, takes over the lease. Results: ok, locked, placed, unknown.
CREATE FUNCTION draft_lock(a_ulid text, a_login bigint, a_session bytea, a_force boolean, a_request text,
                           OUT result text, OUT rev bigint, OUT holder text, OUT lease_until timestamptz)
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
            SELECT l.name INTO holder FROM login l WHERE l.id = d.lease_login;
            RETURN;
        END IF;
        INSERT INTO audit (login_id, action, object, detail, request)
            VALUES (a_login, 'draft.take_over', 'draft ' || a_ulid,
                    jsonb_build_object('from', d.lease_login), a_request);
    END IF;
    UPDATE draft SET lease_login = a_login, lease_session = a_session,
           lease_until = now() + interval '90 seconds'
     WHERE ulid = a_ulid RETURNING draft.lease_until INTO draft_lock.lease_until;
    result := 'ok';
END $$;

CREATE FUNCTION draft_release(a_ulid text, a_login bigint, OUT result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE draft SET lease_login = NULL, lease_session = NULL, lease_until = NULL
     WHERE ulid = a_ulid AND state = 'open' AND lease_login = a_login;
    result := CASE WHEN FOUND OR EXISTS (SELECT FROM draft WHERE ulid = a_ulid) THEN 'ok' ELSE 'unknown' END;
END $$;

CREATE FUNCTION draft_drop(a_ulid text, a_login bigint, a_request text, OUT result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d draft%ROWTYPE;
BEGIN
    SELECT * INTO d FROM draft WHERE ulid = a_ulid FOR UPDATE;
    IF NOT FOUND THEN
        result := 'unknown';
    ELSIF d.state = 'placed' THEN
        result := 'placed';
    ELSIF d.lease_login <> a_login AND d.lease_until > now() THEN
        result := 'locked';
    ELSE
        UPDATE draft SET state = 'dropped', updated_at = now() WHERE ulid = a_ulid;
        INSERT INTO audit (login_id, action, object, request)
            VALUES (a_login, 'draft.drop', 'draft ' || a_ulid, a_request);
        result := 'ok';
    END IF;
END $$;
