-- What placing an order asks PostgreSQL, with less work for the same rules.

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
