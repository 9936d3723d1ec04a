-- Rooms: who is put out of them, and what ends with a seat.

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
