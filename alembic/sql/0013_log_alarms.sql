-- Whose record the cases are that a search for earlier cases finds, for the log: asked after the search, and with it.
CREATE FUNCTION matching_controllers(wanted_case uuid) RETURNS TABLE (case_id uuid, controller_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.controller_id FROM case_file c
    WHERE c.id IN (SELECT m.case_id FROM matching_cases(wanted_case) m)
$$;

-- Alarms of the log's self-check: raised by the worker, seen by auditors and administrators, settled once by an auditor.
-- Codes and numbers only. At most one of each code is open.
CREATE TABLE audit_alarm (
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    code TEXT NOT NULL,
    first_bad BIGINT,
    bad BIGINT,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by_id UUID,
    settlement TEXT,
    CONSTRAINT pk_audit_alarm PRIMARY KEY (id),
    CONSTRAINT fk_audit_alarm_settled_by_id FOREIGN KEY(settled_by_id) REFERENCES post (id)
);
CREATE UNIQUE INDEX uq_audit_alarm_open ON audit_alarm (code) WHERE settled_at IS NULL;
SELECT pg_temp.protect('audit_alarm');
CREATE POLICY reading ON audit_alarm FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator', 'worker'));
CREATE POLICY raising ON audit_alarm FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker' AND settled_at IS NULL AND settled_by_id IS NULL
                AND settlement IS NULL);
CREATE POLICY settling ON audit_alarm FOR UPDATE TO multiagency_app
    USING (settled_at IS NULL AND (SELECT current_post_role()) = 'auditor')
    WITH CHECK (settled_at IS NOT NULL AND settlement IS NOT NULL AND settled_by_id = (SELECT current_post()));
GRANT SELECT, UPDATE (settled_at, settled_by_id, settlement) ON audit_alarm TO multiagency_app;
GRANT SELECT, INSERT ON audit_alarm TO multiagency_worker;

-- Five numbers for monitoring, asked without a session: whose door it is (`oversight/metrics.py`) decides who hears them.
CREATE POLICY guard ON audit_alarm FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON audit_entry FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON audit_sequence FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON audit_pruning FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON audit_checkpoint FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT (settled_at) ON audit_alarm TO multiagency_guard;
GRANT SELECT (id) ON audit_entry TO multiagency_guard;
GRANT SELECT (index) ON audit_sequence TO multiagency_guard;
GRANT SELECT (size) ON audit_pruning TO multiagency_guard;
GRANT SELECT (tree_size, published_at) ON audit_checkpoint TO multiagency_guard;
CREATE FUNCTION log_metrics() RETURNS TABLE (entries bigint, numbered bigint, signed bigint, published_at timestamptz,
    open_alarms bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT count(*) FROM audit_entry e) + (SELECT coalesce(max(p.size), 0) FROM audit_pruning p), (SELECT coalesce(max(s.index) + 1, 0) FROM audit_sequence s),
           (SELECT coalesce(max(c.tree_size), 0) FROM audit_checkpoint c),
           (SELECT max(c.published_at) FROM audit_checkpoint c),
           (SELECT count(*) FROM audit_alarm a WHERE a.settled_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION log_metrics() TO multiagency_signin;
