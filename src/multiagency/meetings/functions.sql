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

-- Places on agendas at which I sit by a seat, my own or one that I stand in for, which shows me the minutes now.
CREATE FUNCTION my_places() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.agenda_item_id FROM access_grant g
    JOIN seat s ON s.id = g.occasion_id AND s.case_id = g.case_id AND s.ended_at IS NULL
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = (SELECT current_agency())
    WHERE g.post_id = (SELECT current_post()) AND g.occasion = 'seat'
      AND 'minutes' = ANY (g.kinds) AND 'minutes' = ANY (b.kinds)
      AND g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND g.case_id IN (SELECT granted_cases())
$$;

-- Those of them whose minutes I was named to write, until they are approved: the name alone shows nothing.
CREATE FUNCTION written_places() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id AND m.writer_id = (SELECT current_post())
    WHERE a.id = ANY (ARRAY(SELECT my_places())) AND a.discussed_at IS NULL AND a.ended_at IS NULL
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
            SELECT i.id AS invitation_id, m.starts_at, m.ends_at
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

-- The name by which the provider of a room knows whoever sits there: it means nothing elsewhere (service_rooms.py).
CREATE FUNCTION pseudonym_of(wanted_seat uuid) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT left(encode(sha256(uuid_send(wanted_seat)), 'hex'), 16) $$;
REVOKE ALL ON FUNCTION pseudonym_of(uuid) FROM PUBLIC;

-- Lets the provider put out of their rooms whoever came in on these seats in the last day, whether or not they say that
-- they left: `wanted_way` is one (each alone), room (the room ends for all and goes on under another name), hand (whoever
-- leads is told). Asked by the functions below only.
CREATE FUNCTION put_out(wanted uuid[], wanted_way text) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    came uuid[] := ARRAY(SELECT r.seat_id FROM room_presence r WHERE r.seat_id = ANY (wanted)
                         AND r.entered_at > statement_timestamp() - interval '1 day');
    whole uuid[] := ARRAY(SELECT DISTINCT s.agenda_item_id FROM seat s WHERE s.id = ANY (came));
    moment timestamptz := statement_timestamp();
BEGIN
    INSERT INTO room_call (id, meeting_id, what, room, holder, asked_at, attempts, next_attempt_at, told_at)
    SELECT gen_random_uuid(), a.meeting_id, 'remove', a.room, pseudonym_of(s.id), moment, 0,
           CASE WHEN wanted_way = 'one' THEN moment END, CASE WHEN wanted_way = 'hand' THEN moment END
    FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id WHERE s.id = ANY (came) AND wanted_way <> 'room';
    IF wanted_way = 'room' THEN
        INSERT INTO room_call (id, meeting_id, what, room, holder, asked_at, attempts, next_attempt_at)
        SELECT gen_random_uuid(), a.meeting_id, 'end', a.room, coalesce((
                   SELECT string_agg(pseudonym_of(s.id), ' ') FROM seat s
                   WHERE s.agenda_item_id = a.id AND s.id = ANY (came)), ''), moment, 0, moment
        FROM agenda_item a WHERE a.id = ANY (whole);
        UPDATE room_presence SET left_at = moment WHERE left_at IS NULL AND seat_id IN (
            SELECT s.id FROM seat s WHERE s.agenda_item_id = ANY (whole));
        UPDATE agenda_item SET room = gen_random_uuid() WHERE id = ANY (whole) AND ended_at IS NULL;
    END IF;
    UPDATE room_presence SET left_at = moment WHERE seat_id = ANY (wanted) AND left_at IS NULL;
    RETURN QUERY SELECT unnest(came);
END $$;
REVOKE ALL ON FUNCTION put_out(uuid[], text) FROM PUBLIC;

-- Ends them, with their grants and their places in rooms, and tells whose calendars are to be told, and who was inside.
-- It ends only what is dead already; asked by who sees the case, by who saw it until this very transaction, and by the
-- worker.
CREATE FUNCTION end_seats_without_grant(wanted_case uuid, wanted_way text)
RETURNS TABLE (post_id uuid, meeting_id uuid, controller_id uuid, inside boolean, meeting_reference text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    dead uuid[];
    came uuid[];
BEGIN
    IF current_post_role() IS DISTINCT FROM 'worker' AND NOT EXISTS (
        SELECT FROM access_grant g WHERE g.case_id = wanted_case AND g.post_id = current_post()
          AND (g.ended_at IS NULL OR g.ended_at >= transaction_timestamp())) THEN RETURN; END IF;
    SELECT array_agg(w.seat_id) INTO dead FROM seats_without_grant(wanted_case) w;
    UPDATE access_grant SET ended_at = statement_timestamp()
    WHERE case_id = wanted_case AND occasion IN ('seat', 'reaching') AND occasion_id = ANY (dead) AND ended_at IS NULL;
    came := ARRAY(SELECT put_out(dead, wanted_way));
    RETURN QUERY
        WITH ended AS (
            UPDATE seat SET ended_at = statement_timestamp() WHERE id = ANY (dead)
            RETURNING id, post_id, agenda_item_id, controller_id)
        SELECT e.post_id, a.meeting_id, e.controller_id, e.id = ANY (came), m.reference
        FROM ended e JOIN agenda_item a ON a.id = e.agenda_item_id JOIN meeting m ON m.id = a.meeting_id;
    UPDATE research_request r SET ended_at = statement_timestamp()
    WHERE r.case_id = wanted_case AND r.ended_at IS NULL AND NOT EXISTS (
        SELECT FROM seat s JOIN post p ON p.id = s.post_id
        WHERE s.agenda_item_id = r.agenda_item_id AND s.ended_at IS NULL AND p.agency_id = r.agency_id);
END $$;

-- The worker's list: meetings whose time is over, or which are not held, and in whose rooms somebody still is.
CREATE FUNCTION meetings_with_people_inside() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT m.id
    FROM room_presence r JOIN seat s ON s.id = r.seat_id JOIN agenda_item a ON a.id = s.agenda_item_id
    JOIN meeting m ON m.id = a.meeting_id
    WHERE (SELECT current_post_role()) = 'worker' AND r.left_at IS NULL
      AND r.entered_at > statement_timestamp() - interval '1 day'
      AND (m.state <> 'open' OR m.ends_at <= statement_timestamp())
$$;

-- Ends the rooms of such a meeting for all who are in them, and tells to the log whose cases they were of.
CREATE FUNCTION empty_rooms(wanted_meeting uuid, wanted_way text)
RETURNS TABLE (case_id uuid, reference text, controller_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    full_items uuid[];
    moment timestamptz := statement_timestamp();
BEGIN
    IF current_post_role() IS DISTINCT FROM 'worker' THEN RETURN; END IF;
    full_items := ARRAY(
        SELECT DISTINCT a.id FROM agenda_item a JOIN seat s ON s.agenda_item_id = a.id
        JOIN room_presence r ON r.seat_id = s.id WHERE a.meeting_id = wanted_meeting AND r.left_at IS NULL);
    INSERT INTO room_call (id, meeting_id, what, room, holder, asked_at, attempts, next_attempt_at, told_at)
    SELECT gen_random_uuid(), a.meeting_id, 'end', a.room, '', moment, 0,
           CASE WHEN wanted_way <> 'hand' THEN moment END, CASE WHEN wanted_way = 'hand' THEN moment END
    FROM agenda_item a WHERE a.id = ANY (full_items);
    UPDATE room_presence SET left_at = moment WHERE left_at IS NULL AND seat_id IN (
        SELECT s.id FROM seat s WHERE s.agenda_item_id = ANY (full_items));
    RETURN QUERY
        SELECT c.id, c.reference, a.controller_id FROM agenda_item a JOIN case_file c ON c.id = a.case_id
        WHERE a.id = ANY (full_items);
END $$;

-- A team's lasting room is one for all its cases: is somebody of another case in it whom nobody has seen leave? Asked by
-- whoever has a seat at this one, and whoever coordinates the team; it says no more than that.
CREATE FUNCTION others_in_lasting_room(wanted_item uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM room_presence r JOIN seat s ON s.id = r.seat_id JOIN agenda_item a ON a.id = s.agenda_item_id
        JOIN meeting m ON m.id = a.meeting_id
        WHERE r.entered_at > statement_timestamp() - interval '1 day' AND r.connected_at IS NOT NULL
          AND r.emptied_at IS NULL AND a.id <> wanted_item
          AND m.team_id = (SELECT w.team_id FROM agenda_item i JOIN meeting w ON w.id = i.meeting_id
                           WHERE i.id = wanted_item))
    AND (EXISTS (SELECT FROM seat s WHERE s.agenda_item_id = wanted_item AND s.post_id = current_post()
                 AND s.ended_at IS NULL AND s.case_id IN (SELECT granted_cases()))
         OR EXISTS (SELECT FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id
                    WHERE i.id = wanted_item AND m.team_id IN (SELECT coordinated_teams())))
$$;

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

-- What was approved for single agencies in a case from which the caller has struck somebody in this transaction: the
-- service looks for the name in it, and shows none of it.
CREATE FUNCTION parts_to_mask(wanted_case uuid)
RETURNS TABLE (id uuid, case_id uuid, controller_id uuid, retention_class text, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.id, m.case_id, m.controller_id, m.retention_class, m.text FROM minutes_part m
    WHERE m.case_id = wanted_case AND m.approved_at IS NOT NULL AND m.text IS NOT NULL AND EXISTS (
        SELECT FROM party p WHERE p.case_id = wanted_case AND p.struck_at >= transaction_timestamp()
                              AND p.struck_by_id = current_post())
$$;

-- Masks the name of somebody whom the caller has struck from the case in this transaction, in minutes that the caller
-- reads; the first wording is kept. Nobody may change what was approved otherwise, and nobody reads what was kept.
CREATE FUNCTION mask_minutes(wanted_table text, wanted uuid, masked bytea, kept bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    struck uuid[] := ARRAY(SELECT p.case_id FROM party p WHERE p.struck_at >= transaction_timestamp()
                           AND p.struck_by_id = current_post());
    read uuid[] := ARRAY(SELECT shared_cases('minutes') INTERSECT SELECT unnest(struck));
    own uuid[] := ARRAY(SELECT own_cases('minutes') INTERSECT SELECT unnest(struck));
BEGIN
    IF wanted_table = 'minutes' THEN
        UPDATE minutes SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND (case_id = ANY (read) OR controller_id = current_agency() AND case_id = ANY (own))
          AND (approved_at IS NOT NULL OR case_id IN (SELECT acting_cases('minutes', '{coordinate}')));
    ELSIF wanted_table = 'minutes_part' THEN
        UPDATE minutes_part SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND case_id = ANY (struck) AND approved_at IS NOT NULL;
    ELSE
        UPDATE minutes_addendum SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND (case_id = ANY (read) OR controller_id = current_agency() AND case_id = ANY (own));
    END IF;
    RETURN FOUND;
END $$;

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
