-- The server's role reads everything that it shows; it changes things by the functions above only.
GRANT USAGE ON SCHEMA public TO partyline_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO partyline_app;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO partyline_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO partyline_app;
