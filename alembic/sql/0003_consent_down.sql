-- Takes revision 0003 back.
DROP POLICY as_its_version ON consent_recipient;
DROP POLICY adding ON consent_recipient;
CREATE POLICY adding ON consent_recipient FOR INSERT TO multiagency_app
    WITH CHECK (case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer,coordinate}'::text[])))
                AND controller_id = (SELECT current_agency()));
DROP POLICY no_longer_than_consent ON lawful_basis;
DROP POLICY only_who_decides ON consent;

SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION consent_names(wanted_case uuid, wanted_consent uuid, wanted_agency uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM consent c JOIN consent_recipient r ON r.consent_id = c.id
        WHERE c.id = wanted_consent AND c.case_id = wanted_case AND c.state = 'given' AND r.agency_id = wanted_agency
          AND wanted_kinds <@ (c.kinds || '{shell,meeting,minutes,action,consent}'::text[])
          AND NOT EXISTS (SELECT FROM consent n WHERE n.case_id = c.case_id AND n.version > c.version))
$$;
DROP FUNCTION consent_until(uuid);
DROP FUNCTION newest_answers(uuid);
DROP FUNCTION required_givers(uuid);
RESET ROLE;

DROP TABLE consent_scan;
DROP TABLE prohibition;
DROP TABLE guardian;
DROP TABLE decision_capacity;
ALTER TABLE consent
    DROP COLUMN expires_at,
    DROP COLUMN text_digest,
    DROP COLUMN text_version,
    DROP COLUMN giver_id,
    DROP COLUMN capacity;
