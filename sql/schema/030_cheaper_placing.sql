-- What placing an order asks PostgreSQL, with less work for the same rules; and what a card pays is what the
-- provider says that it has taken.

-- The accounts of a market, for whoever asks for those that are nobody's (order_book and others): the unique
-- index of 020 leaves certificates out, which they do not say, so that each order read all accounts that
-- there are, twice for each leg of its journal.
CREATE INDEX account_of_nobody ON account (market, kind) WHERE owner_id IS NULL;

-- Each of its statements has one plan that is good for every order: all go by indexes. PostgreSQL, left to
-- itself, plans some of them anew for each order, which takes longer than all that is asked.
ALTER FUNCTION order_place(text, priced_order) SET plan_cache_mode = force_generic_plan;

-- As in 020, but planned once for a connection and not at each call, as a function in SQL is.
CREATE OR REPLACE FUNCTION gateway_ask(a_act text, a_payment bigint, a_amount bigint, a_refund bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO gateway_task (act, payment_id, refund_id, amount) VALUES (a_act, a_payment, a_refund, a_amount);
END $$;

-- As in 017; where there are no parts of kits, none are looked for.
CREATE OR REPLACE FUNCTION order_keep(a_done boolean, a_number text, a_login bigint, a_confirmed text[],
                           c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_order bigint;
    v_parts boolean := cardinality(c_client) > 0;
BEGIN
    IF NOT a_done THEN
        RETURN;
    END IF;
    SELECT id INTO v_order FROM orders WHERE number = a_number;
    IF v_parts OR EXISTS (SELECT FROM order_component c WHERE c.order_id = v_order) THEN
        DELETE FROM order_component WHERE order_id = v_order;
    END IF;
    IF v_parts THEN
        INSERT INTO order_component (order_id, line, position, item_id, slot, qty, share)
            SELECT v_order, l.line, row_number() OVER (PARTITION BY l.line ORDER BY u.nr), u.item, u.slot, u.qty, u.share
              FROM unnest(c_client, c_item, c_slot, c_qty, c_share) WITH ORDINALITY AS u(client, item, slot, qty, share, nr)
              JOIN order_line l ON l.order_id = v_order AND l.client_id = u.client;
    END IF;
    INSERT INTO order_confirmation (order_id, what, by_login, at)
        SELECT v_order, w, a_login, company_now() FROM unnest(a_confirmed) AS w
        ON CONFLICT DO NOTHING;
END $$;

-- ---- what is captured ------------------------------------------------------------------------------------------
-- As in 020. A capture that nobody has asked for yet asks for less; one that is out cannot be changed: what it
-- takes too much goes back when it is known (payment_answered).
CREATE OR REPLACE FUNCTION payment_lessen(o orders, p payment, a_part bigint, a_login bigint, a_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF a_part = p.amount THEN
        PERFORM payment_call_off(o, p, a_login, a_reason);
    ELSE -- the capture takes less than is held
        UPDATE payment SET amount = amount - a_part, authorised = coalesce(authorised, amount) WHERE id = p.id;
        UPDATE gateway_task SET amount = p.amount - a_part
         WHERE payment_id = p.id AND act = 'capture' AND state = 'waiting' AND tries = 0;
    END IF;
END $$;

-- The provider has money of what it had declined: the customer has tried another card behind the same link. It
-- pays what is due by now, and nothing of it is kept beyond that.
CREATE FUNCTION payment_after_all(o orders, p payment, a_to text, a_taken bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_due bigint := (SELECT coalesce(sum(x.amount), 0) FROM payment x WHERE x.order_id = o.id AND x.state = 'due');
    v_part bigint := least(v_due, CASE a_to WHEN 'captured' THEN a_taken ELSE p.amount END);
BEGIN
    IF a_to = 'authorised' AND v_part = 0 THEN
        PERFORM gateway_ask('cancel', p.id, p.amount);
        RETURN;
    ELSIF a_to NOT IN ('authorised', 'captured') THEN
        RETURN;
    END IF;
    PERFORM machine_step('payment', o.id, p.id, 'declined', a_to, NULL, 'paid after all');
    PERFORM order_due_set(o.id, v_due - v_part, NULL, 'paid after all');
    UPDATE payment SET authorised = greatest(authorised, p.amount, a_taken), failure = '',
           amount = CASE a_to WHEN 'captured' THEN a_taken ELSE v_part END WHERE id = p.id RETURNING * INTO p;
    IF a_to = 'captured' THEN
        PERFORM payment_book(o, p, NULL);
        IF a_taken > v_part THEN
            PERFORM payment_refund(o, p.id, a_taken - v_part, 'order ' || o.number, NULL, 'paid after all');
        END IF;
    ELSIF o.state NOT IN ('placed', 'on_hold') THEN
        PERFORM gateway_ask('capture', p.id, p.amount);
    END IF;
    PERFORM order_payments_changed(o.id);
END $$;

-- As in 026; the amount that is booked is what the provider has `received` (in the detail of `captured`; all, where it
-- does not say). What is more than is wanted by then is refunded, what is less stays due.
CREATE OR REPLACE FUNCTION payment_answered(o orders, p payment, a_act text, a_outcome text, a_ref text, a_detail jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_to text := CASE WHEN a_outcome IN ('authorised', 'captured', 'declined') THEN a_outcome
                      WHEN a_outcome = 'refused' THEN 'declined'
                      WHEN a_outcome = 'unknown' AND a_act = 'authorise' THEN 'unknown' END;
    v_wanted bigint := p.amount;
    v_before text := p.state;
    v_taken bigint := coalesce((a_detail ->> 'received')::bigint, p.amount);
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
    IF p.state = 'declined' THEN
        PERFORM payment_after_all(o, p, v_to, v_taken);
        RETURN;
    END IF;
    PERFORM machine_step('payment', o.id, p.id, p.state, v_to, NULL, coalesce(a_detail ->> 'why', ''));
    IF v_to = 'authorised' THEN
        UPDATE payment SET authorised = coalesce(authorised, amount) WHERE id = p.id;
        IF o.state NOT IN ('placed', 'on_hold') THEN -- released before it was authorised
            PERFORM gateway_ask('capture', p.id, p.amount);
        END IF;
    ELSIF v_to = 'captured' THEN
        IF v_taken <> v_wanted THEN
            UPDATE payment SET amount = v_taken, authorised = greatest(authorised, v_taken) WHERE id = p.id RETURNING * INTO p;
        END IF;
        PERFORM payment_book(o, p, NULL);
        IF v_before = 'void' THEN
            PERFORM payment_refund(o, p.id, p.amount, 'order ' || o.number, NULL, 'called off');
        ELSIF v_taken > v_wanted THEN
            PERFORM payment_refund(o, p.id, v_taken - v_wanted, 'order ' || o.number, NULL, 'captured before it was less');
        ELSIF v_taken < v_wanted THEN
            PERFORM order_due_set(o.id, v_wanted - v_taken + (SELECT coalesce(sum(x.amount), 0)::bigint FROM payment x
                                                               WHERE x.order_id = o.id AND x.state = 'due'), NULL, 'captured in part');
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
