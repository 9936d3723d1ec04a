SELECT pg_temp.protect_client_data('closing', 'shell', '{refer,coordinate}', '{}', true);

-- The feedback is its writer's agency's own record. Whoever of the agency that opened the case refers it, or keeps sight of
-- its stage once it was taken over, reads it where the client said so, and as long as they see the case at all.
SELECT pg_temp.protect_client_data('feedback', 'shell', '{refer,coordinate}', '{}', true);
CREATE POLICY told ON feedback FOR SELECT TO multiagency_app
    USING (opener_reads AND case_id = ANY (ARRAY(SELECT opened_and_followed())));
CREATE POLICY own_or_told ON feedback AS RESTRICTIVE FOR SELECT TO multiagency_app USING (
    controller_id = (SELECT current_agency()) OR opener_reads AND case_id = ANY (ARRAY(SELECT opened_and_followed())));

-- A hold is lifted once, by name.
SELECT pg_temp.protect_client_data('legal_hold', 'shell', '{coordinate}', '{coordinate}', true);
CREATE POLICY lifted_once ON legal_hold AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (lifted_at IS NULL) WITH CHECK (lifted_at IS NOT NULL AND lifted_by_id = (SELECT current_post()));
GRANT UPDATE (lift_reason, lifted_by_id, lifted_at) ON legal_hold TO multiagency_app;
SELECT pg_temp.serve_guard('legal_hold');

-- Rules are a directory; an administrator adds one and ends the one it replaces.
SELECT pg_temp.protect('retention_rule');
CREATE POLICY directory ON retention_rule FOR SELECT TO multiagency_app, multiagency_keeper
    USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY migrating ON retention_rule FOR ALL TO multiagency_owner USING (true);
CREATE POLICY adding ON retention_rule FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'administrator');
CREATE POLICY ending ON retention_rule FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND valid_to IS NULL) WITH CHECK (valid_to IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (valid_to) ON retention_rule TO multiagency_app;
GRANT SELECT ON retention_rule TO multiagency_keeper;

SELECT pg_temp.protect('deletion_report');
CREATE POLICY reading ON deletion_report FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator'));
CREATE POLICY reporting ON deletion_report FOR ALL TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
GRANT SELECT ON deletion_report TO multiagency_app;
GRANT SELECT, INSERT, UPDATE (rows, keys, cases) ON deletion_report TO multiagency_keeper;
