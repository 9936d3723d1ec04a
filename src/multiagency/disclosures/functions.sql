-- What a disclosure asks: whose case it is, what a ground and a consent let, and who receives.

-- Cases whose shell the actor sees: whoever has only received a disclosure is not among them.
CREATE FUNCTION discloser_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM live_grants() WHERE 'shell' = ANY (grant_kinds) AND 'shell' = ANY (basis_kinds)
$$;

CREATE FUNCTION disclosing_kinds() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT kind FROM agency WHERE id = current_agency() $$;

-- Which kinds of data a living consent lets this agency be given; asked only about cases in sight.
CREATE FUNCTION consented_kinds(wanted_case uuid, wanted_agency uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(b.kinds) FROM lawful_basis b
    WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason = 'consent' AND b.ended_at IS NULL
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
$$;

CREATE FUNCTION disclosing_office() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT office FROM post WHERE id = current_post() $$;

-- Does this ground, in force now, let my post disclose to such a recipient? Consent must name the recipient.
CREATE FUNCTION ground_lets(wanted_ground uuid, wanted_case uuid, taker uuid, taker_kind text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM legal_ground g LEFT JOIN agency t ON t.id = taker
        WHERE g.id = wanted_ground AND g.discloses AND g.valid_from <= statement_timestamp()
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND g.from_kinds && ARRAY(SELECT disclosing_kinds())
          AND (g.from_offices = '{}' OR (SELECT disclosing_office()) = ANY (g.from_offices)) AND coalesce(t.kind, taker_kind) = ANY (g.to_kinds)
          AND (NOT g.needs_consent OR EXISTS (SELECT consented_kinds(wanted_case, taker))))
$$;

-- What rests on a ground as it stands, in numbers alone: shown to an administrator before it changes.
CREATE FUNCTION touched_by_ground(wanted_code text) RETURNS TABLE (what text, number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH wording AS (SELECT id, needs_consent FROM legal_ground WHERE code = wanted_code)
    SELECT counted.* FROM (
        SELECT 'open_cases', count(DISTINCT b.case_id)
        FROM lawful_basis b JOIN case_file c ON c.id = b.case_id
        WHERE b.ended_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND c.closed_at IS NULL AND c.withdrawn_at IS NULL
          AND (b.ground_id IN (SELECT id FROM wording)
               OR b.reason = 'consent' AND EXISTS (SELECT FROM wording WHERE needs_consent))
        UNION ALL SELECT 'disclosures', count(*) FROM disclosure WHERE ground_id IN (SELECT id FROM wording)
        UNION ALL SELECT 'sharings', count(*) FROM ground_sharing WHERE ground_id IN (SELECT id FROM wording)
    ) counted WHERE (SELECT current_post_role()) = 'administrator'
$$;

-- The posts that receive for an agency: living, intake, and nobody whom a bar keeps out of the case.
CREATE FUNCTION intake_posts(wanted_case uuid, wanted_agency uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM post p
    WHERE p.agency_id = wanted_agency AND p.role = 'intake' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
$$;

-- Did I make this disclosure, in this case, to this agency?
CREATE FUNCTION i_disclosed(wanted_disclosure uuid, wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM disclosure d
        WHERE d.id = wanted_disclosure AND d.case_id = wanted_case AND d.recipient_agency_id = wanted_agency
          AND d.channel = 'inbox' AND d.author_id = current_post())
$$;

-- The team's own number on the opening day, else everybody's, else 0: by default only consent brings a case to the table.
CREATE FUNCTION team_shares_on_ground(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT p.value FROM case_file c JOIN dated_parameter p ON p.pathway = c.pathway
        WHERE c.id = wanted_case AND p.name = 'agenda_without_consent'
          AND (p.team_id = c.team_id OR p.team_id IS NULL) AND p.valid_from <= coalesce(c.round_began_at, c.opened_at)
          AND (p.valid_to IS NULL OR p.valid_to > coalesce(c.round_began_at, c.opened_at))
        ORDER BY p.team_id IS NULL, p.valid_from DESC LIMIT 1), 0) = 1
$$;

-- Whether anything was decided on child welfare yet, told only to who has a grant on the case, and no more than that.
CREATE FUNCTION child_welfare_decided(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT wanted_case IN (SELECT granted_cases())
        AND EXISTS (SELECT FROM child_welfare_decision WHERE case_id = wanted_case)
$$;

-- Whether the decision on child welfare is missing, told only to who has a grant on the case: a child was recorded, or
-- turned out to be one, after the newest; or the client is a child and there is none.
CREATE FUNCTION child_welfare_undecided(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH decided AS (
        SELECT coalesce(max(decided_at), '-infinity'::timestamptz) AS last
        FROM child_welfare_decision WHERE case_id = wanted_case
    ), judged AS (
        SELECT minor FROM decision_capacity WHERE case_id = wanted_case ORDER BY assessed_at DESC, id DESC LIMIT 1
    )
    SELECT wanted_case IN (SELECT granted_cases()) AND (
        EXISTS (SELECT FROM party p, decided d
                WHERE p.case_id = wanted_case AND p.role = 'child' AND p.role_since >= d.last
                  AND p.struck_at IS NULL)
        OR EXISTS (SELECT FROM judged j, decided d WHERE j.minor AND d.last = '-infinity'))
$$;
