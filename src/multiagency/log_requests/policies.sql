-- The closed list of grounds.
SELECT pg_temp.protect('log_request_ground');
CREATE POLICY directory ON log_request_ground FOR SELECT TO multiagency_app USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY migrating ON log_request_ground FOR ALL TO multiagency_owner USING (true);
GRANT SELECT ON log_request_ground TO multiagency_app;

-- An auditor handles every request but those about cases that they are a party to; an intake takes those to its own
-- agency and sees that they exist.
SELECT pg_temp.protect('log_request');
SELECT pg_temp.keep_out_of_plans('log_request');
CREATE POLICY sight ON log_request FOR SELECT TO multiagency_app USING (
    (SELECT current_post_role()) = 'auditor' AND id <> ALL (ARRAY(SELECT kept_from_auditor()))
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
CREATE POLICY adding ON log_request FOR INSERT TO multiagency_app WITH CHECK (
    taken_by_id = (SELECT current_post()) AND closed_at IS NULL AND outcome IS NULL AND (
        (SELECT current_post_role()) = 'auditor'
        OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency())));
CREATE POLICY closing ON log_request FOR UPDATE TO multiagency_app USING (
    closed_at IS NULL AND (SELECT current_post_role()) = 'auditor' AND id <> ALL (ARRAY(SELECT kept_from_auditor())))
    WITH CHECK (closed_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (outcome, closed_at) ON log_request TO multiagency_app;
CREATE POLICY reminding ON log_request FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY reminded ON log_request FOR UPDATE TO multiagency_worker
    USING (reminded_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (reminded_at IS NOT NULL);
GRANT SELECT (id, controller_id, due_on, closed_at, reminded_at), UPDATE (reminded_at)
    ON log_request TO multiagency_worker;
-- The keeper deletes what was closed; the command counts the years.
CREATE POLICY keeper_sight ON log_request FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON log_request FOR DELETE TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper' AND closed_at IS NOT NULL);
GRANT SELECT (id, controller_id, retention_class, closed_at), DELETE ON log_request TO multiagency_keeper;
SELECT pg_temp.serve_guard('log_request');

-- What an auditor decides stands for good; each row asks for its request, and whether that is still open or closed.
DO $$
DECLARE child record;
BEGIN
    FOR child IN SELECT * FROM (VALUES
        ('log_request_attachment', 'attached_by_id', 'r.closed_at IS NULL'),
        ('log_request_decision', 'decided_by_id', 'r.closed_at IS NULL'),
        ('log_request_answer', 'decided_by_id', 'r.closed_at IS NULL'),
        ('log_request_delivery', 'recorded_by_id', 'r.closed_at IS NOT NULL'),
        ('log_request_clarification', 'recorded_by_id', 'true')) AS c (name, author, condition)
    LOOP
        PERFORM pg_temp.protect(child.name::regclass);
        PERFORM pg_temp.keep_out_of_plans(child.name::regclass);
        EXECUTE format('CREATE POLICY sight ON %I FOR SELECT TO multiagency_app '
                       'USING ((SELECT current_post_role()) = ''auditor'' '
                       'AND request_id <> ALL (ARRAY(SELECT kept_from_auditor())))', child.name);
        EXECUTE format('CREATE POLICY adding ON %I FOR INSERT TO multiagency_app WITH CHECK ('
                       '(SELECT current_post_role()) = ''auditor'' AND %I = (SELECT current_post()) AND '
                       'EXISTS (SELECT FROM log_request r WHERE r.id = request_id AND %s))',
                       child.name, child.author, child.condition);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO multiagency_app', child.name);
        EXECUTE format('CREATE POLICY keeper_sight ON %I FOR SELECT TO multiagency_keeper '
                       'USING ((SELECT current_post_role()) = ''keeper'')', child.name);
        EXECUTE format('CREATE POLICY keeper_expiry ON %I FOR DELETE TO multiagency_keeper '
                       'USING ((SELECT current_post_role()) = ''keeper'' AND EXISTS ('
                       'SELECT FROM log_request r WHERE r.id = request_id AND r.closed_at IS NOT NULL))', child.name);
        EXECUTE format('GRANT SELECT (id, request_id), DELETE ON %I TO multiagency_keeper', child.name);
    END LOOP;
END $$;
-- A case is attached with somebody who is in it, and taken off again, by whoever handles the open request.
CREATE POLICY in_the_case ON log_request_attachment AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (detached_at IS NULL AND subject_id IN (SELECT p.subject_id FROM people_in_case(matter_id) p));
CREATE POLICY detaching ON log_request_attachment FOR UPDATE TO multiagency_app
    USING (detached_at IS NULL AND (SELECT current_post_role()) = 'auditor'
           AND request_id <> ALL (ARRAY(SELECT kept_from_auditor()))
           AND EXISTS (SELECT FROM log_request r WHERE r.id = request_id AND r.closed_at IS NULL))
    WITH CHECK (detached_at IS NOT NULL AND detached_by_id = (SELECT current_post()));
GRANT UPDATE (detached_at, detached_by_id, detached_reason) ON log_request_attachment TO multiagency_app;
SELECT pg_temp.serve_guard('log_request_attachment', '(request_id, matter_id, subject_id, detached_at)');
CREATE POLICY answering ON log_request_clarification FOR UPDATE TO multiagency_app
    USING (answered_at IS NULL AND (SELECT current_post_role()) = 'auditor'
           AND request_id <> ALL (ARRAY(SELECT kept_from_auditor())))
    WITH CHECK (answered_at IS NOT NULL AND answered_by_id = (SELECT current_post()));
GRANT UPDATE (finding, answer, answered_by_id, answered_at) ON log_request_clarification TO multiagency_app;
