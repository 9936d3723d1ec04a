-- What waits for whom: what may be told, by which mail, and when it is done.

-- The notices of these posts that may be told now, on a page or by mail: the post is held, no bar keeps its person out,
-- and the page to which the notice leads is theirs to open. Of a case that is whoever holds a living grant on this kind
-- of data; of an action, whoever does it; without any grant, whoever looks at work from above, and who coordinates the
-- case's team and has not taken the case up yet. Of a meeting it is who coordinates its team, or is invited still; of a
-- late plan, as long as it is late; of research, as long as it is not answered; of a question that names nobody, who asked it or coordinates its team. The case that
-- a transaction is about plays no part: what waits is counted on every page. Asked by the functions below only.
CREATE FUNCTION notices_to_tell(wanted_posts uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH told AS MATERIALIZED (
        SELECT n.id, n.what, n.case_id, n.shows, n.place, p.id AS post_id, p.person_id, p.agency_id, p.role
        FROM post p JOIN notice n ON n.post_id = p.id
        WHERE p.id = ANY (wanted_posts) AND p.valid_from <= statement_timestamp()
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    ), coordinating AS MATERIALIZED (
        SELECT q.team_id, q.post_id FROM coordinating_posts() q WHERE q.post_id = ANY (wanted_posts)
    ), held AS MATERIALIZED (
        SELECT g.post_id, g.case_id, g.capability, g.occasion_id, g.kinds, b.kinds AS basis_kinds
        FROM access_grant g JOIN post p ON p.id = g.post_id
        JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = p.agency_id
        WHERE g.post_id = ANY (wanted_posts) AND g.case_id IN (SELECT t.case_id FROM told t)
          AND g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND (g.capability <> 'coordinate'
               OR (g.occasion_id, g.post_id) IN (SELECT c.team_id, c.post_id FROM coordinating c))
    ), barred AS MATERIALIZED (
        SELECT w.person_id, x.case_id FROM (SELECT DISTINCT t.person_id FROM told t) w,
               LATERAL barred_cases(w.person_id) x (case_id)
    )
    SELECT t.id FROM told t
    WHERE (t.what <> 'plan_overdue' OR EXISTS (
        SELECT FROM planned_action a WHERE a.case_id = t.case_id AND a.state = 'open'
          AND a.due_on < (statement_timestamp() AT TIME ZONE 'Europe/Helsinki')::date))
      AND (t.what NOT LIKE 'research%' OR EXISTS (
        SELECT FROM research_request r JOIN agenda_item i ON i.id = r.agenda_item_id AND i.ended_at IS NULL
        JOIN meeting m ON m.id = i.meeting_id
        WHERE r.case_id = t.case_id AND m.reference = split_part(t.place, '/', 3)
          AND r.ended_at IS NULL AND r.returned_at IS NULL AND m.starts_at > statement_timestamp()
          AND (t.what = 'research_missing' OR r.agency_id = t.agency_id AND EXISTS (
              SELECT FROM seat s
              WHERE s.agenda_item_id = i.id AND s.post_id = t.post_id AND s.ended_at IS NULL)))) AND CASE
        WHEN t.case_id IS NULL AND t.place LIKE '/meetings/%' THEN EXISTS (
            SELECT FROM meeting m WHERE m.reference = split_part(t.place, '/', 3) AND (
                (m.team_id, t.post_id) IN (SELECT c.team_id, c.post_id FROM coordinating c)
                OR m.ends_at > statement_timestamp() AND EXISTS (
                    SELECT FROM invitation i
                    WHERE i.meeting_id = m.id AND i.post_id = t.post_id AND i.cancelled_at IS NULL)))
        WHEN t.case_id IS NULL AND t.place LIKE '/consultations/%' THEN EXISTS (
            SELECT FROM consultation c
            WHERE c.reference = split_part(t.place, '/', 3) AND c.ended_how IS NULL AND (
                c.asker_id = t.post_id OR (c.team_id, t.post_id) IN (SELECT q.team_id, q.post_id FROM coordinating q)))
        WHEN t.case_id IS NULL THEN true
        WHEN (t.person_id, t.case_id) IN (SELECT b.person_id, b.case_id FROM barred b) THEN false
        WHEN t.role IN ('auditor', 'supervisor') THEN true
        WHEN t.place LIKE '/actions/%' THEN EXISTS (
            SELECT FROM planned_action a JOIN held h ON h.occasion_id = a.id AND h.capability = 'act'
            WHERE a.reference = split_part(t.place, '/', 3) AND h.post_id = t.post_id)
        ELSE EXISTS (
            SELECT FROM held h WHERE h.post_id = t.post_id AND h.case_id = t.case_id
              AND t.shows = ANY (h.kinds) AND t.shows = ANY (h.basis_kinds))
          OR t.shows = 'shell' AND EXISTS (
            SELECT FROM coordinating c JOIN case_file f ON f.team_id = c.team_id
            WHERE c.post_id = t.post_id AND f.id = t.case_id AND f.stage_kind <> 'draft')
    END
$$;
REVOKE ALL ON FUNCTION notices_to_tell(uuid[]) FROM PUBLIC;

CREATE FUNCTION my_notices() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT notices_to_tell(ARRAY[current_post()]) $$;

-- Marks what is done as read, with `alone` only one's own; else also for others to whom it was told: by whoever has the
-- same task (a post in the same role of the same agency, or another auditor), who stands in for them, and who steers the
-- case; and by the worker. Who opened a case in an emergency quiets nobody who must look at that.
CREATE FUNCTION settle_notices(wanted_what text[], wanted_place text, alone boolean) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE notice n SET read_at = statement_timestamp()
    FROM post p, live_session() me
    WHERE p.id = n.post_id AND n.place = wanted_place AND n.what = ANY (wanted_what) AND n.read_at IS NULL
      AND (n.what NOT LIKE 'break_glass%' OR n.sender_id IS DISTINCT FROM me.post_id)
      AND (p.id = me.post_id OR me.role = 'worker' OR NOT alone AND (
        p.role = me.role AND (p.agency_id = me.agency_id OR me.role = 'auditor')
        OR EXISTS (SELECT FROM deputy d WHERE d.post_id = p.id AND d.deputy_id = me.post_id AND d.ended_at IS NULL
                   AND d.valid_from <= statement_timestamp() AND d.valid_to > statement_timestamp())
        OR n.what NOT LIKE 'break_glass%'
           AND n.case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}')))))
$$;

-- The worker's list: to whom a mail is due about what waits. What is urgent leaves at once. Else whoever wants one mail a
-- day is written to when something has waited since the hour of that day (`daily_since`), everybody else when nothing
-- has left since `quiet_since`; and nobody while the last mail has not left.
CREATE FUNCTION people_to_mail(quiet_since timestamptz, daily_since timestamptz, wanted_person uuid DEFAULT NULL)
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH waiting AS (
        SELECT p.person_id, bool_or(n.urgent) AS urgent, min(n.created_at) AS since
        FROM notice n JOIN post p ON p.id = n.post_id
        WHERE (SELECT current_post_role()) = 'worker' AND n.read_at IS NULL AND n.mailed_at IS NULL
          AND (wanted_person IS NULL OR p.person_id = wanted_person)
        GROUP BY p.person_id
    )
    SELECT w.person_id
    FROM waiting w LEFT JOIN mail_choice c ON c.person_id = w.person_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(o.state = 'waiting'), false) AS still_leaving, max(o.finished_at) AS last
        FROM post p JOIN notice n ON n.post_id = p.id JOIN outbox o ON o.stream_id = n.mail_id
        WHERE p.person_id = w.person_id AND o.state IN ('waiting', 'sent')
    ) mailed
    WHERE w.urgent OR NOT mailed.still_leaving AND CASE
        WHEN c.daily THEN w.since < daily_since
        ELSE mailed.last IS NULL OR mailed.last <= quiet_since
    END
$$;

-- Takes what waits for somebody to whom a mail is due, and says which mail tells of it; returns their posts, the last told first, and nothing where no mail
-- is due (any more). What they may not be told (any more) is passed over and makes no mail due. Nobody is told twice: two
-- who ask at once do so one after the other.
CREATE FUNCTION take_waiting(wanted_person uuid, mail uuid, quiet_since timestamptz, daily_since timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE posts uuid[] := ARRAY(SELECT p.id FROM post p WHERE p.person_id = wanted_person);
BEGIN
    IF current_post_role() IS DISTINCT FROM 'worker' THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('mail ' || wanted_person, 0));
    UPDATE notice SET mailed_at = statement_timestamp()
    WHERE post_id = ANY (posts) AND read_at IS NULL AND mailed_at IS NULL
      AND id NOT IN (SELECT notices_to_tell(posts));
    IF NOT EXISTS (SELECT FROM people_to_mail(quiet_since, daily_since, wanted_person)) THEN RETURN; END IF;
    RETURN QUERY
        WITH taken AS (
            UPDATE notice SET mailed_at = statement_timestamp(), mail_id = mail
            WHERE post_id = ANY (posts) AND read_at IS NULL AND mailed_at IS NULL
            RETURNING post_id, created_at)
        SELECT t.post_id FROM taken t GROUP BY t.post_id ORDER BY max(t.created_at) DESC;
END $$;

-- Asked just before a mail leaves: does something of what it tells of wait still, and may it still be told?
CREATE FUNCTION may_be_noticed(wanted_mail uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT current_post_role() = 'worker' AND EXISTS (
        SELECT FROM notice n
        WHERE n.mail_id = wanted_mail AND n.read_at IS NULL AND n.id IN (
            SELECT notices_to_tell(ARRAY(SELECT m.post_id FROM notice m WHERE m.mail_id = wanted_mail))))
$$;

-- When something that leads to a place was last told: a reminder is its own mark of having been given.
CREATE FUNCTION last_told(wanted_what text, wanted_place text) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT max(n.created_at) FROM notice n WHERE n.place = wanted_place AND n.what = wanted_what
$$;
REVOKE ALL ON FUNCTION last_told(text, text) FROM PUBLIC;

-- Counts as read what its post may not be told any more: sight has ended, or what it leads to.
CREATE FUNCTION settle_out_of_sight() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE notice n SET read_at = statement_timestamp()
    WHERE n.read_at IS NULL AND (SELECT current_post_role()) = 'worker'
      AND n.post_id IN (SELECT p.id FROM post p WHERE p.valid_from <= statement_timestamp())
      AND n.id NOT IN (SELECT notices_to_tell(ARRAY(SELECT DISTINCT w.post_id FROM notice w WHERE w.read_at IS NULL)))
$$;

-- Whether what a post is given in the place of somebody else keeps to the days for which it stands in.
CREATE FUNCTION keeps_to_period(wanted_deputy uuid, wanted_post uuid, begins timestamptz, ends timestamptz)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM deputy d
        WHERE d.id = wanted_deputy AND d.deputy_id = wanted_post AND d.ended_at IS NULL
          AND begins >= d.valid_from AND ends <= d.valid_to)
$$;
