-- Indexes and foreign keys as the schema has them, every row checked.
DO $$
DECLARE aside record;
BEGIN
    FOR aside IN SELECT back FROM demo_aside ORDER BY step, back LOOP
        EXECUTE aside.back;
    END LOOP;
END $$;

-- Not the working tables.
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE 'ANALYZE ' || t;
    END LOOP;
END $$;
