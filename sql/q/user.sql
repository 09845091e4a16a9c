-- Who may sign in: partylinectl user. Every change stands in the audit in the same statement; $2 of
-- those is the person at the machine, "root" or "amy". A changed password or second factor, and being
-- disabled, end all sessions at once.

-- name: user_company   What the company is called.
SELECT coalesce((SELECT name FROM company), 'Partyline') AS name;

-- name: user_get   $1: login; what a guesser of its password knows
SELECT l.login, l.name, coalesce(p.email, ''), coalesce(p.phone, '')
  FROM login l LEFT JOIN person p ON p.id = l.person_id
 WHERE l.login = upper($1);

-- name: user_add   $3: kind, $4: name or NULL for the distributor's, $5: market or NULL, $6: roles as an array, $7: password hash. No row: it exists already, or there is no such distributor.
WITH made AS (
    INSERT INTO login (login, kind, person_id, name, market, roles, password_hash)
    SELECT upper($1), $3, p.id, coalesce($4, p.name), coalesce($5, d.market), $6::text[], $7
      FROM (SELECT) one
      LEFT JOIN distributor d ON $3 = 'distributor' AND d.number = $1
      LEFT JOIN person p ON p.id = d.id
     WHERE $3 <> 'distributor' OR d.id IS NOT NULL
    ON CONFLICT (login) DO NOTHING
    RETURNING login, kind, market, roles
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'login.add', 'login ' || login,
           jsonb_build_object('by', $2::text, 'kind', kind, 'market', market, 'roles', roles)
      FROM made
)
SELECT login FROM made;

-- name: user_passwd   $3: password hash
WITH changed AS (
    UPDATE login SET password_hash = $3 WHERE login = upper($1) RETURNING id, login
), ended AS (
    DELETE FROM session USING changed WHERE login_id = changed.id
), unlocked AS (
    DELETE FROM guard USING changed
     WHERE key = 'login:' || login OR starts_with(key, 'login:' || login || '|')
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'login.password', 'login ' || login, jsonb_build_object('by', $2::text) FROM changed
)
SELECT login FROM changed;

-- name: user_totp   $3: the secret in hex, NULL to remove it
WITH changed AS (
    UPDATE login SET totp_secret = decode($3, 'hex'), totp_last = 0
     WHERE login = upper($1) RETURNING id, login
), ended AS (
    DELETE FROM session USING changed WHERE login_id = changed.id
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT CASE WHEN $3 IS NULL THEN 'login.totp-remove' ELSE 'login.totp' END, 'login ' || login,
           jsonb_build_object('by', $2::text)
      FROM changed
)
SELECT login FROM changed;

-- name: user_able   $3: whether it is to be disabled
WITH changed AS (
    UPDATE login SET disabled = $3::boolean WHERE login = upper($1) RETURNING id, login, disabled
), ended AS (
    DELETE FROM session USING changed WHERE login_id = changed.id AND changed.disabled
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT CASE WHEN disabled THEN 'login.disable' ELSE 'login.enable' END, 'login ' || login,
           jsonb_build_object('by', $2::text)
      FROM changed
)
SELECT login FROM changed;

-- name: user_unlock   Forgets the wrong passwords that were tried.
WITH found AS (
    SELECT login FROM login WHERE login = upper($1)
), unlocked AS (
    DELETE FROM guard USING found
     WHERE key = 'login:' || login OR starts_with(key, 'login:' || login || '|')
), noted AS (
    INSERT INTO audit (action, object, detail)
    SELECT 'login.unlock', 'login ' || login, jsonb_build_object('by', $2::text) FROM found
)
SELECT login FROM found;

-- name: user_list   Staff and services; of distributors, who are many, those with something to tell.
SELECT * FROM (
    SELECT login, kind, array_to_string(roles, ',') AS roles, coalesce(market, 'all') AS market, name,
           concat_ws(', ', CASE WHEN disabled THEN 'disabled' END,
                     CASE WHEN totp_secret IS NOT NULL THEN 'second factor' END,
                     CASE WHEN EXISTS (
                         SELECT FROM guard g
                          WHERE g.locked_until > now()
                            AND (g.key = 'login:' || login OR starts_with(g.key, 'login:' || login || '|'))
                     ) THEN 'locked' END) AS state
      FROM login) l
 WHERE kind <> 'distributor' OR state <> ''
 ORDER BY kind DESC, login;
