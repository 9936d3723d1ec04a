-- How many cases that go on keep each version of each model: numbers for an administrator, of no case in particular.
CREATE FUNCTION cases_per_version() RETURNS TABLE (pathway text, pathway_version text, cases bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.pathway, c.pathway_version, count(*) FROM case_file c
    WHERE (SELECT current_post_role()) = 'administrator' AND c.stage_kind NOT IN ('ended', 'withdrawn')
    GROUP BY c.pathway, c.pathway_version
$$;
