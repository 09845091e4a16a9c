-- For partylinectl status.

-- name: status_server
SELECT current_setting('server_version') AS version,
       pg_size_pretty(pg_database_size(current_database())) AS size,
       to_regclass('distributor') IS NOT NULL AS has_distributors,
       to_regclass('orders') IS NOT NULL AS has_orders,
       EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('outbox') AND attname = 'dead_at') AS has_mail;

-- name: status_distributors
SELECT count(*) FROM distributor;

-- name: status_orders
SELECT count(*) FROM orders;
