-- The questions that row security asks in every room. Each is called once per query as a sub-select, never per row, and
-- compares with statement_timestamp(): what ended a moment ago is over for the next statement, also in an older
-- transaction.
-- The guard owns them and cannot log in. What PUBLIC may still ask when all rooms' functions are made is handed to the
-- application and the worker (`hand_over` in helpers.sql); who else may ask, or that nobody may, stands at the
-- function.
GRANT USAGE, CREATE ON SCHEMA public TO multiagency_guard;
GRANT USAGE ON SCHEMA public TO PUBLIC;

-- One row: the planner takes a function's thousand otherwise, and lists of 300 000 cases took ten times the plain join.
CREATE FUNCTION live_session() RETURNS TABLE (session_id uuid, post_id uuid, person_id uuid, agency_id uuid, role text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id, p.id, p.person_id, p.agency_id, p.role
    FROM session s JOIN post p ON p.id = s.post_id
    WHERE s.secret_hash = sha256(convert_to(nullif(current_setting('multiagency.session', true), ''), 'UTF8'))
      AND s.ended_at IS NULL AND s.expires_at > statement_timestamp()
      AND p.valid_from <= statement_timestamp() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
$$;

CREATE FUNCTION current_session_id() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT session_id FROM live_session() $$;

CREATE FUNCTION current_post() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT post_id FROM live_session() $$;

CREATE FUNCTION current_agency() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT agency_id FROM live_session() $$;

CREATE FUNCTION current_post_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT role FROM live_session() $$;

-- How a transaction begins: presents a session, and the one case that it is about, empty for any; tells who acts and
-- which version of the reference data is in force.
CREATE FUNCTION present(secret text, wanted_case text) RETURNS TABLE (session_id uuid, post_id uuid, person_id uuid,
    agency_id uuid, role text, name text, title text, agency_name text, language text, until timestamptz, reference_data uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT set_config('multiagency.session', secret, true), set_config('multiagency.case', wanted_case, true);
    SELECT l.session_id, l.post_id, l.person_id, l.agency_id, l.role, n.name, p.title, a.name_fi, p.language,
        s.expires_at, (SELECT v.version FROM reference_data_version v)
    FROM live_session() l JOIN post p ON p.id = l.post_id JOIN session s ON s.id = l.session_id
    JOIN person n ON n.id = l.person_id JOIN agency a ON a.id = l.agency_id
$$;
GRANT EXECUTE ON FUNCTION current_post(), current_post_role(), present(text, text) TO multiagency_keeper;

-- Reference data, that is agencies, teams and dated parameters, hardly change: each change gives them a new version.
CREATE FUNCTION renew_reference_data() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE reference_data_version SET version = gen_random_uuid();
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION renew_reference_data() FROM PUBLIC;
CREATE TRIGGER renew_reference_data AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agency
    FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_data();
CREATE TRIGGER renew_reference_data AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON team
    FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_data();
CREATE TRIGGER renew_reference_data AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON dated_parameter
    FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_data();

-- The one case that the transaction is about: none but this is seen, and nothing of any other is looked through.
CREATE FUNCTION laid_open() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM case_file WHERE reference = current_setting('multiagency.case', true)
$$;
REVOKE ALL ON FUNCTION laid_open() FROM PUBLIC;

-- Bars: a person's own, and those of an agency in which they hold a living post, unless they are exempt. Handed to no
-- role: whoever is barred must not be able to ask.
CREATE FUNCTION barred_cases(wanted_person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT x.case_id FROM access_bar x
    WHERE x.valid_from <= statement_timestamp() AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())
      AND (x.person_id = wanted_person
           OR x.agency_id IN (
               SELECT p.agency_id FROM post p
               WHERE p.person_id = wanted_person AND p.valid_from <= statement_timestamp()
                 AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()))
              AND NOT EXISTS (SELECT FROM bar_exemption e WHERE e.bar_id = x.id AND e.person_id = wanted_person))
$$;
REVOKE ALL ON FUNCTION barred_cases(uuid) FROM PUBLIC;

-- Who coordinates which team now: posts of the agency that convenes it, for as long as they are its members. Handed to
-- no role: the directory shows it.
CREATE FUNCTION coordinating_posts() RETURNS TABLE (team_id uuid, post_id uuid, person_id uuid, agency_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.team_id, p.id, p.person_id, p.agency_id
    FROM team_member m JOIN team t ON t.id = m.team_id JOIN post p ON p.id = m.post_id AND p.agency_id = t.convener_id
    WHERE p.role = 'coordinator'
      AND m.valid_from <= statement_timestamp() AND (m.valid_to IS NULL OR m.valid_to > statement_timestamp())
      AND p.valid_from <= statement_timestamp() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
$$;
REVOKE ALL ON FUNCTION coordinating_posts() FROM PUBLIC;

-- The teams that the actor coordinates: one, mostly.
CREATE FUNCTION coordinated_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.team_id
    FROM live_session() l JOIN team_member m ON m.post_id = l.post_id
    JOIN team t ON t.id = m.team_id AND t.convener_id = l.agency_id
    WHERE l.role = 'coordinator'
      AND m.valid_from <= statement_timestamp() AND (m.valid_to IS NULL OR m.valid_to > statement_timestamp())
$$;

-- A grant is alive only while its lawful basis is, in the same agency, and no bar stands against the person; and that of
-- a coordinator, whose occasion is the team, only while the post coordinates it. In one pass, with the session, the bars
-- and the teams asked once and not for every grant. Of the case laid open only, where one is: by the index of its grants,
-- however many others the post holds.
CREATE FUNCTION live_grants() RETURNS TABLE (case_id uuid, capability text, own boolean, grant_kinds text[],
    basis_kinds text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.case_id, g.capability, b.reason = 'own_record', g.kinds, b.kinds
    FROM (
        SELECT * FROM access_grant
        WHERE post_id = (SELECT current_post()) AND coalesce(current_setting('multiagency.case', true), '') = ''
        UNION ALL
        SELECT * FROM access_grant WHERE post_id = (SELECT current_post()) AND case_id = (SELECT laid_open())
    ) g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id
    WHERE b.agency_id = (SELECT current_agency())
      AND g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND (g.capability <> 'coordinate' OR g.occasion_id = ANY (ARRAY(SELECT coordinated_teams())))
      AND g.case_id <> ALL (ARRAY(SELECT barred_cases((SELECT person_id FROM live_session()))))
$$;

CREATE FUNCTION granted_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT case_id FROM live_grants() $$;

-- Every controller's rows of this kind: given by consent or for the task of coordination.
CREATE FUNCTION shared_cases(kind text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM live_grants() WHERE NOT own AND kind = ANY (grant_kinds) AND kind = ANY (basis_kinds)
$$;

-- Only the rows whose controller is one's own agency.
CREATE FUNCTION own_cases(kind text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM live_grants() WHERE own AND kind = ANY (grant_kinds) AND kind = ANY (basis_kinds)
$$;

CREATE FUNCTION acting_cases(kind text, capabilities text[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM live_grants()
    WHERE capability = ANY (capabilities) AND kind = ANY (grant_kinds) AND kind = ANY (basis_kinds)
$$;
