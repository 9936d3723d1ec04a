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
          JOIN post p ON p.id = g.post_id
          WHERE g.case_id = wanted_case AND g.ended_at IS NULL AND g.capability IN ('refer', 'coordinate')) steering
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
    WHERE post_id = current_post() AND ended_at IS NULL AND case_id IN (SELECT granted_cases())
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
-- what is over is over: a withdrawal is no door. Null says nothing of why.
CREATE FUNCTION open_break_glass(wanted_reference text, wanted_minutes integer) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me record;
    opened record;
    made uuid := gen_random_uuid();
    allowed integer;
    ends timestamptz;
    kinds text[] := '{shell,identity,contact,party,risk}';
    told integer;
BEGIN
    SELECT * INTO me FROM live_session() l WHERE l.role IN ('officer', 'social_worker', 'representative');
    SELECT c.id, c.reference, c.team_id, c.pathway INTO opened FROM case_file c
    WHERE c.reference = wanted_reference AND c.stage NOT IN ('draft', 'closed', 'withdrawn')
      AND c.id <> ALL (ARRAY(SELECT barred_cases(me.person_id)));
    IF me.post_id IS NULL OR opened.id IS NULL OR coalesce(wanted_minutes, 0) < 1 THEN RETURN NULL; END IF;
    INSERT INTO notice (id, post_id, what, place, case_id, sender_id, created_at)
    SELECT gen_random_uuid(), p.id, 'break_glass', '/cases/' || opened.reference, opened.id, me.post_id,
           transaction_timestamp()
    FROM team_member m JOIN post p ON p.id = m.post_id
    WHERE m.team_id = opened.team_id AND p.role = 'coordinator' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND opened.id <> ALL (ARRAY(SELECT barred_cases(p.person_id)));
    GET DIAGNOSTICS told = ROW_COUNT;
    IF told = 0 THEN RETURN NULL; END IF;
    INSERT INTO notice (id, post_id, what, place, case_id, sender_id, created_at)
    SELECT gen_random_uuid(), p.id, 'break_glass', '/cases/' || opened.reference, opened.id, me.post_id,
           transaction_timestamp()
    FROM post p
    WHERE p.valid_from <= statement_timestamp() AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND opened.id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND p.id IN (SELECT g.post_id FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id
                   WHERE g.case_id = opened.id AND g.capability = 'refer' AND g.ended_at IS NULL AND b.ended_at IS NULL);
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

-- Openings as whoever must look at them sees them, without a word of the case: coordinators those of the cases that they
-- coordinate, auditors those that nobody answered in time.
CREATE FUNCTION emergency_openings() RETURNS TABLE (id uuid, case_id uuid, reference text, post_id uuid,
    opened_at timestamptz, minutes integer, reviewed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.case_id, c.reference, o.post_id, o.opened_at, o.minutes,
           EXISTS (SELECT FROM break_glass_review r WHERE r.opening_id = o.id)
    FROM break_glass o JOIN case_file c ON c.id = o.case_id
    WHERE current_post_role() = 'coordinator'
              AND o.case_id = ANY (ARRAY(SELECT acting_cases('shell', '{coordinate}')))
       OR current_post_role() = 'auditor' AND o.referred_at IS NOT NULL
              AND o.case_id <> ALL (ARRAY(SELECT barred_cases((SELECT person_id FROM live_session()))))
$$;

-- The worker's list: openings that nobody has answered, and that the auditors do not know of yet.
CREATE FUNCTION unanswered_openings() RETURNS TABLE (id uuid, case_id uuid, reference text, pathway text, team_id uuid,
    controller_id uuid, opened_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.case_id, c.reference, c.pathway, c.team_id, o.controller_id, o.opened_at
    FROM break_glass o JOIN case_file c ON c.id = o.case_id
    WHERE current_post_role() = 'worker' AND o.referred_at IS NULL
      AND NOT EXISTS (SELECT FROM break_glass_review r WHERE r.opening_id = o.id)
$$;
