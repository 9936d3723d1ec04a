-- Hashes go in and are taken out by whoever keeps the case; no caller ever reads one. The referrer sees which of the
-- case's people have some, so that a correction can take them out, or keep them as what was recorded before.
SELECT pg_temp.protect('lookup_hash');
SELECT pg_temp.goes_with_the_case('lookup_hash');
SELECT pg_temp.keep_out_of_plans('lookup_hash');
CREATE POLICY adding ON lookup_hash FOR INSERT TO multiagency_app WITH CHECK (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY own_record ON lookup_hash FOR SELECT TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY correcting ON lookup_hash FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
CREATE POLICY changing ON lookup_hash FOR UPDATE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT INSERT, DELETE, SELECT (case_id, controller_id, subject_id, former), UPDATE (role) ON lookup_hash
    TO multiagency_app;
SELECT pg_temp.serve_keeper('lookup_hash');
SELECT pg_temp.let_keeper_seal('lookup_hash');
SELECT pg_temp.serve_guard('lookup_hash');

SELECT pg_temp.protect_client_data('alias', 'identity', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('alias');
CREATE POLICY removing ON alias FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('identity', '{refer}'))));
GRANT DELETE ON alias TO multiagency_app;

SELECT pg_temp.protect_client_data('party_alias', 'party', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('party_alias');
CREATE POLICY same_case ON party_alias AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = party_alias.case_id));
CREATE POLICY removing ON party_alias FOR DELETE TO multiagency_app USING (
    controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT acting_cases('party', '{refer}'))));
GRANT DELETE ON party_alias TO multiagency_app;

-- How often somebody searches is counted by the guard alone: whoever searches can neither read nor lower it.
SELECT pg_temp.protect('search_pace');
CREATE POLICY guard ON search_pace FOR ALL TO multiagency_guard USING (true);
GRANT SELECT, INSERT, UPDATE (began_at, number) ON search_pace TO multiagency_guard;
