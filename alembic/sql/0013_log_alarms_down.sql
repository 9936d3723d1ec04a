-- Takes revision 0013 back.
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION matching_controllers(uuid);
DROP FUNCTION log_metrics();
RESET ROLE;
DROP TABLE audit_alarm;
DROP POLICY guard ON audit_entry;
DROP POLICY guard ON audit_sequence;
DROP POLICY guard ON audit_pruning;
REVOKE ALL ON audit_pruning FROM multiagency_guard;
DROP POLICY guard ON audit_checkpoint;
REVOKE SELECT (id) ON audit_entry FROM multiagency_guard;
REVOKE SELECT (index) ON audit_sequence FROM multiagency_guard;
REVOKE SELECT (tree_size, published_at) ON audit_checkpoint FROM multiagency_guard;
