-- Research: what agencies are asked before a meeting.

-- Research that is asked at the living seats of the caller: of their own agency; when the meeting has begun, of everybody.
CREATE FUNCTION research_at_my_seats() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.id FROM seat s
    JOIN agenda_item a ON a.id = s.agenda_item_id AND a.ended_at IS NULL AND a.discussed_at IS NULL
    JOIN meeting m ON m.id = a.meeting_id
    JOIN research_request r ON r.agenda_item_id = a.id AND r.ended_at IS NULL
    WHERE s.post_id = current_post() AND s.ended_at IS NULL AND s.case_id IN (SELECT shared_cases('meeting'))
      AND (r.agency_id = current_agency() OR m.state IN ('open', 'recorded') AND m.starts_at <= statement_timestamp())
$$;

-- What the caller's own agency is asked there.
CREATE FUNCTION my_research() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.id FROM research_request r
    WHERE r.agency_id = current_agency() AND r.id IN (SELECT research_at_my_seats())
$$;

-- To which other agencies the answer to a request of the caller's own is told: those that are given what agencies tell,
-- and sit there or convene the team.
CREATE FUNCTION who_reads_research(wanted_request uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT b.agency_id
    FROM research_request r JOIN lawful_basis b ON b.case_id = r.case_id
    WHERE r.id = wanted_request AND r.id IN (SELECT my_research()) AND b.agency_id <> r.agency_id
      AND b.reason IN ('consent', 'ground') AND 'narrative' = ANY (b.kinds) AND b.ended_at IS NULL
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND (b.agency_id = convener_of(r.case_id) OR EXISTS (
          SELECT FROM seat s JOIN post p ON p.id = s.post_id
          WHERE s.agenda_item_id = r.agenda_item_id AND s.ended_at IS NULL AND p.agency_id = b.agency_id))
$$;

-- What is not answered yet is due with its meeting, which was moved: also in cases that are kept from whoever moved it.
CREATE FUNCTION move_research_with(wanted_meeting uuid, wanted_due date)
RETURNS TABLE (case_id uuid, reference text, controller_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH moved AS (
        UPDATE research_request r SET due_on = wanted_due
        FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id
        WHERE m.id = wanted_meeting AND m.team_id IN (SELECT coordinated_teams()) AND a.ended_at IS NULL
          AND r.agenda_item_id = a.id AND r.ended_at IS NULL AND r.returned_at IS NULL AND r.due_on <> wanted_due
        RETURNING r.case_id, r.controller_id)
    SELECT DISTINCT c.id, c.reference, v.controller_id FROM moved v JOIN case_file c ON c.id = v.case_id
$$;

-- The worker's list: what is asked for meetings to come and not answered, with who sits there for the agency, and when
-- they, and whoever coordinates, were last told.
CREATE FUNCTION research_not_returned(before date) RETURNS TABLE (item_id uuid, case_id uuid, case_reference text,
    meeting text, pathway text, team_id uuid, controller_id uuid, asked_at timestamptz, due_on date, posts uuid[],
    reminded_at timestamptz, missing_told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, r.case_id, c.reference, m.reference, c.pathway, c.team_id, r.controller_id, r.asked_at, r.due_on,
           ARRAY(SELECT s.post_id FROM seat s JOIN post p ON p.id = s.post_id
                 WHERE s.agenda_item_id = a.id AND s.ended_at IS NULL AND p.agency_id = r.agency_id),
           last_told('research_due', '/meetings/' || m.reference || '/cases/' || c.reference || '/return'),
           last_told('research_missing', '/meetings/' || m.reference || '/cases/' || c.reference || '/research')
    FROM research_request r JOIN agenda_item a ON a.id = r.agenda_item_id AND a.ended_at IS NULL
    JOIN meeting m ON m.id = a.meeting_id JOIN case_file c ON c.id = r.case_id
    WHERE current_post_role() = 'worker' AND r.ended_at IS NULL AND r.returned_at IS NULL AND r.due_on <= before
      AND m.state = 'open' AND m.starts_at > statement_timestamp()
$$;
