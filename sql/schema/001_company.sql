-- The company, its markets, its people, and who may sign in.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The server works as this role: it may add to the books but not change or remove what is there.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partyline_app') THEN
        CREATE ROLE partyline_app NOLOGIN;
    END IF;
END $$;

-- Damm's check digit (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): the digit that
-- makes the interim digit of the whole number 0.
CREATE FUNCTION damm_digit(digits text) RETURNS int
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    quasigroup CONSTANT text := '0317598642709215486342068713591750983426612304597836742095815869720134'
                             || '894536201794386172052581436790';
    interim int := 0;
BEGIN
    FOR i IN 1 .. length(digits) LOOP
        interim := substr(quasigroup, interim * 10 + substr(digits, i, 1)::int + 1, 1)::int;
    END LOOP;
    RETURN interim;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE company (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    name text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    default_market text NOT NULL,
    sku_length int NOT NULL CHECK (sku_length BETWEEN 5 AND 8),
    distributor_length int NOT NULL CHECK (distributor_length BETWEEN 7 AND 9),
    order_length int NOT NULL CHECK (order_length BETWEEN 9 AND 11),
    certificate_length int NOT NULL DEFAULT 16 CHECK (certificate_length = 16),
    -- Moves "today": the demonstration company lives at a fixed date, so that its month has data.
    clock_offset interval NOT NULL DEFAULT '0',
    CHECK (sku_length <> distributor_length AND distributor_length <> order_length)
);

-- The company's clock. Everything that is dated by the business uses it; sessions, leases and
-- lock-outs use the real one.
-- In plpgsql, which keeps its plan: a function in SQL is parsed and planned at every call (77 us).
CREATE FUNCTION company_now() RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT now() + clock_offset FROM company);
END $$;

CREATE TABLE market (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
    name text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    exponent int NOT NULL CHECK (exponent BETWEEN 0 AND 4),
    zone text NOT NULL, -- of its business days, as PostgreSQL spells it
    language text NOT NULL DEFAULT 'en',
    default_region text NOT NULL,
    rounding text NOT NULL DEFAULT 'line' CHECK (rounding IN ('line', 'order')),
    cancel_minutes int NOT NULL DEFAULT 60, -- how long an order may be cancelled by who placed it
    return_days int NOT NULL DEFAULT 30,
    house_distributor bigint -- sponsor of those who know nobody
);
ALTER TABLE company ADD FOREIGN KEY (default_market) REFERENCES market DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION business_date(a_market text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT (company_now() AT TIME ZONE zone)::date FROM market WHERE code = a_market);
END $$;

-- Personal data stands here and nowhere else: orders and ledger hold ids only.
CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    given_name text NOT NULL DEFAULT '',
    family_name text NOT NULL DEFAULT '',
    name text NOT NULL, -- as shown: "JONES, Sarah", "陳 美玲"
    email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1 -- goes up with every change: ETag
);
CREATE INDEX person_name_words ON person USING gin (lower(name) gin_trgm_ops);
CREATE INDEX person_phone ON person USING gin (regexp_replace(phone, '[^0-9]', '', 'g') gin_trgm_ops);
CREATE INDEX person_email ON person (lower(email));

CREATE TABLE address (
    person_id bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    position int NOT NULL CHECK (position > 0), -- 1 is where things go when nothing is said
    label text NOT NULL DEFAULT 'HOME',
    name text NOT NULL DEFAULT '',
    line1 text NOT NULL,
    line2 text NOT NULL DEFAULT '',
    city text NOT NULL,
    postcode text NOT NULL DEFAULT '',
    region text NOT NULL DEFAULT '', -- where tax is by region: a US state
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    PRIMARY KEY (person_id, position)
);
CREATE INDEX address_postcode ON address (upper(replace(postcode, ' ', '')) text_pattern_ops);

-- Each change of a person's data, with its date and author.
CREATE TABLE person_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    by_login bigint,
    field text NOT NULL,
    old text,
    new text
);

CREATE TABLE rank (
    id int PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL
);

CREATE TABLE distributor (
    id bigint PRIMARY KEY REFERENCES person,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{7,9}$' AND damm_digit(number) = 0),
    market text NOT NULL REFERENCES market,
    status text NOT NULL CHECK (status IN ('applicant', 'active', 'suspended', 'terminated')),
    rank int NOT NULL REFERENCES rank,
    sponsor_id bigint REFERENCES distributor, -- the present one; history in sponsorship
    joined date NOT NULL,
    last_active date,
    version int NOT NULL DEFAULT 1 -- goes up when something changes that prices an order
);
CREATE INDEX distributor_sponsor ON distributor (sponsor_id);
ALTER TABLE market ADD FOREIGN KEY (house_distributor) REFERENCES distributor;

-- Every link of the tree is dated, with reason and author; the end is open while it lasts.
CREATE TABLE sponsorship (
    distributor_id bigint NOT NULL REFERENCES distributor,
    sponsor_id bigint NOT NULL REFERENCES distributor,
    valid daterange NOT NULL,
    reason text NOT NULL DEFAULT 'joined',
    by_login bigint,
    CHECK (distributor_id <> sponsor_id),
    EXCLUDE USING gist (distributor_id WITH =, valid WITH &&)
);
CREATE TABLE distributor_status (
    distributor_id bigint NOT NULL REFERENCES distributor,
    status text NOT NULL,
    rank int NOT NULL REFERENCES rank,
    valid daterange NOT NULL,
    reason text NOT NULL DEFAULT '',
    by_login bigint,
    EXCLUDE USING gist (distributor_id WITH =, valid WITH &&)
);

CREATE TABLE customer (
    id bigint PRIMARY KEY REFERENCES person,
    distributor_id bigint NOT NULL REFERENCES distributor, -- whose customer
    market text NOT NULL REFERENCES market
);
CREATE INDEX customer_distributor ON customer (distributor_id);

-- Who may sign in. Staff have a login word, distributors their number.
CREATE TABLE login (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = upper(login) AND login <> ''),
    kind text NOT NULL CHECK (kind IN ('staff', 'distributor', 'service')),
    person_id bigint REFERENCES person,
    name text NOT NULL,
    market text REFERENCES market, -- NULL: every market
    roles text[] NOT NULL,
    password_hash text NOT NULL, -- argon2id, PHC form
    totp_secret bytea,           -- NULL: none
    totp_last bigint NOT NULL DEFAULT 0, -- the last time step used: each code once
    disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (cardinality(roles) > 0)
);

CREATE TABLE session (
    token_hash bytea PRIMARY KEY, -- SHA-256 of the token; the token itself is nowhere
    login_id bigint NOT NULL REFERENCES login ON DELETE CASCADE,
    acting_for bigint REFERENCES distributor,
    desk text NOT NULL DEFAULT '',
    peer text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen timestamptz NOT NULL DEFAULT now(), -- touched at most once a minute
    idle interval NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_login ON session (login_id);
CREATE INDEX session_expires ON session (expires_at);

-- Counted tries, shared by all workers and servers: key "login:CC-07", "peer:192.0.2.7".
CREATE UNLOGGED TABLE guard (
    key text PRIMARY KEY,
    tries int NOT NULL,
    since timestamptz NOT NULL,
    locked_until timestamptz
);

-- Every change, by whom, for whom, from where. Never secrets.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login_id bigint,
    acting_for bigint,
    action text NOT NULL, -- "order.place"
    object text NOT NULL, -- "order 100000014"
    detail jsonb,
    request text NOT NULL DEFAULT ''
);
CREATE INDEX audit_object ON audit (object);
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    EXECUTE FUNCTION refuse_change();

-- What a POST has done under a key of the client's, so that asking again does nothing twice.
CREATE TABLE idempotency (
    key text PRIMARY KEY,
    login_id bigint NOT NULL,
    hash text NOT NULL,
    result jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- Ids of what changed, for readers that keep copies: read rows that became visible since a snapshot.
CREATE TABLE change_log (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    ref text NOT NULL
);
CREATE INDEX change_log_xid ON change_log (xid);
