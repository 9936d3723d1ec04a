-- Running a meeting: who leads which case, how far it is, and what comes next.

-- Where the chair of a meeting leads the case itself: on a living seat of its own at that case, unless barred. Everywhere
-- else whoever coordinates it does. Handed to no role.
CREATE FUNCTION led_by_chairs(wanted_chair uuid) RETURNS TABLE (item_id uuid, meeting_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.meeting_id
    FROM meeting m JOIN agenda_item a ON a.meeting_id = m.id AND a.ended_at IS NULL
    JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = m.chair_id AND s.ended_at IS NULL AND NOT s.observes
    JOIN post p ON p.id = s.post_id
    JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
    JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL AND b.agency_id = p.agency_id
    WHERE m.chair_id = wanted_chair AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND s.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
$$;
REVOKE ALL ON FUNCTION led_by_chairs(uuid) FROM PUBLIC;

CREATE FUNCTION chaired_items() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT item_id FROM led_by_chairs(current_post()) $$;

CREATE FUNCTION chair_of(wanted_meeting uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT chair_id FROM meeting WHERE id = wanted_meeting $$;

CREATE FUNCTION room_is_on(wanted_seat uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.run_at IS NULL OR (a.begun_at IS NOT NULL AND a.handled_at IS NULL)
    FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id JOIN meeting m ON m.id = a.meeting_id
    WHERE s.id = wanted_seat
$$;

-- How far a meeting is, for its chair and for whoever coordinates its team: of each case on its agenda, also of those that
-- they may not see, when it was handled and who leads it. Nothing says whose case it is.
CREATE FUNCTION run_sheet(wanted_meeting uuid)
RETURNS TABLE (item_id uuid, place integer, begun_at timestamptz, handled_at timestamptz, more_minutes integer,
               discussed boolean, by_chair boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, row_number() OVER (ORDER BY a.position, a.id)::integer, a.begun_at, a.handled_at, a.more_minutes,
           a.discussed_at IS NOT NULL, a.id IN (SELECT l.item_id FROM led_by_chairs(m.chair_id) l)
    FROM meeting m JOIN agenda_item a ON a.meeting_id = m.id AND a.ended_at IS NULL
    WHERE m.id = wanted_meeting
      AND (m.chair_id = current_post() OR m.team_id IN (SELECT coordinated_teams()))
    ORDER BY a.position, a.id
$$;

-- What tells that a page about a running meeting is no longer what it was: a digest of times, never of contents. `late`
-- changes when the time of the case that is handled is up, and every five minutes then. Null says that one may not ask.
CREATE FUNCTION run_mark(wanted_meeting uuid, minutes integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT md5(concat_ws('|', m.turn, m.state, m.starts_at, m.chair_id, (
        SELECT string_agg(concat_ws(',', a.id, a.position, a.begun_at, a.handled_at, a.more_minutes, (
            SELECT string_agg(concat_ws(',', s.id, s.ended_at, s.observes, r.entered_at, r.left_at), ';' ORDER BY s.id)
            FROM seat s LEFT JOIN room_presence r ON r.seat_id = s.id
            WHERE s.agenda_item_id = a.id AND a.begun_at IS NOT NULL AND a.handled_at IS NULL
              AND a.case_id IN (SELECT acting_cases('meeting', '{read,refer,coordinate}'))),
            CASE WHEN a.begun_at IS NOT NULL AND a.handled_at IS NULL THEN greatest(-1, floor(extract(epoch FROM
                statement_timestamp() - a.begun_at - make_interval(mins => minutes + a.more_minutes)) / 300)) END),
            '/' ORDER BY a.id)
        FROM agenda_item a WHERE a.meeting_id = m.id AND a.ended_at IS NULL)))
    FROM meeting m
    WHERE m.id = wanted_meeting AND (m.chair_id = current_post() OR m.team_id IN (SELECT coordinated_teams()))
$$;

-- Runs a meeting, one press at a time: begins its next case, ends the one that is handled and begins the next, gives it
-- more minutes, stops it, or takes the last step back. Two who press at once do one thing: each says which turn they saw.
-- The chair presses where the chair leads, whoever coordinates the team everywhere, also in a case that is kept from them:
-- it shows nothing, and else the meeting would stand still. Returns what came of it and, to the log, whose cases they were.
CREATE FUNCTION press_run(wanted_meeting uuid, what text, seen integer, more integer, wanted_way text)
RETURNS TABLE (outcome text, case_id uuid, reference text, controller_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m meeting;
    here agenda_item;
    other agenda_item;
    coordinates boolean;
    moment timestamptz := statement_timestamp();
BEGIN
    SELECT * INTO m FROM meeting WHERE id = wanted_meeting AND state = 'open'
        AND (chair_id = current_post() OR team_id IN (SELECT coordinated_teams())) FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    IF m.turn <> seen THEN RETURN QUERY SELECT 'moved_on', NULL::uuid, NULL::text, NULL::uuid; RETURN; END IF;
    coordinates := m.team_id IN (SELECT coordinated_teams());
    SELECT * INTO here FROM agenda_item WHERE meeting_id = m.id AND ended_at IS NULL
        AND begun_at IS NOT NULL AND handled_at IS NULL;
    IF what = 'back' THEN
        SELECT * INTO other FROM agenda_item WHERE meeting_id = m.id AND ended_at IS NULL AND handled_at IS NOT NULL
            ORDER BY handled_at DESC LIMIT 1;
    ELSE
        SELECT * INTO other FROM agenda_item WHERE meeting_id = m.id AND ended_at IS NULL AND begun_at IS NULL
            AND discussed_at IS NULL ORDER BY position, id LIMIT 1;
    END IF;
    IF (what = 'begin') = (here.id IS NOT NULL) AND what <> 'back' THEN
        outcome := CASE WHEN what = 'begin' THEN 'is_running' ELSE 'not_running' END;
    ELSIF other.id IS NULL AND what IN ('begin', 'back') THEN
        outcome := CASE WHEN what = 'begin' THEN 'nothing_left' ELSE 'no_way_back' END;
    ELSIF what = 'back' AND (other.discussed_at IS NOT NULL OR EXISTS (
        SELECT FROM room_presence r JOIN seat s ON s.id = r.seat_id
        WHERE s.agenda_item_id = here.id AND r.entered_at >= here.begun_at)) THEN
        outcome := 'no_way_back';
    ELSIF NOT coordinates AND NOT EXISTS (
        SELECT FROM led_by_chairs(current_post()) l
        WHERE l.item_id = CASE WHEN what IN ('begin', 'back') THEN other.id ELSE here.id END) THEN
        outcome := 'coordinator_leads';
    END IF;
    IF outcome IS NOT NULL THEN RETURN QUERY SELECT outcome, NULL::uuid, NULL::text, NULL::uuid; RETURN; END IF;

    IF what = 'more' THEN
        UPDATE agenda_item SET more_minutes = more_minutes + more WHERE id = here.id;
    ELSIF what = 'pause' THEN
        UPDATE agenda_item SET begun_at = NULL, begun_by_id = NULL WHERE id = here.id;
    ELSIF what = 'back' THEN
        UPDATE agenda_item SET begun_at = NULL, begun_by_id = NULL WHERE id = here.id;
        UPDATE agenda_item SET handled_at = NULL, handled_by_id = NULL WHERE id = other.id;
    ELSE
        UPDATE agenda_item SET handled_at = moment, handled_by_id = current_post() WHERE id = here.id;
        UPDATE agenda_item SET begun_at = moment, begun_by_id = current_post() WHERE id = other.id;
    END IF;
    IF what <> 'more' THEN -- one room at a time: whoever sits in another comes into the next, or leaves
        IF wanted_way <> 'hand' THEN
            PERFORM put_out(ARRAY(SELECT s.id FROM room_presence r JOIN seat s ON s.id = r.seat_id
                                  JOIN agenda_item a ON a.id = s.agenda_item_id
                                  WHERE a.meeting_id = m.id AND r.left_at IS NULL), wanted_way);
        END IF;
        UPDATE room_presence r SET left_at = moment FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id
        WHERE s.id = r.seat_id AND a.meeting_id = m.id AND r.left_at IS NULL;
    END IF;
    UPDATE meeting SET turn = turn + 1, run_at = coalesce(run_at, moment) WHERE id = m.id;
    RETURN QUERY SELECT 'done', c.id, c.reference, a.controller_id
        FROM agenda_item a JOIN case_file c ON c.id = a.case_id
        WHERE a.id = here.id OR a.id = other.id AND what IN ('begin', 'next', 'back');
END $$;
