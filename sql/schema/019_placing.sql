-- Placing in one function with one argument, which may come without a look before it: what was known of
-- the caller and the buyer since an earlier request is compared with what is.

-- A priced order on its way into the database, with all that is to be taken and kept for it.
CREATE TYPE priced_order AS (
    hash text, login bigint, acting bigint, request text, channel text, market text, type text,
    distributor bigint, version int, customer bigint, list bigint, date date, currency text, exponent int,
    tax_included boolean, region text,
    goods bigint, discount bigint, delivery bigint, delivery_tax bigint, tax bigint, tax_added bigint, total bigint,
    cv bigint, pv bigint, destination text, ship_to jsonb, note text, fingerprint text,
    draft_rev bigint,
    -- what pays it, for order_tenders (sql/schema/020_payments.sql)
    t_kind text[], t_amount bigint[], t_ref text[],
    -- its lines
    l_client text[], l_item bigint[], l_sku text[], l_name text[], l_qty bigint[], l_unit bigint[], l_discount bigint[],
    l_tax bigint[], l_ppm int[], l_cv bigint[], l_pv bigint[],
    -- what they need of stock, ascending by item
    n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[], n_back boolean[],
    -- for promotions_take; what was confirmed, and parts of kits, for order_keep
    promotions jsonb, confirmed text[],
    c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[],
    -- when nobody has looked: whether an order like it is accepted, by which session, and what is taken for
    -- true, see order_known
    accepted boolean, token bytea, address_of text, address_choice int,
    r_id bigint[], r_reach bigint[], r_days int[], r_first int[], r_last int[], known text[]
);

-- What pricing has looked at, of the caller and the buyer, as it is now: NULL when the session has ended.
-- The server writes the same down of what it once read (server/api/known.c). Stock, balances and limits of
-- promotions are not in it: placing takes them under lock.
CREATE FUNCTION order_known(a priced_order) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_known text[];
    v_customer bigint;
BEGIN
    SELECT ARRAY[l.id::text, l.login, l.kind, l.name, array_to_string(l.roles, ','), l.market, s.acting_for::text,
                 coalesce(sd.number, ''), s.desk,
                 (business_date(m.code) - DATE '1970-01-01')::text, d.id::text, d.number, p.name, d.status, d.market,
                 d.rank::text, d.version::text, c.id::text, cd.number,
                 coalesce(nullif(x.name, ''), CASE a.address_of WHEN 'customer' THEN cp.name ELSE p.name END),
                 x.line1, x.line2, x.city, x.postcode, x.region, x.country, c.market],
           CASE WHEN c.market = a.market THEN c.id END
      INTO v_known, v_customer
      FROM session s
      JOIN login l ON l.id = s.login_id
      LEFT JOIN distributor sd ON sd.id = l.person_id AND l.kind = 'distributor'
      JOIN market m ON m.code = a.market
      LEFT JOIN distributor d ON d.id = a.distributor
      LEFT JOIN person p ON p.id = d.id
      LEFT JOIN customer c ON c.id = a.customer
      LEFT JOIN person cp ON cp.id = c.id
      LEFT JOIN distributor cd ON cd.id = c.distributor_id
      LEFT JOIN address x ON x.person_id = CASE a.address_of WHEN 'customer' THEN c.id WHEN 'distributor' THEN d.id END
            AND x.position = greatest(a.address_choice, 1)
     WHERE s.token_hash = a.token AND NOT l.disabled AND s.expires_at > now() AND s.last_seen + s.idle > now();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN v_known
        || CASE WHEN v_customer IS NULL
                THEN EXISTS (SELECT FROM orders o WHERE o.distributor_id = a.distributor AND o.customer_id IS NULL
                                AND o.state <> 'cancelled')
                ELSE EXISTS (SELECT FROM orders o WHERE o.customer_id = v_customer AND o.state <> 'cancelled') END::text
        || ARRAY(SELECT g.code FROM person_group_member k JOIN person_group g ON g.id = k.group_id
                  WHERE k.person_id = coalesce(v_customer, a.distributor) ORDER BY g.code COLLATE "C")
        || ARRAY(SELECT (SELECT count(*) FROM promotion_recruits(r.id, a.distributor, r.reach, r.days,
                                daterange(DATE '1970-01-01' + r.first, DATE '1970-01-01' + r.last)))::text
                   FROM unnest(a.r_id, a.r_reach, a.r_days, a.r_first, a.r_last) WITH ORDINALITY
                        AS r(id, reach, days, first, last, nr) ORDER BY r.nr);
END $$;

-- Places a priced order, or says why not; one call, one commit. The result is one of
--   placed     number, payment state, total
--   again      the same key and body were placed before: that order
--   reused     the key placed another body: that order's number
--   stock      every item that is short: {"items": [{"item": id, "free": n, "wanted": n}, ...]}
--   tender     one of the tenders cannot be taken: see order_tenders
--   promotion  a limit of a promotion, a coupon or a new customer is used up
--   facts      the distributor has changed since the order was priced, or what was taken for true is not,
--              or an order like it is to be confirmed: load and price again
--   stale      the draft was saved again since: {"rev": n}
--   locked     somebody else holds the draft's lease
-- Locks are taken in one order everywhere: draft, stock by item, accounts, promotions.
DROP FUNCTION order_place_promoted;
DROP FUNCTION order_place;
CREATE FUNCTION order_place(a_key text, a priced_order,
                            OUT result text, OUT order_number text, OUT payment_state text, OUT order_total bigint,
                            OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_site int;
    v_now timestamptz := company_now();
    v_today date;
    o orders%ROWTYPE;
    v_draft draft%ROWTYPE;
    v_took record;
    v_placed record;
    v_why text;
    v_confirmed text[] := a.confirmed;
BEGIN
    SELECT x.number, x.payment_state, x.total, CASE WHEN x.body_hash = a.hash THEN 'again' ELSE 'reused' END
      INTO order_number, payment_state, order_total, result FROM orders x WHERE x.key = a_key;
    IF FOUND THEN
        RETURN;
    END IF;

    IF a.known IS NOT NULL THEN -- nobody has looked yet
        result := 'facts';
        IF order_known(a) IS DISTINCT FROM a.known THEN
            RETURN;
        END IF;
        IF EXISTS (SELECT FROM orders x WHERE x.fingerprint = a.fingerprint AND x.state <> 'cancelled'
                      AND x.placed_at > v_now - interval '24 hours') THEN
            IF NOT a.accepted THEN
                RETURN;
            END IF;
            v_confirmed := v_confirmed || 'duplicate'::text;
        END IF;
    END IF;

    -- The draft is frozen while it is placed; a save that came in between makes the total stale.
    SELECT * INTO v_draft FROM draft WHERE ulid = a_key FOR UPDATE;
    IF FOUND AND v_draft.state = 'placed' THEN
        RAISE EXCEPTION 'again' USING ERRCODE = 'PL004';
    ELSIF FOUND THEN
        IF v_draft.lease_login <> a.login AND v_draft.lease_until > now() THEN
            RAISE EXCEPTION 'locked' USING ERRCODE = 'PL005';
        ELSIF v_draft.state <> 'open' OR v_draft.rev IS DISTINCT FROM a.draft_rev
           OR v_draft.market <> a.market THEN
            RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005',
                DETAIL = jsonb_build_object('rev', v_draft.rev)::text;
        END IF;
        UPDATE draft SET state = 'placed', updated_at = now() WHERE ulid = a_key;
    END IF;

    SELECT s.id, (v_now AT TIME ZONE m.zone)::date INTO v_site, v_today
      FROM market m JOIN site s ON s.market = m.code AND s.ships WHERE m.code = a.market;
    PERFORM FROM distributor d WHERE d.id = a.distributor AND d.version = a.version
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'facts' USING ERRCODE = 'PL001';
    END IF;

    SELECT * INTO v_took FROM stock_take(v_site, a.n_item, a.n_qty, a.n_back);
    order_number := order_number_next();
    payment_state := CASE WHEN a.total = 0 THEN 'captured' ELSE 'due' END;
    order_total := a.total;
    INSERT INTO orders (number, key, body_hash, market, type, payment_state, channel, distributor_id,
            customer_id, list_id, pricing_date, currency, exponent, tax_included, region, goods,
            discount, delivery, delivery_tax, tax, tax_added, total, cv, pv, destination, ship_to,
            site_id, note, fingerprint, placed_at, business_date, month, placed_by, acting_for)
        VALUES (order_number, a_key, a.hash, a.market, a.type, payment_state, a.channel, a.distributor,
            a.customer, a.list, a.date, a.currency, a.exponent, a.tax_included, a.region, a.goods,
            a.discount, a.delivery, a.delivery_tax, a.tax, a.tax_added, a.total, a.cv, a.pv,
            a.destination, a.ship_to, v_site, coalesce(a.note, ''), a.fingerprint, v_now, v_today,
            date_trunc('month', v_today)::date, a.login, a.acting)
        ON CONFLICT (key) DO NOTHING RETURNING * INTO o;
    IF o.id IS NULL THEN -- another connection placed this very key while we waited
        RAISE EXCEPTION 'again' USING ERRCODE = 'PL004';
    END IF;

    PERFORM order_write_lines(o.id, v_site, (SELECT array_agg(i) FROM generate_series(1, cardinality(a.l_item)) i),
                              a.l_client, a.l_item, a.l_sku, a.l_name, a.l_qty, a.l_unit, a.l_discount, a.l_tax, a.l_ppm,
                              a.l_cv, a.l_pv, a.n_line, a.n_item, a.n_per, v_took.r_reserved, v_took.r_short);

    IF cardinality(a.t_kind) > 0 THEN
        PERFORM order_tenders(o, a.total, a.t_kind, a.t_amount, a.t_ref, a.login);
        payment_state := (SELECT x.payment_state FROM orders x WHERE x.id = o.id);
    ELSIF a.total > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state, login_id) VALUES (o.id, 'later', a.total, 'due', a.login);
    END IF;
    INSERT INTO order_event (order_id, at, machine, from_state, to_state, by_login)
        VALUES (o.id, v_now, 'order', '', 'placed', a.login);

    PERFORM order_book(o.id, 'order', order_number, v_now, a.login, NULL, 0);

    INSERT INTO audit (login_id, acting_for, action, object, request)
        VALUES (a.login, a.acting, 'order.place', 'order ' || order_number, a.request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    IF a.promotions IS NOT NULL THEN
        PERFORM promotions_take(o.id, a.promotions);
    END IF;
    IF cardinality(v_confirmed) + cardinality(a.c_client) > 0 THEN
        PERFORM order_keep(true, order_number, a.login, v_confirmed, a.c_client, a.c_item, a.c_slot, a.c_qty, a.c_share);
    END IF;
    result := 'placed';
EXCEPTION
    -- Everything above is undone; what is told is the reason. A key that was placed meanwhile goes
    -- first: whoever waited behind the winner for the last piece must hear of the order, not of the
    -- shortage that the order itself has made.
    WHEN SQLSTATE 'PL001' OR SQLSTATE 'PL002' OR SQLSTATE 'PL004'
      OR SQLSTATE 'PL005' OR SQLSTATE 'PL006' OR SQLSTATE 'PL008' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := SQLERRM;
        detail := nullif(v_why, '')::jsonb;
        order_number := NULL;
        payment_state := NULL;
        order_total := NULL;
        SELECT x.number, x.payment_state, x.total, CASE WHEN x.body_hash = a.hash THEN 'again' ELSE 'reused' END AS outcome
          INTO v_placed FROM orders x WHERE x.key = a_key;
        IF FOUND THEN
            order_number := v_placed.number;
            payment_state := v_placed.payment_state;
            order_total := v_placed.total;
            result := v_placed.outcome;
            detail := NULL;
        END IF;
END $$;

REVOKE EXECUTE ON FUNCTION order_known(priced_order), order_place(text, priced_order) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION order_place(text, priced_order) TO partyline_app;
