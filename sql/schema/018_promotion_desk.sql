-- The back office publishes and ends promotions, and makes coupons, by requests that have a key of their own:
-- sent again, they are answered as before. (Replaces promotion_publish, promotion_end and promotion_coupons of 013.)

DROP FUNCTION promotion_publish(text, int, daterange, bigint, bigint, bigint, bigint, text);
DROP FUNCTION promotion_end(text, int, date, bigint, text);
DROP FUNCTION promotion_coupons(text, text[], bigint, bigint, text);

-- The promotion, locked, for somebody who may work in `a_bound` only (NULL: everywhere), with what the key has done
-- before. `a_rev` NULL: whatever it is now. Results: NULL (go on), again, reused, unknown, stale.
CREATE FUNCTION promotion_asked(a_code text, a_bound text, a_rev int, a_key text, a_hash text,
                                OUT p promotion, OUT result text, OUT reply jsonb) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT * INTO p FROM promotion x WHERE x.code = a_code AND x.market = coalesce(a_bound, x.market) FOR UPDATE;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    END IF;
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF result IS NULL AND p.rev <> coalesce(a_rev, p.rev) THEN
        result := 'stale';
    END IF;
END $$;

-- What was done under the key, for whoever asks again and for the audit.
CREATE FUNCTION promotion_done(a_code text, a_what text, a_key text, a_hash text, a_login bigint, a_request text,
                               a_reply jsonb, a_detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, a_reply);
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'promotion.' || a_what, 'promotion ' || a_code, a_detail, a_request);
END $$;

-- Makes a version of what was written, for pricing dates in `a_valid`; versions of before end where it
-- begins. Results: published, again, reused, unknown, stale, nothing (nothing new was written).
CREATE FUNCTION promotion_publish(a_code text, a_bound text, a_rev int, a_valid daterange, a_uses bigint, a_person bigint,
                                  a_budget bigint, a_key text, a_hash text, a_login bigint, a_request text,
                                  OUT result text, OUT version int, OUT rev int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked record;
    p promotion%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM promotion_asked(a_code, a_bound, a_rev, a_key, a_hash);
    p := asked.p;
    result := asked.result;
    version := asked.reply ->> 'version';
    rev := coalesce((asked.reply ->> 'rev')::int, p.rev);
    IF result IS NOT NULL THEN
        RETURN;
    ELSIF p.draft IS NULL THEN
        result := 'nothing';
        RETURN;
    END IF;
    UPDATE promotion_version v SET valid = v.valid * daterange(NULL, lower(a_valid))
     WHERE v.promotion_id = p.id AND NOT v.valid << a_valid AND NOT isempty(v.valid);
    INSERT INTO promotion_version AS v (promotion_id, version, text, valid, limit_uses, limit_person, limit_budget, published_by)
        SELECT p.id, coalesce(max(x.version), 0) + 1, p.draft, a_valid, a_uses, a_person, a_budget, a_login
          FROM promotion_version x WHERE x.promotion_id = p.id RETURNING v.version INTO version;
    UPDATE promotion x SET state = 'published', draft = NULL, rev = x.rev + 1, changed_at = now(), changed_by = a_login
     WHERE x.id = p.id RETURNING x.rev INTO rev;
    PERFORM promotion_done(a_code, 'publish', a_key, a_hash, a_login, a_request,
                           jsonb_build_object('version', version, 'rev', rev),
                           jsonb_build_object('version', version, 'valid', a_valid));
    result := 'published';
END $$;

-- Takes it out of all quotes for pricing dates from `a_day`. Results: ended, again, reused, unknown, stale,
-- nothing (it is not in force).
CREATE FUNCTION promotion_end(a_code text, a_bound text, a_rev int, a_day date, a_key text, a_hash text, a_login bigint,
                              a_request text, OUT result text, OUT rev int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked record;
    p promotion%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM promotion_asked(a_code, a_bound, a_rev, a_key, a_hash);
    p := asked.p;
    result := asked.result;
    rev := coalesce((asked.reply ->> 'rev')::int, p.rev);
    IF result IS NOT NULL THEN
        RETURN;
    ELSIF p.state <> 'published' THEN
        result := 'nothing';
        RETURN;
    END IF;
    UPDATE promotion_version v SET valid = v.valid * daterange(NULL, a_day)
     WHERE v.promotion_id = p.id AND NOT isempty(v.valid) AND NOT v.valid << daterange(a_day, NULL);
    UPDATE promotion x SET state = 'ended', rev = x.rev + 1, changed_at = now(), changed_by = a_login
     WHERE x.id = p.id RETURNING x.rev INTO rev;
    PERFORM promotion_done(a_code, 'end', a_key, a_hash, a_login, a_request, jsonb_build_object('rev', rev),
                           jsonb_build_object('from', a_day));
    result := 'ended';
END $$;

-- Codes for a promotion, a code that is given twice once; those that exist already are told and nothing is
-- made. Results: made (how many), taken, again, reused, unknown.
CREATE FUNCTION promotion_coupons(a_code text, a_bound text, a_codes text[], a_limit bigint, a_key text, a_hash text,
                                  a_login bigint, a_request text, OUT result text, OUT taken text[], OUT made int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint;
    v_reply jsonb;
BEGIN
    SELECT (a.p).id, a.result, a.reply INTO v_id, result, v_reply
      FROM promotion_asked(a_code, a_bound, NULL, a_key, a_hash) a;
    made := v_reply ->> 'made';
    IF result IS NOT NULL THEN
        RETURN;
    END IF;
    taken := ARRAY(SELECT c.code FROM coupon c WHERE c.code IN (SELECT upper(x) FROM unnest(a_codes) x) ORDER BY c.code);
    IF taken <> '{}' THEN
        result := 'taken';
        RETURN;
    END IF;
    INSERT INTO coupon (code, promotion_id, limit_uses, made_by)
        SELECT DISTINCT upper(x), v_id, a_limit, a_login FROM unnest(a_codes) x;
    GET DIAGNOSTICS made = ROW_COUNT;
    PERFORM promotion_done(a_code, 'coupons', a_key, a_hash, a_login, a_request, jsonb_build_object('made', made),
                           jsonb_build_object('count', made, 'limit', a_limit));
    result := 'made';
END $$;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{promotion_asked,promotion_done,promotion_publish,promotion_end,promotion_coupons}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{promotion_publish,promotion_end,promotion_coupons}'));
END $$;
