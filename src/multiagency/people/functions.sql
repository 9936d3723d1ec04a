-- What the actor told others, and whether somebody may still be told.

CREATE FUNCTION sent_notices() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM notice WHERE sender_id = (SELECT current_post()) $$;

-- Whether a post is told of a case without a grant on it: who looks at work from above, and who coordinates the case's
-- team and has not taken the case up yet. Handed to no role.
CREATE FUNCTION is_told_without_sight(wanted_post uuid, wanted_case uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM post p WHERE p.id = wanted_post AND p.role IN ('auditor', 'supervisor'))
        OR EXISTS (SELECT FROM coordinating_posts() q JOIN case_file c ON c.team_id = q.team_id
                   WHERE q.post_id = wanted_post AND c.id = wanted_case)
$$;
REVOKE ALL ON FUNCTION is_told_without_sight(uuid, uuid) FROM PUBLIC;

-- One's own notices about cases that one does not see; none where a bar stands.
CREATE FUNCTION notices_without_sight() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT n.id FROM live_session() l JOIN notice n ON n.post_id = l.post_id
    WHERE l.role IN ('auditor', 'supervisor', 'coordinator') AND is_told_without_sight(l.post_id, n.case_id)
      AND n.case_id <> ALL (ARRAY(SELECT barred_cases(l.person_id)))
$$;

-- Asked just before a notice's mail leaves: is the post still held, by somebody whom no bar keeps out of the case?
CREATE FUNCTION may_be_noticed(wanted_notice uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM notice n JOIN post p ON p.id = n.post_id
        WHERE n.id = wanted_notice
          AND (current_post_role() = 'worker' OR n.sender_id = current_post())
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (n.case_id IS NULL OR n.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id))))
          AND (n.case_id IS NULL OR is_told_without_sight(p.id, n.case_id) OR EXISTS (
              SELECT FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id
              WHERE g.case_id = n.case_id AND g.post_id = p.id AND g.ended_at IS NULL AND b.ended_at IS NULL
                AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
                AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()))))
$$;

-- Whether what a post is given in the place of somebody else keeps to the days for which it stands in.
CREATE FUNCTION keeps_to_period(wanted_deputy uuid, wanted_post uuid, begins timestamptz, ends timestamptz)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM deputy d
        WHERE d.id = wanted_deputy AND d.deputy_id = wanted_post AND d.ended_at IS NULL
          AND begins >= d.valid_from AND ends <= d.valid_to)
$$;
