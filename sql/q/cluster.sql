-- The private cluster and the schema's versions; see server/db/cluster_init.c and migrate.c.

-- name: cluster_database   $1: its name
SELECT 1 FROM pg_database WHERE datname = $1;

-- name: schema_bookkeeping   Before the first migration.
CREATE TABLE IF NOT EXISTS schema_version (
    version int PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: schema_exists   Whether schema_version is there, and any table that is not ours to touch.
SELECT to_regclass('schema_version') IS NOT NULL AS versioned,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
                  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                  AND n.nspname !~ '^pg_t') AS used;

-- name: schema_have
SELECT coalesce(max(version), 0) AS have FROM schema_version;

-- name: schema_record
INSERT INTO schema_version (version, name) VALUES ($1, $2);

-- name: schema_lock   One migration at a time; the number is "party" on a telephone's keys.
SELECT pg_advisory_lock(72789);

-- name: setting   $1: name, $2: value; until the end of the transaction
SELECT set_config($1, $2, true);
