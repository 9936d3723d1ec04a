-- Other cases of the coordinator's own teams that share a hash with this one. Asked about a case whose client the
-- coordinator may see at this moment; answered without drafts, without withdrawn cases, without those that keep the
-- coordinator out. A match about somebody else in the case is shown only where the consent covers other people.
-- `discussed_at` is the end of the last meeting that discussed the case: one that was called off, or that it came off,
-- did not. `former` says that it agrees with what one of the two records said before it was corrected, and with nothing
-- else.
CREATE FUNCTION matching_cases(wanted_case uuid) RETURNS TABLE (case_id uuid, reference text, pathway text,
    stage text, opened_at timestamptz, submitted_at timestamptz, discussed_at timestamptz, here text, there text, what text,
    former boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.pathway, c.stage, c.opened_at, c.submitted_at,
           (SELECT max(m.ends_at) FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id
            WHERE a.case_id = c.id AND a.discussed_at IS NOT NULL AND m.ends_at <= statement_timestamp()),
           mine.role, theirs.role, mine.what, bool_and(mine.former OR theirs.former)
    FROM lookup_hash mine
    JOIN case_file this ON this.id = mine.case_id AND this.team_id IN (SELECT coordinated_teams())
    JOIN lookup_hash theirs
      ON theirs.hash = mine.hash AND theirs.what = mine.what AND theirs.case_id <> mine.case_id
    JOIN case_file c ON c.id = theirs.case_id AND c.team_id IN (SELECT coordinated_teams())
    WHERE mine.case_id = wanted_case
      AND wanted_case IN (SELECT acting_cases('identity', '{coordinate}'))
      AND (mine.role = 'client' AND theirs.role = 'client'
           OR wanted_case IN (SELECT acting_cases('party', '{coordinate}')))
      AND c.submitted_at IS NOT NULL AND c.withdrawn_at IS NULL
      AND c.id <> ALL (ARRAY(SELECT barred_cases((SELECT person_id FROM live_session()))))
    GROUP BY c.id, c.reference, c.pathway, c.stage, c.opened_at, c.submitted_at, mine.role, theirs.role, mine.what
$$;

-- Whose record the cases are that a search for earlier cases finds, for the log: asked after the search, and with it.
CREATE FUNCTION matching_controllers(wanted_case uuid) RETURNS TABLE (case_id uuid, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.controller_id FROM case_file c
    WHERE c.id IN (SELECT m.case_id FROM matching_cases(wanted_case) m)
$$;

-- The cases that the caller finds by what was typed: by the reference, where its shell is in sight, or by the hash of a
-- name or code that stands in the record now, where the very row that holds it is in sight: the client's by the kind
-- identity, anybody else's by party, of one's own record or of a shared one as the policies of those tables have it.
-- In PL/pgSQL, so that what is in sight is looked for before it is known whether anything fits, and costs the same
-- whether there is nothing or something out of sight.
CREATE FUNCTION found_cases(wanted_reference text, wanted_what text, wanted_hash bytea) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    mine uuid := current_agency();
    shells uuid[] := ARRAY(SELECT acting_cases('shell', '{read,contribute,refer,coordinate,act,support}'));
    shared_clients uuid[] := ARRAY(SELECT shared_cases('identity'));
    own_clients uuid[] := ARRAY(SELECT own_cases('identity'));
    shared_parties uuid[] := ARRAY(SELECT shared_cases('party'));
    own_parties uuid[] := ARRAY(SELECT own_cases('party'));
BEGIN
    RETURN QUERY
        SELECT c.id FROM case_file c WHERE c.reference = wanted_reference AND c.id = ANY (shells)
        UNION
        SELECT h.case_id FROM lookup_hash h
        WHERE h.hash = wanted_hash AND h.what = wanted_what AND NOT h.former AND h.case_id = ANY (shells)
          AND (h.role = 'client' AND (
                   h.case_id = ANY (shared_clients) OR h.controller_id = mine AND h.case_id = ANY (own_clients))
               OR h.role <> 'client' AND (
                   h.case_id = ANY (shared_parties) OR h.controller_id = mine AND h.case_id = ANY (own_parties)));
END $$;

-- Counts a search of whoever acts: returns how many they have made within the hour that their first one began.
CREATE FUNCTION count_search() RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO search_pace AS p (person_id, began_at, number)
    SELECT l.person_id, statement_timestamp(), 1 FROM live_session() l
    ON CONFLICT (person_id) DO UPDATE SET
        began_at = CASE WHEN p.began_at > statement_timestamp() - interval '1 hour'
                        THEN p.began_at ELSE statement_timestamp() END,
        number = CASE WHEN p.began_at > statement_timestamp() - interval '1 hour' THEN p.number + 1 ELSE 1 END
    RETURNING p.number
$$;
