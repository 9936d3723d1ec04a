-- What the policies of cases, bases and grants ask, and who refers a case.

-- A case that its opener has just inserted and that nobody has ever had a grant on: the first grant may be made.
CREATE FUNCTION unopened_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM case_file c
    WHERE c.opened_by_id = current_post() AND NOT EXISTS (SELECT FROM access_grant g WHERE g.case_id = c.id)
$$;

CREATE FUNCTION convener_of(wanted_case uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.convener_id FROM case_file c JOIN team t ON t.id = c.team_id WHERE c.id = wanted_case
$$;

-- Whoever may be given data, by consent or on a ground, may be given an action of their own too.
CREATE FUNCTION agency_has_consent(wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b
        WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason IN ('consent', 'ground')
          AND b.ended_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()))
$$;

-- A grant may only be made on a live basis of the same case and of the post's own agency, for no more than its kinds.
CREATE FUNCTION grant_fits(wanted_case uuid, wanted_basis uuid, wanted_post uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b JOIN post p ON p.id = wanted_post
        WHERE b.id = wanted_basis AND b.case_id = wanted_case AND b.agency_id = p.agency_id AND b.ended_at IS NULL
          AND wanted_kinds <@ b.kinds)
$$;

-- Who holds such a capability on a case in sight: whom to ask, and whom the worker tells.
CREATE FUNCTION posts_that_may(wanted_case uuid, capabilities text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT g.post_id FROM access_grant g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    JOIN post p ON p.id = g.post_id AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    WHERE g.case_id = wanted_case AND g.capability = ANY (capabilities) AND g.ended_at IS NULL
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND (current_post_role() = 'worker' OR wanted_case IN (SELECT granted_cases()))
$$;
