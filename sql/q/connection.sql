-- Sent on every new connection before it is used; see server/db/db_conn.c.

-- name: connection_role   $1: role. The embedded cluster's superuser gives its rights up; elsewhere it may be us already.
SELECT set_config('role', $1, false)
 WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
   AND pg_has_role($1, 'MEMBER');

-- name: connection_limits   $1: milliseconds
SELECT set_config('statement_timeout', $1, false),
       set_config('idle_in_transaction_session_timeout', $1, false);

-- name: connection_check   A row when the session is as safe as we promise.
SELECT current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('server_encoding') AS server_encoding,
       current_setting('server_version_num') AS server_version_num,
       pg_is_in_recovery() AS standby;
