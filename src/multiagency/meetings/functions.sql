-- Meetings and invitations: whose they are, who steers them, and who may still be sent one.

-- Meetings whose invitations I may write: my team's, and those where a case that I referred is on the agenda.
CREATE FUNCTION steered_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM meeting WHERE team_id IN (SELECT coordinated_teams())
    UNION
    SELECT meeting_id FROM agenda_item WHERE case_id IN (SELECT acting_cases('meeting', '{refer}'))
$$;

CREATE FUNCTION my_invitations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM invitation WHERE post_id = current_post() $$;

CREATE FUNCTION my_meetings() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT meeting_id FROM invitation WHERE post_id = current_post()
$$;

CREATE FUNCTION steered_invitations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM invitation WHERE meeting_id IN (SELECT steered_meetings())
$$;

-- Asked by the worker just before it sends, and when a seat has ended: does this person still hold a live seat in this
-- meeting? Answered for the invitations that one steers or that are one's own, without showing the other cases on the
-- agenda.
CREATE FUNCTION may_receive(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM invitation i
        JOIN agenda_item a ON a.meeting_id = i.meeting_id AND a.ended_at IS NULL
        JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = i.post_id AND s.ended_at IS NULL
        JOIN post p ON p.id = s.post_id
        JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        WHERE i.id = wanted_invitation AND i.cancelled_at IS NULL
          AND (current_post_role() = 'worker' OR i.post_id = current_post()
               OR i.id IN (SELECT steered_invitations()))
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND s.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id))))
$$;
