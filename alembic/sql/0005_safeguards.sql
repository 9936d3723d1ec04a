-- Bars declared and found, protected addresses, break-glass, reassignment, an agency's own part, the rights register.

ALTER TABLE access_bar ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE access_bar
    ADD COLUMN agency_id UUID CONSTRAINT fk_access_bar_agency_id REFERENCES agency (id),
    ADD COLUMN found BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN set_by_id UUID CONSTRAINT fk_access_bar_set_by_id REFERENCES post (id),
    ADD COLUMN lifted_by_id UUID CONSTRAINT fk_access_bar_lifted_by_id REFERENCES post (id),
    ADD COLUMN lifted_reason TEXT,
    ADD CONSTRAINT ck_access_bar_whom CHECK ((person_id IS NULL) <> (agency_id IS NULL));
CREATE INDEX ix_access_bar_person_id ON access_bar (person_id);
CREATE INDEX ix_access_bar_agency_id ON access_bar (agency_id);
ALTER TABLE party ADD COLUMN employer_id UUID CONSTRAINT fk_party_employer_id REFERENCES agency (id);
ALTER TABLE safe_contact ADD COLUMN interpreter BYTEA, ADD COLUMN municipality BYTEA;

CREATE TABLE bar_exemption (
    id UUID NOT NULL,
    bar_id UUID NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    reason TEXT NOT NULL,
    given_by_id UUID NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bar_exemption PRIMARY KEY (id),
    CONSTRAINT fk_bar_exemption_bar_id FOREIGN KEY(bar_id) REFERENCES access_bar (id),
    CONSTRAINT fk_bar_exemption_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_bar_exemption_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_bar_exemption_given_by_id FOREIGN KEY(given_by_id) REFERENCES post (id)
);
CREATE INDEX ix_bar_exemption_bar_id ON bar_exemption (bar_id);
CREATE INDEX ix_bar_exemption_case_id ON bar_exemption (case_id);

CREATE TABLE address_protection (
    granted_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    covers_household BOOLEAN NOT NULL,
    recorded_by_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_address_protection PRIMARY KEY (id),
    CONSTRAINT fk_address_protection_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_address_protection_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_address_protection_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_address_protection_case_id ON address_protection (case_id);

CREATE TABLE address_clearance (
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    post_id UUID NOT NULL,
    named_by_id UUID NOT NULL,
    named_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_address_clearance PRIMARY KEY (id),
    CONSTRAINT fk_address_clearance_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_address_clearance_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT fk_address_clearance_named_by_id FOREIGN KEY(named_by_id) REFERENCES post (id)
);
CREATE INDEX ix_address_clearance_case_id ON address_clearance (case_id);
CREATE INDEX ix_address_clearance_post_id ON address_clearance (post_id);

CREATE TABLE break_glass (
    post_id UUID NOT NULL,
    reason BYTEA NOT NULL,
    minutes INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_break_glass PRIMARY KEY (id),
    CONSTRAINT fk_break_glass_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT fk_break_glass_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_break_glass_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_break_glass_case_id ON break_glass (case_id);

-- What the guard reads besides, and the few rows that it writes: an agency's bar with the exemptions of those who steer
-- the case (one by one they would lock themselves out), and what opening a case in an emergency makes.
CREATE POLICY guard ON bar_exemption FOR ALL TO multiagency_guard USING (true);
CREATE POLICY guard ON address_protection FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON address_clearance FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard_adding ON access_bar FOR INSERT TO multiagency_guard WITH CHECK (agency_id IS NOT NULL);
CREATE POLICY guard_adding ON lawful_basis FOR INSERT TO multiagency_guard WITH CHECK (reason = 'break_glass');
CREATE POLICY guard_adding ON access_grant FOR INSERT TO multiagency_guard WITH CHECK (occasion = 'break_glass');
CREATE POLICY guard_adding ON notice FOR INSERT TO multiagency_guard WITH CHECK (what = 'break_glass');
GRANT SELECT ON bar_exemption, address_protection, address_clearance TO multiagency_guard;
GRANT INSERT ON access_bar, bar_exemption, lawful_basis, access_grant, notice TO multiagency_guard;

-- Bars: a person's own, and those of an agency in which they hold a living post, unless they are exempt. Owned by the
-- guard from the start, so that it is handed to no role: whoever is barred must not be able to ask.
SET LOCAL ROLE multiagency_guard;
CREATE FUNCTION barred_cases(wanted_person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT x.case_id FROM access_bar x
    WHERE x.valid_from <= statement_timestamp() AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())
      AND (x.person_id = wanted_person
           OR x.agency_id IN (
               SELECT p.agency_id FROM post p
               WHERE p.person_id = wanted_person AND p.valid_from <= statement_timestamp()
                 AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()))
              AND NOT EXISTS (SELECT FROM bar_exemption e WHERE e.bar_id = x.id AND e.person_id = wanted_person))
$$;
REVOKE ALL ON FUNCTION barred_cases(uuid) FROM PUBLIC;

CREATE OR REPLACE FUNCTION live_grants() RETURNS TABLE (case_id uuid, capability text, own boolean, grant_kinds text[],
    basis_kinds text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.case_id, g.capability, b.reason = 'own_record', g.kinds, b.kinds
    FROM live_session() l
    JOIN access_grant g ON g.post_id = l.post_id
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = l.agency_id
    WHERE g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND g.case_id <> ALL (ARRAY(SELECT barred_cases(l.person_id)))
$$;

CREATE OR REPLACE FUNCTION may_receive(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
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

CREATE OR REPLACE FUNCTION intake_posts(wanted_case uuid, wanted_agency uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM post p
    WHERE p.agency_id = wanted_agency AND p.role = 'intake' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
$$;

CREATE OR REPLACE FUNCTION may_be_noticed(wanted_notice uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM notice n JOIN post p ON p.id = n.post_id
        WHERE n.id = wanted_notice
          AND (current_post_role() = 'worker' OR n.sender_id = current_post())
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (n.case_id IS NULL OR n.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))))
$$;
RESET ROLE;

-- Keeps an agency out of a case that the caller steers, but for the persons of that agency who steer it now.
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

SELECT pg_temp.protect('bar_exemption');
CREATE POLICY sight ON bar_exemption FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON bar_exemption FOR INSERT TO multiagency_app WITH CHECK (
    given_by_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}')))
    AND EXISTS (SELECT FROM access_bar b
                WHERE b.id = bar_id AND b.case_id = bar_exemption.case_id AND b.agency_id IS NOT NULL));
GRANT SELECT, INSERT ON bar_exemption TO multiagency_app;

-- A person's bar is lifted by whoever steers the case, with a reason and a name; nothing else of a bar changes.
CREATE POLICY lifting ON access_bar AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (valid_to IS NULL AND person_id IS NOT NULL)
    WITH CHECK (valid_to IS NOT NULL AND lifted_reason IS NOT NULL AND lifted_by_id = (SELECT current_post()));
GRANT UPDATE (valid_to, lifted_by_id, lifted_reason) ON access_bar TO multiagency_app;

-- Declaring one's own conflict: oneself out at once, with one's own seats, rooms, addresses, calendar and grants.
CREATE POLICY declaring ON access_bar FOR INSERT TO multiagency_app WITH CHECK (
    person_id = (SELECT person_id FROM live_session()) AND set_by_id = (SELECT current_post()) AND NOT found
    AND valid_to IS NULL AND case_id = ANY (ARRAY(SELECT granted_cases())));
CREATE POLICY leaving ON seat FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND post_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT granted_cases())))
    WITH CHECK (ended_at IS NOT NULL AND post_id = (SELECT current_post()));
CREATE POLICY leaving ON join_address FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND invitation_id = ANY (ARRAY(SELECT my_invitations()))) WITH CHECK (ended_at IS NOT NULL);
CREATE POLICY leaving_one ON join_address FOR INSERT TO multiagency_app
    WITH CHECK (invitation_id = ANY (ARRAY(SELECT my_invitations())));
CREATE POLICY leaving ON outbox FOR INSERT TO multiagency_app
    WITH CHECK (purpose IN ('request', 'cancel') AND stream_id = ANY (ARRAY(SELECT my_invitations())));
CREATE POLICY leaving ON access_grant FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND post_id = (SELECT current_post())) WITH CHECK (ended_at IS NOT NULL);

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

-- Who refers a case in sight: whom to ask, and whom the worker reminds.
CREATE FUNCTION referring_posts(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT g.post_id FROM access_grant g
    JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
    JOIN post p ON p.id = g.post_id AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    WHERE g.case_id = wanted_case AND g.capability = 'refer' AND g.ended_at IS NULL
      AND wanted_case <> ALL (ARRAY(SELECT barred_cases(p.person_id)))
      AND (current_post_role() = 'worker' OR wanted_case IN (SELECT granted_cases()))
$$;

-- The worker's list: protections that nobody has been reminded of, with what the reminder needs.
CREATE FUNCTION ending_protections() RETURNS TABLE (id uuid, case_id uuid, reference text, pathway text, team_id uuid,
    valid_until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.case_id, c.reference, c.pathway, c.team_id, a.valid_until
    FROM address_protection a JOIN case_file c ON c.id = a.case_id
    WHERE current_post_role() = 'worker' AND a.ended_at IS NULL AND a.reminded_at IS NULL
$$;

SELECT pg_temp.protect_client_data('address_protection', 'contact', '{refer}', '{}', true);
CREATE POLICY ending ON address_protection FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}'))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT UPDATE (ended_at) ON address_protection TO multiagency_app;
CREATE POLICY reminding ON address_protection FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY reminded ON address_protection FOR UPDATE TO multiagency_worker
    USING (reminded_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (reminded_at IS NOT NULL);
GRANT SELECT (id, case_id, valid_until, ended_at, reminded_at), UPDATE (reminded_at)
    ON address_protection TO multiagency_worker;

SELECT pg_temp.protect('address_clearance');
CREATE POLICY sight ON address_clearance FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON address_clearance FOR INSERT TO multiagency_app WITH CHECK (
    named_by_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}'))));
-- Whoever hands a case over gives their own clearance back, whatever they did there.
CREATE POLICY ending ON address_clearance FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND (post_id = (SELECT current_post())
           OR case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}')))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON address_clearance TO multiagency_app;

CREATE POLICY protected ON safe_contact AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    case_id <> ALL (ARRAY(SELECT protected_cases(false))) OR case_id = ANY (ARRAY(SELECT cleared_cases())));

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
    SELECT gen_random_uuid(), p.id, 'break_glass', '/cases/' || opened.reference, opened.id, me.post_id,
           transaction_timestamp()
    FROM team_member m JOIN post p ON p.id = m.post_id
    WHERE m.team_id = opened.team_id AND p.role = 'coordinator' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
      AND opened.id <> ALL (ARRAY(SELECT barred_cases(p.person_id)));
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

SELECT pg_temp.protect('break_glass');
CREATE POLICY sight ON break_glass FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{coordinate}'))));
CREATE POLICY adding ON break_glass FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post()) AND controller_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{read}'))));
GRANT SELECT, INSERT ON break_glass TO multiagency_app;
-- Whoever told somebody something may mail it: break-glass writes the notices before the application knows of them.
CREATE POLICY sent ON notice FOR SELECT TO multiagency_app USING (sender_id = (SELECT current_post()));

-- Handing a referral over: to a colleague of the same agency whose role refers, on the bases that one's own grants have.
CREATE POLICY handing_over ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    grant_fits(case_id, basis_id, post_id, kinds) AND capability = 'refer' AND occasion = 'referral'
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    AND EXISTS (SELECT FROM post p WHERE p.id = post_id AND p.agency_id = (SELECT current_agency())
                AND p.role IN ('officer', 'social_worker')));

-- What an agency lawfully wrote stays in its own part: a basis of its own with the shell, and sight for its author.
CREATE POLICY own_part ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND kinds <@ '{shell,narrative}' AND agency_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('narrative', '{contribute}'))));
CREATE POLICY own_part ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post()) AND capability = 'read' AND occasion = 'own_part' AND kinds <@ '{shell,narrative}'
    AND grant_fits(case_id, basis_id, post_id, kinds)
    AND EXISTS (SELECT FROM lawful_basis b WHERE b.id = basis_id AND b.reason = 'own_record')
    AND case_id = ANY (ARRAY(SELECT acting_cases('narrative', '{contribute}'))));
-- The shell is the same for all: any live grant that holds it shows it, in one's own record or a shared one.
DROP POLICY sight ON case_file;
CREATE POLICY sight ON case_file FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT shared_cases('shell'))) OR id = ANY (ARRAY(SELECT own_cases('shell'))));

-- The rights register (703/2023 section 9): auditors read who held which right and why, and no client data.
CREATE FUNCTION case_references() RETURNS TABLE (id uuid, reference text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference FROM case_file c WHERE current_post_role() = 'auditor'
$$;
DO $$
DECLARE overseen text;
BEGIN
    FOREACH overseen IN ARRAY ARRAY['lawful_basis', 'access_grant', 'access_bar', 'bar_exemption', 'address_clearance'] LOOP
        EXECUTE format('CREATE POLICY oversight ON %I FOR SELECT TO multiagency_app '
                       'USING ((SELECT current_post_role()) = ''auditor'')', overseen);
    END LOOP;
END $$;
