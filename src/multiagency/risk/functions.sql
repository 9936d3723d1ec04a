-- How often the measure of a model was filled in since the case, or its present round, began: for whoever may move a case
-- that asks for it, also without sight of what was answered.
CREATE FUNCTION times_measured(wanted_case uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*)::integer FROM assessment a JOIN case_file c ON c.id = a.case_id
    WHERE a.case_id = wanted_case AND a.measures AND a.completed_at >= coalesce(c.round_began_at, c.opened_at)
      AND wanted_case IN (SELECT acting_cases('shell', '{refer,coordinate}'))
$$;
