-- Whose record the cases are that a search for earlier cases finds, for the log: asked after the search, and with it.
CREATE FUNCTION matching_controllers(wanted_case uuid) RETURNS TABLE (case_id uuid, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.controller_id FROM case_file c
    WHERE c.id IN (SELECT m.case_id FROM matching_cases(wanted_case) m)
$$;
