-- The client's request for log data (703/2023 section 11) and the police track (1054/2018 sections 23 and 24). A request
-- is no case: it is the addressed agency's record, with a data key of its own that goes with it.

CREATE TABLE log_request_ground (
    id UUID NOT NULL,
    track TEXT NOT NULL,
    code TEXT NOT NULL,
    whole BOOLEAN NOT NULL,
    provision TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_log_request_ground PRIMARY KEY (id)
);

CREATE TABLE log_request (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    track TEXT NOT NULL,
    capacity TEXT NOT NULL,
    language TEXT NOT NULL,
    identified_by TEXT NOT NULL,
    arrived_on DATE NOT NULL,
    period_from DATE NOT NULL,
    period_to DATE NOT NULL,
    due_on DATE NOT NULL,
    fee_possible BOOLEAN NOT NULL,
    requester_hash BYTEA NOT NULL,
    subject_hash BYTEA NOT NULL,
    name BYTEA NOT NULL,
    identity_code BYTEA NOT NULL,
    contact BYTEA NOT NULL,
    subject_name BYTEA,
    subject_code BYTEA,
    identification_note BYTEA,
    older_reason BYTEA,
    taken_by_id UUID NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_log_request PRIMARY KEY (id),
    CONSTRAINT uq_log_request_reference UNIQUE (reference),
    CONSTRAINT fk_log_request_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id),
    CONSTRAINT fk_log_request_taken_by_id FOREIGN KEY(taken_by_id) REFERENCES post (id)
);
CREATE INDEX ix_log_request_subject_hash ON log_request (subject_hash);

CREATE TABLE log_request_decision (
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    decision TEXT NOT NULL,
    ground_id UUID,
    reason BYTEA,
    decided_by_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_log_request_decision PRIMARY KEY (id),
    CONSTRAINT fk_log_request_decision_request_id FOREIGN KEY(request_id) REFERENCES log_request (id),
    CONSTRAINT fk_log_request_decision_ground_id FOREIGN KEY(ground_id) REFERENCES log_request_ground (id),
    CONSTRAINT fk_log_request_decision_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES post (id)
);
CREATE INDEX ix_log_request_decision_request_id ON log_request_decision (request_id);

CREATE TABLE log_request_answer (
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    ground_id UUID,
    reason BYTEA,
    document BYTEA NOT NULL,
    digest TEXT NOT NULL,
    given INTEGER NOT NULL,
    withheld INTEGER NOT NULL,
    decided_by_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_log_request_answer PRIMARY KEY (id),
    CONSTRAINT uq_log_request_answer_request_id UNIQUE (request_id),
    CONSTRAINT fk_log_request_answer_request_id FOREIGN KEY(request_id) REFERENCES log_request (id),
    CONSTRAINT fk_log_request_answer_ground_id FOREIGN KEY(ground_id) REFERENCES log_request_ground (id),
    CONSTRAINT fk_log_request_answer_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES post (id)
);

CREATE TABLE log_request_delivery (
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    how TEXT NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_log_request_delivery PRIMARY KEY (id),
    CONSTRAINT uq_log_request_delivery_request_id UNIQUE (request_id),
    CONSTRAINT fk_log_request_delivery_request_id FOREIGN KEY(request_id) REFERENCES log_request (id),
    CONSTRAINT fk_log_request_delivery_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id)
);

CREATE TABLE log_request_clarification (
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    question BYTEA NOT NULL,
    asked_on DATE NOT NULL,
    recorded_by_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finding TEXT,
    answer BYTEA,
    answered_by_id UUID,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_log_request_clarification PRIMARY KEY (id),
    CONSTRAINT fk_log_request_clarification_request_id FOREIGN KEY(request_id) REFERENCES log_request (id),
    CONSTRAINT fk_log_request_clarification_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_log_request_clarification_answered_by_id FOREIGN KEY(answered_by_id) REFERENCES post (id)
);
CREATE INDEX ix_log_request_clarification_request_id ON log_request_clarification (request_id);

-- The closed list of grounds, dated: of one entry, or of the request as a whole.
SELECT pg_temp.protect('log_request_ground');
CREATE POLICY directory ON log_request_ground FOR SELECT TO multiagency_app USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY migrating ON log_request_ground FOR ALL TO multiagency_owner USING (true);
GRANT SELECT ON log_request_ground TO multiagency_app;
INSERT INTO log_request_ground (id, track, code, whole, provision, valid_from)
SELECT gen_random_uuid(), seed.track, seed.code, seed.whole, seed.provision, '2024-01-01 00:00:00+02'
FROM (VALUES
    ('client_data', 'health', false, '703/2023, 11 §'),
    ('client_data', 'rights_or_safety', false, '703/2023, 11 §'),
    ('client_data', 'crime_prevention', false, '703/2023, 11 §'),
    ('client_data', 'security', false, '703/2023, 11 §'),
    ('client_data', 'health', true, '703/2023, 11 §'),
    ('client_data', 'rights_or_safety', true, '703/2023, 11 §'),
    ('client_data', 'not_identified', true, '703/2023, 11 §'),
    ('client_data', 'not_entitled', true, '703/2023, 11 §'),
    ('client_data', 'deceased', true, '703/2023, 11 §'),
    ('client_data', 'older_without_reason', true, '703/2023, 11 §'),
    ('police', 'police_investigation', false, '1054/2018, 28 §'),
    ('police', 'police_inquiry', false, '1054/2018, 28 §'),
    ('police', 'police_public_safety', false, '1054/2018, 28 §'),
    ('police', 'police_national_security', false, '1054/2018, 28 §'),
    ('police', 'police_rights', false, '1054/2018, 28 §'),
    ('police', 'police_investigation', true, '1054/2018, 28 §'),
    ('police', 'police_rights', true, '1054/2018, 28 §'),
    ('police', 'not_identified', true, '1054/2018, 23 §'),
    ('police', 'not_entitled', true, '1054/2018, 23 §'),
    ('police', 'deceased', true, '1054/2018, 23 §')
) AS seed (track, code, whole, provision);

-- An auditor handles every request; an intake takes those to its own agency and sees that they exist.
SELECT pg_temp.protect('log_request');
CREATE POLICY sight ON log_request FOR SELECT TO multiagency_app USING (
    (SELECT current_post_role()) = 'auditor'
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
CREATE POLICY adding ON log_request FOR INSERT TO multiagency_app WITH CHECK (
    taken_by_id = (SELECT current_post()) AND closed_at IS NULL AND outcome IS NULL AND (
        (SELECT current_post_role()) = 'auditor'
        OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency())));
CREATE POLICY closing ON log_request FOR UPDATE TO multiagency_app
    USING (closed_at IS NULL AND (SELECT current_post_role()) = 'auditor') WITH CHECK (closed_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (outcome, closed_at) ON log_request TO multiagency_app;
CREATE POLICY reminding ON log_request FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY reminded ON log_request FOR UPDATE TO multiagency_worker
    USING (reminded_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (reminded_at IS NOT NULL);
GRANT SELECT (id, controller_id, due_on, closed_at, reminded_at), UPDATE (reminded_at)
    ON log_request TO multiagency_worker;

-- What an auditor decides stands for good; each row asks for its request, and whether that is still open or closed.
DO $$
DECLARE child record;
BEGIN
    FOR child IN SELECT * FROM (VALUES
        ('log_request_decision', 'decided_by_id', 'r.closed_at IS NULL'),
        ('log_request_answer', 'decided_by_id', 'r.closed_at IS NULL'),
        ('log_request_delivery', 'recorded_by_id', 'r.closed_at IS NOT NULL'),
        ('log_request_clarification', 'recorded_by_id', 'true')) AS c (name, author, condition)
    LOOP
        PERFORM pg_temp.protect(child.name::regclass);
        EXECUTE format('CREATE POLICY sight ON %I FOR SELECT TO multiagency_app '
                       'USING ((SELECT current_post_role()) = ''auditor'')', child.name);
        EXECUTE format('CREATE POLICY adding ON %I FOR INSERT TO multiagency_app WITH CHECK ('
                       '(SELECT current_post_role()) = ''auditor'' AND %I = (SELECT current_post()) AND '
                       'EXISTS (SELECT FROM log_request r WHERE r.id = request_id AND %s))',
                       child.name, child.author, child.condition);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO multiagency_app', child.name);
    END LOOP;
END $$;
CREATE POLICY answering ON log_request_clarification FOR UPDATE TO multiagency_app
    USING (answered_at IS NULL AND (SELECT current_post_role()) = 'auditor')
    WITH CHECK (answered_at IS NOT NULL AND answered_by_id = (SELECT current_post()));
GRANT UPDATE (finding, answer, answered_by_id, answered_at) ON log_request_clarification TO multiagency_app;

-- Keys without a case are the log's, which every process needs; those of a request are for who may see the request.
CREATE POLICY of_requests ON data_key AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    retention_class NOT LIKE 'log-request-%'
    OR (SELECT current_post_role()) = 'auditor'
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
CREATE POLICY not_of_requests ON data_key AS RESTRICTIVE FOR ALL TO multiagency_worker, multiagency_signin
    USING (retention_class NOT LIKE 'log-request-%');

-- The keeper deletes what was closed; the command counts the years.
DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['log_request_decision', 'log_request_answer', 'log_request_delivery',
                                'log_request_clarification', 'log_request'] LOOP
        EXECUTE format('CREATE POLICY keeper_sight ON %I FOR SELECT TO multiagency_keeper '
                       'USING ((SELECT current_post_role()) = ''keeper'')', kept);
        EXECUTE format('CREATE POLICY keeper_expiry ON %I FOR DELETE TO multiagency_keeper '
                       'USING ((SELECT current_post_role()) = ''keeper'' AND %s)', kept,
                       CASE kept WHEN 'log_request' THEN 'closed_at IS NOT NULL' ELSE
                       'EXISTS (SELECT FROM log_request r WHERE r.id = request_id AND r.closed_at IS NOT NULL)' END);
        EXECUTE format('GRANT SELECT (id%s), DELETE ON %I TO multiagency_keeper', CASE kept WHEN 'log_request'
                       THEN ', controller_id, retention_class, closed_at' ELSE ', request_id' END, kept);
    END LOOP;
END $$;
CREATE POLICY keeper_expiry_of_requests ON data_key FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND case_id IS NULL AND retention_class LIKE 'log-request-%'
    AND NOT EXISTS (SELECT FROM log_request r WHERE retention_class = 'log-request-' || r.id));

CREATE POLICY guard ON log_request FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON prohibition FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON log_request, prohibition TO multiagency_guard;

-- Who in the cases is the person that a recorded request is about: found by the keyed hash of the identity code, told to
-- auditors only, and by ids. `kept` says that the one who asks must not learn of that case: a bar "must never be told"
-- stands against them; the child forbids telling them; or they ask for a child against whom they are suspected. A
-- forbidden guardian whose code is not known could be anybody who asks for the child.
CREATE FUNCTION log_request_subjects(wanted_request uuid) RETURNS TABLE (subject_id uuid, case_id uuid, role text,
    kept boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asked AS (
        SELECT requester_hash, subject_hash, capacity IN ('guardian', 'representative') AS for_another
        FROM log_request WHERE id = wanted_request AND (SELECT current_post_role()) = 'auditor'
    ), found AS (
        SELECT DISTINCT h.subject_id, h.case_id, h.role, a.requester_hash, a.for_another
        FROM asked a JOIN lookup_hash h ON h.hash = a.subject_hash AND h.what = 'identity_code'
    ), forbidden AS (
        SELECT n.case_id, n.party_id FROM (
            SELECT DISTINCT ON (p.party_id) p.case_id, p.party_id, p.forbidden FROM prohibition p
            WHERE p.case_id IN (SELECT f.case_id FROM found f)
            ORDER BY p.party_id, p.recorded_at DESC, p.id DESC) n
        WHERE n.forbidden
    ), suspected AS (
        SELECT n.case_id, n.party_id FROM (
            SELECT DISTINCT ON (g.party_id) g.case_id, g.party_id, g.suspected OR NOT g.may_decide AS out FROM guardian g
            WHERE g.case_id IN (SELECT f.case_id FROM found f)
            ORDER BY g.party_id, g.recorded_at DESC, g.id DESC) n
        WHERE n.out
    ), requester AS (
        SELECT f.case_id, h.subject_id, h.role FROM found f
        JOIN lookup_hash h ON h.case_id = f.case_id AND h.hash = f.requester_hash AND h.what = 'identity_code'
    ), unknown_code AS (
        SELECT n.case_id FROM forbidden n WHERE NOT EXISTS (
            SELECT FROM lookup_hash h
            WHERE h.case_id = n.case_id AND h.subject_id = n.party_id AND h.what = 'identity_code')
    )
    SELECT f.subject_id, f.case_id, f.role,
        EXISTS (
            SELECT FROM access_bar x JOIN person n ON n.id = x.person_id
            WHERE x.case_id = f.case_id AND x.reason = 'must_never_be_told' AND n.identity_hash = f.requester_hash
              AND x.valid_from <= statement_timestamp()
              AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
        OR EXISTS (SELECT FROM requester r JOIN forbidden n ON n.party_id = r.subject_id AND n.case_id = r.case_id
                   WHERE r.case_id = f.case_id)
        OR f.for_another AND (
            f.case_id IN (SELECT u.case_id FROM unknown_code u)
            OR EXISTS (SELECT FROM requester r WHERE r.case_id = f.case_id AND (
                       r.role = 'person_using_violence'
                       OR r.subject_id IN (SELECT s.party_id FROM suspected s WHERE s.case_id = f.case_id))))
    FROM found f
$$;
