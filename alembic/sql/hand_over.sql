-- Run last in every revision: functions that see more than their caller go to the guard, and to nobody but the roles
-- that processes connect as. Those already handed over are left as they are.
DO $$
DECLARE asked regprocedure;
BEGIN
    FOR asked IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = 'public' AND p.prosecdef AND p.proowner = current_user::regrole LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', asked);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO multiagency_app, multiagency_worker', asked);
        EXECUTE format('ALTER FUNCTION %s OWNER TO multiagency_guard', asked);
    END LOOP;
END $$;
