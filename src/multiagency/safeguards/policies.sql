-- Protected addresses. The worker reminds of those that end, once.
SELECT pg_temp.protect_client_data('address_protection', 'contact', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('address_protection');
CREATE POLICY ending ON address_protection FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}'))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT UPDATE (ended_at) ON address_protection TO multiagency_app;
CREATE POLICY reminding ON address_protection FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY reminded ON address_protection FOR UPDATE TO multiagency_worker
    USING (reminded_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (reminded_at IS NOT NULL);
GRANT SELECT (id, case_id, valid_until, ended_at, reminded_at), UPDATE (reminded_at)
    ON address_protection TO multiagency_worker;
SELECT pg_temp.serve_guard('address_protection');

SELECT pg_temp.protect('address_clearance');
CREATE POLICY sight ON address_clearance FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON address_clearance FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
CREATE POLICY adding ON address_clearance FOR INSERT TO multiagency_app WITH CHECK (
    named_by_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}'))));
-- Whoever hands a case over gives their own clearance back, whatever they did there.
CREATE POLICY ending ON address_clearance FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND (post_id = (SELECT current_post())
           OR case_id = ANY (ARRAY(SELECT acting_cases('contact', '{refer}')))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON address_clearance TO multiagency_app;
SELECT pg_temp.serve_keeper('address_clearance');
SELECT pg_temp.serve_guard('address_clearance');

-- Cases opened in an emergency: by whom, and why. The worker marks those that go to the auditors.
SELECT pg_temp.protect('break_glass');
SELECT pg_temp.keep_out_of_plans('break_glass');
CREATE POLICY sight ON break_glass FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON break_glass FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post()) AND controller_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{read}'))));
GRANT SELECT, INSERT ON break_glass TO multiagency_app;
CREATE POLICY escalating ON break_glass FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY escalated ON break_glass FOR UPDATE TO multiagency_worker
    USING (referred_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (referred_at IS NOT NULL);
GRANT SELECT (id, case_id, referred_at), UPDATE (referred_at) ON break_glass TO multiagency_worker;
SELECT pg_temp.serve_guard('break_glass', '(id, case_id, post_id, controller_id, opened_at, minutes, referred_at)');
SELECT pg_temp.serve_keeper('break_glass');
SELECT pg_temp.let_keeper_seal('break_glass');

-- What a coordinator answered; nobody judges an opening of their own, in whatever post.
SELECT pg_temp.protect('break_glass_review');
SELECT pg_temp.keep_out_of_plans('break_glass_review');
CREATE POLICY sight ON break_glass_review FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON break_glass_review FOR INSERT TO multiagency_app WITH CHECK (
    reviewer_id = (SELECT current_post()) AND controller_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{coordinate}')))
    AND EXISTS (SELECT FROM break_glass o JOIN post p ON p.id = o.post_id
                WHERE o.id = opening_id AND o.case_id = break_glass_review.case_id
                  AND p.person_id <> (SELECT person_id FROM live_session())));
GRANT SELECT, INSERT ON break_glass_review TO multiagency_app;
SELECT pg_temp.serve_guard('break_glass_review', '(opening_id)');
SELECT pg_temp.serve_keeper('break_glass_review');
SELECT pg_temp.let_keeper_seal('break_glass_review');

-- What was handed on because its holder had left or was away: whoever steers the case reads it, and who did it.
SELECT pg_temp.protect('reassignment');
CREATE POLICY sight ON reassignment FOR SELECT TO multiagency_app USING (
    by_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON reassignment FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
GRANT SELECT ON reassignment TO multiagency_app;
SELECT pg_temp.serve_keeper('reassignment');
CREATE POLICY guard_adding ON reassignment FOR INSERT TO multiagency_guard WITH CHECK (true);
GRANT INSERT ON reassignment TO multiagency_guard;

-- Of what posts that are over have left somebody has been told: the worker's, once for each case; auditors read it.
SELECT pg_temp.protect('departure');
CREATE POLICY oversight ON departure FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
GRANT SELECT ON departure TO multiagency_app;
CREATE POLICY telling ON departure FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
GRANT INSERT ON departure TO multiagency_worker;
SELECT pg_temp.serve_keeper('departure');
SELECT pg_temp.serve_guard('departure');

CREATE POLICY guard_ending ON address_clearance FOR UPDATE TO multiagency_guard
    USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT UPDATE (ended_at) ON address_clearance TO multiagency_guard;
