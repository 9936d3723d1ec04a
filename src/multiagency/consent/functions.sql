-- The gate: it opens only when everybody who must decide has given consent. The database asks the same questions as the
-- service, from the same rows.

-- The newest judgement of who decides, while it holds: whoever has come of age since decides alone.
CREATE FUNCTION newest_capacity(wanted_case uuid) RETURNS TABLE (decides text, representative_id uuid, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT n.decides, n.representative_id, n.until FROM (
        SELECT * FROM decision_capacity WHERE case_id = wanted_case ORDER BY assessed_at DESC, id DESC LIMIT 1) n
    WHERE n.until IS NULL OR n.until > statement_timestamp()
$$;
REVOKE ALL ON FUNCTION newest_capacity(uuid) FROM PUBLIC;

-- Who must say yes, told only to who has a grant on the case: the client (by the id of the case) unless somebody else
-- decides; then every guardian entitled to decide and not suspected, or the legal representative. Where that one is
-- suspected nobody decides until somebody else is recorded. Whoever was struck from the case decides nothing.
CREATE FUNCTION required_givers(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH judged AS (
        SELECT decides, representative_id FROM newest_capacity(wanted_case) WHERE wanted_case IN (SELECT granted_cases())
    ), known AS (
        SELECT DISTINCT ON (party_id) party_id, may_decide, suspected FROM guardian
        WHERE case_id = wanted_case AND party_id NOT IN (SELECT struck_parties(wanted_case))
        ORDER BY party_id, recorded_at DESC, id DESC
    )
    SELECT wanted_case
    WHERE wanted_case IN (SELECT granted_cases()) AND NOT EXISTS (SELECT FROM judged WHERE decides <> 'self')
    UNION ALL
    SELECT k.party_id FROM known k, judged j WHERE k.may_decide AND NOT k.suspected AND j.decides = 'guardians'
    UNION ALL
    SELECT j.representative_id FROM judged j
    WHERE j.decides = 'legal_representative'
      AND NOT EXISTS (SELECT FROM known k WHERE k.party_id = j.representative_id AND k.suspected)
      AND j.representative_id NOT IN (SELECT struck_parties(wanted_case))
$$;

-- Each giver's newest answer in this round. A withdrawal that names agencies takes those out and leaves the answer standing.
CREATE FUNCTION newest_answers(wanted_case uuid)
RETURNS TABLE (consent_id uuid, giver uuid, version integer, state text, kinds text[], expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (coalesce(c.giver_id, c.case_id))
        c.id, coalesce(c.giver_id, c.case_id), c.version, c.state, c.kinds, c.expires_at
    FROM consent c
    WHERE c.case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
      AND NOT (c.state = 'withdrawn' AND EXISTS (SELECT FROM consent_recipient r WHERE r.consent_id = c.id))
      AND NOT EXISTS (SELECT FROM case_file f WHERE f.id = wanted_case AND f.round_began_at > c.recorded_at)
    ORDER BY coalesce(c.giver_id, c.case_id), c.version DESC
$$;

CREATE FUNCTION consent_until(wanted_case uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT least(min(a.expires_at), (SELECT until FROM newest_capacity(wanted_case)))
    FROM newest_answers(wanted_case) a WHERE a.giver IN (SELECT required_givers(wanted_case))
$$;

-- A basis may only repeat what everybody who must decide has given, not withdrawn for this agency: it, these kinds.
CREATE FUNCTION consent_names(wanted_case uuid, wanted_consent uuid, wanted_agency uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH naming AS (
        SELECT a.consent_id, a.giver
        FROM newest_answers(wanted_case) a
        JOIN consent_recipient r ON r.consent_id = a.consent_id AND r.agency_id = wanted_agency
        WHERE a.state = 'given' AND (a.expires_at IS NULL OR a.expires_at > statement_timestamp())
          AND wanted_kinds <@ (a.kinds || '{shell,meeting,minutes,action,consent}'::text[])
          AND NOT EXISTS (
              SELECT FROM consent w JOIN consent_recipient x ON x.consent_id = w.id AND x.agency_id = wanted_agency
              WHERE w.case_id = wanted_case AND w.state = 'withdrawn' AND w.version > a.version
                AND coalesce(w.giver_id, w.case_id) = a.giver)
    ), needed AS (SELECT required_givers(wanted_case) AS giver)
    SELECT EXISTS (SELECT FROM naming JOIN needed USING (giver) WHERE naming.consent_id = wanted_consent)
       AND NOT EXISTS (SELECT FROM needed WHERE giver NOT IN (SELECT giver FROM naming))
$$;

-- The worker's list: consents that have run out, or will until then, with when whoever looks after the case was last warned; `of_age`
-- tells that it is because the client comes of age.
CREATE FUNCTION consents_running_out(before timestamptz) RETURNS TABLE (case_id uuid, reference text, pathway text, team_id uuid,
    stage text, controller_id uuid, valid_to timestamptz, warned_at timestamptz, of_age boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.pathway, c.team_id, c.stage, c.controller_id, b.valid_to, b.warned_at, EXISTS (
        SELECT FROM decision_capacity d WHERE d.case_id = c.id AND d.until = b.valid_to)
    FROM (SELECT case_id, min(valid_to) AS valid_to, max(warned_at) AS warned_at FROM lawful_basis
          WHERE ended_at IS NULL AND valid_to <= before AND reason = 'consent'
          GROUP BY case_id) b
    JOIN case_file c ON c.id = b.case_id
    WHERE current_post_role() = 'worker'
$$;

-- Ends what has run out, with the grants beneath; the worker's, and it ends nothing that still holds.
CREATE FUNCTION end_expired_consent(wanted_case uuid) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ended integer;
BEGIN
    IF current_post_role() IS DISTINCT FROM 'worker' THEN RETURN 0; END IF;
    UPDATE access_grant g SET ended_at = statement_timestamp() FROM lawful_basis b
    WHERE g.case_id = wanted_case AND b.id = g.basis_id AND g.ended_at IS NULL
      AND b.reason = 'consent' AND b.ended_at IS NULL AND b.valid_to <= statement_timestamp();
    UPDATE lawful_basis SET ended_at = statement_timestamp()
    WHERE case_id = wanted_case AND reason = 'consent' AND ended_at IS NULL AND valid_to <= statement_timestamp();
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;
