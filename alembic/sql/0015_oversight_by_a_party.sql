-- An auditor who is a party to a case, or biased in it, reads neither its log nor its rights, and handles no request for
-- log data about the people in it: it would tell who helps, when and where. Bars of an agency do not count here, or
-- nobody could audit. Nobody is told by this that such a case exists: what is kept out looks like what is not there.

CREATE POLICY guard ON audit_detail FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT (entry_id, case_id, case_reference, subject_id) ON audit_detail TO multiagency_guard;

-- Everything that is kept from the auditor who asks, in ids: cases in which a personal bar stands against them, and cases
-- that name their identity code, also when they came to the staff later and no bar was ever found (one that was lifted
-- is somebody's decision and stays so); whoever is in those cases; requests for log data that the auditor made, or that
-- are about them or about somebody in those cases.
CREATE FUNCTION kept_from_auditor() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH me AS (
        SELECT l.person_id, n.identity_hash FROM live_session() l JOIN person n ON n.id = l.person_id
        WHERE l.role = 'auditor'
    ), biased AS (
        SELECT x.case_id FROM me JOIN access_bar x ON x.person_id = me.person_id
        WHERE x.valid_from <= statement_timestamp() AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())
        UNION
        SELECT h.case_id FROM me JOIN lookup_hash h ON h.hash = me.identity_hash AND h.what = 'identity_code'
        WHERE NOT EXISTS (SELECT FROM access_bar x WHERE x.case_id = h.case_id AND x.person_id = me.person_id)
    ), people AS (
        SELECT h.subject_id, h.hash, h.what FROM lookup_hash h WHERE h.case_id IN (SELECT b.case_id FROM biased b)
    ), codes AS (
        SELECT p.hash FROM people p WHERE p.what = 'identity_code' UNION SELECT me.identity_hash FROM me
    )
    SELECT b.case_id FROM biased b
    UNION SELECT p.subject_id FROM people p
    UNION SELECT r.id FROM log_request r
    WHERE r.subject_hash IN (SELECT c.hash FROM codes c) OR r.requester_hash IN (SELECT c.hash FROM codes c)
$$;

-- The same cases and requests by reference: an entry of a refusal names no more.
CREATE FUNCTION references_kept_from_auditor() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.reference FROM case_file c WHERE c.id IN (SELECT kept_from_auditor())
    UNION SELECT r.reference FROM log_request r WHERE r.id IN (SELECT kept_from_auditor())
$$;

-- The entries about those: without a detail they would look erased. Nothing is read where nothing is kept.
CREATE FUNCTION entries_kept_from_auditor() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.entry_id FROM audit_detail d WHERE d.case_id = ANY (ARRAY(SELECT kept_from_auditor()))
    UNION
    SELECT d.entry_id FROM audit_detail d WHERE d.subject_id = ANY (ARRAY(SELECT kept_from_auditor()))
    UNION
    SELECT d.entry_id FROM audit_detail d
    WHERE EXISTS (SELECT FROM references_kept_from_auditor()) AND d.case_id IS NULL
      AND d.case_reference = ANY (ARRAY(SELECT references_kept_from_auditor()))
$$;

ALTER POLICY reading ON audit_detail USING (
    (SELECT current_post_role()) = 'auditor'
    AND (case_id IS NULL OR case_id <> ALL (ARRAY(SELECT kept_from_auditor())))
    AND (case_reference IS NULL OR case_reference <> ALL (ARRAY(SELECT references_kept_from_auditor())))
    AND (subject_id IS NULL OR subject_id <> ALL (ARRAY(SELECT kept_from_auditor()))));
ALTER POLICY reading ON review_note USING (
    (SELECT current_post_role()) = 'auditor' AND entry_id <> ALL (ARRAY(SELECT entries_kept_from_auditor())));

DO $$
DECLARE overseen text;
BEGIN
    FOREACH overseen IN ARRAY ARRAY['lawful_basis', 'access_grant', 'access_bar', 'bar_exemption', 'address_clearance'] LOOP
        EXECUTE format('ALTER POLICY oversight ON %I USING ((SELECT current_post_role()) = ''auditor'' '
                       'AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())))', overseen);
    END LOOP;
    FOREACH overseen IN ARRAY ARRAY['log_request_decision', 'log_request_answer', 'log_request_delivery',
                                    'log_request_clarification'] LOOP
        EXECUTE format('ALTER POLICY sight ON %I USING ((SELECT current_post_role()) = ''auditor'' '
                       'AND request_id <> ALL (ARRAY(SELECT kept_from_auditor())))', overseen);
    END LOOP;
END $$;
ALTER POLICY sight ON log_request USING (
    (SELECT current_post_role()) = 'auditor' AND id <> ALL (ARRAY(SELECT kept_from_auditor()))
    OR (SELECT current_post_role()) = 'intake' AND controller_id = (SELECT current_agency()));
ALTER POLICY closing ON log_request USING (
    closed_at IS NULL AND (SELECT current_post_role()) = 'auditor' AND id <> ALL (ARRAY(SELECT kept_from_auditor())));
ALTER POLICY answering ON log_request_clarification USING (
    answered_at IS NULL AND (SELECT current_post_role()) = 'auditor'
    AND request_id <> ALL (ARRAY(SELECT kept_from_auditor())));

SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION case_references() RETURNS TABLE (id uuid, reference text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference FROM case_file c
    WHERE (SELECT current_post_role()) = 'auditor' AND c.id <> ALL (ARRAY(SELECT kept_from_auditor()))
$$;
RESET ROLE;
