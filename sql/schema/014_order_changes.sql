-- Orders that change after they were placed. What was stays in the history (order_revision), the
-- journal reverses it and books what is; stock and money change hands in the same commit.

INSERT INTO machine_move VALUES ('line', 'reserved', 'back_ordered'); -- a change wants more than is there

ALTER TABLE orders ADD revision int NOT NULL DEFAULT 1 CHECK (revision > 0);
-- What was given back of a payment; all of it: the payment is refunded.
ALTER TABLE payment ADD refunded bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND amount);

-- An order as it was until a change: the row of the order, its lines and what they held.
CREATE TABLE order_revision (
    order_id bigint NOT NULL REFERENCES orders,
    revision int NOT NULL,
    until timestamptz NOT NULL,
    by_login bigint, -- who changed it
    reason text NOT NULL DEFAULT '',
    head jsonb NOT NULL,
    lines jsonb NOT NULL,
    holds jsonb NOT NULL,
    promotions jsonb NOT NULL DEFAULT '{}', -- what it had of them, and the shares of the lines
    last_line int NOT NULL, -- numbers of lines up to this one are used, also by lines that are gone
    PRIMARY KEY (order_id, revision)
);
CREATE TRIGGER order_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_revision
    EXECUTE FUNCTION refuse_change();

-- Since when it waits, where that is not since the order was placed: a change that wants more waits anew.
ALTER TABLE reservation ADD since timestamptz;

-- Who waits for an item that is not there, without having ordered it.
CREATE TABLE waiting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id bigint NOT NULL REFERENCES item,
    market text NOT NULL REFERENCES market,
    distributor_id bigint NOT NULL REFERENCES distributor,
    customer_id bigint REFERENCES customer,
    qty bigint NOT NULL CHECK (qty BETWEEN 1 AND 99999),
    note text NOT NULL DEFAULT '',
    since timestamptz NOT NULL,
    login_id bigint NOT NULL REFERENCES login, -- who has promised to tell
    arrived_at timestamptz                     -- it is there: to be told
);
CREATE INDEX waiting_item ON waiting (item_id, since);
CREATE INDEX waiting_told ON waiting (login_id) WHERE arrived_at IS NOT NULL;

-- What somebody is to know, until it was seen.
CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login_id bigint NOT NULL REFERENCES login,
    market text NOT NULL REFERENCES market,
    kind text NOT NULL, -- "back_order"
    ref text NOT NULL,  -- what it is about: the number of an order
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL,
    seen_at timestamptz
);
CREATE INDEX notice_unseen ON notice (login_id, at) WHERE seen_at IS NULL;

-- Every revision of every order, with the journal that books it: what partylinectl check holds to.
CREATE VIEW order_version AS
SELECT o.id AS order_id, o.number, o.revision, true AS is_present,
       CASE o.revision WHEN 1 THEN o.number ELSE o.number || '/' || o.revision END AS journal,
       o.goods, o.discount, o.delivery, o.delivery_tax, o.tax, o.cv, o.pv
  FROM orders o
UNION ALL
SELECT o.id, o.number, r.revision, false,
       CASE r.revision WHEN 1 THEN o.number ELSE o.number || '/' || r.revision END,
       h.goods, h.discount, h.delivery, h.delivery_tax, h.tax, h.cv, h.pv
  FROM order_revision r
  JOIN orders o ON o.id = r.order_id
 CROSS JOIN LATERAL jsonb_to_record(r.head) AS h(goods bigint, discount bigint, delivery bigint, delivery_tax bigint,
                                                 tax bigint, cv bigint, pv bigint);
GRANT SELECT ON order_version TO partyline_app;

-- ---- what placing and changing share; all of them are parts of a bigger function -----------------

-- An order with its row locked, for one who comes with a key. Two at once with one key, be it for two
-- orders: the second finds what the first has done. No such order: NULLs.
CREATE FUNCTION order_lock(a_number text, a_key text) RETURNS orders LANGUAGE plpgsql AS $$
DECLARE o orders%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT * INTO o FROM orders WHERE number = a_number FOR NO KEY UPDATE;
    RETURN o;
END $$;

-- What a key has done before: again (with its reply), reused, or NULL: nothing.
CREATE FUNCTION key_earlier(a_key text, a_hash text, OUT outcome text, OUT reply jsonb) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT CASE WHEN i.hash = a_hash THEN 'again' ELSE 'reused' END, CASE WHEN i.hash = a_hash THEN i.result END
      INTO outcome, reply FROM idempotency i WHERE i.key = a_key;
END $$;

-- Takes what an order needs from a site: as much as is free is reserved, the rest is back-ordered
-- where it may be. The needs come ascending by item, and rows are locked in that order, so that no
-- two orders wait for each other. PL002 tells every item that is short.
CREATE FUNCTION stock_take(a_site int, n_item bigint[], n_qty bigint[], n_back boolean[],
                           OUT r_reserved bigint[], OUT r_short bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_lock record;
    s_item bigint[] := '{}';
    s_free bigint[] := '{}';
    shortages jsonb := '[]';
    at_stock int := 0;
    left_free bigint;
    wanted bigint;
    may_wait boolean;
    take bigint;
BEGIN
    r_reserved := '{}';
    r_short := '{}';
    FOR v_lock IN
        SELECT s.item_id, s.on_hand - s.reserved AS free FROM stock s
         WHERE s.site_id = a_site AND s.item_id = ANY (n_item) ORDER BY s.item_id FOR UPDATE
    LOOP
        s_item := s_item || v_lock.item_id;
        s_free := s_free || v_lock.free;
    END LOOP;
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
     WHERE s.site_id = a_site AND s.item_id = n.item;
    -- An item that never was in stock here has no row yet: a pure back-order makes it.
    INSERT INTO stock (site_id, item_id, back_ordered)
        SELECT a_site, u.item, sum(u.b) FROM unnest(n_item, r_short) AS u(item, b)
         WHERE u.item <> ALL (s_item) GROUP BY u.item ORDER BY u.item
        ON CONFLICT (site_id, item_id) DO UPDATE SET back_ordered = stock.back_ordered + excluded.back_ordered;
END $$;

-- Locks the stock of all that an order holds, and of the items that it will take next. Until then an
-- arrival may give it something.
CREATE FUNCTION stock_lock(a_order bigint, a_site int, a_also bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock s WHERE s.site_id = a_site
        AND (s.item_id = ANY (a_also) OR s.item_id IN (SELECT r.item_id FROM reservation r WHERE r.order_id = a_order))
        ORDER BY s.item_id FOR UPDATE;
END $$;

-- Gives back all that an order holds; its row is locked. The result are the items of which something may be free now: for stock_freed.
CREATE FUNCTION stock_give_back(a_order bigint, a_site int) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE v_items bigint[];
BEGIN
    PERFORM stock_lock(a_order, a_site, '{}');
    SELECT array_agg(DISTINCT r.item_id) INTO v_items FROM reservation r WHERE r.order_id = a_order AND r.reserved > 0;
    UPDATE stock s SET reserved = s.reserved - r.reserved, back_ordered = s.back_ordered - r.back_ordered
      FROM (SELECT item_id, sum(reserved)::bigint AS reserved, sum(back_ordered)::bigint AS back_ordered
              FROM reservation WHERE order_id = a_order GROUP BY item_id) r
     WHERE s.site_id = a_site AND s.item_id = r.item_id;
    DELETE FROM reservation WHERE order_id = a_order;
    RETURN v_items;
END $$;

-- ---- what arrives goes to those who wait ---------------------------------------------------------------

-- Gives what is free of some items to the lines that wait for them, who has waited longest first, each
-- component by itself. Returns the lines that got something, as "order line".
CREATE FUNCTION stock_allot(a_site int, a_items bigint[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    s record;
    r record;
    v_free bigint;
    v_lines text[] := '{}';
BEGIN
    FOR s IN SELECT k.item_id, k.on_hand - k.reserved AS free FROM stock k
              WHERE k.site_id = a_site AND k.item_id = ANY (a_items) AND k.back_ordered > 0 AND k.on_hand > k.reserved
              ORDER BY k.item_id FOR UPDATE
    LOOP
        v_free := s.free;
        FOR r IN SELECT x.order_id, x.line, x.back_ordered FROM reservation x JOIN orders o ON o.id = x.order_id
                  WHERE x.site_id = a_site AND x.item_id = s.item_id AND x.back_ordered > 0
                  ORDER BY coalesce(x.since, o.placed_at), x.order_id, x.line
        LOOP
            EXIT WHEN v_free = 0;
            UPDATE reservation SET reserved = reserved + least(v_free, r.back_ordered),
                   back_ordered = back_ordered - least(v_free, r.back_ordered)
             WHERE order_id = r.order_id AND line = r.line AND item_id = s.item_id;
            v_free := v_free - least(v_free, r.back_ordered);
            v_lines := v_lines || (r.order_id || ' ' || r.line);
        END LOOP;
        UPDATE stock SET reserved = reserved + s.free - v_free, back_ordered = back_ordered - (s.free - v_free)
         WHERE site_id = a_site AND item_id = s.item_id;
    END LOOP;
    RETURN v_lines;
END $$;

-- Something of these items may be free now: back-orders get it, then the waiting list. A line that has
-- all its pieces is reserved; who took the order is told when nothing of it waits any more.
CREATE FUNCTION stock_freed(a_site int, a_items bigint[], a_login bigint, a_reason text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    g record;
    l order_line%ROWTYPE;
    o orders%ROWTYPE;
    v_got text[] := stock_allot(a_site, a_items);
    v_short bigint;
BEGIN
    FOR g IN SELECT DISTINCT split_part(x, ' ', 1)::bigint AS order_id, split_part(x, ' ', 2)::int AS line
               FROM unnest(v_got) AS x ORDER BY 1, 2 LOOP
        -- Another part of a kit may arrive at the same time: whoever comes second sees both.
        SELECT * INTO l FROM order_line WHERE order_id = g.order_id AND line = g.line FOR UPDATE;
        SELECT max((r.back_ordered * l.qty + r.reserved + r.back_ordered - 1) / (r.reserved + r.back_ordered))
          INTO v_short FROM reservation r WHERE r.order_id = g.order_id AND r.line = g.line;
        UPDATE order_line SET back_ordered = v_short WHERE order_id = g.order_id AND line = g.line;
        CONTINUE WHEN v_short > 0;
        PERFORM machine_step('line', g.order_id, g.line, 'back_ordered', 'reserved', a_login, a_reason);
        INSERT INTO change_log (kind, ref) VALUES ('order', g.order_id::text);
        IF NOT EXISTS (SELECT FROM order_line x WHERE x.order_id = g.order_id AND x.state = 'back_ordered') THEN
            SELECT * INTO o FROM orders WHERE id = g.order_id;
            INSERT INTO notice (login_id, market, kind, ref, detail, at)
                VALUES (o.placed_by, o.market, 'back_order', o.number,
                        jsonb_build_object('sku', l.sku, 'name', l.name), company_now());
        END IF;
    END LOOP;
    PERFORM waiting_arrived(a_site, a_items);
END $$;

-- Goods that arrive: into stock, and on to those who wait for them.
CREATE FUNCTION stock_receive(a_site int, a_item bigint, a_qty bigint, a_document text, a_login bigint,
                              a_location text DEFAULT '', a_lot text DEFAULT '', a_expires date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM stock_move(a_site, a_item, a_qty, 'receipt', a_document, a_login, a_location, a_lot, a_expires);
    PERFORM stock_freed(a_site, ARRAY[a_item], a_login, a_document);
    RETURN (SELECT on_hand - reserved FROM stock WHERE site_id = a_site AND item_id = a_item);
END $$;

-- Takes `a_amount` from a distributor's wallet (below 0: puts it there); PL003 when it holds less.
CREATE FUNCTION wallet_take(a_owner bigint, a_currency text, a_amount bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_wallet bigint;
    v_held bigint;
BEGIN
    UPDATE account SET balance = balance - a_amount
     WHERE owner_id = a_owner AND kind = 'wallet' AND currency = a_currency AND balance - a_amount >= floor
    RETURNING id INTO v_wallet;
    IF NOT FOUND THEN
        SELECT balance INTO v_held FROM account
         WHERE owner_id = a_owner AND kind = 'wallet' AND currency = a_currency;
        RAISE EXCEPTION 'balance' USING ERRCODE = 'PL003',
            DETAIL = jsonb_build_object('balance', coalesce(v_held, 0))::text;
    END IF;
    RETURN v_wallet;
END $$;

-- Writes an order's lines under the numbers `l_line`, over those that have them, and what they hold.
-- A line that is there keeps its state. `n_line` counts the lines from 1, in the order of l_line.
CREATE FUNCTION order_write_lines(
    a_order bigint, a_site int, l_line int[], l_client text[], l_item bigint[], l_sku text[], l_name text[],
    l_qty bigint[], l_unit bigint[], l_discount bigint[], l_tax bigint[], l_ppm int[], l_cv bigint[],
    l_pv bigint[], n_line int[], n_item bigint[], n_per bigint[], r_reserved bigint[], r_short bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO order_line AS old (order_id, line, client_id, item_id, sku, name, qty, unit, goods, discount,
            amount, tax, tax_ppm, cv, pv, back_ordered, state)
        SELECT a_order, u.line, u.client, u.item, u.sku, u.name, u.qty, u.unit, u.unit * u.qty,
               u.discount, u.unit * u.qty - u.discount, u.tax, u.ppm, u.cv, u.pv,
               coalesce(b.short, 0),
               CASE WHEN b.short > 0 THEN 'back_ordered' ELSE 'reserved' END
          FROM unnest(l_line, l_client, l_item, l_sku, l_name, l_qty, l_unit, l_discount, l_tax, l_ppm, l_cv, l_pv)
               WITH ORDINALITY AS u(line, client, item, sku, name, qty, unit, discount, tax, ppm, cv, pv, nr)
          LEFT JOIN (SELECT n.line, max((n.short + n.per - 1) / n.per) AS short
                       FROM unnest(n_line, r_short, n_per) AS n(line, short, per)
                      GROUP BY n.line) b ON b.line = u.nr
        ON CONFLICT (order_id, line) DO UPDATE SET name = excluded.name, qty = excluded.qty,
            unit = excluded.unit, goods = excluded.goods, discount = excluded.discount,
            amount = excluded.amount, tax = excluded.tax, tax_ppm = excluded.tax_ppm, cv = excluded.cv,
            pv = excluded.pv, back_ordered = excluded.back_ordered;
    INSERT INTO reservation (order_id, line, site_id, item_id, reserved, back_ordered)
        SELECT a_order, l_line[u.line], a_site, u.item, sum(u.reserved), sum(u.short)
          FROM unnest(n_line, n_item, r_reserved, r_short) AS u(line, item, reserved, short)
         GROUP BY u.line, u.item;
END $$;

-- Books an order as its row stands: every leg goes through the receivable, tagged with the order, so
-- that what is due is its sum. `a_balance` is what the wallet pays.
CREATE FUNCTION order_book(a_order bigint, a_kind text, a_ref text, a_at timestamptz, a_login bigint,
                           a_wallet bigint, a_balance bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_journal bigint;
BEGIN
    INSERT INTO journal (kind, ref, at, by_login) VALUES (a_kind, a_ref, a_at, a_login) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, d.id, c.id, o.currency, leg.amount, a_order
          FROM orders o
         CROSS JOIN LATERAL
               (VALUES ('receivable', 'sales', o.goods),
                       ('discounts', 'receivable', o.discount),
                       ('receivable', 'delivery', o.delivery),
                       ('receivable', 'tax', o.tax_added),
                       ('sales', 'tax', CASE WHEN o.tax_included THEN o.tax ELSE 0 END),
                       ('delivery', 'tax', CASE WHEN o.tax_included THEN o.delivery_tax ELSE 0 END)
               ) AS leg(debit, credit, amount)
          JOIN account d ON d.market = o.market AND d.kind = leg.debit AND d.owner_id IS NULL
          JOIN account c ON c.market = o.market AND c.kind = leg.credit AND c.owner_id IS NULL
         WHERE o.id = a_order AND leg.amount > 0;
    IF a_balance > 0 THEN
        INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
            SELECT v_journal, a_wallet, c.id, o.currency, a_balance, a_order
              FROM orders o JOIN account c ON c.market = o.market AND c.kind = 'receivable' AND c.owner_id IS NULL
             WHERE o.id = a_order;
    END IF;
END $$;

-- The journal that books an order's present revision.
CREATE FUNCTION order_journal(a_number text, a_revision int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF a_revision = 1 THEN
        RETURN (SELECT id FROM journal WHERE kind = 'order' AND ref = a_number);
    END IF;
    RETURN (SELECT id FROM journal WHERE kind = 'order_change' AND ref = a_number || '/' || a_revision);
END $$;

-- A journal that mirrors another, leg by leg.
CREATE FUNCTION journal_reverse(a_from bigint, a_kind text, a_ref text, a_login bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_journal bigint;
BEGIN
    INSERT INTO journal (kind, ref, at, by_login, reverses)
        VALUES (a_kind, a_ref, company_now(), a_login, a_from) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, credit_id, debit_id, currency, amount, order_id FROM transfer
         WHERE journal_id = a_from ORDER BY id;
END $$;

-- Gives `a_part` of a captured payment back. What came from the wallet returns with the journal that
-- reverses the order; what came from outside becomes credit in the buyer's own wallet, booked here.
CREATE FUNCTION payment_give_back(a_order orders, a_payment payment, a_part bigint, a_login bigint,
                                  a_reason text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_wallet bigint;
    v_journal bigint;
BEGIN
    UPDATE payment SET refunded = refunded + a_part WHERE id = a_payment.id;
    IF a_payment.refunded + a_part = a_payment.amount THEN
        PERFORM machine_step('payment', a_order.id, a_payment.id, 'captured', 'refunded', a_login, a_reason);
    END IF;
    IF a_payment.kind = 'balance' THEN
        RETURN;
    END IF;
    INSERT INTO account (kind, market, currency, owner_id, floor, balance)
        VALUES ('wallet', a_order.market, a_order.currency, coalesce(a_order.customer_id, a_order.distributor_id), 0, 0)
        ON CONFLICT (owner_id, kind, currency) WHERE owner_id IS NOT NULL DO NOTHING;
    v_wallet := wallet_take(coalesce(a_order.customer_id, a_order.distributor_id), a_order.currency, -a_part);
    INSERT INTO journal (kind, ref, at, by_login)
        VALUES ('refund', a_payment.id || '/' || a_order.revision, company_now(), a_login) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, c.id, v_wallet, a_order.currency, a_part, a_order.id FROM account c
         WHERE c.market = a_order.market AND c.kind = 'receivable' AND c.owner_id IS NULL;
END $$;

-- ---- changing --------------------------------------------------------------------------------------

-- The numbers that the lines of a change get: a line with the same id of the client's and the same
-- item stays that line, others follow all that ever were.
CREATE FUNCTION order_line_numbers(a_order bigint, a_used int, l_client text[], l_item bigint[]) RETURNS int[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT array_agg(x.line ORDER BY x.nr)
              FROM (SELECT u.nr, coalesce(k.line, a_used + count(*) FILTER (WHERE k.line IS NULL)
                                                            OVER (ORDER BY u.nr))::int AS line
                      FROM unnest(l_client, l_item) WITH ORDINALITY AS u(client, item, nr)
                      LEFT JOIN order_line k ON k.order_id = a_order AND k.client_id = u.client
                            AND k.item_id = u.item) x);
END $$;

-- What an order has of promotions, said of its lines by position, said by their numbers.
CREATE FUNCTION promotions_renumber(a_what jsonb, a_lines int[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE part text;
BEGIN
    FOREACH part IN ARRAY '{lines,shares}'::text[] LOOP
        a_what := a_what || jsonb_build_object(part,
            (SELECT coalesce(jsonb_agg(x || jsonb_build_object('line', a_lines[(x ->> 'line')::int])), '[]')
               FROM jsonb_array_elements(a_what -> part) AS x));
    END LOOP;
    RETURN a_what;
END $$;

-- What an order now costs against what was paid: too much is given back to the tenders, the last one
-- first; too little is taken from the wallet (`a_balance`), and what is left is due. The result is
-- what the wallet pays of the order in all.
CREATE FUNCTION order_settle(a_order orders, a_total bigint, a_balance bigint, a_login bigint, a_reason text,
                             OUT from_wallet bigint, OUT wallet bigint, OUT due bigint, OUT back bigint)
LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    v_paid bigint;
    v_was bigint;
    v_part bigint;
BEGIN
    SELECT coalesce(sum(x.amount - x.refunded), 0),
           coalesce(sum(x.amount - x.refunded) FILTER (WHERE x.kind = 'balance'), 0)
      INTO v_paid, v_was FROM payment x WHERE x.order_id = a_order.id AND x.state = 'captured';
    back := greatest(v_paid - a_total, 0);
    due := greatest(a_total - v_paid, 0) - a_balance;
    IF due < 0 THEN -- it was paid meanwhile
        RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005';
    END IF;
    from_wallet := v_was + a_balance;
    v_part := back;
    FOR p IN SELECT * FROM payment x WHERE x.order_id = a_order.id AND x.state = 'captured' ORDER BY x.id DESC LOOP
        EXIT WHEN v_part = 0;
        PERFORM payment_give_back(a_order, p, least(v_part, p.amount - p.refunded), a_login, a_reason);
        IF p.kind = 'balance' THEN
            from_wallet := from_wallet - least(v_part, p.amount - p.refunded);
        END IF;
        v_part := v_part - least(v_part, p.amount - p.refunded);
    END LOOP;
    IF a_balance > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state) VALUES (a_order.id, 'balance', a_balance, 'captured');
    END IF;
    -- The wallet's row changes once; that it exists is sure when it has paid before.
    IF from_wallet > 0 OR v_was > 0 THEN
        wallet := wallet_take(a_order.distributor_id, a_order.currency, from_wallet - v_was);
    END IF;
    IF due IS DISTINCT FROM (SELECT coalesce(sum(x.amount), 0) FROM payment x
                              WHERE x.order_id = a_order.id AND x.state = 'due') THEN
        FOR p IN SELECT * FROM payment x WHERE x.order_id = a_order.id AND x.state = 'due' ORDER BY x.id LOOP
            PERFORM machine_step('payment', a_order.id, p.id, 'due', 'void', a_login, a_reason);
        END LOOP;
        IF due > 0 THEN
            INSERT INTO payment (order_id, kind, amount, state) VALUES (a_order.id, 'later', due, 'due');
        END IF;
    END IF;
END $$;

-- Changes a placed order into what was priced, or says why not; one call, one commit. The result:
--   changed  and `reply` says what it is now
--   again    the same key has changed it before: its reply
--   reused   the key has done something else
--   unknown, state (too late: {"state"}), stale (changed since: {"version"}), facts, stock, balance,
--   promotion as order_place_promoted has them
-- `a_promotions` is what promotions_take wants. Locks in one order everywhere: order, stock by item,
-- wallet, promotions.
CREATE FUNCTION order_change(
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
           payment_state = CASE WHEN v_money.due = 0 THEN 'captured' ELSE 'due' END,
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
        'payment', CASE WHEN v_money.due = 0 THEN 'captured' ELSE 'due' END, 'total', a_total, 'due', v_money.due,
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

-- Puts somebody on the waiting list of an item. Results: added, again, reused.
CREATE FUNCTION waiting_add(a_key text, a_hash text, a_login bigint, a_request text, a_item bigint, a_market text,
                            a_distributor bigint, a_customer bigint, a_qty bigint, a_note text,
                            OUT result text, OUT id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_key, 0));
    SELECT e.outcome, (e.reply ->> 'waiting')::bigint INTO result, id FROM key_earlier(a_key, a_hash) e;
    IF result IS NOT NULL THEN
        RETURN;
    END IF;
    INSERT INTO waiting (item_id, market, distributor_id, customer_id, qty, note, since, login_id)
        VALUES (a_item, a_market, a_distributor, a_customer, a_qty, coalesce(a_note, ''), company_now(), a_login)
        RETURNING waiting.id INTO waiting_add.id;
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, jsonb_build_object('waiting', id));
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'waiting.add', 'item ' || a_item, jsonb_build_object('waiting', id, 'qty', a_qty), a_request);
    result := 'added';
END $$;

-- They were told, or wait no more. False: there is no such entry in that market (NULL: any) any more.
CREATE FUNCTION waiting_drop(a_id bigint, a_item bigint, a_market text, a_login bigint, a_request text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w waiting%ROWTYPE;
BEGIN
    DELETE FROM waiting x WHERE x.id = a_id AND x.item_id = a_item AND (a_market IS NULL OR x.market = a_market)
        RETURNING * INTO w;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO audit (login_id, action, object, detail, request)
        VALUES (a_login, 'waiting.drop', 'item ' || a_item, to_jsonb(w), a_request);
    RETURN true;
END $$;

CREATE FUNCTION notice_seen(a_id bigint, a_login bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notice SET seen_at = coalesce(seen_at, company_now()) WHERE id = a_id AND login_id = a_login;
    RETURN FOUND;
END $$;

-- Holds an order back from release, or lets it go on. Results: done, again, reused, state, unknown.
CREATE FUNCTION order_hold(a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_to text,
                           a_reason text, a_request text, OUT result text, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT e.outcome, coalesce(e.reply ->> 'state', o.state) INTO result, state FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF a_to NOT IN ('placed', 'on_hold') OR o.state NOT IN ('placed', 'on_hold') OR o.state = a_to THEN
        result := 'state';
        RETURN;
    END IF;
    PERFORM machine_step('order', o.id, 0, o.state, a_to, a_login, a_reason);
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, CASE a_to WHEN 'on_hold' THEN 'order.hold' ELSE 'order.unhold' END,
                'order ' || o.number, jsonb_build_object('reason', a_reason), a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    INSERT INTO idempotency (key, login_id, hash, result)
        VALUES (a_key, a_login, a_hash, jsonb_build_object('order', o.number, 'state', a_to));
    state := a_to;
    result := 'done';
END $$;

-- Takes an order back: stock is released, the books are reversed line by line, what was paid returns.
-- Results: cancelled, again (it was cancelled under this key), state (too late), unknown.
-- As in 006, but of an order's present revision, and what was paid from outside becomes credit.
CREATE OR REPLACE FUNCTION order_cancel(a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                             a_reason text, a_request text,
                             OUT result text, OUT state text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    p payment%ROWTYPE;
    l order_line%ROWTYPE;
    v_wallet bigint := 0;
    v_freed bigint[];
BEGIN
    o := order_lock(a_number, a_key);
    state := o.state;
    SELECT e.outcome INTO result FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM machine_move m
                    WHERE m.machine = 'order' AND m.from_state = o.state AND m.to_state = 'cancelled') THEN
        result := 'state';
        RETURN;
    END IF;

    v_freed := stock_give_back(o.id, o.site_id);
    FOR l IN SELECT * FROM order_line WHERE order_id = o.id ORDER BY line LOOP
        PERFORM machine_step('line', o.id, l.line, l.state, 'cancelled', a_login, a_reason);
    END LOOP;
    PERFORM stock_freed(o.site_id, v_freed, a_login, 'order ' || o.number);
    FOR p IN SELECT * FROM payment WHERE order_id = o.id AND payment.state IN ('due', 'captured') ORDER BY id DESC LOOP
        IF p.state = 'due' THEN
            PERFORM machine_step('payment', o.id, p.id, 'due', 'void', a_login, a_reason);
        ELSE
            PERFORM payment_give_back(o, p, p.amount - p.refunded, a_login, a_reason);
            v_wallet := v_wallet + CASE p.kind WHEN 'balance' THEN p.amount - p.refunded ELSE 0 END;
        END IF;
    END LOOP;
    IF v_wallet > 0 THEN
        PERFORM wallet_take(o.distributor_id, o.currency, -v_wallet);
    END IF;
    PERFORM machine_step('order', o.id, 0, o.state, 'cancelled', a_login, a_reason);
    UPDATE orders SET payment_state = CASE payment_state WHEN 'captured' THEN 'refunded' ELSE 'void' END
     WHERE id = o.id;
    PERFORM journal_reverse(order_journal(o.number, o.revision), 'order_cancel', o.number, a_login);

    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'order.cancel', 'order ' || o.number,
                jsonb_build_object('reason', a_reason), a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    state := 'cancelled';
    result := 'cancelled';
    INSERT INTO idempotency (key, login_id, hash, result)
        VALUES (a_key, a_login, a_hash, jsonb_build_object('order', o.number));
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
-- Locks are taken in one order everywhere: draft, stock by item, wallet. As in 006, by the parts above.
CREATE OR REPLACE FUNCTION order_place(
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
    v_wallet bigint;
    v_draft draft%ROWTYPE;
    v_took record;
    v_placed record;
    v_why text;
    v_due bigint := a_total - a_balance;
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

    SELECT * INTO v_took FROM stock_take(v_site, n_item, n_qty, n_back);
    IF a_balance > 0 THEN
        v_wallet := wallet_take(a_distributor, a_currency, a_balance);
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

    PERFORM order_write_lines(v_order, v_site, (SELECT array_agg(i) FROM generate_series(1, cardinality(l_item)) i),
                              l_client, l_item, l_sku, l_name, l_qty, l_unit, l_discount, l_tax, l_ppm, l_cv, l_pv,
                              n_line, n_item, n_per, v_took.r_reserved, v_took.r_short);

    IF a_balance > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state) VALUES (v_order, 'balance', a_balance, 'captured');
    END IF;
    IF v_due > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state) VALUES (v_order, 'later', v_due, 'due');
    END IF;
    INSERT INTO order_event (order_id, at, machine, from_state, to_state, by_login)
        VALUES (v_order, v_now, 'order', '', 'placed', a_login);

    PERFORM order_book(v_order, 'order', order_number, v_now, a_login, v_wallet, a_balance);

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

-- The server calls what is whole, not the parts.
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{order_lock,key_earlier,stock_lock,stock_take,stock_give_back,wallet_take,order_write_lines,order_book,order_journal,
                        journal_reverse,payment_give_back,order_line_numbers,promotions_renumber,order_settle,order_change,order_hold,
                        stock_allot,stock_freed,stock_receive,waiting_add,waiting_drop,notice_seen}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{order_change,order_hold,
                        stock_receive,waiting_add,waiting_drop,notice_seen}'));
END $$;
