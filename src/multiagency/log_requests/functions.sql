-- Who in the cases is the person that a recorded request is about: found by the keyed hash of the identity code, told
-- to auditors only, and by ids. `kept` says that the one who asks must not learn of that case: a bar "must never be
-- told" stands against them; the child forbids telling them; or they ask for a child against whom they are suspected. A
-- forbidden guardian whose code is not known could be anybody who asks for the child.
CREATE FUNCTION log_request_subjects(wanted_request uuid) RETURNS TABLE (subject_id uuid, case_id uuid, role text,
    kept boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asked AS (
        SELECT requester_hash, subject_hash, capacity IN ('guardian', 'representative') AS for_another
        FROM log_request WHERE id = wanted_request AND (SELECT current_post_role()) = 'auditor'
    ), found AS (
        SELECT DISTINCT h.subject_id, h.case_id, h.role, a.requester_hash, a.for_another
        FROM asked a JOIN lookup_hash h ON h.hash = a.subject_hash AND h.what = 'identity_code'
    ), forbidden AS (
        SELECT n.case_id, n.party_id FROM (
            SELECT DISTINCT ON (p.party_id) p.case_id, p.party_id, p.forbidden FROM prohibition p
            WHERE p.case_id IN (SELECT f.case_id FROM found f)
            ORDER BY p.party_id, p.recorded_at DESC, p.id DESC) n
        WHERE n.forbidden
    ), suspected AS (
        SELECT n.case_id, n.party_id FROM (
            SELECT DISTINCT ON (g.party_id) g.case_id, g.party_id, g.suspected OR NOT g.may_decide AS out
            FROM guardian g
            WHERE g.case_id IN (SELECT f.case_id FROM found f)
            ORDER BY g.party_id, g.recorded_at DESC, g.id DESC) n
        WHERE n.out
    ), requester AS (
        SELECT f.case_id, h.subject_id, h.role FROM found f
        JOIN lookup_hash h ON h.case_id = f.case_id AND h.hash = f.requester_hash AND h.what = 'identity_code'
    ), unknown_code AS (
        SELECT n.case_id FROM forbidden n WHERE NOT EXISTS (
            SELECT FROM lookup_hash h
            WHERE h.case_id = n.case_id AND h.subject_id = n.party_id AND h.what = 'identity_code')
    )
    SELECT f.subject_id, f.case_id, f.role,
        EXISTS (
            SELECT FROM access_bar x JOIN person n ON n.id = x.person_id
            WHERE x.case_id = f.case_id AND x.reason = 'must_never_be_told' AND n.identity_hash = f.requester_hash
              AND x.valid_from <= statement_timestamp()
              AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
        OR EXISTS (SELECT FROM requester r JOIN forbidden n ON n.party_id = r.subject_id AND n.case_id = r.case_id
                   WHERE r.case_id = f.case_id)
        OR f.for_another AND (
            f.case_id IN (SELECT u.case_id FROM unknown_code u)
            OR EXISTS (SELECT FROM requester r WHERE r.case_id = f.case_id AND (
                       r.role = 'person_using_violence'
                       OR r.subject_id IN (SELECT s.party_id FROM suspected s WHERE s.case_id = f.case_id))))
    FROM found f
$$;
