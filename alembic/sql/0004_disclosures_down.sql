-- Takes revision 0004 back.
DROP POLICY disclosing ON lawful_basis;
DROP POLICY sharing ON lawful_basis;
DROP POLICY disclosing ON access_grant;
DROP POLICY guard_of_grounds ON dated_parameter;
REVOKE SELECT ON dated_parameter FROM multiagency_guard;
ALTER TABLE lawful_basis DROP COLUMN disclosure_id;
ALTER TABLE lawful_basis DROP COLUMN ground_id;
DROP TABLE ground_sharing, child_welfare_decision, receipt, delivery, disclosure, legal_ground;
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION agency_has_consent(wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b
        WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason = 'consent'
          AND b.ended_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()))
$$;
DROP FUNCTION ground_lets(uuid, uuid, uuid, text);
DROP FUNCTION disclosing_kinds();
DROP FUNCTION intake_posts(uuid, uuid);
DROP FUNCTION i_disclosed(uuid, uuid, uuid);
DROP FUNCTION team_shares_on_ground(uuid);
DROP FUNCTION consented_kinds(uuid, uuid);
DROP FUNCTION discloser_cases();
RESET ROLE;
