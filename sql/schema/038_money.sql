-- Money's leftovers: each a rule that 014 to 034 had left out.

-- ---- the state of a payment ------------------------------------------------------------------------------------
-- As in 014; how an order is paid is said by order_payment_state (020) alone, in the reply of a change, too.
CREATE OR REPLACE FUNCTION order_change(
    a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text, a_reason text,
    a_version int, a_distributor_version int, a_region text,
    a_goods bigint, a_discount bigint, a_delivery bigint, a_delivery_tax bigint, a_tax bigint,
    a_tax_added bigint, a_total bigint, a_cv bigint, a_pv bigint,
    a_destination text, a_ship_to jsonb, a_note text, a_fingerprint text, a_balance bigint,
    l_client text[], l_item bigint[], l_sku text[], l_name text[], l_qty bigint[], l_unit bigint[],
    l_discount bigint[], l_tax bigint[], l_ppm int[], l_cv bigint[], l_pv bigint[],
    n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[], n_back boolean[], a_promotions jsonb,
    OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    v_now timestamptz := company_now();
    v_used int;
    v_lines int[];
    v_freed bigint[];
    v_gone record;
    v_money record;
    v_took record;
    v_why text;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF o.state NOT IN ('placed', 'on_hold') THEN
        result := 'state';
        reply := jsonb_build_object('state', o.state);
        RETURN;
    ELSIF o.version <> a_version THEN
        result := 'stale';
        reply := jsonb_build_object('version', o.version);
        RETURN;
    END IF;
    PERFORM FROM distributor d WHERE d.id = o.distributor_id AND d.version = a_distributor_version FOR SHARE;
    IF NOT FOUND THEN
        result := 'facts';
        RETURN;
    END IF;

    PERFORM stock_lock(o.id, o.site_id, n_item);
    SELECT greatest(max(l.line), (SELECT max(r.last_line) FROM order_revision r WHERE r.order_id = o.id))
      INTO v_used FROM order_line l WHERE l.order_id = o.id;
    INSERT INTO order_revision (order_id, revision, until, by_login, reason, head, lines, holds, promotions, last_line)
        VALUES (o.id, o.revision, v_now, a_login, a_reason, to_jsonb(o),
                (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.line) FROM order_line l WHERE l.order_id = o.id),
                (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.line, r.item_id), '[]') FROM reservation r
                  WHERE r.order_id = o.id),
                jsonb_build_object(
                    'uses', (SELECT jsonb_agg(to_jsonb(u) ORDER BY u.promotion_id) FROM promotion_use u WHERE u.order_id = o.id),
                    'shares', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.line, x.promotion_id) FROM order_line_share x
                                WHERE x.order_id = o.id)), v_used);
    PERFORM promotions_leave_lines(o.id);
    v_lines := order_line_numbers(o.id, v_used, l_client, l_item);
    v_freed := stock_give_back(o.id, o.site_id);
    SELECT * INTO v_took FROM stock_take(o.site_id, n_item, n_qty, n_back);
    FOR v_gone IN SELECT l.line, l.state FROM order_line l
                   WHERE l.order_id = o.id AND l.line <> ALL (v_lines) ORDER BY l.line LOOP
        PERFORM machine_step('line', o.id, v_gone.line, v_gone.state, 'cancelled', a_login, a_reason);
        DELETE FROM order_line WHERE order_id = o.id AND line = v_gone.line;
    END LOOP;
    PERFORM order_write_lines(o.id, o.site_id, v_lines, l_client, l_item, l_sku, l_name, l_qty, l_unit, l_discount,
                              l_tax, l_ppm, l_cv, l_pv, n_line, n_item, n_per, v_took.r_reserved, v_took.r_short);
    -- Who waited for as many keeps the place in the queue.
    UPDATE reservation r SET since = CASE WHEN h.back_ordered >= r.back_ordered THEN h.since ELSE v_now END
      FROM reservation x
      LEFT JOIN (SELECT v.line, v.item_id, v.back_ordered, v.since FROM order_revision w
                  CROSS JOIN LATERAL jsonb_to_recordset(w.holds) AS v(line int, item_id bigint, back_ordered bigint, since timestamptz)
                  WHERE w.order_id = o.id AND w.revision = o.revision) h ON h.line = x.line AND h.item_id = x.item_id
     WHERE x.order_id = o.id AND x.back_ordered > 0 AND r.order_id = x.order_id AND r.line = x.line AND r.item_id = x.item_id;
    FOR v_gone IN SELECT l.line, l.state, CASE WHEN l.back_ordered > 0 THEN 'back_ordered' ELSE 'reserved' END AS becomes
                    FROM order_line l WHERE l.order_id = o.id ORDER BY l.line LOOP
        IF v_gone.state <> v_gone.becomes THEN
            PERFORM machine_step('line', o.id, v_gone.line, v_gone.state, v_gone.becomes, a_login, a_reason);
        END IF;
    END LOOP;

    PERFORM stock_freed(o.site_id, v_freed, a_login, 'order ' || o.number);

    SELECT * INTO v_money FROM order_settle(o, a_total, a_balance, a_login, a_reason);
    UPDATE orders SET region = a_region, goods = a_goods, discount = a_discount, delivery = a_delivery,
           delivery_tax = a_delivery_tax, tax = a_tax, tax_added = a_tax_added, total = a_total, cv = a_cv, pv = a_pv,
           destination = a_destination, ship_to = a_ship_to, note = coalesce(a_note, ''), fingerprint = a_fingerprint,
           revision = revision + 1, version = version + 1
     WHERE id = o.id;
    PERFORM journal_reverse(order_journal(o.number, o.revision), 'order_reversal', o.number || '/' || o.revision, a_login);
    PERFORM order_book(o.id, 'order_change', o.number || '/' || o.revision + 1, v_now, a_login, v_money.wallet,
                       v_money.from_wallet);

    PERFORM promotions_clear(o.id);
    IF a_promotions IS NOT NULL THEN
        PERFORM promotions_take(o.id, promotions_renumber(a_promotions, v_lines));
    END IF;

    INSERT INTO order_event (order_id, at, machine, ref, from_state, to_state, by_login, reason)
        VALUES (o.id, v_now, 'revision', o.revision + 1, '', 'changed', a_login, a_reason);
    reply := jsonb_build_object('number', o.number, 'state', o.state,
        'payment', (SELECT payment_state FROM orders WHERE id = o.id), 'total', a_total, 'due', v_money.due,
        'difference', a_total - o.total, 'refunded', v_money.back, 'currency', o.currency, 'exponent', o.exponent,
        'revision', o.revision + 1, 'version', (SELECT version::text FROM orders WHERE id = o.id));
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'order.change', 'order ' || o.number,
                jsonb_build_object('reason', a_reason, 'revision', o.revision + 1, 'total', a_total, 'was', o.total), a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, reply);
    result := 'changed';
EXCEPTION
    WHEN SQLSTATE 'PL002' OR SQLSTATE 'PL003' OR SQLSTATE 'PL005' OR SQLSTATE 'PL006' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := SQLERRM;
        reply := coalesce(nullif(v_why, '')::jsonb, '{}');
END $$;

-- ---- numbers of certificates that are tried as tenders ----------------------------------------------------------
-- Who names certificates is counted, whatever way the number is tried: seconds to wait, or 0. The try is counted
-- before anybody looks, as in 008; the rows stay locked until it is known what came of it, so that those who try at
-- the same time are counted one after the other.
CREATE FUNCTION certificate_try(a_login bigint, a_peer text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN greatest(guard_try('certificate:' || a_login, 60, interval '10 minutes', interval '10 minutes'),
                    guard_try('certificate-peer:' || a_peer, 600, interval '10 minutes', interval '10 minutes'));
END $$;

-- What came of tenders that were counted: a wrong number stays counted, also the last six digits of nobody's; what
-- did not fail for a number is no try. Of what is undone nothing stays, so that this is said outside of it.
CREATE FUNCTION certificate_tried(a_login bigint, a_peer text, a_request text, a_result text, a_detail jsonb,
                                  t_kind text[], t_ref text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_at int := (a_detail ->> 'tender')::int + 1;
BEGIN
    IF a_result = 'tender' AND a_detail ->> 'why' = 'unknown' AND t_kind[v_at] = 'certificate' THEN
        INSERT INTO audit (login_id, action, object, detail, request)
            VALUES (a_login, 'certificate.tender', 'certificate', jsonb_build_object('found', false, 'last', right(t_ref[v_at], 4)), a_request);
    ELSE
        UPDATE guard SET tries = greatest(tries - 1, 0) WHERE key IN ('certificate:' || a_login, 'certificate-peer:' || a_peer);
    END IF;
END $$;

-- order_place, or counter_place with a shift, of an order that certificates pay. As these, and 'wait' ({"wait": seconds}).
CREATE FUNCTION certificate_place(a_key text, a priced_order, a_shift bigint, a_peer text,
                                  OUT result text, OUT order_number text, OUT payment_state text, OUT order_total bigint, OUT detail jsonb,
                                  OUT state text, OUT change bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_tries boolean := NOT EXISTS (SELECT FROM orders x WHERE x.key = a_key);
    v_wait int := CASE WHEN v_tries THEN certificate_try(a.login, a_peer) ELSE 0 END;
BEGIN
    IF v_wait > 0 THEN
        result := 'wait';
        detail := jsonb_build_object('wait', v_wait);
        RETURN;
    ELSIF a_shift IS NULL THEN
        SELECT p.result, p.order_number, p.payment_state, p.order_total, p.detail
          INTO result, order_number, payment_state, order_total, detail FROM order_place(a_key, a) p;
    ELSE
        SELECT p.* INTO result, order_number, payment_state, order_total, detail, state, change FROM counter_place(a_key, a, a_shift) p;
    END IF;
    IF v_tries THEN
        PERFORM certificate_tried(a.login, a_peer, a.request, result, detail, a.t_kind, a.t_ref);
    END IF;
END $$;

-- order_pay, or at a till (`a_shift`) counter_pay, or counter_hand_over, with certificates among the tenders. As
-- these, and 'wait' ({"wait": seconds}).
CREATE FUNCTION certificate_pay(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text,
                                t_kind text[], t_amount bigint[], t_ref text[], a_peer text, a_shift bigint, a_gives boolean,
                                OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_tries boolean := NOT EXISTS (SELECT FROM idempotency i WHERE i.key = a_key);
    v_wait int := CASE WHEN v_tries THEN certificate_try(a_login, a_peer) ELSE 0 END;
BEGIN
    IF v_wait > 0 THEN
        result := 'wait';
        reply := jsonb_build_object('wait', v_wait);
        RETURN;
    ELSIF a_shift IS NULL THEN
        SELECT p.* INTO result, reply
          FROM order_pay(a_number, a_market, a_key, a_hash, a_login, a_acting, a_request, t_kind, t_amount, t_ref) p;
    ELSIF a_gives THEN
        SELECT p.* INTO result, reply
          FROM counter_hand_over(a_number, a_market, a_key, a_hash, a_login, a_acting, a_request, a_shift, t_kind, t_amount, t_ref) p;
    ELSE
        SELECT p.* INTO result, reply
          FROM counter_pay(a_number, a_market, a_key, a_hash, a_login, a_acting, a_request, a_shift, t_kind, t_amount, t_ref) p;
    END IF;
    IF v_tries THEN
        PERFORM certificate_tried(a_login, a_peer, a_request, result, reply, t_kind, t_ref);
    END IF;
END $$;

-- As in 021, by the part above.
CREATE OR REPLACE FUNCTION certificate_look(a_number text, a_person text, a_market text, a_login bigint, a_peer text, a_request text,
                                 OUT wait int, OUT id bigint, OUT number text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    wait := certificate_try(a_login, a_peer);
    IF wait > 0 THEN
        RETURN;
    END IF;
    SELECT c.id, c.number INTO certificate_look.id, certificate_look.number FROM certificate c
     WHERE (a_market IS NULL OR c.market = a_market)
       AND CASE WHEN a_person IS NULL THEN c.number = a_number
                ELSE right(c.number, 6) = a_number
                     AND (c.customer_id = CASE WHEN a_person ~ '^[0-9]{1,18}$' THEN a_person::bigint END
                          OR c.customer_id IS NULL AND c.seller_id = (SELECT d.id FROM distributor d WHERE d.number = a_person)) END
     ORDER BY c.state, c.id DESC LIMIT 1;
    -- Also tries that found nothing: somebody may be guessing.
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'certificate.look', CASE WHEN certificate_look.id IS NULL THEN 'certificate' ELSE 'certificate ' || certificate_look.id END,
                jsonb_build_object('found', certificate_look.id IS NOT NULL, 'last', right(a_number, 4)), a_request);
END $$;

-- ---- who may what ------------------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{certificate_try,certificate_tried,certificate_place,certificate_pay}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{certificate_place,certificate_pay}'));
END $$;
