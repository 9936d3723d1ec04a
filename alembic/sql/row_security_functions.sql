-- The questions that row security asks. Each is called once per query as a sub-select, never per row, and compares
-- with statement_timestamp(): what ended a moment ago is over for the next statement, also in an older transaction.

CREATE FUNCTION live_session() RETURNS TABLE (session_id uuid, post_id uuid, person_id uuid, agency_id uuid, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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

CREATE FUNCTION current_actor() RETURNS TABLE (session_id uuid, post_id uuid, person_id uuid, agency_id uuid,
    role text, name text, title text, agency_name text, language text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.session_id, l.post_id, l.person_id, l.agency_id, l.role, n.name, p.title, a.name_fi, p.language
    FROM live_session() l JOIN post p ON p.id = l.post_id
    JOIN person n ON n.id = l.person_id JOIN agency a ON a.id = l.agency_id
$$;

-- A grant is alive only while its lawful basis is, in the same agency, and no bar stands against the person.
CREATE FUNCTION live_grants() RETURNS TABLE (case_id uuid, capability text, own boolean, grant_kinds text[],
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
      AND NOT EXISTS (
          SELECT FROM access_bar x
          WHERE x.case_id = g.case_id AND x.person_id = l.person_id AND x.valid_from <= statement_timestamp()
            AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
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

-- A basis may only repeat what a given, newest consent says: this agency, these kinds.
CREATE FUNCTION consent_names(wanted_case uuid, wanted_consent uuid, wanted_agency uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM consent c JOIN consent_recipient r ON r.consent_id = c.id
        WHERE c.id = wanted_consent AND c.case_id = wanted_case AND c.state = 'given' AND r.agency_id = wanted_agency
          AND wanted_kinds <@ (c.kinds || '{shell,meeting,minutes,action,consent}'::text[])
          AND NOT EXISTS (SELECT FROM consent n WHERE n.case_id = c.case_id AND n.version > c.version))
$$;

CREATE FUNCTION agency_has_consent(wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b
        WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason = 'consent'
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

CREATE FUNCTION coordinated_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.team_id FROM live_session() l JOIN team_member m ON m.post_id = l.post_id WHERE l.role = 'coordinator'
$$;

-- Meetings whose invitations I may write: my team's, and those where a case that I referred is on the agenda.
CREATE FUNCTION steered_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM meeting WHERE team_id IN (SELECT coordinated_teams())
    UNION
    SELECT meeting_id FROM agenda_item WHERE case_id IN (SELECT acting_cases('meeting', '{refer}'))
$$;

CREATE FUNCTION my_invitations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM invitation WHERE post_id = current_post() $$;

CREATE FUNCTION my_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT meeting_id FROM invitation WHERE post_id = current_post()
$$;

CREATE FUNCTION steered_invitations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM invitation WHERE meeting_id IN (SELECT steered_meetings())
$$;

-- Asked by the worker just before it sends, and when a seat has ended: does this person still hold a live seat in this
-- meeting? Answered for the invitations that one steers, without showing the other cases on the agenda.
CREATE FUNCTION may_receive(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM invitation i
        JOIN agenda_item a ON a.meeting_id = i.meeting_id AND a.ended_at IS NULL
        JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = i.post_id AND s.ended_at IS NULL
        JOIN post p ON p.id = s.post_id
        JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        WHERE i.id = wanted_invitation AND i.cancelled_at IS NULL
          AND (current_post_role() = 'worker' OR i.id IN (SELECT steered_invitations()))
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND NOT EXISTS (
              SELECT FROM access_bar x
              WHERE x.case_id = s.case_id AND x.person_id = p.person_id
                AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())))
$$;
