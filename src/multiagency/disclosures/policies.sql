-- The register: whoever is signed in may read it, an administrator adds wordings and ends them; the day on which one is to
-- end can still be moved before it comes.
SELECT pg_temp.protect('legal_ground');
CREATE POLICY register ON legal_ground FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY administration ON legal_ground FOR ALL TO multiagency_owner USING (true);
CREATE POLICY adding ON legal_ground FOR INSERT TO multiagency_app WITH CHECK (
    (SELECT current_post_role()) = 'administrator' AND edited_by_id = (SELECT current_post()) AND valid_to IS NULL);
CREATE POLICY ending ON legal_ground FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND (valid_to IS NULL OR valid_to > statement_timestamp()))
    WITH CHECK (valid_to IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (valid_to) ON legal_ground TO multiagency_app;
GRANT SELECT ON legal_ground TO multiagency_worker;
CREATE POLICY guard_of_grounds ON legal_ground FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON legal_ground TO multiagency_guard;

SELECT pg_temp.protect_client_data('disclosure', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', true);
SELECT pg_temp.protect_client_data('delivery', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', true);
SELECT pg_temp.protect_client_data('receipt', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', false);
SELECT pg_temp.protect_client_data('child_welfare_decision', 'disclosure', '{refer}', '{}', true);
SELECT pg_temp.protect_client_data('ground_sharing', 'disclosure', '{refer}', '{}', true);

-- No basis shares these: each agency reads what stands in its own part, and what arrived is read by who receives.
DO $$
DECLARE sent text;
BEGIN
    FOREACH sent IN ARRAY ARRAY['disclosure', 'delivery', 'child_welfare_decision', 'ground_sharing'] LOOP
        EXECUTE format('CREATE POLICY own_part ON %I AS RESTRICTIVE FOR SELECT TO multiagency_app '
                       'USING (controller_id = (SELECT current_agency()) AND (SELECT current_post_role()) <> %L)',
                       sent, 'intake');
    END LOOP;
END $$;
CREATE POLICY own_part ON receipt AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (controller_id = (SELECT current_agency()) AND (SELECT current_post_role()) = 'intake');

CREATE POLICY on_a_ground ON disclosure AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT discloser_cases()))
    AND ground_lets(ground_id, case_id, recipient_agency_id, recipient_kind));
CREATE POLICY guard_of_grounds ON disclosure FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON disclosure TO multiagency_guard;

CREATE POLICY by_hand ON delivery AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    recorded_by_id = (SELECT current_post()) AND delivered_at <= recorded_at
    AND EXISTS (SELECT FROM disclosure d
                WHERE d.id = disclosure_id AND d.case_id = delivery.case_id AND d.channel = 'by_hand'));

CREATE POLICY as_disclosed ON receipt AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    from_agency_id = (SELECT current_agency()) AND from_post_id = (SELECT current_post())
    AND read_at IS NULL AND recorded_at IS NULL
    AND i_disclosed(disclosure_id, case_id, controller_id)
    AND EXISTS (SELECT FROM disclosure d WHERE d.id = disclosure_id AND d.ground_id = receipt.ground_id));
CREATE POLICY reading ON receipt FOR UPDATE TO multiagency_app
    USING (controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT own_cases('disclosure'))))
    WITH CHECK (read_at IS NOT NULL AND (recorded_at IS NULL OR hidden_from IS NOT NULL));
GRANT UPDATE (read_at, recorded_at, recorded_by_id) ON receipt TO multiagency_app;

CREATE POLICY same_case ON child_welfare_decision AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    decided_by_id = (SELECT current_post())
    AND (disclosure_id IS NULL OR EXISTS (
        SELECT FROM disclosure d WHERE d.id = disclosure_id AND d.case_id = child_welfare_decision.case_id)));
SELECT pg_temp.serve_guard('child_welfare_decision', '(case_id, decided_at)');

CREATE POLICY on_a_ground ON ground_sharing AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post()) AND (team_shares_on_ground(case_id) OR is_called_at_once(case_id))
    AND ground_lets(ground_id, case_id, agency_id, NULL));
CREATE POLICY guard_of_grounds ON ground_sharing FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT (ground_id) ON ground_sharing TO multiagency_guard;
