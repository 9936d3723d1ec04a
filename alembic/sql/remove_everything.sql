-- Takes the first revision back: every table but alembic's own, and the functions that row security asks.
DO $$
DECLARE gone record;
BEGIN
    FOR gone IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DROP TABLE %I CASCADE', gone.tablename);
    END LOOP;
    SET LOCAL ROLE multiagency_guard;
    FOR gone IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = 'public' AND p.prosecdef LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', gone.name);
    END LOOP;
    RESET ROLE;
END $$;
REVOKE USAGE, CREATE ON SCHEMA public FROM multiagency_guard;
