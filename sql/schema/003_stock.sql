-- Stock: reserved on (item, site); bins and lots are chosen at release. Free = on hand - reserved.
-- A back-order is a quantity of its own; nothing here is ever negative.
CREATE TABLE site (
    id int PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    market text NOT NULL REFERENCES market,
    ships boolean NOT NULL -- the site that ships its market's orders
);
CREATE UNIQUE INDEX site_ships ON site (market) WHERE ships;

CREATE TABLE stock (
    site_id int NOT NULL REFERENCES site,
    item_id bigint NOT NULL REFERENCES item,
    on_hand bigint NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
    reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    back_ordered bigint NOT NULL DEFAULT 0 CHECK (back_ordered >= 0),
    PRIMARY KEY (site_id, item_id),
    CONSTRAINT stock_not_oversold CHECK (reserved <= on_hand)
) WITH (fillfactor = 70);

-- Every change of what is on hand, with reason, author and document.
CREATE TABLE movement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id int NOT NULL REFERENCES site,
    item_id bigint NOT NULL REFERENCES item,
    location text NOT NULL DEFAULT '',
    lot text NOT NULL DEFAULT '',
    expires date,
    qty bigint NOT NULL CHECK (qty <> 0),
    reason text NOT NULL CHECK (reason IN
        ('receipt', 'issue', 'count', 'return', 'transfer', 'scrap', 'opening')),
    document text NOT NULL,
    by_login bigint,
    at timestamptz NOT NULL
);
CREATE INDEX movement_item ON movement (item_id, site_id);
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON movement
    EXECUTE FUNCTION refuse_change();

-- The one way to change what is on hand.
CREATE FUNCTION stock_move(a_site int, a_item bigint, a_qty bigint, a_reason text, a_document text,
                           a_login bigint, a_location text DEFAULT '', a_lot text DEFAULT '',
                           a_expires date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_on_hand bigint;
BEGIN
    -- In two steps: a row that is proposed must pass the table's checks, and a removal would not.
    INSERT INTO stock (site_id, item_id) VALUES (a_site, a_item) ON CONFLICT (site_id, item_id) DO NOTHING;
    UPDATE stock SET on_hand = on_hand + a_qty WHERE site_id = a_site AND item_id = a_item
        RETURNING on_hand INTO now_on_hand;
    INSERT INTO movement (site_id, item_id, location, lot, expires, qty, reason, document, by_login, at)
        VALUES (a_site, a_item, a_location, a_lot, a_expires, a_qty, a_reason, a_document, a_login,
                company_now());
    RETURN now_on_hand;
END $$;

-- What is on its way.
CREATE TABLE stock_due (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id int NOT NULL REFERENCES site,
    item_id bigint NOT NULL REFERENCES item,
    due date NOT NULL,
    qty bigint NOT NULL CHECK (qty > 0),
    document text NOT NULL,
    firm boolean NOT NULL
);
CREATE INDEX stock_due_item ON stock_due (item_id);
