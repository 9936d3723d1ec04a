-- Takes revision 0008 back.
SET LOCAL ROLE multiagency_guard;
ALTER FUNCTION live_session() ROWS 1000;
CREATE OR REPLACE FUNCTION live_grants() RETURNS TABLE (case_id uuid, capability text, own boolean, grant_kinds text[],
    basis_kinds text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.case_id, g.capability, b.reason = 'own_record', g.kinds, b.kinds
    FROM live_session() l
    JOIN access_grant g ON g.post_id = l.post_id
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = l.agency_id
    WHERE g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND g.case_id <> ALL (ARRAY(SELECT barred_cases(l.person_id)))
$$;
RESET ROLE;
DROP POLICY sight ON case_file;
CREATE POLICY sight ON case_file FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT shared_cases('shell'))) OR id = ANY (ARRAY(SELECT own_cases('shell'))));
