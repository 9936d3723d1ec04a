-- The keeper of keys and of what has expired. Run again in every later revision that adds a table about clients; lives
-- as long as the connection that migrates. It sees and re-seals sealed columns, and deletes only in cases that are over.
CREATE OR REPLACE FUNCTION pg_temp.serve_keeper() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found record;
    sealed text;
BEGIN
    FOR found IN
        SELECT c.table_name::text AS name, bool_or(c.column_name = 'retention_class') AS about_a_client
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.table_name NOT IN ('audit_detail', 'data_key')
          AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.table_name AND p.policyname = 'keeper_sight')
        GROUP BY c.table_name HAVING bool_or(c.column_name = 'case_id')
    LOOP
        EXECUTE format('CREATE POLICY keeper_sight ON %I FOR SELECT TO multiagency_keeper '
                       'USING ((SELECT current_post_role()) = ''keeper'')', found.name);
        EXECUTE format('CREATE POLICY keeper_expiry ON %I FOR DELETE TO multiagency_keeper '
                       'USING (case_id = ANY (ARRAY(SELECT over_cases())))', found.name);
        EXECUTE format('GRANT SELECT, DELETE ON %I TO multiagency_keeper', found.name);
        SELECT string_agg(quote_ident(a.attname), ', ') INTO sealed
        FROM pg_attribute a
        WHERE a.attrelid = format('public.%I', found.name)::regclass AND a.attnum > 0 AND NOT a.attisdropped
          AND a.atttypid = 'bytea'::regtype AND a.attname !~ 'hash$';
        IF found.about_a_client AND sealed IS NOT NULL THEN
            EXECUTE format('CREATE POLICY keeper_sealing ON %I FOR UPDATE TO multiagency_keeper '
                           'USING ((SELECT current_post_role()) = ''keeper'')', found.name);
            EXECUTE format('GRANT UPDATE (%s) ON %I TO multiagency_keeper', sealed, found.name);
        END IF;
    END LOOP;
END $$;
