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

-- ---- gift certificates that come back ----------------------------------------------------------------------------
-- Who bought certificates can give them back like goods, in the same time: those of which nothing is spent. What is
-- left of one that is spent in part stays good: what it has paid may come back to it. There is no parcel: a certificate
-- has come when it is dead, which is in the same commit as its money; it costs no restock fee, nothing goes out
-- in its place, and nobody buys it back at a lower price.
CREATE FUNCTION is_certificate(a_item bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM item WHERE id = a_item AND kind = 'certificate');
END $$;

-- Kills what a line of a return gives back, those that were issued last first, as core/returns.h tells it before.
-- PL005: something of one was spent meanwhile; nobody spends what is dead, for nothing is left of it.
CREATE FUNCTION return_certificates(r goods_return, a_position int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    g goods_return_line%ROWTYPE;
    c record;
    v_pieces bigint := 0;
BEGIN
    SELECT * INTO g FROM goods_return_line WHERE return_id = r.id AND position = a_position;
    IF NOT is_certificate(g.item_id) THEN
        RETURN;
    END IF;
    FOR c IN SELECT x.id, x.amount FROM certificate x JOIN account a ON a.certificate_id = x.id AND a.balance = x.amount
              WHERE x.order_id = g.order_id AND x.line = g.line AND x.state = 'active' ORDER BY x.piece DESC LIMIT g.qty LOOP
        IF certificate_kill(c.id, r.asked_by) <> c.amount THEN
            RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005';
        END IF;
        v_pieces := v_pieces + 1;
    END LOOP;
    IF v_pieces < g.qty OR g.exchange_line IS NOT NULL OR r.kind = 'buy_back' THEN
        RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005';
    END IF;
    UPDATE goods_return_line SET scrap = qty, inspected_at = r.asked_at, inspected_by = r.asked_by
     WHERE return_id = r.id AND position = a_position;
END $$;

-- As in 023; certificates are owed, and were no sale.
DROP FUNCTION return_journal;
CREATE FUNCTION return_journal(o orders, r goods_return, a_login bigint, a_goods bigint, a_certificates bigint, a_discount bigint, a_delivery bigint,
                               a_tax bigint, a_delivery_tax bigint, a_fee bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_journal bigint := journal_open('return', r.number || '/' || r.events, a_login);
    leg record;
BEGIN
    FOR leg IN SELECT * FROM (VALUES ('sales', 'receivable', a_goods), ('certificates_sold', 'receivable', a_certificates),
                       ('receivable', 'discounts', a_discount),
                       ('delivery', 'receivable', a_delivery),
                       ('tax', CASE WHEN o.tax_included THEN 'sales' ELSE 'receivable' END, a_tax),
                       ('tax', CASE WHEN o.tax_included THEN 'delivery' ELSE 'receivable' END, a_delivery_tax),
                       ('receivable', 'fees', a_fee)) AS x(debit, credit, amount) WHERE amount <> 0 LOOP
        PERFORM transfer_make(v_journal, account_of(o.market, CASE WHEN leg.amount > 0 THEN leg.debit ELSE leg.credit END),
                              account_of(o.market, CASE WHEN leg.amount > 0 THEN leg.credit ELSE leg.debit END), abs(leg.amount), o.id);
    END LOOP;
END $$;

-- As in 023, by the parts above.
CREATE OR REPLACE FUNCTION return_book(o orders, a_return bigint, a_position int[], a_delta bigint[], a_login bigint,
                            OUT back bigint, OUT exchanged bigint)
LANGUAGE plpgsql AS $$
DECLARE
    r goods_return%ROWTYPE;
    g goods_return_line%ROWTYPE;
    l order_line%ROWTYPE;
    v record;
    v_before bigint;
    v_whole bigint;
    v_delivery bigint;
    v_delivery_tax bigint;
    v_fee bigint;
    s_goods bigint := 0;
    s_certificates bigint := 0; -- of the goods
    s_amount bigint := 0;
    s_tax bigint := 0;
    s_cv bigint := 0;
    s_pv bigint := 0;
BEGIN
    exchanged := 0;
    FOR i IN 1 .. coalesce(cardinality(a_position), 0) LOOP
        SELECT * INTO g FROM goods_return_line WHERE return_id = a_return AND position = a_position[i];
        SELECT * INTO l FROM order_line WHERE order_id = g.order_id AND line = g.line;
        SELECT done INTO v_before FROM return_progress(g.order_id, g.line, false);
        UPDATE goods_return_line SET booked = booked + a_delta[i] WHERE return_id = a_return AND position = a_position[i];
        SELECT p.whole, return_share(l.goods, v_before, p.done, p.whole) AS goods, return_share(l.amount, v_before, p.done, p.whole) AS amount,
               return_share(l.tax, v_before, p.done, p.whole) AS tax, return_share(l.cv, v_before, p.done, p.whole) AS cv,
               return_share(l.pv, v_before, p.done, p.whole) AS pv
          INTO v FROM return_progress(g.order_id, g.line, false) p;
        UPDATE goods_return_line SET goods = goods + v.goods, amount = amount + v.amount, tax = tax + v.tax, cv = cv + v.cv, pv = pv + v.pv
         WHERE return_id = a_return AND position = a_position[i];
        s_goods := s_goods + v.goods;
        s_certificates := s_certificates + CASE WHEN is_certificate(g.item_id) THEN v.goods ELSE 0 END;
        s_amount := s_amount + v.amount;
        s_tax := s_tax + v.tax;
        s_cv := s_cv + v.cv;
        s_pv := s_pv + v.pv;
        exchanged := exchanged + CASE WHEN g.exchange_line IS NULL THEN 0 ELSE v.amount + CASE WHEN o.tax_included THEN 0 ELSE v.tax END END;
    END LOOP;
    SELECT d.delivery, d.delivery_tax INTO v_delivery, v_delivery_tax FROM return_delivery(o) d;
    SELECT * INTO r FROM goods_return WHERE id = a_return FOR UPDATE;
    v_fee := return_fee(r, (SELECT coalesce(sum(x.amount + CASE WHEN o.tax_included THEN 0 ELSE x.tax END), 0)::bigint FROM goods_return_line x
                             WHERE x.return_id = r.id AND x.exchange_line IS NULL AND (x.fee OR r.kind = 'buy_back'))) - r.fee;
    back := s_amount + v_delivery - v_fee + CASE WHEN o.tax_included THEN 0 ELSE s_tax + v_delivery_tax END;
    UPDATE goods_return SET events = events + 1, delivery = delivery + v_delivery, delivery_tax = delivery_tax + v_delivery_tax,
           fee = fee + v_fee WHERE id = a_return RETURNING * INTO r;
    IF (s_goods, v_delivery, v_delivery_tax, v_fee, s_tax) <> (0, 0, 0, 0, 0) THEN
        PERFORM return_journal(o, r, a_login, s_goods - s_certificates, s_certificates, s_goods - s_amount, v_delivery, s_tax, v_delivery_tax, v_fee);
    END IF;
    IF (s_cv, s_pv) <> (0, 0) THEN
        INSERT INTO volume_entry (order_id, distributor_id, month, cv, pv, return_id, event, at)
            VALUES (o.id, o.distributor_id, date_trunc('month', business_date(o.market))::date, -s_cv, -s_pv, r.id, r.events, company_now());
    END IF;
END $$;

-- As in 023; certificates are dead with it, and cost no fee.
CREATE OR REPLACE FUNCTION return_take(o orders, r goods_return, a_worth bigint, l_line int[], l_component int[], l_qty bigint[],
                            l_reason text[], l_exchange int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_before bigint;
    v_worth bigint;
    v_all bigint := 0;
    v_fee_base bigint := 0;
BEGIN
    FOR i IN 1 .. cardinality(l_line) LOOP
        SELECT done INTO v_before FROM return_progress(o.id, l_line[i], true);
        INSERT INTO goods_return_line (return_id, position, order_id, line, component, item_id, qty, reason, fee, refunds_delivery,
                exchange_line, taken)
            SELECT r.id, i, o.id, l.line, l_component[i], coalesce(c.item_id, l.item_id), l_qty[i], q.code, q.fee AND NOT is_certificate(l.item_id), q.refunds_delivery,
                   nullif(l_exchange[i], 0), l_qty[i]
              FROM order_line l
              JOIN return_reason q ON q.market = o.market AND q.code = l_reason[i]
              LEFT JOIN order_component c ON c.order_id = l.order_id AND c.line = l.line AND c.position = l_component[i]
             WHERE l.order_id = o.id AND l.line = l_line[i] AND (l_component[i] = 0) = (c.position IS NULL);
        SELECT return_share(l.amount, v_before, p.done, p.whole) + CASE WHEN o.tax_included THEN 0 ELSE return_share(l.tax, v_before, p.done, p.whole) END
          INTO v_worth FROM order_line l CROSS JOIN LATERAL return_progress(o.id, l.line, true) p
         WHERE l.order_id = o.id AND l.line = l_line[i];
        PERFORM return_certificates(r, i);
        v_all := v_all + v_worth;
        v_fee_base := v_fee_base + CASE WHEN l_exchange[i] = 0 AND (r.kind = 'buy_back' OR EXISTS (
            SELECT FROM goods_return_line g WHERE g.return_id = r.id AND g.position = i AND g.fee)) THEN v_worth ELSE 0 END;
    END LOOP;
    IF EXISTS (SELECT FROM order_line l WHERE l.order_id = o.id AND return_pieces(o.id, l.line, 0, true) > l.qty)
       OR EXISTS (SELECT FROM order_component c WHERE c.order_id = o.id AND return_pieces(o.id, c.line, c.position, true) > c.qty)
       OR v_all - return_fee(r, v_fee_base) <> a_worth THEN
        RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005';
    END IF;
END $$;

-- As in 023; what comes back at once is given back at once.
CREATE OR REPLACE FUNCTION return_ask(
    a_order text, a_market text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text, a_kind text,
    a_override text, a_note text, a_deadline date, a_fee bigint, a_rate int, a_worth bigint, a_expected bigint, a_about jsonb,
    l_line int[], l_component int[], l_qty bigint[], l_reason text[], l_exchange int[],
    x jsonb, x_client text[], x_item bigint[], x_sku text[], x_name text[], x_qty bigint[], x_unit bigint[], x_discount bigint[],
    x_tax bigint[], x_ppm int[], x_cv bigint[], x_pv bigint[], n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[],
    n_back boolean[], c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[],
    OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    e orders%ROWTYPE;
    r goods_return%ROWTYPE;
    v_when text;
    v record;
    v_booked record;
    v_moved bigint := 0;
    v_closed boolean := false;
    v_why text;
BEGIN
    o := order_lock(a_order, a_key);
    SELECT k.outcome, k.reply INTO result, reply FROM key_earlier(a_key, a_hash) k;
    IF o.id IS NULL OR o.market <> coalesce(a_market, o.market) THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF o.state NOT IN ('shipped', 'received') THEN
        result := 'state';
        reply := jsonb_build_object('state', o.state);
        RETURN;
    END IF;
    SELECT refund_when INTO v_when FROM market WHERE code = o.market;
    INSERT INTO goods_return (number, order_id, market, kind, deadline, site_id, refund_when, fee_most, rate_ppm, expected, note,
            override, asked_at, asked_by, acting_for)
        SELECT return_number_next(), o.id, o.market, a_kind, a_deadline, s.id, v_when, a_fee, a_rate, a_expected, a_note, a_override,
               company_now(), a_login, a_acting FROM site s WHERE s.market = o.market AND s.ships
        RETURNING * INTO r;
    IF x IS NOT NULL THEN
        e := exchange_place(o, a_key, a_hash, a_login, a_acting, 'return ' || r.number, x, x_client, x_item, x_sku, x_name, x_qty,
                            x_unit, x_discount, x_tax, x_ppm, x_cv, x_pv, n_line, n_item, n_qty, n_per, n_back,
                            c_client, c_item, c_slot, c_qty, c_share);
        UPDATE goods_return SET exchange_id = e.id WHERE id = r.id;
    END IF;
    PERFORM return_take(o, r, a_worth, l_line, l_component, l_qty, l_reason, l_exchange);

    -- An exchange goes out at once, so that it is booked at once; the rest as the market says.
    SELECT array_agg(g.position ORDER BY g.position) AS positions, array_agg(g.qty ORDER BY g.position) AS pieces INTO v
      FROM goods_return_line g WHERE g.return_id = r.id AND (g.exchange_line IS NOT NULL OR v_when = 'asked');
    IF v.positions IS NOT NULL THEN
        SELECT * INTO v_booked FROM return_book(o, r.id, v.positions, v.pieces, a_login);
        IF e.id IS NOT NULL THEN
            v_moved := payment_move(o, e, least(v_booked.exchanged, e.total, (
                SELECT coalesce(sum(p.amount - p.refunded), 0)::bigint FROM payment p
                 WHERE p.order_id = o.id AND p.state IN ('captured', 'authorised', 'authorising', 'unknown'))
                 - (o.total - o.returned - v_booked.back)), a_login, 'return ' || r.number);
        END IF;
        PERFORM return_settle(o, o.returned + v_booked.back, 'return ' || r.number, a_login, 'return ' || r.number);
    END IF;
    IF e.id IS NOT NULL THEN
        PERFORM order_due_set(e.id, e.total - greatest(v_moved, 0), a_login, 'return ' || r.number);
        PERFORM order_payments_changed(e.id);
    END IF;
    -- A certificate has come when it is dead.
    IF EXISTS (SELECT FROM goods_return_line g WHERE g.return_id = r.id AND g.scrap > 0) THEN
        v_closed := NOT EXISTS (SELECT FROM goods_return_line g WHERE g.return_id = r.id AND g.scrap < g.qty);
        UPDATE goods_return SET state = CASE WHEN v_closed THEN 'closed' ELSE 'received' END,
               ended_at = CASE WHEN v_closed THEN company_now() END, ended_by = CASE WHEN v_closed THEN a_login END
         WHERE id = r.id RETURNING * INTO r;
        SELECT * INTO o FROM orders WHERE id = o.id;
        PERFORM return_true(o, r, a_login);
    END IF;
    reply := a_about || jsonb_build_object('number', r.number, 'state', r.state, 'order', o.number, 'exchange', e.number);
    PERFORM return_said(o, r, 'return.ask', a_key, a_hash, a_login, a_acting, a_request, reply);
    IF NOT v_closed THEN -- there is a parcel to be sent
        INSERT INTO outbox (person_id, market, kind, ref, detail, at)
            VALUES (coalesce(o.customer_id, o.distributor_id), o.market, 'return.instructions', r.number,
                    jsonb_build_object('order', o.number, 'deadline', a_deadline), company_now());
    END IF;
    result := 'made';
EXCEPTION
    WHEN SQLSTATE 'PL002' OR SQLSTATE 'PL005' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := CASE SQLERRM WHEN 'stale' THEN 'facts' ELSE SQLERRM END;
        reply := nullif(v_why, '')::jsonb;
END $$;

-- ---- credit that promotions gave ---------------------------------------------------------------------------------
-- It is pending until the goods are paid and kept (013): until nobody may return them any more.
CREATE INDEX promotion_use_pending ON promotion_use (buyer_id, order_id) WHERE credit > 0 AND given_back_at IS NULL AND usable_at IS NULL;

-- The day since which the time of returns is counted, for orders that were sent.
CREATE FUNCTION order_sent_on(a_order bigint) RETURNS date LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce((max(e.at) FILTER (WHERE e.to_state = m.return_from) AT TIME ZONE m.zone)::date,
                            CASE m.return_from WHEN 'received' THEN business_date(o.market) END,
                            (max(e.at) AT TIME ZONE m.zone)::date, o.business_date)
              FROM orders o
              JOIN market m ON m.code = o.market
              LEFT JOIN order_event e ON e.order_id = o.id AND e.machine = 'order' AND e.to_state IN ('shipped', 'received')
             WHERE o.id = a_order GROUP BY o.business_date, o.market, m.return_from, m.zone);
END $$;

-- The day on which an order's credit becomes usable, as far as that is known: the one after the last on which goods may
-- come back, or their parcel. NULL: it was not sent yet.
CREATE FUNCTION order_credit_on(a_order bigint) RETURNS date LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT greatest(order_sent_on(o.id) + CASE WHEN o.channel IN ('web', 'pws', 'shop') THEN greatest(m.return_days, m.withdrawal_days)
                                                       ELSE m.return_days END,
                            (SELECT max(r.deadline) FROM goods_return r WHERE r.order_id = o.id AND r.state IN ('asked', 'received'))) + 1
              FROM orders o JOIN market m ON m.code = o.market WHERE o.id = a_order AND o.state IN ('shipped', 'received'));
END $$;

-- Whether it is usable now: paid, and no bank says otherwise; kept, and nobody at a till can void it any more.
CREATE FUNCTION order_credit_is_due(o orders) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN o.state IN ('shipped', 'received') AND o.payment_state IN ('captured', 'refunded')
       AND order_credit_on(o.id) <= business_date(o.market)
       AND NOT EXISTS (SELECT FROM goods_return r WHERE r.order_id = o.id AND r.state IN ('asked', 'received'))
       AND NOT EXISTS (SELECT FROM payment p JOIN dispute d ON d.payment_id = coalesce(p.moved_from, p.id)
                        WHERE p.order_id = o.id AND (d.ended_at IS NULL OR d.lost > 0))
       AND NOT EXISTS (SELECT FROM counter_act a JOIN shift s ON s.id = a.shift_id AND s.closed_at IS NULL
                        WHERE a.order_id = o.id AND a.act = 'sale');
END $$;

-- A person's store credit in a market's currency; what is pending beside it, and the day on which the first of that is usable.
CREATE FUNCTION person_credit(a_person bigint, a_currency text, OUT credit bigint, OUT pending bigint, OUT usable_on text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT coalesce(sum(a.balance) FILTER (WHERE a.kind = 'credit'), 0), coalesce(sum(a.balance) FILTER (WHERE a.kind = 'pending_credit'), 0)
      INTO credit, pending FROM account a
     WHERE a.owner_id = a_person AND a.currency = a_currency AND a.kind IN ('credit', 'pending_credit');
    IF pending > 0 THEN
        SELECT to_char(min(order_credit_on(u.order_id)), 'YYYY-MM-DD') INTO usable_on
          FROM promotion_use u JOIN orders o ON o.id = u.order_id AND o.currency = a_currency
         WHERE u.buyer_id = a_person AND u.credit > u.taken_back AND u.credit > 0 AND u.given_back_at IS NULL AND u.usable_at IS NULL;
    END IF;
END $$;

-- Makes the credit of up to `a_most` orders usable, each in a journal of its own; says of how many. Who comes at the same
-- time passes by what is being worked at; what was done is not done again. Buyers ascending: nobody waits for whom we wait for.
CREATE FUNCTION credits_due(a_most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c record;
    o orders%ROWTYPE;
    v_amount bigint;
    v_done int := 0;
BEGIN
    FOR c IN SELECT DISTINCT u.buyer_id, u.order_id
               FROM promotion_use u JOIN orders x ON x.id = u.order_id JOIN market m ON m.code = x.market
              WHERE u.credit > 0 AND u.given_back_at IS NULL AND u.usable_at IS NULL
                AND x.business_date + m.return_days < business_date(x.market) AND order_credit_is_due(x)
              ORDER BY u.buyer_id, u.order_id LIMIT a_most LOOP
        SELECT * INTO o FROM orders x WHERE x.id = c.order_id FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        CONTINUE WHEN NOT order_credit_is_due(o); -- it has changed meanwhile
        WITH made AS (
            UPDATE promotion_use u SET usable_at = company_now()
             WHERE u.order_id = o.id AND u.credit > 0 AND u.given_back_at IS NULL AND u.usable_at IS NULL
            RETURNING u.credit - u.taken_back AS amount)
        SELECT sum(amount) INTO v_amount FROM made;
        CONTINUE WHEN v_amount IS NULL;
        IF v_amount > 0 THEN
            PERFORM transfer_make(journal_open('credit_usable', o.number, NULL), account_of_person(o.market, 'pending_credit', c.buyer_id),
                                  account_of_person(o.market, 'credit', c.buyer_id), v_amount, o.id);
        END IF;
        INSERT INTO audit (action, object, detail) VALUES ('credit.usable', 'order ' || o.number, jsonb_build_object('amount', v_amount));
        INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
        v_done := v_done + 1;
    END LOOP;
    RETURN v_done;
END $$;

-- ---- who may what ------------------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{certificate_try,certificate_tried,certificate_place,certificate_pay,is_certificate,return_certificates,
                        return_journal,return_book,return_take,return_ask,order_sent_on,order_credit_on,order_credit_is_due,person_credit,credits_due}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{certificate_place,certificate_pay,order_sent_on,order_credit_on,person_credit,credits_due}'));
END $$;
