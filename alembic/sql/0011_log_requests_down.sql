-- Takes revision 0011 back.
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION log_request_subjects(uuid);
RESET ROLE;
DROP POLICY guard ON prohibition;
REVOKE ALL ON prohibition FROM multiagency_guard;
DROP POLICY of_requests ON data_key;
DROP POLICY not_of_requests ON data_key;
DROP POLICY keeper_expiry_of_requests ON data_key;
ALTER TABLE data_key DISABLE ROW LEVEL SECURITY;
DELETE FROM data_key WHERE retention_class LIKE 'log-request-%';
ALTER TABLE data_key ENABLE ROW LEVEL SECURITY;
DROP TABLE log_request_clarification, log_request_delivery, log_request_answer, log_request_decision, log_request,
    log_request_ground;
