-- Takes revision 0002 back.
DROP POLICY notices ON outbox;
REVOKE INSERT ON outbox FROM multiagency_worker;
DROP TABLE notice;
ALTER TABLE person DROP COLUMN identity_hash;
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION sent_notices();
DROP FUNCTION may_be_noticed(uuid);
RESET ROLE;
