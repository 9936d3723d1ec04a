-- Takes revision 0006 back.
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tablename, policyname FROM pg_policies
                 WHERE schemaname = 'public' AND roles = '{multiagency_keeper}' LOOP
        EXECUTE format('DROP POLICY %I ON %I', found.policyname, found.tablename);
    END LOOP;
END $$;
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION over_cases() CASCADE;
DROP FUNCTION matching_cases(uuid);
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM multiagency_keeper;
RESET ROLE;
DROP TABLE lookup_hash, alias, closing, legal_hold, retention_rule, deletion_report;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM multiagency_keeper;
ALTER TABLE case_file DROP COLUMN closed_at;
ALTER TABLE data_key DROP COLUMN master_id, DROP COLUMN retired_at;
