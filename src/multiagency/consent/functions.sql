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

-- Who may have a word on a meeting about the client, told only to who has a grant on the case: the client (by the id of the
-- case) and every guardian in it; not asked are those who are suspected, or whom the child forbids telling.
CREATE FUNCTION asked_to_meet(wanted_case uuid) RETURNS TABLE (giver uuid, asked boolean) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT wanted_case, true WHERE wanted_case IN (SELECT granted_cases())
    UNION ALL
    SELECT p.id, NOT coalesce(
        (SELECT g.suspected FROM guardian g WHERE g.party_id = p.id ORDER BY g.recorded_at DESC, g.id DESC LIMIT 1), false)
        AND NOT coalesce((SELECT x.forbidden FROM prohibition x WHERE x.party_id = p.id
                          ORDER BY x.recorded_at DESC, x.id DESC LIMIT 1), false)
    FROM party p
    WHERE p.case_id = wanted_case AND p.role = 'guardian' AND p.struck_at IS NULL
      AND wanted_case IN (SELECT granted_cases())
$$;

-- Each giver's newest answer in this round. A withdrawal that names pairs takes those out and leaves the answer standing.
CREATE FUNCTION newest_answers(wanted_case uuid)
RETURNS TABLE (consent_id uuid, giver uuid, version integer, state text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (coalesce(c.giver_id, c.case_id))
        c.id, coalesce(c.giver_id, c.case_id), c.version, c.state, c.expires_at
    FROM consent c
    WHERE c.case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
      AND NOT (c.state = 'withdrawn' AND EXISTS (SELECT FROM consent_pair p WHERE p.consent_id = c.id))
      AND NOT EXISTS (SELECT FROM case_file f WHERE f.id = wanted_case AND f.round_began_at > c.recorded_at)
    ORDER BY coalesce(c.giver_id, c.case_id), c.version DESC
$$;

CREATE FUNCTION consent_until(wanted_case uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT least(min(a.expires_at), (SELECT until FROM newest_capacity(wanted_case)))
    FROM newest_answers(wanted_case) a WHERE a.giver IN (SELECT required_givers(wanted_case))
$$;

-- What each giver who must decide gives which agency: the pairs of their living yes, without those taken out since.
CREATE FUNCTION given_pairs(wanted_case uuid) RETURNS TABLE (consent_id uuid, giver uuid, agency_id uuid, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.consent_id, a.giver, p.agency_id, p.kind
    FROM newest_answers(wanted_case) a JOIN consent_pair p ON p.consent_id = a.consent_id AND p.kind IS NOT NULL
    WHERE a.state = 'given' AND (a.expires_at IS NULL OR a.expires_at > statement_timestamp())
      AND a.giver IN (SELECT required_givers(wanted_case))
      AND NOT EXISTS (
          SELECT FROM consent w JOIN consent_pair x ON x.consent_id = w.id
          WHERE w.case_id = wanted_case AND w.state = 'withdrawn' AND w.version > a.version
            AND coalesce(w.giver_id, w.case_id) = a.giver AND x.agency_id = p.agency_id AND x.kind = p.kind)
$$;
REVOKE ALL ON FUNCTION given_pairs(uuid) FROM PUBLIC;

-- The kinds that everybody who must decide gives an agency: the gate, pair by pair. None: it is given nothing at all.
CREATE FUNCTION kinds_given(wanted_case uuid, wanted_agency uuid) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(held.kind), '{}') FROM (
        SELECT g.kind FROM given_pairs(wanted_case) g WHERE g.agency_id = wanted_agency
        GROUP BY g.kind HAVING count(*) = (SELECT count(*) FROM required_givers(wanted_case))) held
$$;
REVOKE ALL ON FUNCTION kinds_given(uuid, uuid) FROM PUBLIC;

-- What comes with the work itself to whoever is given anything.
CREATE FUNCTION kinds_of_the_work() RETURNS text[] LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT '{shell,meeting,minutes,action,consent}'::text[] $$;

-- A basis may only repeat what everybody who must decide gives this agency, and names the answer of one of them.
CREATE FUNCTION consent_names(wanted_case uuid, wanted_consent uuid, wanted_agency uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT held.kinds <> '{}' AND wanted_kinds <@ (held.kinds || kinds_of_the_work())
       AND wanted_consent IN (SELECT g.consent_id FROM given_pairs(wanted_case) g WHERE g.agency_id = wanted_agency)
    FROM (SELECT kinds_given(wanted_case, wanted_agency) AS kinds) held
$$;

-- When pairs are taken out: a basis that holds more than is given still ends, with the grants beneath it, and what is left
-- is given in its place, with the same grants for no more than that. A grant to tell an agency's part ends with the
-- narrative. It never gives anybody more; asked by whoever steers the case. Returns the agencies that lost something.
CREATE FUNCTION narrow_to_consent(wanted_case uuid) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held lawful_basis;
    given text[];
    kept text[];
    made uuid;
    over uuid[] := '{}';
BEGIN
    IF wanted_case NOT IN (SELECT acting_cases('shell', '{refer,coordinate}')) THEN RETURN; END IF;
    FOR held IN
        SELECT b.* FROM lawful_basis b WHERE b.case_id = wanted_case AND b.reason = 'consent' AND b.ended_at IS NULL
    LOOP
        given := kinds_given(wanted_case, held.agency_id);
        kept := ARRAY(SELECT k FROM unnest(held.kinds) k WHERE given <> '{}' AND k = ANY (given || kinds_of_the_work()));
        CONTINUE WHEN kept = held.kinds;
        over := over || held.id;
        CONTINUE WHEN kept <@ kinds_of_the_work();
        made := gen_random_uuid();
        INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from, valid_to, warned_at)
        VALUES (made, wanted_case, held.agency_id, 'consent', held.consent_id, kept,
                greatest(held.valid_from, statement_timestamp()), held.valid_to, held.warned_at);
        INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from,
                                  valid_to, deputy_id)
        SELECT gen_random_uuid(), wanted_case, g.post_id, made, g.occasion, g.occasion_id, g.capability,
               ARRAY(SELECT k FROM unnest(g.kinds) k WHERE k = ANY (kept)),
               greatest(g.valid_from, statement_timestamp()), g.valid_to, g.deputy_id
        FROM access_grant g
        WHERE g.basis_id = held.id AND g.ended_at IS NULL AND g.kinds && kept
          AND (g.capability <> 'contribute' OR 'narrative' = ANY (kept));
    END LOOP;
    UPDATE access_grant SET ended_at = statement_timestamp() WHERE basis_id = ANY (over) AND ended_at IS NULL;
    RETURN QUERY
        UPDATE lawful_basis b SET ended_at = statement_timestamp() WHERE b.id = ANY (over) RETURNING b.agency_id;
END $$;

-- The worker's list: consents that have run out, or will until then, with when whoever looks after the case was last warned; `of_age`
-- tells that it is because the client comes of age.
CREATE FUNCTION consents_running_out(before timestamptz) RETURNS TABLE (case_id uuid, reference text, pathway text, team_id uuid,
    stage_kind text, controller_id uuid, valid_to timestamptz, warned_at timestamptz, of_age boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.pathway, c.team_id, c.stage_kind, c.controller_id, b.valid_to, b.warned_at, EXISTS (
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
