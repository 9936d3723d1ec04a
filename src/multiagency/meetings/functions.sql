-- Meetings and invitations: whose they are, who steers them, and who may still be sent one.

-- Whose invitations I may write: my team's meetings, found by the team, and those where a case that I referred is on the
-- agenda. A team has more of them every month, so they are never gone through.
CREATE FUNCTION referred_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT meeting_id FROM agenda_item WHERE case_id IN (SELECT acting_cases('meeting', '{refer}'))
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

-- Which of these invitations are of somebody who holds a living seat in the meeting; asked by the two below only.
CREATE FUNCTION receiving(wanted uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.id FROM invitation i WHERE i.id = ANY (wanted) AND i.cancelled_at IS NULL AND EXISTS (
        SELECT FROM agenda_item a
        JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = i.post_id AND s.ended_at IS NULL
        JOIN post p ON p.id = s.post_id
        JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        WHERE a.meeting_id = i.meeting_id AND a.ended_at IS NULL
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND s.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id))))
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

-- Ends them, with their grants and their places in rooms, and tells whose calendars are to be told. It ends only what
-- is dead already; asked by who sees the case, by who saw it until this very transaction, and by the worker.
CREATE FUNCTION end_seats_without_grant(wanted_case uuid)
RETURNS TABLE (post_id uuid, meeting_id uuid, controller_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE dead uuid[];
BEGIN
    IF current_post_role() IS DISTINCT FROM 'worker' AND NOT EXISTS (
        SELECT FROM access_grant g WHERE g.case_id = wanted_case AND g.post_id = current_post()
          AND (g.ended_at IS NULL OR g.ended_at >= transaction_timestamp())) THEN RETURN; END IF;
    SELECT array_agg(w.seat_id) INTO dead FROM seats_without_grant(wanted_case) w;
    UPDATE access_grant SET ended_at = statement_timestamp()
    WHERE case_id = wanted_case AND occasion IN ('seat', 'reaching') AND occasion_id = ANY (dead) AND ended_at IS NULL;
    UPDATE room_presence SET left_at = statement_timestamp() WHERE seat_id = ANY (dead) AND left_at IS NULL;
    RETURN QUERY
        WITH ended AS (
            UPDATE seat SET ended_at = statement_timestamp() WHERE id = ANY (dead)
            RETURNING post_id, agenda_item_id, controller_id)
        SELECT e.post_id, a.meeting_id, e.controller_id FROM ended e JOIN agenda_item a ON a.id = e.agenda_item_id;
END $$;

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
    ELSE
        UPDATE minutes_addendum SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND (case_id = ANY (read) OR controller_id = current_agency() AND case_id = ANY (own));
    END IF;
    RETURN FOUND;
END $$;
