-- Other cases of the coordinator's own teams that share a hash with this one. Asked about a case whose client the
-- coordinator may see at this moment; answered without drafts, without withdrawn cases, without those that keep the
-- coordinator out. A match about somebody else in the case is shown only where the consent covers other people.
-- `discussed_at` is the end of the last meeting that discussed the case: one that was called off, or that it came off,
-- did not. `former` says that it agrees with what one of the two records said before it was corrected, and with nothing
-- else.
CREATE FUNCTION matching_cases(wanted_case uuid) RETURNS TABLE (case_id uuid, reference text, stage text,
    opened_at timestamptz, submitted_at timestamptz, discussed_at timestamptz, here text, there text, what text,
    former boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.stage, c.opened_at, c.submitted_at,
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
    GROUP BY c.id, c.reference, c.stage, c.opened_at, c.submitted_at, mine.role, theirs.role, mine.what
$$;

-- Whose record the cases are that a search for earlier cases finds, for the log: asked after the search, and with it.
CREATE FUNCTION matching_controllers(wanted_case uuid) RETURNS TABLE (case_id uuid, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.controller_id FROM case_file c
    WHERE c.id IN (SELECT m.case_id FROM matching_cases(wanted_case) m)
$$;
