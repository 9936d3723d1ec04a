-- What the rooms' policies are written with; lives as long as the connection that migrates.

-- Nobody, not even the owner, sees a row without a policy.
CREATE OR REPLACE FUNCTION pg_temp.protect(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', wanted);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', wanted);
END $$;

-- The guard reads what the questions need, of a table whole or in the named columns, and nothing else.
CREATE OR REPLACE FUNCTION pg_temp.serve_guard(wanted regclass, columns text DEFAULT '') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY guard ON %s FOR SELECT TO multiagency_guard USING (true)', wanted);
    EXECUTE format('GRANT SELECT %s ON %s TO multiagency_guard', columns, wanted);
END $$;

-- The keeper of keys and of what has expired deletes only in cases that are over.
CREATE OR REPLACE FUNCTION pg_temp.serve_keeper(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY keeper_sight ON %s FOR SELECT TO multiagency_keeper '
        'USING ((SELECT current_post_role()) = ''keeper'')', wanted);
    EXECUTE format('CREATE POLICY keeper_expiry ON %s FOR DELETE TO multiagency_keeper '
        'USING (case_id = ANY (ARRAY(SELECT over_cases())))', wanted);
    EXECUTE format('GRANT SELECT, DELETE ON %s TO multiagency_keeper', wanted);
END $$;

-- The keeper seals anew what is sealed: bytes that are no hash.
CREATE OR REPLACE FUNCTION pg_temp.let_keeper_seal(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE sealed text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ') INTO sealed FROM pg_attribute a
    WHERE a.attrelid = wanted AND a.attnum > 0 AND NOT a.attisdropped
      AND a.atttypid = 'bytea'::regtype AND a.attname !~ 'hash$';
    IF sealed IS NOT NULL THEN
        EXECUTE format('CREATE POLICY keeper_sealing ON %s FOR UPDATE TO multiagency_keeper '
            'USING ((SELECT current_post_role()) = ''keeper'')', wanted);
        EXECUTE format('GRANT UPDATE (%s) ON %s TO multiagency_keeper', sealed, wanted);
    END IF;
END $$;

-- When a case is taken over, what was recorded about its people becomes the record of whoever took it over: the guard
-- moves it, and nobody else.
CREATE OR REPLACE FUNCTION pg_temp.goes_with_the_case(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY guard_finding ON %s FOR SELECT TO multiagency_guard USING (true)', wanted);
    EXECUTE format('CREATE POLICY guard_moving ON %s FOR UPDATE TO multiagency_guard USING (EXISTS (SELECT FROM case_file c '
        'WHERE c.id = case_id AND c.taken_over_at IS NOT NULL)) WITH CHECK (controller_id = convener_of(case_id))', wanted);
    EXECUTE format('GRANT SELECT (case_id, controller_id), UPDATE (controller_id) ON %s TO multiagency_guard', wanted);
END $$;

-- The planner keeps statistics of what is searched by an index, and of nothing else: `EXPLAIN` tells its estimates to
-- whoever has a password, without a session (SEC-0046).
CREATE OR REPLACE FUNCTION pg_temp.keep_out_of_plans(wanted regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE hidden name;
BEGIN
    FOR hidden IN
        SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = wanted AND a.attnum > 0 AND NOT a.attisdropped
          AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = wanted AND a.attnum = ANY (i.indkey))
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', wanted, hidden);
    END LOOP;
END $$;

-- One kind of client data. Read: what is shared with the agency, or its own record. Write: who holds one of the
-- capabilities on the case; `mine` keeps the new row in the writer's own agency's record. What may change is granted by
-- the column, in the room: a row moves to no other case, parent or record.
CREATE OR REPLACE FUNCTION pg_temp.protect_client_data(
    wanted regclass, kind text, inserters text[], updaters text[], mine boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.protect(wanted);
    EXECUTE format('CREATE POLICY sight ON %s FOR SELECT TO multiagency_app USING ('
        'case_id = ANY (ARRAY(SELECT shared_cases(%L))) OR '
        'controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT own_cases(%L))))',
        wanted, kind, kind);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO multiagency_app', wanted);
    EXECUTE format('CREATE POLICY adding ON %s FOR INSERT TO multiagency_app WITH CHECK ('
        'case_id = ANY (ARRAY(SELECT acting_cases(%L, %L::text[]))) '
        'AND (%L OR controller_id = (SELECT current_agency())))', wanted, kind, inserters, NOT mine);
    IF updaters <> '{}' THEN
        EXECUTE format('CREATE POLICY changing ON %s FOR UPDATE TO multiagency_app '
            'USING (case_id = ANY (ARRAY(SELECT acting_cases(%L, %L::text[]))) '
            'AND (%L OR controller_id = (SELECT current_agency())))', wanted, kind, updaters, NOT mine);
    END IF;
    PERFORM pg_temp.serve_keeper(wanted);
    PERFORM pg_temp.let_keeper_seal(wanted);
    PERFORM pg_temp.keep_out_of_plans(wanted);
END $$;

-- Run when the functions of all rooms are made: they see more than their caller, so they go to the guard, and to nobody
-- but the application and the worker where PUBLIC still holds them.
CREATE OR REPLACE FUNCTION pg_temp.hand_over() RETURNS void LANGUAGE plpgsql AS $$
DECLARE asked record;
BEGIN
    FOR asked IN
        SELECT p.oid::regprocedure AS name, EXISTS (
            SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee = 0) AS by_all
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
    LOOP
        IF asked.by_all THEN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', asked.name);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO multiagency_app, multiagency_worker', asked.name);
        END IF;
        EXECUTE format('ALTER FUNCTION %s OWNER TO multiagency_guard', asked.name);
    END LOOP;
END $$;
