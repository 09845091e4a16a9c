-- Signing in: tries are counted before a password is looked at, in one place for all workers and
-- servers, so that parallel guesses cannot slip past the limit.

-- One more try under a key; the seconds to wait, or 0 when it may go on.
CREATE FUNCTION guard_try(a_key text, a_most int, a_window interval, a_lock interval) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE g guard%ROWTYPE;
BEGIN
    INSERT INTO guard AS old (key, tries, since) VALUES (a_key, 1, now())
        ON CONFLICT (key) DO UPDATE SET
            tries = CASE WHEN old.locked_until > now() THEN old.tries
                         WHEN old.since < now() - a_window OR old.locked_until <= now() THEN 1
                         ELSE old.tries + 1 END,
            since = CASE WHEN old.locked_until > now() THEN old.since
                         WHEN old.since < now() - a_window OR old.locked_until <= now() THEN now()
                         ELSE old.since END,
            locked_until = CASE WHEN old.locked_until > now() THEN old.locked_until
                                WHEN old.since >= now() - a_window AND old.locked_until IS NULL
                                     AND old.tries + 1 > a_most THEN now() + a_lock END
        RETURNING * INTO g;
    RETURN coalesce(ceil(extract(epoch FROM g.locked_until - now()))::int, 0);
END $$;

-- Staff are locked by login; distributors by login and address, since their numbers are no secret
-- and anybody could lock them out.
CREATE FUNCTION sign_in_begin(a_login text, a_peer text, a_most int, a_window interval, a_lock interval,
                              a_most_peer int, OUT wait int, OUT login_id bigint, OUT kind text,
                              OUT name text, OUT roles text[], OUT market text, OUT password_hash text,
                              OUT totp_secret bytea, OUT totp_last bigint, OUT disabled boolean,
                              OUT person_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT l.id, l.kind, l.name, l.roles, l.market, l.password_hash, l.totp_secret, l.totp_last,
           l.disabled, l.person_id
      INTO login_id, kind, name, roles, market, password_hash, totp_secret, totp_last, disabled, person_id
      FROM login l WHERE l.login = upper(a_login);
    -- Many people may sit behind one address: it is slowed down, not locked out.
    wait := greatest(guard_try('peer:' || a_peer, a_most_peer, interval '1 minute', interval '1 minute'),
                     guard_try('login:' || upper(a_login) ||
                               CASE WHEN kind = 'staff' THEN '' ELSE '|' || a_peer END,
                               a_most, a_window, a_lock));
END $$;

-- The password was right: a session is made, the counter cleared, the code used up. False when that
-- very code has been used before.
CREATE FUNCTION sign_in_finish(a_login_id bigint, a_peer text, a_token_hash bytea, a_desk text,
                               a_idle interval, a_life interval, a_totp_step bigint, a_acting bigint,
                               a_new_hash text, a_request text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE l login%ROWTYPE;
BEGIN
    UPDATE login SET totp_last = coalesce(a_totp_step, totp_last),
           password_hash = coalesce(a_new_hash, password_hash)
     WHERE id = a_login_id AND NOT disabled AND (a_totp_step IS NULL OR totp_last < a_totp_step)
     RETURNING * INTO l;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM guard WHERE key = 'login:' || l.login || CASE WHEN l.kind = 'staff' THEN '' ELSE '|' || a_peer END;
    DELETE FROM session WHERE expires_at < now() AND login_id = a_login_id;
    INSERT INTO session (token_hash, login_id, acting_for, desk, peer, idle, expires_at)
        VALUES (a_token_hash, a_login_id, a_acting, a_desk, a_peer, a_idle, now() + a_life);
    INSERT INTO audit (login_id, acting_for, action, object, request)
        VALUES (a_login_id, a_acting, 'session.open', 'login ' || l.login, a_request);
    RETURN true;
END $$;

CREATE FUNCTION sign_in_refused(a_login_id bigint, a_login text, a_peer text, a_why text, a_request text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login_id, 'session.refused', 'login ' || left(upper(a_login), 64),
                jsonb_build_object('peer', a_peer, 'why', a_why), a_request)
$$;

CREATE FUNCTION session_close(a_token_hash bytea, a_request text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM session WHERE token_hash = a_token_hash RETURNING login_id)
    INSERT INTO audit (login_id, action, object, request)
        SELECT login_id, 'session.close', 'login ' || login_id, a_request FROM gone
$$;

CREATE FUNCTION session_touch(a_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE session SET last_seen = now()
     WHERE token_hash = a_token_hash AND last_seen < now() - interval '1 minute'
$$;

-- What nobody can use any more: called now and then by one worker of each server.
CREATE FUNCTION housekeep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM guard WHERE since < now() - interval '1 day' AND coalesce(locked_until, since) < now();
    DELETE FROM session WHERE expires_at < now() OR last_seen + idle < now() - interval '1 day';
    DELETE FROM idempotency WHERE at < now() - interval '30 days';
    DELETE FROM draft WHERE state = 'dropped' AND updated_at < now() - interval '30 days';
END $$;
