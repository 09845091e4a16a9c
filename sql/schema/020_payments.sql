-- Payments: any number to an order, each with a life and journals of its own. An order's journal books
-- what the order is; what is paid and given back is booked beside it. A change or a cancellation
-- therefore reverses the one and refunds the other.

-- ---- accounts ---------------------------------------------------------------------------------------
-- Whose an account of a kind is: the market's (one each), a person's, a gift certificate's, a till's.
CREATE TABLE account_kind (
    kind text PRIMARY KEY,
    holder text NOT NULL CHECK (holder IN ('market', 'person', 'certificate', 'till')),
    guarded boolean NOT NULL, -- keeps a balance, which never goes below its floor
    title text NOT NULL,      -- as the books call it, in exports
    class text NOT NULL CHECK (class IN ('assets', 'liabilities', 'income', 'expenses', 'equity'))
);
INSERT INTO account_kind VALUES
    ('receivable', 'market', false, 'Receivable', 'assets'),
    ('card_clearing', 'market', false, 'Card clearing', 'assets'),
    ('cheque_clearing', 'market', false, 'Cheques to bank', 'assets'),
    ('bank', 'market', false, 'Bank', 'assets'),
    ('wallet_funding', 'market', false, 'Wallet funding', 'assets'),
    ('sales', 'market', false, 'Sales', 'income'),
    ('discounts', 'market', false, 'Discounts', 'income'),
    ('delivery', 'market', false, 'Delivery', 'income'),
    ('fees', 'market', false, 'Fees', 'income'),
    ('tax', 'market', false, 'Tax', 'liabilities'),
    ('refunds', 'market', false, 'Refunds to pay', 'liabilities'),
    ('certificates_sold', 'market', false, 'Gift certificates not issued yet', 'liabilities'),
    ('credits', 'market', false, 'Credits granted', 'expenses'),
    ('wallet', 'person', true, 'Wallets', 'liabilities'),
    ('credit', 'person', true, 'Store credit', 'liabilities'),
    ('pending_credit', 'person', true, 'Pending credit', 'liabilities'),
    ('certificate', 'certificate', true, 'Gift certificates', 'liabilities');

-- A promise of the company to whoever has the number, not yet spent. What is left is the balance of
-- its account.
CREATE TABLE certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{16}$' AND damm_digit(number) = 0), -- shown with GC before it
    market text NOT NULL REFERENCES market,
    currency text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0), -- when it was sold
    order_id bigint NOT NULL REFERENCES orders,
    line int NOT NULL,
    piece int NOT NULL CHECK (piece > 0),
    seller_id bigint NOT NULL REFERENCES distributor,
    customer_id bigint REFERENCES customer, -- who bought it
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'dead')),
    issued_at timestamptz NOT NULL,
    UNIQUE (order_id, line, piece)
);
CREATE INDEX certificate_seller ON certificate (seller_id, issued_at DESC);
CREATE INDEX certificate_customer ON certificate (customer_id) WHERE customer_id IS NOT NULL;

ALTER TABLE account DROP CONSTRAINT account_kind_check, DROP CONSTRAINT account_owned;
ALTER TABLE account
    ADD CONSTRAINT account_kind_known FOREIGN KEY (kind) REFERENCES account_kind,
    ADD certificate_id bigint UNIQUE REFERENCES certificate,
    ADD CONSTRAINT account_one_holder CHECK (num_nonnulls(owner_id, certificate_id) <= 1);
DROP INDEX account_of_market;
CREATE UNIQUE INDEX account_of_market ON account (market, kind) WHERE owner_id IS NULL AND certificate_id IS NULL;

CREATE FUNCTION account_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE k account_kind%ROWTYPE;
BEGIN
    SELECT * INTO k FROM account_kind WHERE kind = NEW.kind;
    IF k.guarded <> (NEW.balance IS NOT NULL) OR k.holder <> (CASE WHEN NEW.owner_id IS NOT NULL THEN 'person'
           WHEN NEW.certificate_id IS NOT NULL THEN 'certificate' ELSE 'market' END) THEN
        RAISE EXCEPTION 'a % account is a %''s', NEW.kind, k.holder USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_fits BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION account_fits();

-- A market has an account of each kind that is the market's, from its first day.
CREATE FUNCTION market_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO account (kind, market, currency)
        SELECT k.kind, NEW.code, NEW.currency FROM account_kind k WHERE k.holder = 'market' ORDER BY k.kind
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER market_accounts AFTER INSERT ON market FOR EACH ROW EXECUTE FUNCTION market_accounts();
INSERT INTO account (kind, market, currency)
    SELECT k.kind, m.code, m.currency FROM market m CROSS JOIN account_kind k WHERE k.holder = 'market' ORDER BY m.code, k.kind
    ON CONFLICT DO NOTHING;

-- The account of a market, or of a person (made when there is none yet).
CREATE FUNCTION account_of(a_market text, a_kind text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT id FROM account WHERE market = a_market AND kind = a_kind AND owner_id IS NULL AND certificate_id IS NULL);
END $$;
CREATE FUNCTION account_of_person(a_market text, a_kind text, a_person bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint;
BEGIN
    SELECT a.id INTO v_id FROM account a JOIN market m ON m.code = a_market
     WHERE a.owner_id = a_person AND a.kind = a_kind AND a.currency = m.currency;
    IF v_id IS NULL THEN
        INSERT INTO account (kind, market, currency, owner_id, floor, balance)
            SELECT a_kind, m.code, m.currency, a_person, 0, 0 FROM market m WHERE m.code = a_market
            ON CONFLICT (owner_id, kind, currency) WHERE owner_id IS NOT NULL DO UPDATE SET kind = excluded.kind
            RETURNING id INTO v_id;
    END IF;
    RETURN v_id;
END $$;

-- Moves money in one transfer of a journal; balances that are kept follow, and never go below their
-- floors: 'short' (PL007) tells the account.
CREATE FUNCTION transfer_make(a_journal bigint, a_debit bigint, a_credit bigint, a_amount bigint, a_order bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_currency text;
BEGIN
    -- In the order of their ids, so that no two wait for each other.
    IF a_debit < a_credit THEN
        PERFORM account_add(a_debit, -a_amount);
        PERFORM account_add(a_credit, a_amount);
    ELSE
        PERFORM account_add(a_credit, a_amount);
        PERFORM account_add(a_debit, -a_amount);
    END IF;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT a_journal, a_debit, a_credit, a.currency, a_amount, a_order FROM account a WHERE a.id = a_debit;
END $$;
CREATE FUNCTION account_add(a_account bigint, a_amount bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_held bigint;
BEGIN
    UPDATE account SET balance = balance + a_amount
     WHERE id = a_account AND balance IS NOT NULL AND (a_amount > 0 OR balance + a_amount >= floor);
    IF NOT FOUND THEN
        SELECT balance INTO v_held FROM account WHERE id = a_account AND balance IS NOT NULL;
        IF FOUND THEN
            RAISE EXCEPTION 'short' USING ERRCODE = 'PL007',
                DETAIL = jsonb_build_object('account', a_account, 'held', v_held)::text;
        END IF;
    END IF;
END $$;
CREATE FUNCTION journal_open(a_kind text, a_ref text, a_login bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint;
BEGIN
    INSERT INTO journal (kind, ref, at, by_login) VALUES (a_kind, a_ref, company_now(), a_login) RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- ---- payments -----------------------------------------------------------------------------------------
-- How each kind of tender is paid, and from which account the money comes:
--   account   a balance that is kept here: captured at once, or refused
--   gateway   the payment provider is asked; captured when the order is first released
--   received  staff have it in hand, or see it on the statement
--   none      nothing yet: what is due
CREATE TABLE payment_kind (
    kind text PRIMARY KEY,
    how text NOT NULL CHECK (how IN ('account', 'gateway', 'received', 'none')),
    source text NOT NULL REFERENCES account_kind,
    refunds_to text NOT NULL REFERENCES account_kind -- where money goes that is given back
);
INSERT INTO payment_kind VALUES
    ('balance', 'account', 'wallet', 'wallet'), ('credit', 'account', 'credit', 'credit'),
    ('certificate', 'account', 'certificate', 'certificate'),
    ('token', 'gateway', 'card_clearing', 'refunds'), ('link', 'gateway', 'card_clearing', 'refunds'),
    ('card_present', 'received', 'card_clearing', 'credit'),
    ('cheque', 'received', 'cheque_clearing', 'credit'), ('transfer', 'received', 'bank', 'credit'),
    ('later', 'none', 'wallet_funding', 'credit');

-- Cards that a person lets us charge again: the provider's names for them, never a number.
CREATE TABLE payment_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    market text NOT NULL REFERENCES market,
    provider_customer text NOT NULL,
    provider_method text NOT NULL UNIQUE,
    brand text NOT NULL,
    last4 text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    expires date NOT NULL, -- the last day of its month
    funding text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    is_default boolean NOT NULL DEFAULT false,
    removed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payment_token_person ON payment_token (person_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX payment_token_default ON payment_token (person_id, market) WHERE is_default AND removed_at IS NULL;

ALTER TABLE payment DROP CONSTRAINT payment_kind_check;
ALTER TABLE payment
    ADD CONSTRAINT payment_kind_known FOREIGN KEY (kind) REFERENCES payment_kind,
    ADD account_id bigint REFERENCES account,         -- of kinds that a kept balance pays
    ADD token_id bigint REFERENCES payment_token,
    ADD over bigint NOT NULL DEFAULT 0 CHECK (over >= 0), -- received beyond what was due: became store credit
    ADD authorised bigint CHECK (authorised >= amount), -- what the provider holds for it
    ADD provider_ref text UNIQUE,                     -- "pi_..."
    ADD session_ref text UNIQUE,                      -- "cs_...": of a link
    ADD url text,                                     -- where a link is paid
    ADD failure text NOT NULL DEFAULT '',             -- the provider's reason, for people
    ADD login_id bigint REFERENCES login,
    ADD at timestamptz NOT NULL DEFAULT company_now();

INSERT INTO machine_move VALUES
    ('payment', 'authorising', 'captured'), -- a provider that captures at once
    ('payment', 'authorising', 'void'), ('payment', 'unknown', 'void'), ('payment', 'declined', 'void'),
    ('payment', 'unknown', 'captured'),
    ('payment', 'authorised', 'declined'), -- the hold has run out, or the capture was refused
    ('payment', 'void', 'captured');       -- captured while it was being called off: refunded at once

-- What was given back of a payment.
CREATE TABLE refund (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES payment,
    amount bigint NOT NULL CHECK (amount > 0),
    state text NOT NULL CHECK (state IN ('asked', 'done', 'failed')), -- asked: the provider has not answered
    document text NOT NULL, -- "order 1000...", "return R..."
    reason text NOT NULL DEFAULT '',
    provider_ref text UNIQUE,
    login_id bigint,
    at timestamptz NOT NULL
);
CREATE INDEX refund_payment ON refund (payment_id);

-- What the provider is to be asked. The gateway takes from here, and nothing else; a key is sent with
-- each, made of the company and the task, so that a question that is asked again does nothing twice.
CREATE TABLE gateway_task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act text NOT NULL CHECK (act IN ('authorise', 'session', 'expire', 'capture', 'cancel', 'refund', 'look')),
    payment_id bigint NOT NULL REFERENCES payment,
    refund_id bigint REFERENCES refund,
    amount bigint NOT NULL CHECK (amount > 0),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'busy', 'done', 'failed', 'dropped')),
    tries int NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    holder text,
    until timestamptz, -- who has taken it has until then; afterwards it is asked again, under the same key
    outcome jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((act = 'refund') = (refund_id IS NOT NULL)),
    CHECK ((state = 'busy') = (holder IS NOT NULL))
);
CREATE INDEX gateway_task_open ON gateway_task (not_before) WHERE state IN ('waiting', 'busy');
CREATE INDEX gateway_task_payment ON gateway_task (payment_id);
ALTER TABLE company ADD gateway_id text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '');

-- Events of the provider's that have come in: each has its effect once.
CREATE TABLE provider_event (
    id text PRIMARY KEY,
    type text NOT NULL,
    object text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);

-- How far an order must be paid before it is released: captured or authorised in full, or not at all.
ALTER TABLE market ADD release_when text NOT NULL DEFAULT 'authorised' CHECK (release_when IN ('authorised', 'due'));
-- What returns have given back of the order.
ALTER TABLE orders ADD returned bigint NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND total);

-- ---- the state that payments make of an order ------------------------------------------------------------
-- It follows from the payments and from nothing else, whenever a row of an order changes.
CREATE FUNCTION order_payment_state(o orders) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN o.state = 'cancelled' OR (o.returned = o.total AND o.total > 0 AND p.open = 0) THEN
                         CASE WHEN p.refunded THEN 'refunded' ELSE 'void' END
                    WHEN p.unknown THEN 'unknown'
                    WHEN p.authorising THEN 'authorising'
                    WHEN p.due > 0 AND p.declined > p.newest THEN 'declined'
                    WHEN p.due > 0 THEN 'due'
                    WHEN p.authorised THEN 'authorised'
                    ELSE 'captured' END
          FROM (SELECT coalesce(bool_or(x.state = 'unknown'), false) AS unknown,
                       coalesce(bool_or(x.state = 'authorising'), false) AS authorising,
                       coalesce(bool_or(x.state = 'authorised'), false) AS authorised,
                       coalesce(bool_or(x.refunded > 0), false) AS refunded,
                       coalesce(sum(x.amount) FILTER (WHERE x.state = 'due'), 0) AS due,
                       coalesce(sum(x.amount) FILTER (WHERE x.state IN ('due', 'authorising', 'authorised', 'unknown')), 0) AS open,
                       coalesce(max(x.id) FILTER (WHERE x.state = 'declined'), 0) AS declined,
                       coalesce(max(x.id) FILTER (WHERE x.state IN ('authorised', 'captured')), 0) AS newest
                  FROM payment x WHERE x.order_id = o.id) p);
END $$;
CREATE FUNCTION orders_payment_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.payment_state := order_payment_state(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER orders_payment_state BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_payment_state();
CREATE FUNCTION order_payments_changed(a_order bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_state text;
BEGIN
    UPDATE orders SET payment_state = payment_state WHERE id = a_order RETURNING payment_state INTO v_state;
    INSERT INTO change_log (kind, ref) VALUES ('order', a_order::text);
    RETURN v_state;
END $$;

-- The order is due `a_due`, in one payment that nobody has promised yet.
CREATE FUNCTION order_due_set(a_order bigint, a_due bigint, a_login bigint, a_reason text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE p payment%ROWTYPE;
BEGIN
    IF a_due = (SELECT coalesce(sum(amount), 0) FROM payment WHERE order_id = a_order AND state = 'due') THEN
        RETURN;
    END IF;
    FOR p IN SELECT * FROM payment WHERE order_id = a_order AND state = 'due' ORDER BY id LOOP
        PERFORM machine_step('payment', a_order, p.id, 'due', 'void', a_login, a_reason);
    END LOOP;
    IF a_due > 0 THEN
        INSERT INTO payment (order_id, kind, amount, state, login_id) VALUES (a_order, 'later', a_due, 'due', a_login);
    END IF;
END $$;

-- Books a payment that is captured: its money goes to what the order owes, what is over to the buyer's credit.
CREATE FUNCTION payment_book(o orders, p payment, a_login bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_journal bigint := journal_open('payment', p.id::text, a_login);
    v_source bigint := coalesce(p.account_id, account_of(o.market, (SELECT source FROM payment_kind WHERE kind = p.kind)));
BEGIN
    PERFORM transfer_make(v_journal, v_source, account_of(o.market, 'receivable'), p.amount, o.id);
    IF p.over > 0 THEN
        PERFORM transfer_make(v_journal, v_source,
                              account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)), p.over, NULL);
    END IF;
END $$;

CREATE FUNCTION gateway_ask(a_act text, a_payment bigint, a_amount bigint, a_refund bigint DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gateway_task (act, payment_id, refund_id, amount) VALUES (a_act, a_payment, a_refund, a_amount);
$$;

-- Tenders that pay what an order is due, in their order; what they leave stays due. A tender that
-- cannot be taken undoes all: 'tender' (PL008) tells which, from 0, and why:
--   exceeds  more than is due        {"due"}
--   short    the account holds less  {"held"}
--   unknown  no such account, certificate, card
CREATE FUNCTION order_tenders(o orders, a_due bigint, t_kind text[], t_amount bigint[], t_ref text[], a_login bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    k payment_kind%ROWTYPE;
    p payment%ROWTYPE;
    v_left bigint := a_due;
    v_at int := 0;
    v_why text;
BEGIN
    FOR i IN 1 .. coalesce(cardinality(t_kind), 0) LOOP
        CONTINUE WHEN t_kind[i] = 'later';
        v_at := i;
        SELECT * INTO k FROM payment_kind WHERE kind = t_kind[i];
        IF t_amount[i] > v_left AND (k.how <> 'received' OR v_left = 0) THEN
            RAISE EXCEPTION 'tender' USING ERRCODE = 'PL008',
                DETAIL = jsonb_build_object('tender', i - 1, 'why', 'exceeds', 'due', v_left)::text;
        END IF;
        p := payment_make(o, k, least(t_amount[i], v_left), greatest(t_amount[i] - v_left, 0), coalesce(t_ref[i], ''), i - 1, a_login);
        v_left := v_left - p.amount;
    END LOOP;
    PERFORM order_due_set(o.id, v_left, a_login, '');
    PERFORM order_payments_changed(o.id);
EXCEPTION
    WHEN SQLSTATE 'PL007' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION 'tender' USING ERRCODE = 'PL008',
            DETAIL = (v_why::jsonb || jsonb_build_object('tender', v_at - 1, 'why', 'short') - 'account')::text;
END $$;

-- One payment of an order, begun as its kind is.
CREATE FUNCTION payment_make(o orders, k payment_kind, a_amount bigint, a_over bigint, a_ref text, a_tender int, a_login bigint)
RETURNS payment LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    v_account bigint;
    v_token bigint;
BEGIN
    CASE k.source
        WHEN 'wallet' THEN v_account := account_of_person(o.market, 'wallet', o.distributor_id);
        WHEN 'credit' THEN v_account := account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id));
        WHEN 'certificate' THEN
            SELECT a.id INTO v_account FROM certificate c JOIN account a ON a.certificate_id = c.id
             WHERE c.number = ltrim(upper(a_ref), 'GC') AND c.market = o.market AND c.state = 'active';
        ELSE NULL;
    END CASE;
    IF k.kind = 'token' THEN
        SELECT t.id INTO v_token FROM payment_token t
         WHERE t.id = CASE WHEN a_ref ~ '^[0-9]{1,18}$' THEN a_ref::bigint END AND t.market = o.market AND t.removed_at IS NULL
           AND t.person_id = coalesce(o.customer_id, o.distributor_id);
    END IF;
    IF (k.how = 'account' AND v_account IS NULL) OR (k.kind = 'token' AND v_token IS NULL) THEN
        RAISE EXCEPTION 'tender' USING ERRCODE = 'PL008',
            DETAIL = jsonb_build_object('tender', a_tender, 'why', 'unknown')::text;
    END IF;
    INSERT INTO payment (order_id, kind, amount, over, state, ref, account_id, token_id, login_id)
        VALUES (o.id, k.kind, a_amount, a_over, CASE k.how WHEN 'gateway' THEN 'authorising' ELSE 'captured' END,
                CASE WHEN k.kind IN ('certificate', 'token') THEN right(a_ref, 4) ELSE a_ref END, v_account, v_token, a_login)
        RETURNING * INTO p;
    IF k.how = 'gateway' THEN
        PERFORM gateway_ask(CASE k.kind WHEN 'link' THEN 'session' ELSE 'authorise' END, p.id, p.amount);
    ELSE
        PERFORM payment_book(o, p, a_login);
    END IF;
    RETURN p;
END $$;

-- Gives `a_part` of a captured payment back to where it came from: at once where the money is kept
-- here, else the provider is asked. Cash in hand, cheques and transfers become store credit.
CREATE FUNCTION payment_refund(o orders, a_payment bigint, a_part bigint, a_document text, a_login bigint, a_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    k payment_kind%ROWTYPE;
    v_refund bigint;
BEGIN
    UPDATE payment SET refunded = refunded + a_part WHERE id = a_payment RETURNING * INTO p;
    SELECT * INTO k FROM payment_kind WHERE kind = p.kind;
    INSERT INTO refund (payment_id, amount, state, document, reason, login_id, at)
        VALUES (p.id, a_part, CASE k.how WHEN 'gateway' THEN 'asked' ELSE 'done' END, a_document, a_reason, a_login, company_now())
        RETURNING id INTO v_refund;
    PERFORM transfer_make(journal_open('payment_refund', v_refund::text, a_login), account_of(o.market, 'receivable'),
        coalesce(p.account_id, CASE k.refunds_to
            WHEN 'refunds' THEN account_of(o.market, 'refunds')
            WHEN 'wallet' THEN account_of_person(o.market, 'wallet', o.distributor_id) -- of before payments had accounts
            ELSE account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)) END), a_part, o.id);
    IF k.how = 'gateway' THEN
        PERFORM gateway_ask('refund', p.id, a_part, v_refund);
    END IF;
    IF p.refunded = p.amount THEN
        PERFORM machine_step('payment', o.id, p.id, 'captured', 'refunded', a_login, a_reason);
    END IF;
    RETURN v_refund;
END $$;

-- Calls a payment off that the provider holds, or was asked for: no money has moved.
CREATE FUNCTION payment_call_off(o orders, p payment, a_login bigint, a_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM machine_step('payment', o.id, p.id, p.state, 'void', a_login, a_reason);
    -- What was not asked yet is not asked at all; what was is taken back.
    UPDATE gateway_task SET state = 'dropped' WHERE payment_id = p.id AND state = 'waiting' AND tries = 0;
    IF EXISTS (SELECT FROM gateway_task WHERE payment_id = p.id AND state <> 'dropped') THEN
        PERFORM gateway_ask('cancel', p.id, p.amount);
    END IF;
END $$;

-- Of a payment that is not captured, `a_part` less is wanted.
CREATE FUNCTION payment_lessen(o orders, p payment, a_part bigint, a_login bigint, a_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF a_part = p.amount THEN
        PERFORM payment_call_off(o, p, a_login, a_reason);
    ELSE -- the capture takes less than is held
        UPDATE payment SET amount = amount - a_part, authorised = coalesce(authorised, amount) WHERE id = p.id;
    END IF;
END $$;

-- What was promised or paid of an order beyond `a_total` goes back, the last payment first.
CREATE FUNCTION order_give_back(o orders, a_total bigint, a_document text, a_login bigint, a_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    p payment%ROWTYPE;
    v_back bigint;
    v_part bigint;
    v_all bigint;
BEGIN
    SELECT greatest(coalesce(sum(amount - refunded), 0) - a_total, 0) INTO v_back FROM payment
     WHERE order_id = o.id AND state IN ('captured', 'authorised', 'authorising', 'unknown');
    v_all := v_back;
    FOR p IN SELECT * FROM payment WHERE order_id = o.id AND state IN ('captured', 'authorised', 'authorising', 'unknown')
              ORDER BY state = 'captured', id DESC LOOP
        EXIT WHEN v_back = 0;
        v_part := least(v_back, p.amount - p.refunded);
        v_back := v_back - v_part;
        IF p.state = 'captured' THEN
            PERFORM payment_refund(o, p.id, v_part, a_document, a_login, a_reason);
        ELSE
            PERFORM payment_lessen(o, p, v_part, a_login, a_reason);
        END IF;
    END LOOP;
    RETURN v_all;
END $$;

-- ---- what 014 has of this, by payments -----------------------------------------------------------------------
-- What an order now costs against what was paid and promised: too much goes back; too little is taken
-- from the wallet (`a_balance`), and what is left is due. (`from_wallet` and `wallet`: the order's journal
-- has no payment in it any more.)
CREATE OR REPLACE FUNCTION order_settle(a_order orders, a_total bigint, a_balance bigint, a_login bigint, a_reason text,
                             OUT from_wallet bigint, OUT wallet bigint, OUT due bigint, OUT back bigint)
LANGUAGE plpgsql AS $$
DECLARE v_why text;
BEGIN
    from_wallet := 0;
    back := order_give_back(a_order, a_total, 'order ' || a_order.number, a_login, a_reason);
    due := a_total - (SELECT coalesce(sum(amount - refunded), 0) FROM payment x
                       WHERE x.order_id = a_order.id AND x.state IN ('captured', 'authorised', 'authorising', 'unknown'));
    IF a_balance > due THEN -- it was paid meanwhile
        RAISE EXCEPTION 'stale' USING ERRCODE = 'PL005';
    END IF;
    PERFORM order_tenders(a_order, due, CASE WHEN a_balance > 0 THEN '{balance}'::text[] ELSE '{}' END, ARRAY[a_balance], '{""}', a_login);
    due := due - a_balance;
EXCEPTION
    WHEN SQLSTATE 'PL008' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION 'balance' USING ERRCODE = 'PL003',
            DETAIL = jsonb_build_object('balance', coalesce(v_why::jsonb -> 'held', '0'))::text;
END $$;

-- A journal that mirrors another, leg by leg. (Orders of before payments had journals have a leg of the
-- wallet in theirs: that goes back as a refund.)
CREATE OR REPLACE FUNCTION journal_reverse(a_from bigint, a_kind text, a_ref text, a_login bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_journal bigint;
BEGIN
    INSERT INTO journal (kind, ref, at, by_login, reverses)
        VALUES (a_kind, a_ref, company_now(), a_login, a_from) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, t.credit_id, t.debit_id, t.currency, t.amount, t.order_id
          FROM transfer t JOIN account d ON d.id = t.debit_id
         WHERE t.journal_id = a_from AND d.owner_id IS NULL ORDER BY t.id;
END $$;

CREATE OR REPLACE FUNCTION order_cancel(a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                             a_reason text, a_request text,
                             OUT result text, OUT state text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    l order_line%ROWTYPE;
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
    PERFORM order_due_set(o.id, 0, a_login, a_reason);
    PERFORM order_give_back(o, 0, 'order ' || o.number, a_login, a_reason);
    PERFORM machine_step('order', o.id, 0, o.state, 'cancelled', a_login, a_reason);
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

-- ---- paying what is due --------------------------------------------------------------------------------------
-- Tenders for what a placed order is still due. The result: paid ({"payment", "due"}), again, reused,
-- unknown (order), state ({"state"}), tender ({"tender", "why", ...}; see order_tenders).
CREATE FUNCTION order_pay(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_acting bigint, a_request text,
                          t_kind text[], t_amount bigint[], t_ref text[], OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    v_why text;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL OR o.market <> coalesce(a_market, o.market) THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF o.state = 'cancelled' THEN
        result := 'state';
        reply := jsonb_build_object('state', o.state);
        RETURN;
    END IF;
    PERFORM order_tenders(o, (SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE order_id = o.id AND payment.state = 'due'),
                          t_kind, t_amount, t_ref, a_login);
    reply := jsonb_build_object('number', o.number, 'payment', (SELECT payment_state FROM orders WHERE id = o.id),
        'due', (SELECT coalesce(sum(amount), 0) FROM payment WHERE order_id = o.id AND payment.state = 'due'));
    INSERT INTO audit (login_id, acting_for, action, object, detail, request)
        VALUES (a_login, a_acting, 'order.pay', 'order ' || o.number,
                jsonb_build_object('kinds', t_kind, 'amounts', t_amount), a_request);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, reply);
    result := 'paid';
EXCEPTION
    WHEN SQLSTATE 'PL008' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := SQLERRM;
        reply := nullif(v_why, '')::jsonb;
END $$;

-- Lets an order go to the warehouse; what is authorised is captured, all of it. Results: released, again,
-- reused, unknown, state ({"state"}), unpaid ({"payment", "due"}).
CREATE FUNCTION order_release(a_number text, a_market text, a_key text, a_hash text, a_login bigint, a_request text,
                              OUT result text, OUT reply jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o orders%ROWTYPE;
    p payment%ROWTYPE;
BEGIN
    o := order_lock(a_number, a_key);
    SELECT e.outcome, e.reply INTO result, reply FROM key_earlier(a_key, a_hash) e;
    IF o.id IS NULL OR o.market <> coalesce(a_market, o.market) THEN
        result := 'unknown';
        RETURN;
    ELSIF result IS NOT NULL THEN
        RETURN;
    ELSIF o.state <> 'placed' THEN
        result := 'state';
        reply := jsonb_build_object('state', o.state);
        RETURN;
    ELSIF o.payment_state NOT IN ('authorised', 'captured')
          AND (SELECT release_when FROM market WHERE code = o.market) <> 'due' THEN
        result := 'unpaid';
        reply := jsonb_build_object('payment', o.payment_state,
            'due', (SELECT coalesce(sum(amount), 0) FROM payment WHERE order_id = o.id AND payment.state = 'due'));
        RETURN;
    END IF;
    PERFORM machine_step('order', o.id, 0, 'placed', 'released', a_login, '');
    FOR p IN SELECT * FROM payment WHERE order_id = o.id AND payment.state = 'authorised' ORDER BY id LOOP
        PERFORM gateway_ask('capture', p.id, p.amount);
    END LOOP;
    reply := jsonb_build_object('number', o.number, 'state', 'released', 'payment', o.payment_state);
    INSERT INTO audit (login_id, action, object, request) VALUES (a_login, 'order.release', 'order ' || o.number, a_request);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
    INSERT INTO idempotency (key, login_id, hash, result) VALUES (a_key, a_login, a_hash, reply);
    result := 'released';
END $$;

-- ---- the gateway -------------------------------------------------------------------------------------------------
-- Up to `a_most` things that the provider is to be asked now, with all that the question needs. They are
-- `a_holder`'s for a minute. By the real clock: the company's may be moved.
CREATE FUNCTION gateway_take(a_holder text, a_most int)
RETURNS TABLE (task bigint, act text, key text, amount bigint, currency text, exponent int, order_number text, payment bigint,
               provider_ref text, session_ref text, customer text, method text, tries int, email text, language text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH taken AS (
        UPDATE gateway_task g SET state = 'busy', holder = a_holder, until = now() + interval '1 minute', tries = g.tries + 1
         WHERE g.id IN (SELECT x.id FROM gateway_task x
                         WHERE (x.state = 'waiting' AND x.not_before <= now()) OR (x.state = 'busy' AND x.until < now())
                         ORDER BY x.not_before, x.id LIMIT a_most FOR UPDATE SKIP LOCKED)
        RETURNING g.*)
    SELECT t.id, t.act, c.gateway_id || '-' || t.id, t.amount, o.currency, o.exponent, o.number, p.id, p.provider_ref,
           p.session_ref, k.provider_customer, k.provider_method, t.tries, b.email, b.language
      FROM taken t
     CROSS JOIN company c
      JOIN payment p ON p.id = t.payment_id
      JOIN orders o ON o.id = p.order_id
      JOIN person b ON b.id = coalesce(o.customer_id, o.distributor_id)
      LEFT JOIN payment_token k ON k.id = p.token_id
     ORDER BY t.id;
END $$;

-- Again after a while: 1, 2, 4 ... 30 seconds, and up to half of it more, so that not all come at once.
CREATE FUNCTION gateway_again(a_task bigint, a_tries int, a_why jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE gateway_task SET state = 'waiting', holder = NULL, until = NULL, outcome = a_why,
           not_before = now() + least(30, power(2, least(a_tries, 10) - 1)) * (1 + random() / 2) * interval '1 second'
     WHERE id = a_task;
$$;

-- What the provider has said. `a_outcome`:
--   authorised, captured   the money is held, is ours
--   declined               {"why": for people, "code"}
--   session                the customer can pay at {"url"}; {"session"} names it
--   pending                not decided yet: ask again
--   cancelled, refunded    as was wanted
--   unknown                no answer: it may have happened; asked again under the same key
--   later                  it has not happened, and may be asked again
--   refused                it never will: {"why"}
-- `a_ref` is the provider's name of the payment (of the refund). Says what the payment is now; NULL when
-- the task is not this holder's any more.
CREATE FUNCTION gateway_result(a_task bigint, a_holder text, a_outcome text, a_ref text, a_detail jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    g gateway_task%ROWTYPE;
    p payment%ROWTYPE;
    o orders%ROWTYPE;
    v_order bigint;
    v_again boolean := a_outcome IN ('pending', 'unknown', 'later');
BEGIN
    -- Locks in one order everywhere: the order first.
    SELECT x.order_id INTO v_order FROM gateway_task t JOIN payment x ON x.id = t.payment_id WHERE t.id = a_task;
    SELECT * INTO o FROM orders WHERE id = v_order FOR NO KEY UPDATE;
    SELECT * INTO g FROM gateway_task WHERE id = a_task FOR UPDATE;
    IF g.id IS NULL OR g.state <> 'busy' OR g.holder <> a_holder THEN
        RETURN NULL;
    END IF;
    SELECT * INTO p FROM payment WHERE id = g.payment_id FOR UPDATE;
    IF v_again THEN
        PERFORM gateway_again(g.id, g.tries, a_detail);
    ELSE
        UPDATE gateway_task SET state = CASE a_outcome WHEN 'refused' THEN 'failed' ELSE 'done' END, holder = NULL, until = NULL,
               outcome = jsonb_build_object('outcome', a_outcome) || coalesce(a_detail, '{}') WHERE id = g.id;
    END IF;
    IF g.act = 'refund' THEN
        PERFORM refund_answered(o, g.refund_id, a_outcome, a_ref);
    ELSIF g.act <> 'cancel' THEN
        PERFORM payment_answered(o, p, g.act, a_outcome, a_ref, a_detail);
    END IF;
    RETURN (SELECT state FROM payment WHERE id = p.id);
END $$;

-- What an answer makes of a payment.
CREATE FUNCTION payment_answered(o orders, p payment, a_act text, a_outcome text, a_ref text, a_detail jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_to text := CASE WHEN a_outcome IN ('authorised', 'captured', 'declined') THEN a_outcome
                      WHEN a_outcome = 'refused' THEN 'declined'
                      WHEN a_outcome = 'unknown' AND a_act = 'authorise' THEN 'unknown' END;
BEGIN
    UPDATE payment SET provider_ref = coalesce(a_ref, provider_ref), url = coalesce(a_detail ->> 'url', url),
           session_ref = coalesce(a_detail ->> 'session', session_ref),
           failure = CASE WHEN v_to = 'declined' THEN coalesce(a_detail ->> 'why', '') ELSE failure END
     WHERE id = p.id RETURNING * INTO p;
    IF a_outcome = 'session' THEN -- until the customer has paid, or the time for it is over
        INSERT INTO gateway_task (act, payment_id, amount, not_before) VALUES ('look', p.id, p.amount, now() + interval '5 seconds');
    END IF;
    IF v_to IS NULL OR v_to = p.state THEN
        RETURN;
    ELSIF p.state = 'void' AND v_to = 'authorised' THEN -- called off while it was asked
        PERFORM gateway_ask('cancel', p.id, p.amount);
        RETURN;
    ELSIF p.state IN ('void', 'refunded', 'captured') AND v_to <> 'captured' OR p.state IN ('captured', 'refunded') THEN
        RETURN;
    END IF;
    IF p.state = 'declined' THEN -- the customer has tried another card behind the same link
        RETURN;
    END IF;
    PERFORM machine_step('payment', o.id, p.id, p.state, v_to, NULL, coalesce(a_detail ->> 'why', ''));
    IF v_to = 'authorised' THEN
        UPDATE payment SET authorised = coalesce(authorised, amount) WHERE id = p.id;
        IF o.state NOT IN ('placed', 'on_hold') THEN -- released before it was authorised
            PERFORM gateway_ask('capture', p.id, p.amount);
        END IF;
    ELSIF v_to = 'captured' THEN
        PERFORM payment_book(o, p, NULL);
        IF p.state = 'void' THEN
            PERFORM payment_refund(o, p.id, p.amount, 'order ' || o.number, NULL, 'called off');
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

-- The provider has paid a refund, or will not: then the money becomes store credit.
CREATE FUNCTION refund_answered(o orders, a_refund bigint, a_outcome text, a_ref text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r refund%ROWTYPE;
BEGIN
    IF a_outcome NOT IN ('refunded', 'refused', 'declined') THEN
        RETURN;
    END IF;
    UPDATE refund SET state = CASE a_outcome WHEN 'refunded' THEN 'done' ELSE 'failed' END, provider_ref = coalesce(a_ref, provider_ref)
     WHERE id = a_refund AND state = 'asked' RETURNING * INTO r;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM transfer_make(journal_open('refund_' || r.state, r.id::text, NULL), account_of(o.market, 'refunds'),
        CASE r.state WHEN 'done' THEN account_of(o.market, 'card_clearing')
                     ELSE account_of_person(o.market, 'credit', coalesce(o.customer_id, o.distributor_id)) END, r.amount, NULL);
    INSERT INTO change_log (kind, ref) VALUES ('order', o.id::text);
END $$;

-- The provider says that something has happened to a payment: it is looked at. False: it has said so before.
CREATE FUNCTION gateway_event(a_id text, a_type text, a_object text, a_refs text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO provider_event (id, type, object) VALUES (a_id, a_type, a_object) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- Who looks already looks now; else somebody does.
    UPDATE gateway_task g SET not_before = now() FROM payment p
     WHERE p.id = g.payment_id AND (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs))
       AND g.act = 'look' AND g.state = 'waiting';
    IF NOT FOUND THEN
        INSERT INTO gateway_task (act, payment_id, amount)
            SELECT 'look', p.id, p.amount FROM payment p
             WHERE (p.provider_ref = ANY (a_refs) OR p.session_ref = ANY (a_refs)) AND p.state IN ('authorising', 'unknown', 'authorised');
    END IF;
    RETURN true;
END $$;

-- ---- who may what ----------------------------------------------------------------------------------------------------
-- The gateway is a process of its own: it sees what it is to ask, says what it heard, and nothing else.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partyline_gateway') THEN
        CREATE ROLE partyline_gateway NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO partyline_gateway;
DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{account_fits,market_accounts,account_of,account_of_person,transfer_make,account_add,journal_open,
                        order_payment_state,orders_payment_state,order_payments_changed,order_due_set,payment_book,gateway_ask,
                        order_tenders,payment_make,payment_refund,payment_call_off,payment_lessen,order_give_back,order_settle,
                        journal_reverse,order_pay,order_release,gateway_take,gateway_again,gateway_result,payment_answered,
                        refund_answered,gateway_event}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{order_pay,order_release,gateway_event}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_gateway'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{gateway_take,gateway_result}'));
END $$;
