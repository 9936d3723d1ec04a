-- Takes revision 0015 back: auditors read everything again.
ALTER POLICY reading ON audit_detail USING ((SELECT current_post_role()) = 'auditor');
ALTER POLICY reading ON review_note USING ((SELECT current_post_role()) = 'auditor');
DO $$
DECLARE overseen text;
BEGIN
    FOREACH overseen IN ARRAY ARRAY['lawful_basis', 'access_grant', 'access_bar', 'bar_exemption', 'address_clearance'] LOOP
        EXECUTE format('ALTER POLICY oversight ON %I USING ((SELECT current_post_role()) = ''auditor'')', overseen);
    END LOOP;
    FOREACH overseen IN ARRAY ARRAY['log_request_decision', 'log_request_answer', 'log_request_delivery',
                                    'log_request_clarification'] LOOP
        EXECUTE format('ALTER POLICY sight ON %I USING ((SELECT current_post_role()) = ''auditor'')', overseen);
    END LOOP;
END $$;
ALTER POLICY sight ON log_request USING (
    (SELECT current_post_role()) = 'auditor'
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
ALTER POLICY closing ON log_request USING (closed_at IS NULL AND (SELECT current_post_role()) = 'auditor');
ALTER POLICY answering ON log_request_clarification USING (
    answered_at IS NULL AND (SELECT current_post_role()) = 'auditor');
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION case_references() RETURNS TABLE (id uuid, reference text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference FROM case_file c WHERE current_post_role() = 'auditor'
$$;
DROP FUNCTION entries_kept_from_auditor();
DROP FUNCTION references_kept_from_auditor();
DROP FUNCTION kept_from_auditor();
RESET ROLE;
DROP POLICY guard ON audit_detail;
REVOKE SELECT (entry_id, case_id, case_reference, subject_id) ON audit_detail FROM multiagency_guard;
