-- Hashes go in and are taken out by whoever keeps the case; no caller ever reads one. The referrer sees which of the
-- case's people have some, so that a correction can take them out.
SELECT pg_temp.protect('lookup_hash');
CREATE POLICY adding ON lookup_hash FOR INSERT TO multiagency_app WITH CHECK (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY own_record ON lookup_hash FOR SELECT TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY correcting ON lookup_hash FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT INSERT, DELETE, SELECT (case_id, controller_id, subject_id) ON lookup_hash TO multiagency_app;
SELECT pg_temp.serve_keeper('lookup_hash');
SELECT pg_temp.let_keeper_seal('lookup_hash');
SELECT pg_temp.serve_guard('lookup_hash');

SELECT pg_temp.protect_client_data('alias', 'identity', '{refer}', '{}', true);
CREATE POLICY removing ON alias FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT DELETE ON alias TO multiagency_app;
