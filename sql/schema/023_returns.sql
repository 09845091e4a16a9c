-- Returns and exchanges. A return belongs to lines of an order that was sent. Of what was sold of a line, any
-- number of returns gives back together exactly what it cost: each number is the difference of two floors,
-- whole x pieces / all pieces, after and before (core/returns.h is the same, and the server compares the two).

-- ---- what a market decides ------------------------------------------------------------------------------
ALTER TABLE company ADD return_length int NOT NULL DEFAULT 8 CHECK (return_length BETWEEN 6 AND 10); -- digits behind "R-"
ALTER TABLE market
    ADD return_from text NOT NULL DEFAULT 'shipped' CHECK (return_from IN ('shipped', 'received')), -- since when its return_days count
    ADD return_post_days int NOT NULL DEFAULT 14 CHECK (return_post_days >= 0), -- how long a parcel may take at least
    ADD refund_when text NOT NULL DEFAULT 'received' CHECK (refund_when IN ('received', 'asked')),
    ADD restock_fee bigint NOT NULL DEFAULT 200 CHECK (restock_fee >= 0),
    ADD withdrawal_days int NOT NULL DEFAULT 14 CHECK (withdrawal_days >= 0), -- of orders placed on the web
    ADD buy_back_ppm int NOT NULL DEFAULT 900000 CHECK (buy_back_ppm BETWEEN 0 AND 1000000),
    ADD buy_back_months int NOT NULL DEFAULT 12 CHECK (buy_back_months >= 0);
UPDATE market SET restock_fee = 2 * power(10, exponent);

ALTER TABLE site
    ADD return_address jsonb NOT NULL DEFAULT '{}',     -- where parcels come back to; as an order's ship_to
    ADD quarantine boolean NOT NULL DEFAULT false;      -- nothing is sold from it
CREATE UNIQUE INDEX site_quarantine ON site (market) WHERE quarantine;

-- Why goods come back: keyed by its letter. Whether it costs the fee, and whether the delivery is paid back
-- when the whole order comes back for such reasons.
CREATE TABLE return_reason (
    market text NOT NULL REFERENCES market,
    code text NOT NULL CHECK (code ~ '^[a-z_]{1,24}$'),
    letter text NOT NULL CHECK (letter ~ '^[a-z]$' AND letter <> 'x'), -- x: exchange
    position int NOT NULL,
    fee boolean NOT NULL,
    refunds_delivery boolean NOT NULL,
    PRIMARY KEY (market, code),
    UNIQUE (market, letter)
);
CREATE TABLE return_reason_name (
    market text NOT NULL,
    code text NOT NULL,
    language text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    PRIMARY KEY (market, code, language),
    FOREIGN KEY (market, code) REFERENCES return_reason ON DELETE CASCADE
);

-- The usual reasons, which a market begins with.
CREATE FUNCTION return_reasons_fill(a_market text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO return_reason (market, code, letter, position, fee, refunds_delivery)
        SELECT a_market, r.* FROM (VALUES
            ('damaged', 'd', 1, false, true), ('wrong_item', 'w', 2, false, true), ('allergy', 'a', 3, false, false),
            ('changed_mind', 'c', 4, true, false), ('other', 'o', 5, true, false)) AS r;
    INSERT INTO return_reason_name (market, code, language, name)
        SELECT a_market, n.* FROM (VALUES
            ('damaged', 'en', 'damaged'), ('damaged', 'de', 'beschädigt'), ('damaged', 'zh', '损坏'),
            ('wrong_item', 'en', 'wrong item'), ('wrong_item', 'de', 'falscher Artikel'), ('wrong_item', 'zh', '发错商品'),
            ('allergy', 'en', 'allergy'), ('allergy', 'de', 'Allergie'), ('allergy', 'zh', '过敏'),
            ('changed_mind', 'en', 'changed mind'), ('changed_mind', 'de', 'gefällt nicht'), ('changed_mind', 'zh', '改变主意'),
            ('other', 'en', 'other'), ('other', 'de', 'sonstiges'), ('other', 'zh', '其他')) AS n;
END $$;
CREATE FUNCTION market_return_reasons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM return_reasons_fill(NEW.code);
    RETURN NULL;
END $$;
CREATE TRIGGER market_return_reasons AFTER INSERT ON market FOR EACH ROW EXECUTE FUNCTION market_return_reasons();
SELECT return_reasons_fill(code) FROM market ORDER BY code;

-- ---- returns --------------------------------------------------------------------------------------------
CREATE SEQUENCE return_number_seq;
CREATE TABLE goods_return (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^R-[0-9]{6,10}$' AND damm_digit(substr(number, 3)) = 0),
    order_id bigint NOT NULL REFERENCES orders,
    market text NOT NULL REFERENCES market,
    kind text NOT NULL CHECK (kind IN ('return', 'exchange', 'buy_back', 'withdrawal')),
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'received', 'closed', 'refused', 'cancelled', 'expired')),
    deadline date NOT NULL,        -- the parcel is here by then
    site_id int NOT NULL REFERENCES site,
    refund_when text NOT NULL CHECK (refund_when IN ('received', 'asked')), -- of what is not exchanged; the market's, then
    fee_most bigint NOT NULL CHECK (fee_most >= 0), -- the market's restock fee, then
    rate_ppm int NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000), -- of a buy-back
    exchange_id bigint UNIQUE REFERENCES orders,    -- what goes out in its place
    events int NOT NULL DEFAULT 0, -- how often it was booked
    delivery bigint NOT NULL DEFAULT 0,             -- booked: what is given back of the delivery, and its tax
    delivery_tax bigint NOT NULL DEFAULT 0,
    fee bigint NOT NULL DEFAULT 0 CHECK (fee >= 0), -- booked
    expected bigint NOT NULL,      -- what was told that the buyer gets, in money or for an exchange
    note text NOT NULL DEFAULT '',
    override text NOT NULL DEFAULT '', -- why it was taken although the time for it is over
    reason text NOT NULL DEFAULT '',   -- of its refusal, or what was found
    asked_at timestamptz NOT NULL,
    asked_by bigint NOT NULL REFERENCES login,
    acting_for bigint,
    ended_at timestamptz,
    ended_by bigint REFERENCES login
);
CREATE INDEX goods_return_order ON goods_return (order_id);
CREATE INDEX goods_return_open ON goods_return (deadline) WHERE state IN ('asked', 'received');

CREATE TABLE goods_return_line (
    return_id bigint NOT NULL REFERENCES goods_return,
    position int NOT NULL CHECK (position > 0),
    order_id bigint NOT NULL,
    line int NOT NULL,
    component int NOT NULL DEFAULT 0, -- one part of a kit; 0: the line itself
    item_id bigint NOT NULL REFERENCES item,
    qty bigint NOT NULL CHECK (qty > 0),
    reason text NOT NULL,
    fee boolean NOT NULL,             -- the reason's, then
    refunds_delivery boolean NOT NULL,
    exchange_line int,                -- line of the order that goes out
    taken bigint NOT NULL,            -- pieces that no other return can have
    stock bigint NOT NULL DEFAULT 0 CHECK (stock >= 0), -- pieces that came, and where they went
    quarantine bigint NOT NULL DEFAULT 0 CHECK (quarantine >= 0),
    scrap bigint NOT NULL DEFAULT 0 CHECK (scrap >= 0),
    inspected_at timestamptz,
    inspected_by bigint REFERENCES login,
    booked bigint NOT NULL DEFAULT 0 CHECK (booked BETWEEN 0 AND qty), -- pieces that are given back in the books
    goods bigint NOT NULL DEFAULT 0,  -- and what of the line that is
    amount bigint NOT NULL DEFAULT 0,
    tax bigint NOT NULL DEFAULT 0,
    cv bigint NOT NULL DEFAULT 0,
    pv bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (return_id, position),
    FOREIGN KEY (order_id, line) REFERENCES order_line,
    CHECK (taken BETWEEN 0 AND qty AND stock + quarantine + scrap <= qty)
);
CREATE INDEX goods_return_line_order ON goods_return_line (order_id, line);

-- Volumes besides those that stand on orders: in the month that was open, tied to the order that they come from.
CREATE TABLE volume_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders,
    distributor_id bigint NOT NULL REFERENCES distributor,
    month date NOT NULL CHECK (month = date_trunc('month', month)),
    cv bigint NOT NULL,
    pv bigint NOT NULL,
    return_id bigint NOT NULL REFERENCES goods_return,
    event int NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (return_id, event)
);
CREATE INDEX volume_entry_month ON volume_entry (distributor_id, month);
CREATE INDEX volume_entry_order ON volume_entry (order_id);
CREATE TRIGGER volume_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON volume_entry
    EXECUTE FUNCTION refuse_change();

CREATE FUNCTION return_number_next() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE digits text;
BEGIN
    SELECT (('1' || repeat('0', return_length - 2))::bigint + nextval('return_number_seq'))::text INTO digits FROM company;
    RETURN 'R-' || digits || damm_digit(digits);
END $$;

-- ---- what is given back ---------------------------------------------------------------------------------
-- What `after` of `whole` parts have of an amount beyond what `before` of them had.
CREATE FUNCTION return_share(a_amount bigint, a_before bigint, a_after bigint, a_whole bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN div(a_amount::numeric * a_after, a_whole) - div(a_amount::numeric * a_before, a_whole);
END $$;

-- How much of a line has come back: `done` of `whole`, by what is booked, or (`a_taken`) by what any return
-- has taken. By pieces; of a kit by what its parts cost, so that parts and whole kits can be mixed.
CREATE FUNCTION return_progress(a_order bigint, a_line int, a_taken boolean, OUT done bigint, OUT whole bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT sum(CASE WHEN l.amount > 0 THEN return_share(c.share, 0, b.pieces, c.qty) ELSE b.pieces END),
           CASE WHEN l.amount > 0 THEN l.amount ELSE sum(c.qty)::bigint END
      INTO done, whole
      FROM order_line l
      JOIN order_component c ON c.order_id = l.order_id AND c.line = l.line
     CROSS JOIN LATERAL return_pieces(a_order, a_line, c.position, a_taken) AS b(pieces)
     WHERE l.order_id = a_order AND l.line = a_line
     GROUP BY l.amount;
    IF whole IS NULL THEN
        SELECT return_pieces(a_order, a_line, 0, a_taken), l.qty INTO done, whole FROM order_line l
         WHERE l.order_id = a_order AND l.line = a_line;
    END IF;
END $$;
-- Pieces of a line (0), or of a part of a kit, that came back: a kit brings all its parts.
CREATE FUNCTION return_pieces(a_order bigint, a_line int, a_component int, a_taken boolean) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(CASE WHEN g.component = a_component THEN CASE WHEN a_taken THEN g.taken ELSE g.booked END
                                     ELSE CASE WHEN a_taken THEN g.taken ELSE g.booked END * c.qty / l.qty END), 0)
              FROM goods_return_line g
              JOIN order_line l ON l.order_id = g.order_id AND l.line = g.line
              LEFT JOIN order_component c ON c.order_id = g.order_id AND c.line = g.line AND c.position = a_component
             WHERE g.order_id = a_order AND g.line = a_line AND g.component IN (0, a_component));
END $$;

-- What is kept of `a_base` that comes back: the restock fee, or what a buy-back does not pay.
CREATE FUNCTION return_fee(r goods_return, a_base bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF r.kind = 'buy_back' THEN
        RETURN a_base - div(a_base::numeric * r.rate_ppm * 2 + 1000000, 2000000);
    END IF;
    RETURN least(r.fee_most, a_base);
END $$;

-- Books that `a_delta` more (or fewer) pieces of lines of a return are given back, and their volumes; the
-- order's row is locked. The result: what the buyer is to get for it, and what of that is for an exchange.
-- The money itself follows (return_settle).
CREATE FUNCTION return_book(o orders, a_return bigint, a_position int[], a_delta bigint[], a_login bigint,
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
        PERFORM return_journal(o, r, a_login, s_goods, s_goods - s_amount, v_delivery, s_tax, v_delivery_tax, v_fee);
    END IF;
    IF (s_cv, s_pv) <> (0, 0) THEN
        INSERT INTO volume_entry (order_id, distributor_id, month, cv, pv, return_id, event, at)
            VALUES (o.id, o.distributor_id, date_trunc('month', business_date(o.market))::date, -s_cv, -s_pv, r.id, r.events, company_now());
    END IF;
END $$;

-- The delivery is given back when all of an order is, in money and for reasons that say so; what is still to be
-- booked of it.
CREATE FUNCTION return_delivery(o orders, OUT delivery bigint, OUT delivery_tax bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE v_all boolean;
BEGIN
    SELECT bool_and(p.done = p.whole AND NOT EXISTS (
               SELECT FROM goods_return_line g JOIN goods_return r ON r.id = g.return_id
                WHERE g.order_id = l.order_id AND g.line = l.line AND g.booked > 0
                  AND (g.exchange_line IS NOT NULL OR NOT (g.refunds_delivery OR r.kind = 'withdrawal'))))
      INTO v_all FROM order_line l CROSS JOIN LATERAL return_progress(l.order_id, l.line, false) p
     WHERE l.order_id = o.id AND l.state <> 'cancelled';
    SELECT CASE WHEN v_all THEN o.delivery ELSE 0 END - coalesce(sum(r.delivery), 0),
           CASE WHEN v_all THEN o.delivery_tax ELSE 0 END - coalesce(sum(r.delivery_tax), 0)
      INTO delivery, delivery_tax FROM goods_return r WHERE r.order_id = o.id;
END $$;

-- One booking of a return: the legs of order_book the other way round, and the fee. What is negative is
-- taken back again.
CREATE FUNCTION return_journal(o orders, r goods_return, a_login bigint, a_goods bigint, a_discount bigint, a_delivery bigint,
                               a_tax bigint, a_delivery_tax bigint, a_fee bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_journal bigint := journal_open('return', r.number || '/' || r.events, a_login);
    leg record;
BEGIN
    FOR leg IN SELECT * FROM (VALUES ('sales', 'receivable', a_goods), ('receivable', 'discounts', a_discount),
                       ('delivery', 'receivable', a_delivery),
                       ('tax', CASE WHEN o.tax_included THEN 'sales' ELSE 'receivable' END, a_tax),
                       ('tax', CASE WHEN o.tax_included THEN 'delivery' ELSE 'receivable' END, a_delivery_tax),
                       ('receivable', 'fees', a_fee)) AS x(debit, credit, amount) WHERE amount <> 0 LOOP
        PERFORM transfer_make(v_journal, account_of(o.market, CASE WHEN leg.amount > 0 THEN leg.debit ELSE leg.credit END),
                              account_of(o.market, CASE WHEN leg.amount > 0 THEN leg.credit ELSE leg.debit END), abs(leg.amount), o.id);
    END LOOP;
END $$;

-- ---- the money ------------------------------------------------------------------------------------------
-- What was paid for one order can pay another: what is exchanged, and what goes out in its place.
INSERT INTO account_kind VALUES ('exchanges', 'market', false, 'Exchanges', 'liabilities');
INSERT INTO account (kind, market, currency) SELECT 'exchanges', code, currency FROM market ORDER BY code;
INSERT INTO payment_kind VALUES ('exchange', 'account', 'exchanges', 'credit');
ALTER TABLE payment ADD moved_from bigint REFERENCES payment; -- of an exchange: the payment that the money came from

-- Up to `a_amount` of what was captured for one order pays another one: what came from there goes back
-- first, then the last payment.
CREATE FUNCTION payment_move(a_from orders, a_to orders, a_amount bigint, a_login bigint, a_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    x payment%ROWTYPE;
    v_refund bigint;
    v_left bigint := a_amount;
    v_part bigint;
BEGIN
    FOR p IN SELECT * FROM payment WHERE order_id = a_from.id AND state = 'captured'
              ORDER BY kind = 'exchange' AND ref = a_to.number DESC, id DESC LOOP
        EXIT WHEN v_left <= 0;
        v_part := least(v_left, p.amount - p.refunded);
        v_left := v_left - v_part;
        UPDATE payment SET refunded = refunded + v_part WHERE id = p.id;
        INSERT INTO refund (payment_id, amount, state, document, reason, login_id, at)
            VALUES (p.id, v_part, 'done', 'order ' || a_to.number, a_reason, a_login, company_now()) RETURNING id INTO v_refund;
        PERFORM transfer_make(journal_open('payment_refund', v_refund::text, a_login), account_of(a_from.market, 'receivable'),
                              account_of(a_from.market, 'exchanges'), v_part, a_from.id);
        IF v_part = p.amount - p.refunded THEN
            PERFORM machine_step('payment', a_from.id, p.id, 'captured', 'refunded', a_login, a_reason);
        END IF;
        INSERT INTO payment (order_id, kind, amount, state, ref, moved_from, login_id, at)
            VALUES (a_to.id, 'exchange', v_part, 'captured', a_from.number, coalesce(p.moved_from, p.id), a_login, company_now())
            RETURNING * INTO x;
        PERFORM payment_book(a_to, x, a_login);
    END LOOP;
    RETURN a_amount - v_left;
END $$;

-- As in 020; but money that came from another order goes back to where it was paid from then.
CREATE OR REPLACE FUNCTION payment_refund(o orders, a_payment bigint, a_part bigint, a_document text, a_login bigint, a_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    s payment%ROWTYPE; -- the source
    k payment_kind%ROWTYPE;
    v_refund bigint;
BEGIN
    UPDATE payment SET refunded = refunded + a_part WHERE id = a_payment RETURNING * INTO p;
    SELECT * INTO s FROM payment WHERE id = coalesce(p.moved_from, p.id);
    SELECT * INTO k FROM payment_kind WHERE kind = s.kind;
    INSERT INTO refund (payment_id, amount, state, document, reason, login_id, at)
        VALUES (p.id, a_part, CASE k.how WHEN 'gateway' THEN 'asked' ELSE 'done' END, a_document, a_reason, a_login, company_now())
        RETURNING id INTO v_refund;
    PERFORM transfer_make(journal_open('payment_refund', v_refund::text, a_login), account_of(o.market, 'receivable'),
        coalesce(s.account_id, CASE k.refunds_to
            WHEN 'refunds' THEN account_of(o.market, 'refunds')
            WHEN 'wallet' THEN account_of_person(o.market, 'wallet', o.distributor_id) -- of before payments had accounts
            ELSE account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)) END), a_part, o.id);
    IF k.how = 'gateway' THEN
        PERFORM gateway_ask('refund', s.id, a_part, v_refund);
    END IF;
    IF p.refunded = p.amount THEN
        PERFORM machine_step('payment', o.id, p.id, 'captured', 'refunded', a_login, a_reason);
    END IF;
    RETURN v_refund;
END $$;

-- The order is given back `a_returned` in all: what was paid or promised beyond the rest goes back to the
-- tenders, the last one first; what lacks is due.
CREATE FUNCTION return_settle(o orders, a_returned bigint, a_document text, a_login bigint, a_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE v_back bigint := order_give_back(o, o.total - a_returned, a_document, a_login, a_reason);
BEGIN
    PERFORM order_due_set(o.id, o.total - a_returned - (SELECT coalesce(sum(amount - refunded), 0)::bigint FROM payment
        WHERE order_id = o.id AND state IN ('captured', 'authorised', 'authorising', 'unknown')), a_login, a_reason);
    UPDATE orders SET returned = a_returned WHERE id = o.id;
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    RETURN v_back;
END $$;

-- ---- what goes out in its place --------------------------------------------------------------------------
-- The order of an exchange, priced by the server, of what `o` was: same buyer, same address, free delivery.
-- PL002 tells what is short. `x` holds: goods, discount, tax, tax_added, total, cv, pv.
CREATE FUNCTION exchange_place(o orders, a_key text, a_hash text, a_login bigint, a_acting bigint, a_document text, x jsonb,
    l_client text[], l_item bigint[], l_sku text[], l_name text[], l_qty bigint[], l_unit bigint[], l_discount bigint[],
    l_tax bigint[], l_ppm int[], l_cv bigint[], l_pv bigint[], n_line int[], n_item bigint[], n_qty bigint[], n_per bigint[],
    n_back boolean[], c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[]) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    e orders%ROWTYPE;
    v_site int;
    v_took record;
    v_today date := business_date(o.market);
BEGIN
    SELECT s.id INTO v_site FROM site s WHERE s.market = o.market AND s.ships;
    SELECT * INTO v_took FROM stock_take(v_site, n_item, n_qty, n_back);
    INSERT INTO orders (number, key, body_hash, market, type, channel, distributor_id, customer_id, list_id, pricing_date,
            currency, exponent, tax_included, region, goods, discount, delivery, delivery_tax, tax, tax_added, total, cv, pv,
            destination, ship_to, site_id, note, fingerprint, placed_at, business_date, month, placed_by, acting_for)
        SELECT n.number, a_key || '-exchange', a_hash, o.market, 'exchange', o.channel, o.distributor_id, o.customer_id, o.list_id,
               o.pricing_date, o.currency, o.exponent, o.tax_included, o.region, (x ->> 'goods')::bigint, (x ->> 'discount')::bigint,
               0, 0, (x ->> 'tax')::bigint, (x ->> 'tax_added')::bigint, (x ->> 'total')::bigint, (x ->> 'cv')::bigint,
               (x ->> 'pv')::bigint, o.destination, o.ship_to, v_site, '', a_document, company_now(), v_today,
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

-- ---- asking ---------------------------------------------------------------------------------------------
-- A return as it was asked for. The result:
--   made     and `reply` names it
--   again, reused, unknown (order), state ({"state"})
--   facts    something else came back meanwhile, or is worth something else: look again
--   stock    what was to go out is short: {"items": ...}
-- `a_worth` is what the goods give back, less the fee, `a_expected` what the buyer was told in all; `a_about`
-- is said in the reply, also to who asks again. `l_exchange` is the line of the order that goes out (0: none);
-- without such an order `x` is NULL.
CREATE FUNCTION return_ask(
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
    reply := a_about || jsonb_build_object('number', r.number, 'state', r.state, 'order', o.number, 'exchange', e.number);
    PERFORM return_said(o, r, 'return.ask', a_key, a_hash, a_login, a_acting, a_request, reply);
    INSERT INTO outbox (person_id, market, kind, ref, detail, at)
        VALUES (coalesce(o.customer_id, o.distributor_id), o.market, 'return.instructions', r.number,
                jsonb_build_object('order', o.number, 'deadline', a_deadline), company_now());
    result := 'made';
EXCEPTION
    WHEN SQLSTATE 'PL002' OR SQLSTATE 'PL005' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := CASE SQLERRM WHEN 'stale' THEN 'facts' ELSE SQLERRM END;
        reply := nullif(v_why, '')::jsonb;
END $$;

-- Writes the lines of a return. PL005: there are not so many left, or they are worth something else.
CREATE FUNCTION return_take(o orders, r goods_return, a_worth bigint, l_line int[], l_component int[], l_qty bigint[],
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
            SELECT r.id, i, o.id, l.line, l_component[i], coalesce(c.item_id, l.item_id), l_qty[i], q.code, q.fee, q.refunds_delivery,
                   nullif(l_exchange[i], 0), l_qty[i]
              FROM order_line l
              JOIN return_reason q ON q.market = o.market AND q.code = l_reason[i]
              LEFT JOIN order_component c ON c.order_id = l.order_id AND c.line = l.line AND c.position = l_component[i]
             WHERE l.order_id = o.id AND l.line = l_line[i] AND (l_component[i] = 0) = (c.position IS NULL);
        SELECT return_share(l.amount, v_before, p.done, p.whole) + CASE WHEN o.tax_included THEN 0 ELSE return_share(l.tax, v_before, p.done, p.whole) END
          INTO v_worth FROM order_line l CROSS JOIN LATERAL return_progress(o.id, l.line, true) p
         WHERE l.order_id = o.id AND l.line = l_line[i];
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

-- What every act on a return leaves behind.
CREATE FUNCTION return_said(o orders, r goods_return, a_action text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                            a_request text, a_reply jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, a_action, 'return ' || r.number, a_reply, coalesce(a_request, ''));
    INSERT INTO change_log (kind, ref) VALUES ('return', r.number), ('order', o.id::text);
    IF a_key IS NOT NULL THEN
        INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, a_reply);
    END IF;
END $$;

-- ---- receiving ------------------------------------------------------------------------------------------
-- The place of a market for goods that nobody may sell yet; made when there is none.
CREATE FUNCTION quarantine_site(a_market text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE v_id int;
BEGIN
    SELECT id INTO v_id FROM site WHERE market = a_market AND quarantine;
    IF v_id IS NULL THEN
        LOCK TABLE site IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO site (id, code, name, market, ships, quarantine)
            SELECT (SELECT max(id) + 1 FROM site), left(s.code, 20) || '-Q', s.name || ' (Q)', s.market, false, true
              FROM site s WHERE s.market = a_market AND s.ships
               AND NOT EXISTS (SELECT FROM site x WHERE x.market = a_market AND x.quarantine);
        SELECT id INTO v_id FROM site WHERE market = a_market AND quarantine;
    END IF;
    RETURN v_id;
END $$;

-- Puts what came back of one line where it belongs: a kit part by part.
CREATE FUNCTION return_put(r goods_return, g goods_return_line, a_stock bigint, a_quarantine bigint, a_scrap bigint, a_login bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
    FOR n IN SELECT c.item_id, sum(c.qty / l.qty)::bigint AS per FROM order_component c JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line
              WHERE c.order_id = g.order_id AND c.line = g.line AND g.component = 0 GROUP BY c.item_id
             UNION ALL
             SELECT g.item_id, 1 WHERE g.component > 0 OR NOT EXISTS (
                 SELECT FROM order_component c WHERE c.order_id = g.order_id AND c.line = g.line)
             ORDER BY 1 LOOP
        IF a_stock + a_scrap > 0 THEN
            PERFORM stock_move(r.site_id, n.item_id, (a_stock + a_scrap) * n.per, 'return', 'return ' || r.number, a_login);
        END IF;
        IF a_scrap > 0 THEN
            PERFORM stock_move(r.site_id, n.item_id, -a_scrap * n.per, 'scrap', 'return ' || r.number, a_login);
        END IF;
        IF a_quarantine > 0 THEN
            PERFORM stock_move(quarantine_site(r.market), n.item_id, a_quarantine * n.per, 'return', 'return ' || r.number, a_login);
        END IF;
        IF a_stock > 0 THEN
            PERFORM stock_freed(r.site_id, ARRAY[n.item_id], a_login, 'return ' || r.number);
        END IF;
    END LOOP;
END $$;

-- A return, with its order's row locked, for one who comes with a key. No such return: NULLs.
CREATE FUNCTION return_lock(a_number text, a_market text, a_key text) RETURNS goods_return LANGUAGE plpgsql AS $$
DECLARE
    r goods_return%ROWTYPE;
    v_order text;
BEGIN
    SELECT x.number INTO v_order FROM goods_return g JOIN orders x ON x.id = g.order_id
     WHERE g.number = a_number AND g.market = coalesce(a_market, g.market);
    PERFORM order_lock(coalesce(v_order, ''), a_key);
    IF v_order IS NOT NULL THEN
        SELECT * INTO r FROM goods_return WHERE number = a_number;
    END IF;
    RETURN r;
END $$;

-- What has come is inspected: pieces that go to stock, to quarantine, to scrap, by the positions of the lines.
-- What comes is paid, where it was not before. When all has come, or `a_close`, the return is closed: what
-- did not come is not paid; was it before, it is due again. Results: done, again, reused, unknown,
-- state ({"state"}), pieces ({"position", "left"}): more than there are left.
CREATE FUNCTION return_receive(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_request text,
                               p_position int[], p_stock bigint[], p_quarantine bigint[], p_scrap bigint[], a_close boolean, a_note text,
                               OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    r goods_return%ROWTYPE;
    g goods_return_line%ROWTYPE;
    v_left bigint;
    v_closed boolean;
BEGIN
    r := return_lock(a_number, a_market, a_key);
    SELECT * INTO o FROM orders WHERE id = r.order_id;
    SELECT k.outcome, k.reply INTO result, reply FROM key_earlier(a_key, a_hash) k;
    IF r.id IS NULL THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF r.state NOT IN ('asked', 'received') THEN
        result := 'state';
        reply := jsonb_build_object('state', r.state);
        RETURN;
    END IF;
    -- In the order of the items, over all lines: nobody waits for us who waits for whom we wait for.
    PERFORM FROM stock s WHERE s.site_id IN (SELECT id FROM site WHERE market = r.market)
        AND s.item_id IN (SELECT x.item_id FROM goods_return_line x WHERE x.return_id = r.id
                          UNION SELECT c.item_id FROM goods_return_line x JOIN order_component c ON c.order_id = x.order_id AND c.line = x.line
                                 WHERE x.return_id = r.id)
        ORDER BY s.item_id, s.site_id FOR UPDATE;
    FOR i IN 1 .. coalesce(cardinality(p_position), 0) LOOP
        SELECT * INTO g FROM goods_return_line WHERE return_id = r.id AND position = p_position[i];
        v_left := coalesce(g.qty - g.stock - g.quarantine - g.scrap, 0);
        IF p_stock[i] + p_quarantine[i] + p_scrap[i] > v_left THEN
            RAISE EXCEPTION 'pieces' USING ERRCODE = 'PL008',
                DETAIL = jsonb_build_object('position', p_position[i], 'left', v_left)::text;
        END IF;
        PERFORM return_put(r, g, p_stock[i], p_quarantine[i], p_scrap[i], a_login);
        UPDATE goods_return_line SET stock = stock + p_stock[i], quarantine = quarantine + p_quarantine[i], scrap = scrap + p_scrap[i],
               inspected_at = company_now(), inspected_by = a_login
         WHERE return_id = r.id AND position = p_position[i];
    END LOOP;
    v_closed := a_close OR NOT EXISTS (SELECT FROM goods_return_line x WHERE x.return_id = r.id AND x.stock + x.quarantine + x.scrap < x.qty);
    UPDATE goods_return SET state = CASE WHEN v_closed THEN 'closed' ELSE 'received' END,
           reason = CASE WHEN a_note <> '' THEN a_note ELSE reason END,
           ended_at = CASE WHEN v_closed THEN company_now() END, ended_by = CASE WHEN v_closed THEN a_login END
     WHERE id = r.id RETURNING * INTO r;
    PERFORM return_true(o, r, a_login);
    reply := jsonb_build_object('number', r.number, 'state', r.state);
    PERFORM return_said(o, r, 'return.receive', a_key, a_hash, a_login, NULL, a_request, reply);
    result := 'done';
EXCEPTION
    WHEN SQLSTATE 'PL008' THEN
        GET STACKED DIAGNOSTICS result = PG_EXCEPTION_DETAIL;
        reply := result::jsonb;
        result := SQLERRM;
END $$;

-- Books and settles a return as it stands now: what came and was not booked is; and when it has ended,
-- what was booked and did not come is taken back.
CREATE FUNCTION return_true(o orders, r goods_return, a_login bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_open boolean := r.state IN ('asked', 'received');
    v record;
    v_booked record;
    l record;
BEGIN
    SELECT array_agg(position ORDER BY position) AS positions, array_agg(delta ORDER BY position) AS pieces INTO v
      FROM (SELECT g.position, CASE WHEN v_open THEN greatest(g.stock + g.quarantine + g.scrap, g.booked)
                                    ELSE g.stock + g.quarantine + g.scrap END - g.booked AS delta
              FROM goods_return_line g WHERE g.return_id = r.id) x WHERE delta <> 0;
    IF v.positions IS NOT NULL THEN
        SELECT * INTO v_booked FROM return_book(o, r.id, v.positions, v.pieces, a_login);
        PERFORM return_settle(o, o.returned + v_booked.back, 'return ' || r.number, a_login, 'return ' || r.number);
    END IF;
    IF NOT v_open THEN
        UPDATE goods_return_line SET taken = stock + quarantine + scrap WHERE return_id = r.id;
    END IF;
    FOR l IN SELECT x.line FROM order_line x CROSS JOIN LATERAL return_progress(x.order_id, x.line, false) p
              WHERE x.order_id = o.id AND x.state = 'shipped' AND p.done = p.whole
                AND NOT EXISTS (SELECT FROM goods_return_line g WHERE g.order_id = x.order_id AND g.line = x.line
                                   AND g.booked > g.stock + g.quarantine + g.scrap)
              ORDER BY x.line LOOP
        PERFORM machine_step('line', o.id, l.line, 'shipped', 'returned', a_login, 'return ' || r.number);
    END LOOP;
END $$;

-- ---- ending without goods ---------------------------------------------------------------------------------
-- Ends a return of which nothing came: refused, cancelled or expired. What goes out in its place is called
-- off while that can be; what was booked before is due again.
CREATE FUNCTION return_call_off(o orders, r goods_return, a_to text, a_login bigint, a_reason text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e orders%ROWTYPE;
    v_stop boolean := false;
BEGIN
    UPDATE goods_return SET state = a_to, reason = a_reason, ended_at = company_now(), ended_by = a_login
     WHERE id = r.id RETURNING * INTO r;
    IF r.exchange_id IS NOT NULL THEN
        SELECT * INTO e FROM orders WHERE id = r.exchange_id FOR NO KEY UPDATE;
        v_stop := EXISTS (SELECT FROM machine_move m WHERE m.machine = 'order' AND m.from_state = e.state AND m.to_state = 'cancelled');
    END IF;
    IF v_stop THEN -- first the money that came with it goes back to the order that it was paid for
        PERFORM payment_move(e, o, (SELECT coalesce(sum(p.amount - p.refunded), 0)::bigint FROM payment p
                                     WHERE p.order_id = e.id AND p.kind = 'exchange' AND p.state = 'captured'), a_login, 'return ' || r.number);
    END IF;
    PERFORM return_true(o, r, a_login);
    IF v_stop THEN
        PERFORM order_cancel(e.number, 'return ' || r.number, '', a_login, NULL, 'return ' || r.number, '');
    ELSIF r.exchange_id IS NOT NULL OR o.returned > 0 THEN
        INSERT INTO notice (login_id, market, kind, ref, detail, at)
            SELECT r.asked_by, r.market, 'return_due', o.number, jsonb_build_object('return', r.number, 'due', p.due), company_now()
              FROM (SELECT sum(amount) AS due FROM payment WHERE order_id = o.id AND state = 'due') p WHERE p.due > 0;
    END IF;
END $$;

-- Refused or cancelled, by a person. Results: done, again, reused, unknown, state ({"state"}), came: some of it is here.
CREATE FUNCTION return_end(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text,
                           a_to text, a_reason text, OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    r goods_return%ROWTYPE;
BEGIN
    r := return_lock(a_number, a_market, a_key);
    SELECT * INTO o FROM orders WHERE id = r.order_id;
    SELECT k.outcome, k.reply INTO result, reply FROM key_earlier(a_key, a_hash) k;
    IF r.id IS NULL OR a_to NOT IN ('refused', 'cancelled') THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF r.state <> 'asked' THEN
        result := CASE r.state WHEN 'received' THEN 'came' ELSE 'state' END;
        reply := jsonb_build_object('state', r.state);
        RETURN;
    END IF;
    PERFORM return_call_off(o, r, a_to, a_login, a_reason);
    reply := jsonb_build_object('number', r.number, 'state', a_to);
    PERFORM return_said(o, r, 'return.' || a_to, a_key, a_hash, a_login, a_acting, a_request, reply);
    result := 'done';
END $$;

-- Ends up to `a_most` returns of which nothing came in time; says how many.
CREATE FUNCTION returns_expire(a_most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    n text;
    o orders%ROWTYPE;
    r goods_return%ROWTYPE;
    v_ended int := 0;
BEGIN
    FOR n IN SELECT g.number FROM goods_return g WHERE g.state = 'asked' AND g.deadline < business_date(g.market)
              ORDER BY g.order_id, g.id LIMIT a_most LOOP
        r := return_lock(n, NULL, 'return ' || n || ' expires');
        SELECT * INTO o FROM orders WHERE id = r.order_id;
        CONTINUE WHEN r.state <> 'asked';
        PERFORM return_call_off(o, r, 'expired', NULL, 'nothing came until ' || r.deadline);
        PERFORM return_said(o, r, 'return.expired', NULL, NULL, NULL, NULL, '', jsonb_build_object('number', n, 'state', 'expired'));
        v_ended := v_ended + 1;
    END LOOP;
    RETURN v_ended;
END $$;

-- ---- sending ----------------------------------------------------------------------------------------------
-- A released order leaves: what it holds goes out of stock, its lines are shipped. Results: shipped, again,
-- reused, unknown, state ({"state"}), waits: something of it is not here yet.
CREATE FUNCTION order_ship(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_request text,
                           OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    v record;
    v_state text;
    v_to text;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL OR o.market <> coalesce(a_market, o.market) THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF o.state NOT IN ('released', 'picked', 'packed') THEN
        result := 'state';
        reply := jsonb_build_object('state', o.state);
        RETURN;
    END IF;
    PERFORM stock_lock(o.id, o.site_id, '{}');
    IF EXISTS (SELECT FROM reservation r WHERE r.order_id = o.id AND r.back_ordered > 0) THEN
        result := 'waits';
        RETURN;
    END IF;
    FOR v IN SELECT r.item_id, sum(r.reserved)::bigint AS qty FROM reservation r WHERE r.order_id = o.id GROUP BY r.item_id ORDER BY 1 LOOP
        UPDATE stock SET reserved = reserved - v.qty WHERE site_id = o.site_id AND item_id = v.item_id;
        PERFORM stock_move(o.site_id, v.item_id, -v.qty, 'issue', 'order ' || o.number, a_login);
    END LOOP;
    DELETE FROM reservation WHERE order_id = o.id;
    v_state := o.state;
    FOREACH v_to IN ARRAY '{picked,packed,shipped}'::text[] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM machine_move m WHERE m.machine = 'order' AND m.from_state = v_state AND m.to_state = v_to);
        PERFORM machine_step('order', o.id, 0, v_state, v_to, a_login, '');
        v_state := v_to;
    END LOOP;
    FOR v IN SELECT l.line FROM order_line l WHERE l.order_id = o.id AND l.state = 'reserved' ORDER BY l.line LOOP
        PERFORM machine_step('line', o.id, v.line, 'reserved', 'shipped', a_login, '');
    END LOOP;
    reply := jsonb_build_object('number', o.number, 'state', v_state);
    INSERT INTO audit (login_id, action, object, request) VALUES (a_login, 'order.ship', 'order ' || o.number, coalesce(a_request, ''));
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, reply);
    result := 'shipped';
END $$;

-- ---- who may what -------------------------------------------------------------------------------------------
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{return_reasons_fill,market_return_reasons,return_number_next,return_share,return_progress,return_pieces,
                        return_fee,return_book,return_delivery,return_journal,payment_move,payment_refund,return_settle,exchange_place,
                        return_ask,return_take,return_said,quarantine_site,return_put,return_lock,return_receive,return_true,
                        return_call_off,return_end,returns_expire,order_ship}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{return_ask,return_receive,return_end,returns_expire,order_ship,return_pieces,return_progress,return_share}'));
END $$;
