-- The log: inserts only. Auditors read entries and details; the worker reads hashed bytes, numbers them, and compares
-- what stands beside each entry with what the entry committed to. What is older than 12 years goes, by the keeper: the
-- hashed time counts, and the column beside it must agree.
SELECT pg_temp.protect('audit_entry');
CREATE POLICY writing ON audit_entry FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK ((SELECT current_post()) IS NOT NULL);
-- Signing in leaves entries of its own act, and so does a calendar program that reads a feed; nothing else.
CREATE POLICY sign_in ON audit_entry FOR INSERT TO multiagency_signin WITH CHECK (CASE
    WHEN octet_length(body) > 4096 THEN false
    ELSE convert_from(body, 'UTF8')::jsonb ->> 'act' IN ('sign_in', 'fetch_feed')
        AND convert_from(body, 'UTF8')::jsonb -> 'kinds' = '[]' END);
-- Nobody writes into another day: neither by the time nor by the time in the id, which numbering goes by.
CREATE POLICY near ON audit_entry AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (
    at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours'
    AND coalesce(uuid_extract_timestamp(id) BETWEEN at - interval '24 hours' AND at + interval '24 hours', false));
CREATE POLICY reading ON audit_entry FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT, INSERT ON audit_entry TO multiagency_app, multiagency_worker;
GRANT INSERT ON audit_entry TO multiagency_signin;
CREATE POLICY keeper_writing ON audit_entry FOR INSERT TO multiagency_keeper
    WITH CHECK ((SELECT current_post()) IS NOT NULL);
CREATE POLICY keeper_sight ON audit_entry FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON audit_entry FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND at < statement_timestamp() - interval '12 years'
    AND hashed_at(body) < statement_timestamp() - interval '12 years');
GRANT INSERT, SELECT (id, at, body), DELETE ON audit_entry TO multiagency_keeper;
SELECT pg_temp.serve_guard('audit_entry', '(id)');

-- What waits for its number: put there by the trigger, as the guard; what got none stays where it is said why.
SELECT pg_temp.protect('audit_waiting');
CREATE POLICY guard_adding ON audit_waiting FOR INSERT TO multiagency_guard WITH CHECK (true);
GRANT INSERT ON audit_waiting TO multiagency_guard;
SELECT pg_temp.serve_guard('audit_waiting');
CREATE POLICY numbering ON audit_waiting FOR ALL TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, DELETE ON audit_waiting TO multiagency_worker;
SELECT pg_temp.protect('audit_refused');
CREATE POLICY refusing ON audit_refused FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_refused FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT ON audit_refused TO multiagency_app, multiagency_worker;
GRANT INSERT ON audit_refused TO multiagency_worker;
SELECT pg_temp.serve_guard('audit_refused', '(entry_id)');

-- An auditor who is a party to a case does not read its log.
SELECT pg_temp.protect('audit_detail');
CREATE POLICY writing ON audit_detail FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK (post_id = (SELECT current_post()));
CREATE POLICY sign_in ON audit_detail FOR INSERT TO multiagency_signin WITH CHECK (
    act IN ('sign_in', 'fetch_feed') AND coalesce(case_id, subject_id, controller_id, recipient_id) IS NULL
    AND coalesce(case_reference, basis) IS NULL);
CREATE POLICY near ON audit_detail AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (
    at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
CREATE POLICY reading ON audit_detail FOR SELECT TO multiagency_app USING (
    (SELECT current_post_role()) = 'auditor'
    AND (case_id IS NULL OR case_id <> ALL (ARRAY(SELECT kept_from_auditor())))
    AND (case_reference IS NULL OR case_reference <> ALL (ARRAY(SELECT references_kept_from_auditor())))
    AND (subject_id IS NULL OR subject_id <> ALL (ARRAY(SELECT kept_from_auditor()))));
CREATE POLICY checking ON audit_detail FOR SELECT TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT ON audit_detail TO multiagency_app, multiagency_worker;
GRANT INSERT ON audit_detail TO multiagency_signin;
CREATE POLICY keeper_writing ON audit_detail FOR INSERT TO multiagency_keeper
    WITH CHECK (post_id = (SELECT current_post()));
CREATE POLICY keeper_sight ON audit_detail FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON audit_detail FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND EXISTS (
        SELECT FROM audit_entry e
        WHERE e.id = entry_id AND e.at < statement_timestamp() - interval '12 years'
          AND hashed_at(e.body) < statement_timestamp() - interval '12 years'));
GRANT INSERT, DELETE, SELECT (entry_id) ON audit_detail TO multiagency_keeper;
SELECT pg_temp.serve_guard('audit_detail', '(entry_id, case_id, case_reference, subject_id, post_id, mode, at)');

-- Pruning takes numbers and nodes: only what is older than the law keeps it, and only after it was said how far.
SELECT pg_temp.protect('audit_pruning');
CREATE POLICY pruning ON audit_pruning FOR INSERT TO multiagency_keeper
    WITH CHECK ((SELECT current_post_role()) = 'keeper'
                AND at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
CREATE POLICY reading ON audit_pruning FOR SELECT TO multiagency_app, multiagency_worker, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('auditor', 'worker', 'keeper'));
GRANT SELECT ON audit_pruning TO multiagency_app, multiagency_worker, multiagency_keeper;
GRANT INSERT ON audit_pruning TO multiagency_keeper;
SELECT pg_temp.serve_guard('audit_pruning', '(size)');

SELECT pg_temp.protect('audit_sequence');
CREATE POLICY numbering ON audit_sequence FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_sequence FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT ON audit_sequence TO multiagency_app;
GRANT SELECT, INSERT ON audit_sequence TO multiagency_worker;
CREATE POLICY keeper_sight ON audit_sequence FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON audit_sequence FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND index < (SELECT max(size) FROM audit_pruning) AND EXISTS (
        SELECT FROM audit_entry e WHERE e.id = entry_id AND e.at < statement_timestamp() - interval '12 years'
          AND hashed_at(e.body) < statement_timestamp() - interval '12 years'));
GRANT SELECT, DELETE ON audit_sequence TO multiagency_keeper;
SELECT pg_temp.serve_guard('audit_sequence', '(index)');

-- Nodes, checkpoints and co-signatures are made to be shown to anybody, and hold nothing but hashes: the public doors
-- of the log read them as the role that knows nobody.
SELECT pg_temp.protect('audit_node');
CREATE POLICY numbering ON audit_node FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_node FOR SELECT TO multiagency_app, multiagency_worker, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('auditor', 'worker', 'keeper'));
CREATE POLICY proving ON audit_node FOR SELECT TO multiagency_signin USING (true);
CREATE POLICY keeper_expiry ON audit_node FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND ((index + 1) << level) <= (SELECT max(size) FROM audit_pruning));
GRANT SELECT ON audit_node TO multiagency_app, multiagency_worker, multiagency_signin, multiagency_keeper;
GRANT INSERT ON audit_node TO multiagency_worker;
GRANT DELETE ON audit_node TO multiagency_keeper;

SELECT pg_temp.protect('audit_checkpoint');
CREATE POLICY publishing ON audit_checkpoint FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker'
                AND published_at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
CREATE POLICY reading ON audit_checkpoint FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
CREATE POLICY proving ON audit_checkpoint FOR SELECT TO multiagency_signin USING (true);
CREATE POLICY witnesses ON audit_checkpoint FOR SELECT TO multiagency_app, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('administrator', 'keeper'));
GRANT SELECT ON audit_checkpoint TO multiagency_app, multiagency_worker, multiagency_signin, multiagency_keeper;
GRANT INSERT ON audit_checkpoint TO multiagency_worker;
SELECT pg_temp.serve_guard('audit_checkpoint', '(tree_size, published_at)');

SELECT pg_temp.protect('audit_witness');
CREATE POLICY reading ON audit_witness FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator', 'worker'));
CREATE POLICY proving ON audit_witness FOR SELECT TO multiagency_signin USING (ended_at IS NULL);
CREATE POLICY adding ON audit_witness FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'administrator' AND registered_by = (SELECT current_post())
                AND registered_at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
CREATE POLICY ending ON audit_witness FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON audit_witness TO multiagency_app;
GRANT SELECT ON audit_witness TO multiagency_worker;
GRANT SELECT (id, vkey, ended_at) ON audit_witness TO multiagency_signin;

SELECT pg_temp.protect('audit_cosignature');
CREATE POLICY reading ON audit_cosignature FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator', 'worker'));
CREATE POLICY proving ON audit_cosignature FOR SELECT TO multiagency_signin USING (true);
CREATE POLICY cosigning ON audit_cosignature FOR INSERT TO multiagency_signin WITH CHECK (
    received_at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
GRANT SELECT ON audit_cosignature TO multiagency_app, multiagency_worker, multiagency_signin;
GRANT INSERT ON audit_cosignature TO multiagency_signin;

SELECT pg_temp.protect('audit_demand');
CREATE POLICY demanding ON audit_demand FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'auditor' AND post_id = (SELECT current_post())
                AND at BETWEEN statement_timestamp() - interval '24 hours' AND statement_timestamp() + interval '24 hours');
CREATE POLICY reading ON audit_demand FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT, INSERT ON audit_demand TO multiagency_app;
GRANT SELECT ON audit_demand TO multiagency_worker;
