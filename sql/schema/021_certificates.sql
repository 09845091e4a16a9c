-- Gift certificates: sold as items, issued when their order is paid, spent by order_tenders (020) for a
-- part or all, dead when the sale is taken back.

-- Certificates without a price of their own: the value is keyed with the line.
CREATE TABLE item_value (
    item_id bigint NOT NULL REFERENCES item ON DELETE CASCADE,
    market text NOT NULL REFERENCES market,
    least bigint NOT NULL CHECK (least > 0),
    most bigint NOT NULL CHECK (most BETWEEN least AND 9007199254740991),
    PRIMARY KEY (item_id, market)
);
CREATE FUNCTION item_value_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM item WHERE id = NEW.item_id) <> 'certificate' THEN
        RAISE EXCEPTION 'item % is no certificate', NEW.item_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER item_value_fits AFTER INSERT OR UPDATE ON item_value FOR EACH ROW EXECUTE FUNCTION item_value_fits();
CREATE TRIGGER item_value_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON item_value
    EXECUTE FUNCTION catalogue_changed();

-- How much of an order's goods are certificates: promises, not sales.
ALTER TABLE orders ADD certificates bigint NOT NULL DEFAULT 0 CHECK (certificates >= 0);

CREATE OR REPLACE VIEW order_version AS
SELECT o.id AS order_id, o.number, o.revision, true AS is_present,
       CASE o.revision WHEN 1 THEN o.number ELSE o.number || '/' || o.revision END AS journal,
       o.goods, o.discount, o.delivery, o.delivery_tax, o.tax, o.cv, o.pv, o.certificates
  FROM orders o
UNION ALL
SELECT o.id, o.number, r.revision, false,
       CASE r.revision WHEN 1 THEN o.number ELSE o.number || '/' || r.revision END,
       h.goods, h.discount, h.delivery, h.delivery_tax, h.tax, h.cv, h.pv, coalesce(h.certificates, 0)
  FROM order_revision r
  JOIN orders o ON o.id = r.order_id
 CROSS JOIN LATERAL jsonb_to_record(r.head) AS h(goods bigint, discount bigint, delivery bigint, delivery_tax bigint,
                                                 tax bigint, cv bigint, pv bigint, certificates bigint);

-- As in 014; what is paid for certificates is owed to whoever will have them.
CREATE OR REPLACE FUNCTION order_book(a_order bigint, a_kind text, a_ref text, a_at timestamptz, a_login bigint,
                           a_wallet bigint, a_balance bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_journal bigint;
    v_certificates bigint;
BEGIN
    SELECT coalesce(sum(l.goods), 0) INTO v_certificates
      FROM order_line l JOIN item i ON i.id = l.item_id AND i.kind = 'certificate' WHERE l.order_id = a_order;
    UPDATE orders SET certificates = v_certificates WHERE id = a_order AND certificates <> v_certificates;
    INSERT INTO journal (kind, ref, at, by_login) VALUES (a_kind, a_ref, a_at, a_login) RETURNING id INTO v_journal;
    INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount, order_id)
        SELECT v_journal, d.id, c.id, o.currency, leg.amount, a_order
          FROM orders o
         CROSS JOIN LATERAL
               (VALUES ('receivable', 'sales', o.goods - o.certificates),
                       ('receivable', 'certificates_sold', o.certificates),
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

-- ---- numbers -----------------------------------------------------------------------------------------

-- Fourteen digits of the system's randomness behind a first digit that no card begins with, and a check
-- digit: 400 million million numbers.
CREATE FUNCTION certificate_number_next() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    -- Of a random UUID the first and the last twelve hexadecimal digits are random.
    v_hex text := replace(gen_random_uuid()::text, '-', '');
    v_random bigint := ('x' || left(v_hex, 12) || right(v_hex, 3))::bit(60)::bigint;
    v_digits text := substr('1789', (v_random % 4)::int + 1, 1) || lpad(((v_random / 4) % 100000000000000)::text, 14, '0');
BEGIN
    RETURN v_digits || damm_digit(v_digits);
END $$;

-- The certificate that somebody names: by its number, or by its last six digits where the buyer is
-- known. NULL: none that can be spent in the market, or more than one.
CREATE FUNCTION certificate_named(a_ref text, a_market text, a_person bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_digits text := regexp_replace(upper(a_ref), '^GC|[ -]', '', 'g');
    v_ids bigint[];
BEGIN
    IF length(v_digits) = 6 THEN
        SELECT array_agg(c.id) INTO v_ids FROM certificate c
         WHERE c.market = a_market AND c.state = 'active' AND right(c.number, 6) = v_digits
           AND (c.customer_id = a_person OR c.customer_id IS NULL AND c.seller_id = a_person);
        RETURN CASE cardinality(v_ids) WHEN 1 THEN v_ids[1] END;
    END IF;
    RETURN (SELECT c.id FROM certificate c WHERE c.number = v_digits AND c.market = a_market AND c.state = 'active');
END $$;

-- ---- issuing -----------------------------------------------------------------------------------------

-- One piece of a line: its number, its account, its journal, and a message to whoever bought it.
CREATE FUNCTION certificate_issue(o orders, a_line int, a_piece int, a_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_account bigint;
BEGIN
    WHILE v_id IS NULL LOOP -- once in a great while a number is taken
        INSERT INTO certificate (number, market, currency, amount, order_id, line, piece, seller_id, customer_id, issued_at)
            VALUES (certificate_number_next(), o.market, o.currency, a_amount, o.id, a_line, a_piece, o.distributor_id,
                    o.customer_id, company_now())
            ON CONFLICT (number) DO NOTHING RETURNING id INTO v_id;
    END LOOP;
    INSERT INTO account (kind, market, currency, certificate_id, floor, balance)
        VALUES ('certificate', o.market, o.currency, v_id, 0, 0) RETURNING id INTO v_account;
    PERFORM transfer_make(journal_open('certificate', v_id::text, o.placed_by), account_of(o.market, 'certificates_sold'),
                          v_account, a_amount, o.id);
    INSERT INTO outbox (person_id, market, kind, ref, detail, at)
        VALUES (coalesce(o.customer_id, o.distributor_id), o.market, 'certificate.issued', v_id::text, '{}', company_now());
END $$;

-- An order that is paid in full has its certificates, each once.
CREATE FUNCTION orders_certificates() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE l record;
BEGIN
    IF (SELECT coalesce(sum(p.amount - p.refunded), 0) FROM payment p WHERE p.order_id = NEW.id AND p.state = 'captured')
       < NEW.total - NEW.returned THEN
        RETURN NULL;
    END IF;
    FOR l IN SELECT x.line, x.unit, g.piece FROM order_line x JOIN item i ON i.id = x.item_id AND i.kind = 'certificate'
              CROSS JOIN LATERAL generate_series(1, x.qty::int) AS g(piece)
              WHERE x.order_id = NEW.id AND x.state <> 'cancelled' AND NOT EXISTS (
                    SELECT FROM certificate c WHERE c.order_id = NEW.id AND c.line = x.line AND c.piece = g.piece)
              ORDER BY x.line, g.piece LOOP
        PERFORM certificate_issue(NEW, l.line, l.piece, l.unit);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_certificates AFTER UPDATE ON orders FOR EACH ROW
    WHEN (NEW.certificates > 0 AND NEW.payment_state = 'captured' AND NEW.state <> 'cancelled')
    EXECUTE FUNCTION orders_certificates();

-- ---- taking back -------------------------------------------------------------------------------------

-- Nobody can spend it any more; what is left goes back to what its sale is owed. Returns that.
CREATE FUNCTION certificate_kill(a_certificate bigint, a_login bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c certificate%ROWTYPE;
    v_account bigint;
    v_left bigint;
BEGIN
    SELECT * INTO c FROM certificate WHERE id = a_certificate FOR UPDATE;
    IF c.state = 'dead' THEN
        RETURN 0;
    END IF;
    SELECT id, balance INTO v_account, v_left FROM account WHERE certificate_id = c.id FOR UPDATE;
    IF v_left > 0 THEN
        PERFORM transfer_make(journal_open('certificate_dead', c.id::text, a_login), v_account,
                              account_of(c.market, 'certificates_sold'), v_left, c.order_id);
    END IF;
    UPDATE certificate SET state = 'dead' WHERE id = c.id;
    RETURN v_left;
END $$;

-- A cancelled sale takes its certificates with it; not when something of one is spent: 'certificates'
-- (PL009) tells which: {"spent": [{"last", "amount", "left"}]}.
CREATE FUNCTION orders_certificates_dead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c record;
    v_left bigint;
    v_spent jsonb := '[]';
BEGIN
    FOR c IN SELECT id, number, amount FROM certificate WHERE order_id = NEW.id AND state = 'active' ORDER BY id LOOP
        v_left := certificate_kill(c.id, NULL);
        IF v_left < c.amount THEN
            v_spent := v_spent || jsonb_build_object('last', right(c.number, 4), 'amount', c.amount, 'left', v_left);
        END IF;
    END LOOP;
    IF v_spent <> '[]' THEN
        RAISE EXCEPTION 'certificates' USING ERRCODE = 'PL009', DETAIL = jsonb_build_object('spent', v_spent)::text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_certificates_dead AFTER UPDATE ON orders FOR EACH ROW
    WHEN (NEW.certificates > 0 AND NEW.state = 'cancelled' AND OLD.state <> 'cancelled')
    EXECUTE FUNCTION orders_certificates_dead();

-- order_cancel, but says that certificates are spent instead of failing: result certificates, detail as above.
CREATE FUNCTION order_cancel_sold(a_number text, a_key text, a_hash text, a_login bigint, a_acting bigint,
                                  a_reason text, a_request text, OUT result text, OUT state text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_why text;
BEGIN
    SELECT c.result, c.state, c.detail INTO result, state, detail
      FROM order_cancel(a_number, a_key, a_hash, a_login, a_acting, a_reason, a_request) c;
EXCEPTION
    WHEN SQLSTATE 'PL009' THEN
        GET STACKED DIAGNOSTICS v_why = PG_EXCEPTION_DETAIL;
        result := SQLERRM;
        detail := v_why::jsonb;
        SELECT o.state INTO state FROM orders o WHERE o.number = a_number;
END $$;

-- A change leaves lines alone whose certificates are out: order_change gives 'certificates' back.
CREATE FUNCTION order_line_issued() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM certificate c WHERE c.order_id = OLD.order_id AND c.line = OLD.line) THEN
        RAISE EXCEPTION 'certificates' USING ERRCODE = 'PL005', DETAIL = jsonb_build_object('line', OLD.client_id)::text;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER order_line_issued_changed BEFORE UPDATE ON order_line FOR EACH ROW
    WHEN (NEW.qty <> OLD.qty OR NEW.unit <> OLD.unit) EXECUTE FUNCTION order_line_issued();
CREATE TRIGGER order_line_issued_gone BEFORE DELETE ON order_line FOR EACH ROW EXECUTE FUNCTION order_line_issued();

-- ---- spending ----------------------------------------------------------------------------------------

-- As in 020; a certificate also by its last six digits, for an order of whoever bought it.
CREATE OR REPLACE FUNCTION payment_make(o orders, k payment_kind, a_amount bigint, a_over bigint, a_ref text, a_tender int, a_login bigint)
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
            SELECT a.id INTO v_account FROM account a
             WHERE a.certificate_id = certificate_named(a_ref, o.market, coalesce(o.customer_id, o.distributor_id));
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

-- ---- looking up --------------------------------------------------------------------------------------

-- What is known of certificates, without their numbers.
CREATE VIEW certificate_card AS
SELECT c.id, right(c.number, 4) AS last, c.market, c.currency, m.exponent, c.amount, a.balance, c.state, c.issued_at,
       o.number AS sold_by, o.id AS sold_id, c.seller_id, d.number AS seller, s.name AS seller_name, c.customer_id, b.name AS customer_name,
       a.id AS account_id
  FROM certificate c
  JOIN account a ON a.certificate_id = c.id
  JOIN market m ON m.code = c.market
  JOIN orders o ON o.id = c.order_id
  JOIN distributor d ON d.id = c.seller_id
  JOIN person s ON s.id = c.seller_id
  LEFT JOIN person b ON b.id = c.customer_id;
GRANT SELECT ON certificate_card TO partyline_app;

-- One certificate by its number, or by its last six digits and who bought it (a customer's id, else a
-- distributor's number). Who looks up too many has to wait: `wait` seconds, whatever exists. `a_market`
-- NULL: any.
CREATE FUNCTION certificate_look(a_number text, a_person text, a_market text, a_login bigint, a_peer text, a_request text,
                                 OUT wait int, OUT id bigint, OUT number text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    wait := greatest(guard_try('certificate:' || a_login, 60, interval '10 minutes', interval '10 minutes'),
                     guard_try('certificate-peer:' || a_peer, 600, interval '10 minutes', interval '10 minutes'));
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

-- What became of certificates: issued, spent on an order, given back, dead.
CREATE INDEX payment_certificate ON payment (account_id) WHERE kind = 'certificate';
CREATE VIEW certificate_event AS
SELECT c.id AS certificate_id, j.id AS seq, j.at, 'issued' AS act, c.amount, o.number AS order_number
  FROM certificate c
  JOIN journal j ON j.kind = 'certificate' AND j.ref = c.id::text
  JOIN orders o ON o.id = c.order_id
UNION ALL
SELECT a.certificate_id, j.id, j.at, 'spent', -p.amount, o.number
  FROM account a
  JOIN payment p ON p.account_id = a.id AND p.kind = 'certificate'
  JOIN journal j ON j.kind = 'payment' AND j.ref = p.id::text
  JOIN orders o ON o.id = p.order_id
UNION ALL
SELECT a.certificate_id, j.id, j.at, 'refunded', r.amount, o.number
  FROM account a
  JOIN payment p ON p.account_id = a.id AND p.kind = 'certificate'
  JOIN refund r ON r.payment_id = p.id
  JOIN journal j ON j.kind = 'payment_refund' AND j.ref = r.id::text
  JOIN orders o ON o.id = p.order_id
UNION ALL
SELECT c.id, j.id, j.at, 'dead', -t.amount, o.number
  FROM certificate c
  JOIN journal j ON j.kind = 'certificate_dead' AND j.ref = c.id::text
  JOIN transfer t ON t.journal_id = j.id
  JOIN orders o ON o.id = c.order_id;
GRANT SELECT ON certificate_event TO partyline_app;

DO $$ BEGIN
    EXECUTE (SELECT 'REVOKE EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' FROM PUBLIC'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname = ANY ('{item_value_fits,certificate_number_next,certificate_named,certificate_issue,orders_certificates,
                        certificate_kill,orders_certificates_dead,order_cancel_sold,order_line_issued,certificate_look}'));
    EXECUTE (SELECT 'GRANT EXECUTE ON FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') || ' TO partyline_app'
               FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY ('{order_cancel_sold,certificate_look}'));
END $$;
