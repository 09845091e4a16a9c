-- Kits in which something is chosen, what each part of a kit on an order costs, and what was asked and
-- confirmed before an order was placed.

-- `choose` out of the options of each slot, in the order of their positions; the same one again if wanted.
-- There is a digit for each, so there are at most nine.
CREATE TABLE kit_slot (
    kit_id bigint NOT NULL REFERENCES item ON DELETE CASCADE,
    slot int NOT NULL CHECK (slot BETWEEN 1 AND 9),
    choose int NOT NULL DEFAULT 1 CHECK (choose BETWEEN 1 AND 9),
    PRIMARY KEY (kit_id, slot)
);
CREATE TABLE kit_slot_name (
    kit_id bigint NOT NULL,
    slot int NOT NULL,
    language text NOT NULL,
    name text NOT NULL CHECK (name <> ''), -- "Scent"
    PRIMARY KEY (kit_id, slot, language),
    FOREIGN KEY (kit_id, slot) REFERENCES kit_slot ON DELETE CASCADE
);
CREATE TABLE kit_option (
    kit_id bigint NOT NULL,
    slot int NOT NULL,
    position int NOT NULL CHECK (position BETWEEN 1 AND 9),
    item_id bigint NOT NULL REFERENCES item,
    qty int NOT NULL DEFAULT 1 CHECK (qty > 0),
    PRIMARY KEY (kit_id, slot, position),
    UNIQUE (kit_id, slot, item_id),
    FOREIGN KEY (kit_id, slot) REFERENCES kit_slot ON DELETE CASCADE,
    CHECK (kit_id <> item_id)
);
CREATE INDEX kit_option_item ON kit_option (item_id);

-- A draft has 18 choices at most for a line, and only kits have any.
CREATE FUNCTION kit_slot_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM item WHERE id = NEW.kit_id) <> 'kit' THEN
        RAISE EXCEPTION 'item % is no kit', NEW.kit_id USING ERRCODE = 'check_violation';
    ELSIF (SELECT sum(choose) FROM kit_slot WHERE kit_id = NEW.kit_id) > 18 THEN
        RAISE EXCEPTION 'kit % has more than 18 choices', NEW.kit_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kit_slot_fits AFTER INSERT OR UPDATE ON kit_slot FOR EACH ROW EXECUTE FUNCTION kit_slot_fits();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['kit_slot', 'kit_slot_name', 'kit_option'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
                        EXECUTE FUNCTION catalogue_changed()', t || '_changed', t);
    END LOOP;
END $$;

-- The parts of a kit on an order: the fixed ones, then those chosen, in the order of the slots. `share` is
-- what the pieces cost of the line's amount, fixed with the order: a return of one part gives that back.
CREATE TABLE order_component (
    order_id bigint NOT NULL,
    line int NOT NULL,
    position int NOT NULL CHECK (position > 0),
    item_id bigint NOT NULL REFERENCES item,
    slot int NOT NULL CHECK (slot >= 0), -- 0: not chosen
    qty bigint NOT NULL CHECK (qty > 0),
    share bigint NOT NULL CHECK (share >= 0),
    PRIMARY KEY (order_id, line, position),
    FOREIGN KEY (order_id, line) REFERENCES order_line ON DELETE CASCADE
);

-- What was asked once and confirmed: "duplicate", "age".
CREATE TABLE order_confirmation (
    order_id bigint NOT NULL REFERENCES orders,
    what text NOT NULL CHECK (what IN ('duplicate', 'age')),
    by_login bigint NOT NULL REFERENCES login,
    at timestamptz NOT NULL,
    PRIMARY KEY (order_id, what)
);

-- The parts go into the history with the lines that they belong to.
ALTER TABLE order_revision ADD components jsonb NOT NULL DEFAULT '[]';
CREATE FUNCTION order_revision_components() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.components := (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.line, c.position), '[]') FROM order_component c
                        WHERE c.order_id = NEW.order_id);
    RETURN NEW;
END $$;
CREATE TRIGGER order_revision_components BEFORE INSERT ON order_revision
    FOR EACH ROW EXECUTE FUNCTION order_revision_components();

-- Keeps with an order, in the transaction that has placed or changed it (`a_done`), the parts of its kits by
-- the ids of their lines, and what was confirmed.
CREATE FUNCTION order_keep(a_done boolean, a_number text, a_login bigint, a_confirmed text[],
                           c_client text[], c_item bigint[], c_slot int[], c_qty bigint[], c_share bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_order bigint;
BEGIN
    IF NOT a_done OR (cardinality(c_client) = 0 AND cardinality(a_confirmed) = 0
                      AND NOT EXISTS (SELECT FROM orders o JOIN order_component c ON c.order_id = o.id WHERE o.number = a_number)) THEN
        RETURN;
    END IF;
    SELECT id INTO v_order FROM orders WHERE number = a_number;
    DELETE FROM order_component WHERE order_id = v_order;
    INSERT INTO order_component (order_id, line, position, item_id, slot, qty, share)
        SELECT v_order, l.line, row_number() OVER (PARTITION BY l.line ORDER BY u.nr), u.item, u.slot, u.qty, u.share
          FROM unnest(c_client, c_item, c_slot, c_qty, c_share) WITH ORDINALITY AS u(client, item, slot, qty, share, nr)
          JOIN order_line l ON l.order_id = v_order AND l.client_id = u.client;
    INSERT INTO order_confirmation (order_id, what, by_login, at)
        SELECT v_order, w, a_login, company_now() FROM unnest(a_confirmed) AS w
        ON CONFLICT DO NOTHING;
END $$;

-- Parts of kits on orders that have none yet: by what the kits are made of now, shared as core does it: by
-- list price x pieces, else by pieces, by the largest remainder, the earlier first.
CREATE FUNCTION order_components_fill() RETURNS void LANGUAGE sql AS $$
WITH part AS (
    SELECT l.order_id, l.line, row_number() OVER w AS position, k.item_id, l.qty * k.qty AS qty, l.amount,
           coalesce(p.amount, 0)::numeric * l.qty * k.qty AS weight
      FROM order_line l
      JOIN orders o ON o.id = l.order_id
      JOIN kit_component k ON k.kit_id = l.item_id
      LEFT JOIN price p ON p.list_id = o.list_id AND p.item_id = k.item_id
     WHERE NOT EXISTS (SELECT FROM order_component c WHERE c.order_id = l.order_id AND c.line = l.line)
    WINDOW w AS (PARTITION BY l.order_id, l.line ORDER BY k.item_id)
), weighed AS (
    SELECT order_id, line, position, item_id, qty, amount, CASE WHEN sum(weight) OVER l > 0 THEN weight ELSE qty END AS weight
      FROM part WINDOW l AS (PARTITION BY order_id, line)
), shared AS (
    SELECT *, div(amount * weight, sum(weight) OVER l) AS least, mod(amount * weight, sum(weight) OVER l) AS remainder
      FROM weighed WINDOW l AS (PARTITION BY order_id, line)
), ranked AS (
    SELECT *, amount - sum(least) OVER (PARTITION BY order_id, line) AS left_over,
           row_number() OVER (PARTITION BY order_id, line ORDER BY remainder DESC, position) AS place
      FROM shared
)
INSERT INTO order_component (order_id, line, position, item_id, slot, qty, share)
SELECT order_id, line, position, item_id, 0, qty, least + CASE WHEN place <= left_over THEN 1 ELSE 0 END
  FROM ranked ORDER BY order_id, line, position;
$$;

-- Pieces that are free now: of a kit by its components and by the best choice out of each slot.
CREATE FUNCTION item_free(a_site int, a_item bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(min(x.pieces), 0)
              FROM (SELECT coalesce(s.on_hand - s.reserved, 0) / c.qty AS pieces
                      FROM (SELECT k.item_id, k.qty FROM kit_component k WHERE k.kit_id = a_item
                            UNION ALL
                            SELECT i.id, 1 FROM item i WHERE i.id = a_item AND i.kind <> 'kit') c
                      LEFT JOIN stock s ON s.site_id = a_site AND s.item_id = c.item_id
                    UNION ALL
                    SELECT coalesce(sum(greatest(s.on_hand - s.reserved, 0) / o.qty), 0)::bigint / k.choose
                      FROM kit_slot k
                      JOIN kit_option o ON o.kit_id = k.kit_id AND o.slot = k.slot
                      LEFT JOIN stock s ON s.site_id = a_site AND s.item_id = o.item_id
                     WHERE k.kit_id = a_item GROUP BY k.slot, k.choose) x);
END $$;

-- What of an item is free now was promised to those on the waiting list: who waits longest is to be
-- told first, as far as it goes. Kits count, too, in which it can be chosen.
-- (Called by stock_freed.)
CREATE FUNCTION waiting_arrived(a_site int, a_items bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    w record;
    v_item bigint := 0;
    v_left bigint;
BEGIN
    FOR w IN SELECT x.id, x.item_id, x.qty FROM waiting x JOIN site p ON p.id = a_site AND p.market = x.market AND p.ships
              WHERE x.arrived_at IS NULL
                AND x.item_id IN (SELECT unnest(a_items) UNION SELECT k.kit_id FROM kit_component k WHERE k.item_id = ANY (a_items)
                                  UNION SELECT o.kit_id FROM kit_option o WHERE o.item_id = ANY (a_items))
              ORDER BY x.item_id, x.since, x.id
    LOOP
        IF w.item_id <> v_item THEN
            v_item := w.item_id;
            v_left := item_free(a_site, v_item);
        END IF;
        IF w.qty <= v_left THEN
            UPDATE waiting SET arrived_at = company_now() WHERE id = w.id;
            v_left := v_left - w.qty;
        END IF;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION item_free(int, bigint), waiting_arrived(int, bigint[]), kit_slot_fits(), order_revision_components(), order_components_fill(),
    order_keep(boolean, text, bigint, text[], text[], bigint[], int[], bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION order_keep(boolean, text, bigint, text[], text[], bigint[], int[], bigint[], bigint[]),
    item_free(int, bigint) TO partyline_app;

SELECT order_components_fill();

-- Until now what was given back stayed free, also where somebody waited for it.
SELECT stock_freed(s.id, ARRAY(SELECT k.item_id FROM stock k WHERE k.site_id = s.id AND k.back_ordered > 0 ORDER BY 1), NULL, '')
  FROM site s ORDER BY s.id;
