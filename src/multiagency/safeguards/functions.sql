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
          WHERE g.case_id = wanted_case AND g.ended_at IS NULL AND (g.capability = 'refer'
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

-- Break-glass (703/2023 sections 9 and 26): sight in an emergency, for minutes. Whoever calls this, be it from a direct
-- SQL session, tells the team's coordinators in the same breath; where nobody could be told, nothing opens. A draft is
-- nobody's but its referrer's. Null says nothing of why.
CREATE FUNCTION open_break_glass(wanted_reference text, wanted_minutes integer) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me record;
    opened record;
    made uuid := gen_random_uuid();
    allowed integer;
    ends timestamptz;
    kinds text[] := '{shell,identity,contact,party,narrative,risk,consent}';
    told integer;
BEGIN
    SELECT * INTO me FROM live_session() l WHERE l.role IN ('officer', 'social_worker', 'representative');
    SELECT c.id, c.reference, c.team_id, c.pathway INTO opened FROM case_file c
    WHERE c.reference = wanted_reference AND c.stage NOT IN ('draft', 'closed')
      AND c.id <> ALL (ARRAY(SELECT barred_cases(me.person_id)));
    IF me.post_id IS NULL OR opened.id IS NULL OR coalesce(wanted_minutes, 0) < 1 THEN RETURN NULL; END IF;
    INSERT INTO notice (id, post_id, what, place, case_id, sender_id, created_at)
    SELECT gen_random_uuid(), q.post_id, 'break_glass', '/cases/' || opened.reference, opened.id, me.post_id,
           transaction_timestamp()
    FROM coordinating_posts() q
    WHERE q.team_id = opened.team_id AND opened.id <> ALL (ARRAY(SELECT barred_cases(q.person_id)));
    GET DIAGNOSTICS told = ROW_COUNT;
    IF told = 0 THEN RETURN NULL; END IF;
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
