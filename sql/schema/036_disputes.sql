-- Disputes: a card's owner takes a payment back at the bank. The provider withdraws the amount and a fee at
-- once; the bank decides weeks later. Where a dispute stands is what the provider says of it now: an event
-- only has somebody look, and what is booked is what lacks to that.

INSERT INTO machine_move VALUES
    ('order', 'released', 'on_hold'), -- its payment is disputed, and it has not left the house
    ('payment', 'declined', 'authorised'), ('payment', 'declined', 'captured'); -- paid after all: payment_after_all

INSERT INTO account_kind VALUES
    ('disputed', 'market', false, 'Card payments in dispute', 'assets'), -- withdrawn, and not decided
    ('dispute_fees', 'market', false, 'Fees of disputes', 'expenses'),
    ('chargebacks', 'market', false, 'Disputes lost', 'expenses');
INSERT INTO account (kind, market, currency)
    SELECT k.kind, m.code, m.currency FROM market m
     CROSS JOIN (VALUES ('disputed'), ('dispute_fees'), ('chargebacks')) AS k(kind) ORDER BY m.code, k.kind;

CREATE TABLE dispute (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES payment, -- the one that the provider has
    provider_ref text NOT NULL UNIQUE,             -- "dp_..."
    -- An inquiry of the bank costs nothing yet; closed: it came to nothing.
    state text NOT NULL CHECK (state IN ('inquiry', 'open', 'review', 'won', 'lost', 'closed')),
    reason text NOT NULL,                          -- the provider's word for it
    amount bigint NOT NULL CHECK (amount > 0),
    due_by timestamptz,                            -- until then evidence is taken
    taken bigint NOT NULL DEFAULT 0 CHECK (taken >= 0),         -- withdrawn, and not brought back
    fee bigint NOT NULL DEFAULT 0 CHECK (fee >= 0),             -- so too
    lost bigint NOT NULL DEFAULT 0 CHECK (lost IN (0, taken)),  -- written off
    journals int NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL,
    ended_at timestamptz,                          -- decided, and the money is where it belongs
    CHECK (ended_at IS NULL OR taken = lost)
);
CREATE INDEX dispute_payment ON dispute (payment_id);
CREATE INDEX dispute_open ON dispute (id) WHERE ended_at IS NULL;
GRANT SELECT ON dispute TO partyline_app;

-- A refund of a payment that is lost in a dispute is paid already, as far as the dispute went.
ALTER TABLE refund ADD covered bigint NOT NULL DEFAULT 0 CHECK (covered BETWEEN 0 AND amount);

-- `dispute`: how the disputes of a payment stand; one of a payment at a time, so that no older answer comes
-- after a newer one. `disputes`: whether there are any that nobody has told of. `held`: a refund that the
-- provider does not make while the payment is disputed.
ALTER TABLE gateway_task
    ADD again boolean NOT NULL DEFAULT false, -- something has happened since it was taken
    DROP CONSTRAINT gateway_task_act_known,
    DROP CONSTRAINT gateway_task_about,
    DROP CONSTRAINT gateway_task_one,
    DROP CONSTRAINT gateway_task_state_check,
    ADD CONSTRAINT gateway_task_state_known CHECK (state IN ('waiting', 'busy', 'held', 'done', 'failed', 'dropped')),
    ADD CONSTRAINT gateway_task_act_known CHECK (act IN ('authorise', 'session', 'expire', 'capture', 'cancel', 'refund', 'look',
                                                         'setup', 'setup_look', 'adopt', 'detach', 'dispute', 'disputes')),
    ADD CONSTRAINT gateway_task_about CHECK (CASE WHEN act IN ('setup', 'setup_look', 'adopt') THEN setup_id IS NOT NULL
                                                  WHEN act = 'detach' THEN token_id IS NOT NULL
                                                  WHEN act = 'disputes' THEN true
                                                  ELSE payment_id IS NOT NULL AND amount > 0 END),
    ADD CONSTRAINT gateway_task_one CHECK (num_nonnulls(payment_id, setup_id, token_id) = CASE act WHEN 'disputes' THEN 0 ELSE 1 END);
CREATE UNIQUE INDEX gateway_task_dispute ON gateway_task (payment_id) WHERE act = 'dispute' AND state IN ('waiting', 'busy');
CREATE INDEX gateway_task_held ON gateway_task (payment_id) WHERE state = 'held';
CREATE UNIQUE INDEX gateway_task_disputes ON gateway_task (act) WHERE act = 'disputes';

-- As people see it; `waits`: refunds of its payment that wait for its end.
CREATE VIEW dispute_row AS
SELECT d.id, d.payment_id, d.state, d.reason, d.amount, d.fee, d.lost,
       (SELECT coalesce(sum(r.amount - r.covered), 0) FROM gateway_task g JOIN refund r ON r.id = g.refund_id
         WHERE g.payment_id = d.payment_id AND g.state = 'held')::bigint AS waits,
       to_char(d.due_by AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS due_by,
       to_char(d.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS opened_at,
       to_char(d.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ended_at
  FROM dispute d;
GRANT SELECT ON dispute_row TO partyline_app;

-- ---- looking -----------------------------------------------------------------------------------------
-- Somebody looks how the disputes of a payment stand, now.
CREATE FUNCTION dispute_ask(a_payment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE gateway_task SET again = state = 'busy', not_before = CASE state WHEN 'waiting' THEN now() ELSE not_before END
     WHERE payment_id = a_payment AND act = 'dispute' AND state IN ('waiting', 'busy');
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, payment_id, amount) SELECT 'dispute', p.id, p.amount FROM payment p WHERE p.id = a_payment
            ON CONFLICT (payment_id) WHERE act = 'dispute' AND state IN ('waiting', 'busy') DO NOTHING;
    END IF;
END $$;

-- What the provider's word for a dispute's state is here; NULL: a word that did not exist when this was written.
CREATE FUNCTION dispute_state(a_status text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_status WHEN 'warning_needs_response' THEN 'inquiry' WHEN 'warning_under_review' THEN 'inquiry'
                         WHEN 'warning_closed' THEN 'closed' WHEN 'prevented' THEN 'closed' WHEN 'charge_refunded' THEN 'closed'
                         WHEN 'needs_response' THEN 'open' WHEN 'under_review' THEN 'review'
                         WHEN 'won' THEN 'won' WHEN 'lost' THEN 'lost' END;
$$;

-- ---- the books ---------------------------------------------------------------------------------------
CREATE FUNCTION dispute_move(a_journal bigint, a_market text, a_debit text, a_credit text, a_amount bigint, a_order bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF a_amount <> 0 THEN -- less of it is the way back
        PERFORM transfer_make(a_journal, account_of(a_market, CASE WHEN a_amount > 0 THEN a_debit ELSE a_credit END),
                              account_of(a_market, CASE WHEN a_amount > 0 THEN a_credit ELSE a_debit END), abs(a_amount), a_order);
    END IF;
END $$;

-- Books what lacks until `taken`, `fee` and `lost` are what they are to be. The journal's name begins with the payment.
CREATE FUNCTION dispute_book(o orders, d dispute, a_taken bigint, a_fee bigint, a_lost bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_journal bigint;
BEGIN
    IF (a_taken, a_fee, a_lost) = (d.taken, d.fee, d.lost) THEN
        RETURN;
    END IF;
    UPDATE dispute SET taken = a_taken, fee = a_fee, lost = a_lost, journals = journals + 1 WHERE id = d.id;
    v_journal := journal_open('dispute', format('%s/%s/%s', d.payment_id, d.id, d.journals + 1), NULL);
    PERFORM dispute_move(v_journal, o.market, 'disputed', 'card_clearing', a_taken - d.taken, o.id);
    PERFORM dispute_move(v_journal, o.market, 'dispute_fees', 'card_clearing', a_fee - d.fee, o.id);
    PERFORM dispute_move(v_journal, o.market, 'chargebacks', 'disputed', a_lost - d.lost, o.id);
END $$;

-- ---- what follows from it ------------------------------------------------------------------------------
-- Those who judge are told.
CREATE FUNCTION dispute_tell(o orders, d dispute, a_kind text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO notice (login_id, market, kind, ref, detail, at)
        SELECT l.id, o.market, a_kind, o.number, jsonb_build_object('dispute', d.id, 'amount', d.amount, 'reason', d.reason), company_now()
          FROM login l WHERE l.kind = 'staff' AND NOT l.disabled AND l.roles && '{office,supervisor}'
           AND coalesce(l.market, o.market) = o.market;
$$;

-- What that payment has paid for, and has not left the house, waits until somebody has judged.
CREATE FUNCTION dispute_hold(a_payment bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE o orders%ROWTYPE;
BEGIN
    FOR o IN SELECT * FROM orders x
              WHERE x.state IN ('placed', 'released') AND x.id IN (SELECT p.order_id FROM payment p
                     WHERE coalesce(p.moved_from, p.id) = a_payment AND p.state IN ('captured', 'authorised'))
              ORDER BY x.id FOR NO KEY UPDATE LOOP
        PERFORM machine_step('order', o.id, 0, o.state, 'on_hold', NULL, 'payment disputed');
        INSERT INTO audit (action, object, detail)
            VALUES ('order.hold', 'order ' || o.number, jsonb_build_object('reason', 'payment disputed'));
        INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    END LOOP;
END $$;

-- Whether refunds of a payment wait. While a bank inquires they do not.
CREATE FUNCTION payment_is_disputed(a_payment bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM dispute d WHERE d.payment_id = a_payment AND d.state <> 'inquiry' AND d.ended_at IS NULL);
END $$;

-- Of a refund of a payment, what lost disputes have paid of it: the bank has given it to the card's owner, who
-- does not get it twice. True: that is all of it.
CREATE FUNCTION refund_cover(o orders, g gateway_task) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    r refund%ROWTYPE;
    v_part bigint;
BEGIN
    SELECT * INTO r FROM refund WHERE id = g.refund_id FOR UPDATE;
    SELECT least(r.amount - r.covered, coalesce(sum(d.amount) FILTER (WHERE d.state = 'lost'), 0)::bigint
                 - coalesce((SELECT sum(x.covered) FROM refund x JOIN payment p ON p.id = x.payment_id
                              WHERE coalesce(p.moved_from, p.id) = g.payment_id), 0)::bigint) INTO v_part
      FROM dispute d WHERE d.payment_id = g.payment_id;
    IF r.state = 'asked' AND v_part > 0 THEN
        UPDATE refund SET covered = covered + v_part, state = CASE WHEN covered + v_part = amount THEN 'done' ELSE state END
         WHERE id = r.id RETURNING * INTO r;
        PERFORM dispute_move(journal_open('refund_covered', r.id || '/' || r.covered, NULL), o.market, 'refunds', 'chargebacks', v_part, o.id);
    END IF;
    RETURN r.state <> 'asked';
END $$;

-- Refunds that have waited for disputes of the payment to end: paid by one that was lost, or asked for now, under
-- a new key.
CREATE FUNCTION refunds_go_on(o orders, a_payment bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE g gateway_task%ROWTYPE;
BEGIN
    IF payment_is_disputed(a_payment) THEN
        RETURN;
    END IF;
    FOR g IN SELECT * FROM gateway_task WHERE payment_id = a_payment AND state = 'held' ORDER BY id FOR UPDATE LOOP
        IF refund_cover(o, g) THEN
            UPDATE gateway_task SET state = 'done' WHERE id = g.id;
        ELSE
            UPDATE gateway_task SET state = 'waiting', serial = serial + 1, keyed_at = now(), not_before = now(),
                   amount = (SELECT r.amount - r.covered FROM refund r WHERE r.id = g.refund_id) WHERE id = g.id;
        END IF;
    END LOOP;
END $$;

-- The provider does not refund what is disputed. What a lost dispute has not paid waits until it is known how
-- that stands; who has waited three times, and nothing is open, gets store credit.
CREATE FUNCTION refund_disputed(o orders, g gateway_task) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_open boolean := payment_is_disputed(g.payment_id);
BEGIN
    IF refund_cover(o, g) THEN
        UPDATE gateway_task SET state = 'done', holder = NULL, until = NULL, outcome = '{"outcome": "covered"}' WHERE id = g.id;
    ELSIF g.serial >= 3 AND NOT v_open THEN
        UPDATE gateway_task SET state = 'failed', holder = NULL, until = NULL, outcome = '{"outcome": "disputed"}' WHERE id = g.id;
        PERFORM refund_answered(o, g.refund_id, 'refused', NULL);
    ELSE
        UPDATE gateway_task SET state = 'held', holder = NULL, until = NULL, outcome = '{"outcome": "disputed"}' WHERE id = g.id;
        PERFORM dispute_ask(g.payment_id);
    END IF;
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
END $$;

-- ---- what the provider says ------------------------------------------------------------------------------
-- One dispute as it is now: {"dispute", "status", "amount", "reason", "due_by", "taken", "fee"}.
CREATE FUNCTION dispute_answered(o orders, a_payment bigint, j jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    d dispute%ROWTYPE;
    v_state text := dispute_state(j ->> 'status');
    v_before text := '';
    v_taken bigint := greatest((j ->> 'taken')::bigint, 0);
    v_lost bigint;
    v_ended boolean;
BEGIN
    SELECT * INTO d FROM dispute WHERE provider_ref = j ->> 'dispute' FOR UPDATE;
    IF d.id IS NULL THEN
        INSERT INTO dispute (payment_id, provider_ref, state, reason, amount, opened_at)
            VALUES (a_payment, j ->> 'dispute', coalesce(v_state, 'review'), j ->> 'reason', (j ->> 'amount')::bigint, company_now())
            RETURNING * INTO d;
    ELSE
        v_before := d.state;
    END IF;
    v_state := coalesce(v_state, d.state);
    v_lost := CASE v_state WHEN 'lost' THEN v_taken ELSE 0 END;
    v_ended := v_state IN ('won', 'lost', 'closed') AND v_taken = v_lost;
    PERFORM dispute_book(o, d, v_taken, greatest((j ->> 'fee')::bigint, 0), v_lost);
    UPDATE dispute SET state = v_state, reason = j ->> 'reason', amount = (j ->> 'amount')::bigint,
           due_by = to_timestamp((j ->> 'due_by')::bigint), ended_at = CASE WHEN v_ended THEN coalesce(ended_at, company_now()) END
     WHERE id = d.id RETURNING * INTO d;
    IF v_state <> v_before THEN
        INSERT INTO order_event (order_id, at, machine, ref, from_state, to_state)
            VALUES (o.id, company_now(), 'dispute', d.id, v_before, v_state);
        INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    END IF;
    IF v_before = '' OR v_before = 'inquiry' AND v_state = 'open' THEN
        PERFORM dispute_tell(o, d, CASE v_state WHEN 'inquiry' THEN 'dispute_inquiry' ELSE 'dispute' END);
        IF v_state IN ('inquiry', 'open', 'review') THEN
            PERFORM dispute_hold(a_payment);
        END IF;
    END IF;
    IF v_state <> v_before AND v_state IN ('won', 'lost', 'closed') THEN
        PERFORM dispute_tell(o, d, 'dispute_' || v_state);
    END IF;
END $$;

-- All disputes of a payment, as they are now. While one is open somebody looks four times a day, whether or not
-- the provider's events come through; none, where one was told of, is looked for again soon.
CREATE FUNCTION disputes_answered(o orders, g gateway_task, a_list jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    j jsonb;
    v_open boolean;
BEGIN
    FOR j IN SELECT x FROM jsonb_array_elements(a_list) AS x LOOP
        PERFORM dispute_answered(o, g.payment_id, j);
    END LOOP;
    v_open := EXISTS (SELECT FROM dispute d WHERE d.payment_id = g.payment_id AND d.ended_at IS NULL);
    IF jsonb_array_length(a_list) = 0 AND g.tries < 5 THEN
        PERFORM gateway_again(g.id, g.tries, '{"outcome": "disputes"}');
        RETURN;
    END IF;
    SELECT t.again INTO g.again FROM gateway_task t WHERE t.id = g.id;
    UPDATE gateway_task SET state = CASE WHEN v_open OR g.again THEN 'waiting' ELSE 'done' END, holder = NULL, until = NULL, again = false,
           tries = 0, not_before = now() + CASE WHEN g.again THEN interval '0' ELSE interval '6 hours' END,
           outcome = jsonb_build_object('outcome', 'disputes', 'disputes', a_list) WHERE id = g.id;
    PERFORM refunds_go_on(o, g.payment_id);
END $$;

-- Payments with disputes of late: of those that nobody has told of somebody looks. Every quarter of an hour,
-- each time from an hour before the last time that there was an answer (the question says so).
CREATE FUNCTION disputes_found(g gateway_task, a_payments jsonb, a_heard boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_payment bigint;
BEGIN
    FOR v_payment IN SELECT p.id FROM payment p
                      WHERE p.provider_ref IN (SELECT jsonb_array_elements_text(a_payments))
                        AND NOT EXISTS (SELECT FROM dispute d WHERE d.payment_id = p.id) ORDER BY p.id LOOP
        PERFORM dispute_ask(v_payment);
    END LOOP;
    UPDATE gateway_task SET state = 'waiting', holder = NULL, until = NULL, tries = 0, not_before = now() + interval '15 minutes',
           keyed_at = CASE WHEN a_heard THEN now() - interval '1 minute' ELSE keyed_at END WHERE id = g.id;
END $$;

-- A gateway begins: where there is one, somebody looks for disputes.
CREATE FUNCTION gateway_begins() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO gateway_task (act, amount, keyed_at) VALUES ('disputes', 0, now() - interval '1 day') ON CONFLICT DO NOTHING;
$$;

-- As 026 has it, and:
--   disputes         how the disputes of a payment stand ({"disputes"}), or which payments have any ({"payments"})
--   disputed         a refund is not made while the payment is disputed
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
    IF g.act = 'disputes' THEN
        PERFORM disputes_found(g, coalesce(a_detail -> 'payments', '[]'), a_outcome = 'disputes');
        RETURN a_outcome;
    ELSIF g.act = 'dispute' AND a_outcome = 'disputes' THEN
        PERFORM disputes_answered(o, g, a_detail -> 'disputes');
        RETURN p.state;
    ELSIF g.act = 'refund' AND a_outcome = 'disputed' THEN
        PERFORM refund_disputed(o, g);
        RETURN (SELECT state FROM payment WHERE id = p.id);
    END IF;
    -- Money waits for what a dispute comes to: whatever the provider says, it is asked again.
    v_again := v_again OR g.act = 'dispute';
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
    ELSIF g.act NOT IN ('cancel', 'expire', 'dispute') OR a_outcome = 'captured' THEN -- captured before it could be called off
        PERFORM payment_answered(o, p, g.act, a_outcome, a_ref, a_detail);
    END IF;
    RETURN (SELECT state FROM payment WHERE id = p.id);
END $$;

-- As 026 has it; but of what a lost dispute has not paid already.
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
                     ELSE account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)) END, r.amount - r.covered, NULL);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
END $$;

-- As 026 has it; an event of a dispute has somebody look how it stands, and one of a payment that was declined is
-- looked at too: behind a link another card may have been tried.
CREATE OR REPLACE FUNCTION gateway_event(a_id text, a_type text, a_object text, a_refs text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO provider_event (id, type, object) VALUES (a_id, a_type, a_object) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF a_type LIKE 'charge.dispute.%' THEN
        PERFORM dispute_ask(p.id) FROM payment p WHERE p.provider_ref = ANY (a_refs);
        RETURN true;
    END IF;
    -- Who looks already looks now; else somebody does.
    UPDATE gateway_task g SET not_before = now() FROM payment p
     WHERE p.id = g.payment_id AND (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs))
       AND g.act = 'look' AND g.state = 'waiting';
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, payment_id, amount)
            SELECT 'look', p.id, p.amount FROM payment p
             WHERE (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs))
               AND p.state IN ('authorising', 'unknown', 'authorised', 'declined');
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

-- As 026 has it; looking at disputes is nothing that waits for an answer.
CREATE OR REPLACE FUNCTION gateway_stand(OUT waiting bigint, OUT oldest_seconds bigint, OUT refused bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT count(*), coalesce(extract(epoch FROM now() - min(g.created_at)), 0)::bigint INTO waiting, oldest_seconds
      FROM gateway_task g
     WHERE g.state IN ('waiting', 'busy') AND g.act NOT IN ('look', 'setup_look', 'dispute', 'disputes');
    SELECT count(*) INTO refused FROM gateway_task g WHERE g.state = 'failed' AND g.created_at > now() - interval '1 day';
END $$;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{dispute_ask,dispute_state,dispute_move,dispute_book,dispute_tell,dispute_hold,refund_cover,
                        refunds_go_on,refund_disputed,dispute_answered,disputes_answered,disputes_found,payment_after_all,gateway_begins,payment_is_disputed}'));
    GRANT EXECUTE ON FUNCTION gateway_begins() TO partyline_gateway;
END $$;
