-- Takes the first revision back: every table but alembic's own. Functions, policies and grants are gone by then, as
-- before each revision (clearing.sql).
DO $$
DECLARE gone record;
BEGIN
    FOR gone IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DROP TABLE %I CASCADE', gone.tablename);
    END LOOP;
END $$;
