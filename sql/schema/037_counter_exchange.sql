-- ---- what else a counter does: exchanges ---------------------------------------------------------------------
-- As in 023; at a till what goes out is taken along, from the stock of its site.
-- PL002 tells what is short. `x` holds: goods, discount, tax, tax_added, total, cv, pv.
CREATE OR REPLACE FUNCTION exchange_place(o orders, a_key text, a_hash text, a_login bigint, a_acting bigint, a_document text, x jsonb,
    l_client text[], l_item bigint[], l_sku text[], l_name text[], l_qty bigint[], l_unit bigint[], l_discount bigint[],
    l_tax bigint[], l_ppm int[], l_cv bigint[], l_pv bigint[], n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[],
    n_back boolean[], c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[]) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    e orders%ROWTYPE;
    v_site int;
    v_took record;
    v_here boolean := counter_site() IS NOT NULL;
    v_today date := business_date(o.market);
BEGIN
    SELECT coalesce(counter_site(), s.id) INTO v_site FROM site s WHERE s.market = o.market AND s.ships;
    SELECT * INTO v_took FROM stock_take(v_site, n_item, n_qty, n_back);
    INSERT INTO orders (number, key, body_hash, market, type, channel, distributor_id, customer_id, list_id, pricing_date,
            currency, exponent, tax_included, region, goods, discount, delivery, delivery_tax, tax, tax_added, total, cv, pv,
            destination, ship_to, site_id, note, fingerprint, placed_at, business_date, month, placed_by, acting_for)
        SELECT n.number, a_key || '-exchange', a_hash, o.market, 'exchange', CASE WHEN v_here THEN 'showroom' ELSE o.channel END, o.distributor_id, o.customer_id, o.list_id,
               o.pricing_date, o.currency, o.exponent, o.tax_included, o.region, (x ->> 'goods')::bigint, (x ->> 'discount')::bigint,
               0, 0, (x ->> 'tax')::bigint, (x ->> 'tax_added')::bigint, (x ->> 'total')::bigint, (x ->> 'cv')::bigint,
               (x ->> 'pv')::bigint, CASE WHEN v_here THEN 'pickup' ELSE o.destination END,
               CASE WHEN v_here THEN '{}' ELSE o.ship_to END, v_site, '', a_document, company_now(), v_today,
               date_trunc('month', v_today)::date, a_login, a_acting
          FROM order_number_next() AS n(number)
        RETURNING * INTO e;
    PERFORM order_write_lines(e.id, v_site, ARRAY(SELECT generate_series(1, cardinality(l_item))), l_client, l_item, l_sku, l_name, l_qty,
                              l_unit, l_discount, l_tax, l_ppm, l_cv, l_pv, n_line, n_item, n_per, v_took.r_reserved, v_took.r_short);
    INSERT INTO order_event (order_id, at, machine, from_state, to_state, by_login, reason)
        VALUES (e.id, e.placed_at, 'order', '', 'placed', a_login, a_document);
    PERFORM order_book(e.id, 'order', e.number, e.placed_at, a_login, NULL, 0);
    PERFORM order_keep(true, e.number, a_login, '{}', c_client, c_item, c_slot, c_qty, c_share);
    INSERT INTO audit (login_id, acting_for, action, object, detail)
        VALUES (a_login, a_acting, 'order.place', 'order ' || e.number, jsonb_build_object('for', a_document));
    INSERT INTO change_log (kind, ref) VALUES ('order', e.id::text);
    RETURN e;
END $$;
