-- Who is in a case, by ids: the client, whose record has the id of the case, and everybody else. In PL/pgSQL, as is the
-- search for namesakes: what is kept from an auditor is said on a higher floor, whose functions are made later.
CREATE FUNCTION people_in_case(wanted_case uuid) RETURNS TABLE (subject_id uuid, role text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF (SELECT current_post_role()) = 'auditor' AND wanted_case <> ALL (ARRAY(SELECT kept_from_auditor())) THEN
        RETURN QUERY SELECT c.id, 'client' FROM case_file c WHERE c.id = wanted_case
            UNION ALL SELECT p.id, p.role FROM party p WHERE p.case_id = wanted_case AND p.struck_at IS NULL;
    END IF;
END $$;

-- Who in the cases is the person that a recorded request is about, told to auditors only, and by ids. `how` says by
-- what: the keyed hash of the identity code; that of a code that has been corrected since, which may have been another
-- person's; or an auditor, who attached the case by hand. `kept` says that the one who asks must not learn of that case:
-- a bar "must never be told" stands against them; the child forbids telling them; or they ask for a child against whom
-- they are suspected. A forbidden guardian whose code is not known could be anybody who asks for the child, and whoever
-- asks without a code could be the forbidden one.
CREATE FUNCTION log_request_subjects(wanted_request uuid) RETURNS TABLE (subject_id uuid, case_id uuid, role text,
    kept boolean, how text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asked AS (
        SELECT id, requester_hash, subject_hash, capacity IN ('guardian', 'representative') AS for_another
        FROM log_request WHERE id = wanted_request AND (SELECT current_post_role()) = 'auditor'
    ), by_code AS (
        SELECT h.subject_id, h.case_id, h.role, bool_and(h.former) AS former
        FROM asked a JOIN lookup_hash h ON h.hash = a.subject_hash AND h.what = 'identity_code'
        GROUP BY h.subject_id, h.case_id, h.role
    ), by_hand AS (
        SELECT DISTINCT t.subject_id, t.matter_id AS case_id, p.role
        FROM asked a JOIN log_request_attachment t ON t.request_id = a.id AND t.detached_at IS NULL
        CROSS JOIN LATERAL people_in_case(t.matter_id) p
        WHERE p.subject_id = t.subject_id AND t.subject_id NOT IN (SELECT b.subject_id FROM by_code b WHERE NOT b.former)
    ), found AS (
        SELECT x.subject_id, x.case_id, x.role, x.how, a.requester_hash, a.for_another FROM asked a CROSS JOIN (
            SELECT h.subject_id, h.case_id, h.role, 'attached' AS how FROM by_hand h
            UNION ALL
            SELECT b.subject_id, b.case_id, b.role, CASE WHEN b.former THEN 'former_code' ELSE 'code' END
            FROM by_code b WHERE b.subject_id NOT IN (SELECT h.subject_id FROM by_hand h)) x
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
        WHERE n.out AND NOT EXISTS (SELECT FROM party p WHERE p.id = n.party_id AND p.struck_at IS NOT NULL)
    ), requester AS (
        SELECT f.case_id, h.subject_id, h.role FROM found f
        JOIN lookup_hash h ON h.case_id = f.case_id AND h.hash = f.requester_hash AND h.what = 'identity_code'
    ), unknown_code AS (
        SELECT n.case_id FROM forbidden n WHERE NOT EXISTS (
            SELECT FROM lookup_hash h
            WHERE h.case_id = n.case_id AND h.subject_id = n.party_id AND h.what = 'identity_code' AND NOT h.former)
    )
    SELECT f.subject_id, f.case_id, f.role,
        EXISTS (
            SELECT FROM access_bar x JOIN person n ON n.id = x.person_id
            WHERE x.case_id = f.case_id AND x.reason = 'must_never_be_told'
              AND (n.identity_hash = f.requester_hash OR f.requester_hash IS NULL)
              AND x.valid_from <= statement_timestamp()
              AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
        OR EXISTS (SELECT FROM requester r JOIN forbidden n ON n.party_id = r.subject_id AND n.case_id = r.case_id
                   WHERE r.case_id = f.case_id)
        OR f.for_another AND (
            f.case_id IN (SELECT u.case_id FROM unknown_code u)
            OR f.requester_hash IS NULL AND f.case_id IN (
                SELECT n.case_id FROM forbidden n UNION SELECT s.case_id FROM suspected s)
            OR EXISTS (SELECT FROM requester r WHERE r.case_id = f.case_id AND (
                       r.role = 'person_using_violence'
                       OR r.subject_id IN (SELECT s.party_id FROM suspected s WHERE s.case_id = f.case_id)))),
        f.how
    FROM found f
$$;

-- Everybody else who goes by one of these hashes of a name: people whom the request could be about. `has_code` says that
-- a code of theirs is recorded, which is not the one of the request.
CREATE FUNCTION log_request_namesakes(wanted_request uuid, wanted bytea[]) RETURNS TABLE (subject_id uuid, case_id uuid,
    role text, what text, former boolean, has_code boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF (SELECT current_post_role()) = 'auditor' AND EXISTS (SELECT FROM log_request r WHERE r.id = wanted_request) THEN
        RETURN QUERY SELECT h.subject_id, h.case_id, h.role, h.what, bool_and(h.former), EXISTS (
            SELECT FROM lookup_hash c WHERE c.case_id = h.case_id AND c.subject_id = h.subject_id
            AND c.what = 'identity_code' AND NOT c.former)
        FROM lookup_hash h
        WHERE h.hash = ANY (wanted) AND h.what <> 'identity_code'
          AND h.case_id <> ALL (ARRAY(SELECT kept_from_auditor()))
          AND h.subject_id NOT IN (SELECT s.subject_id FROM log_request_subjects(wanted_request) s)
        GROUP BY h.subject_id, h.case_id, h.role, h.what;
    END IF;
END $$;
