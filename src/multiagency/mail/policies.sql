-- The outbox: the application writes, only the worker reads, and the keeper wraps the keys of what has not gone yet anew.
SELECT pg_temp.protect('outbox');
CREATE POLICY adding ON outbox FOR INSERT TO multiagency_app
    WITH CHECK (steers_invitation(stream_id));
-- Who declares a conflict takes the meeting out of their own calendar.
CREATE POLICY leaving ON outbox FOR INSERT TO multiagency_app
    WITH CHECK (purpose IN ('request', 'cancel') AND stream_id = ANY (ARRAY(SELECT my_invitations())));
GRANT INSERT ON outbox TO multiagency_app;

CREATE POLICY delivery ON outbox FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO multiagency_worker;
CREATE POLICY keeper_wrapping ON outbox FOR ALL TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT SELECT, UPDATE (wrapped_key) ON outbox TO multiagency_keeper;
-- When the last mail about what waits left, or whether it has not.
SELECT pg_temp.serve_guard('outbox', '(stream_id, state, finished_at)');

-- What came back to the mailbox is the worker's alone.
SELECT pg_temp.protect('mailbox_message');
CREATE POLICY reading ON mailbox_message FOR ALL TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, UPDATE (stream_id, result), DELETE ON mailbox_message TO multiagency_worker;
