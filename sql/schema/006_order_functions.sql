-- Placing, cancelling, moving: what must happen together happens in one function, one commit.

CREATE FUNCTION order_number_next() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE digits text;
BEGIN
    -- Counted from 1 and zeros: a leading 0 is never a number that people key.
    SELECT (('1' || repeat('0', order_length - 2))::bigint + nextval('order_number_seq'))::text INTO digits FROM company;
    RETURN digits || damm_digit(digits);
END $$;

-- The one place where an order, a payment or a line changes its state.
CREATE FUNCTION machine_step(a_machine text, a_order bigint, a_ref bigint, a_from text, a_to text,
                             a_login bigint, a_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM machine_move
                    WHERE machine = a_machine AND from_state = a_from AND to_state = a_to) THEN
        RAISE EXCEPTION '% cannot go from % to %', a_machine, a_from, a_to
            USING ERRCODE = 'restrict_violation';
    END IF;
    CASE a_machine
        WHEN 'order' THEN
            UPDATE orders SET state = a_to, version = version + 1 WHERE id = a_order AND state = a_from;
        WHEN 'payment' THEN
            UPDATE payment SET state = a_to WHERE id = a_ref AND order_id = a_order AND state = a_from;
        WHEN 'line' THEN
            UPDATE order_line SET state = a_to WHERE order_id = a_order AND line = a_ref AND state = a_from;
    END CASE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% % of order % is not %', a_machine, a_ref, a_order, a_from
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO order_event (order_id, at, machine, ref, from_state, to_state, by_login, reason)
        VALUES (a_order, company_now(), a_machine, a_ref, a_from, a_to, a_login, a_reason);
END $$;

-- Places a priced order, or says why not; one call, one commit. The result is one of
--   placed   number, payment state, total
--   again    the same key and body were placed before: that order
--   reused   the key placed another body: that order's number
--   stock    every item that is short: {"items": [{"item": id, "free": n, "wanted": n}, ...]}
--   balance  the wallet holds less than was to be taken: {"balance": n}
--   facts    the distributor has changed since the order was priced: load and price again
--   stale    the draft was saved again since: {"rev": n}
--   locked   somebody else holds the draft's lease
-- Locks are taken in one order everywhere: draft, stock by item, wallet.
CREATE FUNCTION order_place(
    a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text, a_channel text,
    a_market text, a_type text, a_distributor bigint, a_distributor_version int, a_customer bigint,
    a_list bigint, a_date date, a_currency text, a_exponent int, a_tax_included boolean, a_region text,
    a_goods bigint, a_discount bigint, a_delivery bigint, a_delivery_tax bigint, a_tax bigint,
    a_tax_added bigint, a_total bigint, a_cv bigint, a_pv bigint,
    a_destination text, a_ship_to jsonb, a_note text, a_fingerprint text, a_draft_rev bigint,
    a_balance bigint,
    l_client text[], l_item bigint[], l_sku text[], l_name text[], l_qty bigint[], l_unit bigint[],
    l_discount bigint[], l_tax bigint[], l_ppm int[], l_cv bigint[], l_pv bigint[],
    n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[], n_back boolean[],
    OUT result text, OUT order_number text, OUT payment_state text, OUT order_total bigint,
    OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_site int;
    v_now timestamptz := company_now();
    v_today date;
    v_order bigint;
    v_journal bigint;
    v_wallet bigint;
    v_held bigint;
    v_draft draft%ROWTYPE;
    v_lock record;
    v_placed record;
    v_why text;
    v_due bigint := a_total - a_balance;
    r_reserved bigint[] := '{}';
    r_short bigint[] := '{}';
    s_item bigint[] := '{}';
    s_free bigint[] := '{}';
    shortages jsonb := '[]';
    at_stock int := 0;
    left_free bigint;
    wanted bigint;
    may_wait boolean;
    take bigint;
BEGIN
    SELECT o.number, o.payment_state, o.total, CASE WHEN o.body_hash = a_hash THEN 'again' ELSE 'reused' END
      INTO order_number, payment_state, order_total, result FROM orders o WHERE o.key = a_key;
    IF FOUND THEN
        RETURN;
    END IF;

    -- The draft is frozen while it is placed; a save that came in between makes the total stale.
    SELECT * INTO v_draft FROM draft WHERE ulid = a_key FOR UPDATE;
    IF FOUND AND v_draft.state = 'placed' THEN
        RAISE EXCEPTION 'again' USING ERRCODE = 'PL004';
    ELSIF FOUND THEN
        IF v_draft.lease_login <> a_login AND v_draft.lease_until > now() THEN
            RAISE EXCEPTION 'locked' USING ERRCODE = 'PL005';
        ELSIF v_draft.state <> 'open' OR v_draft.rev IS DISTINCT FROM a_draft_rev
           OR v_draft.market <> a_market THEN
            RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005',
                DETAIL = jsonb_build_object('rev', v_draft.rev)::text;
        END IF;
        UPDATE draft SET state = 'placed', updated_at = now() WHERE ulid = a_key;
    END IF;

    SELECT s.id, (v_now AT TIME ZONE m.zone)::date INTO v_site, v_today
      FROM market m JOIN site s ON s.market = m.code AND s.ships WHERE m.code = a_market;
    PERFORM FROM distributor d WHERE d.id = a_distributor AND d.version = a_distributor_version
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'facts' USING ERRCODE = 'PL001';
    END IF;

    -- Stock: lock by item in ascending order, so that no two orders wait for each other.
    FOR v_lock IN
        SELECT s.item_id, s.on_hand - s.reserved AS free FROM stock s
         WHERE s.site_id = v_site AND s.item_id = ANY (n_item) ORDER BY s.item_id FOR UPDATE
    LOOP
        s_item := s_item || v_lock.item_id;
        s_free := s_free || v_lock.free;
    END LOOP;
    -- The needs come ascending by item: walk both lists side by side.
    FOR i IN 1 .. coalesce(cardinality(n_item), 0) LOOP
        IF i = 1 OR n_item[i] <> n_item[i - 1] THEN
            at_stock := coalesce(array_position(s_item, n_item[i]), 0);
            left_free := CASE WHEN at_stock > 0 THEN s_free[at_stock] ELSE 0 END;
            wanted := 0;
            may_wait := true;
        END IF;
        take := least(left_free, n_qty[i]);
        left_free := left_free - take;
        wanted := wanted + n_qty[i];
        may_wait := may_wait AND (take = n_qty[i] OR n_back[i]);
        r_reserved := r_reserved || take;
        r_short := r_short || (n_qty[i] - take);
        IF (i = cardinality(n_item) OR n_item[i + 1] <> n_item[i]) AND NOT may_wait THEN
            shortages := shortages || jsonb_build_object('item', n_item[i], 'wanted', wanted,
                'free', CASE WHEN at_stock > 0 THEN s_free[at_stock] ELSE 0 END);
        END IF;
    END LOOP;
    IF shortages <> '[]' THEN
        RAISE EXCEPTION 'stock' USING ERRCODE = 'PL002', DETAIL = jsonb_build_object('items', shortages)::text;
    END IF;
    UPDATE stock s SET reserved = s.reserved + n.reserved, back_ordered = s.back_ordered + n.short
      FROM (SELECT u.item, sum(u.r)::bigint AS reserved, sum(u.b)::bigint AS short
              FROM unnest(n_item, r_reserved, r_short) AS u(item, r, b) GROUP BY u.item) n
     WHERE s.site_id = v_site AND s.item_id = n.item;
    -- An item that never was in stock here has no row yet: a pure back-order makes it.
    INSERT INTO stock (site_id, item_id, back_ordered)
        SELECT v_site, u.item, sum(u.b) FROM unnest(n_item, r_short) AS u(item, b)
         WHERE u.item <> ALL (s_item) GROUP BY u.item
        ON CONFLICT (site_id, item_id) DO UPDATE SET back_ordered = stock.back_ordered + excluded.back_ordered;

    IF a_balance > 0 THEN
        UPDATE account SET balance = balance - a_balance
         WHERE owner_id = a_distributor AND kind = 'wallet' AND currency = a_currency
           AND balance - a_balance >= floor
        RETURNING id INTO v_wallet;
        IF NOT FOUND THEN
            SELECT balance INTO v_held FROM account
             WHERE owner_id = a_distributor AND kind = 'wallet' AND currency = a_currency;
            RAISE EXCEPTION 'balance' USING ERRCODE = 'PL003',
                DETAIL = jsonb_build_object('balance', coalesce(v_held, 0))::text;
        END IF;
    END IF;

    order_number := order_number_next();
    payment_state := CASE WHEN v_due = 0 THEN 'captured' ELSE 'due' END;
    order_total := a_total;
    INSERT INTO orders (number, key, body_hash, market, type, payment_state, channel, distributor_id,
            customer_id, list_id, pricing_date, currency, exponent, tax_included, region, goods,
            discount, delivery, delivery_tax, tax, tax_added, total, cv, pv, destination, ship_to,
            site_id, note, fingerprint, placed_at, business_date, month, placed_by, acting_for)
        VALUES (order_number, a_key, a_hash, a_market, a_type, payment_state, a_channel, a_distributor,
            a_customer, a_list, a_date, a_currency, a_exponent, a_tax_included, a_region, a_goods,
            a_discount, a_delivery, a_delivery_tax, a_tax, a_tax_added, a_total, a_cv, a_pv,
            a_destination, a_ship_to, v_site, coalesce(a_note, ''), a_fingerprint, v_now, v_today,
            date_trunc('month', v_today)::date, a_login, a_acting)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO v_order;
    IF v_order IS NULL THEN -- another connection placed this very key while we waited
        RAISE EXCEPTION 'again' USING ERRCODE = 'PL004';
    END IF;

    INSERT INTO order_line (order_id, line, client_id, item_id, sku, name, qty, unit, goods, discount,
            amount, tax, tax_ppm, cv, pv, back_ordered, state)
        SELECT v_order, u.line, u.client, u.item, u.sku, u.name, u.qty, u.unit, u.unit * u.qty,
               u.discount, u.unit * u.qty - u.discount, u.tax, u.ppm, u.cv, u.pv,
               coalesce(b.short, 0),
               CASE WHEN b.short > 0 THEN 'back_ordered' ELSE 'reserved' END
          FROM unnest(l_client, l_item, l_sku, l_name, l_qty, l_unit, l_discount, l_tax, l_ppm, l_cv, l_pv)
               WITH ORDINALITY AS u(client, item, sku, name, qty, unit, discount, tax, ppm, cv, pv, line)
          LEFT JOIN (SELECT n.line, max((n.short + n.per - 1) / n.per) AS short
                       FROM unnest(n_line, r_short, n_per) AS n(line, short, per)
                      GROUP BY n.line) b ON b.line = u.line;
    INSERT INTO reservation (order_id, line, site_id, item_id, reserved, back_ordered)
        SELECT v_order, u.line, v_site, u.item, sum(u.reserved), sum(u.short)
          FROM unnest(n_line, n_item, r_reserved, r_short) AS u(line, item, reserved, short)
         GROUP BY u.line, u.item;

    IF a_balance > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state) VALUES (v_order, 'balance', a_balance, 'captured');
    END IF;
    IF v_due > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state) VALUES (v_order, 'later', v_due, 'due');
    END IF;
    INSERT INTO order_event (order_id, at, machine, from_state, to_state, by_login)
        VALUES (v_order, v_now, 'order', '', 'placed', a_login);

    -- Every leg goes through the receivable, tagged with the order: what is due is its sum.
    INSERT INTO journal (kind, ref, at, by_login) VALUES ('order', order_number, v_now, a_login)
        RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, d.id, c.id, a_currency, leg.amount, v_order
          FROM (VALUES ('receivable', 'sales', a_goods),
                       ('discounts', 'receivable', a_discount),
                       ('receivable', 'delivery', a_delivery),
                       ('receivable', 'tax', a_tax_added),
                       ('sales', 'tax', CASE WHEN a_tax_included THEN a_tax ELSE 0 END),
                       ('delivery', 'tax', CASE WHEN a_tax_included THEN a_delivery_tax ELSE 0 END)
               ) AS leg(debit, credit, amount)
          JOIN account d ON d.market = a_market AND d.kind = leg.debit AND d.owner_id IS NULL
          JOIN account c ON c.market = a_market AND c.kind = leg.credit AND c.owner_id IS NULL
         WHERE leg.amount > 0;
    IF a_balance > 0 THEN
        INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
            SELECT v_journal, v_wallet, c.id, a_currency, a_balance, v_order FROM account c
             WHERE c.market = a_market AND c.kind = 'receivable' AND c.owner_id IS NULL;
    END IF;

    INSERT INTO audit (login_id, acting_for, action, object, request)
        VALUES (a_login, a_acting, 'order.place', 'order ' || order_number, a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', v_order::text);
    result := 'placed';
EXCEPTION
    -- Everything above is undone; what is told is the reason. A key that was placed meanwhile goes
    -- first: whoever waited behind the winner for the last piece must hear of the order, not of the
    -- shortage that the order itself has made.
    WHEN SQLSTATE 'PL001' OR SQLSTATE 'PL002' OR SQLSTATE 'PL003' OR SQLSTATE 'PL004'
      OR SQLSTATE 'PL005' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := SQLERRM;
        detail := nullif(v_why, '')::jsonb;
        order_number := NULL;
        payment_state := NULL;
        order_total := NULL;
        SELECT o.number, o.payment_state, o.total, CASE WHEN o.body_hash = a_hash THEN 'again' ELSE 'reused' END AS outcome
          INTO v_placed FROM orders o WHERE o.key = a_key;
        IF FOUND THEN
            order_number := v_placed.number;
            payment_state := v_placed.payment_state;
            order_total := v_placed.total;
            result := v_placed.outcome;
            detail := NULL;
        END IF;
END $$;

-- Takes an order back: stock is released, the books are reversed line by line, what the wallet paid
-- returns to it. Results: cancelled, again (it was cancelled under this key), state (too late),
-- unknown.
CREATE FUNCTION order_cancel(a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                             a_reason text, a_request text,
                             OUT result text, OUT state text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    p payment%ROWTYPE;
    l order_line%ROWTYPE;
    v_old idempotency%ROWTYPE;
    v_journal bigint;
    v_from bigint;
BEGIN
    -- Two at once with one key, be it for two orders: the second finds what the first has done.
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT * INTO o FROM orders WHERE number = a_number FOR UPDATE;
    IF NOT FOUND THEN
        result := 'unknown';
        RETURN;
    END IF;
    state := o.state;
    SELECT * INTO v_old FROM idempotency WHERE key = a_key;
    IF FOUND THEN
        result := CASE WHEN v_old.hash = a_hash THEN 'again' ELSE 'reused' END;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM machine_move m
                    WHERE m.machine = 'order' AND m.from_state = o.state AND m.to_state = 'cancelled') THEN
        result := 'state';
        RETURN;
    END IF;

    PERFORM FROM stock s WHERE s.site_id = o.site_id
        AND s.item_id IN (SELECT r.item_id FROM reservation r WHERE r.order_id = o.id)
        ORDER BY s.item_id FOR UPDATE;
    UPDATE stock s SET reserved = s.reserved - r.reserved, back_ordered = s.back_ordered - r.back_ordered
      FROM (SELECT item_id, sum(reserved)::bigint AS reserved, sum(back_ordered)::bigint AS back_ordered
              FROM reservation WHERE order_id = o.id GROUP BY item_id) r
     WHERE s.site_id = o.site_id AND s.item_id = r.item_id;
    DELETE FROM reservation WHERE order_id = o.id;
    FOR l IN SELECT * FROM order_line WHERE order_id = o.id ORDER BY line LOOP
        PERFORM machine_step('line', o.id, l.line, l.state, 'cancelled', a_login, a_reason);
    END LOOP;
    FOR p IN SELECT * FROM payment WHERE order_id = o.id AND payment.state IN ('due', 'captured') ORDER BY id LOOP
        PERFORM machine_step('payment', o.id, p.id, p.state,
                             CASE p.state WHEN 'due' THEN 'void' ELSE 'refunded' END, a_login, a_reason);
        IF p.kind = 'balance' THEN
            UPDATE account SET balance = balance + p.amount
             WHERE owner_id = o.distributor_id AND kind = 'wallet' AND currency = o.currency;
        END IF;
    END LOOP;
    PERFORM machine_step('order', o.id, 0, o.state, 'cancelled', a_login, a_reason);
    UPDATE orders SET payment_state = CASE payment_state WHEN 'captured' THEN 'refunded' ELSE 'void' END
     WHERE id = o.id;

    SELECT id INTO v_from FROM journal WHERE kind = 'order' AND ref = o.number;
    INSERT INTO journal (kind, ref, at, by_login, reverses)
        VALUES ('order_cancel', o.number, company_now(), a_login, v_from) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, credit_id, debit_id, currency, amount, order_id FROM transfer
         WHERE journal_id = v_from ORDER BY id;

    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'order.cancel', 'order ' || o.number,
                jsonb_build_object('reason', a_reason), a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    state := 'cancelled';
    result := 'cancelled';
    INSERT INTO idempotency (key, login_id, hash, result)
        VALUES (a_key, a_login, a_hash, jsonb_build_object('order', o.number));
END $$;
