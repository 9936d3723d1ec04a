-- Meetings and invitations: whose they are, who steers them, and who may still be sent one.

-- Whose invitations I may write: my team's meetings, found by the team, and those where a case that I referred is on the
-- agenda. A team has more of them every month, so they are never gone through. Of a draft nobody is told but whoever
-- prepares it (SEC-0060).
CREATE FUNCTION referred_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.meeting_id FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id AND m.state <> 'planned'
    WHERE a.case_id IN (SELECT acting_cases('meeting', '{refer}'))
$$;

-- Whoever refers a case may call its team at once. For the meeting that they called themselves, as long as it is to come or
-- held, they do what else only its coordinators do: place that case, seat people, and share on a ground.
CREATE FUNCTION referred_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT team_id FROM case_file WHERE id IN (SELECT acting_cases('meeting', '{refer}'))
$$;

CREATE FUNCTION is_place_at_once(wanted_meeting uuid, wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM meeting m JOIN case_file c ON c.team_id = m.team_id
        WHERE m.id = wanted_meeting AND c.id = wanted_case AND m.urgently_called_by_id = current_post()
          AND m.state = 'open' AND NOT m.team_only AND m.ends_at > statement_timestamp())
$$;

CREATE FUNCTION is_called_at_once(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM meeting m JOIN agenda_item a ON a.meeting_id = m.id
        WHERE m.urgently_called_by_id = current_post() AND m.state = 'open' AND m.ends_at > statement_timestamp()
          AND a.case_id = wanted_case AND a.ended_at IS NULL AND a.discussed_at IS NULL)
$$;

CREATE FUNCTION steers_meeting(wanted_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM meeting m WHERE m.id = wanted_meeting AND m.team_id IN (SELECT coordinated_teams()))
        OR wanted_meeting IN (SELECT referred_meetings())
$$;

CREATE FUNCTION steers_invitation(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM invitation i WHERE i.id = wanted_invitation AND steers_meeting(i.meeting_id))
$$;

CREATE FUNCTION my_invitations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM invitation WHERE post_id = current_post() $$;

CREATE FUNCTION my_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT meeting_id FROM invitation WHERE post_id = current_post()
$$;

-- The teams of which I am a member now: their meetings about their own work are mine to see.
CREATE FUNCTION member_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.team_id FROM live_session() l JOIN team_member m ON m.post_id = l.post_id
    WHERE m.valid_from <= statement_timestamp() AND (m.valid_to IS NULL OR m.valid_to > statement_timestamp())
$$;

-- The meetings about a team's own work that I may see: once opened its members, as a draft who prepares it.
CREATE FUNCTION team_meetings_in_sight() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.id FROM meeting m
    WHERE m.team_only AND (m.team_id IN (SELECT coordinated_teams())
                           OR m.state <> 'planned' AND m.team_id IN (SELECT member_teams()))
$$;

-- Of these, those that I prepare and lead.
CREATE FUNCTION team_meetings_led() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.id FROM meeting m WHERE m.team_only AND m.team_id IN (SELECT coordinated_teams())
$$;

-- Who of a team may be asked to such a meeting, and made responsible there: its members.
CREATE FUNCTION is_member_for(wanted_meeting uuid, wanted_post uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM meeting m JOIN team_member t ON t.team_id = m.team_id AND t.post_id = wanted_post
        JOIN post p ON p.id = t.post_id
        WHERE m.id = wanted_meeting AND m.team_only
          AND t.valid_from <= statement_timestamp() AND (t.valid_to IS NULL OR t.valid_to > statement_timestamp())
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()))
$$;

-- Which of these invitations are of somebody who holds a living seat in the meeting, or is asked to it as a member of its
-- team; asked by the two below only.
CREATE FUNCTION receiving(wanted uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.id FROM invitation i WHERE i.id = ANY (wanted) AND i.cancelled_at IS NULL AND (EXISTS (
        SELECT FROM team_attendee t WHERE t.meeting_id = i.meeting_id AND t.post_id = i.post_id AND t.ended_at IS NULL
          AND is_member_for(t.meeting_id, t.post_id)) OR EXISTS (
        SELECT FROM agenda_item a
        JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = i.post_id AND s.ended_at IS NULL
        JOIN post p ON p.id = s.post_id
        JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        WHERE a.meeting_id = i.meeting_id AND a.ended_at IS NULL
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND s.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))))
$$;
REVOKE ALL ON FUNCTION receiving(uuid[]) FROM PUBLIC;

-- Asked when a seat has ended: does this person still hold a live seat in this meeting? Answered for the invitations
-- that one steers or that are one's own, without showing the other cases on the agenda.
CREATE FUNCTION may_receive(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM receiving(ARRAY[wanted_invitation]))
       AND EXISTS (SELECT FROM invitation i WHERE i.id = wanted_invitation
                   AND (current_post_role() = 'worker' OR i.post_id = current_post()
                        OR steers_meeting(i.meeting_id)))
$$;

-- Asked by the worker just before it sends, for all that is due: may a request leave, may a cancellation, or is the
-- meeting over? A cancellation goes only to whom a request may have reached since the last cancellation that was sent.
CREATE FUNCTION what_may_leave(wanted uuid[])
RETURNS TABLE (invitation_id uuid, request boolean, cancel boolean, over boolean) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.id, i.id IN (SELECT receiving(wanted)), EXISTS (
               SELECT FROM invitation_mail r
               WHERE r.invitation_id = i.id AND r.purpose = 'request' AND r.may_have_left
                 AND NOT EXISTS (SELECT FROM invitation_mail c WHERE c.invitation_id = i.id AND c.purpose = 'cancel'
                                 AND c.state = 'sent' AND c.sequence > r.sequence)),
           m.ends_at <= statement_timestamp()
    FROM invitation i JOIN meeting m ON m.id = i.meeting_id
    WHERE i.id = ANY (wanted) AND (SELECT current_post_role()) = 'worker'
$$;

-- What a calendar program reads at a private address: when the coming meetings are that its post is invited to and has not
-- declined, as long as it holds the post and a seat there. Nobody is signed in at that door, so this asks nothing of
-- whoever calls but the address; one row, with no meeting, says that there is none. `too_soon`: it was asked a moment ago.
CREATE FUNCTION calendar_of(wanted bytea)
RETURNS TABLE (post_id uuid, language text, too_soon boolean, invitation_id uuid, starts_at timestamptz,
    ends_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mine record;
BEGIN
    SELECT f.post_id, p.language, coalesce(f.fetched_at > statement_timestamp() - interval '10 s', false) AS too_soon
    INTO mine FROM calendar_feed f JOIN post p ON p.id = f.post_id
    WHERE f.secret_hash = wanted AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp());
    IF mine IS NULL THEN RETURN; END IF;
    IF NOT mine.too_soon THEN
        UPDATE calendar_feed SET fetched_at = statement_timestamp() WHERE post_id = mine.post_id;
    END IF;
    RETURN QUERY
        SELECT mine.post_id, mine.language, mine.too_soon, m.invitation_id, m.starts_at, m.ends_at
        FROM (SELECT) nothing LEFT JOIN (
            SELECT i.id AS invitation_id, coalesce(i.needed_from, m.starts_at) AS starts_at,
                   coalesce(i.needed_until, m.ends_at) AS ends_at
            FROM invitation i JOIN meeting m ON m.id = i.meeting_id
            WHERE i.post_id = mine.post_id AND i.cancelled_at IS NULL AND i.answer <> 'declined'
              AND m.state = 'open' AND m.ends_at > statement_timestamp()
              AND i.id IN (SELECT receiving(ARRAY(SELECT own.id FROM invitation own WHERE own.post_id = mine.post_id)))
        ) m ON NOT mine.too_soon
        ORDER BY m.starts_at;
END $$;
GRANT EXECUTE ON FUNCTION calendar_of(bytea) TO multiagency_signin;

-- Seats without a living grant: it or its basis has ended or run out, its post is over, a bar stands against its
-- person, or the case is off that agenda. The one answer to what has lost its reason; asked by the two below only.
CREATE FUNCTION seats_without_grant(wanted_case uuid)
RETURNS TABLE (seat_id uuid, post_id uuid, meeting_id uuid, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id, s.post_id, a.meeting_id, s.controller_id
    FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id JOIN post p ON p.id = s.post_id
    WHERE s.case_id = wanted_case AND s.ended_at IS NULL AND (
        a.ended_at IS NOT NULL OR p.valid_to <= statement_timestamp()
        OR wanted_case IN (SELECT barred_cases(p.person_id))
        OR NOT EXISTS (
            SELECT FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id
            WHERE g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL AND b.ended_at IS NULL
              AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
              AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())))
$$;
REVOKE ALL ON FUNCTION seats_without_grant(uuid) FROM PUBLIC;

-- What seats show of how the client is reached ends with their meeting: with its new end when it was moved, now when it is
-- not held. Asked by whoever coordinates its team, also for cases that are kept from them: of those nothing is shown but,
-- to the log, whose they are.
CREATE FUNCTION end_reaching_with(wanted_meeting uuid) RETURNS TABLE (case_id uuid, reference text, controller_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH moved AS (
        UPDATE access_grant g
        SET valid_to = CASE WHEN m.state IN ('cancelled', 'not_held') THEN statement_timestamp() ELSE m.ends_at END
        FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id JOIN meeting m ON m.id = a.meeting_id
        WHERE m.id = wanted_meeting AND m.team_id IN (SELECT coordinated_teams())
          AND g.occasion = 'reaching' AND g.occasion_id = s.id AND g.case_id = s.case_id AND g.ended_at IS NULL
        RETURNING g.case_id)
    SELECT c.id, c.reference, c.controller_id FROM case_file c WHERE c.id IN (SELECT moved.case_id FROM moved)
$$;

-- The worker's list: cases in which somebody whose post is over still has a seat.
CREATE FUNCTION cases_with_seats_of_the_gone() RETURNS TABLE (id uuid, reference text, pathway text, team_id uuid,
    stage_kind text, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT c.id, c.reference, c.pathway, c.team_id, c.stage_kind, c.controller_id
    FROM post p JOIN seat s ON s.post_id = p.id AND s.ended_at IS NULL JOIN case_file c ON c.id = s.case_id
    WHERE current_post_role() = 'worker' AND p.valid_to <= statement_timestamp()
$$;

-- At which places of these agendas each seated post is needed first and last, of how many: for whoever coordinates the
-- team, and the worker. Nothing says whose cases stand there.
CREATE FUNCTION needed_places(wanted uuid[])
RETURNS TABLE (meeting_id uuid, post_id uuid, first_place integer, last_place integer, places integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH agenda AS MATERIALIZED (
        SELECT a.id, a.meeting_id, row_number() OVER (PARTITION BY a.meeting_id ORDER BY a.position, a.id)::integer AS place,
               count(*) OVER (PARTITION BY a.meeting_id)::integer AS places
        FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id
        WHERE a.meeting_id = ANY (wanted) AND a.ended_at IS NULL
          AND (current_post_role() = 'worker' OR m.team_id IN (SELECT coordinated_teams())))
    SELECT g.meeting_id, s.post_id, min(g.place), max(g.place), min(g.places)
    FROM agenda g JOIN seat s ON s.agenda_item_id = g.id AND s.ended_at IS NULL
    GROUP BY g.meeting_id, s.post_id
$$;

-- When members of a team that I coordinate cannot meet, for a proposal of times: ranges, and nothing of why. What somebody
-- says themselves holds before their calendar: in a time in which they say that they can, its busy times are not told.
CREATE FUNCTION unavailable_in_team(wanted_team uuid, begins timestamptz, ends timestamptz)
RETURNS TABLE (post_id uuid, times tstzmultirange) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH members AS MATERIALIZED (
        SELECT DISTINCT m.post_id FROM team_member m
        WHERE m.team_id = wanted_team AND wanted_team IN (SELECT coordinated_teams())
          AND m.valid_from <= statement_timestamp() AND (m.valid_to IS NULL OR m.valid_to > statement_timestamp())
    ), said AS (
        SELECT a.post_id, a.can, range_agg(tstzrange(a.starts_at, a.ends_at)) AS times FROM availability a
        WHERE a.post_id IN (SELECT m.post_id FROM members m) AND a.ends_at > begins AND a.starts_at < ends
        GROUP BY a.post_id, a.can
    ), busy AS (
        SELECT b.post_id, range_agg(tstzrange(b.starts_at, b.ends_at)) AS times FROM busy_time b
        WHERE b.post_id IN (SELECT m.post_id FROM members m) AND b.ends_at > begins AND b.starts_at < ends
        GROUP BY b.post_id
    )
    SELECT m.post_id, coalesce(b.times, '{}') - coalesce(yes.times, '{}') + coalesce(no.times, '{}')
    FROM members m LEFT JOIN busy b ON b.post_id = m.post_id
    LEFT JOIN said yes ON yes.post_id = m.post_id AND yes.can
    LEFT JOIN said no ON no.post_id = m.post_id AND NOT no.can
$$;
