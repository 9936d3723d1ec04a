-- Wrapped data keys: those of cases in sight, and (case_id null) the yearly keys of the log.
SELECT pg_temp.protect('data_key');
CREATE POLICY sight ON data_key FOR ALL TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT granted_cases())) OR case_id IS NULL AND (SELECT current_post()) IS NOT NULL);
CREATE POLICY log_keys ON data_key FOR ALL TO multiagency_worker
    USING (case_id IS NULL AND (SELECT current_post_role()) = 'worker');
CREATE POLICY sign_in ON data_key FOR SELECT TO multiagency_signin USING (case_id IS NULL);
-- Signing in may have to make the log's key of this year, and nothing else; at midnight of New Year that of the next.
CREATE POLICY sign_in_making ON data_key FOR INSERT TO multiagency_signin WITH CHECK (
    case_id IS NULL AND controller_id IS NULL AND retired_at IS NULL AND master_id IS NOT NULL
    AND octet_length(wrapped) = 60 AND retention_class IN (
        to_char(statement_timestamp() AT TIME ZONE 'UTC' - interval '24 hours', '"log-"YYYY'),
        to_char(statement_timestamp() AT TIME ZONE 'UTC' + interval '24 hours', '"log-"YYYY')));
GRANT SELECT, INSERT ON data_key TO multiagency_app, multiagency_worker, multiagency_signin;

-- Keys without a case are the log's, which every process needs; those of a request for log data are for who may see the
-- request.
CREATE POLICY of_requests ON data_key AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    retention_class NOT LIKE 'log-request-%'
    OR (SELECT current_post_role()) = 'auditor'
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
CREATE POLICY not_of_requests ON data_key AS RESTRICTIVE FOR ALL TO multiagency_worker, multiagency_signin
    USING (retention_class NOT LIKE 'log-request-%' AND retention_class NOT LIKE 'consultation-%');
-- Those of a question to a team are for who may read the question, and go when it ends.
CREATE POLICY of_consultations ON data_key AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    retention_class NOT LIKE 'consultation-%'
    OR retention_class = ANY (ARRAY(SELECT 'consultation-' || c FROM consultations_in_sight() c)));
-- Those of the address of somebody's own calendar are theirs, and the worker's who asks it.
CREATE POLICY of_calendars ON data_key AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    retention_class NOT LIKE 'calendar-%' OR retention_class = 'calendar-' || (SELECT current_post()));
CREATE POLICY not_of_calendars ON data_key AS RESTRICTIVE FOR ALL TO multiagency_signin
    USING (retention_class NOT LIKE 'calendar-%');
CREATE POLICY guard_of_consultations ON data_key FOR ALL TO multiagency_guard
    USING (case_id IS NULL AND retention_class LIKE 'consultation-%');
GRANT SELECT (case_id, retention_class), DELETE ON data_key TO multiagency_guard;

-- The keeper makes keys, wraps them anew, retires them; destroys them when retired, when their case is over, as yearly
-- log keys after 12 years, or with their request.
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
CREATE POLICY keeper_expiry_of_requests ON data_key FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND case_id IS NULL AND retention_class LIKE 'log-request-%'
    AND NOT EXISTS (SELECT FROM log_request r WHERE retention_class = 'log-request-' || r.id));
GRANT SELECT, INSERT, UPDATE (wrapped, master_id, retired_at), DELETE ON data_key TO multiagency_keeper;

-- How a post's own changes were answered; the worker forgets what is over, and reads of it only when it was.
SELECT pg_temp.protect('given_answer');
CREATE POLICY own ON given_answer FOR ALL TO multiagency_app USING (post_id = (SELECT current_post()));
GRANT SELECT, INSERT, DELETE ON given_answer TO multiagency_app;
CREATE POLICY forgetting ON given_answer FOR ALL TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT (given_at), DELETE ON given_answer TO multiagency_worker;

-- What is due: the worker's alone. Metrics count it.
SELECT pg_temp.protect('due_work');
CREATE POLICY worker ON due_work FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, UPDATE, DELETE ON due_work TO multiagency_worker;
SELECT pg_temp.serve_guard('due_work', '(due_at, attempts)');

-- Which version of agencies and parameters is in force: told to whoever presents a session, set by a trigger.
SELECT pg_temp.protect('reference_data_version');
SELECT pg_temp.serve_guard('reference_data_version');
CREATE POLICY guard_renewing ON reference_data_version FOR UPDATE TO multiagency_guard USING (true);
GRANT UPDATE (version) ON reference_data_version TO multiagency_guard;
