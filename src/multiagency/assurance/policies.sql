-- Alarms: raised by the worker, seen by auditors and administrators, settled once by an auditor.
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
SELECT pg_temp.serve_guard('audit_alarm', '(settled_at)');
