-- Indexes and foreign keys as the schema has them, every row checked.
DO $$
DECLARE aside record;
BEGIN
    FOR aside IN SELECT back FROM demo_aside ORDER BY step, back LOOP
        EXECUTE aside.back;
    END LOOP;
END $$;
ANALYZE;
