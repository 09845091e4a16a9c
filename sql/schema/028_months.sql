-- Business months that close. Of a month that is closed nothing changes any more: what is corrected later
-- (returned, refunded, changed, cancelled) is booked in the month that is open then, tied to its original.
--
-- No booking carries its month: it follows. Transfers are numbered and never change, and a close notes the
-- last one before it. A booking belongs to the calendar month of its time, or, when that was closed already,
-- to the first month that was open. So a closed month cannot be booked into, whoever tries, and a booking
-- costs nothing but a lock in memory.

-- Every month up to this one is closed; months close one after the other.
ALTER TABLE market ADD closed_through date CHECK (closed_through = date_trunc('month', closed_through));

-- What closed and opened them.
CREATE TABLE month_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    market text NOT NULL REFERENCES market,
    month date NOT NULL CHECK (month = date_trunc('month', month)),
    act text NOT NULL CHECK (act IN ('close', 'reopen')),
    after bigint NOT NULL,    -- the last transfer before it
    closed_through date,      -- from then on
    by_login bigint NOT NULL REFERENCES login,
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CHECK (act = 'close' OR reason <> '')
);
CREATE INDEX month_event_market ON month_event (market, after);
CREATE TRIGGER month_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON month_event EXECUTE FUNCTION refuse_change();

-- What a month was when it was closed: the trial balance by kind of account, and seals over what every account
-- has moved and over every distributor's volumes.
CREATE TABLE month_balance (
    event_id bigint NOT NULL REFERENCES month_event,
    kind text NOT NULL REFERENCES account_kind,
    opening bigint NOT NULL, -- credits less debits, of all months before
    debits bigint NOT NULL,
    credits bigint NOT NULL,
    PRIMARY KEY (event_id, kind)
);
CREATE TABLE month_seal (
    event_id bigint PRIMARY KEY REFERENCES month_event,
    transfers bigint NOT NULL,
    cv bigint NOT NULL,
    pv bigint NOT NULL,
    books bytea NOT NULL,
    volumes bytea NOT NULL
);
CREATE TRIGGER month_balance_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON month_balance EXECUTE FUNCTION refuse_change();
CREATE TRIGGER month_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON month_seal EXECUTE FUNCTION refuse_change();

-- ---- booking and closing ------------------------------------------------------------------------------
-- Whoever books holds this with others until the commit; whoever closes holds it alone.
CREATE FUNCTION month_lock() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(28, 0);
END $$;
CREATE FUNCTION transfer_month_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(28, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_month_lock BEFORE INSERT ON transfer FOR EACH STATEMENT EXECUTE FUNCTION transfer_month_lock();

-- An order, and volumes, stand in the calendar month unless that is closed.
CREATE FUNCTION orders_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(28, 0);
    NEW.month := greatest(NEW.month, (SELECT closed_through + interval '1 month' FROM market WHERE code = NEW.market)::date);
    RETURN NEW;
END $$;
CREATE TRIGGER orders_month BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION orders_month();
CREATE FUNCTION volume_entry_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(28, 0);
    NEW.month := greatest(NEW.month, (SELECT m.closed_through + interval '1 month' FROM orders o JOIN market m ON m.code = o.market
                                       WHERE o.id = NEW.order_id)::date);
    RETURN NEW;
END $$;
CREATE TRIGGER volume_entry_month BEFORE INSERT ON volume_entry FOR EACH ROW EXECUTE FUNCTION volume_entry_month();

-- The month that is open: the calendar's, or the first behind the closed ones.
CREATE FUNCTION month_now(a_market text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT greatest(date_trunc('month', company_now() AT TIME ZONE zone), closed_through + interval '1 month')::date
              FROM market WHERE code = a_market);
END $$;

-- An order of a closed month that is changed or cancelled leaves its volumes there; the difference stands in
-- the month that is open.
ALTER TABLE volume_entry
    ALTER return_id DROP NOT NULL,
    ADD revision int, -- of the order since when
    ADD CONSTRAINT volume_entry_why CHECK ((return_id IS NULL) = (revision IS NOT NULL));
CREATE FUNCTION orders_volumes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_cv bigint := CASE NEW.state WHEN 'cancelled' THEN 0 ELSE NEW.cv END - CASE OLD.state WHEN 'cancelled' THEN 0 ELSE OLD.cv END;
    v_pv bigint := CASE NEW.state WHEN 'cancelled' THEN 0 ELSE NEW.pv END - CASE OLD.state WHEN 'cancelled' THEN 0 ELSE OLD.pv END;
BEGIN
    PERFORM month_lock();
    IF (v_cv, v_pv) <> (0, 0) AND NEW.month <= (SELECT closed_through FROM market WHERE code = NEW.market) THEN
        INSERT INTO volume_entry (order_id, distributor_id, month, cv, pv, event, at, revision)
            VALUES (NEW.id, NEW.distributor_id, month_now(NEW.market), v_cv, v_pv, 0, company_now(), NEW.revision);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_volumes AFTER UPDATE ON orders FOR EACH ROW
    WHEN (NEW.cv <> OLD.cv OR NEW.pv <> OLD.pv OR (NEW.state = 'cancelled') <> (OLD.state = 'cancelled'))
    EXECUTE FUNCTION orders_volumes();

-- ---- what a month is ------------------------------------------------------------------------------------
-- The month of a transfer of that number in a journal of that time.
CREATE FUNCTION month_of(a_market text, a_zone text, a_at timestamptz, a_transfer bigint) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN greatest(date_trunc('month', a_at AT TIME ZONE a_zone),
                    (SELECT e.closed_through + interval '1 month' FROM month_event e
                      WHERE e.market = a_market AND e.after < a_transfer ORDER BY e.after DESC, e.id DESC LIMIT 1))::date;
END $$;

-- What every account has moved in every month, of a market (NULL: of each that ever closed one).
CREATE FUNCTION month_moved(a_market text)
RETURNS TABLE (market text, month date, account_id bigint, kind text, debits bigint, credits bigint, transfers bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        WITH m AS MATERIALIZED (
            SELECT x.code, x.zone FROM market x
             WHERE CASE WHEN a_market IS NULL THEN EXISTS (SELECT FROM month_event y WHERE y.market = x.code) ELSE x.code = a_market END
        )
        SELECT v.market, v.month, a.id, a.kind, sum(v.debit)::bigint, sum(v.credit)::bigint, count(*)
          FROM (SELECT m.code AS market, x.account, x.debit, x.credit,
                       greatest(date_trunc('month', j.at AT TIME ZONE m.zone), e.closed_through + interval '1 month')::date AS month -- month_of
                  FROM m
                  JOIN account d ON d.market = m.code
                  JOIN transfer t ON t.debit_id = d.id
                  JOIN journal j ON j.id = t.journal_id
                  LEFT JOIN LATERAL (SELECT y.closed_through FROM month_event y WHERE y.market = m.code AND y.after < t.id
                                      ORDER BY y.after DESC, y.id DESC LIMIT 1) e ON true
                 CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount, 0), (t.credit_id, 0, t.amount)) AS x(account, debit, credit)) v
          JOIN account a ON a.id = v.account
         GROUP BY v.market, v.month, a.id, a.kind;
END $$;

-- The volumes of a month by distributor, without what was changed when it was closed already.
CREATE FUNCTION month_volumes(a_market text, a_month date) RETURNS TABLE (distributor_id bigint, cv bigint, pv bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT v.distributor_id, sum(v.cv)::bigint, sum(v.pv)::bigint
          FROM (SELECT o.distributor_id, CASE o.state WHEN 'cancelled' THEN 0 ELSE o.cv END AS cv, CASE o.state WHEN 'cancelled' THEN 0 ELSE o.pv END AS pv
                  FROM orders o WHERE o.market = a_market AND o.month = a_month
                UNION ALL
                SELECT e.distributor_id, -e.cv, -e.pv FROM volume_entry e JOIN orders o ON o.id = e.order_id
                 WHERE o.market = a_market AND o.month = a_month AND e.return_id IS NULL
                UNION ALL
                SELECT e.distributor_id, e.cv, e.pv FROM volume_entry e JOIN orders o ON o.id = e.order_id
                 WHERE o.market = a_market AND e.month = a_month) v
         GROUP BY v.distributor_id HAVING (sum(v.cv), sum(v.pv)) <> (0, 0);
END $$;

-- The closes that hold: not opened again since.
CREATE VIEW month_closed AS
SELECT e.* FROM month_event e
 WHERE e.act = 'close' AND NOT EXISTS (SELECT FROM month_event x WHERE x.market = e.market AND x.month = e.month AND x.id > e.id);
GRANT SELECT ON month_closed TO partyline_app;

-- What closed months are now; of one event, or (NULL) of all that hold.
CREATE FUNCTION month_sealed(a_event bigint) RETURNS SETOF month_seal LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        WITH books AS (
            SELECT m.market, m.month, (sum(m.transfers) / 2)::bigint AS transfers,
                   string_agg(concat_ws(':', m.account_id, m.debits, m.credits, m.transfers), ',' ORDER BY m.account_id) AS text
              FROM month_moved((SELECT market FROM month_event WHERE id = a_event)) m GROUP BY m.market, m.month
        )
        SELECT e.id, coalesce(b.transfers, 0), v.cv, v.pv, sha256(convert_to(coalesce(b.text, ''), 'UTF8')), sha256(convert_to(v.text, 'UTF8'))
          FROM month_closed e
          LEFT JOIN books b ON b.market = e.market AND b.month = e.month
         CROSS JOIN LATERAL (SELECT coalesce(sum(x.cv), 0)::bigint AS cv, coalesce(sum(x.pv), 0)::bigint AS pv,
                                    coalesce(string_agg(concat_ws(':', x.distributor_id, x.cv, x.pv), ',' ORDER BY x.distributor_id), '') AS text
                               FROM month_volumes(e.market, e.month) x) v
         WHERE e.id = coalesce(a_event, e.id);
END $$;
CREATE FUNCTION month_balances(a_event bigint) RETURNS SETOF month_balance LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        WITH moved AS (
            SELECT m.market, m.month, m.kind, sum(m.debits)::bigint AS debits, sum(m.credits)::bigint AS credits
              FROM month_moved((SELECT market FROM month_event WHERE id = a_event)) m GROUP BY m.market, m.month, m.kind
        )
        SELECT e.id, m.kind, coalesce(sum(m.credits - m.debits) FILTER (WHERE m.month < e.month), 0)::bigint,
               coalesce(sum(m.debits) FILTER (WHERE m.month = e.month), 0)::bigint, coalesce(sum(m.credits) FILTER (WHERE m.month = e.month), 0)::bigint
          FROM month_closed e JOIN moved m ON m.market = e.market AND m.month <= e.month
         WHERE e.id = coalesce(a_event, e.id)
         GROUP BY e.id, m.kind;
END $$;

-- ---- closing and opening again ------------------------------------------------------------------------
-- Who may: staff of the office, in their market.
CREATE FUNCTION month_keeper(a_login text, a_market text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT id FROM login WHERE login = upper(a_login) AND kind = 'staff' AND NOT disabled AND roles && '{office,supervisor}'
               AND coalesce(market, a_market) = a_market);
END $$;

-- Closes a month, or opens the last closed one again; one event, in a moment. Results: done ({"event"}),
-- market (there is none), right (that login may not), reason (needed), later (the month has not come),
-- before ({"month"}: that one has to be first), state (it is so already; {"event"} of a close without its books).
CREATE FUNCTION month_turn(a_market text, a_month date, a_act text, a_login text, a_reason text, OUT result text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '250ms' AS $$
DECLARE
    v_login bigint := month_keeper(a_login, a_market);
    v_through date;
    v_event bigint;
BEGIN
    detail := '{}';
    FOR i IN 1 .. 100 LOOP -- everything that is being booked is booked, the rest comes after; nobody waits long for us
        BEGIN
            PERFORM pg_advisory_xact_lock(28, 0);
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF i = 100 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    SELECT closed_through INTO v_through FROM market WHERE code = a_market FOR NO KEY UPDATE;
    result := CASE WHEN NOT FOUND THEN 'market' WHEN v_login IS NULL THEN 'right'
                   WHEN a_act = 'reopen' AND a_reason = '' THEN 'reason'
                   WHEN a_act = 'close' AND a_month <= v_through THEN 'state'
                   WHEN a_act = 'close' AND a_month > date_trunc('month', company_now() AT TIME ZONE (SELECT zone FROM market WHERE code = a_market)) THEN 'later'
                   WHEN a_act = 'close' AND a_month > v_through + interval '1 month' THEN 'before'
                   WHEN a_act = 'reopen' AND a_month > coalesce(v_through, '-infinity') THEN 'state'
                   WHEN a_act = 'reopen' AND a_month < v_through THEN 'before'
                   ELSE 'done' END;
    IF result = 'before' THEN
        detail := jsonb_build_object('month', to_char(CASE a_act WHEN 'close' THEN v_through + interval '1 month' ELSE v_through END, 'YYYY-MM'));
    ELSIF result = 'state' THEN
        SELECT jsonb_build_object('event', e.id) INTO detail FROM month_event e
         WHERE e.market = a_market AND e.month = a_month AND e.act = 'close' AND a_act = 'close' AND NOT EXISTS (SELECT FROM month_seal s WHERE s.event_id = e.id)
         ORDER BY e.id DESC LIMIT 1;
    ELSIF result = 'done' THEN
        v_through := CASE a_act WHEN 'close' THEN a_month ELSE a_month - interval '1 month' END;
        UPDATE market SET closed_through = v_through WHERE code = a_market;
        INSERT INTO month_event (market, month, act, after, closed_through, by_login, reason, at)
            VALUES (a_market, a_month, a_act, (SELECT coalesce(max(id), 0) FROM transfer), v_through, v_login, a_reason, company_now()) RETURNING id INTO v_event;
        detail := jsonb_build_object('event', v_event);
        INSERT INTO audit (login_id, action, object, detail)
            VALUES (v_login, 'month.' || a_act, 'month ' || a_market || ' ' || to_char(a_month, 'YYYY-MM'), jsonb_build_object('reason', a_reason, 'event', v_event));
    END IF;
END $$;

-- Writes down what the month was that an event has closed. Nothing of it can change any more, so that others
-- go on booking meanwhile.
CREATE FUNCTION month_keep(a_event bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM month_seal WHERE event_id = a_event) THEN
        INSERT INTO month_balance SELECT * FROM month_balances(a_event);
        INSERT INTO month_seal SELECT * FROM month_sealed(a_event);
    END IF;
END $$;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{month_lock,transfer_month_lock,orders_month,volume_entry_month,month_now,orders_volumes,month_of,month_moved,
                        month_volumes,month_sealed,month_balances,month_keeper,month_turn,month_keep}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{month_now}'));
END $$;
