-- Takes revision 0012 back. What was pruned stays away; numbers and checkpoints are as they were.
DROP POLICY proving ON audit_checkpoint;
DROP POLICY witnesses ON audit_checkpoint;
REVOKE ALL ON audit_checkpoint FROM multiagency_signin, multiagency_keeper;
DROP POLICY keeper_sight ON audit_sequence;
DROP POLICY keeper_expiry ON audit_sequence;
REVOKE ALL ON audit_sequence FROM multiagency_keeper;
DROP POLICY keeper_expiry ON audit_entry;
REVOKE DELETE ON audit_entry FROM multiagency_keeper;
DROP TABLE audit_cosignature, audit_witness, audit_demand, audit_pruning, audit_node;
DROP POLICY checking ON audit_detail;
REVOKE SELECT ON audit_detail FROM multiagency_worker;
