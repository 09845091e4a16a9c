-- Drafts, orders and their three state machines.

-- The moves that are allowed; core/order.def is the same table, and a test compares the two.
CREATE TABLE machine_move (
    machine text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);
INSERT INTO machine_move VALUES
    ('order', 'placed', 'on_hold'), ('order', 'on_hold', 'placed'), ('order', 'placed', 'released'),
    ('order', 'placed', 'cancelled'), ('order', 'on_hold', 'cancelled'),
    ('order', 'released', 'picked'), ('order', 'released', 'cancelled'),
    ('order', 'picked', 'packed'), ('order', 'packed', 'shipped'), ('order', 'shipped', 'received'),
    ('payment', 'due', 'authorising'), ('payment', 'due', 'captured'), ('payment', 'due', 'void'),
    ('payment', 'authorising', 'authorised'), ('payment', 'authorising', 'declined'),
    ('payment', 'authorising', 'unknown'), ('payment', 'unknown', 'authorised'),
    ('payment', 'unknown', 'declined'), ('payment', 'authorised', 'captured'),
    ('payment', 'authorised', 'void'), ('payment', 'declined', 'due'),
    ('payment', 'captured', 'refunded'),
    ('line', 'reserved', 'cancelled'), ('line', 'reserved', 'shipped'),
    ('line', 'back_ordered', 'reserved'), ('line', 'back_ordered', 'cancelled'),
    ('line', 'shipped', 'returned');

-- An order being keyed. The body is the draft as the client sent it; `rev` goes up with every save.
-- A lease says who works on it: a heartbeat keeps it, a take-over ends it.
CREATE TABLE draft (
    ulid text PRIMARY KEY CHECK (ulid ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$'),
    owner_id bigint NOT NULL REFERENCES login,
    market text NOT NULL REFERENCES market,
    rev bigint NOT NULL DEFAULT 1,
    body jsonb NOT NULL,
    distributor text, -- for lists; the body says the same
    lines int NOT NULL DEFAULT 0,
    total bigint,     -- as last quoted
    channel text NOT NULL DEFAULT 'call',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'placed', 'dropped')),
    recovered_from text, -- the draft that somebody else had taken over
    lease_login bigint REFERENCES login,
    lease_session bytea,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX draft_owner ON draft (owner_id, updated_at DESC) WHERE state = 'open';

CREATE SEQUENCE order_number_seq;
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{9,11}$' AND damm_digit(number) = 0),
    key text NOT NULL UNIQUE,  -- the idempotency key: the draft's ULID
    body_hash text NOT NULL,   -- of the decoded request
    market text NOT NULL REFERENCES market,
    type text NOT NULL,
    state text NOT NULL DEFAULT 'placed',
    payment_state text NOT NULL DEFAULT 'due',
    channel text NOT NULL DEFAULT 'call',
    distributor_id bigint NOT NULL REFERENCES distributor,
    customer_id bigint REFERENCES customer,
    list_id bigint NOT NULL REFERENCES price_list,
    pricing_date date NOT NULL,
    currency text NOT NULL,
    exponent int NOT NULL,
    tax_included boolean NOT NULL,
    region text NOT NULL,
    goods bigint NOT NULL CHECK (goods >= 0),
    discount bigint NOT NULL CHECK (discount >= 0),
    delivery bigint NOT NULL CHECK (delivery >= 0),
    delivery_tax bigint NOT NULL CHECK (delivery_tax >= 0),
    tax bigint NOT NULL CHECK (tax >= 0),
    tax_added bigint NOT NULL CHECK (tax_added >= 0),
    total bigint NOT NULL,
    cv bigint NOT NULL,
    pv bigint NOT NULL,
    destination text NOT NULL,
    ship_to jsonb NOT NULL, -- as it was when placed
    site_id int NOT NULL REFERENCES site,
    note text NOT NULL DEFAULT '',
    fingerprint text NOT NULL, -- same buyer, SKUs and quantities: a possible duplicate
    placed_at timestamptz NOT NULL,
    business_date date NOT NULL,
    month date NOT NULL,
    placed_by bigint NOT NULL REFERENCES login,
    acting_for bigint,
    version int NOT NULL DEFAULT 1,
    CONSTRAINT orders_add_up CHECK (goods - discount + delivery + tax_added = total),
    CONSTRAINT orders_tax_added CHECK (tax_added = CASE WHEN tax_included THEN 0 ELSE tax + delivery_tax END)
) WITH (fillfactor = 85);
CREATE INDEX orders_distributor ON orders (distributor_id, placed_at DESC);
CREATE INDEX orders_customer ON orders (customer_id, placed_at DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_fingerprint ON orders (fingerprint, placed_at DESC);
CREATE INDEX orders_placed ON orders (placed_at DESC);
-- The few that somebody works on; placing an order does not touch it.
CREATE INDEX orders_at_work ON orders (state, placed_at DESC)
    WHERE state IN ('on_hold', 'released', 'picked', 'packed');

CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES orders,
    line int NOT NULL,
    client_id text NOT NULL,
    item_id bigint NOT NULL REFERENCES item,
    sku text NOT NULL,
    name text NOT NULL, -- as it was called then
    qty bigint NOT NULL CHECK (qty > 0),
    unit bigint NOT NULL CHECK (unit >= 0),
    goods bigint NOT NULL,
    discount bigint NOT NULL CHECK (discount BETWEEN 0 AND goods),
    amount bigint NOT NULL,
    tax bigint NOT NULL,
    tax_ppm int NOT NULL,
    cv bigint NOT NULL,
    pv bigint NOT NULL,
    back_ordered bigint NOT NULL DEFAULT 0 CHECK (back_ordered BETWEEN 0 AND qty),
    state text NOT NULL,
    PRIMARY KEY (order_id, line),
    CHECK (amount = goods - discount)
);

-- What a line took from stock: itself, or the components of a kit.
CREATE TABLE reservation (
    order_id bigint NOT NULL,
    line int NOT NULL,
    site_id int NOT NULL,
    item_id bigint NOT NULL,
    reserved bigint NOT NULL CHECK (reserved >= 0),
    back_ordered bigint NOT NULL CHECK (back_ordered >= 0),
    PRIMARY KEY (order_id, line, item_id),
    FOREIGN KEY (order_id, line) REFERENCES order_line,
    CHECK (reserved + back_ordered > 0)
);
CREATE INDEX reservation_item ON reservation (item_id, site_id);

CREATE TABLE payment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders,
    kind text NOT NULL CHECK (kind IN ('balance', 'later')),
    amount bigint NOT NULL CHECK (amount > 0),
    state text NOT NULL,
    ref text NOT NULL DEFAULT ''
);
CREATE INDEX payment_order ON payment (order_id);

-- The history of all three machines.
CREATE TABLE order_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders,
    at timestamptz NOT NULL,
    machine text NOT NULL,
    ref bigint NOT NULL DEFAULT 0, -- payment id or line
    from_state text NOT NULL,      -- '' at birth
    to_state text NOT NULL,
    by_login bigint,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX order_event_order ON order_event (order_id);
CREATE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_event
    EXECUTE FUNCTION refuse_change();
