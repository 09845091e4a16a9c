-- Repeat orders: what somebody gets every so often, without asking. A schedule says what and when; the
-- job places it as any order is placed, under a key made of schedule and day, so that no day is ever
-- done twice, however often the job was interrupted.

-- A company's rules, by market.
ALTER TABLE market
    ADD autosave_notice_days int NOT NULL DEFAULT 3 CHECK (autosave_notice_days BETWEEN 0 AND 60),
    ADD autosave_attempts int NOT NULL DEFAULT 3 CHECK (autosave_attempts BETWEEN 1 AND 30),
    ADD autosave_retry_days int NOT NULL DEFAULT 2 CHECK (autosave_retry_days BETWEEN 1 AND 30),
    ADD autosave_back_order boolean NOT NULL DEFAULT true; -- what is sold out may come later, where its item may

-- Who the job signs as; nobody can sign in as it.
INSERT INTO login (login, kind, name, roles, password_hash, disabled)
    VALUES ('AUTOSAVE', 'service', 'Repeat orders', '{service}', '!', true);

CREATE TABLE autosave (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    market text NOT NULL REFERENCES market,
    distributor_id bigint NOT NULL REFERENCES distributor,
    customer_id bigint REFERENCES customer,
    draft jsonb NOT NULL, -- as POST /orders takes it: type, people, lines, ship_to, note
    every int NOT NULL CHECK (every BETWEEN 1 AND 99),
    unit text NOT NULL CHECK (unit IN ('day', 'week', 'month')),
    day int CHECK (CASE unit WHEN 'week' THEN day BETWEEN 1 AND 7 WHEN 'month' THEN day BETWEEN 1 AND 31 ELSE day IS NULL END),
    pays text NOT NULL CHECK (pays IN ('balance', 'later')),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped')),
    due date NOT NULL,      -- the next run
    attempts int NOT NULL DEFAULT 0, -- at this run, so far
    retry date,             -- when it is tried again
    told date,              -- the run of which notice was given
    told_total bigint,      -- what it was said to cost
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by bigint NOT NULL REFERENCES login,
    CHECK ((unit = 'day') = (day IS NULL))
);
CREATE INDEX autosave_due ON autosave (coalesce(retry, due)) WHERE state = 'active';
CREATE INDEX autosave_person ON autosave (distributor_id, customer_id);

-- What became of each day: placed, skipped, missed (nobody ran it in time), balance (too little), empty
-- (nothing of it could be had), refused (another rule), told (notice was given).
CREATE TABLE autosave_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    autosave_id bigint NOT NULL REFERENCES autosave,
    due date NOT NULL,
    at timestamptz NOT NULL,
    result text NOT NULL CHECK (result IN ('placed', 'skipped', 'missed', 'balance', 'empty', 'refused', 'told')),
    attempt int NOT NULL DEFAULT 0,
    order_id bigint REFERENCES orders,
    total bigint,
    detail jsonb NOT NULL DEFAULT '{}',
    CHECK ((result = 'placed') = (order_id IS NOT NULL))
);
CREATE INDEX autosave_run_of ON autosave_run (autosave_id, id DESC);
CREATE UNIQUE INDEX autosave_run_once ON autosave_run (autosave_id, due) WHERE result IN ('placed', 'skipped', 'missed');
CREATE UNIQUE INDEX autosave_run_order ON autosave_run (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER autosave_run_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON autosave_run
    EXECUTE FUNCTION refuse_change();

-- What people are to be sent; who sends takes from here.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    market text NOT NULL REFERENCES market,
    kind text NOT NULL, -- "autosave.told"
    ref text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

-- Which server does a job now. It is renewed at every step, by the real clock.
CREATE TABLE job_lease (
    job text PRIMARY KEY,
    holder text NOT NULL,
    until timestamptz NOT NULL
);

-- ---- days --------------------------------------------------------------------------------------------

-- The day of a month, or its last one when the month is shorter.
CREATE FUNCTION day_of_month(a_month date, a_day int) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT least(date_trunc('month', a_month)::date + a_day - 1,
                 (date_trunc('month', a_month) + interval '1 month')::date - 1)
$$;

-- The run after one; the 31st is the 31st again after a shorter month.
CREATE FUNCTION autosave_after(a_due date, a_every int, a_unit text, a_day int) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_unit WHEN 'day' THEN a_due + a_every
                       WHEN 'week' THEN a_due + 7 * a_every
                       ELSE day_of_month((date_trunc('month', a_due) + make_interval(months => a_every))::date, a_day) END
$$;

-- The first run that is not before a day.
CREATE FUNCTION autosave_first(a_from date, a_unit text, a_day int) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_unit WHEN 'day' THEN a_from
                       WHEN 'week' THEN a_from + (a_day - extract(isodow FROM a_from)::int + 7) % 7
                       WHEN 'month' THEN
                           CASE WHEN day_of_month(a_from, a_day) >= a_from THEN day_of_month(a_from, a_day)
                                ELSE day_of_month((date_trunc('month', a_from) + interval '1 month')::date, a_day) END END
$$;

-- The key under which a run is placed: always the same.
CREATE FUNCTION autosave_key(a_id bigint, a_due date) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '7A' || substr(upper(md5('autosave ' || a_id || ' ' || (a_due - DATE '1970-01-01'))), 1, 24)
$$;

-- ---- the job -----------------------------------------------------------------------------------------

-- Takes or renews the lease of a job; false while another server has it.
CREATE FUNCTION job_take(a_job text, a_holder text, a_seconds int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO job_lease AS l (job, holder, until)
        VALUES (a_job, a_holder, clock_timestamp() + make_interval(secs => a_seconds))
        ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE l.holder = a_holder OR l.until < clock_timestamp();
    RETURN FOUND;
END $$;

CREATE FUNCTION job_leave(a_job text, a_holder text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM job_lease WHERE job = a_job AND holder = a_holder;
END $$;

-- Goes on to the run after the present one. What lies wholly in the past was missed: it is noted, and
-- not made up for.
CREATE FUNCTION autosave_advance(a_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a autosave%ROWTYPE;
BEGIN
    SELECT * INTO a FROM autosave WHERE id = a_id FOR UPDATE;
    a.due := autosave_after(a.due, a.every, a.unit, a.day);
    WHILE autosave_after(a.due, a.every, a.unit, a.day) <= business_date(a.market) LOOP
        INSERT INTO autosave_run (autosave_id, due, at, result) VALUES (a_id, a.due, company_now(), 'missed');
        a.due := autosave_after(a.due, a.every, a.unit, a.day);
    END LOOP;
    UPDATE autosave SET due = a.due, attempts = 0, retry = NULL, told = CASE WHEN told = a.due THEN told END
     WHERE id = a_id;
END $$;

-- The next schedule with something to do: `place` when its day has come, `tell` when notice is to be
-- given. Runs that are wholly past are missed first. Nothing: NULLs. Only for who holds the lease.
CREATE FUNCTION autosave_next(a_holder text, OUT act text, OUT id bigint, OUT due date, OUT key text, OUT draft jsonb,
                              OUT pays text, OUT attempt int, OUT told_total bigint, OUT market text, OUT may_wait boolean,
                              OUT version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a autosave%ROWTYPE;
BEGIN
    IF NOT job_take('autosave', a_holder, 15) THEN
        act := 'held'; -- another server is at it
        RETURN;
    END IF;
    FOR a IN SELECT x.* FROM autosave x
              WHERE x.state = 'active' AND autosave_after(x.due, x.every, x.unit, x.day) <= business_date(x.market)
              ORDER BY x.id LOOP
        INSERT INTO autosave_run (autosave_id, due, at, result) VALUES (a.id, a.due, company_now(), 'missed');
        PERFORM autosave_advance(a.id);
    END LOOP;
    SELECT x.* INTO a FROM autosave x
      JOIN (SELECT m.code, business_date(m.code) AS today, m.autosave_notice_days FROM market m) m ON m.code = x.market
     WHERE x.state = 'active'
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

-- Who is told of a schedule: whoever gets the goods, and who made it.
CREATE FUNCTION autosave_tell(a autosave, a_kind text, a_detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (person_id, market, kind, ref, detail, at)
        VALUES (coalesce(a.customer_id, a.distributor_id), a.market, 'autosave.' || a_kind, a.id::text, a_detail, company_now());
    IF a_kind <> 'told' THEN
        INSERT INTO notice (login_id, market, kind, ref, detail, at)
            VALUES (a.created_by, a.market, 'autosave_' || a_kind, a.id::text, a_detail, company_now());
    END IF;
END $$;

-- What became of a run: `told` (notice was given), `placed`, or why not: `balance`, `empty`, `refused`.
-- What was not placed is tried again as the market says; at last it is told and given up. False: the
-- schedule went on meanwhile, nothing is noted.
CREATE FUNCTION autosave_record(a_id bigint, a_due date, a_result text, a_number text, a_total bigint, a_detail jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a autosave%ROWTYPE;
    v_order bigint;
    v_detail jsonb := a_detail || jsonb_build_object('due', a_due);
    v_most int;
    v_days int;
BEGIN
    -- After an interruption what was placed counts, not what would be now.
    IF a_number IS NOT NULL THEN
        SELECT o.id, o.total INTO v_order, a_total FROM orders o WHERE o.number = a_number;
    END IF;
    SELECT * INTO a FROM autosave WHERE id = a_id FOR UPDATE;
    IF a.due <> a_due OR a_result = 'told' AND a.told = a_due THEN
        RETURN false;
    END IF;
    INSERT INTO autosave_run (autosave_id, due, at, result, attempt, order_id, total, detail)
        VALUES (a_id, a_due, company_now(), a_result, CASE a_result WHEN 'told' THEN 0 ELSE a.attempts + 1 END, v_order, a_total, a_detail);
    IF a_result = 'told' THEN
        PERFORM autosave_tell(a, 'told', v_detail || jsonb_build_object('total', a_total));
        UPDATE autosave SET told = a_due, told_total = a_total WHERE id = a_id;
        RETURN true;
    ELSIF a_result = 'placed' THEN
        IF a_total <> a.told_total AND a.told = a_due THEN
            PERFORM autosave_tell(a, 'price', v_detail || jsonb_build_object('order', a_number, 'was', a.told_total, 'total', a_total));
        END IF;
        IF a_detail -> 'out' <> '[]' THEN
            PERFORM autosave_tell(a, 'left_out', v_detail || jsonb_build_object('order', a_number));
        END IF;
        PERFORM autosave_advance(a_id);
        RETURN true;
    END IF;
    SELECT autosave_attempts, autosave_retry_days INTO v_most, v_days FROM market WHERE code = a.market;
    IF a.attempts + 1 >= v_most
       OR business_date(a.market) + v_days >= autosave_after(a.due, a.every, a.unit, a.day) THEN
        PERFORM autosave_tell(a, a_result, v_detail);
        PERFORM autosave_advance(a_id);
    ELSE
        UPDATE autosave SET attempts = attempts + 1, retry = business_date(a.market) + v_days WHERE id = a_id;
    END IF;
    RETURN true;
END $$;

-- ---- the desk ----------------------------------------------------------------------------------------

-- A new schedule (a_id NULL), or a changed one. Its first run is the first day that fits and is not
-- before `a_from` (NULL: a change leaves the next run, where days are the same) nor today. Results:
-- made, changed, again, reused, unknown, stale, state (it is stopped).
CREATE FUNCTION autosave_save(a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text, a_id bigint,
                              a_version int, a_market text, a_distributor bigint, a_customer bigint, a_draft jsonb,
                              a_every int, a_unit text, a_day int, a_from date, a_pays text,
                              OUT result text, OUT id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a autosave%ROWTYPE;
    v_due date := autosave_first(greatest(a_from, business_date(a_market)), a_unit, a_day);
BEGIN
    IF a_key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
        SELECT e.outcome, (e.reply ->> 'autosave')::bigint INTO result, id FROM key_earlier(a_key, a_hash) e;
        IF result IS NOT NULL THEN
            RETURN;
        END IF;
    END IF;
    IF a_id IS NULL THEN
        INSERT INTO autosave (market, distributor_id, customer_id, draft, every, unit, day, pays, due, created_at, created_by)
            VALUES (a_market, a_distributor, a_customer, a_draft, a_every, a_unit, a_day, a_pays, v_due, company_now(), a_login)
            RETURNING autosave.id INTO autosave_save.id;
        INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, jsonb_build_object('autosave', id));
        result := 'made';
    ELSE
        SELECT * INTO a FROM autosave x WHERE x.id = a_id FOR UPDATE;
        id := a_id;
        result := CASE WHEN a.id IS NULL THEN 'unknown' WHEN a.version <> a_version THEN 'stale'
                       WHEN a.state = 'stopped' THEN 'state' END;
        IF result IS NOT NULL THEN
            RETURN;
        END IF;
        IF a_from IS NULL AND (a.every, a.unit, a.day) IS NOT DISTINCT FROM (a_every, a_unit, a_day) THEN
            v_due := a.due;
        END IF;
        -- Days that were done are done: also by this schedule as it was.
        WHILE EXISTS (SELECT FROM autosave_run r WHERE r.autosave_id = a_id AND r.due = v_due AND r.result IN ('placed', 'skipped', 'missed')) LOOP
            v_due := autosave_after(v_due, a_every, a_unit, a_day);
        END LOOP;
        UPDATE autosave x SET customer_id = a_customer, draft = a_draft, every = a_every, unit = a_unit, day = a_day, pays = a_pays,
               due = v_due, attempts = 0, retry = NULL, told = NULL, version = x.version + 1
         WHERE x.id = a_id;
        result := 'changed';
    END IF;
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'autosave.' || result, 'autosave ' || id,
                jsonb_build_object('every', a_every, 'unit', a_unit, 'day', a_day, 'due', v_due, 'pays', a_pays, 'draft', a_draft), a_request);
END $$;

-- skip (the next run is left out), pause, resume (from the first day that fits and is not past), stop.
-- Results: done, again, reused, unknown, state.
CREATE FUNCTION autosave_act(a_id bigint, a_market text, a_act text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                             a_request text, OUT result text, OUT state text, OUT due date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a autosave%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT * INTO a FROM autosave x WHERE x.id = a_id AND (a_market IS NULL OR x.market = a_market) FOR UPDATE;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    END IF;
    state := a.state;
    due := a.due;
    SELECT e.outcome INTO result FROM key_earlier(a_key, a_hash) e;
    IF result IS NOT NULL THEN
        RETURN;
    END IF;
    IF a.state = 'stopped' OR (a_act, a.state) IN (('resume', 'active'), ('pause', 'paused')) THEN
        result := 'state';
        RETURN;
    END IF;
    IF a_act = 'skip' THEN
        INSERT INTO autosave_run (autosave_id, due, at, result) VALUES (a_id, a.due, company_now(), 'skipped');
        PERFORM autosave_advance(a_id);
    ELSIF a_act = 'resume' THEN
        WHILE a.due < business_date(a.market) LOOP
            a.due := autosave_after(a.due, a.every, a.unit, a.day);
        END LOOP;
        UPDATE autosave x SET due = a.due, attempts = 0, retry = NULL WHERE x.id = a_id;
    END IF;
    UPDATE autosave x SET version = x.version + 1,
           state = CASE a_act WHEN 'pause' THEN 'paused' WHEN 'resume' THEN 'active' WHEN 'stop' THEN 'stopped' ELSE x.state END
     WHERE x.id = a_id RETURNING x.state, x.due INTO autosave_act.state, autosave_act.due;
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, jsonb_build_object('autosave', a_id));
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'autosave.' || a_act, 'autosave ' || a_id, jsonb_build_object('due', due), a_request);
    result := 'done';
END $$;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{day_of_month,autosave_after,autosave_first,autosave_key,job_take,job_leave,autosave_advance,
                        autosave_next,autosave_tell,autosave_record,autosave_save,autosave_act}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{day_of_month,autosave_after,autosave_key,job_take,job_leave,autosave_next,autosave_record,
                        autosave_save,autosave_act}'));
END $$;
