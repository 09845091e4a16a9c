-- Money that goes from one order to another. A refund tells where it went: what never left the house is not given
-- back to anybody, neither to a card nor to a certificate. (A company whose 020 and 023 had some of this already is
-- none the worse for having it again.)
ALTER TABLE refund ADD COLUMN IF NOT EXISTS moved_to bigint REFERENCES payment; -- it went there
CREATE INDEX IF NOT EXISTS payment_moved_from ON payment (moved_from) WHERE moved_from IS NOT NULL;

-- Of what was moved before: the payment of the other order that came of it.
UPDATE refund r SET moved_to = x.id
  FROM payment p, payment x, orders o
 WHERE r.moved_to IS NULL AND p.id = r.payment_id AND x.kind = 'exchange' AND x.amount = r.amount AND x.at = r.at
   AND x.moved_from = coalesce(p.moved_from, p.id) AND o.id = x.order_id AND r.document = 'order ' || o.number;

-- As in 023; the refund is told where it went.
CREATE OR REPLACE FUNCTION payment_move(a_from orders, a_to orders, a_amount bigint, a_login bigint, a_reason text) RETURNS bigint
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
        UPDATE refund SET moved_to = x.id WHERE id = v_refund;
        PERFORM payment_book(a_to, x, a_login);
    END LOOP;
    RETURN a_amount - v_left;
END $$;

-- As in 021; but what went on to another order is not back on the certificate before that gives it back.
CREATE OR REPLACE VIEW certificate_event AS
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
  JOIN refund r ON r.payment_id = p.id AND r.moved_to IS NULL
  JOIN journal j ON j.kind = 'payment_refund' AND j.ref = r.id::text
  JOIN orders o ON o.id = p.order_id
UNION ALL
SELECT a.certificate_id, j.id, j.at, 'refunded', r.amount, o.number
  FROM account a
  JOIN payment s ON s.account_id = a.id AND s.kind = 'certificate'
  JOIN payment p ON p.moved_from = s.id
  JOIN refund r ON r.payment_id = p.id AND r.moved_to IS NULL
  JOIN journal j ON j.kind = 'payment_refund' AND j.ref = r.id::text
  JOIN orders o ON o.id = p.order_id
UNION ALL
SELECT c.id, j.id, j.at, 'dead', -t.amount, o.number
  FROM certificate c
  JOIN journal j ON j.kind = 'certificate_dead' AND j.ref = c.id::text
  JOIN transfer t ON t.journal_id = j.id
  JOIN orders o ON o.id = c.order_id;

-- As in 020; the account that was short is nobody's business.
CREATE OR REPLACE FUNCTION order_tenders(o orders, a_due bigint, t_kind text[], t_amount bigint[], t_ref text[], a_login bigint) RETURNS void
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
            DETAIL = (v_why::jsonb - 'account' || jsonb_build_object('tender', v_at - 1, 'why', 'short'))::text;
END $$;

-- Parts of 014 that 020 has taken the place of.
DROP FUNCTION payment_give_back(orders, payment, bigint, bigint, text);
DROP FUNCTION wallet_take(bigint, text, bigint);
