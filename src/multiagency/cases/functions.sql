-- What the policies of cases, bases and grants ask, and who refers a case.

-- A case that its opener has just inserted and that nobody has ever had a grant on: the first grant may be made. Asked
-- of the newest by an index, so that it costs the same however many cases there are.
CREATE FUNCTION unopened_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM case_file c
    WHERE c.opened_by_id = (SELECT current_post()) AND c.opened_at > transaction_timestamp() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM access_grant g WHERE g.case_id = c.id)
$$;

CREATE FUNCTION convener_of(wanted_case uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.convener_id FROM case_file c JOIN team t ON t.id = c.team_id WHERE c.id = wanted_case
$$;

-- Whoever may be given data, by consent or on a ground, may be given an action of their own too.
CREATE FUNCTION agency_has_consent(wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b
        WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason IN ('consent', 'ground')
          AND b.ended_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()))
$$;

-- Who else coordinates a case: holds it, is still of the team, and is not kept out. Handed to no role.
CREATE FUNCTION other_coordinators(wanted_case uuid, wanted_team uuid, but uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT q.post_id FROM access_grant g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.reason = 'coordination' AND b.ended_at IS NULL
    JOIN coordinating_posts() q ON q.post_id = g.post_id AND q.team_id = wanted_team
    WHERE g.case_id = wanted_case AND g.capability = 'coordinate' AND g.ended_at IS NULL AND g.post_id <> but
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(q.person_id)))
$$;
REVOKE ALL ON FUNCTION other_coordinators(uuid, uuid, uuid) FROM PUBLIC;

-- Whether an agency may be given these kinds of a case: that which opened one that another has taken over no more than it
-- keeps, but for the record of what it discloses, or is disclosed by a decision of its own.
CREATE FUNCTION opener_may_be_given(wanted_case uuid, wanted_agency uuid, wanted_reason text, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM case_file c
        WHERE c.id = wanted_case AND c.controller_id = wanted_agency AND c.taken_over_at IS NOT NULL
          AND NOT wanted_kinds <@ c.opener_keeps
          AND NOT (wanted_reason = 'own_record' AND wanted_kinds <@ '{disclosure}'))
$$;

-- Takes a case over from the agency that opened it, in one step, for the agency that convenes its team: asked by whoever
-- coordinates it, who names a post of that agency that looks after it from now on. Whatever showed the opener's agency
-- anything ends; what is left to those of its posts that referred the case are stage and dates, and of what the client's
-- consent gives it the kinds that it keeps. What was recorded about the people of the case, as far as the taker is given
-- it, and the consent itself, become the taker's record. Returns the posts that keep something; null says nothing of why.
-- In PL/pgSQL, because tables of higher floors go with the case.
CREATE FUNCTION take_over_case(wanted_case uuid, wanted_post uuid, keeps text[], everything text[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opener uuid;
    taker uuid := current_agency();
    held lawful_basis;
    given text[];
    told uuid[];
    made uuid;
BEGIN
    SELECT c.controller_id INTO opener FROM case_file c
    WHERE c.id = wanted_case AND c.taken_over_at IS NULL AND c.controller_id <> taker AND taker = convener_of(c.id)
      AND c.stage_kind NOT IN ('draft', 'ended', 'withdrawn') AND 'shell' = ANY (keeps)
      AND c.id IN (SELECT acting_cases('shell', '{coordinate}'))
      AND EXISTS (SELECT FROM post p
                  WHERE p.id = wanted_post AND p.agency_id = taker AND p.role IN ('officer', 'social_worker')
                    AND p.valid_from <= statement_timestamp()
                    AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
                    AND c.id <> ALL (ARRAY(SELECT barred_cases(p.person_id))));
    IF NOT FOUND THEN RETURN NULL; END IF;
    told := ARRAY(
        SELECT DISTINCT g.post_id FROM access_grant g
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL AND b.agency_id = opener
        WHERE g.case_id = wanted_case AND g.ended_at IS NULL AND g.capability = 'refer' AND g.deputy_id IS NULL);
    SELECT b.* INTO held FROM lawful_basis b
    WHERE b.case_id = wanted_case AND b.agency_id = opener AND b.reason = 'consent' AND b.ended_at IS NULL
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()) LIMIT 1;
    given := ARRAY(
        SELECT DISTINCT k FROM lawful_basis b, unnest(b.kinds) k
        WHERE b.case_id = wanted_case AND b.agency_id = taker AND b.reason IN ('consent', 'ground') AND b.ended_at IS NULL
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()));

    UPDATE access_grant SET ended_at = statement_timestamp()
    WHERE case_id = wanted_case AND ended_at IS NULL AND basis_id IN (
        SELECT b.id FROM lawful_basis b WHERE b.case_id = wanted_case AND b.agency_id = opener);
    UPDATE lawful_basis SET ended_at = statement_timestamp()
    WHERE case_id = wanted_case AND agency_id = opener AND ended_at IS NULL;
    UPDATE case_file SET taken_over_at = statement_timestamp(), opener_keeps = keeps WHERE id = wanted_case;

    made := gen_random_uuid();
    INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from)
    VALUES (made, wanted_case, opener, 'own_record', '{shell}', statement_timestamp());
    INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from)
    SELECT gen_random_uuid(), wanted_case, t, made, 'opener', 'read', '{shell}', statement_timestamp() FROM unnest(told) t;
    held.kinds := ARRAY(SELECT k FROM unnest(held.kinds) k WHERE k = ANY (keeps) AND k <> 'shell');
    IF held.kinds <> '{}' THEN
        made := gen_random_uuid();
        INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from, valid_to, warned_at)
        VALUES (made, wanted_case, opener, 'consent', held.consent_id, held.kinds, statement_timestamp(), held.valid_to,
                held.warned_at);
        INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from)
        SELECT gen_random_uuid(), wanted_case, t, made, 'opener', 'read', held.kinds, statement_timestamp()
        FROM unnest(told) t;
    END IF;

    made := gen_random_uuid();
    INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from)
    VALUES (made, wanted_case, taker, 'own_record', everything, statement_timestamp());
    INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from)
    SELECT gen_random_uuid(), wanted_case, wanted_post, b.id, 'referral', 'refer', b.kinds, statement_timestamp()
    FROM lawful_basis b
    WHERE b.case_id = wanted_case AND b.agency_id = taker AND b.ended_at IS NULL
      AND (b.id = made OR b.reason IN ('consent', 'ground'));

    IF 'identity' = ANY (given) THEN
        UPDATE client SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE alias SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE lookup_hash SET controller_id = taker
        WHERE case_id = wanted_case AND controller_id = opener AND role = 'client';
    END IF;
    IF 'party' = ANY (given) THEN
        UPDATE party SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE party_alias SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE lookup_hash SET controller_id = taker
        WHERE case_id = wanted_case AND controller_id = opener AND role <> 'client';
    END IF;
    IF 'contact' = ANY (given) THEN
        UPDATE safe_contact SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE address_protection SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
    END IF;
    IF 'consent' = ANY (given) THEN
        UPDATE consent SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE consent_pair SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE consent_scan SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE decision_capacity SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE guardian SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
        UPDATE prohibition SET controller_id = taker WHERE case_id = wanted_case AND controller_id = opener;
    END IF;
    RETURN told;
END $$;

-- A grant may only be made on a live basis of the same case and of the post's own agency, for no more than its kinds.
CREATE FUNCTION grant_fits(wanted_case uuid, wanted_basis uuid, wanted_post uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b JOIN post p ON p.id = wanted_post
        WHERE b.id = wanted_basis AND b.case_id = wanted_case AND b.agency_id = p.agency_id AND b.ended_at IS NULL
          AND wanted_kinds <@ b.kinds)
$$;

-- Whether a post may be given the coordination of a case: it coordinates the case's team now.
CREATE FUNCTION may_coordinate(wanted_case uuid, wanted_team uuid, wanted_post uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM case_file c JOIN coordinating_posts() q ON q.team_id = c.team_id
        WHERE c.id = wanted_case AND c.team_id = wanted_team AND q.post_id = wanted_post)
$$;

-- A coordinator takes up what their team coordinates and they do not hold yet, case by case: all of it, or one case.
-- What was given at the submission is given here: on the living basis of coordination, and on the consent of the
-- convening agency (a ground where coordination was given on it before). Never where a bar stands. Whoever handed a case
-- over does not get it back while somebody else coordinates it. Asked twice it gives nothing more; two who ask at once
-- collide on the id. Returns what was given, for the log: one row per case. A team is one of few to the planner, which
-- would rather read all cases than find those of the team.
CREATE FUNCTION take_up_coordination(wanted_reference text) RETURNS TABLE (case_id uuid, reference text,
    controller_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
    WITH me AS MATERIALIZED (
        SELECT l.post_id, l.person_id, l.agency_id FROM live_session() l WHERE l.role = 'coordinator'
    ), wanting AS (
        SELECT b.id AS basis_id, b.kinds, c.id AS case_id, c.team_id, me.post_id, (
            SELECT count(*) FROM access_grant g WHERE g.basis_id = b.id AND g.post_id = me.post_id) AS before
        FROM me CROSS JOIN coordinated_teams() AS mine(team_id)
        CROSS JOIN LATERAL (SELECT f.* FROM case_file f WHERE f.team_id = mine.team_id OFFSET 0) c
        JOIN lawful_basis b ON b.case_id = c.id AND b.agency_id = me.agency_id
        WHERE c.stage_kind <> 'draft'
          AND (wanted_reference IS NULL OR c.reference = wanted_reference)
          AND c.id <> ALL (ARRAY(SELECT barred_cases((SELECT m.person_id FROM me m))))
          AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND (b.reason IN ('coordination', 'consent') OR b.reason = 'ground' AND EXISTS (
              SELECT FROM access_grant g WHERE g.basis_id = b.id AND g.capability = 'coordinate'))
          AND NOT EXISTS (
              SELECT FROM access_grant g
              WHERE g.basis_id = b.id AND g.post_id = me.post_id AND g.capability = 'coordinate'
                AND (g.ended_at IS NULL OR EXISTS (SELECT FROM other_coordinators(c.id, c.team_id, me.post_id))))
    ), given AS (
        INSERT INTO access_grant
            (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from)
        SELECT md5(w.basis_id::text || w.post_id || w.before)::uuid, w.case_id, w.post_id, w.basis_id, 'coordination',
               w.team_id, 'coordinate', w.kinds, statement_timestamp()
        FROM wanting w
        ON CONFLICT (id) DO NOTHING
        RETURNING access_grant.case_id
    )
    SELECT c.id, c.reference, c.controller_id FROM case_file c WHERE c.id IN (SELECT g.case_id FROM given g)
$$;

-- Who holds such a capability on a case in sight: whom to ask, and whom the worker tells.
CREATE FUNCTION posts_that_may(wanted_case uuid, capabilities text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT g.post_id FROM access_grant g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    JOIN post p ON p.id = g.post_id AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    WHERE g.case_id = wanted_case AND g.capability = ANY (capabilities) AND g.ended_at IS NULL
      AND (g.deputy_id IS NULL OR g.valid_from <= statement_timestamp() AND g.valid_to > statement_timestamp())
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND (current_post_role() = 'worker' OR wanted_case IN (SELECT granted_cases()))
$$;

-- Who stands beside the client of a case in sight: the post that was named, while what its sight rests on lives. A deputy
-- stands in and is not named.
CREATE FUNCTION support_person_of(wanted_case uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.post_id FROM access_grant g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    JOIN post p ON p.id = g.post_id AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    WHERE g.case_id = wanted_case AND g.capability = 'support' AND g.deputy_id IS NULL AND g.ended_at IS NULL
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND (current_post_role() = 'worker' OR wanted_case IN (SELECT granted_cases()))
$$;

-- Ends what a support person held without a living basis or against a bar, so that it does not come back with either; and
-- tells whose ended in this transaction, in whatever way. Asked by who sees the case, and by who saw it until now.
CREATE FUNCTION end_support_without_basis(wanted_case uuid) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM access_grant g WHERE g.case_id = wanted_case AND g.post_id = current_post()
          AND (g.ended_at IS NULL OR g.ended_at >= transaction_timestamp())) THEN RETURN; END IF;
    UPDATE access_grant g SET ended_at = statement_timestamp()
    FROM lawful_basis b, post p
    WHERE g.case_id = wanted_case AND g.capability = 'support' AND g.ended_at IS NULL
      AND b.id = g.basis_id AND p.id = g.post_id
      AND (b.ended_at IS NOT NULL OR b.valid_to <= statement_timestamp() OR p.valid_to <= statement_timestamp()
           OR wanted_case IN (SELECT barred_cases(p.person_id)));
    RETURN QUERY SELECT DISTINCT g.post_id FROM access_grant g
        WHERE g.case_id = wanted_case AND g.capability = 'support' AND g.deputy_id IS NULL
          AND g.ended_at >= transaction_timestamp();
END $$;

-- Strikes somebody who was recorded by mistake from a case that the caller refers; the reason comes sealed. A row that
-- its own policy hides afterwards cannot be hidden by the caller's own statement. Null when there is no such record.
CREATE FUNCTION strike_party(wanted_party uuid, reason bytea) RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE party SET struck_at = statement_timestamp(), struck_by_id = current_post(), struck_reason = reason
    WHERE id = wanted_party AND struck_at IS NULL AND controller_id = current_agency()
      AND case_id IN (SELECT acting_cases('party', '{refer}'))
    RETURNING true
$$;

-- Who was struck from a case, by ids: what is recorded about them counts no more.
CREATE FUNCTION struck_parties(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM party p
    WHERE p.case_id = wanted_case AND p.struck_at IS NOT NULL AND wanted_case IN (SELECT granted_cases())
$$;

-- Lifts what the service had found by somebody who has just been struck by the caller: the bar of whoever on the staff
-- has a code of theirs, and that of their employer; unless somebody else in the case has the code, or works there.
-- Asked while their look-up hashes still stand; in PL/pgSQL, because those are of a higher floor. Returns how many bars
-- were lifted.
CREATE FUNCTION lift_bars_found_by(wanted_party uuid) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone record;
    lifted integer;
BEGIN
    SELECT p.case_id, p.employer_id INTO gone FROM party p
    WHERE p.id = wanted_party AND p.struck_at >= transaction_timestamp() AND p.struck_by_id = current_post()
      AND p.case_id IN (SELECT acting_cases('party', '{refer}'));
    IF NOT FOUND THEN RETURN 0; END IF;
    UPDATE access_bar b SET valid_to = statement_timestamp(), lifted_by_id = current_post(),
        lifted_reason = 'set_by_mistake'
    WHERE b.case_id = gone.case_id AND b.valid_to IS NULL AND b.found AND (
        b.reason = 'employer' AND b.agency_id = gone.employer_id AND NOT EXISTS (
            SELECT FROM party o
            WHERE o.case_id = gone.case_id AND o.employer_id = b.agency_id AND o.struck_at IS NULL)
        OR b.reason = 'is_a_party' AND EXISTS (
            SELECT FROM person n JOIN lookup_hash h ON h.hash = n.identity_hash AND h.what = 'identity_code'
            WHERE n.id = b.person_id AND h.case_id = gone.case_id AND h.subject_id = wanted_party
              AND NOT EXISTS (SELECT FROM lookup_hash o
                              WHERE o.case_id = gone.case_id AND o.subject_id <> wanted_party
                                AND o.what = 'identity_code' AND NOT o.former AND o.hash = h.hash)));
    GET DIAGNOSTICS lifted = ROW_COUNT;
    RETURN lifted;
END $$;

-- How far the filling in of a case is, as far as its reader sees it: words for what there is, and nothing of what it says.
CREATE FUNCTION filled_in(wanted_case uuid) RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(found.what) FROM (
        SELECT 'client' FROM client WHERE case_id = wanted_case
        UNION SELECT role FROM party WHERE case_id = wanted_case
        UNION SELECT 'contact' FROM safe_contact WHERE case_id = wanted_case
        UNION SELECT 'part' FROM case_part WHERE case_id = wanted_case AND controller_id = (SELECT current_agency())
        UNION SELECT 'basis' FROM lawful_basis
            WHERE case_id = wanted_case AND reason IN ('consent', 'ground') AND ended_at IS NULL
              AND (valid_to IS NULL OR valid_to > statement_timestamp())) AS found(what)
$$;

-- Whether somebody who coordinates a case has been shown it since it was sent to them, in a list or whole, as the log
-- tells: from then on its referrer cannot take it back.
CREATE FUNCTION coordinator_has_read(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM audit_detail d JOIN case_file c ON c.id = d.case_id
        WHERE d.case_id = wanted_case AND d.mode = 'read' AND d.at >= c.submitted_at
          AND wanted_case IN (SELECT acting_cases('shell', '{refer}'))
          AND d.post_id IN (SELECT g.post_id FROM access_grant g
                            WHERE g.case_id = wanted_case AND g.capability = 'coordinate'))
$$;

-- Every move of a case is kept, with who made it and when, whatever moved it: time line, clocks and numbers rest on that.
CREATE FUNCTION keep_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_post() IS NOT NULL THEN
        INSERT INTO stage_history (id, case_id, controller_id, retention_class, came_from, stage, stage_kind,
            pathway_version, moved_by_id, moved_at)
        VALUES (uuidv7(), NEW.id, current_agency(), NEW.retention_class, CASE TG_OP WHEN 'UPDATE' THEN OLD.stage END,
            NEW.stage, NEW.stage_kind, NEW.pathway_version, current_post(), clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_move() FROM PUBLIC;
CREATE TRIGGER keep_opening AFTER INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION keep_move();
CREATE TRIGGER keep_move AFTER UPDATE OF stage, pathway_version ON case_file FOR EACH ROW
    WHEN (OLD.stage IS DISTINCT FROM NEW.stage OR OLD.pathway_version <> NEW.pathway_version) EXECUTE FUNCTION keep_move();

-- The worker's list of living cases of these models: since when each is in its stage, and when a clock was last told of.
CREATE FUNCTION cases_in_stages(wanted_pathways text[]) RETURNS TABLE (id uuid, reference text, pathway text,
    pathway_version text, team_id uuid, controller_id uuid, stage text, begun timestamptz, came timestamptz,
    told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.pathway, c.pathway_version, c.team_id, c.controller_id, c.stage,
           coalesce(c.round_began_at, c.opened_at),
           (SELECT max(h.moved_at) FROM stage_history h
            WHERE h.case_id = c.id AND h.stage = c.stage AND h.came_from IS DISTINCT FROM h.stage),
           last_told('clock_ran_out', '/cases/' || c.reference)
    FROM case_file c
    WHERE current_post_role() = 'worker' AND c.pathway = ANY (wanted_pathways)
      AND c.stage_kind IN ('open', 'table', 'follow_up')
$$;

-- The worker's list: drafts, which are deleted one day, and cases that are to come on an agenda, with since when, and when
-- whoever must act was last reminded. A draft of a new round holds what the earlier one left and is kept like it.
CREATE FUNCTION cases_against_time() RETURNS TABLE (id uuid, reference text, pathway text, team_id uuid,
    controller_id uuid, pathway_version text, stage_kind text, begun timestamptz, since timestamptz, told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference, c.pathway, c.team_id, c.controller_id, c.pathway_version, c.stage_kind, coalesce(c.round_began_at, c.opened_at),
           coalesce(c.submitted_at, c.opened_at),
           last_told(CASE c.stage_kind WHEN 'draft' THEN 'draft_expires' ELSE 'agenda_due' END, '/cases/' || c.reference)
    FROM case_file c
    WHERE current_post_role() = 'worker' AND c.stage_kind IN ('draft', 'open')
      AND (c.stage_kind = 'open' AND c.agenda_by IS NOT NULL OR c.stage_kind = 'draft' AND c.round_began_at IS NULL)
$$;
