-- What every revision uses to put a table under row security; lives as long as the connection that migrates.

CREATE OR REPLACE FUNCTION pg_temp.protect(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', wanted);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', wanted);
END $$;

-- One kind of client data. Read: what is shared with the agency, or its own record. Write: who holds one of the
-- capabilities on the case; `mine` keeps the new row in the writer's own agency's record.
CREATE OR REPLACE FUNCTION pg_temp.protect_client_data(wanted regclass, kind text, inserters text[], updaters text[], mine boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.protect(wanted);
    EXECUTE format('CREATE POLICY sight ON %s FOR SELECT TO multiagency_app USING ('
        'case_id = ANY (ARRAY(SELECT shared_cases(%L))) OR '
        'controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT own_cases(%L))))',
        wanted, kind, kind);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO multiagency_app', wanted);
    EXECUTE format('CREATE POLICY adding ON %s FOR INSERT TO multiagency_app WITH CHECK ('
        'case_id = ANY (ARRAY(SELECT acting_cases(%L, %L::text[]))) AND (%L OR controller_id = (SELECT current_agency())))',
        wanted, kind, inserters, NOT mine);
    IF updaters <> '{}' THEN
        EXECUTE format('GRANT UPDATE ON %s TO multiagency_app', wanted);
        EXECUTE format('CREATE POLICY changing ON %s FOR UPDATE TO multiagency_app '
            'USING (case_id = ANY (ARRAY(SELECT acting_cases(%L, %L::text[]))) AND (%L OR controller_id = (SELECT current_agency())))',
            wanted, kind, updaters, NOT mine);
    END IF;
END $$;
