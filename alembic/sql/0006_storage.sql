-- Look-up hashes, closing, retention, legal holds, deletion reports, the keeper of keys.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'multiagency_keeper') THEN
        RAISE EXCEPTION 'the role multiagency_keeper is missing: CREATE ROLE multiagency_keeper LOGIN, as a superuser';
    END IF;
END $$;

ALTER TABLE data_key ADD COLUMN master_id TEXT, ADD COLUMN retired_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE case_file ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE;
GRANT UPDATE (closed_at) ON case_file TO multiagency_app;

CREATE TABLE lookup_hash (
    subject_id UUID NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    hash BYTEA NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_lookup_hash PRIMARY KEY (id),
    CONSTRAINT fk_lookup_hash_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_lookup_hash_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_lookup_hash_case_id ON lookup_hash (case_id);
CREATE INDEX ix_lookup_hash_hash ON lookup_hash (hash);

CREATE TABLE alias (
    name BYTEA,
    birth_date BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_alias PRIMARY KEY (id),
    CONSTRAINT fk_alias_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_alias_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_alias_case_id ON alias (case_id);

CREATE TABLE closing (
    outcome TEXT NOT NULL,
    target BYTEA,
    reason BYTEA,
    closed_by_id UUID NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_closing PRIMARY KEY (id),
    CONSTRAINT uq_closing_case_id UNIQUE (case_id),
    CONSTRAINT fk_closing_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES post (id),
    CONSTRAINT fk_closing_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_closing_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_closing_case_id ON closing (case_id);

CREATE TABLE legal_hold (
    reason BYTEA NOT NULL,
    set_by_id UUID NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lift_reason BYTEA,
    lifted_by_id UUID,
    lifted_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_legal_hold PRIMARY KEY (id),
    CONSTRAINT fk_legal_hold_set_by_id FOREIGN KEY(set_by_id) REFERENCES post (id),
    CONSTRAINT fk_legal_hold_lifted_by_id FOREIGN KEY(lifted_by_id) REFERENCES post (id),
    CONSTRAINT fk_legal_hold_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_legal_hold_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_legal_hold_case_id ON legal_hold (case_id);

CREATE TABLE retention_rule (
    id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    years INTEGER NOT NULL,
    counted_from TEXT NOT NULL,
    provision TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_retention_rule PRIMARY KEY (id)
);

CREATE TABLE deletion_report (
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    rows INTEGER NOT NULL,
    keys INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    final_in_backups_on DATE NOT NULL,
    CONSTRAINT pk_deletion_report PRIMARY KEY (id),
    CONSTRAINT uq_deletion_report_run_id_controller_id_retention_class UNIQUE (run_id, controller_id, retention_class),
    CONSTRAINT fk_deletion_report_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);

-- Hashes go in and are taken out by whoever keeps the case; no caller ever reads one. The referrer sees which of the
-- case's people have some, so that a correction can take them out.
SELECT pg_temp.protect('lookup_hash');
CREATE POLICY adding ON lookup_hash FOR INSERT TO multiagency_app WITH CHECK (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY own_record ON lookup_hash FOR SELECT TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY correcting ON lookup_hash FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT INSERT, DELETE, SELECT (case_id, controller_id, subject_id) ON lookup_hash TO multiagency_app;

-- Other cases of the coordinator's own teams that share a hash with this one. Asked about a case whose client the
-- coordinator may see at this moment; answered without drafts, without withdrawn cases, without those that keep the
-- coordinator out. A match about somebody else in the case is shown only where the consent covers other people.
CREATE FUNCTION matching_cases(wanted_case uuid) RETURNS TABLE (case_id uuid, reference text, stage text,
    opened_at timestamptz, here text, there text, what text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT c.id, c.reference, c.stage, c.opened_at, mine.role, theirs.role, mine.what
    FROM lookup_hash mine
    JOIN case_file this ON this.id = mine.case_id AND this.team_id IN (SELECT coordinated_teams())
    JOIN lookup_hash theirs
      ON theirs.hash = mine.hash AND theirs.what = mine.what AND theirs.case_id <> mine.case_id
    JOIN case_file c ON c.id = theirs.case_id AND c.team_id IN (SELECT coordinated_teams())
    WHERE mine.case_id = wanted_case
      AND wanted_case IN (SELECT acting_cases('identity', '{coordinate}'))
      AND (mine.role = 'client' AND theirs.role = 'client'
           OR wanted_case IN (SELECT acting_cases('party', '{coordinate}')))
      AND c.submitted_at IS NOT NULL AND c.withdrawn_at IS NULL
      AND c.id <> ALL (ARRAY(SELECT barred_cases((SELECT person_id FROM live_session()))))
$$;

SELECT pg_temp.protect_client_data('alias', 'identity', '{refer}', '{}', true);
CREATE POLICY removing ON alias FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT DELETE ON alias TO multiagency_app;
SELECT pg_temp.protect_client_data('closing', 'shell', '{coordinate}', '{}', true);
SELECT pg_temp.protect_client_data('legal_hold', 'shell', '{coordinate}', '{coordinate}', true);
REVOKE UPDATE ON legal_hold FROM multiagency_app;
GRANT UPDATE (lift_reason, lifted_by_id, lifted_at) ON legal_hold TO multiagency_app;
CREATE POLICY lifted_once ON legal_hold AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (lifted_at IS NULL) WITH CHECK (lifted_at IS NOT NULL AND lifted_by_id = (SELECT current_post()));

-- Rules are a directory; an administrator adds one and ends the one it replaces.
SELECT pg_temp.protect('retention_rule');
CREATE POLICY directory ON retention_rule FOR SELECT TO multiagency_app, multiagency_keeper
    USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY migrating ON retention_rule FOR ALL TO multiagency_owner USING (true);
CREATE POLICY adding ON retention_rule FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'administrator');
CREATE POLICY ending ON retention_rule FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND valid_to IS NULL) WITH CHECK (valid_to IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (valid_to) ON retention_rule TO multiagency_app;
GRANT SELECT ON retention_rule TO multiagency_keeper;
INSERT INTO retention_rule (id, retention_class, years, counted_from, provision, valid_from)
SELECT gen_random_uuid(), seed.class, seed.years, seed.counted_from, seed.provision, '2024-01-01 00:00:00+02'
FROM (VALUES
    ('working_age_10y', 10, 'closed', '703/2023, liite'),
    ('older_people_10y', 10, 'closed', '703/2023, liite'),
    ('substance_10y', 10, 'closed', '703/2023, liite'),
    ('families_30y', 30, 'closed', '703/2023, liite'),
    ('child_welfare', 2, 'death', '703/2023, liite'),
    ('client_relation', 2, 'death', '703/2023, liite'),
    ('consent_12y', 12, 'death', '703/2023, liite'),
    ('consent_replaced_12y', 12, 'event', '703/2023, liite'),
    ('family_law_120y', 120, 'birth', '703/2023, liite'),
    ('correspondence_3y', 3, 'event', '703/2023, liite'),
    ('copies_5y', 5, 'event', '703/2023, liite'),
    ('recordings', 0, 'event', '703/2023, liite'),
    ('health_appointments_12y', 12, 'event', '703/2023, liite'),
    ('health_records_12y', 12, 'death', '703/2023, liite'),
    ('log_12y', 12, 'event', '703/2023, liite')
) AS seed (class, years, counted_from, provision);

SELECT pg_temp.protect('deletion_report');
CREATE POLICY reading ON deletion_report FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator'));
CREATE POLICY reporting ON deletion_report FOR ALL TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT SELECT ON deletion_report TO multiagency_app;
GRANT SELECT, INSERT, UPDATE (rows, keys, cases) ON deletion_report TO multiagency_keeper;

-- What the questions above read.
DO $$
DECLARE asked text;
BEGIN
    FOREACH asked IN ARRAY ARRAY['lookup_hash', 'legal_hold'] LOOP
        EXECUTE format('CREATE POLICY guard ON %I FOR SELECT TO multiagency_guard USING (true)', asked);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_guard', asked);
    END LOOP;
END $$;

-- Cases in which the keeper may delete: closed, withdrawn, or still a draft, and under no hold. The command counts the
-- years; this is the net below it.
CREATE FUNCTION over_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM case_file c
    WHERE (SELECT current_post_role()) = 'keeper'
      AND (c.closed_at IS NOT NULL OR c.withdrawn_at IS NOT NULL OR c.stage = 'draft')
      AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.case_id = c.id AND h.lifted_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION over_cases() TO multiagency_keeper;
SET LOCAL ROLE multiagency_guard;
GRANT EXECUTE ON FUNCTION current_actor(), current_post(), current_post_role() TO multiagency_keeper;
RESET ROLE;

SELECT pg_temp.serve_keeper();
CREATE POLICY keeper_sight ON case_file FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON case_file FOR DELETE TO multiagency_keeper
    USING (id = ANY (ARRAY(SELECT over_cases())));
GRANT SELECT, DELETE ON case_file TO multiagency_keeper;
-- A consent may expire before the basis that names it.
CREATE POLICY keeper_unlinking ON lawful_basis FOR UPDATE TO multiagency_keeper
    USING (case_id = ANY (ARRAY(SELECT over_cases()))) WITH CHECK (consent_id IS NULL);
GRANT UPDATE (consent_id) ON lawful_basis TO multiagency_keeper;

-- Keys: made, wrapped anew, retired; destroyed when retired, when their case is over, or as yearly log keys after 12 years.
CREATE POLICY keeper_sight ON data_key FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_making ON data_key FOR INSERT TO multiagency_keeper
    WITH CHECK ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_wrapping ON data_key FOR UPDATE TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON data_key FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND (
        retired_at IS NOT NULL
        OR case_id = ANY (ARRAY(SELECT over_cases()))
        OR case_id IS NULL AND retention_class ~ '^log-[0-9]{4}$'
           AND substr(retention_class, 5)::integer < extract(year FROM statement_timestamp()) - 12));
GRANT SELECT, INSERT, UPDATE (wrapped, master_id, retired_at), DELETE ON data_key TO multiagency_keeper;
CREATE POLICY keeper_wrapping ON outbox FOR ALL TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT SELECT, UPDATE (wrapped_key) ON outbox TO multiagency_keeper;

-- The log: entries stay for good; who and what stood in them goes after 12 years.
CREATE POLICY keeper_writing ON audit_entry FOR INSERT TO multiagency_keeper
    WITH CHECK ((SELECT current_post()) IS NOT NULL);
CREATE POLICY keeper_sight ON audit_entry FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT INSERT, SELECT (id, at) ON audit_entry TO multiagency_keeper;
CREATE POLICY keeper_writing ON audit_detail FOR INSERT TO multiagency_keeper
    WITH CHECK (post_id = (SELECT current_post()));
CREATE POLICY keeper_sight ON audit_detail FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON audit_detail FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND EXISTS (
        SELECT FROM audit_entry e
        WHERE e.id = entry_id AND e.at < statement_timestamp() - interval '12 years'));
GRANT INSERT, DELETE, SELECT (entry_id) ON audit_detail TO multiagency_keeper;

CREATE POLICY keeper ON dated_parameter FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT SELECT ON dated_parameter TO multiagency_keeper;
