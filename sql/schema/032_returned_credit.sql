-- Credit that a promotion has promised for goods goes back with them: in the proportion in which they are given
-- back in money, all of it with the last piece. What is exchanged keeps it.
ALTER TABLE promotion_use
    ADD taken_back bigint NOT NULL DEFAULT 0 CHECK (taken_back BETWEEN 0 AND credit), -- of the credit
    ADD usable_at timestamptz; -- since when it is store credit (038); NULL: it is pending

-- How much of a credit is gone with what came back of an order.
CREATE FUNCTION credit_gone(a_order bigint, a_credit bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_goods bigint;
    v_back bigint;
BEGIN
    SELECT coalesce(sum(l.amount), 0) INTO v_goods FROM order_line l JOIN item i ON i.id = l.item_id AND i.kind <> 'certificate'
     WHERE l.order_id = a_order AND l.state <> 'cancelled';
    SELECT coalesce(sum(g.amount), 0) INTO v_back FROM goods_return_line g JOIN item i ON i.id = g.item_id AND i.kind <> 'certificate'
     WHERE g.order_id = a_order AND g.exchange_line IS NULL;
    RETURN CASE WHEN v_goods > 0 THEN div(a_credit::numeric * v_back, v_goods) ELSE 0 END;
END $$;

-- Whenever a return is booked; what is negative is promised again. Of credit that was usable already (goods that came
-- back late) as much is taken as is left.
CREATE FUNCTION goods_return_credit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    u promotion_use%ROWTYPE;
    v_more bigint;
    v_journal bigint;
    v_account bigint;
BEGIN
    FOR u IN SELECT * FROM promotion_use WHERE order_id = NEW.order_id AND credit > 0 AND given_back_at IS NULL ORDER BY promotion_id LOOP
        v_more := credit_gone(u.order_id, u.credit) - u.taken_back;
        v_account := account_of_person(NEW.market, CASE WHEN u.usable_at IS NULL THEN 'pending_credit' ELSE 'credit' END, u.buyer_id);
        IF u.usable_at IS NOT NULL THEN
            v_more := least(v_more, (SELECT balance FROM account WHERE id = v_account FOR UPDATE));
        END IF;
        CONTINUE WHEN v_more = 0;
        UPDATE promotion_use SET taken_back = taken_back + v_more WHERE order_id = u.order_id AND promotion_id = u.promotion_id;
        v_journal := coalesce(v_journal, journal_open('credit_return', NEW.number || '/' || NEW.events, NULL));
        PERFORM transfer_make(v_journal, CASE WHEN v_more > 0 THEN v_account ELSE account_of(NEW.market, 'credits') END,
                              CASE WHEN v_more > 0 THEN account_of(NEW.market, 'credits') ELSE v_account END, abs(v_more), NEW.order_id);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER goods_return_credit AFTER UPDATE ON goods_return FOR EACH ROW
    WHEN (NEW.events <> OLD.events) EXECUTE FUNCTION goods_return_credit();
REVOKE EXECUTE ON FUNCTION credit_gone(bigint, bigint), goods_return_credit() FROM PUBLIC;
