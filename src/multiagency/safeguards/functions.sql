-- Keeping an agency out of a case, protected addresses, and opening a case in an emergency.

-- Keeps an agency out of a case that the caller steers, but for the persons of that agency who steer it now (one by one
-- they would lock themselves out).
CREATE FUNCTION keep_agency_out(wanted_case uuid, wanted_agency uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE made uuid := gen_random_uuid();
BEGIN
    IF wanted_case NOT IN (SELECT acting_cases('shell', '{refer,coordinate}')) THEN RETURN NULL; END IF;
    INSERT INTO access_bar (id, case_id, agency_id, reason, found, valid_from)
    VALUES (made, wanted_case, wanted_agency, 'employer', true, statement_timestamp());
    INSERT INTO bar_exemption (id, bar_id, case_id, person_id, reason, given_by_id, given_at)
    SELECT gen_random_uuid(), made, wanted_case, steering.person_id, 'steers', current_post(), statement_timestamp()
    FROM (SELECT DISTINCT p.person_id FROM access_grant g
          JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
          JOIN post p ON p.id = g.post_id AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          WHERE g.case_id = wanted_case AND g.ended_at IS NULL
            AND (g.deputy_id IS NULL OR g.valid_to > statement_timestamp()) AND (g.capability = 'refer'
              OR g.capability = 'coordinate' AND (g.occasion_id, p.id) IN (
                  SELECT q.team_id, q.post_id FROM coordinating_posts() q))) steering
    WHERE EXISTS (SELECT FROM post p WHERE p.person_id = steering.person_id AND p.agency_id = wanted_agency);
    RETURN made;
END $$;

-- Address protection (661/2009 sections 36 and 37): while one lives, contact data is for the posts named one by one.
-- Both questions are limited to cases in sight.
CREATE FUNCTION protected_cases(household boolean) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM address_protection
    WHERE ended_at IS NULL AND valid_until >= (statement_timestamp() AT TIME ZONE 'Europe/Helsinki')::date
      AND (covers_household OR NOT household) AND case_id IN (SELECT granted_cases())
$$;

CREATE FUNCTION cleared_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM address_clearance
    WHERE post_id = (SELECT current_post()) AND ended_at IS NULL AND case_id IN (SELECT granted_cases())
$$;

-- The worker's list: protections that nobody has been reminded of, with what the reminder needs.
CREATE FUNCTION ending_protections() RETURNS TABLE (id uuid, case_id uuid, reference text, pathway text, team_id uuid,
    valid_until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.case_id, c.reference, c.pathway, c.team_id, a.valid_until
    FROM address_protection a JOIN case_file c ON c.id = a.case_id
    WHERE current_post_role() = 'worker' AND a.ended_at IS NULL AND a.reminded_at IS NULL
$$;

-- Break-glass (703/2023 sections 9 and 26): sight in an emergency, for minutes, of what an emergency needs and never of
-- the consent. Whoever calls this, be it from a direct SQL session, tells in the same breath the team's coordinators and
-- who refers the case; where no coordinator could be told, nothing opens. A draft is nobody's but its referrer's, and
-- what is over, or taken over from one's own agency, is over: no emergency opens it. Null says nothing of why.
CREATE FUNCTION open_break_glass(wanted_reference text, wanted_minutes integer) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me record; opened record;
    made uuid := gen_random_uuid();
    allowed integer;
    ends timestamptz;
    kinds text[] := '{shell,identity,contact,party,risk}';
    told integer;
BEGIN
    SELECT * INTO me FROM live_session() l WHERE l.role IN ('officer', 'social_worker', 'representative');
    SELECT c.id, c.reference, c.team_id, c.pathway INTO opened FROM case_file c
    WHERE c.reference = wanted_reference AND c.stage_kind NOT IN ('draft', 'ended', 'withdrawn')
      AND (c.taken_over_at IS NULL OR c.controller_id <> me.agency_id)
      AND c.id <> ALL (ARRAY(SELECT barred_cases(me.person_id)));
    IF me.post_id IS NULL OR opened.id IS NULL OR coalesce(wanted_minutes, 0) < 1 THEN RETURN NULL; END IF;
    INSERT INTO notice (id, post_id, what, place, case_id, shows, urgent, sender_id, created_at)
    SELECT gen_random_uuid(), q.post_id, 'break_glass', '/cases/' || opened.reference, opened.id, 'shell', true,
           me.post_id, statement_timestamp()
    FROM coordinating_posts() q
    WHERE q.team_id = opened.team_id AND opened.id <> ALL (ARRAY(SELECT barred_cases(q.person_id)));
    GET DIAGNOSTICS told = ROW_COUNT;
    IF told = 0 THEN RETURN NULL; END IF;
    INSERT INTO notice (id, post_id, what, place, case_id, shows, urgent, sender_id, created_at)
    SELECT gen_random_uuid(), p.id, 'break_glass', '/cases/' || opened.reference, opened.id, 'shell', true,
           me.post_id, statement_timestamp()
    FROM post p
    WHERE p.valid_from <= statement_timestamp() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND opened.id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND p.id IN (SELECT g.post_id FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id
                   WHERE g.case_id = opened.id AND g.capability = 'refer' AND g.ended_at IS NULL AND b.ended_at IS NULL);
    INSERT INTO notice (id, post_id, what, place, case_id, shows, urgent, sender_id, created_at)
    SELECT gen_random_uuid(), q.post_id, 'break_glass_by_colleague', '/emergencies', opened.id, 'shell', true, me.post_id,
           statement_timestamp()
    FROM supervisors_of(me.agency_id, opened.id) q(post_id);
    SELECT d.value INTO allowed FROM dated_parameter d
    WHERE d.pathway = opened.pathway AND d.name = 'break_glass_minutes'
      AND (d.team_id = opened.team_id OR d.team_id IS NULL) AND d.valid_from <= statement_timestamp()
      AND (d.valid_to IS NULL OR d.valid_to > statement_timestamp())
    ORDER BY d.team_id IS NULL, d.valid_from DESC LIMIT 1;
    ends := statement_timestamp() + make_interval(mins => least(wanted_minutes, coalesce(allowed, 60), 1440));
    INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from, valid_to)
    VALUES (made, opened.id, me.agency_id, 'break_glass', kinds, statement_timestamp(), ends);
    INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from, valid_to)
    VALUES (gen_random_uuid(), opened.id, me.post_id, made, 'break_glass', 'read', kinds, statement_timestamp(), ends);
    RETURN opened.id;
END $$;

-- The worker's list: openings that nobody has answered, and that the auditors do not know of yet, with when the
-- coordinators were last reminded.
CREATE FUNCTION unanswered_openings() RETURNS TABLE (id uuid, case_id uuid, reference text, pathway text, team_id uuid,
    controller_id uuid, opened_at timestamptz, told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.case_id, c.reference, c.pathway, c.team_id, o.controller_id, o.opened_at,
           last_told('break_glass_review_due', '/cases/' || c.reference)
    FROM break_glass o JOIN case_file c ON c.id = o.case_id
    WHERE current_post_role() = 'worker' AND o.referred_at IS NULL
      AND NOT EXISTS (SELECT FROM break_glass_review r WHERE r.opening_id = o.id)
$$;

-- People leave, and people are away. What waits for somebody is seen by a supervisor of their agency, without content,
-- and handed on; where no supervisor of that agency can, the coordinators of the team do it once the post is over.

-- What a person is kept from: by a bar, or because the case names their identity code and nobody has decided otherwise.
-- Handed to no role.
CREATE FUNCTION kept_from(wanted_person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT barred_cases(wanted_person)
    UNION
    SELECT h.case_id FROM person n JOIN lookup_hash h ON h.hash = n.identity_hash AND h.what = 'identity_code'
    WHERE n.id = wanted_person
      AND NOT EXISTS (SELECT FROM access_bar x WHERE x.case_id = h.case_id AND x.person_id = n.id)
$$;
REVOKE ALL ON FUNCTION kept_from(uuid) FROM PUBLIC;

-- The posts of an agency that supervise it now and are not kept from a case. Handed to no role.
CREATE FUNCTION supervisors_of(wanted_agency uuid, wanted_case uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM post p
    WHERE p.agency_id = wanted_agency AND p.role = 'supervisor' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND wanted_case <> ALL (ARRAY(SELECT kept_from(p.person_id)))
$$;
REVOKE ALL ON FUNCTION supervisors_of(uuid, uuid) FROM PUBLIC;

-- What waits for posts: the cases that they refer, drafts included, or have opened and keep something of, and their open
-- actions; `item` is the reference of the case or of the action. Handed to no role.
CREATE FUNCTION work_in_hand(wanted_posts uuid[]) RETURNS TABLE (what text, case_id uuid, reference text, stage text,
    controller_id uuid, item text, action_id uuid, due_on date, holder_id uuid, team_id uuid, pathway text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT 'referral', c.id, c.reference, c.stage, c.controller_id, c.reference, NULL::uuid, NULL::date,
           g.post_id, c.team_id, c.pathway
    FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    JOIN case_file c ON c.id = g.case_id AND c.closed_at IS NULL
    WHERE g.post_id = ANY (wanted_posts) AND (g.capability = 'refer' OR g.occasion = 'opener') AND g.ended_at IS NULL
      AND g.deputy_id IS NULL
    UNION ALL
    SELECT 'action', c.id, c.reference, c.stage, a.controller_id, a.reference, a.id, a.due_on, a.owner_id, c.team_id,
           c.pathway
    FROM planned_action a JOIN case_file c ON c.id = a.case_id
    WHERE a.owner_id = ANY (wanted_posts) AND a.state = 'open'
$$;
REVOKE ALL ON FUNCTION work_in_hand(uuid[]) FROM PUBLIC;

-- The same as whoever looks after it sees it: a supervisor their own agency's, a coordinator what belongs to posts that
-- are over in cases of their teams. `mine` tells that they may hand it over. Nothing from which the person is kept.
CREATE FUNCTION supervised_work() RETURNS TABLE (what text, case_id uuid, reference text, stage text,
    controller_id uuid, item text, action_id uuid, due_on date, holder_id uuid, name text, title text, agency_id uuid,
    is_over boolean, mine boolean, pathway text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH me AS MATERIALIZED (
        SELECT l.person_id, l.agency_id, l.role FROM live_session() l WHERE l.role IN ('supervisor', 'coordinator')
    ), posts AS MATERIALIZED (
        SELECT p.id, p.agency_id, n.name, p.title, coalesce(p.valid_to <= statement_timestamp(), false) AS is_over
        FROM me JOIN post p ON me.role = 'supervisor' AND p.agency_id = me.agency_id
            OR me.role = 'coordinator' AND p.valid_to <= statement_timestamp()
        JOIN person n ON n.id = p.person_id
    )
    SELECT w.what, w.case_id, w.reference, w.stage, w.controller_id, w.item, w.action_id, w.due_on, p.id, p.name,
           p.title, p.agency_id, p.is_over,
           me.role = 'supervisor' OR NOT EXISTS (SELECT FROM supervisors_of(p.agency_id, w.case_id)), w.pathway
    FROM me, work_in_hand(ARRAY(SELECT q.id FROM posts q)) w JOIN posts p ON p.id = w.holder_id
    WHERE w.case_id <> ALL (ARRAY(SELECT kept_from((SELECT m.person_id FROM me m))))
      AND (me.role = 'supervisor' OR w.team_id = ANY (ARRAY(SELECT coordinated_teams())))
$$;

-- Who may take such a piece of work over: of the holder's agency, in a fitting role, not kept from the case, and in no
-- post of whoever hands it over.
CREATE FUNCTION possible_takers(wanted_what text, wanted_item text, wanted_holder uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM live_session() me
    JOIN supervised_work() w ON w.what = wanted_what AND w.item = wanted_item AND w.holder_id = wanted_holder AND w.mine
    JOIN post p ON p.agency_id = w.agency_id AND p.id <> w.holder_id AND p.person_id <> me.person_id
    WHERE p.valid_from <= statement_timestamp() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND p.role = ANY (CASE w.what WHEN 'referral' THEN '{officer,social_worker}'::text[]
                        ELSE '{officer,social_worker,representative,coordinator}' END)
      AND w.case_id <> ALL (ARRAY(SELECT kept_from(p.person_id)))
$$;

-- Hands one piece of work over in one step: the taker gets what the holder held, the holder and the holder's deputies
-- see nothing from this moment, and the entry says who did it and why. Returns whom to tell. No row says nothing of why.
CREATE FUNCTION hand_over_work(wanted_what text, wanted_item text, wanted_holder uuid, wanted_taker uuid,
    wanted_reason text) RETURNS TABLE (case_id uuid, reference text, controller_id uuid, told uuid[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    work record;
    ended uuid[];
BEGIN
    SELECT w.* INTO work FROM supervised_work() w
    WHERE w.what = wanted_what AND w.item = wanted_item AND w.holder_id = wanted_holder AND w.mine;
    IF work.case_id IS NULL OR wanted_taker NOT IN (
        SELECT possible_takers(wanted_what, wanted_item, wanted_holder)) THEN RETURN; END IF;
    ended := ARRAY(
        SELECT g.id FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id
        WHERE g.case_id = work.case_id AND g.ended_at IS NULL AND (
            work.what = 'action' AND g.occasion_id = work.action_id AND g.capability IN ('act', 'read')
            OR work.what = 'referral' AND (
                (g.capability = 'refer' OR g.occasion = 'opener') AND (g.post_id = wanted_holder OR g.deputy_id IN (
                    SELECT d.id FROM deputy d WHERE d.post_id = wanted_holder))
                OR g.post_id = wanted_holder AND g.capability <> 'act' AND b.reason = 'own_record')));
    INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from,
                              valid_to)
    SELECT gen_random_uuid(), g.case_id, wanted_taker, g.basis_id, g.occasion, g.occasion_id, g.capability, g.kinds,
           greatest(g.valid_from, statement_timestamp()), g.valid_to
    FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    WHERE g.id = ANY (ended) AND g.post_id = wanted_holder
      AND (g.capability IN ('refer', 'act') OR g.occasion IN ('action', 'opener'));
    UPDATE access_grant g SET ended_at = statement_timestamp() WHERE g.id = ANY (ended);
    UPDATE planned_action a SET owner_id = wanted_taker WHERE a.id = work.action_id;
    UPDATE address_clearance a SET ended_at = statement_timestamp()
    WHERE a.case_id = work.case_id AND a.post_id = wanted_holder AND a.ended_at IS NULL AND work.what = 'referral';
    INSERT INTO reassignment (id, case_id, what, item, from_id, to_id, by_id, reason, at)
    SELECT gen_random_uuid(), work.case_id, work.what, work.item, wanted_holder, wanted_taker, current_post(),
           wanted_reason, statement_timestamp();
    RETURN QUERY SELECT work.case_id, work.reference, work.controller_id, ARRAY(
        SELECT p.id FROM post p
        WHERE (p.id IN (wanted_taker, wanted_holder) OR p.id IN (
                   SELECT q.post_id FROM coordinating_posts() q JOIN case_file c ON c.team_id = q.team_id
                   WHERE c.id = work.case_id AND c.submitted_at IS NOT NULL))
          AND p.id <> current_post() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND work.case_id <> ALL (ARRAY(SELECT kept_from(p.person_id))));
END $$;

-- Whether the actor may say who stands in for a post, or take that back: a supervisor of its agency, a coordinator for
-- those who coordinate the same team, unless they only stand in there themselves. Handed to no role.
CREATE FUNCTION may_depute(wanted_post uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM live_session() me JOIN post p ON p.id = wanted_post
        WHERE me.role = 'supervisor' AND p.agency_id = me.agency_id
           OR me.role = 'coordinator' AND EXISTS (
               SELECT FROM coordinating_posts() q
               JOIN team_member m ON m.team_id = q.team_id AND m.post_id = me.post_id AND m.deputy_id IS NULL
               WHERE q.post_id = p.id AND q.team_id IN (SELECT coordinated_teams())))
$$;
REVOKE ALL ON FUNCTION may_depute(uuid) FROM PUBLIC;

-- Gives deputies what the post that they stand in for holds and they do not yet: dated, so that it ends by itself. Of
-- one deputy, or of all for the worker. Where a bar stands nothing is given. Returns the cases, for the log.
CREATE FUNCTION fill_deputies(wanted_deputy uuid) RETURNS TABLE (case_id uuid, reference text, controller_id uuid,
    agency_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH living AS MATERIALIZED (
        SELECT d.id, d.post_id, d.deputy_id, p.person_id, d.valid_from, d.valid_to
        FROM deputy d JOIN post p ON p.id = d.deputy_id
        WHERE d.ended_at IS NULL AND d.valid_to > statement_timestamp() AND (
            d.id = wanted_deputy AND d.named_by_id = current_post()
            OR wanted_deputy IS NULL AND current_post_role() = 'worker')
    ), given AS (
        INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from,
                                  valid_to, deputy_id)
        SELECT md5(g.id::text || l.id)::uuid, g.case_id, l.deputy_id, g.basis_id, g.occasion, g.occasion_id,
               g.capability, g.kinds, greatest(l.valid_from, statement_timestamp()), l.valid_to, l.id
        FROM living l JOIN access_grant g ON g.post_id = l.post_id AND g.ended_at IS NULL AND g.deputy_id IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        JOIN work_in_hand(ARRAY(SELECT m.post_id FROM living m)) w ON w.holder_id = g.post_id AND w.case_id = g.case_id
            AND (w.what = 'referral' AND (g.capability = 'refer' OR g.occasion = 'opener')
                 OR w.action_id = g.occasion_id AND g.capability IN ('act', 'read'))
        WHERE g.case_id <> ALL (ARRAY(SELECT kept_from(l.person_id)))
          AND (wanted_deputy IS NULL OR g.case_id <> ALL (ARRAY(
              SELECT kept_from((SELECT m.person_id FROM live_session() m)))))
          AND NOT EXISTS (SELECT FROM access_grant x WHERE x.id = md5(g.id::text || l.id)::uuid)
        ON CONFLICT (id) DO NOTHING
        RETURNING access_grant.case_id, access_grant.post_id
    )
    SELECT DISTINCT c.id, c.reference, c.controller_id, p.agency_id
    FROM given g JOIN case_file c ON c.id = g.case_id JOIN post p ON p.id = g.post_id
$$;

-- Names a deputy for a period: of the same agency, in a fitting role, in no post of whoever names them or of whoever is
-- away. A coordinator's is of their teams for that period. Null says nothing of why.
CREATE FUNCTION name_deputy(wanted_post uuid, wanted_deputy uuid, begins timestamptz, ends timestamptz,
    wanted_reason text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE made uuid := gen_random_uuid();
BEGIN
    IF ends <= begins OR ends <= statement_timestamp() OR NOT may_depute(wanted_post)
       OR wanted_deputy NOT IN (SELECT possible_deputies(wanted_post)) THEN RETURN NULL; END IF;
    INSERT INTO deputy (id, post_id, deputy_id, named_by_id, reason, valid_from, valid_to)
    VALUES (made, wanted_post, wanted_deputy, current_post(), wanted_reason, begins, ends);
    INSERT INTO team_member (team_id, post_id, valid_from, valid_to, deputy_id)
    SELECT q.team_id, wanted_deputy, begins, ends, made FROM coordinating_posts() q
    WHERE q.post_id = wanted_post
      AND (current_post_role() = 'supervisor' OR q.team_id IN (SELECT coordinated_teams()))
      AND NOT EXISTS (
          SELECT FROM team_member m WHERE m.team_id = q.team_id AND m.post_id = wanted_deputy
            AND m.valid_from <= begins AND (m.valid_to IS NULL OR m.valid_to >= ends));
    RETURN made;
END $$;

-- Who may stand in for a post.
CREATE FUNCTION possible_deputies(wanted_post uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id FROM live_session() me JOIN post p ON p.id = wanted_post
    JOIN post d ON d.agency_id = p.agency_id AND d.person_id NOT IN (me.person_id, p.person_id)
    WHERE may_depute(wanted_post)
      AND d.valid_from <= statement_timestamp() AND (d.valid_to IS NULL OR d.valid_to > statement_timestamp())
      AND d.role = ANY (CASE
          WHEN p.role = 'coordinator' THEN '{coordinator}'::text[]
          WHEN p.role IN ('officer', 'social_worker') THEN '{officer,social_worker}'
          WHEN p.role = 'representative' THEN '{officer,social_worker,representative}'
          ELSE '{}' END)
$$;

-- Ends a deputy's period now, with everything that rests on it: by whoever may name one, or by whoever was away.
CREATE FUNCTION end_deputy(wanted_deputy uuid) RETURNS TABLE (case_id uuid, reference text, controller_id uuid,
    agency_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE found record;
BEGIN
    SELECT d.id, d.post_id INTO found FROM deputy d
    WHERE d.id = wanted_deputy AND d.ended_at IS NULL AND d.valid_to > statement_timestamp()
      AND (d.post_id = current_post() OR may_depute(d.post_id));
    IF found.id IS NULL THEN RETURN; END IF;
    UPDATE deputy d SET ended_at = statement_timestamp() WHERE d.id = found.id;
    UPDATE team_member m SET valid_to = greatest(m.valid_from, statement_timestamp()) WHERE m.deputy_id = found.id;
    RETURN QUERY WITH gone AS (
        UPDATE access_grant g SET ended_at = statement_timestamp() WHERE g.deputy_id = found.id AND g.ended_at IS NULL
        RETURNING g.case_id, g.post_id)
    SELECT DISTINCT c.id, c.reference, c.controller_id, p.agency_id
    FROM gone g JOIN case_file c ON c.id = g.case_id JOIN post p ON p.id = g.post_id;
END $$;

-- Until when the actor refers a case in the place of somebody else; null where they refer it in their own, or not.
CREATE FUNCTION deputy_until(wanted_case uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN bool_and(g.deputy_id IS NOT NULL) THEN max(g.valid_to) END
    FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    WHERE g.case_id = wanted_case AND g.post_id = (SELECT current_post()) AND g.capability = 'refer' AND g.ended_at IS NULL
$$;

-- Whether a post refers a case in its own place.
CREATE FUNCTION refers_itself(wanted_case uuid, wanted_post uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM access_grant g
        WHERE g.case_id = wanted_case AND g.post_id = wanted_post AND g.capability = 'refer' AND g.ended_at IS NULL
          AND g.deputy_id IS NULL)
$$;

-- The actions that the actor does in the place of their owner now.
CREATE FUNCTION deputised_actions() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.occasion_id FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    WHERE g.post_id = (SELECT current_post()) AND g.capability = 'act' AND g.deputy_id IS NOT NULL
      AND g.ended_at IS NULL AND g.valid_from <= statement_timestamp() AND g.valid_to > statement_timestamp()
      AND g.case_id IN (SELECT granted_cases())
$$;

-- The worker's list: what posts that are over have left and nobody was told of, with whom to tell: for each case the
-- supervisors of the agency who are not kept from it, else the coordinators of the team.
CREATE FUNCTION unnoticed_departures() RETURNS TABLE (post_id uuid, case_id uuid, reference text, controller_id uuid,
    told uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS MATERIALIZED (
        SELECT p.id, p.agency_id FROM post p
        WHERE current_post_role() = 'worker' AND p.valid_to <= statement_timestamp()
    ), left_over AS MATERIALIZED (
        SELECT DISTINCT g.id, g.agency_id, w.case_id, w.reference, w.controller_id, w.team_id
        FROM work_in_hand(ARRAY(SELECT g.id FROM gone g)) w JOIN gone g ON g.id = w.holder_id
        WHERE NOT EXISTS (SELECT FROM departure d WHERE d.post_id = g.id AND d.case_id = w.case_id)
    )
    SELECT l.id, l.case_id, l.reference, l.controller_id, s.id
    FROM left_over l, supervisors_of(l.agency_id, l.case_id) s (id)
    UNION ALL
    SELECT l.id, l.case_id, l.reference, l.controller_id, q.post_id
    FROM left_over l JOIN coordinating_posts() q ON q.team_id = l.team_id
    WHERE NOT EXISTS (SELECT FROM supervisors_of(l.agency_id, l.case_id))
      AND l.case_id <> ALL (ARRAY(SELECT kept_from(q.person_id)))
$$;

-- Openings as whoever must look at them sees them, without a word of the case: coordinators those of the cases that they
-- coordinate, auditors those that nobody answered in time, supervisors those of their own agency's posts.
CREATE FUNCTION emergency_openings() RETURNS TABLE (id uuid, case_id uuid, reference text, post_id uuid,
    opened_at timestamptz, minutes integer, reviewed boolean, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.case_id, c.reference, o.post_id, o.opened_at, o.minutes,
           EXISTS (SELECT FROM break_glass_review r WHERE r.opening_id = o.id), c.controller_id
    FROM break_glass o JOIN case_file c ON c.id = o.case_id
    WHERE current_post_role() = 'coordinator'
              AND o.case_id = ANY (ARRAY(SELECT acting_cases('shell', '{coordinate}')))
       OR current_post_role() = 'auditor' AND o.referred_at IS NOT NULL
              AND o.case_id <> ALL (ARRAY(SELECT kept_from((SELECT person_id FROM live_session()))))
       OR current_post_role() = 'supervisor' AND o.controller_id = current_agency()
              AND o.case_id <> ALL (ARRAY(SELECT kept_from((SELECT person_id FROM live_session()))))
$$;
